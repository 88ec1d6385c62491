#!/usr/bin/python3
"""The sample page in headless Chromium: what the browser blocks directly, it
lets the page read through the gateway, a preflighted PUT included."""

import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.environ["srcdir"], "tests", "lib"))
import tap  # noqa: E402

try:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.support.ui import WebDriverWait
except ImportError:
    tap.bail_or_skip("not installed: python3-selenium")

IDS = ["direct", "via", "put"]
WAIT_SECONDS = 60
PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"


def become_ordinary(folder):
    """As a user's browser would run; the sample has become nobody too."""
    if os.geteuid() == 0:
        import pwd
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        os.setgroups([])
        os.setgid(nobody.pw_gid)
        os.setuid(nobody.pw_uid)
    os.environ["HOME"] = os.environ["TMPDIR"] = folder
    os.chdir(folder)


def start_sample():
    """The sample, and the page's address as it prints it."""
    source = os.environ["srcdir"]
    sample = subprocess.Popen(
        [source + "/tests/tool/run-sample", "--viaduct",
         os.environ["VIADUCT"], "--srcdir", source],
        stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
    for line in sample.stdout:
        if line.split()[:2] == ["sample", "page"]:
            return sample, line.split()[2]
    sample.wait()
    return sample, None


def start_browser(folder):
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium", path=PATH)
    # The sandbox needs user namespaces, which containers often deny.
    for flag in ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage",
                 "--disable-gpu", "--user-data-dir=" + folder + "/profile"]:
        options.add_argument(flag)
    return webdriver.Chrome(options=options, service=Service(
        shutil.which("chromedriver", path=PATH)))


def look(browser, address):
    """{id: (class, text)} once every fetch of the page has ended."""
    def ended(_):
        found = {i: browser.find_element("id", i) for i in IDS}
        found = {i: (e.get_attribute("class"), e.text)
                 for i, e in found.items()}
        return found if all(c for c, _ in found.values()) else None
    browser.get(address)
    return WebDriverWait(browser, WAIT_SECONDS).until(ended)


def judge(t, found):
    t.equal(found["direct"][0], "blocked", "the direct fetch is blocked")
    t.equal(found["via"][0], "ok", "the one through the gateway is read")
    t.ok("without CORS" in found["via"][1], "... with the origin's words",
         found["via"][1])
    t.equal(found["put"][0], "ok", "a preflighted PUT as well")
    t.ok("written by a script" in found["put"][1], "... with its body",
         found["put"][1])


def visit(t, folder, address):
    browser = start_browser(folder)
    try:
        judge(t, look(browser, address))
    finally:
        browser.quit()


def ended(sample):
    """Its exit status; what does not end is no reason to wait for ever."""
    try:
        return sample.wait(WAIT_SECONDS)
    except subprocess.TimeoutExpired:
        sample.kill()
        return None


def main():
    for program in ["lighttpd", "chromium", "chromedriver"]:
        if shutil.which(program, path=PATH) is None:
            tap.bail_or_skip("not installed: " + program)
    t = tap.Tap()
    sample, address = start_sample()
    folder = tempfile.mkdtemp(prefix="viaduct-browser-")
    try:
        if t.ok(address is not None, "the sample starts"):
            become_ordinary(folder)
            t.guard("Chromium opens the page", visit, t, folder, address)
    finally:
        sample.terminate()  # SIGINT is ignored below a shell's &
        t.equal(ended(sample), 0, "the sample ends when asked to")
        os.chdir("/")
        shutil.rmtree(folder, ignore_errors=True)
    t.done()


main()
