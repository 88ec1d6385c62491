/*
 * ipclass: reads addresses, one per line, and writes for each the tier that
 * ip_tier() gives it: ok, P, N or M, as in tests/data/addresses.txt; "?" for
 * what is no address.
 */
#include <stdio.h>
#include <string.h>

#include "http/ip.h"

int
main(void)
{
	static const char *const words[] = { [IP_PUBLIC] = "ok",
		[IP_PRIVATE] = "P", [IP_NEVER] = "N", [IP_METADATA] = "M" };
	struct sockaddr_storage	 sa;
	socklen_t		 len;
	char			 line[128];

	while (fgets(line, sizeof line, stdin) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		puts(ip_literal(line, 80, &sa, &len) ?
		    words[ip_tier((struct sockaddr *)&sa, len)] : "?");
	}
	return ferror(stdin) || fflush(stdout) != 0;
}
