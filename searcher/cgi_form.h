/*
 * cgi_form.h - the parameters of a request: one table of names, kinds and limits
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_CGI_FORM_H
#define NDX_SEARCHER_CGI_FORM_H

#include <stdbool.h>
#include <stddef.h>

#include "common/buf.h"
#include "common/error.h"

/* All of a query string, still encoded; servers cut at 8 KiB or so themselves. */
#define NDX_CGI_QUERY_STRING_MAX (16 * 1024)

enum ndx_cgi_field {
	NDX_CGI_Q,
	NDX_CGI_INDEX,
	NDX_CGI_PAGE,
	NDX_CGI_SORT,
	NDX_CGI_FROM,
	NDX_CGI_TO,
	NDX_CGI_SOURCE,
	NDX_CGI_SECTION,
	NDX_CGI_AUTHOR,
	NDX_CGI_ID,
	NDX_CGI_FORMAT,
	NDX_CGI_SUGGEST,
	NDX_CGI_FIELDS
};

struct ndx_cgi_form {
	/* "" where not given: UTF-8 without control characters, as long as the table allows. */
	const char *value[NDX_CGI_FIELDS];
	bool given[NDX_CGI_FIELDS]; /* even if empty */
	unsigned page;              /* from 1 */
	char text[NDX_CGI_QUERY_STRING_MAX + NDX_CGI_FIELDS];
};

/*
 * Take what query[] names in the table, the last of each name; other parameters are
 * passed over.  NDX_E_INPUT (with a sentence for people) for what the table forbids; the form then
 * has what is text, wrong or not, to be shown again.
 */
enum ndx_status ndx_cgi_form_read(const char *query, struct ndx_cgi_form *form,
                                  struct ndx_err *err);
const char *ndx_cgi_field_name(enum ndx_cgi_field field);

/* What source, section, author and dates narrow a search to: ndx_search_options.filter. */
void ndx_cgi_form_filter(const struct ndx_cgi_form *form, struct ndx_buf *out);

#endif
