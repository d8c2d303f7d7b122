/*
 * draft.c - see draft.h
 *
 * All cleaned fields lie in one buffer, which is made large enough before the first
 * is cleaned: strings that point into it do not move.
 *
 * SPDX-License-Identifier: MIT
 */
#include "corpus/draft.h"

#include <stdarg.h>
#include <stdio.h>
#include <strings.h>

static const char *const key_names[NDX_KEY_COUNT] = {
	[NDX_KEY_ID] = "id",
	[NDX_KEY_TITLE] = "title",
	[NDX_KEY_HEADLINE] = "headline",
	[NDX_KEY_TEXT] = "text",
	[NDX_KEY_BODY] = "body",
	[NDX_KEY_CONTENT] = "content",
	[NDX_KEY_ARTICLE_BODY] = "articleBody",
	[NDX_KEY_DESCRIPTION] = "description",
	[NDX_KEY_SHORT_DESCRIPTION] = "short_description",
	[NDX_KEY_DATE] = "date",
	[NDX_KEY_PUBLISHED] = "published",
	[NDX_KEY_PUB_DATE] = "pubDate",
	[NDX_KEY_DATE_PUBLISHED] = "datePublished",
	[NDX_KEY_DATE_PUBLISHED_SNAKE] = "date_published",
	[NDX_KEY_SOURCE] = "source",
	[NDX_KEY_SECTION] = "section",
	[NDX_KEY_CATEGORY] = "category",
	[NDX_KEY_AUTHOR] = "author",
	[NDX_KEY_AUTHORS] = "authors",
	[NDX_KEY_BYLINE] = "byline",
	[NDX_KEY_URL] = "url",
	[NDX_KEY_LINK] = "link",
	[NDX_KEY_LANGUAGE] = "language",
};

const char *
ndx_key_divider(int key)
{
	const bool is_author =
		key == NDX_KEY_AUTHOR || key == NDX_KEY_AUTHORS || key == NDX_KEY_BYLINE;

	return is_author ? "; " : ", ";
}

int
ndx_key_by_name(struct ndx_str name, bool fold)
{
	for (int key = 0; key < NDX_KEY_COUNT; key++) {
		if (strlen(key_names[key]) != name.size)
			continue;
		if (fold ? strncasecmp(key_names[key], name.data, name.size) == 0
		         : memcmp(key_names[key], name.data, name.size) == 0)
			return key;
	}
	return -1;
}

void
ndx_maker_begin(struct ndx_maker *maker, const struct ndx_env *env, const struct ndx_chunk *chunk,
                const struct ndx_sink *sink, const char *unit)
{
	*maker = (struct ndx_maker){ .chunk = chunk, .sink = sink, .unit = unit };
	ndx_buf_init(&maker->work, env->mem);
}

void
ndx_maker_end(struct ndx_maker *maker)
{
	ndx_buf_free(&maker->work);
}

enum ndx_status
ndx_maker_reject(const struct ndx_maker *maker, uint64_t record, struct ndx_err *err,
                 const char *fmt, ...)
{
	char reason[sizeof(err->msg)];
	size_t size = 0;
	va_list args;

	if (maker->unit != NULL)
		size = (size_t)snprintf(reason, sizeof(reason), "%s %ju: ", maker->unit,
		                        (uintmax_t)record);
	va_start(args, fmt);
	vsnprintf(reason + size, sizeof(reason) - size, fmt, args);
	va_end(args);
	return maker->sink->reject(maker->sink->ctx, maker->chunk, reason, err);
}

/* The first value from key 'first' to 'last' that is more than spaces. */
static struct ndx_str
best(struct ndx_maker *maker, const struct ndx_draft *draft, enum ndx_key first, enum ndx_key last,
     enum ndx_clean how)
{
	struct ndx_str clean = { "", 0 };

	for (int key = (int)first; key <= (int)last && clean.size == 0; key++)
		if (draft->value[key].size > 0)
			clean = ndx_article_clean(draft->value[key], how, &maker->work);
	return clean;
}

static bool
best_date(const struct ndx_draft *draft, struct ndx_date *date_ret)
{
	for (int key = NDX_KEY_DATE; key <= NDX_KEY_DATE_PUBLISHED_SNAKE; key++) {
		if (draft->is_date[key]) {
			*date_ret = draft->date[key];
			return true;
		}
		if (ndx_date_parse(draft->value[key], date_ret))
			return true;
	}
	return false;
}

/* A path as an id: bytes that no id may have become %XX. */
static struct ndx_str
id_of_path(struct ndx_maker *maker, struct ndx_str path)
{
	const size_t from = maker->work.size;
	size_t at = 0, good;

	while (at < path.size) {
		good = ndx_utf8_check(path.data + at, path.size - at);
		for (size_t i = at; i < at + good; i++) {
			if ((uint8_t)path.data[i] < 0x20 || path.data[i] == 0x7f)
				ndx_buf_printf(&maker->work, "%%%02X", (uint8_t)path.data[i]);
			else
				ndx_buf_add(&maker->work, path.data + i, 1);
		}
		at += good;
		if (at < path.size)
			ndx_buf_printf(&maker->work, "%%%02X", (uint8_t)path.data[at++]);
	}
	if (ndx_buf_failed(&maker->work))
		return (struct ndx_str){ "", 0 };
	return (struct ndx_str){ (const char *)maker->work.data + from, maker->work.size - from };
}

/* Given; else the path of a file, or the URL or a hash of a record. */
static void
make_id(struct ndx_maker *maker, const struct ndx_draft *draft, struct ndx_article *article)
{
	char *hash;

	article->id = best(maker, draft, NDX_KEY_ID, NDX_KEY_ID, NDX_CLEAN_NAME);
	if (article->id.size > 0)
		return;
	if (maker->unit == NULL) {
		article->id = id_of_path(maker, ndx_str(maker->chunk->id));
		return;
	}
	if (article->url.size > 0 && article->url.size <= NDX_ID_SIZE_MAX) {
		article->id = article->url;
		return;
	}
	hash = (char *)ndx_buf_reserve(&maker->work, NDX_MADE_ID_SIZE);
	if (hash == NULL)
		return;
	ndx_article_make_id(article, hash);
	maker->work.size += NDX_MADE_ID_SIZE;
	article->id = (struct ndx_str){ hash, NDX_MADE_ID_SIZE };
}

/* Room for all that is cleaned or made: the values, an escaped path, a title, a hash. */
static bool
reserve(struct ndx_maker *maker, const struct ndx_draft *draft)
{
	size_t size = NDX_MADE_ID_SIZE + 4096 + 64;

	ndx_buf_clear(&maker->work);
	if (maker->unit == NULL)
		size += 3 * strlen(maker->chunk->id);
	for (size_t key = 0; key < NDX_KEY_COUNT; key++) {
		if (draft->value[key].size > SIZE_MAX - size)
			return false;
		size += draft->value[key].size;
	}
	return ndx_buf_reserve(&maker->work, size) != NULL;
}

static void
fill(struct ndx_maker *maker, const struct ndx_draft *draft, struct ndx_article *article)
{
	article->title = best(maker, draft, NDX_KEY_TITLE, NDX_KEY_HEADLINE, NDX_CLEAN_LINE);
	article->text = best(maker, draft, NDX_KEY_TEXT, NDX_KEY_SHORT_DESCRIPTION, NDX_CLEAN_TEXT);
	article->source = best(maker, draft, NDX_KEY_SOURCE, NDX_KEY_SOURCE, NDX_CLEAN_LINE);
	article->section = best(maker, draft, NDX_KEY_SECTION, NDX_KEY_CATEGORY, NDX_CLEAN_LINE);
	article->author = best(maker, draft, NDX_KEY_AUTHOR, NDX_KEY_BYLINE, NDX_CLEAN_LINE);
	article->url = best(maker, draft, NDX_KEY_URL, NDX_KEY_LINK, NDX_CLEAN_NAME);
	article->language = best(maker, draft, NDX_KEY_LANGUAGE, NDX_KEY_LANGUAGE, NDX_CLEAN_LINE);
	article->has_date = best_date(draft, &article->date);
	if (article->title.size == 0 && article->text.size > 0) {
		article->title = ndx_article_make_title(article->text, &maker->work);
		article->title_is_made = true;
	}
	make_id(maker, draft, article);
}

enum ndx_status
ndx_maker_emit(struct ndx_maker *maker, const struct ndx_draft *draft, uint64_t record,
               struct ndx_err *err)
{
	const size_t size_max = maker->chunk->article_size_max;
	struct ndx_article article = { 0 };

	if (!reserve(maker, draft))
		return ndx_fail_nomem(err);
	fill(maker, draft, &article);
	if (ndx_buf_failed(&maker->work))
		return ndx_fail_nomem(err);
	if (article.text.size == 0 && article.title.size == 0)
		return ndx_maker_reject(maker, record, err, "no title and no text");
	if (article.text.size > size_max || article.title.size > size_max)
		return ndx_maker_reject(
			maker, record, err, "%zu bytes of text, more than --max-article (%zu)",
			article.text.size > size_max ? article.text.size : article.title.size,
			size_max);
	if (article.id.size > NDX_ID_SIZE_MAX)
		return ndx_maker_reject(maker, record, err, "id of %zu bytes, at most %d allowed",
		                        article.id.size, NDX_ID_SIZE_MAX);
	return maker->sink->article(maker->sink->ctx, &article, record, err);
}
