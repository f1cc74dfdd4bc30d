// SPDX-License-Identifier: Apache-2.0
// Pages: text from outside never becomes markup.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include "services/console/html.h"
#include <cmocka.h>

static void expect_text(const char *text, const char *wanted)
{
    html_t html = {0};
    size_t size;
    html_text(&html, text);
    char *bytes = html_take(&html, &size);
    assert_int_equal(size, strlen(wanted));
    assert_memory_equal(bytes, wanted, size);
    free(bytes);
}

static void a_planted_script_shows_as_text(void **state)
{
    (void)state;
    expect_text("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;");
    expect_text("&lt;", "&amp;lt;");
    expect_text("</textarea><img src=x onerror=y>", "&lt;/textarea&gt;&lt;img src=x onerror=y&gt;");
}

static void quotes_do_not_end_an_attribute(void **state)
{
    html_t html = {0};
    size_t size;
    (void)state;
    html_raw(&html, "<input");
    html_attribute(&html, "value", "\" onfocus='x");
    html_raw(&html, ">");
    char *bytes = html_take(&html, &size);
    const char wanted[] = "<input value=\"&quot; onfocus=&#39;x\">";
    assert_int_equal(size, sizeof wanted - 1);
    assert_memory_equal(bytes, wanted, size);
    free(bytes);
}

static void marks_that_turn_the_direction_of_writing_are_written_out(void **state)
{
    (void)state;
    expect_text("a\xe2\x80\xae"
                "b",
                "a\\u202Eb");
    expect_text("\xe2\x81\xa6x\xe2\x81\xa9", "\\u2066x\\u2069");
    expect_text("\x1b[2J\x07", "\\u001B[2J\\u0007");
}

static void bytes_that_are_no_text_are_written_out(void **state)
{
    (void)state;
    expect_text("\xff<", "\\u00FF&lt;");
    expect_text("\xd0", "\\u00D0");
}

static void russian_and_lines_stay_as_they_are(void **state)
{
    (void)state;
    expect_text("Семёнова\n\tҮ Ө Һ", "Семёнова\n\tҮ Ө Һ");
    expect_text(NULL, "");
}

static void a_segment_cannot_leave_its_place(void **state)
{
    html_t html = {0};
    size_t size;
    (void)state;
    html_segment(&html, "../a b?c=\"&/\xd1\x8f:17");
    char *bytes = html_take(&html, &size);
    const char wanted[] = "..%2Fa%20b%3Fc%3D%22%26%2F%D1%8F:17";
    assert_int_equal(size, sizeof wanted - 1);
    assert_memory_equal(bytes, wanted, size);
    free(bytes);
}

static void a_page_that_is_too_large_says_so_and_stays_bounded(void **state)
{
    html_t html = {0};
    char *text = xcalloc(1, HTML_MAX);
    (void)state;
    memset(text, 'x', HTML_MAX - 1);
    html_text(&html, text);
    html_text(&html, text);
    assert_true(html.full);
    assert_true(html.size <= HTML_MAX);
    html_free(&html);
    free(text);
}

static void what_is_to_be_typed_stands_out_and_is_escaped(void **state)
{
    html_t html = {0};
    size_t size;
    (void)state;
    html_sentence(&html, "a < `b & c`, `d`; one ` alone");
    char *text = html_take(&html, &size);
    assert_int_equal(size, strlen("a &lt; <code>b &amp; c</code>, <code>d</code>; one ` alone"));
    assert_memory_equal(text, "a &lt; <code>b &amp; c</code>, <code>d</code>; one ` alone", size);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_planted_script_shows_as_text),
        cmocka_unit_test(quotes_do_not_end_an_attribute),
        cmocka_unit_test(marks_that_turn_the_direction_of_writing_are_written_out),
        cmocka_unit_test(bytes_that_are_no_text_are_written_out),
        cmocka_unit_test(russian_and_lines_stay_as_they_are),
        cmocka_unit_test(what_is_to_be_typed_stands_out_and_is_escaped),
        cmocka_unit_test(a_segment_cannot_leave_its_place),
        cmocka_unit_test(a_page_that_is_too_large_says_so_and_stays_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
