/*
 * fold.h - characters: what they are in a word, and their folded form
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_COMMON_FOLD_H
#define NDX_COMMON_FOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"

/* What ndx_utf8_decode() gives for bytes that are not UTF-8 (RFC 3629): no character. */
#define NDX_CHAR_BAD UINT32_MAX

/* The most bytes that one character folds to (the ligature U+FDFA: 15 letters of two bytes). */
#define NDX_FOLD_SIZE_MAX 48

enum ndx_char_class {
	NDX_CHAR_OTHER = 0, /* stands between words */
	NDX_CHAR_LETTER,
	NDX_CHAR_DIGIT,
	NDX_CHAR_MARK,       /* goes on with a word, begins none */
	NDX_CHAR_IDEOGRAPH,  /* Han and kana: a word of its own */
	NDX_CHAR_APOSTROPHE, /* ' U+2019 U+02BC U+FF07 */
	NDX_CHAR_HYPHEN,     /* - U+2010 U+2011 */
	NDX_CHAR_IGNORED,    /* soft hyphen, joiners: as if not there, inside a word */
};

/* The character at p < end and, in *size_ret, its bytes; NDX_CHAR_BAD is one byte. */
uint32_t ndx_utf8_decode(const uint8_t *p, const uint8_t *end, unsigned *size_ret);

enum ndx_char_class ndx_char_class(uint32_t c);
bool ndx_char_is_upper(uint32_t c);
bool ndx_char_is_lower(uint32_t c);

/*
 * Append the folded form of the character 'c' to out[*size], of out[size_max]: lower
 * case, without accents, compatibility variants replaced, composed with the character
 * before where Unicode has one for both.  May append nothing.  False, and nothing is
 * appended, if it does not fit.  What is no part of words is appended as it is.
 */
bool ndx_fold_char(uint32_t c, uint8_t *out, size_t *size, size_t size_max);

/*
 * Append the folded form of in[size] to 'out', character by character; bytes that are
 * not UTF-8 are dropped.  Folding what is folded changes nothing.  Spaces, punctuation
 * and wildcards stay: words are cut, and apostrophes dropped, by tokenize.h.
 */
void ndx_fold(const char *in, size_t size, struct ndx_buf *out);

#endif
