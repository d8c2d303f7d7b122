/*
 * conjunction.c - all of several clauses: the rarest fills the window, the others keep
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/matcher.h"

struct conjunction {
	struct ndx_matcher base;
	struct ndx_matcher **child; /* by rising cost */
	size_t count;
};

static enum ndx_status
seek(struct ndx_matcher *matcher, ndx_docid from, ndx_docid *docid_ret, struct ndx_err *err)
{
	struct conjunction *all = (struct conjunction *)matcher;

	*docid_ret = from;
	for (size_t i = 0; i < all->count && *docid_ret != NDX_DOCID_NONE; i++) {
		enum ndx_status status =
			all->child[i]->class->seek(all->child[i], *docid_ret, docid_ret, err);

		if (status != NDX_OK)
			return status;
	}
	return NDX_OK;
}

static enum ndx_status
keep_from(struct conjunction *all, size_t i, struct ndx_window *window, struct ndx_err *err)
{
	for (; i < all->count && !ndx_window_is_empty(window); i++) {
		enum ndx_status status = all->child[i]->class->keep(all->child[i], window, err);

		if (status != NDX_OK)
			return status;
	}
	return NDX_OK;
}

static enum ndx_status
fill(struct ndx_matcher *matcher, struct ndx_window *window, struct ndx_err *err)
{
	struct conjunction *all = (struct conjunction *)matcher;
	struct ndx_window mine;
	enum ndx_status status;

	ndx_window_clear(&mine, window->base);
	status = all->child[0]->class->fill(all->child[0], &mine, err);
	if (status == NDX_OK)
		status = keep_from(all, 1, &mine, err);
	if (status == NDX_OK)
		ndx_window_or(window, &mine);
	return status;
}

static enum ndx_status
keep(struct ndx_matcher *matcher, struct ndx_window *window, struct ndx_err *err)
{
	return keep_from((struct conjunction *)matcher, 0, window, err);
}

static enum ndx_status
credit(struct ndx_matcher *matcher, const struct ndx_window *window, struct ndx_err *err)
{
	struct conjunction *all = (struct conjunction *)matcher;
	enum ndx_status status = NDX_OK;

	for (size_t i = 0; status == NDX_OK && i < all->count; i++)
		status = all->child[i]->class->credit(all->child[i], window, err);
	return status;
}

static const struct ndx_matcher_class conjunction_class = { seek, fill, keep, credit,
	                                                    NULL, NULL, NULL };

enum ndx_status
ndx_conjunction_new(const struct ndx_matcher_maker *maker, struct ndx_matcher **child, size_t count,
                    struct ndx_matcher **matcher_ret, struct ndx_err *err)
{
	struct conjunction *all = ndx_arena_alloc(maker->arena, sizeof(*all));

	if (all == NULL)
		return ndx_fail_nomem(err);
	for (size_t i = 1; i < count; i++) { /* insertion: clauses are few */
		struct ndx_matcher *moved = child[i];
		size_t j = i;

		for (; j > 0 && child[j - 1]->cost > moved->cost; j--)
			child[j] = child[j - 1];
		child[j] = moved;
	}
	all->child = child;
	all->count = count;
	all->base = (struct ndx_matcher){ &conjunction_class, child[0]->cost };
	*matcher_ret = &all->base;
	return NDX_OK;
}
