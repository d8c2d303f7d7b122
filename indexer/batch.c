/*
 * batch.c - the articles of an inverter as a segment in memory, and their raw postings
 *
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE /* qsort_r() */

#include "indexer/batch.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/varint.h"
#include "indexer/columns_write.h"
#include "indexer/inverter.h"
#include "indexer/spool.h"
#include "indexer/termdict_write.h"

/* A smaller segment stays in memory: it is not worth a file. */
#define SPOOL_SIZE_MIN ((size_t)1 << 20)

/* What finishing a batch needs; all from mem. */
struct finisher {
	struct ndx_inverter *inverter;
	const struct ndx_mem *mem;
	struct ndx_batch *batch;
	struct ndx_segment_writer segment;
	struct ndx_termdict_writer dict;
	struct ndx_columns columns;
	struct ndx_str *source_names, *section_names, *author_names;
	uint32_t *by_date; /* docid to article */
	uint64_t *id_entry;
	struct ndx_segment_facts facts;
};

/* The order of docids: newest first, undated last, then by id, then as they came. */
static int
compare_articles(const void *a, const void *b, void *arg)
{
	const struct ndx_inverter *inverter = arg;
	uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
	const struct ndx_inverted_article *x = &inverter->article[i], *y = &inverter->article[j];
	int order;

	if (x->date != y->date)
		return x->date > y->date ? -1 : 1;
	order = ndx_str_compare(
		(struct ndx_str){ (const char *)inverter->ids.data + x->id_off, x->id_size },
		(struct ndx_str){ (const char *)inverter->ids.data + y->id_off, y->id_size });
	return order != 0 ? order : (i > j) - (i < j);
}

static void
fill_columns(struct finisher *finisher)
{
	const struct ndx_inverter *inverter = finisher->inverter;
	struct ndx_columns *columns = &finisher->columns;
	struct ndx_segment_facts *facts = &finisher->facts;

	for (uint32_t docid = 0; docid < facts->article_count; docid++) {
		uint32_t i = finisher->by_date[docid];
		const struct ndx_inverted_article *article = &inverter->article[i];
		struct ndx_str id = { (const char *)inverter->ids.data + article->id_off,
			              article->id_size };

		finisher->batch->order[i] = docid;
		finisher->batch->length[docid] = article->length;
		finisher->id_entry[docid] = (uint64_t)ndx_id_hash(id) << 32 | docid;
		columns->slot[docid] = i;
		columns->date[docid] = article->date;
		columns->zone[docid] = article->zone;
		columns->title[docid] = article->title_count;
		columns->source[docid] = article->source;
		columns->section[docid] = article->section;
		columns->author[docid] = article->author;
		columns->norm[docid] = ndx_norm_encode(article->length);
		facts->token_count += article->length;
		if (article->date == NDX_NO_DATE)
			continue;
		if (facts->dated_count++ == 0)
			facts->newest = article->date;
		facts->oldest = article->date;
	}
}

static enum ndx_status
prepare(struct finisher *finisher, struct ndx_err *err)
{
	struct ndx_inverter *inverter = finisher->inverter;
	const struct ndx_mem *mem = finisher->mem;
	struct ndx_batch *batch = finisher->batch;
	size_t count = inverter->article_count;

	batch->order = ndx_alloc(mem, count * sizeof(*batch->order));
	batch->length = ndx_alloc(mem, count * sizeof(*batch->length));
	batch->dead = ndx_alloc_zero(mem, count, 1);
	finisher->by_date = ndx_alloc(mem, count * sizeof(*finisher->by_date));
	finisher->id_entry = ndx_alloc(mem, count * sizeof(*finisher->id_entry));
	finisher->source_names =
		ndx_names_list(&inverter->sources, mem, &finisher->columns.source_count);
	finisher->section_names =
		ndx_names_list(&inverter->sections, mem, &finisher->columns.section_count);
	finisher->author_names =
		ndx_names_list(&inverter->authors, mem, &finisher->columns.author_count);
	if (batch->order == NULL || batch->length == NULL || batch->dead == NULL ||
	    finisher->by_date == NULL || finisher->id_entry == NULL ||
	    finisher->source_names == NULL || finisher->section_names == NULL ||
	    finisher->author_names == NULL)
		return ndx_fail_nomem(err);
	for (uint32_t i = 0; i < count; i++)
		finisher->by_date[i] = i;
	qsort_r(finisher->by_date, count, sizeof(*finisher->by_date), compare_articles, inverter);
	finisher->facts.article_count = (uint32_t)count;
	finisher->columns.source_names = finisher->source_names;
	finisher->columns.section_names = finisher->section_names;
	finisher->columns.author_names = finisher->author_names;
	fill_columns(finisher);
	return NDX_OK;
}

/* A term with the first bytes of its key as a number, so that most comparisons are of numbers. */
struct sort_key {
	uint64_t prefix;
	uint32_t term;
};

static int
compare_keys(const void *a, const void *b, void *arg)
{
	const struct sort_key *x = a, *y = b;

	if (x->prefix != y->prefix)
		return x->prefix < y->prefix ? -1 : 1;
	return ndx_str_compare(ndx_vocabulary_key(arg, x->term), ndx_vocabulary_key(arg, y->term));
}

/* The streams of all terms, by key. */
static enum ndx_status
collect_lists(struct finisher *finisher, struct ndx_err *err)
{
	struct ndx_inverter *inverter = finisher->inverter;
	struct ndx_raw_lists *raw = &finisher->batch->raw;
	const uint32_t *used = (const uint32_t *)(const void *)inverter->used.data;
	size_t count = inverter->used.size / sizeof(*used);
	struct sort_key *keys = ndx_alloc(finisher->mem, count * sizeof(*keys));
	enum ndx_status status = NDX_OK;

	if (keys == NULL)
		return ndx_fail_nomem(err);
	for (size_t i = 0; i < count; i++) {
		struct ndx_str key = ndx_vocabulary_key(inverter->vocabulary, used[i]);
		uint8_t first[8] = { 0 };

		memcpy(first, key.data, key.size < sizeof(first) ? key.size : sizeof(first));
		keys[i] = (struct sort_key){ __builtin_bswap64(ndx_get_u64(first)), used[i] };
	}
	qsort_r(keys, count, sizeof(*keys), compare_keys, inverter->vocabulary);
	for (size_t i = 0; status == NDX_OK && i < count; i++) {
		const struct ndx_stream *stream = &inverter->term[keys[i].term].stream;

		if (stream->first == UINT32_MAX)
			continue;
		if (!ndx_raw_lists_add(raw, ndx_vocabulary_key(inverter->vocabulary, keys[i].term)))
			status = ndx_fail_nomem(err);
		ndx_vocabulary_forms(inverter->vocabulary, keys[i].term, &raw->forms);
		ndx_stream_copy(&inverter->arena, stream, &raw->streams);
	}
	ndx_free(finisher->mem, keys);
	if (status == NDX_OK && (!ndx_raw_lists_add(raw, (struct ndx_str){ NULL, 0 }) ||
	                         ndx_buf_failed(&raw->streams) || ndx_buf_failed(&raw->forms)))
		status = ndx_fail_nomem(err);
	return status;
}

static enum ndx_status
put_store(struct finisher *finisher, struct ndx_docstore_writer *store, enum ndx_part part,
          struct ndx_err *err)
{
	enum ndx_status status = ndx_docstore_writer_end(store, err);

	if (status != NDX_OK)
		return status;
	ndx_segment_writer_part(&finisher->segment, part);
	ndx_segment_writer_put_buf(&finisher->segment, &store->out, err);
	ndx_segment_writer_part(&finisher->segment, part + 1);
	return ndx_docstore_writer_put_index(store, &finisher->segment, err);
}

static enum ndx_status
put_segment(struct finisher *finisher, struct ndx_err *err)
{
	struct ndx_segment_facts *facts = &finisher->facts;
	uint64_t toc_sum;
	enum ndx_status status = ndx_segment_writer_begin(
		&finisher->segment, finisher->mem, ndx_buf_sink(&finisher->batch->data), 0, err);

	ndx_termdict_writer_init(&finisher->dict, finisher->mem);
	if (status == NDX_OK)
		status = put_store(finisher, &finisher->inverter->stored, NDX_PART_STORED, err);
	if (status == NDX_OK)
		status = put_store(finisher, &finisher->inverter->id_store, NDX_PART_IDS, err);
	if (status == NDX_OK)
		status = ndx_id_table_put(finisher->mem, finisher->id_entry, facts->article_count,
		                          &finisher->segment, err);
	if (status != NDX_OK)
		return status;
	ndx_segment_writer_part(&finisher->segment, NDX_PART_POSTINGS);
	ndx_segment_writer_part(&finisher->segment, NDX_PART_FORWARD);
	status = ndx_columns_put(&finisher->columns, facts->dated_count, &finisher->segment, err);
	if (status == NDX_OK)
		status = ndx_termdict_writer_finish(&finisher->dict, &finisher->segment, err);
	if (status != NDX_OK)
		return status;
	return ndx_segment_writer_finish(&finisher->segment, facts, &toc_sum, err);
}

/* Make the inverter empty for the next batch. */
static void
reset(struct ndx_inverter *inverter)
{
	ndx_buf_clear(&inverter->used);
	ndx_buf_clear(&inverter->arena);
	ndx_buf_clear(&inverter->ids);
	ndx_names_clear(&inverter->sources);
	ndx_names_clear(&inverter->sections);
	ndx_names_clear(&inverter->authors);
	ndx_docstore_writer_clear(&inverter->stored);
	ndx_docstore_writer_clear(&inverter->id_store);
	inverter->article_count = 0;
	inverter->text_size = 0;
	inverter->batch++;
}

enum ndx_status
ndx_inverter_finish(struct ndx_inverter *inverter, struct ndx_batch **batch_ret,
                    struct ndx_err *err)
{
	const struct ndx_mem *mem = inverter->env->mem;
	struct finisher finisher = { .inverter = inverter, .mem = mem };
	enum ndx_status status;

	assert(inverter->article_count > 0);
	finisher.batch = ndx_alloc_zero(mem, 1, sizeof(*finisher.batch));
	if (finisher.batch == NULL)
		return ndx_fail_nomem(err);
	finisher.batch->env = inverter->env;
	ndx_buf_init(&finisher.batch->data, mem);
	ndx_raw_lists_init(&finisher.batch->raw, mem);
	status = ndx_columns_alloc(&finisher.columns, mem, inverter->article_count)
	                 ? prepare(&finisher, err)
	                 : ndx_fail_nomem(err);
	if (status == NDX_OK) {
		status = put_segment(&finisher, err);
		ndx_termdict_writer_free(&finisher.dict);
		ndx_segment_writer_free(&finisher.segment);
	}
	if (status == NDX_OK)
		status = collect_lists(&finisher, err);
	finisher.batch->raw.order = finisher.batch->order;
	ndx_raw_lists_trim(&finisher.batch->raw);
	ndx_buf_trim(&finisher.batch->data);
	if (status == NDX_OK)
		status = ndx_segment_open_memory(inverter->env, finisher.batch->data.data,
		                                 finisher.batch->data.size,
		                                 &finisher.batch->segment, err);
	ndx_columns_free(&finisher.columns, mem);
	ndx_free(mem, finisher.source_names);
	ndx_free(mem, finisher.section_names);
	ndx_free(mem, finisher.author_names);
	ndx_free(mem, finisher.by_date);
	ndx_free(mem, finisher.id_entry);
	reset(inverter);
	if (status != NDX_OK) {
		ndx_batch_free(finisher.batch);
		return status;
	}
	*batch_ret = finisher.batch;
	return NDX_OK;
}

enum ndx_status
ndx_batch_spool(struct ndx_batch *batch, const char *dir, struct ndx_err *err)
{
	if (batch->data.size < SPOOL_SIZE_MIN)
		return NDX_OK;
	batch->map = ndx_spool(batch->env, dir, batch->data.data, batch->data.size);
	if (batch->map == NULL)
		return NDX_OK;
	batch->map_size = batch->data.size;
	ndx_segment_close(&batch->segment);
	ndx_buf_free(&batch->data);
	return ndx_segment_open_memory(batch->env, batch->map, batch->map_size, &batch->segment,
	                               err);
}

size_t
ndx_batch_size(const struct ndx_batch *batch)
{
	return batch->data.size_max + ndx_raw_lists_size(&batch->raw) +
	       batch->segment.article_count *
	               (sizeof(*batch->length) + sizeof(*batch->order) + sizeof(*batch->dead));
}

void
ndx_batch_free(struct ndx_batch *batch)
{
	const struct ndx_mem *mem;

	if (batch == NULL)
		return;
	mem = batch->env->mem;
	ndx_segment_close(&batch->segment);
	if (batch->map != NULL)
		batch->env->io->munmap(batch->env->io->ctx, batch->map, batch->map_size);
	ndx_buf_free(&batch->data);
	ndx_raw_lists_free(&batch->raw);
	ndx_free(mem, batch->order);
	ndx_free(mem, batch->length);
	ndx_free(mem, batch->dead);
	ndx_free(mem, batch);
}
