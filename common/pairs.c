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

bool
ndx_pairs_key_words(const uint8_t *key, size_t key_size, struct ndx_str *first_ret,
                    struct ndx_str *second_ret)
{
	const char *const text = (const char *)key;
	const char *at = key_size < 2 ? NULL : memchr(text + 1, SEPARATOR, key_size - 1);

	if (at == NULL)
		return false;
	*first_ret = (struct ndx_str){ text + 1, (size_t)(at - text) - 1 };
	*second_ret = (struct ndx_str){ at + 1, key_size - (size_t)(at - text) - 1 };
	return true;
}
