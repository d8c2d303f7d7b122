/*
 * fuzz_options.c - any command line of search, show and suggest ends with 0, 1 or 2
 *
 * Input: u8 the command, then its arguments, each ended by a line break; they come before the
 * index, a small one, and after it.  Property: it ends with one of the three statuses; sizes and
 * numbers of the indexer's options are read within their limits.
 *
 * SPDX-License-Identifier: MIT
 */
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/cmd_line.h"
#include "searcher/cmd.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/small_index.h"

#define ARTICLES 60
#define ARGS_MAX 24

static struct small_dir dir;

static void
remove_index(void)
{
	ndx_small_dir_remove(&dir);
}

static void
begin(void)
{
	ndx_small_dir_new(&dir);
	ndx_small_index(dir.path, ARTICLES);
	atexit(remove_index);
}

static void
read_numbers(const char *text)
{
	uint64_t number;

	if (ndx_cmd_size("memory", text, 10, 1 << 30, &number))
		must(number >= 10 && number <= 1 << 30);
	if (ndx_cmd_number("jobs", text, 10, 1000, &number))
		must(number >= 10 && number <= 1000);
}

/* What is printed is thrown away, reports of sanitizers too: they go where log_path says. */
static int
run(unsigned command, int argc, char **argv)
{
	static int (*const commands[])(int argc, char **argv) = { ndx_cmd_search, ndx_cmd_search,
		                                                  ndx_cmd_search, ndx_cmd_show,
		                                                  ndx_cmd_suggest };
	const int out = dup(1), messages = dup(2), nowhere = open("/dev/null", O_WRONLY);
	int result;

	must(out != -1 && messages != -1 && nowhere != -1 && dup2(nowhere, 1) == 1 &&
	     dup2(nowhere, 2) == 2);
	read_numbers(argv[1]);
	optind = 0; /* getopt begins anew */
	result = commands[command](argc, argv);
	fflush(stdout);
	must(dup2(out, 1) == 1 && dup2(messages, 2) == 2);
	close(out);
	close(messages);
	close(nowhere);
	return result;
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t in_size)
{
	static char *commands[] = { "search", "search", "search", "show", "suggest" };
	char *argv[ARGS_MAX + 3], *text, *next;
	int argc = 1, result;
	unsigned command, before;

	if (in_size < 2)
		return 0;
	if (dir.path[0] == '\0')
		begin();
	command = in[0] % 5;
	before = in[0] / 5 % 4; /* arguments before the index */
	text = malloc(in_size);
	must(text != NULL);
	memcpy(text, in + 1, in_size - 1);
	text[in_size - 1] = '\0';
	argv[0] = commands[command];
	next = text;
	for (unsigned i = 0; i < ARGS_MAX && next != NULL; i++) {
		if (i == before)
			argv[argc++] = dir.path;
		argv[argc++] = strsep(&next, "\n");
	}
	argv[argc] = NULL;
	result = run(command, argc, argv);
	must(result >= 0 && result <= 2);
	free(text);
	return 0;
}
