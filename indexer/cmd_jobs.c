/*
 * cmd_jobs.c - how many threads a writing command uses
 *
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE /* sched_getaffinity() */
#include "indexer/cmd.h"

#include <sched.h>

/* A worker's share of the memory: words, a unit of input and the batch that it becomes. */
#define JOB_MEMORY_SIZE ((size_t)32 << 20)

static size_t
core_count(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		return (size_t)CPU_COUNT(&set);
	return 1;
}

unsigned
ndx_cmd_jobs(size_t wanted, size_t memory_size)
{
	const size_t fit = memory_size / 8 * 3 / JOB_MEMORY_SIZE;
	size_t jobs = wanted != 0 ? wanted : core_count();

	if (jobs > fit)
		jobs = fit;
	return jobs < 1 ? 1 : (unsigned)jobs;
}
