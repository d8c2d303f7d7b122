/*
 * article_read.c - see article_read.h
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/article_read.h"

#include <inttypes.h>

enum ndx_status
ndx_article_reader_open(const struct ndx_segment *segment, struct ndx_article_reader *reader,
                        struct ndx_err *err)
{
	enum ndx_status status;

	*reader = (struct ndx_article_reader){ .segment = segment };
	ndx_docstore_init(&reader->stored, segment, NDX_PART_STORED);
	ndx_docstore_init(&reader->ids, segment, NDX_PART_IDS);
	status = ndx_column_open(segment, NDX_PART_SLOTS, &reader->slots, err);
	if (status == NDX_OK)
		status = ndx_column_open(segment, NDX_PART_DATES, &reader->dates, err);
	if (status == NDX_OK)
		status = ndx_column_open(segment, NDX_PART_ZONES, &reader->zones, err);
	return status;
}

void
ndx_article_reader_close(struct ndx_article_reader *reader)
{
	ndx_docstore_free(&reader->stored);
	ndx_docstore_free(&reader->ids);
	*reader = (struct ndx_article_reader){ 0 };
}

enum ndx_status
ndx_article_reader_slot(const struct ndx_article_reader *reader, ndx_docid docid,
                        uint32_t *slot_ret, struct ndx_err *err)
{
	const struct ndx_segment *segment = reader->segment;
	int64_t slot;
	enum ndx_status status;

	if (docid >= segment->article_count)
		return ndx_segment_corrupt(segment, 0, err, "no article %" PRIu32, docid);
	status = ndx_column_get(&reader->slots, docid, &slot, err);
	if (status != NDX_OK)
		return status;
	if (slot < 0 || slot >= segment->article_count)
		return ndx_segment_corrupt(segment, reader->slots.values_off, err,
		                           "slot %" PRId64 " of %" PRIu32, slot,
		                           segment->article_count);
	*slot_ret = (uint32_t)slot;
	return NDX_OK;
}

static enum ndx_status
read_date(struct ndx_article_reader *reader, ndx_docid docid, struct ndx_article_view *article,
          struct ndx_err *err)
{
	int64_t zone;
	enum ndx_status status;

	article->date = NDX_NO_DATE;
	if (docid >= reader->segment->dated_count)
		return NDX_OK;
	status = ndx_column_get(&reader->dates, docid, &article->date, err);
	if (status == NDX_OK)
		status = ndx_column_get(&reader->zones, docid, &zone, err);
	if (status != NDX_OK)
		return status;
	if (zone < -24 * 60 || zone > 24 * 60)
		return ndx_segment_corrupt(reader->segment, reader->zones.values_off, err,
		                           "a zone of %" PRId64 " minutes", zone);
	article->date_offset_min = (int)zone;
	return NDX_OK;
}

/* Copy strings into the arena; false if memory ran out. */
static bool
copy_fields(const struct ndx_stored *stored, struct ndx_arena *arena,
            struct ndx_article_view *article)
{
	const struct {
		const char **out;
		struct ndx_str in;
	} field[] = {
		{ &article->title, stored->title },     { &article->source, stored->source },
		{ &article->section, stored->section }, { &article->author, stored->author },
		{ &article->url, stored->url },         { &article->language, stored->language },
		{ &article->text, stored->text },
	};

	for (size_t i = 0; i < sizeof(field) / sizeof(field[0]); i++) {
		*field[i].out = "";
		if (field[i].in.size > 0)
			*field[i].out = ndx_arena_copy(arena, field[i].in.data, field[i].in.size);
		if (*field[i].out == NULL)
			return false;
	}
	article->text_size = stored->text.size;
	article->title_is_made = stored->title_is_made;
	return true;
}

enum ndx_status
ndx_article_read(struct ndx_article_reader *reader, ndx_docid docid, bool ids_only,
                 struct ndx_arena *arena, struct ndx_article_view *article_ret, struct ndx_err *err)
{
	struct ndx_article_view article = { 0 };
	struct ndx_stored stored = { 0 };
	struct ndx_str record;
	uint32_t slot = 0;
	enum ndx_status status = ndx_article_reader_slot(reader, docid, &slot, err);

	if (status == NDX_OK)
		status = ndx_docstore_get(&reader->ids, slot, &record, err);
	if (status != NDX_OK)
		return status;
	article.id = ndx_arena_copy(arena, record.data, record.size);
	status = read_date(reader, docid, &article, err);
	if (status == NDX_OK && !ids_only)
		status = ndx_docstore_get(&reader->stored, slot, &record, err);
	if (status != NDX_OK)
		return status;
	if (!ids_only && !ndx_stored_decode(record, &stored))
		return ndx_segment_corrupt(reader->segment,
		                           reader->segment->part[NDX_PART_STORED].off, err,
		                           "record %" PRIu32 " is no article", slot);
	if (article.id == NULL || !copy_fields(&stored, arena, &article))
		return ndx_fail_nomem(err);
	*article_ret = article;
	return NDX_OK;
}
