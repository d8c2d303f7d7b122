/*
 * json_out.h - append JSON to a buffer
 *
 * Values only; commas between members are set here, too: a comma goes before every
 * member but the first of its object or array.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_JSON_OUT_H
#define NDX_SEARCHER_JSON_OUT_H

#include "common/buf.h"
#include "common/text.h"

struct ndx_json_out {
	struct ndx_buf *out;
	bool follows; /* another value stands before the next one */
};

/* An object or array begins: 'open' is "{" or "[".  Its member name is NULL in an array. */
void ndx_json_out_begin(struct ndx_json_out *json, const char *name, const char *open);
void ndx_json_out_end(struct ndx_json_out *json, const char *close);

/* Members; bytes that are not UTF-8 become U+FFFD.  'text' NULL or empty: null. */
void ndx_json_out_text(struct ndx_json_out *json, const char *name, const char *text);
void ndx_json_out_str(struct ndx_json_out *json, const char *name,
                      struct ndx_str text); /* "" if empty */
void ndx_json_out_uint(struct ndx_json_out *json, const char *name, uint64_t value);
void ndx_json_out_float(struct ndx_json_out *json, const char *name, float value);
void ndx_json_out_null(struct ndx_json_out *json, const char *name);

/* The fewest digits that read back as the same float, without locale. */
#define NDX_FLOAT_SIZE 24
void ndx_float_format(float value, char out[NDX_FLOAT_SIZE]);

#endif
