/*
 * query_rejoin.c - what a search box or a copy took apart: "u s policy", "don t"
 *
 * Only what can hardly be meant otherwise: a few states, bodies and abbreviations, and contractions
 * that are no other words when joined ("we ll" could be "well").  The space between becomes the
 * period or apostrophe that was there, and where it is several, the others stand behind, so that
 * all other words stay at their places.  Phrases are left as typed, and what is behind a sign or a
 * field or before a boost, which are of one word.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>
#include <strings.h>

#include "searcher/query_lex.h"

struct piece {
	size_t begin, end;
};

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The word that begins at 'begin'; empty if none does. */
static struct piece
piece_at(const char *text, size_t size, size_t begin)
{
	size_t end = begin;

	while (end < size && is_letter(text[end]))
		end++;
	if (end < size && !is_space(text[end]) && text[end] != ')')
		end = begin;
	return (struct piece){ begin, end };
}

static size_t
length(struct piece piece)
{
	return piece.end - piece.begin;
}

/* The word after the space behind 'piece'. */
static struct piece
next_piece(const char *text, size_t size, struct piece piece)
{
	size_t begin = piece.end;

	while (begin < size && is_space(text[begin]))
		begin++;
	if (length(piece) == 0 || begin == piece.end)
		return (struct piece){ piece.end, piece.end };
	return piece_at(text, size, begin);
}

static bool
is(const char *text, struct piece piece, const char *word)
{
	return length(piece) == strlen(word) &&
	       strncasecmp(text + piece.begin, word, length(piece)) == 0;
}

static bool
is_one_of(const char *text, struct piece piece, const char *const *words)
{
	for (; *words != NULL; words++)
		if (is(text, piece, *words))
			return true;
	return false;
}

/* "don" "t", "i" "m", "they" "ve". */
static bool
is_contraction(const char *text, struct piece first, struct piece second)
{
	static const char *const negated[] = { "don",    "doesn",  "didn",    "isn",
		                               "aren",   "wasn",   "weren",   "hasn",
		                               "haven",  "hadn",   "won",     "can",
		                               "couldn", "wouldn", "shouldn", NULL };
	static const char *const have[] = { "i", "you", "we", "they", NULL };

	if (is(text, second, "t"))
		return is_one_of(text, first, negated);
	if (is(text, second, "m") || is(text, second, "d"))
		return is(text, first, "i");
	return is(text, second, "ve") && is_one_of(text, first, have);
}

/* The letters in a row from 'piece' on, if they are a name that is written so; else 0. */
static size_t
count_letters(const char *text, size_t size, struct piece piece)
{
	static const char *const names[] = { "us",  "un",   "uk", "eu", "usa",
		                             "uae", "ussr", "eg", "ie" };
	char letters[5] = "";
	size_t count = 0;

	for (; length(piece) == 1; piece = next_piece(text, size, piece)) {
		if (count == sizeof(letters) - 1)
			return 0;
		letters[count++] = text[piece.begin];
	}
	letters[count] = '\0';
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcasecmp(letters, names[i]) == 0)
			return count;
	return 0;
}

/* "don" "t" to "don't". */
static void
join_contraction(char *text, struct piece first, struct piece second)
{
	size_t at = first.end;

	text[at++] = '\'';
	while (second.begin < second.end)
		text[at++] = text[second.begin++];
	memset(text + at, ' ', second.end - at);
}

/* "u" "s" to "U.S"; returns where that ends. */
static size_t
join_letters(char *text, size_t size, struct piece piece, size_t letters)
{
	size_t at = piece.begin, end = at;

	for (size_t i = 0; i < letters; i++) {
		const struct piece next = next_piece(text, size, piece);

		if (i > 0)
			text[at++] = '.';
		text[at++] = (char)(text[piece.begin] & ~0x20);
		end = piece.end;
		piece = next;
	}
	memset(text + at, ' ', end - at);
	return end;
}

/* Join what belongs together from a word on; returns where that ends. */
static size_t
join_at(char *text, size_t size, struct piece piece)
{
	const struct piece second = next_piece(text, size, piece);
	const size_t letters = count_letters(text, size, piece);

	if (length(second) > 0 && is_contraction(text, piece, second)) {
		join_contraction(text, piece, second);
		return second.end;
	}
	return letters < 2 ? piece.end : join_letters(text, size, piece, letters);
}

void
ndx_query_rejoin(struct ndx_reading *r)
{
	char *text = ndx_arena_copy(r->query->arena, r->text, r->size);
	bool quoted = false, begins = true;

	if (text == NULL) {
		ndx_query_fail(r, NDX_E_NOMEM, "out of memory");
		return;
	}
	for (size_t at = 0; at < r->size;) {
		const size_t quote = ndx_query_quote_size(text + at, r->size - at);
		const struct piece piece =
			begins && !quoted ? piece_at(text, r->size, at) : (struct piece){ at, at };

		quoted ^= quote > 0;
		begins = is_space(text[at]) || text[at] == '(';
		if (length(piece) > 0) {
			at = join_at(text, r->size, piece);
			begins = false;
		} else {
			at += quote > 0 ? quote : 1;
		}
	}
	r->text = text;
}
