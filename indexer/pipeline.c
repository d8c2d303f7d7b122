/*
 * pipeline.c - see pipeline.h
 *
 *            .-> worker -.
 *   filling -+-> worker -+-> hand over          units[], used as a ring
 *            '-> worker -'
 *
 *   handed <= taken <= filled <= handed + jobs + 1
 *
 * The three numbers count units since the start; unit n is units[n % unit_count].  Units
 * handed..taken are being worked on or done, taken..filled wait for a worker, and
 * unit 'filled' is being filled.  With one job there is no thread and one unit.
 *
 * SPDX-License-Identifier: MIT
 */
#include "indexer/pipeline.h"

#include <assert.h>
#include <pthread.h>
#include <string.h>

#include "indexer/unit.h"

struct ndx_pipeline {
	const struct ndx_env *env;
	struct ndx_pipeline_options options;
	struct ndx_pipeline_handler handler;
	struct ndx_buf scratch; /* the next chunk */

	struct ndx_unit *unit;
	size_t unit_count;
	uint64_t handed, filled; /* changed by the calling thread alone, 'filled' under the lock */

	struct ndx_inverter *inverter; /* with one job */
	struct worker *worker;
	size_t worker_count; /* threads that have been started */
	pthread_mutex_t lock;
	pthread_cond_t to_do, done;
	uint64_t taken; /* under the lock, as unit->done and: */
	bool quit;
};

struct worker {
	struct ndx_pipeline *pipeline;
	struct ndx_inverter *inverter;
	pthread_t thread;
};

static struct ndx_unit *
unit_at(const struct ndx_pipeline *pipeline, uint64_t number)
{
	return &pipeline->unit[number % pipeline->unit_count];
}

/* The next unit for a worker; NULL: no more will come. */
static struct ndx_unit *
take_unit(struct ndx_pipeline *pipeline)
{
	struct ndx_unit *unit = NULL;

	pthread_mutex_lock(&pipeline->lock);
	while (pipeline->taken == pipeline->filled && !pipeline->quit)
		pthread_cond_wait(&pipeline->to_do, &pipeline->lock);
	if (!pipeline->quit)
		unit = unit_at(pipeline, pipeline->taken++);
	pthread_mutex_unlock(&pipeline->lock);
	return unit;
}

static void *
work(void *arg)
{
	const struct worker *worker = arg;
	struct ndx_pipeline *pipeline = worker->pipeline;
	struct ndx_unit *unit;

	while ((unit = take_unit(pipeline)) != NULL) {
		ndx_unit_work(unit, worker->inverter, pipeline->options.article_size_max);
		pthread_mutex_lock(&pipeline->lock);
		unit->done = true;
		pthread_cond_signal(&pipeline->done);
		pthread_mutex_unlock(&pipeline->lock);
	}
	return NULL;
}

static enum ndx_status
new_inverter(struct ndx_pipeline *pipeline, struct ndx_inverter **inverter_ret, struct ndx_err *err)
{
	enum ndx_status status;

	if (pipeline->options.describe)
		return NDX_OK;
	status = ndx_inverter_new(pipeline->env, pipeline->options.language, inverter_ret, err);
	if (status == NDX_OK && pipeline->options.vocabulary_size > 0)
		ndx_inverter_limit(*inverter_ret, pipeline->options.vocabulary_size);
	return status;
}

/* Signals are for the thread that reads: one that comes must interrupt its system call. */
static enum ndx_status
start_workers(struct ndx_pipeline *pipeline, struct ndx_err *err)
{
	enum ndx_status status = NDX_OK;
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	for (size_t i = 0; i < pipeline->options.jobs && status == NDX_OK; i++) {
		struct worker *worker = &pipeline->worker[i];
		int os_error;

		worker->pipeline = pipeline;
		status = new_inverter(pipeline, &worker->inverter, err);
		if (status != NDX_OK)
			break;
		os_error = pthread_create(&worker->thread, NULL, work, worker);
		if (os_error == 0) {
			pipeline->worker_count++;
			continue;
		}
		ndx_inverter_free(worker->inverter);
		worker->inverter = NULL;
		if (i == 0) /* fewer threads than wanted are slower, but do */
			status = ndx_fail(err, NDX_E_IO, "cannot start a thread: %s",
			                  strerror(os_error));
		break;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return status;
}

enum ndx_status
ndx_pipeline_new(const struct ndx_env *env, const struct ndx_pipeline_options *options,
                 const struct ndx_pipeline_handler *handler, struct ndx_pipeline **pipeline_ret,
                 struct ndx_err *err)
{
	struct ndx_pipeline *pipeline = ndx_alloc_zero(env->mem, 1, sizeof(*pipeline));
	const bool threads = options->jobs > 1;
	enum ndx_status status;

	if (pipeline == NULL)
		return ndx_fail_nomem(err);
	pipeline->env = env;
	pipeline->options = *options;
	if (options->unit_size == 0)
		pipeline->options.unit_size = NDX_UNIT_SIZE_DEFAULT;
	pipeline->handler = *handler;
	ndx_buf_init(&pipeline->scratch, env->mem);
	pthread_mutex_init(&pipeline->lock, NULL);
	pthread_cond_init(&pipeline->to_do, NULL);
	pthread_cond_init(&pipeline->done, NULL);
	pipeline->unit_count = threads ? (size_t)options->jobs + 2 : 1;
	pipeline->unit = ndx_alloc_zero(env->mem, pipeline->unit_count, sizeof(*pipeline->unit));
	for (size_t i = 0; pipeline->unit != NULL && i < pipeline->unit_count; i++)
		ndx_unit_init(&pipeline->unit[i], env);
	if (threads)
		pipeline->worker =
			ndx_alloc_zero(env->mem, options->jobs, sizeof(*pipeline->worker));
	if (pipeline->unit == NULL || (threads && pipeline->worker == NULL)) {
		ndx_pipeline_free(pipeline);
		return ndx_fail_nomem(err);
	}
	status = threads ? start_workers(pipeline, err)
	                 : new_inverter(pipeline, &pipeline->inverter, err);
	if (status != NDX_OK)
		ndx_pipeline_free(pipeline);
	else
		*pipeline_ret = pipeline;
	return status;
}

void
ndx_pipeline_free(struct ndx_pipeline *pipeline)
{
	const struct ndx_mem *mem;

	if (pipeline == NULL)
		return;
	mem = pipeline->env->mem;
	pthread_mutex_lock(&pipeline->lock);
	pipeline->quit = true;
	pthread_cond_broadcast(&pipeline->to_do);
	pthread_mutex_unlock(&pipeline->lock);
	for (size_t i = 0; i < pipeline->worker_count; i++) {
		pthread_join(pipeline->worker[i].thread, NULL);
		ndx_inverter_free(pipeline->worker[i].inverter);
	}
	for (size_t i = 0; pipeline->unit != NULL && i < pipeline->unit_count; i++)
		ndx_unit_free(&pipeline->unit[i]);
	pthread_cond_destroy(&pipeline->to_do);
	pthread_cond_destroy(&pipeline->done);
	pthread_mutex_destroy(&pipeline->lock);
	ndx_inverter_free(pipeline->inverter);
	ndx_buf_free(&pipeline->scratch);
	ndx_free(mem, pipeline->worker);
	ndx_free(mem, pipeline->unit);
	ndx_free(mem, pipeline);
}

static bool
is_done(struct ndx_pipeline *pipeline, struct ndx_unit *unit, bool wait)
{
	bool done;

	pthread_mutex_lock(&pipeline->lock);
	while (wait && !unit->done)
		pthread_cond_wait(&pipeline->done, &pipeline->lock);
	done = unit->done;
	pthread_mutex_unlock(&pipeline->lock);
	return done;
}

/* Hand over what is done, and wait until no more than 'left' units are on their way. */
static enum ndx_status
hand_over(struct ndx_pipeline *pipeline, uint64_t left, struct ndx_err *err)
{
	enum ndx_status status = NDX_OK;

	while (status == NDX_OK && pipeline->handed < pipeline->filled) {
		struct ndx_unit *unit = unit_at(pipeline, pipeline->handed);

		if (!is_done(pipeline, unit, pipeline->filled - pipeline->handed > left))
			break;
		status = ndx_unit_hand_over(unit, &pipeline->handler, err);
		pipeline->handed++;
	}
	return status;
}

/* The unit that is being filled is full: on with it, and find an empty one. */
static enum ndx_status
submit(struct ndx_pipeline *pipeline, struct ndx_err *err)
{
	struct ndx_unit *unit = unit_at(pipeline, pipeline->filled);

	if (unit->part_count == 0)
		return NDX_OK;
	if (pipeline->worker_count == 0) {
		ndx_unit_work(unit, pipeline->inverter, pipeline->options.article_size_max);
		return ndx_unit_hand_over(unit, &pipeline->handler, err);
	}
	pthread_mutex_lock(&pipeline->lock);
	pipeline->filled++;
	pthread_cond_signal(&pipeline->to_do);
	pthread_mutex_unlock(&pipeline->lock);
	return hand_over(pipeline, pipeline->unit_count - 1, err);
}

/* Submit the unit if 'size' more bytes are too many for it. */
static enum ndx_status
make_room(struct ndx_pipeline *pipeline, size_t size, struct ndx_err *err)
{
	const struct ndx_unit *unit = unit_at(pipeline, pipeline->filled);

	if (unit->data.size + size > pipeline->options.unit_size ||
	    unit->file_count >= NDX_UNIT_FILES_MAX)
		return submit(pipeline, err);
	return NDX_OK;
}

/* Add to the unit that is being filled what is to be said of a file. */
static enum ndx_status
say(struct ndx_pipeline *pipeline, const struct ndx_pipeline_file *file,
    enum ndx_pipeline_kind kind, const char *reason, struct ndx_err *err)
{
	return ndx_unit_say(unit_at(pipeline, pipeline->filled), file, kind, reason, err);
}

/* The sink's context for what the input itself has to reject. */
struct reading {
	struct ndx_pipeline *pipeline;
	const struct ndx_pipeline_file *file;
};

static enum ndx_status
reject_record(void *ctx, const struct ndx_chunk *chunk, const char *reason, struct ndx_err *err)
{
	const struct reading *reading = ctx;

	(void)chunk;
	return say(reading->pipeline, reading->file, NDX_PIPELINE_REJECT, reason, err);
}

static bool
is_stopped(const struct ndx_pipeline *pipeline)
{
	return pipeline->options.stop != NULL && *pipeline->options.stop != 0;
}

/* All chunks of one file into units; *whole_ret says whether it was read to its end. */
static enum ndx_status
read_chunks(struct ndx_pipeline *pipeline, const struct ndx_pipeline_file *file,
            struct ndx_input *input, bool *whole_ret, struct ndx_err *err)
{
	struct reading reading = { pipeline, file };
	const struct ndx_sink sink = { NULL, reject_record, &reading };
	const struct ndx_format *format = ndx_input_format(input);
	struct ndx_chunk chunk;
	enum ndx_status status;

	for (;;) {
		status = ndx_input_next(input, &sink, &pipeline->scratch, &chunk, err);
		if (status != NDX_OK || is_stopped(pipeline))
			return status;
		if (chunk.size == 0) {
			*whole_ret = true;
			return NDX_OK;
		}
		status = make_room(pipeline, chunk.size, err);
		if (status == NDX_OK)
			status = ndx_unit_add_chunk(unit_at(pipeline, pipeline->filled), file,
			                            format, &chunk, &pipeline->scratch, err);
		if (status != NDX_OK)
			return status;
	}
}

static bool
is_stdin(const struct ndx_pipeline_file *file)
{
	return strcmp(file->path, "-") == 0;
}

enum ndx_status
ndx_pipeline_read(struct ndx_pipeline *pipeline, const struct ndx_pipeline_file *file,
                  const struct ndx_format *format, struct ndx_err *err)
{
	const struct ndx_input_options options = {
		.format = format,
		.chunk_size = pipeline->options.unit_size,
		.article_size_max = pipeline->options.article_size_max,
	};
	struct ndx_input *input = NULL;
	bool not_article = false, whole = false;
	struct ndx_err reason = { 0 };
	enum ndx_status status;

	status = make_room(pipeline, 0, err);
	if (status != NDX_OK)
		return status;
	status = ndx_input_open(pipeline->env, file->path, file->id, &options, &input, &not_article,
	                        &reason);
	if (is_stopped(pipeline)) {
		if (status == NDX_OK)
			ndx_input_close(input);
		return NDX_OK;
	}
	if (status == NDX_E_INPUT || (status == NDX_E_IO && !is_stdin(file))) {
		status = say(pipeline, file,
		             status == NDX_E_IO ? NDX_PIPELINE_UNREAD
		             : not_article      ? NDX_PIPELINE_SKIP
		                                : NDX_PIPELINE_REJECT,
		             reason.msg, err);
		whole = true;
	} else if (status != NDX_OK) {
		return ndx_fail(err, status, "%s%s", is_stdin(file) ? "standard input " : "",
		                reason.msg);
	} else {
		status = read_chunks(pipeline, file, input, &whole, err);
		if (status == NDX_OK && whole && ndx_input_is_unread(input))
			status = is_stdin(file) ? ndx_fail(err, NDX_E_IO,
			                                   "standard input cannot be read on")
			                        : say(pipeline, file, NDX_PIPELINE_UNREAD, "", err);
		ndx_input_close(input);
	}
	if (status == NDX_OK && whole)
		status = say(pipeline, file, NDX_PIPELINE_END, "", err);
	return status;
}

enum ndx_status
ndx_pipeline_reject(struct ndx_pipeline *pipeline, const struct ndx_pipeline_file *file,
                    const char *reason, struct ndx_err *err)
{
	enum ndx_status status = make_room(pipeline, 0, err);

	if (status == NDX_OK)
		status = say(pipeline, file, NDX_PIPELINE_REJECT, reason, err);
	if (status == NDX_OK)
		status = say(pipeline, file, NDX_PIPELINE_END, "", err);
	return status;
}

enum ndx_status
ndx_pipeline_finish(struct ndx_pipeline *pipeline, struct ndx_err *err)
{
	enum ndx_status status = submit(pipeline, err);

	if (status == NDX_OK)
		status = hand_over(pipeline, 0, err);
	assert(status != NDX_OK || pipeline->handed == pipeline->filled);
	return status;
}
