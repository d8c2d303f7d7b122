/*
 * byline.h - the persons of a byline
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_BYLINE_H
#define NDX_SEARCHER_BYLINE_H

#include "common/text.h"

/* A byline while it is being read. */
struct ndx_byline {
	const char *rest; /* at first, all of it */
	char divider;     /* before that */
	bool has_by;      /* it begins with "By" */
	bool natural;     /* the person before was "Ann Lee", not "Lee, Ann" */
};

struct ndx_person {
	struct ndx_str name;   /* "Ann Lee", or "Lee, Ann" where it stands so */
	struct ndx_str suffix; /* "Jr."; mostly empty */
};

/*
 * The next person of "By Ann Lee, Max Roe and John Doe", "Ann Lee; John Doe" or "Doe, John"; from
 * { .rest = TEXT } on.  What a person is, for whom and where, as in "Ann Lee in Rome, Health
 * Editor", agencies and labels are passed over, and so is what has no divider in 256 bytes.  The
 * time for all persons is linear in the length of the byline.  False: there is none left.
 */
bool ndx_byline_next(struct ndx_byline *byline, struct ndx_person *person_ret);

#endif
