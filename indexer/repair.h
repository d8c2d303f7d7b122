/*
 * repair.h - set damaged segments aside and keep the rest searchable
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_INDEXER_REPAIR_H
#define NDX_INDEXER_REPAIR_H

#include "common/index.h"

struct ndx_repair_handler {
	/* A segment is set aside: what is wrong with it, and how many articles it held. */
	void (*segment)(void *ctx, const char *what, uint64_t article_count);
	/* An id that goes with it, as far as the segment's ids can still be read. */
	void (*lost)(void *ctx, struct ndx_str id);
	void *ctx;
};

/*
 * Read every byte of every file that the manifest of 'dir' lists; move damaged segments (and their
 * tombstones) into DIR/damaged, and commit an index without them.  A damaged manifest is
 * NDX_E_CORRUPT: there is nothing to go by.  *set_aside_ret is how many segments went.
 */
enum ndx_status ndx_repair(const struct ndx_env *env, const char *dir,
                           const struct ndx_repair_handler *handler, uint64_t *set_aside_ret,
                           struct ndx_err *err);

#endif
