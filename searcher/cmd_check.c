/*
 * cmd_check.c - ndx check: verify every byte and every cross-reference
 *
 * "ndx check --repair" writes, and so never comes here: see ndx.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <inttypes.h>
#include <stdio.h>

#include "searcher/check.h"
#include "searcher/cmd.h"
#include "searcher/cmd_options.h"

enum { OPTION_QUIET, OPTION_REPAIR, OPTIONS };

static const struct ndx_cmd_option options[OPTIONS] = {
	[OPTION_QUIET] = { "quiet", 'q', NULL, "say nothing of an index that is sound" },
	[OPTION_REPAIR] = { "repair", 0, NULL, "set damaged segments aside and keep the others" },
};

static bool
take(void *ctx, size_t i, const char *argument)
{
	bool *quiet = ctx;

	(void)argument;
	*quiet = *quiet || i == OPTION_QUIET;
	return true;
}

static void
say(void *ctx, enum ndx_check_kind kind, const char *sentence)
{
	(void)ctx;
	ndx_cmd_say("%s%s", kind == NDX_CHECK_NOTICE ? "notice: " : "", sentence);
}

int
ndx_cmd_check(int argc, char **argv)
{
	static const struct ndx_check_sink sink = { say, NULL };
	bool quiet = false;
	const struct ndx_cmd_line line = {
		.synopsis = "check [OPTION...] INDEX",
		.about = "Verify every byte of INDEX and every reference in it.",
		.option = options,
		.option_count = OPTIONS,
		.operands_min = 1,
		.operands_max = 1,
		.take = take,
		.ctx = &quiet,
	};
	struct ndx_check_counts counts;
	struct ndx_err err;
	size_t operand_count;
	enum ndx_status status;
	int result = ndx_cmd_line_read(&line, argc, argv, &operand_count);

	if (result != -1)
		return result;
	status = ndx_check(&ndx_env_default, argv[1], &sink, &counts, &err);
	if (status == NDX_E_NOMEM)
		ndx_cmd_fail(&err); /* anything else has been said */
	if (counts.repairable)
		ndx_cmd_say("'ndx check --repair' sets aside what is damaged and keeps the rest");
	if (status != NDX_OK)
		return NDX_CMD_TROUBLE;
	if (!quiet)
		printf("%" PRIu64 " %s with %" PRIu64 " %s in %" PRIu64 " bytes: no damage\n",
		       counts.segments, counts.segments == 1 ? "segment" : "segments",
		       counts.articles, counts.articles == 1 ? "article" : "articles",
		       counts.bytes);
	return NDX_CMD_DONE;
}
