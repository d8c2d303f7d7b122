#!/bin/sh
# t16-errors.sh - an index that is missing, foreign, newer or damaged: exit 2, the file named
#
# SPDX-License-Identifier: MIT
. "${0%/*}/lib.sh"

echo 'Storm closes harbour.' >storm.txt
touch -d 2001-01-01 storm.txt
ndx index -q good storm.txt || exit 1

# Each command that opens an index, with an index $1; prints who did not exit with 2, and what was not named.
all()
{
	for command in 'search INDEX storm' 'show INDEX storm.txt' 'stats INDEX' 'delete INDEX storm.txt' \
		'merge INDEX' "$2"; do
		[ -n "$command" ] || continue
		# shellcheck disable=SC2086
		ndx $(echo "$command" | sed "s|INDEX|$1|") >out 2>&1
		status=$?
		[ $status = 2 ] || echo "$command: status $status"
		grep -q "^ndx: .*'$1[/']" out || echo "$command: $(cat out)"
	done
}
# A byte of file $1 at offset $2 becomes another.
flip()
{
	byte=$(od -An -tu1 -j "$2" -N 1 "$1")
	printf "\\$(printf %o $((byte ^ 255)))" | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}

awk 'BEGIN { for (i = 0; i < 300; i++) { printf "{\"id\":\"a%d\",\"text\":\"", i
	for (j = 0; j < 300; j++) printf "w%d ", i * 300 + j
	print "\"}" } }' >large.jsonl
ndx index -q large large.jsonl || exit 1
expect 'a file larger than the system allows' 2 '(ulimit -f 300; exec ndx index -q good large.jsonl)' <<'END'
ndx: cannot write 'good/00000003.seg': File too large
END
expect 'an answer larger than that' 2 \
	'(ulimit -f 1; exec ndx search --limit all --format json large w1 OR w301 OR w601 OR w901 OR w1201 >answer)' <<'END'
ndx: cannot write standard output: File too large
END
expect 'and nothing is lost' 0 'ls good; ndx check -q good' <<'END'
00000001.seg
00000002.src
lock
manifest
END
expect 'no such directory' 0 'all nowhere' </dev/null
mkdir void
expect 'a directory without an index' 0 'all void' </dev/null
mkdir foreign
echo 'dear diary' >foreign/manifest
expect 'a manifest that is none' 0 'all foreign "index INDEX storm.txt"' </dev/null
expect 'a file in place of a directory' 0 'all storm.txt "index INDEX storm.txt"' </dev/null

cp -r good cut
head -c 40 good/manifest >cut/manifest
expect 'a manifest that breaks off' 0 'all cut "index INDEX storm.txt"' </dev/null
size=$(wc -c <good/manifest)
at=0
while [ $at -lt "$size" ]; do
	rm -rf flipped && cp -r good flipped
	flip flipped/manifest $at
	ndx search flipped storm >/dev/null 2>&1
	[ $? = 2 ] || echo "$at"
	at=$((at + 7))
done >passed
expect 'any byte of the manifest' 0 'cat passed' </dev/null

cp -r good segment
head -c 100 good/00000001.seg >segment/00000001.seg
expect 'a segment that breaks off' 0 'all segment' </dev/null
rm segment/00000001.seg
expect 'a segment that is missing' 0 'all segment' </dev/null
cp -r good state
flip state/00000002.src 20
expect 'a damaged state of the sources' 2 'ndx index state storm.txt 2>&1 | grep -o "state/00000002.src. is corrupt"
	ndx index state storm.txt 2>/dev/null' <<'END'
state/00000002.src' is corrupt
END
expect 'which hinders no search' 0 'ndx search --format ids state storm' <<'END'
storm.txt
END
expect 'the good one is as it was' 0 'ndx search --format ids good storm' <<'END'
storm.txt
END

# Another process has the lock while it waits for its input.
mkfifo pipe
ndx index -q locked - <pipe 2>/dev/null &
exec 3>pipe
while [ ! -e locked/manifest ]; do sleep 0.1; done
expect 'who writes to it is said' 2 'ndx index locked storm.txt 2>&1 | sed "s/[0-9][0-9]*/PID/"; ndx delete locked x 2>/dev/null' <<'END'
ndx: 'locked' is being written by process PID
END
ndx index -q --wait-lock locked storm.txt 3>&- &
waiting=$!
sleep 0.3
echo '{"id": "late", "text": "Storm"}' >&3
exec 3>&-
wait $waiting
waited=$?
expect 'or waited for' 0 'ndx search --format ids locked storm | sort; exit $waited' <<'END'
late
storm.txt
END
finish
