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
# valid ADDRESS: what tidy thinks of the page, warnings too, is nothing.
valid()
{
	curl -s "http://127.0.0.1:$port/$1" | tidy -q -e >build/tidy.out 2>&1
	if [ -s build/tidy.out ]; then
		echo "not ok  valid HTML: /$1"
		cat build/tidy.out
		status=1
	else
		echo "ok      valid HTML: /$1"
	fi
}
valid ''
valid '?q=coca'
valid '?q=coca+OR+the&sort=newest&page=2'
valid '?q=%22%3E%3Cscript%3E+%26amp%3B'
valid '?q=nothingofthesort'
valid '?q=coca&from=1999-13'
valid '?id=none'
article=$(curl -s "http://127.0.0.1:$port/?q=coca" | sed -n 's/.*href="\(?[^"]*id=[^"]*\)".*/\1/p' | head -n 1 | sed 's/&amp;/\&/g')
valid "$article"
python3 tests/cgi/browser.py "http://127.0.0.1:$port/" build/screenshots || status=1
exit $status
