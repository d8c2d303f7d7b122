/*
 * column.h - one number per article, packed; some with names behind the numbers
 *
 *   +------+-------+--------+---------+---------------------------+
 *   | base | scale | width  | n names | n values, width bits each |   value = base + scale * packed
 *   | i64  | u64   | u32    | u32     |                           |
 *   +------+-------+--------+---------+---------------------------+
 *   with names, before the values: n+1 u32 offsets, then the names' bytes
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_COMMON_COLUMN_H
#define NDX_COMMON_COLUMN_H

#include "common/buf.h"
#include "common/segment.h"
#include "common/text.h"

struct ndx_column {
	const struct ndx_segment *segment;
	int64_t base;
	uint64_t scale;
	unsigned width;
	uint32_t name_count;
	uint64_t names_off;  /* in the file: the offsets of the names */
	uint64_t values_off; /* in the file: the packed values */
};

/* Find the column in 'part'; reads its head alone. */
enum ndx_status ndx_column_open(const struct ndx_segment *segment, enum ndx_part part,
                                struct ndx_column *column_ret, struct ndx_err *err);

/* The value of an article, docid < article_count. */
enum ndx_status ndx_column_get(const struct ndx_column *column, ndx_docid docid, int64_t *value_ret,
                               struct ndx_err *err);
/* Those of 'count' articles from 'first' on, first + count <= article_count: for many it is ten
 * times faster. */
enum ndx_status ndx_column_read(const struct ndx_column *column, ndx_docid first, size_t count,
                                int64_t *out, struct ndx_err *err);

/* The name behind a value, which lives as long as the segment. */
enum ndx_status ndx_column_name(const struct ndx_column *column, int64_t value,
                                struct ndx_str *name_ret, struct ndx_err *err);

/* Append a column of value[count]; names[name_count] may be NULL. */
void ndx_column_encode(const int64_t *value, size_t count, const struct ndx_str *names,
                       size_t name_count, struct ndx_buf *out);

#endif
