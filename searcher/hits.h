/*
 * hits.h - the hits of one query, from the inside
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_HITS_H
#define NDX_SEARCHER_HITS_H

#include "common/index.h"
#include "searcher/query.h"
#include "searcher/run.h"
#include "searcher/spans.h"

struct ndx_hits {
	const struct ndx_index *index;
	struct ndx_arena *arena; /* holds the articles */
	struct ndx_stemmer *stemmer;
	struct ndx_query *query;
	struct ndx_query *filter;   /* what of 'query' is not the user's; NULL: nothing */
	struct ndx_run_options run; /* what the query was run with */
	struct ndx_run_result result;
	size_t expansions_max;
	const struct ndx_zone *zone; /* of days; NULL: UTC */
	const char *suggestion;      /* NULL: none */
	struct ndx_tally *tally;     /* NULL: nothing is counted but the total */
	size_t offset;               /* of the first hit in 'result' */
	size_t count;
	struct ndx_arena *articles; /* holds these: */
	struct ndx_hit *hit;        /* read_count of them, from number read_first on */
	size_t read_first, read_count;
	bool unread; /* articles are read when they are asked for */
	bool ids_only;
	struct ndx_marker *marker; /* NULL: there is nothing to mark in */
	float *weight;             /* of each of the marker's leaves */
};

#endif
