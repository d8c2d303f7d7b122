/*
 * termdict.c - the term dictionary of a segment
 *
 * DICT_TOP, for n blocks:
 *
 *   +-------+----------------+------------------+------------------+------------------+
 *   | n u32 | n+1 u32        | n+1 u32          | n * 8 bytes      | first keys       |
 *   |       | key offsets    | block offsets    | prefixes         | one after another|
 *   +-------+----------------+------------------+------------------+------------------+
 *
 * Offsets count from the first key and from the start of DICT.  A prefix is the first 8 bytes of
 * the block's first key, with zeros after a shorter one: most of a search is in these alone.  A
 * block of DICT:
 *
 *   +--------------------+---------------+------------------+------------------+
 *   | size of keys: u16  | lists at: u64 | keys             | infos            |
 *   +--------------------+---------------+------------------+------------------+
 *
 *   key:   u8 bytes shared with the key before (0 in the first), u8 further bytes, those
 *   info:  varint df * 8 + has_forms * 4 + has_positions * 2 + is_inline
 *          forms:   varint size, that many bytes (see forms.h)
 *          inline:  u8 size, that many bytes (see postings.c)
 *          else:    varint cf - df, varint size of postings, [varint size of positions]
 *
 * A key of field FORM has only this: 12, and forms.
 *
 * Every block has 32 terms, the last one the rest.  The lists of a block's terms lie
 * one after another from 'lists at' on, each term's positions before its postings,
 * so sizes suffice to find them.  Infos are decoded only as far as they are asked for.
 *
 * SPDX-License-Identifier: MIT
 */
#include "common/termdict.h"

#include <inttypes.h>
#include <string.h>

#include "common/field.h"
#include "common/postings_inline.h"
#include "common/termdict_top.h"
#include "common/varint.h"

#define BLOCK_HEAD_SIZE 10

static enum ndx_status
corrupt(const struct ndx_termdict_cursor *cursor, const uint8_t *at, struct ndx_err *err,
        const char *what)
{
	return ndx_segment_corrupt(cursor->segment, (uint64_t)(at - cursor->segment->data), err,
	                           "%s in dictionary block %" PRIu32, what, cursor->block);
}

/* Set the cursor before the first key of its block. */
static enum ndx_status
block_open(const struct ndx_top *top, struct ndx_termdict_cursor *cursor, struct ndx_err *err)
{
	const struct ndx_segment *segment = top->segment;
	const struct ndx_span dict = segment->part[NDX_PART_DICT];
	uint32_t offsets[2], done = cursor->block * NDX_DICT_BLOCK_LEN;
	uint64_t table = top->off + 4 * ((uint64_t)top->block_count + 1);
	const uint8_t *block;
	uint16_t keys_size;
	enum ndx_status status =
		ndx_top_offsets(top, table, cursor->block, dict.size, offsets, err);

	if (status == NDX_OK)
		status = ndx_segment_verify(segment, dict.off + offsets[0], offsets[1] - offsets[0],
		                            err);
	if (status != NDX_OK)
		return status;
	block = segment->data + dict.off + offsets[0];
	if (offsets[1] - offsets[0] < BLOCK_HEAD_SIZE)
		return corrupt(cursor, block, err, "too few bytes");
	keys_size = ndx_get_u16(block);
	if (keys_size > offsets[1] - offsets[0] - BLOCK_HEAD_SIZE)
		return corrupt(cursor, block, err, "too many key bytes");
	cursor->in_block = 0;
	cursor->infos_done = 0;
	cursor->block_terms = segment->term_count - done;
	if (cursor->block_terms > NDX_DICT_BLOCK_LEN)
		cursor->block_terms = NDX_DICT_BLOCK_LEN;
	cursor->list_next = ndx_get_u64(block + 2);
	cursor->key_at = block + BLOCK_HEAD_SIZE;
	cursor->keys_end = cursor->info_at = cursor->key_at + keys_size;
	cursor->infos_end = segment->data + dict.off + offsets[1];
	cursor->key_size = 0;
	return NDX_OK;
}

/* The next key's bytes, after those that it shares with the one before, of 'size_before' bytes. */
static enum ndx_status
key_next(struct ndx_termdict_cursor *cursor, size_t size_before, size_t *shared_ret,
         const uint8_t **further_ret, size_t *size_ret, struct ndx_err *err)
{
	const uint8_t *at = cursor->key_at;
	size_t shared, further;

	if (cursor->keys_end - at < 2)
		return corrupt(cursor, at, err, "a cut-off key");
	shared = at[0];
	further = at[1];
	if (shared > size_before || further > (size_t)(cursor->keys_end - at) - 2 ||
	    shared + further > NDX_KEY_SIZE_MAX)
		return corrupt(cursor, at, err, "a bad key");
	cursor->key_at = at + 2 + further;
	*shared_ret = shared;
	*further_ret = at + 2;
	*size_ret = shared + further;
	return NDX_OK;
}

static enum ndx_status
key_decode(struct ndx_termdict_cursor *cursor, struct ndx_err *err)
{
	const uint8_t *further = NULL;
	enum ndx_status status = key_next(cursor, cursor->key_size, &cursor->shared, &further,
	                                  &cursor->key_size, err);

	if (status == NDX_OK)
		memcpy(cursor->key + cursor->shared, further, cursor->key_size - cursor->shared);
	return status;
}

/* Read one varint of an info; false if it breaks off. */
static bool
info_varint(struct ndx_termdict_cursor *cursor, uint64_t *value_ret)
{
	size_t size;

	if (cursor->info_at < cursor->infos_end && *cursor->info_at < 0x80) { /* most are */
		*value_ret = *cursor->info_at++;
		return true;
	}
	size = ndx_varint_decode(cursor->info_at, (size_t)(cursor->infos_end - cursor->info_at),
	                         value_ret);
	cursor->info_at += size;
	return size > 0;
}

static enum ndx_status
inline_decode(struct ndx_termdict_cursor *cursor, struct ndx_term_info *info, struct ndx_err *err)
{
	const uint8_t *at = cursor->info_at;
	struct ndx_inline_postings postings;

	if (at == cursor->infos_end || at[0] > cursor->infos_end - at - 1)
		return corrupt(cursor, at, err, "cut-off postings");
	info->postings_off = (uint64_t)(at + 1 - cursor->segment->data);
	info->postings_size = at[0];
	cursor->info_at = at + 1 + at[0];
	if (!ndx_inline_decode(at + 1, at[0], info->df, info->has_positions, info->form_count,
	                       cursor->segment->article_count, &postings))
		return corrupt(cursor, at, err, "bad postings");
	info->cf = postings.cf;
	return NDX_OK;
}

static enum ndx_status
lists_decode(struct ndx_termdict_cursor *cursor, struct ndx_term_info *info, struct ndx_err *err)
{
	const struct ndx_span lists = cursor->segment->part[NDX_PART_POSTINGS];
	const uint8_t *at = cursor->info_at;
	uint64_t more, end;

	if (!info_varint(cursor, &more) || !info_varint(cursor, &info->postings_size) ||
	    (info->has_positions && !info_varint(cursor, &info->positions_size)))
		return corrupt(cursor, at, err, "a cut-off info");
	info->cf = info->df + more;
	info->positions_off = cursor->list_next;
	end = lists.off + lists.size;
	if (cursor->list_next < lists.off || cursor->list_next > end ||
	    info->positions_size > end - cursor->list_next ||
	    info->postings_size > end - cursor->list_next - info->positions_size)
		return corrupt(cursor, at, err, "a list outside the postings");
	info->postings_off = info->positions_off + info->positions_size;
	cursor->list_next = info->postings_off + info->postings_size;
	return NDX_OK;
}

/* The table of forms of a term, or the term of a form. */
static enum ndx_status
forms_decode(struct ndx_termdict_cursor *cursor, struct ndx_term_info *info, bool is_form,
             struct ndx_err *err)
{
	const uint8_t *at = cursor->info_at;
	uint64_t size, count = 0;
	size_t count_size = 0;

	if (!info_varint(cursor, &size) || size > (uint64_t)(cursor->infos_end - cursor->info_at))
		return corrupt(cursor, at, err, "cut-off forms");
	if (!is_form) {
		count_size = ndx_varint_decode(cursor->info_at, (size_t)size, &count);
		if (count_size == 0 || count == 0 || count > size)
			return corrupt(cursor, at, err, "a bad number of forms");
	}
	info->form_count = (uint32_t)count;
	info->forms_off = (uint64_t)(cursor->info_at + count_size - cursor->segment->data);
	info->forms_size = size - count_size;
	cursor->info_at += size;
	return NDX_OK;
}

static enum ndx_status
info_decode(struct ndx_termdict_cursor *cursor, struct ndx_err *err)
{
	struct ndx_term_info *info = &cursor->info;
	const uint8_t *at = cursor->info_at;
	const bool is_form = cursor->key[0] == NDX_FIELD_FORM;
	uint64_t head;

	*info = (struct ndx_term_info){ 0 };
	if (!info_varint(cursor, &head) || head / 8 == 0 ||
	    head / 8 > cursor->segment->article_count)
		return corrupt(cursor, at, err, "a bad df");
	info->ordinal = cursor->block * NDX_DICT_BLOCK_LEN + cursor->infos_done;
	info->df = (uint32_t)(head / 8);
	info->has_positions = (head & 2) != 0;
	info->is_inline = (head & 1) != 0;
	cursor->infos_done++;
	if (info->is_inline && info->df > NDX_INLINE_DF_MAX)
		return corrupt(cursor, at, err, "a bad df");
	if (is_form != (head == (8 | 4)))
		return corrupt(cursor, at, err, "a bad form");
	if (head & 4) {
		enum ndx_status status = forms_decode(cursor, info, is_form, err);

		if (status != NDX_OK || is_form)
			return status;
	}
	return info->is_inline ? inline_decode(cursor, info, err) : lists_decode(cursor, info, err);
}

/* Go past an info, of which only what it says about the place of the lists after it matters. */
static enum ndx_status
info_skip(struct ndx_termdict_cursor *cursor, struct ndx_err *err)
{
	const uint64_t lists_size = cursor->segment->part[NDX_PART_POSTINGS].size;
	const uint8_t *at = cursor->info_at;
	uint64_t head, more, size;

	if (!info_varint(cursor, &head))
		return corrupt(cursor, at, err, "a cut-off info");
	cursor->infos_done++;
	if (head & 4) {
		if (!info_varint(cursor, &size) ||
		    size > (uint64_t)(cursor->infos_end - cursor->info_at))
			return corrupt(cursor, at, err, "cut-off forms");
		cursor->info_at += size;
		if (head == (8 | 4))
			return NDX_OK;
	}
	if (head & 1) {
		at = cursor->info_at;
		if (at == cursor->infos_end || at[0] > cursor->infos_end - at - 1)
			return corrupt(cursor, at, err, "cut-off postings");
		cursor->info_at = at + 1 + at[0];
		return NDX_OK;
	}
	if (!info_varint(cursor, &more))
		return corrupt(cursor, at, err, "a cut-off info");
	for (unsigned lists = head & 2 ? 2 : 1; lists > 0; lists--) {
		if (!info_varint(cursor, &size) || size > lists_size)
			return corrupt(cursor, at, err, "a bad size");
		cursor->list_next += size;
	}
	return NDX_OK;
}

/* Go past the infos before that of the key at hand. */
static enum ndx_status
catch_up(struct ndx_termdict_cursor *cursor, struct ndx_err *err)
{
	enum ndx_status status = NDX_OK;

	while (status == NDX_OK && cursor->infos_done < cursor->in_block)
		status = info_skip(cursor, err);
	return status;
}

enum ndx_status
ndx_termdict_read_info(struct ndx_termdict_cursor *cursor, struct ndx_err *err)
{
	const enum ndx_status status = catch_up(cursor, err);

	return status == NDX_OK && cursor->infos_done == cursor->in_block ? info_decode(cursor, err)
	                                                                  : status;
}

enum ndx_status
ndx_termdict_is_inline(struct ndx_termdict_cursor *cursor, bool *inline_ret, struct ndx_err *err)
{
	const enum ndx_status status = catch_up(cursor, err);
	const uint8_t *at = cursor->info_at;

	if (status != NDX_OK)
		return status;
	if (cursor->infos_done == cursor->in_block && at == cursor->infos_end)
		return corrupt(cursor, at, err, "a cut-off info");
	/* the lowest bit of its first varint */
	*inline_ret =
		cursor->infos_done > cursor->in_block ? cursor->info.is_inline : (at[0] & 1) != 0;
	return NDX_OK;
}

/*
 * Walk on to the first key >= 'key'; infos are left behind.  The key before has 'size' bytes, of
 * which the first 'equal' are those of 'key'.  A key that shares more with the one before it than
 * that does with 'key' is below it, too; only where it shares as much are bytes compared.  So keys
 * are not put together on the way.
 */
static enum ndx_status
keys_walk(const struct ndx_top *top, struct ndx_str key, size_t size, size_t equal,
          struct ndx_termdict_cursor *cursor, struct ndx_err *err)
{
	const uint8_t *const wanted = (const uint8_t *)key.data;

	for (;; cursor->in_block++) {
		const uint8_t *further = NULL;
		size_t shared = 0;
		enum ndx_status status = NDX_OK;

		if (cursor->in_block == cursor->block_terms) {
			cursor->block++;
			if (ndx_termdict_done(cursor))
				return NDX_OK;
			status = block_open(top, cursor, err);
			size = equal = 0;
		}
		if (status == NDX_OK)
			status = key_next(cursor, size, &shared, &further, &size, err);
		if (status != NDX_OK)
			return status;
		if (shared > equal)
			continue;
		if (shared < equal && (size == shared || further[0] <= wanted[shared]))
			return corrupt(cursor, further, err, "keys out of order");
		if (shared == equal) {
			while (equal < size && equal < key.size &&
			       further[equal - shared] == wanted[equal])
				equal++;
			if (equal < key.size &&
			    (equal == size || further[equal - shared] < wanted[equal]))
				continue;
		}
		if (shared > 0)
			memcpy(cursor->key, wanted, shared);
		if (size > shared)
			memcpy(cursor->key + shared, further, size - shared);
		cursor->key_size = size;
		cursor->shared = 0;
		return NDX_OK;
	}
}

enum ndx_status
ndx_termdict_seek_key(const struct ndx_segment *segment, const void *key, size_t key_size,
                      struct ndx_termdict_cursor *cursor, struct ndx_err *err)
{
	const struct ndx_str wanted = { key, key_size };
	struct ndx_top top = { 0 };
	enum ndx_status status;

	cursor->segment = segment;
	cursor->block = cursor->block_count = 0;
	if (segment->term_count == 0)
		return NDX_OK;
	status = ndx_top_open(segment, &top, err);
	if (status != NDX_OK)
		return status;
	cursor->block_count = top.block_count;
	status = ndx_top_find(&top, wanted, 0, top.block_count, &cursor->block, err);
	if (status == NDX_OK)
		status = block_open(&top, cursor, err);
	if (status == NDX_OK)
		status = keys_walk(&top, wanted, 0, 0, cursor, err);
	return status;
}

/* Walk on from the key at hand. */
static enum ndx_status
keys_walk_on(const struct ndx_top *top, struct ndx_str key, struct ndx_termdict_cursor *cursor,
             struct ndx_err *err)
{
	const size_t size = cursor->key_size;
	const uint8_t *const wanted = (const uint8_t *)key.data;
	size_t equal = 0;

	while (equal < size && equal < key.size && cursor->key[equal] == wanted[equal])
		equal++;
	if (equal == key.size || (equal < size && cursor->key[equal] > wanted[equal]))
		return NDX_OK;
	cursor->in_block++;
	return keys_walk(top, key, size, equal, cursor, err);
}

enum ndx_status
ndx_termdict_seek_on(struct ndx_termdict_cursor *cursor, const void *key, size_t key_size,
                     struct ndx_err *err)
{
	const struct ndx_str wanted = { key, key_size };
	struct ndx_top top = { 0 };
	uint32_t block = 0;
	enum ndx_status status;

	if (ndx_termdict_done(cursor))
		return NDX_OK;
	status = ndx_top_open(cursor->segment, &top, err);
	if (status == NDX_OK)
		status = ndx_top_find_near(&top, wanted, cursor->block, &block, err);
	if (status != NDX_OK)
		return status;
	if (block <= cursor->block)
		return keys_walk_on(&top, wanted, cursor, err);
	cursor->block = block;
	status = block_open(&top, cursor, err);
	return status == NDX_OK ? keys_walk(&top, wanted, 0, 0, cursor, err) : status;
}

enum ndx_status
ndx_termdict_seek_ordinal(const struct ndx_segment *segment, uint32_t ordinal,
                          struct ndx_termdict_cursor *cursor, struct ndx_err *err)
{
	struct ndx_top top = { 0 };
	enum ndx_status status;

	cursor->segment = segment;
	cursor->block = cursor->block_count = 0;
	if (ordinal >= segment->term_count)
		return NDX_OK;
	status = ndx_top_open(segment, &top, err);
	if (status != NDX_OK)
		return status;
	cursor->block_count = top.block_count;
	cursor->block = ordinal / NDX_DICT_BLOCK_LEN;
	status = block_open(&top, cursor, err);
	if (status == NDX_OK)
		status = key_decode(cursor, err);
	while (status == NDX_OK && cursor->in_block < ordinal % NDX_DICT_BLOCK_LEN)
		status = ndx_termdict_next_key(cursor, err);
	return status;
}

enum ndx_status
ndx_termdict_seek(const struct ndx_segment *segment, const void *key, size_t key_size,
                  struct ndx_termdict_cursor *cursor, struct ndx_err *err)
{
	const enum ndx_status status = ndx_termdict_seek_key(segment, key, key_size, cursor, err);

	return status == NDX_OK && !ndx_termdict_done(cursor) ? ndx_termdict_read_info(cursor, err)
	                                                      : status;
}

enum ndx_status
ndx_termdict_next_key(struct ndx_termdict_cursor *cursor, struct ndx_err *err)
{
	struct ndx_top top = { 0 };
	enum ndx_status status = NDX_OK;

	if (++cursor->in_block == cursor->block_terms) {
		cursor->block++;
		if (ndx_termdict_done(cursor))
			return NDX_OK;
		status = ndx_top_open(cursor->segment, &top, err);
		if (status == NDX_OK)
			status = block_open(&top, cursor, err);
	}
	return status == NDX_OK ? key_decode(cursor, err) : status;
}

/* Go on to the first key of the blocks after the cursor's that is >= next. */
static enum ndx_status
pass_blocks(struct ndx_termdict_cursor *cursor, struct ndx_str next, struct ndx_err *err)
{
	struct ndx_top top = { 0 };
	uint32_t block = 0;
	enum ndx_status status = ndx_top_open(cursor->segment, &top, err);

	if (++cursor->block == cursor->block_count || status != NDX_OK)
		return status;
	status = ndx_top_find_near(&top, next, cursor->block, &block, err);
	if (block > cursor->block)
		cursor->block = block;
	if (status == NDX_OK)
		status = block_open(&top, cursor, err);
	return status == NDX_OK ? keys_walk(&top, next, 0, 0, cursor, err) : status;
}

enum ndx_status
ndx_termdict_pass_over(struct ndx_termdict_cursor *cursor, size_t size, struct ndx_err *err)
{
	uint8_t prefix[NDX_KEY_SIZE_MAX];
	size_t next_size = size, key_size = cursor->key_size, shared = 0;
	enum ndx_status status = NDX_OK;

	while (++cursor->in_block < cursor->block_terms) {
		const uint8_t *further = NULL;

		status = key_next(cursor, key_size, &shared, &further, &key_size, err);
		if (status != NDX_OK)
			return status;
		if (shared >= size)
			continue;
		memcpy(cursor->key + shared, further, key_size - shared);
		cursor->key_size = key_size;
		cursor->shared = shared;
		return NDX_OK;
	}
	memcpy(prefix, cursor->key, size);
	while (next_size > 0 && prefix[next_size - 1] == 0xff)
		next_size--;
	if (next_size == 0) {
		cursor->block = cursor->block_count;
		return NDX_OK;
	}
	prefix[next_size - 1]++; /* the first that may come after all of them */
	status = pass_blocks(cursor, (struct ndx_str){ (const char *)prefix, next_size }, err);
	prefix[next_size - 1]--;
	if (status != NDX_OK || ndx_termdict_done(cursor))
		return status;
	for (shared = 0;
	     shared < size && shared < cursor->key_size && prefix[shared] == cursor->key[shared];)
		shared++;
	cursor->shared = shared;
	return NDX_OK;
}

enum ndx_status
ndx_termdict_next(struct ndx_termdict_cursor *cursor, struct ndx_err *err)
{
	const enum ndx_status status = ndx_termdict_next_key(cursor, err);

	return status == NDX_OK && !ndx_termdict_done(cursor) ? ndx_termdict_read_info(cursor, err)
	                                                      : status;
}

static bool
is_at(const struct ndx_termdict_cursor *cursor, const void *key, size_t key_size)
{
	return !ndx_termdict_done(cursor) && cursor->key_size == key_size &&
	       memcmp(cursor->key, key, key_size) == 0;
}

enum ndx_status
ndx_termdict_find_on(struct ndx_termdict_cursor *cursor, const void *key, size_t key_size,
                     bool *found_ret, struct ndx_err *err)
{
	const enum ndx_status status = ndx_termdict_seek_on(cursor, key, key_size, err);

	*found_ret = status == NDX_OK && is_at(cursor, key, key_size);
	return *found_ret ? ndx_termdict_read_info(cursor, err) : status;
}

enum ndx_status
ndx_termdict_find(const struct ndx_segment *segment, const void *key, size_t key_size,
                  struct ndx_term_info *info_ret, bool *found_ret, struct ndx_err *err)
{
	struct ndx_termdict_cursor cursor;
	enum ndx_status status = ndx_termdict_seek(segment, key, key_size, &cursor, err);

	if (status != NDX_OK)
		return status;
	*found_ret = is_at(&cursor, key, key_size);
	if (*found_ret)
		*info_ret = cursor.info;
	return NDX_OK;
}
