/*
 * tokenize_scan.h - the state that the two halves of the tokenizer share
 *
 * tokenize.c runs over plain words and what lies between words; it hands over to
 * tokenize_word.c wherever a word is more than ASCII letters and digits.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_COMMON_TOKENIZE_SCAN_H
#define NDX_COMMON_TOKENIZE_SCAN_H

#include <stdbool.h>
#include <stdint.h>

#include "common/tokenize.h"

struct ndx_scan {
	const uint8_t *text, *end;
	const uint8_t *line; /* where the line at hand begins (the text, outside of articles) */
	const uint8_t *split_until; /* commas before here have been found to part numbers */
	struct ndx_tokens *tokens;
	struct ndx_token *out, *out_limit; /* the next token; none begins at or after the limit */
	uint8_t *form, *form_limit;        /* the same for forms */
	uint32_t position;
	enum ndx_tokenize_mode mode;
	enum { NDX_LINE_UNKNOWN = 0, NDX_LINE_MIXED, NDX_LINE_CAPITALS } line_case;
};

static inline bool
ndx_scan_has_room(const struct ndx_scan *scan)
{
	return scan->out < scan->out_limit && scan->form < scan->form_limit;
}

/* Room for the tokens and forms of one more part of a word; false: out of memory or numbers. */
bool ndx_scan_make_room(struct ndx_scan *scan);

/*
 * Read the word at p, with all that hyphens tie to it, and add its tokens.  p is at a
 * letter, digit or ideograph.  Returns where it ends, after p; NULL as above.
 */
const uint8_t *ndx_scan_word(struct ndx_scan *scan, const uint8_t *p);

#endif
