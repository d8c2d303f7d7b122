/*
 * docstore.c - records in compressed blocks
 *
 * The records of slots first .. end-1 make one block, a zlib stream (RFC 1950) of
 *
 *   +-----------------------+---------------------------+
 *   | n u32: record sizes   | records, one after another|      n = end - first
 *   +-----------------------+---------------------------+
 *
 * and the index part finds the blocks, b of them:
 *
 *   +-------+------------------+---------------------+-----------------------+
 *   | b u64 | b+1 u32: slots   | b+1 u64: offsets    | b u32: sizes unpacked |
 *   +-------+------------------+---------------------+-----------------------+
 *
 * (the last slot is the number of records, the last offset the size of the part).
 * Slots are the order in which articles came; docids are the order of their dates;
 * the column SLOTS leads from one to the other, so that merging need not unpack blocks.
 *
 * The id table: article_count entries u32 hash, u32 docid, sorted by both.
 *
 * What must hold: slots and offsets rise; a block unpacks to exactly its size.
 *
 * SPDX-License-Identifier: MIT
 */
#include "common/docstore.h"

#include <inttypes.h>
#include <libdeflate.h>

#include "common/column.h"
#include "common/varint.h"

void
ndx_docstore_init(struct ndx_docstore *store, const struct ndx_segment *segment, enum ndx_part part)
{
	*store = (struct ndx_docstore){ .segment = segment,
		                        .part = part,
		                        .block_index = UINT64_MAX };
	ndx_buf_init(&store->block, segment->env->mem);
}

void
ndx_docstore_free(struct ndx_docstore *store)
{
	if (store->segment == NULL)
		return;
	if (store->decompressor != NULL)
		libdeflate_free_decompressor(store->decompressor);
	ndx_buf_free(&store->block);
	*store = (struct ndx_docstore){ 0 };
}

/* The index part: file offsets of its three arrays. */
struct store_index {
	uint64_t block_count;
	uint64_t slots, offsets, sizes;
};

static enum ndx_status
index_open(const struct ndx_docstore *store, struct store_index *index_ret, struct ndx_err *err)
{
	const struct ndx_segment *segment = store->segment;
	const struct ndx_span span = segment->part[store->part + 1];
	struct store_index index;
	enum ndx_status status;

	if (span.size < 20)
		return ndx_segment_corrupt(segment, span.off, err, "an index of %" PRIu64 " bytes",
		                           span.size);
	status = ndx_segment_verify(segment, span.off, 8, err);
	if (status != NDX_OK)
		return status;
	index.block_count = ndx_get_u64(segment->data + span.off);
	if (index.block_count > span.size / 16 || 20 + 16 * index.block_count != span.size)
		return ndx_segment_corrupt(segment, span.off, err,
		                           "%" PRIu64 " blocks in an index of %" PRIu64,
		                           index.block_count, span.size);
	index.slots = span.off + 8;
	index.offsets = index.slots + 4 * (index.block_count + 1);
	index.sizes = index.offsets + 8 * (index.block_count + 1);
	*index_ret = index;
	return NDX_OK;
}

static enum ndx_status
index_block(const struct ndx_docstore *store, const struct store_index *index, uint64_t i,
            struct ndx_docstore_block *block_ret, struct ndx_err *err)
{
	const struct ndx_segment *segment = store->segment;
	const struct ndx_span part = segment->part[store->part];
	uint64_t begin, end;
	enum ndx_status status = ndx_segment_verify(segment, index->slots + 4 * i, 8, err);

	if (status == NDX_OK)
		status = ndx_segment_verify(segment, index->offsets + 8 * i, 16, err);
	if (status == NDX_OK)
		status = ndx_segment_verify(segment, index->sizes + 4 * i, 4, err);
	if (status != NDX_OK)
		return status;
	block_ret->slot_first = ndx_get_u32(segment->data + index->slots + 4 * i);
	block_ret->slot_end = ndx_get_u32(segment->data + index->slots + 4 * i + 4);
	begin = ndx_get_u64(segment->data + index->offsets + 8 * i);
	end = ndx_get_u64(segment->data + index->offsets + 8 * i + 8);
	block_ret->unpacked_size = ndx_get_u32(segment->data + index->sizes + 4 * i);
	if (block_ret->slot_first >= block_ret->slot_end ||
	    block_ret->slot_end > segment->article_count || begin > end || end > part.size ||
	    block_ret->unpacked_size / 4 < block_ret->slot_end - block_ret->slot_first)
		return ndx_segment_corrupt(segment, index->slots + 4 * i, err,
		                           "block %" PRIu64 " of slots %" PRIu32 " to %" PRIu32, i,
		                           block_ret->slot_first, block_ret->slot_end);
	block_ret->off = part.off + begin;
	block_ret->size = end - begin;
	return NDX_OK;
}

enum ndx_status
ndx_docstore_block_count(const struct ndx_docstore *store, uint64_t *count_ret, struct ndx_err *err)
{
	struct store_index index = { 0 };
	enum ndx_status status = index_open(store, &index, err);

	if (status == NDX_OK)
		*count_ret = index.block_count;
	return status;
}

enum ndx_status
ndx_docstore_block(const struct ndx_docstore *store, uint64_t block_index,
                   struct ndx_docstore_block *block_ret, struct ndx_err *err)
{
	struct store_index index;
	enum ndx_status status = index_open(store, &index, err);

	return status != NDX_OK ? status : index_block(store, &index, block_index, block_ret, err);
}

/* The block that holds 'slot'. */
static enum ndx_status
find_block(const struct ndx_docstore *store, const struct store_index *index, uint32_t slot,
           uint64_t *block_ret, struct ndx_err *err)
{
	uint64_t low = 0, high = index->block_count;

	while (high - low > 1) {
		uint64_t middle = low + (high - low) / 2, off = index->slots + 4 * middle;
		enum ndx_status status = ndx_segment_verify(store->segment, off, 4, err);

		if (status != NDX_OK)
			return status;
		if (ndx_get_u32(store->segment->data + off) <= slot)
			low = middle;
		else
			high = middle;
	}
	*block_ret = low;
	return NDX_OK;
}

void
ndx_docstore_expect(const struct ndx_docstore *store, uint32_t slot)
{
	struct ndx_docstore_block block;
	struct store_index index = { 0 };
	uint64_t i;

	if (index_open(store, &index, NULL) == NDX_OK && index.block_count > 0 &&
	    find_block(store, &index, slot, &i, NULL) == NDX_OK &&
	    index_block(store, &index, i, &block, NULL) == NDX_OK)
		ndx_segment_expect(store->segment, block.off, block.size);
}

static enum ndx_status
unpack(struct ndx_docstore *store, const struct ndx_docstore_block *block, struct ndx_err *err)
{
	const struct ndx_segment *segment = store->segment;
	const uint32_t unpacked = block->unpacked_size;
	enum ndx_status status = ndx_segment_verify(segment, block->off, block->size, err);
	size_t size;
	uint8_t *out;

	if (status != NDX_OK)
		return status;
	if (store->decompressor == NULL)
		store->decompressor = libdeflate_alloc_decompressor();
	/* Deflate cannot shrink below 1/1032: a size beyond that is not worth allocating for. */
	if (unpacked / 1100 > block->size)
		return ndx_segment_corrupt(segment, block->off, err,
		                           "%" PRIu32 " bytes said to be in %" PRIu64, unpacked,
		                           block->size);
	ndx_buf_clear(&store->block);
	out = ndx_buf_reserve(&store->block, unpacked);
	if (store->decompressor == NULL || out == NULL)
		return ndx_fail_nomem(err);
	if (libdeflate_zlib_decompress(store->decompressor, segment->data + block->off, block->size,
	                               out, unpacked, &size) != LIBDEFLATE_SUCCESS ||
	    size != unpacked)
		return ndx_segment_corrupt(segment, block->off, err,
		                           "a compressed block that does not unpack");
	store->block.size = size;
	return NDX_OK;
}

/* Record 'i' of the unpacked block of 'count'. */
static bool
record_find(const struct ndx_buf *block, uint32_t count, uint32_t i, struct ndx_str *record_ret)
{
	uint64_t off = 4 * (uint64_t)count, size;

	for (uint32_t j = 0; j < i; j++)
		off += ndx_get_u32(block->data + 4 * (size_t)j);
	size = ndx_get_u32(block->data + 4 * (size_t)i);
	if (off + size > block->size)
		return false;
	*record_ret = (struct ndx_str){ (const char *)block->data + off, (size_t)size };
	return true;
}

enum ndx_status
ndx_docstore_get(struct ndx_docstore *store, uint32_t slot, struct ndx_str *record_ret,
                 struct ndx_err *err)
{
	const struct ndx_segment *segment = store->segment;
	struct ndx_docstore_block block;
	struct store_index index;
	uint64_t i;
	enum ndx_status status = index_open(store, &index, err);

	if (status != NDX_OK)
		return status;
	if (slot >= segment->article_count || index.block_count == 0)
		return ndx_segment_corrupt(segment, segment->part[store->part + 1].off, err,
		                           "no record %" PRIu32, slot);
	status = find_block(store, &index, slot, &i, err);
	if (status == NDX_OK)
		status = index_block(store, &index, i, &block, err);
	if (status != NDX_OK)
		return status;
	if (slot < block.slot_first || slot >= block.slot_end)
		return ndx_segment_corrupt(segment, index.slots, err,
		                           "no block for record %" PRIu32, slot);
	if (store->block_index != i) {
		store->block_index = UINT64_MAX;
		status = unpack(store, &block, err);
		if (status != NDX_OK)
			return status;
		store->block_index = i;
	}
	if (!record_find(&store->block, block.slot_end - block.slot_first, slot - block.slot_first,
	                 record_ret))
		return ndx_segment_corrupt(segment, block.off, err, "a record beyond its block");
	return NDX_OK;
}

enum ndx_status
ndx_docstore_slot(const struct ndx_segment *segment, ndx_docid docid, uint32_t *slot_ret,
                  struct ndx_err *err)
{
	struct ndx_column slots;
	int64_t slot;
	enum ndx_status status = ndx_column_open(segment, NDX_PART_SLOTS, &slots, err);

	if (status == NDX_OK)
		status = ndx_column_get(&slots, docid, &slot, err);
	if (status != NDX_OK)
		return status;
	if (slot < 0 || slot >= segment->article_count)
		return ndx_segment_corrupt(segment, segment->part[NDX_PART_SLOTS].off, err,
		                           "slot %" PRId64 " of %" PRIu32, slot,
		                           segment->article_count);
	*slot_ret = (uint32_t)slot;
	return NDX_OK;
}

/* All strings but the text, in the order in which they are stored. */
static void
stored_fields(struct ndx_stored *stored, struct ndx_str *field[7])
{
	field[0] = &stored->title;
	field[1] = &stored->source;
	field[2] = &stored->section;
	field[3] = &stored->author;
	field[4] = &stored->url;
	field[5] = &stored->language;
	field[6] = &stored->text;
}

void
ndx_stored_encode(const struct ndx_stored *stored, struct ndx_buf *out)
{
	struct ndx_stored copy = *stored;
	struct ndx_str *field[7];

	stored_fields(&copy, field);
	ndx_buf_add_u8(out, stored->title_is_made);
	for (size_t i = 0; i < 7; i++)
		ndx_buf_add_varint(out, field[i]->size);
	for (size_t i = 0; i < 7; i++)
		ndx_buf_add(out, field[i]->data, field[i]->size);
}

bool
ndx_stored_decode(struct ndx_str record, struct ndx_stored *stored_ret)
{
	const uint8_t *in = (const uint8_t *)record.data, *end = in + record.size;
	struct ndx_stored stored;
	struct ndx_str *field[7];
	uint64_t size;

	stored_fields(&stored, field);
	if (in == end)
		return false;
	stored.title_is_made = *in++ & 1;
	for (size_t i = 0; i < 7; i++) {
		size_t used = ndx_varint_decode(in, (size_t)(end - in), &size);

		if (used == 0 || size > record.size)
			return false;
		in += used;
		field[i]->size = (size_t)size;
	}
	for (size_t i = 0; i < 7; i++) {
		if (field[i]->size > (size_t)(end - in))
			return false;
		field[i]->data = (const char *)in;
		in += field[i]->size;
	}
	*stored_ret = stored;
	return in == end;
}

uint32_t
ndx_id_hash(struct ndx_str id)
{
	return (uint32_t)ndx_checksum(id.data, id.size);
}

/* The first entry of the id table whose hash is at least 'hash'. */
static enum ndx_status
id_table_find(const struct ndx_segment *segment, uint32_t hash, uint32_t *at_ret,
              struct ndx_err *err)
{
	const struct ndx_span span = segment->part[NDX_PART_ID_TABLE];
	uint32_t low = 0, high = segment->article_count;

	if (span.size != 8 * (uint64_t)segment->article_count)
		return ndx_segment_corrupt(segment, span.off, err,
		                           "an id table of %" PRIu64 " bytes", span.size);
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		enum ndx_status status =
			ndx_segment_verify(segment, span.off + 8 * (uint64_t)middle, 8, err);

		if (status != NDX_OK)
			return status;
		if (ndx_get_u32(segment->data + span.off + 8 * (uint64_t)middle) < hash)
			low = middle + 1;
		else
			high = middle;
	}
	*at_ret = low;
	return NDX_OK;
}

enum ndx_status
ndx_ids_find(struct ndx_docstore *ids, struct ndx_str id, ndx_docid *docid_ret, struct ndx_err *err)
{
	const struct ndx_segment *segment = ids->segment;
	uint64_t off = segment->part[NDX_PART_ID_TABLE].off;
	uint32_t hash = ndx_id_hash(id), at = 0, slot = 0;
	enum ndx_status status = id_table_find(segment, hash, &at, err);

	for (; status == NDX_OK && at < segment->article_count; at++) {
		const uint8_t *entry = segment->data + off + 8 * (uint64_t)at;
		struct ndx_str found;

		status = ndx_segment_verify(segment, off + 8 * (uint64_t)at, 8, err);
		if (status != NDX_OK || ndx_get_u32(entry) != hash)
			break;
		if (ndx_get_u32(entry + 4) >= segment->article_count)
			return ndx_segment_corrupt(segment, off + 8 * (uint64_t)at, err,
			                           "docid %" PRIu32, ndx_get_u32(entry + 4));
		status = ndx_docstore_slot(segment, ndx_get_u32(entry + 4), &slot, err);
		if (status == NDX_OK)
			status = ndx_docstore_get(ids, slot, &found, err);
		if (status == NDX_OK && ndx_str_equal(found, id)) {
			*docid_ret = ndx_get_u32(entry + 4);
			return NDX_OK;
		}
	}
	return status != NDX_OK ? status : NDX_E_NOT_FOUND;
}
