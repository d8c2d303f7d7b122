/*
 * compare.h - one query put to an index and to the scan of its articles
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_TESTS_ORACLE_COMPARE_H
#define NDX_TESTS_ORACLE_COMPARE_H

#include "common/buf.h"
#include "searcher/run.h"
#include "tests/oracle/built.h"
#include "tests/oracle/scan.h"

struct question {
	const char *text;
	bool all; /* every top-level clause is required */
	struct ndx_run_options options;
	const char *kernels; /* name of a table, or NULL: the best */
};

/*
 * True if the index, with pruning and without, says what the scan says.  Otherwise, or always with
 * 'verbose', 'out' (NULL: not wanted) is told what differs, and all three lists.
 */
bool ndx_compare(const struct built *built, const struct scan *scan,
                 const struct question *question, bool verbose, struct ndx_buf *out);

#endif
