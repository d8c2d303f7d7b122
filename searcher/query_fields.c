/*
 * query_fields.c - what a name before a colon means
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/query_lex.h"

#include <stdio.h>

/* Names beyond this are no misspelt fields. */
#define NAME_MAX_SIZE 12

/* Names from so many letters on are known with two mistakes, shorter ones with one. */
#define LONG_NAME_SIZE 7

static const struct {
	const char *name;
	enum ndx_lexeme_kind kind; /* of its value */
	int field;
} fields[] = {
	/* clang-format off */
	{ "title",    NDX_LEX_WORD,   NDX_FIELD_TITLE },
	{ "source",   NDX_LEX_WORD,   NDX_FIELD_SOURCE },
	{ "section",  NDX_LEX_WORD,   NDX_FIELD_SECTION },
	{ "author",   NDX_LEX_WORD,   NDX_FIELD_AUTHOR },
	{ "language", NDX_LEX_WORD,   NDX_FIELD_LANGUAGE },
	{ "id",       NDX_LEX_ID,     NDX_FIELD_ID },
	{ "date",     NDX_LEX_DATE,   NDX_FIELD_DATE },
	{ "after",    NDX_LEX_AFTER,  NDX_FIELD_DATE },
	{ "before",   NDX_LEX_BEFORE, NDX_FIELD_DATE },
	/* clang-format on */
};

#define FIELD_COUNT (sizeof(fields) / sizeof(fields[0]))

enum ndx_lexeme_kind
ndx_query_field(const char *name, size_t size, int *field_ret)
{
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		if (size == strlen(fields[i].name) && memcmp(fields[i].name, name, size) == 0) {
			*field_ret = fields[i].field;
			return fields[i].kind;
		}
	}
	return NDX_LEX_END;
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Characters to insert, leave out or change, and neighbours to exchange, to make b of a: of short
 * names, where the matcher of pattern.h would take more room than time. */
static size_t
distance(const char *a, size_t a_size, const char *b, size_t b_size)
{
	size_t row[3][NAME_MAX_SIZE + 1] = { { 0 } };

	for (size_t j = 0; j <= b_size; j++)
		row[0][j] = j;
	for (size_t i = 1; i <= a_size; i++) {
		size_t *now = row[i % 3];
		const size_t *before = row[(i + 2) % 3], *second = row[(i + 1) % 3];

		now[0] = i;
		for (size_t j = 1; j <= b_size; j++) {
			now[j] = least(least(before[j], now[j - 1]) + 1,
			               before[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				now[j] = least(now[j], second[j - 2] + 1);
		}
	}
	return row[a_size % 3][b_size];
}

void
ndx_query_note_field(struct ndx_reading *r, size_t at, size_t size)
{
	const char *name = NULL;
	char typed[NAME_MAX_SIZE], sentence[120];
	size_t best = SIZE_MAX;

	if (size > NAME_MAX_SIZE)
		return;
	for (size_t i = 0; i < size; i++)
		typed[i] = (char)(r->text[at + i] | 0x20); /* letters of ASCII to small ones */
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		const size_t length = strlen(fields[i].name);
		const size_t most = length < 3 ? 0 : length < LONG_NAME_SIZE ? 1 : 2;
		const size_t far = distance(typed, size, fields[i].name, length);

		if (far > most || far >= best)
			continue;
		best = far;
		name = fields[i].name;
	}
	if (name == NULL)
		return;
	snprintf(sentence, sizeof(sentence),
	         "'%.*s:' at byte %zu is no field, as '%s:' is; read as a word", (int)size,
	         r->text + at, at, name);
	if (!ndx_query_add_notice(r->query, sentence))
		ndx_query_fail(r, NDX_E_NOMEM, "out of memory");
}
