/*
 * test_buf.c - the growing buffer and its sticky error
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "common/buf.h"
#include "tests/unit/failing_mem.h"
#include "tests/unit/test.h"

static void
append_all(struct ndx_buf *buf)
{
	ndx_buf_add(buf, "xyz", 2);
	ndx_buf_add(buf, NULL, 0);
	ndx_buf_add_u8(buf, 0x1ff);
	ndx_buf_add_u16(buf, 0x0201);
	ndx_buf_add_u32(buf, 0x04030201);
	ndx_buf_add_u64(buf, 0x0807060504030201);
	ndx_buf_add_varint(buf, 300);
	ndx_buf_add_str(buf, "text");
	ndx_buf_add_str(buf, "");
	ndx_buf_printf(buf, "%d-%s", 42, "x");
}

static const uint8_t appended[] = {
	'x', 'y', 0xff, 1,    2, 1,   2,   3,   4,   1,   2,   3,   4,   5,
	6,   7,   8,    0xac, 2, 't', 'e', 'x', 't', '4', '2', '-', 'x',
};

static void
test_append(void **state)
{
	struct ndx_buf buf;

	(void)state;
	ndx_buf_init(&buf, &ndx_mem_default);
	append_all(&buf);
	CHECK("all there", !ndx_buf_failed(&buf) && buf.size == sizeof(appended));
	assert_int_equal(buf.size, sizeof(appended));
	CHECK("little-endian, in order", memcmp(buf.data, appended, sizeof(appended)) == 0);
	ndx_buf_clear(&buf);
	CHECK("cleared, memory kept", buf.size == 0 && buf.size_max > 0);
	ndx_buf_free(&buf);
	CHECK("freed is empty", buf.data == NULL && buf.size_max == 0);
	ndx_buf_add_u8(&buf, 1);
	CHECK("and can be used again", buf.size == 1);
	ndx_buf_free(&buf);
	ndx_buf_free(&buf);
}

static void
test_zeroed(void **state)
{
	struct ndx_buf buf = { .mem = NULL };

	(void)state;
	ndx_buf_free(&buf); /* one that was never used */
	buf.mem = &ndx_mem_default;
	CHECK("no bytes, and yet no failure", ndx_buf_reserve(&buf, 0) != NULL);
	CHECK("reserving adds nothing", buf.size == 0 && !ndx_buf_failed(&buf));
	ndx_buf_free(&buf);
}

/* Bytes of every size around the steps of growth arrive whole. */
static void
test_growth(void **state)
{
	uint8_t in[300];

	(void)state;
	for (size_t i = 0; i < sizeof(in); i++)
		in[i] = (uint8_t)i;
	for (size_t first = 0; first < 20; first++)
		for (size_t size = 0; size + first <= sizeof(in); size += 7) {
			struct ndx_buf buf;

			ndx_buf_init(&buf, &ndx_mem_default);
			ndx_buf_add(&buf, in, first);
			ndx_buf_add(&buf, in + first, size);
			CHECK("two pieces",
			      buf.size == first + size &&
			              (buf.size == 0 || memcmp(buf.data, in, buf.size) == 0));
			ndx_buf_free(&buf);
		}
}

static void
test_failure_sticks(void **state)
{
	struct failing_mem failing;
	struct ndx_buf buf;
	size_t size;

	(void)state;
	for (size_t n = 1; n <= 3; n++) {
		ndx_failing_mem_init(&failing, n);
		ndx_buf_init(&buf, &failing.mem);
		append_all(&buf);
		CHECK("the n-th allocation fails", ndx_buf_failed(&buf));
		size = buf.size;
		ndx_buf_add_str(&buf, ""); /* none of these may ask for memory again */
		append_all(&buf);
		CHECK("nothing more comes in", buf.size == size && failing.alloc_count == n);
		CHECK("reserve", ndx_buf_reserve(&buf, 0) == NULL);
		ndx_buf_free(&buf);
		CHECK("no leak", failing.live_count == 0);
	}
	ndx_failing_mem_init(&failing, 0);
	ndx_buf_init(&buf, &failing.mem);
	ndx_buf_add_u8(&buf, 1);
	CHECK("size past SIZE_MAX", ndx_buf_reserve(&buf, SIZE_MAX) == NULL);
	CHECK("sticks", ndx_buf_failed(&buf) && buf.size == 1);
	ndx_buf_clear(&buf);
	CHECK("until it is cleared", !ndx_buf_failed(&buf));
	ndx_buf_free(&buf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_append),
		cmocka_unit_test(test_zeroed),
		cmocka_unit_test(test_growth),
		cmocka_unit_test(test_failure_sticks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
