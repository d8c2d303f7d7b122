/*
 * forms_write.c - see forms_write.h
 *
 *   noted, per form:  u8 size of the form, u8 size of the term, u64 cf, the bytes of both
 *
 * SPDX-License-Identifier: MIT
 */
#include "indexer/forms_write.h"

#include <string.h>

#include "common/field.h"
#include "common/forms.h"
#include "common/varint.h"
#include "indexer/sorted_runs.h"

#define HEAD_SIZE 10

static bool
note(struct ndx_buf *noted, struct ndx_str form, struct ndx_str term, uint64_t cf)
{
	ndx_buf_add_u8(noted, (unsigned)form.size);
	ndx_buf_add_u8(noted, (unsigned)term.size);
	ndx_buf_add_u64(noted, cf);
	ndx_buf_add(noted, form.data, form.size);
	ndx_buf_add(noted, term.data, term.size);
	return !ndx_buf_failed(noted);
}

bool
ndx_forms_note(struct ndx_buf *noted, const uint8_t *key, size_t key_size,
               const struct ndx_term_lists *lists)
{
	const struct ndx_str term = { (const char *)key + 1, key_size - 1 };
	const uint8_t *in = lists->forms, *end = in + lists->forms_size;
	struct ndx_form form;
	uint64_t count = 0;

	if (key[0] != NDX_FIELD_ANY || (key[1] >= 'A' && key[1] <= 'Z'))
		return true;
	if (lists->forms_size == 0)
		return note(noted, term, term, lists->cf);
	in += ndx_varint_decode(in, lists->forms_size, &count);
	for (; count > 0 && ndx_forms_next(&in, end, term, &form); count--)
		if (form.size > 0 &&
		    !note(noted, (struct ndx_str){ (const char *)form.text, form.size }, term,
		          form.cf))
			return false;
	return true;
}

/* A form with its first bytes as a number, so that most comparisons are of numbers. */
struct sort_key {
	uint64_t prefix;
	const uint8_t *at; /* in what was noted */
};

static struct ndx_str
form_at(const uint8_t *at)
{
	return (struct ndx_str){ (const char *)at + HEAD_SIZE, at[0] };
}

static int
compare(const void *a, const void *b)
{
	const struct sort_key *x = a, *y = b;

	if (x->prefix != y->prefix)
		return x->prefix < y->prefix ? -1 : 1;
	return ndx_str_compare(form_at(x->at), form_at(y->at));
}

static enum ndx_status
add_key(struct ndx_termdict_writer *dict, const uint8_t *at, struct ndx_err *err)
{
	const struct ndx_str form = form_at(at), term = { form.data + form.size, at[1] };
	uint8_t key[NDX_KEY_SIZE_MAX + 1] = { NDX_FIELD_FORM }, out[NDX_FORM_TERM_SIZE_MAX];

	memcpy(key + 1, form.data, form.size);
	return ndx_termdict_writer_add_form(
		dict, key, form.size + 1, out,
		ndx_form_term_encode(form, term, ndx_get_u64(at + 2), out), err);
}

/* In their order, each form once. */
static enum ndx_status
add_keys(const struct ndx_mem *mem, struct sort_key *keys, size_t count,
         struct ndx_termdict_writer *dict, struct ndx_err *err)
{
	const struct sort_key *key, *before = NULL;
	struct ndx_sorted_runs runs;
	enum ndx_status status = NDX_OK;

	if (!ndx_sorted_runs_begin(&runs, mem, keys, count, sizeof(*keys), compare))
		return ndx_fail_nomem(err);
	while (status == NDX_OK && (key = ndx_sorted_runs_next(&runs)) != NULL) {
		if (before == NULL || compare(before, key) != 0)
			status = add_key(dict, key->at, err);
		before = key;
	}
	ndx_sorted_runs_end(&runs);
	return status;
}

enum ndx_status
ndx_forms_write(const struct ndx_mem *mem, const struct ndx_buf *noted,
                struct ndx_termdict_writer *dict, struct ndx_err *err)
{
	const uint8_t *at = noted->data, *const end = at + noted->size;
	struct sort_key *keys = NULL;
	size_t count = 0, count_max = 0;
	enum ndx_status status = NDX_OK;

	for (; status == NDX_OK && at < end; at += HEAD_SIZE + (size_t)at[0] + at[1]) {
		uint8_t first[8] = { 0 };

		memcpy(first, at + HEAD_SIZE, at[0] < sizeof(first) ? at[0] : sizeof(first));
		if (!ndx_grow(mem, &keys, &count_max, count + 1, sizeof(*keys)))
			status = ndx_fail_nomem(err);
		else
			keys[count++] = (struct sort_key){ ndx_get_u64_be(first), at };
	}
	if (status == NDX_OK)
		status = add_keys(mem, keys, count, dict, err);
	ndx_free(mem, keys);
	return status;
}
