/*
 * topk.h - the k best articles of one segment
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_TOPK_H
#define NDX_SEARCHER_TOPK_H

#include <stdbool.h>

#include "common/format.h"
#include "common/mem.h"

/* An article and what it is ranked by: the larger key first, then the smaller docid. */
struct ndx_ranked {
	int64_t key;
	ndx_docid docid;
	float score;
};

/* A heap whose first is the one to go next. */
struct ndx_topk {
	const struct ndx_mem *mem;
	struct ndx_ranked *item;
	size_t count, count_max, k;
	float floor; /* by score: there are k articles with at least this elsewhere */
};

/* A score as a key: the order of floats from 0 up is that of their bits. */
int64_t ndx_topk_key(float score);

void ndx_topk_init(struct ndx_topk *top, const struct ndx_mem *mem, size_t k);
void ndx_topk_free(struct ndx_topk *top);

/* Would an article with this key and a docid above all so far be taken? */
static inline bool
ndx_topk_admits(const struct ndx_topk *top, int64_t key)
{
	return top->count < top->k || key > top->item[0].key;
}

/* By score: an article below this is not among the k best.  It may be if it equals this. */
static inline float
ndx_topk_threshold(const struct ndx_topk *top)
{
	if (top->count < top->k || top->item[0].score < top->floor)
		return top->floor;
	return top->item[0].score;
}

static inline void
ndx_topk_raise(struct ndx_topk *top, float floor)
{
	if (floor > top->floor)
		top->floor = floor;
}

/* Take the article if it is among the k best so far; false: out of memory. */
bool ndx_topk_push(struct ndx_topk *top, struct ndx_ranked item);
/* The same by score, if it can be among them; articles come by rising docid. */
static inline bool
ndx_topk_offer(struct ndx_topk *top, ndx_docid docid, float score)
{
	const struct ndx_ranked item = { ndx_topk_key(score), docid, score };

	return score < ndx_topk_threshold(top) || !ndx_topk_admits(top, item.key) ||
	       ndx_topk_push(top, item);
}
/* Best first. */
void ndx_topk_sort(struct ndx_topk *top);

#endif
