#ifndef VIADUCT_CLI_SETTINGS_H
#define VIADUCT_CLI_SETTINGS_H

struct arena;
struct conf;

/*
 * The settings for a command: `given' is its -c FILE, or NULL.  0, or EX_CONFIG
 * with what is wrong told on standard error; `command' begins the line.
 */
int	 settings_read(struct conf *, struct arena *, const char *given,
	    const char *command);

#endif
