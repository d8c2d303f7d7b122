/*
 * cgi_page.h - the answers of the search page, header lines and all, into a buffer
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_CGI_PAGE_H
#define NDX_SEARCHER_CGI_PAGE_H

#include "common/ndx.h"
#include "searcher/cgi_answer.h"
#include "searcher/cgi_config.h"
#include "searcher/cgi_form.h"

/* Each writes a whole answer (RFC 3875, section 6) into an empty buffer. */
void ndx_cgi_page_hits(const struct ndx_cgi_config *config, const struct ndx_cgi_form *form,
                       const struct ndx_index *index, struct ndx_buf *out, struct ndx_err *err);
void ndx_cgi_page_suggest(const struct ndx_cgi_config *config, const struct ndx_cgi_form *form,
                          const struct ndx_index *index, struct ndx_buf *out,
                          struct ndx_err *err); /* as OpenSearch has it */
void ndx_cgi_page_article(const struct ndx_cgi_config *config, const struct ndx_cgi_form *form,
                          const struct ndx_index *index, struct ndx_buf *out, struct ndx_err *err);
/* How a browser can search here: OpenSearch 1.1. */
void ndx_cgi_page_opensearch(const struct ndx_cgi_config *config, const struct ndx_cgi_form *form,
                             const struct ndx_cgi_request *request, struct ndx_buf *out);
/* 'status' is code and reason; 'sentence' is for people; with a 'form', it is shown again. */
void ndx_cgi_page_error(const struct ndx_cgi_config *config, const struct ndx_cgi_form *form,
                        const char *status, const char *sentence, struct ndx_buf *out);

#endif
