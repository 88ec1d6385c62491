"""What must be installed, and in which package of Debian it is."""
import os
import sys

import fronts
import peers
import target
import tree as trees

LIGHTTPD = {"lighttpd": "lighttpd",
            "/usr/lib/lighttpd/mod_openssl.so": "lighttpd-mod-openssl"}
APACHE = {"apache2": "apache2-bin"}
ALWAYS = {"h2load": "nghttp2-client", "nginx": "nginx-light",
          "openssl": "openssl", "sqlite3": "sqlite3", **LIGHTTPD}
NODE = {"node": "nodejs", "npm": "npm"}
OF_PROGRAM = {
    "viaduct-fcgid": {**APACHE, fronts.MODULES + "/mod_fcgid.so":
                      "libapache2-mod-fcgid"},
    "apache-proxy": APACHE, "anywhere": NODE, "anywhere-tuned": NODE,
}


def there(name):
    return os.path.exists(name) or trees.find(name) is not None


def missing(chosen):
    """Names, each with its package."""
    wanted = dict(ALWAYS)
    for program in chosen:
        wanted.update(OF_PROGRAM.get(program.name, {}))
    found = ["%s (package %s)" % (name, package)
             for name, package in wanted.items() if not there(name)]
    if target.ECHO is None:
        found.append("nginx's echo module (package libnginx-mod-http-echo)")
    names = {p.name for p in chosen}
    if "php" in names:
        found += missing_php()
    if names & set(NODE_PROGRAMS) and there("npm") and not os.path.isdir(
            os.path.join(peers.npm_folder(), "cors-anywhere")):
        found.append("cors-anywhere (npm's package of that name)")
    return found


NODE_PROGRAMS = ["anywhere", "anywhere-tuned"]


def missing_php():
    if peers.php_fpm() is None:
        return ["php-fpm (package php-fpm)"]
    version = peers.php_fpm().rsplit("php-fpm", 1)[1]
    if not os.path.exists("/etc/php/%s/fpm/conf.d/20-curl.ini" % version):
        return ["PHP's curl (package php-curl)"]
    return []


def demand(chosen):
    """End the program unless all of it is there."""
    found = missing(chosen)
    if found:
        sys.exit("bench: not installed: %s; ./bootstrap --bench installs "
                 "all, BENCH_ONLY leaves programs out" % ", ".join(found))
