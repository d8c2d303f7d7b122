/*
 * suggest.c - what a beginning could become, and what a query could have meant
 *
 * Both look among the surface forms of the index.
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/suggest.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/fold.h"
#include "common/stem.h"
#include "searcher/expand.h"
#include "searcher/followers.h"
#include "searcher/joined.h"

/* So many more followers are looked for than are told, as some are left out. */
#define FOLLOWERS_SPARE 4

struct ndx_suggestions {
	const struct ndx_mem *mem;
	struct ndx_arena *arena; /* holds the texts */
	struct ndx_suggestion *list;
	size_t count;
};

/* What is to be completed. */
struct completion {
	const struct ndx_index *index;
	struct ndx_str before, prefix; /* the words before; the last one, folded */
	bool has_hyphen;               /* that was left out of the prefix, perhaps */
	size_t nmax;
	struct ndx_suggestions *s; /* where to */
	struct ndx_joined joined;
	struct ndx_err *err;
};

static int
compare_suggestions(const void *a, const void *b)
{
	const struct ndx_suggestion *x = a, *y = b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return strcmp(x->text, y->text);
}

/* The forms that begin with the folded prefix, the 'most' most frequent of them first. */
static enum ndx_status
find_completions(const struct ndx_index *index, struct ndx_str prefix, size_t most,
                 struct ndx_arena *arena, struct ndx_form_count **found, size_t *count,
                 struct ndx_err *err)
{
	struct ndx_node node = { .kind = NDX_NODE_FORMS, .forms_kind = NDX_FORMS_WILDCARD };
	char *pattern = ndx_arena_alloc(arena, prefix.size + 2);

	if (pattern == NULL)
		return ndx_fail_nomem(err);
	memcpy(pattern, prefix.data, prefix.size);
	pattern[prefix.size] = '*';
	node.term.form = (struct ndx_str){ pattern, prefix.size + 1 };
	return ndx_forms_find_frequent(index, &node, most, arena, found, count, err);
}

/* With a hyphen behind the first 'first_size' bytes of the form, if that is not 0. */
static enum ndx_status
add(struct completion *c, struct ndx_str form, size_t first_size, uint64_t count)
{
	struct ndx_buf text;
	char *copy;

	ndx_buf_init(&text, c->s->mem);
	ndx_buf_add(&text, c->before.data, c->before.size);
	if (c->before.size > 0)
		ndx_buf_add_u8(&text, ' ');
	ndx_buf_add(&text, form.data, first_size);
	if (first_size > 0)
		ndx_buf_add_u8(&text, '-');
	ndx_buf_add(&text, form.data + first_size, form.size - first_size);
	copy = ndx_buf_failed(&text)
	               ? NULL
	               : ndx_arena_copy(c->s->arena, (const char *)text.data, text.size);
	ndx_buf_free(&text);
	if (copy == NULL)
		return ndx_fail_nomem(c->err);
	c->s->list[c->s->count++] = (struct ndx_suggestion){ copy, count };
	return NDX_OK;
}

/*
 * What is in the index for "goldman-managed" alone completes "goldmanm" and "goldman-", but is only
 * a further word behind "goldm".
 */
static enum ndx_status
add_word(struct completion *c, struct ndx_str form, uint64_t count)
{
	size_t first_size;
	enum ndx_status status = ndx_joined_find(&c->joined, form, &first_size, c->err);

	if (status != NDX_OK || (first_size >= c->prefix.size && first_size > 0 && !c->has_hyphen))
		return status;
	return add(c, form, first_size, count);
}

/* Room for 'count' suggestions; keeps those that are there. */
static enum ndx_status
make_room(struct completion *c, size_t count)
{
	struct ndx_suggestion *list = ndx_arena_alloc(c->s->arena, (count + 1) * sizeof(*list));

	if (list == NULL)
		return ndx_fail_nomem(c->err);
	if (c->s->count > 0)
		memcpy(list, c->s->list, c->s->count * sizeof(*list));
	c->s->list = list;
	return NDX_OK;
}

/* Words that begin with the folded prefix. */
static enum ndx_status
complete_word(struct completion *c)
{
	struct ndx_form_count *found;
	size_t count = 0, seen = 0;
	enum ndx_status status = NDX_OK;

	/* A second time where many were left out. */
	for (size_t most = c->nmax; status == NDX_OK; most = 4 * c->nmax + 64) {
		const bool again = most > c->nmax;

		status = find_completions(c->index, c->prefix, most, c->s->arena, &found, &count,
		                          c->err);
		if (status == NDX_OK)
			status = make_room(c, count);
		for (; status == NDX_OK && seen < count && c->s->count < c->nmax; seen++)
			if (found[seen].cf > 0)
				status = add_word(c, found[seen].form, found[seen].cf);
		if (again || count < most || c->s->count == c->nmax)
			break;
	}
	return status;
}

static bool
is_acronym_of(struct ndx_str acronym, struct ndx_str word)
{
	bool is = acronym.size == word.size;

	for (size_t i = 0; is && i < word.size; i++)
		is = word.data[i] >= 'a' && word.data[i] <= 'z' &&
		     acronym.data[i] == (char)(word.data[i] & ~0x20);
	return is;
}

/* Of "US" and "us", where the first is one of the second, one is told: the one that is meant most
 * often, with the number of the second, which counts both. */
static size_t
unite_acronyms(struct ndx_follower *found, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		size_t same = 0;

		while (same < kept && !is_acronym_of(found[i].form, found[same].form) &&
		       !is_acronym_of(found[same].form, found[i].form))
			same++;
		if (same == kept) {
			found[kept++] = found[i];
			continue;
		}
		const bool later = is_acronym_of(found[i].form, found[same].form);
		const struct ndx_follower acronym = found[later ? i : same];
		const struct ndx_follower word = found[later ? same : i];

		found[same] = word;
		if (acronym.count > word.count / 2)
			found[same].form = acronym.form;
	}
	return kept;
}

/* The same behind the words 'before', in headlines. */
static enum ndx_status
complete_headline(struct completion *c)
{
	const size_t nmax = c->nmax > SIZE_MAX - FOLLOWERS_SPARE || c->nmax == 0
	                            ? c->nmax
	                            : c->nmax + FOLLOWERS_SPARE;
	struct ndx_follower *found = NULL;
	size_t count = 0;
	enum ndx_status status =
		ndx_followers_find(c->index, c->joined.stemmer, c->before, c->prefix, nmax,
	                           c->s->arena, &found, &count, c->err);

	if (status != NDX_OK)
		return status;
	if (count > 0)
		count = unite_acronyms(found, count);
	status = make_room(c, count);
	for (size_t i = 0; status == NDX_OK && i < count && c->s->count < c->nmax; i++)
		status = add_word(c, found[i].form, found[i].count);
	if (c->s->count > 1)
		qsort(c->s->list, c->s->count, sizeof(*c->s->list), compare_suggestions);
	return status;
}

/* The folded last word; without wildcards. */
static bool
fold_last(struct ndx_str last, struct ndx_buf *folded)
{
	ndx_fold(last.data, last.size, folded);
	for (size_t i = 0; i < folded->size; i++)
		if (folded->data[i] == '*' || folded->data[i] == '?')
			folded->size = i;
	return !ndx_buf_failed(folded);
}

/* Of a folded word. */
static bool
is_of_word(uint8_t byte)
{
	return byte >= 0x80 || (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') ||
	       byte == '&';
}

/*
 * A word as it is indexed where it is not as typed: without the possessive, hyphens, periods and
 * what else is no letter or digit.  False: it is the same.
 */
static bool
simplify(struct ndx_buf *folded)
{
	uint8_t *const text = folded->data;
	const size_t before = folded->size;
	size_t size = before, kept = 0;

	while (size > 0 && !is_of_word(text[size - 1]))
		size--;
	if (size > 2 && text[size - 1] == 's' && text[size - 2] == '\'')
		size -= 2;
	else if (size > 4 && text[size - 1] == 's' &&
	         memcmp(text + size - 4, "\xe2\x80\x99", 3) == 0)
		size -= 4;
	for (size_t i = 0; i < size; i++) {
		if (size - i > 2 && text[i] == 0xe2 && text[i + 1] == 0x80)
			i += 2; /* dashes and quotes */
		else if (is_of_word(text[i]))
			text[kept++] = text[i];
	}
	folded->size = kept;
	return kept > 0 && kept < before;
}

static enum ndx_status
complete(const struct ndx_index *index, struct ndx_str before, const struct ndx_buf *folded,
         bool has_hyphen, size_t nmax, struct ndx_suggestions *s, struct ndx_err *err)
{
	struct completion c = { .index = index,
		                .before = before,
		                .prefix = { (const char *)folded->data, folded->size },
		                .has_hyphen = has_hyphen,
		                .nmax = nmax,
		                .s = s,
		                .err = err };
	struct ndx_stemmer *stemmer;
	enum ndx_status status;

	if (c.prefix.size + before.size == 0 || c.prefix.size > NDX_KEY_SIZE_MAX - 2)
		return NDX_OK;
	status = ndx_stemmer_new(index->env->mem, index->manifest.language, &stemmer, err);
	if (status != NDX_OK)
		return status;
	ndx_joined_init(&c.joined, index, stemmer);
	status = before.size == 0 ? complete_word(&c) : complete_headline(&c);
	ndx_joined_free(&c.joined);
	ndx_stemmer_free(stemmer);
	return status;
}

static struct ndx_str
without_last_spaces(struct ndx_str text)
{
	while (text.size > 0 && text.data[text.size - 1] == ' ')
		text.size--;
	return text;
}

/* A copy in which all white space is spaces; NULL: out of memory. */
static const char *
copy_spaced(const char *text, struct ndx_arena *arena)
{
	char *copy = ndx_arena_copy(arena, text, strlen(text));

	for (char *at = copy; copy != NULL && *at != '\0'; at++) {
		if (strchr("\t\n\v\f\r", *at) != NULL)
			*at = ' ';
		else if (strncmp(at, "\xc2\xa0", 2) == 0)
			at[0] = at[1] = ' '; /* that does not break */
	}
	return copy;
}

static bool
has_hyphen(struct ndx_str word)
{
	return memchr(word.data, '-', word.size) != NULL;
}

enum ndx_status
ndx_suggest(const struct ndx_index *index, const char *prefix, size_t nmax,
            struct ndx_suggestions **suggestions_ret, struct ndx_err *err)
{
	const struct ndx_mem *mem = index->env->mem;
	const char *text;
	struct ndx_str all, before, last;
	struct ndx_arena *arena;
	struct ndx_suggestions *s;
	struct ndx_buf folded;
	enum ndx_status status = NDX_OK;

	if (strlen(prefix) > NDX_QUERY_SIZE_MAX)
		return ndx_fail(err, NDX_E_LIMIT, "query has more than %d bytes",
		                NDX_QUERY_SIZE_MAX);
	arena = ndx_arena_new(mem);
	s = arena == NULL ? NULL : ndx_arena_alloc(arena, sizeof(*s));
	text = s == NULL ? NULL : copy_spaced(prefix, arena);
	if (text == NULL) {
		ndx_arena_free(arena);
		return ndx_fail_nomem(err);
	}
	s->mem = mem;
	s->arena = arena;
	all = before = without_last_spaces(ndx_str(text));
	while (before.size > 0 && before.data[before.size - 1] != ' ')
		before.size--;
	last = (struct ndx_str){ all.data + before.size, all.size - before.size };
	before = without_last_spaces(before);
	ndx_buf_init(&folded, mem);
	/* A space behind the words: what follows them all? */
	if (all.size < strlen(prefix))
		status = complete(index, all, &folded, false, nmax, s, err);
	if (status == NDX_OK && s->count == 0)
		status = fold_last(last, &folded)
		                 ? complete(index, before, &folded, false, nmax, s, err)
		                 : ndx_fail_nomem(err);
	if (status == NDX_OK && s->count == 0 && simplify(&folded))
		status = complete(index, before, &folded, has_hyphen(last), nmax, s, err);
	ndx_buf_free(&folded);
	if (status != NDX_OK) {
		ndx_suggestions_free(s);
		return status;
	}
	*suggestions_ret = s;
	return NDX_OK;
}

const struct ndx_suggestion *
ndx_suggestions_get(const struct ndx_suggestions *suggestions, size_t i)
{
	return i < suggestions->count ? &suggestions->list[i] : NULL;
}

void
ndx_suggestions_free(struct ndx_suggestions *suggestions)
{
	if (suggestions != NULL)
		ndx_arena_free(suggestions->arena);
}
