/*
 * main.c - ndx-indexer: the writing commands, in a program of their own
 *
 * It is not typed: ndx runs it, as "ndx COMMAND ...", so that the program that is
 * started for every search needs no XML, JSON or encoding library.
 *
 * SPDX-License-Identifier: MIT
 */
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "common/cmd_line.h"
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
			return ndx_cmd_finish(commands[i].main(argc - 1, argv + 1));
	fputs("ndx: ndx-indexer is run by 'ndx index', 'ndx delete', 'ndx merge' and "
	      "'ndx check --repair'\n",
	      stderr);
	return 2;
}
