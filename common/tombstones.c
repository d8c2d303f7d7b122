/*
 * tombstones.c - the deleted articles of one segment
 *
 *     0  u64 magic             8  u32 version             12  u32 number of the segment
 *    16  u32 n deleted        20  u32 m corrections       24  u64 tokens of the deleted
 *    32  m x { u32 ordinal, u32 df, u64 cf }, by rising ordinal
 *  ....  n x u32 docid, rising
 *  ....  u64 checksum of all bytes before
 *
 * The corrections come first, so that both arrays are aligned and can be used as they lie.
 *
 * What must hold: docids below the segment's articles, ordinals below its terms; df from 1
 * to n.
 *
 * SPDX-License-Identifier: MIT
 */
#include "common/tombstones.h"

#include <inttypes.h>

#include "common/segment.h"
#include "common/varint.h"

#define MAGIC     UINT64_C(0x0aff6c656478646e) /* "ndxdel" and two bytes */
#define HEAD_SIZE 32

_Static_assert(sizeof(struct ndx_correction) == 16, "corrections are used as they lie in the file");

static enum ndx_status
corrupt(const char *path, uint64_t off, struct ndx_err *err, const char *what)
{
	return ndx_fail(err, NDX_E_CORRUPT, "'%s' is corrupt at byte %" PRIu64 ": %s", path, off,
	                what);
}

static enum ndx_status
check_arrays(const struct ndx_tombstones *tombstones, const char *path, uint32_t article_count,
             uint32_t term_count, struct ndx_err *err)
{
	for (uint32_t i = 0; i < tombstones->count; i++)
		if (tombstones->docid[i] >= article_count ||
		    (i > 0 && tombstones->docid[i] <= tombstones->docid[i - 1]))
			return corrupt(path,
			               HEAD_SIZE + 16 * (uint64_t)tombstones->correction_count +
			                       4 * i,
			               err, "a deleted docid that does not rise, or is none");
	for (uint32_t i = 0; i < tombstones->correction_count; i++)
		if (tombstones->correction[i].ordinal >= term_count ||
		    tombstones->correction[i].df == 0 ||
		    tombstones->correction[i].df > tombstones->count ||
		    (i > 0 &&
		     tombstones->correction[i].ordinal <= tombstones->correction[i - 1].ordinal))
			return corrupt(path, HEAD_SIZE + 16 * (uint64_t)i, err,
			               "a correction that does not rise, or cannot be");
	return NDX_OK;
}

static enum ndx_status
decode(struct ndx_tombstones *tombstones, const char *path, uint32_t number, struct ndx_err *err)
{
	const uint8_t *in = tombstones->data;
	size_t size = tombstones->data_size;

	if (size < HEAD_SIZE + 8 || ndx_get_u64(in) != MAGIC)
		return corrupt(path, 0, err, "not a tombstone file");
	if (ndx_checksum(in, size - 8) != ndx_get_u64(in + size - 8))
		return corrupt(path, size - 8, err, "its checksum differs");
	if (ndx_get_u32(in + 8) > NDX_FORMAT_VERSION)
		return ndx_fail(err, NDX_E_VERSION,
		                "'%s' has format %" PRIu32 ", this program reads 1 to %d", path,
		                ndx_get_u32(in + 8), NDX_FORMAT_VERSION);
	if (ndx_get_u32(in + 8) < 1)
		return corrupt(path, 8, err, "format 0");
	if (ndx_get_u32(in + 12) != number)
		return corrupt(path, 12, err, "it belongs to another segment");
	tombstones->count = ndx_get_u32(in + 16);
	tombstones->correction_count = ndx_get_u32(in + 20);
	tombstones->token_count = ndx_get_u64(in + 24);
	if (size != HEAD_SIZE + 16 * (uint64_t)tombstones->correction_count +
	                    4 * (uint64_t)tombstones->count + 8)
		return corrupt(path, 16, err, "counts that do not fit its size");
	tombstones->correction = (const struct ndx_correction *)(const void *)(in + HEAD_SIZE);
	tombstones->docid =
		(const uint32_t *)(const void *)(in + HEAD_SIZE +
	                                         16 * (size_t)tombstones->correction_count);
	return NDX_OK;
}

enum ndx_status
ndx_tombstones_open(const struct ndx_env *env, const char *path, uint64_t size, uint64_t checksum,
                    uint32_t number, uint32_t article_count, uint32_t term_count,
                    struct ndx_tombstones **tombstones_ret, struct ndx_err *err)
{
	struct ndx_tombstones *tombstones = ndx_alloc_zero(env->mem, 1, sizeof(*tombstones));
	enum ndx_status status;

	if (tombstones == NULL)
		return ndx_fail_nomem(err);
	tombstones->env = env;
	status = ndx_read_file(env, path, (size_t)size, &tombstones->data, &tombstones->data_size,
	                       err);
	if (status == NDX_OK && tombstones->data_size != size)
		status = corrupt(path, tombstones->data_size, err,
		                 "it is shorter than the manifest says");
	if (status == NDX_OK)
		status = decode(tombstones, path, number, err);
	if (status == NDX_OK && checksum != 0 &&
	    ndx_checksum(tombstones->data, (size_t)size) != checksum)
		status = corrupt(path, 0, err,
		                 "it is not the one of the manifest: its checksum differs");
	if (status == NDX_OK)
		status = check_arrays(tombstones, path, article_count, term_count, err);
	if (status != NDX_OK)
		ndx_tombstones_free(tombstones);
	else
		*tombstones_ret = tombstones;
	return status;
}

void
ndx_tombstones_free(struct ndx_tombstones *tombstones)
{
	if (tombstones == NULL)
		return;
	ndx_free(tombstones->env->mem, tombstones->data);
	ndx_free(tombstones->env->mem, tombstones);
}

void
ndx_tombstones_encode(uint32_t number, const uint32_t *docid, uint32_t count,
                      const struct ndx_correction *correction, uint32_t correction_count,
                      uint64_t token_count, struct ndx_buf *out)
{
	size_t begin = out->size;

	ndx_buf_add_u64(out, MAGIC);
	ndx_buf_add_u32(out, NDX_FORMAT_VERSION);
	ndx_buf_add_u32(out, number);
	ndx_buf_add_u32(out, count);
	ndx_buf_add_u32(out, correction_count);
	ndx_buf_add_u64(out, token_count);
	ndx_buf_add(out, correction, correction_count * sizeof(*correction));
	ndx_buf_add(out, docid, count * sizeof(*docid));
	if (!ndx_buf_failed(out))
		ndx_buf_add_u64(out, ndx_checksum(out->data + begin, out->size - begin));
}

uint32_t
ndx_tombstones_find(const struct ndx_tombstones *tombstones, ndx_docid docid, uint32_t from)
{
	uint32_t low = from, high = tombstones->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (tombstones->docid[middle] < docid)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool
ndx_tombstones_has(const struct ndx_tombstones *tombstones, ndx_docid docid)
{
	uint32_t at;

	if (tombstones == NULL)
		return false;
	at = ndx_tombstones_find(tombstones, docid, 0);
	return at < tombstones->count && tombstones->docid[at] == docid;
}

struct ndx_correction
ndx_tombstones_correction(const struct ndx_tombstones *tombstones, uint32_t ordinal)
{
	uint32_t low = 0, high = tombstones == NULL ? 0 : tombstones->correction_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (tombstones->correction[middle].ordinal < ordinal)
			low = middle + 1;
		else
			high = middle;
	}
	if (tombstones != NULL && low < tombstones->correction_count &&
	    tombstones->correction[low].ordinal == ordinal)
		return tombstones->correction[low];
	return (struct ndx_correction){ .ordinal = ordinal };
}
