/*
 * pending_ids.c - see pending_ids.h
 *
 * An open-addressing table with linear probing, at most half full.
 *
 * SPDX-License-Identifier: MIT
 */
#include "indexer/pending_ids.h"

struct entry {
	uint64_t hash;
	struct ndx_pending_place place; /* docid NDX_DOCID_NONE: empty */
};

struct ndx_pending_ids {
	const struct ndx_mem *mem;
	struct entry *entry;
	size_t size, count; /* size: a power of two, or 0 */
};

struct ndx_pending_ids *
ndx_pending_ids_new(const struct ndx_mem *mem)
{
	struct ndx_pending_ids *pending = ndx_alloc(mem, sizeof(*pending));

	if (pending != NULL)
		*pending = (struct ndx_pending_ids){ .mem = mem };
	return pending;
}

void
ndx_pending_ids_clear(struct ndx_pending_ids *pending)
{
	ndx_free(pending->mem, pending->entry);
	*pending = (struct ndx_pending_ids){ .mem = pending->mem };
}

void
ndx_pending_ids_free(struct ndx_pending_ids *pending)
{
	if (pending == NULL)
		return;
	ndx_free(pending->mem, pending->entry);
	ndx_free(pending->mem, pending);
}

struct ndx_pending_place *
ndx_pending_ids_find(const struct ndx_pending_ids *pending, uint64_t hash, size_t *next)
{
	if (pending->size == 0)
		return NULL;
	for (;; (*next)++) {
		struct entry *entry = &pending->entry[(hash + *next) & (pending->size - 1)];

		if (entry->place.docid == NDX_DOCID_NONE)
			return NULL;
		if (entry->hash == hash) {
			(*next)++;
			return &entry->place;
		}
	}
}

static void
put(struct entry *table, size_t size, struct entry entry)
{
	size_t at = entry.hash & (size - 1);

	while (table[at].place.docid != NDX_DOCID_NONE)
		at = (at + 1) & (size - 1);
	table[at] = entry;
}

static bool
grow(struct ndx_pending_ids *pending)
{
	size_t size = pending->size == 0 ? 1024 : 2 * pending->size;
	struct entry *bigger = ndx_alloc_zero(pending->mem, size, sizeof(*bigger));

	if (bigger == NULL)
		return false;
	for (size_t i = 0; i < size; i++)
		bigger[i].place.docid = NDX_DOCID_NONE;
	for (size_t i = 0; i < pending->size; i++)
		if (pending->entry[i].place.docid != NDX_DOCID_NONE)
			put(bigger, size, pending->entry[i]);
	ndx_free(pending->mem, pending->entry);
	pending->entry = bigger;
	pending->size = size;
	return true;
}

bool
ndx_pending_ids_add(struct ndx_pending_ids *pending, uint64_t hash, struct ndx_pending_place place)
{
	if (pending->count >= pending->size / 2 && !grow(pending))
		return false;
	put(pending->entry, pending->size, (struct entry){ hash, place });
	pending->count++;
	return true;
}
