/*
 * cgi_controls.h - the form at the head of the search page, and the help below it
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_CGI_CONTROLS_H
#define NDX_SEARCHER_CGI_CONTROLS_H

#include "searcher/cgi_config.h"
#include "searcher/cgi_form.h"

/* The fields hold what the form has; the filters that it has no fields for go along unseen. */
void ndx_cgi_controls(const struct ndx_cgi_config *config, const struct ndx_cgi_form *form,
                      struct ndx_buf *out);
/* The language's rules, by example; shown at once if 'open'. */
void ndx_cgi_help(bool open, struct ndx_buf *out);

#endif
