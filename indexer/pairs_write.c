/*
 * pairs_write.c - see pairs_write.h
 *
 * What collectors bring of a pair is put together, sorted by docid, and written; pairs come in the
 * order of their words, which is that of their keys.
 *
 * SPDX-License-Identifier: MIT
 */
#include "indexer/pairs_write.h"

#include <string.h>

#include "common/pairs.h"
#include "common/varint.h"
#include "indexer/pairs_collect.h"
#include "indexer/sort_postings.h"

struct ndx_pairs_writer {
	const struct ndx_mem *mem;
	const int64_t *title;
	size_t memory;
	struct ndx_pair_words words;
	struct ndx_pair_collector *collector;
	size_t collector_count;
	uint32_t end; /* of the pass: pairs with this first word or one above are left */
	struct ndx_buf postings, scratch; /* struct ndx_posting */
	/* of pairs written: words u64, count u32, then docid, title_tf u32 */
	struct ndx_buf titles;
};

enum ndx_status
ndx_pairs_writer_new(const struct ndx_mem *mem, uint32_t article_count, const int64_t *title,
                     size_t memory, struct ndx_pairs_writer **pairs_ret, struct ndx_err *err)
{
	struct ndx_pairs_writer *pairs = ndx_alloc_zero(mem, 1, sizeof(*pairs));

	if (pairs == NULL)
		return ndx_fail_nomem(err);
	pairs->mem = mem;
	pairs->title = title;
	pairs->memory = memory;
	pairs->words.article_count = article_count;
	ndx_buf_init(&pairs->words.keys, mem);
	ndx_buf_init(&pairs->words.words, mem);
	ndx_buf_init(&pairs->postings, mem);
	ndx_buf_init(&pairs->scratch, mem);
	ndx_buf_init(&pairs->titles, mem);
	*pairs_ret = pairs;
	return NDX_OK;
}

void
ndx_pairs_writer_free(struct ndx_pairs_writer *pairs)
{
	if (pairs == NULL)
		return;
	ndx_buf_free(&pairs->words.keys);
	ndx_buf_free(&pairs->words.words);
	ndx_buf_free(&pairs->postings);
	ndx_buf_free(&pairs->scratch);
	ndx_buf_free(&pairs->titles);
	for (size_t i = 0; i < pairs->collector_count; i++)
		ndx_pair_collector_free(&pairs->collector[i]);
	ndx_free(pairs->mem, pairs->collector);
	ndx_free(pairs->mem, pairs);
}

bool
ndx_pairs_note(struct ndx_pairs_writer *pairs, const uint8_t *key, size_t key_size, uint32_t df)
{
	const struct ndx_pair_word word = { (uint32_t)pairs->words.keys.size,
		                            (uint32_t)key_size - 1, df };

	if (key[0] != NDX_FIELD_ANY || !ndx_pairs_may_have(df, pairs->words.article_count))
		return true;
	ndx_buf_add(&pairs->words.keys, key + 1, key_size - 1);
	ndx_buf_add(&pairs->words.words, &word, sizeof(word));
	return !ndx_buf_failed(&pairs->words.keys) && !ndx_buf_failed(&pairs->words.words);
}

/* A pair's postings by rising docid, *count_ret of them, from all collectors that have it; NULL:
 * out of memory. */
static const struct ndx_posting *
get_postings(struct ndx_pairs_writer *pairs, uint64_t words, size_t *count_ret)
{
	ndx_buf_clear(&pairs->postings);
	for (size_t i = 0; i < pairs->collector_count; i++)
		if (ndx_pair_collector_next(&pairs->collector[i]) == words &&
		    !ndx_pair_collector_take(&pairs->collector[i], &pairs->postings))
			return NULL;
	*count_ret = pairs->postings.size / sizeof(struct ndx_posting);
	return ndx_sort_postings((struct ndx_posting *)(void *)pairs->postings.data, *count_ret,
	                         pairs->words.article_count, &pairs->scratch);
}

/* Keep what a pair has in titles for when its other list's turn comes. */
static void
keep_titles(struct ndx_pairs_writer *pairs, uint64_t words, const struct ndx_posting *posting,
            size_t count)
{
	uint32_t title_count = 0;

	for (size_t i = 0; i < count; i++)
		title_count += posting[i].title_tf > 0;
	if (title_count == 0)
		return;
	ndx_buf_add_u64(&pairs->titles, words);
	ndx_buf_add_u32(&pairs->titles, title_count);
	for (size_t i = 0; i < count; i++) {
		if (posting[i].title_tf == 0)
			continue;
		ndx_buf_add_u32(&pairs->titles, posting[i].docid);
		ndx_buf_add_u32(&pairs->titles, posting[i].title_tf);
	}
}

/* The key of a pair's list; 0: it would be too long, and there is none. */
static size_t
key_of(const struct ndx_pairs_writer *pairs, enum ndx_field field, uint64_t words,
       uint8_t key[NDX_KEY_SIZE_MAX])
{
	return ndx_pairs_key(field, ndx_pair_words_bytes(&pairs->words, (uint32_t)(words >> 32)),
	                     ndx_pair_words_bytes(&pairs->words, (uint32_t)words), key);
}

/* Where lists of pairs go. */
struct output {
	struct ndx_list_target *target;
	struct ndx_postings_writer writer;
	struct ndx_list_part part;
};

static enum ndx_status
end_list(struct output *output, const uint8_t *key, size_t key_size, struct ndx_err *err)
{
	enum ndx_status status = ndx_postings_writer_end(&output->writer, key, key_size, err);

	if (status == NDX_OK && output->part.bytes.size >= output->target->part_size)
		status = ndx_list_part_put(&output->part, output->target, err);
	return status;
}

static enum ndx_status
write_pair(struct output *output, uint64_t words, struct ndx_err *err)
{
	struct ndx_pairs_writer *pairs = output->target->pairs;
	struct ndx_postings_writer *writer = &output->writer;
	uint8_t key[NDX_KEY_SIZE_MAX];
	const size_t key_size = key_of(pairs, NDX_FIELD_PAIR, words, key);
	const struct ndx_posting *posting;
	size_t count;
	enum ndx_status status = NDX_OK;

	posting = get_postings(pairs, words, &count);
	if (posting == NULL)
		return ndx_fail_nomem(err);
	if (key_size == 0)
		return NDX_OK;
	ndx_postings_writer_begin(writer, NDX_FIELD_PAIR, false);
	for (size_t i = 0; status == NDX_OK && i < count; i++)
		status = ndx_postings_writer_add(writer, posting[i].docid, posting[i].tf, NULL,
		                                 NULL, posting[i].title_tf, err);
	keep_titles(pairs, words, posting, count);
	return status == NDX_OK ? end_list(output, key, key_size, err) : status;
}

/* The pair that comes next, of all collectors; UINT64_MAX: the pass has no more. */
static uint64_t
next_words(const struct ndx_pairs_writer *pairs)
{
	uint64_t least = UINT64_MAX;

	for (size_t i = 0; i < pairs->collector_count; i++) {
		const uint64_t next = ndx_pair_collector_next(&pairs->collector[i]);

		least = next < least ? next : least;
	}
	return least >> 32 < pairs->end ? least : UINT64_MAX;
}

static enum ndx_status
write_titles(struct output *output, struct ndx_err *err)
{
	const struct ndx_pairs_writer *pairs = output->target->pairs;
	struct ndx_postings_writer *writer = &output->writer;
	const uint8_t *in = pairs->titles.data;
	size_t left = pairs->titles.size;
	enum ndx_status status = NDX_OK;

	if (ndx_buf_failed(&pairs->titles))
		return ndx_fail_nomem(err);
	while (status == NDX_OK && left > 0) {
		uint8_t key[NDX_KEY_SIZE_MAX];
		const size_t key_size = key_of(pairs, NDX_FIELD_TITLE_PAIR, ndx_get_u64(in), key);
		const uint32_t count = ndx_get_u32(in + 8);

		in += 12;
		left -= 12 + 8 * (size_t)count;
		ndx_postings_writer_begin(writer, NDX_FIELD_TITLE_PAIR, false);
		for (uint32_t i = 0; status == NDX_OK && i < count; i++, in += 8)
			status = ndx_postings_writer_add(writer, ndx_get_u32(in),
			                                 ndx_get_u32(in + 4), NULL, NULL, 0, err);
		if (status == NDX_OK)
			status = end_list(output, key, key_size, err);
	}
	return status;
}

static enum ndx_status
write_passes(struct output *output, const struct ndx_pair_feed *feed, struct ndx_err *err)
{
	struct ndx_pairs_writer *pairs = output->target->pairs;
	const size_t count = output->target->jobs > 1 ? output->target->jobs : 1;
	struct ndx_pair_pass pass = { .words = &pairs->words,
		                      .title = pairs->title,
		                      .memory = pairs->memory / count,
		                      .feed = feed,
		                      .shares = count };
	enum ndx_status status = NDX_OK;
	uint64_t words;

	pairs->collector = ndx_alloc(pairs->mem, count * sizeof(*pairs->collector));
	if (pairs->collector == NULL)
		return ndx_fail_nomem(err);
	for (; pairs->collector_count < count; pairs->collector_count++)
		ndx_pair_collector_init(&pairs->collector[pairs->collector_count], pairs->mem);
	pass.end = ndx_pair_words_count(&pairs->words);
	for (pairs->end = 0; status == NDX_OK && pairs->end < pass.end;) {
		pass.first = pairs->end;
		status = ndx_pairs_collect(pairs->collector, &pass, &pairs->end, err);
		while (status == NDX_OK && (words = next_words(pairs)) != UINT64_MAX)
			status = write_pair(output, words, err);
	}
	return status == NDX_OK ? write_titles(output, err) : status;
}

enum ndx_status
ndx_pairs_write(const struct ndx_pair_feed *feed, struct ndx_list_target *target,
                struct ndx_err *err)
{
	struct output output = { .target = target };
	enum ndx_status status;

	if (ndx_pair_words_count(&target->pairs->words) == 0)
		return NDX_OK;
	ndx_list_part_init(&output.part, target->mem);
	ndx_postings_writer_init(&output.writer, target->mem, target->norm, target->length_average);
	output.writer.part = &output.part;
	status = write_passes(&output, feed, err);
	if (status == NDX_OK)
		status = ndx_list_part_put(&output.part, target, err);
	ndx_postings_writer_free(&output.writer);
	ndx_list_part_free(&output.part);
	return status;
}
