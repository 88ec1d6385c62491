#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

/*
 * fuzz_MODULE [FILE]...: runs the target over the files, or else over its
 * corpus, $srcdir/tests/fuzz/corpus/MODULE.  TAP; the inputs are named before
 * they are run, so that the last one named is the one that failed.
 */

static uint8_t *
slurp(const char *path, size_t *size)
{
	FILE	*f = fopen(path, "rb");
	uint8_t	*data;
	long	 end;

	if (f == NULL || fseek(f, 0, SEEK_END) == -1 ||
	    (end = ftell(f)) == -1 || fseek(f, 0, SEEK_SET) == -1) {
		perror(path);
		exit(2);
	}
	/* Of just its size, for the address sanitizer. */
	*size = (size_t)end;
	HOLDS((data = malloc(end > 0 ? *size : 1)) != NULL);
	HOLDS(fread(data, 1, *size, f) == *size);
	fclose(f);
	return data;
}

static int
replay(const char *path)
{
	size_t	 size;
	uint8_t	*data = slurp(path, &size);

	printf("# %s\n", path);
	fflush(stdout);
	LLVMFuzzerTestOneInput(data, size);
	free(data);
	return 1;
}

static int
replay_folder(const char *folder)
{
	struct dirent	**list;
	char		  path[4096];
	int		  n = scandir(folder, &list, NULL, alphasort);
	int		  inputs = 0;

	if (n == -1) {
		perror(folder);
		exit(2);
	}
	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder,
		    list[i]->d_name);
		if (list[i]->d_name[0] != '.')
			inputs += replay(path);
		free(list[i]);
	}
	free(list);
	return inputs;
}

int
main(int argc, char **argv)
{
	const char	*srcdir = getenv("srcdir");
	const char	*slash = strrchr(argv[0], '/');
	const char	*name = slash != NULL ? slash + 1 : argv[0];
	char		 folder[2048];
	int		 inputs = 0;

	for (int i = 1; i < argc; i++)
		inputs += replay(argv[i]);
	if (argc == 1 && strncmp(name, "fuzz_", 5) == 0) {
		snprintf(folder, sizeof(folder), "%s/tests/fuzz/corpus/%s",
		    srcdir != NULL ? srcdir : ".", name + 5);
		inputs = replay_folder(folder);
	}
	printf("%sok 1 - %d inputs\n1..1\n", inputs > 0 ? "" : "not ",
	    inputs);
	return inputs > 0 ? 0 : 1;
}
