#ifndef VIADUCT_CLI_CMD_H
#define VIADUCT_CLI_CMD_H

/*
 * The commands.  argv[0] is the command with the program's name; each reads its own options, -c
 * FILE among them, and returns an exit status (sysexits.h where one fits).
 */
int	cmd_init(int argc, char **argv);
int	cmd_check(int argc, char **argv);
int	cmd_explain(int argc, char **argv);
int	cmd_key(int argc, char **argv);
int	cmd_listen(int argc, char **argv);
int	cmd_status(int argc, char **argv);

/* What must stand before anything is fetched: the library's start, the
 * environment's variables taken out.  0, or -1 when it has said why not. */
int	start_fetching(void);

/* Serve on a listening socket, and what must stand before: the libraries'
 * start, the environment's variables taken out.  An exit status. */
int	serve_socket(const char *settings, int listen_fd, int spawned);

#endif
