/*
 * built.c - see built.h
 *
 * SPDX-License-Identifier: MIT
 */
#include "tests/oracle/built.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "indexer/batch.h"
#include "indexer/writer.h"
#include "tests/unit/small_index.h"

/* An index that is being made. */
struct making {
	struct built *built;
	const struct random_corpus *corpus;
	struct random *r;
	struct scan *scan;
	struct ndx_writer_options options;
	struct ndx_writer *writer;
	struct ndx_inverter *inverter;
	struct random_article *article; /* the last one made */
	size_t next_number;             /* of articles so far */
	size_t commit_every;            /* steps, about; 0: only at the end */
};

void
ndx_built_need(bool holds, const char *what, const struct ndx_err *err)
{
	if (holds)
		return;
	printf("oracle: %s%s%s\n", what, err == NULL ? "" : ": ", err == NULL ? "" : err->msg);
	exit(1);
}

static void
begin(struct built *built, const char *dir)
{
	*built = (struct built){ .io = ndx_io_default };
	built->io.fsync = ndx_skip_fsync;
	built->env = (struct ndx_env){ &ndx_mem_default, &built->io };
	snprintf(built->dir, sizeof(built->dir), "%s", dir);
	ndx_buf_init(&built->log, &ndx_mem_default);
}

/* As ndx_built_need(), and which index it was. */
static void
need(const struct built *built, bool holds, const char *what, const struct ndx_err *err)
{
	if (!holds)
		printf("oracle: in '%s', so far:\n%.*s", built->dir, (int)built->log.size,
		       (const char *)built->log.data);
	ndx_built_need(holds, what, err);
}

static void
open_writer(struct making *m)
{
	struct ndx_err err = { 0 };

	need(m->built,
	     ndx_writer_open(&m->built->env, m->built->dir, &m->options, &m->writer, &err) ==
	             NDX_OK,
	     "opening a writer", &err);
}

static void
commit(struct making *m)
{
	struct ndx_err err = { 0 };

	need(m->built, ndx_writer_commit(m->writer, &err) == NDX_OK, "commit", &err);
	ndx_buf_add_str(&m->built->log, "commit\n");
}

static void
merge(struct making *m)
{
	struct ndx_err err = { 0 };

	need(m->built, ndx_writer_merge(m->writer, &err) == NDX_OK, "merge", &err);
	ndx_buf_add_str(&m->built->log, "merge\n");
}

static void
make_article(struct making *m, size_t number)
{
	ndx_random_article(m->corpus, m->r, number, m->article);
	ndx_buf_printf(&m->built->log, "%s %s\n",
	               ndx_scan_has(m->scan, m->article->article.id) ? "replace" : "add",
	               m->article->id);
	ndx_scan_put(m->scan, &m->article->article);
}

static void
add_one(struct making *m, size_t number)
{
	struct ndx_err err = { 0 };

	make_article(m, number);
	need(m->built, ndx_writer_add(m->writer, &m->article->article, &err) == NDX_OK,
	     "adding an article", &err);
}

/* Several new ones at once, some of them twice. */
static void
add_batch(struct making *m, size_t count)
{
	struct ndx_batch *batch;
	struct ndx_err err = { 0 };

	ndx_buf_add_str(&m->built->log, "begin batch\n");
	for (size_t i = 0; i < count; i++) {
		if (i == 0 || !random_percent(m->r, 5))
			m->next_number++;
		make_article(m, m->next_number - 1);
		need(m->built, ndx_inverter_add(m->inverter, &m->article->article, &err) == NDX_OK,
		     "inverting an article", &err);
	}
	need(m->built, ndx_inverter_finish(m->inverter, &batch, &err) == NDX_OK,
	     "finishing a batch", &err);
	need(m->built, ndx_writer_add_batch(m->writer, batch, &err) == NDX_OK, "adding a batch",
	     &err);
	ndx_buf_add_str(&m->built->log, "end batch\n");
}

static void
delete_number(struct making *m, size_t number)
{
	char id[64];
	struct ndx_str name = ndx_random_id(number, id);
	struct ndx_err err = { 0 };
	const bool known = ndx_scan_delete(m->scan, name);
	enum ndx_status status;
	bool has;

	status = ndx_writer_has(m->writer, name, &has, &err);
	need(m->built, status == NDX_OK && has == known, "the writer has an article, or not", NULL);
	status = ndx_writer_delete(m->writer, name, &err);
	need(m->built, status == (known ? NDX_OK : NDX_E_NOT_FOUND), "deleting an article",
	     status == NDX_OK ? NULL : &err);
	if (known)
		ndx_buf_printf(&m->built->log, "delete %s\n", id);
}

static void
step(struct making *m, bool churns)
{
	const size_t live = ndx_scan_count(m->scan), left = m->corpus->article_count - live;
	const size_t kind = random_below(m->r, 100);
	char id[64];

	if (churns && m->next_number > 0 && kind < 10) {
		delete_number(m, random_below(m->r, m->next_number));
	} else if (churns && m->next_number > 0 && kind < 25) {
		const size_t number = random_below(m->r, m->next_number);

		if (left > 0 || ndx_scan_has(m->scan, ndx_random_id(number, id)))
			add_one(m, number);
	} else if (left > 0 && kind < 50) {
		add_batch(m, 1 + random_zipf(m->r, left));
	} else if (left > 0) {
		add_one(m, m->next_number++);
	}
	if (m->commit_every > 0 && random_below(m->r, m->commit_every) == 0)
		commit(m);
	if (churns && random_below(m->r, 300) == 0)
		merge(m);
	if (churns && random_below(m->r, 100) == 0) {
		commit(m);
		ndx_writer_close(m->writer);
		open_writer(m);
	}
}

/* A few articles that are all deleted again. */
static void
come_and_go(struct making *m)
{
	while (m->next_number < 3)
		add_one(m, m->next_number++);
	if (random_percent(m->r, 70))
		commit(m);
	for (size_t number = 0; number < m->next_number; number++)
		delete_number(m, number);
}

static void
make(struct making *m)
{
	const bool churns = random_percent(m->r, 65);
	const size_t segments = random_below(m->r, 6);

	if (m->corpus->article_count == 0 && churns)
		come_and_go(m);
	m->commit_every = segments == 0 ? 0 : m->corpus->article_count / segments + 1;
	for (size_t left = churns ? random_below(m->r, 20) : 0;; left -= left > 0) {
		if (ndx_scan_count(m->scan) == m->corpus->article_count && left == 0)
			break;
		step(m, churns);
	}
	commit(m);
	if (random_percent(m->r, 10))
		merge(m);
	/* What is not committed must never be seen. */
	if (random_percent(m->r, 10)) {
		ndx_random_article(m->corpus, m->r, m->next_number, m->article);
		ndx_writer_add(m->writer, &m->article->article, NULL);
	}
}

static void
map_articles(struct built *built, const struct scan *scan)
{
	size_t count = 0, segment;
	struct ndx_found found = { 0 };
	struct ndx_err err = { 0 };
	ndx_docid docid;

	for (size_t i = 0; i < built->index->manifest.segment_count; i++)
		count += built->index->segment[i].article_count;
	built->article = ndx_alloc(&ndx_mem_default, (count + 1) * sizeof(*built->article));
	need(built, built->article != NULL, "out of memory", NULL);
	for (size_t i = 0; i < count; i++)
		built->article[i] = SIZE_MAX;
	for (size_t i = 0; i < ndx_scan_count(scan); i++) {
		size_t at = 0;

		need(built,
		     ndx_index_locate(built->index, ndx_scan_get(scan, i)->article.id, &segment,
		                      &docid, &err) == NDX_OK,
		     "an article is not in the index", NULL);
		found = (struct ndx_found){ .segment = (uint32_t)segment, .docid = docid };
		need(built, ndx_built_article(built, &found) == SIZE_MAX,
		     "two articles have one docid", NULL);
		for (size_t s = 0; s < segment; s++)
			at += built->index->segment[s].article_count;
		built->article[at + docid] = i;
	}
}

static void
open_index(struct built *built, const struct scan *scan)
{
	struct ndx_err err = { 0 };

	need(built, ndx_index_open(&built->env, built->dir, &built->index, &err) == NDX_OK,
	     "opening the index", &err);
	need(built, built->index->article_count == ndx_scan_count(scan),
	     "the index has another number of articles", NULL);
	need(built, built->index->token_count == ndx_scan_token_count(scan),
	     "the index has another number of tokens", NULL);
	map_articles(built, scan);
}

/* Open the writer, fill it by 'how', and close it. */
static void
build(struct making *m, void (*how)(struct making *m))
{
	struct ndx_err err = { 0 };

	m->article = ndx_alloc_zero(&ndx_mem_default, 1, sizeof(*m->article));
	need(m->built, m->article != NULL, "out of memory", NULL);
	m->options.language = m->corpus->language;
	m->options.create = true;
	open_writer(m);
	need(m->built,
	     ndx_inverter_new(&m->built->env, m->corpus->language, &m->inverter, &err) == NDX_OK,
	     "making an inverter", &err);
	how(m);
	ndx_inverter_free(m->inverter);
	ndx_writer_close(m->writer);
	ndx_free(&ndx_mem_default, m->article);
	open_index(m->built, m->scan);
}

void
ndx_built_random(struct built *built, const char *dir, const struct random_corpus *corpus,
                 struct random *r, struct scan *scan)
{
	struct making m = { .built = built, .corpus = corpus, .r = r, .scan = scan };

	begin(built, dir);
	m.options.no_auto_merge = random_percent(r, 70);
	build(&m, make);
}

static void
make_plain(struct making *m)
{
	struct ndx_err err = { 0 };

	for (size_t i = 0; i < ndx_scan_count(m->scan); i++)
		need(m->built,
		     ndx_writer_add(m->writer, &ndx_scan_get(m->scan, i)->article, &err) == NDX_OK,
		     "adding an article", &err);
	commit(m);
}

void
ndx_built_plain(struct built *built, const char *dir, const struct random_corpus *corpus,
                const struct scan *scan)
{
	struct making m = { .built = built, .corpus = corpus };

	m.scan = (struct scan *)(uintptr_t)scan; /* make_plain() only reads it */
	begin(built, dir);
	build(&m, make_plain);
}

size_t
ndx_built_article(const struct built *built, const struct ndx_found *found)
{
	size_t at = found->docid;

	if (found->segment >= built->index->manifest.segment_count ||
	    found->docid >= built->index->segment[found->segment].article_count)
		return SIZE_MAX;
	for (uint32_t s = 0; s < found->segment; s++)
		at += built->index->segment[s].article_count;
	return built->article[at];
}

static void
remove_entry(void *arg, const char *name)
{
	const struct built *built = arg;
	char path[sizeof(built->dir) + 300];

	snprintf(path, sizeof(path), "%s/%s", built->dir, name);
	unlink(path);
}

void
ndx_built_free(struct built *built)
{
	ndx_close(built->index);
	ndx_free(&ndx_mem_default, built->article);
	ndx_buf_free(&built->log);
	built->io.list(built->io.ctx, built->dir, remove_entry, built);
	rmdir(built->dir);
}
