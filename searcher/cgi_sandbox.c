/*
 * cgi_sandbox.c - see cgi_sandbox.h
 *
 * It stands by itself, without the rest of Newsdex, so that a test can try it in a program of its
 * own.
 *
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include "searcher/cgi_sandbox.h"

#include <errno.h>
#include <fcntl.h>
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

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || defined(NDX_COVERAGE)
#	define NDX_SANITIZED
#elif defined(__has_feature)
#	if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#		define NDX_SANITIZED
#	endif
#endif

/* Bytes of memory beyond those that the process, with its open index, takes; of a server in all,
 * its mapped indexes aside.  The largest article that is indexed by default, of 64 MB, takes half.
 */
#define MEMORY_MORE ((rlim_t)1 << 30)

/* linux/landlock.h, which older systems lack: all access to files of its first version. */
#define LANDLOCK_ACCESS_V1 ((UINT64_C(1) << 13) - 1)
#define LANDLOCK_ACCESS_READ                                                                       \
	(UINT64_C(1) << 2 | UINT64_C(1) << 3) /* of files, and of directories */
#define LANDLOCK_BENEATH 1
#ifndef SYS_landlock_create_ruleset
#	define SYS_landlock_create_ruleset 444
#	define SYS_landlock_add_rule       445
#	define SYS_landlock_restrict_self  446
#endif

struct landlock_attr {
	uint64_t handled_access_fs;
};

struct landlock_beneath {
	uint64_t allowed_access;
	int32_t parent_fd;
} __attribute__((packed));

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

	return (fstat(1, &out) == 0 && S_ISREG(out.st_mode)) ||
	       (fstat(2, &log) == 0 && S_ISREG(log.st_mode));
}

static void
limit_all(const struct ndx_cgi_sandbox *sandbox)
{
	const rlim_t now = address_space();
	const struct rlimit cpu = { sandbox->cpu_s,
		                    (rlim_t)sandbox->cpu_s + 1 }; /* a second to say so */

	if (sandbox->cpu_s > 0)
		setrlimit(RLIMIT_CPU, &cpu);
	limit(RLIMIT_CORE, 0);
#ifdef NDX_SANITIZED
	return;
#endif
	if (!writes_files())
		limit(RLIMIT_FSIZE, 0);
	limit(RLIMIT_NPROC, 0);
	if (sandbox->serves)
		limit(RLIMIT_DATA, MEMORY_MORE); /* an index that grows is mapped, not data */
	else if (now > 0)
		limit(RLIMIT_AS, now + MEMORY_MORE);
}

/*
 * No path but those to be read.  A kernel without Landlock is no failure where no call that takes a
 * path is left; false, if one is.
 */
static bool
forbid_paths(const struct ndx_cgi_sandbox *sandbox)
{
	const struct landlock_attr attr = { LANDLOCK_ACCESS_V1 };
	const long ruleset = syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);

	if (ruleset < 0)
		return !sandbox->serves;
	for (size_t i = 0; i < sandbox->readable_count; i++) {
		const struct landlock_beneath beneath = {
			LANDLOCK_ACCESS_READ, open(sandbox->readable[i], O_PATH | O_CLOEXEC)
		};

		/* what is not there is not to be reached */
		if (beneath.parent_fd == -1)
			continue;
		syscall(SYS_landlock_add_rule, (int)ruleset, LANDLOCK_BENEATH, &beneath, 0);
		close(beneath.parent_fd);
	}
	syscall(SYS_landlock_restrict_self, (int)ruleset, 0);
	close((int)ruleset);
	return true;
}

static const char *
forbid_calls(bool serves)
{
	static const int allowed[] = {
		SCMP_SYS(read),           SCMP_SYS(write),
		SCMP_SYS(writev),         SCMP_SYS(close),
		SCMP_SYS(fstat),          SCMP_SYS(lseek),
		SCMP_SYS(pread64),        SCMP_SYS(brk),
		SCMP_SYS(mmap),           SCMP_SYS(munmap),
		SCMP_SYS(mremap),         SCMP_SYS(madvise),
		SCMP_SYS(futex),          SCMP_SYS(sysinfo),
		SCMP_SYS(clock_gettime),  SCMP_SYS(getrandom),
		SCMP_SYS(exit),           SCMP_SYS(exit_group),
		SCMP_SYS(rt_sigreturn),   SCMP_SYS(sched_yield),
		SCMP_SYS(rt_sigprocmask), SCMP_SYS(restart_syscall),
	};
	static const int of_server[] = {
		SCMP_SYS(accept), SCMP_SYS(accept4),    SCMP_SYS(shutdown),   SCMP_SYS(getpeername),
		SCMP_SYS(poll),   SCMP_SYS(select),     SCMP_SYS(pselect6),   SCMP_SYS(recvfrom),
		SCMP_SYS(fcntl),  SCMP_SYS(setitimer),  SCMP_SYS(openat),     SCMP_SYS(open),
		SCMP_SYS(stat),   SCMP_SYS(newfstatat), SCMP_SYS(getdents64),
	};
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int result = filter == NULL ? -1 : 0;

	for (size_t i = 0; result == 0 && i < sizeof(allowed) / sizeof(allowed[0]); i++)
		result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
	for (size_t i = 0; serves && result == 0 && i < sizeof(of_server) / sizeof(of_server[0]);
	     i++)
		result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, of_server[i], 0);
	if (result == 0)
		result = seccomp_load(filter);
	if (filter != NULL)
		seccomp_release(filter);
	return result == 0
	               ? NULL
	               : "this kernel has no seccomp filters: the search page runs without them";
}

const char *
ndx_cgi_sandbox(const struct ndx_cgi_sandbox *sandbox)
{
	const char *missing;
	bool closed;

	limit_all(sandbox);
#ifdef NDX_SANITIZED
	return NULL;
#endif
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return "cannot give up privileges: the search page runs without a sandbox";
	closed = forbid_paths(sandbox);
	missing = forbid_calls(sandbox->serves);
	if (missing == NULL && !closed)
		return "this kernel has no Landlock: the search page can open files beside its "
		       "indexes";
	return missing;
}
