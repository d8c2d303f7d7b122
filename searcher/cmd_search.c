/*
 * cmd_search.c - ndx search: ranked hits
 *
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE /* strcasestr() */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/impact.h"
#include "searcher/cmd.h"
#include "searcher/cmd_options.h"
#include "searcher/cmd_zone.h"
#include "searcher/print.h"
#include "searcher/print_tally.h"
#include "searcher/query.h"
#include "searcher/snippet.h"

/* Notices of a query are fewer: see query.h. */
#define NOTICES_MAX 64

/* What is printed is handed on in pieces of about so many bytes. */
#define FLUSH_SIZE ((size_t)64 << 10)

/* The longest passage, and the most places in a text or title that are told of a hit. */
#define SNIPPET_LENGTH_MAX 100000
#define MATCHES_MAX        1000

/* Of more hits than this, so many articles are in memory at a time. */
#define READ_COUNT     ((size_t)2000)
#define READ_IDS_COUNT ((size_t)20000)

struct settings {
	struct ndx_search_options search;
	const char *format, *qid, *tag, *color, *as_of;
	bool count, explain;
	size_t snippets, snippet_length;
	struct ndx_zone zone;
	enum ndx_facet facet[NDX_FACETS]; /* in the order in which they were named */
	size_t facet_count;
};

enum {
	OPTION_ALL,
	OPTION_AS_OF,
	OPTION_B,
	OPTION_COLOR,
	OPTION_COUNT,
	OPTION_EXPLAIN,
	OPTION_FACET,
	OPTION_FACET_LIMIT,
	OPTION_FORMAT,
	OPTION_K1,
	OPTION_LIMIT,
	OPTION_MAX_EXPANSIONS,
	OPTION_OFFSET,
	OPTION_QID,
	OPTION_RANK,
	OPTION_RECENCY,
	OPTION_SNIPPETS,
	OPTION_SNIPPET_LENGTH,
	OPTION_SORT,
	OPTION_STRICT,
	OPTION_TAG,
	OPTION_TIMELINE,
	OPTION_TIMEZONE,
	OPTION_TITLE_WEIGHT,
	OPTIONS
};

static const struct ndx_cmd_option options[OPTIONS] = {
	/* clang-format off */
	[OPTION_LIMIT] = { "limit", 'n', "N", "print the best N hits (10), or all" },
	[OPTION_OFFSET] = { "offset", 0, "N", "pass over the first N hits" },
	[OPTION_SORT] = { "sort", 0, "ORDER", "relevance (default), newest or oldest" },
	[OPTION_FORMAT] = { "format", 0, "FORMAT", "text, json, jsonl, csv, atom, rss, ris, bibtex, trec, ids" },
	[OPTION_COUNT] = { "count", 'c', NULL, "print only the number of articles that match" },
	[OPTION_ALL] = { "all", 'a', NULL, "every word or clause is required" },
	[OPTION_STRICT] = { "strict", 0, NULL, "a query that does not parse is an error" },
	[OPTION_RECENCY] = { "recency", 0, "AGE", "prefer newer articles; what they count halves in AGE: 7 (days), 2w, 6m, 1y" },
	[OPTION_AS_OF] = { "as-of", 0, "DATE", "age is counted from the end of DATE (now)" },
	[OPTION_FACET] = { "facet", 0, "LIST", "count matches by source, section, author, year" },
	[OPTION_FACET_LIMIT] = { "facet-limit", 0, "N", "values of a facet (10)" },
	[OPTION_TIMELINE] = { "timeline", 0, "UNIT", "count matches by day, week, month, year or auto" },
	[OPTION_SNIPPETS] = { "snippets", 0, "N", "passages of each article that are shown (1)" },
	[OPTION_SNIPPET_LENGTH] = { "snippet-length", 0, "N", "bytes of a passage (320)" },
	[OPTION_TIMEZONE] = { "timezone", 0, "ZONE", "whose days are meant: UTC (default), local, +05:30, Europe/Paris" },
	[OPTION_MAX_EXPANSIONS] = { "max-expansions", 0, "N", "words that a pattern may stand for (1024)" },
	[OPTION_EXPLAIN] = { "explain", 0, NULL, "tell how the query was read and scores came about" },
	[OPTION_QID] = { "qid", 0, "ID", "the query's name in trec output (1)" },
	[OPTION_TAG] = { "tag", 0, "TAG", "the run's name in trec output (ndx)" },
	[OPTION_RANK] = { "rank", 0, "HOW", "bm25 (default), or proximity: words near each other count" },
	[OPTION_K1] = { "k1", 0, "X", "BM25: how soon repeating a word stops counting (1.3)" },
	[OPTION_B] = { "b", 0, "X", "BM25: how much long articles are held back (0.75)" },
	[OPTION_TITLE_WEIGHT] = { "title-weight", 0, "X", "what a word in the title counts (2)" },
	[OPTION_COLOR] = { "color", 0, "WHEN", "auto (default), always or never" },
	/* clang-format on */
};

static bool
take_sort(const char *text, enum ndx_sort *sort_ret)
{
	static const char *const name[] = { "relevance", "newest", "oldest" };

	for (unsigned i = 0; i < 3; i++) {
		if (strcmp(text, name[i]) == 0) {
			*sort_ret = (enum ndx_sort)i;
			return true;
		}
	}
	ndx_cmd_say("--sort '%s': relevance, newest or oldest is expected", text);
	return false;
}

static bool
take_format(const char *text, const char **format_ret)
{
	const char *name;

	for (size_t i = 0; (name = ndx_print_format_name(i)) != NULL; i++) {
		if (strcmp(text, name) == 0) {
			*format_ret = name;
			return true;
		}
	}
	ndx_cmd_say("--format '%s': text, json, jsonl, csv, atom, rss, ris, bibtex, trec or ids is "
	            "expected",
	            text);
	return false;
}

/* The last second of a date, which may be partial; its days are those of the zone. */
static bool
read_as_of(struct settings *settings)
{
	struct ndx_dates span;

	if (settings->as_of == NULL)
		return true;
	if (!ndx_query_span(settings->search.zone, ndx_str(settings->as_of), &span)) {
		ndx_cmd_say("--as-of '%s': a date such as 2004, 2004-03 or 2004-03-11 is expected",
		            settings->as_of);
		return false;
	}
	if (settings->search.half_life_s == 0)
		ndx_cmd_say("--as-of says nothing without --recency");
	settings->search.as_of = span.to - 1;
	return true;
}

/* A half-life: a number of days, or of what its last letter says. */
static bool
take_recency(const char *text, int64_t *seconds_ret)
{
	static const struct {
		char letter;
		float days;
	} units[] = { { 'd', 1 }, { 'w', 7 }, { 'm', 30 }, { 'y', 365 } };
	char *end;
	float days = strtof(text, &end);

	for (size_t i = 0; end > text && i < sizeof(units) / sizeof(units[0]); i++) {
		if (end[0] == units[i].letter && end[1] == '\0') {
			days *= units[i].days;
			end++;
			break;
		}
	}
	if (end == text || *end != '\0') {
		ndx_cmd_say("--recency '%s': days, or 7d, 2w, 6m or 1y are expected", text);
		return false;
	}
	if (!(days >= 0.01f && days <= 1000000)) {
		ndx_cmd_say("--recency '%s': 0.01 to 1000000 days are expected", text);
		return false;
	}
	*seconds_ret = (int64_t)((double)days * 86400);
	return true;
}

/* "source,year" */
static bool
take_facets(const char *text, struct settings *settings)
{
	for (;; text++) {
		const size_t size = strcspn(text, ",");
		enum ndx_facet facet;

		if (!ndx_facet_by_name(text, size, &facet)) {
			ndx_cmd_say("--facet '%.*s': source, section, author or year is expected",
			            (int)size, text);
			return false;
		}
		if ((settings->search.facets & 1u << facet) == 0)
			settings->facet[settings->facet_count++] = facet;
		settings->search.facets |= 1u << facet;
		text += size;
		if (*text == '\0')
			return true;
	}
}

static bool
take_limit(const char *text, size_t *limit_ret)
{
	if (strcmp(text, "all") != 0)
		return ndx_cmd_number("limit", text, 0, SIZE_MAX, limit_ret);
	*limit_ret = SIZE_MAX;
	return true;
}

static bool
take_timeline(const char *text, enum ndx_bucket_unit *unit_ret)
{
	if (ndx_unit_by_name(text, unit_ret))
		return true;
	ndx_cmd_say("--timeline '%s': day, week, month, year or auto is expected", text);
	return false;
}

static bool
take_zone(const char *text, struct ndx_zone *zone_ret)
{
	if (ndx_zone_by_name(text, zone_ret))
		return true;
	ndx_cmd_say("--timezone '%s': UTC, local, an offset such as +05:30 or a zone such as "
	            "Europe/Paris is expected",
	            text);
	return false;
}

static bool
take(void *ctx, size_t i, const char *argument)
{
	struct settings *settings = ctx;
	struct ndx_search_options *search = &settings->search;

	switch (i) {
	case OPTION_ALL:
		search->flags |= NDX_ALL;
		return true;
	case OPTION_AS_OF:
		settings->as_of = argument;
		return true;
	case OPTION_B:
		return ndx_cmd_float("b", argument, &search->b);
	case OPTION_COLOR:
		settings->color = argument;
		return true;
	case OPTION_COUNT:
		settings->count = true;
		return true;
	case OPTION_EXPLAIN:
		settings->explain = true;
		return true;
	case OPTION_FACET:
		return take_facets(argument, settings);
	case OPTION_FACET_LIMIT:
		return ndx_cmd_number("facet-limit", argument, 0, SIZE_MAX, &search->nfacet_values);
	case OPTION_FORMAT:
		return take_format(argument, &settings->format);
	case OPTION_K1:
		return ndx_cmd_float("k1", argument, &search->k1);
	case OPTION_LIMIT:
		return take_limit(argument, &search->nhits_max);
	case OPTION_MAX_EXPANSIONS:
		return ndx_cmd_number("max-expansions", argument, 0, SIZE_MAX,
		                      &search->nexpansions_max);
	case OPTION_OFFSET:
		return ndx_cmd_number("offset", argument, 0, SIZE_MAX, &search->noffset);
	case OPTION_QID:
		settings->qid = argument;
		return true;
	case OPTION_RANK:
		return ndx_cmd_rank(argument, &search->flags);
	case OPTION_RECENCY:
		return take_recency(argument, &search->half_life_s);
	case OPTION_SNIPPETS:
		return ndx_cmd_number("snippets", argument, 1, NDX_PASSAGES_MAX,
		                      &settings->snippets);
	case OPTION_SNIPPET_LENGTH:
		return ndx_cmd_number("snippet-length", argument, NDX_SNIPPET_SIZE_MIN,
		                      SNIPPET_LENGTH_MAX, &settings->snippet_length);
	case OPTION_SORT:
		return take_sort(argument, &search->sort);
	case OPTION_STRICT:
		search->flags |= NDX_STRICT;
		return true;
	case OPTION_TAG:
		settings->tag = argument;
		return true;
	case OPTION_TIMELINE:
		return take_timeline(argument, &search->timeline);
	case OPTION_TIMEZONE:
		search->zone = &settings->zone;
		return take_zone(argument, &settings->zone);
	case OPTION_TITLE_WEIGHT:
		return ndx_cmd_float("title-weight", argument, &search->title_weight);
	default:
		return false;
	}
}

/* What is wrong with a query, and the place. */
static void
say_query_error(const char *query, const struct ndx_err *err)
{
	size_t column = 0;

	ndx_cmd_say("query: %s", err->msg);
	fputs("  ", stderr);
	for (size_t i = 0; query[i] != '\0'; i++) {
		const unsigned char byte = (unsigned char)query[i];

		fputc(byte < ' ' || byte == 0x7f ? ' ' : byte, stderr);
		column += i < err->at && (byte & 0xc0) != 0x80;
	}
	fprintf(stderr, "\n  %*s^\n", (int)column, "");
}

static uint64_t
now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* A hit with its snippet, which is made in 'room' (of 'size' bytes for each passage). */
static bool
print_hit(const struct ndx_hits *hits, size_t rank, const struct settings *settings,
          struct ndx_printer *printer, char *room, struct ndx_err *err)
{
	struct ndx_match match[MATCHES_MAX], title_match[MATCHES_MAX], passage[NDX_PASSAGES_MAX];

	room[0] = '\0';
	if (ndx_printer_needs_text(printer)) {
		if (ndx_passages(hits, rank, settings->snippets, settings->snippet_length, room,
		                 settings->snippets * settings->snippet_length, passage,
		                 &printer->passage_count, match, MATCHES_MAX, &printer->match_count,
		                 err) != NDX_OK ||
		    ndx_title_matches(hits, rank, title_match, MATCHES_MAX,
		                      &printer->title_match_count, err) != NDX_OK) {
			ndx_cmd_fail(err);
			return false;
		}
		printer->match = match;
		printer->title_match = title_match;
		printer->passage = passage;
	}
	ndx_printer_hit(printer, ndx_hits_get(hits, rank), room);
	printer->match = printer->title_match = printer->passage = NULL; /* they end here */
	printer->match_count = printer->title_match_count = printer->passage_count = 0;
	return true;
}

/* Articles that are in memory at a time. */
static size_t
read_count(const struct settings *settings)
{
	return (settings->search.flags & NDX_IDS_ONLY) != 0 ? READ_IDS_COUNT : READ_COUNT;
}

static bool
print_hits(struct ndx_hits *hits, const struct settings *settings, struct ndx_printer *printer,
           struct ndx_err *err)
{
	const bool unread = (settings->search.flags & NDX_UNREAD) != 0;
	const size_t at_once = read_count(settings);
	char *room = malloc(settings->snippets * settings->snippet_length);
	bool ok = room != NULL;

	if (!ok)
		ndx_cmd_say("out of memory");
	else
		ndx_printer_begin(printer);
	for (size_t i = 0; ok && i < ndx_hits_count(hits); i++) {
		if (unread && i % at_once == 0 && ndx_hits_read(hits, i, at_once, err) != NDX_OK) {
			ndx_cmd_fail(err);
			ok = false;
		} else {
			ok = print_hit(hits, i, settings, printer, room, err) &&
			     (printer->out->size < FLUSH_SIZE || ndx_cmd_flush(printer->out));
		}
	}
	free(room);
	if (!ok)
		return false;
	ndx_printer_end(printer);
	return ndx_cmd_flush(printer->out);
}

/* Does the user's locale have more characters than ASCII? */
static bool
has_unicode(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };

	for (size_t i = 0; i < 3; i++) {
		const char *value = getenv(names[i]);

		if (value != NULL && value[0] != '\0')
			return strcasestr(value, "utf-8") != NULL ||
			       strcasestr(value, "utf8") != NULL;
	}
	return false;
}

/* Print what was found, and return the exit status. */
static int
report(struct ndx_hits *hits, const char *query, const struct settings *settings, uint64_t took_us)
{
	const char *notice[NOTICES_MAX + 1] = { NULL };
	struct ndx_explanation *explanation = NULL;
	struct ndx_print_facts facts = { .query = query,
		                         .total = ndx_hits_total(hits),
		                         .took_us = took_us,
		                         .count = ndx_hits_count(hits),
		                         .offset = settings->search.noffset,
		                         .qid = settings->qid,
		                         .tag = settings->tag,
		                         .hits = hits,
		                         .facet_count = settings->facet_count,
		                         .count_only = settings->search.nhits_max == 0,
		                         .unicode = has_unicode(),
		                         .notice = notice };
	struct ndx_printer printer;
	struct ndx_err err;
	struct ndx_buf out;
	bool ok = ndx_cmd_color(settings->color, &facts.color);

	memcpy(facts.facet, settings->facet, sizeof(facts.facet));
	for (size_t i = 0; i < NOTICES_MAX && (notice[i] = ndx_hits_notice(hits, i)) != NULL; i++)
		ndx_cmd_say("%s", notice[i]);
	if (ndx_hits_suggestion(hits) != NULL)
		ndx_cmd_say("did you mean: %s", ndx_hits_suggestion(hits));
	if (settings->count) {
		printf("%ju\n", (uintmax_t)facts.total);
		return facts.total > 0 ? NDX_CMD_DONE : NDX_CMD_NOTHING;
	}
	if (settings->explain && ndx_explain(hits, &explanation, &err) != NDX_OK)
		return ndx_cmd_fail(&err);
	facts.explanation = explanation;
	ndx_buf_init(&out, &ndx_mem_default);
	ok = ok && ndx_printer_init(&printer, settings->format, &facts, &out);
	if (ok) {
		ok = print_hits(hits, settings, &printer, &err);
		ndx_printer_free(&printer);
	}
	ndx_buf_free(&out);
	ndx_explanation_free(explanation);
	if (!ok)
		return NDX_CMD_TROUBLE;
	return facts.total > 0 || facts.count > 0 ? NDX_CMD_DONE : NDX_CMD_NOTHING;
}

static int
search(const char *dir, const char *query, struct settings *settings)
{
	const uint64_t begin = now_us();
	struct ndx_index *index;
	struct ndx_hits *hits;
	struct ndx_err err;
	enum ndx_status status = ndx_open(dir, &index, &err);
	int result, os_error;

	if (status != NDX_OK)
		return ndx_cmd_fail(&err);
	status = ndx_search(index, query, &settings->search, &hits, &err);
	if (status == NDX_OK) {
		result = report(hits, query, settings, now_us() - begin);
		os_error = errno; /* of the output: whoever called us tells it */
		ndx_hits_free(hits);
	} else {
		if (status == NDX_E_QUERY)
			say_query_error(query, &err);
		else
			ndx_cmd_fail(&err);
		result = NDX_CMD_TROUBLE;
		os_error = 0;
	}
	ndx_close(index);
	errno = os_error;
	return result;
}

/* The words of the query, joined by spaces. */
static bool
join(char **word, size_t count, struct ndx_buf *out)
{
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			ndx_buf_add_u8(out, ' ');
		ndx_buf_add_str(out, word[i]);
	}
	ndx_buf_add_u8(out, '\0');
	return !ndx_buf_failed(out);
}

/* "-n 5" behind the query is a word that is not wanted, and another that is. */
static void
note_letters(char **word, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < OPTIONS; j++)
			if (word[i][0] == '-' && options[j].letter != 0 &&
			    word[i][1] == options[j].letter && word[i][2] == '\0')
				ndx_cmd_say("notice: '%s' stands behind the query and is read as "
				            "part of it; there the option is '--%s'",
				            word[i], options[j].name);
}

/* What was asked for and will not be told. */
static void
note_tally(const struct settings *settings)
{
	const bool asked =
		settings->search.facets != 0 || settings->search.timeline != NDX_UNIT_NONE;
	const bool is_csv = strcmp(settings->format, "csv") == 0;

	if (asked && settings->count)
		ndx_cmd_say("notice: with --count, facets and timelines are not told");
	else if (asked && is_csv && settings->search.nhits_max > 0)
		ndx_cmd_say("notice: in CSV, facets and timelines are told with -n 0 alone");
	else if (asked && !is_csv && strcmp(settings->format, "text") != 0 &&
	         strcmp(settings->format, "json") != 0)
		ndx_cmd_say("notice: facets and timelines are not told in the format %s",
		            settings->format);
}

int
ndx_cmd_search(int argc, char **argv)
{
	struct settings settings = {
		.search = { .nhits_max = 10,
		            .params_set = true,
		            .k1 = NDX_K1,
		            .b = NDX_B,
		            .title_weight = NDX_TITLE_WEIGHT,
		            .as_of = (int64_t)time(NULL) },
		.format = "text",
		.qid = "1",
		.tag = "ndx",
		.color = "auto",
		.snippets = 1,
		.snippet_length = NDX_PRINT_SNIPPET_SIZE,
	};
	const struct ndx_cmd_line line = {
		.synopsis = "search [OPTION...] INDEX QUERY...",
		.about = "Print the articles of INDEX that match QUERY, the best first.\n"
			 "Once the query has begun, a word with a single dash (-peru) belongs to "
			 "it.",
		.option = options,
		.option_count = OPTIONS,
		.operands_min = 2,
		.operands_max = SIZE_MAX,
		.dashes_after = 2,
		.take = take,
		.ctx = &settings,
	};
	struct ndx_buf query;
	size_t operand_count;
	bool color;
	int result = ndx_cmd_line_read(&line, argc, argv, &operand_count);

	if (result != -1)
		return result;
	if (!ndx_cmd_color(settings.color, &color) || !read_as_of(&settings))
		return NDX_CMD_TROUBLE;
	note_letters(argv + 3, operand_count - 2);
	note_tally(&settings);
	if (settings.count)
		settings.search.nhits_max = 0;
	if (strcmp(settings.format, "ids") == 0 || strcmp(settings.format, "trec") == 0)
		settings.search.flags |= NDX_IDS_ONLY;
	/* Only these two tell the total, and the exit status needs no more than whether it is 0. */
	if (settings.search.nhits_max > 0 && strcmp(settings.format, "text") != 0 &&
	    strcmp(settings.format, "json") != 0)
		settings.search.flags |= NDX_NO_TOTAL;
	if (settings.search.nhits_max > read_count(&settings))
		settings.search.flags |= NDX_UNREAD;
	ndx_buf_init(&query, &ndx_mem_default);
	if (join(argv + 2, operand_count - 1, &query)) {
		result = search(argv[1], (const char *)query.data, &settings);
	} else {
		ndx_cmd_say("out of memory");
		result = NDX_CMD_TROUBLE;
	}
	ndx_buf_free(&query);
	return result;
}
