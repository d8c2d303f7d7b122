#!/bin/sh
# t60-cgi.sh - the search page as a server calls it, without a server
#
# SPDX-License-Identifier: MIT
. "${0%/*}/lib.sh"

cat >news.jsonl <<'END'
{"id":"a<b>&\"1","title":"Harbour <script>alert(1)</script>","text":"The harbour \"opened\" <img src=x onerror=alert(1)>.","url":"javascript:alert(1)","source":"<b>wire</b>","date":"1999-03-04"}
{"id":"a2","title":"Ferries","text":"No harbour today.","url":"https://example.org/?a=1&b=2"}
END
ndx index --progress=never idx news.jsonl >made 2>&1 || { cat made; exit 1; }
printf 'index news = idx\ntitle = A & B\n' >conf
export NDX_CONFIG=conf

# page QUERY_STRING: the whole answer.
page()
{
	REQUEST_METHOD=${method:-GET} QUERY_STRING=$1 ndx.cgi
}

expect 'both articles are hits' 0 'page q=harbour | grep -c "^<li>"' <<'END'
2
END
expect 'an article brings no element of its own' 1 \
	'page q=harbour | grep -icE "<(script|img|b)[ >]|href=\"javascript"' <<'END'
0
END
expect 'nor in its own page' 1 \
	'page "id=a%3Cb%3E%26%221&q=harbour" | grep -icE "<(script|img|b)[ >]|href=\"javascript"' <<'END'
0
END
expect 'matches are marked' 0 \
	'page "id=a%3Cb%3E%26%221&q=harbour" | grep -o "The <mark id=\"m1\">[a-z]*</mark>"' <<'END'
The <mark id="m1">harbour</mark>
END
expect 'in headlines, too' 0 'for p in "" "&id=a%3Cb%3E%26%221"; do
	page "q=title:alert$p" | grep -o "<h2>.*</h2>" | sed "s/<a[^>]*>//"; done' <<'END'
<h2>Harbour &lt;script&gt;<mark>alert</mark>(1)&lt;/script&gt;</a></h2>
<h2>Harbour &lt;script&gt;<mark>alert</mark>(1)&lt;/script&gt;</h2>
END
expect 'a query stays text' 1 'page "q=%22%3E%3Cscript%3E" | grep -c "<script"' <<'END'
0
END
expect 'a feed is called what was asked for' 0 'for q in q=harbour "source=wire&from=1999" "q=harbour&source=wire" ""; do
	page "format=atom&$q" | sed -n "s/^<title>\(.*\)<\/title>/\1/p" | head -n 1; done' <<'END'
harbour
source:&quot;wire&quot; date:1999..
harbour source:&quot;wire&quot;
A &amp; B
END
awk 'BEGIN { while (i++ < 999) t = t "\303\251"; while (j++ < 2000) w = w "Mole. "
	print "{\"id\":\"long\",\"date\":\"1990-01-01\",\"title\":\"Quay " t "\",\"text\":\"" w "\"}" }' >long.jsonl
expect 'long titles are cut, and of many matches the first thousand are linked' 0 'ndx index -q long long.jsonl
	printf "index a = long\n" >conf3; export NDX_CONFIG=conf3; page q=mole >a
	grep -o "Quay.*&#8230;</a>" a | wc -c; page "q=mole&id=long" >a; grep -o "<mark" a | wc -l; grep -o "<mark id=" a | wc -l' <<'END'
411
2000
1000
END
# Whatever is typed, a filter holds.  One of the two articles is of the wire.
for q in harbour 'OR(harbour)' 'OR"harbour"' ')OR+harbour' '%2BOR+harbour' '(harbour' '"harbour' 'source:x' 'x+OR' \
	')AND+after:1995' '-harbour' 'NOT' 'id:a2' 'a2+OR+source:wire'; do
	expect "a filter holds: $q" 1 "page 'format=json&source=wire&q=$q' | sed '1,/^.\$/d' | grep -c '\"id\":\"a2\"'; page 'to=1998&q=$q' | grep -c '^<li><h2>'" <<'END'
0
0
END
done
# headers QUERY_STRING: the first line, and how many of the lines that every answer has.
headers()
{
	page "$1" >answer
	echo "$(sed -n 's/^Status: \([0-9]*\).*/\1/p;/^.$/q' answer) $(sed '/^.$/q' answer | grep -cE \
		"^(Content-Security-Policy: default-src 'none'|X-Content-Type-Options: nosniff|Referrer-Policy: no-referrer)")"
}
expect 'every answer is as careful' 0 \
	'headers q=harbour; headers page=0; headers id=none; method=POST headers ""
	 etag=$(page q=harbour | tr -d "\r" | sed -n "s/^ETag: //p"); HTTP_IF_NONE_MATCH=$etag headers q=harbour
	 NDX_CONFIG=none headers q=harbour 2>/dev/null; headers "q=harbour&format=json"' <<'END'
200 3
400 3
404 3
405 3
304 3
500 3
200 3
END

expect 'what was typed is there to be mended' 0 'page "q=harbour&from=1999-13&to=%ff" | grep -oE "alert.>[^<]*|value=\"[^\"]*\""' <<'END'
value="harbour"
value="1999-13"
value=""
alert">From must be a date: 1999, 1999-12 or 1999-12-31.
END
expect 'what HTML cannot hold is replaced' 0 'for q in %C2%80 %C2%9F %EF%B7%90 %EF%BF%BE %EF%BF%BF %F0%9F%BF%BE %F4%8F%BF%BF; do
		page "q=a${q}b" | grep -o "value=\"[^\"]*\"" | head -n 1; done | sort | uniq -c | tr -s " "
	for q in %C2%A0 %EF%B7%8F %EF%BF%BD %F0%9F%98%80; do page "q=a${q}b" | grep -c "value=\"a[^\"]*b\""; done' <<'END'
 7 value="a�b"
1
1
1
1
END
for bad in 'q=%00' 'q=%ff' 'page=0' 'page=x' 'sort=x' 'from=1999-13' 'format=x' 'index=x'; do
	expect "refused: $bad" 0 "page '$bad' | head -n 1 | tr -d '\r'" <<'END'
Status: 400 Bad Request
END
done
expect 'line breaks reach no header' 0 \
	'page "q=%0d%0aX-Evil:1" | sed "/^.$/q" | grep -c "^[A-Z][A-Za-z-]*: "' <<'END'
7
END
expect 'JSON is what ndx search prints' 0 \
	'page "q=harbour&format=json" | sed "1,/^.$/d;s/took_us\":[0-9]*/T/" >a
	 ndx search --format json idx harbour | sed "s/took_us\":[0-9]*/T/" | diff a - && echo same' <<'END'
same
END
expect 'facets are links, and a picture has its numbers' 0 \
	'page q=harbour >a; { page "q=harbour+OR+no"; ndx index --progress=never idx - <<E
{"id":"a3","title":"Quay","source":"Post","date":"2001-02-03","text":"The harbour again."}
E
	page q=harbour; } 2>&1 | sed "s/row\"><a [^>]*>/row\">/" | grep -oE "href=\"[?][^\"]*source=Post\"|<rect |<th scope=\"row\">[0-9]*" | sort | uniq -c | tr -s " "' <<'END'
 2 <rect 
 10 <th scope="row">1999
 12 <th scope="row">2000
 2 <th scope="row">2001
 1 href="?q=harbour&amp;source=Post"
END
expect 'feeds have their types' 0 'for f in atom rss; do page "q=harbour&format=$f" | grep "^Content-Type" | tr -d "\r"; done' <<'END'
Content-Type: application/atom+xml; charset=utf-8
Content-Type: application/rss+xml; charset=utf-8
END
expect 'completion' 0 'page suggest=harb | tail -n 1' <<'END'
["harb",["harbour"]]
END
expect 'a suggestion is a link' 0 'page q=harbuor | grep -c "href=\"?q=harbour\""' <<'END'
1
END
expect 'HEAD sends no page' 1 'method=HEAD; page q=harbour | grep -c "<"' <<'END'
0
END
expect 'POST is refused' 0 'method=POST; page q=x | tr -d "\r" | head -n 2' <<'END'
Allow: GET, HEAD
Status: 405 Method Not Allowed
END
expect 'no such article' 0 'page id=none | head -n 1 | tr -d "\r"' <<'END'
Status: 404 Not Found
END
expect 'what is known already is not sent again' 0 \
	'export HTTP_IF_NONE_MATCH="$(page q=harbour | sed -n "s/^ETag: \(.*\)\r/\1/p")"
	 page q=harbour | tr -d "\r" | grep -c .; { page q=harbour | head -n 1; page q=no | head -n 1; } | tr -d "\r"; unset HTTP_IF_NONE_MATCH
	 ndx index -q idx - <<E
{"id":"a4","text":"Nothing of it."}
E
	 export HTTP_IF_NONE_MATCH=\"1-0\"; page q=harbour | head -n 1 | tr -d "\r"' <<'END'
6
Status: 304 Not Modified
Status: 200 OK
Status: 200 OK
END
expect 'an operator does not join the words to a filter' 1 \
	'page "q=OR+ferries&source=wire" | grep -c "^<li><h2>"; page "q=ferries&source=wire" | grep -c "^<li><h2>"' <<'END'
0
0
END
expect 'a feed is XML whatever is typed' 0 'page "format=atom&q=a%EF%BF%BEb%EF%BF%BFc" | grep -c "abc"' <<'END'
1
END
expect 'another title is another page' 0 'one=$(page q=harbour | grep "^ETag"); sed "s/A & B/C/" conf >conf2
	[ "$one" != "$(NDX_CONFIG=conf2 page q=harbour | grep "^ETag")" ] && echo other' <<'END'
other
END
expect 'browsers are told how to search' 0 \
	'HTTP_HOST=archive.example SCRIPT_NAME=/cgi-bin/ndx.cgi page format=opensearch | grep -o "template=.*{searchTerms}"
	 page | grep -o "href=\"[?]format=opensearch\""' <<'END'
template="http://archive.example/cgi-bin/ndx.cgi?q={searchTerms}
template="http://archive.example/cgi-bin/ndx.cgi?format=atom&amp;q={searchTerms}
template="http://archive.example/cgi-bin/ndx.cgi?suggest={searchTerms}
href="?format=opensearch"
END
expect 'a strange host is not repeated' 0 \
	'HTTP_HOST="x\"><script>" SCRIPT_NAME=/n page format=opensearch | grep -o "template=.*q={searchTerms}" | head -n 1' <<'END'
template="/n?q={searchTerms}
END
expect 'nothing asked yet' 0 'page | grep -oE "[0-9]* articles can be searched|<details class=\"help\" open>"' <<'END'
4 articles can be searched
<details class="help" open>
END
expect 'the policy has the hash of the style' 0 \
	'page q=x >a; want=$(sed -n "s/.*<style>\(.*\)<\/style>.*/\1/p" a | tr -d "\n" |
	 openssl dgst -sha256 -binary | base64); grep -cF "sha256-$want" a' <<'END'
1
END
printf '\357\273\277index news = idx\nindex old = idx\nindex gone = nowhere\n' >conf2
expect 'one of several archives, which every link keeps' 0 \
	'export NDX_CONFIG=conf2; page "index=old&q=harbour" | grep -oE "<option[ a-z]*>(news|old|gone)</option>|<h1><a href=[^>]*"
	 page "index=gone&q=x" 2>/dev/null | grep -o "<option selected>gone"; page | grep -c "<option selected>old"; export NDX_CONFIG=conf' <<'END'
<h1><a href="?index=old"
<option>news</option>
<option selected>old</option>
<option>gone</option>
<option selected>gone
0
END
expect 'a wrong zone is named with its line' 0 \
	'(cat conf; echo "timezone = Europe/Nowhere") >conf2; NDX_CONFIG=conf2 page q=x 2>&1 >/dev/null' <<'END'
ndx.cgi: 'conf2', line 3: UTC, local, an offset such as +05:30 or a zone of this system such as Europe/Paris is expected
END
echo 'colour = red' >>conf
expect 'a wrong key is named with its line' 0 'page q=x 2>&1 >/dev/null' <<'END'
ndx.cgi: 'conf', line 3: there is no such key; index NAME, title, link, color, timezone, hits, articles, cpu and workers are
END
printf 'index news = nowhere\n' >conf
expect 'a missing index is a calm page' 0 'page q=x 2>/dev/null | grep -o "The archive.*now"' <<'END'
The archive cannot be searched now
END
finish
