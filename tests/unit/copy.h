/*
 * copy.h - bytes copied to where nothing follows, so that ASan sees one byte too far
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_TESTS_UNIT_COPY_H
#define NDX_TESTS_UNIT_COPY_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A copy of in[size] with 'slack' bytes of 0xa5 after it, from malloc(); free() it. */
static inline uint8_t *
copy_slack(const void *in, size_t size, size_t slack)
{
	uint8_t *copy = malloc(size + slack + (size + slack == 0));

	if (copy == NULL)
		abort();
	if (size > 0)
		memcpy(copy, in, size);
	memset(copy + size, 0xa5, slack);
	return copy;
}

static inline uint8_t *
copy_exact(const void *in, size_t size)
{
	return copy_slack(in, size, 0);
}

#endif
