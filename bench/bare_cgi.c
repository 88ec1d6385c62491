/*
 * The floor as CGI: a program that does nothing but ask and copy.  BARE_PLAIN
 * and BARE_CA as in bare.c; no other library than libcurl is loaded.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

enum { URL_MAX_BYTES = 4096 };

static bool	begun;

static size_t
copy_out(char *data, size_t one, size_t length, void *curl)
{
	long	status = 0;

	if (!begun) {
		curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
		printf("Status: %ld\r\nContent-Type: text/plain\r\n"
		    "Access-Control-Allow-Origin: *\r\n\r\n", status);
		begun = true;
	}
	return fwrite(data, one, length, stdout);
}

int
main(void)
{
	const char	*target = getenv("BARE_PLAIN");
	const char	*uri = getenv("REQUEST_URI");
	const char	*script = getenv("SCRIPT_NAME");
	char		 url[URL_MAX_BYTES];
	CURL		*curl;

	if (target == NULL || uri == NULL || script == NULL ||
	    (curl = curl_easy_init()) == NULL)
		return 1;
	snprintf(url, sizeof(url), "%s%s", target,
	    uri + strlen(script) + strlen("/plain"));
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_CAINFO, getenv("BARE_CA"));
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &copy_out);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, curl);
	if (curl_easy_perform(curl) != CURLE_OK && !begun)
		printf("Status: 502\r\nContent-Type: text/plain\r\n\r\n");
	curl_easy_cleanup(curl);
	return fflush(stdout) != 0;
}
