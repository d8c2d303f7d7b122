/*
 * ndx.h - search a news index from your own program
 *
 *   ndx_open() -> ndx_search() -> ndx_hits_get() ... -> ndx_hits_free() -> ndx_close()
 *
 * Errors.     A call that can fail returns enum ndx_status, 0 for success.  On
 *             failure its output argument is left alone and, if 'err' is not
 *             NULL, err->msg names what failed and on which file, in one line.
 * Ownership.  Free what you were handed: every _free() and _close() takes NULL.
 *             A const pointer handed out lives exactly as long as its parent.
 *             Free all hits and articles of an index before you close it.
 * Threads.    An index is read-only once open: any number of threads may search
 *             it at the same time.  Hits belong to one thread at a time.
 * Text.       All text is UTF-8 and NUL-terminated.
 * Manners.    No global state, no signals, no stdio, no exit().
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_H
#define NDX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define NDX_VERSION "0.1.0"

#if defined(__GNUC__) && defined(NDX_BUILD)
#	define NDX_API __attribute__((visibility("default")))
#else
#	define NDX_API
#endif

struct ndx_index; /* an open index: a set of segments */
struct ndx_hits;  /* the best hits of one query */
struct ndx_suggestions;

enum ndx_status {
	NDX_OK = 0,
	NDX_E_IO, /* the operating system refused; see msg */
	NDX_E_NOMEM,
	NDX_E_CORRUPT,   /* the index fails its own checks */
	NDX_E_VERSION,   /* written by a newer or too old indexer */
	NDX_E_QUERY,     /* the query does not parse (only with NDX_STRICT); see err->at */
	NDX_E_LIMIT,     /* the query, or an input, is beyond a fixed limit */
	NDX_E_NOT_FOUND, /* no article has this id */
	NDX_E_INPUT,     /* an argument, or bytes of an article, that cannot be taken */
	NDX_E_LOCKED,    /* another process writes to the index */
};

struct ndx_err {
	enum ndx_status status;
	size_t at;     /* NDX_E_QUERY: byte offset in the query */
	char msg[240]; /* always NUL-terminated; cut if too long */
};

/* An article's date when the source gave none. */
#define NDX_NO_DATE INT64_MIN

struct ndx_article_view {
	const char *id;     /* unique in the index, never "" */
	const char *title;  /* "" if it has none */
	const char *source; /* this and the next four: "" where unknown */
	const char *section;
	const char *author;
	const char *url;
	const char *language;
	const char *text;    /* paragraphs divided by line breaks */
	size_t text_size;    /* bytes of text, without the NUL */
	int64_t date;        /* seconds since 1970-01-01 UTC, or NDX_NO_DATE */
	int date_offset_min; /* the zone it was written in, minutes east of UTC */
	bool title_is_made;  /* the source had none: the title is the first sentence */
};

struct ndx_hit {
	uint32_t docid; /* dense, from 0, for this open index only */
	float score;    /* BM25F, > 0; 0 where the query does not score */
	struct ndx_article_view article;
};

enum ndx_sort { NDX_SORT_RELEVANCE = 0, NDX_SORT_NEWEST, NDX_SORT_OLDEST };

enum ndx_search_flags {
	NDX_ALL = 1,      /* every top-level clause is required */
	NDX_STRICT = 2,   /* a query that does not parse is NDX_E_QUERY */
	NDX_NO_TOTAL = 4, /* ndx_hits_total() is not needed: it may be too small, and saves work */
	NDX_IDS_ONLY = 8, /* of the articles id and date alone are needed: no text is unpacked */
	NDX_UNREAD = 16,  /* no articles are read: ndx_hits_read() does it, some at a time */
	NDX_PROXIMITY = 32, /* words of the query that are near each other count more */
};

/* What can be counted over all matches: bits of ndx_search_options.facets are 1 << one of these. */
enum ndx_facet { NDX_FACET_SOURCE = 0, NDX_FACET_SECTION, NDX_FACET_AUTHOR, NDX_FACET_YEAR };
#define NDX_FACETS 4

struct ndx_facet_value {
	const char *value; /* never ""; a year has four digits */
	uint64_t count;    /* matches that have it */
};

enum ndx_bucket_unit {
	NDX_UNIT_NONE = 0, /* no timeline */
	NDX_UNIT_AUTO,     /* whichever of the next makes a picture */
	NDX_UNIT_DAY,
	NDX_UNIT_WEEK, /* from Monday on */
	NDX_UNIT_MONTH,
	NDX_UNIT_YEAR,
};

/* A day, week, month or year, in UTC or the zone that was asked for. */
struct ndx_bucket {
	int64_t from;   /* its first second since 1970-01-01, by the clock of that zone */
	uint64_t count; /* matches published in it */
	uint64_t of;    /* all articles published in it */
};

/* A time zone: seconds east of UTC at an instant, in seconds since 1970.  Called while a search
 * lasts. */
struct ndx_zone {
	int (*offset_s)(void *ctx, int64_t utc);
	void *ctx;
};

/* What ndx_search() takes beside the query; all zero means the defaults. */
struct ndx_search_options {
	size_t nhits_max; /* hits to keep; 0 only counts */
	size_t noffset;   /* best hits to pass over before the first one kept */
	enum ndx_sort sort;
	unsigned flags;         /* enum ndx_search_flags */
	bool params_set;        /* the next three hold; else 1.3, 0.75 and NDX_TITLE_WEIGHT */
	float k1, b;            /* BM25: 0 <= k1 <= 1000, 0 <= b <= 1 */
	float title_weight;     /* what a word in the title counts, 1 = as in the text; 1 to 100 */
	size_t nexpansions_max; /* words that a pattern such as "cultiv*" may stand for; 0: 1024 */
	unsigned facets;        /* see enum ndx_facet */
	size_t nfacet_values;   /* values of a facet that are told, the most frequent; 0: 10 */
	enum ndx_bucket_unit timeline;
	int64_t half_life_s; /* prefer newer articles: see ndx_search(); 0: do not */
	/* of the days in date filters, timeline and years; NULL: UTC */
	const struct ndx_zone *zone;
	int64_t as_of; /* seconds since 1970: how new is counted from here */
	/* Filters of fields and dates, as in queries (source:"Post" date:1999..): all are required,
	 * whatever the query says; NULL: none. */
	const char *filter;
};

/* Open the index in directory 'path'.  Maps files; reads no postings yet. */
NDX_API enum ndx_status ndx_open(const char *path, struct ndx_index **index_ret,
                                 struct ndx_err *err);
NDX_API void ndx_close(struct ndx_index *index);

/* Articles that can be found (deleted ones are not), and the number of the commit. */
NDX_API uint64_t ndx_article_count(const struct ndx_index *index);
NDX_API uint64_t ndx_generation(const struct ndx_index *index);

/*
 * Run 'query' (words; "a phrase"; -word; see ndx-query(7)) and keep the hits that
 * 'options' asks for (NULL: the best 10), ordered by falling score, then newest
 * first, then by id.  With a half-life, a score is multiplied by 1/2 + 1/2 * 2^(-age / half-life),
 * age being as_of less the date, 0 at least; by 1/2 if there is none.  No match is NDX_OK with zero
 * hits.  All decoding happens here, so reading hits cannot fail.
 */
NDX_API enum ndx_status ndx_search(const struct ndx_index *index, const char *query,
                                   const struct ndx_search_options *options,
                                   struct ndx_hits **hits_ret, struct ndx_err *err);
NDX_API size_t ndx_hits_count(const struct ndx_hits *hits);
NDX_API uint64_t ndx_hits_total(const struct ndx_hits *hits); /* all matches, exact */
/* rank < count; with NDX_UNREAD, NULL for those that were not read last. */
NDX_API const struct ndx_hit *ndx_hits_get(const struct ndx_hits *hits, size_t rank);
/*
 * With NDX_UNREAD: read the articles of the hits first .. first + count - 1, as far as there are so
 * many, in place of those that were read before.  So any number of hits goes through little memory.
 */
NDX_API enum ndx_status ndx_hits_read(struct ndx_hits *hits, size_t first, size_t count,
                                      struct ndx_err *err);
/*
 * The values of a facet that was asked for, the most frequent first, equal ones in the order of
 * their bytes (of years all, the latest first), and how many are told; what is unknown is not
 * counted.
 */
NDX_API const struct ndx_facet_value *ndx_hits_facet(const struct ndx_hits *hits,
                                                     enum ndx_facet facet, size_t *count_ret);
/* The timeline, from the first match's unit to the last one's without gaps; the unit, and how
 * many. */
NDX_API const struct ndx_bucket *
ndx_hits_timeline(const struct ndx_hits *hits, enum ndx_bucket_unit *unit_ret, size_t *count_ret);
/* The query with words that the index knows better, where it found little; NULL: there is none
 * such. */
NDX_API const char *ndx_hits_suggestion(const struct ndx_hits *hits);
/* What was not read as typed, or cut short: one sentence each.  NULL past the last. */
NDX_API const char *ndx_hits_notice(const struct ndx_hits *hits, size_t i);
NDX_API void ndx_hits_free(struct ndx_hits *hits);

/*
 * Write into out[out_size] a passage around the query's words in hit 'rank', as
 * UTF-8 text with \x02 and \x03 around each match: escape first, then mark up.
 * Cuts between words to fit; always NUL-terminates.  out_size >= 64.
 */
NDX_API enum ndx_status ndx_snippet(const struct ndx_hits *hits, size_t rank, char *out,
                                    size_t out_size, struct ndx_err *err);

/* Bytes of an article's text or title. */
struct ndx_match {
	size_t offset, size;
};

/*
 * The same of up to npassages passages (1 to 100) that do not overlap, in the order of the text, a
 * space between them; each takes passage_size bytes at most (>= 64), so out_size >= npassages *
 * passage_size.  What is marked in them lies at match[0 .. *nmatches_ret) of the text: as many as
 * nmatches_max has room for.
 */
NDX_API enum ndx_status ndx_snippets(const struct ndx_hits *hits, size_t rank, size_t npassages,
                                     size_t passage_size, char *out, size_t out_size,
                                     struct ndx_match *match, size_t nmatches_max,
                                     size_t *nmatches_ret, struct ndx_err *err);

/* The same, and the passages lie at passage[0 .. *npassages_ret) of the text, which has room for
 * npassages: none if there is no text. */
NDX_API enum ndx_status ndx_passages(const struct ndx_hits *hits, size_t rank, size_t npassages,
                                     size_t passage_size, char *out, size_t out_size,
                                     struct ndx_match *passage, size_t *npassages_ret,
                                     struct ndx_match *match, size_t nmatches_max,
                                     size_t *nmatches_ret, struct ndx_err *err);

/* What of the title of hit 'rank' matches: match[0 .. *nmatches_ret), as many as nmatches_max has
 * room for. */
NDX_API enum ndx_status ndx_title_matches(const struct ndx_hits *hits, size_t rank,
                                          struct ndx_match *match, size_t nmatches_max,
                                          size_t *nmatches_ret, struct ndx_err *err);

/*
 * The article named 'id', whole; NDX_E_NOT_FOUND if the index has none.  With a
 * 'query' that is not NULL, \x02 and \x03 stand around its matches in the text; the
 * next two calls tell those in the title, and what of the query was not read as typed: of
 * an article from here alone, not of that of a hit.
 */
NDX_API enum ndx_status ndx_article_get(const struct ndx_index *index, const char *id,
                                        const char *query,
                                        const struct ndx_article_view **article_ret,
                                        struct ndx_err *err);
NDX_API const struct ndx_match *ndx_article_title_matches(const struct ndx_article_view *article,
                                                          size_t *count_ret);
/* One sentence each; NULL past the last. */
NDX_API const char *ndx_article_notice(const struct ndx_article_view *article, size_t i);
NDX_API void ndx_article_free(const struct ndx_article_view *article);

/* What a beginning could become. */
struct ndx_suggestion {
	const char *text;
	uint64_t count; /* of a word, how often it stands in the index; of several, headlines with
	                   them */
};

/*
 * Complete the last word of 'prefix': a word alone by the words of the index, the most frequent
 * first; after others, by those that follow them in headlines.  A word may have a hyphen that was
 * not typed.  At most nmax; the list is to be freed.
 */
NDX_API enum ndx_status ndx_suggest(const struct ndx_index *index, const char *prefix, size_t nmax,
                                    struct ndx_suggestions **suggestions_ret, struct ndx_err *err);
NDX_API const struct ndx_suggestion *ndx_suggestions_get(const struct ndx_suggestions *suggestions,
                                                         size_t i); /* NULL past the last */
NDX_API void ndx_suggestions_free(struct ndx_suggestions *suggestions);

NDX_API const char *ndx_strstatus(enum ndx_status status); /* static text, never NULL */

#ifdef __cplusplus
}
#endif
#endif
