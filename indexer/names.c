/*
 * names.c - see names.h
 *
 * SPDX-License-Identifier: MIT
 */
#include "indexer/names.h"

#include <string.h>

#include <xxhash.h>

#define SLOTS_MIN 64

void
ndx_names_init(struct ndx_names *names, const struct ndx_mem *mem)
{
	ndx_buf_init(&names->bytes, mem);
	ndx_buf_init(&names->ends, mem);
	ndx_buf_init(&names->slots, mem);
}

void
ndx_names_free(struct ndx_names *names)
{
	ndx_buf_free(&names->bytes);
	ndx_buf_free(&names->ends);
	ndx_buf_free(&names->slots);
}

void
ndx_names_clear(struct ndx_names *names)
{
	ndx_buf_clear(&names->bytes);
	ndx_buf_clear(&names->ends);
	ndx_buf_clear(&names->slots);
}

static uint32_t
count_of(const struct ndx_names *names)
{
	return (uint32_t)(names->ends.size / sizeof(uint32_t));
}

static struct ndx_str
name_at(const struct ndx_names *names, uint32_t i)
{
	const uint32_t *end = (const uint32_t *)(const void *)names->ends.data;
	const uint32_t begin = i == 0 ? 0 : end[i - 1];

	if (end[i] == 0) /* there may be no bytes at all */
		return (struct ndx_str){ "", 0 };
	return (struct ndx_str){ (const char *)names->bytes.data + begin, end[i] - begin };
}

/* Where the name is in the table, or would be. */
static uint32_t *
slot_of(const struct ndx_names *names, struct ndx_str name)
{
	uint32_t *slot = (uint32_t *)(void *)names->slots.data;
	const size_t mask = names->slots.size / sizeof(*slot) - 1;
	size_t at = (size_t)XXH3_64bits(name.data, name.size) & mask;

	while (slot[at] != 0 && !ndx_str_equal(name_at(names, slot[at] - 1), name))
		at = (at + 1) & mask;
	return &slot[at];
}

/* Twice the slots, none more than half of them used. */
static bool
grow(struct ndx_names *names)
{
	const size_t count = names->slots.size / sizeof(uint32_t);
	const size_t size = (count == 0 ? SLOTS_MIN : 2 * count) * sizeof(uint32_t);

	ndx_buf_clear(&names->slots);
	if (ndx_buf_reserve(&names->slots, size) == NULL)
		return false;
	memset(names->slots.data, 0, size);
	names->slots.size = size;
	for (uint32_t i = 0; i < count_of(names); i++)
		*slot_of(names, name_at(names, i)) = i + 1;
	return true;
}

uint32_t
ndx_names_index(struct ndx_names *names, struct ndx_str name)
{
	const uint32_t count = count_of(names);
	uint32_t *slot, end;

	if (2 * ((size_t)count + 1) > names->slots.size / sizeof(uint32_t) && !grow(names))
		return UINT32_MAX;
	slot = slot_of(names, name);
	if (*slot != 0)
		return *slot - 1;
	ndx_buf_add(&names->bytes, name.data, name.size);
	end = (uint32_t)names->bytes.size;
	ndx_buf_add(&names->ends, &end, sizeof(end));
	if (ndx_buf_failed(&names->bytes) || ndx_buf_failed(&names->ends))
		return UINT32_MAX;
	*slot = count + 1;
	return count;
}

struct ndx_str *
ndx_names_list(const struct ndx_names *names, const struct ndx_mem *mem, size_t *count_ret)
{
	const uint32_t count = count_of(names);
	struct ndx_str *list = ndx_alloc(mem, count * sizeof(*list));

	if (list == NULL)
		return NULL;
	for (uint32_t i = 0; i < count; i++)
		list[i] = name_at(names, i);
	*count_ret = count;
	return list;
}
