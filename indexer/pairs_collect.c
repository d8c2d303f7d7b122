/*
 * pairs_collect.c - see pairs_collect.h
 *
 * Of the articles at hand, the tokens are sorted by article; an article's are laid out by position,
 * so that the word after each is seen at once.  A pair's postings are a chain of small chunks of
 * bytes; each posting is
 *
 *   varint zigzag(docid - docid before), varint tf * 2 + (title_tf > 0), [varint title_tf]
 *
 * Docids are in the order in which the articles come.
 *
 * SPDX-License-Identifier: MIT
 */
#include "indexer/pairs_collect.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "common/pairs.h"
#include "common/varint.h"
#include "indexer/sort_postings.h"

#define CHUNK_SIZE       32
#define CHUNK_DATA       (CHUNK_SIZE - 4)
#define NO_CHUNK         UINT32_MAX
#define POSTING_SIZE_MAX 15 /* three varints */

/* Two words, first * 2^32 + second; and their postings so far. */
struct ndx_pair {
	uint64_t words;      /* UINT64_MAX: the slot is free */
	uint32_t head, tail; /* chunks; NO_CHUNK: none yet */
	uint32_t tail_size;  /* bytes in the last one */
	ndx_docid docid;     /* of the posting that is being counted, if tf > 0 */
	uint32_t tf, title_tf;
	ndx_docid docid_before; /* of the one before it */
};

struct ndx_pair_chunk {
	uint32_t next;
	uint8_t data[CHUNK_DATA];
};

void
ndx_pair_collector_init(struct ndx_pair_collector *collector, const struct ndx_mem *mem)
{
	*collector = (struct ndx_pair_collector){ .mem = mem };
	ndx_buf_init(&collector->tokens, mem);
	ndx_buf_init(&collector->sorted, mem);
	ndx_buf_init(&collector->begins, mem);
}

void
ndx_pair_collector_free(struct ndx_pair_collector *collector)
{
	ndx_buf_free(&collector->tokens);
	ndx_buf_free(&collector->sorted);
	ndx_buf_free(&collector->begins);
	ndx_free(collector->mem, collector->after);
	ndx_free(collector->mem, collector->slot);
	ndx_free(collector->mem, collector->chunk);
}

static const struct ndx_pair_word *
get_word(const struct ndx_pair_words *words, uint32_t word)
{
	return (const struct ndx_pair_word *)(const void *)words->words.data + word;
}

uint32_t
ndx_pair_words_count(const struct ndx_pair_words *words)
{
	return (uint32_t)(words->words.size / sizeof(struct ndx_pair_word));
}

struct ndx_str
ndx_pair_words_bytes(const struct ndx_pair_words *words, uint32_t word)
{
	const struct ndx_pair_word *found = get_word(words, word);

	return (struct ndx_str){ (const char *)words->keys.data + found->key_off, found->size };
}

uint32_t
ndx_pairs_feed_count(const struct ndx_pair_collector *collector)
{
	return ndx_pair_words_count(collector->pass->words);
}

struct ndx_str
ndx_pairs_feed_word(const struct ndx_pair_collector *collector, uint32_t word)
{
	return ndx_pair_words_bytes(collector->pass->words, word);
}

static uint32_t
df_of(const struct ndx_pair_collector *collector, uint32_t word)
{
	return get_word(collector->pass->words, word)->df;
}

struct ndx_pair_token *
ndx_pairs_reserve(struct ndx_pair_collector *collector, size_t count)
{
	return (struct ndx_pair_token *)(void *)ndx_buf_reserve(
		&collector->tokens, count * sizeof(struct ndx_pair_token));
}

void
ndx_pairs_commit(struct ndx_pair_collector *collector, size_t used)
{
	collector->tokens.size += used * sizeof(struct ndx_pair_token);
}

/* A chunk at the end of the pair's chain; false: out of memory. */
static bool
add_chunk(struct ndx_pair_collector *collector, struct ndx_pair *pair)
{
	uint32_t added = collector->chunk_free;

	if (added != NO_CHUNK) {
		collector->chunk_free = collector->chunk[added].next;
	} else {
		if (collector->chunk_count == NO_CHUNK ||
		    !ndx_grow(collector->mem, &collector->chunk, &collector->chunk_max,
		              (size_t)collector->chunk_count + 1, sizeof(*collector->chunk)))
			return false;
		added = collector->chunk_count++;
	}
	collector->chunk[added].next = NO_CHUNK;
	if (pair->head == NO_CHUNK)
		pair->head = added;
	else
		collector->chunk[pair->tail].next = added;
	pair->tail = added;
	pair->tail_size = 0;
	collector->chunks_in_use++;
	return true;
}

/* The posting that was counted goes to the pair's chain. */
static bool
end_posting(struct ndx_pair_collector *collector, struct ndx_pair *pair)
{
	const int64_t step = (int64_t)pair->docid - pair->docid_before;
	uint8_t bytes[POSTING_SIZE_MAX];
	size_t size, done = 0;

	if (pair->tf == 0)
		return true;
	size = ndx_varint_encode((uint64_t)step << 1 ^ (step < 0 ? UINT64_MAX : 0), bytes);
	size += ndx_varint_encode((uint64_t)pair->tf * 2 + (pair->title_tf > 0), bytes + size);
	if (pair->title_tf > 0)
		size += ndx_varint_encode(pair->title_tf, bytes + size);
	while (done < size) {
		size_t room = pair->head == NO_CHUNK ? 0 : CHUNK_DATA - pair->tail_size, take;

		if (room == 0) {
			if (!add_chunk(collector, pair))
				return false;
			room = CHUNK_DATA;
		}
		take = size - done < room ? size - done : room;
		memcpy(collector->chunk[pair->tail].data + pair->tail_size, bytes + done, take);
		pair->tail_size += (uint32_t)take;
		done += take;
	}
	pair->docid_before = pair->docid;
	pair->tf = pair->title_tf = 0;
	return true;
}

static size_t
hash_of(const struct ndx_pair_collector *collector, uint64_t words)
{
	return (size_t)((words * UINT64_C(0x9e3779b97f4a7c15)) >> 20) & (collector->slot_count - 1);
}

static struct ndx_pair *
find_slot(const struct ndx_pair_collector *collector, uint64_t words)
{
	size_t at = hash_of(collector, words);

	while (collector->slot[at].words != words && collector->slot[at].words != UINT64_MAX)
		at = (at + 1) & (collector->slot_count - 1);
	return &collector->slot[at];
}

/* A table of another size with the same pairs, those with first words beyond the pass left out. */
static bool
rehash(struct ndx_pair_collector *collector, size_t slot_count)
{
	struct ndx_pair *old = collector->slot;
	const size_t old_count = collector->slot_count;

	collector->slot = ndx_alloc(collector->mem, slot_count * sizeof(*collector->slot));
	if (collector->slot == NULL) {
		collector->slot = old;
		return false;
	}
	memset(collector->slot, 0xff, slot_count * sizeof(*collector->slot));
	collector->slot_count = slot_count;
	collector->pair_count = 0;
	for (size_t i = 0; i < old_count; i++) {
		if (old[i].words == UINT64_MAX)
			continue;
		if (old[i].words >> 32 < collector->end) {
			*find_slot(collector, old[i].words) = old[i];
			collector->pair_count++;
			continue;
		}
		for (uint32_t c = old[i].head, next; c != NO_CHUNK; c = next) {
			next = collector->chunk[c].next;
			collector->chunk[c].next = collector->chunk_free;
			collector->chunk_free = c;
			collector->chunks_in_use--;
		}
	}
	ndx_free(collector->mem, old);
	return true;
}

static struct ndx_pair *
get_pair(struct ndx_pair_collector *collector, uint64_t words)
{
	struct ndx_pair *pair = find_slot(collector, words);

	if (pair->words == words)
		return pair;
	if (2 * (collector->pair_count + 1) > collector->slot_count) {
		if (!rehash(collector, 2 * collector->slot_count))
			return NULL;
		pair = find_slot(collector, words);
	}
	*pair = (struct ndx_pair){ .words = words, .head = NO_CHUNK, .tail = NO_CHUNK };
	collector->pair_count++;
	return pair;
}

/* The words stand at position and position + 1 of an article. */
static bool
add_occurrence(struct ndx_pair_collector *collector, uint32_t first, uint32_t second,
               ndx_docid docid, bool in_title)
{
	struct ndx_pair *pair = get_pair(collector, (uint64_t)first << 32 | second);

	if (pair == NULL)
		return false;
	if (pair->tf > 0 && pair->docid != docid && !end_posting(collector, pair))
		return false;
	pair->docid = docid;
	pair->tf++;
	pair->title_tf += in_title;
	return true;
}

bool
ndx_pairs_feed_wants(const struct ndx_pair_collector *collector, uint32_t first, uint32_t second)
{
	return first >= collector->pass->first && first < collector->end &&
	       ndx_pairs_have(df_of(collector, first), df_of(collector, second),
	                      collector->pass->words->article_count);
}

/* And was it not added already? */
static bool
is_wanted(const struct ndx_pair_collector *collector, uint32_t first, uint32_t second)
{
	const uint32_t *df = collector->listed_df;

	return ndx_pairs_feed_wants(collector, first, second) &&
	       (df == NULL ||
	        !ndx_pairs_have(df[first], df[second], collector->listed_article_count));
}

void
ndx_pairs_feed_except(struct ndx_pair_collector *collector, const uint32_t *df,
                      uint32_t article_count)
{
	collector->listed_df = df;
	collector->listed_article_count = article_count;
}

/*
 * Of one article: its tokens are laid out by position, numbered from 1.  Several may share one (an
 * acronym and the word that it looks like): each then says in 'article' which came before.
 */
static bool
add_article(struct ndx_pair_collector *collector, struct ndx_pair_token *token, size_t count,
            ndx_docid docid)
{
	const int64_t title_count = collector->pass->title[docid];
	uint32_t *after = collector->after;

	for (size_t i = 0; i < count; i++) {
		token[i].article = after[token[i].position];
		after[token[i].position] = (uint32_t)i + 1;
	}
	for (size_t i = 0; i < count; i++) {
		const uint32_t first = token[i].word, next = token[i].position + 1;

		for (uint32_t j = after[next]; j > 0; j = token[j - 1].article)
			if (is_wanted(collector, first, token[j - 1].word) &&
			    !add_occurrence(collector, first, token[j - 1].word, docid,
			                    (int64_t)next < title_count))
				return false;
	}
	for (size_t i = 0; i < count; i++)
		after[token[i].position] = 0;
	return true;
}

/* Tokens by article, and where each article's begin (one more: the end); false: out of memory. */
static bool
sort_tokens(struct ndx_pair_collector *collector, uint32_t article_count)
{
	const struct ndx_pair_token *token =
		(const struct ndx_pair_token *)(const void *)collector->tokens.data;
	const size_t count = collector->tokens.size / sizeof(*token);
	struct ndx_pair_token *sorted;
	uint32_t *place, position_max = 0, sum = 0;
	const size_t before = collector->after_max;

	ndx_buf_clear(&collector->begins);
	ndx_buf_clear(&collector->sorted);
	place = (uint32_t *)(void *)ndx_buf_reserve(&collector->begins,
	                                            ((size_t)article_count + 2) * sizeof(*place));
	sorted = (struct ndx_pair_token *)(void *)ndx_buf_reserve(&collector->sorted,
	                                                          collector->tokens.size);
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
	if (!ndx_grow(collector->mem, &collector->after, &collector->after_max,
	              (size_t)position_max + 2, sizeof(*collector->after)))
		return false;
	memset(collector->after + before, 0,
	       (collector->after_max - before) * sizeof(*collector->after));
	return true;
}

/* Leave later pairs to a further pass, until what waits is small enough. */
static bool
shrink(struct ndx_pair_collector *collector)
{
	while ((size_t)collector->chunks_in_use * CHUNK_SIZE +
	                       collector->slot_count * sizeof(*collector->slot) >
	               collector->pass->memory &&
	       collector->end - collector->pass->first > 1) {
		collector->end =
			collector->pass->first + (collector->end - collector->pass->first) / 2;
		if (!rehash(collector, collector->slot_count))
			return false;
	}
	return true;
}

bool
ndx_pairs_add(struct ndx_pair_collector *collector, uint32_t first, uint32_t second,
              const struct ndx_posting *posting, size_t count)
{
	struct ndx_pair *pair;

	if (count == 0 || !ndx_pairs_feed_wants(collector, first, second))
		return true; /* no longer in this pass */
	pair = get_pair(collector, (uint64_t)first << 32 | second);
	if (pair == NULL)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!end_posting(collector, pair))
			return false;
		pair->docid = posting[i].docid;
		pair->tf = posting[i].tf;
		pair->title_tf = posting[i].title_tf;
	}
	return shrink(collector);
}

enum ndx_status
ndx_pairs_end(struct ndx_pair_collector *collector, const ndx_docid *docid, uint32_t article_count,
              struct ndx_err *err)
{
	struct ndx_pair_token *sorted;
	const uint32_t *begin;

	if (ndx_buf_failed(&collector->tokens) || !sort_tokens(collector, article_count))
		return ndx_fail_nomem(err);
	sorted = (struct ndx_pair_token *)(void *)collector->sorted.data;
	begin = (const uint32_t *)(const void *)collector->begins.data;
	for (uint32_t a = 0; a < article_count; a++)
		if (docid[a] != NDX_DOCID_NONE &&
		    !add_article(collector, sorted + begin[a], begin[a + 1] - begin[a], docid[a]))
			return ndx_fail_nomem(err);
	ndx_buf_clear(&collector->tokens);
	return shrink(collector) ? NDX_OK : ndx_fail_nomem(err);
}

/* Bytes of a pair's chain, one after the other. */
struct chain {
	const struct ndx_pair_chunk *chunk;
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

bool
ndx_pair_collector_take(struct ndx_pair_collector *collector, struct ndx_buf *postings)
{
	struct ndx_pair *pair = collector->at++;
	struct chain chain;
	ndx_docid docid = 0;

	if (!end_posting(collector, pair))
		return false;
	chain = (struct chain){ collector->chunk, pair->head, pair->tail, pair->tail_size, 0 };
	while (chain.at != chain.end || chain.off < chain.end_size) {
		const uint64_t step = next_value(&chain), tf = next_value(&chain);
		struct ndx_posting posting = { .tf = (uint32_t)(tf / 2) };

		docid += (ndx_docid)(step >> 1 ^ (0 - (step & 1)));
		posting.docid = docid;
		if (tf & 1)
			posting.title_tf = (uint32_t)next_value(&chain);
		ndx_buf_add(postings, &posting, sizeof(posting));
	}
	return !ndx_buf_failed(postings);
}

uint64_t
ndx_pair_collector_next(const struct ndx_pair_collector *collector)
{
	return collector->at->words;
}

static int
compare_pairs(const void *a, const void *b)
{
	const struct ndx_pair *x = a, *y = b;

	return (x->words > y->words) - (x->words < y->words);
}

/* An empty table; false: out of memory. */
static bool
collector_begin(struct ndx_pair_collector *collector, const struct ndx_pair_pass *pass,
                size_t share)
{
	collector->pass = pass;
	collector->share = share;
	collector->status = NDX_OK;
	collector->end = pass->end;
	collector->listed_df = NULL;
	collector->chunk_count = collector->chunks_in_use = 0;
	collector->chunk_free = NO_CHUNK;
	ndx_free(collector->mem, collector->slot);
	collector->slot = NULL;
	collector->slot_count = 0;
	return rehash(collector, 1024);
}

/* Collect a share, and sort it; a free slot, which has the largest number of all, is always
 * left. */
static void *
collect(void *arg)
{
	struct ndx_pair_collector *collector = arg;
	const struct ndx_pair_pass *pass = collector->pass;

	collector->status = pass->feed->feed(pass->feed->ctx, collector->share, pass->shares,
	                                     collector, &collector->err);
	qsort(collector->slot, collector->slot_count, sizeof(*collector->slot), compare_pairs);
	collector->at = collector->slot;
	return NULL;
}

/* The first share on this thread; signals are for it. */
static void
collect_side_by_side(struct ndx_pair_collector *collector, size_t count)
{
	size_t started = 1;
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	while (started < count &&
	       pthread_create(&collector[started].thread, NULL, collect, &collector[started]) == 0)
		started++;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	collect(&collector[0]);
	for (size_t i = started; i < count; i++)
		collect(&collector[i]);
	for (size_t i = 1; i < started; i++)
		pthread_join(collector[i].thread, NULL);
}

enum ndx_status
ndx_pairs_collect(struct ndx_pair_collector *collector, const struct ndx_pair_pass *pass,
                  uint32_t *end_ret, struct ndx_err *err)
{
	for (size_t i = 0; i < pass->shares; i++)
		if (!collector_begin(&collector[i], pass, i))
			return ndx_fail_nomem(err);
	collect_side_by_side(collector, pass->shares);
	*end_ret = pass->end;
	for (size_t i = 0; i < pass->shares; i++) {
		if (collector[i].status != NDX_OK && err != NULL)
			*err = collector[i].err;
		if (collector[i].status != NDX_OK)
			return collector[i].status;
		*end_ret = collector[i].end < *end_ret ? collector[i].end : *end_ret;
	}
	return NDX_OK;
}
