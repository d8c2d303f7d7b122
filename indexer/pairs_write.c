/*
 * pairs_write.c - see pairs_write.h
 *
 * Of the articles at hand, the tokens are sorted by article; an article's are laid out by position,
 * so that the word after each is seen at once.  A pair's postings are a chain of small chunks of
 * bytes; each posting is
 *
 *   varint zigzag(docid - docid before), varint tf * 2 + (title_tf > 0), [varint title_tf]
 *
 * Docids are in the order in which the articles come, and sorted when the list is written.
 *
 * SPDX-License-Identifier: MIT
 */
#include "indexer/pairs_write.h"

#include <stdlib.h>
#include <string.h>

#include "common/pairs.h"
#include "common/varint.h"
#include "indexer/sort_postings.h"

#define CHUNK_SIZE 32
#define CHUNK_DATA (CHUNK_SIZE - 4)
#define NO_CHUNK   UINT32_MAX
#define POSTING_SIZE_MAX 15 /* three varints */

struct word {
	uint32_t key_off, size, df;
};

/* Two words, first * 2^32 + second; and their postings so far. */
struct pair {
	uint64_t words;          /* UINT64_MAX: the slot is free */
	uint32_t head, tail;     /* chunks; NO_CHUNK: none yet */
	uint32_t tail_size;      /* bytes in the last one */
	ndx_docid docid;         /* of the posting that is being counted, if tf > 0 */
	uint32_t tf, title_tf;
	ndx_docid docid_before;  /* of the one before it */
};

struct chunk {
	uint32_t next;
	uint8_t data[CHUNK_DATA];
};

struct ndx_pairs_writer {
	const struct ndx_mem *mem;
	uint32_t article_count;
	const int64_t *title;
	size_t memory;
	struct ndx_buf keys, words; /* bytes; struct word */
	uint32_t first, end;        /* of the pass: pairs whose first word is in this range */

	struct ndx_buf tokens, sorted; /* struct ndx_pair_token, of the articles at hand */
	struct ndx_buf begins;         /* uint32_t: of each article's tokens in 'sorted' */
	uint32_t *after;               /* by position: its last token's number, 0 where none stands */
	size_t after_max;

	struct pair *slot; /* a hash table, at most half full */
	size_t slot_count, pair_count;
	struct chunk *chunk;
	size_t chunk_max;
	uint32_t chunk_count, chunk_free; /* used so far; the first of a chain of free ones */
	uint32_t chunks_in_use;

	struct ndx_buf postings, scratch; /* struct ndx_posting */
	struct ndx_buf titles;            /* of pairs written: words u64, count u32, then docid, title_tf u32 */
};

enum ndx_status
ndx_pairs_writer_new(const struct ndx_mem *mem, uint32_t article_count, const int64_t *title,
                     size_t memory, struct ndx_pairs_writer **pairs_ret, struct ndx_err *err)
{
	struct ndx_pairs_writer *pairs = ndx_alloc_zero(mem, 1, sizeof(*pairs));

	if (pairs == NULL)
		return ndx_fail_nomem(err);
	pairs->mem = mem;
	pairs->article_count = article_count;
	pairs->title = title;
	pairs->memory = memory;
	ndx_buf_init(&pairs->keys, mem);
	ndx_buf_init(&pairs->words, mem);
	ndx_buf_init(&pairs->tokens, mem);
	ndx_buf_init(&pairs->sorted, mem);
	ndx_buf_init(&pairs->begins, mem);
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
	ndx_buf_free(&pairs->keys);
	ndx_buf_free(&pairs->words);
	ndx_buf_free(&pairs->tokens);
	ndx_buf_free(&pairs->sorted);
	ndx_buf_free(&pairs->begins);
	ndx_buf_free(&pairs->postings);
	ndx_buf_free(&pairs->scratch);
	ndx_buf_free(&pairs->titles);
	ndx_free(pairs->mem, pairs->after);
	ndx_free(pairs->mem, pairs->slot);
	ndx_free(pairs->mem, pairs->chunk);
	ndx_free(pairs->mem, pairs);
}

bool
ndx_pairs_note(struct ndx_pairs_writer *pairs, const uint8_t *key, size_t key_size, uint32_t df)
{
	const struct word word = { (uint32_t)pairs->keys.size, (uint32_t)key_size - 1, df };

	if (key[0] != NDX_FIELD_ANY || !ndx_pairs_may_have(df, pairs->article_count))
		return true;
	ndx_buf_add(&pairs->keys, key + 1, key_size - 1);
	ndx_buf_add(&pairs->words, &word, sizeof(word));
	return !ndx_buf_failed(&pairs->keys) && !ndx_buf_failed(&pairs->words);
}

static const struct word *
get_word(const struct ndx_pairs_writer *pairs, uint32_t word)
{
	return (const struct word *)(const void *)pairs->words.data + word;
}

uint32_t
ndx_pairs_word_count(const struct ndx_pairs_writer *pairs)
{
	return (uint32_t)(pairs->words.size / sizeof(struct word));
}

struct ndx_str
ndx_pairs_word(const struct ndx_pairs_writer *pairs, uint32_t word)
{
	const struct word *found = get_word(pairs, word);

	return (struct ndx_str){ (const char *)pairs->keys.data + found->key_off, found->size };
}

struct ndx_pair_token *
ndx_pairs_reserve(struct ndx_pairs_writer *pairs, size_t count)
{
	return (struct ndx_pair_token *)(void *)ndx_buf_reserve(&pairs->tokens,
	                                                        count * sizeof(struct ndx_pair_token));
}

void
ndx_pairs_commit(struct ndx_pairs_writer *pairs, size_t used)
{
	pairs->tokens.size += used * sizeof(struct ndx_pair_token);
}

/* A chunk at the end of the pair's chain; false: out of memory. */
static bool
add_chunk(struct ndx_pairs_writer *pairs, struct pair *pair)
{
	uint32_t added = pairs->chunk_free;

	if (added != NO_CHUNK) {
		pairs->chunk_free = pairs->chunk[added].next;
	} else {
		if (pairs->chunk_count == NO_CHUNK ||
		    !ndx_grow(pairs->mem, &pairs->chunk, &pairs->chunk_max,
		              (size_t)pairs->chunk_count + 1, sizeof(*pairs->chunk)))
			return false;
		added = pairs->chunk_count++;
	}
	pairs->chunk[added].next = NO_CHUNK;
	if (pair->head == NO_CHUNK)
		pair->head = added;
	else
		pairs->chunk[pair->tail].next = added;
	pair->tail = added;
	pair->tail_size = 0;
	pairs->chunks_in_use++;
	return true;
}

/* The posting that was counted goes to the pair's chain. */
static bool
end_posting(struct ndx_pairs_writer *pairs, struct pair *pair)
{
	const int64_t step = (int64_t)pair->docid - pair->docid_before;
	uint8_t bytes[POSTING_SIZE_MAX];
	size_t size, done = 0;

	if (pair->tf == 0)
		return true;
	size = ndx_varint_encode((uint64_t)step << 1 ^ (uint64_t)(step >> 63), bytes);
	size += ndx_varint_encode((uint64_t)pair->tf * 2 + (pair->title_tf > 0), bytes + size);
	if (pair->title_tf > 0)
		size += ndx_varint_encode(pair->title_tf, bytes + size);
	while (done < size) {
		size_t room = pair->head == NO_CHUNK ? 0 : CHUNK_DATA - pair->tail_size, take;

		if (room == 0) {
			if (!add_chunk(pairs, pair))
				return false;
			room = CHUNK_DATA;
		}
		take = size - done < room ? size - done : room;
		memcpy(pairs->chunk[pair->tail].data + pair->tail_size, bytes + done, take);
		pair->tail_size += (uint32_t)take;
		done += take;
	}
	pair->docid_before = pair->docid;
	pair->tf = pair->title_tf = 0;
	return true;
}

static size_t
hash_of(const struct ndx_pairs_writer *pairs, uint64_t words)
{
	return (size_t)((words * UINT64_C(0x9e3779b97f4a7c15)) >> 20) & (pairs->slot_count - 1);
}

static struct pair *
find_slot(const struct ndx_pairs_writer *pairs, uint64_t words)
{
	size_t at = hash_of(pairs, words);

	while (pairs->slot[at].words != words && pairs->slot[at].words != UINT64_MAX)
		at = (at + 1) & (pairs->slot_count - 1);
	return &pairs->slot[at];
}

/* A table of another size with the same pairs, those with first words beyond the pass left out. */
static bool
rehash(struct ndx_pairs_writer *pairs, size_t slot_count)
{
	struct pair *old = pairs->slot;
	const size_t old_count = pairs->slot_count;

	pairs->slot = ndx_alloc(pairs->mem, slot_count * sizeof(*pairs->slot));
	if (pairs->slot == NULL) {
		pairs->slot = old;
		return false;
	}
	memset(pairs->slot, 0xff, slot_count * sizeof(*pairs->slot));
	pairs->slot_count = slot_count;
	pairs->pair_count = 0;
	for (size_t i = 0; i < old_count; i++) {
		if (old[i].words == UINT64_MAX)
			continue;
		if (old[i].words >> 32 < pairs->end) {
			*find_slot(pairs, old[i].words) = old[i];
			pairs->pair_count++;
			continue;
		}
		for (uint32_t c = old[i].head, next; c != NO_CHUNK; c = next) {
			next = pairs->chunk[c].next;
			pairs->chunk[c].next = pairs->chunk_free;
			pairs->chunk_free = c;
			pairs->chunks_in_use--;
		}
	}
	ndx_free(pairs->mem, old);
	return true;
}

static struct pair *
get_pair(struct ndx_pairs_writer *pairs, uint64_t words)
{
	struct pair *pair = find_slot(pairs, words);

	if (pair->words == words)
		return pair;
	if (2 * (pairs->pair_count + 1) > pairs->slot_count) {
		if (!rehash(pairs, 2 * pairs->slot_count))
			return NULL;
		pair = find_slot(pairs, words);
	}
	*pair = (struct pair){ .words = words, .head = NO_CHUNK, .tail = NO_CHUNK };
	pairs->pair_count++;
	return pair;
}

/* The words stand at position and position + 1 of an article. */
static bool
add_occurrence(struct ndx_pairs_writer *pairs, uint32_t first, uint32_t second, ndx_docid docid,
               bool in_title)
{
	struct pair *pair = get_pair(pairs, (uint64_t)first << 32 | second);

	if (pair == NULL)
		return false;
	if (pair->tf > 0 && pair->docid != docid && !end_posting(pairs, pair))
		return false;
	pair->docid = docid;
	pair->tf++;
	pair->title_tf += in_title;
	return true;
}

/* Is a pair with this first word part of the pass, and kept? */
static bool
is_wanted(const struct ndx_pairs_writer *pairs, uint32_t first, uint32_t second)
{
	return first >= pairs->first && first < pairs->end &&
	       ndx_pairs_have(get_word(pairs, first)->df, get_word(pairs, second)->df,
	                      pairs->article_count);
}

/*
 * Of one article: its tokens are laid out by position, numbered from 1.  Several may share one (an
 * acronym and the word that it looks like): each then says in 'article' which came before.
 */
static bool
add_article(struct ndx_pairs_writer *pairs, struct ndx_pair_token *token, size_t count,
            ndx_docid docid)
{
	const int64_t title_count = pairs->title[docid];
	uint32_t *after = pairs->after;

	for (size_t i = 0; i < count; i++) {
		token[i].article = after[token[i].position];
		after[token[i].position] = (uint32_t)i + 1;
	}
	for (size_t i = 0; i < count; i++) {
		const uint32_t first = token[i].word, next = token[i].position + 1;

		for (uint32_t j = after[next]; j > 0; j = token[j - 1].article)
			if (is_wanted(pairs, first, token[j - 1].word) &&
			    !add_occurrence(pairs, first, token[j - 1].word, docid,
			                    (int64_t)next < title_count))
				return false;
	}
	for (size_t i = 0; i < count; i++)
		after[token[i].position] = 0;
	return true;
}

/* Tokens by article, and where each article's begin (one more: the end); false: out of memory. */
static bool
sort_tokens(struct ndx_pairs_writer *pairs, uint32_t article_count)
{
	const struct ndx_pair_token *token =
	        (const struct ndx_pair_token *)(const void *)pairs->tokens.data;
	const size_t count = pairs->tokens.size / sizeof(*token);
	struct ndx_pair_token *sorted;
	uint32_t *place, position_max = 0, sum = 0;
	const size_t before = pairs->after_max;

	ndx_buf_clear(&pairs->begins);
	ndx_buf_clear(&pairs->sorted);
	place = (uint32_t *)(void *)ndx_buf_reserve(&pairs->begins,
	                                            ((size_t)article_count + 2) * sizeof(*place));
	sorted = (struct ndx_pair_token *)(void *)ndx_buf_reserve(&pairs->sorted, pairs->tokens.size);
	if (place == NULL || sorted == NULL || count > UINT32_MAX)
		return false;
	memset(place, 0, ((size_t)article_count + 2) * sizeof(*place));
	for (size_t i = 0; i < count; i++) {
		place[token[i].article + 2]++;
		position_max = token[i].position > position_max ? token[i].position : position_max;
	}
	for (uint32_t a = 0; a < article_count + 2; a++)
		place[a] = sum += place[a];
	for (size_t i = 0; i < count; i++)
		sorted[place[token[i].article + 1]++] = token[i];
	/* Now place[a] is where article a begins, and place[a + 1] where it ends. */
	if (!ndx_grow(pairs->mem, &pairs->after, &pairs->after_max, (size_t)position_max + 2,
	              sizeof(*pairs->after)))
		return false;
	memset(pairs->after + before, 0, (pairs->after_max - before) * sizeof(*pairs->after));
	return true;
}

/* Leave later pairs to a further pass, until what waits is small enough. */
static bool
shrink(struct ndx_pairs_writer *pairs)
{
	while ((size_t)pairs->chunks_in_use * CHUNK_SIZE +
	                       pairs->slot_count * sizeof(*pairs->slot) >
	               pairs->memory &&
	       pairs->end - pairs->first > 1) {
		pairs->end = pairs->first + (pairs->end - pairs->first) / 2;
		if (!rehash(pairs, pairs->slot_count))
			return false;
	}
	return true;
}

enum ndx_status
ndx_pairs_end(struct ndx_pairs_writer *pairs, const ndx_docid *docid, uint32_t article_count,
              struct ndx_err *err)
{
	struct ndx_pair_token *sorted;
	const uint32_t *begin;

	if (ndx_buf_failed(&pairs->tokens) || !sort_tokens(pairs, article_count))
		return ndx_fail_nomem(err);
	sorted = (struct ndx_pair_token *)(void *)pairs->sorted.data;
	begin = (const uint32_t *)(const void *)pairs->begins.data;
	for (uint32_t a = 0; a < article_count; a++)
		if (docid[a] != NDX_DOCID_NONE &&
		    !add_article(pairs, sorted + begin[a], begin[a + 1] - begin[a], docid[a]))
			return ndx_fail_nomem(err);
	ndx_buf_clear(&pairs->tokens);
	return shrink(pairs) ? NDX_OK : ndx_fail_nomem(err);
}

/* Bytes of a pair's chain, one after the other. */
struct chain {
	const struct chunk *chunk;
	uint32_t at, end, end_size; /* chunks; the last one has end_size bytes */
	uint32_t off;
};

static uint64_t
next_value(struct chain *chain)
{
	uint64_t value = 0;

	for (unsigned shift = 0;; shift += 7) {
		uint8_t byte;

		if (chain->off == CHUNK_DATA) {
			chain->at = chain->chunk[chain->at].next;
			chain->off = 0;
		}
		byte = chain->chunk[chain->at].data[chain->off++];
		value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return value;
	}
}

/* A pair's postings by rising docid, *count_ret of them; NULL: out of memory. */
static const struct ndx_posting *
get_postings(struct ndx_pairs_writer *pairs, struct pair *pair, size_t *count_ret)
{
	struct chain chain;
	ndx_docid docid = 0;

	if (!end_posting(pairs, pair))
		return NULL;
	chain = (struct chain){ pairs->chunk, pair->head, pair->tail, pair->tail_size, 0 };
	ndx_buf_clear(&pairs->postings);
	while (chain.at != chain.end || chain.off < chain.end_size) {
		const uint64_t step = next_value(&chain), tf = next_value(&chain);
		struct ndx_posting posting = { .tf = (uint32_t)(tf / 2) };

		docid += (ndx_docid)(step >> 1 ^ (0 - (step & 1)));
		posting.docid = docid;
		if (tf & 1)
			posting.title_tf = (uint32_t)next_value(&chain);
		ndx_buf_add(&pairs->postings, &posting, sizeof(posting));
	}
	if (ndx_buf_failed(&pairs->postings))
		return NULL;
	*count_ret = pairs->postings.size / sizeof(struct ndx_posting);
	return ndx_sort_postings((struct ndx_posting *)(void *)pairs->postings.data, *count_ret,
	                         pairs->article_count, &pairs->scratch);
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
	return ndx_pairs_key(field, ndx_pairs_word(pairs, (uint32_t)(words >> 32)),
	                     ndx_pairs_word(pairs, (uint32_t)words), key);
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
write_pair(struct output *output, struct pair *pair, struct ndx_err *err)
{
	struct ndx_pairs_writer *pairs = output->target->pairs;
	struct ndx_postings_writer *writer = &output->writer;
	uint8_t key[NDX_KEY_SIZE_MAX];
	const size_t key_size = key_of(pairs, NDX_FIELD_PAIR, pair->words, key);
	const struct ndx_posting *posting;
	size_t count;
	enum ndx_status status = NDX_OK;

	if (key_size == 0)
		return NDX_OK;
	posting = get_postings(pairs, pair, &count);
	if (posting == NULL)
		return ndx_fail_nomem(err);
	ndx_postings_writer_begin(writer, false);
	for (size_t i = 0; status == NDX_OK && i < count; i++)
		status = ndx_postings_writer_add(writer, posting[i].docid, posting[i].tf, NULL,
		                                 posting[i].title_tf, err);
	keep_titles(pairs, pair->words, posting, count);
	return status == NDX_OK ? end_list(output, key, key_size, err) : status;
}

static int
compare_pairs(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;

	return (x->words > y->words) - (x->words < y->words);
}

/* Write what a pass has found, and forget it. */
static enum ndx_status
end_pass(struct output *output, struct ndx_err *err)
{
	struct ndx_pairs_writer *pairs = output->target->pairs;
	enum ndx_status status = NDX_OK;

	/* Free slots have the largest number of all. */
	qsort(pairs->slot, pairs->slot_count, sizeof(*pairs->slot), compare_pairs);
	for (size_t i = 0; status == NDX_OK && i < pairs->pair_count; i++)
		status = write_pair(output, &pairs->slot[i], err);
	memset(pairs->slot, 0xff, pairs->slot_count * sizeof(*pairs->slot));
	pairs->pair_count = 0;
	pairs->chunk_count = pairs->chunks_in_use = 0;
	pairs->chunk_free = NO_CHUNK;
	return status;
}

static enum ndx_status
write_titles(struct output *output, struct ndx_err *err)
{
	const struct ndx_pairs_writer *pairs = output->target->pairs;
	struct ndx_postings_writer *writer = &output->writer;
	const uint8_t *in = pairs->titles.data, *end = in + pairs->titles.size;
	enum ndx_status status = NDX_OK;

	if (ndx_buf_failed(&pairs->titles))
		return ndx_fail_nomem(err);
	while (status == NDX_OK && in < end) {
		uint8_t key[NDX_KEY_SIZE_MAX];
		const size_t key_size = key_of(pairs, NDX_FIELD_TITLE_PAIR, ndx_get_u64(in), key);
		const uint32_t count = ndx_get_u32(in + 8);

		in += 12;
		ndx_postings_writer_begin(writer, false);
		for (uint32_t i = 0; status == NDX_OK && i < count; i++, in += 8)
			status = ndx_postings_writer_add(writer, ndx_get_u32(in), ndx_get_u32(in + 4), NULL,
			                                 0, err);
		if (status == NDX_OK)
			status = end_list(output, key, key_size, err);
	}
	return status;
}

static enum ndx_status
write_passes(struct output *output, const struct ndx_pair_feed *feed, struct ndx_err *err)
{
	struct ndx_pairs_writer *pairs = output->target->pairs;
	const uint32_t word_count = ndx_pairs_word_count(pairs);
	enum ndx_status status = NDX_OK;

	pairs->slot_count = 0;
	pairs->chunk_free = NO_CHUNK;
	if (!rehash(pairs, 1024))
		return ndx_fail_nomem(err);
	for (pairs->end = 0; status == NDX_OK && pairs->end < word_count;) {
		pairs->first = pairs->end;
		pairs->end = word_count;
		status = feed->feed(feed->ctx, pairs, err);
		if (status == NDX_OK)
			status = end_pass(output, err);
	}
	return status == NDX_OK ? write_titles(output, err) : status;
}

enum ndx_status
ndx_pairs_write(const struct ndx_pair_feed *feed, struct ndx_list_target *target,
                struct ndx_err *err)
{
	struct output output = { .target = target };
	enum ndx_status status;

	if (ndx_pairs_word_count(target->pairs) == 0)
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
