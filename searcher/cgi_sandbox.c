/*
 * cgi_sandbox.c - see cgi_sandbox.h
 *
 * It stands by itself, without the rest of Newsdex, so that a test can try it in a program of its own.
 *
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include "searcher/cgi_sandbox.h"

#include <errno.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Bytes of address space beyond those that the open index takes. */
#define MEMORY_MORE ((rlim_t)512 << 20)

/* linux/landlock.h, which older systems lack: all access to files of its first version. */
#define LANDLOCK_ACCESS_V1 ((UINT64_C(1) << 13) - 1)
#ifndef SYS_landlock_create_ruleset
#	define SYS_landlock_create_ruleset 444
#	define SYS_landlock_restrict_self  446
#endif

struct landlock_attr {
	uint64_t handled_access_fs;
};

static rlim_t
address_space(void)
{
	FILE *file = fopen("/proc/self/statm", "r");
	unsigned long pages = 0;

	if (file == NULL)
		return 0;
	if (fscanf(file, "%lu", &pages) != 1)
		pages = 0;
	fclose(file);
	return (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE);
}

static void
limit(int resource, rlim_t most)
{
	const struct rlimit both = { most, most };

	setrlimit((__rlimit_resource_t)resource, &both); /* cannot fail for less than there was */
}

/* The answer or the log goes straight into a file, which must be allowed to grow. */
static bool
writes_files(void)
{
	struct stat out, log;

	return (fstat(1, &out) == 0 && S_ISREG(out.st_mode)) || (fstat(2, &log) == 0 && S_ISREG(log.st_mode));
}

static void
limit_all(unsigned cpu_s)
{
	const rlim_t now = address_space();

	limit(RLIMIT_CPU, cpu_s);
	limit(RLIMIT_CORE, 0);
	if (!writes_files())
		limit(RLIMIT_FSIZE, 0);
	limit(RLIMIT_NPROC, 0);
	if (now > 0)
		limit(RLIMIT_AS, now + MEMORY_MORE);
}

/* No path at all.  A kernel without Landlock is no failure: no call that takes a path is left anyway. */
static void
forbid_paths(void)
{
	const struct landlock_attr attr = { LANDLOCK_ACCESS_V1 };
	const long ruleset = syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);

	if (ruleset < 0)
		return;
	syscall(SYS_landlock_restrict_self, (int)ruleset, 0);
	close((int)ruleset);
}

static const char *
forbid_calls(void)
{
	static const int allowed[] = {
		SCMP_SYS(read),       SCMP_SYS(write),        SCMP_SYS(writev),         SCMP_SYS(close),
		SCMP_SYS(fstat),      SCMP_SYS(lseek),        SCMP_SYS(pread64),        SCMP_SYS(brk),
		SCMP_SYS(mmap),       SCMP_SYS(munmap),       SCMP_SYS(mremap),         SCMP_SYS(madvise),
		SCMP_SYS(futex),      SCMP_SYS(sysinfo),      SCMP_SYS(clock_gettime),  SCMP_SYS(getrandom),
		SCMP_SYS(exit),       SCMP_SYS(exit_group),   SCMP_SYS(rt_sigreturn),   SCMP_SYS(sched_yield),
		SCMP_SYS(rt_sigprocmask), SCMP_SYS(restart_syscall),
	};
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int result = filter == NULL ? -1 : 0;

	for (size_t i = 0; result == 0 && i < sizeof(allowed) / sizeof(allowed[0]); i++)
		result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
	if (result == 0)
		result = seccomp_load(filter);
	if (filter != NULL)
		seccomp_release(filter);
	return result == 0 ? NULL : "this kernel has no seccomp filters: the search page runs without them";
}

const char *
ndx_cgi_sandbox(unsigned cpu_s)
{
	limit_all(cpu_s);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return "cannot give up privileges: the search page runs without a sandbox";
	forbid_paths();
	return forbid_calls();
}
