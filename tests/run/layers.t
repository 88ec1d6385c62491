#!/bin/sh
# Includes go one way through the folders of src/, and each library is known to
# the files that src/LAYERS names only.

. "${srcdir:=.}/tests/tap.sh"
tempdir
tool=$srcdir/tests/tool/layers
ok "src/ keeps to src/LAYERS" "$tool" "$srcdir/src"

# The check itself, on a folder that begins with these layers.
plant() {
	rm -rf "$dir/src" && mkdir -p "$dir/src/$(dirname "$1")" && {
		echo '# a comment'
		echo 'core'
		echo 'http		ip:netinet/in.h'
		echo 'store	conf:ini.h routes:sqlite3.h rows.h:sqlite3.h'
		echo 'cli		cmd_init:sqlite3.h'
	} >"$dir/src/LAYERS" && printf '%s\n' "$2" >"$dir/src/$1"
}
finds() {
	plant "$1" "$2" && fails "finds in $1: $2" "$tool" "$dir/src"
}
passes() {
	plant "$1" "$2" && ok "passes in $1: $2" "$tool" "$dir/src"
}

finds	http/url.c	'#include "store/conf.h"'
finds	core/buf.h	'#  include "http/url.h"'
finds	http/url.c	'#include "cors.h"'
finds	http/url.c	'#include "elsewhere/cors.h"'
finds	other/url.c	'#include <stdio.h>'
finds	store/app.c	'#include <sqlite3.h>'
finds	store/conference.c '#include <ini.h>'
finds	http/conf.c	'#include <ini.h>'
finds	http/url.c	'#include <netinet/in.h>'
finds	store/conf.h	'#include <ini.h>'
finds	core/buf.h	'#include <curl/curl.h>'
finds	store/rows.c	'#include <sqlite3.h>'
passes	store/rows.h	'#include <sqlite3.h>'
passes	http/url.c	'#include "http/cors.h"'
passes	store/conf.c	'#include "core/buf.h"'
passes	store/conf_file.c '#include <ini.h>'
passes	http/ip.h	'#include <netinet/in.h>'
passes	cli/cmd_init.c	'#include <sqlite3.h>'
passes	core/buf.c	'/* #include "cli/cmd.h" */'
fails "cannot look without LAYERS" "$tool" "$dir/src/core"

done_testing
