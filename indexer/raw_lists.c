/*
 * raw_lists.c - the postings of batches, brought together term by term
 *
 * A heap of the batches by their next key finds the next term and who has it.  Its
 * streams are decoded into one array, with the docids that the articles will have, and
 * sorted.  Ranges of keys, cut where the batch with most bytes has as many of them, are worked on
 * side by side.
 *
 * SPDX-License-Identifier: MIT
 */
#include "indexer/raw_lists.h"

#include <string.h>

#include "common/field.h"
#include "common/varint.h"
#include "indexer/form_union.h"
#include "indexer/sort_postings.h"

void
ndx_raw_lists_init(struct ndx_raw_lists *raw, const struct ndx_mem *mem)
{
	*raw = (struct ndx_raw_lists){ .order = NULL };
	ndx_buf_init(&raw->keys, mem);
	ndx_buf_init(&raw->streams, mem);
	ndx_buf_init(&raw->terms, mem);
	ndx_buf_init(&raw->forms, mem);
}

void
ndx_raw_lists_free(struct ndx_raw_lists *raw)
{
	ndx_buf_free(&raw->keys);
	ndx_buf_free(&raw->streams);
	ndx_buf_free(&raw->terms);
	ndx_buf_free(&raw->forms);
}

bool
ndx_raw_lists_add(struct ndx_raw_lists *raw, struct ndx_str key)
{
	const struct ndx_raw_term term = { (uint32_t)raw->keys.size, (uint32_t)raw->streams.size,
		                           (uint32_t)raw->forms.size };

	if (raw->keys.size > UINT32_MAX || raw->streams.size > UINT32_MAX ||
	    raw->forms.size > UINT32_MAX)
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

static inline void
skip_values(const uint8_t **in, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		next_value(in);
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
		skip_values(&in, (tf & 1) + (tf & 2 ? 2 : 1) * (tf / 4));
		++*df_ret;
		*cf_ret += tf / 4;
	}
	return term_key(raw, term);
}

/* Count which forms stand in the term's postings; 'forms' by number. */
static void
count_forms(const struct ndx_raw_lists *raw, const struct ndx_raw_term *term,
            struct ndx_raw_form *form)
{
	const uint8_t *in = raw->streams.data + term[0].stream_off;

	for (uint32_t n = 1; in < raw->streams.data + term[1].stream_off; n++) {
		uint32_t tf;
		bool has_forms;

		next_value(&in);
		tf = next_value(&in);
		has_forms = (tf & 2) != 0;
		skip_values(&in, (tf & 1) + tf / 4);
		for (uint32_t i = 0; i < tf / 4; i++) {
			struct ndx_raw_form *stands = &form[has_forms ? next_value(&in) : 0];

			stands->cf++;
			if (stands->last != n)
				stands->df++;
			stands->last = n;
		}
	}
}

void
ndx_raw_lists_forms(const struct ndx_raw_lists *raw, size_t i, struct ndx_buf *forms)
{
	const struct ndx_raw_term *term =
		(const struct ndx_raw_term *)(const void *)raw->terms.data + i;
	const uint8_t *const begin = raw->forms.data + term[0].form_off;
	const uint8_t *const end = raw->forms.data + term[1].form_off;
	const struct ndx_str key = term_key(raw, term);
	size_t count = 0;
	struct ndx_raw_form *form;

	for (const uint8_t *in = begin; in < end; in += 1 + in[0])
		count++;
	count += begin == end; /* it is its own only form */
	form = (struct ndx_raw_form *)(void *)ndx_buf_reserve(forms, count * sizeof(*form));
	if (form == NULL)
		return;
	memset(form, 0, count * sizeof(*form));
	forms->size = count * sizeof(*form);
	if (begin == end)
		form[0].form = (struct ndx_str){ key.data + 1, key.size - 1 };
	for (const uint8_t *in = begin; in < end; in += 1 + in[0]) /* the last number first */
		form[--count].form = (struct ndx_str){ (const char *)in + 1, in[0] };
	count_forms(raw, term, form);
}

void
ndx_raw_lists_trim(struct ndx_raw_lists *raw)
{
	ndx_buf_trim(&raw->keys);
	ndx_buf_trim(&raw->streams);
	ndx_buf_trim(&raw->terms);
	ndx_buf_trim(&raw->forms);
}

size_t
ndx_raw_lists_size(const struct ndx_raw_lists *raw)
{
	return raw->keys.size_max + raw->streams.size_max + raw->terms.size_max +
	       raw->forms.size_max;
}

/* A batch, at its next term. */
struct source {
	const struct ndx_raw_lists *raw;
	const struct ndx_raw_term *term, *end;
	const ndx_docid *docid; /* of the i-th article that came, NDX_DOCID_NONE if it is dead */
	uint64_t prefix;        /* the first bytes of the key, as a number to compare */
};

struct flusher {
	const struct ndx_env *env;
	struct ndx_postings_writer *writer;
	struct source *source;
	size_t count;
	size_t *heap; /* indexes of sources, the one with the least key first */
	size_t heap_count;
	struct ndx_buf postings, sorted; /* struct ndx_posting */
	struct ndx_buf positions;        /* uint32_t */
	struct ndx_buf numbers;          /* the same: numbers of the forms there, in 'forms' */
	struct ndx_form_union forms;     /* of the term */
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
		if (child + 1 < flusher->heap_count &&
		    before(flusher, heap[child + 1], heap[child]))
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

/* Append the postings of the source's term; map[] are the numbers of its forms. */
static bool
decode(struct flusher *flusher, const struct source *source, const uint32_t *map)
{
	const uint8_t *in = source->raw->streams.data + source->term[0].stream_off;
	const uint8_t *const end = source->raw->streams.data + source->term[1].stream_off;
	uint32_t article = 0;

	/* A posting has two bytes or more, and a position one. */
	if (ndx_buf_reserve(&flusher->postings,
	                    (size_t)(end - in) / 2 * sizeof(struct ndx_posting)) == NULL ||
	    ndx_buf_reserve(&flusher->positions, (size_t)(end - in) * sizeof(uint32_t)) == NULL ||
	    ndx_buf_reserve(&flusher->numbers, (size_t)(end - in) * sizeof(uint32_t)) == NULL)
		return false;
	while (in < end) {
		struct ndx_posting *posting =
			(struct ndx_posting *)(void *)(flusher->postings.data +
		                                       flusher->postings.size);
		uint32_t *position =
			(uint32_t *)(void *)(flusher->positions.data + flusher->positions.size);
		uint32_t *number =
			(uint32_t *)(void *)(flusher->numbers.data + flusher->positions.size);
		uint32_t tf, title_tf = 0, next = 0;
		bool has_forms;

		article += next_value(&in);
		tf = next_value(&in);
		if (tf & 1)
			title_tf = next_value(&in);
		has_forms = (tf & 2) != 0;
		tf /= 4;
		for (uint32_t i = 0; i < tf; i++) {
			next += next_value(&in);
			position[i] = next++;
			number[i] = map[0];
		}
		for (uint32_t i = 0; has_forms && i < tf; i++)
			number[i] = map[next_value(&in)];
		if (source->docid[article] == NDX_DOCID_NONE)
			continue;
		*posting = (struct ndx_posting){ source->docid[article], tf, title_tf,
			                         (uint32_t)(flusher->positions.size /
			                                    sizeof(*position)) };
		flusher->postings.size += sizeof(*posting);
		flusher->positions.size += tf * sizeof(*position);
		flusher->numbers.size = flusher->positions.size;
	}
	return true;
}

/* The forms of the source's term among those of the key: by number there, their numbers; NULL: out
 * of memory. */
static const uint32_t *
add_forms(struct ndx_form_union *forms, const struct source *source)
{
	const uint8_t *in = source->raw->forms.data + source->term[0].form_off;
	const uint8_t *const end = source->raw->forms.data + source->term[1].form_off;
	size_t count = 0;
	uint32_t *map;

	for (const uint8_t *at = in; at < end; at += 1 + at[0])
		count++;
	map = ndx_form_union_map(forms, count == 0 ? 1 : count);
	if (map != NULL && count == 0 && !ndx_form_union_add(forms, forms->term, &map[0]))
		return NULL;
	for (; map != NULL && in < end; in += 1 + in[0])
		if (!ndx_form_union_add(forms, (struct ndx_str){ (const char *)in + 1, in[0] },
		                        &map[--count]))
			return NULL;
	return map;
}

/* Number the forms of the term, the most frequent first, and tell the writer. */
static enum ndx_status
number_forms(struct flusher *flusher)
{
	uint32_t *number = (uint32_t *)(void *)flusher->numbers.data;
	const size_t count = flusher->positions.size / sizeof(*number);
	const uint32_t *to;
	size_t forms;

	if (flusher->forms.count > 1)
		for (size_t i = 0; i < count; i++)
			flusher->forms.form[number[i]].cf++;
	else
		flusher->forms.form[0].cf = 1;
	to = ndx_form_union_sort(&flusher->forms, &forms);
	if (to == NULL)
		return ndx_fail_nomem(flusher->err);
	for (size_t i = 0; flusher->forms.count > 1 && i < count; i++)
		number[i] = to[number[i]];
	return ndx_postings_writer_forms(flusher->writer, ndx_form_union_texts(&flusher->forms),
	                                 forms, flusher->err);
}

/* Write the list of the least key, from all sources that have it. */
static enum ndx_status
flush_key(struct flusher *flusher, uint32_t article_count)
{
	const struct ndx_str key = key_of(&flusher->source[flusher->heap[0]]);
	const uint32_t *position, *number;
	const struct ndx_posting *posting;
	size_t count;
	enum ndx_status status = NDX_OK;

	ndx_buf_clear(&flusher->postings);
	ndx_buf_clear(&flusher->positions);
	ndx_buf_clear(&flusher->numbers);
	ndx_form_union_begin(&flusher->forms, (struct ndx_str){ key.data + 1, key.size - 1 });
	do {
		const struct source *source = &flusher->source[flusher->heap[0]];
		const uint32_t *map = add_forms(&flusher->forms, source);

		if (map == NULL || !decode(flusher, source, map))
			return ndx_fail_nomem(flusher->err);
		advance(flusher);
	} while (flusher->heap_count > 0 &&
	         ndx_str_equal(key_of(&flusher->source[flusher->heap[0]]), key));
	count = flusher->postings.size / sizeof(*posting);
	if (count == 0)
		return NDX_OK;
	posting = ndx_sort_postings((struct ndx_posting *)(void *)flusher->postings.data, count,
	                            article_count, &flusher->sorted);
	if (posting == NULL)
		return ndx_fail_nomem(flusher->err);
	position = (const uint32_t *)(const void *)flusher->positions.data;
	number = (const uint32_t *)(const void *)flusher->numbers.data;
	ndx_postings_writer_begin(flusher->writer, (enum ndx_field)key.data[0], true);
	if (key.data[0] == NDX_FIELD_ANY)
		status = number_forms(flusher);
	for (size_t i = 0; status == NDX_OK && i < count; i++)
		status = ndx_postings_writer_add(flusher->writer, posting[i].docid, posting[i].tf,
		                                 position + posting[i].position,
		                                 number + posting[i].position, posting[i].title_tf,
		                                 flusher->err);
	if (status == NDX_OK)
		status = ndx_postings_writer_end(flusher->writer, key.data, key.size, flusher->err);
	return status;
}

/* The docid in the segment of each of the batch's articles, as they came; NULL: out of memory. */
static ndx_docid *
new_docids(const struct ndx_merge_feed *feed, size_t i)
{
	const uint32_t count = feed->input[i].segment->article_count;
	ndx_docid *docid = ndx_alloc(feed->env->mem, count * sizeof(*docid));

	for (uint32_t article = 0; docid != NULL && article < count; article++)
		docid[article] = feed->order->docid[i][feed->input[i].raw->order[article]];
	return docid;
}

/* What all ranges share. */
struct flush {
	const struct ndx_merge_feed *feed;
	ndx_docid **docid;     /* of each batch, see new_docids() */
	struct ndx_str *bound; /* where ranges begin, the first at the empty key; one more that ends
	                          the last */
	size_t range_count;
};

/* The first of the batch's terms whose key is not below 'key'; all are below the last bound. */
static const struct ndx_raw_term *
term_from(const struct ndx_raw_lists *raw, struct ndx_str key)
{
	const struct ndx_raw_term *terms =
		(const struct ndx_raw_term *)(const void *)raw->terms.data;
	size_t low = 0, high = ndx_raw_lists_count(raw);

	while (low < high && key.data != NULL) {
		const size_t middle = low + (high - low) / 2;

		if (ndx_str_compare(term_key(raw, &terms[middle]), key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return &terms[high];
}

static void
open_sources(struct flusher *flusher, const struct flush *flush, size_t range)
{
	for (size_t i = 0; i < flusher->count; i++) {
		struct source *source = &flusher->source[i];
		const struct ndx_raw_lists *raw = flush->feed->input[i].raw;

		source->raw = raw;
		source->term = range == 0
		                       ? (const struct ndx_raw_term *)(const void *)raw->terms.data
		                       : term_from(raw, flush->bound[range]);
		source->end = term_from(raw, flush->bound[range + 1]);
		source->docid = flush->docid[i];
		if (source->term == source->end)
			continue;
		set_prefix(source);
		flusher->heap[flusher->heap_count++] = i;
	}
	for (size_t at = flusher->heap_count / 2; at-- > 0;)
		sift_down(flusher, at);
}

static enum ndx_status
flush_range(void *ctx, size_t range, struct ndx_postings_writer *writer, struct ndx_err *err)
{
	const struct flush *flush = ctx;
	const struct ndx_env *env = flush->feed->env;
	struct flusher flusher = {
		.env = env, .writer = writer, .count = flush->feed->order->input_count, .err = err
	};
	enum ndx_status status = NDX_OK;

	ndx_buf_init(&flusher.postings, env->mem);
	ndx_buf_init(&flusher.sorted, env->mem);
	ndx_buf_init(&flusher.positions, env->mem);
	ndx_buf_init(&flusher.numbers, env->mem);
	ndx_form_union_init(&flusher.forms, env->mem);
	flusher.source = ndx_alloc_zero(env->mem, flusher.count, sizeof(*flusher.source));
	flusher.heap = ndx_alloc(env->mem, flusher.count * sizeof(*flusher.heap));
	if (flusher.source == NULL || flusher.heap == NULL)
		status = ndx_fail_nomem(err);
	else
		open_sources(&flusher, flush, range);
	while (status == NDX_OK && flusher.heap_count > 0)
		status = flush_key(&flusher, flush->feed->order->count);
	ndx_free(env->mem, flusher.source);
	ndx_free(env->mem, flusher.heap);
	ndx_buf_free(&flusher.postings);
	ndx_buf_free(&flusher.sorted);
	ndx_buf_free(&flusher.positions);
	ndx_buf_free(&flusher.numbers);
	ndx_form_union_free(&flusher.forms);
	return status;
}

/* Cut the keys into ranges of about part_size bytes, by the batch that has most; false: out of
 * memory. */
static bool
cut_ranges(struct flush *flush, size_t part_size)
{
	const struct ndx_merge_input *input = flush->feed->input;
	const struct ndx_raw_lists *most = input[0].raw;
	const struct ndx_raw_term *terms;
	size_t total = 0, wanted, count;

	for (size_t i = 0; i < flush->feed->order->input_count; i++) {
		total += input[i].raw->streams.size;
		if (input[i].raw->streams.size > most->streams.size)
			most = input[i].raw;
	}
	wanted = total / part_size + 1;
	terms = (const struct ndx_raw_term *)(const void *)most->terms.data;
	count = ndx_raw_lists_count(most);
	flush->bound = ndx_alloc_zero(flush->feed->env->mem, wanted + 1, sizeof(*flush->bound));
	if (flush->bound == NULL)
		return false;
	flush->range_count = 1;
	for (size_t t = 1; t < count && flush->range_count < wanted; t++)
		if (terms[t].stream_off >= most->streams.size / wanted * flush->range_count)
			flush->bound[flush->range_count++] = term_key(most, &terms[t]);
	flush->bound[flush->range_count] = (struct ndx_str){ NULL, 0 };
	return true;
}

enum ndx_status
ndx_flush_lists(const struct ndx_merge_feed *feed, struct ndx_list_target *target,
                struct ndx_err *err)
{
	const struct ndx_mem *mem = feed->env->mem;
	const size_t count = feed->order->input_count;
	struct flush flush = { .feed = feed };
	bool ready;
	enum ndx_status status;

	flush.docid = ndx_alloc_zero(mem, count, sizeof(*flush.docid));
	ready = flush.docid != NULL && cut_ranges(&flush, target->part_size);
	for (size_t i = 0; ready && i < count; i++) {
		flush.docid[i] = new_docids(feed, i);
		ready = flush.docid[i] != NULL;
	}
	if (ready) {
		const struct ndx_list_maker maker = { flush.range_count, flush_range, &flush };

		status = ndx_list_parts_write(&maker, target, err);
	} else {
		status = ndx_fail_nomem(err);
	}
	for (size_t i = 0; flush.docid != NULL && i < count; i++)
		ndx_free(mem, flush.docid[i]);
	ndx_free(mem, flush.docid);
	ndx_free(mem, flush.bound);
	return status;
}

/* Where the term of field ANY is among the batch's; NULL: it has none such. */
static const struct ndx_raw_term *
find_term(const struct ndx_raw_lists *raw, struct ndx_str term)
{
	const struct ndx_raw_term *terms =
		(const struct ndx_raw_term *)(const void *)raw->terms.data;
	size_t low = 0, high = ndx_raw_lists_count(raw);

	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		const struct ndx_str key = term_key(raw, &terms[middle]);
		int order = (int)(uint8_t)key.data[0] - NDX_FIELD_ANY;

		if (order == 0)
			order = ndx_str_compare((struct ndx_str){ key.data + 1, key.size - 1 },
			                        term);
		if (order == 0)
			return &terms[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static bool
feed_term(const struct ndx_raw_lists *raw, const struct ndx_raw_term *term, uint32_t word,
          struct ndx_pair_collector *collector)
{
	const uint8_t *in = raw->streams.data + term[0].stream_off;
	const uint8_t *const end = raw->streams.data + term[1].stream_off;
	struct ndx_pair_token *token = ndx_pairs_reserve(collector, (size_t)(end - in));
	const struct ndx_pair_token *const first = token;
	uint32_t article = 0;

	if (token == NULL)
		return false;
	while (in < end) {
		uint32_t tf, next = 0;

		article += next_value(&in);
		tf = next_value(&in);
		if (tf & 1)
			next_value(&in);
		for (uint32_t i = 0; i < tf / 4; i++) {
			next += next_value(&in);
			*token++ = (struct ndx_pair_token){ article, next++, word };
		}
		if (tf & 2)
			skip_values(&in, tf / 4);
	}
	ndx_pairs_commit(collector, (size_t)(token - first));
	return true;
}

enum ndx_status
ndx_flush_pairs(void *ctx, size_t share, size_t shares, struct ndx_pair_collector *collector,
                struct ndx_err *err)
{
	const struct ndx_merge_feed *feed = ctx;
	enum ndx_status status = NDX_OK;

	for (size_t i = share; status == NDX_OK && i < feed->order->input_count; i += shares) {
		const struct ndx_raw_lists *raw = feed->input[i].raw;
		ndx_docid *docid = new_docids(feed, i);
		bool fed = docid != NULL;

		for (uint32_t word = 0; fed && word < ndx_pairs_feed_count(collector); word++) {
			const struct ndx_raw_term *term =
				find_term(raw, ndx_pairs_feed_word(collector, word));

			fed = term == NULL || feed_term(raw, term, word, collector);
		}
		status = fed ? ndx_pairs_end(collector, docid,
		                             feed->input[i].segment->article_count, err)
		             : ndx_fail_nomem(err);
		ndx_free(feed->env->mem, docid);
	}
	return status;
}
