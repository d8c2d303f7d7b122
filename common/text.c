/*
 * text.c - see text.h
 *
 * Nearly all news text is ASCII: eight bytes are looked at together, and only a
 * byte with its top bit set is decoded.
 *
 * SPDX-License-Identifier: MIT
 */
#include "common/text.h"

/* The top bit of each of eight bytes: set where a byte is not ASCII. */
#define TOP_BITS 0x8080808080808080u

static size_t
ascii_end(const uint8_t *in, size_t at, size_t size)
{
	uint64_t word[4];

	for (; size - at >= sizeof(word); at += sizeof(word)) {
		memcpy(word, in + at, sizeof(word));
		if (((word[0] | word[1] | word[2] | word[3]) & TOP_BITS) != 0)
			break;
	}
	for (; size - at >= sizeof(word[0]); at += sizeof(word[0])) {
		memcpy(word, in + at, sizeof(word[0]));
		if ((word[0] & TOP_BITS) != 0)
			break;
	}
	while (at < size && in[at] < 0x80)
		at++;
	return at;
}

/* Bytes of the character at in[size], size > 0, which is not ASCII; 0 if it is none. */
static size_t
multibyte_size(const uint8_t *in, size_t size)
{
	const uint8_t lead = in[0];
	/* Overlong forms, surrogates and what is past U+10FFFF show in the second byte. */
	uint8_t second_min = 0x80, second_max = 0xbf;
	size_t need;

	if (lead < 0xc2 || lead > 0xf4)
		return 0;
	need = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
	if (lead == 0xe0)
		second_min = 0xa0;
	else if (lead == 0xed)
		second_max = 0x9f;
	else if (lead == 0xf0)
		second_min = 0x90;
	else if (lead == 0xf4)
		second_max = 0x8f;
	if (size < need || in[1] < second_min || in[1] > second_max)
		return 0;
	for (size_t i = 2; i < need; i++)
		if ((in[i] & 0xc0) != 0x80)
			return 0;
	return need;
}

size_t
ndx_utf8_check(const char *in, size_t size)
{
	const uint8_t *bytes = (const uint8_t *)in;
	size_t at = 0, used;

	for (;;) {
		at = ascii_end(bytes, at, size);
		/* Non-ASCII characters come in runs, in scripts other than Latin. */
		while (at < size && bytes[at] >= 0x80) {
			used = multibyte_size(bytes + at, size - at);
			if (used == 0)
				return at;
			at += used;
		}
		if (at == size)
			return size;
	}
}
