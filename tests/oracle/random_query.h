/*
 * random_query.h - random queries of every operator, as someone might type them
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_TESTS_ORACLE_RANDOM_QUERY_H
#define NDX_TESTS_ORACLE_RANDOM_QUERY_H

#include "common/buf.h"
#include "tests/oracle/random_corpus.h"
#include "tests/oracle/scan.h"

/* Append a query that means something for these articles, NUL-terminated. */
void ndx_random_query(const struct random_corpus *corpus, const struct scan *scan, struct random *r,
                      struct ndx_buf *out);

#endif
