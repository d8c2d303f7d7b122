/*
 * cgi_style.h - the page's style, and the header lines that every answer has
 *
 * tests/cli/t60-cgi.sh computes the hash anew and compares.  Text has a contrast of 4.5:1 at least
 * on its ground, light or dark.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_SEARCHER_CGI_STYLE_H
#define NDX_SEARCHER_CGI_STYLE_H

#define NDX_CGI_STYLE_SHA256 "YhCNHz6lGztqe7gRh0ClkSmlv6hZI/vJo0hZUMpK/Rc="
#define NDX_CGI_STYLE                                                                              \
	":root{--a:#0b57a4;--f:#1a1a1a;--b:#fff;--d:#555;--l:#d5d5d5;--s:#f4f6f8}.green{--a:#1763" \
	"3a}.red{--a:#a02020}.plum{--a:#6a2f86}.grey{--a:#444}*{box-sizing:border-box}body{font:1" \
	".05rem/1.5 system-ui,sans-serif;max-width:48rem;margin:0 auto;padding:0 1rem 2rem;color:" \
	"var(--f);background:var(--b)}a{color:var(--a)}h1{font-size:1.5rem;margin:1rem 0 .6rem}h1" \
	" a{color:inherit;text-decoration:none}h2{font-size:1.15rem;line-height:1.35;margin:0}.sk" \
	"ip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.5rem;background:var(--b);pad" \
	"ding:.3rem}form{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center}input,select,bu" \
	"tton{font:inherit;padding:.4rem .6rem;color:inherit;background:var(--b);border:1px solid" \
	" #888;border-radius:.3rem;max-width:100%}button{background:var(--a);border-color:var(--a" \
	");color:var(--b);cursor:pointer}:focus-visible{outline:3px solid var(--a);outline-offset" \
	":2px}::placeholder{color:var(--d);opacity:1}#q{flex:1 1 11rem}#from,#to{width:7.4rem;pad" \
	"ding:.4rem .5rem}main{margin-top:.8rem}.row{flex:1 1 100%;display:flex;flex-wrap:wrap;ga" \
	"p:.5rem;align-items:center}.pair{display:inline-flex;gap:.5rem;align-items:center}ol{pad" \
	"ding:0;margin:1rem 0;list-style:none}li{overflow-wrap:anywhere}ol>li{margin:1.3rem 0}p{m" \
	"argin:.25rem 0}.of{color:var(--d);font-size:.95rem}.text{white-space:pre-wrap;overflow-w" \
	"rap:anywhere}mark{background:#ffe58a;color:#000;border-radius:.15rem}mark:target{outline" \
	":3px solid var(--a)}.go{text-decoration:none;padding:0 .2rem}figure{margin:1rem 0}svg{di" \
	"splay:block;width:100%;height:auto;border-bottom:1px solid #888}rect{fill:var(--a)}rect:" \
	"hover{opacity:.6}.facets{display:flex;flex-wrap:wrap;gap:.4rem 1.2rem}.facets ul,details" \
	" ul{margin:.2rem 0;padding-left:1.2rem}details{margin:.3rem 0}summary{cursor:pointer}.he" \
	"lp{background:var(--s);padding:.4rem .8rem;border-radius:.3rem;margin-top:.8rem}dl{margi" \
	"n:.4rem 0}dt{font-family:ui-monospace,monospace}dd{margin:0 0 .3rem 1rem}nav{margin:.8re" \
	"m 0}.pages a{display:inline-block;padding:.4rem .8rem;border:1px solid var(--a);border-r" \
	"adius:.3rem;margin-right:.5rem}td,th{text-align:right;padding:0 .5rem;font-weight:400}th" \
	":first-child{text-align:left}@media(prefers-color-scheme:dark){:root{--a:#8ec1ff;--f:#ee" \
	"e;--b:#161616;--d:#b5b5b5;--l:#444;--s:#222}.green{--a:#86d9a5}.red{--a:#ff9e9e}.plum{--" \
	"a:#d6a8ee}.grey{--a:#c4c4c4}}@media print{button,nav,.help,.go,.skip,.facets,summary{dis" \
	"play:none}input,select{border:0;appearance:none}::placeholder{color:transparent}a{color:" \
	"inherit}body{max-width:none}}"

/* The policy allows nothing but this style. */
#define NDX_CGI_SAFETY                                                                             \
	"Content-Security-Policy: default-src 'none'; style-src 'sha256-" NDX_CGI_STYLE_SHA256     \
	"'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'\r\n"                       \
	"X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n"

#endif
