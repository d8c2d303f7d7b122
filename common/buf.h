/*
 * buf.h - a growing byte buffer with a sticky error
 *
 * Append freely and check ndx_buf_failed() once, before the bytes are used: after
 * a failed append all further ones do nothing.  A zeroed struct with 'mem' set is
 * an empty buffer.  One thread at a time.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_COMMON_BUF_H
#define NDX_COMMON_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/mem.h"

struct ndx_buf {
	const struct ndx_mem *mem;
	uint8_t *data;
	size_t size;     /* bytes in use */
	size_t size_max; /* bytes allocated */
	bool failed;
};

void ndx_buf_init(struct ndx_buf *buf, const struct ndx_mem *mem);
void ndx_buf_free(struct ndx_buf *buf);  /* leaves an empty buffer */
void ndx_buf_clear(struct ndx_buf *buf); /* size 0, memory kept, 'failed' forgotten */
void ndx_buf_trim(struct ndx_buf *buf);  /* gives back what is allocated beyond 'size', if it can */
static inline bool
ndx_buf_failed(const struct ndx_buf *buf)
{
	return buf->failed;
}

/* Room for 'size' more bytes at the end: where to put them, or NULL.  Then add to buf->size. */
uint8_t *ndx_buf_reserve(struct ndx_buf *buf, size_t size);
void ndx_buf_add(struct ndx_buf *buf, const void *in, size_t size);
void ndx_buf_add_u8(struct ndx_buf *buf, unsigned value);
void ndx_buf_add_u16(struct ndx_buf *buf, uint16_t value); /* little-endian, as the next two */
void ndx_buf_add_u32(struct ndx_buf *buf, uint32_t value);
void ndx_buf_add_u64(struct ndx_buf *buf, uint64_t value);
void ndx_buf_add_varint(struct ndx_buf *buf, uint64_t value);
void ndx_buf_add_str(struct ndx_buf *buf, const char *text); /* without the NUL */
void ndx_buf_printf(struct ndx_buf *buf, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
