/*
 * found_order.h - the articles found in several segments, in one order
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_FOUND_ORDER_H
#define NDX_SEARCHER_FOUND_ORDER_H

#include "common/index.h"
#include "searcher/run.h"

/*
 * Sort found[count], articles of 'index', as struct ndx_run_result has them: by falling score, or
 * for the other sorts by date alone; then newest first (but for OLDEST), undated last; then by id.
 */
enum ndx_status ndx_found_sort(const struct ndx_index *index, enum ndx_sort sort,
                               struct ndx_found *found, size_t count, struct ndx_err *err);

#endif
