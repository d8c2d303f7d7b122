/*
 * pairs_collect.h - the postings of pairs of words, collected by several threads
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_INDEXER_PAIRS_COLLECT_H
#define NDX_INDEXER_PAIRS_COLLECT_H

#include <pthread.h>

#include "indexer/pairs_write.h"

/* The frequent words of a segment, in the order of their bytes. */
struct ndx_pair_words {
	uint32_t article_count;
	struct ndx_buf keys, words; /* bytes; struct ndx_pair_word */
};

struct ndx_pair_word {
	uint32_t key_off, size, df;
};

uint32_t ndx_pair_words_count(const struct ndx_pair_words *words);
struct ndx_str ndx_pair_words_bytes(const struct ndx_pair_words *words, uint32_t word);

/* What all collectors of a pass share. */
struct ndx_pair_pass {
	const struct ndx_pair_words *words;
	const int64_t *title; /* by docid: how many positions the title has */
	size_t memory;        /* bytes that the postings of a collector may take, about */
	uint32_t first, end;  /* pairs whose first word is in this range */
	const struct ndx_pair_feed *feed;
	size_t shares; /* as many as there are collectors */
};

struct ndx_pair_collector {
	const struct ndx_mem *mem;
	const struct ndx_pair_pass *pass;
	size_t share;
	pthread_t thread;
	enum ndx_status status;
	struct ndx_err err;
	uint32_t end; /* that of the pass, or less: where the pairs of a further pass begin */
	const uint32_t *listed_df; /* see ndx_pairs_feed_except() */
	uint32_t listed_article_count;

	struct ndx_buf tokens, sorted; /* struct ndx_pair_token, of the articles at hand */
	struct ndx_buf begins;         /* uint32_t: of each article's tokens in 'sorted' */
	uint32_t *after; /* by position: its last token's number, 0 where none stands */
	size_t after_max;

	struct ndx_pair *slot; /* a hash table, at most half full; at last sorted by words */
	size_t slot_count, pair_count;
	struct ndx_pair *at; /* the next to be written */
	struct ndx_pair_chunk *chunk;
	size_t chunk_max;
	uint32_t chunk_count, chunk_free; /* used so far; the first of a chain of free ones */
	uint32_t chunks_in_use;
};

void ndx_pair_collector_init(struct ndx_pair_collector *collector, const struct ndx_mem *mem);
void ndx_pair_collector_free(struct ndx_pair_collector *collector);

/*
 * One pass over the articles by pass->shares collectors, each on a thread of its own if there can
 * be one.  *end_ret is where the pairs of a further pass begin.
 */
enum ndx_status ndx_pairs_collect(struct ndx_pair_collector *collector,
                                  const struct ndx_pair_pass *pass, uint32_t *end_ret,
                                  struct ndx_err *err);

/* The pair that the collector has next, its words as first * 2^32 + second; UINT64_MAX: it has no
 * more. */
uint64_t ndx_pair_collector_next(const struct ndx_pair_collector *collector);
/* Append that pair's postings (struct ndx_posting), in any order, and go on.  False: out of
 * memory. */
bool ndx_pair_collector_take(struct ndx_pair_collector *collector, struct ndx_buf *postings);

#endif
