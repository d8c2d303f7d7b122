/*
 * termdict_write.c - the term dictionary; the diagram is at the head of common/termdict.c
 *
 * SPDX-License-Identifier: MIT
 */
#include "indexer/termdict_write.h"

#include <assert.h>
#include <string.h>

#include "common/varint.h"

void
ndx_termdict_writer_init(struct ndx_termdict_writer *writer, const struct ndx_mem *mem)
{
	*writer = (struct ndx_termdict_writer){ 0 };
	ndx_buf_init(&writer->dict, mem);
	ndx_buf_init(&writer->top_keys, mem);
	ndx_buf_init(&writer->key_offs, mem);
	ndx_buf_init(&writer->block_offs, mem);
	ndx_buf_init(&writer->prefixes, mem);
	ndx_buf_init(&writer->keys, mem);
	ndx_buf_init(&writer->infos, mem);
}

void
ndx_termdict_writer_free(struct ndx_termdict_writer *writer)
{
	ndx_buf_free(&writer->dict);
	ndx_buf_free(&writer->top_keys);
	ndx_buf_free(&writer->key_offs);
	ndx_buf_free(&writer->block_offs);
	ndx_buf_free(&writer->prefixes);
	ndx_buf_free(&writer->keys);
	ndx_buf_free(&writer->infos);
}

static void
begin_block(struct ndx_termdict_writer *writer, const void *key, size_t key_size)
{
	uint8_t prefix[NDX_PREFIX_SIZE] = { 0 };

	memcpy(prefix, key, key_size < sizeof(prefix) ? key_size : sizeof(prefix));
	ndx_buf_add(&writer->prefixes, prefix, sizeof(prefix));
	ndx_buf_add_u32(&writer->key_offs, (uint32_t)writer->top_keys.size);
	ndx_buf_add_u32(&writer->block_offs, (uint32_t)writer->dict.size);
	ndx_buf_add(&writer->top_keys, key, key_size);
	writer->lists_off = 0;
	writer->key_size = 0;
}

static void
end_block(struct ndx_termdict_writer *writer)
{
	if (writer->in_block == 0)
		return;
	ndx_buf_add_u16(&writer->dict, (uint16_t)writer->keys.size);
	ndx_buf_add_u64(&writer->dict, writer->lists_off);
	ndx_buf_add(&writer->dict, writer->keys.data, writer->keys.size);
	ndx_buf_add(&writer->dict, writer->infos.data, writer->infos.size);
	writer->dict.failed |= writer->keys.failed | writer->infos.failed;
	ndx_buf_clear(&writer->keys);
	ndx_buf_clear(&writer->infos);
	writer->in_block = 0;
}

static void
add_key(struct ndx_termdict_writer *writer, const uint8_t *key, size_t key_size)
{
	size_t shared = 0;

	while (shared < writer->key_size && shared < key_size && writer->key[shared] == key[shared])
		shared++;
	ndx_buf_add_u8(&writer->keys, (unsigned)shared);
	ndx_buf_add_u8(&writer->keys, (unsigned)(key_size - shared));
	ndx_buf_add(&writer->keys, key + shared, key_size - shared);
	memcpy(writer->key, key, key_size);
	writer->key_size = key_size;
}

static void
add_info(struct ndx_termdict_writer *writer, const struct ndx_term_lists *lists)
{
	const bool is_inline = lists->inline_size > 0;

	ndx_buf_add_varint(&writer->infos,
	                   (uint64_t)lists->df * 8 + (lists->forms_size > 0 ? 4 : 0) +
	                           (lists->has_positions ? 2 : 0) + (is_inline ? 1 : 0));
	if (lists->forms_size > 0) {
		ndx_buf_add_varint(&writer->infos, lists->forms_size);
		ndx_buf_add(&writer->infos, lists->forms, lists->forms_size);
	}
	if (is_inline) {
		ndx_buf_add_u8(&writer->infos, (unsigned)lists->inline_size);
		ndx_buf_add(&writer->infos, lists->inline_data, lists->inline_size);
		return;
	}
	ndx_buf_add_varint(&writer->infos, lists->cf - lists->df);
	ndx_buf_add_varint(&writer->infos, lists->postings_size);
	if (lists->has_positions)
		ndx_buf_add_varint(&writer->infos, lists->positions_size);
	if (writer->lists_off == 0)
		writer->lists_off = writer->list_next = lists->off;
	assert(lists->off == writer->list_next);
	writer->list_next = lists->off + lists->positions_size + lists->postings_size;
}

/* Begin a key, whose info is to be added; ends with end_key(). */
static enum ndx_status
begin_key(struct ndx_termdict_writer *writer, const void *key, size_t key_size, struct ndx_err *err)
{
	assert(key_size >= 1 && key_size <= NDX_KEY_SIZE_MAX);
	if (writer->dict.size > UINT32_MAX || writer->term_count == UINT32_MAX)
		return ndx_fail(err, NDX_E_LIMIT, "more than 4 GB of terms in one segment");
	if (writer->in_block == 0)
		begin_block(writer, key, key_size);
	add_key(writer, key, key_size);
	return NDX_OK;
}

static enum ndx_status
end_key(struct ndx_termdict_writer *writer, struct ndx_err *err)
{
	writer->term_count++;
	if (++writer->in_block == NDX_DICT_BLOCK_LEN)
		end_block(writer);
	if (ndx_buf_failed(&writer->dict) || ndx_buf_failed(&writer->top_keys))
		return ndx_fail_nomem(err);
	return NDX_OK;
}

enum ndx_status
ndx_termdict_writer_add_form(struct ndx_termdict_writer *writer, const void *key, size_t key_size,
                             const uint8_t *in, size_t size, struct ndx_err *err)
{
	const enum ndx_status status = begin_key(writer, key, key_size, err);

	if (status != NDX_OK)
		return status;
	ndx_buf_add_varint(&writer->infos, 8 | 4);
	ndx_buf_add_varint(&writer->infos, size);
	ndx_buf_add(&writer->infos, in, size);
	return end_key(writer, err);
}

enum ndx_status
ndx_termdict_writer_add(struct ndx_termdict_writer *writer, const void *key, size_t key_size,
                        const struct ndx_term_lists *lists, struct ndx_err *err)
{
	const enum ndx_status status = begin_key(writer, key, key_size, err);

	if (status != NDX_OK)
		return status;
	add_info(writer, lists);
	return end_key(writer, err);
}

enum ndx_status
ndx_termdict_writer_finish(struct ndx_termdict_writer *writer, struct ndx_segment_writer *segment,
                           struct ndx_err *err)
{
	struct ndx_buf count;

	end_block(writer);
	ndx_segment_writer_part(segment, NDX_PART_DICT);
	ndx_buf_add_u32(&writer->key_offs, (uint32_t)writer->top_keys.size);
	ndx_buf_add_u32(&writer->block_offs, (uint32_t)writer->dict.size);
	ndx_segment_writer_put_buf(segment, &writer->dict, err);
	ndx_segment_writer_part(segment, NDX_PART_DICT_TOP);
	ndx_buf_init(&count, writer->dict.mem);
	ndx_buf_add_u32(&count, (uint32_t)(writer->key_offs.size / 4 - 1));
	ndx_segment_writer_put_buf(segment, &count, err);
	ndx_buf_free(&count);
	ndx_segment_writer_put_buf(segment, &writer->key_offs, err);
	ndx_segment_writer_put_buf(segment, &writer->block_offs, err);
	ndx_segment_writer_put_buf(segment, &writer->prefixes, err);
	return ndx_segment_writer_put_buf(segment, &writer->top_keys, err);
}
