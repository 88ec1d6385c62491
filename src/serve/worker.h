#ifndef VIADUCT_SERVE_WORKER_H
#define VIADUCT_SERVE_WORKER_H

struct app;

/* Serve FastCGI connections from a listening socket until SIGTERM, SIGINT or
 * SIGUSR1; then finish what is under way, for at most 5 s.  `spawned': the web
 * server started us (its socket is descriptor 0).  An exit status. */
int	worker_run(struct app *, int listen_fd, int spawned);
/* One CGI request.  An exit status. */
int	worker_cgi(struct app *, char **vars);

#endif
