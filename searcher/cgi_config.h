/*
 * cgi_config.h - what the administrator says about the search page: ndx.conf(5)
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_CGI_CONFIG_H
#define NDX_SEARCHER_CGI_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"
#include "common/ndx.h"

#define NDX_CGI_CONFIG_PATH     "/etc/ndx/ndx.conf"
#define NDX_CGI_CONFIG_SIZE_MAX (64 * 1024)
#define NDX_CGI_INDEXES_MAX     16
#define NDX_CGI_WORKERS_MAX     64

struct ndx_cgi_index {
	const char *name; /* letters, digits, '-' and '_' */
	const char *path;
};

struct ndx_cgi_config {
	char *text; /* the file; all strings point into it, or at constants */
	struct ndx_cgi_index index[NDX_CGI_INDEXES_MAX]; /* the first is the default */
	size_t index_count;                              /* >= 1 */
	const char *title;                               /* of the page */
	const char *link;     /* pattern with {id}: where articles are to be read; "": none */
	const char *color;    /* of links and bars: a name that the style knows */
	const char *timezone; /* whose days are meant; "": UTC */
	struct ndx_zone zone; /* that zone, once it was looked up */
	unsigned hits;        /* a page */
	unsigned cpu;         /* seconds a request may take of a processor */
	unsigned workers;     /* processes that answer, with FastCGI */
	bool articles;        /* may texts be shown? */
};

/* What holds where the file does not say otherwise; it has no index. */
extern const struct ndx_cgi_config ndx_cgi_config_default;

/* Read the file 'path'; the error names file and line.  Free with ndx_cgi_config_free(). */
enum ndx_status ndx_cgi_config_read(const char *path, struct ndx_cgi_config *config_ret,
                                    struct ndx_err *err);
void ndx_cgi_config_free(struct ndx_cgi_config *config);

#endif
