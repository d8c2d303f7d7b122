/*
 * cgi.c - ndx.cgi: the search page (RFC 3875), one process a request
 *
 * Reads NDX_CONFIG, opens the index that is asked for, writes one answer.  Errors of
 * the installation go to stderr, the server's log; a visitor reads a calm sentence.
 *
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE /* memmem */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "searcher/cgi_page.h"
#include "searcher/cgi_sandbox.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || defined(NDX_COVERAGE)
#	define NDX_SANITIZED
#elif defined(__has_feature)
#	if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#		define NDX_SANITIZED
#	endif
#endif

/* From here on the process may only compute and answer.  Sanitizers and
 * gcov need more than that at their end. */
static void
close_in(const struct ndx_cgi_config *config)
{
#ifdef NDX_SANITIZED
	const struct rlimit none = { 0, 0 }, cpu = { config->cpu, config->cpu };

	setrlimit(RLIMIT_CPU, &cpu);
	setrlimit(RLIMIT_CORE, &none);
#else
	const char *missing = ndx_cgi_sandbox(config->cpu);

	if (missing != NULL)
		fprintf(stderr, "ndx.cgi: %s\n", missing);
#endif
}

static const char *
index_path(const struct ndx_cgi_config *config, const char *name)
{
	if (name[0] == '\0')
		return config->index[0].path;
	for (size_t i = 0; i < config->index_count; i++)
		if (strcmp(config->index[i].name, name) == 0)
			return config->index[i].path;
	return NULL;
}

/* Form and index; the answer's buffer is empty. */
static void
answer(const struct ndx_cgi_config *config, struct ndx_cgi_form *form, struct ndx_buf *out)
{
	const char *query = getenv("QUERY_STRING"), *path;
	struct ndx_err err = { NDX_OK, 0, "" };
	struct ndx_index *index;

	if (ndx_cgi_form_read(query == NULL ? "" : query, form, &err) != NDX_OK) {
		ndx_cgi_page_error(config->title, "400 Bad Request", err.msg, out);
		return;
	}
	path = index_path(config, form->value[NDX_CGI_INDEX]);
	if (path == NULL) {
		ndx_cgi_page_error(config->title, "400 Bad Request",
		                   "There is no archive of this name.", out);
		return;
	}
	if (ndx_open(path, &index, &err) != NDX_OK) {
		ndx_cgi_page_error(config->title, "500 Internal Server Error",
		                   "The archive cannot be searched now.", out);
	} else {
		close_in(config);
		if (form->given[NDX_CGI_SUGGEST])
			ndx_cgi_page_suggest(config, form, index, out, &err);
		else if (form->value[NDX_CGI_ID][0] != '\0')
			ndx_cgi_page_article(config, form, index, out, &err);
		else
			ndx_cgi_page_hits(config, form, index, out, &err);
		ndx_close(index);
	}
	if (err.status == NDX_E_IO || err.status == NDX_E_CORRUPT || err.status == NDX_E_NOMEM ||
	    err.status == NDX_E_VERSION)
		fprintf(stderr, "ndx.cgi: %s\n", err.msg);
}

/* With HEAD, the header lines alone. */
static int
send_answer(const struct ndx_buf *out, bool head_only)
{
	const char *data = (const char *)out->data, *end;
	size_t size = out->size;

	if (ndx_buf_failed(out) || size == 0) {
		fputs("Status: 500 Internal Server Error\r\nContent-Type: text/plain\r\n\r\n"
		      "Out of memory.\n",
		      stdout);
		return fflush(stdout) == 0 ? 0 : 2;
	}
	end = memmem(data, size, "\r\n\r\n", 4);
	if (head_only && end != NULL)
		size = (size_t)(end - data) + 4;
	return fwrite(data, 1, size, stdout) == size && fflush(stdout) == 0 ? 0 : 2;
}

int
main(void)
{
	const char *path = getenv("NDX_CONFIG"), *method = getenv("REQUEST_METHOD");
	const bool head_only = method != NULL && strcmp(method, "HEAD") == 0;
	struct ndx_cgi_form *form = malloc(sizeof(*form));
	struct ndx_cgi_config config = { 0 };
	struct ndx_buf out;
	struct ndx_err err;
	int result;

	ndx_buf_init(&out, &ndx_mem_default);
	if (ndx_cgi_config_read(path == NULL ? NDX_CGI_CONFIG_PATH : path, &config, &err) !=
	    NDX_OK) {
		fprintf(stderr, "ndx.cgi: %s\n", err.msg);
		ndx_cgi_page_error("News search", "500 Internal Server Error",
		                   "This page is not set up yet.", &out);
	} else if (method != NULL && !head_only && strcmp(method, "GET") != 0) {
		fputs("Allow: GET, HEAD\r\n", stdout);
		ndx_cgi_page_error(config.title, "405 Method Not Allowed",
		                   "This page answers GET and HEAD.", &out);
	} else if (form != NULL) {
		answer(&config, form, &out);
	}
	result = send_answer(&out, head_only);
	ndx_buf_free(&out);
	ndx_cgi_config_free(&config);
	free(form);
	return result;
}
