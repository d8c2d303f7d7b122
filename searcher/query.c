/*
 * query.c - see query.h; the steps are told in query_lex.h
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/query.h"

#include <stdarg.h>
#include <stdio.h>

#include "searcher/query_lex.h"

/* A message as struct ndx_err holds it, and how it was read instead. */
#define NOTICE_SIZE_MAX (sizeof(((struct ndx_err *)0)->msg) + 100)

void
ndx_query_fail(struct ndx_reading *r, enum ndx_status status, const char *fmt, ...)
{
	va_list args;

	if (r->status != NDX_OK)
		return;
	r->status = status;
	r->err = (struct ndx_err){ .status = status };
	va_start(args, fmt);
	vsnprintf(r->err.msg, sizeof(r->err.msg), fmt, args);
	va_end(args);
}

void *
ndx_query_alloc(struct ndx_reading *r, size_t size)
{
	void *ptr = ndx_arena_alloc(r->query->arena, size);

	if (ptr == NULL)
		ndx_query_fail(r, NDX_E_NOMEM, "out of memory");
	return ptr;
}

struct ndx_node *
ndx_query_node(struct ndx_reading *r, enum ndx_node_kind kind, size_t at, size_t size)
{
	struct ndx_node *node = ndx_query_alloc(r, sizeof(*node));

	if (node != NULL)
		*node = (struct ndx_node){
			.kind = kind,
			.field = NDX_FIELD_ANY,
			.scores = true,
			.boost = 1,
			.at = at,
			.size = size,
		};
	return node;
}

void
ndx_query_show(const char *text, size_t size, char out[NDX_QUERY_SHOWN_SIZE])
{
	const size_t room = NDX_QUERY_SHOWN_SIZE - 4; /* "..." and the NUL */
	size_t shown = ndx_utf8_check(text, size < room ? size : room);

	memcpy(out, text, shown);
	for (size_t i = 0; i < shown; i++)
		if ((unsigned char)out[i] < ' ' || out[i] == 0x7f)
			out[i] = ' ';
	memcpy(out + shown, shown < size ? "..." : "", shown < size ? 4 : 1);
}

bool
ndx_query_add_notice(struct ndx_query *query, const char *sentence)
{
	char *copy;

	if (query->notice_count == NDX_QUERY_NOTICES_MAX)
		return true;
	if (query->notice_count == NDX_QUERY_NOTICES_MAX - 1)
		sentence = "more of the query was not read as typed";
	if (query->notice == NULL)
		query->notice = ndx_arena_alloc(query->arena,
		                                NDX_QUERY_NOTICES_MAX * sizeof(*query->notice));
	copy = ndx_arena_copy(query->arena, sentence, strlen(sentence));
	if (query->notice == NULL || copy == NULL)
		return false;
	query->notice[query->notice_count++] = copy;
	return true;
}

void
ndx_query_wrong(struct ndx_reading *r, size_t at, const char *reading, const char *fmt, ...)
{
	char notice[NOTICE_SIZE_MAX];
	struct ndx_err err = { .status = NDX_E_QUERY, .at = at };
	va_list args;

	if (r->status != NDX_OK)
		return;
	va_start(args, fmt);
	vsnprintf(err.msg, sizeof(err.msg), fmt, args);
	va_end(args);
	if (r->strict) {
		/* The steps go over the text one after another: the first place is what to name. */
		if (!r->wrong || at < r->err.at)
			r->err = err;
		r->wrong = true;
		return;
	}
	snprintf(notice, sizeof(notice), "%s; %s", err.msg, reading);
	if (!ndx_query_add_notice(r->query, notice))
		ndx_query_fail(r, NDX_E_NOMEM, "out of memory");
}

static void
read_query(struct ndx_reading *r)
{
	ndx_query_rejoin(r);
	if (r->status == NDX_OK)
		ndx_query_lex(r);
	if (r->status == NDX_OK)
		ndx_query_mend(r);
	if (r->status == NDX_OK && r->wrong)
		r->status = NDX_E_QUERY;
	if (r->status == NDX_OK)
		ndx_query_words(r);
	if (r->status == NDX_OK)
		ndx_query_tree(r);
	if (r->status == NDX_OK && r->wrong)
		r->status = NDX_E_QUERY;
}

enum ndx_status
ndx_query_parse(const struct ndx_mem *mem, struct ndx_stemmer *stemmer, const char *text,
                size_t size, bool all, bool strict, struct ndx_query **query_ret,
                struct ndx_err *err)
{
	return ndx_query_parse_zoned(mem, stemmer, text, size, all, strict, NULL, query_ret, err);
}

enum ndx_status
ndx_query_parse_zoned(const struct ndx_mem *mem, struct ndx_stemmer *stemmer, const char *text,
                      size_t size, bool all, bool strict, const struct ndx_zone *zone,
                      struct ndx_query **query_ret, struct ndx_err *err)
{
	struct ndx_reading r = {
		.mem = mem,
		.stemmer = stemmer,
		.text = text,
		.size = size,
		.all = all,
		.strict = strict,
		.zone = zone,
	};
	struct ndx_arena *arena;

	if (size > NDX_QUERY_SIZE_MAX)
		return ndx_fail(err, NDX_E_LIMIT, "query has more than %d bytes",
		                NDX_QUERY_SIZE_MAX);
	arena = ndx_arena_new(mem);
	if (arena == NULL)
		return ndx_fail_nomem(err);
	r.query = ndx_arena_alloc(arena, sizeof(*r.query));
	if (r.query == NULL) {
		ndx_arena_free(arena);
		return ndx_fail_nomem(err);
	}
	r.query->arena = arena;
	ndx_tokens_init(&r.tokens, mem);
	ndx_tokens_init(&r.filter, mem);
	read_query(&r);
	ndx_tokens_free(&r.tokens);
	ndx_tokens_free(&r.filter);
	if (r.status == NDX_OK) {
		*query_ret = r.query;
		return NDX_OK;
	}
	ndx_arena_free(arena);
	if (err != NULL)
		*err = r.err;
	return r.status;
}

void
ndx_query_free(struct ndx_query *query)
{
	if (query != NULL)
		ndx_arena_free(query->arena);
}
