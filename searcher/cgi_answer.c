/*
 * cgi_answer.c - see cgi_answer.h
 *
 * Errors of the installation go to stderr, the server's log; a visitor reads a calm sentence.
 *
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE /* memmem() */
#include "searcher/cgi_answer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/index.h"
#include "searcher/cgi_page.h"
#include "searcher/cgi_style.h"

#define ETAG_SIZE 64

/* A page that is ready before it is needed. */
#define READY_PAGE(status, more, sentence)                                                         \
	"Status: " status "\r\nContent-Type: text/html; charset=utf-8\r\n" NDX_CGI_SAFETY          \
	"Cache-Control: no-store\r\n" more "\r\n<!DOCTYPE html>\n<html lang=\"en\">"               \
	"<head><meta charset=\"utf-8\"><title>" status "</title></head>\n"                         \
	"<body><p>" sentence "</p></body></html>\n"

const char ndx_cgi_no_memory[] = READY_PAGE("500 Internal Server Error", "",
                                            "There is no memory left to answer. Try again later.");
const char ndx_cgi_no_time[] =
	READY_PAGE("503 Service Unavailable", "Retry-After: 60\r\n",
                   "This query took too long. Try fewer words, or a shorter time.");

struct ndx_cgi_request
ndx_cgi_request_of(const char *(*get)(void *ctx, const char *name), void *ctx)
{
	return (struct ndx_cgi_request){ .method = get(ctx, "REQUEST_METHOD"),
		                         .query = get(ctx, "QUERY_STRING"),
		                         .if_none_match = get(ctx, "HTTP_IF_NONE_MATCH"),
		                         .host = get(ctx, "HTTP_HOST"),
		                         .script = get(ctx, "SCRIPT_NAME"),
		                         .https = get(ctx, "HTTPS") };
}

bool
ndx_cgi_site_init(struct ndx_cgi_site *site, const struct ndx_env *env,
                  const struct ndx_cgi_config *config)
{
	*site = (struct ndx_cgi_site){ .env = env,
		                       .config = config,
		                       .form = ndx_alloc(env->mem, sizeof(*site->form)) };
	return site->form != NULL;
}

void
ndx_cgi_site_free(struct ndx_cgi_site *site)
{
	for (size_t i = 0; i < NDX_CGI_INDEXES_MAX; i++)
		ndx_close(site->open[i].index);
	ndx_free(site->env->mem, site->form);
}

/* The number of the index that is asked for, or -1. */
static int
find_index(const struct ndx_cgi_config *config, const char *name)
{
	if (name[0] == '\0')
		return 0;
	for (size_t i = 0; i < config->index_count; i++)
		if (strcmp(config->index[i].name, name) == 0)
			return (int)i;
	return -1;
}

/* Every commit replaces the manifest by another file. */
static bool
is_same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* The index in its last commit. */
static enum ndx_status
open_index(struct ndx_cgi_site *site, int i, struct ndx_index **index_ret, struct ndx_err *err)
{
	const char *dir = site->config->index[i].path;
	char path[4096];
	struct stat manifest = { 0 };
	struct ndx_index *index;
	enum ndx_status status;

	if (snprintf(path, sizeof(path), "%s/manifest", dir) >= (int)sizeof(path) ||
	    stat(path, &manifest) == -1)
		manifest = (struct stat){ 0 }; /* to open it fails, and tells why */
	if (site->open[i].index == NULL || !is_same_file(&manifest, &site->open[i].manifest)) {
		status = ndx_index_open(site->env, dir, &index, err);
		if (status != NDX_OK)
			return status;
		ndx_close(site->open[i].index);
		site->open[i].index = index;
		site->open[i].manifest = manifest;
	}
	*index_ret = site->open[i].index;
	return NDX_OK;
}

/* Of all that an answer depends on, but for the time that it took: commit, query, configuration,
 * program. */
static void
make_etag(const struct ndx_cgi_site *site, int i, const struct ndx_index *index,
          const struct ndx_cgi_request *request, char etag[ETAG_SIZE])
{
	const struct ndx_cgi_config *config = site->config;
	const struct stat *manifest = &site->open[i].manifest;
	struct ndx_buf facts;

	ndx_buf_init(&facts, site->env->mem);
	ndx_buf_printf(&facts, "%s|%s|%s|%s|%s|%u|%d|%s|%s|%" PRIu64 "|%jd|%ld|%jd|%s", NDX_VERSION,
	               NDX_CGI_STYLE_SHA256, config->title, config->link, config->timezone,
	               config->hits, config->articles, config->color, config->index[i].path,
	               ndx_generation(index), (intmax_t)manifest->st_mtim.tv_sec,
	               manifest->st_mtim.tv_nsec, (intmax_t)manifest->st_ino,
	               request->query == NULL ? "" : request->query);
	if (!ndx_buf_failed(&facts))
		snprintf(etag, ETAG_SIZE, "\"%016" PRIx64 "\"",
		         ndx_checksum(facts.data, facts.size));
	ndx_buf_free(&facts);
}

/* Does If-None-Match list it?  RFC 9110, section 13.1.2; a weak comparison.  "*" is not: what would
 * be answered is not yet known. */
static bool
is_known(const struct ndx_cgi_request *request, const char *etag)
{
	const char *list = request->if_none_match;

	return list != NULL && strlen(list) < 4096 && etag[0] != '\0' && strstr(list, etag) != NULL;
}

static void
answer_from(struct ndx_cgi_site *site, const struct ndx_cgi_request *request,
            const struct ndx_index *index, struct ndx_buf *out, struct ndx_err *err)
{
	const struct ndx_cgi_form *form = site->form;

	if (form->given[NDX_CGI_SUGGEST])
		ndx_cgi_page_suggest(site->config, form, index, out, err);
	else if (form->value[NDX_CGI_ID][0] != '\0')
		ndx_cgi_page_article(site->config, form, index, out, err);
	else if (strcmp(form->value[NDX_CGI_FORMAT], "opensearch") == 0)
		ndx_cgi_page_opensearch(site->config, form, request, out);
	else
		ndx_cgi_page_hits(site->config, form, index, out, err);
}

/* Form and index. */
static void
answer(struct ndx_cgi_site *site, const struct ndx_cgi_request *request, char etag[ETAG_SIZE],
       struct ndx_buf *out)
{
	struct ndx_err err = { NDX_OK, 0, "" };
	struct ndx_index *index;
	struct stat st;
	int i;

	if (ndx_cgi_form_read(request->query == NULL ? "" : request->query, site->form, &err) !=
	    NDX_OK) {
		ndx_cgi_page_error(site->config, site->form, "400 Bad Request", err.msg, out);
		return;
	}
	if (site->config->index_count == 0) {
		ndx_cgi_page_error(site->config, NULL, "500 Internal Server Error",
		                   "This page is not set up yet.", out);
		return;
	}
	i = find_index(site->config, site->form->value[NDX_CGI_INDEX]);
	if (i == -1) {
		ndx_cgi_page_error(site->config, NULL, "400 Bad Request",
		                   "There is no archive of this name.", out);
		return;
	}
	if (open_index(site, i, &index, &err) != NDX_OK) {
		site->stale = stat(site->config->index[i].path, &st) == 0 &&
		              (st.st_ino != site->open[i].dir.st_ino ||
		               st.st_dev != site->open[i].dir.st_dev);
		ndx_cgi_page_error(site->config, site->form, "500 Internal Server Error",
		                   "The archive cannot be searched now.", out);
	} else {
		if (site->closed_in != NULL)
			site->closed_in(site->config);
		make_etag(site, i, index, request, etag);
		if (is_known(request, etag))
			ndx_buf_add_str(out, "Status: 304 Not Modified\r\n" NDX_CGI_SAFETY
			                     "Cache-Control: no-cache\r\n\r\n");
		else
			answer_from(site, request, index, out, &err);
	}
	if (err.status == NDX_E_IO || err.status == NDX_E_CORRUPT || err.status == NDX_E_NOMEM ||
	    err.status == NDX_E_VERSION)
		fprintf(stderr, "ndx.cgi: %s\n", err.msg);
}

/* A 200 or 304 gets its ETag; of a HEAD the header lines alone are left. */
static void
finish(const char *etag, bool head_only, struct ndx_buf *out, struct ndx_buf *body)
{
	const bool has_etag = !ndx_buf_failed(body) && etag[0] != '\0' &&
	                      (memcmp(body->data, "Status: 200", 11) == 0 ||
	                       memcmp(body->data, "Status: 304", 11) == 0);
	const uint8_t *end =
		ndx_buf_failed(body) ? NULL : memmem(body->data, body->size, "\r\n", 2);
	const size_t line = has_etag && end != NULL ? (size_t)(end - body->data) + 2 : 0;

	ndx_buf_add(out, body->data, line);
	if (line > 0)
		ndx_buf_printf(out, "ETag: %s\r\n", etag);
	end = head_only && end != NULL ? memmem(body->data, body->size, "\r\n\r\n", 4) : NULL;
	ndx_buf_add(out, body->data + line,
	            (end == NULL ? body->size : (size_t)(end - body->data) + 4) - line);
}

struct ndx_str
ndx_cgi_answer(struct ndx_cgi_site *site, const struct ndx_cgi_request *request,
               struct ndx_buf *out)
{
	const bool head_only = request->method != NULL && strcmp(request->method, "HEAD") == 0;
	char etag[ETAG_SIZE] = "";
	struct ndx_buf body;
	bool ok;

	ndx_buf_init(&body, site->env->mem);
	if (request->method != NULL && !head_only && strcmp(request->method, "GET") != 0) {
		ndx_buf_add_str(out, "Allow: GET, HEAD\r\n");
		ndx_cgi_page_error(site->config, NULL, "405 Method Not Allowed",
		                   "This page answers GET and HEAD.", &body);
	} else {
		answer(site, request, etag, &body);
	}
	finish(etag, head_only, out, &body);
	ok = !ndx_buf_failed(&body) && !ndx_buf_failed(out);
	ndx_buf_free(&body);
	return ok ? (struct ndx_str){ (const char *)out->data, out->size }
	          : ndx_str(ndx_cgi_no_memory);
}
