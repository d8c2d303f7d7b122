/*
 * cgi_page.c - see cgi_page.h
 *
 * Text becomes HTML in ndx_html_write(), which serves attributes too, as it escapes both
 * quotes; what becomes part of an address passes ndx_url_encode().
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/cgi_page.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/date.h"
#include "searcher/cgi_controls.h"
#include "searcher/cgi_frame.h"
#include "searcher/cgi_html.h"
#include "searcher/cgi_tally.h"
#include "searcher/json_out.h"
#include "searcher/print.h"
#include "searcher/snippet.h"

#define NOTICES_MAX 32
#define SUGGESTIONS 8

/* Matches in an article from which one gets to the next: whoever needs more has another tool. */
#define LINKED_MAX ((size_t)1000)

/* Bytes of a title, and of another field, that are shown in a list of hits. */
#define TITLE_SHOWN 400
#define FACT_SHOWN  150

/* Of a title in a list, so many matches are marked. */
#define TITLE_MATCHES_MAX ((size_t)64)

/* The address of another page of these hits. */
static void
add_page_link(const struct ndx_cgi_form *form, unsigned page, const char *rel, const char *text,
              struct ndx_buf *out)
{
	char number[16];
	const struct ndx_cgi_change change = { NDX_CGI_PAGE, number };

	snprintf(number, sizeof(number), "%u", page);
	ndx_buf_printf(out, "<a rel=\"%s\" href=\"", rel);
	ndx_cgi_address(form, &change, 1, out);
	ndx_buf_printf(out, "\">%s</a> ", text);
}

/* What the query could have meant, as a link. */
static void
add_suggestion(const struct ndx_cgi_form *form, const struct ndx_hits *hits, struct ndx_buf *out)
{
	const struct ndx_cgi_change change = { NDX_CGI_Q, ndx_hits_suggestion(hits) };

	if (change.value == NULL)
		return;
	ndx_buf_add_str(out, "<p>Did you mean <a href=\"");
	ndx_cgi_address(form, &change, 1, out);
	ndx_buf_add_str(out, "\">");
	ndx_cgi_html(change.value, out);
	ndx_buf_add_str(out, "</a>?</p>\n");
}

/* The same hits as feeds and as data. */
static void
add_formats(const struct ndx_cgi_form *form, struct ndx_buf *out)
{
	static const char *const formats[] = { "atom", "rss", "json" };

	ndx_buf_add_str(out, "<p class=\"of\">These hits as");
	for (size_t i = 0; i < 3; i++) {
		const struct ndx_cgi_change change = { NDX_CGI_FORMAT, formats[i] };

		ndx_buf_add_str(out, " <a href=\"");
		ndx_cgi_address(form, &change, 1, out);
		ndx_buf_printf(out, "\">%s</a>", formats[i]);
	}
	ndx_buf_add_str(out, "</p>\n");
}

/* The opening tag of a link to the article; false, and nothing, if there is none to make. */
static bool
begin_article_link(const struct ndx_cgi_config *config, const struct ndx_cgi_form *form,
                   const struct ndx_article_view *article, struct ndx_buf *out)
{
	const char *hole = strstr(config->link, "{id}");

	if (hole != NULL) {
		ndx_buf_add_str(out, "<a href=\"");
		ndx_html_write(config->link, (size_t)(hole - config->link), out);
		ndx_url_encode(article->id, "", out);
		ndx_cgi_html(hole + 4, out);
	} else if (config->articles) {
		const struct ndx_cgi_change id[] = { { NDX_CGI_ID, article->id },
			                             { NDX_CGI_PAGE, form->value[NDX_CGI_PAGE] } };

		ndx_buf_add_str(out, "<a href=\"");
		ndx_cgi_address(form, id, 2, out);
	} else if (ndx_url_is_web(article->url)) {
		ndx_buf_add_str(out, "<a href=\"");
		ndx_cgi_html(article->url, out);
	} else {
		return false;
	}
	ndx_buf_add_str(out, "\">");
	return true;
}

/* Text as HTML, 'most' bytes of it, with marks around its matches. */
static void
add_marked_cut(const char *text, size_t most, const struct ndx_match *match, size_t count,
               struct ndx_buf *out)
{
	size_t size = strlen(text), at = 0;
	const bool cut = size > most;

	if (cut)
		for (size = most; size > 0 && ((unsigned char)text[size] & 0xc0) == 0x80;)
			size--;
	for (size_t i = 0; i < count && match[i].offset + match[i].size <= size; i++) {
		ndx_html_write(text + at, match[i].offset - at, out);
		ndx_buf_add_str(out, "<mark>");
		ndx_html_write(text + match[i].offset, match[i].size, out);
		ndx_buf_add_str(out, "</mark>");
		at = match[i].offset + match[i].size;
	}
	ndx_html_write(text + at, size - at, out);
	ndx_buf_add_str(out, cut ? "&#8230;" : "");
}

static void
add_cut(const char *text, size_t most, struct ndx_buf *out)
{
	add_marked_cut(text, most, NULL, 0, out);
}

static void
add_title(const char *title, size_t most, const struct ndx_match *match, size_t count,
          struct ndx_buf *out)
{
	if (title[0] == '\0')
		ndx_buf_add_str(out, "Untitled");
	else
		add_marked_cut(title, most, match, count, out);
}

/* Date, source, section and author, as far as they are known. */
static void
add_facts(const struct ndx_article_view *article, struct ndx_buf *out)
{
	const char *const facts[] = { article->source, article->section, article->author };
	const char *divider = "";
	char date[NDX_DATE_SIZE];

	ndx_buf_add_str(out, "<p class=\"of\">");
	if (article->date != NDX_NO_DATE) {
		ndx_date_format((struct ndx_date){ article->date, article->date_offset_min }, date);
		ndx_buf_printf(out, "<time datetime=\"%s\">%.10s</time>", date, date);
		divider = " &#183; ";
	}
	for (size_t i = 0; i < 3; i++) {
		if (facts[i][0] == '\0')
			continue;
		ndx_buf_add_str(out, divider);
		add_cut(facts[i], FACT_SHOWN, out);
		divider = " &#183; ";
	}
	ndx_buf_add_str(out, "</p>\n");
}

static enum ndx_status
add_hit(const struct ndx_cgi_config *config, const struct ndx_cgi_form *form,
        const struct ndx_hits *hits, size_t rank, struct ndx_buf *out, struct ndx_err *err)
{
	const struct ndx_article_view *article = &ndx_hits_get(hits, rank)->article;
	char snippet[NDX_PRINT_SNIPPET_SIZE];
	struct ndx_match match[TITLE_MATCHES_MAX];
	size_t match_count = 0;
	bool linked;
	enum ndx_status status = ndx_snippet(hits, rank, snippet, sizeof(snippet), err);

	if (status == NDX_OK)
		status = ndx_title_matches(hits, rank, match, TITLE_MATCHES_MAX, &match_count, err);
	if (status != NDX_OK)
		return status;
	ndx_buf_add_str(out, "<li><h2>");
	linked = begin_article_link(config, form, article, out);
	add_title(article->title, TITLE_SHOWN, match, match_count, out);
	ndx_buf_add_str(out, linked ? "</a></h2>" : "</h2>");
	add_facts(article, out);
	ndx_buf_add_str(out, "<p>");
	ndx_cgi_html(snippet, out);
	ndx_buf_add_str(out, "</p></li>\n");
	return NDX_OK;
}

/* Links to the page before and after, where there is one. */
static void
add_page_links(const struct ndx_cgi_form *form, const struct ndx_print_facts *facts,
               struct ndx_buf *out)
{
	const bool has_next = facts->offset + facts->count < facts->total && form->page < 999;

	if (form->page <= 1 && !has_next)
		return;
	ndx_buf_add_str(out, "<nav class=\"pages\" aria-label=\"Pages\">");
	if (form->page > 1)
		add_page_link(form, form->page - 1, "prev", "Previous page", out);
	if (has_next)
		add_page_link(form, form->page + 1, "next", "Next page", out);
	ndx_buf_add_str(out, "</nav>\n");
}

/* How many articles, and which of them are here. */
static void
add_count(const struct ndx_cgi_config *config, const struct ndx_cgi_form *form,
          const struct ndx_print_facts *facts, struct ndx_buf *out)
{
	ndx_buf_add_str(out, "<p class=\"of\">");
	ndx_cgi_number(facts->total, out);
	ndx_buf_printf(out, " article%s, ", facts->total == 1 ? "" : "s");
	if (facts->count > 0 && facts->total > facts->count) {
		ndx_buf_printf(out, "page %u of ", form->page);
		ndx_cgi_number((facts->total - 1) / config->hits + 1, out);
		ndx_buf_add_str(out, ", ");
	}
	ndx_buf_printf(out, "%" PRIu64 ".%" PRIu64 " ms</p>\n", facts->took_us / 1000,
	               facts->took_us / 100 % 10);
}

static bool
is_empty(const struct ndx_cgi_form *form)
{
	static const enum ndx_cgi_field asked[] = {
		NDX_CGI_Q, NDX_CGI_FROM, NDX_CGI_TO, NDX_CGI_SOURCE, NDX_CGI_SECTION, NDX_CGI_AUTHOR
	};

	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++)
		if (form->value[asked[i]][0] != '\0')
			return false;
	return true;
}

static enum ndx_status
write_html(const struct ndx_cgi_config *config, const struct ndx_cgi_form *form,
           const struct ndx_hits *hits, const struct ndx_print_facts *facts, uint64_t article_count,
           struct ndx_buf *out, struct ndx_err *err)
{
	enum ndx_status status = NDX_OK;

	ndx_cgi_begin_page(config, form, "200 OK", form->value[NDX_CGI_Q], out);
	ndx_cgi_controls(config, form, out);
	if (is_empty(form)) { /* nothing asked yet */
		ndx_cgi_begin_main(out);
		ndx_buf_add_str(out, "<p>");
		ndx_cgi_number(article_count, out);
		ndx_buf_add_str(out, " articles can be searched here.</p>\n");
		ndx_cgi_help(true, out);
		ndx_cgi_end_page(out);
		return NDX_OK;
	}
	ndx_cgi_help(false, out);
	ndx_cgi_begin_main(out);
	for (size_t i = 0; facts->notice[i] != NULL; i++) {
		ndx_buf_add_str(out, "<p role=\"status\">");
		ndx_cgi_html(facts->notice[i], out);
		ndx_buf_add_str(out, "</p>\n");
	}
	add_count(config, form, facts, out);
	add_suggestion(form, hits, out);
	ndx_cgi_filters(form, out);
	ndx_cgi_timeline(form, hits, out);
	ndx_cgi_facets(form, hits, out);
	if (facts->count > 0)
		ndx_buf_add_str(out, "<ol>\n");
	else
		ndx_buf_add_str(out,
		                facts->total > 0
		                        ? "<p>There are no more.</p>\n"
		                        : "<p>Nothing was found. Try fewer or other words, or a "
		                          "longer time.</p>\n");
	for (size_t rank = 0; status == NDX_OK && rank < facts->count; rank++)
		status = add_hit(config, form, hits, rank, out, err);
	if (facts->count > 0)
		ndx_buf_add_str(out, "</ol>\n");
	add_page_links(form, facts, out);
	if (facts->count > 0)
		add_formats(form, out);
	ndx_cgi_end_page(out);
	return status;
}

/* As one of the printer's formats. */
static enum ndx_status
write_format(const char *format, const char *type, const struct ndx_hits *hits,
             const struct ndx_print_facts *facts, struct ndx_buf *out, struct ndx_err *err)
{
	char snippet[NDX_PRINT_SNIPPET_SIZE];
	struct ndx_match match[NDX_PRINT_SNIPPET_SIZE]; /* each takes a byte of it */
	struct ndx_match title_match[NDX_PRINT_SNIPPET_SIZE], passage;
	struct ndx_printer printer;
	enum ndx_status status = NDX_OK;

	ndx_cgi_begin_answer("200 OK", type, out);
	if (!ndx_printer_init(&printer, format, facts, out))
		return ndx_fail_nomem(err);
	ndx_printer_begin(&printer);
	for (size_t rank = 0; status == NDX_OK && rank < facts->count; rank++) {
		printer.match = match;
		printer.title_match = title_match;
		printer.passage = &passage;
		status = ndx_passages(hits, rank, 1, sizeof(snippet), snippet, sizeof(snippet),
		                      &passage, &printer.passage_count, match,
		                      NDX_PRINT_SNIPPET_SIZE, &printer.match_count, err);
		if (status == NDX_OK)
			status = ndx_title_matches(hits, rank, title_match, NDX_PRINT_SNIPPET_SIZE,
			                           &printer.title_match_count, err);
		if (status == NDX_OK)
			ndx_printer_hit(&printer, ndx_hits_get(hits, rank), snippet);
	}
	ndx_printer_end(&printer);
	ndx_printer_free(&printer);
	return status;
}

static enum ndx_status
write_hits(const struct ndx_cgi_config *config, const struct ndx_cgi_form *form,
           const struct ndx_hits *hits, const struct ndx_print_facts *facts, uint64_t article_count,
           struct ndx_buf *out, struct ndx_err *err)
{
	static const struct {
		const char *format, *type;
	} types[] = { { "json", "application/json" },
		      { "atom", "application/atom+xml" },
		      { "rss", "application/rss+xml" } };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (strcmp(form->value[NDX_CGI_FORMAT], types[i].format) == 0)
			return write_format(types[i].format, types[i].type, hits, facts, out, err);
	}
	return write_html(config, form, hits, facts, article_count, out, err);
}

static uint64_t
now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* What went wrong, for people; paths and bytes are in err, for the server's log alone. */
static void
write_failure(const struct ndx_cgi_config *config, const struct ndx_cgi_form *form,
              const struct ndx_err *err, struct ndx_buf *out)
{
	if (err->status == NDX_E_NOT_FOUND)
		ndx_cgi_page_error(config, form, "404 Not Found",
		                   "There is no article of this name.", out);
	else if (err->status == NDX_E_LIMIT || err->status == NDX_E_QUERY)
		ndx_cgi_page_error(config, form, "400 Bad Request",
		                   "This query is too complex. Try fewer words.", out);
	else
		ndx_cgi_page_error(config, form, "500 Internal Server Error",
		                   "The archive cannot be searched now.", out);
}

/* What a feed is called, and known by: all that was asked for. */
static void
name_feed(const struct ndx_cgi_config *config, const struct ndx_cgi_form *form, struct ndx_buf *out)
{
	ndx_buf_add_str(out, form->value[NDX_CGI_Q]);
	if (out->size > 0)
		ndx_buf_add_u8(out, ' ');
	ndx_cgi_form_filter(form, out);
	if (out->size > 0)
		out->size--; /* the space at the end */
	else
		ndx_buf_add_str(out, config->title);
	ndx_buf_add_u8(out, '\0');
}

void
ndx_cgi_page_hits(const struct ndx_cgi_config *config, const struct ndx_cgi_form *form,
                  const struct ndx_index *index, struct ndx_buf *out, struct ndx_err *err)
{
	const char *sort = form->value[NDX_CGI_SORT], *notice[NOTICES_MAX + 1] = { NULL };
	/* Facets and the timeline are for the page itself. */
	const char *format = form->value[NDX_CGI_FORMAT];
	const bool counts = format[0] == '\0' || strcmp(format, "html") == 0;
	struct ndx_search_options options = {
		.nhits_max = config->hits,
		.noffset = (size_t)(form->page - 1) * config->hits,
		.sort = sort[0] == 'n'   ? NDX_SORT_NEWEST
		        : sort[0] == 'o' ? NDX_SORT_OLDEST
		                         : NDX_SORT_RELEVANCE,
		.facets = counts ? (1u << NDX_FACETS) - 1 : 0,
		.zone = config->zone.offset_s == NULL ? NULL : &config->zone,
		.timeline = counts ? NDX_UNIT_AUTO : NDX_UNIT_NONE,
	};
	struct ndx_print_facts facts = { .query = form->value[NDX_CGI_Q], .notice = notice };
	struct ndx_buf filter, name;
	struct ndx_hits *hits;
	const uint64_t begin_us = now_us();
	enum ndx_status status;

	ndx_buf_init(&filter, out->mem);
	ndx_buf_init(&name, out->mem);
	ndx_cgi_form_filter(form, &filter);
	ndx_buf_add_u8(&filter, '\0');
	if (format[0] == 'a' || format[0] == 'r')
		name_feed(config, form, &name);
	options.filter = (const char *)filter.data;
	status = ndx_buf_failed(&filter) || ndx_buf_failed(&name)
	                 ? ndx_fail_nomem(err)
	                 : ndx_search(index, form->value[NDX_CGI_Q], &options, &hits, err);
	ndx_buf_free(&filter);
	if (status != NDX_OK) {
		ndx_buf_free(&name);
		write_failure(config, form, err, out);
		return;
	}
	if (name.size > 0)
		facts.query = (const char *)name.data;
	facts.took_us = now_us() - begin_us;
	facts.total = ndx_hits_total(hits);
	facts.count = ndx_hits_count(hits);
	facts.offset = options.noffset;
	for (size_t i = 0; i < NOTICES_MAX && ndx_hits_notice(hits, i) != NULL; i++)
		notice[i] = ndx_hits_notice(hits, i);
	facts.hits = hits;
	status = write_hits(config, form, hits, &facts, ndx_article_count(index), out, err);
	ndx_hits_free(hits);
	ndx_buf_free(&name);
	if (status != NDX_OK) {
		ndx_buf_clear(out);
		write_failure(config, form, err, out);
	}
}

void
ndx_cgi_page_suggest(const struct ndx_cgi_config *config, const struct ndx_cgi_form *form,
                     const struct ndx_index *index, struct ndx_buf *out, struct ndx_err *err)
{
	const char *prefix = form->value[NDX_CGI_SUGGEST];
	const struct ndx_suggestion *suggestion;
	struct ndx_json_out json = { out, false };
	struct ndx_suggestions *suggestions;

	if (ndx_suggest(index, prefix, SUGGESTIONS, &suggestions, err) != NDX_OK) {
		write_failure(config, form, err, out);
		return;
	}
	ndx_cgi_begin_answer("200 OK", "application/x-suggestions+json", out);
	ndx_json_out_begin(&json, NULL, "[");
	ndx_json_out_str(&json, NULL, ndx_str(prefix));
	ndx_json_out_begin(&json, NULL, "[");
	for (size_t i = 0; (suggestion = ndx_suggestions_get(suggestions, i)) != NULL; i++)
		ndx_json_out_text(&json, NULL, suggestion->text);
	ndx_json_out_end(&json, "]");
	ndx_json_out_end(&json, "]\n");
	ndx_suggestions_free(suggestions);
}

/* The text; each match has a name, and links to the one before and the one after. */
static void
add_marked_text(const struct ndx_article_view *article, struct ndx_buf *out)
{
	const char *at = article->text, *end = at + article->text_size;
	size_t count = 0, n = 0, linked;

	for (const char *p = at; p < end; p++)
		count += *p == NDX_MARK_BEGIN;
	linked = count < LINKED_MAX ? count : LINKED_MAX;
	if (count > 0)
		ndx_buf_printf(out, "<p class=\"of\"><a href=\"#m1\">%zu match%s</a></p>\n", count,
		               count == 1 ? "" : "es");
	ndx_buf_add_str(out, "<div class=\"text\">");
	for (const char *begin, *stop; at < end; at = stop + 1) {
		begin = memchr(at, NDX_MARK_BEGIN, (size_t)(end - at));
		stop = begin == NULL ? NULL : memchr(begin, NDX_MARK_END, (size_t)(end - begin));
		if (stop == NULL) {
			ndx_html_write(at, (size_t)(end - at), out);
			break;
		}
		ndx_html_write(at, (size_t)(begin - at), out);
		if (++n <= linked)
			ndx_buf_printf(out, "<mark id=\"m%zu\">", n);
		else
			ndx_buf_add_str(out, "<mark>");
		ndx_html_write(begin + 1, (size_t)(stop - begin) - 1, out);
		ndx_buf_add_str(out, "</mark>");
		if (n > 1 && n <= linked)
			ndx_buf_printf(out,
			               "<a class=\"go\" href=\"#m%zu\" aria-label=\"previous "
			               "match\">&#8593;</a>",
			               n - 1);
		if (n < linked)
			ndx_buf_printf(out,
			               "<a class=\"go\" href=\"#m%zu\" aria-label=\"next "
			               "match\">&#8595;</a>",
			               n + 1);
	}
	ndx_buf_add_str(out, "</div>\n");
}

/* The hits that the article is one of. */
static void
add_way_back(const struct ndx_cgi_form *form, struct ndx_buf *out)
{
	const struct ndx_cgi_change hits[] = { { NDX_CGI_ID, "" },
		                               { NDX_CGI_PAGE, form->value[NDX_CGI_PAGE] } };

	if (is_empty(form))
		return;
	ndx_buf_add_str(out, "<p class=\"of\"><a href=\"");
	ndx_cgi_address(form, hits, 2, out);
	ndx_buf_add_str(out, "\">Back to the hits</a></p>\n");
}

void
ndx_cgi_page_article(const struct ndx_cgi_config *config, const struct ndx_cgi_form *form,
                     const struct ndx_index *index, struct ndx_buf *out, struct ndx_err *err)
{
	const char *q = form->value[NDX_CGI_Q];
	const struct ndx_article_view *article;
	const struct ndx_match *match;
	size_t match_count;

	if (!config->articles) {
		ndx_cgi_page_error(config, form, "403 Forbidden",
		                   "Texts of articles are not shown here.", out);
		return;
	}
	if (ndx_article_get(index, form->value[NDX_CGI_ID], q[0] == '\0' ? NULL : q, &article,
	                    err) != NDX_OK) {
		write_failure(config, form, err, out);
		return;
	}
	ndx_cgi_begin_page(config, form, "200 OK",
	                   article->title[0] == '\0' ? "Untitled" : article->title, out);
	ndx_cgi_controls(config, form, out);
	ndx_cgi_begin_main(out);
	add_way_back(form, out);
	ndx_buf_add_str(out, "<article><h2>");
	match = ndx_article_title_matches(article, &match_count);
	add_title(article->title, SIZE_MAX, match, match_count, out);
	ndx_buf_add_str(out, "</h2>\n");
	add_facts(article, out);
	if (ndx_url_is_web(article->url)) {
		ndx_buf_add_str(out, "<p><a href=\"");
		ndx_cgi_html(article->url, out);
		ndx_buf_add_str(out, "\">Where it was published</a></p>\n");
	}
	add_marked_text(article, out);
	ndx_buf_add_str(out, "</article>\n");
	ndx_cgi_end_page(out);
	ndx_article_free(article);
}

/* A template of the page's own address needs to be absolute: made of what the server says, if that
 * is plain. */
static void
add_own_address(const struct ndx_cgi_request *request, struct ndx_buf *out)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:[]/";
	const char *host = request->host, *script = request->script;
	const bool https = request->https != NULL && request->https[0] != '\0' &&
	                   strcmp(request->https, "off") != 0;

	if (host != NULL && host[0] != '\0' && strspn(host, plain) == strlen(host))
		ndx_buf_printf(out, "http%s://%s", https ? "s" : "", host);
	if (script != NULL && strspn(script, plain) == strlen(script))
		ndx_buf_add_str(out, script);
}

static void
add_template(const struct ndx_cgi_form *form, const struct ndx_cgi_request *request,
             const char *type, const char *parameter, struct ndx_buf *out)
{
	ndx_buf_printf(out, "<Url type=\"%s\" template=\"", type);
	add_own_address(request, out);
	ndx_buf_printf(out, "?%s={searchTerms}", parameter);
	ndx_cgi_add_index(form, out);
	ndx_buf_add_str(out, "\"/>\n");
}

void
ndx_cgi_page_opensearch(const struct ndx_cgi_config *config, const struct ndx_cgi_form *form,
                        const struct ndx_cgi_request *request, struct ndx_buf *out)
{
	char name[17] = ""; /* of the 16 characters that the format has room for */
	size_t size = strnlen(config->title, sizeof(name) - 1);

	while (size > 0 && ((unsigned char)config->title[size] & 0xc0) == 0x80)
		size--;
	memcpy(name, config->title, size);
	ndx_cgi_begin_answer("200 OK", "application/opensearchdescription+xml", out);
	ndx_buf_add_str(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	                     "<OpenSearchDescription "
	                     "xmlns=\"http://a9.com/-/spec/opensearch/1.1/\">\n<ShortName>");
	ndx_cgi_html(name, out);
	ndx_buf_add_str(out, "</ShortName>\n<Description>");
	ndx_cgi_html(config->title, out);
	ndx_buf_add_str(out, "</Description>\n<InputEncoding>UTF-8</InputEncoding>\n");
	add_template(form, request, "text/html", "q", out);
	add_template(form, request, "application/atom+xml", "format=atom&amp;q", out);
	add_template(form, request, "application/x-suggestions+json", "suggest", out);
	ndx_buf_add_str(out, "</OpenSearchDescription>\n");
}

void
ndx_cgi_page_error(const struct ndx_cgi_config *config, const struct ndx_cgi_form *form,
                   const char *status, const char *sentence, struct ndx_buf *out)
{
	ndx_cgi_begin_page(config, form, status, NULL, out);
	if (form != NULL)
		ndx_cgi_controls(config, form, out);
	ndx_cgi_begin_main(out);
	ndx_buf_add_str(out, "<p role=\"alert\">");
	ndx_cgi_html(sentence, out);
	ndx_buf_add_str(out, "</p>\n");
	if (form == NULL) {
		ndx_buf_add_str(out, "<p>");
		ndx_cgi_begin_home_link(form, out);
		ndx_buf_add_str(out, "Search anew</a></p>\n");
	}
	ndx_cgi_end_page(out);
}
