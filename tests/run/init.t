#!/bin/sh
# viaduct init: what it makes, for whom, and that it overwrites nothing.

. "${srcdir:=.}/tests/tap.sh"
: "${VIADUCT:=./viaduct}"
need sqlite3
tempdir

mode() {
	stat -c %a "$1"
}
init() {
	"$VIADUCT" init "$@"
}

umask 0
ok "makes a new folder"	init "$dir/new"
umask 022
is "... for its owner alone"		"$(mode "$dir/new")" 700
is "... with settings for its owner"	"$(mode "$dir/new/viaduct.ini")" 600
is "... with a database for its owner"	"$(mode "$dir/new/routes.db")" 600
is "... with state/ for its owner"	"$(mode "$dir/new/state")" 700
ok "the settings are those of etc/"	cmp "$dir/new/viaduct.ini" "$srcdir/etc/viaduct.ini"
is "the database has no routes"		"$(sqlite3 "$dir/new/routes.db" 'SELECT count(*) FROM routes')" 0
ok "check finds no problem in it"	"$VIADUCT" check -c "$dir/new/viaduct.ini"

echo '; mine' >>"$dir/new/viaduct.ini"
sqlite3 "$dir/new/routes.db" \
    "INSERT INTO routes(name, url) VALUES ('mine', 'https://a.example')"
cp -p "$dir/new/viaduct.ini" "$dir/ini"
init -s "$dir/new" >"$dir/out"
is "a second time succeeds"	$? 0
ok "... says what it kept"	has "^kept .*/viaduct.ini" "$dir/out"
ok "... and the database"	has "^kept .*/routes.db" "$dir/out"
ok "... leaves the settings"	cmp "$dir/ini" "$dir/new/viaduct.ini"
is "... and the routes"		"$(sqlite3 "$dir/new/routes.db" 'SELECT name FROM routes')" mine

rm "$dir/new/viaduct.ini"
ok "makes what is missing"	init "$dir/new"
ok "... the settings"		test -s "$dir/new/viaduct.ini"
is "... and keeps the rest"	"$(sqlite3 "$dir/new/routes.db" 'SELECT name FROM routes')" mine

mkdir "$dir/here"
here() {
	(cd "$dir/here" && case $VIADUCT in
	/*)	"$VIADUCT" init ;;
	*)	"$OLDPWD/$VIADUCT" init ;;
	esac)
}
ok "without a folder: here"	here
ok "... the settings"		test -s "$dir/here/viaduct.ini"

ok "with samples"		init -s "$dir/samples"
is "... which are off"		"$(sqlite3 "$dir/samples/routes.db" 'SELECT count(*), sum(enabled) FROM routes')" '3|0'

echo taken >"$dir/file"
fails "a file is no folder"	init "$dir/file"
is "... and stays"		"$(cat "$dir/file")" taken
mkdir "$dir/odd"
echo taken >"$dir/odd/state"
fails "a file called state is no folder"	init "$dir/odd"
mkdir "$dir/links"
ln -s "$dir/elsewhere" "$dir/links/viaduct.ini"
init "$dir/links" >/dev/null 2>&1
fails "a link is not written through"	test -e "$dir/elsewhere"
fails "a folder in a folder that is not there"	init "$dir/no/where"
init -x >/dev/null 2>&1
is "an unknown option is a usage error"	$? 64
init a b >/dev/null 2>&1
is "two folders are a usage error"	$? 64

done_testing
