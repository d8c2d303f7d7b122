#!/bin/sh
# coverage.sh - branches taken by the tests that ran in a build with --coverage, by file and in all
#
#   coverage.sh BUILD [FILE.c]...     FILE: also its lines with branches never taken
#
# Storage and codecs are common/ and those files of indexer/ that write an index, the query parser searcher/query*.c.
# gcov counts both sides of each condition; a file that no test has run is an error.
# Less than 90 % of all is exit status 1.
#
# SPDX-License-Identifier: MIT
cd "$(dirname "$0")/.." || exit 2
build=$1
shift
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
top=$PWD

written='commit files repair writer_commit segment_write postings_write docstore_write columns_write
	forms_write termdict_write pairs_write sort_postings streams names sources sources_file sources_ids
	sources_prune spool spool_mem sorted_runs'
for source in common/*.c $(printf 'indexer/%s.c ' $written) searcher/query*.c; do
	case $source in
	*_avx512.c) grep -q avx512vbmi /proc/cpuinfo || continue ;; # cannot run here
	*_avx512vl.c) grep -q avx512vl /proc/cpuinfo || continue ;;
	esac
	if [ ! -f "$build/${source%.c}.gcda" ]; then
		echo "$source was run by no test" >&2
		exit 2
	fi
	(cd "$work" && gcov -b -c -s "$top" -r -o "$top/$build/${source%/*}" "$top/$source" >>log 2>&1)
done
awk '
/^File / { file = $2; gsub(/\x27/, "", file) }
/^Taken at least once:/ && file ~ /\.c$/ && !(file in of) {
	split($0, part, /[:%]| of /)
	of[file] = part[4]
	taken[file] = part[2] * part[4] / 100
	all += of[file]
	all_taken += taken[file]
}
END {
	for (file in of)
		printf "%6.1f %%  of %4d  %s\n", 100 * taken[file] / of[file], of[file], file | "sort -k5"
	close("sort -k5")
	if (all == 0)
		exit 2
	printf "%6.1f %%  of %4d  branches of storage, codecs and query parser\n", 100 * all_taken / all, all
	exit !(all_taken >= 0.9 * all)
}' "$work/log"
status=$?
for source in "$@"; do
	awk '/^branch .*(never executed|taken 0$)/ || /^branch .*taken 0 / { if (line != "") print line; line = "" }
		/^ *[0-9#=-]+\*?:/ { line = $0 }' "$work/${source##*/}.gcov"
done
exit $status
