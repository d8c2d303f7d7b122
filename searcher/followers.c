/*
 * followers.c - see followers.h
 *
 * Each term of headlines whose stem may be that of a word with the prefix is counted against the
 * headlines with the words before: so many may have the phrase.  From the most on, its positions
 * are looked at, until no other can have more than what was found.  Last, the form of each that is
 * most often seen there.
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/followers.h"

#include <stdlib.h>

#include "common/forms.h"
#include "common/postings.h"
#include "common/termdict.h"
#include "searcher/headlines.h"
#include "searcher/lookup.h"
#include "searcher/plan.h"

/* So many first bytes of a word are those of its stem, too. */
#define STEM_PREFIX_MAX 3
/* In so many headlines the form is looked up in which a term stands there. */
#define SEEN_MAX 48
/* As many are told at most. */
#define FOLLOWERS_MAX 1000

/* A term of headlines. */
struct candidate {
	struct ndx_str term;
	uint64_t together; /* headlines that have it and the words before */
};

/* A term, and how many headlines have it behind the words before. */
struct counted {
	struct ndx_str term;
	uint64_t count;
};

/* A headline that has the term behind the words before: at which of its positions, by number. */
struct match {
	ndx_docid docid;
	uint64_t which;
};

struct finder {
	const struct ndx_index *index;
	struct ndx_str prefix;
	struct ndx_arena *arena;
	struct ndx_headlines *before; /* by segment: those with the words before */
	struct ndx_headlines_block block;
	struct ndx_buf numbers;
	struct candidate *candidate;
	size_t count, count_max;
	struct counted *counted; /* by falling count */
	size_t kept, nmax;
	struct ndx_err *err;
};

/* How many of the term's headlines have the words before. */
static enum ndx_status
count_together(const struct ndx_segment *segment, const struct ndx_term_info *info,
               const struct ndx_headlines *before, uint64_t *count_ret, struct ndx_err *err)
{
	struct ndx_postings list;
	uint64_t count = 0;
	enum ndx_status status = ndx_postings_open(segment, info, &list, err);

	for (uint32_t block = 0; status == NDX_OK && block < list.block_count; block++) {
		status = ndx_postings_load(&list, block, err);
		for (uint32_t i = 0; status == NDX_OK && i < list.count; i++)
			count += ndx_headlines_has(before, list.docid[i]);
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

/* Terms with lists of their own, those without (of at most NDX_INLINE_DF_MAX headlines), or both.
 */
enum walk { WALK_LISTS = 1, WALK_INLINE, WALK_ALL };

/* Such terms of a segment's headlines whose stem may be that of a word with the prefix. */
static enum ndx_status
walk_terms(struct finder *f, size_t i, enum walk walk)
{
	const struct ndx_segment *segment = &f->index->segment[i];
	uint8_t key[NDX_KEY_SIZE_MAX] = { NDX_FIELD_TITLE };
	const size_t size = f->prefix.size < STEM_PREFIX_MAX ? f->prefix.size : STEM_PREFIX_MAX;
	struct ndx_termdict_cursor cursor;
	enum ndx_status status;

	memcpy(key + 1, f->prefix.data, size);
	status = ndx_termdict_seek_key(segment, key, size + 1, &cursor, f->err);
	while (status == NDX_OK && !ndx_termdict_done(&cursor) && cursor.key_size > size &&
	       memcmp(cursor.key, key, size + 1) == 0) {
		const struct ndx_str term = { (const char *)cursor.key + 1, cursor.key_size - 1 };
		uint64_t together = 0;
		bool is_inline = false, passed;

		if (walk != WALK_ALL)
			status = ndx_termdict_is_inline(&cursor, &is_inline, f->err);
		passed = walk != WALK_ALL && is_inline != (walk == WALK_INLINE);
		if (status == NDX_OK && !passed)
			status = ndx_termdict_read_info(&cursor, f->err);
		if (status == NDX_OK && !passed)
			status = count_together(segment, &cursor.info, &f->before[i], &together,
			                        f->err);
		if (status == NDX_OK && together > 0)
			status = take_candidate(f, term, together);
		if (status == NDX_OK)
			status = ndx_termdict_next_key(&cursor, f->err);
	}
	return status;
}

static int
compare_terms(const void *a, const void *b)
{
	return ndx_str_compare(((const struct candidate *)a)->term,
	                       ((const struct candidate *)b)->term);
}

/* Each term once, with the sum of all segments. */
static void
unite_candidates(struct finder *f)
{
	size_t kept = 0;

	if (f->index->manifest.segment_count <= 1)
		return;
	if (f->count > 0)
		qsort(f->candidate, f->count, sizeof(*f->candidate), compare_terms);
	for (size_t i = 0; i < f->count; i++) {
		if (kept > 0 && ndx_str_equal(f->candidate[kept - 1].term, f->candidate[i].term))
			f->candidate[kept - 1].together += f->candidate[i].together;
		else
			f->candidate[kept++] = f->candidate[i];
	}
	f->count = kept;
}

/* The most headlines first, of equal ones as their bytes are. */
static int
compare_together(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->together != y->together)
		return x->together > y->together ? -1 : 1;
	return ndx_str_compare(x->term, y->term);
}

static bool
begins(struct ndx_str text, struct ndx_str with)
{
	return text.size >= with.size && memcmp(text.data, with.data, with.size) == 0;
}

/* What is counted of a term. */
struct tally {
	uint64_t count;
	uint64_t left;  /* headlines with both that have not been looked at */
	uint64_t least; /* no more than so many are of no interest */
};

/*
 * Count the headlines of a segment that have the term behind the words before.  With match[] only
 * the first SEEN_MAX of them, which are put there.
 */
static enum ndx_status
count_behind(struct finder *f, size_t i, const struct ndx_term_info *title, struct tally *tally,
             struct match *match)
{
	const struct ndx_headlines *before = &f->before[i];
	const struct ndx_headlines_block *selected = &f->block;
	struct ndx_postings list;
	enum ndx_status status = ndx_postings_open(&f->index->segment[i], title, &list, f->err);

	for (uint32_t block = 0; status == NDX_OK && block < list.block_count; block++) {
		if (match == NULL && tally->count + tally->left <= tally->least)
			return NDX_OK;
		status = ndx_postings_load(&list, block, f->err);
		if (status == NDX_OK)
			status = ndx_headlines_select(before, &list, &f->block, f->err);
		if (status != NDX_OK)
			return status;
		tally->left -= tally->left < selected->count ? tally->left : selected->count;
		for (uint32_t n = 0; n < selected->count; n++) {
			const uint64_t which = ndx_headlines_behind(before, &list, selected, n);

			if (which == 0)
				continue;
			if (match != NULL)
				match[tally->count] =
					(struct match){ list.docid[selected->at[n]], which };
			if (++tally->count == SEEN_MAX && match != NULL)
				return NDX_OK;
		}
	}
	return status;
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
          const struct match *match, size_t count, uint32_t *seen)
{
	struct ndx_postings list;
	uint32_t block = 0, in_numbers = UINT32_MAX;
	enum ndx_status status = ndx_postings_open(segment, info, &list, f->err);

	for (size_t m = 0; status == NDX_OK && m < count; m++) {
		const uint32_t *number;
		uint32_t i = UINT32_MAX;
		size_t at;

		status = ndx_lookup_find(&list, &block, match[m].docid, &i, f->err);
		if (status == NDX_OK && i == UINT32_MAX)
			status = ndx_lookup_lacks(&list, f->err);
		if (status == NDX_OK && in_numbers != block)
			status = ndx_postings_forms(&list, &f->numbers, NULL, f->err);
		if (status != NDX_OK)
			return status;
		in_numbers = block;
		at = i == 0 ? 0 : (size_t)list.tf_sum[i - 1] + 1;
		number = (const uint32_t *)(const void *)f->numbers.data;
		for (uint64_t which = match[m].which; which != 0; which &= which - 1) {
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
see_term(struct finder *f, struct ndx_str term, size_t i, bool look, struct forms_seen *forms)
{
	const struct ndx_segment *segment = &f->index->segment[i];
	struct match match[SEEN_MAX];
	struct tally tally = { 0 };
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
	if (look) {
		status = count_behind(f, i, &title, &tally, match);
		if (status == NDX_OK && info.form_count > 1)
			status = see_forms(f, segment, &info, match, (size_t)tally.count, seen);
		else
			seen[0] = (uint32_t)tally.count; /* of the only one */
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

	for (size_t i = 0; status == NDX_OK && i < f->index->manifest.segment_count; i++)
		status = see_term(f, term, i, look, &forms);
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

/* Is the candidate with this count before another?  Of equal counts, as their bytes are. */
static bool
comes_before(const struct candidate *candidate, uint64_t count, const struct counted *other)
{
	return count != other->count ? count > other->count
	                             : ndx_str_compare(candidate->term, other->term) < 0;
}

/* Keep the candidate's term if it is among the most frequent so far. */
static enum ndx_status
try_candidate(struct finder *f, const struct candidate *candidate)
{
	const struct counted *last = f->kept == f->nmax ? &f->counted[f->kept - 1] : NULL;
	struct tally tally = { .left = candidate->together, .least = 0 };
	struct ndx_str form;
	enum ndx_status status = NDX_OK;
	size_t at;

	if (last != NULL)
		tally.least = last->count - comes_before(candidate, last->count, last);
	if (f->prefix.size > STEM_PREFIX_MAX) { /* mostly it has no form with that */
		status = find_form(f, candidate->term, false, &form);
		if (status != NDX_OK || form.data == NULL)
			return status;
	}
	for (size_t i = 0; status == NDX_OK && i < f->index->manifest.segment_count; i++) {
		struct ndx_term_info title;
		bool found;

		status = ndx_plan_find(&f->index->segment[i], NDX_FIELD_TITLE, candidate->term,
		                       &title, &found, f->err);
		if (status == NDX_OK && found)
			status = count_behind(f, i, &title, &tally, NULL);
	}
	if (status != NDX_OK || tally.count <= tally.least)
		return status;
	if (f->prefix.size > 0 && f->prefix.size <= STEM_PREFIX_MAX) {
		status = find_form(f, candidate->term, false, &form);
		if (status != NDX_OK || form.data == NULL)
			return status;
	}
	at = f->kept < f->nmax ? f->kept++ : f->kept - 1;
	for (; at > 0 && comes_before(candidate, tally.count, &f->counted[at - 1]); at--)
		f->counted[at] = f->counted[at - 1];
	f->counted[at] = (struct counted){ candidate->term, tally.count };
	return NDX_OK;
}

/* Find the most frequent terms behind the words before, with those found already. */
static enum ndx_status
count_terms(struct finder *f, enum walk walk)
{
	enum ndx_status status = NDX_OK;

	f->count = 0;
	for (size_t i = 0; status == NDX_OK && i < f->index->manifest.segment_count; i++)
		status = walk_terms(f, i, walk);
	if (status != NDX_OK)
		return status;
	unite_candidates(f);
	if (f->count > 0)
		qsort(f->candidate, f->count, sizeof(*f->candidate), compare_together);
	for (size_t i = 0; status == NDX_OK && i < f->count; i++) {
		if (f->kept == f->nmax && f->candidate[i].together < f->counted[f->kept - 1].count)
			break;
		status = try_candidate(f, &f->candidate[i]);
	}
	return status;
}

static enum ndx_status
find(struct finder *f, struct ndx_follower *follower)
{
	/* Most terms are of few headlines, and mostly do not come into question. */
	const bool is_single = f->index->manifest.segment_count == 1;
	enum ndx_status status = count_terms(f, is_single ? WALK_LISTS : WALK_ALL);

	if (status == NDX_OK && is_single &&
	    (f->kept < f->nmax || f->counted[f->kept - 1].count <= NDX_INLINE_DF_MAX))
		status = count_terms(f, WALK_INLINE);
	for (size_t i = 0; status == NDX_OK && i < f->kept; i++) {
		struct ndx_str form;

		status = find_form(f, f->counted[i].term, true, &form);
		if (status == NDX_OK)
			follower[i] = (struct ndx_follower){ form, f->counted[i].count };
	}
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

enum ndx_status
ndx_followers_find(const struct ndx_index *index, struct ndx_stemmer *stemmer,
                   struct ndx_str before, struct ndx_str prefix, size_t nmax,
                   struct ndx_arena *arena, struct ndx_follower **follower_ret, size_t *count_ret,
                   struct ndx_err *err)
{
	struct finder f = { .index = index,
		            .prefix = prefix.size == 0 ? ndx_str("") : prefix,
		            .arena = arena,
		            .nmax = nmax < FOLLOWERS_MAX ? nmax : FOLLOWERS_MAX,
		            .err = err };
	struct ndx_buf *const buf[] = { &f.block.ranges, &f.block.sums, &f.numbers };
	struct ndx_follower *follower;
	struct ndx_str cleaned;
	bool any;
	enum ndx_status status;

	*count_ret = 0;
	if (nmax == 0)
		return NDX_OK;
	follower = ndx_arena_alloc(arena, f.nmax * sizeof(*follower));
	f.counted = ndx_arena_alloc(arena, f.nmax * sizeof(*f.counted));
	if (follower == NULL || f.counted == NULL || !clean(before, arena, &cleaned))
		return ndx_fail_nomem(err);
	status = ndx_headlines_find(index, stemmer, cleaned, arena, &f.before, &any, err);
	if (status != NDX_OK || !any)
		return status;
	for (size_t i = 0; i < sizeof(buf) / sizeof(buf[0]); i++)
		ndx_buf_init(buf[i], index->env->mem);
	status = find(&f, follower);
	for (size_t i = 0; i < sizeof(buf) / sizeof(buf[0]); i++)
		ndx_buf_free(buf[i]);
	ndx_free(index->env->mem, f.candidate);
	*follower_ret = follower;
	*count_ret = f.kept;
	return status;
}
