/*
 * byline.h - the persons of a byline
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_BYLINE_H
#define NDX_SEARCHER_BYLINE_H

#include "common/text.h"

/*
 * The next person of "By Ann Lee, Max Roe and John Doe", "Ann Lee; John Doe" or "Doe, John", in
 * *person_ret; *byline moves behind it.  What a person is, as in "Ann Lee, Health Editor", is
 * passed over.  False: there is none left.
 */
bool ndx_byline_next(const char **byline, struct ndx_str *person_ret);

#endif
