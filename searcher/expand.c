/*
 * expand.c - see expand.h
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/expand.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/forms.h"
#include "common/termdict.h"
#include "searcher/pattern.h"
#include "searcher/plan.h"

/*
 * What all patterns of a query may cost: keys that are looked at, so many times as there are, about
 * 20 ns each; and occurrences of the forms they stand for, as a share of those of all words, about
 * 4 ns each.
 */
#define KEYS_TIMES 8
#define PASS_KEYS  12 /* what passing some over costs more, in keys */
#define KEYS_MAX   UINT64_C(2000000)
#define WORK_PARTS 0.9
#define WORK_MAX   UINT64_C(16000000)

struct spent {
	uint64_t keys, cf;
};

/* One pattern on its way through the dictionaries. */
struct expander {
	struct spent *spent; /* NULL: no matter */
	const struct ndx_index *index;
	const struct ndx_node *node;
	struct ndx_arena *scratch; /* holds the forms found */
	struct ndx_fuzzy *fuzzy;
	bool is_prefix;    /* of a pattern: "*" is its last character, and its only wildcard */
	size_t nforms_max; /* 0: all by their bytes; else so many of the most frequent, in that
	                      order */
	struct ndx_form_count *found;
	size_t count, count_max;
	struct ndx_err *err;
};

static int
compare_forms(const void *a, const void *b)
{
	return ndx_str_compare(((const struct ndx_form_count *)a)->form,
	                       ((const struct ndx_form_count *)b)->form);
}

static int
compare_cfs(const void *a, const void *b)
{
	const struct ndx_form_count *x = a, *y = b;

	if (x->cf != y->cf)
		return x->cf > y->cf ? -1 : 1;
	return compare_forms(a, b);
}

/* Put one among the first of kept[], which are in the order of compare_cfs(); returns how many they
 * are then. */
static size_t
insert(struct ndx_form_count one, struct ndx_form_count *kept, size_t count, size_t count_max)
{
	size_t at = count < count_max ? count++ : count_max - 1;

	for (; at > 0 && compare_cfs(&one, &kept[at - 1]) < 0; at--)
		kept[at] = kept[at - 1];
	kept[at] = one;
	return count;
}

static enum ndx_status
take_form(struct expander *e, struct ndx_termdict_cursor *cursor, struct ndx_str form)
{
	const struct ndx_segment *segment = cursor->segment;
	/* What is summed up over several segments is known only at their end. */
	const bool choose = e->nforms_max > 0 && e->index->manifest.segment_count == 1;
	struct ndx_form_count one = { form, 0 };
	const enum ndx_status status = ndx_termdict_read_info(cursor, e->err);

	if (status != NDX_OK)
		return status;
	if (!ndx_form_cf_decode(segment->data + cursor->info.forms_off,
	                        (size_t)cursor->info.forms_size, form.size, &one.cf))
		return ndx_segment_corrupt(segment, cursor->info.forms_off, e->err, "a bad form");
	one.cf -= ndx_form_dead_cf(segment, ndx_termdict_ordinal(cursor), one.cf);
	if (one.cf == 0) /* in deleted articles alone */
		return NDX_OK;
	/* of the same cf, the one before it comes first */
	if (choose && e->count == e->nforms_max && one.cf <= e->found[e->count - 1].cf)
		return NDX_OK;
	one.form.data = ndx_arena_copy(e->scratch, form.data, form.size);
	if (one.form.data == NULL || !ndx_grow(e->index->env->mem, &e->found, &e->count_max,
	                                       e->count + 1, sizeof(*e->found)))
		return ndx_fail_nomem(e->err);
	if (choose)
		e->count = insert(one, e->found, e->count, e->nforms_max);
	else
		e->found[e->count++] = one;
	return NDX_OK;
}

/* Whether the cursor is on a key that begins with prefix[size], as the key before did. */
static bool
begins_with(const struct ndx_termdict_cursor *cursor, const uint8_t *prefix, size_t size)
{
	return !ndx_termdict_done(cursor) &&
	       (cursor->shared >= size ||
	        (cursor->key_size >= size && memcmp(cursor->key, prefix, size) == 0));
}

/* 'shared': see ndx_fuzzy_match(), as is *dead_ret. */
static bool
match(const struct expander *e, struct ndx_str form, size_t shared, size_t *dead_ret)
{
	*dead_ret = SIZE_MAX;
	if (e->fuzzy != NULL)
		return ndx_fuzzy_match(e->fuzzy, form, shared, dead_ret);
	if (e->node->forms_kind == NDX_FORMS_EXACT)
		return ndx_str_equal(e->node->term.form, form);
	return e->is_prefix || ndx_wildcard_match(e->node->term.form, form);
}

/* All forms of a segment that match, of those that begin with the key's prefix. */
static enum ndx_status
walk(struct expander *e, const struct ndx_segment *segment, const uint8_t *prefix,
     size_t prefix_size)
{
	struct ndx_termdict_cursor cursor;
	enum ndx_status status =
		ndx_termdict_seek_key(segment, prefix, prefix_size, &cursor, e->err);

	while (status == NDX_OK && begins_with(&cursor, prefix, prefix_size)) {
		const struct ndx_str form = { (const char *)cursor.key + 1, cursor.key_size - 1 };
		const size_t shared = cursor.shared > 0 ? cursor.shared - 1 : 0;
		size_t dead;

		if (match(e, form, shared, &dead))
			status = take_form(e, &cursor, form);
		if (e->spent != NULL)
			e->spent->keys += dead == SIZE_MAX ? 1 : 1 + PASS_KEYS;
		/* no other key can be it */
		if (e->node->forms_kind == NDX_FORMS_EXACT)
			break;
		if (status == NDX_OK)
			status = dead == SIZE_MAX
			                 ? ndx_termdict_next_key(&cursor, e->err)
			                 : ndx_termdict_pass_over(&cursor, dead + 1, e->err);
	}
	return status;
}

/* Forms of one segment, or of several: found[begin .. end - 1] by their bytes. */
struct run {
	size_t begin, end;
};

/* Two runs of from[], each form once, into to[] from 'at' on; returns the end. */
static size_t
merge_runs(const struct ndx_form_count *from, struct run a, struct run b, struct ndx_form_count *to,
           size_t at)
{
	while (a.begin < a.end && b.begin < b.end) {
		const int order = compare_forms(&from[a.begin], &from[b.begin]);

		to[at] = order <= 0 ? from[a.begin] : from[b.begin];
		to[at++].cf += order == 0 ? from[b.begin].cf : 0;
		a.begin += order <= 0;
		b.begin += order >= 0;
	}
	for (; a.begin < a.end; a.begin++)
		to[at++] = from[a.begin];
	for (; b.begin < b.end; b.begin++)
		to[at++] = from[b.begin];
	return at;
}

/* Each form once, with the cf of all segments: run[count], one of each, in pairs. */
static enum ndx_status
unite(struct expander *e, struct run *run, size_t count)
{
	const struct ndx_mem *mem = e->index->env->mem;
	struct ndx_form_count *to = ndx_alloc(mem, e->count * sizeof(*to));

	if (to == NULL && e->count > 0)
		return ndx_fail_nomem(e->err);
	for (; e->count > 0 && count > 1; count = (count + 1) / 2) {
		struct ndx_form_count *const from = e->found;
		size_t at = 0;

		for (size_t i = 0; i < count; i += 2) {
			const struct run none = { 0, 0 };
			const size_t begin = at;

			at = merge_runs(from, run[i], i + 1 < count ? run[i + 1] : none, to, at);
			run[i / 2] = (struct run){ begin, at };
		}
		e->count = at;
		e->found = to;
		to = from;
	}
	ndx_free(mem, to);
	return NDX_OK;
}

/* Bring the first 'kept' in the order of compare_cfs() to the front, in any order (Hoare's FIND).
 */
static void
select_first(struct ndx_form_count *form, size_t count, size_t kept)
{
	size_t low = 0, high = count;

	while (high - low > 1) {
		const struct ndx_form_count pivot = form[low + (high - low - 1) / 2];
		size_t i = low, j = high - 1;

		for (;; i++, j--) {
			struct ndx_form_count swapped;

			while (compare_cfs(&form[i], &pivot) < 0)
				i++;
			while (compare_cfs(&form[j], &pivot) > 0)
				j--;
			if (i >= j)
				break;
			swapped = form[i];
			form[i] = form[j];
			form[j] = swapped;
		}
		/* none up to j comes after any from j + 1 on */
		if (kept == j + 1)
			return;
		if (kept <= j)
			high = j + 1;
		else
			low = j + 1;
	}
}

/* Keep the most frequent ones; the query says so. */
static enum ndx_status
cut(struct expander *e, size_t expansions_max, struct ndx_query *query)
{
	char pattern[NDX_QUERY_SHOWN_SIZE], sentence[160];

	if (e->count <= expansions_max)
		return NDX_OK;
	ndx_query_show(e->node->term.form.data, e->node->term.form.size, pattern);
	snprintf(sentence, sizeof(sentence),
	         "'%s%s' stands for %zu words; only the %zu most frequent were looked for", pattern,
	         e->fuzzy == NULL         ? ""
	         : e->node->distance == 1 ? "~1"
	                                  : "~2",
	         e->count, expansions_max);
	select_first(e->found, e->count, expansions_max);
	e->count = expansions_max;
	qsort(e->found, e->count, sizeof(*e->found), compare_forms);
	return ndx_query_add_notice(query, sentence) ? NDX_OK : ndx_fail_nomem(e->err);
}

/* Refuse a query whose patterns together would take too long. */
static enum ndx_status
limit_work(const struct expander *e)
{
	const double tokens = (double)e->index->token_count * WORK_PARTS;
	uint64_t keys = 0;

	for (size_t i = 0; i < e->index->manifest.segment_count; i++)
		keys += (uint64_t)KEYS_TIMES * e->index->segment[i].term_count;
	for (size_t i = 0; i < e->count; i++)
		e->spent->cf += e->found[i].cf;
	if (e->spent->keys > (keys > KEYS_MAX ? keys : KEYS_MAX) ||
	    (double)e->spent->cf > (tokens > (double)WORK_MAX ? tokens : (double)WORK_MAX))
		return ndx_fail(
			e->err, NDX_E_LIMIT,
			"query is too complex: its patterns stand for too many words together");
	return NDX_OK;
}

static enum ndx_status
keep(const struct expander *e, struct ndx_query *query, struct ndx_node *node)
{
	node->form = ndx_arena_alloc(query->arena, e->count * sizeof(*node->form));
	if (node->form == NULL)
		return ndx_fail_nomem(e->err);
	for (node->form_count = 0; node->form_count < e->count; node->form_count++) {
		const struct ndx_str form = e->found[node->form_count].form;
		const char *copy = ndx_arena_copy(query->arena, form.data, form.size);

		if (copy == NULL)
			return ndx_fail_nomem(e->err);
		node->form[node->form_count] = (struct ndx_str){ copy, form.size };
	}
	return NDX_OK;
}

/* All forms that match, of all segments. */
static enum ndx_status
find(struct expander *e)
{
	const struct ndx_str pattern = e->node->term.form;
	const size_t segments = e->index->manifest.segment_count;
	uint8_t prefix[NDX_KEY_SIZE_MAX] = { NDX_FIELD_FORM };
	size_t prefix_size = 1;
	struct run *run;
	enum ndx_status status = NDX_OK;

	if (e->node->forms_kind == NDX_FORMS_FUZZY) {
		e->fuzzy = ndx_fuzzy_new(e->scratch, pattern, e->node->distance);
		if (e->fuzzy == NULL)
			return ndx_fail_nomem(e->err);
	} else {
		/* One form is a pattern without wildcards: forms have no "*" and no "?". */
		const size_t size = ndx_wildcard_prefix(pattern);

		/* no form is so long */
		if (size > sizeof(prefix) - 1)
			return NDX_OK;
		e->is_prefix = size + 1 == pattern.size && pattern.data[size] == '*';
		memcpy(prefix + 1, pattern.data, size);
		prefix_size += size;
	}
	run = ndx_alloc(e->index->env->mem, (segments + 1) * sizeof(*run));
	if (run == NULL)
		return ndx_fail_nomem(e->err);
	for (size_t i = 0; status == NDX_OK && i < segments; i++) {
		run[i].begin = e->count;
		status = walk(e, &e->index->segment[i], prefix, prefix_size);
		run[i].end = e->count;
	}
	/* of one segment, they are as they are wanted */
	if (status == NDX_OK && segments > 1)
		status = unite(e, run, segments);
	ndx_free(e->index->env->mem, run);
	return status;
}

static enum ndx_status
expand_node(const struct ndx_index *index, size_t expansions_max, struct ndx_query *query,
            struct ndx_node *node, struct spent *spent, struct ndx_err *err)
{
	struct expander e = { .index = index, .node = node, .spent = spent, .err = err };
	enum ndx_status status = NDX_OK;

	for (size_t i = 0; status == NDX_OK && i < node->child_count; i++)
		status = expand_node(index, expansions_max, query, node->child[i], spent, err);
	if (status != NDX_OK || node->kind != NDX_NODE_FORMS)
		return status;
	e.scratch = ndx_arena_new(index->env->mem);
	if (e.scratch == NULL)
		return ndx_fail_nomem(err);
	status = find(&e);
	if (status == NDX_OK)
		status = cut(&e, expansions_max, query);
	if (status == NDX_OK)
		status = limit_work(&e);
	if (status == NDX_OK)
		status = keep(&e, query, node);
	ndx_free(index->env->mem, e.found);
	ndx_arena_free(e.scratch);
	return status;
}

enum ndx_status
ndx_query_expand(const struct ndx_index *index, size_t expansions_max, struct ndx_query *query,
                 struct ndx_err *err)
{
	struct spent spent = { 0, 0 };

	return expand_node(index, expansions_max, query, query->root, &spent, err);
}

static enum ndx_status
find_forms(struct expander *e, struct ndx_form_count **found_ret, size_t *count_ret)
{
	struct ndx_form_count *copy = NULL;
	enum ndx_status status = find(e);

	if (status == NDX_OK && e->nforms_max > 0 && e->index->manifest.segment_count > 1) {
		size_t kept = 0;

		for (size_t i = 0; i < e->count; i++)
			if (kept < e->nforms_max ||
			    compare_cfs(&e->found[i], &e->found[kept - 1]) < 0)
				kept = insert(e->found[i], e->found, kept, e->nforms_max);
		e->count = kept;
	}
	if (status == NDX_OK) {
		copy = ndx_arena_take(e->scratch, (e->count + 1) * sizeof(*copy));
		if (copy == NULL)
			status = ndx_fail_nomem(e->err);
	}
	if (status == NDX_OK) {
		if (e->count > 0)
			memcpy(copy, e->found, e->count * sizeof(*copy));
		*found_ret = copy;
		*count_ret = e->count;
	}
	ndx_free(e->index->env->mem, e->found);
	return status;
}

enum ndx_status
ndx_forms_find(const struct ndx_index *index, const struct ndx_node *pattern,
               struct ndx_arena *arena, struct ndx_form_count **found_ret, size_t *count_ret,
               struct ndx_err *err)
{
	struct expander e = { .index = index, .node = pattern, .scratch = arena, .err = err };

	return find_forms(&e, found_ret, count_ret);
}

enum ndx_status
ndx_forms_find_frequent(const struct ndx_index *index, const struct ndx_node *pattern,
                        size_t nforms_max, struct ndx_arena *arena,
                        struct ndx_form_count **found_ret, size_t *count_ret, struct ndx_err *err)
{
	struct expander e = { .index = index,
		              .node = pattern,
		              .scratch = arena,
		              .nforms_max = nforms_max,
		              .err = err };

	*count_ret = 0;
	*found_ret = NULL;
	return nforms_max == 0 ? NDX_OK : find_forms(&e, found_ret, count_ret);
}
