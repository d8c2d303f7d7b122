/*
 * json_pull.c - see json_pull.h
 *
 * One pass checks and finds the members; strings are decoded only for those who ask.
 * A value within a value is passed over by a loop, with a stack of one bit a level
 * that says whether the level is an array.
 *
 * SPDX-License-Identifier: MIT
 */
#include "corpus/json_pull.h"

/* Bytes that end a run inside a string: quote, backslash, control bytes. */
/* clang-format off */
static const bool ends_run[256] = {
	1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
	1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
	['"'] = 1, ['\\'] = 1,
};
/* clang-format on */

static bool
fail(struct ndx_json *json, const char *error)
{
	json->error = error;
	return false;
}

static void
skip_spaces(struct ndx_json *json)
{
	while (json->at < json->size) {
		const char c = json->in[json->at];

		if (c != ' ' && c != '\t' && c != '\n' && c != '\r')
			break;
		json->at++;
	}
}

/* The byte to be looked at, '\0' at the end (and for a NUL byte, which is nowhere allowed). */
static char
peek(const struct ndx_json *json)
{
	return json->at < json->size ? json->in[json->at] : '\0';
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int
hex_value(char c)
{
	if (is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The four digits of \uXXXX at in[4], or -1. */
static int32_t
hex4(const char *in)
{
	int32_t unit = 0;

	for (size_t i = 0; i < 4; i++) {
		const int digit = hex_value(in[i]);

		if (digit < 0)
			return -1;
		unit = unit * 16 + digit;
	}
	return unit;
}

/*
 * The character of the \u escape(s) at in[size], which begins with the backslash; bytes used in
 * *used_ret. -1: none, or a half of a pair.
 */
static int32_t
escaped_char(const char *in, size_t size, size_t *used_ret)
{
	int32_t high, low;

	high = size < 6 ? -1 : hex4(in + 2);
	*used_ret = 6;
	if (high < 0xd800 || high > 0xdfff)
		return high;
	if (high > 0xdbff || size < 12 || in[6] != '\\' || in[7] != 'u')
		return -1;
	low = hex4(in + 8);
	if (low < 0xdc00 || low > 0xdfff)
		return -1;
	*used_ret = 12;
	return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
}

static bool
skip_escape(struct ndx_json *json)
{
	const char *in = json->in + json->at;
	const size_t size = json->size - json->at;
	size_t used = 2;
	int32_t c;

	if (size < 2)
		return fail(json, "string is never closed");
	if (in[1] == 'u') {
		c = escaped_char(in, size, &used);
		if (c < 0)
			return fail(json, "bad \\u escape");
		if (c == 0)
			return fail(json, "\\u0000 is not allowed");
	} else if (in[1] == '\0' || strchr("\"\\/bfnrt", in[1]) == NULL) {
		return fail(json, "bad escape");
	}
	json->at += used;
	return true;
}

static bool
take_string(struct ndx_json *json, struct ndx_json_value *value_ret)
{
	const uint8_t *in = (const uint8_t *)json->in;
	const size_t open = json->at++;

	value_ret->kind = NDX_JSON_STRING;
	value_ret->has_escapes = false;
	for (;;) {
		size_t at = json->at;

		while (at < json->size && !ends_run[in[at]])
			at++;
		json->at = at;
		if (at == json->size)
			return fail(json, "string is never closed");
		if (in[at] == '"')
			break;
		if (in[at] != '\\')
			return fail(json, "control byte in a string");
		if (!skip_escape(json))
			return false;
		value_ret->has_escapes = true;
	}
	value_ret->raw = (struct ndx_str){ json->in + open + 1, json->at - open - 1 };
	json->at++;
	return true;
}

static bool
skip_digits(struct ndx_json *json)
{
	if (!is_digit(peek(json)))
		return fail(json, "bad number");
	while (is_digit(peek(json)))
		json->at++;
	return true;
}

static bool
skip_number(struct ndx_json *json)
{
	if (peek(json) == '-')
		json->at++;
	if (peek(json) == '0') {
		json->at++;
		if (is_digit(peek(json)))
			return fail(json, "number with a leading zero");
	} else if (!skip_digits(json)) {
		return false;
	}
	if (peek(json) == '.') {
		json->at++;
		if (!skip_digits(json))
			return false;
	}
	if (peek(json) == 'e' || peek(json) == 'E') {
		json->at++;
		if (peek(json) == '+' || peek(json) == '-')
			json->at++;
		return skip_digits(json);
	}
	return true;
}

static bool
skip_literal(struct ndx_json *json, enum ndx_json_kind *kind_ret)
{
	static const struct {
		const char *name;
		enum ndx_json_kind kind;
	} literals[] = { { "true", NDX_JSON_TRUE },
		         { "false", NDX_JSON_FALSE },
		         { "null", NDX_JSON_NULL } };

	for (size_t i = 0; i < sizeof(literals) / sizeof(literals[0]); i++) {
		const size_t size = strlen(literals[i].name);

		if (json->size - json->at < size ||
		    memcmp(json->in + json->at, literals[i].name, size) != 0)
			continue;
		json->at += size; /* a letter that follows is in the way of a comma or a bracket */
		*kind_ret = literals[i].kind;
		return true;
	}
	return fail(json, json->at == json->size ? "breaks off" : "no JSON value");
}

/* String, number, true, false, null. */
static bool
take_scalar(struct ndx_json *json, struct ndx_json_value *value_ret)
{
	const size_t from = json->at;
	const char c = peek(json);

	if (c == '"')
		return take_string(json, value_ret);
	value_ret->has_escapes = false;
	if (c == '-' || is_digit(c)) {
		value_ret->kind = NDX_JSON_NUMBER;
		if (!skip_number(json))
			return false;
	} else if (!skip_literal(json, &value_ret->kind)) {
		return false;
	}
	value_ret->raw = (struct ndx_str){ json->in + from, json->at - from };
	return true;
}

/* A name and its colon. */
static bool
take_name(struct ndx_json *json, struct ndx_json_value *name_ret)
{
	skip_spaces(json);
	if (peek(json) != '"')
		return fail(json, json->at == json->size ? "breaks off" : "no member name");
	if (!take_string(json, name_ret))
		return false;
	skip_spaces(json);
	if (peek(json) != ':')
		return fail(json, json->at == json->size ? "breaks off" : "no colon after a name");
	json->at++;
	skip_spaces(json);
	return true;
}

/* Levels below the one that is read: how many, and which are arrays. */
struct levels {
	size_t count;
	uint64_t is_array[NDX_JSON_DEPTH_MAX / 64];
};

static bool
level_is_array(const struct levels *levels)
{
	return (levels->is_array[(levels->count - 1) / 64] >> ((levels->count - 1) % 64)) & 1;
}

static bool
level_begin(struct ndx_json *json, struct levels *levels)
{
	const uint64_t bit = (uint64_t)1 << (levels->count % 64);

	if (levels->count + 1 >= NDX_JSON_DEPTH_MAX)
		return fail(json, "nested too deep");
	if (peek(json) == '[')
		levels->is_array[levels->count / 64] |= bit;
	else
		levels->is_array[levels->count / 64] &= ~bit;
	levels->count++;
	json->at++;
	return true;
}

/* After a value inside: close levels that end here, then pass the comma before the next value. */
static bool
level_go_on(struct ndx_json *json, struct levels *levels)
{
	while (levels->count > 0) {
		skip_spaces(json);
		if (peek(json) == ',') {
			json->at++;
			return true;
		}
		if (peek(json) != (level_is_array(levels) ? ']' : '}'))
			return fail(json, json->at == json->size
			                          ? "breaks off"
			                          : "no comma or bracket after a value");
		json->at++;
		levels->count--;
	}
	return true;
}

/* Pass over an object or array, at whose bracket 'json' is. */
static bool
skip_nested(struct ndx_json *json)
{
	struct ndx_json_value ignored;
	struct levels levels = { 0 };
	bool just_begun = level_begin(json, &levels);

	while (levels.count > 0) {
		const bool is_array = level_is_array(&levels);

		skip_spaces(json);
		if (just_begun && peek(json) == (is_array ? ']' : '}')) {
			json->at++;
			levels.count--;
			just_begun = false;
			if (!level_go_on(json, &levels))
				return false;
			continue;
		}
		if (!is_array && !take_name(json, &ignored))
			return false;
		just_begun = peek(json) == '[' || peek(json) == '{';
		if (just_begun) {
			if (!level_begin(json, &levels))
				return false;
			continue;
		}
		if (levels.count + 1 >= NDX_JSON_DEPTH_MAX) /* a scalar is a level, too */
			return fail(json, "nested too deep");
		if (!take_scalar(json, &ignored) || !level_go_on(json, &levels))
			return false;
	}
	return true;
}

static bool
take_value(struct ndx_json *json, struct ndx_json_value *value_ret)
{
	const size_t from = json->at;
	const char c = peek(json);

	if (c != '{' && c != '[')
		return take_scalar(json, value_ret);
	if (!skip_nested(json))
		return false;
	value_ret->kind = c == '{' ? NDX_JSON_OBJECT : NDX_JSON_ARRAY;
	value_ret->has_escapes = false;
	value_ret->raw = (struct ndx_str){ json->in + from, json->at - from };
	return true;
}

bool
ndx_json_begin(struct ndx_json *json, const char *in, size_t size)
{
	const size_t good = ndx_utf8_check(in, size);

	*json = (struct ndx_json){ .in = in, .size = size, .at = good };
	if (good < size)
		return fail(json, "not UTF-8");
	json->at = 0;
	skip_spaces(json);
	json->is_array = peek(json) == '[';
	if (!json->is_array && peek(json) != '{')
		return fail(json, "no JSON object");
	json->at++;
	return true;
}

/* After the closing bracket: nothing but spaces may follow. */
static int
end(struct ndx_json *json)
{
	json->at++;
	skip_spaces(json);
	if (json->at == json->size)
		return 0;
	fail(json, "more after the end of the object");
	return -1;
}

int
ndx_json_next(struct ndx_json *json, struct ndx_json_value *name_ret,
              struct ndx_json_value *value_ret)
{
	const char close = json->is_array ? ']' : '}';

	skip_spaces(json);
	if (peek(json) == close)
		return end(json);
	if (json->has_begun) {
		if (peek(json) != ',') {
			fail(json,
			     json->at == json->size ? "breaks off" : "no comma between members");
			return -1;
		}
		json->at++;
		skip_spaces(json);
	}
	json->has_begun = true;
	if (!json->is_array && !take_name(json, name_ret))
		return -1;
	return take_value(json, value_ret) ? 1 : -1;
}

static size_t
put_utf8(uint32_t c, char *out)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

static char
plain_escape(char c)
{
	switch (c) {
	case 'b':
		return '\b';
	case 'f':
		return '\f';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	default:
		return c;
	}
}

struct ndx_str
ndx_json_string(const struct ndx_json_value *string, struct ndx_buf *work)
{
	const char *in = string->raw.data;
	const size_t size = string->raw.size;
	char *out, *to;
	size_t at = 0, used;

	if (!string->has_escapes)
		return string->raw;
	out = (char *)ndx_buf_reserve(work, size);
	if (out == NULL)
		return (struct ndx_str){ "", 0 };
	to = out;
	while (at < size) {
		const char *backslash = memchr(in + at, '\\', size - at);
		const size_t run = backslash == NULL ? size - at : (size_t)(backslash - in) - at;

		memcpy(to, in + at, run);
		to += run;
		at += run;
		if (at == size)
			break;
		if (in[at + 1] != 'u') {
			*to++ = plain_escape(in[at + 1]);
			at += 2;
			continue;
		}
		to += put_utf8((uint32_t)escaped_char(in + at, size - at, &used), to);
		at += used;
	}
	work->size += (size_t)(to - out);
	return (struct ndx_str){ out, (size_t)(to - out) };
}
