/*
 * sync_visit.c - a file of the walk: is it to be read, and under which id?
 *
 * Files are known by their absolute path, so that a SOURCE may be named in another way
 * the next time.
 *
 * SPDX-License-Identifier: MIT
 */
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "indexer/sync_run.h"

static int64_t
clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static char *
copy_string(char **to, const char *text)
{
	const size_t size = strlen(text) + 1;
	char *copy = memcpy(*to, text, size);

	*to += size;
	return copy;
}

/* 'key' is "" for standard input. */
struct ndx_sync_file *
ndx_sync_new_file(struct ndx_sync *sync, const char *key, const struct ndx_file *file,
                  const char *twin)
{
	const size_t size = strlen(key) + strlen(file->path) + strlen(file->id) +
	                    (twin == NULL ? 0 : strlen(twin)) + 4;
	struct ndx_sync_file *reading = ndx_alloc(sync->env->mem, sizeof(*reading) + size);
	char *to;

	if (reading == NULL)
		return NULL;
	to = reading->strings;
	*reading = (struct ndx_sync_file){ .before = sync->file };
	reading->facts = (struct ndx_source_facts){ .path = ndx_str(copy_string(&to, key)),
		                                    .size = file->size,
		                                    .mtime_ns = file->mtime_ns,
		                                    .read_ns = clock_ns() };
	reading->file =
		(struct ndx_pipeline_file){ .path = copy_string(&to, file->path),
		                            .id = copy_string(&to, file->id),
		                            .twin = twin == NULL ? NULL : copy_string(&to, twin),
		                            .tag = reading };
	reading->facts.id = ndx_str(reading->file.id);
	if (sync->file != NULL)
		sync->file->next = reading;
	sync->file = reading;
	return reading;
}

/* Is 'key' the SOURCE with this absolute path, or where a walk of it comes by? */
static bool
is_walked_by(const char *key, const char *canon)
{
	const size_t size = strlen(canon);

	if (strncmp(key, canon, size) != 0)
		return false;
	if (key[size] == '\0')
		return true;
	if (key[size] != '/' && (size == 0 || canon[size - 1] != '/'))
		return false;
	return strstr(key + size - (canon[size - 1] == '/'), "/.") == NULL; /* hidden */
}

/* SOURCEs may overlap: the first that a file lies below counts. */
static bool
was_walked(const struct ndx_sync *sync, const char *key)
{
	for (size_t i = 0; i < sync->source; i++)
		if (sync->canon[i] != NULL && is_walked_by(key, sync->canon[i]))
			return true;
	return false;
}

/*
 * Another file that has the same path below its SOURCE, in this run or an earlier one, and was
 * there first; NULL: none.
 */
static enum ndx_status
find_twin(struct ndx_sync *sync, const char *key, const struct ndx_file *file,
          const char **twin_ret, struct ndx_err *err)
{
	const struct ndx_source_file *own = ndx_sources_find(sync->sources, ndx_str(key)), *owner;
	const struct ndx_str id = ndx_str(file->id);
	const char *twin = NULL;
	bool failed = false;

	if (sync->options->source_count > 1)
		twin = ndx_twins_enter(&sync->twins, file->id, file->path, &failed);
	if (failed)
		return ndx_fail_nomem(err);
	if (own != NULL && own->is_article && ndx_str_equal(own->id, id)) {
		*twin_ret = NULL; /* it was the first one, whatever comes before it now */
		return NDX_OK;
	}
	if (twin == NULL) {
		owner = ndx_sources_find_id(sync->sources, id);
		/* Paths that are handed out end in a NUL. */
		if (owner != NULL && !ndx_str_equal(owner->path, ndx_str(key)) &&
		    access(owner->path.data, F_OK) == 0)
			twin = owner->path.data;
	}
	*twin_ret = twin;
	return NDX_OK;
}

/* A file that need not be read: say again what was rejected in it. */
static enum ndx_status
pass_over(struct ndx_sync *sync, const struct ndx_source_file *known, const char *path,
          struct ndx_err *err)
{
	struct ndx_str reason;
	struct ndx_buf line;
	size_t at = 0;
	bool failed;

	if (known->skipped)
		sync->counts.skipped_files++;
	else
		sync->counts.unchanged_files++;
	ndx_buf_init(&line, sync->env->mem);
	while (ndx_source_reject_next(known, &at, &reason)) {
		ndx_buf_clear(&line);
		ndx_buf_add(&line, reason.data, reason.size);
		ndx_buf_add_u8(&line, '\0');
		if (ndx_buf_failed(&line))
			break;
		sync->counts.rejected++;
		sync->reporter->reject(sync->reporter->ctx, path, (const char *)line.data);
	}
	failed = ndx_buf_failed(&line);
	ndx_buf_free(&line);
	return failed ? ndx_fail_nomem(err) : NDX_OK;
}

/*
 * Why a file cannot be read at all; NULL: perhaps it can.  What was once read from it stays: it may
 * be readable again the next time.
 */
static const char *
refusal(struct ndx_sync *sync, const struct ndx_file *file)
{
	struct stat st;

	if (file->reject != NULL) {
		/* of what cannot be looked at, nobody knows that it is no directory */
		if (stat(file->path, &st) == 0 ? S_ISDIR(st.st_mode) : errno != ENOENT)
			sync->dir_unreadable = true;
		return file->reject;
	}
	return access(file->path, R_OK) == -1 && errno == EACCES ? "permission denied" : NULL;
}

static enum ndx_status
read_file(struct ndx_sync *sync, const char *key, const struct ndx_file *file, struct ndx_err *err)
{
	struct ndx_sync_file *reading;
	const char *twin = NULL;
	enum ndx_status status = find_twin(sync, key, file, &twin, err);

	if (status != NDX_OK)
		return status;
	reading = ndx_sync_new_file(sync, key, file, twin);
	if (reading == NULL)
		return ndx_fail_nomem(err);
	return ndx_pipeline_read(sync->pipeline, &reading->file, sync->options->format, err);
}

/* The absolute path of a file into sync->key. */
static bool
make_key(struct ndx_sync *sync, const struct ndx_file *file)
{
	const char *canon = sync->canon[sync->source];
	const size_t source_size = strlen(file->source);

	ndx_buf_clear(&sync->key);
	ndx_buf_add_str(&sync->key, canon);
	/* If the SOURCE is a directory, the path goes on behind it. */
	if (strcmp(file->path, file->source) != 0 && strlen(file->path) > source_size) {
		if (canon[strlen(canon) - 1] != '/')
			ndx_buf_add_u8(&sync->key, '/');
		ndx_buf_add_str(&sync->key, file->id);
	}
	ndx_buf_add_u8(&sync->key, '\0');
	return !ndx_buf_failed(&sync->key);
}

/* Called for each file of the walk. */
enum ndx_status
ndx_sync_visit(void *ctx, const struct ndx_file *file, struct ndx_err *err)
{
	struct ndx_sync *sync = ctx;
	const struct ndx_source_file *known;
	const char *key, *reject;
	struct ndx_sync_file *reading;

	if (ndx_sync_is_stopped(sync)) {
		sync->ended = true;
		return NDX_E_LIMIT; /* ends the walk */
	}
	if (!make_key(sync, file))
		return ndx_fail_nomem(err);
	key = (const char *)sync->key.data;
	if (was_walked(sync, key))
		return NDX_OK;
	known = ndx_sources_see(sync->sources, ndx_str(key));
	if (file->reject == NULL && known != NULL &&
	    ndx_source_file_is_unchanged(known, file->size, file->mtime_ns)) {
		bool failed = false;

		if (sync->options->source_count > 1)
			ndx_twins_enter(&sync->twins, file->id, file->path, &failed);
		return failed ? ndx_fail_nomem(err) : pass_over(sync, known, file->path, err);
	}
	reject = refusal(sync, file);
	if (reject == NULL)
		return read_file(sync, key, file, err);
	reading = ndx_sync_new_file(sync, "", file, NULL); /* without a key: no state is kept */
	if (reading == NULL)
		return ndx_fail_nomem(err);
	return ndx_pipeline_reject(sync->pipeline, &reading->file, reject, err);
}
