/*
 * test_query.c - ndx_query_parse() and ndx_query_print()
 *
 * cases      tests/cases/query.cases, whose head tells its form
 * nodes      what the printed tree does not show: signs' effect, bytes, notices' number
 * limits     size, words and nesting, one below and one above
 * any bytes  never fail but with NDX_E_LIMIT, and their tree is sound
 * no memory  the n-th allocation fails, for every n: NDX_E_NOMEM, and nothing leaks
 *
 * SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "searcher/query.h"

#define CASES_DEFAULT "tests/cases/query.cases"
#define LINE_SIZE_MAX 4096
#define SEED          20240917u

static struct ndx_stemmer *
stemmer_new(void)
{
	struct ndx_stemmer *stemmer = NULL;

	assert_int_equal(ndx_stemmer_new(&ndx_mem_default, "english", &stemmer, NULL), NDX_OK);
	return stemmer;
}

/* Parse a heap copy of exact size, so that ASan sees one byte too far. */
static enum ndx_status
parse(const struct ndx_mem *mem, struct ndx_stemmer *stemmer, const char *text, size_t size,
      const char *mode, struct ndx_query **query_ret, struct ndx_err *err)
{
	char *copy = malloc(size + (size == 0));
	enum ndx_status status;

	assert_non_null(copy);
	if (size > 0)
		memcpy(copy, text, size);
	status = ndx_query_parse(mem, stemmer, copy, size, strcmp(mode, "all") == 0,
	                         strcmp(mode, "strict") == 0, query_ret, err);
	free(copy);
	return status;
}

/* The lines that a case expects: notices, then the tree; or the error. */
static void
print_outcome(enum ndx_status status, const struct ndx_query *query, const struct ndx_err *err,
              struct ndx_buf *out)
{
	if (status == NDX_OK) {
		for (size_t i = 0; i < query->notice_count; i++)
			ndx_buf_printf(out, "notice: %s\n", query->notice[i]);
		ndx_query_print(query, out);
		ndx_buf_add_str(out, "\n");
	} else if (status == NDX_E_QUERY) {
		ndx_buf_printf(out, "error at %zu: %s\n", err->at, err->msg);
	} else {
		ndx_buf_printf(out, "status %d: %s\n", (int)status, err->msg);
	}
	ndx_buf_add_u8(out, 0);
	assert_false(ndx_buf_failed(out));
}

/* Replace "\xNN" by its byte; returns the size. */
static size_t
unescape(char *line)
{
	char *out = line;
	unsigned byte;

	for (const char *in = line; *in != '\0';) {
		if (in[0] == '\\' && in[1] == 'x' && sscanf(in + 2, "%2x", &byte) == 1) {
			*out++ = (char)byte;
			in += 4;
		} else {
			*out++ = *in++;
		}
	}
	*out = '\0';
	return (size_t)(out - line);
}

/* One case of the file. */
struct test_case {
	char mode[16];
	char typed[LINE_SIZE_MAX]; /* the line of the query */
	char expected[LINE_SIZE_MAX];
	size_t line; /* of the query, from 1 */
};

/* Read up to the blank line after a case; false at the end of the file. */
static bool
read_case(FILE *file, size_t *line_count, struct test_case *c)
{
	char line[LINE_SIZE_MAX];

	*c = (struct test_case){ .mode = "plain" };
	while (fgets(line, sizeof(line), file) != NULL) {
		(*line_count)++;
		if (c->line == 0 && (line[0] == '#' || line[0] == '\n'))
			continue;
		if (c->line == 0 && line[0] == '%' && strcmp(line, "%empty\n") != 0) {
			sscanf(line + 1, "%15s", c->mode);
		} else if (c->line == 0) {
			line[strcspn(line, "\n")] = '\0';
			strcpy(c->typed, line);
			c->line = *line_count;
		} else if (line[0] == '\n') {
			break;
		} else {
			assert_true(strlen(c->expected) + strlen(line) < sizeof(c->expected));
			strcat(c->expected, line);
		}
	}
	return c->line > 0;
}

static bool
run_case(struct ndx_stemmer *stemmer, struct test_case *c)
{
	char text[LINE_SIZE_MAX];
	struct ndx_query *query = NULL;
	struct ndx_err err = { 0 };
	enum ndx_status status;
	struct ndx_buf out;
	bool same;

	strcpy(text, strcmp(c->typed, "%empty") == 0 ? "" : c->typed);
	const size_t size = unescape(text);

	ndx_buf_init(&out, &ndx_mem_default);
	status = parse(&ndx_mem_default, stemmer, text, size, c->mode, &query, &err);
	print_outcome(status, query, &err, &out);
	same = strcmp((char *)out.data, c->expected) == 0;
	if (!same)
		print_error("line %zu: %s\nexpected:\n%sfound:\n%s\n", c->line, c->typed,
		            c->expected, (char *)out.data);
	ndx_buf_free(&out);
	ndx_query_free(query);
	return same;
}

static void
test_cases(void **state)
{
	const char *path = getenv("NDX_QUERY_CASES");
	FILE *file = fopen(path == NULL ? CASES_DEFAULT : path, "r");
	struct ndx_stemmer *stemmer = stemmer_new();
	size_t line_count = 0, case_count = 0, failed_count = 0;
	struct test_case c;

	(void)state;
	assert_non_null(file);
	while (read_case(file, &line_count, &c)) {
		case_count++;
		failed_count += !run_case(stemmer, &c);
	}
	fclose(file);
	ndx_stemmer_free(stemmer);
	print_message("%zu cases\n", case_count);
	assert_int_equal(failed_count, 0);
	assert_true(case_count >= 160);
}

static struct ndx_query *
parse_ok(struct ndx_stemmer *stemmer, const char *text)
{
	struct ndx_query *query = NULL;

	assert_int_equal(
		parse(&ndx_mem_default, stemmer, text, strlen(text), "plain", &query, NULL),
		NDX_OK);
	return query;
}

/* child[i] of the root: does it score, and which bytes of the query is it from. */
static const struct {
	const char *name, *query;
	size_t child;
	bool scores;
	size_t at, size;
	float boost;
} nodes[] = {
	/* clang-format off */
	{ "a word",                     "coca peru",         1, true,  5, 4, 1 },
	{ "a boosted word, all of it",  "coca^2.5 peru",     0, true,  0, 8, 2.5f },
	{ "an excluded word",           "coca -peru",        1, false, 6, 4, 1 },
	{ "a filter",                   "a source:afp",      1, false, 2, 10, 1 },
	{ "a filter in OR",             "source:afp OR a",   0, true,  0, 15, 1 },
	{ "a title does score",         "title:a b",         0, true,  0, 7, 1 },
	{ "a phrase with its suffixes", "x \"a b\"~3^2 y",   1, true,  2, 9, 2 },
	{ "a group with parentheses",   "x (a b)^4 y",       1, true,  2, 7, 4 },
	{ "a group that is excluded",   "x -(a b)",          1, false, 3, 5, 1 },
	{ "AND reaches over both",      "xx aa AND b",       1, true,  3, 8, 1 },
	{ "boosts multiply to 1000",    "((a b)^900 c)^900", 0, true,  0, 17, 900 },
	{ "a piece of a split word",    "re:coca",           1, true,  3, 4, 1 },
	/* clang-format on */
};

static void
test_nodes(void **state)
{
	struct ndx_stemmer *stemmer = stemmer_new();
	size_t failed_count = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(nodes) / sizeof(nodes[0]); i++) {
		struct ndx_query *query = parse_ok(stemmer, nodes[i].query);
		const struct ndx_node *node;

		assert_true(query->root->child_count > nodes[i].child);
		node = query->root->child[nodes[i].child];
		if (node->scores != nodes[i].scores || node->at != nodes[i].at ||
		    node->size != nodes[i].size || node->boost != nodes[i].boost) {
			print_error("%s: scores %d, at %zu, size %zu, boost %g\n", nodes[i].name,
			            node->scores, node->at, node->size, (double)node->boost);
			failed_count++;
		}
		ndx_query_free(query);
	}
	ndx_stemmer_free(stemmer);
	assert_int_equal(failed_count, 0);
}

/* The forms stay beside the stems, and a form that is its own stem is not kept twice. */
static void
test_forms(void **state)
{
	struct ndx_stemmer *stemmer = stemmer_new();
	struct ndx_query *query = parse_ok(stemmer, "Productions \"arms productions\"");
	const struct ndx_node *word = query->root->child[0], *phrase = query->root->child[1];

	(void)state;
	assert_true(ndx_str_equal(word->term.form, ndx_str("productions")));
	assert_true(ndx_str_equal(word->term.term, ndx_str("product")));
	assert_true(ndx_str_equal(phrase->slot[1].term.form, ndx_str("productions")));
	assert_true(ndx_str_equal(phrase->slot[1].term.term, ndx_str("product")));
	assert_int_equal(phrase->slot[0].position, 0);
	assert_int_equal(phrase->slot[1].position, 1);
	ndx_query_free(query);
	ndx_stemmer_free(stemmer);
}

/* 'count' times 'unit', then 'end'. */
static char *
repeat(const char *unit, size_t count, const char *end)
{
	const size_t size = strlen(unit);
	char *text = malloc(size * count + strlen(end) + 1);

	assert_non_null(text);
	for (size_t i = 0; i < count; i++)
		memcpy(text + i * size, unit, size);
	strcpy(text + size * count, end);
	return text;
}

static const struct {
	const char *name, *unit;
	size_t count;
	const char *end;
	enum ndx_status status;
} limits[] = {
	/* clang-format off */
	{ "64 KiB of spaces",               " ",            65536, "",    NDX_OK },
	{ "one byte more",                  " ",            65536, " ",   NDX_E_LIMIT },
	{ "64 KiB of one word",             "a",            65536, "",    NDX_OK },
	{ "64 KiB of punctuation",          ". ",           32768, "",    NDX_OK },
	{ "4096 words",                     "ab ",          4096,  "",    NDX_OK },
	{ "one more",                       "ab ",          4096,  "ab",  NDX_E_LIMIT },
	{ "one more in a phrase",           "ab ",          4095,  "\"a b\"", NDX_E_LIMIT },
	{ "one more in a filter",           "ab ",          4096,  "source:b", NDX_E_LIMIT },
	{ "one more is an id",              "ab ",          4096,  "id:b", NDX_E_LIMIT },
	{ "4097 parts of one word",         "ab/",          4096,  "ab",  NDX_E_LIMIT },
	{ "operators are no words",         "ab OR ",       4095,  "ab",  NDX_OK },
	{ "a long conjunction",             "ab AND ",      4095,  "ab",  NDX_OK },
	{ "100 groups",                     "(a ",          100,   "b",   NDX_OK },
	{ "101 groups",                     "(a ",          101,   "b",   NDX_E_LIMIT },
	{ "100 fields",                     "title:(",      100,   "b",   NDX_OK },
	{ "closed groups do not count",     "(a)",          4000,  "",    NDX_OK },
	{ "64 KiB of parentheses",          "(",            65536, "",    NDX_E_LIMIT },
	{ "64 KiB of closing ones",         ")",            65536, "",    NDX_OK },
	{ "any number of NOT",              "NOT ",         16000, "a",   NDX_OK },
	{ "any number of signs",            "-",            65000, "a",   NDX_OK },
	{ "64 KiB of quotes",               "\"",           65535, "",    NDX_OK },
	{ "64 KiB of AND",                  "AND (",        99,    "a",   NDX_OK },
	{ "a slop of many digits",          "\"a b\"~9999", 1,     "99999999999999999999", NDX_OK },
	{ "a boost of many digits",         "a^9999999999", 1,     "99999999999999999999", NDX_OK },
	/* clang-format on */
};

static void
test_limits(void **state)
{
	struct ndx_stemmer *stemmer = stemmer_new();
	size_t failed_count = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		char *text = repeat(limits[i].unit, limits[i].count, limits[i].end);
		struct ndx_query *query = NULL;
		enum ndx_status status;

		status =
			parse(&ndx_mem_default, stemmer, text, strlen(text), "plain", &query, NULL);
		if (status != limits[i].status) {
			print_error("%s: status %d\n", limits[i].name, (int)status);
			failed_count++;
		}
		if (query != NULL)
			assert_true(query->notice_count <= 20);
		assert_true((query != NULL) == (status == NDX_OK));
		ndx_query_free(query);
		free(text);
	}
	ndx_stemmer_free(stemmer);
	assert_int_equal(failed_count, 0);
}

/* A generator of its own, so that a failure comes again on every machine. */
static uint32_t
random_next(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

/* What must hold of any node. */
static void
check_node(const struct ndx_node *node, size_t size, bool scores)
{
	const bool is_term = node->kind == NDX_NODE_TERM, is_phrase = node->kind == NDX_NODE_PHRASE;

	assert_true(node->at <= size && node->size <= size - node->at);
	assert_true(node->boost > 0);
	assert_true(scores || !node->scores);
	assert_true(!is_term || node->term.term.size > 0);
	assert_true(!is_phrase || node->slot_count >= 2);
	for (size_t i = 0; i < node->slot_count; i++) {
		assert_true(node->slot[i].term.term.size > 0);
		assert_true(i == 0 ? node->slot[i].position == 0
		                   : node->slot[i].position > node->slot[i - 1].position);
	}
	assert_true(is_term || is_phrase || node->kind == NDX_NODE_FORMS ||
	            node->kind == NDX_NODE_LIST || node->child_count >= 2);
	for (size_t i = 0; i < node->child_count; i++)
		check_node(node->child[i], size, node->scores);
}

/* Query-like text: pieces of the language one after another, or bytes of any value. */
static size_t
random_text(uint32_t *state, char *text, size_t size_max)
{
	/* clang-format off */
	static const char *const piece[] = {
		"coca", "US", " ", " ", " ", "\"", "(", ")", "AND", " OR ", "NOT ", "-", "+",
		"^2", "~3", "title:", "source:", "id:", "date:", ":", "*", "?", "=", "NEAR/5 ",
		"co-op", "'s", "\xe2\x80\x9c", "\xc3\xa9", "\xff", "^", "~", "3.5", "re:",
		"\xc2\xa0", "U.S.", "^0",
	};
	/* clang-format on */
	const bool bytes = random_next(state) % 4 == 0;
	const size_t wanted = random_next(state) % (size_max - 16);
	size_t size = 0;

	while (size < wanted) {
		if (bytes) {
			text[size++] = (char)random_next(state);
			continue;
		}
		const char *next = piece[random_next(state) % (sizeof(piece) / sizeof(piece[0]))];

		memcpy(text + size, next, strlen(next));
		size += strlen(next);
	}
	return size;
}

static void
test_any_bytes(void **state)
{
	static const char *const mode[] = { "plain", "all", "strict" };
	struct ndx_stemmer *stemmer = stemmer_new();
	uint32_t seed = SEED;
	char text[400];

	(void)state;
	print_message("seed %u\n", seed);
	for (size_t i = 0; i < 5000; i++) {
		const size_t size = random_text(&seed, text, i % 10 == 0 ? sizeof(text) : 60);
		struct ndx_query *query = NULL;
		struct ndx_err err = { 0 };
		enum ndx_status status;
		struct ndx_buf out;

		status = parse(&ndx_mem_default, stemmer, text, size, mode[i % 3], &query, &err);
		if (status == NDX_E_QUERY) {
			assert_int_equal(i % 3, 2);
			assert_true(err.at < size);
		}
		if (status != NDX_OK) {
			assert_true(status == NDX_E_LIMIT || status == NDX_E_QUERY);
			assert_true(err.msg[0] != '\0');
			continue;
		}
		check_node(query->root, size, true);
		for (size_t n = 0; n < query->notice_count; n++)
			assert_int_equal(ndx_utf8_check(query->notice[n], strlen(query->notice[n])),
			                 strlen(query->notice[n]));
		ndx_buf_init(&out, &ndx_mem_default);
		ndx_query_print(query, &out);
		assert_false(ndx_buf_failed(&out));
		ndx_buf_free(&out);
		ndx_query_free(query);
	}
	ndx_stemmer_free(stemmer);
}

/* Memory whose n-th request fails. */
struct failing {
	size_t left; /* requests until one fails */
	size_t live; /* pieces not freed */
	bool has_failed;
};

static void *
failing_realloc(void *ctx, void *ptr, size_t size)
{
	struct failing *failing = ctx;
	void *bigger;

	if (size == 0) {
		failing->live -= ptr != NULL;
		free(ptr);
		return NULL;
	}
	if (failing->left == 0) {
		failing->has_failed = true;
		return NULL;
	}
	failing->left--;
	bigger = realloc(ptr, size);
	failing->live += ptr == NULL && bigger != NULL;
	return bigger;
}

static void
test_no_memory(void **state)
{
	const char *text =
		"+\"arms production\"~3 (coca OR co-op AND NOT U.S.)^2 source:(afp reuters) "
		"id:\"a b\" re:budget -peru cultiv* \"open title:x) a b c d e f g h i j k";
	char *many = repeat("word \"a b c\" (d OR source:e) ", 200, text);
	struct ndx_stemmer *stemmer = stemmer_new();
	enum ndx_status status = NDX_E_NOMEM;
	size_t n;

	(void)state;
	for (n = 0; status != NDX_OK; n++) {
		struct failing failing = { .left = n };
		const struct ndx_mem mem = { failing_realloc, &failing };
		struct ndx_query *query = NULL;
		struct ndx_err err = { 0 };

		status = parse(&mem, stemmer, many, strlen(many), "plain", &query, &err);
		assert_int_equal(status, failing.has_failed ? NDX_E_NOMEM : NDX_OK);
		assert_int_equal(err.status, failing.has_failed ? NDX_E_NOMEM : 0);
		assert_true((query != NULL) == (status == NDX_OK));
		ndx_query_free(query);
		assert_int_equal(failing.live, 0);
	}
	print_message("%zu allocations\n", n - 1);
	assert_true(n > 10);
	ndx_stemmer_free(stemmer);
	free(many);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),     cmocka_unit_test(test_nodes),
		cmocka_unit_test(test_forms),     cmocka_unit_test(test_limits),
		cmocka_unit_test(test_any_bytes), cmocka_unit_test(test_no_memory),
	};

	ndx_query_free(NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
