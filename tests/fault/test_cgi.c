/*
 * test_cgi.c - while a request of the search page is answered, the n-th allocation or call fails
 *
 * Whatever fails, what is sent is a whole answer: the right one or a 500, nothing leaks, and the
 * next request of the same process is answered.  NDX_LONG=1 takes every n.
 *
 * SPDX-License-Identifier: MIT
 */
#include "tests/unit/test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "searcher/cgi_answer.h"
#include "tests/unit/failing_io.h"
#include "tests/unit/failing_mem.h"
#include "tests/unit/small_index.h"

#define ARTICLES 60

static const char *const queries[] = {
	"",
	"q=bak",
	"q=bak+b*&sort=newest&from=1960&index=news",
	"q=bakk&page=2",
	"q=%22bak+cak%22&format=json",
	"q=bak&format=atom",
	"format=opensearch",
	"id=news/7&q=bak",
	"suggest=bak+c",
};

static size_t
after(size_t n)
{
	return getenv("NDX_LONG") != NULL ? n + 1 : n + 1 + n / 8;
}

/* Append what was sent, without the time that it took. */
static void
keep(struct ndx_str answer, struct ndx_buf *out)
{
	for (size_t i = 0; i < answer.size; i++) {
		const size_t left = answer.size - i;

		if (out->size > 10 && memcmp(out->data + out->size - 10, "\"took_us\":", 10) == 0)
			while (i < answer.size && strchr("0123456789", answer.data[i]) != NULL)
				i++;
		if (left > 4 && memcmp(answer.data + i, " ms<", 4) == 0)
			while (out->size > 0 &&
			       strchr("0123456789.", out->data[out->size - 1]) != NULL)
				out->size--;
		ndx_buf_add_u8(out, (unsigned char)answer.data[i]);
	}
}

struct fixture {
	struct small_dir dir;
	struct ndx_cgi_config config;
	struct ndx_buf right, out;
	FILE *nowhere; /* for what goes to the server's log */
};

/* One request; false: not even the site could be made. */
static bool
ask(struct fixture *f, struct ndx_cgi_site *site, const char *query, struct ndx_buf *out)
{
	const struct ndx_cgi_request request = { .method = "GET", .query = query };
	FILE *const log = stderr;
	struct ndx_buf answer;

	ndx_buf_clear(out);
	ndx_buf_init(&answer, site->env->mem);
	stderr = f->nowhere;
	keep(ndx_cgi_answer(site, &request, &answer), out);
	stderr = log;
	ndx_buf_free(&answer);
	return !ndx_buf_failed(out);
}

static bool
is_error(const struct ndx_buf *out)
{
	static const char begin[] = "Status: 500 Internal Server Error\r\n";

	return out->size > sizeof(begin) && memcmp(out->data, begin, sizeof(begin) - 1) == 0;
}

/* A site whose tables fail at n, kind by kind; returns whether there was an n-th. */
static bool
try_nth(struct fixture *f, const char *query, int kind, size_t n)
{
	struct failing_mem mem;
	struct failing_io io;
	const struct ndx_env env = { &mem.mem, &io.io };
	struct ndx_cgi_site site;
	bool reached;

	ndx_failing_mem_init(&mem, kind == 0 ? n : 0);
	ndx_failing_io_init(&io);
	io.fail_at = kind == 0 ? 0 : (int)n;
	io.for_good = kind == 2;
	io.error = EIO;
	if (ndx_cgi_site_init(&site, &env, &f->config)) {
		CHECK(query, ask(f, &site, query, &f->out));
		CHECK(query, ndx_buf_same(&f->out, &f->right) || is_error(&f->out));
		reached = kind == 0 ? mem.alloc_count >= n : (size_t)io.call_count >= n;
		CHECK(query, reached || ndx_buf_same(&f->out, &f->right));
		mem.fail_at = 0;
		io.fail_at = 0;
		CHECK(query, ask(f, &site, query, &f->out));
		CHECK(query, ndx_buf_same(&f->out, &f->right));
	} else {
		reached = true;
	}
	ndx_cgi_site_free(&site);
	CHECK(query, mem.live_count == 0 && io.open_count == 0);
	return reached;
}

static void
test_nth(void **state)
{
	struct fixture *f = *state;
	size_t tries = 0;

	for (size_t q = 0; q < ARRAY_LEN(queries); q++) {
		struct ndx_cgi_site site;

		assert_true(ndx_cgi_site_init(&site, &ndx_env_default, &f->config));
		assert_true(ask(f, &site, queries[q], &f->right));
		ndx_cgi_site_free(&site);
		CHECK(queries[q],
		      f->right.size > 11 && memcmp(f->right.data, "Status: 200", 11) == 0);
		for (int kind = 0; kind < 3; kind++) /* memory, a call, a call and all after it */
			for (size_t n = 1; try_nth(f, queries[q], kind, n);
			     n = kind == 0 ? after(n) : n + 1)
				tries++;
	}
	print_message("%zu failures\n", tries);
}

static int
set_up(void **state)
{
	static struct fixture fixture;

	ndx_small_dir_new(&fixture.dir);
	ndx_small_index(fixture.dir.path, ARTICLES);
	fixture.config = ndx_cgi_config_default;
	fixture.config.index_count = 1;
	fixture.config.index[0] = (struct ndx_cgi_index){ "news", fixture.dir.path };
	fixture.nowhere = fopen("/dev/null", "w");
	ndx_buf_init(&fixture.right, &ndx_mem_default);
	ndx_buf_init(&fixture.out, &ndx_mem_default);
	*state = &fixture;
	return fixture.nowhere == NULL;
}

static int
tear_down(void **state)
{
	struct fixture *fixture = *state;

	fclose(fixture->nowhere);
	ndx_buf_free(&fixture->right);
	ndx_buf_free(&fixture->out);
	ndx_small_dir_remove(&fixture->dir);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_nth) };

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
