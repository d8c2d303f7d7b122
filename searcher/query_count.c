/*
 * query_count.c - how many articles match a query as it is typed
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/expand.h"
#include "searcher/run.h"
#include "searcher/suggest.h"

enum ndx_status
ndx_query_count(const struct ndx_index *index, struct ndx_stemmer *stemmer, struct ndx_str text,
                bool all, uint64_t *count_ret, struct ndx_err *err)
{
	struct ndx_query *query;
	enum ndx_status status = ndx_query_parse(index->env->mem, stemmer, text.data, text.size,
	                                         all, false, &query, err);

	if (status != NDX_OK)
		return status;
	status = ndx_query_expand(index, NDX_EXPANSIONS_MAX, query, err);
	if (status == NDX_OK)
		status = ndx_run_count(index, query, count_ret, err);
	ndx_query_free(query);
	return status;
}
