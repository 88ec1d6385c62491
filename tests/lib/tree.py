"""A temporary folder with all that a test needs, owned by an ordinary user.

Servers refuse or behave otherwise as root, and files of mode 0600 prove
nothing there; so a test started by root copies what it runs, gives the copy
away and becomes `nobody' itself.
"""
import atexit
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

import tap

HERE = os.path.dirname(os.path.realpath(__file__))
SOURCE = os.path.realpath(os.environ.get("srcdir") or
                          os.path.join(HERE, os.pardir, os.pardir))
BUILD = os.path.realpath(os.environ.get("top_builddir") or SOURCE)
PROGRAM = os.path.realpath(os.environ.get("VIADUCT") or
                           os.path.join(BUILD, "viaduct"))
SANITIZED = os.environ.get("VIADUCT_SANITIZED") == "1"
COPIED = ["tests/lib", "tests/tool", "tests/data", "sql", "etc", "cgi-bin",
          "apache", "lighttpd", "haproxy", "nginx"]
TSAN = os.environ.get("VIADUCT_TSAN") == "1"    # the sanitizer of threads
# Those that a server started are left to end: then they write their counts.
COUNTED = os.environ.get("VIADUCT_COUNTED") == "1"
DRAIN = 8                               # seconds that it takes at most
WAIT = 60 if SANITIZED else 20          # seconds until an event must be there
PATH = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin"
# A program that obeyed these would reach nothing.
DEAD_PROXY = {name: "http://127.0.0.1:9" for name in (
    "http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")}


def find(program):
    return shutil.which(program, path=PATH)


def need(*programs):
    """End the test file where one of these programs is missing."""
    missing = [p for p in programs if not find(p) and not os.path.exists(p)]
    if missing:
        tap.bail_or_skip("not installed: " + " ".join(missing))


def library(*places):
    """The first of these files that is there."""
    for place in places:
        if os.path.exists(place):
            return place
    return None


class Tree:
    """The folder, and the processes started in it."""

    def __init__(self, *programs):
        """`programs': files to have beside viaduct in bin/."""
        if not os.access(PROGRAM, os.X_OK):
            tap.bail_or_skip("no program at " + PROGRAM)
        self.path = tempfile.mkdtemp(prefix="viaduct-test.", dir="/tmp")
        os.chmod(self.path, 0o755)
        self.processes = []
        atexit.register(self.close)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
        for name in COPIED:
            source = os.path.join(SOURCE, name)
            if os.path.isdir(source):
                shutil.copytree(source, self.at("src", name), symlinks=True)
        self.program = self.at("bin", "viaduct")
        os.mkdir(self.at("bin"))
        shutil.copy2(PROGRAM, self.program)
        os.chmod(self.program, 0o755)
        for program in programs:
            shutil.copy2(program, self.at("bin"))
        self.become_ordinary()

    def become_ordinary(self):
        for folder, folders, files in os.walk(self.path):
            for name in [folder] + [os.path.join(folder, f)
                                    for f in folders + files]:
                os.chmod(name, os.stat(name).st_mode | 0o600)
                if os.geteuid() == 0:
                    nobody = pwd.getpwnam("nobody")
                    os.chown(name, nobody.pw_uid, nobody.pw_gid)
        if os.geteuid() == 0:
            os.setgroups([])
            os.setresgid(nobody.pw_gid, nobody.pw_gid, nobody.pw_gid)
            os.setresuid(nobody.pw_uid, nobody.pw_uid, nobody.pw_uid)
        os.environ["HOME"] = self.path
        os.environ["TMPDIR"] = self.path
        os.chdir(self.path)

    def at(self, *parts):
        return os.path.join(self.path, *parts)

    def source(self, *parts):
        return self.at("src", *parts)

    def folder(self, *parts):
        os.makedirs(self.at(*parts), exist_ok=True)
        return self.at(*parts)

    def write(self, name, text, mode=0o644):
        path = self.at(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        # A whole file or none: a server may read it at any moment.
        with open(path + ".new", "wb") as out:
            out.write(text.encode() if isinstance(text, str) else text)
        os.chmod(path + ".new", mode)
        os.rename(path + ".new", path)
        return path

    def read(self, name):
        try:
            with open(self.at(name), errors="backslashreplace") as file:
                return file.read()
        except OSError:
            return ""

    def start(self, argv, log, **how):
        """A process with its output in a file of that name."""
        with open(self.at(log), "ab") as out:
            how.setdefault("stdout", out)
            how.setdefault("stderr", out)
            how.setdefault("stdin", subprocess.DEVNULL)
            how["env"] = {"PATH": PATH, "HOME": self.path, **DEAD_PROXY,
                          **how.get("env", {})}
            process = subprocess.Popen(argv, cwd=self.path,
                                       start_new_session=True, **how)
        self.processes.append(process)
        return process

    def stop(self, process, how=signal.SIGTERM):
        """End a process started here, and what it started."""
        if process in self.processes:
            self.processes.remove(process)
        if process.poll() is None:
            process.send_signal(how)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if COUNTED:
            until(lambda: not session_runs(process.pid), DRAIN)
        # Its session may hold children that outlived it (pid = session).
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass

    def close(self):
        for process in list(self.processes):
            self.stop(process)
        os.chdir("/")
        if not os.environ.get("KEEP"):
            shutil.rmtree(self.path, ignore_errors=True)


def session_runs(leader):
    """Is there a process of this session that has not ended?"""
    for name in os.listdir("/proc"):
        try:
            with open("/proc/%d/stat" % int(name), encoding="latin-1") as file:
                state, _, _, session = file.read().rpartition(")")[2] \
                    .split()[:4]
        except (ValueError, OSError):
            continue
        if int(session) == leader and state != "Z":
            return True
    return False


def free_port(host="127.0.0.1"):
    """A port nobody listens on now; whoever takes it may have to retry."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as sock:
        sock.bind((host, 0))
        return sock.getsockname()[1]


def accepts(address):
    family = socket.AF_UNIX if isinstance(address, str) else \
        socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family) as sock:
        try:
            sock.connect(address)
            return True
        except OSError:
            return False


def until(condition, seconds=None):
    """Ask until it is true; for what gives no sign of its own."""
    end = time.monotonic() + (seconds or WAIT)
    while not (result := condition()):
        if time.monotonic() > end:
            return result
        time.sleep(0.01)
    return result
