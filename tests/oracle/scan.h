/*
 * scan.h - a searcher without an index: what the real one must agree with
 *
 * The live articles lie in an array, each with the plain list of its words.  A query
 * is put to one article after another, straight from the definitions in DESIGN.md and
 * query.h.  It is written to be obviously right, and for nothing else.
 *
 * All memory is the C library's; where it runs out the program is aborted.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_TESTS_ORACLE_SCAN_H
#define NDX_TESTS_ORACLE_SCAN_H

#include "corpus/article.h"
#include "searcher/query.h"
#include "searcher/run.h"

/* One word of an article. */
struct scan_token {
	/* Where it stands: NDX_FIELD_TITLE, SOURCE ...; NDX_FIELD_ANY is the text alone here. */
	enum ndx_field place;
	struct ndx_str term;
	uint64_t head;       /* the first bytes of the term, as many as there are, then zeros */
	uint32_t position;   /* in the title and text together, else in the field's value */
	struct ndx_str form; /* the surface form; empty for the second reading of an acronym */
};

struct scan_article {
	struct ndx_article article;
	struct scan_token *token;
	size_t token_count, token_count_max;
	uint32_t length; /* positions of title and text */
};

struct scan;

struct scan_hit {
	size_t article; /* ndx_scan_get() */
	float score;
};

struct scan *ndx_scan_new(const char *language);
void ndx_scan_free(struct scan *scan);
struct ndx_stemmer *ndx_scan_stemmer(const struct scan *scan);

/* Add an article, or replace the one with its id.  Copies all it needs. */
void ndx_scan_put(struct scan *scan, const struct ndx_article *article);
bool ndx_scan_delete(struct scan *scan, struct ndx_str id); /* false: there is none */
bool ndx_scan_has(const struct scan *scan, struct ndx_str id);

size_t ndx_scan_count(const struct scan *scan);
const struct scan_article *ndx_scan_get(const struct scan *scan, size_t i);
uint64_t ndx_scan_token_count(const struct scan *scan); /* sum of the lengths */

/* How many articles have the term in the field. */
uint64_t ndx_scan_df(const struct scan *scan, enum ndx_field field, struct ndx_str term);

/* All articles that match, best first, into hit[count of the articles]; returns how many. */
size_t ndx_scan_search(const struct scan *scan, const struct ndx_query *query,
                       const struct ndx_run_options *options, struct scan_hit *hit);

#endif
