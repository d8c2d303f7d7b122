/*
 * matcher.h - what matches a part of the query in one segment, a window at a time
 *
 * Docids are looked at in windows of 4096, as sets of bits.  Every kind of clause is a
 * matcher: it can fill a window with what matches it, or keep of a window only that.
 * So any tree of clauses is words of bits anded and ored, and a count is a popcount.
 * One kind a file: term.c, phrase.c, forms.c, near.c, conjunction.c, disjunction.c, list.c; the
 * rest in matcher.c.
 *
 * A matcher is for rising windows and is used by one thread.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_MATCHER_H
#define NDX_SEARCHER_MATCHER_H

#include <string.h>

#include "common/kernels.h"
#include "searcher/plan.h"

#define NDX_WINDOW_LEN   4096u
#define NDX_WINDOW_WORDS (NDX_WINDOW_LEN / 64)

/* Bit i stands for docid base + i; base is a multiple of NDX_WINDOW_LEN. */
struct ndx_window {
	ndx_docid base;
	uint64_t bits[NDX_WINDOW_WORDS];
};

struct ndx_matcher {
	const struct ndx_matcher_class *class;
	uint64_t cost; /* matches there may be, about */
};

struct ndx_matcher_class {
	/*
	 * A docid >= 'from' such that nothing between them matches; NDX_DOCID_NONE: nothing does
	 * from there on.  Looks at skip data alone, so what it returns need not match.
	 */
	enum ndx_status (*seek)(struct ndx_matcher *matcher, ndx_docid from, ndx_docid *docid_ret,
	                        struct ndx_err *err);
	/* Set the bits of all matches in the window, leaving others as they are. */
	enum ndx_status (*fill)(struct ndx_matcher *matcher, struct ndx_window *window,
	                        struct ndx_err *err);
	/* Clear the bits of what does not match. */
	enum ndx_status (*keep)(struct ndx_matcher *matcher, struct ndx_window *window,
	                        struct ndx_err *err);
	/*
	 * The window holds articles in which this part of the query counts: hand it down to the
	 * scoring leaves below.
	 */
	enum ndx_status (*credit)(struct ndx_matcher *matcher, const struct ndx_window *window,
	                          struct ndx_err *err);
	/*
	 * Leaves: add to score[i] for the articles of the window that was credited last.  NULL: not
	 * a leaf.
	 */
	enum ndx_status (*score)(struct ndx_matcher *matcher, float score[NDX_WINDOW_LEN],
	                         struct ndx_err *err);
	/*
	 * Leaves that are the whole query: from now on, fill() need not find articles that score
	 * less.  NULL: it would find them all the same.
	 */
	void (*heed)(struct ndx_matcher *matcher, float threshold);
	/* Leaves: free what is not the arena's; NULL: there is nothing. */
	void (*close)(struct ndx_matcher *matcher);
};

/* What matchers are made from. */
struct ndx_matcher_maker {
	const struct ndx_plan *plan;
	const struct ndx_segment *segment;
	struct ndx_arena *arena;
	struct ndx_matcher **leaf; /* by leaf: set as they are made */
};

enum ndx_status ndx_matcher_new(const struct ndx_matcher_maker *maker,
                                const struct ndx_plan_node *node, struct ndx_matcher **matcher_ret,
                                struct ndx_err *err);

/* One a file; ndx_matcher_new() picks among them. */
enum ndx_status ndx_term_new(const struct ndx_matcher_maker *maker, uint32_t leaf,
                             struct ndx_matcher **matcher_ret, struct ndx_err *err);
enum ndx_status ndx_phrase_new(const struct ndx_matcher_maker *maker, uint32_t leaf,
                               struct ndx_matcher **matcher_ret, struct ndx_err *err);
/* A leaf of surface forms. */
enum ndx_status ndx_forms_new(const struct ndx_matcher_maker *maker, uint32_t leaf,
                              struct ndx_matcher **matcher_ret, struct ndx_err *err);
enum ndx_status ndx_near_new(const struct ndx_matcher_maker *maker,
                             const struct ndx_plan_node *node, struct ndx_matcher **matcher_ret,
                             struct ndx_err *err);
enum ndx_status ndx_id_new(const struct ndx_matcher_maker *maker, uint32_t leaf,
                           struct ndx_matcher **matcher_ret, struct ndx_err *err);
/* Articles published within the dates: a range of docids. */
enum ndx_status ndx_dates_new(const struct ndx_matcher_maker *maker, const struct ndx_dates *wanted,
                              struct ndx_matcher **matcher_ret, struct ndx_err *err);
enum ndx_status ndx_all_new(const struct ndx_matcher_maker *maker, struct ndx_matcher **matcher_ret,
                            struct ndx_err *err);
enum ndx_status ndx_none_new(const struct ndx_matcher_maker *maker,
                             struct ndx_matcher **matcher_ret, struct ndx_err *err);
enum ndx_status ndx_conjunction_new(const struct ndx_matcher_maker *maker,
                                    struct ndx_matcher **child, size_t count,
                                    struct ndx_matcher **matcher_ret, struct ndx_err *err);
enum ndx_status ndx_disjunction_new(const struct ndx_matcher_maker *maker,
                                    struct ndx_matcher **child, size_t count,
                                    struct ndx_matcher **matcher_ret, struct ndx_err *err);
enum ndx_status ndx_list_new(const struct ndx_matcher_maker *maker, struct ndx_matcher *required,
                             struct ndx_matcher **should, size_t should_count,
                             struct ndx_matcher **except, size_t except_count,
                             struct ndx_matcher **matcher_ret, struct ndx_err *err);

/* credit() of a clause that need not match: the window is narrowed to where it does, in
 * *narrowed. */
enum ndx_status ndx_credit_optional(struct ndx_matcher *child, const struct ndx_window *window,
                                    struct ndx_window *narrowed, struct ndx_err *err);

/*
 * Clear the bits of deleted articles ('dead' NULL: there are none); *at, 0 at first, is an index in
 * them, for rising windows.
 */
void ndx_window_drop_deleted(struct ndx_window *window, const struct ndx_tombstones *dead,
                             uint32_t *at);

static inline void
ndx_window_clear(struct ndx_window *window, ndx_docid base)
{
	window->base = base;
	memset(window->bits, 0, sizeof(window->bits));
}

static inline bool
ndx_window_is_empty(const struct ndx_window *window)
{
	uint64_t any = 0;

	for (size_t i = 0; i < NDX_WINDOW_WORDS; i++)
		any |= window->bits[i];
	return any == 0;
}

static inline uint64_t
ndx_window_count(const struct ndx_window *window, const struct ndx_kernels *kernels)
{
	return kernels->popcount((const uint8_t *)window->bits, NDX_WINDOW_WORDS);
}

static inline void
ndx_window_set(struct ndx_window *window, ndx_docid docid)
{
	window->bits[(docid - window->base) / 64] |= UINT64_C(1) << docid % 64;
}

static inline bool
ndx_window_has(const struct ndx_window *window, ndx_docid docid)
{
	return window->bits[(docid - window->base) / 64] >> docid % 64 & 1;
}

static inline void
ndx_window_and(struct ndx_window *window, const struct ndx_window *other)
{
	for (size_t i = 0; i < NDX_WINDOW_WORDS; i++)
		window->bits[i] &= other->bits[i];
}

static inline void
ndx_window_and_not(struct ndx_window *window, const struct ndx_window *other)
{
	for (size_t i = 0; i < NDX_WINDOW_WORDS; i++)
		window->bits[i] &= ~other->bits[i];
}

static inline void
ndx_window_or(struct ndx_window *window, const struct ndx_window *other)
{
	for (size_t i = 0; i < NDX_WINDOW_WORDS; i++)
		window->bits[i] |= other->bits[i];
}

#endif
