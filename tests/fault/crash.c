/*
 * crash.c - see crash.h
 *
 * SPDX-License-Identifier: MIT
 */
#include "tests/fault/crash.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/buf.h"

#define PIECE     4096
#define FDS_MAX   256
#define NAMES_MAX 64
#define NO_FILE   (-1)

enum kind { CREATE, WRITE, TRUNCATE, SYNC, SYNC_DIR, RENAME, LINK, UNLINK };

struct op {
	enum kind kind;
	int file;     /* number of the file, from 0 in the order in which they were made */
	uint64_t off; /* WRITE; TRUNCATE: the size */
	size_t size;  /* WRITE */
	uint8_t *data;
	char name[48], to[48];
};

/* A name in the directory and its file. */
struct name {
	char name[48];
	int file;
};

struct crash {
	struct ndx_io io;
	char dir[200];
	struct op *op;
	size_t count, count_max;
	int file_count;
	int fd_file[FDS_MAX]; /* NO_FILE: something else */
	bool fd_is_dir[FDS_MAX];
	struct name name[NAMES_MAX]; /* as they are now */
	size_t name_count;
};

static void
must(bool holds, const char *what)
{
	if (holds)
		return;
	perror(what);
	abort();
}

static struct op *
add(struct crash *crash, enum kind kind)
{
	must(ndx_grow(&ndx_mem_default, &crash->op, &crash->count_max, crash->count + 1,
	              sizeof(*crash->op)),
	     "memory");
	crash->op[crash->count] = (struct op){ .kind = kind, .file = NO_FILE };
	return &crash->op[crash->count++];
}

/* A path from the directory on; NULL: it is elsewhere. */
static const char *
name_in(const struct crash *crash, const char *path)
{
	const size_t size = strlen(crash->dir);

	return strncmp(path, crash->dir, size) == 0 && path[size] == '/' ? path + size + 1 : NULL;
}

static int *
find_name(struct name *names, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (names[i].file != NO_FILE && strcmp(names[i].name, name) == 0)
			return &names[i].file;
	return NULL;
}

static void
set_name(struct name *names, size_t *count, const char *name, int file)
{
	int *found = find_name(names, *count, name);

	if (found != NULL) {
		*found = file;
		return;
	}
	must(*count < NAMES_MAX, "too many names");
	snprintf(names[*count].name, sizeof(names[0].name), "%s", name);
	names[(*count)++].file = file;
}

static int
do_open(void *ctx, const char *path, int flags, mode_t mode)
{
	struct crash *crash = ctx;
	const char *name = name_in(crash, path);
	const int fd = ndx_io_default.open(NULL, path, flags, mode);

	if (fd == -1)
		return -1;
	must(fd < FDS_MAX, "too many files");
	crash->fd_is_dir[fd] = strcmp(path, crash->dir) == 0;
	crash->fd_file[fd] = NO_FILE;
	if (name != NULL) {
		const int *known = find_name(crash->name, crash->name_count, name);

		if (known == NULL && (flags & O_CREAT) != 0) {
			struct op *op = add(crash, CREATE);

			op->file = crash->file_count++;
			snprintf(op->name, sizeof(op->name), "%s", name);
			set_name(crash->name, &crash->name_count, name, op->file);
			known = find_name(crash->name, crash->name_count, name);
		}
		crash->fd_file[fd] = known == NULL ? NO_FILE : *known;
	}
	return fd;
}

static ssize_t
do_pwrite(void *ctx, int fd, const void *in, size_t size, off_t off)
{
	struct crash *crash = ctx;
	const ssize_t done = ndx_io_default.pwrite(NULL, fd, in, size, off);

	if (done > 0 && crash->fd_file[fd] != NO_FILE) {
		struct op *op = add(crash, WRITE);

		op->file = crash->fd_file[fd];
		op->off = (uint64_t)off;
		op->size = (size_t)done;
		op->data = malloc((size_t)done);
		must(op->data != NULL, "memory");
		memcpy(op->data, in, (size_t)done);
	}
	return done;
}

/* Nothing is synced in truth: that would only cost time. */
static int
do_fsync(void *ctx, int fd)
{
	struct crash *crash = ctx;

	if (crash->fd_is_dir[fd])
		add(crash, SYNC_DIR);
	else if (crash->fd_file[fd] != NO_FILE)
		add(crash, SYNC)->file = crash->fd_file[fd];
	return 0;
}

static int
do_ftruncate(void *ctx, int fd, off_t size)
{
	struct crash *crash = ctx;
	const int result = ndx_io_default.ftruncate(NULL, fd, size);

	if (result == 0 && crash->fd_file[fd] != NO_FILE) {
		struct op *op = add(crash, TRUNCATE);

		op->file = crash->fd_file[fd];
		op->off = (uint64_t)size;
	}
	return result;
}

static int
do_rename(void *ctx, const char *from, const char *to)
{
	struct crash *crash = ctx;
	const char *old = name_in(crash, from), *new = name_in(crash, to);
	const int result = ndx_io_default.rename(NULL, from, to);

	if (result == 0 && old != NULL && new != NULL) {
		struct op *op = add(crash, RENAME);
		int *file = find_name(crash->name, crash->name_count, old);

		snprintf(op->name, sizeof(op->name), "%s", old);
		snprintf(op->to, sizeof(op->to), "%s", new);
		must(file != NULL, "a rename of an unknown file");
		op->file = *file;
		*file = NO_FILE;
		set_name(crash->name, &crash->name_count, new, op->file);
	}
	return result;
}

static int
do_link(void *ctx, const char *from, const char *to)
{
	struct crash *crash = ctx;
	const char *old = name_in(crash, from), *new = name_in(crash, to);
	const int result = ndx_io_default.link(NULL, from, to);
	const int *file = old == NULL ? NULL : find_name(crash->name, crash->name_count, old);

	if (result == 0 && file != NULL && new != NULL) {
		struct op *op = add(crash, LINK);

		snprintf(op->name, sizeof(op->name), "%s", new);
		op->file = *file;
		set_name(crash->name, &crash->name_count, new, op->file);
	}
	return result;
}

static int
do_unlink(void *ctx, const char *path)
{
	struct crash *crash = ctx;
	const char *name = name_in(crash, path);
	const int result = ndx_io_default.unlink(NULL, path);
	int *file = name == NULL ? NULL : find_name(crash->name, crash->name_count, name);

	if (result == 0 && file != NULL) {
		struct op *op = add(crash, UNLINK);

		snprintf(op->name, sizeof(op->name), "%s", name);
		op->file = *file;
		*file = NO_FILE;
	}
	return result;
}

struct crash *
crash_new(const char *path)
{
	struct crash *crash = calloc(1, sizeof(*crash));

	must(crash != NULL, "memory");
	snprintf(crash->dir, sizeof(crash->dir), "%s", path);
	crash->io = ndx_io_default;
	crash->io.ctx = crash;
	crash->io.open = do_open;
	crash->io.pwrite = do_pwrite;
	crash->io.fsync = do_fsync;
	crash->io.ftruncate = do_ftruncate;
	crash->io.rename = do_rename;
	crash->io.link = do_link;
	crash->io.unlink = do_unlink;
	return crash;
}

void
crash_free(struct crash *crash)
{
	for (size_t i = 0; i < crash->count; i++)
		free(crash->op[i].data);
	ndx_free(&ndx_mem_default, crash->op);
	free(crash);
}

const struct ndx_io *
crash_io(struct crash *crash)
{
	return &crash->io;
}

size_t
crash_op_count(const struct crash *crash)
{
	return crash->count;
}

/* Bytes at a place of a file that grows as needed; zeros between. */
static void
write_at(struct ndx_buf *file, uint64_t off, const uint8_t *data, size_t size)
{
	if (off + size > file->size) {
		const size_t more = (size_t)(off + size) - file->size;

		must(ndx_buf_reserve(file, more) != NULL, "memory");
		memset(file->data + file->size, 0, more);
		file->size += more;
	}
	if (size > 0)
		memcpy(file->data + off, data, size);
}

static void
cut(struct ndx_buf *file, uint64_t size)
{
	if (size < file->size)
		file->size = (size_t)size;
	else
		write_at(file, size, NULL, 0);
}

/* A write that was not synced: whatever parts of it there are. */
static void
write_some(struct ndx_buf *file, const struct op *op, struct random *random, unsigned loss)
{
	for (uint64_t at = op->off, end = op->off + op->size; at < end;) {
		const uint64_t next =
			(at / PIECE + 1) * PIECE < end ? (at / PIECE + 1) * PIECE : end;
		size_t size = (size_t)(next - at);
		const uint8_t *data = op->data + (at - op->off);

		if (random_percent(random, loss)) {
			if (random_percent(random, 30))
				write_at(file, at, data,
				         random_below(random, size / 512 + 1) * 512 % (size + 1));
			if (random_percent(random, 50)) /* the size grew, the bytes are missing */
				write_at(file, next, NULL, 0);
		} else {
			write_at(file, at, data, size);
		}
		at = next;
	}
}

/* The state of a file at a moment: what was written before its last sync whole, the rest in
 * part. */
static void
replay_file(const struct crash *crash, size_t moment, int file, struct random *random,
            unsigned loss, struct ndx_buf *out)
{
	size_t synced = 0;

	for (size_t i = 0; i < moment; i++)
		if (crash->op[i].kind == SYNC && crash->op[i].file == file)
			synced = i;
	for (size_t i = 0; i < moment; i++) {
		const struct op *op = &crash->op[i];

		if (op->file != file)
			continue;
		if (op->kind == WRITE && i < synced)
			write_at(out, op->off, op->data, op->size);
		else if (op->kind == WRITE)
			write_some(out, op, random, loss);
		else if (op->kind == TRUNCATE && (i < synced || !random_percent(random, loss)))
			cut(out, op->off);
	}
}

static void
replay_names(const struct crash *crash, size_t moment, struct random *random, unsigned loss,
             struct name *names, size_t *count)
{
	size_t synced = 0;

	for (size_t i = 0; i < moment; i++)
		if (crash->op[i].kind == SYNC_DIR)
			synced = i;
	for (size_t i = 0; i < moment; i++) {
		const struct op *op = &crash->op[i];
		int *file;

		if (op->kind != CREATE && op->kind != RENAME && op->kind != LINK &&
		    op->kind != UNLINK)
			continue;
		if (i >= synced && random_percent(random, loss))
			continue;
		if (op->kind == CREATE || op->kind == LINK) {
			set_name(names, count, op->name, op->file);
			continue;
		}
		file = find_name(names, *count, op->name);
		if (op->kind == RENAME)
			set_name(names, count, op->to, op->file);
		if (file != NULL && *file == op->file)
			*file = NO_FILE;
	}
}

/* A file in a directory of its own needs that; it was made before. */
static void
make_parent(const char *to, const char *name)
{
	char path[300];
	const char *slash = strchr(name, '/');

	if (slash == NULL)
		return;
	snprintf(path, sizeof(path), "%s/%.*s", to, (int)(slash - name), name);
	must(mkdir(path, 0777) == 0 || errno == EEXIST, path);
}

void
crash_replay(const struct crash *crash, size_t moment, struct random *random, unsigned loss,
             const char *to)
{
	struct name names[NAMES_MAX];
	size_t count = 0;
	struct ndx_buf path;

	ndx_buf_init(&path, &ndx_mem_default);
	must(mkdir(to, 0777) == 0, to);
	replay_names(crash, moment, random, loss, names, &count);
	for (size_t i = 0; i < count; i++) {
		struct ndx_buf bytes;
		FILE *stream;

		if (names[i].file == NO_FILE)
			continue;
		make_parent(to, names[i].name);
		ndx_buf_init(&bytes, &ndx_mem_default);
		replay_file(crash, moment, names[i].file, random, loss, &bytes);
		ndx_buf_clear(&path);
		ndx_buf_printf(&path, "%s/%s", to, names[i].name);
		ndx_buf_add_u8(&path, '\0');
		must(!ndx_buf_failed(&path), "memory");
		stream = fopen((const char *)path.data, "wb");
		must(stream != NULL, to);
		must(bytes.size == 0 || fwrite(bytes.data, 1, bytes.size, stream) == bytes.size,
		     to);
		must(fclose(stream) == 0, to);
		ndx_buf_free(&bytes);
	}
	ndx_buf_free(&path);
}
