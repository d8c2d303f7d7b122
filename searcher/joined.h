/*
 * joined.h - words that stand in articles only with a hyphen in them
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_JOINED_H
#define NDX_SEARCHER_JOINED_H

#include "common/buf.h"
#include "common/index.h"
#include "common/stem.h"

struct ndx_joined {
	const struct ndx_index *index;
	struct ndx_stemmer *stemmer;
	struct ndx_buf numbers, positions;
};

/* 'stemmer' must outlive it. */
void ndx_joined_init(struct ndx_joined *joined, const struct ndx_index *index,
                     struct ndx_stemmer *stemmer);
void ndx_joined_free(struct ndx_joined *joined);

/*
 * Where the hyphen is in a surface form that the index has for the likes of "goldman-managed"
 * alone: the size of the first part.  0: it is a word that is written so, in one of the newest
 * articles with it at least.
 */
enum ndx_status ndx_joined_find(struct ndx_joined *joined, struct ndx_str form, size_t *size_ret,
                                struct ndx_err *err);

#endif
