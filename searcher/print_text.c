/*
 * print_text.c - hits and articles for people
 *
 *    1. Coca growers of the valley turn to coffee
 *       2004-03-11 08:15  Andes Wire  World  andes/0311.txt
 *       ...the ministry said. Coca cultivation fell by a third...
 *
 * What an article holds must not speak to the terminal: control characters, also those
 * beyond ASCII, are shown as U+FFFD.
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/print_text.h"

#include <inttypes.h>
#include <stdio.h>

#include "common/date.h"
#include "searcher/print_tally.h"
#include "searcher/snippet.h"

#define BOLD        "\033[1m"
#define DIM         "\033[2m"
#define MATCH       "\033[1;31m" /* as grep has it */
#define PLAIN       "\033[0m"
#define REPLACEMENT "\xef\xbf\xbd"

#define INDENT "    "

/* Bytes of the control character at 'at', 0 if there is none. */
static size_t
control_size(const char *text, size_t size, size_t at)
{
	const unsigned char byte = (unsigned char)text[at];

	if (byte == 0xc2 && at + 1 < size && (unsigned char)text[at + 1] < 0xa0)
		return 2;
	return (byte < ' ' && byte != '\n' && byte != '\t') || byte == 0x7f ? 1 : 0;
}

static void
put_text(const char *text, size_t size, bool color, struct ndx_buf *out)
{
	size_t skip;

	for (size_t at = 0; at < size; at += skip) {
		skip = control_size(text, size, at);
		if (text[at] == NDX_MARK_BEGIN)
			ndx_buf_add_str(out, color ? MATCH : "");
		else if (text[at] == NDX_MARK_END)
			ndx_buf_add_str(out, color ? PLAIN : "");
		else if (skip > 0)
			ndx_buf_add_str(out, REPLACEMENT);
		else
			ndx_buf_add(out, text + at, 1);
		skip += skip == 0;
	}
}

static void
put_str(const char *text, bool color, struct ndx_buf *out)
{
	put_text(text, strlen(text), color, out);
}

/* Date, source, section and id, two spaces between those that are known. */
static void
put_facts(const struct ndx_article_view *article, bool color, struct ndx_buf *out)
{
	char date[NDX_DATE_SIZE] = "";
	const char *const fact[] = { date, article->source, article->section, article->id };
	const char *divider = "";

	if (article->date != NDX_NO_DATE) {
		ndx_date_format((struct ndx_date){ article->date, article->date_offset_min }, date);
		date[10] = ' '; /* for the T */
		/* To the minute, as the newspaper had it; midnight is what a date alone becomes. */
		date[strncmp(date + 11, "00:00:00", 8) == 0 ? 10 : 16] = '\0';
	}
	ndx_buf_add_str(out, color ? DIM : "");
	for (size_t i = 0; i < sizeof(fact) / sizeof(fact[0]); i++) {
		if (fact[i][0] == '\0')
			continue;
		ndx_buf_add_str(out, divider);
		put_str(fact[i], false, out);
		divider = "  ";
	}
	ndx_buf_add_str(out, color ? PLAIN "\n" : "\n");
}

/* The title, with its matches coloured. */
static void
put_title(const char *title, const struct ndx_match *match, size_t count, bool color,
          struct ndx_buf *out)
{
	size_t at = 0;

	ndx_buf_add_str(out, color ? BOLD : "");
	for (size_t i = 0; color && i < count; i++) {
		put_text(title + at, match[i].offset - at, false, out);
		ndx_buf_add_str(out, MATCH);
		put_text(title + match[i].offset, match[i].size, false, out);
		ndx_buf_add_str(out, PLAIN BOLD);
		at = match[i].offset + match[i].size;
	}
	put_str(title + at, false, out);
	ndx_buf_add_str(out, color ? PLAIN : "");
}

void
ndx_text_hit(struct ndx_printer *printer, const struct ndx_hit *hit, const char *snippet)
{
	const struct ndx_article_view *article = &hit->article;
	const bool color = printer->facts->color;
	struct ndx_buf *out = printer->out;

	ndx_buf_printf(out, "%2zu. ", printer->facts->offset + printer->hit_count + 1);
	if (article->title[0] == '\0')
		put_title("(no title)", NULL, 0, color, out);
	else
		put_title(article->title, printer->title_match, printer->title_match_count, color,
		          out);
	ndx_buf_add_str(out, "\n" INDENT);
	put_facts(article, color, out);
	if (snippet != NULL && snippet[0] != '\0') {
		ndx_buf_add_str(out, INDENT);
		put_str(snippet, color, out);
		ndx_buf_add_str(out, "\n");
	}
	ndx_buf_add_str(out, "\n");
}

void
ndx_text_explanation(struct ndx_printer *printer)
{
	const struct ndx_explanation *e = printer->facts->explanation;
	struct ndx_buf *out = printer->out;

	if (e == NULL)
		return;
	ndx_buf_add_str(out, "query   ");
	put_str(e->tree, false, out);
	ndx_buf_add_str(out, "\n");
	for (size_t i = 0; i < e->leaf_count; i++) {
		ndx_buf_printf(out, "term    df %-8" PRIu64 " idf %-9.6g weight %-9.6g ",
		               e->leaf[i].df, (double)e->leaf[i].idf, (double)e->leaf[i].weight);
		put_str(e->leaf[i].name, false, out);
		ndx_buf_add_str(out, "\n");
	}
	for (size_t hit = 0; hit < e->hit_count; hit++) {
		const char *sum = " = ";

		ndx_buf_printf(out, "score   %zu.", printer->facts->offset + hit + 1);
		for (size_t i = 0; i < e->leaf_count; i++, sum = " + ") {
			ndx_buf_printf(out, "%s%.6g ", sum,
			               (double)e->part[hit * e->leaf_count + i]);
			put_str(e->leaf[i].name, false, out);
		}
		ndx_buf_add_str(out, "\n");
	}
}

void
ndx_text_end(struct ndx_printer *printer)
{
	const struct ndx_print_facts *facts = printer->facts;
	const char *articles = facts->total == 1 ? "article" : "articles";

	if (facts->total > 0) {
		if (printer->hit_count < facts->total && !facts->count_only)
			ndx_buf_printf(printer->out, "%zu of ", printer->hit_count);
		ndx_buf_printf(printer->out, "%" PRIu64 " %s (%.1f ms)\n", facts->total, articles,
		               (double)facts->took_us / 1000);
	}
	if (facts->hits != NULL)
		ndx_text_tally(facts, printer->out);
	ndx_text_explanation(printer);
}

void
ndx_text_str(const char *text, struct ndx_buf *out)
{
	put_str(text, false, out);
}

static void
put_line(const char *name, const char *value, bool color, struct ndx_buf *out)
{
	if (value[0] == '\0')
		return;
	ndx_buf_printf(out, "%s%s:%s ", color ? DIM : "", name, color ? PLAIN : "");
	put_str(value, false, out);
	ndx_buf_add_str(out, "\n");
}

void
ndx_print_article_text(const struct ndx_article_view *article, bool color, struct ndx_buf *out)
{
	char date[NDX_DATE_SIZE] = "";
	size_t count;
	const struct ndx_match *title_match = ndx_article_title_matches(article, &count);

	if (article->date != NDX_NO_DATE)
		ndx_date_format((struct ndx_date){ article->date, article->date_offset_min }, date);
	if (article->title[0] != '\0' && !article->title_is_made) {
		put_title(article->title, title_match, count, color, out);
		ndx_buf_add_str(out, "\n\n");
	}
	put_line("id", article->id, color, out);
	put_line("date", date, color, out);
	put_line("source", article->source, color, out);
	put_line("section", article->section, color, out);
	put_line("author", article->author, color, out);
	put_line("url", article->url, color, out);
	put_line("language", article->language, color, out);
	ndx_buf_add_str(out, "\n");
	put_text(article->text, article->text_size, color, out);
	if (article->text_size > 0 && article->text[article->text_size - 1] != '\n')
		ndx_buf_add_str(out, "\n");
}
