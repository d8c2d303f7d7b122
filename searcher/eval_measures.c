/*
 * eval_measures.c - measures of a ranking, by trec_eval's definitions
 *
 *   AP         sum over relevant ranks r of (relevant up to r) / r, by the number of relevant
 *   nDCG@10    sum of grade / log2(r + 1) for r <= 10, by the same of the best possible order
 *   P@k        relevant among the first k, by k, however many were found
 *   recall@k   relevant among the first k, by the number of relevant articles
 *   RR         1 / r of the first relevant article
 *
 * An article that was not judged is not relevant.
 *
 * SPDX-License-Identifier: MIT
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "searcher/eval.h"

#define NDCG_DEPTH 10

static int
compare_rankings(const void *a, const void *b)
{
	const struct ndx_ranking *x = a, *y = b;

	if (x->score > y->score || x->score < y->score)
		return x->score > y->score ? -1 : 1;
	return strcmp(y->id, x->id);
}

void
ndx_ranking_sort(struct ndx_ranking *ranking, size_t count)
{
	if (count > 1)
		qsort(ranking, count, sizeof(*ranking), compare_rankings);
}

static int
compare_judgements(const void *a, const void *b)
{
	return ndx_str_compare(((const struct ndx_judgement *)a)->id,
	                       ((const struct ndx_judgement *)b)->id);
}

/* 0 where it was judged so, or not at all. */
static int
grade_of(const struct ndx_judgement *judged, size_t judged_count, const char *id)
{
	const struct ndx_judgement wanted = { .id = ndx_str(id) };
	const struct ndx_judgement *found =
		bsearch(&wanted, judged, judged_count, sizeof(*judged), compare_judgements);

	return found == NULL || found->grade < 0 ? 0 : found->grade;
}

static int
compare_grades(const void *a, const void *b)
{
	const int x = *(const int *)a, y = *(const int *)b;

	return (x < y) - (x > y);
}

static double
discounted(int grade, size_t rank)
{
	return (double)grade / log2((double)rank + 1);
}

/* The gain of the best order there could be. */
static double
ideal_gain(const struct ndx_judgement *judged, size_t count, int *grade)
{
	double gain = 0;

	for (size_t i = 0; i < count; i++)
		grade[i] = judged[i].grade > 0 ? judged[i].grade : 0;
	qsort(grade, count, sizeof(*grade), compare_grades);
	for (size_t i = 0; i < count && i < NDCG_DEPTH; i++)
		gain += discounted(grade[i], i + 1);
	return gain;
}

bool
ndx_measure(const struct ndx_mem *mem, const struct ndx_ranking *ranking, size_t count,
            const struct ndx_judgement *judged, size_t judged_count, double out[NDX_MEASURES],
            bool *nomem_ret)
{
	size_t relevant = 0, found = 0;
	double gain = 0, ideal;
	int *grade;

	*nomem_ret = false;
	for (size_t i = 0; i < judged_count; i++)
		relevant += judged[i].grade > 0;
	if (relevant == 0)
		return false;
	grade = ndx_alloc(mem, judged_count * sizeof(*grade));
	*nomem_ret = grade == NULL;
	if (grade == NULL)
		return false;
	ideal = ideal_gain(judged, judged_count, grade);
	ndx_free(mem, grade);
	memset(out, 0, NDX_MEASURES * sizeof(*out));
	for (size_t rank = 1; rank <= count; rank++) {
		const int g = grade_of(judged, judged_count, ranking[rank - 1].id);

		if (g == 0)
			continue;
		found++;
		gain += rank <= NDCG_DEPTH ? discounted(g, rank) : 0;
		out[NDX_MEASURE_AP] += (double)found / (double)rank;
		out[NDX_MEASURE_P_10] += rank <= 10 ? 1.0 / 10 : 0;
		out[NDX_MEASURE_P_30] += rank <= 30 ? 1.0 / 30 : 0;
		out[NDX_MEASURE_RECALL_100] += rank <= 100 ? 1 : 0;
		if (found == 1)
			out[NDX_MEASURE_RR] = 1.0 / (double)rank;
	}
	out[NDX_MEASURE_AP] /= (double)relevant;
	out[NDX_MEASURE_RECALL_100] /= (double)relevant;
	out[NDX_MEASURE_NDCG_10] = gain / ideal;
	return true;
}
