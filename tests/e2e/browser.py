# SPDX-License-Identifier: Apache-2.0
"""A browser without script, for the console: cookies, forms with their hidden fields, one request a connection."""
import html
import http.client
import io
import re
import urllib.parse
import zipfile

from patience import patience

FORM = "application/x-www-form-urlencoded"


class Answer:
    def __init__(self, response, body):
        self.status, self.headers, self.body = response.status, response.headers, body

    @property
    def text(self):
        if not self.body.startswith(b"PK\x03\x04"):
            return self.body.decode("utf-8", "strict")
        with zipfile.ZipFile(io.BytesIO(self.body)) as book:  # a workbook: what stands in it
            return "".join(book.read(name).decode("utf-8", "strict") for name in book.namelist())

    @property
    def location(self):
        return self.headers["Location"]

    def shown(self):
        """What a reader sees: the page without its markup."""
        return html.unescape(re.sub(r"<[^>]*>", " ", self.text))

    def hidden(self, action=None):
        """Hidden fields of the form with this action, or of the page's own form."""
        for head, inside in re.findall(r"<form([^>]*)>(.*?)</form>", self.text, re.S):
            found = re.search(r'action="([^"]*)"', head)
            if (found and html.unescape(found[1])) == action:
                return [(html.unescape(n), html.unescape(v))
                        for n, v in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', inside)]
        raise AssertionError(f"no form {action}:\n{self.text}")


class Browser:
    def __init__(self, url, lang="en"):
        self.url, self.netloc = url, urllib.parse.urlsplit(url).netloc
        self.cookies, self.lang = {}, lang

    def ask(self, method, path, body=None, headers=()):
        line = http.client.HTTPConnection(self.netloc, timeout=patience(30))
        sent = {"Accept-Language": self.lang, "Connection": "close", **dict(headers)}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        try:
            line.request(method, path, body, {k: v for k, v in sent.items() if v is not None})
            response = line.getresponse()
            answer = Answer(response, response.read())
        finally:
            line.close()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, value = cookie.split(";")[0].split("=", 1)
            self.cookies[name] = value
        return answer

    def get(self, path, **headers):
        return self.ask("GET", path, headers=headers)

    def post(self, path, fields, **headers):
        body = urllib.parse.urlencode(fields)
        return self.ask("POST", path, body, {"Content-Type": FORM, "Origin": self.url, **headers})

    def send_file(self, path, fields, data, name, more=()):
        """A form with a file, as browsers send it: fields before and behind it."""
        part = lambda n, v: f'--xyz\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n'.encode()
        body = b"".join(part(n, v) for n, v in fields)
        body += f'--xyz\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'.encode()
        body += b"Content-Type: application/octet-stream\r\n\r\n" + data + b"\r\n"
        body += b"".join(part(n, v) for n, v in more) + b"--xyz--\r\n"
        return self.ask("POST", path, body, {"Content-Type": "multipart/form-data; boundary=xyz", "Origin": self.url})

    def log_in(self, name, password, new_password=None):
        page = self.get("/login")
        answer = self.post("/login", [*page.hidden("/login"), ("name", name), ("password", password)])
        if answer.status == 200 and new_password:
            answer = self.post("/login", [*answer.hidden("/login"), ("name", name), ("password", password),
                                          ("new_password", new_password), ("repeated", new_password)])
        return answer
