/*
 * tokenize.h - text to tokens: the one path that articles and queries share
 *
 * A token is a folded surface form with its place.  What makes it a term (the
 * stem) is stem.h; the rules for news text (acronyms, possessives, hyphens,
 * numbers, accents) are told at the head of tokenize.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_COMMON_TOKENIZE_H
#define NDX_COMMON_TOKENIZE_H

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/error.h"

/* Longest folded form in bytes; the rest of a longer word is not looked at. */
#define NDX_FORM_SIZE_MAX 128

enum ndx_token_kind {
	NDX_TOKEN_WORD = 0, /* letters (and digits): is stemmed */
	NDX_TOKEN_VERBATIM, /* has a digit or '&', '/': is not stemmed */
	NDX_TOKEN_ACRONYM,  /* the second term of US, U.S., IT ...: upper case, not stemmed */
	/*
	 * Both parts of a hyphenated word in one, at the first one's position, and between
	 * the tokens of both: is stemmed.
	 */
	NDX_TOKEN_JOINED,
};

struct ndx_token {
	uint32_t off;      /* first byte of the text that it covers ... */
	uint32_t size;     /* ... and how many: what a highlight marks */
	uint32_t position; /* from 0; never falls; the ACRONYM and JOINED tokens share another's */
	uint32_t form_off; /* the folded form, in tokens->forms.data; no NUL */
	uint16_t form_size;
	uint8_t kind;         /* enum ndx_token_kind */
	uint8_t sentence_end; /* 1: a sentence ends after this position */
};

/* About so many tokens of one text at most: thirty of the longest novels. */
#define NDX_TOKENS_MAX 5000000

struct ndx_tokens {
	struct ndx_token *token;
	size_t count, count_max;
	uint32_t position_count; /* positions used: one more than the last one's */
	struct ndx_buf forms;
};

void ndx_tokens_init(struct ndx_tokens *tokens, const struct ndx_mem *mem);
void ndx_tokens_free(struct ndx_tokens *tokens); /* takes a zeroed one */

enum ndx_tokenize_mode {
	NDX_TOKENIZE_ARTICLE = 0,
	/*
	 * As an article, but a text of two or more words that is all capitals has no acronyms
	 * without periods, and an acronym yields its ACRONYM token alone, without the folded word.
	 */
	NDX_TOKENIZE_QUERY,
	NDX_TOKENIZE_FILTER, /* values of fields: folded words, no ACRONYM and no JOINED tokens */
};

/*
 * Replace what 'tokens' holds by the tokens of text[size], UTF-8 of at most 2^32 - 1
 * bytes (bytes that are not are passed over as spaces).  Only NDX_E_NOMEM (tokens
 * are then undefined, but can be used again and freed) and NDX_E_LIMIT.
 * Memory comes from tokens->forms.mem.  One thread per 'tokens'.
 */
enum ndx_status ndx_tokenize(const char *text, size_t size, enum ndx_tokenize_mode mode,
                             struct ndx_tokens *tokens, struct ndx_err *err);

#endif
