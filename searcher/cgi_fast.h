/*
 * cgi_fast.h - the search page as a FastCGI program
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_CGI_FAST_H
#define NDX_SEARCHER_CGI_FAST_H

#include "searcher/cgi_config.h"

/*
 * Serve requests on standard input, a listening socket, until told to end by SIGTERM:
 * config->workers processes do, each shut in before its first request, and one that ends (a request
 * took more than config->cpu seconds) is replaced.  Returns the exit status.
 */
int ndx_cgi_fast(const struct ndx_cgi_config *config);

#endif
