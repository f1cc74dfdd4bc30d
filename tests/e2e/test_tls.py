# SPDX-License-Identifier: Apache-2.0
"""The console for other computers: under TLS of the node's own authority, or not at all."""
import hashlib
import http.client
import socket
import ssl
import subprocess
import urllib.parse
import warnings

import world
from browser import FORM, Answer
from inside import PASSWORD
from world import patience, refused, test, wait_until

NAMES = "school.test 192.168.77.5 localhost"


def scene(w):
    w.node_ = w.node("school").init("03")
    conf = w.node_.conf.read_text().replace('"127.0.0.1:0"', f'"0.0.0.0:0"\n    names = "{NAMES}"')
    w.node_.conf.write_text(conf)
    w.node_.run()
    w.url = w.node_.status("console")["url"]
    w.port = urllib.parse.urlsplit(w.url).port
    w.sheet = w.node_.selenga("node", "tls")
    w.authority = w.file("authority.pem")
    w.authority.write_text(w.sheet["certificate"])
    w.once = w.node_.selenga("account", "add", "anna", "--role", "coordinator")["password"]
    return w


def shake(w, name="localhost"):
    """A connection that believes nobody but the node's authority."""
    context = ssl.create_default_context(cafile=w.authority)
    return context.wrap_socket(socket.create_connection(("127.0.0.1", w.port), timeout=patience(30)), server_hostname=name)


def ask(w, method, path, body=None, name="localhost", cookies=(), **headers):
    line = http.client.HTTPConnection("unused")
    line.sock = shake(w, name)
    sent = {"Host": f"{name}:{w.port}", "Connection": "close", "Accept-Language": "en", **headers}
    if cookies:
        sent["Cookie"] = "; ".join(f"{k}={v}" for k, v in cookies.items())
    line.request(method, path, body, sent)
    response = line.getresponse()
    answer = Answer(response, response.read())
    line.close()
    return answer


def fails(call, *args, **options):
    try:
        call(*args, **options).close()
    except ssl.SSLError as error:
        return str(error)
    raise AssertionError(f"was believed: {args}")


# --- refusals

@test
def without_names_nothing_but_this_computer_is_served(w):
    node = w.node("open").init("04")
    for listen, names, words in (("0.0.0.0:0", "", "is open to other computers"), ("[::]:0", "", "is open to other computers"),
                                 ("0.0.0.0:0", "a_b", "is no name or address")):
        conf = node.conf.read_text()
        node.conf.write_text(conf.replace('"127.0.0.1:0"', f'"{listen}"\n    names = "{names}"'))
        done = subprocess.run([world.BIN / "selenga-console", node.dir], capture_output=True, text=True, timeout=patience(60))
        assert done.returncode == 78 and words in done.stderr, done
        node.conf.write_text(conf)
    assert not (node.dir / "authority.pem").exists()
    refused(1, node.selenga, "node", "tls", says="for its own computer alone")


@test
def who_speaks_no_tls_gets_nothing(w):
    line = socket.create_connection(("127.0.0.1", w.port), timeout=patience(30))
    line.sendall(b"GET /login HTTP/1.1\r\nHost: localhost:%d\r\n\r\n" % w.port)
    try:
        got = line.recv(1000)
    except ConnectionError:
        got = b""
    assert b"HTTP" not in got and b"Selenga" not in got, got
    line.close()


@test
def a_name_that_is_not_listed_is_not_believed_and_not_answered(w):
    assert "ostname mismatch" in fails(shake, w, "evil.test")
    assert ask(w, "GET", "/login", Host=f"evil.test:{w.port}").status == 421


@test
def the_authority_speaks_for_no_other_name(w):
    """Its key is taken, and makes a certificate for a bank: who trusts the authority still does not trust that."""
    key, folder = w.node_.dir / "secret" / "authority.key", w.file("forged")
    folder.mkdir(exist_ok=True)
    make = lambda *args: subprocess.run(["openssl", *args], cwd=folder, check=True, capture_output=True)
    for name in ("bank.test", "school.test"):
        (folder / "names").write_text(f"subjectAltName=DNS:{name}")
        make("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "k.pem", "-subj", f"/CN={name}", "-out", "r.pem")
        make("x509", "-req", "-in", "r.pem", "-CA", w.authority, "-CAkey", key, "-extfile", "names", "-out", f"{name}.pem", "-days", "9")
    verify = lambda name: subprocess.run(["openssl", "verify", "-CAfile", w.authority, folder / f"{name}.pem"], capture_output=True, text=True)
    assert verify("school.test").returncode == 0, verify("school.test")
    assert "permitted subtree violation" in verify("bank.test").stderr, verify("bank.test")


@test
def old_tls_is_refused(w):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it is old is the point
        context = ssl.create_default_context(cafile=w.authority)
        context.set_ciphers("DEFAULT:@SECLEVEL=0")  # else the client itself would refuse
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    with socket.create_connection(("127.0.0.1", w.port), timeout=patience(30)) as line:
        said = fails(context.wrap_socket, line, server_hostname="localhost")
        assert "alert" in said or "EOF" in said, said  # not what the client says before it asked


@test
def a_connection_that_never_shakes_hands_is_cut(w):
    lines = [socket.create_connection(("127.0.0.1", w.port), timeout=patience(60)) for _ in range(2)]
    lines[1].sendall(b"\x16\x03\x01\x02\x00")  # a record of 512 bytes that does not come
    for line in lines:
        try:
            while said := line.recv(100):
                assert said[:1] == b"\x15", said  # an alert, no more
        except ConnectionError:
            pass
        line.close()
    assert ask(w, "GET", "/login").status == 200


@test
def names_that_cannot_be_followed_while_it_runs_change_nothing(w):
    conf = w.node_.conf.read_text()
    for names, words in (("a_b", "is no name or address"), ("", "changes with the next start")):
        w.node_.conf.write_text(conf.replace(NAMES, names))
        wait_until(lambda: words in w.node_.log("console"), what=f"the console says: {words}")
        assert ask(w, "GET", "/login", name="school.test").status == 200
    w.node_.conf.write_text(conf)


# --- what is served

@test
def each_listed_name_is_believed_and_answered(w):
    for name in ("school.test", "localhost", "127.0.0.1"):
        assert ask(w, "GET", "/login", name=name).status == 200, name
    assert w.url == f"https://school.test:{w.port}"


@test
def the_sheet_has_the_fingerprint_of_the_authority_and_every_address(w):
    bytes_ = ssl.PEM_cert_to_DER_cert(w.authority.read_text())
    assert w.sheet["sha256"] == ":".join(f"{b:02X}" for b in hashlib.sha256(bytes_).digest())
    text = w.selenga("node", "tls", w.node_.dir)
    assert all(piece in text for piece in (w.sheet["sha256"][:48], "https://192.168.77.5:", "authority.pem")), text
    assert oct((w.node_.dir / "secret" / "authority.key").stat().st_mode & 0o777) == "0o600"


@test
def cookies_are_bound_to_the_host_and_a_plain_one_counts_for_nothing(w):
    own = f"https://localhost:{w.port}"
    page = ask(w, "GET", "/login")
    cookies = {}

    def keep(answer):
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            assert cookie.startswith("__Host-") and "; Secure" in cookie and "Path=/" in cookie and "Domain" not in cookie, cookie
            name, value = cookie.split(";")[0].split("=", 1)
            cookies[name] = value
    keep(page)
    fields = [*page.hidden("/login"), ("name", "anna"), ("password", w.once), ("new_password", PASSWORD), ("repeated", PASSWORD)]
    post = lambda origin: ask(w, "POST", "/login", urllib.parse.urlencode(fields), cookies=cookies, Origin=origin, **{"Content-Type": FORM})
    assert post(own.replace("https", "http")).status == 403
    answer = post(own)
    assert answer.status == 303, answer.shown()
    keep(answer)
    assert ask(w, "GET", "/k", cookies=cookies).status == 200
    assert ask(w, "GET", "/k", cookies={k.removeprefix("__Host-"): v for k, v in cookies.items()}).status == 303


@test
def other_names_are_served_while_it_runs_under_a_certificate_for_them(w):
    """A name that goes is not answered any more; one for which the authority may not speak makes another one, as at a start."""
    conf, pid = w.node_.conf.read_text(), w.node_.status("console")["pid"]

    def serves(name, yes):
        try:
            return (ask(w, "GET", "/login", name=name).status == 200) == yes
        except ssl.SSLError:
            return not yes
    with shake(w) as kept:
        w.node_.conf.write_text(conf.replace("school.test ", ""))
        wait_until(lambda: serves("school.test", False), what="the name is gone")
        assert serves("192.168.77.5", True) and w.node_.selenga("node", "tls")["sha256"] == w.sheet["sha256"]
        w.node_.conf.write_text(conf.replace("school.test", "class.test"))
        wait_until(lambda: w.node_.selenga("node", "tls")["sha256"] != w.sheet["sha256"], what="the authority may speak for it")
        w.authority.write_text(w.node_.selenga("node", "tls")["certificate"])
        wait_until(lambda: serves("class.test", True), what="the new name is served")
        assert w.node_.status("console")["url"] == f"https://class.test:{w.port}"
        kept.sendall(b"GET /login HTTP/1.1\r\nHost: localhost:%d\r\nConnection: close\r\n\r\n" % w.port)
        assert kept.recv(100).startswith(b"HTTP/1.1 200"), "who was connected stays"
    w.node_.conf.write_text(conf)
    wait_until(lambda: w.node_.status("console")["url"] == w.url, what="the first names are back")
    w.sheet = w.node_.selenga("node", "tls")
    w.authority.write_text(w.sheet["certificate"])
    wait_until(lambda: serves("school.test", True), what="and served")
    assert w.node_.status("console")["pid"] == pid


@test
def the_authority_stays_over_a_restart_and_another_name_makes_another_one(w):
    w.node_.stop()
    w.node_.run()
    assert w.node_.selenga("node", "tls")["sha256"] == w.sheet["sha256"]
    w.port = urllib.parse.urlsplit(w.node_.status("console")["url"]).port
    assert ask(w, "GET", "/login", name="school.test").status == 200
    w.node_.stop()
    w.node_.conf.write_text(w.node_.conf.read_text().replace("school.test", "new.test"))
    w.node_.run()
    assert w.node_.selenga("node", "tls")["sha256"] != w.sheet["sha256"]
    assert "a new authority" in w.node_.says("console", "CONSOLE-AUTHORITY")


world.main(scene)
