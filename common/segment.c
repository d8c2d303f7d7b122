/*
 * segment.c - one immutable file of an index, mapped
 *
 *   0        16                         sums_off      +8*n        +8*m      end-512
 *   +--------+--------------------------+-------------+-----------+---------+
 *   | header | parts, one after another | n checksums | m of them | TOC     |
 *   +--------+--------------------------+-------------+-----------+---------+
 *
 * The first n checksums speak for each 16 KiB of what is before them, the last
 * block being shorter; the next m for each 16 KiB of the first n; one in the table
 * of contents for those m; and its own last 8 bytes for the table of contents.  So
 * opening sums a few hundred bytes, and any later byte costs the sum of its own
 * block, once.
 *
 * The table of contents, 512 bytes, numbers little-endian:
 *
 *     0  u64 magic            8  u32 version           12  u32 number
 *    16  u32 articles        20  u32 dated articles    24  u32 terms     28  u32 0
 *    32  u64 tokens          40  i64 newest            48  i64 oldest
 *    56  u64 sums_off        64  u64 n                 72  u64 checksum of the m
 *    80  u64 bytes of positions, 88 of forms, 96 of pairs (shares of parts, for statistics)
 *   104  17 x { u64 offset, u64 size } of the parts, as enum ndx_part has them
 *   376  0 ...              504  u64 checksum of the 504 bytes before
 *
 * What must hold: parts lie one after another between the header and sums_off;
 * dated articles <= articles < 2^32 - 16.
 *
 * SPDX-License-Identifier: MIT
 */
#include "common/segment.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <xxhash.h>

#include "common/segment_layout.h"
#include "common/tombstones.h"
#include "common/varint.h"

/* Formats before this one have no part FORWARD. */
#define FORWARD_VERSION 3

uint64_t
ndx_checksum(const void *in, size_t size)
{
	return XXH3_64bits(in, size);
}

enum ndx_status
ndx_segment_corrupt(const struct ndx_segment *segment, uint64_t off, struct ndx_err *err,
                    const char *fmt, ...)
{
	char what[120];
	va_list args;

	va_start(args, fmt);
	vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	return ndx_fail(err, NDX_E_CORRUPT, "'%s' is corrupt at byte %" PRIu64 ": %s",
	                segment->path == NULL ? "memory" : segment->path, off, what);
}

/* Pages begin where blocks do: NDX_SUM_BLOCK_SIZE is a multiple of theirs. */
static void
advise(const struct ndx_segment *segment, uint64_t off, uint64_t size, int advice)
{
	const struct ndx_io *io = segment->env->io;
	const uint64_t begin = off / NDX_SUM_BLOCK_SIZE * NDX_SUM_BLOCK_SIZE;

	if (!segment->in_memory &&
	    begin < segment->size) /* only advice: it does not matter if it fails */
		(void)io->madvise(io->ctx, segment->data + begin,
		                  off - begin +
		                          (size < segment->size - off ? size : segment->size - off),
		                  advice);
}

void
ndx_segment_expect(const struct ndx_segment *segment, uint64_t off, uint64_t size)
{
	if (off < segment->sums_off && size > NDX_SUM_BLOCK_SIZE && !segment->in_memory &&
	    !__atomic_load_n(&segment->verified[off / NDX_SUM_BLOCK_SIZE], __ATOMIC_RELAXED))
		advise(segment, off, size, MADV_WILLNEED);
}

void
ndx_segment_expect_all(const struct ndx_segment *segment)
{
	advise(segment, 0, segment->size, MADV_NORMAL);
}

static uint64_t
block_count(uint64_t size)
{
	return (size + NDX_SUM_BLOCK_SIZE - 1) / NDX_SUM_BLOCK_SIZE;
}

/* Believe the checksum of block i, which is itself summed. */
static enum ndx_status
verify_sum(const struct ndx_segment *segment, uint64_t i, struct ndx_err *err)
{
	uint64_t block = i * 8 / NDX_SUM_BLOCK_SIZE,
		 off = segment->sums_off + block * NDX_SUM_BLOCK_SIZE;
	uint64_t end = segment->sums_off + segment->sums_count * 8;
	uint64_t size = end - off < NDX_SUM_BLOCK_SIZE ? end - off : NDX_SUM_BLOCK_SIZE;

	if (__atomic_load_n(&segment->sums_verified[block], __ATOMIC_RELAXED))
		return NDX_OK;
	if (ndx_checksum(segment->data + off, size) != ndx_get_u64(segment->data + end + 8 * block))
		return ndx_segment_corrupt(segment, off, err,
		                           "checksum of %" PRIu64 " bytes differs", size);
	__atomic_store_n(&segment->sums_verified[block], 1, __ATOMIC_RELAXED);
	return NDX_OK;
}

enum ndx_status
ndx_segment_verify_blocks(const struct ndx_segment *segment, uint64_t first, uint64_t last,
                          struct ndx_err *err)
{
	enum ndx_status status;

	if (first > last)
		return ndx_segment_corrupt(segment, segment->sums_off, err,
		                           "a reference beyond the end of the data");
	advise(segment, first * NDX_SUM_BLOCK_SIZE, (last - first + 1) * NDX_SUM_BLOCK_SIZE,
	       MADV_WILLNEED);
	for (uint64_t i = first; i <= last; i++) {
		uint64_t off = i * NDX_SUM_BLOCK_SIZE, left = segment->sums_off - off;
		uint64_t size = left < NDX_SUM_BLOCK_SIZE ? left : NDX_SUM_BLOCK_SIZE;

		if (__atomic_load_n(&segment->verified[i], __ATOMIC_RELAXED))
			continue;
		status = verify_sum(segment, i, err);
		if (status != NDX_OK)
			return status;
		if (ndx_checksum(segment->data + off, size) !=
		    ndx_get_u64(segment->data + segment->sums_off + 8 * i))
			return ndx_segment_corrupt(segment, off, err,
			                           "checksum of %" PRIu64 " bytes differs", size);
		__atomic_store_n(&segment->verified[i], 1, __ATOMIC_RELAXED);
	}
	return NDX_OK;
}

static enum ndx_status
read_parts(struct ndx_segment *segment, const uint8_t *toc, struct ndx_err *err)
{
	const uint8_t *entry = toc + NDX_TOC_PARTS;
	uint64_t at = NDX_SEGMENT_HEADER_SIZE;

	for (unsigned i = 0; i < NDX_PART_COUNT; i++) {
		struct ndx_span *part = &segment->part[i];

		if (i == NDX_PART_FORWARD && segment->version < FORWARD_VERSION) {
			*part = (struct ndx_span){ at, 0 };
			continue;
		}
		part->off = ndx_get_u64(entry);
		part->size = ndx_get_u64(entry + 8);
		entry += 16;
		if (part->off != at || part->size > segment->sums_off - at)
			return ndx_segment_corrupt(
				segment, segment->size - NDX_SEGMENT_TOC_SIZE, err,
				"part %u at %" PRIu64 ", expected at %" PRIu64, i, part->off, at);
		at += part->size;
	}
	if (at != segment->sums_off)
		return ndx_segment_corrupt(segment, segment->size - NDX_SEGMENT_TOC_SIZE, err,
		                           "parts end at %" PRIu64 ", expected %" PRIu64, at,
		                           segment->sums_off);
	return NDX_OK;
}

/* Where the checksums are, and that they fill the space between the parts and the TOC. */
static enum ndx_status
read_sums(struct ndx_segment *segment, const uint8_t *toc, struct ndx_err *err)
{
	const uint64_t toc_off = segment->size - NDX_SEGMENT_TOC_SIZE;
	uint64_t above, above_off;

	segment->sums_off = ndx_get_u64(toc + NDX_TOC_SUMS_OFF);
	segment->sums_count = ndx_get_u64(toc + NDX_TOC_SUMS_COUNT);
	if (segment->sums_off < NDX_SEGMENT_HEADER_SIZE || segment->sums_off > toc_off ||
	    segment->sums_count != block_count(segment->sums_off))
		return ndx_segment_corrupt(segment, toc_off, err,
		                           "checksums at %" PRIu64 " of %" PRIu64,
		                           segment->sums_off, segment->size);
	above = block_count(segment->sums_count * 8);
	above_off = segment->sums_off + segment->sums_count * 8;
	if (above_off + above * 8 != toc_off)
		return ndx_segment_corrupt(segment, toc_off, err, "size %zu, expected %" PRIu64,
		                           segment->size,
		                           above_off + above * 8 + NDX_SEGMENT_TOC_SIZE);
	if (ndx_checksum(segment->data + above_off, above * 8) != ndx_get_u64(toc + NDX_TOC_SUM))
		return ndx_segment_corrupt(segment, above_off, err,
		                           "checksum of %" PRIu64 " bytes differs", above * 8);
	return NDX_OK;
}

static enum ndx_status
read_toc(struct ndx_segment *segment, struct ndx_err *err)
{
	const uint8_t *toc;
	uint64_t toc_off;
	uint32_t version;
	bool toc_is_sound;
	enum ndx_status status;

	if (segment->size < NDX_SEGMENT_HEADER_SIZE + NDX_SEGMENT_TOC_SIZE)
		return ndx_segment_corrupt(segment, 0, err, "size %zu, at least %d expected",
		                           segment->size,
		                           NDX_SEGMENT_HEADER_SIZE + NDX_SEGMENT_TOC_SIZE);
	toc_off = segment->size - NDX_SEGMENT_TOC_SIZE;
	toc = segment->data + toc_off;
	if (ndx_get_u64(segment->data) != NDX_SEGMENT_MAGIC)
		return ndx_segment_corrupt(segment, 0, err, "not a segment of an index");
	version = ndx_get_u32(segment->data + 8);
	toc_is_sound = ndx_get_u64(toc) == NDX_SEGMENT_MAGIC &&
	               ndx_checksum(toc, NDX_SEGMENT_TOC_SIZE - 8) ==
	                       ndx_get_u64(toc + NDX_SEGMENT_TOC_SIZE - 8);
	if (version > NDX_FORMAT_VERSION && toc_is_sound &&
	    ndx_get_u32(toc + NDX_TOC_VERSION) <= NDX_FORMAT_VERSION)
		return ndx_segment_corrupt(segment, 8, err,
		                           "it has format %" PRIu32 " here and %" PRIu32
		                           " in its table of contents",
		                           version, ndx_get_u32(toc + NDX_TOC_VERSION));
	if (version > NDX_FORMAT_VERSION)
		return ndx_fail(err, NDX_E_VERSION,
		                "'%s' has format %" PRIu32 ", this program reads 1 to %d",
		                segment->path, version, NDX_FORMAT_VERSION);
	if (!toc_is_sound)
		return ndx_segment_corrupt(segment, toc_off, err,
		                           "checksum of the table of contents differs");
	segment->version = ndx_get_u32(toc + NDX_TOC_VERSION);
	segment->number = ndx_get_u32(toc + NDX_TOC_NUMBER);
	segment->article_count = ndx_get_u32(toc + NDX_TOC_ARTICLES);
	segment->dated_count = ndx_get_u32(toc + NDX_TOC_DATED);
	segment->term_count = ndx_get_u32(toc + NDX_TOC_TERMS);
	segment->token_count = ndx_get_u64(toc + NDX_TOC_TOKENS);
	segment->newest = (int64_t)ndx_get_u64(toc + NDX_TOC_NEWEST);
	segment->oldest = (int64_t)ndx_get_u64(toc + NDX_TOC_OLDEST);
	segment->positions_bytes = ndx_get_u64(toc + NDX_TOC_POSITIONS_BYTES);
	segment->forms_bytes = ndx_get_u64(toc + NDX_TOC_FORMS_BYTES);
	segment->pairs_bytes = ndx_get_u64(toc + NDX_TOC_PAIRS_BYTES);
	if (segment->article_count >= NDX_DOCID_LIMIT ||
	    segment->dated_count > segment->article_count)
		return ndx_segment_corrupt(segment, toc_off, err,
		                           "%" PRIu32 " articles, %" PRIu32 " dated",
		                           segment->article_count, segment->dated_count);
	status = read_sums(segment, toc, err);
	if (status != NDX_OK)
		return status;
	status = read_parts(segment, toc, err);
	if (status == NDX_OK && segment->part[NDX_PART_NORMS].size != segment->article_count)
		return ndx_segment_corrupt(
			segment, toc_off, err, "%" PRIu64 " norms for %" PRIu32 " articles",
			segment->part[NDX_PART_NORMS].size, segment->article_count);
	return status;
}

static enum ndx_status
map_file(struct ndx_segment *segment, const char *path, uint64_t size, struct ndx_err *err)
{
	const struct ndx_io *io = segment->env->io;
	enum ndx_status status = NDX_OK;
	struct stat st;
	int fd = io->open(io->ctx, path, O_RDONLY | O_CLOEXEC, 0);

	if (fd == -1)
		return ndx_fail_os(err, "cannot open '%s'", path);
	if (io->fstat(io->ctx, fd, &st) == -1) {
		status = ndx_fail_os(err, "cannot stat '%s'", path);
	} else if (st.st_size < 0 || (uint64_t)st.st_size != size) {
		status = ndx_fail(err, NDX_E_CORRUPT,
		                  "'%s' is corrupt: size %jd, %" PRIu64 " expected by the manifest",
		                  path, (intmax_t)st.st_size, size);
	} else if (size > 0) {
		segment->data = io->mmap(io->ctx, fd, (size_t)size);
		segment->size = (size_t)size;
		if (segment->data == NULL)
			status = ndx_fail_os(err, "cannot map '%s'", path);
		else /* not megabytes around each place, as some systems would read */
			advise(segment, 0, size, MADV_RANDOM);
	}
	io->close(io->ctx, fd); /* the mapping outlives it */
	return status;
}

enum ndx_status
ndx_segment_open(const struct ndx_env *env, const char *path, uint64_t size,
                 struct ndx_segment *segment_ret, struct ndx_err *err)
{
	struct ndx_segment segment = { .env = env, .kernels = ndx_kernels_get(NULL) };
	enum ndx_status status = NDX_E_NOMEM;
	size_t path_size = strlen(path) + 1;

	segment.path = ndx_alloc(env->mem, path_size);
	if (segment.path == NULL)
		return ndx_fail_nomem(err);
	memcpy(segment.path, path, path_size);
	status = map_file(&segment, path, size, err);
	if (status == NDX_OK)
		status = read_toc(&segment, err);
	if (status == NDX_OK) {
		segment.verified = ndx_alloc_zero(env->mem, (size_t)segment.sums_count, 1);
		segment.sums_verified =
			ndx_alloc_zero(env->mem, (size_t)block_count(segment.sums_count * 8), 1);
		if (segment.verified == NULL || segment.sums_verified == NULL)
			status = ndx_fail_nomem(err);
	}
	if (status != NDX_OK) {
		ndx_segment_close(&segment);
		return status;
	}
	*segment_ret = segment;
	return NDX_OK;
}

enum ndx_status
ndx_segment_open_memory(const struct ndx_env *env, const uint8_t *data, size_t size,
                        struct ndx_segment *segment_ret, struct ndx_err *err)
{
	struct ndx_segment segment = { .env = env,
		                       .kernels = ndx_kernels_get(NULL),
		                       .data = data,
		                       .size = size,
		                       .in_memory = true };
	enum ndx_status status = read_toc(&segment, err);

	if (status == NDX_OK)
		*segment_ret = segment;
	return status;
}

void
ndx_segment_close(struct ndx_segment *segment)
{
	const struct ndx_env *env = segment->env;

	if (env == NULL)
		return;
	if (segment->data != NULL && !segment->in_memory)
		env->io->munmap(env->io->ctx, (void *)(uintptr_t)segment->data, segment->size);
	ndx_free(env->mem, segment->path);
	ndx_free(env->mem, segment->verified);
	ndx_free(env->mem, segment->sums_verified);
	ndx_tombstones_free(segment->tombstones);
	*segment = (struct ndx_segment){ 0 };
}

enum ndx_status
ndx_segment_norms(const struct ndx_segment *segment, ndx_docid first, ndx_docid last,
                  struct ndx_err *err)
{
	return ndx_segment_verify(segment, segment->part[NDX_PART_NORMS].off + first,
	                          (uint64_t)last - first + 1, err);
}
