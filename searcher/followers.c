/*
 * followers.c - see followers.h
 *
 * The words before are searched as a phrase of titles.  In each headline that is found, the forward
 * index tells which terms stand behind them.  From the most frequent on, the form is looked up of
 * each in which it is most often seen there.
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/followers.h"

#include <stdlib.h>

#include "common/field.h"
#include "common/forms.h"
#include "common/forward.h"
#include "common/postings.h"
#include "common/termdict.h"
#include "searcher/lookup.h"
#include "searcher/matcher.h"
#include "searcher/plan.h"
#include "searcher/run.h"

/* So many first bytes of a word are those of its stem, too. */
#define STEM_PREFIX_MAX 3
/* In so many headlines of a segment the form is looked up in which a term stands there. */
#define SEEN_MAX 48
/* As many are told at most. */
#define FOLLOWERS_MAX 1000
#define NONE          UINT32_MAX

/* In this headline this term stands behind the words before: a number of the forward index. */
struct meeting {
	ndx_docid docid;
	uint32_t term;
};

/* What is found in one segment. */
struct place {
	struct ndx_forward forward;
	uint32_t *slot_term; /* those of the words before; NONE: it has no headline with it */
	uint32_t term_begin, term_end; /* whose stems may be those of a word with the prefix */
	uint32_t *count;               /* of each of these: headlines */
	struct ndx_buf meetings;       /* struct meeting */
};

/* A term that stands behind the words before, in so many headlines. */
struct candidate {
	struct ndx_str term; /* NULL: number 'number' of the only segment */
	uint32_t number;
	uint64_t count;
};

struct finder {
	const struct ndx_index *index;
	struct ndx_str prefix;
	struct ndx_arena *arena;
	struct ndx_query *query; /* for the words before: */
	struct ndx_slot one;
	const struct ndx_slot *slot; /* they */
	size_t slot_count;
	struct place *place; /* by segment */
	size_t place_count;  /* that are open */
	struct ndx_buf numbers;
	struct ndx_buf candidates; /* struct candidate */
	struct ndx_err *err;
};

static bool
begins(struct ndx_str text, struct ndx_str with)
{
	return text.size >= with.size && memcmp(text.data, with.data, with.size) == 0;
}

/* The number, in the forward index, of the first term of headlines that is not below 'text'. */
static enum ndx_status
find_number(const struct ndx_forward *forward, struct ndx_str text, uint32_t *number_ret,
            struct ndx_err *err)
{
	uint8_t key[NDX_KEY_SIZE_MAX] = { NDX_FIELD_TITLE };
	struct ndx_termdict_cursor cursor;
	enum ndx_status status;

	memcpy(key + 1, text.data, text.size);
	status = ndx_termdict_seek_key(forward->segment, key, text.size + 1, &cursor, err);
	*number_ret = forward->term_count;
	if (status == NDX_OK && !ndx_termdict_done(&cursor) && cursor.key[0] == NDX_FIELD_TITLE)
		*number_ret = ndx_termdict_ordinal(&cursor) - forward->ordinal_first;
	return status;
}

/* The terms whose stems may be those of a word with the prefix. */
static enum ndx_status
find_range(struct finder *f, struct place *place)
{
	char text[STEM_PREFIX_MAX];
	const size_t size = f->prefix.size < STEM_PREFIX_MAX ? f->prefix.size : STEM_PREFIX_MAX;
	enum ndx_status status;

	place->term_begin = 0;
	place->term_end = place->forward.term_count;
	if (size == 0)
		return NDX_OK;
	memcpy(text, f->prefix.data, size);
	status = find_number(&place->forward, (struct ndx_str){ text, size }, &place->term_begin,
	                     f->err);
	text[size - 1]++; /* no byte of UTF-8 is 0xff */
	if (status == NDX_OK)
		status = find_number(&place->forward, (struct ndx_str){ text, size },
		                     &place->term_end, f->err);
	if (place->term_end < place->term_begin || place->term_end > place->forward.term_count)
		place->term_begin = place->term_end = 0; /* damaged */
	return status;
}

static enum ndx_status
find_slot_terms(struct finder *f, struct place *place)
{
	const struct ndx_segment *segment = place->forward.segment;
	enum ndx_status status = NDX_OK;

	place->slot_term = ndx_arena_alloc(f->arena, f->slot_count * sizeof(*place->slot_term));
	if (place->slot_term == NULL)
		return ndx_fail_nomem(f->err);
	for (size_t n = 0; status == NDX_OK && n < f->slot_count; n++) {
		struct ndx_term_info info;
		bool found;

		status = ndx_plan_find(segment, NDX_FIELD_TITLE, f->slot[n].term.term, &info,
		                       &found, f->err);
		place->slot_term[n] = NONE;
		if (status == NDX_OK && found)
			place->slot_term[n] = info.ordinal - place->forward.ordinal_first;
	}
	return status;
}

/* Open the place of the next segment. */
static enum ndx_status
open_place(struct finder *f)
{
	struct place *place = &f->place[f->place_count];
	enum ndx_status status;

	ndx_buf_init(&place->meetings, f->index->env->mem);
	status = ndx_forward_open(&f->index->segment[f->place_count++], &place->forward, f->err);
	if (status == NDX_OK)
		status = find_range(f, place);
	if (status == NDX_OK)
		status = find_slot_terms(f, place);
	if (status != NDX_OK)
		return status;
	const size_t size = (place->term_end - place->term_begin + (size_t)1) * sizeof(uint32_t);

	place->count = ndx_arena_take(f->arena, size);
	if (place->count == NULL)
		return ndx_fail_nomem(f->err);
	memset(place->count, 0, size);
	return NDX_OK;
}

/* Bits: the positions in a headline that are right behind the words before. */
static uint64_t
places_behind(const struct finder *f, const struct place *place,
              const struct ndx_forward_headline *headline)
{
	uint64_t places = UINT64_MAX;

	for (size_t n = 0; n < f->slot_count; n++) {
		const uint32_t gap = n == 0 ? 0 : f->slot[n].position - f->slot[n - 1].position;

		if (gap >= NDX_FORWARD_POSITIONS)
			return 0;
		places = places << gap & ndx_forward_places(headline, place->slot_term[n]);
	}
	return places << 1;
}

/* The terms behind the words before, in one headline. */
static enum ndx_status
take_headline(struct finder *f, struct place *place, ndx_docid docid)
{
	struct ndx_forward_headline headline;
	uint32_t term[NDX_FORWARD_WORDS_MAX], count;
	struct meeting *meeting;
	size_t n = 0;
	enum ndx_status status = ndx_forward_get(&place->forward, docid, &headline, f->err);

	if (status != NDX_OK)
		return status;
	count = ndx_forward_terms(&headline, places_behind(f, place, &headline), term);
	meeting = (struct meeting *)(void *)ndx_buf_reserve(&place->meetings,
	                                                    count * sizeof(*meeting));
	if (meeting == NULL)
		return count == 0 ? NDX_OK : ndx_fail_nomem(f->err);
	for (uint32_t i = 0; i < count; i++) {
		if (term[i] < place->term_begin || term[i] >= place->term_end)
			continue;
		place->count[term[i] - place->term_begin]++;
		meeting[n++] = (struct meeting){ docid, term[i] };
	}
	place->meetings.size += n * sizeof(*meeting);
	return NDX_OK;
}

static enum ndx_status
take_window(void *ctx, const struct ndx_segment *segment, const struct ndx_window *window,
            struct ndx_err *err)
{
	struct finder *f = ctx;
	enum ndx_status status = NDX_OK;

	(void)err;
	while (status == NDX_OK && f->place_count <= (size_t)(segment - f->index->segment))
		status = open_place(f);
	for (uint32_t w = 0; status == NDX_OK && w < NDX_WINDOW_WORDS; w++)
		for (uint64_t bits = window->bits[w]; status == NDX_OK && bits != 0;
		     bits &= bits - 1)
			status = take_headline(f, &f->place[f->place_count - 1],
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

/* Fill the places. */
static enum ndx_status
find_meetings(struct finder *f)
{
	const struct ndx_match_sink sink = { take_window, f };
	const struct ndx_run_options options = { .k1 = NDX_K1,
		                                 .b = NDX_B,
		                                 .title_weight = NDX_TITLE_WEIGHT,
		                                 .want_total = true,
		                                 .sink = &sink };
	struct ndx_run_result result;
	enum ndx_status status;

	f->place = ndx_arena_alloc(f->arena,
	                           (f->index->manifest.segment_count + 1) * sizeof(*f->place));
	if (f->place == NULL)
		return ndx_fail_nomem(f->err);
	status = ndx_run(f->index, f->query, &options, &result, f->err);
	if (status == NDX_OK)
		ndx_run_result_free(f->index, &result);
	return status;
}

/* The text of a term of the forward index. */
static enum ndx_status
find_text(struct finder *f, const struct place *place, uint32_t number, struct ndx_str *text_ret)
{
	struct ndx_termdict_cursor cursor;
	enum ndx_status status = ndx_termdict_seek_ordinal(
		place->forward.segment, place->forward.ordinal_first + number, &cursor, f->err);

	if (status != NDX_OK)
		return status;
	*text_ret = (struct ndx_str){ NULL, 0 };
	if (!ndx_termdict_done(&cursor) && cursor.key_size > 0) {
		text_ret->data =
			ndx_arena_copy(f->arena, (const char *)cursor.key + 1, cursor.key_size - 1);
		text_ret->size = cursor.key_size - 1;
	}
	return text_ret->data == NULL ? ndx_fail_nomem(f->err) : NDX_OK;
}

/* Those of a segment; in the only one their texts are looked up when they are needed. */
static enum ndx_status
add_candidates(struct finder *f, const struct place *place)
{
	enum ndx_status status = NDX_OK;

	for (uint32_t term = place->term_begin; status == NDX_OK && term < place->term_end;
	     term++) {
		struct candidate candidate = { .number = term,
			                       .count = place->count[term - place->term_begin] };

		if (candidate.count == 0)
			continue;
		if (f->index->manifest.segment_count > 1)
			status = find_text(f, place, term, &candidate.term);
		ndx_buf_add(&f->candidates, &candidate, sizeof(candidate));
	}
	return status == NDX_OK && ndx_buf_failed(&f->candidates) ? ndx_fail_nomem(f->err) : status;
}

/* By their terms: of one segment, numbers are in the order of the terms. */
static int
compare_terms(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->term.data != NULL && y->term.data != NULL)
		return ndx_str_compare(x->term, y->term);
	return (x->number > y->number) - (x->number < y->number);
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

/* A headline that has the term behind the words before: at which of its positions, by number. */
struct sight {
	ndx_docid docid;
	uint64_t which;
};

/* The first SEEN_MAX of a term; *count_ret: how many they are. */
static enum ndx_status
find_sights(struct finder *f, struct place *place, uint32_t number, struct sight sight[SEEN_MAX],
            size_t *count_ret)
{
	const struct meeting *meeting = (const struct meeting *)(const void *)place->meetings.data;
	const size_t meeting_count = place->meetings.size / sizeof(*meeting);
	struct ndx_forward_headline headline;
	size_t count = 0;

	for (size_t m = 0; m < meeting_count && count < SEEN_MAX; m++) {
		uint64_t places, behind;
		enum ndx_status status;

		if (meeting[m].term != number)
			continue;
		status = ndx_forward_get(&place->forward, meeting[m].docid, &headline, f->err);
		if (status != NDX_OK)
			return status;
		behind = places_behind(f, place, &headline);
		places = ndx_forward_places(&headline, number);
		sight[count] = (struct sight){ meeting[m].docid, 0 };
		for (uint32_t nth = 0; places != 0; places &= places - 1, nth++)
			sight[count].which |= (behind >> __builtin_ctzll(places) & 1) << nth;
		count++;
	}
	*count_ret = count;
	return NDX_OK;
}

/* A form, how often it stands in the index, and how often it was seen behind the words before. */
struct seen_form {
	struct ndx_str form;
	uint64_t cf;
	uint32_t seen;
};

/* Add to seen[] the forms in which the term stands there; 'info': of field ANY, whose positions in
 * headlines come first. */
static enum ndx_status
see_forms(struct finder *f, const struct ndx_segment *segment, const struct ndx_term_info *info,
          const struct sight *sight, size_t count, uint32_t *seen)
{
	struct ndx_postings list;
	uint32_t block = 0, in_numbers = UINT32_MAX;
	enum ndx_status status = ndx_postings_open(segment, info, &list, f->err);

	for (size_t m = 0; status == NDX_OK && m < count; m++) {
		const uint32_t *number;
		uint32_t i = UINT32_MAX;
		size_t at;

		status = ndx_lookup_find(&list, &block, sight[m].docid, &i, f->err);
		if (status == NDX_OK && i == UINT32_MAX)
			status = ndx_lookup_lacks(&list, f->err);
		if (status == NDX_OK && in_numbers != block)
			status = ndx_postings_forms(&list, &f->numbers, NULL, f->err);
		if (status != NDX_OK)
			return status;
		in_numbers = block;
		at = i == 0 ? 0 : (size_t)list.tf_sum[i - 1] + 1;
		number = (const uint32_t *)(const void *)f->numbers.data;
		for (uint64_t which = sight[m].which; which != 0; which &= which - 1) {
			const size_t n = at + (size_t)__builtin_ctzll(which);

			if (n < f->numbers.size / sizeof(*number) && number[n] < info->form_count)
				seen[number[n]]++;
		}
	}
	return status;
}

/* A term's forms with the prefix, of all segments so far. */
struct forms_seen {
	struct seen_form *form;
	size_t count;
};

static enum ndx_status
add_form(struct finder *f, struct forms_seen *forms, struct ndx_str text, uint64_t cf,
         uint32_t seen)
{
	struct seen_form *form = forms->form;

	for (size_t i = 0; i < forms->count; i++, form++) {
		if (!ndx_str_equal(form->form, text))
			continue;
		form->cf += cf;
		form->seen += seen;
		return NDX_OK;
	}
	*form = (struct seen_form){ text, cf, seen };
	form->form.data = ndx_arena_copy(f->arena, text.data, text.size);
	if (form->form.data == NULL)
		return ndx_fail_nomem(f->err);
	forms->count++;
	return NDX_OK;
}

/* Add those of a segment. */
static enum ndx_status
add_forms(struct finder *f, const struct ndx_segment *segment, struct ndx_str term,
          const struct ndx_term_info *info, const uint32_t *seen, struct forms_seen *forms)
{
	const uint8_t *in = segment->data + info->forms_off, *const end = in + info->forms_size;
	struct seen_form *more =
		ndx_arena_alloc(f->arena, (forms->count + info->form_count + 1) * sizeof(*more));
	enum ndx_status status = NDX_OK;

	if (more == NULL)
		return ndx_fail_nomem(f->err);
	if (forms->count > 0)
		memcpy(more, forms->form, forms->count * sizeof(*more));
	forms->form = more;
	if (info->form_count == 0 && begins(term, f->prefix))
		status = add_form(f, forms, term, info->cf, seen[0]);
	for (uint32_t n = 0; status == NDX_OK && n < info->form_count; n++) {
		struct ndx_form form;
		struct ndx_str text;

		if (!ndx_forms_next(&in, end, term, &form))
			return ndx_segment_corrupt(segment, info->forms_off, f->err, "bad forms");
		text = (struct ndx_str){ (const char *)form.text, form.size };
		if (form.size > 0 && begins(text, f->prefix))
			status = add_form(f, forms, text, form.cf, seen[n]);
	}
	return status;
}

/* Of the term in one segment; 'look': at where it stands behind the words before. */
static enum ndx_status
see_term(struct finder *f, struct ndx_str term, struct place *place, bool look,
         struct forms_seen *forms)
{
	const struct ndx_segment *segment = place->forward.segment;
	struct sight sight[SEEN_MAX];
	struct ndx_term_info title, info;
	size_t count = 0;
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
	if (look) {
		status = find_sights(f, place, title.ordinal - place->forward.ordinal_first, sight,
		                     &count);
		if (status == NDX_OK && info.form_count > 1)
			status = see_forms(f, segment, &info, sight, count, seen);
		else
			seen[0] = (uint32_t)count; /* of the only one */
	}
	return status == NDX_OK ? add_forms(f, segment, term, &info, seen, forms) : status;
}

/*
 * The form of a term that was seen most often, of those with the prefix; else the most frequent of
 * them.  NULL, 0: none has it.
 */
static enum ndx_status
find_form(struct finder *f, struct ndx_str term, bool look, struct ndx_str *form_ret)
{
	struct forms_seen forms = { NULL, 0 };
	const struct seen_form *best = NULL;
	enum ndx_status status = NDX_OK;

	for (size_t i = 0; status == NDX_OK && i < f->place_count; i++)
		status = see_term(f, term, &f->place[i], look, &forms);
	for (size_t i = 0; i < forms.count; i++) {
		const struct seen_form *form = &forms.form[i];

		if (best == NULL || form->seen > best->seen ||
		    (form->seen == best->seen &&
		     (form->cf > best->cf ||
		      (form->cf == best->cf && ndx_str_compare(form->form, best->form) < 0))))
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

	*form_ret = ndx_str("");
	if (candidate->term.data == NULL)
		status = find_text(f, &f->place[0], candidate->number, &candidate->term);
	if (status == NDX_OK && f->prefix.size > 0) /* mostly there is none */
		status = find_form(f, candidate->term, false, form_ret);
	if (status == NDX_OK && form_ret->data != NULL)
		status = find_form(f, candidate->term, true, form_ret);
	return status;
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
	status = find_meetings(f);
	for (size_t i = 0; status == NDX_OK && i < f->place_count; i++)
		status = add_candidates(f, &f->place[i]);
	return status == NDX_OK ? choose(f, follower, nmax, count_ret) : status;
}

enum ndx_status
ndx_followers_find(const struct ndx_index *index, struct ndx_stemmer *stemmer,
                   struct ndx_str before, struct ndx_str prefix, size_t nmax,
                   struct ndx_arena *arena, struct ndx_follower **follower_ret, size_t *count_ret,
                   struct ndx_err *err)
{
	struct finder f = { .index = index,
		            .prefix = prefix.size == 0 ? ndx_str("") : prefix,
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
	ndx_buf_init(&f.numbers, index->env->mem);
	ndx_buf_init(&f.candidates, index->env->mem);
	status = find(&f, stemmer, cleaned, nmax, *follower_ret, count_ret);
	for (size_t i = 0; i < f.place_count; i++) {
		ndx_forward_close(&f.place[i].forward);
		ndx_buf_free(&f.place[i].meetings);
	}
	ndx_query_free(f.query);
	ndx_buf_free(&f.numbers);
	ndx_buf_free(&f.candidates);
	return status;
}
