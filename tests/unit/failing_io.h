/*
 * failing_io.h - a struct ndx_io that keeps a log, and fails at the call asked for
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_TESTS_UNIT_FAILING_IO_H
#define NDX_TESTS_UNIT_FAILING_IO_H

#include "common/io.h"

#define FAILING_IO_FDS_MAX  64
#define FAILING_IO_LOG_SIZE 8192

struct failing_io {
	struct ndx_io io;
	int fail_at;      /* the call that fails, from 1; 0: none */
	bool for_good;    /* those after it fail as well */
	const char *only; /* count calls of this kind alone, such as "fsync"; NULL: of any */
	int error;        /* errno of the failure */
	size_t write_max; /* pwrite() takes no more at once; 0: all */
	int call_count;
	int open_count;                    /* descriptors not yet closed */
	char name[FAILING_IO_FDS_MAX][32]; /* last component of what a descriptor is open on */
	/* "KIND NAME" for open, pwrite, fsync, close, rename, link, unlink, mkdir, ftruncate; each
	 * then
	 * ';'. */
	char log[FAILING_IO_LOG_SIZE];
};

/* The system calls themselves; fail with ENOSPC once fail_at is set. */
void ndx_failing_io_init(struct failing_io *failing);

#endif
