/*
 * read_html.c - HTML pages: a file is one article
 *
 * Which of the page's blocks are the article: those in the ARTICLE element with the H1,
 * in the largest ARTICLE, or in MAIN, if that is a good part of the page; else all.  Blocks that
 * are mostly links are menus and teasers; a heading that only repeats the title is left out.
 *
 * SPDX-License-Identifier: MIT
 */
#include <strings.h>

#include "corpus/draft.h"
#include "corpus/encoding.h"
#include "corpus/formats.h"
#include "corpus/html_page.h"

#define CHARSET_LOOK ((size_t)4096) /* bytes in which the page must declare its charset */
#define REGION_PART  3              /* a region is the article if it has 1/3 of the page's text */
/* So much of a short article's page may be other articles, if the article has the H1. */
#define H1_REGION_PART      10
#define H1_ARTICLE_SIZE_MIN 400
#define MENU_SIZE           400 /* a block of links that is longer is text with many links */

static size_t
find(const char *in, size_t size, size_t at, const char *what)
{
	const size_t what_size = strlen(what);

	for (; at < size && size - at >= what_size; at++)
		if (strncasecmp(in + at, what, what_size) == 0)
			return at;
	return size;
}

/* The charset that a META element names, by either form; "" if none does. */
static void
declared_charset(const char *in, size_t size, char out[40])
{
	size_t at = 0, tag_end, count;

	out[0] = '\0';
	if (size > CHARSET_LOOK)
		size = CHARSET_LOOK;
	while (out[0] == '\0' && (at = find(in, size, at, "<meta")) < size) {
		tag_end = find(in, size, at, ">");
		at = find(in, tag_end, at, "charset=");
		if (at == tag_end)
			continue;
		at += strlen("charset=");
		while (at < tag_end && (in[at] == '"' || in[at] == '\'' || in[at] == ' '))
			at++;
		for (count = 0; at < tag_end && count < 39; count++, at++) {
			if (strchr("\"'; />", in[at]) != NULL)
				break;
			out[count] = in[at];
		}
		out[count] = '\0';
	}
}

static bool
is_menu(const struct ndx_html_block *block)
{
	return block->size < MENU_SIZE && block->link_size * 2 > block->size;
}

/* Which blocks are looked at: of one ARTICLE element, of MAIN, or all. */
struct region {
	uint32_t article; /* 0: any */
	bool main;
};

static bool
is_in(const struct region *region, const struct ndx_html_block *block)
{
	return (region->article == 0 || block->article == region->article) &&
	       (!region->main || block->in_main);
}

static size_t
region_size(const struct ndx_html_page *page, const struct region *region)
{
	size_t size = 0;

	for (size_t i = 0; i < page->block_count; i++)
		if (is_in(region, &page->block[i]) && !is_menu(&page->block[i]))
			size += page->block[i].size;
	return size;
}

/* The ARTICLE element with the most text; they come one after the other. */
static struct region
largest_article(const struct ndx_html_page *page)
{
	struct region best = { 0 };
	size_t best_size = 0, size = 0;

	for (size_t i = 0; i < page->block_count; i++) {
		const struct ndx_html_block *block = &page->block[i];

		if (i > 0 && block->article != page->block[i - 1].article)
			size = 0;
		if (block->article == 0 || is_menu(block))
			continue;
		size += block->size;
		if (size > best_size) {
			best_size = size;
			best.article = block->article;
		}
	}
	return best;
}

static struct region
choose_region(const struct ndx_html_page *page)
{
	const struct region all = { 0 }, main = { 0, true }, first = { page->h1_article, false };
	const struct region article = largest_article(page);
	const size_t all_size = region_size(page, &all), enough = all_size / REGION_PART;

	if (first.article != 0 && region_size(page, &first) >= H1_ARTICLE_SIZE_MIN &&
	    region_size(page, &first) >= all_size / H1_REGION_PART)
		return first;
	if (article.article != 0 && region_size(page, &article) >= enough)
		return article;
	return region_size(page, &main) >= enough && enough > 0 ? main : all;
}

static struct ndx_str
buf_str(const struct ndx_buf *buf)
{
	return (struct ndx_str){ buf->size == 0 ? "" : (const char *)buf->data, buf->size };
}

/* The headline as the page shows it, where TITLE is that and the name of the site. */
static struct ndx_str
choose_title(const struct ndx_html_page *page)
{
	const struct ndx_str shared = buf_str(&page->meta[NDX_HTML_TITLE]);
	const struct ndx_str head = buf_str(&page->meta[NDX_HTML_HEAD_TITLE]);
	struct ndx_str h1 = buf_str(&page->meta[NDX_HTML_H1]);

	while (h1.size > 0 && h1.data[h1.size - 1] == ' ')
		h1.size--;
	if (shared.size > 0)
		return shared;
	if (head.size == 0)
		return h1;
	for (size_t at = 0; h1.size > 0 && at + h1.size <= head.size; at++)
		if (memcmp(head.data + at, h1.data, h1.size) == 0)
			return h1;
	return head;
}

static void
add_blocks(const struct ndx_html_page *page, struct ndx_str title, struct ndx_buf *text)
{
	const struct region region = choose_region(page);

	for (size_t i = 0; i < page->block_count; i++) {
		const struct ndx_html_block *block = &page->block[i];
		const struct ndx_str in = { (const char *)page->text.data + block->off,
			                    block->size };

		if (!is_in(&region, block) || is_menu(block) || ndx_str_equal(in, title))
			continue;
		if (text->size > 0)
			ndx_buf_add_u8(text, '\n');
		ndx_buf_add(text, in.data, in.size);
	}
}

static enum ndx_status
emit(struct ndx_maker *maker, const struct ndx_html_page *page, const struct ndx_mem *mem,
     struct ndx_err *err)
{
	struct ndx_draft draft = { 0 };
	enum ndx_status status;
	struct ndx_buf text;

	ndx_buf_init(&text, mem);
	draft.value[NDX_KEY_TITLE] = choose_title(page);
	add_blocks(page, draft.value[NDX_KEY_TITLE], &text);
	draft.value[NDX_KEY_TEXT] = buf_str(&text);
	draft.value[NDX_KEY_DESCRIPTION] = buf_str(&page->meta[NDX_HTML_DESCRIPTION]);
	draft.value[NDX_KEY_AUTHOR] = buf_str(&page->meta[NDX_HTML_AUTHOR]);
	draft.value[NDX_KEY_SECTION] = buf_str(&page->meta[NDX_HTML_SECTION]);
	draft.value[NDX_KEY_SOURCE] = buf_str(&page->meta[NDX_HTML_SOURCE]);
	draft.value[NDX_KEY_URL] = buf_str(&page->meta[NDX_HTML_URL]);
	draft.value[NDX_KEY_LANGUAGE] = buf_str(&page->meta[NDX_HTML_LANGUAGE]);
	draft.date[NDX_KEY_DATE] = page->date;
	draft.is_date[NDX_KEY_DATE] = page->has_date;
	status =
		ndx_buf_failed(&text) ? ndx_fail_nomem(err) : ndx_maker_emit(maker, &draft, 1, err);
	ndx_buf_free(&text);
	return status;
}

static enum ndx_status
html_read(const struct ndx_env *env, const struct ndx_chunk *chunk, const struct ndx_sink *sink,
          struct ndx_err *err)
{
	struct ndx_html_page page = { 0 };
	struct ndx_err reason = { 0 };
	struct ndx_maker maker;
	enum ndx_status status;
	struct ndx_buf utf8;
	char charset[40];

	ndx_maker_begin(&maker, env, chunk, sink, NULL);
	ndx_buf_init(&utf8, env->mem);
	declared_charset((const char *)chunk->data, chunk->size, charset);
	status = ndx_encoding_to_utf8(chunk->data, chunk->size, charset, &utf8, &reason);
	if (status == NDX_OK)
		status = ndx_html_page_read(env->mem, (const char *)utf8.data, utf8.size, &page,
		                            &reason);
	if (status == NDX_OK)
		status = emit(&maker, &page, env->mem, err);
	else if (status == NDX_E_INPUT)
		status = ndx_maker_reject(&maker, 1, err, "%s", reason.msg);
	else
		status = ndx_fail(err, status, "%s", reason.msg);
	ndx_html_page_free(&page, env->mem);
	ndx_buf_free(&utf8);
	ndx_maker_end(&maker);
	return status;
}

static bool
begins(const char *in, size_t size, const char *tag)
{
	return size >= strlen(tag) && strncasecmp(in, tag, strlen(tag)) == 0;
}

static int
html_sniff(const uint8_t *head, size_t size, const char *path)
{
	static const char *const tags[] = { "<head", "<body", "<title", "<meta", "<article",
		                            "<div",  "<h1",   "<p>",    "<p " };
	const char *in = (const char *)head;
	const size_t look = size < CHARSET_LOOK ? size : CHARSET_LOOK;
	size_t at = 0;

	while (at < look && strchr(" \t\r\n", in[at]) != NULL && in[at] != '\0')
		at++;
	if (at == look || in[at] != '<')
		return 0;
	if (begins(in + at, look - at, "<!doctype html") || begins(in + at, look - at, "<html"))
		return 90;
	/* after comments or an XML declaration */
	if (find(in, look, at, "<!doctype html") < look || find(in, look, at, "<html") < look)
		return 60;
	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++)
		if (begins(in + at, look - at, tags[i]))
			return 40;
	at = strlen(path);
	return at > 4 && (find(path, at, at - 4, ".htm") < at ||
	                  find(path, at, at - 5 + (at < 5), ".html") < at)
	               ? 20
	               : 0;
}

const struct ndx_format ndx_format_html = {
	.name = "html",
	.sniff = html_sniff,
	.read = html_read,
};
