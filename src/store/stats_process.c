#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/stats_area.h"

/*
 * A process is its number and the time at which it was started: numbers are
 * given again.  Where /proc is not to be read the number alone must do.
 */

enum { START = 22 - 2 };	/* the field of proc(5), behind the name */

/* In ticks since the machine was; 0: not known. */
static uint64_t
started(long pid)
{
	char	 path[64], line[1024], *at, *end;
	FILE	*file;
	size_t	 n;

	snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
	if ((file = fopen(path, "re")) == NULL)
		return 0;
	n = fread(line, 1, sizeof(line) - 1, file);
	fclose(file);
	line[n] = '\0';
	at = strrchr(line, ')');	/* the name may hold anything */
	for (int i = 0; at != NULL && i < START; i++)
		at = strchr(at + 1, ' ');
	return at == NULL ? 0 : strtoull(at, &end, 10);
}

static uint64_t
join(long pid, uint64_t start)
{
	return (uint64_t)pid << 32 | (start & UINT32_MAX);
}

uint64_t
stats_process_id(void)
{
	long	 pid = (long)getpid();

	return join(pid, started(pid));
}

bool
stats_process_lives(uint64_t id)
{
	long		 pid = (long)(id >> 32);
	uint64_t	 start = id & UINT32_MAX, now;

	if (kill((pid_t)pid, 0) == -1 && errno == ESRCH)
		return false;
	now = started(pid) & UINT32_MAX;
	return start == 0 || now == 0 || start == now;
}

static bool
take(struct stats_process *p, uint64_t had, uint64_t id)
{
	if (!stats_swap(&p->id, &had, id))
		return false;
	for (size_t i = 0; i < STATS_SCOPES; i++)
		stats_store(&p->open[i], 0);
	return true;
}

/* A free place is found at once; who is dead is asked for only where there is
 * none.  Each begins at another, so that few meet. */
int
stats_process_settle(struct stats_area *area)
{
	uint64_t	 id = stats_process_id(), had;
	size_t		 first = (size_t)(id >> 32), i, at;

	for (i = 0; i < STATS_PROCESSES; i++) {
		at = (first + i) % STATS_PROCESSES;
		if (stats_load(&area->processes[at].id) == 0 &&
		    take(&area->processes[at], 0, id))
			return (int)at;
	}
	for (i = 0; i < STATS_PROCESSES; i++) {
		had = stats_load(&area->processes[i].id);
		if (had != 0 && !stats_process_lives(had) &&
		    take(&area->processes[i], had, id))
			return (int)i;
	}
	return -1;
}
