/*
 * cmd_merge.c - ndx merge: all segments into one, without deleted articles
 *
 * SPDX-License-Identifier: MIT
 */
#include "indexer/cmd.h"

#include "common/cmd_line.h"
#include "indexer/writer.h"

struct settings {
	bool wait_lock, quiet;
	size_t jobs, memory_size;
};

enum { OPTION_JOBS, OPTION_MEMORY, OPTION_QUIET, OPTION_WAIT_LOCK, OPTION_COUNT };

static const struct ndx_cmd_option options[OPTION_COUNT] = {
	[OPTION_JOBS] = { "jobs", 'j', "N", "use N threads (all cores)" },
	[OPTION_MEMORY] = { "memory", 0, "SIZE", "use at most this much memory (512M)" },
	[OPTION_QUIET] = { "quiet", 'q', NULL, "do not say what was merged" },
	[OPTION_WAIT_LOCK] = { "wait-lock", 0, NULL, "wait while another process writes to INDEX" },
};

static bool
take(void *ctx, size_t i, const char *argument)
{
	struct settings *settings = ctx;

	if (i == OPTION_JOBS)
		return ndx_cmd_number("jobs", argument, 1, NDX_CMD_JOBS_MAX, &settings->jobs);
	if (i == OPTION_MEMORY)
		return ndx_cmd_size("memory", argument, NDX_MEMORY_SIZE_MIN, SIZE_MAX,
		                    &settings->memory_size);
	if (i == OPTION_QUIET)
		settings->quiet = true;
	else
		settings->wait_lock = true;
	return true;
}

static uint64_t
deleted_count(const struct ndx_manifest *manifest)
{
	uint64_t count = 0;

	for (size_t i = 0; i < manifest->segment_count; i++)
		count += manifest->segment[i].deleted_count;
	return count;
}

static enum ndx_status
merge(struct ndx_writer *writer, bool quiet, struct ndx_err *err)
{
	const uint32_t number = ndx_writer_manifest(writer)->next_number;
	const size_t segments = ndx_writer_manifest(writer)->segment_count;
	const uint64_t deleted = deleted_count(ndx_writer_manifest(writer));
	enum ndx_status status = ndx_writer_merge(writer, err);

	if (status != NDX_OK || quiet)
		return status;
	if (ndx_writer_manifest(writer)->next_number == number)
		ndx_cmd_say("nothing to merge");
	else
		ndx_cmd_say("%zu segment%s merged, %ju deleted article%s removed", segments,
		            segments == 1 ? "" : "s", (uintmax_t)deleted, deleted == 1 ? "" : "s");
	return status;
}

int
ndx_cmd_merge(int argc, char **argv)
{
	struct settings settings = { .memory_size = NDX_MEMORY_SIZE_DEFAULT };
	const struct ndx_cmd_line line = {
		.synopsis = "merge [OPTION...] INDEX",
		.about = "Merge all segments of INDEX into one; deleted articles leave the disk.",
		.option = options,
		.option_count = OPTION_COUNT,
		.operands_min = 1,
		.operands_max = 1,
		.take = take,
		.ctx = &settings,
	};
	struct ndx_writer_options writer_options = { 0 };
	struct ndx_writer *writer = NULL;
	char **const operand = argv + 1;
	size_t count;
	struct ndx_err err;
	enum ndx_status status;
	int result = ndx_cmd_line_read(&line, argc, argv, &count);

	if (result != -1)
		return result;
	writer_options.wait_ms = settings.wait_lock ? -1 : 0;
	writer_options.memory_size = settings.memory_size;
	writer_options.jobs = ndx_cmd_jobs(settings.jobs, settings.memory_size);
	status = ndx_writer_open(&ndx_env_default, operand[0], &writer_options, &writer, &err);
	if (status == NDX_OK)
		status = merge(writer, settings.quiet, &err);
	ndx_writer_close(writer);
	return status == NDX_OK ? NDX_CMD_DONE : ndx_cmd_fail(&err);
}
