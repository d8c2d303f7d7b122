/*
 * input.h - a source file as chunks of whole articles, gzip undone
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_CORPUS_INPUT_H
#define NDX_CORPUS_INPUT_H

#include "corpus/article.h"
#include "corpus/formats.h"

struct ndx_input;

struct ndx_input_options {
	const struct ndx_format *format; /* NULL: by content */
	size_t chunk_size;       /* aim for chunks of about this many bytes (whole articles) */
	size_t article_size_max; /* --max-article; larger ones are rejected unread */
};

/*
 * Open 'path' ("-" is standard input); 'id' as in struct ndx_file.  Errors: NDX_E_INPUT, with the
 * reason alone in err->msg (no path), if the file is to be rejected (empty, binary, too large, bad
 * gzip); *not_article_ret is then true where it is to be skipped silently; NDX_E_IO, likewise, if
 * the system does not let it be read now.  Others are fatal.  path and id must outlive the input.
 */
enum ndx_status ndx_input_open(const struct ndx_env *env, const char *path, const char *id,
                               const struct ndx_input_options *options,
                               struct ndx_input **input_ret, bool *not_article_ret,
                               struct ndx_err *err);
void ndx_input_close(struct ndx_input *input);

/* Did the system not let the file be read to its end?  Then nothing follows from what is missing.
 */
bool ndx_input_is_unread(const struct ndx_input *input);

/* The format that the file is in: never NULL. */
const struct ndx_format *ndx_input_format(const struct ndx_input *input);

/*
 * The next chunk into *chunk_ret, its data in *data (emptied and filled; the caller's, so that it
 * may go to another thread).  At the end chunk_ret->size is 0.  A record that had to be left out
 * (longer than article_size_max, or breaking off where the file could not be read on) goes to
 * sink->reject.
 */
enum ndx_status ndx_input_next(struct ndx_input *input, const struct ndx_sink *sink,
                               struct ndx_buf *data, struct ndx_chunk *chunk_ret,
                               struct ndx_err *err);

#endif
