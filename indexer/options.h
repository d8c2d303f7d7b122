/*
 * options.h - the command line of the writing commands, and their messages
 *
 * Only for cmd_*.c: what is wrong with a command line is said here, on standard error.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_INDEXER_OPTIONS_H
#define NDX_INDEXER_OPTIONS_H

#include "common/error.h"

/* The least that --memory may say: a unit, a batch and a merge fit in it. */
#define NDX_MEMORY_SIZE_MIN ((uint64_t)16 << 20)

/* Exit statuses, as of grep. */
enum ndx_exit {
	NDX_EXIT_DONE = 0,
	NDX_EXIT_PARTLY = 1, /* something was left out */
	NDX_EXIT_TROUBLE = 2,
};

struct ndx_option {
	const char *name;     /* the long one, without its dashes */
	char letter;          /* the short one; 0: none */
	const char *argument; /* "SIZE"; NULL: takes none */
	const char *help;     /* one line */
};

struct ndx_command_line {
	const char *synopsis; /* "index [OPTION...] INDEX SOURCE..." */
	const char *about;    /* one sentence */
	const struct ndx_option *option;
	size_t option_count;
	size_t operands_min, operands_max;
	/* Take options[i]; 'argument' is NULL if it has none.  false: it has been said what is
	 * wrong. */
	bool (*take)(void *ctx, size_t i, const char *argument);
	void *ctx;
};

/*
 * Read a whole command line; --help is added to the options.  The operands are
 * (*operands_ret)[0 .. *operand_count_ret).  Returns -1 to go on, or the exit status.
 */
int ndx_command_line_read(const struct ndx_command_line *line, int argc, char **argv,
                          char ***operands_ret, size_t *operand_count_ret);

/* Print "ndx: " and the message as a line on standard error, control bytes as '?'. */
void ndx_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Say what 'err' says; returns NDX_EXIT_TROUBLE. */
int ndx_say_error(const struct ndx_err *err);

/* Read "512M" and the like (K, M, G: powers of 1024); or say what is wrong with option 'name'. */
bool ndx_read_size(const char *name, const char *text, uint64_t min, uint64_t max,
                   uint64_t *size_ret);
bool ndx_read_number(const char *name, const char *text, uint64_t min, uint64_t max,
                     uint64_t *number_ret);

#endif
