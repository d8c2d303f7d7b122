/*
 * test_encoding.c - text in many encodings to clean UTF-8
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>
#include <string.h>

#include "corpus/encoding.h"
#include "tests/unit/test.h"

#define BYTES(bytes) (bytes), sizeof(bytes) - 1

static const struct {
	const char *name;
	const char *in;
	size_t size;
	const char *declared;
	const char *out; /* NULL: refused */
} rows[] = {
	/* clang-format off */
	{ "empty",                    BYTES(""), NULL, "" },
	{ "ASCII",                    BYTES("plain"), NULL, "plain" },
	{ "UTF-8",                    BYTES("Bogot\xc3\xa1"), NULL, "Bogot\xc3\xa1" },
	{ "UTF-8 with a mark",        BYTES("\xef\xbb\xbf" "Bogot\xc3\xa1"), NULL, "Bogot\xc3\xa1" },
	{ "a mark beats a wrong declaration", BYTES("\xef\xbb\xbf\xc3\xa1"), "iso-8859-2", "\xc3\xa1" },
	{ "UTF-16LE with a mark",     BYTES("\xff\xfe" "B\0\xe1\0"), NULL, "B\xc3\xa1" },
	{ "UTF-16BE with a mark",     BYTES("\xfe\xff" "\0B\0\xe1"), NULL, "B\xc3\xa1" },
	{ "UTF-16LE by its zeros",    BYTES("T\0e\0x\0t\0,\0 \0o\0k\0"), NULL, "Text, ok" },
	{ "UTF-16BE by its zeros",    BYTES("\0T\0e\0x\0t\0,\0 \0o\0k"), NULL, "Text, ok" },
	{ "UTF-16 with a pair",       BYTES("\xff\xfe\x3d\xd8\x00\xde" "a\0"), NULL, "\xf0\x9f\x98\x80" "a" },
	{ "UTF-16 with half a pair",  BYTES("\xff\xfe" "a\0\x3d\xd8" "b\0"), NULL, "a\xef\xbf\xbd" "b" },
	{ "UTF-16 breaks off",        BYTES("\xff\xfe" "a\0b"), NULL, "a\xef\xbf\xbd" },
	{ "UTF-32LE with a mark",     BYTES("\xff\xfe\0\0" "a\0\0\0\xe1\0\0\0"), NULL, "a\xc3\xa1" },
	{ "UTF-32BE with a mark",     BYTES("\0\0\xfe\xff" "\0\0\0a\0\0\0\xe1"), NULL, "a\xc3\xa1" },
	{ "declared Latin-1 is windows-1252", BYTES("\x80 5 \x93ok\x94 \xe9"), "ISO-8859-1",
	  "\xe2\x82\xac 5 \xe2\x80\x9cok\xe2\x80\x9d \xc3\xa9" },
	{ "declared koi8-r",          BYTES("\xcd\xc9\xd2"), "koi8-r", "\xd0\xbc\xd0\xb8\xd1\x80" },
	{ "declared Shift_JIS",       BYTES("\x93\xfa\x96\x7b"), "Shift_JIS", "\xe6\x97\xa5\xe6\x9c\xac" },
	{ "declared UTF-8, a bad byte among good", BYTES("\xc3\xa9\xc3\xa9\xc3\xa9 \xff ok"), "utf-8",
	  "\xc3\xa9\xc3\xa9\xc3\xa9 \xef\xbf\xbd ok" },
	{ "declared UTF-16 on bytes", BYTES("plain"), "UTF-16", "plain" },
	{ "unknown declaration",      BYTES("Bogot\xc3\xa1"), "x-unheard-of", "Bogot\xc3\xa1" },
	{ "hardly any byte is not ASCII: windows-1252",
	  BYTES("The price of the machine rose to \xa3" "53 in the shops of the capital last week, it said."),
	  NULL, "The price of the machine rose to \xc2\xa3" "53 in the shops of the capital last week, it said." },
	{ "undefined in windows-1252", BYTES("a\x81" "b"), "windows-1252", "a\xef\xbf\xbd" "b" },
	{ "line breaks",              BYTES("a\r\nb\rc\nd\fe\x0bg"), NULL, "a\nb\nc\nd\ne\ng" },
	{ "control bytes go",         BYTES("a\x02" "b\x03\x1b[1m\x7f\tc"), NULL, "ab[1m\tc" },
	{ "C1 controls go, NEL is a line break", BYTES("a\xc2\x9b" "b\xc2\x85" "c\xc2\xa3"), NULL, "ab\nc\xc2\xa3" },
	{ "NUL",                      BYTES("text \0 more"), NULL, NULL },
	{ "NUL after a UTF-8 mark",   BYTES("\xef\xbb\xbf" "t\0"), NULL, NULL },
	{ "16-bit numbers",           BYTES("\1\0\2\0\3\0\4\0"), NULL, NULL },
	/* clang-format on */
};

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint8_t *copy = malloc(rows[i].size + (rows[i].size == 0));
		struct ndx_err err = { 0 };
		enum ndx_status status;
		struct ndx_buf out;

		assert_non_null(copy);
		memcpy(copy, rows[i].in, rows[i].size);
		ndx_buf_init(&out, &ndx_mem_default);
		status = ndx_encoding_to_utf8(copy, rows[i].size, rows[i].declared, &out, &err);
		if (rows[i].out == NULL) {
			CHECK(rows[i].name, status == NDX_E_INPUT);
			CHECK(rows[i].name, strncmp(err.msg, "binary: NUL byte at ", 20) == 0);
		} else {
			CHECK(rows[i].name, status == NDX_OK);
			CHECK(rows[i].name, out.size == strlen(rows[i].out));
			CHECK(rows[i].name,
			      out.size == 0 || memcmp(out.data, rows[i].out, out.size) == 0);
		}
		ndx_buf_free(&out);
		free(copy);
	}
}

/* Detection is asked where nothing was declared: a paragraph of Russian in windows-1251. */
static void
test_detection(void **state)
{
	static const char in[] =
		"\xcf\xf0\xe5\xe7\xe8\xe4\xe5\xed\xf2 \xf1\xea\xe0\xe7\xe0\xeb, \xf7\xf2\xee "
		"\xef\xf0\xe0\xe2\xe8\xf2\xe5\xeb\xfc\xf1\xf2\xe2\xee \xed\xe5 "
		"\xe1\xf3\xe4\xe5\xf2 \xef\xee\xe2\xfb\xf8\xe0\xf2\xfc \xed\xe0\xeb\xee\xe3\xe8 "
		"\xe2 \xfd\xf2\xee\xec \xe3\xee\xe4\xf3.";
	static const char want[] = "\xd0\x9f\xd1\x80\xd0\xb5\xd0\xb7\xd0\xb8\xd0\xb4";
	struct ndx_buf out;

	(void)state;
	ndx_buf_init(&out, &ndx_mem_default);
	CHECK("converted", ndx_encoding_to_utf8((const uint8_t *)in, sizeof(in) - 1, NULL, &out,
	                                        NULL) == NDX_OK);
	CHECK("Russian", out.size > sizeof(want) && memcmp(out.data, want, sizeof(want) - 1) == 0);
	ndx_buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_detection),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
