/*
 * query_lex.c - a query's text to lexemes
 *
 *   lexeme   = [ "+" | "-" ] [ field ":" ] ( word | phrase | "(" ) | ")" | operator
 *   phrase   = quote text quote [ "~" number ] [ "^" number ]
 *   word     = bytes up to a space, a quote or a parenthesis, less a "^" number at its end
 *   operator = "AND" | "OR" | "NOT", a whole word
 *
 * A sign counts only at the start of a word and before something other than a space or
 * another sign, so "co-op", "- news" and "--" hold none.  Nothing stands between a field
 * or a sign and its word.  Curved quotes are quotes too, since pasted text has them, and
 * so are the wider spaces of Unicode spaces.
 *
 * Every lexeme takes at least one byte of the text; the array is made for that many.
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/query_lex.h"

/* Where the lexer is. */
struct lexer {
	struct ndx_reading *r;
	size_t at;
	size_t depth;    /* open parentheses */
	int field;       /* of the word that comes, 0: none */
	size_t field_at; /* where its name began */
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Might be part of a word: punctuation of ASCII alone is known here. */
static bool
is_word_byte(char c)
{
	return is_letter(c) || is_digit(c) || (unsigned char)c >= 0x80;
}

static unsigned
byte_at(const struct lexer *l, size_t at)
{
	return at < l->r->size ? (unsigned char)l->r->text[at] : 0;
}

/* Bytes of the space at 'at', 0 if there is none. */
static size_t
space_size(const struct lexer *l, size_t at)
{
	const unsigned a = byte_at(l, at), b = byte_at(l, at + 1), c = byte_at(l, at + 2);

	if (a <= ' ' || a == 0x7f)
		return at < l->r->size ? 1 : 0;
	if (a == 0xc2 && b == 0xa0) /* U+00A0 */
		return 2;
	if (a == 0xe2 && b == 0x80 &&
	    ((c >= 0x80 && c <= 0x8b) || c == 0xa8 || c == 0xa9 || c == 0xaf))
		return 3; /* U+2000 to U+200B, U+2028, U+2029, U+202F */
	/* U+3000, U+FEFF */
	if ((a == 0xe3 && b == 0x80 && c == 0x80) || (a == 0xef && b == 0xbb && c == 0xbf))
		return 3;
	return 0;
}

size_t
ndx_query_quote_size(const char *text, size_t size)
{
	if (size > 0 && text[0] == '"')
		return 1;
	return size > 2 && memcmp(text, "\xe2\x80", 2) == 0 && (unsigned char)text[2] >= 0x9c &&
	                       (unsigned char)text[2] <= 0x9e /* U+201C to U+201E */
	               ? 3
	               : 0;
}

static size_t
quote_size(const struct lexer *l, size_t at)
{
	return at < l->r->size ? ndx_query_quote_size(l->r->text + at, l->r->size - at) : 0;
}

static bool
is_sign(const struct lexer *l, size_t at)
{
	return byte_at(l, at) == '+' || byte_at(l, at) == '-';
}

/* A space, a parenthesis, or the end: where no word can be. */
static bool
is_gap(const struct lexer *l, size_t at)
{
	return at >= l->r->size || space_size(l, at) > 0 || byte_at(l, at) == ')';
}

static struct ndx_lexeme *
add(struct lexer *l, enum ndx_lexeme_kind kind, size_t size)
{
	struct ndx_lexeme *lexeme = &l->r->lexeme[l->r->lexeme_count++];
	const size_t at = l->field != 0 ? l->field_at : l->at;

	*lexeme = (struct ndx_lexeme){
		.kind = kind,
		.field = l->field,
		.at = (uint32_t)at,
		.size = (uint32_t)(l->at + size - at),
		.text_at = (uint32_t)l->at,
		.text_size = (uint32_t)size,
		.boost = 1,
	};
	l->at += size;
	l->field = 0;
	return lexeme;
}

/* The positive decimal number at the start of text[size]: bytes used, 0 if there is none. */
static size_t
read_number(const char *text, size_t size, double *number_ret)
{
	double number = 0, unit = 1;
	size_t used = 0, digits = 0;

	for (; used < size && is_digit(text[used]); used++, digits++)
		number = number * 10 + (text[used] - '0');
	if (used < size && text[used] == '.')
		for (used++; used < size && is_digit(text[used]); used++, digits++)
			number += (unit /= 10) * (text[used] - '0');
	if (digits == 0)
		return 0;
	*number_ret = number;
	return used;
}

static float
bounded_boost(struct ndx_reading *r, double boost, size_t at)
{
	if (boost < NDX_QUERY_BOOST_MIN || boost > NDX_QUERY_BOOST_MAX) {
		const bool low = boost < NDX_QUERY_BOOST_MIN;

		ndx_query_wrong(r, at, low ? "read as 0.001" : "read as 1000",
		                "boost at byte %zu is not a number from 0.001 to 1000", at);
		return (float)(low ? NDX_QUERY_BOOST_MIN : NDX_QUERY_BOOST_MAX);
	}
	return (float)boost;
}

/* After a phrase or a group: "~3" and "^2", which then belong to it. */
static void
lex_suffix(struct lexer *l, struct ndx_lexeme *lexeme, char mark)
{
	struct ndx_reading *r = l->r;
	const size_t at = l->at;
	double number;
	size_t used;

	if (byte_at(l, at) != (unsigned char)mark)
		return;
	used = read_number(r->text + at + 1, r->size - at - 1, &number);
	if (used == 0) {
		while (!is_gap(l, at + 1 + used))
			used++;
		ndx_query_wrong(r, at, "left out", "%s at byte %zu is not a number",
		                mark == '~' ? "slop" : "boost", at);
	} else if (mark == '^') {
		lexeme->boost = bounded_boost(r, number, at);
	} else if (number > NDX_QUERY_SLOP_MAX) {
		lexeme->number = NDX_QUERY_SLOP_MAX;
		ndx_query_wrong(r, at, "read as 100000", "slop at byte %zu is above 100000", at);
	} else {
		lexeme->number = (uint32_t)number;
	}
	l->at += 1 + used;
	lexeme->size = (uint32_t)(l->at - lexeme->at);
}

/* In a phrase "pri*" is no pattern. */
static void
note_star(struct ndx_reading *r, const struct ndx_lexeme *phrase)
{
	for (size_t at = phrase->text_at + 1; at < phrase->text_at + phrase->text_size; at++)
		if (r->text[at] == '*' && is_word_byte(r->text[at - 1])) {
			ndx_query_wrong(r, at, "left out",
			                "'*' at byte %zu is no wildcard in a phrase", at);
			return;
		}
}

static void
lex_phrase(struct lexer *l, size_t open_size)
{
	struct ndx_reading *r = l->r;
	size_t end = l->at + open_size;
	struct ndx_lexeme *lexeme;

	while (end < r->size && quote_size(l, end) == 0)
		end++;
	if (end == r->size) {
		ndx_query_wrong(r, l->at, "read as plain words",
		                "quote at byte %zu is never closed", l->at);
		l->at += open_size;
		return;
	}
	lexeme = add(l, NDX_LEX_PHRASE, end + quote_size(l, end) - l->at);
	lexeme->text_at += (uint32_t)open_size;
	lexeme->text_size = (uint32_t)end - lexeme->text_at;
	note_star(r, lexeme);
	lex_suffix(l, lexeme, '~');
	lex_suffix(l, lexeme, '^');
}

/* "^2" at the end of a word is its boost; a "^" elsewhere is punctuation. */
static void
cut_boost(struct ndx_reading *r, struct ndx_lexeme *word)
{
	const char *text = r->text + word->text_at;
	size_t mark = word->text_size;
	double boost;

	while (mark > 0 && text[mark - 1] != '^')
		mark--;
	if (mark < 2) /* none, or the first byte */
		return;
	if (mark < word->text_size &&
	    read_number(text + mark, word->text_size - mark, &boost) == word->text_size - mark) {
		word->boost = bounded_boost(r, boost, word->text_at + mark - 1);
		word->text_size = (uint32_t)mark - 1;
	} else if (is_word_byte(text[mark - 2])) {
		ndx_query_wrong(r, word->text_at + mark - 1, "read as plain words",
		                "boost at byte %zu is not a number", word->text_at + mark - 1);
	}
}

static bool
is_wildcard(const char *text, size_t size)
{
	bool has_word = false, has_wildcard = false;

	for (size_t i = 0; i < size; i++) {
		/* "president?" ends a question: a "?" needs more of the word after it. */
		if (text[i] == '*' || (text[i] == '?' && i + 1 < size &&
		                       (is_word_byte(text[i + 1]) || text[i + 1] == '*')))
			has_wildcard = true;
		has_word = has_word || is_word_byte(text[i]);
	}
	return has_word && has_wildcard;
}

/* The number after the "~" or "/" that the digits at the end of the word follow, if any. */
static bool
ends_in_number(const char *text, size_t size, char mark, size_t *mark_at_ret, uint32_t *number_ret)
{
	size_t mark_at = size;
	uint64_t number = 0;

	while (mark_at > 0 && is_digit(text[mark_at - 1]))
		mark_at--;
	if (mark_at < 2 || mark_at == size || text[mark_at - 1] != mark)
		return false;
	for (size_t i = mark_at; i < size && number <= NDX_QUERY_SLOP_MAX; i++)
		number = number * 10 + (uint64_t)(text[i] - '0');
	*mark_at_ret = mark_at - 1;
	*number_ret = number > NDX_QUERY_SLOP_MAX ? NDX_QUERY_SLOP_MAX : (uint32_t)number;
	return true;
}

static bool
is_text(const char *text, size_t size, const char *word)
{
	return size == strlen(word) && memcmp(text, word, size) == 0;
}

/* Which operator a whole word is, if it is one; with its distance for the NEAR kinds. */
static enum ndx_lexeme_kind
operator_kind(const char *text, size_t size, uint32_t *number_ret)
{
	size_t mark_at;

	if (is_text(text, size, "AND"))
		return NDX_LEX_AND;
	if (is_text(text, size, "OR"))
		return NDX_LEX_OR;
	if (is_text(text, size, "NOT"))
		return NDX_LEX_NOT;
	if (is_text(text, size, "SENTENCE"))
		return NDX_LEX_SENTENCE;
	if (ends_in_number(text, size, '/', &mark_at, number_ret)) {
		if (is_text(text, mark_at, "NEAR"))
			return NDX_LEX_NEAR;
		if (is_text(text, mark_at, "ONEAR"))
			return NDX_LEX_ONEAR;
	}
	return NDX_LEX_WORD;
}

/* Patterns: =word, c?ca, word~1. */
static void
classify_word(struct ndx_reading *r, struct ndx_lexeme *word)
{
	const char *text = r->text + word->text_at;
	const size_t size = word->text_size;
	size_t mark_at;
	uint32_t number;

	if (size > 1 && text[0] == '=' && is_word_byte(text[1])) {
		word->kind = NDX_LEX_EXACT;
		word->text_at++;
		word->text_size--;
		if (ends_in_number(text, size, '~', &mark_at, &number))
			word->text_size = (uint32_t)mark_at - 1;
		else if (memchr(text, '*', size) == NULL)
			return;
		ndx_query_wrong(r, word->at, "left out", "'*' or '~' behind the '=' at byte %zu",
		                (size_t)word->at);
	} else if (is_wildcard(text, size)) {
		word->kind = NDX_LEX_WILDCARD;
	} else if (ends_in_number(text, size, '~', &mark_at, &word->number) &&
	           is_word_byte(text[mark_at - 1])) {
		word->kind = NDX_LEX_FUZZY;
		word->text_size = (uint32_t)mark_at;
	}
}

static bool
begins(const char *text, size_t size, const char *word)
{
	return size > strlen(word) && memcmp(text, word, strlen(word)) == 0;
}

static bool
is_wildcards(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (text[i] != '*' && text[i] != '?')
			return false;
	return size > 0;
}

bool
ndx_query_is_every(const struct ndx_reading *r)
{
	size_t stars = 0;

	for (size_t i = 0; i < r->size; i++) {
		if (r->text[i] != '*' && r->text[i] != ' ')
			return false;
		stars += r->text[i] == '*';
	}
	return stars > 0;
}

/* Say of what looks like an operator or a pattern, and is none, that it is read as words. */
static void
note_word(const struct lexer *l, const struct ndx_lexeme *word)
{
	struct ndx_reading *r = l->r;
	const char *text = r->text + word->text_at;
	const size_t size = word->text_size, at = word->text_at;
	char shown[NDX_QUERY_SHOWN_SIZE];

	ndx_query_show(text, size, shown);
	if (is_text(text, size, "NEAR") || is_text(text, size, "ONEAR") ||
	    begins(text, size, "NEAR/") || begins(text, size, "ONEAR/"))
		ndx_query_wrong(r, at, "read as words",
		                "'%s' at byte %zu has no distance, as NEAR/5 has", shown, at);
	else if (begins(text, size, "SENTENCE/"))
		ndx_query_wrong(r, at, "read as words", "'%s' at byte %zu: SENTENCE has no number",
		                shown, at);
	else if (size > 5 && strncasecmp(text, "near/", 5) == 0 && is_digit(text[5]))
		ndx_query_wrong(r, at, "read as words",
		                "'%s' at byte %zu: operators are written in capitals", shown, at);
	else if (size > 1 && text[size - 1] == '~' && is_word_byte(text[size - 2]))
		ndx_query_wrong(r, at + size - 1, "left out",
		                "'~' at byte %zu has no distance, as coca~1 has", at + size - 1);
	else if (is_text(text, size, "=") && quote_size(l, l->at) > 0)
		ndx_query_wrong(r, at, "left out",
		                "'=' at byte %zu stands before a phrase, not before a word", at);
	else if (is_wildcards(text, size) && memchr(text, '*', size) != NULL &&
	         !ndx_query_is_every(r))
		ndx_query_wrong(r, at, "left out", "'%s' at byte %zu stands for every word", shown,
		                at);
}

static void
lex_word(struct lexer *l)
{
	struct ndx_reading *r = l->r;
	const bool plain = l->field == 0; /* title:NOT is no operator */
	size_t end = l->at;
	struct ndx_lexeme *word;

	while (!is_gap(l, end) && byte_at(l, end) != '(' && quote_size(l, end) == 0)
		end++;
	word = add(l, NDX_LEX_WORD, end - l->at);
	if (plain)
		word->kind = operator_kind(r->text + word->text_at, word->text_size, &word->number);
	if (ndx_is_near(word->kind) && word->kind != NDX_LEX_SENTENCE && word->number == 0) {
		ndx_query_wrong(r, word->at, "read as 1", "distance of %.*s at byte %zu is 0",
		                (int)word->text_size, r->text + word->text_at, (size_t)word->at);
		word->number = 1;
	}
	if (word->kind == NDX_LEX_WORD) {
		word->number = 0;
		if (plain)
			note_word(l, word);
		cut_boost(r, word);
		classify_word(r, word);
	}
}

/*
 * A value that is taken as typed: in quotes, or up to a space.  A parenthesis that
 * closes a group around it is not part of it; one that was opened within is.
 */
static void
lex_raw(struct lexer *l, enum ndx_lexeme_kind kind)
{
	struct ndx_reading *r = l->r;
	size_t end = l->at + 1, nested = 0;
	struct ndx_lexeme *lexeme;

	if (r->text[l->at] == '"') {
		while (end < r->size && r->text[end] != '"')
			end++;
		if (end < r->size) {
			lexeme = add(l, kind, end + 1 - l->at);
			lexeme->text_at++;
			lexeme->text_size -= 2;
			return;
		}
	}
	for (end = l->at; end < r->size && space_size(l, end) == 0; end++) {
		if (r->text[end] == '(')
			nested++;
		if (r->text[end] == ')' && nested == 0 && l->depth > 0)
			break;
		if (r->text[end] == ')' && nested > 0)
			nested--;
	}
	add(l, kind, end - l->at);
}

/* "title:" and its like.  Returns false, at the same place, if there is none. */
static bool
lex_field(struct lexer *l)
{
	struct ndx_reading *r = l->r;
	const size_t at = l->at;
	enum ndx_lexeme_kind kind;
	size_t size = 0;
	int field;

	while (at + size < r->size && is_letter(r->text[at + size]))
		size++;
	if (size == 0 || byte_at(l, at + size) != ':')
		return false;
	kind = ndx_query_field(r->text + at, size, &field);
	if (kind == NDX_LEX_END) {
		/* Not of http:// and std::list. */
		if (!is_gap(l, at + size + 1) && byte_at(l, at + size + 1) != '/' &&
		    byte_at(l, at + size + 1) != ':')
			ndx_query_note_field(r, at, size);
		return false;
	}
	if (is_gap(l, at + size + 1)) {
		ndx_query_wrong(r, at, "read as a word", "field '%.*s:' at byte %zu has no value",
		                (int)size, r->text + at, at);
		add(l, NDX_LEX_WORD, size);
		l->at++;
		return true;
	}
	l->field = field;
	l->field_at = at;
	l->at = at + size + 1;
	if (kind != NDX_LEX_WORD)
		lex_raw(l, kind);
	return true;
}

static bool
lex_sign(struct lexer *l)
{
	const size_t next = l->at + 1;

	if (!is_sign(l, l->at) || is_gap(l, next) || is_sign(l, next))
		return false;
	add(l, byte_at(l, l->at) == '+' ? NDX_LEX_PLUS : NDX_LEX_MINUS, 1);
	return true;
}

static void
lex_one(struct lexer *l)
{
	const size_t quote = quote_size(l, l->at);
	struct ndx_lexeme *lexeme;

	if (quote > 0) {
		lex_phrase(l, quote);
	} else if (byte_at(l, l->at) == '(') {
		add(l, NDX_LEX_OPEN, 1);
		l->depth++;
	} else if (byte_at(l, l->at) == ')') {
		l->field = 0;
		lexeme = add(l, NDX_LEX_CLOSE, 1);
		lex_suffix(l, lexeme, '^');
		l->depth -= l->depth > 0;
	} else if (l->field != 0) {
		lex_word(l);
	} else if (!lex_sign(l) && !lex_field(l)) {
		lex_word(l);
	}
}

void
ndx_query_lex(struct ndx_reading *r)
{
	struct lexer l = { .r = r };
	size_t space;

	r->lexeme = ndx_query_alloc(r, (r->size + 1) * sizeof(*r->lexeme));
	while (r->status == NDX_OK && l.at < r->size) {
		space = space_size(&l, l.at);
		l.at += space;
		if (space > 0)
			l.field = 0; /* what it stood before was a quote that is never closed */
		else
			lex_one(&l);
	}
	if (r->status == NDX_OK)
		add(&l, NDX_LEX_END, 0);
}
