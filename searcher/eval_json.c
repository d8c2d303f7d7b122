/*
 * eval_json.c - see eval_json.h
 *
 * What must hold: 'at' never passes 'end'; a value that is not wanted is passed over by its
 * brackets and strings alone.
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/eval_json.h"

struct reader {
	const char *at, *end;
};

static void
skip_space(struct reader *in)
{
	while (in->at < in->end && (*in->at == ' ' || (*in->at >= '\t' && *in->at <= '\r')))
		in->at++;
}

static bool
take_byte(struct reader *in, char byte)
{
	skip_space(in);
	if (in->at == in->end || *in->at != byte)
		return false;
	in->at++;
	return true;
}

/* Four hexadecimal digits. */
static bool
take_hex(struct reader *in, uint32_t *value_ret)
{
	uint32_t value = 0;

	if (in->end - in->at < 4)
		return false;
	for (int i = 0; i < 4; i++, in->at++) {
		const char c = *in->at;
		const int digit = c >= '0' && c <= '9'   ? c - '0'
		                  : c >= 'a' && c <= 'f' ? c - 'a' + 10
		                  : c >= 'A' && c <= 'F' ? c - 'A' + 10
		                                         : -1;

		if (digit < 0)
			return false;
		value = 16 * value + (uint32_t)digit;
	}
	*value_ret = value;
	return true;
}

static void
put_utf8(uint32_t c, struct ndx_buf *out)
{
	if (c < 0x80) {
		ndx_buf_add_u8(out, c);
		return;
	}
	if (c < 0x800) {
		ndx_buf_add_u8(out, 0xc0 | c >> 6);
	} else {
		if (c < 0x10000) {
			ndx_buf_add_u8(out, 0xe0 | c >> 12);
		} else {
			ndx_buf_add_u8(out, 0xf0 | c >> 18);
			ndx_buf_add_u8(out, 0x80 | (c >> 12 & 0x3f));
		}
		ndx_buf_add_u8(out, 0x80 | (c >> 6 & 0x3f));
	}
	ndx_buf_add_u8(out, 0x80 | (c & 0x3f));
}

/* Behind "\u"; a half of a pair alone, and NUL, become U+FFFD. */
static bool
take_unicode(struct reader *in, struct ndx_buf *out)
{
	uint32_t c, low;

	if (!take_hex(in, &c))
		return false;
	if (c >= 0xd800 && c < 0xdc00 && in->end - in->at >= 6 && in->at[0] == '\\' &&
	    in->at[1] == 'u') {
		struct reader ahead = { in->at + 2, in->end };

		if (!take_hex(&ahead, &low))
			return false;
		if (low >= 0xdc00 && low < 0xe000) {
			c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
			in->at = ahead.at;
		}
	}
	put_utf8(c == 0 || (c >= 0xd800 && c < 0xe000) ? 0xfffd : c, out);
	return true;
}

static bool
take_string(struct reader *in, struct ndx_buf *out)
{
	static const char escaped[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";

	ndx_buf_clear(out);
	if (!take_byte(in, '"'))
		return false;
	while (in->at < in->end && *in->at != '"') {
		const char *found;
		char c = *in->at++;

		if (c == '\\') {
			if (in->at == in->end)
				return false;
			c = *in->at++;
			if (c == 'u') {
				if (!take_unicode(in, out))
					return false;
				continue;
			}
			found = c == '\0' ? NULL : strchr(escaped, c);
			if (found == NULL)
				return false;
			c = meant[found - escaped];
		}
		ndx_buf_add_u8(out, c == '\0' ? ' ' : (unsigned char)c);
	}
	return take_byte(in, '"');
}

/* Any value: of a string or a number what it says, of others nothing. */
static bool
take_value(struct reader *in, struct ndx_buf *out)
{
	size_t depth = 0;

	skip_space(in);
	if (in->at < in->end && *in->at == '"')
		return take_string(in, out);
	ndx_buf_clear(out);
	while (in->at < in->end) {
		const char c = *in->at;

		if (depth == 0 && (c == ',' || c == '}'))
			return true;
		if (c == '"') {
			if (!take_string(in, out))
				return false;
			ndx_buf_clear(out);
			continue;
		}
		if (depth == 0 && ((c >= '0' && c <= '9') || c == '-' || c == '.'))
			ndx_buf_add_u8(out, (unsigned char)c);
		depth += c == '{' || c == '[';
		if ((c == '}' || c == ']') && depth-- == 0)
			return false;
		in->at++;
	}
	return false;
}

/* The member called 'name'; false if there is none, or the line is no object. */
static bool
find_member(struct ndx_str line, const char *name, struct ndx_buf *out)
{
	struct reader in = { line.data, line.data + line.size };

	if (!take_byte(&in, '{'))
		return false;
	do {
		bool wanted;

		if (!take_string(&in, out))
			return false;
		wanted = !ndx_buf_failed(out) && out->size == strlen(name) &&
		         memcmp(out->data, name, out->size) == 0;
		if (!take_byte(&in, ':') || !take_value(&in, out))
			return false;
		if (wanted)
			return out->size > 0 && !ndx_buf_failed(out);
	} while (take_byte(&in, ','));
	return false;
}

bool
ndx_eval_json(struct ndx_str line, const char *const *name, struct ndx_buf *out)
{
	for (; *name != NULL; name++)
		if (find_member(line, *name, out))
			return true;
	return false;
}
