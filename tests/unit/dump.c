/*
 * dump.c - all that an index says, as sorted lines; see small_index.h
 *
 * On the way every promise of the format is checked that no reader relies on blindly: the order
 * of docids, counts, and that impacts bound what they speak for.
 *
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE /* qsort_r() */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/column.h"
#include "common/docstore.h"
#include "common/field.h"
#include "common/postings.h"
#include "tests/unit/small_index.h"

struct dump {
	const struct ndx_segment *segment;
	struct ndx_docstore stored;
	struct ndx_buf id_bytes; /* of the segment's articles, in their order */
	size_t *id_end;          /* where the id of each ends there */
	struct ndx_buf lines;    /* each with a newline */
	struct ndx_buf terms;    /* struct term of all segments */
	struct ndx_buf key;      /* bytes of their keys */
	struct ndx_err *err;
};

struct term {
	uint32_t key_off, key_size;
	uint64_t df, cf;
};

static enum ndx_status
not_so(struct dump *dump, const char *what, uint64_t number)
{
	return ndx_fail(dump->err, NDX_E_CORRUPT, "not so: %s (%" PRIu64 ")", what, number);
}

/* The ids of a segment, which are asked for with every posting. */
static enum ndx_status
take_ids(struct dump *dump)
{
	struct ndx_docstore ids;
	enum ndx_status status = NDX_OK;

	dump->id_end = calloc(dump->segment->article_count + 1, sizeof(*dump->id_end));
	if (dump->id_end == NULL)
		abort();
	ndx_buf_init(&dump->id_bytes, &ndx_mem_default);
	ndx_docstore_init(&ids, dump->segment, NDX_PART_IDS);
	for (ndx_docid i = 0; status == NDX_OK && i < dump->segment->article_count; i++) {
		struct ndx_str id;
		uint32_t slot;

		status = ndx_docstore_slot(dump->segment, i, &slot, dump->err);
		if (status == NDX_OK)
			status = ndx_docstore_get(&ids, slot, &id, dump->err);
		if (status == NDX_OK)
			ndx_buf_add(&dump->id_bytes, id.data, id.size);
		dump->id_end[i] = dump->id_bytes.size;
	}
	ndx_docstore_free(&ids);
	return status;
}

static struct ndx_str
id_of(const struct dump *dump, ndx_docid docid)
{
	const size_t off = docid == 0 ? 0 : dump->id_end[docid - 1];

	return (struct ndx_str){ (const char *)dump->id_bytes.data + off,
		                 dump->id_end[docid] - off };
}

static enum ndx_status
number_of(struct dump *dump, enum ndx_part part, ndx_docid docid, bool named, int64_t *value_ret,
          struct ndx_str *name_ret)
{
	struct ndx_column column;
	enum ndx_status status = ndx_column_open(dump->segment, part, &column, dump->err);

	if (status == NDX_OK)
		status = ndx_column_get(&column, docid, value_ret, dump->err);
	if (status == NDX_OK && named)
		status = ndx_column_name(&column, *value_ret, name_ret, dump->err);
	return status;
}

/* Line breaks, which end lines, become '|'. */
static void
add_str(struct dump *dump, struct ndx_str str)
{
	const size_t off = dump->lines.size;
	uint8_t *at;

	ndx_buf_add(&dump->lines, str.data, str.size);
	while (!ndx_buf_failed(&dump->lines) &&
	       (at = memchr(dump->lines.data + off, '\n', str.size)) != NULL)
		*at = '|';
	ndx_buf_add_u8(&dump->lines, '\t');
}

/* " 12": many times quicker than printf(). */
static void
add_number(struct ndx_buf *lines, uint32_t number)
{
	uint8_t text[11], *at = text + sizeof(text);

	do {
		*--at = (uint8_t)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	*--at = ' ';
	ndx_buf_add(lines, at, (size_t)(text + sizeof(text) - at));
}

static enum ndx_status
dump_stored(struct dump *dump, ndx_docid docid, struct ndx_str source, struct ndx_str section)
{
	struct ndx_stored stored;
	struct ndx_str record;
	uint32_t slot;
	enum ndx_status status = ndx_docstore_slot(dump->segment, docid, &slot, dump->err);

	if (status == NDX_OK)
		status = ndx_docstore_get(&dump->stored, slot, &record, dump->err);
	if (status != NDX_OK)
		return status;
	if (!ndx_stored_decode(record, &stored))
		return not_so(dump, "a stored article", docid);
	if (!ndx_str_equal(stored.source, source) || !ndx_str_equal(stored.section, section))
		return not_so(dump, "the column has the name that is stored", docid);
	ndx_buf_printf(&dump->lines, "%d\t", stored.title_is_made);
	add_str(dump, stored.title);
	add_str(dump, stored.text);
	add_str(dump, stored.source);
	add_str(dump, stored.section);
	add_str(dump, stored.author);
	add_str(dump, stored.url);
	add_str(dump, stored.language);
	return NDX_OK;
}

static enum ndx_status
dump_article(struct dump *dump, ndx_docid docid)
{
	const struct ndx_segment *segment = dump->segment;
	bool dated = docid < segment->dated_count;
	int64_t date = 0, zone = 0, title, n;
	struct ndx_str source, section;
	enum ndx_status status = number_of(dump, NDX_PART_DATES, docid, false, &date, NULL);
	if (status == NDX_OK)
		status = number_of(dump, NDX_PART_ZONES, docid, false, &zone, NULL);
	if (status == NDX_OK)
		status = number_of(dump, NDX_PART_TITLES, docid, false, &title, NULL);
	if (status == NDX_OK)
		status = number_of(dump, NDX_PART_SOURCES, docid, true, &n, &source);
	if (status == NDX_OK)
		status = number_of(dump, NDX_PART_SECTIONS, docid, true, &n, &section);
	if (status == NDX_OK)
		status = ndx_segment_norms(segment, docid, docid, dump->err);
	if (status != NDX_OK)
		return status;
	if (dated && (date > segment->newest || date < segment->oldest))
		return not_so(dump, "the segment knows its span", docid);
	ndx_buf_add_str(&dump->lines, "A\t");
	add_str(dump, id_of(dump, docid));
	ndx_buf_printf(&dump->lines, "%" PRId64 "\t%" PRId64 "\t%" PRId64 "\t%u\t",
	               dated ? date : INT64_MIN, dated ? zone : 0, title,
	               ndx_segment_part(segment, NDX_PART_NORMS)[docid]);
	status = dump_stored(dump, docid, source, section);
	ndx_buf_add_u8(&dump->lines, '\n');
	return status;
}

/* Newest first, undated last, equal dates by id. */
static enum ndx_status
check_order(struct dump *dump, ndx_docid docid)
{
	int64_t before, here;
	enum ndx_status status;

	if (docid == 0 || docid == dump->segment->dated_count)
		return NDX_OK;
	status = number_of(dump, NDX_PART_DATES, docid - 1, false, &before, NULL);
	if (status == NDX_OK)
		status = number_of(dump, NDX_PART_DATES, docid, false, &here, NULL);
	if (status == NDX_OK &&
	    (before < here || (docid > dump->segment->dated_count && before != here) ||
	     (before == here && ndx_str_compare(id_of(dump, docid - 1), id_of(dump, docid)) >= 0)))
		return not_so(dump, "docids are in the order of dates and ids", docid);
	return status;
}

static bool
is_bound(const struct ndx_impact impact[NDX_IMPACT_COUNT], uint32_t tf, uint8_t norm)
{
	for (size_t i = 0; i < NDX_IMPACT_COUNT; i++)
		if ((impact[i].tf == 255 || tf <= impact[i].tf) && norm >= impact[i].norm)
			return true;
	return false;
}

/* Impacts of block, group and list bound the posting. */
static enum ndx_status
check_impacts(struct dump *dump, const struct ndx_postings *postings, uint32_t block, uint32_t i)
{
	const uint8_t norm = ndx_segment_part(dump->segment, NDX_PART_NORMS)[postings->docid[i]];
	struct ndx_impact of_block[NDX_IMPACT_COUNT], of_group[NDX_IMPACT_COUNT];
	struct ndx_impact of_list[NDX_IMPACT_COUNT];
	uint8_t title_tf_max;

	if (postings->block_count == 1)
		return NDX_OK;
	if (!ndx_postings_block_impacts(postings, block, of_block, &title_tf_max) ||
	    !ndx_postings_group_impacts(postings, block / NDX_GROUP_LEN, of_group, &title_tf_max) ||
	    !ndx_postings_list_impacts(postings, of_list, &title_tf_max))
		return not_so(dump, "a list of blocks has impacts", block);
	if (!is_bound(of_block, postings->tf[i], norm) ||
	    !is_bound(of_group, postings->tf[i], norm) || !is_bound(of_list, postings->tf[i], norm))
		return not_so(dump, "impacts bound each posting", postings->docid[i]);
	return NDX_OK;
}

static enum ndx_status
dump_posting(struct dump *dump, struct ndx_postings *postings, struct ndx_str key, uint32_t i,
             struct ndx_buf *positions)
{
	const ndx_docid docid = postings->docid[i];
	enum ndx_status status = ndx_postings_positions(postings, i, positions, dump->err);

	if (status != NDX_OK || ndx_tombstones_has(dump->segment->tombstones, docid))
		return status;
	ndx_buf_add_str(&dump->lines, "P\t");
	add_str(dump, key);
	add_str(dump, id_of(dump, docid));
	for (size_t at = 0; at < positions->size; at += 4)
		add_number(&dump->lines, *(const uint32_t *)(void *)(positions->data + at));
	ndx_buf_add_u8(&dump->lines, '\n');
	return NDX_OK;
}

static enum ndx_status
dump_list(struct dump *dump, const struct ndx_termdict_cursor *cursor)
{
	const struct ndx_str key = { (const char *)cursor->key, cursor->key_size };
	const struct ndx_correction gone =
		ndx_tombstones_correction(dump->segment->tombstones, cursor->info.ordinal);
	const struct term term = { (uint32_t)dump->key.size, (uint32_t)key.size,
		                   cursor->info.df - gone.df, cursor->info.cf - gone.cf };
	struct ndx_postings postings;
	struct ndx_buf positions;
	uint64_t df = 0, cf = 0;
	enum ndx_status status =
		ndx_postings_open(dump->segment, &cursor->info, &postings, dump->err);

	ndx_buf_init(&positions, &ndx_mem_default);
	for (uint32_t block = 0; status == NDX_OK && block < postings.block_count; block++) {
		status = ndx_postings_load(&postings, block, dump->err);
		if (status == NDX_OK)
			ndx_postings_load_tfs(&postings);
		for (uint32_t i = 0; status == NDX_OK && i < postings.count; i++) {
			df++;
			cf += postings.tf[i];
			status = check_impacts(dump, &postings, block, i);
			if (status == NDX_OK)
				status = dump_posting(dump, &postings, key, i, &positions);
		}
	}
	ndx_buf_free(&positions);
	if (status == NDX_OK && (df != cursor->info.df || cf != cursor->info.cf))
		return not_so(dump, "df and cf are those of the list", cursor->info.ordinal);
	ndx_buf_add(&dump->key, key.data, key.size);
	ndx_buf_add(&dump->terms, &term, sizeof(term));
	return status;
}

static enum ndx_status
dump_segment(struct dump *dump)
{
	struct ndx_termdict_cursor cursor;
	enum ndx_status status;
	uint32_t terms = 0;

	ndx_docstore_init(&dump->stored, dump->segment, NDX_PART_STORED);
	status = take_ids(dump);
	if (status == NDX_OK)
		status = ndx_termdict_seek(dump->segment, NULL, 0, &cursor, dump->err);
	for (; status == NDX_OK && !ndx_termdict_done(&cursor); terms++) {
		/* Which pairs are kept depends on how articles are cut into segments. */
		if (cursor.key[0] < NDX_FIELD_PAIR)
			status = dump_list(dump, &cursor);
		if (status == NDX_OK)
			status = ndx_termdict_next(&cursor, dump->err);
	}
	if (status == NDX_OK && terms != dump->segment->term_count)
		status = not_so(dump, "the number of terms", terms);
	for (ndx_docid docid = 0; status == NDX_OK && docid < dump->segment->article_count;
	     docid++) {
		status = check_order(dump, docid);
		if (status == NDX_OK && !ndx_tombstones_has(dump->segment->tombstones, docid))
			status = dump_article(dump, docid);
	}
	ndx_docstore_free(&dump->stored);
	ndx_buf_free(&dump->id_bytes);
	free(dump->id_end);
	return status;
}

static int
compare_terms(const void *a, const void *b, void *arg)
{
	const struct dump *dump = arg;
	const struct term *x = a, *y = b;

	return ndx_str_compare(
		(struct ndx_str){ (const char *)dump->key.data + x->key_off, x->key_size },
		(struct ndx_str){ (const char *)dump->key.data + y->key_off, y->key_size });
}

/* A line a term: what all segments say of it together. */
static void
dump_terms(struct dump *dump)
{
	struct term *term = (struct term *)(void *)dump->terms.data;
	size_t count = dump->terms.size / sizeof(*term);

	if (count > 0)
		qsort_r(term, count, sizeof(*term), compare_terms, dump);
	for (size_t i = 0; i < count; i++) {
		if (i + 1 < count && compare_terms(&term[i], &term[i + 1], dump) == 0) {
			term[i + 1].df += term[i].df;
			term[i + 1].cf += term[i].cf;
		} else if (term[i].df > 0) {
			ndx_buf_add_str(&dump->lines, "T\t");
			add_str(dump,
			        (struct ndx_str){ (const char *)dump->key.data + term[i].key_off,
			                          term[i].key_size });
			ndx_buf_printf(&dump->lines, "%" PRIu64 "\t%" PRIu64 "\n", term[i].df,
			               term[i].cf);
		}
	}
}

static int
compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Sort the lines of in->data into 'out'; they hold no NUL. */
static void
sort_lines(struct ndx_buf *in, struct ndx_buf *out)
{
	char **line = calloc(in->size + 1, sizeof(*line));
	size_t count = 0;

	if (line == NULL)
		abort();
	ndx_buf_add_u8(in, 0);
	for (char *at = (char *)in->data, *end; (end = strchr(at, '\n')) != NULL; at = end + 1) {
		*end = '\0';
		line[count++] = at;
	}
	qsort(line, count, sizeof(*line), compare_lines);
	for (size_t i = 0; i < count; i++) {
		ndx_buf_add_str(out, line[i]);
		ndx_buf_add_u8(out, '\n');
	}
	free(line);
}

enum ndx_status
ndx_dump(const struct ndx_env *env, const char *dir, struct ndx_buf *out, struct ndx_err *err)
{
	struct dump dump = { .err = err };
	struct ndx_index *index;
	enum ndx_status status = ndx_index_open(env, dir, &index, err);

	ndx_buf_clear(out);
	if (status != NDX_OK)
		return status;
	ndx_buf_init(&dump.lines, &ndx_mem_default);
	ndx_buf_init(&dump.terms, &ndx_mem_default);
	ndx_buf_init(&dump.key, &ndx_mem_default);
	for (size_t i = 0; status == NDX_OK && i < index->manifest.segment_count; i++) {
		dump.segment = &index->segment[i];
		status = dump_segment(&dump);
	}
	dump_terms(&dump);
	ndx_buf_printf(&dump.lines, "N\t%" PRIu64 "\t%" PRIu64 "\n", index->article_count,
	               index->token_count);
	sort_lines(&dump.lines, out);
	ndx_buf_free(&dump.lines);
	ndx_buf_free(&dump.terms);
	ndx_buf_free(&dump.key);
	ndx_close(index);
	return status;
}
