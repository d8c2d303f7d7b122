/*
 * cgi_tally.c - see cgi_tally.h
 *
 * The timeline is an SVG without styles or scripts of its own: a bar for each unit, as high as its
 * matches; the numbers, which link to the dates, are in a table behind it.
 *
 * Each link repeats the whole query: where that is long, the values stand there without links.
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/cgi_tally.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "searcher/cgi_html.h"
#include "searcher/print_tally.h"

#define PICTURE_WIDTH  720
#define PICTURE_HEIGHT 80
/* Beyond so many bars they are no picture any more: neighbours are put together. */
#define BARS_MAX 180

#define FACET_VALUES_MAX 30

/* Bytes that the links of the facets, and those of the timeline, may have. */
#define LINKS_SIZE_MAX ((size_t)6000)

void
ndx_cgi_filters(const struct ndx_cgi_form *form, struct ndx_buf *out)
{
	bool any = false;

	for (int i = NDX_CGI_SOURCE; i <= NDX_CGI_AUTHOR; i++) {
		const struct ndx_cgi_change without = { (enum ndx_cgi_field)i, "" };

		if (form->value[i][0] == '\0')
			continue;
		ndx_buf_add_str(out, any ? " " : "<p class=\"of\">Only ");
		any = true;
		ndx_buf_printf(out, "%s ", ndx_cgi_field_name((enum ndx_cgi_field)i));
		ndx_cgi_html(form->value[i], out);
		ndx_buf_add_str(out, " (<a href=\"");
		ndx_cgi_address(form, &without, 1, out);
		ndx_buf_printf(out, "\" aria-label=\"Without this %s\">all</a>)",
		               ndx_cgi_field_name((enum ndx_cgi_field)i));
	}
	if (any)
		ndx_buf_add_str(out, "</p>\n");
}

static void
add_value(const struct ndx_cgi_form *form, enum ndx_facet facet,
          const struct ndx_facet_value *value, bool links, struct ndx_buf *out)
{
	const struct ndx_cgi_change years[] = { { NDX_CGI_FROM, value->value },
		                                { NDX_CGI_TO, value->value } };
	const struct ndx_cgi_change field = { facet == NDX_FACET_SOURCE    ? NDX_CGI_SOURCE
		                              : facet == NDX_FACET_SECTION ? NDX_CGI_SECTION
		                                                           : NDX_CGI_AUTHOR,
		                              value->value };

	ndx_buf_add_str(out, links ? "<li><a href=\"" : "<li>");
	if (links && facet == NDX_FACET_YEAR)
		ndx_cgi_address(form, years, 2, out);
	else if (links)
		ndx_cgi_address(form, &field, 1, out);
	ndx_buf_add_str(out, links ? "\">" : "");
	ndx_cgi_html(value->value, out);
	ndx_buf_printf(out, "%s %" PRIu64 "</li>\n", links ? "</a>" : "", value->count);
}

void
ndx_cgi_facets(const struct ndx_cgi_form *form, const struct ndx_hits *hits, struct ndx_buf *out)
{
	static const char *const heading[NDX_FACETS] = { "Source", "Section", "Author", "Year" };
	size_t values = 0;
	bool any = false, links;

	for (unsigned f = 0; f < NDX_FACETS; f++) {
		size_t count;

		ndx_hits_facet(hits, (enum ndx_facet)f, &count);
		values += count < FACET_VALUES_MAX ? count : FACET_VALUES_MAX;
	}
	links = values * ndx_cgi_address_size(form) <= LINKS_SIZE_MAX;
	for (unsigned f = 0; f < NDX_FACETS; f++) {
		size_t count;
		const struct ndx_facet_value *value =
			ndx_hits_facet(hits, (enum ndx_facet)f, &count);

		if (count < 2) /* nothing to choose */
			continue;
		ndx_buf_add_str(out,
		                any ? "" : "<nav class=\"facets\" aria-label=\"Narrow down\">\n");
		any = true;
		ndx_buf_printf(out, "<details><summary>%s</summary><ul>\n", heading[f]);
		for (size_t i = 0; i < count && i < FACET_VALUES_MAX; i++)
			add_value(form, (enum ndx_facet)f, &value[i], links, out);
		ndx_buf_add_str(out, "</ul></details>\n");
	}
	ndx_buf_add_str(out, any ? "</nav>\n" : "");
}

/* Some neighbouring buckets. */
struct bar {
	char from[16], to[16]; /* the first and the last, as their unit is written */
	uint64_t count, of;
};

static struct bar
bar_of(const struct ndx_bucket *bucket, size_t count, enum ndx_bucket_unit unit)
{
	struct ndx_bucket last = bucket[count - 1];
	struct bar bar = { .count = 0 };

	if (unit == NDX_UNIT_WEEK)
		last.from += 6 * 86400;
	ndx_bucket_label(&bucket[0], unit, bar.from);
	ndx_bucket_label(&last, unit, bar.to);
	for (size_t i = 0; i < count; i++) {
		bar.count += bucket[i].count;
		bar.of += bucket[i].of;
	}
	return bar;
}

static void
add_span(const struct bar *bar, struct ndx_buf *out)
{
	ndx_buf_add_str(out, bar->from);
	if (strcmp(bar->from, bar->to) != 0)
		ndx_buf_printf(out, " to %s", bar->to);
}

static void
add_bar(const struct bar *bar, uint64_t most, double x, double width, struct ndx_buf *out)
{
	const double height = (double)bar->count / (double)most * PICTURE_HEIGHT;

	if (bar->count == 0)
		return;
	ndx_buf_printf(out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"><title>", x,
	               PICTURE_HEIGHT - height, width * 0.9, height);
	add_span(bar, out);
	ndx_buf_printf(out, ": %" PRIu64 " of %" PRIu64 "</title></rect>\n", bar->count, bar->of);
}

/* A picture that is read out as a whole cannot have links in it: they are here. */
static void
add_row(const struct ndx_cgi_form *form, const struct bar *bar, bool links, struct ndx_buf *out)
{
	const struct ndx_cgi_change dates[] = { { NDX_CGI_FROM, bar->from },
		                                { NDX_CGI_TO, bar->to } };

	links = links && bar->count > 0;
	ndx_buf_add_str(out, "<tr><th scope=\"row\">");
	if (links) {
		ndx_buf_add_str(out, "<a href=\"");
		ndx_cgi_address(form, dates, 2, out);
		ndx_buf_add_str(out, "\">");
	}
	add_span(bar, out);
	ndx_buf_printf(out, "%s</th><td>%" PRIu64 "</td><td>%" PRIu64 "</td></tr>\n",
	               links ? "</a>" : "", bar->count, bar->of);
}

void
ndx_cgi_timeline(const struct ndx_cgi_form *form, const struct ndx_hits *hits, struct ndx_buf *out)
{
	enum ndx_bucket_unit unit;
	size_t count, each, bars;
	const struct ndx_bucket *bucket = ndx_hits_timeline(hits, &unit, &count);
	char first[16], last[16];
	uint64_t most = 1;
	double width;
	bool links;

	if (count < 2)
		return;
	each = (count + BARS_MAX - 1) / BARS_MAX;
	bars = (count + each - 1) / each;
	width = (double)PICTURE_WIDTH / (double)bars;
	links = bars * ndx_cgi_address_size(form) <= LINKS_SIZE_MAX;
	for (size_t i = 0; i < count; i += each) {
		const struct bar bar =
			bar_of(bucket + i, count - i < each ? count - i : each, unit);

		most = bar.count > most ? bar.count : most;
	}
	ndx_buf_printf(
		out,
		"<figure><svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"Matches by %s; the "
		"numbers follow as a table\">\n",
		PICTURE_WIDTH, PICTURE_HEIGHT, ndx_unit_name(unit));
	for (size_t i = 0, n = 0; i < count; i += each, n++) {
		const struct bar bar =
			bar_of(bucket + i, count - i < each ? count - i : each, unit);

		add_bar(&bar, most, (double)n * width, width, out);
	}
	ndx_bucket_label(&bucket[0], unit, first);
	ndx_bucket_label(&bucket[count - 1], unit, last);
	ndx_buf_printf(out,
	               "</svg><figcaption class=\"of\"><details><summary>%s to %s: matches by "
	               "%s</summary>\n"
	               "<table><tr><th scope=\"col\">%s</th><th scope=\"col\">matches</th><th "
	               "scope=\"col\">of all</th></tr>\n",
	               first, last, ndx_unit_name(unit), ndx_unit_name(unit));
	for (size_t i = 0; i < count; i += each) {
		const struct bar bar =
			bar_of(bucket + i, count - i < each ? count - i : each, unit);

		add_row(form, &bar, links, out);
	}
	ndx_buf_add_str(out, "</table></details></figcaption></figure>\n");
}
