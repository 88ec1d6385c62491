"""Headless Chromium, driven by selenium.  Every host name leads to 127.0.0.1,
and certificates are taken as they are."""
import os

import tap
import tree as trees

try:
    from selenium import webdriver
    from selenium.common.exceptions import WebDriverException
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.support.ui import WebDriverWait
except ImportError:
    tap.bail_or_skip("not installed: python3-selenium")

WAIT_SECONDS = 60
FETCH = """
const [url, how, done] = arguments;
fetch(url, how).then(
    async a => done([a.status, a.url, await a.text()]),
    e => done([0, url, String(e)]));
"""


def need():
    trees.need("chromium", "chromedriver")


class Chromium:
    """A browser with a profile of its own below the tree."""

    def __init__(self, tree, name="profile"):
        options = webdriver.ChromeOptions()
        options.binary_location = trees.find("chromium")
        self.downloads = tree.folder(name + ".downloads")
        # The sandbox needs user namespaces, which containers often deny.
        for flag in ["--headless=new", "--no-sandbox",
                     "--disable-dev-shm-usage", "--disable-gpu",
                     "--ignore-certificate-errors",
                     "--host-resolver-rules=MAP * 127.0.0.1",
                     "--user-data-dir=" + tree.folder(name)]:
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        options.add_experimental_option("prefs", {
            "download.default_directory": self.downloads})
        self.driver = webdriver.Chrome(options=options, service=Service(
            trees.find("chromedriver")))
        self.driver.set_script_timeout(WAIT_SECONDS)
        self.driver.set_page_load_timeout(WAIT_SECONDS)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.driver.quit()

    def open(self, url):
        self.driver.get(url)

    def text(self):
        """What can be read of the page; "" between two of them."""
        try:
            return self.driver.find_element("tag name", "body").text
        except WebDriverException:
            return ""

    def until(self, condition):
        """What `condition' gives once it is true; it may not be yet."""
        return WebDriverWait(self.driver, WAIT_SECONDS).until(
            lambda _: condition())

    def leave(self, act):
        """Do what leads to another page, and wait until it is there."""
        before = self.page()
        act()
        self.until(lambda: self.page() not in (None, before))

    def page(self):
        """What no two pages have in common; None while there is none that is
        complete."""
        try:
            return self.driver.execute_script(
                "return document.readyState == 'complete' ?"
                " performance.timeOrigin : null")
        except WebDriverException:      # between two of them
            return None

    def downloaded(self):
        """The path of a finished download; None as long as there is none."""
        found = [f for f in os.listdir(self.downloads)
                 if not f.endswith(".crdownload") and f[0] != "."]
        return os.path.join(self.downloads, found[0]) if found else None

    def fetch(self, url, **how):
        """[status, URL, text] of a fetch by the page; 0: the script may not
        see it."""
        return self.driver.execute_async_script(FETCH, url, how)
