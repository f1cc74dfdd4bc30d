// SPDX-License-Identifier: Apache-2.0
// CASE packages: what is refused and with which words, what is kept, and that it comes out as it went in.
#include "common/base/date.h"
#include "common/forms/case.h"
#include "tests/unit/common/bodies.h"
#include <stdio.h>
#include <stdlib.h>

#define U(n) "00000000-0000-4000-8000-0000000000" n
#define DOCUMENT                                                                                             \
    "\"CFDocument\": {\"identifier\": \"" U("aa") "\", \"title\": \"T\", \"lastChangeDateTime\": "           \
                                                  "\"2024-09-01T10:00:00+00:00\"}"
#define ITEM(n, code)                                                                                        \
    "{\"identifier\": \"" U(n) "\", \"fullStatement\": \"S" n "\", \"humanCodingScheme\": \"" code           \
                               "\", \"CFItemType\": \"subject\"}"
#define CHILD(n, of)                                                                                         \
    "{\"associationType\": \"isChildOf\", \"originNodeURI\": {\"identifier\": \"" U(                         \
        n) "\"}, \"destinationNodeURI\": {\"identifier\": \"" U(of) "\"}}"
#define PACKAGE(items, associations)                                                                         \
    "{" DOCUMENT ", \"CFItems\": [" items "], \"CFAssociations\": [" associations "]}"

static void assert_refused(const char *text, const char *says)
{
    why_t why;
    case_package_t package;
    if (case_read(slice_text(text), NULL, &package, &why) == 0) fail_msg("was taken: %s", text);
    if (strstr(why.text, says) == NULL) fail_msg("does not say `%s`: %s", says, why.text);
    assert_null(package.items);
}

static void what_is_no_package_is_refused_with_words(void **state)
{
    (void)state;
    assert_refused("", "no JSON object");
    assert_refused("[]", "no JSON object");
    assert_refused("{", "no JSON object");
    assert_refused("{\"CFDocument\": 1, \"CFDocument\": 2}", "no JSON object");
    assert_refused("{}", "CFDocument has no");
    assert_refused("{\"CFDocument\": {\"identifier\": \"x\", \"title\": \"T\"}}", "CFDocument has no");
    assert_refused("{\"CFDocument\": {\"identifier\": \"" U("aa") "\", \"title\": \"T\"}}",
                   "lastChangeDateTime");
    assert_refused("{" DOCUMENT "}", "CFItems is no list");
    assert_refused("{" DOCUMENT ", \"CFItems\": []}", "CFItems is no list");
    assert_refused("{" DOCUMENT ", \"CFItems\": [1]}", "number 1: `identifier` is no UUID");
    assert_refused(PACKAGE("{\"identifier\": \"" U("01") "\"}", ""), "`fullStatement` is missing");
    assert_refused(PACKAGE(ITEM("01", "A") ", " ITEM("01", "B"), ""), "number 2: `identifier` stands twice");
    assert_refused(PACKAGE(ITEM("01", "A") ", " ITEM("02", "A"), ""), "`humanCodingScheme` stands twice");
    assert_refused(
        PACKAGE("{\"identifier\": \"" U("01") "\", \"fullStatement\": \"S\", \"CFItemType\": \"moon\"}", ""),
        "none of the classes");
    assert_refused(PACKAGE("{\"identifier\": \"" U("01") "\", \"fullStatement\": \"S\"}", ""),
                   "has no `CFItemType`");
}

static void a_tree_that_is_none_is_refused(void **state)
{
    (void)state;
    const char *two =
        "{" DOCUMENT ", \"CFItems\": [" ITEM("01", "A") ", " ITEM("02", "B") "], \"CFAssociations\": 1}";
    assert_refused(two, "CFAssociations is no list");
    assert_refused(PACKAGE(ITEM("01", "A"), "{}"), "`associationType` is missing");
    assert_refused(PACKAGE(ITEM("01", "A"), CHILD("01", "09")), "not in this file");
    assert_refused(PACKAGE(ITEM("01", "A"), CHILD("01", "01")), "above itself");
    assert_refused(PACKAGE(ITEM("01", "A") ", " ITEM("02", "B"), CHILD("01", "02") ", " CHILD("02", "01")),
                   "in a circle");
    assert_refused(PACKAGE(ITEM("01", "A") ", " ITEM("02", "B") ", " ITEM("03", "C"),
                           CHILD("01", "02") ", " CHILD("01", "03")),
                   "two above it");
}

static void assert_costly(char c, size_t n, const char *says)
{
    char *text = xmalloc(n + 1);
    memset(text, c, n);
    text[n] = '\0';
    assert_refused(text, says);
    free(text);
}

static void what_would_cost_much_memory_is_refused_before_it_is_opened(void **state)
{
    (void)state;
    assert_costly('[', 100, "more values, or deeper");
    assert_costly(',', CASE_VALUES + 1, "more values, or deeper");
    assert_costly(' ', CASE_BYTES + 1, "larger than 16 MiB");
}

static void what_is_above_comes_first_with_class_and_code(void **state)
{
    (void)state;
    why_t why;
    case_package_t p;
    const char *text =
        PACKAGE("{\"identifier\": \"" U(
                    "01") "\", \"fullStatement\": \"Child\"}, "
                          "{\"identifier\": \"" U(
                              "02") "\", \"fullStatement\": \"Above\", "
                                    "\"humanCodingScheme\": \"B\", \"CFItemType\": \"Методическая\"}",
                CHILD("01", "02") ", " CHILD("02", "aa") ", {\"associationType\": \"isRelatedTo\"}");
    if (case_read(slice_text(text), NULL, &p, &why) != 0) fail_msg("%s", why.text);
    assert_int_equal(p.n, 2);
    assert_string_equal(p.items[0].code, "B");
    assert_string_equal(p.items[0].class_code, "methodical");
    assert_string_equal(p.items[1].code, U("01")); // it has none of its own
    assert_string_equal(p.items[1].class_code, "methodical");
    assert_int_equal(p.items[1].parent, 0);
    assert_int_equal(p.passed_over, 1);
    assert_int_equal(p.changed_on, date_days(2024, 9, 1));
    body_t *body = case_competency(&p, "F", 1, arena, &why);
    assert_non_null(body);
    assert_string_equal(body_str(&KIND_COMPETENCY, body, (size_t)kind_field(&KIND_COMPETENCY, "parent")),
                        "B");
    assert_null(case_framework(&p, "a:b", arena, &why)); // the rules of the kind hold
    assert_non_null(strstr(why.text, "must not contain"));
    case_clear(&p);
}

static char *written(const case_package_t *p)
{
    char *bytes = NULL;
    size_t size;
    FILE *out = open_memstream(&bytes, &size);
    case_write(p, 0, out);
    fclose(out);
    return bytes;
}

static void what_was_written_reads_the_same_again(void **state)
{
    (void)state;
    why_t why;
    case_package_t p, again;
    const char *text = PACKAGE(ITEM("01", "A") ", " ITEM("02", "B"), CHILD("01", "02"));
    if (case_read(slice_text(text), NULL, &p, &why) != 0) fail_msg("%s", why.text);
    char *first = written(&p);
    if (case_read(slice_text(first), NULL, &again, &why) != 0) fail_msg("%s", why.text);
    char *second = written(&again);
    assert_string_equal(first, second);
    free(first);
    free(second);
    case_clear(&p);
    case_clear(&again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_package_is_refused_with_words),
        cmocka_unit_test(a_tree_that_is_none_is_refused),
        cmocka_unit_test(what_would_cost_much_memory_is_refused_before_it_is_opened),
        cmocka_unit_test_setup_teardown(what_is_above_comes_first_with_class_and_code, setup, teardown),
        cmocka_unit_test(what_was_written_reads_the_same_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
