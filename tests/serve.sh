#!/bin/sh
# serve.sh - show a build's search page with lighttpd, on this machine alone
#
#   serve.sh BUILD [PORT [DIRECTORY or FILE of articles]]     8080, corpus/sample; end it with ^C
#
# SPDX-License-Identifier: MIT
cd "$(dirname "$0")/.." || exit 2
. tests/cgi/lib.sh
bin=$PWD/$1
port=${2:-8080}
articles=${3:-corpus/sample}
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 0' INT TERM

PATH=$bin:$PATH ndx index -q "$work/index" "$articles" || exit 2
cat >"$work/ndx.conf" <<END
index sample = $work/index
title = News archive
END
{
	lighttpd_conf '"mod_fastcgi"' "$work" /dev/stderr
	fastcgi_at / ', "fix-root-scriptname" => "enable"'
} >"$work/lighttpd.conf"
echo "the page is at http://127.0.0.1:$port (end it with ^C)"
PATH=$PATH:/usr/sbin lighttpd -D -f "$work/lighttpd.conf" &
server=$!
trap 'kill $server; wait $server; exit 0' INT TERM
wait $server
