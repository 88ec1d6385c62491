"""Cookies of targets: kept apart by route, and each as a line of its own."""
import re

from cases import Row

# Cookies that a browser may have for the gateway's host.
JAR = [("Cookie", "PHPSESSID=host; __Secure-vd.iso.s=1; "
        "__Secure-vd.iso-b.s=2; __Secure-vd.member.s=3; "
        "__Host-vd_operator=4; vd_operator=5")]
TWO = "/say?h=Set-Cookie:s%3d1;Path%3d/&h=Set-Cookie:t%3d2;Path%3d/in"
MANY = "&".join("h=Set-Cookie:c%d%%3d1" % i for i in range(25))
LAX = "; Secure; HttpOnly; SameSite=Lax"
NONE = "; Secure; HttpOnly; SameSite=None; Partitioned"


def rows(origin):
    return [
        Row("cookies: none by http", "/iso" + TWO, has={"set-cookie": None}),
        Row("cookies: none by default", "/o" + TWO,
            has={"set-cookie": None}),
        Row("cookies: a redirect is the client's", "/iso/redirect?to=/echo/x",
            302, has={"location": re.compile(".*/iso/echo/x")}),
    ]


def over_tls(run):
    """Two lines stay two; only its own go to the target."""
    mount = run.front.mount
    answer = run.front.secure("GET", "/iso" + TWO)
    run.equal(answer.all("set-cookie"), [
        "__Secure-vd.iso.s=1; Path=%s/iso/%s" % (mount, LAX),
        "__Secure-vd.iso.t=2; Path=%s/iso/in/%s" % (mount, LAX)],
        "over_tls: set", answer)
    answer = run.front.secure("GET", "/member" + TWO)
    run.equal(answer.all("set-cookie")[:1], [
        "__Secure-vd.member.s=1; Path=%s/member/%s" % (mount, NONE)],
        "over_tls: for pages of other origins", answer)
    answer = run.front.secure("GET", "/o" + TWO)
    run.equal(answer.all("set-cookie"), [], "over_tls: none by default",
              answer)
    answer = run.front.secure("GET", "/iso/say?" + MANY)
    run.equal(len(answer.all("set-cookie")), 20, "over_tls: 20 at most",
              answer)


def back_over_tls(run):
    for route, want in (("iso", ["s=1"]), ("iso-b", ["s=2"]),
                        ("member", ["s=3"]), ("o", [])):
        answer = run.front.secure("GET", "/%s/echo" % route, JAR)
        run.equal(answer.sent("Cookie"), want, "back_over_tls: " + route,
                  answer)
    answer = run.front.secure("GET", "/iso/echo", JAR + [
        ("Cookie", "a=b"), ("Cookie", "__Secure-vd.iso.t=2")])
    run.equal(answer.sent("Cookie"), ["s=1; t=2"],
              "back_over_tls: repeated fields", answer)
    answer = run.ask("GET", "/iso/echo", JAR)
    run.equal(answer.sent("Cookie"), [], "back_over_tls: none by http",
              answer)


def large(run):
    """As large as browsers keep them, both ways."""
    value = "v" * 3900
    answer = run.front.secure("GET", "/iso/say?h=Set-Cookie:s%%3d%s"
                              "&h=Set-Cookie:t%%3d%s" % (value, value[:3000]))
    run.equal([c.partition(";")[0] for c in answer.all("set-cookie")],
              ["__Secure-vd.iso.s=" + value,
               "__Secure-vd.iso.t=" + value[:3000]], "large: set", answer)
    answer = run.front.secure("GET", "/iso/echo", [
        ("Cookie", "__Secure-vd.iso.s=%s; __Secure-vd.iso.t=%s"
         % (value, value[:3000]))])
    run.equal(answer.sent("Cookie"), ["s=%s; t=%s" % (value, value[:3000])],
              "large: sent", answer)
    answer = run.front.secure("GET", "/iso/say?h=Set-Cookie:s%%3d%s"
                              "&h=Set-Cookie:t%%3d1" % (value + "w" * 200))
    run.equal([c.partition(";")[0] for c in answer.all("set-cookie")],
              ["__Secure-vd.iso.t=1"], "large: too large", answer)


def whole_site(run):
    """The route * has the host for its own, http or https."""
    mount = run.front.mount
    run.site.route("*", run.origin.url + "/echo", cookies="isolate")
    try:
        answer = run.ask("GET", "/x", JAR + [("Cookie", "a=b")])
        run.equal((answer.echo["target"], answer.sent("Cookie")),
                  ("/echo/x", ["PHPSESSID=host; a=b"]),
                  "whole_site: all but ours", answer)
        run.site.route("*", run.origin.url, cookies="isolate")
        answer = run.ask("GET", TWO + "&h=Set-Cookie:__Secure-vd.iso.s%3d9"
                         "&h=Set-Cookie:u%3d3;Secure;Domain%3dx.example")
        run.equal(answer.all("set-cookie"), [
            "s=1; Path=%s/" % mount, "t=2; Path=%s/in" % mount,
            "u=3; Path=%s/; Secure" % mount], "whole_site: set", answer)
        run.site.route("*", run.origin.url)
        answer = run.ask("GET", TWO)
        run.equal(answer.all("set-cookie"), [], "whole_site: not by default",
                  answer)
    finally:
        run.site.drop("*")


STORIES = [over_tls, back_over_tls, large, whole_site]
