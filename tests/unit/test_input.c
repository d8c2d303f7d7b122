/*
 * test_input.c - files to chunks: gzip, damage, limits, what is no text
 *
 * SPDX-License-Identifier: MIT
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "corpus/input.h"
#include "tests/unit/collect.h"

static char root[] = "/tmp/test_input.XXXXXX";
static char path[64];

static int
set_up(void **state)
{
	(void)state;
	if (mkdtemp(root) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/file", root);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(root);
}

static void
write_file(const void *data, size_t size)
{
	FILE *file;

	unlink(path);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

/* One gzip member of in[size] at out; returns its size. */
static size_t
gzip(const void *in, size_t size, uint8_t *out, size_t out_size)
{
	uint8_t *copy = malloc(size + 1);
	z_stream z = { 0 };

	assert_non_null(copy);
	memcpy(copy, in, size);
	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_in = copy;
	z.avail_in = (uInt)size;
	z.next_out = out;
	z.avail_out = (uInt)out_size;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	free(copy);
	return out_size - z.avail_out;
}

struct result {
	struct collect collect;
	struct ndx_buf all;   /* the chunks, one after the other */
	size_t data_size_max; /* memory taken for a chunk */
	struct ndx_err err;
	bool not_article, is_sound; /* offsets and record numbers follow from each other */
	const char *format;
};

static enum ndx_status
drain(struct ndx_input *input, struct result *result, const struct ndx_sink *sink)
{
	struct ndx_chunk chunk = { 0 };
	enum ndx_status status;
	uint64_t off = 0, record = 1, records;
	struct ndx_buf data;

	ndx_buf_init(&data, result->all.mem);
	while ((status = ndx_input_next(input, sink, &data, &chunk, &result->err)) == NDX_OK &&
	       chunk.size > 0) {
		if (chunk.data != data.data || chunk.size != data.size || chunk.off < off ||
		    chunk.record_first < record)
			result->is_sound = false;
		off = chunk.off + chunk.size;
		record = chunk.record_first;
		if (ndx_input_format(input)->split != NULL &&
		    ndx_input_format(input)->split(chunk.data, chunk.size, &records) > 0)
			record += records;
		ndx_buf_add(&result->all, chunk.data, chunk.size);
	}
	if (status == NDX_OK) /* the end stays the end */
		status = ndx_input_next(input, sink, &data, &chunk, &result->err);
	if (status == NDX_OK && chunk.size != 0)
		result->is_sound = false;
	result->data_size_max = data.size_max;
	ndx_buf_free(&data);
	return status;
}

static enum ndx_status
take(const struct ndx_env *env, const char *name, const struct ndx_input_options *options,
     struct result *result)
{
	struct ndx_input *input = NULL;
	struct ndx_sink sink;
	enum ndx_status status;

	memset(result, 0, sizeof(*result));
	sink = collect_sink(&result->collect);
	ndx_buf_init(&result->all, env->mem);
	result->is_sound = true;
	result->format = "";
	status = ndx_input_open(env, name, "file", options, &input, &result->not_article,
	                        &result->err);
	if (status != NDX_OK)
		return status;
	result->format = ndx_input_format(input)->name;
	status = drain(input, result, &sink);
	ndx_input_close(input);
	if (ndx_buf_failed(&result->all))
		status = NDX_E_NOMEM;
	return status;
}

#define BYTES(bytes) (bytes), sizeof(bytes) - 1

static const struct {
	const char *in;
	size_t size;
	const char *format; /* NULL: refused, and ... */
	const char *reason;
	bool not_article;
} heads[] = {
	/* clang-format off */
	{ BYTES("It rained.\n"), "text", NULL, false },
	{ BYTES("{\"title\":\"T\"}\n{\"title\":\"U\"}\n"), "jsonl", NULL, false },
	{ BYTES("{\n\"title\":\"T\"\n}\n"), "json", NULL, false },
	{ BYTES("<html><p>x"), "html", NULL, false },
	{ BYTES("\xff\xfe<\0h\0t\0m\0l\0>\0"), "html", NULL, false },
	{ BYTES("\xff\xfe" "I\0t\0 \0r\0a\0"), "text", NULL, false },
	{ BYTES("I\0t\0 \0r\0a\0i\0n\0e\0d\0"), "text", NULL, false },
	{ BYTES("<REUTERS NEWID=\"1\"></REUTERS>"), "reuters", NULL, false },
	{ BYTES("#!/bin/sh\necho x\n"), "text", NULL, false },
	{ BYTES("BM is a car maker"), "text", NULL, false },
	{ BYTES("MZ is not a program"), "text", NULL, false },
	{ BYTES("\xef\xbb\xbf" "It rained.\n"), "text", NULL, false },
	{ BYTES(""), NULL, "empty", false },
	{ BYTES("\x89PNG\r\n\x1a\n....."), NULL, "a PNG image", true },
	{ BYTES("\xff\xd8\xff\xe0"), NULL, "a JPEG image", true },
	{ BYTES("\0\0\0\x20" "ftypisom"), NULL, "an MP4 video or image", true },
	{ BYTES("RIFF....WAVEfmt "), NULL, "a WAVE sound", true },
	{ BYTES("ID3\3\0"), NULL, "an MP3 sound", true },
	{ BYTES("\x7f" "ELF\2\1\1"), NULL, "an ELF program", true },
	{ BYTES("MZ\x90\0\3\0\0\0................................................................"), NULL, "a DOS or Windows program", true },
	{ BYTES("%PDF-1.4\n"), NULL, "a PDF document", true },
	{ BYTES("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), NULL, "an office document", true },
	{ BYTES("PK\3\4........................\x13\0\0\0[Content_Types].xml"), NULL, "an office document", true },
	{ BYTES("PK\3\4........................\x05\0\0\0a.txt"), NULL, "a zip archive", false },
	{ BYTES("<?xml version='1.0'?>\n<rss>"), NULL, "XML of an unknown kind", false },
	{ BYTES("<svg xmlns='x'>"), NULL, "an SVG image", true },
	{ BYTES("some text\0and more"), NULL, "binary: NUL byte at 9", false },
	/* clang-format on */
};

static const struct ndx_input_options usual = { NULL, 1 << 20, 1 << 20 };

static void
test_heads(void **state)
{
	struct result result;
	uint8_t packed[400];
	enum ndx_status status;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(heads) * 2; i++) {
		const size_t row = i / 2;
		const char *name = heads[row].reason != NULL ? heads[row].reason : heads[row].in;

		if (i % 2 == 0)
			write_file(heads[row].in, heads[row].size);
		else
			write_file(packed,
			           gzip(heads[row].in, heads[row].size, packed, sizeof(packed)));
		status = take(&ndx_env_default, path, &usual, &result);
		if (heads[row].format != NULL) {
			CHECK(name,
			      status == NDX_OK && strcmp(result.format, heads[row].format) == 0);
			CHECK(name,
			      result.all.size == heads[row].size &&
			              memcmp(result.all.data, heads[row].in, heads[row].size) == 0);
		} else {
			CHECK(name, status == NDX_E_INPUT);
			CHECK(name, strcmp(result.err.msg, heads[row].reason) == 0);
			CHECK(name, result.not_article == heads[row].not_article);
		}
		ndx_buf_free(&result.all);
	}
}

static char *lines; /* 2,000 JSON lines */
static size_t lines_size;

static void
make_lines(void)
{
	lines = malloc(200000);
	assert_non_null(lines);
	for (int i = 0; i < 2000; i++)
		lines_size += (size_t)sprintf(
			lines + lines_size, "{\"id\":%d,\"text\":\"%.*s\"}\n", i, i % 50,
			"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz");
}

static void
test_chunks(void **state)
{
	static const size_t sizes[] = { 1, 2, 100, 1000, 65535, 65536, 65537, 1 << 20 };
	uint8_t *packed = malloc(200000);
	struct result result;
	size_t packed_size;

	(void)state;
	assert_non_null(packed);
	make_lines();
	/* Three members, the second empty, with a cut inside a line, and zeros at the end. */
	packed_size = gzip(lines, 12345, packed, 200000);
	packed_size += gzip("", 0, packed + packed_size, 200000 - packed_size);
	packed_size +=
		gzip(lines + 12345, lines_size - 12345, packed + packed_size, 200000 - packed_size);
	memset(packed + packed_size, 0, 512);
	for (size_t i = 0; i < ARRAY_LEN(sizes) * 2; i++) {
		const struct ndx_input_options options = { NULL, sizes[i / 2], 100000 };

		if (i % 2 == 0)
			write_file(lines, lines_size);
		else
			write_file(packed, packed_size + 512);
		CHECK("read", take(&ndx_env_default, path, &options, &result) == NDX_OK);
		CHECK("sound", result.is_sound && result.collect.reject_count == 0);
		CHECK("all of it", result.all.size == lines_size &&
		                           memcmp(result.all.data, lines, lines_size) == 0);
		ndx_buf_free(&result.all);
	}
	free(packed);
}

/* A gzip file cut off, or with a byte changed: the whole lines before, then one rejection. */
static void
test_damage(void **state)
{
	uint8_t *packed = malloc(200000), *bad = malloc(200000);
	const struct ndx_input_options options = { &ndx_format_jsonl, 4096, 100000 };
	size_t packed_size, refused = 0;
	struct result result;
	enum ndx_status status;

	(void)state;
	assert_non_null(packed);
	assert_non_null(bad);
	packed_size = gzip(lines, lines_size, packed, 200000);
	for (size_t i = 0; i < 300; i++) {
		size_t size = packed_size;

		memcpy(bad, packed, packed_size);
		if (i % 2 == 0)
			size = packed_size * i / 300;
		else
			bad[packed_size * i / 300] ^= 0x10;
		if (size == 1)
			continue;
		write_file(bad, size);
		status = take(&ndx_env_default, path, &options, &result);
		if (status == NDX_E_INPUT) {
			refused++;
		} else {
			CHECK("read", status == NDX_OK && result.is_sound);
			if (i % 2 == 0) {
				CHECK("one rejection", result.collect.reject_count == 1);
				CHECK("where", strstr(result.collect.reason[0],
				                      ": gzip breaks off at byte ") != NULL);
				CHECK("whole lines",
				      result.all.size == 0 ||
				              (result.all.data[result.all.size - 1] == '\n' &&
				               memcmp(result.all.data, lines, result.all.size) ==
				                       0));
			}
		}
		ndx_buf_free(&result.all);
	}
	CHECK("most have lines to keep", refused < 60);
	memcpy(packed + packed_size, "junk", 4);
	write_file(packed, packed_size + 4);
	CHECK("junk at the end", take(&ndx_env_default, path, &options, &result) == NDX_OK);
	CHECK("all before it", result.all.size == lines_size && result.collect.reject_count == 1);
	CHECK("its message",
	      strstr(result.collect.reason[0], "line 2001: gzip is damaged at byte ") != NULL);
	ndx_buf_free(&result.all);
	write_file(packed, packed_size / 2);
	CHECK("a whole file", take(&ndx_env_default, path,
	                           &(struct ndx_input_options){ &ndx_format_text, 4096, 1 << 20 },
	                           &result) == NDX_OK);
	CHECK("is rejected whole", result.all.size == 0 && result.collect.reject_count == 1);
	ndx_buf_free(&result.all);
	free(packed);
	free(bad);
}

/* Longer than 2 * article_size_max + 64 KiB: passed over in bounded memory, lines around it
 * kept. */
static void
test_long_lines(void **state)
{
	static const char good[] = "{\"title\":\"good\"}\n";
	const size_t long_size = 3000000, good_size = sizeof(good) - 1;
	const struct ndx_input_options options = { &ndx_format_jsonl, 4096, 1000 };
	const struct ndx_input_options whole = { &ndx_format_text, 4096, 1000 };
	uint8_t *in = malloc(2 * (long_size + good_size));
	struct result result;
	size_t size = 0;

	(void)state;
	assert_non_null(in);
	for (int i = 0; i < 2; i++) {
		memcpy(in + size, good, good_size);
		size += good_size;
		memset(in + size, 'x', long_size);
		size += long_size;
		in[size - 1] = '\n';
	}
	write_file(in, size);
	CHECK("read", take(&ndx_env_default, path, &options, &result) == NDX_OK);
	CHECK("good lines", result.all.size == 2 * good_size && result.is_sound);
	CHECK("long ones", result.collect.reject_count == 2);
	CHECK("their numbers",
	      strncmp(result.collect.reason[0], "line 2: over 67536 bytes", 24) == 0 &&
	              strncmp(result.collect.reason[1], "line 4: ", 8) == 0);
	ndx_buf_free(&result.all);
	write_file(in, size - 1);
	CHECK("no newline at the end", take(&ndx_env_default, path, &options, &result) == NDX_OK);
	CHECK("the same", result.all.size == 2 * good_size && result.collect.reject_count == 2);
	ndx_buf_free(&result.all);
	CHECK("a whole file", take(&ndx_env_default, path, &whole, &result) == NDX_E_INPUT);
	CHECK("unread", strstr(result.err.msg, "too large for --max-article (1000)") != NULL);
	ndx_buf_free(&result.all);
	free(in);
}

/* 200 MB of zeros or spaces in 200 KB. */
static void
test_bombs(void **state)
{
	const size_t size = 200000000;
	uint8_t *in = malloc(size), *packed = malloc(1 << 20);
	const struct ndx_format *formats[] = { &ndx_format_text, &ndx_format_jsonl };
	struct result result;
	size_t packed_size;

	(void)state;
	assert_non_null(in);
	assert_non_null(packed);
	memset(in, 'x', size);
	packed_size = gzip(in, size, packed, 1 << 20);
	free(in);
	write_file(packed, packed_size);
	for (size_t i = 0; i < 2; i++) {
		const struct ndx_input_options options = { formats[i], 4096, 1000000 };

		CHECK("read", take(&ndx_env_default, path, &options, &result) == NDX_OK);
		CHECK("nothing of it", result.all.size == 0 && result.collect.reject_count >= 1);
		CHECK("memory is bounded", result.data_size_max < 10000000);
		ndx_buf_free(&result.all);
	}
	CHECK("the ratio", strstr(result.collect.reason[1], "unpacks to over 250 times") != NULL);
	free(packed);
}

static void
test_no_files(void **state)
{
	struct result result;
	char none[80];

	(void)state;
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	CHECK("a FIFO does not block",
	      take(&ndx_env_default, path, &usual, &result) == NDX_E_INPUT);
	CHECK("a FIFO", strcmp(result.err.msg, "is a FIFO") == 0);
	CHECK("a directory", take(&ndx_env_default, root, &usual, &result) == NDX_E_INPUT);
	CHECK("a directory", strcmp(result.err.msg, "is a directory") == 0);
	snprintf(none, sizeof(none), "%s/none", root);
	CHECK("none", take(&ndx_env_default, none, &usual, &result) == NDX_E_IO);
	CHECK("none", strcmp(result.err.msg, "cannot be opened: No such file or directory") == 0);
	CHECK("a device", take(&ndx_env_default, "/dev/null", &usual, &result) == NDX_E_INPUT);
}

static ssize_t
failing_pread(void *ctx, int fd, void *out, size_t size, off_t off)
{
	(void)ctx;
	if (off >= 5000) {
		errno = EIO;
		return -1;
	}
	return pread(fd, out, size < 7 ? size : 7, off); /* and short reads */
}

static void
test_read_error(void **state)
{
	const struct ndx_input_options options = { NULL, 1000, 100000 };
	struct ndx_io io = ndx_io_default;
	const struct ndx_env env = { &ndx_mem_default, &io };
	struct result result;

	(void)state;
	io.pread = failing_pread;
	write_file(lines, lines_size);
	CHECK("read", take(&env, path, &options, &result) == NDX_OK && result.is_sound);
	CHECK("what was read", result.all.size > 4900 && result.all.size <= 5006 &&
	                               memcmp(result.all.data, lines, result.all.size) == 0);
	CHECK("and where not",
	      result.collect.reject_count == 1 &&
	              strstr(result.collect.reason[0], "cannot be read at byte 50") != NULL);
	ndx_buf_free(&result.all);
}

static void
test_stdin(void **state)
{
	const int saved = dup(STDIN_FILENO);
	struct result result;
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], lines, 5000), 5000);
	close(fds[1]);
	dup2(fds[0], STDIN_FILENO);
	CHECK("a pipe", take(&ndx_env_default, "-", &usual, &result) == NDX_OK);
	CHECK("all of it", result.all.size == 5000 && strcmp(result.format, "jsonl") == 0);
	ndx_buf_free(&result.all);
	dup2(saved, STDIN_FILENO);
	close(saved);
	close(fds[0]);
}

static void
test_out_of_memory(void **state)
{
	const struct ndx_input_options options = { NULL, 3000, 100000 };
	uint8_t *packed = malloc(200000);
	enum ndx_status status = NDX_E_NOMEM;
	struct failing_mem failing;
	struct result result;

	(void)state;
	assert_non_null(packed);
	write_file(packed, gzip(lines, lines_size, packed, 200000));
	for (size_t fail_at = 1; status != NDX_OK; fail_at++) {
		const struct ndx_env env = { &failing.mem, &ndx_io_default };

		ndx_failing_mem_init(&failing, fail_at);
		status = take(&env, path, &options, &result);
		ndx_buf_free(&result.all);
		CHECK("said", status == NDX_OK || status == NDX_E_NOMEM);
		CHECK("nothing leaks", failing.live_count == 0);
		assert_true(fail_at < 1000);
	}
	free(packed);
	free(lines);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_heads),         cmocka_unit_test(test_chunks),
		cmocka_unit_test(test_damage),        cmocka_unit_test(test_long_lines),
		cmocka_unit_test(test_bombs),         cmocka_unit_test(test_no_files),
		cmocka_unit_test(test_read_error),    cmocka_unit_test(test_stdin),
		cmocka_unit_test(test_out_of_memory),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
