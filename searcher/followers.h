/*
 * followers.h - the words that stand after others in headlines
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_FOLLOWERS_H
#define NDX_SEARCHER_FOLLOWERS_H

#include "common/arena.h"
#include "common/index.h"
#include "common/stem.h"

struct ndx_follower {
	/* as it stands there most often; in a segment before format 3 it is not known how */
	struct ndx_str form;
	uint64_t count; /* headlines with the phrase, in whatever form of its last word */
};

/*
 * The words that begin with the folded 'prefix' and stand right behind the words 'before' in
 * headlines, nmax at most, the most frequent first.  All are from the arena.
 */
enum ndx_status ndx_followers_find(const struct ndx_index *index, struct ndx_stemmer *stemmer,
                                   struct ndx_str before, struct ndx_str prefix, size_t nmax,
                                   struct ndx_arena *arena, struct ndx_follower **follower_ret,
                                   size_t *count_ret, struct ndx_err *err);

#endif
