/*
 * merge_pairs.c - see merge_lists.h
 *
 * Which pairs have a list follows from df alone.  Most that the merge keeps were kept by an input,
 * too: their postings are taken from its lists.  Only for the others the positions of their words
 * are read, and looked through for those that are adjacent.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>
#include <string.h>

#include "common/pairs.h"
#include "common/postings.h"
#include "indexer/merge_lists.h"
#include "indexer/sort_postings.h"

/* Articles of an input that are at hand at once. */
#define PAIR_WINDOW 1024

/* A frequent word in the input. */
struct pair_list {
	struct ndx_term_info info;
	bool found;     /* and in a pair that the input has no list of */
	uint32_t block; /* none before it is needed again */
};

/* An input and the collector of a share of its articles, or of its lists. */
struct pair_feed {
	const struct ndx_segment *segment;
	const ndx_docid *order; /* to new docids */
	struct pair_list *list; /* by word */
	uint32_t *df;           /* by word, in the input */
	struct ndx_pair_collector *collector;
	struct ndx_err *err;
};

static enum ndx_status
find_words(struct pair_feed *feed)
{
	uint8_t key[NDX_KEY_SIZE_MAX] = { NDX_FIELD_ANY };
	const uint32_t count = ndx_pairs_feed_count(feed->collector);
	enum ndx_status status = NDX_OK;

	for (uint32_t word = 0; status == NDX_OK && word < count; word++) {
		const struct ndx_str term = ndx_pairs_feed_word(feed->collector, word);
		struct pair_list *list = &feed->list[word];

		memcpy(key + 1, term.data, term.size);
		list->block = 0;
		status = ndx_termdict_find(feed->segment, key, term.size + 1, &list->info,
		                           &list->found, feed->err);
		feed->df[word] = status == NDX_OK && list->found ? list->info.df : 0;
	}
	return status;
}

/* Leave out the words whose pairs, those that the merge has, all have lists in the input. */
static void
leave_out_listed(struct pair_feed *feed)
{
	const uint32_t count = ndx_pairs_feed_count(feed->collector);

	for (uint32_t word = 0; word < count; word++) {
		bool needed = false;

		for (uint32_t other = 0; !needed && other < count; other++)
			needed = feed->df[other] > 0 &&
			         !ndx_pairs_have(feed->df[word], feed->df[other],
			                         feed->segment->article_count) &&
			         (ndx_pairs_feed_wants(feed->collector, word, other) ||
			          ndx_pairs_feed_wants(feed->collector, other, word));
		feed->list[word].found &= needed;
	}
}

/* Postings of the pair in titles, as far as they were passed. */
struct titles {
	struct ndx_postings postings;
	uint32_t block, i;
	bool found;
};

/* How often the pair stands in the title of an article, of rising docids. */
static enum ndx_status
title_tf_of(struct titles *titles, ndx_docid docid, uint32_t *tf_ret, struct ndx_err *err)
{
	struct ndx_postings *postings = &titles->postings;
	enum ndx_status status = NDX_OK;

	*tf_ret = 0;
	while (titles->found && titles->block < postings->block_count) {
		if (postings->at_block != titles->block) {
			status = ndx_postings_load(postings, titles->block, err);
			if (status != NDX_OK)
				return status;
			ndx_postings_load_tfs(postings);
			titles->i = 0;
		}
		while (titles->i < postings->count && postings->docid[titles->i] < docid)
			titles->i++;
		if (titles->i < postings->count) {
			if (postings->docid[titles->i] == docid)
				*tf_ret = postings->tf[titles->i];
			return NDX_OK;
		}
		titles->block++;
	}
	return NDX_OK;
}

/* The postings of a pair of the input, with the new docids. */
static enum ndx_status
copy_list(const struct pair_feed *feed, const struct ndx_term_info *info, struct titles *titles,
          uint32_t first, uint32_t second)
{
	struct ndx_postings postings;
	enum ndx_status status = ndx_postings_open(feed->segment, info, &postings, feed->err);

	for (uint32_t block = 0; status == NDX_OK && block < postings.block_count; block++) {
		struct ndx_posting posting[NDX_BLOCK_LEN];
		size_t count = 0;

		status = ndx_postings_load(&postings, block, feed->err);
		if (status != NDX_OK)
			break;
		ndx_postings_load_tfs(&postings);
		for (uint32_t i = 0; status == NDX_OK && i < postings.count; i++) {
			posting[count] =
				(struct ndx_posting){ .docid = feed->order[postings.docid[i]],
				                      .tf = postings.tf[i] };
			status = title_tf_of(titles, postings.docid[i], &posting[count].title_tf,
			                     feed->err);
			count += posting[count].docid != NDX_DOCID_NONE;
		}
		if (status == NDX_OK &&
		    !ndx_pairs_add(feed->collector, first, second, posting, count))
			status = ndx_fail_nomem(feed->err);
	}
	return status;
}

/* The number of a word among those of the feed; UINT32_MAX: it is none of them. */
static uint32_t
number_of(const struct pair_feed *feed, struct ndx_str word)
{
	uint32_t low = 0, high = ndx_pairs_feed_count(feed->collector);

	while (low < high) {
		const uint32_t middle = low + (high - low) / 2;
		const int order =
			ndx_str_compare(ndx_pairs_feed_word(feed->collector, middle), word);

		if (order == 0)
			return middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return UINT32_MAX;
}

/* The pair of words that a key is of, by their numbers; false: the merge has none such. */
static bool
words_of(const struct pair_feed *feed, const uint8_t *key, size_t key_size, uint32_t *first_ret,
         uint32_t *second_ret)
{
	struct ndx_str first, second;

	if (!ndx_pairs_key_words(key, key_size, &first, &second))
		return false;
	*first_ret = number_of(feed, first);
	*second_ret = number_of(feed, second);
	return *first_ret != UINT32_MAX && *second_ret != UINT32_MAX &&
	       ndx_pairs_feed_wants(feed->collector, *first_ret, *second_ret) &&
	       ndx_pairs_have(feed->df[*first_ret], feed->df[*second_ret],
	                      feed->segment->article_count);
}

/* The lists of the input that the merge has, too: every 'shares'th. */
static enum ndx_status
copy_lists(const struct pair_feed *feed, size_t share, size_t shares)
{
	uint8_t key[NDX_KEY_SIZE_MAX] = { NDX_FIELD_PAIR };
	struct ndx_termdict_cursor cursor;
	uint32_t first, second;
	enum ndx_status status = ndx_termdict_seek(feed->segment, key, 1, &cursor, feed->err);

	for (size_t n = 0;
	     status == NDX_OK && !ndx_termdict_done(&cursor) && cursor.key[0] == NDX_FIELD_PAIR;
	     n++) {
		if (n % shares == share &&
		    words_of(feed, cursor.key, cursor.key_size, &first, &second)) {
			struct titles titles = { .found = false };
			struct ndx_term_info title;

			memcpy(key + 1, cursor.key + 1, cursor.key_size - 1);
			key[0] = NDX_FIELD_TITLE_PAIR;
			status = ndx_termdict_find(feed->segment, key, cursor.key_size, &title,
			                           &titles.found, feed->err);
			if (status == NDX_OK && titles.found)
				status = ndx_postings_open(feed->segment, &title, &titles.postings,
				                           feed->err);
			if (status == NDX_OK)
				status = copy_list(feed, &cursor.info, &titles, first, second);
		}
		if (status == NDX_OK)
			status = ndx_termdict_next(&cursor, feed->err);
	}
	return status;
}

/* The tokens of the postings of the loaded block from docid 'base' on, in a window. */
static enum ndx_status
feed_block(struct ndx_postings *postings, ndx_docid base, uint32_t word, struct ndx_buf *ranges,
           struct ndx_buf *sums, struct ndx_pair_collector *collector, struct ndx_err *err)
{
	uint8_t at[NDX_BLOCK_LEN];
	uint32_t count = 0;
	size_t tokens = 0;
	const struct ndx_range *range;
	struct ndx_pair_token *token;
	enum ndx_status status;

	for (uint32_t i = 0; i < postings->count; i++)
		if (postings->docid[i] - base < PAIR_WINDOW)
			at[count++] = (uint8_t)i;
	ndx_buf_clear(ranges);
	ndx_buf_clear(sums);
	ndx_postings_load_tfs(postings);
	status = ndx_postings_sums(postings, at, count, ranges, sums, err);
	if (status != NDX_OK)
		return status;
	range = (const struct ndx_range *)(const void *)ranges->data;
	for (uint32_t i = 0; i < count; i++)
		tokens += range[i].count;
	token = ndx_pairs_reserve(collector, tokens);
	if (token == NULL)
		return ndx_fail_nomem(err);
	for (uint32_t i = 0; i < count; i++) {
		const uint32_t *sum = (const uint32_t *)(const void *)sums->data + range[i].begin;

		for (uint32_t p = 0; p < range[i].count; p++)
			*token++ = (struct ndx_pair_token){ postings->docid[at[i]] - base,
				                            sum[p] - range[i].base, word };
	}
	ndx_pairs_commit(collector, tokens);
	return NDX_OK;
}

/* The tokens of a word in a window of articles. */
static enum ndx_status
feed_word(const struct ndx_segment *segment, struct pair_list *list, ndx_docid base, uint32_t word,
          struct ndx_buf *ranges, struct ndx_buf *sums, struct ndx_pair_collector *collector,
          struct ndx_err *err)
{
	struct ndx_postings postings;
	enum ndx_status status;

	if (!list->found)
		return NDX_OK;
	status = ndx_postings_open(segment, &list->info, &postings, err);
	if (status != NDX_OK)
		return status;
	list->block = ndx_postings_skip(&postings, list->block, base);
	for (uint32_t block = list->block; block < postings.block_count; block++) {
		status = ndx_postings_load(&postings, block, err);
		if (status == NDX_OK)
			status = feed_block(&postings, base, word, ranges, sums, collector, err);
		if (status != NDX_OK)
			return status;
		if (postings.docid[postings.count - 1] >= base + (uint64_t)PAIR_WINDOW - 1)
			break;
	}
	return NDX_OK;
}

/* The tokens of the words that are left, by windows of articles: every 'shares'th. */
static enum ndx_status
feed_tokens(const struct pair_feed *feed, size_t share, size_t shares)
{
	const struct ndx_segment *segment = feed->segment;
	const uint32_t word_count = ndx_pairs_feed_count(feed->collector);
	struct ndx_buf ranges, sums;
	enum ndx_status status = NDX_OK;

	ndx_buf_init(&ranges, segment->env->mem);
	ndx_buf_init(&sums, segment->env->mem);
	for (uint64_t base = (uint64_t)share * PAIR_WINDOW;
	     status == NDX_OK && base < segment->article_count;
	     base += (uint64_t)shares * PAIR_WINDOW) {
		const uint32_t left = segment->article_count - (uint32_t)base;

		for (uint32_t word = 0; status == NDX_OK && word < word_count; word++)
			status = feed_word(segment, &feed->list[word], (ndx_docid)base, word,
			                   &ranges, &sums, feed->collector, feed->err);
		if (status == NDX_OK)
			status = ndx_pairs_end(feed->collector, feed->order + base,
			                       left < PAIR_WINDOW ? left : PAIR_WINDOW, feed->err);
	}
	ndx_buf_free(&ranges);
	ndx_buf_free(&sums);
	return status;
}

static enum ndx_status
feed_segment(struct pair_feed *feed, size_t share, size_t shares)
{
	bool any = false;
	enum ndx_status status = find_words(feed);

	if (status == NDX_OK)
		status = copy_lists(feed, share, shares);
	if (status != NDX_OK)
		return status;
	leave_out_listed(feed);
	for (uint32_t word = 0; word < ndx_pairs_feed_count(feed->collector); word++)
		any |= feed->list[word].found;
	if (!any)
		return NDX_OK;
	ndx_pairs_feed_except(feed->collector, feed->df, feed->segment->article_count);
	status = feed_tokens(feed, share, shares);
	ndx_pairs_feed_except(feed->collector, NULL, 0);
	return status;
}

enum ndx_status
ndx_merge_pairs(void *ctx, size_t share, size_t shares, struct ndx_pair_collector *collector,
                struct ndx_err *err)
{
	const struct ndx_merge_feed *inputs = ctx;
	const struct ndx_mem *mem = inputs->env->mem;
	const size_t word_count = ndx_pairs_feed_count(collector);
	struct pair_feed feed = { .list = ndx_alloc(mem, word_count * sizeof(*feed.list)),
		                  .df = ndx_alloc(mem, word_count * sizeof(*feed.df)),
		                  .collector = collector,
		                  .err = err };
	enum ndx_status status =
		feed.list == NULL || feed.df == NULL ? ndx_fail_nomem(err) : NDX_OK;

	for (size_t i = 0; status == NDX_OK && i < inputs->order->input_count; i++) {
		feed.segment = inputs->input[i].segment;
		feed.order = inputs->order->docid[i];
		status = feed_segment(&feed, share, shares);
	}
	ndx_free(mem, feed.list);
	ndx_free(mem, feed.df);
	return status;
}
