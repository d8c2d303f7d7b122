/*
 * list_part.h - the lists of successive keys, made in memory, on their way to a segment
 *
 * Lists of different terms have nothing to do with each other, so ranges of keys are written side
 * by side, and the parts put one after the other: the segment is the same for any number of
 * threads.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_INDEXER_LIST_PART_H
#define NDX_INDEXER_LIST_PART_H

#include "indexer/termdict_write.h"

struct ndx_forward_maker;
struct ndx_pairs_writer;
struct ndx_postings_writer;

struct ndx_list_part {
	struct ndx_buf bytes;   /* of each list its positions, then its postings */
	struct ndx_buf entries; /* of each term what the dictionary needs */
	struct ndx_buf places;  /* where words stand in headlines, term after term */
	uint64_t gone;          /* bytes that are in the segment already, ... */
	uint64_t base;          /* ... from here on, if there are any */
	/* Called when there is more: puts it, if it is much, as soon as all ranges before are
	 * put. */
	enum ndx_status (*spill)(struct ndx_list_part *part, struct ndx_err *err);
	void *spill_ctx;
	size_t range;
};

void ndx_list_part_init(struct ndx_list_part *part, const struct ndx_mem *mem);
void ndx_list_part_free(struct ndx_list_part *part);

/* Move bytes of a list to the end of the part, and empty the buffer. */
enum ndx_status ndx_list_part_add_bytes(struct ndx_list_part *part, struct ndx_buf *bytes,
                                        struct ndx_err *err);
/* Bytes of the part so far. */
static inline uint64_t
ndx_list_part_size(const struct ndx_list_part *part)
{
	return part->gone + part->bytes.size;
}
/* Note the list of a key, which is inline or at lists->off of the part. */
enum ndx_status ndx_list_part_add(struct ndx_list_part *part, const void *key, size_t key_size,
                                  const struct ndx_term_lists *lists, struct ndx_err *err);

/* Say where the term whose list is added next stands in a headline, and in which forms; NULL: in
 * its only one. */
void ndx_list_part_note(struct ndx_list_part *part, ndx_docid docid, const uint32_t *position,
                        const uint32_t *form, size_t count);

/* Where parts go, and how they are made. */
struct ndx_list_target {
	const struct ndx_mem *mem;
	unsigned jobs;       /* threads that make them */
	size_t part_size;    /* bytes of a part that may wait to be put, about */
	const uint8_t *norm; /* for ndx_postings_writer_init() */
	double length_average;
	struct ndx_segment_writer *segment;
	struct ndx_termdict_writer *dict;
	struct ndx_pairs_writer *pairs;    /* told of every list; NULL: nobody is */
	struct ndx_buf *forms;             /* noted for ndx_forms_write() */
	struct ndx_forward_maker *forward; /* told of headlines */
	uint64_t positions_bytes;          /* of all lists so far, those of forms aside */
	uint64_t forms_bytes;
};

/* Put what the part has, and empty it. */
enum ndx_status ndx_list_part_put(struct ndx_list_part *part, struct ndx_list_target *target,
                                  struct ndx_err *err);

/* What makes lists: all those of a range of keys, the ranges numbered in the order of the keys. */
struct ndx_list_maker {
	size_t range_count;
	/* Called on any thread, for several ranges at a time. */
	enum ndx_status (*make)(void *ctx, size_t range, struct ndx_postings_writer *writer,
	                        struct ndx_err *err);
	void *ctx;
};

/* Make all ranges on the target's threads, and put them; no more than jobs + 2 of them wait. */
enum ndx_status ndx_list_parts_write(const struct ndx_list_maker *maker,
                                     struct ndx_list_target *target, struct ndx_err *err);

#endif
