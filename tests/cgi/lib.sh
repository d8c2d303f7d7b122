# lib.sh - for scripts that start lighttpd: its configuration, and waiting for a page
#
#   . tests/cgi/lib.sh     with $work, a directory with ndx.conf; $bin, where ndx.cgi is; $port
#
# SPDX-License-Identifier: MIT

# lighttpd_conf MODULES ROOT LOG: what every configuration begins with
lighttpd_conf()
{
	cat <<END
server.modules = ( $1 )
server.bind = "127.0.0.1"
server.port = $port
server.document-root = "$2"
server.errorlog = "$3"
END
}

# fastcgi_at PATH [MORE]: ndx.cgi there, by FastCGI
fastcgi_at()
{
	cat <<END
fastcgi.server = ( "$1" => (( "bin-path" => "$bin/ndx.cgi", "socket" => "$work/socket", "check-local" => "disable",
	"max-procs" => 1, "bin-environment" => ( "NDX_CONFIG" => "$work/ndx.conf" )$2 )) )
END
}

# wait_for URL: until it answers with a page (200), five seconds at most
wait_for()
{
	tries=0
	until curl -sf -o /dev/null "$1" || [ $tries = 50 ]; do
		tries=$((tries + 1))
		sleep 0.1
	done
}
