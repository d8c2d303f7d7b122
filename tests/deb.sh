#!/bin/sh
# deb.sh - build the Debian packages from a copy of the source, into build/deb/, and read them with lintian
#
# SPDX-License-Identifier: MIT
cd "$(dirname "$0")/.." || exit 2
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT

mkdir -p build/deb "$work/newsdex" && rm -f build/deb/*
tar -cf - --exclude=./build --exclude=./.git . | tar -xf - -C "$work/newsdex" || exit 2
(cd "$work/newsdex" && MAKEFLAGS='' CC='' && unset CC MAKEFLAGS && dpkg-buildpackage -us -uc -b) >"$work/log" 2>&1 || {
	tail -n 40 "$work/log"
	exit 1
}
cp "$work"/*.deb build/deb/ && ls build/deb
lintian --fail-on error build/deb/*.deb
