/*
 * print.c - the formats in which hits are told: one printer, so that they cannot drift
 *
 * A format is a row of functions; text for people is in print_text.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/print.h"

#include <inttypes.h>

#include "common/date.h"
#include "searcher/json_out.h"
#include "searcher/print_feed.h"
#include "searcher/print_tally.h"
#include "searcher/print_text.h"
#include "searcher/snippet.h"

/* The bytes of a character at 'text' that must not be in HTML: a control of Latin-1, or none at all
 * (Unicode's noncharacters); 0: it is another one. */
static size_t
size_unfit(const char *text, size_t left)
{
	const unsigned char *byte = (const unsigned char *)text;

	if (left >= 2 && byte[0] == 0xc2 && byte[1] < 0xa0) /* U+0080 to U+009F */
		return 2;
	if (left >= 3 && byte[0] == 0xef && byte[1] == 0xb7 && byte[2] >= 0x90 && byte[2] <= 0xaf)
		return 3; /* U+FDD0 to U+FDEF */
	if (left >= 3 && byte[0] == 0xef && byte[1] == 0xbf && byte[2] >= 0xbe)
		return 3; /* U+FFFE, U+FFFF; and of the other planes: */
	if (left >= 4 && byte[0] >= 0xf0 && (byte[1] & 0x0f) == 0x0f && byte[2] == 0xbf &&
	    byte[3] >= 0xbe)
		return 4;
	return 0;
}

void
ndx_html_write(const char *text, size_t size, struct ndx_buf *out)
{
	size_t plain = 0;

	for (size_t i = 0; i < size; i++) {
		const size_t unfit =
			(unsigned char)text[i] < 0xc2 ? 0 : size_unfit(text + i, size - i);
		const char *as = text[i] == '&'              ? "&amp;"
		                 : text[i] == '<'            ? "&lt;"
		                 : text[i] == '>'            ? "&gt;"
		                 : text[i] == '"'            ? "&quot;"
		                 : text[i] == '\''           ? "&#39;"
		                 : text[i] == NDX_MARK_BEGIN ? "<mark>"
		                 : text[i] == NDX_MARK_END   ? "</mark>"
		                 : unfit > 0                 ? "\xef\xbf\xbd"
		                                             : NULL;

		if (as == NULL)
			continue;
		ndx_buf_add(out, text + plain, i - plain);
		ndx_buf_add_str(out, as);
		i += unfit > 0 ? unfit - 1 : 0;
		plain = i + 1;
	}
	ndx_buf_add(out, text + plain, size - plain);
}

bool
ndx_url_is_web(const char *url)
{
	return strncasecmp(url, "http://", 7) == 0 || strncasecmp(url, "https://", 8) == 0;
}

bool
ndx_url_is_unreserved(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       (byte >= '0' && byte <= '9') || byte == '-' || byte == '.' || byte == '_' ||
	       byte == '~';
}

void
ndx_url_encode(const char *text, const char *also, struct ndx_buf *out)
{
	static const char digits[] = "0123456789ABCDEF";

	for (; *text != '\0'; text++) {
		const unsigned char byte = (unsigned char)*text;
		const char code[] = { '%', digits[byte >> 4], digits[byte & 15] };

		if (ndx_url_is_unreserved(*text) || strchr(also, *text) != NULL)
			ndx_buf_add_u8(out, byte);
		else
			ndx_buf_add(out, code, sizeof(code));
	}
}

static void
json_date(struct ndx_json_out *json, const struct ndx_article_view *article)
{
	char date[NDX_DATE_SIZE];

	if (article->date == NDX_NO_DATE) {
		ndx_json_out_null(json, "date");
		return;
	}
	ndx_date_format((struct ndx_date){ article->date, article->date_offset_min }, date);
	ndx_json_out_text(json, "date", date);
}

static void
json_fields(struct ndx_json_out *json, const struct ndx_article_view *article)
{
	ndx_json_out_text(json, "id", article->id);
	ndx_json_out_text(json, "title", article->title);
	json_date(json, article);
	ndx_json_out_text(json, "source", article->source);
	ndx_json_out_text(json, "section", article->section);
	ndx_json_out_text(json, "author", article->author);
	ndx_json_out_text(json, "url", article->url);
	ndx_json_out_text(json, "language", article->language);
}

/* A member whose value is HTML. */
static void
json_html(struct ndx_json_out *json, const char *name, const char *text, size_t size,
          struct ndx_buf *scratch)
{
	ndx_buf_clear(scratch);
	ndx_html_write(text, size, scratch);
	if (ndx_buf_failed(scratch))
		json->out->failed = true;
	else
		ndx_json_out_str(json, name,
		                 (struct ndx_str){ (const char *)scratch->data, scratch->size });
}

static void
json_matches(struct ndx_json_out *json, const char *name, const struct ndx_match *match,
             size_t count)
{
	ndx_json_out_begin(json, name, "[");
	for (size_t i = 0; i < count; i++) {
		ndx_json_out_begin(json, NULL, "{");
		ndx_json_out_uint(json, "offset", match[i].offset);
		ndx_json_out_uint(json, "size", match[i].size);
		ndx_json_out_end(json, "}");
	}
	ndx_json_out_end(json, "]");
}

static void
json_hit(struct ndx_printer *printer, struct ndx_json_out *json, const struct ndx_hit *hit,
         const char *snippet)
{
	ndx_json_out_begin(json, NULL, "{");
	ndx_json_out_uint(json, "rank", printer->facts->offset + printer->hit_count + 1);
	ndx_json_out_float(json, "score", hit->score);
	json_fields(json, &hit->article);
	if (snippet == NULL || snippet[0] == '\0')
		ndx_json_out_null(json, "snippet");
	else
		json_html(json, "snippet", snippet, strlen(snippet), &printer->scratch);
	json_matches(json, "matches", printer->match, printer->match_count);
	json_matches(json, "passages", printer->passage, printer->passage_count);
	json_matches(json, "title_matches", printer->title_match, printer->title_match_count);
	ndx_json_out_end(json, "}");
}

static void
json_explanation(struct ndx_json_out *json, const struct ndx_explanation *e)
{
	ndx_json_out_begin(json, "explain", "{");
	ndx_json_out_text(json, "query", e->tree);
	ndx_json_out_begin(json, "terms", "[");
	for (size_t i = 0; i < e->leaf_count; i++) {
		ndx_json_out_begin(json, NULL, "{");
		ndx_json_out_text(json, "term", e->leaf[i].name);
		ndx_json_out_uint(json, "df", e->leaf[i].df);
		ndx_json_out_float(json, "idf", e->leaf[i].idf);
		ndx_json_out_float(json, "weight", e->leaf[i].weight);
		ndx_json_out_end(json, "}");
	}
	ndx_json_out_end(json, "]");
	ndx_json_out_begin(json, "hits", "[");
	for (size_t hit = 0; hit < e->hit_count; hit++) {
		ndx_json_out_begin(json, NULL, "[");
		for (size_t i = 0; i < e->leaf_count; i++)
			ndx_json_out_float(json, NULL, e->part[hit * e->leaf_count + i]);
		ndx_json_out_end(json, "]");
	}
	ndx_json_out_end(json, "]");
	ndx_json_out_end(json, "}");
}

static void
json_begin_object(struct ndx_printer *printer)
{
	struct ndx_json_out json = { printer->out, false };

	ndx_json_out_begin(&json, NULL, "{");
	ndx_json_out_str(&json, "query", ndx_str(printer->facts->query));
	ndx_json_out_uint(&json, "total", printer->facts->total);
	ndx_json_out_uint(&json, "took_us", printer->facts->took_us);
	ndx_json_out_begin(&json, "hits", "[");
}

static void
json_hit_of_object(struct ndx_printer *printer, const struct ndx_hit *hit, const char *snippet)
{
	struct ndx_json_out json = { printer->out, printer->hit_count > 0 };

	json_hit(printer, &json, hit, snippet);
}

static void
json_end_object(struct ndx_printer *printer)
{
	struct ndx_json_out json = { printer->out, true };
	const char *const *notice = printer->facts->notice;

	ndx_json_out_end(&json, "]");
	ndx_json_out_begin(&json, "notices", "[");
	for (size_t i = 0; notice != NULL && notice[i] != NULL; i++)
		ndx_json_out_text(&json, NULL, notice[i]);
	ndx_json_out_end(&json, "]");
	if (printer->facts->hits != NULL)
		ndx_json_tally(&json, printer->facts);
	if (printer->facts->hits != NULL && ndx_hits_suggestion(printer->facts->hits) != NULL)
		ndx_json_out_text(&json, "suggestion", ndx_hits_suggestion(printer->facts->hits));
	if (printer->facts->explanation != NULL)
		json_explanation(&json, printer->facts->explanation);
	ndx_json_out_end(&json, "}\n");
}

static void
jsonl_hit(struct ndx_printer *printer, const struct ndx_hit *hit, const char *snippet)
{
	struct ndx_json_out json = { printer->out, false };

	json_hit(printer, &json, hit, snippet);
	ndx_buf_add_u8(printer->out, '\n');
}

static void
jsonl_end(struct ndx_printer *printer)
{
	struct ndx_json_out json = { printer->out, false };

	if (printer->facts->explanation == NULL)
		return;
	ndx_json_out_begin(&json, NULL, "{");
	json_explanation(&json, printer->facts->explanation);
	ndx_json_out_end(&json, "}\n");
}

void
ndx_csv_field(const char *text, struct ndx_buf *out)
{
	const bool quoted = strpbrk(text, ",\"\r\n") != NULL;

	ndx_buf_add_str(out, quoted ? ",\"" : ",");
	for (; *text != '\0'; text++) {
		if (*text == NDX_MARK_BEGIN || *text == NDX_MARK_END)
			continue;
		if (*text == '"')
			ndx_buf_add_u8(out, '"');
		ndx_buf_add(out, text, 1);
	}
	ndx_buf_add_str(out, quoted ? "\"" : "");
}

static void
csv_begin(struct ndx_printer *printer)
{
	if (printer->facts->count_only && ndx_has_tally(printer->facts)) {
		ndx_csv_tally(printer->facts, printer->out);
		return;
	}
	ndx_buf_add_str(printer->out, "rank,score,id,title,date,source,section,author,url,language,"
	                              "snippet\n");
}

static void
csv_hit(struct ndx_printer *printer, const struct ndx_hit *hit, const char *snippet)
{
	const struct ndx_article_view *article = &hit->article;
	char date[NDX_DATE_SIZE] = "", score[NDX_FLOAT_SIZE];
	const char *const field[] = { score,
		                      article->id,
		                      article->title,
		                      date,
		                      article->source,
		                      article->section,
		                      article->author,
		                      article->url,
		                      article->language,
		                      snippet == NULL ? "" : snippet };

	ndx_float_format(hit->score, score);
	if (article->date != NDX_NO_DATE)
		ndx_date_format((struct ndx_date){ article->date, article->date_offset_min }, date);
	ndx_buf_printf(printer->out, "%zu", printer->facts->offset + printer->hit_count + 1);
	for (size_t i = 0; i < sizeof(field) / sizeof(field[0]); i++)
		ndx_csv_field(field[i], printer->out);
	ndx_buf_add_u8(printer->out, '\n');
}

/* Columns are divided by white space, so a name must not have any. */
static void
trec_name(const char *text, struct ndx_buf *out)
{
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text <= ' ' || *text == '%')
			ndx_buf_printf(out, "%%%02X", (unsigned char)*text);
		else
			ndx_buf_add(out, text, 1);
	}
}

static void
trec_hit(struct ndx_printer *printer, const struct ndx_hit *hit, const char *snippet)
{
	char score[NDX_FLOAT_SIZE];

	(void)snippet;
	ndx_float_format(hit->score, score);
	trec_name(printer->facts->qid, printer->out);
	ndx_buf_add_str(printer->out, " Q0 ");
	trec_name(hit->article.id, printer->out);
	ndx_buf_printf(printer->out, " %zu %s ", printer->facts->offset + printer->hit_count + 1,
	               score);
	trec_name(printer->facts->tag, printer->out);
	ndx_buf_add_u8(printer->out, '\n');
}

static void
ids_hit(struct ndx_printer *printer, const struct ndx_hit *hit, const char *snippet)
{
	(void)snippet;
	ndx_buf_add_str(printer->out, hit->article.id);
	ndx_buf_add_u8(printer->out, '\n');
}

static void
say_nothing(struct ndx_printer *printer)
{
	(void)printer;
}

static const struct ndx_print_ops {
	const char *name;
	bool needs_text;
	void (*begin)(struct ndx_printer *printer);
	void (*hit)(struct ndx_printer *printer, const struct ndx_hit *hit, const char *snippet);
	void (*end)(struct ndx_printer *printer);
} formats[] = {
	/* clang-format off */
	{ "text",  true,  say_nothing,       ndx_text_hit,       ndx_text_end },
	{ "json",  true,  json_begin_object, json_hit_of_object, json_end_object },
	{ "jsonl", true,  say_nothing,       jsonl_hit,          jsonl_end },
	{ "csv",   true,  csv_begin,         csv_hit,            ndx_text_explanation },
	{ "atom",  true,  ndx_atom_begin,    ndx_atom_hit,       ndx_atom_end },
	{ "rss",   true,  ndx_rss_begin,     ndx_rss_hit,        ndx_rss_end },
	{ "ris",   false, say_nothing,       ndx_ris_hit,        say_nothing },
	{ "bibtex", false, say_nothing,      ndx_bibtex_hit,     say_nothing },
	{ "trec",  false, say_nothing,       trec_hit,           ndx_text_explanation },
	{ "ids",   false, say_nothing,       ids_hit,            ndx_text_explanation },
	/* clang-format on */
};

#define FORMAT_COUNT (sizeof(formats) / sizeof(formats[0]))

const char *
ndx_print_format_name(size_t i)
{
	return i < FORMAT_COUNT ? formats[i].name : NULL;
}

bool
ndx_printer_init(struct ndx_printer *printer, const char *format,
                 const struct ndx_print_facts *facts, struct ndx_buf *out)
{
	for (size_t i = 0; i < FORMAT_COUNT; i++) {
		if (strcmp(formats[i].name, format) != 0)
			continue;
		*printer = (struct ndx_printer){ .ops = &formats[i], .facts = facts, .out = out };
		ndx_buf_init(&printer->scratch, out->mem);
		return true;
	}
	return false;
}

void
ndx_printer_free(struct ndx_printer *printer)
{
	ndx_buf_free(&printer->scratch);
}

bool
ndx_printer_needs_text(const struct ndx_printer *printer)
{
	return printer->ops->needs_text;
}

void
ndx_printer_begin(struct ndx_printer *printer)
{
	printer->ops->begin(printer);
}

void
ndx_printer_hit(struct ndx_printer *printer, const struct ndx_hit *hit, const char *snippet)
{
	printer->ops->hit(printer, hit, snippet);
	printer->hit_count++;
}

void
ndx_printer_end(struct ndx_printer *printer)
{
	printer->ops->end(printer);
}

void
ndx_print_article_json(const struct ndx_article_view *article, bool marked, struct ndx_buf *out)
{
	struct ndx_json_out json = { out, false };
	const struct ndx_match *title_match;
	struct ndx_buf scratch;
	size_t count;

	ndx_buf_init(&scratch, out->mem);
	ndx_json_out_begin(&json, NULL, "{");
	json_fields(&json, article);
	if (marked)
		json_html(&json, "text", article->text, article->text_size, &scratch);
	else
		ndx_json_out_str(&json, "text",
		                 (struct ndx_str){ article->text, article->text_size });
	title_match = ndx_article_title_matches(article, &count);
	if (marked)
		json_matches(&json, "title_matches", title_match, count);
	ndx_json_out_end(&json, "}\n");
	ndx_buf_free(&scratch);
}
