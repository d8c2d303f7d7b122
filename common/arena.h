/*
 * arena.h - many small pieces of memory that are freed together
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_COMMON_ARENA_H
#define NDX_COMMON_ARENA_H

#include <stddef.h>

#include "common/mem.h"
#include "common/text.h"

struct ndx_arena;

struct ndx_arena *ndx_arena_new(const struct ndx_mem *mem); /* NULL: out of memory */
void ndx_arena_free(struct ndx_arena *arena);               /* takes NULL */

/* 'size' bytes, not set to anything, aligned for any type; NULL: out of memory. */
void *ndx_arena_take(struct ndx_arena *arena, size_t size);
/* The same, zeroed. */
void *ndx_arena_alloc(struct ndx_arena *arena, size_t size);
/* A copy of in[size] with a NUL after it; NULL: out of memory. */
char *ndx_arena_copy(struct ndx_arena *arena, const char *in, size_t size);

#endif
