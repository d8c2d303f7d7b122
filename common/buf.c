/*
 * buf.c - see buf.h
 *
 * SPDX-License-Identifier: MIT
 */
#include "common/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/varint.h"

void
ndx_buf_init(struct ndx_buf *buf, const struct ndx_mem *mem)
{
	*buf = (struct ndx_buf){ .mem = mem };
}

void
ndx_buf_free(struct ndx_buf *buf)
{
	if (buf->mem != NULL)
		ndx_free(buf->mem, buf->data);
	ndx_buf_init(buf, buf->mem);
}

void
ndx_buf_clear(struct ndx_buf *buf)
{
	buf->size = 0;
	buf->failed = false;
}

void
ndx_buf_trim(struct ndx_buf *buf)
{
	uint8_t *smaller = buf->size == 0 ? NULL : ndx_realloc(buf->mem, buf->data, buf->size);

	if (smaller == NULL)
		return;
	buf->data = smaller;
	buf->size_max = buf->size;
}

uint8_t *
ndx_buf_reserve(struct ndx_buf *buf, size_t size)
{
	if (buf->failed)
		return NULL;
	if (size == 0)
		size = 1; /* so that NULL means a failure and nothing else */
	if (buf->size_max - buf->size < size) {
		if (size > SIZE_MAX - buf->size ||
		    !ndx_grow(buf->mem, &buf->data, &buf->size_max, buf->size + size, 1)) {
			buf->failed = true;
			return NULL;
		}
	}
	return buf->data + buf->size;
}

void
ndx_buf_add(struct ndx_buf *buf, const void *in, size_t size)
{
	uint8_t *out = size == 0 ? NULL : ndx_buf_reserve(buf, size);

	if (out == NULL)
		return;
	memcpy(out, in, size);
	buf->size += size;
}

void
ndx_buf_add_u8(struct ndx_buf *buf, unsigned value)
{
	uint8_t byte = (uint8_t)value;

	ndx_buf_add(buf, &byte, 1);
}

void
ndx_buf_add_u16(struct ndx_buf *buf, uint16_t value)
{
	uint8_t bytes[2];

	ndx_put_u16(bytes, value);
	ndx_buf_add(buf, bytes, sizeof(bytes));
}

void
ndx_buf_add_u32(struct ndx_buf *buf, uint32_t value)
{
	uint8_t bytes[4];

	ndx_put_u32(bytes, value);
	ndx_buf_add(buf, bytes, sizeof(bytes));
}

void
ndx_buf_add_u64(struct ndx_buf *buf, uint64_t value)
{
	uint8_t bytes[8];

	ndx_put_u64(bytes, value);
	ndx_buf_add(buf, bytes, sizeof(bytes));
}

void
ndx_buf_add_varint(struct ndx_buf *buf, uint64_t value)
{
	uint8_t *out = ndx_buf_reserve(buf, NDX_VARINT_SIZE_MAX);

	if (out != NULL)
		buf->size += ndx_varint_encode(value, out);
}

void
ndx_buf_add_str(struct ndx_buf *buf, const char *text)
{
	ndx_buf_add(buf, text, strlen(text));
}

void
ndx_buf_printf(struct ndx_buf *buf, const char *fmt, ...)
{
	va_list args;
	uint8_t *out;
	int size;

	va_start(args, fmt);
	size = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (size < 0)
		buf->failed = true;
	out = ndx_buf_reserve(buf, size < 0 ? 0 : (size_t)size + 1);
	if (out == NULL)
		return;
	va_start(args, fmt);
	vsnprintf((char *)out, (size_t)size + 1, fmt, args);
	va_end(args);
	buf->size += (size_t)size;
}
