#!/bin/sh
# t25-forms.sh - =word, wildcards and fuzzy words
# SPDX-License-Identifier: MIT
. "${0%/*}/lib.sh"

mkdir news
echo 'Arms production. The productions of the arms plant.'      > news/a1
echo 'Arm producer. He produced a product.'                     > news/a2
echo 'Recieve nothing. They received the prodction by mistake.' > news/a3
ndx index index news 2>/dev/null || exit 1

expect 'one form' 0 'ndx search --format=ids index =production' <<'END'
a1
END
expect 'the stem has more' 0 'ndx search --format=ids index production | sort' <<'END'
a1
a2
END
expect 'in a phrase' 1 'ndx search --count index "\"=arm production\""' <<'END'
0
END
expect 'in a phrase, found' 0 'ndx search --count index "\"=arms production\""' <<'END'
1
END
expect 'a prefix' 0 'ndx search --format=ids index "product*" | sort' <<'END'
a1
a2
END
expect 'marked as what it matched' 0 \
	'ndx search --format=json index "produ*r" | grep -o "<mark>[^<]*</mark>"' <<'END'
<mark>producer</mark>
END
expect 'a transposition is one edit' 0 'ndx search --format=ids index receive~1' <<'END'
a3
END
expect 'a cut is named' 0 'ndx search --count --max-expansions 2 index "prod*" 2>&1' <<'END'
ndx: 'prod*' stands for 6 words; only the 2 most frequent were looked for
2
END
expect 'strict takes patterns' 0 'ndx search --strict --count index "prod*"' <<'END'
3
END
# Merged, deleted and in several segments: the same answers.
echo 'Productive. Production is up.' > news/a4
ndx index index news 2>/dev/null || exit 1
expect 'two segments' 0 'ndx search --format=ids index =production | sort' <<'END'
a1
a4
END
ndx delete index a1 2>/dev/null || exit 1
expect 'deleted' 0 'ndx search --format=ids index =production' <<'END'
a4
END
ndx merge index 2>/dev/null || exit 1
expect 'merged' 0 'ndx search --format=ids index =production' <<'END'
a4
END
expect 'a form that went with its article is gone' 1 'ndx search --count index "productions*"' <<'END'
0
END
expect 'and all is well' 0 'ndx check index | grep -o "no damage"' <<'END'
no damage
END
# c1 has the most of each word, and one of its own: without it others are the most frequent
echo '{"id":"c1","text":"canal canals canals canals cane cane cane cane cat cat cat"}' >cut.jsonl
for i in 2 3 4; do
	echo "{\"id\":\"c$i\",\"title\":\"Camel\",\"text\":\"camel camels camels cab canals cask$i can\"}"
done >fresh.jsonl
cat fresh.jsonl >>cut.jsonl
ndx index -q cut - <cut.jsonl
ndx delete -q cut c1
ndx index -q fresh - <fresh.jsonl
ask_cut()
{
	for max in 1 2 3 4 100; do
		for query in "ca*" "title:ca*" "cat~2" "*s" "=cane"; do
			ndx search --format trec --max-expansions $max "$1" "$query"
		done
	done 2>&1
}
ask_cut fresh >fresh.answers
expect 'which forms are cut does not depend on deleted articles' 0 \
	'ask_cut cut | cmp - fresh.answers; head -1 fresh.answers; ndx check -q cut' <<'END'
ndx: 'ca*' stands for 8 words; only the 1 most frequent were looked for
END
finish
