/*
 * streams.c - see streams.h
 *
 *   chunk:  | bytes ... | u32 offset of the next chunk |
 *
 * SPDX-License-Identifier: MIT
 */
#include "indexer/streams.h"

#include <string.h>

#include "common/varint.h"

#define CHUNK_SIZE_MIN 16u
#define CHUNK_SIZE_MAX 4096u
#define LINK_SIZE      4u

static bool
chunk_add(struct ndx_buf *arena, struct ndx_stream *stream)
{
	uint32_t size = stream->chunk_size == 0               ? CHUNK_SIZE_MIN
	                : stream->chunk_size < CHUNK_SIZE_MAX ? stream->chunk_size * 2
	                                                      : CHUNK_SIZE_MAX;
	uint32_t begin = (uint32_t)arena->size;

	if (arena->size > UINT32_MAX - size || ndx_buf_reserve(arena, size) == NULL)
		return false;
	arena->size += size;
	if (stream->first == UINT32_MAX)
		stream->first = begin;
	else
		ndx_put_u32(arena->data + stream->end, begin);
	stream->at = begin;
	stream->end = begin + size - LINK_SIZE;
	stream->chunk_size = size;
	return true;
}

bool
ndx_stream_add(struct ndx_buf *arena, struct ndx_stream *stream, const uint8_t *in, size_t size)
{
	while (size > 0) {
		size_t room = stream->end - stream->at, n = size < room ? size : room;

		if (room == 0) {
			if (!chunk_add(arena, stream))
				return false;
			continue;
		}
		for (size_t i = 0; i < n; i++) /* a few bytes, mostly: quicker than a call */
			arena->data[stream->at + i] = in[i];
		stream->at += (uint32_t)n;
		in += n;
		size -= n;
	}
	return true;
}

void
ndx_stream_copy(const struct ndx_buf *arena, const struct ndx_stream *stream, struct ndx_buf *out)
{
	uint32_t begin = stream->first, size = CHUNK_SIZE_MIN;

	while (begin != UINT32_MAX) {
		uint32_t end = begin + size - LINK_SIZE;

		if (end == stream->end) {
			ndx_buf_add(out, arena->data + begin, stream->at - begin);
			return;
		}
		ndx_buf_add(out, arena->data + begin, end - begin);
		begin = ndx_get_u32(arena->data + end);
		size = size < CHUNK_SIZE_MAX ? size * 2 : size;
	}
}
