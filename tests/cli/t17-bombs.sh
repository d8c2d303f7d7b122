#!/bin/sh
# t17-bombs.sh - files made to take all memory or time: rejected with a reason, soon and in bounded memory
#
# The bounds are for a build with sanitizers, which takes three times the memory and twenty times the time of the release.
#
# SPDX-License-Identifier: MIT
. "${0%/*}/lib.sh"

$CC -o ../peak "$top/tests/cli/peak.c" || exit 1
ASAN_OPTIONS=$ASAN_OPTIONS:quarantine_size_mb=8
ulimit -t 60 # seconds of processor time, each command

# of COUNT WORD: so many times the word, in one line
of()
{
	yes "$2" | head -n "$1" | tr -d '\n'
}

mkdir bombs
head -c 300000000 /dev/zero | gzip -9 >bombs/zeros.gz
{
	echo 'A harbour.'
	of 60000000 'word '
} | gzip -9 >bombs/words.txt.gz
head -c 300000000 /dev/zero | tr '\0' '\n' | gzip -9 >bombs/lines.jsonl.gz
{
	printf '{"id": "a", "text": "'
	head -c 300000000 /dev/zero | tr '\0' a
} | gzip -9 >bombs/line.jsonl.gz
gzip -9 <bombs/zeros.gz >bombs/twice.gz
printf 'PK\003\004\024\0\0\0\010\0' >bombs/bomb.zip
{
	printf '<?xml version="1.0"?><!DOCTYPE html [<!ENTITY lol "lol">'
	awk 'BEGIN { for (i = 1; i < 10; i++) {
		printf "<!ENTITY lol%d \"", i
		for (j = 0; j < 10; j++) printf i > 1 ? "&lol" i - 1 ";" : "&lol;"
		printf "\">" } }'
	printf ']><html><body><p>A harbour, &lol9; and no more.</p></body></html>'
} >bombs/entities.html
{
	printf '<html><body>'
	of 1000000 '<div>'
	echo harbour
} >bombs/deep.html
{
	printf '<html><body><p'
	of 300000 ' a=1'
	echo '>harbour'
} >bombs/attributes.html
{
	printf '{"id": "a", "text": "harbour", "x": '
	of 1000000 '['
} >bombs/deep.json
{
	printf '{"id": "a", "text": "harbour", "x": '
	of 1000000 '{"a":'
	printf '\n{"id": "b", "text": "A harbour behind."}\n'
} >bombs/deep.jsonl
of 10000000 'harbour ' >bombs/tokens.txt
of 5300000 'a ' >bombs/short.txt
head -c 90000000 /dev/zero | tr '\0' a >bombs/line.txt
{
	echo '<!DOCTYPE lewis SYSTEM "lewis.dtd">'
	of 300000 '<REUTERS NEWID="1"><TEXT><BODY>'
} >bombs/reuters.sgm
of 1000000 '<!--' | { printf '<html><body>' && cat; } >bombs/comments.html

expect 'each is rejected, and why' 1 'ndx index --progress never --max-article 16M idx bombs 2>&1 |
	sed "s/ at [byte ]*[0-9]*\$//; s/ over [0-9]* bytes/ over N bytes/; s/ in [0-9.]* s.*//"; ../peak peak ndx index --max-article 16M idx2 bombs 2>/dev/null' <<'END'
ndx: rejected 'bombs/attributes.html': HTML element with over 4000 attributes
ndx: rejected 'bombs/bomb.zip': a zip archive
ndx: rejected 'bombs/comments.html': no title and no text
ndx: rejected 'bombs/deep.html': HTML elements nested deeper than 1000
ndx: rejected 'bombs/deep.json': nested too deep
ndx: rejected 'bombs/deep.jsonl': line 1: nested too deep
ndx: rejected 'bombs/line.jsonl.gz': line 1: over N bytes, too large for --max-article (16777216)
ndx: rejected 'bombs/line.jsonl.gz': line 2: gzip unpacks to over 250 times its size
ndx: rejected 'bombs/line.txt': 90000000 bytes, too large for --max-article (16777216)
ndx: rejected 'bombs/lines.jsonl.gz': gzip unpacks to over 250 times its size
ndx: rejected 'bombs/reuters.sgm': record 1: breaks off: no </REUTERS>
ndx: rejected 'bombs/short.txt': over 5000000 words
ndx: rejected 'bombs/tokens.txt': 80000000 bytes, too large for --max-article (16777216)
ndx: rejected 'bombs/twice.gz': gzip inside gzip
ndx: rejected 'bombs/words.txt.gz': gzip unpacks to over 250 times its size
ndx: rejected 'bombs/zeros.gz': binary: NUL byte
ndx: 2 articles indexed (16 rejected)
END
expect 'in bounded memory' 0 'test "$(cat peak)" -lt 1500000 || cat peak' </dev/null
expect 'what is no bomb is found' 0 'ndx search --format ids --sort newest idx harbour' <<'END'
b
entities.html
END

finish
