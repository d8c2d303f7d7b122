#!/bin/sh
# t22-stats.sh - what ndx stats counts, and that its bytes add up
#
# SPDX-License-Identifier: MIT
. "${0%/*}/lib.sh"

# The number of a member of the JSON object.
member()
{
	ndx stats --json index | sed "s/.*\"$1\":\([^,}]*\).*/\1/"
}

# Do the parts add up to the total, and the total to the files?
sums()
{
	parts=$(ndx stats --json index | sed 's/.*"total":[0-9]*//' | tr -cs '0-9' '\n' |
		awk '{ sum += $1 } END { print sum }')
	files=$(cat index/* | wc -c)
	[ "$parts" = "$(member total)" ] && [ "$parts" = "$files" ] && echo 'they add up' ||
		echo "parts $parts, total $(member total), files $files"
}

mkdir news
printf 'Date: 2004-03-11T08:15:00+01:00\n\nCoca cultivation fell.\n' >news/a1
printf 'Date: 1988-12-25\n\nThe harbour is closed.\n' >news/a2
echo 'Ferries resume, the harbour opened.' >news/a3
ndx index index news 2>/dev/null || exit 1

expect 'the members, in their order' 0 'ndx stats --json index | tr -cs "a-z\n" " "' <<'END'
 articles deleted terms tokens segments oldest newest generation bytes written write amplification bytes total dictionary postings positions forms pairs norms columns ids stored tombstones sources other 
END

expect 'counts' 0 'for m in articles deleted tokens segments oldest newest; do member $m; done' <<'END'
3
0
12
1
"1988-12-25T00:00:00+00:00"
"2004-03-11T08:15:00+01:00"
END
expect 'terms are distinct' 0 'member terms' <<'END'
10
END
expect 'bytes' 0 sums <<'END'
they add up
END

generation=$(member generation)
ndx delete -q index a1 || exit 1
expect 'a deleted article, its words and its date no longer count' 0 \
	'for m in articles deleted terms tokens newest; do member $m; done' <<'END'
2
1
7
9
"1988-12-25T00:00:00+00:00"
END
expect 'a commit is a generation' 0 'echo $(($(member generation) - generation))' <<'END'
1
END
expect 'tombstones have bytes' 0 '[ "$(member tombstones)" -gt 0 ] && sums' <<'END'
they add up
END

expect 'text' 0 'ndx stats index | sed -n "1,3s/  */ /gp"' <<'END'
articles 2
deleted 1
terms 7
END

ndx delete -q index a2 a3
expect 'of nothing' 0 'for m in articles terms tokens oldest; do member $m; done; sums' <<'END'
0
0
0
null
they add up
END

expect 'a missing index' 2 'ndx stats nowhere' <<'END'
ndx: cannot open 'nowhere': No such file or directory
END
expect 'no index named' 2 'ndx stats 2>&1 | head -n 1; ndx stats 2>/dev/null' <<'END'
ndx: an argument is missing
END
finish
