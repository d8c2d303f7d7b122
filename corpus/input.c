/*
 * input.c - see input.h
 *
 * Bytes are read until the format finds whole records among them; what follows the
 * last one is carried over to the next chunk.  A record that outgrows its limit is
 * passed over in a small window: the format is asked again and again where the first
 * record in the window ends, so no format needs code for skipping.
 *
 *   chunk:  | record | record | record | begin of a rec...      |
 *           `------- handed out -------'`--- carried over ------'
 *
 * SPDX-License-Identifier: MIT
 */
#include "corpus/input.h"

#include <stdio.h>

#include "corpus/stream.h"

#define HEAD_SIZE   ((size_t)64 * 1024) /* what a format is recognised by */
#define SKIP_WINDOW ((size_t)64 * 1024)
#define SKIP_TAIL   ((size_t)64) /* the end of a record may lie across two windows */

struct ndx_input {
	const struct ndx_env *env;
	const char *path, *id;
	struct ndx_input_options options;
	const struct ndx_format *format;
	struct ndx_stream *stream;
	struct ndx_buf carry;  /* read, but not handed out */
	uint64_t off;          /* of the next byte to be handed out */
	uint64_t record;       /* number of the next record */
	bool at_end;           /* the stream is */
	bool done;             /* nothing is left to be told */
	bool is_damaged;       /* cannot be read to its end, by its bytes or ... */
	bool is_unread;        /* ... because the system fails */
	struct ndx_err damage; /* if so: where and how */
};

/* Bytes that one record may take: escapes make text longer, seldom twice as long. */
static size_t
record_size_max(const struct ndx_input *input)
{
	const size_t size_max = input->options.article_size_max;

	return size_max > (SIZE_MAX - 65536) / 2 ? SIZE_MAX : size_max * 2 + 65536;
}

/* Read until 'data' holds size_min bytes, or to the end, or to the damage. */
static enum ndx_status
read_to(struct ndx_input *input, struct ndx_buf *data, size_t size_min, struct ndx_err *err)
{
	enum ndx_status status;
	uint8_t *out;
	size_t got;

	while (!input->at_end && data->size < size_min) {
		out = ndx_buf_reserve(data, size_min - data->size);
		if (out == NULL)
			return ndx_fail_nomem(err);
		status = ndx_stream_read(input->stream, out, size_min - data->size, &got,
		                         &input->damage);
		if (status == NDX_E_INPUT || status == NDX_E_IO) {
			input->is_damaged = true;
			input->is_unread = status == NDX_E_IO;
			input->at_end = true;
		} else if (status != NDX_OK) {
			return ndx_fail(err, status, "%s", input->damage.msg);
		} else {
			data->size += got;
			input->at_end = got == 0;
		}
	}
	return ndx_buf_failed(data) ? ndx_fail_nomem(err) : NDX_OK;
}

static enum ndx_status
check_size(const struct ndx_input *input, struct ndx_err *err)
{
	const size_t size_max = NDX_RAW_SIZE_MAX(input->options.article_size_max);

	if (input->format->split != NULL || ndx_stream_is_gzip(input->stream) ||
	    ndx_stream_disk_size(input->stream) <= size_max)
		return NDX_OK;
	return ndx_fail(err, NDX_E_INPUT, "%ju bytes, too large for --max-article (%zu)",
	                (uintmax_t)ndx_stream_disk_size(input->stream),
	                input->options.article_size_max);
}

/* The first bytes, and by them the format. */
static enum ndx_status
begin(struct ndx_input *input, bool *not_article_ret, struct ndx_err *err)
{
	enum ndx_status status;

	status = ndx_stream_open(input->env, input->path, &input->stream, err);
	if (status == NDX_OK)
		status = read_to(input, &input->carry, HEAD_SIZE, err);
	if (status != NDX_OK)
		return status;
	if (input->carry.size == 0)
		return ndx_fail(err, input->is_unread ? NDX_E_IO : NDX_E_INPUT, "%s",
		                input->is_damaged ? input->damage.msg : "empty");
	input->format = input->options.format;
	if (input->format == NULL)
		input->format = ndx_format_sniff(input->carry.data, input->carry.size, input->path,
		                                 not_article_ret, err);
	return input->format == NULL ? NDX_E_INPUT : check_size(input, err);
}

bool
ndx_input_is_unread(const struct ndx_input *input)
{
	return input->is_unread;
}

enum ndx_status
ndx_input_open(const struct ndx_env *env, const char *path, const char *id,
               const struct ndx_input_options *options, struct ndx_input **input_ret,
               bool *not_article_ret, struct ndx_err *err)
{
	struct ndx_input *input = ndx_alloc_zero(env->mem, 1, sizeof(*input));
	struct ndx_err reason = { 0 }; /* needed by the caller even if 'err' is NULL inside */
	enum ndx_status status;
	bool not_article = false;

	if (input == NULL)
		return ndx_fail_nomem(err);
	*input = (struct ndx_input){ .env = env, .path = path, .id = id, .options = *options };
	input->record = 1;
	ndx_buf_init(&input->carry, env->mem);
	status = begin(input, &not_article, &reason);
	*not_article_ret = not_article;
	if (status != NDX_OK) {
		ndx_input_close(input);
		return ndx_fail(err, status, "%s", reason.msg);
	}
	*input_ret = input;
	return NDX_OK;
}

void
ndx_input_close(struct ndx_input *input)
{
	if (input == NULL)
		return;
	ndx_stream_close(input->stream);
	ndx_buf_free(&input->carry);
	ndx_free(input->env->mem, input);
}

const struct ndx_format *
ndx_input_format(const struct ndx_input *input)
{
	return input->format;
}

static void
describe(const struct ndx_input *input, const struct ndx_buf *data, struct ndx_chunk *chunk_ret)
{
	*chunk_ret = (struct ndx_chunk){
		.path = input->path,
		.id = input->id,
		.data = data->data,
		.size = data->size,
		.off = input->off,
		.record_first = input->record,
		.article_size_max = input->options.article_size_max,
	};
}

/* Tell the sink of the record at hand; chunk_ret is left with no data. */
static enum ndx_status
reject(struct ndx_input *input, const struct ndx_sink *sink, struct ndx_buf *data,
       const char *reason, struct ndx_chunk *chunk_ret, struct ndx_err *err)
{
	char line[sizeof(err->msg)];

	ndx_buf_clear(data);
	describe(input, data, chunk_ret);
	line[0] = '\0';
	if (input->format->unit != NULL)
		snprintf(line, sizeof(line), "%s %ju: ", input->format->unit,
		         (uintmax_t)input->record);
	strncat(line, reason, sizeof(line) - strlen(line) - 1);
	return sink->reject(sink->ctx, chunk_ret, line, err);
}

static enum ndx_status
next_whole(struct ndx_input *input, const struct ndx_sink *sink, struct ndx_buf *data,
           struct ndx_chunk *chunk_ret, struct ndx_err *err)
{
	const size_t size_max = NDX_RAW_SIZE_MAX(input->options.article_size_max);
	size_t want = HEAD_SIZE;
	enum ndx_status status;
	char reason[120];

	input->done = true;
	while (!input->at_end && data->size <= size_max) {
		want = want < size_max / 2 ? want * 2 : size_max + (size_max < SIZE_MAX);
		status = read_to(input, data, want, err);
		if (status != NDX_OK)
			return status;
	}
	if (data->size > size_max) {
		snprintf(reason, sizeof(reason),
		         "over %zu bytes, too large for --max-article (%zu)", size_max,
		         input->options.article_size_max);
		return reject(input, sink, data, reason, chunk_ret, err);
	}
	if (input->is_damaged)
		return reject(input, sink, data, input->damage.msg, chunk_ret, err);
	describe(input, data, chunk_ret);
	return NDX_OK;
}

/* The end of the first record in in[size], 0 if it has none: the shortest start that has one. */
static size_t
first_record_end(const struct ndx_format *format, const uint8_t *in, size_t size)
{
	size_t without = 0, with = size;
	uint64_t records;

	if (format->split(in, size, &records) == 0)
		return 0;
	while (with - without > 1) {
		const size_t middle = without + (with - without) / 2;

		if (format->split(in, middle, &records) == 0)
			without = middle;
		else
			with = middle;
	}
	return with;
}

static void
drop(struct ndx_input *input, struct ndx_buf *data, size_t size)
{
	memmove(data->data, data->data + size, data->size - size);
	data->size -= size;
	input->off += size;
}

/* Pass over the record that 'data' begins with, to the start of the next or to the end. */
static enum ndx_status
skip_record(struct ndx_input *input, struct ndx_buf *data, struct ndx_err *err)
{
	enum ndx_status status = NDX_OK;
	size_t end = 0;

	/* There is no end in what has been read so far. */
	while (status == NDX_OK && end == 0) {
		if (input->at_end) {
			drop(input, data, data->size);
			break;
		}
		if (data->size > SKIP_TAIL)
			drop(input, data, data->size - SKIP_TAIL);
		status = read_to(input, data, SKIP_WINDOW, err);
		end = first_record_end(input->format, data->data, data->size);
	}
	drop(input, data, end);
	input->record++;
	return status;
}

/* Hand out data[0..size), and carry the rest over. */
static enum ndx_status
hand_out(struct ndx_input *input, struct ndx_buf *data, size_t size, uint64_t records,
         struct ndx_chunk *chunk_ret, struct ndx_err *err)
{
	if (data->size > size)
		ndx_buf_add(&input->carry, data->data + size, data->size - size);
	if (ndx_buf_failed(&input->carry))
		return ndx_fail_nomem(err);
	data->size = size;
	describe(input, data, chunk_ret);
	input->off += size;
	input->record += records;
	return NDX_OK;
}

/* What is left at the end without being a whole record: the last one, or half of one. */
static enum ndx_status
hand_out_rest(struct ndx_input *input, const struct ndx_sink *sink, struct ndx_buf *data,
              struct ndx_chunk *chunk_ret, struct ndx_err *err)
{
	input->done = true;
	if (input->is_damaged)
		return reject(input, sink, data, input->damage.msg, chunk_ret, err);
	return hand_out(input, data, data->size, data->size > 0, chunk_ret, err);
}

static enum ndx_status
next_records(struct ndx_input *input, const struct ndx_sink *sink, struct ndx_buf *data,
             struct ndx_chunk *chunk_ret, struct ndx_err *err)
{
	const size_t size_max = record_size_max(input);
	size_t want = input->options.chunk_size > 0 ? input->options.chunk_size : 1, size;
	enum ndx_status status;
	uint64_t records = 0;
	char reason[120];

	for (;;) {
		status = read_to(input, data, want, err);
		if (status != NDX_OK)
			return status;
		size = data->size == 0 ? 0 : input->format->split(data->data, data->size, &records);
		if (size > 0)
			return hand_out(input, data, size, records, chunk_ret, err);
		if (data->size > size_max) {
			snprintf(reason, sizeof(reason),
			         "over %zu bytes, too large for --max-article (%zu)", size_max,
			         input->options.article_size_max);
			/* Rejecting empties 'data', and the tail is needed to find the end. */
			status = reject(input, sink, &(struct ndx_buf){ .mem = data->mem }, reason,
			                chunk_ret, err);
			if (status == NDX_OK)
				status = skip_record(input, data, err);
			if (status != NDX_OK)
				return status;
		} else if (input->at_end) {
			return hand_out_rest(input, sink, data, chunk_ret, err);
		}
		want = data->size < size_max / 2 ? data->size * 2
		                                 : size_max + (size_max < SIZE_MAX);
		if (want < input->options.chunk_size)
			want = input->options.chunk_size;
	}
}

enum ndx_status
ndx_input_next(struct ndx_input *input, const struct ndx_sink *sink, struct ndx_buf *data,
               struct ndx_chunk *chunk_ret, struct ndx_err *err)
{
	ndx_buf_clear(data);
	if (input->done) {
		describe(input, data, chunk_ret);
		return NDX_OK;
	}
	ndx_buf_add(data, input->carry.data, input->carry.size);
	ndx_buf_clear(&input->carry);
	if (ndx_buf_failed(data))
		return ndx_fail_nomem(err);
	if (input->format->split == NULL)
		return next_whole(input, sink, data, chunk_ret, err);
	return next_records(input, sink, data, chunk_ret, err);
}
