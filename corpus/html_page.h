/*
 * html_page.h - what an HTML page says: its blocks of text, and what its head tells of it
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_CORPUS_HTML_PAGE_H
#define NDX_CORPUS_HTML_PAGE_H

#include "common/buf.h"
#include "common/date.h"
#include "common/error.h"

/* What the page's head may tell, each from several places: the best is kept. */
enum ndx_html_meta {
	NDX_HTML_TITLE,      /* og:title */
	NDX_HTML_HEAD_TITLE, /* the title element */
	NDX_HTML_H1,
	NDX_HTML_DESCRIPTION,
	NDX_HTML_AUTHOR,
	NDX_HTML_SECTION,
	NDX_HTML_SOURCE,
	NDX_HTML_URL,
	NDX_HTML_LANGUAGE,
	NDX_HTML_META_COUNT
};

/* A paragraph, heading, list item ...: text[off .. off + size), without line breaks at its ends. */
struct ndx_html_block {
	size_t off, size;
	size_t link_size; /* bytes of it that are links */
	uint32_t article; /* number of the outermost ARTICLE element around it, 0: none */
	bool in_main;
};

struct ndx_html_page {
	struct ndx_buf text;
	struct ndx_html_block *block;
	size_t block_count, block_count_max;
	struct ndx_buf meta[NDX_HTML_META_COUNT];
	uint32_t h1_article; /* number of the ARTICLE that the first H1 is in, 0: none */
	struct ndx_date date;
	bool has_date;
};

/*
 * Read in[size], UTF-8.  NDX_E_INPUT: it is not to be read, err->msg says why (nested too deep, too
 * many attributes, too large); NDX_E_NOMEM.  The page is to be freed in any case.
 */
enum ndx_status ndx_html_page_read(const struct ndx_mem *mem, const char *in, size_t size,
                                   struct ndx_html_page *page, struct ndx_err *err);
void ndx_html_page_free(struct ndx_html_page *page, const struct ndx_mem *mem);

#endif
