/*
 * check_store.c - the columns, the stored articles and the ids of a segment under check
 *
 * SPDX-License-Identifier: MIT
 */
#include <inttypes.h>

#include "common/column.h"
#include "common/docstore.h"
#include "common/tombstones.h"
#include "common/varint.h"
#include "searcher/check_parts.h"

static enum ndx_status
corrupt_part(const struct ndx_check_state *state, enum ndx_part part, struct ndx_err *err,
             const char *what, uint32_t docid)
{
	return ndx_segment_corrupt(state->segment, state->segment->part[part].off, err,
	                           "%s of article %" PRIu32, what, docid);
}

static enum ndx_status
check_slots(struct ndx_check_state *state, struct ndx_err *err)
{
	const uint32_t count = state->segment->article_count;
	uint32_t slot;
	enum ndx_status status;

	for (uint32_t i = 0; i < count; i++)
		state->docid_of_slot[i] = NDX_DOCID_NONE;
	for (ndx_docid docid = 0; docid < count; docid++) {
		status = ndx_docstore_slot(state->segment, docid, &slot, err);
		if (status != NDX_OK)
			return status;
		if (state->docid_of_slot[slot] != NDX_DOCID_NONE)
			return corrupt_part(state, NDX_PART_SLOTS, err, "another's slot", docid);
		state->docid_of_slot[slot] = docid;
	}
	return NDX_OK;
}

static enum ndx_status
check_dates(struct ndx_check_state *state, struct ndx_err *err)
{
	const struct ndx_segment *segment = state->segment;
	struct ndx_column dates, zones;
	int64_t date, zone, before = INT64_MAX;
	enum ndx_status status = ndx_column_open(segment, NDX_PART_DATES, &dates, err);

	if (status == NDX_OK)
		status = ndx_column_open(segment, NDX_PART_ZONES, &zones, err);
	for (ndx_docid docid = 0; status == NDX_OK && docid < segment->dated_count; docid++) {
		status = ndx_column_get(&dates, docid, &date, err);
		if (status == NDX_OK)
			status = ndx_column_get(&zones, docid, &zone, err);
		if (status != NDX_OK)
			break;
		if (date > before || (docid == 0 && date != segment->newest) ||
		    (docid + 1 == segment->dated_count && date != segment->oldest))
			return corrupt_part(state, NDX_PART_DATES, err, "a date out of order",
			                    docid);
		if (zone < -24 * 60 || zone > 24 * 60)
			return corrupt_part(state, NDX_PART_ZONES, err, "a bad zone", docid);
		before = date;
	}
	return status;
}

static enum ndx_status
check_titles(struct ndx_check_state *state, struct ndx_err *err)
{
	struct ndx_column titles;
	int64_t count;
	enum ndx_status status = ndx_column_open(state->segment, NDX_PART_TITLES, &titles, err);

	for (ndx_docid docid = 0; status == NDX_OK && docid < state->segment->article_count;
	     docid++) {
		status = ndx_column_get(&titles, docid, &count, err);
		if (status == NDX_OK && (count < 0 || count >= UINT32_MAX))
			return corrupt_part(state, NDX_PART_TITLES, err, "a bad title length",
			                    docid);
		state->title_count[docid] = (uint32_t)count;
	}
	return status;
}

enum ndx_status
ndx_check_columns(struct ndx_check_state *state, struct ndx_err *err)
{
	enum ndx_status status = check_slots(state, err);

	if (status == NDX_OK)
		status = check_dates(state, err);
	return status != NDX_OK ? status : check_titles(state, err);
}

/* Is the value of a column with names the one that the stored article has? */
static enum ndx_status
check_name(struct ndx_check_state *state, enum ndx_part part, ndx_docid docid,
           struct ndx_str expected, struct ndx_err *err)
{
	struct ndx_column column;
	struct ndx_str name;
	int64_t value;
	enum ndx_status status = ndx_column_open(state->segment, part, &column, err);

	if (status == NDX_OK)
		status = ndx_column_get(&column, docid, &value, err);
	if (status == NDX_OK)
		status = ndx_column_name(&column, value, &name, err);
	if (status == NDX_OK && !ndx_str_equal(name, expected))
		return corrupt_part(state, part, err, "not the stored name", docid);
	return status;
}

static enum ndx_status
check_article(struct ndx_check_state *state, ndx_docid docid, struct ndx_str record,
              struct ndx_err *err)
{
	struct ndx_stored stored;
	enum ndx_status status;

	if (!ndx_stored_decode(record, &stored))
		return corrupt_part(state, NDX_PART_STORED, err, "a bad record", docid);
	if (ndx_utf8_check(stored.title.data, stored.title.size) != stored.title.size ||
	    ndx_utf8_check(stored.text.data, stored.text.size) != stored.text.size)
		return corrupt_part(state, NDX_PART_STORED, err, "text that is not UTF-8", docid);
	status = check_name(state, NDX_PART_SOURCES, docid, stored.source, err);
	if (status == NDX_OK)
		status = check_name(state, NDX_PART_SECTIONS, docid, stored.section, err);
	if (status == NDX_OK)
		status = check_name(state, NDX_PART_AUTHORS, docid, stored.author, err);
	return status;
}

static enum ndx_status
check_record(struct ndx_check_state *state, struct ndx_docstore *store, uint32_t slot,
             struct ndx_err *err)
{
	const ndx_docid docid = state->docid_of_slot[slot];
	struct ndx_str record;
	enum ndx_status status = ndx_docstore_get(store, slot, &record, err);

	if (status != NDX_OK)
		return status;
	if (store->part == NDX_PART_STORED)
		return check_article(state, docid, record, err);
	if (record.size == 0 || ndx_utf8_check(record.data, record.size) != record.size)
		return corrupt_part(state, NDX_PART_IDS, err, "a bad id", docid);
	state->id_hash[docid] = ndx_id_hash(record);
	return NDX_OK;
}

/* Blocks follow each other without a gap, and every record can be read. */
static enum ndx_status
check_store(struct ndx_check_state *state, enum ndx_part part, struct ndx_err *err)
{
	const struct ndx_span span = state->segment->part[part];
	struct ndx_docstore_block block = { .off = span.off };
	struct ndx_docstore store;
	uint64_t count = 0;
	uint32_t slot = 0;
	enum ndx_status status;

	ndx_docstore_init(&store, state->segment, part);
	status = ndx_docstore_block_count(&store, &count, err);
	for (uint64_t i = 0; status == NDX_OK && i < count; i++) {
		uint64_t end = block.off + block.size;

		status = ndx_docstore_block(&store, i, &block, err);
		if (status == NDX_OK && (block.slot_first != slot || block.off != end))
			status = ndx_segment_corrupt(
				state->segment, block.off, err,
				"block %" PRIu64 " does not follow the one before", i);
		for (; status == NDX_OK && slot < block.slot_end; slot++)
			status = check_record(state, &store, slot, err);
	}
	if (status == NDX_OK && (slot != state->segment->article_count ||
	                         block.off + block.size != span.off + span.size))
		status = ndx_segment_corrupt(state->segment, span.off, err,
		                             "%" PRIu32 " records of %" PRIu32 " articles", slot,
		                             state->segment->article_count);
	ndx_docstore_free(&store);
	return status;
}

/* Two entries of one hash: damage if both are of the same id, and neither is deleted. */
static enum ndx_status
check_twins(struct ndx_check_state *state, struct ndx_docstore *ids, ndx_docid a, ndx_docid b,
            struct ndx_err *err)
{
	struct ndx_str first, second;
	struct ndx_buf copy;
	uint32_t slot = 0;
	enum ndx_status status;

	if (ndx_tombstones_has(state->segment->tombstones, a) ||
	    ndx_tombstones_has(state->segment->tombstones, b))
		return NDX_OK;
	ndx_buf_init(&copy, state->mem);
	status = ndx_docstore_slot(state->segment, a, &slot, err);
	if (status == NDX_OK)
		status = ndx_docstore_get(ids, slot, &first, err);
	if (status == NDX_OK) {
		ndx_buf_add(&copy, first.data, first.size);
		status = ndx_buf_failed(&copy) ? ndx_fail_nomem(err)
		                               : ndx_docstore_slot(state->segment, b, &slot, err);
	}
	if (status == NDX_OK)
		status = ndx_docstore_get(ids, slot, &second, err);
	if (status == NDX_OK &&
	    ndx_str_equal(second, (struct ndx_str){ (const char *)copy.data, copy.size }))
		status = corrupt_part(state, NDX_PART_ID_TABLE, err, "another's id", b);
	ndx_buf_free(&copy);
	return status;
}

/* Rising entries, each with the hash of its article's id: so each article is there once. */
static enum ndx_status
check_id_table(struct ndx_check_state *state, struct ndx_err *err)
{
	const struct ndx_segment *segment = state->segment;
	const struct ndx_span span = segment->part[NDX_PART_ID_TABLE];
	uint64_t entry, before = 0, off = span.off;
	enum ndx_status status = NDX_OK;
	struct ndx_docstore ids;

	if (span.size != 8 * (uint64_t)segment->article_count)
		return ndx_segment_corrupt(segment, span.off, err,
		                           "an id table of %" PRIu64 " bytes", span.size);
	ndx_docstore_init(&ids, segment, NDX_PART_IDS);
	for (uint32_t i = 0; status == NDX_OK && i < segment->article_count; i++, off += 8) {
		uint32_t hash = ndx_get_u32(segment->data + off);
		ndx_docid docid = ndx_get_u32(segment->data + off + 4);

		entry = (uint64_t)hash << 32 | docid;
		if (docid >= segment->article_count || state->id_hash[docid] != hash ||
		    (i > 0 && entry <= before))
			status = ndx_segment_corrupt(segment, off, err,
			                             "a bad entry of article %" PRIu32, docid);
		else if (i > 0 && before >> 32 == hash)
			status = check_twins(state, &ids, (ndx_docid)before, docid, err);
		before = entry;
	}
	ndx_docstore_free(&ids);
	return status;
}

enum ndx_status
ndx_check_stores(struct ndx_check_state *state, struct ndx_err *err)
{
	enum ndx_status status = check_store(state, NDX_PART_STORED, err);

	if (status == NDX_OK)
		status = check_store(state, NDX_PART_IDS, err);
	return status != NDX_OK ? status : check_id_table(state, err);
}
