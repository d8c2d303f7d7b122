/*
 * json_out.c - append JSON (RFC 8259) to a buffer
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/json_out.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define REPLACEMENT "\xef\xbf\xbd"

static void
put_byte(unsigned char byte, struct ndx_buf *out)
{
	static const char short_form[] = "btn\0fr"; /* of bytes 8 to 13 */

	if (byte == '"' || byte == '\\')
		ndx_buf_printf(out, "\\%c", byte);
	else if (byte >= '\b' && byte <= '\r' && byte != '\v')
		ndx_buf_printf(out, "\\%c", short_form[byte - '\b']);
	else
		ndx_buf_printf(out, "\\u%04x", byte);
}

/* The bytes of valid UTF-8, escaped where they must be. */
static void
put_valid(const char *in, size_t size, struct ndx_buf *out)
{
	size_t plain = 0;

	for (size_t i = 0; i < size; i++) {
		const unsigned char byte = (unsigned char)in[i];

		if (byte >= ' ' && byte != '"' && byte != '\\' && byte != 0x7f)
			continue;
		ndx_buf_add(out, in + plain, i - plain);
		put_byte(byte, out);
		plain = i + 1;
	}
	ndx_buf_add(out, in + plain, size - plain);
}

static void
put_string(struct ndx_str text, struct ndx_buf *out)
{
	size_t at = 0, valid;

	ndx_buf_add_u8(out, '"');
	while (at < text.size) {
		valid = ndx_utf8_check(text.data + at, text.size - at);
		put_valid(text.data + at, valid, out);
		at += valid;
		if (at < text.size) {
			ndx_buf_add_str(out, REPLACEMENT);
			at++;
		}
	}
	ndx_buf_add_u8(out, '"');
}

/* What stands before a value. */
static void
put_name(struct ndx_json_out *json, const char *name)
{
	if (json->follows)
		ndx_buf_add_u8(json->out, ',');
	json->follows = true;
	if (name == NULL)
		return;
	put_string(ndx_str(name), json->out);
	ndx_buf_add_u8(json->out, ':');
}

void
ndx_json_out_begin(struct ndx_json_out *json, const char *name, const char *open)
{
	put_name(json, name);
	ndx_buf_add_str(json->out, open);
	json->follows = false;
}

void
ndx_json_out_end(struct ndx_json_out *json, const char *close)
{
	ndx_buf_add_str(json->out, close);
	json->follows = true;
}

void
ndx_json_out_str(struct ndx_json_out *json, const char *name, struct ndx_str text)
{
	put_name(json, name);
	put_string(text, json->out);
}

void
ndx_json_out_text(struct ndx_json_out *json, const char *name, const char *text)
{
	if (text == NULL || text[0] == '\0')
		ndx_json_out_null(json, name);
	else
		ndx_json_out_str(json, name, ndx_str(text));
}

void
ndx_json_out_uint(struct ndx_json_out *json, const char *name, uint64_t value)
{
	put_name(json, name);
	ndx_buf_printf(json->out, "%" PRIu64, value);
}

void
ndx_float_format(float value, char out[NDX_FLOAT_SIZE])
{
	for (int digits = 1; digits <= 9; digits++) { /* 9 tell any float apart */
		snprintf(out, NDX_FLOAT_SIZE, "%.*g", digits, (double)value);
		if (!(strtof(out, NULL) < value) && !(strtof(out, NULL) > value))
			break;
	}
	for (char *c = out; *c != '\0'; c++)
		if (*c == ',')
			*c = '.';
}

void
ndx_json_out_float(struct ndx_json_out *json, const char *name, float value)
{
	char digits[NDX_FLOAT_SIZE];

	if (!isfinite(value)) {
		ndx_json_out_null(json, name);
		return;
	}
	ndx_float_format(value, digits);
	put_name(json, name);
	ndx_buf_add_str(json->out, digits);
}

void
ndx_json_out_null(struct ndx_json_out *json, const char *name)
{
	put_name(json, name);
	ndx_buf_add_str(json->out, "null");
}
