/*
 * random_corpus.h - random articles that are alike: few words, many ties, odd shapes
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_TESTS_ORACLE_RANDOM_CORPUS_H
#define NDX_TESTS_ORACLE_RANDOM_CORPUS_H

#include "common/field.h"
#include "corpus/article.h"
#include "tests/oracle/random.h"

/* What the articles of one corpus have in common. */
struct random_corpus {
	const char *language;  /* of the stemmer */
	size_t article_count;  /* that are to be live in the end */
	size_t word_count;     /* words in use, the first of the list */
	size_t text_words_max; /* words in a text, at most (most have far fewer) */
	size_t day_count;      /* different dates */
	unsigned undated_percent;
	unsigned long_percent; /* articles that repeat one word hundreds of times */
	bool has_everywhere;   /* one word is in every article ... */
	size_t once;           /* ... and one in the article with this number only */
};

struct random_article {
	struct ndx_article article; /* its strings lie below, or are constants */
	char id[64], title[512], text[8192];
};

/* Corpus 'number' of a run: one of every few has a size at the edge of a block or window. */
void ndx_random_corpus(struct random *r, uint64_t number, struct random_corpus *corpus_ret);

/* The id that articles with this number have. */
struct ndx_str ndx_random_id(size_t number, char out[64]);

/* Another article with that id each time. */
void ndx_random_article(const struct random_corpus *corpus, struct random *r, size_t number,
                        struct random_article *out);

/* A word of the corpus, or now and then of none. */
const char *ndx_random_word(const struct random_corpus *corpus, struct random *r);

/* A value of the field, which is one of the four that articles are filtered by. */
const char *ndx_random_value(struct random *r, enum ndx_field field);

#endif
