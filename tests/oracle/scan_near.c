/*
 * scan_near.c - see scan_near.h
 *
 * SPDX-License-Identifier: MIT
 */
#include "tests/oracle/scan_near.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/fold.h"

bool
ndx_scan_is_wanted(const struct scan_token *token, const struct ndx_query_term *wanted)
{
	return ndx_str_equal(token->term, wanted->term) &&
	       (!wanted->exact || ndx_str_equal(token->form, wanted->form));
}

/* Characters of a text, at most 256 of them. */
static size_t
characters(struct ndx_str text, uint32_t *out)
{
	const uint8_t *at = (const uint8_t *)text.data, *const end = at + text.size;
	size_t count = 0;

	for (unsigned size; at < end && count < 256; at += size)
		out[count++] = ndx_utf8_decode(at, end, &size);
	return count;
}

static bool
wildcard_matches(const uint32_t *p, size_t p_count, const uint32_t *t, size_t t_count)
{
	if (p_count == 0)
		return t_count == 0;
	if (p[0] == '*')
		return wildcard_matches(p + 1, p_count - 1, t, t_count) ||
		       (t_count > 0 && wildcard_matches(p, p_count, t + 1, t_count - 1));
	return t_count > 0 && (p[0] == '?' || p[0] == t[0]) &&
	       wildcard_matches(p + 1, p_count - 1, t + 1, t_count - 1);
}

/* Is b within the distance of a?  Tries every edit; a and b have few characters. */
static bool
within(const uint32_t *a, size_t a_count, const uint32_t *b, size_t b_count, unsigned distance)
{
	if (a_count > 0 && b_count > 0 && a[0] == b[0])
		return within(a + 1, a_count - 1, b + 1, b_count - 1, distance);
	if (a_count == 0 && b_count == 0)
		return true;
	if (distance == 0)
		return false;
	if (a_count > 1 && b_count > 1 && a[0] == b[1] && a[1] == b[0] &&
	    within(a + 2, a_count - 2, b + 2, b_count - 2, distance - 1))
		return true;
	return (a_count > 0 && within(a + 1, a_count - 1, b, b_count, distance - 1)) ||
	       (b_count > 0 && within(a, a_count, b + 1, b_count - 1, distance - 1)) ||
	       (a_count > 0 && b_count > 0 &&
	        within(a + 1, a_count - 1, b + 1, b_count - 1, distance - 1));
}

bool
ndx_scan_form_matches(const struct ndx_node *node, struct ndx_str form)
{
	uint32_t pattern[256], text[256];
	const size_t pattern_count = characters(node->term.form, pattern),
		     count = characters(form, text);

	switch (node->forms_kind) {
	case NDX_FORMS_EXACT:
		return ndx_str_equal(node->term.form, form);
	case NDX_FORMS_WILDCARD:
		return wildcard_matches(pattern, pattern_count, text, count);
	case NDX_FORMS_FUZZY:
		return within(pattern, pattern_count, text, count, node->distance);
	}
	return false;
}

/* From the first position of a match to its last. */
struct stretch {
	uint32_t begin, end;
};

struct stretches {
	struct stretch *at;
	size_t count, count_max;
};

/* Once each. */
static void
add(struct stretches *all, struct stretch stretch)
{
	for (size_t i = 0; i < all->count; i++)
		if (all->at[i].begin == stretch.begin && all->at[i].end == stretch.end)
			return;
	if (!ndx_grow(&ndx_mem_default, &all->at, &all->count_max, all->count + 1,
	              sizeof(stretch))) {
		fputs("oracle: out of memory\n", stderr);
		abort();
	}
	all->at[all->count++] = stretch;
}

/* The least end of slots i and after, of a phrase that has come to 'position'; UINT32_MAX: none. */
static uint32_t
phrase_end(const struct scan_article *a, enum ndx_field place, const struct ndx_node *phrase,
           size_t i, uint32_t position, uint32_t slop)
{
	uint32_t least = UINT32_MAX;

	if (i == phrase->slot_count)
		return position;
	for (size_t t = 0; t < a->token_count; t++) {
		const struct scan_token *token = &a->token[t];
		const uint32_t step = phrase->slot[i].position - phrase->slot[i - 1].position;
		uint32_t end;

		if (token->place != place || !ndx_scan_is_wanted(token, &phrase->slot[i].term) ||
		    token->position < position + step || token->position - position - step > slop)
			continue;
		end = phrase_end(a, place, phrase, i + 1, token->position,
		                 slop - (token->position - position - step));
		least = end < least ? end : least;
	}
	return least;
}

static bool
is_word(const struct scan_token *token, const struct ndx_node *node)
{
	if (node->kind == NDX_NODE_FORMS)
		return token->form.size > 0 && ndx_scan_form_matches(node, token->form);
	if (node->kind == NDX_NODE_PHRASE)
		return ndx_scan_is_wanted(token, &node->slot[0].term);
	return node->kind == NDX_NODE_TERM && ndx_str_equal(token->term, node->term.term);
}

/* Does a sentence end at 'begin' or after it, but before 'end'? */
static bool
crosses_sentence(const struct scan_article *a, uint32_t begin, uint32_t end)
{
	for (size_t t = 0; t < a->token_count; t++)
		if (a->token[t].place == NDX_FIELD_SENTENCE && a->token[t].position >= begin &&
		    a->token[t].position < end)
			return true;
	return false;
}

static void find(const struct scan_article *a, enum ndx_field place, const struct ndx_node *node,
                 struct stretches *out);

static void
find_near(const struct scan_article *a, enum ndx_field place, const struct ndx_node *node,
          struct stretches *out)
{
	struct stretches side[2] = { { NULL, 0, 0 }, { NULL, 0, 0 } };

	find(a, place, node->child[0], &side[0]);
	find(a, place, node->child[1], &side[1]);
	for (size_t i = 0; i < side[0].count; i++) {
		const struct stretch l = side[0].at[i];
		uint64_t best = UINT64_MAX;
		struct stretch found = { 0, 0 };

		/* Of the same distance, the one after it counts, and of those that one with the
		 * least end. */
		for (size_t j = 0; j < side[1].count; j++) {
			const struct stretch r = side[1].at[j];
			const bool after = r.begin > l.end, before = r.end < l.begin;
			const uint64_t distance = after    ? r.begin - l.end
			                          : before ? l.begin - r.end
			                                   : 0;
			const struct stretch joined = { after ? l.begin : r.begin,
				                        after ? r.end : l.end };
			const uint64_t rank = (distance << 33) + (after ? 0 : UINT64_C(1) << 32) +
			                      (after ? r.end : UINT32_MAX - r.begin);

			(void)joined;
			if ((!after && (!before || node->near_kind == NDX_NEAR_ORDERED)) ||
			    rank >= best)
				continue;
			if (node->near_kind == NDX_NEAR_SENTENCE
			            ? crosses_sentence(a, joined.begin, joined.end)
			            : distance > node->distance)
				continue;
			best = rank;
			found = joined;
		}
		if (best != UINT64_MAX)
			add(out, found);
	}
	ndx_free(&ndx_mem_default, side[0].at);
	ndx_free(&ndx_mem_default, side[1].at);
}

static void
find(const struct scan_article *a, enum ndx_field place, const struct ndx_node *node,
     struct stretches *out)
{
	if (node->kind == NDX_NODE_NEAR) {
		find_near(a, place, node, out);
		return;
	}
	for (size_t i = 0; i < node->child_count; i++)
		find(a, place, node->child[i], out);
	if (node->field == NDX_FIELD_TITLE && place != NDX_FIELD_TITLE)
		return;
	for (size_t t = 0; t < a->token_count; t++) {
		const struct scan_token *token = &a->token[t];
		struct stretch stretch = { token->position, token->position };

		if (token->place != place || !is_word(token, node))
			continue;
		if (node->kind == NDX_NODE_PHRASE)
			stretch.end = phrase_end(a, place, node, 1, token->position, node->slop);
		if (stretch.end != UINT32_MAX)
			add(out, stretch);
	}
}

size_t
ndx_scan_count_near(const struct scan_article *a, enum ndx_field place, const struct ndx_node *near)
{
	struct stretches found = { NULL, 0, 0 };

	find_near(a, place, near, &found);
	ndx_free(&ndx_mem_default, found.at);
	return found.count;
}
