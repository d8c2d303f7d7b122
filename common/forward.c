/*
 * forward.c - see forward.h
 *
 * SPDX-License-Identifier: MIT
 */
#include "common/forward.h"

#include <inttypes.h>
#include <stdlib.h>

#include "common/bitpack.h"
#include "common/column.h"
#include "common/field.h"
#include "common/postings.h"
#include "common/termdict.h"
#include "common/varint.h"

#define HEAD_SIZE 12
/* Articles under one number of words. */
#define GROUP 64
/* Most headlines have no more words. */
#define FEW  16
#define NONE UINT32_MAX

/* A word where one stands already. */
struct more {
	ndx_docid docid;
	uint32_t position, number;
};

static uint64_t
group_count(uint64_t articles)
{
	return (articles + GROUP - 1) / GROUP;
}

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
 * The words of an article's headline to the packer, if there is one; returns how many they are.
 * Moves *more behind those of the article.
 */
static uint32_t
put_words(const struct ndx_forward_maker *maker, size_t docid, const struct more **more,
          const struct more *end, struct packer *packer)
{
	uint32_t count = 0;

	for (size_t at = maker->begin[docid]; at < maker->begin[docid + 1]; at++) {
		const uint32_t number = maker->number[at],
			       position = (uint32_t)(at - maker->begin[docid]);

		/* room for one at each place that is left, at least */
		if (packer != NULL)
			put_word(packer, 2 * (number == NONE ? maker->number_count : number));
		count++;
		for (; *more < end && (*more)->docid == docid && (*more)->position == position;
		     (*more)++) {
			if (count + (maker->begin[docid + 1] - at) > NDX_FORWARD_WORDS_MAX)
				continue;
			if (packer != NULL)
				put_word(packer, 2 * (*more)->number + 1);
			count++;
		}
	}
	return count;
}

void
ndx_forward_maker_put(struct ndx_forward_maker *maker, struct ndx_buf *out)
{
	struct more *const more = (struct more *)(void *)maker->more.data;
	const size_t more_count = maker->more.size / sizeof(*more);
	const struct more *const end = more_count == 0 ? more : more + more_count, *at = more;
	struct packer packer = { .out = out };
	uint64_t words = 0;
	size_t docid;

	packer.width = ndx_bit_width(2 * (uint64_t)maker->number_count + 1);
	if (more_count > 0)
		qsort(more, more_count, sizeof(*more), compare_more);
	ndx_buf_add_u32(out, (uint32_t)(maker->firsts.size / 4));
	ndx_buf_add_u32(out, maker->number_count);
	ndx_buf_add_u32(out, packer.width);
	ndx_buf_add(out, maker->firsts.data, maker->firsts.size);
	ndx_buf_add_u32(out, maker->number_count);
	for (docid = 0; docid < maker->article_count; docid++) {
		if (docid % GROUP == 0)
			ndx_buf_add_u64(out, words);
		words += put_words(maker, docid, &at, end, NULL);
	}
	ndx_buf_add_u64(out, words);
	at = more;
	for (docid = 0; docid < maker->article_count; docid++) {
		words = docid % GROUP == 0 ? 0 : words;
		ndx_buf_add_u16(out, (uint16_t)words);
		words += put_words(maker, docid, &at, end, NULL);
	}
	at = more;
	for (docid = 0; docid < maker->article_count && !ndx_buf_failed(out); docid++)
		put_words(maker, docid, &at, end, &packer);
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
	enum ndx_status status;

	lists->any_list.info.form_count = 0;
	lists->any_block = UINT32_MAX;
	if (!lists->wants_forms)
		return NDX_OK;
	memcpy(key + 1, title->key + 1, title->key_size - 1);
	status = ndx_termdict_seek_on(&lists->any, key, title->key_size, lists->err);
	if (status != NDX_OK)
		return status;
	if (ndx_termdict_done(&lists->any) || lists->any.key_size != title->key_size ||
	    memcmp(lists->any.key, key, title->key_size) != 0)
		return ndx_segment_corrupt(lists->segment, title->info.postings_off, lists->err,
		                           "a term of titles alone");
	status = ndx_termdict_read_info(&lists->any, lists->err);
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

/* Believe in data[off .. off + size - 1], which there is, and what is around it. */
static enum ndx_status
verify_more(const struct ndx_forward *forward, uint64_t off, uint64_t size,
            struct ndx_forward_believed *believed, struct ndx_err *err)
{
	const uint64_t part_off = forward->segment->part[NDX_PART_FORWARD].off;
	const uint64_t part_size = forward->segment->part[NDX_PART_FORWARD].size;
	const uint64_t end = part_off + off + size;
	const uint64_t first = (part_off + off) / NDX_SUM_BLOCK_SIZE * NDX_SUM_BLOCK_SIZE;
	const uint64_t last =
		(end + NDX_SUM_BLOCK_SIZE - 1) / NDX_SUM_BLOCK_SIZE * NDX_SUM_BLOCK_SIZE;
	enum ndx_status status;

	if (forward->made.size > 0) {
		*believed = (struct ndx_forward_believed){ 0, forward->made.size };
		return NDX_OK;
	}
	status = ndx_segment_verify(forward->segment, part_off + off, size, err);
	if (status == NDX_OK) {
		believed->begin = first < part_off ? 0 : first - part_off;
		believed->end = last - part_off < part_size ? last - part_off : part_size;
	}
	return status;
}

static inline enum ndx_status
verify(const struct ndx_forward *forward, uint64_t off, uint64_t size,
       struct ndx_forward_believed *believed, struct ndx_err *err)
{
	return off >= believed->begin && off + size <= believed->end
	               ? NDX_OK
	               : verify_more(forward, off, size, believed, err);
}

static enum ndx_status
corrupt(const struct ndx_forward *forward, uint64_t off, const char *what, struct ndx_err *err)
{
	return ndx_segment_corrupt(forward->segment,
	                           forward->segment->part[NDX_PART_FORWARD].off + off, err,
	                           "%s in the forward index", what);
}

static enum ndx_status
read_head(struct ndx_forward *forward, uint64_t size, struct ndx_err *err)
{
	const uint64_t articles = forward->segment->article_count;
	uint64_t all_off;
	enum ndx_status status;

	if (size < HEAD_SIZE)
		return corrupt(forward, 0, "too few bytes", err);
	status = verify(forward, 0, HEAD_SIZE, &forward->terms, err);
	if (status != NDX_OK)
		return status;
	forward->term_count = ndx_get_u32(forward->data);
	forward->number_count = ndx_get_u32(forward->data + 4);
	forward->width = ndx_get_u32(forward->data + 8);
	forward->groups_off = HEAD_SIZE + 4 * ((uint64_t)forward->term_count + 1);
	all_off = forward->groups_off + 8 * group_count(articles);
	forward->sums_off = all_off + 8;
	forward->words_off = forward->sums_off + 2 * articles;
	if (forward->width != ndx_bit_width(2 * (uint64_t)forward->number_count + 1) ||
	    forward->width > 32)
		return corrupt(forward, 8, "a bad width", err);
	if (size < forward->words_off)
		return corrupt(forward, 0, "too few bytes", err);
	status = verify(forward, all_off, 8, &forward->groups, err);
	if (status != NDX_OK)
		return status;
	forward->word_count = ndx_get_u64(forward->data + all_off);
	if (forward->word_count > articles * NDX_FORWARD_WORDS_MAX ||
	    ndx_packed_size(forward->word_count, forward->width) != size - forward->words_off)
		return corrupt(forward, all_off, "a bad number of words", err);
	return NDX_OK;
}

enum ndx_status
ndx_forward_open(const struct ndx_segment *segment, struct ndx_forward *forward_ret,
                 struct ndx_err *err)
{
	const struct ndx_span part = segment->part[NDX_PART_FORWARD];
	const uint8_t key = NDX_FIELD_TITLE;
	struct ndx_forward *forward = forward_ret;
	struct ndx_termdict_cursor terms;
	uint64_t size = part.size;
	enum ndx_status status;

	*forward = (struct ndx_forward){ .segment = segment, .data = segment->data + part.off };
	ndx_buf_init(&forward->made, segment->env->mem);
	status = ndx_termdict_seek_key(segment, &key, 1, &terms, err);
	if (status == NDX_OK)
		forward->ordinal_first = ndx_termdict_ordinal(&terms);
	if (status == NDX_OK && size == 0) {
		status = ndx_forward_make(segment, false, &forward->made, err);
		size = forward->made.size;
		if (status == NDX_OK && ndx_buf_reserve(&forward->made, 4 * NDX_READ_SLACK) == NULL)
			status = ndx_fail_nomem(err);
		forward->data = forward->made.data;
	}
	return status == NDX_OK ? read_head(forward, size, err) : status;
}

void
ndx_forward_close(struct ndx_forward *forward)
{
	ndx_buf_free(&forward->made);
}

enum ndx_status
ndx_forward_term(struct ndx_forward *forward, uint32_t term, struct ndx_forward_range *range_ret,
                 struct ndx_err *err)
{
	const uint64_t off = HEAD_SIZE + 4 * (uint64_t)term;
	uint32_t first, end;
	enum ndx_status status;

	*range_ret = (struct ndx_forward_range){ forward->number_count, 0 };
	if (term >= forward->term_count)
		return NDX_OK;
	status = verify(forward, off, 8, &forward->terms, err);
	if (status != NDX_OK)
		return status;
	first = ndx_get_u32(forward->data + off);
	end = ndx_get_u32(forward->data + off + 4);
	if (first > end || end > forward->number_count)
		return corrupt(forward, off, "bad numbers", err);
	*range_ret = (struct ndx_forward_range){ first, end - first };
	return NDX_OK;
}

enum ndx_status
ndx_forward_firsts(struct ndx_forward *forward, const uint8_t **firsts_ret, struct ndx_err *err)
{
	*firsts_ret = forward->data + HEAD_SIZE;
	return verify(forward, HEAD_SIZE, 4 * ((uint64_t)forward->term_count + 1), &forward->terms,
	              err);
}

/* Which words are an article's: from *first_ret on, so many. */
static inline enum ndx_status
find_words(struct ndx_forward *forward, ndx_docid docid, uint64_t *first_ret, uint32_t *count_ret,
           struct ndx_err *err)
{
	const uint64_t group_off = forward->groups_off + 8 * (uint64_t)(docid / GROUP);
	const uint64_t sum_off = forward->sums_off + 2 * (uint64_t)docid;
	const bool is_last =
		docid % GROUP == GROUP - 1 || docid == forward->segment->article_count - 1;
	uint64_t first, end;
	enum ndx_status status = verify(forward, group_off, 16, &forward->groups, err);

	if (status == NDX_OK)
		status = verify(forward, sum_off, is_last ? 2 : 4, &forward->sums, err);
	if (status != NDX_OK)
		return status;
	first = end = ndx_get_u64(forward->data + group_off);
	first += ndx_get_u16(forward->data + sum_off);
	end = is_last ? ndx_get_u64(forward->data + group_off + 8)
	              : end + ndx_get_u16(forward->data + sum_off + 2);
	if (end > forward->word_count || first > end || end - first > NDX_FORWARD_WORDS_MAX)
		return corrupt(forward, sum_off, "a bad place", err);
	*first_ret = first;
	*count_ret = (uint32_t)(end - first);
	return NDX_OK;
}

enum ndx_status
ndx_forward_get(struct ndx_forward *forward, ndx_docid docid, struct ndx_forward_headline *headline,
                struct ndx_err *err)
{
	const uint8_t *words = forward->data + forward->words_off;
	uint32_t any = 0, skip;
	uint64_t first = 0, bit;
	enum ndx_status status = find_words(forward, docid, &first, &headline->count, err);

	if (status != NDX_OK)
		return status;
	skip = first % 8; /* eight values begin on a byte */
	bit = (first - skip) * forward->width;
	status = verify(forward, forward->words_off + bit / 8,
	                ndx_packed_size(skip + headline->count, forward->width), &forward->words,
	                err);
	if (status != NDX_OK)
		return status;
	/* behind a part there is the table of contents at least, which is room to read on */
	forward->segment->kernels->unpack(words + bit / 8,
	                                  skip + (headline->count < FEW ? FEW : headline->count),
	                                  forward->width, headline->unpacked);
	headline->word = headline->unpacked + skip;
	for (uint32_t i = 0; i < FEW; i++)
		any |= i < headline->count ? headline->word[i] : 0;
	headline->is_few = (any & 1) == 0 && headline->count <= FEW;
	return NDX_OK;
}

/* Bits: those of a few words that are the headline's. */
static uint64_t
few_places(const struct ndx_forward_headline *headline)
{
	return ((uint64_t)1 << headline->count) - 1;
}

uint64_t
ndx_forward_places(const struct ndx_forward_headline *headline, struct ndx_forward_range range)
{
	const uint32_t least = 2 * range.first, most = 2 * range.count;
	uint32_t position = UINT32_MAX;
	uint64_t places = 0;

	if (headline->is_few) {
		for (uint32_t i = 0; i < FEW; i++)
			places |= (uint64_t)(headline->word[i] - least < most) << i;
		return places & few_places(headline);
	}
	for (uint32_t i = 0; i < headline->count; i++) {
		position += 1 - (headline->word[i] & 1);
		if (headline->word[i] - least < most && position < NDX_FORWARD_POSITIONS)
			places |= (uint64_t)1 << position;
	}
	return places;
}

uint64_t
ndx_forward_shared(const struct ndx_forward_headline *headline)
{
	uint32_t position = UINT32_MAX;
	uint64_t places = 0;

	if (headline->is_few)
		return 0;
	for (uint32_t i = 0; i < headline->count; i++) {
		const bool same = (headline->word[i] & 1) != 0;

		position += !same;
		if (same && position < NDX_FORWARD_POSITIONS)
			places |= (uint64_t)1 << position;
	}
	return places;
}

/* Add to number[n], if it is not there. */
static uint32_t
add_number(uint32_t *number, uint32_t n, uint32_t one)
{
	uint32_t same = 0;

	number[n] = one;
	while (number[same] != one)
		same++;
	return n + (same == n);
}

uint32_t
ndx_forward_numbers(const struct ndx_forward_headline *headline, uint64_t places,
                    uint32_t number[NDX_FORWARD_WORDS_MAX])
{
	uint32_t position = UINT32_MAX, n = 0;

	if (headline->is_few) {
		places &= few_places(headline);
		for (; places != 0; places &= places - 1)
			n = add_number(number, n, headline->word[__builtin_ctzll(places)] / 2);
		return n;
	}
	for (uint32_t i = 0; places != 0 && i < headline->count; i++) {
		position += 1 - (headline->word[i] & 1);
		if (position < NDX_FORWARD_POSITIONS && (places >> position & 1) != 0)
			n = add_number(number, n, headline->word[i] / 2);
	}
	return n;
}
