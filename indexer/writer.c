/*
 * writer.c - change an index: articles in, deletions, and what they replace
 *
 * Committing is in writer_commit.c, merging in writer_merge.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "indexer/writer.h"

#include <string.h>

#include "common/column.h"
#include "indexer/writer_state.h"

/* A piece of memory of so large a share of all lies in a file. */
#define SPOOL_SHARE 32
/* Bytes of text in a batch that ndx_writer_add() fills. */
#define BATCH_TEXT_SIZE ((uint64_t)4 << 20)

static enum ndx_status
check_language(const struct ndx_writer *writer, const char *language, struct ndx_err *err)
{
	if (language == NULL || strcmp(language, writer->commit.manifest.language) == 0)
		return NDX_OK;
	return ndx_fail(err, NDX_E_INPUT, "'%s' is indexed with the language '%s', not '%s'",
	                writer->dir, writer->commit.manifest.language, language);
}

enum ndx_status
ndx_writer_open(const struct ndx_env *env, const char *dir,
                const struct ndx_writer_options *options, struct ndx_writer **writer_ret,
                struct ndx_err *err)
{
	struct ndx_writer *writer = ndx_alloc_zero(env->mem, 1, sizeof(*writer));
	const char *language = options->language == NULL ? "english" : options->language;
	struct ndx_stemmer *probe = NULL;
	enum ndx_status status;

	if (writer == NULL)
		return ndx_fail_nomem(err);
	writer->env = env;
	writer->options = *options;
	if (writer->options.memory_size == 0)
		writer->options.memory_size = NDX_MEMORY_SIZE_DEFAULT;
	writer->commit.lock_fd = -1;
	ndx_spool_mem_init(&writer->spool, env, dir, writer->options.memory_size / SPOOL_SHARE);
	writer->spool_env = (struct ndx_env){ &writer->spool.mem, env->io };
	ndx_buf_init(&writer->sources, &writer->spool.mem);
	writer->pending = ndx_pending_ids_new(env->mem);
	status = writer->pending == NULL ? ndx_fail_nomem(err)
	                                 : ndx_stemmer_new(env->mem, language, &probe, err);
	ndx_stemmer_free(probe); /* an index must not be made for a language that there is not */
	if (status == NDX_OK)
		status = ndx_commit_open(env, dir, options->create, language, options->wait_ms,
		                         &writer->commit, err);
	writer->dir = writer->commit.dir;
	writer->spool.dir = writer->dir;
	if (status == NDX_OK)
		status = check_language(writer, options->language, err);
	if (status == NDX_OK)
		status = ndx_writer_reopen(writer, err);
	if (status != NDX_OK)
		ndx_writer_close(writer);
	else
		*writer_ret = writer;
	return status;
}

void
ndx_writer_close(struct ndx_writer *writer)
{
	if (writer == NULL)
		return;
	while (writer->segment_count > 0)
		ndx_writer_close_segment(writer, writer->segment_count - 1);
	for (size_t i = 0; i < writer->batch_count; i++)
		ndx_batch_free(writer->batch[i]);
	ndx_free(writer->env->mem, writer->segment);
	ndx_free(writer->env->mem, writer->batch);
	ndx_inverter_free(writer->inverter);
	ndx_pending_ids_free(writer->pending);
	ndx_buf_free(&writer->sources);
	ndx_commit_close(&writer->commit);
	ndx_free(writer->env->mem, writer);
}

const struct ndx_env *
ndx_writer_spool_env(const struct ndx_writer *writer)
{
	return &writer->spool_env;
}

struct ndx_writer_counts
ndx_writer_counts(const struct ndx_writer *writer)
{
	return writer->counts;
}

const struct ndx_manifest *
ndx_writer_manifest(const struct ndx_writer *writer)
{
	return &writer->commit.manifest;
}

const char *
ndx_writer_language(const struct ndx_writer *writer)
{
	return writer->commit.manifest.language;
}

/* The live pending article with this id; NULL: none, or an error in *status. */
static struct ndx_pending_place *
find_pending(struct ndx_writer *writer, struct ndx_str id, uint64_t hash, enum ndx_status *status,
             struct ndx_err *err)
{
	struct ndx_pending_place *place;
	size_t next = 0;

	while ((place = ndx_pending_ids_find(writer->pending, hash, &next)) != NULL) {
		struct ndx_batch *batch = writer->batch[place->batch];
		struct ndx_docstore ids;
		struct ndx_str found;
		uint32_t slot;
		bool same;

		if (batch->dead[place->docid])
			continue;
		ndx_docstore_init(&ids, &batch->segment, NDX_PART_IDS);
		*status = ndx_docstore_slot(&batch->segment, place->docid, &slot, err);
		if (*status == NDX_OK)
			*status = ndx_docstore_get(&ids, slot, &found, err);
		same = *status == NDX_OK && ndx_str_equal(found, id);
		ndx_docstore_free(&ids);
		if (same)
			return place;
		if (*status != NDX_OK)
			return NULL;
	}
	return NULL;
}

/* The live committed article with this id: NDX_E_NOT_FOUND if there is none. */
static enum ndx_status
find_committed(struct ndx_writer *writer, struct ndx_str id, struct ndx_open_segment **segment_ret,
               ndx_docid *docid_ret, struct ndx_err *err)
{
	for (size_t i = 0; i < writer->segment_count; i++) {
		struct ndx_open_segment *segment = writer->segment[i];
		enum ndx_status status = ndx_ids_find(&segment->ids, id, docid_ret, err);

		if (status == NDX_E_NOT_FOUND)
			continue;
		if (status != NDX_OK)
			return status;
		if (ndx_tombstones_has(segment->segment.tombstones, *docid_ret) ||
		    (segment->dead != NULL && segment->dead[*docid_ret]))
			continue;
		*segment_ret = segment;
		return NDX_OK;
	}
	return NDX_E_NOT_FOUND;
}

static enum ndx_status
kill_committed(struct ndx_writer *writer, struct ndx_open_segment *segment, ndx_docid docid,
               struct ndx_err *err)
{
	if (segment->dead == NULL)
		segment->dead = ndx_alloc_zero(writer->env->mem, segment->segment.article_count, 1);
	if (segment->dead == NULL)
		return ndx_fail_nomem(err);
	segment->dead[docid] = 1;
	segment->dead_count++;
	return NDX_OK;
}

static void
kill_pending(struct ndx_writer *writer, const struct ndx_pending_place *place)
{
	struct ndx_batch *batch = writer->batch[place->batch];

	batch->dead[place->docid] = 1;
	batch->dead_count++;
}

/* Date, zone and stored record of two articles: are they the same? */
static enum ndx_status
is_same(struct ndx_open_segment *old, ndx_docid old_docid, struct ndx_docstore *stored,
        ndx_docid docid, bool *same_ret, struct ndx_err *err)
{
	static const enum ndx_part part[] = { NDX_PART_DATES, NDX_PART_ZONES };
	const struct ndx_segment *segment = stored->segment;
	bool dated = docid < segment->dated_count,
	     same = dated == (old_docid < old->segment.dated_count);
	struct ndx_str record, old_record;
	uint32_t slot, old_slot;
	enum ndx_status status = NDX_OK;

	for (size_t i = 0; same && dated && status == NDX_OK && i < 2; i++) {
		struct ndx_column column, old_column;
		int64_t value, old_value;

		status = ndx_column_open(segment, part[i], &column, err);
		if (status == NDX_OK)
			status = ndx_column_open(&old->segment, part[i], &old_column, err);
		if (status == NDX_OK)
			status = ndx_column_get(&column, docid, &value, err);
		if (status == NDX_OK)
			status = ndx_column_get(&old_column, old_docid, &old_value, err);
		same = status == NDX_OK && value == old_value;
	}
	if (!same || status != NDX_OK) {
		*same_ret = false;
		return status;
	}
	status = ndx_docstore_slot(segment, docid, &slot, err);
	if (status == NDX_OK)
		status = ndx_docstore_slot(&old->segment, old_docid, &old_slot, err);
	if (status == NDX_OK)
		status = ndx_docstore_get(stored, slot, &record, err);
	if (status == NDX_OK)
		status = ndx_docstore_get(&old->stored, old_slot, &old_record, err);
	*same_ret = status == NDX_OK && ndx_str_equal(record, old_record);
	return status;
}

/* Stores of the batch that is being taken over. */
struct arrival {
	struct ndx_batch *batch;
	uint32_t number; /* index in writer->batch */
	struct ndx_docstore ids, stored;
};

/* Article number i of the batch: what it replaces dies, or it does, if it says nothing new. */
static enum ndx_status
settle(struct ndx_writer *writer, struct arrival *arrival, uint32_t i, struct ndx_err *err)
{
	const struct ndx_pending_place here = { arrival->number, arrival->batch->order[i] };
	struct ndx_pending_place *pending;
	struct ndx_open_segment *old;
	ndx_docid old_docid;
	struct ndx_str id;
	uint64_t hash;
	bool same = false;
	enum ndx_status status = ndx_docstore_get(&arrival->ids, i, &id, err);

	if (status != NDX_OK)
		return status;
	hash = ndx_checksum(id.data, id.size);
	pending = find_pending(writer, id, hash, &status, err);
	if (status != NDX_OK)
		return status;
	if (pending != NULL) {
		kill_pending(writer, pending);
		writer->counts.replaced++;
		*pending = here;
		return NDX_OK;
	}
	status = find_committed(writer, id, &old, &old_docid, err);
	if (status == NDX_OK) {
		status = is_same(old, old_docid, &arrival->stored, here.docid, &same, err);
		if (status == NDX_OK && same) {
			kill_pending(writer, &here);
			writer->counts.unchanged++;
			return NDX_OK;
		}
		if (status == NDX_OK)
			status = kill_committed(writer, old, old_docid, err);
		writer->counts.replaced++;
	} else if (status == NDX_E_NOT_FOUND) {
		status = NDX_OK;
		writer->counts.added++;
	}
	if (status == NDX_OK && !ndx_pending_ids_add(writer->pending, hash, here))
		status = ndx_fail_nomem(err);
	return status;
}

static enum ndx_status
settle_all(struct ndx_writer *writer, struct ndx_batch *batch, struct ndx_err *err)
{
	struct arrival arrival = { .batch = batch, .number = (uint32_t)writer->batch_count - 1 };
	enum ndx_status status = NDX_OK;

	ndx_docstore_init(&arrival.ids, &batch->segment, NDX_PART_IDS);
	ndx_docstore_init(&arrival.stored, &batch->segment, NDX_PART_STORED);
	/* Slots of a batch are the order of arrival. */
	for (uint32_t i = 0; status == NDX_OK && i < batch->segment.article_count; i++)
		status = settle(writer, &arrival, i, err);
	ndx_docstore_free(&arrival.ids);
	ndx_docstore_free(&arrival.stored);
	return status;
}

/* Put a batch among the pending ones; it is the writer's, even if this fails. */
static enum ndx_status
take_batch(struct ndx_writer *writer, struct ndx_batch *batch, struct ndx_err *err)
{
	enum ndx_status status;

	if (!ndx_grow(writer->env->mem, &writer->batch, &writer->batch_count_max,
	              writer->batch_count + 1, sizeof(*writer->batch))) {
		ndx_batch_free(batch);
		return ndx_fail_nomem(err);
	}
	writer->batch[writer->batch_count++] = batch;
	status = ndx_batch_spool(batch, writer->dir, err);
	writer->batch_size += ndx_batch_size(batch);
	if (status == NDX_OK)
		status = settle_all(writer, batch, err);
	writer->failed |= status != NDX_OK;
	return status;
}

/* The articles of ndx_writer_add() so far become a batch. */
enum ndx_status
ndx_writer_end_batch(struct ndx_writer *writer, struct ndx_err *err)
{
	struct ndx_batch *batch;
	enum ndx_status status;

	if (writer->inverter == NULL || ndx_inverter_count(writer->inverter) == 0)
		return NDX_OK;
	status = ndx_inverter_finish(writer->inverter, &batch, err);
	writer->failed |= status != NDX_OK;
	return status == NDX_OK ? take_batch(writer, batch, err) : status;
}

/* Full memory becomes a commit; more than half of it is left to the inverters and to merging. */
static enum ndx_status
commit_if_full(struct ndx_writer *writer, struct ndx_err *err)
{
	if (writer->batch_size < writer->options.memory_size / 16 * 7)
		return NDX_OK;
	return ndx_writer_commit(writer, err);
}

static enum ndx_status
refuse_failed(const struct ndx_writer *writer, struct ndx_err *err)
{
	if (!writer->failed)
		return NDX_OK;
	return ndx_fail(err, NDX_E_IO, "an earlier failure ended writing to '%s'", writer->dir);
}

enum ndx_status
ndx_writer_add_batch(struct ndx_writer *writer, struct ndx_batch *batch, struct ndx_err *err)
{
	enum ndx_status status = refuse_failed(writer, err);

	if (status == NDX_OK)
		status = ndx_writer_end_batch(writer, err);
	if (status != NDX_OK) {
		ndx_batch_free(batch);
		return status;
	}
	status = take_batch(writer, batch, err);
	return status == NDX_OK ? commit_if_full(writer, err) : status;
}

enum ndx_status
ndx_writer_add(struct ndx_writer *writer, const struct ndx_article *article, struct ndx_err *err)
{
	enum ndx_status status = refuse_failed(writer, err);

	if (status == NDX_OK && article->id.size == 0)
		return ndx_fail(err, NDX_E_INPUT, "an article without an id");
	if (status == NDX_OK && article->id.size > NDX_ID_SIZE_MAX)
		return ndx_fail(err, NDX_E_INPUT, "an id of %zu bytes, at most %d expected",
		                article->id.size, NDX_ID_SIZE_MAX);
	if (status == NDX_OK && writer->inverter == NULL)
		status = ndx_inverter_new(writer->env, ndx_writer_language(writer),
		                          &writer->inverter, err);
	if (status != NDX_OK)
		return status;
	status = ndx_inverter_add(writer->inverter, article, err);
	writer->failed |= status != NDX_OK;
	if (status == NDX_OK && ndx_inverter_text_size(writer->inverter) >= BATCH_TEXT_SIZE) {
		status = ndx_writer_end_batch(writer, err);
		if (status == NDX_OK)
			status = commit_if_full(writer, err);
	}
	return status;
}

/* Find the live article with an id, pending or committed: NDX_E_NOT_FOUND if there is none. */
static enum ndx_status
find(struct ndx_writer *writer, struct ndx_str id, struct ndx_pending_place **pending_ret,
     struct ndx_open_segment **segment_ret, ndx_docid *docid_ret, struct ndx_err *err)
{
	enum ndx_status status = refuse_failed(writer, err);

	if (status == NDX_OK)
		status = ndx_writer_end_batch(writer, err);
	if (status != NDX_OK)
		return status;
	*pending_ret = find_pending(writer, id, ndx_checksum(id.data, id.size), &status, err);
	if (status != NDX_OK || *pending_ret != NULL)
		return status;
	return find_committed(writer, id, segment_ret, docid_ret, err);
}

enum ndx_status
ndx_writer_delete(struct ndx_writer *writer, struct ndx_str id, struct ndx_err *err)
{
	struct ndx_pending_place *pending;
	struct ndx_open_segment *segment;
	ndx_docid docid;
	enum ndx_status status = find(writer, id, &pending, &segment, &docid, err);

	if (status != NDX_OK)
		return status;
	if (pending != NULL)
		kill_pending(writer, pending);
	else
		status = kill_committed(writer, segment, docid, err);
	writer->counts.deleted += status == NDX_OK;
	return status;
}

enum ndx_status
ndx_writer_has(struct ndx_writer *writer, struct ndx_str id, bool *has_ret, struct ndx_err *err)
{
	struct ndx_pending_place *pending;
	struct ndx_open_segment *segment;
	ndx_docid docid;
	enum ndx_status status = find(writer, id, &pending, &segment, &docid, err);

	if (status != NDX_OK && status != NDX_E_NOT_FOUND)
		return status;
	*has_ret = status == NDX_OK;
	return NDX_OK;
}

enum ndx_status
ndx_writer_set_sources(struct ndx_writer *writer, const void *data, size_t size,
                       struct ndx_err *err)
{
	writer->has_sources = data != NULL;
	ndx_buf_clear(&writer->sources);
	if (data != NULL)
		ndx_buf_add(&writer->sources, data, size);
	return ndx_buf_failed(&writer->sources) ? ndx_fail_nomem(err) : NDX_OK;
}

enum ndx_status
ndx_writer_get_sources(struct ndx_writer *writer, void **data_ret, size_t *size_ret,
                       struct ndx_err *err)
{
	const struct ndx_manifest *manifest = &writer->commit.manifest;
	struct ndx_buf path;
	enum ndx_status status;

	*data_ret = NULL;
	*size_ret = 0;
	if (manifest->sources == 0)
		return NDX_OK;
	ndx_buf_init(&path, writer->env->mem);
	ndx_sources_path(writer->dir, manifest->sources, &path);
	if (ndx_buf_failed(&path))
		status = ndx_fail_nomem(err);
	else
		status = ndx_sources_read(&writer->spool_env, (const char *)path.data, manifest,
		                          data_ret, size_ret, err);
	ndx_buf_free(&path);
	return status;
}
