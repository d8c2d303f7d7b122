#!/bin/sh
# t10-index.sh - ndx index: what it takes, what it prints, what it finds in files
#
# SPDX-License-Identifier: MIT
. "${0%/*}/lib.sh"

# Times and speeds differ from run to run.
summary()
{
	"$@" 2>&1 | sed 's/ in [0-9.]* s, .*//'
}
ids()
{
	ndx search --format ids --limit 100 "$@" | sort
}

mkdir -p news/1988 news/.hidden
cat >news/1988/ferry.txt <<'END'
title: Ferry strike ends
date: 1988-12-26
source: Harbour Wire

The harbour opened again on Monday.
END
echo 'Storm closes harbour. Winds shut it on Sunday.' >news/storm.txt
echo 'No harbour here: hidden.' >news/.hidden/no.txt
cat >news/wire.jsonl <<'END'
{"id": "w1", "title": "Coca cultivation falls", "text": "In the harbour of Lima.", "date": "2004-03-11T08:15:00+01:00"}
{"url": "http://wire.example/2", "title": "Arms production", "text": "Rises."}
END
echo '{"id": "z1", "text": "A harbour unpacked."}' | gzip >news/packed.jsonl.gz

expect 'one line says what was done' 0 'summary ndx index index news' <<'END'
ndx: 5 articles indexed
END
expect 'articles of all kinds are found; ids are paths below the SOURCE, or given' 0 \
	'ids index harbour' <<'END'
1988/ferry.txt
storm.txt
w1
z1
END
expect 'a record without an id is called by its url' 0 'ids index "arms production"' <<'END'
http://wire.example/2
END
expect 'nothing but the index lies in its directory' 0 'ls index | sed "s/[0-9]*\././"' <<'END'
.seg
.src
lock
manifest
END

expect 'a SOURCE that is a file: its name is the id' 0 \
	'ndx index -q file news/1988/ferry.txt && ids file harbour' <<'END'
ferry.txt
END
expect 'JSON Lines on standard input' 0 \
	'ndx index -q stdin - <news/wire.jsonl && ids stdin "coca OR arms"' <<'END'
http://wire.example/2
w1
END
expect 'standard input may be gzip' 0 'ndx index -q packed - <news/packed.jsonl.gz && ids packed unpacked' <<'END'
z1
END
expect 'a format that is named' 0 \
	'ndx index -q --format text lines news/wire.jsonl && ids lines cultivation' <<'END'
wire.jsonl
END
expect 'of two records with one id the later one counts' 0 \
	'printf "%s\n" "{\"id\":\"a\",\"text\":\"old\"}" "{\"id\":\"a\",\"text\":\"new\"}" | summary ndx index twice -
	 ids twice old; ids twice new' <<'END'
ndx: 2 articles indexed (1 replaced)
a
END
expect 'a language of its own' 0 \
	'echo "{\"id\":\"a\",\"text\":\"las canciones\"}" | ndx index -q --language spanish es - &&
	 ids es canciones' <<'END'
a
END
expect 'which stays the same' 2 'ndx index es --language english news' <<'END'
ndx: 'es' is indexed with the language 'spanish', not 'english'
END

expect 'a dry run prints format, date, id and title' 0 'ndx index --dry-run -q nowhere news' <<'END'
text	1988-12-26T00:00:00+00:00	1988/ferry.txt	Ferry strike ends
jsonl	-	z1	A harbour unpacked.
text	-	storm.txt	Storm closes harbour.
jsonl	2004-03-11T08:15:00+01:00	w1	Coca cultivation falls
jsonl	-	http://wire.example/2	Arms production
END
expect 'and makes no index' 1 'test -e nowhere' <<'END'
END
expect 'with an index, it passes over what is unchanged' 0 \
	'touch -d 2001-01-01 news/*.* news/1988/*; ndx index -q index news
	 touch -d 2002-01-01 news/storm.txt; ndx index --dry-run -q index news' <<'END'
text	-	storm.txt	Storm closes harbour.
END

expect 'a missing SOURCE, before anything is made' 2 'ndx index new news nowhere; s=$?; ls -d new; exit $s' <<'END'
ndx: cannot open 'nowhere': No such file or directory
ls: cannot access 'new': No such file or directory
END
expect 'no SOURCE' 2 'ndx index index' <<'END'
ndx: an argument is missing
usage: ndx index [OPTION...] INDEX SOURCE...
'ndx index --help' lists the options
END
expect 'an unknown option' 2 'ndx index --recursive index news' <<'END'
ndx: unknown option '--recursive'
usage: ndx index [OPTION...] INDEX SOURCE...
'ndx index --help' lists the options
END
expect 'an unknown language' 2 'ndx index new --language klingon news 2>&1 | grep -c klingon; exit 2' <<'END'
1
END
expect 'a size' 2 'ndx index --memory lots index news' <<'END'
ndx: --memory 'lots': a size from 16777216 to 18446744073709551615 bytes is expected, such as 64M
END
expect 'a number' 2 'ndx index --jobs 0 index news' <<'END'
ndx: --jobs '0': a number from 1 to 256 is expected
END
expect 'a format' 2 'ndx index --format pdf index news' <<'END'
ndx: --format 'pdf': auto, text, html, json, jsonl or reuters is expected
END
expect 'standard input, twice' 2 'ndx index index - -' <<'END'
ndx: standard input can be read only once
END
expect '--prune and standard input' 2 'ndx index --prune index -' <<'END'
ndx: --prune does not go with '-': it names no files
END
expect 'options may come last; -- ends them' 0 \
	'mkdir ./-q && cp news/storm.txt ./-q && ndx index dashed -q -- -q && ids dashed storm' <<'END'
storm.txt
END
expect 'help' 0 'ndx index --help | head -n 2' <<'END'
usage: ndx index [OPTION...] INDEX SOURCE...
Bring INDEX up to date with files, directories, or '-' (JSON Lines on standard input).
END

# Interrupted while it waits for input: what has come is kept.
mkfifo pipe
interrupted()
{
	ndx index -q "$1" news/storm.txt - <pipe &
	pid=$!
	exec 3>pipe
	while [ ! -e "$1/manifest" ]; do sleep 0.1; done
	kill -TERM $pid
	wait $pid
}
expect 'SIGTERM: what is done is committed' 143 'interrupted term; s=$?; ids term storm; exit $s' <<'END'
storm.txt
END
awk 'BEGIN { for (i = 1; i <= 3000; i++) printf "{\"id\":\"c%d\",\"text\":\"word1 word2 word3 word4 word5 word6 word7\"}\n", i }' >many.jsonl
expect 'a commit after so many articles' 0 \
	'ndx index --quiet --commit-every 500a every - <many.jsonl; ndx search --count every word1' <<'END'
3000
END
generation=$(ndx stats --json every | sed 's/.*"generation":\([0-9]*\).*/\1/')
expect 'and again after so many' 0 '[ "$generation" -ge 4 ]' <<'END'
END
expect 'neither seconds nor articles' 2 'ndx index --commit-every 5x every - </dev/null' <<'END'
ndx: --commit-every '5x': a number of seconds (30s) or articles (5000a) is expected
END
finish
