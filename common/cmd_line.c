/*
 * cmd_line.c - see cmd_line.h
 *
 * SPDX-License-Identifier: MIT
 */
#include "common/cmd_line.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define OPTIONS_MAX  32
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
			return NDX_CMD_DONE;
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

/* Decimal digits, then perhaps a unit; 0: not a number, or too large. */
static bool
read_digits(const char *text, const char **end_ret, size_t *number_ret)
{
	size_t number = 0;
	const char *p = text;

	for (; *p >= '0' && *p <= '9'; p++)
		if (__builtin_mul_overflow(number, 10u, &number) ||
		    __builtin_add_overflow(number, (unsigned)(*p - '0'), &number))
			return false;
	*end_ret = p;
	*number_ret = number;
	return p > text;
}

bool
ndx_cmd_number(const char *option, const char *text, size_t min, size_t max, size_t *number_ret)
{
	const char *end;
	size_t number;

	if (read_digits(text, &end, &number) && *end == '\0' && number >= min && number <= max) {
		*number_ret = number;
		return true;
	}
	if (min == 0 && max == SIZE_MAX)
		ndx_cmd_say("--%s '%s': a number is expected", option, text);
	else
		ndx_cmd_say("--%s '%s': a number from %zu to %zu is expected", option, text, min,
		            max);
	return false;
}

bool
ndx_cmd_size(const char *option, const char *text, size_t min, size_t max, size_t *size_ret)
{
	static const char units[] = "KMG";
	const char *end, *unit = NULL;
	size_t size, scale = 1;

	if (read_digits(text, &end, &size)) {
		if (*end != '\0')
			unit = strchr(units, *end >= 'a' ? *end - 'a' + 'A' : *end);
		if (unit != NULL) {
			scale = (size_t)1 << (10 * (unit - units + 1));
			end++;
		}
		if (*end == '\0' && !__builtin_mul_overflow(size, scale, &size) && size >= min &&
		    size <= max) {
			*size_ret = size;
			return true;
		}
	}
	ndx_cmd_say("--%s '%s': a size from %zu to %zu bytes is expected, such as 64M", option,
	            text, min, max);
	return false;
}

int
ndx_cmd_finish(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	if (errno != EPIPE)
		ndx_cmd_say("cannot write standard output: %s", strerror(errno));
	return NDX_CMD_TROUBLE;
}
