/*
 * forward.h - the forward index of headlines: which terms stand in each, in their order
 *
 * The inverted index tells the headlines of a term; this tells the terms of a headline.  A term
 * goes by its number among those of field TITLE in the dictionary, from 0.
 *
 *   u32 terms, u32 width,
 *   u64 words in the headlines before each 64th article; the last, of all,
 *   u16 per article: words in the headlines before it, from the last such 64th on,
 *   words, of 'width' bits each: 2 * term, and 1 more if it stands where the one before it does
 *
 * Terms = the number itself: at this place stands nothing.  Of a headline the first
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

/* The words of a headline, unpacked. */
struct ndx_forward_headline {
	uint32_t unpacked[NDX_FORWARD_WORDS_MAX + 24];
	const uint32_t
		*word; /* of these: 2 * term, and 1 if it is at the place of the one before */
	uint32_t count;
	bool is_few; /* and each is at a place of its own */
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
	uint32_t term_count,
		ordinal_first; /* of the terms, and the first one's in the dictionary */
	unsigned width;
	uint64_t sums_off, words_off, word_count; /* in data */
	struct ndx_forward_believed groups, sums, words;
};

/*
 * That of a segment; made from the lists if it is of an older format, which takes time and memory
 * in proportion to the headlines.  To be closed after a failure, too.
 */
enum ndx_status ndx_forward_open(const struct ndx_segment *segment, struct ndx_forward *forward_ret,
                                 struct ndx_err *err);
void ndx_forward_close(struct ndx_forward *forward);

/* An article's headline. */
enum ndx_status ndx_forward_get(struct ndx_forward *forward, ndx_docid docid,
                                struct ndx_forward_headline *headline, struct ndx_err *err);

/* Where the term stands in it: bits, by position. */
uint64_t ndx_forward_places(const struct ndx_forward_headline *headline, uint32_t term);

/*
 * The terms at these places into term[], each once; returns how many they are.  What is not below
 * 'term_count' is none.
 */
uint32_t ndx_forward_terms(const struct ndx_forward_headline *headline, uint64_t places,
                           uint32_t term[NDX_FORWARD_WORDS_MAX]);

/* Append to *out the forward index that the lists of a segment say. */
enum ndx_status ndx_forward_make(const struct ndx_segment *segment, struct ndx_buf *out,
                                 struct ndx_err *err);

/* Makes one of words in any order. */
struct ndx_forward_maker {
	const struct ndx_mem *mem;
	size_t article_count;
	size_t *begin;       /* by docid: its first place in term[]; and the end of the last's */
	uint32_t *term;      /* UINT32_MAX: none yet */
	struct ndx_buf more; /* struct more: a second term at the same place, and so on */
	uint32_t term_count; /* the greatest, and 1 */
};

/* Of articles whose headlines have so many positions; false: out of memory.  To be freed. */
bool ndx_forward_maker_init(struct ndx_forward_maker *maker, const struct ndx_mem *mem,
                            const int64_t *title_length, size_t article_count);
void ndx_forward_maker_free(struct ndx_forward_maker *maker);

/* A position beyond those that are kept, or beyond the headline, is passed over.  False: out of
 * memory. */
bool ndx_forward_maker_add(struct ndx_forward_maker *maker, ndx_docid docid, uint32_t position,
                           uint32_t term);

/* Append what was added to *out; a failed buffer: out of memory. */
void ndx_forward_maker_put(struct ndx_forward_maker *maker, struct ndx_buf *out);

#endif
