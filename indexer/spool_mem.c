/*
 * spool_mem.c - see spool_mem.h
 *
 * A head before each piece says how large it is and where it lies.
 *
 * SPDX-License-Identifier: MIT
 */
#include "indexer/spool_mem.h"

#include <string.h>

#include "indexer/spool.h"

struct head {
	size_t size; /* of the piece, without its head */
	int fd;      /* of its file; -1: it is from the table below */
};

/* Pieces are aligned as malloc() aligns them. */
#define HEAD_SIZE ((size_t)16)
_Static_assert(sizeof(struct head) <= HEAD_SIZE, "a head fits before a piece");

static struct head *
head_of(void *piece)
{
	return (struct head *)(void *)((char *)piece - HEAD_SIZE);
}

static void *
piece_of(struct head *head)
{
	return (char *)head + HEAD_SIZE;
}

static void
release(const struct ndx_spool_mem *spool, struct head *head)
{
	const struct ndx_io *io = spool->env->io;
	const int fd = head->fd;

	if (fd == -1) {
		ndx_free(spool->env->mem, head);
		return;
	}
	io->munmap(io->ctx, head, HEAD_SIZE + head->size);
	io->close(io->ctx, fd);
}

/* Blocks are reserved, so that no full disk can stop a write to the mapping. */
static struct head *
map(const struct ndx_spool_mem *spool, int fd, size_t size)
{
	const struct ndx_io *io = spool->env->io;
	struct head *head;

	if (io->reserve(io->ctx, fd, (off_t)(HEAD_SIZE + size)) == -1)
		return NULL;
	head = io->mmap_write(io->ctx, fd, HEAD_SIZE + size);
	if (head != NULL)
		*head = (struct head){ size, fd };
	return head;
}

/* NULL: it cannot be done, for whatever reason. */
static struct head *
map_new(const struct ndx_spool_mem *spool, size_t size)
{
	const struct ndx_io *io = spool->env->io;
	const int fd = ndx_spool_open(spool->env, spool->dir);
	struct head *head = fd == -1 ? NULL : map(spool, fd, size);

	if (fd != -1 && head == NULL)
		io->close(io->ctx, fd);
	return head;
}

static struct head *
allocate(const struct ndx_spool_mem *spool, size_t size)
{
	struct head *head = size >= spool->piece_size_min ? map_new(spool, size) : NULL;

	if (head == NULL) {
		head = ndx_alloc(spool->env->mem, HEAD_SIZE + size);
		if (head != NULL)
			*head = (struct head){ size, -1 };
	}
	return head;
}

/* The piece in its place or a larger mapping of its file; NULL: it has to move. */
static struct head *
resize(const struct ndx_spool_mem *spool, struct head *head, size_t size)
{
	const struct ndx_io *io = spool->env->io;
	const size_t size_before = head->size;
	struct head *mapped;

	if (head->fd == -1) {
		if (size >= spool->piece_size_min)
			return NULL;
		head = ndx_realloc(spool->env->mem, head, HEAD_SIZE + size);
		if (head != NULL)
			head->size = size;
		return head;
	}
	if (size < spool->piece_size_min)
		return NULL;
	mapped = map(spool, head->fd, size);
	if (mapped != NULL)
		io->munmap(io->ctx, head, HEAD_SIZE + size_before);
	return mapped;
}

static void *
spool_realloc(void *ctx, void *ptr, size_t size)
{
	const struct ndx_spool_mem *spool = ctx;
	struct head *before = ptr == NULL ? NULL : head_of(ptr), *head;

	if (size == 0) {
		if (before != NULL)
			release(spool, before);
		return NULL;
	}
	if (size > SIZE_MAX / 2)
		return NULL;
	head = before == NULL ? NULL : resize(spool, before, size);
	if (head != NULL)
		return piece_of(head);
	head = allocate(spool, size);
	if (head != NULL && before != NULL) {
		memcpy(piece_of(head), ptr, before->size < size ? before->size : size);
		release(spool, before);
	}
	return head == NULL ? NULL : piece_of(head);
}

void
ndx_spool_mem_init(struct ndx_spool_mem *spool, const struct ndx_env *env, const char *dir,
                   size_t piece_size_min)
{
	*spool = (struct ndx_spool_mem){ { spool_realloc, spool }, env, dir, piece_size_min };
}
