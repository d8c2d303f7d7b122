/*
 * stem.h - surface form to stem, by libstemmer (Snowball)
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_COMMON_STEM_H
#define NDX_COMMON_STEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/mem.h"

struct ndx_stemmer;

/*
 * A stemmer for 'language', a Snowball name such as "english", or "none", which
 * leaves every form as it is.  An unknown one is NDX_E_INPUT.  One thread at a time.
 */
enum ndx_status ndx_stemmer_new(const struct ndx_mem *mem, const char *language,
                                struct ndx_stemmer **stemmer_ret, struct ndx_err *err);
void ndx_stemmer_free(struct ndx_stemmer *stemmer);

/*
 * Does every stem begin with the byte that its form begins with, if that is an ASCII letter?  Not
 * known, so false, of languages whose stemmer takes beginnings off.
 */
bool ndx_stem_keeps_start(const struct ndx_stemmer *stemmer);

/*
 * The stem of the folded form[form_size]; *stem_size_ret bytes that live until the
 * next call, and of form[] itself, which it may be.  Accents have been folded away
 * already in form[].  A form with a digit, '&' or '/' is its own stem, so kinds need
 * no care: only an ACRONYM must not come here.  NULL: out of memory.
 */
const char *ndx_stem(struct ndx_stemmer *stemmer, const char *form, size_t form_size,
                     size_t *stem_size_ret);

#endif
