/*
 * contents.h - every posting of an index beside the words of the scan
 *
 * A fault of the indexer is so told apart from one of the searcher.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_TESTS_ORACLE_CONTENTS_H
#define NDX_TESTS_ORACLE_CONTENTS_H

#include "tests/oracle/built.h"

/*
 * True if the dictionaries, postings, positions, norms and corrections of the index are
 * those of the articles in the scan; otherwise 'out' is told what is not.
 */
bool ndx_contents_check(const struct built *built, const struct scan *scan, struct ndx_buf *out);

#endif
