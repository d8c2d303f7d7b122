/*
 * main.c - ndx-indexer: the writing commands, in a program of their own
 *
 * It is not typed: ndx runs it, as "ndx COMMAND ...", so that the program that is
 * started for every search needs no XML, JSON or encoding library.
 *
 * SPDX-License-Identifier: MIT
 */
#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "indexer/cmd.h"

static const struct {
	const char *name;
	int (*main)(int argc, char **argv);
} commands[] = {
	{ "index", ndx_cmd_index },
	{ "delete", ndx_cmd_delete },
	{ "merge", ndx_cmd_merge },
	{ "check", ndx_cmd_repair },
};

/* What was printed may still be on its way: an answer that cannot be written is exit 2. */
static int
finish_output(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	if (errno != EPIPE)
		fprintf(stderr, "ndx: cannot write standard output: %s\n", strerror(errno));
	return 2;
}

/*
 * Large blocks are mapped each by itself, however many there have been: what is given back, or made
 * smaller, then leaves the process at once.
 */
static void
tune_memory(void)
{
#ifdef M_MMAP_THRESHOLD
	mallopt(M_MMAP_THRESHOLD, 1 << 20);
#endif
}

int
main(int argc, char **argv)
{
	tune_memory();
	signal(SIGXFSZ, SIG_IGN); /* a file too large is an error of write(), which is told */
	for (size_t i = 0; argc > 1 && i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return finish_output(commands[i].main(argc - 1, argv + 1));
	fputs("ndx: ndx-indexer is run by 'ndx index', 'ndx delete', 'ndx merge' and "
	      "'ndx check --repair'\n",
	      stderr);
	return 2;
}
