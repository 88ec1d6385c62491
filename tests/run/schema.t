#!/usr/bin/python3
"""sql/schema.sql in the hands of the sqlite3 shell: what it takes, and the
sentence with which it refuses the rest.  Every row is tried as an INSERT and,
where it changes columns of a route, as an UPDATE."""

import os
import pathlib
import shutil
import subprocess
import tempfile

SRCDIR = pathlib.Path(os.environ.get("srcdir", "."))
VIADUCT = os.environ.get("VIADUCT", "./viaduct")
SCHEMA = SRCDIR / "sql/schema.sql"
SAMPLE = SRCDIR / "sql/sample.sql"
LONG = "a" * 63
PIN = "sha256//" + "A" * 43 + "="
count = failed = 0

# a value of `name', and why not; None: it is taken
NAMES = [
    ("'feed'", None), ("'a'", None), ("'0-_'", None), ("'*'", None),
    (f"'{LONG}'", None), (f"'{LONG}a'", "name must be"),
    ("''", "name must be"), ("'Feed'", "name must be"),
    ("'-a'", "name must be"), ("'_a'", "name must be"),
    ("'a.b'", "name must be"), ("'a/b'", "name must be"),
    ("'**'", "name must be"), ("'a b'", "name must be"),
    ("'é'", "name must be"), ("7", "name must be"),
    ("x'61'", "name must be"), ("'a' || char(0)", "name must be"),
    ("'a' || char(10)", "name must be"), ("NULL", "NOT NULL"),
    ("'http'", "must not be http"), ("'https'", "must not be http"),
]

URLS = [
    ("http://example.com", None), ("HTTPS://Example.com/a?b=c@d", None),
    ("https://example.com:8443/", None), ("http://a-b_c.example/", None),
    ("http://localhost", None), ("http://10.0.0.255", None),
    ("http://[::1]:8080/x", None), ("https://[2001:db8::1]", None),
    ("http://1.2.3.4.example/", None), ("http://example.com/a@b", None),
    ("http://300.example", None), ("http://example.com?x=/", None),
    ("ftp://example.com", "url must be text beginning"),
    ("example.com", "url must be text beginning"),
    ("//example.com", "url must be text beginning"),
    ("http:/example.com", "url must be text beginning"),
    (" https://example.com", "url must be text beginning"),
    ("", "url must be text beginning"),
    ("https://user@example.com/", "name or password"),
    ("https://u:p@example.com/", "name or password"),
    ("http://@example.com/", "name or password"),
    ("http://u@example.com?x", "name or password"),
    ("https://example.com/#x", "fragment"),
    ("https://example.com/a b", "percent-encode"),
    ("https://example.com/\u00e9", "percent-encode"),
    ("https://\u00e9.example/", "percent-encode"),
    ("https://example.com\\x", "backslash"),
    ("http://", "no host"), ("http:///x", "no host"), ("http://:80/", "no host"),
    ("http://a..b/", "single dots"), ("http://.a/", "single dots"),
    ("http://a%2eb/", "letters, digits"),
    ("http://a:/", "port"), ("http://a:0/", "port"), ("http://a:+80/", "port"),
    ("http://a:080/", "port"), ("http://a:65536/", "port"),
    ("http://a:8x/", "port"), ("http://[::1]x/", "port"),
    ("http://[::1]x]/", "port"), ("http://[::1]:80]/", "port"),
    ("http://[::1", "IPv6"), ("http://[1.2.3.4]/", "IPv6"),
    ("http://[fe80::1%25eth0]/", "IPv6"),
    ("http://127.1/", "four decimal"), ("http://2130706433/", "four decimal"),
    ("http://017700000001/", "four decimal"),
    ("http://256.1.1.1/", "four decimal"), ("http://1.2.3.299/", "four decimal"),
    ("http://1.2.3.04/", "four decimal"), ("http://0x7f.1/", "four decimal"),
    ("http://1.2.3.4.5/", "four decimal"), ("http://a.1/", "four decimal"),
    ("https://example.com/" + "x" * 2000, "too long"),
]

TRUTH = ["require_origin", "embed", "allow_credentials",
         "allow_private_network", "timing_allow_origin", "verify_tls",
         "no_headers", "render", "preserve_host", "enabled"]
SECONDS = ["request_timeout", "connect_timeout", "idle_timeout",
           "total_timeout"]
SIZES = ["payload_quota", "upload_quota", "header_quota"]

# column, value as SQL, and why not
COLUMNS = [(c, v, None) for c in TRUTH for v in ("0", "1", "'yes'", "'no'")]
COLUMNS += [(c, v, c + " must be") for c in TRUTH
            for v in ("2", "-1", "'true'", "'YES'", "''", "1.0")]
COLUMNS += [(c, v, None) for c in SECONDS for v in ("2", "2.5", "'0.125'")]
COLUMNS += [(c, v, c + " must be") for c in SECONDS
            for v in ("-1", "'5s'", "''", "'1.'", "'.5'", "'1.2345'", "1e9",
                      "'1.2.3'", "100000")]
COLUMNS += [("total_timeout", "0", None),
            ("request_timeout", "0", "request_timeout must be")]
COLUMNS += [(c, v, None) for c in SIZES for v in ("2048", "'2048'", "'32K'")]
COLUMNS += [(c, v, c + " must be") for c in SIZES
            for v in ("-1", "'10MB'", "'10m'", "'K'", "''", "'1.5M'", "2.0",
                      "'1K1'", "'1 '")]
COLUMNS += [
    ("payload_quota", "0", None), ("upload_quota", "'1G'", None),
    ("header_quota", "1023", "header_quota must be"),
    ("header_quota", "'257K'", "header_quota must be"),
    ("max_age", "0", None), ("max_age", "86400", None),
    ("max_age", "'600'", None), ("max_age", "86401", "max_age must be"),
    ("max_age", "600.0", "max_age must be"), ("max_age", "''", "max_age"),
    ("max_redirects", "20", None), ("max_redirects", "21", "max_redirects"),
    ("max_redirects", "'five'", "max_redirects"),
    ("cors", "'target'", None), ("cors", "'off'", "cors must be own or"),
    ("redirects", "'pass'", None),
    ("redirects", "'never'", "redirects must be same-site, follow or pass"),
    ("forwarded", "'x'", None), ("forwarded", "1", "forwarded must be"),
    ("cookies", "'isolate'", None), ("cookies", "'keep'", "cookies must be"),
    ("access", "'jwt'", None), ("access", "''", "access must be"),
    ("rate_limit", "0", None), ("rate_limit", "'20/s'", None),
    ("rate_limit", "'20/m burst 100'", None),
    ("rate_limit", "20", "rate_limit must be"),
    ("rate_limit", "'20/w'", "rate_limit must be"),
    ("rate_limit", "'0/s'", "rate_limit must be"),
    ("rate_limit", "'2x/s'", "rate_limit must be"),
    ("rate_limit", "'20/s burst'", "rate_limit must be"),
    ("rate_limit", "'20/s burst 1x'", "rate_limit must be"),
    ("rate_limit", "'20/sburst 1'", "rate_limit must be"),
    ("rate_limit", "''", "rate_limit must be"),
    ("rate_limit", "'10000/s'", None),
    ("rate_limit", "'10001/s'", "rate_limit must be"),
    ("rate_limit", "'600001/m burst 1'", "rate_limit must be"),
    ("rate_limit", "'864000000/d burst 1000000'", None),
    ("rate_limit", "'864000001/d burst 1'", "rate_limit must be"),
    ("rate_limit", "'1/s burst 1000001'", "rate_limit must be"),
    ("rate_limit", "'1000001/d'", "rate_limit must be"),
    ("tls_pin", f"'{PIN}'", None), ("tls_pin", f"'{PIN};{PIN}'", None),
    ("tls_pin", "''", None), ("tls_pin", "'sha256//AAAA='", "tls_pin must"),
    ("tls_pin", "'sha1//x='", "tls_pin must"),
    ("filtered_path", "'/admin|/private/*'", None),
    ("filtered_path", "''", None), ("filtered_path", "'/*'", None),
    ("filtered_path", "'/a*'", "filtered_path must"),
    ("filtered_path", "'/*/a|/b'", "filtered_path must"),
    ("filtered_path", "'/a?b'", "filtered_path must"),
    ("filtered_path", "'/a;b'", "filtered_path must"),
    ("filtered_path", "'admin'", "filtered_path must"),
    ("filtered_path", "'/a|b'", "filtered_path must"),
    ("filtered_path", "'/a|'", "filtered_path must"),
    ("filtered_path", "'/a b'", "filtered_path must"),
    ("allow_origins", "''", None), ("allow_origins", "'*'", None),
    ("allow_origins", "'https://a.example  http://b.example:8080 null'", None),
    ("allow_origins", "'https://*.example.org http://localhost:*'", None),
    ("allow_origins", "'HTTPS://A.Example'", None),
    ("allow_origins", "'https://a.example, https://b.example'", "by blanks"),
    ("allow_origins", "'a.example'", "allow_origins takes"),
    ("allow_origins", "'https://a.example b'", "allow_origins takes"),
    ("allow_origins", "'ftp://a.example'", "allow_origins takes"),
    ("allow_origins", "'https://a.example/'", "ends with its host"),
    ("allow_origins", "'https://a.example/x'", "ends with its host"),
    ("allow_origins", "'https://u@a.example'", "ends with its host"),
    ("allow_origins", "'https://a.example?x'", "ends with its host"),
    ("allow_origins", "'https://é.example'", "ASCII"),
    ("allow_origins", "'https://*.org'", "a pattern"),
    ("allow_origins", "'https://a.*.example.org'", "a pattern"),
    ("allow_origins", "'https://*.*.example.org'", "a pattern"),
    ("allow_origins", "'https://a.example:*'", "a pattern"),
    ("allow_origins", "'* https://a.example'", "* stands alone"),
    ("allow_origins", "'a' || char(10)", "control character"),
    ("allow_origins", "'a' || char(0)", "control character"),
    ("allow_origins", "x'2a'", "blob"),
    ("allow_origins", "hex(zeroblob(9000))", "too long"),
    ("own_origin", "'https://a.example'", None),
    ("own_origin", "'null'", "own_origin takes"),
    ("own_origin", "'*'", "own_origin takes"),
    ("own_origin", "'https://*.example.org'", "own_origin takes"),
    ("allow_methods", "'GET PUT'", None),
    ("allow_methods", "''", "a method at least"),
    ("allow_methods", "'get'", "in capitals"),
    ("allow_methods", "'TRACE'", "in capitals"),
    ("allow_methods", "'GET,PUT'", "by blanks"),
    ("allow_headers", "'*'", None), ("allow_headers", "'X-A X-B'", None),
    ("allow_headers", "''", None),
    ("allow_headers", "'X-A *'", "* stands alone"),
    ("expose_headers", "'X-A:'", "no name of a field"),
    ("forward_headers", "'Accept X-A'", None),
    ("forward_headers", "'*'", "not *"),
    ("allow_private", "'yes'", None),
    ("allow_private", "'10.0.0.0/8 ::1/128'", None),
    ("allow_private", "''", "allow_private must"),
    ("allow_private", "'10.0.0.1'", "allow_private must"),
    ("allow_private", "'all'", "allow_private must"),
    ("note", "'été; anything'", None), ("note", "5", None),
    ("note", "x'00'", "blob"),
]

# What several columns say together.
TOGETHER = [
    ("allow_origins = '*', allow_credentials = 1", "cannot go with allow_or"),
    ("allow_origins = ' * ', allow_credentials = 'yes'", "cannot go with"),
    ("allow_origins = 'https://a.example null', allow_credentials = 1",
     "the origin null"),
    ("allow_origins = 'NULL', allow_credentials = '1'", "the origin null"),
    ("allow_origins = 'https://*.a.example', allow_credentials = 1",
     "a pattern"),
    ("allow_origins = 'https://a.example', allow_credentials = 1", None),
    ("allow_origins = '*', allow_credentials = 0", None),
    ("allow_credentials = 1", None),    # the INI may name origins
]

ROUTES = ("INSERT INTO routes(name, url, allow_origins) VALUES"
          " ('a', 'https://a.example', 'https://p.example'),"
          " ('open', 'https://a.example', NULL),"
          " ('star', 'https://a.example', '*'),"
          " ('none', 'https://a.example', ''),"
          " ('null', 'https://a.example', 'https://p.example null');"
          "INSERT INTO routes(name, url, access) VALUES"
          " ('key', 'https://a.example', 'key');"
          "INSERT INTO routes(name, url, allow_origins, cors) VALUES"
          " ('their', 'https://a.example', 'https://p.example', 'target');")
HEADER = "INSERT INTO route_headers(route, direction, name, value) VALUES "
HEADERS = [
    ("('a', 'request', 'X-Api-Key', 'k')", None),
    ("('a', 'request', 'Authorization', 'Basic eA==')", None),
    ("('a', 'request', 'Cookie', NULL)", None),
    ("('a', 'response', 'X-A', NULL)", None),
    ("('open', 'response', 'X-A', 'x')", None),
    ("('none', 'request', 'X-A', 'x')", None),
    ("('key', 'request', 'X-A', 'x')", None),
    ("('open', 'request', 'X-A', 'x')", "must first itself state"),
    ("('star', 'request', 'X-A', 'x')", "must first itself state"),
    ("('null', 'request', 'X-A', 'x')", "must first itself state"),
    ("('their', 'request', 'X-A', 'x')", "must first itself state"),
    ("('their', 'response', 'X-A', 'x')", None),
    ("('b', 'request', 'X-A', 'x')", "no route of that name"),
    ("('a', 'both', 'X-A', 'x')", "direction must be"),
    ("('a', 'request', 'X A', 'x')", "name of a header field"),
    ("('a', 'request', '', 'x')", "name of a header field"),
    ("('a', 'request', 'X-A', 'x' || char(13, 10) || 'Y: z')", "value must"),
    ("('a', 'request', 'X-A', ' x')", "value must"),
    ("('a', 'request', 'X-A', x'78')", "value must"),
    ("('a', 'request', 'X-A', 5)", "value must"),
    ("('a', 'request', 'X-A', hex(zeroblob(4001)))", "value must"),
    ("('a', 'request', 'Host', 'x')", "connection"),
    ("('a', 'request', 'content-length', '5')", "connection"),
    ("('a', 'response', 'Transfer_Encoding', 'x')", "connection"),
    ("('a', 'response', 'Via', 'x')", "connection"),
    ("('a', 'response', 'Access-Control-Allow-Origin', '*')", "CORS fields"),
    ("('a', 'response', 'X-Accel-Redirect', '/x')", "would command"),
    ("('a', 'response', 'x_sendfile', '/x')", "would command"),
    ("('a', 'response', 'Status', '200')", "would command"),
    ("('a', 'request', 'X-A', 'x'), ('a', 'request', 'x-a', 'y')", "UNIQUE"),
    ("('a', 'request', 'X-A', 'x'), ('a', 'request', 'x_a', 'y')",
     "of the same field"),
    ("('a', 'request', 'X-A', 'x'), ('a', 'response', 'x_a', 'y')", None),
    ("('a', 'request', 'Authorization', 'NTLM abc')", "NTLM and Negotiate"),
    ("('a', 'request', 'authorization', 'x, negotiate abc')",
     "NTLM and Negotiate"),
    ("('a', 'request', 'Authorization', 'ntlm')", "NTLM and Negotiate"),
    ("('a', 'request', 'Authorization', 'Bearer ntlmx')", None),
    ("('a', 'request', 'Set-Cookie', 'a=b')", None),
    ("('a', 'response', 'Content-Type', 'text/plain')", None),
    ("('a', 'response', 'Cache-Control', 'max-age=60')", None),
    ("('a', 'response', 'X-Frame-Options', 'SAMEORIGIN')", None),
    ("('a', 'response', 'Content-Encoding', 'gzip')", "connection"),
    ("('a', 'response', 'set_cookie', 'a=b')", "the whole host"),
    ("('a', 'response', 'Set-Cookie2', NULL)", "the whole host"),
    ("('a', 'response', 'Strict-Transport-Security', 'max-age=9')",
     "the whole host"),
    ("('a', 'response', 'Clear-Site-Data', '\"*\"')", "the whole host"),
    ("('a', 'response', 'Alt-Svc', 'clear')", "the whole host"),
    ("('a', 'response', 'Service-Worker-Allowed', '/')", "the whole host"),
    ("('a', 'response', 'Sec-Session-Registration', 'x')", "the whole host"),
    ("('a', 'response', 'Public-Key-Pins-Report-Only', 'x')",
     "the whole host"),
    ("('a', 'response', 'WWW-Authenticate', 'Basic realm=x')", "a challenge"),
    ("('a', 'response', 'X-Request-Id', 'x')", "viaduct's own"),
    ("('a', 'request', 'X-Request-Id', 'x')", None),
    ("('a', 'request', 'Origin', 'x')", "CORS fields"),
    ("('a', 'response', 'X-Reproxy-URL', 'x')", "would command"),
    ("('a', 'response', 'Location', '/')", "would command"),
    ("('a', 'request', 'Location', '/')", None),
    (", ".join("('a', 'request', 'X-%d', 'x')" % i for i in range(64)), None),
    (", ".join("('a', 'request', 'X-%d', 'x')" % i for i in range(65)),
     "64 rows here"),
]

HASH = "zeroblob(32)"
KEYS = [
    (f"('k', 'abcdefg2', {HASH}, 'a b', '2030-01-31', NULL)", None),
    (f"('k', 'abcdefg2', {HASH}, '*', '2030-01-31 23:59:59', NULL)", None),
    (f"('', 'abcdefg2', {HASH}, '*', NULL, NULL)", "name must"),
    (f"('k', 'abc', {HASH}, '*', NULL, NULL)", "id must"),
    (f"('k', 'abcdefg1', {HASH}, '*', NULL, NULL)", "id must"),
    ("('k', 'abcdefg2', 'secret', '*', NULL, NULL)", "hash must"),
    ("('k', 'abcdefg2', zeroblob(31), '*', NULL, NULL)", "hash must"),
    (f"('k', 'abcdefg2', {HASH}, '', NULL, NULL)", "routes takes"),
    (f"('k', 'abcdefg2', {HASH}, '* a', NULL, NULL)", "routes takes"),
    (f"('k', 'abcdefg2', {HASH}, 'a,b', NULL, NULL)", "by blanks"),
    (f"('k', 'abcdefg2', {HASH}, 'A', NULL, NULL)", "routes takes"),
    (f"('k', 'abcdefg2', {HASH}, '*', '2030-02-30', NULL)", "are UTC"),
    (f"('k', 'abcdefg2', {HASH}, '*', '31.12.2030', NULL)", "are UTC"),
    (f"('k', 'abcdefg2', {HASH}, '*', 'now', NULL)", "are UTC"),
    (f"('k', 'abcdefg2', {HASH}, '*', NULL, 1)", "are UTC"),
]
KEY = ("INSERT INTO api_keys(name, id, hash, routes, expires, revoked)"
       " VALUES ")


def report(good, what, detail=""):
    global count, failed
    count += 1
    failed += not good
    print("%sok %d - %s" % ("" if good else "not ", count,
                            " ".join(what.split())[:120].replace("#", "\\#")))
    if not good and detail:
        print("# " + detail.replace("\n", "\n# "))


def shell(database, text):
    done = subprocess.run(["sqlite3", "-batch", "-bail", database],
                          input=text.encode(), capture_output=True)
    return done.stdout.decode(), done.stderr.decode(errors="replace")


def tried(folder, before, text, why):
    """The text on a copy of a fresh database: refused for `why', or not."""
    database = folder / "try.db"
    shutil.copy(folder / "fresh.db", database)
    _, error = shell(database, before)
    if error:
        report(False, "before: " + before, error)
        return
    _, error = shell(database, text)
    report(error == "" if why is None else why in error,
           ("takes " if why is None else "refuses ") + text, error)


def quoted(text):
    return "'%s'" % text


def rows(folder):
    insert = "INSERT INTO routes(name, url) VALUES (%s, %s);"
    for name, why in NAMES:
        tried(folder, "", insert % (name, "'http://a.example'"), why)
    for url, why in URLS:
        tried(folder, "", insert % ("'a'", quoted(url)), why)
    tried(folder, "", insert % ("'a'", "NULL"), "url must be text")
    tried(folder, "", insert % ("'a'", "5"), "url must be text")
    a = insert % ("'a'", "'http://a.example'")
    for name, why in NAMES:
        tried(folder, a, "UPDATE routes SET name = %s;" % name, why)
    for url, why in URLS:
        tried(folder, a, "UPDATE routes SET url = %s;" % quoted(url), why)
    for column, value, why in COLUMNS:
        tried(folder, "", "INSERT INTO routes(name, url, %s) VALUES ('a',"
              " 'http://a.example', %s);" % (column, value), why)
        tried(folder, a, "UPDATE routes SET %s = %s;" % (column, value), why)
    for assignments, why in TOGETHER:
        tried(folder, a, "UPDATE routes SET %s;" % assignments, why)
    tried(folder, "", "INSERT OR IGNORE INTO routes(name, url) VALUES"
          " ('a', 'ftp://a');", "url must be text")
    tried(folder, a, "REPLACE INTO routes(name, url) VALUES ('a', 'ftp://a');",
          "url must be text")
    tried(folder, a, a, "UNIQUE")


def headers(folder):
    for values, why in HEADERS:
        tried(folder, ROUTES, HEADER + values + ";", why)
    secret = ROUTES + HEADER + "('a', 'request', 'X-A', 'x');"
    for change, why in [
            ("allow_origins = '*'", "lest strangers"),
            ("allow_origins = NULL", "lest strangers"),
            ("allow_origins = 'https://q.example'", None),
            ("allow_origins = 'https://q.example NULL'", "lest strangers"),
            ("cors = 'target'", "lest strangers"),
            ("cors = 'target', access = 'key'", None),
            ("allow_origins = NULL, access = 'key'", None)]:
        tried(folder, secret, "UPDATE routes SET %s WHERE name = 'a';"
              % change, why)
    tried(folder, secret, "UPDATE route_headers SET route = 'open';",
          "must first itself state")
    tried(folder, secret, "UPDATE route_headers SET name = 'Via';",
          "connection")
    tried(folder, secret, "REPLACE INTO routes(name, url) VALUES"
          " ('a', 'https://a.example');", "lest strangers")
    left = "SELECT route || ' ' || name FROM route_headers;"
    for change, want in [("UPDATE routes SET name = 'b' WHERE name = 'a';",
                          "b X-A\n"),
                         ("DELETE FROM routes WHERE name = 'a';", "")]:
        database = folder / "try.db"
        shutil.copy(folder / "fresh.db", database)
        out, error = shell(database, secret + change + left)
        report((out, error) == (want, ""), "fields go with their route: "
               + change, out + error)


def keys(folder):
    for values, why in KEYS:
        tried(folder, "", KEY + values + ";", why)
    good = KEY + KEYS[0][0] + ";"
    tried(folder, good, "UPDATE api_keys SET revoked = '2026-01-01';", None)
    tried(folder, good, "UPDATE api_keys SET hash = 'x';", "hash must")
    tried(folder, good, good.replace("'k'", "'l'"), "UNIQUE")


def whole(folder):
    """The file, rather than a row."""
    database = folder / "whole.db"
    out, error = shell(database, SCHEMA.read_text())
    report((out, error) == ("", ""), "the schema loads in silence",
           out + error)
    out, _ = shell(database, "PRAGMA application_id; PRAGMA user_version;"
                   "PRAGMA journal_mode; PRAGMA integrity_check;")
    report(out == "1447641412\n1\ndelete\nok\n", "it is marked as ours", out)
    shell(database, ROUTES + HEADER + HEADERS[0][0] + ";")
    before, _ = shell(database, ".dump")
    out, error = shell(database, SCHEMA.read_text())
    after, _ = shell(database, ".dump")
    report((out, error) == ("", "") and sorted(before) == sorted(after)
           and "X-Api-Key" in after, "running it again changes nothing",
           out + error)
    # As a former file made them: those triggers went with their views.
    for view, table in [("check_route", "routes"), ("check_url", "routes"),
                        ("check_word", "routes"), ("check_key", "api_keys"),
                        ("check_header", "route_headers")]:
        shell(database, "CREATE VIEW %s AS SELECT * FROM %s;CREATE TRIGGER"
              " %s_insert INSTEAD OF INSERT ON %s BEGIN SELECT 1; END;"
              % (view, table, view, view))
    out, error = shell(database, SCHEMA.read_text())
    again, _ = shell(database, ".dump")
    report((out, error) == ("", "") and sorted(again) == sorted(after),
           "... and of a database of a former file leaves nothing else",
           out + error)
    for attempt in "once", "twice":
        _, error = shell(database, SAMPLE.read_text())
        report(error == "", "the sample loads " + attempt, error)
    out, _ = shell(database, "SELECT count(*) FROM routes WHERE name IN"
                   " ('feed', 'data', 'intern') AND enabled = 0;")
    report(out == "3\n", "its routes are off", out)
    out, error = shell(folder / "smallest.db", SCHEMA.read_text()
                       + "INSERT INTO routes(name, url) VALUES ('feed',"
                       " 'https://example.com/rss');SELECT enabled, max_age"
                       " IS NULL FROM routes;")
    report((out, error) == ("1|1\n", ""), "the smallest route", out + error)


def agreement(folder):
    """What the shell takes, the program takes: one row for each."""
    gateway = folder / "g"
    subprocess.run([VIADUCT, "init", gateway], check=True,
                   stdout=subprocess.DEVNULL)
    (gateway / "ca.pem").touch()
    text = "BEGIN;"
    taken = [("url", quoted(url)) for url, why in URLS if why is None]
    taken += [(c, v) for c, v, why in COLUMNS if why is None and v != "'no'"]
    for number, (column, value) in enumerate(taken):
        # Pages need more than the database can ask for.
        if column == "render":
            value += ", own_origin = 'https://own.example'"
        text += ("INSERT INTO routes(name, url) VALUES ('r%d',"
                 " 'https://a.example');UPDATE routes SET %s = %s"
                 " WHERE name = 'r%d';" % (number, column, value, number))
    _, error = shell(gateway / "routes.db", text + "COMMIT;")
    report(error == "", "the rows that are taken, all in one", error)
    out = subprocess.run([VIADUCT, "check", "-c", gateway / "viaduct.ini"],
                         capture_output=True).stdout.decode()
    wrong = {line.split(":")[0]: line for line in out.splitlines()
             if ": warning: " not in line and " needs " not in line}     # of viaduct.ini, or of a library
    for number, (column, value) in enumerate(taken):
        line = wrong.get("routes/r%d" % number)
        report(line is None, "the program takes %s = %s" % (column, value),
               line or "")
    report("routes/r0: " in out and "problem" in out,
           "... having looked at them", out)


def fields_agree(folder):
    """Of route_headers, the program judges as the database would: it takes
    what the triggers take, and with them gone refuses the same rows."""
    for number, (values, why) in enumerate(HEADERS):
        if "'b'" in values or why == "UNIQUE":
            continue                    # there is no such route or row
        gateway = folder / ("f%d" % number)
        subprocess.run([VIADUCT, "init", gateway], check=True,
                       stdout=subprocess.DEVNULL)
        _, error = shell(gateway / "routes.db", ROUTES +
                         "DROP TRIGGER route_headers_insert;"
                         + HEADER + values + ";")
        out = subprocess.run([VIADUCT, "check", "-c",
                              gateway / "viaduct.ini"],
                             capture_output=True).stdout.decode()
        route = values.split("'")[1]
        wrong = [line for line in out.splitlines() if line.startswith(
            "routes/%s: " % route) and "warning" not in line]
        report(error == "" and (wrong == []) == (why is None),
               "the program judges alike: " + values, error + out)


def main():
    with tempfile.TemporaryDirectory(prefix="viaduct-schema.") as name:
        folder = pathlib.Path(name)
        shell(folder / "fresh.db", SCHEMA.read_text())
        whole(folder)
        rows(folder)
        headers(folder)
        keys(folder)
        agreement(folder)
        fields_agree(folder)
    print("1..%d" % count)
    return failed > 0


raise SystemExit(main())
