/*
 * walk.c - see walk.h
 *
 * One level of the walk is one call: its names are read and sorted, then visited.  The
 * path grows and shrinks in one buffer.  A walk is no deeper than a path is long: the
 * system refuses longer ones (PATH_MAX), and links to directories are not followed.
 *
 * SPDX-License-Identifier: MIT
 */
#include "corpus/walk.h"

#include <errno.h>
#include <stdlib.h>

#include "common/arena.h"

struct walk {
	const struct ndx_env *env;
	const char *source;
	enum ndx_status (*file)(void *ctx, const struct ndx_file *file, struct ndx_err *err);
	void *ctx;
	struct ndx_buf path; /* with its NUL */
	size_t id_off;       /* where in path.data the id begins */
};

struct names {
	const struct ndx_mem *mem;
	struct ndx_arena *arena;
	const char **name;
	size_t count, count_max;
	bool failed;
};

static void
add_name(void *arg, const char *name)
{
	struct names *names = arg;
	const char *copy;

	if (names->failed || name[0] == '.') /* hidden entries are passed over */
		return;
	copy = ndx_arena_copy(names->arena, name, strlen(name));
	if (copy == NULL || !ndx_grow(names->mem, &names->name, &names->count_max, names->count + 1,
	                              sizeof(names->name[0])))
		names->failed = true;
	else
		names->name[names->count++] = copy;
}

static int
compare_names(const void *a, const void *b)
{
	const char *const *name_a = a, *const *name_b = b;

	return strcmp(*name_a, *name_b);
}

static const char *
refusal_by_mode(mode_t mode)
{
	if (S_ISREG(mode))
		return NULL;
	if (S_ISFIFO(mode))
		return "is a FIFO";
	if (S_ISSOCK(mode))
		return "is a socket";
	if (S_ISCHR(mode) || S_ISBLK(mode))
		return "is a device";
	return "is no regular file";
}

static const char *
refusal_by_errno(int os_error)
{
	switch (os_error) {
	case ENOENT:
		return "broken symlink";
	case ELOOP:
		return "symlink loop";
	case EACCES:
		return "permission denied";
	case ENAMETOOLONG:
		return "path is too long";
	default:
		return "cannot be read";
	}
}

static enum ndx_status
report(const struct walk *walk, const struct stat *st, const char *reject, struct ndx_err *err)
{
	const char *path = (const char *)walk->path.data;
	struct ndx_file file = {
		.path = path,
		.id = walk->id_off < walk->path.size ? path + walk->id_off : "",
		.source = walk->source,
		.reject = reject,
	};

	if (st != NULL) {
		file.size = st->st_size > 0 ? (uint64_t)st->st_size : 0;
		file.mtime_ns = (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
	}
	return walk->file(walk->ctx, &file, err);
}

static enum ndx_status walk_dir(struct walk *walk, struct ndx_err *err);

/* What walk->path names, an entry of a directory. */
static enum ndx_status
walk_entry(struct walk *walk, struct ndx_err *err)
{
	const char *path = (const char *)walk->path.data;
	struct stat link, st;

	if (lstat(path, &link) == -1) {
		if (errno == ENOENT) /* removed since the directory was read */
			return NDX_OK;
		return report(walk, NULL, refusal_by_errno(errno), err);
	}
	if (!S_ISLNK(link.st_mode))
		st = link;
	else if (stat(path, &st) == -1)
		return report(walk, NULL, refusal_by_errno(errno), err);
	if (S_ISDIR(st.st_mode))
		return S_ISLNK(link.st_mode) ? NDX_OK : walk_dir(walk, err);
	return report(walk, &st, refusal_by_mode(st.st_mode), err);
}

/* Append "/name" to the path; its size before is for path_cut(). */
static bool
path_add(struct walk *walk, const char *name)
{
	struct ndx_buf *path = &walk->path;

	path->size--; /* the NUL */
	if (path->size > 0 && path->data[path->size - 1] != '/')
		ndx_buf_add_u8(path, '/');
	ndx_buf_add(path, name, strlen(name) + 1);
	return !ndx_buf_failed(path);
}

static void
path_cut(struct walk *walk, size_t size)
{
	walk->path.size = size;
	walk->path.data[size - 1] = '\0';
}

static enum ndx_status
visit(struct walk *walk, const struct names *names, struct ndx_err *err)
{
	const size_t path_size = walk->path.size;
	enum ndx_status status = NDX_OK;

	for (size_t i = 0; i < names->count && status == NDX_OK; i++) {
		if (!path_add(walk, names->name[i]))
			return ndx_fail_nomem(err);
		status = walk_entry(walk, err);
		path_cut(walk, path_size);
	}
	return status;
}

/* The directory that walk->path names, and what lies below it. */
static enum ndx_status
walk_dir(struct walk *walk, struct ndx_err *err)
{
	const struct ndx_io *io = walk->env->io;
	struct names names = { .mem = walk->env->mem, .arena = ndx_arena_new(walk->env->mem) };
	enum ndx_status status;

	if (names.arena == NULL)
		return ndx_fail_nomem(err);
	if (io->list(io->ctx, (const char *)walk->path.data, add_name, &names) == -1) {
		if (errno == EMFILE || errno == ENFILE || errno == ENOMEM)
			status = ndx_fail_os(err, "cannot read directory '%s'",
			                     (const char *)walk->path.data);
		else if (errno == ENOENT) /* removed since its parent was read */
			status = NDX_OK;
		else
			status = report(walk, NULL, refusal_by_errno(errno), err);
	} else if (names.failed) {
		status = ndx_fail_nomem(err);
	} else {
		if (names.count > 0)
			qsort(names.name, names.count, sizeof(names.name[0]), compare_names);
		status = visit(walk, &names, err);
	}
	ndx_free(walk->env->mem, names.name);
	ndx_arena_free(names.arena);
	return status;
}

/* Where the last component of a path begins. */
static size_t
name_off(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? 0 : (size_t)(slash + 1 - path);
}

static enum ndx_status
walk_source(struct walk *walk, const struct stat *st, struct ndx_err *err)
{
	const char *source = walk->source;

	ndx_buf_add(&walk->path, source, strlen(source) + 1);
	if (ndx_buf_failed(&walk->path))
		return ndx_fail_nomem(err);
	if (!S_ISDIR(st->st_mode)) {
		walk->id_off = name_off(source);
		return report(walk, st, refusal_by_mode(st->st_mode), err);
	}
	/* What lies below gets a slash first, unless the source ends in one. */
	walk->id_off = strlen(source) + (source[strlen(source) - 1] != '/');
	return walk_dir(walk, err);
}

enum ndx_status
ndx_walk(const struct ndx_env *env, const char *source,
         enum ndx_status (*file)(void *ctx, const struct ndx_file *file, struct ndx_err *err),
         void *ctx, struct ndx_err *err)
{
	struct walk walk = { .env = env, .source = source, .file = file, .ctx = ctx };
	enum ndx_status status;
	struct stat st;

	if (stat(source, &st) == -1)
		return ndx_fail_os(err, "cannot open '%s'", source);
	ndx_buf_init(&walk.path, env->mem);
	status = walk_source(&walk, &st, err);
	ndx_buf_free(&walk.path);
	return status;
}
