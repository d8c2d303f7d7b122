/*
 * random_query.c - see random_query.h
 *
 *   clauses = { [ "+" | "-" | "NOT " ] either }
 *   either  = operand { ( " AND " | " OR " | " AND NOT " | " OR NOT " ) operand }
 *   operand = ( word | phrase | title | filter | id | "(" clauses ")" ) [ "^" boost ]
 *
 * SPDX-License-Identifier: MIT
 */
#include "tests/oracle/random_query.h"

/* Where a query is made, and of what. */
struct making {
	const struct random_corpus *corpus;
	const struct scan *scan;
	struct random *r;
	struct ndx_buf *out;
};

static void add_clauses(struct making *m, unsigned depth);

static const struct scan_article *
any_article(const struct making *m)
{
	const size_t count = ndx_scan_count(m->scan);

	return count == 0 ? NULL : ndx_scan_get(m->scan, random_below(m->r, count));
}

/* Words that follow each other in an article's title or text; false if there are none. */
static bool
add_passage(struct making *m, size_t count)
{
	const struct scan_article *a = any_article(m);
	struct ndx_str text;
	size_t at;

	if (a == NULL)
		return false;
	text = random_percent(m->r, 30) ? a->article.title : a->article.text;
	if (text.size == 0)
		return false;
	for (at = random_below(m->r, text.size); at > 0 && text.data[at - 1] != ' '; at--)
		;
	for (; at < text.size && count > 0; at++) {
		count -= text.data[at] == ' ';
		ndx_buf_add(m->out, text.data + at, 1);
	}
	return true;
}

static void
add_phrase(struct making *m)
{
	const size_t count = 2 + random_zipf(m->r, 4);

	ndx_buf_add_str(m->out, "\"");
	if (random_percent(m->r, 40) || !add_passage(m, count))
		for (size_t i = 0; i < count; i++)
			ndx_buf_printf(m->out, "%s%s%s", i == 0 ? "" : " ",
			               random_percent(m->r, 25) ? "=" : "",
			               ndx_random_word(m->corpus, m->r));
	ndx_buf_add_str(m->out, "\"");
	if (random_percent(m->r, 40))
		ndx_buf_printf(m->out, "~%zu", random_zipf(m->r, 12));
}

/* =word, a word with wildcards in it, or one that is misspelt. */
static void
add_forms(struct making *m)
{
	const char *word = ndx_random_word(m->corpus, m->r);
	const size_t size = strlen(word), kind = random_below(m->r, 4);
	const size_t at = random_below(m->r, size);

	if (kind == 0) {
		ndx_buf_printf(m->out, "=%s", word);
		return;
	}
	if (kind < 3) {
		ndx_buf_printf(m->out, "%.*s%c%s", (int)at, word,
		               random_percent(m->r, 50) ? '*' : '?',
		               random_percent(m->r, 40) && at > 0 ? "*" : word + at);
		return;
	}
	if (random_percent(m->r, 50) && at + 1 < size)
		ndx_buf_printf(m->out, "%.*s%c%c%s", (int)at, word, word[at + 1], word[at],
		               word + at + 2);
	else
		ndx_buf_printf(m->out, "%.*s%s", (int)at, word, word + at + 1);
	ndx_buf_printf(m->out, "~%zu", 1 + random_below(m->r, 2));
}

static void
add_filter(struct making *m)
{
	static const enum ndx_field fields[] = { NDX_FIELD_SOURCE, NDX_FIELD_SECTION,
		                                 NDX_FIELD_AUTHOR, NDX_FIELD_LANGUAGE };
	const enum ndx_field field = fields[random_below(m->r, 4)];
	const char *value = ndx_random_value(m->r, field);
	const char *space = strchr(value, ' ');

	ndx_buf_printf(m->out, "%s:", ndx_field_name(field));
	if (value[0] == '\0')
		ndx_buf_add_str(m->out, "none");
	else if (random_percent(m->r, 20))
		ndx_buf_printf(m->out, "(%s)", value);
	else if (random_percent(m->r, 60))
		ndx_buf_printf(m->out, "\"%s\"", value);
	else if (space != NULL && random_percent(m->r, 50))
		ndx_buf_add_str(m->out, space + 1);
	else
		ndx_buf_add(m->out, value, space == NULL ? strlen(value) : (size_t)(space - value));
	if (space != NULL && m->out->data[m->out->size - 1] == '"' && random_percent(m->r, 30))
		ndx_buf_printf(m->out, "~%zu", random_below(m->r, 3));
}

/* The date of an article, or one beside it, cut anywhere. */
static void
add_date_value(struct making *m)
{
	static const size_t cuts[] = { 4, 7, 10, 16, 19, 25 };
	const struct scan_article *a = any_article(m);
	struct ndx_date date = { 0, 0 };
	char text[NDX_DATE_SIZE];

	if (a != NULL && a->article.has_date)
		date.utc = a->article.date.utc +
		           (random_percent(m->r, 30) ? (int64_t)random_below(m->r, 3) - 1 : 0);
	ndx_date_format(date, text);
	ndx_buf_add(m->out, text, cuts[random_below(m->r, 6)]);
}

static void
add_dates(struct making *m)
{
	static const char *const signs[] = { "date:",   "date:>", "date:>=", "date:<",
		                             "date:<=", "after:", "before:" };

	if (random_percent(m->r, 60)) {
		ndx_buf_add_str(m->out, signs[random_below(m->r, 7)]);
		add_date_value(m);
		return;
	}
	ndx_buf_add_str(m->out, "date:");
	if (random_percent(m->r, 80))
		add_date_value(m);
	ndx_buf_add_str(m->out, "..");
	if (random_percent(m->r, 80))
		add_date_value(m);
}

static void
add_id(struct making *m)
{
	const struct scan_article *a = any_article(m);
	const bool known = a != NULL && random_percent(m->r, 80);

	ndx_buf_printf(m->out, "id:\"%.*s\"", known ? (int)a->article.id.size : 4,
	               known ? a->article.id.data : "none");
}

static void
add_title(struct making *m)
{
	ndx_buf_add_str(m->out, "title:");
	if (random_percent(m->r, 30))
		add_phrase(m);
	else if (random_percent(m->r, 30))
		add_forms(m);
	else
		ndx_buf_add_str(m->out, ndx_random_word(m->corpus, m->r));
}

/* A word, a phrase, a pattern, or a group of words. */
static void
add_side(struct making *m)
{
	const size_t kind = random_below(m->r, 10);

	if (kind < 2)
		add_phrase(m);
	else if (kind < 4)
		add_forms(m);
	else if (kind < 5)
		add_title(m);
	else if (kind < 7)
		ndx_buf_printf(m->out, "(%s OR %s)", ndx_random_word(m->corpus, m->r),
		               ndx_random_word(m->corpus, m->r));
	else
		ndx_buf_add_str(m->out, ndx_random_word(m->corpus, m->r));
}

static void
add_near(struct making *m)
{
	add_side(m);
	do {
		if (random_percent(m->r, 40))
			ndx_buf_add_str(m->out, " SENTENCE ");
		else
			ndx_buf_printf(m->out, " %sNEAR/%zu ", random_percent(m->r, 40) ? "O" : "",
			               random_zipf(m->r, 12));
		add_side(m);
	} while (random_percent(m->r, 25));
}

static void
add_operand(struct making *m, unsigned depth)
{
	static const char *const boosts[] = { "^2", "^0.5", "^3.25", "^100", "^0.01" };
	const size_t kind = random_below(m->r, depth == 0 ? 80 : 100);

	if (kind < 5)
		add_near(m);
	else if (kind < 10)
		add_forms(m);
	else if (kind < 45)
		ndx_buf_add_str(m->out, ndx_random_word(m->corpus, m->r));
	else if (kind < 60)
		add_phrase(m);
	else if (kind < 70)
		add_title(m);
	else if (kind < 75)
		add_filter(m);
	else if (kind < 79)
		add_dates(m);
	else if (kind < 80)
		add_id(m);
	else {
		if (random_percent(m->r, 10))
			ndx_buf_add_str(m->out, "title:");
		ndx_buf_add_str(m->out, "(");
		add_clauses(m, depth - 1);
		ndx_buf_add_str(m->out, ")");
	}
	if (random_percent(m->r, 8))
		ndx_buf_add_str(m->out, boosts[random_below(m->r, 5)]);
}

static void
add_either(struct making *m, unsigned depth)
{
	static const char *const operators[] = { " AND ", " OR ",      " OR ",
		                                 " AND ", " AND NOT ", " OR NOT " };

	add_operand(m, depth);
	while (random_percent(m->r, 25)) {
		ndx_buf_add_str(m->out, operators[random_below(m->r, 6)]);
		add_operand(m, depth);
	}
}

static void
add_clauses(struct making *m, unsigned depth)
{
	static const char *const signs[] = {
		"+", "+", "-", "NOT ", "", "", "", "", "", "", "", ""
	};
	const bool has_signs = random_percent(m->r, 50);
	size_t count = 1 + random_zipf(m->r, 6);

	for (size_t i = 0; i < count; i++) {
		ndx_buf_add_str(m->out, i == 0 ? "" : " ");
		if (has_signs)
			ndx_buf_add_str(m->out, signs[random_below(m->r, 12)]);
		add_either(m, depth);
	}
}

/* Only words, all of them optional or all required, few or many: what pruning is made for. */
static void
add_words(struct making *m)
{
	const char *sign = random_percent(m->r, 25) ? "+" : "";

	for (size_t left = 1 + random_zipf(m->r, random_percent(m->r, 20) ? 20 : 4); left > 0;
	     left--)
		ndx_buf_printf(m->out, "%s%s ", sign, ndx_random_word(m->corpus, m->r));
}

void
ndx_random_query(const struct random_corpus *corpus, const struct scan *scan, struct random *r,
                 struct ndx_buf *out)
{
	struct making m = { corpus, scan, r, out };

	if (random_percent(r, ndx_scan_count(scan) > 500 ? 40 : 15))
		add_words(&m);
	else
		add_clauses(&m, 2);
	ndx_buf_add_u8(out, 0);
}
