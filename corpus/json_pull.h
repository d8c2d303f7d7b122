/*
 * json_pull.h - the members of one JSON object or array, in order, without a tree
 *
 *   ndx_json_begin() -> ndx_json_next() ... until it is not 1
 *
 * Strict (RFC 8259), and every byte is checked, of values that nobody asks for as well.
 * Refused besides: U+0000, half surrogate pairs, nesting deeper than NDX_JSON_DEPTH_MAX.
 * Numbers may be of any size.  A name may come twice: the caller takes the last.
 * Nothing is allocated, except by ndx_json_string() where a string has escapes.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_CORPUS_JSON_PULL_H
#define NDX_CORPUS_JSON_PULL_H

#include "common/buf.h"
#include "common/text.h"

#define NDX_JSON_DEPTH_MAX 2048

enum ndx_json_kind {
	NDX_JSON_STRING,
	NDX_JSON_NUMBER,
	NDX_JSON_OBJECT,
	NDX_JSON_ARRAY,
	NDX_JSON_TRUE,
	NDX_JSON_FALSE,
	NDX_JSON_NULL,
};

struct ndx_json_value {
	enum ndx_json_kind kind;
	bool has_escapes;   /* a string with a backslash */
	struct ndx_str raw; /* in the input: a string without its quotes, all else as written */
};

struct ndx_json {
	const char *in;
	size_t size;
	size_t at;         /* what is looked at next; after -1 where the error is */
	const char *error; /* after -1: what is wrong, e.g. "string is never closed" */
	bool is_array;     /* members have no names */
	bool has_begun;
};

/*
 * Begin to read in[size], which holds one object or array, spaces around it, and is to be UTF-8
 * (or the raw of a value that has been read, of either kind).  False: it is neither; see
 * json->error.
 */
bool ndx_json_begin(struct ndx_json *json, const char *in, size_t size);

/* 1: the next member; 0: no more, and nothing follows; -1: an error.  name_ret: a string. */
int ndx_json_next(struct ndx_json *json, struct ndx_json_value *name_ret,
                  struct ndx_json_value *value_ret);

/*
 * The string itself: its raw, or decoded at the end of 'work' (which never takes more bytes than
 * raw.size: reserve before, and earlier strings do not move).
 */
struct ndx_str ndx_json_string(const struct ndx_json_value *string, struct ndx_buf *work);

#endif
