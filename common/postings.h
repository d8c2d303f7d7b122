/*
 * postings.h - the postings list of one term in one segment, read block by block
 *
 * The list is blocks of 128 postings (the last one shorter), with two levels of
 * skip data over them: an entry per block, and one per group of 32 blocks.  Blocks
 * are decoded only when asked for; positions are read for one posting at a time.
 *
 * Threads: a list is private to its thread; any number may read the same term.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_COMMON_POSTINGS_H
#define NDX_COMMON_POSTINGS_H

#include "common/impact.h"
#include "common/positions.h"
#include "common/postings_block.h"
#include "common/segment.h"
#include "common/termdict.h"

struct ndx_postings {
	const struct ndx_segment *segment;
	struct ndx_term_info info;
	uint32_t block_count;
	uint32_t group_count;  /* 0 where there is one block and so no skip data */
	const uint8_t *groups; /* skip data, as at the head of postings.c */
	const uint8_t *entries;
	uint64_t blocks_off; /* in the file, of the first block */

	/* The block that was decoded last; UINT32_MAX if none was. */
	uint32_t at_block;
	bool docids_done, tfs_done, sums_done;
	uint32_t count;                 /* postings in it */
	ndx_docid docid[NDX_BLOCK_LEN]; /* if docids_done */
	uint32_t tf[NDX_BLOCK_LEN + 3]; /* if tfs_done; add_bits() may read beyond */
	uint32_t tf_sum[NDX_BLOCK_LEN]; /* if sums_done: tf[0] + ... + tf[i] - 1 */
	struct ndx_block block;
	uint64_t verified_end; /* bytes from blocks_off on that were believed already */
	uint64_t total;        /* sum of the block's tf; 0 until positions are asked for */
};

/* Look into the list's head.  The list must have at least one posting. */
enum ndx_status ndx_postings_open(const struct ndx_segment *segment,
                                  const struct ndx_term_info *info, struct ndx_postings *postings,
                                  struct ndx_err *err);

/* Last docid of a block, from the skip data; for a list of one block the largest there can be. */
ndx_docid ndx_postings_block_last(const struct ndx_postings *postings, uint32_t block);

/*
 * The first block, from 'block' on, that may hold a docid >= 'docid': block_count if
 * none.  Does not decode.
 */
uint32_t ndx_postings_skip(const struct ndx_postings *postings, uint32_t block, ndx_docid docid);

/*
 * Find a block's parts, of a list of one block, too: then 'count' and 'block' say what it has.  If
 * block.word_count > 0 it is a bitset, and the docids need not be decoded.
 */
enum ndx_status ndx_postings_enter(struct ndx_postings *postings, uint32_t block,
                                   struct ndx_err *err);
/* Decode the docids of a block (of a list of one block, too) into docid[], and count. */
enum ndx_status ndx_postings_load(struct ndx_postings *postings, uint32_t block,
                                  struct ndx_err *err);
/* Decode the tf of the block that was loaded. */
static inline void
ndx_postings_load_tfs(struct ndx_postings *postings)
{
	if (postings->tfs_done)
		return;
	ndx_block_tfs(&postings->block, postings->segment->kernels, postings->tf);
	postings->tfs_done = true;
}

/* The running sums of the tf of the block that was loaded; not sums_done then: of damaged tf. */
void ndx_postings_sum_tfs(struct ndx_postings *postings);

/*
 * The positions of posting 'i' of the loaded block, rising: tf[i] of them into
 * *positions (grown as needed; from mem).
 */
enum ndx_status ndx_postings_positions(struct ndx_postings *postings, uint32_t i,
                                       struct ndx_buf *positions, struct ndx_err *err);

/* At least the first 'most' of them, or all if they are fewer. */
enum ndx_status ndx_postings_first_positions(struct ndx_postings *postings, uint32_t i,
                                             uint32_t most, struct ndx_buf *positions,
                                             struct ndx_err *err);

/*
 * The positions of several postings of the loaded block, those with the indexes at[at_count],
 * rising: their sums are appended to *sums (uint32_t), and a struct ndx_range each to *ranges,
 * whose begin is an index in *sums.
 */
enum ndx_status ndx_postings_sums(struct ndx_postings *postings, const uint8_t *at,
                                  uint32_t at_count, struct ndx_buf *ranges, struct ndx_buf *sums,
                                  struct ndx_err *err);

/*
 * The numbers of the forms (see forms.h) at all positions of the loaded block, posting after
 * posting: uint32_t each, into *forms (grown as needed).  Where the term has one form, all are 0.
 * only_first_ret, if not NULL and set to false before: true if number 0, the most frequent form,
 * stands at all of them, where that can be told without unpacking; *forms is empty then.
 */
enum ndx_status ndx_postings_forms(struct ndx_postings *postings, struct ndx_buf *forms,
                                   bool *only_first_ret, struct ndx_err *err);

/* Bounds of a block, a group of blocks, or the list; false where none are kept (a list of one
 * block). */
bool ndx_postings_block_impacts(const struct ndx_postings *postings, uint32_t block,
                                struct ndx_impact out[NDX_IMPACT_COUNT], uint8_t *title_tf_max_ret);
bool ndx_postings_group_impacts(const struct ndx_postings *postings, uint32_t group,
                                struct ndx_impact out[NDX_IMPACT_COUNT], uint8_t *title_tf_max_ret);
bool ndx_postings_list_impacts(const struct ndx_postings *postings,
                               struct ndx_impact out[NDX_IMPACT_COUNT], uint8_t *title_tf_max_ret);
/*
 * The same as arrays, for lists with group_count > 0: n tf, n norms, and so on for each impact,
 * then n title tf; of the n blocks of a group, and of the group_count groups.
 */
const uint8_t *ndx_postings_block_rows(const struct ndx_postings *postings, uint32_t group,
                                       size_t *count_ret);
const uint8_t *ndx_postings_group_rows(const struct ndx_postings *postings);
ndx_docid ndx_postings_group_last(const struct ndx_postings *postings, uint32_t group);

/*
 * At least k = 10, 100, 1000 (i = 0, 1, 2) postings of the list have a tf of at least
 * impact.tf and a norm of at most impact.norm; false where the list does not say.
 */
bool ndx_postings_threshold(const struct ndx_postings *postings, unsigned i,
                            struct ndx_impact *impact_ret);

#endif
