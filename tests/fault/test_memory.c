/*
 * test_memory.c - indexing takes no more memory than it was told to, however much there is to index
 *
 * All that the indexer asks its table for is added up, articles in flight and merges included; 16
 * MB above the limit are allowed for what does not grow with the input.  What libraries allocate
 * for themselves is not seen here.
 *
 * SPDX-License-Identifier: MIT
 */
#include "tests/unit/test.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "indexer/sync.h"
#include "tests/unit/small_index.h"

#define MB          ((size_t)1 << 20)
#define MEMORY_SIZE (16 * MB)
#define JOBS        1
#define ARTICLES    16000
#define WORDS       300

struct counting_mem {
	struct ndx_mem mem;
	size_t live_size, peak_size;
};

static void *
counting_realloc(void *ctx, void *ptr, size_t size)
{
	struct counting_mem *counting = ctx;
	const size_t before = ptr == NULL ? 0 : malloc_usable_size(ptr);
	void *moved = NULL;
	size_t live, peak;

	if (size == 0)
		free(ptr);
	else if ((moved = realloc(ptr, size)) == NULL)
		return NULL;
	live = __atomic_add_fetch(&counting->live_size,
	                          (moved == NULL ? 0 : malloc_usable_size(moved)) - before,
	                          __ATOMIC_RELAXED);
	peak = __atomic_load_n(&counting->peak_size, __ATOMIC_RELAXED);
	while (live > peak && !__atomic_compare_exchange_n(&counting->peak_size, &peak, live, false,
	                                                   __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		continue;
	return moved;
}

/* JSON Lines of words of which most are frequent and some are new. */
static void
write_articles(const char *path)
{
	FILE *file = fopen(path, "w");
	uint32_t seed = 7;

	assert_non_null(file);
	for (int i = 0; i < ARTICLES; i++) {
		fprintf(file, "{\"id\":\"a%d\",\"title\":\"Article %d\",\"text\":\"", i, i);
		for (int j = 0; j < WORDS; j++) {
			seed = seed * 1103515245 + 12345;
			fprintf(file, "%s%u ", seed >> 28 == 0 ? "name" : "word",
			        seed >> 28 == 0 ? seed >> 4 : (seed >> 8) % 5000);
		}
		fprintf(file, "\"}\n");
	}
	assert_int_equal(fclose(file), 0);
}

static void
reject(void *ctx, const char *path, const char *reason)
{
	(void)ctx;
	(void)path;
	CHECK(reason, false);
}

static void
no_progress(void *ctx, const struct ndx_sync_counts *counts)
{
	(void)ctx;
	(void)counts;
}

static void
test_limit(void **state)
{
	struct counting_mem counting = { .mem = { counting_realloc, &counting } };
	const struct ndx_env env = { &counting.mem, &ndx_io_default };
	const struct ndx_writer_options writer_options = { .memory_size = MEMORY_SIZE,
		                                           .jobs = JOBS,
		                                           .create = true };
	const char *source[1];
	const struct ndx_sync_options sync_options = { .source = source,
		                                       .source_count = 1,
		                                       .article_size_max = MB,
		                                       .jobs = JOBS,
		                                       .unit_size = MEMORY_SIZE / 64,
		                                       .vocabulary_size = MEMORY_SIZE / JOBS / 8 };
	const struct ndx_sync_reporter reporter = { reject, NULL, no_progress, NULL };
	struct ndx_sync_counts counts;
	struct ndx_writer *writer;
	struct small_dir dir;
	char articles[60];

	(void)state;
	ndx_small_dir_new(&dir);
	snprintf(articles, sizeof(articles), "%s/articles.jsonl", dir.base);
	source[0] = articles;
	write_articles(articles);
	assert_int_equal(ndx_writer_open(&env, dir.path, &writer_options, &writer, NULL), NDX_OK);
	CHECK("index",
	      ndx_sync(&env, dir.path, writer, &sync_options, &reporter, &counts, NULL) == NDX_OK);
	CHECK("all were taken", counts.articles == ARTICLES && counts.input_size > 2 * MEMORY_SIZE);
	CHECK("merge", ndx_writer_merge(writer, NULL) == NDX_OK);
	ndx_writer_close(writer);
	CHECK("all is freed", counting.live_size == 0);
	CHECK("within the limit", counting.peak_size < MEMORY_SIZE + 16 * MB);
	CHECK("memory was full now and then", counting.peak_size > MEMORY_SIZE / 2);
	print_message("%.1f MB of input, %.1f MB of memory at most\n",
	              (double)counts.input_size / MB, (double)counting.peak_size / MB);
	unlink(articles);
	ndx_small_dir_remove(&dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_limit) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
