/*
 * cmd_line.h - the command line of the reading commands, their messages and their output
 *
 * Only for cmd_*.c: it prints, which the library never does.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_CMD_LINE_H
#define NDX_SEARCHER_CMD_LINE_H

#include "common/buf.h"
#include "common/ndx.h"

/* Exit statuses, as of grep. */
enum ndx_cmd_exit {
	NDX_CMD_FOUND = 0,
	NDX_CMD_NOTHING = 1,
	NDX_CMD_TROUBLE = 2,
};

struct ndx_cmd_option {
	const char *name;     /* the long one, without its dashes */
	char letter;          /* the short one; 0: none */
	const char *argument; /* "FORMAT"; NULL: takes none */
	const char *help;     /* one line */
};

struct ndx_cmd_line {
	const char *synopsis; /* "search [OPTION...] INDEX QUERY..." */
	const char *about;    /* one sentence */
	const struct ndx_cmd_option *option;
	size_t option_count;
	size_t operands_min, operands_max;
	size_t dashes_after; /* so many operands on, "-word" is one, too; 0: never */
	/* Take option[i]; 'argument' is NULL if it has none.  False: it has been said what is
	 * wrong. */
	bool (*take)(void *ctx, size_t i, const char *argument);
	void *ctx;
};

/*
 * Read a whole command line; --help is added to the options.  The operands are then
 * argv[1] .. argv[*operand_count_ret].  Returns -1 to go on, or the exit status.
 */
int ndx_cmd_line_read(const struct ndx_cmd_line *line, int argc, char **argv,
                      size_t *operand_count_ret);

/* Print "ndx: " and the message as a line on standard error, control bytes as '?'. */
void ndx_cmd_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Say what 'err' says; returns NDX_CMD_TROUBLE. */
int ndx_cmd_fail(const struct ndx_err *err);

/* Read an argument, or say what is wrong with it. */
bool ndx_cmd_number(const char *option, const char *text, size_t *number_ret);
bool ndx_cmd_float(const char *option, const char *text, float *number_ret);
/* "bm25" or "proximity": sets or clears NDX_PROXIMITY. */
bool ndx_cmd_rank(const char *text, unsigned *flags);
/* "auto", "always" or "never": is there to be colour on standard output? */
bool ndx_cmd_color(const char *text, bool *color_ret);

/*
 * Write the buffer to standard output and empty it.  False, with errno, if it could not be
 * written or the buffer ran out of memory; the caller of the command says the former.
 */
bool ndx_cmd_flush(struct ndx_buf *out);

#endif
