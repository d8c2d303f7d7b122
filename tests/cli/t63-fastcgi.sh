#!/bin/sh
# t63-fastcgi.sh - the search page by FastCGI, without a server: what is silent or no request keeps nobody waiting for long
#
# SPDX-License-Identifier: MIT
. "${0%/*}/lib.sh"

$CC -Wall -Wextra -o fastcgi "$top/tests/cli/fastcgi.c" || exit 1
echo '{"id":"a","text":"The harbour."}' | ndx index --progress=never idx - >made 2>&1 || { cat made; exit 1; }
printf 'index news = idx\nworkers = 2\n' >conf
export NDX_CONFIG=conf

expect 'one request after another' 0 './fastcgi ndx.cgi ask ask ask' <<'END'
ask: Status: 200 OK
ask: Status: 200 OK
ask: Status: 200 OK
status 0
END
rm socket
expect 'what is no request ends its own connection alone' 0 './fastcgi ndx.cgi junk overlong junk overlong ask' <<'END'
junk: the connection ended
overlong: the connection ended
junk: the connection ended
overlong: the connection ended
ask: Status: 200 OK
status 0
END
rm socket
expect 'connections that say nothing more hold both workers for ten seconds' 0 './fastcgi ndx.cgi half keep ask' <<'END'
keep: Status: 200 OK
kept: Status: 200 OK
ask: Status: 200 OK
status 0
END
finish
