/*
 * formats.h - the table of formats that can be read
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_CORPUS_FORMATS_H
#define NDX_CORPUS_FORMATS_H

#include "corpus/article.h"

/* The i-th format, NULL past the last; one by its name, NULL if there is none. */
const struct ndx_format *ndx_format_get(size_t i);
const struct ndx_format *ndx_format_by_name(const char *name);

/*
 * The format of a file that begins with head[size], size > 0.  NULL: none; err->msg then says what
 * it is ("a PNG image", "binary: NUL byte at 17") and *not_article_ret whether it is plainly no
 * article (images, sound, video, programs, office documents), to be skipped, not rejected.
 */
const struct ndx_format *ndx_format_sniff(const uint8_t *head, size_t size, const char *path,
                                          bool *not_article_ret, struct ndx_err *err);

/* The formats themselves, each from its read_*.c. */
extern const struct ndx_format ndx_format_text;
extern const struct ndx_format ndx_format_html;
extern const struct ndx_format ndx_format_json;
extern const struct ndx_format ndx_format_jsonl;
extern const struct ndx_format ndx_format_reuters;

#endif
