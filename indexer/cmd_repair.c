/*
 * cmd_repair.c - ndx check --repair: set damaged segments aside
 *
 * SPDX-License-Identifier: MIT
 */
#include <inttypes.h>
#include <stdio.h>

#include "common/cmd_line.h"
#include "common/error.h"
#include "indexer/cmd.h"
#include "indexer/repair.h"

enum { OPTION_QUIET, OPTION_REPAIR, OPTION_COUNT };

static const struct ndx_cmd_option options[OPTION_COUNT] = {
	[OPTION_QUIET] = { "quiet", 'q', NULL, "do not say that there is no damage" },
	[OPTION_REPAIR] = { "repair", 0, NULL, "set damaged segments aside and keep the rest" },
};

static bool
take(void *ctx, size_t i, const char *argument)
{
	(void)argument;
	if (i == OPTION_QUIET)
		*(bool *)ctx = true;
	return true;
}

static void
say_segment(void *ctx, const char *what, uint64_t article_count)
{
	(void)ctx;
	ndx_cmd_say("%s; set aside, with %" PRIu64 " article%s", what, article_count,
	            article_count == 1 ? "" : "s");
}

/* The ids that are lost go to standard output, one a line. */
static void
print_lost(void *ctx, struct ndx_str id)
{
	(void)ctx;
	printf("%.*s\n", (int)id.size, id.data);
}

static void
say_sources(void *ctx, const char *what)
{
	(void)ctx;
	ndx_cmd_say("%s; set aside: the next 'ndx index' reads every file", what);
}

/* The ids must be known to be written before the articles are gone. */
static enum ndx_status
proceed(void *ctx, struct ndx_err *err)
{
	(void)ctx;
	return fflush(stdout) == 0 ? NDX_OK : ndx_fail_os(err, "cannot write standard output");
}

int
ndx_cmd_repair(int argc, char **argv)
{
	bool quiet = false;
	const struct ndx_cmd_line line = {
		.synopsis = "check --repair INDEX",
		.about = "Move damaged segments of INDEX into INDEX/damaged and keep the rest "
			 "searchable; "
			 "print the ids that went with them.",
		.option = options,
		.option_count = OPTION_COUNT,
		.operands_min = 1,
		.operands_max = 1,
		.take = take,
		.ctx = &quiet,
	};
	const struct ndx_repair_handler handler = { say_segment, print_lost, say_sources, proceed,
		                                    NULL };
	struct ndx_repaired repaired;
	char **const operand = argv + 1;
	size_t count;
	struct ndx_err err;
	int result = ndx_cmd_line_read(&line, argc, argv, &count);

	if (result != -1)
		return result;
	if (ndx_repair(&ndx_env_default, operand[0], &handler, &repaired, &err) != NDX_OK)
		return ndx_cmd_fail(&err);
	if (repaired.segments > 0)
		ndx_cmd_say("%" PRIu64 " segment%s set aside in '%s/damaged'", repaired.segments,
		            repaired.segments == 1 ? "" : "s", operand[0]);
	if (repaired.segments > 0 || repaired.sources)
		return NDX_CMD_PARTLY;
	if (!quiet)
		ndx_cmd_say("'%s' is whole: nothing to repair", operand[0]);
	return NDX_CMD_DONE;
}
