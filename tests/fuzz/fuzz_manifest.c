/*
 * fuzz_manifest.c - the small files of an index: manifest, tombstones, state of the sources
 *
 * Input: u8 which of the three, then the bytes of the file but for its checksum, which is made
 * true here.  Property: what is read, written again, is the same file; of the sources, whose
 * numbers may be coded longer than they need be, and of older formats, it is the same from the
 * second time on.
 *
 * SPDX-License-Identifier: MIT
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/manifest.h"
#include "common/segment.h"
#include "common/tombstones.h"
#include "common/varint.h"
#include "indexer/sources.h"
#include "tests/fuzz/fuzz.h"

#define ARTICLES 1000
#define TERMS    5000
#define NUMBER   7

/* The file that is read, whatever it is called. */
static struct {
	uint8_t *data;
	size_t size;
} file;

static int
open_it(void *ctx, const char *path, int flags, mode_t mode)
{
	(void)ctx, (void)path, (void)flags, (void)mode;
	return 7;
}

static int
close_it(void *ctx, int fd)
{
	(void)ctx, (void)fd;
	return 0;
}

static int
stat_it(void *ctx, int fd, struct stat *st)
{
	(void)ctx, (void)fd;
	*st = (struct stat){ .st_mode = S_IFREG | 0644, .st_size = (off_t)file.size };
	return 0;
}

static ssize_t
read_it(void *ctx, int fd, void *out, size_t size, off_t off)
{
	(void)ctx, (void)fd;
	if (off < 0 || (size_t)off > file.size) {
		errno = EINVAL;
		return -1;
	}
	if (size > file.size - (size_t)off)
		size = file.size - (size_t)off;
	if (size > 0)
		memcpy(out, file.data + off, size);
	return (ssize_t)size;
}

static const struct ndx_io io = {
	.open = open_it, .close = close_it, .fstat = stat_it, .pread = read_it
};
static const struct ndx_env env = { &ndx_mem_default, &io };

static void
must_be(const struct ndx_buf *out, const void *data, size_t size)
{
	must(!ndx_buf_failed(out) && out->size == size && memcmp(out->data, data, size) == 0);
}

static void
must_explain(enum ndx_status status, const struct ndx_err *err)
{
	must((status == NDX_E_CORRUPT || status == NDX_E_VERSION || status == NDX_E_IO) &&
	     err->msg[0] != '\0');
}

/* What was written of a file of an older format is of this one. */
static void
try_again(const struct ndx_buf *written)
{
	uint8_t *older = file.data;
	struct ndx_manifest manifest;
	struct ndx_buf again;

	must(!ndx_buf_failed(written));
	file.data = written->data;
	file.size = written->size;
	must(ndx_manifest_read(&env, "index", &manifest, NULL) == NDX_OK);
	ndx_buf_init(&again, &ndx_mem_default);
	ndx_manifest_encode(&manifest, &again);
	must_be(&again, written->data, written->size);
	ndx_buf_free(&again);
	ndx_manifest_free(&env, &manifest);
	file.data = older;
}

static void
try_manifest(struct ndx_buf *out)
{
	struct ndx_manifest manifest;
	struct ndx_err err = { .status = NDX_OK };
	enum ndx_status status = ndx_manifest_read(&env, "index", &manifest, &err);

	if (status != NDX_OK) {
		must_explain(status, &err);
		return;
	}
	ndx_manifest_encode(&manifest, out);
	ndx_manifest_free(&env, &manifest);
	if (ndx_get_u32(file.data + 8) == NDX_FORMAT_VERSION)
		must_be(out, file.data, file.size);
	else
		try_again(out);
}

static void
try_tombstones(struct ndx_buf *out)
{
	struct ndx_tombstones *tombstones;
	struct ndx_err err = { .status = NDX_OK };
	enum ndx_status status = ndx_tombstones_open(&env, "index/a.del", file.size, 0, NUMBER,
	                                             ARTICLES, TERMS, &tombstones, &err);

	if (status != NDX_OK) {
		must_explain(status, &err);
		return;
	}
	for (ndx_docid docid = 0; docid < ARTICLES; docid++) {
		const uint32_t at = ndx_tombstones_find(tombstones, docid, 0);

		must(at <= tombstones->count &&
		     (at == tombstones->count || tombstones->docid[at] >= docid));
		must(ndx_tombstones_has(tombstones, docid) ==
		     (at < tombstones->count && tombstones->docid[at] == docid));
	}
	for (uint32_t ordinal = 0; ordinal < TERMS; ordinal++)
		must(ndx_tombstones_correction(tombstones, ordinal).df <= tombstones->count);
	ndx_tombstones_encode(NUMBER, tombstones->docid, tombstones->count, tombstones->correction,
	                      tombstones->correction_count, tombstones->token_count, out);
	/* the format's number may be an older one, and then the checksum differs */
	must(out->size == file.size && memcmp(out->data, file.data, 8) == 0 &&
	     memcmp(out->data + 12, file.data + 12, file.size - 20) == 0);
	ndx_tombstones_free(tombstones);
}

/* Each file is found by its path, with as many ids and rejects as it says. */
static void
walk_sources(const struct ndx_sources *sources)
{
	const struct ndx_source_file *found = ndx_sources_find(sources, ndx_str("news/a1"));
	struct ndx_source_ids *ids = malloc(sizeof(*ids));
	struct ndx_str id, reason;
	uint32_t count = 0;
	size_t at = 0;

	must(ids != NULL);
	if (found != NULL) {
		for (ndx_source_ids_begin(ids, found); ndx_source_ids_next(ids, &id); count++)
			must(id.size > 0 && id.size <= NDX_ID_SIZE_MAX);
		must(count == found->id_count);
		for (count = 0; ndx_source_reject_next(found, &at, &reason); count++)
			must(at <= found->rejects.size);
		must(count == found->reject_count);
	}
	ndx_sources_find_id(sources, ndx_str("a1"));
	free(ids);
}

static bool
read_sources(const uint8_t *data, size_t size, struct ndx_buf *out)
{
	void *copy = ndx_alloc(&ndx_mem_default, size);
	struct ndx_sources *sources;
	struct ndx_err err = { .status = NDX_OK };
	enum ndx_status status;

	must(copy != NULL);
	memcpy(copy, data, size);
	status = ndx_sources_new(&env, "index/a.src", copy, size, &sources, &err);
	if (status != NDX_OK) {
		must_explain(status, &err);
		return false;
	}
	walk_sources(sources);
	must(ndx_sources_encode(sources, out, NULL) == NDX_OK);
	ndx_sources_free(sources);
	return true;
}

static void
try_sources(struct ndx_buf *out)
{
	struct ndx_buf again;

	if (!read_sources(file.data, file.size, out))
		return;
	ndx_buf_init(&again, &ndx_mem_default);
	must(out->size <= file.size && read_sources(out->data, out->size, &again));
	must_be(&again, out->data, out->size);
	ndx_buf_free(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t in_size)
{
	static void (*const try[])(struct ndx_buf * out) = { try_manifest, try_tombstones,
		                                             try_sources };
	struct ndx_buf out;
	uint64_t sum;

	if (in_size < 1)
		return 0;
	file.size = in_size - 1 + sizeof(sum);
	file.data = malloc(file.size);
	must(file.data != NULL);
	memcpy(file.data, in + 1, in_size - 1);
	sum = ndx_checksum(file.data, in_size - 1);
	memcpy(file.data + in_size - 1, &sum, sizeof(sum));
	ndx_buf_init(&out, &ndx_mem_default);
	try[in[0] % 3](&out);
	ndx_buf_free(&out);
	free(file.data);
	return 0;
}
