/*
 * query_later.c - what the language has and the searcher has not yet
 *
 * Such lexemes are told apart by the lexer; here each becomes a WORD without words, so that nothing
 * after this knows of them, and a notice says that it was left out.
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/query_lex.h"

void
ndx_query_later(struct ndx_reading *r, struct ndx_lexeme *lexeme)
{
	char typed[NDX_QUERY_SHOWN_SIZE];

	if (lexeme->kind < NDX_LEX_NEAR)
		return;
	ndx_query_show(r->text + lexeme->at, lexeme->size, typed);
	ndx_query_wrong(r, lexeme->at, "left out", "'%s': %s not supported yet", typed,
	                lexeme->kind == NDX_LEX_SENTENCE ? "this operator is" : "distances are");
	lexeme->text_size = 0;
	lexeme->kind = NDX_LEX_WORD;
	lexeme->number = 0;
}
