/*
 * test_text.c - ndx_utf8_check() against a decoder of the plainest kind
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "tests/unit/test.h"

/* The definition: decode, and see whether the shortest encoding of it is what was read. */
static size_t
plain_size(const uint8_t *in, size_t size)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t need = in[0] < 0x80       ? 1
	              : in[0] >> 5 == 6  ? 2
	              : in[0] >> 4 == 14 ? 3
	              : in[0] >> 3 == 30 ? 4
	                                 : 0;
	uint32_t c;

	if (need == 0 || need > size)
		return 0;
	c = need == 1 ? in[0] : in[0] & (0x7fu >> need);
	for (size_t i = 1; i < need; i++) {
		if (in[i] >> 6 != 2)
			return 0;
		c = c << 6 | (in[i] & 0x3f);
	}
	if (c < least[need] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	return need;
}

static size_t
plain_check(const uint8_t *in, size_t size)
{
	size_t at = 0, used;

	while (at < size && (used = plain_size(in + at, size - at)) > 0)
		at += used;
	return at;
}

/* All strings of four bytes with a lead byte that matters, at the end of blocks of each length. */
static void
test_all_characters(void **state)
{
	uint8_t in[4];

	(void)state;
	for (uint32_t lead = 0x7f; lead < 0x100; lead++) {
		for (uint32_t second = 0; second < 0x100; second++) {
			for (uint32_t rest = 0; rest < 9; rest++) {
				static const uint8_t edge[] = { 0x7f, 0x80, 0xbf };

				in[0] = (uint8_t)lead;
				in[1] = (uint8_t)second;
				in[2] = edge[rest % 3];
				in[3] = edge[rest / 3];
				for (size_t size = 1; size <= 4; size++)
					if (ndx_utf8_check((const char *)in, size) !=
					    plain_check(in, size))
						fail_msg("%02x %02x %02x %02x, %zu", in[0], in[1],
						         in[2], in[3], size);
			}
		}
	}
}

static void
test_places(void **state)
{
	(void)state;
	CHECK("empty", ndx_utf8_check("", 0) == 0);
	for (size_t size = 1; size < 100; size++) {
		char *in = malloc(size);

		assert_non_null(in);
		memset(in, 'a', size);
		CHECK("ASCII", ndx_utf8_check(in, size) == size);
		for (size_t at = 0; at < size; at++) {
			in[at] = '\xff';
			if (ndx_utf8_check(in, size) != at)
				fail_msg("byte %zu of %zu", at, size);
			in[at] = 'a';
		}
		in[size - 1] = '\xc3';
		CHECK("breaks off", ndx_utf8_check(in, size) == size - 1);
		free(in);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_characters),
		cmocka_unit_test(test_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
