#!/usr/bin/python3 -B
"""The HTML pages made here, out of the program itself: their one style sheet
is the one that their policy names, they are well-formed, load nothing, and
hold whatever the settings and the request say as text alone."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                os.pardir, "lib"))

import base64                                           # noqa: E402
import hashlib                                          # noqa: E402
import html.parser                                      # noqa: E402
import pathlib                                          # noqa: E402
import re                                               # noqa: E402
import shutil                                           # noqa: E402
import subprocess                                       # noqa: E402
import tempfile                                         # noqa: E402
import urllib.parse                                     # noqa: E402
import xml.etree.ElementTree                            # noqa: E402

import tap as taps                                      # noqa: E402

VIADUCT = os.environ.get("VIADUCT", "./viaduct")
EVIL = "x\"><script>alert('1')</script><img/onerror=a(2)>&{{id}}"
KEY = "0123456789-abcdefghijkl-operator"
TEMPLATE = """<!DOCTYPE html>
<html lang="{{lang}}">
<head><meta charset="utf-8"><title>{{app_name}}</title>
<style>p { color: #333 }</style></head>
<body><main id="own">
<h1>{{heading}}</h1>
<p class="{{general_error}} {{app_name}} {{contact}}">{{general_error}}</p>
<p><a href="{{contact_url}}">{{contact}}</a> {{status}} {{reason}}</p>
<p>{{message}} {{again}} <code>{{rule}} {{request_id}}</code></p>
</main></body></html>
"""
VOID = {"meta", "input", "option"}
# Elements and attributes that the pages are made of; all else came in.
KNOWN = {"html": {"lang"}, "head": set(), "title": set(), "style": set(),
         "meta": {"charset", "name", "content"}, "body": {"class"},
         "main": {"id"}, "h1": set(), "p": {"class"}, "pre": {"tabindex"},
         "code": set(), "header": set(), "footer": set(), "a": {"href"},
         "svg": {"class", "viewbox", "aria-hidden"}, "path": {"d"},
         "dl": {"class"}, "dt": set(), "dd": set(),
         "span": {"lang", "class"}, "section": {"lang", "id", "hidden",
                                                "aria-live"},
         "h2": set(), "h3": set(), "table": set(), "thead": set(),
         "tbody": set(), "tr": set(), "th": {"scope"}, "td": set(),
         "div": {"class", "tabindex", "role", "aria-label"}, "ul": set(),
         "li": set(), "strong": set(), "form": {"id", "method", "action"},
         "label": {"for"},
         "input": {"id", "name", "list", "autocomplete", "spellcheck",
                   "placeholder", "value"},
         "datalist": {"id"}, "option": {"value"},
         "button": {"type", "id", "hidden"}, "script": set()}
# ... and those of the counters and of the form for the key.
OPERATORS = {"b": set(), "details": {"class"}, "summary": set(),
             "figure": set(), "figcaption": set(), "g": set(),
             "ul": {"class", "aria-label"}, "li": {"class"},
             "table": {"aria-label"}, "th": {"scope", "class"},
             "td": {"class"}, "path": {"d", "class"},
             "svg": {"class", "viewbox", "aria-hidden", "aria-label", "role",
                     "preserveaspectratio"},
             "rect": {"class", "x", "y", "width", "height"},
             "text": {"x", "y", "text-anchor"},
             "input": KNOWN["input"] | {"hidden", "maxlength", "required",
                                        "type"}}


class Page(html.parser.HTMLParser):
    def __init__(self, text, known=KNOWN):
        super().__init__(convert_charrefs=True)
        self.known = known
        self.faults, self.open, self.style, self.text = [], [], "", ""
        self.script = ""
        self.doctypes = 0
        self.feed(text)
        self.close()
        if self.open:
            self.faults.append("not closed: %s" % self.open)

    def handle_decl(self, decl):
        self.doctypes += decl == "DOCTYPE html"

    def handle_starttag(self, tag, attrs):
        if tag not in self.known:
            self.faults.append("element %s" % tag)
        for name, value in attrs:
            if name == "href" and not re.match("(mailto|https?):|/v/_",
                                               value):
                self.faults.append("href " + value)
            if name not in self.known.get(tag, ()):
                self.faults.append("attribute %s of %s" % (name, tag))
        if "p" in self.open and tag in ("p", "pre", "h1", "dl", "footer"):
            self.faults.append("%s in p" % tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append("end of %s" % tag)

    def handle_data(self, data):
        if self.open and self.open[-1] == "style":
            self.style += data
        elif self.open and self.open[-1] == "script":
            self.script += data
        else:
            self.text += data


def ask(settings, uri, script="/v", **more):
    """One request as plain CGI: status, fields, body."""
    env = {"GATEWAY_INTERFACE": "CGI/1.1", "REQUEST_METHOD": "GET",
           "SERVER_PROTOCOL": "HTTP/1.1", "SCRIPT_NAME": script,
           "REQUEST_URI": uri, "REMOTE_ADDR": "127.0.0.1",
           "HTTP_ACCEPT": "text/html", "VIADUCT_CONFIG": str(settings)}
    env.update(more)
    for name in os.environ:
        if name.endswith("SAN_OPTIONS"):
            env[name] = os.environ[name]
    out = subprocess.run([VIADUCT], env=env, stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                         timeout=60, check=True).stdout
    head, _, body = out.partition(b"\r\n\r\n")
    lines = [line.split(": ", 1) for line in head.decode("ascii").split(
        "\r\n")]
    return {name.lower(): value for name, value in lines}, body.decode()


def judge(tap, name, fields, body, status, tidy, known=KNOWN):
    page = Page(body, known)
    tap.equal(fields["status"][:3], status, name + ": the status", body)
    tap.equal(fields["content-type"], "text/html; charset=utf-8",
              name + ": it is HTML")
    tap.equal(page.faults, [], name + ": well-formed, of known elements",
              body)
    tap.equal(page.doctypes, 1, name + ": one doctype")
    digests = [base64.b64encode(hashlib.sha256(text.encode()).digest())
               .decode() for text in (page.style, page.script) if text]
    policy = fields.get("content-security-policy", "")
    tap.equal(re.findall(r"'sha256-([^']*)'", policy), digests,
              name + ": the policy names the hash of its style and script")
    tap.ok(policy.startswith("default-src 'none';") and
           "unsafe" not in policy, name + ": and permits nothing else",
           policy)
    tap.ok("noindex" in fields.get("x-robots-tag", ""),
           name + ": not for search engines")
    tap.ok("{{" not in body.replace("{{id}}", ""),
           name + ": every variable is filled in", body)
    if tidy:
        done = subprocess.run([tidy, "-q", "-e"], input=body.encode(),
                              stderr=subprocess.PIPE, timeout=60)
        tap.equal(done.stderr.decode(), "", name + ": tidy is content")
    return page


def operators(tap, ini, tidy):
    """What stands in the table and in the request stays text."""
    subprocess.run(["sqlite3", str(ini.parent / "routes.db"),
                    "INSERT INTO routes(name, url, note) VALUES ('a', "
                    "'https://a.example/x?key=planted', '%s'); INSERT INTO "
                    "route_headers VALUES ('a', 'response', 'X-Set', '%s')"
                    % (EVIL.replace("'", "''"), "planted")], check=True)
    query = urllib.parse.quote(EVIL)
    for name, uri in (("operator's start", "/v/"), ("check", "/v/_check"),
                      ("explain", "/v/_explain"),
                      ("explained", "/v/_explain?path=/a/%s&method=%s&"
                       "origin=%s&header=X-A:%s" % ((query,) * 4)),
                      ("explained whole", "/v/_explain?path=https://%s/"
                       % query)):
        fields, body = ask(ini, uri)
        page = judge(tap, name, fields, body, "200", tidy)
        tap.ok(EVIL in page.text or "_explain" not in uri or
               "?" not in uri, name + ": what is asked stays text",
               page.text)
        tap.ok("planted" not in body, name + ": no secret is shown", body)
        tap.equal(fields["cache-control"], "no-store",
                  name + ": no cache keeps it")
        fields, body = ask(ini, uri, REMOTE_ADDR="192.0.2.7")
        tap.ok("a.example" not in body and (uri == "/v/" or
               fields["status"][:3] == "403"),
               name + ": a stranger learns nothing of routes", body)
    page = Page(ask(ini, "/v/")[1])
    tap.ok("https://a.example" in page.text and EVIL in page.text,
           "the operator's start page lists the routes", page.text)


def for_who_has_the_key(tap, ini, tidy, hostile):
    """The counters and the form that asks for the key, where what is set, asked
    for and sent is hostile."""
    (ini.parent / "operator").write_text(KEY + "\n")
    (ini.parent / "operator").chmod(0o600)
    set_to(ini, operator_key_file="operator")
    known = {**KNOWN, **OPERATORS}
    right = dict(hostile, HTTP_X_API_KEY=KEY)
    wrong = dict(hostile, HTTP_X_API_KEY=EVIL, HTTP_COOKIE=EVIL)
    ask(ini, "/v/" + EVIL, **hostile)
    for name, query in (("", ""), (" of a route", "?route=" + EVIL)):
        fields, body = ask(ini, "/v/_status" + query, **right)
        page = judge(tap, "hostile status" + name, fields, body, "200", tidy,
                     known)
        tap.ok(EVIL in page.text and (
            not query or "No route %s has counters" % EVIL in page.text),
               "hostile status%s: it stays text" % name, page.text)
        fields, body = ask(ini, "/v/_status" + query, **wrong)
        page = judge(tap, "hostile key" + name, fields, body, "403", tidy,
                     known)
        tap.ok(EVIL in page.text and "who opens it with a key" in page.text,
               "hostile key%s: it stays text" % name, page.text)
    for name, sent in (("status", right), ("key", wrong)):
        fields, body = ask(ini, "/v\"><script>/_status", "/v\"><script>",
                           **sent)
        tap.ok("</h1>" in body and "<script" not in body and
               "/v\">" not in body, "hostile mount, %s: it stays text" % name,
               body)


def set_to(ini, **settings):
    text = ini.read_text()
    for key, value in settings.items():
        text = re.sub(r"(?m)^%s *=.*$" % key,
                      lambda m, k=key, v=value: "%s = %s" % (k, v), text)
    ini.write_text(text)


def failures(tap, ini, tidy, hostile):
    """Of a target that is down, and of a path that is filtered: the pages made
    here, and the operator's own."""
    subprocess.run(["sqlite3", str(ini.parent / "routes.db"),
                    "INSERT INTO routes(name, url, allow_private) VALUES "
                    "('down', 'http://127.0.0.1:1', '127.0.0.0/8')"],
                   check=True)
    set_to(ini, filtered_path="/secret", filtered_url_msg=EVIL, pages="pages")
    cases = (("splash", "/v/down/" + urllib.parse.quote(EVIL) + "?" + EVIL,
              "502"), ("filtered", "/v/down/secret", "403"),
             ("error", "/v/nowhere?" + EVIL, "404"))
    for own in (False, True):
        for name, uri, status in cases:
            fields, body = ask(ini, uri, **hostile)
            page = judge(tap, "%s, own: %s" % (name, own), fields, body,
                         status, tidy)
            tap.ok(page.text.count(EVIL) >= 2, name + ": it stays text", body)
            tap.ok(("<main id=" in body) == own, name + ": it is that one")
            tap.equal("refresh" in fields, name == "splash",
                      name + ": whether it loads itself again")
            fields, _ = ask(ini, uri, REQUEST_METHOD="POST", **hostile)
            tap.ok("refresh" not in fields, name + ": never after a POST")
        (ini.parent / "pages").mkdir(exist_ok=True)
        for name, _, _ in cases:
            (ini.parent / "pages" / (name + ".html")).write_text(TEMPLATE)


def images(tap, ini, hostile):
    """What stands for an image is one, by an XML parser."""
    for name, uri, status in (("down", "/v/down/x.png", "502 Bad Gateway"),
                              ("nowhere", "/v/" + EVIL, None)):
        fields, body = ask(ini, uri, **dict(hostile, HTTP_ACCEPT="image/*"))
        tap.equal(fields["content-type"], "image/svg+xml; charset=utf-8",
                  name + ": it is an image", body)
        root = xml.etree.ElementTree.fromstring(body)
        part = {e.tag.rpartition("}")[2]: e.text for e in root}
        tap.equal(part["title"], status or fields["status"],
                  name + ": it has the status", body)
        tap.equal(re.findall(r"'sha256-([^']*)'",
                             fields["content-security-policy"]),
                  [base64.b64encode(hashlib.sha256(
                      part["style"].encode()).digest()).decode()],
                  name + ": the policy names the hash of its style")
        tap.ok("href" not in body and "url(" not in body and
               "script" not in body, name + ": it loads nothing", body)


def main():
    tap = taps.Tap()
    tidy = shutil.which("tidy")
    folder = pathlib.Path(tempfile.mkdtemp())
    try:
        subprocess.run([VIADUCT, "init", str(folder)], check=True,
                       stdout=subprocess.DEVNULL)
        ini = folder / "viaduct.ini"
        fields, body = ask(folder / "none.ini", "/v/")
        judge(tap, "no settings", fields, body, "503", tidy)
        fields, body = ask(ini, "/v/")
        page = judge(tap, "start", fields, body, "200", tidy)
        tap.ok('fetch("/v/NAME/path?query")' in page.text,
               "the start page shows the mount", page.text)
        operators(tap, ini, tidy)
        fields, body = ask(ini, "/v/nowhere")
        page = judge(tap, "no route", fields, body, "404", tidy)
        tap.ok(fields["x-request-id"] in page.text,
               "an error shows its request's id", page.text)

        set_to(ini, app_name=EVIL, general_error=EVIL,
               contact="https://a.example/" + EVIL)
        hostile = {"HTTP_REFERER": EVIL, "HTTP_USER_AGENT": EVIL,
                   "HTTP_HOST": EVIL, "QUERY_STRING": EVIL}
        for name, uri, status in (
                ("hostile start", "/v\"><script>/", "200"),
                ("hostile path", "/v\"><script>/" + EVIL, None),
                ("hostile query", "/v\"><script>/?route=" + EVIL, "400")):
            fields, body = ask(ini, uri, script="/v\"><script>", **hostile)
            page = judge(tap, name, fields, body,
                         status or fields["status"][:3], tidy)
            tap.ok(EVIL in page.text, name + ": settings stay text",
                   page.text)
        for_who_has_the_key(tap, ini, tidy, hostile)
        set_to(ini, operator_key_file="")
        failures(tap, ini, tidy, hostile)
        images(tap, ini, hostile)
    finally:
        shutil.rmtree(folder)
    tap.done()


main()
