/*
 * random.h - numbers that are the same for the same seed on every machine
 *
 * SplitMix64: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", 2014.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_TESTS_ORACLE_RANDOM_H
#define NDX_TESTS_ORACLE_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct random {
	uint64_t state;
};

static inline uint64_t
random_next(struct random *r)
{
	uint64_t z = r->state += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

/* A generator for part 'a', 'b' of what 'seed' names. */
static inline struct random
random_of(uint64_t seed, uint64_t a, uint64_t b)
{
	struct random r = { seed };

	r.state = random_next(&r) ^ a;
	r.state = random_next(&r) ^ b;
	return r;
}

/* 0 to limit - 1. */
static inline size_t
random_below(struct random *r, size_t limit)
{
	return (size_t)(random_next(r) % limit);
}

static inline bool
random_percent(struct random *r, unsigned percent)
{
	return random_below(r, 100) < percent;
}

/* 0 to limit - 1, small ones far more often: about as Zipf's law has words. */
static inline size_t
random_zipf(struct random *r, size_t limit)
{
	return random_below(r, 1 + random_below(r, limit));
}

#endif
