/*
 * cgi_fast.c - see cgi_fast.h
 *
 * The protocol is libfcgi's, but for the answer to a request that ran out of time: it is written by a signal handler, from
 * records that are ready (FastCGI specification 1.0, sections 3.3 and 5).
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/cgi_fast.h"

#include <errno.h>
#include <fcgiapp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "searcher/cgi_answer.h"
#include "searcher/cgi_sandbox.h"

#define WORKERS_MAX 64

/* FastCGI records: version, type, request id, content length, padding length, reserved. */
#define RECORD_SIZE    8
#define RECORD_STDOUT  6
#define RECORD_END     3
#define NO_TIME_SIZE   1024

/* For the handler: the connection of the request at hand, and what it is answered if time runs out. */
static volatile sig_atomic_t connection = -1;
static unsigned char no_time[NO_TIME_SIZE];
static size_t no_time_size;

/* For the process that watches the others. */
static pid_t worker[WORKERS_MAX];
static volatile sig_atomic_t ending;

static void
put_record(unsigned type, int request_id, const void *content, size_t size)
{
	const unsigned char head[RECORD_SIZE] = { 1, (unsigned char)type, (unsigned char)(request_id >> 8),
		                                  (unsigned char)request_id, (unsigned char)(size >> 8),
		                                  (unsigned char)size };

	memcpy(no_time + no_time_size, head, RECORD_SIZE);
	if (size > 0)
		memcpy(no_time + no_time_size + RECORD_SIZE, content, size);
	no_time_size += RECORD_SIZE + size;
}

static void
get_ready(const FCGX_Request *request)
{
	static const unsigned char done[8];

	no_time_size = 0;
	put_record(RECORD_STDOUT, request->requestId, ndx_cgi_no_time, strlen(ndx_cgi_no_time));
	put_record(RECORD_STDOUT, request->requestId, NULL, 0);
	put_record(RECORD_END, request->requestId, done, sizeof(done));
	connection = request->ipcFd;
}

static void
out_of_time(int number)
{
	(void)number;
	if (connection != -1 && write(connection, no_time, no_time_size) == -1)
		_exit(2);
	_exit(0);
}

/* The clock is that of the processor; 0 stops it. */
static void
give_time(unsigned seconds)
{
	const struct itimerval time = { { 0, 0 }, { (time_t)seconds, 0 } };

	setitimer(ITIMER_PROF, &time, NULL);
}

static void
serve(struct ndx_cgi_site *site, FCGX_Request *request)
{
	const struct ndx_cgi_request asked = { .method = FCGX_GetParam("REQUEST_METHOD", request->envp),
		                               .query = FCGX_GetParam("QUERY_STRING", request->envp),
		                               .if_none_match = FCGX_GetParam("HTTP_IF_NONE_MATCH", request->envp),
		                               .host = FCGX_GetParam("HTTP_HOST", request->envp),
		                               .script = FCGX_GetParam("SCRIPT_NAME", request->envp),
		                               .https = FCGX_GetParam("HTTPS", request->envp) };
	struct ndx_buf out;

	ndx_buf_init(&out, &ndx_mem_default);
	get_ready(request);
	give_time(site->config->cpu);
	ndx_cgi_answer(site, &asked, &out);
	connection = -1; /* from here on an answer is on its way */
	give_time(0);
	FCGX_PutStr((const char *)out.data, (int)out.size, request->out);
	ndx_buf_free(&out);
}

/* One of the processes that answer; ends when it is told to, or might do better if started anew. */
static int
work(const struct ndx_cgi_config *config)
{
	struct ndx_cgi_sandbox sandbox = { .serves = true };
	struct ndx_cgi_site site;
	FCGX_Request request;
	const char *missing;

	signal(SIGTERM, SIG_DFL);
	signal(SIGPROF, out_of_time);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (FCGX_Init() != 0 || FCGX_InitRequest(&request, STDIN_FILENO, 0) != 0 ||
	    !ndx_cgi_site_init(&site, config))
		return 2;
	for (size_t i = 0; i < config->index_count; i++)
		sandbox.readable[sandbox.readable_count++] = config->index[i].path;
	missing = ndx_cgi_sandbox(&sandbox);
	if (missing != NULL)
		fprintf(stderr, "ndx.cgi: %s\n", missing);
	while (!site.stale && FCGX_Accept_r(&request) == 0) {
		serve(&site, &request);
		FCGX_Finish_r(&request);
	}
	ndx_cgi_site_free(&site);
	return 0;
}

static void
end_all(int number)
{
	(void)number;
	ending = 1;
	for (size_t i = 0; i < WORKERS_MAX; i++)
		if (worker[i] > 0)
			kill(worker[i], SIGTERM);
}

/* Start what is missing; a process that ends at once is not started again at once. */
static bool
start(const struct ndx_cgi_config *config, size_t i, time_t *started)
{
	const time_t now = time(NULL);

	if (now == started[i])
		sleep(1);
	started[i] = now;
	worker[i] = fork();
	if (worker[i] == 0) {
		const int result = work(config);

		_exit(result);
	}
	return worker[i] != -1;
}

int
ndx_cgi_fast(const struct ndx_cgi_config *config)
{
	const struct sigaction action = { .sa_handler = end_all }; /* without SA_RESTART: wait() ends */
	time_t started[WORKERS_MAX] = { 0 };

	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGUSR1, &action, NULL); /* Apache's way to say so */
	while (!ending) {
		pid_t ended;

		for (size_t i = 0; !ending && i < config->workers && i < WORKERS_MAX; i++) {
			if (worker[i] == 0 && !start(config, i, started)) {
				fprintf(stderr, "ndx.cgi: cannot start a process: %s\n", strerror(errno));
				return 2;
			}
		}
		ended = wait(NULL);
		for (size_t i = 0; ended > 0 && i < WORKERS_MAX; i++)
			if (worker[i] == ended)
				worker[i] = 0;
	}
	end_all(0);
	while (wait(NULL) > 0)
		continue;
	return 0;
}
