/*
 * merge_lists.c - see merge_lists.h
 *
 * The dictionaries are walked side by side.  For each key, the inputs that have it
 * are streams of postings with rising new docids; whichever stream is least is
 * drained until it is not, which makes segments of successive days a concatenation.
 *
 * How often a term stands in a title is kept in no list of field ANY: it is read
 * from the title's own list, by a second walk through the same dictionaries.
 *
 * Ranges of keys, cut where the input with most bytes has as many of them, are worked on side by
 * side.
 *
 * SPDX-License-Identifier: MIT
 */
#include "indexer/merge_lists.h"

#include <string.h>

#include "common/field.h"
#include "common/forms.h"
#include "common/postings.h"
#include "indexer/form_union.h"

/* Postings of one list, one after the other, dead ones passed over. */
struct stream {
	struct ndx_postings postings;
	const ndx_docid *order; /* to new docids */
	uint32_t block, i;
	ndx_docid docid;             /* the new one; NDX_DOCID_NONE at the end */
	struct ndx_buf ranges, sums; /* the positions of a block, see ndx_postings_sums() ... */
	uint32_t sums_block;         /* ... which is this one; UINT32_MAX: none */
	struct ndx_buf numbers;      /* of the forms there, as the merge has them ... */
	uint32_t numbers_block;      /* ... likewise */
	/* uint32_t by number of a form: its index in the union, then its number */
	struct ndx_buf map;
};

struct source {
	struct ndx_termdict_cursor terms;
	struct ndx_termdict_cursor titles; /* the same terms in the title */
	struct stream stream, title;
	bool has_title;
};

struct merger {
	const struct ndx_merge_input *input;
	const struct ndx_merge_order *order;
	struct source *source;
	size_t count;
	size_t *active;  /* sources that have the current key */
	ndx_docid *head; /* the new docids at which their streams are */
	size_t active_count;
	struct ndx_postings_writer *writer;
	struct ndx_str end; /* the first key that is another range's; NULL: there is none */
	struct ndx_buf positions;
	struct ndx_form_union forms; /* of the current key */
	size_t form_count;
	struct ndx_err *err;
};

/* Go to the first live posting from (block, i) on. */
static enum ndx_status
stream_settle(struct stream *stream, struct ndx_err *err)
{
	for (; stream->block < stream->postings.block_count; stream->block++, stream->i = 0) {
		enum ndx_status status = ndx_postings_load(&stream->postings, stream->block, err);

		if (status != NDX_OK)
			return status;
		for (; stream->i < stream->postings.count; stream->i++) {
			stream->docid = stream->order[stream->postings.docid[stream->i]];
			if (stream->docid != NDX_DOCID_NONE)
				return NDX_OK;
		}
	}
	stream->docid = NDX_DOCID_NONE;
	return NDX_OK;
}

static enum ndx_status
stream_open(struct stream *stream, const struct ndx_segment *segment,
            const struct ndx_term_info *info, const ndx_docid *order, struct ndx_err *err)
{
	enum ndx_status status = ndx_postings_open(segment, info, &stream->postings, err);

	stream->order = order;
	stream->block = stream->i = 0;
	stream->sums_block = stream->numbers_block = UINT32_MAX;
	return status == NDX_OK ? stream_settle(stream, err) : status;
}

static enum ndx_status
stream_next(struct stream *stream, struct ndx_err *err)
{
	stream->i++;
	return stream_settle(stream, err);
}

static struct ndx_str
key_of(const struct ndx_termdict_cursor *cursor)
{
	return (struct ndx_str){ (const char *)cursor->key, cursor->key_size };
}

/* Set 'active' to the sources with the least key; false: there is none left. */
static bool
least_key(struct merger *merger)
{
	merger->active_count = 0;
	for (size_t i = 0; i < merger->count; i++) {
		struct ndx_termdict_cursor *terms = &merger->source[i].terms;
		int order = 0;

		/* pairs are made anew */
		if (ndx_termdict_done(terms) || terms->key[0] >= NDX_FIELD_PAIR)
			continue;
		if (merger->end.data != NULL && ndx_str_compare(key_of(terms), merger->end) >= 0)
			continue;
		if (merger->active_count > 0)
			order = ndx_str_compare(key_of(terms),
			                        key_of(&merger->source[merger->active[0]].terms));
		if (order < 0)
			merger->active_count = 0;
		if (order <= 0)
			merger->active[merger->active_count++] = i;
	}
	return merger->active_count > 0;
}

/* Open the title's list of the term that source i is at, if the title has it. */
static enum ndx_status
open_title(struct merger *merger, size_t i)
{
	struct source *source = &merger->source[i];
	const struct ndx_str term = { (const char *)source->terms.key + 1,
		                      source->terms.key_size - 1 };
	int order = -1;

	source->has_title = false;
	while (!ndx_termdict_done(&source->titles) && source->titles.key[0] == NDX_FIELD_TITLE) {
		enum ndx_status status;

		order = ndx_str_compare((struct ndx_str){ (const char *)source->titles.key + 1,
		                                          source->titles.key_size - 1 },
		                        term);
		if (order >= 0)
			break;
		status = ndx_termdict_next(&source->titles, merger->err);
		if (status != NDX_OK)
			return status;
	}
	if (order != 0)
		return NDX_OK;
	source->has_title = true;
	return stream_open(&source->title, merger->input[i].segment, &source->titles.info,
	                   merger->order->docid[i], merger->err);
}

static enum ndx_status
open_streams(struct merger *merger)
{
	for (size_t a = 0; a < merger->active_count; a++) {
		size_t i = merger->active[a];
		struct source *source = &merger->source[i];
		enum ndx_status status =
			stream_open(&source->stream, merger->input[i].segment, &source->terms.info,
		                    merger->order->docid[i], merger->err);

		merger->head[a] = source->stream.docid;
		source->has_title = false;
		if (status == NDX_OK && source->terms.key[0] == NDX_FIELD_ANY)
			status = open_title(merger, i);
		if (status != NDX_OK)
			return status;
	}
	return NDX_OK;
}

/* How often the posting's term stands in its article's title. */
static enum ndx_status
title_tf(struct merger *merger, struct source *source, uint32_t *tf_ret)
{
	struct stream *title = &source->title;

	*tf_ret = 0;
	if (!source->has_title)
		return NDX_OK;
	while (title->docid < source->stream.docid) {
		enum ndx_status status = stream_next(title, merger->err);

		if (status != NDX_OK)
			return status;
	}
	if (title->docid == source->stream.docid && title->docid != NDX_DOCID_NONE) {
		ndx_postings_load_tfs(&title->postings);
		*tf_ret = title->postings.tf[title->i];
	}
	return NDX_OK;
}

/* Positions of a block that are decoded at once: the blocks of very long articles are not. */
#define BLOCK_POSITIONS_MAX (1u << 18)

static enum ndx_status
decode_block(struct stream *stream, struct ndx_err *err)
{
	uint8_t at[NDX_BLOCK_LEN];

	for (uint32_t i = 0; i < stream->postings.count; i++)
		at[i] = (uint8_t)i;
	ndx_buf_clear(&stream->ranges);
	ndx_buf_clear(&stream->sums);
	stream->sums_block = stream->block;
	return ndx_postings_sums(&stream->postings, at, stream->postings.count, &stream->ranges,
	                         &stream->sums, err);
}

/* The positions of the posting at hand, into merger->positions. */
static enum ndx_status
positions_of(struct merger *merger, struct stream *stream)
{
	const struct ndx_postings *postings = &stream->postings;
	const struct ndx_range *range;
	const uint32_t *sum;
	uint32_t *out;
	uint64_t total = 0;

	if (stream->sums_block != stream->block) {
		enum ndx_status status;

		for (uint32_t i = 0; i < postings->count; i++)
			total += postings->tf[i];
		if (total > BLOCK_POSITIONS_MAX)
			return ndx_postings_positions(&stream->postings, stream->i,
			                              &merger->positions, merger->err);
		status = decode_block(stream, merger->err);
		if (status != NDX_OK)
			return status;
	}
	range = (const struct ndx_range *)(const void *)stream->ranges.data + stream->i;
	sum = (const uint32_t *)(const void *)stream->sums.data + range->begin;
	ndx_buf_clear(&merger->positions);
	out = (uint32_t *)(void *)ndx_buf_reserve(&merger->positions, range->count * sizeof(*out));
	if (out == NULL)
		return ndx_fail_nomem(merger->err);
	for (uint32_t p = 0; p < range->count; p++)
		out[p] = sum[p] - range->base;
	return NDX_OK;
}

/* The numbers of the forms of the posting at hand; NULL if the term has one form. */
static enum ndx_status
numbers_of(struct merger *merger, struct stream *stream, const uint32_t **number_ret)
{
	struct ndx_postings *postings = &stream->postings;
	const uint32_t *map = (const uint32_t *)(const void *)stream->map.data;
	uint32_t *number;

	*number_ret = NULL;
	if (merger->form_count < 2)
		return NDX_OK;
	if (stream->numbers_block != stream->block) {
		const enum ndx_status status =
			ndx_postings_forms(postings, &stream->numbers, NULL, merger->err);

		if (status == NDX_OK && !postings->sums_done)
			return ndx_segment_corrupt(postings->segment, postings->info.postings_off,
			                           merger->err, "a bad tf");
		if (status != NDX_OK)
			return status;
		number = (uint32_t *)(void *)stream->numbers.data;
		for (size_t i = 0; i < stream->numbers.size / sizeof(*number); i++)
			number[i] = map[number[i]];
		stream->numbers_block = stream->block;
	}
	*number_ret = (const uint32_t *)(const void *)stream->numbers.data +
	              (stream->i == 0 ? 0 : (size_t)postings->tf_sum[stream->i - 1] + 1);
	return NDX_OK;
}

static enum ndx_status
copy_posting(struct merger *merger, struct source *source)
{
	struct stream *stream = &source->stream;
	const uint32_t *number = NULL;
	uint32_t in_title;
	enum ndx_status status;

	ndx_postings_load_tfs(&stream->postings);
	status = title_tf(merger, source, &in_title);
	if (status == NDX_OK && stream->postings.info.has_positions)
		status = positions_of(merger, stream);
	if (status == NDX_OK)
		status = numbers_of(merger, stream, &number);
	if (status != NDX_OK)
		return status;
	return ndx_postings_writer_add(merger->writer, stream->docid,
	                               stream->postings.tf[stream->i],
	                               (const uint32_t *)(const void *)merger->positions.data,
	                               number, in_title, merger->err);
}

/* Which of the active streams is least, and the least docid of the others: that of the one itself
 * is NDX_DOCID_NONE where all have ended. */
static size_t
least_stream(const struct merger *merger, ndx_docid *other_ret)
{
	ndx_docid least_docid = merger->head[0], other = NDX_DOCID_NONE;
	size_t least = 0;

	for (size_t a = 1; a < merger->active_count; a++) {
		const ndx_docid docid = merger->head[a];
		const bool is_less = docid < least_docid;
		const ndx_docid larger = is_less ? least_docid : docid;

		other = larger < other ? larger : other;
		least_docid = is_less ? docid : least_docid;
		least = is_less ? a : least;
	}
	*other_ret = other;
	return least;
}

/* Add the forms of a source's term to the union; its map then has their indexes there. */
static enum ndx_status
add_forms(struct merger *merger, struct source *source)
{
	const struct ndx_segment *segment = source->terms.segment;
	const struct ndx_term_info *info = &source->terms.info;
	const uint8_t *in = segment->data + info->forms_off, *const end = in + info->forms_size;
	struct ndx_form form = { .size = 0, .cf = info->cf };
	enum ndx_status status = NDX_OK;
	uint32_t index = 0;

	ndx_buf_clear(&source->stream.map);
	for (uint32_t i = 0; i < (info->form_count == 0 ? 1 : info->form_count); i++) {
		struct ndx_str text = merger->forms.term;

		if (info->form_count > 0) {
			if (!ndx_forms_next(&in, end, merger->forms.term, &form))
				return ndx_segment_corrupt(segment, info->forms_off, merger->err,
				                           "bad forms");
			text = (struct ndx_str){ (const char *)form.text, form.size };
		}
		if (form.cf > 0 && !ndx_form_union_add(&merger->forms, text, &index))
			status = ndx_fail_nomem(merger->err);
		if (form.cf > 0)
			merger->forms.form[index].cf += form.cf;
		ndx_buf_add(&source->stream.map, &index, sizeof(index));
	}
	return ndx_buf_failed(&source->stream.map) ? ndx_fail_nomem(merger->err) : status;
}

/* Number the forms of the term of the current key, and tell the writer. */
static enum ndx_status
unite_forms(struct merger *merger)
{
	const struct ndx_str key = key_of(&merger->source[merger->active[0]].terms);
	enum ndx_status status = NDX_OK;
	const uint32_t *to;

	merger->form_count = 0;
	if (key.data[0] != NDX_FIELD_ANY)
		return NDX_OK;
	ndx_form_union_begin(&merger->forms, (struct ndx_str){ key.data + 1, key.size - 1 });
	for (size_t a = 0; status == NDX_OK && a < merger->active_count; a++)
		status = add_forms(merger, &merger->source[merger->active[a]]);
	if (status != NDX_OK)
		return status;
	to = ndx_form_union_sort(&merger->forms, &merger->form_count);
	if (to == NULL)
		return ndx_fail_nomem(merger->err);
	for (size_t a = 0; a < merger->active_count; a++) {
		struct ndx_buf *buf = &merger->source[merger->active[a]].stream.map;
		uint32_t *map = (uint32_t *)(void *)buf->data;

		for (size_t i = 0; i < buf->size / sizeof(*map); i++)
			map[i] = to[map[i]];
	}
	return ndx_postings_writer_forms(merger->writer, ndx_form_union_texts(&merger->forms),
	                                 merger->form_count, merger->err);
}

static enum ndx_status
merge_key(struct merger *merger)
{
	struct ndx_termdict_cursor *first = &merger->source[merger->active[0]].terms;
	enum ndx_status status = open_streams(merger);

	ndx_postings_writer_begin(merger->writer, (enum ndx_field)first->key[0],
	                          first->info.has_positions);
	if (status == NDX_OK)
		status = unite_forms(merger);
	while (status == NDX_OK) {
		ndx_docid other;
		const size_t a = least_stream(merger, &other);
		struct source *source = &merger->source[merger->active[a]];

		if (merger->head[a] == NDX_DOCID_NONE)
			break;
		do {
			status = copy_posting(merger, source);
			if (status == NDX_OK)
				status = stream_next(&source->stream, merger->err);
		} while (status == NDX_OK && source->stream.docid < other);
		merger->head[a] = source->stream.docid;
	}
	if (status == NDX_OK)
		status = ndx_postings_writer_end(merger->writer, first->key, first->key_size,
		                                 merger->err);
	for (size_t a = 0; status == NDX_OK && a < merger->active_count; a++)
		status = ndx_termdict_next(&merger->source[merger->active[a]].terms, merger->err);
	return status;
}

static enum ndx_status
open_sources(struct merger *merger, struct ndx_str begin)
{
	uint8_t title[NDX_KEY_SIZE_MAX] = { NDX_FIELD_TITLE };
	size_t title_size = 1;

	if (begin.size > 0 && (uint8_t)begin.data[0] == NDX_FIELD_ANY) {
		memcpy(title + 1, begin.data + 1, begin.size - 1);
		title_size = begin.size;
	}
	for (size_t i = 0; i < merger->count; i++) {
		struct source *source = &merger->source[i];
		const struct ndx_segment *segment = merger->input[i].segment;
		enum ndx_status status = ndx_termdict_seek(segment, begin.data, begin.size,
		                                           &source->terms, merger->err);

		ndx_buf_init(&source->stream.ranges, merger->positions.mem);
		ndx_buf_init(&source->stream.sums, merger->positions.mem);
		ndx_buf_init(&source->stream.numbers, merger->positions.mem);
		ndx_buf_init(&source->stream.map, merger->positions.mem);
		if (status == NDX_OK)
			status = ndx_termdict_seek(segment, title, title_size, &source->titles,
			                           merger->err);
		if (status != NDX_OK)
			return status;
	}
	return NDX_OK;
}

/* Where ranges of keys begin and end. */
struct ranges {
	const struct ndx_merge_feed *feed;
	struct ndx_buf keys, ends; /* bytes; size_t: where each ends, the first being empty */
};

/* Range number 'range' begins here; NULL: beyond the last. */
static struct ndx_str
range_begin(const struct ranges *ranges, size_t range)
{
	const size_t *end = (const size_t *)(const void *)ranges->ends.data;
	const size_t from = range == 0 ? 0 : end[range - 1];

	if (range >= ranges->ends.size / sizeof(*end))
		return (struct ndx_str){ NULL, 0 };
	return (struct ndx_str){ (const char *)ranges->keys.data + from, end[range] - from };
}

static enum ndx_status
merge_range(void *ctx, size_t range, struct ndx_postings_writer *writer, struct ndx_err *err)
{
	const struct ranges *ranges = ctx;
	const struct ndx_mem *mem = ranges->feed->env->mem;
	struct merger merger = { .input = ranges->feed->input,
		                 .order = ranges->feed->order,
		                 .count = ranges->feed->order->input_count,
		                 .writer = writer,
		                 .end = range_begin(ranges, range + 1),
		                 .err = err };
	enum ndx_status status;

	ndx_buf_init(&merger.positions, mem);
	ndx_form_union_init(&merger.forms, mem);
	merger.source = ndx_alloc_zero(mem, merger.count, sizeof(*merger.source));
	merger.active = ndx_alloc_zero(mem, merger.count, sizeof(*merger.active));
	merger.head = ndx_alloc_zero(mem, merger.count, sizeof(*merger.head));
	if (merger.source == NULL || merger.active == NULL || merger.head == NULL)
		status = ndx_fail_nomem(err);
	else
		status = open_sources(&merger, range_begin(ranges, range));
	while (status == NDX_OK && least_key(&merger))
		status = merge_key(&merger);
	for (size_t i = 0; merger.source != NULL && i < merger.count; i++) {
		ndx_buf_free(&merger.source[i].stream.ranges);
		ndx_buf_free(&merger.source[i].stream.sums);
		ndx_buf_free(&merger.source[i].stream.numbers);
		ndx_buf_free(&merger.source[i].stream.map);
	}
	ndx_free(mem, merger.source);
	ndx_free(mem, merger.active);
	ndx_free(mem, merger.head);
	ndx_buf_free(&merger.positions);
	ndx_form_union_free(&merger.forms);
	return status;
}

/* Cut the keys into ranges of about part_size bytes. */
static enum ndx_status
cut_ranges(struct ranges *ranges, size_t part_size, struct ndx_err *err)
{
	const struct ndx_merge_input *input = ranges->feed->input;
	const struct ndx_segment *most = input[0].segment;
	struct ndx_termdict_cursor cursor;
	uint64_t total = 0, size = 0, share, next;
	size_t end = 0;
	enum ndx_status status;

	for (size_t i = 0; i < ranges->feed->order->input_count; i++) {
		total += input[i].segment->part[NDX_PART_POSTINGS].size;
		if (input[i].segment->part[NDX_PART_POSTINGS].size >
		    most->part[NDX_PART_POSTINGS].size)
			most = input[i].segment;
	}
	share = most->part[NDX_PART_POSTINGS].size / (total / part_size + 1) + 1;
	next = share;
	ndx_buf_add(&ranges->ends, &end, sizeof(end));
	status = ndx_termdict_seek(most, NULL, 0, &cursor, err);
	while (status == NDX_OK && !ndx_termdict_done(&cursor) && cursor.key[0] < NDX_FIELD_PAIR) {
		if (size >= next) {
			ndx_buf_add(&ranges->keys, cursor.key, cursor.key_size);
			end = ranges->keys.size;
			ndx_buf_add(&ranges->ends, &end, sizeof(end));
			next = size + share;
		}
		size += cursor.info.postings_size + cursor.info.positions_size;
		status = ndx_termdict_next(&cursor, err);
	}
	if (status == NDX_OK && (ndx_buf_failed(&ranges->keys) || ndx_buf_failed(&ranges->ends)))
		status = ndx_fail_nomem(err);
	return status;
}

enum ndx_status
ndx_merge_lists(const struct ndx_merge_feed *feed, struct ndx_list_target *target,
                struct ndx_err *err)
{
	struct ranges ranges = { .feed = feed };
	enum ndx_status status;

	ndx_buf_init(&ranges.keys, feed->env->mem);
	ndx_buf_init(&ranges.ends, feed->env->mem);
	status = cut_ranges(&ranges, target->part_size, err);
	if (status == NDX_OK) {
		const struct ndx_list_maker maker = { ranges.ends.size / sizeof(size_t),
			                              merge_range, &ranges };

		status = ndx_list_parts_write(&maker, target, err);
	}
	ndx_buf_free(&ranges.keys);
	ndx_buf_free(&ranges.ends);
	return status;
}
