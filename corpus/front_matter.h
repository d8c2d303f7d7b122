/*
 * front_matter.h - what stands above the text of a plain file: header lines or YAML
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_CORPUS_FRONT_MATTER_H
#define NDX_CORPUS_FRONT_MATTER_H

#include "corpus/draft.h"

/*
 * If in[size], cleaned UTF-8, begins with a block of one of the kinds, its values go to 'draft' and
 * the offset of what follows is returned; else 0, and the draft is as it was.  Values point into
 * 'in' or 'work', where twice in.size bytes must be reserved.
 */

/* Lines "Key: value", up to a blank line, all with keys of the table. */
size_t ndx_header_lines(struct ndx_str in, struct ndx_draft *draft);

/* Between two lines "---": simple YAML, one "key: value" a line, and lists. */
size_t ndx_front_matter(struct ndx_str in, struct ndx_draft *draft, struct ndx_buf *work);

/* Lines "-- headline", "-- By author", "-- date", "-- url", as a known archive of Reuters has
 * them. */
size_t ndx_dashed_lines(struct ndx_str in, struct ndx_draft *draft);

/* The line of in that begins at 'at', without its newline; *next_ret is where the next one
 * begins. */
struct ndx_str ndx_line_at(struct ndx_str in, size_t at, size_t *next_ret);
bool ndx_is_blank(struct ndx_str line);

#endif
