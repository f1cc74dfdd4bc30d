# SPDX-License-Identifier: Apache-2.0
"""A strict reader of OpenMetrics 1.0: what its grammar and its rules of families forbid is an AssertionError."""
import math
import re

NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*\Z")
SAMPLE = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)\Z")
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|\Z)')
SUFFIXES = {"gauge": ("",), "counter": ("_total", "_created"), "info": ("_info",), "histogram": ("_bucket", "_count", "_sum", "_created")}
NUMBER = re.compile(r"[+-]?(\d+(\.\d+)?([eE][+-]?\d+)?|Inf)\Z|NaN\Z")


def labels(text):
    found, at = {}, 0
    while at < len(text or ""):
        one = LABEL.match(text, at)
        assert one and one[1] not in found, f"labels: {text!r}"
        assert one[3] == "" or one.end() < len(text), f"a comma at the end: {text!r}"
        found[one[1]] = one[2]
        at = one.end()
    return found


def histogram(name, samples):
    """Each set of labels beside `le` is one of its own."""
    own = lambda labels: tuple(sorted((k, v) for k, v in labels.items() if k != "le"))
    for one in {own(l) for _, l, _ in samples}:
        one_histogram(name, [s for s in samples if own(s[1]) == one])


def one_histogram(name, samples):
    buckets = [(float(l["le"].replace("+Inf", "inf")), v) for suffix, l, v in samples if suffix == "_bucket"]
    assert buckets == sorted(buckets) and buckets[-1][0] == math.inf, name
    assert [v for _, v in buckets] == sorted(v for _, v in buckets), f"{name}: not cumulative"
    count = [v for suffix, _, v in samples if suffix == "_count"]
    assert count == [buckets[-1][1]], name
    assert len([v for suffix, _, v in samples if suffix == "_sum"]) == 1, f"{name}: no sum"


def parse(text):
    """{family: (type, [(suffix, labels, value)])}."""
    assert text.endswith("# EOF\n") and text.count("# EOF") == 1 and "\r" not in text
    families, current, seen = {}, None, set()
    for line in text[:-len("# EOF\n")].splitlines():
        assert line and line == line.strip(), repr(line)
        if line.startswith("# "):
            keyword, name, rest = (line[2:].split(" ", 2) + [""])[:3]
            assert keyword in ("TYPE", "UNIT", "HELP") and NAME.match(name), line
            if keyword == "TYPE":
                assert name not in families and rest in SUFFIXES, line
                families[name], current = (rest, []), name
            assert name == current and not families[name][1], f"metadata behind samples or of another family: {line}"
            if keyword == "UNIT":
                assert name.endswith("_" + rest), line
            continue
        sample = SAMPLE.match(line)
        assert sample and NUMBER.match(sample[3]), line
        kind, samples = families[current]
        suffix = next((s for s in SUFFIXES[kind] if sample[1] == current + s), None)
        assert suffix is not None, f"{line}: no sample of {current} ({kind})"
        found, value = labels(sample[2]), float(sample[3])
        key = (sample[1], tuple(sorted(found.items())))
        assert key not in seen, f"twice: {line}"
        seen.add(key)
        assert kind not in ("counter", "histogram") or value >= 0, line
        assert kind != "info" or value == 1, line
        samples.append((suffix, found, value))
    for name, (kind, samples) in families.items():
        if kind == "histogram":
            histogram(name, samples)
    return families
