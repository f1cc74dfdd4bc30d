#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How long pages of a node's console take, as a browser on the same computer would see it: one connection, one page after the
other. Prints RES lines of tests/bench/run."""
import argparse
import html
import http.client
import json
import os
import re
import subprocess
import time
import urllib.parse
from pathlib import Path

PASSWORD = "длинный пароль 1"


class Visitor:
    def __init__(self, url):
        self.url, self.line = url, http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=60)
        self.cookies = {}

    def ask(self, method, path, body=None):
        sent = {"Accept-Language": "ru", "Origin": self.url, "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if body is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        self.line.request(method, path, body, sent)
        answer = self.line.getresponse()
        text = answer.read()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, value = cookie.split(";")[0].split("=", 1)
            self.cookies[name] = value
        return answer.status, text.decode()

    def send(self, text, **fields):
        """The page's own form, with these fields."""
        form = re.search(r'<form[^>]*action="/login".*?</form>', text, re.S)[0]
        hidden = [(html.unescape(n), html.unescape(v)) for n, v in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form)]
        return self.ask("POST", "/login", urllib.parse.urlencode([*hidden, *fields.items()]))

    def log_in(self, name, once):
        _, text = self.send(self.ask("GET", "/login")[1], name=name, password=once)
        status, text = self.send(text, name=name, password=once, new_password=PASSWORD, repeated=PASSWORD)
        assert status == 303, (status, text)


def cpu_ms(node):
    """What the node's programs have used of processors so far; unlike the clock it does not grow with other work."""
    used = 0
    for pid in Path(node, "run").glob("*.pid"):
        fields = Path(f"/proc/{int(pid.read_text())}/stat").read_text().rsplit(")", 1)[1].split()
        used += int(fields[11]) + int(fields[12])
    return used * 1000 / os.sysconf("SC_CLK_TCK")


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("selenga", help="the program")
    options.add_argument("node", help="the node's directory; it runs")
    options.add_argument("role", help="of the account that is made for this")
    options.add_argument("path", nargs="+")
    options.add_argument("--times", type=int, default=100, help="each page so often (100)")
    asked = options.parse_args()
    selenga = lambda *args: json.loads(subprocess.run([asked.selenga, "--node", asked.node, "--json", *args], capture_output=True, check=True).stdout)
    name = f"bench-{time.time_ns()}"
    once = selenga("account", "add", name, "--role", asked.role)["password"]
    url = next(row["url"] for row in selenga("node", "status") if row["program"] == "console")
    visitor = Visitor(url)
    visitor.log_in(name, once)
    for path in asked.path:
        took, used = [], cpu_ms(asked.node)
        for _ in range(asked.times):
            begun = time.perf_counter()
            status, text = visitor.ask("GET", urllib.parse.quote(path, safe="/?=&:%"))
            took.append((time.perf_counter() - begun) * 1000)
            assert status == 200, (path, status, text)
        used = (cpu_ms(asked.node) - used) / asked.times
        took.sort()
        for what, value in (("p50_ms", took[len(took) // 2]), ("p99_ms", took[int(len(took) * 0.99)]), ("cpu_ms", used), ("kB", len(text.encode()) / 1000)):
            print(f"RES\t{what} {path}\t{value:.1f}", flush=True)


main()
