/*
 * termdict_write.h - the term dictionary, key after key
 *
 * The twin of common/termdict.h.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_INDEXER_TERMDICT_WRITE_H
#define NDX_INDEXER_TERMDICT_WRITE_H

#include "indexer/segment_write.h"

/* Where a term's lists are. */
struct ndx_term_lists {
	uint32_t df;
	uint64_t cf, title_cf;
	bool has_positions;
	uint32_t form_count;  /* 0: the only form is the term */
	const uint8_t *forms; /* the table of forms, if forms_size > 0 (see common/forms.h) */
	size_t forms_size;
	const uint8_t *inline_data; /* if inline_size > 0 */
	size_t inline_size;
	uint64_t off; /* in the file: the positions, and then the postings */
	uint64_t positions_size, postings_size;
	uint64_t numbers_size; /* of the positions, bytes that say which form stands where */
};

struct ndx_termdict_writer {
	struct ndx_buf dict, top_keys, key_offs, block_offs,
		prefixes;           /* finished blocks, and the top */
	struct ndx_buf keys, infos; /* of the block that is being filled */
	uint64_t lists_off;         /* where that block's first list is */
	uint64_t list_next;         /* and where the next one must be */
	uint32_t in_block;
	uint32_t term_count;
	uint8_t key[NDX_KEY_SIZE_MAX];
	size_t key_size;
};

void ndx_termdict_writer_init(struct ndx_termdict_writer *writer, const struct ndx_mem *mem);
void ndx_termdict_writer_free(struct ndx_termdict_writer *writer);
/* Keys come in strict byte order, at most NDX_KEY_SIZE_MAX bytes. */
enum ndx_status ndx_termdict_writer_add(struct ndx_termdict_writer *writer, const void *key,
                                        size_t key_size, const struct ndx_term_lists *lists,
                                        struct ndx_err *err);
/* A key of field FORM: in[size] leads to its term. */
enum ndx_status ndx_termdict_writer_add_form(struct ndx_termdict_writer *writer, const void *key,
                                             size_t key_size, const uint8_t *in, size_t size,
                                             struct ndx_err *err);
/* Put the parts DICT and DICT_TOP, the last two of a segment. */
enum ndx_status ndx_termdict_writer_finish(struct ndx_termdict_writer *writer,
                                           struct ndx_segment_writer *segment, struct ndx_err *err);

#endif
