/*
 * article.h - an article before it is an index, and the interface that all readers share
 *
 *   walk -> input -> a format's read() -> sink->article()
 *
 * A source file is walked to (walk.h), opened and unpacked (input.h) and cut into
 * chunks of whole articles; a format (formats.h) turns one chunk in memory into
 * articles.  So chunks of one file can be read by several threads, and a format
 * never sees a file, a thread or gzip.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_CORPUS_ARTICLE_H
#define NDX_CORPUS_ARTICLE_H

#include "common/buf.h"
#include "common/date.h"
#include "common/error.h"
#include "common/io.h"
#include "common/text.h"

/* All strings UTF-8 without control bytes other than newline and tab; size 0 where unknown. */
struct ndx_article {
	struct ndx_str id; /* given or made (DESIGN: url, path or hash); at most NDX_ID_SIZE_MAX */
	struct ndx_str title; /* the headline, one line; if title_is_made, the first sentence */
	struct ndx_str text;  /* paragraphs divided by newlines */
	struct ndx_str source, section, author, url, language;
	struct ndx_date date; /* if has_date */
	bool has_date;
	bool title_is_made; /* the source had no headline: such a title is not indexed */
};

#define NDX_ID_SIZE_MAX 1024

/* One or more whole articles of one file, in memory. */
struct ndx_chunk {
	const char *path; /* as messages name the file */
	/* what an article that is a whole file is called: its path below the SOURCE */
	const char *id;
	const uint8_t *data;
	size_t size;
	uint64_t off;            /* of data[0] in the unpacked file */
	uint64_t record_first;   /* of the chunk's first record (line, for JSON Lines), from 1 */
	size_t article_size_max; /* --max-article: bytes of text in one article */
};

/* Where the articles of a chunk go, in their order.  A sink is used by one thread. */
struct ndx_sink {
	/* Takes a copy of what it needs; a status other than NDX_OK ends the reading. */
	enum ndx_status (*article)(void *ctx, const struct ndx_article *article, uint64_t record,
	                           struct ndx_err *err);
	/*
	 * An article was left out.  'reason' is one line that says why and where, e.g.
	 * "line 17: not UTF-8 at byte 1200".  Reading goes on.
	 */
	enum ndx_status (*reject)(void *ctx, const struct ndx_chunk *chunk, const char *reason,
	                          struct ndx_err *err);
	void *ctx;
};

struct ndx_format {
	const char *name; /* as --format takes it */
	const char *unit; /* what messages call a record ("line"); NULL: a file is one article */
	/*
	 * 0: not this format; else how sure (1 to 100), from the first bytes of the unpacked file.
	 * 'path' is a hint only.
	 */
	int (*sniff)(const uint8_t *head, size_t size, const char *path);
	/*
	 * Formats with many articles a file: the bytes at the start of data[size] that are whole
	 * records, 0 if there is not one; *records_ret is how many (lines, for JSON Lines).  NULL:
	 * the file is one chunk.
	 */
	size_t (*split)(const uint8_t *data, size_t size, uint64_t *records_ret);
	/* Only for NDX_E_NOMEM and what the sink returns; bad articles are rejected, not errors. */
	enum ndx_status (*read)(const struct ndx_env *env, const struct ndx_chunk *chunk,
	                        const struct ndx_sink *sink, struct ndx_err *err);
};

/* Bytes that the source of an article may have: there is markup around the text. */
#define NDX_RAW_SIZE_MAX(article_size_max)                                                         \
	((article_size_max) > (SIZE_MAX - 65536) / 4 ? SIZE_MAX : 4 * (article_size_max) + 65536)

enum ndx_clean {
	NDX_CLEAN_TEXT, /* line breaks are \n; spaces and line breaks at both ends go */
	NDX_CLEAN_LINE, /* each run of spaces and line breaks is one space, none at the ends */
	NDX_CLEAN_NAME, /* ids and URLs: as NDX_CLEAN_TEXT, but inside line breaks go, too */
};

/*
 * 'raw', which is UTF-8, as struct ndx_article wants it: no control bytes (C0 and C1; a form
 * feed is a line break), and what 'how' says.  The result is part of 'raw' or of work->data:
 * reserve raw.size bytes in 'work' first if earlier results are not to move.
 */
struct ndx_str ndx_article_clean(struct ndx_str raw, enum ndx_clean how, struct ndx_buf *work);

/* The first sentence of cleaned 'text', cut at a word so that it has at most 120 characters. */
#define NDX_MADE_TITLE_CHARS 120
struct ndx_str ndx_article_make_title(struct ndx_str text, struct ndx_buf *work);

/* An id out of title, date and text: 32 hexadecimal digits. */
#define NDX_MADE_ID_SIZE 32
void ndx_article_make_id(const struct ndx_article *article, char out[NDX_MADE_ID_SIZE]);

#endif
