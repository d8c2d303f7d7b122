#!/bin/sh
# t50-embed.sh - the programs in README.md compile, link with libndx.a alone, and search
#
# SPDX-License-Identifier: MIT
. "${0%/*}/lib.sh"

program_of()
{
	awk -v fence="$(printf '\140\140\140')$1" '$0 == fence { on = 1; next } /^```$/ { on = 0 } on' "$top/README.md"
}

awk '/^```c$/ { on = 1; next } /^```$/ { on = 0 } on' "$top/README.md" >find.c
[ "$(grep -c '^int main' find.c)" = 1 ] || { echo 'README.md has no C program'; exit 1; }

expect 'it compiles without a warning' 0 \
	'$CC -std=c11 -Wall -Wextra -Werror $TEST_CFLAGS -I"$top/common" -o find find.c \
	"$bin/libndx.a" $TEST_LIBS' </dev/null

mkdir news
echo 'Title: Storm closes harbour

Winds shut the harbour on Monday.' >news/a1
echo 'Title: Ferries resume

The harbour opened again on Tuesday.' >news/a2
ndx index --quiet index news || exit 1

expect 'the best first' 0 './find index harbour' <<'END'
1. Storm closes harbour
2. Ferries resume
END

expect 'a phrase' 0 './find index "\"harbour opened\""' <<'END'
1. Ferries resume
END

expect 'nothing found is no failure' 0 './find index volcano' </dev/null

expect 'what failed is told' 1 './find nowhere harbour' <<'END'
cannot open 'nowhere': No such file or directory
END

expect 'no arguments' 1 './find' <<'END'
usage: find INDEX QUERY
END

# As a program does that includes <ndx.h> from C++.
printf '#include <ndx.h>\nint main() { return ndx_strstatus(NDX_OK)[0] == 0; }\n' >header.cc
if command -v c++ >/dev/null; then
	expect 'the header is C++, too' 0 \
		'c++ -std=c++11 -Wall -Wextra -Werror -fsyntax-only -I"$top/common" header.cc' </dev/null
	program_of cpp >find.cc
	expect 'the C++ program' 0 'c++ -std=c++11 -Wall -Wextra $TEST_CFLAGS -I"$top/common" -o find++ find.cc \
		"$bin/libndx.a" $TEST_LIBS && ./find++ index harbour' <<'END'
Storm closes harbour
Ferries resume
END
fi

# The second program, in the manual page of the library.
sed -n '/^#include <ndx.h>$/,/^\.Ed$/p' "$top/common/ndx.3" | sed '/^\.Ed$/d; s/\\e/\\/g' >page.c
expect 'the example of ndx(3) compiles' 0 \
	'$CC -std=c11 -Wall -Wextra -Werror $TEST_CFLAGS -I"$top/common" -o page page.c \
	"$bin/libndx.a" $TEST_LIBS' </dev/null
echo 'Title: Works shut

The arms production ends.' >news/a3
ndx index --quiet archive news || exit 1
expect 'and runs' 0 './page | tr "\002\003" "<>"' <<'END'
Works shut
The <arms production> ends.
END
# A library with AddressSanitizer does not load into a program without it.
program_of python >find.py
if command -v python3 >/dev/null && ! grep -q __asan_init "$bin/libndx.so.0" && ! grep -q __tsan_init "$bin/libndx.so.0"; then
	expect 'the Python program' 0 'LD_LIBRARY_PATH=$bin python3 find.py index harbour' <<'END'
Storm closes harbour
Ferries resume
END
fi
finish
