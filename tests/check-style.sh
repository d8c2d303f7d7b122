#!/bin/sh
# check-style.sh - heads of files, lengths of files and functions, nothing left to do
#
# Debian 12's clang-format, where it is installed, must change nothing; other versions may think otherwise.
#
# SPDX-License-Identifier: MIT
cd "$(dirname "$0")/.." || exit 2
sources=$(ls ndx.c ./*/*.[ch] tests/*/*.[ch] | sed 's|^\./||')
scripts=$(ls tests/*.sh tests/*/*.sh .ci/run)
status=0

fail()
{
	echo "$1"
	status=1
}

for file in $sources $scripts; do
	grep -q 'SPDX-License-Identifier: MIT' "$file" || fail "$file: no SPDX-License-Identifier"
	head -n 2 "$file" | grep -qF " ${file##*/} - " ||
		fail "$file: does not open with its name and purpose"
	[ "$(wc -l <"$file")" -le 700 ] || fail "$file: longer than 700 lines"
done
for file in $sources; do
	case $(head -n 1 "$file") in
	'/*'*) ;;
	*) fail "$file: does not open with a comment" ;;
	esac
done

# A function's lines are those between a brace alone in the first column and its partner.
awk '
	FNR == 1 { begin = 0 }
	/^\{$/ { begin = FNR }
	/^\}/ && begin {
		if (FNR - begin - 1 > 70) {
			printf "%s:%d: function of %d lines\n", FILENAME, begin, FNR - begin - 1
			bad = 1
		}
		begin = 0
	}
	END { exit bad }
' $sources || status=1

# The pattern is in two parts, so as not to find itself.
! grep -nE '\b(FIX''ME|TO''DO|XX''X)\b' $sources $scripts Makefile || status=1

case $(clang-format --version 2>/dev/null) in
*' version 14.'*)
	# shellcheck disable=SC2086
	clang-format --dry-run -Werror $sources || status=1
	;;
esac
exit $status
