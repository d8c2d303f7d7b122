/*
 * list_part.c - see list_part.h
 *
 *   put <= taken <= put + slots
 *
 * Ranges put..taken are being made or wait to be put; range r is in slot[r % slots].
 *
 * SPDX-License-Identifier: MIT
 */
#include "indexer/list_part.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>

#include "common/forward.h"
#include "indexer/forms_write.h"
#include "indexer/pairs_write.h"
#include "indexer/postings_write.h"

/* What 'entries' has of a term; the key follows, then inline postings and the table of forms. */
struct entry {
	struct ndx_term_lists lists;
	size_t key_size;
};

/* A word of a headline. */
struct place {
	ndx_docid docid;
	uint32_t position, form;
};

void
ndx_list_part_init(struct ndx_list_part *part, const struct ndx_mem *mem)
{
	*part = (struct ndx_list_part){ .gone = 0 };
	ndx_buf_init(&part->bytes, mem);
	ndx_buf_init(&part->entries, mem);
	ndx_buf_init(&part->places, mem);
}

void
ndx_list_part_free(struct ndx_list_part *part)
{
	ndx_buf_free(&part->bytes);
	ndx_buf_free(&part->entries);
	ndx_buf_free(&part->places);
}

enum ndx_status
ndx_list_part_add_bytes(struct ndx_list_part *part, struct ndx_buf *bytes, struct ndx_err *err)
{
	if (ndx_buf_failed(bytes))
		return ndx_fail_nomem(err);
	ndx_buf_add(&part->bytes, bytes->data, bytes->size);
	ndx_buf_clear(bytes);
	if (ndx_buf_failed(&part->bytes))
		return ndx_fail_nomem(err);
	return part->spill != NULL ? part->spill(part, err) : NDX_OK;
}

enum ndx_status
ndx_list_part_add(struct ndx_list_part *part, const void *key, size_t key_size,
                  const struct ndx_term_lists *lists, struct ndx_err *err)
{
	struct entry entry;

	memset(&entry, 0, sizeof(entry));
	entry.lists = *lists;
	entry.key_size = key_size;
	ndx_buf_add(&part->entries, &entry, sizeof(entry));
	ndx_buf_add(&part->entries, key, key_size);
	if (lists->inline_size > 0)
		ndx_buf_add(&part->entries, lists->inline_data, lists->inline_size);
	if (lists->forms_size > 0)
		ndx_buf_add(&part->entries, lists->forms, lists->forms_size);
	if (ndx_buf_failed(&part->entries))
		return ndx_fail_nomem(err);
	return part->spill != NULL ? part->spill(part, err) : NDX_OK;
}

void
ndx_list_part_note(struct ndx_list_part *part, ndx_docid docid, const uint32_t *position,
                   const uint32_t *form, size_t count)
{
	struct place *place =
		(struct place *)(void *)ndx_buf_reserve(&part->places, count * sizeof(*place));

	if (place == NULL)
		return;
	for (size_t i = 0; i < count; i++)
		place[i] = (struct place){ docid, position[i], form == NULL ? 0 : form[i] };
	part->places.size += count * sizeof(*place);
}

/* Tell the forward index where the next term stands in headlines, from byte *at of the places on,
 * which moves behind them. */
static enum ndx_status
put_places(const struct ndx_list_part *part, size_t *at, const struct ndx_term_lists *lists,
           struct ndx_forward_maker *forward, struct ndx_err *err)
{
	const struct place *place = (const struct place *)(const void *)(part->places.data + *at);

	*at += lists->title_cf * sizeof(*place);
	if (!ndx_forward_maker_next(forward, lists->form_count == 0 ? 1 : lists->form_count))
		return ndx_fail_nomem(err);
	for (uint64_t i = 0; i < lists->title_cf; i++)
		if (!ndx_forward_maker_add(forward, place[i].docid, place[i].position,
		                           place[i].form))
			return ndx_fail_nomem(err);
	return NDX_OK;
}

/* Those that were put, which the first 'size' bytes are. */
static void
remove_places(struct ndx_list_part *part, size_t size)
{
	if (size == 0)
		return;
	part->places.size -= size;
	memmove(part->places.data, part->places.data + size, part->places.size);
}

/* The bytes alone. */
static enum ndx_status
put_bytes(struct ndx_list_part *part, struct ndx_list_target *target, struct ndx_err *err)
{
	if (part->gone == 0)
		part->base = target->segment->off;
	part->gone += part->bytes.size;
	return ndx_segment_writer_put_buf(target->segment, &part->bytes, err);
}

/* The entries, whose lists have been put. */
static enum ndx_status
put_entries(struct ndx_list_part *part, struct ndx_list_target *target, struct ndx_err *err)
{
	const uint8_t *in = part->entries.data;
	size_t left = part->entries.size, places = 0;
	enum ndx_status status = NDX_OK;

	while (status == NDX_OK && left > 0) {
		struct entry entry;
		const uint8_t *key = in + sizeof(entry);
		size_t size;

		memcpy(&entry, in, sizeof(entry));
		size = sizeof(entry) + entry.key_size + entry.lists.inline_size +
		       entry.lists.forms_size;
		entry.lists.off += part->base;
		entry.lists.inline_data = key + entry.key_size;
		entry.lists.forms = entry.lists.inline_data + entry.lists.inline_size;
		target->positions_bytes += entry.lists.positions_size - entry.lists.numbers_size;
		target->forms_bytes += entry.lists.numbers_size;
		if (target->pairs != NULL &&
		    !ndx_pairs_note(target->pairs, key, entry.key_size, entry.lists.df))
			return ndx_fail_nomem(err);
		if (target->forms != NULL &&
		    !ndx_forms_note(target->forms, key, entry.key_size, &entry.lists))
			return ndx_fail_nomem(err);
		if (entry.lists.title_cf > 0)
			status = put_places(part, &places, &entry.lists, target->forward, err);
		if (status == NDX_OK)
			status = ndx_termdict_writer_add(target->dict, key, entry.key_size,
			                                 &entry.lists, err);
		in += size;
		left -= size;
	}
	ndx_buf_clear(&part->entries);
	remove_places(part, places);
	return status;
}

enum ndx_status
ndx_list_part_put(struct ndx_list_part *part, struct ndx_list_target *target, struct ndx_err *err)
{
	enum ndx_status status = put_bytes(part, target, err);

	if (status == NDX_OK)
		status = put_entries(part, target, err);
	part->gone = 0;
	return status;
}

struct slot {
	struct ndx_list_part part;
	enum ndx_status status;
	struct ndx_err err;
	bool done;
};

struct run {
	const struct ndx_list_maker *maker;
	struct ndx_list_target *target;
	struct slot *slot;
	size_t slot_count;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	size_t taken, put; /* under the lock, as slot->done and: */
	bool quit;
};

/* The calling thread waits for this range then, so nobody else puts anything. */
static enum ndx_status
spill(struct ndx_list_part *part, struct ndx_err *err)
{
	struct run *run = part->spill_ctx;
	enum ndx_status status;
	bool quit;

	if (part->bytes.size + part->entries.size + part->places.size < run->target->part_size)
		return NDX_OK;
	pthread_mutex_lock(&run->lock);
	while (!run->quit && run->put != part->range)
		pthread_cond_wait(&run->changed, &run->lock);
	quit = run->quit;
	pthread_mutex_unlock(&run->lock);
	/* that the run ends is said elsewhere */
	if (quit)
		return NDX_E_IO;
	status = put_bytes(part, run->target, err);
	return status == NDX_OK ? put_entries(part, run->target, err) : status;
}

static void
make(struct run *run, struct ndx_postings_writer *writer, size_t range, struct slot *slot)
{
	slot->part.range = range;
	slot->part.spill = spill;
	slot->part.spill_ctx = run;
	writer->part = &slot->part;
	slot->status = run->maker->make(run->maker->ctx, range, writer, &slot->err);
}

static void *
work(void *arg)
{
	struct run *run = arg;
	struct ndx_postings_writer writer;

	ndx_postings_writer_init(&writer, run->target->mem, run->target->norm,
	                         run->target->length_average);
	pthread_mutex_lock(&run->lock);
	for (;;) {
		struct slot *slot;
		size_t range;

		while (!run->quit && run->taken < run->maker->range_count &&
		       run->taken == run->put + run->slot_count)
			pthread_cond_wait(&run->changed, &run->lock);
		if (run->quit || run->taken == run->maker->range_count)
			break;
		range = run->taken++;
		slot = &run->slot[range % run->slot_count];
		pthread_mutex_unlock(&run->lock);
		make(run, &writer, range, slot);
		pthread_mutex_lock(&run->lock);
		slot->done = true;
		pthread_cond_broadcast(&run->changed);
	}
	pthread_mutex_unlock(&run->lock);
	ndx_postings_writer_free(&writer);
	return NULL;
}

/* Put one range after the other as they get done. */
static enum ndx_status
put_all(struct run *run, struct ndx_err *err)
{
	enum ndx_status status = NDX_OK;

	for (size_t range = 0; status == NDX_OK && range < run->maker->range_count; range++) {
		struct slot *slot = &run->slot[range % run->slot_count];

		pthread_mutex_lock(&run->lock);
		while (!slot->done)
			pthread_cond_wait(&run->changed, &run->lock);
		pthread_mutex_unlock(&run->lock);
		status = slot->status;
		if (status != NDX_OK && err != NULL)
			*err = slot->err;
		if (status == NDX_OK)
			status = ndx_list_part_put(&slot->part, run->target, err);
		pthread_mutex_lock(&run->lock);
		slot->done = false;
		run->put++;
		run->quit = status != NDX_OK;
		pthread_cond_broadcast(&run->changed);
		pthread_mutex_unlock(&run->lock);
	}
	return status;
}

/* On the calling thread alone. */
static enum ndx_status
write_here(struct run *run, struct ndx_err *err)
{
	struct slot *slot = &run->slot[0];
	struct ndx_postings_writer writer;
	enum ndx_status status = NDX_OK;

	ndx_postings_writer_init(&writer, run->target->mem, run->target->norm,
	                         run->target->length_average);
	for (size_t range = 0; status == NDX_OK && range < run->maker->range_count; range++) {
		make(run, &writer, range, slot);
		status = slot->status;
		if (status != NDX_OK && err != NULL)
			*err = slot->err;
		if (status == NDX_OK)
			status = ndx_list_part_put(&slot->part, run->target, err);
		run->put++;
	}
	ndx_postings_writer_free(&writer);
	return status;
}

/* Signals are for the calling thread. */
static size_t
start_threads(struct run *run, pthread_t *thread, size_t count)
{
	sigset_t all, before;
	size_t started = 0;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	while (started < count && pthread_create(&thread[started], NULL, work, run) == 0)
		started++;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return started;
}

static enum ndx_status
write_side_by_side(struct run *run, struct ndx_err *err)
{
	const struct ndx_mem *mem = run->target->mem;
	pthread_t *thread = ndx_alloc(mem, run->target->jobs * sizeof(*thread));
	size_t started;
	enum ndx_status status;

	if (thread == NULL)
		return ndx_fail_nomem(err);
	started = start_threads(run, thread, run->target->jobs);
	status = started > 0 ? put_all(run, err) : write_here(run, err);
	for (size_t i = 0; i < started; i++)
		pthread_join(thread[i], NULL);
	ndx_free(mem, thread);
	return status;
}

enum ndx_status
ndx_list_parts_write(const struct ndx_list_maker *maker, struct ndx_list_target *target,
                     struct ndx_err *err)
{
	const bool alone = target->jobs <= 1 || maker->range_count <= 1;
	struct run run = { .maker = maker,
		           .target = target,
		           .slot_count = alone ? 1 : (size_t)target->jobs + 2 };
	enum ndx_status status;

	run.slot = ndx_alloc_zero(target->mem, run.slot_count, sizeof(*run.slot));
	if (run.slot == NULL)
		return ndx_fail_nomem(err);
	for (size_t i = 0; i < run.slot_count; i++)
		ndx_list_part_init(&run.slot[i].part, target->mem);
	pthread_mutex_init(&run.lock, NULL);
	pthread_cond_init(&run.changed, NULL);
	status = alone ? write_here(&run, err) : write_side_by_side(&run, err);
	pthread_cond_destroy(&run.changed);
	pthread_mutex_destroy(&run.lock);
	for (size_t i = 0; i < run.slot_count; i++)
		ndx_list_part_free(&run.slot[i].part);
	ndx_free(target->mem, run.slot);
	return status;
}
