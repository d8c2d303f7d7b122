/*
 * cgi_html.h - the only ways in which text becomes part of a page
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_CGI_HTML_H
#define NDX_SEARCHER_CGI_HTML_H

#include "searcher/cgi_form.h"

/* Text or the value of an attribute, escaped; marks become <mark>. */
void ndx_cgi_html(const char *text, struct ndx_buf *out);

/* A parameter that is to have another value. */
struct ndx_cgi_change {
	enum ndx_cgi_field field;
	const char *value; /* "": without it */
};

/* The address ("?q=...") of the form with some changes, on its first page; to stand in an
 * attribute. */
void ndx_cgi_address(const struct ndx_cgi_form *form, const struct ndx_cgi_change *change,
                     size_t count, struct ndx_buf *out);

/* 101,002 */
void ndx_cgi_number(uint64_t number, struct ndx_buf *out);

/* Bytes of the values in an address of the form: what each link costs. */
size_t ndx_cgi_address_size(const struct ndx_cgi_form *form);

#endif
