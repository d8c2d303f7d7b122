/*
 * commit.c - the lock on an index, and replacing its manifest
 *
 * A commit: the new files are synced; the new manifest is written beside the old one
 * and synced; the directory is synced, so that all of them have their names; rename;
 * the directory is synced again.  So a crash leaves the old manifest or the new one,
 * and whichever it is, all files that it lists.  If the rename or the last sync fails, the
 * new manifest may be in place all the same: then no file of either is removed.
 *
 * The lock is an flock(2) on DIR/lock, which dies with its process.  The file holds the
 * writer's process id, for the message to the one who has to wait; it is emptied at the
 * end, so that the same input makes the same directory.
 *
 * SPDX-License-Identifier: MIT
 */
#include "indexer/commit.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "indexer/files.h"
#include "indexer/spool.h"

#define NEW_MANIFEST_NAME "manifest.tmp"
#define POLL_MS           20

/* DIR/NAME, with a NUL; to be freed with ndx_free().  NULL: out of memory. */
static char *
join(const struct ndx_env *env, const char *dir, const char *name)
{
	struct ndx_buf path;

	ndx_buf_init(&path, env->mem);
	ndx_buf_printf(&path, "%s%s%s", dir,
	               dir[0] != '\0' && dir[strlen(dir) - 1] == '/' ? "" : "/", name);
	ndx_buf_add_u8(&path, 0);
	if (ndx_buf_failed(&path)) {
		ndx_buf_free(&path);
		return NULL;
	}
	return (char *)path.data;
}

/* False: a signal came. */
static bool
sleep_ms(int ms)
{
	struct timespec pause = { ms / 1000, ms % 1000 * 1000000L };

	return nanosleep(&pause, NULL) == 0;
}

static enum ndx_status
locked_by(const struct ndx_commit *commit, struct ndx_err *err)
{
	char pid[24] = { 0 };
	ssize_t got = commit->env->io->pread(commit->env->io->ctx, commit->lock_fd, pid,
	                                     sizeof(pid) - 1, 0);

	pid[got > 0 ? strcspn(pid, "\n") : 0] = '\0';
	if (pid[0] == '\0') /* it has only just begun, or is about to end */
		return ndx_fail(err, NDX_E_LOCKED, "'%s' is being written by another process",
		                commit->dir);
	return ndx_fail(err, NDX_E_LOCKED, "'%s' is being written by process %s", commit->dir, pid);
}

static enum ndx_status
take_lock(struct ndx_commit *commit, bool create, int wait_ms, struct ndx_err *err)
{
	const struct ndx_io *io = commit->env->io;
	char *path = join(commit->env, commit->dir, NDX_LOCK_NAME);
	char pid[24];
	int waited = 0, size;

	if (path == NULL)
		return ndx_fail_nomem(err);
	commit->lock_fd =
		io->open(io->ctx, path, O_RDWR | O_CLOEXEC | (create ? O_CREAT : 0), 0666);
	if (commit->lock_fd == -1) {
		enum ndx_status status = ndx_fail_os(err, "cannot open '%s'", path);

		ndx_free(commit->env->mem, path);
		return status;
	}
	ndx_free(commit->env->mem, path);
	while (io->flock(io->ctx, commit->lock_fd, LOCK_EX | LOCK_NB) == -1) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return ndx_fail_os(err, "cannot lock '%s'", commit->dir);
		if ((wait_ms >= 0 && waited >= wait_ms) || !sleep_ms(POLL_MS))
			return locked_by(commit, err);
		waited += waited < INT32_MAX - POLL_MS ? POLL_MS : 0;
	}
	commit->is_locked = true;
	size = snprintf(pid, sizeof(pid), "%ld\n", (long)getpid());
	/* Only for a message: that it cannot be written is no reason not to index. */
	if (io->ftruncate(io->ctx, commit->lock_fd, 0) == 0)
		(void)ndx_pwrite_all(io, commit->lock_fd, pid, (size_t)size, 0);
	return NDX_OK;
}

static enum ndx_status
replace_manifest(struct ndx_commit *commit, const struct ndx_manifest *manifest,
                 struct ndx_err *err)
{
	const struct ndx_env *env = commit->env;
	char *from = join(env, commit->dir, NEW_MANIFEST_NAME);
	char *to = join(env, commit->dir, NDX_MANIFEST_NAME);
	struct ndx_buf bytes;
	enum ndx_status status = NDX_OK;

	ndx_buf_init(&bytes, env->mem);
	ndx_manifest_encode(manifest, &bytes);
	if (from == NULL || to == NULL || ndx_buf_failed(&bytes)) {
		status = ndx_fail_nomem(err);
		goto out;
	}
	(void)env->io->unlink(env->io->ctx, from); /* what an attempt that was killed has left */
	status = ndx_new_file_write(env, from, bytes.data, bytes.size, err);
	if (status == NDX_OK)
		status = ndx_sync_dir(env, commit->dir, err);
	if (status != NDX_OK)
		goto out;
	commit->in_doubt = true;
	if (env->io->rename(env->io->ctx, from, to) == -1)
		status = ndx_fail_os(err, "cannot rename '%s' to '%s'", from, to);
	else
		status = ndx_sync_dir(env, commit->dir, err);
	commit->in_doubt = status != NDX_OK;
out:
	ndx_free(env->mem, from);
	ndx_free(env->mem, to);
	ndx_buf_free(&bytes);
	return status;
}

struct sweep {
	struct ndx_commit *commit;
	struct ndx_buf names; /* of files to remove, each with a NUL */
	size_t listed_count;  /* files of the commit that are there */
};

static bool
is_listed(const struct ndx_manifest *manifest, const char *name)
{
	char expected[32];

	if (manifest->sources != 0) {
		snprintf(expected, sizeof(expected), "%08" PRIx32 ".src", manifest->sources);
		if (strcmp(name, expected) == 0)
			return true;
	}
	for (size_t i = 0; i < manifest->segment_count; i++) {
		const struct ndx_manifest_segment *entry = &manifest->segment[i];

		snprintf(expected, sizeof(expected), "%08" PRIx32 ".seg", entry->number);
		if (strcmp(name, expected) == 0)
			return true;
		snprintf(expected, sizeof(expected), "%08" PRIx32 "-%08" PRIx32 ".del",
		         entry->number, entry->tombstones);
		if (entry->tombstones != 0 && strcmp(name, expected) == 0)
			return true;
	}
	return false;
}

static bool
is_hex(const char *text, size_t size)
{
	return strspn(text, "0123456789abcdef") >= size;
}

/* Is it a name that only a writer of indexes makes? */
static bool
is_ours(const char *name)
{
	size_t size = strlen(name);

	if (strcmp(name, NEW_MANIFEST_NAME) == 0 || strcmp(name, NDX_SPOOL_NAME) == 0)
		return true;
	if (size == 12 && is_hex(name, 8))
		return strcmp(name + 8, ".seg") == 0 || strcmp(name + 8, ".src") == 0;
	return size == 21 && is_hex(name, 8) && name[8] == '-' && is_hex(name + 9, 8) &&
	       strcmp(name + 17, ".del") == 0;
}

static void
sweep_entry(void *arg, const char *name)
{
	struct sweep *sweep = arg;

	if (is_listed(&sweep->commit->manifest, name))
		sweep->listed_count++;
	else if (is_ours(name))
		ndx_buf_add(&sweep->names, name, strlen(name) + 1);
}

static size_t
count_listed(const struct ndx_manifest *manifest)
{
	size_t count = manifest->sources != 0;

	for (size_t i = 0; i < manifest->segment_count; i++)
		count += manifest->segment[i].tombstones != 0 ? 2 : 1;
	return count;
}

void
ndx_commit_sweep(struct ndx_commit *commit)
{
	const struct ndx_env *env = commit->env;
	struct sweep sweep = { .commit = commit };

	if (commit->in_doubt)
		return;
	ndx_buf_init(&sweep.names, env->mem);
	(void)env->io->list(env->io->ctx, commit->dir, sweep_entry, &sweep);
	/* A manifest whose files are gone may be an older one, or foreign: then the others are all
	 * that is left. */
	if (sweep.listed_count < count_listed(&commit->manifest))
		ndx_buf_clear(&sweep.names);
	/* What cannot be removed now is removed by a later writer. */
	for (size_t at = 0; !ndx_buf_failed(&sweep.names) && at < sweep.names.size;) {
		const char *name = (const char *)sweep.names.data + at;
		char *path = join(env, commit->dir, name);

		if (path != NULL)
			(void)env->io->unlink(env->io->ctx, path);
		ndx_free(env->mem, path);
		at += strlen(name) + 1;
	}
	ndx_buf_free(&sweep.names);
}

enum ndx_status
ndx_commit_publish(struct ndx_commit *commit, struct ndx_manifest *manifest, struct ndx_err *err)
{
	enum ndx_status status;

	if (commit->in_doubt)
		return ndx_fail(err, NDX_E_IO, "cannot write '%s': the commit before is in doubt",
		                commit->dir);
	if (manifest->segment_count > NDX_SEGMENTS_MAX)
		return ndx_fail(err, NDX_E_LIMIT, "'%s' would have %zu segments, at most %d can be",
		                commit->dir, manifest->segment_count, NDX_SEGMENTS_MAX);
	manifest->generation = commit->manifest.generation + 1;
	status = replace_manifest(commit, manifest, err);
	if (status != NDX_OK)
		return status;
	ndx_manifest_free(commit->env, &commit->manifest);
	commit->manifest = *manifest;
	*manifest = (struct ndx_manifest){ 0 };
	ndx_commit_sweep(commit);
	return NDX_OK;
}

/* Sync the directory that 'dir' is in, so that its own name lasts. */
static enum ndx_status
sync_parent(const struct ndx_env *env, const char *dir, struct ndx_err *err)
{
	size_t size = strlen(dir);
	enum ndx_status status;
	char *parent;

	while (size > 0 && dir[size - 1] == '/')
		size--;
	while (size > 0 && dir[size - 1] != '/')
		size--;
	parent = ndx_alloc(env->mem, size + 2);
	if (parent == NULL)
		return ndx_fail_nomem(err);
	memcpy(parent, dir, size);
	memcpy(parent + size, ".", 2); /* "news/idx": "news/." */
	status = ndx_sync_dir(env, parent, err);
	ndx_free(env->mem, parent);
	return status;
}

/* Make the directory, if it is not there. */
static enum ndx_status
make_dir(const struct ndx_env *env, const char *dir, struct ndx_err *err)
{
	if (env->io->mkdir(env->io->ctx, dir, 0777) == 0)
		return sync_parent(env, dir, err);
	return errno == EEXIST ? NDX_OK : ndx_fail_os(err, "cannot create '%s'", dir);
}

static bool
has_manifest(const struct ndx_commit *commit)
{
	const struct ndx_io *io = commit->env->io;
	char *path = join(commit->env, commit->dir, NDX_MANIFEST_NAME);
	int fd = path == NULL ? -1 : io->open(io->ctx, path, O_RDONLY | O_CLOEXEC, 0);
	bool missing = path != NULL && fd == -1 && errno == ENOENT;

	if (fd != -1)
		io->close(io->ctx, fd);
	ndx_free(commit->env->mem, path);
	return !missing;
}

struct contents {
	bool manifest, foreign;
	bool files; /* that a manifest once listed */
};

static void
note_contents(void *arg, const char *name)
{
	struct contents *contents = arg;

	if (strcmp(name, NDX_MANIFEST_NAME) == 0)
		contents->manifest = true;
	else if (strcmp(name, NDX_LOCK_NAME) != 0 && strcmp(name, NEW_MANIFEST_NAME) != 0)
		*(is_ours(name) ? &contents->files : &contents->foreign) = true;
}

/*
 * An index may be made where nothing is but what a killed attempt to make one has left: not among
 * foreign files, nor where an index has lost its manifest, whose segments would then be swept away.
 */
static enum ndx_status
check_contents(const struct ndx_commit *commit, struct ndx_err *err)
{
	const struct ndx_io *io = commit->env->io;
	struct contents contents = { .manifest = false };

	if (io->list(io->ctx, commit->dir, note_contents, &contents) == -1)
		return ndx_fail_os(err, "cannot list '%s'", commit->dir);
	if (contents.manifest) /* another process has made the index meanwhile */
		return NDX_OK;
	if (contents.files)
		return ndx_fail(err, NDX_E_CORRUPT, "'%s' has segments, but no manifest",
		                commit->dir);
	if (contents.foreign)
		return ndx_fail(err, NDX_E_INPUT, "'%s' is no index, and not empty", commit->dir);
	return NDX_OK;
}

/* The first commit, of no article at all. */
static enum ndx_status
make_index(struct ndx_commit *commit, const char *language, struct ndx_err *err)
{
	struct ndx_manifest manifest = { .next_number = 1 };
	enum ndx_status status = check_contents(commit, err);

	if (status != NDX_OK)
		return status;
	snprintf(manifest.language, sizeof(manifest.language), "%s", language);
	return ndx_commit_publish(commit, &manifest, err);
}

enum ndx_status
ndx_commit_open(const struct ndx_env *env, const char *dir, bool create, const char *language,
                int wait_ms, struct ndx_commit *commit_ret, struct ndx_err *err)
{
	struct ndx_commit commit = { .env = env, .lock_fd = -1 };
	enum ndx_status status = NDX_OK;
	size_t dir_size = strlen(dir) + 1;

	commit.dir = ndx_alloc(env->mem, dir_size);
	if (commit.dir == NULL)
		return ndx_fail_nomem(err);
	memcpy(commit.dir, dir, dir_size);
	if (create)
		status = make_dir(env, dir, err);
	else
		status = ndx_manifest_read(env, dir, &commit.manifest, err);
	ndx_manifest_free(env, &commit.manifest);
	if (status == NDX_OK && create && !has_manifest(&commit))
		status = check_contents(&commit,
		                        err); /* before a lock is left in a foreign directory */
	if (status == NDX_OK)
		status = take_lock(&commit, true, wait_ms, err);
	if (status == NDX_OK && create && !has_manifest(&commit))
		status = make_index(&commit, language, err);
	else if (status == NDX_OK)
		status = ndx_manifest_read(env, dir, &commit.manifest, err);
	if (status == NDX_OK)
		ndx_commit_sweep(&commit);
	if (status != NDX_OK)
		ndx_commit_close(&commit);
	else
		*commit_ret = commit;
	return status;
}

void
ndx_commit_close(struct ndx_commit *commit)
{
	const struct ndx_env *env = commit->env;

	if (env == NULL)
		return;
	ndx_manifest_free(env, &commit->manifest);
	if (commit->is_locked)
		(void)env->io->ftruncate(env->io->ctx, commit->lock_fd, 0);
	if (commit->lock_fd != -1)
		env->io->close(env->io->ctx, commit->lock_fd);
	ndx_free(env->mem, commit->dir);
	*commit = (struct ndx_commit){ .lock_fd = -1 };
}
