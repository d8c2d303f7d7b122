/*
 * fuzz.h - what every fuzz target has
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_TESTS_FUZZ_FUZZ_H
#define NDX_TESTS_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* Called with each input; libFuzzer's interface. */
int LLVMFuzzerTestOneInput(const uint8_t *in, size_t in_size);

/* A property that does not hold ends the run: the input is kept by the fuzzer. */
static inline void
must(bool holds)
{
	if (!holds)
		abort();
}

#endif
