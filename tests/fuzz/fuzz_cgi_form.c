/*
 * fuzz_cgi_form.c - any address is a form, any file a configuration, or is refused in a sentence
 *
 * Input: u8 which of the two, then the query string, or the text of ndx.conf.  Property: values are
 * UTF-8 without control characters and no longer than their limit; the address that is made of a
 * form, entities undone, is read as the same form; a configuration has an index, and an error of
 * one names a line.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/text.h"
#include "searcher/cgi_config.h"
#include "searcher/cgi_html.h"
#include "tests/fuzz/fuzz.h"

static void
check_values(const struct ndx_cgi_form *form)
{
	must(form->page >= 1 && form->page <= 999);
	for (int i = 0; i < NDX_CGI_FIELDS; i++) {
		const char *value = form->value[i];
		const size_t size = strlen(value);

		must(size <= 4096 && (form->given[i] || size == 0) &&
		     ndx_utf8_check(value, size) == size);
		for (size_t at = 0; at < size; at++)
			must((unsigned char)value[at] >= ' ' && value[at] != 0x7f);
	}
}

/* Nothing of a value breaks out of an attribute; "&amp;" is the only entity of an address. */
static void
undo_entities(struct ndx_buf *address)
{
	char *text = (char *)address->data, *to = text;

	for (const char *from = text; *from != '\0'; from++) {
		must(*from != '"' && *from != '\'' && *from != '<' && *from != '>' && *from != ' ');
		*to++ = *from;
		if (*from == '&') {
			must(strncmp(from, "&amp;", 5) == 0);
			from += 4;
		}
	}
	*to = '\0';
}

static void
try_form(const char *query)
{
	struct ndx_cgi_form *form = malloc(sizeof(*form)), *again = malloc(sizeof(*again));
	struct ndx_err err = { .status = NDX_OK };
	struct ndx_buf out;

	must(form != NULL && again != NULL);
	ndx_buf_init(&out, &ndx_mem_default);
	if (ndx_cgi_form_read(query, form, &err) == NDX_OK) {
		check_values(form);
		ndx_cgi_address(form, NULL, 0, &out);
		ndx_buf_add_u8(&out, 0);
		must(!ndx_buf_failed(&out) && out.data[0] == '?');
		undo_entities(&out);
		if (strlen((char *)out.data + 1) <= NDX_CGI_QUERY_STRING_MAX) {
			must(ndx_cgi_form_read((char *)out.data + 1, again, &err) == NDX_OK);
			for (int i = 0; i < NDX_CGI_FIELDS; i++)
				must(i == NDX_CGI_PAGE ||
				     strcmp(form->value[i], again->value[i]) == 0);
		}
		ndx_buf_clear(&out);
		ndx_cgi_form_filter(form, &out);
		must(!ndx_buf_failed(&out) && memchr(out.data, '\0', out.size) == NULL);
	} else {
		must(err.msg[0] != '\0' &&
		     ndx_utf8_check(err.msg, strlen(err.msg)) == strlen(err.msg));
	}
	ndx_buf_free(&out);
	free(form);
	free(again);
}

static void
try_config(const uint8_t *in, size_t size)
{
	char path[] = "/tmp/ndx-fuzz-conf-XXXXXX";
	struct ndx_cgi_config config = { 0 };
	struct ndx_err err = { .status = NDX_OK };
	const int fd = mkstemp(path);

	must(fd != -1 && write(fd, in, size) == (ssize_t)size);
	close(fd);
	if (ndx_cgi_config_read(path, &config, &err) == NDX_OK) {
		must(config.index_count >= 1 && config.index_count <= NDX_CGI_INDEXES_MAX);
		must(config.hits >= 1 && config.cpu >= 1 && config.title != NULL &&
		     config.link != NULL);
		for (size_t i = 0; i < config.index_count; i++)
			must(config.index[i].name[0] != '\0' && config.index[i].path[0] != '\0');
		ndx_cgi_config_free(&config);
	} else {
		must(strstr(err.msg, path) != NULL);
	}
	unlink(path);
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t in_size)
{
	char *query;

	if (in_size < 1)
		return 0;
	if (in[0] % 8 == 1) {
		try_config(in + 1, in_size - 1);
		return 0;
	}
	query = malloc(in_size);
	must(query != NULL);
	memcpy(query, in + 1, in_size - 1);
	query[in_size - 1] = '\0';
	try_form(query);
	free(query);
	return 0;
}
