/*
 * field.h - the fields of an article that can be searched
 *
 * The first byte of a key in the term dictionary says which field the term is of.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_COMMON_FIELD_H
#define NDX_COMMON_FIELD_H

#include <stddef.h>

enum ndx_field {
	NDX_FIELD_ANY = 'a',   /* title and text together: stems */
	NDX_FIELD_TITLE = 't', /* the title alone: stems */
	NDX_FIELD_SOURCE =
		's', /* this and the next three: folded words, not stemmed, never scored */
	NDX_FIELD_SECTION = 'c',
	NDX_FIELD_AUTHOR = 'u',
	NDX_FIELD_LANGUAGE = 'l',
	NDX_FIELD_SENTENCE =
		'e', /* one key, NDX_SENTENCE_TERM: the positions after which a sentence ends */
	NDX_FIELD_PAIR = 'v', /* of two words, see pairs.h; it and the next come after all others */
	NDX_FIELD_TITLE_PAIR = 'w', /* the same in the title */
	NDX_FIELD_FORM = 'x', /* of a surface form, see forms.h: has no list; after all others */
	NDX_FIELD_ID = 'i',   /* not in the dictionary: looked up in the id table */
	NDX_FIELD_DATE = 'd', /* not in the dictionary either: in the columns */
};

#define NDX_SENTENCE_TERM "."

/* "title" etc.; NDX_FIELD_ANY is "".  And back: -1 if no field is called so. */
const char *ndx_field_name(enum ndx_field field);
int ndx_field_by_name(const char *name, size_t size);

#endif
