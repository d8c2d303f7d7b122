/*
 * test_segment.c - a segment as a file: written, opened, verified
 *
 * lies[]   numbers of the table of contents that cannot be, under a true checksum
 * damage   each byte in turn is set to something else: its block is refused, and no other
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <unistd.h>

#include "common/segment.h"
#include "common/segment_layout.h"
#include "common/varint.h"
#include "indexer/segment_write.h"
#include "tests/oracle/random.h"
#include "tests/unit/copy.h"
#include "tests/unit/failing_mem.h"
#include "tests/unit/test.h"

#define NUMBER   77
#define ARTICLES 40

static char path[] = "/tmp/ndx-segment-XXXXXX";

static const struct ndx_segment_facts facts = { .number = NUMBER,
	                                        .article_count = ARTICLES,
	                                        .dated_count = 30,
	                                        .term_count = 9,
	                                        .token_count = UINT64_C(5000000000),
	                                        .newest = 1000,
	                                        .oldest = -1000,
	                                        .positions_bytes = 11,
	                                        .forms_bytes = 12,
	                                        .pairs_bytes = 13 };

/* Bytes of a part: one is large, one is empty, the norms are as many as articles. */
static size_t
part_size(unsigned part, size_t large)
{
	if (part == NDX_PART_NORMS)
		return ARTICLES;
	return part == NDX_PART_POSTINGS ? large : part == NDX_PART_IDS ? 0 : 10 + part;
}

static enum ndx_status
write_parts(struct ndx_segment_writer *writer, size_t large, struct ndx_err *err)
{
	struct random random = random_of(large, 0, 0);

	for (unsigned part = 0; part < NDX_PART_COUNT; part++) {
		size_t left = part_size(part, large);

		ndx_segment_writer_part(writer, (enum ndx_part)part);
		while (left > 0 && writer->status == NDX_OK) {
			uint8_t piece[50000];
			size_t n = 1 + random_below(&random,
			                            left < sizeof(piece) ? left : sizeof(piece));

			for (size_t i = 0; i < n; i++)
				piece[i] = (uint8_t)(part * 16 + (left - i) % 7);
			ndx_segment_writer_put(writer, piece, n, err);
			left -= n;
		}
	}
	return writer->status;
}

static enum ndx_status
write_segment(const struct ndx_mem *mem, size_t large, struct ndx_buf *out, uint64_t *sum_ret)
{
	struct ndx_segment_writer writer;
	struct ndx_err err;
	enum ndx_status status;

	ndx_buf_init(out, mem);
	status = ndx_segment_writer_begin(&writer, mem, ndx_buf_sink(out), NUMBER, &err);
	if (status == NDX_OK)
		status = write_parts(&writer, large, &err);
	if (status == NDX_OK)
		status = ndx_segment_writer_finish(&writer, &facts, sum_ret, &err);
	ndx_segment_writer_free(&writer);
	return status;
}

static void
make(size_t large, struct ndx_buf *out)
{
	uint64_t sum = 0;

	assert_int_equal(write_segment(&ndx_mem_default, large, out, &sum), NDX_OK);
	CHECK("the checksum that is told", ndx_get_u64(out->data + out->size - 8) == sum);
}

static enum ndx_status
open_bytes(const void *in, size_t size, uint64_t expected_size, struct ndx_segment *segment_ret,
           struct ndx_err *err)
{
	FILE *stream = fopen(path, "wb");

	assert_non_null(stream);
	assert_int_equal(fwrite(in, 1, size, stream), size);
	fclose(stream);
	return ndx_segment_open(&ndx_env_default, path, expected_size, segment_ret, err);
}

/* Sizes of the large part at the edges of the checksums' blocks; the last has sums of sums. */
static const size_t larges[] = { 0, 1, 16000, 16384, 16385, 32768, 100000, 40000000 };

static void
check_parts(const struct ndx_segment *segment, size_t large)
{
	uint64_t at = NDX_SEGMENT_HEADER_SIZE;

	for (unsigned part = 0; part < NDX_PART_COUNT; part++) {
		const uint8_t *data = ndx_segment_part(segment, (enum ndx_part)part);
		size_t size = part_size(part, large);

		CHECK("place", segment->part[part].off == at && segment->part[part].size == size);
		CHECK("believed", ndx_segment_verify(segment, at, size, NULL) == NDX_OK);
		for (size_t i = 0; i < size; i++)
			if (data[i] / 16 != part % 16)
				CHECK("bytes", false);
		at += size;
	}
	CHECK("nothing else", segment->sums_off == at);
}

static void
test_round_trip(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(larges); i++) {
		struct ndx_segment segment;
		struct ndx_buf out;

		make(larges[i], &out);
		assert_int_equal(open_bytes(out.data, out.size, out.size, &segment, NULL), NDX_OK);
		CHECK("number", segment.number == NUMBER);
		CHECK("articles", segment.article_count == ARTICLES && segment.dated_count == 30);
		CHECK("terms", segment.term_count == 9);
		CHECK("tokens", segment.token_count == facts.token_count);
		CHECK("span", segment.newest == 1000 && segment.oldest == -1000);
		CHECK("shares", segment.positions_bytes == 11 && segment.forms_bytes == 12 &&
		                        segment.pairs_bytes == 13);
		check_parts(&segment, larges[i]);
		CHECK("not beyond",
		      ndx_segment_verify(&segment, segment.sums_off - 1, 2, NULL) == NDX_E_CORRUPT);
		CHECK("not the sums",
		      ndx_segment_verify(&segment, segment.sums_off, 1, NULL) == NDX_E_CORRUPT);
		CHECK("not with a size that wraps",
		      ndx_segment_verify(&segment, 16, UINT64_MAX - 8, NULL) == NDX_E_CORRUPT);
		CHECK("nothing, anywhere",
		      ndx_segment_verify(&segment, UINT64_MAX, 0, NULL) == NDX_OK);
		ndx_segment_close(&segment);
		ndx_segment_close(&segment); /* twice does no harm */
		ndx_buf_free(&out);
	}
}

static void
test_memory(void **state)
{
	struct ndx_segment segment;
	struct ndx_buf out;
	uint8_t *copy;

	(void)state;
	make(1000, &out);
	copy = copy_exact(out.data, out.size);
	assert_int_equal(ndx_segment_open_memory(&ndx_env_default, copy, out.size, &segment, NULL),
	                 NDX_OK);
	check_parts(&segment, 1000);
	CHECK("not beyond",
	      ndx_segment_verify(&segment, segment.sums_off - 1, 2, NULL) == NDX_E_CORRUPT);
	ndx_segment_close(&segment);
	free(copy);
	ndx_buf_free(&out);
}

/* Does opening, or believing every byte of it, refuse the segment? */
static bool
is_refused(const struct ndx_buf *in, struct ndx_err *err)
{
	struct ndx_segment segment;
	enum ndx_status status = open_bytes(in->data, in->size, in->size, &segment, err);

	if (status == NDX_OK) {
		status = ndx_segment_verify(&segment, 0, segment.sums_off, err);
		ndx_segment_close(&segment);
	}
	return status == NDX_E_CORRUPT || status == NDX_E_VERSION;
}

static void
test_damage(void **state)
{
	struct random random = random_of(1, 0, 0);
	struct ndx_buf out;

	(void)state;
	make(40000, &out);
	CHECK("whole", !is_refused(&out, NULL));
	for (size_t at = 0; at < out.size; at += at + 600 < out.size && at > 40 ? 499 : 1) {
		struct ndx_err err = { NDX_OK, 0, "" };
		uint8_t flip = (uint8_t)(1u << random_below(&random, 8));

		out.data[at] ^= flip;
		CHECK("a flipped bit", is_refused(&out, &err));
		CHECK("names the file", strstr(err.msg, path) != NULL);
		out.data[at] ^= flip;
	}
	ndx_buf_free(&out);
}

/* What is not damaged stays readable: each block of 16 KiB speaks for itself. */
static void
test_blocks(void **state)
{
	struct ndx_segment segment;
	struct ndx_buf out;
	struct ndx_err err;

	(void)state;
	make(60000, &out);
	out.data[2 * NDX_SUM_BLOCK_SIZE + 5] ^= 1;
	assert_int_equal(open_bytes(out.data, out.size, out.size, &segment, NULL), NDX_OK);
	CHECK("before", ndx_segment_verify(&segment, 0, 2 * NDX_SUM_BLOCK_SIZE, NULL) == NDX_OK);
	CHECK("after", ndx_segment_verify(&segment, 3 * NDX_SUM_BLOCK_SIZE, 100, NULL) == NDX_OK);
	CHECK("in it",
	      ndx_segment_verify(&segment, 2 * NDX_SUM_BLOCK_SIZE, 1, &err) == NDX_E_CORRUPT);
	CHECK("the byte", strstr(err.msg, "is corrupt at byte 32768: ") != NULL);
	CHECK("still",
	      ndx_segment_verify(&segment, 2 * NDX_SUM_BLOCK_SIZE - 1, 2, NULL) == NDX_E_CORRUPT);
	ndx_segment_close(&segment);
	ndx_buf_free(&out);
}

static void
test_sizes(void **state)
{
	struct ndx_segment segment;
	struct ndx_buf out;
	struct ndx_err err;

	(void)state;
	make(100, &out);
	for (size_t size = 0; size < out.size; size++) {
		CHECK("cut", open_bytes(out.data, size, size, &segment, &err) == NDX_E_CORRUPT);
		CHECK("not what the manifest says",
		      ndx_segment_open(&ndx_env_default, path, out.size, &segment, &err) ==
		              NDX_E_CORRUPT);
	}
	ndx_buf_add_u8(&out, 0);
	CHECK("a byte more",
	      open_bytes(out.data, out.size, out.size, &segment, &err) == NDX_E_CORRUPT);
	CHECK("missing",
	      ndx_segment_open(&ndx_env_default, "nowhere.seg", 1000, &segment, &err) == NDX_E_IO);
	assert_string_equal(err.msg, "cannot open 'nowhere.seg': No such file or directory");
	ndx_buf_free(&out);
}

static const struct {
	const char *name;
	size_t at, size;
	uint64_t value;
} lies[] = {
	/* clang-format off */
	{ "no magic",                      0, 8, 0 },
	{ "articles beyond the limit",     NDX_TOC_ARTICLES, 4, NDX_DOCID_LIMIT },
	{ "fewer articles than dated",     NDX_TOC_ARTICLES, 4, 29 },
	{ "fewer articles than norms",     NDX_TOC_ARTICLES, 4, 39 },
	{ "more articles than norms",      NDX_TOC_ARTICLES, 4, 41 },
	{ "more dated than there are",     NDX_TOC_DATED, 4, 41 },
	{ "checksums in the header",       NDX_TOC_SUMS_OFF, 8, 15 },
	{ "checksums elsewhere",           NDX_TOC_SUMS_OFF, 8, 1000 },
	{ "checksums past the end",        NDX_TOC_SUMS_OFF, 8, UINT64_MAX },
	{ "no checksums",                  NDX_TOC_SUMS_COUNT, 8, 0 },
	{ "a checksum too many",           NDX_TOC_SUMS_COUNT, 8, 4 },
	{ "checksums beyond all bounds",   NDX_TOC_SUMS_COUNT, 8, UINT64_MAX / 8 + 4 },
	{ "another checksum of them",      NDX_TOC_SUM, 8, 0 },
	{ "the first part elsewhere",      NDX_TOC_PARTS, 8, 17 },
	{ "the first part shorter",        NDX_TOC_PARTS + 8, 8, 9 },
	{ "the first part longer",         NDX_TOC_PARTS + 8, 8, 11 },
	{ "a part past the end",           NDX_TOC_PARTS + 8, 8, UINT64_MAX },
	{ "the last part elsewhere",       NDX_TOC_PARTS + 16 * NDX_PART_DICT_TOP, 8, 0 },
	{ "the last part shorter",         NDX_TOC_PARTS + 16 * NDX_PART_DICT_TOP + 8, 8, 23 },
	/* clang-format on */
};

static void
set_toc(struct ndx_buf *out, size_t at, const void *value, size_t size)
{
	uint8_t *toc = out->data + out->size - NDX_SEGMENT_TOC_SIZE;

	memcpy(toc + at, value, size);
	ndx_put_u64(toc + NDX_SEGMENT_TOC_SIZE - 8, ndx_checksum(toc, NDX_SEGMENT_TOC_SIZE - 8));
}

static void
test_lies(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lies); i++) {
		struct ndx_segment segment;
		struct ndx_buf out;
		struct ndx_err err = { NDX_OK, 0, "" };

		make(40000, &out);
		set_toc(&out, lies[i].at, &lies[i].value, lies[i].size);
		CHECK(lies[i].name,
		      open_bytes(out.data, out.size, out.size, &segment, &err) == NDX_E_CORRUPT);
		CHECK(lies[i].name, strstr(err.msg, "is corrupt at byte ") != NULL);
		ndx_buf_free(&out);
	}
}

static void
test_version(void **state)
{
	struct ndx_segment segment;
	struct ndx_buf out;
	struct ndx_err err;
	char expected[128];

	(void)state;
	make(100, &out);
	ndx_put_u32(out.data + 8, NDX_FORMAT_VERSION + 1);
	CHECK("its table of contents knows better",
	      open_bytes(out.data, out.size, out.size, &segment, &err) == NDX_E_CORRUPT);
	CHECK(err.msg,
	      strstr(err.msg, "is corrupt at byte 8: it has format 4 here and 3 in") != NULL);
	out.data[out.size - 1]++; /* nothing is known of a newer one's */
	assert_int_equal(open_bytes(out.data, out.size, out.size, &segment, &err), NDX_E_VERSION);
	snprintf(expected, sizeof(expected), "'%s' has format %d, this program reads 1 to %d", path,
	         NDX_FORMAT_VERSION + 1, NDX_FORMAT_VERSION);
	assert_string_equal(err.msg, expected);
	ndx_buf_free(&out);
}

static void
test_no_memory(void **state)
{
	enum ndx_status status = NDX_E_NOMEM;

	(void)state;
	for (size_t fail_at = 1; status != NDX_OK && fail_at < 1000; fail_at++) {
		struct failing_mem failing;
		struct ndx_buf out;
		uint64_t sum;

		ndx_failing_mem_init(&failing, fail_at);
		status = write_segment(&failing.mem, 40000, &out, &sum);
		CHECK("writing", status == NDX_OK || status == NDX_E_NOMEM);
		ndx_buf_free(&out);
		CHECK("nothing leaks", failing.live_count == 0);
	}
	CHECK("and at last it works", status == NDX_OK);
}

static void
test_open_no_memory(void **state)
{
	enum ndx_status status = NDX_E_NOMEM;
	struct ndx_segment segment;
	struct ndx_buf out;

	(void)state;
	make(100, &out);
	assert_int_equal(open_bytes(out.data, out.size, out.size, &segment, NULL), NDX_OK);
	ndx_segment_close(&segment);
	for (size_t fail_at = 1; status != NDX_OK && fail_at < 100; fail_at++) {
		struct failing_mem failing;
		const struct ndx_env env = { &failing.mem, &ndx_io_default };

		ndx_failing_mem_init(&failing, fail_at);
		status = ndx_segment_open(&env, path, out.size, &segment, NULL);
		CHECK("opening", status == NDX_OK || status == NDX_E_NOMEM);
		if (status == NDX_OK)
			ndx_segment_close(&segment);
		CHECK("nothing leaks", failing.live_count == 0);
	}
	CHECK("and at last it works", status == NDX_OK);
	ndx_buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),     cmocka_unit_test(test_memory),
		cmocka_unit_test(test_damage),         cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_sizes),          cmocka_unit_test(test_lies),
		cmocka_unit_test(test_version),        cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_open_no_memory),
	};
	int fd = mkstemp(path), failed;

	if (fd == -1)
		return 2;
	close(fd);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	return failed;
}
