"""viaduct, as the files that users copy have it, with its log, its counters,
its rate limit and its rules for paths, origins and addresses on."""
import fronts
import program
import sites


def site(bench, name):
    made = sites.Site(
        bench.tree, "site-" + name + "-many" * bench.many,
        cors={"allow_origins": program.ORIGIN},
        access={"rate_limit": "10000/s burst 1000000"},
        routes={"filtered_path": "/admin|/private/*"},
        upstream={"allow_private": "127.0.0.0/8 ::1/128",
                  "ca_file": bench.target.certificate,
                  "forwarded": "rfc7239", "upload_quota": "32M"},
        server={"state": "state",
                "threads": str(2 * program.MANY if bench.many else 64)})
    made.routes({"plain": (bench.target.plain, {}),
                 "tls": (bench.target.tls, {})})
    return made


class Ours(program.Program):
    names = {"viaduct"}

    def __init__(self, bench):
        program.Program.__init__(self, bench)
        self.front.__init__(self, bench.tree, site(bench, self.name))
        self.log = self.name + ".log"

    def start(self):
        return self.front.start(self)


class OursLighttpd(Ours, fronts.Lighttpd):
    name = "viaduct-lighttpd"
    front = fronts.Lighttpd

    def conf(self):
        return program.LIGHTTPD + super().conf()


class OursLighttpdCgi(Ours, fronts.LighttpdCgi):
    name = "viaduct-cgi"
    front = fronts.LighttpdCgi
    works = {"get", "upload"}
    children = True
    at_once = 16

    def conf(self):
        return program.LIGHTTPD + super().conf()


class OursNginxKept(Ours, fronts.Nginx):
    name = "viaduct-nginx-kept"
    front = fronts.Nginx
    works = program.ALL - {"waiting"}
    main = program.NGINX_MAIN
    http = program.NGINX_HTTP
    pool = 64                           # as many as callers


class OursNginx(OursNginxKept):
    name = "viaduct-nginx"
    pool = 0

    def copy(self, source, name, mode=0o644, **replaced):
        replaced["fastcgi_keep_conn on"] = "fastcgi_keep_conn off"
        return super().copy(source, name, mode, **replaced)


class OursFcgid(Ours, fronts.ApacheFcgid):
    name = "viaduct-fcgid"
    front = fronts.ApacheFcgid
    works = {"get", "tls", "preflight", "100K", "100M"}
    workers = program.APACHE
    heat = 20000

    def conf(self):
        # It sleeps for a second where it may not start a process yet.
        return super().conf() + "FcgidSpawnScoreUpLimit 200\n"
