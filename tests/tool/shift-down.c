/*
 * shift-down FILE SECONDS: as if each target that is down in this shm.v1 were
 * so for so much longer, which saves tests the waiting.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sysexits.h>

#include "store/shm_file.h"

int
main(int argc, char **argv)
{
	struct shm_table	*t = MAP_FAILED;
	int			 fd = argc == 3 ? open(argv[1], O_RDWR) : -1;

	if (fd != -1)
		t = mmap(NULL, sizeof(*t), PROT_READ | PROT_WRITE,
		    MAP_SHARED, fd, 0);
	if (t == MAP_FAILED) {
		fprintf(stderr, "usage: shift-down FILE SECONDS\n");
		return EX_USAGE;
	}
	for (int i = 0; i < STATS_TARGETS; i++) {
		uint64_t	 word = stats_load(&t->stats.targets[i]);

		/* the time stands lowest in it */
		if (word != 0)
			stats_store(&t->stats.targets[i],
			    word - strtoul(argv[2], NULL, 10));
	}
	return 0;
}
