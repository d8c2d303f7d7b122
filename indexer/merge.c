/*
 * merge.c - several segments into one
 *
 * Stored articles keep the order of the inputs, so that their compressed blocks are
 * copied as they are unless an article in them is dead; the column SLOTS says where
 * each article went.
 *
 * SPDX-License-Identifier: MIT
 */
#include "indexer/merge.h"

#include <stdlib.h>
#include <string.h>

#include "common/column.h"
#include "common/docstore.h"
#include "common/forward.h"
#include "common/impact.h"
#include "common/varint.h"
#include "indexer/columns_write.h"
#include "indexer/docstore_write.h"
#include "indexer/forms_write.h"
#include "indexer/merge_lists.h"
#include "indexer/merge_order.h"
#include "indexer/pairs_write.h"
#include "indexer/raw_lists.h"

/* Shares of the memory: of the postings of pairs that wait to be written, and of lists that do. */
#define PAIRS_SHARE   8
#define PART_SHARE    64
#define PART_SIZE_MIN ((size_t)64 << 10)
#define PART_SIZE_MAX ((size_t)8 << 20)

struct merger {
	const struct ndx_env *env;
	const struct ndx_merge_input *input;
	size_t count;
	const struct ndx_merge_options *options;
	struct ndx_merge_order order;
	struct ndx_segment_writer segment;
	struct ndx_termdict_writer dict;
	struct ndx_columns columns;
	struct ndx_forward_maker forward;
	struct ndx_str *names[3];
	uint32_t **slot; /* slot[input][slot there]: the new one, UINT32_MAX if dead */
	struct ndx_segment_facts facts;
	struct ndx_err *err;
};

static bool
is_dead(const struct ndx_merge_input *input, ndx_docid docid)
{
	return input->dead != NULL && input->dead[docid];
}

/* Number the slots of the live articles, input by input. */
static enum ndx_status
number_slots(struct merger *merger)
{
	uint32_t next = 0;

	for (size_t i = 0; i < merger->count; i++) {
		const struct ndx_segment *segment = merger->input[i].segment;
		uint32_t *slot = merger->slot[i], old;

		memset(slot, 0xff, segment->article_count * sizeof(*slot));
		for (ndx_docid docid = 0; docid < segment->article_count; docid++) {
			enum ndx_status status;

			if (is_dead(&merger->input[i], docid))
				continue;
			status = ndx_docstore_slot(segment, docid, &old, merger->err);
			if (status != NDX_OK)
				return status;
			slot[old] = 0;
		}
		for (old = 0; old < segment->article_count; old++)
			if (slot[old] != UINT32_MAX)
				slot[old] = next++;
	}
	if (next != merger->order.count)
		return ndx_fail(merger->err, NDX_E_CORRUPT, "two articles share a stored record");
	return NDX_OK;
}

static enum ndx_status
copy_block(struct merger *merger, struct ndx_docstore_writer *writer, struct ndx_docstore *from,
           const uint32_t *slot, uint64_t block_index)
{
	struct ndx_docstore_block block;
	uint32_t live = 0;
	enum ndx_status status = ndx_docstore_block(from, block_index, &block, merger->err);

	if (status != NDX_OK)
		return status;
	for (uint32_t i = block.slot_first; i < block.slot_end; i++)
		live += slot[i] != UINT32_MAX;
	/* Blocks that are far from full, as each batch ends with, are worth packing anew. */
	if (live == block.slot_end - block.slot_first && block.unpacked_size >= writer->block_size)
		return ndx_docstore_writer_copy(writer, from, block_index, merger->err);
	for (uint32_t i = block.slot_first; status == NDX_OK && i < block.slot_end; i++) {
		struct ndx_str record;

		if (slot[i] == UINT32_MAX)
			continue;
		status = ndx_docstore_get(from, i, &record, merger->err);
		if (status == NDX_OK)
			status = ndx_docstore_writer_add(writer, record, merger->err);
	}
	return status;
}

/* The blocks of one input, put as they are copied. */
static enum ndx_status
merge_store_input(struct merger *merger, struct ndx_docstore_writer *writer, enum ndx_part part,
                  size_t i)
{
	struct ndx_docstore from;
	uint64_t blocks = 0;
	enum ndx_status status;

	ndx_docstore_init(&from, merger->input[i].segment, part);
	status = ndx_docstore_block_count(&from, &blocks, merger->err);
	for (uint64_t b = 0; status == NDX_OK && b < blocks; b++) {
		status = copy_block(merger, writer, &from, merger->slot[i], b);
		if (status == NDX_OK)
			status = ndx_segment_writer_put_buf(&merger->segment, &writer->out,
			                                    merger->err);
	}
	ndx_docstore_free(&from);
	return status;
}

static enum ndx_status
merge_store(struct merger *merger, enum ndx_part part, size_t block_size)
{
	struct ndx_docstore_writer writer;
	enum ndx_status status = NDX_OK;

	ndx_docstore_writer_init(&writer, merger->env->mem, block_size);
	ndx_segment_writer_part(&merger->segment, part);
	for (size_t i = 0; status == NDX_OK && i < merger->count; i++)
		status = merge_store_input(merger, &writer, part, i);
	if (status == NDX_OK)
		status = ndx_docstore_writer_end(&writer, merger->err);
	if (status == NDX_OK)
		status = ndx_segment_writer_put_buf(&merger->segment, &writer.out, merger->err);
	ndx_segment_writer_part(&merger->segment, part + 1);
	if (status == NDX_OK)
		status = ndx_docstore_writer_put_index(&writer, &merger->segment, merger->err);
	ndx_docstore_writer_free(&writer);
	return status;
}

static enum ndx_status
merge_id_table(struct merger *merger)
{
	uint64_t *entry = ndx_alloc(merger->env->mem, merger->order.count * sizeof(*entry));
	size_t n = 0;
	enum ndx_status status = NDX_OK;

	if (entry == NULL)
		return ndx_fail_nomem(merger->err);
	for (size_t i = 0; status == NDX_OK && i < merger->count; i++) {
		const struct ndx_segment *segment = merger->input[i].segment;
		const struct ndx_span span = segment->part[NDX_PART_ID_TABLE];
		const uint8_t *in = segment->data + span.off;

		status = ndx_segment_verify(segment, span.off, span.size, merger->err);
		for (size_t at = 0; status == NDX_OK && at + 8 <= span.size; at += 8) {
			ndx_docid docid = ndx_get_u32(in + at + 4);

			if (docid >= segment->article_count)
				status = ndx_segment_corrupt(segment, span.off + at, merger->err,
				                             "docid %u", docid);
			else if (!is_dead(&merger->input[i], docid) && n < merger->order.count)
				entry[n++] = (uint64_t)ndx_get_u32(in + at) << 32 |
				             merger->order.docid[i][docid];
		}
	}
	if (status == NDX_OK && n != merger->order.count)
		status = ndx_fail(merger->err, NDX_E_CORRUPT, "%zu ids for %u articles", n,
		                  merger->order.count);
	if (status == NDX_OK)
		status =
			ndx_id_table_put(merger->env->mem, entry, n, &merger->segment, merger->err);
	ndx_free(merger->env->mem, entry);
	return status;
}

/* Copy a column of numbers to its place by new docid; names' numbers go through map[]. */
static enum ndx_status
merge_column(struct merger *merger, enum ndx_part part, size_t i, const int64_t *map,
             int64_t *value)
{
	const struct ndx_segment *segment = merger->input[i].segment;
	struct ndx_column column;
	enum ndx_status status = ndx_column_open(segment, part, &column, merger->err);

	for (ndx_docid docid = 0; status == NDX_OK && docid < segment->article_count; docid++) {
		ndx_docid to = merger->order.docid[i][docid];
		int64_t from;

		if (to == NDX_DOCID_NONE)
			continue;
		status = ndx_column_get(&column, docid, &from, merger->err);
		if (status == NDX_OK && map != NULL && (from < 0 || from >= column.name_count))
			status = ndx_segment_corrupt(segment, column.values_off, merger->err,
			                             "a bad name");
		if (status == NDX_OK)
			value[to] = map == NULL ? from : map[from];
	}
	return status;
}

static int
compare_names(const void *a, const void *b)
{
	return ndx_str_compare(*(const struct ndx_str *)a, *(const struct ndx_str *)b);
}

/* All names of a column in all inputs, sorted, each once; from mem. */
static enum ndx_status
collect_names(struct merger *merger, enum ndx_part part, struct ndx_str **names_ret,
              size_t *count_ret)
{
	struct ndx_str *names = NULL;
	size_t count = 0, count_max = 0, distinct = 0;
	enum ndx_status status = NDX_OK;

	for (size_t i = 0; status == NDX_OK && i < merger->count; i++) {
		struct ndx_column column;

		status = ndx_column_open(merger->input[i].segment, part, &column, merger->err);
		for (uint32_t n = 0; status == NDX_OK && n < column.name_count; n++) {
			if (!ndx_grow(merger->env->mem, &names, &count_max, count + 1,
			              sizeof(*names)))
				status = ndx_fail_nomem(merger->err);
			else
				status = ndx_column_name(&column, n, &names[count++], merger->err);
		}
	}
	if (status != NDX_OK) {
		ndx_free(merger->env->mem, names);
		return status;
	}
	if (count > 0)
		qsort(names, count, sizeof(*names), compare_names);
	for (size_t n = 0; n < count; n++)
		if (n == 0 || !ndx_str_equal(names[n], names[distinct - 1]))
			names[distinct++] = names[n];
	*names_ret = names;
	*count_ret = distinct;
	return NDX_OK;
}

/* map[number in the input's column] = number in names[count]. */
static enum ndx_status
map_names(struct merger *merger, enum ndx_part part, size_t i, const struct ndx_str *names,
          size_t count, int64_t **map_ret)
{
	struct ndx_column column;
	int64_t *map = NULL;
	enum ndx_status status =
		ndx_column_open(merger->input[i].segment, part, &column, merger->err);

	if (status == NDX_OK) {
		map = ndx_alloc(merger->env->mem, column.name_count * sizeof(*map));
		if (map == NULL)
			status = ndx_fail_nomem(merger->err);
	}
	for (uint32_t n = 0; status == NDX_OK && n < column.name_count; n++) {
		struct ndx_str name, *found;

		status = ndx_column_name(&column, n, &name, merger->err);
		if (status != NDX_OK)
			break;
		found = bsearch(&name, names, count, sizeof(*names), compare_names);
		map[n] = found == NULL ? 0 : found - names;
	}
	if (status != NDX_OK) {
		ndx_free(merger->env->mem, map);
		return status;
	}
	*map_ret = map;
	return NDX_OK;
}

static enum ndx_status
merge_named_column(struct merger *merger, enum ndx_part part, struct ndx_str **names, size_t *count,
                   int64_t *value)
{
	enum ndx_status status = collect_names(merger, part, names, count);

	for (size_t i = 0; status == NDX_OK && i < merger->count; i++) {
		int64_t *map = NULL;

		status = map_names(merger, part, i, *names, *count, &map);
		if (status == NDX_OK)
			status = merge_column(merger, part, i, map, value);
		ndx_free(merger->env->mem, map);
	}
	return status;
}

static enum ndx_status
merge_norms(struct merger *merger, size_t i)
{
	const struct ndx_segment *segment = merger->input[i].segment;
	const uint8_t *norm = ndx_segment_part(segment, NDX_PART_NORMS);
	enum ndx_status status =
		ndx_segment_norms(segment, 0, segment->article_count - 1, merger->err);

	for (ndx_docid docid = 0; status == NDX_OK && docid < segment->article_count; docid++)
		if (merger->order.docid[i][docid] != NDX_DOCID_NONE)
			merger->columns.norm[merger->order.docid[i][docid]] = norm[docid];
	return status;
}

static enum ndx_status
merge_slots(struct merger *merger, size_t i)
{
	const struct ndx_segment *segment = merger->input[i].segment;

	for (ndx_docid docid = 0; docid < segment->article_count; docid++) {
		ndx_docid to = merger->order.docid[i][docid];
		uint32_t slot;
		enum ndx_status status;

		if (to == NDX_DOCID_NONE)
			continue;
		status = ndx_docstore_slot(segment, docid, &slot, merger->err);
		if (status != NDX_OK)
			return status;
		merger->columns.slot[to] = merger->slot[i][slot];
	}
	return NDX_OK;
}

/* All columns, in memory, before the postings, whose impacts need the norms. */
static enum ndx_status
merge_columns(struct merger *merger)
{
	struct ndx_columns *columns = &merger->columns;
	enum ndx_status status = NDX_OK;

	for (size_t i = 0; status == NDX_OK && i < merger->count; i++) {
		status = merge_slots(merger, i);
		if (status == NDX_OK)
			status = merge_column(merger, NDX_PART_ZONES, i, NULL, columns->zone);
		if (status == NDX_OK)
			status = merge_column(merger, NDX_PART_TITLES, i, NULL, columns->title);
		if (status == NDX_OK)
			status = merge_norms(merger, i);
	}
	if (status == NDX_OK)
		status = merge_named_column(merger, NDX_PART_SOURCES, &merger->names[0],
		                            &columns->source_count, columns->source);
	if (status == NDX_OK)
		status = merge_named_column(merger, NDX_PART_SECTIONS, &merger->names[1],
		                            &columns->section_count, columns->section);
	if (status == NDX_OK)
		status = merge_named_column(merger, NDX_PART_AUTHORS, &merger->names[2],
		                            &columns->author_count, columns->author);
	columns->source_names = merger->names[0];
	columns->section_names = merger->names[1];
	columns->author_names = merger->names[2];
	memcpy(columns->date, merger->order.date,
	       merger->order.dated_count * sizeof(*columns->date));
	return status;
}

/* The lists of all terms, then those of pairs. */
static enum ndx_status
merge_lists(struct merger *merger, struct ndx_list_target *target)
{
	const bool batches = merger->input[0].raw != NULL;
	struct ndx_merge_feed of_inputs = { merger->env, merger->input, &merger->order };
	const struct ndx_pair_feed feed = { batches ? ndx_flush_pairs : ndx_merge_pairs,
		                            &of_inputs };
	uint64_t before;
	enum ndx_status status = ndx_pairs_writer_new(
		merger->env->mem, merger->order.count, merger->columns.title,
		merger->options->memory / PAIRS_SHARE, &target->pairs, merger->err);

	if (status != NDX_OK)
		return status;
	status = (batches ? ndx_flush_lists : ndx_merge_lists)(&of_inputs, target, merger->err);
	before = merger->segment.off;
	if (status == NDX_OK)
		status = ndx_pairs_write(&feed, target, merger->err);
	merger->facts.pairs_bytes = merger->segment.off - before;
	ndx_pairs_writer_free(target->pairs);
	return status;
}

static size_t
part_size(const struct ndx_merge_options *options)
{
	const size_t size = options->memory / PART_SHARE;

	return size < PART_SIZE_MIN ? PART_SIZE_MIN : size > PART_SIZE_MAX ? PART_SIZE_MAX : size;
}

static enum ndx_status
put_forward(struct merger *merger)
{
	struct ndx_buf out;
	enum ndx_status status;

	ndx_buf_init(&out, merger->env->mem);
	ndx_segment_writer_part(&merger->segment, NDX_PART_FORWARD);
	ndx_forward_maker_put(&merger->forward, &out);
	status = ndx_segment_writer_put_buf(&merger->segment, &out, merger->err);
	ndx_buf_free(&out);
	return status;
}

static enum ndx_status
merge_postings(struct merger *merger)
{
	struct ndx_buf forms;
	struct ndx_list_target target = {
		.mem = merger->env->mem,
		.jobs = merger->options->jobs,
		.part_size = part_size(merger->options),
		.norm = merger->columns.norm,
		.length_average = (double)merger->facts.token_count / merger->facts.article_count,
		.segment = &merger->segment,
		.dict = &merger->dict,
		.forms = &forms,
		.forward = &merger->forward,
	};
	enum ndx_status status;

	ndx_segment_writer_part(&merger->segment, NDX_PART_POSTINGS);
	ndx_termdict_writer_init(&merger->dict, merger->env->mem);
	ndx_buf_init(&forms, merger->env->mem);
	status = ndx_forward_maker_init(&merger->forward, merger->env->mem, merger->columns.title,
	                                merger->order.count)
	                 ? merge_lists(merger, &target)
	                 : ndx_fail_nomem(merger->err);
	if (status == NDX_OK)
		status = ndx_forms_write(merger->env->mem, &forms, &merger->dict, merger->err);
	ndx_buf_free(&forms);
	if (status == NDX_OK)
		status = put_forward(merger);
	ndx_forward_maker_free(&merger->forward);
	if (status == NDX_OK)
		status = ndx_columns_put(&merger->columns, merger->facts.dated_count,
		                         &merger->segment, merger->err);
	if (status == NDX_OK)
		status = ndx_termdict_writer_finish(&merger->dict, &merger->segment, merger->err);
	merger->facts.term_count = merger->dict.term_count;
	merger->facts.positions_bytes = target.positions_bytes;
	merger->facts.forms_bytes = target.forms_bytes;
	ndx_termdict_writer_free(&merger->dict);
	return status;
}

static enum ndx_status
allocate(struct merger *merger)
{
	const struct ndx_mem *mem = merger->env->mem;

	merger->slot = ndx_alloc_zero(mem, merger->count, sizeof(*merger->slot));
	if (merger->slot == NULL || !ndx_columns_alloc(&merger->columns, mem, merger->order.count))
		return ndx_fail_nomem(merger->err);
	for (size_t i = 0; i < merger->count; i++) {
		merger->slot[i] = ndx_alloc(mem, merger->input[i].segment->article_count *
		                                         sizeof(**merger->slot));
		if (merger->slot[i] == NULL)
			return ndx_fail_nomem(merger->err);
	}
	return NDX_OK;
}

static void
fill_facts(struct merger *merger, uint32_t number)
{
	struct ndx_segment_facts *facts = &merger->facts;

	facts->number = number;
	facts->article_count = merger->order.count;
	facts->dated_count = merger->order.dated_count;
	for (size_t i = 0; i < merger->count; i++)
		facts->token_count += merger->input[i].live_token_count;
	if (facts->dated_count > 0) {
		facts->newest = merger->order.date[0];
		facts->oldest = merger->order.date[facts->dated_count - 1];
	}
}

static enum ndx_status
merge_all(struct merger *merger, struct ndx_byte_sink sink, uint64_t *toc_sum_ret)
{
	enum ndx_status status = allocate(merger);

	if (status == NDX_OK)
		status = number_slots(merger);
	if (status == NDX_OK)
		status = merge_columns(merger);
	if (status != NDX_OK)
		return status;
	status = ndx_segment_writer_begin(&merger->segment, merger->env->mem, sink,
	                                  merger->facts.number, merger->err);
	if (status == NDX_OK)
		status = merge_store(merger, NDX_PART_STORED, NDX_STORED_BLOCK_SIZE);
	if (status == NDX_OK)
		status = merge_store(merger, NDX_PART_IDS, NDX_ID_BLOCK_SIZE);
	if (status == NDX_OK)
		status = merge_id_table(merger);
	if (status == NDX_OK)
		status = merge_postings(merger);
	if (status == NDX_OK)
		status = ndx_segment_writer_finish(&merger->segment, &merger->facts, toc_sum_ret,
		                                   merger->err);
	ndx_segment_writer_free(&merger->segment);
	return status;
}

enum ndx_status
ndx_merge(const struct ndx_env *env, const struct ndx_merge_input *input, size_t count,
          uint32_t number, const struct ndx_merge_options *options, struct ndx_byte_sink sink,
          struct ndx_segment_facts *facts_ret, uint64_t *toc_sum_ret, struct ndx_err *err)
{
	struct merger merger = {
		.env = env, .input = input, .count = count, .options = options, .err = err
	};
	enum ndx_status status;

	for (size_t i = 0; i < count; i++)
		ndx_segment_expect_all(input[i].segment);
	status = ndx_merge_order(env, input, count, &merger.order, err);
	if (status != NDX_OK)
		return status;
	fill_facts(&merger, number);
	status = merge_all(&merger, sink, toc_sum_ret);
	for (size_t i = 0; merger.slot != NULL && i < count; i++)
		ndx_free(env->mem, merger.slot[i]);
	ndx_free(env->mem, merger.slot);
	ndx_columns_free(&merger.columns, env->mem);
	ndx_free(env->mem, merger.names[0]);
	ndx_free(env->mem, merger.names[1]);
	ndx_free(env->mem, merger.names[2]);
	ndx_merge_order_free(env, &merger.order);
	if (status == NDX_OK)
		*facts_ret = merger.facts;
	return status;
}
