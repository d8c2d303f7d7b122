/*
 * forward.c - see forward.h
 *
 * SPDX-License-Identifier: MIT
 */
#include "common/forward.h"

#include "common/bitpack.h"
#include "common/field.h"
#include "common/termdict.h"
#include "common/varint.h"

#define HEAD_SIZE 12
/* Most headlines have no more words. */
#define FEW 16

static uint64_t
group_count(uint64_t articles)
{
	return (articles + NDX_FORWARD_GROUP - 1) / NDX_FORWARD_GROUP;
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
	const uint64_t group_off = forward->groups_off + 8 * (uint64_t)(docid / NDX_FORWARD_GROUP);
	const uint64_t sum_off = forward->sums_off + 2 * (uint64_t)docid;
	const bool is_last = docid % NDX_FORWARD_GROUP == NDX_FORWARD_GROUP - 1 ||
	                     docid == forward->segment->article_count - 1;
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
