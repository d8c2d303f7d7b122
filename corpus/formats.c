/*
 * formats.c - see formats.h
 *
 * First come the magic numbers of what is no text; then each format says how sure it
 * is; text takes what is left.  Formats look at bytes as ASCII: of a head in UTF-16 or
 * UTF-32 they are shown an ASCII view.
 *
 * SPDX-License-Identifier: MIT
 */
#include "corpus/formats.h"

#include <stdio.h>
#include <strings.h>

#include "corpus/encoding.h"
#include "corpus/magic.h"

#define VIEW_SIZE ((size_t)4096) /* of a head that is not in an 8-bit encoding */

static const struct ndx_format *const formats[] = {
	&ndx_format_jsonl, &ndx_format_json, &ndx_format_reuters,
	&ndx_format_html,  &ndx_format_text,
};

/* Text that is no article; looked at only if no format but text takes it. */
static const struct {
	const char *begin; /* in any case */
	const char *name;
	bool not_article;
} other_text[] = {
	/* clang-format off */
	{ "<svg",                   "an SVG image", true },
	{ "<!DOCTYPE",              "a markup file of an unknown kind", false },
	{ "<!ENTITY",               "a document type definition", false },
	{ "<!ELEMENT",              "a document type definition", false },
	{ "<!ATTLIST",              "a document type definition", false },
	{ "<?xml",                  "XML of an unknown kind", false },
	{ "<rss",                   "XML of an unknown kind", false },
	{ "<feed",                  "XML of an unknown kind", false },
	{ "<rdf:",                  "XML of an unknown kind", false },
	{ "<nitf",                  "XML of an unknown kind", false },
	{ "<newsItem",              "XML of an unknown kind", false },
	{ "<NewsML",                "XML of an unknown kind", false },
	{ "<mediawiki",             "XML of an unknown kind", false },
	/* clang-format on */
};

const struct ndx_format *
ndx_format_get(size_t i)
{
	return i < sizeof(formats) / sizeof(formats[0]) ? formats[i] : NULL;
}

const struct ndx_format *
ndx_format_by_name(const char *name)
{
	const struct ndx_format *format = NULL;

	for (size_t i = 0; (format = ndx_format_get(i)) != NULL; i++)
		if (strcmp(format->name, name) == 0)
			break;
	return format;
}

/* One byte for each unit of a wide encoding, '?' where it is not ASCII. */
static size_t
narrow(const uint8_t *head, size_t size, const char *encoding, uint8_t view[VIEW_SIZE])
{
	const size_t unit = strncmp(encoding, "UTF-32", 6) == 0 ? 4 : 2;
	const size_t low = strstr(encoding, "LE") != NULL ? 0 : unit - 1;
	size_t count = 0;

	for (; count < VIEW_SIZE && (count + 1) * unit <= size; count++) {
		const uint8_t *in = head + count * unit;
		bool is_ascii = in[low] < 0x80 && in[low] != 0;

		for (size_t i = 0; i < unit; i++)
			is_ascii = is_ascii && (i == low || in[i] == 0);
		view[count] = is_ascii ? in[low] : '?';
	}
	return count;
}

static const struct ndx_format *
surest(const uint8_t *head, size_t size, const char *path)
{
	const struct ndx_format *best = &ndx_format_text;
	int best_sure = 1, sure;

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		sure = formats[i]->sniff(head, size, path);
		if (sure > best_sure) {
			best = formats[i];
			best_sure = sure;
		}
	}
	return best;
}

/* Offset of what comes after spaces and comments. */
static size_t
skip_comments(const uint8_t *head, size_t size)
{
	size_t at = 0;

	while (at < size) {
		if (head[at] != '\0' && strchr(" \t\r\n", head[at]) != NULL) {
			at++;
		} else if (size - at >= 4 && memcmp(head + at, "<!--", 4) == 0) {
			while (at < size && (size - at < 3 || memcmp(head + at, "-->", 3) != 0))
				at++;
			at = size - at < 3 ? size : at + 3;
		} else {
			break;
		}
	}
	return at;
}

static const char *
name_other_text(const uint8_t *head, size_t size, bool *not_article_ret)
{
	const size_t begin = skip_comments(head, size);

	head += begin;
	size -= begin;
	for (size_t i = 0; i < sizeof(other_text) / sizeof(other_text[0]); i++) {
		const size_t begin_size = strlen(other_text[i].begin);

		if (size < begin_size ||
		    strncasecmp((const char *)head, other_text[i].begin, begin_size) != 0)
			continue;
		*not_article_ret = other_text[i].not_article;
		return other_text[i].name;
	}
	return NULL;
}

const struct ndx_format *
ndx_format_sniff(const uint8_t *head, size_t size, const char *path, bool *not_article_ret,
                 struct ndx_err *err)
{
	const char *name = ndx_magic(head, size, not_article_ret), *unicode;
	const struct ndx_format *format;
	uint8_t view[VIEW_SIZE];
	const uint8_t *nul;
	size_t bom_size;

	if (name != NULL) {
		ndx_fail(err, NDX_E_INPUT, "%s", name);
		return NULL;
	}
	unicode = ndx_encoding_unicode(head, size, &bom_size);
	head += bom_size;
	size -= bom_size;
	if (unicode != NULL && strcmp(unicode, "UTF-8") != 0) {
		size = narrow(head, size, unicode, view);
		head = view;
	} else {
		nul = size == 0 ? NULL : memchr(head, 0, size);
		if (nul != NULL) {
			ndx_fail(err, NDX_E_INPUT, "binary: NUL byte at %zu",
			         (size_t)(nul - head) + bom_size);
			return NULL;
		}
	}
	format = surest(head, size, path);
	if (format == &ndx_format_text)
		name = name_other_text(head, size, not_article_ret);
	if (name != NULL) {
		ndx_fail(err, NDX_E_INPUT, "%s", name);
		return NULL;
	}
	return format;
}
