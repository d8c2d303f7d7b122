/*
 * manifest.h - the file that says which segments make up an index
 *
 * It is replaced as a whole, by rename, and that is the commit.  It also holds the
 * totals that every query needs, so that they cost no look into the segments.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_COMMON_MANIFEST_H
#define NDX_COMMON_MANIFEST_H

#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/error.h"
#include "common/io.h"

#define NDX_MANIFEST_NAME     "manifest"
#define NDX_LOCK_NAME         "lock"
#define NDX_LANGUAGE_SIZE_MAX 32
#define NDX_SEGMENTS_MAX      4096

struct ndx_manifest_segment {
	uint32_t number;        /* names the file: NNNNNNNN.seg */
	uint64_t size;          /* bytes of that file */
	uint64_t checksum;      /* of its table of contents: no other file of that name will do */
	uint32_t article_count; /* deleted ones too */
	uint32_t deleted_count;
	uint64_t token_count;         /* of the live articles */
	uint32_t tombstones;          /* 0: none; else names the file NNNNNNNN-TTTTTTTT.del */
	uint64_t tombstones_size;     /* bytes of that file */
	uint64_t tombstones_checksum; /* of all of them; 0: not known, from format 1 */
};

struct ndx_manifest {
	uint64_t generation;                  /* rises by one with every commit */
	uint32_t next_number;                 /* for the next file: never used before */
	char language[NDX_LANGUAGE_SIZE_MAX]; /* of the stemmer, NUL-terminated */
	uint32_t sources;                     /* 0: none; else names the file NNNNNNNN.src */
	uint64_t sources_size;
	uint64_t sources_checksum; /* of that file; 0: not known, from format 1 */
	uint64_t bytes_written;    /* by all flushes and merges so far: write amplification */
	uint64_t bytes_flushed;    /* by flushes alone */
	int64_t committed;         /* when the file that was read was written, seconds since 1970 */
	struct ndx_manifest_segment *segment; /* from env->mem */
	size_t segment_count;
};

/* Read and verify DIR/manifest.  A missing directory or manifest is NDX_E_IO, with the name in the
 * message. */
enum ndx_status ndx_manifest_read(const struct ndx_env *env, const char *dir,
                                  struct ndx_manifest *manifest_ret, struct ndx_err *err);
void ndx_manifest_free(const struct ndx_env *env, struct ndx_manifest *manifest);
/* Append the bytes of the manifest file. */
void ndx_manifest_encode(const struct ndx_manifest *manifest, struct ndx_buf *out);

/* Append DIR/NAME of a segment, tombstone or source-state file with a NUL. */
void ndx_segment_path(const char *dir, uint32_t number, struct ndx_buf *out);
void ndx_tombstones_path(const char *dir, uint32_t number, uint32_t tombstones,
                         struct ndx_buf *out);
void ndx_sources_path(const char *dir, uint32_t sources, struct ndx_buf *out);

/*
 * Read the state of the source files, whose path is 'path', as the manifest describes it;
 * *data_ret is to be freed with ndx_free() of env->mem.
 */
enum ndx_status ndx_sources_read(const struct ndx_env *env, const char *path,
                                 const struct ndx_manifest *manifest, void **data_ret,
                                 size_t *size_ret, struct ndx_err *err);

#endif
