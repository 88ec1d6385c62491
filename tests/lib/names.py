"""Name servers and a piece of the public internet, for tests that may not ask
either: a library before libc's.

It takes every name from a file, which says what names have been asked for, and
leads what goes to PUBLIC, ports 80 and 443, to the stand-in for targets.  So
the program under test sees a public address, and nothing leaves the machine.
"""
import os
import shlex
import subprocess

PUBLIC = "30.0.0.1"                     # of a block that is not in use
SOURCE = r"""
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define REAL(type, name) (*(type *)&(void *){ dlsym(RTLD_NEXT, name) })
typedef int	 resolve(const char *, const char *, const struct addrinfo *,
		    struct addrinfo **);
typedef int	 address(int, struct sockaddr *, socklen_t *);
typedef int	 reach(int, const struct sockaddr *, socklen_t);

int
getaddrinfo(const char *name, const char *service,
    const struct addrinfo *hints, struct addrinfo **all)
{
	resolve		 *real = REAL(resolve *, "getaddrinfo");
	struct addrinfo	  h = hints != NULL ? *hints : (struct addrinfo){ 0 };
	struct addrinfo	**end = all;
	char		  line[400], *known;
	FILE		 *f;

	if (name == NULL || getenv("NAMES") == NULL)
		return real(name, service, hints, all);
	if ((f = fopen(getenv("ASKED"), "a")) != NULL) {
		fprintf(f, "%s\n", name);
		fclose(f);
	}
	*all = NULL;
	h.ai_flags |= AI_NUMERICHOST;
	if ((f = fopen(getenv("NAMES"), "r")) == NULL)
		return EAI_FAIL;
	while (fgets(line, sizeof(line), f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if ((known = strchr(line, ' ')) == NULL)
			continue;
		*known++ = '\0';
		if (strcmp(known, name) == 0 &&
		    real(line, service, &h, end) == 0)
			while (*end != NULL)
				end = &(*end)->ai_next;
	}
	fclose(f);
	return *all != NULL ? 0 : EAI_NONAME;
}

static int
port(const char *variable)
{
	return getenv(variable) != NULL ? atoi(getenv(variable)) : 0;
}

int
connect(int fd, const struct sockaddr *to, socklen_t len)
{
	struct sockaddr_in	 in;

	if (to->sa_family == AF_INET) {
		memcpy(&in, to, sizeof(in));
		if (in.sin_addr.s_addr == inet_addr(PUBLIC)) {
			in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
			in.sin_port = htons(port(in.sin_port == htons(443) ?
			    "HTTPS_PORT" : "HTTP_PORT"));
			to = (const struct sockaddr *)&in;
		}
		return REAL(reach *, "connect")(fd, to, sizeof(in));
	}
	return REAL(reach *, "connect")(fd, to, len);
}

int
getpeername(int fd, struct sockaddr *sa, socklen_t *len)
{
	struct sockaddr_in	*in = (struct sockaddr_in *)sa;
	int			 rc = REAL(address *, "getpeername")(fd, sa,
				    len);

	if (rc == 0 && sa->sa_family == AF_INET && getenv("NAMES") != NULL &&
	    (in->sin_port == htons(port("HTTP_PORT")) ||
	    in->sin_port == htons(port("HTTPS_PORT")))) {
		in->sin_port = htons(in->sin_port == htons(port(
		    "HTTPS_PORT")) ? 443 : 80);
		in->sin_addr.s_addr = inet_addr(PUBLIC);
	}
	return rc;
}
"""


class Names:
    def __init__(self, tree, origin):
        self.tree = tree
        source = tree.write("names.c", SOURCE)
        made = tree.at("names.so")
        subprocess.run([*shlex.split(os.environ.get("CC") or "cc"), "-shared",
                        "-fPIC", "-DPUBLIC=\"%s\"" % PUBLIC, "-o", made,
                        source, "-ldl"], check=True)
        self.environment = {
            "LD_PRELOAD": made, "NAMES": tree.at("names"),
            "ASKED": tree.at("asked"),
            "HTTP_PORT": str(origin.ports["http"]),
            "HTTPS_PORT": str(origin.ports.get("https", 0)),
            "ASAN_OPTIONS": "verify_asan_link_order=0:"
            + os.environ.get("ASAN_OPTIONS", "")}
        self.known = {}

    def know(self, **names):
        """name -> addresses; dots are written as _ here."""
        for name, addresses in names.items():
            self.known[name.replace("_", ".")] = addresses
        self.tree.write("names", "".join(
            "%s %s\n" % (address, name)
            for name, addresses in self.known.items()
            for address in addresses.split()))

    def asked(self):
        """Which names have been asked for since the last time."""
        found = self.tree.read("asked").split()
        self.tree.write("asked", "")
        return found
