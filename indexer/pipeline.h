/*
 * pipeline.h - files in, batches of inverted articles out, on as many threads as wanted
 *
 *   ndx_pipeline_new() -> ndx_pipeline_read() per file -> ndx_pipeline_finish() -> _free()
 *
 * Input is cut into units of whole articles.  What a unit holds depends on the input
 * alone, a unit makes one batch, and units are handed over in the order of the input: so
 * the result is the same for any number of threads.
 *
 * Threads: all calls from one thread, which is also the one that the handler is called on.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_INDEXER_PIPELINE_H
#define NDX_INDEXER_PIPELINE_H

#include <signal.h>

#include "corpus/input.h"
#include "indexer/batch.h"

/* A file to be read; it and its strings must live until its end has been handed over. */
struct ndx_pipeline_file {
	const char *path; /* "-": standard input */
	const char *id;   /* as in struct ndx_file */
	const char *twin; /* NULL, or the file of the same id below another SOURCE, which keeps that
	                     id */
	void *tag;        /* the caller's */
};

enum ndx_pipeline_kind {
	NDX_PIPELINE_ARTICLE,
	NDX_PIPELINE_REJECT, /* an article, or the whole file, was left out */
	NDX_PIPELINE_TWIN,   /* the same, because of the file's twin */
	NDX_PIPELINE_SKIP,   /* the file is plainly no article */
	NDX_PIPELINE_UNREAD, /* the system did not let the file be read, or not to its end */
	NDX_PIPELINE_END,    /* all of the file has been handed over */
};

/* Strings live until the handler returns. */
struct ndx_pipeline_event {
	enum ndx_pipeline_kind kind;
	const struct ndx_pipeline_file *file;
	/* The id of the article, or the reason; NUL-terminated.  Of UNREAD it is empty if a REJECT
	 * has said it. */
	struct ndx_str text;
	struct ndx_str about; /* of an article, if 'describe': "FORMAT<tab>DATE<tab>ID<tab>TITLE" */
	uint64_t article_size; /* bytes of title and text */
};

/* Called for one unit after the other, in this order; a status other than NDX_OK ends the run. */
struct ndx_pipeline_handler {
	/* Takes the batch over, also on failure.  Not called for a unit without articles. */
	enum ndx_status (*batch)(void *ctx, struct ndx_batch *batch, struct ndx_err *err);
	/* What happened in the unit, in the order of the input. */
	enum ndx_status (*event)(void *ctx, const struct ndx_pipeline_event *event,
	                         struct ndx_err *err);
	/* 'input_size': bytes of the unit's input, gzip undone. */
	enum ndx_status (*unit_end)(void *ctx, uint64_t input_size, struct ndx_err *err);
	void *ctx;
};

/*
 * 4 MiB of news are about 2,000 articles, enough for the fixed costs of a batch to vanish; what is
 * in flight takes several times as much.
 */
#define NDX_UNIT_SIZE_DEFAULT ((size_t)4 << 20)

struct ndx_pipeline_options {
	const char *language;    /* of the index */
	size_t unit_size;        /* bytes of input in a unit, about; 0: the default */
	size_t vocabulary_size;  /* see ndx_inverter_limit(); 0: the default */
	size_t article_size_max; /* --max-article */
	unsigned jobs;           /* threads that parse and invert; 1: the caller's own, no other */
	bool describe;           /* only read and describe articles: there are no batches */
	/* Not 0: read no further.  May be set by a signal handler; NULL: never. */
	const volatile sig_atomic_t *stop;
};

struct ndx_pipeline;

enum ndx_status ndx_pipeline_new(const struct ndx_env *env,
                                 const struct ndx_pipeline_options *options,
                                 const struct ndx_pipeline_handler *handler,
                                 struct ndx_pipeline **pipeline_ret, struct ndx_err *err);
/* Ends the threads; what has not been handed over is lost.  Takes NULL. */
void ndx_pipeline_free(struct ndx_pipeline *pipeline);

/*
 * Read one file, in 'format' (NULL: by content).  If 'stop' says so, the rest of it is left, and
 * it gets no NDX_PIPELINE_END.
 */
enum ndx_status ndx_pipeline_read(struct ndx_pipeline *pipeline,
                                  const struct ndx_pipeline_file *file,
                                  const struct ndx_format *format, struct ndx_err *err);
/* Say in its place in the order that the file was left out unread. */
enum ndx_status ndx_pipeline_reject(struct ndx_pipeline *pipeline,
                                    const struct ndx_pipeline_file *file, const char *reason,
                                    struct ndx_err *err);

/* Hand over all that has been read. */
enum ndx_status ndx_pipeline_finish(struct ndx_pipeline *pipeline, struct ndx_err *err);

#endif
