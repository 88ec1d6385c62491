"""HTTP/1.1 as bytes: what is sent is what the test wrote, and of what comes
back nothing is repaired or hidden."""
import json
import socket
import ssl

import tree

LIMIT = 20                              # seconds of silence before giving up


class Answer:
    """One answer.  `whole' is false when its end did not come as promised."""

    def __init__(self, status, fields, body, whole, raw=b""):
        self.status, self.fields, self.body = status, fields, body
        self.whole, self.raw = whole, raw

    def all(self, name):
        return [v for n, v in self.fields if n.lower() == name.lower()]

    def get(self, name):
        values = self.all(name)
        return values[0] if values else None

    @property
    def rule(self):
        """The rule that decided, as problem+json says."""
        try:
            return json.loads(self.body).get("rule")
        except (ValueError, AttributeError):
            return None

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def echo(self):
        """What the origin received."""
        try:
            return json.loads(self.body)
        except ValueError:
            return {"method": None, "target": None, "fields": [],
                    "body_bytes": None, "body_sha256": None}

    def sent(self, name):
        """The values of a field that the origin received."""
        return [v for n, v in self.echo["fields"]
                if n.lower() == name.lower()]

    def __str__(self):
        head = "".join("%s: %s\n" % pair for pair in self.fields)
        return "%s\n%s\n%s%s" % (self.status, head,
                                 self.body[:600].decode("latin-1"),
                                 "" if self.whole else "\n(cut)")


class Nothing(Answer):
    """The connection ended without an answer."""

    def __init__(self, why):
        super().__init__(None, [], b"", False)
        self.why = why

    def __str__(self):
        return "no answer: " + self.why


def request_bytes(method, target, fields, body=None, chunked=False):
    names = {name.lower() for name, _ in fields}
    lines = ["%s %s HTTP/1.1" % (method, target)]
    if "host" not in names:
        lines.append("Host: viaduct.test")
    lines += ["%s: %s" % pair for pair in fields]
    if chunked:
        lines.append("Transfer-Encoding: chunked")
        size = b"%x\r\n%s\r\n" % (len(body), body) if body else b""
        tail = size + b"0\r\n\r\n"
    else:
        if body is not None and "content-length" not in names:
            lines.append("Content-Length: %d" % len(body))
        tail = body or b""
    head = "\r\n".join(lines) + "\r\n\r\n"
    return head.encode("latin-1") + tail


class Connection:
    """A client connection that can also be read step by step."""

    def __init__(self, port, host="127.0.0.1", tls=False):
        self.sock = socket.create_connection((host, port), LIMIT)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls:                         # whoever answers is the one meant
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            self.sock = context.wrap_socket(self.sock)
        self.have = b""
        self.ended = False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sock.close()

    def send(self, data):
        self.sock.sendall(data)

    def more(self):
        try:
            data = self.sock.recv(262144)
        except socket.timeout:
            raise
        except OSError:
            data = b""
        self.have += data
        self.ended = not data
        return not self.ended

    def until(self, text):
        """Everything up to and with `text'; None if the end comes first."""
        while text not in self.have:
            if not self.more():
                return None
        end = self.have.index(text) + len(text)
        data, self.have = self.have[:end], self.have[end:]
        return data

    def head(self):
        """(status, fields) of the next head that is not 1xx."""
        while True:
            raw = self.until(b"\r\n\r\n")
            if raw is None:
                return None
            status, fields = read_head(raw)
            if status >= 200:
                return status, fields

    def exactly(self, count):
        while len(self.have) < count and self.more():
            pass
        data, self.have = self.have[:count], self.have[count:]
        return data

    def answer(self, method="GET"):
        head = self.head()
        if head is None:
            return Nothing("connection closed, had %r" % self.have[:200])
        status, fields = head
        answer = Answer(status, fields, b"", True)
        if method == "HEAD" or status in (204, 304):
            return answer
        if answer.get("transfer-encoding"):
            answer.body, answer.whole = self.chunks()
        elif answer.get("content-length"):
            size = int(answer.get("content-length"))
            answer.body = self.exactly(size)
            answer.whole = len(answer.body) == size
        else:
            while self.more():
                pass
            answer.body, self.have = self.have, b""
        return answer

    def chunks(self):
        body = []
        while True:
            line = self.until(b"\r\n")
            if line is None:
                return b"".join(body) + self.have, False
            size = int(line.split(b";")[0], 16)
            data = self.exactly(size)
            body.append(data)
            if len(data) < size or self.until(b"\r\n") is None:
                return b"".join(body), False
            if size == 0:
                return b"".join(body), True


def read_head(raw):
    lines = raw.decode("latin-1").split("\r\n")
    fields = []
    for line in lines[1:]:
        if line:
            name, _, value = line.partition(":")
            fields.append((name, value.strip(" \t")))
    return int(lines[0].split(" ")[1]), fields


def ask(port, method, target, fields=(), body=None, chunked=False,
        tls=False):
    """One request on a connection of its own."""
    fields = list(fields)
    with Connection(port, tls=tls) as conn:
        try:
            conn.send(request_bytes(method, target,
                                    fields + [("Connection", "close")],
                                    body, chunked))
        except OSError:
            pass            # answered and closed before all was sent
        try:
            answer = conn.answer(method)
        except socket.timeout:
            return Nothing("silent for %d s, had %r"
                           % (LIMIT, conn.have[:200]))
        # What follows the answer is part of what the test may want to see.
        if answer.status is not None and (method == "HEAD" or
                                          answer.status in (204, 304)):
            conn.sock.settimeout(tree.WAIT)
            while conn.more():
                pass
            answer.body = conn.have
        return answer
