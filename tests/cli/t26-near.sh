#!/bin/sh
# t26-near.sh - NEAR, ONEAR and SENTENCE
# SPDX-License-Identifier: MIT
. "${0%/*}/lib.sh"

mkdir news
echo 'Coca. The growers of Peru sold coca leaf to a dealer. Chile looked on.' > news/a1
echo 'Tea. In Chile, people drink tea. Peru grows coca, too.'               > news/a2
echo 'Peru. One two three four five six seven eight coca.'                  > news/a3
ndx index index news 2>/dev/null || exit 1

expect 'either order' 0 'ndx search --format=ids index "coca NEAR/2 peru" | sort' <<'END'
a1
a2
END
expect 'in this order' 1 'ndx search --count index "coca ONEAR/1 peru"' <<'END'
0
END
expect 'far enough' 0 'ndx search --count index "peru ONEAR/9 coca"' <<'END'
3
END
expect 'one sentence' 0 'ndx search --format=ids index "coca SENTENCE peru" | sort' <<'END'
a1
a2
END
expect 'not across its end' 1 'ndx search --count index "chile SENTENCE coca"' <<'END'
0
END
expect 'a chain and a group' 0 'ndx search --format=ids index "grow* NEAR/2 (peru OR chile) NEAR/3 coca" | sort' <<'END'
a1
a2
END
expect 'the tree' 0 'ndx search --format=json --explain index "coca NEAR/5 peru" | grep -o "(near/5 coca peru)" | head -1' <<'END'
(near/5 coca peru)
END
expect 'what cannot be a side' 0 'ndx search --count index "coca NEAR/5 -tea" 2>&1' <<'END'
ndx: NEAR/5 at byte 5 joins words and phrases only; read as AND
2
END
finish
