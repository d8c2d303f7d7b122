/*
 * inverter.h - articles of one batch, inverted in memory: the inside of batch.h
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_INDEXER_INVERTER_H
#define NDX_INDEXER_INVERTER_H

#include "common/tokenize.h"
#include "indexer/batch.h"
#include "indexer/docstore_write.h"
#include "indexer/names.h"
#include "indexer/streams.h"
#include "indexer/vocabulary.h"

/* A term's postings in this batch; 'stamp' says whether that is so. */
struct ndx_inverted_term {
	uint32_t batch;        /* number of the batch that it was last met in */
	uint32_t article;      /* the last article with it, and ... */
	uint32_t local;        /* ... its index among the terms of that article */
	uint32_t last_article; /* whose posting was written last */
	struct ndx_stream stream;
};

/* A term of the article at hand. */
struct ndx_local_term {
	uint32_t term, tf, title_tf;
	uint32_t last_position;
	uint32_t forms; /* 0: form number 0 stands at all of them */
	uint32_t first; /* its positions are at position[first .. first + tf) */
};

/* What is kept of an article until the batch is finished. */
struct ndx_inverted_article {
	size_t id_off; /* in 'ids', with a NUL after it */
	size_t id_size;
	int64_t date; /* NDX_NO_DATE sorts last */
	int32_t zone;
	uint32_t title_count;
	uint32_t source, section, author; /* index in the names */
	uint64_t length;
};

struct ndx_inverter {
	const struct ndx_env *env;
	struct ndx_stemmer *stemmer;
	struct ndx_vocabulary *vocabulary;
	size_t vocabulary_size_max; /* a larger one is cleared between batches */
	struct ndx_tokens tokens;
	uint32_t batch; /* number of the batch that is being filled, from 1 */

	struct ndx_inverted_term *term; /* by the vocabulary's number */
	size_t term_count_max;
	struct ndx_buf used;  /* uint32_t: terms of this batch, in the order they were met */
	struct ndx_buf arena; /* their streams */
	struct ndx_inverted_article *article;
	size_t article_count, article_count_max;
	struct ndx_buf ids;
	struct ndx_names sources, sections, authors; /* in the order of their first use */
	struct ndx_docstore_writer stored, id_store;
	uint64_t text_size;

	/* Of the article at hand. */
	struct ndx_local_term *local;
	size_t local_count, local_count_max;
	struct ndx_local_entry {
		uint32_t local, position, form;
	} * entry;
	size_t entry_count, entry_count_max;
	struct ndx_buf position; /* uint32_t */
	struct ndx_buf form;     /* the same: numbers of the forms at them */
	struct ndx_buf hashes;   /* uint32_t, by token */
	struct ndx_buf found;    /* struct ndx_token_terms, by token */
	struct ndx_buf posting, record;
};

#endif
