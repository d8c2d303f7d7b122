/*
 * test_arena.c - pieces that are freed together
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdalign.h>
#include <string.h>

#include "common/arena.h"
#include "tests/unit/failing_mem.h"
#include "tests/unit/test.h"

static const size_t sizes[] = { 1, 0, 7, 8, 16, 100, 2047, 2048, 2049, 8191, 8192, 8193, 100000 };

static void
test_pieces(void **state)
{
	struct ndx_arena *arena = ndx_arena_new(&ndx_mem_default);
	uint8_t *piece[100 * ARRAY_LEN(sizes)];

	(void)state;
	assert_non_null(arena);
	for (size_t i = 0; i < ARRAY_LEN(piece); i++) {
		size_t size = sizes[i % ARRAY_LEN(sizes)];

		piece[i] = ndx_arena_alloc(arena, size);
		CHECK("there", piece[i] != NULL);
		CHECK("aligned", (uintptr_t)piece[i] % alignof(max_align_t) == 0);
		for (size_t j = 0; j < size; j++) {
			if (piece[i][j] != 0)
				fail_msg("byte %zu of piece %zu is not zero", j, i);
			piece[i][j] = (uint8_t)(i + j);
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(piece); i++)
		for (size_t j = 0; j < sizes[i % ARRAY_LEN(sizes)]; j++)
			if (piece[i][j] != (uint8_t)(i + j))
				fail_msg("piece %zu was overwritten at byte %zu", i, j);
	ndx_arena_free(arena);
	ndx_arena_free(NULL);
}

static void
test_copy(void **state)
{
	struct ndx_arena *arena = ndx_arena_new(&ndx_mem_default);
	char *copy;

	(void)state;
	assert_non_null(arena);
	copy = ndx_arena_copy(arena, "abcdef", 3);
	assert_non_null(copy);
	assert_string_equal(copy, "abc");
	copy = ndx_arena_copy(arena, NULL, 0);
	assert_non_null(copy);
	assert_string_equal(copy, "");
	CHECK("no room for the NUL", ndx_arena_copy(arena, "a", SIZE_MAX) == NULL);
	CHECK("past SIZE_MAX when aligned", ndx_arena_alloc(arena, SIZE_MAX) == NULL);
	CHECK("past SIZE_MAX with its head", ndx_arena_alloc(arena, SIZE_MAX - 16) == NULL);
	ndx_arena_free(arena);
}

static void
test_out_of_memory(void **state)
{
	struct failing_mem failing;
	struct ndx_arena *arena;

	(void)state;
	ndx_failing_mem_init(&failing, 1);
	CHECK("no arena", ndx_arena_new(&failing.mem) == NULL);
	for (size_t n = 2; n <= 4; n++) {
		ndx_failing_mem_init(&failing, n);
		arena = ndx_arena_new(&failing.mem);
		assert_non_null(arena);
		CHECK("first block", (ndx_arena_alloc(arena, 100) == NULL) == (n == 2));
		CHECK("its own block", (ndx_arena_alloc(arena, 9000) == NULL) == (n <= 3));
		CHECK("next block", ndx_arena_copy(arena, "x", 1) != NULL || n == 2);
		CHECK("too large", ndx_arena_alloc(arena, 100000) == NULL);
		ndx_arena_free(arena);
		CHECK("no leak", failing.live_count == 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_copy),
		cmocka_unit_test(test_out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
