/*
 * print_tally.c - see print_tally.h
 *
 *   source
 *     Andes Wire                     41  ████████████████████
 *     Harbour Post                   12  █████▊
 *
 *   month        matches   of all
 *   2004-03            7      120   5.8 %  ███▍
 *   2004-04            0        0       -
 *
 * SPDX-License-Identifier: MIT
 */
#include "searcher/print_tally.h"

#include <inttypes.h>
#include <stdio.h>

#include "common/date.h"
#include "searcher/print_text.h"

#define BAR_WIDTH 30 /* characters */
/* Values of a facet, as wide as the longest: within these. */
#define VALUE_WIDTH_MIN 28
#define VALUE_WIDTH_MAX 60

/* In text, more neighbouring buckets than so many of which the index has nothing are one line. */
#define EMPTY_MAX 3

static const char *const facet_names[NDX_FACETS] = { "source", "section", "author", "year" };
static const char *const unit_names[] = { "none", "auto", "day", "week", "month", "year" };

const char *
ndx_facet_name(enum ndx_facet facet)
{
	return facet_names[facet];
}

const char *
ndx_unit_name(enum ndx_bucket_unit unit)
{
	return unit_names[unit];
}

bool
ndx_facet_by_name(const char *name, size_t size, enum ndx_facet *facet_ret)
{
	for (unsigned f = 0; f < NDX_FACETS; f++) {
		if (strlen(facet_names[f]) == size && memcmp(facet_names[f], name, size) == 0) {
			*facet_ret = (enum ndx_facet)f;
			return true;
		}
	}
	return false;
}

bool
ndx_unit_by_name(const char *name, enum ndx_bucket_unit *unit_ret)
{
	for (unsigned u = NDX_UNIT_AUTO; u <= NDX_UNIT_YEAR; u++) {
		if (strcmp(unit_names[u], name) == 0) {
			*unit_ret = (enum ndx_bucket_unit)u;
			return true;
		}
	}
	return false;
}

void
ndx_bucket_label(const struct ndx_bucket *bucket, enum ndx_bucket_unit unit, char out[16])
{
	char date[NDX_DATE_SIZE];

	ndx_date_format((struct ndx_date){ .utc = bucket->from }, date);
	snprintf(out, 16, "%.*s",
	         unit == NDX_UNIT_YEAR    ? 4
	         : unit == NDX_UNIT_MONTH ? 7
	                                  : 10,
	         date);
}

bool
ndx_has_tally(const struct ndx_print_facts *facts)
{
	enum ndx_bucket_unit unit;
	size_t count;

	(void)ndx_hits_timeline(facts->hits, &unit, &count);
	return facts->facet_count > 0 || unit != NDX_UNIT_NONE;
}

void
ndx_json_tally(struct ndx_json_out *json, const struct ndx_print_facts *facts)
{
	enum ndx_bucket_unit unit;
	const struct ndx_bucket *bucket;
	size_t count;

	if (facts->facet_count > 0)
		ndx_json_out_begin(json, "facets", "{");
	for (size_t f = 0; f < facts->facet_count; f++) {
		const struct ndx_facet_value *value =
			ndx_hits_facet(facts->hits, facts->facet[f], &count);

		ndx_json_out_begin(json, facet_names[facts->facet[f]], "[");
		for (size_t i = 0; i < count; i++) {
			ndx_json_out_begin(json, NULL, "{");
			ndx_json_out_text(json, "value", value[i].value);
			ndx_json_out_uint(json, "count", value[i].count);
			ndx_json_out_end(json, "}");
		}
		ndx_json_out_end(json, "]");
	}
	if (facts->facet_count > 0)
		ndx_json_out_end(json, "}");
	bucket = ndx_hits_timeline(facts->hits, &unit, &count);
	if (unit == NDX_UNIT_NONE)
		return;
	ndx_json_out_begin(json, "timeline", "{");
	ndx_json_out_text(json, "unit", unit_names[unit]);
	ndx_json_out_begin(json, "buckets", "[");
	for (size_t i = 0; i < count; i++) {
		char from[16];

		ndx_bucket_label(&bucket[i], NDX_UNIT_DAY, from);
		ndx_json_out_begin(json, NULL, "{");
		ndx_json_out_text(json, "from", from);
		ndx_json_out_uint(json, "count", bucket[i].count);
		ndx_json_out_uint(json, "of", bucket[i].of);
		ndx_json_out_end(json, "}");
	}
	ndx_json_out_end(json, "]");
	ndx_json_out_end(json, "}");
}

void
ndx_csv_tally(const struct ndx_print_facts *facts, struct ndx_buf *out)
{
	enum ndx_bucket_unit unit;
	const struct ndx_bucket *bucket;
	size_t count;

	ndx_buf_add_str(out, facts->facet_count > 0 ? "facet,value,count\n" : "");
	for (size_t f = 0; f < facts->facet_count; f++) {
		const struct ndx_facet_value *value =
			ndx_hits_facet(facts->hits, facts->facet[f], &count);

		for (size_t i = 0; i < count; i++) {
			ndx_buf_add_str(out, facet_names[facts->facet[f]]);
			ndx_csv_field(value[i].value, out);
			ndx_buf_printf(out, ",%" PRIu64 "\n", value[i].count);
		}
	}
	bucket = ndx_hits_timeline(facts->hits, &unit, &count);
	if (unit != NDX_UNIT_NONE)
		ndx_buf_add_str(out,
		                facts->facet_count > 0 ? "\nfrom,count,of\n" : "from,count,of\n");
	for (size_t i = 0; i < count; i++) {
		char from[16];

		ndx_bucket_label(&bucket[i], NDX_UNIT_DAY, from);
		ndx_buf_printf(out, "%s,%" PRIu64 ",%" PRIu64 "\n", from, bucket[i].count,
		               bucket[i].of);
	}
}

/* A space and a bar, of eighths of a character in Unicode, in ASCII of whole ones; of nothing,
 * neither. */
static void
put_bar(uint64_t count, uint64_t most, bool unicode, struct ndx_buf *out)
{
	static const char *const part[] = { "",
		                            "\xe2\x96\x8f",
		                            "\xe2\x96\x8e",
		                            "\xe2\x96\x8d",
		                            "\xe2\x96\x8c",
		                            "\xe2\x96\x8b",
		                            "\xe2\x96\x8a",
		                            "\xe2\x96\x89" };
	const double share = most == 0 ? 0 : (double)count / (double)most;
	unsigned eighths = (unsigned)(share * BAR_WIDTH * 8 + 0.5);

	if (count > 0 && eighths == 0)
		eighths = 1;
	ndx_buf_add_str(out, eighths > 0 ? "  " : "");
	if (!unicode)
		eighths = (eighths + 7) / 8 * 8;
	for (; eighths >= 8; eighths -= 8)
		ndx_buf_add_str(out, unicode ? "\xe2\x96\x88" : "#");
	ndx_buf_add_str(out, part[eighths]);
	ndx_buf_add_str(out, "\n");
}

static size_t
width_of(const char *text)
{
	size_t width = 0;

	for (; *text != '\0'; text++)
		width += (*text & 0xc0) != 0x80;
	return width;
}

static void
text_facet(const struct ndx_hits *hits, enum ndx_facet facet, bool unicode, struct ndx_buf *out)
{
	size_t count;
	const struct ndx_facet_value *value = ndx_hits_facet(hits, facet, &count);
	size_t width = VALUE_WIDTH_MIN;
	uint64_t most = 0;

	ndx_buf_printf(out, "\n%s\n%s", facet_names[facet], count == 0 ? "  (none)\n" : "");
	for (size_t i = 0; i < count; i++) {
		most = value[i].count > most ? value[i].count : most;
		if (width_of(value[i].value) > width)
			width = width_of(value[i].value);
	}
	width = width < VALUE_WIDTH_MAX ? width : VALUE_WIDTH_MAX;
	for (size_t i = 0; i < count; i++) {
		const size_t shown = width_of(value[i].value);

		ndx_buf_add_str(out, "  ");
		ndx_text_str(value[i].value, out);
		ndx_buf_printf(out, "%*s %8" PRIu64, shown < width ? (int)(width - shown) : 0, "",
		               value[i].count);
		put_bar(value[i].count, most, unicode, out);
	}
}

/* How many of the buckets from the first on have no articles at all. */
static size_t
count_empty(const struct ndx_bucket *bucket, size_t count)
{
	size_t empty = 0;

	while (empty < count && bucket[empty].of == 0)
		empty++;
	return empty;
}

static void
text_bucket(const struct ndx_bucket *bucket, enum ndx_bucket_unit unit, uint64_t most, bool unicode,
            struct ndx_buf *out)
{
	char label[16];

	ndx_bucket_label(bucket, unit, label);
	ndx_buf_printf(out, "%-10s %8" PRIu64 " %8" PRIu64, label, bucket->count, bucket->of);
	if (bucket->of == 0)
		ndx_buf_add_str(out, "       -");
	else
		ndx_buf_printf(out, " %5.1f %%", 100 * (double)bucket->count / (double)bucket->of);
	put_bar(bucket->count, most, unicode, out);
}

static void
text_timeline(const struct ndx_bucket *bucket, size_t count, enum ndx_bucket_unit unit,
              bool unicode, struct ndx_buf *out)
{
	uint64_t most = 0;

	ndx_buf_printf(out, "\n%-10s  matches   of all\n", unit_names[unit]);
	for (size_t i = 0; i < count; i++)
		most = bucket[i].count > most ? bucket[i].count : most;
	for (size_t i = 0; i < count;) {
		const size_t empty = count_empty(bucket + i, count - i);

		if (empty > EMPTY_MAX)
			ndx_buf_printf(out, "...        %8zu %ss without articles\n", empty,
			               unit_names[unit]);
		else
			text_bucket(&bucket[i], unit, most, unicode, out);
		i += empty > EMPTY_MAX ? empty : 1;
	}
}

void
ndx_text_tally(const struct ndx_print_facts *facts, struct ndx_buf *out)
{
	enum ndx_bucket_unit unit;
	const struct ndx_bucket *bucket;
	size_t count;

	for (size_t f = 0; f < facts->facet_count; f++)
		text_facet(facts->hits, facts->facet[f], facts->unicode, out);
	bucket = ndx_hits_timeline(facts->hits, &unit, &count);
	if (count > 0)
		text_timeline(bucket, count, unit, facts->unicode, out);
}
