/*
 * options.c - see options.h
 *
 * SPDX-License-Identifier: MIT
 */
#include "indexer/options.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define OPTIONS_MAX  32
#define LONG_ONLY    256  /* getopt's value of option i is its letter or LONG_ONLY + i */
#define MESSAGE_SIZE 8192 /* a path may have 4096 bytes */

void
ndx_say(const char *fmt, ...)
{
	char line[MESSAGE_SIZE];
	va_list args;

	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	/* Names of files and ids come from outside: they must not command the terminal. */
	for (char *p = line; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = '?';
	fprintf(stderr, "ndx: %s\n", line);
}

int
ndx_say_error(const struct ndx_err *err)
{
	ndx_say("%s", err->msg);
	return NDX_EXIT_TROUBLE;
}

static void
print_help(const struct ndx_command_line *line)
{
	char left[40];

	printf("usage: ndx %s\n%s\n\n", line->synopsis, line->about);
	for (size_t i = 0; i < line->option_count; i++) {
		const struct ndx_option *option = &line->option[i];
		const char letter[] = { '-', option->letter, ',', '\0' };

		snprintf(left, sizeof(left), "%s --%s%s%s", option->letter != 0 ? letter : "   ",
		         option->name, option->argument != NULL ? " " : "",
		         option->argument != NULL ? option->argument : "");
		printf("  %-25s %s\n", left, option->help);
	}
	printf("  %-25s %s\n", "-h, --help", "print this");
}

static int
bad_usage(const struct ndx_command_line *line)
{
	const size_t name_size = strcspn(line->synopsis, " ");

	fprintf(stderr, "usage: ndx %s\n'ndx %.*s --help' lists the options\n", line->synopsis,
	        (int)name_size, line->synopsis);
	return NDX_EXIT_TROUBLE;
}

/* What getopt_long() wants to know of the options. */
struct table {
	struct option option[OPTIONS_MAX + 2];
	char letters[2 * OPTIONS_MAX + 4];
};

static void
fill_table(const struct ndx_command_line *line, struct table *table)
{
	char *letter = table->letters;
	size_t i;

	*letter++ = ':'; /* a missing argument is told from an unknown option */
	for (i = 0; i < line->option_count; i++) {
		const struct ndx_option *option = &line->option[i];
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
index_of(const struct ndx_command_line *line, int value)
{
	size_t i = 0;

	while (value < LONG_ONLY && line->option[i].letter != value)
		i++;
	return value < LONG_ONLY ? i : (size_t)(value - LONG_ONLY);
}

/* getopt has stopped at what it does not know. */
static int
bad_option(const struct ndx_command_line *line, int value, char **argv)
{
	const char *typed = argv[optind - 1];

	if (value == ':')
		ndx_say("option '%s' needs an argument", typed);
	else if (optopt != 0 && optopt < LONG_ONLY && strncmp(typed, "--", 2) != 0)
		ndx_say("unknown option '-%c'", optopt);
	else if (optopt != 0)
		ndx_say("option '%.*s' takes no argument", (int)strcspn(typed, "="), typed);
	else
		ndx_say("unknown option '%s'", typed);
	return bad_usage(line);
}

int
ndx_command_line_read(const struct ndx_command_line *line, int argc, char **argv,
                      char ***operands_ret, size_t *operand_count_ret)
{
	struct table table;
	size_t count;
	int value;

	if (line->option_count > OPTIONS_MAX)
		return NDX_EXIT_TROUBLE;
	fill_table(line, &table);
	opterr = 0;
	while ((value = getopt_long(argc, argv, table.letters, table.option, NULL)) != -1) {
		if (value == 'h') {
			print_help(line);
			return NDX_EXIT_DONE;
		}
		if (value == '?' || value == ':')
			return bad_option(line, value, argv);
		if (!line->take(line->ctx, index_of(line, value), optarg))
			return NDX_EXIT_TROUBLE;
	}
	count = (size_t)(argc - optind);
	if (count < line->operands_min || count > line->operands_max) {
		ndx_say(count < line->operands_min ? "an argument is missing"
		                                   : "an argument is too many");
		return bad_usage(line);
	}
	*operands_ret = argv + optind;
	*operand_count_ret = count;
	return -1;
}

/* Decimal digits, then perhaps a unit; 0: not a number, or beyond 64 bits. */
static bool
read_digits(const char *text, const char **end_ret, uint64_t *number_ret)
{
	uint64_t number = 0;
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
ndx_read_number(const char *name, const char *text, uint64_t min, uint64_t max,
                uint64_t *number_ret)
{
	const char *end;
	uint64_t number;

	if (read_digits(text, &end, &number) && *end == '\0' && number >= min && number <= max) {
		*number_ret = number;
		return true;
	}
	ndx_say("--%s '%s': a number from %ju to %ju is expected", name, text, (uintmax_t)min,
	        (uintmax_t)max);
	return false;
}

bool
ndx_read_size(const char *name, const char *text, uint64_t min, uint64_t max, uint64_t *size_ret)
{
	static const char units[] = "KMG";
	const char *end, *unit = NULL;
	uint64_t size, scale = 1;

	if (read_digits(text, &end, &size)) {
		if (*end != '\0')
			unit = strchr(units, *end >= 'a' ? *end - 'a' + 'A' : *end);
		if (unit != NULL) {
			scale = (uint64_t)1 << (10 * (unit - units + 1));
			end++;
		}
		if (*end == '\0' && !__builtin_mul_overflow(size, scale, &size) && size >= min &&
		    size <= max) {
			*size_ret = size;
			return true;
		}
	}
	ndx_say("--%s '%s': a size from %ju to %ju bytes is expected, such as 64M", name, text,
	        (uintmax_t)min, (uintmax_t)max);
	return false;
}
