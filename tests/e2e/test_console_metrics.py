# SPDX-License-Identifier: Apache-2.0
"""/metrics: strict OpenMetrics, aggregates only, true, and as many series whatever the number of children."""
import re

import openmetrics
import world
from browser import Browser
from inside import PASSWORD
from world import SOURCE, test, wait_until

SCHOOLS = ("03-1", "03-2")
LABELS = {"program", "version", "protocol", "level", "org", "service", "flow", "role", "state", "over", "method", "code", "le"}


def scene(w):
    world.QUICK["console"] = {"listen": "127.0.0.1:0"}
    w.region = w.node("region").init("03").run()
    w.url = w.region.status("console")["url"]
    w.region.text("organisation", "code,parent,kind,name\n" + "".join(f"{s},03,school,Школа {s}\n" for s in SCHOOLS))
    return w


def read(w):
    answer = Browser(w.url).get("/metrics")
    assert answer.status == 200, answer.text
    assert answer.headers["Content-Type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8"
    return openmetrics.parse(answer.text)


def value(families, name, **labels):
    return next(v for _, found, v in families[name][1] if all(found.get(k) == x for k, x in labels.items()))


def total(families, name, suffix="_total", **labels):
    return sum(v for found, of, v in families[name][1] if found == suffix and all(of.get(k) == x for k, x in labels.items()))


def series(families):
    return sum(len(samples) for _, samples in families.values())


@test
def the_reader_of_this_test_refuses_what_is_wrong(_w):
    good = '# TYPE a_bytes gauge\n# UNIT a_bytes bytes\na_bytes{b="c"} 1\n# EOF\n'
    openmetrics.parse(good)
    for wrong in (good[:-1], good.replace("gauge", "gouge"), good.replace("# UNIT a_bytes bytes", "# UNIT a_bytes seconds"),
                  good.replace('{b="c"}', '{b="c",}'), good.replace("# EOF", 'a_bytes{b="c"} 2\n# EOF'), good.replace(" 1\n", " one\n"),
                  good.replace("gauge", "counter"), good.replace("a_bytes{", "other{")):
        try:
            openmetrics.parse(wrong)
        except AssertionError:
            continue
        raise AssertionError(f"taken: {wrong}")


@test
def a_histogram_of_several_labels_is_judged_label_by_label(_w):
    line = lambda label, le, n: f'h_seconds_bucket{{a="{label}",le="{le}"}} {n}\n'
    end = lambda label, n: f'h_seconds_count{{a="{label}"}} {n}\nh_seconds_sum{{a="{label}"}} 1\n'
    text = "# TYPE h_seconds histogram\n# UNIT h_seconds seconds\n" + line("x", 1, 3) + line("x", "+Inf", 4) + end("x", 4) \
        + line("y", 1, 1) + line("y", "+Inf", 1) + end("y", 1) + "# EOF\n"
    openmetrics.parse(text)
    for wrong in (text.replace(line("y", "+Inf", 1), line("y", "+Inf", 0)), text.replace(end("y", 1), end("y", 2)),
                  text.replace(line("y", "+Inf", 1), "")):
        try:
            openmetrics.parse(wrong)
        except (AssertionError, IndexError):
            continue
        raise AssertionError(f"taken: {wrong}")


@test
def another_host_and_a_post_are_refused(w):
    assert Browser(w.url).get("/metrics", Host="evil.test").status == 421
    assert Browser(w.url).post("/metrics", []).status in (403, 405)


@test
def a_node_tells_its_programs_and_stores(w):
    families = read(w)
    for program in ("registry", "diagnostics", "routing", "reporting", "gate", "console"):
        assert value(families, "selenga_program_up", program=program) == 1
        assert value(families, "selenga_program_open_fds", program=program) > 3
        assert total(families, "selenga_program_cpu_seconds", program=program) >= 0
        assert total(families, "selenga_program_restarts", program=program) == 0
    assert value(families, "selenga_store_records", service="registry") >= len(SCHOOLS)
    assert value(families, "selenga_filesystem_free_bytes") > 0
    assert value(families, "selenga_node", level="region", org="03") == 1


@test
def a_program_that_is_started_again_is_counted(w):
    fresh = lambda: total(read(w), "selenga_program_restarts", program="routing")
    before, pid = fresh(), w.region.status("routing")["pid"]
    assert w.region.kill("routing")
    wait_until(lambda: fresh() == before + 1, what="one more start of routing")
    assert w.region.status("routing")["pid"] != pid and total(read(w), "selenga_program_restarts", program="registry") == 0


@test
def what_is_written_is_told_as_commits_and_what_is_read_is_not(w):
    commits = lambda: total(read(w), "selenga_store_commits", service="diagnostics")
    settled = commits()
    w.region.list("instrument")
    w.region.selenga("queues")
    assert commits() == settled
    w.region.put("instrument", {"code": "T-1", "title": "Опросник", "class": "test", "org": "03", "version": 1, "state": "draft"})
    families = read(w)
    told = total(families, "selenga_store_commits", service="diagnostics")
    assert told > settled, (told, settled)
    assert total(families, "selenga_store_commit_duration_seconds", "_count", service="diagnostics") == told
    assert total(families, "selenga_store_commit_duration_seconds", "_sum", service="diagnostics") > 0


@test
def children_make_no_series_and_stand_in_no_label(w):
    before = series(read(w))
    w.nodes = [w.node(f"school{s}").join(w.region, s).run() for s in SCHOOLS]
    wait_until(lambda: value(read(w), "selenga_peers", role="child", state="up") == 2, what="both are counted")
    w.settle()
    families = read(w)
    grown = {name for name in families if "_feed_" in name}  # the first neighbour brings its flows, the next nothing
    after = series(families)
    w.nodes[1].stop()
    wait_until(lambda: value(read(w), "selenga_peers", role="child", state="down") == 1, what="one is away")
    assert series(read(w)) == after and after <= 400, (before, after)
    assert after - before <= len(grown) * 4 * 3, (before, after)
    for name, (_, samples) in read(w).items():
        for _, labels, _ in samples:
            assert set(labels) <= LABELS, (name, labels)
            assert not any(s in v for v in labels.values() for s in SCHOOLS), (name, labels)


@test
def what_waits_for_who_is_away_is_told(w):
    w.region.text("programme", "code,title,kind,hours\nP-1,Программа,pk,36\n")
    wait_until(lambda: value(read(w), "selenga_feed_waiting_records", service="registry", flow="down") > 0, what="it waits")
    families = read(w)
    waiting, peak = (value(families, f"selenga_feed_waiting_{x}records", service="registry", flow="down") for x in ("", "peak_"))
    assert 0 < peak <= waiting


@test
def requests_and_log_ins_are_counted(w):
    before = read(w)
    once = w.region.selenga("account", "add", "oleg", "--role", "operator")["password"]
    browser = Browser(w.url)
    assert browser.log_in("oleg", once, PASSWORD).status == 303
    after = read(w)
    assert value(after, "selenga_console_sessions") == value(before, "selenga_console_sessions") + 1
    for code, method in (("2xx", "get"), ("3xx", "post")):
        assert value(after, "selenga_console_requests", method=method, code=code) > value(before, "selenga_console_requests", method=method, code=code)
    assert "oleg" not in Browser(w.url).get("/metrics").text


@test
def alert_rules_speak_of_families_that_are_told(w):
    text = Browser(w.nodes[0].status("console")["url"]).get("/metrics").text
    families = openmetrics.parse(text)
    rules = (SOURCE / "deploy" / "alerts.yml").read_text()
    names = {re.sub("_(total|bucket)$", "", n) for n in re.findall(r"\bselenga_[a-z_]+", rules.split("groups:")[1])}
    unknown = names - set(families) - {"selenga_feed_last_progress_timestamp_seconds"}  # told where something waits
    assert names and not unknown, unknown
    assert "selenga_feed_last_progress_timestamp_seconds" in families


if __name__ == "__main__":
    world.main(scene)
