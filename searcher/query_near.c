/*
 * query_near.c - NEAR, ONEAR and SENTENCE in a query's tree
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/query_lex.h"

static bool
has_positions(const struct ndx_node *node)
{
	return node->field == NDX_FIELD_ANY || node->field == NDX_FIELD_TITLE;
}

/* Can it be a side: a word, a phrase, a pattern, any of these, or what is near each other? */
static bool
is_side(struct ndx_node *node)
{
	if (!has_positions(node))
		return false;
	if (node->kind == NDX_NODE_TERM || node->kind == NDX_NODE_PHRASE ||
	    node->kind == NDX_NODE_FORMS || node->kind == NDX_NODE_NEAR)
		return true;
	if (node->kind != NDX_NODE_OR && node->kind != NDX_NODE_LIST)
		return false;
	for (size_t i = 0; i < node->child_count; i++)
		if (node->child[i]->sign != NDX_SHOULD || !is_side(node->child[i]))
			return false;
	node->kind = NDX_NODE_OR; /* a group of words is any of them */
	return true;
}

struct ndx_node *
ndx_query_near_node(struct ndx_reading *r, const struct ndx_lexeme *operator,
                    struct ndx_node * left, struct ndx_node *right, bool negated)
{
	const bool near = !negated && is_side(left) && is_side(right);
	struct ndx_node *node;

	if (!near)
		ndx_query_wrong(r, operator->at, "read as AND",
		                "%.*s at byte %zu joins words and phrases only",
		                (int)operator->size, r->text + operator->at, (size_t) operator->at);
	node = ndx_query_node(r,
	                      near      ? NDX_NODE_NEAR
	                      : negated ? NDX_NODE_LIST
	                                : NDX_NODE_AND,
	                      left->at, right->at + right->size - left->at);
	if (node != NULL)
		node->child = ndx_query_alloc(r, 2 * sizeof(*node->child));
	if (r->status != NDX_OK)
		return NULL;
	node->child[0] = left;
	node->child[1] = right;
	node->child_count = 2;
	left->sign = near ? NDX_SHOULD : NDX_MUST;
	right->sign = near ? NDX_SHOULD : negated ? NDX_MUST_NOT : NDX_MUST;
	node->distance = operator->number;
	node->near_kind = operator->kind == NDX_LEX_SENTENCE ? NDX_NEAR_SENTENCE :
	                  operator->kind == NDX_LEX_ONEAR    ? NDX_NEAR_ORDERED
	                                                     : NDX_NEAR_ANY;
	return node;
}
