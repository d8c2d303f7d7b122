/*
 * postings_write.h - one postings list after the other, into a part of a segment
 *
 * The twin of common/postings.h.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_INDEXER_POSTINGS_WRITE_H
#define NDX_INDEXER_POSTINGS_WRITE_H

#include "common/field.h"
#include "common/impact.h"
#include "indexer/list_part.h"

struct ndx_postings_writer {
	const struct ndx_mem *mem;
	struct ndx_list_part *part; /* where lists go; to be set before the first */
	const uint8_t *norm;        /* by docid, of the segment that is written */
	float table[256];           /* of the default parameters, to choose impacts by */
	enum ndx_field field;
	bool has_positions;

	/* The block that is being filled. */
	ndx_docid docid[NDX_BLOCK_LEN];
	uint32_t tf[NDX_BLOCK_LEN];
	size_t count;
	struct ndx_buf positions; /* uint32_t, of all postings in it */
	struct ndx_buf numbers;   /* the same of their forms, if the term has several */
	uint8_t title_tf_max;

	/* The term's forms, and how often each was met. */
	const struct ndx_str *form;
	size_t form_count;
	uint64_t *form_cf;
	size_t form_cf_max;
	struct ndx_buf form_table;

	/* The list so far. */
	uint32_t df;
	uint64_t cf, title_cf;
	ndx_docid prev;         /* last docid of the block before */
	uint64_t positions_off; /* in the part, where this list's positions begin */
	uint64_t positions_size, numbers_size;
	struct ndx_buf blocks;  /* encoded blocks */
	struct ndx_buf encoded; /* positions of one block, on their way out */
	struct ndx_buf entries; /* struct ndx_list_entry, one per block */
	struct ndx_buf head;
	struct ndx_impacts block_impacts, group_impacts, list_impacts;
	struct ndx_buf tf_norm; /* uint16_t tf << 8 | norm of all postings, for thresholds */
};

void ndx_postings_writer_init(struct ndx_postings_writer *writer, const struct ndx_mem *mem,
                              const uint8_t *norm, double length_average);
void ndx_postings_writer_free(struct ndx_postings_writer *writer);

/* Begin the list of the next key, in byte order, which is of this field. */
void ndx_postings_writer_begin(struct ndx_postings_writer *writer, enum ndx_field field,
                               bool has_positions);
/*
 * Say that the term of a list that has begun has these surface forms, which stay until it ends. Its
 * postings then say which stands where.
 */
enum ndx_status ndx_postings_writer_forms(struct ndx_postings_writer *writer,
                                          const struct ndx_str *form, size_t count,
                                          struct ndx_err *err);
/*
 * Add the next posting, docids rising; position[tf] if the list has positions, and number[tf], each
 * below 'count', if it has several forms; title_tf is how often the term stands in the article's
 * title.
 */
enum ndx_status ndx_postings_writer_add(struct ndx_postings_writer *writer, ndx_docid docid,
                                        uint32_t tf, const uint32_t *position,
                                        const uint32_t *number, uint32_t title_tf,
                                        struct ndx_err *err);
/* End the list: the part then has it and its dictionary entry.  A list without postings leaves no
 * trace. */
enum ndx_status ndx_postings_writer_end(struct ndx_postings_writer *writer, const void *key,
                                        size_t key_size, struct ndx_err *err);

#endif
