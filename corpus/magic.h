/*
 * magic.h - what a file is that is no text, by its first bytes
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_CORPUS_MAGIC_H
#define NDX_CORPUS_MAGIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * "a PNG image" and the like, or NULL.  *not_article_ret: plainly no article; false for what may
 * hold articles but cannot be read (archives, databases).
 */
const char *ndx_magic(const uint8_t *head, size_t size, bool *not_article_ret);

#endif
