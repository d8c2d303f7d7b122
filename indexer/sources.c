/*
 * sources.c - the files that are known, by path and by id
 *
 * The coded lists of a file stay as they were read; what is put since lies in the arena.
 * Files are never moved and never leave the tables: one that is removed is passed over,
 * and used again when its path comes back.
 *
 * SPDX-License-Identifier: MIT
 */
#include "indexer/sources.h"

#include <stdlib.h>

#include <xxhash.h>

#include "indexer/sources_state.h"

#define SLOTS_MIN 1024

static struct ndx_str
key_of(const struct ndx_sources *sources, const struct ndx_source_table *table, uint32_t slot)
{
	const struct ndx_source_file *file = sources->file[slot - 1];

	return table == &sources->by_path ? file->path : file->id;
}

static size_t
slot_of(const struct ndx_source_table *table, struct ndx_str key)
{
	return (size_t)XXH3_64bits(key.data, key.size) & (table->slot_count - 1);
}

static void
table_insert(const struct ndx_sources *sources, struct ndx_source_table *table, uint32_t value)
{
	size_t at = slot_of(table, key_of(sources, table, value));

	while (table->slot[at] != 0)
		at = (at + 1) & (table->slot_count - 1);
	table->slot[at] = value;
}

/* Room for one more, so that a quarter of the slots stays free. */
static bool
table_grow(const struct ndx_sources *sources, struct ndx_source_table *table)
{
	const struct ndx_mem *mem = sources->env->mem;
	struct ndx_source_table bigger = { .used_count = table->used_count };

	if (table->used_count + 1 <= table->slot_count / 4 * 3)
		return true;
	bigger.slot_count = table->slot_count == 0 ? SLOTS_MIN : table->slot_count * 2;
	bigger.slot = ndx_alloc_zero(mem, bigger.slot_count, sizeof(*bigger.slot));
	if (bigger.slot == NULL)
		return false;
	for (size_t i = 0; i < table->slot_count; i++) {
		size_t at;

		if (table->slot[i] == 0)
			continue;
		at = slot_of(&bigger, key_of(sources, table, table->slot[i]));
		while (bigger.slot[at] != 0)
			at = (at + 1) & (bigger.slot_count - 1);
		bigger.slot[at] = table->slot[i];
	}
	ndx_free(mem, table->slot);
	*table = bigger;
	return true;
}

/* The file of this path, removed or not. */
static struct ndx_source_file *
find_path(const struct ndx_sources *sources, struct ndx_str path)
{
	const struct ndx_source_table *table = &sources->by_path;

	if (table->slot_count == 0)
		return NULL;
	for (size_t at = slot_of(table, path); table->slot[at] != 0;
	     at = (at + 1) & (table->slot_count - 1)) {
		struct ndx_source_file *file = sources->file[table->slot[at] - 1];

		if (ndx_str_equal(file->path, path))
			return file;
	}
	return NULL;
}

struct ndx_source_file *
ndx_sources_add(struct ndx_sources *sources, struct ndx_str path)
{
	struct ndx_source_file *file = ndx_arena_alloc(sources->arena, sizeof(*file));
	const char *copy = ndx_arena_copy(sources->arena, path.data, path.size);

	if (file == NULL || copy == NULL || sources->file_count >= UINT32_MAX - 1 ||
	    !ndx_grow(sources->env->mem, &sources->file, &sources->file_count_max,
	              sources->file_count + 1, sizeof(struct ndx_source_file *)) ||
	    !table_grow(sources, &sources->by_path))
		return NULL;
	file->path = (struct ndx_str){ copy, path.size };
	file->index = (uint32_t)sources->file_count;
	file->removed = true;
	sources->file[sources->file_count++] = file;
	sources->by_path.used_count++;
	table_insert(sources, &sources->by_path, file->index + 1);
	return file;
}

bool
ndx_sources_admit(struct ndx_sources *sources, struct ndx_source_file *file)
{
	if (file->is_article && !file->has_slot) {
		if (!table_grow(sources, &sources->by_id))
			return false;
		file->has_slot = true;
		sources->by_id.used_count++;
		table_insert(sources, &sources->by_id, file->index + 1);
	}
	sources->live_count += file->removed;
	file->removed = false;
	return true;
}

enum ndx_status
ndx_sources_new(const struct ndx_env *env, const char *name, void *data, size_t size,
                struct ndx_sources **sources_ret, struct ndx_err *err)
{
	struct ndx_sources *sources = ndx_alloc_zero(env->mem, 1, sizeof(*sources));
	enum ndx_status status = NDX_OK;

	if (sources == NULL) {
		ndx_free(env->mem, data);
		return ndx_fail_nomem(err);
	}
	sources->env = env;
	sources->data = data;
	sources->arena = ndx_arena_new(env->mem);
	if (sources->arena == NULL)
		status = ndx_fail_nomem(err);
	else if (data != NULL)
		status = ndx_sources_decode(sources, name, size, err);
	if (status != NDX_OK)
		ndx_sources_free(sources);
	else
		*sources_ret = sources;
	return status;
}

void
ndx_sources_free(struct ndx_sources *sources)
{
	const struct ndx_mem *mem;

	if (sources == NULL)
		return;
	mem = sources->env->mem;
	ndx_free(mem, sources->by_path.slot);
	ndx_free(mem, sources->by_id.slot);
	ndx_free(mem, sources->file);
	ndx_free(mem, sources->data);
	ndx_arena_free(sources->arena);
	ndx_free(mem, sources);
}

const struct ndx_source_file *
ndx_sources_find(const struct ndx_sources *sources, struct ndx_str path)
{
	const struct ndx_source_file *file = find_path(sources, path);

	return file == NULL || file->removed ? NULL : file;
}

const struct ndx_source_file *
ndx_sources_find_id(const struct ndx_sources *sources, struct ndx_str id)
{
	const struct ndx_source_table *table = &sources->by_id;

	if (table->slot_count == 0)
		return NULL;
	for (size_t at = slot_of(table, id); table->slot[at] != 0;
	     at = (at + 1) & (table->slot_count - 1)) {
		const struct ndx_source_file *file = sources->file[table->slot[at] - 1];

		if (file->is_article && !file->removed && ndx_str_equal(file->id, id))
			return file;
	}
	return NULL;
}

size_t
ndx_sources_count(const struct ndx_sources *sources)
{
	return sources->live_count;
}

const struct ndx_source_file *
ndx_sources_see(struct ndx_sources *sources, struct ndx_str path)
{
	struct ndx_source_file *file = find_path(sources, path);

	if (file == NULL || file->removed)
		return NULL;
	file->seen = true;
	return file;
}

bool
ndx_source_file_is_unchanged(const struct ndx_source_file *file, uint64_t size, int64_t mtime_ns)
{
	return !file->unsettled && file->size == size && file->mtime_ns == mtime_ns;
}

/* Modified less than NDX_SOURCE_SETTLED_NS before it was read, or after. */
static bool
is_unsettled(const struct ndx_source_facts *facts)
{
	int64_t settled_ns;

	return __builtin_add_overflow(facts->mtime_ns, NDX_SOURCE_SETTLED_NS, &settled_ns) ||
	       settled_ns > facts->read_ns;
}

/* Is the one article that was found called as the file is? */
static bool
is_article(const struct ndx_source_facts *facts, const struct ndx_source_draft *draft)
{
	struct ndx_str last;

	if (draft == NULL || draft->id_count != 1)
		return false;
	last = (struct ndx_str){ (const char *)draft->last.data, draft->last.size };
	return ndx_str_equal(last, facts->id);
}

static bool
keep(struct ndx_sources *sources, const void *in, size_t size, struct ndx_str *kept_ret)
{
	const char *copy = size == 0 ? "" : ndx_arena_copy(sources->arena, in, size);

	if (copy == NULL)
		return false;
	*kept_ret = (struct ndx_str){ copy, size };
	return true;
}

/* The id is mostly the end of the path: then it needs no memory of its own. */
static bool
keep_id(struct ndx_sources *sources, struct ndx_str path, struct ndx_str id,
        struct ndx_str *kept_ret)
{
	struct ndx_str end;

	if (id.size > 0 && id.size <= path.size) {
		end = (struct ndx_str){ path.data + path.size - id.size, id.size };
		if (ndx_str_equal(end, id)) {
			*kept_ret = end;
			return true;
		}
	}
	return keep(sources, id.data, id.size, kept_ret);
}

enum ndx_status
ndx_sources_put(struct ndx_sources *sources, const struct ndx_source_facts *facts,
                const struct ndx_source_draft *draft, struct ndx_err *err)
{
	struct ndx_source_file *file;
	struct ndx_str id, ids = { "", 0 }, rejects = { "", 0 };
	bool whole;

	if (facts->skipped)
		draft = NULL;
	whole = is_article(facts, draft);
	if (facts->path.size == 0 || facts->path.size > NDX_SOURCE_PATH_SIZE_MAX ||
	    facts->id.size > NDX_SOURCE_PATH_SIZE_MAX)
		return ndx_fail(err, NDX_E_LIMIT, "a path of %zu bytes, at most %d can be kept",
		                facts->path.size, NDX_SOURCE_PATH_SIZE_MAX);
	if (draft != NULL && draft->failed)
		return ndx_fail_nomem(err);
	file = find_path(sources, facts->path);
	if (file == NULL)
		file = ndx_sources_add(sources, facts->path);
	if (file == NULL || !keep_id(sources, file->path, facts->id, &id) ||
	    (draft != NULL && !whole && !keep(sources, draft->ids.data, draft->ids.size, &ids)) ||
	    (draft != NULL && !keep(sources, draft->rejects.data, draft->rejects.size, &rejects)))
		return ndx_fail_nomem(err);
	if (file->has_slot && !ndx_str_equal(file->id, id))
		file->has_slot = false; /* its old slot is passed over: the ids differ */
	file->id = id;
	file->ids = ids;
	file->rejects = rejects;
	file->id_count = draft == NULL ? 0 : draft->id_count;
	file->reject_count = draft == NULL ? 0 : draft->reject_count;
	file->size = facts->size;
	file->mtime_ns = facts->mtime_ns;
	file->unsettled = is_unsettled(facts);
	file->skipped = facts->skipped;
	file->is_article = whole;
	file->seen = true;
	return ndx_sources_admit(sources, file) ? NDX_OK : ndx_fail_nomem(err);
}

static int
compare_ids(const void *a, const void *b)
{
	return ndx_str_compare(*(const struct ndx_str *)a, *(const struct ndx_str *)b);
}

void
ndx_sources_distrust(struct ndx_sources *sources, struct ndx_str *id, size_t count)
{
	if (count > 0)
		qsort(id, count, sizeof(*id), compare_ids);
	for (size_t i = 0; count > 0 && i < sources->file_count; i++) {
		struct ndx_source_file *file = sources->file[i];
		struct ndx_source_ids ids;
		struct ndx_str one;

		ndx_source_ids_begin(&ids, file);
		while (!file->unsettled && ndx_source_ids_next(&ids, &one))
			file->unsettled =
				bsearch(&one, id, count, sizeof(*id), compare_ids) != NULL;
	}
}
