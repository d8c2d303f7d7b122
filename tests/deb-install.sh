#!/bin/sh
# deb-install.sh - install the packages of build/deb/ in a clean Debian, use them, and remove them again
#
# The clean Debian is made with mmdebstrap from the sources that this machine has; it takes root.
#
# SPDX-License-Identifier: MIT
cd "$(dirname "$0")/.." || exit 2
[ "$(id -u)" = 0 ] || { echo 'needs root, to make a root of its own'; exit 77; }
root=$(mktemp -d) || exit 2
trap 'rm -rf "$root"' EXIT
chmod 755 "$root"

sources=
for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
	[ ! -s "$file" ] || sources="$sources $file"
done
mmdebstrap --variant=apt --quiet --skip=cleanup/apt --include=ca-certificates bookworm "$root" $sources >"$root.log" 2>&1 || {
	tail -n 20 "$root.log"
	exit 1
}
rm -f "$root.log"
cp /etc/resolv.conf "$root/etc/" && cp -n /etc/apt/apt.conf.d/* "$root/etc/apt/apt.conf.d/"
mkdir "$root/deb" && cp build/deb/*_*.deb "$root/deb" && rm -f "$root"/deb/*dbgsym* && cp -r corpus/sample "$root/deb/sample" || exit 2
cat >"$root/deb/try.sh" <<'END'
set -e
export DEBIAN_FRONTEND=noninteractive PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
dpkg-query -W -f '${Package}\n' | sort >/deb/before
find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /deb -o -path /var \) -prune -o -print | sort >/deb/files-before
apt-get install -y --no-install-recommends /deb/*.deb >/deb/log 2>&1 || { tail -n 20 /deb/log; exit 1; }
ndx index -q /tmp/index /deb/sample
ndx search -n 1 --format ids /tmp/index coca cultivation | grep . >/dev/null
ndx search --count /tmp/index '"arms production"' | grep -x 12 >/dev/null
ndx check -q /tmp/index
printf 'index sample = /tmp/index\n' >>/etc/ndx/ndx.conf
QUERY_STRING=q=coca /usr/lib/cgi-bin/ndx.cgi | grep '^<li><h2>' >/dev/null
test -f /usr/lib/*/libndx.so.0
test -f /usr/lib/*/pkgconfig/ndx.pc
apt-get purge -y ndx ndx-cgi libndx0 libndx-dev >/deb/log 2>&1 || { tail -n 20 /deb/log; exit 1; }
apt-get autoremove -y --purge >/deb/log 2>&1
rm -r /tmp/index
dpkg-query -W -f '${Package}\n' | sort | diff /deb/before -
find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /deb -o -path /var \) -prune -o -print | sort |
	grep -v -e ld.so.cache -e '^/etc/ld.so' >/deb/files-after
grep -v -e ld.so.cache -e '^/etc/ld.so' /deb/files-before | comm -13 - /deb/files-after | grep -iE 'ndx|newsdex' && exit 1
echo 'installed, used and removed'
END
chroot "$root" sh /deb/try.sh
