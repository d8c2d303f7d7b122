/*
 * kernels_x86.h - the tables for AVX2 and AVX-512, and whether they can run here
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NDX_COMMON_KERNELS_X86_H
#define NDX_COMMON_KERNELS_X86_H

#include "common/kernels.h"

/* NULL where the compiler or the processor lacks the instructions. */
const struct ndx_kernels *ndx_kernels_avx2(void);
const struct ndx_kernels *ndx_kernels_avx512(void);

#endif
