/*
 * test_read_reuters.c - records of Reuters-21578
 *
 * SPDX-License-Identifier: MIT
 */
#include "tests/unit/collect.h"

static const char file[] =
	"<!DOCTYPE lewis SYSTEM \"lewis.dtd\">\n"
	"<REUTERS TOPICS=\"YES\" OLDID=\"5544\" NEWID=\"1\">\n"
	"<DATE>26-FEB-1987 15:01:01.79</DATE>\n"
	"<TOPICS><D>cocoa</D><D>grain</D></TOPICS><PLACES><D>usa</D></PLACES>\n"
	"<UNKNOWN> &#5;&#5;C T\n&#22;f0704&#31;reute</UNKNOWN>\n"
	"<TEXT>&#2;\n<TITLE>GULF &lt;GUL> &amp; SONS</TITLE>\n"
	"<AUTHOR>    by Ann Lee, Reuters</AUTHOR>\n"
	"<DATELINE>    SALVADOR, Feb 26 - </DATELINE><BODY>Showers went on.\n    A second line.\n"
	" REUTER\n&#3;</BODY></TEXT>\n</REUTERS>\n"
	"<REUTERS NEWID=\"2\"><DATE> 2-MAR-1987 08:22:57.75</DATE><TOPICS></TOPICS>\n"
	"<TEXT TYPE=\"BRIEF\">&#2;<TITLE>A BRIEF ONE</TITLE>\n<DATELINE>  LONDON, "
	"</DATELINE>&#3;</TEXT></REUTERS>\n"
	"<REUTERS NEWID=\"3\"><DATE>someday</DATE>\n"
	"<TEXT TYPE=\"UNPROC\">&#2;\nFIGURES\n one.....1&#3;</TEXT>\n</REUTERS>\n"
	"<REUTERS NEWID=\"4\"><TEXT><TITLE>CAF\xc9 &#233; &#xx; &bogus; "
	"&</TITLE><BODY>x</BODY></TEXT></REUTERS>\n"
	"<REUTERS NEWID=\"5\"><TEXT></TEXT></REUTERS>\n"
	"<REUTERS NEWID=\"6\"><TEXT><TITLE>BREAKS OFF</TITLE>";

static const struct {
	const char *id, *title, *text, *date, *section, *author;
} rows[] = {
	{ "1", "GULF <GUL> & SONS",
	  "SALVADOR, Feb 26 - Showers went on.\n    A second line.\n REUTER",
	  "1987-02-26T15:01:01+00:00", "cocoa, grain", "Ann Lee, Reuters" },
	{ "2", "A BRIEF ONE", "", "1987-03-02T08:22:57+00:00", "", "" },
	{ "3", "FIGURES", "FIGURES\n one.....1", "", "", "" },
	{ "4", "CAF\xc3\x89 \xc3\xa9 &#xx; &bogus; &", "x", "", "", "" },
};

static void
check_field(const char *name, const char *is, const char *want)
{
	if (strcmp(is, want) != 0) {
		print_error("%s: '%s', not '%s'\n", name, is, want);
		test_failed_count++;
	}
}

static void
test_records(void **state)
{
	struct collect collect;

	(void)state;
	collect_read(&ndx_env_default, &ndx_format_reuters, file, sizeof(file) - 1, &collect);
	CHECK("articles", collect.article_count == ARRAY_LEN(rows) && collect.is_clean);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		check_field(rows[i].id, collect.article[i].id, rows[i].id);
		check_field(rows[i].id, collect.article[i].title, rows[i].title);
		check_field(rows[i].id, collect.article[i].text, rows[i].text);
		check_field(rows[i].id, collect.article[i].date, rows[i].date);
		check_field(rows[i].id, collect.article[i].section, rows[i].section);
		check_field(rows[i].id, collect.article[i].author, rows[i].author);
		CHECK(rows[i].id, collect.article[i].record == i + 1);
	}
	CHECK("rejects", collect.reject_count == 2);
	check_field("empty", collect.reason[0], "record 5: no title and no text");
	check_field("half", collect.reason[1], "record 6: breaks off: no </REUTERS>");
}

static void
test_split_and_sniff(void **state)
{
	uint64_t records;

	(void)state;
	CHECK("whole records",
	      ndx_format_reuters.split((const uint8_t *)file, sizeof(file) - 1, &records) ==
	              (size_t)(strstr(file, "\n<REUTERS NEWID=\"6\"") - file));
	CHECK("five", records == 5);
	CHECK("none", ndx_format_reuters.split((const uint8_t *)file, 100, &records) == 0);
	CHECK("is one", ndx_format_reuters.sniff((const uint8_t *)file, sizeof(file) - 1, "") > 0);
	CHECK("is none", ndx_format_reuters.sniff((const uint8_t *)"<REUTER ", 8, "") == 0);
	CHECK("is none", ndx_format_reuters.sniff((const uint8_t *)"", 0, "") == 0);
}

static void
test_cut_and_memory(void **state)
{
	struct collect collect;

	(void)state;
	for (size_t size = 0; size < sizeof(file); size++) {
		collect_read(&ndx_env_default, &ndx_format_reuters, file, size, &collect);
		CHECK("clean", collect.is_clean);
	}
	collect_out_of_memory(&ndx_format_reuters, file, sizeof(file) - 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_split_and_sniff),
		cmocka_unit_test(test_cut_and_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
