"""What a front is known to do otherwise, and why.  Short on purpose: each
entry is a promise less to the users of that server."""
import re

NOTHING = {}                            # the case proves nothing there


class Difference:
    def __init__(self, cases, reason, expect=NOTHING):
        self.cases = re.compile(cases)
        self.reason, self.expect = reason, expect


REFUSED = {"status": (400, 403, 404), "rule": None, "hits": 0, "has": {}}

ENCODED_SLASH = Difference(
    r"refuses .*%(2[fF]|5[cC]|00).*|passes /a%2Fb",
    "Apache answers 404 for %2F and %00 by itself (AllowEncodedSlashes is "
    "not for .htaccess)", REFUSED)
APACHE_BAD_ESCAPE = Difference(
    r"refuses /(%zz|a%|a%00b)", "Apache answers 400 or 404 by itself",
    REFUSED)

TABLE = {
    "cgi": [],
    "listen": [],
    "lighttpd": [],
    "lighttpd-cgi": [],
    "apache-fcgid": [ENCODED_SLASH, APACHE_BAD_ESCAPE],
    "apache-cgid": [ENCODED_SLASH, APACHE_BAD_ESCAPE],
    "apache-proxy": [APACHE_BAD_ESCAPE],
    "nginx": [],
}


def of(front, case):
    for difference in TABLE[front]:
        if difference.cases.fullmatch(case):
            return difference
    return None
