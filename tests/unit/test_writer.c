/*
 * test_writer.c - change an index: add, replace, delete, commit, merge
 *
 * Whatever was done, and in whatever order, the index says what a fresh one of the articles
 * that are left would say (ndx_dump), and its directory holds no file too many.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/oracle/random.h"
#include "tests/unit/small_index.h"
#include "tests/unit/test.h"

#define NUMBERS 60 /* articles there may be */

static struct small_dir dir;

/* version[number]: what the index should hold; 0: nothing. */
struct model {
	uint32_t version[NUMBERS];
};

static const struct ndx_writer_options options = { .create = true, .no_auto_merge = true };

static struct ndx_writer *
open_writer(const char *path, const struct ndx_writer_options *with)
{
	struct ndx_writer *writer = NULL;
	struct ndx_err err = { NDX_OK, 0, "" };

	if (ndx_writer_open(&ndx_env_default, path, with, &writer, &err) != NDX_OK)
		fail_msg("%s", err.msg);
	return writer;
}

static void
commit(struct ndx_writer *writer)
{
	struct ndx_err err = { NDX_OK, 0, "" };

	if (ndx_writer_commit(writer, &err) != NDX_OK)
		fail_msg("%s", err.msg);
}

static void
dump(const char *path, struct ndx_buf *out)
{
	struct ndx_err err = { NDX_OK, 0, "" };

	ndx_buf_init(out, &ndx_mem_default);
	if (ndx_dump(&ndx_env_default, path, out, &err) != NDX_OK)
		fail_msg("%s", err.msg);
}

/* The index at dir.path says what a fresh one of the model's articles does. */
static void
check_model(const char *name, const struct model *model)
{
	struct ndx_writer *writer;
	struct ndx_buf found, expected;
	struct small_dir fresh;

	ndx_small_dir_new(&fresh);
	writer = open_writer(fresh.path, &options);
	for (uint32_t i = 0; i < NUMBERS; i++)
		if (model->version[i] != 0)
			assert_int_equal(ndx_small_add(writer, i, model->version[i], NULL), NDX_OK);
	commit(writer);
	ndx_writer_close(writer);
	dump(dir.path, &found);
	dump(fresh.path, &expected);
	CHECK(name, ndx_buf_same(&found, &expected));
	CHECK(name, ndx_dir_is_exact(dir.path));
	ndx_buf_free(&found);
	ndx_buf_free(&expected);
	ndx_small_dir_remove(&fresh);
}

static int
setup(void **state)
{
	(void)state;
	ndx_small_dir_new(&dir);
	return 0;
}

static int
teardown(void **state)
{
	ndx_small_dir_remove(&dir);
	return test_end(state);
}

static void
test_empty(void **state)
{
	struct ndx_writer *writer = open_writer(dir.path, &options);
	struct ndx_buf out;

	(void)state;
	CHECK("made at once", ndx_writer_manifest(writer)->generation == 1);
	CHECK("english", strcmp(ndx_writer_language(writer), "english") == 0);
	commit(writer);
	CHECK("nothing to say, no commit", ndx_writer_manifest(writer)->generation == 1);
	CHECK("merge of nothing", ndx_writer_merge(writer, NULL) == NDX_OK);
	ndx_writer_close(writer);
	dump(dir.path, &out);
	CHECK("says so", out.size == 6 && memcmp(out.data, "N\t0\t0\n", 6) == 0);
	CHECK("files", ndx_dir_is_exact(dir.path));
	ndx_buf_free(&out);
	ndx_writer_close(NULL);
}

static void
test_counts(void **state)
{
	struct ndx_writer *writer = open_writer(dir.path, &options);
	struct model model = { { 0 } };
	struct ndx_writer_counts counts;
	bool has;

	(void)state;
	for (uint32_t i = 0; i < 10; i++)
		CHECK("add", ndx_small_add(writer, i, model.version[i] = 1, NULL) == NDX_OK);
	commit(writer);
	CHECK("unchanged", ndx_small_add(writer, 0, 1, NULL) == NDX_OK);
	CHECK("replaced", ndx_small_add(writer, 1, model.version[1] = 2, NULL) == NDX_OK);
	CHECK("and again", ndx_small_add(writer, 1, model.version[1] = 3, NULL) == NDX_OK);
	CHECK("added", ndx_small_add(writer, 10, model.version[10] = 1, NULL) == NDX_OK);
	CHECK("deleted", ndx_small_delete(writer, 2, NULL) == NDX_OK);
	CHECK("deleted already", ndx_small_delete(writer, 2, NULL) == NDX_E_NOT_FOUND);
	CHECK("never there", ndx_small_delete(writer, 50, NULL) == NDX_E_NOT_FOUND);
	CHECK("pending", ndx_small_delete(writer, 10, NULL) == NDX_OK);
	CHECK("has", ndx_writer_has(writer, ndx_str("news/10"), &has, NULL) == NDX_OK && !has);
	CHECK("has", ndx_writer_has(writer, ndx_str("news/1"), &has, NULL) == NDX_OK && has);
	CHECK("has", ndx_writer_has(writer, ndx_str("news/2"), &has, NULL) == NDX_OK && !has);
	CHECK("has", ndx_writer_has(writer, ndx_str("news/3"), &has, NULL) == NDX_OK && has);
	CHECK("anew", ndx_small_add(writer, 2, model.version[2] = 5, NULL) == NDX_OK);
	model.version[10] = 0;
	commit(writer);
	counts = ndx_writer_counts(writer);
	CHECK("counts", counts.added == 12 && counts.replaced == 2 && counts.unchanged == 1 &&
	                        counts.deleted == 2);
	ndx_writer_close(writer);
	check_model("all of it", &model);
}

/* What was not committed leaves no trace. */
static void
test_give_up(void **state)
{
	struct ndx_writer *writer = open_writer(dir.path, &options);
	struct model model = { { 1, 1, 1 } };
	struct ndx_buf before, after;

	(void)state;
	for (uint32_t i = 0; i < 3; i++)
		assert_int_equal(ndx_small_add(writer, i, 1, NULL), NDX_OK);
	commit(writer);
	ndx_writer_close(writer);
	ndx_buf_init(&before, &ndx_mem_default);
	ndx_buf_init(&after, &ndx_mem_default);
	ndx_dir_bytes(dir.path, &before);
	writer = open_writer(dir.path, &options);
	assert_int_equal(ndx_small_add(writer, 3, 1, NULL), NDX_OK);
	assert_int_equal(ndx_small_delete(writer, 0, NULL), NDX_OK);
	ndx_writer_close(writer);
	ndx_dir_bytes(dir.path, &after);
	CHECK("no byte differs", ndx_buf_same(&before, &after));
	check_model("as it was", &model);
	ndx_buf_free(&before);
	ndx_buf_free(&after);
}

/* All is deleted: the segments go, too. */
static void
test_delete_all(void **state)
{
	struct ndx_writer *writer = open_writer(dir.path, &options);
	struct model model = { { 0 } };

	(void)state;
	for (uint32_t i = 0; i < 4; i++)
		assert_int_equal(ndx_small_add(writer, i, 1, NULL), NDX_OK);
	commit(writer);
	for (uint32_t i = 0; i < 4; i++) {
		CHECK("delete", ndx_small_delete(writer, i, NULL) == NDX_OK);
		commit(writer);
	}
	CHECK("no segment", ndx_writer_manifest(writer)->segment_count == 0);
	ndx_writer_close(writer);
	check_model("nothing", &model);
}

static void
random_step(struct random *random, struct ndx_writer *writer, struct model *model)
{
	uint32_t number = (uint32_t)random_below(random, NUMBERS);
	enum ndx_status status;

	if (random_percent(random, 25)) {
		status = ndx_small_delete(writer, number, NULL);
		CHECK("delete", status == (model->version[number] == 0 ? NDX_E_NOT_FOUND : NDX_OK));
		model->version[number] = 0;
		return;
	}
	model->version[number] = 1 + (uint32_t)random_below(random, 3);
	CHECK("add", ndx_small_add(writer, number, model->version[number], NULL) == NDX_OK);
}

static void
random_run(uint64_t seed, const struct ndx_writer_options *with)
{
	struct random random = random_of(seed, 0, 0);
	struct ndx_writer *writer = open_writer(dir.path, with);
	struct model model = { { 0 } };
	char name[40];

	snprintf(name, sizeof(name), "seed %u", (unsigned)seed);
	for (int commits = 0; commits < 12; commits++) {
		for (size_t steps = random_below(&random, 30); steps > 0; steps--)
			random_step(&random, writer, &model);
		if (random_percent(&random, 15))
			CHECK(name, ndx_writer_merge(writer, NULL) == NDX_OK);
		else
			commit(writer);
		if (random_percent(&random, 30)) {
			ndx_writer_close(writer);
			writer = open_writer(dir.path, with);
		}
		if (commits % 4 == 3)
			check_model(name, &model);
	}
	CHECK(name, ndx_writer_merge(writer, NULL) == NDX_OK);
	CHECK("one segment", ndx_writer_manifest(writer)->segment_count == 1);
	CHECK("no dead article", ndx_writer_manifest(writer)->segment[0].deleted_count == 0);
	ndx_writer_close(writer);
	check_model(name, &model);
	ndx_small_remove(dir.path);
}

static void
test_random(void **state)
{
	const struct ndx_writer_options merging = { .create = true };

	(void)state;
	for (uint64_t seed = 1; seed <= 4; seed++) {
		random_run(seed, &options);
		random_run(seed, &merging);
	}
}

/* Build the same index, step by step, at 'path'. */
static void
build(const char *path, const char *language)
{
	const struct ndx_writer_options with = { .create = true, .language = language };
	struct random random = random_of(9, 0, 0);
	struct ndx_writer *writer = open_writer(path, &with);
	struct model model = { { 0 } };

	for (int commits = 0; commits < 10; commits++) {
		for (int steps = 0; steps < 10; steps++)
			random_step(&random, writer, &model);
		commit(writer);
	}
	ndx_writer_close(writer);
}

static void
test_same_bytes(void **state)
{
	struct ndx_buf a, b;
	struct small_dir other;

	(void)state;
	ndx_small_dir_new(&other);
	build(dir.path, NULL);
	build(other.path, "english");
	ndx_buf_init(&a, &ndx_mem_default);
	ndx_buf_init(&b, &ndx_mem_default);
	ndx_dir_bytes(dir.path, &a);
	ndx_dir_bytes(other.path, &b);
	CHECK("the same bytes", ndx_buf_same(&a, &b));
	ndx_buf_free(&a);
	ndx_buf_free(&b);
	ndx_small_dir_remove(&other);
}

/* Ten segments of a tier become one. */
static void
test_tiers(void **state)
{
	const struct ndx_writer_options merging = { .create = true };
	struct ndx_writer *writer = open_writer(dir.path, &merging);
	struct model model = { { 0 } };

	(void)state;
	for (uint32_t i = 0; i < 30; i++) {
		CHECK("add", ndx_small_add(writer, i, model.version[i] = 1, NULL) == NDX_OK);
		commit(writer);
		CHECK("few segments", ndx_writer_manifest(writer)->segment_count < 10);
	}
	ndx_writer_close(writer);
	check_model("all of it", &model);
}

/* Articles that say nothing new take no memory for longer than others do. */
static void
test_unchanged(void **state)
{
	const struct ndx_writer_options small = { .create = true, .memory_size = 1000000 };
	struct ndx_writer *writer = open_writer(dir.path, &small);
	struct ndx_buf text;
	struct ndx_article article = { .id = ndx_str("large"), .title = ndx_str("Large") };

	(void)state;
	ndx_buf_init(&text, &ndx_mem_default);
	while (text.size < 5000000)
		ndx_buf_printf(&text, "word%zu ", text.size % 1009);
	article.text = (struct ndx_str){ (const char *)text.data, text.size };
	CHECK("add", ndx_writer_add(writer, &article, NULL) == NDX_OK);
	commit(writer);
	CHECK("two commits", ndx_writer_manifest(writer)->generation == 2);
	for (int i = 0; i < 3; i++)
		CHECK("again", ndx_writer_add(writer, &article, NULL) == NDX_OK);
	commit(writer);
	CHECK("no commit", ndx_writer_manifest(writer)->generation == 2);
	CHECK("counted", ndx_writer_counts(writer).unchanged == 3);
	CHECK("and then a change", ndx_small_add(writer, 1, 1, NULL) == NDX_OK);
	commit(writer);
	CHECK("a commit", ndx_writer_manifest(writer)->generation == 3);
	ndx_writer_close(writer);
	ndx_buf_free(&text);
}

static void
test_sources(void **state)
{
	struct ndx_writer *writer = open_writer(dir.path, &options);
	void *data;
	size_t size;

	(void)state;
	CHECK("none yet", ndx_writer_get_sources(writer, &data, &size, NULL) == NDX_OK);
	CHECK("none yet", data == NULL && size == 0);
	for (int i = 0; i < 2; i++) {
		CHECK("set", ndx_writer_set_sources(writer, i == 0 ? "abc" : "defg", 3 + (size_t)i,
		                                    NULL) == NDX_OK);
		commit(writer);
		CHECK("files", ndx_dir_is_exact(dir.path));
		CHECK("get", ndx_writer_get_sources(writer, &data, &size, NULL) == NDX_OK);
		CHECK("what was set",
		      size == 3 + (size_t)i && memcmp(data, i == 0 ? "abc" : "defg", size) == 0);
		ndx_free(ndx_writer_spool_env(writer)->mem, data);
	}
	assert_int_equal(ndx_small_add(writer, 1, 1, NULL), NDX_OK);
	commit(writer);
	CHECK("kept", ndx_writer_manifest(writer)->sources_size == 4);
	ndx_writer_close(writer);
}

static void
test_refusals(void **state)
{
	const struct ndx_writer_options absent = { .create = false };
	const struct ndx_writer_options german = { .create = true, .language = "german" };
	const struct ndx_writer_options klingon = { .create = true, .language = "klingon" };
	struct ndx_article article = { .text = ndx_str("words") };
	struct ndx_writer *writer = NULL, *second = NULL;
	static char id[NDX_ID_SIZE_MAX + 1];
	struct ndx_err err;

	(void)state;
	CHECK("no index",
	      ndx_writer_open(&ndx_env_default, dir.path, &absent, &writer, &err) == NDX_E_IO);
	CHECK("no such language",
	      ndx_writer_open(&ndx_env_default, dir.path, &klingon, &writer, &err) == NDX_E_INPUT);
	CHECK("and no directory", access(dir.path, F_OK) == -1);
	writer = open_writer(dir.path, &german);
	CHECK("locked",
	      ndx_writer_open(&ndx_env_default, dir.path, &german, &second, &err) == NDX_E_LOCKED);
	CHECK("an article without an id", ndx_writer_add(writer, &article, &err) == NDX_E_INPUT);
	memset(id, 'x', sizeof(id));
	article.id = (struct ndx_str){ id, sizeof(id) };
	CHECK("an id too long", ndx_writer_add(writer, &article, &err) == NDX_E_INPUT);
	article.id.size--;
	CHECK("one just as long", ndx_writer_add(writer, &article, &err) == NDX_OK);
	commit(writer);
	ndx_writer_close(writer);
	CHECK("another language",
	      ndx_writer_open(&ndx_env_default, dir.path,
	                      &(struct ndx_writer_options){ .language = "english" }, &writer,
	                      &err) == NDX_E_INPUT);
	CHECK("says which", strstr(err.msg, "'german', not 'english'") != NULL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_empty),      TEST(test_counts),    TEST(test_give_up),
		TEST(test_delete_all), TEST(test_random),    TEST(test_same_bytes),
		TEST(test_tiers),      TEST(test_unchanged), TEST(test_sources),
		TEST(test_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
