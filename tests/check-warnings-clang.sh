#!/bin/sh
# check-warnings-clang.sh - as check-warnings.sh, by a second compiler, where it is installed
#
# SPDX-License-Identifier: MIT
if ! command -v clang >/dev/null; then
	echo 'clang is not installed'
	exit 77
fi
exec sh "$(dirname "$0")/check-warnings.sh" clang
