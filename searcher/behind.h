/*
 * behind.h - the words that stand behind others in the headlines of a segment, counted
 *
 *   ndx_behind_open() -> ndx_behind_take()... -> ndx_behind_count()... -> ndx_behind_close()
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_BEHIND_H
#define NDX_SEARCHER_BEHIND_H

#include "common/arena.h"
#include "common/forward.h"
#include "searcher/query.h"

#define NDX_BEHIND_PARTS 16

/* Is the form with a number what the last word before begins with? */
struct ndx_first_part {
	uint32_t number;
	bool is_known, is;
};

struct ndx_behind {
	struct ndx_forward forward;
	struct ndx_arena *arena;
	const struct ndx_slot *slot; /* the words before */
	size_t slot_count;
	struct ndx_forward_range *numbers; /* of each */
	/* those that are counted, and the numbers of their forms */
	uint32_t term_begin, term_end, number_begin, number_end;
	uint32_t *count;                              /* by number: headlines */
	struct ndx_first_part part[NDX_BEHIND_PARTS]; /* those asked for last, by their numbers */
	struct ndx_err *err;
};

/*
 * Begin to count words behind slot[slot_count], the words of a phrase: those whose terms begin with
 * the first byte of 'begin', if that is not empty.  All arguments outlive it.  To be closed after a
 * failure, too.
 */
enum ndx_status ndx_behind_open(struct ndx_behind *b, const struct ndx_segment *segment,
                                const struct ndx_slot *slot, size_t slot_count,
                                struct ndx_str begin, struct ndx_arena *arena, struct ndx_err *err);
void ndx_behind_close(struct ndx_behind *b);

/* Count those in a headline that has the phrase: one of each term. */
enum ndx_status ndx_behind_take(struct ndx_behind *b, ndx_docid docid);

/* In how many headlines words with these numbers were counted. */
uint64_t ndx_behind_count(const struct ndx_behind *b, struct ndx_forward_range range);

/* The numbers of a term's forms; none if no headline has it. */
enum ndx_status ndx_behind_term(struct ndx_behind *b, struct ndx_str term,
                                struct ndx_forward_range *range_ret);
/*
 * The next term that was counted, from number *next and term *term on, both 0 at the beginning: its
 * numbers, none if there is none.
 */
enum ndx_status ndx_behind_next(struct ndx_behind *b, uint32_t *next, uint32_t *term,
                                struct ndx_forward_range *range_ret);
/* The text of a term of the forward index; from the arena. */
enum ndx_status ndx_behind_text(struct ndx_behind *b, uint32_t term, struct ndx_str *text_ret);

#endif
