/*
 * test_tombstones.c - tombstone files, written, read and asked
 *
 * damage   each bit flipped and each length are refused
 * lies[]   numbers that cannot be, under a true checksum
 * finds[]  the first deleted docid from a place on, at the edges
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/segment.h"
#include "common/tombstones.h"
#include "common/varint.h"
#include "tests/unit/failing_mem.h"
#include "tests/unit/test.h"

#define SEGMENT     5
#define ARTICLES    100
#define TERMS       50
#define CORRECTIONS 32 /* offset of the first one */
#define DOCIDS      (CORRECTIONS + 3 * 16)

static char path[] = "/tmp/ndx-tombstones-XXXXXX";

static const uint32_t docids[] = { 0, 7, 8, 99 };
static const struct ndx_correction corrections[] = { { 0, 1, 1 },
	                                             { 20, 4, 1u << 31 },
	                                             { 49, 2, 3 } };

static void
encode(struct ndx_buf *out)
{
	ndx_buf_init(out, &ndx_mem_default);
	ndx_tombstones_encode(SEGMENT, docids, ARRAY_LEN(docids), corrections,
	                      ARRAY_LEN(corrections), 1234, out);
	assert_false(ndx_buf_failed(out));
}

static enum ndx_status
open_bytes(const struct ndx_env *env, const void *in, size_t size,
           struct ndx_tombstones **tombstones_ret, struct ndx_err *err)
{
	FILE *stream = fopen(path, "wb");

	assert_non_null(stream);
	assert_int_equal(fwrite(in, 1, size, stream), size);
	fclose(stream);
	return ndx_tombstones_open(env, path, size, 0, SEGMENT, ARTICLES, TERMS, tombstones_ret,
	                           err);
}

static struct ndx_tombstones *
open_sample(void)
{
	struct ndx_tombstones *tombstones = NULL;
	struct ndx_buf out;

	encode(&out);
	assert_int_equal(open_bytes(&ndx_env_default, out.data, out.size, &tombstones, NULL),
	                 NDX_OK);
	ndx_buf_free(&out);
	return tombstones;
}

static void
test_round_trip(void **state)
{
	struct ndx_tombstones *tombstones = open_sample();

	(void)state;
	CHECK("count", tombstones->count == 4);
	CHECK("docids", memcmp(tombstones->docid, docids, sizeof(docids)) == 0);
	CHECK("corrections",
	      tombstones->correction_count == 3 &&
	              memcmp(tombstones->correction, corrections, sizeof(corrections)) == 0);
	CHECK("tokens", tombstones->token_count == 1234);
	ndx_tombstones_free(tombstones);
	ndx_tombstones_free(NULL);
}

static const struct {
	const char *name;
	ndx_docid docid;
	uint32_t from, index;
} finds[] = {
	{ "the first", 0, 0, 0 },           { "between", 1, 0, 1 },
	{ "one that is deleted", 7, 0, 1 }, { "from itself", 7, 1, 1 },
	{ "from before", 9, 1, 3 },         { "the last", 99, 2, 3 },
	{ "past the last", 100, 0, 4 },     { "none", NDX_DOCID_NONE, 4, 4 },
};

static void
test_find(void **state)
{
	struct ndx_tombstones *tombstones = open_sample();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(finds); i++)
		CHECK(finds[i].name, ndx_tombstones_find(tombstones, finds[i].docid,
		                                         finds[i].from) == finds[i].index);
	for (ndx_docid docid = 0, i = 0; docid < ARTICLES; docid++) {
		bool deleted = i < ARRAY_LEN(docids) && docids[i] == docid;

		CHECK("deleted or not", ndx_tombstones_has(tombstones, docid) == deleted);
		CHECK("without tombstones none is", !ndx_tombstones_has(NULL, docid));
		i += deleted;
	}
	ndx_tombstones_free(tombstones);
}

static void
test_correction(void **state)
{
	struct ndx_tombstones *tombstones = open_sample();

	(void)state;
	for (uint32_t ordinal = 0, i = 0; ordinal < TERMS; ordinal++) {
		struct ndx_correction found = ndx_tombstones_correction(tombstones, ordinal);
		struct ndx_correction none = ndx_tombstones_correction(NULL, ordinal);
		bool there = i < ARRAY_LEN(corrections) && corrections[i].ordinal == ordinal;

		CHECK("the term's own", found.ordinal == ordinal);
		CHECK("df", found.df == (there ? corrections[i].df : 0));
		CHECK("cf", found.cf == (there ? corrections[i].cf : 0));
		CHECK("without tombstones none", none.df == 0 && none.cf == 0);
		i += there;
	}
	ndx_tombstones_free(tombstones);
}

static void
test_damage(void **state)
{
	struct ndx_tombstones *tombstones;
	struct ndx_buf out;
	struct ndx_err err;

	(void)state;
	encode(&out);
	for (size_t bit = 0; bit < out.size * 8; bit++) {
		enum ndx_status status;

		out.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
		status = open_bytes(&ndx_env_default, out.data, out.size, &tombstones, &err);
		out.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
		CHECK("a flipped bit", status == NDX_E_CORRUPT || status == NDX_E_VERSION);
		CHECK("names the file", strstr(err.msg, path) != NULL);
	}
	for (size_t size = 0; size < out.size; size++) {
		CHECK("cut short", open_bytes(&ndx_env_default, out.data, size, &tombstones,
		                              &err) == NDX_E_CORRUPT);
		CHECK("and not what the manifest says",
		      ndx_tombstones_open(&ndx_env_default, path, out.size, 0, SEGMENT, ARTICLES,
		                          TERMS, &tombstones, &err) == NDX_E_CORRUPT);
	}
	ndx_buf_add_u8(&out, 0);
	CHECK("a byte more",
	      open_bytes(&ndx_env_default, out.data, out.size, &tombstones, &err) == NDX_E_CORRUPT);
	ndx_buf_free(&out);
}

static const struct {
	const char *name;
	size_t at;
	unsigned size; /* of the number */
	uint64_t value;
} lies[] = {
	/* clang-format off */
	{ "format 0",                    8, 4, 0 },
	{ "of another segment",          12, 4, SEGMENT + 1 },
	{ "a docid too many",            16, 4, 5 },
	{ "docids beyond all bounds",    16, 4, UINT32_MAX },
	{ "a correction too many",       20, 4, 4 },
	{ "corrections beyond all bounds", 20, 4, UINT32_MAX },
	{ "ordinals that do not rise",   CORRECTIONS + 16, 4, 0 },
	{ "an ordinal past the terms",   CORRECTIONS + 32, 4, TERMS },
	{ "a df of 0",                   CORRECTIONS + 4, 4, 0 },
	{ "a df above all deleted",      CORRECTIONS + 4, 4, 5 },
	{ "a docid twice",               DOCIDS + 4, 4, 0 },
	{ "docids that fall",            DOCIDS + 8, 4, 6 },
	{ "a docid past the articles",   DOCIDS + 12, 4, ARTICLES },
	/* clang-format on */
};

static void
test_lies(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lies); i++) {
		struct ndx_tombstones *tombstones;
		struct ndx_buf out;

		encode(&out);
		memcpy(out.data + lies[i].at, &lies[i].value, lies[i].size);
		ndx_put_u64(out.data + out.size - 8, ndx_checksum(out.data, out.size - 8));
		CHECK(lies[i].name, open_bytes(&ndx_env_default, out.data, out.size, &tombstones,
		                               NULL) == NDX_E_CORRUPT);
		ndx_buf_free(&out);
	}
}

static void
test_messages(void **state)
{
	struct ndx_tombstones *tombstones;
	struct ndx_buf out;
	struct ndx_err err;
	char expected[128];

	(void)state;
	encode(&out);
	ndx_put_u32(out.data + 8, NDX_FORMAT_VERSION + 1);
	CHECK("not yet under its checksum",
	      open_bytes(&ndx_env_default, out.data, out.size, &tombstones, &err) == NDX_E_CORRUPT);
	ndx_put_u64(out.data + out.size - 8, ndx_checksum(out.data, out.size - 8));
	CHECK("another checksum than the manifest's",
	      ndx_tombstones_open(&ndx_env_default, path, out.size, 1, SEGMENT, ARTICLES, TERMS,
	                          &tombstones, &err) == NDX_E_CORRUPT);
	assert_int_equal(open_bytes(&ndx_env_default, out.data, out.size, &tombstones, &err),
	                 NDX_E_VERSION);
	snprintf(expected, sizeof(expected), "'%s' has format 4, this program reads 1 to 3", path);
	assert_string_equal(err.msg, expected);
	ndx_buf_free(&out);
	assert_int_equal(ndx_tombstones_open(&ndx_env_default, "nowhere.del", 100, 0, SEGMENT,
	                                     ARTICLES, TERMS, &tombstones, &err),
	                 NDX_E_IO);
	assert_string_equal(err.msg, "cannot open 'nowhere.del': No such file or directory");
}

static void
test_no_memory(void **state)
{
	enum ndx_status status = NDX_E_NOMEM;
	struct failing_mem failing;
	struct ndx_buf out;

	(void)state;
	encode(&out);
	for (size_t fail_at = 1; status != NDX_OK && fail_at < 100; fail_at++) {
		const struct ndx_env env = { &failing.mem, &ndx_io_default };
		struct ndx_tombstones *tombstones;

		ndx_failing_mem_init(&failing, fail_at);
		status = open_bytes(&env, out.data, out.size, &tombstones, NULL);
		CHECK("out of memory", status == NDX_OK || status == NDX_E_NOMEM);
		if (status == NDX_OK)
			ndx_tombstones_free(tombstones);
		CHECK("nothing leaks", failing.live_count == 0);
	}
	CHECK("and at last it works", status == NDX_OK);
	ndx_buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip), cmocka_unit_test(test_find),
		cmocka_unit_test(test_correction), cmocka_unit_test(test_damage),
		cmocka_unit_test(test_lies),       cmocka_unit_test(test_messages),
		cmocka_unit_test(test_no_memory),
	};
	int fd = mkstemp(path), failed;

	if (fd == -1)
		return 2;
	close(fd);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	return failed;
}
