/*
 * repair.c - see repair.h
 *
 * A segment is damaged if a byte of it, or of its tombstones, is not under its
 * checksum.  Its files are renamed into DIR/damaged first, as the sweep after a commit would
 * delete them; a crash before the commit leaves an index that misses them, which the next
 * repair ends.
 *
 * SPDX-License-Identifier: MIT
 */
#include "indexer/repair.h"

#include <errno.h>
#include <string.h>

#include "common/docstore.h"
#include "indexer/commit.h"

#define DAMAGED_NAME "damaged"

struct repairer {
	const struct ndx_env *env;
	struct ndx_commit commit;
	const struct ndx_repair_handler *handler;
	bool *damaged; /* by segment of the manifest */
	struct ndx_err *err;
};

/* Say which ids go with a segment, as far as they can be read. */
static void
tell_lost(const struct repairer *repairer, const struct ndx_segment *segment)
{
	struct ndx_docstore ids;

	ndx_docstore_init(&ids, segment, NDX_PART_IDS);
	for (uint32_t slot = 0; slot < segment->article_count; slot++) {
		struct ndx_str id;

		if (ndx_docstore_get(&ids, slot, &id, NULL) == NDX_OK)
			repairer->handler->lost(repairer->handler->ctx, id);
	}
	ndx_docstore_free(&ids);
}

/* NDX_E_CORRUPT, with what is wrong in *err, if a byte of the segment is not what was written. */
static enum ndx_status
read_through(const struct ndx_segment *segment, struct ndx_err *err)
{
	return ndx_segment_verify(segment, 0, segment->sums_off, err);
}

/* Is segment i damaged?  If so it is said, with the ids. */
static enum ndx_status
examine(struct repairer *repairer, size_t i)
{
	const struct ndx_manifest_segment *entry = &repairer->commit.manifest.segment[i];
	struct ndx_manifest_segment alone = *entry;
	struct ndx_segment segment = { 0 };
	struct ndx_err err;
	enum ndx_status status =
		ndx_index_open_segment(repairer->env, repairer->commit.dir, entry, &segment, &err);

	if (status == NDX_OK)
		status = read_through(&segment, &err);
	if (status == NDX_OK) {
		ndx_segment_close(&segment);
		return NDX_OK;
	}
	if (status != NDX_E_CORRUPT && status != NDX_E_IO) {
		ndx_segment_close(&segment);
		return ndx_fail(repairer->err, status, "%s", err.msg);
	}
	repairer->damaged[i] = true;
	repairer->handler->segment(repairer->handler->ctx, err.msg,
	                           (uint64_t)entry->article_count - entry->deleted_count);
	alone.tombstones = 0; /* the tombstones may be what is damaged */
	if (segment.env == NULL)
		(void)ndx_index_open_segment(repairer->env, repairer->commit.dir, &alone, &segment,
		                             NULL);
	if (segment.env != NULL)
		tell_lost(repairer, &segment);
	ndx_segment_close(&segment);
	return NDX_OK;
}

/* Rename DIR/NAME to DIR/damaged/NAME; a file that is missing is no failure. */
static enum ndx_status
move_aside(const struct repairer *repairer, const char *from)
{
	const struct ndx_io *io = repairer->env->io;
	struct ndx_buf to;
	enum ndx_status status = NDX_OK;

	ndx_buf_init(&to, repairer->env->mem);
	ndx_buf_printf(&to, "%s/%s/%s", repairer->commit.dir, DAMAGED_NAME, strrchr(from, '/') + 1);
	ndx_buf_add_u8(&to, 0);
	if (ndx_buf_failed(&to))
		status = ndx_fail_nomem(repairer->err);
	else if (io->rename(io->ctx, from, (const char *)to.data) == -1 && errno != ENOENT)
		status = ndx_fail_os(repairer->err, "cannot rename '%s' to '%s'", from,
		                     (const char *)to.data);
	ndx_buf_free(&to);
	return status;
}

static enum ndx_status
move_segment(const struct repairer *repairer, const struct ndx_manifest_segment *entry)
{
	struct ndx_buf path;
	enum ndx_status status;

	ndx_buf_init(&path, repairer->env->mem);
	ndx_segment_path(repairer->commit.dir, entry->number, &path);
	status = ndx_buf_failed(&path) ? ndx_fail_nomem(repairer->err)
	                               : move_aside(repairer, (const char *)path.data);
	ndx_buf_clear(&path);
	if (status == NDX_OK && entry->tombstones != 0) {
		ndx_tombstones_path(repairer->commit.dir, entry->number, entry->tombstones, &path);
		status = ndx_buf_failed(&path) ? ndx_fail_nomem(repairer->err)
		                               : move_aside(repairer, (const char *)path.data);
	}
	ndx_buf_free(&path);
	return status;
}

static enum ndx_status
make_damaged_dir(const struct repairer *repairer)
{
	const struct ndx_io *io = repairer->env->io;
	struct ndx_buf path;
	enum ndx_status status = NDX_OK;

	ndx_buf_init(&path, repairer->env->mem);
	ndx_buf_printf(&path, "%s/%s", repairer->commit.dir, DAMAGED_NAME);
	ndx_buf_add_u8(&path, 0);
	if (ndx_buf_failed(&path))
		status = ndx_fail_nomem(repairer->err);
	else if (io->mkdir(io->ctx, (const char *)path.data, 0777) == -1 && errno != EEXIST)
		status = ndx_fail_os(repairer->err, "cannot create '%s'", (const char *)path.data);
	ndx_buf_free(&path);
	return status;
}

/* Move what is damaged, then commit the rest: the sweep after a commit must not find it. */
static enum ndx_status
set_aside(struct repairer *repairer)
{
	const struct ndx_manifest *from = &repairer->commit.manifest;
	struct ndx_manifest manifest = *from;
	enum ndx_status status = make_damaged_dir(repairer);

	manifest.segment_count = 0;
	manifest.sources = 0; /* files whose articles are lost must be read again */
	manifest.sources_size = 0;
	manifest.segment =
		ndx_alloc(repairer->env->mem, from->segment_count * sizeof(*manifest.segment));
	if (manifest.segment == NULL)
		return ndx_fail_nomem(repairer->err);
	for (size_t i = 0; status == NDX_OK && i < from->segment_count; i++) {
		if (repairer->damaged[i])
			status = move_segment(repairer, &from->segment[i]);
		else
			manifest.segment[manifest.segment_count++] = from->segment[i];
	}
	if (status == NDX_OK)
		status = ndx_commit_publish(&repairer->commit, &manifest, repairer->err);
	ndx_manifest_free(repairer->env, &manifest);
	return status;
}

enum ndx_status
ndx_repair(const struct ndx_env *env, const char *dir, const struct ndx_repair_handler *handler,
           uint64_t *set_aside_ret, struct ndx_err *err)
{
	struct repairer repairer = { .env = env, .handler = handler, .err = err };
	uint64_t count = 0;
	enum ndx_status status = ndx_commit_open(env, dir, false, NULL, 0, &repairer.commit, err);

	if (status != NDX_OK)
		return status;
	repairer.damaged = ndx_alloc_zero(env->mem, repairer.commit.manifest.segment_count + 1,
	                                  sizeof(*repairer.damaged));
	if (repairer.damaged == NULL)
		status = ndx_fail_nomem(err);
	for (size_t i = 0; status == NDX_OK && i < repairer.commit.manifest.segment_count; i++) {
		status = examine(&repairer, i);
		count += repairer.damaged[i];
	}
	if (status == NDX_OK && count > 0)
		status = set_aside(&repairer);
	ndx_free(env->mem, repairer.damaged);
	ndx_commit_close(&repairer.commit);
	if (status == NDX_OK)
		*set_aside_ret = count;
	return status;
}
