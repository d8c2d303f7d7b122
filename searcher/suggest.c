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

struct ndx_suggestions {
	const struct ndx_mem *mem;
	struct ndx_arena *arena; /* holds the texts */
	struct ndx_suggestion *list;
	size_t count;
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

static enum ndx_status
add(struct ndx_suggestions *s, struct ndx_str before, struct ndx_str form, uint64_t count,
    struct ndx_err *err)
{
	char *text = ndx_arena_alloc(s->arena, before.size + form.size + 2);
	size_t size = before.size;

	if (text == NULL)
		return ndx_fail_nomem(err);
	if (size > 0) {
		memcpy(text, before.data, size);
		text[size++] = ' ';
	}
	memcpy(text + size, form.data, form.size);
	s->list[s->count++] = (struct ndx_suggestion){ text, count };
	return NDX_OK;
}

/* Words that begin with the folded prefix. */
static enum ndx_status
complete_word(const struct ndx_index *index, struct ndx_str prefix, size_t nmax,
              struct ndx_suggestions *s, struct ndx_err *err)
{
	const struct ndx_str none = { "", 0 };
	struct ndx_form_count *found;
	size_t count = 0;
	enum ndx_status status =
		find_completions(index, prefix, nmax, s->arena, &found, &count, err);

	if (status != NDX_OK)
		return status;
	s->list = ndx_arena_alloc(s->arena, (count + 1) * sizeof(*s->list));
	if (s->list == NULL)
		return ndx_fail_nomem(err);
	for (size_t i = 0; status == NDX_OK && i < count; i++)
		if (found[i].cf > 0)
			status = add(s, none, found[i].form, found[i].cf, err);
	return status;
}

/* The same behind the words 'before', in headlines. */
static enum ndx_status
complete_headline(const struct ndx_index *index, struct ndx_str before, struct ndx_str prefix,
                  size_t nmax, struct ndx_suggestions *s, struct ndx_err *err)
{
	struct ndx_follower *found = NULL;
	struct ndx_stemmer *stemmer;
	size_t count = 0;
	enum ndx_status status =
		ndx_stemmer_new(index->env->mem, index->manifest.language, &stemmer, err);

	if (status != NDX_OK)
		return status;
	status = ndx_followers_find(index, stemmer, before, prefix, nmax, s->arena, &found, &count,
	                            err);
	ndx_stemmer_free(stemmer);
	if (status != NDX_OK)
		return status;
	s->list = ndx_arena_alloc(s->arena, (count + 1) * sizeof(*s->list));
	if (s->list == NULL)
		return ndx_fail_nomem(err);
	for (size_t i = 0; status == NDX_OK && i < count; i++)
		status = add(s, before, found[i].form, found[i].count, err);
	if (s->count > 1)
		qsort(s->list, s->count, sizeof(*s->list), compare_suggestions);
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
         size_t nmax, struct ndx_suggestions *s, struct ndx_err *err)
{
	const struct ndx_str prefix = { (const char *)folded->data, folded->size };

	if (prefix.size + before.size == 0 || prefix.size > NDX_KEY_SIZE_MAX - 2)
		return NDX_OK;
	return before.size == 0 ? complete_word(index, prefix, nmax, s, err)
	                        : complete_headline(index, before, prefix, nmax, s, err);
}

static struct ndx_str
without_last_spaces(struct ndx_str text)
{
	while (text.size > 0 && text.data[text.size - 1] == ' ')
		text.size--;
	return text;
}

enum ndx_status
ndx_suggest(const struct ndx_index *index, const char *prefix, size_t nmax,
            struct ndx_suggestions **suggestions_ret, struct ndx_err *err)
{
	const struct ndx_mem *mem = index->env->mem;
	const struct ndx_str all = without_last_spaces(ndx_str(prefix));
	struct ndx_str before = all, last;
	struct ndx_arena *arena;
	struct ndx_suggestions *s;
	struct ndx_buf folded;
	enum ndx_status status = NDX_OK;

	if (all.size > NDX_QUERY_SIZE_MAX)
		return ndx_fail(err, NDX_E_LIMIT, "query has more than %d bytes",
		                NDX_QUERY_SIZE_MAX);
	arena = ndx_arena_new(mem);
	s = arena == NULL ? NULL : ndx_arena_alloc(arena, sizeof(*s));
	if (s == NULL) {
		ndx_arena_free(arena);
		return ndx_fail_nomem(err);
	}
	s->mem = mem;
	s->arena = arena;
	while (before.size > 0 && before.data[before.size - 1] != ' ')
		before.size--;
	last = (struct ndx_str){ all.data + before.size, all.size - before.size };
	before = without_last_spaces(before);
	ndx_buf_init(&folded, mem);
	/* A space behind the words: what follows them all? */
	if (all.size < strlen(prefix))
		status = complete(index, all, &folded, nmax, s, err);
	if (status == NDX_OK && s->count == 0)
		status = fold_last(last, &folded) ? complete(index, before, &folded, nmax, s, err)
		                                  : ndx_fail_nomem(err);
	if (status == NDX_OK && s->count == 0 && simplify(&folded))
		status = complete(index, before, &folded, nmax, s, err);
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
