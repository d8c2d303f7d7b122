#!/bin/sh
# check-man.sh - mandoc has nothing to say about the manual pages, where it is installed
#
# SPDX-License-Identifier: MIT
cd "$(dirname "$0")/.." || exit 2
if ! command -v mandoc >/dev/null; then
	echo 'mandoc is not installed'
	exit 77
fi
pages=$(ls ./*.[1-8] ./*/*.[1-8] 2>/dev/null)
[ -n "$pages" ] || exit 0
# Our own pages, which refer to each other, need not be installed.
said=$(mandoc -T lint $pages | grep -v 'referenced manual not found')
[ -z "$said" ] && exit 0
echo "$said"
exit 1
