/*
 * fuzz_query.c - whatever is typed is a query, in bounded depth
 *
 * Property: a query within the limits parses, strictly or with notices, and what it is read
 * as can be printed; one that parses strictly is read the same way without, and has the same
 * notices: of what is as typed, and yet not what was meant.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>
#include <string.h>

#include "searcher/query.h"
#include "tests/fuzz/fuzz.h"

/* The tree as text, or an empty one if the query is refused. */
static enum ndx_status
read_query(struct ndx_stemmer *stemmer, const char *text, size_t size, bool all, bool strict,
           struct ndx_buf *out, size_t *notices_ret)
{
	struct ndx_query *query;
	struct ndx_err err = { .status = NDX_OK };
	enum ndx_status status =
		ndx_query_parse(&ndx_mem_default, stemmer, text, size, all, strict, &query, &err);

	ndx_buf_clear(out);
	*notices_ret = 0;
	if (status != NDX_OK) {
		if (status != NDX_E_LIMIT &&
		    (status != NDX_E_QUERY || !strict || err.msg[0] == '\0'))
			abort();
		return status;
	}
	ndx_query_print(query, out);
	*notices_ret = query->notice_count;
	if (ndx_buf_failed(out) || query->notice_count > 20)
		abort();
	ndx_query_free(query);
	return status;
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t in_size)
{
	static struct ndx_stemmer *stemmer;
	struct ndx_buf plain, strict;
	size_t notices, same;
	char *text = malloc(in_size + (in_size == 0)); /* of exact size */

	if (text == NULL || (stemmer == NULL && ndx_stemmer_new(&ndx_mem_default, "english",
	                                                        &stemmer, NULL) != NDX_OK))
		abort();
	memcpy(text, in, in_size);
	ndx_buf_init(&plain, &ndx_mem_default);
	ndx_buf_init(&strict, &ndx_mem_default);
	for (int all = 0; all < 2; all++) {
		enum ndx_status status =
			read_query(stemmer, text, in_size, all, false, &plain, &notices);

		if (read_query(stemmer, text, in_size, all, true, &strict, &same) == NDX_OK &&
		    (status != NDX_OK || notices != same || strict.size != plain.size ||
		     memcmp(strict.data, plain.data, plain.size) != 0))
			abort();
	}
	ndx_buf_free(&plain);
	ndx_buf_free(&strict);
	free(text);
	return 0;
}
