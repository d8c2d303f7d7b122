/*
 * run.h - run a parsed query over an open index: the best articles, and how many match
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_RUN_H
#define NDX_SEARCHER_RUN_H

#include "common/index.h"
#include "searcher/query.h"

struct ndx_segment;
struct ndx_window;

/* Where the matches go, if they are wanted: window after window, live articles alone. */
struct ndx_match_sink {
	enum ndx_status (*take)(void *ctx, const struct ndx_segment *segment,
	                        const struct ndx_window *window, struct ndx_err *err);
	void *ctx;
};

struct ndx_run_options {
	size_t nbest;    /* articles to keep, in order; 0: only count */
	bool want_total; /* false: 'total' may be left at a lower bound, which saves work */
	enum ndx_sort sort;
	float k1, b, title_weight;
	bool exhaustive; /* tests: no pruning and no shortcut, the plain way through everything */
	const struct ndx_match_sink *sink; /* NULL: none */
	int64_t half_life_s, as_of;        /* see ndx_recency(); 0: scores do not depend on dates */
	unsigned without; /* tests: enum ndx_without, ways that are not to be taken */
};

/* Each of these only spares work: the result is the same without it. */
enum ndx_without {
	NDX_WITHOUT_COUNTS = 1, /* counts from the dictionary */
	/* what ten, a hundred, a thousand articles score by one term at least */
	NDX_WITHOUT_THRESHOLDS = 2,
	NDX_WITHOUT_AND_BLOCKS = 4,    /* all of several terms: by blocks of the rarest */
	NDX_WITHOUT_AND_WINDOWS = 8,   /* the same: by windows of bits */
	NDX_WITHOUT_PAIRS = 16,        /* lists of pairs of frequent words */
	NDX_WITHOUT_PHRASE_BOUNDS = 32 /* leaving out articles before positions are read */
};
#define NDX_WITHOUT_ALL 63u

/* One found article. */
struct ndx_found {
	uint32_t segment; /* index of the segment in index->segment */
	ndx_docid docid;  /* in that segment */
	float score;
	int64_t date; /* NDX_NO_DATE if none */
};

/* How one word, phrase or other leaf of the query took part. */
struct ndx_leaf_stats {
	const struct ndx_node *node;
	uint64_t df; /* live articles with it; for a phrase, exact only if it was counted */
	float idf;
	float weight; /* what tf/(tf+K) is multiplied by: idf * (k1 + 1) * boosts */
};

struct ndx_run_result {
	struct ndx_found *found; /* nbest at most, in order; from env->mem */
	size_t count;
	uint64_t total; /* exact if want_total */
	/* the scoring leaves in the order in which their scores are summed */
	struct ndx_leaf_stats *stats;
	size_t stats_count;
};

/*
 * What a score is multiplied by where newer articles are wanted first: a half for old and undated
 * ones, and up to 1 the nearer the date is to 'as_of'; the rest halves with every half_life_s.
 */
float ndx_recency(const struct ndx_run_options *options, int64_t date);

/*
 * The order is falling score (or date), then newest first with undated last, then by id.  The
 * result is what 'exhaustive' gives, whatever the options: no hit, score, order or count depends on
 * segments, deletions or pruning.  Threads: any number at a time on one index.
 */
enum ndx_status ndx_run(const struct ndx_index *index, const struct ndx_query *query,
                        const struct ndx_run_options *options, struct ndx_run_result *result_ret,
                        struct ndx_err *err);
void ndx_run_result_free(const struct ndx_index *index, struct ndx_run_result *result);
/* How many articles match, and nothing else. */
enum ndx_status ndx_run_count(const struct ndx_index *index, const struct ndx_query *query,
                              uint64_t *count_ret, struct ndx_err *err);

/* The scores that each leaf adds to articles: score[count * stats_count], for each as the result's
 * stats list them. */
enum ndx_status ndx_run_score_parts(const struct ndx_index *index, const struct ndx_query *query,
                                    const struct ndx_run_options *options,
                                    const struct ndx_found *found, size_t count, float *score,
                                    struct ndx_err *err);

#endif
