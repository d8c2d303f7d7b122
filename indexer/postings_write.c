/*
 * postings_write.c - postings lists; the diagram is at the head of common/postings.c
 *
 * Positions go out as their block fills; the blocks of docids and tf wait until the
 * list ends, because the skip data before them speaks of them all.
 *
 * SPDX-License-Identifier: MIT
 */
#include "indexer/postings_write.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "common/forms.h"
#include "common/positions.h"
#include "common/postings_block.h"
#include "common/postings_inline.h"
#include "common/postings_layout.h"
#include "common/varint.h"

/* What the skip data will say of one block. */
struct ndx_list_entry {
	uint64_t block_off, positions_off; /* from the first block's */
	ndx_docid last;
	struct ndx_impact impact[NDX_IMPACT_COUNT];
	uint8_t title_tf_max;
};

void
ndx_postings_writer_init(struct ndx_postings_writer *writer, const struct ndx_mem *mem,
                         const uint8_t *norm, double length_average)
{
	*writer = (struct ndx_postings_writer){ .mem = mem, .norm = norm };
	ndx_norm_table(NDX_IMPACT_K1, NDX_IMPACT_B, length_average, writer->table);
	ndx_buf_init(&writer->positions, mem);
	ndx_buf_init(&writer->numbers, mem);
	ndx_buf_init(&writer->form_table, mem);
	ndx_buf_init(&writer->blocks, mem);
	ndx_buf_init(&writer->encoded, mem);
	ndx_buf_init(&writer->entries, mem);
	ndx_buf_init(&writer->head, mem);
	ndx_buf_init(&writer->tf_norm, mem);
}

void
ndx_postings_writer_free(struct ndx_postings_writer *writer)
{
	ndx_buf_free(&writer->positions);
	ndx_buf_free(&writer->numbers);
	ndx_buf_free(&writer->form_table);
	ndx_free(writer->mem, writer->form_cf);
	ndx_buf_free(&writer->blocks);
	ndx_buf_free(&writer->encoded);
	ndx_buf_free(&writer->entries);
	ndx_buf_free(&writer->head);
	ndx_buf_free(&writer->tf_norm);
}

void
ndx_postings_writer_begin(struct ndx_postings_writer *writer, enum ndx_field field,
                          bool has_positions)
{
	writer->field = field;
	writer->has_positions = has_positions;
	writer->count = 0;
	writer->title_tf_max = 0;
	writer->title_cf = 0;
	writer->df = 0;
	writer->cf = 0;
	writer->prev = NDX_DOCID_NONE;
	writer->positions_off = ndx_list_part_size(writer->part);
	writer->positions_size = writer->numbers_size = 0;
	writer->form_count = 0;
	ndx_buf_clear(&writer->positions);
	ndx_buf_clear(&writer->numbers);
	ndx_buf_clear(&writer->blocks);
	ndx_buf_clear(&writer->entries);
	ndx_buf_clear(&writer->tf_norm);
	ndx_impacts_clear(&writer->block_impacts);
}

enum ndx_status
ndx_postings_writer_forms(struct ndx_postings_writer *writer, const struct ndx_str *form,
                          size_t count, struct ndx_err *err)
{
	if (!ndx_grow(writer->mem, &writer->form_cf, &writer->form_cf_max, count,
	              sizeof(*writer->form_cf)))
		return ndx_fail_nomem(err);
	memset(writer->form_cf, 0, count * sizeof(*writer->form_cf));
	writer->form = form;
	writer->form_count = count;
	return NDX_OK;
}

/* (tf, norm) of the block's postings: for its impacts, and for the thresholds of the list. */
static bool
add_tf_norm(struct ndx_postings_writer *writer)
{
	uint16_t *out = (uint16_t *)(void *)ndx_buf_reserve(&writer->tf_norm, 2 * NDX_BLOCK_LEN);

	if (out == NULL)
		return false;
	for (size_t i = 0; i < writer->count; i++) {
		uint32_t tf = writer->tf[i] < 255 ? writer->tf[i] : 255;
		uint8_t norm = writer->norm[writer->docid[i]];

		ndx_impacts_add(&writer->block_impacts, tf, norm);
		out[i] = (uint16_t)(tf << 8 | norm);
	}
	writer->tf_norm.size += 2 * writer->count;
	return true;
}

/* Encode the block that is full, or is the list's last. */
static enum ndx_status
end_block(struct ndx_postings_writer *writer, struct ndx_err *err)
{
	struct ndx_list_entry entry = { .block_off = writer->blocks.size,
		                        .positions_off = writer->positions_size,
		                        .last = writer->docid[writer->count - 1],
		                        .title_tf_max = writer->title_tf_max };
	uint8_t *out = ndx_buf_reserve(&writer->blocks, NDX_BLOCK_SIZE_MAX);
	enum ndx_status status;

	if (out == NULL)
		return ndx_fail_nomem(err);
	writer->blocks.size +=
		ndx_block_encode(writer->docid, writer->tf, writer->count, writer->prev, out);
	if (writer->has_positions) {
		ndx_positions_encode((const uint32_t *)(const void *)writer->positions.data,
		                     writer->tf, writer->count, &writer->encoded);
		if (writer->form_count > 1) {
			const size_t before = writer->encoded.size;

			ndx_form_numbers_encode(
				(const uint32_t *)(const void *)writer->numbers.data,
				writer->numbers.size / sizeof(uint32_t), &writer->encoded);
			writer->numbers_size += writer->encoded.size - before;
		}
		writer->positions_size += writer->encoded.size;
		status = ndx_list_part_add_bytes(writer->part, &writer->encoded, err);
		if (status != NDX_OK)
			return status;
	}
	if (!add_tf_norm(writer))
		return ndx_fail_nomem(err);
	ndx_impacts_reduce(&writer->block_impacts, writer->table, entry.impact);
	ndx_buf_add(&writer->entries, &entry, sizeof(entry));
	ndx_impacts_clear(&writer->block_impacts);
	ndx_buf_clear(&writer->positions);
	ndx_buf_clear(&writer->numbers);
	writer->title_tf_max = 0;
	writer->prev = entry.last;
	writer->count = 0;
	return ndx_buf_failed(&writer->entries) ? ndx_fail_nomem(err) : NDX_OK;
}

enum ndx_status
ndx_postings_writer_add(struct ndx_postings_writer *writer, ndx_docid docid, uint32_t tf,
                        const uint32_t *position, const uint32_t *number, uint32_t title_tf,
                        struct ndx_err *err)
{
	enum ndx_status status = NDX_OK;

	assert(tf >= 1);
	if (writer->count == NDX_BLOCK_LEN)
		status = end_block(writer, err);
	if (status != NDX_OK)
		return status;
	writer->docid[writer->count] = docid;
	writer->tf[writer->count++] = tf;
	writer->df++;
	writer->cf += tf;
	if (title_tf > writer->title_tf_max)
		writer->title_tf_max = title_tf < 255 ? (uint8_t)title_tf : 255;
	if (writer->has_positions)
		ndx_buf_add(&writer->positions, position, tf * sizeof(*position));
	if (writer->field == NDX_FIELD_ANY && title_tf > 0) { /* titles come first */
		ndx_list_part_note(writer->part, docid, position,
		                   writer->form_count > 1 ? number : NULL, title_tf);
		writer->title_cf += title_tf;
	}
	if (writer->form_count > 1) {
		ndx_buf_add(&writer->numbers, number, tf * sizeof(*number));
		for (uint32_t i = 0; i < tf; i++)
			writer->form_cf[number[i]]++;
	}
	return ndx_buf_failed(&writer->positions) || ndx_buf_failed(&writer->numbers) ||
	                       ndx_buf_failed(&writer->part->places)
	               ? ndx_fail_nomem(err)
	               : NDX_OK;
}

/* For each k the smallest norm that k of the postings counted in of_norm[] do not exceed, else
 * 256. */
static void
norms_at(const uint32_t of_norm[256], const uint32_t k[NDX_THRESHOLD_COUNT],
         unsigned norm_ret[NDX_THRESHOLD_COUNT])
{
	uint32_t sum = 0;
	unsigned norm = 0;

	for (unsigned i = 0; i < NDX_THRESHOLD_COUNT; i++) {
		while (norm < 256 && sum + of_norm[norm] < k[i])
			sum += of_norm[norm++];
		norm_ret[i] = norm;
	}
}

/*
 * For each k the (tf, norm) that at least k of the histogram's postings reach, the best
 * under table[]: for each tf, the k-th smallest norm among the postings with that tf or more.
 */
static void
best_at_least(uint32_t (*histogram)[256], unsigned tf_max, const float table[256],
              struct ndx_impact out[NDX_THRESHOLD_COUNT])
{
	static const uint32_t k[NDX_THRESHOLD_COUNT] = NDX_THRESHOLD_KS;
	uint32_t of_norm[256] = { 0 };
	float score_best[NDX_THRESHOLD_COUNT] = { 0 };

	for (unsigned tf = tf_max; tf > 0; tf--) {
		unsigned norm[NDX_THRESHOLD_COUNT];

		for (unsigned i = 0; i < 256; i++)
			of_norm[i] += histogram[tf][i];
		norms_at(of_norm, k, norm);
		for (unsigned i = 0; i < NDX_THRESHOLD_COUNT && norm[i] < 256; i++) {
			float score = (float)tf / ((float)tf + table[norm[i]]);

			if (score > score_best[i]) {
				score_best[i] = score;
				out[i] = (struct ndx_impact){ (uint8_t)tf, (uint8_t)norm[i] };
			}
		}
	}
}

/* Thresholds of a list of at least two blocks, from all its (tf, norm). */
static void
thresholds(struct ndx_postings_writer *writer, struct ndx_impact out[NDX_THRESHOLD_COUNT])
{
	const uint16_t *tf_norm = (const uint16_t *)(const void *)writer->tf_norm.data;
	size_t count = writer->tf_norm.size / sizeof(*tf_norm);
	uint32_t(*histogram)[256];
	unsigned tf_max = 0;

	memset(out, 0, NDX_THRESHOLD_COUNT * sizeof(*out));
	for (size_t i = 0; i < count; i++)
		tf_max = tf_norm[i] >> 8 > tf_max ? tf_norm[i] >> 8 : tf_max;
	histogram = ndx_alloc_zero(writer->mem, tf_max + 1, sizeof(*histogram));
	if (histogram == NULL) {
		writer->head.failed = true;
		return;
	}
	for (size_t i = 0; i < count; i++)
		histogram[tf_norm[i] >> 8][tf_norm[i] & 255]++;
	best_at_least(histogram, tf_max, writer->table, out);
	ndx_free(writer->mem, histogram);
}

/* Impacts that bound those of entry[count]. */
static void
sum_up(struct ndx_postings_writer *writer, const struct ndx_list_entry *entry, size_t count,
       struct ndx_impact out[NDX_IMPACT_COUNT], uint8_t *title_tf_max_ret)
{
	ndx_impacts_clear(&writer->group_impacts);
	*title_tf_max_ret = 0;
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < NDX_IMPACT_COUNT; j++)
			ndx_impacts_add(&writer->group_impacts, entry[i].impact[j].tf,
			                entry[i].impact[j].norm);
		if (entry[i].title_tf_max > *title_tf_max_ret)
			*title_tf_max_ret = entry[i].title_tf_max;
	}
	ndx_impacts_reduce(&writer->group_impacts, writer->table, out);
}

/* Room for the impacts and title tf of 'count' entries; NULL: out of memory. */
static uint8_t *
reserve_rows(struct ndx_buf *out, size_t count)
{
	const size_t size = count * (2 * NDX_IMPACT_COUNT + 1);
	uint8_t *rows = ndx_buf_reserve(out, size);

	if (rows != NULL)
		out->size += size;
	return rows;
}

/* Those of entry i of n, as arrays. */
static void
put_impacts(const struct ndx_impact impact[NDX_IMPACT_COUNT], uint8_t title_tf_max, size_t n,
            size_t i, uint8_t *rows)
{
	for (size_t j = 0; j < NDX_IMPACT_COUNT; j++) {
		rows[2 * j * n + i] = impact[j].tf;
		rows[(2 * j + 1) * n + i] = impact[j].norm;
	}
	rows[2 * NDX_IMPACT_COUNT * n + i] = title_tf_max;
}

static void
add_group_entries(struct ndx_postings_writer *writer, const struct ndx_list_entry *entry,
                  size_t count)
{
	struct ndx_buf *out = &writer->head;
	struct ndx_impact impact[NDX_IMPACT_COUNT];
	size_t groups = (count + NDX_GROUP_LEN - 1) / NDX_GROUP_LEN;
	size_t i;
	uint8_t *rows, title_tf_max;

	for (i = 0; i < groups; i++)
		ndx_buf_add_u32(out,
		                entry[(i + 1) * NDX_GROUP_LEN < count ? (i + 1) * NDX_GROUP_LEN - 1
		                                                      : count - 1]
		                        .last);
	for (i = 0; i < groups; i++)
		ndx_buf_add_u32(out, (uint32_t)entry[i * NDX_GROUP_LEN].block_off);
	for (i = 0; i < groups; i++)
		ndx_buf_add_u64(out, entry[i * NDX_GROUP_LEN].positions_off);
	rows = reserve_rows(out, groups);
	for (i = 0; rows != NULL && i < groups; i++) {
		size_t first = i * NDX_GROUP_LEN, left = count - first;

		sum_up(writer, entry + first, left < NDX_GROUP_LEN ? left : NDX_GROUP_LEN, impact,
		       &title_tf_max);
		put_impacts(impact, title_tf_max, groups, i, rows);
	}
}

static void
add_block_entries(struct ndx_buf *out, const struct ndx_list_entry *entry, size_t count)
{
	size_t i;
	uint8_t *rows;

	for (i = 0; i < count; i++)
		ndx_buf_add_u32(out, entry[i].last);
	for (i = 0; i < count; i++)
		ndx_buf_add_u32(out, (uint32_t)(entry[i].positions_off - entry[0].positions_off));
	for (i = 0; i < count; i++)
		ndx_buf_add_u16(out, (uint16_t)(entry[i].block_off - entry[0].block_off));
	rows = reserve_rows(out, count);
	for (i = 0; rows != NULL && i < count; i++)
		put_impacts(entry[i].impact, entry[i].title_tf_max, count, i, rows);
}

/* Head and skip data of a list of more than one block. */
static enum ndx_status
make_head(struct ndx_postings_writer *writer, struct ndx_err *err)
{
	const struct ndx_list_entry *entry =
		(const struct ndx_list_entry *)(void *)writer->entries.data;
	size_t count = writer->entries.size / sizeof(*entry), first;
	struct ndx_impact impact[NDX_IMPACT_COUNT], least[NDX_THRESHOLD_COUNT];
	uint8_t title_tf_max;

	for (first = 0; first < count; first += NDX_GROUP_LEN) {
		size_t last =
			first + NDX_GROUP_LEN <= count ? first + NDX_GROUP_LEN - 1 : count - 1;

		if (entry[last].block_off > UINT32_MAX ||
		    entry[last].positions_off - entry[first].positions_off > UINT32_MAX)
			return ndx_fail(err, NDX_E_LIMIT,
			                "a postings list of more than 4 GB: merge fewer articles");
	}
	ndx_buf_clear(&writer->head);
	sum_up(writer, entry, count, impact, &title_tf_max);
	ndx_buf_add(&writer->head, impact, sizeof(impact));
	ndx_buf_add_u8(&writer->head, title_tf_max);
	ndx_buf_add_u8(&writer->head, 0);
	thresholds(writer, least);
	ndx_buf_add(&writer->head, least, sizeof(least));
	add_group_entries(writer, entry, count);
	for (first = 0; first < count; first += NDX_GROUP_LEN)
		add_block_entries(&writer->head, entry + first,
		                  count - first < NDX_GROUP_LEN ? count - first : NDX_GROUP_LEN);
	return ndx_buf_failed(&writer->head) ? ndx_fail_nomem(err) : NDX_OK;
}

/* A rare term's postings, if they fit the dictionary. */
static size_t
try_inline(const struct ndx_postings_writer *writer, uint8_t out[NDX_INLINE_SIZE_MAX])
{
	const uint32_t *position = (const uint32_t *)(const void *)writer->positions.data;

	if (writer->df > NDX_INLINE_DF_MAX || writer->cf > NDX_INLINE_SIZE_MAX)
		return 0;
	return ndx_inline_encode(writer->docid, writer->tf, writer->has_positions ? position : NULL,
	                         writer->form_count > 1
	                                 ? (const uint32_t *)(const void *)writer->numbers.data
	                                 : NULL,
	                         writer->df, out);
}

/* The table of forms, unless the only one is the term: of those that were met. */
static bool
make_table(struct ndx_postings_writer *writer, struct ndx_str term)
{
	ndx_buf_clear(&writer->form_table);
	if (writer->form_count == 0 ||
	    (writer->form_count == 1 && ndx_str_equal(writer->form[0], term)))
		return true;
	ndx_buf_add_varint(&writer->form_table, writer->form_count);
	for (size_t i = 0; i < writer->form_count; i++) {
		const uint64_t cf = writer->form_count == 1 ? writer->cf : writer->form_cf[i];

		ndx_forms_add(&writer->form_table, cf > 0 ? term : (struct ndx_str){ NULL, 0 },
		              cf > 0 ? writer->form[i] : (struct ndx_str){ NULL, 0 }, cf);
	}
	return !ndx_buf_failed(&writer->form_table);
}

enum ndx_status
ndx_postings_writer_end(struct ndx_postings_writer *writer, const void *key, size_t key_size,
                        struct ndx_err *err)
{
	uint8_t few[NDX_INLINE_SIZE_MAX];
	struct ndx_term_lists lists = { .df = writer->df,
		                        .cf = writer->cf,
		                        .title_cf = writer->title_cf,
		                        .form_count = (uint32_t)writer->form_count,
		                        .has_positions = writer->has_positions };
	enum ndx_status status;

	if (writer->df == 0)
		return NDX_OK;
	if (!make_table(writer, (struct ndx_str){ (const char *)key + 1, key_size - 1 }))
		return ndx_fail_nomem(err);
	lists.forms = writer->form_table.data;
	lists.forms_size = writer->form_table.size;
	lists.inline_size = try_inline(writer, few);
	if (lists.inline_size > 0) {
		lists.inline_data = few;
		return ndx_list_part_add(writer->part, key, key_size, &lists, err);
	}
	status = end_block(writer, err);
	ndx_buf_clear(&writer->head);
	if (status == NDX_OK && writer->entries.size > sizeof(struct ndx_list_entry))
		status = make_head(writer, err);
	if (status != NDX_OK)
		return status;
	lists.off = writer->positions_off;
	lists.positions_size = writer->positions_size;
	lists.numbers_size = writer->numbers_size;
	lists.postings_size = writer->head.size + writer->blocks.size;
	status = ndx_list_part_add_bytes(writer->part, &writer->head, err);
	if (status == NDX_OK)
		status = ndx_list_part_add_bytes(writer->part, &writer->blocks, err);
	return status == NDX_OK ? ndx_list_part_add(writer->part, key, key_size, &lists, err)
	                        : status;
}
