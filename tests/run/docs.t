#!/usr/bin/python3 -B
"""What the documents say is what the program has and does: settings and their
defaults, rule words, commands, links, and every example that can be run."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                os.pardir, "lib"))

import http.server                                      # noqa: E402
import pathlib                                          # noqa: E402
import re                                               # noqa: E402
import sqlite3                                          # noqa: E402
import subprocess                                       # noqa: E402
import threading                                        # noqa: E402

import tap as taps                                      # noqa: E402
import tree as trees                                    # noqa: E402

TOP = pathlib.Path(trees.SOURCE)
TARGET = "https://api.example.net"      # of the route in the README
PAGE = "https://www.example.org"        # that may use it
INSTALLED = "/home/USER/viaduct"        # the folder that users change


# --- what the sources have

class Setting:
    def __init__(self, section, key, default, rest):
        self.section, self.key, self.default = section, key, default
        self.per_route = "OF_RULE" in rest or "per_route" in rest


def settings_of(text):
    """The rows of the table in conf_table.c."""
    rows = re.findall(r'^\t\{ "(\w+)", "(\w+)", "([^"]*)",(.*?)\},\n', text,
                      re.M | re.S)
    return [Setting(*row) for row in rows]


def rules_made(*options):
    """What the documents have of err.def."""
    return subprocess.run(
        [os.environ.get("AWK", "awk"), *options, "-f",
         TOP / "build-aux/rules.awk", TOP / "src/core/err.def"],
        check=True, stdout=subprocess.PIPE, text=True).stdout


def rules_manual():
    """viaduct-rules(7) as it is installed: built here, or of a release."""
    name = "man/viaduct-rules.7"
    built = pathlib.Path(os.environ.get("top_builddir", TOP)) / name
    return built if built.exists() else TOP / name


def commands_of(output):
    """Name to arguments, from what `viaduct help' prints."""
    rows = re.findall(r"^  viaduct (\S+)(.*)$", output, re.M)
    return {name: arguments.split() for name, arguments in rows}


# --- what the documents say

def macro_free(line):
    """The text of a line of mdoc, without macros and escapes."""
    line = re.sub(r"\\&", "", line)
    return re.sub(r"\s+", " ", line).strip()


def manual_settings(text):
    """(section, key) to (default, text) from viaduct.conf.5."""
    found = {}
    for part in re.split(r"^\.Sh ", text, flags=re.M)[1:]:
        section = re.match(r"\[(\w+)\]\n", part)
        if section is None:
            continue
        # A list within an item is of something else.
        for item in re.split(r"^\.It (?=Cm )", part, flags=re.M)[1:]:
            head, _, body = item.partition("\n")
            key, default = re.fullmatch(r"Cm (\w+) =(?: (.*))?",
                                        head).groups()
            found[section[1], key] = (macro_free(default or ""), body)
    return found


def manual_statements(text):
    """Each statement of viaduct-rules(7), for a route that there is."""
    for line in re.findall(r"^\.Dl ((?:INSERT|UPDATE) .*)$", text, re.M):
        for mark, value in ((r"\(aq", "'"), (r"\-", "-"), ("ROUTE", "x"),
                            ("NAME", "y"), ("HOST", "b.example"),
                            ("HASH", "A" * 43 + "=")):
            line = line.replace(mark, value)
        yield line


def manual_commands(text):
    part = text[text.index(".Sh COMMANDS"):text.index(".Sh REQUESTS")]
    found = re.findall(r"^\.It (?:Cm (\w+)|Fl -(\w+))", part, re.M)
    return {name or "--" + option for name, option in found}


def blocks(text, language):
    """The fenced blocks of a language, "" for those that name none."""
    found = re.findall(r"^( *)```(\w*)\n(.*?)^ *```$", text, re.M | re.S)
    return [re.sub("^" + indent, "", body, flags=re.M)
            for indent, name, body in found if name == language]


def statements(text):
    """What is typed at the sqlite3 prompts of a block."""
    lines = re.findall(r"^(sqlite>|   \.\.\.>) (.*)$", text, re.M)
    whole = "\n".join(line for _, line in lines
                      if not line.startswith("."))
    return [s.strip() for s in whole.split(";") if s.strip()]


def anchors(text):
    """The places in a page of Markdown that a link may name."""
    heads = re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```", "", text,
                                            flags=re.M | re.S), re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-")
            for head in heads}


def broken_links(page):
    text = re.sub(r"`[^`\n]*`", "", page.read_text())
    for link in re.findall(r"\]\(([^)\s]*)\)", text):
        if re.match(r"\w+:", link):
            continue
        name, _, place = link.partition("#")
        to = page if not name else page.parent / name
        if not to.exists():
            yield link
        elif place and place not in anchors(to.read_text()):
            yield link


# --- comparing them

def compare_settings(tap, settings, manual):
    for s in settings:
        default, _ = manual.get((s.section, s.key), (None, ""))
        tap.equal(default, s.default, "[%s] %s: the manual's default"
                  % (s.section, s.key))
    names = re.findall(r"EACH\(\w+, (\w+)\)", (
        TOP / "src/store/templates.h").read_text())
    for text in (CONF_MANUAL, DOCS["pages.md"]):
        tap.equal(sorted(set(re.findall(r"\{\{(\w+)\}\}", text))),
                  sorted(names), "what templates may have is listed")
    tap.equal(sorted(set(manual) - {(s.section, s.key) for s in settings}),
              [], "the manual has no setting that the program has not")
    tap.equal(sorted(s.key for s in settings if s.per_route !=
                     (s.section in ("cors", "upstream"))),
              ["access", "filtered_path", "outbound_proxy", "ports",
               "rate_limit"],
              "a route may give anew what the manual says")


def compare_tables(tap):
    settings = settings_of((TOP / "src/store/conf_table.c").read_text())
    tap.ok(len(settings) > 60, "conf_table.c can be read")
    compare_settings(tap, settings, manual_settings(
        (TOP / "man/viaduct.conf.5").read_text()))
    table = rules_made("-v", "form=markdown")
    tap.ok(table.count("\n") > 40, "err.def can be read")
    tap.ok(table in README, "README.md has the table of the rules", table)
    tap.equal(RULES_MANUAL, rules_made(
        "-v", "page=%s" % (TOP / "man/viaduct-rules.7.in")),
        "viaduct-rules.7 is made of them")


def compare_commands(tap, tree):
    output = subprocess.run([tree.program, "help"], check=True, text=True,
                            stdout=subprocess.PIPE).stdout
    commands = commands_of(output)
    tap.ok("check" in commands, "viaduct help can be read", output)
    tap.equal([x for x in output.splitlines() if len(x) > 79 and
               not re.fullmatch("/.*/viaduct.ini", x)], [],
              "... on a terminal of 80 columns, wherever it is installed")
    for name in commands:
        own = subprocess.run([tree.program, name, "--help"], check=True,
                             text=True, stdout=subprocess.PIPE).stdout
        tap.ok(own in output and own.startswith("  viaduct " + name),
               "viaduct %s --help says its part of that" % name, own)
    tap.equal(manual_commands(MANUAL) - {"--help"}, set(commands),
              "viaduct.1 has every command")


def lint(tap):
    for page in sorted((TOP / "man").glob("viaduct.*")) + [rules_manual()]:
        done = subprocess.run(["mandoc", "-Tlint", "-W", "warning", page],
                              stdout=subprocess.PIPE, text=True, check=False)
        tap.equal((done.returncode, done.stdout), (0, ""),
                  page.name + " is without fault")


def links(tap):
    for page in sorted(TOP.glob("*.md")) + sorted(TOP.glob("docs/*.md")):
        tap.equal(list(broken_links(page)), [],
                  "%s links to what is there" % page.relative_to(TOP))


def not_there(text):
    """Files that a page names in backquotes, and cases of tests behind them,
    which are not there."""
    for name, case in re.findall(r"`((?:src|tests|sql)/[^`]+)`"
                                 r"(?:: `(\w+)`)?", text):
        file = TOP / name
        if not file.is_file():
            yield name
        elif case and not re.search(r"\b%s\(" % case, file.read_text()):
            yield case


def threats(tap):
    text = DOCS["threats.md"]
    rows = [row for row in re.findall(r"^\| .*", text, re.M)
            if "fails without it" not in row]
    tap.ok(len(rows) > 40, "threats.md has a row for each")
    for row in rows:
        danger, defence, tests = row.strip("| ").split(" | ")
        tap.ok("`src/" in defence and "`tests/" in tests and
               not list(not_there(row)), "what it names is there: " + danger,
               list(not_there(row)))
    tap.equal(list(not_there("`src/none.c` `tests/run/docs.t`: `nothing`"
                             " `src/core/err.c`: `err_status`")),
              ["src/none.c", "nothing"], "... and what is not is found")


def faults(tap):
    """Each has all its columns, and tests that are there."""
    text = DOCS["faults.md"].split("## What differs")[0]
    rows = [row for row in re.findall(r"^\| .*", text, re.M)
            if not row.startswith("| fault |")]
    tap.ok(len(rows) > 35, "faults.md has a row for each")
    for row in rows:
        cells = row.strip("| ").split(" | ")
        tap.ok(len(cells) == 5 and all(cells) and "`tests/" in cells[4] and
               not list(not_there(row)), "its tests are there: " + cells[0],
               list(not_there(row)) or cells)


def quoted_lines(tap):
    """What the README quotes of the servers' files stands there."""
    shipped = "".join(p.read_text() for folder in ("apache", "haproxy",
                                                   "lighttpd", "nginx")
                      for p in sorted((TOP / folder).iterdir()))
    part = README[README.index("### Server-sent events"):]
    table = part[:part.index("\nThe files in")]
    quoted = re.findall(r"^\| [\w, ]+ \| `([^`]+)`", table, re.M)
    tap.equal(len(quoted), 5, "a line for each server's events")
    for line in quoted + ["CGIPassAuth On", "AllowEncodedSlashes NoDecode",
                          "FcgidMaxRequestLen 1073741824",
                          "client_max_body_size 0;"]:
        tap.ok(line in shipped and line in README,
               "%s is in README.md and the servers' files" % line)


# --- running the examples

class Example:
    """A gateway as `viaduct init' makes it, in a folder of its own."""
    count = 0

    def __init__(self, tree, *routes, ini=None):
        Example.count += 1
        self.tree = tree
        self.folder = tree.at("example%d" % Example.count)
        self.config = os.path.join(self.folder, "viaduct.ini")
        subprocess.run([tree.program, "init", self.folder], check=True,
                       stdout=subprocess.DEVNULL)
        if ini is not None:
            with open(self.config, "w", encoding="utf-8") as file:
                file.write(ini)
        self.database = sqlite3.connect(os.path.join(self.folder,
                                                     "routes.db"))
        for name in routes:
            self.sql("INSERT INTO routes(name, url, allow_origins) VALUES"
                     " (?, 'https://a.example', ?)", name, PAGE)

    def sql(self, text, *values):
        with self.database:
            return self.database.execute(text, values).rowcount

    def check(self):
        done = subprocess.run([self.tree.program, "check", "-c",
                               self.config], text=True, check=False,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        return done.returncode, done.stdout


def run_statements(tap, tree):
    for text in (README, MANUAL):
        for block in blocks(text, "") + re.findall(
                r"\.Bd -literal.*?\n(.*?)\.Ed", text, re.S):
            typed = statements(block)
            if not typed:
                continue
            made = re.search(r"INTO routes\(.*?\('(\w+)'", block, re.S)
            example = Example(tree, *{"weather", "heating"} -
                              {made and made[1]})
            for statement in typed:
                tap.guard(statement, lambda s=statement: tap.equal(
                    example.sql(s), 1, "the table takes: "
                    + s.splitlines()[0]))
            status, output = example.check()
            tap.equal(status, 0, "... and the check is content", output)


def run_rules(tap, tree):
    """What viaduct-rules(7) says that mends things is taken."""
    statements_made = list(manual_statements(RULES_MANUAL))
    tap.ok(len(statements_made) > 20, "viaduct-rules(7) has statements")
    for statement in statements_made:
        example = Example(tree, "x", "y")
        if statement.startswith("INSERT"):
            example.sql("DELETE FROM routes WHERE name = 'y'")
        tap.guard(statement, lambda: tap.equal(
            example.sql(statement), 1, "the table takes: " + statement))
        status, output = example.check()
        tap.equal(status, 0, "... and the check is content", output)


def run_manual(tap, tree):
    """The example of viaduct.conf(5): settings, then rows."""
    example = re.search(r"\.Sh EXAMPLES.*?\.Bd -literal.*?\n(.*?)\.Ed",
                        CONF_MANUAL, re.S)[1]
    ini, rows = example.split("\n\n")
    gateway = Example(tree, ini=ini)
    for row in rows.split(";")[:-1]:
        tap.equal(gateway.sql(row), 1, "viaduct.conf(5): a row is taken")
    status, output = gateway.check()
    tap.equal(status, 0, "... and the check is content", output)


def run_settings(tap, tree):
    pages = [README] + list(DOCS.values())
    certificates = tree.write("ca.pem", "")
    private = subprocess.run(["openssl", "genpkey", "-algorithm", "RSA"],
                             check=True, capture_output=True).stdout
    public = tree.write("public.pem", subprocess.run(
        ["openssl", "pkey", "-pubout"], input=private, check=True,
        capture_output=True).stdout)
    count = 0
    for block in (b for page in pages for b in blocks(page, "ini")):
        if "[Service]" in block:        # systemd's
            continue
        count += 1
        block = re.sub(r"(ca_file = )\S+", r"\g<1>" + certificates, block)
        block = re.sub(r"(jwt_key_file = )\S+", r"\g<1>" + public, block)
        status, output = Example(tree, "x", ini=block).check()
        if "jwt" in block and "built without" in output:
            continue
        tap.equal(status, 0, "settings are sound: "
                  + block.splitlines()[1], output)
    tap.ok(count >= 3, "there are examples of settings")


def run_recipes(tap, tree):
    part = README[README.index("## CORS recipes"):]
    part = part[:part.index("\nPreflights")]
    found = re.findall(r"`((\w+) = [^`]+)`", part)
    tap.equal(len(found), 8, "there are eight recipes")
    for line, key in found:
        status, output = Example(tree, "x", ini="[cors]\n%s\n"
                                 % line).check()
        tap.ok(status == 0 and "problem" not in output.replace(
            "0 problems", ""), "a recipe is sound: " + line, output)
    bad = Example(tree, "x", ini="[cors]\nallow_credentials = yes\n"
                  "allow_origins = *\n")
    tap.equal(bad.check()[0], 1, "... and the check finds one that is not")


class Target(http.server.BaseHTTPRequestHandler):
    seen = []

    def answer(self):
        Target.seen.append((self.command, self.path))
        self.send_response(204)
        self.end_headers()

    do_GET = do_POST = do_DELETE = answer

    def log_message(self, *_):
        pass


def ask(tree, example, method, uri):
    """One request to it as plain CGI."""
    env = {"PATH": trees.PATH, "VIADUCT_CONFIG": example.config,
           "GATEWAY_INTERFACE": "CGI/1.1", "REQUEST_METHOD": method,
           "SCRIPT_NAME": "/gw/viaduct.fcgi", "REQUEST_URI": uri,
           "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1",
           "HTTP_ORIGIN": PAGE}
    done = subprocess.run([tree.program], env=env, check=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    return done.stdout.decode("latin-1")


def run_routes(tap, tree):
    """The table of requests and of what is fetched for them."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Target)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    example = Example(tree)
    example.sql("INSERT INTO routes(name, url, allow_origins, allow_private)"
                " VALUES ('weather', ?, ?, '127.0.0.1/32')",
                "http://127.0.0.1:%d/v1" % server.server_port, PAGE)
    table = README[README.index("\n## Routes\n"):]
    rows = re.findall(r"^\| `(/gw/weather[^`]*|/gw/\?route[^`]*)` \| "
                      r"(?:`%s([^`]*)`|the same with (\w+))" % TARGET,
                      table, re.M)
    tap.equal(len(rows), 4, "there are four requests in the table")
    for uri, path, method in rows:
        Target.seen.clear()
        answer = ask(tree, example, "POST" if method else "GET", uri)
        wanted = (method or "GET", path or "/v1/x")
        tap.equal(Target.seen, [wanted], uri + " fetches " + wanted[1],
                  answer)
    server.shutdown()


def run_bundle(tap, tree):
    """The recipe that brings the libraries along."""
    script, line = blocks(DOCS["shared-hosting.md"], "sh")
    folder = tree.folder("bundling")
    subprocess.run(["cp", tree.program, folder], check=True)
    done = subprocess.run(["sh", "-e", "-c", script], cwd=folder, text=True,
                          stdout=subprocess.PIPE, check=False)
    tap.equal(done.returncode, 0, "libraries are brought along")
    tap.ok("libcurl" in done.stdout, "... libcurl among them", done.stdout)
    line = line.replace(INSTALLED, os.path.join(folder, "bundle")).strip()
    done = subprocess.run(["sh", "-c", line + " --version"], text=True,
                          stdout=subprocess.PIPE, check=False)
    tap.ok(done.stdout.startswith("viaduct "), "... and it starts by them",
           done.stdout)


def check_self(tap, tree):
    """That these comparisons can fail."""
    settings = settings_of('\t{ "app", "name", "x", OF_CONF(a) },\n')
    silent = open(os.devnull, "w", encoding="utf-8")
    out, sys.stdout = sys.stdout, silent
    try:
        probe = taps.Tap.__new__(taps.Tap)
        probe.count = probe.failed = 0
        compare_settings(probe, settings, {("app", "name"): ("y", "")})
    finally:
        sys.stdout = out
        silent.close()
    tap.equal(probe.failed, 2, "finds a wrong default")
    page = pathlib.Path(tree.write("page.md", "# A b\n[x](#a-b) [y](#c)"
                                   " [z](gone.md) `[n](that)`\n"))
    tap.equal(list(broken_links(page)), ["#c", "gone.md"],
              "finds links to nowhere")


README = (TOP / "README.md").read_text()
MANUAL = (TOP / "man/viaduct.1").read_text()
# Read before this test becomes somebody who perhaps may not.
RULES_MANUAL = rules_manual().read_text()
CONF_MANUAL = (TOP / "man/viaduct.conf.5").read_text()
DOCS = {p.name: p.read_text() for p in sorted(TOP.glob("docs/*.md"))}


def main():
    trees.need("mandoc", "openssl", "sqlite3")
    tap = taps.Tap()
    compare_tables(tap)
    lint(tap)
    links(tap)
    quoted_lines(tap)
    threats(tap)
    faults(tap)
    tree = trees.Tree()
    check_self(tap, tree)
    compare_commands(tap, tree)
    run_statements(tap, tree)
    run_rules(tap, tree)
    run_manual(tap, tree)
    run_settings(tap, tree)
    run_recipes(tap, tree)
    run_routes(tap, tree)
    # A sanitizer wants to be loaded first, which this loader cannot know.
    if not trees.SANITIZED:
        run_bundle(tap, tree)
    tap.done()


if __name__ == "__main__":
    main()
