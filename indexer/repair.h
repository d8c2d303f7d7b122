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
	/* The state of the source files is set aside: what is wrong with it. */
	void (*sources)(void *ctx, const char *what);
	/* All has been told, and nothing done; anything but NDX_OK leaves it at that. */
	enum ndx_status (*proceed)(void *ctx, struct ndx_err *err);
	void *ctx;
};

struct ndx_repaired {
	uint64_t segments; /* set aside */
	bool sources;      /* the state of the source files was */
};

/*
 * Read every byte of every file that the manifest of 'dir' lists; move segments that are damaged or
 * missing (and their tombstones), and such a state of the source files, into DIR/damaged, and
 * commit an index without them.  A damaged manifest is NDX_E_CORRUPT: there is nothing to go by.  A
 * file that is there but cannot be read now (for want of a right, of memory, of descriptors, by an
 * error of the medium) is NDX_E_IO, and nothing is changed.
 */
enum ndx_status ndx_repair(const struct ndx_env *env, const char *dir,
                           const struct ndx_repair_handler *handler,
                           struct ndx_repaired *repaired_ret, struct ndx_err *err);

#endif
