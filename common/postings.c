/*
 * postings.c - the postings list of one term in one segment
 *
 * A list of one block is that block and nothing else.  A longer one, of b blocks in
 * g = ceil(b / 32) groups:
 *
 *   +------+----------------+----------------+---------+---------+----
 *   | head | g group entries| b block entries| block 0 | block 1 | ...
 *   +------+----------------+----------------+---------+---------+----
 *
 *   head, 14 bytes:   u8 tf, u8 norm, three times (impacts of the list); u8 title tf; u8 0;
 *                     u8 tf, u8 norm, three times (thresholds for k = 10, 100, 1000; tf 0: none)
 *   group entries:    arrays, each of g: u32 last docid; u32 offset of the group's first block
 *                     from block 0; u64 offset of its positions from those of block 0;
 *                     the impacts: u8 tf, u8 norm, and twice again; u8 title tf
 *   block entries:    per group, arrays, each of 32 (the last group: of the rest): u32 last docid;
 *                     u32 offset of the block's positions from the group's; u16 offset of the
 *                     block from the group's first; the impacts: u8 tf, u8 norm, and twice
 *                     again; u8 title tf
 *
 * "Title tf" is the largest number of times that the term stands in the title of one
 * of these articles (255: any): with it, and the impacts, a score under a title weight is bounded.
 *
 * What must hold: last docids rise strictly; offsets do not fall; blocks as in
 * postings_block.c fill the list to its end.
 *
 * SPDX-License-Identifier: MIT
 */
#include "common/postings.h"

#include <inttypes.h>

#include "common/positions.h"
#include "common/postings_inline.h"
#include "common/postings_layout.h"
#include "common/varint.h"

/* How much of a list's skip data is asked for when it is opened; how far ahead of a block:
 * measured. */
#define PREFETCH_HEAD_MAX 4096
#define PREFETCH_AHEAD    320
/* Of a long list on disk so much is read at once. */
#define EXPECT_MAX ((uint64_t)1 << 20)

/* Blocks in a group. */
static uint32_t
group_blocks(const struct ndx_postings *postings, uint32_t group)
{
	uint32_t left = postings->block_count - group * NDX_GROUP_LEN;

	return left < NDX_GROUP_LEN ? left : NDX_GROUP_LEN;
}

static const uint8_t *
group_entries(const struct ndx_postings *postings, uint32_t group)
{
	return postings->entries + (size_t)group * NDX_GROUP_LEN * NDX_BLOCK_ENTRY_SIZE;
}

static enum ndx_status
corrupt(const struct ndx_postings *postings, uint64_t off, struct ndx_err *err, const char *what)
{
	return ndx_segment_corrupt(postings->segment, off, err, "%s in postings of df %" PRIu32,
	                           what, postings->info.df);
}

/* Ask the processor for bytes that will be read soon; it does not matter if there are none. */
static void
prefetch(const uint8_t *at, size_t size)
{
	for (size_t i = 0; i < size; i += 64)
		__builtin_prefetch(at + i);
}

enum ndx_status
ndx_postings_open(const struct ndx_segment *segment, const struct ndx_term_info *info,
                  struct ndx_postings *postings, struct ndx_err *err)
{
	uint64_t head_size;
	enum ndx_status status;

	postings->segment = segment;
	postings->info = *info;
	postings->block_count = (info->df - 1) / NDX_BLOCK_LEN + 1;
	postings->group_count = 0;
	postings->blocks_off = info->postings_off;
	postings->at_block = UINT32_MAX;
	postings->verified_end = 0;
	if (postings->block_count == 1)
		return NDX_OK;
	postings->group_count = (postings->block_count - 1) / NDX_GROUP_LEN + 1;
	head_size = NDX_LIST_HEAD_SIZE + (uint64_t)postings->group_count * NDX_GROUP_ENTRY_SIZE +
	            (uint64_t)postings->block_count * NDX_BLOCK_ENTRY_SIZE;
	if (head_size > info->postings_size)
		return corrupt(postings, info->postings_off, err, "cut-off skip data");
	ndx_segment_expect(segment, info->postings_off,
	                   info->postings_size < EXPECT_MAX ? info->postings_size : EXPECT_MAX);
	prefetch(segment->data + info->postings_off,
	         head_size < PREFETCH_HEAD_MAX ? (size_t)head_size : PREFETCH_HEAD_MAX);
	status = ndx_segment_verify(segment, info->postings_off, head_size, err);
	if (status != NDX_OK)
		return status;
	postings->groups = segment->data + info->postings_off + NDX_LIST_HEAD_SIZE;
	postings->entries = postings->groups + (size_t)postings->group_count * NDX_GROUP_ENTRY_SIZE;
	postings->blocks_off = info->postings_off + head_size;
	return NDX_OK;
}

ndx_docid
ndx_postings_group_last(const struct ndx_postings *postings, uint32_t group)
{
	return ndx_get_u32(postings->groups + 4 * (size_t)group);
}

ndx_docid
ndx_postings_block_last(const struct ndx_postings *postings, uint32_t block)
{
	if (postings->group_count == 0)
		return postings->segment->article_count - 1;
	return ndx_get_u32(group_entries(postings, block / NDX_GROUP_LEN) +
	                   4 * (size_t)(block % NDX_GROUP_LEN));
}

uint32_t
ndx_postings_skip(const struct ndx_postings *postings, uint32_t block, ndx_docid docid)
{
	uint32_t group = block / NDX_GROUP_LEN, low = group, high = postings->group_count;

	if (postings->group_count == 0 || block >= postings->block_count)
		return block;
	if (ndx_postings_group_last(postings, group) < docid) {
		while (low < high) { /* the first group that ends at docid or later */
			uint32_t middle = low + (high - low) / 2;

			if (ndx_postings_group_last(postings, middle) < docid)
				low = middle + 1;
			else
				high = middle;
		}
		if (low == postings->group_count)
			return postings->block_count;
		group = low;
		block = group * NDX_GROUP_LEN;
	}
	while (block < postings->block_count && ndx_postings_block_last(postings, block) < docid)
		block++;
	return block;
}

/* Where block number 'block' begins, from blocks_off, and where at the latest it ends. */
static void
block_bounds(const struct ndx_postings *postings, uint32_t block, uint64_t *begin_ret,
             uint64_t *end_ret)
{
	uint32_t group = block / NDX_GROUP_LEN, n;
	const uint8_t *entries;

	*begin_ret = 0;
	*end_ret =
		postings->info.postings_off + postings->info.postings_size - postings->blocks_off;
	if (postings->group_count == 0)
		return;
	n = group_blocks(postings, group);
	entries = group_entries(postings, group) + 8 * (size_t)n;
	*begin_ret = (uint64_t)ndx_get_u32(postings->groups + 4 * (size_t)postings->group_count +
	                                   4 * (size_t)group) +
	             ndx_get_u16(entries + 2 * (size_t)(block % NDX_GROUP_LEN));
	if (*begin_ret + NDX_BLOCK_SIZE_MAX < *end_ret)
		*end_ret = *begin_ret + NDX_BLOCK_SIZE_MAX;
}

static enum ndx_status
load_inline(struct ndx_postings *postings, struct ndx_err *err)
{
	struct ndx_inline_postings few;

	if (!ndx_inline_decode(postings->segment->data + postings->info.postings_off,
	                       postings->info.postings_size, postings->info.df,
	                       postings->info.has_positions, postings->info.form_count,
	                       postings->segment->article_count, &few))
		return corrupt(postings, postings->info.postings_off, err, "bad bytes");
	memcpy(postings->docid, few.docid, sizeof(few.docid));
	memcpy(postings->tf, few.tf, sizeof(few.tf));
	postings->docids_done = postings->tfs_done = true;
	return NDX_OK;
}

/* Find the block's parts at their place in the file. */
static enum ndx_status
load_block(struct ndx_postings *postings, uint32_t block, struct ndx_err *err)
{
	const struct ndx_segment *segment = postings->segment;
	ndx_docid prev = block == 0 ? NDX_DOCID_NONE : ndx_postings_block_last(postings, block - 1);
	uint64_t begin, end;
	ndx_docid last;
	enum ndx_status status;

	block_bounds(postings, block, &begin, &end);
	if (begin >= end)
		return corrupt(postings, postings->blocks_off, err, "a bad block offset");
	prefetch(segment->data + postings->blocks_off + begin + PREFETCH_AHEAD, 128);
	status = ndx_segment_verify(segment, postings->blocks_off + begin, end - begin, err);
	if (status != NDX_OK)
		return status;
	if (ndx_block_parse(segment->data + postings->blocks_off + begin, (size_t)(end - begin),
	                    postings->count, prev, segment->kernels, &postings->block) == 0)
		return corrupt(postings, postings->blocks_off + begin, err, "no block");
	/* seen when docids are decoded */
	if (postings->block.word_count == 0)
		return NDX_OK;
	last = ndx_block_bitset_last(&postings->block);
	if (last < (ndx_docid)(prev + 1) || last >= segment->article_count ||
	    (postings->group_count > 0 && last != ndx_postings_block_last(postings, block)))
		return corrupt(postings, postings->blocks_off + begin, err, "bad docids");
	return NDX_OK;
}

enum ndx_status
ndx_postings_enter(struct ndx_postings *postings, uint32_t block, struct ndx_err *err)
{
	enum ndx_status status;

	if (postings->at_block == block)
		return NDX_OK;
	postings->at_block = UINT32_MAX;
	postings->docids_done = postings->tfs_done = postings->sums_done = false;
	postings->total = 0;
	postings->block.word_count = postings->block.exception_count = 0;
	postings->count = block + 1 < postings->block_count
	                          ? NDX_BLOCK_LEN
	                          : postings->info.df - block * NDX_BLOCK_LEN;
	status = postings->info.is_inline ? load_inline(postings, err)
	                                  : load_block(postings, block, err);
	if (status == NDX_OK)
		postings->at_block = block;
	return status;
}

enum ndx_status
ndx_postings_load(struct ndx_postings *postings, uint32_t block, struct ndx_err *err)
{
	const struct ndx_segment *segment = postings->segment;
	enum ndx_status status = ndx_postings_enter(postings, block, err);

	if (status != NDX_OK || postings->docids_done)
		return status;
	if (!ndx_block_docids(&postings->block, segment->kernels, segment->article_count,
	                      postings->docid) ||
	    (postings->group_count > 0 &&
	     postings->docid[postings->count - 1] != ndx_postings_block_last(postings, block))) {
		postings->at_block = UINT32_MAX;
		return corrupt(postings, (uint64_t)(postings->block.docs - segment->data), err,
		               "bad docids");
	}
	postings->docids_done = true;
	return NDX_OK;
}

/* Where a block's positions begin, from the list's positions. */
static uint64_t
positions_off(const struct ndx_postings *postings, uint32_t block)
{
	const uint32_t group = block / NDX_GROUP_LEN;
	uint64_t of_group;

	if (postings->group_count == 0)
		return 0;
	of_group = ndx_get_u64(postings->groups + 8 * (size_t)postings->group_count +
	                       8 * (size_t)group);
	return of_group + ndx_get_u32(group_entries(postings, group) +
	                              4 * (size_t)group_blocks(postings, group) +
	                              4 * (size_t)(block % NDX_GROUP_LEN));
}

/* The same of the loaded block. */
static uint64_t
positions_begin(const struct ndx_postings *postings)
{
	return positions_off(postings, postings->at_block);
}

static enum ndx_status
inline_positions(struct ndx_postings *postings, uint32_t i, struct ndx_buf *positions,
                 struct ndx_err *err)
{
	struct ndx_inline_postings few;
	size_t skip = 0;

	if (!ndx_inline_decode(postings->segment->data + postings->info.postings_off,
	                       postings->info.postings_size, postings->info.df, true,
	                       postings->info.form_count, postings->segment->article_count, &few))
		return corrupt(postings, postings->info.postings_off, err, "bad bytes");
	for (uint32_t j = 0; j < i; j++)
		skip += few.tf[j];
	ndx_buf_add(positions, few.position + skip, few.tf[i] * sizeof(few.position[0]));
	return ndx_buf_failed(positions) ? ndx_fail_nomem(err) : NDX_OK;
}

void
ndx_postings_sum_tfs(struct ndx_postings *postings)
{
	const struct ndx_block *block = &postings->block;

	if (postings->total > 0)
		return;
	/* Of no more than 24 bits each, the sums cannot wrap. */
	if (!postings->info.is_inline &&
	    block->tf_width + (block->exception_count > 0 ? 8 : 0) <= 24) {
		ndx_block_tf_sums(block, postings->segment->kernels, postings->tf_sum);
		postings->total = (uint64_t)postings->tf_sum[postings->count - 1] + 1;
		postings->sums_done = true;
		return;
	}
	ndx_postings_load_tfs(postings);
	for (uint32_t j = 0; j < postings->count; j++) {
		postings->total += postings->tf[j];
		postings->tf_sum[j] = (uint32_t)(postings->total - 1);
	}
	postings->sums_done = postings->total <= UINT32_MAX;
}

/* The sum of tf[0..i) of the loaded block. */
static uint64_t
sum_before(const struct ndx_postings *postings, uint32_t i)
{
	uint64_t sum = 0;

	if (postings->sums_done)
		return i == 0 ? 0 : (uint64_t)postings->tf_sum[i - 1] + 1;
	for (uint32_t j = 0; j < i; j++)
		sum += postings->tf[j];
	return sum;
}

static uint32_t
tf_of(const struct ndx_postings *postings, uint32_t i)
{
	return postings->sums_done
	               ? (uint32_t)(sum_before(postings, i + 1) - sum_before(postings, i))
	               : postings->tf[i];
}

/* Where the loaded block's positions are; they are checked, and may end before in_size. */
static enum ndx_status
positions_bytes(struct ndx_postings *postings, const uint8_t **in_ret, size_t *size_ret,
                struct ndx_err *err)
{
	const struct ndx_segment *segment = postings->segment;
	uint64_t begin, size;
	enum ndx_status status;

	ndx_postings_sum_tfs(postings);
	begin = positions_begin(postings);
	if (begin >= postings->info.positions_size)
		return corrupt(postings, postings->info.positions_off, err,
		               "a bad positions offset");
	size = postings->info.positions_size - begin;
	/* No position takes more than 7 bytes: 4 of its own, 2 of an exception, a share of the
	 * head. */
	size = size / 7 > postings->total ? 7 * (postings->total + 1) : size;
	status = ndx_segment_verify(segment, postings->info.positions_off + begin, size, err);
	if (status != NDX_OK)
		return status;
	if (postings->total / 128 >
	    size) /* more than any encoding could hold: do not allocate for it */
		return corrupt(postings, postings->info.positions_off + begin, err, "a bad tf");
	*in_ret = segment->data + postings->info.positions_off + begin;
	*size_ret = (size_t)size;
	return NDX_OK;
}

static enum ndx_status
bad_positions(const struct ndx_postings *postings, const uint8_t *in, struct ndx_err *err)
{
	return corrupt(postings, (uint64_t)(in - postings->segment->data), err, "bad positions");
}

enum ndx_status
ndx_postings_first_positions(struct ndx_postings *postings, uint32_t i, uint32_t most,
                             struct ndx_buf *positions, struct ndx_err *err)
{
	uint32_t count;
	const uint8_t *in;
	size_t size;
	uint8_t *out;
	enum ndx_status status;

	ndx_buf_clear(positions);
	if (!postings->info.has_positions)
		return corrupt(postings, postings->info.postings_off, err, "no positions");
	if (postings->info.is_inline)
		return inline_positions(postings, i, positions, err);
	status = positions_bytes(postings, &in, &size, err);
	if (status != NDX_OK)
		return status;
	count = tf_of(postings, i);
	if (count > most)
		count = most;
	out = ndx_buf_reserve(positions, count * sizeof(uint32_t));
	if (out == NULL)
		return ndx_fail_nomem(err);
	if (!ndx_positions_decode(in, size, postings->total, sum_before(postings, i), count,
	                          (uint32_t *)(void *)out))
		return bad_positions(postings, in, err);
	positions->size = count * sizeof(uint32_t);
	return NDX_OK;
}

enum ndx_status
ndx_postings_positions(struct ndx_postings *postings, uint32_t i, struct ndx_buf *positions,
                       struct ndx_err *err)
{
	return ndx_postings_first_positions(postings, i, UINT32_MAX, positions, err);
}

static enum ndx_status
inline_sums(struct ndx_postings *postings, const uint8_t *at, uint32_t at_count,
            struct ndx_range *range, struct ndx_buf *sums, struct ndx_err *err)
{
	enum ndx_status status = NDX_OK;

	for (uint32_t a = 0; status == NDX_OK && a < at_count; a++) {
		range[a] =
			(struct ndx_range){ sums->size / sizeof(uint32_t), postings->tf[at[a]], 0 };
		status = inline_positions(postings, at[a], sums, err);
	}
	return status;
}

static enum ndx_status
packed_sums(struct ndx_postings *postings, const uint8_t *at, uint32_t at_count,
            struct ndx_range *range, struct ndx_buf *sums, struct ndx_err *err)
{
	const size_t first =
		sums->size / sizeof(uint32_t) + 1; /* room for what is before the first */
	const uint8_t *in;
	size_t size, room;
	uint32_t *out;
	enum ndx_status status = positions_bytes(postings, &in, &size, err);

	if (status != NDX_OK)
		return status;
	for (uint32_t a = 0; a < at_count; a++)
		range[a] = (struct ndx_range){ (size_t)sum_before(postings, at[a]),
			                       tf_of(postings, at[a]), 0 };
	room = (1 + ((size_t)postings->total + 15) / 16 * 16) * sizeof(*out);
	out = (uint32_t *)(void *)ndx_buf_reserve(sums, room);
	if (out == NULL)
		return ndx_fail_nomem(err);
	if (!ndx_positions_sums(in, size, postings->total, range, at_count,
	                        postings->segment->kernels, out + 1))
		return bad_positions(postings, in, err);
	sums->size += room;
	for (uint32_t a = 0; a < at_count; a++)
		range[a].begin += first;
	return NDX_OK;
}

enum ndx_status
ndx_postings_sums(struct ndx_postings *postings, const uint8_t *at, uint32_t at_count,
                  struct ndx_buf *ranges, struct ndx_buf *sums, struct ndx_err *err)
{
	struct ndx_range *range =
		(struct ndx_range *)(void *)ndx_buf_reserve(ranges, at_count * sizeof(*range));
	enum ndx_status status;

	if (range == NULL)
		return ndx_fail_nomem(err);
	if (!postings->info.has_positions)
		return corrupt(postings, postings->info.postings_off, err, "no positions");
	status = postings->info.is_inline ? inline_sums(postings, at, at_count, range, sums, err)
	                                  : packed_sums(postings, at, at_count, range, sums, err);
	if (status == NDX_OK)
		ranges->size += at_count * sizeof(*range);
	return status;
}

static enum ndx_status
inline_forms(struct ndx_postings *postings, struct ndx_buf *forms, struct ndx_err *err)
{
	struct ndx_inline_postings few;

	if (!ndx_inline_decode(postings->segment->data + postings->info.postings_off,
	                       postings->info.postings_size, postings->info.df, true,
	                       postings->info.form_count, postings->segment->article_count, &few))
		return corrupt(postings, postings->info.postings_off, err, "bad bytes");
	ndx_buf_add(forms, few.form, (size_t)few.cf * sizeof(few.form[0]));
	return ndx_buf_failed(forms) ? ndx_fail_nomem(err) : NDX_OK;
}

/* The numbers lie where the positions end; of any bytes, no more are looked at than could be
 * both. */
static enum ndx_status
numbers_bytes(struct ndx_postings *postings, const uint8_t **in_ret, size_t *size_ret,
              struct ndx_err *err)
{
	const uint64_t total = postings->total, begin = positions_begin(postings);
	const struct ndx_segment *segment = postings->segment;
	const uint8_t *in = segment->data + postings->info.positions_off + begin;
	uint64_t size = postings->info.positions_size - begin, skip;
	enum ndx_status status;

	size = size / 14 > total ? 14 * (total + 1) : size;
	status = ndx_segment_verify(segment, postings->info.positions_off + begin, size, err);
	if (status != NDX_OK)
		return status;
	skip = ndx_positions_size(in, (size_t)size, total);
	if (skip == 0)
		return corrupt(postings, postings->info.positions_off + begin, err, "bad forms");
	*in_ret = in + skip;
	*size_ret = (size_t)(size - skip);
	return NDX_OK;
}

/* Numbers end where the next block's positions begin. */
static void
expect_numbers(const struct ndx_postings *postings, uint32_t block)
{
	const uint64_t end = positions_off(postings, block + 1);

	if (end >= 64 && end < postings->info.positions_size)
		prefetch(postings->segment->data + postings->info.positions_off + end - 64, 128);
}

static enum ndx_status
packed_forms(struct ndx_postings *postings, struct ndx_buf *forms, bool *only_first_ret,
             struct ndx_err *err)
{
	uint64_t total, room;
	const uint8_t *in;
	size_t size;
	uint32_t *number;
	enum ndx_status status = positions_bytes(postings, &in, &size, err);

	if (status == NDX_OK)
		status = numbers_bytes(postings, &in, &size, err);
	if (status != NDX_OK)
		return status;
	total = postings->total;
	room = (total + 127) / 128 * 128;
	if (postings->at_block + 2 < postings->block_count)
		expect_numbers(postings, postings->at_block + 1);
	if (only_first_ret != NULL) {
		*only_first_ret = ndx_form_numbers_are_zero(in, size, total);
		if (*only_first_ret)
			return NDX_OK;
	}
	number = (uint32_t *)(void *)ndx_buf_reserve(forms, (size_t)room * sizeof(*number));
	if (number == NULL)
		return ndx_fail_nomem(err);
	if (!ndx_form_numbers_decode(in, size, total, postings->info.form_count,
	                             postings->segment->kernels, number))
		return corrupt(postings, postings->info.positions_off + positions_begin(postings),
		               err, "bad forms");
	forms->size = (size_t)total * sizeof(*number);
	return NDX_OK;
}

enum ndx_status
ndx_postings_forms(struct ndx_postings *postings, struct ndx_buf *forms, bool *only_first_ret,
                   struct ndx_err *err)
{
	const uint8_t *in;
	size_t size;
	enum ndx_status status;

	ndx_buf_clear(forms);
	if (!postings->info.has_positions)
		return corrupt(postings, postings->info.postings_off, err, "no positions");
	ndx_postings_sum_tfs(postings);
	if (postings->info.form_count > 1)
		return postings->info.is_inline
		               ? inline_forms(postings, forms, err)
		               : packed_forms(postings, forms, only_first_ret, err);
	if (!postings->info.is_inline) {
		status = positions_bytes(postings, &in, &size, err);
		if (status != NDX_OK)
			return status;
	}
	if (ndx_buf_reserve(forms, (size_t)postings->total * sizeof(uint32_t)) == NULL)
		return ndx_fail_nomem(err);
	memset(forms->data, 0, (size_t)postings->total * sizeof(uint32_t));
	forms->size = (size_t)postings->total * sizeof(uint32_t);
	return NDX_OK;
}

/* Impacts of entry i of n: arrays of n tf, n norms, and so on, then n title tf. */
static void
take_impacts(const uint8_t *in, size_t n, size_t i, struct ndx_impact out[NDX_IMPACT_COUNT],
             uint8_t *title_tf_max_ret)
{
	for (size_t j = 0; j < NDX_IMPACT_COUNT; j++)
		out[j] = (struct ndx_impact){ in[2 * j * n + i], in[(2 * j + 1) * n + i] };
	*title_tf_max_ret = in[2 * NDX_IMPACT_COUNT * n + i];
}

const uint8_t *
ndx_postings_block_rows(const struct ndx_postings *postings, uint32_t group, size_t *count_ret)
{
	*count_ret = group_blocks(postings, group);
	return group_entries(postings, group) + 10 * *count_ret;
}

const uint8_t *
ndx_postings_group_rows(const struct ndx_postings *postings)
{
	return postings->groups + 16 * (size_t)postings->group_count;
}

bool
ndx_postings_block_impacts(const struct ndx_postings *postings, uint32_t block,
                           struct ndx_impact out[NDX_IMPACT_COUNT], uint8_t *title_tf_max_ret)
{
	const uint8_t *rows;
	size_t n;

	if (postings->group_count == 0)
		return false;
	rows = ndx_postings_block_rows(postings, block / NDX_GROUP_LEN, &n);
	take_impacts(rows, n, block % NDX_GROUP_LEN, out, title_tf_max_ret);
	return true;
}

bool
ndx_postings_group_impacts(const struct ndx_postings *postings, uint32_t group,
                           struct ndx_impact out[NDX_IMPACT_COUNT], uint8_t *title_tf_max_ret)
{
	if (postings->group_count == 0)
		return false;
	take_impacts(ndx_postings_group_rows(postings), postings->group_count, group, out,
	             title_tf_max_ret);
	return true;
}

bool
ndx_postings_list_impacts(const struct ndx_postings *postings,
                          struct ndx_impact out[NDX_IMPACT_COUNT], uint8_t *title_tf_max_ret)
{
	if (postings->group_count == 0)
		return false;
	take_impacts(postings->segment->data + postings->info.postings_off, 1, 0, out,
	             title_tf_max_ret);
	return true;
}

bool
ndx_postings_threshold(const struct ndx_postings *postings, unsigned i,
                       struct ndx_impact *impact_ret)
{
	const uint8_t *head = postings->segment->data + postings->info.postings_off;

	if (postings->group_count == 0 || head[8 + 2 * i] == 0)
		return false;
	*impact_ret = (struct ndx_impact){ head[8 + 2 * i], head[9 + 2 * i] };
	return true;
}
