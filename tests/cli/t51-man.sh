#!/bin/sh
# t51-man.sh - the manual pages tell what there is: commands, options, calls, pages
#
# SPDX-License-Identifier: MIT
. "${0%/*}/lib.sh"

# The options in the help of a command, a line each: "-n --limit".
options_of_help()
{
	ndx "$1" --help | sed -nE 's/^ +((-[a-zA-Z0-9]), )?(--[a-z0-9-]+).*/\2 \3/p' |
		sed 's/^ //' | sort
}

# The same from the .It lines of a page: ".It Fl n Ar N , Fl -limit Ar N".
options_of_page()
{
	awk '$1 == ".It" && $2 == "Fl" {
		short = long = ""
		for (i = 3; i <= NF; i++) {
			if ($i == "Ar" || $i == "Cm")
				i++
			else if ($i ~ /^-[a-z]/)
				long = "-" $i
			else if ($i ~ /^[a-zA-Z0-9]$/)
				short = "-" $i " "
		}
		print short long
	}' "$1" | sort
}

ndx --help | sed -nE 's/^  ndx ([a-z]+) +INDEX.*/\1/p' >commands
[ "$(grep -c . commands)" -ge 7 ] || { echo 'ndx --help lists no commands'; exit 1; }

while read -r command; do
	page=$(ls "$top"/*/"ndx-$command.1")
	options_of_page "$page" >of-page
	expect "the options of ndx $command" 0 "options_of_help $command" <of-page
done <commands

grep '^\.It Cm ' "$top/ndx.1" | cut -d ' ' -f 3 | sort >told
expect 'the commands in ndx(1)' 0 'sort commands' <told

sed -nE '/^NDX_API.*\*$/{N;s/\n//};s/^NDX_API .*[ *](ndx_[a-z_]+)\(.*/\1/p' "$top/common/ndx.h" | sort >calls
[ "$(grep -c . calls)" -ge 14 ] || { echo 'ndx.h has no calls'; exit 1; }
expect 'the calls in ndx(3)' 0 \
	'sed -n "/^.Sh SYN/,/^.Sh DESC/s/^.F[no] \(ndx_[a-z_]*\).*/\1/p" "$top/common/ndx.3" | sort' <calls
expect 'the names of ndx(3)' 0 \
	'sed -n "s/^.Nm \(ndx_[a-z_]*\).*/\1/p" "$top/common/ndx.3" | sort' <calls

grep -oE 'NDX_(E_[A-Z_]+)' "$top/common/ndx.h" | sort -u >statuses
expect 'the errors in ndx(3)' 0 \
	'sed -n "s/^.It Dv \(NDX_E_[A-Z_]*\).*/\1/p" "$top/common/ndx.3" | sort' <statuses

# Every page of ours that a page refers to is there.
sed -nE 's/^\.Xr (ndx[a-z-]*) ([1-8]).*/\1.\2/p' "$top"/*.[1-8] "$top"/*/*.[1-8] | sort -u |
	while read -r page; do
		ls "$top/$page" "$top"/*/"$page" 2>/dev/null | grep -q . || echo "$page"
	done >missing
expect 'no page refers to one that is not there' 0 'cat missing' </dev/null
finish
