/*
 * termdict.h - the term dictionary of a segment: key to df, cf and postings
 *
 * A key is the field's byte and the term's bytes; keys are in byte order.  The
 * dictionary is searched where it lies: a binary search in the first keys of its
 * blocks, then a walk through one block of at most 32 keys.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_COMMON_TERMDICT_H
#define NDX_COMMON_TERMDICT_H

#include <stdbool.h>

#include "common/buf.h"
#include "common/segment.h"
#include "common/text.h"

struct ndx_term_info {
	uint32_t ordinal; /* of the term in the dictionary, from 0 */
	uint32_t df;
	uint64_t cf;
	bool is_inline; /* the postings, with positions, are in the dictionary itself */
	bool has_positions;
	uint32_t form_count; /* of its table of forms, see forms.h; 0: the only form is the term */
	/* in the file: the table without its count; of a FORM, its term */
	uint64_t forms_off, forms_size;
	uint64_t postings_off, postings_size;   /* in the file */
	uint64_t positions_off, positions_size; /* in the file; 0 if is_inline */
};

/* A place in the dictionary. */
struct ndx_termdict_cursor {
	const struct ndx_segment *segment;
	uint32_t block, in_block; /* block_count when past the last term */
	uint32_t block_count;
	uint32_t block_terms;               /* terms in this block */
	const uint8_t *key_at, *keys_end;   /* where the next key is decoded from */
	const uint8_t *info_at, *infos_end; /* and the next info */
	uint32_t infos_done;                /* infos of this block decoded so far */
	uint64_t list_next; /* in the file: where the next list that is not inline begins */
	uint8_t key[NDX_KEY_SIZE_MAX];
	size_t key_size;
	size_t shared; /* at least so many of its bytes are those of the key before */
	struct ndx_term_info info;
};

/*
 * Set the cursor on the first key >= key[key_size] (NULL, 0: on the first of all).  The
 * fields 'key', 'key_size' and 'info' then describe it, unless ndx_termdict_done().
 */
enum ndx_status ndx_termdict_seek(const struct ndx_segment *segment, const void *key,
                                  size_t key_size, struct ndx_termdict_cursor *cursor,
                                  struct ndx_err *err);
enum ndx_status ndx_termdict_next(struct ndx_termdict_cursor *cursor, struct ndx_err *err);

/* The same for keys alone, which is quicker: 'info' is what it was until
 * ndx_termdict_read_info(). */
enum ndx_status ndx_termdict_seek_key(const struct ndx_segment *segment, const void *key,
                                      size_t key_size, struct ndx_termdict_cursor *cursor,
                                      struct ndx_err *err);
/* From a key on that is not above the one asked for: quicker where that is near. */
enum ndx_status ndx_termdict_seek_on(struct ndx_termdict_cursor *cursor, const void *key,
                                     size_t key_size, struct ndx_err *err);
/* Look up such a key; if *found_ret, the cursor's 'info' describes it. */
enum ndx_status ndx_termdict_find_on(struct ndx_termdict_cursor *cursor, const void *key,
                                     size_t key_size, bool *found_ret, struct ndx_err *err);
/* On the key with this number. */
enum ndx_status ndx_termdict_seek_ordinal(const struct ndx_segment *segment, uint32_t ordinal,
                                          struct ndx_termdict_cursor *cursor, struct ndx_err *err);
enum ndx_status ndx_termdict_next_key(struct ndx_termdict_cursor *cursor, struct ndx_err *err);
enum ndx_status ndx_termdict_read_info(struct ndx_termdict_cursor *cursor, struct ndx_err *err);
/* Are the postings of the key at hand in the dictionary itself?  Its info need not be read. */
enum ndx_status ndx_termdict_is_inline(struct ndx_termdict_cursor *cursor, bool *inline_ret,
                                       struct ndx_err *err);
/* Go on to the first key that does not begin with the first 'size' bytes, at least 1, of the one
 * at hand; 'shared' is of these two. */
enum ndx_status ndx_termdict_pass_over(struct ndx_termdict_cursor *cursor, size_t size,
                                       struct ndx_err *err);

/* Number of the key in the dictionary, from 0. */
static inline uint32_t
ndx_termdict_ordinal(const struct ndx_termdict_cursor *cursor)
{
	return cursor->block * NDX_DICT_BLOCK_LEN + cursor->in_block;
}

static inline bool
ndx_termdict_done(const struct ndx_termdict_cursor *cursor)
{
	return cursor->block >= cursor->block_count;
}

/* Look up one key; *found_ret says whether it is there. */
enum ndx_status ndx_termdict_find(const struct ndx_segment *segment, const void *key,
                                  size_t key_size, struct ndx_term_info *info_ret, bool *found_ret,
                                  struct ndx_err *err);

#endif
