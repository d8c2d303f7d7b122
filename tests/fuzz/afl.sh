#!/bin/sh
# afl.sh - run a fuzz target under AFL++, which links it with a main() of its own
#
#   afl.sh TARGET SECONDS OUT SEEDS
#
# Goes on from what OUT has of an earlier run.  Exit status 1 if an input crashed or hung the target: OUT says which.
#
# SPDX-License-Identifier: MIT
export AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_UI=1 AFL_AUTORESUME=1
mkdir -p "$3" || exit 2
echo "== ${1##*/}, $2 s"
afl-fuzz -t 10000 -m none -V "$2" -i "$4" -o "$3" -- "$1" >"$3/log" 2>&1 || { tail -n 20 "$3/log"; exit 2; }
grep -E '^(execs_done|edges_found|saved_crashes|saved_hangs)' "$3/default/fuzzer_stats"
bad=$(find "$3/default/crashes" "$3/default/hangs" -name 'id*')
[ -z "$bad" ] || { echo "$bad"; exit 1; }
