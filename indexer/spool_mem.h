/*
 * spool_mem.h - a memory table whose large pieces lie in files without names
 *
 * What a merge keeps of each article and each word grows with the index, whatever the limit on
 * memory says.  In a mapped file the system can write it out; without room on the disk it stays in
 * memory.
 *
 *   ndx_spool_mem_init() -> &spool_mem.mem, for any number of threads -> all freed
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_INDEXER_SPOOL_MEM_H
#define NDX_INDEXER_SPOOL_MEM_H

#include "common/io.h"

struct ndx_spool_mem {
	struct ndx_mem mem;
	const struct ndx_env *env; /* the tables below it */
	const char *dir;           /* where the files lie */
	size_t piece_size_min;     /* bytes from which on a piece gets a file */
};

/* All arguments outlive what is allocated.  Small pieces come from env->mem. */
void ndx_spool_mem_init(struct ndx_spool_mem *spool, const struct ndx_env *env, const char *dir,
                        size_t piece_size_min);

#endif
