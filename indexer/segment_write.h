/*
 * segment_write.h - the bytes of a segment, part after part, with their checksums
 *
 * The twin of common/segment.h.  Bytes go to a sink as they come (a file, or a
 * buffer for a batch), so a segment of any size is written in bounded memory.
 * After a failure all further calls return the same status.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_INDEXER_SEGMENT_WRITE_H
#define NDX_INDEXER_SEGMENT_WRITE_H

#include "common/buf.h"
#include "common/segment.h"

/* Where bytes go, in order. */
struct ndx_byte_sink {
	enum ndx_status (*put)(void *ctx, const void *in, size_t size, struct ndx_err *err);
	void *ctx;
};

/* A sink that appends to a struct ndx_buf. */
struct ndx_byte_sink ndx_buf_sink(struct ndx_buf *buf);

/* What the table of contents says beside places and checksums. */
struct ndx_segment_facts {
	uint32_t number, article_count, dated_count, term_count;
	uint64_t token_count;
	int64_t newest, oldest;
	uint64_t positions_bytes, forms_bytes, pairs_bytes;
};

struct ndx_segment_writer {
	struct ndx_byte_sink sink;
	uint64_t off; /* bytes written so far */
	struct ndx_span part[NDX_PART_COUNT];
	int part_open;          /* -1 before the first */
	struct ndx_buf pending; /* the bytes of the block that is not summed yet */
	struct ndx_buf sums;    /* one checksum per block so far */
	enum ndx_status status;
};

/* Begin: writes the header. */
enum ndx_status ndx_segment_writer_begin(struct ndx_segment_writer *writer,
                                         const struct ndx_mem *mem, struct ndx_byte_sink sink,
                                         uint32_t number, struct ndx_err *err);
/* What follows is of 'part'; parts come in the order of enum ndx_part, none left out. */
void ndx_segment_writer_part(struct ndx_segment_writer *writer, enum ndx_part part);
enum ndx_status ndx_segment_writer_put(struct ndx_segment_writer *writer, const void *in,
                                       size_t size, struct ndx_err *err);
/* Put what a buffer holds, and empty it; a buffer that failed is NDX_E_NOMEM. */
enum ndx_status ndx_segment_writer_put_buf(struct ndx_segment_writer *writer, struct ndx_buf *buf,
                                           struct ndx_err *err);
/* Checksums and table of contents; *toc_sum_ret is the checksum of the latter. */
enum ndx_status ndx_segment_writer_finish(struct ndx_segment_writer *writer,
                                          const struct ndx_segment_facts *facts,
                                          uint64_t *toc_sum_ret, struct ndx_err *err);
void ndx_segment_writer_free(struct ndx_segment_writer *writer);

#endif
