/*
 * contents.c - see contents.h
 *
 * SPDX-License-Identifier: MIT
 */
#include "tests/oracle/contents.h"

#include <string.h>

#include "common/forms.h"
#include "common/impact.h"
#include "common/postings.h"
#include "common/termdict.h"

/* A walk through all segments. */
struct walk {
	const struct built *built;
	const struct scan *scan;
	struct ndx_buf *out;
	uint32_t segment;
	struct ndx_termdict_cursor cursor;
	uint64_t position_count; /* in postings of live articles */
	struct ndx_err err;
};

/* What is wrong with the term at hand, in an article or (SIZE_MAX) as a whole; returns false. */
static bool
wrong(struct walk *w, size_t article, const char *what)
{
	ndx_buf_printf(w->out, "  segment %u, key '%.*s'", (unsigned)w->segment,
	               (int)w->cursor.key_size, (const char *)w->cursor.key);
	if (article != SIZE_MAX)
		ndx_buf_printf(w->out, ", article '%s'",
		               ndx_scan_get(w->scan, article)->article.id.data);
	ndx_buf_printf(w->out, ": %s\n", what);
	return false;
}

/* Is the token one that a posting under this key speaks of? */
static bool
is_of_key(const struct scan_token *token, const uint8_t *key, size_t key_size)
{
	const struct ndx_str term = { (const char *)key + 1, key_size - 1 };

	return ((uint8_t)token->place == key[0] ||
	        (key[0] == NDX_FIELD_ANY && token->place == NDX_FIELD_TITLE)) &&
	       ndx_str_equal(token->term, term);
}

static bool
is_pair_key(const uint8_t *key)
{
	return key[0] == NDX_FIELD_PAIR || key[0] == NDX_FIELD_TITLE_PAIR;
}

/* How often the words of the pair's key are neighbours in the article, or in its title. */
static uint32_t
count_pairs(const struct scan_article *a, const uint8_t *key, size_t key_size)
{
	const char *words = (const char *)key + 1, *middle = memchr(words, 1, key_size - 1);
	const struct ndx_str first = { words, (size_t)(middle - words) };
	const struct ndx_str second = { middle + 1, key_size - 2 - first.size };
	uint32_t count = 0;

	for (size_t i = 0; i < a->token_count; i++) {
		const struct scan_token *x = &a->token[i];

		if ((x->place != NDX_FIELD_TITLE &&
		     (key[0] == NDX_FIELD_TITLE_PAIR || x->place != NDX_FIELD_ANY)) ||
		    !ndx_str_equal(x->term, first))
			continue;
		for (size_t j = 0; j < a->token_count; j++)
			count += a->token[j].place == x->place &&
			         a->token[j].position == x->position + 1 &&
			         ndx_str_equal(a->token[j].term, second);
	}
	return count;
}

/* Is the form with this number, of the key's term, the one that stands there? */
static bool
is_form(const struct walk *w, uint32_t number, struct ndx_str form)
{
	const struct ndx_term_info *info = &w->cursor.info;
	const uint8_t *in = w->cursor.segment->data + info->forms_off;
	const struct ndx_str term = { (const char *)w->cursor.key + 1, w->cursor.key_size - 1 };
	struct ndx_form found = { .size = 0 };

	if (info->form_count == 0)
		return number == 0 && (form.size == 0 || ndx_str_equal(term, form));
	for (uint32_t i = 0; i <= number; i++)
		if (!ndx_forms_next(&in, in + info->forms_size, term, &found))
			return false;
	return ndx_str_equal((struct ndx_str){ (const char *)found.text, found.size }, form);
}

/* The posting of an article at the key: position[tf] and form[tf], or NULL where none are kept. */
static bool
check_posting(struct walk *w, size_t article, const uint32_t *position, const uint32_t *form,
              uint32_t tf)
{
	const struct scan_article *a = ndx_scan_get(w->scan, article);
	uint32_t count = 0;

	if (is_pair_key(w->cursor.key))
		return count_pairs(a, w->cursor.key, w->cursor.key_size) == tf ||
		       wrong(w, article, "another tf");
	for (size_t i = 0; i < a->token_count; i++) {
		if (!is_of_key(&a->token[i], w->cursor.key, w->cursor.key_size))
			continue;
		if (position != NULL && count < tf && position[count] != a->token[i].position)
			return wrong(w, article, "another position");
		if (form != NULL && count < tf && !is_form(w, form[count], a->token[i].form))
			return wrong(w, article, "another form");
		count++;
	}
	w->position_count += count;
	return count == tf || wrong(w, article, "another tf");
}

/* All postings of the key in one block. */
static bool
check_block(struct walk *w, struct ndx_postings *postings, struct ndx_buf *positions,
            struct ndx_buf *forms, uint32_t *live_ret)
{
	const bool has_positions = w->cursor.info.has_positions;
	const uint32_t *form = NULL;

	ndx_postings_load_tfs(postings);
	if (w->cursor.key[0] == NDX_FIELD_ANY) {
		if (ndx_postings_forms(postings, forms, NULL, &w->err) != NDX_OK)
			return wrong(w, SIZE_MAX, w->err.msg);
		form = (const uint32_t *)(const void *)forms->data;
	}
	for (uint32_t i = 0; i < postings->count; form += form != NULL ? postings->tf[i] : 0, i++) {
		const struct ndx_found found = { .segment = w->segment,
			                         .docid = postings->docid[i] };
		const size_t article = ndx_built_article(w->built, &found);
		const uint32_t *position = NULL;

		if (article == SIZE_MAX)
			continue;
		++*live_ret;
		ndx_buf_clear(positions);
		if (has_positions &&
		    ndx_postings_positions(postings, i, positions, &w->err) != NDX_OK)
			return wrong(w, article, w->err.msg);
		if (has_positions)
			position = (const uint32_t *)(const void *)positions->data;
		if (!check_posting(w, article, position, form, postings->tf[i]))
			return false;
	}
	return true;
}

static bool
check_term(struct walk *w, struct ndx_postings *postings, struct ndx_buf *positions,
           struct ndx_buf *forms)
{
	const struct ndx_segment *segment = &w->built->index->segment[w->segment];
	const struct ndx_correction correction =
		ndx_tombstones_correction(segment->tombstones, w->cursor.info.ordinal);
	const uint64_t before = w->position_count;
	uint32_t live = 0;

	if (ndx_postings_open(segment, &w->cursor.info, postings, &w->err) != NDX_OK)
		return wrong(w, SIZE_MAX, w->err.msg);
	for (uint32_t block = 0; block < postings->block_count; block++) {
		if (ndx_postings_load(postings, block, &w->err) != NDX_OK)
			return wrong(w, SIZE_MAX, w->err.msg);
		if (!check_block(w, postings, positions, forms, &live))
			return false;
	}
	if (is_pair_key(w->cursor.key)) /* which no tombstones correct */
		return live <= w->cursor.info.df || wrong(w, SIZE_MAX, "another df");
	if (w->cursor.info.df - correction.df != live)
		return wrong(w, SIZE_MAX, "another df");
	if (w->cursor.info.cf - correction.cf != w->position_count - before)
		return wrong(w, SIZE_MAX, "another cf");
	return true;
}

static bool
check_norms(struct walk *w)
{
	const struct ndx_segment *segment = &w->built->index->segment[w->segment];
	const uint32_t count = segment->article_count;

	if (count > 0 && ndx_segment_norms(segment, 0, count - 1, &w->err) != NDX_OK)
		return wrong(w, SIZE_MAX, w->err.msg);
	for (ndx_docid docid = 0; docid < count; docid++) {
		const struct ndx_found found = { .segment = w->segment, .docid = docid };
		const size_t article = ndx_built_article(w->built, &found);

		if (article != SIZE_MAX &&
		    ndx_segment_part(segment, NDX_PART_NORMS)[docid] !=
		            ndx_norm_encode(ndx_scan_get(w->scan, article)->length))
			return wrong(w, article, "another norm");
	}
	return true;
}

static bool
check_segment(struct walk *w)
{
	const struct ndx_segment *segment = &w->built->index->segment[w->segment];
	struct ndx_postings postings;
	struct ndx_buf positions, forms;
	enum ndx_status status;
	bool good = true;

	ndx_buf_init(&positions, &ndx_mem_default);
	ndx_buf_init(&forms, &ndx_mem_default);
	status = ndx_termdict_seek(segment, NULL, 0, &w->cursor, &w->err);
	while (good && status == NDX_OK && !ndx_termdict_done(&w->cursor)) {
		/* Where keys of forms lead is what ndx check looks at. */
		if (w->cursor.key[0] != NDX_FIELD_FORM)
			good = check_term(w, &postings, &positions, &forms);
		status = ndx_termdict_next(&w->cursor, &w->err);
	}
	ndx_buf_free(&positions);
	ndx_buf_free(&forms);
	if (good && status != NDX_OK)
		return wrong(w, SIZE_MAX, w->err.msg);
	return good && check_norms(w);
}

bool
ndx_contents_check(const struct built *built, const struct scan *scan, struct ndx_buf *out)
{
	struct walk w = { .built = built, .scan = scan, .out = out };
	uint64_t expected = 0;

	for (; w.segment < built->index->manifest.segment_count; w.segment++)
		if (!check_segment(&w))
			return false;
	/* A word of the title is kept twice: for titles, and for title and text together. */
	for (size_t i = 0; i < ndx_scan_count(scan); i++)
		for (size_t j = 0; j < ndx_scan_get(scan, i)->token_count; j++)
			expected +=
				ndx_scan_get(scan, i)->token[j].place == NDX_FIELD_TITLE ? 2 : 1;
	if (w.position_count != expected) {
		ndx_buf_printf(out, "  positions: %llu in the index, %llu in the articles\n",
		               (unsigned long long)w.position_count, (unsigned long long)expected);
		return false;
	}
	return true;
}
