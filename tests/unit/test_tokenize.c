/*
 * test_tokenize.c - ndx_tokenize()
 *
 * tests/cases/tokenize.cases  text and its tokens; its head tells how they are written
 * search[]   what queries find, when their words are read as the query language does
 * random     any bytes: tokens in range and in order, forms that fold to themselves
 * memory     the n-th allocation fails, for every n
 *
 * With TOKENIZE_PRINT set in the environment the cases are printed as they come out.
 *
 * SPDX-License-Identifier: MIT
 */
#include "tests/unit/test.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/fold.h"
#include "common/stem.h"
#include "common/text.h"
#include "common/tokenize.h"
#include "tests/unit/failing_mem.h"

#define CASES_DEFAULT   "tests/cases/tokenize.cases"
#define CASE_COUNT_MIN  170
#define CASE_LINE_SIZE  4096
#define RANDOM_COUNT    10000
#define RANDOM_SIZE_MAX 300

static const char *const modes[] = { "article", "query", "filter" };
static const enum ndx_tokenize_mode mode_of[] = {
	NDX_TOKENIZE_ARTICLE,
	NDX_TOKENIZE_QUERY,
	NDX_TOKENIZE_FILTER,
};

/* Tokenize a heap copy of exact size, so that ASan sees one byte too far. */
static enum ndx_status
tokenize(const char *text, size_t size, enum ndx_tokenize_mode mode, struct ndx_tokens *tokens)
{
	char *copy = malloc(size + (size == 0));
	enum ndx_status status;

	if (copy == NULL)
		abort();
	memcpy(copy, text, size);
	status = ndx_tokenize(copy, size, mode, tokens, NULL);
	free(copy);
	return status;
}

static const char *
form_of(const struct ndx_tokens *tokens, const struct ndx_token *token)
{
	return (const char *)tokens->forms.data + token->form_off;
}

/* Write the tokens as the cases do. */
static void
print_tokens(const struct ndx_tokens *tokens, struct ndx_buf *out)
{
	for (size_t i = 0; i < tokens->count; i++) {
		const struct ndx_token *token = &tokens->token[i];

		ndx_buf_printf(out, "%s%u%c%.*s@%u+%u", i == 0 ? "" : " ", token->position,
		               ":=^~"[token->kind], (int)token -> form_size, form_of(tokens, token),
		               token -> off, token -> size);
		if (token->sentence_end &&
		    (i + 1 == tokens->count || token[1].position > token->position))
			ndx_buf_add_str(out, " |");
	}
	if (tokens->count == 0)
		ndx_buf_add_str(out, "-");
	ndx_buf_add_u8(out, 0);
}

/* Undo \n, \r, \t, \\ and \xHH in place.  Returns the size, or SIZE_MAX if 'text' has another
 * escape. */
static size_t
unescape(char *text)
{
	char *out = text;

	for (const char *p = text; *p != '\0'; p++) {
		unsigned value;

		if (*p != '\\') {
			*out++ = *p;
			continue;
		}
		p++;
		if (*p != '\0' && strchr("nrt\\", *p) != NULL) {
			*out++ = (char)(*p == 'n'   ? '\n'
			                : *p == 'r' ? '\r'
			                : *p == 't' ? '\t'
			                            : '\\');
		} else if (*p == 'x' && sscanf(p + 1, "%2x", &value) == 1) {
			*out++ = (char)value;
			p += 2;
		} else {
			return SIZE_MAX;
		}
	}
	return (size_t)(out - text);
}

struct test_case {
	char input[CASE_LINE_SIZE];
	char expected[CASE_LINE_SIZE];
	unsigned line;
};

/* The next case of 'file'; false at its end.  A case is a line and its tokens, up to an empty
 * line. */
static bool
next_case(FILE *file, unsigned *line_number, struct test_case *test)
{
	char line[CASE_LINE_SIZE];
	size_t size = 0;

	test->input[0] = test->expected[0] = '\0';
	while (fgets(line, sizeof(line), file) != NULL) {
		++*line_number;
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '#')
			continue;
		if (line[0] == '\0') {
			if (test->input[0] != '\0')
				return true;
			continue;
		}
		if (test->input[0] == '\0') {
			test->line = *line_number;
			strcpy(test->input, line);
			continue;
		}
		size += (size_t)snprintf(test->expected + size, sizeof(test->expected) - size,
		                         "%s%s", size == 0 ? "" : " ", line);
		assert_true(size < sizeof(test->expected));
	}
	return test->input[0] != '\0';
}

static void
run_case(struct test_case *test, struct ndx_tokens *tokens, struct ndx_buf *printed)
{
	char name[CASE_LINE_SIZE + 32], *text = strchr(test->input, ' ');
	size_t mode = 0, size;

	snprintf(name, sizeof(name), "line %u: %s", test->line, test->input);
	if (getenv("TOKENIZE_PRINT") != NULL)
		print_message("%s\n", test->input);
	if (text == NULL)
		fail_msg("%s: no text", name);
	*text++ = '\0';
	while (mode < ARRAY_LEN(modes) && strcmp(modes[mode], test->input) != 0)
		mode++;
	size = unescape(text);
	if (mode == ARRAY_LEN(modes) || size == SIZE_MAX)
		fail_msg("%s: no such mode or escape", name);
	CHECK(name, tokenize(text, size, mode_of[mode], tokens) == NDX_OK);
	ndx_buf_clear(printed);
	print_tokens(tokens, printed);
	assert_false(ndx_buf_failed(printed));
	if (getenv("TOKENIZE_PRINT") != NULL)
		print_message("%s\n\n", (const char *)printed->data);
	if (strcmp((const char *)printed->data, test->expected) != 0) {
		CHECK(name, strcmp((const char *)printed->data, test->expected) == 0);
		print_error("  expected %s\n  found    %s\n", test->expected,
		            (const char *)printed->data);
	}
}

static void
test_cases(void **state)
{
	const char *path = getenv("NDX_TESTS");
	FILE *file = fopen(path == NULL ? CASES_DEFAULT : path, "r");
	static struct test_case test;
	struct ndx_tokens tokens;
	struct ndx_buf printed;
	unsigned line_number = 0, count = 0;

	(void)state;
	if (file == NULL)
		fail_msg("cannot open '%s'", path == NULL ? CASES_DEFAULT : path);
	ndx_tokens_init(&tokens, &ndx_mem_default);
	ndx_buf_init(&printed, &ndx_mem_default);
	for (; next_case(file, &line_number, &test); count++)
		run_case(&test, &tokens, &printed);
	CHECK("enough cases", count >= CASE_COUNT_MIN);
	ndx_buf_free(&printed);
	ndx_tokens_free(&tokens);
	fclose(file);
}

/* Articles for search[], by number. */
static const char *const articles[] = {
	"The U.S. Navy and the U.S.S.R. met; Reuters.",                /* 0 */
	"Envoys from the US flew home.",                               /* 1 */
	"They told us nothing at all.",                                /* 2 */
	"US WARNS RIVALS\n\nNobody answered.",                         /* 3 */
	"The re-election of the mayor’s anti-graft ally; R&D at Q&A.", /* 4 */
	"The reelection of a mayor, and antigraft laws.",              /* 5 */
	"Anti graft laws. A 24/7 F-16s watch over 2,500.75 acres.",    /* 6 */
	"F16s over Łódź and Málaga; WHO said who?",                    /* 7 */
	"Lodz and Malaga. He can't pay the farmers' dues.",            /* 8 */
	"I.B.M. and IBM are one; aid workers fight AIDS, 1-0.",        /* 9 */
};

static const struct {
	const char *query; /* words: each is looked for by itself, any of them will do */
	const char *found; /* the articles' numbers */
} search[] = {
	/* clang-format off */
	{ "U.S.",          "01" },
	{ "US",            "01" },
	{ "us",            "0123" },
	{ "u.s.",          "01" },
	{ "USSR",          "0" },
	{ "reelection",    "45" },
	{ "re-election",   "45" },
	{ "re-elections",  "45" },
	{ "antigraft",     "45" },
	{ "anti-graft",    "456" },
	{ "ANTI-GRAFT",    "456" },
	{ "mayors",        "45" },
	{ "mayor's",       "45" },
	{ "mayor’s",       "45" },
	{ "R&D",           "4" },
	{ "q&a",           "4" },
	{ "24/7",          "6" },
	{ "F16s",          "67" },
	{ "F-16s",         "67" },
	{ "2500.75",       "6" },
	{ "2,500.75",      "6" },
	{ "lodz",          "78" },
	{ "ŁÓDŹ",          "78" },
	{ "Ma\xCC\x81laga", "78" },
	{ "WHO",           "7" },
	{ "who's",         "7" },
	{ "cant",          "8" },
	{ "can’t",         "8" },
	{ "farmer's",      "8" },
	{ "IBM",           "9" },
	{ "I.B.M",         "9" },
	{ "AIDS",          "9" },
	{ "aid",           "9" },
	{ "10",            "" },
	{ "1-0",           "9" },
	{ "it",            "" },
	/* clang-format on */
};

/* The term of a token: its stem, unless it is an acronym or has no grammar. */
static struct ndx_str
term_of(struct ndx_stemmer *stemmer, const struct ndx_tokens *tokens, const struct ndx_token *token)
{
	struct ndx_str term = { form_of(tokens, token), token->form_size };

	if (token->kind == NDX_TOKEN_WORD || token->kind == NDX_TOKEN_JOINED)
		term.data = ndx_stem(stemmer, term.data, term.size, &term.size);
	return term;
}

/* Has the article the term of 'token' at 'position' (any, if it is UINT32_MAX)? */
static bool
has_term(struct ndx_stemmer *stemmer, const struct ndx_tokens *article, uint32_t position,
         const struct ndx_tokens *query, const struct ndx_token *token)
{
	char wanted[NDX_FORM_SIZE_MAX + 1];
	struct ndx_str term = term_of(stemmer, query, token);

	assert_true(term.data != NULL && term.size < sizeof(wanted));
	memcpy(wanted, term.data, term.size); /* the stemmer's own is gone with the next stem */
	term.data = wanted;
	for (size_t i = 0; i < article->count; i++)
		if ((position == UINT32_MAX || article->token[i].position == position) &&
		    ndx_str_equal(term_of(stemmer, article, &article->token[i]), term))
			return true;
	return false;
}

/* Do the parts of the query stand at 'position' and after? */
static bool
has_parts_at(struct ndx_stemmer *stemmer, const struct ndx_tokens *article, uint32_t position,
             const struct ndx_tokens *query)
{
	for (size_t i = 0; i < query->count; i++)
		if (query->token[i].kind != NDX_TOKEN_JOINED &&
		    !has_term(stemmer, article, position + query->token[i].position, query,
		              &query->token[i]))
			return false;
	return true;
}

/* One word of a query: its parts as a phrase, or else its joined form. */
static bool
finds(struct ndx_stemmer *stemmer, const struct ndx_tokens *article, const struct ndx_tokens *query)
{
	for (size_t i = 0; i < query->count; i++)
		if (query->token[i].kind == NDX_TOKEN_JOINED &&
		    has_term(stemmer, article, UINT32_MAX, query, &query->token[i]))
			return true;
	for (uint32_t position = 0; position < article->position_count; position++)
		if (has_parts_at(stemmer, article, position, query))
			return true;
	return false;
}

static void
test_search(void **state)
{
	struct ndx_tokens article[ARRAY_LEN(articles)], query;
	struct ndx_stemmer *stemmer;

	(void)state;
	assert_int_equal(ndx_stemmer_new(&ndx_mem_default, "english", &stemmer, NULL), NDX_OK);
	ndx_tokens_init(&query, &ndx_mem_default);
	for (size_t i = 0; i < ARRAY_LEN(articles); i++) {
		ndx_tokens_init(&article[i], &ndx_mem_default);
		assert_int_equal(tokenize(articles[i], strlen(articles[i]), NDX_TOKENIZE_ARTICLE,
		                          &article[i]),
		                 NDX_OK);
	}
	for (size_t row = 0; row < ARRAY_LEN(search); row++) {
		char found[ARRAY_LEN(articles) + 1] = "", *end = found;

		assert_int_equal(tokenize(search[row].query, strlen(search[row].query),
		                          NDX_TOKENIZE_QUERY, &query),
		                 NDX_OK);
		for (size_t i = 0; i < ARRAY_LEN(articles); i++)
			if (finds(stemmer, &article[i], &query))
				*end++ = (char)('0' + i);
		CHECK(search[row].query, strcmp(found, search[row].found) == 0);
		if (strcmp(found, search[row].found) != 0)
			print_error("  expected %s, found %s\n", search[row].found, found);
	}
	for (size_t i = 0; i < ARRAY_LEN(articles); i++)
		ndx_tokens_free(&article[i]);
	ndx_tokens_free(&query);
	ndx_stemmer_free(stemmer);
}

static uint32_t
next_random(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33);
}

/* What news is made of, letters that fold in odd ways, and rubbish. */
static const char *const pieces[] = {
	/* clang-format off */
	"U", ".", "S", "s", "'", "’", "-", ",", "1", "23", "456", "/", "&", " ", " ", "\n", "\n\n",
	"it", "IT", "US ", "! ", "? ", ". ", "\"", "a word", "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
	"é", "ß", "ﬃ", "İ", "ŉ", "Σ", "й", "и", "\u0306", "\u0301", "\u00AD", "l", "·", "ﷺ",
	"日", "が", "ｶ", "ﾞ", "\u3099", "각", "\u1100", "\u1161", "\u11A8",
	"क", "\u093C", "\u09C7", "\u09BE", "\u0DD9", "\u0DCF", "\u0DCA",
	"\xFF", "\xE2", "\xE2\x80", "\xF0\x9F",
	/* clang-format on */
};

/* Pieces, or in one text of eight any bytes; it may end in the middle of a character. */
static size_t
random_text(uint64_t *seed, char *out)
{
	const size_t size_max = next_random(seed) % RANDOM_SIZE_MAX;
	const bool rubbish = next_random(seed) % 8 == 0;
	size_t size = 0;

	while (size < size_max) {
		const char *piece = pieces[next_random(seed) % ARRAY_LEN(pieces)];

		if (rubbish) {
			out[size++] = (char)next_random(seed);
			continue;
		}
		memcpy(out + size, piece, strlen(piece));
		size += strlen(piece);
	}
	return size_max;
}

static void
check_form(const char *name, const struct ndx_tokens *tokens, const struct ndx_token *token,
           struct ndx_buf *again)
{
	const char *form = form_of(tokens, token);

	CHECK(name, token->form_size > 0 && token->form_size <= NDX_FORM_SIZE_MAX);
	CHECK(name, token->form_off <= tokens->forms.size &&
	                    token->form_size <= tokens->forms.size - token->form_off);
	CHECK(name, ndx_utf8_check(form, token->form_size) == token->form_size);
	if (token->kind == NDX_TOKEN_ACRONYM)
		return;
	ndx_buf_clear(again);
	ndx_fold(form, token->form_size, again);
	CHECK(name, again->size == token->form_size && memcmp(again->data, form, again->size) == 0);
}

static void
check_tokens(const char *name, size_t size, const struct ndx_tokens *tokens, struct ndx_buf *again)
{
	for (size_t i = 0; i < tokens->count; i++) {
		const struct ndx_token *token = &tokens->token[i], *before = token - 1;
		bool variant = token->kind == NDX_TOKEN_ACRONYM || token->kind == NDX_TOKEN_JOINED;

		CHECK(name,
		      token->size > 0 && token->off <= size && token->size <= size - token->off);
		CHECK(name, token->position < tokens->position_count);
		check_form(name, tokens, token, again);
		if (i == 0) {
			CHECK(name, token->position == 0);
			continue;
		}
		CHECK(name, token->off >= before->off);
		CHECK(name, token->position == before->position ||
		                    token->position == before->position + 1);
		CHECK(name, token->position > before->position || variant);
		CHECK(name, token->position > before->position ||
		                    token->sentence_end == before->sentence_end);
		CHECK(name, token->position == before->position ||
		                    before->kind == NDX_TOKEN_JOINED ||
		                    token->off >= before->off + before->size);
	}
	if (tokens->count > 0) {
		CHECK(name, tokens->token[tokens->count - 1].sentence_end == 1);
		CHECK(name,
		      tokens->token[tokens->count - 1].position + 1 == tokens->position_count);
	} else {
		CHECK(name, tokens->position_count == 0);
	}
}

static void
test_random(void **state)
{
	uint64_t seed = 20240229;
	struct ndx_tokens tokens;
	struct ndx_buf again;
	char text[RANDOM_SIZE_MAX + 32], name[64];

	(void)state;
	ndx_tokens_init(&tokens, &ndx_mem_default);
	ndx_buf_init(&again, &ndx_mem_default);
	for (size_t i = 0; i < RANDOM_COUNT; i++) {
		size_t size;

		snprintf(name, sizeof(name), "seed %llu", (unsigned long long)seed);
		size = random_text(&seed, text);
		CHECK(name, tokenize(text, size, mode_of[i % 3], &tokens) == NDX_OK);
		check_tokens(name, size, &tokens, &again);
	}
	ndx_buf_free(&again);
	ndx_tokens_free(&tokens);
}

/* Texts that need the room to grow, in each of the places where it may. */
static void
test_large(void **state)
{
	static const char *const texts[] = { "plain words ", "a-b-", "U.S.-led ", "日", "é",
		                             "1,2,",         "US ",  "\n",        "." };
	struct ndx_tokens tokens;
	struct ndx_buf text, again;

	(void)state;
	ndx_tokens_init(&tokens, &ndx_mem_default);
	ndx_buf_init(&text, &ndx_mem_default);
	ndx_buf_init(&again, &ndx_mem_default);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		ndx_buf_clear(&text);
		while (text.size < 50000)
			ndx_buf_add_str(&text, texts[i]);
		CHECK(texts[i], tokenize((const char *)text.data, text.size, NDX_TOKENIZE_ARTICLE,
		                         &tokens) == NDX_OK);
		check_tokens(texts[i], text.size, &tokens, &again);
	}
	ndx_buf_free(&again);
	ndx_buf_free(&text);
	ndx_tokens_free(&tokens);
}

static void
test_memory(void **state)
{
	struct ndx_tokens tokens;
	struct ndx_buf text;
	struct failing_mem failing;
	size_t fail_at = 0;
	enum ndx_status status;

	(void)state;
	ndx_buf_init(&text, &ndx_mem_default);
	while (text.size < 20000)
		ndx_buf_add_str(&text, "plain words, the U.S.-led é 日本 ");
	do {
		ndx_failing_mem_init(&failing, ++fail_at);
		ndx_tokens_init(&tokens, &failing.mem);
		status =
			tokenize((const char *)text.data, text.size, NDX_TOKENIZE_ARTICLE, &tokens);
		CHECK("fails", status == NDX_OK || status == NDX_E_NOMEM);
		failing.fail_at = 0;
		if (status != NDX_OK)
			CHECK("can be used again",
			      tokenize("a word", 6, NDX_TOKENIZE_ARTICLE, &tokens) == NDX_OK &&
			              tokens.count == 2);
		ndx_tokens_free(&tokens);
		CHECK("no leak", failing.live_count == 0);
	} while (status != NDX_OK && fail_at < 100);
	CHECK("failed at all", fail_at > 4);
	ndx_buf_free(&text);
}

static void
test_edges(void **state)
{
	struct ndx_tokens zeroed = { 0 }, tokens;
	char text[400];

	(void)state;
	ndx_tokens_free(&zeroed);
	ndx_tokens_init(&tokens, &ndx_mem_default);
	CHECK("no text", ndx_tokenize(NULL, 0, NDX_TOKENIZE_ARTICLE, &tokens, NULL) == NDX_OK &&
	                         tokens.count == 0);
	CHECK("too long", ndx_tokenize("", (size_t)UINT32_MAX + 1, NDX_TOKENIZE_ARTICLE, &tokens,
	                               NULL) == NDX_E_LIMIT);
	for (size_t size = 1; size < sizeof(text); size++) {
		memset(text, 'X', size);
		CHECK("one long word",
		      tokenize(text, size, NDX_TOKENIZE_ARTICLE, &tokens) == NDX_OK);
		CHECK("one long word", tokens.count == 1 && tokens.token[0].size == size);
		CHECK("one long word",
		      tokens.token[0].form_size ==
		              (size < NDX_FORM_SIZE_MAX ? size : NDX_FORM_SIZE_MAX));
	}
	memset(text, 'x', 127);
	memcpy(text + 127, "\xD0\xB6\xD0\xB6z", 5);
	CHECK("cut at a character", tokenize(text, 132, NDX_TOKENIZE_ARTICLE, &tokens) == NDX_OK &&
	                                    tokens.count == 1 && tokens.token[0].form_size == 127);
	text[60] = '-';
	CHECK("joined, cut", tokenize(text, 132, NDX_TOKENIZE_ARTICLE, &tokens) == NDX_OK &&
	                             tokens.count == 3 && tokens.token[1].form_size == 128);
	text[60] = 'x';
	text[127] = '-';
	memcpy(text + 128, "\xD0\xB6", 2);
	CHECK("joined, cut at a character",
	      tokenize(text, 130, NDX_TOKENIZE_ARTICLE, &tokens) == NDX_OK && tokens.count == 3 &&
	              tokens.token[1].form_size == 127);
	ndx_tokens_free(&tokens);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),  cmocka_unit_test(test_search),
		cmocka_unit_test(test_random), cmocka_unit_test(test_large),
		cmocka_unit_test(test_memory), cmocka_unit_test(test_edges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
