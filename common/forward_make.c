/*
 * forward_make.c - a forward index of words in the order of their terms, see forward.h
 *
 * The indexer tells the words of the lists that it writes; what the lists of a segment say is told
 * for ndx check, and where a segment is of an older format.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>

#include "common/bitpack.h"
#include "common/column.h"
#include "common/field.h"
#include "common/forward.h"
#include "common/postings.h"
#include "common/termdict.h"
#include "common/varint.h"

#define NONE UINT32_MAX

/* A word where one stands already. */
struct more {
	ndx_docid docid;
	uint32_t position, number;
};

bool
ndx_forward_maker_init(struct ndx_forward_maker *maker, const struct ndx_mem *mem,
                       const int64_t *title_length, size_t article_count)
{
	size_t places = 0;

	*maker = (struct ndx_forward_maker){ .mem = mem, .article_count = article_count };
	ndx_buf_init(&maker->more, mem);
	ndx_buf_init(&maker->firsts, mem);
	maker->begin = ndx_alloc(mem, (article_count + 1) * sizeof(*maker->begin));
	if (maker->begin == NULL)
		return false;
	for (size_t i = 0; i < article_count; i++) {
		const int64_t length = title_length[i];

		maker->begin[i] = places;
		if (length > 0)
			places += length < NDX_FORWARD_POSITIONS ? (size_t)length
			                                         : NDX_FORWARD_POSITIONS;
	}
	maker->begin[article_count] = places;
	maker->number = ndx_alloc(mem, (places + 1) * sizeof(*maker->number));
	if (maker->number == NULL)
		return false;
	memset(maker->number, 0xff, (places + 1) * sizeof(*maker->number));
	return true;
}

void
ndx_forward_maker_free(struct ndx_forward_maker *maker)
{
	ndx_free(maker->mem, maker->begin);
	ndx_free(maker->mem, maker->number);
	ndx_buf_free(&maker->more);
	ndx_buf_free(&maker->firsts);
}

bool
ndx_forward_maker_next(struct ndx_forward_maker *maker, uint32_t form_count)
{
	ndx_buf_add_u32(&maker->firsts, maker->number_count);
	if (form_count < NONE / 2 - maker->number_count) /* else it has no words here */
		maker->number_count += form_count;
	return !ndx_buf_failed(&maker->firsts);
}

/* Of the term at hand. */
static uint32_t
first_number(const struct ndx_forward_maker *maker)
{
	return ndx_get_u32(maker->firsts.data + maker->firsts.size - 4);
}

bool
ndx_forward_maker_add(struct ndx_forward_maker *maker, ndx_docid docid, uint32_t position,
                      uint32_t form)
{
	const struct more one = { docid, position, first_number(maker) + form };
	const size_t *begin = maker->begin + docid;

	if (docid >= maker->article_count || position >= begin[1] - begin[0] ||
	    one.number >= maker->number_count)
		return true;
	if (maker->number[begin[0] + position] == NONE)
		maker->number[begin[0] + position] = one.number;
	else
		ndx_buf_add(&maker->more, &one, sizeof(one));
	return !ndx_buf_failed(&maker->more);
}

static int
compare_more(const void *a, const void *b)
{
	const struct more *x = a, *y = b;

	if (x->docid != y->docid)
		return x->docid < y->docid ? -1 : 1;
	if (x->position != y->position)
		return x->position < y->position ? -1 : 1;
	return (x->number > y->number) - (x->number < y->number);
}

/* Words on their way, packed as often as there are NDX_BLOCK_LEN. */
struct packer {
	struct ndx_buf *out;
	unsigned width;
	uint32_t word[NDX_BLOCK_LEN];
	size_t count;
};

static void
pack(struct packer *packer)
{
	const size_t size = ndx_packed_size(packer->count, packer->width);
	uint8_t *to = ndx_buf_reserve(packer->out, size + 1);

	if (to == NULL)
		return;
	ndx_pack(packer->word, packer->count, packer->width, to);
	packer->out->size += size;
	packer->count = 0;
}

static void
put_word(struct packer *packer, uint32_t word)
{
	if (packer->count == NDX_BLOCK_LEN)
		pack(packer);
	if (packer->count < NDX_BLOCK_LEN)
		packer->word[packer->count++] = word;
}

/*
 * The words of an article's headline to the packer; returns how many they are.  Moves *more behind
 * those of the article.
 */
static uint32_t
put_words(const struct ndx_forward_maker *maker, size_t docid, const struct more **more,
          const struct more *end, struct packer *packer)
{
	uint32_t count = 0;

	for (size_t at = maker->begin[docid]; at < maker->begin[docid + 1]; at++) {
		const uint32_t number = maker->number[at],
			       position = (uint32_t)(at - maker->begin[docid]);

		put_word(packer, 2 * (number == NONE ? maker->number_count : number));
		count++;
		for (; *more < end && (*more)->docid == docid && (*more)->position == position;
		     (*more)++) {
			/* room for one at each place that is left, at least */
			if (count + (maker->begin[docid + 1] - at) > NDX_FORWARD_WORDS_MAX)
				continue;
			put_word(packer, 2 * (*more)->number + 1);
			count++;
		}
	}
	return count;
}

/* The words of all headlines; before them, in the bytes from groups_off and sums_off on, how many
 * there are before each group, and in it before each article. */
static void
put_headlines(struct ndx_forward_maker *maker, size_t groups_off, size_t sums_off,
              struct packer *packer)
{
	struct more *const more = (struct more *)(void *)maker->more.data;
	const size_t more_count = maker->more.size / sizeof(*more);
	const struct more *const end = more_count == 0 ? more : more + more_count, *at = more;
	struct ndx_buf *out = packer->out;
	uint64_t words = 0, before = 0;

	if (more_count > 0)
		qsort(more, more_count, sizeof(*more), compare_more);
	for (size_t docid = 0; docid < maker->article_count && !ndx_buf_failed(out); docid++) {
		if (docid % NDX_FORWARD_GROUP == 0) {
			before = words;
			ndx_put_u64(out->data + groups_off + docid / NDX_FORWARD_GROUP * 8, words);
		}
		ndx_put_u16(out->data + sums_off + 2 * docid, (uint16_t)(words - before));
		words += put_words(maker, docid, &at, end, packer);
	}
	if (!ndx_buf_failed(out))
		ndx_put_u64(out->data + sums_off - 8, words);
}

void
ndx_forward_maker_put(struct ndx_forward_maker *maker, struct ndx_buf *out)
{
	const size_t count = maker->article_count;
	const size_t groups = (count + NDX_FORWARD_GROUP - 1) / NDX_FORWARD_GROUP;
	struct packer packer = { .out = out };
	size_t groups_off, sums_off;

	packer.width = ndx_bit_width(2 * (uint64_t)maker->number_count + 1);
	ndx_buf_add_u32(out, (uint32_t)(maker->firsts.size / 4));
	ndx_buf_add_u32(out, maker->number_count);
	ndx_buf_add_u32(out, packer.width);
	ndx_buf_add(out, maker->firsts.data, maker->firsts.size);
	ndx_buf_add_u32(out, maker->number_count);
	groups_off = out->size;
	sums_off = groups_off + 8 * (groups + 1);
	if (ndx_buf_reserve(out, 8 * (groups + 1) + 2 * count) == NULL)
		return;
	out->size = sums_off + 2 * count;
	put_headlines(maker, groups_off, sums_off, &packer);
	if (!ndx_buf_failed(out))
		pack(&packer);
}

/* What the lists of a segment say, on its way to a maker. */
struct lists {
	const struct ndx_segment *segment;
	struct ndx_forward_maker *maker;
	bool wants_forms;
	struct ndx_termdict_cursor any; /* the same terms in title and text */
	struct ndx_postings any_list;   /* and their lists */
	uint32_t any_block;             /* that is loaded; UINT32_MAX: none */
	struct ndx_buf numbers;         /* of its forms, see ndx_postings_forms() */
	struct ndx_buf ranges, sums;    /* of a block of a title's list, see ndx_postings_sums() */
	struct ndx_err *err;
};

static enum ndx_status
lacks(const struct lists *lists)
{
	return ndx_segment_corrupt(lists->segment, lists->any_list.info.postings_off, lists->err,
	                           "fewer in articles than in titles");
}

/* Set *form_ret to the forms of the term's first 'count' positions in an article, rising docids. */
static enum ndx_status
find_forms(struct lists *lists, ndx_docid docid, uint32_t count, const uint32_t **form_ret)
{
	struct ndx_postings *list = &lists->any_list;
	const uint32_t from = lists->any_block == UINT32_MAX ? 0 : lists->any_block;
	const uint32_t block = ndx_postings_skip(list, from, docid);
	enum ndx_status status = NDX_OK;
	uint32_t i = 0;
	size_t at;

	if (block >= list->block_count)
		return lacks(lists);
	if (block != lists->any_block) {
		status = ndx_postings_load(list, block, lists->err);
		if (status == NDX_OK)
			status = ndx_postings_forms(list, &lists->numbers, NULL, lists->err);
		lists->any_block = block;
	}
	if (status != NDX_OK)
		return status;
	while (i < list->count && list->docid[i] < docid)
		i++;
	at = i == 0 ? 0 : (size_t)list->tf_sum[i - 1] + 1;
	if (i == list->count || list->docid[i] != docid || !list->sums_done ||
	    count > list->tf_sum[i] + 1 - at || at + count > lists->numbers.size / sizeof(uint32_t))
		return lacks(lists);
	*form_ret = (const uint32_t *)(const void *)lists->numbers.data + at;
	return NDX_OK;
}

static enum ndx_status
add_block(struct lists *lists, struct ndx_postings *list)
{
	const bool one_form = !lists->wants_forms || lists->any_list.info.form_count < 2;
	uint8_t at[NDX_BLOCK_LEN];
	enum ndx_status status;

	for (uint32_t i = 0; i < list->count; i++)
		at[i] = (uint8_t)i;
	ndx_buf_clear(&lists->ranges);
	ndx_buf_clear(&lists->sums);
	status = ndx_postings_sums(list, at, list->count, &lists->ranges, &lists->sums, lists->err);
	for (uint32_t i = 0; status == NDX_OK && i < list->count; i++) {
		const struct ndx_range range =
			((const struct ndx_range *)(const void *)lists->ranges.data)[i];
		const uint32_t *sum =
			(const uint32_t *)(const void *)lists->sums.data + range.begin;
		const uint32_t *form = NULL;

		if (!one_form)
			status = find_forms(lists, list->docid[i], range.count, &form);
		for (uint32_t p = 0; status == NDX_OK && p < range.count; p++)
			if (!ndx_forward_maker_add(lists->maker, list->docid[i],
			                           sum[p] - range.base, form == NULL ? 0 : form[p]))
				return ndx_fail_nomem(lists->err);
	}
	return status;
}

/* Go on to the title's term in the lists of title and text, if its forms are wanted. */
static enum ndx_status
open_any(struct lists *lists, const struct ndx_termdict_cursor *title)
{
	uint8_t key[NDX_KEY_SIZE_MAX] = { NDX_FIELD_ANY };
	bool found = false;
	enum ndx_status status;

	lists->any_list.info.form_count = 0;
	lists->any_block = UINT32_MAX;
	if (!lists->wants_forms)
		return NDX_OK;
	memcpy(key + 1, title->key + 1, title->key_size - 1);
	status = ndx_termdict_find_on(&lists->any, key, title->key_size, &found, lists->err);
	if (status == NDX_OK && !found)
		return ndx_segment_corrupt(lists->segment, title->info.postings_off, lists->err,
		                           "a term of titles alone");
	return status == NDX_OK ? ndx_postings_open(lists->segment, &lists->any.info,
	                                            &lists->any_list, lists->err)
	                        : status;
}

static enum ndx_status
add_term(struct lists *lists, const struct ndx_termdict_cursor *title)
{
	struct ndx_postings list;
	uint32_t forms;
	enum ndx_status status = open_any(lists, title);

	if (status != NDX_OK)
		return status;
	forms = lists->any_list.info.form_count;
	if (!ndx_forward_maker_next(lists->maker, forms == 0 ? 1 : forms))
		return ndx_fail_nomem(lists->err);
	status = ndx_postings_open(lists->segment, &title->info, &list, lists->err);
	for (uint32_t b = 0; status == NDX_OK && b < list.block_count; b++) {
		status = ndx_postings_load(&list, b, lists->err);
		if (status == NDX_OK)
			status = add_block(lists, &list);
	}
	return status;
}

static enum ndx_status
add_lists(struct lists *lists)
{
	const uint8_t title = NDX_FIELD_TITLE, any = NDX_FIELD_ANY;
	struct ndx_termdict_cursor terms;
	enum ndx_status status = ndx_termdict_seek(lists->segment, &title, 1, &terms, lists->err);

	if (status == NDX_OK)
		status = ndx_termdict_seek_key(lists->segment, &any, 1, &lists->any, lists->err);
	while (status == NDX_OK && !ndx_termdict_done(&terms) && terms.key[0] == title) {
		status = add_term(lists, &terms);
		if (status == NDX_OK)
			status = ndx_termdict_next(&terms, lists->err);
	}
	return status;
}

/* The number of positions of each headline; from mem. */
static enum ndx_status
read_lengths(const struct ndx_segment *segment, int64_t **length_ret, struct ndx_err *err)
{
	struct ndx_column titles;
	enum ndx_status status = ndx_column_open(segment, NDX_PART_TITLES, &titles, err);

	if (status != NDX_OK)
		return status;
	*length_ret = ndx_alloc(segment->env->mem,
	                        (segment->article_count + (size_t)1) * sizeof(int64_t));
	if (*length_ret == NULL)
		return ndx_fail_nomem(err);
	return segment->article_count == 0
	               ? NDX_OK
	               : ndx_column_read(&titles, 0, segment->article_count, *length_ret, err);
}

enum ndx_status
ndx_forward_make(const struct ndx_segment *segment, bool forms, struct ndx_buf *out,
                 struct ndx_err *err)
{
	const struct ndx_mem *mem = segment->env->mem;
	struct ndx_forward_maker maker;
	struct lists lists = {
		.segment = segment, .maker = &maker, .wants_forms = forms, .err = err
	};
	struct ndx_buf *const buf[] = { &lists.numbers, &lists.ranges, &lists.sums };
	int64_t *length = NULL;
	enum ndx_status status = read_lengths(segment, &length, err);

	if (status != NDX_OK) {
		ndx_free(mem, length);
		return status;
	}
	for (size_t i = 0; i < sizeof(buf) / sizeof(buf[0]); i++)
		ndx_buf_init(buf[i], mem);
	if (ndx_forward_maker_init(&maker, mem, length, segment->article_count))
		status = add_lists(&lists);
	else
		status = ndx_fail_nomem(err);
	if (status == NDX_OK) {
		ndx_forward_maker_put(&maker, out);
		if (ndx_buf_failed(out))
			status = ndx_fail_nomem(err);
	}
	ndx_forward_maker_free(&maker);
	for (size_t i = 0; i < sizeof(buf) / sizeof(buf[0]); i++)
		ndx_buf_free(buf[i]);
	ndx_free(mem, length);
	return status;
}
