/*
 * joined.c - see joined.h
 *
 * Of a word with a hyphen both parts are indexed, and at the position of the first one the two
 * joined, too.  So a form is such a joined one if another word, that it begins with, has its
 * position.  The dictionary does not say it, as "cooperation" may be both; so the newest articles
 * with the form are looked at: of all segments together, as the answer must not depend on where
 * these end.
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/joined.h"

#include <stdlib.h>

#include "common/column.h"
#include "common/tombstones.h"
#include "searcher/form_hits.h"
#include "searcher/found_order.h"
#include "searcher/lookup.h"
#include "searcher/plan.h"

/* So many articles are enough to believe that all are joined. */
#define ARTICLES_MAX 8
/* A form that stands less than once in FORM_PART articles with its term, where these are more than
 * DF_MAX, is not looked for: it is another form of a frequent word. */
#define FORM_PART 64
#define DF_MAX    4096

/* Where the form first stands in an article. */
struct place {
	uint32_t segment;
	ndx_docid docid;
	uint32_t position;
};

struct finder {
	struct ndx_joined *joined;
	const struct ndx_segment *segment;
	struct ndx_str form;
	char term[NDX_KEY_SIZE_MAX]; /* of the form */
	size_t term_size;
	size_t size; /* of the first part at the places so far; 0: there were none */
	bool is_word;
	struct place *place; /* of the newest articles of each segment */
	size_t place_count, place_count_max;
	struct ndx_err *err;
};

void
ndx_joined_init(struct ndx_joined *joined, const struct ndx_index *index,
                struct ndx_stemmer *stemmer)
{
	joined->index = index;
	joined->stemmer = stemmer;
	ndx_buf_init(&joined->numbers, index->env->mem);
	ndx_buf_init(&joined->positions, index->env->mem);
}

void
ndx_joined_free(struct ndx_joined *joined)
{
	ndx_buf_free(&joined->numbers);
	ndx_buf_free(&joined->positions);
}

/* The term of a form; from the stemmer. */
static enum ndx_status
stem(struct finder *f, struct ndx_str form, struct ndx_str *term_ret)
{
	term_ret->data = ndx_stem(f->joined->stemmer, form.data, form.size, &term_ret->size);
	return term_ret->data == NULL ? ndx_fail_nomem(f->err) : NDX_OK;
}

/* The term's list in the segment. */
static enum ndx_status
open_list(struct finder *f, struct ndx_str term, struct ndx_postings *list, bool *found_ret)
{
	struct ndx_term_info info;
	enum ndx_status status =
		ndx_plan_find(f->segment, NDX_FIELD_ANY, term, &info, found_ret, f->err);

	return status == NDX_OK && *found_ret ? ndx_postings_open(f->segment, &info, list, f->err)
	                                      : status;
}

/* Which of the positions it is; SIZE_MAX: none. */
static size_t
find_position(const struct ndx_buf *positions, uint32_t position)
{
	const uint32_t *at = (const uint32_t *)(const void *)positions->data;

	for (size_t i = 0; i < positions->size / sizeof(*at) && at[i] <= position; i++)
		if (at[i] == position)
			return i;
	return SIZE_MAX;
}

/* Does the term of posting 'i' stand in this form at its nth position? */
static enum ndx_status
is_form(struct finder *f, struct ndx_postings *list, uint32_t i, size_t nth, struct ndx_str term,
        struct ndx_str form, bool *is_ret)
{
	const struct ndx_buf *numbers = &f->joined->numbers;
	uint32_t number;
	size_t at;
	enum ndx_status status =
		ndx_form_number(f->segment, &list->info, term, form, &number, is_ret, f->err);

	if (status != NDX_OK || !*is_ret || list->info.form_count < 2)
		return status;
	status = ndx_postings_forms(list, &f->joined->numbers, NULL, f->err);
	at = (i == 0 ? 0 : (size_t)list->tf_sum[i - 1] + 1) + nth;
	*is_ret = status == NDX_OK && at < numbers->size / sizeof(number) &&
	          ((const uint32_t *)(const void *)numbers->data)[at] == number;
	return status;
}

/* Does the word that is the first 'size' bytes of the form stand there? */
static enum ndx_status
try_size(struct finder *f, size_t size, ndx_docid docid, uint32_t position, bool *stands_ret)
{
	const struct ndx_str part = { f->form.data, size };
	char copy[NDX_KEY_SIZE_MAX]; /* of the stem, which the stemmer keeps for a while */
	struct ndx_postings list;
	struct ndx_str term;
	uint32_t block = 0, i = UINT32_MAX;
	size_t nth;
	bool found = false;
	enum ndx_status status = stem(f, part, &term);

	*stands_ret = false;
	if (status != NDX_OK || term.size > sizeof(copy))
		return status;
	memcpy(copy, term.data, term.size);
	term.data = copy;
	/* "factor" and "factors" are the same there. */
	if (!ndx_str_equal(term, (struct ndx_str){ f->term, f->term_size }))
		status = open_list(f, term, &list, &found);
	if (status == NDX_OK && found)
		status = ndx_lookup_find(&list, &block, docid, &i, f->err);
	if (status != NDX_OK || i == UINT32_MAX)
		return status;
	status = ndx_postings_positions(&list, i, &f->joined->positions, f->err);
	nth = find_position(&f->joined->positions, position);
	return status == NDX_OK && nth != SIZE_MAX
	               ? is_form(f, &list, i, nth, term, part, stands_ret)
	               : status;
}

/* A place of the form: is a part of it there, too? */
static enum ndx_status
look_at(struct finder *f, const struct place *place)
{
	bool stands = false;
	enum ndx_status status = NDX_OK;

	f->segment = &f->joined->index->segment[place->segment];
	if (f->size > 0) /* mostly it is the same */
		status = try_size(f, f->size, place->docid, place->position, &stands);
	for (size_t size = f->form.size - 1; status == NDX_OK && !stands && size > 0; size--) {
		/* not within a character */
		if (((uint8_t)f->form.data[size] & 0xc0) == 0x80)
			continue;
		status = try_size(f, size, place->docid, place->position, &stands);
		if (stands)
			f->size = size;
	}
	f->is_word = !stands;
	return status;
}

/* Keep the first place of the form, if it stands there, in the article of posting 'i'. */
static enum ndx_status
take_article(struct finder *f, struct ndx_postings *list, uint32_t i, uint32_t number)
{
	const uint32_t *numbers = (const uint32_t *)(const void *)f->joined->numbers.data;
	const size_t begin = i == 0 ? 0 : (size_t)list->tf_sum[i - 1] + 1;
	size_t end = (size_t)list->tf_sum[i] + 1, n = begin;
	enum ndx_status status;

	if (end > f->joined->numbers.size / sizeof(*numbers))
		end = f->joined->numbers.size / sizeof(*numbers);
	while (n < end && numbers[n] != number)
		n++;
	if (n >= end || ndx_tombstones_has(f->segment->tombstones, list->docid[i]))
		return NDX_OK;
	status = ndx_postings_positions(list, i, &f->joined->positions, f->err);
	if (status != NDX_OK || n - begin >= f->joined->positions.size / sizeof(uint32_t))
		return status;
	if (!ndx_grow(f->joined->index->env->mem, &f->place, &f->place_count_max,
	              f->place_count + 1, sizeof(*f->place)))
		return ndx_fail_nomem(f->err);
	f->place[f->place_count++] = (struct place){
		(uint32_t)(f->segment - f->joined->index->segment), list->docid[i],
		((const uint32_t *)(const void *)f->joined->positions.data)[n - begin]
	};
	return NDX_OK;
}

/* The newest articles of a segment with the form. */
static enum ndx_status
take_segment(struct finder *f)
{
	const struct ndx_str term = { f->term, f->term_size };
	const size_t most = f->place_count + ARTICLES_MAX;
	struct ndx_postings list;
	uint32_t number;
	bool found = false;
	enum ndx_status status = open_list(f, term, &list, &found);

	if (status == NDX_OK && found)
		status = ndx_form_number(f->segment, &list.info, term, f->form, &number, &found,
		                         f->err);
	if (status != NDX_OK || !found)
		return status;
	for (uint32_t block = 0;
	     status == NDX_OK && block < list.block_count && f->place_count < most; block++) {
		status = ndx_postings_load(&list, block, f->err);
		if (status == NDX_OK)
			status = ndx_postings_forms(&list, &f->joined->numbers, NULL, f->err);
		for (uint32_t i = 0; status == NDX_OK && i < list.count && f->place_count < most;
		     i++)
			status = take_article(f, &list, i, number);
	}
	return status;
}

static enum ndx_status
find_date(struct finder *f, const struct place *place, int64_t *date_ret)
{
	const struct ndx_segment *segment = &f->joined->index->segment[place->segment];
	struct ndx_column dates;
	enum ndx_status status;

	*date_ret = NDX_NO_DATE;
	if (place->docid >= segment->dated_count)
		return NDX_OK;
	status = ndx_column_open(segment, NDX_PART_DATES, &dates, f->err);
	return status == NDX_OK ? ndx_column_get(&dates, place->docid, date_ret, f->err) : status;
}

static int
compare_places(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->segment != y->segment)
		return x->segment < y->segment ? -1 : 1;
	return (x->docid > y->docid) - (x->docid < y->docid);
}

/* Look at the newest of the places. */
static enum ndx_status
look_at_newest(struct finder *f)
{
	const struct ndx_mem *mem = f->joined->index->env->mem;
	struct ndx_found *found = ndx_alloc_zero(mem, f->place_count, sizeof(*found));
	enum ndx_status status = NDX_OK;

	if (found == NULL)
		return f->place_count == 0 ? NDX_OK : ndx_fail_nomem(f->err);
	for (size_t i = 0; status == NDX_OK && i < f->place_count; i++) {
		found[i].segment = f->place[i].segment;
		found[i].docid = f->place[i].docid;
		status = find_date(f, &f->place[i], &found[i].date);
	}
	if (status == NDX_OK)
		status = ndx_found_sort(f->joined->index, NDX_SORT_NEWEST, found, f->place_count,
		                        f->err);
	for (size_t i = 0;
	     status == NDX_OK && i < f->place_count && i < ARTICLES_MAX && !f->is_word; i++) {
		const struct place wanted = { found[i].segment, found[i].docid, 0 };

		status = look_at(f, bsearch(&wanted, f->place, f->place_count, sizeof(wanted),
		                            compare_places));
	}
	ndx_free(mem, found);
	return status;
}

/* Is it a rare form of a frequent term? */
static enum ndx_status
is_rare_form(struct finder *f, bool *rare_ret)
{
	const struct ndx_index *index = f->joined->index;
	uint64_t df = 0, cf = 0;
	enum ndx_status status = NDX_OK;

	for (size_t i = 0; status == NDX_OK && i < index->manifest.segment_count; i++) {
		struct ndx_term_info info;
		bool found;

		status = ndx_plan_find(&index->segment[i], NDX_FIELD_ANY,
		                       (struct ndx_str){ f->term, f->term_size }, &info, &found,
		                       f->err);
		if (status == NDX_OK && found)
			df += ndx_plan_live_df(&index->segment[i], &info);
	}
	if (status == NDX_OK && df > DF_MAX)
		status = ndx_form_cf(index, f->form, &cf, f->err);
	*rare_ret = df > DF_MAX && cf < df / FORM_PART;
	return status;
}

enum ndx_status
ndx_joined_find(struct ndx_joined *joined, struct ndx_str form, size_t *size_ret,
                struct ndx_err *err)
{
	const struct ndx_index *index = joined->index;
	struct finder f = { .joined = joined, .form = form, .err = err };
	struct ndx_str term;
	enum ndx_status status = stem(&f, form, &term);

	*size_ret = 0;
	if (status != NDX_OK || term.size > sizeof(f.term) || form.size == 0)
		return status;
	memcpy(f.term, term.data, term.size);
	f.term_size = term.size;
	status = is_rare_form(&f, &f.is_word);
	for (size_t i = 0; status == NDX_OK && !f.is_word && i < index->manifest.segment_count;
	     i++) {
		f.segment = &index->segment[i];
		status = take_segment(&f);
	}
	if (status == NDX_OK)
		status = look_at_newest(&f);
	ndx_free(index->env->mem, f.place);
	if (status == NDX_OK && !f.is_word)
		*size_ret = f.size;
	return status;
}
