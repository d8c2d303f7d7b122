/*
 * check.c - is an index what it claims to be, to the last byte?
 *
 * Segment by segment: first the checksums of all bytes, so that what follows speaks of
 * what was written; then the parts, in check_store.c and check_lists.c.  If all
 * segments are sound, what only several together can get wrong: an id in two of them.
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/check.h"

#include <inttypes.h>
#include <stdio.h>

#include "common/docstore.h"
#include "common/varint.h"
#include "searcher/check_parts.h"

#define SOURCES_MAGIC UINT64_C(0x0aff63727378646e) /* "ndxsrc" and two bytes */

/* The most that the state of the sources may be. */
#define SOURCES_SIZE_MAX ((uint64_t)1 << 40)

/* Where --repair puts what it sets aside. */
#define DAMAGED_NAME "damaged"

#define SENTENCE_SIZE 512

struct check {
	const struct ndx_env *env;
	const char *dir;
	const struct ndx_check_sink *sink;
	struct ndx_manifest manifest;
	struct ndx_check_counts counts;
	enum ndx_status first; /* the first damage */
	struct ndx_err first_err;
};

static bool
state_alloc(struct ndx_check_state *state)
{
	const size_t count = state->segment->article_count;

	state->docid_of_slot = ndx_alloc_zero(state->mem, count, sizeof(uint32_t));
	state->id_hash = ndx_alloc_zero(state->mem, count, sizeof(uint32_t));
	state->title_count = ndx_alloc_zero(state->mem, count, sizeof(uint32_t));
	state->position_end = ndx_alloc_zero(state->mem, count, sizeof(uint32_t));
	return count == 0 || (state->docid_of_slot != NULL && state->id_hash != NULL &&
	                      state->title_count != NULL && state->position_end != NULL);
}

static void
state_free(struct ndx_check_state *state)
{
	ndx_free(state->mem, state->docid_of_slot);
	ndx_free(state->mem, state->id_hash);
	ndx_free(state->mem, state->title_count);
	ndx_free(state->mem, state->position_end);
	ndx_free(state->mem, state->covered_off);
	ndx_free(state->mem, state->covered);
}

static enum ndx_status
check_frame(const struct ndx_segment *segment, const struct ndx_manifest_segment *entry,
            struct ndx_err *err)
{
	const struct ndx_tombstones *tombstones = segment->tombstones;
	const uint64_t deleted_tokens = tombstones == NULL ? 0 : tombstones->token_count;
	enum ndx_status status = ndx_segment_verify(segment, 0, segment->sums_off, err);

	if (status != NDX_OK)
		return status;
	if (ndx_get_u32(segment->data + 12) != segment->number)
		return ndx_segment_corrupt(segment, 12, err,
		                           "number %" PRIu32 ", expected %" PRIu32,
		                           ndx_get_u32(segment->data + 12), segment->number);
	if (deleted_tokens > segment->token_count ||
	    entry->token_count != segment->token_count - deleted_tokens)
		return ndx_segment_corrupt(
			segment, segment->size - NDX_SEGMENT_TOC_SIZE, err,
			"%" PRIu64 " tokens less %" PRIu64 ", %" PRIu64 " expected by the manifest",
			segment->token_count, deleted_tokens, entry->token_count);
	return NDX_OK;
}

enum ndx_status
ndx_check_segment(const struct ndx_segment *segment, const struct ndx_manifest_segment *entry,
                  struct ndx_err *err)
{
	struct ndx_check_state state = { .segment = segment, .mem = segment->env->mem };
	enum ndx_status status = check_frame(segment, entry, err);

	if (status == NDX_OK && !state_alloc(&state))
		status = ndx_fail_nomem(err);
	if (status == NDX_OK)
		status = ndx_check_columns(&state, err);
	if (status == NDX_OK)
		status = ndx_check_stores(&state, err);
	if (status == NDX_OK)
		status = ndx_check_lists(&state, err);
	state_free(&state);
	return status;
}

/* Tell what is wrong; false if the check cannot go on. */
static bool
report(struct check *check, enum ndx_status status, const struct ndx_err *err)
{
	if (status == NDX_OK)
		return true;
	if (check->first == NDX_OK) {
		check->first = status;
		check->first_err = *err;
	}
	if (status == NDX_E_NOMEM)
		return false;
	check->sink->say(check->sink->ctx, NDX_CHECK_DAMAGE, err->msg);
	return true;
}

static bool
check_segments(struct check *check)
{
	for (size_t i = 0; i < check->manifest.segment_count; i++) {
		const struct ndx_manifest_segment *entry = &check->manifest.segment[i];
		struct ndx_segment segment;
		struct ndx_err err;
		enum ndx_status status =
			ndx_index_open_segment(check->env, check->dir, entry, &segment, &err);

		if (status == NDX_OK) {
			ndx_segment_expect_all(&segment);
			status = ndx_check_segment(&segment, entry, &err);
			if (status == NDX_OK) {
				check->counts.segments++;
				check->counts.articles +=
					entry->article_count - entry->deleted_count;
				check->counts.terms += segment.term_count;
				check->counts.bytes += entry->size + entry->tombstones_size;
			}
			ndx_segment_close(&segment);
		}
		if (!report(check, status, &err))
			return false;
	}
	return true;
}

/* The state of the sources: what only the indexer reads, but its frame is the same as all. */
static enum ndx_status
check_sources(struct check *check, struct ndx_err *err)
{
	const struct ndx_mem *mem = check->env->mem;
	const uint64_t size_max = check->manifest.sources_size;
	struct ndx_buf path;
	const uint8_t *in;
	void *data = NULL;
	size_t size = 0;
	enum ndx_status status = NDX_OK;

	if (check->manifest.sources == 0)
		return NDX_OK;
	ndx_buf_init(&path, mem);
	ndx_sources_path(check->dir, check->manifest.sources, &path);
	if (ndx_buf_failed(&path) || size_max > SOURCES_SIZE_MAX)
		status = ndx_fail_nomem(err);
	else
		status = ndx_sources_read(check->env, (const char *)path.data, &check->manifest,
		                          &data, &size, err);
	in = data;
	if (status == NDX_OK && (size < 16 || ndx_get_u64(in) != SOURCES_MAGIC ||
	                         ndx_checksum(in, size - 8) != ndx_get_u64(in + size - 8)))
		status = ndx_fail(err, NDX_E_CORRUPT,
		                  "'%s' is corrupt at byte %zu: its size or checksum differs",
		                  (const char *)path.data, size);
	if (status == NDX_OK)
		check->counts.bytes += size;
	ndx_free(mem, data);
	ndx_buf_free(&path);
	return status;
}

/* Is a live article of this id in a segment behind number i? */
static enum ndx_status
check_unique(const struct ndx_index *index, struct ndx_docstore *stores, size_t i,
             struct ndx_str id, struct ndx_err *err)
{
	for (size_t j = i + 1; j < index->manifest.segment_count; j++) {
		ndx_docid docid;
		enum ndx_status status = ndx_ids_find(&stores[j], id, &docid, err);

		if (status == NDX_OK && !ndx_tombstones_has(index->segment[j].tombstones, docid))
			return ndx_fail(err, NDX_E_CORRUPT,
			                "'%s' is corrupt: id '%.*s' is also in '%s'",
			                index->segment[j].path, id.size < 100 ? (int)id.size : 100,
			                id.data, index->segment[i].path);
		if (status != NDX_OK && status != NDX_E_NOT_FOUND)
			return status;
	}
	return NDX_OK;
}

static enum ndx_status
check_ids_of(const struct ndx_index *index, struct ndx_docstore *stores, size_t i,
             struct ndx_err *err)
{
	const struct ndx_segment *segment = &index->segment[i];
	struct ndx_str id;
	uint32_t slot;
	enum ndx_status status = NDX_OK;

	for (ndx_docid docid = 0; status == NDX_OK && docid < segment->article_count; docid++) {
		if (ndx_tombstones_has(segment->tombstones, docid))
			continue;
		status = ndx_docstore_slot(segment, docid, &slot, err);
		if (status == NDX_OK)
			status = ndx_docstore_get(&stores[i], slot, &id, err);
		if (status == NDX_OK)
			status = check_unique(index, stores, i, id, err);
	}
	return status;
}

/* No two live articles have the same id. */
static enum ndx_status
check_ids(struct check *check, struct ndx_err *err)
{
	struct ndx_docstore *stores;
	struct ndx_index *index;
	enum ndx_status status = ndx_index_open(check->env, check->dir, &index, err);
	size_t count;

	if (status != NDX_OK)
		return status;
	count = index->manifest.segment_count;
	stores = ndx_alloc_zero(check->env->mem, count, sizeof(*stores));
	if (stores == NULL && count > 0)
		status = ndx_fail_nomem(err);
	for (size_t i = 0; status == NDX_OK && i < count; i++)
		ndx_docstore_init(&stores[i], &index->segment[i], NDX_PART_IDS);
	for (size_t i = 0; status == NDX_OK && i + 1 < count; i++)
		status = check_ids_of(index, stores, i, err);
	for (size_t i = 0; stores != NULL && i < count; i++)
		ndx_docstore_free(&stores[i]);
	ndx_free(check->env->mem, stores);
	ndx_close(index);
	return status;
}

static bool
is_listed(const struct ndx_manifest *manifest, const char *name)
{
	char listed[64];

	if (strcmp(name, NDX_MANIFEST_NAME) == 0 || strcmp(name, NDX_LOCK_NAME) == 0 ||
	    strcmp(name, DAMAGED_NAME) == 0)
		return true;
	snprintf(listed, sizeof(listed), "%08" PRIx32 ".src", manifest->sources);
	if (manifest->sources != 0 && strcmp(name, listed) == 0)
		return true;
	for (size_t i = 0; i < manifest->segment_count; i++) {
		const struct ndx_manifest_segment *entry = &manifest->segment[i];

		snprintf(listed, sizeof(listed), "%08" PRIx32 ".seg", entry->number);
		if (strcmp(name, listed) == 0)
			return true;
		snprintf(listed, sizeof(listed), "%08" PRIx32 "-%08" PRIx32 ".del", entry->number,
		         entry->tombstones);
		if (entry->tombstones != 0 && strcmp(name, listed) == 0)
			return true;
	}
	return false;
}

static void
see_file(void *arg, const char *name)
{
	struct check *check = arg;
	char notice[SENTENCE_SIZE];

	if (is_listed(&check->manifest, name))
		return;
	snprintf(notice, sizeof(notice), "'%s/%s' is not part of the index", check->dir, name);
	check->sink->say(check->sink->ctx, NDX_CHECK_NOTICE, notice);
}

static bool
check_rest(struct check *check)
{
	const struct ndx_io *io = check->env->io;
	struct ndx_err err;
	enum ndx_status status = check_sources(check, &err);

	if (!report(check, status, &err))
		return false;
	if (check->first == NDX_OK && !report(check, check_ids(check, &err), &err))
		return false;
	if (io->list(io->ctx, check->dir, see_file, check) == -1)
		return report(check, ndx_fail_os(&err, "cannot list '%s'", check->dir), &err);
	return true;
}

enum ndx_status
ndx_check(const struct ndx_env *env, const char *dir, const struct ndx_check_sink *sink,
          struct ndx_check_counts *counts_ret, struct ndx_err *err)
{
	struct check check = { .env = env, .dir = dir, .sink = sink };
	struct ndx_err read_err;
	enum ndx_status status = ndx_manifest_read(env, dir, &check.manifest, &read_err);

	*counts_ret = check.counts;
	if (!report(&check, status, &read_err) || status != NDX_OK) {
		if (err != NULL)
			*err = read_err;
		return status;
	}
	if (check_segments(&check))
		check_rest(&check);
	ndx_manifest_free(env, &check.manifest);
	if (check.first != NDX_OK && err != NULL)
		*err = check.first_err;
	check.counts.repairable = check.first == NDX_E_CORRUPT;
	*counts_ret = check.counts;
	return check.first;
}
