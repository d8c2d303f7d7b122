/*
 * oracle.c - the index says what a scan of the articles says, for random articles and queries
 *
 *   oracle [PAIRS] [--pairs PAIRS] [--seed SEED] [--corpus NUMBER [--query NUMBER]]
 *
 * A pair is a corpus and a query.  Everything is made from SEED and the numbers of the
 * corpus and the query, so that the last two options repeat one failure alone.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/oracle/built.h"
#include "tests/oracle/compare.h"
#include "tests/oracle/contents.h"
#include "tests/oracle/random_query.h"

#define PAIRS_DEFAULT      20000
#define QUERIES_PER_CORPUS 100
#define FAILED_MAX         5 /* told in full, then the run ends */
#define ARTICLES_SHOWN_MAX 50
#define SHRINK_SECONDS     20

struct run {
	uint64_t pairs, seed;
	uint64_t corpus, query; /* UINT64_MAX: all */
	char dir[400];          /* indexes are made in here */
	uint64_t passed, failed;
};

/* A corpus while queries are put to it. */
struct setting {
	const struct run *run;
	uint64_t number;
	struct random_corpus corpus;
	struct scan *scan;
	struct built built;
};

static void
make_question(struct random *r, const struct setting *setting, struct ndx_buf *text,
              struct question *question_ret)
{
	static const float k1s[] = { 0, 0.5f, 3, 1000 }, bs[] = { 0, 0.3f, 1 };
	const size_t nbests[] = { 0,       1, 1, 10, 10, 10, 100, ndx_scan_count(setting->scan) + 5,
		                  SIZE_MAX };
	static const float title_weights[] = { 1, 2, 3.5f };
	static const char *const kernels[] = { NULL, NULL, "avx512", "avx512vl", "avx2", "scalar" };
	static const int64_t half_lives[] = { 1, 86400, 100 * 86400 };
	const bool usual = random_percent(r, 60), recent = random_percent(r, 20);

	ndx_buf_clear(text);
	ndx_random_query(&setting->corpus, setting->scan, r, text);
	ndx_built_need(!ndx_buf_failed(text), "out of memory", NULL);
	*question_ret = (struct question){
		.text = (const char *)text->data,
		.all = random_percent(r, 10),
		.options = {
			.nbest = nbests[random_below(r, 9)],
			.want_total = random_percent(r, 60),
			.sort = random_percent(r, 75)   ? NDX_SORT_RELEVANCE
			        : random_percent(r, 50) ? NDX_SORT_NEWEST
			                                : NDX_SORT_OLDEST,
			.k1 = usual ? 1.2f : k1s[random_below(r, 4)],
			.b = usual ? 0.75f : bs[random_below(r, 3)],
			.title_weight = title_weights[random_below(r, 3)],
			.half_life_s = recent ? half_lives[random_below(r, 3)] : 0,
			.as_of = recent ? 86400 * ((int64_t)random_below(r, 9) - 4) : 0,
			.without = random_percent(r, 50) ? (unsigned)random_below(r, NDX_WITHOUT_ALL + 1) : 0,
		},
		.kernels = kernels[random_below(r, sizeof(kernels) / sizeof(kernels[0]))],
	};
}

/* Does the question still fail where these articles are an index that was made in one go? */
static bool
fails_plainly(const struct setting *setting, const struct scan *scan,
              const struct question *question)
{
	char dir[sizeof(setting->run->dir) + 10];
	struct built built;
	bool agreed;

	snprintf(dir, sizeof(dir), "%s/plain", setting->run->dir);
	ndx_built_plain(&built, dir, &setting->corpus, scan);
	agreed = ndx_compare(&built, scan, question, false, NULL);
	ndx_built_free(&built);
	return !agreed;
}

/* The articles of 'scan' without the 'count' from 'first' on. */
static struct scan *
without(const struct setting *setting, const struct scan *scan, size_t first, size_t count)
{
	struct scan *fewer = ndx_scan_new(setting->corpus.language);

	for (size_t i = 0; i < ndx_scan_count(scan); i++)
		if (i < first || i - first >= count)
			ndx_scan_put(fewer, &ndx_scan_get(scan, i)->article);
	return fewer;
}

/* For a while, take away articles as long as the question fails without them; frees 'scan'. */
static struct scan *
shrink_articles(const struct setting *setting, struct scan *scan, const struct question *question)
{
	const time_t end = time(NULL) + SHRINK_SECONDS;

	for (size_t count = ndx_scan_count(scan) / 2; count > 0; count /= 2)
		for (size_t first = 0; first < ndx_scan_count(scan) && time(NULL) < end;) {
			struct scan *fewer = without(setting, scan, first, count);

			if (fails_plainly(setting, fewer, question)) {
				ndx_scan_free(scan);
				scan = fewer;
			} else {
				ndx_scan_free(fewer);
				first += count;
			}
		}
	return scan;
}

static char *
copy_text(const char *text)
{
	char *copy = strdup(text);

	if (copy == NULL)
		abort();
	return copy;
}

/* Take words out of the query, in place, as long as it fails without them. */
static void
shrink_text(const struct built *built, const struct scan *scan, struct question *question,
            char *text)
{
	char *word = text;

	question->text = text;
	while (*word != '\0') {
		const size_t size = strcspn(word, " ") + strspn(word + strcspn(word, " "), " ");
		char *whole = copy_text(text);

		memmove(word, word + size, strlen(word + size) + 1);
		if (ndx_compare(built, scan, question, false, NULL)) {
			strcpy(text, whole);
			word += size;
		}
		free(whole);
	}
}

static void
print_articles(const struct scan *scan)
{
	for (size_t i = 0; i < ndx_scan_count(scan); i++) {
		const struct ndx_article *a = &ndx_scan_get(scan, i)->article;

		printf("  article '%s' %s%lld source '%s' section '%s' author '%s' language '%s'\n"
		       "    title%s: %s\n    text: %s\n",
		       a->id.data, a->has_date ? "date " : "undated ", (long long)a->date.utc,
		       a->source.data, a->section.data, a->author.data, a->language.data,
		       a->title_is_made ? " (made)" : "", a->title.data, a->text.data);
	}
}

static void
print_comparison(const struct built *built, const struct scan *scan,
                 const struct question *question)
{
	struct ndx_buf out;

	ndx_buf_init(&out, &ndx_mem_default);
	ndx_compare(built, scan, question, true, &out);
	printf("%.*s", (int)out.size, (const char *)out.data);
	ndx_buf_free(&out);
}

/* The same failure with as few articles as it takes, if it does not take deletions or segments. */
static void
report_plain(const struct setting *setting, struct question *question, char *text)
{
	struct scan *scan = without(setting, setting->scan, 0, 0);
	char dir[sizeof(setting->run->dir) + 10];
	struct built built;

	if (!fails_plainly(setting, scan, question)) {
		printf("only with the index as it was made:\n%.*s", (int)setting->built.log.size,
		       (const char *)setting->built.log.data);
		if (ndx_scan_count(scan) <= ARTICLES_SHOWN_MAX)
			print_articles(scan);
		ndx_scan_free(scan);
		return;
	}
	scan = shrink_articles(setting, scan, question);
	snprintf(dir, sizeof(dir), "%s/small", setting->run->dir);
	ndx_built_plain(&built, dir, &setting->corpus, scan);
	shrink_text(&built, scan, question, text);
	printf("in the least index, made in one go, of %zu articles:\n", ndx_scan_count(scan));
	if (ndx_scan_count(scan) <= ARTICLES_SHOWN_MAX)
		print_articles(scan);
	print_comparison(&built, scan, question);
	ndx_built_free(&built);
	ndx_scan_free(scan);
}

static void
report(const struct setting *setting, uint64_t query, const struct question *question)
{
	struct question shorter = *question;
	char *text = copy_text(question->text);

	printf("FAILED: --seed %llu --corpus %llu --query %llu\n",
	       (unsigned long long)setting->run->seed, (unsigned long long)setting->number,
	       (unsigned long long)query);
	printf("  corpus: %zu articles in %zu segments, language %s, %zu words, %zu dates\n",
	       ndx_scan_count(setting->scan), setting->built.index->manifest.segment_count,
	       setting->corpus.language, setting->corpus.word_count, setting->corpus.day_count);
	print_comparison(&setting->built, setting->scan, question);
	shrink_text(&setting->built, setting->scan, &shorter, text);
	fflush(stdout);
	printf("with the shortest query:\n");
	print_comparison(&setting->built, setting->scan, &shorter);
	report_plain(setting, &shorter, text);
	fflush(stdout);
	free(text);
}

static void
put_queries(struct run *run, const struct setting *setting)
{
	struct question question;
	struct ndx_buf text;

	ndx_buf_init(&text, &ndx_mem_default);
	for (uint64_t q = 0; q < QUERIES_PER_CORPUS && run->passed + run->failed < run->pairs;
	     q++) {
		struct random r = random_of(run->seed, setting->number, q + 1);

		if (run->query != UINT64_MAX && run->query != q)
			continue;
		make_question(&r, setting, &text, &question);
		if (ndx_compare(&setting->built, setting->scan, &question, false, NULL)) {
			run->passed++;
			if (run->query != UINT64_MAX)
				print_comparison(&setting->built, setting->scan, &question);
			continue;
		}
		run->failed++;
		report(setting, q, &question);
		if (run->failed == FAILED_MAX)
			break;
	}
	ndx_buf_free(&text);
}

/* False, and a failure, if the index does not hold the articles: no query can tell more then. */
static bool
check_contents(struct run *run, const struct setting *setting)
{
	struct ndx_buf out;
	bool good;

	ndx_buf_init(&out, &ndx_mem_default);
	good = ndx_contents_check(&setting->built, setting->scan, &out);
	if (!good) {
		run->failed++;
		printf("FAILED: --seed %llu --corpus %llu: the index does not hold the articles\n"
		       "%.*smade by:\n%.*s",
		       (unsigned long long)run->seed, (unsigned long long)setting->number,
		       (int)out.size, (const char *)out.data, (int)setting->built.log.size,
		       (const char *)setting->built.log.data);
		print_articles(setting->scan);
	}
	ndx_buf_free(&out);
	return good;
}

static void
run_corpus(struct run *run, uint64_t number)
{
	struct random r = random_of(run->seed, number, 0);
	struct setting setting = { .run = run, .number = number };
	char dir[sizeof(run->dir) + 40];

	ndx_random_corpus(&r, number, &setting.corpus);
	setting.scan = ndx_scan_new(setting.corpus.language);
	snprintf(dir, sizeof(dir), "%s/corpus-%llu", run->dir, (unsigned long long)number);
	ndx_built_random(&setting.built, dir, &setting.corpus, &r, setting.scan);
	if (check_contents(run, &setting))
		put_queries(run, &setting);
	ndx_built_free(&setting.built);
	ndx_scan_free(setting.scan);
}

static bool
read_options(struct run *run, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		uint64_t *number = strcmp(argv[i], "--pairs") == 0    ? &run->pairs
		                   : strcmp(argv[i], "--seed") == 0   ? &run->seed
		                   : strcmp(argv[i], "--corpus") == 0 ? &run->corpus
		                   : strcmp(argv[i], "--query") == 0  ? &run->query
		                                                      : NULL;
		char *end;

		i += number != NULL;
		if (i == argc)
			return false;
		if (number == NULL)
			number = &run->pairs;
		*number = strtoull(argv[i], &end, 10);
		if (end == argv[i] || *end != '\0')
			return false;
	}
	return true;
}

int
main(int argc, char **argv)
{
	struct run run = { PAIRS_DEFAULT, (uint64_t)time(NULL), UINT64_MAX, UINT64_MAX, "", 0, 0 };
	const char *tmp = getenv("TMPDIR");

	if (!read_options(&run, argc, argv)) {
		fputs("usage: oracle [--pairs N] [--seed N] [--corpus N [--query N]]\n", stderr);
		return 2;
	}
	snprintf(run.dir, sizeof(run.dir), "%s/oracle.XXXXXX", tmp == NULL ? "/tmp" : tmp);
	if (mkdtemp(run.dir) == NULL) {
		perror(run.dir);
		return 2;
	}
	printf("oracle: %llu pairs, seed %llu\n", (unsigned long long)run.pairs,
	       (unsigned long long)run.seed);
	fflush(stdout);
	if (run.corpus != UINT64_MAX)
		run_corpus(&run, run.corpus);
	for (uint64_t n = 0; run.corpus == UINT64_MAX && run.failed < FAILED_MAX; n++) {
		if (run.passed + run.failed >= run.pairs)
			break;
		run_corpus(&run, n);
	}
	rmdir(run.dir);
	printf("oracle: %llu passed, %llu failed\n", (unsigned long long)run.passed,
	       (unsigned long long)run.failed);
	return run.failed == 0 && run.passed > 0 ? 0 : 1;
}
