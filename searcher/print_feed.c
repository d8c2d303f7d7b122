/*
 * print_feed.c - see print_feed.h
 *
 * What names an entry is its address on the web, if it has one, else its id as "urn:ndx:ID".  Atom
 * must have a date in each entry: where that of the article is unknown, it is the index's last
 * commit, which had the article at the latest.
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/print_feed.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "common/date.h"
#include "common/fold.h"
#include "searcher/byline.h"
#include "searcher/hits.h"
#include "searcher/snippet.h"

/* A character of several bytes; returns how many they are. */
static size_t
put_wide(const char *text, struct ndx_buf *out)
{
	const uint8_t *at = (const uint8_t *)text;
	unsigned size;
	const uint32_t c = ndx_utf8_decode(at, at + strnlen(text, 4), &size);

	if (c == NDX_CHAR_BAD)
		ndx_buf_add_str(out, "\xef\xbf\xbd"); /* U+FFFD */
	else if (c != 0xfffe && c != 0xffff)          /* no characters of XML 1.0 */
		ndx_buf_add(out, text, size);
	return size;
}

/* Text as XML; marks, and what XML cannot hold, are left out. */
static void
put_xml(const char *text, struct ndx_buf *out)
{
	while (*text != '\0') {
		const unsigned char byte = (unsigned char)*text;

		if (byte >= 0x80) {
			text += put_wide(text, out);
			continue;
		}
		if (byte == '&')
			ndx_buf_add_str(out, "&amp;");
		else if (byte == '<')
			ndx_buf_add_str(out, "&lt;");
		else if (byte == '>')
			ndx_buf_add_str(out, "&gt;");
		else if (byte == '"')
			ndx_buf_add_str(out, "&quot;");
		else if (byte >= ' ' || byte == '\n' || byte == '\t')
			ndx_buf_add_u8(out, byte);
		text++;
	}
}

static void
put_element(const char *name, const char *text, struct ndx_buf *out)
{
	if (text[0] == '\0')
		return;
	ndx_buf_printf(out, "<%s>", name);
	put_xml(text, out);
	ndx_buf_printf(out, "</%s>\n", name);
}

static void
put_urn(const char *id, struct ndx_buf *out)
{
	ndx_buf_add_str(out, "urn:ndx:");
	ndx_url_encode(id, "/", out);
}

/* UTC; the beginning of 1970 if there is no index, as in tests. */
static struct ndx_date
last_commit(const struct ndx_print_facts *facts)
{
	const int64_t utc = facts->hits == NULL ? 0 : facts->hits->index->manifest.committed;

	return (struct ndx_date){ .utc = utc };
}

static struct ndx_date
updated(const struct ndx_print_facts *facts, const struct ndx_article_view *article)
{
	return article->date == NDX_NO_DATE
	               ? last_commit(facts)
	               : (struct ndx_date){ article->date, article->date_offset_min };
}

/* The newest of the entries, in UTC; the last commit if they are not known yet. */
static struct ndx_date
newest(const struct ndx_print_facts *facts)
{
	struct ndx_date newest = last_commit(facts);
	const struct ndx_hit *hit;

	for (size_t i = 0; facts->hits != NULL && (hit = ndx_hits_get(facts->hits, i)) != NULL;
	     i++) {
		const int64_t utc = updated(facts, &hit->article).utc;

		if (i == 0 || utc > newest.utc)
			newest.utc = utc;
	}
	return newest;
}

void
ndx_atom_begin(struct ndx_printer *printer)
{
	struct ndx_buf *out = printer->out;
	char date[NDX_DATE_SIZE];

	ndx_date_format(newest(printer->facts), date);
	ndx_buf_add_str(out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
	                     "<feed xmlns=\"http://www.w3.org/2005/Atom\">\n<id>");
	put_urn(printer->facts->query, out);
	ndx_buf_add_str(out, "</id>\n<title>");
	put_xml(printer->facts->query, out);
	ndx_buf_printf(out, "</title>\n<updated>%s</updated>\n<generator>ndx</generator>\n", date);
}

void
ndx_atom_hit(struct ndx_printer *printer, const struct ndx_hit *hit, const char *snippet)
{
	const struct ndx_article_view *article = &hit->article;
	struct ndx_buf *out = printer->out;
	char date[NDX_DATE_SIZE];

	ndx_date_format(updated(printer->facts, article), date);
	ndx_buf_add_str(out, "<entry>\n<id>");
	if (ndx_url_is_web(article->url))
		put_xml(article->url, out);
	else
		put_urn(article->id, out);
	ndx_buf_add_str(out, "</id>\n<title>");
	put_xml(article->title, out);
	ndx_buf_printf(out, "</title>\n<updated>%s</updated>\n<author><name>", date);
	put_xml(article->author[0] != '\0'   ? article->author
	        : article->source[0] != '\0' ? article->source
	                                     : "unknown",
	        out);
	ndx_buf_add_str(out, "</name></author>\n");
	/* RFC 4287, 4.1.2: an entry without content has a link. */
	ndx_buf_add_str(out, "<link href=\"");
	if (ndx_url_is_web(article->url))
		put_xml(article->url, out);
	else
		put_urn(article->id, out);
	ndx_buf_add_str(out, "\"/>\n");
	if (article->section[0] != '\0') {
		ndx_buf_add_str(out, "<category term=\"");
		put_xml(article->section, out);
		ndx_buf_add_str(out, "\"/>\n");
	}
	put_element("summary", snippet == NULL ? "" : snippet, out);
	ndx_buf_add_str(out, "</entry>\n");
}

void
ndx_atom_end(struct ndx_printer *printer)
{
	ndx_buf_add_str(printer->out, "</feed>\n");
}

void
ndx_rss_begin(struct ndx_printer *printer)
{
	struct ndx_buf *out = printer->out;

	ndx_buf_add_str(out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
	                     "<rss version=\"2.0\" "
	                     "xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel>\n<title>");
	put_xml(printer->facts->query, out);
	ndx_buf_add_str(out, "</title>\n<link>");
	put_urn(printer->facts->query, out);
	ndx_buf_add_str(out, "</link>\n<description>Articles that match</description>\n");
}

/* RFC 822, as RSS has it. */
static void
put_rss_date(const struct ndx_article_view *article, struct ndx_buf *out)
{
	static const char *const days[] = { "Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
		                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	const int64_t date = article->date == NDX_NO_DATE ? 0 : article->date;
	const int64_t day = (date >= 0 ? date : date - 86399) / 86400, second = date - day * 86400;
	unsigned month, of_month;
	int year;

	if (article->date == NDX_NO_DATE)
		return;
	ndx_civil_from_days(day, &year, &month, &of_month);
	ndx_buf_printf(out, "<pubDate>%s, %02u %s %04d %02d:%02d:%02d GMT</pubDate>\n",
	               days[((day % 7) + 7) % 7], of_month, months[month - 1], year,
	               (int)(second / 3600), (int)(second / 60 % 60), (int)(second % 60));
}

void
ndx_rss_hit(struct ndx_printer *printer, const struct ndx_hit *hit, const char *snippet)
{
	const struct ndx_article_view *article = &hit->article;
	const bool web = ndx_url_is_web(article->url);
	struct ndx_buf *out = printer->out;

	ndx_buf_add_str(out, "<item>\n");
	put_element("title", article->title, out);
	if (web)
		put_element("link", article->url, out);
	ndx_buf_printf(out, "<guid isPermaLink=\"%s\">", web ? "true" : "false");
	if (web)
		put_xml(article->url, out);
	else
		put_urn(article->id, out);
	ndx_buf_add_str(out, "</guid>\n");
	put_rss_date(article, out);
	put_element("dc:creator", article->author, out);
	put_element("category", article->section, out);
	put_element("description", snippet == NULL ? "" : snippet, out);
	ndx_buf_add_str(out, "</item>\n");
}

void
ndx_rss_end(struct ndx_printer *printer)
{
	ndx_buf_add_str(printer->out, "</channel></rss>\n");
}

/* Text with line breaks as spaces. */
static void
put_line(struct ndx_str text, struct ndx_buf *out)
{
	for (size_t i = 0; i < text.size; i++)
		ndx_buf_add_u8(
			out, (unsigned char)text.data[i] < ' ' ? ' ' : (unsigned char)text.data[i]);
}

/* Is it "Lee, Ann"? */
static bool
is_inverted(struct ndx_str name)
{
	return memchr(name.data, ',', name.size) != NULL;
}

static void
put_ris(const char *tag, const char *text, struct ndx_buf *out)
{
	if (text[0] == '\0')
		return;
	ndx_buf_printf(out, "%s  - ", tag);
	put_line(ndx_str(text), out);
	ndx_buf_add_str(out, "\r\n");
}

/* "Ann Lee", "Lee, Ann", "King, Martin Luther, Jr." */
static void
put_ris_authors(const char *text, struct ndx_buf *out)
{
	struct ndx_byline byline = { .rest = text };
	struct ndx_person person;

	while (ndx_byline_next(&byline, &person)) {
		ndx_buf_add_str(out, "AU  - ");
		put_line(person.name, out);
		if (person.suffix.size > 0)
			ndx_buf_add_str(out, is_inverted(person.name) ? ", " : " ");
		put_line(person.suffix, out);
		ndx_buf_add_str(out, "\r\n");
	}
}

/* "2004-03-11" as the date was written, or "". */
static void
day_of(const struct ndx_article_view *article, char out[NDX_DATE_SIZE])
{
	out[0] = '\0';
	if (article->date == NDX_NO_DATE)
		return;
	ndx_date_format((struct ndx_date){ article->date, article->date_offset_min }, out);
	out[10] = '\0';
}

void
ndx_ris_hit(struct ndx_printer *printer, const struct ndx_hit *hit, const char *snippet)
{
	const struct ndx_article_view *article = &hit->article;
	struct ndx_buf *out = printer->out;
	char day[NDX_DATE_SIZE], year[5] = "";

	(void)snippet;
	day_of(article, day);
	memcpy(year, day, day[0] == '\0' ? 0 : 4);
	if (day[0] != '\0')
		day[4] = day[7] = '/';
	put_ris("TY", "NEWS", out);
	put_ris("ID", article->id, out);
	put_ris("TI", article->title, out);
	put_ris_authors(article->author, out);
	put_ris("T2", article->source, out);
	put_ris("SE", article->section, out);
	put_ris("PY", year, out);
	put_ris("DA", day, out);
	put_ris("LA", article->language, out);
	put_ris("UR", article->url, out);
	ndx_buf_add_str(out, "ER  - \r\n\r\n");
}

/* Text with what TeX would take for itself escaped. */
static void
put_tex(struct ndx_str tex, struct ndx_buf *out)
{
	for (const char *text = tex.data; text < tex.data + tex.size; text++) {
		if (*text == '\\')
			ndx_buf_add_str(out, "\\textbackslash{}");
		else if (*text == '~')
			ndx_buf_add_str(out, "\\textasciitilde{}");
		else if (*text == '^')
			ndx_buf_add_str(out, "\\textasciicircum{}");
		else if (strchr("{}%&#_$", *text) != NULL)
			ndx_buf_printf(out, "\\%c", *text);
		else
			ndx_buf_add_u8(out,
			               (unsigned char)*text < ' ' ? ' ' : (unsigned char)*text);
	}
}

static void
put_bibtex(const char *name, const char *text, struct ndx_buf *out)
{
	if (text[0] == '\0')
		return;
	ndx_buf_printf(out, ",\n  %s = {", name);
	put_tex(ndx_str(text), out);
	ndx_buf_add_str(out, "}");
}

/* "Ann Lee", "Lee, Ann", "King, Jr., Martin Luther" */
static void
put_bibtex_person(struct ndx_person person, struct ndx_buf *out)
{
	const bool inverted = person.suffix.size > 0 && is_inverted(person.name);
	struct ndx_str surname = person.name;

	if (inverted)
		surname.size =
			(size_t)((const char *)memchr(person.name.data, ',', person.name.size) -
		                 person.name.data);
	put_tex(surname, out);
	if (person.suffix.size > 0)
		ndx_buf_add_str(out, inverted ? ", " : " ");
	put_tex(person.suffix, out);
	put_tex((struct ndx_str){ surname.data + surname.size, person.name.size - surname.size },
	        out);
}

static void
put_bibtex_authors(const char *text, struct ndx_buf *out)
{
	struct ndx_byline byline = { .rest = text };
	struct ndx_person person;
	bool any = false;

	for (; ndx_byline_next(&byline, &person); any = true) {
		ndx_buf_add_str(out, any ? " and " : ",\n  author = {");
		put_bibtex_person(person, out);
	}
	if (any)
		ndx_buf_add_str(out, "}");
}

/* What a key may have, and +20 and the like for the rest: no two ids become one key. */
static void
put_bibtex_key(const char *id, struct ndx_buf *out)
{
	for (; *id != '\0'; id++) {
		if (ndx_url_is_unreserved(*id) && *id != '~')
			ndx_buf_add(out, id, 1);
		else if (*id == '/' || *id == ':')
			ndx_buf_add(out, id, 1);
		else
			ndx_buf_printf(out, "+%02X", (unsigned char)*id);
	}
}

/* An address is read letter by letter: TeX's own characters stand for themselves, but braces and
 * backslashes must not be there. */
static void
put_bibtex_url(const char *url, struct ndx_buf *out)
{
	if (url[0] == '\0')
		return;
	ndx_buf_add_str(out, ",\n  url = {");
	for (; *url != '\0'; url++) {
		if ((unsigned char)*url <= ' ' || strchr("{}\\", *url) != NULL)
			ndx_buf_printf(out, "%%%02X", (unsigned char)*url);
		else
			ndx_buf_add(out, url, 1);
	}
	ndx_buf_add_str(out, "}");
}

void
ndx_bibtex_hit(struct ndx_printer *printer, const struct ndx_hit *hit, const char *snippet)
{
	const struct ndx_article_view *article = &hit->article;
	struct ndx_buf *out = printer->out;
	char day[NDX_DATE_SIZE], year[5] = "";

	(void)snippet;
	day_of(article, day);
	memcpy(year, day, day[0] == '\0' ? 0 : 4);
	ndx_buf_add_str(out, "@misc{");
	put_bibtex_key(article->id, out);
	put_bibtex("title", article->title, out);
	put_bibtex_authors(article->author, out);
	put_bibtex("howpublished", article->source, out);
	put_bibtex("year", year, out);
	put_bibtex("date", day, out);
	put_bibtex_url(article->url, out);
	ndx_buf_add_str(out, "\n}\n\n");
}
