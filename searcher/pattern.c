/*
 * pattern.c - see pattern.h
 *
 * The distance is the classic table of dynamic programming, a row per character of the form, kept
 * as a stack: forms that begin alike share the rows of their beginning (as in a trie).  A row whose
 * least entry is above the distance says that nothing that begins so can match.
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/pattern.h"

#include <string.h>

#include "common/fold.h"
#include "common/format.h"

/* The character at *at, which moves behind it. */
static uint32_t
next_char(const uint8_t **at, const uint8_t *end)
{
	unsigned size;
	const uint32_t c = ndx_utf8_decode(*at, end, &size);

	*at += size;
	return c;
}

/* One "*" and no "?": the text begins with what is before it and ends with what is after it. */
static bool
match_ends(struct ndx_str pattern, size_t star, struct ndx_str text)
{
	const size_t after = pattern.size - star - 1;

	return text.size >= star + after && memcmp(text.data, pattern.data, star) == 0 &&
	       memcmp(text.data + text.size - after, pattern.data + star + 1, after) == 0;
}

bool
ndx_wildcard_match(struct ndx_str pattern, struct ndx_str text)
{
	const char *const first = memchr(pattern.data, '*', pattern.size);
	const uint8_t *p = (const uint8_t *)pattern.data, *const p_end = p + pattern.size;
	const uint8_t *t = (const uint8_t *)text.data, *const t_end = t + text.size;
	const uint8_t *star = NULL,
		      *retry = NULL; /* after the last "*", and what it does not stand for */

	if (first != NULL &&
	    memchr(first + 1, '*', (size_t)(pattern.data + pattern.size - first - 1)) == NULL &&
	    memchr(pattern.data, '?', pattern.size) == NULL)
		return match_ends(pattern, (size_t)(first - pattern.data), text);

	while (t < t_end) {
		if (p < p_end && *p == '*') {
			star = ++p;
			retry = t;
			continue;
		}
		if (p < p_end) {
			const uint8_t *p_next = p, *t_next = t;
			const uint32_t wanted = next_char(&p_next, p_end),
				       found = next_char(&t_next, t_end);

			if (*p == '?' || wanted == found) {
				p = p_next;
				t = t_next;
				continue;
			}
		}
		if (star == NULL)
			return false;
		next_char(&retry, t_end);
		p = star;
		t = retry;
	}
	while (p < p_end && *p == '*')
		p++;
	return p == p_end;
}

size_t
ndx_wildcard_prefix(struct ndx_str pattern)
{
	size_t size = 0;

	while (size < pattern.size && pattern.data[size] != '*' && pattern.data[size] != '?')
		size++;
	return size;
}

/* After a character of the form: distances of the form so far to each beginning of the word. */
struct row {
	size_t end; /* bytes of the form so far */
	uint32_t c;
	uint8_t least; /* of the distances */
	bool dead;     /* nothing that begins so is within the limit */
	uint8_t distance[NDX_FUZZY_LEN_MAX + 1];
};

struct ndx_fuzzy {
	uint32_t word[NDX_FUZZY_LEN_MAX];
	size_t length;
	unsigned limit;
	struct row row[NDX_KEY_SIZE_MAX + 1]; /* row[0] is of the empty form */
	size_t depth;                         /* rows after row[0] */
};

struct ndx_fuzzy *
ndx_fuzzy_new(struct ndx_arena *arena, struct ndx_str word, unsigned distance)
{
	const uint8_t *at = (const uint8_t *)word.data, *const end = at + word.size;
	struct ndx_fuzzy *fuzzy = ndx_arena_alloc(arena, sizeof(*fuzzy));

	if (fuzzy == NULL)
		return NULL;
	while (at < end && fuzzy->length < NDX_FUZZY_LEN_MAX)
		fuzzy->word[fuzzy->length++] = next_char(&at, end);
	fuzzy->limit = distance;
	for (size_t i = 0; i <= fuzzy->length; i++)
		fuzzy->row[0].distance[i] = (uint8_t)i;
	return fuzzy;
}

/* The row after one more character. */
static void
push(struct ndx_fuzzy *fuzzy, uint32_t c, size_t end)
{
	const struct row *before = &fuzzy->row[fuzzy->depth];
	struct row *row = &fuzzy->row[++fuzzy->depth];
	unsigned least = before->distance[0] + 1u;

	row->c = c;
	row->end = end;
	row->distance[0] = (uint8_t)least;
	for (size_t i = 1; i <= fuzzy->length; i++) {
		unsigned best = before->distance[i - 1] + (fuzzy->word[i - 1] != c ? 1u : 0u);

		if (before->distance[i] + 1u < best)
			best = before->distance[i] + 1u;
		if (row->distance[i - 1] + 1u < best)
			best = row->distance[i - 1] + 1u;
		if (i > 1 && fuzzy->depth > 1 && fuzzy->word[i - 1] == before->c &&
		    fuzzy->word[i - 2] == c && before[-1].distance[i - 2] + 1u < best)
			best = before[-1].distance[i - 2] + 1u;
		row->distance[i] = (uint8_t)best;
		least = best < least ? best : least;
	}
	row->least = (uint8_t)least;
	/* A transposition reaches back one row further, so both must be beyond the limit. */
	row->dead = least > fuzzy->limit && before->least + 1u > fuzzy->limit;
}

bool
ndx_fuzzy_match(struct ndx_fuzzy *fuzzy, struct ndx_str form, size_t shared, size_t *dead_ret)
{
	const uint8_t *const begin = (const uint8_t *)form.data, *const end = begin + form.size;
	const uint8_t *at;

	*dead_ret = SIZE_MAX;
	while (fuzzy->depth > 0 && fuzzy->row[fuzzy->depth].end > shared)
		fuzzy->depth--;
	at = begin + (fuzzy->depth > 0 ? fuzzy->row[fuzzy->depth].end : 0);
	while (at < end && fuzzy->depth < NDX_KEY_SIZE_MAX && !fuzzy->row[fuzzy->depth].dead) {
		const uint32_t c = next_char(&at, end);

		push(fuzzy, c, (size_t)(at - begin));
	}
	if (fuzzy->row[fuzzy->depth].dead) {
		*dead_ret = fuzzy->row[fuzzy->depth].end;
		return false;
	}
	return at == end && fuzzy->row[fuzzy->depth].distance[fuzzy->length] <= fuzzy->limit;
}
