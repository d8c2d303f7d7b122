/*
 * cmd_index.c - ndx index: bring an index up to date with files
 *
 * SPDX-License-Identifier: MIT
 */
#include "indexer/cmd.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/cmd_line.h"
#include "indexer/sync.h"

#define ARTICLE_SIZE_DEFAULT ((size_t)64 << 20)
#define ARTICLE_SIZE_MAX     ((size_t)1 << 30)    /* offsets in an article have 32 bits */
#define PROGRESS_NS          200000000            /* a terminal is written to so seldom, ... */
#define PROGRESS_LOG_NS      INT64_C(10000000000) /* ... and a file so seldom */
/* What of the input is worked on at once, at the least; and what is reckoned for an article then.
 */
#define UNIT_SIZE_MIN      8192
#define SMALL_ARTICLE_SIZE 64

enum progress { PROGRESS_AUTO, PROGRESS_ALWAYS, PROGRESS_NEVER };

struct settings {
	bool dry_run, prune, quiet, wait_lock;
	enum progress progress;
	const char *language;
	const struct ndx_format *format;
	size_t jobs, memory_size, article_size_max, commit_every_s, commit_every_articles;
};

enum {
	OPTION_COMMIT_EVERY,
	OPTION_DRY_RUN,
	OPTION_FORMAT,
	OPTION_JOBS,
	OPTION_LANGUAGE,
	OPTION_MAX_ARTICLE,
	OPTION_MEMORY,
	OPTION_PROGRESS,
	OPTION_PRUNE,
	OPTION_QUIET,
	OPTION_WAIT_LOCK,
	OPTION_COUNT
};

static const struct ndx_cmd_option options[OPTION_COUNT] = {
	/* clang-format off */
	[OPTION_COMMIT_EVERY] = { "commit-every", 0, "N", "commit also after N seconds (30s), or articles (5000a)" },
	[OPTION_DRY_RUN] = { "dry-run", 'n', NULL, "change nothing; print FORMAT, DATE, ID and TITLE" },
	[OPTION_FORMAT] = { "format", 0, "NAME", "auto (by content), text, html, json, jsonl, reuters" },
	[OPTION_JOBS] = { "jobs", 'j', "N", "use N threads (all cores)" },
	[OPTION_LANGUAGE] = { "language", 0, "NAME", "of a new index: a Snowball language (english)" },
	[OPTION_MAX_ARTICLE] = { "max-article", 0, "SIZE", "reject articles with more text (64M)" },
	[OPTION_MEMORY] = { "memory", 0, "SIZE", "use at most this much memory (512M)" },
	[OPTION_PROGRESS] = { "progress", 0, "WHEN", "show progress: auto, always (as on a terminal), never" },
	[OPTION_PRUNE] = { "prune", 0, NULL, "remove articles whose file below a SOURCE has gone" },
	[OPTION_QUIET] = { "quiet", 'q', NULL, "no summary and no progress" },
	[OPTION_WAIT_LOCK] = { "wait-lock", 0, NULL, "wait while another process writes to INDEX" },
	/* clang-format on */
};

static bool
take_format(struct settings *settings, const char *name)
{
	settings->format = strcmp(name, "auto") == 0 ? NULL : ndx_format_by_name(name);
	if (settings->format != NULL || strcmp(name, "auto") == 0)
		return true;
	ndx_cmd_say("--format '%s': auto, text, html, json, jsonl or reuters is expected", name);
	return false;
}

static bool
take_progress(struct settings *settings, const char *when)
{
	static const char *const name[] = { "auto", "always", "never" };

	for (size_t i = 0; i < sizeof(name) / sizeof(name[0]); i++) {
		if (strcmp(when, name[i]) == 0) {
			settings->progress = (enum progress)i;
			return true;
		}
	}
	ndx_cmd_say("--progress '%s': auto, always or never is expected", when);
	return false;
}

/* 30 or 30s: seconds; 5000a: articles. */
static bool
take_commit_every(struct settings *settings, const char *name, const char *text)
{
	const size_t size = strspn(text, "0123456789");
	char number[24];

	if (size == 0 || size >= sizeof(number) ||
	    (text[size] != '\0' && strcmp(text + size, "s") != 0 &&
	     strcmp(text + size, "a") != 0)) {
		ndx_cmd_say("--%s '%s': a number of seconds (30s) or articles (5000a) is expected",
		            name, text);
		return false;
	}
	memcpy(number, text, size);
	number[size] = '\0';
	return ndx_cmd_number(name, number, 1, 1000000000,
	                      text[size] == 'a' ? &settings->commit_every_articles
	                                        : &settings->commit_every_s);
}

static bool
take(void *ctx, size_t i, const char *argument)
{
	struct settings *settings = ctx;
	const char *name = options[i].name;

	switch (i) {
	case OPTION_COMMIT_EVERY:
		return take_commit_every(settings, name, argument);
	case OPTION_DRY_RUN:
		settings->dry_run = true;
		break;
	case OPTION_FORMAT:
		return take_format(settings, argument);
	case OPTION_JOBS:
		return ndx_cmd_number(name, argument, 1, NDX_CMD_JOBS_MAX, &settings->jobs);
	case OPTION_LANGUAGE:
		settings->language = argument;
		break;
	case OPTION_MAX_ARTICLE:
		return ndx_cmd_size(name, argument, 1, ARTICLE_SIZE_MAX,
		                    &settings->article_size_max);
	case OPTION_MEMORY:
		return ndx_cmd_size(name, argument, NDX_MEMORY_SIZE_MIN, SIZE_MAX,
		                    &settings->memory_size);
	case OPTION_PROGRESS:
		return take_progress(settings, argument);
	case OPTION_PRUNE:
		settings->prune = true;
		break;
	case OPTION_QUIET:
		settings->quiet = true;
		break;
	case OPTION_WAIT_LOCK:
		settings->wait_lock = true;
		break;
	}
	return true;
}

/* The signal that came: a handler can be reached in no other way. */
static volatile sig_atomic_t caught;

/* Standard input is at its end from now on, so that nobody waits for it any longer. */
static void
handle_signal(int signal_number)
{
	const int os_error = errno;
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	caught = signal_number;
	if (fd != -1) {
		dup2(fd, STDIN_FILENO);
		close(fd);
	}
	errno = os_error;
}

/* A second signal of the kind ends the process at once. */
static void
catch_signals(void)
{
	static const int numbers[] = { SIGINT, SIGTERM };
	struct sigaction action = { .sa_handler = handle_signal, .sa_flags = (int)SA_RESETHAND };
	struct sigaction before;

	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
			sigaction(numbers[i], &action, NULL);
}

struct report {
	uint64_t input_size; /* bytes that there are to read; 0: not known */
	bool shows_progress, is_terminal, line_is_open;
	int64_t begin_ns, shown_ns;
};

static int64_t
clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Wipe the progress line before something else is printed. */
static void
end_line(struct report *report)
{
	if (report->line_is_open)
		fputs("\r\033[K", stderr);
	report->line_is_open = false;
}

static void
report_reject(void *ctx, const char *path, const char *reason)
{
	end_line(ctx);
	ndx_cmd_say("rejected '%s': %s", path, reason);
}

static void
report_article(void *ctx, struct ndx_str about)
{
	end_line(ctx);
	fwrite(about.data, 1, about.size, stdout);
	putchar('\n');
}

static double
speed(uint64_t size, int64_t ns)
{
	return ns > 0 ? (double)size * 1000 / (double)ns : 0; /* bytes a ns are GB a second */
}

/* Bytes of its own that the process has in memory; 0: not known. */
static uint64_t
own_memory(void)
{
	FILE *file = fopen("/proc/self/status", "re");
	unsigned long long kib = 0;
	char line[128];

	if (file == NULL)
		return 0;
	while (kib == 0 && fgets(line, sizeof(line), file) != NULL)
		if (sscanf(line, "RssAnon: %llu", &kib) != 1)
			kib = 0;
	fclose(file);
	return kib * 1024;
}

/* On a terminal one line that changes; elsewhere, as in a log, a line every ten seconds. */
static void
report_progress(void *ctx, const struct ndx_sync_counts *counts)
{
	struct report *report = ctx;
	const int64_t now = clock_ns();
	const int64_t every = report->is_terminal ? PROGRESS_NS : PROGRESS_LOG_NS;
	char line[160], left[40] = "";

	if (!report->shows_progress || now - report->shown_ns < every)
		return;
	report->shown_ns = now;
	if (counts->input_size > 0 && report->input_size >= counts->input_size)
		snprintf(left, sizeof(left), ", %.0f s left",
		         (double)(now - report->begin_ns) / 1e9 *
		                 (double)(report->input_size - counts->input_size) /
		                 (double)counts->input_size);
	snprintf(line, sizeof(line),
	         "%" PRIu64 " articles, %.1f MB, %.1f MB/s, %.0f MB of memory%s", counts->articles,
	         (double)counts->article_size / 1e6,
	         speed(counts->article_size, now - report->begin_ns), (double)own_memory() / 1e6,
	         left);
	if (!report->is_terminal) {
		ndx_cmd_say("%s", line);
		return;
	}
	report->line_is_open = true;
	fprintf(stderr, "\r%s\033[K", line);
	fflush(stderr);
}

/* What the sources will have to read: known of files that are not packed, alone. */
static uint64_t
input_size_of(const struct ndx_sync_options *sync_options)
{
	uint64_t sum = 0;
	struct stat st;

	for (size_t i = 0; i < sync_options->source_count; i++) {
		const char *source = sync_options->source[i];
		const size_t size = strlen(source);
		const bool is_input = strcmp(source, "-") == 0;

		if ((is_input ? fstat(STDIN_FILENO, &st) : stat(source, &st)) == -1 ||
		    !S_ISREG(st.st_mode) || (size > 3 && strcmp(source + size - 3, ".gz") == 0))
			return 0;
		sum += (uint64_t)st.st_size;
	}
	return sum;
}

struct detail {
	uint64_t count;
	const char *what;
};

/* " (3 replaced, 2 rejected)" of those that are not 0. */
static void
print_details(struct ndx_buf *line, const struct detail *detail, size_t count)
{
	const char *before = " (";

	for (size_t i = 0; i < count; i++) {
		if (detail[i].count == 0)
			continue;
		ndx_buf_printf(line, "%s%" PRIu64 " %s", before, detail[i].count, detail[i].what);
		before = ", ";
	}
	if (before[0] == ',')
		ndx_buf_add_u8(line, ')');
}

static void
summarize(struct report *report, const struct ndx_sync_counts *counts,
          const struct ndx_writer *writer)
{
	const struct ndx_writer_counts written =
		writer == NULL ? (struct ndx_writer_counts){ .added = counts->articles }
			       : ndx_writer_counts(writer);
	const struct detail detail[] = {
		{ written.replaced, "replaced" },
		{ written.unchanged, "unchanged" },
		{ counts->lost, "removed" },
		{ counts->unchanged_files, counts->unchanged_files == 1
		                                   ? "unchanged file skipped"
		                                   : "unchanged files skipped" },
		{ counts->skipped_files,
		  counts->skipped_files == 1 ? "other file skipped" : "other files skipped" },
		{ counts->rejected, "rejected" },
	};
	const uint64_t indexed = written.added + written.replaced;
	const int64_t ns = clock_ns() - report->begin_ns;
	struct ndx_buf line;

	end_line(report);
	ndx_buf_init(&line, &ndx_mem_default);
	ndx_buf_printf(&line, "%" PRIu64 " %s %s", indexed, indexed == 1 ? "article" : "articles",
	               writer == NULL ? "to be read" : "indexed");
	print_details(&line, detail, sizeof(detail) / sizeof(detail[0]));
	ndx_buf_printf(&line, " in %.1f s, %.1f MB/s", (double)ns / 1e9,
	               speed(counts->article_size, ns));
	ndx_buf_add_u8(&line, '\0');
	if (!ndx_buf_failed(&line))
		ndx_cmd_say("%s", (const char *)line.data);
	ndx_buf_free(&line);
}

static size_t
unit_size(const struct settings *settings)
{
	uint64_t size = settings->memory_size / 64;

	if (settings->commit_every_articles > 0 &&
	    settings->commit_every_articles < size / SMALL_ARTICLE_SIZE)
		size = settings->commit_every_articles * SMALL_ARTICLE_SIZE;
	if (size < UNIT_SIZE_MIN)
		size = UNIT_SIZE_MIN;
	return size < NDX_UNIT_SIZE_DEFAULT ? (size_t)size : NDX_UNIT_SIZE_DEFAULT;
}

static int
index_files(const char *dir, const struct settings *settings,
            const struct ndx_sync_options *sync_options)
{
	const struct ndx_writer_options writer_options = {
		.language = settings->language,
		.memory_size = (size_t)settings->memory_size,
		.jobs = ndx_cmd_jobs(settings->jobs, settings->memory_size),
		.create = true,
		.wait_ms = settings->wait_lock ? -1 : 0,
	};
	struct report report = { .begin_ns = clock_ns(),
		                 .input_size = input_size_of(sync_options) };
	const struct ndx_sync_reporter reporter = { report_reject, report_article, report_progress,
		                                    &report };
	struct ndx_sync_counts counts = { 0 };
	struct ndx_writer *writer = NULL;
	enum ndx_status status = NDX_OK;
	struct ndx_err err;

	report.is_terminal = isatty(STDERR_FILENO);
	report.shown_ns = report.is_terminal ? 0 : report.begin_ns;
	report.shows_progress = !settings->quiet && settings->progress != PROGRESS_NEVER;
	if (settings->progress == PROGRESS_ALWAYS)
		report.is_terminal = true;
	if (!settings->dry_run)
		status = ndx_writer_open(&ndx_env_default, dir, &writer_options, &writer, &err);
	if (status == NDX_OK)
		status = ndx_sync(&ndx_env_default, dir, writer, sync_options, &reporter, &counts,
		                  &err);
	if (status == NDX_OK && !settings->quiet)
		summarize(&report, &counts, writer);
	end_line(&report);
	ndx_writer_close(writer);
	if (status != NDX_OK)
		return ndx_cmd_fail(&err);
	if (caught != 0)
		return 128 + (int)caught;
	return counts.rejected > 0 ? NDX_CMD_PARTLY : NDX_CMD_DONE;
}

int
ndx_cmd_index(int argc, char **argv)
{
	struct settings settings = { .memory_size = NDX_MEMORY_SIZE_DEFAULT,
		                     .article_size_max = ARTICLE_SIZE_DEFAULT };
	const struct ndx_cmd_line line = {
		.synopsis = "index [OPTION...] INDEX SOURCE...",
		.about = "Bring INDEX up to date with files, directories, or '-' (JSON Lines on "
			 "standard input).",
		.option = options,
		.option_count = OPTION_COUNT,
		.operands_min = 2,
		.operands_max = SIZE_MAX,
		.take = take,
		.ctx = &settings,
	};
	struct ndx_sync_options sync_options;
	char **const operand = argv + 1;
	size_t count;
	struct ndx_err err;
	int result = ndx_cmd_line_read(&line, argc, argv, &count);

	if (result != -1)
		return result;
	sync_options = (struct ndx_sync_options){
		.source = (const char *const *)(operand + 1),
		.source_count = count - 1,
		.format = settings.format,
		.article_size_max = (size_t)settings.article_size_max,
		.jobs = ndx_cmd_jobs(settings.jobs, settings.memory_size),
		.unit_size = unit_size(&settings),
		.vocabulary_size = (size_t)settings.memory_size /
		                   ndx_cmd_jobs(settings.jobs, settings.memory_size) / 8,
		.prune = settings.prune,
		.commit_every_s = (unsigned)settings.commit_every_s,
		.commit_every_articles = settings.commit_every_articles,
		.stop = &caught,
	};
	/* Before the index is made or waited for. */
	if (ndx_sync_check_sources(&sync_options, &err) != NDX_OK)
		return ndx_cmd_fail(&err);
	catch_signals();
	return index_files(operand[0], &settings, &sync_options);
}
