/*
 * pairs_write.h - the lists of pairs of frequent words, from the positions of those words
 *
 * When all words of a segment are written, their df say which pairs have a list (see
 * common/pairs.h).  Then a feed brings the positions of the frequent words, some articles at a
 * time. The postings of all pairs wait in memory until they can be written in the order of the
 * keys; where they take too much, the pairs that come later in that order are left to a further
 * pass over the same feed.  Several threads collect, each from its share of the articles.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_INDEXER_PAIRS_WRITE_H
#define NDX_INDEXER_PAIRS_WRITE_H

#include "indexer/postings_write.h"
#include "indexer/sort_postings.h"

/* An occurrence of a frequent word. */
struct ndx_pair_token {
	uint32_t article; /* a number below that of the feed's articles at hand */
	uint32_t position;
	uint32_t word;
};

struct ndx_pairs_writer;
struct ndx_pair_collector; /* a thread's */

/* What knows the positions: called once a pass and collector. */
struct ndx_pair_feed {
	/*
	 * For some articles of the share at a time, of every word the tokens: room for them by
	 * ndx_pairs_reserve(), as many as there are by ndx_pairs_commit(); then ndx_pairs_end().
	 * Each article is in one of the 'shares' shares.
	 */
	enum ndx_status (*feed)(void *ctx, size_t share, size_t shares,
	                        struct ndx_pair_collector *collector, struct ndx_err *err);
	void *ctx;
};

/*
 * For a segment of article_count articles; title[docid] is how many positions the title has;
 * memory: bytes that waiting postings may take, about.
 */
enum ndx_status ndx_pairs_writer_new(const struct ndx_mem *mem, uint32_t article_count,
                                     const int64_t *title, size_t memory,
                                     struct ndx_pairs_writer **pairs_ret, struct ndx_err *err);
void ndx_pairs_writer_free(struct ndx_pairs_writer *pairs); /* takes NULL */

/* A list was written; keys in order.  False: out of memory. */
bool ndx_pairs_note(struct ndx_pairs_writer *pairs, const uint8_t *key, size_t key_size,
                    uint32_t df);

/* For feeds: the frequent words, in the order of their bytes. */
uint32_t ndx_pairs_feed_count(const struct ndx_pair_collector *collector);
struct ndx_str ndx_pairs_feed_word(const struct ndx_pair_collector *collector, uint32_t word);
/* Room for 'count' tokens, of which 'used' then count; NULL: out of memory. */
struct ndx_pair_token *ndx_pairs_reserve(struct ndx_pair_collector *collector, size_t count);
void ndx_pairs_commit(struct ndx_pair_collector *collector, size_t used);
/* All tokens of the articles at hand are in: docid[article_count] are theirs, NDX_DOCID_NONE of
 * dead ones. */
enum ndx_status ndx_pairs_end(struct ndx_pair_collector *collector, const ndx_docid *docid,
                              uint32_t article_count, struct ndx_err *err);

/* Is the list of two words, by their numbers, written, and in this pass? */
bool ndx_pairs_feed_wants(const struct ndx_pair_collector *collector, uint32_t first,
                          uint32_t second);
/* For feeds that have lists of pairs themselves: the postings of one, each article in one call
 * alone.  False: out of memory. */
bool ndx_pairs_add(struct ndx_pair_collector *collector, uint32_t first, uint32_t second,
                   const struct ndx_posting *posting, size_t count);
/* From now on, tokens are not of pairs that are kept where the words have these df, by their
 * numbers, of so many articles: they were added.  NULL: of all again. */
void ndx_pairs_feed_except(struct ndx_pair_collector *collector, const uint32_t *df,
                           uint32_t article_count);

/* Put all lists of target->pairs; after all other lists of the segment. */
enum ndx_status ndx_pairs_write(const struct ndx_pair_feed *feed, struct ndx_list_target *target,
                                struct ndx_err *err);

#endif
