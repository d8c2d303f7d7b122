/*
 * article_get.c - one article by its id, and what of it matches a query: the calls of ndx.h
 *
 * SPDX-License-Identifier: MIT
 */
#include "common/index.h"
#include "searcher/article_read.h"
#include "searcher/expand.h"
#include "searcher/query.h"
#include "searcher/snippet.h"

/* What ndx_article_get() hands out, with what holds it. */
struct article {
	struct ndx_article_view view; /* first: the handle points at it */
	struct ndx_arena *arena;      /* holds this, and all of: */
	const char **notice;          /* of the query */
	size_t notice_count;
	struct ndx_match *title_match;
	size_t title_match_count;
};

/* Keep what was said of the query. */
static enum ndx_status
take_notices(struct article *article, const struct ndx_query *query, struct ndx_err *err)
{
	article->notice =
		ndx_arena_alloc(article->arena, query->notice_count * sizeof(*article->notice));
	if (article->notice == NULL)
		return ndx_fail_nomem(err);
	for (size_t i = 0; i < query->notice_count; i++) {
		const char *sentence = query->notice[i];

		article->notice[i] = ndx_arena_copy(article->arena, sentence, strlen(sentence));
		if (article->notice[i] == NULL)
			return ndx_fail_nomem(err);
		article->notice_count++;
	}
	return NDX_OK;
}

static enum ndx_status
mark_title(struct ndx_marker *marker, struct article *article, struct ndx_err *err)
{
	const struct ndx_mark *mark;
	size_t count;
	/* One that was made is of the text. */
	const enum ndx_status status =
		ndx_marker_find(marker, ndx_str(article->view.title), !article->view.title_is_made,
	                        &mark, &count, err);

	if (status != NDX_OK)
		return status;
	article->title_match =
		ndx_arena_alloc(article->arena, count * sizeof(*article->title_match));
	if (article->title_match == NULL)
		return ndx_fail_nomem(err);
	for (size_t i = 0; i < count; i++)
		article->title_match[i] = (struct ndx_match){ mark[i].off, mark[i].size };
	article->title_match_count = count;
	return NDX_OK;
}

static enum ndx_status
mark_text(struct ndx_marker *marker, struct article *article, const struct ndx_mem *mem,
          struct ndx_err *err)
{
	const struct ndx_str text = { article->view.text, article->view.text_size };
	const struct ndx_mark *mark;
	struct ndx_buf marked;
	size_t count;
	enum ndx_status status = ndx_marker_find(marker, text, false, &mark, &count, err);

	if (status != NDX_OK)
		return status;
	ndx_buf_init(&marked, mem);
	ndx_marks_write(text, mark, count, &marked);
	article->view.text = ndx_arena_copy(article->arena, (const char *)marked.data, marked.size);
	article->view.text_size = marked.size;
	if (ndx_buf_failed(&marked) || article->view.text == NULL)
		status = ndx_fail_nomem(err);
	ndx_buf_free(&marked);
	return status;
}

/* Find what matches 'query' in the article's title, and put marks around it in the text. */
static enum ndx_status
mark_article(const struct ndx_index *index, const char *query_text, struct article *article,
             struct ndx_err *err)
{
	const struct ndx_mem *mem = index->env->mem;
	struct ndx_stemmer *stemmer = NULL;
	struct ndx_query *query = NULL;
	struct ndx_marker *marker = NULL;
	enum ndx_status status = ndx_stemmer_new(mem, index->manifest.language, &stemmer, err);

	if (status == NDX_OK)
		status = ndx_query_parse(mem, stemmer, query_text, strlen(query_text), false, false,
		                         &query, err);
	if (status == NDX_OK)
		status = ndx_query_expand(index, NDX_EXPANSIONS_MAX, query, err);
	if (status == NDX_OK)
		status = take_notices(article, query, err);
	if (status == NDX_OK)
		status = ndx_marker_new(mem, stemmer, query, &marker, err);
	if (status == NDX_OK)
		status = mark_title(marker, article, err);
	if (status == NDX_OK)
		status = mark_text(marker, article, mem, err);
	ndx_marker_free(marker);
	ndx_query_free(query);
	ndx_stemmer_free(stemmer);
	return status;
}

enum ndx_status
ndx_article_get(const struct ndx_index *index, const char *id, const char *query,
                const struct ndx_article_view **article_ret, struct ndx_err *err)
{
	struct ndx_article_reader reader = { 0 };
	struct ndx_arena *arena = NULL;
	struct article *article = NULL;
	size_t segment;
	ndx_docid docid;
	enum ndx_status status = ndx_index_locate(index, ndx_str(id), &segment, &docid, err);

	if (status == NDX_E_NOT_FOUND)
		return ndx_fail(err, NDX_E_NOT_FOUND, "no article '%s' in '%s'", id, index->dir);
	if (status == NDX_OK) {
		arena = ndx_arena_new(index->env->mem);
		article = arena == NULL ? NULL : ndx_arena_alloc(arena, sizeof(*article));
		if (article == NULL) {
			ndx_arena_free(arena);
			return ndx_fail_nomem(err);
		}
		status = ndx_article_reader_open(&index->segment[segment], &reader, err);
	}
	if (status == NDX_OK) {
		*article = (struct article){ .arena = arena };
		status = ndx_article_read(&reader, docid, false, arena, &article->view, err);
	}
	if (status == NDX_OK && query != NULL)
		status = mark_article(index, query, article, err);
	ndx_article_reader_close(&reader);
	if (status != NDX_OK) {
		ndx_arena_free(arena);
		return status;
	}
	*article_ret = &article->view;
	return NDX_OK;
}

/* The view is the first member of what the arena holds. */
static const struct article *
article_of(const struct ndx_article_view *view)
{
	return (const struct article *)(const void *)view;
}

const char *
ndx_article_notice(const struct ndx_article_view *article, size_t i)
{
	return i < article_of(article)->notice_count ? article_of(article)->notice[i] : NULL;
}

const struct ndx_match *
ndx_article_title_matches(const struct ndx_article_view *article, size_t *count_ret)
{
	*count_ret = article_of(article)->title_match_count;
	return article_of(article)->title_match;
}

void
ndx_article_free(const struct ndx_article_view *article)
{
	if (article != NULL)
		ndx_arena_free(article_of(article)->arena);
}
