/*
 * unit.h - a few megabytes of input on their way through the pipeline
 *
 * The reading thread fills a unit with parts; one worker turns it into a batch and a
 * log of events; the reading thread hands both over and empties the unit.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_INDEXER_UNIT_H
#define NDX_INDEXER_UNIT_H

#include "indexer/pipeline.h"

/* A unit is full with unit_size bytes of input (see pipeline.h), or with so many parts. */
#define NDX_UNIT_FILES_MAX ((size_t)2000)

/* A chunk of a file, or something to be said of it in its place (then 'format' is NULL). */
struct ndx_unit_part {
	const struct ndx_pipeline_file *file;
	const struct ndx_format *format;
	enum ndx_pipeline_kind kind; /* of what is to be said */
	size_t off, size; /* of the chunk in unit->data, or of what is to be said in unit->said */
	uint64_t chunk_off, record_first;
};

/* As struct ndx_pipeline_event; offsets are in unit->text. */
struct ndx_unit_event {
	enum ndx_pipeline_kind kind;
	const struct ndx_pipeline_file *file;
	size_t text_off, text_size, about_off, about_size;
	uint64_t article_size;
};

struct ndx_unit {
	const struct ndx_env *env;
	struct ndx_buf data, said; /* the input */
	struct ndx_unit_part *part;
	size_t part_count, part_count_max;
	size_t file_count;
	uint64_t input_size; /* bytes of all chunks */

	struct ndx_batch *batch; /* the result; NULL if there is no article */
	struct ndx_unit_event *event;
	size_t event_count, event_count_max;
	struct ndx_buf text;

	bool done; /* a worker has been through it, with this outcome */
	enum ndx_status status;
	struct ndx_err err;
};

void ndx_unit_init(struct ndx_unit *unit, const struct ndx_env *env);
void ndx_unit_free(struct ndx_unit *unit);
void ndx_unit_clear(struct ndx_unit *unit); /* keeps the memory, unless it is very much */

/* Add a chunk and take its data over: '*data' gets a buffer to be filled again. */
enum ndx_status ndx_unit_add_chunk(struct ndx_unit *unit, const struct ndx_pipeline_file *file,
                                   const struct ndx_format *format, const struct ndx_chunk *chunk,
                                   struct ndx_buf *data, struct ndx_err *err);
enum ndx_status ndx_unit_say(struct ndx_unit *unit, const struct ndx_pipeline_file *file,
                             enum ndx_pipeline_kind kind, const char *reason, struct ndx_err *err);

/*
 * Read and invert all of the unit; with NULL for the inverter only read and describe.  The outcome
 * is in unit->status.
 */
void ndx_unit_work(struct ndx_unit *unit, struct ndx_inverter *inverter, size_t article_size_max);

/* Hand the results to the handler and leave the unit empty. */
enum ndx_status ndx_unit_hand_over(struct ndx_unit *unit,
                                   const struct ndx_pipeline_handler *handler, struct ndx_err *err);

#endif
