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
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       (byte >= '0' && byte <= '9') || byte == '-' || byte == '.' || byte == '_' ||
	       byte == '~';
}

void
ndx_cgi_encode(const char *text, struct ndx_buf *out)
{
	static const char digits[] = "0123456789ABCDEF";

	for (; *text != '\0'; text++) {
		const unsigned char byte = (unsigned char)*text;
		const char code[] = { '%', digits[byte >> 4], digits[byte & 15] };

		if (is_unreserved(*text))
			ndx_buf_add_u8(out, byte);
		else
			ndx_buf_add(out, code, sizeof(code));
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
		ndx_buf_add_str(out, divider);
		ndx_buf_add_str(out, ndx_cgi_field_name((enum ndx_cgi_field)i));
		ndx_buf_add_u8(out, '=');
		ndx_cgi_encode(value, out);
		divider = "&amp;";
	}
	if (divider[0] == '?')
		ndx_buf_add_str(out, "?");
}
