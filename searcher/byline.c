/*
 * byline.c - see byline.h
 *
 * A comma divides two persons, or a surname from a first name: the latter where what is before it
 * is one word, or begins with a small letter ("van Gogh, Vincent").
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/byline.h"

#include <strings.h>

/* The last words of what a person is. */
static const char *const titles[] = { "editor",    "correspondent", "reporter", "writer",
	                              "columnist", "commentator",   "staff" };

static struct ndx_str
trimmed(const char *begin, size_t size)
{
	while (size > 0 && begin[0] == ' ') {
		begin++;
		size--;
	}
	while (size > 0 && begin[size - 1] == ' ')
		size--;
	return (struct ndx_str){ begin, size };
}

static bool
is_title(struct ndx_str text)
{
	for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++) {
		const size_t size = strlen(titles[i]);

		if (text.size >= size &&
		    strncasecmp(text.data + text.size - size, titles[i], size) == 0 &&
		    (text.size == size || text.data[text.size - size - 1] == ' '))
			return true;
	}
	return false;
}

/* Up to the first comma, semicolon, "and" or "&", or to the end; *divider_size_ret: of that. */
static size_t
piece_size(const char *text, size_t *divider_size_ret)
{
	static const char *const dividers[] = { " and ", " & " };
	size_t end = strcspn(text, ",;");

	*divider_size_ret = text[end] == '\0' ? 0 : 1;
	/* "Health and Science Editor" is one */
	if (is_title(trimmed(text, end)))
		return end;
	for (size_t i = 0; i < sizeof(dividers) / sizeof(dividers[0]); i++) {
		const char *at = strstr(text, dividers[i]);

		if (at != NULL && (size_t)(at - text) < end) {
			end = (size_t)(at - text);
			*divider_size_ret = strlen(dividers[i]);
		}
	}
	return end;
}

static bool
is_surname(struct ndx_str text)
{
	return text.size > 0 && (memchr(text.data, ' ', text.size) == NULL ||
	                         (text.data[0] >= 'a' && text.data[0] <= 'z'));
}

bool
ndx_byline_next(const char **byline, struct ndx_str *person_ret)
{
	for (;;) {
		const char *begin = *byline + strspn(*byline, " ,;"), *rest;
		size_t divider_size, size, next_divider_size, next_size;

		if (strncasecmp(begin, "by ", 3) == 0)
			begin += 3;
		else if (strncmp(begin, "and ", 4) == 0) /* after a comma */
			begin += 4;
		if (begin[0] == '\0')
			return false;
		size = piece_size(begin, &divider_size);
		rest = begin + size + divider_size;
		*person_ret = trimmed(begin, size);
		next_size = piece_size(rest, &next_divider_size);
		if (begin[size] == ',' && is_surname(*person_ret) &&
		    !is_title(trimmed(rest, next_size))) {
			*person_ret = trimmed(begin, (size_t)(rest - begin) + next_size);
			rest += next_size + next_divider_size;
		}
		*byline = rest;
		if (person_ret->size > 0 && !is_title(*person_ret))
			return true;
	}
}
