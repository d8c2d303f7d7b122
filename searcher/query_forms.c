/*
 * query_forms.c - =word, c?ca* and word~1: one surface form, or all that a pattern stands for
 *
 * A pattern is folded as words are; apostrophes and hyphens within it are dropped, so that "co-op*"
 * finds the joined form of "co-operation", and punctuation at its ends is.
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/query_lex.h"

#include <stdio.h>

#include "common/fold.h"

static bool
is_mark(char c)
{
	return c == '*' || c == '?';
}

static bool
is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool
is_word_char(uint32_t c)
{
	const enum ndx_char_class class = ndx_char_class(c);

	return class == NDX_CHAR_LETTER || class == NDX_CHAR_DIGIT || class == NDX_CHAR_MARK ||
	       class == NDX_CHAR_IDEOGRAPH;
}

/* Take the wildcards off both ends; false if some are left inside. */
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

/* Read the lexeme as a word, for this reason. */
static void
make_word(struct ndx_reading *r, struct ndx_lexeme *lexeme, const char *reason)
{
	char typed[NDX_QUERY_SHOWN_SIZE], word[NDX_QUERY_SHOWN_SIZE],
		reading[80] = "read as plain words";

	if (cut_marks(r->text, lexeme)) {
		ndx_query_show(r->text + lexeme->text_at, lexeme->text_size, word);
		snprintf(reading, sizeof(reading), "read as the word '%s'", word);
	}
	ndx_query_show(r->text + lexeme->at, lexeme->size, typed);
	ndx_query_wrong(r, lexeme->at, reading, "'%s': %s", typed, reason);
	lexeme->kind = NDX_LEX_WORD;
	lexeme->number = 0;
}

/*
 * The folded pattern into *out: wildcards and what forms are made of.  False: it has spaces or
 * punctuation that no form has.
 */
static bool
fold_pattern(const struct ndx_reading *r, const struct ndx_lexeme *lexeme, struct ndx_buf *out)
{
	const uint8_t *at, *end;
	struct ndx_buf folded;
	size_t kept = 0;
	bool pure = true;

	ndx_buf_init(&folded, r->mem);
	ndx_fold(r->text + lexeme->text_at, lexeme->text_size, &folded);
	at = folded.data;
	end = at + folded.size;
	while (at < end) {
		unsigned size;
		const uint32_t c = ndx_utf8_decode(at, end, &size);
		const enum ndx_char_class class = ndx_char_class(c);

		if (is_word_char(c) || c == '*' || c == '?') {
			if (kept < out->size) /* punctuation that is not at an end */
				pure = false;
			ndx_buf_add(out, at, size);
			kept = out->size;
		} else if (class != NDX_CHAR_APOSTROPHE && class != NDX_CHAR_HYPHEN && kept > 0) {
			ndx_buf_add(out, at, size);
			if (c == '&' || c == '/' ||
			    ((c == '.' || c == ',') && out->size > 1 &&
			     is_digit(out->data[out->size - 2])))
				kept = out->size; /* as in 3.5 and AT&T */
		}
		at += size;
	}
	while (kept > 0 && (out->data[kept - 1] == '.' || out->data[kept - 1] == ','))
		kept--;
	out->size = kept;
	if (ndx_buf_failed(&folded))
		out->failed = true;
	ndx_buf_free(&folded);
	return pure;
}

/* Why the lexeme is no pattern; NULL: it is one. */
static const char *
what_is_wrong(const struct ndx_reading *r, const struct ndx_lexeme *lexeme)
{
	const char *wrong = "no word in it";
	struct ndx_buf folded;
	bool pure;

	ndx_buf_init(&folded, r->mem);
	pure = fold_pattern(r, lexeme, &folded);
	for (size_t i = 0; i < folded.size; i++)
		if (!is_mark((char)folded.data[i]))
			wrong = pure ? NULL : "more than one word";
	if (ndx_buf_failed(&folded))
		wrong = NULL; /* seen when the node is made */
	ndx_buf_free(&folded);
	return wrong;
}

void
ndx_query_mend_forms(struct ndx_reading *r, struct ndx_lexeme *lexeme)
{
	const char *wrong;

	if (!ndx_is_forms(lexeme->kind))
		return;
	if (ndx_is_filter(lexeme->field)) {
		if (lexeme->kind == NDX_LEX_EXACT) /* as they are anyway */
			lexeme->kind = NDX_LEX_WORD;
		else
			make_word(r, lexeme, "patterns are for titles and texts");
	} else if (lexeme->kind != NDX_LEX_EXACT && (wrong = what_is_wrong(r, lexeme)) != NULL) {
		make_word(r, lexeme, wrong);
	} else if (lexeme->kind == NDX_LEX_FUZZY && lexeme->number == 0) {
		lexeme->kind = NDX_LEX_EXACT;
	} else if (lexeme->kind == NDX_LEX_FUZZY && lexeme->number > 2) {
		ndx_query_wrong(r, lexeme->at, "read as 2", "edit distance %u is not 1 or 2",
		                (unsigned)lexeme->number);
		lexeme->number = 2;
	}
}

struct ndx_node *
ndx_query_pattern_node(struct ndx_reading *r, const struct ndx_lexeme *lexeme)
{
	struct ndx_node *node = ndx_query_node(r, NDX_NODE_FORMS, lexeme->at, lexeme->size);
	struct ndx_buf folded;
	char *copy;

	if (node == NULL)
		return NULL;
	if (++r->word_count > NDX_QUERY_WORDS_MAX)
		ndx_query_fail(r, NDX_E_LIMIT, "query has more than %d words", NDX_QUERY_WORDS_MAX);
	ndx_buf_init(&folded, r->mem);
	fold_pattern(r, lexeme, &folded);
	copy = ndx_query_alloc(r, folded.size + 1);
	if (copy != NULL && folded.size > 0)
		memcpy(copy, folded.data, folded.size);
	if (ndx_buf_failed(&folded))
		ndx_query_fail(r, NDX_E_NOMEM, "out of memory");
	node->field = (enum ndx_field)lexeme->field;
	node->term.form = (struct ndx_str){ copy, folded.size };
	node->forms_kind = lexeme->kind == NDX_LEX_FUZZY ? NDX_FORMS_FUZZY : NDX_FORMS_WILDCARD;
	node->distance = lexeme->number;
	ndx_buf_free(&folded);
	return node;
}
