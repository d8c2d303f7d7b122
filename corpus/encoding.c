/*
 * encoding.c - see encoding.h
 *
 * Detection is right about text in scripts other than Latin, and often wrong about
 * English with a few pound signs and dashes.  So where hardly any byte is outside
 * ASCII, it is not asked: such text is windows-1252, which includes Latin-1.
 *
 * SPDX-License-Identifier: MIT
 */
#include "corpus/encoding.h"

#include <errno.h>
#include <iconv.h>
#include <strings.h>
#include <uchardet/uchardet.h>

#include "corpus/article.h"

#define DETECT_SIZE_MAX ((size_t)1 << 20) /* bytes that detection looks at */
#define RARE            64                /* fewer than one byte in so many: see above */
#define WIDE_LOOK       ((size_t)1024)    /* bytes in which zeros tell UTF-16 */

static const char fallback[] = "WINDOWS-1252";

static const struct {
	const char *name;
	uint8_t bom[4];
	size_t bom_size;
} boms[] = {
	/* The longer first: the mark of UTF-16LE is the start of that of UTF-32LE. */
	{ "UTF-32LE", { 0xff, 0xfe, 0, 0 }, 4 }, { "UTF-32BE", { 0, 0, 0xfe, 0xff }, 4 },
	{ "UTF-8", { 0xef, 0xbb, 0xbf }, 3 },    { "UTF-16LE", { 0xff, 0xfe }, 2 },
	{ "UTF-16BE", { 0xfe, 0xff }, 2 },
};

/*
 * UTF-16 without a mark: every second byte is 0 in at least two of three units, no other one is,
 * and what is beside a 0 is text.
 */
static const char *
utf16_by_zeros(const uint8_t *in, size_t size)
{
	size_t units, zeros[2] = { 0, 0 };
	unsigned high;

	units = (size < WIDE_LOOK ? size : WIDE_LOOK) / 2;
	for (size_t i = 0; i < units * 2; i++)
		zeros[i & 1] += in[i] == 0;
	if (units < 2 || (zeros[0] > 0) == (zeros[1] > 0))
		return NULL;
	high = zeros[1] > 0;
	if (zeros[high] * 3 < units * 2)
		return NULL;
	for (size_t i = 0; i < units; i++) {
		const uint8_t low = in[2 * i + 1 - high];

		if (in[2 * i + high] == 0 &&
		    ((low < 0x20 && low != '\n' && low != '\r' && low != '\t') || low == 0x7f))
			return NULL;
	}
	return high == 1 ? "UTF-16LE" : "UTF-16BE";
}

const char *
ndx_encoding_unicode(const uint8_t *in, size_t size, size_t *bom_size_ret)
{
	for (size_t i = 0; i < sizeof(boms) / sizeof(boms[0]); i++) {
		if (size >= boms[i].bom_size && memcmp(in, boms[i].bom, boms[i].bom_size) == 0) {
			*bom_size_ret = boms[i].bom_size;
			return boms[i].name;
		}
	}
	*bom_size_ret = 0;
	return utf16_by_zeros(in, size);
}

static void
add_replacement(struct ndx_buf *out)
{
	ndx_buf_add(out, "\xef\xbf\xbd", 3);
}

/* Copy UTF-8; each byte that is not part of it becomes U+FFFD. */
static void
add_utf8(const uint8_t *in, size_t size, struct ndx_buf *out)
{
	size_t at = 0, good;

	while (at < size) {
		good = ndx_utf8_check((const char *)in + at, size - at);
		ndx_buf_add(out, in + at, good);
		at += good;
		if (at < size) {
			add_replacement(out);
			at++;
		}
	}
}

/* iconv's arguments are not const although it does not write through them. */
static char *
unconst(const uint8_t *in)
{
	char *out;

	memcpy(&out, &in, sizeof(out));
	return out;
}

/* gcc's analyzer takes iconv_open()'s failure, -1, for something to be closed. */
#if defined(__GNUC__) && !defined(__clang__)
#	pragma GCC diagnostic push
#	pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif
/* False: iconv does not know the encoding, and nothing was added. */
static bool
add_converted(const uint8_t *in, size_t size, const char *encoding, struct ndx_buf *out)
{
	/* A byte that does not convert is skipped; in wide encodings a whole unit. */
	const size_t unit = strncasecmp(encoding, "UTF-16", 6) == 0   ? 2
	                    : strncasecmp(encoding, "UTF-32", 6) == 0 ? 4
	                                                              : 1;
	iconv_t conv = iconv_open("UTF-8", encoding);
	char *from = unconst(in), *to;
	size_t from_size = size, to_size, room, result;

	if (conv == (iconv_t)-1)
		return false;
	while (from_size > 0) {
		room = from_size < 4096 ? 16384 : from_size + from_size / 2;
		to = (char *)ndx_buf_reserve(out, room);
		if (to == NULL)
			break;
		to_size = room;
		result = iconv(conv, &from, &from_size, &to, &to_size);
		out->size += room - to_size;
		if (result != (size_t)-1 || errno == E2BIG)
			continue;
		add_replacement(out);
		if (errno == EINVAL || from_size <= unit) /* it breaks off inside a character */
			break;
		from += unit;
		from_size -= unit;
		iconv(conv, NULL, NULL, NULL, NULL);
	}
	to = (char *)ndx_buf_reserve(out, 16); /* what it held back for a combining character */
	to_size = 16;
	if (to != NULL && iconv(conv, NULL, NULL, &to, &to_size) != (size_t)-1)
		out->size += 16 - to_size;
	iconv_close(conv);
	return true;
}
#if defined(__GNUC__) && !defined(__clang__)
#	pragma GCC diagnostic pop
#endif

/* The web's rule: what is called Latin-1 or ASCII is windows-1252, and GB2312 is a part of
 * GB18030. */
static const char *
real_name(const char *declared)
{
	static const char *const latin[] = { "iso-8859-1", "iso8859-1", "iso_8859-1", "latin1",
		                             "latin-1",    "us-ascii",  "ascii",      "l1" };

	for (size_t i = 0; i < sizeof(latin) / sizeof(latin[0]); i++)
		if (strcasecmp(declared, latin[i]) == 0)
			return fallback;
	if (strcasecmp(declared, "gb2312") == 0 || strcasecmp(declared, "gbk") == 0)
		return "GB18030";
	if (strcasecmp(declared, "utf8") == 0)
		return "UTF-8";
	return declared;
}

static size_t
count_high(const uint8_t *in, size_t size)
{
	size_t count = 0;

	for (size_t i = 0; i < size; i++)
		count += in[i] >> 7;
	return count;
}

/* Whether text that is declared UTF-8 is so but for some damage, or is not at all. */
static bool
is_mostly_utf8(const uint8_t *in, size_t size)
{
	size_t at = 0, bad = 0;

	while ((at += ndx_utf8_check((const char *)in + at, size - at)) < size) {
		bad++;
		at++;
	}
	return bad * 4 < count_high(in, size);
}

static bool
add_detected(const uint8_t *in, size_t size, struct ndx_buf *out)
{
	const size_t look = size < DETECT_SIZE_MAX ? size : DETECT_SIZE_MAX;
	uchardet_t detector;
	bool done = false;
	const char *name;

	if (count_high(in, size) < size / RARE)
		return false;
	detector = uchardet_new();
	if (detector == NULL)
		return false;
	if (uchardet_handle_data(detector, (const char *)in, look) == 0) {
		uchardet_data_end(detector);
		name = uchardet_get_charset(detector);
		if (strcasecmp(name, "UTF-8") == 0) {
			add_utf8(in, size, out);
			done = true;
		} else if (name[0] != '\0' && strcasecmp(name, "ASCII") != 0) {
			done = add_converted(in, size, real_name(name), out);
		}
	}
	uchardet_delete(detector);
	return done;
}

static void
add_any(const uint8_t *in, size_t size, const char *declared, struct ndx_buf *out)
{
	const char *name = declared == NULL ? "" : real_name(declared);
	const bool is_utf8 = ndx_utf8_check((const char *)in, size) == size;

	if (strcasecmp(name, "UTF-8") == 0) {
		if (!is_utf8 && is_mostly_utf8(in, size)) {
			add_utf8(in, size, out);
			return;
		}
	} else if (name[0] != '\0' && strncasecmp(name, "UTF-16", 6) != 0 &&
	           strncasecmp(name, "UTF-32", 6) != 0 && strncasecmp(name, "UCS", 3) != 0) {
		/* (Wide text would have had zeros: whoever declares it on bytes is mistaken.) */
		if (add_converted(in, size, name, out))
			return;
	}
	if (is_utf8)
		ndx_buf_add(out, in, size);
	else if (!add_detected(in, size, out) && !add_converted(in, size, fallback, out))
		add_utf8(in, size, out);
}

/* Put in[size], which lies elsewhere, in the place of out->data from 'from' on. */
static void
replace_tail(struct ndx_buf *out, size_t from, const char *in, size_t size)
{
	out->size = from;
	ndx_buf_add(out, in, size);
}

/* Keep of out->data from 'from' on what 'part' is, which lies in it. */
static void
keep_part(struct ndx_buf *out, size_t from, struct ndx_str part)
{
	if (part.size > 0)
		memmove(out->data + from, part.data, part.size);
	out->size = from + part.size;
}

/* Clean out->data from 'from' on.  The C library's UTF-8 goes beyond U+10FFFF: not ours. */
static void
clean_tail(struct ndx_buf *out, size_t from)
{
	struct ndx_buf utf8, clean;
	struct ndx_str text;

	if (ndx_buf_failed(out) || out->size == from)
		return;
	ndx_buf_init(&utf8, out->mem);
	ndx_buf_init(&clean, out->mem);
	text = (struct ndx_str){ (const char *)out->data + from, out->size - from };
	if (ndx_utf8_check(text.data, text.size) != text.size) {
		add_utf8((const uint8_t *)text.data, text.size, &utf8);
		text = (struct ndx_str){ (const char *)utf8.data, utf8.size };
	}
	if (!ndx_buf_failed(&utf8))
		text = ndx_article_clean(text, NDX_CLEAN_TEXT, &clean);
	if (ndx_buf_failed(&utf8) || ndx_buf_failed(&clean))
		out->failed = true;
	else if (utf8.size > 0 || clean.size > 0)
		replace_tail(out, from, text.data, text.size);
	else
		keep_part(out, from, text);
	ndx_buf_free(&utf8);
	ndx_buf_free(&clean);
}

enum ndx_status
ndx_encoding_to_utf8(const uint8_t *in, size_t size, const char *declared, struct ndx_buf *out,
                     struct ndx_err *err)
{
	const size_t from = out->size;
	size_t bom_size;
	const char *unicode = ndx_encoding_unicode(in, size, &bom_size);
	const uint8_t *nul;

	if (unicode == NULL || strcmp(unicode, "UTF-8") == 0) {
		nul = size == 0 ? NULL : memchr(in, 0, size);
		if (nul != NULL)
			return ndx_fail(err, NDX_E_INPUT, "binary: NUL byte at %zu",
			                (size_t)(nul - in));
	}
	if (unicode == NULL)
		add_any(in, size, declared, out);
	else if (strcmp(unicode, "UTF-8") == 0)
		add_utf8(in + bom_size, size - bom_size, out);
	else
		add_converted(in + bom_size, size - bom_size, unicode, out);
	clean_tail(out, from);
	return ndx_buf_failed(out) ? ndx_fail_nomem(err) : NDX_OK;
}
