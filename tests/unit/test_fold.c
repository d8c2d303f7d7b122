/*
 * test_fold.c - ndx_fold(), character classes, and the two word lists
 *
 * folds[]   what common and odd letters become
 * all       every character there is: fits, folds to what folds to itself, and the short
 *           cuts give what decomposition and case folding would
 *
 * SPDX-License-Identifier: MIT
 */
#include "tests/unit/test.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <uninorm.h>
#include <unistr.h>

#include "common/acronym.h"
#include "common/fold.h"

#define CHAR_MAX_UNICODE 0x10FFFFu

static const struct {
	const char *in, *out;
} folds[] = {
	/* clang-format off */
	{ "",                     "" },
	{ "NATO 2-day's *?",      "nato 2-day's *?" },
	{ "Bogotá",               "bogota" },
	{ "SÃO PAULO",            "sao paulo" },
	{ "Düsseldorf",           "dusseldorf" },
	{ "Straße STRAẞE",        "strasse strasse" },
	{ "Ærø Øystein",          "aero oystein" },
	{ "Łódź",                 "lodz" },
	{ "Đặng Đình",            "dang dinh" },
	{ "Nguyễn Phú Trọng",     "nguyen phu trong" },
	{ "Þór Eiður",            "thor eidur" },
	{ "Iğdır İzmir",          "igdir izmir" },
	{ "Œuvre cœur",           "oeuvre coeur" },
	{ "Dvořák Žižka ŉ",       "dvorak zizka n" },
	{ "ŀl ĳ ſ ĸ ŋ ŧ ħ",       "ll ij s k n t h" },
	{ "e\u0301 E\u0301\u0323", "e e" },
	{ "Ǿ Ǽ ǆ",                "o ae dz" },
	{ "Ἀθήνα ΑΘΉΝΑΣ ς",       "αθηνα αθηνασ σ" },
	{ "Ёлка Й й",             "елка й й" },
	{ "\u0438\u0306 \u0418\u0306 \u0456\u0308", "й й ї" },
	{ "Київ Ўзбек",           "київ ўзбек" },
	{ "Ќ ѓ",                  "к г" },
	{ "ﬁﬃ ﬅ Ⅷ ª º",           "fiffi st viii a o" },
	{ "ＵＳ１２ ＇",            "us12 ＇" },
	{ "CO₂ ٣ ३",              "co2 3 3" },
	{ "한국 \u1112\u1161\u11AB", "한국 한" },
	{ "が か\u3099 ｶﾞ ゔ",     "が が ガ ゔ" },
	{ "東京 ﾄｳｷｮｳ",            "東京 トウキョウ" },
	{ "क़ हिन्दी",               "क़ हिन्दी" },
	{ "ไทย น้ำ",                "ไทย น้ํา" },
	{ "مُحَمَّد أحمد مـد",         "محمد احمد مد" },
	{ "שָׁלוֹם",                 "שלום" },
	{ "so\u00ADft jo\u200Din", "soft join" },
	{ "“quoted” – … ½",       "“quoted” – … ½" },
	{ "\u0301\u0302",         "" },
	{ "Hawai\u02BBi",         "hawaii" },
	{ "a\xFFz\xC3 \xE2\x82|\xED\xA0\x80|\xF4\x90\x80\x80|\xC0\x80", "az |||" },
	/* clang-format on */
};

static void
test_folds(void **state)
{
	struct ndx_buf out;

	(void)state;
	ndx_buf_init(&out, &ndx_mem_default);
	for (size_t i = 0; i < ARRAY_LEN(folds); i++) {
		size_t size = strlen(folds[i].in);
		char *copy = malloc(size + 1);

		assert_non_null(copy);
		memcpy(copy, folds[i].in, size);
		ndx_buf_clear(&out);
		ndx_fold(copy, size, &out);
		CHECK(folds[i].in,
		      out.size == strlen(folds[i].out) &&
		              (out.size == 0 || memcmp(out.data, folds[i].out, out.size) == 0));
		if (out.size > 0 && memcmp(out.data, folds[i].out, out.size) != 0)
			print_error("  expected %s, found %.*s\n", folds[i].out, (int)out.size,
			            (const char *)out.data);
		free(copy);
	}
	ndx_buf_free(&out);
}

static bool
is_stripped(uint32_t c)
{
	return (c >= 0x300 && c <= 0x36F) || c == 0xB7 || c == 0x2BC;
}

/* The fold of a Latin, Greek, Cyrillic, Han, kana or Hangul letter, by the book. */
static size_t
fold_by_book(uint32_t c, uint8_t out[64])
{
	uint32_t apart[64], kept[64];
	size_t apart_count = 64, kept_count = 0, size = 64, composed_size = 64;
	uint8_t plain[64], *got;

	if (u32_casefold(&c, 1, NULL, UNINORM_NFKD, apart, &apart_count) != apart)
		return 0;
	for (size_t i = 0; i < apart_count; i++) {
		bool breve = apart[i] == 0x306 && i > 0 &&
		             (apart[i - 1] == 0x438 || apart[i - 1] == 0x443);
		bool dots = apart[i] == 0x308 && i > 0 && apart[i - 1] == 0x456;

		if (!is_stripped(apart[i]) || breve || dots)
			kept[kept_count++] = apart[i];
	}
	got = u32_to_u8(kept, kept_count, plain, &size);
	if (got != plain || u8_normalize(UNINORM_NFC, plain, size, out, &composed_size) != out)
		return 0;
	return composed_size;
}

/* Letters that no decomposition takes apart: in folds[] instead. */
static bool
is_spelled(uint32_t c)
{
	static const uint16_t spelled[] = { 0xC6,  0xD0,  0xD8,  0xDE,  0xE6,  0xF0,  0xF8,
		                            0xFE,  0x110, 0x111, 0x126, 0x127, 0x131, 0x138,
		                            0x141, 0x142, 0x14A, 0x14B, 0x152, 0x153, 0x166,
		                            0x167, 0x1E2, 0x1E3, 0x1FC, 0x1FD, 0x1FE, 0x1FF };

	for (size_t i = 0; i < ARRAY_LEN(spelled); i++)
		if (spelled[i] == c)
			return true;
	return false;
}

static void
test_all(void **state)
{
	static const struct {
		uint32_t first, last;
	} book[] = { { 0xC0, 0x24F },    { 0x391, 0x3C9 },   { 0x400, 0x45F },  { 0x4E00, 0x4FFF },
		     { 0x3041, 0x3096 }, { 0x30A1, 0x30FA }, { 0xAC00, 0xADFF } };
	char name[16];
	uint8_t once[128], twice[128], expected[64];

	(void)state;
	for (uint32_t c = 0; c <= CHAR_MAX_UNICODE; c++) {
		size_t size = 0, again = 0;

		if (c >= 0xD800 && c <= 0xDFFF)
			continue;
		snprintf(name, sizeof(name), "U+%04X", c);
		CHECK(name, ndx_fold_char(c, once, &size, NDX_FOLD_SIZE_MAX));
		for (const uint8_t *p = once; p < once + size;) {
			unsigned char_size;
			uint32_t folded = ndx_utf8_decode(p, once + size, &char_size);

			CHECK(name, ndx_fold_char(folded, twice, &again, sizeof(twice)));
			p += char_size;
		}
		CHECK(name, again == size && memcmp(once, twice, size) == 0);
	}
	for (size_t i = 0; i < ARRAY_LEN(book); i++)
		for (uint32_t c = book[i].first; c <= book[i].last; c++) {
			size_t size = 0;

			if (is_spelled(c) || ndx_char_class(c) == NDX_CHAR_OTHER)
				continue;
			snprintf(name, sizeof(name), "U+%04X", c);
			ndx_fold_char(c, once, &size, sizeof(once));
			CHECK(name, size == fold_by_book(c, expected) &&
			                    memcmp(once, expected, size) == 0);
		}
}

static const struct {
	uint32_t c;
	enum ndx_char_class class;
} classes[] = {
	/* clang-format off */
	{ 'a', NDX_CHAR_LETTER },      { 'Z', NDX_CHAR_LETTER },      { '0', NDX_CHAR_DIGIT },
	{ '_', NDX_CHAR_OTHER },       { '@', NDX_CHAR_OTHER },       { '[', NDX_CHAR_OTHER },
	{ '\'', NDX_CHAR_APOSTROPHE }, { 0x2019, NDX_CHAR_APOSTROPHE }, { 0x2BC, NDX_CHAR_APOSTROPHE },
	{ 0xFF07, NDX_CHAR_APOSTROPHE }, { 0x2018, NDX_CHAR_OTHER },  { '-', NDX_CHAR_HYPHEN },
	{ 0x2010, NDX_CHAR_HYPHEN },   { 0x2011, NDX_CHAR_HYPHEN },   { 0x2013, NDX_CHAR_OTHER },
	{ 0xA0, NDX_CHAR_OTHER },      { 0xAD, NDX_CHAR_IGNORED },    { 0xD7, NDX_CHAR_OTHER },
	{ 0xE9, NDX_CHAR_LETTER },     { 0x301, NDX_CHAR_MARK },      { 0x4E00, NDX_CHAR_IDEOGRAPH },
	{ 0x3042, NDX_CHAR_IDEOGRAPH }, { 0x30FB, NDX_CHAR_OTHER },   { 0x30FC, NDX_CHAR_IDEOGRAPH },
	{ 0xAC00, NDX_CHAR_LETTER },   { 0xE01, NDX_CHAR_LETTER },    { 0xE31, NDX_CHAR_MARK },
	{ 0x663, NDX_CHAR_DIGIT },     { 0x2082, NDX_CHAR_DIGIT },    { 0xB2, NDX_CHAR_OTHER },
	{ 0xBD, NDX_CHAR_OTHER },      { 0x200B, NDX_CHAR_OTHER },    { 0x200D, NDX_CHAR_IGNORED },
	{ 0x1F600, NDX_CHAR_OTHER },   { 0xFEFF, NDX_CHAR_IGNORED },  { 0xFFFD, NDX_CHAR_OTHER },
	{ NDX_CHAR_BAD, NDX_CHAR_OTHER },
	/* clang-format on */
};

static void
test_classes(void **state)
{
	char name[16];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(classes); i++) {
		snprintf(name, sizeof(name), "U+%04X", classes[i].c);
		CHECK(name, ndx_char_class(classes[i].c) == classes[i].class);
	}
	CHECK("not a character",
	      !ndx_char_is_upper(NDX_CHAR_BAD) && !ndx_char_is_lower(NDX_CHAR_BAD));
	CHECK("capitals",
	      ndx_char_is_upper('Q') && ndx_char_is_upper(0xC9) && !ndx_char_is_upper('q'));
}

/* What does not fit is not appended, not even in part. */
static void
test_room(void **state)
{
	uint8_t out[4] = { 'x' };
	size_t size = 1;

	(void)state;
	CHECK("ss for one", !ndx_fold_char(0xDF, out, &size, 2) && size == 1);
	CHECK("two bytes for one", !ndx_fold_char(0x439, out, &size, 2) && size == 1);
	CHECK("a ligature", !ndx_fold_char(0xFB03, out, &size, 3) && size == 1);
	CHECK("nothing needs no room", ndx_fold_char(0x301, out, &size, 1) && size == 1);
	CHECK("fits",
	      ndx_fold_char(0xDF, out, &size, 3) && size == 3 && memcmp(out, "xss", 3) == 0);
}

static void
test_lists(void **state)
{
	(void)state;
	CHECK("first", ndx_acronym_is_word("ace", 3));
	CHECK("last", ndx_acronym_is_word("who", 3));
	CHECK("us", ndx_acronym_is_word("us", 2));
	CHECK("it", ndx_acronym_is_word("it", 2));
	CHECK("aids", ndx_acronym_is_word("aids", 4));
	CHECK("start", ndx_acronym_is_word("start", 5));
	CHECK("not NATO", !ndx_acronym_is_word("nato", 4));
	CHECK("a beginning", !ndx_acronym_is_word("ai", 2));
	CHECK("a continuation", !ndx_acronym_is_word("aidse", 5));
	CHECK("folded only", !ndx_acronym_is_word("US", 2));
	CHECK("empty", !ndx_acronym_is_word("", 0));
	CHECK("too long", !ndx_acronym_is_word("started", 7));
	CHECK("Mr", ndx_abbreviation("Mr", 2));
	CHECK("vs", ndx_abbreviation("vs", 2));
	CHECK("etc", ndx_abbreviation("etc", 3));
	CHECK("No", ndx_abbreviation("No", 2));
	CHECK("no", !ndx_abbreviation("no", 2));
	CHECK("Messrs", ndx_abbreviation("Messrs", 6));
	CHECK("Adm", ndx_abbreviation("Adm", 3));
	CHECK("a NUL", !ndx_abbreviation("Mr\0", 3));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_folds),   cmocka_unit_test(test_all),
		cmocka_unit_test(test_classes), cmocka_unit_test(test_room),
		cmocka_unit_test(test_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
