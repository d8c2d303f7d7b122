/*
 * batch.h - a few megabytes of articles, inverted in memory
 *
 * A batch is filled by one thread, with no knowledge of the index; then the writer
 * takes it.  A batch looks like a small segment, so that turning batches into
 * a segment on disk is the same work as merging segments; but its postings are still raw, and its
 * segment has no terms.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_INDEXER_BATCH_H
#define NDX_INDEXER_BATCH_H

#include "common/segment.h"
#include "common/stem.h"
#include "corpus/article.h"
#include "indexer/raw_lists.h"

struct ndx_batch {
	const struct ndx_env *env;
	struct ndx_buf data; /* the bytes of the segment, ... */
	void *map;           /* ... unless they are in a file, mapped; else NULL */
	size_t map_size;
	struct ndx_segment segment; /* opened over them; its docids are in date order */
	struct ndx_raw_lists raw;   /* the postings */
	uint64_t *length;           /* by docid: positions of the article */
	uint32_t *order;            /* order[i] = docid of the i-th article added */
	uint8_t *dead;              /* by docid: 1 = replaced or deleted since */
	uint32_t dead_count;
};
void ndx_batch_free(struct ndx_batch *batch); /* takes NULL */

/* If it is large, keep the segment in a file in 'dir' instead of in memory, where that can be
 * done. */
enum ndx_status ndx_batch_spool(struct ndx_batch *batch, const char *dir, struct ndx_err *err);
/* Bytes that it takes in memory. */
size_t ndx_batch_size(const struct ndx_batch *batch);

/* What is kept between batches by a thread that fills them: stemmer, caches, buffers. */
struct ndx_inverter;

enum ndx_status ndx_inverter_new(const struct ndx_env *env, const char *language,
                                 struct ndx_inverter **inverter_ret, struct ndx_err *err);
void ndx_inverter_free(struct ndx_inverter *inverter);
/* Words that are known from batch to batch may take so many bytes, about (48 MB). */
void ndx_inverter_limit(struct ndx_inverter *inverter, size_t vocabulary_size_max);

/* Invert one article; copies all it needs.  Articles with the same id may follow each other. */
enum ndx_status ndx_inverter_add(struct ndx_inverter *inverter, const struct ndx_article *article,
                                 struct ndx_err *err);
uint32_t
ndx_inverter_count(const struct ndx_inverter *inverter); /* articles since the last finish */
uint64_t ndx_inverter_text_size(const struct ndx_inverter *inverter); /* bytes of text of them */

/* The articles added since the last call as a batch; the inverter is then empty again. */
enum ndx_status ndx_inverter_finish(struct ndx_inverter *inverter, struct ndx_batch **batch_ret,
                                    struct ndx_err *err);

#endif
