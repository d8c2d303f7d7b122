/*
 * crash.h - what a power loss may leave of a directory
 *
 * A struct ndx_io that does what it is asked, and keeps a list of it.  Then any moment of that list
 * can be turned into a directory as a crash may leave it: what was synced is there; of what was
 * written since, any part of 4 KiB may be there, missing or torn; of names made, renamed or removed
 * since their directory was synced, any may have been or not.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_TESTS_FAULT_CRASH_H
#define NDX_TESTS_FAULT_CRASH_H

#include "common/io.h"
#include "tests/oracle/random.h"

struct crash;

/* A recorder of all that happens to the directory 'path', which need not exist. */
struct crash *crash_new(const char *path);
void crash_free(struct crash *crash);
const struct ndx_io *crash_io(struct crash *crash);

/* How many operations there have been: moments are 0 to this. */
size_t crash_op_count(const struct crash *crash);

/*
 * Make the directory 'to' from the first 'moment' operations; chance decides what is lost.  'loss'
 * is the per cent of what may be lost that is.
 */
void crash_replay(const struct crash *crash, size_t moment, struct random *random, unsigned loss,
                  const char *to);

#endif
