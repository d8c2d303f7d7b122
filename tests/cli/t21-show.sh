#!/bin/sh
# t21-show.sh - what ndx show prints, and its exit status
#
# SPDX-License-Identifier: MIT
. "${0%/*}/lib.sh"

mkdir news
cat >news/a1 <<'END'
Title: Coca & "opium"
Date: 2004-03-11T08:15:00+01:00
Source: Andes Wire
Author: Ana Pérez

Coca cultivation fell, <said> the ministry.
The farmers cultivate coffee.
END
echo 'Ferries resume. The harbour opened again on Tuesday.' >news/a2
ndx index index news 2>/dev/null || exit 1

expect 'text' 0 'ndx show index a1' <<'END'
Coca & "opium"

id: a1
date: 2004-03-11T08:15:00+01:00
source: Andes Wire
author: Ana Pérez

Coca cultivation fell, <said> the ministry.
The farmers cultivate coffee.
END

expect 'a title that was made is in the text' 0 'ndx show index a2' <<'END'
id: a2

Ferries resume. The harbour opened again on Tuesday.
END

expect 'JSON' 0 'ndx show --format json index a2' <<'END'
{"id":"a2","title":"Ferries resume.","date":null,"source":null,"section":null,"author":null,"url":null,"language":null,"text":"Ferries resume. The harbour opened again on Tuesday."}
END

expect 'JSON with marks is HTML' 0 'ndx show --format json --query "cultivation" index a1 | sed "s/.*\"text\"/\"text\"/"' <<'END'
"text":"Coca <mark>cultivation</mark> fell, &lt;said&gt; the ministry.\nThe farmers <mark>cultivate</mark> coffee.","title_matches":[]}
END
expect 'matches in the title' 0 'ndx show --format json --query "title:opium coca" index a1 | grep -o "\"title.*\"date\|\"text.*"' <<'END'
"title":"Coca & \"opium\"","date
"text":"<mark>Coca</mark> cultivation fell, &lt;said&gt; the ministry.\nThe farmers cultivate coffee.","title_matches":[{"offset":0,"size":4},{"offset":8,"size":5}]}
END

escape=$(printf '\033')
expect 'colour around marks' 0 'ndx show --color always --query ferries index a2 | tail -n 1' <<END
${escape}[1;31mFerries${escape}[0m resume. The harbour opened again on Tuesday.
END

expect 'also in the title' 0 'ndx show --color always --query opium index a1 | head -n 1' <<END
${escape}[1mCoca & "${escape}[1;31mopium${escape}[0m${escape}[1m"${escape}[0m
END
expect 'what is not read as typed is said' 0 'ndx show --query "ferries \"x titel:y" index a2 | tail -n 1' <<'END'
ndx: quote at byte 8 is never closed; read as plain words
ndx: 'titel:' at byte 11 is no field, as 'title:' is; read as a word
Ferries resume. The harbour opened again on Tuesday.
END
expect 'no marks without colour' 0 'ndx show --query ferries index a2 | tail -n 1' <<'END'
Ferries resume. The harbour opened again on Tuesday.
END

expect 'an unknown id' 1 'ndx show index nosuch' <<'END'
ndx: no article 'nosuch' in 'index'
END

expect 'a deleted article' 1 'ndx delete -q index a2 && ndx show index a2' <<'END'
ndx: no article 'a2' in 'index'
END

expect 'a missing index' 2 'ndx show nowhere a1' <<'END'
ndx: cannot open 'nowhere': No such file or directory
END

expect 'an unknown format' 2 'ndx show --format xml index a1' <<'END'
ndx: --format 'xml': text or json is expected
END

expect '--help' 0 'ndx show --help | head -n 1' <<'END'
usage: ndx show [OPTION...] INDEX ID
END
finish
