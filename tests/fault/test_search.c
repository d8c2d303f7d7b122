/*
 * test_search.c - while an index is opened and searched, the n-th allocation or call fails
 *
 * Every operator of the query language, with hits, snippets, facets and a timeline, the
 * explanation, an article with marks, and completion; and ndx_check().  Whatever fails, there is an
 * error with a message, nothing leaks, the answer is no other, and the next try succeeds.
 * NDX_LONG=1 takes every n.
 *
 * SPDX-License-Identifier: MIT
 */
#include "tests/unit/test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "searcher/check.h"
#include "searcher/explain.h"
#include "tests/unit/failing_io.h"
#include "tests/unit/failing_mem.h"
#include "tests/unit/small_index.h"

#define ARTICLES 300

static const char *const queries[] = {
	"bak",
	"+bak cak -dak",
	"\"bak cak\"",
	"\"=bak cak\"~8 OR =cak",
	"source:afp date:1960..1980 bak",
	"title:bak (cak AND NOT eak)^2",
	"b* OR ?ak*",
	"bka~1 zzakk~2",
	"bak NEAR/5 cak NEAR/9 (dak OR \"bak cak\")",
	"title:(bak ONEAR/9 cak) b* SENTENCE cak",
	"id:news/7",
	"bakk",
};

static size_t
after(size_t n)
{
	return getenv("NDX_LONG") != NULL ? n + 1 : n + 1 + n / 8;
}

/* What a search says, as text. */
static enum ndx_status
tell_hits(const struct ndx_index *index, const char *query, struct ndx_buf *out,
          struct ndx_err *err)
{
	const struct ndx_search_options options = { .nhits_max = 4,
		                                    .facets = (1u << NDX_FACETS) - 1,
		                                    .timeline = NDX_UNIT_AUTO };
	struct ndx_explanation *explanation = NULL;
	enum ndx_bucket_unit unit;
	struct ndx_hits *hits;
	struct ndx_match match[8];
	char snippet[200];
	size_t count, match_count = 0;
	enum ndx_status status = ndx_search(index, query, &options, &hits, err);

	if (status != NDX_OK)
		return status;
	ndx_buf_printf(out, "%llu\n", (unsigned long long)ndx_hits_total(hits));
	for (size_t i = 0; status == NDX_OK && i < ndx_hits_count(hits); i++) {
		status = ndx_snippet(hits, i, snippet, sizeof(snippet), err);
		if (status == NDX_OK)
			status = ndx_title_matches(hits, i, match, 8, &match_count, err);
		if (status == NDX_OK)
			ndx_buf_printf(out, "%s %a %s %zu\n", ndx_hits_get(hits, i)->article.id,
			               (double)ndx_hits_get(hits, i)->score, snippet, match_count);
	}
	for (unsigned f = 0; f < NDX_FACETS; f++) {
		const struct ndx_facet_value *value =
			ndx_hits_facet(hits, (enum ndx_facet)f, &count);

		for (size_t i = 0; i < count; i++)
			ndx_buf_printf(out, "%s %llu\n", value[i].value,
			               (unsigned long long)value[i].count);
	}
	ndx_hits_timeline(hits, &unit, &count);
	ndx_buf_printf(out, "%d %zu\n", (int)unit, count);
	if (status == NDX_OK)
		status = ndx_explain(hits, &explanation, err);
	ndx_explanation_free(explanation);
	ndx_hits_free(hits);
	return status;
}

static enum ndx_status
tell_rest(const struct ndx_index *index, const char *query, struct ndx_buf *out,
          struct ndx_err *err)
{
	const struct ndx_article_view *article;
	struct ndx_suggestions *suggestions;
	enum ndx_status status = ndx_article_get(index, "news/7", query, &article, err);

	if (status != NDX_OK)
		return status;
	ndx_buf_add_str(out, article->text);
	ndx_article_free(article);
	status = ndx_suggest(index, "bak c", 3, &suggestions, err);
	if (status != NDX_OK)
		return status;
	for (size_t i = 0; ndx_suggestions_get(suggestions, i) != NULL; i++)
		ndx_buf_add_str(out, ndx_suggestions_get(suggestions, i)->text);
	ndx_suggestions_free(suggestions);
	return NDX_OK;
}

static enum ndx_status
tell(const struct ndx_env *env, const char *path, const char *query, struct ndx_buf *out,
     struct ndx_err *err)
{
	struct ndx_index *index;
	enum ndx_status status = ndx_index_open(env, path, &index, err);

	ndx_buf_clear(out);
	if (status != NDX_OK)
		return status;
	status = tell_hits(index, query, out, err);
	if (status == NDX_OK)
		status = tell_rest(index, query, out, err);
	ndx_close(index);
	return status;
}

struct fixture {
	struct small_dir dir;
	struct ndx_buf right, out;
};

static int
set_up(void **state)
{
	static struct fixture fixture;
	const struct ndx_writer_options options = { .create = true, .no_auto_merge = true };
	struct ndx_writer *writer;

	ndx_small_dir_new(&fixture.dir);
	assert_int_equal(
		ndx_writer_open(&ndx_env_default, fixture.dir.path, &options, &writer, NULL),
		NDX_OK);
	for (uint32_t i = 0; i < ARTICLES; i++) {
		assert_int_equal(ndx_small_add(writer, i, 0, NULL), NDX_OK);
		if (i == ARTICLES / 2)
			assert_int_equal(ndx_writer_commit(writer, NULL), NDX_OK);
	}
	assert_int_equal(ndx_writer_commit(writer, NULL), NDX_OK);
	for (uint32_t i = 5; i < ARTICLES; i += 40)
		assert_int_equal(ndx_small_delete(writer, i, NULL), NDX_OK);
	assert_int_equal(ndx_writer_commit(writer, NULL), NDX_OK);
	ndx_writer_close(writer);
	ndx_buf_init(&fixture.right, &ndx_mem_default);
	ndx_buf_init(&fixture.out, &ndx_mem_default);
	*state = &fixture;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *fixture = *state;

	ndx_buf_free(&fixture->right);
	ndx_buf_free(&fixture->out);
	ndx_small_dir_remove(&fixture->dir);
	return 0;
}

static void
test_memory(void **state)
{
	struct fixture *f = *state;
	size_t tries = 0;

	for (size_t q = 0; q < ARRAY_LEN(queries); q++) {
		CHECK(queries[q],
		      tell(&ndx_env_default, f->dir.path, queries[q], &f->right, NULL) == NDX_OK);
		for (size_t n = 1;; n = after(n), tries++) {
			struct failing_mem failing;
			const struct ndx_env env = { &failing.mem, &ndx_io_default };
			struct ndx_err err = { 0 };
			enum ndx_status status;

			ndx_failing_mem_init(&failing, n);
			status = tell(&env, f->dir.path, queries[q], &f->out, &err);
			CHECK(queries[q], failing.live_count == 0);
			CHECK(queries[q],
			      status == NDX_OK || (status == NDX_E_NOMEM && err.msg[0] != '\0'));
			CHECK(queries[q], status != NDX_OK || ndx_buf_same(&f->out, &f->right));
			if (status == NDX_OK && failing.alloc_count < n)
				break;
		}
	}
	print_message("%zu allocations failed\n", tries);
}

static void
fail_calls(struct fixture *f, bool for_good)
{
	size_t tries = 0;

	for (size_t q = 0; q < ARRAY_LEN(queries); q++) {
		CHECK(queries[q],
		      tell(&ndx_env_default, f->dir.path, queries[q], &f->right, NULL) == NDX_OK);
		for (int n = 1;; n++, tries++) {
			struct failing_io failing;
			const struct ndx_env env = { &ndx_mem_default, &failing.io };
			struct ndx_err err = { 0 };
			enum ndx_status status;

			ndx_failing_io_init(&failing);
			failing.fail_at = n;
			failing.error = n % 2 == 0 ? EIO : ENOMEM;
			failing.for_good = for_good;
			status = tell(&env, f->dir.path, queries[q], &f->out, &err);
			CHECK(queries[q], failing.open_count == 0);
			CHECK(queries[q], status == NDX_OK || err.msg[0] != '\0');
			CHECK(queries[q], status != NDX_OK || ndx_buf_same(&f->out, &f->right));
			if (failing.call_count < n)
				break;
		}
	}
	print_message("%zu calls failed\n", tries);
}

static void
test_calls(void **state)
{
	fail_calls(*state, false);
	fail_calls(*state, true);
}

static void
count_damage(void *ctx, enum ndx_check_kind kind, const char *sentence)
{
	(void)sentence;
	*(size_t *)ctx += kind == NDX_CHECK_DAMAGE;
}

/* A check that could not read all is not to say that all is well. */
static void
test_check_index(void **state)
{
	struct fixture *f = *state;

	for (int kind = 0; kind < 3; kind++) { /* memory, a call, a call and all after it */
		for (size_t n = 1;; n = kind == 0 ? after(n) : n + 1) {
			struct failing_mem mem;
			struct failing_io io;
			const struct ndx_env env = { &mem.mem, &io.io };
			struct ndx_err err = { 0 };
			size_t damage_count = 0, count;
			const struct ndx_check_sink sink = { count_damage, &damage_count };
			struct ndx_check_counts counts;
			enum ndx_status status;

			ndx_failing_mem_init(&mem, kind == 0 ? n : 0);
			ndx_failing_io_init(&io);
			io.fail_at = kind == 0 ? 0 : (int)n;
			io.for_good = kind == 2;
			io.error = EIO;
			status = ndx_check(&env, f->dir.path, &sink, &counts, &err);
			count = kind == 0 ? mem.alloc_count : (size_t)io.call_count;
			CHECK("check", mem.live_count == 0 && io.open_count == 0);
			CHECK("check", status == NDX_OK || err.msg[0] != '\0');
			CHECK("check",
			      status != NDX_OK || (damage_count == 0 && counts.segments == 2));
			if (count < n) {
				CHECK("check", status == NDX_OK);
				break;
			}
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_memory),
		                            cmocka_unit_test(test_calls),
		                            cmocka_unit_test(test_check_index) };

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
