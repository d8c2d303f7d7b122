/*
 * mem.c - see mem.h
 *
 * SPDX-License-Identifier: MIT
 */
#include "common/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void *
default_realloc(void *ctx, void *ptr, size_t size)
{
	(void)ctx;
	if (size == 0) {
		free(ptr);
		return NULL;
	}
	return realloc(ptr, size);
}

const struct ndx_mem ndx_mem_default = { default_realloc, NULL };

void *
ndx_alloc(const struct ndx_mem *mem, size_t size)
{
	return mem->realloc(mem->ctx, NULL, size == 0 ? 1 : size);
}

void *
ndx_alloc_zero(const struct ndx_mem *mem, size_t count, size_t size)
{
	void *ptr;

	if (size != 0 && count > SIZE_MAX / size)
		return NULL;
	ptr = ndx_alloc(mem, count * size);
	if (ptr != NULL)
		memset(ptr, 0, count * size);
	return ptr;
}

void *
ndx_realloc(const struct ndx_mem *mem, void *ptr, size_t size)
{
	return mem->realloc(mem->ctx, ptr, size == 0 ? 1 : size);
}

void
ndx_free(const struct ndx_mem *mem, void *ptr)
{
	if (ptr != NULL)
		mem->realloc(mem->ctx, ptr, 0);
}

int
ndx_grow(const struct ndx_mem *mem, void *array, size_t *count_max, size_t count_min,
         size_t item_size)
{
	void *old, *bigger;
	size_t count = *count_max < 8 ? 8 : *count_max;

	if (count_min <= *count_max)
		return 1;
	while (count < count_min) {
		if (count > SIZE_MAX / 2)
			return 0;
		count *= 2;
	}
	if (count > SIZE_MAX / item_size)
		return 0;
	memcpy(&old, array, sizeof(old));
	bigger = ndx_realloc(mem, old, count * item_size);
	if (bigger == NULL)
		return 0;
	memcpy(array, &bigger, sizeof(bigger));
	*count_max = count;
	return 1;
}
