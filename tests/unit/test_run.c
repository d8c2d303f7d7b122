/*
 * test_run.c - queries over indexes of awkward sizes, against a scan and the plain way
 *
 * sizes[]    articles about the borders of blocks (128) and windows (4096), in one segment or more
 * flat[]     one term, any of some, all of some: bit for bit what a scan of the articles says
 * trees[]    any other query: pruned and exhaustive agree
 * no memory  each allocation of a run fails in turn
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/run.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/impact.h"
#include "indexer/writer.h"
#include "tests/unit/failing_mem.h"
#include "tests/unit/test.h"

#define ARTICLES_MAX 9000
#define TERMS_MAX    4

/* A word j is in about one of 2^(j / 2) articles; the last three are in few, and close together. */
static const char *const words[] = { "alfa",  "bravo",  "charlie", "delta", "echo", "foxtrot",
	                             "golf",  "hotel",  "india",   "kilo",  "lima", "mike",
	                             "oscar", "quebec", "romeo",   "sierra" };

#define WORD_COUNT ARRAY_LEN(words)

struct made {
	uint8_t tf[WORD_COUNT], title_tf[WORD_COUNT]; /* 'tf' counts those in the title, too */
	uint32_t length;
	int64_t date;
	bool is_deleted;
};

static char top[] = "/tmp/ndx-run-XXXXXX", dir[64];
static struct made made[ARTICLES_MAX];

/* A number that looks random, made of two. */
static uint32_t
mix(uint32_t a, uint32_t b)
{
	uint64_t x = ((uint64_t)a << 32 | b) * UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 29) * UINT64_C(0xbf58476d1ce4e5b9);
	return (uint32_t)(x >> 32);
}

static void
remove_entry(void *arg, const char *name)
{
	char path[160];

	(void)arg;
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	unlink(path);
}

static void
clean(void)
{
	(void)ndx_io_default.list(NULL, dir, remove_entry, NULL);
	rmdir(dir);
}

static bool
has_word(uint32_t n, uint32_t j)
{
	if (j >= WORD_COUNT - 3)
		return n >= 200 && n < 260 && mix(n, j) % 8 < 3;
	return mix(n, j) % (1u << (j / 2)) == 0;
}

static void
put(char *out, uint32_t *count, const char *word)
{
	if (*count > 0)
		strcat(out, " ");
	strcat(out, word);
	(*count)++;
}

/* Article n: two words of the title, perhaps; then its words in turn, as often as each; then
 * others. */
static void
make_article(uint32_t n, char *title, char *text)
{
	struct made *m = &made[n];
	uint32_t in_title = 0, in_text = 0;

	*m = (struct made){ .date = mix(n, 77) % 10 == 0 ? NDX_NO_DATE : 86400 * (int64_t)(n / 3) };
	title[0] = text[0] = '\0';
	for (uint32_t j = 0; j < WORD_COUNT && mix(n, 99) % 2 == 0; j++) {
		if (has_word(n, j) && mix(n, j + 50) % 4 == 0) {
			put(title, &in_title, words[j]);
			m->tf[j] = m->title_tf[j] = 1;
		}
	}
	for (uint32_t round = 0; round < 5; round++) {
		for (uint32_t j = 0; j < WORD_COUNT; j++) {
			if (has_word(n, j) && mix(n, j + 100) % 5 >= round) {
				put(text, &in_text, words[j]);
				m->tf[j]++;
			}
		}
	}
	for (uint32_t i = mix(n, 200) % 60; i > 0; i--)
		put(text, &in_text, "zulu");
	m->length = in_title + in_text;
}

static void
add_article(struct ndx_writer *writer, uint32_t n)
{
	char id[16], title[400], text[4000];
	struct ndx_article article = { 0 };

	make_article(n, title, text);
	snprintf(id, sizeof(id), "a%05u", n);
	article.id = ndx_str(id);
	article.title = ndx_str(title);
	article.text = ndx_str(text);
	article.source = ndx_str(n % 3 == 0 ? "afp" : "reuters");
	article.has_date = made[n].date != NDX_NO_DATE;
	if (article.has_date)
		article.date.utc = made[n].date;
	assert_int_equal(ndx_writer_add(writer, &article, NULL), NDX_OK);
}

/* 'count' articles in 'segments' segments; with 'deletes' some of them deleted again. */
static struct ndx_index *
make_index(const struct ndx_env *env, uint32_t count, uint32_t segments, bool deletes)
{
	const struct ndx_writer_options options = { .language = "none",
		                                    .create = true,
		                                    .no_auto_merge = true };
	struct ndx_writer *writer = NULL;
	struct ndx_index *index = NULL;
	char id[16];

	assert_int_equal(ndx_writer_open(&ndx_env_default, dir, &options, &writer, NULL), NDX_OK);
	for (uint32_t n = 0; n < count; n++) {
		add_article(writer, n);
		if (n + 1 < count && (n + 1) % ((count + segments - 1) / segments) == 0)
			assert_int_equal(ndx_writer_commit(writer, NULL), NDX_OK);
	}
	assert_int_equal(ndx_writer_commit(writer, NULL), NDX_OK);
	for (uint32_t n = 0; deletes && n < count; n++) {
		if (mix(n, 300) % 10 > 0)
			continue;
		snprintf(id, sizeof(id), "a%05u", n);
		made[n].is_deleted = true;
		assert_int_equal(ndx_writer_delete(writer, ndx_str(id), NULL), NDX_OK);
	}
	assert_int_equal(ndx_writer_commit(writer, NULL), NDX_OK);
	ndx_writer_close(writer);
	assert_int_equal(ndx_index_open(env, dir, &index, NULL), NDX_OK);
	return index;
}

/* A query of terms alone, for the scan. */
struct flat {
	const char *query;
	bool all;
	uint32_t count;
	uint32_t word[TERMS_MAX]; /* WORD_COUNT: one that no article has */
	double boost[TERMS_MAX];
};

static const struct flat flat[] = {
	/* clang-format off */
	{ "alfa",                      false, 1, { 0 }, { 1 } },
	{ "echo",                      false, 1, { 4 }, { 1 } },
	{ "mike^0.5",                  false, 1, { 11 }, { 0.5 } },
	{ "romeo",                     false, 1, { 14 }, { 1 } },
	{ "xray",                      false, 1, { WORD_COUNT }, { 1 } },
	{ "alfa bravo",                false, 2, { 0, 1 }, { 1, 1 } },
	{ "alfa lima",                 false, 2, { 0, 10 }, { 1, 1 } },
	{ "delta sierra xray",         false, 3, { 3, 15, WORD_COUNT }, { 1, 1, 1 } },
	{ "alfa^3 golf mike",          false, 3, { 0, 6, 11 }, { 3, 1, 1 } },
	{ "echo echo kilo",            false, 3, { 4, 4, 9 }, { 1, 1, 1 } },
	{ "alfa charlie hotel romeo",  false, 4, { 0, 2, 7, 14 }, { 1, 1, 1, 1 } },
	{ "+alfa +bravo",              true,  2, { 0, 1 }, { 1, 1 } },
	{ "+delta +kilo",              true,  2, { 3, 9 }, { 1, 1 } },
	{ "+charlie^9 +golf +echo",    true,  3, { 2, 6, 4 }, { 9, 1, 1 } },
	{ "alfa AND quebec AND romeo", true,  3, { 0, 13, 14 }, { 1, 1, 1 } },
	{ "+alfa +xray",               true,  2, { 0, WORD_COUNT }, { 1, 1 } },
	/* clang-format on */
};

static const char *const trees[] = {
	"\"alfa bravo\"",
	"\"charlie alfa\"~3 kilo",
	"(alfa AND lima) OR echo",
	"+alfa (bravo \"delta echo\") -charlie",
	"+(alfa OR \"bravo charlie\") hotel",
	"source:afp alfa golf",
	"+echo +golf source:reuters",
	"alfa -source:afp",
	"source:afp",
	"-alfa",
	"title:alfa title:lima bravo",
	"title:\"alfa bravo\"",
	"id:a00005",
	"alfa OR NOT bravo",
	"+alfa kilo lima",
	"",
};

/* BM25 for an index, worked out from the articles. */
struct scan {
	uint32_t count; /* articles, deleted ones too */
	double live_count;
	float length[256];
	const struct ndx_run_options *options;
};

static struct scan
scan_of(uint32_t count, const struct ndx_run_options *options)
{
	struct scan scan = { .count = count, .options = options };
	double token_count = 0;

	for (uint32_t n = 0; n < count; n++) {
		if (made[n].is_deleted)
			continue;
		scan.live_count++;
		token_count += made[n].length;
	}
	ndx_norm_table(options->k1, options->b, token_count / scan.live_count, scan.length);
	return scan;
}

static double
idf_of(double articles, double df)
{
	const double odds = (articles - df + 0.5) / (df + 0.5), least = log(1 + odds) / 4;

	return log(odds) > least ? log(odds) : least;
}

/* The weights of the terms, and the order in which scores are summed. */
static void
weigh(const struct scan *scan, const struct flat *q, float weight[TERMS_MAX],
      uint32_t order[TERMS_MAX])
{
	for (uint32_t t = 0; t < q->count; t++) {
		double df = 0;
		uint32_t at = t;

		for (uint32_t n = 0; n < scan->count; n++)
			df += q->word[t] < WORD_COUNT && !made[n].is_deleted &&
			      made[n].tf[q->word[t]] > 0;
		weight[t] = (float)(q->boost[t] * idf_of(scan->live_count, df) *
		                    ((double)scan->options->k1 + 1));
		for (; at > 0 && weight[order[at - 1]] < weight[t]; at--)
			order[at] = order[at - 1];
		order[at] = t;
	}
}

/* What article n scores; below 0 if it does not match. */
static float
score_of(const struct scan *scan, const struct flat *q, const float *weight, const uint32_t *order,
         uint32_t n)
{
	const struct made *m = &made[n];
	const float extra = scan->options->title_weight - 1;
	uint32_t matched = 0;
	float sum = 0;

	for (uint32_t i = 0; i < q->count; i++) {
		const uint32_t word = q->word[order[i]];
		float tf;

		if (word == WORD_COUNT || m->tf[word] == 0)
			continue;
		tf = (float)m->tf[word] + extra * (float)m->title_tf[word];
		sum += weight[order[i]] * tf / (tf + scan->length[ndx_norm_encode(m->length)]);
		matched++;
	}
	if (m->is_deleted || matched == 0 || (q->all && matched < q->count))
		return -1;
	return sum;
}

struct ranked {
	float score;
	uint32_t n;
};

static int
compare_ranked(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;
	const int64_t x_date = made[x->n].date, y_date = made[y->n].date;

	if (x->score != y->score)
		return x->score > y->score ? -1 : 1;
	if (x_date != y_date) /* NDX_NO_DATE is the least of all */
		return x_date > y_date ? -1 : 1;
	return x->n < y->n ? -1 : x->n > y->n;
}

static uint32_t
scan_all(const struct scan *scan, const struct flat *q, struct ranked *out)
{
	float weight[TERMS_MAX];
	uint32_t order[TERMS_MAX] = { 0 }, count = 0;

	weigh(scan, q, weight, order);
	for (uint32_t n = 0; n < scan->count; n++) {
		float score = score_of(scan, q, weight, order, n);

		if (score >= 0)
			out[count++] = (struct ranked){ score, n };
	}
	if (count > 0)
		qsort(out, count, sizeof(*out), compare_ranked);
	return count;
}

static struct ndx_run_result
run(const struct ndx_index *index, const char *text, const struct ndx_run_options *options)
{
	struct ndx_run_result result = { 0 };
	struct ndx_stemmer *stemmer = NULL;
	struct ndx_query *query = NULL;

	assert_int_equal(ndx_stemmer_new(&ndx_mem_default, "none", &stemmer, NULL), NDX_OK);
	assert_int_equal(ndx_query_parse(&ndx_mem_default, stemmer, text, strlen(text), false,
	                                 false, &query, NULL),
	                 NDX_OK);
	assert_int_equal(ndx_run(index, query, options, &result, NULL), NDX_OK);
	ndx_query_free(query);
	ndx_stemmer_free(stemmer);
	return result;
}

static void
check_ranked(const char *name, const struct ndx_run_result *result, const struct ranked *expected,
             uint32_t count, const struct ndx_run_options *options)
{
	size_t nbest = options->nbest < count ? options->nbest : count, same = 0;

	CHECK(name, result->count == nbest);
	CHECK(name, !options->want_total || result->total == count);
	for (size_t i = 0; i < nbest && i < result->count; i++)
		same += result->found[i].score == expected[i].score &&
		        result->found[i].date == made[expected[i].n].date;
	CHECK(name, same == nbest);
}

static const struct {
	size_t nbest;
	bool want_total;
	float k1, b, title_weight;
} params[] = {
	{ 10, true, 1.2f, 0.75f, 1 }, { 10, false, 1.2f, 0.75f, 2 },
	{ 1, false, 1.2f, 0.75f, 1 }, { 100, false, 0, 0.75f, 1 },
	{ 10, false, 1000, 1, 3.5f }, { 1000, false, 1.2f, 0, 1 },
	{ 0, true, 1.2f, 0.75f, 2 },  { SIZE_MAX, true, 1.2f, 0.75f, 2 },
};

static void
check_flat(const struct ndx_index *index, uint32_t count)
{
	static struct ranked expected[ARTICLES_MAX];

	for (size_t p = 0; p < ARRAY_LEN(params); p++) {
		struct ndx_run_options options = { params[p].nbest,
			                           params[p].want_total,
			                           NDX_SORT_RELEVANCE,
			                           params[p].k1,
			                           params[p].b,
			                           params[p].title_weight,
			                           false,
			                           NULL,
			                           0,
			                           0,
			                           0 };
		const struct scan scan = scan_of(count, &options);

		for (size_t i = 0; i < ARRAY_LEN(flat); i++) {
			uint32_t expected_count = scan_all(&scan, &flat[i], expected);

			for (int exhaustive = 0; exhaustive < 2; exhaustive++) {
				struct ndx_run_result result;

				options.exhaustive = exhaustive;
				result = run(index, flat[i].query, &options);
				check_ranked(flat[i].query, &result, expected, expected_count,
				             &options);
				ndx_run_result_free(index, &result);
			}
		}
	}
}

static bool
same_found(const struct ndx_run_result *a, const struct ndx_run_result *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (a->found[i].segment != b->found[i].segment ||
		    a->found[i].docid != b->found[i].docid ||
		    a->found[i].score != b->found[i].score || a->found[i].date != b->found[i].date)
			return false;
	return true;
}

static const unsigned withouts[] = { 0, NDX_WITHOUT_AND_BLOCKS, NDX_WITHOUT_AND_WINDOWS,
	                             NDX_WITHOUT_ALL };

static void
check_pruned(const struct ndx_index *index, const char *text, const struct ndx_run_options *options,
             const struct ndx_run_result *plain)
{
	struct ndx_run_result pruned = run(index, text, options);

	CHECK(text, same_found(plain, &pruned));
	CHECK(text, !options->want_total || plain->total == pruned.total);
	CHECK(text, pruned.total <= plain->total || !options->want_total);
	ndx_run_result_free(index, &pruned);
}

static void
check_both(const struct ndx_index *index, const char *text)
{
	for (size_t p = 0; p < ARRAY_LEN(params); p++) {
		for (int sort = NDX_SORT_RELEVANCE; sort <= NDX_SORT_OLDEST; sort++) {
			struct ndx_run_options options = { params[p].nbest,
				                           params[p].want_total,
				                           (enum ndx_sort)sort,
				                           params[p].k1,
				                           params[p].b,
				                           params[p].title_weight,
				                           true,
				                           NULL,
				                           0,
				                           0,
				                           0 };
			struct ndx_run_result plain = run(index, text, &options);

			options.exhaustive = false;
			for (size_t w = 0; w < ARRAY_LEN(withouts); w++) {
				options.without = withouts[w];
				check_pruned(index, text, &options, &plain);
			}
			ndx_run_result_free(index, &plain);
		}
	}
}

static const struct {
	uint32_t count, segments;
	bool deletes;
} sizes[] = {
	{ 1, 1, false },    { 127, 1, false },  { 128, 1, true },  { 129, 1, false },
	{ 129, 3, true },   { 4095, 1, false }, { 4096, 1, true }, { 4097, 1, false },
	{ 4097, 3, false }, { 9000, 1, false }, { 9000, 4, true },
};

static void
test_sizes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		struct ndx_index *index = make_index(&ndx_env_default, sizes[i].count,
		                                     sizes[i].segments, sizes[i].deletes);

		CHECK("segments as asked for", index->manifest.segment_count == sizes[i].segments);
		check_flat(index, sizes[i].count);
		for (size_t t = 0; t < ARRAY_LEN(trees); t++)
			check_both(index, trees[t]);
		for (size_t q = 0; q < ARRAY_LEN(flat); q++)
			check_both(index, flat[q].query);
		ndx_close(index);
		clean();
	}
}

/* Each allocation fails in turn; returns how many it takes. */
static size_t
fail_in_turn(struct failing_mem *failing, const struct ndx_index *index,
             const struct ndx_query *query, const struct ndx_run_options *options)
{
	const size_t live_count = failing->live_count;
	enum ndx_status status = NDX_E_NOMEM;
	size_t fail_at = 0;

	while (status == NDX_E_NOMEM) {
		struct ndx_run_result result = { 0 };

		assert_true(++fail_at < 1000);
		failing->alloc_count = 0;
		failing->fail_at = fail_at;
		status = ndx_run(index, query, options, &result, NULL);
		failing->fail_at = 0;
		CHECK("says so",
		      status == NDX_OK || (status == NDX_E_NOMEM && result.found == NULL));
		ndx_run_result_free(index, &result);
		CHECK("leaks nothing", failing->live_count == live_count);
	}
	CHECK("then all is well", status == NDX_OK);
	return fail_at;
}

static void
test_no_memory(void **state)
{
	static const char *const queries[] = { "alfa", "alfa lima", "+alfa +echo",
		                               "+\"alfa bravo\" golf",
		                               "alfa -(bravo charlie) source:afp" };
	const struct ndx_run_options options = {
		10, true, NDX_SORT_RELEVANCE, 1.2f, 0.75f, 2, false, NULL, 0, 0, 0
	};
	struct ndx_stemmer *stemmer = NULL;
	struct failing_mem failing;
	struct ndx_index *index;

	(void)state;
	ndx_failing_mem_init(&failing, 0);
	const struct ndx_env env = { &failing.mem, &ndx_io_default };

	index = make_index(&env, 129, 2, true);
	assert_int_equal(ndx_stemmer_new(&ndx_mem_default, "none", &stemmer, NULL), NDX_OK);
	for (size_t i = 0; i < ARRAY_LEN(queries); i++) {
		struct ndx_query *query = NULL;

		assert_int_equal(ndx_query_parse(&ndx_mem_default, stemmer, queries[i],
		                                 strlen(queries[i]), false, false, &query, NULL),
		                 NDX_OK);
		CHECK(queries[i], fail_in_turn(&failing, index, query, &options) > 3);
		ndx_query_free(query);
	}
	ndx_stemmer_free(stemmer);
	ndx_close(index);
	clean();
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_sizes),
		                            cmocka_unit_test(test_no_memory) };
	int failed;

	if (mkdtemp(top) == NULL)
		return 1;
	snprintf(dir, sizeof(dir), "%s/index", top);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	clean();
	rmdir(top);
	return failed;
}
