/*
 * followers.c - see followers.h
 *
 * For each headline with the words before, a word of bits says at which places the next word would
 * stand (the first 64 of a headline count).  Each term of headlines whose stem may be that of a
 * word with the prefix is counted against these: so many headlines may have the phrase.  From the
 * most on, its positions are looked at, until no other can have more than what was found.
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/followers.h"

#include <stdlib.h>

#include "common/column.h"
#include "common/forms.h"
#include "common/impact.h"
#include "common/postings.h"
#include "common/termdict.h"
#include "searcher/matcher.h"
#include "searcher/plan.h"
#include "searcher/run.h"

/* A stem differs from its word in so many of the last bytes. */
#define STEM_TAIL_MAX   3
#define STEM_PREFIX_MIN 3
/* Terms whose positions are looked at, at most; and how often it is seen in which form. */
#define TERMS_MAX 200
#define SEEN_MAX  32
#define PLACES    64
/* No set of places behind words: 0 is none of them. */
#define PENDING UINT64_C(1)
/* A word stands at most so many times at these places, as a rule. */
#define FEW 6

/* A term of headlines. */
struct candidate {
	struct ndx_str term;
	uint64_t together; /* headlines that have it and the words before */
};

/* The words before in one segment. */
struct segment_before {
	uint64_t *bits;   /* by docid: they are in its headline */
	uint32_t *rank;   /* by word of bits: how many are set in those before it */
	uint64_t *places; /* of each headline that has them, those behind them; or PENDING */
	struct ndx_postings *list; /* by word */
	bool *found;
	uint32_t *block; /* where each list is, while docids rise */
	struct ndx_column titles;
};

struct finder {
	const struct ndx_index *index;
	struct ndx_stemmer *stemmer;
	struct ndx_str before, prefix;
	struct ndx_arena *arena;
	struct ndx_query *query; /* for the words before: */
	struct ndx_slot one;
	const struct ndx_slot *slot; /* they */
	size_t slot_count;
	struct segment_before *segment;
	struct ndx_buf positions, numbers;
	struct candidate *candidate;
	size_t count, count_max;
	struct ndx_follower *follower; /* by falling count */
	size_t kept, nmax;
	struct ndx_err *err;
};

static size_t
word_count(const struct ndx_segment *segment)
{
	return (size_t)segment->article_count / 64 + 1;
}

static bool
has_bit(const uint64_t *bits, ndx_docid docid)
{
	return (bits[docid / 64] >> docid % 64 & 1) != 0;
}

static enum ndx_status
take_window(void *ctx, const struct ndx_segment *segment, const struct ndx_window *window,
            struct ndx_err *err)
{
	struct finder *f = ctx;
	uint64_t *bits = f->segment[segment - f->index->segment].bits + window->base / 64;
	const size_t words = word_count(segment) - window->base / 64;

	(void)err;
	memcpy(bits, window->bits,
	       (words < NDX_WINDOW_WORDS ? words : NDX_WINDOW_WORDS) * sizeof(*bits));
	return NDX_OK;
}

/* The headlines with the words before into bits[]. */
static enum ndx_status
find_before(struct finder *f)
{
	const struct ndx_match_sink sink = { take_window, f };
	const struct ndx_run_options options = { .k1 = NDX_K1,
		                                 .b = NDX_B,
		                                 .title_weight = NDX_TITLE_WEIGHT,
		                                 .want_total = true,
		                                 .sink = &sink };
	struct ndx_run_result result;
	struct ndx_buf text;
	enum ndx_status status = NDX_OK;

	ndx_buf_init(&text, f->index->env->mem);
	ndx_buf_add_str(&text, "title:\"");
	ndx_buf_add(&text, f->before.data, f->before.size);
	ndx_buf_add_str(&text, "\"");
	if (ndx_buf_failed(&text))
		status = ndx_fail_nomem(f->err);
	if (status == NDX_OK)
		status = ndx_query_parse(f->index->env->mem, f->stemmer, (const char *)text.data,
		                         text.size, false, false, &f->query, f->err);
	if (status == NDX_OK)
		status = ndx_run(f->index, f->query, &options, &result, f->err);
	if (status == NDX_OK)
		ndx_run_result_free(f->index, &result);
	ndx_buf_free(&text);
	return status;
}

/* The term's posting of an article, in the block that is loaded then. */
static enum ndx_status
find_posting(struct ndx_postings *list, ndx_docid docid, uint32_t *block, uint32_t *i_ret,
             bool *found_ret, struct ndx_err *err)
{
	uint32_t low = 0, high;
	enum ndx_status status;

	*found_ret = false;
	*block = ndx_postings_skip(list, *block, docid);
	if (*block == list->block_count)
		return NDX_OK;
	status = ndx_postings_load(list, *block, err);
	if (status != NDX_OK)
		return status;
	for (high = list->count; low < high;) {
		const uint32_t middle = low + (high - low) / 2;

		if (list->docid[middle] < docid)
			low = middle + 1;
		else
			high = middle;
	}
	*i_ret = low;
	*found_ret = low < list->count && list->docid[low] == docid;
	return NDX_OK;
}

/* At which of its first places an article has the term; they are in f->positions, too. */
static enum ndx_status
find_places(struct finder *f, struct ndx_postings *list, ndx_docid docid, uint32_t *block,
            uint32_t *i_ret, uint64_t *mask_ret)
{
	const uint32_t *position;
	bool found;
	enum ndx_status status = find_posting(list, docid, block, i_ret, &found, f->err);

	*mask_ret = 0;
	if (status != NDX_OK || !found)
		return status;
	ndx_postings_load_tfs(list);
	status = ndx_postings_first_positions(list, *i_ret, FEW, &f->positions, f->err);
	position = (const uint32_t *)(const void *)f->positions.data;
	if (status == NDX_OK && list->tf[*i_ret] > FEW && position[FEW - 1] < PLACES)
		status = ndx_postings_positions(list, *i_ret, &f->positions, f->err);
	position = (const uint32_t *)(const void *)f->positions.data;
	for (size_t n = 0; status == NDX_OK && n < f->positions.size / sizeof(*position); n++) {
		if (position[n] >= PLACES)
			break;
		*mask_ret |= (uint64_t)1 << position[n];
	}
	return status;
}

/* The places behind the words before in a headline that has them. */
static enum ndx_status
find_behind(struct finder *f, const struct segment_before *segment, ndx_docid docid,
            uint64_t *places_ret)
{
	const uint64_t below = segment->bits[docid / 64] & (((uint64_t)1 << docid % 64) - 1);
	uint64_t *known =
		&segment->places[segment->rank[docid / 64] + (uint32_t)__builtin_popcountll(below)];
	uint64_t mask = UINT64_MAX;
	int64_t title = 0;
	enum ndx_status status = NDX_OK;

	*places_ret = *known;
	if (*places_ret != PENDING)
		return NDX_OK;
	for (size_t n = 0; status == NDX_OK && mask != 0 && n < f->slot_count; n++) {
		const uint32_t gap = n == 0 ? 0 : f->slot[n].position - f->slot[n - 1].position;
		uint64_t places = 0;
		uint32_t i;

		if (segment->found[n])
			status = find_places(f, &segment->list[n], docid, &segment->block[n], &i,
			                     &places);
		mask = gap < PLACES ? mask << gap & places : 0;
	}
	if (status == NDX_OK)
		status = ndx_column_get(&segment->titles, docid, &title, f->err);
	mask <<= 1;
	if (title >= 0 && title < PLACES)
		mask &= ((uint64_t)1 << title) - 1;
	*places_ret = *known = mask;
	return status;
}

/* Make room for what is found of a segment. */
static enum ndx_status
open_segment(struct finder *f, size_t i)
{
	const struct ndx_segment *from = &f->index->segment[i];
	struct segment_before *segment = &f->segment[i];
	const size_t size = word_count(from) * sizeof(*segment->bits);

	segment->bits = ndx_arena_alloc(f->arena, size);
	if (segment->bits == NULL)
		return ndx_fail_nomem(f->err);
	memset(segment->bits, 0, size);
	return ndx_column_open(from, NDX_PART_TITLES, &segment->titles, f->err);
}

/* A place for what will be found of each headline that has the words before. */
static enum ndx_status
make_places(struct finder *f, size_t i)
{
	struct segment_before *segment = &f->segment[i];
	const size_t words = word_count(&f->index->segment[i]);
	uint32_t count = 0;

	segment->rank = ndx_arena_alloc(f->arena, words * sizeof(*segment->rank));
	if (segment->rank == NULL)
		return ndx_fail_nomem(f->err);
	for (size_t w = 0; w < words; w++) {
		segment->rank[w] = count;
		count += (uint32_t)__builtin_popcountll(segment->bits[w]);
	}
	segment->places = ndx_arena_alloc(f->arena, (count + 1) * sizeof(*segment->places));
	if (segment->places == NULL)
		return ndx_fail_nomem(f->err);
	for (uint32_t n = 0; n < count; n++)
		segment->places[n] = PENDING;
	return NDX_OK;
}

/* Open the lists of the words before. */
static enum ndx_status
open_lists(struct finder *f, size_t i)
{
	const struct ndx_segment *from = &f->index->segment[i];
	struct segment_before *segment = &f->segment[i];
	enum ndx_status status = NDX_OK;

	segment->list = ndx_arena_alloc(f->arena, f->slot_count * sizeof(*segment->list));
	segment->found = ndx_arena_alloc(f->arena, f->slot_count * sizeof(*segment->found));
	segment->block = ndx_arena_alloc(f->arena, f->slot_count * sizeof(*segment->block));
	if (segment->list == NULL || segment->found == NULL || segment->block == NULL)
		return ndx_fail_nomem(f->err);
	for (size_t n = 0; status == NDX_OK && n < f->slot_count; n++) {
		struct ndx_term_info info;

		status = ndx_plan_find(from, NDX_FIELD_ANY, f->slot[n].term.term, &info,
		                       &segment->found[n], f->err);
		if (status == NDX_OK && segment->found[n])
			status = ndx_postings_open(from, &info, &segment->list[n], f->err);
	}
	return status;
}

/* Find the headlines with the words before, and their lists; false: these are no words. */
static enum ndx_status
begin(struct finder *f, bool *any_ret)
{
	const size_t segment_count = f->index->manifest.segment_count;
	const struct ndx_node *node;
	enum ndx_status status = NDX_OK;

	*any_ret = false;
	f->segment = ndx_arena_alloc(f->arena, (segment_count + 1) * sizeof(*f->segment));
	if (f->segment == NULL)
		return ndx_fail_nomem(f->err);
	for (size_t i = 0; status == NDX_OK && i < segment_count; i++)
		status = open_segment(f, i);
	if (status == NDX_OK)
		status = find_before(f);
	if (status != NDX_OK || f->query->root->child_count != 1)
		return status;
	node = f->query->root->child[0];
	f->slot = &f->one;
	f->slot_count = 1;
	f->one.term = node->term;
	if (node->kind == NDX_NODE_PHRASE) {
		f->slot = node->slot;
		f->slot_count = node->slot_count;
	}
	*any_ret = node->kind == NDX_NODE_PHRASE || node->kind == NDX_NODE_TERM;
	for (size_t i = 0; status == NDX_OK && *any_ret && i < segment_count; i++) {
		status = make_places(f, i);
		if (status == NDX_OK)
			status = open_lists(f, i);
	}
	return status;
}

/* How many of the term's headlines have the words before. */
static enum ndx_status
count_together(const struct ndx_segment *segment, const struct ndx_term_info *info,
               const uint64_t *bits, uint64_t *count_ret, struct ndx_err *err)
{
	struct ndx_postings list;
	uint64_t count = 0;
	enum ndx_status status = ndx_postings_open(segment, info, &list, err);

	for (uint32_t block = 0; status == NDX_OK && block < list.block_count; block++) {
		status = ndx_postings_load(&list, block, err);
		for (uint32_t i = 0; status == NDX_OK && i < list.count; i++)
			count += has_bit(bits, list.docid[i]);
	}
	*count_ret = count;
	return status;
}

static enum ndx_status
take_candidate(struct finder *f, struct ndx_str term, uint64_t together)
{
	const char *copy = ndx_arena_copy(f->arena, term.data, term.size);

	if (copy == NULL || !ndx_grow(f->index->env->mem, &f->candidate, &f->count_max,
	                              f->count + 1, sizeof(*f->candidate)))
		return ndx_fail_nomem(f->err);
	f->candidate[f->count++] = (struct candidate){ { copy, term.size }, together };
	return NDX_OK;
}

/* All terms of a segment's headlines whose stem may be that of a word with the prefix. */
static enum ndx_status
walk_terms(struct finder *f, size_t i)
{
	const struct ndx_segment *segment = &f->index->segment[i];
	uint8_t key[NDX_KEY_SIZE_MAX] = { NDX_FIELD_TITLE };
	size_t size = f->prefix.size < STEM_PREFIX_MIN ? f->prefix.size : STEM_PREFIX_MIN;
	struct ndx_termdict_cursor cursor;
	enum ndx_status status;

	if (f->prefix.size > STEM_PREFIX_MIN + STEM_TAIL_MAX)
		size = f->prefix.size - STEM_TAIL_MAX;
	memcpy(key + 1, f->prefix.data, size);
	status = ndx_termdict_seek(segment, key, size + 1, &cursor, f->err);
	while (status == NDX_OK && !ndx_termdict_done(&cursor) && cursor.key_size > size &&
	       memcmp(cursor.key, key, size + 1) == 0) {
		uint64_t together;

		status = count_together(segment, &cursor.info, f->segment[i].bits, &together,
		                        f->err);
		if (status == NDX_OK && together > 0)
			status = take_candidate(f,
			                        (struct ndx_str){ (const char *)cursor.key + 1,
			                                          cursor.key_size - 1 },
			                        together);
		if (status == NDX_OK)
			status = ndx_termdict_next(&cursor, f->err);
	}
	return status;
}

static int
compare_terms(const void *a, const void *b)
{
	return ndx_str_compare(((const struct candidate *)a)->term,
	                       ((const struct candidate *)b)->term);
}

static int
compare_candidates(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->together != y->together)
		return x->together > y->together ? -1 : 1;
	return compare_terms(a, b);
}

/* Each term once, with the sum of all segments; then those first that most headlines may have. */
static void
order_candidates(struct finder *f)
{
	size_t kept = 0;

	if (f->count == 0)
		return;
	if (f->index->manifest.segment_count > 1)
		qsort(f->candidate, f->count, sizeof(*f->candidate), compare_terms);
	for (size_t i = 0; i < f->count; i++) {
		if (kept > 0 && ndx_str_equal(f->candidate[kept - 1].term, f->candidate[i].term))
			f->candidate[kept - 1].together += f->candidate[i].together;
		else
			f->candidate[kept++] = f->candidate[i];
	}
	f->count = kept;
	qsort(f->candidate, f->count, sizeof(*f->candidate), compare_candidates);
}

static bool
begins(struct ndx_str text, struct ndx_str with)
{
	return text.size >= with.size && memcmp(text.data, with.data, with.size) == 0;
}

/* A form, how often it stands in the index, and how often it was seen behind the words before. */
struct seen_form {
	struct ndx_str form;
	uint64_t cf;
	uint32_t seen;
};

/* What is found out about a term. */
struct tally {
	uint64_t count;
	uint64_t left;  /* headlines with both that have not been looked at */
	uint64_t least; /* no more than so many are of no interest */
	struct seen_form best;
};

/* Add to seen[] the form that stands at a place of posting i of the loaded block. */
static enum ndx_status
note_form(struct finder *f, struct ndx_postings *list, uint32_t i, uint64_t places, uint32_t *seen,
          uint32_t form_count)
{
	const uint32_t *position = (const uint32_t *)(const void *)f->positions.data, *number;
	size_t at = 0;
	enum ndx_status status = ndx_postings_forms(list, &f->numbers, NULL, f->err);

	if (status != NDX_OK)
		return status;
	for (uint32_t j = 0; j < i; j++)
		at += list->tf[j];
	number = (const uint32_t *)(const void *)f->numbers.data;
	for (size_t n = 0; n < list->tf[i] && position[n] < PLACES; n++)
		if ((places >> position[n] & 1) != 0 &&
		    at + n < f->numbers.size / sizeof(*number) && number[at + n] < form_count)
			seen[number[at + n]]++;
	return NDX_OK;
}

/* Count the headlines of a segment that have the term behind the words before. */
static enum ndx_status
count_behind(struct finder *f, size_t segment_index, const struct ndx_term_info *title,
             const struct ndx_term_info *info, uint32_t *seen, struct tally *tally)
{
	const struct ndx_segment *from = &f->index->segment[segment_index];
	struct segment_before *segment = &f->segment[segment_index];
	struct ndx_postings titles, list;
	uint32_t at = 0, seen_count = 0;
	enum ndx_status status = ndx_postings_open(from, title, &titles, f->err);

	if (status == NDX_OK)
		status = ndx_postings_open(from, info, &list, f->err);
	memset(segment->block, 0, f->slot_count * sizeof(*segment->block));
	for (uint32_t block = 0; status == NDX_OK && block < titles.block_count; block++) {
		status = ndx_postings_load(&titles, block, f->err);
		for (uint32_t n = 0; status == NDX_OK && n < titles.count; n++) {
			const ndx_docid docid = titles.docid[n];
			uint64_t places, next;
			uint32_t i;

			if (!has_bit(segment->bits, docid))
				continue;
			if (tally->count + tally->left <= tally->least)
				return NDX_OK;
			tally->left -= tally->left > 0;
			status = find_behind(f, segment, docid, &next);
			if (status == NDX_OK && next != 0)
				status = find_places(f, &list, docid, &at, &i, &places);
			if (status != NDX_OK || next == 0 || (places & next) == 0)
				continue;
			tally->count++;
			if (info->form_count > 1 && seen_count++ < SEEN_MAX)
				status = note_form(f, &list, i, places & next, seen,
				                   info->form_count);
		}
	}
	return status;
}

/* The form that was seen most often, of those with the prefix; else the most frequent of them. */
static enum ndx_status
choose_form(struct finder *f, const struct ndx_segment *segment, struct ndx_str term,
            const struct ndx_term_info *info, const uint32_t *seen, struct seen_form *best)
{
	const uint8_t *in = segment->data + info->forms_off, *const end = in + info->forms_size;

	if (info->form_count == 0 && best->form.data == NULL && begins(term, f->prefix))
		best->form = term;
	for (uint32_t n = 0; n < info->form_count; n++) {
		struct ndx_form form;
		struct ndx_str text;

		if (!ndx_forms_next(&in, end, term, &form))
			return ndx_segment_corrupt(segment, info->forms_off, f->err, "bad forms");
		text = (struct ndx_str){ (const char *)form.text, form.size };
		if (form.size == 0 || !begins(text, f->prefix) ||
		    (best->form.data != NULL &&
		     (seen[n] < best->seen || (seen[n] == best->seen && form.cf <= best->cf))))
			continue;
		best->form.data = ndx_arena_copy(f->arena, text.data, text.size);
		if (best->form.data == NULL)
			return ndx_fail_nomem(f->err);
		best->form.size = text.size;
		best->cf = form.cf;
		best->seen = seen[n];
	}
	return NDX_OK;
}

static enum ndx_status
tally_term(struct finder *f, struct ndx_str term, size_t segment_index, struct tally *tally)
{
	const struct ndx_segment *segment = &f->index->segment[segment_index];
	struct ndx_term_info title, info;
	uint32_t *seen;
	bool has_title, found = false;
	enum ndx_status status =
		ndx_plan_find(segment, NDX_FIELD_TITLE, term, &title, &has_title, f->err);

	if (status == NDX_OK && has_title)
		status = ndx_plan_find(segment, NDX_FIELD_ANY, term, &info, &found, f->err);
	if (status != NDX_OK || !found)
		return status;
	seen = ndx_arena_alloc(f->arena, (info.form_count + 1) * sizeof(*seen));
	if (seen == NULL)
		return ndx_fail_nomem(f->err);
	memset(seen, 0, (info.form_count + 1) * sizeof(*seen));
	status = count_behind(f, segment_index, &title, &info, seen, tally);
	return status == NDX_OK ? choose_form(f, segment, term, &info, seen, &tally->best) : status;
}

/* The phrase with the candidate's term, if it is among the most frequent so far. */
static enum ndx_status
try_candidate(struct finder *f, const struct candidate *candidate)
{
	const bool full = f->kept == f->nmax;
	struct tally tally = { .left = candidate->together,
		               .least = full ? f->follower[f->kept - 1].count : 0 };
	enum ndx_status status = NDX_OK;
	size_t at;

	for (size_t i = 0; status == NDX_OK && i < f->index->manifest.segment_count; i++)
		status = tally_term(f, candidate->term, i, &tally);
	if (status != NDX_OK || tally.count == 0 || tally.best.form.data == NULL ||
	    tally.count <= tally.least)
		return status;
	at = f->kept < f->nmax ? f->kept++ : f->kept - 1;
	for (; at > 0 && f->follower[at - 1].count < tally.count; at--)
		f->follower[at] = f->follower[at - 1];
	f->follower[at] = (struct ndx_follower){ tally.best.form, tally.count };
	return NDX_OK;
}

static enum ndx_status
find(struct finder *f)
{
	bool any;
	enum ndx_status status = begin(f, &any);

	for (size_t i = 0; status == NDX_OK && any && i < f->index->manifest.segment_count; i++)
		status = walk_terms(f, i);
	if (status == NDX_OK)
		order_candidates(f);
	for (size_t i = 0; status == NDX_OK && i < f->count && i < TERMS_MAX; i++) {
		if (f->kept == f->nmax &&
		    f->candidate[i].together <= f->follower[f->kept - 1].count)
			break;
		status = try_candidate(f, &f->candidate[i]);
	}
	return status;
}

/* The words before without what would be read as part of the query language. */
static bool
clean(struct ndx_str text, struct ndx_arena *arena, struct ndx_str *clean_ret)
{
	char *copy = ndx_arena_copy(arena, text.data, text.size);

	for (size_t i = 0; copy != NULL && i < text.size; i++) {
		const uint8_t *at = (const uint8_t *)text.data + i;

		if (text.data[i] == '"' || text.data[i] == '=')
			copy[i] = ' ';
		if (text.size - i > 2 && at[0] == 0xe2 && at[1] == 0x80 && at[2] >= 0x9c &&
		    at[2] <= 0x9f) /* curved quotes */
			memset(copy + i, ' ', 3);
	}
	*clean_ret = (struct ndx_str){ copy, text.size };
	return copy != NULL;
}

enum ndx_status
ndx_followers_find(const struct ndx_index *index, struct ndx_stemmer *stemmer,
                   struct ndx_str before, struct ndx_str prefix, size_t nmax,
                   struct ndx_arena *arena, struct ndx_follower **follower_ret, size_t *count_ret,
                   struct ndx_err *err)
{
	struct finder f = { .index = index,
		            .stemmer = stemmer,
		            .prefix = prefix,
		            .arena = arena,
		            .nmax = nmax < TERMS_MAX ? nmax : TERMS_MAX,
		            .err = err };
	struct ndx_buf *const buf[] = { &f.positions, &f.numbers };
	enum ndx_status status;

	*count_ret = 0;
	if (nmax == 0)
		return NDX_OK;
	f.follower = ndx_arena_alloc(arena, f.nmax * sizeof(*f.follower));
	if (f.follower == NULL || !clean(before, arena, &f.before))
		return ndx_fail_nomem(err);
	for (size_t i = 0; i < sizeof(buf) / sizeof(buf[0]); i++)
		ndx_buf_init(buf[i], index->env->mem);
	status = find(&f);
	for (size_t i = 0; i < sizeof(buf) / sizeof(buf[0]); i++)
		ndx_buf_free(buf[i]);
	ndx_query_free(f.query);
	ndx_free(index->env->mem, f.candidate);
	*follower_ret = f.follower;
	*count_ret = f.kept;
	return status;
}
