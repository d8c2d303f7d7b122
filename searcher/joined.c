/*
 * joined.c - see joined.h
 *
 * Of a word with a hyphen both parts are indexed, and at the position of the first one the two
 * joined, too.  So a form is such a joined one if another word, that it begins with, has its
 * position.  The dictionary does not say it, as "cooperation" may be both; so the first places of
 * the form are looked at.
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/joined.h"

#include "searcher/form_hits.h"
#include "searcher/lookup.h"
#include "searcher/plan.h"

/* So many places are enough to believe that all are joined, */
#define PLACES_MAX 8
/* and in so many blocks of a term whose other forms are frequent they are looked for. */
#define BLOCKS_MAX 16

struct finder {
	struct ndx_joined *joined;
	const struct ndx_segment *segment;
	struct ndx_str form;
	char term[NDX_KEY_SIZE_MAX]; /* of the form */
	size_t term_size;
	size_t size; /* of the first part at the places so far; 0: there were none */
	size_t place_count;
	bool is_word;
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

static bool
has_position(const struct ndx_buf *positions, uint32_t position)
{
	const uint32_t *at = (const uint32_t *)(const void *)positions->data;

	for (size_t i = 0; i < positions->size / sizeof(*at) && at[i] <= position; i++)
		if (at[i] == position)
			return true;
	return false;
}

/* Does the word that is the first 'size' bytes of the form stand there? */
static enum ndx_status
try_size(struct finder *f, size_t size, ndx_docid docid, uint32_t position, bool *stands_ret)
{
	struct ndx_postings list;
	struct ndx_str term;
	uint32_t block = 0, i = UINT32_MAX;
	bool found = false;
	enum ndx_status status = stem(f, (struct ndx_str){ f->form.data, size }, &term);

	*stands_ret = false;
	/* "factor" and "factors" are the same there. */
	if (status == NDX_OK && !ndx_str_equal(term, (struct ndx_str){ f->term, f->term_size }))
		status = open_list(f, term, &list, &found);
	if (status == NDX_OK && found)
		status = ndx_lookup_find(&list, &block, docid, &i, f->err);
	if (status != NDX_OK || i == UINT32_MAX)
		return status;
	status = ndx_postings_positions(&list, i, &f->joined->positions, f->err);
	*stands_ret = status == NDX_OK && has_position(&f->joined->positions, position);
	return status;
}

/* A place of the form: is a part of it there, too? */
static enum ndx_status
take_place(struct finder *f, ndx_docid docid, uint32_t position)
{
	bool stands = false;
	enum ndx_status status = NDX_OK;

	if (f->size > 0) /* mostly it is the same */
		status = try_size(f, f->size, docid, position, &stands);
	for (size_t size = f->form.size - 1; status == NDX_OK && !stands && size > 0; size--) {
		/* not within a character */
		if (((uint8_t)f->form.data[size] & 0xc0) == 0x80)
			continue;
		status = try_size(f, size, docid, position, &stands);
		if (stands)
			f->size = size;
	}
	f->place_count++;
	f->is_word = !stands;
	return status;
}

static bool
is_done(const struct finder *f)
{
	return f->is_word || f->place_count >= PLACES_MAX;
}

/* The places of the form with this number in the loaded block. */
static enum ndx_status
take_block(struct finder *f, struct ndx_postings *list, uint32_t number)
{
	const uint32_t *numbers;
	size_t at = 0;
	enum ndx_status status = ndx_postings_forms(list, &f->joined->numbers, NULL, f->err);

	for (uint32_t i = 0; status == NDX_OK && i < list->count; i++) {
		const size_t end = (size_t)list->tf_sum[i] + 1;

		numbers = (const uint32_t *)(const void *)f->joined->numbers.data;
		for (size_t n = at; status == NDX_OK && n < end && !is_done(f); n++) {
			if (n >= f->joined->numbers.size / sizeof(*numbers) || numbers[n] != number)
				continue;
			status = ndx_postings_positions(list, i, &f->joined->positions, f->err);
			if (status == NDX_OK &&
			    n - at < f->joined->positions.size / sizeof(uint32_t))
				status = take_place(f, list->docid[i],
				                    ((const uint32_t *)(const void *)
				                             f->joined->positions.data)[n - at]);
		}
		at = end;
	}
	return status;
}

static enum ndx_status
take_segment(struct finder *f)
{
	const struct ndx_str term = { f->term, f->term_size };
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
	     status == NDX_OK && block < list.block_count && block < BLOCKS_MAX && !is_done(f);
	     block++) {
		status = ndx_postings_load(&list, block, f->err);
		if (status == NDX_OK)
			status = take_block(f, &list, number);
	}
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
	for (size_t i = 0; status == NDX_OK && i < index->manifest.segment_count && !is_done(&f);
	     i++) {
		f.segment = &index->segment[i];
		status = take_segment(&f);
	}
	if (status == NDX_OK && !f.is_word)
		*size_ret = f.size;
	return status;
}
