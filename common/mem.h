/*
 * mem.h - all memory goes through one table, so that tests can make it fail
 *
 * A table is passed down explicitly (inside struct ndx_env); there is no global
 * one.  Threads: the default table may be used from any thread; a replacement
 * that is shared between threads must allow the same.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_COMMON_MEM_H
#define NDX_COMMON_MEM_H

#include <stddef.h>

struct ndx_mem {
	/* As realloc(3): ptr NULL allocates; size 0 frees and returns NULL. */
	void *(*realloc)(void *ctx, void *ptr, size_t size);
	void *ctx;
};

extern const struct ndx_mem ndx_mem_default; /* malloc and free of the C library */

void *ndx_alloc(const struct ndx_mem *mem, size_t size); /* NULL: out of memory */
void *ndx_alloc_zero(const struct ndx_mem *mem, size_t count, size_t size); /* checks count*size */
void *ndx_realloc(const struct ndx_mem *mem, void *ptr, size_t size);
void ndx_free(const struct ndx_mem *mem, void *ptr); /* takes NULL */

/*
 * Make room for 'count_min' items of item_size bytes in *array, at least doubling
 * *count_max.  Returns 0 if memory ran out (the array is as it was), else 1.
 */
int ndx_grow(const struct ndx_mem *mem, void *array, size_t *count_max, size_t count_min,
             size_t item_size);

#endif
