/*
 * test_stem.c - ndx_stem()
 *
 * SPDX-License-Identifier: MIT
 */
#include "tests/unit/test.h"

#include <string.h>

#include "common/stem.h"
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
		cmocka_unit_test(test_languages),
		cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
