/*
 * test_read_html.c - pages to articles
 *
 * SPDX-License-Identifier: MIT
 */
#include <time.h>

#include "tests/unit/collect.h"

static const struct {
	const char *name, *in;
	const char *title, *text;
} rows[] = {
	/* clang-format off */
	{ "paragraphs", "<html><head><title>A storm</title></head><body><p>It  blew\nall night.</p><p>Then <b>not</b>.</p></body></html>",
	  "A storm", "It blew all night.\nThen not." },
	{ "what is never text", "<title>T</title><nav>menu</nav><script>if (a<b) x();</script><style>p{}</style><noscript>n</noscript><p>Text.</p><footer>f</footer><aside>a</aside>",
	  "T", "Text." },
	{ "og:title before title", "<head><title>Site | T</title><meta property='og:title' content='The headline'></head><body><p>Text.</p>",
	  "The headline", "Text." },
	{ "the heading in the title", "<title>A storm - The Paper</title><body><h1>A storm</h1><p>Text.</p>",
	  "A storm", "Text." },
	{ "no title but h1", "<body><h1>A storm</h1><p>Text.</p>", "A storm", "Text." },
	{ "line breaks", "<title>T</title><p>one<br>two<br/>three</p>", "T", "one\ntwo\nthree" },
	{ "entities", "<title>A &amp; B &#8212; C</title><p>caf&eacute; &lt;b&gt; &#2;x&#0;</p>", "A & B \xe2\x80\x94 C", "caf\xc3\xa9 <b> x" },
	{ "a list and a table", "<title>T</title><ul><li>a</li><li>b</li></ul><table><tr><td>c</td><td>d</td></tr></table>", "T", "a\nb\nc\nd" },
	{ "menus of links", "<title>T</title><div><a href=x>One</a> <a href=y>Two</a></div><p>Text with <a href=z>a link</a> in it.</p>", "T", "Text with a link in it." },
	{ "the ARTICLE", "<title>T</title><div>Other things to read</div><article><header>Head</header><p>The text of the article, long enough.</p></article><p>End</p>",
	  "T", "Head\nThe text of the article, long enough." },
	{ "MAIN", "<title>T</title><div>Sidebar</div><main><p>The text of the article.</p></main>", "T", "The text of the article." },
	{ "nothing is closed", "<title>T</title><body><div><p>one<p>two<div>three<b>four", "T", "one\ntwo\nthreefour" },
	{ "closed too often", "</div></p><title>T</title></div><p>one</p></div></body></html></p>two", "T", "one\ntwo" },
	{ "Latin-1, declared", "<meta charset=iso-8859-1><title>Caf\xe9</title><p>\x93ok\x94</p>", "Caf\xc3\xa9", "\xe2\x80\x9cok\xe2\x80\x9d" },
	{ "declared in the old form", "<meta http-equiv='Content-Type' content='text/html; charset=windows-1251'><title>\xcc\xe8\xf0</title><p>x</p>",
	  "\xd0\x9c\xd0\xb8\xd1\x80", "x" },
	{ "XHTML", "<?xml version='1.0'?><!DOCTYPE html><html xmlns='http://www.w3.org/1999/xhtml'><head><title>T</title></head><body><p>x</p></body></html>", "T", "x" },
	{ "a comment", "<title>T</title><!-- <p>no</p> --><p>yes</p>", "T", "yes" },
	{ "a description if there is no text", "<title>T</title><meta name=description content='What it says.'><body></body>", "T", "What it says." },
	{ "no network, no entities of its own", "<!DOCTYPE html [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><title>T</title><p>a&x;b</p>", "T", NULL },
	/* clang-format on */
};

static void
check_field(const char *name, const char *is, const char *want)
{
	if (strcmp(is, want) != 0) {
		print_error("%s: '%s', not '%s'\n", name, is, want);
		test_failed_count++;
	}
}

static void
test_rows(void **state)
{
	struct collect collect;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		collect_read(&ndx_env_default, &ndx_format_html, rows[i].in, strlen(rows[i].in),
		             &collect);
		CHECK(rows[i].name, collect.article_count == 1 && collect.is_clean);
		check_field(rows[i].name, collect.article[0].title, rows[i].title);
		if (rows[i].text != NULL)
			check_field(rows[i].name, collect.article[0].text, rows[i].text);
		CHECK(rows[i].name, strstr(collect.article[0].text, "root:") == NULL);
		check_field(rows[i].name, collect.article[0].id, "a.txt");
		for (size_t size = 0; size < strlen(rows[i].in); size++) {
			collect_read(&ndx_env_default, &ndx_format_html, rows[i].in, size,
			             &collect);
			CHECK(rows[i].name, collect.is_clean);
		}
		collect_out_of_memory(&ndx_format_html, rows[i].in, strlen(rows[i].in));
	}
}

static const char head[] =
	"<html lang='en-GB'><head><title>T</title>"
	"<meta property='article:published_time' content='2004-03-11T08:15:00+01:00'>"
	"<meta name='date' content='1999-01-01'>"
	"<meta name='author' content='Ann Lee'><meta property='article:author' content='http://x/'>"
	"<meta property='article:section' content='World'>"
	"<meta property='og:site_name' content='The Paper'>"
	"<meta property='og:url' content='http://x/og'><link rel='canonical' href='http://x/1'>"
	"</head><body><time datetime='1998-01-01'>then</time><p>Text.</p>";

static void
test_metadata(void **state)
{
	struct collect collect;
	const struct collected *article = &collect.article[0];

	(void)state;
	collect_read(&ndx_env_default, &ndx_format_html, head, sizeof(head) - 1, &collect);
	check_field("date", article->date, "2004-03-11T08:15:00+01:00");
	check_field("author", article->author, "Ann Lee");
	check_field("section", article->section, "World");
	check_field("source", article->source, "The Paper");
	check_field("url", article->url, "http://x/1");
	check_field("language", article->language, "en-GB");
	collect_read(&ndx_env_default, &ndx_format_html,
	             "<title>T</title><time datetime='2004-03-11'>x</time>", 52, &collect);
	check_field("TIME", article->date, "2004-03-11T00:00:00+00:00");
}

/* Pages made to take memory or time: refused or read, soon. */
static void
test_hostile(void **state)
{
	enum { COUNT = 300000 };
	static const struct {
		const char *name, *begin, *repeat, *reason;
	} pages[] = {
		{ "nesting", "<title>T</title>", "<div>", "HTML elements nested deeper than 1000" },
		{ "nesting of inline elements", "<title>T</title>", "<b><i>",
		  "HTML elements nested deeper than 1000" },
		{ "ends of nothing", "<title>T</title>x", "</p></div>", NULL },
		{ "attributes", "<title>T</title><p ", "a1 b2=c ",
		  "HTML element with over 4000 attributes" },
		{ "attributes without spaces", "<title>T</title><p ", "a='b'",
		  "HTML element with over 4000 attributes" },
		{ "open brackets", "<title>T</title>", "<", NULL },
		{ "open comments", "<title>T</title>", "<!--", NULL },
		{ "entities", "<title>T</title>", "&", NULL },
		{ "a script of comparisons", "<title>T</title><script>", "i<n; x = y; ", NULL },
	};
	struct collect collect;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pages); i++) {
		const size_t begin_size = strlen(pages[i].begin), size = strlen(pages[i].repeat);
		char *in = malloc(begin_size + COUNT * size);
		const clock_t begun = clock();

		assert_non_null(in);
		memcpy(in, pages[i].begin, begin_size);
		for (size_t j = 0; j < COUNT; j++)
			memcpy(in + begin_size + j * size, pages[i].repeat, size);
		collect_read(&ndx_env_default, &ndx_format_html, in, begin_size + COUNT * size,
		             &collect);
		CHECK(pages[i].name, collect.article_count + collect.reject_count == 1);
		if (pages[i].reason != NULL)
			check_field(pages[i].name, collect.reason[0], pages[i].reason);
		/* 20 s: under a sanitizer, on a busy machine; quadratic time would be hours. */
		CHECK(pages[i].name, clock() - begun < 20 * CLOCKS_PER_SEC);
		free(in);
	}
}

static void
test_sniff(void **state)
{
	static const struct {
		const char *head;
		bool is_html;
	} heads[] = {
		{ "<!DOCTYPE html><html>", true },
		{ "\n <HTML>", true },
		{ "<!-- saved --><html>", true },
		{ "<?xml version='1.0'?>\n<!DOCTYPE html PUBLIC", true },
		{ "<p>text", true },
		{ "<?xml version='1.0'?><rss>", false },
		{ "plain <html>", false },
		{ "", false },
		{ "<", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(heads); i++)
		CHECK(heads[i].head,
		      (ndx_format_html.sniff((const uint8_t *)heads[i].head, strlen(heads[i].head),
		                             "x") > 0) == heads[i].is_html);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_metadata),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_sniff),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
