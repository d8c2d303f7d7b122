/*
 * cgi_frame.h - what all answers of the search page have around what is their own
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_CGI_FRAME_H
#define NDX_SEARCHER_CGI_FRAME_H

#include "searcher/cgi_config.h"
#include "searcher/cgi_form.h"

/* The header lines; 'type' is the media type. */
void ndx_cgi_begin_answer(const char *status, const char *type, struct ndx_buf *out);

/*
 * A page up to what is above the form; 'title' is the window's, before the site's; NULL: that
 * alone. No 'form' if there is none to go on with.
 */
void ndx_cgi_begin_page(const struct ndx_cgi_config *config, const struct ndx_cgi_form *form,
                        const char *status, const char *title, struct ndx_buf *out);
/* Then, after the form: to where the results are, ... */
void ndx_cgi_begin_main(struct ndx_buf *out);
/* ... and all that is open. */
void ndx_cgi_end_page(struct ndx_buf *out);

/* The index that was asked for, as a further parameter of an address. */
void ndx_cgi_add_index(const struct ndx_cgi_form *form, struct ndx_buf *out);
/* The opening tag of a link to the empty form of the same index. */
void ndx_cgi_begin_home_link(const struct ndx_cgi_form *form, struct ndx_buf *out);

#endif
