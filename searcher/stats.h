/*
 * stats.h - what an index holds, and what its bytes are for
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_STATS_H
#define NDX_SEARCHER_STATS_H

#include "common/date.h"
#include "common/index.h"

/* Bytes by what they are for; their sum is that of the files of the index. */
struct ndx_stats_bytes {
	uint64_t dictionary, postings, positions, forms, pairs, norms, columns, ids, stored;
	uint64_t tombstones, sources;
	uint64_t other; /* heads, checksums, tables of contents, manifest, lock */
};

struct ndx_stats {
	uint64_t articles, deleted; /* that can be found; that still take room */
	uint64_t terms;             /* distinct ones of the live articles, fields apart */
	uint64_t tokens;            /* positions of the live articles */
	uint64_t segments, generation;
	bool dated; /* some live article has a date: the next two hold */
	struct ndx_date oldest, newest;
	struct ndx_stats_bytes bytes;
	uint64_t bytes_total;
	/* of segments so far, by flushes and merges, and by flushes alone */
	uint64_t bytes_written, bytes_flushed;
};

enum ndx_status ndx_stats_collect(const struct ndx_index *index, struct ndx_stats *stats_ret,
                                  struct ndx_err *err);

/* Append them, for people or as one JSON object. */
void ndx_stats_print_text(const struct ndx_stats *stats, struct ndx_buf *out);
void ndx_stats_print_json(const struct ndx_stats *stats, struct ndx_buf *out);

#endif
