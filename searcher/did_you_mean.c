/*
 * did_you_mean.c - a query that finds little, with words that the index knows better
 *
 * Each word of the query, in a phrase too, that hardly stands in the index is compared with all of
 * its forms: the nearest, and of those the most frequent, takes its place.  What comes of it is
 * only told if it matches more articles than the query did.
 *
 * SPDX-License-Identifier: MIT
 */
#include "common/forms.h"
#include "common/termdict.h"
#include "common/tokenize.h"
#include "searcher/expand.h"
#include "searcher/plan.h"
#include "searcher/suggest.h"

/* A word that stands oftener is taken to be meant; one in the place of another stands so many times
 * as often. */
#define KNOWN_CF   4
#define TIMES_MORE 10
/* Letters of words that are looked at, and of those that two edits are allowed in. */
#define LETTERS_MIN 4
#define LETTERS_TWO 7
#define WORDS_MAX   16

struct mender {
	const struct ndx_index *index;
	struct ndx_arena *arena;
	struct ndx_str text;
	struct ndx_tokens tokens;
	struct ndx_buf out;
	size_t copied; /* bytes of the text that are in 'out' */
	unsigned words;
	bool changed;
	struct ndx_err *err;
};

/* How often the form stands in the index. */
static enum ndx_status
form_cf(const struct mender *m, struct ndx_str form, uint64_t *cf_ret)
{
	enum ndx_status status = NDX_OK;

	*cf_ret = 0;
	for (size_t i = 0; status == NDX_OK && i < m->index->manifest.segment_count; i++) {
		const struct ndx_segment *segment = &m->index->segment[i];
		struct ndx_form_term term;
		struct ndx_term_info info;
		bool found;

		status = ndx_plan_find(segment, NDX_FIELD_FORM, form, &info, &found, m->err);
		if (status == NDX_OK && found &&
		    ndx_form_term_decode(segment->data + info.forms_off, (size_t)info.forms_size,
		                         form, &term))
			*cf_ret += term.cf;
	}
	return status;
}

static size_t
letters(struct ndx_str form)
{
	size_t count = 0;

	for (size_t i = 0; i < form.size; i++)
		count += (form.data[i] & 0xc0) != 0x80;
	return count;
}

/* The form that the word could have been, within the distance; false: there is none. */
static enum ndx_status
find_better(struct mender *m, struct ndx_str form, uint64_t cf, unsigned distance,
            struct ndx_str *better_ret, bool *found_ret)
{
	const struct ndx_node node = { .kind = NDX_NODE_FORMS,
		                       .forms_kind = NDX_FORMS_FUZZY,
		                       .term.form = form,
		                       .distance = distance };
	struct ndx_form_count *found;
	uint64_t best = cf * TIMES_MORE;
	size_t count;
	enum ndx_status status = ndx_forms_find(m->index, &node, m->arena, &found, &count, m->err);

	*found_ret = false;
	for (size_t i = 0; status == NDX_OK && i < count; i++) {
		if (found[i].cf <= best || ndx_str_equal(found[i].form, form))
			continue;
		best = found[i].cf;
		*better_ret = found[i].form;
		*found_ret = true;
	}
	return status;
}

/* One word, at text[at .. at + size). */
static enum ndx_status
mend_word(struct mender *m, struct ndx_str form, size_t at, size_t size)
{
	const size_t length = letters(form);
	struct ndx_str better;
	uint64_t cf = 0;
	bool found = false;
	enum ndx_status status;

	if (length < LETTERS_MIN || m->words >= WORDS_MAX || at < m->copied)
		return NDX_OK;
	m->words++;
	status = form_cf(m, form, &cf);
	if (status != NDX_OK || cf > KNOWN_CF)
		return status;
	for (unsigned distance = 1;
	     status == NDX_OK && !found && distance <= (length >= LETTERS_TWO ? 2u : 1u);
	     distance++)
		status = find_better(m, form, cf, distance, &better, &found);
	if (status != NDX_OK || !found)
		return status;
	ndx_buf_add(&m->out, m->text.data + m->copied, at - m->copied);
	ndx_buf_add(&m->out, better.data, better.size);
	m->copied = at + size;
	m->changed = true;
	return NDX_OK;
}

static bool
is_word_of(const struct ndx_node *node, struct ndx_str form)
{
	if (node->kind == NDX_NODE_TERM)
		return ndx_str_equal(node->term.form, form);
	for (size_t i = 0; i < node->slot_count; i++)
		if (ndx_str_equal(node->slot[i].term.form, form))
			return true;
	return false;
}

/* The words of a leaf, where they stand in the text. */
static enum ndx_status
mend_leaf(struct mender *m, const struct ndx_node *node)
{
	const struct ndx_tokens *tokens = &m->tokens;
	enum ndx_status status = ndx_tokenize(m->text.data + node->at, node->size,
	                                      NDX_TOKENIZE_FILTER, &m->tokens, m->err);

	for (size_t i = 0; status == NDX_OK && i < tokens->count; i++) {
		const struct ndx_token *token = &tokens->token[i];
		const struct ndx_str form = { (const char *)tokens->forms.data + token->form_off,
			                      token->form_size };

		if (token->kind == NDX_TOKEN_WORD && is_word_of(node, form))
			status = mend_word(m, form, node->at + token->off, token->size);
	}
	return status;
}

static enum ndx_status
mend_node(struct mender *m, const struct ndx_node *node)
{
	enum ndx_status status = NDX_OK;

	for (size_t i = 0; status == NDX_OK && i < node->child_count; i++)
		if (node->child[i]->sign != NDX_MUST_NOT && node->child[i]->sign != NDX_FILTER)
			status = mend_node(m, node->child[i]);
	if (status == NDX_OK && (node->kind == NDX_NODE_TERM || node->kind == NDX_NODE_PHRASE) &&
	    (node->field == NDX_FIELD_ANY || node->field == NDX_FIELD_TITLE))
		status = mend_leaf(m, node);
	return status;
}

enum ndx_status
ndx_did_you_mean(const struct ndx_index *index, struct ndx_stemmer *stemmer, struct ndx_str text,
                 const struct ndx_query *query, uint64_t total, struct ndx_arena *arena,
                 const char **suggestion_ret, struct ndx_err *err)
{
	const struct ndx_mem *mem = index->env->mem;
	struct mender m = { .index = index, .arena = ndx_arena_new(mem), .text = text, .err = err };
	uint64_t count = 0;
	enum ndx_status status;

	*suggestion_ret = NULL;
	if (m.arena == NULL)
		return ndx_fail_nomem(err);
	ndx_tokens_init(&m.tokens, mem);
	ndx_buf_init(&m.out, mem);
	status = mend_node(&m, query->root);
	ndx_buf_add(&m.out, text.data + m.copied, text.size - m.copied);
	if (status == NDX_OK && ndx_buf_failed(&m.out))
		status = ndx_fail_nomem(err);
	if (status == NDX_OK && m.changed)
		status = ndx_query_count(index, stemmer,
		                         (struct ndx_str){ (const char *)m.out.data, m.out.size },
		                         &count, err);
	if (status == NDX_OK && count > total) {
		*suggestion_ret = ndx_arena_copy(arena, (const char *)m.out.data, m.out.size);
		if (*suggestion_ret == NULL)
			status = ndx_fail_nomem(err);
	}
	ndx_buf_free(&m.out);
	ndx_tokens_free(&m.tokens);
	ndx_arena_free(m.arena);
	return status;
}
