/*
 * cmd_options.c - see cmd_options.h
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/cmd_options.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool
ndx_cmd_float(const char *option, const char *text, float *number_ret)
{
	char *end;
	float number = strtof(text, &end);

	if (text[0] != '\0' && *end == '\0' && isfinite(number)) {
		*number_ret = number;
		return true;
	}
	ndx_cmd_say("--%s '%s': a number is expected", option, text);
	return false;
}

bool
ndx_cmd_rank(const char *text, unsigned *flags)
{
	const bool proximity = strcmp(text, "proximity") == 0;

	if (!proximity && strcmp(text, "bm25") != 0) {
		ndx_cmd_say("--rank '%s': bm25 or proximity is expected", text);
		return false;
	}
	*flags = proximity ? *flags | NDX_PROXIMITY : *flags & ~(unsigned)NDX_PROXIMITY;
	return true;
}

bool
ndx_cmd_color(const char *text, bool *color_ret)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (strcmp(text, "always") != 0 && strcmp(text, "never") != 0 &&
	    strcmp(text, "auto") != 0) {
		ndx_cmd_say("--color '%s': auto, always or never is expected", text);
		return false;
	}
	*color_ret = strcmp(text, "always") == 0;
	if (strcmp(text, "auto") == 0)
		*color_ret = isatty(STDOUT_FILENO) && (no_color == NULL || no_color[0] == '\0') &&
		             (term == NULL || strcmp(term, "dumb") != 0);
	return true;
}

bool
ndx_cmd_flush(struct ndx_buf *out)
{
	bool ok = !ndx_buf_failed(out);

	if (!ok)
		ndx_cmd_say("out of memory");
	else if (out->size > 0)
		ok = fwrite(out->data, 1, out->size, stdout) == out->size;
	ndx_buf_clear(out);
	return ok;
}
