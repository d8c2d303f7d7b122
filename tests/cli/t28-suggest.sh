#!/bin/sh
# t28-suggest.sh - completion, and what a query could have meant
# SPDX-License-Identifier: MIT
. "${0%/*}/lib.sh"

{
	for i in 1 2 3 4 5 6 7 8 9 10; do
		echo "{\"id\":\"a$i\",\"title\":\"Arms production rises\",\"text\":\"The production of cocoa.\"}"
	done
	echo '{"id":"b1","title":"Arms produced","text":"Producers produce Produce. Ångström"}'
} | ndx index index - 2>/dev/null || exit 1

expect 'the most frequent first' 0 'ndx suggest index prod' <<'END'
      20  production
       2  produce
       1  produced
       1  producers
END
expect 'no more than asked for' 0 'ndx suggest -n 1 index PROD' <<'END'
      20  production
END
expect 'after other words: headlines' 0 'ndx suggest index "arms pro"' <<'END'
      10  arms production
       1  arms produced
END

# More than forty words with s are more frequent than the one that follows; two segments, one deleted.
{
	for i in 1 2 3 4 5 6 7; do
		echo "{\"id\":\"g$i\",\"title\":\"Goldman Sachs and the White House\",\"text\":\"Housing, housing, housing.\"}"
	done
	for a in a b c d e f g; do
		for b in a b c d e f g; do
			echo "{\"id\":\"w$a$b\",\"title\":\"Goldman and s$a${b}t s$a${b}t\",\"text\":\"s$a${b}t s$a${b}t s$a${b}t s$a${b}t s$a${b}t s$a${b}t s$a${b}t s$a${b}t\"}"
		done
	done
} >first
{
	echo '{"id":"h1","title":"The White House and Goldman Sachs","text":"Housing."}'
	echo '{"id":"h2","title":"Goldman Sachs","text":"Housing."}'
	echo '{"id":"h3","title":"White","text":"House of Goldman"}'
	echo '{"id":"h4","title":"A white housing project","text":"None."}'
	echo "{\"id\":\"r1\",\"title\":\"Racing\",\"text\":\"$(yes horse | head -n 120 | tr '\n' ' ')\"}"
} >second
ndx index -q words - <first && ndx index -q words - <second && ndx delete -q words g7 h2 || exit 1
expect 'a rare word that follows' 0 'ndx suggest words "goldman s"' <<'END'
       7  goldman sachs
END
expect 'in the form that stands there' 0 'ndx suggest words "White ho"' <<'END'
       8  White house
END
expect 'behind several words' 0 'ndx suggest words "and the whi"' <<'END'
       6  and the white
END
expect 'curved and straight quotes' 0 'ndx suggest words "“white hou"; ndx suggest words "\"white hou"' <<'END'
       8  “white house
       8  "white house
END
expect 'not from the headline into the text' 1 'ndx suggest words "white house o"' <<'END'
END
expect 'accents do not matter' 0 'ndx suggest --format json index angs' <<'END'
[{"text":"angstrom","count":1}]
END
expect 'a word that is not indexed as typed' 0 "ndx suggest index \"co'coa's\"; ndx suggest index 'co-coa’s,'" <<'END'
      10  cocoa
      10  cocoa
END
expect 'the same in headlines, and a space behind' 0 "ndx suggest index \"arms produc-tion's \"" <<'END'
      10  arms production
END
{
	for i in 1 2 3; do
		echo "{\"id\":\"h$i\",\"title\":\"Goldman-managed funds and co-operation\",\"text\":\"An e-commerce fund, Goldman-managed.\"}"
	done
	echo '{"id":"h4","title":"Cooperation of Goldmans","text":"Goldmanesque cooperation."}'
} | ndx index -q hyphens - || exit 1
expect 'a word that has a hyphen in all articles is no other word' 0 \
	'for p in goldm co "and co" "goldman " e; do ndx suggest hyphens "$p" || echo none; done' <<'END'
       6  goldman
       1  goldmanesque
       1  goldmans
       5  cooperation
       3  co
       3  commerce
       3  and co
       3  and cooperation
       3  goldman managed
       3  e
END
expect 'but completes what is typed beyond the hyphen, or with it' 0 \
	'for p in goldmanm Goldman-man ecom goldman-; do ndx suggest hyphens "$p"; done' <<'END'
       6  goldman-managed
       6  goldman-managed
       3  e-commerce
       6  goldman
       6  goldman-managed
       1  goldmanesque
       1  goldmans
END
expect 'many such words before another' 0 'ndx suggest -n 2 hyphens goldma' <<'END'
       6  goldman
       1  goldmanesque
END

{
	for i in 1 2 3; do
		echo "{\"id\":\"u$i\",\"title\":\"Made in the US\",\"text\":\"Of it.\"}"
	done
	echo '{"id":"u4","title":"Between the us and them","text":"None."}'
	echo '{"id":"u5","title":"The it girl and the IT firm","text":"None."}'
	echo '{"id":"u6","title":"The it boy","text":"None."}'
	echo '{"id":"u7","title":"The it crowd","text":"None."}'
} | ndx index -q acronyms - || exit 1
expect 'an acronym that is a word stands there once' 0 'ndx suggest acronyms "the "' <<'END'
       4  the US
       3  the it
END
# Many words are in more headlines with "report" than the one that follows it most often but one; and
# words whose stems are much shorter.
{
	words=$(seq -f 'x%g' 1 230 | tr '\n' ' ')
	for i in 1 2 3 4 5; do echo "{\"id\":\"m$i\",\"title\":\"Report $words\",\"text\":\"a\"}"; done
	for i in 1 2 3; do echo "{\"id\":\"r$i\",\"title\":\"Report shows bank recapitalization\",\"text\":\"a\"}"; done
	echo '{"id":"u1","title":"Sales unexpectedly strong","text":"a"}'
} | ndx index -q long -
expect 'what follows, however many words are near' 0 'ndx suggest long "report "' <<'END'
       5  report x1
       3  report shows
END
expect 'words that are much longer than their stems, as they are typed on' 1 \
	'for word in r recap recapitali recapitalization; do ndx suggest long "bank $word"; done
	ndx suggest long "sales unexpectedl"; ndx suggest long "bank recapitalizing"' <<'END'
       3  bank recapitalization
       3  bank recapitalization
       3  bank recapitalization
       3  bank recapitalization
       1  sales unexpectedly
END
expect 'any white space between' 0 'ndx suggest index "$(printf "arms\t\302\240 pro")"' <<'END'
      10  arms production
       1  arms produced
END
expect 'nothing' 1 'ndx suggest index volc' <<'END'
END
expect 'no wildcard' 0 'ndx suggest index "cocoa*x"' <<'END'
      10  cocoa
END
expect 'a word that hardly stands there' 1 'ndx search --format ids index prodction' <<'END'
ndx: did you mean: production
END
expect 'in a phrase, and in JSON' 1 \
	'ndx search --format json index "\"arms prodcution\"" 2>/dev/null | grep -o "\"suggestion.*"; ndx search --count index volcanno' <<'END'
"suggestion":"\"arms production\""}
0
END
expect 'where only facets or a timeline are asked for, too' 1 'ndx search -n 0 --facet year --format csv index prodcution;
	ndx search -n 0 --timeline year --format csv index volcanno' <<'END'
ndx: did you mean: production
facet,value,count
from,count,of
END
expect 'a word that is known, but not there' 1 'ndx search words "\"white horse\""' <<'END'
ndx: did you mean: "white house"
END
expect 'two words, one of them exact' 1 'ndx search words "goldmann AND =housin"' <<'END'
ndx: did you mean: goldman AND =housing
END
expect 'a word that is in no article, beside one that is in many' 0 'ndx search --format ids words "horse goldmann"' <<'END'
ndx: did you mean: horse goldman
r1
END
expect 'not what is known, but elsewhere, nor with patterns again and again' 1 \
	'ndx search words "title:housing AND racing"; ndx search words "hou* AND sachx"' <<'END'
ndx: did you mean: hou* AND sachs
END
{
	for i in 1 2 3; do echo "{\"id\":\"m$i\",\"text\":\"Merrill Lynch.\"}"; done
	for i in 1 2 3 4 5 6; do echo "{\"id\":\"i$i\",\"text\":\"An inch.\"}"; done
} | ndx index -q broker -
expect 'the word that goes with the others, not the one that adds most' 0 \
	'ndx search -n 1 broker "merrill linch" 2>&1 >out | cat' <<'END'
ndx: did you mean: merrill lynch
END
# bear 90, treaty 60 of 300 articles; what stands beside them is told by how often it does
awk 'BEGIN { for (i = 1; i <= 300; i++) printf "{\"id\":\"t%d\",\"text\":\"%s%s%s%s%s\"}\n", i,
	i % 10 < 3 ? "Bear" : "Bond", i % 10 == 1 ? " Stearns" : "", i % 5 == 4 ? " treaty" : "",
	i % 3 == 0 ? " of the government" : "", i == 7 ? " of Bonn, sterns" : " countries" }' |
	ndx index -q town -
expect 'beside what is found often: a long word that hardly stands there' 0 \
	'ndx search -n 1 town "goverment treaty" 2>&1 >out | cat; ndx search -n 1 town "bear \"the goverment\"" 2>&1 >out | cat
	for q in "bear treat" "bear treati" "bear bonn" "bear bond" "bear stea"; do ndx search -n 1 town "$q" 2>&1 >out | cat; done' <<'END'
ndx: did you mean: government treaty
ndx: did you mean: bear "the government"
ndx: did you mean: bear treaty
END
expect 'and a short one that belongs to the other' 0 \
	'ndx search -n 1 town "bear sterns" 2>&1 >out | cat; ndx search -n 1 town "+bear +stearn" 2>&1 >out | cat' <<'END'
ndx: did you mean: bear stearns
END
expect 'not one that is as often without it, nor another form of the word, nor for who wants ids' 0 \
	'for q in "bonn treaty" "sterns treaty" "bond countris" "countris" "bear"; do ndx search -n 1 town "$q" 2>&1 >out; done | cat
	ndx search -n 1 --format ids town "bear sterns"' <<'END'
t7
END
{
	for i in 1 2; do echo "{\"id\":\"s$i\",\"text\":\"Meryl Streep.\"}"; done
	for i in $(seq 40); do echo "{\"id\":\"t$i\",\"text\":\"On the street it occurred, they are worried.\"}"; done
} | ndx index -q names -
expect 'not words that stand with the others less often, short ones not with none of them' 0 \
	'for q in "meryl streep" "meryl strep" "streep they ar"; do ndx search -n 1 names "$q" 2>&1 >out; done | cat' <<'END'
ndx: did you mean: meryl streep
END
expect 'nor another than its own word, be that two edits away' 0 \
	'for q in occured "occured street" worries; do ndx search -n 1 names "$q" 2>&1 >out; done | cat' <<'END'
END
expect 'not where a filter took away what was found' 1 'ndx search words "goldman -sachs -saat source:none"' <<'END'
END
expect 'not where enough is found' 0 'ndx search -n 1 --format ids index "arms produced"' <<'END'
b1
END
# Headlines of words that are hyphenated here and there, in several forms, on four segments with
# deletions, and on one without.
awk 'BEGIN {
	n = split("oil price prices oil-price year-end yearend year end banks bank US U.S. us spill wal-mart walmart profit profits in the to", word, " ")
	for (i = 1; i <= 400; i++) {
		title = ""
		for (k = 0; k < 5; k++)
			title = title " " word[(i * 7919 + k * k * 104729 + int(i / 7) * k) % n + 1]
		printf "{\"id\":\"h%d\",\"date\":\"2010-%02d-%02d\",\"title\":\"%s\",\"text\":\"%s again.\"}\n", i, i * 5 % 12 + 1, i * 11 % 28 + 1, substr(title, 2), title
	}
}' >headlines
for part in 0 1 2 3; do
	awk "NR % 4 == $part" headlines | ndx index -q several - || exit 1
done
seq 3 7 400 | sed 's/^/h/' | xargs ndx delete -q several
awk '(NR - 3) % 7 != 0 || NR < 3' headlines | ndx index -q one -
expect 'the completions do not depend on segments and deletions' 0 '
	ndx stats --json several | grep -o "\"segments\":4"
	for words in "oil " "year-end " "yearend " "us " "U.S. " "wal-mart " "walmart " "oil price " "the " "to " "in t" "bank p" o y wal ye "oil p" "oil-p" "yea"; do
		ndx suggest -n 50 several "$words" >first; ndx suggest -n 50 one "$words" >second
		cmp first second || echo "$words"
		[ -s first ] || echo "nothing for $words"
	done' <<'END'
"segments":4
END
# What is told is found: "yearend" of "year-end" is not followed by "end", nor by "profit".
expect 'what follows a word with a hyphen' 0 'echo "{\"id\":\"a\",\"title\":\"Year-end profit rises\",\"text\":\"A years-end party.\"}" | ndx index -q hyphen -; ndx suggest hyphen "yearend "; ndx suggest hyphen "year-end "; ndx suggest hyphen "year "; ndx suggest hyphen yearen; ndx suggest hyphen yearse' <<'END'
       1  year-end
       1  year-end profit
       1  year end
       1  year-end
       1  years-end
END
# Each headline counts once, and the form is told that stands there most often.
expect 'the form that stands there most often' 0 '
	{ for i in 1 2 3; do echo "{\"id\":\"s$i\",\"title\":\"Oil prices, oil price\",\"text\":\"Price price price price.\"}"; done
	for i in 4 5; do echo "{\"id\":\"s$i\",\"title\":\"Oil price\",\"text\":\"Prices.\"}"; done; } | ndx index -q forms -
	ndx suggest forms "oil "; ndx suggest forms "oil prices"; ndx suggest forms "oil price"' <<'END'
       5  oil prices
       5  oil prices
       5  oil prices
END
expect 'no form that does not stand there' 1 '
	{ echo "{\"id\":\"a\",\"title\":\"Fed slew\",\"text\":\"It slews, slews.\"}"; } | ndx index -q unseen -
	ndx suggest unseen "fed sl"; ndx suggest unseen "fed slews"' <<'END'
       1  fed slew
END
finish
