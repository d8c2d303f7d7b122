/*
 * encoding.h - text in whatever encoding to UTF-8
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_CORPUS_ENCODING_H
#define NDX_CORPUS_ENCODING_H

#include "common/buf.h"
#include "common/error.h"

/*
 * The name, for iconv, of the Unicode encoding that in[size] is in: by its byte order mark,
 * whose size goes to *bom_size_ret, or, for UTF-16, by how its zeros lie.  NULL: no sign of any.
 */
const char *ndx_encoding_unicode(const uint8_t *in, size_t size, size_t *bom_size_ret);

/*
 * Append in[size] to 'out' as UTF-8: by its byte order mark, else as 'declared' says (NULL or
 * unknown: passed over), else as it is if that is UTF-8, else as detected, else as windows-1252.
 * What cannot be converted becomes U+FFFD; line breaks become \n; other control bytes go, except
 * the tab.  NDX_E_INPUT: a NUL byte outside UTF-16 and UTF-32, err->msg "binary: NUL byte at N".
 */
enum ndx_status ndx_encoding_to_utf8(const uint8_t *in, size_t size, const char *declared,
                                     struct ndx_buf *out, struct ndx_err *err);

#endif
