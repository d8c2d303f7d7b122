/*
 * varint.h - little-endian integers and varints at unaligned addresses
 *
 * A varint is LEB128: seven bits a byte, the lowest first, the top bit set on
 * every byte but the last; at most ten bytes.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_COMMON_VARINT_H
#define NDX_COMMON_VARINT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#	error "the index is little-endian and is read in place"
#endif

#define NDX_VARINT_SIZE_MAX 10

static inline uint16_t
ndx_get_u16(const void *in)
{
	uint16_t value;

	memcpy(&value, in, sizeof(value));
	return value;
}

static inline uint32_t
ndx_get_u32(const void *in)
{
	uint32_t value;

	memcpy(&value, in, sizeof(value));
	return value;
}

static inline uint64_t
ndx_get_u64(const void *in)
{
	uint64_t value;

	memcpy(&value, in, sizeof(value));
	return value;
}

/* Eight bytes as a number that orders as they do. */
static inline uint64_t
ndx_get_u64_be(const void *in)
{
	const uint64_t value = ndx_get_u64(in);

	return __builtin_bswap64(value);
}

static inline void
ndx_put_u16(void *out, uint16_t value)
{
	memcpy(out, &value, sizeof(value));
}

static inline void
ndx_put_u32(void *out, uint32_t value)
{
	memcpy(out, &value, sizeof(value));
}

static inline void
ndx_put_u64(void *out, uint64_t value)
{
	memcpy(out, &value, sizeof(value));
}

/* Write 'value' to out[NDX_VARINT_SIZE_MAX]; returns the number of bytes used. */
static inline size_t
ndx_varint_encode(uint64_t value, uint8_t *out)
{
	size_t size = 0;

	while (value >= 0x80) {
		out[size++] = (uint8_t)(value | 0x80);
		value >>= 7;
	}
	out[size++] = (uint8_t)value;
	return size;
}

/*
 * Read a varint from in[in_size], bytes nobody has vouched for.  Returns the number
 * of bytes used, or 0 if it breaks off or does not fit 64 bits.
 */
static inline size_t
ndx_varint_decode(const uint8_t *in, size_t in_size, uint64_t *value_ret)
{
	uint64_t value = 0;

	for (size_t i = 0; i < in_size && i < NDX_VARINT_SIZE_MAX; i++) {
		value |= (uint64_t)(in[i] & 0x7f) << (7 * i);
		if (in[i] < 0x80) {
			if (i == 9 && in[i] > 1)
				return 0;
			*value_ret = value;
			return i + 1;
		}
	}
	return 0;
}

#endif
