/*
 * html_page.c - see html_page.h
 *
 * libxml2 calls back at each start, end and run of text; no tree is built, so memory does
 * not grow with nesting, and nothing recurses.  Elements that are never an article's
 * text are passed over with all that is in them.
 *
 * What libxml2 does in quadratic time is refused: nesting deeper than any browser
 * goes, and elements with thousands of attributes.
 *
 * SPDX-License-Identifier: MIT
 */
#include "corpus/html_page.h"

#include <libxml/HTMLparser.h>
#include <libxml/parserInternals.h>
#include <limits.h>
#include <pthread.h>
#include <strings.h>

#define DEPTH_MAX      1000
#define ATTRIBUTES_MAX 4000
#define META_SIZE_MAX  4096 /* a title or author that is longer is none */

enum role {
	ROLE_INLINE = 0,
	ROLE_BLOCK,  /* text before and after it are two paragraphs */
	ROLE_DROP,   /* never an article's text */
	ROLE_HEADER, /* of an article: text; of the page: none */
	ROLE_BREAK,
	ROLE_LINK,
	ROLE_ARTICLE,
	ROLE_MAIN,
	ROLE_H1,
	ROLE_TITLE,
	ROLE_META,
	ROLE_LINK_REL,
	ROLE_TIME,
	ROLE_HTML,
	ROLE_PRE,
};

static const struct {
	const char *name;
	enum role role;
} elements[] = {
	/* clang-format off */
	{ "a", ROLE_LINK },         { "address", ROLE_BLOCK },  { "article", ROLE_ARTICLE },
	{ "aside", ROLE_DROP },     { "audio", ROLE_DROP },     { "blockquote", ROLE_BLOCK },
	{ "body", ROLE_BLOCK },     { "br", ROLE_BREAK },       { "button", ROLE_DROP },
	{ "canvas", ROLE_DROP },    { "caption", ROLE_BLOCK },  { "center", ROLE_BLOCK },
	{ "dd", ROLE_BLOCK },       { "dialog", ROLE_DROP },    { "div", ROLE_BLOCK },
	{ "dl", ROLE_BLOCK },       { "dt", ROLE_BLOCK },       { "fieldset", ROLE_BLOCK },
	{ "figcaption", ROLE_BLOCK }, { "figure", ROLE_BLOCK }, { "footer", ROLE_DROP },
	{ "form", ROLE_BLOCK },     { "h1", ROLE_H1 },          { "h2", ROLE_BLOCK },
	{ "h3", ROLE_BLOCK },       { "h4", ROLE_BLOCK },       { "h5", ROLE_BLOCK },
	{ "h6", ROLE_BLOCK },       { "header", ROLE_HEADER },  { "hr", ROLE_BLOCK },
	{ "html", ROLE_HTML },      { "iframe", ROLE_DROP },    { "label", ROLE_DROP },
	{ "li", ROLE_BLOCK },       { "link", ROLE_LINK_REL },  { "main", ROLE_MAIN },
	{ "map", ROLE_DROP },       { "menu", ROLE_DROP },      { "meta", ROLE_META },
	{ "nav", ROLE_DROP },       { "noframes", ROLE_DROP },  { "noscript", ROLE_DROP },
	{ "object", ROLE_DROP },    { "ol", ROLE_BLOCK },       { "option", ROLE_DROP },
	{ "p", ROLE_BLOCK },        { "pre", ROLE_PRE },        { "script", ROLE_DROP },
	{ "section", ROLE_BLOCK },  { "select", ROLE_DROP },    { "style", ROLE_DROP },
	{ "svg", ROLE_DROP },       { "table", ROLE_BLOCK },    { "tbody", ROLE_BLOCK },
	{ "td", ROLE_BLOCK },       { "template", ROLE_DROP },  { "textarea", ROLE_DROP },
	{ "tfoot", ROLE_BLOCK },    { "th", ROLE_BLOCK },       { "thead", ROLE_BLOCK },
	{ "time", ROLE_TIME },      { "title", ROLE_TITLE },    { "tr", ROLE_BLOCK },
	{ "ul", ROLE_BLOCK },       { "video", ROLE_DROP },
	/* clang-format on */
};

/* Names in META elements; 'rank' orders the places that tell the same thing, 1 the best. */
static const struct {
	const char *name;
	enum ndx_html_meta meta;
	unsigned rank;
} metas[] = {
	/* clang-format off */
	{ "og:title", NDX_HTML_TITLE, 1 },          { "twitter:title", NDX_HTML_TITLE, 2 },
	{ "dc.title", NDX_HTML_TITLE, 3 },
	{ "og:description", NDX_HTML_DESCRIPTION, 1 }, { "description", NDX_HTML_DESCRIPTION, 2 },
	{ "author", NDX_HTML_AUTHOR, 1 },           { "byl", NDX_HTML_AUTHOR, 2 },
	{ "dc.creator", NDX_HTML_AUTHOR, 3 },       { "sailthru.author", NDX_HTML_AUTHOR, 4 },
	{ "parsely-author", NDX_HTML_AUTHOR, 5 },   { "article:author", NDX_HTML_AUTHOR, 6 },
	{ "article:section", NDX_HTML_SECTION, 1 }, { "section", NDX_HTML_SECTION, 2 },
	{ "parsely-section", NDX_HTML_SECTION, 3 },
	{ "og:site_name", NDX_HTML_SOURCE, 1 },     { "publisher", NDX_HTML_SOURCE, 2 },
	{ "dc.publisher", NDX_HTML_SOURCE, 3 },
	{ "og:url", NDX_HTML_URL, 2 }, /* 1: the canonical link */
	{ "content-language", NDX_HTML_LANGUAGE, 2 }, /* 1: the html element */
	/* clang-format on */
};

#define DATE_RANK_TIME 100 /* TIME elements come after all that the head says */

/* The best first. */
static const char *const date_names[] = {
	"article:published_time",
	"datepublished",
	"date",
	"dc.date.issued",
	"dc.date",
	"dcterms.created",
	"dcterms.date",
	"pubdate",
	"publish_date",
	"publish-date",
	"publication_date",
	"ptime",
	"sailthru.date",
	"parsely-pub-date",
	"og:published_time",
	"displaydate",
	"originalpublicationdate",
	"article_date_original",
	"cxenseparse:recs:publishtime",
	"article:published",
	"created",
};

struct parser {
	struct ndx_html_page *page;
	htmlParserCtxtPtr ctxt;
	unsigned rank[NDX_HTML_META_COUNT]; /* of what is kept; 0: nothing is */
	unsigned date_rank;
	unsigned depth;
	/* The depth of the element around us, 0 if there is none. */
	unsigned drop_at, link_at, article_at, main_at, pre_at;
	int collect; /* enum ndx_html_meta that text goes to as well, or -1 */
	unsigned collect_at;
	uint32_t article_count;
	struct ndx_html_block block; /* the one that is being filled */
	bool too_deep, failed;
};

static enum role
role_of(const char *name)
{
	size_t low = 0, high = sizeof(elements) / sizeof(elements[0]);

	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		const int order = strcasecmp(name, elements[middle].name);

		if (order == 0)
			return elements[middle].role;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return ROLE_INLINE;
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static const char *
attribute(const xmlChar **attrs, const char *name)
{
	for (size_t i = 0; attrs != NULL && attrs[i] != NULL; i += 2)
		if (strcasecmp((const char *)attrs[i], name) == 0 && attrs[i + 1] != NULL)
			return (const char *)attrs[i + 1];
	return "";
}

/* Close the block at hand, if there is anything in it. */
static void
end_block(struct parser *parser)
{
	struct ndx_html_page *page = parser->page;
	struct ndx_html_block *block = &parser->block;

	while (page->text.size > block->off && is_space((char)page->text.data[page->text.size - 1]))
		page->text.size--;
	block->size = page->text.size - block->off;
	if (block->size > 0 && !ndx_buf_failed(&page->text)) {
		if (!ndx_grow(page->text.mem, &page->block, &page->block_count_max,
		              page->block_count + 1, sizeof(page->block[0])))
			parser->failed = true;
		else
			page->block[page->block_count++] = *block;
	}
	*block = (struct ndx_html_block){
		.off = page->text.size,
		.article = parser->article_at > 0 ? parser->article_count : 0,
		.in_main = parser->main_at > 0,
	};
}

/* Append text with runs of spaces as one; in PRE, line breaks are kept. */
static void
add_text(struct ndx_buf *out, size_t from, const char *in, size_t size, bool pre)
{
	size_t run;

	for (size_t i = 0; i < size; i += run) {
		for (run = 0; i + run < size && !is_space(in[i + run]); run++)
			;
		ndx_buf_add(out, in + i, run);
		if (i + run == size)
			break;
		if (pre && in[i + run] == '\n')
			ndx_buf_add_u8(out, '\n');
		else if (out->size > from && !is_space((char)out->data[out->size - 1]))
			ndx_buf_add_u8(out, ' ');
		run++;
	}
}

static void
on_text(void *ctx, const xmlChar *text, int size)
{
	struct parser *parser = ctx;
	struct ndx_buf *out = &parser->page->text;
	size_t before;

	if (size <= 0)
		return;
	if (parser->collect >= 0 && parser->page->meta[parser->collect].size < META_SIZE_MAX)
		add_text(&parser->page->meta[parser->collect], 0, (const char *)text, (size_t)size,
		         false);
	if (parser->drop_at > 0 || parser->collect == NDX_HTML_HEAD_TITLE)
		return;
	before = out->size;
	add_text(out, parser->block.off, (const char *)text, (size_t)size, parser->pre_at > 0);
	if (parser->link_at > 0)
		parser->block.link_size += out->size - before;
}

static void
set_meta(struct parser *parser, enum ndx_html_meta meta, unsigned rank, const char *value)
{
	struct ndx_buf *out = &parser->page->meta[meta];

	if (parser->rank[meta] != 0 && parser->rank[meta] <= rank)
		return;
	if (value[0] == '\0' || strlen(value) > META_SIZE_MAX)
		return;
	if (meta == NDX_HTML_AUTHOR && strncasecmp(value, "http", 4) == 0) /* a profile page */
		return;
	ndx_buf_clear(out);
	ndx_buf_add_str(out, value);
	parser->rank[meta] = rank;
}

static void
set_date(struct parser *parser, unsigned rank, const char *value)
{
	if (parser->date_rank != 0 && parser->date_rank <= rank)
		return;
	if (ndx_date_parse(ndx_str(value), &parser->page->date)) {
		parser->page->has_date = true;
		parser->date_rank = rank;
	}
}

static void
take_meta(struct parser *parser, const xmlChar **attrs)
{
	static const char *const naming[] = { "property", "name", "itemprop", "http-equiv" };
	const char *content = attribute(attrs, "content"), *name;

	for (size_t n = 0; n < sizeof(naming) / sizeof(naming[0]); n++) {
		name = attribute(attrs, naming[n]);
		if (name[0] == '\0')
			continue;
		for (size_t i = 0; i < sizeof(metas) / sizeof(metas[0]); i++)
			if (strcasecmp(name, metas[i].name) == 0)
				set_meta(parser, metas[i].meta, metas[i].rank, content);
		for (unsigned i = 0; i < sizeof(date_names) / sizeof(date_names[0]); i++)
			if (strcasecmp(name, date_names[i]) == 0)
				set_date(parser, i + 1, content);
	}
}

static void
take_time(struct parser *parser, const xmlChar **attrs)
{
	const bool is_published = strcasecmp(attribute(attrs, "itemprop"), "datePublished") == 0 ||
	                          attribute(attrs, "pubdate")[0] != '\0';

	if (parser->drop_at == 0 || is_published)
		set_date(parser, DATE_RANK_TIME + !is_published, attribute(attrs, "datetime"));
}

/* Text from here to the element's end is also collected as 'meta', if nothing was before. */
static void
begin_collect(struct parser *parser, enum ndx_html_meta meta)
{
	if (parser->collect >= 0 || parser->drop_at > 0 || parser->page->meta[meta].size > 0)
		return;
	parser->collect = (int)meta;
	parser->collect_at = parser->depth;
	if (meta == NDX_HTML_H1 && parser->article_at > 0)
		parser->page->h1_article = parser->article_count;
}

static void
begin_region(const struct parser *parser, unsigned *at)
{
	if (*at == 0)
		*at = parser->depth;
}

/* Elements that begin something; blocks have been ended. */
static void
begin_role(struct parser *parser, enum role role, const xmlChar **attrs)
{
	switch (role) {
	case ROLE_DROP:
		begin_region(parser, &parser->drop_at);
		break;
	case ROLE_HEADER:
		if (parser->article_at == 0 && parser->main_at == 0)
			begin_region(parser, &parser->drop_at);
		break;
	case ROLE_LINK:
		begin_region(parser, &parser->link_at);
		break;
	case ROLE_PRE:
		begin_region(parser, &parser->pre_at);
		break;
	case ROLE_ARTICLE:
		parser->article_count += parser->article_at == 0;
		begin_region(parser, &parser->article_at);
		break;
	case ROLE_MAIN:
		begin_region(parser, &parser->main_at);
		break;
	case ROLE_H1:
		begin_collect(parser, NDX_HTML_H1);
		break;
	case ROLE_TITLE:
		begin_collect(parser, NDX_HTML_HEAD_TITLE);
		break;
	case ROLE_META:
		take_meta(parser, attrs);
		break;
	case ROLE_TIME:
		take_time(parser, attrs);
		break;
	case ROLE_LINK_REL:
		if (strcasecmp(attribute(attrs, "rel"), "canonical") == 0)
			set_meta(parser, NDX_HTML_URL, 1, attribute(attrs, "href"));
		break;
	case ROLE_HTML:
		set_meta(parser, NDX_HTML_LANGUAGE, 1, attribute(attrs, "lang"));
		break;
	case ROLE_INLINE:
	case ROLE_BLOCK:
	case ROLE_BREAK:
		break;
	}
}

static bool
divides(enum role role)
{
	return role == ROLE_BLOCK || role == ROLE_BREAK || role == ROLE_ARTICLE ||
	       role == ROLE_MAIN || role == ROLE_H1 || role == ROLE_PRE || role == ROLE_HEADER;
}

static void
on_start(void *ctx, const xmlChar *name, const xmlChar **attrs)
{
	struct parser *parser = ctx;
	const enum role role = role_of((const char *)name);

	if (++parser->depth > DEPTH_MAX || parser->ctxt->nameNr > DEPTH_MAX) {
		parser->too_deep = true;
		xmlStopParser(parser->ctxt);
		return;
	}
	begin_role(parser, role, attrs);
	if (divides(role)) /* (after the region has begun, which the next block is in) */
		end_block(parser);
}

static void
end_region(const struct parser *parser, unsigned *at)
{
	if (*at >= parser->depth)
		*at = 0;
}

static void
on_end(void *ctx, const xmlChar *name)
{
	struct parser *parser = ctx;

	if (parser->depth == 0)
		return;
	end_region(parser, &parser->drop_at);
	end_region(parser, &parser->link_at);
	end_region(parser, &parser->article_at);
	end_region(parser, &parser->main_at);
	end_region(parser, &parser->pre_at);
	if (parser->collect >= 0 && parser->collect_at >= parser->depth)
		parser->collect = -1;
	parser->depth--;
	if (divides(role_of((const char *)name)))
		end_block(parser);
}

static bool
is_name(const char *in, size_t size, const char *name)
{
	const size_t name_size = strlen(name);

	return size > name_size && strncasecmp(in, name, name_size) == 0 &&
	       (is_space(in[name_size]) || in[name_size] == '>');
}

/* From the '<' of a tag at in[at] to behind it; attributes, at least, into *count_ret. */
static size_t
skip_tag(const char *in, size_t size, size_t at, size_t *count_ret)
{
	char quote = '\0';
	size_t count = 0;

	for (; at < size && (quote != '\0' || in[at] != '>'); at++) {
		if (quote != '\0') {
			count += in[at] == quote;
			quote = in[at] == quote ? '\0' : quote;
		} else if ((in[at] == '"' || in[at] == '\'') && in[at - 1] == '=') {
			quote = in[at];
		} else if (is_space(in[at])) {
			count += !is_space(in[at - 1]);
		} else {
			count += in[at] == '=' || in[at] == '/';
		}
	}
	*count_ret = count;
	return at;
}

/* Whether an element has so many attributes that looking for doubles would take too long. */
static bool
has_too_many_attributes(const char *in, size_t size)
{
	size_t at = 0, begin, count;
	const char *next;

	while (at < size && (next = memchr(in + at, '<', size - at)) != NULL) {
		begin = (size_t)(next - in) + 1;
		at = begin;
		if (at == size || ((in[at] | 0x20) < 'a' || (in[at] | 0x20) > 'z'))
			continue;
		at = skip_tag(in, size, begin, &count);
		if (count > 2 * ATTRIBUTES_MAX)
			return true;
		if (!is_name(in + begin, size - begin, "script") &&
		    !is_name(in + begin, size - begin, "style"))
			continue;
		while (at < size && (next = memchr(in + at, '<', size - at)) != NULL) {
			at = (size_t)(next - in) + 1; /* what is inside is no markup */
			if (at < size && in[at] == '/')
				break;
		}
	}
	return false;
}

/*
 * libxml2 sets itself up at its first use, which must not be by two threads at a time.
 * This is its state, not ours: whether that has been done.
 */
static void
init_library(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, xmlInitParser);
}

static enum ndx_status
parse(struct parser *parser, const char *in, size_t size, struct ndx_err *err)
{
	htmlSAXHandler sax = { 0 };

	init_library();
	sax.startElement = on_start;
	sax.endElement = on_end;
	sax.characters = on_text;
	sax.ignorableWhitespace = on_text;
	parser->ctxt = htmlCreateMemoryParserCtxt(in, (int)size);
	if (parser->ctxt == NULL)
		return ndx_fail_nomem(err);
	*parser->ctxt->sax = sax;
	parser->ctxt->userData = parser;
	htmlCtxtUseOptions(parser->ctxt, HTML_PARSE_RECOVER | HTML_PARSE_NOERROR |
	                                         HTML_PARSE_NOWARNING | HTML_PARSE_NONET |
	                                         HTML_PARSE_IGNORE_ENC);
	xmlSwitchEncoding(parser->ctxt, XML_CHAR_ENCODING_UTF8);
	htmlParseDocument(parser->ctxt);
	if (parser->ctxt->errNo == XML_ERR_NO_MEMORY)
		parser->failed = true;
	htmlFreeParserCtxt(parser->ctxt);
	end_block(parser);
	return NDX_OK;
}

enum ndx_status
ndx_html_page_read(const struct ndx_mem *mem, const char *in, size_t size,
                   struct ndx_html_page *page, struct ndx_err *err)
{
	struct parser parser = { .page = page, .collect = -1 };
	enum ndx_status status;

	*page = (struct ndx_html_page){ 0 };
	ndx_buf_init(&page->text, mem);
	for (size_t i = 0; i < NDX_HTML_META_COUNT; i++)
		ndx_buf_init(&page->meta[i], mem);
	if (size == 0)
		return NDX_OK;
	if (size > INT_MAX - 1)
		return ndx_fail(err, NDX_E_INPUT, "HTML of %zu bytes, at most %d allowed", size,
		                INT_MAX - 1);
	if (has_too_many_attributes(in, size))
		return ndx_fail(err, NDX_E_INPUT, "HTML element with over %d attributes",
		                ATTRIBUTES_MAX);
	status = parse(&parser, in, size, err);
	if (status != NDX_OK)
		return status;
	for (size_t i = 0; i < NDX_HTML_META_COUNT; i++)
		parser.failed = parser.failed || ndx_buf_failed(&page->meta[i]);
	if (parser.failed || ndx_buf_failed(&page->text))
		return ndx_fail_nomem(err);
	if (parser.too_deep)
		return ndx_fail(err, NDX_E_INPUT, "HTML elements nested deeper than %d", DEPTH_MAX);
	return NDX_OK;
}

void
ndx_html_page_free(struct ndx_html_page *page, const struct ndx_mem *mem)
{
	ndx_buf_free(&page->text);
	for (size_t i = 0; i < NDX_HTML_META_COUNT; i++)
		ndx_buf_free(&page->meta[i]);
	ndx_free(mem, page->block);
}
