#!/bin/sh
# t53-format.sh - the index that common/FORMAT.md explains has just these bytes
#
# After a change of the format: read the new bytes with
#   od -An -v -tx1 tiny/00000001.seg
# and explain them in FORMAT.md, a line for each number, all bytes once, from the offset in the first column.
#
# SPDX-License-Identifier: MIT
. "${0%/*}/lib.sh"

# The lines of the dump after the line that begins with $1: "offset byte byte ...".
dump()
{
	awk -v from="\`$1\`" '
		index($0, from " has ") { on = 1; next }
		on && /^    [0-9a-f][0-9a-f][0-9a-f][0-9a-f]  / { print substr($0, 5, 53); begun = 1; next }
		on && begun { exit }' "$top/common/FORMAT.md"
}

# Each line goes on where the one before ended.
gaps()
{
	dump "$1" | while read -r off bytes; do
		[ $((0x$off)) = "${next:-0}" ] || echo "$off: expected $(printf %04x "${next:-0}")"
		set -- $bytes
		next=$((0x$off + $#))
	done
}

explained()
{
	dump "$1" | cut -c 7- | tr -s ' \n' '\n\n' | grep .
}

bytes()
{
	od -An -v -tx1 "$1" | tr -s ' ' '\n' | grep .
}

echo '{"id":"a1","title":"Coca","date":"1988-12-25","source":"AW","text":"Coca is coca."}' |
	ndx index tiny - 2>/dev/null || exit 1

expect 'the dump has no gaps' 0 'gaps 00000001.seg; gaps manifest' <<'END'
END
for file in 00000001.seg manifest; do
	bytes tiny/$file >"$file.bytes"
	expect "every byte of $file" 0 "explained $file" <"$file.bytes"
done
expect 'no other file but the lock' 0 'ls tiny; cat tiny/lock' <<'END'
00000001.seg
lock
manifest
END
finish
