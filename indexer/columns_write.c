/*
 * columns_write.c - see columns_write.h
 *
 * SPDX-License-Identifier: MIT
 */
#include "indexer/columns_write.h"

#include <stdlib.h>

#include "common/column.h"
#include "common/varint.h"

bool
ndx_columns_alloc(struct ndx_columns *columns, const struct ndx_mem *mem, size_t count)
{
	int64_t **const value[] = { &columns->slot,  &columns->date,   &columns->zone,
		                    &columns->title, &columns->source, &columns->section,
		                    &columns->author };
	bool ok = true;

	*columns = (struct ndx_columns){ .count = count };
	for (size_t i = 0; i < sizeof(value) / sizeof(value[0]); i++) {
		*value[i] = ndx_alloc_zero(mem, count, sizeof(int64_t));
		ok = ok && *value[i] != NULL;
	}
	columns->norm = ndx_alloc_zero(mem, count, 1);
	return ok && columns->norm != NULL;
}

void
ndx_columns_free(struct ndx_columns *columns, const struct ndx_mem *mem)
{
	ndx_free(mem, columns->slot);
	ndx_free(mem, columns->date);
	ndx_free(mem, columns->zone);
	ndx_free(mem, columns->title);
	ndx_free(mem, columns->source);
	ndx_free(mem, columns->section);
	ndx_free(mem, columns->author);
	ndx_free(mem, columns->norm);
	*columns = (struct ndx_columns){ 0 };
}

static void
put_column(struct ndx_segment_writer *segment, enum ndx_part part, const int64_t *value,
           size_t count, const struct ndx_str *names, size_t name_count, struct ndx_err *err)
{
	struct ndx_buf out;

	ndx_buf_init(&out, segment->sums.mem);
	ndx_segment_writer_part(segment, part);
	ndx_column_encode(value, count, name_count > 0 ? names : NULL, name_count, &out);
	ndx_segment_writer_put_buf(segment, &out, err);
	ndx_buf_free(&out);
}

enum ndx_status
ndx_columns_put(struct ndx_columns *columns, size_t dated, struct ndx_segment_writer *segment,
                struct ndx_err *err)
{
	const size_t count = columns->count;

	for (size_t i = dated; i < count; i++) { /* costs no bits: the oldest date again */
		columns->date[i] = dated > 0 ? columns->date[dated - 1] : 0;
		columns->zone[i] = dated > 0 ? columns->zone[dated - 1] : 0;
	}
	put_column(segment, NDX_PART_SLOTS, columns->slot, count, NULL, 0, err);
	put_column(segment, NDX_PART_DATES, columns->date, count, NULL, 0, err);
	put_column(segment, NDX_PART_ZONES, columns->zone, count, NULL, 0, err);
	put_column(segment, NDX_PART_TITLES, columns->title, count, NULL, 0, err);
	put_column(segment, NDX_PART_SOURCES, columns->source, count, columns->source_names,
	           columns->source_count, err);
	put_column(segment, NDX_PART_SECTIONS, columns->section, count, columns->section_names,
	           columns->section_count, err);
	put_column(segment, NDX_PART_AUTHORS, columns->author, count, columns->author_names,
	           columns->author_count, err);
	ndx_segment_writer_part(segment, NDX_PART_NORMS);
	return ndx_segment_writer_put(segment, columns->norm, count, err);
}

static int
compare_entries(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

enum ndx_status
ndx_id_table_put(uint64_t *entry, size_t count, struct ndx_segment_writer *segment,
                 struct ndx_err *err)
{
	uint8_t bytes[512 * 8];
	size_t done = 0, n;

	qsort(entry, count, sizeof(*entry), compare_entries);
	ndx_segment_writer_part(segment, NDX_PART_ID_TABLE);
	for (; done < count; done += n) {
		n = count - done < 512 ? count - done : 512;
		for (size_t i = 0; i < n; i++) {
			ndx_put_u32(bytes + 8 * i, (uint32_t)(entry[done + i] >> 32));
			ndx_put_u32(bytes + 8 * i + 4, (uint32_t)entry[done + i]);
		}
		ndx_segment_writer_put(segment, bytes, 8 * n, err);
	}
	return segment->status;
}
