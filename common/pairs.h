/*
 * pairs.h - lists of articles in which two frequent words stand next to each other
 *
 * A phrase of frequent words has many candidates: nearly every article has both "of" and "the".
 * So segments keep a list, with docid and tf, of each pair of words that is frequent enough to be
 * slow otherwise.  Which those are follows from df alone, and so a reader knows without looking
 * whether a list is kept: if it is kept and not there, the words are never adjacent.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_COMMON_PAIRS_H
#define NDX_COMMON_PAIRS_H

#include <stdbool.h>

#include "common/field.h"
#include "common/format.h"
#include "common/text.h"

/* With fewer articles a phrase has few candidates. */
#define NDX_PAIRS_ARTICLES_MIN 128

/* Kept: pairs that would meet in at least one article of so many, were they independent. */
#define NDX_PAIRS_SHARE 4

/* Could a word with this df be in any pair of a segment of so many articles? */
static inline bool
ndx_pairs_may_have(uint32_t df, uint32_t article_count)
{
	return article_count >= NDX_PAIRS_ARTICLES_MIN &&
	       (uint64_t)df * NDX_PAIRS_SHARE >= article_count;
}

/* Is there a list for two words, by their df in title and text, in either order? */
static inline bool
ndx_pairs_have(uint32_t df_first, uint32_t df_second, uint32_t article_count)
{
	return ndx_pairs_may_have(df_first, article_count) &&
	       (double)df_first * df_second * NDX_PAIRS_SHARE >=
	               (double)article_count * article_count;
}

/*
 * The key of a pair's list into key[]: of NDX_FIELD_PAIR, in title and text, or
 * NDX_FIELD_TITLE_PAIR, in the title.  Returns its size, or 0 where the words are too long: there
 * is no list then.
 */
size_t ndx_pairs_key(enum ndx_field field, struct ndx_str first, struct ndx_str second,
                     uint8_t key[NDX_KEY_SIZE_MAX]);
/* The words of such a key, which lie in it; false: it is of no pair. */
bool ndx_pairs_key_words(const uint8_t *key, size_t key_size, struct ndx_str *first_ret,
                         struct ndx_str *second_ret);

#endif
