/*
 * pairs.c - see pairs.h
 *
 * A key is the field's byte, the first word, a byte 1, and the second word.  No word has
 * a byte that small, so the keys are in the order of the pairs.
 *
 * SPDX-License-Identifier: MIT
 */
#include "common/pairs.h"

#include <string.h>

#define SEPARATOR 1

size_t
ndx_pairs_key(enum ndx_field field, struct ndx_str first, struct ndx_str second,
              uint8_t key[NDX_KEY_SIZE_MAX])
{
	if (first.size > NDX_KEY_SIZE_MAX || second.size > NDX_KEY_SIZE_MAX ||
	    first.size + second.size + 2 > NDX_KEY_SIZE_MAX)
		return 0;
	key[0] = (uint8_t)field;
	memcpy(key + 1, first.data, first.size);
	key[1 + first.size] = SEPARATOR;
	memcpy(key + 2 + first.size, second.data, second.size);
	return first.size + second.size + 2;
}
