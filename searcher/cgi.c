/*
 * cgi.c - ndx.cgi: the search page, as CGI (RFC 3875) or, if standard input is a listening socket,
 * FastCGI
 *
 * SPDX-License-Identifier: MIT
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "searcher/cgi_answer.h"
#include "searcher/cgi_fast.h"
#include "searcher/cgi_page.h"
#include "searcher/cgi_sandbox.h"
#include "searcher/cmd_zone.h"

/* What is read of a request's body, and the seconds in which it has to come. */
#define BODY_SIZE_MAX ((size_t)1 << 20)
#define BODY_S        10

/* All the processor time is used up: nothing has been sent yet. */
static void
out_of_time(int number)
{
	(void)number;
	if (write(STDOUT_FILENO, ndx_cgi_no_time, strlen(ndx_cgi_no_time)) > 0)
		_exit(0);
	_exit(2);
}

/* From here on the process may only compute and answer. */
static void
close_in(const struct ndx_cgi_config *config)
{
	const struct ndx_cgi_sandbox sandbox = { .cpu_s = config->cpu };
	const char *missing;

	signal(SIGXCPU, out_of_time);
	missing = ndx_cgi_sandbox(&sandbox);
	if (missing != NULL)
		fprintf(stderr, "ndx.cgi: %s\n", missing);
}

/* A body that nobody reads can cost the server its connection; but some of it, and for a while. */
static void
drop_body(const char *length)
{
	char room[4096];
	size_t left = length == NULL ? 0 : strtoul(length, NULL, 10);
	ssize_t got = 1;

	alarm(BODY_S);
	for (left = left < BODY_SIZE_MAX ? left : BODY_SIZE_MAX; left > 0 && got > 0;
	     left -= (size_t)got)
		got = read(STDIN_FILENO, room, left < sizeof(room) ? left : sizeof(room));
	alarm(0);
}

static const char *
get(void *ctx, const char *name)
{
	(void)ctx;
	return getenv(name);
}

static int
serve_one(const struct ndx_cgi_config *config)
{
	const struct ndx_cgi_request request = ndx_cgi_request_of(get, NULL);
	struct ndx_str answer = ndx_str(ndx_cgi_no_memory);
	struct ndx_cgi_site site;
	struct ndx_buf out;
	bool ok;

	ndx_buf_init(&out, &ndx_mem_default);
	drop_body(getenv("CONTENT_LENGTH"));
	if (ndx_cgi_site_init(&site, &ndx_env_default, config)) {
		site.closed_in = close_in;
		answer = ndx_cgi_answer(&site, &request, &out);
	}
	ok = fwrite(answer.data, 1, answer.size, stdout) == answer.size && fflush(stdout) == 0;
	ndx_buf_free(&out);
	ndx_cgi_site_free(&site);
	return ok ? 0 : 2;
}

/* A web server hands a FastCGI program the socket to accept on as standard input. */
static bool
is_fastcgi(void)
{
	struct sockaddr_storage peer;
	socklen_t size = sizeof(peer);

	return getpeername(STDIN_FILENO, (struct sockaddr *)&peer, &size) == -1 &&
	       errno == ENOTCONN;
}

int
main(void)
{
	const char *path = getenv("NDX_CONFIG");
	struct ndx_cgi_config config = ndx_cgi_config_default;
	struct ndx_err err;
	int result;

	/* Without it there is no index, and every answer says so until it is mended. */
	if (ndx_cgi_config_read(path == NULL ? NDX_CGI_CONFIG_PATH : path, &config, &err) != NDX_OK)
		fprintf(stderr, "ndx.cgi: %s\n", err.msg);
	if (config.timezone[0] != '\0' && !ndx_zone_by_name(config.timezone, &config.zone))
		fprintf(stderr, "ndx.cgi: the time zone '%s' cannot be set: days are UTC\n",
		        config.timezone);
	result = is_fastcgi() ? ndx_cgi_fast(&config) : serve_one(&config);
	ndx_cgi_config_free(&config);
	return result;
}
