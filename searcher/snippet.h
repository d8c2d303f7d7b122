/*
 * snippet.h - the passage of an article that is shown with a hit
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_SNIPPET_H
#define NDX_SEARCHER_SNIPPET_H

#include "searcher/spans.h"

#define NDX_MARK_BEGIN '\x02'
#define NDX_MARK_END   '\x03'

/* The least room a snippet can be asked to fit. */
#define NDX_SNIPPET_SIZE_MIN 64

/* The most passages of one article that can be asked for. */
#define NDX_PASSAGES_MAX 100

/* text[begin .. end) */
struct ndx_extent {
	size_t begin, end;
};

/*
 * Write into out[out_size], out_size >= NDX_SNIPPET_SIZE_MIN, the passage of 'text' with the
 * best marks: those whose distinct leaves weigh most, weight[leaf] each, then most marks,
 * then the nearest together, then the first.  Without marks: how the text begins.  Runs of
 * white space are one space; NDX_MARK_BEGIN and _END stand around each mark; an end that
 * cuts a sentence has an ellipsis.  mark[] is as ndx_marker_find() has it, each leaf below
 * leaf_count.  Only NDX_E_NOMEM.
 */
enum ndx_status ndx_snippet_write(const struct ndx_mem *mem, struct ndx_str text,
                                  const struct ndx_mark *mark, size_t mark_count,
                                  const float *weight, size_t leaf_count, char *out,
                                  size_t out_size, struct ndx_err *err);

/*
 * The same in two steps, of up to passage_max passages that do not overlap, each of which takes
 * 'size' bytes at most, with a NUL: found[0 .. *count_ret), in the order of the text, has room for
 * passage_max.  Then they are written one after another, a space between.
 */
enum ndx_status ndx_snippets_find(const struct ndx_mem *mem, struct ndx_str text,
                                  const struct ndx_mark *mark, size_t mark_count,
                                  const float *weight, size_t leaf_count, size_t size,
                                  size_t passage_max, struct ndx_extent *found, size_t *count_ret,
                                  struct ndx_err *err);
void ndx_snippets_write(struct ndx_str text, const struct ndx_mark *mark, size_t mark_count,
                        const struct ndx_extent *passage, size_t count, char *out);

/* Append all of 'text' with NDX_MARK_BEGIN and _END around its marks, white space as it is. */
void ndx_marks_write(struct ndx_str text, const struct ndx_mark *mark, size_t mark_count,
                     struct ndx_buf *out);

#endif
