/*
 * cmd_eval.c - ndx eval: how well an index answers topics that were judged
 *
 * SPDX-License-Identifier: MIT
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/impact.h"
#include "searcher/cmd.h"
#include "searcher/cmd_options.h"
#include "searcher/eval.h"
#include "searcher/json_out.h"
#include "searcher/print.h"

#define DEPTH     1000 /* hits that are measured */
#define FILE_STEP ((size_t)64 << 10)

struct settings {
	struct ndx_search_options search;
	const char *tag;
	bool per_topic, syntax, json, trec;
};

enum {
	OPTION_ALL,
	OPTION_B,
	OPTION_FORMAT,
	OPTION_K1,
	OPTION_LIMIT,
	OPTION_PER_TOPIC,
	OPTION_RANK,
	OPTION_SYNTAX,
	OPTION_TAG,
	OPTION_TITLE_WEIGHT,
	OPTIONS
};

static const struct ndx_cmd_option options[OPTIONS] = {
	/* clang-format off */
	[OPTION_LIMIT] = { "limit", 'n', "N", "hits of each topic that are measured (1000)" },
	[OPTION_PER_TOPIC] = { "per-topic", 'q', NULL, "print the measures of each topic, too" },
	[OPTION_SYNTAX] = { "syntax", 0, NULL, "topics are in the query language, not plain words" },
	[OPTION_ALL] = { "all", 'a', NULL, "every word or clause is required" },
	[OPTION_FORMAT] = { "format", 0, "FORMAT", "text (default), json, or trec: the hits as a run" },
	[OPTION_TAG] = { "tag", 0, "TAG", "the run's name in trec output (ndx)" },
	[OPTION_RANK] = { "rank", 0, "HOW", "bm25 (default), or proximity: words near each other count" },
	[OPTION_K1] = { "k1", 0, "X", "BM25: how soon repeating a word stops counting (1.3)" },
	[OPTION_B] = { "b", 0, "X", "BM25: how much long articles are held back (0.75)" },
	[OPTION_TITLE_WEIGHT] = { "title-weight", 0, "X", "what a word in the title counts (2)" },
	/* clang-format on */
};

static const char *const measure_name[NDX_MEASURES] = { "MAP",  "nDCG@10",    "P@10",
	                                                "P@30", "recall@100", "RR" };

static bool
take_format(const char *text, struct settings *settings)
{
	settings->json = strcmp(text, "json") == 0;
	settings->trec = strcmp(text, "trec") == 0;
	if (settings->json || settings->trec || strcmp(text, "text") == 0)
		return true;
	ndx_cmd_say("--format '%s': text, json or trec is expected", text);
	return false;
}

static bool
take(void *ctx, size_t i, const char *argument)
{
	struct settings *settings = ctx;
	struct ndx_search_options *search = &settings->search;

	switch (i) {
	case OPTION_ALL:
		search->flags |= NDX_ALL;
		return true;
	case OPTION_B:
		return ndx_cmd_float("b", argument, &search->b);
	case OPTION_FORMAT:
		return take_format(argument, settings);
	case OPTION_K1:
		return ndx_cmd_float("k1", argument, &search->k1);
	case OPTION_LIMIT:
		return ndx_cmd_number("limit", argument, 0, SIZE_MAX, &search->nhits_max);
	case OPTION_PER_TOPIC:
		settings->per_topic = true;
		return true;
	case OPTION_RANK:
		return ndx_cmd_rank(argument, &search->flags);
	case OPTION_SYNTAX:
		settings->syntax = true;
		return true;
	case OPTION_TAG:
		settings->tag = argument;
		return true;
	case OPTION_TITLE_WEIGHT:
		return ndx_cmd_float("title-weight", argument, &search->title_weight);
	default:
		return false;
	}
}

/* A whole file; false if that has been said to fail. */
static bool
read_file(const char *path, struct ndx_buf *out)
{
	FILE *file = fopen(path, "rbe");
	size_t got = 1;

	if (file == NULL) {
		ndx_cmd_say("cannot open '%s': %s", path, strerror(errno));
		return false;
	}
	while (got > 0) {
		uint8_t *to = ndx_buf_reserve(out, FILE_STEP);

		got = to == NULL ? 0 : fread(to, 1, FILE_STEP, file);
		out->size += got;
	}
	if (ndx_buf_failed(out))
		ndx_cmd_say("cannot read '%s': out of memory", path);
	else if (ferror(file))
		ndx_cmd_say("cannot read '%s': %s", path, strerror(errno));
	got = ndx_buf_failed(out) || ferror(file);
	fclose(file);
	return got == 0;
}

/* All that an evaluation goes through, and what has come of it. */
struct evaluation {
	const struct settings *settings;
	const struct ndx_index *index;
	struct ndx_topics topics;
	struct ndx_judgements judgements;
	struct ndx_buf out, query;
	struct ndx_json_out json;
	double sum[NDX_MEASURES];
	size_t measured; /* topics */
};

static void
print_measures(struct evaluation *e, const char *topic, const double value[NDX_MEASURES])
{
	struct ndx_json_out *json = &e->json;

	if (!e->settings->json) {
		ndx_buf_printf(&e->out, "%-10s", topic);
		for (size_t i = 0; i < NDX_MEASURES; i++)
			ndx_buf_printf(&e->out, " %10.4f", value[i]);
		ndx_buf_add_u8(&e->out, '\n');
		return;
	}
	ndx_json_out_begin(json, NULL, "{");
	ndx_json_out_text(json, "topic", topic);
	for (size_t i = 0; i < NDX_MEASURES; i++)
		ndx_json_out_float(json, measure_name[i], (float)value[i]);
	ndx_json_out_end(json, "}");
}

static void
print_begin(struct evaluation *e)
{
	if (e->settings->json) {
		ndx_json_out_begin(&e->json, NULL, "{");
		if (e->settings->per_topic)
			ndx_json_out_begin(&e->json, "topics", "[");
	} else if (!e->settings->trec) {
		ndx_buf_printf(&e->out, "%-10s", "topic");
		for (size_t i = 0; i < NDX_MEASURES; i++)
			ndx_buf_printf(&e->out, " %10s", measure_name[i]);
		ndx_buf_add_u8(&e->out, '\n');
	}
}

static void
print_end(struct evaluation *e)
{
	double mean[NDX_MEASURES];

	for (size_t i = 0; i < NDX_MEASURES; i++)
		mean[i] = e->measured == 0 ? 0 : e->sum[i] / (double)e->measured;
	if (e->settings->json) {
		if (e->settings->per_topic)
			ndx_json_out_end(&e->json, "]");
		ndx_json_out_uint(&e->json, "measured", e->measured);
		for (size_t i = 0; i < NDX_MEASURES; i++)
			ndx_json_out_float(&e->json, measure_name[i], (float)mean[i]);
		ndx_json_out_end(&e->json, "}\n");
	} else if (!e->settings->trec) {
		print_measures(e, "mean", mean);
		ndx_buf_printf(&e->out, "%zu topic%s\n", e->measured, e->measured == 1 ? "" : "s");
	}
}

static void
print_run(struct evaluation *e, const char *topic, const struct ndx_hits *hits)
{
	const struct ndx_print_facts facts = { .qid = topic, .tag = e->settings->tag };
	struct ndx_printer printer;

	if (!ndx_printer_init(&printer, "trec", &facts, &e->out))
		return;
	ndx_printer_begin(&printer);
	for (size_t i = 0; i < ndx_hits_count(hits); i++)
		ndx_printer_hit(&printer, ndx_hits_get(hits, i), NULL);
	ndx_printer_end(&printer);
	ndx_printer_free(&printer);
}

static bool
measure_hits(struct evaluation *e, const char *topic, const struct ndx_hits *hits)
{
	const size_t count = ndx_hits_count(hits);
	struct ndx_ranking *ranking = ndx_alloc(&ndx_mem_default, (count + 1) * sizeof(*ranking));
	const struct ndx_judgement *judged;
	double value[NDX_MEASURES];
	bool nomem = ranking == NULL;
	size_t judged_count;

	for (size_t i = 0; !nomem && i < count; i++)
		ranking[i] = (struct ndx_ranking){ ndx_hits_get(hits, i)->article.id,
			                           ndx_hits_get(hits, i)->score };
	judged = ndx_judgements_of(&e->judgements, topic, &judged_count);
	if (!nomem) {
		ndx_ranking_sort(ranking, count);
		if (ndx_measure(&ndx_mem_default, ranking, count, judged, judged_count, value,
		                &nomem)) {
			for (size_t i = 0; i < NDX_MEASURES; i++)
				e->sum[i] += value[i];
			e->measured++;
			if (e->settings->per_topic)
				print_measures(e, topic, value);
		}
	}
	ndx_free(&ndx_mem_default, ranking);
	if (nomem)
		ndx_cmd_say("out of memory");
	return !nomem;
}

static bool
run_topic(struct evaluation *e, const struct ndx_topic *topic)
{
	struct ndx_hits *hits;
	struct ndx_err err;
	bool ok = true;

	ndx_buf_clear(&e->query);
	if (e->settings->syntax)
		ndx_buf_add_str(&e->query, topic->text);
	else
		ndx_topic_plain(topic->text, &e->query);
	ndx_buf_add_u8(&e->query, '\0');
	if (ndx_buf_failed(&e->query)) {
		ndx_cmd_say("out of memory");
		return false;
	}
	if (ndx_search(e->index, (const char *)e->query.data, &e->settings->search, &hits, &err) !=
	    NDX_OK) {
		ndx_cmd_say("topic '%s': %s", topic->id, err.msg);
		return false;
	}
	if (e->settings->syntax && ndx_hits_notice(hits, 0) != NULL)
		ndx_cmd_say("topic '%s': %s", topic->id, ndx_hits_notice(hits, 0));
	if (e->settings->trec)
		print_run(e, topic->id, hits);
	else
		ok = measure_hits(e, topic->id, hits);
	ndx_hits_free(hits);
	return ok && ndx_cmd_flush(&e->out);
}

static int
evaluate(struct evaluation *e)
{
	bool ok = true;

	print_begin(e);
	for (size_t i = 0; ok && i < e->topics.count; i++)
		ok = run_topic(e, &e->topics.topic[i]);
	if (!ok)
		return NDX_CMD_TROUBLE;
	print_end(e);
	if (!ndx_cmd_flush(&e->out))
		return NDX_CMD_TROUBLE;
	if (!e->settings->trec && e->measured == 0)
		ndx_cmd_say("no topic has a relevant article in the judgements");
	return e->settings->trec || e->measured > 0 ? NDX_CMD_DONE : NDX_CMD_NOTHING;
}

static int
evaluate_files(const struct settings *settings, char **argv)
{
	const struct ndx_mem *mem = &ndx_mem_default;
	struct evaluation e = { .settings = settings };
	struct ndx_arena *arena = ndx_arena_new(mem);
	struct ndx_index *index = NULL;
	struct ndx_buf topics, judged;
	struct ndx_err err;
	int result = NDX_CMD_TROUBLE, os_error;

	ndx_buf_init(&topics, mem);
	ndx_buf_init(&judged, mem);
	ndx_buf_init(&e.out, mem);
	ndx_buf_init(&e.query, mem);
	e.json.out = &e.out;
	if (arena == NULL)
		ndx_cmd_say("out of memory");
	else if (ndx_open(argv[1], &index, &err) != NDX_OK)
		ndx_cmd_fail(&err);
	else if (!read_file(argv[2], &topics) || !read_file(argv[3], &judged))
		result = NDX_CMD_TROUBLE;
	else if (ndx_topics_read(mem, arena,
	                         (struct ndx_str){ (const char *)topics.data, topics.size },
	                         &e.topics, &err) != NDX_OK)
		ndx_cmd_say("'%s': %s", argv[2], err.msg);
	else if (ndx_judgements_read(mem,
	                             (struct ndx_str){ (const char *)judged.data, judged.size },
	                             &e.judgements, &err) != NDX_OK)
		ndx_cmd_say("'%s': %s", argv[3], err.msg);
	else {
		e.index = index;
		result = evaluate(&e);
	}
	os_error = errno; /* of the output: whoever called us tells it */
	ndx_topics_free(mem, &e.topics);
	ndx_judgements_free(mem, &e.judgements);
	ndx_buf_free(&topics);
	ndx_buf_free(&judged);
	ndx_buf_free(&e.out);
	ndx_buf_free(&e.query);
	ndx_arena_free(arena);
	ndx_close(index);
	errno = os_error;
	return result;
}

int
ndx_cmd_eval(int argc, char **argv)
{
	struct settings settings = {
		.search = { .nhits_max = DEPTH,
		            .flags = NDX_IDS_ONLY | NDX_NO_TOTAL,
		            .params_set = true,
		            .k1 = NDX_K1,
		            .b = NDX_B,
		            .title_weight = NDX_TITLE_WEIGHT },
		.tag = "ndx",
	};
	const struct ndx_cmd_line line = {
		.synopsis = "eval [OPTION...] INDEX TOPICS QRELS",
		.about = "Answer the questions in the file TOPICS from INDEX, and print how well "
			 "that\nagrees with the judgements in the file QRELS.",
		.option = options,
		.option_count = OPTIONS,
		.operands_min = 3,
		.operands_max = 3,
		.take = take,
		.ctx = &settings,
	};
	size_t operand_count;
	const int result = ndx_cmd_line_read(&line, argc, argv, &operand_count);

	return result != -1 ? result : evaluate_files(&settings, argv);
}
