#!/bin/sh
# load.sh - pages a second, and memory, of the search page under load; Xapian's Omega beside it
#
#   load.sh BUILD [ARTICLES.jsonl [SECONDS [WORDS]]]     corpus/sample's JSON Lines, 30 s, coca+cultivation
#
# wrk with 2 threads and 8 connections on loopback: FastCGI, and, as Omega is a CGI program alone, both by CGI.  Exit status 1
# if a request failed or a worker grew by more than 1 MB.
#
# SPDX-License-Identifier: MIT
cd "$(dirname "$0")/../.." || exit 2
. tests/cgi/lib.sh
bin=$PWD/$1
seconds=${3:-30}
words=${4:-coca+cultivation}
PATH=$bin:$PATH:/usr/sbin
work=$(mktemp -d) || exit 2
port=$((20000 + $$ % 20000))
server=
trap '[ -z "$server" ] || kill $server; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
failed=0

articles=$2
if [ -z "$articles" ]; then
	articles=$work/sample.jsonl
	cat corpus/sample/*/*.jsonl corpus/sample/*.jsonl 2>/dev/null >"$articles"
fi
ndx index -q "$work/index" "$articles" || exit 2
printf 'index news = %s/index\ntitle = News archive\n' "$work" >"$work/ndx.conf"
mkdir "$work/cgi-bin" "$work/omega" && cp "$bin/ndx.cgi" "$work/cgi-bin/ndx.cgi" || exit 2

# Omega: title and text, stored to be shown, as its own template has them.
cp /usr/lib/cgi-bin/omega/omega "$work/cgi-bin/omega.cgi" || exit 2
printf 'database_dir %s/omega\ntemplate_dir /usr/share/xapian-omega/templates\n' "$work" >"$work/omega.conf"
printf 'id : boolean=Q unique=Q\ntitle : field=caption index=S index\ntext : field=sample index\n' >"$work/omega.script"
python3 -c '
import json, sys
for line in sys.stdin:
    a = json.loads(line)
    text = " ".join((a.get("text") or a.get("body") or "").split())
    print("id=%s\ntitle=%s\ntext=%s\n" % (a.get("id"), " ".join((a.get("title") or "").split()), text))
' <"$articles" | scriptindex "$work/omega/default" "$work/omega.script" /dev/stdin >/dev/null || exit 2

{
	lighttpd_conf '"mod_setenv", "mod_fastcgi", "mod_cgi"' "$work/cgi-bin" /dev/stderr
	fastcgi_at /fast
	cat <<END
setenv.add-environment = ( "NDX_CONFIG" => "$work/ndx.conf", "OMEGA_CONFIG_FILE" => "$work/omega.conf" )
cgi.assign = ( ".cgi" => "" )
END
} >"$work/lighttpd.conf"
lighttpd -D -f "$work/lighttpd.conf" 2>"$work/log" &
server=$!
wait_for "http://127.0.0.1:$port/fast"

# The most memory of the workers, in kB.
memory()
{
	for pid in $(pgrep -P "$(pgrep -d, -P "$server" -x ndx.cgi)"); do
		sed -n 's/^RssAnon:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$pid/status"
	done | sort -n | tail -n 1
}

# load NAME PATH
load()
{
	wrk -t2 -c8 -d"${seconds}s" --latency "http://127.0.0.1:$port/$2" >"$work/wrk" || exit 2
	printf '%-24s %8s pages a second, p99 %s\n' "$1" "$(sed -n 's/^Requests.sec: *//p' "$work/wrk")" \
		"$(sed -n 's/^ *99% *//p' "$work/wrk")"
	if grep -E 'Non-2xx|Socket errors' "$work/wrk"; then
		failed=1
	fi
}

curl -s -o /dev/null "http://127.0.0.1:$port/fast?q=$words"
before=$(memory)
load 'ndx.cgi, FastCGI' "fast?q=$words"
after=$(memory)
echo "a worker's own memory: $before kB before, $after kB after"
[ "$after" -le $((before + 1024)) ] || failed=1
load 'ndx.cgi, CGI' "ndx.cgi?q=$words"
load 'Omega, CGI' "omega.cgi?P=$words"
exit $failed
