/*
 * unit.c - see unit.h
 *
 * SPDX-License-Identifier: MIT
 */
#include "indexer/unit.h"

#include <stdio.h>
#include <string.h>

/* An emptied unit keeps buffers up to this size: one article of 64 MB is no reason to hold on to
 * them. */
#define KEPT_SIZE_MAX (2 * NDX_UNIT_SIZE_DEFAULT)

void
ndx_unit_init(struct ndx_unit *unit, const struct ndx_env *env)
{
	*unit = (struct ndx_unit){ .env = env };
	ndx_buf_init(&unit->data, env->mem);
	ndx_buf_init(&unit->said, env->mem);
	ndx_buf_init(&unit->text, env->mem);
}

void
ndx_unit_free(struct ndx_unit *unit)
{
	ndx_buf_free(&unit->data);
	ndx_buf_free(&unit->said);
	ndx_buf_free(&unit->text);
	ndx_batch_free(unit->batch);
	ndx_free(unit->env->mem, unit->part);
	ndx_free(unit->env->mem, unit->event);
	ndx_unit_init(unit, unit->env);
}

static void
empty(struct ndx_buf *buf)
{
	if (buf->size_max > KEPT_SIZE_MAX)
		ndx_buf_free(buf);
	ndx_buf_clear(buf);
}

void
ndx_unit_clear(struct ndx_unit *unit)
{
	empty(&unit->data);
	empty(&unit->said);
	empty(&unit->text);
	ndx_batch_free(unit->batch);
	unit->batch = NULL;
	unit->part_count = unit->file_count = unit->event_count = 0;
	unit->input_size = 0;
	unit->done = false;
	unit->status = NDX_OK;
}

static enum ndx_status
add_part(struct ndx_unit *unit, const struct ndx_unit_part *part, struct ndx_err *err)
{
	if (!ndx_grow(unit->env->mem, &unit->part, &unit->part_count_max, unit->part_count + 1,
	              sizeof(*part)))
		return ndx_fail_nomem(err);
	if (unit->part_count == 0 || unit->part[unit->part_count - 1].file != part->file)
		unit->file_count++;
	unit->part[unit->part_count++] = *part;
	return NDX_OK;
}

enum ndx_status
ndx_unit_add_chunk(struct ndx_unit *unit, const struct ndx_pipeline_file *file,
                   const struct ndx_format *format, const struct ndx_chunk *chunk,
                   struct ndx_buf *data, struct ndx_err *err)
{
	const struct ndx_unit_part part = { .file = file,
		                            .format = format,
		                            .off = unit->data.size,
		                            .size = chunk->size,
		                            .chunk_off = chunk->off,
		                            .record_first = chunk->record_first };
	struct ndx_buf emptied = unit->data;

	unit->input_size += chunk->size;
	if (unit->data.size == 0) { /* the usual case for large files: nothing is copied */
		unit->data = *data;
		*data = emptied;
	} else {
		ndx_buf_add(&unit->data, data->data, chunk->size);
		empty(data);
	}
	if (ndx_buf_failed(&unit->data))
		return ndx_fail_nomem(err);
	return add_part(unit, &part, err);
}

enum ndx_status
ndx_unit_say(struct ndx_unit *unit, const struct ndx_pipeline_file *file,
             enum ndx_pipeline_kind kind, const char *reason, struct ndx_err *err)
{
	const struct ndx_unit_part part = {
		.file = file, .kind = kind, .off = unit->said.size, .size = strlen(reason)
	};

	ndx_buf_add(&unit->said, reason, part.size);
	if (ndx_buf_failed(&unit->said))
		return ndx_fail_nomem(err);
	return add_part(unit, &part, err);
}

/* The sink's context while a unit is worked on. */
struct work {
	struct ndx_unit *unit;
	struct ndx_inverter *inverter;
	const struct ndx_unit_part *part;
};

/* Append an event whose 'text' is in[size]. */
static enum ndx_status
log_event(struct work *work, enum ndx_pipeline_kind kind, const char *in, size_t size,
          struct ndx_err *err)
{
	struct ndx_unit *unit = work->unit;
	const struct ndx_unit_event event = { .kind = kind,
		                              .file = work->part->file,
		                              .text_off = unit->text.size,
		                              .text_size = size };

	ndx_buf_add(&unit->text, in, size);
	ndx_buf_add_u8(&unit->text, '\0');
	if (ndx_buf_failed(&unit->text) ||
	    !ndx_grow(unit->env->mem, &unit->event, &unit->event_count_max, unit->event_count + 1,
	              sizeof(event)))
		return ndx_fail_nomem(err);
	unit->event[unit->event_count++] = event;
	return NDX_OK;
}

/* Whether 'id' is what the path of a file gives as an id: bytes not allowed there are %XX in it. */
static bool
is_id_of_path(struct ndx_str id, const char *path)
{
	char escaped[4];
	size_t i = 0;

	for (; *path != '\0'; path++) {
		if (i < id.size && id.data[i] == *path) {
			i++;
			continue;
		}
		snprintf(escaped, sizeof(escaped), "%%%02X", (unsigned char)*path);
		if (id.size - i < 3 || memcmp(id.data + i, escaped, 3) != 0)
			return false;
		i += 3;
	}
	return i == id.size;
}

static enum ndx_status
describe(struct work *work, const struct ndx_article *article, struct ndx_err *err)
{
	struct ndx_buf *text = &work->unit->text;
	struct ndx_unit_event *event = &work->unit->event[work->unit->event_count - 1];
	char date[NDX_DATE_SIZE] = "-";

	if (article->has_date)
		ndx_date_format(article->date, date);
	event->about_off = text->size;
	ndx_buf_printf(text, "%s\t%s\t", work->part->format->name, date);
	ndx_buf_add(text, article->id.data, article->id.size);
	ndx_buf_add_u8(text, '\t');
	ndx_buf_add(text, article->title.data, article->title.size);
	event->about_size = text->size - event->about_off;
	return ndx_buf_failed(text) ? ndx_fail_nomem(err) : NDX_OK;
}

static enum ndx_status
take_article(void *ctx, const struct ndx_article *article, uint64_t record, struct ndx_err *err)
{
	struct work *work = ctx;
	const struct ndx_pipeline_file *file = work->part->file;
	enum ndx_status status;
	char reason[240];
	int size;

	(void)record;
	if (file->twin != NULL && work->part->format->unit == NULL &&
	    is_id_of_path(article->id, file->id)) {
		size = snprintf(reason, sizeof(reason), "'%.*s' is the id of '%s' already",
		                article->id.size < 80 ? (int)article->id.size : 80,
		                article->id.data, file->twin);
		return log_event(work, NDX_PIPELINE_TWIN, reason,
		                 (size_t)size < sizeof(reason) ? (size_t)size : sizeof(reason) - 1,
		                 err);
	}
	if (work->inverter != NULL) {
		struct ndx_err why = { 0 };

		status = ndx_inverter_add(work->inverter, article, &why);
		if (status == NDX_E_LIMIT)
			return log_event(work, NDX_PIPELINE_REJECT, why.msg, strlen(why.msg), err);
		if (status != NDX_OK)
			return ndx_fail(err, status, "%s", why.msg);
	}
	status = log_event(work, NDX_PIPELINE_ARTICLE, article->id.data, article->id.size, err);
	if (status != NDX_OK)
		return status;
	work->unit->event[work->unit->event_count - 1].article_size =
		article->text.size + (article->title_is_made ? 0 : article->title.size);
	return work->inverter == NULL ? describe(work, article, err) : NDX_OK;
}

static enum ndx_status
take_reject(void *ctx, const struct ndx_chunk *chunk, const char *reason, struct ndx_err *err)
{
	(void)chunk;
	return log_event(ctx, NDX_PIPELINE_REJECT, reason, strlen(reason), err);
}

static enum ndx_status
work_part(struct work *work, size_t article_size_max, struct ndx_err *err)
{
	const struct ndx_unit_part *part = work->part;
	const struct ndx_sink sink = { take_article, take_reject, work };
	const struct ndx_chunk chunk = { .path = part->file->path,
		                         .id = part->file->id,
		                         .data = work->unit->data.data + part->off,
		                         .size = part->size,
		                         .off = part->chunk_off,
		                         .record_first = part->record_first,
		                         .article_size_max = article_size_max };

	if (part->format == NULL)
		return log_event(work, part->kind, (const char *)work->unit->said.data + part->off,
		                 part->size, err);
	return part->format->read(work->unit->env, &chunk, &sink, err);
}

void
ndx_unit_work(struct ndx_unit *unit, struct ndx_inverter *inverter, size_t article_size_max)
{
	struct work work = { .unit = unit, .inverter = inverter };
	enum ndx_status status = NDX_OK;

	for (size_t i = 0; i < unit->part_count && status == NDX_OK; i++) {
		work.part = &unit->part[i];
		status = work_part(&work, article_size_max, &unit->err);
	}
	empty(&unit->data); /* not needed any more, and the unit may have to wait for its turn */
	if (status == NDX_OK && inverter != NULL && ndx_inverter_count(inverter) > 0)
		status = ndx_inverter_finish(inverter, &unit->batch, &unit->err);
	unit->status = status;
}

enum ndx_status
ndx_unit_hand_over(struct ndx_unit *unit, const struct ndx_pipeline_handler *handler,
                   struct ndx_err *err)
{
	const char *text = (const char *)unit->text.data;
	struct ndx_batch *batch = unit->batch;
	enum ndx_status status = unit->status;

	if (status != NDX_OK)
		return ndx_fail(err, status, "%s", unit->err.msg);
	unit->batch = NULL;
	if (batch != NULL)
		status = handler->batch(handler->ctx, batch, err);
	for (size_t i = 0; i < unit->event_count && status == NDX_OK; i++) {
		const struct ndx_unit_event *from = &unit->event[i];
		const struct ndx_pipeline_event event = {
			.kind = from->kind,
			.file = from->file,
			.text = { text + from->text_off, from->text_size },
			.about = { text + from->about_off, from->about_size },
			.article_size = from->article_size,
		};

		status = handler->event(handler->ctx, &event, err);
	}
	if (status == NDX_OK)
		status = handler->unit_end(handler->ctx, unit->input_size, err);
	ndx_unit_clear(unit);
	return status;
}
