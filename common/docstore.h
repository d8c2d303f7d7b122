/*
 * docstore.h - records in compressed blocks: stored articles, and ids
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_COMMON_DOCSTORE_H
#define NDX_COMMON_DOCSTORE_H

#include "common/buf.h"
#include "common/ndx.h"
#include "common/segment.h"
#include "common/text.h"

/* Reads records; keeps the last block unpacked.  One thread at a time. */
struct ndx_docstore {
	const struct ndx_segment *segment;
	enum ndx_part part; /* STORED or IDS */
	void *decompressor;
	struct ndx_buf block; /* the block 'block_index' unpacked, if block.size > 0 */
	uint64_t block_index;
};

void ndx_docstore_init(struct ndx_docstore *store, const struct ndx_segment *segment,
                       enum ndx_part part);
void ndx_docstore_free(struct ndx_docstore *store);

/* Record number 'slot'; *record_ret lives until the next call. */
enum ndx_status ndx_docstore_get(struct ndx_docstore *store, uint32_t slot,
                                 struct ndx_str *record_ret, struct ndx_err *err);

/* Say that the record will be asked for soon (see ndx_segment_expect). */
void ndx_docstore_expect(const struct ndx_docstore *store, uint32_t slot);

/* The place of the article in both stores. */
enum ndx_status ndx_docstore_slot(const struct ndx_segment *segment, ndx_docid docid,
                                  uint32_t *slot_ret, struct ndx_err *err);

/* Blocks as they lie in the file, for merging and checking. */
struct ndx_docstore_block {
	uint32_t slot_first, slot_end;
	uint64_t off, size; /* in the file, compressed */
	uint32_t unpacked_size;
};
enum ndx_status ndx_docstore_block_count(const struct ndx_docstore *store, uint64_t *count_ret,
                                         struct ndx_err *err);
enum ndx_status ndx_docstore_block(const struct ndx_docstore *store, uint64_t block_index,
                                   struct ndx_docstore_block *block_ret, struct ndx_err *err);

/*
 * A stored article as one record: the flags, then the strings with their lengths.  The id is not in
 * it (it is in the id store), nor the date (in the columns).
 */
struct ndx_stored {
	bool title_is_made;
	struct ndx_str title, source, section, author, url, language, text;
};
void ndx_stored_encode(const struct ndx_stored *stored, struct ndx_buf *out);
/* False if the record is not one; the strings point into it. */
bool ndx_stored_decode(struct ndx_str record, struct ndx_stored *stored_ret);

/*
 * The docid of the article named 'id' in a segment, deleted or not: NDX_E_NOT_FOUND without a
 * message if there is none.  'ids' is a store of its ids.
 */
enum ndx_status ndx_ids_find(struct ndx_docstore *ids, struct ndx_str id, ndx_docid *docid_ret,
                             struct ndx_err *err);
uint32_t ndx_id_hash(struct ndx_str id); /* as the id table has it */

#endif
