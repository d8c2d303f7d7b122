/*
 * cgi_answer.h - a request of the search page, and its answer
 *
 *   ndx_cgi_site_init() -> ndx_cgi_answer() for each request -> ndx_cgi_site_free()
 *
 * The same for CGI (one request a process) and FastCGI (many): indexes stay open, and are opened
 * anew when their manifest has been replaced.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_CGI_ANSWER_H
#define NDX_SEARCHER_CGI_ANSWER_H

#include <sys/stat.h>

#include "common/buf.h"
#include "common/io.h"
#include "common/ndx.h"
#include "common/text.h"
#include "searcher/cgi_config.h"
#include "searcher/cgi_form.h"

struct ndx_cgi_site {
	const struct ndx_env *env;
	const struct ndx_cgi_config *config;
	struct ndx_cgi_form *form; /* of the request at hand */
	struct {
		struct ndx_index *index; /* NULL: not open */
		struct stat manifest;    /* as it was when the index was opened */
		struct stat dir; /* as it was when the process shut itself in; zeroes: it was not
		                    there */
	} open[NDX_CGI_INDEXES_MAX];
	/* Called once, when the index of a CGI request is open and all that is left is to compute;
	 * may be NULL. */
	void (*closed_in)(const struct ndx_cgi_config *config);
	/* FastCGI: an index has another directory now, which a process that has shut itself in
	 * cannot open. */
	bool stale;
};

/* What a server hands over; NULL where it does not (RFC 3875, section 4.1). */
struct ndx_cgi_request {
	const char *method, *query, *if_none_match;
	/* HTTP_HOST, SCRIPT_NAME, HTTPS: the page's own address */
	const char *host, *script, *https;
};

/* As 'get' hands out the variables of the request, by their names. */
struct ndx_cgi_request ndx_cgi_request_of(const char *(*get)(void *ctx, const char *name),
                                          void *ctx);

/* 'env' and 'config' outlive the site.  False: out of memory; then, too, it is to be freed. */
bool ndx_cgi_site_init(struct ndx_cgi_site *site, const struct ndx_env *env,
                       const struct ndx_cgi_config *config);
void ndx_cgi_site_free(struct ndx_cgi_site *site);

/*
 * Write the whole answer, header lines and, unless the method is HEAD, body, into an empty buffer;
 * and what to send of it, which is something even if there was no memory for it.
 */
struct ndx_str ndx_cgi_answer(struct ndx_cgi_site *site, const struct ndx_cgi_request *request,
                              struct ndx_buf *out);

/* What is answered where there is no memory for an answer, or no time. */
extern const char ndx_cgi_no_memory[], ndx_cgi_no_time[];

#endif
