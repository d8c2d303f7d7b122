# lib.sh - for command-line tests: expect NAME STATUS COMMAND, and finish at the end
#
#   . "${0%/*}/lib.sh"
#
# The test goes on in a fresh directory that is removed at its end, with the ndx of
# the build $B first in PATH.  $top is the top of the source.  A program that embeds
# libndx is compiled with: $CC $TEST_CFLAGS ... "$bin/libndx.a" $TEST_LIBS
#
# SPDX-License-Identifier: MIT
top=$(cd "${0%/*}/../.." && pwd) || exit 1
case ${B:=build/asan} in
/*) bin=$B ;;
*) bin=$top/$B ;;
esac
PATH=$bin:$PATH
LC_ALL=C.UTF-8
TZ=UTC
: "${CC:=cc}" "${ASAN_OPTIONS:=exitcode=99}" "${UBSAN_OPTIONS:=exitcode=99}"
export PATH LC_ALL TZ ASAN_OPTIONS UBSAN_OPTIONS
unset NO_COLOR NDX_CONFIG

test_dir=$(mktemp -d) || exit 1
trap 'cd / && chmod -R u+rwX "$test_dir" && rm -rf "$test_dir"' EXIT
trap 'exit 1' HUP INT TERM
mkdir "$test_dir/work" && cd "$test_dir/work" || exit 1
expect_count=0
expect_failed=0

# The command's output (both kinds, as it comes) is what stands on standard input, and its
# exit status is STATUS.  A failure says so, and the test goes on.
expect()
{
	cat >"$test_dir/expected"
	(eval "$3") >"$test_dir/found" 2>&1 </dev/null
	expect_status=$?
	case $bin in */cov) sed -i '/^libgcov profiling\|^profiling:/d' "$test_dir/found" ;; esac # counts that could not be kept
	expect_count=$((expect_count + 1))
	if [ "$expect_status" = "$2" ] && cmp -s "$test_dir/expected" "$test_dir/found"; then
		return 0
	fi
	expect_failed=$((expect_failed + 1))
	printf 'not ok: %s\n  command: %s\n' "$1" "$3"
	[ "$expect_status" = "$2" ] || echo "  status: $expect_status, expected $2"
	diff -u --label expected --label found "$test_dir/expected" "$test_dir/found"
	return 1
}

finish()
{
	echo "$((expect_count - expect_failed)) of $expect_count as expected"
	[ "$expect_failed" = 0 ] && [ "$expect_count" -gt 0 ]
	exit
}
