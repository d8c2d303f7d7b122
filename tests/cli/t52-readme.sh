#!/bin/sh
# t52-readme.sh - the commands in README.md work, and the demo prints what is shown there
#
# SPDX-License-Identifier: MIT
. "${0%/*}/lib.sh"

mkdir build
ln -s "$top/corpus" corpus

# The blocks of README.md that begin with ```$1.
blocks()
{
	awk -v fence="\`\`\`$1" '$0 == fence { on = 1; next } /^```/ { on = 0 } on' "$top/README.md"
}

# Times and speeds differ from run to run.
without_times()
{
	sed -E 's/in [0-9.]+ s, [0-9.]+ MB\/s/in T s, N MB\/s/; s/\([0-9.]+ m?s\)$/(T ms)/'
}

# Is file $2 what file $1 shows, where "[...]" stands for the rest of a line or, alone, for any
# number of lines?  If not, the first line that differs is printed.
agrees()
{
	awk -v shown="$1" '
	function matches(line, with) {
		if (with ~ / \[\.\.\.\]$/)
			return index(line, substr(with, 1, length(with) - 6)) == 1
		return line == with
	}
	{ found[++found_count] = $0 }
	END {
		at = 1
		while ((getline line < shown) > 0) {
			if (line == "[...]") {
				skip = 1
				continue
			}
			while (skip && at < found_count && !matches(found[at], line))
				at++
			skip = 0
			if (!matches(found[at], line)) {
				print "README.md: " line
				print "found:     " found[at]
				exit 1
			}
			at++
		}
		if (!skip && at <= found_count) {
			print "not in README.md: " found[at]
			exit 1
		}
	}' "$2"
}

blocks text | without_times >shown
grep -q '^\$ ndx search' shown || { echo 'README.md shows no demo'; exit 1; }
sh "$top/tests/demo.sh" "$bin" 2>&1 | sed 1d | without_times >found
expect 'the demo prints what is shown' 0 'agrees shown found' </dev/null

# The judged topics that README.md speaks of.
printf '1\tcoca cultivation\n' >topics.tsv
printf '1 0 aw-2013-0604-02 1\n' >qrels.txt

blocks sh | grep '^[^#]*ndx ' >lines
[ "$(grep -c . lines)" -ge 8 ] || { echo 'README.md shows no commands'; exit 1; }
while read -r line; do
	case $line in
	'ndx search '* | 'ndx show '* | 'ndx stats '*)
		expect "prints something: $line" 0 "{ $line
		} >out && [ -s out ]" </dev/null
		;;
	*) expect "works: $line" 0 "{ $line
		} >out 2>&1 || { cat out; false; }" </dev/null ;;
	esac
done <lines
finish
