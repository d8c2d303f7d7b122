/*
 * read_reuters.c - Reuters-21578: SGML files of 1,000 newswire stories of 1987
 *
 *   <REUTERS ... NEWID="1">
 *   <DATE>26-FEB-1987 15:01:01.79</DATE>
 *   <TOPICS><D>cocoa</D></TOPICS> ...
 *   <TEXT>&#2;
 *   <TITLE>...</TITLE> <AUTHOR>...</AUTHOR>
 *   <DATELINE>    SALVADOR, Feb 26 - </DATELINE><BODY>...
 *    Reuter
 *   &#3;</BODY></TEXT>
 *   </REUTERS>
 *
 * Every '<' that is not markup is written &lt;, so that tags are found as they stand.
 * A story without a body (TYPE="BRIEF") is its title, one of TYPE="UNPROC" what stands
 * in TEXT itself.  A record is a story: the i-th REUTERS element of the file.
 *
 * SPDX-License-Identifier: MIT
 */
#include "corpus/draft.h"
#include "corpus/encoding.h"
#include "corpus/formats.h"

static const char record_begin[] = "<REUTERS";
static const char record_end[] = "</REUTERS>";

/* Offset of 'what' in in[size], from 'at' on; 'size' if it is not there. */
static size_t
find(const char *in, size_t size, size_t at, const char *what)
{
	const size_t what_size = strlen(what);
	const char *found;

	while (at < size && (found = memchr(in + at, what[0], size - at)) != NULL) {
		at = (size_t)(found - in);
		if (size - at < what_size)
			break;
		if (memcmp(found, what, what_size) == 0)
			return at;
		at++;
	}
	return size;
}

/* What stands between <NAME ...> and </NAME>, or up to the end of 'in'; size 0 if there is none. */
static struct ndx_str
element(struct ndx_str in, const char *name)
{
	const size_t name_size = strlen(name);
	size_t at = 0, from, to;

	while ((at = find(in.data, in.size, at, "<")) < in.size) {
		at++;
		if (in.size - at <= name_size || memcmp(in.data + at, name, name_size) != 0 ||
		    (in.data[at + name_size] != '>' && in.data[at + name_size] != ' '))
			continue;
		from = find(in.data, in.size, at, ">");
		if (from == in.size)
			break;
		from++;
		for (to = from; (to = find(in.data, in.size, to, "</")) < in.size; to++)
			if (in.size - to - 2 > name_size &&
			    memcmp(in.data + to + 2, name, name_size) == 0 &&
			    in.data[to + 2 + name_size] == '>')
				break;
		return (struct ndx_str){ in.data + from, to - from };
	}
	return (struct ndx_str){ "", 0 };
}

/* The value of NAME="..." in the record's own tag. */
static struct ndx_str
attribute(struct ndx_str record, const char *name)
{
	const size_t tag_size = find(record.data, record.size, 0, ">");
	size_t from = find(record.data, tag_size, 0, name), to;

	if (from == tag_size)
		return (struct ndx_str){ "", 0 };
	from += strlen(name);
	to = find(record.data, tag_size, from, "\"");
	return (struct ndx_str){ record.data + from, to - from };
}

static void
add_char(struct ndx_buf *out, uint32_t c)
{
	char utf8[4];
	size_t size = 0;

	if (c < 0x80) {
		utf8[size++] = (char)c;
	} else if (c < 0x800) {
		utf8[size++] = (char)(0xc0 | c >> 6);
		utf8[size++] = (char)(0x80 | (c & 0x3f));
	} else {
		utf8[size++] = (char)(0xe0 | c >> 12);
		utf8[size++] = (char)(0x80 | (c >> 6 & 0x3f));
		utf8[size++] = (char)(0x80 | (c & 0x3f));
	}
	ndx_buf_add(out, utf8, size);
}

/* The entity at in[size], which begins with '&': its bytes, 0 if it is none. */
static size_t
entity(const char *in, size_t size, uint32_t *char_ret)
{
	static const struct {
		const char *name;
		char is;
	} named[] = { { "&lt;", '<' },
		      { "&gt;", '>' },
		      { "&amp;", '&' },
		      { "&quot;", '"' },
		      { "&apos;", '\'' } };
	uint32_t c = 0;
	size_t at = 2;

	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++) {
		const size_t name_size = strlen(named[i].name);

		if (size >= name_size && memcmp(in, named[i].name, name_size) == 0) {
			*char_ret = (uint8_t)named[i].is;
			return name_size;
		}
	}
	if (size < 4 || in[1] != '#')
		return 0;
	for (; at < size && in[at] >= '0' && in[at] <= '9' && c <= 0xffff; at++)
		c = c * 10 + (uint32_t)(in[at] - '0');
	if (at == 2 || at == size || in[at] != ';' || c > 0xffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*char_ret = c;
	return at + 1;
}

/* Append 'in' with tags dropped and entities decoded; control characters go when it is cleaned. */
static void
add_text(struct ndx_buf *out, struct ndx_str in)
{
	size_t at = 0, used;
	uint32_t c;

	while (at < in.size) {
		if (in.data[at] == '<') {
			at = find(in.data, in.size, at, ">");
			at += at < in.size;
			continue;
		}
		used = in.data[at] == '&' ? entity(in.data + at, in.size - at, &c) : 0;
		if (used > 0 && (c >= 0x20 || c == '\t' || c == '\n'))
			add_char(out, c);
		else if (used == 0)
			ndx_buf_add(out, in.data + at, 1);
		at += used > 0 ? used : 1;
	}
}

struct reader {
	struct ndx_maker maker;
	struct ndx_buf utf8; /* the record at hand, where it was not */
	struct ndx_buf work; /* its fields without markup */
};

/* Decoding never lengthens, and 'work' has room for all fields: they do not move. */
static struct ndx_str
field(struct reader *reader, struct ndx_str in)
{
	const size_t from = reader->work.size;

	add_text(&reader->work, in);
	return (struct ndx_str){ (const char *)reader->work.data + from, reader->work.size - from };
}

/* The D elements in 'in', joined by commas: no longer than their tags were. */
static struct ndx_str
topics(struct reader *reader, struct ndx_str in)
{
	const size_t from = reader->work.size;
	struct ndx_str topic;

	while ((topic = element(in, "D")).size > 0) {
		if (reader->work.size > from)
			ndx_buf_add_str(&reader->work, ", ");
		add_text(&reader->work, topic);
		in.size -= (size_t)(topic.data + topic.size - in.data);
		in.data = topic.data + topic.size;
	}
	return (struct ndx_str){ (const char *)reader->work.data + from, reader->work.size - from };
}

static struct ndx_str
author(struct reader *reader, struct ndx_str in)
{
	struct ndx_str name = field(reader, in);

	while (name.size > 0 && (name.data[0] == ' ' || name.data[0] == '\n')) {
		name.data++;
		name.size--;
	}
	if (name.size > 3 && (memcmp(name.data, "by ", 3) == 0 || memcmp(name.data, "By ", 3) == 0))
		return (struct ndx_str){ name.data + 3, name.size - 3 };
	return name;
}

/* The elements of a record that are used.  In a broken one they may overlap. */
struct elements {
	struct ndx_str date, topics, title, author, dateline, body, text;
};

static struct elements
find_elements(struct ndx_str record)
{
	const struct ndx_str text = element(record, "TEXT");
	struct elements found = { .date = element(record, "DATE"),
		                  .topics = element(record, "TOPICS"),
		                  .title = element(text, "TITLE"),
		                  .author = element(text, "AUTHOR"),
		                  .dateline = element(text, "DATELINE"),
		                  .body = element(text, "BODY") };

	if (found.body.size == 0) {
		found.dateline.size = 0; /* TYPE="BRIEF": a dateline alone is no text */
		if (found.title.size == 0)
			found.text = text; /* TYPE="UNPROC" */
	}
	return found;
}

static size_t
room(const struct elements *in)
{
	return in->date.size + in->topics.size + in->title.size + in->author.size +
	       in->dateline.size + in->body.size + in->text.size;
}

/* The dateline is the beginning of the body's first line. */
static struct ndx_str
body(struct reader *reader, const struct elements *in)
{
	const size_t from = reader->work.size;

	add_text(&reader->work, in->dateline);
	add_text(&reader->work, in->body);
	add_text(&reader->work, in->text);
	return (struct ndx_str){ (const char *)reader->work.data + from, reader->work.size - from };
}

static enum ndx_status
read_record(struct reader *reader, struct ndx_str record, uint64_t number, struct ndx_err *err)
{
	struct ndx_draft draft = { 0 };
	struct elements in;
	enum ndx_status status;

	ndx_buf_clear(&reader->utf8);
	ndx_buf_clear(&reader->work);
	if (memchr(record.data, 0, record.size) != NULL)
		return ndx_maker_reject(&reader->maker, number, err, "NUL byte");
	if (ndx_utf8_check(record.data, record.size) != record.size) {
		status = ndx_encoding_to_utf8((const uint8_t *)record.data, record.size,
		                              "windows-1252", &reader->utf8, err);
		if (status != NDX_OK)
			return status;
		record = (struct ndx_str){ (const char *)reader->utf8.data, reader->utf8.size };
	}
	in = find_elements(record);
	if (ndx_buf_reserve(&reader->work, room(&in) + 1) == NULL)
		return ndx_fail_nomem(err);
	draft.value[NDX_KEY_ID] = attribute(record, "NEWID=\"");
	draft.value[NDX_KEY_DATE] = field(reader, in.date);
	draft.value[NDX_KEY_SECTION] = topics(reader, in.topics);
	draft.value[NDX_KEY_TITLE] = field(reader, in.title);
	draft.value[NDX_KEY_AUTHOR] = author(reader, in.author);
	draft.value[NDX_KEY_TEXT] = body(reader, &in);
	if (ndx_buf_failed(&reader->work))
		return ndx_fail_nomem(err);
	return ndx_maker_emit(&reader->maker, &draft, number, err);
}

static enum ndx_status
reuters_read(const struct ndx_env *env, const struct ndx_chunk *chunk, const struct ndx_sink *sink,
             struct ndx_err *err)
{
	const char *data = (const char *)chunk->data;
	uint64_t number = chunk->record_first;
	enum ndx_status status = NDX_OK;
	struct reader reader;
	size_t at = 0, end;

	ndx_maker_begin(&reader.maker, env, chunk, sink, "record");
	ndx_buf_init(&reader.utf8, env->mem);
	ndx_buf_init(&reader.work, env->mem);
	while (status == NDX_OK) {
		at = find(data, chunk->size, at, record_begin);
		if (at == chunk->size)
			break;
		end = find(data, chunk->size, at, record_end);
		if (end == chunk->size)
			status = ndx_maker_reject(&reader.maker, number, err,
			                          "breaks off: no </REUTERS>");
		else
			status = read_record(&reader, (struct ndx_str){ data + at, end - at },
			                     number, err);
		number++;
		at = end;
	}
	ndx_maker_end(&reader.maker);
	ndx_buf_free(&reader.utf8);
	ndx_buf_free(&reader.work);
	return status;
}

static size_t
reuters_split(const uint8_t *data, size_t size, uint64_t *records_ret)
{
	const char *in = (const char *)data;
	size_t whole = 0, end;

	*records_ret = 0;
	while ((end = find(in, size, whole, record_end)) < size) {
		whole = end + strlen(record_end);
		++*records_ret;
	}
	return whole;
}

static int
reuters_sniff(const uint8_t *head, size_t size, const char *path)
{
	const char *in = (const char *)head;
	size_t at = 0;

	(void)path;
	while (at < size && (in[at] == ' ' || in[at] == '\n' || in[at] == '\r'))
		at++;
	if (find(in, size < at + 16 ? size : at + 16, at, "<!DOCTYPE lewis") == at && at < size)
		return 95;
	return find(in, size < at + 9 ? size : at + 9, at, "<REUTERS ") == at && at < size ? 95 : 0;
}

const struct ndx_format ndx_format_reuters = {
	.name = "reuters",
	.unit = "record",
	.sniff = reuters_sniff,
	.split = reuters_split,
	.read = reuters_read,
};
