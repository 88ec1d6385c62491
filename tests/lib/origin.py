"""Starts tests/tool/origin and speaks its control language."""
import base64
import hashlib
import json
import os
import socket
import subprocess
import sys


class Origin:
    def __init__(self, tree, tls=False):
        argv = [sys.executable, "-B", tree.source("tests/tool/origin")]
        if tls:
            argv += ["--tls", *certificate(tree)]
        self.process = tree.start(argv, "origin.log", stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE)
        self.ports = json.loads(self.process.stdout.readline())
        self.host = "127.0.0.1:%d" % self.ports["http"]
        self.url = "http://" + self.host
        if tls:
            self.tls_url = "https://localhost:%d" % self.ports["https"]

    def order(self, **what):
        with socket.create_connection(
                ("127.0.0.1", self.ports["control"])) as sock:
            with sock.makefile("rw") as stream:
                stream.write(json.dumps(what) + "\n")
                stream.flush()
                return json.loads(stream.readline())

    def arrived(self, clear=True):
        return self.order(do="arrived", clear=clear)

    def release(self, token, count=1):
        return self.order(do="release", token=token, count=count)

    def wait(self, key, count=1, seconds=20):
        """Until `key' has been noted that often; False after the time."""
        return self.order(do="wait", key=key, count=count, seconds=seconds)

    def count(self, key):
        return self.order(do="count", key=key)

    def connections(self):
        return self.order(do="connections")


def certificate(tree, name="localhost"):
    """A self-signed certificate for this run; (cert, key)."""
    cert, key = tree.at(name + ".crt"), tree.at(name + ".key")
    if not os.path.exists(cert):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes",
             "-days", "2", "-subj", "/CN=" + name, "-addext",
             "subjectAltName=DNS:" + name, "-addext",
             "basicConstraints=critical,CA:TRUE", "-keyout", key,
             "-out", cert], check=True, capture_output=True)
    return cert, key


def pin(cert):
    """sha256// of the public key, as curl's manual computes it."""
    key = subprocess.run(["openssl", "x509", "-in", cert, "-pubkey",
                          "-noout"], check=True, capture_output=True).stdout
    der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "der"],
                         check=True, input=key, capture_output=True).stdout
    return "sha256//" + base64.b64encode(
        hashlib.sha256(der).digest()).decode()
