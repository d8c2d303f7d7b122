/*
 * test_stem.c - ndx_stem()
 *
 * SPDX-License-Identifier: MIT
 */
#include "tests/unit/test.h"

#include <string.h>

#include "common/stem.h"
#include "tests/oracle/random.h"
#include "tests/unit/failing_mem.h"

static const struct {
	const char *language, *form, *stem;
} stems[] = {
	/* clang-format off */
	{ "english", "cultivation",  "cultiv" },
	{ "english", "cultivators",  "cultiv" },
	{ "english", "producing",    "produc" },
	{ "english", "production",   "product" },
	{ "english", "presidents",   "presid" },
	{ "english", "news",         "news" },
	{ "english", "us",           "us" },
	{ "english", "s",            "s" },
	{ "english", "",             "" },
	{ "english", "747s",         "747s" },
	{ "english", "f16s",         "f16s" }, /* a joined F-16s: as it stands */
	{ "english", "q&as",         "q&as" },
	{ "english", "9/11",         "9/11" },
	{ "english", "\xE6\x97\xA5", "\xE6\x97\xA5" },
	{ "russian", "\xD0\xBD\xD0\xBE\xD0\xB2\xD1\x8B\xD0\xB9", "\xD0\xBD\xD0\xBE\xD0\xB2" },
	{ "spanish", "naciones",     "nacion" },
	{ "none",    "cultivation",  "cultivation" },
	{ "none",    "",             "" },
	/* clang-format on */
};

static void
test_stems(void **state)
{
	struct ndx_stemmer *stemmer;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(stems); i++) {
		size_t size = 0;
		const char *stem;

		assert_int_equal(
			ndx_stemmer_new(&ndx_mem_default, stems[i].language, &stemmer, NULL),
			NDX_OK);
		stem = ndx_stem(stemmer, stems[i].form, strlen(stems[i].form), &size);
		CHECK(stems[i].form, stem != NULL && size == strlen(stems[i].stem) &&
		                             memcmp(stem, stems[i].stem, size) == 0);
		ndx_stemmer_free(stemmer);
	}
}

/* Words of two to ten letters, with endings that stemmers know: what ndx_stem_keeps_start() says is
 * so. */
static void
test_keeps_start(void **state)
{
	static const char *const languages[] = { "english", "none" };
	static const char *const endings[] = { "",   "s",    "es",      "ies", "ed",    "ing",
		                               "ly", "ying", "ness",    "ity", "ation", "ful",
		                               "y",  "'s",   "ization", "ee",  "e" };
	struct random random = random_of(1, 0, 0);
	struct ndx_stemmer *stemmer;

	(void)state;
	for (size_t l = 0; l < ARRAY_LEN(languages); l++) {
		size_t wrong = 0;

		assert_int_equal(ndx_stemmer_new(&ndx_mem_default, languages[l], &stemmer, NULL),
		                 NDX_OK);
		CHECK(languages[l], ndx_stem_keeps_start(stemmer));
		for (size_t i = 0; i < 100000; i++) {
			char word[32];
			size_t size = random_below(&random, 5), stem_size;
			const char *stem;

			for (size_t j = 0; j < size; j++)
				word[j] = "abcdeilosuyzkt"[random_below(&random, 14)];
			strcpy(word + size, endings[random_below(&random, ARRAY_LEN(endings))]);
			stem = ndx_stem(stemmer, word, strlen(word), &stem_size);
			wrong += word[0] >= 'a' && (stem_size == 0 || stem[0] != word[0]);
		}
		CHECK(languages[l], wrong == 0);
		ndx_stemmer_free(stemmer);
	}
	assert_int_equal(ndx_stemmer_new(&ndx_mem_default, "indonesian", &stemmer, NULL), NDX_OK);
	CHECK("beginnings go", !ndx_stem_keeps_start(stemmer));
	ndx_stemmer_free(stemmer);
}

static void
test_languages(void **state)
{
	struct ndx_stemmer *stemmer = NULL;
	struct ndx_err err;

	(void)state;
	CHECK("unknown",
	      ndx_stemmer_new(&ndx_mem_default, "klingon", &stemmer, &err) == NDX_E_INPUT);
	CHECK("says which", strcmp(err.msg, "unknown language 'klingon'") == 0);
	CHECK("empty", ndx_stemmer_new(&ndx_mem_default, "", &stemmer, NULL) == NDX_E_INPUT);
	CHECK("left alone", stemmer == NULL);
	ndx_stemmer_free(NULL);
}

static void
test_memory(void **state)
{
	struct ndx_stemmer *stemmer = NULL;
	struct failing_mem failing;

	(void)state;
	ndx_failing_mem_init(&failing, 1);
	CHECK("no memory", ndx_stemmer_new(&failing.mem, "english", &stemmer, NULL) == NDX_E_NOMEM);
	CHECK("left alone", stemmer == NULL);
	ndx_failing_mem_init(&failing, 0);
	assert_int_equal(ndx_stemmer_new(&failing.mem, "english", &stemmer, NULL), NDX_OK);
	ndx_stemmer_free(stemmer);
	CHECK("no leak", failing.live_count == 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stems),
		cmocka_unit_test(test_keeps_start),
		cmocka_unit_test(test_languages),
		cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
