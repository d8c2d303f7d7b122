#!/bin/sh
# check-analyzer.sh - gcc's analyzer and cppcheck find nothing, where they are installed
#
# What cppcheck is not asked: whether a variable that a call fills when it returns NDX_OK is set (it does not follow
# that the status says so; gcc and valgrind do), and of two idioms: an index checked after it was used for another reason, and
# one file whose syntax it cannot read.  It would find the rest.
#
# SPDX-License-Identifier: MIT
cd "$(dirname "$0")/.." || exit 2
xml=$(pkg-config --cflags libxml-2.0) || exit 2
files=$(ls common/*.c corpus/*.c indexer/*.c searcher/*.c ndx.c)
found=$(mktemp) || exit 2
trap 'rm -f "$found"' EXIT

echo "$files" | xargs -P "$(nproc)" -n 4 sh -c 'for file; do
	gcc -fanalyzer -O1 -std=gnu11 -I. '"$xml"' -DNDX_BUILD -c -o /dev/null "$file" 2>&1 | grep "warning:"
done; true' analyze >"$found"
if command -v cppcheck >/dev/null; then
	cppcheck --enable=warning,portability,performance --std=c11 -I. -DNDX_BUILD -j "$(nproc)" --quiet \
		--suppress=missingIncludeSystem --suppress=uninitvar --suppress=legacyUninitvar \
		--suppress=uninitStructMember --suppress=arrayIndexThenCheck \
		--suppress=internalAstError:indexer/cmd_index.c $files >>"$found" 2>&1
fi
cat "$found"
[ ! -s "$found" ]
