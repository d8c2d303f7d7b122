/*
 * spans.c - where in a text the words of a query stand
 *
 * Each token of the text becomes a term and is looked up among the terms wanted.  A
 * leaf that is one term is marked at once.  Of phrases the occurrences are kept, per
 * place of the phrase in order of position, and then the places are walked side by
 * side: from each occurrence of the first place the next places are taken as early
 * as they can be, which ends as early as anything that begins there.
 *
 * What must hold: 'wanted' is sorted by term; places of a phrase have rising positions;
 * slots of the same position are alternatives, and one place.
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/spans.h"

#include <stdlib.h>

#include "common/arena.h"
#include "common/segment.h"
#include "common/tokenize.h"
#include "searcher/spans_near.h"

/* Forms of which it is known what they match: news repeats its words. */
/* Matches that all NEAR of a query look at in a text, about 50 ns each. */
#define NEAR_WORK_MAX 2000000
#define MEMO_LEN      1024

#define NONE UINT32_MAX

/* A term and what it is wanted for; place NONE: the leaf is this one term. */
struct wanted {
	struct ndx_str term;
	struct ndx_str form; /* in this form alone, if it is not empty */
	uint32_t leaf, place;
};

/* A surface form and the leaf that it is one of. */
struct wanted_form {
	struct ndx_str form;
	uint32_t leaf;
};

struct leaf {
	const struct ndx_node *node;
	uint32_t place, place_count; /* of a phrase: its places, numbered over all phrases */
};

struct occurrence {
	uint32_t place, position;
	uint32_t off, end; /* bytes of the text */
	uint32_t sentence;
};

struct memo {
	uint64_t hash;  /* of a form and how it is read; 0: empty */
	uint32_t first; /* the first of 'wanted' with its term, or NONE */
	uint32_t form;  /* the first of 'wanted_form', or NONE */
};

struct ndx_marker {
	const struct ndx_mem *mem;
	struct ndx_stemmer *stemmer;
	struct ndx_arena *arena;
	struct leaf *leaf;
	size_t leaf_count;
	struct wanted *wanted;
	size_t wanted_count;
	struct wanted_form *wanted_form;
	size_t form_count;
	bool begins[256];         /* a wanted term, or what it is the stem of, may begin so */
	uint32_t *place_position; /* of each place in its phrase */
	size_t place_count;
	struct ndx_near_leaves *near; /* inner ones first */
	size_t near_count;
	struct ndx_tokens tokens;
	uint32_t sentence;     /* of the token at hand */
	uint32_t sentence_end; /* the position at which the last one before it ended, or NONE */
	/* struct occurrence, struct ndx_placed_mark; at last struct ndx_mark */
	struct ndx_buf occurrences, marks;
	struct memo memo[MEMO_LEN];
};

static bool
is_marked(const struct ndx_node *node)
{
	if (node->kind != NDX_NODE_TERM && node->kind != NDX_NODE_PHRASE &&
	    node->kind != NDX_NODE_FORMS)
		return false;
	return node->scores && (node->field == NDX_FIELD_ANY || node->field == NDX_FIELD_TITLE);
}

/* How much there is to come: leaves, terms, places. */
static void
count_node(const struct ndx_node *node, struct ndx_marker *marker)
{
	for (size_t i = 0; i < node->child_count; i++)
		count_node(node->child[i], marker);
	marker->near_count += node->kind == NDX_NODE_NEAR;
	if (!is_marked(node))
		return;
	marker->leaf_count++;
	marker->wanted_count += node->kind == NDX_NODE_TERM ? 1 : node->slot_count;
	marker->form_count += node->form_count;
	marker->place_count += node->slot_count;
}

static void
add_phrase(const struct ndx_node *node, struct ndx_marker *marker, struct leaf *leaf)
{
	leaf->place = (uint32_t)marker->place_count;
	for (size_t i = 0; i < node->slot_count; i++) {
		const struct ndx_slot *slot = &node->slot[i];

		if (i == 0 || slot->position != node->slot[i - 1].position)
			marker->place_position[marker->place_count++] = slot->position;
		marker->wanted[marker->wanted_count++] =
			(struct wanted){ .term = slot->term.term,
			                 .form = slot->term.exact ? slot->term.form
			                                          : (struct ndx_str){ NULL, 0 },
			                 .leaf = (uint32_t)marker->leaf_count,
			                 .place = (uint32_t)marker->place_count - 1 };
	}
	leaf->place_count = (uint32_t)marker->place_count - leaf->place;
}

static void add_node(const struct ndx_node *node, struct ndx_marker *marker);

static void
add_near(const struct ndx_node *node, struct ndx_marker *marker)
{
	const size_t nested = marker->near_count;
	struct ndx_near_leaves near = { .node = node,
		                        .from = (uint32_t)marker->leaf_count,
		                        .distance = node->near_kind == NDX_NEAR_SENTENCE
		                                            ? UINT32_MAX
		                                            : node->distance };
	uint64_t most = 0;

	add_node(node->child[0], marker);
	near.middle = (uint32_t)marker->leaf_count;
	add_node(node->child[1], marker);
	near.end = (uint32_t)marker->leaf_count;
	for (size_t i = nested; i < marker->near_count; i++)
		most = marker->near[i].distance > most ? marker->near[i].distance : most;
	near.distance += most;
	marker->near[marker->near_count++] = near;
}

static void
add_node(const struct ndx_node *node, struct ndx_marker *marker)
{
	if (node->kind == NDX_NODE_NEAR) {
		add_near(node, marker);
		return;
	}
	for (size_t i = 0; i < node->child_count; i++)
		add_node(node->child[i], marker);
	if (!is_marked(node))
		return;
	marker->leaf[marker->leaf_count].node = node;
	if (node->kind == NDX_NODE_PHRASE)
		add_phrase(node, marker, &marker->leaf[marker->leaf_count]);
	else if (node->kind == NDX_NODE_TERM)
		marker->wanted[marker->wanted_count++] = (struct wanted){
			.term = node->term.term, .leaf = (uint32_t)marker->leaf_count, .place = NONE
		};
	for (size_t i = 0; i < node->form_count; i++)
		marker->wanted_form[marker->form_count++] =
			(struct wanted_form){ node->form[i], (uint32_t)marker->leaf_count };
	marker->leaf_count++;
}

static int
compare_wanted(const void *a, const void *b)
{
	const struct wanted *x = a, *y = b;
	int order = ndx_str_compare(x->term, y->term);

	return order != 0 ? order : (x->leaf > y->leaf) - (x->leaf < y->leaf);
}

static int
compare_wanted_forms(const void *a, const void *b)
{
	const struct wanted_form *x = a, *y = b;
	int order = ndx_str_compare(x->form, y->form);

	return order != 0 ? order : (x->leaf > y->leaf) - (x->leaf < y->leaf);
}

static bool
take_query(struct ndx_marker *marker, const struct ndx_query *query)
{
	count_node(query->root, marker);
	marker->leaf = ndx_arena_alloc(marker->arena, marker->leaf_count * sizeof(*marker->leaf));
	marker->wanted =
		ndx_arena_alloc(marker->arena, marker->wanted_count * sizeof(*marker->wanted));
	marker->place_position = ndx_arena_alloc(
		marker->arena, marker->place_count * sizeof(*marker->place_position));
	marker->wanted_form =
		ndx_arena_alloc(marker->arena, marker->form_count * sizeof(*marker->wanted_form));
	marker->near = ndx_arena_alloc(marker->arena, marker->near_count * sizeof(*marker->near));
	if (marker->near == NULL || marker->leaf == NULL || marker->wanted == NULL ||
	    marker->place_position == NULL || marker->wanted_form == NULL)
		return false;
	marker->leaf_count = marker->wanted_count = marker->place_count = marker->form_count = 0;
	marker->near_count = 0;
	add_node(query->root, marker);
	qsort(marker->wanted, marker->wanted_count, sizeof(*marker->wanted), compare_wanted);
	qsort(marker->wanted_form, marker->form_count, sizeof(*marker->wanted_form),
	      compare_wanted_forms);
	for (unsigned byte = 0; byte < 256; byte++)
		marker->begins[byte] = !ndx_stem_keeps_start(marker->stemmer) || byte >= 0x80;
	for (size_t i = 0; i < marker->wanted_count; i++)
		if (marker->wanted[i].term.size > 0)
			marker->begins[(uint8_t)marker->wanted[i].term.data[0]] = true;
	for (size_t i = 0; i < marker->form_count; i++)
		if (marker->wanted_form[i].form.size > 0)
			marker->begins[(uint8_t)marker->wanted_form[i].form.data[0]] = true;
	return true;
}

enum ndx_status
ndx_marker_new(const struct ndx_mem *mem, struct ndx_stemmer *stemmer,
               const struct ndx_query *query, struct ndx_marker **marker_ret, struct ndx_err *err)
{
	struct ndx_arena *arena = ndx_arena_new(mem);
	struct ndx_marker *marker = arena == NULL ? NULL : ndx_arena_alloc(arena, sizeof(*marker));

	if (marker == NULL) {
		ndx_arena_free(arena);
		return ndx_fail_nomem(err);
	}
	marker->mem = mem;
	marker->stemmer = stemmer;
	marker->arena = arena;
	ndx_tokens_init(&marker->tokens, mem);
	ndx_buf_init(&marker->occurrences, mem);
	ndx_buf_init(&marker->marks, mem);
	if (!take_query(marker, query)) {
		ndx_marker_free(marker);
		return ndx_fail_nomem(err);
	}
	*marker_ret = marker;
	return NDX_OK;
}

void
ndx_marker_free(struct ndx_marker *marker)
{
	if (marker == NULL)
		return;
	ndx_tokens_free(&marker->tokens);
	ndx_buf_free(&marker->occurrences);
	ndx_buf_free(&marker->marks);
	ndx_arena_free(marker->arena); /* the marker lies in it */
}

size_t
ndx_marker_leaf_count(const struct ndx_marker *marker)
{
	return marker->leaf_count;
}

const struct ndx_node *
ndx_marker_leaf(const struct ndx_marker *marker, size_t i)
{
	return marker->leaf[i].node;
}

/* The first of 'wanted' with this term, or NONE. */
static uint32_t
find_wanted(const struct ndx_marker *marker, struct ndx_str term)
{
	size_t low = 0, high = marker->wanted_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (ndx_str_compare(marker->wanted[middle].term, term) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == marker->wanted_count || !ndx_str_equal(marker->wanted[low].term, term))
		return NONE;
	return (uint32_t)low;
}

/* The first of 'wanted_form' with this form, or NONE. */
static uint32_t
find_form(const struct ndx_marker *marker, struct ndx_str form)
{
	size_t low = 0, high = marker->form_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (ndx_str_compare(marker->wanted_form[middle].form, form) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == marker->form_count || !ndx_str_equal(marker->wanted_form[low].form, form))
		return NONE;
	return (uint32_t)low;
}

/* Both, for a token; false: out of memory. */
static bool
find_token(struct ndx_marker *marker, const struct ndx_token *token, uint32_t *first_ret,
           uint32_t *form_ret)
{
	struct ndx_str form = { (const char *)marker->tokens.forms.data + token->form_off,
		                token->form_size };
	bool stems = token->kind == NDX_TOKEN_WORD || token->kind == NDX_TOKEN_JOINED;
	struct memo *memo;
	uint64_t hash;

	*first_ret = *form_ret = NONE;
	if (form.size == 0 || !marker->begins[(uint8_t)form.data[0]])
		return true;
	hash = (ndx_checksum(form.data, form.size) << 2) + 2 + stems;
	memo = &marker->memo[(hash >> 2) % MEMO_LEN];
	if (memo->hash != hash) {
		struct ndx_str term = form;

		if (stems)
			term.data = ndx_stem(marker->stemmer, form.data, form.size, &term.size);
		if (term.data == NULL)
			return false;
		memo->hash = hash;
		memo->first = find_wanted(marker, term);
		memo->form = token->kind == NDX_TOKEN_ACRONYM ? NONE : find_form(marker, form);
	}
	*first_ret = memo->first;
	*form_ret = memo->form;
	return true;
}

/* Where a token is marked for a leaf. */
static struct ndx_placed_mark
mark_of(const struct ndx_marker *marker, const struct ndx_token *token, uint32_t leaf)
{
	return (struct ndx_placed_mark){ { token->off, token->size, leaf },
		                         token->position,
		                         token->position,
		                         marker->sentence };
}

static void
take_token(struct ndx_marker *marker, const struct ndx_token *token, uint32_t first, bool in_title)
{
	for (size_t i = first; i < marker->wanted_count; i++) {
		const struct wanted *wanted = &marker->wanted[i];
		const struct ndx_placed_mark mark = mark_of(marker, token, wanted->leaf);
		const struct occurrence occurrence = { wanted->place, token->position, token->off,
			                               token->off + token->size, marker->sentence };

		if (!ndx_str_equal(wanted->term, marker->wanted[first].term))
			break;
		if (!in_title && marker->leaf[wanted->leaf].node->field == NDX_FIELD_TITLE)
			continue;
		if (wanted->form.size > 0 &&
		    !ndx_str_equal(wanted->form,
		                   (struct ndx_str){ (const char *)marker->tokens.forms.data +
		                                             token->form_off,
		                                     token->form_size }))
			continue;
		if (wanted->place == NONE)
			ndx_buf_add(&marker->marks, &mark, sizeof(mark));
		else
			ndx_buf_add(&marker->occurrences, &occurrence, sizeof(occurrence));
	}
}

static void
take_form(struct ndx_marker *marker, const struct ndx_token *token, uint32_t first, bool in_title)
{
	for (size_t i = first; i < marker->form_count; i++) {
		const struct wanted_form *wanted = &marker->wanted_form[i];
		const struct ndx_placed_mark mark = mark_of(marker, token, wanted->leaf);

		if (!ndx_str_equal(wanted->form, marker->wanted_form[first].form))
			break;
		if (in_title || marker->leaf[wanted->leaf].node->field != NDX_FIELD_TITLE)
			ndx_buf_add(&marker->marks, &mark, sizeof(mark));
	}
}

static int
compare_occurrences(const void *a, const void *b)
{
	const struct occurrence *x = a, *y = b;

	if (x->place != y->place)
		return x->place < y->place ? -1 : 1;
	return (x->position > y->position) - (x->position < y->position);
}

/* One place of a phrase while they are walked: its occurrences not yet passed. */
struct walk {
	const struct occurrence *at, *end;
};

/* The first occurrence of the place, or of a later one. */
static const struct occurrence *
place_begin(const struct ndx_marker *marker, uint32_t place)
{
	const struct occurrence *all = (const void *)marker->occurrences.data;
	size_t low = 0, high = marker->occurrences.size / sizeof(*all);

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (all[middle].place < place)
			low = middle + 1;
		else
			high = middle;
	}
	return all + low;
}

/* The rest of a phrase that begins at 'begin': its last word, or NULL if it is not there. */
static const struct occurrence *
walk_phrase(const struct ndx_marker *marker, const struct leaf *leaf, struct walk *walk,
            const struct occurrence *begin)
{
	const uint32_t *place = marker->place_position + leaf->place;
	uint64_t position = begin->position;
	uint64_t limit = position + (place[leaf->place_count - 1] - place[0]) + leaf->node->slop;

	for (uint32_t i = 1; i < leaf->place_count; i++) {
		position += place[i] - place[i - 1];
		while (walk[i].at < walk[i].end && walk[i].at->position < position)
			walk[i].at++;
		if (walk[i].at == walk[i].end || walk[i].at->position > limit)
			return NULL;
		position = walk[i].at->position;
		begin = walk[i].at;
	}
	return begin;
}

static bool
mark_phrase(struct ndx_marker *marker, uint32_t leaf_index)
{
	const struct leaf *leaf = &marker->leaf[leaf_index];
	struct walk *walk = ndx_alloc(marker->mem, leaf->place_count * sizeof(*walk));
	const struct occurrence *last;

	if (walk == NULL)
		return false;
	for (uint32_t i = 0; i < leaf->place_count; i++)
		walk[i] = (struct walk){ place_begin(marker, leaf->place + i),
			                 place_begin(marker, leaf->place + i + 1) };
	for (; walk[0].at < walk[0].end; walk[0].at++) {
		last = walk_phrase(marker, leaf, walk, walk[0].at);
		if (last != NULL && last->end > walk[0].at->off) {
			const struct ndx_placed_mark mark = {
				{ walk[0].at->off, last->end - walk[0].at->off, leaf_index },
				walk[0].at->position,
				last->position,
				walk[0].at->sentence
			};

			ndx_buf_add(&marker->marks, &mark, sizeof(mark));
		}
	}
	ndx_free(marker->mem, walk);
	return true;
}

static bool
mark_phrases(struct ndx_marker *marker)
{
	if (marker->occurrences.size == 0)
		return true;
	qsort(marker->occurrences.data, marker->occurrences.size / sizeof(struct occurrence),
	      sizeof(struct occurrence), compare_occurrences);
	for (size_t i = 0; i < marker->leaf_count; i++)
		if (marker->leaf[i].place_count > 0 && !mark_phrase(marker, (uint32_t)i))
			return false;
	return true;
}

static int
compare_marks(const void *a, const void *b)
{
	const struct ndx_mark *x = a, *y = b;

	if (x->off != y->off)
		return x->off < y->off ? -1 : 1;
	if (x->size != y->size)
		return x->size > y->size ? -1 : 1; /* the longer one, as a phrase is, first */
	return (x->leaf > y->leaf) - (x->leaf < y->leaf);
}

/* Sort the marks, and make those that overlap one. */
static size_t
unite(struct ndx_mark *mark, size_t count)
{
	size_t kept = 0;

	qsort(mark, count, sizeof(*mark), compare_marks);
	for (size_t i = 0; i < count; i++) {
		struct ndx_mark *last = kept > 0 ? &mark[kept - 1] : NULL;

		if (last == NULL || mark[i].off >= last->off + last->size)
			mark[kept++] = mark[i];
		else if (mark[i].off + mark[i].size > last->off + last->size)
			last->size = mark[i].off + mark[i].size - last->off;
	}
	return kept;
}

/* Drop what no NEAR has near; then the marks alone, sorted and apart.  SIZE_MAX: out of memory. */
static size_t
finish_marks(struct ndx_marker *marker)
{
	struct ndx_placed_mark *placed = (struct ndx_placed_mark *)(void *)marker->marks.data;
	struct ndx_mark *mark = (struct ndx_mark *)(void *)marker->marks.data;
	size_t count = marker->marks.size / sizeof(*placed);

	if (count == 0)
		return 0;
	for (size_t i = 0; i < marker->near_count && count != SIZE_MAX; i++)
		count = ndx_near_marks(marker->mem, &marker->near[i], placed, count);
	if (count == SIZE_MAX)
		return count;
	for (size_t i = 0; i < count; i++) {
		const struct ndx_mark is = placed[i].mark; /* the smaller overtakes the larger */

		mark[i] = is;
	}
	return count == 0 ? 0 : unite(mark, count);
}

enum ndx_status
ndx_marker_find(struct ndx_marker *marker, struct ndx_str text, bool in_title,
                const struct ndx_mark **marks_ret, size_t *count_ret, struct ndx_err *err)
{
	size_t count;
	enum ndx_status status = NDX_OK;

	ndx_buf_clear(&marker->marks);
	ndx_buf_clear(&marker->occurrences);
	marker->sentence = 0;
	marker->sentence_end = NONE;
	if (marker->leaf_count > 0)
		status = ndx_tokenize(text.data, text.size, NDX_TOKENIZE_ARTICLE, &marker->tokens,
		                      err);
	for (size_t i = 0; status == NDX_OK && marker->leaf_count > 0 && i < marker->tokens.count;
	     i++) {
		const struct ndx_token *token = &marker->tokens.token[i];
		uint32_t first, form;

		if (marker->sentence_end != NONE && token->position > marker->sentence_end) {
			marker->sentence++;
			marker->sentence_end = NONE;
		}
		if (!find_token(marker, token, &first, &form))
			status = ndx_fail_nomem(err);
		else if (first != NONE)
			take_token(marker, token, first, in_title);
		if (status == NDX_OK && form != NONE)
			take_form(marker, token, form, in_title);
		if (token->sentence_end)
			marker->sentence_end = token->position;
	}
	if (status != NDX_OK)
		return status;
	if (ndx_buf_failed(&marker->occurrences) || !mark_phrases(marker) ||
	    ndx_buf_failed(&marker->marks))
		return ndx_fail_nomem(err);
	if (marker->near_count > 0 && marker->marks.size / sizeof(struct ndx_placed_mark) >
	                                      NEAR_WORK_MAX / marker->near_count)
		return ndx_fail(err, NDX_E_LIMIT,
		                "query is too complex: %zu matches in a text, of %zu NEAR",
		                marker->marks.size / sizeof(struct ndx_placed_mark),
		                marker->near_count);
	count = finish_marks(marker);
	if (count == SIZE_MAX)
		return ndx_fail_nomem(err);
	*marks_ret = (const struct ndx_mark *)(const void *)marker->marks.data;
	*count_ret = count;
	return NDX_OK;
}
