#!/bin/sh
# t36-repair.sh - ndx check --repair: what is damaged or missing is set aside, and nothing else
#
# SPDX-License-Identifier: MIT
. "${0%/*}/lib.sh"

# Two segments and tombstones; behind two thirds of the first one is the dictionary alone.
mkdir news
i=0
while [ $i -lt 900 ]; do
	echo "{\"id\":\"n$i\",\"title\":\"Story $i\",\"text\":\"The harbour had ferry $i on day $((i % 7)), quay $((i * 7919 % 1000)), and $((i * 104729 % 9973)) tonnes.\"}"
	i=$((i + 1))
done >news/stories.jsonl
touch -d 2020-01-01 news/stories.jsonl
ndx index -q index news && echo 'More of the harbour.' >news/more &&
	touch -d 2020-01-01 news/more && ndx index -q index news &&
	ndx delete -q index n7 || exit 1
first=$(ls index/*.seg | head -n 1)
sources=$(ls index/*.src)

expect 'a sound index' 0 'ndx check --repair index' <<'END'
ndx: 'index' is whole: nothing to repair
END
expect 'silently' 0 'ndx check --repair -q index' <<'END'
END

# A byte behind two thirds of $1.
damage()
{
	at=$(($(wc -c <"$1") * 2 / 3))
	byte=$(od -An -tu1 -j $at -N 1 "$1" | tr -d ' ')
	chmod u+w "$1"
	printf "\\$(printf %03o $((255 - byte)))" | dd of="$1" bs=1 seek=$at conv=notrunc 2>/dev/null
}

cp -R index sound
damage "$first"
cp "$first" damaged-bytes
expect 'if the ids cannot be written, nothing is done' 2 \
	'ndx check --repair index 2>&1 >/dev/full | tail -n 1; cmp damaged-bytes "$first"; ndx check --repair index >/dev/full 2>&1' <<'END'
ndx: cannot write standard output: No space left on device
END
expect 'a damaged segment' 1 'ndx check --repair index 2>said >ids' <<'END'
END
expect 'what is said' 0 'sed "s/at byte [0-9]*: .*;/at byte N: WHY;/" said' <<END
ndx: '$first' is corrupt at byte N: WHY; set aside, with 899 articles
ndx: 1 segment set aside in 'index/damaged'
END
expect 'the ids that are lost, but for the deleted one' 0 'wc -l <ids; sort -u ids | grep -c "^n[0-9]*$"' <<'END'
899
899
END
expect 'it is kept as it was' 0 'cmp damaged-bytes "index/damaged/${first##*/}"; ls index/damaged | wc -l' <<'END'
2
END
expect 'the rest is sound' 0 'ndx check -q index; ndx search --count index harbour' <<'END'
1
END
expect 'the next run brings all back' 0 'ndx index -q index news; ndx check -q index; ndx search --count index harbour' <<'END'
901
END

rm -rf index && cp -R sound index && ndx delete -q index more && damage "$first" &&
	ndx check --repair index >/dev/null 2>&1
expect 'what was deleted of a file that lost nothing stays deleted' 0 'ndx index -q index news; ndx check -q index; ndx search --count index harbour' <<'END'
900
END

for how in damaged missing; do
	rm -rf index && cp -R sound index
	case $how in
	damaged) damage "$sources" ;;
	missing) rm "$sources" ;;
	esac
	expect "$how state of the sources: nothing can be indexed" 2 'ndx index -q index news 2>/dev/null' <<'END'
END
	expect "$how state of the sources" 1 'ndx check --repair index 2>said; sed "s/corrupt at byte .*;/WHY;/; s/^ndx: cannot open \(.*\): No such file or directory;/ndx: \1 is WHY;/" said; exit 1' <<END
ndx: '$sources' is WHY; set aside: the next 'ndx index' reads every file
END
	expect "$how state of the sources: all articles are still there" 0 'ndx check -q index; ndx search --count index harbour' <<'END'
900
END
	expect "$how state of the sources: indexing works again" 0 'ndx index -q index news; ndx check -q index; ndx search --count index harbour' <<'END'
901
END
done

# Two copies of an index that went different ways: the names and sizes of their files are the same.
rm -rf index one && cp -R sound index && cp -R sound one &&
	ndx delete -q index n100 && ndx delete -q one n200 || exit 1
ours=$(ls index/*.del) theirs=$(ls one/*.del)
expect 'alike, but for their bytes' 0 'wc -c <"$ours" | cmp - /dev/fd/3 3<<END
$(wc -c <"$theirs")
END' <<'END'
END
cp "$theirs" "$ours"
expect 'tombstones of another copy are found' 2 'ndx check index' <<END
ndx: '$ours' is corrupt at byte 0: it is not the one of the manifest: its checksum differs
ndx: 'ndx check --repair' sets aside what is damaged and keeps the rest
END
expect 'and never searched with' 2 'ndx search index harbour 2>&1 | head -n 1; ndx search index harbour 2>/dev/null' <<END
ndx: '$ours' is corrupt at byte 0: it is not the one of the manifest: its checksum differs
END

# What cannot be read for another reason may be sound.
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
	rm -rf index && cp -R sound index
	chmod 755 "$test_dir" "$test_dir/work"
	chown -R 65534 index && chown 0 "$first" && chmod 600 "$first"
	expect 'a file without the right to read it stays' 2 \
		'setpriv --reuid 65534 --clear-groups "$bin/ndx" check --repair index' <<END
ndx: cannot open '$first': Permission denied
END
	expect 'all of it' 0 'ls index/damaged 2>/dev/null; ndx search --count index harbour' <<'END'
900
END
fi

rm -rf index && cp -R sound index
damage index/manifest
expect 'a damaged manifest' 2 'ndx check --repair index 2>said; sed "s/at byte .*/WHY/" said; exit 2' <<'END'
ndx: 'index/manifest' is corrupt WHY
END
rm index/manifest && mkfifo index/manifest
expect 'what is no file is not waited for' 2 'ndx check index 2>said; sed "s/at byte .*/WHY/" said; exit 2' <<'END'
ndx: 'index/manifest' is corrupt WHY
END
finish
