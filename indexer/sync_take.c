/*
 * sync_take.c - what comes out of the pipeline: articles to the index, and what is known of their
 * files
 *
 * A file's new state counts from its end on: a commit before holds articles of a file
 * that will be read again.
 *
 * SPDX-License-Identifier: MIT
 */
#include <errno.h>
#include <time.h>

#include "indexer/sync_run.h"

static int64_t
clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Without a writer: read what the index has, if there is an index. */
static enum ndx_status
read_state(const struct ndx_sync *sync, struct ndx_buf *path, void **data_ret, size_t *size_ret,
           struct ndx_err *err)
{
	struct ndx_manifest manifest;
	enum ndx_status status;
	struct stat st;

	if (stat(sync->dir, &st) == -1 && errno == ENOENT)
		return NDX_OK;
	status = ndx_manifest_read(sync->env, sync->dir, &manifest, err);
	if (status != NDX_OK)
		return status;
	if (manifest.sources != 0) {
		ndx_buf_clear(path);
		ndx_sources_path(sync->dir, manifest.sources, path);
		status = ndx_buf_failed(path)
		                 ? ndx_fail_nomem(err)
		                 : ndx_sources_read(sync->state_env, (const char *)path->data,
		                                    &manifest, data_ret, size_ret, err);
	}
	ndx_manifest_free(sync->env, &manifest);
	return status;
}

enum ndx_status
ndx_sync_load_state(struct ndx_sync *sync, struct ndx_err *err)
{
	struct ndx_buf path;
	void *data = NULL;
	size_t size = 0;
	enum ndx_status status;

	ndx_buf_init(&path, sync->env->mem);
	if (sync->writer != NULL) {
		const struct ndx_manifest *manifest = ndx_writer_manifest(sync->writer);

		sync->generation = manifest->generation;
		ndx_sources_path(sync->dir, manifest->sources, &path);
		status = ndx_writer_get_sources(sync->writer, &data, &size, err);
	} else {
		ndx_buf_add(&path, sync->dir, strlen(sync->dir) + 1);
		status = read_state(sync, &path, &data, &size, err);
	}
	if (status == NDX_OK && ndx_buf_failed(&path)) {
		ndx_free(sync->state_env->mem, data);
		status = ndx_fail_nomem(err);
	}
	if (status == NDX_OK) {
		sync->sources_size = size;
		sync->sources_hash = ndx_checksum(data, size);
		status = ndx_sources_new(sync->state_env, (const char *)path.data, data, size,
		                         &sync->sources, err);
	}
	ndx_buf_free(&path);
	return status;
}

/* Hand the state to the writer, if it is not what the last commit has. */
static enum ndx_status
store_state(struct ndx_sync *sync, struct ndx_err *err)
{
	struct ndx_buf data;
	enum ndx_status status;
	uint64_t hash;

	ndx_buf_init(&data, sync->state_env->mem);
	status = ndx_sources_encode(sync->sources, &data, err);
	if (status == NDX_OK && ndx_buf_failed(&data))
		status = ndx_fail_nomem(err);
	if (status == NDX_OK) {
		hash = ndx_checksum(data.data, data.size);
		/* No file is known and none was: such an index has no state. */
		if ((data.size != sync->sources_size || hash != sync->sources_hash) &&
		    (sync->sources_size > 0 || ndx_sources_count(sync->sources) > 0))
			status = ndx_writer_set_sources(sync->writer, data.data, data.size, err);
		sync->sources_size = data.size;
		sync->sources_hash = hash;
	}
	ndx_buf_free(&data);
	return status;
}

enum ndx_status
ndx_sync_delete(void *ctx, struct ndx_str id, struct ndx_err *err)
{
	struct ndx_sync *sync = ctx;
	enum ndx_status status = NDX_OK;

	if (sync->writer != NULL)
		status = ndx_writer_delete(sync->writer, id, err);
	if (status == NDX_E_NOT_FOUND) /* deleted by hand before */
		return NDX_OK;
	sync->counts.lost += status == NDX_OK;
	return status;
}

enum ndx_status
ndx_sync_commit(struct ndx_sync *sync, struct ndx_err *err)
{
	enum ndx_status status =
		ndx_lost_settle(&sync->lost, sync->sources, ndx_sync_delete, sync, err);

	if (status != NDX_OK || sync->writer == NULL)
		return status;
	status = store_state(sync, err);
	if (status == NDX_OK)
		status = ndx_writer_commit(sync->writer, err);
	if (status == NDX_OK) {
		sync->counts.commits++;
		sync->generation = ndx_writer_manifest(sync->writer)->generation;
		sync->commit_ns = clock_ns();
		sync->commit_articles = sync->counts.articles;
	}
	return status;
}

void
ndx_sync_forget_file(struct ndx_sync *sync, struct ndx_sync_file *reading)
{
	if (reading->next != NULL)
		reading->next->before = reading->before;
	else
		sync->file = reading->before;
	if (reading->before != NULL)
		reading->before->next = reading->next;
	ndx_free(sync->env->mem, reading);
}

/* The file was not read to its end: it counts as changed, with all that it held and holds. */
static enum ndx_status
end_unread(struct ndx_sync *sync, const struct ndx_sync_file *file, struct ndx_err *err)
{
	struct ndx_source_facts facts = file->facts;
	const struct ndx_source_file *old = ndx_sources_find(sync->sources, facts.path);
	struct ndx_source_ids ids;
	struct ndx_str id;

	facts.read_ns = facts.mtime_ns; /* too early to count as settled */
	if (old != NULL) {
		ndx_source_ids_begin(&ids, old);
		while (ndx_source_ids_next(&ids, &id))
			ndx_source_draft_add_id(&sync->draft, id);
	}
	return ndx_sources_put(sync->sources, &facts, &sync->draft, err);
}

/* The file has been read to its end: from now on this is what is known of it. */
static enum ndx_status
end_whole(struct ndx_sync *sync, struct ndx_sync_file *reading, struct ndx_err *err)
{
	struct ndx_source_facts *facts = &reading->facts;
	enum ndx_status status;

	facts->skipped = reading->is_skipped;
	if (reading->has_twin_reject)
		facts->read_ns = facts->mtime_ns;
	status = ndx_lost_file_end(&sync->lost, ndx_sources_find(sync->sources, facts->path), err);
	return status == NDX_OK ? ndx_sources_put(sync->sources, facts,
	                                          facts->skipped ? NULL : &sync->draft, err)
	                        : status;
}

static enum ndx_status
end_file(struct ndx_sync *sync, struct ndx_sync_file *reading, struct ndx_err *err)
{
	enum ndx_status status = NDX_OK;

	if (reading->facts.path.size > 0) /* not standard input */
		status = reading->is_unread ? end_unread(sync, reading, err)
		                            : end_whole(sync, reading, err);
	ndx_source_draft_clear(&sync->draft);
	sync->drafted = NULL;
	ndx_sync_forget_file(sync, reading);
	return status;
}

static enum ndx_status
take_article(struct ndx_sync *sync, const struct ndx_sync_file *reading,
             const struct ndx_pipeline_event *event, struct ndx_err *err)
{
	sync->counts.articles++;
	sync->counts.article_size += event->article_size;
	if (sync->writer == NULL)
		sync->reporter->article(sync->reporter->ctx, event->about);
	if (reading->facts.path.size == 0)
		return NDX_OK;
	ndx_source_draft_add_id(&sync->draft, event->text);
	return ndx_lost_present(&sync->lost, event->text, err);
}

static enum ndx_status
take_event(void *ctx, const struct ndx_pipeline_event *event, struct ndx_err *err)
{
	struct ndx_sync *sync = ctx;
	struct ndx_sync_file *reading = event->file->tag;

	sync->drafted = reading;
	switch (event->kind) {
	case NDX_PIPELINE_ARTICLE:
		return take_article(sync, reading, event, err);
	case NDX_PIPELINE_TWIN:
		reading->has_twin_reject = true;
		/* fall through */
	case NDX_PIPELINE_REJECT:
		sync->counts.rejected++;
		sync->reporter->reject(sync->reporter->ctx, event->file->path, event->text.data);
		if (reading->facts.path.size > 0)
			ndx_source_draft_add_reject(&sync->draft, event->text.data);
		return NDX_OK;
	case NDX_PIPELINE_UNREAD:
		reading->is_unread = true;
		if (event->text.size == 0)
			return NDX_OK;
		sync->counts.rejected++;
		sync->reporter->reject(sync->reporter->ctx, event->file->path, event->text.data);
		return NDX_OK;
	case NDX_PIPELINE_SKIP:
		sync->counts.skipped_files++;
		reading->is_skipped = true;
		return NDX_OK;
	case NDX_PIPELINE_END:
		return end_file(sync, reading, err);
	}
	return NDX_OK;
}

static enum ndx_status
take_batch(void *ctx, struct ndx_batch *batch, struct ndx_err *err)
{
	struct ndx_sync *sync = ctx;

	return ndx_writer_add_batch(sync->writer, batch, err);
}

static enum ndx_status
end_unit(void *ctx, uint64_t input_size, struct ndx_err *err)
{
	struct ndx_sync *sync = ctx;
	const int64_t every_ns = (int64_t)sync->options->commit_every_s * 1000000000;

	sync->counts.input_size += input_size;
	sync->reporter->progress(sync->reporter->ctx, &sync->counts);
	if (sync->writer == NULL)
		return NDX_OK;
	/* Memory was full: the writer has committed the articles, but not yet which files they are
	 * of. */
	if (ndx_writer_manifest(sync->writer)->generation != sync->generation)
		return ndx_sync_commit(sync, err);
	if (every_ns > 0 && clock_ns() - sync->commit_ns >= every_ns)
		return ndx_sync_commit(sync, err);
	if (sync->options->commit_every_articles > 0 &&
	    sync->counts.articles - sync->commit_articles >= sync->options->commit_every_articles)
		return ndx_sync_commit(sync, err);
	return NDX_OK;
}

const struct ndx_pipeline_handler ndx_sync_handler = { take_batch, take_event, end_unit, NULL };

enum ndx_status
ndx_sync_end_stopped(struct ndx_sync *sync, struct ndx_err *err)
{
	const struct ndx_sync_file *file = sync->drafted;

	return file == NULL || file->facts.path.size == 0 ? NDX_OK : end_unread(sync, file, err);
}
