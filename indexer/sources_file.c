/*
 * sources_file.c - the state of the source files as bytes
 *
 *     0  u64 magic              8  u32 version            12  u32 number of files
 *    16  the files, one after another, by rising path
 *  ....  u64 checksum of all bytes before
 *
 * A file:
 *
 *   varint shared, varint size, u8[size]   its path: front-coded as ids are
 *   u8 flags
 *   varint size of its id, then the id     without FLAG_ID it is the end of the path
 *   varint bytes, i64 mtime in ns
 *   varint count, varint size, u8[size]    ids (sources_ids.c); neither if it is an article
 *   varint count, varint size, u8[size]    rejects, with FLAG_REJECTS
 *
 * Example: news/a1, 57 bytes, one article called a1, mtime 0
 *   00 07 6e 65 77 73 2f 61 31   01   02   39   00 00 00 00 00 00 00 00
 *
 * What must hold: paths rise, and have 1 to NDX_SOURCE_PATH_SIZE_MAX bytes; an article's
 * id is one (1 to NDX_ID_SIZE_MAX bytes); a file that was skipped has no ids, no rejects.
 *
 * SPDX-License-Identifier: MIT
 */
#include <inttypes.h>
#include <stdlib.h>

#include "common/format.h"
#include "common/segment.h"
#include "common/varint.h"
#include "indexer/sources_state.h"

#define MAGIC     UINT64_C(0x0aff63727378646e) /* "ndxsrc" and two bytes */
#define HEAD_SIZE 16

enum flags {
	FLAG_ARTICLE = 1, /* one article, called as the file is */
	FLAG_UNSETTLED = 2,
	FLAG_SKIPPED = 4,
	FLAG_ID = 8, /* its id is not the end of its path */
	FLAG_REJECTS = 16,
	FLAGS_ALL = 31
};

/* Reads what nobody has vouched for; after a failure all that is read is 0. */
struct reader {
	const uint8_t *in;
	size_t size, at;
	bool failed;
};

static uint64_t
get_varint(struct reader *reader)
{
	uint64_t value = 0;
	size_t used = ndx_varint_decode(reader->in + reader->at, reader->size - reader->at, &value);

	if (used == 0 || reader->failed) {
		reader->failed = true;
		return 0;
	}
	reader->at += used;
	return value;
}

static struct ndx_str
get_bytes(struct reader *reader, uint64_t size)
{
	struct ndx_str bytes;

	if (reader->failed || size > reader->size - reader->at) {
		reader->failed = true;
		return (struct ndx_str){ "", 0 };
	}
	bytes = (struct ndx_str){ (const char *)reader->in + reader->at, (size_t)size };
	reader->at += (size_t)size;
	return bytes;
}

static unsigned
get_flags(struct reader *reader)
{
	struct ndx_str byte = get_bytes(reader, 1);
	unsigned flags = byte.size == 0 ? 0 : (uint8_t)byte.data[0];

	if ((flags & ~(unsigned)FLAGS_ALL) != 0 ||
	    ((flags & FLAG_SKIPPED) && (flags & (FLAG_ARTICLE | FLAG_REJECTS))))
		reader->failed = true;
	return flags;
}

static uint32_t
get_count(struct reader *reader)
{
	uint64_t count = get_varint(reader);

	if (count > UINT32_MAX)
		reader->failed = true;
	return (uint32_t)count;
}

/* The path of the next file into 'path', which holds the one before.  False: out of memory. */
static bool
get_path(struct reader *reader, struct ndx_buf *path)
{
	uint64_t shared = get_varint(reader), size = get_varint(reader);
	struct ndx_str rest = get_bytes(reader, size);

	if (reader->failed || shared > path->size || size > NDX_SOURCE_PATH_SIZE_MAX - shared ||
	    size == 0 || (shared < path->size && (uint8_t)rest.data[0] <= path->data[shared])) {
		reader->failed = true;
		return true;
	}
	path->size = (size_t)shared;
	ndx_buf_add(path, rest.data, rest.size);
	return !ndx_buf_failed(path);
}

static void
get_id(struct reader *reader, unsigned flags, struct ndx_source_file *file)
{
	uint64_t size = get_varint(reader);

	if (flags & FLAG_ID)
		file->id = get_bytes(reader, size);
	else if (size <= file->path.size)
		file->id =
			(struct ndx_str){ file->path.data + file->path.size - size, (size_t)size };
	else
		reader->failed = true;
	file->is_article = (flags & FLAG_ARTICLE) != 0;
	if (file->is_article && (size == 0 || size > NDX_ID_SIZE_MAX))
		reader->failed = true;
}

/* All but the path. */
static void
get_file(struct reader *reader, struct ndx_source_file *file)
{
	unsigned flags = get_flags(reader);
	struct ndx_str mtime;

	file->ids = file->rejects = (struct ndx_str){ "", 0 };
	file->unsettled = (flags & FLAG_UNSETTLED) != 0;
	file->skipped = (flags & FLAG_SKIPPED) != 0;
	get_id(reader, flags, file);
	file->size = get_varint(reader);
	mtime = get_bytes(reader, 8);
	file->mtime_ns = mtime.size == 8 ? (int64_t)ndx_get_u64(mtime.data) : 0;
	if (file->is_article) {
		file->id_count = 1;
	} else if (!file->skipped) {
		file->id_count = get_count(reader);
		file->ids = get_bytes(reader, get_varint(reader));
		reader->failed = reader->failed || !ndx_source_ids_check(file);
	}
	if (flags & FLAG_REJECTS) {
		file->reject_count = get_count(reader);
		file->rejects = get_bytes(reader, get_varint(reader));
		reader->failed = reader->failed || !ndx_source_rejects_check(file);
	}
}

static enum ndx_status
corrupt(const char *name, size_t off, struct ndx_err *err, const char *what)
{
	return ndx_fail(err, NDX_E_CORRUPT, "'%s' is corrupt at byte %zu: %s", name, off, what);
}

static enum ndx_status
check_frame(const char *name, const uint8_t *in, size_t size, struct ndx_err *err)
{
	uint32_t version;

	if (size < HEAD_SIZE + 8)
		return corrupt(name, size, err, "it breaks off");
	if (ndx_get_u64(in) != MAGIC)
		return corrupt(name, 0, err, "not the state of source files");
	if (ndx_checksum(in, size - 8) != ndx_get_u64(in + size - 8))
		return corrupt(name, size - 8, err, "its checksum differs");
	version = ndx_get_u32(in + 8);
	if (version > NDX_FORMAT_VERSION)
		return ndx_fail(err, NDX_E_VERSION,
		                "'%s' has format %" PRIu32 ", this program reads 1 to %d", name,
		                version, NDX_FORMAT_VERSION);
	if (version < 1)
		return corrupt(name, 8, err, "format 0");
	return NDX_OK;
}

enum ndx_status
ndx_sources_decode(struct ndx_sources *sources, const char *name, size_t size, struct ndx_err *err)
{
	struct reader reader = { .in = sources->data, .size = size - 8, .at = HEAD_SIZE };
	enum ndx_status status = check_frame(name, sources->data, size, err);
	struct ndx_source_file *file;
	struct ndx_buf path;
	uint32_t count;

	if (status != NDX_OK)
		return status;
	ndx_buf_init(&path, sources->env->mem);
	count = ndx_get_u32(reader.in + 12);
	for (uint32_t i = 0; i < count && status == NDX_OK; i++) {
		size_t begin = reader.at;

		file = NULL;
		if (get_path(&reader, &path) && !reader.failed)
			file = ndx_sources_add(
				sources, (struct ndx_str){ (const char *)path.data, path.size });
		if (file != NULL)
			get_file(&reader, file);
		if (reader.failed)
			status = corrupt(name, begin, err, "a bad source file");
		else if (file == NULL || !ndx_sources_admit(sources, file))
			status = ndx_fail_nomem(err);
	}
	if (status == NDX_OK && reader.at != reader.size)
		status = corrupt(name, reader.at, err, "bytes after the last source file");
	ndx_buf_free(&path);
	return status;
}

static void
put_path(struct ndx_buf *out, struct ndx_str prev, struct ndx_str path)
{
	size_t shared = 0;

	while (shared < prev.size && shared < path.size && prev.data[shared] == path.data[shared])
		shared++;
	ndx_buf_add_varint(out, shared);
	ndx_buf_add_varint(out, path.size - shared);
	ndx_buf_add(out, path.data + shared, path.size - shared);
}

/* Does the id lie at the end of the path? */
static bool
id_is_end(const struct ndx_source_file *file)
{
	return file->id.size <= file->path.size &&
	       ndx_str_equal(file->id,
	                     (struct ndx_str){ file->path.data + file->path.size - file->id.size,
	                                       file->id.size });
}

static void
put_list(struct ndx_buf *out, uint32_t count, struct ndx_str coded)
{
	ndx_buf_add_varint(out, count);
	ndx_buf_add_varint(out, coded.size);
	ndx_buf_add(out, coded.data, coded.size);
}

/* All but the path. */
static void
put_file(struct ndx_buf *out, const struct ndx_source_file *file)
{
	const bool has_id = !id_is_end(file);
	unsigned flags = (file->is_article ? FLAG_ARTICLE : 0) |
	                 (file->unsettled ? FLAG_UNSETTLED : 0) |
	                 (file->skipped ? FLAG_SKIPPED : 0) | (has_id ? FLAG_ID : 0) |
	                 (file->reject_count > 0 ? FLAG_REJECTS : 0);

	ndx_buf_add_u8(out, flags);
	ndx_buf_add_varint(out, file->id.size);
	if (has_id)
		ndx_buf_add(out, file->id.data, file->id.size);
	ndx_buf_add_varint(out, file->size);
	ndx_buf_add_u64(out, (uint64_t)file->mtime_ns);
	if (!file->is_article && !file->skipped)
		put_list(out, file->id_count, file->ids);
	if (file->reject_count > 0)
		put_list(out, file->reject_count, file->rejects);
}

static int
compare_paths(const void *a, const void *b)
{
	const struct ndx_source_file *const *file_a = a, *const *file_b = b;

	return ndx_str_compare((*file_a)->path, (*file_b)->path);
}

enum ndx_status
ndx_sources_encode(const struct ndx_sources *sources, struct ndx_buf *out, struct ndx_err *err)
{
	const struct ndx_source_file **file =
		ndx_alloc_zero(sources->env->mem, sources->live_count, sizeof(*file));
	struct ndx_str prev = { "", 0 };
	size_t begin = out->size, count = 0;

	if (file == NULL)
		return ndx_fail_nomem(err);
	for (size_t i = 0; i < sources->file_count; i++)
		if (!sources->file[i]->removed)
			file[count++] = sources->file[i];
	if (count > 0)
		qsort(file, count, sizeof(*file), compare_paths);
	ndx_buf_add_u64(out, MAGIC);
	ndx_buf_add_u32(out, NDX_FORMAT_VERSION);
	ndx_buf_add_u32(out, (uint32_t)count);
	for (size_t i = 0; i < count; i++) {
		put_path(out, prev, file[i]->path);
		put_file(out, file[i]);
		prev = file[i]->path;
	}
	ndx_free(sources->env->mem, file);
	if (!ndx_buf_failed(out))
		ndx_buf_add_u64(out, ndx_checksum(out->data + begin, out->size - begin));
	return ndx_buf_failed(out) ? ndx_fail_nomem(err) : NDX_OK;
}
