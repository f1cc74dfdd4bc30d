# SPDX-License-Identifier: Apache-2.0
"""What an eye finds wrong with a screen of the Russian console: too wide, clipped, code or English among the words, a number with
a point."""
import functools
import re

from world import SOURCE

# Words in Latin letters that a Russian page may have in its headings, labels and buttons.
LATIN = {"selenga", "english", "csv", "xlsx", "pdf", "tls", "ctrl", "alt", "enter", "esc"}

LABELS = """return [...document.querySelectorAll('h1,h2,h3,th,dt,label,legend,button,nav a,.pill,.help,.note,summary,option')].map(e => {
    const bare = e.cloneNode(true);
    bare.querySelectorAll('code,kbd').forEach(x => x.remove());
    return bare.textContent;
})"""

# Words on the page but for what people typed themselves and what is marked as code.
WORDS = """const found = [], walk = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
while (walk.nextNode()) if (!walk.currentNode.parentElement.closest('code,kbd,textarea,script')) found.push(walk.currentNode.data);
return found.join('\\n');"""

# Text that its own box hides a part of, buttons and words that stand outside the window, words that lie on other words.
CLIPPED = """const found = [], name = e => e.tagName.toLowerCase() + ' «' + e.textContent.trim().slice(0, 40) + '»';
const seen = e => { const r = e.getBoundingClientRect(); return r.width > 0 && r.height > 0 && getComputedStyle(e).visibility !== 'hidden'; };
const cut = e => { const s = getComputedStyle(e); return e.scrollWidth > e.clientWidth + 1 && /hidden|clip/.test(s.overflowX); };
for (const e of document.querySelectorAll('body *')) if (seen(e) && cut(e) && !e.matches('.skip')) found.push('clipped: ' + name(e));
const small = [...document.querySelectorAll('button,.button,.pill,label,h1,h2,legend,nav a,footer *')].filter(seen);
for (const e of small) {
    const r = e.getBoundingClientRect();
    if (!e.closest('.scroll') && !e.matches('.skip') && (r.right > innerWidth + 1 || r.left < -1)) found.push('outside: ' + name(e));
}
const solid = small.filter(e => e.matches('button,.button,.pill') && !e.closest('footer'));
for (let i = 0; i < solid.length; i++) for (let k = i + 1; k < solid.length; k++) {
    const a = solid[i].getBoundingClientRect(), b = solid[k].getBoundingClientRect();
    if (solid[i].contains(solid[k]) || solid[k].contains(solid[i])) continue;
    if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2)
        found.push(name(solid[i]) + ' lies on ' + name(solid[k]));
}
return found;"""


@functools.cache
def codes():
    """All that programs say to each other in place of words: reasons, faults."""
    return {code for path in sorted([*SOURCE.glob("common/**/*.c"), *SOURCE.glob("services/**/*.c")])
            for code in re.findall(r'"([A-Z]{2,}(?:-[A-Z]+)+)"', path.read_text())}


def latin(chromium):
    """English in headings, labels and buttons."""
    return [word for text in chromium.js(LABELS) for word in re.findall(r"(?<![-\w/.:])[A-Za-z]{3,}(?![-\w:/.])", text)
            if word.lower() not in LATIN]


def seen(chromium):
    """All of it, in words."""
    faults = [f"English: {word}" for word in latin(chromium)]
    wide = chromium.too_wide()
    faults += [f"{wide} points too wide"] if wide > 0 else []
    faults += chromium.js(CLIPPED)
    words = chromium.js(WORDS)
    faults += [f"a number with a point: {n}" for n in re.findall(r"(?<![\w.:/-])\d+\.\d+(?![\w.:/-])", words)]
    faults += [f"raw: {word}" for word in re.findall(r"\(null\)|%[a-z]\b|\b[a-z]+_[a-z_]+\b", words)]
    faults += [f"raw: {word}" for word in re.findall(r"\b[A-Z]{2,}(?:-[A-Z]+)+\b(?!-?\d)", words) if word in codes()]
    return faults
