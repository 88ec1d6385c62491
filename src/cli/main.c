#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "cli/cmd.h"
#include "serve/worker.h"
#include "store/app.h"
#include "store/log.h"
#include "upstream/fetch.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "unknown"
#endif

static int	cmd_help(int, char **);
static int	cmd_version(int, char **);

static const struct command {
	const char	*name;
	int		(*run)(int argc, char **argv);
	/* A line for each way to call it; one that begins with a blank goes on
	 * with the line before. */
	const char	*arguments;
	const char	*help;
} commands[] = {
	{ "init", cmd_init, "[-s] [FOLDER]",
	    "make viaduct.ini, routes.db, state/ in FOLDER (-s: and samples)"
	    },
	{ "check", cmd_check, "[-c FILE] [--probe] [--json]",
	    "say all that is wrong with settings, routes, --probe: and targets"
	    },
	{ "explain", cmd_explain, "[-c FILE] [--json] [-X METHOD] "
	    "[-o ORIGIN]\n [-H FIELD]... PATH",
	    "say what would become of such a request, and what would change "
	    "it" },
	{ "key", cmd_key,
	    "[-c FILE] add NAME [--routes A,B] [--expires DATE]\n"
	    "[-c FILE] list\n[-c FILE] revoke NAME",
	    "make a key for callers, list all of them, revoke one" },
	{ "listen", cmd_listen, "[-c FILE] ADDRESS",
	    "serve FastCGI on 127.0.0.1:9000, [::1]:9000 or /path/to/socket"
	    },
	{ "status", cmd_status, "[-c FILE] [--json]",
	    "what became of all requests: how many, how long, what is open" },
	{ "help", cmd_help, "[COMMAND]", "say how to call it" },
	{ "--version", cmd_version, "", "print the version" },
};
enum { N_COMMANDS = sizeof(commands) / sizeof(commands[0]) };

extern char	**environ;

static void
print_command(FILE *to, const struct command *c)
{
	const char	*line = c->arguments;
	size_t		 len;

	do {
		len = strcspn(line, "\n");
		if (line[0] == ' ')
			fprintf(to, "          %.*s\n", (int)len, line);
		else
			fprintf(to, "  viaduct %s%s%.*s\n", c->name,
			    len > 0 ? " " : "", (int)len, line);
		line += len + 1;
	} while (line[-1] != '\0');
	fprintf(to, "      %s\n", c->help);
}

static void
usage(FILE *to)
{
	size_t	 i;

	fprintf(to, "viaduct, a CORS gateway: a web server starts it as "
	    "FastCGI or CGI, or:\n\n");
	for (i = 0; i < N_COMMANDS; i++)
		print_command(to, &commands[i]);
	fprintf(to, "\nSettings: -c FILE (before or behind the command), "
	    "else $VIADUCT_CONFIG,\nelse "
	    "viaduct.ini beside the program, else\n"
	    SYSCONFDIR "/viaduct/viaduct.ini\n"
	    "See viaduct(1), viaduct.conf(5).\n");
}

static const struct command *
find(const char *name)
{
	size_t	 i;

	for (i = 0; i < N_COMMANDS; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

static int
cmd_help(int argc, char **argv)
{
	const struct command	*c = NULL;

	if (argc < 2) {
		usage(stdout);
		return 0;
	}
	if ((c = find(argv[1])) == NULL) {
		fprintf(stderr, "viaduct: there is no command %s; "
		    "`viaduct help' lists them\n", argv[1]);
		return EX_USAGE;
	}
	print_command(stdout, c);
	return 0;
}

static int
cmd_version(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	printf("viaduct %s\n", PACKAGE_VERSION);
	return 0;
}

/*
 * A web server hands request header fields on as HTTP_*: HTTP_PROXY is a
 * client's word (httpoxy).  The others move traffic, keys or names elsewhere.
 */
static void
clean_environment(void)
{
	static const char *const	 names[] = {
		"http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY",
		"all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY", "ftp_proxy",
		"FTP_PROXY", "CURL_HOME", "SSLKEYLOGFILE", "NETRC",
		"RES_OPTIONS", "LOCALDOMAIN", "HOSTALIASES",
	};
	size_t				 i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unsetenv(names[i]);
}

int
start_fetching(void)
{
	char	 why[256];
	int	 failed;

	clean_environment();
	signal(SIGPIPE, SIG_IGN);
	failed = fetch_start(why);
	if (why[0] != '\0')
		fprintf(stderr, "viaduct: %s\n", why);
	return failed ? -1 : 0;
}

static struct app *
start(const char *settings)
{
	struct app	*app;

	umask(077);
	/* A file that may grow no more is a write that fails, as a full disk
	 * is, and not the end. */
	signal(SIGXFSZ, SIG_IGN);
	if (start_fetching() == -1)
		return NULL;
	if ((app = app_open(settings)) == NULL)
		fprintf(stderr, "viaduct: no memory to start with\n");
	return app;
}

int
serve_socket(const char *settings, int listen_fd, int spawned)
{
	struct app	*app = start(settings);
	int		 status;

	if (app == NULL)
		return EX_OSERR;
	status = worker_run(app, listen_fd, spawned);
	app_close(app);
	return status;
}

static int
serve_cgi(void)
{
	struct app	*app = start(NULL);
	int		 status;

	if (app == NULL)
		return EX_OSERR;
	status = worker_cgi(app, environ);
	app_close(app);
	return status;
}

static int
is_listening(int fd)
{
	int		 on = 0;
	socklen_t	 len = sizeof(on);

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &on, &len) == 0 && on;
}

static bool
asks_for_help(const char *word)
{
	return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

/* Its name is what getopt(3) begins its complaints with. */
static int
run(const struct command *c, int argc, char **argv)
{
	char	 name[32];

	if (argc > 1 && asks_for_help(argv[1])) {
		print_command(stdout, c);
		return 0;
	}
	snprintf(name, sizeof(name), "viaduct %s", c->name);
	argv[0] = name;
	return c->run(argc, argv);
}

/*
 * CGI comes first, and without a look at the arguments: a web server passes a
 * query without "=" as such, so that ?listen would else be a command.
 */
int
main(int argc, char **argv)
{
	const struct command	*c;

	if (getenv("GATEWAY_INTERFACE") != NULL &&
	    getenv("REQUEST_METHOD") != NULL)
		return serve_cgi();
	if (argc >= 3 && strcmp(argv[1], "-c") == 0) {
		setenv("VIADUCT_CONFIG", argv[2], 1);
		argc -= 2;
		argv += 2;
	}
	if (argc == 1 && is_listening(STDIN_FILENO))
		return serve_socket(NULL, STDIN_FILENO, 1);
	if (argc == 1) {
		usage(stderr);
		return EX_USAGE;
	}
	if (asks_for_help(argv[1]))
		return cmd_help(1, argv);
	if ((c = find(argv[1])) != NULL)
		return run(c, argc - 1, argv + 1);
	fprintf(stderr, "viaduct: there is no command %s; `viaduct help' "
	    "lists them\n", argv[1]);
	return EX_USAGE;
}
