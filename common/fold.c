/*
 * fold.c - see fold.h
 *
 * The folded form of a character is found in three steps: its compatibility
 * decomposition (NFKD) in lower case; then accents are taken away, and letters that
 * Unicode does not decompose are spelled out (o for U+00F8, ae for U+00E6); then what
 * is left is composed again, so that a Korean syllable or a voiced kana stays one
 * character.
 *
 *   U+01FF o with stroke and acute -> U+00F8 U+0301 -> U+00F8 -> o
 *   U+AC00 GA                      -> U+1100 U+1161 -> U+AC00
 *
 * Accents are the marks of Latin, Greek and Cyrillic, Hebrew points and Arabic vowel
 * signs.  The vowel signs of Indic scripts and Thai are as good as letters and stay.
 * So do three Cyrillic letters that are written with a mark but are letters of their
 * own, U+0439, U+045E and U+0457: the Russian stemmer looks for the first.
 *
 * What must hold: every character of a folded form folds to itself, and no two that
 * stand together compose; so folding twice is folding once.  The tables and ranges
 * for the common scripts give what the three steps would give.
 *
 * SPDX-License-Identifier: MIT
 */
#include "common/fold.h"

#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* Room for the steps: 18 characters, tripled by case folding at the very most. */
#define STEP_COUNT_MAX 64

struct range {
	uint32_t first, last;
};

/* U+00C0 to U+017F, Latin-1 and Latin Extended-A. */
#define LATIN_FIRST 0xC0u
#define LATIN_LAST  0x17Fu
static const char latin[LATIN_LAST - LATIN_FIRST + 1][3] = {
	/* clang-format off */
	"a", "a", "a", "a", "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i", "i",
	"d", "n", "o", "o", "o", "o", "o", "\xC3\x97", "o", "u", "u", "u", "u", "y", "th", "ss",
	"a", "a", "a", "a", "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i", "i",
	"d", "n", "o", "o", "o", "o", "o", "\xC3\xB7", "o", "u", "u", "u", "u", "y", "th", "y",
	"a", "a", "a", "a", "a", "a", "c", "c", "c", "c", "c", "c", "c", "c", "d", "d",
	"d", "d", "e", "e", "e", "e", "e", "e", "e", "e", "e", "e", "g", "g", "g", "g",
	"g", "g", "g", "g", "h", "h", "h", "h", "i", "i", "i", "i", "i", "i", "i", "i",
	"i", "i", "ij", "ij", "j", "j", "k", "k", "k", "l", "l", "l", "l", "l", "l", "l",
	"l", "l", "l", "n", "n", "n", "n", "n", "n", "n", "n", "n", "o", "o", "o", "o",
	"o", "o", "oe", "oe", "r", "r", "r", "r", "r", "r", "s", "s", "s", "s", "s", "s",
	"s", "s", "t", "t", "t", "t", "t", "t", "u", "u", "u", "u", "u", "u", "u", "u",
	"u", "u", "u", "u", "w", "w", "y", "y", "y", "z", "z", "z", "z", "z", "z", "s",
	/* clang-format on */
};

/* Letters and syllables that fold to themselves, most used first. */
static const struct range unchanged[] = {
	/* clang-format off */
	{ 0x430, 0x44F },                   /* Cyrillic */
	{ 0x3B1, 0x3C1 }, { 0x3C3, 0x3C9 }, /* Greek, without the final sigma */
	{ 0x4E00, 0x9FFF },                 /* Han */
	{ 0x3041, 0x3096 },                 /* Hiragana */
	{ 0x30A1, 0x30FA },                 /* Katakana */
	{ 0xAC00, 0xD7A3 },                 /* Hangul */
	{ 0x627, 0x63A }, { 0x641, 0x64A }, /* Arabic, without the tatweel */
	{ 0x5D0, 0x5EA },                   /* Hebrew */
	{ 0xE01, 0xE32 }, { 0xE34, 0xE3A }, /* Thai, without sara am, which is two */
	{ 0xE40, 0xE4E },
	{ 0x905, 0x928 },                   /* Devanagari */
	/* clang-format on */
};

/* Marks that go: see the head comment. */
static const struct range accents[] = {
	{ 0x300, 0x36F },   { 0x483, 0x489 },   { 0x591, 0x5C7 },
	{ 0x610, 0x61A },   { 0x640, 0x640 },   { 0x64B, 0x65F },
	{ 0x670, 0x670 },   { 0x6D6, 0x6ED },   { 0x180B, 0x180F },
	{ 0x1AB0, 0x1AFF }, { 0x1DC0, 0x1DFF }, { 0x20D0, 0x20FF },
	{ 0xFE00, 0xFE0F }, { 0xFE20, 0xFE2F }, { 0xE0100, 0xE01EF },
	{ 0x2B9, 0x2BF }, /* primes and turned commas: Hawai'i is often written with one */
};

static const struct range ideographs[] = {
	{ 0x4E00, 0x9FFF }, { 0x3041, 0x3096 }, { 0x309B, 0x30FA },   { 0x30FC, 0x30FF },
	{ 0x3400, 0x4DBF }, { 0x3005, 0x3007 }, { 0x3021, 0x3029 },   { 0x31F0, 0x31FF },
	{ 0xF900, 0xFAFF }, { 0xFF66, 0xFF9D }, { 0x1B000, 0x1B16F }, { 0x20000, 0x3FFFF },
};

/* Letters that no decomposition takes apart; the rest of their kind is in latin[]. */
static const struct {
	uint16_t c;
	char spelled[3];
} spelled[] = {
	{ 0xE6, "ae" }, { 0xF0, "d" },  { 0xF8, "o" },   { 0xFE, "th" },
	{ 0x111, "d" }, { 0x127, "h" }, { 0x131, "i" },  { 0x138, "k" },
	{ 0x142, "l" }, { 0x14B, "n" }, { 0x153, "oe" }, { 0x167, "t" },
};

static bool
in_ranges(uint32_t c, const struct range *range, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (c >= range[i].first && c <= range[i].last)
			return true;
	return false;
}

/* The bytes that a first byte announces, or 0 if it can be none. */
static unsigned
sequence_size(uint8_t first)
{
	if (first < 0x80)
		return 1;
	if (first < 0xC2 || first > 0xF4)
		return 0;
	return first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

uint32_t
ndx_utf8_decode(const uint8_t *p, const uint8_t *end, unsigned *size_ret)
{
	static const uint32_t least[5] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned size = sequence_size(*p);
	uint32_t c;

	*size_ret = 1;
	if (size == 1)
		return *p;
	if (size == 0 || (size_t)(end - p) < size)
		return NDX_CHAR_BAD;
	c = *p & (0x7Fu >> size);
	for (unsigned i = 1; i < size; i++) {
		if ((p[i] & 0xC0) != 0x80)
			return NDX_CHAR_BAD;
		c = c << 6 | (p[i] & 0x3Fu);
	}
	if (c < least[size] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
		return NDX_CHAR_BAD;
	*size_ret = size;
	return c;
}

static unsigned
encode(uint32_t c, uint8_t out[4])
{
	unsigned size = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	for (unsigned i = size; i-- > 1; c >>= 6)
		out[i] = (uint8_t)(0x80 | (c & 0x3F));
	out[0] = (uint8_t)(size == 1 ? c : (0xF00u >> size & 0xFF) | c);
	return size;
}

static enum ndx_char_class
ascii_class(uint32_t c)
{
	if ((c | 0x20) - 'a' < 26)
		return NDX_CHAR_LETTER;
	if (c - '0' < 10)
		return NDX_CHAR_DIGIT;
	if (c == '\'')
		return NDX_CHAR_APOSTROPHE;
	return c == '-' ? NDX_CHAR_HYPHEN : NDX_CHAR_OTHER;
}

/* Of U+2000 to U+206F, which holds the punctuation of well-set English. */
static enum ndx_char_class
punctuation_class(uint32_t c)
{
	switch (c) {
	case 0x2010:
	case 0x2011:
		return NDX_CHAR_HYPHEN;
	case 0x2019:
		return NDX_CHAR_APOSTROPHE;
	case 0x200C:
	case 0x200D:
	case 0x2060:
		return NDX_CHAR_IGNORED;
	default:
		return NDX_CHAR_OTHER;
	}
}

static enum ndx_char_class
category_class(uint32_t c)
{
	if (in_ranges(c, ideographs, ARRAY_LEN(ideographs)))
		return uc_is_general_category_withtable(c, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_N)
		               ? NDX_CHAR_IDEOGRAPH
		               : NDX_CHAR_OTHER;
	if (c == 0xFF9E || c == 0xFF9F) /* the voicing marks of narrow kana; letters by category */
		return NDX_CHAR_MARK;
	if (uc_is_general_category_withtable(c, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_Nl))
		return NDX_CHAR_LETTER;
	if (uc_is_general_category_withtable(c, UC_CATEGORY_MASK_Nd))
		return NDX_CHAR_DIGIT;
	if (uc_is_general_category_withtable(c, UC_CATEGORY_MASK_M))
		return NDX_CHAR_MARK;
	return NDX_CHAR_OTHER;
}

enum ndx_char_class
ndx_char_class(uint32_t c)
{
	if (c < 0x80)
		return ascii_class(c);
	if (c > 0x10FFFF)
		return NDX_CHAR_OTHER;
	if (c < LATIN_FIRST)
		return c == 0xAA || c == 0xB5 || c == 0xBA ? NDX_CHAR_LETTER
		       : c == 0xAD                         ? NDX_CHAR_IGNORED
		                                           : NDX_CHAR_OTHER;
	if (c <= LATIN_LAST)
		return c == 0xD7 || c == 0xF7 ? NDX_CHAR_OTHER : NDX_CHAR_LETTER;
	if (c >= 0x2000 && c <= 0x206F)
		return punctuation_class(c);
	if (c >= 0x2080 && c <= 0x2089) /* as in CO2; raised digits are footnotes as often */
		return NDX_CHAR_DIGIT;
	if (c == 0x2BC || c == 0xFF07)
		return NDX_CHAR_APOSTROPHE;
	if (c == 0xFEFF)
		return NDX_CHAR_IGNORED;
	return category_class(c);
}

bool
ndx_char_is_upper(uint32_t c)
{
	if (c < 0x80)
		return c - 'A' < 26;
	return c <= 0x10FFFF &&
	       uc_is_general_category_withtable(c, UC_CATEGORY_MASK_Lu | UC_CATEGORY_MASK_Lt);
}

bool
ndx_char_is_lower(uint32_t c)
{
	if (c < 0x80)
		return c - 'a' < 26;
	return c <= 0x10FFFF && uc_is_general_category_withtable(c, UC_CATEGORY_MASK_Ll);
}

static bool
append_bytes(const void *in, size_t in_size, uint8_t *out, size_t *size, size_t size_max)
{
	if (in_size > size_max - *size)
		return false;
	memcpy(out + *size, in, in_size);
	*size += in_size;
	return true;
}

/* Where the last character of out[size] begins; size > 0. */
static size_t
last_char(const uint8_t *out, size_t size, uint32_t *c_ret)
{
	size_t at = size;
	unsigned char_size;

	do
		at--;
	while (at > 0 && (out[at] & 0xC0) == 0x80);
	*c_ret = ndx_utf8_decode(out + at, out + size, &char_size);
	return at;
}

static bool
is_accent(uint32_t c)
{
	return in_ranges(c, accents, ARRAY_LEN(accents));
}

/* Can 'c' make one character with the one before?  Marks can, and the inner letters of Hangul. */
static bool
is_combining(uint32_t c)
{
	return (c >= 0x1161 && c <= 0x11C2) || ndx_char_class(c) == NDX_CHAR_MARK;
}

/* The letter for 'c' after 'base', or 0.  Accents make only the three that stay. */
static uint32_t
compose(uint32_t base, uint32_t c)
{
	uint32_t both = base < 0x80 || base > 0x10FFFF ? 0 : uc_composition(base, c);

	if (is_accent(c))
		return both == 0x439 || both == 0x45E || both == 0x457 ? both : 0;
	return both;
}

/* Append 'c', a letter or mark that folds to itself (or an accent, which goes). */
static bool
append_folded(uint32_t c, uint8_t *out, size_t *size, size_t size_max)
{
	uint8_t bytes[4];
	uint32_t base, both;
	size_t at;

	if (*size > 0 && is_combining(c)) {
		at = last_char(out, *size, &base);
		both = compose(base, c);
		if (both != 0) {
			if (!append_bytes(bytes, encode(both, bytes), out, &at, size_max))
				return false;
			*size = at;
			return true;
		}
	}
	if (is_accent(c))
		return true;
	return append_bytes(bytes, encode(c, bytes), out, size, size_max);
}

static bool
append_spelled(uint32_t c, uint8_t *out, size_t *size, size_t size_max)
{
	int digit;
	uint8_t byte;

	for (size_t i = 0; i < ARRAY_LEN(spelled); i++)
		if (spelled[i].c == c)
			return append_bytes(spelled[i].spelled, strlen(spelled[i].spelled), out,
			                    size, size_max);
	digit = c < 0x80 ? -1 : uc_decimal_value(c);
	if (digit < 0)
		return append_folded(c, out, size, size_max);
	byte = (uint8_t)('0' + digit);
	return append_bytes(&byte, 1, out, size, size_max);
}

/* One step of many: NFKD, then lower case.  Returns the number of characters, 0 if memory ran
 * out. */
static size_t
fold_step(const uint32_t *in, size_t count, uint32_t out[STEP_COUNT_MAX])
{
	uint32_t apart[STEP_COUNT_MAX];
	size_t apart_count = STEP_COUNT_MAX, out_count = STEP_COUNT_MAX;
	uint32_t *got = u32_normalize(UNINORM_NFKD, in, count, apart, &apart_count);

	if (got != apart) {
		free(got);
		return 0;
	}
	got = u32_casefold(apart, apart_count, NULL, NULL, out, &out_count);
	if (got != out) {
		free(got);
		return 0;
	}
	return out_count;
}

/* Any character, by the three steps.  A few need the first one twice, none needs it four times. */
static bool
fold_by_steps(uint32_t c, uint8_t *out, size_t *size, size_t size_max)
{
	uint32_t a[STEP_COUNT_MAX] = { c }, b[STEP_COUNT_MAX];
	size_t a_count = 1, b_count;

	for (unsigned i = 0; i < 4; i++) {
		b_count = fold_step(a, a_count, b);
		if (b_count == 0 || (b_count == a_count && memcmp(a, b, b_count * sizeof(*a)) == 0))
			break;
		memcpy(a, b, b_count * sizeof(*a));
		a_count = b_count;
	}
	for (size_t i = 0; i < a_count; i++) {
		enum ndx_char_class class = ndx_char_class(a[i]);

		if (class >= NDX_CHAR_LETTER && class <= NDX_CHAR_IDEOGRAPH &&
		    !append_spelled(a[i], out, size, size_max))
			return false;
	}
	return true;
}

/* The capitals of Greek and Cyrillic to their small letters; what else there is stays. */
static uint32_t
lower_by_range(uint32_t c)
{
	if (c >= 0x391 && c <= 0x3A9 && c != 0x3A2)
		return c + 0x20;
	if (c >= 0x410 && c <= 0x42F)
		return c + 0x20;
	return c == 0x401 || c == 0x451 ? 0x435 : c;
}

static bool
fold_other(uint32_t c, uint8_t *out, size_t *size, size_t size_max)
{
	uint8_t folded[NDX_FOLD_SIZE_MAX];
	size_t folded_size = 0;
	uint32_t first;
	unsigned first_size;

	if (is_combining(c) && is_accent(c))
		return append_folded(c, out, size, size_max);
	if (!fold_by_steps(c, folded, &folded_size, sizeof(folded)))
		return false;
	if (folded_size == 0)
		return true;
	/* Only a character that stands alone can combine with what is before it. */
	first = ndx_utf8_decode(folded, folded + folded_size, &first_size);
	if (first_size == folded_size)
		return append_folded(first, out, size, size_max);
	return append_bytes(folded, folded_size, out, size, size_max);
}

bool
ndx_fold_char(uint32_t c, uint8_t *out, size_t *size, size_t size_max)
{
	uint8_t bytes[4];

	if (c < 0x80) {
		bytes[0] = (uint8_t)(c - 'A' < 26 ? c + 0x20 : c);
		return append_bytes(bytes, 1, out, size, size_max);
	}
	if (c >= LATIN_FIRST && c <= LATIN_LAST)
		return append_bytes(latin[c - LATIN_FIRST], latin[c - LATIN_FIRST][1] == 0 ? 1 : 2,
		                    out, size, size_max);
	if (c > 0x10FFFF)
		return true;
	c = lower_by_range(c);
	if (in_ranges(c, unchanged, ARRAY_LEN(unchanged)))
		return append_bytes(bytes, encode(c, bytes), out, size, size_max);
	switch (ndx_char_class(c)) {
	case NDX_CHAR_IGNORED:
		return true;
	case NDX_CHAR_OTHER:
	case NDX_CHAR_APOSTROPHE:
	case NDX_CHAR_HYPHEN:
		return append_bytes(bytes, encode(c, bytes), out, size, size_max);
	default:
		return fold_other(c, out, size, size_max);
	}
}

void
ndx_fold(const char *in, size_t size, struct ndx_buf *out)
{
	const uint8_t *p = (const uint8_t *)in, *end = p + size;
	const size_t before = out->size;
	size_t folded_size = 0;

	while (p < end) {
		unsigned char_size;
		uint32_t c = ndx_utf8_decode(p, end, &char_size);

		if (ndx_buf_reserve(out, NDX_FOLD_SIZE_MAX) == NULL)
			return;
		ndx_fold_char(c, out->data + before, &folded_size, folded_size + NDX_FOLD_SIZE_MAX);
		out->size = before + folded_size;
		p += char_size;
	}
}
