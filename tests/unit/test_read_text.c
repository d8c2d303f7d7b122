/*
 * test_read_text.c - header lines, front matter, headlines, made titles
 *
 * SPDX-License-Identifier: MIT
 */
#include "tests/unit/collect.h"

static const struct {
	const char *name;
	const char *in;
	const char *title, *text;
	bool made;
	const char *date, *author, *id; /* NULL: unknown; the file's path */
} rows[] = {
	/* clang-format off */
	{ "a headline", "Digital guru floats PC\n\nNicholas says it.\n\nMore.\n",
	  "Digital guru floats PC", "Nicholas says it.\n\nMore.", false, NULL, NULL, NULL },
	{ "one sentence", "The harbour closed on Monday.\n",
	  "The harbour closed on Monday.", "The harbour closed on Monday.", true, NULL, NULL, NULL },
	{ "two sentences", "Storm closes harbour. Winds shut it on Monday.",
	  "Storm closes harbour.", "Storm closes harbour. Winds shut it on Monday.", true, NULL, NULL, NULL },
	{ "a first line that ends a sentence is no headline", "It rained.\n\nThen it stopped.\n",
	  "It rained.", "It rained.\n\nThen it stopped.", true, NULL, NULL, NULL },
	{ "a question may be a headline", "AOC for president?\n\nThe buzz has begun.",
	  "AOC for president?", "The buzz has begun.", false, NULL, NULL, NULL },
	{ "a dateline stays", "BOGOTA, Sept 15 (Wire) -\n\nColombia said on Monday.",
	  "BOGOTA, Sept 15 (Wire) -", "BOGOTA, Sept 15 (Wire) -\n\nColombia said on Monday.", true, NULL, NULL, NULL },
	{ "a dateline and its sentence", "BOGOTA, Sept 15 (Wire) - Colombia said so. It did.",
	  "BOGOTA, Sept 15 (Wire) - Colombia said so.", "BOGOTA, Sept 15 (Wire) - Colombia said so. It did.", true, NULL, NULL, NULL },
	{ "capitals and a dash are no dateline", "NATO - what next\n\nNobody knows.",
	  "NATO - what next", "Nobody knows.", false, NULL, NULL, NULL },
	{ "a headline alone is text", "Just one line\n",
	  "Just one line", "Just one line", true, NULL, NULL, NULL },
	{ "abbreviations and initials end no sentence", "Gen. J. R. Smith met Mr. Bush on Sept. 15. They spoke.",
	  "Gen. J. R. Smith met Mr. Bush on Sept. 15.", "Gen. J. R. Smith met Mr. Bush on Sept. 15. They spoke.", true, NULL, NULL, NULL },
	{ "a wrapped sentence is one line",
	  "The company said on Monday that it had offered\nto pay a fine of $20 million to the state of\nAlaska. More.",
	  "The company said on Monday that it had offered to pay a fine of $20 million to the state of Alaska.",
	  "The company said on Monday that it had offered\nto pay a fine of $20 million to the state of\nAlaska. More.", true, NULL, NULL, NULL },
	{ "header lines", "Title: A storm\nDate: 7 March 1994\nAuthor: Ann Lee\nID: x1\n\nIt blew.\n",
	  "A storm", "It blew.", false, "1994-03-07T00:00:00+00:00", "Ann Lee", "x1" },
	{ "aliases, any case", "HEADLINE: A storm\nPubDate: 1994-03-07\nbyline: Ann Lee\n\nIt blew.",
	  "A storm", "It blew.", false, "1994-03-07T00:00:00+00:00", "Ann Lee", NULL },
	{ "a date that does not parse is unknown", "Title: A storm\nDate: yesterday\n\nIt blew.",
	  "A storm", "It blew.", false, NULL, NULL, NULL },
	{ "an unknown key makes all text", "Title: A storm\nWeather: bad\n\nIt blew.",
	  "Title: A storm", "Title: A storm\nWeather: bad\n\nIt blew.", true, NULL, NULL, NULL },
	{ "an article that begins with Date:", "Date: 25 December 1988. The day began\nquietly in the town.\n\nThen it snowed.",
	  "Date: 25 December 1988.", "Date: 25 December 1988. The day began\nquietly in the town.\n\nThen it snowed.", true, NULL, NULL, NULL },
	{ "and in one line", "Date: 25 December 1988. The day began quietly.\n\nThen it snowed.",
	  "Date: 25 December 1988.", "Date: 25 December 1988. The day began quietly.\n\nThen it snowed.", true, NULL, NULL, NULL },
	{ "headers, then a headline", "Date: 1994-03-07\n\nA storm\n\nIt blew.",
	  "A storm", "It blew.", false, "1994-03-07T00:00:00+00:00", NULL, NULL },
	{ "headers alone", "Title: A storm\nText: It blew.\n",
	  "A storm", "It blew.", false, NULL, NULL, NULL },
	{ "front matter", "---\nlayout: post\ntitle: 'It''s a storm: again'\nauthor: [Ann Lee, \"Bob, Jr\"]\ndate: 2010-01-09 21:31:33+00:00\ntags:\n- wind\n- rain\n---\n\nIt blew.\n",
	  "It's a storm: again", "It blew.", false, "2010-01-09T21:31:33+00:00", "Ann Lee; Bob, Jr", NULL },
	{ "a list below its key", "---\ntitle: \"A \\\"storm\\\"\" # quoted\nauthors:\n  - Ann Lee\n  - 'Bob'\n---\nIt blew.",
	  "A \"storm\"", "It blew.", false, NULL, "Ann Lee; Bob", NULL },
	{ "a folded scalar", "---\ntitle: >\n  A great\n  storm\ndate: null\n---\nIt blew.",
	  "A great storm", "It blew.", false, NULL, NULL, NULL },
	{ "front matter that never ends is text", "---\ntitle: x\nIt blew.",
	  "--- title: x", "---\ntitle: x\nIt blew.", true, NULL, NULL, NULL },
	{ "a rule is no front matter", "---\nIt blew all night.\n---\nThen not.",
	  "---", "---\nIt blew all night.\n---\nThen not.", true, NULL, NULL, NULL },
	{ "dashed lines", "-- Gap beats forecasts\n-- By Ann Lee\n-- Thu Feb 24, 2011 4:05pm EST\n-- http://example.org/x\n\n \n\n NEW YORK (Wire) - Gap rose.",
	  "Gap beats forecasts", "NEW YORK (Wire) - Gap rose.", false, "2011-02-24T16:05:00-05:00", "Ann Lee", NULL },
	{ "Markdown", "# A storm\n\nIt blew.", "A storm", "It blew.", false, NULL, NULL, NULL },
	{ "carriage returns", "A storm\r\n\r\nIt blew.\r\n", "A storm", "It blew.", false, NULL, NULL, NULL },
	{ "control bytes never reach the text", "A\x02 storm\x03\n\nIt \x1b[1mblew.", "A storm", "It [1mblew.", false, NULL, NULL, NULL },
	{ "windows-1252", "Caf\xe9 closes\n\nThe caf\xe9 on the square has closed its doors.",
	  "Caf\xc3\xa9 closes", "The caf\xc3\xa9 on the square has closed its doors.", false, NULL, NULL, NULL },
	/* clang-format on */
};

static const struct {
	const char *name, *in;
	size_t size;
	const char *reason;
} bad[] = {
	{ "empty", "", 0, "no title and no text" },
	{ "blank", " \n\t\n", 4, "no title and no text" },
	{ "control bytes alone", "\x01\x02", 2, "no title and no text" },
	{ "NUL", "It \0blew", 8, "binary: NUL byte at 3" },
};

static void
check_field(const char *name, const char *is, const char *want)
{
	if (strcmp(is, want == NULL ? "" : want) != 0) {
		print_error("%s: '%s', not '%s'\n", name, is, want == NULL ? "" : want);
		test_failed_count++;
	}
}

static void
test_rows(void **state)
{
	struct collect collect;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct collected *article = &collect.article[0];

		CHECK(rows[i].name, collect_read(&ndx_env_default, &ndx_format_text, rows[i].in,
		                                 strlen(rows[i].in), &collect) == NDX_OK);
		CHECK(rows[i].name, collect.article_count == 1 && collect.is_clean);
		check_field(rows[i].name, article->title, rows[i].title);
		check_field(rows[i].name, article->text, rows[i].text);
		check_field(rows[i].name, article->date, rows[i].date);
		check_field(rows[i].name, article->author, rows[i].author);
		check_field(rows[i].name, article->id, rows[i].id == NULL ? "a.txt" : rows[i].id);
		CHECK(rows[i].name, article->title_is_made == rows[i].made);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		collect_read(&ndx_env_default, &ndx_format_text, bad[i].in, bad[i].size, &collect);
		CHECK(bad[i].name, collect.article_count == 0 && collect.reject_count == 1);
		check_field(bad[i].name, collect.reason[0], bad[i].reason);
	}
}

static void
test_sizes(void **state)
{
	struct collect collect;
	char in[20000], want[64];

	(void)state;
	memset(in, 'a', sizeof(in));
	collect_read(&ndx_env_default, &ndx_format_text, in, 10000, &collect);
	CHECK("as large as allowed", collect.article_count == 1);
	CHECK("a word is cut at 120", strlen(collect.article[0].title) == 120);
	collect_read(&ndx_env_default, &ndx_format_text, in, 10001, &collect);
	snprintf(want, sizeof(want), "10001 bytes of text, more than --max-article (10000)");
	check_field("one byte more", collect.reason[0], want);
	for (size_t i = 0; i < 200; i++) /* of 10 characters, 20 bytes and a space */
		memcpy(in + i * 19,
		       "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9 ",
		       19);
	collect_read(&ndx_env_default, &ndx_format_text, in, 200 * 19, &collect);
	/* Twelve words of nine and eleven spaces are 119 characters. */
	CHECK("cut between words, in characters", strlen(collect.article[0].title) == 12 * 19 - 1);
	memset(in, 'a', 201);
	memcpy(in + 201, "\n\nText.", 7);
	collect_read(&ndx_env_default, &ndx_format_text, in, 208, &collect);
	CHECK("201 characters are no headline", collect.article[0].title_is_made);
	collect_read(&ndx_env_default, &ndx_format_text, in + 1, 207, &collect);
	CHECK("200 are", !collect.article[0].title_is_made);
}

/* Every text cut off at every byte is read or refused, in bounds. */
static void
test_cut(void **state)
{
	struct collect collect;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		for (size_t size = 0; size < strlen(rows[i].in); size++) {
			collect_read(&ndx_env_default, &ndx_format_text, rows[i].in, size,
			             &collect);
			CHECK(rows[i].name, collect.article_count + collect.reject_count == 1);
			CHECK(rows[i].name, collect.is_clean);
		}
	}
}

static void
test_out_of_memory(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		collect_out_of_memory(&ndx_format_text, rows[i].in, strlen(rows[i].in));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
