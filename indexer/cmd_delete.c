/*
 * cmd_delete.c - ndx delete: remove articles by id
 *
 * SPDX-License-Identifier: MIT
 */
#include "indexer/cmd.h"

#include "common/cmd_line.h"
#include "indexer/writer.h"

struct settings {
	bool wait_lock, quiet;
};

enum { OPTION_QUIET, OPTION_WAIT_LOCK, OPTION_COUNT };

static const struct ndx_cmd_option options[OPTION_COUNT] = {
	[OPTION_QUIET] = { "quiet", 'q', NULL, "do not say how many were deleted" },
	[OPTION_WAIT_LOCK] = { "wait-lock", 0, NULL, "wait while another process writes to INDEX" },
};

static bool
take(void *ctx, size_t i, const char *argument)
{
	struct settings *settings = ctx;

	(void)argument;
	if (i == OPTION_QUIET)
		settings->quiet = true;
	else
		settings->wait_lock = true;
	return true;
}

/* Delete what is there and name what is not. */
static enum ndx_status
delete_all(struct ndx_writer *writer, char **ids, size_t count, uint64_t *unknown_ret,
           struct ndx_err *err)
{
	enum ndx_status status = NDX_OK;

	for (size_t i = 0; i < count && status == NDX_OK; i++) {
		status = ndx_writer_delete(writer, ndx_str(ids[i]), err);
		if (status != NDX_E_NOT_FOUND)
			continue;
		ndx_cmd_say("no article '%s'", ids[i]);
		++*unknown_ret;
		status = NDX_OK;
	}
	return status == NDX_OK ? ndx_writer_commit(writer, err) : status;
}

int
ndx_cmd_delete(int argc, char **argv)
{
	struct settings settings = { 0 };
	const struct ndx_cmd_line line = {
		.synopsis = "delete [OPTION...] INDEX ID...",
		.about = "Remove articles from INDEX.",
		.option = options,
		.option_count = OPTION_COUNT,
		.operands_min = 2,
		.operands_max = SIZE_MAX,
		.take = take,
		.ctx = &settings,
	};
	struct ndx_writer_options writer_options = { 0 };
	struct ndx_writer *writer = NULL;
	uint64_t unknown = 0, deleted;
	char **const operand = argv + 1;
	size_t count;
	struct ndx_err err;
	enum ndx_status status;
	int result = ndx_cmd_line_read(&line, argc, argv, &count);

	if (result != -1)
		return result;
	writer_options.wait_ms = settings.wait_lock ? -1 : 0;
	status = ndx_writer_open(&ndx_env_default, operand[0], &writer_options, &writer, &err);
	if (status != NDX_OK)
		return ndx_cmd_fail(&err);
	status = delete_all(writer, operand + 1, count - 1, &unknown, &err);
	if (status != NDX_OK)
		result = ndx_cmd_fail(&err);
	else
		result = unknown > 0 ? NDX_CMD_PARTLY : NDX_CMD_DONE;
	deleted = ndx_writer_counts(writer).deleted;
	if (status == NDX_OK && !settings.quiet)
		ndx_cmd_say("%ju article%s deleted", (uintmax_t)deleted, deleted == 1 ? "" : "s");
	ndx_writer_close(writer);
	return result;
}
