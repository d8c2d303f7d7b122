#!/bin/sh
# t11-sync.sh - ndx index again: what is new, changed, unchanged or gone
#
# SPDX-License-Identifier: MIT
. "${0%/*}/lib.sh"

summary()
{
	"$@" 2>&1 | sed 's/ in [0-9.]* s, .*//'
}
ids()
{
	ndx search --format ids --limit 100 "$@" 2>/dev/null | sort
}
generation()
{
	ndx stats --json "$1" | grep -o '"generation": *[0-9]*' | tr -dc 0-9
}
# Files that were modified just now count as changed the next time: make them old.
old()
{
	find "$@" -type f -exec touch -d "2001-01-0${day:=1}" {} +
}

mkdir -p news/sub
echo 'Alpha opened the harbour.' >news/a.txt
echo 'Beta closed the harbour.' >news/b.txt
echo 'Gamma left the harbour.' >news/sub/c.txt
cat >news/wire.jsonl <<'END'
{"id": "w1", "text": "Delta in the harbour."}
{"id": "w2", "text": "Epsilon in the harbour."}
{"text": }
END
old news

expect 'the first time' 0 'summary ndx index index news' <<'END'
ndx: rejected 'news/wire.jsonl': line 3: no JSON value at byte 9
ndx: 5 articles indexed (1 rejected)
END
before=$(generation index)
expect 'the second time nothing is read; rejects are told again' 1 \
	'ndx index --quiet index news; s=$?; summary ndx index index ./news; exit $s' <<'END'
ndx: rejected 'news/wire.jsonl': line 3: no JSON value at byte 9
ndx: rejected './news/wire.jsonl': line 3: no JSON value at byte 9
ndx: 0 articles indexed (4 unchanged files skipped, 1 rejected)
END
expect 'and there is no new commit' 0 'test "$(generation index)" = "$before"' <<'END'
END
expect 'unchanged files are not even opened' 0 \
	'chmod 000 news/a.txt; summary ndx index index news/a.txt; chmod 644 news/a.txt' <<'END'
ndx: 0 articles indexed (1 unchanged file skipped)
END

expect 'a changed file replaces its article, a new one is added' 0 \
	'echo "Alpha sank." >news/a.txt; echo "Zeta in the harbour." >news/z.txt
	 day=2; old news/a.txt news/z.txt
	 summary ndx index index news; ids index harbour; ids index sank' <<'END'
ndx: rejected 'news/wire.jsonl': line 3: no JSON value at byte 9
ndx: 2 articles indexed (1 replaced, 3 unchanged files skipped, 1 rejected)
b.txt
sub/c.txt
w1
w2
z.txt
a.txt
END
expect 'what a changed file holds no more is removed' 0 \
	'sed -i "2,3d" news/wire.jsonl; day=3; old news/wire.jsonl
	 summary ndx index index news; ids index "delta OR epsilon"' <<'END'
ndx: 0 articles indexed (1 unchanged, 1 removed, 4 unchanged files skipped)
w1
END
expect 'a file that was touched and is the same: no article changes' 0 \
	'day=4; old news/b.txt; summary ndx index index news' <<'END'
ndx: 0 articles indexed (1 unchanged, 4 unchanged files skipped)
END
expect 'an article that moved to another file stays' 0 \
	'echo "{\"id\": \"w3\", \"text\": \"Eta.\"}" >>news/wire.jsonl; day=5; old news/wire.jsonl
	 ndx index -q index news; sed -n 1p news/wire.jsonl >news/wire2.jsonl; sed -i 1d news/wire.jsonl
	 day=6; old news/wire.jsonl news/wire2.jsonl
	 summary ndx index index news; ids index "delta OR eta"' <<'END'
ndx: 0 articles indexed (2 unchanged, 4 unchanged files skipped)
w1
w3
END

rm news/b.txt news/sub/c.txt
expect 'without --prune articles of files that have gone stay' 0 \
	'ndx index -q index news; ids index "beta OR gamma"' <<'END'
b.txt
sub/c.txt
END
expect '--prune below a SOURCE named now only' 0 \
	'summary ndx index --prune index news/sub; ids index "beta OR gamma"' <<'END'
ndx: 0 articles indexed (1 removed)
b.txt
END
expect '--prune' 0 'summary ndx index --prune index news; ids index "beta OR gamma"' <<'END'
ndx: 0 articles indexed (1 removed, 4 unchanged files skipped)
END

expect 'a deleted article stays deleted ...' 0 \
	'ndx delete -q index z.txt && ndx index -q index news; ids index zeta' <<'END'
END
expect '... until its file changes' 0 \
	'day=7; old news/z.txt; ndx index -q index news; ids index zeta' <<'END'
z.txt
END
expect 'a file that was modified just before counts as changed' 0 \
	'touch news/z.txt; ndx index -q index news; summary ndx index index news' <<'END'
ndx: 0 articles indexed (1 unchanged, 3 unchanged files skipped)
END

mkdir -p one two
echo 'Theta one.' >one/t.txt
echo 'Theta two.' >two/t.txt
old one two
expect 'equal paths under two SOURCEs: the second is rejected' 0 \
	'summary ndx index twins one two; ids twins theta; ids twins one' <<'END'
ndx: rejected 'two/t.txt': 't.txt' is the id of 'one/t.txt' already
ndx: 1 article indexed (1 rejected)
t.txt
t.txt
END
expect 'again, in whichever order, and in a later run' 0 \
	'summary ndx index twins two one | sed "s|of .*/one|of ONE|"; summary ndx index twins two | sed "s|of .*/one|of ONE|"' <<'END'
ndx: rejected 'two/t.txt': 't.txt' is the id of ONE/t.txt' already
ndx: 0 articles indexed (1 unchanged file skipped, 1 rejected)
ndx: rejected 'two/t.txt': 't.txt' is the id of ONE/t.txt' already
ndx: 0 articles indexed (1 rejected)
END
expect 'until the first has gone' 0 \
	'rm one/t.txt; summary ndx index --prune twins one two; ids twins two' <<'END'
ndx: 1 article indexed (1 replaced)
t.txt
END
expect 'SOURCEs that overlap: each file is read once, as below the first' 0 \
	'summary ndx index overlap news/sub news news/z.txt | sed "s/[0-9]* art/N art/"; ids overlap zeta' <<'END'
ndx: N articles indexed
z.txt
END
finish
