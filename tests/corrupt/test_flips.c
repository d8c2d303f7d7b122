/*
 * test_flips.c - a damaged index never lies: a search is right or an error, and ndx check finds it
 *
 * A small index of several segments, with deleted articles, is damaged in one place at
 * a time: a bit of each byte of each file, then files cut short, lengthened, zeroed and exchanged.
 * All queries are asked each time, with hits, texts and snippets, and each answer must be the one
 * of the sound index, or an error that says what is corrupt.  NDX_LONG=1 flips a bit of every
 * byte, another one each time.
 *
 * SPDX-License-Identifier: MIT
 */
#include "tests/unit/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/index.h"
#include "searcher/check.h"
#include "tests/oracle/random.h"
#include "tests/unit/small_index.h"

#define FILES_MAX 16

static const char *const queries[] = {
	"bak",
	"bak cak dak",
	"+bak +cal",
	"\"bak cak\"",
	"\"bak cak\"~8",
	"source:afp",
	"-bak",
	"date:1970-01",
	"title:bak dak",
	"(bak OR cak) AND NOT eak",
	"id:news/7",
	"section:sport",
	"before:1970 cak",
	"bakation language:en",
	"=bak",
	"b?k* -c*",
	"bka~1",
	"\"=bak cak\"",
	"bak NEAR/4 (cak OR dak)",
	"bak SENTENCE cak",
	"title:(b* ONEAR/9 cak)",
};

struct file {
	char path[200];
	uint8_t *data;
	size_t size;
};

struct damaged {
	struct small_dir dir;
	struct file file[FILES_MAX];
	size_t file_count;
	struct ndx_buf right[ARRAY_LEN(queries)]; /* the sound index's answers */
	size_t errors, answers;                   /* of all searches of the damaged one */
};

/* An answer as text; the status says whether it is one. */
static enum ndx_status
answer(const struct ndx_index *index, const char *query, struct ndx_buf *out, struct ndx_err *err)
{
	const struct ndx_search_options options = { .nhits_max = 5 };
	struct ndx_hits *hits;
	char snippet[400];
	enum ndx_status status = ndx_search(index, query, &options, &hits, err);

	ndx_buf_clear(out);
	if (status != NDX_OK)
		return status;
	ndx_buf_printf(out, "%llu\n", (unsigned long long)ndx_hits_total(hits));
	for (size_t i = 0; status == NDX_OK && i < ndx_hits_count(hits); i++) {
		const struct ndx_hit *hit = ndx_hits_get(hits, i);
		const struct ndx_article_view *article = &hit->article;

		status = ndx_snippet(hits, i, snippet, sizeof(snippet), err);
		ndx_buf_printf(out, "%a %s %s %s %s %s %lld %d\n%s\n%s\n", (double)hit->score,
		               article->id, article->title, article->source, article->section,
		               article->author, (long long)article->date, article->date_offset_min,
		               article->text, status == NDX_OK ? snippet : "");
	}
	ndx_hits_free(hits);
	return status;
}

/* Three segments, one of them with deleted articles, in files of their own, and the state of the
 * source files. */
static void
make_index(struct damaged *d)
{
	const struct ndx_writer_options options = { .create = true, .no_auto_merge = true };
	struct ndx_writer *writer;

	ndx_small_dir_new(&d->dir);
	assert_int_equal(ndx_writer_open(&ndx_env_default, d->dir.path, &options, &writer, NULL),
	                 NDX_OK);
	for (uint32_t i = 0; i < 260; i++) {
		assert_int_equal(ndx_small_add(writer, i, 0, NULL), NDX_OK);
		if (i == 150 || i == 160)
			assert_int_equal(ndx_writer_commit(writer, NULL), NDX_OK);
	}
	assert_int_equal(ndx_writer_commit(writer, NULL), NDX_OK);
	for (uint32_t i = 3; i < 140; i += 17)
		assert_int_equal(ndx_small_delete(writer, i, NULL), NDX_OK);
	ndx_small_set_sources(writer);
	assert_int_equal(ndx_writer_commit(writer, NULL), NDX_OK);
	ndx_writer_close(writer);
}

static void
take_name(void *arg, const char *name)
{
	struct damaged *d = arg;
	struct file *file = &d->file[d->file_count];
	struct stat st;
	FILE *stream;

	snprintf(file->path, sizeof(file->path), "%s/%s", d->dir.path, name);
	if (strcmp(name, "lock") == 0 || stat(file->path, &st) != 0 || d->file_count == FILES_MAX)
		return;
	file->size = (size_t)st.st_size;
	file->data = malloc(file->size);
	stream = fopen(file->path, "rb");
	assert_true(stream != NULL && file->data != NULL);
	assert_int_equal(fread(file->data, 1, file->size, stream), file->size);
	fclose(stream);
	d->file_count++;
}

static void
put(const struct file *file, const void *data, size_t size)
{
	const int fd = open(file->path, O_WRONLY | O_TRUNC);

	assert_true(fd != -1 && write(fd, data, size) == (ssize_t)size);
	close(fd);
}

struct findings {
	const struct file *file; /* the one that is damaged; NULL: any may be named */
	size_t named, others;
};

static void
note(void *ctx, enum ndx_check_kind kind, const char *sentence)
{
	struct findings *findings = ctx;
	const char *name = findings->file == NULL ? "'" : strrchr(findings->file->path, '/') + 1;

	if (kind != NDX_CHECK_DAMAGE)
		return;
	/* Without its manifest the index as a whole is what cannot be read. */
	if (strstr(sentence, name) != NULL || strcmp(name, "manifest") == 0)
		findings->named++;
	else
		findings->others++;
}

/* All that is asked of the index as it is now; 'what' is for messages. */
static void
ask_all(struct damaged *d, const struct file *file, const char *what)
{
	struct findings findings = { file, 0, 0 };
	const struct ndx_check_sink sink = { note, &findings };
	struct ndx_check_counts counts;
	struct ndx_index *index;
	struct ndx_buf out;
	struct ndx_err err = { 0 };
	enum ndx_status status = ndx_check(&ndx_env_default, d->dir.path, &sink, &counts, &err);

	CHECK(what, status == NDX_E_CORRUPT || status == NDX_E_VERSION || status == NDX_E_IO);
	CHECK(what, findings.named > 0 || file == NULL || strstr(err.msg, "manifest") != NULL ||
	                    strstr(err.msg, strrchr(file->path, '/') + 1) != NULL);
	ndx_buf_init(&out, &ndx_mem_default);
	if (ndx_open(d->dir.path, &index, &err) != NDX_OK) {
		d->errors++;
		CHECK(what, err.msg[0] != '\0');
	} else {
		for (size_t q = 0; q < ARRAY_LEN(queries); q++) {
			status = answer(index, queries[q], &out, &err);
			if (status == NDX_OK) {
				d->answers++;
				CHECK(what, ndx_buf_same(&out, &d->right[q]));
			} else {
				d->errors++;
				CHECK(what, status == NDX_E_CORRUPT &&
				                    strstr(err.msg, "corrupt") != NULL);
			}
		}
		ndx_close(index);
	}
	ndx_buf_free(&out);
}

static struct damaged sound;

static int
begin(void **state)
{
	struct ndx_index *index;

	(void)state;
	make_index(&sound);
	assert_int_equal(ndx_io_default.list(NULL, sound.dir.path, take_name, &sound), 0);
	assert_int_equal(ndx_open(sound.dir.path, &index, NULL), NDX_OK);
	for (size_t q = 0; q < ARRAY_LEN(queries); q++) {
		ndx_buf_init(&sound.right[q], &ndx_mem_default);
		assert_int_equal(answer(index, queries[q], &sound.right[q], NULL), NDX_OK);
	}
	ndx_close(index);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	for (size_t q = 0; q < ARRAY_LEN(queries); q++)
		ndx_buf_free(&sound.right[q]);
	for (size_t f = 0; f < sound.file_count; f++)
		free(sound.file[f].data);
	ndx_small_dir_remove(&sound.dir);
	return 0;
}

static void
flip_one(struct damaged *d, const struct file *file, size_t at, unsigned bit)
{
	char what[120];
	const int fd = open(file->path, O_WRONLY);
	const uint8_t byte = file->data[at] ^ (uint8_t)(1u << bit);

	assert_true(fd != -1);
	snprintf(what, sizeof(what), "%.60s byte %zu bit %u", strrchr(file->path, '/') + 1, at,
	         bit);
	assert_int_equal(pwrite(fd, &byte, 1, (off_t)at), 1);
	ask_all(d, file, what);
	assert_int_equal(pwrite(fd, &file->data[at], 1, (off_t)at), 1);
	close(fd);
}

static void
test_flips(void **state)
{
	const bool is_long = getenv("NDX_LONG") != NULL;
	const uint64_t seed = is_long ? (uint64_t)time(NULL) : 1;
	struct random random = random_of(seed, 2, 3);
	size_t flips = 0;

	(void)state;
	print_message("seed %llu\n", (unsigned long long)seed);
	for (size_t f = 0; f < sound.file_count; f++) {
		const struct file *file = &sound.file[f];
		const size_t step = is_long || file->size < 400 ? 1 : file->size / 250;

		for (size_t at = 0; at < file->size;
		     at += 1 + (step > 1 ? random_below(&random, 2 * step) : 0), flips++)
			flip_one(&sound, file, at, (unsigned)random_below(&random, 8));
	}
	print_message("%zu flips in %zu files: %zu right answers, %zu errors\n", flips,
	              sound.file_count, sound.answers, sound.errors);
	CHECK("some answers were not touched", sound.answers > 0);
	CHECK("and some were", sound.errors > 0);
}

static void
test_sizes(void **state)
{
	(void)state;
	for (size_t f = 0; f < sound.file_count; f++) {
		const struct file *file = &sound.file[f];
		uint8_t *longer = calloc(1, file->size + 4096);
		const size_t cuts[] = { 0, 1, file->size / 2, file->size - 1 };

		assert_non_null(longer);
		memcpy(longer, file->data, file->size);
		for (size_t i = 0; i < ARRAY_LEN(cuts); i++) {
			put(file, file->data, cuts[i]);
			ask_all(&sound, file, "cut short");
		}
		put(file, longer, file->size + 1);
		ask_all(&sound, file, "a byte more");
		put(file, longer, file->size + 4096);
		ask_all(&sound, file, "a page more");
		memset(longer, 0, file->size);
		put(file, longer, file->size);
		ask_all(&sound, file, "zeroed");
		memcpy(longer, file->data, file->size / 2);
		put(file, longer, file->size);
		ask_all(&sound, file, "half zeroed");
		put(file, file->data, file->size);
		free(longer);
	}
}

/* Each file with the bytes of each other. */
static void
test_exchanged(void **state)
{
	(void)state;
	for (size_t f = 0; f < sound.file_count; f++) {
		for (size_t other = 0; other < sound.file_count; other++) {
			if (f == other)
				continue;
			put(&sound.file[f], sound.file[other].data, sound.file[other].size);
			ask_all(&sound, &sound.file[f], "another file's bytes");
		}
		put(&sound.file[f], sound.file[f].data, sound.file[f].size);
	}
}

/* Without one of them; the index is then as it was. */
static void
test_missing(void **state)
{
	char aside[210];

	(void)state;
	for (size_t f = 0; f < sound.file_count; f++) {
		snprintf(aside, sizeof(aside), "%s.aside", sound.dir.path);
		assert_int_equal(rename(sound.file[f].path, aside), 0);
		ask_all(&sound, NULL, "missing");
		assert_int_equal(rename(aside, sound.file[f].path), 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_flips),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_exchanged),
		cmocka_unit_test(test_missing),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
