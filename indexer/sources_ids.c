/*
 * sources_ids.c - the coded lists of a source file: ids, and reasons of rejects
 *
 *   ids       per id: varint shared, varint size, u8[size]
 *   rejects   per reject: varint size, u8[size]
 *
 * An id is the first 'shared' bytes of the id before it, then the bytes given.  A list
 * that begins with shared = 0 can follow any other: so lists of chunks are simply joined.
 *
 * Example: wire-17, wire-18
 *   00 07 77 69 72 65 2d 31 37   06 01 38
 *
 * What must hold: an id has 1 to NDX_ID_SIZE_MAX bytes; shared <= the size of the id before.
 *
 * SPDX-License-Identifier: MIT
 */
#include "common/varint.h"
#include "indexer/sources_state.h"

void
ndx_source_draft_init(struct ndx_source_draft *draft, const struct ndx_mem *mem)
{
	*draft = (struct ndx_source_draft){ .failed = false };
	ndx_buf_init(&draft->ids, mem);
	ndx_buf_init(&draft->rejects, mem);
	ndx_buf_init(&draft->last, mem);
}

void
ndx_source_draft_free(struct ndx_source_draft *draft)
{
	ndx_buf_free(&draft->ids);
	ndx_buf_free(&draft->rejects);
	ndx_buf_free(&draft->last);
	draft->id_count = draft->reject_count = 0;
}

void
ndx_source_draft_clear(struct ndx_source_draft *draft)
{
	ndx_buf_clear(&draft->ids);
	ndx_buf_clear(&draft->rejects);
	ndx_buf_clear(&draft->last);
	draft->id_count = draft->reject_count = 0;
	draft->failed = false;
}

static void
note_failure(struct ndx_source_draft *draft)
{
	if (ndx_buf_failed(&draft->ids) || ndx_buf_failed(&draft->rejects) ||
	    ndx_buf_failed(&draft->last))
		draft->failed = true;
}

static void
set_last(struct ndx_source_draft *draft, const void *id, size_t size)
{
	draft->last.size = 0;
	ndx_buf_add(&draft->last, id, size);
}

void
ndx_source_draft_add_id(struct ndx_source_draft *draft, struct ndx_str id)
{
	size_t size_max = id.size < draft->last.size ? id.size : draft->last.size, shared = 0;

	while (shared < size_max && (uint8_t)id.data[shared] == draft->last.data[shared])
		shared++;
	ndx_buf_add_varint(&draft->ids, shared);
	ndx_buf_add_varint(&draft->ids, id.size - shared);
	ndx_buf_add(&draft->ids, id.data + shared, id.size - shared);
	set_last(draft, id.data, id.size);
	draft->id_count++;
	note_failure(draft);
}

void
ndx_source_draft_add_reject(struct ndx_source_draft *draft, const char *reason)
{
	size_t size = strlen(reason);

	ndx_buf_add_varint(&draft->rejects, size);
	ndx_buf_add(&draft->rejects, reason, size);
	draft->reject_count++;
	note_failure(draft);
}

void
ndx_source_draft_append(struct ndx_source_draft *draft, const struct ndx_source_draft *more)
{
	ndx_buf_add(&draft->ids, more->ids.data, more->ids.size);
	ndx_buf_add(&draft->rejects, more->rejects.data, more->rejects.size);
	if (more->id_count > 0)
		set_last(draft, more->last.data, more->last.size);
	draft->id_count += more->id_count;
	draft->reject_count += more->reject_count;
	if (more->failed)
		draft->failed = true;
	note_failure(draft);
}

/* Read a varint at *at and move on; false if there is none. */
static bool
get_varint(struct ndx_str coded, size_t *at, uint64_t *value_ret)
{
	size_t used =
		ndx_varint_decode((const uint8_t *)coded.data + *at, coded.size - *at, value_ret);

	*at += used;
	return used > 0;
}

/* One id at *at: what it shares with the one before of prev_size bytes, and its other bytes. */
static bool
get_id(struct ndx_str coded, size_t *at, size_t prev_size, size_t *shared_ret,
       struct ndx_str *rest_ret)
{
	uint64_t shared, size;

	if (!get_varint(coded, at, &shared) || !get_varint(coded, at, &size) ||
	    shared > prev_size || size > coded.size - *at || size > NDX_ID_SIZE_MAX - shared ||
	    shared + size == 0)
		return false;
	*shared_ret = (size_t)shared;
	*rest_ret = (struct ndx_str){ coded.data + *at, (size_t)size };
	*at += (size_t)size;
	return true;
}

bool
ndx_source_ids_check(const struct ndx_source_file *file)
{
	size_t at = 0, prev_size = 0, shared;
	struct ndx_str rest;

	for (uint32_t i = 0; i < file->id_count; i++) {
		if (!get_id(file->ids, &at, prev_size, &shared, &rest))
			return false;
		prev_size = shared + rest.size;
	}
	return at == file->ids.size;
}

bool
ndx_source_rejects_check(const struct ndx_source_file *file)
{
	struct ndx_str reason;
	uint32_t count = 0;
	size_t at = 0;

	while (count < file->reject_count && ndx_source_reject_next(file, &at, &reason))
		count++;
	return count == file->reject_count && at == file->rejects.size;
}

void
ndx_source_ids_begin(struct ndx_source_ids *ids, const struct ndx_source_file *file)
{
	ids->file = file;
	ids->at = 0;
	ids->done = 0;
	ids->size = 0;
}

bool
ndx_source_ids_next(struct ndx_source_ids *ids, struct ndx_str *id_ret)
{
	struct ndx_str rest;
	size_t shared;

	if (ids->done >= ids->file->id_count)
		return false;
	ids->done++;
	if (ids->file->is_article) {
		*id_ret = ids->file->id;
		return true;
	}
	if (!get_id(ids->file->ids, &ids->at, ids->size, &shared, &rest))
		return false;
	memcpy(ids->id + shared, rest.data, rest.size);
	ids->size = shared + rest.size;
	*id_ret = (struct ndx_str){ ids->id, ids->size };
	return true;
}

bool
ndx_source_reject_next(const struct ndx_source_file *file, size_t *at, struct ndx_str *reason_ret)
{
	uint64_t size;

	if (*at >= file->rejects.size || !get_varint(file->rejects, at, &size) ||
	    size > file->rejects.size - *at)
		return false;
	*reason_ret = (struct ndx_str){ file->rejects.data + *at, (size_t)size };
	*at += (size_t)size;
	return true;
}
