/*
 * disjunction.c - any of several clauses: each adds its bits to the window
 *
 * A clause scores only where it matches.  A word or phrase sees to that itself, as it
 * has postings only there; of a compound clause, the window is narrowed first.
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/matcher.h"

struct disjunction {
	struct ndx_matcher base;
	struct ndx_matcher **child;
	struct ndx_window *narrowed; /* one per child, for credit(); NULL if all are leaves */
	size_t count;
};

static enum ndx_status
seek(struct ndx_matcher *matcher, ndx_docid from, ndx_docid *docid_ret, struct ndx_err *err)
{
	struct disjunction *any = (struct disjunction *)matcher;
	ndx_docid least = NDX_DOCID_NONE;

	for (size_t i = 0; i < any->count; i++) {
		ndx_docid docid;
		enum ndx_status status =
			any->child[i]->class->seek(any->child[i], from, &docid, err);

		if (status != NDX_OK)
			return status;
		least = docid < least ? docid : least;
	}
	*docid_ret = least;
	return NDX_OK;
}

static enum ndx_status
fill(struct ndx_matcher *matcher, struct ndx_window *window, struct ndx_err *err)
{
	struct disjunction *any = (struct disjunction *)matcher;
	enum ndx_status status = NDX_OK;

	for (size_t i = 0; status == NDX_OK && i < any->count; i++)
		status = any->child[i]->class->fill(any->child[i], window, err);
	return status;
}

static enum ndx_status
keep(struct ndx_matcher *matcher, struct ndx_window *window, struct ndx_err *err)
{
	struct disjunction *any = (struct disjunction *)matcher;
	struct ndx_window sum;
	enum ndx_status status = NDX_OK;

	ndx_window_clear(&sum, window->base);
	for (size_t i = 0; status == NDX_OK && i < any->count; i++) {
		struct ndx_window rest = *window;

		ndx_window_and_not(&rest, &sum); /* what no clause before has had */
		if (ndx_window_is_empty(&rest))
			break;
		status = any->child[i]->class->keep(any->child[i], &rest, err);
		ndx_window_or(&sum, &rest);
	}
	*window = sum;
	return status;
}

enum ndx_status
ndx_credit_optional(struct ndx_matcher *child, const struct ndx_window *window,
                    struct ndx_window *narrowed, struct ndx_err *err)
{
	enum ndx_status status;

	*narrowed = *window;
	status = child->class->keep(child, narrowed, err);
	if (status == NDX_OK)
		status = child->class->credit(child, narrowed, err);
	return status;
}

static enum ndx_status
credit(struct ndx_matcher *matcher, const struct ndx_window *window, struct ndx_err *err)
{
	struct disjunction *any = (struct disjunction *)matcher;
	enum ndx_status status = NDX_OK;

	for (size_t i = 0; status == NDX_OK && i < any->count; i++) {
		struct ndx_matcher *child = any->child[i];

		status = child->class->score != NULL
		                 ? child->class->credit(child, window, err)
		                 : ndx_credit_optional(child, window, &any->narrowed[i], err);
	}
	return status;
}

static const struct ndx_matcher_class disjunction_class = { seek, fill, keep, credit,
	                                                    NULL, NULL, NULL };

enum ndx_status
ndx_disjunction_new(const struct ndx_matcher_maker *maker, struct ndx_matcher **child, size_t count,
                    struct ndx_matcher **matcher_ret, struct ndx_err *err)
{
	struct disjunction *any = ndx_arena_alloc(maker->arena, sizeof(*any));
	bool has_compound = false;

	if (any == NULL)
		return ndx_fail_nomem(err);
	for (size_t i = 0; i < count; i++)
		has_compound |= child[i]->class->score == NULL;
	if (has_compound)
		any->narrowed = ndx_arena_alloc(maker->arena, count * sizeof(*any->narrowed));
	if (has_compound && any->narrowed == NULL)
		return ndx_fail_nomem(err);
	any->base.class = &disjunction_class;
	any->child = child;
	any->count = count;
	for (size_t i = 0; i < count; i++)
		any->base.cost += child[i]->cost;
	*matcher_ret = &any->base;
	return NDX_OK;
}
