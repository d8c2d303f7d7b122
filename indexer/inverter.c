/*
 * inverter.c - articles to postings in memory
 *
 * Per article: tokens become term numbers; equal numbers are brought together by
 * counting; then each distinct term's posting is appended once to the term's stream:
 *
 *   varint articles since the last one with the term,
 *   varint tf * 4 + has_forms * 2 + (title_tf > 0), [varint title_tf],
 *   tf varints: first position, then gaps less one,
 *   [tf varints: numbers of the forms there; without them, all are 0]
 *
 * The title's positions come first, from 0; the text's begin one past them, so that
 * no phrase runs from the title into the text.
 *
 * SPDX-License-Identifier: MIT
 */
#include "indexer/inverter.h"

#include <assert.h>
#include <string.h>

#include "common/varint.h"

/* Vocabularies are kept from batch to batch up to this size. */
#define VOCABULARY_SIZE_MAX ((size_t)48 << 20)
/* Tokens that are hashed ahead: 16 KB of places, which stay in the first-level cache. */
#define LOOK_AHEAD 256

static void
init_buffers(struct ndx_inverter *inverter)
{
	struct ndx_buf *const buf[] = { &inverter->used,     &inverter->arena,   &inverter->ids,
		                        &inverter->position, &inverter->posting, &inverter->record,
		                        &inverter->hashes,   &inverter->found,   &inverter->form };

	for (size_t i = 0; i < sizeof(buf) / sizeof(buf[0]); i++)
		ndx_buf_init(buf[i], inverter->env->mem);
	ndx_names_init(&inverter->sources, inverter->env->mem);
	ndx_names_init(&inverter->sections, inverter->env->mem);
	ndx_names_init(&inverter->authors, inverter->env->mem);
}

enum ndx_status
ndx_inverter_new(const struct ndx_env *env, const char *language,
                 struct ndx_inverter **inverter_ret, struct ndx_err *err)
{
	struct ndx_inverter *inverter = ndx_alloc_zero(env->mem, 1, sizeof(*inverter));
	enum ndx_status status;

	if (inverter == NULL)
		return ndx_fail_nomem(err);
	inverter->env = env;
	inverter->batch = 1;
	inverter->vocabulary_size_max = VOCABULARY_SIZE_MAX;
	init_buffers(inverter);
	ndx_tokens_init(&inverter->tokens, env->mem);
	ndx_docstore_writer_init(&inverter->stored, env->mem, NDX_STORED_BLOCK_SIZE);
	ndx_docstore_writer_init(&inverter->id_store, env->mem, NDX_ID_BLOCK_SIZE);
	status = ndx_stemmer_new(env->mem, language, &inverter->stemmer, err);
	if (status == NDX_OK) {
		inverter->vocabulary = ndx_vocabulary_new(env->mem, inverter->stemmer);
		if (inverter->vocabulary == NULL)
			status = ndx_fail_nomem(err);
	}
	if (status != NDX_OK) {
		ndx_inverter_free(inverter);
		return status;
	}
	*inverter_ret = inverter;
	return NDX_OK;
}

void
ndx_inverter_limit(struct ndx_inverter *inverter, size_t vocabulary_size_max)
{
	if (vocabulary_size_max < VOCABULARY_SIZE_MAX)
		inverter->vocabulary_size_max = vocabulary_size_max;
}

void
ndx_inverter_free(struct ndx_inverter *inverter)
{
	const struct ndx_mem *mem;

	if (inverter == NULL)
		return;
	mem = inverter->env->mem;
	ndx_vocabulary_free(inverter->vocabulary);
	ndx_stemmer_free(inverter->stemmer);
	ndx_tokens_free(&inverter->tokens);
	ndx_docstore_writer_free(&inverter->stored);
	ndx_docstore_writer_free(&inverter->id_store);
	ndx_buf_free(&inverter->used);
	ndx_buf_free(&inverter->arena);
	ndx_buf_free(&inverter->ids);
	ndx_names_free(&inverter->sources);
	ndx_names_free(&inverter->sections);
	ndx_names_free(&inverter->authors);
	ndx_buf_free(&inverter->position);
	ndx_buf_free(&inverter->posting);
	ndx_buf_free(&inverter->record);
	ndx_buf_free(&inverter->hashes);
	ndx_buf_free(&inverter->found);
	ndx_buf_free(&inverter->form);
	ndx_free(mem, inverter->term);
	ndx_free(mem, inverter->article);
	ndx_free(mem, inverter->local);
	ndx_free(mem, inverter->entry);
	ndx_free(mem, inverter);
}

uint32_t
ndx_inverter_count(const struct ndx_inverter *inverter)
{
	return (uint32_t)inverter->article_count;
}

uint64_t
ndx_inverter_text_size(const struct ndx_inverter *inverter)
{
	return inverter->text_size;
}

/* The term's place in this batch, fresh if it is new to it; NULL: out of memory. */
static struct ndx_inverted_term *
term_of(struct ndx_inverter *inverter, uint32_t number)
{
	struct ndx_inverted_term *term;
	size_t before = inverter->term_count_max;

	if (number >= before) {
		if (!ndx_grow(inverter->env->mem, &inverter->term, &inverter->term_count_max,
		              (size_t)number + 1, sizeof(*term)))
			return NULL;
		memset(inverter->term + before, 0,
		       (inverter->term_count_max - before) * sizeof(*term));
	}
	term = &inverter->term[number];
	if (term->batch != inverter->batch) {
		*term = (struct ndx_inverted_term){ .batch = inverter->batch,
			                            .article = UINT32_MAX,
			                            .stream = NDX_STREAM_EMPTY };
		ndx_buf_add(&inverter->used, &number, sizeof(number));
		if (ndx_buf_failed(&inverter->used))
			return NULL;
	}
	return term;
}

/* Note that the article at hand has the term at 'position', in one of its forms. */
static bool
push(struct ndx_inverter *inverter, uint32_t number, uint32_t form, uint32_t position,
     bool in_title)
{
	struct ndx_inverted_term *term = number == NDX_TERM_NONE ? NULL : term_of(inverter, number);
	struct ndx_local_term *local;

	if (term == NULL ||
	    !ndx_grow(inverter->env->mem, &inverter->entry, &inverter->entry_count_max,
	              inverter->entry_count + 1, sizeof(*inverter->entry)))
		return false;
	if (term->article != (uint32_t)inverter->article_count) {
		if (!ndx_grow(inverter->env->mem, &inverter->local, &inverter->local_count_max,
		              inverter->local_count + 1, sizeof(*local)))
			return false;
		term->article = (uint32_t)inverter->article_count;
		term->local = (uint32_t)inverter->local_count;
		inverter->local[inverter->local_count++] =
			(struct ndx_local_term){ .term = number, .last_position = UINT32_MAX };
	}
	local = &inverter->local[term->local];
	if (local->last_position == position) /* two tokens of one place with the same stem */
		return true;
	local->last_position = position;
	local->tf++;
	local->title_tf += in_title;
	local->forms |= form;
	inverter->entry[inverter->entry_count++] =
		(struct ndx_local_entry){ term->local, position, form };
	return true;
}

static const char *
form_of(const struct ndx_tokens *tokens, size_t i)
{
	return (const char *)tokens->forms.data + tokens->token[i].form_off;
}

/*
 * The terms of all tokens, into 'found'.  In two passes, because a look-up mostly waits for memory:
 * the first hashes, and lets the second's places be fetched meanwhile.
 */
static enum ndx_status
find_terms(struct ndx_inverter *inverter, bool in_title, struct ndx_err *err)
{
	const struct ndx_tokens *tokens = &inverter->tokens;
	struct ndx_token_terms *terms;
	uint32_t *hash;

	ndx_buf_clear(&inverter->hashes);
	ndx_buf_clear(&inverter->found);
	hash = (uint32_t *)(void *)ndx_buf_reserve(&inverter->hashes,
	                                           tokens->count * sizeof(*hash));
	terms = (struct ndx_token_terms *)(void *)ndx_buf_reserve(&inverter->found,
	                                                          tokens->count * sizeof(*terms));
	if (hash == NULL || terms == NULL)
		return ndx_fail_nomem(err);
	for (size_t first = 0, end; first < tokens->count; first = end) {
		end = tokens->count - first < LOOK_AHEAD ? tokens->count : first + LOOK_AHEAD;
		for (size_t i = first; i < end; i++)
			hash[i] = ndx_vocabulary_hash(inverter->vocabulary, form_of(tokens, i),
			                              tokens->token[i].form_size,
			                              (enum ndx_token_kind)tokens->token[i].kind);
		for (size_t i = first; i < end; i++) {
			terms[i] = ndx_vocabulary_token(
				inverter->vocabulary, hash[i], form_of(tokens, i),
				tokens->token[i].form_size,
				(enum ndx_token_kind)tokens->token[i].kind, in_title);
			if (terms[i].any < inverter->term_count_max)
				__builtin_prefetch(&inverter->term[terms[i].any], 1);
		}
	}
	return NDX_OK;
}

/* Note where sentences end. */
static bool
push_sentences(struct ndx_inverter *inverter, uint32_t base)
{
	const struct ndx_tokens *tokens = &inverter->tokens;
	uint32_t term = NDX_TERM_NONE;

	for (size_t i = 0; i < tokens->count; i++) {
		if (!tokens->token[i].sentence_end)
			continue;
		if (term == NDX_TERM_NONE)
			term = ndx_vocabulary_term(inverter->vocabulary, NDX_FIELD_SENTENCE,
			                           NDX_SENTENCE_TERM, strlen(NDX_SENTENCE_TERM));
		if (!push(inverter, term, 0, base + tokens->token[i].position, false))
			return false;
	}
	return true;
}

static enum ndx_status
push_text(struct ndx_inverter *inverter, struct ndx_str text, uint32_t base, bool in_title,
          uint32_t *position_count_ret, struct ndx_err *err)
{
	const struct ndx_tokens *tokens = &inverter->tokens;
	const struct ndx_token_terms *terms;
	enum ndx_status status =
		ndx_tokenize(text.data, text.size, NDX_TOKENIZE_ARTICLE, &inverter->tokens, err);

	if (status == NDX_OK)
		status = find_terms(inverter, in_title, err);
	if (status != NDX_OK)
		return status;
	terms = (const struct ndx_token_terms *)(const void *)inverter->found.data;
	for (size_t i = 0; i < tokens->count; i++) {
		uint32_t position = tokens->token[i].position;

		if (!push(inverter, terms[i].any, terms[i].form, base + position, in_title) ||
		    (in_title && !push(inverter, terms[i].title, 0, position, false)))
			return ndx_fail_nomem(err);
	}
	*position_count_ret = tokens->position_count;
	return push_sentences(inverter, base) ? NDX_OK : ndx_fail_nomem(err);
}

static enum ndx_status
push_filter(struct ndx_inverter *inverter, enum ndx_field field, struct ndx_str value,
            struct ndx_err *err)
{
	const struct ndx_tokens *tokens = &inverter->tokens;
	enum ndx_status status;

	if (value.size == 0)
		return NDX_OK;
	status = ndx_tokenize(value.data, value.size, NDX_TOKENIZE_FILTER, &inverter->tokens, err);
	if (status != NDX_OK)
		return status;
	for (size_t i = 0; i < tokens->count; i++) {
		const struct ndx_token *token = &tokens->token[i];
		const char *form = (const char *)tokens->forms.data + token->form_off;

		if (!push(inverter,
		          ndx_vocabulary_term(inverter->vocabulary, field, form, token->form_size),
		          0, token->position, false))
			return ndx_fail_nomem(err);
	}
	return NDX_OK;
}

/* Bring each local term's positions together, in their order. */
static bool
place_positions(struct ndx_inverter *inverter)
{
	const size_t size = inverter->entry_count * sizeof(uint32_t);
	uint32_t *position, *form, first = 0;

	ndx_buf_clear(&inverter->position);
	ndx_buf_clear(&inverter->form);
	position = (uint32_t *)(void *)ndx_buf_reserve(&inverter->position, size);
	form = (uint32_t *)(void *)ndx_buf_reserve(&inverter->form, size);
	if ((position == NULL || form == NULL) && size > 0)
		return false;
	for (size_t i = 0; i < inverter->local_count; i++) {
		inverter->local[i].first = first;
		first += inverter->local[i].tf;
	}
	for (size_t i = 0; i < inverter->entry_count; i++) {
		struct ndx_local_term *local = &inverter->local[inverter->entry[i].local];

		form[local->first] = inverter->entry[i].form;
		position[local->first++] = inverter->entry[i].position;
	}
	return true;
}

static bool
write_posting(struct ndx_inverter *inverter, const struct ndx_local_term *local)
{
	const uint32_t *position = (const uint32_t *)(const void *)inverter->position.data;
	const uint32_t *form = (const uint32_t *)(const void *)inverter->form.data;
	struct ndx_inverted_term *term = &inverter->term[local->term];
	uint32_t article = (uint32_t)inverter->article_count, next = 0;
	uint8_t *begin, *out;

	ndx_buf_clear(&inverter->posting);
	begin = out = ndx_buf_reserve(&inverter->posting,
	                              (3 + 2 * (size_t)local->tf) * NDX_VARINT_SIZE_MAX);
	if (out == NULL)
		return false;
	out += ndx_varint_encode(article - term->last_article, out);
	out += ndx_varint_encode(
		(uint64_t)local->tf * 4 + (local->forms > 0 ? 2 : 0) + (local->title_tf > 0), out);
	if (local->title_tf > 0)
		out += ndx_varint_encode(local->title_tf, out);
	position += local->first - local->tf; /* place_positions() left 'first' at the end */
	for (uint32_t i = 0; i < local->tf; i++) {
		out += ndx_varint_encode(position[i] - next, out);
		next = position[i] + 1;
	}
	form += local->first - local->tf;
	for (uint32_t i = 0; local->forms > 0 && i < local->tf; i++)
		out += ndx_varint_encode(form[i], out);
	term->last_article = article;
	return ndx_stream_add(&inverter->arena, &term->stream, begin, (size_t)(out - begin));
}

/* Enter the article's record and id, and what is kept of it until the batch is finished. */
static enum ndx_status
keep(struct ndx_inverter *inverter, const struct ndx_article *article, uint32_t title_count,
     uint64_t length, struct ndx_err *err)
{
	const struct ndx_stored stored = { article->title_is_made, article->title,  article->source,
		                           article->section,       article->author, article->url,
		                           article->language,      article->text };
	struct ndx_inverted_article kept = {
		.id_off = inverter->ids.size,
		.id_size = article->id.size,
		.date = article->has_date ? article->date.utc : NDX_NO_DATE,
		.zone = article->has_date ? article->date.offset_min : 0,
		.title_count = title_count,
		.length = length
	};
	enum ndx_status status;

	ndx_buf_clear(&inverter->record);
	ndx_stored_encode(&stored, &inverter->record);
	ndx_buf_add(&inverter->ids, article->id.data, article->id.size);
	kept.source = ndx_names_index(&inverter->sources, article->source);
	kept.section = ndx_names_index(&inverter->sections, article->section);
	kept.author = ndx_names_index(&inverter->authors, article->author);
	if (ndx_buf_failed(&inverter->record) || ndx_buf_failed(&inverter->ids) ||
	    kept.source == UINT32_MAX || kept.section == UINT32_MAX || kept.author == UINT32_MAX ||
	    !ndx_grow(inverter->env->mem, &inverter->article, &inverter->article_count_max,
	              inverter->article_count + 1, sizeof(kept)))
		return ndx_fail_nomem(err);
	status = ndx_docstore_writer_add(
		&inverter->stored,
		(struct ndx_str){ (const char *)inverter->record.data, inverter->record.size },
		err);
	if (status == NDX_OK)
		status = ndx_docstore_writer_add(&inverter->id_store, article->id, err);
	if (status == NDX_OK)
		inverter->article[inverter->article_count++] = kept;
	return status;
}

enum ndx_status
ndx_inverter_add(struct ndx_inverter *inverter, const struct ndx_article *article,
                 struct ndx_err *err)
{
	uint32_t title_count = 0, text_count = 0;
	enum ndx_status status = NDX_OK;

	assert(article->id.size > 0 && article->id.size <= NDX_ID_SIZE_MAX);
	if (inverter->article_count == 0 &&
	    ndx_vocabulary_size(inverter->vocabulary) > inverter->vocabulary_size_max) {
		ndx_vocabulary_clear(inverter->vocabulary);
		inverter->batch++; /* no number of before means anything now */
	}
	inverter->local_count = inverter->entry_count = 0;
	if (!article->title_is_made)
		status = push_text(inverter, article->title, 0, true, &title_count, err);
	if (status == NDX_OK)
		status = push_text(inverter, article->text, title_count > 0 ? title_count + 1 : 0,
		                   false, &text_count, err);
	if (status == NDX_OK)
		status = push_filter(inverter, NDX_FIELD_SOURCE, article->source, err);
	if (status == NDX_OK)
		status = push_filter(inverter, NDX_FIELD_SECTION, article->section, err);
	if (status == NDX_OK)
		status = push_filter(inverter, NDX_FIELD_AUTHOR, article->author, err);
	if (status == NDX_OK)
		status = push_filter(inverter, NDX_FIELD_LANGUAGE, article->language, err);
	if (status != NDX_OK)
		return status;
	if (!place_positions(inverter))
		return ndx_fail_nomem(err);
	for (size_t i = 0; i < inverter->local_count; i++)
		if (!write_posting(inverter, &inverter->local[i]))
			return ndx_fail_nomem(err);
	inverter->text_size += article->title.size + article->text.size;
	return keep(inverter, article, title_count, (uint64_t)title_count + text_count, err);
}
