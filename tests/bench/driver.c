/*
 * driver.c - Newsdex behind the protocol by which engines race each other
 *
 *   driver index DIR < articles.jsonl    index standard input into DIR, merged to one segment;
 *                                        $THREADS worker threads (default 2)
 *   driver query DIR                     answer lines COMMAND<tab>QUERY with
 *                                        RESULT<tab>NANOSECONDS: COUNT, TOP_k,
 *                                        TOP_k_COUNT; IDS_k prints ids
 *
 * It calls what ndx calls; only BM25's parameters are those of the race (k1 = 1.2,
 * b = 0.75, a word in the title counting once).  No result is kept from one line to the next.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/docstore.h"
#include "indexer/pipeline.h"
#include "indexer/writer.h"
#include "searcher/expand.h"
#include "searcher/run.h"

static int
fail(const struct ndx_err *err)
{
	fprintf(stderr, "driver: %s\n", err->msg);
	return 2;
}

static enum ndx_status
take_batch(void *ctx, struct ndx_batch *batch, struct ndx_err *err)
{
	return ndx_writer_add_batch(ctx, batch, err);
}

static enum ndx_status
take_event(void *ctx, const struct ndx_pipeline_event *event, struct ndx_err *err)
{
	(void)ctx;
	(void)err;
	if (event->kind == NDX_PIPELINE_REJECT)
		fprintf(stderr, "driver: %.*s\n", (int)event->text.size, event->text.data);
	return NDX_OK;
}

static enum ndx_status
end_unit(void *ctx, uint64_t input_size, struct ndx_err *err)
{
	(void)ctx;
	(void)input_size;
	(void)err;
	return NDX_OK;
}

static unsigned
thread_count(void)
{
	const char *threads = getenv("THREADS");

	return threads == NULL ? 2 : (unsigned)atoi(threads);
}

static enum ndx_status
read_stdin(struct ndx_writer *writer, struct ndx_err *err)
{
	const struct ndx_pipeline_options options = { .language = "english",
		                                      .article_size_max = (size_t)64 << 20,
		                                      .jobs = thread_count() };
	const struct ndx_pipeline_handler handler = { take_batch, take_event, end_unit, writer };
	const struct ndx_pipeline_file file = { .path = "-", .id = "-" };
	struct ndx_pipeline *pipeline;
	enum ndx_status status =
		ndx_pipeline_new(&ndx_env_default, &options, &handler, &pipeline, err);

	if (status != NDX_OK)
		return status;
	status = ndx_pipeline_read(pipeline, &file, ndx_format_by_name("jsonl"), err);
	if (status == NDX_OK)
		status = ndx_pipeline_finish(pipeline, err);
	ndx_pipeline_free(pipeline);
	return status;
}

static int
index_corpus(const char *dir)
{
	const struct ndx_writer_options options = { .create = true, .jobs = thread_count() };
	struct ndx_writer *writer;
	struct ndx_err err;
	enum ndx_status status = ndx_writer_open(&ndx_env_default, dir, &options, &writer, &err);

	if (status != NDX_OK)
		return fail(&err);
	status = read_stdin(writer, &err);
	if (status == NDX_OK)
		status = ndx_writer_merge(writer, &err);
	ndx_writer_close(writer);
	return status == NDX_OK ? 0 : fail(&err);
}

struct driver {
	struct ndx_index *index;
	struct ndx_stemmer *stemmer;
	struct ndx_docstore *ids; /* one per segment */
};

static enum ndx_status
print_ids(struct driver *driver, const struct ndx_run_result *result, struct ndx_err *err)
{
	for (size_t i = 0; i < result->count; i++) {
		const struct ndx_found *found = &result->found[i];
		struct ndx_docstore *ids = &driver->ids[found->segment];
		struct ndx_str id;
		uint32_t slot;
		enum ndx_status status = ndx_docstore_slot(ids->segment, found->docid, &slot, err);

		if (status == NDX_OK)
			status = ndx_docstore_get(ids, slot, &id, err);
		if (status != NDX_OK)
			return status;
		printf("%s%.*s", i == 0 ? "" : " ", (int)id.size, id.data);
	}
	putchar('\n');
	return NDX_OK;
}

/* What a command asks for; false: it is none of ours. */
static bool
read_command(const char *command, struct ndx_run_options *options, bool *ids_ret)
{
	char rest[16] = "";
	unsigned long k = 0;

	*options = (struct ndx_run_options){ .k1 = 1.2f, .b = 0.75f, .title_weight = 1 };
	*ids_ret = false;
	if (strcmp(command, "COUNT") == 0) {
		options->want_total = true;
		return true;
	}
	if (sscanf(command, "IDS_%lu%15s", &k, rest) == 1) {
		*ids_ret = true;
	} else if (sscanf(command, "TOP_%lu%15s", &k, rest) == 2) {
		options->want_total = true;
		if (strcmp(rest, "_COUNT") != 0)
			return false;
	} else if (k == 0) {
		return false;
	}
	options->nbest = k;
	return true;
}

static int64_t
now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static enum ndx_status
answer(struct driver *driver, const char *command, const char *text, struct ndx_err *err)
{
	const int64_t began = now_ns();
	struct ndx_run_result result;
	struct ndx_run_options options;
	struct ndx_query *query;
	bool ids;
	enum ndx_status status;

	if (!read_command(command, &options, &ids)) {
		puts("UNSUPPORTED");
		return NDX_OK;
	}
	status = ndx_query_parse(driver->index->env->mem, driver->stemmer, text, strlen(text),
	                         false, false, &query, err);
	if (status != NDX_OK)
		return status;
	status = ndx_query_expand(driver->index, NDX_EXPANSIONS_MAX, query, err);
	if (status == NDX_OK)
		status = ndx_run(driver->index, query, &options, &result, err);
	if (status == NDX_OK) {
		if (ids)
			status = print_ids(driver, &result, err);
		else
			printf("%llu\t%lld\n",
			       options.want_total ? (unsigned long long)result.total : 1ULL,
			       (long long)(now_ns() - began));
		ndx_run_result_free(driver->index, &result);
	}
	ndx_query_free(query);
	return status;
}

static int
answer_lines(struct driver *driver)
{
	char *line = NULL;
	size_t size_max = 0;
	struct ndx_err err;
	enum ndx_status status = NDX_OK;

	while (status == NDX_OK && getline(&line, &size_max, stdin) > 0) {
		char *tab = strchr(line, '\t');

		line[strcspn(line, "\n")] = '\0';
		if (tab == NULL)
			continue;
		*tab = '\0';
		status = answer(driver, line, tab + 1, &err);
		fflush(stdout);
	}
	free(line);
	return status == NDX_OK ? 0 : fail(&err);
}

static int
query_index(const char *dir)
{
	struct driver driver = { 0 };
	struct ndx_err err;
	size_t count;
	int exit_status;

	if (ndx_index_open(&ndx_env_default, dir, &driver.index, &err) != NDX_OK)
		return fail(&err);
	count = driver.index->manifest.segment_count;
	driver.ids = calloc(count + 1, sizeof(*driver.ids));
	if (driver.ids == NULL || ndx_stemmer_new(&ndx_mem_default, driver.index->manifest.language,
	                                          &driver.stemmer, &err) != NDX_OK)
		return fail(&err);
	for (size_t i = 0; i < count; i++)
		ndx_docstore_init(&driver.ids[i], &driver.index->segment[i], NDX_PART_IDS);
	exit_status = answer_lines(&driver);
	for (size_t i = 0; i < count; i++)
		ndx_docstore_free(&driver.ids[i]);
	free(driver.ids);
	ndx_stemmer_free(driver.stemmer);
	ndx_close(driver.index);
	return exit_status;
}

int
main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "index") == 0)
		return index_corpus(argv[2]);
	if (argc == 3 && strcmp(argv[1], "query") == 0)
		return query_index(argv[2]);
	fputs("usage: driver index|query DIR\n", stderr);
	return 2;
}
