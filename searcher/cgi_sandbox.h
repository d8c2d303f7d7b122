/*
 * cgi_sandbox.h - what the search page may do once its index is open: compute, and write its answer
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_CGI_SANDBOX_H
#define NDX_SEARCHER_CGI_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

#define NDX_CGI_READABLE_MAX 16

struct ndx_cgi_sandbox {
	unsigned cpu_s; /* of the rest of the process; 0: no limit */
	bool serves;    /* accepts connections on standard input, and opens what is in these
	                   directories: */
	const char *readable[NDX_CGI_READABLE_MAX];
	size_t readable_count;
};

/*
 * Limits for the rest of the process: processor time, no file written (unless the answer or the log
 * goes straight into one), no process started, no core, half a gigabyte of memory more than now (a
 * server: a gigabyte, indexes aside).  Then no system call but for memory, time and what is open
 * (seccomp), and no path (Landlock, where the kernel has it), but what a server needs: others fail
 * with EPERM.  NULL, or what could not be had, for the log; the rest then holds.  In a build with
 * sanitizers, which need more than that, only the limit of time and that of cores hold.
 */
const char *ndx_cgi_sandbox(const struct ndx_cgi_sandbox *sandbox);

#endif
