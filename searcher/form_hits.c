/*
 * form_hits.c - see form_hits.h
 *
 * The forms are sorted by their terms.  Then, for a span of docids at a time, the postings of each
 * term are gone through, and what stands there in a wanted form is added up by article.  Where all
 * forms of a term are wanted, tf says it all, and in titles the term's own list; else the numbers
 * of the forms at all positions of a block are unpacked.
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/form_hits.h"

#include <stdlib.h>

#include "common/forms.h"
#include "common/postings.h"
#include "common/termdict.h"
#include "common/tombstones.h"
#include "searcher/plan.h"

/* Articles of a span: few where there are few terms, so that what is kept of them stays in the
 * nearest memory. */
#define SPAN_LEN_MIN  ((size_t)8192)
#define SPAN_LEN_MAX  ((size_t)131072)
#define SPAN_PER_TERM 128
#define STEP          16
/* Where the terms have one of so many articles, nearly all may be found: they are not listed. */
#define DENSE_PART 4
/* Forms of a term that are looked up as bits. */
#define MARKS 32

struct pair {
	struct ndx_str term, form;
};

/* Terms of a field that are looked up in their order. */
struct search {
	uint8_t key[NDX_KEY_SIZE_MAX];
	struct ndx_termdict_cursor cursor;
};

struct finder {
	const struct ndx_segment *segment;
	const struct ndx_node *node;
	bool wants_title; /* or the node is for titles alone */
	struct ndx_arena *scratch;
	struct pair *pair;
	size_t pair_count;
	struct ndx_wanted_term *term;
	size_t term_count;
	uint64_t df_sum; /* of all terms */
	size_t span_len;
	size_t room;             /* of tf[] and title_tf[]; no more than span_len */
	uint32_t *tf, *title_tf; /* of the span, by docid */
	/* ndx_docid, uint32_t: articles of the span with the term at hand in the title, and how
	 * often */
	struct ndx_buf titled, titled_tfs;
	size_t titled_at;           /* the first that is in no block before the one at hand */
	struct ndx_form_hits *hits; /* the result, with room for all that there can be */
	struct ndx_buf numbers;
	struct ndx_err *err;
};

static enum ndx_status
begin_search(struct finder *f, enum ndx_field field, struct search *search)
{
	search->key[0] = (uint8_t)field;
	return ndx_termdict_seek_key(f->segment, search->key, 1, &search->cursor, f->err);
}

/* The next term, which is not below the one before. */
static enum ndx_status
find_next(struct finder *f, struct search *search, struct ndx_str term, bool *found_ret)
{
	*found_ret = false;
	if (term.size > sizeof(search->key) - 1)
		return NDX_OK;
	memcpy(search->key + 1, term.data, term.size);
	return ndx_termdict_find_on(&search->cursor, search->key, term.size + 1, found_ret, f->err);
}

/* The terms of the forms that the segment has. */
static enum ndx_status
find_terms(struct finder *f)
{
	const struct ndx_segment *segment = f->segment;
	struct search forms;
	enum ndx_status status = begin_search(f, NDX_FIELD_FORM, &forms);

	f->pair = ndx_arena_alloc(f->scratch, f->node->form_count * sizeof(*f->pair));
	if (f->pair == NULL)
		return ndx_fail_nomem(f->err);
	for (size_t i = 0; status == NDX_OK && i < f->node->form_count; i++) {
		const struct ndx_str form = f->node->form[i];
		const struct ndx_term_info *info = &forms.cursor.info;
		struct ndx_form_term term;
		const char *copy;
		bool found;

		status = find_next(f, &forms, form, &found);
		if (status != NDX_OK || !found)
			continue;
		if (!ndx_form_term_decode(segment->data + info->forms_off, (size_t)info->forms_size,
		                          form, &term))
			return ndx_segment_corrupt(segment, info->forms_off, f->err, "a bad form");
		copy = ndx_arena_copy(f->scratch, term.text, term.size);
		if (copy == NULL)
			return ndx_fail_nomem(f->err);
		f->pair[f->pair_count++] = (struct pair){ { copy, term.size }, form };
	}
	return status;
}

static int
compare_pairs(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;
	const int order = ndx_str_compare(x->term, y->term);

	return order != 0 ? order : ndx_str_compare(x->form, y->form);
}

static enum ndx_status
bad_forms(const struct ndx_segment *segment, const struct ndx_term_info *info, struct ndx_err *err)
{
	return ndx_segment_corrupt(segment, info->forms_off, err, "bad forms");
}

/* Which of the term's forms are among pair[count]. */
static enum ndx_status
choose_forms(struct finder *f, struct ndx_wanted_term *term, const struct pair *pair, size_t count)
{
	const struct ndx_term_info *info = &term->info;
	const uint8_t *in = f->segment->data + info->forms_off, *const end = in + info->forms_size;
	size_t left = 0;
	struct ndx_form form;

	term->all = true;
	if (info->form_count < 2)
		return NDX_OK;
	term->wanted = ndx_arena_alloc(f->scratch, info->form_count);
	if (term->wanted == NULL)
		return ndx_fail_nomem(f->err);
	for (uint32_t i = 0; i < info->form_count; i++) {
		struct pair wanted = { term->text, { (const char *)form.text, 0 } };

		if (!ndx_forms_next(&in, end, term->text, &form))
			return bad_forms(f->segment, info, f->err);
		wanted.form.size = form.size;
		term->wanted[i] =
			bsearch(&wanted, pair, count, sizeof(*pair), compare_pairs) != NULL;
		left += form.size > 0 && term->wanted[i] == 0;
		if (i < MARKS)
			term->marks |= (uint32_t)term->wanted[i] << i;
	}
	term->all = left == 0;
	return NDX_OK;
}

static enum ndx_status
take_term(struct finder *f, struct search *terms, struct search *titles, const struct pair *pair,
          size_t count)
{
	struct ndx_wanted_term *term = &f->term[f->term_count];
	bool found;
	enum ndx_status status;

	*term = (struct ndx_wanted_term){ .text = pair->term };
	status = find_next(f, terms, pair->term, &found);
	term->info = terms->cursor.info;
	if (status == NDX_OK && !found)
		return ndx_segment_corrupt(f->segment, f->segment->part[NDX_PART_DICT].off, f->err,
		                           "a form without its term");
	if (status == NDX_OK && f->wants_title)
		status = find_next(f, titles, pair->term, &term->has_title);
	if (term->has_title)
		term->title = titles->cursor.info;
	if (status == NDX_OK)
		status = choose_forms(f, term, pair, count);
	f->term_count++;
	f->df_sum += term->info.df;
	return status;
}

static enum ndx_status
group_terms(struct finder *f)
{
	struct search terms, titles;
	enum ndx_status status = begin_search(f, NDX_FIELD_ANY, &terms);
	size_t n;

	if (status == NDX_OK)
		status = begin_search(f, NDX_FIELD_TITLE, &titles);
	f->term = ndx_arena_alloc(f->scratch, f->pair_count * sizeof(*f->term));
	if (f->term == NULL)
		return ndx_fail_nomem(f->err);
	if (f->pair_count > 0)
		qsort(f->pair, f->pair_count, sizeof(*f->pair), compare_pairs);
	for (size_t i = 0; status == NDX_OK && i < f->pair_count; i += n) {
		for (n = 1;
		     i + n < f->pair_count && ndx_str_equal(f->pair[i + n].term, f->pair[i].term);)
			n++;
		status = take_term(f, &terms, &titles, &f->pair[i], n);
	}
	return status;
}

/* Make each number of a form how many up to it, of a block's, are of wanted forms. */
static enum ndx_status
count_wanted(struct finder *f, const struct ndx_wanted_term *term)
{
	const size_t count = f->numbers.size / sizeof(uint32_t);
	uint32_t *number, sum = 0;

	if (ndx_buf_reserve(&f->numbers, STEP * sizeof(*number)) == NULL)
		return ndx_fail_nomem(f->err);
	number = (uint32_t *)(void *)f->numbers.data;
	if (term->info.form_count <= MARKS)
		f->segment->kernels->count_marked(number, count, term->marks);
	else
		for (size_t i = 0; i < count; i++)
			number[i] = sum += term->wanted[number[i]];
	return NDX_OK;
}

/* rank[i] := which posting of the loaded block is that of docid[i]; false: one has none. */
static bool
rank_titled(struct ndx_postings *list, const ndx_docid *docid, size_t count,
            const struct ndx_kernels *kernels, uint8_t *rank)
{
	const struct ndx_block *block = &list->block;
	uint32_t i = 0;
	size_t n = 0;

	if (block->word_count > 0)
		return kernels->rank_bits(block->docs, block->word_count, block->base, docid, count,
		                          rank) == count;
	for (; n < count; n++) {
		while (i < list->count && list->docid[i] < docid[n])
			i++;
		if (i == list->count || list->docid[i] != docid[n])
			break;
		rank[n] = (uint8_t)i;
	}
	return n == count;
}

/* Add the wanted of those in titles, which come first: number[] as of count_wanted(). */
static enum ndx_status
add_wanted_titles(struct finder *f, const struct ndx_wanted_term *term, struct ndx_postings *list,
                  ndx_docid base, size_t begin, size_t end)
{
	const ndx_docid *const docid = (const ndx_docid *)(const void *)f->titled.data + begin;
	const uint32_t *const tf = (const uint32_t *)(const void *)f->titled_tfs.data + begin;
	const uint32_t *const number = (const uint32_t *)(const void *)f->numbers.data;
	const size_t count = end - begin;
	uint8_t rank[NDX_BLOCK_LEN];
	bool good = count <= NDX_BLOCK_LEN &&
	            rank_titled(list, docid, count, f->segment->kernels, rank);

	for (size_t n = 0; good && n < count; n++) {
		const uint32_t first = rank[n] == 0 ? 0 : list->tf_sum[rank[n] - 1] + 1;
		const uint32_t before = first == 0 ? 0 : number[first - 1];

		good = tf[n] > 0 && tf[n] <= list->tf_sum[rank[n]] + 1 - first;
		if (good)
			f->title_tf[docid[n] - base] += number[first + tf[n] - 1] - before;
	}
	return good ? NDX_OK
	            : ndx_segment_corrupt(f->segment, term->title.postings_off, f->err,
	                                  "more in titles than in articles");
}

/* Add to tf[] of the span what a block's postings have each; a bitset's docids are not listed. */
static enum ndx_status
add_block(const struct finder *f, struct ndx_postings *list, ndx_docid base, const uint32_t *add,
          uint32_t *tf)
{
	const struct ndx_block *block = &list->block;
	enum ndx_status status;

	if (block->word_count > 0 && block->base >= base &&
	    (uint64_t)block->base - base + 64 * (uint64_t)block->word_count <= f->room) {
		f->segment->kernels->add_bits(block->docs, block->word_count, add,
		                              tf + (block->base - base));
		return NDX_OK;
	}
	status = ndx_postings_load(list, list->at_block, f->err);
	if (status != NDX_OK)
		return status;
	if (list->docid[0] >= base && list->docid[list->count - 1] - base < f->span_len)
		for (uint32_t i = 0; i < list->count; i++)
			tf[list->docid[i] - base] += add[i];
	else
		for (uint32_t i = 0; i < list->count; i++)
			if (list->docid[i] - base < f->span_len)
				tf[list->docid[i] - base] += add[i];
	return NDX_OK;
}

static enum ndx_status
add_tfs(const struct finder *f, struct ndx_postings *list, ndx_docid base, uint32_t *tf)
{
	ndx_postings_load_tfs(list);
	return add_block(f, list, base, list->tf, tf);
}

/* Add the positions of a block's postings that are of wanted forms; titled[begin..end) are in it.
 */
static enum ndx_status
add_wanted(struct finder *f, const struct ndx_wanted_term *term, struct ndx_postings *list,
           ndx_docid base, size_t begin, size_t end)
{
	uint32_t add[NDX_BLOCK_LEN + 3], before = 0; /* add_bits() may read beyond */
	const uint32_t *number;
	enum ndx_status status = count_wanted(f, term);

	if (status == NDX_OK && !list->sums_done)
		return ndx_segment_corrupt(f->segment, term->info.postings_off, f->err, "a bad tf");
	if (status != NDX_OK)
		return status;
	number = (const uint32_t *)(const void *)f->numbers.data;
	for (uint32_t i = 0; i < list->count; i++) {
		const uint32_t so_far = number[list->tf_sum[i]];

		add[i] = so_far - before;
		before = so_far;
	}
	status = add_block(f, list, base, add, f->tf);
	return status == NDX_OK && begin < end ? add_wanted_titles(f, term, list, base, begin, end)
	                                       : status;
}

/* Room for 'count' more numbers; NULL: out of memory. */
static uint32_t *
room_for(struct ndx_buf *buf, size_t count)
{
	return (uint32_t *)(void *)ndx_buf_reserve(buf, count * sizeof(uint32_t));
}

/* What is done with a block of a term's list, for the span from 'base' on. */
typedef enum ndx_status take_block(struct finder *f, const struct ndx_wanted_term *term,
                                   struct ndx_postings *list, ndx_docid base);

static enum ndx_status
take_tfs(struct finder *f, const struct ndx_wanted_term *term, struct ndx_postings *list,
         ndx_docid base)
{
	(void)term;
	return add_tfs(f, list, base, f->tf);
}

static enum ndx_status
take_title_tfs(struct finder *f, const struct ndx_wanted_term *term, struct ndx_postings *list,
               ndx_docid base)
{
	(void)term;
	return add_tfs(f, list, base, f->title_tf);
}

/* Few of the articles with a term have it in their titles: they are noted. */
static enum ndx_status
take_titled(struct finder *f, const struct ndx_wanted_term *term, struct ndx_postings *list,
            ndx_docid base)
{
	ndx_docid *docid;
	uint32_t *tf, n = 0;
	enum ndx_status status = ndx_postings_load(list, list->at_block, f->err);

	(void)term;
	if (status != NDX_OK)
		return status;
	ndx_postings_load_tfs(list);
	docid = room_for(&f->titled, list->count);
	tf = room_for(&f->titled_tfs, list->count);
	if (docid == NULL || tf == NULL)
		return ndx_fail_nomem(f->err);
	for (uint32_t i = 0; i < list->count; i++) {
		docid[n] = list->docid[i];
		tf[n] = list->tf[i];
		n += list->docid[i] - base < f->span_len;
	}
	f->titled.size += n * sizeof(*docid);
	f->titled_tfs.size += n * sizeof(*tf);
	return NDX_OK;
}

static enum ndx_status
take_wanted(struct finder *f, const struct ndx_wanted_term *term, struct ndx_postings *list,
            ndx_docid base)
{
	const ndx_docid *titled = (const ndx_docid *)(const void *)f->titled.data;
	const uint32_t *titled_tf = (const uint32_t *)(const void *)f->titled_tfs.data;
	const size_t titled_count = f->titled.size / sizeof(*titled), begin = f->titled_at;
	const ndx_docid last = ndx_postings_block_last(list, list->at_block);
	bool only = false; /* in most blocks all are the most frequent form, whose number is 0 */
	enum ndx_status status = ndx_postings_forms(list, &f->numbers, &only, f->err);

	while (f->titled_at < titled_count && titled[f->titled_at] <= last)
		f->titled_at++;
	if (status == NDX_OK && !only)
		return add_wanted(f, term, list, base, begin, f->titled_at);
	if (status != NDX_OK || !term->wanted[0])
		return status;
	for (size_t i = begin; i < f->titled_at; i++)
		f->title_tf[titled[i] - base] += titled_tf[i];
	return add_tfs(f, list, base, f->tf);
}

/* Go through the blocks of a list that the span from 'base' on needs. */
static enum ndx_status
walk_list(struct finder *f, const struct ndx_wanted_term *term, const struct ndx_term_info *info,
          ndx_docid base, take_block *take)
{
	const uint64_t span_last = (uint64_t)base + f->span_len - 1;
	struct ndx_postings list;
	enum ndx_status status = ndx_postings_open(f->segment, info, &list, f->err);

	if (status != NDX_OK)
		return status;
	for (uint32_t block = ndx_postings_skip(&list, 0, base); block < list.block_count;
	     block++) {
		if (block > 0 && ndx_postings_block_last(&list, block - 1) >= span_last)
			return NDX_OK;
		status = ndx_postings_enter(&list, block, f->err);
		if (status == NDX_OK)
			status = take(f, term, &list, base);
		if (status != NDX_OK)
			return status;
	}
	return NDX_OK;
}

static enum ndx_status
add_term(struct finder *f, const struct ndx_wanted_term *term, ndx_docid base)
{
	const bool in_title = f->node->field == NDX_FIELD_TITLE,
		   titles = f->wants_title && term->has_title;
	enum ndx_status status = NDX_OK;

	if (in_title && !term->has_title)
		return NDX_OK;
	ndx_buf_clear(&f->titled);
	ndx_buf_clear(&f->titled_tfs);
	f->titled_at = 0;
	if (titles)
		status = walk_list(f, term, &term->title, base,
		                   term->all ? take_title_tfs : take_titled);
	if (status == NDX_OK && !term->all)
		return walk_list(f, term, &term->info, base, take_wanted);
	if (status == NDX_OK && !in_title)
		status = walk_list(f, term, &term->info, base, take_tfs);
	return status;
}

static bool
are_zero(const uint32_t *value, size_t count)
{
	uint32_t any = 0;

	for (size_t i = 0; i < count; i++)
		any |= value[i];
	return any == 0;
}

static void
count_span(struct finder *f, uint32_t length)
{
	const uint32_t *tf = f->node->field == NDX_FIELD_TITLE ? f->title_tf : f->tf;
	uint32_t count = 0;

	for (uint32_t i = 0; i < length; i++)
		count += tf[i] > 0;
	f->hits->found_count += count;
}

/* Append what the span has. */
static void
list_span(struct finder *f, ndx_docid base, uint32_t length)
{
	const uint32_t *tf = f->node->field == NDX_FIELD_TITLE ? f->title_tf : f->tf;
	ndx_docid *const docids = f->hits->docid;
	uint32_t *const tfs = f->hits->tf, *const title_tfs = f->hits->title_tf;
	size_t n = f->hits->count;

	for (uint32_t from = 0, to; from < length; from = to) {
		to = length - from < STEP ? length : from + STEP;
		if (are_zero(tf + from, to - from))
			continue;
		/* What is written for an article without any is written over by the next. */
		for (uint32_t i = from; i < to; i++) {
			docids[n] = base + i;
			tfs[n] = tf[i];
			if (title_tfs != NULL)
				title_tfs[n] = f->title_tf[i];
			n += tf[i] > 0;
		}
	}
	f->hits->count = n;
	f->hits->found_count = n;
}

/* In titles alone, tf says it. */
static bool
keeps_title_tf(const struct finder *f)
{
	return f->wants_title && f->node->field != NDX_FIELD_TITLE;
}

/* Room for what the terms can have, and one to be written over. */
static enum ndx_status
make_lists(struct finder *f, struct ndx_arena *arena)
{
	const uint64_t count = f->segment->article_count;
	const size_t size =
		sizeof(uint32_t) * ((f->df_sum < count ? (size_t)f->df_sum : (size_t)count) + 1);

	f->hits->docid = ndx_arena_take(arena, size);
	f->hits->tf = ndx_arena_take(arena, size);
	if (keeps_title_tf(f))
		f->hits->title_tf = ndx_arena_take(arena, size);
	return f->hits->docid == NULL || f->hits->tf == NULL ||
	                       (keeps_title_tf(f) && f->hits->title_tf == NULL)
	               ? ndx_fail_nomem(f->err)
	               : NDX_OK;
}

/* Add up the span from 'base' on. */
static enum ndx_status
add_span(struct finder *f, ndx_docid base)
{
	enum ndx_status status = NDX_OK;

	memset(f->tf, 0, f->room * sizeof(*f->tf));
	memset(f->title_tf, 0, f->room * sizeof(*f->title_tf));
	for (size_t i = 0; status == NDX_OK && i < f->term_count; i++)
		status = add_term(f, &f->term[i], base);
	return status;
}

static uint32_t
span_length(const struct finder *f, uint64_t base)
{
	const uint64_t left = f->segment->article_count - base;

	return (uint32_t)(left < f->span_len ? left : f->span_len);
}

/* List what is found: span by span, through memory for one. */
static enum ndx_status
find_few(struct finder *f, struct ndx_arena *arena)
{
	const struct ndx_mem *mem = f->segment->env->mem;
	enum ndx_status status = make_lists(f, arena);

	if (status != NDX_OK)
		return status;
	f->room = f->span_len;
	f->tf = ndx_alloc(mem, f->room * sizeof(*f->tf));
	f->title_tf = ndx_alloc(mem, f->room * sizeof(*f->title_tf));
	if (f->tf == NULL || f->title_tf == NULL)
		status = ndx_fail_nomem(f->err);
	for (uint64_t base = 0; status == NDX_OK && base < f->segment->article_count;
	     base += f->span_len) {
		status = add_span(f, (ndx_docid)base);
		if (status == NDX_OK)
			list_span(f, (ndx_docid)base, span_length(f, base));
	}
	ndx_free(mem, f->tf);
	ndx_free(mem, f->title_tf);
	return status;
}

/* Add up where the result stays. */
static enum ndx_status
find_many(struct finder *f, struct ndx_arena *arena)
{
	const size_t count = f->segment->article_count;
	const size_t size = (count + 127) / 64 * 64; /* a block of bits may begin anywhere */
	uint32_t *const tf = ndx_arena_take(arena, size * sizeof(*tf));
	uint32_t *const title_tf = ndx_arena_take(arena, size * sizeof(*title_tf));
	enum ndx_status status = NDX_OK;

	if (tf == NULL || title_tf == NULL)
		return ndx_fail_nomem(f->err);
	for (size_t base = 0; status == NDX_OK && base < count; base += f->span_len) {
		f->tf = tf + base;
		f->title_tf = title_tf + base;
		f->room = size - base < f->span_len ? size - base : f->span_len;
		status = add_span(f, (ndx_docid)base);
		if (status == NDX_OK)
			count_span(f, span_length(f, base));
	}
	f->hits->tf = f->node->field == NDX_FIELD_TITLE ? title_tf : tf;
	f->hits->title_tf = keeps_title_tf(f) ? title_tf : NULL;
	f->hits->count = count;
	return status;
}

static enum ndx_status
find(struct finder *f, struct ndx_arena *arena)
{
	const uint32_t count = f->segment->article_count;
	enum ndx_status status = find_terms(f);

	if (status == NDX_OK)
		status = group_terms(f);
	if (status != NDX_OK || f->term_count == 0)
		return status;
	for (f->span_len = SPAN_LEN_MIN;
	     f->span_len < SPAN_LEN_MAX && f->span_len < f->term_count * SPAN_PER_TERM;)
		f->span_len *= 2;
	if (f->df_sum / DENSE_PART >= count)
		return find_many(f, arena);
	if (f->span_len > count)
		f->span_len = ((size_t)count + 63) / 64 * 64; /* whole words of bits */
	return find_few(f, arena);
}

enum ndx_status
ndx_form_hits_find(const struct ndx_segment *segment, const struct ndx_node *node, bool wants_title,
                   struct ndx_arena *arena, struct ndx_form_hits *hits_ret, struct ndx_err *err)
{
	const struct ndx_mem *mem = segment->env->mem;
	struct finder f = { .segment = segment,
		            .node = node,
		            .wants_title = wants_title || node->field == NDX_FIELD_TITLE,
		            .scratch = ndx_arena_new(mem),
		            .hits = hits_ret,
		            .err = err };
	struct ndx_buf *const buf[] = { &f.titled, &f.titled_tfs, &f.numbers };
	enum ndx_status status;

	if (f.scratch == NULL)
		return ndx_fail_nomem(err);
	*hits_ret = (struct ndx_form_hits){ 0 };
	for (size_t i = 0; i < sizeof(buf) / sizeof(buf[0]); i++)
		ndx_buf_init(buf[i], mem);
	status = find(&f, arena);
	hits_ret->live_count = hits_ret->found_count;
	for (size_t i = 0; segment->tombstones != NULL && i < hits_ret->count; i++)
		hits_ret->live_count -=
			hits_ret->tf[i] > 0 &&
			ndx_tombstones_has(segment->tombstones, ndx_form_hits_docid(hits_ret, i));
	for (size_t i = 0; i < sizeof(buf) / sizeof(buf[0]); i++)
		ndx_buf_free(buf[i]);
	ndx_arena_free(f.scratch);
	return status;
}

enum ndx_status
ndx_wanted_terms_find(const struct ndx_segment *segment, const struct ndx_node *node,
                      struct ndx_arena *arena, struct ndx_wanted_term **term_ret, size_t *count_ret,
                      struct ndx_err *err)
{
	struct finder f = { .segment = segment, .node = node, .scratch = arena, .err = err };
	enum ndx_status status = find_terms(&f);

	if (status == NDX_OK)
		status = group_terms(&f);
	*term_ret = f.term;
	*count_ret = f.term_count;
	return status;
}

enum ndx_status
ndx_form_number(const struct ndx_segment *segment, const struct ndx_term_info *info,
                struct ndx_str term, struct ndx_str form, uint32_t *number_ret, bool *found_ret,
                struct ndx_err *err)
{
	const uint8_t *in = segment->data + info->forms_off, *const end = in + info->forms_size;
	struct ndx_form at;

	*number_ret = 0;
	*found_ret = info->form_count == 0 && ndx_str_equal(term, form);
	for (uint32_t i = 0; !*found_ret && i < info->form_count; i++) {
		if (!ndx_forms_next(&in, end, term, &at))
			return bad_forms(segment, info, err);
		*number_ret = i;
		*found_ret =
			at.size > 0 &&
			ndx_str_equal((struct ndx_str){ (const char *)at.text, at.size }, form);
	}
	return NDX_OK;
}
