/*
 * columns_write.c - see columns_write.h
 *
 * SPDX-License-Identifier: MIT
 */
#include "indexer/columns_write.h"

#include "common/column.h"
#include "common/varint.h"
#include "indexer/sorted_runs.h"

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
ndx_id_table_put(const struct ndx_mem *mem, uint64_t *entry, size_t count,
                 struct ndx_segment_writer *segment, struct ndx_err *err)
{
	struct ndx_sorted_runs runs;
	const uint64_t *next;
	uint8_t bytes[512 * 8];
	size_t size = 0;

	if (!ndx_sorted_runs_begin(&runs, mem, entry, count, sizeof(*entry), compare_entries))
		return ndx_fail_nomem(err);
	ndx_segment_writer_part(segment, NDX_PART_ID_TABLE);
	while ((next = ndx_sorted_runs_next(&runs)) != NULL) {
		ndx_put_u32(bytes + size, (uint32_t)(*next >> 32));
		ndx_put_u32(bytes + size + 4, (uint32_t)*next);
		size += 8;
		if (size == sizeof(bytes)) {
			ndx_segment_writer_put(segment, bytes, size, err);
			size = 0;
		}
	}
	ndx_sorted_runs_end(&runs);
	return ndx_segment_writer_put(segment, bytes, size, err);
}
