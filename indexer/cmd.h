/*
 * cmd.h - the writing commands, one a file: cmd_index.c and so on
 *
 * Each is the main() of its command: argv[0] is the command's name ("index"), the
 * rest is what was typed after it.  Returns the exit status; messages begin with
 * "ndx: ".  The caller flushes standard output and reports what cannot be written.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_INDEXER_CMD_H
#define NDX_INDEXER_CMD_H

#include <stddef.h>

int ndx_cmd_delete(int argc, char **argv);
int ndx_cmd_index(int argc, char **argv);
int ndx_cmd_merge(int argc, char **argv);
int ndx_cmd_repair(int argc, char **argv); /* "ndx check --repair", argv[0] is "check" */

#define NDX_CMD_JOBS_MAX 256

/* As many threads as wanted, or as there are cores (0), but no more than three eighths of the
 * memory are enough for. */
unsigned ndx_cmd_jobs(size_t wanted, size_t memory_size);

#endif
