/*
 * sources_prune.c - the articles of files that have gone
 *
 * An article may have moved to another file, so an id is gone only if no file that stays
 * has it.  The ids of the files that have gone are collected in a hash table; then those
 * of all others are looked up in it.  Memory goes with what has gone, not with the whole.
 *
 * SPDX-License-Identifier: MIT
 */
#include <xxhash.h>

#include "indexer/sources_state.h"

struct gone_id {
	struct ndx_str id;
	bool held; /* by a file that stays */
};

struct prune {
	struct ndx_sources *sources;
	struct gone_id *gone; /* in the order in which they were found */
	size_t gone_count, gone_count_max;
	size_t *slot; /* index in 'gone' plus 1, or 0 */
	size_t slot_count;
};

/* Is the path that of 'source', or below it? */
static bool
is_below(struct ndx_str path, const char *source)
{
	size_t size = strlen(source);

	while (size > 1 && source[size - 1] == '/')
		size--;
	if (size > path.size || memcmp(path.data, source, size) != 0)
		return false;
	return size == path.size || path.data[size] == '/' || source[size - 1] == '/';
}

static bool
is_below_any(struct ndx_str path, const char *const *source, size_t source_count)
{
	for (size_t i = 0; i < source_count; i++)
		if (source[i][0] != '\0' && is_below(path, source[i]))
			return true;
	return false;
}

/* The slot of this id, or the free one where it belongs. */
static size_t *
find_slot(const struct prune *prune, struct ndx_str id)
{
	size_t at = (size_t)XXH3_64bits(id.data, id.size) & (prune->slot_count - 1);

	while (prune->slot[at] != 0 && !ndx_str_equal(prune->gone[prune->slot[at] - 1].id, id))
		at = (at + 1) & (prune->slot_count - 1);
	return &prune->slot[at];
}

static bool
grow_slots(struct prune *prune)
{
	const struct ndx_mem *mem = prune->sources->env->mem;
	size_t count = prune->slot_count == 0 ? 64 : prune->slot_count * 2;
	size_t *slot;

	if (prune->gone_count < prune->slot_count / 4 * 3)
		return true;
	slot = ndx_alloc_zero(mem, count, sizeof(*slot));
	if (slot == NULL)
		return false;
	ndx_free(mem, prune->slot);
	prune->slot = slot;
	prune->slot_count = count;
	for (size_t i = 0; i < prune->gone_count; i++)
		*find_slot(prune, prune->gone[i].id) = i + 1;
	return true;
}

static bool
add_gone(struct prune *prune, struct ndx_str id)
{
	size_t *slot;
	const char *copy;

	if (!grow_slots(prune))
		return false;
	slot = find_slot(prune, id);
	if (*slot != 0)
		return true;
	copy = ndx_arena_copy(prune->sources->arena, id.data, id.size);
	if (copy == NULL ||
	    !ndx_grow(prune->sources->env->mem, &prune->gone, &prune->gone_count_max,
	              prune->gone_count + 1, sizeof(*prune->gone)))
		return false;
	prune->gone[prune->gone_count++] = (struct gone_id){ .id = { copy, id.size } };
	*slot = prune->gone_count;
	return true;
}

/* Remove a file and collect its ids. */
static bool
remove_file(struct prune *prune, struct ndx_source_file *file)
{
	struct ndx_source_ids ids;
	struct ndx_str id;

	file->removed = true;
	prune->sources->live_count--;
	ndx_source_ids_begin(&ids, file);
	while (ndx_source_ids_next(&ids, &id))
		if (!add_gone(prune, id))
			return false;
	return true;
}

/* Mark the ids that are in files that stay. */
static void
mark_held(struct prune *prune)
{
	struct ndx_sources *sources = prune->sources;
	struct ndx_source_ids ids;
	struct ndx_str id;

	for (size_t i = 0; i < sources->file_count; i++) {
		if (sources->file[i]->removed)
			continue;
		ndx_source_ids_begin(&ids, sources->file[i]);
		while (ndx_source_ids_next(&ids, &id)) {
			const size_t *slot = find_slot(prune, id);

			if (*slot != 0)
				prune->gone[*slot - 1].held = true;
		}
	}
}

enum ndx_status
ndx_sources_prune(struct ndx_sources *sources, const char *const *source, size_t source_count,
                  enum ndx_status (*gone)(void *ctx, struct ndx_str id, struct ndx_err *err),
                  void *ctx, size_t *file_count_ret, struct ndx_err *err)
{
	struct prune prune = { .sources = sources };
	enum ndx_status status = NDX_OK;
	size_t file_count = 0;

	for (size_t i = 0; i < sources->file_count && status == NDX_OK; i++) {
		struct ndx_source_file *file = sources->file[i];

		if (file->removed || file->seen || !is_below_any(file->path, source, source_count))
			continue;
		file_count++;
		if (!remove_file(&prune, file))
			status = ndx_fail_nomem(err);
	}
	if (status == NDX_OK && prune.gone_count > 0)
		mark_held(&prune);
	for (size_t i = 0; i < prune.gone_count && status == NDX_OK; i++)
		if (!prune.gone[i].held)
			status = gone(ctx, prune.gone[i].id, err);
	ndx_free(sources->env->mem, prune.gone);
	ndx_free(sources->env->mem, prune.slot);
	if (status == NDX_OK)
		*file_count_ret = file_count;
	return status;
}
