/*
 * streams.h - one growing byte string per term, in chunks of an arena
 *
 * Chunks double from 16 bytes to 4 KiB, so that rare terms cost little and common
 * ones few jumps (exponential unrolled lists, as in most in-memory inverters).
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_INDEXER_STREAMS_H
#define NDX_INDEXER_STREAMS_H

#include "common/buf.h"

struct ndx_stream {
	uint32_t first; /* of the first chunk in the arena, UINT32_MAX if empty */
	uint32_t at;    /* where the next byte goes */
	uint32_t end;   /* of the last chunk's bytes */
	uint32_t chunk_size;
};

#define NDX_STREAM_EMPTY ((struct ndx_stream){ UINT32_MAX, 0, 0, 0 })

/* Append in[size] to a stream of the arena; false: out of memory, or more than 4 GB. */
bool ndx_stream_add(struct ndx_buf *arena, struct ndx_stream *stream, const uint8_t *in,
                    size_t size);
/* Copy the whole stream to the end of 'out'. */
void ndx_stream_copy(const struct ndx_buf *arena, const struct ndx_stream *stream,
                     struct ndx_buf *out);

#endif
