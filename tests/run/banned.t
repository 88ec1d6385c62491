#!/bin/sh
# The functions that the house does not allow are nowhere in src/.

. "${srcdir:=.}/tests/tap.sh"
tempdir
tool=$srcdir/tests/tool/banned
ok "src/ uses nothing that is banned" "$tool" "$srcdir/src"

# The check itself: plant FILE with a LINE, and it must say so.
plant() {
	rm -rf "$dir/src" && mkdir -p "$dir/src/$(dirname "$1")" &&
	    printf '%s\n' "$2" >"$dir/src/$1"
}
finds() {
	plant "$1" "$2" && fails "finds in $1: $2" "$tool" "$dir/src"
}
passes() {
	plant "$1" "$2" && ok "passes in $1: $2" "$tool" "$dir/src"
}

finds	http/url.c	'	sprintf(line, "%d", n);'
finds	http/url.c	'	strcpy(a, b); /* short */'
finds	http/url.c	'/* a */ n = atoi(s);'
finds	core/buf.h	'#define copy strcat'
finds	serve/serve.c	'	p = (getenv)("HOME");'
finds	cli/cmd_check.c	'	s = getenv("HOME");'
finds	upstream/guard.c '	getaddrinfo(host, NULL, NULL, &list);'
finds	store/routes.c	'	sqlite3_exec(db, sql, NULL, NULL, NULL);'
finds	store/routes.c	'	puts("\""); regcomp(&re, text, 0);'
finds	core/buf.h	'typedef struct buf buf_t;'
passes	http/url.c	'/* unlike sprintf, */ snprintf(line, 9, "atoi");'
passes	http/url.c	'	q = '\''"'\''; /* strcpy( */ my_strcpy(a);'
passes	store/conf.c	'	s = getenv("VIADUCT_CONFIG");'
passes	store/conf_file.c '	s = getenv("VIADUCT_CONFIG");'
passes	client/io_cgi.c	'	s = getenv("PATH_INFO");'
passes	cli/main.c	'	s = getenv("REQUEST_METHOD");'
passes	store/rows_db.c	'	sqlite3_exec(db, sql, NULL, NULL, NULL);'

done_testing
