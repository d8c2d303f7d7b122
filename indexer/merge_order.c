/*
 * merge_order.c - see merge_order.h
 *
 * Each input is in order already, so a heap of their heads suffices.  Ids are looked up only
 * where two dates are equal.
 *
 * SPDX-License-Identifier: MIT
 */
#include "indexer/merge_order.h"

#include <string.h>

#include "common/column.h"
#include "common/docstore.h"

/* The next live article of one input. */
struct head {
	const struct ndx_merge_input *input;
	size_t index;    /* of the input */
	ndx_docid docid; /* article_count at the end */
	int64_t date;    /* NDX_NO_DATE is below all others */
	struct ndx_column dates;
	struct ndx_docstore ids;
	struct ndx_buf id; /* valid if has_id */
	bool has_id;
};

struct merger {
	struct head *head;
	size_t *heap; /* indexes of heads, the first is the next article */
	size_t heap_count;
	enum ndx_status status;
	struct ndx_err *err;
};

static bool
fetch_id(struct merger *merger, struct head *head)
{
	struct ndx_str id;
	uint32_t slot;

	if (head->has_id || merger->status != NDX_OK)
		return merger->status == NDX_OK;
	merger->status = ndx_docstore_slot(head->input->segment, head->docid, &slot, merger->err);
	if (merger->status == NDX_OK)
		merger->status = ndx_docstore_get(&head->ids, slot, &id, merger->err);
	if (merger->status != NDX_OK)
		return false;
	ndx_buf_clear(&head->id);
	ndx_buf_add(&head->id, id.data, id.size);
	if (ndx_buf_failed(&head->id))
		merger->status = ndx_fail_nomem(merger->err);
	head->has_id = true;
	return merger->status == NDX_OK;
}

/* Does head a come before head b? */
static bool
before(struct merger *merger, size_t a, size_t b)
{
	struct head *x = &merger->head[a], *y = &merger->head[b];
	int order;

	if (x->date != y->date)
		return x->date > y->date;
	if (!fetch_id(merger, x) || !fetch_id(merger, y))
		return a < b;
	order = ndx_str_compare((struct ndx_str){ (const char *)x->id.data, x->id.size },
	                        (struct ndx_str){ (const char *)y->id.data, y->id.size });
	return order != 0 ? order < 0 : a < b;
}

static void
sift_down(struct merger *merger, size_t at)
{
	size_t *heap = merger->heap;

	for (;;) {
		size_t least = at, left = 2 * at + 1, right = left + 1, swap;

		if (left < merger->heap_count && before(merger, heap[left], heap[least]))
			least = left;
		if (right < merger->heap_count && before(merger, heap[right], heap[least]))
			least = right;
		if (least == at)
			return;
		swap = heap[at];
		heap[at] = heap[least];
		heap[least] = swap;
		at = least;
	}
}

/* Go to the first live article from 'docid' on. */
static enum ndx_status
advance(struct head *head, ndx_docid docid, struct ndx_err *err)
{
	const struct ndx_segment *segment = head->input->segment;

	while (docid < segment->article_count && head->input->dead != NULL &&
	       head->input->dead[docid])
		docid++;
	head->docid = docid;
	head->has_id = false;
	head->date = NDX_NO_DATE;
	if (docid >= segment->dated_count)
		return NDX_OK;
	return ndx_column_get(&head->dates, docid, &head->date, err);
}

static enum ndx_status
open_heads(const struct ndx_env *env, struct merger *merger, const struct ndx_merge_input *input,
           size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct head *head = &merger->head[i];
		enum ndx_status status;

		head->input = &input[i];
		head->index = i;
		ndx_buf_init(&head->id, env->mem);
		ndx_docstore_init(&head->ids, input[i].segment, NDX_PART_IDS);
		status = ndx_column_open(input[i].segment, NDX_PART_DATES, &head->dates,
		                         merger->err);
		if (status == NDX_OK)
			status = advance(head, 0, merger->err);
		if (status != NDX_OK)
			return status;
		if (head->docid < input[i].segment->article_count)
			merger->heap[merger->heap_count++] = i;
	}
	for (size_t at = merger->heap_count / 2; at-- > 0;)
		sift_down(merger, at);
	return merger->status;
}

static enum ndx_status
drain(struct merger *merger, struct ndx_merge_order *order)
{
	while (merger->heap_count > 0 && merger->status == NDX_OK) {
		struct head *head = &merger->head[merger->heap[0]];

		order->docid[head->index][head->docid] = order->count;
		if (head->date != NDX_NO_DATE)
			order->date[order->dated_count++] = head->date;
		order->count++;
		merger->status = advance(head, head->docid + 1, merger->err);
		if (head->docid >= head->input->segment->article_count)
			merger->heap[0] = merger->heap[--merger->heap_count];
		sift_down(merger, 0);
	}
	return merger->status;
}

static bool
order_alloc(const struct ndx_env *env, const struct ndx_merge_input *input, size_t count,
            struct ndx_merge_order *order)
{
	size_t live = 0;

	*order = (struct ndx_merge_order){ .input_count = count };
	order->docid = ndx_alloc_zero(env->mem, count, sizeof(*order->docid));
	for (size_t i = 0; order->docid != NULL && i < count; i++) {
		size_t size = input[i].segment->article_count * sizeof(**order->docid);

		order->docid[i] = ndx_alloc(env->mem, size);
		if (order->docid[i] == NULL)
			return false;
		memset(order->docid[i], 0xff, size); /* NDX_DOCID_NONE */
		live += input[i].live_count;
	}
	order->date = ndx_alloc(env->mem, live * sizeof(*order->date));
	return order->docid != NULL && order->date != NULL && live < NDX_DOCID_LIMIT;
}

enum ndx_status
ndx_merge_order(const struct ndx_env *env, const struct ndx_merge_input *input, size_t count,
                struct ndx_merge_order *order_ret, struct ndx_err *err)
{
	struct merger merger = { .err = err };
	struct ndx_merge_order order;
	enum ndx_status status;

	merger.head = ndx_alloc_zero(env->mem, count, sizeof(*merger.head));
	merger.heap = ndx_alloc(env->mem, count * sizeof(*merger.heap));
	if (!order_alloc(env, input, count, &order) || merger.head == NULL || merger.heap == NULL)
		status = ndx_fail_nomem(err);
	else
		status = open_heads(env, &merger, input, count);
	if (status == NDX_OK)
		status = drain(&merger, &order);
	for (size_t i = 0; merger.head != NULL && i < count; i++) {
		ndx_docstore_free(&merger.head[i].ids);
		ndx_buf_free(&merger.head[i].id);
	}
	ndx_free(env->mem, merger.head);
	ndx_free(env->mem, merger.heap);
	if (status != NDX_OK)
		ndx_merge_order_free(env, &order);
	else
		*order_ret = order;
	return status;
}

void
ndx_merge_order_free(const struct ndx_env *env, struct ndx_merge_order *order)
{
	for (size_t i = 0; order->docid != NULL && i < order->input_count; i++)
		ndx_free(env->mem, order->docid[i]);
	ndx_free(env->mem, order->docid);
	ndx_free(env->mem, order->date);
	*order = (struct ndx_merge_order){ 0 };
}
