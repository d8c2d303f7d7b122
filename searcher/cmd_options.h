/*
 * cmd_options.h - options that several reading commands have, and their output
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_CMD_OPTIONS_H
#define NDX_SEARCHER_CMD_OPTIONS_H

#include "common/buf.h"
#include "common/cmd_line.h"
#include "common/ndx.h"

/* Read an argument, or say what is wrong with it. */
bool ndx_cmd_float(const char *option, const char *text, float *number_ret);
/* "bm25" or "proximity": sets or clears NDX_PROXIMITY. */
bool ndx_cmd_rank(const char *text, unsigned *flags);
/* "auto", "always" or "never": is there to be colour on standard output? */
bool ndx_cmd_color(const char *text, bool *color_ret);

/*
 * Write the buffer to standard output and empty it.  False, with errno, if it could not be
 * written or the buffer ran out of memory; the caller of the command says the former.
 */
bool ndx_cmd_flush(struct ndx_buf *out);

#endif
