/*
 * proximity.c - see proximity.h
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/proximity.h"

#include <string.h>

#include "common/arena.h"
#include "searcher/plan.h"

#define WINDOW       8
#define WEIGHT       0.15f
#define FREQUENT     10  /* in more than one of so many articles ... */
#define FREQUENT_MIN 100 /* ... and in more than so many */
#define PAIRS_MAX    64

/* A word that is to match, or may; as typed, without a field. */
static bool
is_word(const struct ndx_node *node)
{
	return node->kind == NDX_NODE_TERM && node->field == NDX_FIELD_ANY && node->scores &&
	       (node->sign == NDX_SHOULD || node->sign == NDX_MUST);
}

static enum ndx_status
is_frequent(const struct ndx_index *index, const struct ndx_node *word, bool *frequent_ret,
            struct ndx_err *err)
{
	enum ndx_status status = NDX_OK;
	uint64_t df = 0;

	for (size_t i = 0; status == NDX_OK && i < index->manifest.segment_count; i++) {
		const struct ndx_segment *segment = &index->segment[i];
		struct ndx_term_info info;
		bool found = false;

		status = ndx_plan_find(segment, word->field, word->term.term, &info, &found, err);
		if (status == NDX_OK && found)
			df += ndx_plan_live_df(segment, &info);
	}
	*frequent_ret = df > FREQUENT_MIN && df > index->article_count / FREQUENT;
	return status;
}

static struct ndx_node *
pair_of(struct ndx_arena *arena, const struct ndx_node *a, const struct ndx_node *b)
{
	struct ndx_node *pair = ndx_arena_alloc(arena, sizeof(*pair));
	struct ndx_node *words = ndx_arena_alloc(arena, 2 * sizeof(*words));
	struct ndx_node **child = ndx_arena_alloc(arena, 2 * sizeof(*child));

	if (pair == NULL || words == NULL || child == NULL)
		return NULL;
	words[0] = *a;
	words[1] = *b;
	for (size_t i = 0; i < 2; i++) {
		words[i].sign = NDX_SHOULD;
		words[i].boost = 1;
		child[i] = &words[i];
	}
	*pair = (struct ndx_node){ .kind = NDX_NODE_NEAR,
		                   .sign = NDX_SHOULD,
		                   .field = NDX_FIELD_ANY,
		                   .scores = true,
		                   .boost = WEIGHT * (a->boost < b->boost ? a->boost : b->boost),
		                   .at = a->at,
		                   .size = b->at + b->size - a->at,
		                   .near_kind = NDX_NEAR_ANY,
		                   .distance = WINDOW,
		                   .child = child,
		                   .child_count = 2 };
	return pair;
}

enum ndx_status
ndx_query_add_proximity(const struct ndx_index *index, struct ndx_query *query, struct ndx_err *err)
{
	struct ndx_node *root = query->root, **child, *pair;
	const size_t room = root->child_count < PAIRS_MAX ? root->child_count : PAIRS_MAX;
	size_t count = root->child_count;
	bool frequent[2] = { false, false };
	enum ndx_status status = NDX_OK;

	if (count < 2)
		return NDX_OK;
	child = ndx_arena_alloc(query->arena, (count + room) * sizeof(struct ndx_node *));
	if (child == NULL)
		return ndx_fail_nomem(err);
	memcpy(child, root->child, count * sizeof(struct ndx_node *));
	for (size_t i = 0; i < root->child_count && count < root->child_count + room; i++) {
		const struct ndx_node *b = child[i], *a = i > 0 ? child[i - 1] : NULL;

		frequent[0] = frequent[1];
		if (!is_word(b))
			continue;
		status = is_frequent(index, b, &frequent[1], err);
		if (status != NDX_OK)
			return status;
		if (a == NULL || !is_word(a) || (frequent[0] && frequent[1]) ||
		    ndx_str_equal(a->term.term, b->term.term))
			continue;
		pair = pair_of(query->arena, a, b);
		if (pair == NULL)
			return ndx_fail_nomem(err);
		child[count++] = pair;
	}
	root->child = child;
	root->child_count = count;
	return NDX_OK;
}
