/*
 * cgi_form.c - see cgi_form.h
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/cgi_form.h"

#include <string.h>

#include "common/date.h"
#include "common/text.h"

/* A kind of value: NULL if it is right, else how it should be. */
static const char *
is_text(const char *value)
{
	(void)value;
	return NULL;
}

static const char *
is_page(const char *value)
{
	return strspn(value, "0123456789") == strlen(value) && value[0] != '0'
	               ? NULL
	               : "must be a number from 1";
}

static const char *
is_sort(const char *value)
{
	return strcmp(value, "relevance") == 0 || strcmp(value, "newest") == 0 ||
	                       strcmp(value, "oldest") == 0
	               ? NULL
	               : "must be relevance, newest or oldest";
}

static const char *
is_format(const char *value)
{
	static const char *const formats[] = { "html", "json", "atom", "rss", "opensearch" };

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (strcmp(value, formats[i]) == 0)
			return NULL;
	return "must be html, json, atom, rss or opensearch";
}

/* A year, a month or a day: 1999, 1999-12, 1999-12-31. */
static const char *
is_date(const char *value)
{
	const size_t size = strlen(value);
	char day[] = "0000-01-01";
	struct ndx_date date;

	if (size == 4 || size == 7 || size == 10) {
		memcpy(day, value, size);
		if (strspn(value, "0123456789-") == size && ndx_date_parse(ndx_str(day), &date))
			return NULL;
	}
	return "must be a date: 1999, 1999-12 or 1999-12-31";
}

static const struct {
	const char *name;
	const char *label; /* as people know it: in messages */
	size_t size_max;   /* bytes, decoded */
	const char *(*wrong)(const char *value);
} fields[NDX_CGI_FIELDS] = {
	/* clang-format off */
	[NDX_CGI_Q]      = { "q",       "The query",     4096, is_text },
	[NDX_CGI_INDEX]  = { "index",   "The archive",   64,   is_text }, /* looked up among the names */
	[NDX_CGI_PAGE]   = { "page",    "The page",      3,    is_page },
	[NDX_CGI_SORT]   = { "sort",    "Order",         16,   is_sort },
	[NDX_CGI_FROM]   = { "from",    "From",          10,   is_date },
	[NDX_CGI_TO]     = { "to",      "To",            10,   is_date },
	[NDX_CGI_SOURCE] = { "source",  "The source",    256,  is_text },
	[NDX_CGI_SECTION]= { "section", "The section",   256,  is_text },
	[NDX_CGI_AUTHOR] = { "author",  "The author",    256,  is_text },
	[NDX_CGI_ID]     = { "id",      "The article",   4096, is_text },
	[NDX_CGI_FORMAT] = { "format",  "The format",    16,   is_format },
	[NDX_CGI_SUGGEST]= { "suggest", "The beginning", 256,  is_text },
	/* clang-format on */
};

const char *
ndx_cgi_field_name(enum ndx_cgi_field field)
{
	return fields[field].name;
}

static int
hex(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
	                              : -1;
}

/* Decode in[size] into 'out', which is as large; the bytes written.  A lone '%' is itself. */
static size_t
decode(const char *in, size_t size, char *out)
{
	size_t n = 0;

	for (size_t i = 0; i < size; i++) {
		if (in[i] == '%' && i + 2 < size && hex(in[i + 1]) >= 0 && hex(in[i + 2]) >= 0) {
			out[n++] = (char)(hex(in[i + 1]) * 16 + hex(in[i + 2]));
			i += 2;
		} else {
			out[n++] = in[i] == '+' ? ' ' : in[i];
		}
	}
	return n;
}

/*
 * A value of 'size' bytes and a NUL: clean it and check it against its row.  If it is text of that
 * length, the form has it even if it is wrong, to be shown and mended.
 */
static enum ndx_status
check(enum ndx_cgi_field field, char *value, size_t size, struct ndx_cgi_form *form,
      struct ndx_err *err)
{
	const char *name = fields[field].label, *wrong;

	if (size > fields[field].size_max)
		return ndx_fail(err, NDX_E_INPUT, "%s has %zu bytes; at most %zu are taken.", name,
		                size, fields[field].size_max);
	if (memchr(value, '\0', size) != NULL || ndx_utf8_check(value, size) != size)
		return ndx_fail(err, NDX_E_INPUT, "%s is not UTF-8 text.", name);
	for (size_t i = 0; i < size; i++)
		if ((unsigned char)value[i] < ' ' || value[i] == 0x7f)
			value[i] = ' ';
	form->value[field] = value;
	wrong = size == 0 ? NULL : fields[field].wrong(value);
	if (wrong != NULL)
		return ndx_fail(err, NDX_E_INPUT, "%s %s.", name, wrong);
	return NDX_OK;
}

/* One "name=value"; *at is where the form's text goes on. */
static enum ndx_status
take(const char *pair, size_t size, struct ndx_cgi_form *form, size_t *at, struct ndx_err *err)
{
	const char *equals = memchr(pair, '=', size);
	const size_t name_size = equals == NULL ? size : (size_t)(equals - pair);
	char *value = form->text + *at;
	size_t value_size = 0;

	for (int i = 0; i < NDX_CGI_FIELDS; i++) {
		if (strlen(fields[i].name) != name_size ||
		    memcmp(fields[i].name, pair, name_size) != 0)
			continue;
		if (equals != NULL)
			value_size = decode(equals + 1, size - name_size - 1, value);
		value[value_size] = '\0'; /* no longer than "=value" was */
		*at += equals == NULL ? 0 : value_size + 1;
		form->value[i] = "";
		form->given[i] = true;
		if (equals == NULL)
			return NDX_OK;
		return check((enum ndx_cgi_field)i, value, value_size, form, err);
	}
	return NDX_OK;
}

enum ndx_status
ndx_cgi_form_read(const char *query, struct ndx_cgi_form *form, struct ndx_err *err)
{
	enum ndx_status status = NDX_OK;
	struct ndx_err later;
	size_t at = 0;

	form->page = 1;
	for (int i = 0; i < NDX_CGI_FIELDS; i++) {
		form->value[i] = "";
		form->given[i] = false;
	}
	if (strlen(query) > NDX_CGI_QUERY_STRING_MAX)
		return ndx_fail(err, NDX_E_INPUT, "The address is too long.");
	while (*query != '\0') {
		const size_t size = strcspn(query, "&");

		if (status == NDX_OK)
			status = take(query, size, form, &at, err);
		else
			take(query, size, form, &at, &later); /* the first error is told */
		query += size + (query[size] == '&');
	}
	if (status != NDX_OK)
		return status;
	if (form->value[NDX_CGI_PAGE][0] != '\0') {
		form->page = 0;
		for (const char *p = form->value[NDX_CGI_PAGE]; *p != '\0'; p++)
			form->page = form->page * 10 + (unsigned)(*p - '0');
	}
	return NDX_OK;
}

/* field:"value" -- a quote cannot stand inside, and finds nothing: a space instead. */
static void
add_filter(const struct ndx_cgi_form *form, enum ndx_cgi_field field, struct ndx_buf *out)
{
	const char *value = form->value[field];

	if (value[strspn(value, " \"")] == '\0')
		return;
	ndx_buf_printf(out, "%s:\"", fields[field].name);
	for (; *value != '\0'; value++)
		ndx_buf_add_u8(out, *value == '"' ? ' ' : (unsigned char)*value);
	ndx_buf_add_str(out, "\" ");
}

void
ndx_cgi_form_filter(const struct ndx_cgi_form *form, struct ndx_buf *out)
{
	const char *from = form->value[NDX_CGI_FROM], *to = form->value[NDX_CGI_TO];

	add_filter(form, NDX_CGI_SOURCE, out);
	add_filter(form, NDX_CGI_SECTION, out);
	add_filter(form, NDX_CGI_AUTHOR, out);
	if (from[0] != '\0' || to[0] != '\0')
		ndx_buf_printf(out, "date:%s..%s ", from, to);
}
