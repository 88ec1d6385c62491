"""The settings and routes of one viaduct under test, changed as an operator
would: by writing viaduct.ini and by the sqlite3 shell."""
import copy
import os
import subprocess

INI = {
    "cors": {"allow_origins": "https://app.example",
             "own_origin": "https://own.example",
             "allow_methods": "GET HEAD POST PUT PATCH DELETE OPTIONS"},
    # Tests ask more often than a client may; rate.t is about that.
    "access": {"rate_limit": "0"},
    "upstream": {"allow_private": "127.0.0.0/8"},
    "log": {"access": "access.log"},
    "server": {"state": "state", "threads": "32"},
    "routes": {"database": "routes.db"},
}


def quote(value):
    if value is None:
        return "NULL"
    if isinstance(value, (int, float)):
        return str(value)
    return "'" + value.replace("'", "''") + "'"


class Site:
    def __init__(self, tree, folder="site", **sections):
        self.tree, self.name = tree, folder
        self.folder = tree.folder(folder)
        os.chmod(self.folder, 0o755)
        os.makedirs(os.path.join(self.folder, "state"), exist_ok=True)
        os.makedirs(os.path.join(self.folder, "bin"), exist_ok=True)
        # The wrappers name bin/viaduct below the folder, as for a user.
        os.symlink(tree.program, os.path.join(self.folder, "bin", "viaduct"))
        self.ini = copy.deepcopy(INI)
        for section, settings in sections.items():
            self.ini.setdefault(section, {}).update(settings)
        self.write_ini()
        self.make_database()

    @property
    def config(self):
        return os.path.join(self.folder, "viaduct.ini")

    @property
    def database(self):
        return os.path.join(self.folder, "routes.db")

    def write_ini(self, text=None):
        if text is None:
            text = ""
            for section, settings in self.ini.items():
                text += "[%s]\n" % section
                for key, value in settings.items():
                    values = value if isinstance(value, list) else [value]
                    text += "".join("%s = %s\n" % (key, v) for v in values)
        self.tree.write(os.path.join(self.name, "viaduct.ini"), text, 0o600)

    def settings(self, section, **settings):
        """Change settings; returns what undoes it."""
        before = copy.deepcopy(self.ini)

        def undo():
            self.ini = before
            self.write_ini()
        for key, value in settings.items():
            if value is None:
                self.ini.get(section, {}).pop(key, None)
            else:
                self.ini.setdefault(section, {})[key] = value
        self.write_ini()
        return undo

    def make_database(self):
        schema = self.tree.source("sql/schema.sql")
        with open(schema, encoding="utf-8") as file:
            self.sql(file.read())

    def sql(self, text, fails=False):
        """Feed the shell; its complaint where it should fail."""
        done = subprocess.run(
            ["sqlite3", "-bail", "-cmd", ".timeout 5000", self.database],
            input=text, text=True, capture_output=True)
        if (done.returncode != 0) != fails:
            raise AssertionError("sqlite3: %s\n%s" % (done.stderr, text))
        return done.stderr if fails else done.stdout

    def route(self, name, url, **columns):
        """Insert or replace a route."""
        columns = {"name": name, "url": url, **columns}
        self.sql("BEGIN; DELETE FROM routes WHERE name = %s;\n"
                 "INSERT INTO routes(%s) VALUES (%s); COMMIT;"
                 % (quote(name), ", ".join(columns),
                    ", ".join(quote(v) for v in columns.values())))

    def routes(self, table):
        rows = ["INSERT INTO routes(%s) VALUES (%s);"
                % (", ".join(["name", "url", *columns]),
                   ", ".join(quote(v) for v in [name, url,
                                                *columns.values()]))
                for name, (url, columns) in table.items()]
        self.sql("BEGIN;\n" + "\n".join(rows) + "\nCOMMIT;")

    def header(self, route, direction, name, value):
        self.sql("INSERT INTO route_headers(route, direction, name, value) "
                 "VALUES (%s);" % ", ".join(map(quote, (route, direction,
                                                        name, value))))

    def drop(self, *names):
        self.sql("DELETE FROM routes WHERE name IN (%s);"
                 % ", ".join(map(quote, names)))

    def key(self, name, *arguments):
        """Make a key as an operator would; its text."""
        done = subprocess.run(
            [self.tree.program, "key", "-c", self.config, "add", name,
             *arguments], text=True, capture_output=True, check=False)
        if done.returncode != 0:
            raise AssertionError("key add: %s" % done.stderr)
        return done.stdout.rstrip("\n")

    def access_log(self, behind=""):
        return self.tree.read(os.path.join(self.name, "access.log" + behind))

    def access_logs(self):
        """Also what max_size has moved out of the way, and what was written
        while the settings did not name the file."""
        return self.access_log(".1") + self.access_log() + self.tree.read(
            os.path.join(self.name, "state", "access.log"))
