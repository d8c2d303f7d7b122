/*
 * built.h - a random index, in a directory of its own, of articles that are also in a scan
 *
 * What cannot go wrong in a test (a full disk, an index that does not open) ends the
 * program with a message.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_TESTS_ORACLE_BUILT_H
#define NDX_TESTS_ORACLE_BUILT_H

#include "common/buf.h"
#include "common/index.h"
#include "tests/oracle/random_corpus.h"
#include "tests/oracle/scan.h"

struct built {
	struct ndx_io io; /* the usual one, without waiting for the disk */
	struct ndx_env env;
	char dir[512];
	struct ndx_buf log; /* what was done to the index, in lines */
	struct ndx_index *index;
	size_t *article; /* number in the scan by docid, segment after segment; SIZE_MAX: deleted */
};

/* Ends the program if 'holds' is false: 'what' says what was wrong, 'err', if not NULL, why. */
void ndx_built_need(bool holds, const char *what, const struct ndx_err *err);

/*
 * Make the corpus in 'dir', by adding, replacing, deleting, commits and merges, and put
 * it into the empty 'scan' as well; open it.  'dir' must not exist.
 */
void ndx_built_random(struct built *built, const char *dir, const struct random_corpus *corpus,
                      struct random *r, struct scan *scan);

/* The articles of 'scan' as one segment that nothing was ever deleted from. */
void ndx_built_plain(struct built *built, const char *dir, const struct random_corpus *corpus,
                     const struct scan *scan);

/* The number in the scan of what was found; SIZE_MAX if no live article is there. */
size_t ndx_built_article(const struct built *built, const struct ndx_found *found);

/* Close the index and remove its directory. */
void ndx_built_free(struct built *built);

#endif
