/*
 * stem.c - see stem.h
 *
 * SPDX-License-Identifier: MIT
 */
#include "common/stem.h"

#include <libstemmer.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>

struct ndx_stemmer {
	const struct ndx_mem *mem;
	struct sb_stemmer *snowball; /* NULL for "none" */
	bool keeps_start;
};

static bool
is_known(const char *language)
{
	for (const char **name = sb_stemmer_list(); *name != NULL; name++)
		if (strcmp(*name, language) == 0)
			return true;
	return false;
}

enum ndx_status
ndx_stemmer_new(const struct ndx_mem *mem, const char *language, struct ndx_stemmer **stemmer_ret,
                struct ndx_err *err)
{
	const bool none = strcmp(language, "none") == 0;
	struct ndx_stemmer *stemmer;

	if (!none && !is_known(language))
		return ndx_fail(err, NDX_E_INPUT, "unknown language '%s'", language);
	stemmer = ndx_alloc(mem, sizeof(*stemmer));
	if (stemmer == NULL)
		return ndx_fail_nomem(err);
	stemmer->mem = mem;
	stemmer->snowball = none ? NULL : sb_stemmer_new(language, "UTF_8");
	/* Porter's makes nothing of "s", others take prefixes off: see tests/unit/test_stem.c. */
	stemmer->keeps_start = none || strcmp(language, "english") == 0;
	if (!none && stemmer->snowball == NULL) {
		ndx_free(mem, stemmer);
		return ndx_fail_nomem(err);
	}
	*stemmer_ret = stemmer;
	return NDX_OK;
}

void
ndx_stemmer_free(struct ndx_stemmer *stemmer)
{
	if (stemmer == NULL)
		return;
	if (stemmer->snowball != NULL)
		sb_stemmer_delete(stemmer->snowball);
	ndx_free(stemmer->mem, stemmer);
}

bool
ndx_stem_keeps_start(const struct ndx_stemmer *stemmer)
{
	return stemmer->keeps_start;
}

/* Names with digits have no grammar: F-16s, joined, must stay what F16s is. */
static bool
is_verbatim(const char *form, size_t form_size)
{
	for (size_t i = 0; i < form_size; i++)
		if ((form[i] >= '0' && form[i] <= '9') || form[i] == '&' || form[i] == '/')
			return true;
	return false;
}

const char *
ndx_stem(struct ndx_stemmer *stemmer, const char *form, size_t form_size, size_t *stem_size_ret)
{
	const sb_symbol *stem;

	if (stemmer->snowball == NULL || form_size > INT_MAX || is_verbatim(form, form_size)) {
		*stem_size_ret = form_size;
		return form;
	}
	stem = sb_stemmer_stem(stemmer->snowball, (const sb_symbol *)form, (int)form_size);
	if (stem == NULL)
		return NULL;
	*stem_size_ret = (size_t)sb_stemmer_length(stemmer->snowball);
	return (const char *)stem;
}
