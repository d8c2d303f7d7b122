/*
 * sync_twins.c - see sync_twins.h; a hash table with open addressing
 *
 * SPDX-License-Identifier: MIT
 */
#include "indexer/sync_twins.h"

#include <xxhash.h>

void
ndx_twins_free(struct ndx_twins *twins)
{
	ndx_arena_free(twins->arena);
	ndx_free(twins->mem, twins->slot);
	*twins = (struct ndx_twins){ .mem = twins->mem };
}

static struct ndx_twin *
find(const struct ndx_twins *twins, const char *id)
{
	size_t at = (size_t)XXH3_64bits(id, strlen(id)) & (twins->slot_count - 1);

	while (twins->slot[at].id != NULL && strcmp(twins->slot[at].id, id) != 0)
		at = (at + 1) & (twins->slot_count - 1);
	return &twins->slot[at];
}

/* Room for one more, with half of the slots free. */
static bool
grow(struct ndx_twins *twins)
{
	struct ndx_twins bigger = *twins;

	if (twins->arena == NULL)
		twins->arena = bigger.arena = ndx_arena_new(twins->mem);
	if (twins->arena == NULL)
		return false;
	if (twins->used_count < twins->slot_count / 2)
		return true;
	bigger.slot_count = twins->slot_count == 0 ? 1024 : twins->slot_count * 2;
	bigger.slot = ndx_alloc_zero(twins->mem, bigger.slot_count, sizeof(*bigger.slot));
	if (bigger.slot == NULL)
		return false;
	for (size_t i = 0; i < twins->slot_count; i++)
		if (twins->slot[i].id != NULL)
			*find(&bigger, twins->slot[i].id) = twins->slot[i];
	ndx_free(twins->mem, twins->slot);
	*twins = bigger;
	return true;
}

const char *
ndx_twins_enter(struct ndx_twins *twins, const char *id, const char *path, bool *failed)
{
	struct ndx_twin *slot, twin;

	if (!grow(twins)) {
		*failed = true;
		return NULL;
	}
	slot = find(twins, id);
	if (slot->id != NULL)
		return slot->path;
	twin.id = ndx_arena_copy(twins->arena, id, strlen(id));
	twin.path = ndx_arena_copy(twins->arena, path, strlen(path));
	if (twin.id == NULL || twin.path == NULL) {
		*failed = true;
		return NULL;
	}
	*slot = twin;
	twins->used_count++;
	return NULL;
}
