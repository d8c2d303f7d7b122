/*
 * format.h - numbers that the files of an index are made of
 *
 * FORMAT.md tells the files byte by byte; what both the writer and the reader must
 * agree on is here.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_COMMON_FORMAT_H
#define NDX_COMMON_FORMAT_H

#include <stddef.h>
#include <stdint.h>

typedef uint32_t ndx_docid;

#define NDX_DOCID_NONE  UINT32_MAX  /* "no article", and the docid before the first */
#define NDX_DOCID_LIMIT 0xfffffff0u /* a segment holds fewer articles than this */

#define NDX_FORMAT_VERSION 3

/* 128: a multiple of 64, so that bit-packed blocks of any width end on a 16-byte border. */
#define NDX_BLOCK_LEN 128
/* Blocks under one entry of the upper skip level. */
#define NDX_GROUP_LEN 32

/* Terms with at most so many postings, in at most so many bytes, live in the dictionary. */
#define NDX_INLINE_DF_MAX   4
#define NDX_INLINE_SIZE_MAX 40

#define NDX_DICT_BLOCK_LEN 32  /* terms in one front-coded block */
#define NDX_PREFIX_SIZE    8   /* bytes of a first key that a search looks at first */
#define NDX_KEY_SIZE_MAX   255 /* field byte and term */

/* A checksum covers so many bytes of a segment; the checksums themselves are summed likewise. */
#define NDX_SUM_BLOCK_SIZE 16384

/* Decoders may look at, but not believe, so many bytes past what they decode. */
#define NDX_READ_SLACK 64

#define NDX_STORED_BLOCK_SIZE (32 * 1024) /* stored records, before compression */
#define NDX_ID_BLOCK_SIZE     (4 * 1024)  /* ids, before compression */

#endif
