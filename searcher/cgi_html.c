/*
 * cgi_html.c - see cgi_html.h
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/cgi_html.h"

#include <stdbool.h>
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

/* RFC 3986: what stands for itself everywhere in an address. */
static bool
is_unreserved(char byte)
{
	return strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~", byte) !=
	       NULL;
}

void
ndx_cgi_encode(const char *text, struct ndx_buf *out)
{
	for (; *text != '\0'; text++) {
		if (is_unreserved(*text))
			ndx_buf_add(out, text, 1);
		else
			ndx_buf_printf(out, "%%%02X", (unsigned char)*text);
	}
}

size_t
ndx_cgi_address_size(const struct ndx_cgi_form *form)
{
	size_t size = 0;

	for (int i = 0; i < NDX_CGI_FIELDS; i++)
		for (const char *at = form->value[i]; *at != '\0'; at++)
			size += is_unreserved(*at) ? 1 : 3;
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
		ndx_buf_printf(out, "%s%s=", divider, ndx_cgi_field_name((enum ndx_cgi_field)i));
		ndx_cgi_encode(value, out);
		divider = "&amp;";
	}
	if (divider[0] == '?')
		ndx_buf_add_str(out, "?");
}
