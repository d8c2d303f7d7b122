/*
 * cgi_fast.c - see cgi_fast.h
 *
 * The protocol is libfcgi's, but for the answer to a request that ran out of time: it is written by
 * a signal handler, from records that are ready (FastCGI specification 1.0, sections 3.3 and 5).
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/cgi_fast.h"

#include <errno.h>
#include <fcgiapp.h>
#include <fcgios.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "searcher/cgi_answer.h"
#include "searcher/cgi_sandbox.h"

/* FastCGI records: version, type, request id, content length, padding length, reserved. */
#define RECORD_SIZE   8
#define RECORD_STDOUT 6
#define RECORD_END    3
#define NO_TIME_SIZE  2048

/* Seconds in which a web server has to send its request, and again to take the answer. */
#define PATIENCE_S 10

/* For FCGX_Accept_r, which has nothing to accept. */
#define NO_SOCKET (-1)

static FCGX_Request request;

/* For the handler: the connection of the request at hand, and what it is answered if time runs
 * out. */
static volatile sig_atomic_t connection = -1;
static unsigned char no_time[NO_TIME_SIZE];
static size_t no_time_size;

/* For the process that watches the others. */
static pid_t worker[NDX_CGI_WORKERS_MAX];

static void
put_record(unsigned type, int request_id, const void *content, size_t size)
{
	const unsigned char head[RECORD_SIZE] = { 1,
		                                  (unsigned char)type,
		                                  (unsigned char)(request_id >> 8),
		                                  (unsigned char)request_id,
		                                  (unsigned char)(size >> 8),
		                                  (unsigned char)size };

	memcpy(no_time + no_time_size, head, RECORD_SIZE);
	if (size > 0)
		memcpy(no_time + no_time_size + RECORD_SIZE, content, size);
	no_time_size += RECORD_SIZE + size;
}

static void
get_ready(void)
{
	static const unsigned char done[8];

	no_time_size = 0;
	put_record(RECORD_STDOUT, request.requestId, ndx_cgi_no_time, strlen(ndx_cgi_no_time));
	put_record(RECORD_STDOUT, request.requestId, NULL, 0);
	put_record(RECORD_END, request.requestId, done, sizeof(done));
	connection = request.ipcFd;
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

/* Whoever is silent, or does not listen, would keep a process from everyone else: libfcgi is told
 * that the connection ended. */
static void
out_of_patience(int number)
{
	(void)number;
	if (request.ipcFd >= 0)
		shutdown(request.ipcFd, SHUT_RDWR);
}

/* The clock is that on the wall, and goes on until it is stopped by 0. */
static void
give_patience(unsigned seconds)
{
	const struct itimerval time = { { (time_t)seconds, 0 }, { (time_t)seconds, 0 } };

	setitimer(ITIMER_REAL, &time, NULL);
}

/*
 * Accepting is not left to FCGX_Accept_r, which would go on to wait for a request without a word in
 * between: the clock runs from the moment that there is somebody to wait for.  What is no request
 * ends its connection, and the next one is waited for.
 */
static bool
next_request(void)
{
	bool ok;

	do {
		if (request.ipcFd < 0) {
			request.ipcFd =
				OS_Accept(STDIN_FILENO, false, getenv("FCGI_WEB_SERVER_ADDRS"));
			/* or FCGX_Accept_r would begin by closing it */
			request.keepConnection = true;
		}
		if (request.ipcFd < 0)
			return false;
		give_patience(PATIENCE_S);
		ok = FCGX_Accept_r(&request) == 0;
		give_patience(0);
	} while (!ok);
	return true;
}

static const char *
get(void *ctx, const char *name)
{
	(void)ctx;
	return FCGX_GetParam(name, request.envp);
}

static void
serve(struct ndx_cgi_site *site)
{
	const struct ndx_cgi_request asked = ndx_cgi_request_of(get, NULL);
	struct ndx_str answer;
	struct ndx_buf out;

	ndx_buf_init(&out, &ndx_mem_default);
	get_ready();
	give_time(site->config->cpu);
	answer = ndx_cgi_answer(site, &asked, &out);
	connection = -1; /* from here on an answer is on its way */
	give_time(0);
	give_patience(PATIENCE_S);
	FCGX_PutStr(answer.data, (int)answer.size, request.out);
	FCGX_Finish_r(&request);
	give_patience(0);
	ndx_buf_free(&out);
}

/* One of the processes that answer; ends when it is told to, or might do better if started anew. */
static int
work(const struct ndx_cgi_config *config)
{
	struct ndx_cgi_sandbox sandbox = { .serves = true };
	struct ndx_cgi_site site;
	const char *missing;

	signal(SIGPROF, out_of_time);
	signal(SIGALRM, out_of_patience);
	if (FCGX_Init() != 0 || FCGX_InitRequest(&request, NO_SOCKET, 0) != 0 ||
	    !ndx_cgi_site_init(&site, &ndx_env_default, config))
		return 2;
	for (size_t i = 0; i < config->index_count; i++) {
		if (stat(config->index[i].path, &site.open[i].dir) == -1)
			site.open[i].dir = (struct stat){ 0 };
		sandbox.readable[sandbox.readable_count++] = config->index[i].path;
	}
	missing = ndx_cgi_sandbox(&sandbox);
	if (missing != NULL)
		fprintf(stderr, "ndx.cgi: %s\n", missing);
	while (!site.stale && next_request())
		serve(&site);
	ndx_cgi_site_free(&site);
	return 0;
}

static void
end_all(void)
{
	for (size_t i = 0; i < NDX_CGI_WORKERS_MAX; i++)
		if (worker[i] > 0)
			kill(worker[i], SIGTERM);
	while (wait(NULL) > 0)
		continue;
}

/* Start what is missing; what ended in the second in which it began has to wait for the next.
 * False: none can be started. */
static bool
start_missing(const struct ndx_cgi_config *config, const sigset_t *before, time_t *started,
              bool *all_ret)
{
	const time_t now = time(NULL);
	const pid_t parent = getpid();

	*all_ret = true;
	for (size_t i = 0; i < config->workers; i++) {
		if (worker[i] != 0)
			continue;
		if (now == started[i]) {
			*all_ret = false;
			continue;
		}
		started[i] = now;
		worker[i] = fork();
		if (worker[i] == 0) {
			prctl(PR_SET_PDEATHSIG, SIGTERM);
			sigprocmask(SIG_SETMASK, before, NULL);
			_exit(getppid() == parent ? work(config) : 0);
		}
		if (worker[i] == -1) {
			worker[i] = 0;
			return false;
		}
	}
	return true;
}

static void
take_ended(void)
{
	pid_t ended;

	while ((ended = waitpid(-1, NULL, WNOHANG)) > 0)
		for (size_t i = 0; i < NDX_CGI_WORKERS_MAX; i++)
			if (worker[i] == ended)
				worker[i] = 0;
}

/* Signals stay blocked and are waited for, so that none can come between a fork and its being
 * known. */
int
ndx_cgi_fast(const struct ndx_cgi_config *config)
{
	const struct timespec second = { 1, 0 };
	time_t started[NDX_CGI_WORKERS_MAX] = { 0 };
	sigset_t set, before;
	int number = SIGCHLD;
	bool all;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGUSR1); /* Apache's way to say so */
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, &before);
	while (number == SIGCHLD || number == -1) {
		take_ended();
		if (!start_missing(config, &before, started, &all)) {
			fprintf(stderr, "ndx.cgi: cannot start a process: %s\n", strerror(errno));
			end_all();
			return 2;
		}
		number = sigtimedwait(&set, NULL, &second);
		while (all && number == -1)
			number = sigtimedwait(&set, NULL, &second);
	}
	end_all();
	return 0;
}
