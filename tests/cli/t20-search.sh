#!/bin/sh
# t20-search.sh - what ndx search prints, and its exit status
#
# SPDX-License-Identifier: MIT
. "${0%/*}/lib.sh"

mkdir news
echo 'Storm closes harbour. Winds shut the harbour on Monday.' >news/a1
echo 'Ferries resume. The harbour opened again on Tuesday.' >news/a2
cat >news/a3 <<'END'
Title: Coca & "opium"
Date: 2004-03-11T08:15:00+01:00
Source: Andes Wire
Section: World

Coca cultivation fell in Peru, <said> the ministry.
It's arms production that rose.
END
cat >news/a4 <<'END'
Title: Peru votes
Date: 1988-12-25
Source: Andes Wire

Peru voted on Sunday. Coca was no theme.
END
ndx index index news 2>/dev/null || exit 1

# Ids alone: tests pin the order, not the digits of a score.
expect 'best first: a1 has the word twice' 0 'ndx search --format=ids index harbour' <<'END'
a1
a2
END

expect 'a phrase is in order and adjacent' 0 'ndx search --format=ids index "\"harbour opened\""' <<'END'
a2
END

expect 'no hit is exit 1, like grep' 1 'ndx search index volcano' <<'END'
END

expect 'a bad query points at the place' 2 'ndx search --strict index "storm \"harbour"' <<'END'
ndx: query: quote at byte 6 is never closed
  storm "harbour
        ^
END

expect 'the caret counts characters, not bytes' 2 'ndx search --strict index "bogotá \"x"' <<'END'
ndx: query: quote at byte 8 is never closed
  bogotá "x
         ^
END

expect 'without --strict it is a notice' 0 'ndx search --format ids index "storm \"closes" | head -n 1' <<'END'
ndx: quote at byte 6 is never closed; read as plain words
a1
END

expect 'a missing index' 2 'ndx search nowhere harbour' <<'END'
ndx: cannot open 'nowhere': No such file or directory
END

expect 'text for people' 0 'ndx search index cultivation | sed "s/([0-9.]* ms)/(TIME)/"' <<'END'
 1. Coca & "opium"
    2004-03-11 08:15  Andes Wire  World  a3
    Coca cultivation fell in Peru, <said> the ministry. It's arms production that rose.

1 article (TIME)
END

expect 'how many of how many' 0 'ndx search -n 1 index coca | tail -n 1 | sed "s/([0-9.]* ms)/(TIME)/"' <<'END'
1 of 2 articles (TIME)
END

expect 'none asked for' 0 'ndx search -n 0 index coca | sed "s/([0-9.]* ms)/(TIME)/"' <<'END'
2 articles (TIME)
END
expect 'a day without a clock' 0 'ndx search -n 1 index votes | sed -n 2p' <<'END'
    1988-12-25  Andes Wire  a4
END

escape=$(printf '\033')
expect 'colour when it is asked for' 0 \
	'ndx search --color=always -n 1 index ferries | head -n 1' <<END
 1. ${escape}[1m${escape}[1;31mFerries${escape}[0m${escape}[1m resume.${escape}[0m
END
expect 'what is asked of the title is marked there alone' 0 'ndx search --color=always index title:opium | head -n 3
	ndx search --format json index title:opium | grep -o "\"snippet.*\]}\]"' <<END
 1. ${escape}[1mCoca & "${escape}[1;31mopium${escape}[0m${escape}[1m"${escape}[0m
    ${escape}[2m2004-03-11 08:15  Andes Wire  World  a3${escape}[0m
    Coca cultivation fell in Peru, <said> the ministry. It's arms production that rose.
"snippet":"Coca cultivation fell in Peru, &lt;said&gt; the ministry. It&#39;s arms production that rose.","matches":[],"passages":[{"offset":0,"size":83}],"title_matches":[{"offset":8,"size":5}]}]
END

expect 'no colour in a pipe, and none with NO_COLOR' 0 \
	'NO_COLOR=1 ndx search --color=auto -n 1 index ferries | head -n 1' <<'END'
 1. Ferries resume.
END

expect 'JSON' 0 'ndx search --format json index +coca +cultivation |
	sed "s/\"took_us\":[0-9]*/\"took_us\":T/; s/\"score\":[0-9.]*/\"score\":S/"' <<'END'
{"query":"+coca +cultivation","total":1,"took_us":T,"hits":[{"rank":1,"score":S,"id":"a3","title":"Coca & \"opium\"","date":"2004-03-11T08:15:00+01:00","source":"Andes Wire","section":"World","author":null,"url":null,"language":null,"snippet":"<mark>Coca</mark> <mark>cultivation</mark> fell in Peru, &lt;said&gt; the ministry. It&#39;s arms production that rose.","matches":[{"offset":0,"size":4},{"offset":5,"size":11}],"passages":[{"offset":0,"size":83}],"title_matches":[{"offset":0,"size":4}]}],"notices":[]}
END

expect 'JSON of nothing' 1 'ndx search --format json index volcano | sed "s/\"took_us\":[0-9]*/\"took_us\":T/"
	ndx search --format json index volcano >/dev/null' <<'END'
{"query":"volcano","total":0,"took_us":T,"hits":[],"notices":[]}
END

expect 'JSON Lines' 0 'ndx search --format jsonl index ferries | sed "s/\"score\":[0-9.]*/\"score\":S/"' <<'END'
{"rank":1,"score":S,"id":"a2","title":"Ferries resume.","date":null,"source":null,"section":null,"author":null,"url":null,"language":null,"snippet":"<mark>Ferries</mark> resume. The harbour opened again on Tuesday.","matches":[{"offset":0,"size":7}],"passages":[{"offset":0,"size":52}],"title_matches":[{"offset":0,"size":7}]}
END

expect 'CSV' 0 'ndx search --format csv index cultivation | sed "s/^1,[0-9.]*/1,S/"' <<'END'
rank,score,id,title,date,source,section,author,url,language,snippet
1,S,a3,"Coca & ""opium""",2004-03-11T08:15:00+01:00,Andes Wire,World,,,,"Coca cultivation fell in Peru, <said> the ministry. It's arms production that rose."
END

expect 'TREC' 0 'ndx search --format trec --qid 301 --tag mine index ferries | sed "s/1 [0-9.]* m/1 S m/"' <<'END'
301 Q0 a2 1 S mine
END

expect '--count' 0 'ndx search --count index coca' <<'END'
2
END
expect '--count of nothing' 1 'ndx search --count index volcano' <<'END'
0
END
expect '--limit counts all the same' 0 'ndx search -n 0 --count index coca' <<'END'
2
END

expect '--offset keeps ranks' 0 'ndx search --format trec --offset 1 index harbour | cut -d " " -f 3,4' <<'END'
a2 2
END
expect '--offset beyond the last' 0 'ndx search --format ids --offset 7 index harbour' <<'END'
END

expect '--sort newest, undated last' 0 'ndx search --format ids --sort newest index "harbour peru"' <<'END'
a3
a4
a1
a2
END
expect '--sort oldest, undated last' 0 'ndx search --format ids --sort oldest index "harbour peru"' <<'END'
a4
a3
a1
a2
END

expect '--all' 0 'ndx search --format ids --all index coca votes' <<'END'
a4
END

expect 'options anywhere, words joined by spaces' 0 'ndx search index --format ids peru -n 1 votes --limit 1' <<'END'
ndx: notice: '-n' stands behind the query and is read as part of it; there the option is '--limit'
a4
END
expect 'a dash in the query is the query' 0 'ndx search --format ids index coca -votes' <<'END'
a3
END
expect '-- ends options' 0 'ndx search --format ids -- index -harbour' <<'END'
a3
a4
END

expect '--explain' 0 'ndx search --format ids --explain index coca cultivation | sed -n "s/ idf.*//p; /^query/p"' <<'END'
query   (list (should coca cultiv))
term    df 1       
term    df 2       
END

expect 'an unknown option' 2 'ndx search --formt=ids index coca 2>&1 | head -n 1; ndx search --nosuch index coca 2>/dev/null' <<'END'
ndx: unknown option '--formt=ids'
END
expect 'an unknown format' 2 'ndx search --format xml index coca' <<'END'
ndx: --format 'xml': text, json, jsonl, csv, atom, rss, ris, bibtex, trec or ids is expected
END
expect 'no number' 2 'ndx search -n ten index coca' <<'END'
ndx: --limit 'ten': a number is expected
END
expect 'a parameter out of range' 2 'ndx search --b 2 index coca' <<'END'
ndx: b is 2, 0 to 1 expected
END
expect 'an option without its argument' 2 'ndx search index coca --tag 2>&1 | head -n 1; ndx search index coca --tag 2>/dev/null' <<'END'
ndx: option '--tag' needs an argument
END
expect 'no query' 2 'ndx search index 2>&1 | head -n 1; ndx search index 2>/dev/null' <<'END'
ndx: an argument is missing
END
expect '--help' 0 'ndx search --help | head -n 1; ndx search -h >/dev/null' <<'END'
usage: ndx search [OPTION...] INDEX QUERY...
END

expect 'a full disk' 2 'ndx search index harbour >/dev/full' <<'END'
ndx: cannot write standard output: No space left on device
END
expect 'a closed pipe is quiet' 0 'ndx search index harbour | true' <<'END'
END
finish
