/*
 * explain.c - see explain.h
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/explain.h"

#include "common/arena.h"
#include "searcher/hits.h"

/* The tree below 'node', from the arena; NULL: out of memory. */
static const char *
name_of(const struct ndx_node *node, struct ndx_arena *arena, const struct ndx_mem *mem)
{
	struct ndx_node copy = *node;
	const struct ndx_query query = { .root = &copy };
	const char *name = NULL;
	struct ndx_buf out;

	ndx_buf_init(&out, mem);
	ndx_query_print(&query, &out);
	if (!ndx_buf_failed(&out))
		name = ndx_arena_copy(arena, (const char *)out.data, out.size);
	ndx_buf_free(&out);
	return name;
}

static enum ndx_status
explain_leaves(const struct ndx_hits *hits, struct ndx_explanation *e, struct ndx_err *err)
{
	const struct ndx_mem *mem = hits->index->env->mem;
	const struct ndx_leaf_stats *stats = hits->result.stats;

	e->leaf_count = hits->result.stats_count;
	e->leaf = ndx_arena_alloc(e->arena, e->leaf_count * sizeof(*e->leaf));
	for (size_t i = 0; e->leaf != NULL && i < e->leaf_count; i++) {
		e->leaf[i] =
			(struct ndx_explained_leaf){ name_of(stats[i].node, e->arena, mem),
			                             stats[i].df, stats[i].idf, stats[i].weight };
		if (e->leaf[i].name == NULL)
			e->leaf = NULL;
	}
	return e->leaf == NULL ? ndx_fail_nomem(err) : NDX_OK;
}

static enum ndx_status
explain_hits(const struct ndx_hits *hits, struct ndx_explanation *e, struct ndx_err *err)
{
	e->hit_count = hits->count;
	if (e->leaf_count > 0 && e->hit_count > SIZE_MAX / sizeof(*e->part) / e->leaf_count)
		return ndx_fail_nomem(err);
	e->part = ndx_arena_alloc(e->arena, e->hit_count * e->leaf_count * sizeof(*e->part));
	if (e->part == NULL)
		return ndx_fail_nomem(err);
	if (e->leaf_count == 0 || e->hit_count == 0)
		return NDX_OK;
	return ndx_run_score_parts(hits->index, hits->query, &hits->run,
	                           &hits->result.found[hits->offset], hits->count, e->part, err);
}

enum ndx_status
ndx_explain(const struct ndx_hits *hits, struct ndx_explanation **explanation_ret,
            struct ndx_err *err)
{
	const struct ndx_mem *mem = hits->index->env->mem;
	struct ndx_arena *arena = ndx_arena_new(mem);
	struct ndx_explanation *e = arena == NULL ? NULL : ndx_arena_alloc(arena, sizeof(*e));
	enum ndx_status status;

	if (e == NULL) {
		ndx_arena_free(arena);
		return ndx_fail_nomem(err);
	}
	e->arena = arena;
	e->tree = name_of(hits->query->root, arena, mem);
	status = e->tree == NULL ? ndx_fail_nomem(err) : explain_leaves(hits, e, err);
	if (status == NDX_OK)
		status = explain_hits(hits, e, err);
	if (status != NDX_OK) {
		ndx_arena_free(arena);
		return status;
	}
	*explanation_ret = e;
	return NDX_OK;
}

void
ndx_explanation_free(struct ndx_explanation *explanation)
{
	if (explanation != NULL)
		ndx_arena_free(explanation->arena);
}
