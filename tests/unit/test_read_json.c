/*
 * test_read_json.c - JSON Lines and JSON files; the pull reader against jansson
 *
 * SPDX-License-Identifier: MIT
 */
#include <jansson.h>

#include "corpus/json_pull.h"
#include "tests/unit/collect.h"

static const struct {
	const char *name, *in;
	const char *id, *title, *text, *date, *author, *section;
} rows[] = {
	/* clang-format off */
	{ "the table's names", "{\"id\":\"1\",\"title\":\"T\",\"text\":\"X\",\"date\":\"2004-03-11\",\"author\":\"A\",\"section\":\"S\"}",
	  "1", "T", "X", "2004-03-11T00:00:00+00:00", "A", "S" },
	{ "aliases", "{\"id\":\"1\",\"headline\":\"T\",\"articleBody\":\"X\",\"pubDate\":\"Mon, 07 Mar 1994 10:00:00 GMT\",\"authors\":[\"A\",\"B\"],\"category\":\"S\"}",
	  "1", "T", "X", "1994-03-07T10:00:00+00:00", "A; B", "S" },
	{ "the name before its alias", "{\"id\":\"1\",\"description\":\"D\",\"body\":\"B\",\"headline\":\"H\",\"title\":\"T\"}",
	  "1", "T", "B", "", "", "" },
	{ "a description if there is no text", "{\"id\":\"1\",\"title\":\"T\",\"short_description\":\"D\",\"text\":\"\"}",
	  "1", "T", "D", "", "", "" },
	{ "null is unknown", "{\"id\":null,\"title\":\"T\",\"text\":null,\"date\":null,\"url\":\"http://u/\"}",
	  "http://u/", "T", "", "", "", "" },
	{ "a number as id", "{\"id\":17,\"title\":\"T\"}", "17", "T", "", "", "", "" },
	{ "a large number as id", "{\"id\":12345678901234567890123,\"title\":\"T\"}", "12345678901234567890123", "T", "", "", "", "" },
	{ "seconds", "{\"id\":1,\"title\":\"T\",\"date\":1078992900}", "1", "T", "", "2004-03-11T08:15:00+00:00", "", "" },
	{ "milliseconds", "{\"id\":1,\"title\":\"T\",\"date\":1078992900123}", "1", "T", "", "2004-03-11T08:15:00+00:00", "", "" },
	{ "seconds before 1970", "{\"id\":1,\"title\":\"T\",\"date\":-1}", "1", "T", "", "1969-12-31T23:59:59+00:00", "", "" },
	{ "seconds with a fraction", "{\"id\":1,\"title\":\"T\",\"date\":1078992900.5}", "1", "T", "", "2004-03-11T08:15:00+00:00", "", "" },
	{ "seconds in a string", "{\"id\":1,\"title\":\"T\",\"date\":\"1078992900\"}", "1", "T", "", "2004-03-11T08:15:00+00:00", "", "" },
	{ "eight digits are a day", "{\"id\":1,\"title\":\"T\",\"date\":20040311}", "1", "T", "", "2004-03-11T00:00:00+00:00", "", "" },
	{ "no date", "{\"id\":1,\"title\":\"T\",\"date\":\"soon\"}", "1", "T", "", "", "", "" },
	{ "another date in its stead", "{\"id\":1,\"title\":\"T\",\"date\":\"soon\",\"published\":\"2004-03-11\"}", "1", "T", "", "2004-03-11T00:00:00+00:00", "", "" },
	{ "a date far off", "{\"id\":1,\"title\":\"T\",\"date\":99999999999999999999}", "1", "T", "", "", "", "" },
	{ "authors as objects", "{\"id\":1,\"title\":\"T\",\"author\":[{\"@type\":\"Person\",\"name\":\"A\"},{\"name\":\"B\\u00e9\"}]}", "1", "T", "", "", "A; B\xc3\xa9", "" },
	{ "author as an object", "{\"id\":1,\"title\":\"T\",\"author\":{\"name\":\"A\"}}", "1", "T", "", "", "A", "" },
	{ "paragraphs", "{\"id\":1,\"title\":\"T\",\"text\":[\"one\",\"two\"]}", "1", "T", "one\ntwo", "", "", "" },
	{ "the last of two", "{\"id\":1,\"title\":\"T\",\"title\":\"U\"}", "1", "U", "", "", "", "" },
	{ "an escaped name", "{\"id\":1,\"t\\u0069tle\":\"T\"}", "1", "T", "", "", "", "" },
	{ "escapes", "{\"id\":1,\"title\":\"T\",\"text\":\"a\\n\\\"b\\\" \\u20ac \\ud83d\\ude00 \\/\\\\\"}", "1", "T", "a\n\"b\" \xe2\x82\xac \xf0\x9f\x98\x80 /\\", "", "", "" },
	{ "control characters go", "{\"id\":\"1\\u0002\",\"title\":\"T\\n\\u0003U\",\"text\":\"a\\r\\nb\\u001fc\"}", "1", "T U", "a\nbc", "", "", "" },
	{ "a made title", "{\"id\":1,\"text\":\"One. Two.\"}", "1", "One.", "One. Two.", "", "", "" },
	{ "an unasked value", "{\"id\":1,\"title\":\"T\",\"tags\":{\"a\":[1,2,{\"b\":[]}]}}", "1", "T", "", "", "", "" },
	/* clang-format on */
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
test_rows(void **state)
{
	const struct ndx_format *formats[] = { &ndx_format_jsonl, &ndx_format_json };
	struct collect collect;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows) * 2; i++) {
		const size_t row = i / 2;
		const struct collected *article = &collect.article[0];
		const char *id = rows[row].id;

		CHECK(rows[row].name, collect_read(&ndx_env_default, formats[i % 2], rows[row].in,
		                                   strlen(rows[row].in), &collect) == NDX_OK);
		CHECK(rows[row].name, collect.article_count == 1 && collect.is_clean);
		if (i % 2 == 1 &&
		    strncmp(id, "http", 4) == 0) /* a file has its path before its url */
			id = "a.txt";
		check_field(rows[row].name, article->id, id);
		check_field(rows[row].name, article->title, rows[row].title);
		check_field(rows[row].name, article->text, rows[row].text);
		check_field(rows[row].name, article->date, rows[row].date);
		check_field(rows[row].name, article->author, rows[row].author);
		check_field(rows[row].name, article->section, rows[row].section);
		collect_out_of_memory(formats[i % 2], rows[row].in, strlen(rows[row].in));
	}
}

static const char bad_lines[] = "\xef\xbb\xbf{\"title\":\"good\"}\n"
				"\n"
				"[1]\n"
				"{\"title\":\"T\"\n"
				"{\"title\":\"\xff\"}\r\n"
				"{\"title\":\"\",\"text\":\" \"}\n"
				"{\"title\":\"T\"} x\n"
				"{\"title\":\"\\ud800\"}\n"
				"{\"title\":\"a\tb\"}\n"
				"  {\"title\":\"good\"}\r\n"
				"not json\n"
				"{\"title\":\"last\"}";

static const char *const bad_reasons[] = {
	"line 3: no JSON object at byte 0",
	"line 4: breaks off at byte 12",
	"line 5: not UTF-8 at byte 10",
	"line 6: no title and no text",
	"line 7: more after the end of the object at byte 14",
	"line 8: bad \\u escape at byte 10",
	"line 9: control byte in a string at byte 11",
	"line 11: no JSON object at byte 0",
};

static void
test_bad_lines(void **state)
{
	struct collect collect;
	uint64_t records;

	(void)state;
	collect_read(&ndx_env_default, &ndx_format_jsonl, bad_lines, sizeof(bad_lines) - 1,
	             &collect);
	CHECK("good lines", collect.article_count == 3);
	CHECK("their numbers", collect.article[0].record == 1 && collect.article[1].record == 10 &&
	                               collect.article[2].record == 12);
	CHECK("bad lines", collect.reject_count == ARRAY_LEN(bad_reasons));
	for (size_t i = 0; i < ARRAY_LEN(bad_reasons); i++)
		check_field("reason", collect.reason[i], bad_reasons[i]);
	CHECK("equal articles have equal ids",
	      strcmp(collect.article[0].id, collect.article[1].id) == 0);
	CHECK("others have not", strcmp(collect.article[0].id, collect.article[2].id) != 0 &&
	                                 strlen(collect.article[2].id) == 32);
	CHECK("split before the last",
	      ndx_format_jsonl.split((const uint8_t *)bad_lines, sizeof(bad_lines) - 1, &records) ==
	              sizeof(bad_lines) - 1 - strlen("{\"title\":\"last\"}"));
	CHECK("split counts lines", records == 11);
}

static void
test_files(void **state)
{
	static const char array[] =
		"[ {\"title\":\"A\"},\n {\"id\":7,\"title\":\"B\"}, 3, {\"title\":\"C\"} ]";
	struct collect collect;

	(void)state;
	collect_read(&ndx_env_default, &ndx_format_json, array, sizeof(array) - 1, &collect);
	CHECK("array", collect.article_count == 3 && collect.reject_count == 1);
	CHECK("id of a record", strlen(collect.article[0].id) == 32);
	check_field("id given", collect.article[1].id, "7");
	check_field("not an object", collect.reason[0], "record 3: no JSON object at byte 40");
	collect_read(&ndx_env_default, &ndx_format_json, array, 20, &collect);
	CHECK("a broken array keeps what is whole",
	      collect.article_count == 1 && collect.reject_count == 1);
	collect_read(&ndx_env_default, &ndx_format_json, "{\n \"title\": \"T\"\n}\n", 18, &collect);
	check_field("a file's id is its path", collect.article[0].id, "a.txt");
}

static const struct {
	const char *head, *path;
	const char *format; /* NULL: neither */
} heads[] = {
	{ "{\"title\":\"a\"}\n{\"title\":\"b\"}\n", "x", "jsonl" },
	{ "{\"title\":\"a\"}\n", "-", "jsonl" },
	{ "{\"title\":\"a\"}\n", "x.json", "json" },
	{ "{\"title\":\"a\"}", "x.json.gz", "json" },
	{ "{\"title\":\"a\"}", "x", "jsonl" },
	{ "{\"title\":\"a\"}\n{\"title\":\"b\"}\n", "x.json", "jsonl" },
	{ "{\n  \"title\": \"a\"\n}\n", "x", "json" },
	{ "\n {\"title\": \"a\",\n  \"b\": 1\n}\n", "x", "json" },
	{ "{\"title\": bad\n{\"title\":\"b\"}\n", "x", "jsonl" },
	{ "{\"title\": bad\n", "x.jsonl", "jsonl" },
	{ "[\n  {\"title\": \"a\"}]", "x", "json" },
	{ "{Note} An article", "x", NULL },
	{ "[Note] An article", "x", NULL },
	{ "", "x", NULL },
};

static void
test_sniff(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
		const uint8_t *head = (const uint8_t *)heads[i].head;
		const size_t size = strlen(heads[i].head);
		const char *format = heads[i].format == NULL ? "" : heads[i].format;

		CHECK(heads[i].head, (ndx_format_jsonl.sniff(head, size, heads[i].path) > 0) ==
		                             (strcmp(format, "jsonl") == 0));
		CHECK(heads[i].head, (ndx_format_json.sniff(head, size, heads[i].path) > 0) ==
		                             (strcmp(format, "json") == 0));
	}
}

/* Lines for both readers; whether they are good is what the two must agree on. */
static const char *const lines[] = {
	"{}",
	"[]",
	" { } ",
	"\t{\r\n}\n",
	"",
	" ",
	"{",
	"}",
	"[",
	"{]",
	"[}",
	"null",
	"1",
	"\"a\"",
	"{\"a\":1}",
	"{\"a\":-0}",
	"{\"a\":01}",
	"{\"a\":1.}",
	"{\"a\":.5}",
	"{\"a\":1.5e}",
	"{\"a\":1.5e+}",
	"{\"a\":1e5}",
	"{\"a\":-}",
	"{\"a\":+1}",
	"{\"a\":0.0E-1}",
	"{\"a\":00}",
	"{\"a\":1e999}",
	"{\"a\":123456789012345678901234567890}",
	"{\"a\":true}",
	"{\"a\":truex}",
	"{\"a\":tru}",
	"{\"a\":True}",
	"{\"a\":false,\"b\":null}",
	"{\"a\":nul}",
	"{\"a\":true1}",
	"{\"a\":1,}",
	"{,}",
	"{\"a\",1}",
	"{\"a\":}",
	"{\"a\" 1}",
	"{a:1}",
	"{'a':1}",
	"{\"a\":1 \"b\":2}",
	"{\"a\":1}{}",
	"{\"a\":1} x",
	"{\"a\":1},",
	"{\"a\":[1,2,]}",
	"{\"a\":[,1]}",
	"{\"a\":[1 2]}",
	"{\"a\":[[[]]],\"b\":{\"c\":{\"d\":[{}]}}}",
	"{\"a\":[}",
	"{\"a\":{]}",
	"{\"a\":[1}",
	"{\"a\":{\"b\":1]}",
	"{\"a\":\"b",
	"{\"a\":\"b\\\"}",
	"{\"a\":\"\\n\\t\\r\\b\\f\\/\\\\\\\"\"}",
	"{\"a\":\"\\x\"}",
	"{\"a\":\"\\\"",
	"{\"a\":\"\\u00e9\"}",
	"{\"a\":\"\\u00E9\"}",
	"{\"a\":\"\\u00g9\"}",
	"{\"a\":\"\\u00e\"}",
	"{\"a\":\"\\u0000\"}",
	"{\"\\u0000\":1}",
	"{\"a\":\"\\ud83d\\ude00\"}",
	"{\"a\":\"\\ud83d\"}",
	"{\"a\":\"\\ude00\"}",
	"{\"a\":\"\\ud83dx\"}",
	"{\"a\":\"\\ud83d\\u0041\"}",
	"{\"a\":\"\\ud83d\\ud83d\"}",
	"{\"a\":\"\\ud83d\\\"}",
	"{\"a\":\"\\uffff\\ufffe\"}",
	"{\"a\":\"\x01\"}",
	"{\"a\":\"\t\"}",
	"{\"a\":\"\n\"}",
	"{\"a\":\"\x7f\"}",
	"{\"a\":\"\xc3\xa9\"}",
	"{\"a\":\"\xc3\"}",
	"{\"a\":\"\xc0\x80\"}",
	"{\"a\":\"\xed\xa0\x80\"}",
	"{\"a\":\"\xf4\x90\x80\x80\"}",
	"{\"a\":\"\xf0\x9f\x98\x80\"}",
	"{\"\xff\":1}",
	"{\"a\":1}\xff",
	"\xef\xbb\xbf{}",
	"{\"a\":1,\"a\":2,\"a\":\"three\"}",
	"{\"\":\"\"}",
	"{\"a\":\"b\",\"c\":[\"d\",{\"e\":\"f\"}],\"g\":1.25,\"h\":\"\\u20ac\"}",
	"[1,\"a\",null,[],{}]",
	"[1,]",
	"[",
	"[1",
	"[1 ",
	"{\"a\":1/**/}",
	"{\"a\":NaN}",
	"{\"a\":Infinity}",
	"{\"a\":0x10}",
	"{\"text\":\"The \\u2019s\\n\\\"city\\\" \xe2\x80\x94\",\"n\":[1,-2.5e3]}",
};

/* The pull reader's answer as a jansson object; NULL if it refuses. Values of other kinds than
 * strings are null. */
static json_t *
pull(const char *in, size_t size)
{
	struct ndx_json_value name, value;
	json_t *object = json_object();
	struct ndx_json json;
	struct ndx_buf work;
	int result = -1;

	ndx_buf_init(&work, &ndx_mem_default);
	if (ndx_json_begin(&json, in, size)) {
		while ((result = ndx_json_next(&json, &name, &value)) == 1) {
			struct ndx_str key, text = { "", 0 };
			char name_text[256];

			ndx_buf_clear(&work);
			ndx_buf_reserve(&work, size);
			if (json.is_array)
				continue;
			key = ndx_json_string(&name, &work);
			if (value.kind == NDX_JSON_STRING)
				text = ndx_json_string(&value, &work);
			assert_true(work.size <= size);
			snprintf(name_text, sizeof(name_text), "%.*s", (int)key.size, key.data);
			json_object_set_new(object, name_text,
			                    value.kind == NDX_JSON_STRING
			                            ? json_stringn(text.data, text.size)
			                            : json_null());
		}
	}
	ndx_buf_free(&work);
	if (result == 0)
		return object;
	assert_non_null(json.error);
	assert_true(json.at <= size);
	json_decref(object);
	return NULL;
}

/* The same names with the same strings; what is no string here is none there. */
static bool
same_members(json_t *ours, json_t *theirs)
{
	const char *key;
	json_t *value, *mine;

	if (json_is_array(theirs))
		return true;
	if (json_object_size(ours) != json_object_size(theirs))
		return false;
	json_object_foreach(theirs, key, value)
	{
		mine = json_object_get(ours, key);
		if (mine == NULL || json_is_string(mine) != json_is_string(value))
			return false;
		if (json_is_string(value) && !json_equal(mine, value))
			return false;
	}
	return true;
}

/* Both accept, with the same strings, or both refuse; numbers too large for jansson are ours
 * alone. */
static void
compare(const char *in, size_t size)
{
	char *copy = malloc(size == 0 ? 1 : size);
	json_error_t error;
	json_t *ours, *theirs;

	assert_non_null(copy);
	memcpy(copy, in, size);
	ours = pull(copy, size);
	theirs = json_loadb(copy, size, 0, &error);
	if (theirs == NULL && json_error_code(&error) == json_error_numeric_overflow) {
		theirs = json_loadb(copy, size, JSON_DECODE_INT_AS_REAL, &error);
		if (theirs == NULL)
			goto out;
	}
	if ((ours == NULL) != (theirs == NULL) || (ours != NULL && !same_members(ours, theirs))) {
		print_error("'%.*s': we %s, jansson %s\n", (int)size, in,
		            ours == NULL ? "refuse" : "accept",
		            theirs == NULL ? error.text : "accepts");
		test_failed_count++;
	}
out:
	json_decref(ours);
	json_decref(theirs);
	free(copy);
}

static void
test_against_jansson(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		for (size_t size = 0; size <= strlen(lines[i]); size++)
			compare(lines[i], size);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		compare(rows[i].in, strlen(rows[i].in));
	compare("{\"a\":\"b\0c\"}", 11);
	compare("{}\0", 3);
}

/* As deep as jansson goes, and one level more, with and without a scalar at the bottom. */
static void
test_depth(void **state)
{
	static char in[2 * NDX_JSON_DEPTH_MAX + 64];

	(void)state;
	for (size_t depth = NDX_JSON_DEPTH_MAX - 2; depth <= NDX_JSON_DEPTH_MAX + 2; depth++) {
		for (int scalar = 0; scalar < 2; scalar++) {
			size_t size = 0;

			memset(in, '[', depth);
			size = depth;
			if (scalar)
				in[size++] = '1';
			memset(in + size, ']', depth);
			compare(in, size + depth);
		}
	}
}

#define MUTATIONS 20000
#define SEED      20240917

static uint32_t
next_random(uint32_t *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 8;
}

/* Change, drop, double or insert a few bytes of a line, most of them ones that mean something. */
static size_t
mutate(char *line, size_t size, uint32_t *random)
{
	static const char bytes[] = "{}[]\",:\\u0019aedtfn.-+E \t\n\x01\x7f\x80\xbf\xc3\xe2\xf0";
	size_t count = 1 + next_random(random) % 3;

	while (count-- > 0 && size > 0) {
		const size_t at = next_random(random) % size;
		const char byte = bytes[next_random(random) % (sizeof(bytes) - 1)];

		switch (next_random(random) % 4) {
		case 0:
			line[at] = byte;
			break;
		case 1:
			memmove(line + at, line + at + 1, size - at - 1);
			size--;
			break;
		case 2:
			memmove(line + at + 1, line + at, size - at);
			size++;
			break;
		default:
			memmove(line + at + 1, line + at, size - at);
			line[at] = byte;
			size++;
		}
	}
	return size;
}

static void
test_mutations(void **state)
{
	uint32_t random = SEED;
	char line[1024];

	(void)state;
	print_message("seed %d\n", SEED);
	for (size_t i = 0; i < MUTATIONS; i++) {
		const size_t pick = next_random(&random) % (ARRAY_LEN(lines) + ARRAY_LEN(rows));
		const char *from =
			pick < ARRAY_LEN(lines) ? lines[pick] : rows[pick - ARRAY_LEN(lines)].in;
		size_t size = strlen(from);

		memcpy(line, from, size);
		size = mutate(line, size, &random);
		compare(line, size);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_bad_lines),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_sniff),
		cmocka_unit_test(test_against_jansson),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_mutations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
