/*
 * walk.h - the files below the named sources, in a fixed order
 *
 * Directories are walked depth first, their entries in byte order of the names.
 * Hidden entries are passed over; symbolic links to files are followed, to
 * directories not (unless named as a source).
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_CORPUS_WALK_H
#define NDX_CORPUS_WALK_H

#include "corpus/article.h"

struct ndx_file {
	/* to open and to name in messages: SOURCE joined with what lies below it */
	const char *path;
	const char *id;     /* path below the SOURCE; the file's name if the SOURCE is the file */
	const char *source; /* the SOURCE as it was named */
	uint64_t size;      /* bytes on disk */
	int64_t mtime_ns;
	const char *reject; /* NULL, or why it cannot be read: "broken symlink", "is a FIFO", ... */
};

/*
 * Call 'file' for each file below 'source' (a file or a directory).  A SOURCE that is
 * not there is NDX_E_IO before any call.  What 'file' returns other than NDX_OK ends the walk and
 * is returned.  Strings live until the call returns.
 */
enum ndx_status ndx_walk(const struct ndx_env *env, const char *source,
                         enum ndx_status (*file)(void *ctx, const struct ndx_file *file,
                                                 struct ndx_err *err),
                         void *ctx, struct ndx_err *err);

#endif
