/*
 * byline_words.h - the fixed lists of bylines: what is no name
 *
 * Capitals do not matter anywhere here.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_BYLINE_WORDS_H
#define NDX_SEARCHER_BYLINE_WORDS_H

#include "common/text.h"

/* "Health Editor", "Senior Fellow at an institute"; not "Professor Ann Lee". */
bool ndx_byline_is_role(struct ndx_str text);
/* "Health Editor" alone. */
bool ndx_byline_ends_with_role(struct ndx_str text);
/* An agency, the staff, a place: "Reuters", "agencies", "Staff Writer", "Special to the Times". */
bool ndx_byline_is_nobody(struct ndx_str text);
/* "Denver Post", "London": a paper or place where it is behind a name and a comma, but Emily Post
 * and Jack London are persons. */
bool ndx_byline_is_paper(struct ndx_str text);
/* "Jr.", of a name; false for "Ph.D.". */
bool ndx_byline_is_junior(struct ndx_str text);
/* "Ph.D.", "OBE", "MD MPH"; with 'sure' none that may be initials. */
bool ndx_byline_is_honour(struct ndx_str text, bool sure);

/* Does the text begin with these words, or end with them? */
bool ndx_byline_begins(struct ndx_str text, const char *words);
bool ndx_byline_ends(struct ndx_str text, const char *words);

#endif
