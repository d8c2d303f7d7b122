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

/* A term of headlines. */
struct candidate {
	struct ndx_str term;
	uint64_t together; /* headlines that have it and the words before */
};

struct finder {
	const struct ndx_index *index;
	struct ndx_stemmer *stemmer;
	struct ndx_str before, prefix;
	struct ndx_arena *arena;
	uint64_t **next; /* by segment, by docid: places behind the words before, in the headline */
	struct ndx_buf docids, masks, positions, numbers;
	struct candidate *candidate;
	size_t count, count_max;
	struct ndx_follower *follower; /* by falling count */
	size_t kept, nmax;
	struct ndx_err *err;
};

/* Matches are noted in next[], as a place that none has. */
static enum ndx_status
take_window(void *ctx, const struct ndx_segment *segment, const struct ndx_window *window,
            struct ndx_err *err)
{
	struct finder *f = ctx;
	uint64_t *next = f->next[segment - f->index->segment];

	(void)err;
	for (size_t i = 0; i < NDX_WINDOW_WORDS; i++)
		for (uint64_t word = window->bits[i]; word != 0; word &= word - 1)
			next[window->base + 64 * i + (unsigned)__builtin_ctzll(word)] = 1;
	return NDX_OK;
}

/* The headlines with the words before into next[]; *query_ret are those words. */
static enum ndx_status
find_before(struct finder *f, struct ndx_query **query_ret)
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
		                         text.size, false, false, query_ret, f->err);
	if (status == NDX_OK)
		status = ndx_run(f->index, *query_ret, &options, &result, f->err);
	if (status == NDX_OK)
		ndx_run_result_free(f->index, &result);
	ndx_buf_free(&text);
	return status;
}

/* The term's posting of an article, in the block that is loaded then; 'count' of it: none. */
static enum ndx_status
find_posting(struct ndx_postings *list, ndx_docid docid, uint32_t *block, uint32_t *i_ret,
             struct ndx_err *err)
{
	uint32_t low = 0, high;
	enum ndx_status status;

	*block = ndx_postings_skip(list, *block, docid);
	*i_ret = list->count;
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
	*i_ret = low < list->count && list->docid[low] == docid ? low : list->count;
	return NDX_OK;
}

/* At which of its first places an article has the term. */
static enum ndx_status
find_places(struct finder *f, struct ndx_postings *list, ndx_docid docid, uint32_t *block,
            uint32_t *i_ret, uint64_t *mask_ret)
{
	const uint32_t *position;
	enum ndx_status status = find_posting(list, docid, block, i_ret, f->err);

	*mask_ret = 0;
	if (status != NDX_OK || *i_ret == list->count)
		return status;
	ndx_buf_clear(&f->positions);
	status = ndx_postings_positions(list, *i_ret, &f->positions, f->err);
	position = (const uint32_t *)(const void *)f->positions.data;
	for (size_t n = 0; status == NDX_OK && n < f->positions.size / sizeof(*position); n++) {
		if (position[n] >= PLACES)
			break;
		*mask_ret |= (uint64_t)1 << position[n];
	}
	return status;
}

/* Keep of masks[] those places behind which, after 'gap', a word of the phrase stands. */
static enum ndx_status
follow_word(struct finder *f, const struct ndx_segment *segment, const struct ndx_slot *slot,
            uint32_t gap)
{
	const ndx_docid *docid = (const ndx_docid *)(const void *)f->docids.data;
	uint64_t *mask = (uint64_t *)(void *)f->masks.data;
	const size_t count = f->docids.size / sizeof(*docid);
	struct ndx_term_info info;
	struct ndx_postings list;
	uint32_t block = 0, i;
	bool found;
	enum ndx_status status =
		ndx_plan_find(segment, NDX_FIELD_ANY, slot->term.term, &info, &found, f->err);

	if (status == NDX_OK && found)
		status = ndx_postings_open(segment, &info, &list, f->err);
	for (size_t n = 0; status == NDX_OK && n < count; n++) {
		uint64_t places = 0;

		if (found)
			status = find_places(f, &list, docid[n], &block, &i, &places);
		mask[n] = gap < PLACES ? mask[n] << gap & places : 0;
	}
	return status;
}

/* The places behind the words before, in all headlines that have them. */
static enum ndx_status
find_next(struct finder *f, const struct ndx_slot *slot, size_t slot_count, size_t segment_index)
{
	const struct ndx_segment *segment = &f->index->segment[segment_index];
	uint64_t *next = f->next[segment_index], *mask;
	const ndx_docid *docid;
	struct ndx_column titles;
	enum ndx_status status = ndx_column_open(segment, NDX_PART_TITLES, &titles, f->err);

	ndx_buf_clear(&f->docids);
	ndx_buf_clear(&f->masks);
	for (ndx_docid at = 0; at < segment->article_count; at++)
		if (next[at] != 0)
			ndx_buf_add(&f->docids, &at, sizeof(at));
	docid = (const ndx_docid *)(const void *)f->docids.data;
	for (size_t n = 0; n < f->docids.size / sizeof(*docid); n++)
		ndx_buf_add_u64(&f->masks, UINT64_MAX);
	if (status == NDX_OK && (ndx_buf_failed(&f->docids) || ndx_buf_failed(&f->masks)))
		status = ndx_fail_nomem(f->err);
	for (size_t i = 0; status == NDX_OK && i < slot_count; i++)
		status = follow_word(f, segment, &slot[i],
		                     i == 0 ? 0 : slot[i].position - slot[i - 1].position);
	mask = (uint64_t *)(void *)f->masks.data;
	for (size_t n = 0; status == NDX_OK && n < f->docids.size / sizeof(*docid); n++) {
		int64_t title;

		status = ndx_column_get(&titles, docid[n], &title, f->err);
		next[docid[n]] = mask[n] << 1;
		if (status == NDX_OK && title >= 0 && title < PLACES)
			next[docid[n]] &= ((uint64_t)1 << title) - 1;
	}
	return status;
}

/* Fill next[]. */
static enum ndx_status
find_places_behind(struct finder *f)
{
	const size_t segment_count = f->index->manifest.segment_count;
	struct ndx_query *query = NULL;
	const struct ndx_node *node;
	struct ndx_slot one = { 0 };
	enum ndx_status status = NDX_OK;

	f->next = ndx_arena_alloc(f->arena, (segment_count + 1) * sizeof(*f->next));
	if (f->next == NULL)
		return ndx_fail_nomem(f->err);
	for (size_t i = 0; i < segment_count; i++) {
		const size_t size =
			((size_t)f->index->segment[i].article_count + 1) * sizeof(**f->next);

		f->next[i] = ndx_arena_alloc(f->arena, size);
		if (f->next[i] == NULL)
			return ndx_fail_nomem(f->err);
		memset(f->next[i], 0, size);
	}
	status = find_before(f, &query);
	node = status != NDX_OK || query->root->child_count != 1 ? NULL : query->root->child[0];
	if (node != NULL && node->kind == NDX_NODE_TERM)
		one.term = node->term;
	for (size_t i = 0; status == NDX_OK && i < segment_count; i++) {
		if (node != NULL && node->kind == NDX_NODE_TERM)
			status = find_next(f, &one, 1, i);
		else if (node != NULL && node->kind == NDX_NODE_PHRASE)
			status = find_next(f, node->slot, node->slot_count, i);
		else
			memset(f->next[i], 0,
			       f->index->segment[i].article_count * sizeof(**f->next));
	}
	ndx_query_free(query);
	return status;
}

/* How many of the term's headlines have a place behind the words before. */
static enum ndx_status
count_together(const struct ndx_segment *segment, const struct ndx_term_info *info,
               const uint64_t *next, uint64_t *count_ret, struct ndx_err *err)
{
	struct ndx_postings list;
	uint64_t count = 0;
	enum ndx_status status = ndx_postings_open(segment, info, &list, err);

	for (uint32_t block = 0; status == NDX_OK && block < list.block_count; block++) {
		status = ndx_postings_load(&list, block, err);
		for (uint32_t i = 0; status == NDX_OK && i < list.count; i++)
			count += next[list.docid[i]] != 0;
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

		status = count_together(segment, &cursor.info, f->next[i], &together, f->err);
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
	struct seen_form best;
};

/* Add to seen[] the form that stands at a place of posting i of the loaded block. */
static enum ndx_status
note_form(struct finder *f, struct ndx_postings *list, uint32_t i, uint64_t places, uint32_t *seen,
          uint32_t form_count)
{
	const uint32_t *position = (const uint32_t *)(const void *)f->positions.data, *number;
	size_t at = 0;
	enum ndx_status status = ndx_postings_forms(list, &f->numbers, f->err);

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
             const struct ndx_term_info *info, uint32_t *seen, uint64_t *count)
{
	const struct ndx_segment *segment = &f->index->segment[segment_index];
	const uint64_t *next = f->next[segment_index];
	struct ndx_postings titles, list;
	uint32_t at = 0, seen_count = 0;
	enum ndx_status status = ndx_postings_open(segment, title, &titles, f->err);

	if (status == NDX_OK)
		status = ndx_postings_open(segment, info, &list, f->err);
	for (uint32_t block = 0; status == NDX_OK && block < titles.block_count; block++) {
		status = ndx_postings_load(&titles, block, f->err);
		for (uint32_t n = 0; status == NDX_OK && n < titles.count; n++) {
			const ndx_docid docid = titles.docid[n];
			uint64_t places;
			uint32_t i;

			if (next[docid] == 0)
				continue;
			status = find_places(f, &list, docid, &at, &i, &places);
			if (status != NDX_OK || (places & next[docid]) == 0)
				continue;
			(*count)++;
			if (info->form_count > 1 && seen_count++ < SEEN_MAX)
				status = note_form(f, &list, i, places & next[docid], seen,
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
	status = count_behind(f, segment_index, &title, &info, seen, &tally->count);
	return status == NDX_OK ? choose_form(f, segment, term, &info, seen, &tally->best) : status;
}

/* The phrase with the candidate's term, if it is among the most frequent so far. */
static enum ndx_status
try_candidate(struct finder *f, const struct candidate *candidate)
{
	struct tally tally = { 0 };
	enum ndx_status status = NDX_OK;
	size_t at;

	for (size_t i = 0; status == NDX_OK && i < f->index->manifest.segment_count; i++)
		status = tally_term(f, candidate->term, i, &tally);
	if (status != NDX_OK || tally.count == 0 || tally.best.form.data == NULL ||
	    (f->kept == f->nmax && tally.count <= f->follower[f->kept - 1].count))
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
	enum ndx_status status = find_places_behind(f);

	for (size_t i = 0; status == NDX_OK && i < f->index->manifest.segment_count; i++)
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
	struct ndx_buf *const buf[] = { &f.docids, &f.masks, &f.positions, &f.numbers };
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
	ndx_free(index->env->mem, f.candidate);
	*follower_ret = f.follower;
	*count_ret = f.kept;
	return status;
}
