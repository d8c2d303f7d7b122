/*
 * cgi_sandbox.h - what the search page may do once its index is open: compute, and write its answer
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_CGI_SANDBOX_H
#define NDX_SEARCHER_CGI_SANDBOX_H

/*
 * Limits for the rest of the process: 'cpu_s' seconds of processor time, no file written (unless the answer or
 * the log goes straight into one), no process started, no core, half a gigabyte of memory more than now.  Then
 * no system call but for memory, time and what is open (seccomp), and no path (Landlock, where the kernel has
 * it): others fail with EPERM.  NULL, or what could not be had, for the log; the rest then holds.
 */
const char *ndx_cgi_sandbox(unsigned cpu_s);

#endif
