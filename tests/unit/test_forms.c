/*
 * test_forms.c - tables of forms, and the way from a form to its term
 *
 * SPDX-License-Identifier: MIT
 */
#include "common/forms.h"

#include <string.h>

#include "tests/unit/test.h"

static const struct {
	const char *term, *form;
	uint64_t cf;
} rows[] = {
	{ "product", "production", 7 }, { "product", "product", 1 },
	{ "poni", "ponies", 300 },      { "poni", "", 0 },
	{ "die", "dying", UINT64_MAX }, { "a", "xyz", 1 },
};

static void
test_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct ndx_str term = ndx_str(rows[i].term), form = ndx_str(rows[i].form);
		const uint8_t *in;
		struct ndx_form found;
		struct ndx_buf table;

		ndx_buf_init(&table, &ndx_mem_default);
		ndx_forms_add(&table, term, form, rows[i].cf);
		in = table.data;
		CHECK(form.data, ndx_forms_next(&in, table.data + table.size, term, &found));
		CHECK(form.data, in == table.data + table.size && found.cf == rows[i].cf);
		CHECK(form.data,
		      found.size == form.size && memcmp(found.text, form.data, form.size) == 0);
		for (size_t size = 0; size < table.size; size++) {
			in = table.data;
			CHECK("cut", !ndx_forms_next(&in, table.data + size, term, &found));
		}
		in = table.data;
		CHECK("a shorter term",
		      table.data[0] == 0 ||
		              !ndx_forms_next(&in, table.data + table.size,
		                              (struct ndx_str){ term.data, table.data[0] - 1u },
		                              &found));
		ndx_buf_free(&table);
	}
}

static void
test_term(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct ndx_str term = ndx_str(rows[i].term), form = ndx_str(rows[i].form);
		uint8_t bytes[NDX_FORM_TERM_SIZE_MAX];
		struct ndx_form_term back;
		size_t size = ndx_form_term_encode(form, term, rows[i].cf, bytes);

		CHECK(term.data, ndx_form_term_decode(bytes, size, form, &back));
		CHECK(term.data,
		      back.size == term.size && memcmp(back.text, term.data, term.size) == 0);
		CHECK(term.data, back.cf == rows[i].cf);
		CHECK("no bytes", !ndx_form_term_decode(bytes, 0, form, &back));
		size = ndx_form_term_encode(form, term, 1, bytes);
		CHECK("a cf alone", !ndx_form_term_decode(bytes, 1, form, &back));
		bytes[1] = (uint8_t)(form.size + 1);
		CHECK("more than the form", !ndx_form_term_decode(bytes, size, form, &back));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_table),
		                            cmocka_unit_test(test_term) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
