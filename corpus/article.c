/*
 * article.c - what all readers do to an article: clean it, give it a title and an id
 *
 * Cleaning looks at each byte once, through a table.  In UTF-8 a C1 control (U+0080
 * to U+009F) is the byte c2 and then one below a0, so c2 is looked at twice.  Most
 * texts have nothing to clean and are not copied.
 *
 * SPDX-License-Identifier: MIT
 */
#include "corpus/article.h"

#include <xxhash.h>

#include "common/varint.h"

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

static struct ndx_str
trim(struct ndx_str raw)
{
	while (raw.size > 0 && is_space(raw.data[0])) {
		raw.data++;
		raw.size--;
	}
	while (raw.size > 0 && is_space(raw.data[raw.size - 1]))
		raw.size--;
	return raw;
}

static bool
is_c1(const char *in, size_t size)
{
	return size >= 2 && (uint8_t)in[0] == 0xc2 && (uint8_t)in[1] >= 0x80 &&
	       (uint8_t)in[1] < 0xa0;
}

/* Offset of the first byte that has to be changed in a text, or 'size'. */
static size_t
clean_end(const char *in, size_t size)
{
	/* clang-format off */
	static const bool is_suspect[256] = {
		1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 1,
		1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
		[0x7f] = 1, [0xc2] = 1,
	};
	/* clang-format on */
	size_t at = 0;

	for (; at < size; at++)
		if (is_suspect[(uint8_t)in[at]] &&
		    ((uint8_t)in[at] != 0xc2 || is_c1(in + at, size - at)))
			break;
	return at;
}

/*
 * What a suspect character is to be replaced by: '\n', or '\0' for nothing.  Takes
 * *used_ret bytes.
 */
static char
replacement(const char *in, size_t size, size_t *used_ret)
{
	*used_ret = 1;
	switch (in[0]) {
	case '\r':
		*used_ret = size >= 2 && in[1] == '\n' ? 2 : 1;
		return '\n';
	case '\v':
	case '\f':
		return '\n';
	default:
		break;
	}
	if (!is_c1(in, size))
		return '\0';
	*used_ret = 2;
	return (uint8_t)in[1] == 0x85 ? '\n' : '\0'; /* U+0085: NEXT LINE */
}

static void
add_clean(struct ndx_buf *work, struct ndx_str raw)
{
	size_t at = 0, clean_size, used;
	char with;

	while (at < raw.size) {
		clean_size = clean_end(raw.data + at, raw.size - at);
		ndx_buf_add(work, raw.data + at, clean_size);
		at += clean_size;
		if (at == raw.size)
			break;
		with = replacement(raw.data + at, raw.size - at, &used);
		if (with != '\0')
			ndx_buf_add_u8(work, (uint8_t)with);
		at += used;
	}
}

/* Join runs of spaces and line breaks in[size], in place; or drop line breaks. */
static size_t
squeeze(char *in, size_t size, enum ndx_clean how)
{
	size_t out = 0;

	for (size_t i = 0; i < size; i++) {
		if (how == NDX_CLEAN_NAME && (in[i] == '\n' || in[i] == '\t'))
			continue;
		if (how == NDX_CLEAN_LINE && is_space(in[i])) {
			if (out == 0 || in[out - 1] != ' ')
				in[out++] = ' ';
			continue;
		}
		in[out++] = in[i];
	}
	return out;
}

struct ndx_str
ndx_article_clean(struct ndx_str raw, enum ndx_clean how, struct ndx_buf *work)
{
	const size_t from = work->size;
	struct ndx_str clean = trim(raw);

	if (clean.size == 0)
		return (struct ndx_str){ "", 0 };
	if (how == NDX_CLEAN_TEXT && clean_end(clean.data, clean.size) == clean.size)
		return clean;
	if (ndx_buf_reserve(work, clean.size) == NULL)
		return (struct ndx_str){ "", 0 };
	add_clean(work, clean);
	if (how != NDX_CLEAN_TEXT)
		work->size = from + squeeze((char *)work->data + from, work->size - from, how);
	return trim((struct ndx_str){ (const char *)work->data + from, work->size - from });
}

/* Words before whose period no sentence ends although a capital or a digit follows. */
static bool
is_abbreviation(const char *word, size_t size)
{
	static const char *const words[] = {
		"Mr",  "Mrs", "Ms",   "Dr",  "St",     "Jr",   "Sr",   "Prof", "Rev", "Hon", "Gen",
		"Col", "Maj", "Capt", "Lt",  "Sgt",    "Cpl",  "Adm",  "Sen",  "Rep", "Gov", "Pres",
		"Jan", "Feb", "Mar",  "Apr", "Aug",    "Sept", "Sep",  "Oct",  "Nov", "Dec", "No",
		"Nos", "vs",  "Mt",   "Ft",  "Messrs", "Insp", "Supt", "Jun",  "Jul",
	};

	if (size == 1) /* an initial */
		return (word[0] >= 'A' && word[0] <= 'Z') || (word[0] >= 'a' && word[0] <= 'z');
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strlen(words[i]) == size && memcmp(words[i], word, size) == 0)
			return true;
	return false;
}

static bool
is_closing(char c)
{
	return c == '"' || c == '\'' || c == ')' || c == ']';
}

/* If a sentence ends with the mark at text.data[at], the offset after it and its quotes; else 0. */
static size_t
end_at_mark(struct ndx_str text, size_t at)
{
	size_t end = at + 1, next, word = at;
	uint8_t c;

	while (end < text.size && (is_closing(text.data[end]) || text.data[end] == '.'))
		end++;
	if (end < text.size && !is_space(text.data[end]))
		return 0;
	for (next = end; next < text.size && is_space(text.data[next]); next++)
		;
	if (next == text.size)
		return end;
	c = (uint8_t)text.data[next];
	if (!(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '"' && c != '\'' &&
	    c != '(' && c < 0x80)
		return 0;
	while (word > 0 && !is_space(text.data[word - 1]) && text.data[word - 1] != '.' &&
	       text.data[word - 1] != '(')
		word--;
	if (text.data[at] == '.' && end == at + 1 && is_abbreviation(text.data + word, at - word))
		return 0;
	return end;
}

/*
 * Whether the line break at text.data[at] ends a paragraph: it does not where a long line
 * was wrapped.  'line' is where its line begins.  40: shorter lines are not wrapped ones.
 */
static bool
ends_paragraph(struct ndx_str text, size_t line, size_t at)
{
	const char next = at + 1 < text.size ? text.data[at + 1] : '\n';

	if (is_space(next))
		return true;
	return at - line < 40 && !(next >= 'a' && next <= 'z');
}

static size_t
first_sentence_size(struct ndx_str text)
{
	size_t line = 0, end;

	for (size_t i = 0; i < text.size; i++) {
		const char c = text.data[i];

		if (c == '\n') {
			if (ends_paragraph(text, line, i))
				return i;
			line = i + 1;
		} else if (c == '.' || c == '!' || c == '?') {
			end = end_at_mark(text, i);
			if (end > 0)
				return end;
		}
	}
	return text.size;
}

/* Cut to NDX_MADE_TITLE_CHARS characters, between two words if there are two. */
static size_t
cut_size(struct ndx_str line)
{
	size_t count = 0, border = 0, at;

	for (at = 0; at < line.size; at++) {
		if (((uint8_t)line.data[at] & 0xc0) == 0x80)
			continue;
		if (line.data[at] == ' ')
			border = at;
		if (count++ == NDX_MADE_TITLE_CHARS)
			return border > 0 ? border : at;
	}
	return line.size;
}

struct ndx_str
ndx_article_make_title(struct ndx_str text, struct ndx_buf *work)
{
	/* Far more than 120 characters are, whatever is squeezed out of them. */
	struct ndx_str head = { text.data, text.size < 4096 ? text.size : 4096 };
	struct ndx_str title;

	while (head.size < text.size && head.size > 0 &&
	       ((uint8_t)text.data[head.size] & 0xc0) == 0x80)
		head.size--;
	head.size = first_sentence_size(head);
	title = ndx_article_clean(head, NDX_CLEAN_LINE, work);
	title.size = cut_size(title);
	return title;
}

/* Title, date and text are hashed apart and their hashes again: so no two can run together. */
void
ndx_article_make_id(const struct ndx_article *article, char out[NDX_MADE_ID_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	struct {
		XXH128_canonical_t title, text;
		uint8_t date[16];
	} parts = { 0 };
	XXH128_canonical_t id;

	if (!article->title_is_made)
		XXH128_canonicalFromHash(&parts.title,
		                         XXH3_128bits(article->title.data, article->title.size));
	XXH128_canonicalFromHash(&parts.text, XXH3_128bits(article->text.data, article->text.size));
	if (article->has_date) {
		ndx_put_u64(parts.date, (uint64_t)article->date.utc);
		ndx_put_u32(parts.date + 8, (uint32_t)article->date.offset_min);
		parts.date[12] = 1;
	}
	XXH128_canonicalFromHash(&id, XXH3_128bits(&parts, sizeof(parts)));
	for (size_t i = 0; i < sizeof(id.digest); i++) {
		out[2 * i] = digits[id.digest[i] >> 4];
		out[2 * i + 1] = digits[id.digest[i] & 15];
	}
}
