/*
 * cmd_suggest.c - ndx suggest: completion of words and headlines
 *
 * SPDX-License-Identifier: MIT
 */
#include <inttypes.h>
#include <string.h>

#include "searcher/cmd.h"
#include "searcher/cmd_options.h"
#include "searcher/json_out.h"
#include "searcher/print_text.h"

struct settings {
	size_t limit;
	bool json;
};

enum { OPTION_LIMIT, OPTION_FORMAT, OPTIONS };

static const struct ndx_cmd_option options[OPTIONS] = {
	[OPTION_LIMIT] = { "limit", 'n', "N", "print at most N suggestions (10)" },
	[OPTION_FORMAT] = { "format", 0, "FORMAT", "text (default) or json" },
};

static bool
take(void *ctx, size_t i, const char *argument)
{
	struct settings *settings = ctx;

	if (i == OPTION_LIMIT)
		return ndx_cmd_number("limit", argument, 0, SIZE_MAX, &settings->limit);
	settings->json = strcmp(argument, "json") == 0;
	if (settings->json || strcmp(argument, "text") == 0)
		return true;
	ndx_cmd_say("--format '%s': text or json is expected", argument);
	return false;
}

static bool
print(const struct ndx_suggestions *suggestions, bool as_json)
{
	const struct ndx_suggestion *s;
	struct ndx_json_out json;
	struct ndx_buf out;
	bool ok;

	ndx_buf_init(&out, &ndx_mem_default);
	json = (struct ndx_json_out){ &out, false };
	if (as_json)
		ndx_json_out_begin(&json, NULL, "[");
	for (size_t i = 0; (s = ndx_suggestions_get(suggestions, i)) != NULL; i++) {
		if (as_json) {
			ndx_json_out_begin(&json, NULL, "{");
			ndx_json_out_text(&json, "text", s->text);
			ndx_json_out_uint(&json, "count", s->count);
			ndx_json_out_end(&json, "}");
		} else {
			ndx_buf_printf(&out, "%8" PRIu64 "  ", s->count);
			ndx_text_str(s->text, &out);
			ndx_buf_add_u8(&out, '\n');
		}
	}
	if (as_json)
		ndx_json_out_end(&json, "]\n");
	ok = ndx_cmd_flush(&out);
	ndx_buf_free(&out);
	return ok;
}

int
ndx_cmd_suggest(int argc, char **argv)
{
	struct settings settings = { .limit = 10 };
	const struct ndx_cmd_line line = {
		.synopsis = "suggest [OPTION...] INDEX PREFIX",
		.about = "Print words of INDEX that begin with PREFIX, the most frequent first, "
			 "or, if PREFIX is\n"
			 "several words, what follows the others in headlines.",
		.option = options,
		.option_count = OPTIONS,
		.operands_min = 2,
		.operands_max = 2,
		.take = take,
		.ctx = &settings,
	};
	struct ndx_suggestions *suggestions;
	struct ndx_index *index;
	struct ndx_err err;
	size_t operand_count;
	int result = ndx_cmd_line_read(&line, argc, argv, &operand_count);

	if (result != -1)
		return result;
	if (ndx_open(argv[1], &index, &err) != NDX_OK)
		return ndx_cmd_fail(&err);
	if (ndx_suggest(index, argv[2], settings.limit, &suggestions, &err) != NDX_OK) {
		ndx_close(index);
		return ndx_cmd_fail(&err);
	}
	if (!print(suggestions, settings.json))
		result = NDX_CMD_TROUBLE;
	else
		result = ndx_suggestions_get(suggestions, 0) != NULL ? NDX_CMD_DONE
		                                                     : NDX_CMD_NOTHING;
	ndx_suggestions_free(suggestions);
	ndx_close(index);
	return result;
}
