#!/bin/sh
# t23-check.sh - ndx check finds nothing wrong with a sound index, and any changed byte
#
# SPDX-License-Identifier: MIT
. "${0%/*}/lib.sh"

# Enough articles for lists of several blocks, with groups of them.
mkdir news
i=0
while [ $i -lt 300 ]; do
	echo "{\"id\":\"n$i\",\"title\":\"Story $i\",\"text\":\"The harbour had ferry $i on day $((i % 7)).\",\"date\":\"$((1988 + i % 30))-01-0$((1 + i % 9))\",\"source\":\"Andes Wire\"}"
	i=$((i + 1))
done >news/stories.jsonl
ndx index index news 2>/dev/null || exit 1

expect 'a sound index' 0 'ndx check index | sed "s/in [0-9]* bytes/in N bytes/"' <<'END'
1 segment with 300 articles in N bytes: no damage
END

ndx delete -q index n7 n11 n299 || exit 1
expect 'with deleted articles' 0 'ndx check --quiet index' <<'END'
END

echo 'More of the harbour.' >news/more
ndx index index news 2>/dev/null || exit 1
expect 'with several segments' 0 'ndx check -q index' <<'END'
END

touch index/left-over
expect 'what is not part of the index is a notice' 0 'ndx check -q index' <<'END'
ndx: notice: 'index/left-over' is not part of the index
END
rm index/left-over

# Change the byte at $2 of the file $1 to its complement.
flip()
{
	byte=$(od -An -tu1 -j "$2" -N 1 "$1" | tr -d ' ')
	printf "\\$(printf %03o $((255 - byte)))" | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}

# How many of about 25 bytes all over the file $1 can be changed without being found and named?
unfound()
{
	size=$(wc -c <"$1")
	count=0
	at=0
	while [ $at -lt "$size" ]; do
		cp "$1" saved
		chmod u+w "$1"
		flip "$1" $at
		said=$(ndx check -q index 2>&1)
		result=$?
		case $result:$said in
		2:*"'$1'"*) ;;
		*)
			count=$((count + 1))
			echo "$1, byte $at: exit $result: $said"
			;;
		esac
		cp saved "$1"
		at=$((at + size / 24 + 1))
	done
	echo "$count changes were not found"
}

for file in index/*.seg index/*.del index/*.src index/manifest; do
	[ -f "$file" ] || continue
	expect "changed bytes of ${file##*.}" 0 "unfound $file" <<'END'
0 changes were not found
END
done

cp -R index short
segment=$(ls short/*.seg | head -n 1)
cut=$(($(wc -c <"$segment") - 1))
dd if="$segment" of=cut bs=1 count=$cut 2>/dev/null && cp cut "$segment"
expect 'a segment cut short' 2 'ndx check short' <<END
ndx: '$segment' is corrupt: size $cut, $((cut + 1)) expected by the manifest
ndx: 'ndx check --repair' sets aside what is damaged and keeps the rest
END
rm "$segment"
expect 'a segment that is missing, and nothing said of the others' 2 'ndx check short' <<END
ndx: cannot open '$segment': No such file or directory
END

expect 'no index at all' 2 'ndx check nowhere' <<'END'
ndx: cannot open 'nowhere': No such file or directory
END
expect 'no manifest' 2 'mkdir empty; ndx check empty' <<'END'
ndx: cannot open 'empty/manifest': No such file or directory
END
expect '--help' 0 'ndx check --help | head -n 1' <<'END'
usage: ndx check [OPTION...] INDEX
END
finish
