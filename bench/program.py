"""What is common to all that is measured, and the target without any."""
import fronts

ORIGIN = "https://app.example"
FIELDS = [("Origin", ORIGIN)]
ASKING = [("Access-Control-Request-Method", "GET"),
          ("Access-Control-Request-Headers", "content-type")]
MANY = 1024                             # threads, workers: enough to wait in
LIGHTTPD = """\
server.max-keep-alive-requests = 65535
server.max-keep-alive-idle = 60
server.max-fds = 8192
server.max-connections = 4096
server.listen-backlog = 4096
"""
ALL = {"get", "tls", "preflight", "100K", "100M", "upload", "waiting"}
NGINX_MAIN = "worker_processes auto;\nworker_rlimit_nofile 8192;"
NGINX_HTTP = "keepalive_requests 1000000000;"
# A process with threads to spare is ended, with the connections it keeps.
APACHE_KEEPS = """
MaxSpareThreads 4096
ListenBacklog 4096
MaxKeepAliveRequests 0
KeepAliveTimeout 60
LogLevel error
"""
APACHE = """
ThreadLimit 256
ThreadsPerChild 256
StartServers 2
ServerLimit 2
MaxRequestWorkers 512
""" + APACHE_KEEPS
# One short of threads closes them too.
APACHE_MANY = """
ThreadLimit 1024
ThreadsPerChild 1024
StartServers 2
ServerLimit 2
MaxRequestWorkers 2048
""" + APACHE_KEEPS


class Program:
    """One thing that is measured."""
    works = ALL
    children = False                    # a process for each request
    heat = 0                            # requests before the first round
    at_once = 1000                      # connections that it can be asked by

    def __init__(self, bench):
        self.bench, self.tree, self.target = bench, bench.tree, bench.target

    def start(self):
        return self

    def does(self, work):
        return work.kind in self.works and work.connections <= self.at_once

    def url(self, secure, path):
        return "http://127.0.0.1:%d%s/%s%s" % (
            self.port, self.mount, "tls" if secure else "plain", path)

    def roots(self):
        return [p.pid for p in self.started]


class Direct(Program):
    """No program at all: what the target itself takes."""
    name = "direct"
    names = {"nginx"}
    works = ALL - {"preflight"}

    def url(self, secure, path):
        return (self.target.tls if secure else self.target.plain) + path

    def roots(self):
        return [self.target.process.pid]

    def stop(self):
        pass


class OnLighttpd(Program, fronts.Lighttpd):
    """Behind lighttpd, or lighttpd itself."""

    def __init__(self, bench):
        Program.__init__(self, bench)
        fronts.Lighttpd.__init__(self, bench.tree, None)
        self.log = self.name + ".log"

    def start(self):
        return fronts.Lighttpd.start(self)

    def streamed(self, module, rest):
        """A configuration that hands bodies on as they come."""
        return LIGHTTPD + (
            'server.modules += ( "%s" )\n'
            'server.stream-response-body = 1\n'
            'server.stream-request-body = 1\n%s' % (module, rest))
