/*
 * check.h - is an index what it claims to be, to the last byte?
 *
 * Readers believe a checksum; this believes nothing that can be worked out: it decodes
 * every list and record, and compares all that is said twice.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_CHECK_H
#define NDX_SEARCHER_CHECK_H

#include "common/index.h"

enum ndx_check_kind {
	NDX_CHECK_DAMAGE, /* a file is not what it should be */
	NDX_CHECK_NOTICE, /* worth knowing, and nothing is lost */
};

/* Is handed one sentence for each thing found. */
struct ndx_check_sink {
	void (*say)(void *ctx, enum ndx_check_kind kind, const char *sentence);
	void *ctx;
};

struct ndx_check_counts {
	uint64_t segments, articles, terms, bytes; /* of what was checked and found sound */
	bool repairable;                           /* there is damage, but the manifest is sound */
};

/*
 * Check the whole index in 'dir'.  All damaged files are told to the sink, the first thing
 * that is wrong with each; the return value is that of the first.  NDX_OK: all is well.
 * Failures that are not about one file (NDX_E_NOMEM, a directory that is not there) end the check.
 */
enum ndx_status ndx_check(const struct ndx_env *env, const char *dir,
                          const struct ndx_check_sink *sink, struct ndx_check_counts *counts_ret,
                          struct ndx_err *err);

/* Check one segment, with its tombstones, against the manifest's entry: the first damage. */
enum ndx_status ndx_check_segment(const struct ndx_segment *segment,
                                  const struct ndx_manifest_segment *entry, struct ndx_err *err);

#endif
