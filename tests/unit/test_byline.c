/*
 * test_byline.c - the persons of bylines as they stand in newspapers
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/byline.h"

#include <stdlib.h>

#include "common/buf.h"
#include "tests/unit/test.h"

/* Persons with "; " between, and '|' before a suffix. */
static const struct {
	const char *byline, *persons;
} rows[] = {
	/* clang-format off */
	/* persons */
	{ "By Ann Lee, Max Roe and John Doe", "Ann Lee; Max Roe; John Doe" },
	{ "Ann Lee; John Doe", "Ann Lee; John Doe" },
	{ "Ann Lee, John Doe", "Ann Lee; John Doe" },
	{ "JOHN DOE AND ANN LEE", "JOHN DOE; ANN LEE" },
	{ "By Harro ten Wolde & Sybille de La Hamaide", "Harro ten Wolde; Sybille de La Hamaide" },
	{ "Ann Lee with Max Roe", "Ann Lee; Max Roe" },
	{ "By Ann Lee, as told to Max Roe", "Ann Lee; Max Roe" },
	{ "Ann Lee/Max Roe", "Ann Lee; Max Roe" },
	{ "By Nadia Damouni and Greg Roumeliotis and Nicola Leske", "Nadia Damouni; Greg Roumeliotis; Nicola Leske" },
	{ "Ann Lee, Madonna and John Doe", "Ann Lee; Madonna; John Doe" },
	{ "Madonna; John Doe", "Madonna; John Doe" },
	{ "By Madonna, Ann Lee", "Madonna; Ann Lee" },
	/* inverted */
	{ "Doe, John", "Doe, John" },
	{ "van Gogh, Vincent, and Doe, John", "van Gogh, Vincent; Doe, John" },
	{ "Doe, John, Roe, Jane", "Doe, John; Roe, Jane" },
	{ "Garc\xc3\xad" "a M\xc3\xa1" "rquez, Gabriel", "Garc\xc3\xad" "a M\xc3\xa1" "rquez, Gabriel" },
	{ "Garc\xc3\xad" "a M\xc3\xa1" "rquez, Gabriel and Vargas Llosa, Mario", "Garc\xc3\xad" "a M\xc3\xa1" "rquez, Gabriel; Vargas Llosa, Mario" },
	{ "Le Carr\xc3\xa9" ", John; McDonald, Ian", "Le Carr\xc3\xa9" ", John; McDonald, Ian" },
	{ "Smith, J. D., and Roe, M.", "Smith, J. D.; Roe, M." },
	{ "London, Jack", "London, Jack" },
	{ "Dean, James", "Dean, James" },
	{ "By Ann Lee and John Doe; Roe, Jane", "Ann Lee; John Doe; Roe, Jane" },
	/* suffixes */
	{ "King, Jr.", "King|Jr." },
	{ "By Martin Luther King, Jr. and Ann Lee", "Martin Luther King|Jr.; Ann Lee" },
	{ "King, Martin Luther, Jr.", "King, Martin Luther|Jr." },
	{ "King, Jr., Martin Luther", "King, Jr., Martin Luther" },
	{ "Sammy Davis Jr., Dean Martin", "Sammy Davis Jr.; Dean Martin" },
	{ "Ann Lee, OBE", "Ann Lee" },
	{ "Ann Lee, M.D., and Max Roe, Ph.D., MPH", "Ann Lee; Max Roe" },
	{ "Smith, M.D.", "Smith, M.D." },
	/* what they are */
	{ "By Ann Lee , Health and Science Editor", "Ann Lee" },
	{ "Ann Lee, Washington Bureau Chief", "Ann Lee" },
	{ "Ann Lee, Senior Fellow at the Brookings Institution, and Max Roe, professor of law", "Ann Lee; Max Roe" },
	{ "By David Fogarty , Climate Change Correspondent, Asia", "David Fogarty" },
	{ "Ann Lee, Managing Editor and Max Roe, Staff Writer", "Ann Lee; Max Roe" },
	{ "Jane Doe, Dean and CEO", "Jane Doe" },
	{ "Angela Merkel, Chancellor of Germany", "Angela Merkel" },
	{ "Professor Ann Lee", "Professor Ann Lee" },
	{ "Foreign Affairs and Defense Editor", "" },
	{ "Staff Writer", "" },
	{ "By a Reuters staff reporter", "" },
	{ "By staff writer Ann Lee", "Ann Lee" },
	{ "By Ann Lee and Max Roe Staff Writers", "Ann Lee; Max Roe" },
	/* the staff, agencies, places */
	{ "Ann Lee and Staff", "Ann Lee" },
	{ "By Matt Isaacs and Reuters staff", "Matt Isaacs" },
	{ "Ann Lee, with agencies", "Ann Lee" },
	{ "AFP and Ann Lee", "Ann Lee" },
	{ "By ANN LEE Associated Press Writer", "ANN LEE" },
	{ "By Ann Lee of the Daily News staff", "Ann Lee" },
	{ "By Ann Lee, Special to the Daily News", "Ann Lee" },
	{ "By Ann Lee Special to the Daily News", "Ann Lee" },
	{ "By Milena Hradska, Northgate", "Milena Hradska" },
	{ "By Edgardo Salinas, Andean Wire", "Edgardo Salinas" },
	{ "Ann Lee / Reuters", "Ann Lee" },
	{ "Jane Doe | Daily Mail", "Jane Doe" },
	{ "Ann Lee, New York", "Ann Lee" },
	{ "Ann Lee in Rome and Max Roe in New York", "Ann Lee; Max Roe" },
	{ "Park In Hwan and To Lam", "Park In Hwan; To Lam" },
	{ "Reuters", "" },
	{ "The Associated Press", "" },
	{ "By Daily Mail Reporter", "" },
	{ "By Emily Post and Eyal Press", "Emily Post; Eyal Press" },
	{ "N/A", "" },
	/* labels */
	{ "Ann Lee - Analysis", "Ann Lee" },
	{ "By Ros Krasny -Analysis", "Ros Krasny" },
	{ "Kevin Plumberg , Asia Correspondent - Analysis", "Kevin Plumberg" },
	{ "Ann Lee \xe2\x80\x94" " Opinion", "Ann Lee" },
	{ "Ann Lee (Reuters)", "Ann Lee" },
	{ "John (Jack) Smith", "John (Jack) Smith" },
	{ "Reporting by Ann Lee; Editing by Max Roe", "Ann Lee" },
	{ "Analysis: Ann Lee", "Ann Lee" },
	{ "By: Ann Lee", "Ann Lee" },
	{ "Photos by Ann Lee", "" },
	{ "Ann Lee, lee@example.org", "Ann Lee" },
	{ "Ann Lee, 5 November 2013", "Ann Lee" },
	{ "Emily Kaiser- Analysis", "Emily Kaiser" },
	{ "By By Doug Palmer", "Doug Palmer" },
	/* nobody and somebody */
	{ "Reuters Editorial", "" },
	{ "Por Redacci\xc3\xb3n", "" },
	{ "http://example.com/annlee", "" },
	{ "Ann Lee, https://example.com/a/b, Max Roe", "Ann Lee; Max Roe" },
	{ "Staff and agencies in Berlin", "" },
	{ "Ann Lee BBC News, Moscow", "Ann Lee" },
	{ "BBC News, Moscow", "" },
	{ "ANN LEE Associated Press", "ANN LEE" },
	{ "From The Associated Press", "" },
	{ "By Ann Lee Globe Staff", "Ann Lee" },
	{ "Boston Globe Staff", "" },
	{ "Ann Lee et al.", "Ann Lee" },
	{ "By Ann Lee, McClatchy Newspapers", "Ann Lee" },
	{ "Ann Lee, Brookings Institution", "Ann Lee" },
	{ "Special to The Washington Post by Ann Lee", "Ann Lee" },
	{ "The Rev. Al Sharpton", "The Rev. Al Sharpton" },
	/* nothing */
	{ "", "" },
	{ "By", "" },
	{ "and", "" },
	{ ", ; ,", "" },
	{ ", and , and", "" },
	{ "By By", "" },
	{ "(", "" },
	{ " - ", "" },
	/* clang-format on */
};

/* From a copy of exact size, so that ASan sees one byte too far. */
static void
read_byline(const char *text, struct ndx_buf *out)
{
	char *copy = strdup(text);
	struct ndx_byline byline = { .rest = copy };
	struct ndx_person person;

	assert_non_null(copy);
	ndx_buf_clear(out);
	while (ndx_byline_next(&byline, &person)) {
		if (out->size > 0)
			ndx_buf_add_str(out, "; ");
		ndx_buf_add(out, person.name.data, person.name.size);
		if (person.suffix.size > 0)
			ndx_buf_add_str(out, "|");
		ndx_buf_add(out, person.suffix.data, person.suffix.size);
	}
	ndx_buf_add_u8(out, '\0');
	free(copy);
}

static void
test_bylines(void **state)
{
	struct ndx_buf out;

	(void)state;
	ndx_buf_init(&out, &ndx_mem_default);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		read_byline(rows[i].byline, &out);
		if (strcmp((const char *)out.data, rows[i].persons) != 0)
			print_message("found: %s\n", (const char *)out.data);
		CHECK(rows[i].byline, strcmp((const char *)out.data, rows[i].persons) == 0);
	}
	ndx_buf_free(&out);
}

/* Whatever is typed comes to an end, and is no more than was there. */
static void
test_any_text(void **state)
{
	static const char *const words[] = { "By ",    "by:",      " and ", " & ",  "with ",
		                             ",",      ";",        "/",     "|",    " ",
		                             "(",      ")",        " - ",   "Ann",  "Lee",
		                             "Jr.",    "PhD",      "of ",   " in ", "staff writer",
		                             "Editor", "\xc3\xa9", "a" };
	char text[512];
	struct ndx_buf out;

	(void)state;
	srand(20261128);
	ndx_buf_init(&out, &ndx_mem_default);
	for (int run = 0; run < 20000; run++) {
		text[0] = '\0';
		for (int n = rand() % 12; n > 0; n--)
			strcat(text, words[(size_t)rand() % ARRAY_LEN(words)]);
		read_byline(text, &out);
		CHECK(text, out.size <= 3 * strlen(text) + 1);
	}
	ndx_buf_free(&out);
}

/* A megabyte of 'unit' again and again; would the time grow with its square, it took an hour. */
static size_t
count_persons(const char *unit)
{
	struct ndx_byline byline;
	struct ndx_person person;
	struct ndx_buf text;
	size_t count = 0;

	ndx_buf_init(&text, &ndx_mem_default);
	while (text.size < 1 << 20)
		ndx_buf_add_str(&text, unit);
	ndx_buf_add_u8(&text, '\0');
	byline = (struct ndx_byline){ .rest = (const char *)text.data };
	while (ndx_byline_next(&byline, &person))
		count++;
	ndx_buf_free(&text);
	return count;
}

/* Each person is read, and what has no divider is none. */
static void
test_long_bylines(void **state)
{
	(void)state;
	assert_int_equal(count_persons("Ann Lee and "), ((1 << 20) + 11) / 12);
	assert_int_equal(count_persons("Ann Lee, Max Roe & "), 2 * (((1 << 20) + 18) / 19));
	assert_int_equal(count_persons("Ann Lee "), 0);
	assert_int_equal(count_persons("by "), 0);
	assert_int_equal(count_persons("("), 0);
	assert_int_equal(count_persons("and "), 0);
	assert_int_equal(count_persons("http://"), 0);
	assert_int_equal(count_persons(", "), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bylines),
		cmocka_unit_test(test_any_text),
		cmocka_unit_test(test_long_bylines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
