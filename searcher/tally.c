/*
 * tally.c - see tally.h
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/tally.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/column.h"
#include "common/date.h"
#include "searcher/matcher.h"

#define DAY 86400

/* Of so many values that are told, the least count is found without sorting all. */
#define HEAP_MAX 256

/* Facets that are columns with names. */
#define NAMED_COUNT 3
static const enum ndx_part named_part[NAMED_COUNT] = { NDX_PART_SOURCES, NDX_PART_SECTIONS,
	                                               NDX_PART_AUTHORS };

struct named {
	struct ndx_str name;
	uint64_t count;
};

struct day_count {
	int64_t day; /* since 1970-01-01 */
	uint64_t count;
};

struct ndx_tally {
	const struct ndx_index *index;
	struct ndx_arena *arena;
	unsigned facets;
	size_t value_max;
	enum ndx_bucket_unit unit;
	const struct ndx_zone *zone; /* of its days; NULL: UTC */

	/* Of the segment at hand. */
	const struct ndx_segment *segment; /* NULL: none yet */
	struct ndx_column column[NAMED_COUNT], dates;
	uint64_t *count[NAMED_COUNT]; /* by number of a name */
	ndx_docid day_end;            /* articles before it are not older than the last of 'days' */
	int64_t in_window[NDX_WINDOW_LEN]; /* values of a column */

	/* Of all so far. */
	struct ndx_buf named[NAMED_COUNT]; /* struct named */
	struct ndx_buf days;               /* struct day_count */

	struct ndx_facet_value *value[NDX_FACETS];
	size_t value_count[NDX_FACETS];
	struct ndx_bucket *bucket;
	size_t bucket_count;
};

static bool
wants(const struct ndx_tally *tally, enum ndx_facet facet)
{
	return (tally->facets & 1u << facet) != 0;
}

static bool
wants_days(const struct ndx_tally *tally)
{
	return wants(tally, NDX_FACET_YEAR) || tally->unit != NDX_UNIT_NONE;
}

enum ndx_status
ndx_tally_new(const struct ndx_index *index, struct ndx_arena *arena, unsigned facets,
              size_t value_max, enum ndx_bucket_unit unit, const struct ndx_zone *zone,
              struct ndx_tally **tally_ret, struct ndx_err *err)
{
	struct ndx_tally *tally = ndx_arena_alloc(arena, sizeof(*tally));

	if (tally == NULL)
		return ndx_fail_nomem(err);
	tally->index = index;
	tally->arena = arena;
	tally->facets = facets;
	tally->value_max = value_max == 0 ? NDX_FACET_VALUES : value_max;
	tally->unit = unit;
	tally->zone = zone;
	ndx_buf_init(&tally->days, index->env->mem);
	for (size_t i = 0; i < NAMED_COUNT; i++)
		ndx_buf_init(&tally->named[i], index->env->mem);
	*tally_ret = tally;
	return NDX_OK;
}

void
ndx_tally_free(struct ndx_tally *tally)
{
	if (tally == NULL)
		return;
	ndx_buf_free(&tally->days);
	for (size_t i = 0; i < NAMED_COUNT; i++) {
		ndx_buf_free(&tally->named[i]);
		ndx_free(tally->index->env->mem, tally->count[i]);
	}
}

/* Put a count in place of the least of a heap of 'size'. */
static void
replace_least(uint64_t *heap, size_t size, uint64_t count)
{
	size_t at = 0, child;

	while ((child = 2 * at + 1) < size) {
		child += child + 1 < size && heap[child + 1] < heap[child];
		if (heap[child] >= count)
			break;
		heap[at] = heap[child];
		at = child;
	}
	heap[at] = count;
}

/*
 * Names with a smaller count will not be told, so that most need not be looked at: the value_max-th
 * largest count, if the segment is the only one (one more, for the name may be empty); else 1.
 */
static uint64_t
least_told(const struct ndx_tally *tally, const uint64_t *count, uint32_t name_count)
{
	uint64_t heap[HEAP_MAX] = { 0 };

	if (tally->index->manifest.segment_count > 1 || tally->value_max >= HEAP_MAX)
		return 1;
	for (uint32_t n = 0; n < name_count; n++)
		if (count[n] > heap[0])
			replace_least(heap, tally->value_max + 1, count[n]);
	return heap[0] > 1 ? heap[0] : 1;
}

/* Take over what the segment at hand has. */
static enum ndx_status
leave_segment(struct ndx_tally *tally, struct ndx_err *err)
{
	enum ndx_status status = NDX_OK;

	for (unsigned f = 0; status == NDX_OK && tally->segment != NULL && f < NAMED_COUNT; f++) {
		const uint64_t least =
			tally->count[f] == NULL
				? 0
				: least_told(tally, tally->count[f], tally->column[f].name_count);

		for (uint32_t n = 0; tally->count[f] != NULL && n < tally->column[f].name_count;
		     n++) {
			struct named named = { .count = tally->count[f][n] };

			if (named.count < least)
				continue;
			status = ndx_column_name(&tally->column[f], n, &named.name, err);
			if (status == NDX_OK && named.name.size > 0)
				ndx_buf_add(&tally->named[f], &named, sizeof(named));
		}
		ndx_free(tally->index->env->mem, tally->count[f]);
		tally->count[f] = NULL;
		if (status == NDX_OK && ndx_buf_failed(&tally->named[f]))
			status = ndx_fail_nomem(err);
	}
	return status;
}

static enum ndx_status
enter_segment(struct ndx_tally *tally, const struct ndx_segment *segment, struct ndx_err *err)
{
	enum ndx_status status = leave_segment(tally, err);

	tally->segment = segment;
	tally->day_end = 0;
	for (unsigned f = 0; status == NDX_OK && f < NAMED_COUNT; f++) {
		if (!wants(tally, (enum ndx_facet)f))
			continue;
		status = ndx_column_open(segment, named_part[f], &tally->column[f], err);
		if (status != NDX_OK)
			break;
		tally->count[f] = ndx_alloc_zero(tally->index->env->mem,
		                                 (size_t)tally->column[f].name_count + 1,
		                                 sizeof(*tally->count[f]));
		if (tally->count[f] == NULL)
			status = ndx_fail_nomem(err);
	}
	if (status == NDX_OK && wants_days(tally))
		status = ndx_column_open(segment, NDX_PART_DATES, &tally->dates, err);
	return status;
}

static int64_t
day_of(int64_t seconds)
{
	return seconds >= 0 ? seconds / DAY : -((DAY - 1 - seconds) / DAY);
}

/*
 * The first article from 'docid' on that is older than 'seconds', of those before 'end', which are
 * dated.  Dates fall with docids, so steps are doubled, and the last one halved.
 */
static enum ndx_status
find_older(const struct ndx_column *dates, ndx_docid docid, uint64_t end, int64_t seconds,
           ndx_docid *older_ret, struct ndx_err *err)
{
	uint64_t low = docid, high = docid, step = 1;
	enum ndx_status status = NDX_OK;
	int64_t date;

	for (; status == NDX_OK && high < end; step *= 2) {
		status = ndx_column_get(dates, (ndx_docid)high, &date, err);
		if (status == NDX_OK && date < seconds)
			break;
		low = high;
		high += step;
	}
	high = high < end ? high : end;
	while (status == NDX_OK && high - low > 1) {
		const uint64_t middle = low + (high - low) / 2;

		status = ndx_column_get(dates, (ndx_docid)middle, &date, err);
		if (date < seconds)
			high = middle;
		else
			low = middle;
	}
	*older_ret = (ndx_docid)high;
	return status;
}

/* The day of an article older than all before: an entry of its own. */
static enum ndx_status
begin_day(struct ndx_tally *tally, ndx_docid docid, struct ndx_err *err)
{
	struct day_count fresh = { 0, 0 };
	int64_t date;
	enum ndx_status status = ndx_column_get(&tally->dates, docid, &date, err);

	if (status != NDX_OK)
		return status;
	fresh.day = day_of(
		date + (tally->zone == NULL ? 0 : tally->zone->offset_s(tally->zone->ctx, date)));
	ndx_buf_add(&tally->days, &fresh, sizeof(fresh));
	if (ndx_buf_failed(&tally->days))
		return ndx_fail_nomem(err);
	return find_older(&tally->dates, docid, tally->segment->dated_count,
	                  ndx_zone_to_utc(tally->zone, fresh.day * DAY), &tally->day_end, err);
}

/* The bits of a word whose articles are before 'end'. */
static uint64_t
bits_before(ndx_docid first, ndx_docid end)
{
	return end - first >= 64 ? UINT64_MAX : ((uint64_t)1 << (end - first)) - 1;
}

static enum ndx_status
count_days(struct ndx_tally *tally, const struct ndx_window *window, struct ndx_err *err)
{
	const ndx_docid dated = tally->segment->dated_count;

	for (size_t w = 0; w < NDX_WINDOW_WORDS; w++) {
		const ndx_docid first = window->base + (ndx_docid)(64 * w);
		uint64_t word = window->bits[w], of_day;

		for (; word != 0; word &= ~of_day) {
			const ndx_docid docid = first + (ndx_docid)__builtin_ctzll(word);

			if (docid >= dated)
				return NDX_OK;
			if (docid >= tally->day_end) {
				const enum ndx_status status = begin_day(tally, docid, err);

				if (status != NDX_OK)
					return status;
			}
			of_day =
				bits_before(first, tally->day_end < dated ? tally->day_end : dated);
			((struct day_count *)(void *)(tally->days.data + tally->days.size))[-1]
				.count += (uint64_t)__builtin_popcountll(word & of_day);
		}
	}
	return NDX_OK;
}

/* A number that a column may not have is not counted: where it stands is told by ndx check. */
static void
count_name(const struct ndx_tally *tally, unsigned facet, int64_t name)
{
	if (name >= 0 && name < tally->column[facet].name_count)
		tally->count[facet][name]++;
}

/* One by one, or, if there are many, all of the window at once. */
static enum ndx_status
count_names(struct ndx_tally *tally, unsigned facet, const struct ndx_window *window,
            size_t matches, struct ndx_err *err)
{
	const uint32_t rest = tally->segment->article_count - window->base;
	const bool all = matches > NDX_WINDOW_LEN / 16;
	enum ndx_status status = NDX_OK;

	if (all)
		status = ndx_column_read(&tally->column[facet], window->base,
		                         rest < NDX_WINDOW_LEN ? rest : NDX_WINDOW_LEN,
		                         tally->in_window, err);
	for (size_t w = 0; status == NDX_OK && w < NDX_WINDOW_WORDS; w++) {
		for (uint64_t word = window->bits[w]; status == NDX_OK && word != 0;
		     word &= word - 1) {
			const size_t at = 64 * w + (size_t)__builtin_ctzll(word);
			int64_t name = tally->in_window[at];

			if (!all)
				status = ndx_column_get(&tally->column[facet],
				                        window->base + (ndx_docid)at, &name, err);
			if (status == NDX_OK)
				count_name(tally, facet, name);
		}
	}
	return status;
}

static enum ndx_status
take_window(void *ctx, const struct ndx_segment *segment, const struct ndx_window *window,
            struct ndx_err *err)
{
	struct ndx_tally *tally = ctx;
	enum ndx_status status =
		segment == tally->segment ? NDX_OK : enter_segment(tally, segment, err);
	size_t matches = 0;

	for (size_t w = 0; w < NDX_WINDOW_WORDS; w++)
		matches += (size_t)__builtin_popcountll(window->bits[w]);
	for (unsigned f = 0; status == NDX_OK && f < NAMED_COUNT; f++)
		if (tally->count[f] != NULL)
			status = count_names(tally, f, window, matches, err);
	return status == NDX_OK && wants_days(tally) ? count_days(tally, window, err) : status;
}

struct ndx_match_sink
ndx_tally_sink(struct ndx_tally *tally)
{
	return (struct ndx_match_sink){ take_window, tally };
}

static int
compare_names(const void *a, const void *b)
{
	return ndx_str_compare(((const struct named *)a)->name, ((const struct named *)b)->name);
}

static int
compare_counts(const void *a, const void *b)
{
	const struct named *x = a, *y = b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return compare_names(a, b);
}

static enum ndx_status
give_values(struct ndx_tally *tally, enum ndx_facet facet, const struct named *named, size_t count,
            struct ndx_err *err)
{
	const size_t told = count < tally->value_max ? count : tally->value_max;
	struct ndx_facet_value *value = ndx_arena_alloc(tally->arena, told * sizeof(*value));

	if (value == NULL)
		return ndx_fail_nomem(err);
	for (size_t i = 0; i < told; i++) {
		value[i].value =
			ndx_arena_copy(tally->arena, named[i].name.data, named[i].name.size);
		value[i].count = named[i].count;
		if (value[i].value == NULL)
			return ndx_fail_nomem(err);
	}
	tally->value[facet] = value;
	tally->value_count[facet] = told;
	return NDX_OK;
}

/* The names of all segments, each once, the most frequent first. */
static enum ndx_status
finish_names(struct ndx_tally *tally, enum ndx_facet facet, struct ndx_err *err)
{
	struct named *named = (struct named *)(void *)tally->named[facet].data;
	size_t count = tally->named[facet].size / sizeof(*named), kept = 0;

	if (count > 0)
		qsort(named, count, sizeof(*named), compare_names);
	for (size_t i = 0; i < count; i++) {
		if (kept > 0 && ndx_str_equal(named[kept - 1].name, named[i].name))
			named[kept - 1].count += named[i].count;
		else
			named[kept++] = named[i];
	}
	if (kept > 0)
		qsort(named, kept, sizeof(*named), compare_counts);
	return give_values(tally, facet, named, kept, err);
}

static int
compare_days(const void *a, const void *b)
{
	const struct day_count *x = a, *y = b;

	return (x->day > y->day) - (x->day < y->day);
}

/* Years, the latest first. */
static enum ndx_status
finish_years(struct ndx_tally *tally, struct ndx_err *err)
{
	const struct day_count *days = (const struct day_count *)(const void *)tally->days.data;
	const size_t count = tally->days.size / sizeof(*days);
	struct ndx_facet_value *value = NULL;
	int last = 0;
	size_t told = 0;

	value = ndx_arena_alloc(tally->arena, (count == 0 ? 1 : count) * sizeof(*value));
	if (value == NULL)
		return ndx_fail_nomem(err);
	for (size_t i = count; i-- > 0;) {
		unsigned month, day;
		char text[16];
		int year;

		ndx_civil_from_days(days[i].day, &year, &month, &day);
		if (told == 0 || year != last) {
			snprintf(text, sizeof(text), "%04d", year);
			value[told].value = ndx_arena_copy(tally->arena, text, strlen(text));
			if (value[told++].value == NULL)
				return ndx_fail_nomem(err);
			last = year;
		}
		value[told - 1].count += days[i].count;
	}
	tally->value[NDX_FACET_YEAR] = value;
	tally->value_count[NDX_FACET_YEAR] = told;
	return NDX_OK;
}

/* The first day of the bucket that the day is in. */
static int64_t
bucket_begin(enum ndx_bucket_unit unit, int64_t day)
{
	unsigned month, of_month;
	int year;

	if (unit == NDX_UNIT_DAY)
		return day;
	if (unit == NDX_UNIT_WEEK) /* from Monday on; 1970-01-01 was a Thursday */
		return day - (((day + 3) % 7) + 7) % 7;
	ndx_civil_from_days(day, &year, &month, &of_month);
	return ndx_days_from_civil(year, unit == NDX_UNIT_YEAR ? 1 : month, 1);
}

static int64_t
bucket_next(enum ndx_bucket_unit unit, int64_t begin)
{
	return bucket_begin(unit, begin + (unit == NDX_UNIT_DAY     ? 1
	                                   : unit == NDX_UNIT_WEEK  ? 7
	                                   : unit == NDX_UNIT_MONTH ? 31
	                                                            : 366));
}

/* The unit in which so many days are a picture. */
static enum ndx_bucket_unit
choose_unit(int64_t days)
{
	return days <= 45     ? NDX_UNIT_DAY
	       : days <= 400  ? NDX_UNIT_WEEK
	       : days <= 3700 ? NDX_UNIT_MONTH
	                      : NDX_UNIT_YEAR;
}

/* Add to each bucket how many live articles the segment has in it; from the last one, whose end is
 * 'end', to the first. */
static enum ndx_status
add_volume(struct ndx_tally *tally, const struct ndx_segment *segment, int64_t end,
           struct ndx_err *err)
{
	struct ndx_column dates;
	ndx_docid docid = 0;
	uint32_t dead = 0;
	uint64_t later = 0;
	enum ndx_status status = ndx_column_open(segment, NDX_PART_DATES, &dates, err);

	for (size_t i = tally->bucket_count + 1; status == NDX_OK && i-- > 0;) {
		const int64_t from = i == tally->bucket_count
		                             ? end
		                             : ndx_zone_to_utc(tally->zone, tally->bucket[i].from);

		status = find_older(&dates, docid, segment->dated_count, from, &docid, err);
		if (segment->tombstones != NULL)
			dead = ndx_tombstones_find(segment->tombstones, docid, dead);
		if (i < tally->bucket_count)
			tally->bucket[i].of += docid - dead - later;
		later = docid - dead;
	}
	return status;
}

static enum ndx_status
count_volume(struct ndx_tally *tally, int64_t end, struct ndx_err *err)
{
	enum ndx_status status = NDX_OK;

	for (size_t i = 0; status == NDX_OK && i < tally->index->manifest.segment_count; i++)
		status = add_volume(tally, &tally->index->segment[i], end, err);
	return status;
}

static enum ndx_status
finish_timeline(struct ndx_tally *tally, struct ndx_err *err)
{
	const struct day_count *days = (const struct day_count *)(const void *)tally->days.data;
	const size_t count = tally->days.size / sizeof(*days);
	int64_t begin, end;
	size_t buckets = 0, at = 0;

	if (count == 0) {
		tally->unit = tally->unit == NDX_UNIT_AUTO ? NDX_UNIT_DAY : tally->unit;
		return NDX_OK;
	}
	if (tally->unit == NDX_UNIT_AUTO)
		tally->unit = choose_unit(days[count - 1].day - days[0].day + 1);
	begin = bucket_begin(tally->unit, days[0].day);
	for (end = begin; end <= days[count - 1].day; end = bucket_next(tally->unit, end))
		if (++buckets > NDX_BUCKETS_MAX)
			return ndx_fail(err, NDX_E_INPUT,
			                "a timeline of more than %d units: choose longer ones",
			                NDX_BUCKETS_MAX);
	tally->bucket = ndx_arena_alloc(tally->arena, buckets * sizeof(*tally->bucket));
	if (tally->bucket == NULL)
		return ndx_fail_nomem(err);
	for (int64_t from = begin; from < end; from = bucket_next(tally->unit, from)) {
		struct ndx_bucket *bucket = &tally->bucket[tally->bucket_count++];

		bucket->from = from * DAY;
		for (; at < count && days[at].day < bucket_next(tally->unit, from); at++)
			bucket->count += days[at].count;
	}
	return count_volume(tally, ndx_zone_to_utc(tally->zone, end * DAY), err);
}

enum ndx_status
ndx_tally_finish(struct ndx_tally *tally, struct ndx_err *err)
{
	enum ndx_status status = leave_segment(tally, err);

	tally->segment = NULL;
	for (unsigned f = 0; status == NDX_OK && f < NAMED_COUNT; f++)
		if (wants(tally, (enum ndx_facet)f))
			status = finish_names(tally, (enum ndx_facet)f, err);
	if (tally->days.size > 0)
		qsort(tally->days.data, tally->days.size / sizeof(struct day_count),
		      sizeof(struct day_count), compare_days);
	if (status == NDX_OK && wants(tally, NDX_FACET_YEAR))
		status = finish_years(tally, err);
	if (status == NDX_OK && tally->unit != NDX_UNIT_NONE)
		status = finish_timeline(tally, err);
	return status;
}

const struct ndx_facet_value *
ndx_tally_facet(const struct ndx_tally *tally, enum ndx_facet facet, size_t *count_ret)
{
	*count_ret = tally->value_count[facet];
	return tally->value[facet];
}

const struct ndx_bucket *
ndx_tally_timeline(const struct ndx_tally *tally, enum ndx_bucket_unit *unit_ret, size_t *count_ret)
{
	*unit_ret = tally->unit;
	*count_ret = tally->bucket_count;
	return tally->bucket;
}
