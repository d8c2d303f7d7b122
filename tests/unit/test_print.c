/*
 * test_print.c - JSON, HTML, and one hit in every format
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/print.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "searcher/json_out.h"
#include "tests/unit/test.h"

static const struct {
	const char *name;
	const char *in;
	size_t size;
	const char *out;
} strings[] = {
	/* clang-format off */
	{ "empty", "", 0, "\"\"" },
	{ "plain", "coca", 4, "\"coca\"" },
	{ "quote and backslash", "a\"b\\c", 5, "\"a\\\"b\\\\c\"" },
	{ "short forms", "\b\t\n\f\r", 5, "\"\\b\\t\\n\\f\\r\"" },
	{ "other control bytes", "\x01\x0b\x1f\x7f", 4, "\"\\u0001\\u000b\\u001f\\u007f\"" },
	{ "NUL", "a\0b", 3, "\"a\\u0000b\"" },
	{ "beyond ASCII as it is", "Bogot\xc3\xa1 \xf0\x9f\x93\xb0", 12, "\"Bogot\xc3\xa1 \xf0\x9f\x93\xb0\"" },
	{ "a byte that is not UTF-8", "a\xff" "b", 3, "\"a\xef\xbf\xbd" "b\"" },
	{ "a cut-off sequence", "a\xc3", 2, "\"a\xef\xbf\xbd\"" },
	{ "a slash is plain", "</script>", 9, "\"</script>\"" },
	/* clang-format on */
};

static void
test_json_strings(void **state)
{
	struct ndx_buf out;

	(void)state;
	ndx_buf_init(&out, &ndx_mem_default);
	for (size_t i = 0; i < ARRAY_LEN(strings); i++) {
		struct ndx_json_out json = { &out, false };

		ndx_buf_clear(&out);
		ndx_json_out_str(&json, NULL, (struct ndx_str){ strings[i].in, strings[i].size });
		CHECK(strings[i].name, out.size == strlen(strings[i].out) &&
		                               memcmp(out.data, strings[i].out, out.size) == 0);
	}
	ndx_buf_free(&out);
}

static void
test_json_frame(void **state)
{
	struct ndx_buf out;
	struct ndx_json_out json = { &out, false };

	(void)state;
	ndx_buf_init(&out, &ndx_mem_default);
	ndx_json_out_begin(&json, NULL, "{");
	ndx_json_out_text(&json, "a", "");
	ndx_json_out_begin(&json, "b", "[");
	ndx_json_out_end(&json, "]");
	ndx_json_out_begin(&json, "c", "[");
	ndx_json_out_uint(&json, NULL, UINT64_MAX);
	ndx_json_out_begin(&json, NULL, "{");
	ndx_json_out_end(&json, "}");
	ndx_json_out_end(&json, "]");
	ndx_json_out_float(&json, "d", INFINITY);
	ndx_json_out_end(&json, "}");
	ndx_buf_add_u8(&out, '\0');
	assert_string_equal((const char *)out.data,
	                    "{\"a\":null,\"b\":[],\"c\":[18446744073709551615,{}],\"d\":null}");
	ndx_buf_free(&out);
}

static void
test_floats(void **state)
{
	static const struct {
		float value;
		const char *text;
	} row[] = {
		{ 0, "0" },
		{ 1, "1" },
		{ 0.1f, "0.1" },
		{ 1.5f, "1.5" },
		{ 100, "1e+02" },
		{ 16777216, "16777216" },
		{ 12.345678f, "12.345678" },
		{ -2.5f, "-2.5" },
	};
	char text[NDX_FLOAT_SIZE];
	unsigned seed = 1;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		ndx_float_format(row[i].value, text);
		CHECK(row[i].text, strcmp(text, row[i].text) == 0);
	}
	for (int i = 0; i < 100000; i++) {
		float value = (float)rand_r(&seed) / (float)(1 + rand_r(&seed) % 1000000);

		ndx_float_format(value, text);
		assert_true(strtof(text, NULL) >= value && strtof(text, NULL) <= value);
	}
	ndx_float_format(FLT_MAX, text);
	assert_true(strtof(text, NULL) >= FLT_MAX);
}

static void
test_html(void **state)
{
	static const char text[] = "a & b <i> \"c\" 'd' \x02"
				   "e\x03";
	struct ndx_buf out;

	(void)state;
	ndx_buf_init(&out, &ndx_mem_default);
	ndx_html_write(text, sizeof(text) - 1, &out);
	ndx_buf_add_u8(&out, '\0');
	assert_string_equal((const char *)out.data,
	                    "a &amp; b &lt;i&gt; &quot;c&quot; &#39;d&#39; <mark>e</mark>");
	ndx_buf_free(&out);
}

static const struct ndx_hit hit = {
	.docid = 7,
	.score = 2.5f,
	.article = { .id = "a 1",
	             .title = "Coca, \"again\"",
	             .source = "Andes\x1b[2J",
	             .section = "",
	             .author = "",
	             .url = "",
	             .language = "es",
	             .text = "",
	             .date = -86400,
	             .date_offset_min = -300 },
};

#define SNIPPET                                                                                    \
	"The \x02"                                                                                 \
	"coca\x03 <crop>"

static const struct {
	const char *format;
	bool color;
	const char *out;
} formats[] = {
	{ "text", false,
	  " 3. Coca, \"again\"\n    1969-12-30 19:00  Andes\xef\xbf\xbd[2J  a 1\n    The coca "
	  "<crop>\n\n"
	  "1 of 9 articles (1.5 ms)\n" },
	{ "text", true,
	  " 3. \033[1mCoca, \"again\"\033[0m\n    \033[2m1969-12-30 19:00  Andes\xef\xbf\xbd[2J  a "
	  "1\033[0m\n"
	  "    The \033[1;31mcoca\033[0m <crop>\n\n1 of 9 articles (1.5 ms)\n" },
	{ "json", false,
	  "{\"query\":\"co\\\"ca\",\"total\":9,\"took_us\":1500,\"hits\":[{\"rank\":3,\"score\":2."
	  "5,"
	  "\"id\":\"a 1\",\"title\":\"Coca, \\\"again\\\"\",\"date\":\"1969-12-30T19:00:00-05:00\","
	  "\"source\":\"Andes\\u001b[2J\",\"section\":null,\"author\":null,\"url\":null,"
	  "\"language\":\"es\",\"snippet\":\"The <mark>coca</mark> &lt;crop&gt;\",\"matches\":[],"
	  "\"passages\":[],\"title_matches\":[]}],"
	  "\"notices\":[\"read as words\"]}\n" },
	{ "jsonl", false,
	  "{\"rank\":3,\"score\":2.5,\"id\":\"a 1\",\"title\":\"Coca, \\\"again\\\"\","
	  "\"date\":\"1969-12-30T19:00:00-05:00\",\"source\":\"Andes\\u001b[2J\",\"section\":null,"
	  "\"author\":null,\"url\":null,\"language\":\"es\","
	  "\"snippet\":\"The <mark>coca</mark> &lt;crop&gt;\",\"matches\":[],\"passages\":[],"
	  "\"title_matches\":[]}\n" },
	{ "csv", false,
	  "rank,score,id,title,date,source,section,author,url,language,snippet\n"
	  "3,2.5,a 1,\"Coca, \"\"again\"\"\",1969-12-30T19:00:00-05:00,Andes\x1b[2J,,,,es,"
	  "The coca <crop>\n" },
	{ "trec", false, "q%201 Q0 a%201 3 2.5 run\n" },
	{ "ids", false, "a 1\n" },
};

static void
test_formats(void **state)
{
	static const char *const notice[] = { "read as words", NULL };
	struct ndx_print_facts facts = { .query = "co\"ca",
		                         .total = 9,
		                         .took_us = 1500,
		                         .count = 1,
		                         .offset = 2,
		                         .qid = "q 1",
		                         .tag = "run",
		                         .notice = notice };
	struct ndx_printer printer;
	struct ndx_buf out;

	(void)state;
	ndx_buf_init(&out, &ndx_mem_default);
	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		ndx_buf_clear(&out);
		facts.color = formats[i].color;
		assert_true(ndx_printer_init(&printer, formats[i].format, &facts, &out));
		ndx_printer_begin(&printer);
		ndx_printer_hit(&printer, &hit, SNIPPET);
		ndx_printer_end(&printer);
		ndx_printer_free(&printer);
		ndx_buf_add_u8(&out, '\0');
		CHECK(formats[i].format, strcmp((const char *)out.data, formats[i].out) == 0);
		if (strcmp((const char *)out.data, formats[i].out) != 0)
			print_error("found:    %s\nexpected: %s\n", (const char *)out.data,
			            formats[i].out);
	}
	assert_false(ndx_printer_init(&printer, "xml", &facts, &out));
	ndx_buf_free(&out);
}

static void
test_explanation(void **state)
{
	struct ndx_explained_leaf leaf[] = { { "coca", 3, 2.5f, 5.5f },
		                             { "peru", 40, 1.25f, 2.75f } };
	float part[] = { 1.5f, 1 };
	const struct ndx_explanation e = { NULL, "(list (should coca peru))", leaf, 2, 1, part };
	const struct ndx_print_facts facts = { .query = "coca peru",
		                               .total = 1,
		                               .explanation = &e };
	struct ndx_printer printer;
	struct ndx_buf out;

	(void)state;
	ndx_buf_init(&out, &ndx_mem_default);
	assert_true(ndx_printer_init(&printer, "ids", &facts, &out));
	ndx_printer_begin(&printer);
	ndx_printer_hit(&printer, &hit, NULL);
	ndx_printer_end(&printer);
	ndx_printer_free(&printer);
	ndx_buf_add_u8(&out, '\0');
	assert_string_equal((const char *)out.data,
	                    "a 1\n"
	                    "query   (list (should coca peru))\n"
	                    "term    df 3        idf 2.5       weight 5.5       coca\n"
	                    "term    df 40       idf 1.25      weight 2.75      peru\n"
	                    "score   1. = 1.5 coca + 1 peru\n");
	ndx_buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json_strings), cmocka_unit_test(test_json_frame),
		cmocka_unit_test(test_floats),       cmocka_unit_test(test_html),
		cmocka_unit_test(test_formats),      cmocka_unit_test(test_explanation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
