#!/bin/sh
# check-tidy.sh - clang-tidy finds nothing, where it is installed; the Makefile lists its checks
#
# SPDX-License-Identifier: MIT
cd "$(dirname "$0")/.." || exit 2
if ! command -v clang-tidy >/dev/null; then
	echo 'clang-tidy is not installed'
	exit 77
fi
MAKEFLAGS= exec make -k -j"$(nproc)" --no-print-directory tidy
