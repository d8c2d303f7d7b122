/*
 * segment.h - one immutable file of an index, mapped
 *
 * The file's parts and their order are told in FORMAT.md.  Opening reads the table
 * of contents alone; every other byte is checked against its checksum before it is
 * first believed (ndx_segment_verify), so damage is an error and never an answer.
 *
 * Threads: an open segment may be read by any number of threads.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_COMMON_SEGMENT_H
#define NDX_COMMON_SEGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/format.h"
#include "common/io.h"
#include "common/kernels.h"

/* Parts of a segment, in the order in which they lie in the file. */
enum ndx_part {
	NDX_PART_STORED = 0, /* articles, in compressed blocks */
	NDX_PART_STORED_INDEX,
	NDX_PART_IDS, /* ids, in compressed blocks */
	NDX_PART_IDS_INDEX,
	NDX_PART_ID_TABLE, /* hash of an id to its docid, sorted */
	NDX_PART_POSTINGS, /* of each term: its positions, then its postings list */
	NDX_PART_FORWARD,  /* headlines by docid, see forward.h; empty before format 3 */
	NDX_PART_SLOTS,    /* column: docid to its place in STORED and IDS */
	NDX_PART_DATES,    /* column */
	NDX_PART_ZONES,    /* column */
	NDX_PART_TITLES,   /* column: positions of the title */
	NDX_PART_SOURCES,  /* column with names, as the next two */
	NDX_PART_SECTIONS,
	NDX_PART_AUTHORS,
	NDX_PART_NORMS,
	NDX_PART_DICT,     /* term dictionary: its blocks */
	NDX_PART_DICT_TOP, /* and the first key of each */
	NDX_PART_COUNT
};

struct ndx_span {
	uint64_t off, size; /* bytes in the file */
};

struct ndx_segment {
	const struct ndx_env *env;
	const struct ndx_kernels *kernels;
	char *path;          /* as messages name it */
	const uint8_t *data; /* the whole file */
	size_t size;
	uint32_t version; /* of the format */
	uint32_t number;
	uint32_t article_count; /* deleted ones too */
	uint32_t dated_count;   /* docids below have a date */
	uint32_t term_count;
	uint64_t token_count;   /* sum of the articles' lengths */
	int64_t newest, oldest; /* of dated_count > 0 */
	struct ndx_span part[NDX_PART_COUNT];
	uint64_t positions_bytes, forms_bytes, pairs_bytes; /* for ndx stats */
	uint64_t sums_off;                                  /* checksums of all bytes before */
	uint64_t sums_count;
	bool in_memory;         /* never a file: not checksummed, not ours to unmap */
	uint8_t *verified;      /* one per block of NDX_SUM_BLOCK_SIZE bytes: 1 = believed */
	uint8_t *sums_verified; /* the same for the checksums themselves */
	struct ndx_tombstones *tombstones; /* NULL: no article is deleted */
};

#define NDX_SEGMENT_TOC_SIZE 512

/*
 * Open 'path', whose size must be 'size' as the manifest has it.  The segment's
 * memory, and the copy of 'path', come from env->mem.
 */
enum ndx_status ndx_segment_open(const struct ndx_env *env, const char *path, uint64_t size,
                                 struct ndx_segment *segment_ret, struct ndx_err *err);

/* A segment that lies in data[size] (and stays there) and was just made by this program. */
enum ndx_status ndx_segment_open_memory(const struct ndx_env *env, const uint8_t *data, size_t size,
                                        struct ndx_segment *segment_ret, struct ndx_err *err);
void ndx_segment_close(struct ndx_segment *segment); /* the tombstones too */

/* Slow path of the next: sums what has not been summed. */
enum ndx_status ndx_segment_verify_blocks(const struct ndx_segment *segment, uint64_t first,
                                          uint64_t last, struct ndx_err *err);

/*
 * Believe the bytes off .. off + size - 1, or NDX_E_CORRUPT with file and byte.  Also
 * refuses a span that does not lie before the checksums.
 */
static inline enum ndx_status
ndx_segment_verify(const struct ndx_segment *segment, uint64_t off, uint64_t size,
                   struct ndx_err *err)
{
	uint64_t first = off / NDX_SUM_BLOCK_SIZE, last;

	if (size == 0)
		return NDX_OK;
	if (off >= segment->sums_off || size > segment->sums_off - off)
		return ndx_segment_verify_blocks(segment, 1, 0, err);
	last = (off + size - 1) / NDX_SUM_BLOCK_SIZE;
	if (segment->in_memory)
		return NDX_OK;
	for (uint64_t i = first; i <= last; i++)
		if (!__atomic_load_n(&segment->verified[i], __ATOMIC_RELAXED))
			return ndx_segment_verify_blocks(segment, first, last, err);
	return NDX_OK;
}

/*
 * Say that these bytes are needed soon, if nothing of them was looked at yet: they are then read
 * together while the caller goes on.
 */
void ndx_segment_expect(const struct ndx_segment *segment, uint64_t off, uint64_t size);
/* Say that the whole file will be read from its beginning on; after opening, single places are. */
void ndx_segment_expect_all(const struct ndx_segment *segment);

/* NDX_E_CORRUPT: "'FILE' is corrupt at byte OFF: WHAT". */
enum ndx_status ndx_segment_corrupt(const struct ndx_segment *segment, uint64_t off,
                                    struct ndx_err *err, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

static inline const uint8_t *
ndx_segment_part(const struct ndx_segment *segment, enum ndx_part part)
{
	return segment->data + segment->part[part].off;
}

/* The checksum of in[size], as it is stored. */
uint64_t ndx_checksum(const void *in, size_t size);

/* The norms, one byte per docid; verified as a whole at the first call. */
enum ndx_status ndx_segment_norms(const struct ndx_segment *segment, ndx_docid first,
                                  ndx_docid last, struct ndx_err *err);

#endif
