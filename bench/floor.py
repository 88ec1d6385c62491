"""The floor: programs in C that do nothing but ask and copy."""
import program


class Bare(program.OnLighttpd):
    name = "bare-lighttpd"
    names = {"bare"}
    mount = "/bare.fcgi"
    works = program.ALL - {"preflight"}

    def environment(self):
        """16 threads: more cost it more, unless all of them wait."""
        return {"BARE_PLAIN": self.target.plain, "BARE_TLS": self.target.tls,
                "BARE_CA": self.target.certificate,
                "BARE_THREADS": program.MANY if self.bench.many else 16}

    def conf(self):
        lines = "".join('"%s" => "%s",\n' % pair
                        for pair in self.environment().items())
        return self.streamed("mod_fastcgi", (
            'fastcgi.server = ( "%s" => ((\n"bin-path" => "%s",\n'
            '"socket" => "%s.sock",\n"check-local" => "disable",\n'
            '"max-procs" => 1,\n"bin-environment" => (\n%s)\n)) )\n') % (
                self.mount, self.tree.at("bin", "bare"),
                self.tree.at(self.name), lines))


class Hello(Bare):
    name = "hello-lighttpd"
    works = {"preflight"}

    def environment(self):
        return {"BARE_THREADS": 16}


class BareCgi(Bare):
    name = "bare-cgi"
    names = {"bare_cgi"}
    mount = "/bare.cgi"
    works = {"get"}
    children = True
    at_once = 16

    def conf(self):
        words = "".join("%s='%s' " % pair
                        for pair in self.environment().items())
        self.tree.write("docroot/bare.cgi", "#!/bin/sh\n%sexec %s\n" % (
            words, self.tree.at("bin", "bare_cgi")), 0o755)
        return self.streamed("mod_cgi", 'cgi.assign = ( ".cgi" => "" )\n')
