/*
 * cmd_line.h - the command line of the commands, and their messages
 *
 * Only for cmd_*.c and the main()s: it prints, which the library never does.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_COMMON_CMD_LINE_H
#define NDX_COMMON_CMD_LINE_H

#include "common/error.h"

/* Exit statuses, as of grep. */
enum ndx_cmd_exit {
	NDX_CMD_DONE = 0,
	NDX_CMD_NOTHING = 1, /* nothing was found */
	NDX_CMD_PARTLY = 1,  /* something was left out */
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

/* Read a number from min to max, or say what is wrong with it. */
bool ndx_cmd_number(const char *option, const char *text, size_t min, size_t max,
                    size_t *number_ret);
/* The same of "512M" and the like: K, M and G are powers of 1024. */
bool ndx_cmd_size(const char *option, const char *text, size_t min, size_t max, size_t *size_ret);

/*
 * At the end of a program: what was printed may still be on its way.  Returns 'status', or
 * NDX_CMD_TROUBLE, having said so, if standard output cannot be written.
 */
int ndx_cmd_finish(int status);

#endif
