/*
 * headlines.h - the headlines that have some words one after the other, and what stands behind
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_HEADLINES_H
#define NDX_SEARCHER_HEADLINES_H

#include "common/arena.h"
#include "common/index.h"
#include "common/postings.h"
#include "common/stem.h"

/* The headlines of a segment that have the words. */
struct ndx_headlines {
	uint64_t *bits;   /* by docid: it has them */
	uint32_t *rank;   /* by word of bits: how many are set in those before it */
	uint64_t *places; /* of each that has them: bits, at which of its first 64 positions the
	                     next word would stand */
	uint32_t count;   /* of these */
};

/* The postings of a block whose headlines have the words. */
struct ndx_headlines_block {
	uint32_t count;
	uint8_t at[NDX_BLOCK_LEN];
	struct ndx_buf ranges, sums; /* their positions, as of ndx_postings_sums() */
};

/*
 * Find the headlines with the folded words 'before', one ndx_headlines a segment, from the arena;
 * *any_ret is false if none has them, or these are no words.
 */
enum ndx_status ndx_headlines_find(const struct ndx_index *index, struct ndx_stemmer *stemmer,
                                   struct ndx_str before, struct ndx_arena *arena,
                                   struct ndx_headlines **headlines_ret, bool *any_ret,
                                   struct ndx_err *err);

static inline bool
ndx_headlines_has(const struct ndx_headlines *headlines, ndx_docid docid)
{
	return (headlines->bits[docid / 64] >> docid % 64 & 1) != 0;
}

/* Those of the loaded block of a list of field TITLE. */
enum ndx_status ndx_headlines_select(const struct ndx_headlines *headlines,
                                     struct ndx_postings *list, struct ndx_headlines_block *block,
                                     struct ndx_err *err);

/* At which of its positions, by their numbers as bits, the term of posting 'i' of those selected
 * stands behind the words. */
uint64_t ndx_headlines_behind(const struct ndx_headlines *headlines,
                              const struct ndx_postings *list,
                              const struct ndx_headlines_block *block, uint32_t i);

#endif
