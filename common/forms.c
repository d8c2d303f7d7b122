/*
 * forms.c - see forms.h
 *
 * SPDX-License-Identifier: MIT
 */
#include "common/forms.h"

#include <string.h>

#include "common/varint.h"

static size_t
shared_size(struct ndx_str a, struct ndx_str b)
{
	size_t i = 0;

	while (i < a.size && i < b.size && a.data[i] == b.data[i])
		i++;
	return i;
}

void
ndx_forms_add(struct ndx_buf *table, struct ndx_str term, struct ndx_str form, uint64_t cf)
{
	const size_t shared = shared_size(term, form);

	ndx_buf_add_u8(table, (unsigned)shared);
	ndx_buf_add_u8(table, (unsigned)(form.size - shared));
	ndx_buf_add(table, form.data + shared, form.size - shared);
	ndx_buf_add_varint(table, cf);
}

bool
ndx_forms_next(const uint8_t **in, const uint8_t *end, struct ndx_str term,
               struct ndx_form *form_ret)
{
	const uint8_t *at = *in;
	size_t shared, further, size;

	if (end - at < 2)
		return false;
	shared = at[0];
	further = at[1];
	at += 2;
	if (shared > term.size || further > (size_t)(end - at) ||
	    shared + further > sizeof(form_ret->text) - 1)
		return false;
	memcpy(form_ret->text, term.data, shared);
	memcpy(form_ret->text + shared, at, further);
	form_ret->size = shared + further;
	at += further;
	size = ndx_varint_decode(at, (size_t)(end - at), &form_ret->cf);
	*in = at + size;
	return size > 0;
}

size_t
ndx_form_term_encode(struct ndx_str form, struct ndx_str term, uint64_t cf, uint8_t *out)
{
	const size_t shared = shared_size(form, term), cf_size = ndx_varint_encode(cf, out);

	out[cf_size] = (uint8_t)shared;
	memcpy(out + cf_size + 1, term.data + shared, term.size - shared);
	return cf_size + 1 + term.size - shared;
}

bool
ndx_form_term_decode(const uint8_t *in, size_t in_size, struct ndx_str form,
                     struct ndx_form_term *term_ret)
{
	const size_t cf_size = ndx_varint_decode(in, in_size, &term_ret->cf);
	size_t shared, further;

	if (cf_size == 0 || in_size < cf_size + 1)
		return false;
	shared = in[cf_size];
	further = in_size - cf_size - 1;
	if (shared > form.size || shared + further > NDX_KEY_SIZE_MAX - 1)
		return false;
	memcpy(term_ret->text, form.data, shared);
	memcpy(term_ret->text + shared, in + cf_size + 1, further);
	term_ret->size = shared + further;
	return true;
}
