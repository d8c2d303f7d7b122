/*
 * print_feed.h - hits as feeds (Atom, RSS) and as citations (RIS, BibTeX)
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_PRINT_FEED_H
#define NDX_SEARCHER_PRINT_FEED_H

#include "searcher/print.h"

/* RFC 4287. */
void ndx_atom_begin(struct ndx_printer *printer);
void ndx_atom_hit(struct ndx_printer *printer, const struct ndx_hit *hit, const char *snippet);
void ndx_atom_end(struct ndx_printer *printer);
/* RSS 2.0. */
void ndx_rss_begin(struct ndx_printer *printer);
void ndx_rss_hit(struct ndx_printer *printer, const struct ndx_hit *hit, const char *snippet);
void ndx_rss_end(struct ndx_printer *printer);

void ndx_ris_hit(struct ndx_printer *printer, const struct ndx_hit *hit, const char *snippet);
void ndx_bibtex_hit(struct ndx_printer *printer, const struct ndx_hit *hit, const char *snippet);

#endif
