#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

#include "cli/cmd.h"
#include "http/ip.h"

enum { BACKLOG = 1024 };

/*
 * Whoever reaches a FastCGI port can claim any client address and any
 * logged-in user, and nothing in the protocol stops it: only this host may.
 */
static bool
read_address(const char *text, struct sockaddr_storage *sa, socklen_t *len)
{
	const char	*colon = strrchr(text, ':');
	char		 host[64], *end;
	size_t		 n;
	long		 port;

	if (colon == NULL || colon[1] < '0' || colon[1] > '9')
		return false;
	port = strtol(colon + 1, &end, 10);
	if (*end != '\0' || port < 1 || port > 65535)
		return false;
	n = (size_t)(colon - text);
	if (n > 2 && text[0] == '[' && colon[-1] == ']') {
		text++;
		n -= 2;
	}
	if (n >= sizeof(host))
		return false;
	memcpy(host, text, n);
	host[n] = '\0';
	return ip_literal(host, (int)port, sa, len);
}

static int
listen_tcp(const char *text)
{
	struct sockaddr_storage	 sa;
	socklen_t		 len;
	int			 fd, on = 1;

	if (!read_address(text, &sa, &len)) {
		fprintf(stderr, "viaduct: %s is no address to listen on: "
		    "write 127.0.0.1:9000, [::1]:9000 or /path/to/socket\n",
		    text);
		return -1;
	}
	if (!ip_is_loopback((const struct sockaddr *)&sa)) {
		fprintf(stderr, "viaduct: %s can be reached from other hosts, "
		    "and FastCGI has no authentication: listen on 127.0.0.1, "
		    "[::1] or a socket file\n", text);
		return -1;
	}
	fd = socket(sa.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd == -1 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on,
	    sizeof(on)) != 0 ||
	    bind(fd, (struct sockaddr *)&sa, len) != 0 ||
	    listen(fd, BACKLOG) != 0) {
		fprintf(stderr, "viaduct: cannot listen on %s: %s\n", text,
		    strerror(errno));
		return -1;
	}
	return fd;
}

/* A socket file that nobody answers any more is left over from a process that
 * was killed. */
static bool
is_abandoned(const struct sockaddr_un *sa)
{
	struct stat	 st;
	int		 fd;
	bool		 abandoned;

	if (lstat(sa->sun_path, &st) != 0 || !S_ISSOCK(st.st_mode))
		return false;
	if ((fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) == -1)
		return false;
	abandoned = connect(fd, (const struct sockaddr *)sa, sizeof(*sa)) != 0
	    && errno == ECONNREFUSED;
	close(fd);
	return abandoned;
}

/* The server that connects runs as another user, often of the same group. */
static int
listen_unix(const char *path)
{
	struct sockaddr_un	 sa = { .sun_family = AF_UNIX };
	mode_t			 mask;
	int			 fd, rc;

	if (strlen(path) >= sizeof(sa.sun_path)) {
		fprintf(stderr, "viaduct: the name of a socket file has at "
		    "most %zu bytes: %s\n", sizeof(sa.sun_path) - 1, path);
		return -1;
	}
	memcpy(sa.sun_path, path, strlen(path));
	if (is_abandoned(&sa))
		unlink(path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	mask = umask(0117);
	rc = fd == -1 ? -1 : bind(fd, (struct sockaddr *)&sa, sizeof(sa));
	umask(mask);
	if (rc != 0 || listen(fd, BACKLOG) != 0) {
		fprintf(stderr, "viaduct: cannot listen on %s: %s\n", path,
		    strerror(errno));
		return -1;
	}
	return fd;
}

int
cmd_listen(int argc, char **argv)
{
	const char	*settings = NULL, *address;
	int		 c, fd, status;

	while ((c = getopt(argc, argv, "c:")) != -1) {
		if (c != 'c')
			return EX_USAGE;
		settings = optarg;
	}
	if (optind != argc - 1) {
		fprintf(stderr, "usage: viaduct listen [-c FILE] ADDRESS\n");
		return EX_USAGE;
	}
	address = argv[optind];
	fd = strchr(address, '/') != NULL ? listen_unix(address) :
	    listen_tcp(address);
	if (fd == -1)
		return EX_UNAVAILABLE;
	status = serve_socket(settings, fd, 0);
	if (strchr(address, '/') != NULL)
		unlink(address);
	return status;
}
