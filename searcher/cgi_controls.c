/*
 * cgi_controls.c - see cgi_controls.h
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/cgi_controls.h"

#include <string.h>

#include "searcher/cgi_html.h"

static void
add_label(const char *name, const char *label, struct ndx_buf *out)
{
	ndx_buf_printf(out, "<label for=\"%s\">%s</label> ", name, label);
}

/* A field of the second row, which stays on one line with its label. */
static void
begin_pair(struct ndx_buf *out)
{
	ndx_buf_add_str(out, "<span class=\"pair\">");
}

static void
end_pair(struct ndx_buf *out)
{
	ndx_buf_add_str(out, "</span>\n");
}

static void
add_input(const struct ndx_cgi_form *form, enum ndx_cgi_field field, const char *type,
          const char *label, struct ndx_buf *out)
{
	const char *name = ndx_cgi_field_name(field);

	if (label != NULL)
		add_label(name, label, out);
	ndx_buf_printf(out, "<input id=\"%s\" name=\"%s\" type=\"%s\"%s value=\"", name, name, type,
	               field == NDX_CGI_FROM || field == NDX_CGI_TO
	                       ? " placeholder=\"1999-12-31\" size=\"10\""
	                       : "");
	ndx_cgi_html(form->value[field], out);
	ndx_buf_add_str(out, "\">\n");
}

void
ndx_cgi_help(bool open, struct ndx_buf *out)
{
	static const char *const rows[][2] = {
		{ "coca cultivation",
		  "either word; articles with both, or with rarer words, come first" },
		{ "+coca +cultivation", "both words" },
		{ "coca -peru", "the one without the other" },
		{ "\"arms production\"", "these words in this order" },
		{ "(coca OR opium) AND peru", "groups" },
		{ "=production", "this form of the word alone" },
		{ "cultiv*  c?ca  cultivation~1", "beginnings, gaps, and spellings nearby" },
		{ "coca NEAR/5 peru", "at most five words apart" },
		{ "title:petro  source:reuters",
		  "in the headline; from a source (also section: and author:)" },
		{ "date:2004  date:1999..2001-06", "when it was published" },
	};

	ndx_buf_printf(out, "<details class=\"help\"%s><summary>How to search</summary><dl>\n",
	               open ? " open" : "");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ndx_buf_add_str(out, "<dt>");
		ndx_cgi_html(rows[i][0], out);
		ndx_buf_add_str(out, "</dt><dd>");
		ndx_cgi_html(rows[i][1], out);
		ndx_buf_add_str(out, "</dd>\n");
	}
	ndx_buf_add_str(out, "</dl></details>\n");
}

/* Where there are several indexes, one is chosen. */
static void
add_index_choice(const struct ndx_cgi_config *config, const struct ndx_cgi_form *form,
                 struct ndx_buf *out)
{
	const char *chosen = form->value[NDX_CGI_INDEX];

	if (config->index_count < 2)
		return;
	begin_pair(out);
	add_label("index", "Archive", out);
	ndx_buf_add_str(out, "<select id=\"index\" name=\"index\">");
	for (size_t i = 0; i < config->index_count; i++) {
		ndx_buf_add_str(out, strcmp(config->index[i].name, chosen) == 0
		                             ? "<option selected>"
		                             : "<option>");
		ndx_cgi_html(config->index[i].name, out);
		ndx_buf_add_str(out, "</option>");
	}
	ndx_buf_add_str(out, "</select>");
	end_pair(out);
}

void
ndx_cgi_controls(const struct ndx_cgi_config *config, const struct ndx_cgi_form *form,
                 struct ndx_buf *out)
{
	static const char *const sorts[] = { "relevance", "newest", "oldest" };

	ndx_buf_add_str(out, "<form role=\"search\" method=\"get\" action=\"?\">\n");
	add_input(form, NDX_CGI_Q, "search", "Search for", out);
	ndx_buf_add_str(out, "<button type=\"submit\">Search</button>\n<div class=\"row\">");
	begin_pair(out);
	add_input(form, NDX_CGI_FROM, "text", "From", out);
	end_pair(out);
	begin_pair(out);
	add_input(form, NDX_CGI_TO, "text", "to", out);
	end_pair(out);
	for (int i = NDX_CGI_SOURCE; i <= NDX_CGI_AUTHOR; i++)
		if (form->value[i][0] != '\0')
			add_input(form, (enum ndx_cgi_field)i, "hidden", NULL, out);
	add_index_choice(config, form, out);
	begin_pair(out);
	add_label("sort", "Order", out);
	ndx_buf_add_str(out, "<select id=\"sort\" name=\"sort\">");
	for (size_t i = 0; i < 3; i++)
		ndx_buf_printf(out, "<option%s>%s</option>",
		               strcmp(sorts[i], form->value[NDX_CGI_SORT]) == 0 ? " selected" : "",
		               sorts[i]);
	ndx_buf_add_str(out, "</select>");
	end_pair(out);
	ndx_buf_add_str(out, "</div></form>\n");
}
