/*
 * fuzz_segment.c - a segment with wrong bytes under right checksums never crashes a search
 *
 * Input: changes of four bytes each, u24 place and u8 value, to the bytes of a small segment, which
 * is then opened in memory, where nothing is checksummed.  Property: every query, ranked, counted
 * and the plain way, every completion, and a check of the whole, ends, with NDX_OK or
 * NDX_E_CORRUPT, and finds no article that there is not.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/docstore.h"
#include "common/index.h"
#include "common/ndx.h"
#include "searcher/check.h"
#include "searcher/expand.h"
#include "searcher/run.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/small_index.h"

#define ARTICLES    600
#define CHANGES_MAX 64

static const char *const queries[] = {
	"bak",
	"bak cak dak",
	"+bak +cal",
	"\"bak cak\"",
	"\"bak bak\"",
	"\"bak cak dak\"~8",
	"source:afp",
	"-bak",
	"date:1970-01",
	"title:bak dak",
	"+bak +cak +dak +eak",
	"section:sport bak",
	"=bak",
	"b* OR ?ak",
	"bka~1",
	"\"=bak cak\"",
	"bak NEAR/4 (cak OR d*)",
	"bak SENTENCE cak",
};

static const char *const prefixes[] = { "b", "bak ", "bak cak ", "cak d" };

static struct {
	uint8_t *data;
	size_t size;
	struct ndx_stemmer *stemmer;
} base;

static void
read_segment(const char *dir)
{
	char path[100];
	FILE *file;
	long size;

	snprintf(path, sizeof(path), "%s/00000001.seg", dir);
	file = fopen(path, "rb");
	must(file != NULL && fseek(file, 0, SEEK_END) == 0);
	size = ftell(file);
	must(size > 0);
	rewind(file);
	base.size = (size_t)size;
	base.data = malloc(base.size);
	must(base.data != NULL && fread(base.data, 1, base.size, file) == base.size);
	fclose(file);
}

static void
begin(void)
{
	struct small_dir dir;

	ndx_small_dir_new(&dir);
	ndx_small_index(dir.path, ARTICLES);
	read_segment(dir.path);
	ndx_small_dir_remove(&dir);
	must(ndx_stemmer_new(&ndx_mem_default, "english", &base.stemmer, NULL) == NDX_OK);
}

static void
search(const struct ndx_index *index, const char *text, struct ndx_run_options options)
{
	struct ndx_run_result result;
	struct ndx_query *query;
	struct ndx_err err;
	enum ndx_status status;

	must(ndx_query_parse(&ndx_mem_default, base.stemmer, text, strlen(text), false, false,
	                     &query, NULL) == NDX_OK);
	status = ndx_query_expand(index, NDX_EXPANSIONS_MAX, query, &err);
	if (status == NDX_OK)
		status = ndx_run(index, query, &options, &result, &err);
	ndx_query_free(query);
	must(status == NDX_OK || status == NDX_E_CORRUPT || status == NDX_E_LIMIT);
	if (status != NDX_OK)
		return;
	for (size_t i = 0; i < result.count; i++)
		must(result.found[i].docid < index->segment[0].article_count);
	ndx_run_result_free(index, &result);
}

static void
suggest(const struct ndx_index *index, const char *prefix)
{
	struct ndx_suggestions *found;
	const enum ndx_status status = ndx_suggest(index, prefix, 10, &found, NULL);

	must(status == NDX_OK || status == NDX_E_CORRUPT);
	if (status == NDX_OK)
		ndx_suggestions_free(found);
}

static void
search_all(const struct ndx_index *index)
{
	static const struct ndx_run_options ways[] = {
		{ .nbest = 10, .k1 = 1.2f, .b = 0.75f, .title_weight = 1 },
		{ .nbest = 10, .want_total = true, .k1 = 1.2f, .b = 0.75f, .title_weight = 2 },
		{ .nbest = 3,
		  .k1 = 1.2f,
		  .b = 0.75f,
		  .title_weight = 2,
		  .without = NDX_WITHOUT_AND_BLOCKS },
		{ .want_total = true, .k1 = 1.2f, .b = 0.75f, .title_weight = 1 },
		{ .nbest = 10, .k1 = 1.2f, .b = 0.75f, .title_weight = 1, .exhaustive = true },
	};

	for (size_t q = 0; q < sizeof(queries) / sizeof(queries[0]); q++)
		for (size_t w = 0; w < sizeof(ways) / sizeof(ways[0]); w++)
			search(index, queries[q], ways[w]);
	for (size_t p = 0; p < sizeof(prefixes) / sizeof(prefixes[0]); p++)
		suggest(index, prefixes[p]);
}

static void
read_all(const struct ndx_segment *segment)
{
	const struct ndx_manifest_segment entry = { .article_count = segment->article_count,
		                                    .token_count = segment->token_count,
		                                    .size = segment->size };
	struct ndx_docstore store;
	struct ndx_str record;
	struct ndx_err err;
	enum ndx_status status = NDX_OK;

	ndx_docstore_init(&store, segment, NDX_PART_STORED);
	for (uint32_t slot = 0;
	     status == NDX_OK && slot < segment->article_count && slot < ARTICLES; slot++)
		status = ndx_docstore_get(&store, slot, &record, &err);
	ndx_docstore_free(&store);
	must(status == NDX_OK || status == NDX_E_CORRUPT);
	status = ndx_check_segment(segment, &entry, &err);
	must(status == NDX_OK || status == NDX_E_CORRUPT);
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t in_size)
{
	struct ndx_segment segment;
	struct ndx_index index = { .env = &ndx_env_default,
		                   .segment = &segment,
		                   .manifest = { .language = "english" } };
	uint8_t *data;
	uint64_t sum;

	if (base.data == NULL)
		begin();
	data = malloc(base.size);
	must(data != NULL);
	memcpy(data, base.data, base.size);
	for (size_t i = 0; i + 4 <= in_size && i < 4 * CHANGES_MAX; i += 4)
		data[((size_t)in[i] | (size_t)in[i + 1] << 8 | (size_t)in[i + 2] << 16) %
		     base.size] = in[i + 3];
	sum = ndx_checksum(data + base.size - NDX_SEGMENT_TOC_SIZE, NDX_SEGMENT_TOC_SIZE - 8);
	memcpy(data + base.size - 8, &sum, sizeof(sum));
	if (ndx_segment_open_memory(&ndx_env_default, data, base.size, &segment, NULL) == NDX_OK) {
		index.manifest.segment_count = 1;
		index.article_count = segment.article_count;
		index.token_count = segment.token_count;
		search_all(&index);
		read_all(&segment);
		ndx_segment_close(&segment);
	}
	free(data);
	return 0;
}
