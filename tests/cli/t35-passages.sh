#!/bin/sh
# t35-passages.sh - --snippets, --snippet-length, places in the text, --timezone, --rank
#
# SPDX-License-Identifier: MIT
. "${0%/*}/lib.sh"

cat >news.jsonl <<'END'
{"id":"a","text":"The ferry left at noon. Nobody on the quay had expected it, for the timetable said otherwise and the wind was rising. A second ferry followed in the evening, with forty cars and a circus.","date":"2004-03-11T23:30:00Z"}
{"id":"b","text":"Circus people like a ferry.","date":"2004-07-01T22:30:00Z"}
{"id":"c","text":"A ferry carries cars, hay and now and then, for those in the villages, a circus.","date":"2004-07-02T22:30:00Z"}
END
ndx index -q idx news.jsonl

expect 'one passage' 0 'ndx search --snippet-length 64 --format csv "idx" "ferry id:a" | cut -d , -f 11-' <<'END'
snippet
The ferry left at noon. Nobody on the quay had expected…
END
expect 'two passages' 0 'ndx search --snippets 2 --snippet-length 64 --format jsonl idx "ferry id:a" | grep -o "\"snippet.*"' <<'END'
"snippet":"The <mark>ferry</mark> left at noon. Nobody on the quay had expected… A second <mark>ferry</mark> followed in the evening, with forty cars…","matches":[{"offset":4,"size":5},{"offset":127,"size":5}],"passages":[{"offset":0,"size":55},{"offset":118,"size":55}],"title_matches":[{"offset":4,"size":5}]}
END
expect 'no more than there are' 0 'ndx search --snippets 100 --snippet-length 64 --format jsonl idx "circus id:a" | grep -o "\"snippet.*"' <<'END'
"snippet":"…followed in the evening, with forty cars and a <mark>circus</mark>.","matches":[{"offset":180,"size":6}],"passages":[{"offset":133,"size":54}],"title_matches":[]}
END
printf '%s\n' '{"id":"d","text":"A tram stopped there, as nothing else could be done.\n\n\nIt rained on all of the people who were waiting for it."}' |
	ndx index -q idx -
expect 'without the line breaks at its end' 0 'ndx search --snippet-length 64 --format jsonl idx tram | grep -o "\"passages.*}\]"; ndx delete -q idx d' <<'END'
"passages":[{"offset":0,"size":52}],"title_matches":[{"offset":2,"size":4}]
END
expect 'the offsets are those of the text' 0 'ndx show --format json idx a | grep -o "\"text\":.*" | cut -c 136-140' <<'END'
ferry
END
expect 'a day in UTC' 0 'ndx search --format ids idx "ferry date:2004-07-02"' <<'END'
c
END
expect 'and in another zone' 0 'ndx search --format ids --timezone +02:00 idx "ferry date:2004-07-02"' <<'END'
b
END
expect 'a time with its own zone stays' 0 'ndx search --format ids --timezone +02:00 idx "ferry date:2004-03-11T23:30Z"' <<'END'
a
END
expect 'the timeline, too' 0 'ndx search -n 0 --timeline month --format csv --timezone -14:00 idx ferry;
	ndx search -n 0 --facet year --timeline day --format csv --timezone +14:00 idx ferry date:2004-07' <<'END'
from,count,of
2004-03-01,1,1
2004-04-01,0,0
2004-05-01,0,0
2004-06-01,0,0
2004-07-01,2,2
facet,value,count
year,2004,2

from,count,of
2004-07-02,1,1
2004-07-03,1,1
END
expect 'words near each other count' 0 'ndx search --format ids --b 0 idx ferry circus id:b id:c; echo;
	ndx search --format ids --b 0 --rank proximity idx ferry circus id:b id:c' <<'END'
c
b

b
c
END
ndx search --format trec idx 'ferry cars^2 -people (ferry NEAR/8 cars)^0.15' >typed
expect 'as if NEAR/8 were typed' 0 'ndx search --format trec --rank proximity idx "ferry cars^2 -people" | cmp - typed
	wc -l <typed' <<'END'
2
END
expect 'and change no total' 0 'ndx search -c idx ferry circus; ndx search -c --rank proximity idx ferry circus' <<'END'
3
3
END
expect 'no such zone, rank, number' 2 'ndx search --timezone Mars/Olympus idx ferry; ndx search --rank best idx ferry
	ndx search --snippets 0 idx ferry; ndx search --snippet-length 20 idx ferry' <<'END'
ndx: --timezone 'Mars/Olympus': UTC, local, an offset such as +05:30 or a zone such as Europe/Paris is expected
ndx: --rank 'best': bm25 or proximity is expected
ndx: --snippets '0': a number from 1 to 100 is expected
ndx: --snippet-length '20': a number from 64 to 100000 is expected
END

finish
