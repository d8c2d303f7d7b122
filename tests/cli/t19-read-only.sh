#!/bin/sh
# t19-read-only.sh - an index on a medium or in a directory that cannot be written is searched, and nothing is written
#
# SPDX-License-Identifier: MIT
. "${0%/*}/disk.sh"

cat >news.jsonl <<'END'
{"id":"a1","title":"Harbour","text":"The harbour opened.","date":"1999-03-04"}
{"id":"a2","title":"Ferries","text":"No harbour today."}
END
ndx index -q disk/index news.jsonl || exit 1
ls -l --time-style=full-iso disk/index >before
mount -o remount,ro disk || exit 1
printf 'index news = disk/index\n' >conf

reading()
{
	ndx search --format ids disk/index harbour
	ndx show disk/index a2 | tail -n 1
	ndx suggest disk/index fer
	ndx stats disk/index | grep '^articles'
	ndx check -q disk/index && echo sound
	NDX_CONFIG=conf REQUEST_METHOD=GET QUERY_STRING='q=harbour' ndx.cgi | grep -o '^<p class="of">2 articles'
}
expect 'everything that reads works' 0 'reading' <<'END'
a1
a2
No harbour today.
       1  ferries
articles                   2
sound
<p class="of">2 articles
END
expect 'a change is refused' 2 'ndx delete disk/index a1' <<'END'
ndx: cannot open 'disk/index/lock': Read-only file system
END
expect 'and a new article' 2 'echo "{\"id\":\"a3\",\"text\":\"x\"}" | ndx index -q disk/index -' <<'END'
ndx: cannot open 'disk/index/lock': Read-only file system
END
expect 'nothing was written' 0 'ls -l --time-style=full-iso disk/index | cmp - before && echo same' <<'END'
same
END
cp "$bin/ndx" "$bin/ndx-indexer" . || exit 1 # the build may be where nobody else may look
mount -o remount,rw disk && chmod a-w disk/index disk/index/* && chmod a+rx . disk disk/index
expect 'the same in a directory without the right to write' 0 \
	'as_nobody() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }
	 as_nobody ./ndx search --format ids disk/index harbour
	 as_nobody ./ndx-indexer delete disk/index a1; echo $?' <<'END'
a1
a2
ndx: cannot open 'disk/index/lock': Permission denied
2
END
umount disk
finish
