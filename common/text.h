/*
 * text.h - a string with its length, and the few things that all parts do with text
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_COMMON_TEXT_H
#define NDX_COMMON_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* 'size' bytes at 'data', no NUL needed; whoever owns them says how long they live. */
struct ndx_str {
	const char *data;
	size_t size;
};

static inline struct ndx_str
ndx_str(const char *text)
{
	return (struct ndx_str){ text, strlen(text) };
}

static inline bool
ndx_str_equal(struct ndx_str a, struct ndx_str b)
{
	return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

/* Byte order, a prefix before what it is a prefix of: <0, 0 or >0. */
static inline int
ndx_str_compare(struct ndx_str a, struct ndx_str b)
{
	size_t size = a.size < b.size ? a.size : b.size;
	int order = size == 0 ? 0 : memcmp(a.data, b.data, size);

	if (order != 0)
		return order;
	return (a.size > b.size) - (a.size < b.size);
}

/* Offset of the first byte of in[size] that is not UTF-8 (RFC 3629), or 'size' if all of it is. */
size_t ndx_utf8_check(const char *in, size_t size);

#endif
