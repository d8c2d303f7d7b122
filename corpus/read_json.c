/*
 * read_json.c - JSON Lines, and files that are one JSON object or an array of them
 *
 * In JSON Lines a record is a line, so that "line 17" in a message is line 17 of the
 * file.  Values of other kinds than strings are taken for what they must mean: a number
 * as its digits, a list joined by commas, or semicolons if it is of authors, {"name": "..."} as
 * that name.  A date may be a number of seconds or milliseconds since 1970; eight digits are a day
 * (20040311).
 *
 * SPDX-License-Identifier: MIT
 */
#include "corpus/draft.h"
#include "corpus/formats.h"
#include "corpus/json_pull.h"

#include <strings.h>

#define MS_MIN 100000000000 /* numbers from here on are milliseconds: 1e11 s is the year 5138 */

struct reader {
	struct ndx_maker maker;
	struct ndx_buf work; /* decoded strings of the record at hand */
};

static bool
is_date_key(int key)
{
	return key >= NDX_KEY_DATE && key <= NDX_KEY_DATE_PUBLISHED_SNAKE;
}

/* Whole seconds or milliseconds, a fraction dropped; no exponent. */
static bool
epoch_date(struct ndx_str number, struct ndx_date *date_ret)
{
	const bool negative = number.size > 0 && number.data[0] == '-';
	int64_t value = 0;
	size_t i = negative;

	for (; i < number.size && number.data[i] >= '0' && number.data[i] <= '9'; i++) {
		if (value >= INT64_MAX / 10 - 9)
			return false;
		value = value * 10 + (number.data[i] - '0');
	}
	if (i == negative || (i < number.size && number.data[i] != '.'))
		return false;
	for (size_t digit = i + 1; digit < number.size; digit++)
		if (number.data[digit] < '0' || number.data[digit] > '9')
			return false;
	if (value >= MS_MIN)
		value /= 1000;
	if (value > ndx_days_from_civil(9999, 12, 31) * 86400)
		return false;
	*date_ret = (struct ndx_date){ negative ? -value : value, 0 };
	return true;
}

static void
take_date(struct ndx_draft *draft, int key, const struct ndx_json_value *value)
{
	const size_t size = draft->value[key].size;

	if (value->kind != NDX_JSON_NUMBER && size != 10 && size != 13)
		return;
	if (size == 8 && ndx_date_parse(draft->value[key], &draft->date[key]))
		return;
	draft->is_date[key] = epoch_date(draft->value[key], &draft->date[key]);
}

/* The string member "name" of an object that has been checked; false if there is none. */
static bool
find_name(struct ndx_str object, struct ndx_json_value *found_ret)
{
	struct ndx_json_value name, value;
	struct ndx_json json;
	bool found = false;

	if (!ndx_json_begin(&json, object.data, object.size))
		return false;
	while (ndx_json_next(&json, &name, &value) == 1) {
		if (value.kind == NDX_JSON_STRING && ndx_str_equal(name.raw, ndx_str("name"))) {
			*found_ret = value;
			found = true;
		}
	}
	return found;
}

/*
 * The strings of a list with 'between' between them.  The result never has more bytes
 * than the list: two quotes and a comma make room for 'between'.
 */
static struct ndx_str
join(struct ndx_str list, const char *between, struct ndx_buf *work)
{
	const size_t from = work->size;
	struct ndx_json_value name, value;
	struct ndx_json json;

	if (!ndx_json_begin(&json, list.data, list.size))
		return (struct ndx_str){ "", 0 };
	while (ndx_json_next(&json, &name, &value) == 1) {
		if (value.kind == NDX_JSON_OBJECT && !find_name(value.raw, &value))
			continue;
		if (value.kind != NDX_JSON_STRING || value.raw.size == 0)
			continue;
		if (work->size > from)
			ndx_buf_add_str(work, between);
		if (value.has_escapes)
			ndx_json_string(&value, work); /* decodes to the end of 'work' */
		else
			ndx_buf_add(work, value.raw.data, value.raw.size);
	}
	if (ndx_buf_failed(work) || work->size == from)
		return (struct ndx_str){ "", 0 };
	return (struct ndx_str){ (const char *)work->data + from, work->size - from };
}

static struct ndx_str
value_text(const struct ndx_json_value *value, int key, struct ndx_buf *work)
{
	const bool is_text = key >= NDX_KEY_TEXT && key <= NDX_KEY_SHORT_DESCRIPTION;
	struct ndx_json_value name;

	switch (value->kind) {
	case NDX_JSON_STRING:
		return ndx_json_string(value, work);
	case NDX_JSON_NUMBER:
		return value->raw;
	case NDX_JSON_ARRAY:
		return join(value->raw, is_text ? "\n" : ndx_key_divider(key), work);
	case NDX_JSON_OBJECT:
		if (find_name(value->raw, &name))
			return ndx_json_string(&name, work);
		break;
	case NDX_JSON_TRUE:
	case NDX_JSON_FALSE:
	case NDX_JSON_NULL:
		break;
	}
	return (struct ndx_str){ "", 0 };
}

/* All members of the object in[size] into the draft; false: json->error and json->at say why
 * not. */
static bool
read_object(struct reader *reader, struct ndx_json *json, const char *in, size_t size,
            struct ndx_draft *draft)
{
	struct ndx_json_value name, value;
	int key, result;

	*draft = (struct ndx_draft){ 0 };
	if (!ndx_json_begin(json, in, size))
		return false;
	if (json->is_array) {
		json->at = 0;
		json->error = "no JSON object";
		return false;
	}
	while ((result = ndx_json_next(json, &name, &value)) == 1) {
		key = ndx_key_by_name(ndx_json_string(&name, &reader->work), false);
		if (key < 0)
			continue;
		draft->value[key] = value_text(&value, key, &reader->work);
		draft->is_date[key] = false;
		if (is_date_key(key))
			take_date(draft, key, &value);
	}
	return result == 0;
}

/* Read one object as one article; 'off' is where in[0] is in what the message counts bytes from. */
static enum ndx_status
read_article(struct reader *reader, const char *in, size_t size, size_t off, uint64_t record,
             struct ndx_err *err)
{
	struct ndx_draft draft;
	struct ndx_json json;
	bool good;

	ndx_buf_clear(&reader->work);
	/* All decoded strings together take no more than the object: none will move. */
	if (ndx_buf_reserve(&reader->work, size) == NULL)
		return ndx_fail_nomem(err);
	good = read_object(reader, &json, in, size, &draft);
	if (ndx_buf_failed(&reader->work))
		return ndx_fail_nomem(err);
	if (!good)
		return ndx_maker_reject(&reader->maker, record, err, "%s at byte %zu", json.error,
		                        off + json.at);
	return ndx_maker_emit(&reader->maker, &draft, record, err);
}

static bool
is_blank(const char *in, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (in[i] != ' ' && in[i] != '\t' && in[i] != '\r' && in[i] != '\n')
			return false;
	return true;
}

static void
begin(struct reader *reader, const struct ndx_env *env, const struct ndx_chunk *chunk,
      const struct ndx_sink *sink, const char *unit)
{
	ndx_maker_begin(&reader->maker, env, chunk, sink, unit);
	ndx_buf_init(&reader->work, env->mem);
}

static void
end(struct reader *reader)
{
	ndx_maker_end(&reader->maker);
	ndx_buf_free(&reader->work);
}

/* Bytes of a byte order mark, which JSON does not have but files do. */
static size_t
bom_size(const struct ndx_chunk *chunk)
{
	return chunk->off == 0 && chunk->size >= 3 && memcmp(chunk->data, "\xef\xbb\xbf", 3) == 0
	               ? 3
	               : 0;
}

static enum ndx_status
jsonl_read(const struct ndx_env *env, const struct ndx_chunk *chunk, const struct ndx_sink *sink,
           struct ndx_err *err)
{
	const char *data = (const char *)chunk->data;
	uint64_t line = chunk->record_first;
	enum ndx_status status = NDX_OK;
	struct reader reader;
	size_t size;

	begin(&reader, env, chunk, sink, "line");
	for (size_t at = bom_size(chunk); at < chunk->size && status == NDX_OK; line++) {
		const char *newline = memchr(data + at, '\n', chunk->size - at);

		size = newline == NULL ? chunk->size - at : (size_t)(newline - data) - at;
		if (!is_blank(data + at, size))
			status = read_article(&reader, data + at, size, 0, line, err);
		at += size + 1;
	}
	end(&reader);
	return status;
}

static size_t
jsonl_split(const uint8_t *data, size_t size, uint64_t *records_ret)
{
	size_t whole = 0;
	const uint8_t *newline;

	*records_ret = 0;
	while (whole < size && (newline = memchr(data + whole, '\n', size - whole)) != NULL) {
		whole = (size_t)(newline - data) + 1;
		++*records_ret;
	}
	return whole;
}

/* The objects of an array: records, with ids of their own. */
static enum ndx_status
read_array(struct reader *reader, const char *in, size_t size, size_t off, struct ndx_err *err)
{
	struct ndx_json_value name, value;
	enum ndx_status status = NDX_OK;
	uint64_t record = 0;
	struct ndx_json json;
	int result;

	reader->maker.unit = "record";
	if (!ndx_json_begin(&json, in, size))
		return ndx_maker_reject(&reader->maker, 1, err, "%s at byte %zu", json.error,
		                        off + json.at);
	while (status == NDX_OK && (result = ndx_json_next(&json, &name, &value)) != 0) {
		record++;
		if (result < 0)
			return ndx_maker_reject(&reader->maker, record, err, "%s at byte %zu",
			                        json.error, off + json.at);
		status = read_article(reader, value.raw.data, value.raw.size,
		                      off + (size_t)(value.raw.data - in), record, err);
	}
	if (status == NDX_OK && record == 0)
		return ndx_maker_reject(&reader->maker, 0, err, "no objects in the array");
	return status;
}

static enum ndx_status
json_read(const struct ndx_env *env, const struct ndx_chunk *chunk, const struct ndx_sink *sink,
          struct ndx_err *err)
{
	const size_t bom = bom_size(chunk);
	const char *in = (const char *)chunk->data + bom;
	const size_t size = chunk->size - bom;
	struct reader reader;
	enum ndx_status status;
	size_t first = 0;

	begin(&reader, env, chunk, sink, NULL);
	while (first < size && is_blank(in + first, 1))
		first++;
	if (first < size && in[first] == '[')
		status = read_array(&reader, in, size, bom, err);
	else
		status = read_article(&reader, in, size, bom, 1, err);
	end(&reader);
	return status;
}

/* Offset of the first byte from 'at' on that is no space, or 'size'. */
static size_t
after_spaces(const uint8_t *head, size_t size, size_t at)
{
	while (at < size && is_blank((const char *)head + at, 1))
		at++;
	return at;
}

static bool
ends_in(const char *path, const char *suffix)
{
	const size_t path_size = strlen(path), suffix_size = strlen(suffix);

	return path_size >= suffix_size && strcasecmp(path + path_size - suffix_size, suffix) == 0;
}

/* Whether a file that begins with an object is one object rather than one a line. */
static bool
is_one_object(const uint8_t *head, size_t size, size_t first, const char *path)
{
	const uint8_t *newline = memchr(head + first, '\n', size - first);
	size_t line_end, next;

	if (ends_in(path, ".jsonl") || ends_in(path, ".ndjson") || ends_in(path, ".jsonl.gz") ||
	    ends_in(path, ".ndjson.gz"))
		return false;
	if (newline == NULL)
		return ends_in(path, ".json") || ends_in(path, ".json.gz");
	line_end = (size_t)(newline - head);
	next = after_spaces(head, size, line_end);
	while (line_end > first && is_blank((const char *)head + line_end - 1, 1))
		line_end--;
	/* After a line that ends an object, or before one that begins an object, lines are
	 * records. */
	if (head[line_end - 1] == '}' && line_end - first > 1)
		return next == size && (ends_in(path, ".json") || ends_in(path, ".json.gz"));
	return next == size || head[next] != '{' || head[next - 1] != '\n';
}

/* 0: no JSON; 1: JSON Lines; 2: one object or an array. */
static int
kind(const uint8_t *head, size_t size, const char *path)
{
	size_t first = after_spaces(head, size, 0), second;

	if (first == size)
		return 0;
	second = after_spaces(head, size, first + 1);
	if (head[first] == '{') {
		if (second < size && head[second] != '"' && head[second] != '}')
			return 0;
		return is_one_object(head, size, first, path) ? 2 : 1;
	}
	if (head[first] == '[' && second < size && head[second] == '{')
		return 2;
	return 0;
}

static int
jsonl_sniff(const uint8_t *head, size_t size, const char *path)
{
	return kind(head, size, path) == 1 ? 90 : 0;
}

static int
json_sniff(const uint8_t *head, size_t size, const char *path)
{
	return kind(head, size, path) == 2 ? 90 : 0;
}

const struct ndx_format ndx_format_jsonl = {
	.name = "jsonl",
	.unit = "line",
	.sniff = jsonl_sniff,
	.split = jsonl_split,
	.read = jsonl_read,
};

const struct ndx_format ndx_format_json = {
	.name = "json",
	.sniff = json_sniff,
	.read = json_read,
};
