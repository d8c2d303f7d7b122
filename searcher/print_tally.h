/*
 * print_tally.h - facets and timelines, as JSON, as rows, and for people
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_PRINT_TALLY_H
#define NDX_SEARCHER_PRINT_TALLY_H

#include "searcher/json_out.h"
#include "searcher/print.h"

/* "source" etc.; "day" etc. */
const char *ndx_facet_name(enum ndx_facet facet);
const char *ndx_unit_name(enum ndx_bucket_unit unit);
/* And back: false if nothing is called so; "auto" is a unit. */
bool ndx_facet_by_name(const char *name, size_t size, enum ndx_facet *facet_ret);
bool ndx_unit_by_name(const char *name, enum ndx_bucket_unit *unit_ret);

/* The first day of a bucket, as its unit is written: 2004, 2004-03, 2004-03-11. */
void ndx_bucket_label(const struct ndx_bucket *bucket, enum ndx_bucket_unit unit, char out[16]);

/* Was a facet or a timeline asked for? */
bool ndx_has_tally(const struct ndx_print_facts *facts);
/* Members "facets" and "timeline", of what was asked for; facts->hits is not NULL. */
void ndx_json_tally(struct ndx_json_out *json, const struct ndx_print_facts *facts);
/* "facet,value,count", and "from,count,of"; an empty line between. */
void ndx_csv_tally(const struct ndx_print_facts *facts, struct ndx_buf *out);
/* With bars, of Unicode blocks or of ASCII. */
void ndx_text_tally(const struct ndx_print_facts *facts, struct ndx_buf *out);

#endif
