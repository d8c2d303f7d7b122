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

/* How large the cf is, and what the term has of the form and of its own; false: that cannot be. */
static bool
form_term_parse(const uint8_t *in, size_t in_size, size_t form_size, uint64_t *cf_ret,
                size_t *cf_size_ret, size_t *shared_ret, size_t *further_ret)
{
	const size_t cf_size = ndx_varint_decode(in, in_size, cf_ret);

	if (cf_size == 0 || in_size < cf_size + 1)
		return false;
	*cf_size_ret = cf_size;
	*shared_ret = in[cf_size];
	*further_ret = in_size - cf_size - 1;
	return *shared_ret <= form_size && *shared_ret + *further_ret <= NDX_KEY_SIZE_MAX - 1;
}

bool
ndx_form_cf_decode(const uint8_t *in, size_t in_size, size_t form_size, uint64_t *cf_ret)
{
	size_t cf_size, shared, further;

	return form_term_parse(in, in_size, form_size, cf_ret, &cf_size, &shared, &further);
}

bool
ndx_form_term_decode(const uint8_t *in, size_t in_size, struct ndx_str form,
                     struct ndx_form_term *term_ret)
{
	size_t cf_size, shared, further;

	if (!form_term_parse(in, in_size, form.size, &term_ret->cf, &cf_size, &shared, &further))
		return false;
	memcpy(term_ret->text, form.data, shared);
	memcpy(term_ret->text + shared, in + cf_size + 1, further);
	term_ret->size = shared + further;
	return true;
}
