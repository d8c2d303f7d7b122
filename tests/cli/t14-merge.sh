#!/bin/sh
# t14-merge.sh - ndx merge: one segment, nothing deleted left, the same answers
#
# SPDX-License-Identifier: MIT
. "${0%/*}/lib.sh"

record()
{
	printf '{"id": "a%s", "title": "Harbour %s", "text": "storm %s in the port number%s", "date": "200%s-01-01"}\n' \
		"$1" "$1" "$2" "$1" "$1"
}
answers()
{
	for query in storm harbour '"the port"' number3 'gale OR storm' 'storm -number1'; do
		ndx search --format trec --limit 100 "$1" "$query"
	done
}

for i in 1 2 3 4; do record $i gale; done | ndx index -q index - || exit 1
for i in 5 6; do record $i gale; done | ndx index -q index - || exit 1
record 3 calm | ndx index -q index - || exit 1
ndx delete -q index a4 || exit 1
answers index >before
for i in 1 2 5 6; do record $i gale; done >fresh.jsonl
record 3 calm >>fresh.jsonl
ndx index -q fresh fresh.jsonl

expect 'before: several segments, and tombstones' 0 'ls index | sed "s/[0-9-]*\././"' <<'END'
.del
.seg
.seg
.seg
lock
manifest
END
expect 'merging says what it does' 0 'ndx merge index' <<'END'
ndx: 3 segments merged, 2 deleted articles removed
END
expect 'or that there is nothing to do' 0 'ndx merge index' <<'END'
ndx: nothing to merge
END
expect 'one segment, no tombstones' 0 'ls index | sed "s/[0-9]*\././"' <<'END'
.seg
lock
manifest
END
expect 'the answers are the same' 0 'answers index | cmp - before' <<'END'
END
expect 'and those of a fresh index' 0 'answers fresh | cmp - before' <<'END'
END
expect 'what was deleted has left the disk' 1 'ndx show index a4 2>/dev/null; grep -q number4 index/*' <<'END'
END
# 700 articles, frequent words beside each other; one input is too small for lists of pairs, and in
# one "oil" is rare: those come from its positions, the others from its lists
awk '
function word(r, i)
{
	if (r < .3) return "the"
	if (r < .5) return "of"
	if (r < .6) return i > 400 || i % 20 == 0 ? "oil" : "gas"
	return r < .7 ? "price" : "w" int(rand() * 500)
}
BEGIN {
	srand(7)
	for (i = 1; i <= 700; i++) {
		text = ""
		for (j = 5 + int(rand() * 20); j > 0; j--)
			text = text " " word(rand(), i)
		printf "{\"id\":\"a%03d\",\"date\":\"2001-%02d-%02d\",", i, 1 + i % 12, 1 + i % 28
		printf "\"title\":\"%s\",\"text\":\"%s\"}\n", i % 3 ? "The price of" : "Of the gas", text
	}
}' >all.jsonl
ndx index -q whole - <all.jsonl
for lines in 1,300p 301,400p 401,700p; do sed -n "$lines" all.jsonl | ndx index -q parts -; done
ndx merge -q parts
ask_pairs()
{
	for first in the of oil gas price; do
		for second in the of oil gas price; do
			ndx search --format trec --limit 5 "$1" "\"$first $second\""
			ndx search --count "$1" "\"$first $second\""
			ndx search --count "$1" "title:\"$first $second\""
		done
	done
	ndx stats "$1" | grep pairs
}
ask_pairs whole >whole.answers
expect 'pairs of frequent words, from lists and from positions' 0 \
	'ask_pairs parts | cmp - whole.answers; grep -c " 0.0 %" whole.answers; grep -cx 0 whole.answers' <<'END'
0
23
END
expect 'an empty index' 0 'mkdir none; ndx index -q empty none && ndx merge -q empty && ls empty' <<'END'
lock
manifest
END
expect 'an argument too many' 2 'ndx merge index other' <<'END'
ndx: an argument is too many
usage: ndx merge [OPTION...] INDEX
'ndx merge --help' lists the options
END
expect 'no index' 2 'ndx merge nowhere 2>/dev/null' <<'END'
END
finish
