/*
 * sync_lost.c - see sync_lost.h
 *
 * An id may have moved to another file, so those that one file lost are looked for in
 * all: the lost ones sorted by hash, those of the files looked up among them.
 *
 * SPDX-License-Identifier: MIT
 */
#include "indexer/sync_lost.h"

#include <stdlib.h>
#include <xxhash.h>

#include "indexer/sources_state.h"

struct lost_id {
	uint64_t hash;
	struct ndx_str id;
	size_t order; /* they are reported in the order in which they were lost */
	bool held;
};

void
ndx_lost_init(struct ndx_lost *lost, const struct ndx_mem *mem)
{
	*lost = (struct ndx_lost){ .mem = mem };
	ndx_buf_init(&lost->ids, mem);
}

void
ndx_lost_free(struct ndx_lost *lost)
{
	ndx_free(lost->mem, lost->present);
	ndx_buf_free(&lost->ids);
	ndx_lost_init(lost, lost->mem);
}

static uint64_t
hash_of(struct ndx_str id)
{
	return XXH3_64bits(id.data, id.size);
}

static int
compare_hashes(const void *a, const void *b)
{
	const uint64_t *hash_a = a, *hash_b = b;

	return (*hash_a > *hash_b) - (*hash_a < *hash_b);
}

static int
compare_orders(const void *a, const void *b)
{
	const struct lost_id *id_a = a, *id_b = b;

	return (id_a->order > id_b->order) - (id_a->order < id_b->order);
}

enum ndx_status
ndx_lost_present(struct ndx_lost *lost, struct ndx_str id, struct ndx_err *err)
{
	if (!ndx_grow(lost->mem, &lost->present, &lost->present_count_max, lost->present_count + 1,
	              sizeof(*lost->present)))
		return ndx_fail_nomem(err);
	lost->present[lost->present_count++] = hash_of(id);
	return NDX_OK;
}

enum ndx_status
ndx_lost_file_end(struct ndx_lost *lost, const struct ndx_source_file *old, struct ndx_err *err)
{
	struct ndx_source_ids ids;
	struct ndx_str id;
	uint64_t hash;

	if (old != NULL && old->id_count > 0) {
		if (lost->present_count > 0)
			qsort(lost->present, lost->present_count, sizeof(hash), compare_hashes);
		ndx_source_ids_begin(&ids, old);
		while (ndx_source_ids_next(&ids, &id)) {
			hash = hash_of(id);
			if (lost->present_count > 0 &&
			    bsearch(&hash, lost->present, lost->present_count, sizeof(hash),
			            compare_hashes) != NULL)
				continue;
			ndx_buf_add(&lost->ids, &id.size, sizeof(id.size));
			ndx_buf_add(&lost->ids, id.data, id.size);
			lost->count++;
		}
	}
	lost->present_count = 0;
	return ndx_buf_failed(&lost->ids) ? ndx_fail_nomem(err) : NDX_OK;
}

/* The lost ids as an array, sorted by hash; NULL: out of memory. */
static struct lost_id *
list(const struct ndx_lost *lost)
{
	struct lost_id *found = ndx_alloc(lost->mem, lost->count * sizeof(*found));
	const char *in = (const char *)lost->ids.data;
	size_t size;

	if (found == NULL)
		return NULL;
	for (size_t i = 0; i < lost->count; i++) {
		memcpy(&size, in, sizeof(size));
		in += sizeof(size);
		found[i] = (struct lost_id){ .id = { in, size }, .order = i };
		found[i].hash = hash_of(found[i].id);
		in += size;
	}
	qsort(found, lost->count, sizeof(*found), compare_hashes); /* the hash comes first */
	return found;
}

/* Mark all lost ids that equal 'id'; several files may have lost it. */
static void
mark(struct lost_id *found, size_t count, struct ndx_str id)
{
	const uint64_t hash = hash_of(id);
	size_t begin = 0, end = count;

	while (begin < end) {
		const size_t middle = begin + (end - begin) / 2;

		if (found[middle].hash < hash)
			begin = middle + 1;
		else
			end = middle;
	}
	for (; begin < count && found[begin].hash == hash; begin++)
		found[begin].held |= ndx_str_equal(found[begin].id, id);
}

enum ndx_status
ndx_lost_settle(struct ndx_lost *lost, const struct ndx_sources *sources,
                enum ndx_status (*gone)(void *ctx, struct ndx_str id, struct ndx_err *err),
                void *ctx, struct ndx_err *err)
{
	enum ndx_status status = NDX_OK;
	struct ndx_source_ids ids;
	struct lost_id *found;
	struct ndx_str id;

	if (lost->count == 0)
		return NDX_OK;
	found = list(lost);
	if (found == NULL)
		return ndx_fail_nomem(err);
	for (size_t i = 0; i < sources->file_count; i++) {
		if (sources->file[i]->removed)
			continue;
		ndx_source_ids_begin(&ids, sources->file[i]);
		while (ndx_source_ids_next(&ids, &id))
			mark(found, lost->count, id);
	}
	qsort(found, lost->count, sizeof(*found), compare_orders);
	for (size_t i = 0; i < lost->count && status == NDX_OK; i++)
		if (!found[i].held)
			status = gone(ctx, found[i].id, err);
	ndx_free(lost->mem, found);
	ndx_buf_clear(&lost->ids);
	lost->count = 0;
	return status;
}
