"""The ways to reach viaduct, each with the same face:

    front.ask(method, path, fields, body, chunked)  one whole exchange
    front.secure(method, path, fields)              the same over TLS
    front.open(method, path, fields, length)        one taken step by step

`path' is what stands below the mount.  Servers run with the very files that
users copy; only the folder, the address and the port are filled in.
"""
import os
import subprocess
import urllib.parse

import fcgi
import origin as origins
import tree as trees
import wire

HOME = "/home/USER/viaduct"             # what users change in those files
LISTEN = "127.0.0.1:9000"


class Front:
    name = None
    mount = ""
    log = None                          # of the server, in the tree

    def __init__(self, tree, site):
        self.tree, self.site = tree, site
        self.started = []

    def copy(self, source, name, mode=0o644, **replaced):
        """A file that users copy, with the folder filled in."""
        with open(self.tree.source(source), encoding="utf-8") as file:
            text = file.read()
        text = text.replace(HOME, self.site.folder)
        for old, new in replaced.items():
            if old not in text:
                raise AssertionError("%s has no %r" % (source, old))
            text = text.replace(old, new)
        return self.tree.write(name, text, mode)

    def start(self):
        for _ in range(5):
            if self.attempt():
                return self
        raise AssertionError("%s did not start:\n%s"
                             % (self.name, self.tail()))

    def attempt(self):
        return True

    def again(self):
        """Start once more what was ended and no server starts by itself."""

    def run(self, argv, address, **how):
        """Start a server; false when it ends instead of listening."""
        process = self.tree.start(argv, self.log, **how)
        trees.until(lambda: process.poll() is not None or
                    trees.accepts(address))
        if process.poll() is not None:
            self.tree.stop(process)
            return False
        self.started.append(process)
        return True

    def stop(self):
        for process in reversed(self.started):
            self.tree.stop(process)
        self.started.clear()

    def tail(self):
        return self.tree.read(self.log)[-3000:] if self.log else ""

    def ours(self):
        """What viaduct itself wrote there."""
        return "\n".join(line for line in self.tree.read(self.log).split(
            "\n") if "viaduct: " in line)


# Plain CGI and bare FastCGI: the environment is the request.

def variables(front, method, path, fields, length, extra=()):
    """The environment a server would make (RFC 3875)."""
    uri, query = front.mount + path, ""
    if "?" in path:
        path, query = path.split("?", 1)
    found = {
        "GATEWAY_INTERFACE": "CGI/1.1", "REQUEST_METHOD": method,
        "REQUEST_URI": uri, "SCRIPT_NAME": front.mount,
        "QUERY_STRING": query, "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_SOFTWARE": "test", "REMOTE_ADDR": "127.0.0.1",
        "SERVER_NAME": "viaduct.test", "SERVER_PORT": "80",
        "HTTP_HOST": "viaduct.test"}
    if path and "%00" not in path:
        found["PATH_INFO"] = urllib.parse.unquote(path, "latin-1")
    if length is not None and length < 0:
        found["HTTP_TRANSFER_ENCODING"] = "chunked"     # as mod_cgid has it
    elif length is not None:
        found["CONTENT_LENGTH"] = str(length)
    for name, value in fields:
        name = name.upper().replace("-", "_")
        if name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            found[name] = value
            continue
        name = "HTTP_" + name
        if name in found and name != "HTTP_HOST":
            joint = "; " if name == "HTTP_COOKIE" else ", "
            value = found[name] + joint + value
        found[name] = value
    found.update(extra)
    return found


class Steps:
    """An exchange with a program that answers as CGI programs do."""

    def __init__(self):
        self.have = b""

    def size(self):
        """Bytes that came and were not taken yet."""
        return len(self.have)

    def until(self, text):
        while text not in self.have:
            if not self.more():
                return None
        end = self.have.index(text) + len(text)
        data, self.have = self.have[:end], self.have[end:]
        return data

    def head(self):
        raw = self.until(b"\r\n\r\n")
        if raw is None:
            return None
        _, fields = wire.read_head(b"- 0\r\n" + raw)
        status = [v for n, v in fields if n == "Status"]
        if len(status) != 1 or fields[0][0] != "Status":
            raise AssertionError("no Status first: %r" % raw)
        return int(status[0][:3]), fields[1:]

    def answer(self, method="GET"):
        head = self.head()
        if head is None:
            return wire.Nothing("ended; had %r %r"
                                % (self.have[:200], self.complaint()[-600:]))
        while self.more():
            pass
        answer = wire.Answer(*head, self.have, self.whole())
        length = answer.get("content-length")
        if method != "HEAD" and head[0] != 304 and length is not None:
            answer.whole = answer.whole and int(length) == len(self.have)
        return answer


class CgiSteps(Steps):
    def __init__(self, argv, environment, log):
        super().__init__()
        self.log = log
        with open(log, "ab") as err:
            self.process = subprocess.Popen(
                argv, env=environment, stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=err, bufsize=0)
        # A pipe to a program that answers early breaks: that is no failure.
        self.broken = False

    def write(self, data):
        try:
            while data:
                data = data[self.process.stdin.write(data):]
        except BrokenPipeError:
            self.broken = True

    def finish(self):
        self.process.stdin.close()

    def more(self):
        data = self.process.stdout.read(262144)
        self.have += data
        return bool(data)

    def whole(self):
        return True

    def complaint(self):
        with open(self.log, encoding="latin-1") as file:
            return file.read()[-3000:]

    def answer(self, method="GET"):
        answer = super().answer(method)
        self.close()
        return answer

    def close(self):
        for stream in (self.process.stdin, self.process.stdout):
            stream.close()
        try:
            self.process.wait(trees.WAIT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Cgi(Front):
    name = "cgi"
    mount = "/cgi-bin/viaduct.cgi"
    log = "cgi.log"

    def __init__(self, tree, site, **environment):
        super().__init__(tree, site)
        self.environment = {"PATH": trees.PATH, **trees.DEAD_PROXY,
                            **environment}
        self.script = self.copy("cgi-bin/viaduct.cgi", "www/viaduct.cgi",
                                0o755)
        self.tree.write(self.log, "")

    def open(self, method, path, fields=(), length=None, extra=()):
        env = dict(self.environment)
        env.update(variables(self, method, path, fields, length, extra))
        return CgiSteps([self.script],
                        {k: v.encode("latin-1") for k, v in env.items()},
                        self.tree.at(self.log))

    def ask(self, method, path, fields=(), body=None, chunked=False,
            extra=()):
        length = -1 if chunked else None if body is None else len(body)
        steps = self.open(method, path, fields, length, extra)
        steps.write(body or b"")
        steps.finish()
        return steps.answer(method)

    def secure(self, method, path, fields=()):
        return self.ask(method, path, fields, extra=[("HTTPS", "on")])


class FcgiSteps(Steps):
    def __init__(self, conn):
        super().__init__()
        self.conn = conn
        self.write, self.close = conn.write, conn.close

    def finish(self):
        self.conn.finish()

    def more(self):
        got = self.conn.more()
        self.have += self.conn.out
        self.conn.out = b""
        return got

    def whole(self):
        return self.conn.done

    def complaint(self):
        return repr(self.conn.err)


class Listen(Front):
    """`viaduct listen', spoken to without a server."""
    name = "listen"
    mount = "/viaduct"
    log = "listen.log"

    def __init__(self, tree, site, **environment):
        super().__init__(tree, site)
        self.environment = {"PATH": trees.PATH, **environment}
        self.address = None
        self.process = None

    def attempt(self):
        self.address = ("127.0.0.1", trees.free_port())
        return self.again()

    def again(self):
        """At the same address, once more."""
        argv = [self.tree.program, "-c", self.site.config, "listen",
                self.address if isinstance(self.address, str) else
                "127.0.0.1:%d" % self.address[1]]
        good = self.run(argv, self.address, env=self.environment)
        self.process = self.started[-1] if good else None
        return good

    def open(self, method, path, fields=(), length=None, extra=(),
             conn=None, keep=False):
        conn = conn or fcgi.Connection(self.address)
        found = variables(self, method, path, fields, length, dict(extra))
        conn.begin(found.items(), keep)
        return FcgiSteps(conn)

    def ask(self, method, path, fields=(), body=None, chunked=False,
            extra=(), conn=None, keep=False):
        length = -1 if chunked else None if body is None else len(body)
        steps = self.open(method, path, fields, length, extra, conn, keep)
        try:
            steps.write(body or b"")
            steps.finish()
        except OSError:
            pass                        # answered and closed early
        answer = steps.answer(method)
        if not keep:
            steps.close()
        return answer

    def secure(self, method, path, fields=()):
        return self.ask(method, path, fields, extra=[("HTTPS", "on")])


# Real servers.

class HttpSteps:
    def __init__(self, conn, chunked):
        self.conn, self.chunked = conn, chunked
        self.until, self.more, self.head = conn.until, conn.more, conn.head
        self.answer = conn.answer
        self.close = conn.sock.close

    def size(self):
        return len(self.conn.have)

    def write(self, data):
        if self.chunked:
            data = b"%x\r\n%s\r\n" % (len(data), data)
        self.conn.send(data)

    def finish(self):
        if self.chunked:
            self.conn.send(b"0\r\n\r\n")


class Server(Front):
    """One that listens on two ports, one of them for TLS."""
    port = tls_port = None

    def choose_ports(self):
        self.port, self.tls_port = trees.free_port(), trees.free_port()
        self.certificate, self.key = origins.certificate(self.tree)

    def ask(self, method, path, fields=(), body=None, chunked=False):
        return wire.ask(self.port, method, self.mount + path, fields, body,
                        chunked)

    def secure(self, method, path, fields=()):
        return wire.ask(self.tls_port, method, self.mount + path, fields,
                        tls=True)

    def open(self, method, path, fields=(), length=None):
        """`length' None: no body; -1: chunked."""
        conn = wire.Connection(self.port)
        fields = list(fields) + [("Connection", "close")]
        chunked = length is not None and length < 0
        if chunked:
            fields.append(("Transfer-Encoding", "chunked"))
        elif length is not None:
            fields.append(("Content-Length", str(length)))
        conn.send(wire.request_bytes(method, self.mount + path, fields))
        return HttpSteps(conn, chunked)

    def listening(self, argv, **how):
        return self.run(argv, ("127.0.0.1", self.port), **how)

    def secret(self):
        """A file that the server itself would serve: no target may make it."""
        return self.tree.write("docroot/secret.txt", "the server's own file")


class Lighttpd(Server):
    name = "lighttpd"
    mount = "/viaduct.fcgi"
    log = "lighttpd.log"
    module = "viaduct.conf"
    script = "viaduct.fcgi"
    changed, script_changed = {}, {}    # of what users copy

    def conf(self):
        """What it is to serve."""
        self.copy("cgi-bin/" + self.script,
                  os.path.join(self.site.name, self.script), 0o755,
                  **self.script_changed)
        module = self.copy("lighttpd/" + self.module,
                           self.name + ".inc.conf", **self.changed)
        return 'include "%s"\n' % module

    def attempt(self):
        self.choose_ports()
        self.secret()
        conf = self.tree.write(self.name + ".conf", (
            'server.document-root = "%s/docroot"\n'
            'server.bind = "127.0.0.1"\nserver.port = %d\n'
            'server.upload-dirs = ( "%s" )\n'
            'server.modules += ( "mod_openssl" )\n'
            '$SERVER["socket"] == "127.0.0.1:%d" {\n'
            'ssl.engine = "enable"\nssl.pemfile = "%s"\n'
            'ssl.privkey = "%s"\n}\n%s') % (
                self.tree.path, self.port, self.tree.folder("uploads"),
                self.tls_port, self.certificate, self.key, self.conf()))
        return self.listening([trees.find("lighttpd"), "-D", "-f", conf])


class LighttpdBuffered(Lighttpd):
    """As lighttpd is by default: whole uploads, whole answers."""
    name = "lighttpd-buffered"
    changed = {"server.stream-response-body = 1":
               "server.stream-response-body = 0",
               "server.stream-request-body = 1":
               "server.stream-request-body = 0"}


class LighttpdCgi(Lighttpd):
    name = "lighttpd-cgi"
    mount = "/cgi-bin/viaduct.cgi"
    module = "viaduct-cgi.conf"
    script = "viaduct.cgi"


APACHE = """\
ServerRoot "{tree}"
ServerName viaduct.test
Listen 127.0.0.1:{port}
Listen 127.0.0.1:{tls_port}
PidFile "{tree}/{name}.pid"
DefaultRuntimeDir "{tree}"
ErrorLog "|/bin/cat >&2"
LoadModule mpm_event_module {modules}/mod_mpm_event.so
{load}
TypesConfig /dev/null
DocumentRoot "{tree}/docroot"
{workers}
<Directory />
	Require all granted
	AllowOverride All
</Directory>
{conf}
<VirtualHost *:{tls_port}>
	SSLEngine on
	SSLCertificateFile {certificate}
	SSLCertificateKeyFile {key}
	{site}
</VirtualHost>
"""


class Apache(Server):
    log = "apache.log"
    workers = ("ThreadsPerChild 40\nStartServers 1\nServerLimit 2\n"
               "MaxRequestWorkers 80")
    modules = "/usr/lib/apache2/modules"
    loads = ["authz_core", "mime", "rewrite", "alias", "dir", "autoindex",
             "setenvif", "negotiation", "env", "socache_shmcb", "ssl"]

    def conf(self):
        return ""

    def virtual(self):
        """What each virtual host is to hold."""
        return ""

    def folder(self):
        """The site's folder as a user of shared hosting fills it."""

    def attempt(self):
        self.choose_ports()
        self.secret()
        self.folder()
        load = "\n".join("LoadModule %s_module %s/mod_%s.so"
                         % (m, self.modules, m) for m in self.loads
                         if os.path.exists("%s/mod_%s.so"
                                           % (self.modules, m)))
        text = APACHE.format(tree=self.tree.path, port=self.port,
                             name=self.name, workers=self.workers,
                             tls_port=self.tls_port, key=self.key,
                             certificate=self.certificate,
                             modules=self.modules, load=load,
                             conf=self.conf(), site=self.virtual())
        text = text.replace('"|/bin/cat >&2"', "/dev/stderr")
        conf = self.tree.write(self.name + ".conf", text)
        return self.listening([trees.find("apache2"), "-D", "FOREGROUND",
                               "-f", conf])


class ApacheFcgid(Apache):
    name = "apache-fcgid"
    mount = "/v/viaduct.fcgi"
    loads = Apache.loads + ["fcgid"]
    script = "viaduct.fcgi"

    def folder(self):
        self.copy("cgi-bin/" + self.script, "docroot/v/" + self.script, 0o755)
        self.copy("apache/htaccess", "docroot/v/.htaccess")

    def conf(self):
        return ("FcgidIPCDir {0}/fcgid\nFcgidProcessTableFile {0}/fcgid.shm\n"
                .format(self.tree.folder("fcgid").rsplit("/", 1)[0]))


class ApacheCgid(ApacheFcgid):
    name = "apache-cgid"
    mount = "/v/viaduct.cgi"
    loads = Apache.loads + ["cgid"]
    script = "viaduct.cgi"

    def conf(self):
        return "ScriptSock %s\n" % self.tree.at("cgisock")


class Behind:
    """A server in front of `viaduct listen'."""

    def responder(self):
        self.inner = Listen(self.tree, self.site).start()
        self.started += self.inner.started
        return "127.0.0.1:%d" % self.inner.address[1]

    def again(self):
        self.inner.again()
        self.started.append(self.inner.process)


class ApacheProxy(Behind, Apache):
    name = "apache-proxy"
    mount = "/viaduct"
    loads = Apache.loads + ["proxy", "proxy_fcgi", "headers"]

    def attempt(self):
        self.stop()
        self.copy("apache/viaduct.conf", "apache.inc.conf",
                  **{LISTEN: self.responder()})
        return super().attempt()

    def conf(self):
        return "<VirtualHost *:%d>\n%s\n</VirtualHost>\n" % (
            self.port, self.virtual())

    def virtual(self):
        return "Include " + self.tree.at("apache.inc.conf")


NGINX = """\
daemon off;
pid {at}.pid;
error_log stderr;
{main}
events {{ worker_connections 4096; }}
http {{
	access_log off;
	client_body_temp_path {at}.body;
	fastcgi_temp_path {at}.fastcgi;
	proxy_temp_path {at}.proxy;
	uwsgi_temp_path {at}.uwsgi;
	scgi_temp_path {at}.scgi;
	{http}
}}
"""


def nginx(tree, name, http, main="worker_processes 1;"):
    """The command of an nginx that has all of its files in the tree."""
    conf = tree.write(name + ".conf", NGINX.format(at=tree.at(name),
                                                   http=http, main=main))
    return [trees.find("nginx"), "-p", tree.path, "-e", "stderr", "-c", conf]


NGINX_SERVER = """
	server {{
		listen 127.0.0.1:{port};
		listen 127.0.0.1:{tls_port} ssl;
		ssl_certificate {certificate};
		ssl_certificate_key {key};
		server_name viaduct.test;
		root {tree}/docroot;
		location /secret.txt {{ internal; }}
		{server}
	}}
"""


class Nginx(Behind, Server):
    name = "nginx"
    mount = "/viaduct"
    log = "nginx.log"
    http = server = ""
    changed = {}                        # of what users copy
    main = "worker_processes 1;"
    pool = 0                            # connections that it keeps

    def conf(self):
        """What stands in http { } and in server { }."""
        address = self.responder()
        http = self.http
        if self.pool:
            http += ("upstream viaduct { server %s; keepalive %d; }"
                     % (address, self.pool))
        module = self.copy("nginx/viaduct.conf", self.name + ".inc.conf",
                           **{LISTEN: "viaduct" if self.pool else address},
                           **self.changed)
        return http, "include %s;\n%s" % (
            module, self.server.replace(LISTEN, address))

    def attempt(self):
        self.stop()
        self.choose_ports()
        self.secret()
        http, server = self.conf()
        http += NGINX_SERVER.format(
            tree=self.tree.path, port=self.port, tls_port=self.tls_port,
            certificate=self.certificate, key=self.key, server=server)
        return self.listening(nginx(self.tree, self.name, http, self.main))


HAPROXY = """\
global
	maxconn 512
defaults
	mode http
	timeout connect 5s
	timeout client 90s
frontend tests
	bind 127.0.0.1:{port}
	bind 127.0.0.1:{tls_port} ssl crt {pem}
	use_backend viaduct if {{ path_reg ^/viaduct(/|$) }}
"""


class Haproxy(Behind, Server):
    name = "haproxy"
    mount = "/viaduct"
    log = "haproxy.log"

    def attempt(self):
        self.stop()
        self.choose_ports()
        address = self.responder()
        shipped = self.copy("haproxy/viaduct.cfg", "haproxy.inc.cfg",
                            **{LISTEN: address})
        pem = self.tree.write("haproxy.pem", self.tree.read(
            self.certificate) + self.tree.read(self.key), 0o600)
        conf = self.tree.write("haproxy.cfg", HAPROXY.format(
            port=self.port, tls_port=self.tls_port, pem=pem))
        return self.listening([trees.find("haproxy"), "-db", "-f", conf,
                               "-f", shipped])


class NginxBuffered(Nginx):
    """As nginx is by default."""
    name = "nginx-buffered"
    changed = {"fastcgi_buffering off;": "fastcgi_buffering on;",
               "fastcgi_request_buffering off;":
               "fastcgi_request_buffering on;"}


FRONTS = {front.name: front for front in (
    Cgi, Listen, Lighttpd, LighttpdBuffered, LighttpdCgi, ApacheFcgid,
    ApacheCgid, ApacheProxy, Nginx, NginxBuffered, Haproxy)}

# What each needs on the machine.
MODULES = Apache.modules
LIGHTTPD = ["sqlite3", "openssl", "lighttpd",
            "/usr/lib/lighttpd/mod_openssl.so"]
APACHES = ["sqlite3", "openssl", "apache2", MODULES + "/mod_ssl.so"]
PROGRAMS = {
    "cgi": ["sqlite3"],
    "listen": ["sqlite3"],
    "lighttpd": LIGHTTPD,
    "lighttpd-buffered": LIGHTTPD,
    "lighttpd-cgi": LIGHTTPD,
    "apache-fcgid": APACHES + [MODULES + "/mod_fcgid.so"],
    "apache-cgid": APACHES + [MODULES + "/mod_cgid.so"],
    "apache-proxy": APACHES + [MODULES + "/mod_proxy_fcgi.so"],
    "nginx": ["sqlite3", "openssl", "nginx"],
    "nginx-buffered": ["sqlite3", "openssl", "nginx"],
    "haproxy": ["sqlite3", "openssl", "haproxy"],
}
