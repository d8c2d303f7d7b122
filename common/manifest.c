/*
 * manifest.c - the file that says which segments make up an index
 *
 *     0  u64 magic               8  u32 version           12  u32 next number
 *    16  u64 generation         24  u8[32] language, padded with NUL
 *    56  u32 sources            60  u32 number of segments
 *    64  u64 size of sources    72  u64 bytes written     80  u64 bytes flushed
 *    88  u64 checksum of sources, not in format 1
 *    96  per segment, 56 bytes: u32 number, u32 articles, u32 deleted, u32 tombstones,
 *        u64 size, u64 checksum, u64 tokens, u64 size of tombstones, u64 checksum of tombstones
 *        (not in format 1)
 *  ....  u64 checksum of all bytes before
 *
 * What must hold: numbers of files are not 0 and below the next number, those of segments
 * all different; deleted articles no more than articles; a segment has tombstones if, and
 * only if, articles in it are deleted; a file has a size.
 *
 * SPDX-License-Identifier: MIT
 */
#include "common/manifest.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>

#include "common/format.h"
#include "common/segment.h"
#include "common/varint.h"

#define MAGIC      UINT64_C(0x0aff6e616d78646e) /* "ndxman" and two bytes */
#define HEAD_SIZE  96
#define ENTRY_SIZE 56
/* Format 1 lacks the checksums of tombstones and sources, both at the end of what they are in. */
#define HEAD_SIZE_1  88
#define ENTRY_SIZE_1 48

/* DIR/ for a printf format: "%s%s"; 'dir' may end in a slash already. */
static const char *
slash_after(const char *dir)
{
	size_t size = strlen(dir);

	return size > 0 && dir[size - 1] == '/' ? "" : "/";
}

static enum ndx_status
corrupt(const char *path, size_t off, struct ndx_err *err, const char *what)
{
	return ndx_fail(err, NDX_E_CORRUPT, "'%s' is corrupt at byte %zu: %s", path, off, what);
}

/* A name, padded with NUL. */
static bool
language_is_sound(const uint8_t *in)
{
	size_t size = strnlen((const char *)in, NDX_LANGUAGE_SIZE_MAX);

	if (size == 0 || size == NDX_LANGUAGE_SIZE_MAX)
		return false;
	for (size_t i = size; i < NDX_LANGUAGE_SIZE_MAX; i++)
		if (in[i] != 0)
			return false;
	return true;
}

static size_t
head_size(uint32_t version)
{
	return version == 1 ? HEAD_SIZE_1 : HEAD_SIZE;
}

static size_t
entry_size(uint32_t version)
{
	return version == 1 ? ENTRY_SIZE_1 : ENTRY_SIZE;
}

static enum ndx_status
check_frame(const char *path, const uint8_t *in, size_t size, struct ndx_err *err)
{
	uint32_t version;

	if (size < HEAD_SIZE_1 + 8)
		return corrupt(path, size, err, "it breaks off");
	if (ndx_get_u64(in) != MAGIC)
		return corrupt(path, 0, err, "not the manifest of an index");
	version = ndx_get_u32(in + 8);
	if (version > NDX_FORMAT_VERSION)
		return ndx_fail(err, NDX_E_VERSION,
		                "'%s' has format %" PRIu32 ", this program reads 1 to %d", path,
		                version, NDX_FORMAT_VERSION);
	if (ndx_checksum(in, size - 8) != ndx_get_u64(in + size - 8))
		return corrupt(path, size - 8, err, "its checksum differs");
	if (version < 1 ||
	    size != head_size(version) + 8 + (uint64_t)ndx_get_u32(in + 60) * entry_size(version) ||
	    ndx_get_u32(in + 60) > NDX_SEGMENTS_MAX || !language_is_sound(in + 24))
		return corrupt(path, 8, err, "a bad head");
	return NDX_OK;
}

static bool
entry_is_sound(const struct ndx_manifest *manifest, const struct ndx_manifest_segment *entry)
{
	if (entry->number == 0 || entry->number >= manifest->next_number ||
	    entry->tombstones >= manifest->next_number || entry->article_count >= NDX_DOCID_LIMIT ||
	    entry->article_count == 0 || entry->deleted_count > entry->article_count ||
	    (entry->tombstones == 0) != (entry->deleted_count == 0) ||
	    (entry->tombstones == 0) != (entry->tombstones_size == 0) ||
	    (entry->tombstones == 0 && entry->tombstones_checksum != 0) || entry->size == 0)
		return false;
	for (size_t i = 0; &manifest->segment[i] < entry; i++)
		if (manifest->segment[i].number == entry->number)
			return false;
	return true;
}

static enum ndx_status
decode_entries(const char *path, const uint8_t *in, uint32_t version, struct ndx_manifest *manifest,
               struct ndx_err *err)
{
	const size_t begin = head_size(version), size = entry_size(version);
	uint64_t token_count = 0;

	for (size_t i = 0; i < manifest->segment_count; i++) {
		const uint8_t *entry = in + begin + i * size;

		manifest->segment[i] = (struct ndx_manifest_segment){
			.number = ndx_get_u32(entry),
			.article_count = ndx_get_u32(entry + 4),
			.deleted_count = ndx_get_u32(entry + 8),
			.tombstones = ndx_get_u32(entry + 12),
			.size = ndx_get_u64(entry + 16),
			.checksum = ndx_get_u64(entry + 24),
			.token_count = ndx_get_u64(entry + 32),
			.tombstones_size = ndx_get_u64(entry + 40),
			.tombstones_checksum = version == 1 ? 0 : ndx_get_u64(entry + 48),
		};
		if (!entry_is_sound(manifest, &manifest->segment[i]) ||
		    __builtin_add_overflow(token_count, manifest->segment[i].token_count,
		                           &token_count))
			return corrupt(path, begin + i * size, err, "a bad segment entry");
	}
	return NDX_OK;
}

static enum ndx_status
decode(const struct ndx_env *env, const char *path, const uint8_t *in, size_t size,
       struct ndx_manifest *manifest_ret, struct ndx_err *err)
{
	struct ndx_manifest manifest = { 0 };
	enum ndx_status status = check_frame(path, in, size, err);
	uint32_t version;

	if (status != NDX_OK)
		return status;
	version = ndx_get_u32(in + 8);
	manifest.next_number = ndx_get_u32(in + 12);
	manifest.generation = ndx_get_u64(in + 16);
	memcpy(manifest.language, in + 24, NDX_LANGUAGE_SIZE_MAX);
	manifest.sources = ndx_get_u32(in + 56);
	manifest.segment_count = ndx_get_u32(in + 60);
	manifest.sources_size = ndx_get_u64(in + 64);
	manifest.bytes_written = ndx_get_u64(in + 72);
	manifest.bytes_flushed = ndx_get_u64(in + 80);
	manifest.sources_checksum = version == 1 ? 0 : ndx_get_u64(in + 88);
	manifest.segment = ndx_alloc(env->mem, manifest.segment_count * sizeof(*manifest.segment));
	if (manifest.segment == NULL)
		return ndx_fail_nomem(err);
	status = decode_entries(path, in, version, &manifest, err);
	if (status == NDX_OK && (manifest.sources >= manifest.next_number ||
	                         (manifest.sources == 0) != (manifest.sources_size == 0) ||
	                         (manifest.sources == 0 && manifest.sources_checksum != 0)))
		status = corrupt(path, 56, err, "a bad number");
	if (status != NDX_OK)
		ndx_manifest_free(env, &manifest);
	else
		*manifest_ret = manifest;
	return status;
}

/* The directory itself is missing: say so, rather than that its manifest is. */
static enum ndx_status
explain_missing(const struct ndx_env *env, const char *dir, const char *path, struct ndx_err *err)
{
	int fd = env->io->open(env->io->ctx, dir, O_RDONLY | O_DIRECTORY, 0);

	if (fd == -1)
		return ndx_fail_os(err, "cannot open '%s'", dir);
	env->io->close(env->io->ctx, fd);
	errno = ENOENT;
	return ndx_fail_os(err, "cannot open '%s'", path);
}

enum ndx_status
ndx_manifest_read(const struct ndx_env *env, const char *dir, struct ndx_manifest *manifest_ret,
                  struct ndx_err *err)
{
	struct ndx_buf path;
	void *data;
	size_t size;
	int64_t mtime;
	enum ndx_status status;

	ndx_buf_init(&path, env->mem);
	ndx_buf_printf(&path, "%s%s%s", dir, slash_after(dir), NDX_MANIFEST_NAME);
	ndx_buf_add_u8(&path, 0);
	if (ndx_buf_failed(&path)) {
		ndx_buf_free(&path);
		return ndx_fail_nomem(err);
	}
	errno = 0;
	status = ndx_read_dated_file(env, (const char *)path.data,
	                             HEAD_SIZE + 8 + NDX_SEGMENTS_MAX * ENTRY_SIZE, &data, &size,
	                             &mtime, err);
	if (status == NDX_E_IO && (errno == ENOENT || errno == ENOTDIR)) {
		status = explain_missing(env, dir, (const char *)path.data, err);
	} else if (status == NDX_OK) {
		status = decode(env, (const char *)path.data, data, size, manifest_ret, err);
		if (status == NDX_OK)
			manifest_ret->committed = mtime;
		ndx_free(env->mem, data);
	}
	ndx_buf_free(&path);
	return status;
}

void
ndx_manifest_free(const struct ndx_env *env, struct ndx_manifest *manifest)
{
	ndx_free(env->mem, manifest->segment);
	*manifest = (struct ndx_manifest){ 0 };
}

void
ndx_manifest_encode(const struct ndx_manifest *manifest, struct ndx_buf *out)
{
	size_t begin = out->size;

	ndx_buf_add_u64(out, MAGIC);
	ndx_buf_add_u32(out, NDX_FORMAT_VERSION);
	ndx_buf_add_u32(out, manifest->next_number);
	ndx_buf_add_u64(out, manifest->generation);
	ndx_buf_add(out, manifest->language, NDX_LANGUAGE_SIZE_MAX);
	ndx_buf_add_u32(out, manifest->sources);
	ndx_buf_add_u32(out, (uint32_t)manifest->segment_count);
	ndx_buf_add_u64(out, manifest->sources_size);
	ndx_buf_add_u64(out, manifest->bytes_written);
	ndx_buf_add_u64(out, manifest->bytes_flushed);
	ndx_buf_add_u64(out, manifest->sources_checksum);
	for (size_t i = 0; i < manifest->segment_count; i++) {
		const struct ndx_manifest_segment *entry = &manifest->segment[i];

		ndx_buf_add_u32(out, entry->number);
		ndx_buf_add_u32(out, entry->article_count);
		ndx_buf_add_u32(out, entry->deleted_count);
		ndx_buf_add_u32(out, entry->tombstones);
		ndx_buf_add_u64(out, entry->size);
		ndx_buf_add_u64(out, entry->checksum);
		ndx_buf_add_u64(out, entry->token_count);
		ndx_buf_add_u64(out, entry->tombstones_size);
		ndx_buf_add_u64(out, entry->tombstones_checksum);
	}
	if (!ndx_buf_failed(out))
		ndx_buf_add_u64(out, ndx_checksum(out->data + begin, out->size - begin));
}

void
ndx_segment_path(const char *dir, uint32_t number, struct ndx_buf *out)
{
	ndx_buf_printf(out, "%s%s%08" PRIx32 ".seg", dir, slash_after(dir), number);
	ndx_buf_add_u8(out, 0);
}

void
ndx_tombstones_path(const char *dir, uint32_t number, uint32_t tombstones, struct ndx_buf *out)
{
	ndx_buf_printf(out, "%s%s%08" PRIx32 "-%08" PRIx32 ".del", dir, slash_after(dir), number,
	               tombstones);
	ndx_buf_add_u8(out, 0);
}

void
ndx_sources_path(const char *dir, uint32_t sources, struct ndx_buf *out)
{
	ndx_buf_printf(out, "%s%s%08" PRIx32 ".src", dir, slash_after(dir), sources);
	ndx_buf_add_u8(out, 0);
}

enum ndx_status
ndx_sources_read(const struct ndx_env *env, const char *path, const struct ndx_manifest *manifest,
                 void **data_ret, size_t *size_ret, struct ndx_err *err)
{
	const enum ndx_status status =
		ndx_read_file(env, path, (size_t)manifest->sources_size, data_ret, size_ret, err);

	if (status != NDX_OK)
		return status;
	if (*size_ret != manifest->sources_size)
		corrupt(path, *size_ret, err, "it breaks off");
	else if (manifest->sources_checksum != 0 &&
	         ndx_checksum(*data_ret, *size_ret) != manifest->sources_checksum)
		corrupt(path, 0, err, "it is not the one of the manifest: its checksum differs");
	else
		return NDX_OK;
	ndx_free(env->mem, *data_ret);
	*data_ret = NULL;
	return NDX_E_CORRUPT;
}
