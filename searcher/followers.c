/*
 * followers.c - see followers.h
 *
 * The words before are searched as a phrase of titles.  In each headline that is found, the forward
 * index tells what stands behind them, in which form.
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/followers.h"

#include <stdlib.h>

#include "common/forms.h"
#include "common/impact.h"
#include "common/termdict.h"
#include "searcher/behind.h"
#include "searcher/matcher.h"
#include "searcher/plan.h"
#include "searcher/run.h"

/* As many are told at most. */
#define FOLLOWERS_MAX 1000

/* A term that stands behind the words before, in so many headlines. */
struct candidate {
	struct ndx_str term; /* NULL: number 'nth' in the forward index of the only segment */
	uint32_t nth;
	uint64_t count;
};

struct finder {
	const struct ndx_index *index;
	struct ndx_str prefix, begin; /* that of words, and that of their terms */
	struct ndx_arena *arena;
	struct ndx_query *query; /* for the words before: */
	struct ndx_slot one;
	const struct ndx_slot *slot; /* they */
	size_t slot_count;
	struct ndx_behind *behind; /* by segment */
	size_t behind_count;       /* that are open */
	struct ndx_buf candidates; /* struct candidate */
	struct ndx_err *err;
};

static bool
begins(struct ndx_str text, struct ndx_str with)
{
	return text.size >= with.size && memcmp(text.data, with.data, with.size) == 0;
}

static enum ndx_status
take_window(void *ctx, const struct ndx_segment *segment, const struct ndx_window *window,
            struct ndx_err *err)
{
	struct finder *f = ctx;
	enum ndx_status status = NDX_OK;

	(void)err;
	while (status == NDX_OK && f->behind_count <= (size_t)(segment - f->index->segment)) {
		const size_t i = f->behind_count++;

		status = ndx_behind_open(&f->behind[i], &f->index->segment[i], f->slot,
		                         f->slot_count, f->begin, f->arena, f->err);
	}
	for (uint32_t w = 0; status == NDX_OK && w < NDX_WINDOW_WORDS; w++)
		for (uint64_t bits = window->bits[w]; status == NDX_OK && bits != 0;
		     bits &= bits - 1)
			status = ndx_behind_take(&f->behind[f->behind_count - 1],
			                         window->base + w * 64 +
			                                 (ndx_docid)__builtin_ctzll(bits));
	return status;
}

/* The words before, as a phrase of titles; slot_count 0: they are none. */
static enum ndx_status
parse(struct finder *f, struct ndx_stemmer *stemmer, struct ndx_str before)
{
	const struct ndx_node *node;
	struct ndx_buf text;
	enum ndx_status status = NDX_OK;

	ndx_buf_init(&text, f->index->env->mem);
	ndx_buf_add_str(&text, "title:\"");
	ndx_buf_add(&text, before.data, before.size);
	ndx_buf_add_str(&text, "\"");
	if (ndx_buf_failed(&text))
		status = ndx_fail_nomem(f->err);
	if (status == NDX_OK)
		status = ndx_query_parse(f->index->env->mem, stemmer, (const char *)text.data,
		                         text.size, false, false, &f->query, f->err);
	ndx_buf_free(&text);
	if (status != NDX_OK || f->query->root->child_count != 1)
		return status;
	node = f->query->root->child[0];
	if (node->kind == NDX_NODE_TERM) {
		f->one.term = node->term;
		f->slot = &f->one;
		f->slot_count = 1;
	} else if (node->kind == NDX_NODE_PHRASE) {
		f->slot = node->slot;
		f->slot_count = node->slot_count;
	}
	return NDX_OK;
}

/* Count what stands behind them, segment by segment. */
static enum ndx_status
count_behind(struct finder *f)
{
	const struct ndx_match_sink sink = { take_window, f };
	const struct ndx_run_options options = { .k1 = NDX_K1,
		                                 .b = NDX_B,
		                                 .title_weight = NDX_TITLE_WEIGHT,
		                                 .want_total = true,
		                                 .sink = &sink };
	struct ndx_run_result result;
	enum ndx_status status;

	f->behind = ndx_arena_alloc(f->arena,
	                            (f->index->manifest.segment_count + 1) * sizeof(*f->behind));
	if (f->behind == NULL)
		return ndx_fail_nomem(f->err);
	status = ndx_run(f->index, f->query, &options, &result, f->err);
	if (status == NDX_OK)
		ndx_run_result_free(f->index, &result);
	return status;
}

/* Those of a segment; in the only one their texts are looked up when they are needed. */
static enum ndx_status
add_candidates(struct finder *f, struct ndx_behind *behind)
{
	struct ndx_forward_range range;
	uint32_t next = 0, term = 0;
	enum ndx_status status = ndx_behind_next(behind, &next, &term, &range);

	while (status == NDX_OK && range.count > 0) {
		struct candidate candidate = { .nth = term,
			                       .count = ndx_behind_count(behind, range) };

		if (f->index->manifest.segment_count > 1)
			status = ndx_behind_text(behind, term, &candidate.term);
		ndx_buf_add(&f->candidates, &candidate, sizeof(candidate));
		if (status == NDX_OK)
			status = ndx_behind_next(behind, &next, &term, &range);
	}
	return status == NDX_OK && ndx_buf_failed(&f->candidates) ? ndx_fail_nomem(f->err) : status;
}

/* By their terms, of which the numbers in one segment have the order. */
static int
compare_terms(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->term.data != NULL && y->term.data != NULL)
		return ndx_str_compare(x->term, y->term);
	return (x->nth > y->nth) - (x->nth < y->nth);
}

/* The most headlines first. */
static int
compare_counts(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return compare_terms(a, b);
}

/* Let candidate i sink to its place in a heap whose first comes first. */
static void
sink(struct candidate *heap, size_t count, size_t i)
{
	for (size_t child; (child = 2 * i + 1) < count; i = child) {
		const struct candidate sinking = heap[i];

		if (child + 1 < count && compare_counts(&heap[child + 1], &heap[child]) < 0)
			child++;
		if (compare_counts(&sinking, &heap[child]) <= 0)
			return;
		heap[i] = heap[child];
		heap[child] = sinking;
	}
}

/* Each term once, with the sum of all segments; returns how many they are. */
static size_t
unite_candidates(struct candidate *candidate, size_t count)
{
	size_t kept = 0;

	qsort(candidate, count, sizeof(*candidate), compare_terms);
	for (size_t i = 0; i < count; i++) {
		if (kept > 0 && compare_terms(&candidate[kept - 1], &candidate[i]) == 0)
			candidate[kept - 1].count += candidate[i].count;
		else
			candidate[kept++] = candidate[i];
	}
	return kept;
}

/* A form, and in how many headlines it was seen behind the words before. */
struct seen_form {
	struct ndx_str form;
	uint64_t seen;
};

/* A term's forms with the prefix, of all segments so far. */
struct forms_seen {
	struct seen_form *form;
	size_t count;
};

static enum ndx_status
add_form(struct finder *f, struct forms_seen *forms, struct ndx_str text, uint64_t seen)
{
	struct seen_form *form = forms->form;

	for (size_t i = 0; i < forms->count; i++, form++) {
		if (!ndx_str_equal(form->form, text))
			continue;
		form->seen += seen;
		return NDX_OK;
	}
	*form = (struct seen_form){ text, seen };
	form->form.data = ndx_arena_copy(f->arena, text.data, text.size);
	if (form->form.data == NULL)
		return ndx_fail_nomem(f->err);
	forms->count++;
	return NDX_OK;
}

/* Add those of a segment that were seen; of an older format, any may have been. */
static enum ndx_status
add_forms(struct finder *f, struct ndx_behind *behind, struct ndx_str term,
          struct forms_seen *forms)
{
	const struct ndx_segment *segment = behind->forward.segment;
	const bool is_old = behind->forward.made.size > 0;
	struct ndx_forward_range range;
	struct ndx_term_info info;
	struct seen_form *more;
	const uint8_t *in;
	bool found = false;
	enum ndx_status status = ndx_behind_term(behind, term, &range);

	if (status == NDX_OK && range.count > 0)
		status = ndx_plan_find(segment, NDX_FIELD_ANY, term, &info, &found, f->err);
	if (status != NDX_OK || !found)
		return status;
	more = ndx_arena_alloc(f->arena, (forms->count + info.form_count + 1) * sizeof(*more));
	if (more == NULL)
		return ndx_fail_nomem(f->err);
	if (forms->count > 0)
		memcpy(more, forms->form, forms->count * sizeof(*more));
	forms->form = more;
	if (info.form_count == 0)
		return begins(term, f->prefix) && ndx_behind_count(behind, range) > 0
		               ? add_form(f, forms, term, ndx_behind_count(behind, range))
		               : NDX_OK;
	in = segment->data + info.forms_off;
	for (uint32_t n = 0; status == NDX_OK && n < info.form_count; n++) {
		const struct ndx_forward_range one = { range.first + n, n < range.count };
		const uint64_t seen = ndx_behind_count(behind, one);
		struct ndx_form form;
		struct ndx_str text;

		if (!ndx_forms_next(&in, segment->data + info.forms_off + info.forms_size, term,
		                    &form))
			return ndx_segment_corrupt(segment, info.forms_off, f->err, "bad forms");
		text = (struct ndx_str){ (const char *)form.text, form.size };
		if (form.size > 0 && begins(text, f->prefix) && (seen > 0 || is_old))
			status = add_form(f, forms, text, seen);
	}
	return status;
}

/* Of forms that are seen as often, does 'a' stand more often in the index than 'b'? */
static enum ndx_status
is_more_frequent(struct finder *f, struct ndx_str a, struct ndx_str b, bool *more_ret)
{
	uint64_t a_cf, b_cf = 0;
	enum ndx_status status = ndx_form_cf(f->index, a, &a_cf, f->err);

	if (status == NDX_OK)
		status = ndx_form_cf(f->index, b, &b_cf, f->err);
	*more_ret = a_cf > b_cf || (a_cf == b_cf && ndx_str_compare(a, b) < 0);
	return status;
}

/* The form of a term that is most often seen, of those with the prefix.  NULL, 0: none has it. */
static enum ndx_status
find_form(struct finder *f, struct ndx_str term, struct ndx_str *form_ret)
{
	struct forms_seen forms = { NULL, 0 };
	const struct seen_form *best = NULL;
	enum ndx_status status = NDX_OK;

	for (size_t i = 0; status == NDX_OK && i < f->behind_count; i++)
		status = add_forms(f, &f->behind[i], term, &forms);
	for (size_t i = 0; status == NDX_OK && i < forms.count; i++) {
		const struct seen_form *form = &forms.form[i];
		bool better = best == NULL || form->seen > best->seen;

		if (!better && form->seen == best->seen)
			status = is_more_frequent(f, form->form, best->form, &better);
		if (better)
			best = form;
	}
	*form_ret = best == NULL ? (struct ndx_str){ NULL, 0 } : best->form;
	return status;
}

/* The form that is told of a candidate; NULL: it has none with the prefix. */
static enum ndx_status
find_told(struct finder *f, struct candidate *candidate, struct ndx_str *form_ret)
{
	enum ndx_status status = NDX_OK;

	if (candidate->term.data == NULL)
		status = ndx_behind_text(&f->behind[0], candidate->nth, &candidate->term);
	return status == NDX_OK ? find_form(f, candidate->term, form_ret) : status;
}

/* The nmax most frequent with a form that has the prefix, into follower[]. */
static enum ndx_status
choose(struct finder *f, struct ndx_follower *follower, size_t nmax, size_t *count_ret)
{
	struct candidate *heap = (struct candidate *)(void *)f->candidates.data;
	size_t count = f->candidates.size / sizeof(*heap), kept = 0;
	enum ndx_status status = NDX_OK;

	if (count > 0 && f->index->manifest.segment_count > 1)
		count = unite_candidates(heap, count);
	for (size_t i = count / 2; i-- > 0;)
		sink(heap, count, i);
	for (; status == NDX_OK && count > 0 && kept < nmax; sink(heap, count, 0)) {
		struct ndx_follower *next = &follower[kept];

		next->count = heap[0].count;
		status = find_told(f, &heap[0], &next->form);
		kept += status == NDX_OK && next->form.data != NULL;
		heap[0] = heap[--count];
	}
	*count_ret = kept;
	return status;
}

/* The words before without what would be read as part of the query language. */
static bool
clean(struct ndx_str text, struct ndx_arena *arena, struct ndx_str *clean_ret)
{
	char *copy = ndx_arena_copy(arena, text.data, text.size);

	for (size_t i = 0; copy != NULL && i < text.size; i++)
		memset(copy + i, ' ',
		       text.data[i] == '=' ? 1
		                           : ndx_query_quote_size(text.data + i, text.size - i));
	*clean_ret = (struct ndx_str){ copy, text.size };
	return copy != NULL;
}

static enum ndx_status
find(struct finder *f, struct ndx_stemmer *stemmer, struct ndx_str before, size_t nmax,
     struct ndx_follower *follower, size_t *count_ret)
{
	enum ndx_status status = parse(f, stemmer, before);

	if (status != NDX_OK || f->slot_count == 0)
		return status;
	status = count_behind(f);
	for (size_t i = 0; status == NDX_OK && i < f->behind_count; i++)
		status = add_candidates(f, &f->behind[i]);
	return status == NDX_OK ? choose(f, follower, nmax, count_ret) : status;
}

/* An English stem begins as the word does, by one letter at least ("lie" of "lying"); some
 * languages have stems without a word's beginning. */
static struct ndx_str
begin_of_terms(const struct ndx_index *index, struct ndx_str prefix)
{
	return prefix.size > 0 && strcmp(index->manifest.language, "english") == 0 ? prefix
	                                                                           : ndx_str("");
}

enum ndx_status
ndx_followers_find(const struct ndx_index *index, struct ndx_stemmer *stemmer,
                   struct ndx_str before, struct ndx_str prefix, size_t nmax,
                   struct ndx_arena *arena, struct ndx_follower **follower_ret, size_t *count_ret,
                   struct ndx_err *err)
{
	struct finder f = { .index = index,
		            .prefix = prefix.size == 0 ? ndx_str("") : prefix,
		            .begin = begin_of_terms(index, prefix),
		            .arena = arena,
		            .err = err };
	struct ndx_str cleaned;
	enum ndx_status status;

	*count_ret = 0;
	if (nmax == 0)
		return NDX_OK;
	nmax = nmax < FOLLOWERS_MAX ? nmax : FOLLOWERS_MAX;
	*follower_ret = ndx_arena_alloc(arena, nmax * sizeof(**follower_ret));
	if (*follower_ret == NULL || !clean(before, arena, &cleaned))
		return ndx_fail_nomem(err);
	ndx_buf_init(&f.candidates, index->env->mem);
	status = find(&f, stemmer, cleaned, nmax, *follower_ret, count_ret);
	for (size_t i = 0; i < f.behind_count; i++)
		ndx_behind_close(&f.behind[i]);
	ndx_query_free(f.query);
	ndx_buf_free(&f.candidates);
	return status;
}
