#!/bin/sh
# check-web.sh - the search page behind real servers, and in a real browser
#
#   check-web.sh BUILD     screenshots into build/screenshots/
#
# SPDX-License-Identifier: MIT
cd "$(dirname "$0")/../.." || exit 2
. tests/cgi/lib.sh
status=0
port=$((20000 + $$ % 20000))

sh tests/cgi/servers.sh "$1" || status=1
sh tests/serve.sh "$1" $port >/dev/null 2>&1 &
server=$!
trap 'kill $server' EXIT
wait_for "http://127.0.0.1:$port/"
python3 tests/cgi/browser.py "http://127.0.0.1:$port/" build/screenshots || status=1
exit $status
