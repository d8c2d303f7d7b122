/*
 * did_you_mean.c - a query, with words that the index knows better
 *
 * Each word of a query that finds little, in a phrase too, that hardly stands in the index is
 * compared with all of its forms: the nearest, and of those the most frequent, takes its place.  If
 * the query then still finds hardly anything, each of its words, in a phrase known ones, too, is
 * exchanged for those like it, as long as more is found: not where patterns or NEAR make each try
 * costly.  What comes of it is told if it matches more articles, or more with all of its words.
 *
 * In a query that finds enough by its other words, a word that hardly stands in the index is
 * exchanged for what goes best with those.
 *
 * SPDX-License-Identifier: MIT
 */
#include "common/stem.h"
#include "common/tokenize.h"
#include "searcher/expand.h"
#include "searcher/plan.h"
#include "searcher/suggest.h"

/*
 * One in the place of another stands TIMES_MORE times as often, and TIMES_MORE_KNOWN if that stands
 * more than a few times; what stands oftener than KNOWN_CF is taken to be meant.
 */
#define RARE_CF          4
#define TIMES_MORE       10
#define KNOWN_CF         100
#define TIMES_MORE_KNOWN 100
/* Letters of words that are looked at, and of those that two edits are allowed in, if they hardly
 * stand there. */
#define LETTERS_MIN 4
#define LETTERS_TWO 7
#define WORDS_MAX   8
/* A query that still finds fewer is tried with other words, so many for each, in so many rounds. */
#define FOUND_MIN  3
#define TRY_WORDS  5
#define TRY_OTHERS 5
#define ROUNDS     2
#define TRIES_MAX  40
/*
 * In a query that finds enough by its other words, a long word that hardly stands in the index is
 * taken for mistyped if another stands TIMES_SURE times as often, one edit away; it must stand
 * nowhere if that is two away, if it is a little shorter, or if STEM_KNOWN articles have other
 * forms of it.  Any word is exchanged for one that belongs to the other words: those stand in one
 * of GOES_MOST articles with it, LIFT_MIN times as often as by chance.  Words that stand more than
 * FEW_CF times are left alone.
 */
#define LETTERS_SURE    6
#define LETTERS_UNKNOWN 5
#define TIMES_SURE      1000
#define STEM_KNOWN      20
#define FEW_CF          50
#define GOES_MOST       10
#define LIFT_MIN        3

/* A word of the query, at text[at .. at + size). */
struct word {
	size_t at, size;
	struct ndx_str form, better; /* better.data NULL: it stays */
	uint64_t cf;
	bool in_phrase;
	bool has_known_stem; /* its other forms are found: it is rather rare than wrong */
};

struct mender {
	const struct ndx_index *index;
	struct ndx_stemmer *stemmer;
	struct ndx_arena *arena;
	struct ndx_str text;
	bool all; /* as in ndx_query_parse() */
	struct ndx_tokens tokens;
	struct ndx_buf out;
	struct word word[WORDS_MAX];
	size_t word_count;
	bool is_costly; /* there is more than words and phrases */
	unsigned tries; /* so far */
	struct ndx_err *err;
};

static size_t
letters(struct ndx_str form)
{
	size_t count = 0;

	for (size_t i = 0; i < form.size; i++)
		count += (form.data[i] & 0xc0) != 0x80;
	return count;
}

/* The 'most' most frequent forms that are like another, within the distance. */
static enum ndx_status
find_alike(const struct mender *m, struct ndx_str form, unsigned distance, size_t most,
           struct ndx_form_count **found_ret, size_t *count_ret)
{
	const struct ndx_node node = { .kind = NDX_NODE_FORMS,
		                       .forms_kind = NDX_FORMS_FUZZY,
		                       .term.form = form,
		                       .distance = distance };

	return ndx_forms_find_frequent(m->index, &node, most, m->arena, found_ret, count_ret,
	                               m->err);
}

/* Can the form take the word's place? */
static bool
is_better(const struct word *word, const struct ndx_form_count *other)
{
	const uint64_t times = word->cf > RARE_CF ? TIMES_MORE_KNOWN : TIMES_MORE;

	return !ndx_str_equal(other->form, word->form) &&
	       (word->cf > KNOWN_CF || other->cf > word->cf * times);
}

/* What an unknown word could have been. */
static enum ndx_status
mend_word(const struct mender *m, struct word *word)
{
	const unsigned most = word->cf <= RARE_CF && letters(word->form) >= LETTERS_TWO ? 2 : 1;
	enum ndx_status status = NDX_OK;

	if (word->cf > KNOWN_CF)
		return NDX_OK;
	for (unsigned distance = 1;
	     status == NDX_OK && word->better.data == NULL && distance <= most; distance++) {
		struct ndx_form_count *found;
		size_t count;

		status = find_alike(m, word->form, distance, 2, &found, &count);
		for (size_t i = 0; status == NDX_OK && i < count; i++)
			if (word->better.data == NULL && is_better(word, &found[i]))
				word->better = found[i].form;
	}
	return status;
}

/* The text with the better words into m->out. */
static enum ndx_status
write_text(struct mender *m)
{
	size_t copied = 0;

	ndx_buf_clear(&m->out);
	for (size_t i = 0; i < m->word_count; i++) {
		const struct word *word = &m->word[i];

		if (word->better.data == NULL)
			continue;
		ndx_buf_add(&m->out, m->text.data + copied, word->at - copied);
		ndx_buf_add(&m->out, word->better.data, word->better.size);
		copied = word->at + word->size;
	}
	ndx_buf_add(&m->out, m->text.data + copied, m->text.size - copied);
	return ndx_buf_failed(&m->out) ? ndx_fail_nomem(m->err) : NDX_OK;
}

/* How many articles the query finds with the better words, with 'all' only those with all of its
 * clauses; none, if that would take too long. */
static enum ndx_status
count_text(struct mender *m, bool all, uint64_t *count_ret)
{
	enum ndx_status status = write_text(m);

	if (status == NDX_OK)
		status = ndx_query_count(m->index, m->stemmer,
		                         (struct ndx_str){ (const char *)m->out.data, m->out.size },
		                         all, count_ret, m->err);
	if (status != NDX_E_LIMIT)
		return status;
	*count_ret = 0; /* the search itself did not */
	return NDX_OK;
}

/* Exchange one word for those that it is like, and keep what finds the most with the others. */
static enum ndx_status
try_others(struct mender *m, struct word *word, uint64_t *best)
{
	struct ndx_str kept = word->better;
	struct ndx_form_count *found;
	size_t count;
	enum ndx_status status = find_alike(m, word->form, 1, TRY_OTHERS, &found, &count);

	for (size_t i = 0; status == NDX_OK && i < count && m->tries < TRIES_MAX; i++) {
		uint64_t n = 0;

		if (!is_better(word, &found[i]))
			continue;
		m->tries++;
		word->better = found[i].form;
		status = count_text(m, true, &n);
		if (n > *best) {
			*best = n;
			kept = found[i].form;
		}
	}
	word->better = kept;
	return status;
}

static bool
is_word_of(const struct ndx_node *node, struct ndx_str form)
{
	if (node->kind == NDX_NODE_TERM || node->kind == NDX_NODE_FORMS)
		return ndx_str_equal(node->term.form, form);
	for (size_t i = 0; i < node->slot_count; i++)
		if (ndx_str_equal(node->slot[i].term.form, form))
			return true;
	return false;
}

/* How many articles have the other words of the query; none, if there are no others. */
static enum ndx_status
count_others(struct mender *m, struct word *word, uint64_t *count_ret)
{
	const struct ndx_str kept = word->better;
	enum ndx_status status;

	word->better = (struct ndx_str){ "", 0 };
	status = count_text(m, true, count_ret);
	word->better = kept;
	return status;
}

/* Does the form belong to the other words, and stand with them much oftener than the word at all?
 */
static enum ndx_status
belongs(const struct mender *m, const struct word *word, struct ndx_str form, uint64_t both,
        uint64_t others, bool *belongs_ret)
{
	const double articles = (double)m->index->article_count;
	uint64_t alone = 0;
	enum ndx_status status = NDX_OK;

	if (both >= word->cf * TIMES_MORE)
		status = ndx_query_count(m->index, m->stemmer, form, m->all, &alone, m->err);
	*belongs_ret = alone > 0 && both * GOES_MOST >= alone &&
	               (double)both * articles >= LIFT_MIN * (double)others * (double)alone;
	return status;
}

/* Is it another word, not another form of this? */
static enum ndx_status
is_other_word(const struct mender *m, struct ndx_str a, struct ndx_str b, bool *other_ret)
{
	size_t size;
	const char *stem = ndx_stem(m->stemmer, a.data, a.size, &size);
	const char *copy = stem == NULL ? NULL : ndx_arena_copy(m->arena, stem, size);
	struct ndx_str other = { NULL, 0 };

	if (copy != NULL)
		other.data = ndx_stem(m->stemmer, b.data, b.size, &other.size);
	if (other.data == NULL)
		return ndx_fail_nomem(m->err);
	*other_ret = !ndx_str_equal(other, (struct ndx_str){ copy, size });
	return NDX_OK;
}

/* Of those within the distance, what stands most often with the other words, if it is sure or
 * belongs to them; best->data stays NULL if not. */
static enum ndx_status
find_beside(struct mender *m, struct word *word, unsigned distance, uint64_t others,
            struct ndx_str *best)
{
	const struct ndx_form_count *other = NULL;
	struct ndx_form_count *found;
	const bool is_unknown = word->cf == 0 && !word->has_known_stem;
	size_t count;
	uint64_t most = 0;
	bool goes = false;
	enum ndx_status status = find_alike(m, word->form, distance, TRY_OTHERS, &found, &count);

	for (size_t i = 0; status == NDX_OK && i < count && m->tries < TRIES_MAX; i++) {
		uint64_t both = 0;

		if (found[i].cf <= (word->cf + 1) * TIMES_MORE || !is_better(word, &found[i]))
			continue;
		status = is_other_word(m, word->form, found[i].form, &goes);
		if (status != NDX_OK || (!goes && other == NULL)) {
			word->has_known_stem = true; /* the most frequent is a form of its own */
			return status;
		}
		if (!goes)
			continue;
		m->tries++;
		word->better = found[i].form;
		if (others > 0)
			status = count_text(m, true, &both);
		if (other == NULL || both > most) {
			most = both;
			other = &found[i];
		}
	}
	if (status != NDX_OK || other == NULL)
		return status;
	goes = word->cf <= (word->has_known_stem || distance > 1 ? 0 : RARE_CF) &&
	       letters(word->form) >=
	               (is_unknown && distance == 1 ? LETTERS_UNKNOWN : LETTERS_SURE) &&
	       other->cf > (word->cf + word->has_known_stem) * TIMES_SURE;
	if (!goes)
		status = belongs(m, word, other->form, most, others, &goes);
	if (goes)
		*best = other->form;
	return status;
}

/* What a word could have been in a query that finds enough by the others. */
static enum ndx_status
mend_beside(struct mender *m, struct word *word)
{
	const unsigned most = letters(word->form) >= LETTERS_TWO ? 2 : 1;
	struct ndx_str best = { NULL, 0 };
	uint64_t others = 0, alone = 0;
	enum ndx_status status;

	if (word->cf > FEW_CF)
		return NDX_OK;
	status = count_others(m, word, &others);
	if (status == NDX_OK)
		status = ndx_query_count(m->index, m->stemmer, word->form, m->all, &alone, m->err);
	word->has_known_stem = alone >= STEM_KNOWN;
	for (unsigned distance = 1;
	     status == NDX_OK && best.data == NULL && distance <= (word->has_known_stem ? 1 : most);
	     distance++)
		status = find_beside(m, word, distance, others, &best);
	word->better = best;
	return status;
}

/* One word, in the order of the text. */
static enum ndx_status
take_word(struct mender *m, struct ndx_str form, size_t at, size_t size, bool in_phrase)
{
	const struct word *last = m->word_count == 0 ? NULL : &m->word[m->word_count - 1];
	struct word word = { .at = at, .size = size, .in_phrase = in_phrase };

	if (letters(form) < LETTERS_MIN || m->word_count == WORDS_MAX ||
	    (last != NULL && at < last->at + last->size))
		return NDX_OK;
	word.form.data = ndx_arena_copy(m->arena, form.data, form.size);
	word.form.size = form.size;
	if (word.form.data == NULL)
		return ndx_fail_nomem(m->err);
	m->word[m->word_count++] = word;
	return ndx_form_cf(m->index, form, &m->word[m->word_count - 1].cf, m->err);
}

/* The words of a leaf, where they stand in the text. */
static enum ndx_status
take_leaf(struct mender *m, const struct ndx_node *node)
{
	const struct ndx_tokens *tokens = &m->tokens;
	enum ndx_status status = ndx_tokenize(m->text.data + node->at, node->size,
	                                      NDX_TOKENIZE_FILTER, &m->tokens, m->err);

	for (size_t i = 0; status == NDX_OK && i < tokens->count; i++) {
		const struct ndx_token *token = &tokens->token[i];
		const struct ndx_str form = { (const char *)tokens->forms.data + token->form_off,
			                      token->form_size };

		if (token->kind == NDX_TOKEN_WORD && is_word_of(node, form))
			status = take_word(m, form, node->at + token->off, token->size,
			                   node->kind == NDX_NODE_PHRASE);
	}
	return status;
}

static enum ndx_status
take_node(struct mender *m, const struct ndx_node *node)
{
	enum ndx_status status = NDX_OK;

	m->is_costly |= node->kind == NDX_NODE_NEAR ||
	                (node->kind == NDX_NODE_FORMS && node->forms_kind != NDX_FORMS_EXACT);
	for (size_t i = 0; status == NDX_OK && i < node->child_count; i++)
		if (node->child[i]->sign != NDX_MUST_NOT && node->child[i]->sign != NDX_FILTER)
			status = take_node(m, node->child[i]);
	if (status == NDX_OK &&
	    (node->kind == NDX_NODE_TERM || node->kind == NDX_NODE_PHRASE ||
	     (node->kind == NDX_NODE_FORMS && node->forms_kind == NDX_FORMS_EXACT)) &&
	    (node->field == NDX_FIELD_ANY || node->field == NDX_FIELD_TITLE))
		status = take_leaf(m, node);
	return status;
}

/* The same with all words of phrases that are known, or with all that are not. */
static enum ndx_status
try_round(struct mender *m, bool known, uint64_t *best)
{
	enum ndx_status status = NDX_OK;

	for (size_t i = 0; status == NDX_OK && i < m->word_count; i++)
		if (m->word[i].cf > KNOWN_CF ? known && m->word[i].in_phrase : !known)
			status = try_others(m, &m->word[i], best);
	return status;
}

static bool
is_changed(const struct mender *m)
{
	for (size_t i = 0; i < m->word_count; i++)
		if (m->word[i].better.data != NULL)
			return true;
	return false;
}

/* Choose better words; *count_ret is how many articles the query finds with them. */
static enum ndx_status
mend(struct mender *m, const struct ndx_query *query, uint64_t total, bool is_much,
     uint64_t *count_ret)
{
	uint64_t together = 0;
	enum ndx_status status = take_node(m, query->root);

	*count_ret = total;
	if (is_much && m->is_costly)
		return status;
	for (size_t i = 0; status == NDX_OK && i < m->word_count; i++)
		status = is_much ? mend_beside(m, &m->word[i]) : mend_word(m, &m->word[i]);
	if (status == NDX_OK && !is_much && is_changed(m))
		status = count_text(m, m->all, count_ret);
	if (status != NDX_OK || is_much || m->is_costly || m->word_count > TRY_WORDS)
		return status;
	if (*count_ret >= FOUND_MIN && (!is_changed(m) || m->word_count == 1))
		return NDX_OK;
	status = count_text(m, true, &together);
	/* of words that are like an unknown one, another may go better with the rest */
	if (status == NDX_OK && is_changed(m) && m->word_count > 1)
		status = try_round(m, false, &together);
	for (size_t round = 0; round < ROUNDS && *count_ret < FOUND_MIN; round++) {
		if (status == NDX_OK && together < FOUND_MIN)
			status = try_round(m, false, &together);
		if (status == NDX_OK && together < FOUND_MIN)
			status = try_round(m, true, &together);
	}
	if (status == NDX_OK && m->tries > 0 && is_changed(m))
		status = count_text(m, m->all, count_ret);
	return status;
}

/* Do the better words find more?  No fewer articles may have all of them, and short ones must stand
 * with the others somewhere. */
static enum ndx_status
find_more(struct mender *m, uint64_t total, uint64_t count, bool *more_ret)
{
	uint64_t before = 0, together = 0;
	bool is_sure = true;
	enum ndx_status status = NDX_OK;

	for (size_t i = 0; i < m->word_count; i++)
		is_sure &=
			m->word[i].better.data == NULL || letters(m->word[i].form) >= LETTERS_SURE;
	if (!m->is_costly)
		status = ndx_query_count(m->index, m->stemmer, m->text, true, &before, m->err);
	if (status == NDX_OK && !m->is_costly)
		status = count_text(m, true, &together);
	*more_ret = together > before || (count > total && together == before &&
	                                  (together > 0 || is_sure || m->is_costly));
	return status;
}

enum ndx_status
ndx_did_you_mean(const struct ndx_index *index, struct ndx_stemmer *stemmer, struct ndx_str text,
                 bool all, const struct ndx_query *query, uint64_t total, bool is_much,
                 struct ndx_arena *arena, const char **suggestion_ret, struct ndx_err *err)
{
	const struct ndx_mem *mem = index->env->mem;
	struct mender m = { .index = index,
		            .stemmer = stemmer,
		            .arena = ndx_arena_new(mem),
		            .text = text,
		            .all = all,
		            .err = err };
	uint64_t count = 0;
	bool is_told;
	enum ndx_status status;

	*suggestion_ret = NULL;
	if (m.arena == NULL)
		return ndx_fail_nomem(err);
	ndx_tokens_init(&m.tokens, mem);
	ndx_buf_init(&m.out, mem);
	status = mend(&m, query, total, is_much, &count);
	is_told = status == NDX_OK && is_changed(&m);
	if (is_told && !is_much)
		status = find_more(&m, total, count, &is_told);
	if (status == NDX_OK && is_told) {
		status = write_text(&m);
		if (status == NDX_OK)
			*suggestion_ret =
				ndx_arena_copy(arena, (const char *)m.out.data, m.out.size);
		if (status == NDX_OK && *suggestion_ret == NULL)
			status = ndx_fail_nomem(err);
	}
	ndx_buf_free(&m.out);
	ndx_tokens_free(&m.tokens);
	ndx_arena_free(m.arena);
	return status;
}
