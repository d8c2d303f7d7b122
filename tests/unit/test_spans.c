/*
 * test_spans.c - ndx_marker_find(): what of a text a query marks
 *
 * marks      query, text, and the text with [ ] around its marks
 * no memory  the n-th allocation fails, for every n: NDX_E_NOMEM, and nothing leaks
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/spans.h"

#include <stdlib.h>

#include "tests/unit/failing_mem.h"
#include "tests/unit/test.h"

static const struct {
	const char *name, *query;
	bool in_title;
	const char *text, *marked;
} rows[] = {
	/* clang-format off */
	{ "nothing to mark", "", false, "Coca crop.", "Coca crop." },
	{ "no text", "coca", false, "", "" },
	{ "a word, whatever its case", "COCA", false, "Coca and coca.", "[Coca] and [coca]." },
	{ "its stem", "cultivation", false, "cultivated, cultivating", "[cultivated], [cultivating]" },
	{ "accents", "bogota", false, "en Bogot\xc3\xa1.", "en [Bogot\xc3\xa1]." },
	{ "first and last byte", "a b", false, "a c b", "[a] c [b]" },
	{ "not what is excluded", "coca -peru", false, "coca in Peru", "[coca] in Peru" },
	{ "NOT within AND", "coca AND NOT peru", false, "coca in Peru", "[coca] in Peru" },
	{ "no filters", "coca source:peru", false, "coca in Peru", "[coca] in Peru" },
	{ "the operands of operators", "+coca (peru OR chile)", false, "coca, Chile", "[coca], [Chile]" },
	{ "title: not in the text", "title:coca peru", false, "coca in Peru", "coca in [Peru]" },
	{ "title: in the title", "title:coca peru", true, "coca in Peru", "[coca] in [Peru]" },
	{ "a phrase is one mark", "\"arms production\"", false, "The arms production.",
	  "The [arms production]." },
	{ "only where it is whole", "\"arms production\"", false,
	  "Production of arms; arms and production; arms production.",
	  "Production of arms; arms and production; [arms production]." },
	{ "across lines", "\"arms production\"", false, "arms\n\nproduction", "[arms\n\nproduction]" },
	{ "slop lets words between", "\"arms production\"~2", false, "arms a b production",
	  "[arms a b production]" },
	{ "but no more of them", "\"arms production\"~2", false, "arms a b c production",
	  "arms a b c production" },
	{ "slop is in total", "\"a b c\"~1", false, "a x b c, a x b x c", "[a x b c], a x b x c" },
	{ "the later begin", "\"a b\"~1", false, "a a b", "[a a b]" },
	{ "one word twice", "\"new new york\"", false, "new york, new new york", "new york, [new new york]" },
	{ "phrases that share a word", "\"a b\" \"b c\"", false, "a b c", "[a b c]" },
	{ "a word within a phrase", "b \"a b\"", false, "a b, b", "[a b], [b]" },
	{ "a hyphenated word is one", "co-operation", false, "cooperation; co-operation",
	  "[cooperation]; [co-operation]" },
	{ "and so is what it joins", "cooperation", false, "Co-operation!", "[Co-operation]!" },
	{ "an acronym", "U.S.", false, "the US and us", "the [US] and us" },
	{ "words that are near", "a NEAR/2 b", false, "a x b. b c x a, a", "[a] x [b]. b c x a, a" },
	{ "in order", "a ONEAR/2 b", false, "b a x b", "b [a] x [b]" },
	{ "in one sentence", "drug-trafficking SENTENCE peru", false, "Peru. Drug-trafficking in Peru. Drug-trafficking!",
	  "Peru. [Drug-trafficking] in [Peru]. Drug-trafficking!" },
	{ "near a group", "a NEAR/1 (b OR \"c d\")", false, "b x a c d, b a, c a d", "b x [a] [c d], [b] [a], c a d" },
	{ "near what is near", "(a NEAR/1 b) NEAR/1 c", false, "a b c, x a b, c", "[a] [b] [c], x [a] [b], [c]" },
	{ "near none", "a NEAR/1 b", false, "a x x b", "a x x b" },
	{ "a possessive", "president", false, "the president's car", "the [president's] car" },
	/* clang-format on */
};

static enum ndx_status
mark(const struct ndx_mem *mem, size_t row, struct ndx_buf *out, struct ndx_err *err)
{
	const struct ndx_str text = ndx_str(rows[row].text);
	struct ndx_stemmer *stemmer = NULL;
	struct ndx_query *query = NULL;
	struct ndx_marker *marker = NULL;
	const struct ndx_mark *marks;
	size_t count = 0, at = 0;
	enum ndx_status status = ndx_stemmer_new(mem, "english", &stemmer, err);

	if (status == NDX_OK)
		status = ndx_query_parse(mem, stemmer, rows[row].query, strlen(rows[row].query),
		                         false, false, &query, err);
	if (status == NDX_OK)
		status = ndx_marker_new(mem, stemmer, query, &marker, err);
	if (status == NDX_OK)
		status = ndx_marker_find(marker, text, rows[row].in_title, &marks, &count, err);
	for (size_t i = 0; status == NDX_OK && i < count; i++) {
		CHECK(rows[row].name, marks[i].off >= at && marks[i].size > 0);
		CHECK(rows[row].name, marks[i].leaf < ndx_marker_leaf_count(marker));
		ndx_buf_add(out, text.data + at, marks[i].off - at);
		ndx_buf_add_str(out, "[");
		ndx_buf_add(out, text.data + marks[i].off, marks[i].size);
		ndx_buf_add_str(out, "]");
		at = marks[i].off + marks[i].size;
	}
	ndx_buf_add_str(out, text.data + at);
	ndx_buf_add_u8(out, '\0');
	ndx_marker_free(marker);
	ndx_query_free(query);
	ndx_stemmer_free(stemmer);
	return status;
}

static void
test_marks(void **state)
{
	struct ndx_buf out;
	struct ndx_err err;

	(void)state;
	ndx_buf_init(&out, &ndx_mem_default);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		ndx_buf_clear(&out);
		CHECK(rows[i].name, mark(&ndx_mem_default, i, &out, &err) == NDX_OK);
		CHECK(rows[i].name, strcmp((const char *)out.data, rows[i].marked) == 0);
		if (strcmp((const char *)out.data, rows[i].marked) != 0)
			print_error("found:    %s\nexpected: %s\n", (const char *)out.data,
			            rows[i].marked);
	}
	ndx_buf_free(&out);
}

static void
test_no_memory(void **state)
{
	enum ndx_status status = NDX_E_NOMEM;
	struct failing_mem failing;
	struct ndx_err err;
	struct ndx_buf out;

	(void)state;
	ndx_buf_init(&out, &ndx_mem_default);
	for (size_t row = 0; row < ARRAY_LEN(rows); row++) {
		status = NDX_E_NOMEM;
		for (size_t n = 1; status == NDX_E_NOMEM; n++) {
			ndx_failing_mem_init(&failing, n);
			ndx_buf_clear(&out);
			status = mark(&failing.mem, row, &out, &err);
			CHECK(rows[row].name, status == NDX_OK || err.status == NDX_E_NOMEM);
			CHECK(rows[row].name, failing.live_count == 0);
		}
		CHECK(rows[row].name, status == NDX_OK);
	}
	ndx_buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_marks),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
