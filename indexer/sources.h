/*
 * sources.h - what is known of the files that articles came from
 *
 *   ndx_sources_new() -> walk: ndx_sources_see(), ndx_sources_put() -> ndx_sources_prune()
 *   -> ndx_sources_encode() -> ndx_sources_free()
 *
 * For each file: its size and time when it was read, the ids of its articles, and why
 * articles were left out of the index.  So an unchanged file need not be read again, its
 * rejects can still be reported, and the articles of a file that has gone can be named.
 *
 * Threads: one at a time; but each thread that reads files may fill drafts of its own.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_INDEXER_SOURCES_H
#define NDX_INDEXER_SOURCES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/error.h"
#include "common/io.h"
#include "common/text.h"
#include "corpus/article.h"

/* A file that was modified so shortly before it was read may change again unseen. */
#define NDX_SOURCE_SETTLED_NS INT64_C(2000000000)

#define NDX_SOURCE_PATH_SIZE_MAX 65536

struct ndx_sources;

/* What was found in a file, as it is read.  Errors are sticky: see 'failed'. */
struct ndx_source_draft {
	struct ndx_buf ids, rejects; /* coded: see sources_ids.c */
	struct ndx_buf last;         /* the id that was added last */
	uint32_t id_count, reject_count;
	bool failed; /* out of memory */
};

void ndx_source_draft_init(struct ndx_source_draft *draft, const struct ndx_mem *mem);
void ndx_source_draft_free(struct ndx_source_draft *draft);
void ndx_source_draft_clear(struct ndx_source_draft *draft); /* for the next file */
/* An article was taken from the file; 1 to NDX_ID_SIZE_MAX bytes. */
void ndx_source_draft_add_id(struct ndx_source_draft *draft, struct ndx_str id);
void ndx_source_draft_add_reject(struct ndx_source_draft *draft, const char *reason);
/* What follows in the same file: for files that are read in several chunks. */
void ndx_source_draft_append(struct ndx_source_draft *draft, const struct ndx_source_draft *more);

/* A file as it was when it was read. */
struct ndx_source_facts {
	struct ndx_str path; /* the caller's name for the file: the same in each run */
	struct ndx_str id;   /* what an article that is the whole file is called */
	uint64_t size;
	int64_t mtime_ns;
	int64_t read_ns; /* when reading began */
	bool skipped;    /* plainly no article: nothing was read */
};

struct ndx_source_file {
	struct ndx_str path, id;
	uint64_t size;
	int64_t mtime_ns;
	bool unsettled; /* modified just before it was read: counts as changed */
	bool skipped;
	bool is_article; /* it holds one article, which is called 'id' */
	bool seen;       /* in this run */
	bool removed;    /* known no more; never handed out */
	bool has_slot;   /* in the table of ids */
	uint32_t index;  /* among all files */
	uint32_t id_count, reject_count;
	struct ndx_str ids, rejects; /* coded; 'ids' is empty if is_article */
};

/*
 * The state that data[size] holds, the bytes of a '.src' file, or an empty one if it is
 * NULL.  'data' is from env->mem and taken over, also on failure.  'name' is for messages.
 */
enum ndx_status ndx_sources_new(const struct ndx_env *env, const char *name, void *data,
                                size_t size, struct ndx_sources **sources_ret, struct ndx_err *err);
void ndx_sources_free(struct ndx_sources *sources); /* takes NULL */

/* Append the bytes of the '.src' file; the same for the same files, however they came. */
enum ndx_status ndx_sources_encode(const struct ndx_sources *sources, struct ndx_buf *out,
                                   struct ndx_err *err);

/* The file of this path, or NULL.  What is handed out lives until it is put again. */
const struct ndx_source_file *ndx_sources_find(const struct ndx_sources *sources,
                                               struct ndx_str path);
/* The file that is, as a whole, the article 'id', or NULL. */
const struct ndx_source_file *ndx_sources_find_id(const struct ndx_sources *sources,
                                                  struct ndx_str id);
size_t ndx_sources_count(const struct ndx_sources *sources);

/*
 * The file is there now: it is not to be pruned.  To be called for each file of a walk,
 * also if it then cannot be read.  Returns what is known of it, or NULL.
 */
const struct ndx_source_file *ndx_sources_see(struct ndx_sources *sources, struct ndx_str path);
bool ndx_source_file_is_unchanged(const struct ndx_source_file *file, uint64_t size,
                                  int64_t mtime_ns);

/*
 * The file has been read: from now on this is what is known of it.  'draft' is what was
 * found, and NULL if it was skipped.  Counts as seen.
 */
enum ndx_status ndx_sources_put(struct ndx_sources *sources, const struct ndx_source_facts *facts,
                                const struct ndx_source_draft *draft, struct ndx_err *err);

/* Files that held any of the articles id[count] count as changed from now on; id[] is put in order.
 */
void ndx_sources_distrust(struct ndx_sources *sources, struct ndx_str *id, size_t count);

/*
 * Forget the files at or below source[source_count] that were not seen, and call 'gone'
 * once for each id that was in them and is in no file that stays.  *file_count_ret is how
 * many files they were.  After a failure the state is good for ndx_sources_free() only.
 */
enum ndx_status
ndx_sources_prune(struct ndx_sources *sources, const char *const *source, size_t source_count,
                  enum ndx_status (*gone)(void *ctx, struct ndx_str id, struct ndx_err *err),
                  void *ctx, size_t *file_count_ret, struct ndx_err *err);

/* The ids of a file's articles, in their order. */
struct ndx_source_ids {
	const struct ndx_source_file *file;
	size_t at;     /* bytes of file->ids used */
	uint32_t done; /* ids handed out */
	size_t size;   /* of the last one */
	char id[NDX_ID_SIZE_MAX];
};

void ndx_source_ids_begin(struct ndx_source_ids *ids, const struct ndx_source_file *file);
/* False past the last; *id_ret lives until the next call. */
bool ndx_source_ids_next(struct ndx_source_ids *ids, struct ndx_str *id_ret);

/* The next of a file's rejects, as it was reported; *at is 0 at first.  False past the last. */
bool ndx_source_reject_next(const struct ndx_source_file *file, size_t *at,
                            struct ndx_str *reason_ret);

#endif
