/*
 * sync.c - see sync.h
 *
 *   walk -> unchanged? -> report what was rejected when it was read      (sync_visit.c)
 *        -> pipeline   -> batches to the writer, ids to the file's state (sync_take.c)
 *
 * SPDX-License-Identifier: MIT
 */
#include "indexer/sync.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/sync_run.h"

static bool
is_stdin(const char *source)
{
	return strcmp(source, "-") == 0;
}

enum ndx_status
ndx_sync_check_sources(const struct ndx_sync_options *options, struct ndx_err *err)
{
	size_t stdin_count = 0;
	struct stat st;

	for (size_t i = 0; i < options->source_count; i++) {
		const char *source = options->source[i];

		if (is_stdin(source)) {
			if (++stdin_count > 1)
				return ndx_fail(err, NDX_E_INPUT,
				                "standard input can be read only once");
			if (options->prune)
				return ndx_fail(err, NDX_E_INPUT,
				                "--prune does not go with '-': it names no files");
		} else if (stat(source, &st) == -1) {
			return ndx_fail_os(err, "cannot open '%s'", source);
		}
	}
	return NDX_OK;
}

/*
 * The absolute path of each SOURCE.  A symbolic link to a directory counts as that directory; one
 * to a file keeps its name, as it would in a directory.
 */
static enum ndx_status
find_canons(struct ndx_sync *sync, struct ndx_err *err)
{
	const struct ndx_mem *mem = sync->env->mem;
	const size_t count = sync->options->source_count;

	sync->canon = ndx_alloc_zero(mem, count, sizeof(*sync->canon));
	if (sync->canon == NULL)
		return ndx_fail_nomem(err);
	for (size_t i = 0; i < count; i++) {
		const char *source = sync->options->source[i], *slash = strrchr(source, '/');
		char path[PATH_MAX], canon[PATH_MAX], line[2 * PATH_MAX];
		struct stat st;

		if (is_stdin(source))
			continue;
		if (stat(source, &st) == -1)
			return ndx_fail_os(err, "cannot open '%s'", source);
		if (S_ISDIR(st.st_mode))
			snprintf(path, sizeof(path), "%s", source);
		else if (slash == NULL)
			snprintf(path, sizeof(path), ".");
		else
			snprintf(path, sizeof(path), "%.*s", (int)(slash - source + 1), source);
		if (realpath(path, canon) == NULL)
			return ndx_fail_os(err, "cannot open '%s'", source);
		if (S_ISDIR(st.st_mode))
			snprintf(line, sizeof(line), "%s", canon);
		else
			snprintf(line, sizeof(line), "%s%s%s", canon,
			         strcmp(canon, "/") == 0 ? "" : "/",
			         slash == NULL ? source : slash + 1);
		sync->canon[i] = ndx_alloc(mem, strlen(line) + 1);
		if (sync->canon[i] == NULL)
			return ndx_fail_nomem(err);
		memcpy(sync->canon[i], line, strlen(line) + 1);
	}
	return NDX_OK;
}

static enum ndx_status
read_stdin(struct ndx_sync *sync, struct ndx_err *err)
{
	const struct ndx_file file = { .path = "-", .id = "-", .source = "-" };
	struct ndx_sync_file *reading = ndx_sync_new_file(sync, "", &file, NULL);

	if (reading == NULL)
		return ndx_fail_nomem(err);
	return ndx_pipeline_read(
		sync->pipeline, &reading->file,
		sync->options->format != NULL ? sync->options->format : &ndx_format_jsonl, err);
}

static enum ndx_status
read_source(struct ndx_sync *sync, struct ndx_err *err)
{
	const char *source = sync->options->source[sync->source];
	enum ndx_status status;

	if (is_stdin(source))
		return read_stdin(sync, err);
	status = ndx_walk(sync->env, source, ndx_sync_visit, sync, err);
	return sync->ended ? NDX_OK : status;
}

static enum ndx_status
prune(struct ndx_sync *sync, struct ndx_err *err)
{
	size_t file_count = 0;
	enum ndx_status status;

	if (sync->dir_unreadable) /* it has been reported; what lies in it may well be there */
		return NDX_OK;
	status = ndx_sources_prune(sync->sources, (const char *const *)sync->canon,
	                           sync->options->source_count, ndx_sync_delete, sync, &file_count,
	                           err);
	sync->counts.gone_files = file_count;
	return status;
}

static enum ndx_status
run(struct ndx_sync *sync, struct ndx_err *err)
{
	const struct ndx_sync_options *options = sync->options;
	enum ndx_status status = NDX_OK;

	for (; sync->source < options->source_count && status == NDX_OK; sync->source++)
		if (!ndx_sync_is_stopped(sync))
			status = read_source(sync, err);
	if (status == NDX_OK)
		status = ndx_pipeline_finish(sync->pipeline, err);
	if (status == NDX_OK && ndx_sync_is_stopped(sync))
		status = ndx_sync_end_stopped(sync, err);
	else if (status == NDX_OK && options->prune)
		status = prune(sync, err);
	return status == NDX_OK ? ndx_sync_commit(sync, err) : status;
}

static enum ndx_status
begin(struct ndx_sync *sync, struct ndx_err *err)
{
	const struct ndx_pipeline_options options = {
		.language = sync->writer == NULL ? NULL : ndx_writer_language(sync->writer),
		.article_size_max = sync->options->article_size_max,
		.jobs = sync->options->jobs,
		.unit_size = sync->options->unit_size,
		.vocabulary_size = sync->options->vocabulary_size,
		.describe = sync->writer == NULL,
		.stop = sync->options->stop,
	};
	struct ndx_pipeline_handler handler = ndx_sync_handler;
	enum ndx_status status = find_canons(sync, err);

	handler.ctx = sync;
	if (status == NDX_OK)
		status = ndx_sync_load_state(sync, err);
	if (status == NDX_OK)
		status = ndx_pipeline_new(sync->env, &options, &handler, &sync->pipeline, err);
	return status;
}

static void
end(struct ndx_sync *sync)
{
	ndx_pipeline_free(sync->pipeline); /* first: files on their way are its */
	while (sync->file != NULL)
		ndx_sync_forget_file(sync, sync->file);
	ndx_sources_free(sync->sources);
	ndx_source_draft_free(&sync->draft);
	ndx_lost_free(&sync->lost);
	ndx_twins_free(&sync->twins);
	ndx_buf_free(&sync->key);
	for (size_t i = 0; sync->canon != NULL && i < sync->options->source_count; i++)
		ndx_free(sync->env->mem, sync->canon[i]);
	ndx_free(sync->env->mem, sync->canon);
}

enum ndx_status
ndx_sync(const struct ndx_env *env, const char *dir, struct ndx_writer *writer,
         const struct ndx_sync_options *options, const struct ndx_sync_reporter *reporter,
         struct ndx_sync_counts *counts_ret, struct ndx_err *err)
{
	struct ndx_sync sync = { .env = env,
		                 .dir = dir,
		                 .writer = writer,
		                 .options = options,
		                 .reporter = reporter,
		                 .state_env = writer == NULL ? env : ndx_writer_spool_env(writer) };
	enum ndx_status status;

	ndx_source_draft_init(&sync.draft, sync.state_env->mem);
	ndx_lost_init(&sync.lost, sync.state_env->mem);
	sync.twins.mem = sync.state_env->mem;
	ndx_buf_init(&sync.key, env->mem);
	status = ndx_sync_check_sources(options, err);
	if (status == NDX_OK)
		status = begin(&sync, err);
	if (status == NDX_OK)
		status = run(&sync, err);
	end(&sync);
	*counts_ret = sync.counts;
	return status;
}
