/*
 * explain.h - how a query was read, and what its parts added to each score
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_EXPLAIN_H
#define NDX_SEARCHER_EXPLAIN_H

#include "common/buf.h"
#include "common/ndx.h"

struct ndx_explained_leaf {
	const char *name; /* as an s-expression */
	uint64_t df;
	float idf, weight;
};

struct ndx_explanation {
	struct ndx_arena *arena; /* holds all of it */
	const char *tree;        /* the query as an s-expression */
	struct ndx_explained_leaf *leaf;
	size_t leaf_count;
	size_t hit_count;
	float *part; /* hit_count times leaf_count: what each leaf added to the hit's score */
};

/* Explain hits that live at least as long. */
enum ndx_status ndx_explain(const struct ndx_hits *hits, struct ndx_explanation **explanation_ret,
                            struct ndx_err *err);
void ndx_explanation_free(struct ndx_explanation *explanation); /* takes NULL */

#endif
