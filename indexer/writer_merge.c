/*
 * writer_merge.c - which committed segments are merged, and when
 *
 * Segments fall into tiers by size, each tier ten times the one below.  A tier that has
 * ten segments becomes one of the next; so an article is rewritten once a tier, and
 * the number of segments stays near ten times the logarithm of the size.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "indexer/writer_state.h"

#define TIER_FACTOR 10
/* Live articles of the lowest tier: smaller segments are not told apart. */
#define TIER_ARTICLES_MIN 1000

static uint32_t
live_count(const struct ndx_manifest_segment *entry)
{
	return entry->article_count - entry->deleted_count;
}

static unsigned
tier_of(const struct ndx_manifest_segment *entry)
{
	uint64_t limit = TIER_ARTICLES_MIN;
	unsigned tier = 0;

	for (; live_count(entry) >= limit; limit *= TIER_FACTOR)
		tier++;
	return tier;
}

/* By docid, 1 for the deleted articles of a segment; NULL with *status NDX_OK if there are none. */
static uint8_t *
dead_of(const struct ndx_writer *writer, const struct ndx_segment *segment, enum ndx_status *status,
        struct ndx_err *err)
{
	uint8_t *dead;

	if (segment->tombstones == NULL)
		return NULL;
	dead = ndx_alloc_zero(writer->env->mem, segment->article_count, 1);
	if (dead == NULL) {
		*status = ndx_fail_nomem(err);
		return NULL;
	}
	for (uint32_t i = 0; i < segment->tombstones->count; i++)
		dead[segment->tombstones->docid[i]] = 1;
	return dead;
}

/* Put the new segment in the place of the first that it replaces, and leave the others out. */
static enum ndx_status
publish(struct ndx_writer *writer, const bool *chosen, const struct ndx_manifest_segment *merged,
        struct ndx_err *err)
{
	const struct ndx_manifest *from = &writer->commit.manifest;
	struct ndx_manifest manifest = *from;
	bool placed = false;
	size_t count = 0;
	enum ndx_status status;

	manifest.segment =
		ndx_alloc(writer->env->mem, from->segment_count * sizeof(*manifest.segment));
	if (manifest.segment == NULL)
		return ndx_fail_nomem(err);
	for (size_t i = 0; i < from->segment_count; i++) {
		if (!chosen[i])
			manifest.segment[count++] = from->segment[i];
		else if (!placed)
			manifest.segment[count++] = *merged;
		placed |= chosen[i];
	}
	manifest.segment_count = count;
	manifest.next_number = merged->number + 1;
	manifest.bytes_written += merged->size;
	status = ndx_commit_publish(&writer->commit, &manifest, err);
	ndx_manifest_free(writer->env, &manifest);
	return status;
}

/* Merge the segments with chosen[i], and commit that. */
static enum ndx_status
merge_chosen(struct ndx_writer *writer, const bool *chosen, struct ndx_err *err)
{
	const struct ndx_mem *mem = writer->env->mem;
	const struct ndx_manifest *manifest = &writer->commit.manifest;
	struct ndx_merge_input *input = ndx_alloc(mem, writer->segment_count * sizeof(*input));
	struct ndx_manifest_segment merged;
	size_t count = 0;
	enum ndx_status status = input == NULL ? ndx_fail_nomem(err) : NDX_OK;

	for (size_t i = 0; status == NDX_OK && i < writer->segment_count; i++) {
		const struct ndx_segment *segment = &writer->segment[i]->segment;

		if (!chosen[i])
			continue;
		input[count] = (struct ndx_merge_input){ segment, NULL, NULL,
			                                 live_count(&manifest->segment[i]),
			                                 manifest->segment[i].token_count };
		input[count++].dead = dead_of(writer, segment, &status, err);
	}
	if (status == NDX_OK)
		status = ndx_writer_write_segment(writer, input, count, manifest->next_number,
		                                  &merged, err);
	for (size_t i = 0; i < count; i++)
		ndx_free(mem, (void *)(uintptr_t)input[i].dead);
	ndx_free(mem, input);
	if (status == NDX_OK)
		status = publish(writer, chosen, &merged, err);
	if (status != NDX_OK) {
		ndx_commit_sweep(&writer->commit);
		return status;
	}
	return ndx_writer_reopen(writer, err);
}

/*
 * Choose the segments of the lowest tier that is full, or one of which more than half is
 * deleted.  False: there is nothing to merge.
 */
static bool
choose(const struct ndx_manifest *manifest, bool *chosen)
{
	unsigned count[32] = { 0 };
	unsigned full = 32;

	for (size_t i = 0; i < manifest->segment_count; i++) {
		unsigned tier = tier_of(&manifest->segment[i]);

		if (++count[tier] >= TIER_FACTOR && tier < full)
			full = tier;
	}
	for (size_t i = 0; i < manifest->segment_count; i++) {
		const struct ndx_manifest_segment *entry = &manifest->segment[i];

		chosen[i] = full < 32 ? tier_of(entry) == full
		                      : entry->deleted_count > entry->article_count / 2;
		if (chosen[i] && full == 32)
			return true;
	}
	return full < 32;
}

enum ndx_status
ndx_writer_merge_tiers(struct ndx_writer *writer, struct ndx_err *err)
{
	enum ndx_status status = NDX_OK;
	bool more = true;

	while (more && status == NDX_OK) {
		bool *chosen =
			ndx_alloc_zero(writer->env->mem, writer->segment_count, sizeof(*chosen));

		if (chosen == NULL)
			return ndx_fail_nomem(err);
		more = choose(&writer->commit.manifest, chosen);
		if (more)
			status = merge_chosen(writer, chosen, err);
		ndx_free(writer->env->mem, chosen);
	}
	return status;
}

enum ndx_status
ndx_writer_merge(struct ndx_writer *writer, struct ndx_err *err)
{
	const struct ndx_manifest *manifest = &writer->commit.manifest;
	bool no_auto_merge = writer->options.no_auto_merge;
	bool *chosen;
	enum ndx_status status;

	writer->options.no_auto_merge = true; /* one merge of all instead */
	status = ndx_writer_commit(writer, err);
	writer->options.no_auto_merge = no_auto_merge;
	if (status != NDX_OK || manifest->segment_count == 0 ||
	    (manifest->segment_count == 1 && manifest->segment[0].deleted_count == 0 &&
	     writer->segment[0]->segment.version == NDX_FORMAT_VERSION))
		return status;
	chosen = ndx_alloc(writer->env->mem, writer->segment_count * sizeof(*chosen));
	if (chosen == NULL)
		return ndx_fail_nomem(err);
	memset(chosen, 1, writer->segment_count * sizeof(*chosen));
	status = merge_chosen(writer, chosen, err);
	ndx_free(writer->env->mem, chosen);
	writer->failed |= status != NDX_OK;
	return status;
}
