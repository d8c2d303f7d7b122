/*
 * fastcgi.c - the web server's side of FastCGI (specification 1.0), well behaved or not
 *
 *   fastcgi PROGRAM WORD...
 *
 * starts PROGRAM with a listening socket as its standard input, and does what each WORD says:
 *
 *   half       connects, and sends the first half of a record
 *   junk       sends what is no record, and reads the answer
 *   keep       asks twice over one connection that is to be kept, and leaves it open
 *   ask        asks, and ends the connection
 *   overlong   asks with names and values whose lengths are lies
 *
 * Every request is GET ?q=harbour; the first line of its answer is printed after its word.  At the
 * end the program gets SIGTERM, and its exit status is printed.  No answer in a minute ends it all.
 *
 * SPDX-License-Identifier: MIT
 */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* Types of records, and what a request begins with: a responder, and whether to keep the
 * connection. */
#define BEGIN 1
#define END   3
#define PARAM 4
#define STDIN 5
#define OUT   6

static const struct sockaddr_un address = { AF_UNIX, "socket" };

static void
send_record(int fd, unsigned type, const void *content, size_t size)
{
	const unsigned char head[8] = { 1, (unsigned char)type,        0,
		                        1, (unsigned char)(size >> 8), (unsigned char)size };

	if (send(fd, head, sizeof(head), MSG_NOSIGNAL) != sizeof(head) ||
	    (size > 0 && send(fd, content, size, MSG_NOSIGNAL) != (ssize_t)size))
		printf("not sent\n");
}

static void
send_request(int fd, bool keep, bool lie)
{
	const unsigned char begin[8] = { 0, 1, keep };
	static const char fields[] = "\x0e\x03REQUEST_METHODGET\x0c\x09QUERY_STRINGq=harbour";
	static const char lies[] = "\xff\xff\xff\xff\xff\xff\xff\xffREQUEST_METHODGET";

	send_record(fd, BEGIN, begin, sizeof(begin));
	send_record(fd, PARAM, lie ? lies : fields, (lie ? sizeof(lies) : sizeof(fields)) - 1);
	send_record(fd, PARAM, "", 0);
	send_record(fd, STDIN, "", 0);
}

static bool
receive(int fd, unsigned char *at, size_t size)
{
	while (size > 0) {
		const ssize_t got = recv(fd, at, size, 0);

		if (got <= 0)
			return false;
		at += got;
		size -= (size_t)got;
	}
	return true;
}

static void
print_answer(int fd, const char *word)
{
	static unsigned char content[65536 + 256];
	unsigned char head[8];
	bool first = true;

	while (receive(fd, head, sizeof(head)) &&
	       receive(fd, content, (size_t)(head[4] << 8 | head[5]) + head[6])) {
		if (head[1] == OUT && first && (head[4] > 0 || head[5] > 0)) {
			printf("%s: %.*s\n", word, (int)strcspn((char *)content, "\r\n"),
			       (char *)content);
			first = false;
		}
		if (head[1] == END)
			return;
	}
	printf("%s: the connection ended\n", word);
}

static void
act(const char *word)
{
	const int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) == -1) {
		printf("%s: cannot connect\n", word);
		return;
	}
	if (strcmp(word, "half") == 0 && send(fd, "\1\1\0\1", 4, MSG_NOSIGNAL) != 4)
		printf("half: not sent\n");
	if (strcmp(word, "junk") == 0) {
		if (send(fd, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", 27, MSG_NOSIGNAL) != 27)
			printf("junk: not sent\n");
		print_answer(fd, word);
	} else if (strcmp(word, "ask") == 0 || strcmp(word, "keep") == 0 ||
	           strcmp(word, "overlong") == 0) {
		send_request(fd, *word == 'k', *word == 'o');
		print_answer(fd, word);
	}
	if (strcmp(word, "keep") == 0) {
		send_request(fd, true, false);
		print_answer(fd, "kept");
	}
	if (strcmp(word, "ask") == 0)
		close(fd);
}

int
main(int argc, char *argv[])
{
	const int listening = socket(AF_UNIX, SOCK_STREAM, 0);
	int status = 0;
	pid_t program;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc < 2 || bind(listening, (const struct sockaddr *)&address, sizeof(address)) == -1 ||
	    listen(listening, 16) == -1) {
		perror("fastcgi");
		return 1;
	}
	program = fork();
	if (program == 0) {
		dup2(listening, STDIN_FILENO);
		close(listening);
		execlp(argv[1], argv[1], (char *)NULL);
		_exit(127);
	}
	alarm(60);
	for (int i = 2; i < argc; i++)
		act(argv[i]);
	kill(program, SIGTERM);
	waitpid(program, &status, 0);
	printf("status %d\n", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
	return 0;
}
