/*
 * stream.h - the bytes of a file, gzip undone
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_CORPUS_STREAM_H
#define NDX_CORPUS_STREAM_H

#include "common/io.h"

struct ndx_stream;

/*
 * Open 'path' ("-" is standard input).  Never waits for a writer: what is no regular file is
 * refused.  NDX_E_INPUT: the file is to be rejected, the reason alone in err->msg; NDX_E_IO: the
 * same, but that the system does not let it be read now says nothing of what is in it.
 * NDX_E_NOMEM: the process is out of memory or descriptors.
 */
enum ndx_status ndx_stream_open(const struct ndx_env *env, const char *path,
                                struct ndx_stream **stream_ret, struct ndx_err *err);
void ndx_stream_close(struct ndx_stream *stream); /* takes NULL */

/*
 * Up to 'size' > 0 bytes into 'out'; *got_ret is 0 only at the end.  NDX_E_IO: the system does not
 * let it be read on; NDX_E_INPUT: its gzip is damaged; err->msg says where.  The check sum comes
 * last in a gzip member: what was handed out before may have been damaged already, unless the file
 * only breaks off.
 */
enum ndx_status ndx_stream_read(struct ndx_stream *stream, void *out, size_t size, size_t *got_ret,
                                struct ndx_err *err);

/* Bytes on disk; 0 for standard input.  Whether they are gzip: known after the first read. */
uint64_t ndx_stream_disk_size(const struct ndx_stream *stream);
bool ndx_stream_is_gzip(const struct ndx_stream *stream);

#endif
