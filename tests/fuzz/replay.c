/*
 * replay.c - run a fuzz target once over each kept input, without a fuzzer
 *
 *   fuzz_X [FILE or DIRECTORY]...
 *
 * Each input is handed over in memory of exactly its size, so that AddressSanitizer
 * sees one byte too far; the empty input is always among them.
 *
 * SPDX-License-Identifier: MIT
 */
#include <dirent.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/fuzz/fuzz.h"

static void
refuse(const char *path)
{
	perror(path);
	exit(2);
}

static void
replay_file(const char *path, size_t size)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data = malloc(size + (size == 0));

	if (file == NULL || data == NULL || fread(data, 1, size, file) != size)
		refuse(path);
	fclose(file);
	printf("%s\n", path); /* the last one named is the one that failed */
	fflush(stdout);
	LLVMFuzzerTestOneInput(data, size);
	free(data);
}

static size_t
replay(const char *path)
{
	char below[PATH_MAX];
	const struct dirent *entry;
	struct stat st;
	size_t count = 0;
	DIR *dir;

	if (stat(path, &st) == -1)
		refuse(path);
	if (!S_ISDIR(st.st_mode)) {
		replay_file(path, (size_t)st.st_size);
		return 1;
	}
	dir = opendir(path);
	if (dir == NULL)
		refuse(path);
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(below, sizeof(below), "%s/%s", path, entry->d_name);
		count += replay(below);
	}
	closedir(dir);
	return count;
}

int
main(int argc, char **argv)
{
	uint8_t *nothing = calloc(1, 1);
	size_t count = 1;

	if (nothing == NULL)
		refuse("calloc");
	LLVMFuzzerTestOneInput(nothing, 0);
	free(nothing);
	for (int i = 1; i < argc; i++)
		count += replay(argv[i]);
	printf("%zu inputs\n", count);
	return 0;
}
