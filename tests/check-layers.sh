#!/bin/sh
# check-layers.sh - includes point downwards: indexer -> corpus -> common <- searcher
#
# SPDX-License-Identifier: MIT
cd "$(dirname "$0")/.." || exit 2
status=0

# may FOLDERS FILE...: the files include only headers of these folders, by their full path.
may()
{
	folders=$1
	shift
	for file in "$@"; do
		[ -f "$file" ] || continue
		wrong=$(grep -nE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' "$file" |
			grep -vE "\"($folders)/[a-z0-9_]+\\.h\"")
		[ -n "$wrong" ] || continue
		echo "$file may include only from $folders:"
		echo "$wrong"
		status=1
	done
}

may 'common' common/*.[ch]
may 'common|corpus' corpus/*.[ch]
may 'common|corpus|indexer' indexer/*.[ch]
may 'common|searcher' searcher/*.[ch] ndx.c
may 'common|corpus|indexer|searcher|tests/[a-z]+' tests/*/*.[ch]

if grep -n '#include "' common/ndx.h; then
	echo 'common/ndx.h is installed alone: it includes no header of ours'
	status=1
fi
exit $status
