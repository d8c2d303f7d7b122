#!/bin/sh
# t27-facets.sh - facets and timelines, over segments and without the deleted
# SPDX-License-Identifier: MIT
. "${0%/*}/lib.sh"

article()
{
	printf '{"id":"%s","date":"%s","source":"%s","section":"%s","text":"%s"}\n' "$@"
}

{
	article a1 2024-01-31T23:59:59Z Wire Sport 'coca one'
	article a2 2024-02-01 Wire 'World, \"news\"' 'coca two'
	article a3 2024-02-05 Post Sport 'tea'
	article a4 2024-04-30 Post Sport 'coca three'
} >first.jsonl
{
	article b1 2024-02-29 Wire Sport 'coca four'
	article b2 2023-12-31T23:30:00-01:00 Ångström Sport 'coca five'
	printf '{"id":"b3","author":"Ann Lee","text":"coca six"}\n'
} >second.jsonl
ndx index index - <first.jsonl 2>/dev/null || exit 1
ndx index index - <second.jsonl 2>/dev/null || exit 1

expect 'rows' 0 'ndx search -n 0 --format csv --facet source,section,year --timeline month index coca' <<'END'
facet,value,count
source,Wire,3
source,Post,1
source,Ångström,1
section,Sport,4
section,"World, ""news""",1
year,2024,5

from,count,of
2024-01-01,2,2
2024-02-01,2,3
2024-03-01,0,0
2024-04-01,1,1
END
expect 'no more values than asked for' 0 'ndx search -n 0 --format csv --facet source --facet-limit 1 index coca' <<'END'
facet,value,count
source,Wire,3
END
expect 'authors' 0 'ndx search -n 0 --format csv --facet author index coca' <<'END'
facet,value,count
author,Ann Lee,1
END
expect 'weeks begin on Mondays' 0 'ndx search -n 0 --format csv --timeline week index "coca date:2024-01..2024-02-01"' <<'END'
from,count,of
2024-01-01,1,1
2024-01-08,0,0
2024-01-15,0,0
2024-01-22,0,0
2024-01-29,2,2
END
expect 'JSON' 0 'ndx search -n 0 --format json --facet year --timeline auto index tea | grep -o "\"facets.*"' <<'END'
"facets":{"year":[{"value":"2024","count":1}]},"timeline":{"unit":"day","buckets":[{"from":"2024-02-05","count":1,"of":1}]}}
END
expect 'bars' 0 'LC_ALL=C ndx search -n 0 --facet source index coca | tail -4' <<'END'
source
  Wire                                3  ##############################
  Post                                1  ##########
  Ångström                            1  ##########
END
ndx delete index a4 b1 2>/dev/null || exit 1
expect 'deleted articles are not counted' 0 'ndx search -n 0 --format csv --facet source --timeline month index coca' <<'END'
facet,value,count
source,Wire,2
source,Ångström,1

from,count,of
2024-01-01,2,2
2024-02-01,1,2
END
expect 'nothing found' 1 'ndx search -n 0 --format csv --facet source --timeline day index volcano' <<'END'
facet,value,count

from,count,of
END
expect 'in the order asked for, each once' 0 'ndx search -n 0 --format csv --facet year,source --facet source,section index tea
	ndx search -n 0 --facet section,author index tea | tail -n +2 | grep -v "█\|#"
	ndx search -n 0 --format json --facet author,source index tea | grep -o "\"facets.*"' <<'END'
facet,value,count
year,2024,1
source,Post,1
section,Sport,1

section

author
  (none)
"facets":{"author":[],"source":[{"value":"Post","count":1}]}}
END
{
	article o1 1998-12-31 Wire Sport rice
	article o2 2000-02-01 Wire Sport soy
	article o3 2000-07-01 Wire Sport rice
	article o4 2000-08-01 Wire Sport soy
	article o5 2001-01-01 Wire Sport rice
} | ndx index -q gaps -
expect 'months without articles, and such without a match' 0 'LC_ALL=C ndx search -n 0 --timeline month gaps rice | sed "s/([0-9.]* ms)/(TIME)/"' <<'END'
3 articles (TIME)

month       matches   of all
1998-12           1        1 100.0 %  ##############################
...              13 months without articles
2000-02           0        1   0.0 %
...               4 months without articles
2000-07           1        1 100.0 %  ##############################
2000-08           0        1   0.0 %
...               4 months without articles
2001-01           1        1 100.0 %  ##############################
END
expect 'a short gap' 0 'ndx search -n 0 --timeline week index "coca date:2024-01..2024-02-01" | sed -n "5,6p"' <<'END'
2024-01-08        0        0       -
2024-01-15        0        0       -
END
expect 'an unknown facet' 2 'ndx search --facet place index coca' <<'END'
ndx: --facet 'place': source, section, author or year is expected
END
expect 'an unknown unit' 2 'ndx search --timeline hour index coca' <<'END'
ndx: --timeline 'hour': day, week, month, year or auto is expected
END

# However an index is cut, sorted or ranked, all matches are counted.
ndx index sample "$top/corpus/sample" 2>/dev/null || exit 1
expect 'as many as are printed' 0 \
	'for s in relevance newest oldest; do ndx search --sort $s -n 3 --format json --facet source sample "coca OR the" |
	 grep -o "\"count\":[0-9]*" | tr -dc "0-9\n" | awk "{n += \$1} END {print n}"; done;
	 ndx search -n 1000 --format csv sample "coca OR the" | grep -c "^[0-9]*,[0-9.]*,"' <<END
$(for i in 1 2 3; do ndx search -n 1000 --format jsonl sample 'coca OR the' | grep -vc '"source":null'; done)
$(ndx search --count sample 'coca OR the')
END
for name in '' '' '' Wire Wire Post Post Gazette; do
	n=$((n + 1))
	article "u$n" 2024-01-01 "$name" Sport coca
done | ndx index -q single -
expect 'what is unknown takes no place' 0 'for n in 1 2 3; do ndx search -n 0 --format csv --facet source --facet-limit $n single coca | tail -n +2; done' <<'END'
source,Post,2
source,Post,2
source,Wire,2
source,Post,2
source,Wire,2
source,Gazette,1
END
finish
