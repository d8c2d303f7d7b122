#!/bin/sh
# t62-xss.sh - no text of an article or a request becomes an element or an attribute of the page
#
# 300 payloads, in every field of an article and in every parameter.  All that is marked up on a page is taken
# apart: elements and attributes must be the page's own, and every link lead into it or to http.
#
# SPDX-License-Identifier: MIT
. "${0%/*}/lib.sh"

# 25 vectors in 12 surroundings.
cat >vectors <<'END'
<script>alert(1)</script>
<img src=x onerror=alert(1)>
<svg/onload=alert(1)>
<iframe src=javascript:alert(1)>
<body onload=alert(1)>
<a href="javascript:alert(1)">x</a>
<math><mi xlink:href="data:x,<script>alert(1)</script>">
<details open ontoggle=alert(1)>
<style>@import'//evil'</style>
<base href=//evil/>
<form action=//evil><input name=q>
<object data=data:text/html,x>
<embed src=//evil>
<meta http-equiv=refresh content="0;url=//evil">
<link rel=stylesheet href=//evil>
<!--<img src="--><img src=x onerror=alert(1)//">
<mark onmouseover=alert(1)>
" onfocus=alert(1) autofocus x="
' onfocus=alert(1) autofocus x='
javascript:alert(1)
&lt;script&gt;alert(1)&lt;/script&gt;
%3Cscript%3Ealert(1)%3C/script%3E
<script/x>alert(1)</script
</title></style></textarea><script>alert(1)</script>
<template><s onclick=alert(1)>
END
awk '{
	print; print "\">" $0; print "\x27>" $0; print "x " $0 " x"; print "</p>" $0; print "<<" $0
	print "]]>" $0; print "\\\">" $0; print "-->" $0; print toupper($0); print "=" $0; print "`" $0
}' vectors >payloads

# As JSON: backslashes and quotes escaped.
sed 's/\\/\\\\/g; s/"/\\"/g' payloads | awk '{
	printf "{\"id\":\"%d %s\",\"title\":\"word %s\",\"text\":\"word %s word\",\"source\":\"s%d %s\",", NR, $0, $0, $0, NR % 7, $0
	printf "\"section\":\"%s\",\"author\":\"%s\",\"url\":\"%s\",\"language\":\"%s\",\"date\":\"20%02d-01-02\"}\n", $0, $0, $0, $0, NR % 30
}' | ndx index --quiet index - || exit 1
printf 'index news = index\ntitle = News\nhits = 100\narticles = yes\n' >conf
export NDX_CONFIG=conf

# What of a page is not its own.
cat >foreign.awk <<'END'
BEGIN {
	split("!DOCTYPE html head meta title style body h1 h2 header article link dl dt dd form label input select option button main p nav details summary ul ol li a mark time figure figcaption svg rect table tr th td div span", e, " ")
	for (i in e) element[e[i]] = 1
	split("html lang charset name content id for type value role method class rel href aria-label datetime viewBox x y width height scope selected class action placeholder size open title", a, " ")
	for (i in a) attribute[a[i]] = 1
	RS = "<"
}
NR > 1 {
	tag = $0
	if (!sub(/>.*/, "", tag)) { print "not closed: " $0; next }
	name = tag
	sub(/[ \n].*/, "", name)
	sub(/^\//, "", name)
	if (!(name in element)) print "element: " tag
	rest = tag
	sub(/^[^ \n]*/, "", rest)
	while (match(rest, /[^ \n="]+(="[^"]*")?/)) {
		part = substr(rest, RSTART, RLENGTH)
		rest = substr(rest, RSTART + RLENGTH)
		key = part
		sub(/=.*/, "", key)
		if (!(key in attribute)) print "attribute: " part " in " tag
		if (key == "href" && part !~ /^href="(\?|#m[0-9]+"|#main"|https?:\/\/)/) print "link: " part
	}
}
END
foreign()
{
	sed '1,/^.$/d' | awk -f foreign.awk
}
page()
{
	REQUEST_METHOD=GET QUERY_STRING=$1 ndx.cgi 2>/dev/null
}
encoded()
{
	od -An -v -tx1 | tr -d '\n' | sed 's/ /%/g'
}

expect 'there are 300 payloads, and as many articles' 0 'wc -l <payloads; ndx search --count index word' <<'END'
300
300
END
expect 'the test sees what is not of the page' 0 \
	'printf "H: x\n\r\n<p><script>x</script><a href=\"javascript:1\" onclick=\"2\">" | foreign | cut -d: -f1 | sort' <<'END'
attribute
element
element
link
END
expect 'in articles' 0 'for p in 1 2 3; do page "q=word&page=$p" | foreign; done; page q=word | grep -c "^<li><h2>"' <<'END'
100
END
expect 'in the view of an article' 0 \
	'n=0; while read -r payload; do n=$((n + 1)); [ $((n % 12)) = 0 ] || continue
	 page "id=$(printf "%s %s" $n "$payload" | encoded)&q=word" | foreign; done <payloads; echo done' <<'END'
done
END
expect 'in parameters' 0 \
	'n=0; while read -r payload; do n=$((n + 1)); value=$(printf "%s" "$payload" | encoded)
	 case $((n % 4)) in
	 0) page "q=$value" ;;
	 1) page "q=word&source=$value&section=$value" ;;
	 2) page "q=word&author=$value&sort=$value&from=$value" ;;
	 3) page "index=$value&id=$value&format=$value&page=$value" ;;
	 esac | foreign; done <payloads; echo done' <<'END'
done
END
for format in atom rss; do
	expect "in $format" 0 "page 'q=word&format=$format' | sed '1,/^.\$/d' | grep -ciE '<(script|img|svg|iframe)|href=\"(javascript|data)'; echo done" <<'END'
0
done
END
done
expect 'header lines stay what they are' 0 \
	'page "q=%0d%0aX-Evil:%201&format=atom" | sed "/^.$/q" | grep -ci "^x-evil"; echo done' <<'END'
0
done
END
finish
