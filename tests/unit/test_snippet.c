/*
 * test_snippet.c - ndx_snippet_write() and ndx_marks_write()
 *
 * cuts       text with [ ] around its marks, and the snippet, likewise, in 64 bytes
 * any        random texts and marks: fits, ends with NUL, is UTF-8, marks come in pairs
 *
 * A mark's leaf is the number of marks before it that differ in their bytes, so equal
 * words are one leaf.  The leaf of a word in capitals weighs ten times.
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/snippet.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/test.h"

#define MARKS_MAX 64
#define SEED      20240918u

#define ELLIPSIS "\xe2\x80\xa6"

static const struct {
	const char *name, *text, *snippet;
	size_t out_size;
} rows[] = {
	/* clang-format off */
	{ "empty", "", "", 64 },
	{ "only spaces", " \n ", "", 64 },
	{ "short, nothing marked", "The harbour is closed.", "The harbour is closed.", 64 },
	{ "spaces are folded", "  The\n\n harbour\t is  closed. \n", "The harbour is closed.", 64 },
	{ "all of it with a mark", "The [harbour] is closed.", "The [harbour] is closed.", 64 },
	{ "begin of the text, cut at a word",
	  "The harbour is closed for a week because of the storm that came in the night.",
	  "The harbour is closed for a week because of the storm" ELLIPSIS, 64 },
	{ "begin of the text, cut at a sentence",
	  "The harbour is closed for a week because. Of the storm that came in the night.",
	  "The harbour is closed for a week because.", 64 },
	{ "a mark far on, from its sentence",
	  "One two three four five six seven eight nine ten eleven twelve thirteen. The [harbour] is closed.",
	  "The [harbour] is closed.", 64 },
	{ "a mark amid a long sentence",
	  "one two three four five six seven eight nine ten eleven twelve [harbour] aa bb cc dd ee ff gg hh ii jj kk ll mm nn",
	  ELLIPSIS "eleven twelve [harbour] aa bb cc dd ee ff gg hh ii jj kk" ELLIPSIS, 64 },
	{ "two words rather than one twice",
	  "The [coca] and [coca] again. Later, after many and many more words, the [coca] of [peru] came.",
	  ELLIPSIS "many and many more words, the [coca] of [peru] came.", 64 },
	{ "a word that weighs more",
	  "The [coca] of [peru] came first. Later, after many and many more words, the [OPIUM] came.",
	  "Later, after many and many more words, the [OPIUM] came.", 64 },
	{ "a phrase longer than the room",
	  "So [one two three four five six seven eight nine ten eleven twelve thirteen] it is",
	  ELLIPSIS "[one two three four five six seven eight nine ten eleven]" ELLIPSIS, 64 },
	{ "a word longer than the room",
	  "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggggggggg",
	  "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeefffffff" ELLIPSIS, 64 },
	{ "no character is cut",
	  "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
	  "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9",
	  "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
	  "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9" ELLIPSIS, 64 },
	{ "marks side by side", "[a][b]", "[a][b]", 64 },
	/* clang-format on */
};

/* Text with [ ] as text and marks; returns the text's size. */
static size_t
read_marks(const char *in, char *text, struct ndx_mark *mark, size_t *count_ret, float *weight)
{
	size_t size = 0, count = 0;

	for (; *in != '\0'; in++) {
		if (*in == '[') {
			mark[count].off = (uint32_t)size;
		} else if (*in == ']') {
			mark[count].size = (uint32_t)size - mark[count].off;
			mark[count].leaf = (uint32_t)count;
			weight[count] = isupper((unsigned char)text[mark[count].off]) ? 10 : 1;
			for (size_t i = count; i-- > 0;)
				if (mark[i].size == mark[count].size &&
				    memcmp(text + mark[i].off, text + mark[count].off,
				           mark[i].size) == 0)
					mark[count].leaf = mark[i].leaf;
			count++;
		} else {
			text[size++] = *in;
		}
	}
	*count_ret = count;
	return size;
}

static void
show_marks(char *text)
{
	for (; *text != '\0'; text++)
		*text = *text == NDX_MARK_BEGIN ? '[' : *text == NDX_MARK_END ? ']' : *text;
}

static void
test_cuts(void **state)
{
	struct ndx_mark mark[MARKS_MAX];
	float weight[MARKS_MAX];
	size_t count;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char *text = malloc(strlen(rows[i].text) + 1), *out = malloc(rows[i].out_size);
		struct ndx_str str = { text, 0 };

		assert_true(text != NULL && out != NULL);
		str.size = read_marks(rows[i].text, text, mark, &count, weight);
		CHECK(rows[i].name,
		      ndx_snippet_write(&ndx_mem_default, str, mark, count, weight, MARKS_MAX, out,
		                        rows[i].out_size, NULL) == NDX_OK);
		show_marks(out);
		CHECK(rows[i].name, strcmp(out, rows[i].snippet) == 0);
		if (strcmp(out, rows[i].snippet) != 0)
			print_error("found:    %s\nexpected: %s\n", out, rows[i].snippet);
		free(text);
		free(out);
	}
}

static bool
is_sound(const char *out, size_t out_size)
{
	const size_t size = strnlen(out, out_size);
	bool open = false;

	for (size_t i = 0; i < size; i++) {
		if (out[i] == (open ? NDX_MARK_BEGIN : NDX_MARK_END))
			return false;
		if (out[i] == NDX_MARK_BEGIN || out[i] == NDX_MARK_END)
			open = !open;
	}
	return size < out_size && !open && ndx_utf8_check(out, size) == size;
}

/* Words, spaces, stops and wide characters, with marks over some of the words. */
static size_t
random_text(unsigned *seed, char *text, size_t text_size, struct ndx_mark *mark, size_t *count_ret)
{
	static const char *const piece[] = {
		"a",  "bcd", "Peru", "\xc3\xa9t\xc3\xa9",    "\xe6\x97\xa5", " ", " ",
		"  ", ". ",  "\n\n", "supercalifragilistic", ".\" "
	};
	size_t size = 0, count = 0;
	uint32_t begin = UINT32_MAX;

	while (size + 32 < text_size) {
		const char *next = piece[(unsigned)rand_r(seed) % ARRAY_LEN(piece)];
		const bool is_word = strchr(" .\n", next[0]) == NULL;

		if (begin == UINT32_MAX && is_word && count < MARKS_MAX && rand_r(seed) % 8 == 0)
			begin = (uint32_t)size;
		memcpy(text + size, next, strlen(next));
		size += strlen(next);
		if (begin != UINT32_MAX && is_word && rand_r(seed) % 2 == 0) {
			mark[count] = (struct ndx_mark){ begin, (uint32_t)size - begin,
				                         (uint32_t)rand_r(seed) % MARKS_MAX };
			count++;
			begin = UINT32_MAX;
		}
	}
	*count_ret = count;
	return size;
}

static void
test_any(void **state)
{
	unsigned seed = SEED;
	struct ndx_mark mark[MARKS_MAX];
	float weight[MARKS_MAX];
	size_t count;
	char name[48];

	(void)state;
	for (size_t i = 0; i < MARKS_MAX; i++)
		weight[i] = (float)(i % 7) + 0.5f;
	for (int round = 0; round < 20000; round++) {
		const size_t text_max = 33 + (size_t)rand_r(&seed) % 700;
		const size_t out_size = NDX_SNIPPET_SIZE_MIN + (size_t)rand_r(&seed) % 300;
		char *text = malloc(text_max), *out = malloc(out_size);
		struct ndx_str str = { text, 0 };

		assert_true(text != NULL && out != NULL);
		str.size = random_text(&seed, text, text_max, mark, &count);
		snprintf(name, sizeof(name), "round %d of seed %u", round, SEED);
		CHECK(name, ndx_snippet_write(&ndx_mem_default, str, mark, count, weight, MARKS_MAX,
		                              out, out_size, NULL) == NDX_OK);
		CHECK(name, is_sound(out, out_size));
		CHECK(name, count == 0 || strchr(out, NDX_MARK_BEGIN) != NULL);
		free(text);
		free(out);
	}
}

static void
test_marks_write(void **state)
{
	struct ndx_mark mark[MARKS_MAX];
	float weight[MARKS_MAX];
	struct ndx_buf out;
	char text[64];
	size_t count;

	(void)state;
	ndx_buf_init(&out, &ndx_mem_default);
	struct ndx_str str = { text, read_marks("[a] b  [c d]\n[e]", text, mark, &count, weight) };
	ndx_marks_write(str, mark, count, &out);
	ndx_buf_add_u8(&out, '\0');
	show_marks((char *)out.data);
	assert_string_equal((const char *)out.data, "[a] b  [c d]\n[e]");
	ndx_buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cuts),
		cmocka_unit_test(test_any),
		cmocka_unit_test(test_marks_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
