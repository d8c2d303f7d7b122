/*
 * list.c - required, optional and excluded clauses
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/matcher.h"

struct list {
	struct ndx_matcher base;
	struct ndx_matcher *required;
	struct ndx_matcher **should, **except;
	size_t should_count, except_count;
	struct ndx_window *narrowed; /* one per optional clause, for credit() */
};

static enum ndx_status
seek(struct ndx_matcher *matcher, ndx_docid from, ndx_docid *docid_ret, struct ndx_err *err)
{
	struct ndx_matcher *required = ((struct list *)matcher)->required;

	return required->class->seek(required, from, docid_ret, err);
}

/* Clear what an excluded clause matches. */
static enum ndx_status
drop_excluded(struct list *list, struct ndx_window *window, struct ndx_err *err)
{
	for (size_t i = 0; i < list->except_count && !ndx_window_is_empty(window); i++) {
		struct ndx_window excluded = *window;
		enum ndx_status status =
			list->except[i]->class->keep(list->except[i], &excluded, err);

		if (status != NDX_OK)
			return status;
		ndx_window_and_not(window, &excluded);
	}
	return NDX_OK;
}

static enum ndx_status
fill(struct ndx_matcher *matcher, struct ndx_window *window, struct ndx_err *err)
{
	struct list *list = (struct list *)matcher;
	struct ndx_window mine;
	enum ndx_status status;

	ndx_window_clear(&mine, window->base);
	status = list->required->class->fill(list->required, &mine, err);
	if (status == NDX_OK)
		status = drop_excluded(list, &mine, err);
	if (status == NDX_OK)
		ndx_window_or(window, &mine);
	return status;
}

static enum ndx_status
keep(struct ndx_matcher *matcher, struct ndx_window *window, struct ndx_err *err)
{
	struct list *list = (struct list *)matcher;
	enum ndx_status status = list->required->class->keep(list->required, window, err);

	return status == NDX_OK ? drop_excluded(list, window, err) : status;
}

static enum ndx_status
credit(struct ndx_matcher *matcher, const struct ndx_window *window, struct ndx_err *err)
{
	struct list *list = (struct list *)matcher;
	enum ndx_status status = list->required->class->credit(list->required, window, err);

	for (size_t i = 0; status == NDX_OK && i < list->should_count; i++)
		status = ndx_credit_optional(list->should[i], window, &list->narrowed[i], err);
	return status;
}

static const struct ndx_matcher_class list_class = { seek, fill, keep, credit, NULL, NULL, NULL };

enum ndx_status
ndx_list_new(const struct ndx_matcher_maker *maker, struct ndx_matcher *required,
             struct ndx_matcher **should, size_t should_count, struct ndx_matcher **except,
             size_t except_count, struct ndx_matcher **matcher_ret, struct ndx_err *err)
{
	struct list *list = ndx_arena_alloc(maker->arena, sizeof(*list));

	if (list == NULL)
		return ndx_fail_nomem(err);
	list->narrowed = ndx_arena_alloc(maker->arena, should_count * sizeof(*list->narrowed));
	if (list->narrowed == NULL)
		return ndx_fail_nomem(err);
	list->base = (struct ndx_matcher){ &list_class, required->cost };
	list->required = required;
	list->should = should;
	list->should_count = should_count;
	list->except = except;
	list->except_count = except_count;
	*matcher_ret = &list->base;
	return NDX_OK;
}
