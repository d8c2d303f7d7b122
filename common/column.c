/*
 * column.c - see column.h
 *
 * The scale is the greatest common divisor of all differences, so that dates that
 * are whole days take a bit or two a month and not 17 bits more.  A column whose values are all
 * the same has width 0.  Widths above 32 are stored as 64.
 *
 * SPDX-License-Identifier: MIT
 */
#include "common/column.h"

#include <inttypes.h>

#include "common/bitpack.h"
#include "common/varint.h"

#define HEAD_SIZE 24

static uint64_t
gcd(uint64_t a, uint64_t b)
{
	while (b != 0) {
		uint64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

static void
encode_values(const int64_t *value, size_t count, int64_t base, uint64_t scale, unsigned width,
              struct ndx_buf *out)
{
	uint32_t packed[NDX_BLOCK_LEN];
	uint8_t *p;

	for (size_t i = 0; i < count; i += NDX_BLOCK_LEN) {
		size_t n = count - i < NDX_BLOCK_LEN ? count - i : NDX_BLOCK_LEN;

		p = ndx_buf_reserve(out, 8 * NDX_BLOCK_LEN);
		if (p == NULL)
			return;
		for (size_t j = 0; j < n; j++) {
			uint64_t v = ((uint64_t)value[i + j] - (uint64_t)base) / scale;

			packed[j] = (uint32_t)v;
			if (width == 64)
				ndx_put_u64(p + 8 * j, v);
		}
		if (width < 64)
			ndx_pack(packed, n, width, p);
		out->size += ndx_packed_size(n, width);
	}
}

void
ndx_column_encode(const int64_t *value, size_t count, const struct ndx_str *names,
                  size_t name_count, struct ndx_buf *out)
{
	int64_t least = count > 0 ? value[0] : 0, most = least;
	uint64_t scale = 0, off = 0;
	unsigned width;

	for (size_t i = 0; i < count; i++) {
		least = value[i] < least ? value[i] : least;
		most = value[i] > most ? value[i] : most;
	}
	for (size_t i = 0; i < count && scale != 1; i++)
		scale = gcd((uint64_t)value[i] - (uint64_t)least, scale);
	scale = scale == 0 ? 1 : scale;
	width = ndx_bit_width(((uint64_t)most - (uint64_t)least) / scale);
	width = width > 32 ? 64 : width;
	ndx_buf_add_u64(out, (uint64_t)least);
	ndx_buf_add_u64(out, scale);
	ndx_buf_add_u32(out, width);
	ndx_buf_add_u32(out, (uint32_t)name_count);
	if (names != NULL) {
		for (size_t i = 0; i < name_count; off += names[i++].size)
			ndx_buf_add_u32(out, (uint32_t)off);
		ndx_buf_add_u32(out, (uint32_t)off);
		for (size_t i = 0; i < name_count; i++)
			ndx_buf_add(out, names[i].data, names[i].size);
	}
	encode_values(value, count, least, scale, width, out);
}

enum ndx_status
ndx_column_open(const struct ndx_segment *segment, enum ndx_part part,
                struct ndx_column *column_ret, struct ndx_err *err)
{
	const struct ndx_span span = segment->part[part];
	struct ndx_column column = { .segment = segment };
	const uint8_t *head = segment->data + span.off;
	uint64_t names_size = 0;
	enum ndx_status status;

	if (span.size < HEAD_SIZE)
		return ndx_segment_corrupt(segment, span.off, err, "a column of %" PRIu64 " bytes",
		                           span.size);
	status = ndx_segment_verify(segment, span.off, HEAD_SIZE, err);
	if (status != NDX_OK)
		return status;
	column.base = (int64_t)ndx_get_u64(head);
	column.scale = ndx_get_u64(head + 8);
	column.width = ndx_get_u32(head + 16);
	column.name_count = ndx_get_u32(head + 20);
	column.names_off = span.off + HEAD_SIZE;
	if (column.name_count > 0) {
		uint64_t last = column.names_off + 4 * (uint64_t)column.name_count;

		if (4 * ((uint64_t)column.name_count + 1) > span.size - HEAD_SIZE)
			return ndx_segment_corrupt(segment, span.off + 20, err,
			                           "%" PRIu32 " names in a column",
			                           column.name_count);
		status = ndx_segment_verify(segment, last, 4, err);
		if (status != NDX_OK)
			return status;
		names_size =
			4 * ((uint64_t)column.name_count + 1) + ndx_get_u32(segment->data + last);
	}
	column.values_off = column.names_off + names_size;
	if ((column.width > 32 && column.width != 64) || names_size > span.size - HEAD_SIZE ||
	    ndx_packed_size(segment->article_count, column.width) !=
	            span.size - HEAD_SIZE - names_size)
		return ndx_segment_corrupt(segment, span.off, err,
		                           "a column of width %u in %" PRIu64 " bytes",
		                           column.width, span.size);
	*column_ret = column;
	return NDX_OK;
}

enum ndx_status
ndx_column_get(const struct ndx_column *column, ndx_docid docid, int64_t *value_ret,
               struct ndx_err *err)
{
	const uint8_t *values = column->segment->data + column->values_off;
	uint64_t bit = (uint64_t)docid * column->width, packed;
	enum ndx_status status;

	status = ndx_segment_verify(column->segment, column->values_off + bit / 8,
	                            (bit % 8 + column->width + 7) / 8, err);
	if (status != NDX_OK)
		return status;
	packed = column->width == 64 ? ndx_get_u64(values + 8 * (size_t)docid)
	                             : ndx_packed_get(values, docid, column->width);
	*value_ret = (int64_t)((uint64_t)column->base + column->scale * packed);
	return NDX_OK;
}

enum ndx_status
ndx_column_read(const struct ndx_column *column, ndx_docid first, size_t count, int64_t *out,
                struct ndx_err *err)
{
	const uint8_t *values = column->segment->data + column->values_off;
	const uint64_t from = (uint64_t)first * column->width,
		       to = from + (uint64_t)count * column->width;
	enum ndx_status status = ndx_segment_verify(column->segment, column->values_off + from / 8,
	                                            (to + 7) / 8 - from / 8, err);

	if (status != NDX_OK)
		return status;
	if (column->width == 64)
		for (size_t i = 0; i < count; i++)
			out[i] = (int64_t)((uint64_t)column->base +
			                   column->scale * ndx_get_u64(values + 8 * (first + i)));
	else /* behind a part there is the table of contents at least: room to look at 8 bytes */
		for (size_t i = 0; i < count; i++)
			out[i] = (int64_t)((uint64_t)column->base +
			                   column->scale * ndx_packed_get_slack(values, first + i,
			                                                        column->width));
	return NDX_OK;
}

enum ndx_status
ndx_column_name(const struct ndx_column *column, int64_t value, struct ndx_str *name_ret,
                struct ndx_err *err)
{
	const struct ndx_segment *segment = column->segment;
	uint64_t off, bytes_off = column->names_off + 4 * ((uint64_t)column->name_count + 1);
	uint32_t begin, end;
	enum ndx_status status;

	if (value < 0 || value >= column->name_count)
		return ndx_segment_corrupt(segment, column->values_off, err,
		                           "name %" PRId64 " of %" PRIu32, value,
		                           column->name_count);
	off = column->names_off + 4 * (uint64_t)value;
	status = ndx_segment_verify(segment, off, 8, err);
	if (status != NDX_OK)
		return status;
	begin = ndx_get_u32(segment->data + off);
	end = ndx_get_u32(segment->data + off + 4);
	if (begin > end || end > column->values_off - bytes_off)
		return ndx_segment_corrupt(segment, off, err, "a name from %" PRIu32 " to %" PRIu32,
		                           begin, end);
	status = ndx_segment_verify(segment, bytes_off + begin, end - begin, err);
	if (status == NDX_OK)
		*name_ret = (struct ndx_str){ (const char *)segment->data + bytes_off + begin,
			                      end - begin };
	return status;
}
