/*
 * cmd_show.c - ndx show: one article
 *
 * SPDX-License-Identifier: MIT
 */
#include <errno.h>
#include <string.h>

#include "searcher/cmd.h"
#include "searcher/cmd_options.h"
#include "searcher/print.h"

struct settings {
	const char *query;
	bool json, color;
};

enum { OPTION_COLOR, OPTION_FORMAT, OPTION_QUERY, OPTIONS };

static const struct ndx_cmd_option options[OPTIONS] = {
	[OPTION_FORMAT] = { "format", 0, "FORMAT", "text (default) or json" },
	[OPTION_QUERY] = { "query", 'q', "QUERY", "mark what matches QUERY" },
	[OPTION_COLOR] = { "color", 0, "WHEN", "auto (default), always or never" },
};

static bool
take(void *ctx, size_t i, const char *argument)
{
	struct settings *settings = ctx;

	switch (i) {
	case OPTION_COLOR:
		return ndx_cmd_color(argument, &settings->color);
	case OPTION_QUERY:
		settings->query = argument;
		return true;
	case OPTION_FORMAT:
		settings->json = strcmp(argument, "json") == 0;
		if (settings->json || strcmp(argument, "text") == 0)
			return true;
		ndx_cmd_say("--format '%s': text or json is expected", argument);
		return false;
	default:
		return false;
	}
}

static bool
print(const struct ndx_article_view *article, const struct settings *settings)
{
	struct ndx_buf out;
	bool ok;

	ndx_buf_init(&out, &ndx_mem_default);
	if (settings->json)
		ndx_print_article_json(article, settings->query != NULL, &out);
	else
		ndx_print_article_text(article, settings->color, &out);
	ok = ndx_cmd_flush(&out);
	ndx_buf_free(&out);
	return ok;
}

int
ndx_cmd_show(int argc, char **argv)
{
	struct settings settings = { 0 };
	const struct ndx_cmd_line line = {
		.synopsis = "show [OPTION...] INDEX ID",
		.about = "Print the article of INDEX that is called ID.",
		.option = options,
		.option_count = OPTIONS,
		.operands_min = 2,
		.operands_max = 2,
		.take = take,
		.ctx = &settings,
	};
	const struct ndx_article_view *article;
	struct ndx_index *index;
	struct ndx_err err;
	size_t operand_count;
	enum ndx_status status;
	int result, os_error;

	ndx_cmd_color("auto", &settings.color);
	result = ndx_cmd_line_read(&line, argc, argv, &operand_count);
	if (result != -1)
		return result;
	if (ndx_open(argv[1], &index, &err) != NDX_OK)
		return ndx_cmd_fail(&err);
	status = ndx_article_get(index, argv[2], settings.query, &article, &err);
	if (status == NDX_OK) {
		for (size_t i = 0; ndx_article_notice(article, i) != NULL; i++)
			ndx_cmd_say("%s", ndx_article_notice(article, i));
		result = print(article, &settings) ? NDX_CMD_DONE : NDX_CMD_TROUBLE;
		os_error = errno; /* of the output: whoever called us tells it */
		ndx_article_free(article);
	} else {
		ndx_cmd_fail(&err);
		result = status == NDX_E_NOT_FOUND ? NDX_CMD_NOTHING : NDX_CMD_TROUBLE;
		os_error = 0;
	}
	ndx_close(index);
	errno = os_error;
	return result;
}
