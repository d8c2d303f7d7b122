/*
 * cgi_config.c - see cgi_config.h
 *
 * Lines of "key = value"; '#' begins a line that is a comment.  Each key is a row of the
 * table keys[], with the function that checks its value.
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/cgi_config.h"

#include <stdio.h>
#include <string.h>

#include "common/io.h"
#include "common/text.h"
#include "searcher/cmd_zone.h"

#define NAME_CHARS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"

const struct ndx_cgi_config ndx_cgi_config_default = {
	.title = "News search",
	.link = "",
	.color = "blue",
	.timezone = "",
	.hits = 10,
	.cpu = 5,
	.workers = 2,
	.articles = true,
};

/* Each takes a value into 'field'; NULL, or what would have been right. */
static const char *
take_text(void *field, const char *value)
{
	*(const char **)field = value;
	return NULL;
}

static const char *
take_url(void *field, const char *value)
{
	if (strncmp(value, "http://", 7) != 0 && strncmp(value, "https://", 8) != 0)
		return "a URL that begins with http:// or https:// is expected";
	return take_text(field, value);
}

static const char *
take_link(void *field, const char *value)
{
	if (strstr(value, "{id}") == NULL)
		return "a URL with {id} in it is expected";
	return take_url(field, value);
}

/* A number of 1 to 'max'. */
static bool
number(const char *value, unsigned max, unsigned *number_ret)
{
	unsigned n = 0;

	if (value[0] == '\0' || strlen(value) > 6 || strspn(value, "0123456789") != strlen(value))
		return false;
	for (; *value != '\0'; value++)
		n = n * 10 + (unsigned)(*value - '0');
	if (n < 1 || n > max)
		return false;
	*number_ret = n;
	return true;
}

static const char *
take_hits(void *field, const char *value)
{
	return number(value, 100, field) ? NULL : "a number from 1 to 100 is expected";
}

static const char *
take_cpu(void *field, const char *value)
{
	return number(value, 600, field) ? NULL : "seconds from 1 to 600 are expected";
}

static const char *
take_workers(void *field, const char *value)
{
	return number(value, NDX_CGI_WORKERS_MAX, field) ? NULL
	                                                 : "a number from 1 to 64 is expected";
}

static const char *
take_color(void *field, const char *value)
{
	static const char *const colors[] = { "blue", "green", "red", "plum", "grey" };

	for (size_t i = 0; i < sizeof(colors) / sizeof(colors[0]); i++)
		if (strcmp(value, colors[i]) == 0)
			return take_text(field, colors[i]);
	return "blue, green, red, plum or grey is expected";
}

static const char *
take_timezone(void *field, const char *value)
{
	return ndx_zone_is_known(value)
	               ? take_text(field, value)
	               : "UTC, local, an offset such as +05:30 or a zone of this system such as "
	                 "Europe/Paris is expected";
}

static const char *
take_bool(void *field, const char *value)
{
	if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
		return "yes or no is expected";
	*(bool *)field = value[0] == 'y';
	return NULL;
}

static const struct {
	const char *name;
	size_t offset;
	const char *(*take)(void *field, const char *value);
} keys[] = {
	/* clang-format off */
	{ "title",    offsetof(struct ndx_cgi_config, title),    take_text },
	{ "link",     offsetof(struct ndx_cgi_config, link),     take_link },
	{ "color",    offsetof(struct ndx_cgi_config, color),    take_color },
	{ "timezone", offsetof(struct ndx_cgi_config, timezone), take_timezone },
	{ "workers",  offsetof(struct ndx_cgi_config, workers),  take_workers },
	{ "hits",     offsetof(struct ndx_cgi_config, hits),     take_hits },
	{ "cpu",      offsetof(struct ndx_cgi_config, cpu),      take_cpu },
	{ "articles", offsetof(struct ndx_cgi_config, articles), take_bool },
	/* clang-format on */
};

#define KEY_COUNT (sizeof(keys) / sizeof(keys[0]))

/* "index NAME = DIRECTORY" */
static const char *
take_index(struct ndx_cgi_config *config, const char *name, const char *path)
{
	if (name[0] == '\0' || strlen(name) > 64 || strspn(name, NAME_CHARS) != strlen(name))
		return "a name of letters, digits, - and _ is expected";
	for (size_t i = 0; i < config->index_count; i++)
		if (strcmp(config->index[i].name, name) == 0)
			return "this name is taken";
	if (config->index_count == NDX_CGI_INDEXES_MAX)
		return "there are more than 16 indexes";
	config->index[config->index_count++] = (struct ndx_cgi_index){ name, path };
	return NULL;
}

static const char *
take(struct ndx_cgi_config *config, const char *key, const char *value)
{
	if (value[0] == '\0')
		return "a value is expected";
	if (ndx_utf8_check(value, strlen(value)) != strlen(value))
		return "the value is not UTF-8";
	if (strncmp(key, "index ", 6) == 0)
		return take_index(config, key + 6 + strspn(key + 6, " \t"), value);
	for (size_t i = 0; i < KEY_COUNT; i++)
		if (strcmp(keys[i].name, key) == 0)
			return keys[i].take((char *)config + keys[i].offset, value);
	return "there is no such key; index NAME, title, link, color, timezone, hits, articles, "
	       "cpu and workers are";
}

/* Without the white space at both ends; cuts 'text' itself. */
static char *
trim(char *text)
{
	size_t size;

	text += strspn(text, " \t\r");
	size = strlen(text);
	while (size > 0 && strchr(" \t\r", text[size - 1]) != NULL)
		size--;
	text[size] = '\0';
	return text;
}

static const char *
take_line(struct ndx_cgi_config *config, char *line)
{
	char *equals;

	line = trim(line);
	if (line[0] == '\0' || line[0] == '#')
		return NULL;
	equals = strchr(line, '=');
	if (equals == NULL)
		return "key = value is expected";
	*equals = '\0';
	return take(config, trim(line), trim(equals + 1));
}

static enum ndx_status
take_lines(struct ndx_cgi_config *config, const char *path, struct ndx_err *err)
{
	static const char byte_order_mark[] =
		"\xef\xbb\xbf"; /* some editors begin a file with it */
	const bool is_marked = strncmp(config->text, byte_order_mark, 3) == 0;
	size_t line_number = 1;
	const char *wrong;

	for (char *line = config->text + (is_marked ? 3 : 0); line != NULL; line_number++) {
		char *end = strchr(line, '\n');

		if (end != NULL)
			*end++ = '\0';
		wrong = take_line(config, line);
		if (wrong != NULL)
			return ndx_fail(err, NDX_E_INPUT, "'%s', line %zu: %s", path, line_number,
			                wrong);
		line = end;
	}
	if (config->index_count == 0)
		return ndx_fail(err, NDX_E_INPUT, "'%s' names no index", path);
	return NDX_OK;
}

enum ndx_status
ndx_cgi_config_read(const char *path, struct ndx_cgi_config *config_ret, struct ndx_err *err)
{
	struct ndx_cgi_config config = ndx_cgi_config_default;
	void *data;
	size_t size;
	enum ndx_status status =
		ndx_read_file(&ndx_env_default, path, NDX_CGI_CONFIG_SIZE_MAX, &data, &size, err);

	if (status != NDX_OK)
		return status;
	config.text = ndx_alloc(&ndx_mem_default, size + 1);
	if (config.text != NULL) {
		if (size > 0)
			memcpy(config.text, data, size);
		config.text[size] = '\0';
	}
	ndx_free(&ndx_mem_default, data);
	if (config.text == NULL)
		return ndx_fail_nomem(err);
	if (strlen(config.text) != size)
		status = ndx_fail(err, NDX_E_INPUT, "'%s' is binary", path);
	else
		status = take_lines(&config, path, err);
	if (status == NDX_OK)
		*config_ret = config;
	else
		ndx_cgi_config_free(&config);
	return status;
}

void
ndx_cgi_config_free(struct ndx_cgi_config *config)
{
	ndx_free(&ndx_mem_default, config->text);
	*config = (struct ndx_cgi_config){ 0 };
}
