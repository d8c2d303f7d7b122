/*
 * small_index.c - directories and articles for tests of whole indexes; see small_index.h
 *
 * SPDX-License-Identifier: MIT
 */
#include "tests/unit/small_index.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "indexer/sources.h"
#include "tests/oracle/random.h"

#define NAMES_MAX 64

struct names {
	char name[NAMES_MAX][64];
	size_t count;
};

static void
must(bool ok, const char *what)
{
	if (ok)
		return;
	perror(what);
	abort();
}

void
ndx_small_dir_new(struct small_dir *dir)
{
	snprintf(dir->base, sizeof(dir->base), "/tmp/ndx-small-XXXXXX");
	must(mkdtemp(dir->base) != NULL, "mkdtemp");
	snprintf(dir->path, sizeof(dir->path), "%s/idx", dir->base);
}

void
ndx_small_dir_remove(const struct small_dir *dir)
{
	ndx_small_remove(dir->path);
	ndx_small_remove(dir->base);
}

static void
add_name(void *arg, const char *name)
{
	struct names *names = arg;

	must(names->count < NAMES_MAX, "too many files");
	snprintf(names->name[names->count++], sizeof(names->name[0]), "%s", name);
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void
list(const char *path, struct names *names)
{
	names->count = 0;
	(void)ndx_io_default.list(NULL, path, add_name, names);
	qsort(names->name, names->count, sizeof(names->name[0]), compare_names);
}

static void
join(const char *path, const char *name, char out[160])
{
	snprintf(out, 160, "%s/%s", path, name);
}

void
ndx_small_remove(const char *path)
{
	struct names names;
	char file[160];

	list(path, &names);
	for (size_t i = 0; i < names.count; i++) {
		join(path, names.name[i], file);
		unlink(file);
	}
	rmdir(path);
}

static void
read_whole(const char *path, const char *name, void **data_ret, size_t *size_ret)
{
	char file[160];

	join(path, name, file);
	must(ndx_read_file(&ndx_env_default, file, SIZE_MAX / 2, data_ret, size_ret, NULL) ==
	             NDX_OK,
	     file);
}

void
ndx_small_copy(const char *from, const char *to)
{
	struct names names;

	list(from, &names);
	must(mkdir(to, 0777) == 0, to);
	for (size_t i = 0; i < names.count; i++) {
		char file[160];
		FILE *stream;
		void *data;
		size_t size;

		read_whole(from, names.name[i], &data, &size);
		join(to, names.name[i], file);
		stream = fopen(file, "wb");
		must(stream != NULL && fwrite(data, 1, size, stream) == size, file);
		must(fclose(stream) == 0, file);
		ndx_free(&ndx_mem_default, data);
	}
}

void
ndx_dir_bytes(const char *path, struct ndx_buf *out)
{
	struct names names;

	list(path, &names);
	for (size_t i = 0; i < names.count; i++) {
		void *data;
		size_t size;

		read_whole(path, names.name[i], &data, &size);
		ndx_buf_printf(out, "%s %zu\n", names.name[i], size);
		ndx_buf_add(out, data, size);
		ndx_free(&ndx_mem_default, data);
	}
	must(!ndx_buf_failed(out), "out of memory");
}

/* The names that a manifest lists, with the two that are always there. */
static void
expected_names(const struct ndx_manifest *manifest, struct names *names)
{
	char name[64];

	names->count = 0;
	add_name(names, NDX_MANIFEST_NAME);
	add_name(names, NDX_LOCK_NAME);
	snprintf(name, sizeof(name), "%08" PRIx32 ".src", manifest->sources);
	if (manifest->sources != 0)
		add_name(names, name);
	for (size_t i = 0; i < manifest->segment_count; i++) {
		const struct ndx_manifest_segment *entry = &manifest->segment[i];

		snprintf(name, sizeof(name), "%08" PRIx32 ".seg", entry->number);
		add_name(names, name);
		snprintf(name, sizeof(name), "%08" PRIx32 "-%08" PRIx32 ".del", entry->number,
		         entry->tombstones);
		if (entry->tombstones != 0)
			add_name(names, name);
	}
	qsort(names->name, names->count, sizeof(names->name[0]), compare_names);
}

bool
ndx_dir_is_exact(const char *path)
{
	struct ndx_manifest manifest;
	struct names found, expected;
	bool same;

	if (ndx_manifest_read(&ndx_env_default, path, &manifest, NULL) != NDX_OK)
		return false;
	expected_names(&manifest, &expected);
	ndx_manifest_free(&ndx_env_default, &manifest);
	list(path, &found);
	same = found.count == expected.count;
	for (size_t i = 0; same && i < found.count; i++)
		same = strcmp(found.name[i], expected.name[i]) == 0;
	return same;
}

bool
ndx_buf_same(const struct ndx_buf *a, const struct ndx_buf *b)
{
	return a->size == b->size && (a->size == 0 || memcmp(a->data, b->data, a->size) == 0);
}

void
ndx_small_id(uint32_t number, char out[24])
{
	snprintf(out, 24, "news/%" PRIu32, number);
}

static void
add_words(struct random *random, size_t count, struct ndx_buf *out)
{
	static const char *const ends[] = { "", "s", "ing", "ed", "ation" };

	for (size_t i = 0; i < count; i++) {
		size_t word = random_zipf(random, 300);

		ndx_buf_printf(out, "%s%c%c%c%s",
		               i == 0       ? ""
		               : i % 9 == 0 ? ".\n"
		                            : " ",
		               (char)('b' + word % 17), "aeiou"[word / 17 % 5],
		               (char)('k' + word / 85), ends[random_zipf(random, 5)]);
	}
}

/* Strings are noted as places first: 'work' moves while it grows. */
void
ndx_small_article(uint32_t number, uint32_t version, struct ndx_buf *work,
                  struct ndx_article *article_ret)
{
	static const char *const sources[] = { "Reuters", "AFP", "The Daily News", "dpa", "" };
	static const char *const sections[] = { "Sport", "World", "", "Sport/Tennis" };
	struct random random = random_of(number, version, 1);
	struct ndx_article article = { .has_date = !random_percent(&random, 15) };
	size_t title, text;
	char id[24];

	ndx_small_id(number, id);
	ndx_buf_clear(work);
	ndx_buf_add_str(work, id);
	title = work->size;
	article.title_is_made = random_percent(&random, 20);
	add_words(&random, random_below(&random, 6), work);
	text = work->size;
	add_words(&random, random_percent(&random, 5) ? 0 : random_below(&random, 90), work);
	must(!ndx_buf_failed(work), "out of memory");
	article.id = (struct ndx_str){ (const char *)work->data, title };
	article.title = (struct ndx_str){ (const char *)work->data + title, text - title };
	article.text = (struct ndx_str){ (const char *)work->data + text, work->size - text };
	article.source = ndx_str(sources[random_below(&random, 5)]);
	article.section = ndx_str(sections[random_below(&random, 4)]);
	article.author = ndx_str(random_percent(&random, 50) ? "Ana Smith" : "");
	article.language = ndx_str("en");
	article.date.utc = 86400 * (int64_t)random_below(&random, 40) - 86400 * 20;
	article.date.offset_min = random_percent(&random, 50) ? 60 : 0;
	*article_ret = article;
}

enum ndx_status
ndx_small_add(struct ndx_writer *writer, uint32_t number, uint32_t version, struct ndx_err *err)
{
	struct ndx_article article;
	struct ndx_buf work;
	enum ndx_status status;

	ndx_buf_init(&work, &ndx_mem_default);
	ndx_small_article(number, version, &work, &article);
	status = ndx_writer_add(writer, &article, err);
	ndx_buf_free(&work);
	return status;
}

enum ndx_status
ndx_small_delete(struct ndx_writer *writer, uint32_t number, struct ndx_err *err)
{
	char id[24];

	ndx_small_id(number, id);
	return ndx_writer_delete(writer, ndx_str(id), err);
}

void
ndx_small_set_sources(struct ndx_writer *writer)
{
	struct ndx_sources *sources;
	struct ndx_buf bytes;

	ndx_buf_init(&bytes, &ndx_mem_default);
	must(ndx_sources_new(&ndx_env_default, "none", NULL, 0, &sources, NULL) == NDX_OK &&
	             ndx_sources_encode(sources, &bytes, NULL) == NDX_OK &&
	             ndx_writer_set_sources(writer, bytes.data, bytes.size, NULL) == NDX_OK,
	     "the state of the sources");
	ndx_sources_free(sources);
	ndx_buf_free(&bytes);
}

void
ndx_small_index(const char *path, uint32_t count)
{
	const struct ndx_writer_options options = { .create = true, .no_auto_merge = true };
	struct ndx_writer *writer;

	must(ndx_writer_open(&ndx_env_default, path, &options, &writer, NULL) == NDX_OK, path);
	for (uint32_t i = 0; i < count; i++)
		must(ndx_small_add(writer, i, 0, NULL) == NDX_OK, path);
	must(ndx_writer_commit(writer, NULL) == NDX_OK, path);
	ndx_writer_close(writer);
}

int
ndx_skip_fsync(void *ctx, int fd)
{
	(void)ctx;
	(void)fd;
	return 0;
}
