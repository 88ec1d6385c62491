"""Who may read what: the Origin, preflights, and the fields of the answer."""
from cases import APP, BAD, JSON, OWN, Row

SUB = "https://a.pattern.example"
ALL = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
STAR = {"allow-origin": "*", "expose-headers": "*"}


def echoed(origin):
    return {"allow-origin": origin, "expose-headers": "*"}


# route, Origin, status, rule, CORS fields of the answer
ACTUAL = [
    ("any", None, 200, None, STAR),
    ("any", "null", 200, None, STAR),
    ("any", BAD, 200, None, STAR),
    ("o", None, 200, None, {}),
    ("o", OWN, 200, None, echoed(OWN)),
    ("o", APP, 200, None, echoed(APP)),
    ("o", BAD, 403, "origin_not_allowed", {}),
    ("o", "null", 403, "origin_not_allowed", {}),
    ("list", APP, 200, None, echoed(APP)),
    ("list", SUB, 200, None, echoed(SUB)),
    ("list", "https://a.b.pattern.example", 200, None,
     echoed("https://a.b.pattern.example")),
    ("list", "null", 200, None, echoed("null")),
    ("none", None, 200, None, {}),
    ("none", APP, 403, "origin_not_allowed", {}),
    ("must", None, 403, "origin_required", {}),
    ("must", APP, 200, None, echoed(APP)),
    ("cred", None, 200, None, {}),
    ("cred", BAD, 403, "origin_not_allowed", {}),
]
# Origins that look like an allowed one and are not.
ALIKE = ["https://pattern.example",
         "https://evilpattern.example", "https://a.pattern.example.evil.net",
         "https://a.pattern.example:8443", "http://a.pattern.example",
         "https://app.example.evil.net", "http://app.example",
         "https://app.example:444"]
# What no browser sends.
MALFORMED = ["https://app.example/", "https://APP.example", "app.example",
             "https://app.example, https://app.example",
             "https://app.example https://evil.example", "NULL",
             "https://.pattern.example", "https://a..pattern.example", "https://u@app.example",
             "https://app.example/x", "https://" + "a" * 260 + ".example"]

# name, route, asked method, asked headers, more fields, CORS fields, Vary
PREFLIGHT = [
    ("any", "PUT", None, [],
     {"allow-origin": "*", "allow-methods": ALL,
      "allow-headers": "*, Authorization", "max-age": "600"}),
    ("o", "PUT", "content-type,x-a", [],
     {"allow-origin": APP, "allow-methods": ALL,
      "allow-headers": "*, Authorization", "max-age": "600"}),
    ("get-only", "DELETE", None, [],
     {"allow-origin": APP, "allow-methods": "GET",
      "allow-headers": "*, Authorization", "max-age": "600"}),
    ("cred", "PUT", "content-type,x-a", [],
     {"allow-origin": APP, "allow-methods": ALL, "max-age": "600",
      "allow-credentials": "true", "allow-headers": "content-type, x-a"}),
    ("o", "PUT", None,
     [("Access-Control-Request-Private-Network", "true")],
     {"allow-origin": APP, "allow-methods": ALL,
      "allow-headers": "*, Authorization", "max-age": "600"}),
    # allowed pages learn the rest from the request itself
    ("nowhere", "GET", None, [],
     {"allow-origin": APP, "allow-methods": ALL,
      "allow-headers": "*, Authorization", "max-age": "600"}),
]


SHORT = {"ACAO": "allow-origin", "ACAC": "allow-credentials",
         "ACAM": "allow-methods", "ACAH": "allow-headers",
         "ACMA": "max-age", "ACEH": "expose-headers"}


def table(tree):
    """The rows of tests/data/cors.txt, each with its route's name."""
    names, out = {}, []
    with open(tree.source("tests/data/cors.txt"), encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                cells = [cell.strip() for cell in line.split("|")]
                key = tuple(cells[:2])
                names.setdefault(key, "t%d" % len(names))
                out.append((names[key], *cells))
    return out


def table_routes(tree, url):
    return {name: (url, {
        "allow_origins": "" if origins == "empty" else origins,
        "allow_credentials": credentials,
        "own_origin": "https://proxy.example",
        "allow_methods": "GET HEAD POST PUT OPTIONS"})
        for name, origins, credentials, *_ in table(tree)}


def table_rows(tree, refused):
    """As Rows; routes that the database itself refused are left out."""
    for name, origins, creds, who, request, status, fields in table(tree):
        if name in refused:
            continue
        given = [JSON] + ([("Origin", who)] if who != "-" else [])
        if request == "preflight":
            given += [("Access-Control-Request-Method", "PUT"),
                      ("Access-Control-Request-Headers",
                       "x-one,content-type")]
        cors, vary = {}, None
        for pair in fields.split(";") if fields != "-" else []:
            key, value = pair.strip().split(": ", 1)
            if key == "Vary":
                vary = value.split(", ")
            else:
                cors[SHORT[key]] = NAMES if value == "@names" else value
        yield Row("cors.txt: %s | %s | %s | %s" % (
            origins, creds, who[:60], request), "/%s/echo" % name,
            int(status), method="GET" if request == "GET" else "OPTIONS",
            fields=given, cors=cors, vary=vary,
            hits=1 if status == "200" else 0)


class Names(str):
    """Equal to every list of field names without `*'."""

    def __eq__(self, other):
        return "*" not in other and len(other) > 0

    __hash__ = str.__hash__


NAMES = Names("@names")


def rows(origin):
    out = list(table_rows(origin.tree, origin.refused))
    for route, who, status, rule, cors in ACTUAL:
        fields = [JSON] + ([("Origin", who)] if who else [])
        out.append(Row("%s from %s" % (route, who), "/%s/echo" % route,
                       status, fields=fields, rule=rule, cors=cors,
                       vary=None if route == "any" else ["Origin"]))
    out += [Row("not alike: " + who, "/list/echo", 403,
                fields=[JSON, ("Origin", who)], rule="origin_not_allowed",
                cors={}) for who in ALIKE]
    out += [Row("malformed: " + who[:60], "/any/echo", 400,
                fields=[JSON, ("Origin", who)], rule="malformed_origin",
                cors={}) for who in MALFORMED]
    for route, method, headers, more, cors in PREFLIGHT:
        fields = [("Origin", APP), ("Access-Control-Request-Method", method)]
        if headers:
            fields.append(("Access-Control-Request-Headers", headers))
        out.append(Row("preflight %s %s %s" % (route, method, len(more)),
                       "/%s/echo" % route, 204, method="OPTIONS",
                       fields=fields + more, hits=0, cors=cors, body=b"",
                       has={"content-type": None},
                       vary=None if route == "any" else ["Origin"]))
    out += [
        Row("preflight from elsewhere", "/o/echo", 403, method="OPTIONS",
            fields=[JSON, ("Origin", BAD),
                    ("Access-Control-Request-Method", "GET")],
            rule="origin_not_allowed", cors={}),
        Row("preflight for a bad path", "/o/echo/%2e%2e/x", 204,
            method="OPTIONS", hits=0, fields=[
                ("Origin", APP), ("Access-Control-Request-Method", "GET")]),
        Row("OPTIONS that is no preflight", "/o/echo", method="OPTIONS",
            fields=[("Origin", APP)], cors=echoed(APP)),
        Row("OPTIONS where it is not allowed", "/get-only/echo", 405,
            method="OPTIONS", fields=[JSON, ("Origin", APP)],
            rule="method_not_allowed", cors=echoed(APP)),
        # every answer to an allowed page can be read
        Row("CORS on a 400", "/o/echo/%2e%2e/", 400, rule="bad_path",
            fields=[JSON, ("Origin", APP)], cors=echoed(APP)),
        Row("CORS on a 502", "/down/x", 502, rule="connection_refused",
            fields=[JSON, ("Origin", APP)], cors=echoed(APP)),
        Row("CORS on the target's 404", "/o/say?s=404%20Not%20Found", 404,
            fields=[("Origin", APP)], cors=echoed(APP)),
        Row("CORS on a 304", "/o/range", 304,
            fields=[("Origin", APP), ("If-None-Match", '"v1"')],
            cors=echoed(APP), vary=["Origin"]),
        # the target's own CORS words never get through
        Row("the target's CORS fields go", "/o/say?h=Access-Control-Allow-"
            "Origin:*&h=access-control-allow-credentials:true&h=Access-"
            "Control-Allow-Origin:x&h=Timing-Allow-Origin:*",
            fields=[("Origin", APP)], cors=echoed(APP)),
        Row("Vary is merged", "/o/say?h=Vary:Accept-Encoding,%20origin",
            fields=[("Origin", APP)], vary=["Origin", "Accept-Encoding"]),
        Row("Vary: * stays", "/o/say?h=Vary:*", fields=[("Origin", APP)],
            has={"vary": "*"}),
        # cors = target
        Row("cors=target passes the target's words",
            "/their/say?h=Access-Control-Allow-Origin:https://x.example&h="
            "Access-Control-Max-Age:7", fields=[("Origin", BAD)],
            cors={"allow-origin": "https://x.example", "max-age": "7"}),
        Row("cors=target sends the Origin on", "/their/echo",
            fields=[("Origin", BAD)], cors={}),
        Row("cors=target passes preflights",
            "/their/say?s=204%20No&h=Access-Control-Allow-Methods:PUT", 204,
            method="OPTIONS", hits=1, cors={"allow-methods": "PUT"}, fields=[
                ("Origin", BAD), ("Access-Control-Request-Method", "PUT")]),
    ]
    out += [Row("fetch metadata %s %s" % (path, fields), path,
                403 if rule else 200, rule=rule,
                fields=[JSON] + fields) for path, fields, rule in METADATA]
    return out


def meta(site, mode, dest=None):
    fields = [("Sec-Fetch-Site", site), ("Sec-Fetch-Mode", mode)]
    return fields + ([("Sec-Fetch-Dest", dest)] if dest else [])


METADATA = [
    ("/o/echo", meta("cross-site", "no-cors", "image"), "fetch_mode"),
    ("/o/echo", meta("same-site", "no-cors", "script"), "fetch_mode"),
    ("/o/echo", meta("cross-site", "navigate", "document"), "fetch_mode"),
    ("/o/echo", meta("same-origin", "no-cors", "image"), None),
    ("/o/echo", meta("none", "navigate", "document"), None),
    ("/o/echo", meta("cross-site", "cors") + [("Origin", APP)], None),
    ("/embed/echo", meta("cross-site", "no-cors", "image"), None),
    ("/embed/echo", meta("same-origin", "same-origin", "serviceworker"),
     "service_worker"),
    ("/o/echo", [("Service-Worker", "script")], "service_worker"),
]


def credentials_name_what_is_sent(run):
    """With credentials `*' is a literal name: the fields are listed."""
    answer = run.ask("GET", "/cred/say?h=X-One:1&h=X-Two:2&h=Content-Type:"
                     "text/plain", [("Origin", APP)])
    names = {n.strip().lower() for n in
             (answer.get("access-control-expose-headers") or "").split(",")}
    run.ok(answer.get("access-control-allow-credentials") == "true" and
           answer.get("access-control-allow-origin") == APP and
           {"x-one", "x-two"} <= names and "*" not in names,
           "credentials_name_what_is_sent", answer)


def target_cors_sends_origin(run):
    answer = run.ask("GET", "/their/echo", [("Origin", BAD)])
    run.equal(answer.sent("Origin"), [BAD], "target_cors_sends_origin",
              answer)


def repeated_origin(run):
    """Two Origin fields are no origin, however the server joins them."""
    answer = run.ask("GET", "/any/echo", [JSON, ("Origin", APP),
                                          ("Origin", BAD)])
    run.ok(answer.status == 400 and not run.origin.arrived(),
           "repeated_origin", answer)


STORIES = [credentials_name_what_is_sent, target_cors_sends_origin,
           repeated_origin]
