#!/bin/sh
# need.sh - install the Debian packages that building (or more) needs, if any is missing
#
#   need.sh build | check | bench | fuzz | afl | serve | web | deb | ci
#
# Costs one dpkg-query when all is there.  As root, or where sudo asks for no
# password, it installs; else it prints the line to type and exits 2.
#
# SPDX-License-Identifier: MIT
build='gcc libc6-dev make pkg-config zlib1g-dev libdeflate-dev libstemmer-dev libunistring-dev
	libxml2-dev libjansson-dev libuchardet-dev libxxhash-dev libisal-dev libseccomp-dev libfcgi-dev'
web='lighttpd apache2-bin libapache2-mod-fcgid nginx-light spawn-fcgi chromium chromium-driver
	python3-minimal curl tidy'
deb='dpkg-dev debhelper fakeroot lintian mmdebstrap'
case $1 in
build) want=$build ;;
check) want="$build libcmocka-dev" ;;
bench) want="$build python3" ;;
serve) want="$build lighttpd" ;;
web) want="$build $web" ;;
deb) want="$build $deb" ;;
fuzz) want="$build clang libclang-rt-14-dev llvm" ;;
afl) want="$build afl++" ;;
ci) want="$build libcmocka-dev clang libclang-rt-14-dev llvm clang-format clang-tidy cppcheck mandoc $web $deb" ;;
*)
	echo "usage: need.sh build|check|bench|fuzz|afl|serve|web|deb|ci" >&2
	exit 2
	;;
esac

if ! command -v dpkg-query >/dev/null; then
	echo "need.sh: no Debian here; to be installed by other means:" $want >&2
	exit 0
fi

# Packages, not commands, because a header is what is missed most; pkgconf serves as pkg-config.
here=$(dpkg-query -W -f '${db:Status-Status} ${Package} ${Provides}\n' $want 2>/dev/null |
	sed -n 's/^installed //p')
missing=
for package in $want; do
	case " $(echo $here) " in
	*" $package "*) ;;
	*) command -v "$package" >/dev/null || missing="$missing $package" ;;
	esac
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
	as_root=
elif sudo -n true 2>/dev/null; then
	as_root='sudo -n'
else
	echo "These packages are missing; please install them:" >&2
	echo "  sudo apt-get update && sudo apt-get install -y --no-install-recommends$missing" >&2
	exit 2
fi

echo "installing:$missing"
log=$(mktemp) || exit 2
trap 'rm -f "$log"' EXIT
# An update that fails in one list of many is no reason to stop: the install will tell.
{
	$as_root apt-get update
	$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
		$missing
} >"$log" 2>&1 && exit 0
tail -n 30 "$log" >&2
echo "need.sh: could not install$missing" >&2
exit 2
