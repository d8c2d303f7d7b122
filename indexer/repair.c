/*
 * repair.c - see repair.h
 *
 * A segment is damaged if a byte of it, or of its tombstones, is not under its
 * checksum, or if a file of it is missing.  Its files get a second name in DIR/damaged first; then
 * an index without them is committed, and the sweep takes their first names away.  So a repair that
 * is cut off leaves the index as it was.
 *
 * SPDX-License-Identifier: MIT
 */
#include "indexer/repair.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "common/arena.h"
#include "common/docstore.h"
#include "common/tombstones.h"
#include "indexer/commit.h"
#include "indexer/files.h"
#include "indexer/sources.h"

#define DAMAGED_NAME "damaged"

struct repairer {
	const struct ndx_env *env;
	struct ndx_commit commit;
	const struct ndx_repair_handler *handler;
	bool *damaged; /* by segment of the manifest */
	struct ndx_repaired repaired;
	struct ndx_sources *sources; /* the state of the source files; NULL: none, or damaged */
	struct ndx_arena *arena;     /* holds ... */
	struct ndx_str *lost;        /* ... the ids that go */
	size_t lost_count, lost_count_max;
	bool lost_unknown; /* not all of them could be read */
	struct ndx_err *err;
};

static enum ndx_status
take_lost(struct repairer *repairer, struct ndx_str id)
{
	const char *copy = ndx_arena_copy(repairer->arena, id.data, id.size);

	if (copy == NULL ||
	    !ndx_grow(repairer->env->mem, &repairer->lost, &repairer->lost_count_max,
	              repairer->lost_count + 1, sizeof(*repairer->lost)))
		return ndx_fail_nomem(repairer->err);
	repairer->lost[repairer->lost_count++] = (struct ndx_str){ copy, id.size };
	repairer->handler->lost(repairer->handler->ctx, id);
	return NDX_OK;
}

/* Say which ids go with a segment, as far as they can be read: not those that were deleted before,
 * if that is still known. */
static enum ndx_status
tell_lost(struct repairer *repairer, const struct ndx_segment *segment)
{
	enum ndx_status status = NDX_OK;
	struct ndx_docstore ids;

	ndx_docstore_init(&ids, segment, NDX_PART_IDS);
	for (ndx_docid docid = 0; status == NDX_OK && docid < segment->article_count; docid++) {
		struct ndx_str id;
		uint32_t slot;

		if (ndx_tombstones_has(segment->tombstones, docid))
			continue;
		if (ndx_docstore_slot(segment, docid, &slot, NULL) == NDX_OK &&
		    ndx_docstore_get(&ids, slot, &id, NULL) == NDX_OK)
			status = take_lost(repairer, id);
		else
			repairer->lost_unknown = true;
	}
	ndx_docstore_free(&ids);
	return status;
}

/* NDX_E_CORRUPT, with what is wrong in *err, if a byte of the segment is not what was written. */
static enum ndx_status
read_through(const struct ndx_segment *segment, struct ndx_err *err)
{
	return ndx_segment_verify(segment, 0, segment->sums_off, err);
}

/* Is there no such file?  Whatever else keeps it from being opened may have an end. */
static bool
is_missing(const struct repairer *repairer, const char *path)
{
	const struct ndx_io *io = repairer->env->io;
	const int fd = io->open(io->ctx, path, O_RDONLY, 0);

	if (fd == -1)
		return errno == ENOENT;
	io->close(io->ctx, fd);
	return false;
}

static bool
segment_is_missing(const struct repairer *repairer, const struct ndx_manifest_segment *entry)
{
	struct ndx_buf path;
	bool missing;

	ndx_buf_init(&path, repairer->env->mem);
	ndx_segment_path(repairer->commit.dir, entry->number, &path);
	missing = !ndx_buf_failed(&path) && is_missing(repairer, (const char *)path.data);
	if (!missing && entry->tombstones != 0) {
		ndx_buf_clear(&path);
		ndx_tombstones_path(repairer->commit.dir, entry->number, entry->tombstones, &path);
		missing = !ndx_buf_failed(&path) && is_missing(repairer, (const char *)path.data);
	}
	ndx_buf_free(&path);
	return missing;
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
	if (status != NDX_E_CORRUPT &&
	    (status != NDX_E_IO || !segment_is_missing(repairer, entry))) {
		ndx_segment_close(&segment);
		return ndx_fail(repairer->err, status, "%s", err.msg);
	}
	repairer->damaged[i] = true;
	repairer->repaired.segments++;
	repairer->handler->segment(repairer->handler->ctx, err.msg,
	                           (uint64_t)entry->article_count - entry->deleted_count);
	status = NDX_OK;
	alone.tombstones = 0; /* the tombstones may be what is damaged */
	if (segment.env == NULL)
		(void)ndx_index_open_segment(repairer->env, repairer->commit.dir, &alone, &segment,
		                             NULL);
	if (segment.env != NULL)
		status = tell_lost(repairer, &segment);
	else
		repairer->lost_unknown = true;
	ndx_segment_close(&segment);
	return status;
}

/* Is the state of the source files damaged?  If so it is said. */
static enum ndx_status
examine_sources(struct repairer *repairer)
{
	const struct ndx_env *env = repairer->env;
	const struct ndx_manifest *manifest = &repairer->commit.manifest;
	struct ndx_buf path;
	struct ndx_err err;
	void *data = NULL;
	size_t size = 0;
	enum ndx_status status;

	if (manifest->sources == 0)
		return NDX_OK;
	ndx_buf_init(&path, env->mem);
	ndx_sources_path(repairer->commit.dir, manifest->sources, &path);
	if (ndx_buf_failed(&path)) {
		ndx_buf_free(&path);
		return ndx_fail_nomem(repairer->err);
	}
	status = ndx_sources_read(env, (const char *)path.data, manifest, &data, &size, &err);
	if (status == NDX_OK)
		status = ndx_sources_new(env, (const char *)path.data, data, size,
		                         &repairer->sources, &err);
	if (status == NDX_E_CORRUPT ||
	    (status == NDX_E_IO && is_missing(repairer, (const char *)path.data))) {
		repairer->repaired.sources = true;
		repairer->handler->sources(repairer->handler->ctx, err.msg);
	} else if (status != NDX_OK) {
		ndx_fail(repairer->err, status, "%s", err.msg);
	}
	ndx_buf_free(&path);
	return repairer->repaired.sources ? NDX_OK : status;
}

/*
 * Give DIR/NAME the name DIR/damaged/NAME, too; the commit takes the first one away.  Only where
 * files cannot have two names is it renamed before the commit.  One that is missing is no failure,
 * nor one that an earlier repair has put there.
 */
static int
link_aside(const struct ndx_io *io, const char *from, const char *to)
{
	if (io->link(io->ctx, from, to) == 0 || errno == ENOENT || errno == EEXIST)
		return 0;
	if (errno != EPERM && errno != EOPNOTSUPP && errno != ENOSYS && errno != EMLINK)
		return -1;
	return io->rename(io->ctx, from, to) == 0 || errno == ENOENT ? 0 : -1;
}

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
	else if (link_aside(io, from, (const char *)to.data) == -1)
		status = ndx_fail_os(repairer->err, "cannot move '%s' to '%s'", from,
		                     (const char *)to.data);
	ndx_buf_free(&to);
	return status;
}

static enum ndx_status
move_file(const struct repairer *repairer, const struct ndx_buf *path)
{
	return ndx_buf_failed(path) ? ndx_fail_nomem(repairer->err)
	                            : move_aside(repairer, (const char *)path->data);
}

static enum ndx_status
move_segment(const struct repairer *repairer, const struct ndx_manifest_segment *entry)
{
	struct ndx_buf path;
	enum ndx_status status;

	ndx_buf_init(&path, repairer->env->mem);
	ndx_segment_path(repairer->commit.dir, entry->number, &path);
	status = move_file(repairer, &path);
	ndx_buf_clear(&path);
	if (status == NDX_OK && entry->tombstones != 0) {
		ndx_tombstones_path(repairer->commit.dir, entry->number, entry->tombstones, &path);
		status = move_file(repairer, &path);
	}
	ndx_buf_free(&path);
	return status;
}

static enum ndx_status
move_sources(const struct repairer *repairer)
{
	struct ndx_buf path;
	enum ndx_status status;

	ndx_buf_init(&path, repairer->env->mem);
	ndx_sources_path(repairer->commit.dir, repairer->commit.manifest.sources, &path);
	status = move_file(repairer, &path);
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

/* So that what is moved there is not lost with the power. */
static enum ndx_status
sync_damaged_dir(const struct repairer *repairer)
{
	struct ndx_buf path;
	enum ndx_status status;

	ndx_buf_init(&path, repairer->env->mem);
	ndx_buf_printf(&path, "%s/%s", repairer->commit.dir, DAMAGED_NAME);
	ndx_buf_add_u8(&path, 0);
	status = ndx_buf_failed(&path)
	                 ? ndx_fail_nomem(repairer->err)
	                 : ndx_sync_dir(repairer->env, (const char *)path.data, repairer->err);
	ndx_buf_free(&path);
	return status;
}

/* The files whose articles are lost must be read again: all, if nobody knows which they are. */
static enum ndx_status
write_sources(const struct repairer *repairer, struct ndx_manifest *manifest)
{
	const struct ndx_env *env = repairer->env;
	struct ndx_buf bytes, path;
	enum ndx_status status;

	manifest->sources = 0;
	manifest->sources_size = manifest->sources_checksum = 0;
	if (repairer->sources == NULL || repairer->lost_unknown)
		return NDX_OK;
	ndx_sources_distrust(repairer->sources, repairer->lost, repairer->lost_count);
	ndx_buf_init(&bytes, env->mem);
	ndx_buf_init(&path, env->mem);
	ndx_sources_path(repairer->commit.dir, manifest->next_number, &path);
	status = ndx_sources_encode(repairer->sources, &bytes, repairer->err);
	if (status == NDX_OK && (ndx_buf_failed(&bytes) || ndx_buf_failed(&path)))
		status = ndx_fail_nomem(repairer->err);
	if (status == NDX_OK)
		status = ndx_new_file_write(env, (const char *)path.data, bytes.data, bytes.size,
		                            repairer->err);
	if (status == NDX_OK) {
		manifest->sources = manifest->next_number++;
		manifest->sources_size = bytes.size;
		manifest->sources_checksum = ndx_checksum(bytes.data, bytes.size);
	}
	ndx_buf_free(&bytes);
	ndx_buf_free(&path);
	return status;
}

/* Move what is damaged, then commit the rest: the sweep after a commit must not find it. */
static enum ndx_status
set_aside(struct repairer *repairer)
{
	const struct ndx_manifest *from = &repairer->commit.manifest;
	struct ndx_manifest manifest = *from;
	enum ndx_status status;

	manifest.segment_count = 0;
	manifest.segment =
		ndx_alloc(repairer->env->mem, from->segment_count * sizeof(*manifest.segment));
	if (manifest.segment == NULL)
		return ndx_fail_nomem(repairer->err);
	status = write_sources(repairer, &manifest);
	if (status == NDX_OK)
		status = make_damaged_dir(repairer);
	for (size_t i = 0; status == NDX_OK && i < from->segment_count; i++) {
		if (repairer->damaged[i])
			status = move_segment(repairer, &from->segment[i]);
		else
			manifest.segment[manifest.segment_count++] = from->segment[i];
	}
	if (status == NDX_OK && repairer->repaired.sources)
		status = move_sources(repairer);
	if (status == NDX_OK)
		status = sync_damaged_dir(repairer);
	if (status == NDX_OK)
		status = ndx_commit_publish(&repairer->commit, &manifest, repairer->err);
	ndx_manifest_free(repairer->env, &manifest);
	return status;
}

static enum ndx_status
examine_all(struct repairer *repairer)
{
	const size_t count = repairer->commit.manifest.segment_count;
	enum ndx_status status = NDX_OK;

	repairer->arena = ndx_arena_new(repairer->env->mem);
	repairer->damaged =
		ndx_alloc_zero(repairer->env->mem, count + 1, sizeof(*repairer->damaged));
	if (repairer->arena == NULL || repairer->damaged == NULL)
		return ndx_fail_nomem(repairer->err);
	for (size_t i = 0; status == NDX_OK && i < count; i++)
		status = examine(repairer, i);
	return status == NDX_OK ? examine_sources(repairer) : status;
}

enum ndx_status
ndx_repair(const struct ndx_env *env, const char *dir, const struct ndx_repair_handler *handler,
           struct ndx_repaired *repaired_ret, struct ndx_err *err)
{
	struct repairer repairer = { .env = env, .handler = handler, .err = err };
	bool damaged;
	enum ndx_status status = ndx_commit_open(env, dir, false, NULL, 0, &repairer.commit, err);

	if (status != NDX_OK)
		return status;
	status = examine_all(&repairer);
	damaged = repairer.repaired.segments > 0 || repairer.repaired.sources;
	if (status == NDX_OK && damaged)
		status = handler->proceed(handler->ctx, err);
	if (status == NDX_OK && damaged)
		status = set_aside(&repairer);
	ndx_free(env->mem, repairer.damaged);
	ndx_free(env->mem, repairer.lost);
	ndx_arena_free(repairer.arena);
	ndx_sources_free(repairer.sources);
	ndx_commit_close(&repairer.commit);
	if (status == NDX_OK)
		*repaired_ret = repairer.repaired;
	return status;
}
