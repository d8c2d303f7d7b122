#!/bin/sh
# check-warnings.sh - everything builds as a release without one warning
#
#   check-warnings.sh [COMPILER]     gcc unless named
#
# The build is kept in build/werror-COMPILER, so that only what changed is compiled again.
#
# SPDX-License-Identifier: MIT
cd "$(dirname "$0")/.." || exit 2
compiler=${1:-gcc}
mkdir -p build
case $compiler in
gcc) cflags=-Werror goal=tests ;;
*) cflags='-Werror -O0' goal=objects ;; # clang warns of the same without optimising
esac
# The lock: check-symbols.sh looks at the same build.
MAKEFLAGS= exec flock "build/werror-$compiler.lock" \
	make -j"$(nproc)" --no-print-directory B="build/werror-$compiler" CC="$compiler" \
	CFLAGS="$cflags" $goal
