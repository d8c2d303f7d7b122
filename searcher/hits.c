/*
 * hits.c - search, and read what was found: the calls of ndx.h that lead to articles
 *
 * The articles of all hits are read while the search lasts, in the order in which
 * they lie in their segments, so that a block of several is unpacked once.
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/hits.h"

#include <stdlib.h>

#include "common/impact.h"
#include "searcher/article_read.h"
#include "searcher/expand.h"
#include "searcher/proximity.h"
#include "searcher/snippet.h"
#include "searcher/suggest.h"
#include "searcher/tally.h"

#define NHITS_DEFAULT 10

/* Of fewer matches one looks whether the query could have meant more. */
#define LITTLE 20
/* Words and phrases of a query that one looks at for that, at most. */
#define SHORT 32

static enum ndx_status
take_params(const struct ndx_search_options *options, struct ndx_run_options *run,
            struct ndx_err *err)
{
	run->k1 = NDX_K1;
	run->b = NDX_B;
	run->title_weight = NDX_TITLE_WEIGHT;
	if (!options->params_set)
		return NDX_OK;
	/* Written so that what is no number fails, too. */
	if (!(options->k1 >= 0 && options->k1 <= 1000))
		return ndx_fail(err, NDX_E_INPUT, "k1 is %g, 0 to 1000 expected",
		                (double)options->k1);
	if (!(options->b >= 0 && options->b <= 1))
		return ndx_fail(err, NDX_E_INPUT, "b is %g, 0 to 1 expected", (double)options->b);
	if (!(options->title_weight >= 1 && options->title_weight <= 100))
		return ndx_fail(err, NDX_E_INPUT, "title weight is %g, 1 to 100 expected",
		                (double)options->title_weight);
	run->k1 = options->k1;
	run->b = options->b;
	run->title_weight = options->title_weight;
	return NDX_OK;
}

static enum ndx_status
take_options(struct ndx_hits *hits, const struct ndx_search_options *options, struct ndx_err *err)
{
	const uint64_t most = hits->index->article_count;
	size_t wanted = options->nhits_max;

	if (options->sort != NDX_SORT_RELEVANCE && options->sort != NDX_SORT_NEWEST &&
	    options->sort != NDX_SORT_OLDEST)
		return ndx_fail(err, NDX_E_INPUT, "no sort order has the number %d",
		                (int)options->sort);
	hits->expansions_max =
		options->nexpansions_max == 0 ? NDX_EXPANSIONS_MAX : options->nexpansions_max;
	if (wanted > SIZE_MAX - options->noffset)
		wanted = SIZE_MAX - options->noffset;
	if (wanted > 0)
		wanted += options->noffset;
	hits->offset = options->noffset;
	hits->zone = options->zone;
	hits->unread = (options->flags & NDX_UNREAD) != 0;
	hits->ids_only = (options->flags & NDX_IDS_ONLY) != 0;
	hits->run.nbest = wanted < most ? wanted : (size_t)most;
	hits->run.want_total = (options->flags & NDX_NO_TOTAL) == 0;
	hits->run.sort = options->sort;
	hits->run.half_life_s = options->half_life_s > 0 ? options->half_life_s : 0;
	hits->run.as_of = options->as_of;
	if (options->timeline > NDX_UNIT_YEAR || options->facets >> NDX_FACETS != 0)
		return ndx_fail(err, NDX_E_INPUT, "no such facet or unit");
	if (options->facets != 0 || options->timeline != NDX_UNIT_NONE) {
		enum ndx_status status = ndx_tally_new(hits->index, hits->arena, options->facets,
		                                       options->nfacet_values, options->timeline,
		                                       options->zone, &hits->tally, err);

		if (status != NDX_OK)
			return status;
	}
	return take_params(options, &hits->run, err);
}

/* The article's docid in the index as a whole. */
static uint32_t
global_docid(const struct ndx_index *index, const struct ndx_found *found)
{
	uint32_t base = 0;

	for (uint32_t i = 0; i < found->segment; i++)
		base += index->segment[i].article_count;
	return base + found->docid;
}

/* A hit on its way to being read. */
struct load {
	uint32_t segment, slot;
	uint32_t hit;
};

static int
compare_loads(const void *a, const void *b)
{
	const struct load *x = a, *y = b;

	if (x->segment != y->segment)
		return x->segment < y->segment ? -1 : 1;
	return (x->slot > y->slot) - (x->slot < y->slot);
}

/* Read the articles of one segment, load[0] .. up to the first of another; returns how many. */
static size_t
load_segment(struct ndx_hits *hits, struct load *load, size_t count, enum ndx_status *status,
             struct ndx_err *err)
{
	const struct ndx_found *found = hits->result.found + hits->offset + hits->read_first;
	struct ndx_article_reader reader;
	size_t n = 1;

	while (n < count && load[n].segment == load[0].segment)
		n++;
	*status = ndx_article_reader_open(&hits->index->segment[load[0].segment], &reader, err);
	for (size_t i = 0; *status == NDX_OK && i < n; i++)
		*status = ndx_article_reader_slot(&reader, found[load[i].hit].docid, &load[i].slot,
		                                  err);
	if (*status == NDX_OK)
		qsort(load, n, sizeof(*load), compare_loads);
	for (size_t i = 0; *status == NDX_OK && !hits->ids_only && i < n; i++)
		ndx_docstore_expect(&reader.stored, load[i].slot);
	for (size_t i = 0; *status == NDX_OK && i < n; i++) {
		struct ndx_hit *hit = &hits->hit[load[i].hit];

		hit->docid = global_docid(hits->index, &found[load[i].hit]);
		hit->score = found[load[i].hit].score;
		*status = ndx_article_read(&reader, found[load[i].hit].docid, hits->ids_only,
		                           hits->articles, &hit->article, err);
	}
	ndx_article_reader_close(&reader);
	return n;
}

enum ndx_status
ndx_hits_read(struct ndx_hits *hits, size_t first, size_t count, struct ndx_err *err)
{
	const struct ndx_mem *mem = hits->index->env->mem;
	const struct ndx_found *found;
	enum ndx_status status = NDX_OK;
	struct load *load;

	hits->read_count = 0;
	if (first >= hits->count)
		return NDX_OK;
	found = hits->result.found + hits->offset + first;
	count = count < hits->count - first ? count : hits->count - first;
	ndx_arena_free(hits->articles);
	hits->articles = ndx_arena_new(mem);
	load = ndx_alloc(mem, count * sizeof(*load));
	hits->hit = hits->articles == NULL || load == NULL
	                    ? NULL
	                    : ndx_arena_alloc(hits->articles, count * sizeof(*hits->hit));
	if (hits->hit == NULL) {
		ndx_free(mem, load);
		return ndx_fail_nomem(err);
	}
	hits->read_first = first;
	for (size_t i = 0; i < count; i++)
		load[i] = (struct load){ found[i].segment, 0, (uint32_t)i };
	qsort(load, count, sizeof(*load), compare_loads);
	for (size_t i = 0; status == NDX_OK && i < count;)
		i += load_segment(hits, load + i, count - i, &status, err);
	ndx_free(mem, load);
	if (status == NDX_OK)
		hits->read_count = count;
	return status;
}

/* What finding a leaf in a passage is worth: as in the score, rare words more. */
static enum ndx_status
weigh_leaves(struct ndx_hits *hits, struct ndx_err *err)
{
	const size_t count = ndx_marker_leaf_count(hits->marker);
	const struct ndx_leaf_stats *stats = hits->result.stats;

	hits->weight = ndx_arena_alloc(hits->arena, count * sizeof(*hits->weight));
	if (hits->weight == NULL)
		return ndx_fail_nomem(err);
	for (size_t i = 0; i < count; i++) {
		hits->weight[i] = 1;
		for (size_t j = 0; j < hits->result.stats_count; j++)
			if (stats[j].node == ndx_marker_leaf(hits->marker, i) && stats[j].idf > 0)
				hits->weight[i] = stats[j].idf;
	}
	return NDX_OK;
}

/* The total is exact if it was wanted, or if fewer were found than there was room for. */
static bool
found_little(const struct ndx_hits *hits)
{
	return hits->result.total < LITTLE &&
	       (hits->run.want_total || hits->result.count < hits->run.nbest);
}

/* Could the query have meant more?  Who only counts is not to wait for this, nor who only wants
 * ids, unless there are few. */
static bool
is_doubtful(const struct ndx_hits *hits)
{
	return (hits->run.nbest > 0 || hits->tally != NULL) && hits->result.stats_count <= SHORT &&
	       (!hits->ids_only || found_little(hits));
}

/* Run the query, and count over its matches what is asked for. */
static enum ndx_status
run(struct ndx_hits *hits, struct ndx_err *err)
{
	struct ndx_match_sink sink;
	enum ndx_status status;

	if (hits->tally == NULL)
		return ndx_run(hits->index, hits->query, &hits->run, &hits->result, err);
	sink = ndx_tally_sink(hits->tally);
	hits->run.sink = &sink;
	hits->run.want_total = true;
	status = ndx_run(hits->index, hits->query, &hits->run, &hits->result, err);
	hits->run.sink = NULL;
	return status == NDX_OK ? ndx_tally_finish(hits->tally, err) : status;
}

/*
 * Require the filter, too: (query) source:"Post".  The query is kept whole, so that nothing in it
 * can be read together with the filter.
 */
static enum ndx_status
narrow(struct ndx_hits *hits, const char *text, struct ndx_err *err)
{
	const struct ndx_mem *mem = hits->index->env->mem;
	struct ndx_query *query = hits->query;
	struct ndx_node *root = query->root, *both, **child;
	size_t count = 0;
	enum ndx_status status =
		ndx_query_parse_zoned(mem, hits->stemmer, text, strlen(text), false, false,
	                              hits->zone, &hits->filter, err);

	if (status == NDX_OK)
		status = ndx_query_expand(hits->index, hits->expansions_max, hits->filter, err);
	if (status != NDX_OK)
		return status;
	both = ndx_arena_alloc(query->arena, sizeof(*both));
	child = ndx_arena_alloc(query->arena,
	                        (hits->filter->root->child_count + 1) * sizeof(struct ndx_node *));
	if (both == NULL || child == NULL)
		return ndx_fail_nomem(err);
	if (root->child_count > 0)
		child[count++] = root;
	for (size_t i = 0; i < hits->filter->root->child_count; i++) {
		child[count++] = hits->filter->root->child[i];
		if (child[count - 1]->sign != NDX_FILTER)
			return ndx_fail(err, NDX_E_INPUT, "a filter is of fields and dates only");
	}
	*both = *root;
	both->child = child;
	both->child_count = count;
	root->sign = NDX_MUST;
	query->root = both;
	return NDX_OK;
}

/* How many articles the query finds without its filters and what it excludes, where it has any:
 * words that find many are spelled as meant. */
static enum ndx_status
count_by_words(const struct ndx_hits *hits, uint64_t *count_ret, struct ndx_err *err)
{
	const struct ndx_node *root = hits->query->root;
	struct ndx_query query = *hits->query;
	struct ndx_node words = *root;

	words.child_count = 0;
	words.child = ndx_arena_alloc(hits->arena, root->child_count * sizeof(*words.child));
	if (words.child == NULL)
		return ndx_fail_nomem(err);
	for (size_t i = 0; i < root->child_count; i++)
		if (root->child[i]->sign != NDX_FILTER && root->child[i]->sign != NDX_MUST_NOT)
			words.child[words.child_count++] = root->child[i];
	if (words.child_count == root->child_count || words.child_count == 0)
		return NDX_OK;
	query.root = &words;
	return ndx_run_count(hits->index, &query, count_ret, err);
}

/* What the query could have meant. */
static enum ndx_status
suggest(struct ndx_hits *hits, const char *text, bool all, struct ndx_err *err)
{
	uint64_t total = LITTLE, by_words;
	enum ndx_status status = NDX_OK;

	if (found_little(hits) && hits->filter != NULL)
		status = ndx_query_count(hits->index, hits->stemmer, ndx_str(text), all, &total,
		                         err);
	else if (found_little(hits))
		total = hits->result.total;
	by_words = total;
	if (status == NDX_OK && total < LITTLE && hits->filter == NULL)
		status = count_by_words(hits, &by_words, err);
	if (status == NDX_OK)
		status = ndx_did_you_mean(hits->index, hits->stemmer, ndx_str(text), all,
		                          hits->query, total, by_words >= LITTLE, hits->arena,
		                          &hits->suggestion, err);
	return status;
}

static enum ndx_status
search(struct ndx_hits *hits, const char *text, const struct ndx_search_options *options,
       struct ndx_err *err)
{
	const unsigned flags = options->flags;
	const struct ndx_index *index = hits->index;
	const struct ndx_mem *mem = index->env->mem;
	enum ndx_status status =
		ndx_stemmer_new(mem, index->manifest.language, &hits->stemmer, err);

	if (status == NDX_OK)
		status = ndx_query_parse_zoned(mem, hits->stemmer, text, strlen(text),
		                               (flags & NDX_ALL) != 0, (flags & NDX_STRICT) != 0,
		                               hits->zone, &hits->query, err);
	if (status == NDX_OK)
		status = ndx_query_expand(index, hits->expansions_max, hits->query, err);
	if (status == NDX_OK && (flags & NDX_PROXIMITY) != 0)
		status = ndx_query_add_proximity(index, hits->query, err);
	if (status == NDX_OK && options->filter != NULL && options->filter[0] != '\0')
		status = narrow(hits, options->filter, err);
	if (status == NDX_OK)
		status = run(hits, err);
	if (status == NDX_OK && is_doubtful(hits))
		status = suggest(hits, text, (flags & NDX_ALL) != 0, err);
	if (status == NDX_OK && hits->result.count > hits->offset)
		hits->count = hits->result.count - hits->offset;
	if (status == NDX_OK && !hits->unread)
		status = ndx_hits_read(hits, 0, hits->count, err);
	if (status != NDX_OK || hits->count == 0 || hits->ids_only)
		return status;
	status = ndx_marker_new(mem, hits->stemmer, hits->query, &hits->marker, err);
	return status != NDX_OK ? status : weigh_leaves(hits, err);
}

enum ndx_status
ndx_search(const struct ndx_index *index, const char *query,
           const struct ndx_search_options *options, struct ndx_hits **hits_ret,
           struct ndx_err *err)
{
	static const struct ndx_search_options defaults = { .nhits_max = NHITS_DEFAULT };
	struct ndx_hits *hits = ndx_alloc_zero(index->env->mem, 1, sizeof(*hits));
	enum ndx_status status;

	if (hits == NULL)
		return ndx_fail_nomem(err);
	hits->index = index;
	hits->arena = ndx_arena_new(index->env->mem);
	if (options == NULL)
		options = &defaults;
	status = hits->arena == NULL ? ndx_fail_nomem(err) : take_options(hits, options, err);
	if (status == NDX_OK)
		status = search(hits, query, options, err);
	if (status != NDX_OK) {
		ndx_hits_free(hits);
		return status;
	}
	*hits_ret = hits;
	return NDX_OK;
}

size_t
ndx_hits_count(const struct ndx_hits *hits)
{
	return hits->count;
}

uint64_t
ndx_hits_total(const struct ndx_hits *hits)
{
	return hits->result.total;
}

const struct ndx_hit *
ndx_hits_get(const struct ndx_hits *hits, size_t rank)
{
	return rank >= hits->read_first && rank - hits->read_first < hits->read_count
	               ? &hits->hit[rank - hits->read_first]
	               : NULL;
}

const char *
ndx_hits_suggestion(const struct ndx_hits *hits)
{
	return hits->suggestion;
}

const struct ndx_facet_value *
ndx_hits_facet(const struct ndx_hits *hits, enum ndx_facet facet, size_t *count_ret)
{
	*count_ret = 0;
	if (hits->tally == NULL || (unsigned)facet >= NDX_FACETS)
		return NULL;
	return ndx_tally_facet(hits->tally, facet, count_ret);
}

const struct ndx_bucket *
ndx_hits_timeline(const struct ndx_hits *hits, enum ndx_bucket_unit *unit_ret, size_t *count_ret)
{
	*unit_ret = NDX_UNIT_NONE;
	*count_ret = 0;
	return hits->tally == NULL ? NULL : ndx_tally_timeline(hits->tally, unit_ret, count_ret);
}

const char *
ndx_hits_notice(const struct ndx_hits *hits, size_t i)
{
	return i < hits->query->notice_count ? hits->query->notice[i] : NULL;
}

void
ndx_hits_free(struct ndx_hits *hits)
{
	if (hits == NULL)
		return;
	ndx_run_result_free(hits->index, &hits->result);
	ndx_tally_free(hits->tally);
	ndx_marker_free(hits->marker);
	ndx_query_free(hits->query);
	ndx_query_free(hits->filter);
	ndx_stemmer_free(hits->stemmer);
	ndx_arena_free(hits->articles);
	ndx_arena_free(hits->arena);
	ndx_free(hits->index->env->mem, hits);
}

enum ndx_status
ndx_snippet(const struct ndx_hits *hits, size_t rank, char *out, size_t out_size,
            struct ndx_err *err)
{
	size_t count;

	return ndx_snippets(hits, rank, 1, out_size, out, out_size, NULL, 0, &count, err);
}

/* The marks that lie in the passages. */
static size_t
give_matches(const struct ndx_mark *mark, size_t mark_count, const struct ndx_extent *passage,
             size_t passage_count, struct ndx_match *match, size_t match_max)
{
	size_t count = 0;

	for (size_t i = 0, p = 0; i < mark_count && count < match_max; i++) {
		while (p < passage_count && passage[p].end <= mark[i].off)
			p++;
		if (p < passage_count && mark[i].off + (size_t)mark[i].size > passage[p].begin)
			match[count++] = (struct ndx_match){ mark[i].off, mark[i].size };
	}
	return count;
}

/* Where the passages lie, without white space around them. */
static size_t
give_passages(struct ndx_str text, const struct ndx_extent *passage, size_t count,
              struct ndx_match *out)
{
	size_t given = 0;

	for (size_t i = 0; i < count; i++) {
		size_t end = passage[i].end;

		while (end > passage[i].begin && strchr(" \t\n\v\f\r", text.data[end - 1]) != NULL)
			end--;
		if (end > passage[i].begin)
			out[given++] =
				(struct ndx_match){ passage[i].begin, end - passage[i].begin };
	}
	return given;
}

enum ndx_status
ndx_snippets(const struct ndx_hits *hits, size_t rank, size_t npassages, size_t passage_size,
             char *out, size_t out_size, struct ndx_match *match, size_t nmatches_max,
             size_t *nmatches_ret, struct ndx_err *err)
{
	struct ndx_match passage[NDX_PASSAGES_MAX];
	size_t count;

	return ndx_passages(hits, rank, npassages, passage_size, out, out_size, passage, &count,
	                    match, nmatches_max, nmatches_ret, err);
}

enum ndx_status
ndx_passages(const struct ndx_hits *hits, size_t rank, size_t npassages, size_t passage_size,
             char *out, size_t out_size, struct ndx_match *passage, size_t *npassages_ret,
             struct ndx_match *match, size_t nmatches_max, size_t *nmatches_ret,
             struct ndx_err *err)
{
	struct ndx_extent extent[NDX_PASSAGES_MAX];
	const struct ndx_article_view *article;
	const struct ndx_mark *mark;
	struct ndx_str text;
	size_t mark_count, count;
	enum ndx_status status;

	if (ndx_hits_get(hits, rank) == NULL || hits->marker == NULL)
		return ndx_fail(err, NDX_E_INPUT, "no text was read for hit %zu", rank);
	if (passage_size < NDX_SNIPPET_SIZE_MIN)
		return ndx_fail(err, NDX_E_INPUT, "a snippet needs room for %d bytes",
		                NDX_SNIPPET_SIZE_MIN);
	if (npassages < 1 || npassages > NDX_PASSAGES_MAX || out_size / npassages < passage_size)
		return ndx_fail(err, NDX_E_INPUT,
		                "1 to %d passages, with room for each, are expected",
		                NDX_PASSAGES_MAX);
	article = &ndx_hits_get(hits, rank)->article;
	text = (struct ndx_str){ article->text, article->text_size };
	status = ndx_marker_find(hits->marker, text, false, &mark, &mark_count, err);
	if (status == NDX_OK)
		status = ndx_snippets_find(hits->index->env->mem, text, mark, mark_count,
		                           hits->weight, ndx_marker_leaf_count(hits->marker),
		                           passage_size, npassages, extent, &count, err);
	if (status != NDX_OK)
		return status;
	ndx_snippets_write(text, mark, mark_count, extent, count, out);
	*npassages_ret = give_passages(text, extent, count, passage);
	*nmatches_ret = give_matches(mark, mark_count, extent, count, match, nmatches_max);
	return NDX_OK;
}

enum ndx_status
ndx_title_matches(const struct ndx_hits *hits, size_t rank, struct ndx_match *match,
                  size_t nmatches_max, size_t *nmatches_ret, struct ndx_err *err)
{
	const struct ndx_article_view *article;
	const struct ndx_mark *mark;
	size_t count;
	enum ndx_status status;

	if (ndx_hits_get(hits, rank) == NULL || hits->marker == NULL)
		return ndx_fail(err, NDX_E_INPUT, "no title was read for hit %zu", rank);
	article = &ndx_hits_get(hits, rank)->article;
	status = ndx_marker_find(hits->marker, ndx_str(article->title), !article->title_is_made,
	                         &mark, &count, err); /* one that was made is of the text */
	if (status != NDX_OK)
		return status;
	*nmatches_ret = count < nmatches_max ? count : nmatches_max;
	for (size_t i = 0; i < *nmatches_ret; i++)
		match[i] = (struct ndx_match){ mark[i].off, mark[i].size };
	return NDX_OK;
}
