#!/bin/sh
# check-symbols.sh - what the objects define and need is what the design says
#
#   1. every external symbol begins with ndx_
#   2. libndx.so exports exactly what ndx.h declares
#   3. the library keeps no state, does not print, exit, or allocate past struct ndx_mem
#   4. ndx and libndx.so need no library for the formats of articles
#
# Looks at the release build of check-warnings.sh: sanitizers add symbols of their own.
#
# SPDX-License-Identifier: MIT
top=$(cd "$(dirname "$0")/.." && pwd)
sh "$top/tests/check-warnings.sh" >/dev/null 2>&1 || {
	echo 'the build fails: see check-warnings'
	exit 1
}
cd "$top/build/werror-gcc" || exit 2
status=0

fail()
{
	printf '%s:\n%s\n' "$1" "$2"
	status=1
}

objects=$(ls ndx.o common/*.o corpus/*.o indexer/*.o searcher/*.o)
found=$(nm -A -g --defined-only $objects | grep -vE ' [A-Z] (ndx_[a-z0-9_]+|main)$')
[ -z "$found" ] || fail 'external symbols that do not begin with ndx_' "$found"

nm -D --defined-only libndx.so.0 | sed 's/.* //' | sort >exported
sed -n '/^NDX_API.*\*$/{N;s/\n//};/^NDX_API/s/.*[ *]\(ndx_[a-z0-9_]*\)(.*/\1/p' "$top/common/ndx.h" | sort >declared
found=$(diff declared exported) || fail 'ndx.h declares (<), libndx.so exports (>)' "$found"

# State is what lies in a section that can be written; .data.rel.ro is constant once loaded.
# A free() of what a library handed out is no sin, and has no malloc() beside it.
state='(\.t?bss|\.t?data|\.data\.rel|\.data\.rel\.local|\*COM\*)'
library=$(ar t libndx.a)
for object in $library; do
	file=$(ls common/"$object" searcher/"$object" 2>/dev/null)
	found=$(objdump -t $file | grep -vE "^[0-9a-f]+ .....d" |
		grep -E "^[0-9a-f]+ .{7} $state[[:space:]]")
	[ -z "$found" ] || fail "$file keeps state" "$found"
	calls='(printf|fprintf|puts|putchar|fputs|fputc|fwrite|perror|stdout|stderr|exit|_exit|getenv|signal)'
	found=$(nm -u $file | grep -E " (__)?$calls(_chk)?(@|\$)")
	[ -z "$found" ] || fail "$file prints, exits or asks the environment" "$found"
	[ "$object" != mem.o ] || continue
	found=$(nm -u $file | grep -E ' (malloc|calloc|realloc|strdup|strndup)(@|$)')
	[ -z "$found" ] || fail "$file has memory from elsewhere than struct ndx_mem" "$found"
done

for file in ndx libndx.so.0 $(ls ndx.cgi 2>/dev/null); do
	found=$(readelf -d "$file" | grep NEEDED | grep -E 'xml2|jansson|archive|uchardet')
	found=$found$(nm "$file" | grep -E ' [TtU] (xmlRead|json_load|archive_read|uchardet_)')
	[ -z "$found" ] || fail "$file needs a library that only ndx-indexer may" "$found"
done
exit $status
