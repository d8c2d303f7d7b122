/*
 * compare.c - see compare.h
 *
 * SPDX-License-Identifier: MIT
 */
#include "tests/oracle/compare.h"
#include "searcher/expand.h"

#include <math.h>

/* Scores that differ by less, relative to the larger, may be the same number rounded twice. */
#define SCORE_TOLERANCE 1e-6

#define LISTED_MAX 40 /* hits of a list that are printed */

/* The answers to one question. */
struct answers {
	const struct built *built;
	const struct scan *scan;
	const struct question *question;
	struct ndx_query *query;
	struct ndx_run_result pruned, exhaustive;
	struct scan_hit *scanned; /* all of them; [ndx_scan_count()] */
	size_t scanned_count;
	float *score;  /* by article: what the scan gave it ... */
	uint8_t *seen; /* ... 1: it matches, 2: and has been found */
};

static bool
close_to(float a, float b)
{
	const double larger = fmax(fabs((double)a), fabs((double)b));

	return a == b || fabs((double)a - (double)b) <= SCORE_TOLERANCE * larger;
}

static bool
same_found(const struct ndx_found *a, const struct ndx_found *b)
{
	return a->segment == b->segment && a->docid == b->docid && a->date == b->date &&
	       a->score == b->score;
}

/* Two runs over the index agree to the bit; what is wrong, or NULL. */
static const char *
compare_runs(const struct answers *a)
{
	if (a->pruned.count != a->exhaustive.count)
		return "pruned and exhaustive find a different number";
	if (a->question->options.want_total && a->pruned.total != a->exhaustive.total)
		return "pruned and exhaustive have different totals";
	for (size_t i = 0; i < a->pruned.count; i++)
		if (!same_found(&a->pruned.found[i], &a->exhaustive.found[i]))
			return "pruned and exhaustive differ";
	return NULL;
}

/* One hit, where the scan has scanned[rank]; what is wrong, or NULL. */
static const char *
compare_hit(struct answers *a, const struct ndx_found *found, size_t rank)
{
	const struct scan_hit *scanned = &a->scanned[rank];
	const size_t i = ndx_built_article(a->built, found);
	const struct ndx_article *article;
	const bool ranked = a->question->options.sort == NDX_SORT_RELEVANCE;

	if (i == SIZE_MAX)
		return "an article that does not exist is found";
	article = &ndx_scan_get(a->scan, i)->article;
	if (a->seen[i] != 1)
		return a->seen[i] == 0 ? "an article that does not match is found"
		                       : "an article is found twice";
	a->seen[i] = 2;
	if (found->date != (article->has_date ? article->date.utc : NDX_NO_DATE))
		return "a date is wrong";
	if (!close_to(found->score, a->score[i]))
		return "a score is wrong";
	/* Only where the scan sees a difference too small to insist on may two change places. */
	if (i != scanned->article &&
	    (!ranked || a->score[i] == scanned->score || !close_to(a->score[i], scanned->score)))
		return "the order is wrong";
	return NULL;
}

/* A run over the index and the scan agree; what is wrong, or NULL. */
static const char *
compare_scan(struct answers *a, const struct ndx_run_result *result)
{
	const struct ndx_run_options *options = &a->question->options;
	const size_t count = options->nbest < a->scanned_count ? options->nbest : a->scanned_count;
	const char *wrong = NULL;

	if (options->want_total && result->total != a->scanned_count)
		return "the total is wrong";
	if (!options->want_total && result->total > a->scanned_count)
		return "the total is above what there is";
	if (result->count != count)
		return "the number of hits is wrong";
	memset(a->seen, 0, ndx_scan_count(a->scan));
	for (size_t i = 0; i < a->scanned_count; i++) {
		a->score[a->scanned[i].article] = a->scanned[i].score;
		a->seen[a->scanned[i].article] = 1;
	}
	for (size_t i = 0; i < count && wrong == NULL; i++)
		wrong = compare_hit(a, &result->found[i], i);
	return wrong;
}

/* The leaves of the query by themselves; what is wrong, or NULL. */
static const char *
compare_leaves(const struct answers *a, const struct ndx_leaf_stats *stats, const float *part,
               size_t count)
{
	float sum = 0;

	for (size_t i = 0; i < count; i++) {
		const struct ndx_node *leaf = stats[i].node;

		sum += part[i];
		if (leaf->kind == NDX_NODE_TERM &&
		    stats[i].df != ndx_scan_df(a->scan, leaf->field, leaf->term.term))
			return "the df of a term is wrong";
	}
	if (a->question->options.half_life_s > 0)
		sum *= ndx_recency(&a->question->options, a->pruned.found[0].date);
	return sum == a->pruned.found[0].score ? NULL : "the parts of a score do not add up to it";
}

/* The explanation of the first hit; what is wrong, or NULL. */
static const char *
compare_explanation(const struct answers *a, struct ndx_err *err)
{
	const struct ndx_index *index = a->built->index;
	const struct ndx_run_options *options = &a->question->options;
	const struct ndx_leaf_stats *stats = a->pruned.stats;
	const size_t count = a->pruned.stats_count;
	const char *wrong = err->msg;
	float *part;

	if (a->pruned.count == 0 || options->sort != NDX_SORT_RELEVANCE)
		return NULL;
	part = ndx_alloc_zero(&ndx_mem_default, count + 1, sizeof(*part));
	if (part != NULL && ndx_run_score_parts(index, a->query, options, &a->pruned.found[0], 1,
	                                        part, err) == NDX_OK)
		wrong = compare_leaves(a, stats, part, count);
	ndx_free(&ndx_mem_default, part);
	return wrong;
}

static void
print_hit(const struct answers *a, size_t article, float score, struct ndx_buf *out)
{
	const struct ndx_article *x =
		article == SIZE_MAX ? NULL : &ndx_scan_get(a->scan, article)->article;

	ndx_buf_printf(out, "    %.9g  ", (double)score);
	if (x == NULL)
		ndx_buf_add_str(out, "no such article\n");
	else if (x->has_date)
		ndx_buf_printf(out, "%s  (date %lld)\n", x->id.data, (long long)x->date.utc);
	else
		ndx_buf_printf(out, "%s  (undated)\n", x->id.data);
}

static void
print_run(const struct answers *a, const char *name, const struct ndx_run_result *result,
          struct ndx_buf *out)
{
	ndx_buf_printf(out, "  %s: %zu hits, total %llu\n", name, result->count,
	               (unsigned long long)result->total);
	for (size_t i = 0; i < result->count && i < LISTED_MAX; i++)
		print_hit(a, ndx_built_article(a->built, &result->found[i]), result->found[i].score,
		          out);
}

static void
print_question(const struct answers *a, struct ndx_buf *out)
{
	const struct question *q = a->question;

	ndx_buf_printf(out,
	               "  query: %s%s\n  nbest %zu, want_total %d, sort %d, k1 %g, b %g, "
	               "title_weight %g, half-life %lld s from %lld, without %u, kernels %s\n",
	               q->all ? "(all) " : "", q->text, q->options.nbest, q->options.want_total,
	               (int)q->options.sort, (double)q->options.k1, (double)q->options.b,
	               (double)q->options.title_weight, (long long)q->options.half_life_s,
	               (long long)q->options.as_of, q->options.without,
	               q->kernels == NULL ? "best" : q->kernels);
	ndx_buf_add_str(out, "  read as: ");
	ndx_query_print(a->query, out);
	ndx_buf_add_str(out, "\n");
}

static void
print_answers(const struct answers *a, const char *wrong, struct ndx_buf *out)
{
	ndx_buf_printf(out, "  %s\n", wrong);
	print_question(a, out);
	ndx_buf_printf(out, "  scan: %zu match\n", a->scanned_count);
	for (size_t i = 0; i < a->scanned_count && i < LISTED_MAX; i++)
		print_hit(a, a->scanned[i].article, a->scanned[i].score, out);
	print_run(a, "index, exhaustive", &a->exhaustive, out);
	print_run(a, "index", &a->pruned, out);
}

/* The table of this name, or where the processor lacks it the best. */
static void
use_kernels(struct ndx_index *index, const char *name)
{
	const struct ndx_kernels *kernels = ndx_kernels_get(name);

	for (size_t i = 0; i < index->manifest.segment_count; i++)
		index->segment[i].kernels = kernels != NULL ? kernels : ndx_kernels_get(NULL);
}

/* Ask all three; what is wrong, or NULL. */
static const char *
ask(struct answers *a, struct ndx_err *err)
{
	const struct question *q = a->question;
	struct ndx_run_options exhaustive = q->options;
	const char *wrong;

	exhaustive.exhaustive = true;
	use_kernels(a->built->index, q->kernels);
	a->scanned_count = ndx_scan_search(a->scan, a->query, &q->options, a->scanned);
	if (ndx_run(a->built->index, a->query, &exhaustive, &a->exhaustive, err) != NDX_OK ||
	    ndx_run(a->built->index, a->query, &q->options, &a->pruned, err) != NDX_OK)
		return err->msg;
	wrong = compare_scan(a, &a->exhaustive);
	if (wrong == NULL)
		wrong = compare_scan(a, &a->pruned);
	if (wrong == NULL)
		wrong = compare_runs(a);
	if (wrong == NULL)
		wrong = compare_explanation(a, err);
	return wrong;
}

bool
ndx_compare(const struct built *built, const struct scan *scan, const struct question *question,
            bool verbose, struct ndx_buf *out)
{
	struct answers a = { .built = built, .scan = scan, .question = question };
	const size_t count = ndx_scan_count(scan) + 1;
	struct ndx_err err = { 0 };
	const char *wrong;

	a.scanned = ndx_alloc(&ndx_mem_default, count * sizeof(*a.scanned));
	a.score = ndx_alloc_zero(&ndx_mem_default, count, sizeof(*a.score));
	a.seen = ndx_alloc(&ndx_mem_default, count);
	ndx_built_need(a.scanned != NULL && a.score != NULL && a.seen != NULL, "out of memory",
	               NULL);
	ndx_built_need(ndx_query_parse(&ndx_mem_default, ndx_scan_stemmer(scan), question->text,
	                               strlen(question->text), question->all, false, &a.query,
	                               &err) == NDX_OK,
	               "parsing a query", &err);
	ndx_built_need(ndx_query_expand(built->index, NDX_EXPANSIONS_MAX, a.query, &err) == NDX_OK,
	               "expanding a query", &err);
	wrong = ask(&a, &err);
	if (out != NULL && (wrong != NULL || verbose))
		print_answers(&a, wrong == NULL ? "agreed" : wrong, out);
	ndx_run_result_free(built->index, &a.exhaustive);
	ndx_run_result_free(built->index, &a.pruned);
	ndx_query_free(a.query);
	ndx_free(&ndx_mem_default, a.scanned);
	ndx_free(&ndx_mem_default, a.score);
	ndx_free(&ndx_mem_default, a.seen);
	return wrong == NULL;
}
