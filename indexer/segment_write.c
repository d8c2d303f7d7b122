/*
 * segment_write.c - the bytes of a segment; the diagram is at the head of common/segment.c
 *
 * SPDX-License-Identifier: MIT
 */
#include "indexer/segment_write.h"

#include <assert.h>
#include <string.h>

#include "common/segment_layout.h"
#include "common/varint.h"

static enum ndx_status
buf_put(void *ctx, const void *in, size_t size, struct ndx_err *err)
{
	struct ndx_buf *buf = ctx;

	ndx_buf_add(buf, in, size);
	return ndx_buf_failed(buf) ? ndx_fail_nomem(err) : NDX_OK;
}

struct ndx_byte_sink
ndx_buf_sink(struct ndx_buf *buf)
{
	return (struct ndx_byte_sink){ buf_put, buf };
}

/* Hand in[size] to the sink, summed or not. */
static enum ndx_status
put_raw(struct ndx_segment_writer *writer, const void *in, size_t size, struct ndx_err *err)
{
	if (writer->status == NDX_OK && size > 0) {
		writer->status = writer->sink.put(writer->sink.ctx, in, size, err);
		writer->off += size;
	}
	return writer->status;
}

static void
add_sum(struct ndx_segment_writer *writer, const void *block, size_t size)
{
	ndx_buf_add_u64(&writer->sums, ndx_checksum(block, size));
}

/* Sum what completes a block; the rest of in[size] waits in 'pending'. */
static void
sum_blocks(struct ndx_segment_writer *writer, const uint8_t *in, size_t size)
{
	size_t missing = NDX_SUM_BLOCK_SIZE - writer->pending.size;

	if (writer->pending.size > 0) {
		missing = size < missing ? size : missing;
		ndx_buf_add(&writer->pending, in, missing);
		in += missing;
		size -= missing;
		if (writer->pending.size == NDX_SUM_BLOCK_SIZE) {
			add_sum(writer, writer->pending.data, NDX_SUM_BLOCK_SIZE);
			writer->pending.size = 0;
		}
	}
	for (; size >= NDX_SUM_BLOCK_SIZE; in += NDX_SUM_BLOCK_SIZE, size -= NDX_SUM_BLOCK_SIZE)
		add_sum(writer, in, NDX_SUM_BLOCK_SIZE);
	if (size > 0)
		ndx_buf_add(&writer->pending, in, size);
}

enum ndx_status
ndx_segment_writer_put(struct ndx_segment_writer *writer, const void *in, size_t size,
                       struct ndx_err *err)
{
	if (writer->status != NDX_OK || size == 0)
		return writer->status;
	if (writer->part_open >= 0)
		writer->part[writer->part_open].size += size;
	sum_blocks(writer, in, size);
	if (ndx_buf_failed(&writer->pending) || ndx_buf_failed(&writer->sums))
		writer->status = ndx_fail_nomem(err);
	return put_raw(writer, in, size, err);
}

enum ndx_status
ndx_segment_writer_put_buf(struct ndx_segment_writer *writer, struct ndx_buf *buf,
                           struct ndx_err *err)
{
	if (ndx_buf_failed(buf) && writer->status == NDX_OK)
		writer->status = ndx_fail_nomem(err);
	ndx_segment_writer_put(writer, buf->data, buf->size, err);
	ndx_buf_clear(buf);
	return writer->status;
}

enum ndx_status
ndx_segment_writer_begin(struct ndx_segment_writer *writer, const struct ndx_mem *mem,
                         struct ndx_byte_sink sink, uint32_t number, struct ndx_err *err)
{
	uint8_t header[NDX_SEGMENT_HEADER_SIZE];

	*writer = (struct ndx_segment_writer){ .sink = sink, .part_open = -1 };
	ndx_buf_init(&writer->pending, mem);
	ndx_buf_init(&writer->sums, mem);
	ndx_put_u64(header, NDX_SEGMENT_MAGIC);
	ndx_put_u32(header + 8, NDX_FORMAT_VERSION);
	ndx_put_u32(header + 12, number);
	return ndx_segment_writer_put(writer, header, sizeof(header), err);
}

void
ndx_segment_writer_part(struct ndx_segment_writer *writer, enum ndx_part part)
{
	assert((int)part == writer->part_open + 1);
	writer->part_open = (int)part;
	writer->part[part] = (struct ndx_span){ writer->off, 0 };
}

static void
fill_toc(const struct ndx_segment_writer *writer, const struct ndx_segment_facts *facts,
         uint64_t sums_off, uint64_t sums_count, uint64_t sum, uint8_t toc[NDX_SEGMENT_TOC_SIZE])
{
	memset(toc, 0, NDX_SEGMENT_TOC_SIZE);
	ndx_put_u64(toc, NDX_SEGMENT_MAGIC);
	ndx_put_u32(toc + NDX_TOC_VERSION, NDX_FORMAT_VERSION);
	ndx_put_u32(toc + NDX_TOC_NUMBER, facts->number);
	ndx_put_u32(toc + NDX_TOC_ARTICLES, facts->article_count);
	ndx_put_u32(toc + NDX_TOC_DATED, facts->dated_count);
	ndx_put_u32(toc + NDX_TOC_TERMS, facts->term_count);
	ndx_put_u64(toc + NDX_TOC_TOKENS, facts->token_count);
	ndx_put_u64(toc + NDX_TOC_NEWEST, (uint64_t)facts->newest);
	ndx_put_u64(toc + NDX_TOC_OLDEST, (uint64_t)facts->oldest);
	ndx_put_u64(toc + NDX_TOC_SUMS_OFF, sums_off);
	ndx_put_u64(toc + NDX_TOC_SUMS_COUNT, sums_count);
	ndx_put_u64(toc + NDX_TOC_SUM, sum);
	ndx_put_u64(toc + NDX_TOC_POSITIONS_BYTES, facts->positions_bytes);
	ndx_put_u64(toc + NDX_TOC_FORMS_BYTES, facts->forms_bytes);
	ndx_put_u64(toc + NDX_TOC_PAIRS_BYTES, facts->pairs_bytes);
	for (unsigned i = 0; i < NDX_PART_COUNT; i++) {
		ndx_put_u64(toc + NDX_TOC_PARTS + 16 * i, writer->part[i].off);
		ndx_put_u64(toc + NDX_TOC_PARTS + 16 * i + 8, writer->part[i].size);
	}
	ndx_put_u64(toc + NDX_SEGMENT_TOC_SIZE - 8, ndx_checksum(toc, NDX_SEGMENT_TOC_SIZE - 8));
}

enum ndx_status
ndx_segment_writer_finish(struct ndx_segment_writer *writer, const struct ndx_segment_facts *facts,
                          uint64_t *toc_sum_ret, struct ndx_err *err)
{
	uint8_t toc[NDX_SEGMENT_TOC_SIZE];
	const uint64_t sums_off = writer->off;
	struct ndx_buf above;
	uint64_t sum;

	assert(writer->part_open == NDX_PART_COUNT - 1);
	if (writer->pending.size > 0)
		add_sum(writer, writer->pending.data, writer->pending.size);
	ndx_buf_init(&above, writer->sums.mem);
	for (size_t at = 0; at < writer->sums.size; at += NDX_SUM_BLOCK_SIZE) {
		size_t left = writer->sums.size - at;

		ndx_buf_add_u64(&above,
		                ndx_checksum(writer->sums.data + at, left < NDX_SUM_BLOCK_SIZE
		                                                             ? left
		                                                             : NDX_SUM_BLOCK_SIZE));
	}
	if ((ndx_buf_failed(&writer->sums) || ndx_buf_failed(&above)) && writer->status == NDX_OK)
		writer->status = ndx_fail_nomem(err);
	if (writer->status == NDX_OK) {
		sum = ndx_checksum(above.data, above.size);
		fill_toc(writer, facts, sums_off, writer->sums.size / 8, sum, toc);
		*toc_sum_ret = ndx_get_u64(toc + NDX_SEGMENT_TOC_SIZE - 8);
		put_raw(writer, writer->sums.data, writer->sums.size, err);
		put_raw(writer, above.data, above.size, err);
		put_raw(writer, toc, sizeof(toc), err);
	}
	ndx_buf_free(&above);
	return writer->status;
}

void
ndx_segment_writer_free(struct ndx_segment_writer *writer)
{
	ndx_buf_free(&writer->pending);
	ndx_buf_free(&writer->sums);
}
