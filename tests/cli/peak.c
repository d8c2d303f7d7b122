/*
 * peak.c - run a command, and say how much memory it took at most
 *
 *   peak FILE COMMAND...     kilobytes resident into FILE; the command's exit status
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
	struct rusage usage;
	FILE *file;
	int status;
	pid_t pid;

	if (argc < 3 || (file = fopen(argv[1], "w")) == NULL)
		return 125;
	pid = fork();
	if (pid == 0) {
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	if (pid == -1 || waitpid(pid, &status, 0) == -1 || getrusage(RUSAGE_CHILDREN, &usage) == -1)
		return 125;
	fprintf(file, "%ld\n", usage.ru_maxrss);
	return fclose(file) == 0 && WIFEXITED(status) ? WEXITSTATUS(status) : 126;
}
