/*
 * The floor: a FastCGI program that does nothing but accept, ask and copy.
 *
 *	BARE_THREADS	how many threads, each with a connection of its own
 *	BARE_PLAIN	the URL that stands for SCRIPT_NAME/plain; without it
 *			each request is told "hello" instead
 *	BARE_TLS	the one for SCRIPT_NAME/tls
 *	BARE_CA		the file of certificates to trust
 *
 * It judges nothing and is of use to nobody else.  An answer that the target
 * refuses is a 502, so that a measurement sees it.
 */
#include <stdbool.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <curl/curl.h>
#include <fcgiapp.h>

enum { THREADS_MAX = 2048, URL_MAX_BYTES = 4096, HEAD_MAX_BYTES = 1024,
    STACK_BYTES = 128 * 1024 };

static const char	*plain, *tls, *trusted;

static void
begin(FCGX_Request *r, long status, const char *type)
{
	char	head[HEAD_MAX_BYTES];
	int	length;

	length = snprintf(head, sizeof(head),
	    "Status: %ld\r\nContent-Type: %s\r\n"
	    "Access-Control-Allow-Origin: *\r\n\r\n", status, type);
	FCGX_PutStr(head, length, r->out);
}

/* One answer on its way through. */
struct copy {
	FCGX_Request	*r;
	CURL		*curl;
	bool		 begun;
};

static size_t
copy_out(char *data, size_t one, size_t length, void *arg)
{
	struct copy	*copy = arg;
	char		*type = NULL;
	long		 status = 0;

	(void)one;
	if (!copy->begun) {
		curl_easy_getinfo(copy->curl, CURLINFO_RESPONSE_CODE, &status);
		curl_easy_getinfo(copy->curl, CURLINFO_CONTENT_TYPE, &type);
		begin(copy->r, status, type != NULL ? type : "text/plain");
		copy->begun = true;
	}
	FCGX_PutStr(data, (int)length, copy->r->out);
	return length;
}

static size_t
copy_in(char *data, size_t one, size_t length, void *arg)
{
	struct copy	*copy = arg;
	int		 got;

	got = FCGX_GetStr(data, (int)(one * length), copy->r->in);
	return got < 0 ? CURL_READFUNC_ABORT : (size_t)got;
}

static CURL *
handle(void)
{
	CURL	*curl;

	if ((curl = curl_easy_init()) == NULL)
		return NULL;
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &copy_out);
	curl_easy_setopt(curl, CURLOPT_READFUNCTION, &copy_in);
	curl_easy_setopt(curl, CURLOPT_BUFFERSIZE, (long)CURL_MAX_READ_SIZE);
	curl_easy_setopt(curl, CURLOPT_CAINFO, trusted);
	return curl;
}

static const char *
variable(const FCGX_Request *r, const char *name)
{
	const char	*value = FCGX_GetParam(name, r->envp);

	return value != NULL ? value : "";
}

static void
make_url(const FCGX_Request *r, char *url)
{
	const char	*rest = variable(r, "REQUEST_URI") +
	    strlen(variable(r, "SCRIPT_NAME"));
	bool		 secure = strncmp(rest, "/tls/", 5) == 0;

	snprintf(url, URL_MAX_BYTES, "%s%s", secure ? tls : plain,
	    rest + (secure ? strlen("/tls") : strlen("/plain")));
}

static void
relay(FCGX_Request *r, CURL *curl)
{
	struct copy		 copy = { .r = r, .curl = curl };
	struct curl_slist	*fields = NULL;
	char			 url[URL_MAX_BYTES];
	bool			 post;

	post = strcmp(variable(r, "REQUEST_METHOD"), "POST") == 0;
	make_url(r, url);
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &copy);
	curl_easy_setopt(curl, CURLOPT_READDATA, &copy);
	if (post) {
		curl_easy_setopt(curl, CURLOPT_POST, 1L);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
		    (curl_off_t)atoll(variable(r, "CONTENT_LENGTH")));
		fields = curl_slist_append(fields, "Expect:");
	} else
		curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, fields);
	if (curl_easy_perform(curl) != CURLE_OK && !copy.begun)
		begin(r, 502, "text/plain");
	curl_slist_free_all(fields);
}

static void *
serve(void *arg)
{
	FCGX_Request	 r;
	CURL		*curl = NULL;

	(void)arg;
	if (FCGX_InitRequest(&r, STDIN_FILENO, 0) != 0)
		return NULL;
	if (plain != NULL && (curl = handle()) == NULL)
		return NULL;
	while (FCGX_Accept_r(&r) == 0) {
		if (plain != NULL) {
			relay(&r, curl);
			continue;
		}
		begin(&r, 200, "text/plain");
		FCGX_PutS("hello\n", r.out);
	}
	curl_easy_cleanup(curl);
	return NULL;
}

int
main(void)
{
	pthread_attr_t	 attr;
	pthread_t	 threads[THREADS_MAX];
	const char	*wanted = getenv("BARE_THREADS");
	int		 n, count = wanted != NULL ? atoi(wanted) : 16;

	plain = getenv("BARE_PLAIN");
	tls = getenv("BARE_TLS");
	trusted = getenv("BARE_CA");
	if (count < 1 || count > THREADS_MAX || FCGX_Init() != 0 ||
	    curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		fprintf(stderr, "bare: cannot begin\n");
		return 1;
	}
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	for (n = 0; n < count; n++)
		if (pthread_create(&threads[n], &attr, &serve, NULL) != 0)
			break;
	while (n > 0)
		pthread_join(threads[--n], NULL);
	return 0;
}
