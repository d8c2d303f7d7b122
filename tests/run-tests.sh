#!/bin/sh
# run-tests.sh - run every test of a build and count: passed, failed, skipped
#
#   B=build/asan run-tests.sh [WORD...]     only tests whose name contains a WORD
#
# A test is a program that exits 0 (passed), 77 (skipped; its last line says why) or
# anything else (failed: its output is shown, and no other test's).  NDX_LONG=1 lets
# tests take their time.
#
# SPDX-License-Identifier: MIT
cd "$(dirname "$0")/.." || exit 2
B=${B:-build/asan}
export B
results=$B/tests/results

list()
{
	# The longest first.
	for script in tests/check-tidy.sh tests/check-w*.sh tests/check-[!tw]*.sh; do
		echo "${script%.sh}"
	done
	[ ! -x "$B/tests/oracle/oracle" ] || echo tests/oracle/oracle
	for source in tests/unit/test_*.c tests/corrupt/test_*.c tests/fault/test_*.c \
		tests/golden/test_*.c tests/fuzz/fuzz_*.c; do
		[ ! -f "$source" ] || echo "${source%.c}"
	done
	for script in tests/cli/t*.sh; do
		[ ! -f "$script" ] || echo "${script%.sh}"
	done
}

# The test itself.
run()
{
	case $1 in
	*/oracle) "$B/$1" "$([ -n "$NDX_LONG" ] && echo 1000000 || echo 10000)" ;;
	*/fuzz_*)
		seeds=tests/fuzz/seeds/${1##*/fuzz_}
		[ -d "$seeds" ] || seeds=
		"$B/$1" $seeds
		;;
	*/test_*) "$B/$1" ;;
	*) sh "$1.sh" ;;
	esac
}

# One test in a process of its own: time, status and output into the results.
one()
{
	name=${1#tests/}
	file=$results/$(echo "$name" | tr / _)
	begin=$(date +%s%N)
	run "$1" >"$file.out" 2>&1 </dev/null
	status=$?
	ms=$((($(date +%s%N) - begin) / 1000000))
	time=$(printf '%4d.%02d s' $((ms / 1000)) $((ms % 1000 / 10)))
	case $status in
	0) echo passed >"$file.is" && echo "ok      $time  $name" ;;
	77) echo skipped >"$file.is" && echo "skipped $time  $name: $(tail -n 1 "$file.out")" ;;
	*) echo failed >"$file.is" && echo "FAILED  $time  $name (status $status)" ;;
	esac
}

if [ "$1" = --one ]; then
	one "$2"
	exit 0
fi

rm -rf "$results"
mkdir -p "$results" || exit 2
# 99: what a sanitizer found is not to be taken for "nothing found" (1) or trouble (2).
export ASAN_OPTIONS="exitcode=99:allocator_may_return_null=1:detect_stack_use_after_return=1"
export UBSAN_OPTIONS="exitcode=99:print_stacktrace=1"
export TSAN_OPTIONS="exitcode=99"

for name in $(list); do
	chosen=$([ $# -gt 0 ] || echo yes)
	for word in "$@"; do
		case $name in *"$word"*) chosen=yes ;; esac
	done
	[ -z "$chosen" ] || echo "$name"
done >"$results/list"
xargs -P "$(nproc)" -n 1 sh tests/run-tests.sh --one <"$results/list"

for is in "$results"/*.is; do
	[ "$(cat "$is")" = failed ] || continue
	printf '\n==== %s\n' "$(basename "$is" .is)"
	cat "${is%.is}.out"
done 2>/dev/null

count()
{
	cat "$results"/*.is 2>/dev/null | grep -c "^$1\$"
}

# What left no result at all was killed: it has failed too.
failed=$(($(wc -l <"$results/list") - $(count passed) - $(count skipped)))
echo "$(count passed) passed, $failed failed, $(count skipped) skipped"
[ "$failed" = 0 ] && [ "$(count passed)" -gt 0 ]
