/*
 * cgi_style.h - the page's style, and its hash for the Content-Security-Policy
 *
 * tests/cli/t60-cgi.sh computes the hash anew and compares.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_CGI_STYLE_H
#define NDX_SEARCHER_CGI_STYLE_H

#define NDX_CGI_STYLE_SHA256 "OOIN2PGhRosfsMcVURX6ik865IBalsrc/gamzIVEfso="
#define NDX_CGI_STYLE \
	"body{font:1.05rem/1.5 system-ui,sans-serif;max-width:46rem;margin:0 auto;padding" \
	":1rem;color:#1a1a1a;background:#fff}form{display:flex;flex-wrap:wrap;gap:.5rem}i" \
	"nput,select,button{font:inherit;padding:.35rem .5rem}#q{flex:1 1 100%;box-sizing" \
	":border-box}ol{padding:0;list-style:none}li{margin:1.2rem 0;overflow-wrap:anywhe" \
	"re}h2{font-size:1.1rem;margin:0}p{margin:.2rem 0}.of{color:#555}.text{white-spac" \
	"e:pre-wrap}a{color:#0b57a4}mark{background:#ffe58a;color:#000}@media(prefers-col" \
	"or-scheme:dark){body{color:#eee;background:#161616}a{color:#8ec1ff}.of{color:#bb" \
	"b}}@media print{form,nav{display:none}}"

#endif
