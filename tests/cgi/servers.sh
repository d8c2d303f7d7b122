#!/bin/sh
# servers.sh - the search page behind lighttpd, Apache and nginx, by CGI and FastCGI, on loopback
#
#   servers.sh BUILD
#
# Each server runs in its turn with a configuration of its own and is asked for pages of every kind; then a commit is made
# under it, which the next page shows.  A line a server; exit status 1 if anything was wrong.
#
# SPDX-License-Identifier: MIT
cd "$(dirname "$0")/../.." || exit 2
. tests/cgi/lib.sh
bin=$PWD/$1
PATH=$bin:$PATH:/usr/sbin
work=$(mktemp -d) || exit 2
chmod 755 "$work"
port=$((20000 + $$ % 20000))
base=http://127.0.0.1:$port
failed=0
pids=
trap 'stop; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM

stop()
{
	for pid in $pids; do
		kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null
	done
	pids=
}

# The server may run as another user; its program lies where it may look.
mkdir "$work/cgi-bin" "$work/logs" && cp "$bin/ndx.cgi" "$work/cgi-bin/ndx.cgi" || exit 2
printf 'index sample = %s/index\ntitle = News archive\n' "$work" >"$work/ndx.conf"

bad()
{
	echo "  not so: $1"
	wrong=$((wrong + 1))
}

# is NAME EXPECTED FOUND
is()
{
	[ "$2" = "$3" ] || bad "$1: '$3', not '$2'"
}

code()
{
	curl -s -o /dev/null -w '%{http_code}' "$@"
}

check()
{
	wrong=0
	wait_for "$1"
	is 'the start' 200 "$(code "$1")"
	is 'hits' 10 "$(curl -s "$1?q=coca" | grep -c '^<li><h2>')"
	is 'the article' 1 "$(curl -s "$1?q=harbour&id=hc-2013-1020-02" | grep -c 'mark id="m1"')"
	is 'JSON' application/json "$(curl -s -o /dev/null -w '%{content_type}' "$1?q=coca&format=json" | cut -d\; -f1)"
	is 'no such article' 404 "$(code "$1?id=none")"
	is 'a wrong page number' 400 "$(code "$1?page=x")"
	is 'POST' 405 "$(code -d q=x "$1")"
	is 'HEAD' 200 "$(code -I "$1?q=coca")"
	etag=$(curl -s -D- -o /dev/null "$1?q=coca" | tr -d '\r' | sed -n 's/^[Ee][Tt][Aa][Gg]: //p')
	is 'known already' 304 "$(code -H "If-None-Match: $etag" "$1?q=coca")"
	is 'the policy' 1 "$(curl -s -D- -o /dev/null "$1?q=coca" | grep -ci '^content-security-policy: default-src .none')"
	echo '{"id":"fresh","text":"A zeppelin."}' | ndx index -q "$work/index" -
	is 'a new commit' 1 "$(curl -s "$1?q=zeppelin" | grep -c '^<li><h2>')"
	ndx delete -q "$work/index" fresh
	is 'and its undoing' 0 "$(curl -s "$1?q=zeppelin" | grep -c '^<li><h2>')"
	if [ $wrong = 0 ]; then
		echo "ok      $2"
	else
		echo "FAILED  $2"
		cat "$work"/logs/* 2>/dev/null | tail -n 20
		failed=1
	fi
	stop
	rm -f "$work"/logs/*
}

ndx index -q "$work/index" corpus/sample || exit 2

lighttpd_conf '"mod_setenv", "mod_alias", "mod_cgi"' "$work/cgi-bin" "$work/logs/lighttpd" >"$work/lighttpd.conf"
cat >>"$work/lighttpd.conf" <<END
setenv.add-environment = ( "NDX_CONFIG" => "$work/ndx.conf" )
alias.url = ( "/search" => "$work/cgi-bin/ndx.cgi" )
cgi.assign = ( ".cgi" => "" )
END
lighttpd -D -f "$work/lighttpd.conf" &
pids=$!
check "$base/search" 'lighttpd, CGI'

{
	lighttpd_conf '"mod_fastcgi"' "$work" "$work/logs/lighttpd"
	fastcgi_at /search
} >"$work/lighttpd.conf"
lighttpd -D -f "$work/lighttpd.conf" &
pids=$!
check "$base/search" 'lighttpd, FastCGI'

apache()
{
	modules=/usr/lib/apache2/modules
	cat >"$work/apache.conf" <<END
ServerRoot "$work"
ServerName 127.0.0.1
Listen 127.0.0.1:$port
PidFile "$work/apache.pid"
ErrorLog "$work/logs/apache"
LoadModule mpm_event_module $modules/mod_mpm_event.so
LoadModule authz_core_module $modules/mod_authz_core.so
LoadModule env_module $modules/mod_env.so
LoadModule alias_module $modules/mod_alias.so
User $(if [ "$(id -u)" = 0 ]; then echo www-data; else id -un; fi)
Group $(if [ "$(id -u)" = 0 ]; then echo www-data; else id -gn; fi)
$1
END
	apache2 -X -f "$work/apache.conf" &
	pids=$!
}

apache "LoadModule cgid_module /usr/lib/apache2/modules/mod_cgid.so
ScriptSock \"$work/cgid.socket\"
SetEnv NDX_CONFIG \"$work/ndx.conf\"
ScriptAlias /search \"$work/cgi-bin/ndx.cgi\"
<Directory \"$work/cgi-bin\">
Require all granted
</Directory>"
check "$base/search" 'Apache, CGI'

mkdir "$work/fcgid" && chmod 777 "$work/fcgid"
apache "LoadModule fcgid_module /usr/lib/apache2/modules/mod_fcgid.so
FcgidIPCDir \"$work/fcgid\"
FcgidProcessTableFile \"$work/fcgid/table\"
FcgidInitialEnv NDX_CONFIG \"$work/ndx.conf\"
ScriptAlias /search \"$work/cgi-bin/ndx.cgi\"
<Directory \"$work/cgi-bin\">
SetHandler fcgid-script
Options +ExecCGI
Require all granted
</Directory>"
check "$base/search" 'Apache, mod_fcgid'

cat >"$work/nginx.conf" <<END
daemon off;
error_log $work/logs/nginx;
pid $work/nginx.pid;
events { }
http {
	access_log off;
	client_body_temp_path $work/nginx-body;
	fastcgi_temp_path $work/nginx-fastcgi;
	proxy_temp_path $work/nginx-proxy;
	uwsgi_temp_path $work/nginx-uwsgi;
	scgi_temp_path $work/nginx-scgi;
	server {
		listen 127.0.0.1:$port;
		location /search {
			fastcgi_pass unix:$work/nginx.socket;
			include /etc/nginx/fastcgi_params;
		}
	}
}
END
NDX_CONFIG=$work/ndx.conf spawn-fcgi -n -M 0666 -s "$work/nginx.socket" -- "$bin/ndx.cgi" 2>"$work/logs/spawn" >/dev/null &
spawned=$!
nginx -c "$work/nginx.conf" 2>"$work/logs/nginx-start" &
pids="$! $spawned"
check "$base/search" 'nginx, FastCGI by spawn-fcgi'
exit $failed
