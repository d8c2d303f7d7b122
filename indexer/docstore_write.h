/*
 * docstore_write.h - records into compressed blocks
 *
 * The twin of common/docstore.h.  Finished blocks collect in 'out', which the caller
 * empties into the segment whenever it likes.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_INDEXER_DOCSTORE_WRITE_H
#define NDX_INDEXER_DOCSTORE_WRITE_H

#include "common/docstore.h"
#include "indexer/segment_write.h"

struct ndx_docstore_writer {
	size_t block_size;                       /* unpacked bytes after which a block ends */
	struct ndx_buf out;                      /* finished blocks that were not taken yet */
	struct ndx_buf sizes, records, raw;      /* of the block that is being filled */
	struct ndx_buf slots, offsets, unpacked; /* the index so far */
	uint32_t record_count;
	uint64_t off; /* bytes of all finished blocks */
	void *compressor;
};

void ndx_docstore_writer_init(struct ndx_docstore_writer *writer, const struct ndx_mem *mem,
                              size_t block_size);
void ndx_docstore_writer_free(struct ndx_docstore_writer *writer);
void ndx_docstore_writer_clear(struct ndx_docstore_writer *writer); /* empty again, memory kept */

/* Add the record of the next slot. */
enum ndx_status ndx_docstore_writer_add(struct ndx_docstore_writer *writer, struct ndx_str record,
                                        struct ndx_err *err);
/* Add all records of a block as it lies in another segment. */
enum ndx_status ndx_docstore_writer_copy(struct ndx_docstore_writer *writer,
                                         const struct ndx_docstore *from, uint64_t block_index,
                                         struct ndx_err *err);
/* End the last block; what is left to put is 'out', and then the index part. */
enum ndx_status ndx_docstore_writer_end(struct ndx_docstore_writer *writer, struct ndx_err *err);
enum ndx_status ndx_docstore_writer_put_index(struct ndx_docstore_writer *writer,
                                              struct ndx_segment_writer *segment,
                                              struct ndx_err *err);

#endif
