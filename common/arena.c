/*
 * arena.c - see arena.h
 *
 * Blocks are chained, and grow with the arena; a request larger than a quarter of the next one gets
 * its own.
 *
 * SPDX-License-Identifier: MIT
 */
#include "common/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <string.h>

#define BLOCK_SIZE_MIN ((size_t)8192)
#define GROWTH         8 /* a block is such a part of all before it */

struct block {
	struct block *next;
	alignas(max_align_t) uint8_t data[];
};

struct ndx_arena {
	const struct ndx_mem *mem;
	struct block *first; /* the one that is being filled, unless it is a large one's */
	uint8_t *free;
	size_t free_size;
	size_t size; /* of all blocks */
};

struct ndx_arena *
ndx_arena_new(const struct ndx_mem *mem)
{
	struct ndx_arena *arena = ndx_alloc(mem, sizeof(*arena));

	if (arena != NULL)
		*arena = (struct ndx_arena){ .mem = mem };
	return arena;
}

void
ndx_arena_free(struct ndx_arena *arena)
{
	struct block *block, *next;

	if (arena == NULL)
		return;
	for (block = arena->first; block != NULL; block = next) {
		next = block->next;
		ndx_free(arena->mem, block);
	}
	ndx_free(arena->mem, arena);
}

static struct block *
block_new(struct ndx_arena *arena, size_t size)
{
	struct block *block = NULL;

	if (size <= SIZE_MAX - sizeof(*block))
		block = ndx_alloc(arena->mem, sizeof(*block) + size);
	if (block != NULL) {
		block->next = arena->first;
		arena->first = block;
		arena->size += size;
	}
	return block;
}

void *
ndx_arena_take(struct ndx_arena *arena, size_t size)
{
	struct block *block;
	void *ptr;

	if (size > SIZE_MAX - alignof(max_align_t))
		return NULL;
	size += size == 0; /* so that NULL means a failure and nothing else */
	size = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
	if (size > arena->free_size) {
		const size_t next = arena->size / GROWTH > BLOCK_SIZE_MIN ? arena->size / GROWTH
		                                                          : BLOCK_SIZE_MIN;

		block = block_new(arena, size > next / 4 ? size : next);
		if (block == NULL)
			return NULL;
		if (size > next / 4)
			return block->data;
		arena->free = block->data;
		arena->free_size = next;
	}
	ptr = arena->free;
	arena->free += size;
	arena->free_size -= size;
	return ptr;
}

void *
ndx_arena_alloc(struct ndx_arena *arena, size_t size)
{
	void *ptr = ndx_arena_take(arena, size);

	return ptr == NULL ? NULL : memset(ptr, 0, size);
}

char *
ndx_arena_copy(struct ndx_arena *arena, const char *in, size_t size)
{
	char *copy = size == SIZE_MAX ? NULL : ndx_arena_alloc(arena, size + 1);

	if (copy != NULL && size > 0)
		memcpy(copy, in, size);
	return copy;
}
