/*
 * query_mend.c - whatever was typed becomes a sentence of the grammar
 *
 * After it parentheses pair (those still open close at END), AND, OR and NEAR stand between
 * two operands, NOT and the signs before one, and every word knows its field.  What
 * does not fit is read as a word or left out, and said in a notice.
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/query_lex.h"

/* Groups that are open, the query itself at 0. */
struct groups {
	size_t depth;
	size_t at[NDX_QUERY_DEPTH_MAX + 1];
	int field[NDX_QUERY_DEPTH_MAX + 1];
};

static bool
starts_operand(const struct ndx_lexeme *lexeme)
{
	return lexeme->kind != NDX_LEX_END && lexeme->kind != NDX_LEX_CLOSE &&
	       lexeme->kind != NDX_LEX_AND && lexeme->kind != NDX_LEX_OR &&
	       !ndx_is_near(lexeme->kind);
}

static bool
ends_operand(const struct ndx_lexeme *lexeme)
{
	return lexeme->kind == NDX_LEX_WORD || lexeme->kind == NDX_LEX_PHRASE ||
	       lexeme->kind == NDX_LEX_ID || ndx_is_dates(lexeme->kind) ||
	       ndx_is_forms(lexeme->kind) || lexeme->kind == NDX_LEX_CLOSE;
}

/* An operator without its operands is a word. */
static void
mend_operator(struct ndx_reading *r, struct ndx_lexeme *lexeme, bool has_left)
{
	const bool needs_left = lexeme->kind != NDX_LEX_NOT;

	if ((has_left || !needs_left) && starts_operand(lexeme + 1))
		return;
	ndx_query_wrong(r, lexeme->at, "read as a word", "%.*s at byte %zu has nothing %s it",
	                (int)lexeme->size, r->text + lexeme->at, (size_t)lexeme->at,
	                needs_left && !has_left ? "before" : "after");
	lexeme->kind = NDX_LEX_WORD;
	lexeme->number = 0;
	lexeme->is_operator = true;
}

/* Returns false if the parenthesis is to be left out. */
static bool
mend_parenthesis(struct ndx_reading *r, struct ndx_lexeme *lexeme, struct groups *g)
{
	if (lexeme->kind == NDX_LEX_CLOSE) {
		if (g->depth == 0) {
			ndx_query_wrong(r, lexeme->at, "left out",
			                "parenthesis at byte %zu closes nothing",
			                (size_t)lexeme->at);
			return false;
		}
		g->depth--;
		return true;
	}
	if (g->depth == NDX_QUERY_DEPTH_MAX) {
		ndx_query_fail(r, NDX_E_LIMIT, "query nests deeper than %d", NDX_QUERY_DEPTH_MAX);
		r->err.at = lexeme->at;
		return false;
	}
	g->depth++;
	g->at[g->depth] = lexeme->text_at;
	g->field[g->depth] = lexeme->field;
	return true;
}

/* Mend one lexeme, given what is kept before it; false: leave it out. */
static bool
mend(struct ndx_reading *r, struct ndx_lexeme *lexeme, const struct ndx_lexeme *before,
     struct groups *g)
{
	ndx_query_mend_dates(r, lexeme);
	if (lexeme->field == 0)
		lexeme->field = g->field[g->depth];
	ndx_query_mend_forms(r, lexeme);
	if (lexeme->kind == NDX_LEX_AND || lexeme->kind == NDX_LEX_OR ||
	    lexeme->kind == NDX_LEX_NOT || ndx_is_near(lexeme->kind))
		mend_operator(r, lexeme, before != NULL && ends_operand(before));
	switch (lexeme->kind) {
	case NDX_LEX_PLUS:
	case NDX_LEX_MINUS:
		return starts_operand(lexeme + 1);
	case NDX_LEX_OPEN:
	case NDX_LEX_CLOSE:
		return mend_parenthesis(r, lexeme, g);
	default:
		return true;
	}
}

void
ndx_query_mend(struct ndx_reading *r)
{
	struct groups g = { .field = { NDX_FIELD_ANY } };
	size_t kept = 0;

	for (size_t i = 0; i < r->lexeme_count && r->status == NDX_OK; i++) {
		struct ndx_lexeme *before = kept == 0 ? NULL : &r->lexeme[kept - 1];

		if (mend(r, &r->lexeme[i], before, &g))
			r->lexeme[kept++] = r->lexeme[i];
	}
	if (r->status != NDX_OK)
		return;
	r->lexeme_count = kept;
	for (size_t depth = 1; depth <= g.depth; depth++)
		ndx_query_wrong(r, g.at[depth], "closed at the end",
		                "parenthesis at byte %zu is never closed", g.at[depth]);
}
