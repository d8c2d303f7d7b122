/*
 * cmd_stats.c - ndx stats: articles, terms, segments, bytes by part
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/cmd.h"
#include "searcher/cmd_options.h"
#include "searcher/stats.h"

enum { OPTION_JSON, OPTIONS };

static const struct ndx_cmd_option options[OPTIONS] = {
	[OPTION_JSON] = { "json", 0, NULL, "as one JSON object" },
};

static bool
take(void *ctx, size_t i, const char *argument)
{
	bool *json = ctx;

	(void)argument;
	*json = *json || i == OPTION_JSON;
	return true;
}

static bool
print(const struct ndx_stats *stats, bool json)
{
	struct ndx_buf out;
	bool ok;

	ndx_buf_init(&out, &ndx_mem_default);
	if (json)
		ndx_stats_print_json(stats, &out);
	else
		ndx_stats_print_text(stats, &out);
	ok = ndx_cmd_flush(&out);
	ndx_buf_free(&out);
	return ok;
}

int
ndx_cmd_stats(int argc, char **argv)
{
	bool json = false;
	const struct ndx_cmd_line line = {
		.synopsis = "stats [OPTION...] INDEX",
		.about = "Print what INDEX holds, and what its bytes are for.",
		.option = options,
		.option_count = OPTIONS,
		.operands_min = 1,
		.operands_max = 1,
		.take = take,
		.ctx = &json,
	};
	struct ndx_index *index;
	struct ndx_stats stats;
	struct ndx_err err;
	size_t operand_count;
	enum ndx_status status;
	int result = ndx_cmd_line_read(&line, argc, argv, &operand_count);

	if (result != -1)
		return result;
	if (ndx_open(argv[1], &index, &err) != NDX_OK)
		return ndx_cmd_fail(&err);
	status = ndx_stats_collect(index, &stats, &err);
	ndx_close(index);
	if (status != NDX_OK)
		return ndx_cmd_fail(&err);
	return print(&stats, json) ? NDX_CMD_DONE : NDX_CMD_TROUBLE;
}
