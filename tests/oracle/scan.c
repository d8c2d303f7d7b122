/*
 * scan.c - see scan.h
 *
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE /* qsort_r() */
#include "tests/oracle/scan.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/arena.h"
#include "common/impact.h"
#include "common/tokenize.h"
#include "tests/oracle/scan_near.h"

struct scan {
	struct ndx_arena *arena; /* strings, those of replaced articles too */
	struct ndx_stemmer *stemmer;
	struct ndx_tokens tokens;
	struct scan_article *article;
	size_t count, count_max;
};

#define MEMO_LEN 64

/* What a leaf was found to do in an article; for one question, as nodes die with their query. */
struct counted {
	uint64_t question;
	const struct scan_article *a;
	const struct ndx_node *leaf;
	uint32_t tf, title_tf;
};

static struct {
	uint64_t question; /* from 1 */
	struct counted counted[MEMO_LEN];
} memo;

static void
need(bool holds)
{
	if (holds)
		return;
	fputs("oracle: out of memory\n", stderr);
	abort();
}

struct scan *
ndx_scan_new(const char *language)
{
	struct scan *scan = ndx_alloc_zero(&ndx_mem_default, 1, sizeof(*scan));

	need(scan != NULL);
	scan->arena = ndx_arena_new(&ndx_mem_default);
	need(scan->arena != NULL);
	need(ndx_stemmer_new(&ndx_mem_default, language, &scan->stemmer, NULL) == NDX_OK);
	ndx_tokens_init(&scan->tokens, &ndx_mem_default);
	return scan;
}

void
ndx_scan_free(struct scan *scan)
{
	for (size_t i = 0; i < scan->count; i++)
		ndx_free(&ndx_mem_default, scan->article[i].token);
	ndx_free(&ndx_mem_default, scan->article);
	ndx_tokens_free(&scan->tokens);
	ndx_stemmer_free(scan->stemmer);
	ndx_arena_free(scan->arena);
	ndx_free(&ndx_mem_default, scan);
}

struct ndx_stemmer *
ndx_scan_stemmer(const struct scan *scan)
{
	return scan->stemmer;
}

static struct ndx_str
copy(struct scan *scan, struct ndx_str text)
{
	struct ndx_str made = { ndx_arena_copy(scan->arena, text.data, text.size), text.size };

	need(made.data != NULL);
	return made;
}

/* Most words are told apart by it. */
static uint64_t
head_of(struct ndx_str term)
{
	uint64_t head = 0;

	memcpy(&head, term.data, term.size < sizeof(head) ? term.size : sizeof(head));
	return head;
}

static void
add_token(struct scan_article *a, struct scan_token token)
{
	token.head = head_of(token.term);
	for (size_t i = a->token_count; i-- > 0;) {
		const struct scan_token *before = &a->token[i];

		if (before->place != token.place || before->position != token.position)
			break;
		/* both readings of this place are the same term */
		if (ndx_str_equal(before->term, token.term))
			return;
	}
	need(ndx_grow(&ndx_mem_default, &a->token, &a->token_count_max, a->token_count + 1,
	              sizeof(token)));
	a->token[a->token_count++] = token;
}

/* Add the words of 'text', the first at position 'base'; returns how many positions it has. */
static uint32_t
add_words(struct scan *scan, struct scan_article *a, struct ndx_str text, enum ndx_field place,
          uint32_t base)
{
	const bool stems = place == NDX_FIELD_TITLE || place == NDX_FIELD_ANY;
	const struct ndx_tokens *tokens = &scan->tokens;

	need(ndx_tokenize(text.data, text.size, stems ? NDX_TOKENIZE_ARTICLE : NDX_TOKENIZE_FILTER,
	                  &scan->tokens, NULL) == NDX_OK);
	for (size_t i = 0; i < tokens->count; i++) {
		const struct ndx_token *token = &tokens->token[i];
		struct ndx_str term = { (const char *)tokens->forms.data + token->form_off,
			                token->form_size };
		struct ndx_str form = { term.data,
			                token->kind == NDX_TOKEN_ACRONYM ? 0 : term.size };

		if (stems && token->kind != NDX_TOKEN_ACRONYM)
			term.data = ndx_stem(scan->stemmer, term.data, term.size, &term.size);
		need(term.data != NULL);
		add_token(a, (struct scan_token){ .place = place,
		                                  .term = copy(scan, term),
		                                  .position = base + token->position,
		                                  .form = copy(scan, form) });
	}
	for (size_t i = 0; stems && i < tokens->count; i++) {
		if (tokens->token[i].sentence_end)
			add_token(a, (struct scan_token){ .place = NDX_FIELD_SENTENCE,
			                                  .term = ndx_str(NDX_SENTENCE_TERM),
			                                  .position = base +
			                                              tokens->token[i].position });
	}
	return tokens->position_count;
}

static void
add_all_words(struct scan *scan, struct scan_article *a)
{
	uint32_t title = 0, text;

	if (!a->article.title_is_made)
		title = add_words(scan, a, a->article.title, NDX_FIELD_TITLE, 0);
	text = add_words(scan, a, a->article.text, NDX_FIELD_ANY, title > 0 ? title + 1 : 0);
	a->length = title + text;
	add_words(scan, a, a->article.source, NDX_FIELD_SOURCE, 0);
	add_words(scan, a, a->article.section, NDX_FIELD_SECTION, 0);
	add_words(scan, a, a->article.author, NDX_FIELD_AUTHOR, 0);
	add_words(scan, a, a->article.language, NDX_FIELD_LANGUAGE, 0);
}

void
ndx_scan_put(struct scan *scan, const struct ndx_article *article)
{
	struct scan_article a = { .article = *article };

	ndx_scan_delete(scan, article->id);
	a.article.id = copy(scan, article->id);
	a.article.title = copy(scan, article->title);
	a.article.text = copy(scan, article->text);
	a.article.source = copy(scan, article->source);
	a.article.section = copy(scan, article->section);
	a.article.author = copy(scan, article->author);
	a.article.url = copy(scan, article->url);
	a.article.language = copy(scan, article->language);
	add_all_words(scan, &a);
	need(ndx_grow(&ndx_mem_default, &scan->article, &scan->count_max, scan->count + 1,
	              sizeof(a)));
	scan->article[scan->count++] = a;
}

static size_t
find(const struct scan *scan, struct ndx_str id)
{
	for (size_t i = 0; i < scan->count; i++)
		if (ndx_str_equal(scan->article[i].article.id, id))
			return i;
	return SIZE_MAX;
}

bool
ndx_scan_delete(struct scan *scan, struct ndx_str id)
{
	const size_t i = find(scan, id);

	if (i == SIZE_MAX)
		return false;
	ndx_free(&ndx_mem_default, scan->article[i].token);
	scan->article[i] = scan->article[--scan->count];
	return true;
}

bool
ndx_scan_has(const struct scan *scan, struct ndx_str id)
{
	return find(scan, id) != SIZE_MAX;
}

size_t
ndx_scan_count(const struct scan *scan)
{
	return scan->count;
}

const struct scan_article *
ndx_scan_get(const struct scan *scan, size_t i)
{
	return &scan->article[i];
}

uint64_t
ndx_scan_token_count(const struct scan *scan)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < scan->count; i++)
		sum += scan->article[i].length;
	return sum;
}

/* The places that a field of a query looks at: ANY is the title, and the text. */
static bool
field_covers(enum ndx_field field, enum ndx_field place)
{
	return place == field || (field == NDX_FIELD_ANY && place == NDX_FIELD_TITLE);
}

/* How often the term stands at the place. */
static uint32_t
count_term(const struct scan_article *a, enum ndx_field place, struct ndx_str term)
{
	const uint64_t head = head_of(term);
	uint32_t count = 0;

	for (size_t i = 0; i < a->token_count; i++)
		count += a->token[i].head == head && a->token[i].place == place &&
		         ndx_str_equal(a->token[i].term, term);
	return count;
}

/* How often a form that the pattern stands for stands at the place. */
static uint32_t
count_forms(const struct scan_article *a, enum ndx_field place, const struct ndx_node *leaf)
{
	uint32_t count = 0;

	for (size_t i = 0; i < a->token_count; i++)
		count += a->token[i].place == place && a->token[i].form.size > 0 &&
		         ndx_scan_form_matches(leaf, a->token[i].form);
	return count;
}

/*
 * Do slots i and after follow, the slot before being at 'position', with at most 'slop'
 * words more between them than there should be?
 */
static bool
slots_follow(const struct scan_article *a, enum ndx_field place, const struct ndx_node *phrase,
             size_t i, uint32_t position, uint32_t slop)
{
	uint32_t step;

	if (i == phrase->slot_count)
		return true;
	step = phrase->slot[i].position - phrase->slot[i - 1].position;
	for (size_t j = 0; j < a->token_count; j++) {
		const struct scan_token *token = &a->token[j];

		if (token->place != place || token->position < position + step ||
		    token->position - position - step > slop ||
		    !ndx_scan_is_wanted(token, &phrase->slot[i].term))
			continue;
		if (slots_follow(a, place, phrase, i + 1, token->position,
		                 slop - (token->position - position - step)))
			return true;
	}
	return false;
}

/* At how many positions of the place does the phrase begin? */
static uint32_t
count_phrase(const struct scan_article *a, enum ndx_field place, const struct ndx_node *phrase)
{
	uint32_t count = 0;

	for (size_t i = 0; i < a->token_count; i++) {
		const struct scan_token *token = &a->token[i];

		count += token->place == place &&
		         ndx_scan_is_wanted(token, &phrase->slot[0].term) &&
		         slots_follow(a, place, phrase, 1, token->position, phrase->slop);
	}
	return count;
}

/* How often a leaf of the query, but not an id, stands in the article; and in its title. */
static void
count_leaf(const struct scan_article *a, const struct ndx_node *leaf, uint32_t *tf_ret,
           uint32_t *title_tf_ret)
{
	static const enum ndx_field places[] = { NDX_FIELD_TITLE,  NDX_FIELD_ANY,
		                                 NDX_FIELD_SOURCE, NDX_FIELD_SECTION,
		                                 NDX_FIELD_AUTHOR, NDX_FIELD_LANGUAGE };

	*tf_ret = *title_tf_ret = 0;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		uint32_t count;

		if (!field_covers(leaf->field, places[i]))
			continue;
		count = leaf->kind == NDX_NODE_NEAR
		                ? (uint32_t)ndx_scan_count_near(a, places[i], leaf)
		        : leaf->kind == NDX_NODE_TERM  ? count_term(a, places[i], leaf->term.term)
		        : leaf->kind == NDX_NODE_FORMS ? count_forms(a, places[i], leaf)
		                                       : count_phrase(a, places[i], leaf);
		if (places[i] == NDX_FIELD_TITLE)
			*title_tf_ret += count;
		*tf_ret += count;
	}
}

/* The same, counted once for each article and question: it is asked for at every turn. */
static uint32_t
leaf_tf(const struct scan_article *a, const struct ndx_node *leaf, uint32_t *title_tf_ret)
{
	struct counted *counted = &memo.counted[(uintptr_t)leaf / sizeof(*leaf) % MEMO_LEN];

	if (counted->question != memo.question || counted->a != a || counted->leaf != leaf) {
		*counted = (struct counted){ .question = memo.question, .a = a, .leaf = leaf };
		count_leaf(a, leaf, &counted->tf, &counted->title_tf);
	}
	*title_tf_ret = counted->title_tf;
	return counted->tf;
}

static bool matches(const struct scan_article *a, const struct ndx_node *node);

/* Is there a child with this sign (and field, if it is not 0), and if so, does one match? */
static bool
any_child(const struct scan_article *a, const struct ndx_node *node, enum ndx_sign sign, int field,
          bool *is_one_ret)
{
	bool match = false;

	*is_one_ret = false;
	for (size_t i = 0; i < node->child_count; i++) {
		const struct ndx_node *child = node->child[i];

		if (child->sign != sign || (field != 0 && (int)child->field != field))
			continue;
		*is_one_ret = true;
		match = match || matches(a, child);
	}
	return match;
}

static bool
list_matches(const struct scan_article *a, const struct ndx_node *list)
{
	bool has_must = false, has_should, has_not, has_filter, should;

	if (list->child_count == 0)
		return false;
	for (size_t i = 0; i < list->child_count; i++) {
		const struct ndx_node *child = list->child[i];

		has_must = has_must || child->sign == NDX_MUST;
		if (child->sign == NDX_MUST && !matches(a, child))
			return false;
		if (child->kind == NDX_NODE_DATES && child->sign == NDX_FILTER &&
		    !matches(a, child))
			return false;
		if (child->sign == NDX_FILTER && child->kind != NDX_NODE_DATES &&
		    !any_child(a, list, NDX_FILTER, (int)child->field, &has_filter))
			return false;
	}
	if (any_child(a, list, NDX_MUST_NOT, 0, &has_not))
		return false;
	should = any_child(a, list, NDX_SHOULD, 0, &has_should);
	return has_must || !has_should || should;
}

static bool
matches(const struct scan_article *a, const struct ndx_node *node)
{
	uint32_t title_tf;

	switch (node->kind) {
	case NDX_NODE_TERM:
		if (node->field == NDX_FIELD_ID)
			return ndx_str_equal(a->article.id, node->term.term);
		return leaf_tf(a, node, &title_tf) > 0;
	case NDX_NODE_PHRASE:
	case NDX_NODE_FORMS:
	case NDX_NODE_NEAR:
		return leaf_tf(a, node, &title_tf) > 0;
	case NDX_NODE_AND:
		for (size_t i = 0; i < node->child_count; i++)
			if (!matches(a, node->child[i]))
				return false;
		return true;
	case NDX_NODE_OR:
		for (size_t i = 0; i < node->child_count; i++)
			if (matches(a, node->child[i]))
				return true;
		return false;
	case NDX_NODE_LIST:
		return list_matches(a, node);
	case NDX_NODE_DATES:
		return a->article.has_date && a->article.date.utc >= node->dates.from &&
		       a->article.date.utc < node->dates.to;
	case NDX_NODE_NONE:
	default:
		return false;
	}
}

uint64_t
ndx_scan_df(const struct scan *scan, enum ndx_field field, struct ndx_str term)
{
	const struct ndx_node leaf = { .kind = NDX_NODE_TERM, .field = field, .term.term = term };
	uint64_t df = 0;

	memo.question++;
	for (size_t i = 0; i < scan->count; i++)
		df += matches(&scan->article[i], &leaf);
	return df;
}

/* What one leaf adds to the score of an article. */
struct part {
	const struct ndx_node *leaf;
	float weight;
	size_t index; /* its place in the query */
};

struct parts {
	struct part *part;
	size_t count, count_max;
};

static double
idf_from(const struct scan *scan, uint64_t articles)
{
	const double n = (double)scan->count, df = (double)articles;

	const double odds = (n - df + 0.5) / (df + 0.5), least = log(1 + odds) / 4;

	return log(odds) > least ? log(odds) : least;
}

static double
idf_of(const struct scan *scan, enum ndx_field field, struct ndx_str term)
{
	return idf_from(scan, ndx_scan_df(scan, field, term));
}

static double
forms_idf(const struct scan *scan, const struct ndx_node *leaf)
{
	uint64_t df = 0;

	for (size_t i = 0; i < scan->count; i++)
		df += matches(&scan->article[i], leaf);
	return idf_from(scan, df);
}

/* Of a side of a NEAR: of alternatives, the largest. */
static double
side_idf(const struct scan *scan, const struct ndx_node *node)
{
	double idf = 0;

	if (node->kind == NDX_NODE_TERM)
		return idf_of(scan, node->field, node->term.term);
	if (node->kind == NDX_NODE_FORMS)
		return forms_idf(scan, node);
	for (size_t i = 0; i < node->slot_count; i++)
		idf += idf_of(scan, node->field, node->slot[i].term.term);
	for (size_t i = 0; i < node->child_count; i++) {
		const double other = side_idf(scan, node->child[i]);

		if (node->kind == NDX_NODE_NEAR)
			idf += other;
		else if (other > idf)
			idf = other;
	}
	return idf;
}

static float
weight_of(const struct scan *scan, const struct ndx_node *leaf, double boost, double k1)
{
	const double idf = side_idf(scan, leaf);

	return (float)(boost * idf * (k1 + 1));
}

/* List the scoring leaves from 'node' down, in the order in which they were typed. */
static void
list_parts(const struct scan *scan, const struct ndx_node *node, double boost, double k1,
           struct parts *parts)
{
	boost *= (double)node->boost;
	if (node->scores && (node->kind == NDX_NODE_TERM || node->kind == NDX_NODE_PHRASE ||
	                     node->kind == NDX_NODE_FORMS || node->kind == NDX_NODE_NEAR)) {
		need(ndx_grow(&ndx_mem_default, &parts->part, &parts->count_max, parts->count + 1,
		              sizeof(*parts->part)));
		parts->part[parts->count] = (struct part){
			.leaf = node,
			.weight = weight_of(scan, node, boost, k1),
			.index = parts->count,
		};
		parts->count++;
	}
	for (size_t i = 0; node->kind != NDX_NODE_NEAR && i < node->child_count; i++)
		list_parts(scan, node->child[i], boost, k1, parts);
}

static int
compare_parts(const void *a, const void *b)
{
	const struct part *p = a, *q = b;

	if (p->weight != q->weight)
		return p->weight > q->weight ? -1 : 1;
	return (p->index > q->index) - (p->index < q->index);
}

/* Does the article match 'leaf' and all that is between it and 'node'? */
static bool
takes_part(const struct scan_article *a, const struct ndx_node *node, const struct ndx_node *leaf)
{
	if (!matches(a, node))
		return false;
	if (node == leaf)
		return true;
	for (size_t i = 0; i < node->child_count; i++)
		if (takes_part(a, node->child[i], leaf))
			return true;
	return false;
}

static float
score_of(const struct scan_article *a, const struct ndx_query *query, const struct parts *parts,
         const struct ndx_run_options *options, const float length[256])
{
	const float k = length[ndx_norm_encode(a->length)];
	float score = 0;

	for (size_t i = 0; i < parts->count; i++) {
		const struct ndx_node *leaf = parts->part[i].leaf;
		uint32_t tf, title_tf;
		float f;

		if (!takes_part(a, query->root, leaf))
			continue;
		tf = leaf_tf(a, leaf, &title_tf);
		f = (float)tf;
		if (leaf->field == NDX_FIELD_ANY)
			f = f + (options->title_weight - 1) * (float)title_tf;
		score = score + parts->part[i].weight * f / (f + k);
	}
	return score;
}

/* A half, and the other half the less the older the article is. */
static float
recency_of(const struct ndx_article *article, const struct ndx_run_options *options)
{
	double age;

	if (options->half_life_s == 0)
		return 1;
	if (!article->has_date)
		return 0.5f;
	age = (double)options->as_of - (double)article->date.utc;
	return (float)(0.5 + 0.5 * exp2((age < 0 ? 0 : -age) / (double)options->half_life_s));
}

/* Newest first, or oldest; undated last in both. */
static int
compare_dates(const struct ndx_article *a, const struct ndx_article *b, bool oldest)
{
	if (!a->has_date || !b->has_date)
		return (int)b->has_date - (int)a->has_date;
	if (a->date.utc == b->date.utc)
		return 0;
	return (a->date.utc < b->date.utc) == oldest ? -1 : 1;
}

struct order {
	const struct scan *scan;
	enum ndx_sort sort;
};

static int
compare_hits(const void *a, const void *b, void *ctx)
{
	const struct scan_hit *x = a, *y = b;
	const struct order *order = ctx;
	const struct ndx_article *p = &order->scan->article[x->article].article;
	const struct ndx_article *q = &order->scan->article[y->article].article;
	int dates;

	if (order->sort == NDX_SORT_RELEVANCE && x->score != y->score)
		return x->score > y->score ? -1 : 1;
	dates = compare_dates(p, q, order->sort == NDX_SORT_OLDEST);
	return dates != 0 ? dates : ndx_str_compare(p->id, q->id);
}

size_t
ndx_scan_search(const struct scan *scan, const struct ndx_query *query,
                const struct ndx_run_options *options, struct scan_hit *hit)
{
	const double total = (double)ndx_scan_token_count(scan);
	struct order order = { scan, options->sort };
	struct parts parts = { 0 };
	float length[256];
	size_t count = 0;

	if (scan->count == 0)
		return 0;
	memo.question++;
	ndx_norm_table(options->k1, options->b, total / (double)scan->count, length);
	list_parts(scan, query->root, 1, (double)options->k1, &parts);
	if (parts.count > 0)
		qsort(parts.part, parts.count, sizeof(*parts.part), compare_parts);
	for (size_t i = 0; i < scan->count; i++) {
		const struct scan_article *a = &scan->article[i];

		if (matches(a, query->root))
			hit[count++] =
				(struct scan_hit){ i, score_of(a, query, &parts, options, length) *
				                              recency_of(&a->article, options) };
	}
	ndx_free(&ndx_mem_default, parts.part);
	if (count > 0)
		qsort_r(hit, count, sizeof(*hit), compare_hits, &order);
	return count;
}
