#!/usr/bin/python3 -B
"""Tokens (access = jwt) from who makes them to the target that never sees
them: what is taken, and each way in which others have been taken in."""
import json
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)),
                                os.pardir, "lib"))
from bearer import SECRET, encode, hashed, text         # noqa: E402
import fronts                                           # noqa: E402
import origin as origins                                # noqa: E402
import sites                                            # noqa: E402
import tap as taps                                      # noqa: E402
import tree as trees                                    # noqa: E402
from cases import APP, JSON, sanitizer_reports          # noqa: E402

HOUR = 3600


def raw(der, size):
    """The two numbers of an ECDSA signature, as JWS has them."""
    at, numbers = 2 if der[1] < 0x80 else 3, b""
    for _ in range(2):
        length = der[at + 1]
        number = int.from_bytes(der[at + 2:at + 2 + length], "big")
        numbers += number.to_bytes(size, "big")
        at += 2 + length
    return numbers


class Signer:
    """A pair of keys of openssl's."""

    def __init__(self, tree, algorithm, *how):
        self.algorithm = algorithm
        self.private = tree.at(algorithm + ".pem")
        self.openssl("genpkey", *how, "-out", self.private)
        self.public = self.openssl("pkey", "-in", self.private,
                                   "-pubout").decode()

    @staticmethod
    def openssl(*words, data=None):
        return subprocess.run(["openssl", *words], input=data, check=True,
                              capture_output=True).stdout

    def sign(self, head, claims):
        start = encode(text(head)) + "." + encode(text(claims))
        made = self.openssl("dgst", "-sha" + self.algorithm[2:], "-sign",
                            self.private, data=start.encode())
        if self.algorithm[0] == "E":
            made = raw(made, {"256": 32, "384": 48, "512": 66}[
                self.algorithm[2:]])
        return start + "." + encode(made)


class Run:
    def __init__(self, tap, tree, site, origin, front):
        self.tap, self.tree, self.site = tap, tree, site
        self.origin, self.front = origin, front
        self.equal, self.ok = tap.equal, tap.ok
        self.callers = 0

    def key(self, content, mode=0o600):
        self.tree.write("site/token.key", content, mode)

    def ask(self, token, path="/t/echo", *fields, method="GET"):
        """From an address that has not failed before."""
        self.callers += 1
        if token is not None:
            fields += (("Authorization", "Bearer " + token),)
        return self.front.ask(method, path, list(fields), extra=[
            ("REMOTE_ADDR", "192.0.2.%d" % (self.callers % 250 + 1))])

    def status(self, token):
        answer = self.ask(token, "/t/echo", JSON)
        return answer.rule or answer.status

    def refused(self, token, why, name):
        """Refused like any other, and the log says why."""
        before = len(self.tree.read(self.front.log))
        self.origin.arrived()
        answer = self.ask(token, "/t/echo", ("Accept", "text/plain"))
        log = self.tree.read(self.front.log)[before:]
        self.ok((answer.status, answer.get("www-authenticate"), answer.body,
                 self.origin.arrived()) == (
            401, 'Bearer realm="viaduct"', REFUSAL, []) and
            "info: token_required: " + why in log and
            (token is None or len(token) < 20 or token not in log),
            "refused: " + name, "%s\n%s" % (answer, log))


REFUSAL = (b"401 Unauthorized (token_required): A valid token (JWT) is needed "
           b"as Authorization: Bearer; log in again at the service that issues"
           b" them.\n")
HEAD = {"alg": "HS256", "typ": "JWT"}
TARGETS = "the-targets-own-key"


def now():
    return int(time.time())


def claims(**more):
    return {"exp": now() + HOUR, **more}


def taken(run):
    run.equal(run.status(hashed(HEAD, claims())), 200, "a good one is taken")
    run.equal(run.status(hashed(HEAD, claims(
        iat=now(), nbf=now(), sub="x", jti="7", nested={"a": [1.5]}))), 200,
        "... with all that it may have")
    answer = run.ask(hashed(HEAD, claims()))
    run.equal(answer.sent("Authorization"), [], "... and not forwarded",
              answer)
    answer = run.ask(hashed(HEAD, claims()), "/t/echo",
                     ("X-API-Key", "theirs"))
    run.equal(answer.sent("X-API-Key"), ["theirs"],
              "... but what is the target's is", answer)
    answer = run.ask("a.token.of-theirs", "/open/echo")
    run.equal(answer.sent("Authorization"), ["Bearer a.token.of-theirs"],
              "where none is asked for it is the target's", answer)
    answer = run.ask(hashed(HEAD, claims()), "/?route=t&path=/echo&"
                     "method=DELETE")
    run.equal((answer.status, answer.echo["method"]), (200, "DELETE"),
              "it proves who sends a method", answer)
    run.origin.arrived()
    answer = run.ask(hashed(HEAD, claims(), "x" * 40), "/?route=t&path=/echo&"
                     "method=DELETE", JSON)
    run.equal((answer.rule, run.origin.arrived()), ("token_required", []),
              "... and a forged one does not", answer)


def forged(run):
    """What libjwt or its users have taken for signed."""
    public = run.rsa.public
    good = hashed(HEAD, claims())
    start, signature = good.rsplit(".", 1)
    for name in ("none", "None", "NONE", "nOnE", "", "HS384", "RS256"):
        head = {"alg": name}
        run.refused(encode(text(head)) + "." + encode(text(claims())) + "." +
                    signature, "it is of another algorithm",
                    "alg %r, with a signature" % name)
        run.refused(encode(text(head)) + "." + encode(text(claims())) + ".",
                    "it is not of three parts", "alg %r, without" % name)
    run.refused(encode('{"typ":"JWT"}') + "." + encode(text(claims())) + "." +
                signature, "it is of another algorithm", "no alg at all")
    run.refused(start + ".", "it is not of three parts", "no signature")
    run.refused(start, "it is not of three parts", "two parts")
    run.refused(good + ".x", "it is not of three parts", "four parts")
    run.refused(encode('{"alg":"none"}') + "." + encode(text(claims())) +
                "..x", "it is not of three parts", "four parts with none")
    run.refused(hashed(HEAD, claims(), ""), "its signature is wrong",
                "signed with no key")
    run.refused(hashed(HEAD, claims(), SECRET + "\n"),
                "its signature is wrong", "signed with the line's end")
    run.refused(hashed(HEAD, claims(), "x" * 40), "its signature is wrong",
                "signed with another key")
    run.refused(hashed(HEAD, claims(), SECRET, "sha512"),
                "its signature is wrong", "signed with another hash")
    run.refused(start[:-4] + encode("abc") + "." + signature, "its claims",
                "claims changed")
    run.refused(start + "." + ("A" if signature[0] != "A" else "B") +
                signature[1:], "its signature is wrong", "signature changed")
    run.refused(start + "." + signature[:-1], "its signature",
                "signature cut short")
    run.refused(good + "=", "its signature cannot be read", "padded")
    run.refused(" " + good.replace(".", " .", 1), "its head cannot be read",
                "with blanks")
    run.refused(hashed({"alg": "HS256"}, claims(), public),
                "its signature is wrong", "signed with a public key")
    with open("/etc/passwd", "rb") as file:
        passwd = file.read()
    run.refused(hashed(dict(HEAD, kid="../../../../etc/passwd"), claims(),
                       passwd), "its signature is wrong",
                "kid = ../../etc/passwd")
    run.equal(run.status(hashed(dict(HEAD, kid="../../etc/passwd"),
                                claims())), 200, "kid means nothing")
    for member, value in (("crit", ["exp"]), ("b64", False), ("zip", "DEF"),
                          ("jku", "https://a.example/k"), ("x5u", "http://a"),
                          ("jwk", {"kty": "oct", "k": encode("x" * 32)})):
        run.refused(hashed(dict(HEAD, **{member: value}), claims()),
                    "its head says how it is to be checked", member)
    run.refused(hashed({"alg": "HS256", "typ": "at+jwt"}, claims()),
                "it is of another type than JWT", "typ = at+jwt")
    run.refused(hashed(HEAD, claims(pad="x" * 4096)), "it is longer than",
                "too long")
    run.refused(None, "there is none", "none at all")
    run.refused("x", "it is not of three parts", "a word")


def malformed(run):
    """Numbers and names that readers read differently."""
    end = now() + HOUR
    for claim, why in (
            ('{"exp":%d.0}' % end, "a time in it is no whole"),
            ('{"exp":%d.5}' % end, "a time in it is no whole"),
            ('{"exp":%de0}' % end, "a time in it is no whole"),
            ('{"exp":"%d"}' % end, "a time in it is no whole"),
            ('{"exp":99999999999999999999}', "a time in it is no whole"),
            ('{"exp":true}', "a time in it is no whole"),
            ('{"exp":1,"exp":%d}' % end, "its claims cannot be read"),
            ('{"exp":%d,"exp":1}' % end, "its claims cannot be read"),
            ('{"exp":1,"\\u0065xp":%d}' % end, "its claims cannot be read"),
            ('{"exp":%d,"sub":"a\\u0000b"}' % end,
             "its claims cannot be read"),
            ('{"exp":%d}{}' % end, "its claims cannot be read"),
            ('[%d]' % end, "its claims cannot be read"),
            ('{"sub":"x"}', "it has no end"), ("{}", "it has no end")):
        run.refused(hashed(HEAD, claim), why, claim)


def times(run):
    at = now()
    for name, more, why in (
            ("expired in 1970", {"exp": 1}, "it has expired"),
            ("expired a second ago", {"exp": at - 1}, "it has expired"),
            ("expires now", {"exp": at}, "it has expired"),
            ("nbf in the future", {"nbf": at + HOUR}, "it is not yet valid"),
            ("iat in the future", {"iat": at + HOUR}, "it is not yet valid"),
            ("for two days", {"iat": at - 10, "exp": at + 2 * 86400},
             "it is valid for more than a day")):
        run.refused(hashed(HEAD, {**claims(), **more}), why, name)
    run.equal(run.status(hashed(HEAD, claims(nbf=now() + 30, iat=now() +
                                             30))), 200,
              "a clock half a minute ahead is forgiven")


def parties(run):
    """jwt_issuer and jwt_audience."""
    run.refused(hashed(HEAD, claims(aud="us")),
                "it is for an audience, and jwt_audience names none",
                "aud where none is known")
    undo = run.site.settings("access", jwt_issuer="https://login.example",
                             jwt_audience="us")
    mine = {"iss": "https://login.example", "aud": "us"}
    run.equal([run.status(hashed(HEAD, claims(**mine))), run.status(hashed(
        HEAD, claims(**dict(mine, aud=["them", "us"]))))], [200, 200],
        "parties: aud as a text and as a list")
    for name, more, why in (
            ("another issuer", {"iss": "https://login.example.evil"},
             "it is of another issuer"),
            ("issuers in a list", {"iss": ["https://login.example"]},
             "it is of another issuer"),
            ("another audience", {"aud": "them"}, "it is for another aud"),
            ("other audiences", {"aud": ["them", "US"]}, "it is for another"),
            ("a number among them", {"aud": ["us", 1]}, "its audience")):
        run.refused(hashed(HEAD, claims(**dict(mine, **more))), why, name)
    run.refused(hashed(HEAD, claims(iss="https://login.example")),
                "it is for nobody", "no audience")
    run.refused(hashed(HEAD, claims(aud="us")), "it is of another issuer",
                "no issuer")
    undo()


def of_public_keys(run):
    """RS256 and ES256, and their keys misused."""
    for signer in (run.rsa, run.ec):
        run.key(signer.public)
        undo = run.site.settings("access", jwt_algorithm=signer.algorithm)
        head = {"alg": signer.algorithm}
        good = signer.sign(head, claims())
        run.equal(run.status(good), 200, signer.algorithm + " is taken")
        start, signature = good.rsplit(".", 1)
        run.refused(start[:-4] + encode("abc") + "." + signature,
                    "its ", signer.algorithm + " with claims changed")
        run.refused(start + ".AAAA" + signature[4:], "its signature is wrong",
                    signer.algorithm + " with a signature changed")
        # The public key, which anybody has, as if it were a secret.
        for key in (signer.public, signer.public.rstrip("\n")):
            run.refused(hashed(HEAD, claims(), key),
                        "it is of another algorithm",
                        "HS256 with the key of " + signer.algorithm)
            run.refused(hashed(head, claims(), key), "its signature is wrong",
                        "... under the name of " + signer.algorithm)
        undo()
    run.key(run.ec.public)
    undo = run.site.settings("access", jwt_algorithm="ES256")
    run.refused(run.ec.sign({"alg": "ES256"}, claims()).rsplit(".", 1)[0] +
                "." + encode(b"\0" * 64), "its signature is wrong",
                "ES256 with a signature of zeros")
    undo()
    run.key(SECRET + "\n")


def new_key(run):
    """An edit of the file holds at once; a bad one leaves the last key."""
    old, new = hashed(HEAD, claims()), hashed(HEAD, claims(), "n3W" + SECRET)
    got = [run.status(old), run.status(new)]
    run.key("n3W" + SECRET + "\n")
    got += [run.status(old), run.status(new)]
    run.key(run.rsa.public)             # no key for HS256
    got += [run.status(new)]
    run.ok("token.key: holds a key in PEM" in run.tree.read(run.front.log),
           "new_key: a bad one is named", run.front.tail())
    run.key("n3W" + SECRET, 0o622)
    got += [run.status(new)]
    run.key(SECRET + "\n")
    got += [run.status(old), run.status(new)]
    bad = "token_required"
    run.equal(got, [200, bad, bad, 200, 200, 200, 200, bad], "new_key")


def in_the_log(run):
    """Its sub is the user, made harmless, and only of a good one."""
    sub = 'Ann "root" [x]\n' + "y" * 100
    run.ask(hashed(HEAD, claims(sub=sub)), "/t/echo/by-good")
    run.ask(hashed(HEAD, claims(sub="forged"), "x" * 40), "/t/echo/by-bad")
    run.ask(hashed(HEAD, claims(sub="operator")), "/t/echo/by-name")
    lines = trees.until(lambda: [
        line for line in run.site.access_log().splitlines()
        if "/by-" in line][2:] and [
        line for line in run.site.access_log().splitlines()
        if "/by-" in line])
    users = [line.split(" ", 3)[2] for line in lines]
    run.equal(users, ["sub:Ann\\x20\\x22root\\x22\\x20[x]\\x0A" + "y" * 30
                      + "...", "-", "sub:operator"], "in_the_log")


def pages(run):
    """A preflight needs no token; a page may read why."""
    answer = run.ask(None, "/t/echo", ("Origin", APP), (
        "Access-Control-Request-Method", "PUT"), method="OPTIONS")
    run.equal((answer.status, answer.get("access-control-allow-headers")),
              (204, "X-One, X-API-Key, Authorization, "
               "X-Viaduct-Authorization"), "pages: a preflight", answer)
    answer = run.ask(None, "/t/echo", ("Origin", APP), JSON)
    run.equal((answer.rule, answer.get("access-control-allow-origin")),
              ("token_required", APP), "pages: the refusal", answer)


def of_the_target(run):
    """A preflight that the target answers (cors = target) needs no token: so
    none opens anything there, be it forged or not."""
    asks = (("Origin", APP), ("Access-Control-Request-Method", "PUT"))
    for name, token in (("forged", hashed(HEAD, claims(sub="forged"),
                                          "x" * 40)),
                        ("good", hashed(HEAD, claims())), ("no", None)):
        run.origin.arrived()
        answer = run.ask(token, "/theirs/echo", *asks, method="OPTIONS")
        seen = str(run.origin.arrived())
        run.ok(answer.status == 200 and "/echo" in seen and
               TARGETS not in seen and (token is None or token not in seen),
               "of_the_target: a preflight with %s token" % name,
               "%s\n%s" % (answer, seen))
    answer = run.ask(hashed(HEAD, claims()), "/theirs/echo", asks[0])
    run.equal(answer.sent("X-Key"), [TARGETS],
              "of_the_target: the request itself has the target's key", answer)
    run.origin.arrived()
    for method, fields in (("OPTIONS", asks[:1]), ("GET", asks)):
        answer = run.ask(hashed(HEAD, claims(), "x" * 40),
                         "/?route=theirs&path=/echo&method=DELETE", JSON,
                         *fields, method=method)
        run.equal((answer.rule, run.origin.arrived()),
                  ("token_required", []),
                  "of_the_target: a forged token with " + method, answer)


def too_often(run):
    """Failures are counted; a good token passes all the same."""
    here = [("REMOTE_ADDR", "198.51.100.8")]

    def ask(token):
        answer = run.front.ask("GET", "/t/echo", [JSON, (
            "Authorization", "Bearer " + token)], extra=here)
        return answer.rule or answer.status
    got = []                            # one comes back every 6 seconds
    while len(got) < 30 and "rate_limited" not in got:
        got.append(ask("a.b.c"))
    run.equal((got[:5], got[-1], ask(hashed(HEAD, claims()))), (
        ["token_required"] * 5, "rate_limited", 200), "too_often")


def as_cgi(run):
    front = fronts.Cgi(run.tree, run.site)
    got = [front.ask("GET", "/t/echo", [JSON, ("Authorization", "Bearer " +
                                               token)]) for token in
           (hashed(HEAD, claims()), hashed(HEAD, claims(), "x" * 40))]
    run.equal([a.rule or a.status for a in got], [200, "token_required"],
              "as_cgi", front.tail())


def by_route(run):
    """A row may ask for tokens only where the settings know them."""
    undo = run.site.settings("access", jwt_algorithm=None, jwt_key_file=None)
    answer = run.ask(None, "/t/echo", JSON)
    run.equal((answer.rule, run.ask(None, "/open/echo").status),
              ("route_invalid", 200), "by_route", answer)
    undo()


def main():
    trees.need("sqlite3", "openssl")
    tree = trees.Tree()
    origin = origins.Origin(tree)
    tree.write("site/token.key", SECRET + "\n", 0o600)
    site = sites.Site(tree, access={"jwt_algorithm": "HS256",
                                    "jwt_key_file": "token.key"},
                      log={"level": "info"})
    done = subprocess.run([tree.program, "check", "-c", site.config],
                          text=True, capture_output=True, check=False)
    if "built without" in done.stdout:
        taps.bail_or_skip("viaduct was built without libjwt")
    site.routes({"t": (origin.url, {"access": "jwt", "allow_headers":
                                    "X-One"}),
                 "theirs": (origin.url, {"access": "jwt",
                                         "cors": "target"}),
                 "open": (origin.url, {"access": "open"})})
    site.header("theirs", "request", "X-Key", TARGETS)
    tap = taps.Tap()
    front = fronts.Listen(tree, site).start()
    run = Run(tap, tree, site, origin, front)
    run.rsa = Signer(tree, "RS256", "-algorithm", "RSA")
    run.ec = Signer(tree, "ES256", "-algorithm", "EC", "-pkeyopt",
                    "ec_paramgen_curve:P-256")
    for story in (taken, forged, malformed, times, parties, of_public_keys,
                  new_key, in_the_log, pages, of_the_target, too_often,
                  as_cgi, by_route):
        tap.guard(story.__name__, story, run)
    front.stop()
    for report in sanitizer_reports(tree):
        tap.ok(False, "no sanitizer report", report)
    tap.done()


main()
