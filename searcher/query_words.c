/*
 * query_words.c - the words of a query to terms
 *
 * All words that are not a filter's value are tokenised in one go, from a copy of the
 * query in which everything else is blank.  So the tokenizer sees what it must to know
 * acronyms (is the query all capitals?), a token's offset is its offset in the query, and
 * each lexeme, in the order of the text, takes the tokens that begin within it.
 *
 *   typed        tokens                             node
 *   storm        storm                              the TERM
 *   co-op        co, op; coop (JOINED, at co)       OR of the PHRASE of the parts and coop
 *   reuters.com  reuters, com                       PHRASE
 *   "a co-op"    a, co, op; coop                    PHRASE of a, co, op
 *   re:budget    re | budget                        LIST, as if a space stood there
 *   =storms      storms                             FORMS
 *   "a =co-op"   a, co, op                          PHRASE of a, =co, op
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/query_lex.h"

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/*
 * Bytes of the first piece of a word: all of it, or up to the colon after what looks like
 * a field's name ("budget:") and is none.  Not in "http://", "std::list" or "10:30".
 */
static size_t
piece_size(const char *text, size_t size)
{
	size_t colon = 0;

	while (colon < size && is_letter(text[colon]))
		colon++;
	if (colon == 0 || colon + 1 >= size || text[colon] != ':' || text[colon + 1] == '/' ||
	    text[colon + 1] == ':')
		return size;
	return colon + 1;
}

static bool
has_words(const struct ndx_lexeme *lexeme)
{
	return lexeme->kind == NDX_LEX_WORD || lexeme->kind == NDX_LEX_PHRASE;
}

/* Count the words of tokens[]: a limit on the work that one query can ask for. */
static void
count_words(struct ndx_reading *r, const struct ndx_tokens *tokens)
{
	for (size_t i = 0; i < tokens->count; i++)
		r->word_count += tokens->token[i].kind != NDX_TOKEN_JOINED;
	if (r->word_count > NDX_QUERY_WORDS_MAX)
		ndx_query_fail(r, NDX_E_LIMIT, "query has more than %d words", NDX_QUERY_WORDS_MAX);
}

/* Copy the words of a lexeme to their place. */
static void
copy_words(const struct ndx_reading *r, const struct ndx_lexeme *lexeme, char *plain)
{
	for (size_t i = lexeme->text_at; i < lexeme->text_at + lexeme->text_size; i++) {
		const char c = r->text[i];

		/* A line break could divide the query into lines that are judged each alone. */
		if ((unsigned char)c >= ' ')
			plain[i] = lexeme->is_operator && c >= 'A' && c <= 'Z'
			                   ? (char)(c - 'A' + 'a')
			                   : c;
	}
}

void
ndx_query_words(struct ndx_reading *r)
{
	char *plain = ndx_query_alloc(r, r->size + 1);

	if (plain == NULL)
		return;
	memset(plain, ' ', r->size);
	for (size_t i = 0; i < r->lexeme_count; i++)
		if (has_words(&r->lexeme[i]) && !ndx_is_filter(r->lexeme[i].field))
			copy_words(r, &r->lexeme[i], plain);
	r->status = ndx_tokenize(plain, r->size, NDX_TOKENIZE_QUERY, &r->tokens, &r->err);
	if (r->status == NDX_OK)
		count_words(r, &r->tokens);
}

/* A run of tokens. */
struct run {
	const struct ndx_tokens *tokens;
	size_t first, end;
};

/* The tokens that begin in text[at] to text[at + size - 1], which none did before. */
static struct run
take_tokens(struct ndx_reading *r, size_t at, size_t size)
{
	const struct ndx_tokens *tokens = &r->tokens;
	struct run run = { tokens, r->token_next, 0 };

	while (run.first < tokens->count && tokens->token[run.first].off < at)
		run.first++;
	for (run.end = run.first; run.end < tokens->count; run.end++)
		if (tokens->token[run.end].off >= at + size)
			break;
	r->token_next = run.end;
	return run;
}

static struct run
filter_tokens(struct ndx_reading *r, size_t at, size_t size)
{
	struct run run = { &r->filter, 0, 0 };

	r->status = ndx_tokenize(r->text + at, size, NDX_TOKENIZE_FILTER, &r->filter, &r->err);
	if (r->status == NDX_OK)
		count_words(r, &r->filter);
	if (r->status == NDX_OK)
		run.end = r->filter.count;
	return run;
}

static void
copy_str(struct ndx_reading *r, const char *text, size_t size, struct ndx_str *str_ret)
{
	char *copy = ndx_query_alloc(r, size + 1);

	if (copy == NULL)
		return;
	if (size > 0)
		memcpy(copy, text, size);
	*str_ret = (struct ndx_str){ copy, size };
}

static void
set_term(struct ndx_reading *r, const struct ndx_tokens *tokens, const struct ndx_token *token,
         bool stemmed, struct ndx_query_term *term_ret)
{
	const char *form = (const char *)tokens->forms.data + token->form_off, *stem;
	size_t stem_size;

	copy_str(r, form, token->form_size, &term_ret->form);
	term_ret->term = term_ret->form;
	if (r->status != NDX_OK || !stemmed ||
	    (token->kind != NDX_TOKEN_WORD && token->kind != NDX_TOKEN_JOINED))
		return;
	stem = ndx_stem(r->stemmer, term_ret->form.data, token->form_size, &stem_size);
	if (stem == NULL)
		ndx_query_fail(r, NDX_E_NOMEM, "out of memory");
	else if (!ndx_str_equal(term_ret->form, (struct ndx_str){ stem, stem_size }))
		copy_str(r, stem, stem_size, &term_ret->term);
}

/* Tokens that open a position of their own; the others are second readings of one. */
static bool
opens_position(const struct run *run, size_t i)
{
	const struct ndx_token *token = &run->tokens->token[i];

	if (token->kind == NDX_TOKEN_JOINED)
		return false;
	for (size_t before = i; before-- > run->first;) {
		if (run->tokens->token[before].position != token->position)
			break;
		if (run->tokens->token[before].kind != NDX_TOKEN_JOINED)
			return false;
	}
	return true;
}

/* Where a node comes from. */
struct origin {
	size_t at, size;
	int field;
	bool marked; /* a "=" before a word means this form of it alone */
};

/* Does a "=" stand before the token, after a space or a quote? */
static bool
is_exact(const struct ndx_reading *r, const struct origin *origin, const struct ndx_token *token)
{
	const size_t at = token->off;

	return origin->marked && token->kind != NDX_TOKEN_ACRONYM && at > 1 &&
	       r->text[at - 1] == '=' && strchr(" \t\"\x9c\x9d\x9e", r->text[at - 2]) != NULL;
}

/* A single word that is wanted in this form. */
static struct ndx_node *
make_exact(struct ndx_node *node)
{
	node->kind = NDX_NODE_FORMS;
	node->forms_kind = NDX_FORMS_EXACT;
	return node;
}

static struct ndx_node *
node_new(struct ndx_reading *r, enum ndx_node_kind kind, const struct origin *origin)
{
	struct ndx_node *node = ndx_query_node(r, kind, origin->at, origin->size);

	if (node != NULL)
		node->field = (enum ndx_field)origin->field;
	return node;
}

static struct ndx_node *
term_node(struct ndx_reading *r, const struct run *run, size_t i, const struct origin *origin)
{
	struct ndx_node *node = node_new(r, NDX_NODE_TERM, origin);

	if (node != NULL)
		set_term(r, run->tokens, &run->tokens->token[i], !ndx_is_filter(origin->field),
		         &node->term);
	if (r->status == NDX_OK && is_exact(r, origin, &run->tokens->token[i]))
		make_exact(node);
	return node;
}

/* The positions of the run in order: a PHRASE, or a TERM if there is one; NULL if there is none. */
static struct ndx_node *
parts_node(struct ndx_reading *r, const struct run *run, const struct origin *origin)
{
	const struct ndx_token *token = run->tokens->token;
	size_t count = 0, last = 0, first_position = 0;
	struct ndx_node *node;

	for (size_t i = run->first; i < run->end; i++) {
		if (!opens_position(run, i))
			continue;
		first_position = count == 0 ? token[i].position : first_position;
		last = i;
		count++;
	}
	if (count == 0)
		return NULL;
	if (count == 1)
		return term_node(r, run, last, origin);
	node = node_new(r, NDX_NODE_PHRASE, origin);
	if (node != NULL)
		node->slot = ndx_query_alloc(r, count * sizeof(*node->slot));
	for (size_t i = run->first; i < run->end && r->status == NDX_OK; i++) {
		struct ndx_slot *slot;

		if (!opens_position(run, i))
			continue;
		slot = &node->slot[node->slot_count++];
		slot->position = (uint32_t)(token[i].position - first_position);
		set_term(r, run->tokens, &token[i], !ndx_is_filter(origin->field), &slot->term);
		slot->term.exact = is_exact(r, origin, &token[i]);
	}
	return node;
}

static struct ndx_node *
pair_node(struct ndx_reading *r, enum ndx_node_kind kind, struct ndx_node *a, struct ndx_node *b,
          const struct origin *origin)
{
	struct ndx_node *node = node_new(r, kind, origin);

	if (node != NULL)
		node->child = ndx_query_alloc(r, 2 * sizeof(*node->child));
	if (r->status != NDX_OK)
		return NULL;
	node->child[0] = a;
	node->child[1] = b;
	node->child_count = 2;
	return node;
}

/* A typed word without its colons: see the table above. */
static struct ndx_node *
piece_node(struct ndx_reading *r, const struct run *run, const struct origin *origin)
{
	const struct ndx_token *token = run->tokens->token;
	struct ndx_node *parts = parts_node(r, run, origin), *joined;
	size_t joined_count = 0, joined_at = 0;

	for (size_t i = run->first; i < run->end; i++)
		if (token[i].kind == NDX_TOKEN_JOINED) {
			joined_at = i;
			joined_count++;
		}
	if (parts == NULL || joined_count != 1 || parts->slot_count != 2 ||
	    token[joined_at].position != token[run->first].position)
		return parts;
	joined = term_node(r, run, joined_at, origin);
	return joined == NULL ? NULL : pair_node(r, NDX_NODE_OR, parts, joined, origin);
}

/* The pieces of "budget:peru" as the children of a LIST; a single one as itself. */
static struct ndx_node *
word_node(struct ndx_reading *r, const struct ndx_lexeme *lexeme)
{
	struct ndx_node *list, *node, **child;
	size_t count = 0, at = lexeme->text_at, left = lexeme->text_size, size;

	for (size_t i = 0; i < left; i += piece_size(r->text + at + i, left - i))
		count++;
	list = ndx_query_node(r, NDX_NODE_LIST, lexeme->at, lexeme->size);
	child = ndx_query_alloc(r, count * sizeof(*child));
	for (; left > 0 && r->status == NDX_OK; at += size, left -= size) {
		size = count == 1 ? left : piece_size(r->text + at, left);
		const struct run run = take_tokens(r, at, size);
		const struct origin origin = { count == 1 ? lexeme->at : at,
			                       count == 1 ? lexeme->size : size, lexeme->field,
			                       false };

		node = piece_node(r, &run, &origin);
		if (node != NULL)
			child[list->child_count++] = node;
	}
	if (r->status != NDX_OK || list->child_count == 0)
		return NULL;
	list->child = child;
	return list->child_count == 1 ? child[0] : list;
}

static struct ndx_node *
id_node(struct ndx_reading *r, const struct ndx_lexeme *lexeme, const struct origin *origin)
{
	struct ndx_node *node;

	if (lexeme->text_size == 0)
		return NULL;
	if (++r->word_count > NDX_QUERY_WORDS_MAX)
		ndx_query_fail(r, NDX_E_LIMIT, "query has more than %d words", NDX_QUERY_WORDS_MAX);
	node = node_new(r, NDX_NODE_TERM, origin);
	if (node != NULL) {
		copy_str(r, r->text + lexeme->text_at, lexeme->text_size, &node->term.term);
		node->term.form = node->term.term;
	}
	return node;
}

static struct ndx_node *
dates_node(struct ndx_reading *r, const struct ndx_lexeme *lexeme, const struct origin *origin)
{
	struct ndx_node *node = node_new(r, NDX_NODE_DATES, origin);

	if (++r->word_count > NDX_QUERY_WORDS_MAX)
		ndx_query_fail(r, NDX_E_LIMIT, "query has more than %d words", NDX_QUERY_WORDS_MAX);
	if (node != NULL) /* mended, so it reads */
		(void)ndx_query_dates(r, lexeme, &node->dates);
	return node;
}

/* "=word": tokenised as values of filters are, so without second readings. */
static struct ndx_node *
exact_node(struct ndx_reading *r, const struct ndx_lexeme *lexeme, const struct origin *origin)
{
	const struct run run = filter_tokens(r, lexeme->text_at, lexeme->text_size);
	struct ndx_node *node = parts_node(r, &run, origin);

	if (node == NULL || r->status != NDX_OK)
		return NULL;
	for (size_t i = 0; i < node->slot_count; i++)
		node->slot[i].term.exact = true;
	return node->kind == NDX_NODE_TERM ? make_exact(node) : node;
}

struct ndx_node *
ndx_query_term_node(struct ndx_reading *r, const struct ndx_lexeme *lexeme)
{
	const struct origin origin = { lexeme->at, lexeme->size, lexeme->field,
		                       lexeme->kind == NDX_LEX_PHRASE &&
		                               !ndx_is_filter(lexeme->field) };
	struct ndx_node *node;
	struct run run;

	if (lexeme->kind == NDX_LEX_ID) {
		node = id_node(r, lexeme, &origin);
	} else if (ndx_is_dates(lexeme->kind)) {
		node = dates_node(r, lexeme, &origin);
	} else if (lexeme->kind == NDX_LEX_EXACT) {
		node = exact_node(r, lexeme, &origin);
	} else if (ndx_is_forms(lexeme->kind)) {
		node = ndx_query_pattern_node(r, lexeme);
	} else if (ndx_is_filter(lexeme->field)) {
		run = filter_tokens(r, lexeme->text_at, lexeme->text_size);
		node = parts_node(r, &run, &origin);
	} else if (lexeme->kind == NDX_LEX_PHRASE) {
		run = take_tokens(r, lexeme->text_at, lexeme->text_size);
		node = parts_node(r, &run, &origin);
	} else {
		node = word_node(r, lexeme);
	}
	if (r->status != NDX_OK || node == NULL)
		return NULL;
	node->boost = lexeme->boost;
	if (node->kind == NDX_NODE_PHRASE)
		node->slop = lexeme->number;
	return node;
}
