/*
 * cgi_tally.h - facets as links, and the timeline as a picture
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_CGI_TALLY_H
#define NDX_SEARCHER_CGI_TALLY_H

#include "common/ndx.h"
#include "searcher/cgi_form.h"

/* What narrows the query now, each with a link that takes it away. */
void ndx_cgi_filters(const struct ndx_cgi_form *form, struct ndx_buf *out);
void ndx_cgi_facets(const struct ndx_cgi_form *form, const struct ndx_hits *hits,
                    struct ndx_buf *out);
void ndx_cgi_timeline(const struct ndx_cgi_form *form, const struct ndx_hits *hits,
                      struct ndx_buf *out);

#endif
