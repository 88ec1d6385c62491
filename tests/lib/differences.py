"""What a front is known to do otherwise, and why.  Short on purpose: each
entry is a promise less to the users of that server."""
import re

NOTHING = {}                            # the case proves nothing there


class Difference:
    def __init__(self, cases, reason, expect=NOTHING):
        self.cases = re.compile(cases)
        self.reason, self.expect = reason, expect


def refused(*statuses, **more):
    """The server refuses by itself, and the origin hears nothing."""
    return dict({"status": statuses, "rule": None, "hits": 0, "has": {},
                 "target": None}, **more)


APACHE_SLASH = Difference(
    r"(refuses|passes) (?!filtered by the query).*%(2[fF]|00).*",
    "Apache answers 404 for %2F and %00 (AllowEncodedSlashes cannot stand in "
    ".htaccess)", refused(404))
APACHE_ESCAPE = Difference(
    r"refuses (http://H)?/(%zz|a%|a%00b)",
    "Apache refuses what cannot be decoded", refused(400, 404))
APACHE_TRACE = Difference(
    r"TRACE", "Apache answers TRACE from its own core (TraceEnable)",
    refused(200))
APACHE_LONG = Difference(
    r"too long", "Apache takes the path for a file name, and 4,096 bytes for "
    "its end", refused(403))
APACHE_FIELDS = Difference(
    r"too many fields", "Apache's own LimitRequestFields is 100 as well",
    refused(400))
APACHE = [APACHE_ESCAPE, APACHE_TRACE, APACHE_LONG, APACHE_FIELDS]

LIGHTTPD_CONTROLS = Difference(
    r"(refuses|query) \S*(%00|%0d%0a|%c0%ae)\S*",
    "lighttpd refuses encoded control bytes and bad UTF-8, in a query too",
    refused(400))
LIGHTTPD_METHODS = Difference(
    r"lower-case get|an unknown method",
    "lighttpd knows the methods it knows", refused(501))
LIGHTTPD_CHUNKED = Difference(
    r"upload_without_length",
    "lighttpd answers 411 while it streams uploads (stream-request-body)")
LIGHTTPD_LONG = Difference(
    r"too long", "mod_cgi takes the path for a file name", refused(404))
LIGHTTPD = [LIGHTTPD_CONTROLS, LIGHTTPD_METHODS]

NGINX = [
    Difference(r"refuses (http://H)?/(%zz|a%|a%00b)",
               "nginx refuses what cannot be decoded", refused(400)),
    Difference(r"lower-case get", "nginx takes no lower-case methods",
               refused(400)),
    Difference(r"TRACE", "nginx answers TRACE by itself", refused(405)),
]

HAPROXY = [
    Difference(r"refuses (http://H)?/(%zz|a%|a%00b|a%0d%0aX:1)",
               "HAProxy decodes the path, and refuses what it cannot",
               refused(400)),
    Difference(r"too long", "HAProxy has no room for the path's parts",
               refused(500)),
    Difference(r"too many fields", "HAProxy takes 101 fields at most "
               "(tune.http.maxhdr)", refused(400)),
    Difference(r"request_fields: Connection's", "HAProxy hides Connection "
               "from the program, but not the fields that it names"),
    Difference(r"upload_streams", "HAProxy begins when the upload is whole "
               "or fills its buffer (16 KB, tune.bufsize)"),
    Difference(r"not_handed_out.*", "HAProxy hands out no files"),
]

UNSEEN_LEAVING = Difference(
    r"caller_leaves_in_silence",
    "the server says nothing of a caller that left until something is "
    "written; the timeouts end the fetch")
CGI_CUT = Difference(
    r"cut_without_length",
    "a CGI program has no way to say that its answer is broken off; a "
    "Content-Length shows it, where the target sent one")

FCGID = [
    Difference(r"upload_large", "mod_fcgid takes 128 KiB at most "
               "(FcgidMaxRequestLen cannot stand in .htaccess)"),
    Difference(r"upload_streams", "mod_fcgid collects the whole upload"),
    Difference(r"events_stream|answer_streams", "mod_fcgid holds an answer "
               "until 64 KiB are there (FcgidOutputBufferSize cannot stand "
               "in .htaccess)"),
    Difference(r"cut_without_length", "mod_fcgid makes every end look sound"),
    Difference(r"request_fields: Connection's", "mod_fcgid hides Connection "
               "from the program, but not the fields that it names"),
]

# As users copy their files, both stream (server-faults.t has them otherwise).
LIGHTTPD_WHOLE = [
    Difference(r"upload_streams", "lighttpd collects the whole upload"),
    Difference(r"caller_leaves_in_the_middle", "lighttpd takes the whole "
               "answer, whoever is left to read it"),
    Difference(r"cut_without_length", "lighttpd makes every end look sound"),
]
NGINX_WHOLE = [
    Difference(r"upload_streams", "nginx collects the whole upload"),
]

TABLE = {
    "cgi": [CGI_CUT],
    "listen": [],
    "lighttpd": LIGHTTPD + [UNSEEN_LEAVING],
    "lighttpd-buffered": LIGHTTPD + LIGHTTPD_WHOLE + [UNSEEN_LEAVING],
    "lighttpd-cgi": LIGHTTPD + [LIGHTTPD_LONG, UNSEEN_LEAVING, CGI_CUT],
    "apache-fcgid": FCGID + [APACHE_SLASH] + APACHE + [UNSEEN_LEAVING],
    "apache-cgid": [APACHE_SLASH] + APACHE + [UNSEEN_LEAVING, CGI_CUT],
    "apache-proxy": APACHE + [UNSEEN_LEAVING],
    "nginx": NGINX,
    "nginx-buffered": NGINX + NGINX_WHOLE,
    "haproxy": HAPROXY + [UNSEEN_LEAVING],
}


def of(front, case):
    for difference in TABLE[front]:
        if difference.cases.fullmatch(case):
            return difference
    return None
