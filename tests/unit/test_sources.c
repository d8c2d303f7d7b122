/*
 * test_sources.c - the state of the source files: kept, coded, looked up, pruned
 *
 * files[]    round-trip through the bytes, in whatever order they were put
 * unchanged[] when a file need not be read again
 * below[]    which paths lie below a SOURCE
 * damage     each bit of a state, flipped; each length; and lies under a true checksum
 * no memory  the n-th allocation fails, for every n
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/segment.h"
#include "common/varint.h"
#include "indexer/sources.h"
#include "tests/unit/failing_mem.h"
#include "tests/unit/test.h"

#define SECOND INT64_C(1000000000)

static const struct {
	const char *name, *path, *id;
	int64_t mtime_ns, read_ns;
	bool skipped;
	const char *ids, *rejects; /* each ends in ';' */
	bool is_article, unsettled;
} files[] = {
	/* clang-format off */
	{ "one article named by its path", "news/a1", "a1", 5, 10 * SECOND, false, "a1;", "", true, false },
	{ "one article of another name",   "news/a2", "a2", 5, 10 * SECOND, false, "x;", "", false, false },
	{ "its own name and one more",     "news/a3", "a3", 5, 10 * SECOND, false, "a3;x;", "", false, false },
	{ "many, front-coded",             "news/w.jsonl", "w.jsonl", -1, 10 * SECOND, false,
	  "wire-17;wire-18;wire-180;wire-18;w;z;", "line 3: not UTF-8 at byte 7;;", false, false },
	{ "an article and a reject",       "news/b", "b", 5, 10 * SECOND, false, "b;", "record 2: no text;", true, false },
	{ "nothing found",                 "news/empty", "empty", 5, 10 * SECOND, false, "", "no text;", false, false },
	{ "skipped",                       "news/photo.jpg", "photo.jpg", 5, 10 * SECOND, true, "", "", false, false },
	{ "an id that is no end of it",    "news/c", "other", 5, 10 * SECOND, false, "other;", "", true, false },
	{ "a path before all others",      "a", "a", 5, 10 * SECOND, false, "a;", "", true, false },
	{ "a path that extends another",   "news/a10", "a10", 5, 10 * SECOND, false, "a10;", "", true, false },
	{ "a path of bytes above 127",     "news/\xc3\xa9", "\xc3\xa9", 5, 10 * SECOND, false, "\xc3\xa9;", "", true, false },
	{ "modified 2 s before: settled",  "news/s1", "s1", 8 * SECOND, 10 * SECOND, false, "s1;", "", true, false },
	{ "modified just before",          "news/s2", "s2", 8 * SECOND + 1, 10 * SECOND, false, "s2;", "", true, true },
	{ "modified in the future",        "news/s3", "s3", INT64_MAX, 10 * SECOND, false, "s3;", "", true, true },
	{ "before 1970",                   "news/s4", "s4", INT64_MIN, 10 * SECOND, false, "s4;", "", true, false },
	/* clang-format on */
};

static void
add_list(struct ndx_source_draft *draft, const char *list, bool rejects)
{
	char item[64];

	for (const char *end; (end = strchr(list, ';')) != NULL; list = end + 1) {
		snprintf(item, sizeof(item), "%.*s", (int)(end - list), list);
		if (rejects)
			ndx_source_draft_add_reject(draft, item);
		else
			ndx_source_draft_add_id(draft, ndx_str(item));
	}
}

static enum ndx_status
put(struct ndx_sources *sources, const struct ndx_mem *mem, size_t row, struct ndx_err *err)
{
	const struct ndx_source_facts facts = {
		.path = ndx_str(files[row].path),
		.id = ndx_str(files[row].id),
		.size = 100 + row,
		.mtime_ns = files[row].mtime_ns,
		.read_ns = files[row].read_ns,
		.skipped = files[row].skipped,
	};
	struct ndx_source_draft draft;
	enum ndx_status status;

	ndx_source_draft_init(&draft, mem);
	add_list(&draft, files[row].ids, false);
	add_list(&draft, files[row].rejects, true);
	status = ndx_sources_put(sources, &facts, facts.skipped ? NULL : &draft, err);
	ndx_source_draft_free(&draft);
	return status;
}

/* A state with this one file. */
static void
put_simple(struct ndx_sources *sources, const char *path, const char *id, const char *ids)
{
	const struct ndx_source_facts facts = { .path = ndx_str(path), .id = ndx_str(id) };
	struct ndx_source_draft draft;

	ndx_source_draft_init(&draft, &ndx_mem_default);
	add_list(&draft, ids, false);
	assert_int_equal(ndx_sources_put(sources, &facts, &draft, NULL), NDX_OK);
	ndx_source_draft_free(&draft);
}

/* Decode a heap copy of exact size, so that ASan sees one byte too far. */
static enum ndx_status
decode(const struct ndx_env *env, const void *in, size_t size, struct ndx_sources **sources_ret,
       struct ndx_err *err)
{
	void *copy = ndx_alloc(env->mem, size);

	if (copy == NULL)
		return NDX_E_NOMEM;
	memcpy(copy, in, size);
	return ndx_sources_new(env, "idx/00000001.src", copy, size, sources_ret, err);
}

static struct ndx_sources *
new_sources(void)
{
	struct ndx_sources *sources = NULL;

	assert_int_equal(ndx_sources_new(&ndx_env_default, "none", NULL, 0, &sources, NULL),
	                 NDX_OK);
	return sources;
}

static void
encode(const struct ndx_sources *sources, struct ndx_buf *out)
{
	ndx_buf_init(out, &ndx_mem_default);
	assert_int_equal(ndx_sources_encode(sources, out, NULL), NDX_OK);
}

/* The state of files[], put from the last to the first. */
static void
encode_files(struct ndx_buf *out)
{
	struct ndx_sources *sources = new_sources();

	for (size_t i = ARRAY_LEN(files); i-- > 0;)
		assert_int_equal(put(sources, &ndx_mem_default, i, NULL), NDX_OK);
	encode(sources, out);
	ndx_sources_free(sources);
}

static void
list_ids(const struct ndx_source_file *file, struct ndx_buf *out)
{
	struct ndx_source_ids ids;
	struct ndx_str id;

	ndx_source_ids_begin(&ids, file);
	while (ndx_source_ids_next(&ids, &id)) {
		ndx_buf_add(out, id.data, id.size);
		ndx_buf_add_u8(out, ';');
	}
	ndx_buf_add_u8(out, 0);
}

static void
list_rejects(const struct ndx_source_file *file, struct ndx_buf *out)
{
	struct ndx_str reason;

	for (size_t at = 0; ndx_source_reject_next(file, &at, &reason);) {
		ndx_buf_add(out, reason.data, reason.size);
		ndx_buf_add_u8(out, ';');
	}
	ndx_buf_add_u8(out, 0);
}

static void
check_file(const struct ndx_sources *sources, size_t row)
{
	const struct ndx_source_file *file = ndx_sources_find(sources, ndx_str(files[row].path));
	const struct ndx_source_file *by_id = ndx_sources_find_id(sources, ndx_str(files[row].id));
	const char *name = files[row].name;
	struct ndx_buf list;

	CHECK(name, file != NULL);
	if (file == NULL)
		return;
	CHECK(name, file->size == 100 + row && file->mtime_ns == files[row].mtime_ns);
	CHECK(name, ndx_str_equal(file->id, ndx_str(files[row].id)));
	CHECK(name, file->is_article == files[row].is_article);
	CHECK(name, file->unsettled == files[row].unsettled);
	CHECK(name, file->skipped == files[row].skipped);
	CHECK(name, by_id == (files[row].is_article ? file : NULL));
	ndx_buf_init(&list, &ndx_mem_default);
	list_ids(file, &list);
	CHECK(name, strcmp((const char *)list.data, files[row].ids) == 0);
	ndx_buf_clear(&list);
	list_rejects(file, &list);
	CHECK(name, strcmp((const char *)list.data, files[row].rejects) == 0);
	ndx_buf_free(&list);
}

static void
test_round_trip(void **state)
{
	struct ndx_sources *sources = new_sources();
	struct ndx_buf forward, backward, again;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		assert_int_equal(put(sources, &ndx_mem_default, i, NULL), NDX_OK);
		assert_int_equal(put(sources, &ndx_mem_default, i, NULL), NDX_OK);
	}
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		check_file(sources, i);
	encode(sources, &forward);
	ndx_sources_free(sources);
	encode_files(&backward);
	CHECK("the order of putting leaves no trace",
	      forward.size == backward.size &&
	              memcmp(forward.data, backward.data, forward.size) == 0);
	assert_int_equal(decode(&ndx_env_default, forward.data, forward.size, &sources, NULL),
	                 NDX_OK);
	CHECK("all are there", ndx_sources_count(sources) == ARRAY_LEN(files));
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		check_file(sources, i);
	encode(sources, &again);
	CHECK("read and written again, the same bytes",
	      again.size == forward.size && memcmp(again.data, forward.data, again.size) == 0);
	ndx_sources_free(sources);
	ndx_buf_free(&forward);
	ndx_buf_free(&backward);
	ndx_buf_free(&again);
}

/* The example at the head of sources_file.c. */
static void
test_bytes(void **state)
{
	static const uint8_t expected[] = { 'n',  'd', 'x', 's', 'r', 'c', 0xff, '\n', 3,
		                            0,    0,   0,   1,   0,   0,   0,    0,    7,
		                            'n',  'e', 'w', 's', '/', 'a', '1',  1,    2,
		                            0x39, 0,   0,   0,   0,   0,   0,    0,    0 };
	const struct ndx_source_facts facts = {
		.path = ndx_str("news/a1"), .id = ndx_str("a1"), .size = 57, .read_ns = 2 * SECOND
	};
	struct ndx_sources *sources = new_sources();
	struct ndx_source_draft draft;
	struct ndx_buf out;

	(void)state;
	ndx_source_draft_init(&draft, &ndx_mem_default);
	ndx_source_draft_add_id(&draft, ndx_str("a1"));
	assert_int_equal(ndx_sources_put(sources, &facts, &draft, NULL), NDX_OK);
	ndx_source_draft_clear(&draft);
	encode(sources, &out);
	CHECK("as documented", out.size == sizeof(expected) + 8 &&
	                               memcmp(out.data, expected, sizeof(expected)) == 0);
	ndx_buf_free(&out);
	ndx_source_draft_add_id(&draft, ndx_str("wire-17"));
	ndx_source_draft_add_id(&draft, ndx_str("wire-18"));
	CHECK("ids as documented", draft.ids.size == 12 && memcmp(draft.ids.data,
	                                                          "\0\7wire-17\6\1"
	                                                          "8",
	                                                          12) == 0);
	ndx_source_draft_free(&draft);
	ndx_sources_free(sources);
}

static const struct {
	const char *name;
	uint64_t size;
	int64_t mtime_ns;
	bool unsettled, unchanged;
} unchanged[] = {
	{ "the same", 10, 20, false, true },
	{ "another size", 11, 20, false, false },
	{ "one ns later", 10, 21, false, false },
	{ "one ns earlier", 10, 19, false, false },
	{ "the same, but was read too soon", 10, 20, true, false },
};

static void
test_unchanged(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(unchanged); i++) {
		const struct ndx_source_file file = { .size = 10,
			                              .mtime_ns = 20,
			                              .unsettled = unchanged[i].unsettled };

		CHECK(unchanged[i].name, ndx_source_file_is_unchanged(&file, unchanged[i].size,
		                                                      unchanged[i].mtime_ns) ==
		                                 unchanged[i].unchanged);
	}
}

/* Chunks of a file, read apart, make the same list as the file read at once. */
static void
test_append(void **state)
{
	struct ndx_source_draft whole, part;
	struct ndx_source_file file = { .id_count = 0 };
	struct ndx_buf list;

	(void)state;
	ndx_source_draft_init(&whole, &ndx_mem_default);
	ndx_source_draft_init(&part, &ndx_mem_default);
	add_list(&whole, "w1;w2;", false);
	add_list(&part, "w3;w31;", false);
	add_list(&part, "line 9;", true);
	ndx_source_draft_append(&whole, &part);
	ndx_source_draft_clear(&part);
	ndx_source_draft_append(&whole, &part); /* nothing */
	add_list(&whole, "w312;", false);
	file.id_count = whole.id_count;
	file.ids = (struct ndx_str){ (const char *)whole.ids.data, whole.ids.size };
	ndx_buf_init(&list, &ndx_mem_default);
	list_ids(&file, &list);
	CHECK("in order", strcmp((const char *)list.data, "w1;w2;w3;w31;w312;") == 0);
	CHECK("rejects too", whole.reject_count == 1);
	ndx_buf_free(&list);
	ndx_source_draft_free(&whole);
	ndx_source_draft_free(&part);
}

/* A file that was one article, and then is another thing, or called otherwise. */
static void
test_replace(void **state)
{
	struct ndx_sources *sources = new_sources();

	(void)state;
	put_simple(sources, "a/x", "x", "x;");
	put_simple(sources, "b/x", "x", "y;");
	CHECK("the one that is it", ndx_sources_find_id(sources, ndx_str("x")) ==
	                                    ndx_sources_find(sources, ndx_str("a/x")));
	put_simple(sources, "a/x", "x", "x;y;");
	CHECK("no more", ndx_sources_find_id(sources, ndx_str("x")) == NULL);
	put_simple(sources, "a/x", "a/x", "a/x;");
	CHECK("by its new id", ndx_sources_find_id(sources, ndx_str("a/x")) != NULL);
	CHECK("not by the old one", ndx_sources_find_id(sources, ndx_str("x")) == NULL);
	CHECK("two files", ndx_sources_count(sources) == 2);
	CHECK("unknown path", ndx_sources_see(sources, ndx_str("a")) == NULL);
	CHECK("known path", ndx_sources_see(sources, ndx_str("a/x")) != NULL);
	ndx_sources_free(sources);
}

/* More files than the tables have slots at first. */
static void
test_many(void **state)
{
	struct ndx_sources *sources = new_sources();
	char path[32];
	struct ndx_buf out;

	(void)state;
	for (int i = 0; i < 5000; i++) {
		char ids[32];

		snprintf(path, sizeof(path), "d/%d", i);
		snprintf(ids, sizeof(ids), "%d;", i);
		put_simple(sources, path, path + 2, ids);
	}
	encode(sources, &out);
	ndx_sources_free(sources);
	assert_int_equal(decode(&ndx_env_default, out.data, out.size, &sources, NULL), NDX_OK);
	for (int i = 0; i < 5000; i++) {
		snprintf(path, sizeof(path), "d/%d", i);
		CHECK(path, ndx_sources_find(sources, ndx_str(path)) != NULL);
		CHECK(path, ndx_sources_find_id(sources, ndx_str(path + 2)) != NULL);
	}
	CHECK("no other", ndx_sources_find(sources, ndx_str("d/5000")) == NULL);
	ndx_sources_free(sources);
	ndx_buf_free(&out);
}

static enum ndx_status
note_gone(void *ctx, struct ndx_str id, struct ndx_err *err)
{
	struct ndx_buf *out = ctx;

	(void)err;
	ndx_buf_add(out, id.data, id.size);
	ndx_buf_add_u8(out, ';');
	return NDX_OK;
}

static const struct {
	const char *name, *source[2], *gone;
	size_t file_count;
} prunes[] = {
	/* clang-format off */
	{ "below a directory",             { "news", NULL },        "a;w1;w3;", 2 },
	{ "a slash at its end",            { "news///", NULL },     "a;w1;w3;", 2 },
	{ "an id that another file holds", { "news/w", NULL },      "w1;w3;",   1 },
	{ "a name that begins like it",    { "new", NULL },         "",         0 },
	{ "two sources",                   { "newsreel", "news/a" }, "a;r;",    2 },
	{ "one inside the other",          { "news", "news/a" },    "a;w1;w3;", 2 },
	{ "the root, and no path under it", { "/", NULL },          "",         0 },
	{ "no source",                     { "", NULL },            "",         0 },
	{ "what was seen stays",           { "news/seen", NULL },   "",         0 },
	/* clang-format on */
};

static void
test_prune(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(prunes); i++) {
		struct ndx_sources *before = new_sources(), *sources;
		struct ndx_buf out, gone;
		size_t file_count = 99;

		put_simple(before, "news/a", "a", "a;");
		put_simple(before, "news/w", "w", "w1;w2;w3;w1;");
		put_simple(before, "news/seen", "seen", "seen;");
		put_simple(before, "newsreel", "newsreel", "r;");
		put_simple(before, "old", "old", "w2;");
		encode(before, &out);
		ndx_sources_free(before);
		assert_int_equal(decode(&ndx_env_default, out.data, out.size, &sources, NULL),
		                 NDX_OK);
		ndx_buf_free(&out);
		assert_non_null(ndx_sources_see(sources, ndx_str("news/seen")));
		ndx_buf_init(&gone, &ndx_mem_default);
		assert_int_equal(ndx_sources_prune(sources, prunes[i].source,
		                                   prunes[i].source[1] == NULL ? 1 : 2, note_gone,
		                                   &gone, &file_count, NULL),
		                 NDX_OK);
		ndx_buf_add_u8(&gone, 0);
		CHECK(prunes[i].name, strcmp((const char *)gone.data, prunes[i].gone) == 0);
		CHECK(prunes[i].name, file_count == prunes[i].file_count);
		CHECK(prunes[i].name, ndx_sources_count(sources) == 5 - prunes[i].file_count);
		ndx_buf_free(&gone);
		ndx_sources_free(sources);
	}
}

/* A pruned file is unknown, is not written, and may come back. */
static void
test_come_back(void **state)
{
	struct ndx_sources *sources = new_sources(), *again;
	const char *const source[] = { "news" };
	struct ndx_buf out, gone;
	size_t file_count;

	(void)state;
	put_simple(sources, "news/a", "a", "a;");
	encode(sources, &out);
	ndx_sources_free(sources);
	assert_int_equal(decode(&ndx_env_default, out.data, out.size, &sources, NULL), NDX_OK);
	ndx_buf_free(&out);
	ndx_buf_init(&gone, &ndx_mem_default);
	assert_int_equal(ndx_sources_prune(sources, source, 1, note_gone, &gone, &file_count, NULL),
	                 NDX_OK);
	ndx_buf_free(&gone);
	CHECK("unknown", ndx_sources_find(sources, ndx_str("news/a")) == NULL);
	CHECK("unknown by id", ndx_sources_find_id(sources, ndx_str("a")) == NULL);
	CHECK("cannot be seen", ndx_sources_see(sources, ndx_str("news/a")) == NULL);
	encode(sources, &out);
	assert_int_equal(decode(&ndx_env_default, out.data, out.size, &again, NULL), NDX_OK);
	CHECK("not written", ndx_sources_count(again) == 0);
	ndx_sources_free(again);
	ndx_buf_free(&out);
	put_simple(sources, "news/a", "a", "a;");
	CHECK("back", ndx_sources_count(sources) == 1);
	CHECK("back by id", ndx_sources_find_id(sources, ndx_str("a")) != NULL);
	ndx_sources_free(sources);
}

static void
test_damage(void **state)
{
	struct ndx_sources *sources = NULL;
	struct ndx_buf out;

	(void)state;
	encode_files(&out);
	for (size_t bit = 0; bit < out.size * 8; bit++) {
		enum ndx_status status;
		struct ndx_err err;

		out.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
		status = decode(&ndx_env_default, out.data, out.size, &sources, &err);
		CHECK("a flipped bit", status == NDX_E_CORRUPT || status == NDX_E_VERSION);
		CHECK("is named", strncmp(err.msg, "'idx/00000001.src' ", 19) == 0);
		out.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t size = 0; size < out.size; size++)
		CHECK("cut short",
		      decode(&ndx_env_default, out.data, size, &sources, NULL) == NDX_E_CORRUPT);
	ndx_buf_free(&out);
}

/* Each byte changed, with a checksum that is right: whatever is taken can be written and read. */
static void
test_lies(void **state)
{
	struct ndx_sources *sources = NULL;
	struct ndx_buf out, again;

	(void)state;
	encode_files(&out);
	for (size_t at = 12; at < out.size - 8; at++) {
		for (unsigned value = 1; value < 256; value = value * 3 + 1) {
			const uint8_t byte = out.data[at];
			const struct ndx_source_file *file;
			enum ndx_status status;

			out.data[at] = (uint8_t)(byte ^ value);
			ndx_put_u64(out.data + out.size - 8, ndx_checksum(out.data, out.size - 8));
			status = decode(&ndx_env_default, out.data, out.size, &sources, NULL);
			out.data[at] = byte;
			CHECK("refused or taken", status == NDX_OK || status == NDX_E_CORRUPT);
			if (status != NDX_OK)
				continue;
			file = ndx_sources_find(sources, ndx_str("news/w.jsonl"));
			ndx_buf_init(&again, &ndx_mem_default);
			if (file != NULL)
				list_ids(file, &again);
			ndx_buf_free(&again);
			encode(sources, &again);
			ndx_sources_free(sources);
			status = decode(&ndx_env_default, again.data, again.size, &sources, NULL);
			CHECK("what was taken is sound", status == NDX_OK);
			ndx_buf_free(&again);
			if (status == NDX_OK)
				ndx_sources_free(sources);
		}
	}
	ndx_buf_free(&out);
}

static void
test_messages(void **state)
{
	struct ndx_sources *sources = NULL;
	struct ndx_err err;
	struct ndx_buf out;
	char *path = calloc(1, NDX_SOURCE_PATH_SIZE_MAX + 1);
	const struct ndx_source_facts facts = { .path = { path, NDX_SOURCE_PATH_SIZE_MAX + 1 },
		                                .id = ndx_str("a") };

	(void)state;
	assert_non_null(path);
	encode_files(&out);
	ndx_put_u32(out.data + 8, NDX_FORMAT_VERSION + 1);
	ndx_put_u64(out.data + out.size - 8, ndx_checksum(out.data, out.size - 8));
	assert_int_equal(decode(&ndx_env_default, out.data, out.size, &sources, &err),
	                 NDX_E_VERSION);
	assert_string_equal(err.msg, "'idx/00000001.src' has format 4, this program reads 1 to 3");
	ndx_buf_free(&out);
	sources = new_sources();
	CHECK("too long a path", ndx_sources_put(sources, &facts, NULL, &err) == NDX_E_LIMIT);
	CHECK("is not kept", ndx_sources_count(sources) == 0);
	ndx_sources_free(sources);
	free(path);
}

/* Read, put, prune and write with a table that fails at the n-th allocation. */
static enum ndx_status
run_all(const struct ndx_env *env, const struct ndx_buf *in, struct ndx_err *err)
{
	const char *const source[] = { "news" };
	struct ndx_sources *sources;
	struct ndx_buf gone, out;
	size_t file_count;
	enum ndx_status status = decode(env, in->data, in->size, &sources, err);

	if (status != NDX_OK)
		return status;
	ndx_buf_init(&gone, &ndx_mem_default);
	ndx_buf_init(&out, env->mem);
	for (size_t i = 0; i < 3 && status == NDX_OK; i++)
		status = put(sources, env->mem, i, err);
	if (status == NDX_OK)
		status = ndx_sources_prune(sources, source, 1, note_gone, &gone, &file_count, err);
	if (status == NDX_OK)
		status = ndx_sources_encode(sources, &out, err);
	ndx_buf_free(&out);
	ndx_buf_free(&gone);
	ndx_sources_free(sources);
	return status;
}

static void
test_no_memory(void **state)
{
	enum ndx_status status = NDX_E_NOMEM;
	struct failing_mem failing;
	struct ndx_buf in;

	(void)state;
	encode_files(&in);
	for (size_t fail_at = 1; status != NDX_OK && fail_at < 1000; fail_at++) {
		const struct ndx_env env = { &failing.mem, &ndx_io_default };

		ndx_failing_mem_init(&failing, fail_at);
		status = run_all(&env, &in, NULL);
		CHECK("out of memory", status == NDX_OK || status == NDX_E_NOMEM);
		CHECK("nothing leaks", failing.live_count == 0);
	}
	CHECK("and at last it works", status == NDX_OK);
	ndx_buf_free(&in);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip), cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_unchanged),  cmocka_unit_test(test_append),
		cmocka_unit_test(test_replace),    cmocka_unit_test(test_many),
		cmocka_unit_test(test_prune),      cmocka_unit_test(test_come_back),
		cmocka_unit_test(test_damage),     cmocka_unit_test(test_lies),
		cmocka_unit_test(test_messages),   cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
