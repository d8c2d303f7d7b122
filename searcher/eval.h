/*
 * eval.h - retrieval measures: topics, judgements, and how well a ranking does
 *
 * The measures are those of trec_eval, by its definitions.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_EVAL_H
#define NDX_SEARCHER_EVAL_H

#include "common/arena.h"
#include "common/error.h"
#include "common/text.h"

/* A question, as a searcher would put it. */
struct ndx_topic {
	const char *id, *text;
	size_t line; /* of the file, from 1 */
};

struct ndx_topics {
	struct ndx_topic *topic; /* from mem */
	size_t count, count_max;
};

/* What a judge said of an article for a topic: relevant if the grade is above 0. */
struct ndx_judgement {
	struct ndx_str topic, id;
	int grade;
};

struct ndx_judgements {
	struct ndx_judgement *item; /* from mem; by topic, then id */
	size_t count, count_max;
};

/*
 * Read topics from text[size]: JSON Lines ("id", "qid", "num" or "topic"; "query", "title" or
 * "text") if it begins with '{', TREC SGML (<num> and <title> of each <top>) if with '<', else TSV:
 * id, tab, text.  The strings come from 'arena'.  NDX_E_INPUT names the line that is none of it, or
 * has the id of another one.
 */
enum ndx_status ndx_topics_read(const struct ndx_mem *mem, struct ndx_arena *arena,
                                struct ndx_str in, struct ndx_topics *topics_ret,
                                struct ndx_err *err);
void ndx_topics_free(const struct ndx_mem *mem, struct ndx_topics *topics);

/*
 * Read lines "TOPIC ITERATION ID GRADE" (the TREC format of judgements), of which the strings point
 * into 'in'.  NDX_E_INPUT names a line that is none, or an article that is judged twice.
 */
enum ndx_status ndx_judgements_read(const struct ndx_mem *mem, struct ndx_str in,
                                    struct ndx_judgements *judgements_ret, struct ndx_err *err);
void ndx_judgements_free(const struct ndx_mem *mem, struct ndx_judgements *judgements);

/* The judgements of one topic: *count_ret of them. */
const struct ndx_judgement *ndx_judgements_of(const struct ndx_judgements *judgements,
                                              const char *topic, size_t *count_ret);

enum ndx_measure {
	NDX_MEASURE_AP, /* average precision; its mean over topics is MAP */
	NDX_MEASURE_NDCG_10,
	NDX_MEASURE_P_10,
	NDX_MEASURE_P_30,
	NDX_MEASURE_RECALL_100,
	NDX_MEASURE_RR, /* 1 / rank of the first relevant article */
	NDX_MEASURES
};

/* How a ranked article was judged is all that measures look at. */
struct ndx_ranking {
	const char *id;
	float score;
};

/*
 * Put a ranking in the order in which trec_eval reads it: by falling score, equal ones by falling
 * id.
 */
void ndx_ranking_sort(struct ndx_ranking *ranking, size_t count);

/*
 * Measure a ranking of distinct articles against the judgements of its topic.  False, and nothing
 * measured, if none of these is relevant or memory ran out (*nomem_ret).
 */
bool ndx_measure(const struct ndx_mem *mem, const struct ndx_ranking *ranking, size_t count,
                 const struct ndx_judgement *judged, size_t judged_count, double out[NDX_MEASURES],
                 bool *nomem_ret);

/*
 * Append the words of a topic as a query without operators: what the query language would take for
 * one is a space, or lower case.
 */
struct ndx_buf;
void ndx_topic_plain(const char *text, struct ndx_buf *out);

#endif
