"""What else one might use, each at its best documented settings."""
import os
import shutil
import subprocess

import fronts
import program
import tree as trees


class LighttpdProxy(program.OnLighttpd):
    """It asks no target over TLS, and sends preflights on."""
    name = "lighttpd-proxy"
    names = {"lighttpd"}
    mount = ""
    works = program.ALL - {"tls", "preflight"}

    def conf(self):
        return self.streamed("mod_proxy", (
            'server.modules += ( "mod_setenv" )\n'
            'proxy.server = ( "/plain/" => (( "host" => "127.0.0.1",\n'
            '"port" => %d )) )\n'
            'proxy.header = ( "map-urlpath" => ( "/plain/" => "/" ) )\n'
            'setenv.set-response-header = (\n'
            '"Access-Control-Allow-Origin" => "%s",\n"Vary" => "Origin" )\n'
            ) % (self.target.port, program.ORIGIN))


NGINX = """
		set $origin {origin};
		if ($request_method = OPTIONS) {{ return 204; }}
		add_header Access-Control-Allow-Origin $origin always;
		add_header Access-Control-Allow-Methods "GET, POST" always;
		add_header Vary Origin always;
		client_max_body_size 0;
		proxy_http_version 1.1;
		proxy_set_header Connection "";
		proxy_request_buffering off;
		proxy_ssl_trusted_certificate {certificate};
		proxy_ssl_verify on;
		proxy_ssl_name localhost;
		location /plain/ {{ proxy_pass http://plain/; }}
		location /tls/ {{ proxy_pass https://tls/; }}
"""


class NginxProxy(program.Program, fronts.Nginx):
    name = "nginx-proxy"
    names = {"nginx"}
    main = program.NGINX_MAIN

    def __init__(self, bench):
        program.Program.__init__(self, bench)
        fronts.Nginx.__init__(self, bench.tree, None)
        self.mount = ""
        self.log = self.name + ".log"

    def start(self):
        return fronts.Nginx.start(self)

    def conf(self):
        pools = (
            "upstream plain {{ server 127.0.0.1:{0.port}; keepalive {1}; }}\n"
            "upstream tls {{ server 127.0.0.1:{0.tls_port}; keepalive {1}; }}"
            .format(self.target, program.MANY if self.bench.many else 64))
        return program.NGINX_HTTP + pools, NGINX.format(
            origin=program.ORIGIN, certificate=self.target.certificate)


APACHE_PROXY = """\
RewriteEngine On
RewriteCond %{{REQUEST_METHOD}} =OPTIONS
RewriteRule ^ - [R=204,L]
Header always set Access-Control-Allow-Origin "{origin}"
Header always set Access-Control-Allow-Methods "GET, POST"
Header always merge Vary Origin
SSLProxyEngine On
SSLProxyCACertificateFile {certificate}
ProxyRequests Off
ProxyPass "/plain/" "{plain}/" keepalive=On
ProxyPass "/tls/" "{tls}/" keepalive=On
"""


class ApacheProxy(program.Program, fronts.Apache):
    name = "apache-proxy"
    names = {"apache2"}
    loads = fronts.Apache.loads + ["proxy", "proxy_http", "headers"]

    def __init__(self, bench):
        program.Program.__init__(self, bench)
        fronts.Apache.__init__(self, bench.tree, None)
        self.workers = program.APACHE_MANY if bench.many else program.APACHE
        self.log = self.name + ".log"

    def start(self):
        return fronts.Apache.start(self)

    def conf(self):
        return APACHE_PROXY.format(
            origin=program.ORIGIN, certificate=self.target.certificate,
            plain=self.target.plain, tls=self.target.tls)


class Anywhere(program.Program, fronts.Front):
    name = "anywhere"
    names = {"node"}
    mount = ""
    heat = 5000

    def __init__(self, bench):
        program.Program.__init__(self, bench)
        fronts.Front.__init__(self, bench.tree, None)
        self.log = self.name + ".log"
        self.port = None

    def start(self):
        return fronts.Front.start(self)

    def script(self):
        return os.path.join(npm_folder(), "cors-anywhere", "server.js")

    def attempt(self):
        self.port = trees.free_port()
        return self.run([trees.find("node"), self.script()],
                        ("127.0.0.1", self.port), env={
                            "HOST": "127.0.0.1", "PORT": str(self.port),
                            "NODE_PATH": npm_folder(),
                            "NO_PROXY": "*", "no_proxy": "*",
                            "NODE_EXTRA_CA_CERTS": self.target.certificate,
                            "BENCH_SCHEME": "https" if self.secure
                            else "http"})

    secure = False

    def url(self, secure, path):
        return "http://127.0.0.1:%d/%s%s" % (
            self.port, self.target.tls if secure else self.target.plain,
            path)


class AnywhereTuned(Anywhere):
    name = "anywhere-tuned"
    works = program.ALL - {"tls"}

    def script(self):
        return self.tree.at("bin", "anywhere.js")


class AnywhereTunedTls(AnywhereTuned):
    name = "anywhere-tuned"
    works = {"tls"}
    secure = True


def npm_folder():
    """Where npm has what is installed for all users."""
    return subprocess.run(["npm", "root", "--global"], check=True, text=True,
                          capture_output=True).stdout.strip()


FPM = """\
[global]
error_log = /dev/stderr
log_level = warning
daemonize = no
[bench]
listen = {socket}
listen.backlog = 4096
pm = static
pm.max_children = {processes}
clear_env = no
php_admin_value[output_buffering] = 0
php_admin_value[opcache.validate_timestamps] = 0
php_admin_value[max_execution_time] = 0
php_admin_value[enable_post_data_reading] = 0
"""


def php_fpm():
    """Debian has its version in its name."""
    for folder in trees.PATH.split(":"):
        found = sorted(f for f in os.listdir(folder)
                       if f.startswith("php-fpm")) \
            if os.path.isdir(folder) else []
        if found:
            return os.path.join(folder, found[-1])
    return None


class Php(program.OnLighttpd):
    """A process waits with each request: 1,000 are beyond it."""
    name = "php"
    mount = "/proxy.php"
    works = program.ALL - {"waiting"}
    processes = 16                      # 8 and 64 are no quicker

    def __init__(self, bench):
        super().__init__(bench)
        self.names = {os.path.basename(php_fpm())}
        self.socket = self.tree.at(self.name + ".sock")

    def attempt(self):
        self.stop()
        if os.path.exists(self.socket):
            os.unlink(self.socket)
        conf = self.tree.write(self.name + ".fpm.conf", FPM.format(
            socket=self.socket, processes=self.processes))
        environment = {"PLAIN": self.target.plain, "TLS": self.target.tls,
                       "CA": self.target.certificate}
        return self.run([php_fpm(), "-F", "-y", conf], self.socket,
                        env=environment) and super().attempt()

    def conf(self):
        shutil.copy(self.tree.at("bin", "proxy.php"),
                    self.tree.folder("docroot"))
        return self.streamed("mod_fastcgi", (
            'fastcgi.server = ( "%s" => (( "socket" => "%s",\n'
            '"check-local" => "disable" )) )\n') % (self.mount, self.socket))
