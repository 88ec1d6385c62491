"""Certificates with any dates and names, and servers that show them."""
import datetime
import os
import socket
import ssl
import subprocess
import threading

CONFIG = """
[ca]
default_ca = x
[x]
database = %(path)s/index.txt
new_certs_dir = %(path)s
rand_serial = yes
unique_subject = no
default_md = sha256
policy = any
copy_extensions = copy
string_mask = utf8only
[any]
commonName = optional
organizationName = optional
[req]
distinguished_name = name
prompt = no
utf8 = yes
string_mask = utf8only
[name]
CN = %(name)s
O = %(organisation)s
"""


class Authority:
    """An authority of this run; its certificate is `certificate'."""

    def __init__(self, tree, name="authority"):
        self.path = tree.folder(name)
        self.tree = tree
        tree.write(os.path.join(name, "index.txt"), "")
        self.certificate = self.make(name, "CA", 0, 3650, ca=True)[0]

    def run(self, *argv):
        subprocess.run(["openssl", *argv], check=True, capture_output=True,
                       cwd=self.path)

    def make(self, name, subject, begin, end, names="", ca=False, own=False,
             organisation="Test"):
        """A certificate from `begin' to `end', in days from now; (cert, key)
        as files.  own: signed by its own key."""
        def at(suffix):
            return os.path.join(self.path, name + suffix)

        def day(days):
            when = datetime.datetime.now(datetime.timezone.utc) + \
                datetime.timedelta(days=days, minutes=-10)
            return when.strftime("%Y%m%d%H%M%SZ")
        with open(at(".conf"), "w", encoding="utf-8") as out:
            out.write(CONFIG % {"path": self.path, "name": subject,
                                "organisation": organisation})
        more = ["-addext", "basicConstraints=critical,CA:TRUE"] if ca else []
        if names:
            more += ["-addext", "subjectAltName=" + names]
        self.run("req", "-new", "-newkey", "ec", "-pkeyopt",
                 "ec_paramgen_curve:P-256", "-nodes", "-keyout", at(".key"),
                 "-out", at(".csr"), "-config", at(".conf"), *more)
        signer = ["-selfsign", "-keyfile", at(".key")] if ca or own else \
            ["-cert", self.certificate,
             "-keyfile", self.certificate.replace(".crt", ".key")]
        self.run("ca", "-batch", "-notext", "-config", at(".conf"),
                 "-in", at(".csr"), "-out", at(".crt"), "-startdate",
                 day(begin), "-enddate", day(end), *signer)
        return at(".crt"), at(".key")


class Server:
    """Answers each request alike, on a thread of its own; `heads' are those
    that have come."""

    def __init__(self, answer, pair=None):
        self.answer, self.heads = answer, []
        self.context = None
        if pair:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(*pair)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.url = "http%s://localhost:%d/" % ("s" if pair else "", self.port)
        threading.Thread(target=self.loop, daemon=True).start()

    def loop(self):
        while True:
            sock, _ = self.listener.accept()
            threading.Thread(target=self.one, args=(sock,),
                             daemon=True).start()

    def one(self, sock):
        try:
            if self.context:
                sock = self.context.wrap_socket(sock, server_side=True)
            head = b""
            while b"\r\n\r\n" not in head:
                if not (more := sock.recv(65536)):
                    return
                head += more
            self.heads.append(head)
            answer = self.answer(head) if callable(self.answer) else \
                self.answer
            sock.sendall(answer)
            sock.shutdown(socket.SHUT_WR)
            while sock.recv(65536):
                pass
        except OSError:
            pass
        finally:
            sock.close()


def say(*fields, status="200 OK", body=b"hello"):
    """An answer as Server takes it."""
    lines = ["HTTP/1.1 " + status, *fields,
             "Content-Length: %d" % len(body), "Connection: close", "", ""]
    return "\r\n".join(lines).encode("utf-8") + body


def origin_of(head):
    """The Origin of a request's head; None without."""
    for line in head.decode("latin-1").split("\r\n"):
        if line.lower().startswith("origin:"):
            return line.partition(":")[2].strip()
    return None
