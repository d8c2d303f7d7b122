/*
 * found_order.c - see found_order.h
 *
 * In a segment, articles of one date are in the order of their ids.  Where such a group has
 * articles of several segments, their ids are needed, and they lie in packed blocks.  So the groups
 * are gathered until they have many articles, whose ids are then read in the order in which they
 * lie, each block once.
 *
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE /* qsort_r() */

#include "searcher/found_order.h"

#include <stdlib.h>

#include "common/arena.h"
#include "common/docstore.h"

/* Articles that are gathered: some megabytes of ids, and a good part of an index of 100,000. */
#define TIED_ENOUGH 65536

/* An article whose id decides where in its group it stands. */
struct tied {
	struct ndx_found found;
	size_t group; /* the index of the group's first article */
	uint32_t slot;
	struct ndx_str id;
};

struct tied_list {
	struct tied *tied;
	size_t count, count_max;
};

/* By all that can be seen without the ids. */
static int
compare_found(const void *x, const void *y, void *arg)
{
	const enum ndx_sort *sort = arg;
	const struct ndx_found *a = x, *b = y;

	if (*sort == NDX_SORT_RELEVANCE && a->score != b->score)
		return a->score > b->score ? -1 : 1;
	if (a->date != b->date) {
		if (a->date == NDX_NO_DATE || b->date == NDX_NO_DATE)
			return a->date == NDX_NO_DATE ? 1 : -1;
		return (a->date > b->date) == (*sort != NDX_SORT_OLDEST) ? -1 : 1;
	}
	if (a->segment != b->segment)
		return a->segment < b->segment ? -1 : 1;
	return a->docid < b->docid ? -1 : a->docid > b->docid;
}

static bool
is_tie(const struct ndx_found *a, const struct ndx_found *b, enum ndx_sort sort)
{
	return a->date == b->date && (sort != NDX_SORT_RELEVANCE || a->score == b->score);
}

static int
compare_places(const void *a, const void *b)
{
	const struct tied *x = a, *y = b;

	if (x->found.segment != y->found.segment)
		return x->found.segment < y->found.segment ? -1 : 1;
	return x->slot < y->slot ? -1 : x->slot > y->slot;
}

static int
compare_ids(const void *a, const void *b)
{
	const struct tied *x = a, *y = b;

	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	return ndx_str_compare(x->id, y->id);
}

/* The ids of tied[count], all of one segment, in the order of their slots. */
static enum ndx_status
read_ids(const struct ndx_segment *segment, struct tied *tied, size_t count,
         struct ndx_arena *arena, struct ndx_err *err)
{
	struct ndx_docstore ids;
	enum ndx_status status = NDX_OK;

	ndx_docstore_init(&ids, segment, NDX_PART_IDS);
	for (size_t i = 0; status == NDX_OK && i < count; i++) {
		struct ndx_str id;

		status = ndx_docstore_get(&ids, tied[i].slot, &id, err);
		if (status != NDX_OK)
			break;
		tied[i].id = (struct ndx_str){ ndx_arena_copy(arena, id.data, id.size), id.size };
		if (tied[i].id.data == NULL)
			status = ndx_fail_nomem(err);
	}
	ndx_docstore_free(&ids);
	return status;
}

/* Order the gathered groups in found[], and begin anew. */
static enum ndx_status
settle(const struct ndx_index *index, struct tied_list *list, struct ndx_found *found,
       struct ndx_err *err)
{
	struct tied *const tied = list->tied;
	enum ndx_status status = NDX_OK;
	struct ndx_arena *arena;
	size_t n;

	if (list->count == 0) /* as a rule: the best ten are seldom of one date */
		return NDX_OK;
	arena = ndx_arena_new(index->env->mem);
	if (arena == NULL)
		return ndx_fail_nomem(err);
	for (size_t i = 0; status == NDX_OK && i < list->count; i++)
		status = ndx_docstore_slot(&index->segment[tied[i].found.segment],
		                           tied[i].found.docid, &tied[i].slot, err);
	if (status == NDX_OK)
		qsort(tied, list->count, sizeof(*tied), compare_places);
	for (size_t i = 0; status == NDX_OK && i < list->count; i += n) {
		for (n = 1;
		     i + n < list->count && tied[i + n].found.segment == tied[i].found.segment;)
			n++;
		status = read_ids(&index->segment[tied[i].found.segment], &tied[i], n, arena, err);
	}
	if (status == NDX_OK)
		qsort(tied, list->count, sizeof(*tied), compare_ids);
	n = 0;
	for (size_t i = 0; status == NDX_OK && i < list->count; i++) {
		n = i > 0 && tied[i].group == tied[i - 1].group ? n + 1 : 0;
		found[tied[i].group + n] = tied[i].found;
	}
	list->count = 0;
	ndx_arena_free(arena);
	return status;
}

static enum ndx_status
gather(const struct ndx_index *index, struct tied_list *list, const struct ndx_found *found,
       size_t begin, size_t end, struct ndx_err *err)
{
	if (!ndx_grow(index->env->mem, &list->tied, &list->count_max, list->count + end - begin,
	              sizeof(*list->tied)))
		return ndx_fail_nomem(err);
	for (size_t i = begin; i < end; i++)
		list->tied[list->count++] = (struct tied){ .found = found[i], .group = begin };
	return NDX_OK;
}

enum ndx_status
ndx_found_sort(const struct ndx_index *index, enum ndx_sort sort, struct ndx_found *found,
               size_t count, struct ndx_err *err)
{
	struct tied_list list = { 0 };
	enum ndx_status status = NDX_OK;
	size_t end;

	if (count < 2)
		return NDX_OK;
	qsort_r(found, count, sizeof(*found), compare_found, &sort);
	for (size_t begin = 0; status == NDX_OK && begin < count; begin = end) {
		for (end = begin + 1; end < count && is_tie(&found[begin], &found[end], sort);)
			end++;
		if (found[begin].segment != found[end - 1].segment)
			status = gather(index, &list, found, begin, end, err);
		if (status == NDX_OK && list.count >= TIED_ENOUGH)
			status = settle(index, &list, found, err);
	}
	if (status == NDX_OK)
		status = settle(index, &list, found, err);
	ndx_free(index->env->mem, list.tied);
	return status;
}
