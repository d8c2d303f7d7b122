#!/bin/sh
# t61-sandbox.sh - after ndx_cgi_sandbox() no file, program or network can be reached
# SPDX-License-Identifier: MIT
. "${0%/*}/lib.sh"

cat >try.c <<'END'
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "searcher/cgi_sandbox.h"

static const char *
outcome(long result)
{
	return result >= 0 ? "allowed" : errno == EPERM || errno == EACCES ? "refused" : "failed otherwise";
}

int
main(void)
{
	static char *const args[] = { "true", NULL };
	const char *reason;
	char *more;

	setvbuf(stdout, NULL, _IOFBF, 4096);
	reason = ndx_cgi_sandbox(&(struct ndx_cgi_sandbox){ .cpu_s = 5 });
	printf("sandbox: %s\n", reason == NULL ? "complete" : reason);
	printf("open for reading: %s\n", outcome(open("/etc/passwd", O_RDONLY)));
	printf("open for writing: %s\n", outcome(open("made", O_WRONLY | O_CREAT, 0666)));
	printf("remove: %s\n", outcome(unlink("try.c")));
	printf("socket: %s\n", outcome(socket(AF_INET, SOCK_STREAM, 0)));
	printf("fork: %s\n", outcome(fork()));
	printf("exec: %s\n", outcome(execv("/bin/true", args)));
	printf("kill: %s\n", outcome(kill(getppid(), 0)));
	more = malloc((size_t)16 << 20);
	printf("16 MB: %s\n", more == NULL ? "refused" : "allowed");
	printf("1 GB: %s\n", malloc((size_t)1 << 30) == NULL ? "refused" : "allowed");
	free(more);
	return 0;
}
END
sed -i 's/#include <stdlib.h>/#include <signal.h>\n#include <stdlib.h>/' try.c
$CC -w -I"$top" -o try try.c "$top/searcher/cgi_sandbox.c" -lseccomp || exit 1
expect 'only memory and what is open' 0 './try' <<'END'
sandbox: complete
open for reading: refused
open for writing: refused
remove: refused
socket: refused
fork: refused
exec: refused
kill: refused
16 MB: allowed
1 GB: refused
END
expect 'nothing was made or removed' 0 'ls' <<'END'
try
try.c
END

# A server may read what is in its directories, and accept; nothing else.
mkdir index && echo x >index/manifest
sed 's/ndx_cgi_sandbox(&(struct ndx_cgi_sandbox){ .cpu_s = 5 })/ndx_cgi_sandbox(\&(struct ndx_cgi_sandbox){ .serves = true, .readable = { "index" }, .readable_count = 1 })/
	s/open("made"/open("index\/made"/
	s/printf("socket/printf("in the index: %s\\n", outcome(open("index\/manifest", O_RDONLY)));\n\t&/' try.c >serve.c
$CC -w -I"$top" -o serve serve.c "$top/searcher/cgi_sandbox.c" -lseccomp || exit 1
if ./serve | grep -q 'no Landlock'; then
	echo 'this kernel has no Landlock: what a server can open is not tried'
else
	expect 'a server: the files of its indexes besides' 0 './serve' <<'END'
sandbox: complete
open for reading: refused
open for writing: refused
remove: refused
in the index: allowed
socket: refused
fork: refused
exec: refused
kill: refused
16 MB: allowed
1 GB: refused
END
fi
finish
