#!/bin/sh
# viaduct check: each thing that can be wrong, said with its place, and the exit
# status.

. "${srcdir:=.}/tests/tap.sh"
: "${VIADUCT:=./viaduct}"
need sqlite3
tempdir
ini=$dir/g/viaduct.ini
db=$dir/g/routes.db

fresh() {			# a sound gateway with one sound route
	rm -rf "$dir/g"
	"$VIADUCT" init "$dir/g" >/dev/null
	sqlite3 "$db" "INSERT INTO routes(name, url, allow_origins) VALUES
	    ('a', 'https://a.example/', 'https://p.example')"
}
check() {
	"$VIADUCT" check -c "$ini" "$@" >"$dir/out" 2>&1
}
set_to() {			# set_to KEY VALUE: in the INI's line of KEY
	sed "s|^$1 =.*|$1 = $2|" "$ini" >"$dir/ini" && cat "$dir/ini" >"$ini"
}
line_of() {
	grep -n "^$1 =" "$ini" | head -n 1 | cut -d: -f1
}
sql() {
	sqlite3 "$db" "$1"
}
# says STATUS REGEX WHAT: check exits so, and a line matches
says() {
	check
	is "$3: status $1" $? "$1"
	ok "... $2" has "$2" "$dir/out"
}

fresh
check
is	"a sound gateway: status 0" $? 0
ok	"... says so" has '^sound$' "$dir/out"

# the settings
set_to threads none
says 1 "^$ini:$(line_of threads): \[server\] threads: must be" "a bad value"
set_to request_timeout -1
says 1 "^$ini:$(line_of threads): " "two bad values: the one"
ok "... and the other" has "^$ini:$(line_of request_timeout): " "$dir/out"
ok "... are counted" has '^2 problems, 0 warnings$' "$dir/out"
fresh
set_to pages pages
says 1 "^${ini%/*}/pages: is no folder: make it" "templates that are nowhere"
mkdir "${ini%/*}/pages"
check
ok "... or missing" has '^sound$' "$dir/out"
printf '%s\n' '{{message}}' '{{nothing}} {{request_id}}' '<p {{rule}}>' \
    >"${ini%/*}/pages/error.html"
says 1 "^${ini%/*}/pages/error.html:2: there is no {{nothing}}; there are: app_name" \
    "a template with a name that is none"
ok "... and another mistake" has \
    "^${ini%/*}/pages/error.html:3: a value in a tag needs quotes" "$dir/out"
echo 'sorry' >"${ini%/*}/pages/error.html"
says 0 "^${ini%/*}/pages/error.html: warning: .*: put {{message}} into it" \
    "one that says nothing"
ok "... nor which request" has "put {{request_id}} into it" "$dir/out"
chmod 620 "${ini%/*}/pages/error.html"
says 1 "^${ini%/*}/pages/error.html: may be written by others" \
    "one that others may write"
rm -r "${ini%/*}/pages"
fresh
chmod 666 "$ini"
says 1 "^$ini: may be written by others" "settings that all may write"
fresh
set_to outbound_proxy http://me:pw@127.0.0.1:3128
chmod 644 "$ini"
says 0 "^$ini:$(line_of outbound_proxy): warning: others may read" \
    "a password that all may read"
fresh
set_to trusted_proxies '10.0.0.1 ::/0'
says 0 "^$ini: warning: trusted_proxies holds every address" "anybody a proxy"
fresh
set_to verify_tls no
says 0 "^$ini: warning: verify_tls is off" "verify_tls = no"
fresh
set_to allow_origins 'https://*.github.io http://p.example'
says 0 "^$ini: warning: .*https://\*.github.io" "a shared suffix"
ok "... and an origin without TLS" has 'http://p.example' "$dir/out"
fresh
set_to allow_origins http://localhost:8080
says 0 '^sound$' "localhost needs no TLS"

# whole URLs
fresh
set_to targets listed
says 1 "^$ini:$(line_of targets): \[routes\] targets: listed needs hosts" \
    "listed without a list"
set_to target_hosts 'a.example *.b.example'
set_to allow_origins https://p.example
says 0 '^sound$' "with one"
set_to target_hosts 'a.example ftp://b.example'
says 1 "^$ini:$(line_of target_hosts): \[routes\] target_hosts: has 'ftp://b" \
    "a host that is none"
set_to target_hosts '10.0.0.5:8080 a.example'
says 0 "^$ini: warning: target_hosts: the address 10.0.0.5:8080 is not pub" \
    "a private address that is not opened"
set_to allow_private 10.0.0.5/32
says 0 "^$ini: warning: target_hosts: what it names in full may have a priv" \
    "one that is"
ok "... opened" lacks 'is not public' "$dir/out"
set_to target_hosts '*.b.example'
check
ok "a pattern opens nothing" lacks 'may have a private' "$dir/out"
set_to cookies isolate
says 0 "^$ini: warning: targets: cookies and render hold for routes alone" \
    "cookies of whole URLs"
set_to cookies drop
set_to cors target
says 0 "^$ini: warning: targets with cors = target: any page may ask" \
    "whole URLs for every page"
set_to access key
check
ok "... but who has a key" lacks 'cors = target' "$dir/out"
set_to access open
set_to cors own
set_to allow_origins ''
says 0 "^$ini: warning: targets: no page may ask" "whole URLs for nobody"
fresh
set_to targets any
says 1 "^$ini:$(line_of targets): \[routes\] targets: any would be an open" \
    "any, for everybody"
set_to allow_origins https://p.example
says 0 "^$ini: warning: targets = any: who may call can reach every" "any"
set_to rate_limit 0
says 1 "^$ini:$(line_of targets): \[routes\] targets: any needs a limit" \
    "any, as often as one likes"
set_to rate_limit 1/s
set_to remote_url https://r.example/
says 1 "^$ini:$(line_of targets): .*remote_url takes every" "and remote_url"
set_to remote_url ''
set_to outbound_proxy http://p.example:3128
says 1 "^$ini:$(line_of targets): .*behind outbound_proxy" "and a proxy"
fresh
set_to targets listed
set_to target_hosts a.example
set_to allow_origins https://p.example
sql "INSERT INTO routes(name, url) VALUES ('*', 'https://s.example/')"
says 1 "^routes/\*: it takes every request" "and a route *"

# files and folders
fresh
rmdir "$dir/g/state"
says 1 "^$dir/g/state: .*make this folder" "no state folder"
fresh
chmod 777 "$dir/g/state"
says 1 "^$dir/g/state: others may write" "a state folder of all"
fresh
: >"$dir/g/state/shm.v1"
says 0 "^$dir/g/state/shm.v1: warning: is not of the right size: the next" \
    "no counters"
chmod 620 "$dir/g/state/shm.v1"
says 0 "^$dir/g/state/shm.v1: warning: may be written by others: the next" \
    "counters of all"
rm "$dir/g/state/shm.v1"
ln -s /dev/null "$dir/g/state/shm.v1"
says 1 "^$dir/g/state/shm.v1: is no file" "counters elsewhere"
fresh
sed "/^\[log\]/,\$ s|^access =.*|access = $dir/nowhere/log|" "$ini" >"$dir/ini"
cat "$dir/ini" >"$ini"
says 1 "^$dir/nowhere/log: the access log cannot" "a log that cannot be"
fresh
for mode in 666 660 602
do
	chmod $mode "$db"
	says 1 "^$db may be written by others" "a database of mode $mode"
done
fresh
chmod 644 "$db"
says 0 '^sound$' "a readable one, without secrets"
sql "INSERT INTO route_headers VALUES ('a', 'request', 'X-Key', 'planted')"
says 0 "^$db: warning: others may read the keys" "... with one in a field"
sql "DELETE FROM route_headers; UPDATE routes SET url = url || '?key=planted'"
says 0 "^$db: warning: others may read the keys.*go-r" "... with one in a URL"
ok "... which is not shown" lacks planted "$dir/out"
chmod 640 "$db"
says 0 "^$db: warning: others may read the keys" "... for a group"
chmod 600 "$db"
says 0 '^sound$' "... for nobody"
fresh
chmod 770 "$dir/g"
says 1 "^$ini: lies in $dir/g, where others may put files" "a folder of others"
chmod 1777 "$dir/g"
says 1 "^$db lies in $dir/g, where others may put files" "... that is sticky"
ok "... keeps the settings" lacks "$ini: lies" "$dir/out"
fresh
mkdir "$dir/all"
chmod 777 "$dir/all"
ln -s "$ini" "$dir/all/viaduct.ini"
"$VIADUCT" check -c "$dir/all/viaduct.ini" >"$dir/out"
is "a link that others may change: status 1" $? 1
ok "... says so" has 'all/viaduct.ini: lies in .*/all, where others' "$dir/out"
fresh
(DOCUMENT_ROOT=$dir && export DOCUMENT_ROOT && check)
is "a document root above it: status 0" $? 0
ok "... is a warning" has "^$ini: warning: lies below $dir, which" "$dir/out"
ok "... for the database" has "^$db: warning: lies below" "$dir/out"
ok "... for state" has "^$dir/g/state: warning: lies below" "$dir/out"
(DOCUMENT_ROOT=$dir/g/st && export DOCUMENT_ROOT && check)
ok "one beside it is none" lacks 'lies below' "$dir/out"
fresh
mkdir "$dir/public_html"
mv "$dir/g" "$dir/public_html/g"
ini=$dir/public_html/g/viaduct.ini
says 0 "^$ini: warning: seems to lie below" "settings that may be fetched"
ok "... and the database" has "routes.db: warning: seems to lie" "$dir/out"
rm -rf "$dir/public_html"
ini=$dir/g/viaduct.ini

# the database
fresh
rm "$db"
says 1 "^$db cannot be opened" "no database"
ok "... is not made" test ! -e "$db"
: >"$db"
says 1 "^$db is empty" "an empty one"
echo 'this is a text and not a database, of more than a hundred bytes, which is
how long the header of a database is, so that SQLite can tell' >"$db"
says 1 "^$db is not an SQLite database" "a text file"
fresh
sql 'PRAGMA user_version = 99'
says 1 "^$db has schema version 99" "one of another version"
fresh
sql 'DELETE FROM routes'
says 0 "^$db: warning: has no enabled route" "one without routes"
set_to targets listed
set_to target_hosts a.example
check
ok "... which whole URLs do not need" lacks 'has no enabled' "$dir/out"

# routes, also those that the triggers would have refused
fresh
sql "DROP TRIGGER routes_update;
    INSERT INTO routes(name, url) VALUES ('b', 'https://b.example/');
    UPDATE routes SET url = 'ftp://b.example/' WHERE name = 'b'"
says 1 "^routes/b: column url" "a bad row"
ok "... and only that" has '^1 problem, 0 warnings$' "$dir/out"
fresh
sql "UPDATE routes SET render = 1"
says 1 "^routes/a: render = yes needs own_origin" "pages without their origin"
sql "UPDATE routes SET own_origin = 'https://gate.example'"
says 0 '^sound$' "... with it"
sql "UPDATE routes SET cookies = 'isolate'"
says 0 '^sound$' "pages need no allow_credentials to log in"
openssl rand -hex 32 >"$dir/g/operator.key" && chmod 600 "$dir/g/operator.key"
set_to operator_key_file operator.key
says 0 "^routes/a: warning: render = yes: .* do not log in here" \
    "pages beside an operator's pass"
set_to operator_key_file ''
sql "UPDATE routes SET require_origin = 1"
says 0 "^routes/a: warning: render = yes with require_origin" "... links do not"
sql "UPDATE routes SET require_origin = 0, access = 'key'"
says 0 "^routes/a: warning: render = yes with access" "nor send they a key"
sql "UPDATE routes SET access = NULL;
    INSERT INTO routes(name, url, enabled) VALUES ('b', 'https://b.example', 0)"
says 0 '^sound$' "a route that is off shares nothing"
sql "UPDATE routes SET enabled = 1 WHERE name = 'b'"
says 0 "^routes/a: warning: render = yes: its pages run" "one that is on does"
ok "... and is not spoken of" lacks "routes/b: .*render" "$dir/out"
fresh
sql "DELETE FROM routes"
set_to remote_url https://site.example
set_to render yes
says 1 "^routes/\*: render = yes needs own_origin" "a whole site by settings"
set_to own_origin https://gate.example
says 0 '^sound$' "... with its origin"
fresh
sql "UPDATE routes SET allow_credentials = 1, allow_origins = NULL"
set_to allow_origins '*'
says 1 "^routes/a: " "a row that contradicts the settings"
fresh
sql "INSERT INTO route_headers VALUES ('a', 'request', 'X-Key', 'planted')"
says 0 '^sound$' "route_headers"
sql "UPDATE routes SET embed = 1"
says 0 "^routes/a: warning: with embed, pages of strangers" \
    "... that an image of strangers could use"
sql "UPDATE routes SET embed = 0;
    INSERT INTO route_headers VALUES
    ('a', 'response', 'x_frame_options', NULL)"
says 0 "^routes/a: warning: route_headers change X-Frame-Options" \
    "what keeps an answer a stranger here is taken away"
sql "DELETE FROM route_headers WHERE direction = 'response';
    DROP TRIGGER route_headers_update; DROP TRIGGER routes_update;
    UPDATE route_headers SET name = 'Host'"
says 1 "^routes/a: route_headers, request Host: this field belongs" \
    "a field that nobody sets"
ok "... whose value is not shown" lacks planted "$dir/out"
sql "UPDATE route_headers SET name = 'X-Key';
    UPDATE routes SET allow_origins = '*'"
says 1 "^routes/a: it has request fields.*lest strangers" \
    "a field that strangers could use"
fresh
sql "UPDATE routes SET verify_tls = 0"
says 0 "^routes/a: warning: verify_tls is off" "verify_tls of a route"
fresh
sql "UPDATE routes SET cookies = 'isolate'"
says 0 "^routes/a: warning: cookies .* allow_credentials" "a login for nobody"
sql "UPDATE routes SET allow_credentials = 1"
says 0 '^sound$' "a login for the page"
sql "UPDATE routes SET own_origin = 'http://gate.example'"
says 0 "^routes/a: warning: cookies .* https alone" "cookies and no https"
sql "UPDATE routes SET own_origin = 'http://gate.example https://gate.example'"
says 0 '^sound$' "... with https"
sql "UPDATE routes SET name = '*', allow_credentials = 0,
    own_origin = 'http://gate.example'"
check
ok "... or on a route that has the host" lacks 'cookies' "$dir/out"
fresh
sql "UPDATE routes SET allow_private = '10.0.0.0/8'"
says 0 "^routes/a: warning: may reach private" "allow_private of a route"
fresh
sql "UPDATE routes SET allow_origins = 'http://p.example'"
says 0 "^routes/a: warning: .*http://p.example" "an origin of a route"
fresh
sql "UPDATE routes SET allow_origins = NULL"
says 0 "^routes/a: warning: no page may read it" "a route for nobody"
fresh
sql "UPDATE routes SET url = 'http://[::1]:8080/'"
says 0 "^routes/a: warning: its address \[::1\] is not public" "a private one"
sql "UPDATE routes SET allow_private = '::1/128'"
check
ok "... opened" lacks 'is not public' "$dir/out"
fresh
sql "UPDATE routes SET ca_file = 'none.pem'"
says 1 "^routes/a: ca_file cannot be read: $dir/g/none.pem" "ca_file"
fresh
sql "UPDATE routes SET enabled = 0, url = 'https://b.example'"
says 0 'has no enabled route' "a route that is off"

# keys
fresh
"$VIADUCT" key -c "$ini" add k --routes a >/dev/null 2>&1
says 0 '^sound$' "a sound key"
chmod 640 "$db"
says 0 "^$db: warning: others may read the keys that it holds: chmod" \
    "keys that others may see"
chmod 600 "$db"
sql "UPDATE api_keys SET expires = '2020-01-01'"
says 0 "^keys/k: warning: has expired" "an expired key"
sql "UPDATE api_keys SET revoked = '2020-01-01'"
says 0 '^sound$' "a revoked one is no news"
sql "UPDATE api_keys SET expires = NULL, revoked = NULL, routes = 'a b https'"
says 0 "^keys/k: warning: is for the route b, which there is not" \
    "a key for a route that is not there"
ok "... and only that" has '^0 problems, 1 warning$' "$dir/out"
sql "DROP TRIGGER api_keys_update;
    UPDATE api_keys SET hash = 'x', name = 'k' || char(27)"
says 1 "^keys/k?: column hash must be" "a spoilt key"
fresh
sql "UPDATE routes SET access = 'key'"
says 0 "^routes/a: warning: access = key, and no valid key opens it" \
    "a route that no key opens"
"$VIADUCT" key -c "$ini" add k >/dev/null 2>&1
says 0 '^sound$' "... until there is one"

# what cannot be looked at
fresh
rm "$ini"
says 2 "no viaduct.ini was found; searched: $ini" "no settings"
fresh
mkfifo "$dir/ready" "$dir/go"
{
	echo 'BEGIN EXCLUSIVE;'
	echo ".shell echo locked >'$dir/ready'; cat '$dir/go'"
} | sqlite3 "$db" &
read -r _ <"$dir/ready"
says 2 "^$db is locked by a writer" "a lock that lasts"
echo go >"$dir/go"
wait $!
VIADUCT_CONFIG=$ini "$VIADUCT" check >"$dir/out"
is "the environment names the settings" $? 0
ok "... which are these" has "^settings: $ini$" "$dir/out"

# for programs
member() {			# member EXPRESSION: of the document d
	python3 -c 'import json, sys
d = json.load(open(sys.argv[1]))
print(eval(sys.argv[2]))' "$dir/out" "$1"
}
fresh
check --json
is "a document: status 0" $? 0
is "... names the settings" "$(member 'd["settings"]')" "$ini"
is "... has nothing to say" "$(member 'd["findings"]')" '[]'
set_to threads none
set_to request_timeout -1
check --json
is "... of problems: status 1" $? 1
is "... which it counts" "$(member '[d["problems"], d["warnings"],
    d["status"], len(d["findings"])]')" '[2, 0, 1, 2]'
is "... with their places" "$(member 'd["findings"][0]["where"]')" \
    "$ini:$(line_of request_timeout)"
is "... and kinds" "$(member 'd["findings"][0]["kind"]')" problem
is "... and what is wrong" "$(member 'd["findings"][0]["text"][:26]')" \
    "[upstream] request_timeout"
set_to threads 2
set_to request_timeout 2
set_to target_hosts '"\\\\<'
sql "UPDATE routes SET verify_tls = 0"
check --json
is "a hostile value is a text like another" "$(member '[f["kind"]
    for f in d["findings"]]')" "['problem']"
ok "... with no control character" lacks "$(printf '\033')" "$dir/out"
ok "... nor mark-up" lacks '<' "$dir/out"
check
ok "... nor is there one in lines" lacks "$(printf '\033')" "$dir/out"
fresh
sql "UPDATE routes SET verify_tls = 0"
check --json
is "a warning has its kind: status 0" $? 0
is "... and its route" "$(member '[f[k] for f in d["findings"]
    for k in ("kind", "where")]')" "['warning', 'routes/a']"
rm "$db"
"$VIADUCT" check --json -c "$dir/none.ini" >"$dir/out"
is "no settings: status 2" $? 2
is "... which is said" "$(member '[d["settings"], d["findings"][0]["kind"],
    d["status"]]')" "[None, 'problem', 2]"

check --frob
is "an unknown option: status 64" $? 64
check word
is "a word: status 64" $? 64

done_testing
