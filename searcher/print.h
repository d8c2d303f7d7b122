/*
 * print.h - the formats in which hits are told: one printer, so that they cannot drift
 *
 *   ndx_printer_begin(), ndx_printer_hit() for each, ndx_printer_end()
 *
 * A printer appends to its buffer and never prints: whoever owns the buffer empties it.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_PRINT_H
#define NDX_SEARCHER_PRINT_H

#include "common/buf.h"
#include "common/ndx.h"
#include "searcher/explain.h"

/* Room for a snippet in bytes: about three lines of a terminal. */
#define NDX_PRINT_SNIPPET_SIZE 320

struct ndx_print_ops;

/* What there is to say beside the hits. */
struct ndx_print_facts {
	const char *query; /* as typed */
	uint64_t total;    /* articles that match */
	uint64_t took_us;
	size_t count;                              /* hits that will follow */
	size_t offset;                             /* hits passed over before them */
	const char *qid, *tag;                     /* trec */
	const char *const *notice;                 /* NULL after the last; NULL: none */
	const struct ndx_explanation *explanation; /* NULL: not asked for */
	const struct ndx_hits *hits;      /* for facets and the timeline; NULL: there are none */
	enum ndx_facet facet[NDX_FACETS]; /* those to tell, in this order */
	size_t facet_count;
	bool count_only; /* no hits were asked for */
	bool color;      /* text: for a terminal */
	bool unicode;    /* text: bars may be of other characters than ASCII */
};

struct ndx_printer {
	const struct ndx_print_ops *ops;
	const struct ndx_print_facts *facts;
	struct ndx_buf *out;
	struct ndx_buf scratch;
	size_t hit_count; /* so far */
	/* Of the next hit: what matches in its snippet, where the passages of that lie, and what
	 * matches in its title. */
	const struct ndx_match *match, *passage, *title_match;
	size_t match_count, passage_count, title_match_count;
};

/* False if no format is called so. */
bool ndx_printer_init(struct ndx_printer *printer, const char *format,
                      const struct ndx_print_facts *facts, struct ndx_buf *out);
void ndx_printer_free(struct ndx_printer *printer);
/* Does the format show anything but ids and scores? */
bool ndx_printer_needs_text(const struct ndx_printer *printer);
/* The format's name, i from 0; NULL past the last. */
const char *ndx_print_format_name(size_t i);

void ndx_printer_begin(struct ndx_printer *printer);
/* 'snippet' as ndx_snippet() made it; NULL or "" if there is none. */
void ndx_printer_hit(struct ndx_printer *printer, const struct ndx_hit *hit, const char *snippet);
void ndx_printer_end(struct ndx_printer *printer);

/* One article whole, from ndx_article_get(); 'marked': its text has marks. */
void ndx_print_article_text(const struct ndx_article_view *article, bool color,
                            struct ndx_buf *out);
void ndx_print_article_json(const struct ndx_article_view *article, bool marked,
                            struct ndx_buf *out);

/* A comma and a field of a row (RFC 4180); marks are left out. */
void ndx_csv_field(const char *text, struct ndx_buf *out);

/* Text with marks as HTML: escaped, with <mark> around matches; what HTML cannot hold is U+FFFD. */
void ndx_html_write(const char *text, size_t size, struct ndx_buf *out);

/* Only http and https become links: an article's address is anybody's text. */
bool ndx_url_is_web(const char *url);
/* RFC 3986: what stands for itself everywhere in an address. */
bool ndx_url_is_unreserved(char byte);
/* A part of an address: all but unreserved characters, and those of 'also', percent-encoded. */
void ndx_url_encode(const char *text, const char *also, struct ndx_buf *out);

#endif
