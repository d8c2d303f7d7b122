/*
 * test_spool.c - large pieces of memory in files, and arrays sorted in parts
 *
 * SPDX-License-Identifier: MIT
 */
#include "tests/unit/test.h"

#include <stdlib.h>
#include <string.h>

#include "indexer/sorted_runs.h"
#include "indexer/spool_mem.h"
#include "tests/unit/failing_io.h"
#include "tests/unit/failing_mem.h"
#include "tests/unit/small_index.h"

#define PIECES     8
#define PIECE_MIN  1000
#define SIZE_MAX_2 5000

/* A piece holds its number, as often as it fits. */
static bool
holds(const unsigned char *piece, size_t size, int number)
{
	for (size_t i = 0; i < size; i++)
		if (piece[i] != (unsigned char)number)
			return false;
	return true;
}

static void
test_pieces(void **state)
{
	struct small_dir dir;
	struct failing_mem mem;
	struct failing_io io;
	const struct ndx_env env = { &mem.mem, &io.io };
	struct ndx_spool_mem spool;
	unsigned char *piece[PIECES] = { NULL };
	size_t size[PIECES] = { 0 };
	int opened = 0;

	(void)state;
	srand(5);
	ndx_small_dir_new(&dir);
	ndx_failing_mem_init(&mem, 0);
	ndx_failing_io_init(&io);
	ndx_spool_mem_init(&spool, &env, dir.base, PIECE_MIN);
	for (int step = 0; step < 4000; step++) {
		const int i = rand() % PIECES;
		const size_t wanted = rand() % 4 == 0 ? 0 : 1 + (size_t)rand() % SIZE_MAX_2;
		const size_t kept = size[i] < wanted ? size[i] : wanted;
		unsigned char *moved;

		io.fail_at = rand() % 3 == 0 ? io.call_count + 1 : 0; /* no file can be had */
		if (wanted == 0) {
			ndx_free(&spool.mem, piece[i]);
			moved = NULL;
		} else {
			moved = ndx_realloc(&spool.mem, piece[i], wanted);
			assert_non_null(moved);
		}
		CHECK("keeps what it held", holds(moved, kept, i));
		if (wanted > 0)
			memset(moved, i, wanted);
		piece[i] = moved;
		size[i] = wanted;
		opened = io.open_count > opened ? io.open_count : opened;
		CHECK("aligned", (uintptr_t)moved % 16 == 0);
	}
	CHECK("there were files", opened > 2);
	for (int i = 0; i < PIECES; i++)
		ndx_free(&spool.mem, piece[i]);
	CHECK("all is freed", mem.live_count == 0 && io.open_count == 0);
	CHECK("too much", ndx_alloc(&spool.mem, SIZE_MAX - 4) == NULL);
	ndx_small_dir_remove(&dir); /* which must be empty */
}

static int
compare(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void
test_runs(void **state)
{
	static const size_t counts[] = {
		0, 1, 2, NDX_RUN_LEN, NDX_RUN_LEN + 1, 3 * NDX_RUN_LEN - 1, 3 * NDX_RUN_LEN
	};

	(void)state;
	for (size_t c = 0; c < ARRAY_LEN(counts); c++) {
		const size_t count = counts[c];
		uint32_t *items = malloc((count + 1) * sizeof(*items)), sum = 0, before = 0;
		struct ndx_sorted_runs runs;
		const uint32_t *next;
		size_t n = 0;

		assert_non_null(items);
		for (size_t i = 0; i < count; i++)
			sum += items[i] = (uint32_t)rand() % 100000;
		assert_true(ndx_sorted_runs_begin(&runs, &ndx_mem_default, items, count,
		                                  sizeof(*items), compare));
		for (; (next = ndx_sorted_runs_next(&runs)) != NULL;
		     n++, sum -= *next, before = *next)
			CHECK("in order", before <= *next);
		CHECK("all of them", n == count && sum == 0);
		ndx_sorted_runs_end(&runs);
		free(items);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_pieces),
		                            cmocka_unit_test(test_runs) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
