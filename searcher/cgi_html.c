/*
 * cgi_html.c - see cgi_html.h
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/cgi_html.h"

#include <string.h>

#include "searcher/print.h"

void
ndx_cgi_html(const char *text, struct ndx_buf *out)
{
	ndx_html_write(text, strlen(text), out);
}

void
ndx_cgi_number(uint64_t number, struct ndx_buf *out)
{
	if (number >= 1000) {
		ndx_cgi_number(number / 1000, out);
		ndx_buf_printf(out, ",%03u", (unsigned)(number % 1000));
	} else {
		ndx_buf_printf(out, "%u", (unsigned)number);
	}
}

size_t
ndx_cgi_address_size(const struct ndx_cgi_form *form)
{
	size_t size = 0;

	for (int i = 0; i < NDX_CGI_FIELDS; i++)
		for (const char *at = form->value[i]; *at != '\0'; at++)
			size += ndx_url_is_unreserved(*at) ? 1 : 3;
	return size;
}

void
ndx_cgi_address(const struct ndx_cgi_form *form, const struct ndx_cgi_change *change, size_t count,
                struct ndx_buf *out)
{
	const char *divider = "?";

	for (int i = 0; i < NDX_CGI_FIELDS; i++) {
		const char *value = i == NDX_CGI_PAGE ? "" : form->value[i];

		for (size_t c = 0; c < count; c++)
			if (change[c].field == (enum ndx_cgi_field)i)
				value = change[c].value;
		if (value[0] == '\0')
			continue;
		ndx_buf_add_str(out, divider);
		ndx_buf_add_str(out, ndx_cgi_field_name((enum ndx_cgi_field)i));
		ndx_buf_add_u8(out, '=');
		ndx_url_encode(value, "", out);
		divider = "&amp;";
	}
	if (divider[0] == '?')
		ndx_buf_add_str(out, "?");
}
