/*
 * query_later.c - what the language has and the searcher has not yet
 *
 * Such lexemes are told apart by the lexer; here each becomes a WORD, so that nothing
 * after this knows of them, and a notice says how it was read.  A pattern is read as
 * the words in it; an operator is left out, as its text is nothing to look for.
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/query_lex.h"

#include <stdio.h>

static const char *
feature(enum ndx_lexeme_kind kind)
{
	switch (kind) {
	case NDX_LEX_EXACT:
		return "surface forms are";
	case NDX_LEX_WILDCARD:
		return "wildcards are";
	case NDX_LEX_FUZZY:
		return "fuzzy words are";
	case NDX_LEX_NEAR:
	case NDX_LEX_ONEAR:
		return "distances are";
	case NDX_LEX_SENTENCE:
		return "this operator is";
	default:
		return NULL;
	}
}

static bool
is_mark(char c)
{
	return c == '*' || c == '?';
}

/* Take the wildcards off both ends; true if none are left inside. */
static bool
cut_marks(const char *text, struct ndx_lexeme *lexeme)
{
	while (lexeme->text_size > 0 && is_mark(text[lexeme->text_at])) {
		lexeme->text_at++;
		lexeme->text_size--;
	}
	while (lexeme->text_size > 0 && is_mark(text[lexeme->text_at + lexeme->text_size - 1]))
		lexeme->text_size--;
	for (size_t i = 0; i < lexeme->text_size; i++)
		if (is_mark(text[lexeme->text_at + i]))
			return false;
	return true;
}

void
ndx_query_later(struct ndx_reading *r, struct ndx_lexeme *lexeme)
{
	const char *what = feature(lexeme->kind);
	char typed[NDX_QUERY_SHOWN_SIZE], word[NDX_QUERY_SHOWN_SIZE], reading[80];

	if (what == NULL)
		return;
	if (lexeme->kind >= NDX_LEX_NEAR) {
		lexeme->text_size = 0;
		snprintf(reading, sizeof(reading), "left out");
	} else if (cut_marks(r->text, lexeme)) {
		ndx_query_show(r->text + lexeme->text_at, lexeme->text_size, word);
		snprintf(reading, sizeof(reading), "read as the word '%s'", word);
	} else {
		snprintf(reading, sizeof(reading), "read as plain words");
	}
	ndx_query_show(r->text + lexeme->at, lexeme->size, typed);
	ndx_query_wrong(r, lexeme->at, reading, "'%s': %s not supported yet", typed, what);
	lexeme->kind = NDX_LEX_WORD;
	lexeme->number = 0;
}
