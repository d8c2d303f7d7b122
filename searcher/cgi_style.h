/*
 * cgi_style.h - the page's style, and its hash for the Content-Security-Policy
 *
 * tests/cli/t60-cgi.sh computes the hash anew and compares.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_CGI_STYLE_H
#define NDX_SEARCHER_CGI_STYLE_H

#define NDX_CGI_STYLE_SHA256 "fqJU9qjarJPUc7Y6m+/uxYhf49z4ZMKkd0skv2WEYEI="
#define NDX_CGI_STYLE \
	"body{font:1.05rem/1.5 system-ui,sans-serif;max-width:46rem;margin:0 auto;padding" \
	":1rem;color:#1a1a1a;background:#fff}form{display:flex;flex-wrap:wrap;gap:.5rem;a" \
	"lign-items:center}input,select,button{font:inherit;padding:.35rem .5rem}#from,#t" \
	"o{width:7rem}#q{flex:1 1 100%;box-sizing:border-box}ol{padding:0;list-style:none" \
	"}li{margin:1.2rem 0;overflow-wrap:anywhere}h2{font-size:1.1rem;margin:0}p{margin" \
	":.2rem 0}.of{color:#555}.text{white-space:pre-wrap}a{color:#0b57a4}mark{backgrou" \
	"nd:#ffe58a;color:#000}figure{margin:1rem 0}svg{width:100%;height:auto;border-bot" \
	"tom:1px solid #888}rect{fill:#0b57a4}.facets{display:flex;flex-wrap:wrap;gap:1re" \
	"m}.facets ul{margin:.2rem 0;padding-left:1.2rem}summary{cursor:pointer}td,th{tex" \
	"t-align:right;padding:0 .5rem;font-weight:400}@media(prefers-color-scheme:dark){" \
	"rect{fill:#8ec1ff}body{color:#eee;background:#161616}a{color:#8ec1ff}.of{color:#" \
	"bbb}}@media print{form,nav{display:none}}"

#endif
