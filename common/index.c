/*
 * index.c - open the segments that the manifest lists
 *
 * A writer may commit, and remove what its commit no longer lists, between our
 * reading the manifest and our opening a file.  The file is then missing, and the
 * manifest is a newer one: we begin again.
 *
 * SPDX-License-Identifier: MIT
 */
#include "common/index.h"

#include <inttypes.h>
#include <string.h>

#include "common/docstore.h"
#include "common/varint.h"

/* Commits that may overtake us before we give up. */
#define TRIES_MAX 100

static enum ndx_status
open_tombstones(const struct ndx_env *env, const char *dir,
                const struct ndx_manifest_segment *entry, struct ndx_segment *segment,
                struct ndx_err *err)
{
	struct ndx_buf path;
	enum ndx_status status;

	ndx_buf_init(&path, env->mem);
	ndx_tombstones_path(dir, entry->number, entry->tombstones, &path);
	if (ndx_buf_failed(&path))
		status = ndx_fail_nomem(err);
	else
		status = ndx_tombstones_open(env, (const char *)path.data, entry->tombstones_size,
		                             entry->tombstones_checksum, entry->number,
		                             segment->article_count, segment->term_count,
		                             &segment->tombstones, err);
	if (status == NDX_OK && segment->tombstones->count != entry->deleted_count)
		status = ndx_fail(
			err, NDX_E_CORRUPT,
			"'%s' is corrupt at byte 16: %" PRIu32 " deletions, %" PRIu32 " expected",
			(const char *)path.data, segment->tombstones->count, entry->deleted_count);
	ndx_buf_free(&path);
	return status;
}

/* That the articles that are left are as long as the manifest says. */
static enum ndx_status
check_tokens(const struct ndx_segment *segment, const struct ndx_manifest_segment *entry,
             struct ndx_err *err)
{
	uint64_t deleted = segment->tombstones == NULL ? 0 : segment->tombstones->token_count;

	if (deleted <= segment->token_count && segment->token_count - deleted == entry->token_count)
		return NDX_OK;
	return ndx_segment_corrupt(segment, segment->size - NDX_SEGMENT_TOC_SIZE, err,
	                           "%" PRIu64 " tokens, %" PRIu64
	                           " of them deleted, expected %" PRIu64 " that are not",
	                           segment->token_count, deleted, entry->token_count);
}

static enum ndx_status
check_entry(const struct ndx_segment *segment, const struct ndx_manifest_segment *entry,
            struct ndx_err *err)
{
	uint64_t checksum = ndx_get_u64(segment->data + segment->size - 8);

	if (segment->number == entry->number && segment->article_count == entry->article_count &&
	    checksum == entry->checksum)
		return NDX_OK;
	return ndx_segment_corrupt(segment, segment->size - NDX_SEGMENT_TOC_SIZE, err,
	                           "it is not the segment that the manifest lists");
}

enum ndx_status
ndx_index_open_segment(const struct ndx_env *env, const char *dir,
                       const struct ndx_manifest_segment *entry, struct ndx_segment *segment_ret,
                       struct ndx_err *err)
{
	struct ndx_segment segment = { 0 };
	struct ndx_buf path;
	enum ndx_status status;

	ndx_buf_init(&path, env->mem);
	ndx_segment_path(dir, entry->number, &path);
	if (ndx_buf_failed(&path))
		status = ndx_fail_nomem(err);
	else
		status = ndx_segment_open(env, (const char *)path.data, entry->size, &segment, err);
	ndx_buf_free(&path);
	if (status == NDX_OK)
		status = check_entry(&segment, entry, err);
	if (status == NDX_OK && entry->tombstones != 0)
		status = open_tombstones(env, dir, entry, &segment, err);
	if (status == NDX_OK)
		status = check_tokens(&segment, entry, err);
	if (status != NDX_OK)
		ndx_segment_close(&segment);
	else
		*segment_ret = segment;
	return status;
}

static enum ndx_status
open_segments(struct ndx_index *index, struct ndx_err *err)
{
	const struct ndx_manifest *manifest = &index->manifest;

	index->segment =
		ndx_alloc_zero(index->env->mem, manifest->segment_count, sizeof(*index->segment));
	if (index->segment == NULL)
		return ndx_fail_nomem(err);
	for (size_t i = 0; i < manifest->segment_count; i++) {
		const struct ndx_manifest_segment *entry = &manifest->segment[i];
		enum ndx_status status = ndx_index_open_segment(index->env, index->dir, entry,
		                                                &index->segment[i], err);

		if (status != NDX_OK)
			return status;
		index->article_count += entry->article_count - entry->deleted_count;
		index->token_count += entry->token_count;
	}
	return NDX_OK;
}

/* One try; 'generation_ret' is what the manifest said, 0 if it could not be read. */
static enum ndx_status
try_open(const struct ndx_env *env, const char *dir, struct ndx_index **index_ret,
         uint64_t *generation_ret, struct ndx_err *err)
{
	struct ndx_index *index = ndx_alloc_zero(env->mem, 1, sizeof(*index));
	enum ndx_status status = NDX_OK;
	size_t dir_size = strlen(dir) + 1;

	*generation_ret = 0;
	if (index == NULL)
		return ndx_fail_nomem(err);
	index->env = env;
	index->dir = ndx_alloc(env->mem, dir_size);
	if (index->dir == NULL)
		status = ndx_fail_nomem(err);
	else
		memcpy(index->dir, dir, dir_size);
	if (status == NDX_OK)
		status = ndx_manifest_read(env, dir, &index->manifest, err);
	if (status == NDX_OK) {
		*generation_ret = index->manifest.generation;
		status = open_segments(index, err);
	}
	if (status != NDX_OK)
		ndx_close(index);
	else
		*index_ret = index;
	return status;
}

enum ndx_status
ndx_index_open(const struct ndx_env *env, const char *dir, struct ndx_index **index_ret,
               struct ndx_err *err)
{
	uint64_t generation, before = 0;
	enum ndx_status status;

	for (int i = 0; i < TRIES_MAX; i++, before = generation) {
		status = try_open(env, dir, index_ret, &generation, err);
		if (status == NDX_OK || status == NDX_E_NOMEM || generation == 0 ||
		    generation == before)
			break;
	}
	return status;
}

enum ndx_status
ndx_open(const char *path, struct ndx_index **index_ret, struct ndx_err *err)
{
	return ndx_index_open(&ndx_env_default, path, index_ret, err);
}

void
ndx_close(struct ndx_index *index)
{
	if (index == NULL)
		return;
	for (size_t i = 0; index->segment != NULL && i < index->manifest.segment_count; i++)
		ndx_segment_close(&index->segment[i]);
	ndx_free(index->env->mem, index->segment);
	ndx_manifest_free(index->env, &index->manifest);
	ndx_free(index->env->mem, index->dir);
	ndx_free(index->env->mem, index);
}

uint64_t
ndx_article_count(const struct ndx_index *index)
{
	return index->article_count;
}

uint64_t
ndx_generation(const struct ndx_index *index)
{
	return index->manifest.generation;
}

enum ndx_status
ndx_index_locate(const struct ndx_index *index, struct ndx_str id, size_t *segment_ret,
                 ndx_docid *docid_ret, struct ndx_err *err)
{
	for (size_t i = 0; i < index->manifest.segment_count; i++) {
		struct ndx_docstore ids;
		ndx_docid docid;
		enum ndx_status status;

		ndx_docstore_init(&ids, &index->segment[i], NDX_PART_IDS);
		status = ndx_ids_find(&ids, id, &docid, err);
		ndx_docstore_free(&ids);
		if (status != NDX_OK && status != NDX_E_NOT_FOUND)
			return status;
		if (status == NDX_OK && !ndx_tombstones_has(index->segment[i].tombstones, docid)) {
			*segment_ret = i;
			*docid_ret = docid;
			return NDX_OK;
		}
	}
	return NDX_E_NOT_FOUND;
}
