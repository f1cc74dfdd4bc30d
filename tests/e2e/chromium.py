# SPDX-License-Identifier: Apache-2.0
"""Debian's Chromium without a screen, driven by chromium-driver: what people see of the console, and what their browser does."""
import atexit
import base64
import json
import os
import signal
from pathlib import Path

from browser import Browser
from npm_tools import tool
from patience import patience, wait_until
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

SCREENS = Path(os.environ["BIN"]).resolve().parent / "screens"
# What it would say to its maker is not the page's; the log below shows what is.
SWITCHES = ("--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--disable-extensions", "--no-first-run", "--disable-sync",
            "--disable-background-networking", "--disable-component-update", "--disable-default-apps", "--lang=ru", "--accept-lang=ru")
WATCH = """window.violations = [];
document.addEventListener("securitypolicyviolation", e => violations.push(e.violatedDirective + " " + e.blockedURI + " " + e.sourceFile));"""


def children(mother):
    """Numbers of all processes below this one."""
    below = [int(pid) for task in Path(f"/proc/{mother}/task").iterdir() for pid in (task / "children").read_text().split()]
    return below + [pid for child in below if Path(f"/proc/{child}").exists() for pid in children(child)]


class Chromium:
    def __init__(self, folder, *switches):
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for switch in (*SWITCHES, f"--user-data-dir={folder}", *switches):
            options.add_argument(switch)
        if os.geteuid() == 0:
            options.add_argument("--no-sandbox")
        options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
        self.driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
        self.driver.set_page_load_timeout(patience(30))
        self.driver.set_script_timeout(patience(60))
        self.cdp("Page.addScriptToEvaluateOnNewDocument", source=WATCH)
        atexit.register(self.close)
        self.axe = tool("axe-core").read_text()
        self.asked, self.violations = [], []  # addresses; what the policy of content forbade
        self.driver.get("about:blank")
        self.driver.get_log("performance")  # of the page that it begins with itself
        self.size(1280, 1024)

    def close(self):
        self.driver.quit()

    def kill(self):
        """SIGKILL to the browser and all its processes; its driver goes as it does after a browser that went by itself."""
        mother = self.driver.service.process.pid
        for pid in children(mother):
            os.kill(pid, signal.SIGKILL)
        self.driver.service.stop()
        atexit.unregister(self.close)

    def cdp(self, command, **args):
        return self.driver.execute_cdp_cmd(command, args)

    def js(self, script, *args):
        return self.driver.execute_script(script, *args)

    # --- who looks

    def enter(self, url, name, password, lang="ru"):
        """The session of a log-in by hand: pages of another account come next."""
        other = Browser(url, lang)
        assert other.log_in(name, password).status == 303, name
        self.url = url
        self.cdp("Network.clearBrowserCookies")
        for cookie, value in {**other.cookies, "selenga-lang": lang}.items():
            self.cdp("Network.setCookie", name=cookie, value=value, url=url, httpOnly=True, sameSite="Strict")
        return other

    def go(self, path):
        self.note()
        self.driver.get(self.url + path)
        return self

    def size(self, width, height, zoom=1):
        """Zoomed, a page has less room, of greater points."""
        self.cdp("Emulation.setDeviceMetricsOverride", width=width // zoom, height=height // zoom, deviceScaleFactor=zoom, mobile=False)

    def scripts(self, on):
        self.cdp("Emulation.setScriptExecutionDisabled", value=not on)

    def keys(self, *codes):
        """Each a key by its place, with what the Russian layout makes of it: ("KeyG", "п"); modifiers: 1 Alt, 2 Ctrl, 8 Shift."""
        for code, key, *more in codes:
            text = key if len(key) == 1 and not more else None
            for kind in ("keyDown", "keyUp"):
                event = {"type": kind, "code": code, "key": key, "modifiers": more[0] if more else 0}
                if more[1:]:
                    event["windowsVirtualKeyCode"] = more[1]
                if text and kind == "keyDown":
                    event["text"] = text
                self.cdp("Input.dispatchKeyEvent", **event)

    def press(self, *keys):
        ActionChains(self.driver, duration=0).send_keys(*keys).perform()

    def click(self, selector):
        """And waits for the page that comes of it."""
        old = self.driver.find_element("css selector", "html")
        self.driver.find_element("css selector", selector).click()
        self.until(lambda: self._is_over(old))

    def choose(self, name, value):
        """Of radios or a select."""
        for found in self.driver.find_elements("css selector", f'[name="{name}"][value="{value}"], [name="{name}"] option[value="{value}"]'):
            found.click()

    def tab_to(self, end=None, name=None):
        """Tab by tab, until the focus is at a link that ends so, or at a field of this name."""
        for _ in range(200):
            self.press(Keys.TAB)
            href, at = self.js("const e = document.activeElement; return [e.getAttribute('href') || '', e.getAttribute('name') || '']")
            if (end and href.endswith(end)) or (name and at == name):
                return
        raise AssertionError(f"no tab stop {end or name} on {self.path}")

    def until(self, condition):
        def calm():
            try:
                return condition()
            except WebDriverException:  # a page is on its way
                return False
        wait_until(calm, what=f"something at {self.path}")

    # --- what is there

    @staticmethod
    def _is_over(element):
        try:
            return element.is_enabled() is None
        except StaleElementReferenceException:
            return True

    def text(self):
        return self.driver.find_element("css selector", "body").text

    @property
    def path(self):
        return self.driver.current_url.removeprefix(self.url)

    def note(self):
        """Takes the logs in: they are empty afterwards."""
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                self.asked.append(message["params"]["request"]["url"])
        for entry in self.driver.get_log("browser"):
            if "Content Security Policy" in entry["message"]:
                self.violations.append(entry["message"])
        self.violations += self.js("return window.violations || []")

    def faults(self):
        """What axe finds grave, in words."""
        found = self.driver.execute_async_script(self.axe + """
            ;const done = arguments[arguments.length - 1];
            axe.run(document, {resultTypes: ["violations"]}).then(r => done(r.violations), e => done([{impact: "critical", id: String(e), nodes: []}]));""")
        return [f"{f['id']}: {'; '.join(n['html'][:160] for n in f['nodes'][:3])}" for f in found if f["impact"] in ("serious", "critical")]

    def too_wide(self):
        """By how many points the page is wider than its window."""
        return self.js("return document.documentElement.scrollWidth - window.innerWidth")

    def screen(self, name):
        path = SCREENS / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.driver.get_screenshot_as_png())
        return path

    def pdf(self, path):
        path.write_bytes(base64.b64decode(self.cdp("Page.printToPDF", printBackground=True, preferCSSPageSize=False)["data"]))
        return path
