"""Who may use a route: keys, as each server hands them on.

Failures are few: after five a caller is told 429, whatever the case."""
import json

from cases import APP, JSON, Row

CHALLENGE = {"www-authenticate": 'VdKey realm="viaduct"'}


def rows(origin):
    key, bearer = ("X-API-Key", origin.key), ("Authorization",
                                              "Bearer " + origin.key)
    page = ("Origin", APP)
    asked = [page, ("Access-Control-Request-Method", "PUT")]
    return [
        Row("no key", "/keyed/echo", 401, fields=[JSON, page],
            rule="key_required", has=CHALLENGE,
            cors={"allow-origin": APP, "expose-headers": "*"}),
        Row("a key that is none", "/keyed/echo", 401,
            fields=[JSON, ("X-API-Key", origin.key[:-1])],
            rule="key_required", has=CHALLENGE),
        Row("a key in X-API-Key", "/keyed/echo", fields=[key]),
        Row("a key as Bearer", "/keyed/echo", fields=[bearer]),
        Row("a key in what stands in for Authorization", "/keyed/echo",
            fields=[("X-Viaduct-Authorization", "Bearer " + origin.key)]),
        Row("a key in a POST", "/keyed/echo", method="POST", send=b"x",
            fields=[key, page], cors={"allow-origin": APP,
                                      "expose-headers": "*"}),
        Row("a preflight needs no key", "/keyed/echo", 204, "OPTIONS", asked,
            hits=0, cors={
                "allow-origin": APP, "max-age": "600", "allow-headers":
                "X-One, X-API-Key, Authorization, X-Viaduct-Authorization",
                "allow-methods":
                "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"}),
        Row("no shared cache keeps what a key has opened", "/keyed/say?"
            "h=Cache-Control:public,max-age=9,s-maxage=99&"
            "h=CDN-Cache-Control:max-age=99", fields=[key], has={
                "cache-control": "private, max-age=9",
                "cdn-cache-control": None}),
        Row("nor what Authorization by another name has, which it does not "
            "know", "/any/say?h=Cache-Control:max-age=9,public", fields=[
                ("X-Viaduct-Authorization", "Bearer t")],
            has={"cache-control": "private, max-age=9"}),
        Row("a key proves who sends a method", "/?route=any&path=/echo&"
            "method=DELETE", fields=[key], echo={"method": "DELETE"}),
    ]


def keys_stay_here(run):
    """The field with the key ends here, others of its kind do not."""
    for fields, left in (
            ([("X-API-Key", run.origin.key)], ([], [])),
            ([("Authorization", "Bearer " + run.origin.key)], ([], [])),
            ([("X-API-Key", run.origin.key), ("Authorization", "Bearer t")],
             ([], ["Bearer t"])),
            ([("X-API-Key", "t"), ("Authorization", "bearer " +
                                   run.origin.key)], (["t"], []))):
        answer = run.ask("GET", "/keyed/echo", fields)
        run.equal((answer.sent("X-API-Key"), answer.sent("Authorization")),
                  left, "keys_stay_here", answer)
        run.ok(run.origin.key not in str(answer.echo),
               "keys_stay_here: nowhere in what the target got", answer)


# Whom a caller is taken for who writes fields that only a proxy may; servers
# not named here drop those with "_".
BESIDE = {"lighttpd": ["127.0.0.1"]}
MIXED = [("X_Forwarded_For", "6.6.6.6"), ("x-forwarded_for", "6.6.6.6"),
         ("X_Forwarded-For", "6.6.6.6"), ("X_Forwarded_Proto", "https")]


def nobody_writes_what_a_proxy_writes(run):
    """One spells the proxy's field so that it becomes the same variable."""
    if run.front.name in ("cgi", "listen"):
        return                          # no server, so no fields
    undo = run.site.settings("access", trusted_proxies="127.0.0.0/8 ::1")
    proxy = ("X-Forwarded-For", "192.0.2.7")
    try:
        answer = run.ask("GET", "/tells-x/echo", [proxy])
        run.equal(answer.sent("X-Forwarded-For"), ["192.0.2.7"],
                  "a proxy is believed", answer)
        for field in MIXED[:3]:
            for fields in ([proxy, field], [field, proxy]):
                answer = run.ask("GET", "/tells-x/echo", fields)
                run.equal(answer.sent("X-Forwarded-For"), BESIDE.get(
                    run.front.name, ["192.0.2.7"]),
                    "a proxy: %s, then %s" % (fields[0][0], fields[1][0]),
                    answer)
        for fields in ([MIXED[3], ("X-Forwarded-Proto", "http")],
                       [("X-Forwarded-Proto", "http"), MIXED[3]]):
            answer = run.ask("GET", "/tells-x/echo", [proxy] + fields)
            run.equal(answer.sent("X-Forwarded-Proto"), ["http"],
                      "a proxy: %s, then %s" % (fields[0][0], fields[1][0]),
                      answer)
    finally:
        undo()


def checked(run):
    """What MOUNT/_check makes of the web server in front."""
    key = "0123456789-abcdefghijkl-operator"
    run.tree.write(run.site.name + "/operator.key", key + "\n", 0o600)
    undo = run.site.settings("app", operator_key_file="operator.key")
    head = [("Host", "localhost"), JSON, ("Authorization", "Bearer x"),
            ("X-API-Key", key)]
    mount = run.front.mount or "/"
    for ask, https in ((lambda *a: run.ask(*a), ("plain", "no: ")),
                       (run.front.secure, ("good", "yes, "))):
        answer = ask("GET", "/_check", head)
        told = json.loads(answer.body)
        facts = {f["fact"]: (f["state"], f["text"]) for f in told["server"]}
        for fact, (state, text) in (
                ("mount", ("good", mount + ", ")),
                ("request_uri", ("good", "it is passed on as it was sent")),
                ("authorization", ("good", "it arrives")),
                ("https", https), ("host", ("good", "localhost")),
                ("client", ("good", "127.0.0.1, by REMOTE_ADDR")),
                ("counters", ("good", "shared by all processes"))):
            run.ok(facts[fact][0] == state and
                   facts[fact][1].startswith(text),
                   "checked: %s, %s" % (fact, https[1]), facts)
    run.equal((told["problems"], told["settings"]), (0, run.site.config),
              "checked: the settings", answer)
    undo()


STORIES = [keys_stay_here, nobody_writes_what_a_proxy_writes, checked]
