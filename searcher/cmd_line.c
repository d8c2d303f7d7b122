/*
 * cmd_line.c - see cmd_line.h
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/cmd_line.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OPTIONS_MAX  24
#define LONG_ONLY    256 /* getopt's value of option i is its letter or LONG_ONLY + i */
#define OPERAND      1   /* getopt's value of what is no option */
#define MESSAGE_SIZE 8192

void
ndx_cmd_say(const char *fmt, ...)
{
	char line[MESSAGE_SIZE];
	va_list args;

	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	/* Names come from outside: they must not command the terminal. */
	for (char *p = line; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = '?';
	fprintf(stderr, "ndx: %s\n", line);
}

int
ndx_cmd_fail(const struct ndx_err *err)
{
	ndx_cmd_say("%s", err->msg);
	return NDX_CMD_TROUBLE;
}

static void
print_help(const struct ndx_cmd_line *line)
{
	char left[40];

	printf("usage: ndx %s\n%s\n\n", line->synopsis, line->about);
	for (size_t i = 0; i < line->option_count; i++) {
		const struct ndx_cmd_option *option = &line->option[i];
		const char letter[] = { '-', option->letter, ',', '\0' };

		snprintf(left, sizeof(left), "%s --%s%s%s", option->letter != 0 ? letter : "   ",
		         option->name, option->argument != NULL ? " " : "",
		         option->argument != NULL ? option->argument : "");
		printf("  %-25s %s\n", left, option->help);
	}
	printf("  %-25s %s\n", "-h, --help", "print this");
}

static int
bad_usage(const struct ndx_cmd_line *line)
{
	const size_t name_size = strcspn(line->synopsis, " ");

	fprintf(stderr, "usage: ndx %s\n'ndx %.*s --help' lists the options\n", line->synopsis,
	        (int)name_size, line->synopsis);
	return NDX_CMD_TROUBLE;
}

/* What getopt_long() wants to know of the options. */
struct table {
	struct option option[OPTIONS_MAX + 2];
	char letters[2 * OPTIONS_MAX + 5];
};

static void
fill_table(const struct ndx_cmd_line *line, struct table *table)
{
	char *letter = table->letters;
	size_t i;

	*letter++ = '-'; /* operands come in their order, as OPERAND */
	*letter++ = ':'; /* a missing argument is told from an unknown option */
	for (i = 0; i < line->option_count; i++) {
		const struct ndx_cmd_option *option = &line->option[i];
		const bool has_argument = option->argument != NULL;

		table->option[i] = (struct option){
			.name = option->name,
			.has_arg = has_argument ? required_argument : no_argument,
			.val = option->letter != 0 ? option->letter : LONG_ONLY + (int)i,
		};
		if (option->letter != 0)
			*letter++ = option->letter;
		if (option->letter != 0 && has_argument)
			*letter++ = ':';
	}
	table->option[i++] = (struct option){ .name = "help", .val = 'h' };
	table->option[i] = (struct option){ .name = NULL };
	*letter++ = 'h';
	*letter = '\0';
}

static size_t
index_of(const struct ndx_cmd_line *line, int value)
{
	size_t i = 0;

	while (value < LONG_ONLY && line->option[i].letter != value)
		i++;
	return value < LONG_ONLY ? i : (size_t)(value - LONG_ONLY);
}

/* getopt has stopped at what it does not know. */
static int
bad_option(const struct ndx_cmd_line *line, int value, char **argv)
{
	const char *typed = argv[optind - 1];

	if (value == ':')
		ndx_cmd_say("option '%s' needs an argument", typed);
	else if (optopt != 0 && optopt < LONG_ONLY && strncmp(typed, "--", 2) != 0)
		ndx_cmd_say("unknown option '-%c'", optopt);
	else if (optopt != 0)
		ndx_cmd_say("option '%.*s' takes no argument", (int)strcspn(typed, "="), typed);
	else
		ndx_cmd_say("unknown option '%s'", typed);
	return bad_usage(line);
}

/* Is the next argument an operand although it begins with a dash? */
static bool
is_dashed_operand(const struct ndx_cmd_line *line, size_t operand_count, const char *next)
{
	return line->dashes_after > 0 && operand_count >= line->dashes_after && next != NULL &&
	       next[0] == '-' && next[1] != '-';
}

int
ndx_cmd_line_read(const struct ndx_cmd_line *line, int argc, char **argv, size_t *operand_count_ret)
{
	struct table table;
	size_t count = 0;
	int value;

	if (line->option_count > OPTIONS_MAX)
		return NDX_CMD_TROUBLE;
	fill_table(line, &table);
	opterr = 0;
	for (;;) {
		if (is_dashed_operand(line, count, argv[optind])) {
			argv[++count] = argv[optind++];
			continue;
		}
		value = getopt_long(argc, argv, table.letters, table.option, NULL);
		if (value == -1)
			break;
		if (value == OPERAND) {
			argv[++count] = optarg; /* never overtakes what is yet to be read */
		} else if (value == 'h') {
			print_help(line);
			return NDX_CMD_FOUND;
		} else if (value == '?' || value == ':') {
			return bad_option(line, value, argv);
		} else if (!line->take(line->ctx, index_of(line, value), optarg)) {
			return NDX_CMD_TROUBLE;
		}
	}
	while (optind < argc) /* behind "--" */
		argv[++count] = argv[optind++];
	if (count < line->operands_min || count > line->operands_max) {
		ndx_cmd_say(count < line->operands_min ? "an argument is missing"
		                                       : "an argument is too many");
		return bad_usage(line);
	}
	*operand_count_ret = count;
	return -1;
}

bool
ndx_cmd_number(const char *option, const char *text, size_t *number_ret)
{
	char *end;
	unsigned long long number;

	errno = 0;
	number = strtoull(text, &end, 10);
	if (text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0 && number <= SIZE_MAX) {
		*number_ret = (size_t)number;
		return true;
	}
	ndx_cmd_say("--%s '%s': a number is expected", option, text);
	return false;
}

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
