#!/bin/sh
# t13-delete.sh - ndx delete: what is removed, and what is said of ids that are unknown
#
# SPDX-License-Identifier: MIT
. "${0%/*}/lib.sh"

ids()
{
	ndx search --format ids --limit 100 "$@" | sort
}

for i in 1 2 3 4 5; do
	echo "{\"id\": \"a$i\", \"title\": \"Harbour $i\", \"text\": \"storm number$i\"}"
done >news.jsonl
ndx index -q index news.jsonl || exit 1

expect 'one' 0 'ndx delete index a2' <<'END'
ndx: 1 article deleted
END
expect 'it is not found any more' 0 'ids index storm' <<'END'
a1
a3
a4
a5
END
expect 'nor shown' 1 'ndx show index a2 2>/dev/null' <<'END'
END
expect 'unknown ids are named, the others deleted' 1 'ndx delete index a3 a2 nobody a5' <<'END'
ndx: no article 'a2'
ndx: no article 'nobody'
ndx: 2 articles deleted
END
expect 'two are left, and counted' 0 'ids index storm; ndx search --count index harbour' <<'END'
a1
a4
2
END
expect 'quietly, after --' 1 'ndx delete -q index -- -x' <<'END'
ndx: no article '-x'
END
expect 'one id twice' 1 'ndx delete index a1 a1' <<'END'
ndx: no article 'a1'
ndx: 1 article deleted
END
expect 'the last' 1 'ndx delete index a4; ndx search --count index storm' <<'END'
ndx: 1 article deleted
0
END
expect 'an empty index takes articles again' 0 'echo "{\"id\": \"b\", \"text\": \"storm\"}" | ndx index -q index -
	ids index storm' <<'END'
b
END
expect 'no id' 2 'ndx delete index' <<'END'
ndx: an argument is missing
usage: ndx delete [OPTION...] INDEX ID...
'ndx delete --help' lists the options
END
expect 'no index' 2 'ndx delete nowhere a1 2>&1 | grep -c "nowhere.*No such file"; ndx delete nowhere a1 2>/dev/null' <<'END'
1
END
finish
