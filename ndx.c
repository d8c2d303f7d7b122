/*
 * ndx.c - the ndx command: a table of subcommands
 *
 * The reading commands are part of this program.  The writing ones are in
 * ndx-indexer, which is looked for beside this executable, then in libexec, and
 * never through PATH: what writes an index is what was installed with its reader.
 *
 * SPDX-License-Identifier: MIT
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/cmd_line.h"
#include "common/ndx.h"
#include "searcher/cmd.h"

#ifndef NDX_LIBEXECDIR
#	define NDX_LIBEXECDIR "/usr/local/libexec/newsdex"
#endif

#define INDEXER "/ndx-indexer"

struct command {
	const char *name;
	const char *arguments;
	const char *help;
	int (*main)(int argc, char **argv); /* NULL: in ndx-indexer */
};

static const struct command commands[] = {
	/* clang-format off */
	{ "index",  "INDEX SOURCE...", "bring INDEX up to date with files, directories or '-'", NULL },
	{ "search", "INDEX QUERY...",  "ranked hits",                              ndx_cmd_search },
	{ "show",   "INDEX ID",        "one article",                              ndx_cmd_show },
	{ "delete", "INDEX ID...",     "remove articles",                          NULL },
	{ "merge",  "INDEX",           "all segments into one",                    NULL },
	{ "check",  "INDEX",           "verify every byte and every reference",    ndx_cmd_check },
	{ "stats",  "INDEX",           "articles, terms, segments, bytes by part", ndx_cmd_stats },
	{ "suggest", "INDEX PREFIX",   "completion of words and headlines",        ndx_cmd_suggest },
	{ "eval",   "INDEX TOPICS QRELS", "how well judged topics are answered",  ndx_cmd_eval },
	/* clang-format on */
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static void
usage(FILE *out)
{
	fputs("usage: ndx COMMAND [OPTION...] INDEX ...\n"
	      "Full-text search for news archives.\n\n",
	      out);
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		fprintf(out, "  ndx %-7s %-18s  %s\n", commands[i].name, commands[i].arguments,
		        commands[i].help);
	fputs("\n  ndx help COMMAND or ndx COMMAND --help tells its options;\n"
	      "  ndx --version the version.  Queries are told in ndx-query(7).\n",
	      out);
}

/*
 * A file of an index must not be opened as 0, 1 or 2, where messages would be printed into
 * it.  What stands in for one that is closed cannot be used, so that its loss is noticed.
 */
static bool
open_standard_files(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) == -1 &&
		    open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd)
			return false;
	return true;
}

/* The path of ndx-indexer beside this executable; false if there is no such path. */
static bool
beside_path(char *out, size_t out_size)
{
	ssize_t len = readlink("/proc/self/exe", out, out_size - sizeof(INDEXER));
	char *slash;

	if (len <= 0 || (size_t)len >= out_size - sizeof(INDEXER))
		return false;
	out[len] = '\0';
	slash = strrchr(out, '/');
	if (slash == NULL)
		return false;
	memcpy(slash, INDEXER, sizeof(INDEXER));
	return true;
}

/* Become ndx-indexer; argv[0] is the command.  Returns only if that fails. */
static int
run_indexer(int argc, char **argv)
{
	char path[PATH_MAX];
	char **args = calloc((size_t)argc + 2, sizeof(*args));
	static char name[] = "ndx";

	if (args == NULL) {
		fputs("ndx: out of memory\n", stderr);
		return 2;
	}
	args[0] = name;
	memcpy(args + 1, argv, (size_t)argc * sizeof(*args));
	if (beside_path(path, sizeof(path)))
		execv(path, args);
	execv(NDX_LIBEXECDIR INDEXER, args);
	fprintf(stderr, "ndx: cannot run '%s': %s\n", NDX_LIBEXECDIR INDEXER, strerror(errno));
	free(args);
	return 2;
}

/* Is --repair, or what getopt_long() would take for it, among the options? */
static bool
asks_repair(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strlen(argv[i]) > 2 && strncmp(argv[i], "--repair", strlen(argv[i])) == 0)
			return true;
	return false;
}

/* How many insertions, deletions, changes and swaps of neighbours make a into b; short words. */
static unsigned
edit_distance(const char *a, const char *b)
{
	unsigned row[3][16] = { { 0 } };
	size_t a_len = strlen(a), b_len = strlen(b), i, j;

	if (a_len > 15 || b_len > 15)
		return UINT_MAX;
	for (j = 0; j <= b_len; j++)
		row[0][j] = (unsigned)j;
	for (i = 1; i <= a_len; i++) {
		unsigned *now = row[i % 3], *last = row[(i + 2) % 3], *older = row[(i + 1) % 3];

		now[0] = (unsigned)i;
		for (j = 1; j <= b_len; j++) {
			unsigned best = last[j - 1] + (a[i - 1] != b[j - 1]);

			best = last[j] + 1 < best ? last[j] + 1 : best;
			best = now[j - 1] + 1 < best ? now[j - 1] + 1 : best;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    older[j - 2] + 1 < best)
				best = older[j - 2] + 1;
			now[j] = best;
		}
	}
	return row[a_len % 3][b_len];
}

static int
unknown_command(const char *name)
{
	const char *like = NULL;
	unsigned distance, best = 3;

	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		distance = edit_distance(name, commands[i].name);
		if (distance < best) {
			best = distance;
			like = commands[i].name;
		}
	}
	if (like != NULL)
		fprintf(stderr, "ndx: no command '%s'; did you mean '%s'?\n", name, like);
	else
		fprintf(stderr, "ndx: no command '%s'; 'ndx --help' lists them\n", name);
	return 2;
}

/* argv[0] is the command's name. */
static int
run(int argc, char **argv)
{
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		if (strcmp(argv[0], commands[i].name) != 0)
			continue;
		if (commands[i].main == NULL ||
		    (commands[i].main == ndx_cmd_check && asks_repair(argc, argv)))
			return run_indexer(argc, argv);
		return commands[i].main(argc, argv);
	}
	return unknown_command(argv[0]);
}

static int
help(int argc, char **argv)
{
	static char option[] = "--help";
	char *args[] = { NULL, option, NULL };

	if (argc < 2) {
		usage(stdout);
		return 0;
	}
	args[0] = argv[1];
	return run(2, args);
}

int
main(int argc, char **argv)
{
	int status = 0;

	signal(SIGXFSZ, SIG_IGN); /* a file too large is an error of write(), which is told */
	if (!open_standard_files())
		return 2;
	if (argc < 2) {
		usage(stderr);
		return 2;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
		status = help(argc - 1, argv + 1);
	} else if (strcmp(argv[1], "--version") == 0) {
		puts("ndx " NDX_VERSION);
	} else if (argv[1][0] == '-') {
		fprintf(stderr, "ndx: unknown option '%s'; see 'ndx --help'\n", argv[1]);
		status = 2;
	} else {
		status = run(argc - 1, argv + 1);
	}
	return ndx_cmd_finish(status);
}
