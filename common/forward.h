/*
 * forward.h - the forward index of headlines: which words stand in each, in their order
 *
 * The inverted index tells the headlines of a term; this tells the words of a headline.  A word
 * goes by a number: the surface forms of the terms of field TITLE are numbered, from 0, in the
 * order of the terms in the dictionary, then of the forms in the term's table (see forms.h).
 *
 *   u32 terms, u32 numbers, u32 width,
 *   u32 number of each term's first form; the last, of all,
 *   u64 words in the headlines before each 64th article; the last, of all,
 *   u16 per article: words in the headlines before it, from the last such 64th on,
 *   words, of 'width' bits each: 2 * number, and 1 more if it stands where the one before it does
 *
 * Numbers = the number itself: at this place stands nothing.  Of a headline the first
 * NDX_FORWARD_POSITIONS places are kept.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_COMMON_FORWARD_H
#define NDX_COMMON_FORWARD_H

#include "common/buf.h"
#include "common/segment.h"

#define NDX_FORWARD_POSITIONS 64
#define NDX_FORWARD_WORDS_MAX 255 /* that a headline has here */
#define NDX_FORWARD_GROUP     64  /* articles under one number of words */

/* The words of a headline, unpacked. */
struct ndx_forward_headline {
	/* up to 7 words before them, and what unpacking writes beyond */
	uint32_t unpacked[7 + NDX_FORWARD_WORDS_MAX + 17];
	const uint32_t
		*word; /* of these: 2 * number, and 1 if it is at the place of the one before */
	uint32_t count;
	bool is_few; /* and each is at a place of its own */
};

/* Some numbers: first .. first + count - 1. */
struct ndx_forward_range {
	uint32_t first, count;
};

/* What was checked against its checksum: data[begin .. end - 1]. */
struct ndx_forward_believed {
	uint64_t begin, end;
};

/* For one thread. */
struct ndx_forward {
	const struct ndx_segment *segment;
	struct ndx_buf made; /* what a segment of an older format does not have */
	const uint8_t *data; /* its own, or made */
	uint32_t term_count, number_count;
	uint32_t ordinal_first; /* of the first term, in the dictionary */
	unsigned width;
	uint64_t groups_off, sums_off, words_off, word_count; /* in data */
	struct ndx_forward_believed terms, groups, sums, words;
};

/*
 * That of a segment.  If that is of an older format it is made from the lists of titles, which
 * takes time and memory in proportion to the headlines, and each word is taken to be in the most
 * frequent form of its term.  To be closed after a failure, too.
 */
enum ndx_status ndx_forward_open(const struct ndx_segment *segment, struct ndx_forward *forward_ret,
                                 struct ndx_err *err);
void ndx_forward_close(struct ndx_forward *forward);

/* The numbers of a term's forms; of a term >= term_count none, from number_count on. */
enum ndx_status ndx_forward_term(struct ndx_forward *forward, uint32_t term,
                                 struct ndx_forward_range *range_ret, struct ndx_err *err);

/* The same for all: u32 first number of each term, little-endian, and behind them the last's end.
 */
enum ndx_status ndx_forward_firsts(struct ndx_forward *forward, const uint8_t **firsts_ret,
                                   struct ndx_err *err);

/* An article's headline. */
enum ndx_status ndx_forward_get(struct ndx_forward *forward, ndx_docid docid,
                                struct ndx_forward_headline *headline, struct ndx_err *err);

/* Where words with these numbers stand in it: bits, by position. */
uint64_t ndx_forward_places(const struct ndx_forward_headline *headline,
                            struct ndx_forward_range range);

/* Where more than one word stands: bits, by position. */
uint64_t ndx_forward_shared(const struct ndx_forward_headline *headline);

/*
 * The numbers at these places into number[], each once; returns how many they are.  What is not
 * below 'number_count' is none.
 */
uint32_t ndx_forward_numbers(const struct ndx_forward_headline *headline, uint64_t places,
                             uint32_t number[NDX_FORWARD_WORDS_MAX]);

/*
 * Append to *out the forward index that the lists of a segment say; without 'forms' each word is in
 * the first of its term, which is much quicker.
 */
enum ndx_status ndx_forward_make(const struct ndx_segment *segment, bool forms, struct ndx_buf *out,
                                 struct ndx_err *err);

/* Makes one, term by term. */
struct ndx_forward_maker {
	const struct ndx_mem *mem;
	size_t article_count;
	size_t *begin;       /* by docid: its first place in number[]; and the end of the last's */
	uint32_t *number;    /* UINT32_MAX: none yet */
	struct ndx_buf more; /* struct more: a second word at the same place, and so on */
	struct ndx_buf firsts; /* uint32_t: of each term */
	uint32_t number_count; /* up to the term at hand */
};

/* Of articles whose headlines have so many positions; false: out of memory.  To be freed. */
bool ndx_forward_maker_init(struct ndx_forward_maker *maker, const struct ndx_mem *mem,
                            const int64_t *title_length, size_t article_count);
void ndx_forward_maker_free(struct ndx_forward_maker *maker);

/* Go on to the next term, which has so many forms, at least one.  False: out of memory. */
bool ndx_forward_maker_next(struct ndx_forward_maker *maker, uint32_t form_count);

/* The term at hand stands here, in this form.  A position beyond those that are kept, or beyond the
 * headline, is passed over.  False: out of memory. */
bool ndx_forward_maker_add(struct ndx_forward_maker *maker, ndx_docid docid, uint32_t position,
                           uint32_t form);

/* Append what was added to *out; a failed buffer: out of memory. */
void ndx_forward_maker_put(struct ndx_forward_maker *maker, struct ndx_buf *out);

#endif
