/*
 * raw_lists.c - the postings of batches, brought together term by term
 *
 * A heap of the batches by their next key finds the next term and who has it.  Its
 * streams are decoded into one array, with the docids that the articles will have, and
 * sorted.  News comes in the order of its dates mostly, so the array often is in order
 * already, or backwards.
 *
 * SPDX-License-Identifier: MIT
 */
#include "indexer/raw_lists.h"

#include <string.h>

#include "common/varint.h"

/* Postings up to which sorting by insertion is quicker than by digits. */
#define INSERT_SORT_MAX 24

void
ndx_raw_lists_init(struct ndx_raw_lists *raw, const struct ndx_mem *mem)
{
	*raw = (struct ndx_raw_lists){ .order = NULL };
	ndx_buf_init(&raw->keys, mem);
	ndx_buf_init(&raw->streams, mem);
	ndx_buf_init(&raw->terms, mem);
}

void
ndx_raw_lists_free(struct ndx_raw_lists *raw)
{
	ndx_buf_free(&raw->keys);
	ndx_buf_free(&raw->streams);
	ndx_buf_free(&raw->terms);
}

bool
ndx_raw_lists_add(struct ndx_raw_lists *raw, struct ndx_str key)
{
	const struct ndx_raw_term term = { (uint32_t)raw->keys.size, (uint32_t)raw->streams.size };

	if (raw->keys.size > UINT32_MAX || raw->streams.size > UINT32_MAX)
		return false;
	ndx_buf_add(&raw->keys, key.data, key.size);
	ndx_buf_add(&raw->terms, &term, sizeof(term));
	return !ndx_buf_failed(&raw->keys) && !ndx_buf_failed(&raw->terms);
}

/* A varint that this program has written. */
static inline uint32_t
next_value(const uint8_t **in)
{
	const uint8_t *p = *in;
	uint32_t value = *p & 0x7f;

	for (unsigned shift = 7; *p >= 0x80; shift += 7)
		value |= (uint32_t)(*++p & 0x7f) << shift;
	*in = p + 1;
	return value;
}

static struct ndx_str
term_key(const struct ndx_raw_lists *raw, const struct ndx_raw_term *term)
{
	return (struct ndx_str){ (const char *)raw->keys.data + term->key_off,
		                 term[1].key_off - term->key_off };
}

size_t
ndx_raw_lists_count(const struct ndx_raw_lists *raw)
{
	return raw->terms.size / sizeof(struct ndx_raw_term) - 1;
}

struct ndx_str
ndx_raw_lists_get(const struct ndx_raw_lists *raw, size_t i, uint32_t *df_ret, uint64_t *cf_ret)
{
	const struct ndx_raw_term *term =
	        (const struct ndx_raw_term *)(const void *)raw->terms.data + i;
	const uint8_t *in = raw->streams.data + term[0].stream_off;

	*df_ret = 0;
	*cf_ret = 0;
	while (in < raw->streams.data + term[1].stream_off) {
		uint32_t tf;

		next_value(&in);
		tf = next_value(&in);
		if (tf & 1)
			next_value(&in);
		for (uint32_t p = 0; p < tf / 2; p++)
			next_value(&in);
		++*df_ret;
		*cf_ret += tf / 2;
	}
	return term_key(raw, term);
}

size_t
ndx_raw_lists_size(const struct ndx_raw_lists *raw)
{
	return raw->keys.size_max + raw->streams.size_max + raw->terms.size_max;
}

struct posting {
	ndx_docid docid;
	uint32_t tf, title_tf;
	uint32_t position; /* index in the positions of all postings of the term */
};

/* A batch, at its next term. */
struct source {
	const struct ndx_raw_lists *raw;
	const struct ndx_raw_term *term, *end;
	ndx_docid *docid; /* of the i-th article that came, NDX_DOCID_NONE if it is dead */
	uint64_t prefix;  /* the first bytes of the key, as a number: most comparisons are of numbers */
};

struct flusher {
	const struct ndx_env *env;
	struct ndx_postings_writer *writer;
	struct source *source;
	size_t count;
	size_t *heap; /* indexes of sources, the one with the least key first */
	size_t heap_count;
	struct ndx_buf postings, sorted; /* struct posting */
	struct ndx_buf positions;        /* uint32_t */
	bool rises, falls;               /* of the docids in 'postings' */
	struct ndx_err *err;
};

static struct ndx_str
key_of(const struct source *source)
{
	return term_key(source->raw, source->term);
}

static void
set_prefix(struct source *source)
{
	struct ndx_str key = key_of(source);
	uint8_t first[8] = { 0 };

	memcpy(first, key.data, key.size < sizeof(first) ? key.size : sizeof(first));
	source->prefix = __builtin_bswap64(ndx_get_u64(first));
}

/* Does the key of source a come before that of b?  Equal keys in the order of the batches. */
static bool
before(const struct flusher *flusher, size_t a, size_t b)
{
	const struct source *x = &flusher->source[a], *y = &flusher->source[b];
	int order;

	if (x->prefix != y->prefix)
		return x->prefix < y->prefix;
	order = ndx_str_compare(key_of(x), key_of(y));
	return order != 0 ? order < 0 : a < b;
}

static void
sift_down(struct flusher *flusher, size_t at)
{
	size_t *heap = flusher->heap, moved = heap[at];

	for (;;) {
		size_t child = 2 * at + 1;

		if (child >= flusher->heap_count)
			break;
		if (child + 1 < flusher->heap_count && before(flusher, heap[child + 1], heap[child]))
			child++;
		if (!before(flusher, heap[child], moved))
			break;
		heap[at] = heap[child];
		at = child;
	}
	heap[at] = moved;
}

/* The first source of the heap goes on to its next term. */
static void
advance(struct flusher *flusher)
{
	struct source *source = &flusher->source[flusher->heap[0]];

	if (++source->term == source->end)
		flusher->heap[0] = flusher->heap[--flusher->heap_count];
	else
		set_prefix(source);
	if (flusher->heap_count > 0)
		sift_down(flusher, 0);
}

/* Append the postings of the source's term. */
static bool
decode(struct flusher *flusher, const struct source *source)
{
	const uint8_t *in = source->raw->streams.data + source->term[0].stream_off;
	const uint8_t *const end = source->raw->streams.data + source->term[1].stream_off;
	uint32_t article = 0;

	/* A posting has two bytes or more, and a position one. */
	if (ndx_buf_reserve(&flusher->postings, (size_t)(end - in) / 2 * sizeof(struct posting)) == NULL ||
	    ndx_buf_reserve(&flusher->positions, (size_t)(end - in) * sizeof(uint32_t)) == NULL)
		return false;
	while (in < end) {
		struct posting *posting =
		        (struct posting *)(void *)(flusher->postings.data + flusher->postings.size);
		uint32_t *position =
		        (uint32_t *)(void *)(flusher->positions.data + flusher->positions.size);
		uint32_t tf, title_tf = 0, next = 0;

		article += next_value(&in);
		tf = next_value(&in);
		if (tf & 1)
			title_tf = next_value(&in);
		tf /= 2;
		for (uint32_t i = 0; i < tf; i++) {
			next += next_value(&in);
			position[i] = next++;
		}
		if (source->docid[article] == NDX_DOCID_NONE)
			continue;
		*posting = (struct posting){ source->docid[article], tf, title_tf,
			                     (uint32_t)(flusher->positions.size / sizeof(*position)) };
		if (flusher->postings.size > 0) {
			flusher->rises &= posting[-1].docid < posting->docid;
			flusher->falls &= posting[-1].docid > posting->docid;
		}
		flusher->postings.size += sizeof(*posting);
		flusher->positions.size += tf * sizeof(*position);
	}
	return true;
}

static void
reverse(struct posting *posting, size_t count)
{
	for (size_t i = 0, j = count - 1; i < j; i++, j--) {
		struct posting swap = posting[i];

		posting[i] = posting[j];
		posting[j] = swap;
	}
}

/* Bring few postings into order where they are. */
static void
insert_sort(struct posting *posting, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		struct posting moved = posting[i];
		size_t j = i;

		for (; j > 0 && posting[j - 1].docid > moved.docid; j--)
			posting[j] = posting[j - 1];
		posting[j] = moved;
	}
}

/* Sort by the byte of the docid at 'shift', keeping the order of equals. */
static void
sort_by_digit(const struct posting *from, size_t count, unsigned shift, struct posting *to)
{
	size_t place[256] = { 0 }, sum = 0;

	for (size_t i = 0; i < count; i++)
		place[from[i].docid >> shift & 255]++;
	for (size_t digit = 0; digit < 256; digit++) {
		size_t here = place[digit];

		place[digit] = sum;
		sum += here;
	}
	for (size_t i = 0; i < count; i++)
		to[place[from[i].docid >> shift & 255]++] = from[i];
}

/* The term's postings by rising docid; NULL: out of memory. */
static const struct posting *
sort(struct flusher *flusher, size_t count, uint32_t article_count)
{
	struct posting *posting = (struct posting *)(void *)flusher->postings.data, *other;

	if (flusher->rises)
		return posting;
	if (flusher->falls)
		reverse(posting, count);
	else if (count <= INSERT_SORT_MAX)
		insert_sort(posting, count);
	if (flusher->falls || count <= INSERT_SORT_MAX)
		return posting;
	ndx_buf_clear(&flusher->sorted);
	other = (struct posting *)(void *)ndx_buf_reserve(&flusher->sorted, count * sizeof(*other));
	for (unsigned shift = 0; other != NULL && shift < 32 && (article_count - 1) >> shift > 0;
	     shift += 8) {
		struct posting *swap = posting;

		sort_by_digit(posting, count, shift, other);
		posting = other;
		other = swap;
	}
	return other == NULL ? NULL : posting;
}

/* Write the list of the least key, from all sources that have it. */
static enum ndx_status
flush_key(struct flusher *flusher, uint32_t article_count)
{
	const struct ndx_str key = key_of(&flusher->source[flusher->heap[0]]);
	const uint32_t *position;
	const struct posting *posting;
	size_t count;
	enum ndx_status status = NDX_OK;

	ndx_buf_clear(&flusher->postings);
	ndx_buf_clear(&flusher->positions);
	flusher->rises = flusher->falls = true;
	do {
		if (!decode(flusher, &flusher->source[flusher->heap[0]]))
			return ndx_fail_nomem(flusher->err);
		advance(flusher);
	} while (flusher->heap_count > 0 &&
	         ndx_str_equal(key_of(&flusher->source[flusher->heap[0]]), key));
	count = flusher->postings.size / sizeof(*posting);
	if (count == 0)
		return NDX_OK;
	posting = sort(flusher, count, article_count);
	if (posting == NULL)
		return ndx_fail_nomem(flusher->err);
	position = (const uint32_t *)(const void *)flusher->positions.data;
	ndx_postings_writer_begin(flusher->writer, true);
	for (size_t i = 0; status == NDX_OK && i < count; i++)
		status = ndx_postings_writer_add(flusher->writer, posting[i].docid, posting[i].tf,
		                                 position + posting[i].position, posting[i].title_tf,
		                                 flusher->err);
	if (status == NDX_OK)
		status = ndx_postings_writer_end(flusher->writer, key.data, key.size, flusher->err);
	return status;
}

static enum ndx_status
open_sources(struct flusher *flusher, const struct ndx_merge_input *input,
             const struct ndx_merge_order *order)
{
	for (size_t i = 0; i < flusher->count; i++) {
		struct source *source = &flusher->source[i];
		const struct ndx_raw_lists *raw = input[i].raw;
		const uint32_t article_count = input[i].segment->article_count;

		source->raw = raw;
		source->term = (const struct ndx_raw_term *)(const void *)raw->terms.data;
		source->end = source->term + ndx_raw_lists_count(raw);
		source->docid = ndx_alloc(flusher->env->mem, article_count * sizeof(*source->docid));
		if (source->docid == NULL)
			return ndx_fail_nomem(flusher->err);
		for (uint32_t article = 0; article < article_count; article++)
			source->docid[article] = order->docid[i][raw->order[article]];
		if (source->term == source->end)
			continue;
		set_prefix(source);
		flusher->heap[flusher->heap_count++] = i;
	}
	for (size_t at = flusher->heap_count / 2; at-- > 0;)
		sift_down(flusher, at);
	return NDX_OK;
}

enum ndx_status
ndx_flush_lists(const struct ndx_env *env, const struct ndx_merge_input *input,
                const struct ndx_merge_order *order, struct ndx_postings_writer *writer,
                struct ndx_err *err)
{
	struct flusher flusher = { .env = env, .writer = writer, .count = order->input_count, .err = err };
	enum ndx_status status;

	ndx_buf_init(&flusher.postings, env->mem);
	ndx_buf_init(&flusher.sorted, env->mem);
	ndx_buf_init(&flusher.positions, env->mem);
	flusher.source = ndx_alloc_zero(env->mem, flusher.count, sizeof(*flusher.source));
	flusher.heap = ndx_alloc(env->mem, flusher.count * sizeof(*flusher.heap));
	if (flusher.source == NULL || flusher.heap == NULL)
		status = ndx_fail_nomem(err);
	else
		status = open_sources(&flusher, input, order);
	while (status == NDX_OK && flusher.heap_count > 0)
		status = flush_key(&flusher, order->count);
	for (size_t i = 0; flusher.source != NULL && i < flusher.count; i++)
		ndx_free(env->mem, flusher.source[i].docid);
	ndx_free(env->mem, flusher.source);
	ndx_free(env->mem, flusher.heap);
	ndx_buf_free(&flusher.postings);
	ndx_buf_free(&flusher.sorted);
	ndx_buf_free(&flusher.positions);
	return status;
}
