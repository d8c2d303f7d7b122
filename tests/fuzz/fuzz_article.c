/*
 * fuzz_article.c - any bytes in any format are clean articles, or are refused with a reason
 *
 * Input: u8 the format, then the bytes of a file.  Property: what is handed over has an id and a
 * title or a text, all of it UTF-8 without control bytes; a reason is one line; the same bytes say
 * the same again; and cut into chunks where the format says, they hold as many articles as whole.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>
#include <string.h>

#include "common/format.h"
#include "common/segment.h"
#include "corpus/formats.h"
#include "tests/fuzz/fuzz.h"

#define ARTICLE_SIZE_MAX 20000

/* What was handed over: how much, and a checksum of all of it. */
struct seen {
	size_t articles, rejects;
	uint64_t sum;
};

static void
take(struct seen *seen, struct ndx_str field, bool one_line)
{
	uint64_t both[2] = { seen->sum, 0 };

	must(ndx_utf8_check(field.data, field.size) == field.size);
	for (size_t i = 0; i < field.size; i++) {
		const unsigned char byte = (unsigned char)field.data[i];

		must((byte >= ' ' || (!one_line && byte == '\n') || byte == '\t') && byte != 0x7f);
	}
	both[1] = field.size == 0 ? 0 : ndx_checksum(field.data, field.size);
	seen->sum = ndx_checksum(both, sizeof(both));
}

static enum ndx_status
take_article(void *ctx, const struct ndx_article *article, uint64_t record, struct ndx_err *err)
{
	struct seen *seen = ctx;
	char date[NDX_DATE_SIZE];

	(void)record, (void)err;
	seen->articles++;
	must(article->id.size > 0 && article->id.size <= NDX_ID_SIZE_MAX);
	must(article->title.size > 0 || article->text.size > 0);
	take(seen, article->id, true);
	take(seen, article->title, true);
	take(seen, article->text, false);
	take(seen, article->source, true);
	take(seen, article->section, true);
	take(seen, article->author, true);
	take(seen, article->url, true);
	take(seen, article->language, true);
	if (article->has_date) {
		ndx_date_format(article->date, date);
		take(seen, ndx_str(date), true);
	}
	return NDX_OK;
}

static enum ndx_status
take_reject(void *ctx, const struct ndx_chunk *chunk, const char *reason, struct ndx_err *err)
{
	struct seen *seen = ctx;

	(void)chunk, (void)err;
	seen->rejects++;
	must(reason[0] != '\0' && strchr(reason, '\n') == NULL);
	return NDX_OK;
}

/* From a copy of exact size, so that ASan sees one byte too far. */
static void
read_chunk(const struct ndx_format *format, const uint8_t *in, size_t size, struct seen *seen)
{
	const struct ndx_sink sink = { take_article, take_reject, seen };
	uint8_t *copy = malloc(size + (size == 0));
	const struct ndx_chunk chunk = { "dir/a.txt", "a.txt", copy, size, 0, 1, ARTICLE_SIZE_MAX };

	must(copy != NULL);
	memcpy(copy, in, size);
	must(format->read(&ndx_env_default, &chunk, &sink, NULL) == NDX_OK);
	free(copy);
}

static void
read_in_chunks(const struct ndx_format *format, const uint8_t *in, size_t size,
               const struct seen *whole)
{
	struct seen seen = { 0 };
	size_t used;
	uint64_t records;

	while ((used = format->split(in, size < 4096 ? size : 4096, &records)) > 0) {
		must(used <= size && records > 0);
		read_chunk(format, in, used, &seen);
		in += used;
		size -= used;
	}
	if (size > 0)
		read_chunk(format, in, size, &seen);
	must(seen.articles == whole->articles);
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t in_size)
{
	static const struct ndx_format *const formats[] = { &ndx_format_text, &ndx_format_html,
		                                            &ndx_format_json, &ndx_format_jsonl,
		                                            &ndx_format_reuters };
	const struct ndx_format *format;
	struct seen seen = { 0 }, again = { 0 };
	struct ndx_err err = { .status = NDX_OK };
	bool not_article;

	if (in_size < 2)
		return 0;
	format = formats[in[0] % 5];
	in++;
	in_size--;
	must(ndx_format_sniff(in, in_size, "dir/a.txt", &not_article, &err) != NULL ||
	     err.msg[0] != '\0');
	read_chunk(format, in, in_size, &seen);
	read_chunk(format, in, in_size, &again);
	must(seen.articles == again.articles && seen.rejects == again.rejects &&
	     seen.sum == again.sum);
	if (format->split != NULL)
		read_in_chunks(format, in, in_size, &seen);
	return 0;
}
