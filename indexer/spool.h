/*
 * spool.h - bytes that wait outside of memory, in a file without a name
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_INDEXER_SPOOL_H
#define NDX_INDEXER_SPOOL_H

#include "common/io.h"

/* What the file is called before its name is taken away: a crash just then leaves it to the next
 * writer. */
#define NDX_SPOOL_NAME "spool.tmp"

/* Open a new empty file in 'dir' that goes when it is closed and unmapped; -1: it cannot be
 * done. */
int ndx_spool_open(const struct ndx_env *env, const char *dir);

/*
 * Write in[size] to a file in 'dir' that goes when it is unmapped, and map it.  NULL: it cannot be
 * done, for whatever reason, and the bytes may as well stay where they are.  To be unmapped by
 * env->io->munmap.
 */
void *ndx_spool(const struct ndx_env *env, const char *dir, const void *in, size_t size);

#endif
