# SPDX-License-Identifier: Apache-2.0
"""proto/generate: each wrong declaration of a kind stops the build with its line and what to write instead."""
import glob
import os
import re
import shutil
import subprocess
import sys
import unittest

SOURCE, TEST_DIR = os.environ["SOURCE"], os.environ["TEST_DIR"]
FILE = "proto/kinds/routing/sample.proto"

# Two kinds that are right. Each case replaces one text by another.
GOOD = '''syntax = "proto2";
package selenga;
import "proto/options.proto";
message Place {
  option (kind) = {
    number: 301 up: REGION down: NONE writers: ANY sheet: {} read_by: REPORTING
    access: {}
    en: "Place" ru: "Место" help: "a place" help_ru: "место"
  };
  optional string code = 1 [(field) = {
    pd: PUBLIC is: [REQUIRED, KEY, CODE, LIST]
    en: "Code" ru: "Код" alias: "Шифр" help: "its code" help_ru: "его код"
  }];
}
message FieldTrip {
  option (kind) = {
    number: 302 up: REGION down: NONE writers: [SCHOOL, SERVING] org: "place" sheet: {} read_by: REPORTING
    check: "check_trip" access: {read: [COORDINATOR, ANALYST] write: COORDINATOR}
    calendar: {from: "from" to: "to" place: "note" with: "place" off: "state=over"}
    en: "Trip" ru: "Поездка" help: "a trip" help_ru: "поездка"
  };
  optional string place = 1 [(field) = {
    pd: PUBLIC is: [REQUIRED, KEY, INDEX, LIST] ref: "place"
    en: "Place" ru: "Место" help: "where to" help_ru: "куда"
  }];
  optional sint32 to = 3 [(field) = {
    pd: PUBLIC not_before: "from"
    en: "Until" ru: "По" help: "last day" help_ru: "последний день"
  }];
  optional sint32 from = 2 [(field) = {
    pd: PUBLIC is: [REQUIRED, KEY, LIST]
    en: "From" ru: "С" help: "first day" help_ru: "первый день"
  }];
  optional string state = 4 [(field) = {
    pd: SERVICE is: [REQUIRED, FACT] en: "State" ru: "Состояние" help: "what became of it" help_ru: "что с ней"
    word: {is: "planned" en: "planned" ru: "в плане" start: true awaits: SCHOOL
      next: {to: "over" by_level: SCHOOL by_role: COORDINATOR needs: ["to", "price"]}}
    word: {is: "over" en: "over" ru: "прошла"}
  }];
  optional sint64 price = 5 [(field) = {
    pd: PUBLIC decimal: true min: 0 max: 100000 after_column: "place"
    en: "Price" ru: "Цена" help: "what it costs" help_ru: "сколько стоит"
  }];
  optional bytes mark = 6 [(field) = {
    pd: PUBLIC bytes: 16
    en: "Mark" ru: "Метка" help: "its mark" help_ru: "её метка"
  }];
  optional string phone = 7 [(field) = {
    pd: PUBLIC digits: 11
    en: "Phone" ru: "Телефон" help: "whom to call" help_ru: "куда звонить"
  }];
  optional string note = 8 [(field) = {
    pd: PUBLIC bytes: 100 differs_from: "phone"
    en: "Note" ru: "Заметка" help: "in words" help_ru: "словами"
  }];
}
'''

LONG_NAME = "x" * 40
# What is wrong, the text replaced, its replacement, and what the build says behind file and line.
CASES = [
    ("a kind and none", "  optional string code", "  option (no_kind) = true;\n  optional string code",
     "Place: a kind and no_kind at once; take one of the options away"),
    ("a number of another service", "number: 302", "number: 102",
     "FieldTrip: number 102 is not of routing; write number: 302, which is free"),
    ("a kind without number", "number: 302 ", "", "FieldTrip: number 0 is not of routing; write number: 302, which is free"),
    ("a number twice", "number: 302", "number: 301",
     f"FieldTrip: number 301 is that of Place ({FILE}:4); write number: 302, which is free"),
    ("a name twice", "number: 302", 'number: 302 name: "place"',
     f'FieldTrip: the name place is that of Place ({FILE}:4); write name: "..."'),
    ("a name that is no name", "number: 302", 'number: 302 name: "Trip!"',
     'FieldTrip: a name that is no name; write name: "...", at most 31 small letters, digits and hyphens'),
    ("a check that is no check", 'check: "check_trip"', 'check: "trip"',
     'FieldTrip: check names no C function; write check: "check_field_trip"'),
    ("a kind without Russian label", 'ru: "Поездка" ', "", 'FieldTrip: no label in Russian; write ru: "..."'),
    ("a kind without English label", 'en: "Trip" ', "", 'FieldTrip: no label in English; write en: "..."'),
    ("a kind without Russian help", ' help_ru: "поездка"', "", 'FieldTrip: no help in Russian; write help_ru: "..."'),
    ("a kind without reach up", "number: 302 up: REGION", "number: 302",
     "FieldTrip: no reach upwards; write up: HOME, SCHOOL, MUNICIPALITY, REGION or ALL"),
    ("a kind without reach down", "number: 302 up: REGION down: NONE", "number: 302 up: REGION",
     "FieldTrip: no reach downwards; write down: NONE, SERVING or ALL"),
    ("a kind without writers", "writers: [SCHOOL, SERVING] ", "",
     "FieldTrip: nobody writes it; write writers: [...] of proto/options.proto"),
    ("facts that reporting does not read", " sheet: {} read_by: REPORTING\n    check:", " sheet: {} read_near_by: REPORTING\n    check:",
     "FieldTrip.state: a column of facts, and reporting does not read the kind of all homes; write read_by: REPORTING"),
    ("facts of a type that has no order", "pd: PUBLIC digits", "pd: PUBLIC is: FACT digits",
     "FieldTrip.phone: a type that makes no column of facts; take FACT away (references, words, dates, yes or no and numbers do)"),
    ("facts of a name that formulas use", "optional sint64 price = 5 [(field) = {\n    pd: PUBLIC",
     "optional sint64 known = 5 [(field) = {\n    pd: PUBLIC is: FACT",
     "FieldTrip.known: formulas use that name; take FACT away, or call it otherwise"),
    ("facts of words that formulas cannot write", 'word: {is: "planned"', 'word: {is: "2plan" en: "x" ru: "x" start: true} word: {is: "planned"',
     "FieldTrip.state: formulas cannot write the word `2plan`; take FACT away, or make it of small letters, digits and hyphens"),
    ("names beyond the municipality", "pd: PUBLIC digits", "pd: IDENTITY digits",
     "FieldTrip.phone: names a person and would leave the municipality; put it into a kind that does not"),
    ("health beyond the organisation", "pd: PUBLIC digits", "pd: SPECIAL digits",
     "FieldTrip.phone: of the special class and would leave its organisation; write up: HOME down: NONE"),
    ("a key without end", "pd: PUBLIC bytes: 100", "pd: PUBLIC is: KEY bytes: 2048",
     "FieldTrip: a key of up to 2651 bytes; write bytes: at its texts, 2048 in all"),
    ("an organisation that is no field", 'org: "place"', 'org: "moon"',
     "FieldTrip: org names no field: moon; write one of this message"),
    ("an organisation that is a date", 'org: "place"', 'org: "from"',
     "FieldTrip.from: cannot name an organisation; org: is a string that is a code or a ref"),
    ("an organisation that may be empty", "is: [REQUIRED, KEY, INDEX, LIST]", "is: [KEY, INDEX, LIST]",
     "FieldTrip.place: names the organisation and may be empty; write is: REQUIRED"),
    ("about nothing", 'org: "place"', 'org: "place" about: "moon"',
     "FieldTrip: about: is a reference that is: REQUIRED; `moon` is none"),
    ("about a record, and of an organisation of its own", 'org: "place"', 'org: "place" about: "place"',
     'FieldTrip.place: the organisation follows from about; write org: "...", a field that is DERIVED'),
    ("a kind of which nobody says who may read it", "    access: {}\n", "",
     "Place: nobody says who may read it; write access: {read: [...] write: [...] delete: [...]}, roles of proto/options.proto, "
     "or access: {} for nobody"),
    ("a role that changes what it may not read", "write: COORDINATOR}", "delete: PRIVACY}",
     "FieldTrip: access: who may change it may not read it; write read: of all of them"),
    ("roles that change what only programs write", "writers: [SCHOOL, SERVING]", "writers: PROGRAM",
     "FieldTrip: access: only its service writes it; take write and delete away"),
    ("a teacher who reads what is not his own", "access: {read: [COORDINATOR, ANALYST]", "access: {read: [TEACHER, COORDINATOR]",
     'FieldTrip: access: a teacher reads what is his own; write own: "...", or take TEACHER away'),
    ("own by what names nobody", "access: {}", 'access: {own: "code"}',
     "Place.code: own: is a reference to a person, or the number that names one in the key; `code` is neither"),
    ("names for roles that work without", "pd: PUBLIC digits", "pd: IDENTITY digits",
     "FieldTrip.phone: not for roles that work without names; take ANALYST and OPERATOR out of access"),
    ("a speaker that is no organisation", 'org: "place"', 'org: "place" speaker: "place"',
     "FieldTrip.place: speaker: is a reference to an organisation that is: REQUIRED; `place` is none"),
    ("a level of no speaker", 'org: "place"', 'org: "place" speaker_level: "moon"',
     "FieldTrip: speaker_level: is a field of words, beside a speaker, that is: DERIVED; `moon` is none"),
    ("an end that is no date", 'org: "place"', 'org: "place" ends_by: "note"',
     "FieldTrip.note: ends_by: is a date; `note` is none"),
    ("above of another kind", 'org: "place"', 'org: "place" above: "place"',
     "FieldTrip.place: above: is a reference to a record of its own kind that is: INDEX; `place` is none"),
    ("a calendar without days", 'calendar: {from: "from" to: "to" place: "note" with: "place" off: "state=over"}', 'calendar: {}',
     "FieldTrip: calendar: neither days nor who is busy; write from: or of: and who:"),
    ("a calendar from what is no date", '{from: "from" to: "to" place', '{from: "place" to: "to" place',
     "FieldTrip.place: calendar: from: is a date; `place` is none"),
    ("a calendar at what is no text", 'place: "note" with', 'place: "to" with',
     "FieldTrip.to: calendar: place: is a text; `to` is none"),
    ("a calendar held by what is no organisation", 'place: "note" with', 'also: "place" with',
     "FieldTrip.place: calendar: also: is refs to organisations; `place` is none"),
    ("a calendar of nobody", 'calendar: {from: "from" to: "to" place: "note" with: "place" off: "state=over"}', 'calendar: {of: "place" who: "place"}',
     "FieldTrip.place: calendar: who: is a ref to a person; `place` is none"),
    ("a calendar of what cannot be found", 'with: "place" off', 'with: "note" off',
     "FieldTrip.note: calendar: with: is a ref that is INDEX; `note` is none"),
    ("off by a word that the field has not", 'off: "state=over"', 'off: "state=moon"',
     "FieldTrip.state: calendar: off: is FIELD=WORD, one of its words; `state=moon` is none"),
    ("a calendar that tells of a person", "pd: PUBLIC bytes: 100", "pd: SERVICE bytes: 100",
     "FieldTrip.note: calendar: about a person, and shown to anybody; take it out"),
    ("one tree of nothing", 'org: "place"', 'org: "place" one_tree: true', 'FieldTrip: one_tree: of what? write above: "..."'),
    ("a heading for several columns with one", "sheet: {} read_by: REPORTING\n    check",
     'sheet: {split: {heading: "Куда и когда" into: ["place"]}} read_by: REPORTING\n    check',
     "FieldTrip: split: write headings, two to 4 columns of the sheet field-trip, and for each word as many cells"),
    ("a kind without columns in lists", "is: [REQUIRED, KEY, CODE, LIST]", "is: [REQUIRED, KEY, CODE]",
     "Place: 0 columns in lists; write is: LIST at 1 to 9 fields"),
    ("a service that reads its own kind", "read_by: REPORTING", "read_by: ROUTING", "Place: routing reads it anyway; take it away"),
    ("a service that reads a kind twice", "read_by: REPORTING", "read_by: REPORTING read_near_by: REPORTING",
     "Place: reporting reads it twice; take it away"),
    ("a field without rules", '''[(field) = {
    pd: PUBLIC digits: 11
    en: "Phone" ru: "Телефон" help: "whom to call" help_ru: "куда звонить"
  }]''', "", 'FieldTrip.phone: no rules; write [(field) = {pd: ... en: "..." ru: "..." help: "..." help_ru: "..."}]'),
    ("a field that is required on the wire", "optional bytes mark", "required bytes mark",
     "FieldTrip.mark: a field of a kind is optional; write optional (is: REQUIRED is a rule)"),
    ("a field with a default", "phone = 7 [", 'phone = 7 [default = "0", ',
     "FieldTrip.phone: a default says what nobody wrote; take [default] away"),
    ("a field of a long name", "string phone", "string " + LONG_NAME,
     f"FieldTrip.{LONG_NAME}: a name that no fault has room for; write at most 39 letters"),
    ("a field of a type that no kind has", "optional sint64 price", "optional double price",
     "FieldTrip.price: a type that no kind has; write string, bytes, bool, sint32 (a date) or sint64"),
    ("a field without class of personal data", "pd: PUBLIC digits", "digits",
     "FieldTrip.phone: no class of personal data; write pd: IDENTITY (names a person), SERVICE (about work), "
     "EVALUATIVE (judges), SPECIAL (health) or PUBLIC (about nobody)"),
    ("a field without English label", 'en: "Phone" ', "", 'FieldTrip.phone: no label in English; write en: "..."'),
    ("a field without Russian label", ' ru: "Телефон"', "", 'FieldTrip.phone: no label in Russian; write ru: "..."'),
    ("a field without English help", ' help: "whom to call"', "", 'FieldTrip.phone: no help in English; write help: "..."'),
    ("a field without Russian help", ' help_ru: "куда звонить"', "", 'FieldTrip.phone: no help in Russian; write help_ru: "..."'),
    ("digits that are a date", "optional string phone", "optional sint32 phone",
     "FieldTrip.phone: digits does not fit its type; make it string, or take digits away"),
    ("a reference that is a date", "optional string place", "optional sint32 place",
     "FieldTrip.place: ref does not fit its type; make it string, or take ref away"),
    ("a decimal that is a date", "optional sint64 price", "optional sint32 price",
     "FieldTrip.price: decimal does not fit its type; make it sint64, or take decimal away"),
    ("words beside digits", "digits: 11", 'digits: 11 word: {is: "a" en: "a" ru: "а"}',
     "FieldTrip.phone: several of ref, refs, digits, and word or set; leave one of them"),
    ("a number without bounds", "min: 0 max: 100000 ", "", "FieldTrip.price: a number without bounds; write min: and max:"),
    ("bounds that cross", "min: 0 max", "min: 100000 max", "FieldTrip.price: min is not below max; write a smaller min"),
    ("a decimal that JSON cannot carry", "max: 100000", "max: 10000000000001",
     "FieldTrip.price: a range that JSON cannot carry exactly; write at most 10000000000000 hundredths"),
    ("a text that is too long", "bytes: 100", "bytes: 2049", "FieldTrip.note: bytes is 1 to 2048; write how many it may have"),
    ("bytes without bound", "pd: PUBLIC bytes: 16", "pd: PUBLIC", "FieldTrip.mark: bytes without bound; write bytes: N"),
    ("no digits", "digits: 11", "digits: 0", "FieldTrip.phone: digits is 1 to 2048; write how many it has"),
    ("an index of no reference", "pd: PUBLIC digits", "pd: PUBLIC is: INDEX digits",
     'FieldTrip.phone: an index of no reference; write ref: "...", or take INDEX away'),
    ("a code that is long", "pd: PUBLIC bytes: 100", "pd: PUBLIC is: CODE bytes: 100",
     "FieldTrip.note: a code is a string of 64 bytes at most; take CODE or what says otherwise away"),
    ("a reason in digits", "pd: PUBLIC digits", "pd: PUBLIC is: REASON digits",
     "FieldTrip.phone: a reason that is no text; make it string, or take REASON away"),
    ("a title in digits", "pd: PUBLIC digits", "pd: PUBLIC is: TITLE digits",
     "FieldTrip.phone: a title that is no text; make it string, or take TITLE away"),
    ("a title that leads to none", "is: [REQUIRED, KEY, INDEX, LIST]", "is: [REQUIRED, KEY, INDEX, LIST, TITLE]",
     "FieldTrip.place: a title that leads to none; refer to a kind that has one, or take TITLE away"),
    ("a term in digits", "pd: PUBLIC digits", "pd: PUBLIC is: EXPIRES digits",
     "FieldTrip.phone: a term that ends at no time; make it a date, or a MOMENT, or take EXPIRES away"),
    ("a moment in digits", "pd: PUBLIC digits", "pd: PUBLIC is: MOMENT digits",
     "FieldTrip.phone: a moment that is no number; make it sint64, or take MOMENT away"),
    ("open digits", "pd: PUBLIC digits", "pd: PUBLIC is: OPEN digits",
     "FieldTrip.phone: open without words to be beyond; make it a set with words, or take OPEN away"),
    ("a key that nobody can know", "pd: PUBLIC digits", "pd: PUBLIC is: [KEY, DERIVED] digits",
     "FieldTrip.phone: a key that nobody can know; take KEY or DERIVED away"),
    ("a key that is a set", "pd: PUBLIC bytes: 100 ", "pd: PUBLIC is: KEY set: true ",
     "FieldTrip.note: a type that makes no key; take KEY away"),
    ("a reference to nothing", 'ref: "place"', 'ref: "moon"',
     "FieldTrip.place: refers to `moon`, which no kind is called; write the name of a kind"),
    ("a reference to what has no key", "is: [REQUIRED, KEY, CODE, LIST]", "is: [REQUIRED, CODE, LIST]",
     "FieldTrip.place: refers to place, which has no natural key; give it one (is: KEY)"),
    ("a date not before a text", 'not_before: "from"', 'not_before: "note"',
     "FieldTrip.to: not_before: both are dates of this message; `note` and this are not"),
    ("a text that differs from a date", 'differs_from: "phone"', 'differs_from: "from"',
     "FieldTrip.note: differs_from: both are texts of this message; `from` and this are not"),
    ("a word without code", 'is: "over" en', "en", 'FieldTrip.state: a word without a code; write word: {is: "..."}, without blanks'),
    ("a word without Russian label", ' ru: "прошла"', "", 'FieldTrip.state: the word `over` has no label in Russian; write ru: "..."'),
    ("a word twice", 'is: "over" en', 'is: "planned" en', "FieldTrip.state: the word `planned` is there twice; take one away"),
    ("a change to no word", 'to: "over"', 'to: "moon"',
     "FieldTrip.state: `planned` cannot become `moon`; write another of its words"),
    ("a change that needs no field", 'needs: ["to"', 'needs: ["moon"',
     "FieldTrip.state: becoming `over` needs `moon`, which is no field; write one of this message"),
    ("a change that needs the state", 'needs: ["to"', 'needs: ["state"',
     "FieldTrip.state: becoming `over` needs the state itself; take it away"),
    ("a change twice", 'next: {to: "over"', 'next: {to: "over"} next: {to: "over"',
     "FieldTrip.state: `planned` becomes `over` twice; write one next: with all of it"),
    ("a change at a level that writes nothing", "by_level: SCHOOL", "by_level: REGION",
     "FieldTrip.state: `planned` becomes `over` at a level that does not write the kind; write one of its writers"),
    ("states, several at once", 'en: "State"', 'set: true en: "State"',
     "FieldTrip.state: states, several at once; take set away, or start and next"),
    ("a state that may be missing", "is: [REQUIRED, FACT]", "is: FACT",
     "FieldTrip.state: a state that may be missing; write is: REQUIRED, without KEY"),
    ("two words for none", 'word: {is: "over" en', 'word: {is: "over" unsaid: true en: "o" ru: "о"} word: {is: "gone" unsaid: true en',
     "FieldTrip.state: several words stand for none; write unsaid: true at one"),
    ("a word for none where one is required", " start: true", " start: true unsaid: true",
     "FieldTrip.state: `planned` stands for none, and one is required; take unsaid or REQUIRED away"),
    ("a state that names another record", "is: [REQUIRED, FACT]", "is: [REQUIRED, FACT, KEY]",
     "FieldTrip.state: a state that names another record when it changes; write is: REQUIRED, without KEY"),
    ("states without beginning", " start: true", "", "FieldTrip.state: no word in which a record may begin; write start: true"),
    ("a state that nothing becomes", 'word: {is: "over" en', 'word: {is: "lost" en: "lost" ru: "потеряна"} word: {is: "over" en',
     'FieldTrip.state: nothing becomes `lost`; write next: {to: "lost"} or start: true'),
    ("a column behind none", 'after_column: "place"', 'after_column: "moon"',
     "FieldTrip.price: after_column: the sheet field-trip has no column `moon`; name one of it"),
    ("two columns of one heading", 'ru: "Заметка"', 'ru: "Телефон"',
     "FieldTrip.note: the heading «Телефон» is also that of `phone`; write another"),
    ("an alias that is another's name", 'ru: "Заметка"', 'ru: "Заметка" alias: "phone"',
     "FieldTrip.note: the heading «phone» is also that of `phone`; write another"),
    ("an alias without column", "writers: ANY sheet: {}", "writers: ANY",
     "Place.code: no column of a sheet; take alias and after_column away, or write sheet: {}"),
]


def run_generator(files):
    """Writes the files, runs protoc-c and generate; (exit code, what it said, folder of what it wrote)."""
    shutil.rmtree(TEST_DIR, ignore_errors=True)
    out = os.path.join(TEST_DIR, "out")
    os.makedirs(os.path.join(out, "proto"))
    for name, text in files.items():
        path = os.path.join(TEST_DIR, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
    shutil.copy(os.path.join(SOURCE, "proto/options.proto"), os.path.join(TEST_DIR, "proto/options.proto"))
    pieces = os.path.join(TEST_DIR, "kinds.set")
    subprocess.run([os.environ["PROTOC_C"], f"-I{TEST_DIR}", "-I" + os.environ["PROTOBUF_INCLUDE"], f"--descriptor_set_out={pieces}",
                    "--include_imports", "--include_source_info", *files], cwd=TEST_DIR, check=True)
    done = subprocess.run([os.environ["GENERATE"], pieces, out], capture_output=True, text=True)
    return done.returncode, done.stderr, out


def place_of(files, says):
    """FILE:LINE: of the message or field that the mistake is about, where its declaration begins."""
    message, _, field = says.split(": ")[0].partition(".")
    for name in reversed(files):
        here = False
        for number, line in enumerate(files[name].splitlines(), 1):
            here = line.startswith(f"message {message} ") if line.startswith("message") else here
            if here and (not field or re.match(rf"  \w+ \w+ {field} =", line)):
                return f"{name}:{number}: "
    raise AssertionError(says)


def spoil(old, new):
    assert GOOD.count(old) >= 1, old
    return GOOD.replace(old, new, 1)


def with_kinds(text, n, kind):
    """The declaration and n more kinds behind it."""
    return text + "".join(kind.replace("NUMBER", str(303 + i)).replace("NAME", f"More{i}") for i in range(n))


MORE = '''message NAME {
  option (kind) = {
    number: NUMBER up: REGION down: NONE writers: ANY access: {} OPTIONS
    en: "More" ru: "Ещё" help: "more" help_ru: "ещё"
  };
  optional string text = 1 [(field) = {pd: PUBLIC is: LIST en: "Text" ru: "Текст" help: "text" help_ru: "текст"}];
}
'''
COLUMN = '  optional string f%d = %d [(field) = {pd: PUBLIC en: "F" ru: "П%d" help: "f" help_ru: "п"}];\n'


def many_fields(n):
    return GOOD.rstrip()[:-1] + "".join(COLUMN % (i, i + 100, i) for i in range(n)) + "}\n"


def many_states(n, name):
    """A state that may become so many others."""
    words = [name % i for i in range(n)]
    return GOOD.replace('word: {is: "over" en', "".join(f'word: {{is: "{w}" en: "a" ru: "а"}} ' for w in words) + 'word: {is: "over" en') \
        .replace('next: {to: "over"', "".join(f'next: {{to: "{w}"}} ' for w in words) + 'next: {to: "over"')


def many_facts(n):
    return GOOD.rstrip()[:-1] + "".join(
        COLUMN.replace("string", "sint32").replace("PUBLIC", "PUBLIC is: FACT") % (i, i + 100, i) for i in range(n)) + "}\n"


# Cases that need more than one replacement.
WHOLE = [
    ("a word for none in which nothing begins", {FILE: GOOD.replace("is: [REQUIRED, FACT]", "is: FACT")
                                                 .replace('word: {is: "over" en', 'word: {is: "over" unsaid: true en')},
     "FieldTrip.state: `over` stands for none, and no record may begin in it; write start: true"),
    ("judgements that operators read", {FILE: GOOD.replace("pd: PUBLIC digits", "pd: EVALUATIVE digits")
                                        .replace("[COORDINATOR, ANALYST]", "[COORDINATOR, OPERATOR]")},
     "FieldTrip.phone: judges a person, and operators read it; take OPERATOR out of access"),
    ("more facts than a table has room for", {FILE: many_facts(12)},
     "FieldTrip: 13 columns of facts; mark 12 at most"),
    ("a message that is neither kind nor part", {FILE: GOOD + "message Lost { optional string a = 1; }\n"},
     f"Lost: neither a kind nor part of one; write option (kind) = {{...}}, or option (no_kind) = true"),
    ("a kind outside of the folders", {"proto/kinds/moon/sample.proto": GOOD.replace(' org: "place"', "")},
     "Place: no service has this folder; move it into one of proto/kinds"),
    ("more kinds than a reader has room for", {FILE: with_kinds(GOOD, 32, MORE.replace("OPTIONS", "read_by: REPORTING"))},
     f"More30: reporting reads more than 32 kinds of routing; take one away"),
    ("more kinds than a sheet has room for", {FILE: with_kinds(GOOD, 4, MORE.replace("OPTIONS", 'sheet: {name: "more"}'))},
     f"More3: the sheet more has 3 kinds already; write another name"),
    ("titles of two kinds for one sheet",
     {FILE: with_kinds(GOOD.replace("CODE, LIST]", "CODE, LIST, TITLE]"), 1,
                       MORE.replace("OPTIONS", 'sheet: {name: "place"}').replace("is: LIST", "is: [LIST, TITLE]"))},
     "More0: Place has the titles of this sheet; leave TITLE at one of them"),
    ("a title of its own beside another's",
     {FILE: GOOD.replace("CODE, LIST]", "CODE, LIST, TITLE]").replace("INDEX, LIST]", "INDEX, LIST, TITLE]")
      .replace("pd: PUBLIC bytes: 100", "pd: PUBLIC is: TITLE bytes: 100")},
     "FieldTrip.place: a title of its own beside another's; leave TITLE at one of them"),
    ("a sheet of two services",
     {FILE: GOOD, "proto/kinds/reporting/more.proto": GOOD[:GOOD.index("message Place")] + MORE.replace("NUMBER", "401")
      .replace("NAME", "More").replace("OPTIONS", 'sheet: {name: "place"}')},
     "More: the sheet place is of another service; write another name"),
    ("a column that two kinds call differently",
     {FILE: with_kinds(GOOD, 1, MORE.replace("OPTIONS", 'sheet: {name: "place"}').replace("string text", "string code"))},
     f"More0.code: its column is called «Код» by Place; write the same"),
    ("more columns than a sheet has room for", {FILE: many_fields(60)},
     f"FieldTrip.f58: the sheet field-trip has 64 columns already; make two sheets of it"),
    ("more states than a refusal has room for", {FILE: many_states(10, "a-state-of-16-byt%d")},
     f"FieldTrip.state: more may follow `planned` than a refusal can name; write shorter codes"),
    ("reviews that nobody keeps",
     {"proto/kinds/reporting/sample.proto": GOOD.replace("number: 30", "number: 40").replace("read_by: REPORTING", "")},
     "FieldTrip.state: awaits reviews, which routing keeps; write read_by: ROUTING, or take awaits away"),
    ("more fields than a kind has room for", {FILE: many_fields(249).replace('org: "place" sheet: {}', 'org: "place"')
                                              .replace(' after_column: "place"', "")},
     f"FieldTrip: more than 256 fields; make two kinds of it"),
]


class Declarations(unittest.TestCase):
    maxDiff = None

    def test_each_wrong_declaration_stops_the_build_with_its_line_and_what_to_write(self):
        for title, files, says in [(title, {FILE: spoil(old, new)}, says) for title, old, new, says in CASES] + WHOLE:
            with self.subTest(title):
                code, said, out = run_generator(files)
                self.assertIn(place_of(files, says) + says, said.splitlines())
                self.assertEqual(code, 1)
                self.assertEqual(os.listdir(os.path.join(out, "proto")), [])

    def test_each_mistake_that_the_generator_tells_of_has_a_case(self):
        expected = [case[-1] for case in CASES + WHOLE]
        formats = []
        for path in glob.glob(os.path.join(SOURCE, "proto/generate/*.c")):
            with open(path, encoding="utf-8") as f:
                text = re.sub(r'" PRId64\s*', '%s" ', f.read())
            for call in re.findall(r'complain\(\s*model,[^"]*((?:"(?:[^"\\]|\\.)*"\s*)+)', text):
                joined = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', call)).replace('\\"', '"')
                formats.append(joined)
        self.assertGreater(len(formats), 40)
        for text in formats:
            pattern = ".*".join(re.escape(p) for p in re.split(r"%(?:zu|[sdu]|%s)", text))
            self.assertTrue(any(re.search(pattern, one) for one in expected), f"no case for: {text}")

    def test_bytes_that_are_no_descriptor_set_are_refused(self):
        run_generator({FILE: GOOD})
        for path in (os.path.join(TEST_DIR, FILE), os.path.join(TEST_DIR, "nowhere")):
            done = subprocess.run([os.environ["GENERATE"], path, TEST_DIR], capture_output=True, text=True)
            self.assertEqual(done.returncode, 1)
            self.assertEqual(done.stderr, f"generate: {path} is no descriptor set\n")

    def test_a_good_declaration_becomes_rows_words_states_and_sheets(self):
        code, said, out = run_generator({FILE: GOOD})
        self.assertEqual((code, said), (0, ""))
        with open(os.path.join(out, "proto/kinds.c"), encoding="utf-8") as f:
            rows = " ".join(f.read().split())
        for text in (
            '.name = "field-trip", .message = &selenga__field_trip__descriptor, .fields = field_trip, .n_fields = 8,',
            ".writers = W_SCHOOL | W_SERVING,", ".check = check_trip,", ".read_by = 1U << 4,",
            '{.name = "code", .pd = PD_PUBLIC, .type = FIELD_TEXT, .flags = F_REQUIRED | F_KEY | F_LIST | F_CODE, .max = 64,',
            'place_code_aliases[] = {"Шифр", NULL};', '.label = {"Code", "Код"}, .help = {"its code", "его код"}',
            '{.name = "place", .pd = PD_PUBLIC, .type = FIELD_REF, .flags = F_REQUIRED | F_KEY | F_INDEX | F_LIST, .max = 200, .ref = 301,',
            '.type = FIELD_DATE, .flags = 0, .max = 0, .not_before = 2,', ".max = 100, .differs_from = 7,",
            ".type = FIELD_DECIMAL, .flags = 0, .min = 0, .max = 100000,", ".type = FIELD_DIGITS, .flags = 0, .max = 11,",
            '{.to = "over", .levels = W_SCHOOL, .roles = R_COORDINATOR, .needs = "to price"},',
            '{.code = "planned", .label = {"planned", "в плане"}, .start = true, .next = field_trip_state_0, .n_next = 1, .awaits = W_SCHOOL},',
            '.values = "planned over", .words = field_trip_state_words, .n_words = 2', "F_FACT",
            "KINDS[] = { &KIND_PLACE, &KIND_FIELD_TRIP, };", '{"field-trip", {&KIND_FIELD_TRIP}, 1, sheet_field_trip, 7, NULL, 0},',
        ):
            self.assertIn(text, rows)
        # In order of numbers, not of lines; the price behind the place; bytes in no sheet.
        columns = re.search(r"sheet_field_trip\[\] = \{(.*?)\};", rows).group(1)
        self.assertEqual(re.findall(r'\{"(\w+)"', columns), ["place", "price", "from", "to", "state", "phone", "note"])
        with open(os.path.join(out, "proto/kinds.h"), encoding="utf-8") as f:
            self.assertIn("N_FIELD_TRIP = 302,", f.read())

    def test_what_would_not_change_is_not_written(self):
        _, _, out = run_generator({FILE: GOOD})
        names = sorted(os.listdir(os.path.join(out, "proto")))
        for name in names:
            os.utime(os.path.join(out, "proto", name), (1, 1))
        subprocess.run([os.environ["GENERATE"], os.path.join(TEST_DIR, "kinds.set"), out], check=True)
        for name in names:
            self.assertEqual(os.stat(os.path.join(out, "proto", name)).st_mtime, 1, name)


if __name__ == "__main__":
    sys.exit(not unittest.main(exit=False, verbosity=1).result.wasSuccessful())
