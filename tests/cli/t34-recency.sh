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
	 ndx search --format csv --recency 1 --as-of 2020-01-01 index coca | awk -F, "NR > 1 {print \$3, \$2}" | sort |
	 join a - | awk "{printf \"%s %.3f\n\", \$1, \$3 / \$2}"' <<'END'
new 1.000
old 0.500
undated 0.500
END
expect 'the count stays' 0 'ndx search --count --recency 30 index coca' <<'END'
3
END
expect 'no date' 2 'ndx search --recency 1 --as-of soon index coca' <<'END'
ndx: --as-of 'soon': a date such as 2004-03-11 is expected
END
expect 'no days' 2 'ndx search --recency 0 index coca' <<'END'
ndx: --recency '0': 0.01 to 1000000 days are expected
END
finish
