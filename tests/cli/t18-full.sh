#!/bin/sh
# t18-full.sh - on a full disk nothing is lost, and the exit status says that not all was written
#
# SPDX-License-Identifier: MIT
. "${0%/*}/disk.sh"

articles()
{
	awk -v n="$1" 'BEGIN {
		seed = 7
		for (i = 0; i < n; i++) {
			text = ""
			for (j = 0; j < 100; j++) {
				seed = (seed * 16807) % 2147483647
				text = text " w" seed % 30011
			}
			printf "{\"id\":\"a%d\",\"title\":\"Harbour %d\",\"text\":\"%s\"}\n", i, i, text
		}
	}'
}

articles 100 >few.jsonl
articles 6000 >many.jsonl
expect 'there is room for some' 0 'ndx index -q disk/index few.jsonl' <<'END'
END
ls disk/index >before
expect 'and none for more' 2 'ndx index -q disk/index many.jsonl' <<'END'
ndx: cannot write 'disk/index/00000003.seg': No space left on device
END
expect 'what was there is as it was' 0 'ls disk/index | cmp - before; ndx check -q disk/index
	ndx search --count disk/index harbour' <<'END'
100
END
articles 200 >some.jsonl
expect 'what fits is taken' 0 'ndx index -q disk/index some.jsonl; ndx search --count disk/index harbour' <<'END'
200
END
umount disk
finish
