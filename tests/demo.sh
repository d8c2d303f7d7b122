#!/bin/sh
# demo.sh - index the sample articles and search them, each command shown before its answer
#
#   demo.sh BUILD_DIR
#
# SPDX-License-Identifier: MIT
PATH=$(cd "$1" && pwd):$PATH
index=build/demo

show()
{
	printf '\n$ %s\n' "$1"
	eval "$1" || exit 1
}

rm -rf "$index"
show "ndx index $index corpus/sample"
show "ndx search -n 5 $index coca cultivation"
show "ndx search -n 5 $index '\"arms production\"'"
show "ndx stats $index"
printf '\nThe programs are in %s; "make install" puts them in place.\n' "$1"
