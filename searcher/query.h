/*
 * query.h - what someone typed, as a tree
 *
 * The language is told in ndx-query(7).  Words are folded and stemmed here, so the
 * tree speaks in terms; what they match is found later, in plan.h.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_QUERY_H
#define NDX_SEARCHER_QUERY_H

#include "common/buf.h"
#include "common/error.h"
#include "common/field.h"
#include "common/stem.h"
#include "common/text.h"

#define NDX_QUERY_SIZE_MAX  (64 * 1024) /* bytes */
#define NDX_QUERY_WORDS_MAX 4096
#define NDX_QUERY_DEPTH_MAX 100
#define NDX_QUERY_BOOST_MIN 0.001
#define NDX_QUERY_BOOST_MAX 1000.0
#define NDX_QUERY_SLOP_MAX  100000

enum ndx_node_kind {
	NDX_NODE_TERM,   /* one term */
	NDX_NODE_PHRASE, /* slots in order, 'slop' words between them in total */
	NDX_NODE_FORMS,  /* any of the surface forms that a pattern stands for */
	NDX_NODE_NEAR,   /* child[0] and child[1] near each other: TERM, PHRASE, FORMS, OR of these,
	                    or NEAR */
	NDX_NODE_AND,    /* all children */
	NDX_NODE_OR,     /* any child */
	/*
	 * A list of clauses: children with 'sign' MUST, MUST_NOT, SHOULD or FILTER.  Every MUST and
	 * FILTER and no MUST_NOT; where there is no MUST, at least one SHOULD, if there is any;
	 * with neither, all articles.  FILTER children (fields that never score, only in the root):
	 * those of one field are alternatives of each other, but for dates.
	 *
	 * Besides the root and groups it is what "a AND NOT b" becomes (MUST a, MUST_NOT b), and
	 * "NOT b" within OR (MUST_NOT b alone).
	 */
	NDX_NODE_LIST,
	NDX_NODE_DATES, /* published within 'dates'; its field is NDX_FIELD_DATE */
	NDX_NODE_NONE,  /* matches nothing; the parser makes none */
};

enum ndx_sign { NDX_SHOULD = 0, NDX_MUST, NDX_MUST_NOT, NDX_FILTER };

/* A term: bytes as the dictionary holds them, without the field. */
struct ndx_query_term {
	struct ndx_str term;
	struct ndx_str form; /* the folded surface form it came from */
	bool exact;          /* only this form of the term (in a PHRASE) */
};

enum ndx_near_kind {
	NDX_NEAR_ANY,     /* 'distance' positions at most from the one to the other */
	NDX_NEAR_ORDERED, /* the same, in this order */
	NDX_NEAR_SENTENCE /* in one sentence */
};

enum ndx_forms_kind {
	NDX_FORMS_EXACT,    /* =word */
	NDX_FORMS_WILDCARD, /* c?ca*, folded */
	NDX_FORMS_FUZZY     /* word~2 */
};

/* Where a phrase may match at one of its places: any of the terms. */
struct ndx_slot {
	uint32_t position; /* relative to the first slot: 0, 1, ... */
	struct ndx_query_term term;
};

/* Seconds since 1970, UTC: from <= date < to.  INT64_MIN and INT64_MAX: open. */
struct ndx_dates {
	int64_t from, to;
};

struct ndx_node {
	enum ndx_node_kind kind;
	enum ndx_sign sign; /* in its parent, if that is a LIST */
	/*
	 * TERM, PHRASE, FORMS: where to look.  AND, OR, LIST: the field before their parentheses,
	 * as in source:(afp reuters), else NDX_FIELD_ANY; a FILTER can be any of these.
	 */
	enum ndx_field field;
	bool scores; /* false for filters, and for all below MUST_NOT or FILTER */
	/*
	 * 1 unless typed at this node: what counts for a term is the product on the way down,
	 * which is within NDX_QUERY_BOOST_MIN and _MAX.
	 */
	float boost;
	size_t at, size;                /* bytes of the query that it came from */
	struct ndx_query_term term;     /* TERM; FORMS: its pattern or word, in 'form' */
	enum ndx_forms_kind forms_kind; /* FORMS, as the next three */
	unsigned distance;              /* FUZZY: 1 or 2; NEAR: positions */
	enum ndx_near_kind near_kind;   /* NEAR */
	struct ndx_str *form;           /* what it stands for, rising; see ndx_query_expand() */
	size_t form_count;
	struct ndx_dates dates; /* DATES */
	struct ndx_slot *slot;  /* PHRASE */
	size_t slot_count;
	uint32_t slop;
	struct ndx_node **child; /* AND, OR, LIST, NEAR */
	size_t child_count;
};

struct ndx_query {
	struct ndx_node *root; /* always a LIST; without children it matches nothing: no words */
	char **notice;         /* sentences on what was not read as typed, at most 20 */
	size_t notice_count;
	struct ndx_arena *arena; /* holds all of it */
};

/*
 * Parse text[size] for an index whose words are stemmed by 'stemmer'.  Typed text never fails:
 * what does not parse is read as plain words, with a notice.  With 'strict' it is
 * NDX_E_QUERY with err->at.  Beyond a limit of size, words or depth: NDX_E_LIMIT.  With
 * 'all', every top-level clause without a sign is MUST, filters aside.
 */
enum ndx_status ndx_query_parse(const struct ndx_mem *mem, struct ndx_stemmer *stemmer,
                                const char *text, size_t size, bool all, bool strict,
                                struct ndx_query **query_ret, struct ndx_err *err);
/* The same, with the days, months and years of dates those of a zone; NULL: of UTC. */
enum ndx_status ndx_query_parse_zoned(const struct ndx_mem *mem, struct ndx_stemmer *stemmer,
                                      const char *text, size_t size, bool all, bool strict,
                                      const struct ndx_zone *zone, struct ndx_query **query_ret,
                                      struct ndx_err *err);
void ndx_query_free(struct ndx_query *query);

/* How many bytes of text[size] are a quotation mark, straight or curved, that bounds a phrase: 0 if
 * it begins with none. */
size_t ndx_query_quote_size(const char *text, size_t size);

/* The span of a date that may be partial, such as 2025-09, in a zone (NULL: UTC) unless it names
 * its own.  False: it is no date. */
bool ndx_query_span(const struct ndx_zone *zone, struct ndx_str text, struct ndx_dates *span_ret);

/* Keep a sentence; of more than 20 the first ones, and that there were more.  False: out of
 * memory. */
bool ndx_query_add_notice(struct ndx_query *query, const char *sentence);

/* Text to quote in a message: text[size] without what is not UTF-8, cut if long. */
#define NDX_QUERY_SHOWN_SIZE 48
void ndx_query_show(const char *text, size_t size, char out[NDX_QUERY_SHOWN_SIZE]);

/* Append the tree as an s-expression, as in tests/cases/query.cases and --explain. */
void ndx_query_print(const struct ndx_query *query, struct ndx_buf *out);

#endif
