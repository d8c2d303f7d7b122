/*
 * cgi_frame.c - see cgi_frame.h
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/cgi_frame.h"

#include "searcher/cgi_html.h"
#include "searcher/cgi_style.h"
#include "searcher/print.h"

void
ndx_cgi_begin_answer(const char *status, const char *type, struct ndx_buf *out)
{
	ndx_buf_printf(out,
	               "Status: %s\r\nContent-Type: %s; charset=utf-8\r\n" NDX_CGI_SAFETY
	               "Cache-Control: no-cache\r\n\r\n",
	               status, type);
}

void
ndx_cgi_add_index(const struct ndx_cgi_form *form, struct ndx_buf *out)
{
	if (form->value[NDX_CGI_INDEX][0] == '\0')
		return;
	ndx_buf_add_str(out, "&amp;index=");
	ndx_url_encode(form->value[NDX_CGI_INDEX], "", out);
}

void
ndx_cgi_begin_home_link(const struct ndx_cgi_form *form, struct ndx_buf *out)
{
	ndx_buf_add_str(out, "<a href=\"?");
	if (form != NULL && form->value[NDX_CGI_INDEX][0] != '\0') {
		ndx_buf_add_str(out, "index=");
		ndx_url_encode(form->value[NDX_CGI_INDEX], "", out);
	}
	ndx_buf_add_str(out, "\">");
}

/* The same search as a feed, for readers that look for one; how a browser can add the page to its
 * searches. */
static void
add_discovery(const struct ndx_cgi_config *config, const struct ndx_cgi_form *form,
              struct ndx_buf *out)
{
	const struct ndx_cgi_change atom = { NDX_CGI_FORMAT, "atom" };

	ndx_buf_add_str(
		out,
		"<link rel=\"search\" type=\"application/opensearchdescription+xml\" title=\"");
	ndx_cgi_html(config->title, out);
	ndx_buf_add_str(out, "\" href=\"?format=opensearch");
	ndx_cgi_add_index(form, out);
	ndx_buf_add_str(out, "\">");
	if (form->value[NDX_CGI_ID][0] != '\0' || form->value[NDX_CGI_Q][0] == '\0')
		return;
	ndx_buf_add_str(out, "<link rel=\"alternate\" type=\"application/atom+xml\" title=\"These "
	                     "hits\" href=\"");
	ndx_cgi_address(form, &atom, 1, out);
	ndx_buf_add_str(out, "\">");
}

void
ndx_cgi_begin_page(const struct ndx_cgi_config *config, const struct ndx_cgi_form *form,
                   const char *status, const char *title, struct ndx_buf *out)
{
	ndx_cgi_begin_answer(status, "text/html", out);
	ndx_buf_printf(
		out,
		"<!DOCTYPE html>\n<html lang=\"en\" class=\"%s\"><head><meta charset=\"utf-8\">"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
		"<title>",
		config->color);
	if (title != NULL && title[0] != '\0') {
		ndx_cgi_html(title, out);
		ndx_buf_add_str(out, " - ");
	}
	ndx_cgi_html(config->title, out);
	ndx_buf_add_str(out, "</title>");
	if (form != NULL && status[0] == '2')
		add_discovery(config, form, out);
	ndx_buf_add_str(out, "<style>" NDX_CGI_STYLE
	                     "</style></head>\n<body><a class=\"skip\" href=\"#main\">"
	                     "Skip to the results</a>\n<header><h1>");
	ndx_cgi_begin_home_link(form, out);
	ndx_cgi_html(config->title, out);
	ndx_buf_add_str(out, "</a></h1>\n");
}

void
ndx_cgi_begin_main(struct ndx_buf *out)
{
	ndx_buf_add_str(out, "</header>\n<main id=\"main\">\n");
}

void
ndx_cgi_end_page(struct ndx_buf *out)
{
	ndx_buf_add_str(out, "</main></body></html>\n");
}
