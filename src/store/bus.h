#ifndef VIADUCT_STORE_BUS_H
#define VIADUCT_STORE_BUS_H

#include <stdbool.h>

/* To be called once before, by the process: from then on it takes the
 * signal. */
void	 bus_watch(void);

/*
 * Run this on memory that a file backs.  False when the system had no page to
 * give for it (SIGBUS): the file was cut short, or its disk has no room for a
 * copy, as file systems make that never write in place.  It is then left where
 * it stood: it must hold nothing.  Any thread may call, none inside of it.
 */
bool	 bus_safe(void (*touch)(void *), void *arg);

#endif
