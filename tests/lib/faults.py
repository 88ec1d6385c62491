"""Answers no sound server gives, and what viaduct is to make of each.

A row is (name, what the origin sends, expected status, expected rule or None,
body or None).  What is sent is bytes or a function that yields pieces; after
it the connection is closed.  Where two readings are right (libcurl's version
decides), the status is a tuple.
"""
import gzip
import time

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
LEN2 = b"Content-Length: 2\r\n\r\nok"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


def status_line(line):
    return line + b"\r\nContent-Length: 0\r\n\r\n"


def endless_fields():
    yield OK
    while True:
        yield b"".join(b"X-%d: %s\r\n" % (i, b"a" * 100) for i in range(50))


def endless_hints():
    while True:
        yield b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 20


def endless_status():
    while True:
        yield b"HTTP/1.1 200 a:b\r\n" * 100


def endless_line():
    yield OK + b"X-Long: "
    while True:
        yield b"a" * 4096


def many(name, count):
    return b"".join(b"%s: %s%d=b\r\n" % (name, b"v", i) for i in range(count))


BOMB = gzip.compress(b"\0" * 50_000_000, 9, mtime=0)

BAD = "bad_response"
HEAD = "head_too_large"
SHORT = "response_incomplete"

ROWS = [
    # framing by Content-Length
    ("sound", OK + LEN2, 200, None, b"ok"),
    ("short", OK + b"Content-Length: 100\r\n\r\n0123456789", 502, SHORT, None),
    ("length-twice", OK + b"Content-Length: 2\r\n" + LEN2, 200, None, b"ok"),
    ("length-differs", OK + b"Content-Length: 2\r\nContent-Length: 5\r\n\r\n"
        b"okxyz", 502, BAD, None),
    ("length-list", OK + b"Content-Length: 2, 2\r\n\r\nok", 502, BAD, None),
    ("length-negative", OK + b"Content-Length: -2\r\n\r\nok", 502, BAD, None),
    ("length-plus", OK + b"Content-Length: +2\r\n\r\nok", 502, BAD, None),
    ("length-hex", OK + b"Content-Length: 0x2\r\n\r\nok", 502, BAD, None),
    ("length-huge", OK + b"Content-Length: 99999999999999999999999\r\n\r\nok",
        502, BAD, None),
    # framing by chunks
    ("chunks-and-length", OK + b"Content-Length: 99\r\nTransfer-Encoding: "
        b"chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", 200, None, b"ok"),
    ("coding-unknown", OK + b"Transfer-Encoding: foo\r\n\r\nok",
        502, BAD, None),
    ("coding-xchunked", OK + b"Transfer-Encoding: xchunked\r\n\r\n2\r\nok\r\n"
        b"0\r\n\r\n", 502, BAD, None),
    ("chunk-bad", CHUNKED + b"2\r\nok\r\nzz\r\nxx", 502, None, None),
    ("chunk-ends", CHUNKED + b"5\r\nok", 502, SHORT, None),
    ("chunk-no-last", CHUNKED + b"2\r\nok\r\n", 502, SHORT, None),
    ("chunk-huge", CHUNKED + b"FFFFFFFFFFFFFFFFF\r\nok\r\n", 502, None, None),
    ("closed-at-end", OK + b"Connection: close\r\n\r\nok", 200, None, b"ok"),
    # no HTTP at all
    ("garbage", b"\x00\x01\x02garbage\r\n\r\n", 502, BAD, None),
    ("ssh", b"SSH-2.0-OpenSSH_9.2\r\n", 502, BAD, None),
    ("nothing", b"", 502, SHORT, None),
    # status lines
    ("status-word", b"HTTP/1.1 abc OK\r\n\r\n", 502, BAD, None),
    ("status-99", status_line(b"HTTP/1.1 99 Low"), 502, BAD, None),
    ("status-1000", status_line(b"HTTP/1.1 1000 Hi"), 502, BAD, None),
    ("status-000", status_line(b"HTTP/1.1 000 Z"), 502, BAD, None),
    ("status-600", status_line(b"HTTP/1.1 600 Z"), 502, BAD, None),
    ("status-999", status_line(b"HTTP/1.1 999 Z"), 502, BAD, None),
    ("version-9", b"HTTP/9.9 200 OK\r\n" + LEN2, 502, BAD, None),
    ("version-2", b"HTTP/2 200 OK\r\n" + LEN2, (200, 502), None, None),
    ("upgrade", b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n"
        b"Connection: upgrade\r\n\r\nRAW", 502, "upgrade", None),
    ("continue-only", b"HTTP/1.1 100 Continue\r\n\r\n", 502, None, None),
    ("hints-5", b"HTTP/1.1 103 Early Hints\r\nX-A: no\r\n\r\n" * 5 + OK + LEN2,
        200, None, b"ok"),
    ("hints-10", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 10 + OK + LEN2,
        200, None, b"ok"),
    ("hints-11", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 11 + OK + LEN2,
        502, HEAD, None),
    ("hints-endless", endless_hints, 502, HEAD, None),
    # field lines
    ("bare-lf", b"HTTP/1.1 200 OK\nContent-Length: 2\nX-A: b\n\nok",
        (200, 502), None, None),
    ("cr-in-value", OK + b"X-A: a\rX-B: b\r\n" + LEN2, (200, 502), None, None),
    ("nul-in-value", OK + b"X-A: a\0b\r\n" + LEN2, (200, 502), None, None),
    ("controls", OK + b"X-A: a\x01\x7f\x1bb\r\n" + LEN2, 200, None, b"ok"),
    ("no-colon", OK + b"NoColonHere\r\n" + LEN2, (200, 502), None, None),
    ("blank-in-name", OK + b"X A : b\r\n" + LEN2, (200, 502), None, None),
    ("no-name", OK + b": b\r\n" + LEN2, (200, 502), None, None),
    ("status-as-field", OK + b"HTTP/1.1 302 a: b\r\n" + LEN2,
        200, None, b"ok"),
    ("blanks-in-head", OK + b" \t\r\n" + LEN2, 200, None, b"ok"),
    ("cr-before-field", OK + b"\rX: y\r\n" + LEN2, (200, 502), None, None),
    ("folded", OK + b"X-Fold: a\r\n b\r\n" + LEN2, 200, None, b"ok"),
    ("folded-for-long", OK + b"X-A: a\r\n" + b" b\r\n" * 2000 + LEN2,
        502, HEAD, None),
    ("status-again", OK + b"X-Fold: a\r\nHTTP/1.1 500 a:b\r\n" + LEN2,
        200, None, b"ok"),
    # too much
    ("status-endless", endless_status, 502, HEAD, None),
    ("fields-endless", endless_fields, 502, HEAD, None),
    ("line-endless", endless_line, 502, HEAD, None),
    ("line-8000", OK + b"X-L: " + b"a" * 8000 + b"\r\n" + LEN2,
        200, None, b"ok"),
    ("line-8001", OK + b"X-L: " + b"a" * 8001 + b"\r\n" + LEN2,
        502, HEAD, None),
    ("line-99k", OK + b"X-L: " + b"a" * 99000 + b"\r\n" + LEN2,
        502, HEAD, None),
    ("line-200k", OK + b"X-L: " + b"a" * 200000 + b"\r\n" + LEN2,
        502, HEAD, None),
    ("head-1m", OK + b"".join(b"X-%d: %s\r\n" % (i, b"b" * 1000)
        for i in range(1000)) + LEN2, 502, HEAD, None),
    ("head-245k", OK + b"".join(b"X-%02d: %s\r\n" % (i, b"a" * 7900)
        for i in range(31)) + LEN2, 502, HEAD, None),
    ("cookies-200", OK + many(b"Set-Cookie", 200) + LEN2, 502, HEAD, None),
    ("gzip-bomb", OK + b"Content-Encoding: gzip\r\nConnection: close\r\n\r\n"
        + BOMB, 200, None, BOMB),
    # content where none may be
    ("204-content", b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n"
        b"hello", 204, None, b""),
    ("304-content", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"
        b"hello", 304, None, b""),
]



def hints_silent():
    yield b"HTTP/1.1 103 Early Hints\r\n\r\n"
    time.sleep(20)


def redirect_silent():
    yield b"HTTP/1.1 302 Found\r\nLocation: /echo/x\r\n" \
        b"Content-Length: 9\r\n\r\n"
    time.sleep(20)


BY_NAME = {row[0]: row[1] for row in ROWS}
BY_NAME.update({"hints-silent": hints_silent,
                "redirect-silent": redirect_silent})
