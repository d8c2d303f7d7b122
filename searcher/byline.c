/*
 * byline.c - see byline.h
 *
 *   byline    segment { ';' segment }
 *   segment   [ "By" ] piece { divider piece }
 *   divider   ','  '/'  '|'  "and"  '&'  "with"
 *   piece     [ "Reporting by" ] name [ "in Rome" ] [ "(agency)" ] [ "- Analysis" ]
 *
 * A comma divides two persons, or a surname from a first name: the latter where what is before it
 * is one word or begins with a small letter ("van Gogh, Vincent"), or where a segment without a
 * "By" is two words, a comma and one ("García Márquez, Gabriel").  A single word behind a name and
 * a comma is else a paper or a place, and no author: what is doubtful is left out rather than told
 * as a name.
 *
 * Of each piece only PIECE_SIZE_MAX bytes are looked at, so that the time is linear in the length
 * of a byline, also where that is a megabyte of "Ann Lee and Ann Lee and".
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/byline.h"

#include <strings.h>

#include "searcher/byline_words.h"

#define AND   '&'
#define SLASH '/'

/* What is longer, without a divider, is no name. */
#define PIECE_SIZE_MAX 256

struct piece {
	struct ndx_str whole, name; /* empty name: it has none */
	const char *next;           /* behind the divider */
	char divider;               /* what is behind it: ',' ';' AND SLASH or '\0' */
	bool has_by, has_and;       /* what is before it */
};

static struct ndx_str
trimmed(const char *begin, const char *end)
{
	while (begin < end && begin[0] == ' ')
		begin++;
	while (end > begin && end[-1] == ' ')
		end--;
	return (struct ndx_str){ begin, (size_t)(end - begin) };
}

static size_t
count_words(struct ndx_str text)
{
	size_t count = text.size > 0;

	for (size_t i = 1; i < text.size; i++)
		count += text.data[i - 1] == ' ' && text.data[i] != ' ';
	return count;
}

/* Where 'word' is in the text, capitals ignored; NULL: nowhere.  It begins with no letter. */
static const char *
find(struct ndx_str text, const char *word)
{
	const char *const end = text.data + text.size, *at = text.data;
	const size_t size = strlen(word);

	for (; (size_t)(end - at) >= size; at++) {
		at = memchr(at, word[0], (size_t)(end - at) - size + 1);
		if (at == NULL || strncasecmp(at, word, size) == 0)
			return at;
	}
	return NULL;
}

/* Without its first bytes. */
static struct ndx_str
behind(struct ndx_str text, const char *begin)
{
	return trimmed(begin, text.data + text.size);
}

/* Does a word with a '/' divide two, unlike "N/A" and "c/o"? */
static bool
is_slash(const char *begin, const char *at)
{
	return *at == '|' || (*at == '/' && at - begin > 2 && at[-2] != ' ' && at[1] != '\0');
}

/* Up to the first comma, semicolon or slash that is not in parentheses or an address; at most to
 * 'limit'. */
static const char *
end_of_piece(const char *begin, const char *limit)
{
	const char *at = begin;
	bool closed = true; /* there may be a ')' to come */

	for (; at < limit && *at != ',' && *at != ';' && !is_slash(begin, at); at++) {
		if (*at == '(' && closed) {
			const char *close = memchr(at, ')', (size_t)(limit - at));

			closed = close != NULL;
			at = closed ? close : at;
		} else if (limit - at > 3 && memcmp(at, "://", 3) == 0) {
			while (at + 1 < limit && strchr(" ,;|", at[1]) == NULL)
				at++;
		}
	}
	return at;
}

/* The first or last "and", "&" or "with"; NULL: there is none. */
static const char *
find_and(struct ndx_str text, bool last, size_t *size_ret)
{
	static const char *const words[] = { " and ", " & ", " with " };
	const char *found = NULL;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		const size_t size = strlen(words[i]);
		const char *at = find(text, words[i]);

		for (; at != NULL; at = last ? find(behind(text, at + size), words[i]) : NULL) {
			if (found == NULL || (last ? at > found : at < found)) {
				found = at;
				*size_ret = size;
			}
		}
	}
	return found;
}

/* "Ann Lee Associated Press Writer", "Ann Lee et al." */
static struct ndx_str
without_staff(struct ndx_str text)
{
	static const char *const ends[] = { "associated press writer",
		                            "associated press",
		                            "bbc news",
		                            "et al",
		                            "et al.",
		                            "globe correspondent",
		                            "globe staff",
		                            "ap writer",
		                            "staff writer",
		                            "staff writers",
		                            "staff reporter",
		                            "staff correspondent",
		                            NULL };

	for (size_t i = 0; ends[i] != NULL && !ndx_byline_begins(text, "a"); i++) {
		struct ndx_str rest;

		if (!ndx_byline_ends(text, ends[i]))
			continue;
		rest = trimmed(text.data, text.data + text.size - strlen(ends[i]));
		return count_words(rest) > 1 && !ndx_byline_is_paper(rest) ? rest : text;
	}
	return text;
}

/* "Staff writer Ann Lee" */
static struct ndx_str
without_first_role(struct ndx_str text)
{
	static const char *const roles[] = { "staff writer",  "staff writers",  "staff reporter",
		                             "correspondent", "correspondents", NULL };

	for (size_t i = 0; roles[i] != NULL; i++)
		if (ndx_byline_begins(text, roles[i]) && text.size > strlen(roles[i]))
			return behind(text, text.data + strlen(roles[i]));
	return text;
}

/* "Health and Science Editor", unlike "Ann Lee and staff". */
static bool
is_one_role(struct ndx_str text)
{
	size_t size = 0;
	const char *at = ndx_byline_ends_with_role(text) ? find_and(text, true, &size) : NULL;
	struct ndx_str last;

	if (at == NULL)
		return false;
	last = behind(text, at + size);
	if (ndx_byline_ends(last, "staff") && count_words(trimmed(text.data, at)) > 1)
		return false;
	return !ndx_byline_is_nobody(last) && !ndx_byline_begins(last, "staff") &&
	       without_staff(last).size == last.size;
}

/* Without "(Reuters)" and "- Analysis" at its end. */
static struct ndx_str
without_label(struct ndx_str text)
{
	static const char *const dashes[] = { " -", "- ", " \xe2\x80\x93", " \xe2\x80\x94" };
	const char *open;

	for (size_t i = 0; i < sizeof(dashes) / sizeof(dashes[0]); i++) {
		const char *at = find(text, dashes[i]);

		if (at != NULL)
			text = trimmed(text.data, at);
	}
	open = text.size > 0 && text.data[text.size - 1] == ')' ? find(text, " (") : NULL;
	return open == NULL ? text : trimmed(text.data, open);
}

/* Without "in Rome" and "of the Daily News" behind two words or more. */
static struct ndx_str
without_place(struct ndx_str text)
{
	static const char *const words[] = { " in ", " at ", " for ", " from ", " via ",
		                             " IN ", " AT ", " FOR ", " FROM ", NULL };

	for (size_t i = 0; words[i] != NULL; i++) {
		const char *at = find(text, words[i]);

		/* Park In Hwan is a person. */
		if (at != NULL && memcmp(at, words[i], strlen(words[i])) == 0 &&
		    count_words(trimmed(text.data, at)) > 1)
			text = trimmed(text.data, at);
	}
	for (size_t i = 0; i < 2; i++) {
		const char *at = find(text, i == 0 ? " of the " : " special to ");

		if (at != NULL)
			text = trimmed(text.data, at);
	}
	return text;
}

/* The name in a piece, or "". */
static struct ndx_str
name_of(struct ndx_str text)
{
	const struct ndx_str none = { text.data, 0 };
	const char *at, *in;

	text = without_staff(without_label(text));
	at = find(text, " by ");
	if (ndx_byline_is_nobody(text) && (at == NULL || !ndx_byline_begins(text, "special to")))
		return none;
	if (at != NULL)
		text = behind(text, at + 4);
	in = find(text, " in ");
	if (in != NULL && ndx_byline_is_nobody(trimmed(text.data, in))) /* "agencies in Berlin" */
		return none;
	at = find(text, ": ");
	if (at != NULL)
		text = behind(text, at + 2);
	text = without_first_role(without_staff(without_place(text)));
	if (text.size == 0 || ndx_byline_is_role(text) || ndx_byline_is_nobody(text) ||
	    strncmp(text.data, "in ", 3) == 0 || strncmp(text.data, "at ", 3) == 0)
		return none;
	return text;
}

/* The piece at 'begin', where one is: as far as its divider. */
static void
cut_piece(struct piece *piece, const char *begin)
{
	const char *const limit = begin + strnlen(begin, PIECE_SIZE_MAX);
	const char *end = end_of_piece(begin, limit), *at;
	const bool is_long = end == limit && *limit != '\0';
	size_t size = 0;

	piece->whole = trimmed(begin, end);
	at = find_and((struct ndx_str){ begin, (size_t)(end - begin) }, false, &size);
	if (at != NULL && (is_long || !is_one_role(without_label(piece->whole)))) {
		piece->whole = trimmed(begin, at);
		piece->divider = AND;
		piece->next = at + size;
		piece->name = name_of(piece->whole);
		return;
	}
	piece->name = is_long ? (struct ndx_str){ begin, 0 } : name_of(piece->whole);
	if (is_long)
		end = end_of_piece(begin, begin + strlen(begin));
	piece->divider = *end == '|' ? SLASH : *end;
	piece->next = end + (*end != '\0');
}

/* The piece at 'begin'; false: there is none. */
static bool
read_piece(const char *begin, struct piece *piece)
{
	static const char *const ands[] = { "and ", "& ", "with ", "as told to " };

	*piece = (struct piece){ .has_by = false };
	begin += strspn(begin, " ,;/|");
	while (strncasecmp(begin, "by ", 3) == 0 || strncasecmp(begin, "by:", 3) == 0) {
		piece->has_by = true;
		begin += 3;
		begin += strspn(begin, " ");
	}
	for (size_t i = 0; i < sizeof(ands) / sizeof(ands[0]); i++) {
		if (strncasecmp(begin, ands[i], strlen(ands[i])) != 0)
			continue;
		piece->has_and = true;
		begin += strlen(ands[i]);
	}
	if (begin[strspn(begin, " ,;/|")] == '\0')
		return false;
	cut_piece(piece, begin);
	return true;
}

static bool
is_person(const struct piece *piece)
{
	return piece->name.size > 0 && !ndx_byline_is_junior(piece->name);
}

static bool
is_surname(struct ndx_str text)
{
	return count_words(text) == 1 || (text.data[0] >= 'a' && text.data[0] <= 'z');
}

/* "Gabriel", "Gabriel J." */
static bool
is_first_name(struct ndx_str text)
{
	const char *space = memchr(text.data, ' ', text.size);

	return text.size > 0 &&
	       (space == NULL || (text.data[text.size - 1] == '.' && count_words(text) == 2 &&
	                          text.data + text.size - space <= 3));
}

/* The pieces "García Márquez, Gabriel": is all that follows of that kind? */
static bool
is_list_of_inverted(const struct piece *first, const struct piece *second)
{
	struct piece third, fourth;

	if (count_words(first->name) > 3 || !is_first_name(second->name) ||
	    ndx_byline_is_paper(second->name))
		return false;
	if (second->divider == '\0' || second->divider == ';' || !read_piece(second->next, &third))
		return true;
	return third.divider == ',' && read_piece(third.next, &fourth) &&
	       is_first_name(fourth.name);
}

/* Is it a surname that a comma divides from a first name, "Doe, John"?  *last_ret: the last piece
 * of that, the third in "Doe, Jr., John". */
static bool
is_inverted(const struct ndx_byline *byline, const struct piece *piece, struct piece *last_ret)
{
	const bool surname = is_surname(piece->name);
	struct piece *second = last_ret, third;

	if (piece->divider != ',' || !read_piece(piece->next, second) || second->has_and ||
	    second->name.size == 0 || second->has_by ||
	    piece->name.data + piece->name.size != piece->whole.data + piece->whole.size)
		return false;
	if (ndx_byline_is_junior(second->name)) {
		if (!surname || second->divider != ',' || !read_piece(second->next, &third) ||
		    third.has_and || !is_person(&third))
			return false;
		*last_ret = third;
		return true;
	}
	if (ndx_byline_is_honour(second->name, surname))
		return false;
	if (surname) /* "By Madonna, Ann Lee" */
		return !byline->has_by || is_first_name(second->name);
	return !byline->has_by && !byline->natural && is_list_of_inverted(piece, second);
}

/* What is behind the comma after a name that is no other person: a paper, a place. */
static bool
is_of_person(const struct ndx_byline *byline, const struct piece *piece)
{
	if ((byline->divider != ',' && byline->divider != SLASH) || !byline->natural ||
	    piece->has_and)
		return false;
	return ndx_byline_is_paper(piece->name) || ndx_byline_is_honour(piece->name, false) ||
	       find(piece->name, " of ") != NULL ||
	       (count_words(piece->name) == 1 && piece->divider != AND);
}

/* "Jr." and "Ph.D." behind the name. */
static void
take_suffixes(struct ndx_byline *byline, struct ndx_person *person)
{
	struct piece piece;

	while (byline->divider == ',' && read_piece(byline->rest, &piece) && !piece.has_and) {
		if (ndx_byline_is_junior(piece.name))
			person->suffix = piece.name;
		else if (!ndx_byline_is_honour(piece.name, false))
			return;
		byline->rest = piece.next;
		byline->divider = piece.divider;
	}
}

static void
pass(struct ndx_byline *byline, const struct piece *piece)
{
	byline->rest = piece->next;
	byline->divider = piece->divider;
	if (piece->divider == ';')
		byline->has_by = byline->natural = false;
}

bool
ndx_byline_next(struct ndx_byline *byline, struct ndx_person *person_ret)
{
	struct piece piece, last;
	bool is_place = false; /* the city of "BBC News, Moscow" */

	for (; read_piece(byline->rest, &piece); pass(byline, &piece)) {
		byline->has_by |= piece.has_by;
		if (!is_person(&piece) || is_of_person(byline, &piece) ||
		    (is_place && piece.divider != ',' && count_words(piece.name) == 1 &&
		     ndx_byline_is_paper(piece.name))) {
			is_place = piece.divider == ',';
			continue;
		}
		*person_ret = (struct ndx_person){ piece.name, { "", 0 } };
		byline->natural = !is_inverted(byline, &piece, &last);
		if (!byline->natural) {
			person_ret->name =
				trimmed(piece.name.data, last.name.data + last.name.size);
			piece = last;
		}
		pass(byline, &piece);
		take_suffixes(byline, person_ret);
		return true;
	}
	return false;
}
