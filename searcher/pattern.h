/*
 * pattern.h - does a form match a wildcard pattern, or lie within an edit distance of a word?
 *
 * Both go by characters, not bytes, and are made for forms in byte order: a matcher keeps what it
 * knows of the beginning that a form shares with the one before.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_PATTERN_H
#define NDX_SEARCHER_PATTERN_H

#include "common/arena.h"
#include "common/text.h"

/* "*" stands for any characters, "?" for one.  In time of the product of both lengths. */
bool ndx_wildcard_match(struct ndx_str pattern, struct ndx_str text);
/* The bytes before the first "*" or "?". */
size_t ndx_wildcard_prefix(struct ndx_str pattern);

#define NDX_FUZZY_LEN_MAX 128 /* characters of a word that are looked at */

/*
 * Distances between one word and many: insertions, deletions, substitutions and transpositions of
 * neighbours, each 1, none overlapping another (optimal string alignment).
 */
struct ndx_fuzzy;

/* From the arena; NULL: out of memory. */
struct ndx_fuzzy *ndx_fuzzy_new(struct ndx_arena *arena, struct ndx_str word, unsigned distance);
/*
 * Is 'form' within the distance?  'shared': how many of its bytes are those of the form before, at
 * most. If it is not, *dead_ret is the size of a beginning of 'form' with which no form is, or
 * SIZE_MAX.
 */
bool ndx_fuzzy_match(struct ndx_fuzzy *fuzzy, struct ndx_str form, size_t shared, size_t *dead_ret);

#endif
