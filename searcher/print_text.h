/*
 * print_text.h - hits and articles for people; used by print.c
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_PRINT_TEXT_H
#define NDX_SEARCHER_PRINT_TEXT_H

#include "searcher/print.h"

void ndx_text_hit(struct ndx_printer *printer, const struct ndx_hit *hit, const char *snippet);
void ndx_text_end(struct ndx_printer *printer);
void ndx_text_explanation(struct ndx_printer *printer); /* nothing if none was asked for */

/* Text of an article, made harmless to a terminal. */
void ndx_text_str(const char *text, struct ndx_buf *out);

#endif
