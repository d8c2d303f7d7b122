#!/bin/sh
# t34-recency.sh - newer articles first, as far as that is wanted
# SPDX-License-Identifier: MIT
. "${0%/*}/lib.sh"

{
	echo '{"id":"old","date":"2000-01-01","text":"coca coca leaf and tea"}'
	echo '{"id":"new","date":"2020-01-01","text":"coca once in words and tea"}'
	echo '{"id":"undated","text":"coca coca leaf and tea too"}'
} | ndx index --quiet index - || exit 1

expect 'without' 0 'ndx search --format ids index coca' <<'END'
old
undated
new
END
expect 'with' 0 'ndx search --format ids --recency 365 --as-of 2020-02-01 index coca' <<'END'
new
old
undated
END
expect 'of an age that long ago was none' 0 'ndx search --format ids --recency 365 --as-of 2000-01-01 index coca' <<'END'
old
new
undated
END
expect 'at most a half is lost' 0 \
	'ndx search --format csv index coca | awk -F, "NR > 1 {print \$3, \$2}" | sort >a
	 ndx search --format csv --recency 1 --as-of 2020-01-01T00:00:00 index coca | awk -F, "NR > 1 {print \$3, \$2}" | sort |
	 join a - | awk "{printf \"%s %.3f\n\", \$1, \$3 / \$2}"' <<'END'
new 1.000
old 0.500
undated 0.500
END
expect 'the count stays' 0 'ndx search --count --recency 30 index coca' <<'END'
3
END
expect 'no date' 2 'ndx search --recency 1 --as-of soon index coca' <<'END'
ndx: --as-of 'soon': a date such as 2004, 2004-03 or 2004-03-11 is expected
END
# The score that such options give.
score()
{
	ndx search --format csv "$@" index coca | awk -F, '$3 == "new" {print $2}'
}
same()
{
	a=$(score $1) b=$(score $2)
	[ -n "$a" ] && [ "$a" = "$b" ] || echo "$1: $a, $2: $b"
}
expect 'units of age, and the end of a year, month and day' 0 '
	for o in "7 7d" "14 2w" "180 6m" "365 1y" "730 2y" "0.5 .5d"; do
		same "--as-of 2021 --recency ${o% *}" "--as-of 2021 --recency ${o#* }"
	done
	for o in "2020 2020-12-31T23:59:59" "2020-02 2020-02-29T23:59:59Z" "2020-02-03 2020-02-03T23:59:59" \
		"2020-02-03T07 2020-02-03T07:59:59"; do
		same "--recency 3 --as-of ${o% *}" "--recency 3 --as-of ${o#* }"
	done
	same "--recency 3 --as-of 2020 --timezone +02:00" "--recency 3 --as-of 2020-12-31T21:59:59Z"
	[ "$(score --recency 3 --as-of 2020-01-02)" != "$(score --recency 3w --as-of 2020-01-02)" ]' <<'END'
END
expect 'no days' 2 'ndx search --recency 0 index coca; ndx search --recency 2h index coca; ndx search --recency w index coca' <<'END'
ndx: --recency '0': 0.01 to 1000000 days are expected
ndx: --recency '2h': days, or 7d, 2w, 6m or 1y are expected
ndx: --recency 'w': days, or 7d, 2w, 6m or 1y are expected
END
finish
