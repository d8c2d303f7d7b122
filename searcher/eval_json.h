/*
 * eval_json.h - one member of a JSON object on a line
 *
 * Topics are small and of one shape; the reader of whole articles is the indexer's.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_EVAL_JSON_H
#define NDX_SEARCHER_EVAL_JSON_H

#include "common/buf.h"
#include "common/text.h"

/*
 * The value of the first of the names (NULL after the last) that the object has, a string or a
 * number, into *out, which is emptied first.  False if the line is no object, or has none of them,
 * or memory ran out.
 */
bool ndx_eval_json(struct ndx_str line, const char *const *name, struct ndx_buf *out);

#endif
