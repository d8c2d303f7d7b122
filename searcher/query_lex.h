/*
 * query_lex.h - a query while it is being read; shared by the query_*.c files only
 *
 *   ndx_query_rejoin() text -> text, in which "u s" is an acronym
 *   ndx_query_lex()    text -> lexemes: words, phrases, operators, parentheses
 *   ndx_query_mend()   -> lexemes that are a sentence of the grammar, whatever was typed
 *   ndx_query_words()  -> tokens, one pass over all words, so that each sees the others
 *   ndx_query_tree()   lexemes and tokens -> nodes
 *
 * Each step does nothing once reading->status is not NDX_OK.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_QUERY_LEX_H
#define NDX_SEARCHER_QUERY_LEX_H

#include "common/arena.h"
#include "common/tokenize.h"
#include "searcher/query.h"

#define NDX_QUERY_NOTICES_MAX 20

enum ndx_lexeme_kind {
	NDX_LEX_END,
	NDX_LEX_WORD,
	NDX_LEX_PHRASE,
	NDX_LEX_ID,     /* id:..., the value as typed */
	NDX_LEX_DATE,   /* date:..., the same */
	NDX_LEX_AFTER,  /* after:... */
	NDX_LEX_BEFORE, /* before:... */
	NDX_LEX_OPEN,
	NDX_LEX_CLOSE,
	NDX_LEX_PLUS,
	NDX_LEX_MINUS,
	NDX_LEX_NOT,
	NDX_LEX_AND,
	NDX_LEX_OR,
	NDX_LEX_EXACT,    /* =word */
	NDX_LEX_WILDCARD, /* cultiv*, c?ca */
	NDX_LEX_FUZZY,    /* word~1 */
	NDX_LEX_NEAR,     /* NEAR/5 */
	NDX_LEX_ONEAR,    /* ONEAR/5 */
	NDX_LEX_SENTENCE,
};

struct ndx_lexeme {
	enum ndx_lexeme_kind kind;
	int field; /* enum ndx_field; 0 in OPEN, WORD and PHRASE until mended: that of the group */
	uint32_t at, size;           /* all of it, field and boost included */
	uint32_t text_at, text_size; /* the words of it */
	uint32_t number;             /* slop of a PHRASE, distance of FUZZY, NEAR and ONEAR */
	float boost;                 /* of a group: at its CLOSE */
	bool is_operator;            /* a WORD that was typed as one: its capitals mean nothing */
};

struct ndx_reading {
	const struct ndx_mem *mem;
	struct ndx_stemmer *stemmer;
	const char *text;
	size_t size;
	bool all, strict;
	const struct ndx_zone *zone; /* of dates without one; NULL: UTC */
	struct ndx_query *query;
	enum ndx_status status; /* the first failure; what it is about is in 'err' */
	struct ndx_err err;
	bool wrong; /* with 'strict': err names the first thing that does not parse */
	struct ndx_lexeme *lexeme; /* the last one is END */
	size_t lexeme_count;
	struct ndx_tokens tokens; /* of the words that are not under a filter, in order */
	size_t token_next;        /* those before it have become terms */
	struct ndx_tokens filter; /* of one filter's value */
	size_t word_count;
};

static inline bool
ndx_is_filter(int field)
{
	return field != 0 && field != NDX_FIELD_ANY && field != NDX_FIELD_TITLE;
}

static inline bool
ndx_is_dates(enum ndx_lexeme_kind kind)
{
	return kind == NDX_LEX_DATE || kind == NDX_LEX_AFTER || kind == NDX_LEX_BEFORE;
}

static inline bool
ndx_is_near(enum ndx_lexeme_kind kind)
{
	return kind == NDX_LEX_NEAR || kind == NDX_LEX_ONEAR || kind == NDX_LEX_SENTENCE;
}

static inline bool
ndx_is_forms(enum ndx_lexeme_kind kind)
{
	return kind == NDX_LEX_EXACT || kind == NDX_LEX_WILDCARD || kind == NDX_LEX_FUZZY;
}

void ndx_query_rejoin(struct ndx_reading *r);
void ndx_query_lex(struct ndx_reading *r);
/* Is it "*" and nothing else? */
bool ndx_query_is_every(const struct ndx_reading *r);
void ndx_query_mend(struct ndx_reading *r);
void ndx_query_words(struct ndx_reading *r);
void ndx_query_tree(struct ndx_reading *r);

/* The kind of lexeme that a field's value is, and the field; END: no field is called so. */
enum ndx_lexeme_kind ndx_query_field(const char *name, size_t size, int *field_ret);
/* The word at 'at' is no field, but stands before a colon: a notice if one is called much the
 * same. */
void ndx_query_note_field(struct ndx_reading *r, size_t at, size_t size);

/* What the value of a DATE, AFTER or BEFORE says; false: it is no date. */
bool ndx_query_dates(const struct ndx_reading *r, const struct ndx_lexeme *lexeme,
                     struct ndx_dates *dates_ret);
/* Turn one that is no date into a WORD, with a notice. */
void ndx_query_mend_dates(struct ndx_reading *r, struct ndx_lexeme *lexeme);

/* Turn an EXACT, WILDCARD or FUZZY that cannot be one into a WORD, with a notice. */
void ndx_query_mend_forms(struct ndx_reading *r, struct ndx_lexeme *lexeme);
/* The node of a WILDCARD or FUZZY. */
struct ndx_node *ndx_query_pattern_node(struct ndx_reading *r, const struct ndx_lexeme *lexeme);

/*
 * left NEAR/5 right, or what else the operator is; 'negated': a minus stands before 'right'.  Where
 * it cannot be, it is read as AND, with a notice.
 */
struct ndx_node *ndx_query_near_node(struct ndx_reading *r, const struct ndx_lexeme *operator,
                                     struct ndx_node * left, struct ndx_node *right, bool negated);

/* The node of a WORD, PHRASE, ID, pattern or date; NULL if it has no words, or after a failure. */
struct ndx_node *ndx_query_term_node(struct ndx_reading *r, const struct ndx_lexeme *lexeme);
struct ndx_node *ndx_query_node(struct ndx_reading *r, enum ndx_node_kind kind, size_t at,
                                size_t size);

/* Zeroed memory from the query's arena; NULL sets NDX_E_NOMEM. */
void *ndx_query_alloc(struct ndx_reading *r, size_t size);
void ndx_query_fail(struct ndx_reading *r, enum ndx_status status, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * The query does not parse at byte 'at', for the reason given.  With 'strict' that will
 * be the error; else a notice is added, with how it is read instead ('reading').
 */
void ndx_query_wrong(struct ndx_reading *r, size_t at, const char *reading, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

#endif
