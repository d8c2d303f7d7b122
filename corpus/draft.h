/*
 * draft.h - from what a reader found to an article in the sink
 *
 *   maker_begin -> (fill a draft -> ndx_maker_emit) or ndx_maker_reject, per record -> maker_end
 *
 * A source may give a field under several keys (DESIGN.md section 2): the draft takes
 * all of them, and the best one that says anything is used.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_CORPUS_DRAFT_H
#define NDX_CORPUS_DRAFT_H

#include "corpus/article.h"

/* The keys of one field stand together, the best first. */
enum ndx_key {
	NDX_KEY_ID,
	NDX_KEY_TITLE,
	NDX_KEY_HEADLINE,
	NDX_KEY_TEXT,
	NDX_KEY_BODY,
	NDX_KEY_CONTENT,
	NDX_KEY_ARTICLE_BODY,
	NDX_KEY_DESCRIPTION,
	NDX_KEY_SHORT_DESCRIPTION,
	NDX_KEY_DATE,
	NDX_KEY_PUBLISHED,
	NDX_KEY_PUB_DATE,
	NDX_KEY_DATE_PUBLISHED,
	NDX_KEY_DATE_PUBLISHED_SNAKE,
	NDX_KEY_SOURCE,
	NDX_KEY_SECTION,
	NDX_KEY_CATEGORY,
	NDX_KEY_AUTHOR,
	NDX_KEY_AUTHORS,
	NDX_KEY_BYLINE,
	NDX_KEY_URL,
	NDX_KEY_LINK,
	NDX_KEY_LANGUAGE,
	NDX_KEY_COUNT
};

/* The key of this name, or -1; 'fold': in any case. */
int ndx_key_by_name(struct ndx_str name, bool fold);
/* What stands between the values of a list: "; " for authors, "Madonna; Lee, Ann", else ", ". */
const char *ndx_key_divider(int key);

/* Values as found: UTF-8, not cleaned, size 0 where there is none. */
struct ndx_draft {
	struct ndx_str value[NDX_KEY_COUNT];
	/* Dates that the source gives as a number, already read; used where 'is_date' is set. */
	struct ndx_date date[NDX_KEY_COUNT];
	bool is_date[NDX_KEY_COUNT];
};

/* The articles of one chunk on their way to the sink.  One thread. */
struct ndx_maker {
	const struct ndx_chunk *chunk;
	const struct ndx_sink *sink;
	const char *unit; /* what a record is called in messages ("line"); NULL: the whole file */
	struct ndx_buf work; /* the cleaned fields of the article at hand */
};

void ndx_maker_begin(struct ndx_maker *maker, const struct ndx_env *env,
                     const struct ndx_chunk *chunk, const struct ndx_sink *sink, const char *unit);
void ndx_maker_end(struct ndx_maker *maker);

/* Clean and complete the draft and hand it to the sink, or reject it, e.g. for having no text. */
enum ndx_status ndx_maker_emit(struct ndx_maker *maker, const struct ndx_draft *draft,
                               uint64_t record, struct ndx_err *err);
/* Tell the sink that the record was left out: "line 17: " (if it has a unit) and the reason. */
enum ndx_status ndx_maker_reject(const struct ndx_maker *maker, uint64_t record,
                                 struct ndx_err *err, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

#endif
