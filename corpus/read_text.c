/*
 * read_text.c - plain text: a file is one article
 *
 *   [header lines, or YAML between "---" lines]
 *   [headline, and a blank line]
 *   text
 *
 * A headline is a first line of at most 200 characters with a blank line and a text after
 * it, that does not end as a sentence does and is no dateline.  A dateline stays in
 * the text, where phrases find it.
 *
 * SPDX-License-Identifier: MIT
 */
#include "corpus/encoding.h"
#include "corpus/formats.h"
#include "corpus/front_matter.h"

#define HEADLINE_CHARS_MAX 200
#define DATELINE_SIZE_MAX  100 /* a dash farther from the start is not a dateline's */

static bool
is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static struct ndx_str
trim(struct ndx_str in)
{
	while (in.size > 0 && strchr(" \t\n", in.data[0]) != NULL) {
		in.data++;
		in.size--;
	}
	while (in.size > 0 && strchr(" \t\n", in.data[in.size - 1]) != NULL)
		in.size--;
	return in;
}

/* Size of the dash at in.data[at]: - or --, or U+2013 or U+2014; 0 if there is none. */
static size_t
dash_size(struct ndx_str in, size_t at)
{
	if (in.data[at] == '-')
		return at + 1 < in.size && in.data[at + 1] == '-' ? 2 : 1;
	if (in.size - at >= 3 && (memcmp(in.data + at, "\xe2\x80\x93", 3) == 0 ||
	                          memcmp(in.data + at, "\xe2\x80\x94", 3) == 0))
		return 3;
	return 0;
}

/*
 * "BOGOTA, Sept 15 (Wire) - ...": a place in capitals, then a dash that stands alone or ends
 * the line, and between them a comma, an agency or a day; "NATO - what next" has none.
 */
static bool
is_dateline(struct ndx_str line)
{
	const size_t look = line.size < DATELINE_SIZE_MAX ? line.size : DATELINE_SIZE_MAX;
	bool has_detail = false;
	size_t at = 0, dash;

	while (at < line.size && is_upper(line.data[at]))
		at++;
	if (at < 2)
		return false;
	for (; at < look; at++) {
		dash = dash_size(line, at);
		if (dash > 0 && (line.data[at - 1] == ' ' || dash >= 2)) {
			if (at + dash == line.size)
				return true;
			if (line.data[at + dash] == ' ' || dash == 2)
				return has_detail;
		}
		if (line.data[at] == ',' || line.data[at] == '(' ||
		    (line.data[at] >= '0' && line.data[at] <= '9'))
			has_detail = true;
	}
	return false;
}

/* Ends in a full stop, or in what leads on to a next line. */
static bool
ends_sentence(struct ndx_str line)
{
	while (line.size > 0 && strchr("\"')]", line.data[line.size - 1]) != NULL)
		line.size--;
	if (line.size >= 3 && memcmp(line.data + line.size - 3, "...", 3) == 0)
		return false;
	/* U+3002 */
	if (line.size >= 3 && memcmp(line.data + line.size - 3, "\xe3\x80\x82", 3) == 0)
		return true;
	return line.size > 0 && strchr(".,;:", line.data[line.size - 1]) != NULL;
}

static size_t
count_chars(struct ndx_str in)
{
	size_t count = 0;

	for (size_t i = 0; i < in.size; i++)
		count += ((uint8_t)in.data[i] & 0xc0) != 0x80;
	return count;
}

/* The headline that 'text' begins with, which is cut off it; size 0 if there is none. */
static struct ndx_str
take_headline(struct ndx_str *text)
{
	const struct ndx_str none = { "", 0 };
	size_t next, after;
	struct ndx_str line = trim(ndx_line_at(*text, 0, &next)), rest;

	if (next == text->size || !ndx_is_blank(ndx_line_at(*text, next, &after)))
		return none;
	if (count_chars(line) > HEADLINE_CHARS_MAX || ends_sentence(line) || is_dateline(line))
		return none;
	rest = trim((struct ndx_str){ text->data + after, text->size - after });
	if (rest.size == 0)
		return none;
	if (line.data[0] == '#') { /* Markdown */
		while (line.size > 0 && line.data[0] == '#') {
			line.data++;
			line.size--;
		}
		line = trim(line);
	}
	if (line.size > 0)
		*text = rest;
	return line;
}

/* Header lines or front matter; the offset of what follows. */
static size_t
read_head(struct ndx_str in, struct ndx_draft *draft, struct ndx_buf *work)
{
	size_t head = ndx_header_lines(in, draft);

	if (head == 0)
		head = ndx_front_matter(in, draft, work);
	if (head == 0)
		head = ndx_dashed_lines(in, draft);
	return head;
}

static void
read_article(struct ndx_str in, struct ndx_draft *draft, struct ndx_buf *work)
{
	const size_t head = read_head(in, draft, work);
	struct ndx_str text = trim((struct ndx_str){ in.data + head, in.size - head });
	bool has_title = false;

	for (int key = NDX_KEY_TITLE; key <= NDX_KEY_HEADLINE; key++)
		has_title = has_title || draft->value[key].size > 0;
	if (text.size == 0) /* perhaps the text is a header line itself */
		return;
	if (!has_title)
		draft->value[NDX_KEY_TITLE] = take_headline(&text);
	draft->value[NDX_KEY_TEXT] = text;
}

static enum ndx_status
text_read(const struct ndx_env *env, const struct ndx_chunk *chunk, const struct ndx_sink *sink,
          struct ndx_err *err)
{
	struct ndx_draft draft = { 0 };
	struct ndx_err reason = { 0 };
	struct ndx_buf utf8, work;
	struct ndx_maker maker;
	enum ndx_status status;

	ndx_maker_begin(&maker, env, chunk, sink, NULL);
	ndx_buf_init(&utf8, env->mem);
	ndx_buf_init(&work, env->mem);
	status = ndx_encoding_to_utf8(chunk->data, chunk->size, NULL, &utf8, &reason);
	if (status == NDX_E_INPUT) {
		status = ndx_maker_reject(&maker, 1, err, "%s", reason.msg);
		goto out;
	}
	/* Twice: a list may get longer by the spaces after its commas. */
	if (status != NDX_OK || ndx_buf_reserve(&work, 2 * utf8.size) == NULL) {
		status = ndx_fail_nomem(err);
		goto out;
	}
	if (utf8.size > 0)
		read_article((struct ndx_str){ (const char *)utf8.data, utf8.size }, &draft, &work);
	status = ndx_buf_failed(&work) ? ndx_fail_nomem(err)
	                               : ndx_maker_emit(&maker, &draft, 1, err);
out:
	ndx_maker_end(&maker);
	ndx_buf_free(&utf8);
	ndx_buf_free(&work);
	return status;
}

/* Text is what is nothing else. */
static int
text_sniff(const uint8_t *head, size_t size, const char *path)
{
	(void)head;
	(void)size;
	(void)path;
	return 1;
}

const struct ndx_format ndx_format_text = {
	.name = "text",
	.sniff = text_sniff,
	.read = text_read,
};
