/*
 * fuzz_tokenize.c - tokens of any bytes lie in them, in order, and fold to themselves
 *
 * Property, in each mode: places are within the text and do not fall, positions do not fall
 * and are counted right, a form is not empty, not too long and without spaces; and a
 * word of ASCII letters, tokenised once more, is that word again.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>
#include <string.h>

#include "common/tokenize.h"
#include "tests/fuzz/fuzz.h"

static void
check_token(const struct ndx_tokens *tokens, size_t i, size_t text_size)
{
	const struct ndx_token *token = &tokens->token[i], *before = i > 0 ? token - 1 : NULL;
	const uint8_t *form = tokens->forms.data + token->form_off;

	if (token->size == 0 || token->off > text_size || token->size > text_size - token->off)
		abort();
	if (token->form_size == 0 || token->form_size > NDX_FORM_SIZE_MAX ||
	    token->form_off > tokens->forms.size ||
	    token->form_size > tokens->forms.size - token->form_off)
		abort();
	if (token->position >= tokens->position_count ||
	    (before != NULL && token->position < before->position))
		abort();
	for (size_t b = 0; b < token->form_size; b++)
		if (form[b] <= ' ')
			abort();
}

/* A folded word is one word, folded already. */
static void
check_form(const struct ndx_tokens *tokens, size_t i)
{
	const struct ndx_token *token = &tokens->token[i];
	const char *form = (const char *)tokens->forms.data + token->form_off;
	struct ndx_tokens again;

	if (token->kind != NDX_TOKEN_WORD)
		return;
	for (size_t b = 0; b < token->form_size; b++)
		/* compatibility forms may fold to words of another script */
		if ((uint8_t)form[b] >= 0x80)
			return;
	ndx_tokens_init(&again, &ndx_mem_default);
	if (ndx_tokenize(form, token->form_size, NDX_TOKENIZE_FILTER, &again, NULL) != NDX_OK)
		abort();
	if (again.count != 1 || again.token[0].form_size != token->form_size ||
	    memcmp(again.forms.data + again.token[0].form_off, form, token->form_size) != 0)
		abort();
	ndx_tokens_free(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t in_size)
{
	static const enum ndx_tokenize_mode modes[] = { NDX_TOKENIZE_ARTICLE, NDX_TOKENIZE_QUERY,
		                                        NDX_TOKENIZE_FILTER };
	char *text = malloc(in_size + (in_size == 0)); /* of exact size */
	struct ndx_tokens tokens;

	if (text == NULL)
		abort();
	memcpy(text, in, in_size);
	ndx_tokens_init(&tokens, &ndx_mem_default);
	for (size_t m = 0; m < sizeof(modes) / sizeof(modes[0]); m++) {
		if (ndx_tokenize(text, in_size, modes[m], &tokens, NULL) != NDX_OK)
			abort();
		for (size_t i = 0; i < tokens.count; i++) {
			check_token(&tokens, i, in_size);
			check_form(&tokens, i);
		}
	}
	ndx_tokens_free(&tokens);
	free(text);
	return 0;
}
