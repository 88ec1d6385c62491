"""What is asked for: nginx, which answers faster than all that is measured.

    /small      300 bytes
    /100K       100 kB, of a file
    /100M       100 MB
    /upload     takes the whole body, then answers; notes how long it was
    /waiting    /small after 200 ms
"""
import http.client
import json
import os
import socket

import fronts
import origin
import tree as trees

SMALL_BYTES = 300
SIZES = {"/small": SMALL_BYTES, "/waiting": SMALL_BYTES, "/100K": 100_000,
         "/100M": 100_000_000, "/upload": 3}
UPLOAD_BYTES = 20_000_000
WAITING_MS = 200
ECHO = trees.library("/usr/lib/nginx/modules/ngx_http_echo_module.so",
                     "/usr/share/nginx/modules/ngx_http_echo_module.so")

MAIN = """
worker_processes 1;
load_module {echo};
"""
HTTP = """
	sendfile on;
	tcp_nopush on;
	keepalive_requests 1000000000;
	keepalive_timeout 1h;
	default_type application/json;
	log_format length $request_length;
	server {{
		listen 127.0.0.1:{port} backlog=4096;
		{listen_tls}
		ssl_certificate {certificate};
		ssl_certificate_key {key};
		root {files};
		location = /accepts {{ stub_status; }}
		location = /small {{ return 200 '{small}'; }}
		location = /waiting {{
			echo_sleep {seconds};
			echo -n '{small}';
		}}
		location = /upload {{
			access_log {uploads} length;
			client_max_body_size 0;
			client_body_buffer_size 24m;
			echo_read_request_body;
			echo ok;
		}}
	}}
"""


def small():
    """JSON of the size that was promised."""
    text = json.dumps({"items": list(range(30)), "text": ""})
    filled = json.dumps({"items": list(range(30)),
                         "text": "x" * (SMALL_BYTES - len(text))})
    return filled


class Target:
    def __init__(self, tree):
        self.tree = tree
        self.certificate, key = origin.certificate(tree)
        self.log = tree.write("uploads.log", "")
        self.body = tree.at("upload.bin")
        for _ in range(5):
            self.port, self.tls_port = trees.free_port(), trees.free_port()
            self.process = tree.start(self.command(key), "target.log")
            trees.until(lambda: self.process.poll() is not None or
                        trees.accepts(("127.0.0.1", self.port)))
            if self.process.poll() is None:
                break
        else:
            raise AssertionError("target:\n" + tree.read("target.log"))
        # localhost is what the certificate is for; both of its addresses.
        self.plain = "http://127.0.0.1:%d" % self.port
        self.tls = "https://localhost:%d" % self.tls_port
        self.status = http.client.HTTPConnection("127.0.0.1", self.port)

    def provide(self, path):
        """The file that work with this path needs."""
        if path == "/upload":
            self.tree.write("upload.bin", os.urandom(UPLOAD_BYTES))
        elif SIZES[path] > SMALL_BYTES:
            self.tree.write("files" + path, os.urandom(SIZES[path]))

    def command(self, key):
        addresses = ["127.0.0.1"] + ["[::1]"] * has_ipv6()
        listen = "\n".join("listen %s:%d ssl backlog=4096;"
                           % (a, self.tls_port) for a in addresses)
        http_part = HTTP.format(
            port=self.port, listen_tls=listen, key=key,
            certificate=self.certificate, files=self.tree.at("files"),
            small=small(), seconds=WAITING_MS / 1000, uploads=self.log)
        return fronts.nginx(self.tree, "target", http_part,
                            MAIN.format(echo=ECHO))

    def accepts(self):
        """Connections accepted so far; asking opens none."""
        self.status.request("GET", "/accepts")
        text = self.status.getresponse().read().decode()
        return int(text.splitlines()[2].split()[0])

    def uploaded(self):
        """The lengths of the requests that came with a body, forgotten."""
        lengths = [int(word) for word in self.tree.read(self.log).split()]
        os.truncate(self.log, 0)
        return lengths


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as sock:
            sock.bind(("::1", 0))
            return True
    except OSError:
        return False
