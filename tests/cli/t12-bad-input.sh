#!/bin/sh
# t12-bad-input.sh - a directory with every kind of bad file: each is named, the rest is found
#
# SPDX-License-Identifier: MIT
. "${0%/*}/lib.sh"

mkdir bad
echo 'A good harbour.' >bad/good.txt
: >bad/empty.txt
printf '   \n\n' >bad/blank.txt
printf 'A harbour\0with a NUL byte.\n' >bad/nul.txt
head -c 70000 /dev/zero | tr '\0' a >bad/late-nul.txt
printf '\0' >>bad/late-nul.txt
printf 'SQLite format 3\0abcdefgh' >bad/database.txt
printf '\211PNG\r\n\032\n\0\0' >bad/picture.png
ln -s nowhere bad/broken
ln -s loop bad/loop
mkfifo bad/fifo
ln -s ../bad bad/dirlink
head -c 30000 /dev/zero | tr '\0' x | fold -w 60 >bad/large.txt
printf '%s\n' '{"id": "j1", "text": "One harbour."}' '{"id": "j2", "text": "One' '[1, 2]' '17' \
	'' '{"id": "j3"}' '{"id": "j4", "text": "Two harbours."}' >bad/lines.jsonl
printf '{"id": "u1", "text": "Caf\351."}\n{"id": "u2", "text": "Harbour."}\n' >bad/latin.jsonl
printf '{"id": "c1", "text": "A harbour."}\n{"id": "c2", "text": "Broken o' >bad/cut.jsonl
printf '{"id": "n1", "text": "A harbour."}\n{"id": "n2", "text": "N\0L."}\n' >bad/nul.jsonl
{
	echo '{"id": "l1", "text": "A harbour before."}'
	printf '{"id": "l2", "text": "'
	head -c 9000000 /dev/zero | tr '\0' z
	printf '"}\n{"id": "l3", "text": "A harbour behind."}\n'
} >bad/long.jsonl
awk 'BEGIN { for (i = 0; i < 5000; i++) printf "{\"id\": \"g%d\", \"text\": \"Unpacked %d\"}\n", i, i * 7919 % 5003 }' |
	gzip >whole.gz
head -c 20000 whole.gz >bad/truncated.jsonl.gz
printf '\037\213\010rubbish' >bad/damaged.gz
echo 'Caf\351 in the harbour, in an old encoding.' | sed 's/\\351/\xe9/' >bad/old.txt

# The numbers of bytes where gzip breaks off are zlib's affair.
run()
{
	"$@" 2>&1 | sed 's/ in [0-9.]* s, .*//; s/\(truncated.*\): line [0-9]*: /\1: line N: /
		s/\(gzip [a-z ]*\) at byte [0-9]*.*/\1/'
}

expected()
{
	cat <<'END'
ndx: rejected 'bad/blank.txt': no title and no text
ndx: rejected 'bad/broken': broken symlink
ndx: rejected 'bad/cut.jsonl': line 2: string is never closed at byte 30
ndx: rejected 'bad/damaged.gz': gzip is damaged
ndx: rejected 'bad/database.txt': an SQLite database
ndx: rejected 'bad/empty.txt': empty
ndx: rejected 'bad/fifo': is a FIFO
ndx: rejected 'bad/large.txt': 30499 bytes of text, more than --max-article (20000)
ndx: rejected 'bad/late-nul.txt': binary: NUL byte at 70000
ndx: rejected 'bad/latin.jsonl': line 1: not UTF-8 at byte 25
ndx: rejected 'bad/lines.jsonl': line 2: string is never closed at byte 25
ndx: rejected 'bad/lines.jsonl': line 3: no JSON object at byte 0
ndx: rejected 'bad/lines.jsonl': line 4: no JSON object at byte 0
ndx: rejected 'bad/lines.jsonl': line 6: no title and no text
ndx: rejected 'bad/long.jsonl': line 2: over 105536 bytes, too large for --max-article (20000)
ndx: rejected 'bad/loop': symlink loop
ndx: rejected 'bad/nul.jsonl': binary: NUL byte at 58
ndx: rejected 'bad/nul.txt': binary: NUL byte at 9
ndx: rejected 'bad/truncated.jsonl.gz': line N: gzip breaks off
END
}

expected >all
expect 'each is rejected with its place and reason' 0 \
	'run ndx index -q --max-article 20000 index bad' <all
expect 'again, from memory' 0 'run ndx index -q --max-article 20000 index bad' <all
expect 'which is exit 1' 1 'ndx index -q index bad 2>/dev/null' </dev/null
expect 'a dry run says the same' 0 \
	'run sh -c "ndx index -q --dry-run --max-article 20000 dry bad 2>&1 >/dev/null"' <all
expect 'what is no article is passed over, and that is no fault' 0 \
	'mkdir other; cp bad/picture.png other; run ndx index other.ndx other' <<'END'
ndx: 0 articles indexed (1 other file skipped)
END
expect 'the rest is found' 0 \
	'ndx search --format ids --limit 50 index harbour | sort' <<'END'
c1
good.txt
j1
j4
l1
l3
old.txt
u2
END
expect 'up to where the gzip file breaks off' 0 'ndx search --count index g1 unpacked | grep -c "^[1-9]"' <<'END'
1
END

if [ "$(id -u)" != 0 ]; then
	mkdir secret
	echo 'Secret harbour.' >secret/a.txt
	chmod 000 secret/a.txt
	expect 'a file that must not be read' 1 'ndx index -q secret.ndx secret' <<'END'
ndx: rejected 'secret/a.txt': permission denied
END
fi
finish
