#!/bin/sh
# t29-formats.sh - feeds, citations, and all hits
# SPDX-License-Identifier: MIT
. "${0%/*}/lib.sh"

{
	echo '{"id":"a 1","title":"Coca & <tea>","date":"2004-03-11T08:15:00+01:00","source":"A_B","section":"World","author":"Ann Lee","url":"https://example.org/?a=1&b=2","text":"Coca \"quoted\"."}'
	echo '{"id":"a2","title":"100% coca","url":"javascript:alert(1)","text":"Plain coca coca coca coca"}'
} | ndx index index - 2>/dev/null || exit 1

touch -d 2020-05-06T07:08:09Z index/manifest
expect 'Atom' 0 'ndx search --format atom --sort newest index coca' <<'END'
<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<id>urn:ndx:coca</id>
<title>coca</title>
<updated>2020-05-06T07:08:09+00:00</updated>
<generator>ndx</generator>
<entry>
<id>https://example.org/?a=1&amp;b=2</id>
<title>Coca &amp; &lt;tea&gt;</title>
<updated>2004-03-11T08:15:00+01:00</updated>
<author><name>Ann Lee</name></author>
<link href="https://example.org/?a=1&amp;b=2"/>
<category term="World"/>
<summary>Coca &quot;quoted&quot;.</summary>
</entry>
<entry>
<id>urn:ndx:a2</id>
<title>100% coca</title>
<updated>2020-05-06T07:08:09+00:00</updated>
<author><name>unknown</name></author>
<link href="urn:ndx:a2"/>
<summary>Plain coca coca coca coca</summary>
</entry>
</feed>
END
expect 'a feed is as new as its newest entry, without any as the last commit' 0 \
	'for q in tea coca volcano; do ndx search --format atom -n 1 --sort newest index $q | grep -m 1 updated; done' <<'END'
<updated>2004-03-11T07:15:00+00:00</updated>
<updated>2004-03-11T07:15:00+00:00</updated>
<updated>2020-05-06T07:08:09+00:00</updated>
END
expect 'RSS' 0 'ndx search --format rss --sort newest -n 1 index coca' <<'END'
<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>coca</title>
<link>urn:ndx:coca</link>
<description>Articles that match</description>
<item>
<title>Coca &amp; &lt;tea&gt;</title>
<link>https://example.org/?a=1&amp;b=2</link>
<guid isPermaLink="true">https://example.org/?a=1&amp;b=2</guid>
<pubDate>Thu, 11 Mar 2004 07:15:00 GMT</pubDate>
<dc:creator>Ann Lee</dc:creator>
<category>World</category>
<description>Coca &quot;quoted&quot;.</description>
</item>
</channel></rss>
END
expect 'RIS' 0 'ndx search --format ris --sort newest -n 1 index coca | tr -d "\r"' <<'END'
TY  - NEWS
ID  - a 1
TI  - Coca & <tea>
AU  - Ann Lee
T2  - A_B
SE  - World
PY  - 2004
DA  - 2004/03/11
UR  - https://example.org/?a=1&b=2
ER  - 

END
expect 'BibTeX' 0 'ndx search --format bibtex --sort newest index coca' <<'END'
@misc{a+201,
  title = {Coca \& <tea>},
  author = {Ann Lee},
  howpublished = {A\_B},
  year = {2004},
  date = {2004-03-11},
  url = {https://example.org/?a=1&b=2}
}

@misc{a2,
  title = {100\% coca},
  url = {javascript:alert(1)}
}

END

ndx index -q keys - <<'END'
{"id":"a b","url":"http://x.org/~c_d/{1}?50%#é","text":"poppy"}
{"id":"a_b","text":"poppy"}
{"id":"é/ü,1+2","text":"poppy"}
END
expect 'each id is a key of its own, and an address as it is' 0 'ndx search --format bibtex keys poppy | grep "@\|url"' <<'END'
@misc{a+20b,
  url = {http://x.org/~c_d/%7B1%7D?50%#é}
@misc{a_b,
@misc{+C3+A9/+C3+BC+2C1+2B2,
END

i=0
while [ $((i += 1)) -le 1203 ]; do
	echo "{\"id\":\"$i\",\"text\":\"many words $i\"}"
done | ndx index many - 2>/dev/null || exit 1
expect 'all, some at a time' 0 \
	'ndx search --limit all --format jsonl many many | grep -c "<mark>many</mark>"; ndx search --limit all --format csv many many | cut -d, -f3 | sort -u | wc -l' <<'END'
1203
1204
END
expect 'from an offset on' 0 'ndx search --limit all --offset 1200 --format csv many many | cut -d, -f1' <<'END'
rank
1201
1202
1203
END
not_utf8=$(printf 'coca \377 a') shown=$(printf '<title>coca \357\277\275 a')
expect 'a query that is no UTF-8, in a feed' 0 'ndx search --format atom index "$not_utf8" 2>&1 | grep -c "$shown"' <<'END'
1
END
echo '{"id":"p","text":"Opium.","author":"By Ann Lee and John Doe; Roe, Jane"}' | ndx index persons - 2>/dev/null
expect 'several authors' 0 'ndx search --format ris persons opium | tr -d "\r" | grep AU; ndx search --format bibtex persons opium | grep author' <<'END'
AU  - Ann Lee
AU  - John Doe
AU  - Roe, Jane
  author = {Ann Lee and John Doe and Roe, Jane}
END
{
	echo '{"id":"a","text":"Opium.","date":"2004-01-05","author":"By Ann Lee, Max Roe and John Doe"}'
	echo '{"id":"b","text":"Opium.","date":"2004-01-04","authors":["Ann Lee","John Doe"]}'
	echo '{"id":"c","text":"Opium.","date":"2004-01-03","author":"By Ann Lee , Health and Science Editor"}'
	echo '{"id":"d","text":"Opium.","date":"2004-01-02","author":"van Gogh, Vincent, and Doe, John"}'
	echo '{"id":"e","text":"Opium.","date":"2004-01-01","author":"Staff Writer"}'
	echo '{"id":"f","text":"Opium.","date":"2003-01-01","author":["Madonna","Ann Lee",{"name":"Doe, John"}]}'
} | ndx index commas - 2>/dev/null
expect 'commas between persons, in their names, and before what they are' 0 \
	'ndx search --sort newest --format ris commas opium | tr -d "\r" | grep -E "^(ID|AU)"' <<'END'
ID  - a
AU  - Ann Lee
AU  - Max Roe
AU  - John Doe
ID  - b
AU  - Ann Lee
AU  - John Doe
ID  - c
AU  - Ann Lee
ID  - d
AU  - van Gogh, Vincent
AU  - Doe, John
ID  - e
ID  - f
AU  - Madonna
AU  - Ann Lee
AU  - Doe, John
END
echo '{"id":"a","text":"Opium.","author":"Martin Luther King, Jr., and King, Martin Luther, Jr."}' | ndx index juniors - 2>/dev/null
expect 'a suffix stands where each format has it' 0 \
	'ndx search --format ris juniors opium | tr -d "\r" | grep AU; ndx search --format bibtex juniors opium | grep author' <<'END'
AU  - Martin Luther King Jr.
AU  - King, Martin Luther, Jr.
  author = {Martin Luther King Jr. and King, Jr., Martin Luther}
END
finish
