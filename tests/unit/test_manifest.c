/*
 * test_manifest.c - the manifest, written and read again
 *
 * damage     each bit flipped and each length are refused
 * lies[]     numbers that cannot be, under a true checksum
 * messages[] what is said when there is none
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/manifest.h"
#include "common/segment.h"
#include "common/varint.h"
#include "tests/unit/failing_mem.h"
#include "tests/unit/test.h"

#define HEAD  96 /* bytes before the first entry */
#define ENTRY 56

static char dir[] = "/tmp/ndx-manifest-XXXXXX", file[64];

static struct ndx_manifest_segment segments[] = {
	{ 1, 4096, 0x1122334455667788, 10, 0, 1000, 0, 0, 0 },
	{ 7, 8192, 0xffffffffffffffff, 4000000000, 3999999999, 7, 8, 640, 0x55aa },
	{ 3, 1, 0, 5, 5, 0, 9, 60, 0 },
};

static const struct ndx_manifest sample = {
	.generation = 42,
	.next_number = 12,
	.language = "english",
	.sources = 11,
	.sources_size = 77,
	.sources_checksum = 0x1234567890,
	.bytes_written = 5000,
	.bytes_flushed = 3000,
	.segment = segments,
	.segment_count = ARRAY_LEN(segments),
};

static void
write_file(const void *in, size_t size)
{
	FILE *stream = fopen(file, "wb");

	assert_non_null(stream);
	assert_int_equal(fwrite(in, 1, size, stream), size);
	fclose(stream);
}

static void
encode(const struct ndx_manifest *manifest, struct ndx_buf *out)
{
	ndx_buf_init(out, &ndx_mem_default);
	ndx_manifest_encode(manifest, out);
	assert_false(ndx_buf_failed(out));
}

static enum ndx_status
read_bytes(const void *in, size_t size, struct ndx_manifest *manifest_ret, struct ndx_err *err)
{
	write_file(in, size);
	return ndx_manifest_read(&ndx_env_default, dir, manifest_ret, err);
}

static void
test_round_trip(void **state)
{
	struct ndx_manifest manifest;
	struct ndx_buf out, again;

	(void)state;
	encode(&sample, &out);
	CHECK("size", out.size == HEAD + 3 * ENTRY + 8);
	assert_int_equal(read_bytes(out.data, out.size, &manifest, NULL), NDX_OK);
	CHECK("generation", manifest.generation == 42);
	CHECK("next number", manifest.next_number == 12);
	CHECK("language", strcmp(manifest.language, "english") == 0);
	CHECK("sources", manifest.sources == 11 && manifest.sources_size == 77 &&
	                         manifest.sources_checksum == 0x1234567890);
	CHECK("tombstones", manifest.segment[1].tombstones_checksum == 0x55aa);
	CHECK("bytes", manifest.bytes_written == 5000 && manifest.bytes_flushed == 3000);
	CHECK("segments", manifest.segment_count == 3);
	encode(&manifest, &again);
	CHECK("each", again.size == out.size && memcmp(again.data, out.data, out.size) == 0);
	ndx_buf_free(&again);
	ndx_manifest_free(&ndx_env_default, &manifest);
	ndx_buf_free(&out);
}

static void
test_empty(void **state)
{
	const struct ndx_manifest none = { .next_number = 1, .language = "german" };
	struct ndx_manifest manifest;
	struct ndx_buf out;

	(void)state;
	encode(&none, &out);
	assert_int_equal(read_bytes(out.data, out.size, &manifest, NULL), NDX_OK);
	CHECK("no segments", manifest.segment_count == 0);
	ndx_manifest_free(&ndx_env_default, &manifest);
	ndx_buf_free(&out);
}

/* It is appended, and its checksum speaks for its own bytes alone. */
static void
test_append(void **state)
{
	struct ndx_buf out, alone;

	(void)state;
	encode(&sample, &alone);
	ndx_buf_init(&out, &ndx_mem_default);
	ndx_buf_add_str(&out, "before");
	ndx_manifest_encode(&sample, &out);
	CHECK("the same bytes",
	      out.size == alone.size + 6 && memcmp(out.data + 6, alone.data, alone.size) == 0);
	ndx_buf_free(&out);
	ndx_buf_free(&alone);
}

static void
test_damage(void **state)
{
	struct ndx_manifest manifest;
	struct ndx_buf out;
	struct ndx_err err;

	(void)state;
	encode(&sample, &out);
	for (size_t bit = 0; bit < out.size * 8; bit++) {
		enum ndx_status status;

		out.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
		status = read_bytes(out.data, out.size, &manifest, &err);
		out.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
		CHECK("a flipped bit", status == NDX_E_CORRUPT || status == NDX_E_VERSION);
		CHECK("names the index", strncmp(err.msg + 1, dir, strlen(dir)) == 0);
	}
	for (size_t size = 0; size < out.size; size++)
		CHECK("cut short", read_bytes(out.data, size, &manifest, &err) == NDX_E_CORRUPT);
	ndx_buf_add_u8(&out, 0);
	CHECK("one byte more", read_bytes(out.data, out.size, &manifest, &err) == NDX_E_CORRUPT);
	ndx_buf_free(&out);
}

static const struct {
	const char *name;
	size_t at;
	unsigned size; /* of the number */
	uint64_t value;
} lies[] = {
	/* clang-format off */
	{ "format 0",                       8, 4, 0 },
	{ "next number 0",                 12, 4, 0 },
	{ "a segment is the next number",  12, 4, 7 },
	{ "tombstones are the next number", 12, 4, 9 },
	{ "sources are the next number",   12, 4, 11 },
	{ "no language",                   24, 8, 0 },
	{ "bytes after the language",      48, 8, 1 },
	{ "sources without a size",        64, 8, 0 },
	{ "a size without sources",        56, 4, 0 },
	{ "a segment too few",             60, 4, 2 },
	{ "a segment too many",            60, 4, 4 },
	{ "segments beyond all bounds",    60, 4, UINT32_MAX },
	{ "number 0",                      HEAD, 4, 0 },
	{ "a number twice",                HEAD, 4, 7 },
	{ "no articles",                   HEAD + 4, 4, 0 },
	{ "articles beyond the limit",     HEAD + 4, 4, 0xfffffff0 },
	{ "deleted, but no tombstones",    HEAD + 8, 4, 1 },
	{ "tombstones, but none deleted",  HEAD + 12, 4, 10 },
	{ "a segment of no bytes",         HEAD + 16, 8, 0 },
	{ "tokens beyond 64 bits",         HEAD + 32, 8, UINT64_MAX - 6 },
	{ "tombstones' size, but no tombstones", HEAD + 40, 8, 60 },
	{ "more deleted than there are",   HEAD + ENTRY + 8, 4, 4000000001 },
	{ "tombstones of no bytes",        HEAD + ENTRY + 40, 8, 0 },
	/* clang-format on */
};

static void
test_lies(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lies); i++) {
		struct ndx_manifest manifest;
		struct ndx_buf out;
		struct ndx_err err;

		encode(&sample, &out);
		memcpy(out.data + lies[i].at, &lies[i].value, lies[i].size);
		ndx_put_u64(out.data + out.size - 8, ndx_checksum(out.data, out.size - 8));
		CHECK(lies[i].name,
		      read_bytes(out.data, out.size, &manifest, &err) == NDX_E_CORRUPT);
		ndx_buf_free(&out);
	}
}

static void
test_version(void **state)
{
	struct ndx_manifest manifest;
	struct ndx_buf out;
	struct ndx_err err;
	char expected[128];

	(void)state;
	encode(&sample, &out);
	ndx_put_u32(out.data + 8,
	            NDX_FORMAT_VERSION + 1); /* its checksum may be another one, too */
	assert_int_equal(read_bytes(out.data, out.size, &manifest, &err), NDX_E_VERSION);
	snprintf(expected, sizeof(expected),
	         "'%s/manifest' has format 4, this program reads 1 to 3", dir);
	assert_string_equal(err.msg, expected);
	ndx_buf_free(&out);
}

static const struct {
	const char *name, *dir, *message;
} missing[] = {
	/* clang-format off */
	{ "no directory",    "nowhere",  "cannot open 'nowhere': No such file or directory" },
	{ "no manifest",     "empty",    "cannot open 'empty/manifest': No such file or directory" },
	{ "a slash already", "empty/",   "cannot open 'empty/manifest': No such file or directory" },
	{ "a file",          "manifest", "cannot open 'manifest': Not a directory" },
	/* clang-format on */
};

static void
test_missing(void **state)
{
	char before[4096];

	(void)state;
	assert_non_null(getcwd(before, sizeof(before)));
	assert_int_equal(chdir(dir), 0);
	assert_int_equal(mkdir("empty", 0777), 0);
	write_file("", 0);
	for (size_t i = 0; i < ARRAY_LEN(missing); i++) {
		struct ndx_manifest manifest;
		struct ndx_err err;

		CHECK(missing[i].name, ndx_manifest_read(&ndx_env_default, missing[i].dir,
		                                         &manifest, &err) == NDX_E_IO);
		CHECK(missing[i].name, strcmp(err.msg, missing[i].message) == 0);
	}
	assert_int_equal(rmdir("empty"), 0);
	assert_int_equal(chdir(before), 0);
}

static const struct {
	const char *dir, *segment, *tombstones, *sources;
} paths[] = {
	{ "idx", "idx/0000001f.seg", "idx/0000001f-deadbeef.del", "idx/00000002.src" },
	{ "idx/", "idx/0000001f.seg", "idx/0000001f-deadbeef.del", "idx/00000002.src" },
	{ "/", "/0000001f.seg", "/0000001f-deadbeef.del", "/00000002.src" },
};

static void
test_paths(void **state)
{
	struct ndx_buf out;

	(void)state;
	ndx_buf_init(&out, &ndx_mem_default);
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		ndx_buf_clear(&out);
		ndx_segment_path(paths[i].dir, 31, &out);
		CHECK(paths[i].dir, strcmp((const char *)out.data, paths[i].segment) == 0);
		ndx_buf_clear(&out);
		ndx_tombstones_path(paths[i].dir, 31, 0xdeadbeef, &out);
		CHECK(paths[i].dir, strcmp((const char *)out.data, paths[i].tombstones) == 0);
		ndx_buf_clear(&out);
		ndx_sources_path(paths[i].dir, 2, &out);
		CHECK(paths[i].dir, strcmp((const char *)out.data, paths[i].sources) == 0);
	}
	ndx_buf_free(&out);
}

static void
test_no_memory(void **state)
{
	enum ndx_status status = NDX_E_NOMEM;
	struct failing_mem failing;
	struct ndx_buf out;

	(void)state;
	encode(&sample, &out);
	write_file(out.data, out.size);
	ndx_buf_free(&out);
	for (size_t fail_at = 1; status != NDX_OK && fail_at < 100; fail_at++) {
		const struct ndx_env env = { &failing.mem, &ndx_io_default };
		struct ndx_manifest manifest;

		ndx_failing_mem_init(&failing, fail_at);
		status = ndx_manifest_read(&env, dir, &manifest, NULL);
		CHECK("out of memory", status == NDX_OK || status == NDX_E_NOMEM);
		if (status == NDX_OK)
			ndx_manifest_free(&env, &manifest);
		CHECK("nothing leaks", failing.live_count == 0);
	}
	CHECK("and at last it works", status == NDX_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip), cmocka_unit_test(test_empty),
		cmocka_unit_test(test_append),     cmocka_unit_test(test_damage),
		cmocka_unit_test(test_lies),       cmocka_unit_test(test_version),
		cmocka_unit_test(test_missing),    cmocka_unit_test(test_paths),
		cmocka_unit_test(test_no_memory),
	};
	int failed;

	if (mkdtemp(dir) == NULL)
		return 2;
	snprintf(file, sizeof(file), "%s/%s", dir, NDX_MANIFEST_NAME);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(file);
	rmdir(dir);
	return failed;
}
