/*
 * collect.h - a sink that keeps what it is given, and readers run on bytes in memory
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_TESTS_UNIT_COLLECT_H
#define NDX_TESTS_UNIT_COLLECT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "corpus/formats.h"
#include "tests/unit/failing_mem.h"
#include "tests/unit/test.h"

#define COLLECT_MAX 16

/* An article as text, unknown fields empty; longer values are cut. */
struct collected {
	char id[80], title[240], text[400], source[60], section[60], author[80], url[80];
	char language[20], date[NDX_DATE_SIZE];
	bool title_is_made;
	uint64_t record;
};

struct collect {
	struct collected article[COLLECT_MAX];
	char reason[COLLECT_MAX][240];
	size_t article_count, reject_count; /* may pass COLLECT_MAX */
	size_t text_size;                   /* of the last article, uncut */
	bool is_clean;                      /* all was UTF-8 without control bytes */
};

static inline void
collect_str(struct collect *collect, struct ndx_str in, char *out, size_t out_size)
{
	size_t size = in.size < out_size - 1 ? in.size : out_size - 1;

	if (in.size > 0)
		memcpy(out, in.data, size);
	out[size] = '\0';
	if (ndx_utf8_check(in.data, in.size) != in.size)
		collect->is_clean = false;
	for (size_t i = 0; i < in.size; i++)
		if (((uint8_t)in.data[i] < 0x20 && in.data[i] != '\n' && in.data[i] != '\t') ||
		    in.data[i] == 0x7f)
			collect->is_clean = false;
}

static inline enum ndx_status
collect_article(void *ctx, const struct ndx_article *article, uint64_t record, struct ndx_err *err)
{
	struct collect *collect = ctx;
	struct collected *to = &collect->article[collect->article_count++ % COLLECT_MAX];

	(void)err;
	*to = (struct collected){ .title_is_made = article->title_is_made, .record = record };
	collect_str(collect, article->id, to->id, sizeof(to->id));
	collect_str(collect, article->title, to->title, sizeof(to->title));
	collect_str(collect, article->text, to->text, sizeof(to->text));
	collect_str(collect, article->source, to->source, sizeof(to->source));
	collect_str(collect, article->section, to->section, sizeof(to->section));
	collect_str(collect, article->author, to->author, sizeof(to->author));
	collect_str(collect, article->url, to->url, sizeof(to->url));
	collect_str(collect, article->language, to->language, sizeof(to->language));
	if (article->has_date)
		ndx_date_format(article->date, to->date);
	collect->text_size = article->text.size;
	return NDX_OK;
}

static inline enum ndx_status
collect_reject(void *ctx, const struct ndx_chunk *chunk, const char *reason, struct ndx_err *err)
{
	struct collect *collect = ctx;

	(void)chunk;
	(void)err;
	snprintf(collect->reason[collect->reject_count++ % COLLECT_MAX], sizeof(collect->reason[0]),
	         "%s", reason);
	return NDX_OK;
}

static inline struct ndx_sink
collect_sink(struct collect *collect)
{
	*collect = (struct collect){ .is_clean = true };
	return (struct ndx_sink){ collect_article, collect_reject, collect };
}

/* Read in[size] as one chunk, from a copy of exact size, so that ASan sees one byte too far. */
static inline enum ndx_status
collect_read(const struct ndx_env *env, const struct ndx_format *format, const char *in,
             size_t size, struct collect *collect)
{
	const struct ndx_sink sink = collect_sink(collect);
	uint8_t *copy = malloc(size == 0 ? 1 : size);
	struct ndx_chunk chunk = { "dir/a.txt", "a.txt", copy, size, 0, 1, 10000 };
	enum ndx_status status;
	struct ndx_err err;

	if (copy == NULL)
		abort();
	memcpy(copy, in, size);
	status = format->read(env, &chunk, &sink, &err);
	free(copy);
	return status;
}

/* Each allocation in turn fails: that is said, and nothing is leaked. */
static inline void
collect_out_of_memory(const struct ndx_format *format, const char *in, size_t size)
{
	struct failing_mem failing;
	struct collect collect;
	enum ndx_status status = NDX_E_NOMEM;

	for (size_t fail_at = 1; status != NDX_OK; fail_at++) {
		ndx_failing_mem_init(&failing, fail_at);
		const struct ndx_env env = { &failing.mem, &ndx_io_default };

		status = collect_read(&env, format, in, size, &collect);
		CHECK("leaks nothing", failing.live_count == 0);
		CHECK("says so", status == NDX_OK || status == NDX_E_NOMEM);
		assert_true(fail_at < 1000);
	}
	CHECK("then all is well", collect.article_count > 0);
}

#endif
