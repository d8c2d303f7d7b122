/*
 * stream.c - see stream.h
 *
 * A gzip file is one or more members, each with its own check sum; zeros may pad its
 * end.  inflate() verifies each member; bytes of a member that is damaged or breaks
 * off have been handed out by then, so that whole records among them are kept.
 *
 * No honest text shrinks to a 250th.  Past the first 64 MB a file that unpacks to more
 * is refused: unpacking takes time in proportion to its size on disk.
 *
 * SPDX-License-Identifier: MIT
 */
#include "corpus/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#define IN_SIZE          ((size_t)128 * 1024)
#define BOMB_SIZE_MIN    ((uint64_t)64 << 20)
#define BOMB_RATIO       250
#define GZIP_WITH_HEADER (15 + 16) /* inflateInit2(): window bits, and expect a gzip header */

enum kind {
	KIND_UNKNOWN, /* before the first read */
	KIND_PLAIN,
	KIND_GZIP,
};

struct ndx_stream {
	const struct ndx_env *env;
	int fd;
	bool is_stdin;
	enum kind kind;
	uint64_t disk_size;
	uint64_t in_off;  /* bytes read from disk */
	uint64_t out_off; /* bytes handed out */
	z_stream z;       /* its next_in and avail_in are the bytes at hand, in both kinds */
	bool z_is_open;
	bool in_member;
	bool at_eof;
	uint8_t in[IN_SIZE];
};

static void *
z_alloc(void *opaque, uInt count, uInt size)
{
	return ndx_alloc_zero(opaque, count, size);
}

static void
z_free(void *opaque, void *ptr)
{
	ndx_free(opaque, ptr);
}

/* zlib's opaque pointer is not const; ndx_mem's functions take it as const again. */
static void *
unconst(const struct ndx_mem *mem)
{
	void *out;

	memcpy(&out, &mem, sizeof(out));
	return out;
}

static const char *
kind_of_file(mode_t mode)
{
	if (S_ISDIR(mode))
		return "is a directory";
	if (S_ISFIFO(mode))
		return "is a FIFO";
	if (S_ISSOCK(mode))
		return "is a socket";
	return "is no regular file";
}

/* Reasons for a rejection are about the file; a want of the process itself is not. */
static enum ndx_status
open_failed(const char *path, struct ndx_err *err)
{
	if (errno != EMFILE && errno != ENFILE && errno != ENOMEM)
		return ndx_fail_os(err, "cannot be opened");
	ndx_fail_os(err, "cannot open '%s'", path);
	if (err != NULL)
		err->status = NDX_E_NOMEM;
	return NDX_E_NOMEM;
}

static enum ndx_status
open_file(struct ndx_stream *stream, const char *path, struct ndx_err *err)
{
	const struct ndx_io *io = stream->env->io;
	struct stat st;

	/* Without O_NONBLOCK the open itself would wait for the writer of a FIFO. */
	stream->fd = io->open(io->ctx, path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0);
	if (stream->fd == -1)
		return open_failed(path, err);
	if (io->fstat(io->ctx, stream->fd, &st) == -1)
		return open_failed(path, err);
	if (!S_ISREG(st.st_mode))
		return ndx_fail(err, NDX_E_INPUT, "%s", kind_of_file(st.st_mode));
	stream->disk_size = st.st_size > 0 ? (uint64_t)st.st_size : 0;
	return NDX_OK;
}

enum ndx_status
ndx_stream_open(const struct ndx_env *env, const char *path, struct ndx_stream **stream_ret,
                struct ndx_err *err)
{
	struct ndx_stream *stream = ndx_alloc(env->mem, sizeof(*stream));
	enum ndx_status status = NDX_OK;

	if (stream == NULL)
		return ndx_fail_nomem(err);
	memset(stream, 0, offsetof(struct ndx_stream, in));
	stream->env = env;
	stream->is_stdin = strcmp(path, "-") == 0;
	stream->fd = STDIN_FILENO;
	if (!stream->is_stdin)
		status = open_file(stream, path, err);
	if (status != NDX_OK)
		ndx_stream_close(stream);
	else
		*stream_ret = stream;
	return status;
}

void
ndx_stream_close(struct ndx_stream *stream)
{
	if (stream == NULL)
		return;
	if (stream->z_is_open)
		inflateEnd(&stream->z);
	if (!stream->is_stdin && stream->fd != -1)
		stream->env->io->close(stream->env->io->ctx, stream->fd);
	ndx_free(stream->env->mem, stream);
}

uint64_t
ndx_stream_disk_size(const struct ndx_stream *stream)
{
	return stream->disk_size;
}

bool
ndx_stream_is_gzip(const struct ndx_stream *stream)
{
	return stream->kind == KIND_GZIP;
}

static enum ndx_status
read_disk(struct ndx_stream *stream, void *out, size_t size, size_t *got_ret, struct ndx_err *err)
{
	const struct ndx_io *io = stream->env->io;
	unsigned tries = 0;
	ssize_t got;

	if (size > SSIZE_MAX)
		size = SSIZE_MAX;
	do {
		if (stream->is_stdin)
			got = read(stream->fd, out, size);
		else
			got = io->pread(io->ctx, stream->fd, out, size, (off_t)stream->in_off);
	} while (got == -1 && errno == EINTR && ++tries <= NDX_EINTR_MAX);
	if (got == -1)
		return ndx_fail_os(err, "cannot be read at byte %ju", (uintmax_t)stream->in_off);
	stream->in_off += (uint64_t)got;
	stream->at_eof = got == 0;
	*got_ret = (size_t)got;
	return NDX_OK;
}

/* More bytes behind those at hand; none if the file is at its end. */
static enum ndx_status
fill(struct ndx_stream *stream, struct ndx_err *err)
{
	const size_t have = stream->z.avail_in;
	size_t got = 0;
	enum ndx_status status;

	if (have > 0 && stream->z.next_in != stream->in)
		memmove(stream->in, stream->z.next_in, have);
	stream->z.next_in = stream->in;
	status = read_disk(stream, stream->in + have, IN_SIZE - have, &got, err);
	if (status == NDX_OK)
		stream->z.avail_in = (uInt)(have + got);
	return status;
}

static bool
member_begins(const struct ndx_stream *stream)
{
	return stream->z.avail_in >= 2 && stream->z.next_in[0] == 0x1f &&
	       stream->z.next_in[1] == 0x8b;
}

/* Fill until there are two bytes, enough for the magic number, or the end. */
static enum ndx_status
fill_two(struct ndx_stream *stream, struct ndx_err *err)
{
	enum ndx_status status = NDX_OK;

	while (status == NDX_OK && stream->z.avail_in < 2 && !stream->at_eof)
		status = fill(stream, err);
	return status;
}

static enum ndx_status
find_kind(struct ndx_stream *stream, struct ndx_err *err)
{
	enum ndx_status status = fill_two(stream, err);

	if (status != NDX_OK)
		return status;
	if (!member_begins(stream)) {
		stream->kind = KIND_PLAIN;
		return NDX_OK;
	}
	stream->z.zalloc = z_alloc;
	stream->z.zfree = z_free;
	stream->z.opaque = unconst(stream->env->mem);
	if (inflateInit2(&stream->z, GZIP_WITH_HEADER) != Z_OK)
		return ndx_fail_nomem(err);
	stream->z_is_open = true;
	stream->in_member = true;
	stream->kind = KIND_GZIP;
	return NDX_OK;
}

/* The byte on disk that is to be looked at next. */
static uint64_t
disk_off(const struct ndx_stream *stream)
{
	return stream->in_off - stream->z.avail_in;
}

/* Between members: at another one, at the end (false in *more_ret), or at what is neither. */
static enum ndx_status
next_member(struct ndx_stream *stream, bool *more_ret, struct ndx_err *err)
{
	enum ndx_status status;

	*more_ret = false;
	for (;;) {
		status = fill_two(stream, err);
		if (status != NDX_OK || stream->z.avail_in == 0)
			return status;
		if (member_begins(stream))
			break;
		if (stream->z.next_in[0] != 0)
			return ndx_fail(err, NDX_E_INPUT,
			                "gzip is damaged at byte %ju: no member begins",
			                (uintmax_t)disk_off(stream));
		stream->z.next_in++; /* padding */
		stream->z.avail_in--;
	}
	inflateReset(&stream->z);
	stream->in_member = true;
	*more_ret = true;
	return NDX_OK;
}

/* One call of inflate(): up to 'size' bytes, perhaps none. */
static enum ndx_status
inflate_some(struct ndx_stream *stream, void *out, size_t size, size_t *got_ret,
             struct ndx_err *err)
{
	const uInt room = size > UINT_MAX ? UINT_MAX : (uInt)size;
	enum ndx_status status;

	if (stream->z.avail_in == 0 && !stream->at_eof) {
		status = fill(stream, err);
		if (status != NDX_OK)
			return status;
	}
	stream->z.next_out = out;
	stream->z.avail_out = room;
	switch (inflate(&stream->z, Z_NO_FLUSH)) {
	case Z_STREAM_END:
		stream->in_member = false;
		break;
	case Z_OK:
		break;
	case Z_BUF_ERROR: /* nothing to do: more is needed, and if there is no more, ... */
		if (!stream->at_eof)
			break;
		return ndx_fail(err, NDX_E_INPUT, "gzip breaks off at byte %ju",
		                (uintmax_t)disk_off(stream));
	case Z_MEM_ERROR:
		return ndx_fail_nomem(err);
	default:
		return ndx_fail(err, NDX_E_INPUT, "gzip is damaged at byte %ju",
		                (uintmax_t)disk_off(stream));
	}
	*got_ret = room - stream->z.avail_out;
	return NDX_OK;
}

static enum ndx_status
read_gzip(struct ndx_stream *stream, void *out, size_t size, size_t *got_ret, struct ndx_err *err)
{
	enum ndx_status status;
	bool more;

	*got_ret = 0;
	while (*got_ret == 0) {
		if (!stream->in_member) {
			status = next_member(stream, &more, err);
			if (status != NDX_OK || !more)
				return status;
		}
		status = inflate_some(stream, out, size, got_ret, err);
		if (status != NDX_OK)
			return status;
	}
	stream->out_off += *got_ret;
	if (stream->out_off > BOMB_SIZE_MIN && stream->out_off / BOMB_RATIO > disk_off(stream))
		return ndx_fail(err, NDX_E_INPUT,
		                "gzip unpacks to over %d times its size at byte %ju", BOMB_RATIO,
		                (uintmax_t)disk_off(stream));
	return NDX_OK;
}

/* What find_kind() has read first, then straight from the file. */
static enum ndx_status
read_plain(struct ndx_stream *stream, void *out, size_t size, size_t *got_ret, struct ndx_err *err)
{
	const size_t have = stream->z.avail_in;

	if (have == 0) {
		*got_ret = 0;
		return stream->at_eof ? NDX_OK : read_disk(stream, out, size, got_ret, err);
	}
	*got_ret = have < size ? have : size;
	memcpy(out, stream->z.next_in, *got_ret);
	stream->z.next_in += *got_ret;
	stream->z.avail_in -= (uInt)*got_ret;
	return NDX_OK;
}

enum ndx_status
ndx_stream_read(struct ndx_stream *stream, void *out, size_t size, size_t *got_ret,
                struct ndx_err *err)
{
	enum ndx_status status;

	if (stream->kind == KIND_UNKNOWN) {
		status = find_kind(stream, err);
		if (status != NDX_OK)
			return status;
	}
	if (stream->kind == KIND_GZIP)
		return read_gzip(stream, out, size, got_ret, err);
	return read_plain(stream, out, size, got_ret, err);
}
