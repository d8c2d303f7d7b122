/*
 * corrections.c - see corrections.h
 *
 * The deleted articles are inverted once more, as a batch: its lists then say exactly
 * how often each term goes, and each of its surface forms.
 *
 * SPDX-License-Identifier: MIT
 */
#include "indexer/corrections.h"

#include <inttypes.h>
#include <string.h>

#include "common/docstore.h"
#include "common/field.h"
#include "common/termdict.h"

/* Bytes of text that are inverted at a time. */
#define BATCH_TEXT_SIZE ((uint64_t)4 << 20)

struct corrector {
	const struct ndx_env *env;
	const struct ndx_segment *segment;
	struct ndx_inverter *inverter;
	struct ndx_docstore stored;
	uint32_t *df; /* by ordinal: what is taken away */
	uint64_t *cf;
	struct ndx_buf docids; /* uint32_t, rising */
	struct ndx_buf forms;  /* struct ndx_raw_form, of the term at hand */
	uint64_t token_count;
	bool afresh; /* the present tombstones know nothing of forms: count all that is deleted */
	struct ndx_err *err;
};

static bool
was_dead(const struct ndx_segment *segment, ndx_docid docid)
{
	return ndx_tombstones_has(segment->tombstones, docid);
}

static enum ndx_status
invert(struct corrector *corrector, ndx_docid docid)
{
	struct ndx_article article = { .id = ndx_str("deleted") };
	struct ndx_stored stored;
	struct ndx_str record;
	uint32_t slot;
	enum ndx_status status =
		ndx_docstore_slot(corrector->segment, docid, &slot, corrector->err);

	if (status == NDX_OK)
		status = ndx_docstore_get(&corrector->stored, slot, &record, corrector->err);
	if (status != NDX_OK)
		return status;
	if (!ndx_stored_decode(record, &stored))
		return ndx_segment_corrupt(
			corrector->segment, corrector->segment->part[NDX_PART_STORED].off,
			corrector->err, "record %" PRIu32 " is no article", slot);
	article.title = stored.title;
	article.text = stored.text;
	article.source = stored.source;
	article.section = stored.section;
	article.author = stored.author;
	article.url = stored.url;
	article.language = stored.language;
	article.title_is_made = stored.title_is_made;
	return ndx_inverter_add(corrector->inverter, &article, corrector->err);
}

/* Take away 'df' and 'cf' of a term. */
static enum ndx_status
subtract_term(struct corrector *corrector, struct ndx_str key, uint32_t df, uint64_t cf)
{
	const struct ndx_segment *segment = corrector->segment;
	struct ndx_term_info info;
	bool found = false;
	enum ndx_status status =
		ndx_termdict_find(segment, key.data, key.size, &info, &found, corrector->err);

	if (status != NDX_OK)
		return status;
	if (!found)
		return ndx_segment_corrupt(segment, segment->part[NDX_PART_DICT].off,
		                           corrector->err,
		                           "a stored article has a term that the dictionary lacks; "
		                           "was it indexed with another libstemmer?");
	corrector->df[info.ordinal] += df;
	corrector->cf[info.ordinal] += cf;
	return NDX_OK;
}

/* Take away what a term of field ANY had of its forms; an acronym has none. */
static enum ndx_status
subtract_forms(struct corrector *corrector, const struct ndx_raw_lists *raw, size_t i)
{
	const struct ndx_raw_form *form;
	enum ndx_status status = NDX_OK;

	ndx_buf_clear(&corrector->forms);
	ndx_raw_lists_forms(raw, i, &corrector->forms);
	if (ndx_buf_failed(&corrector->forms))
		return ndx_fail_nomem(corrector->err);
	form = (const struct ndx_raw_form *)(const void *)corrector->forms.data;
	for (size_t n = 0; status == NDX_OK && n < corrector->forms.size / sizeof(*form); n++) {
		char key[NDX_KEY_SIZE_MAX + 1] = { NDX_FIELD_FORM };

		if (form[n].cf == 0)
			continue;
		memcpy(key + 1, form[n].form.data, form[n].form.size);
		status = subtract_term(corrector, (struct ndx_str){ key, form[n].form.size + 1 },
		                       form[n].df, form[n].cf);
	}
	return status;
}

static bool
has_forms(struct ndx_str key)
{
	return key.data[0] == NDX_FIELD_ANY && !(key.data[1] >= 'A' && key.data[1] <= 'Z');
}

/* Take away what the inverter holds. */
static enum ndx_status
subtract(struct corrector *corrector)
{
	struct ndx_batch *batch;
	enum ndx_status status = ndx_inverter_finish(corrector->inverter, &batch, corrector->err);

	if (status != NDX_OK)
		return status;
	corrector->token_count += batch->segment.token_count;
	for (size_t i = 0; status == NDX_OK && i < ndx_raw_lists_count(&batch->raw); i++) {
		uint32_t df;
		uint64_t cf;
		struct ndx_str key = ndx_raw_lists_get(&batch->raw, i, &df, &cf);

		status = subtract_term(corrector, key, df, cf);
		if (status == NDX_OK && has_forms(key))
			status = subtract_forms(corrector, &batch->raw, i);
	}
	ndx_batch_free(batch);
	return status;
}

static enum ndx_status
collect(struct corrector *corrector, const uint8_t *dead)
{
	enum ndx_status status = NDX_OK;

	for (uint32_t docid = 0; status == NDX_OK && docid < corrector->segment->article_count;
	     docid++) {
		if (!was_dead(corrector->segment, docid) && !dead[docid])
			continue;
		ndx_buf_add(&corrector->docids, &docid, sizeof(docid));
		if (was_dead(corrector->segment, docid) && !corrector->afresh)
			continue;
		status = invert(corrector, docid);
		if (status == NDX_OK &&
		    ndx_inverter_text_size(corrector->inverter) >= BATCH_TEXT_SIZE)
			status = subtract(corrector);
	}
	if (status == NDX_OK && ndx_inverter_count(corrector->inverter) > 0)
		status = subtract(corrector);
	if (status == NDX_OK && ndx_buf_failed(&corrector->docids))
		status = ndx_fail_nomem(corrector->err);
	return status;
}

/* Were the present tombstones written by a program that kept nothing of forms?  Their keys are the
 * last of the dictionary. */
static enum ndx_status
find_afresh(struct corrector *corrector)
{
	const struct ndx_tombstones *present = corrector->segment->tombstones;
	const uint8_t key[] = { NDX_FIELD_FORM };
	struct ndx_termdict_cursor cursor;
	enum ndx_status status;

	if (present == NULL || present->correction_count == 0)
		return NDX_OK;
	status = ndx_termdict_seek_key(corrector->segment, key, sizeof(key), &cursor,
	                               corrector->err);
	corrector->afresh =
		status == NDX_OK && present->correction[present->correction_count - 1].ordinal <
					    ndx_termdict_ordinal(&cursor);
	return status;
}

/* What the segment's present tombstones take away already. */
static void
add_present(struct corrector *corrector)
{
	const struct ndx_tombstones *present =
		corrector->afresh ? NULL : corrector->segment->tombstones;

	for (uint32_t i = 0; present != NULL && i < present->correction_count; i++) {
		corrector->df[present->correction[i].ordinal] += present->correction[i].df;
		corrector->cf[present->correction[i].ordinal] += present->correction[i].cf;
	}
	corrector->token_count += present == NULL ? 0 : present->token_count;
}

static enum ndx_status
encode(struct corrector *corrector, struct ndx_buf *out)
{
	struct ndx_buf list;

	ndx_buf_init(&list, corrector->env->mem);
	for (uint32_t ordinal = 0; ordinal < corrector->segment->term_count; ordinal++) {
		struct ndx_correction correction;

		if (corrector->df[ordinal] == 0)
			continue;
		memset(&correction, 0, sizeof(correction));
		correction.ordinal = ordinal;
		correction.df = corrector->df[ordinal];
		correction.cf = corrector->cf[ordinal];
		ndx_buf_add(&list, &correction, sizeof(correction));
	}
	if (ndx_buf_failed(&list))
		out->failed = true;
	else
		ndx_tombstones_encode(corrector->segment->number,
		                      (const uint32_t *)(const void *)corrector->docids.data,
		                      (uint32_t)(corrector->docids.size / sizeof(uint32_t)),
		                      (const struct ndx_correction *)(const void *)list.data,
		                      (uint32_t)(list.size / sizeof(struct ndx_correction)),
		                      corrector->token_count, out);
	ndx_buf_free(&list);
	return ndx_buf_failed(out) ? ndx_fail_nomem(corrector->err) : NDX_OK;
}

enum ndx_status
ndx_corrections_encode(const struct ndx_env *env, const char *language,
                       const struct ndx_segment *segment, const uint8_t *dead, struct ndx_buf *out,
                       uint32_t *deleted_count_ret, uint64_t *token_count_ret, struct ndx_err *err)
{
	struct corrector corrector = { .env = env, .segment = segment, .err = err };
	enum ndx_status status;

	ndx_buf_init(&corrector.docids, env->mem);
	ndx_buf_init(&corrector.forms, env->mem);
	ndx_docstore_init(&corrector.stored, segment, NDX_PART_STORED);
	corrector.df = ndx_alloc_zero(env->mem, segment->term_count, sizeof(*corrector.df));
	corrector.cf = ndx_alloc_zero(env->mem, segment->term_count, sizeof(*corrector.cf));
	status = ndx_inverter_new(env, language, &corrector.inverter, err);
	if (status == NDX_OK && (corrector.df == NULL || corrector.cf == NULL))
		status = ndx_fail_nomem(err);
	if (status == NDX_OK)
		status = find_afresh(&corrector);
	if (status == NDX_OK) {
		add_present(&corrector);
		status = collect(&corrector, dead);
	}
	if (status == NDX_OK)
		status = encode(&corrector, out);
	if (status == NDX_OK) {
		*deleted_count_ret = (uint32_t)(corrector.docids.size / sizeof(uint32_t));
		*token_count_ret = corrector.token_count;
	}
	ndx_inverter_free(corrector.inverter);
	ndx_docstore_free(&corrector.stored);
	ndx_buf_free(&corrector.docids);
	ndx_buf_free(&corrector.forms);
	ndx_free(env->mem, corrector.df);
	ndx_free(env->mem, corrector.cf);
	return status;
}
