/*
 * writer_commit.c - pending articles and deletions into files, and the commit of them
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "indexer/corrections.h"
#include "indexer/files.h"
#include "indexer/writer_state.h"

enum ndx_status
ndx_writer_open_segment(struct ndx_writer *writer, const struct ndx_manifest_segment *entry,
                        struct ndx_err *err)
{
	const struct ndx_mem *mem = writer->env->mem;
	struct ndx_open_segment *segment = ndx_alloc_zero(mem, 1, sizeof(*segment));
	enum ndx_status status;

	if (segment == NULL || !ndx_grow(mem, &writer->segment, &writer->segment_count_max,
	                                 writer->segment_count + 1, sizeof(*writer->segment))) {
		ndx_free(mem, segment);
		return ndx_fail_nomem(err);
	}
	status = ndx_index_open_segment(writer->env, writer->dir, entry, &segment->segment, err);
	if (status != NDX_OK) {
		ndx_free(mem, segment);
		return status;
	}
	ndx_docstore_init(&segment->ids, &segment->segment, NDX_PART_IDS);
	ndx_docstore_init(&segment->stored, &segment->segment, NDX_PART_STORED);
	writer->segment[writer->segment_count++] = segment;
	return NDX_OK;
}

void
ndx_writer_close_segment(struct ndx_writer *writer, size_t i)
{
	struct ndx_open_segment *segment = writer->segment[i];

	ndx_docstore_free(&segment->ids);
	ndx_docstore_free(&segment->stored);
	ndx_segment_close(&segment->segment);
	ndx_free(writer->env->mem, segment->dead);
	ndx_free(writer->env->mem, segment);
	writer->segment_count--;
	memmove(writer->segment + i, writer->segment + i + 1,
	        (writer->segment_count - i) * sizeof(*writer->segment));
}

enum ndx_status
ndx_writer_reopen(struct ndx_writer *writer, struct ndx_err *err)
{
	const struct ndx_manifest *manifest = &writer->commit.manifest;
	enum ndx_status status = NDX_OK;

	/* Segments are few, and opening one is a few system calls: simpler than patching the
	 * list. */
	while (writer->segment_count > 0)
		ndx_writer_close_segment(writer, writer->segment_count - 1);
	for (size_t i = 0; status == NDX_OK && i < manifest->segment_count; i++)
		status = ndx_writer_open_segment(writer, &manifest->segment[i], err);
	return status;
}

enum ndx_status
ndx_writer_write_segment(struct ndx_writer *writer, const struct ndx_merge_input *input,
                         size_t count, uint32_t number, struct ndx_manifest_segment *entry_ret,
                         struct ndx_err *err)
{
	struct ndx_manifest_segment entry = { .number = number };
	struct ndx_segment_facts facts;
	struct ndx_new_file file;
	struct ndx_buf path;
	enum ndx_status status;

	ndx_buf_init(&path, writer->env->mem);
	ndx_segment_path(writer->dir, number, &path);
	if (ndx_buf_failed(&path)) {
		ndx_buf_free(&path);
		return ndx_fail_nomem(err);
	}
	status = ndx_new_file_begin(&file, writer->env, (const char *)path.data, err);
	if (status == NDX_OK) {
		const struct ndx_merge_options options = { writer->options.jobs,
			                                   writer->options.memory_size };

		status = ndx_merge(&writer->spool_env, input, count, number, &options,
		                   ndx_new_file_sink(&file), &facts, &entry.checksum, err);
		if (status == NDX_OK)
			status = ndx_new_file_end(&file, &entry.size, err);
		else
			ndx_new_file_abandon(&file);
	}
	ndx_buf_free(&path);
	if (status != NDX_OK)
		return status;
	entry.article_count = facts.article_count;
	entry.token_count = facts.token_count;
	*entry_ret = entry;
	return NDX_OK;
}

static struct ndx_merge_input
batch_input(const struct ndx_batch *batch)
{
	struct ndx_merge_input input = { &batch->segment, &batch->raw, batch->dead,
		                         batch->segment.article_count - batch->dead_count,
		                         batch->segment.token_count };

	for (uint32_t docid = 0; docid < batch->segment.article_count; docid++)
		if (batch->dead[docid])
			input.live_token_count -= batch->length[docid];
	return input;
}

/* Write the live articles of all batches as one segment; nothing is written if there are none. */
static enum ndx_status
flush(struct ndx_writer *writer, struct ndx_manifest *manifest, struct ndx_err *err)
{
	struct ndx_merge_input *input =
		ndx_alloc(writer->env->mem, writer->batch_count * sizeof(*input));
	struct ndx_manifest_segment entry;
	size_t count = 0;
	enum ndx_status status = NDX_OK;

	if (input == NULL)
		return ndx_fail_nomem(err);
	for (size_t i = 0; i < writer->batch_count; i++)
		if (writer->batch[i]->dead_count < writer->batch[i]->segment.article_count)
			input[count++] = batch_input(writer->batch[i]);
	if (count > 0 && manifest->segment_count >= NDX_SEGMENTS_MAX)
		status = ndx_fail(err, NDX_E_LIMIT, "'%s' has %d segments: merge them first",
		                  writer->dir, NDX_SEGMENTS_MAX);
	else if (count > 0)
		status = ndx_writer_write_segment(writer, input, count, manifest->next_number,
		                                  &entry, err);
	if (status == NDX_OK && count > 0) {
		manifest->segment[manifest->segment_count++] = entry;
		manifest->next_number++;
		manifest->bytes_written += entry.size;
		manifest->bytes_flushed += entry.size;
	}
	ndx_free(writer->env->mem, input);
	return status;
}

/* Write the tombstones of one segment and enter them into its entry. */
static enum ndx_status
bury(struct ndx_writer *writer, const struct ndx_open_segment *segment,
     struct ndx_manifest *manifest, struct ndx_manifest_segment *entry, struct ndx_err *err)
{
	struct ndx_buf bytes, path;
	uint64_t token_count;
	uint32_t number = manifest->next_number++;
	enum ndx_status status;

	ndx_buf_init(&bytes, writer->env->mem);
	ndx_buf_init(&path, writer->env->mem);
	ndx_tombstones_path(writer->dir, entry->number, number, &path);
	status = ndx_corrections_encode(writer->env, ndx_writer_language(writer), &segment->segment,
	                                segment->dead, &bytes, &entry->deleted_count, &token_count,
	                                err);
	if (status == NDX_OK && ndx_buf_failed(&path))
		status = ndx_fail_nomem(err);
	if (status == NDX_OK)
		status = ndx_new_file_write(writer->env, (const char *)path.data, bytes.data,
		                            bytes.size, err);
	if (status == NDX_OK) {
		entry->tombstones = number;
		entry->tombstones_size = bytes.size;
		entry->tombstones_checksum = ndx_checksum(bytes.data, bytes.size);
		entry->token_count = segment->segment.token_count - token_count;
		manifest->bytes_written += bytes.size;
	}
	ndx_buf_free(&bytes);
	ndx_buf_free(&path);
	return status;
}

static uint32_t
deleted_count(const struct ndx_open_segment *segment)
{
	const struct ndx_tombstones *tombstones = segment->segment.tombstones;

	return segment->dead_count + (tombstones == NULL ? 0 : tombstones->count);
}

/* New tombstones for all segments that need them; a segment without live articles goes. */
static enum ndx_status
bury_all(struct ndx_writer *writer, struct ndx_manifest *manifest, struct ndx_err *err)
{
	size_t kept = 0;

	for (size_t i = 0; i < writer->segment_count; i++) {
		struct ndx_open_segment *segment = writer->segment[i];
		struct ndx_manifest_segment entry = manifest->segment[i];
		enum ndx_status status = NDX_OK;

		if (deleted_count(segment) == segment->segment.article_count)
			continue;
		if (segment->dead_count > 0)
			status = bury(writer, segment, manifest, &entry, err);
		if (status != NDX_OK)
			return status;
		manifest->segment[kept++] = entry;
	}
	manifest->segment_count = kept;
	return NDX_OK;
}

static enum ndx_status
write_sources(struct ndx_writer *writer, struct ndx_manifest *manifest, struct ndx_err *err)
{
	struct ndx_buf path;
	uint32_t number = manifest->next_number++;
	enum ndx_status status;

	ndx_buf_init(&path, writer->env->mem);
	ndx_sources_path(writer->dir, number, &path);
	if (ndx_buf_failed(&path))
		status = ndx_fail_nomem(err);
	else
		status = ndx_new_file_write(writer->env, (const char *)path.data,
		                            writer->sources.data, writer->sources.size, err);
	ndx_buf_free(&path);
	if (status == NDX_OK) {
		manifest->sources = number;
		manifest->sources_size = writer->sources.size;
		manifest->sources_checksum =
			ndx_checksum(writer->sources.data, writer->sources.size);
	}
	return status;
}

/* A copy of the last manifest with room for one more segment. */
static enum ndx_status
copy_manifest(const struct ndx_writer *writer, struct ndx_manifest *copy_ret, struct ndx_err *err)
{
	const struct ndx_manifest *from = &writer->commit.manifest;
	struct ndx_manifest copy = *from;

	copy.segment =
		ndx_alloc(writer->env->mem, (from->segment_count + 1) * sizeof(*copy.segment));
	if (copy.segment == NULL)
		return ndx_fail_nomem(err);
	if (from->segment_count > 0)
		memcpy(copy.segment, from->segment, from->segment_count * sizeof(*copy.segment));
	*copy_ret = copy;
	return NDX_OK;
}

/* After a commit: open what it lists anew, and forget what was pending. */
static enum ndx_status
refresh(struct ndx_writer *writer, struct ndx_err *err)
{
	for (size_t i = 0; i < writer->batch_count; i++)
		ndx_batch_free(writer->batch[i]);
	writer->batch_count = 0;
	writer->batch_size = 0;
	ndx_pending_ids_clear(writer->pending);
	writer->has_sources = false;
	ndx_buf_clear(&writer->sources);
	return ndx_writer_reopen(writer, err);
}

static bool
has_changes(const struct ndx_writer *writer)
{
	bool changes = writer->has_sources;

	for (size_t i = 0; i < writer->batch_count; i++)
		changes |= writer->batch[i]->dead_count < writer->batch[i]->segment.article_count;
	for (size_t i = 0; i < writer->segment_count; i++)
		changes |= writer->segment[i]->dead_count > 0;
	return changes;
}

/* Everything pending as one commit. */
static enum ndx_status
commit_pending(struct ndx_writer *writer, struct ndx_err *err)
{
	struct ndx_manifest manifest;
	enum ndx_status status;

	if (!has_changes(writer))
		return NDX_OK;
	status = copy_manifest(writer, &manifest, err);
	if (status != NDX_OK)
		return status;
	status = bury_all(writer, &manifest, err);
	if (status == NDX_OK)
		status = flush(writer, &manifest, err);
	if (status == NDX_OK && writer->has_sources)
		status = write_sources(writer, &manifest, err);
	if (status == NDX_OK)
		status = ndx_commit_publish(&writer->commit, &manifest, err);
	ndx_manifest_free(writer->env, &manifest);
	if (status != NDX_OK) {
		ndx_commit_sweep(&writer->commit); /* new files that no commit lists */
		return status;
	}
	return refresh(writer, err);
}

enum ndx_status
ndx_writer_commit(struct ndx_writer *writer, struct ndx_err *err)
{
	enum ndx_status status;

	if (writer->failed)
		return ndx_fail(err, NDX_E_IO, "an earlier failure ended writing to '%s'",
		                writer->dir);
	status = ndx_writer_end_batch(writer, err);
	if (status == NDX_OK)
		status = commit_pending(writer, err);
	if (status == NDX_OK && !writer->options.no_auto_merge)
		status = ndx_writer_merge_tiers(writer, err);
	writer->failed |= status != NDX_OK;
	return status;
}
