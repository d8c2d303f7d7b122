/*
 * commit.h - the lock on an index, and replacing its manifest
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_INDEXER_COMMIT_H
#define NDX_INDEXER_COMMIT_H

#include <stdbool.h>

#include "common/manifest.h"

/* An index that is locked for writing. */
struct ndx_commit {
	const struct ndx_env *env;
	char *dir;
	int lock_fd;
	bool is_locked;               /* by us */
	struct ndx_manifest manifest; /* the last commit */
	bool in_doubt; /* a commit failed so late that it may have become the last one */
};

/*
 * Lock the index in 'dir', read its manifest, and remove files that it does not list.  With
 * 'create', a directory and an empty index for 'language' are made where there is none.  wait_ms as
 * in struct ndx_writer_options; a signal that is caught ends the wait.
 */
enum ndx_status ndx_commit_open(const struct ndx_env *env, const char *dir, bool create,
                                const char *language, int wait_ms, struct ndx_commit *commit_ret,
                                struct ndx_err *err);
void ndx_commit_close(struct ndx_commit *commit);

/*
 * Make 'manifest' the commit: its files have been written and synced.  Its generation is set here.
 * On success it is taken over (and zeroed), and files that it does not list are removed.  On
 * failure the last commit stands; or, if it was the rename or the sync after it that failed, one of
 * the two does: then the files of both are kept, and nothing more can be published before the index
 * is opened again.
 */
enum ndx_status ndx_commit_publish(struct ndx_commit *commit, struct ndx_manifest *manifest,
                                   struct ndx_err *err);

/*
 * Remove the files of an index that the last commit does not list.  Foreign files are left alone;
 * and all are, if it is in doubt which commit is the last, or if one that it lists is missing.
 */
void ndx_commit_sweep(struct ndx_commit *commit);

#endif
