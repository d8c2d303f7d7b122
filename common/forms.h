/*
 * forms.h - the surface forms of a term: the folded words that have it as their stem
 *
 * Where a term of field ANY has forms besides itself, the dictionary keeps a table of them with the
 * term, and its postings a number for each position: that of the form that stands there.  A key of
 * field FORM, for each form, leads back to the term.
 *
 *   table:  varint count, then per form:
 *           u8 bytes shared with the term, u8 further bytes, those, varint cf
 *   key of field FORM:  varint cf, u8 bytes that the term shares with the form, its further bytes
 *
 * A form without bytes is one that no article has any more: its number is not used.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_COMMON_FORMS_H
#define NDX_COMMON_FORMS_H

#include <stdbool.h>

#include "common/buf.h"
#include "common/format.h"
#include "common/text.h"

struct ndx_form {
	uint8_t text[NDX_KEY_SIZE_MAX];
	size_t size;
	uint64_t cf; /* how often it stands in the segment */
};

/* Append one form to a table whose count is there already. */
void ndx_forms_add(struct ndx_buf *table, struct ndx_str term, struct ndx_str form, uint64_t cf);

/* Read the next form of in..end, bytes nobody has vouched for; false: they are none. */
bool ndx_forms_next(const uint8_t **in, const uint8_t *end, struct ndx_str term,
                    struct ndx_form *form_ret);

/* What a key of field FORM leads to. */
struct ndx_form_term {
	uint64_t cf;                 /* of the form */
	char text[NDX_KEY_SIZE_MAX]; /* the term */
	size_t size;
};

#define NDX_FORM_TERM_SIZE_MAX (10 + 1 + NDX_KEY_SIZE_MAX)
/* Into out[NDX_FORM_TERM_SIZE_MAX]; returns the size. */
size_t ndx_form_term_encode(struct ndx_str form, struct ndx_str term, uint64_t cf, uint8_t *out);
/* The form's cf alone, where in[in_size] can be of a form of so many bytes; else false. */
bool ndx_form_cf_decode(const uint8_t *in, size_t in_size, size_t form_size, uint64_t *cf_ret);
/* And back; false: in[in_size] is none such. */
bool ndx_form_term_decode(const uint8_t *in, size_t in_size, struct ndx_str form,
                          struct ndx_form_term *term_ret);

#endif
