/*
 * stats.c - what an index holds, and what its bytes are for
 *
 * Distinct terms are counted by walking the dictionaries of all segments side by side.
 * A term that only deleted articles have does not count: an index tells what a fresh
 * one of its live articles would.
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/stats.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>

#include "common/column.h"
#include "common/field.h"
#include "common/termdict.h"
#include "searcher/json_out.h"

/* The dictionaries' cursors, those that are done left out. */
struct walk {
	struct ndx_termdict_cursor *cursor;
	size_t count;
};

static struct ndx_str
key_of(const struct ndx_termdict_cursor *cursor)
{
	return (struct ndx_str){ (const char *)cursor->key, cursor->key_size };
}

static bool
is_live(const struct ndx_termdict_cursor *cursor)
{
	return ndx_tombstones_correction(cursor->segment->tombstones, cursor->info.ordinal).df <
	       cursor->info.df;
}

/* Lists of pairs, which are no terms, come last in every dictionary. */
static bool
has_term(const struct ndx_termdict_cursor *cursor)
{
	return !ndx_termdict_done(cursor) && cursor->key[0] < NDX_FIELD_PAIR;
}

/*
 * Pass over the least key wherever it stands; *live_ret says whether a live article has it.  The
 * ends of sentences are no term, so none has them.
 */
static enum ndx_status
walk_next(struct walk *walk, bool *live_ret, struct ndx_err *err)
{
	uint8_t least[NDX_KEY_SIZE_MAX];
	struct ndx_str key = key_of(&walk->cursor[0]);
	enum ndx_status status = NDX_OK;

	*live_ret = false;
	for (size_t i = 1; i < walk->count; i++)
		if (ndx_str_compare(key_of(&walk->cursor[i]), key) < 0)
			key = key_of(&walk->cursor[i]);
	memcpy(least, key.data, key.size);
	key.data = (const char *)least;
	for (size_t i = 0; status == NDX_OK && i < walk->count;) {
		struct ndx_termdict_cursor *cursor = &walk->cursor[i];

		if (ndx_str_equal(key_of(cursor), key)) {
			*live_ret =
				*live_ret || (least[0] != NDX_FIELD_SENTENCE && is_live(cursor));
			status = ndx_termdict_next(cursor, err);
		}
		if (has_term(cursor))
			i++;
		else
			*cursor = walk->cursor[--walk->count];
	}
	return status;
}

static enum ndx_status
walk_begin(const struct ndx_index *index, struct walk *walk, struct ndx_err *err)
{
	enum ndx_status status = NDX_OK;

	for (size_t i = 0; status == NDX_OK && i < index->manifest.segment_count; i++) {
		struct ndx_termdict_cursor *cursor = &walk->cursor[walk->count];

		status = ndx_termdict_seek(&index->segment[i], NULL, 0, cursor, err);
		walk->count += status == NDX_OK && has_term(cursor);
	}
	return status;
}

static enum ndx_status
count_terms(const struct ndx_index *index, uint64_t *count_ret, struct ndx_err *err)
{
	struct walk walk = { 0 };
	enum ndx_status status;
	bool live;

	*count_ret = 0;
	if (index->manifest.segment_count == 0)
		return NDX_OK;
	walk.cursor = ndx_alloc_zero(index->env->mem, index->manifest.segment_count,
	                             sizeof(*walk.cursor));
	if (walk.cursor == NULL)
		return ndx_fail_nomem(err);
	status = walk_begin(index, &walk, err);
	while (status == NDX_OK && walk.count > 0) {
		status = walk_next(&walk, &live, err);
		*count_ret += status == NDX_OK && live;
	}
	ndx_free(index->env->mem, walk.cursor);
	return status;
}

static enum ndx_status
date_of(const struct ndx_segment *segment, ndx_docid docid, struct ndx_date *date_ret,
        struct ndx_err *err)
{
	struct ndx_column dates, zones;
	int64_t utc, zone;
	enum ndx_status status = ndx_column_open(segment, NDX_PART_DATES, &dates, err);

	if (status == NDX_OK)
		status = ndx_column_open(segment, NDX_PART_ZONES, &zones, err);
	if (status == NDX_OK)
		status = ndx_column_get(&dates, docid, &utc, err);
	if (status == NDX_OK)
		status = ndx_column_get(&zones, docid, &zone, err);
	if (status == NDX_OK)
		*date_ret = (struct ndx_date){ utc, (int)zone };
	return status;
}

/* The dates of a segment's live articles lie from its first live docid to its last dated one. */
static enum ndx_status
take_dates(const struct ndx_segment *segment, struct ndx_stats *stats, struct ndx_err *err)
{
	ndx_docid first = 0, end = segment->dated_count;
	struct ndx_date newest, oldest;
	enum ndx_status status;

	while (first < end && ndx_tombstones_has(segment->tombstones, first))
		first++;
	while (end > first && ndx_tombstones_has(segment->tombstones, end - 1))
		end--;
	if (first == end)
		return NDX_OK;
	status = date_of(segment, first, &newest, err);
	if (status == NDX_OK)
		status = date_of(segment, end - 1, &oldest, err);
	if (status != NDX_OK)
		return status;
	if (!stats->dated || newest.utc > stats->newest.utc)
		stats->newest = newest;
	if (!stats->dated || oldest.utc < stats->oldest.utc)
		stats->oldest = oldest;
	stats->dated = true;
	return NDX_OK;
}

static void
take_bytes(const struct ndx_segment *segment, struct ndx_stats_bytes *bytes)
{
	const struct ndx_span *part = segment->part;
	uint64_t lists = part[NDX_PART_POSTINGS].size, others = segment->size;
	const uint64_t share[] = { segment->positions_bytes, segment->forms_bytes,
		                   segment->pairs_bytes };
	uint64_t *const sum[] = { &bytes->positions, &bytes->forms, &bytes->pairs };

	for (size_t i = 0; i < 3; i++) {
		uint64_t taken = share[i] < lists ? share[i] : lists;

		*sum[i] += taken;
		lists -= taken;
	}
	bytes->postings += lists;
	bytes->dictionary += part[NDX_PART_DICT].size + part[NDX_PART_DICT_TOP].size;
	bytes->norms += part[NDX_PART_NORMS].size;
	for (unsigned i = NDX_PART_FORWARD; i <= NDX_PART_AUTHORS; i++)
		bytes->columns += part[i].size;
	for (unsigned i = NDX_PART_IDS; i <= NDX_PART_ID_TABLE; i++)
		bytes->ids += part[i].size;
	bytes->stored += part[NDX_PART_STORED].size + part[NDX_PART_STORED_INDEX].size;
	for (unsigned i = 0; i < NDX_PART_COUNT; i++)
		others -= part[i].size;
	bytes->other += others;
}

/* Add the size of DIR/NAME to *sum, if it is there. */
static enum ndx_status
add_file(const struct ndx_index *index, const char *name, uint64_t *sum, struct ndx_err *err)
{
	const struct ndx_io *io = index->env->io;
	struct ndx_buf path;
	enum ndx_status status = NDX_OK;
	struct stat st;
	int fd = -1;

	ndx_buf_init(&path, index->env->mem);
	ndx_buf_printf(&path, "%s/%s", index->dir, name);
	ndx_buf_add_u8(&path, 0);
	if (ndx_buf_failed(&path)) {
		ndx_buf_free(&path);
		return ndx_fail_nomem(err);
	}
	fd = io->open(io->ctx, (const char *)path.data, O_RDONLY | O_CLOEXEC, 0);
	if (fd == -1 && errno != ENOENT) {
		status = ndx_fail_os(err, "cannot open '%s'", (const char *)path.data);
	} else if (fd != -1) {
		if (io->fstat(io->ctx, fd, &st) == -1)
			status = ndx_fail_os(err, "cannot stat '%s'", (const char *)path.data);
		else if (st.st_size > 0)
			*sum += (uint64_t)st.st_size;
		io->close(io->ctx, fd);
	}
	ndx_buf_free(&path);
	return status;
}

static uint64_t
sum_bytes(const struct ndx_stats_bytes *b)
{
	return b->dictionary + b->postings + b->positions + b->forms + b->pairs + b->norms +
	       b->columns + b->ids + b->stored + b->tombstones + b->sources + b->other;
}

enum ndx_status
ndx_stats_collect(const struct ndx_index *index, struct ndx_stats *stats_ret, struct ndx_err *err)
{
	const struct ndx_manifest *manifest = &index->manifest;
	struct ndx_stats stats = { .articles = index->article_count,
		                   .tokens = index->token_count,
		                   .segments = manifest->segment_count,
		                   .generation = manifest->generation,
		                   .bytes_written = manifest->bytes_written,
		                   .bytes_flushed = manifest->bytes_flushed };
	enum ndx_status status = count_terms(index, &stats.terms, err);

	for (size_t i = 0; status == NDX_OK && i < manifest->segment_count; i++) {
		stats.deleted += manifest->segment[i].deleted_count;
		stats.bytes.tombstones += manifest->segment[i].tombstones_size;
		take_bytes(&index->segment[i], &stats.bytes);
		status = take_dates(&index->segment[i], &stats, err);
	}
	stats.bytes.sources = manifest->sources_size;
	if (status == NDX_OK)
		status = add_file(index, NDX_MANIFEST_NAME, &stats.bytes.other, err);
	if (status == NDX_OK)
		status = add_file(index, NDX_LOCK_NAME, &stats.bytes.other, err);
	stats.bytes_total = sum_bytes(&stats.bytes);
	if (status == NDX_OK)
		*stats_ret = stats;
	return status;
}

/* The shares under their names, in the order in which they are told. */
#define SHARE_COUNT 12

static void
shares(const struct ndx_stats_bytes *bytes, const char *name[SHARE_COUNT],
       uint64_t size[SHARE_COUNT])
{
	const struct {
		const char *name;
		uint64_t size;
	} share[SHARE_COUNT] = {
		/* clang-format off */
		{ "dictionary", bytes->dictionary }, { "postings", bytes->postings },
		{ "positions", bytes->positions },   { "forms", bytes->forms },
		{ "pairs", bytes->pairs },           { "norms", bytes->norms },
		{ "columns", bytes->columns },       { "ids", bytes->ids },
		{ "stored", bytes->stored },         { "tombstones", bytes->tombstones },
		{ "sources", bytes->sources },       { "other", bytes->other },
		/* clang-format on */
	};

	for (size_t i = 0; i < SHARE_COUNT; i++) {
		name[i] = share[i].name;
		size[i] = share[i].size;
	}
}

/* How many times each byte that was flushed has been written, merges included; 0: nothing was. */
static double
write_amplification(const struct ndx_stats *stats)
{
	return stats->bytes_flushed == 0
	               ? 0
	               : (double)stats->bytes_written / (double)stats->bytes_flushed;
}

void
ndx_stats_print_text(const struct ndx_stats *stats, struct ndx_buf *out)
{
	char oldest[NDX_DATE_SIZE] = "-", newest[NDX_DATE_SIZE] = "-";
	const char *name[SHARE_COUNT];
	uint64_t size[SHARE_COUNT];

	if (stats->dated) {
		ndx_date_format(stats->oldest, oldest);
		ndx_date_format(stats->newest, newest);
	}
	ndx_buf_printf(out, "%-12s %15" PRIu64 "\n", "articles", stats->articles);
	ndx_buf_printf(out, "%-12s %15" PRIu64 "\n", "deleted", stats->deleted);
	ndx_buf_printf(out, "%-12s %15" PRIu64 "\n", "terms", stats->terms);
	ndx_buf_printf(out, "%-12s %15" PRIu64 "\n", "tokens", stats->tokens);
	ndx_buf_printf(out, "%-12s %15" PRIu64 "\n", "segments", stats->segments);
	ndx_buf_printf(out, "%-12s %15" PRIu64 "\n", "generation", stats->generation);
	ndx_buf_printf(out, "%-12s %s\n%-12s %s\n", "oldest", oldest, "newest", newest);
	ndx_buf_printf(out, "%-12s %15" PRIu64 "\n", "bytes", stats->bytes_total);
	shares(&stats->bytes, name, size);
	for (size_t i = 0; i < SHARE_COUNT; i++)
		ndx_buf_printf(out, "  %-10s %15" PRIu64 "  %5.1f %%\n", name[i], size[i],
		               stats->bytes_total == 0
		                       ? 0.0
		                       : 100.0 * (double)size[i] / (double)stats->bytes_total);
	ndx_buf_printf(out, "%-12s %15" PRIu64 "  %5.2f times what was flushed\n", "written",
	               stats->bytes_written, write_amplification(stats));
}

static void
json_date(struct ndx_json_out *json, const char *name, bool known, struct ndx_date date)
{
	char text[NDX_DATE_SIZE] = "";

	if (known)
		ndx_date_format(date, text);
	ndx_json_out_text(json, name, text);
}

void
ndx_stats_print_json(const struct ndx_stats *stats, struct ndx_buf *out)
{
	struct ndx_json_out json = { out, false };
	const char *name[SHARE_COUNT];
	uint64_t size[SHARE_COUNT];

	ndx_json_out_begin(&json, NULL, "{");
	ndx_json_out_uint(&json, "articles", stats->articles);
	ndx_json_out_uint(&json, "deleted", stats->deleted);
	ndx_json_out_uint(&json, "terms", stats->terms);
	ndx_json_out_uint(&json, "tokens", stats->tokens);
	ndx_json_out_uint(&json, "segments", stats->segments);
	json_date(&json, "oldest", stats->dated, stats->oldest);
	json_date(&json, "newest", stats->dated, stats->newest);
	ndx_json_out_uint(&json, "generation", stats->generation);
	ndx_json_out_uint(&json, "bytes_written", stats->bytes_written);
	ndx_json_out_float(&json, "write_amplification", (float)write_amplification(stats));
	ndx_json_out_begin(&json, "bytes", "{");
	ndx_json_out_uint(&json, "total", stats->bytes_total);
	shares(&stats->bytes, name, size);
	for (size_t i = 0; i < SHARE_COUNT; i++)
		ndx_json_out_uint(&json, name[i], size[i]);
	ndx_json_out_end(&json, "}");
	ndx_json_out_end(&json, "}\n");
}
