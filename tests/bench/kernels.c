/*
 * kernels.c - what each kernel costs, in cycles a posting, and how fast memory is read
 *
 * A kernel works on the same block of 128 postings again and again, so from the first cache; the
 * figure is the median of many passes.  Cycles are those of the time stamp counter, which runs at
 * one speed whatever the processor's clock does; where there is none, nanoseconds.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/bitpack.h"
#include "common/format.h"
#include "common/impact.h"
#include "common/kernels.h"
#include "common/postings_block.h"
#include "tests/oracle/random.h"

#define PASSES        301
#define REPEATS       200
#define MEMORY_SIZE   ((size_t)256 << 20) /* more than a last cache holds of it */
#define MEMORY_PASSES 7

#if defined(__x86_64__)
#	define UNIT "cycles"
#else
#	define UNIT "ns"
#endif

static double
now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static double
ticks(void)
{
#if defined(__x86_64__)
	return (double)__builtin_ia32_rdtsc();
#else
	return now_ns();
#endif
}

/* Everything that a kernel may need. */
struct work {
	const struct ndx_kernels *kernels;
	unsigned width;
	uint8_t packed[4 * NDX_BLOCK_LEN + NDX_READ_SLACK];
	uint32_t docid[NDX_BLOCK_LEN], other[NDX_BLOCK_LEN], tf[NDX_BLOCK_LEN],
		out[NDX_BLOCK_LEN + 16];
	uint8_t norm[4096 + NDX_READ_SLACK];
	float length[256], score[NDX_BLOCK_LEN];
	float bound[NDX_BLOCK_LEN]; /* one in eight above 1 */
	uint8_t rows[(2 * NDX_IMPACT_COUNT + 1) * NDX_BLOCK_LEN];
	uint8_t bits[8 * 64], rank[NDX_BLOCK_LEN];
	uint16_t at[NDX_BLOCK_LEN + 16];
	uint32_t set[NDX_BLOCK_LEN];
	uint8_t gaps_block[NDX_BLOCK_SIZE_MAX + NDX_READ_SLACK],
		bitset_block[NDX_BLOCK_SIZE_MAX + NDX_READ_SLACK];
	size_t gaps_size, bitset_size; /* of these blocks */
	uint32_t sum[16 * 64];
	uint64_t sink;
};

/* Rising docids below 'limit', all different. */
static void
fill_docids(struct random *random, uint32_t limit, uint32_t *docid)
{
	uint32_t left = NDX_BLOCK_LEN;

	for (uint32_t at = 0, i = 0; left > 0; at++)
		if (random_below(random, limit - at) < left) {
			docid[i++] = at;
			left--;
		}
}

static void
fill(struct work *work, struct random *random)
{
	for (size_t i = 0; i < sizeof(work->packed); i++)
		work->packed[i] = (uint8_t)random_below(random, 256);
	fill_docids(random, 2048, work->docid);
	fill_docids(random, 2048, work->other);
	fill_docids(random, 1024, work->set);
	for (size_t i = 0; i < NDX_BLOCK_LEN; i++) {
		work->tf[i] = 1 + (uint32_t)random_below(random, 3);
		work->bits[work->set[i] / 8] |= (uint8_t)(1u << work->set[i] % 8);
		work->bound[i] = random_below(random, 8) == 0 ? 1.5f : 0.5f;
	}
	for (size_t i = 0; i < sizeof(work->norm); i++)
		work->norm[i] = (uint8_t)(60 + random_below(random, 60));
	for (size_t i = 0; i < sizeof(work->rows); i++)
		work->rows[i] = (uint8_t)random_below(random, 200);
	ndx_norm_table(0.9f, 0.4f, 500, work->length);
	work->gaps_size = ndx_block_encode(work->docid, work->tf, NDX_BLOCK_LEN, NDX_DOCID_NONE,
	                                   work->gaps_block);
	work->bitset_size = ndx_block_encode(work->set, work->tf, NDX_BLOCK_LEN, NDX_DOCID_NONE,
	                                     work->bitset_block);
}

static void
run_unpack(struct work *work)
{
	work->kernels->unpack(work->packed, NDX_BLOCK_LEN, work->width, work->out);
}

static void
run_undelta(struct work *work)
{
	memcpy(work->out, work->tf, sizeof(work->tf));
	work->kernels->undelta(work->out, NDX_BLOCK_LEN, NDX_DOCID_NONE);
}

static void
run_score(struct work *work)
{
	work->kernels->score(work->docid, work->tf, NDX_BLOCK_LEN, work->norm, work->length, 2.5f,
	                     work->score);
}

static void
run_bounds(struct work *work)
{
	work->kernels->bounds(work->rows, NDX_BLOCK_LEN, work->length, 0, work->score);
}

static void
run_above(struct work *work)
{
	work->sink += work->kernels->above(work->bound, NDX_BLOCK_LEN, 1, work->at);
}

static void
run_popcount(struct work *work)
{
	work->sink += work->kernels->popcount(work->bits, 16);
}

static void
run_list_bits(struct work *work)
{
	work->kernels->list_bits(work->bits, 16, 0, work->out);
}

static void
run_add_bits(struct work *work)
{
	work->kernels->add_bits(work->bits, 16, work->tf, work->sum);
}

static void
run_count_marked(struct work *work)
{
	memcpy(work->out, work->tf, sizeof(work->tf));
	work->kernels->count_marked(work->out, NDX_BLOCK_LEN, 5);
}

static void
run_rank_bits(struct work *work)
{
	work->sink +=
		work->kernels->rank_bits(work->bits, 16, 0, work->set, NDX_BLOCK_LEN, work->rank);
}

static void
run_intersect(struct work *work)
{
	work->sink += work->kernels->intersect(work->docid, NDX_BLOCK_LEN, work->other,
	                                       NDX_BLOCK_LEN, 0, 0, work->out);
}

static void
run_intersect_few(struct work *work)
{
	for (uint32_t i = 0; i < NDX_BLOCK_LEN; i += 8)
		work->sink += work->kernels->intersect(work->docid + i, 8, work->other + i, 8, 0, 0,
		                                       work->out);
}

/* A block's docids and tf, from its first byte. */
static void
decode(struct work *work, const uint8_t *in)
{
	struct ndx_block block;

	if (ndx_block_parse(in, NDX_BLOCK_SIZE_MAX, NDX_BLOCK_LEN, NDX_DOCID_NONE, work->kernels,
	                    &block) > 0 &&
	    ndx_block_docids(&block, work->kernels, 4096, work->out))
		ndx_block_tfs(&block, work->kernels, work->out);
}

static void
run_decode_gaps(struct work *work)
{
	decode(work, work->gaps_block);
}

static void
run_decode_bitset(struct work *work)
{
	decode(work, work->bitset_block);
}

static const struct {
	const char *name;
	void (*run)(struct work *work);
	unsigned width;
} kernels[] = {
	{ "unpack, 1 bit", run_unpack, 1 },
	{ "unpack, 5 bits", run_unpack, 5 },
	{ "unpack, 12 bits", run_unpack, 12 },
	{ "unpack, 30 bits", run_unpack, 30 },
	{ "undelta", run_undelta, 0 },
	{ "score", run_score, 0 },
	{ "bounds, a block each", run_bounds, 0 },
	{ "above, one in eight", run_above, 0 },
	{ "popcount, 8 bits a posting", run_popcount, 0 },
	{ "list_bits, 8 bits a posting", run_list_bits, 0 },
	{ "add_bits, 8 bits a posting", run_add_bits, 0 },
	{ "count_marked", run_count_marked, 0 },
	{ "rank_bits, 8 bits a posting", run_rank_bits, 0 },
	{ "intersect, 128 with 128", run_intersect, 0 },
	{ "intersect, 8 with 8", run_intersect_few, 0 },
	{ "a block of gaps, decoded", run_decode_gaps, 0 },
	{ "a bitset, decoded", run_decode_bitset, 0 },
};

static int
compare(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* What each of 128 postings takes. */
static double
measure(struct work *work, void (*run)(struct work *work))
{
	double took[PASSES];

	for (size_t pass = 0; pass < PASSES; pass++) {
		const double begin = ticks();

		for (size_t i = 0; i < REPEATS; i++) {
			run(work);
			__asm__ volatile("" ::: "memory");
		}
		took[pass] = (ticks() - begin) / REPEATS / NDX_BLOCK_LEN;
	}
	qsort(took, PASSES, sizeof(took[0]), compare);
	return took[PASSES / 2];
}

/* What reading a byte takes of an array that no cache holds, the median pass; *ns_ret is the same
 * in ns. */
static double
read_memory(const uint64_t *memory, double *ns_ret)
{
	double took[MEMORY_PASSES], took_ns[MEMORY_PASSES];

	for (size_t pass = 0; pass < MEMORY_PASSES; pass++) {
		const double begin = ticks(), begin_ns = now_ns();
		uint64_t sum = 0;

		for (size_t i = 0; i < MEMORY_SIZE / sizeof(*memory); i++)
			sum += memory[i];
		__asm__ volatile("" ::"r"(sum));
		took[pass] = (ticks() - begin) / (double)MEMORY_SIZE;
		took_ns[pass] = (now_ns() - begin_ns) / (double)MEMORY_SIZE;
	}
	qsort(took, MEMORY_PASSES, sizeof(took[0]), compare);
	qsort(took_ns, MEMORY_PASSES, sizeof(took_ns[0]), compare);
	*ns_ret = took_ns[MEMORY_PASSES / 2];
	return took[MEMORY_PASSES / 2];
}

/* The speed of memory, and the time in which it brings what the two blocks above are decoded
 * from. */
static void
print_memory(const struct work *work)
{
	uint64_t *memory = malloc(MEMORY_SIZE);
	double byte, byte_ns;

	if (memory == NULL)
		return;
	memset(memory, 1, MEMORY_SIZE);
	byte = read_memory(memory, &byte_ns);
	printf("%-34s%15.2f\n", "the gaps' bytes, from memory",
	       byte * (double)work->gaps_size / NDX_BLOCK_LEN);
	printf("%-34s%15.2f\n", "the bitset's, from memory",
	       byte * (double)work->bitset_size / NDX_BLOCK_LEN);
	printf("%-34s%15.1f\n", "memory, GB/s", 1 / byte_ns);
	free(memory);
}

int
main(void)
{
	static const char *const names[] = { "scalar", "avx2", "avx512vl", "avx512" };
	static struct work work;
	struct random random = random_of(1, 0, 0);

	fill(&work, &random);
	printf("%-34s", "kernels, " UNIT " a posting");
	for (size_t t = 0; t < 3; t++)
		printf("%15s", names[t]);
	putchar('\n');
	for (size_t k = 0; k < sizeof(kernels) / sizeof(kernels[0]); k++) {
		printf("%-34s", kernels[k].name);
		work.width = kernels[k].width;
		for (size_t t = 0; t < 3; t++) {
			work.kernels = ndx_kernels_get(names[t]);
			if (work.kernels == NULL)
				printf("%15s", "-");
			else
				printf("%15.2f", measure(&work, kernels[k].run));
		}
		putchar('\n');
	}
	print_memory(&work);
	return 0;
}
