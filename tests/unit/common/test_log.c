// SPDX-License-Identifier: Apache-2.0
// The log's lines, and the small tools beside it: clock, counters, util.
#include "common/base/clock.h"
#include "common/base/counters.h"
#include "common/base/log.h"
#include "common/base/util.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

static int pipe_fds[2];

static int start(void **state)
{
    (void)state;
    if (pipe2(pipe_fds, 04000)) return -1; // O_NONBLOCK
    log_init("mill");
    log_to(pipe_fds[1]);
    clock_freeze(1000000, 1788163200);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    log_to(-1);
    clock_thaw();
    close(pipe_fds[0]);
    close(pipe_fds[1]);
    return 0;
}

// What was logged since the last look.
static const char *logged(void)
{
    static char text[65536];
    ssize_t n = read(pipe_fds[0], text, sizeof text - 1);
    text[n > 0 ? n : 0] = '\0';
    return text;
}

static void a_peer_cannot_forge_a_line(void **state)
{
    (void)state;
    log_at(L_INFO, "MILL-PEER", "name %s", "x\n2026 mill error FORGED\x1b[2J");
    assert_string_equal(logged(),
                        "2026-08-31T08:00:00Z mill info MILL-PEER: name x?2026 mill error FORGED?[2J\n");
}

static void a_line_commands_no_terminal(void **state)
{
    (void)state;
    log_at(L_INFO, "MILL-PEER", "%s",
           "Ж\xc2\x9b"
           "2J \xe2\x80\xae \xef\xbb\xbf \xff \xd0");
    assert_string_equal(logged(), "2026-08-31T08:00:00Z mill info MILL-PEER: Ж?2J ? ? ? ?\n");
}

static void a_very_long_line_is_cut(void **state)
{
    (void)state;
    char big[5000];
    memset(big, 'a', sizeof big - 1);
    big[sizeof big - 1] = '\0';
    log_at(L_INFO, "MILL-BIG", "%s", big);
    const char *text = logged();
    assert_in_range(strlen(text), 500, 1024);
    assert_int_equal(text[strlen(text) - 1], '\n');
}

static void debug_lines_are_silent(void **state)
{
    (void)state;
    log_at(L_DEBUG, "MILL-DEBUG", "x");
    assert_string_equal(logged(), "");
}

static void a_repeated_line_is_written_once_in_ten_minutes_with_its_count(void **state)
{
    (void)state;
    for (int i = 0; i < 1000; i++) log_once(L_WARNING, "MILL-DROP", 7, "dropped");
    assert_string_equal(logged(), "2026-08-31T08:00:00Z mill warning MILL-DROP: dropped\n");
    clock_advance_ms(10 * 60 * 1000);
    log_once(L_WARNING, "MILL-DROP", 7, "dropped");
    assert_string_equal(logged(), "2026-08-31T08:10:00Z mill warning MILL-DROP: dropped (+999)\n");
}

static void another_key_or_id_is_another_line(void **state)
{
    (void)state;
    log_once(L_WARNING, "MILL-A", 1, "a");
    log_once(L_WARNING, "MILL-A", 2, "b");
    log_once(L_WARNING, "MILL-B", 1, "c");
    const char *text = logged();
    assert_non_null(strstr(text, ": a\n"));
    assert_non_null(strstr(text, ": b\n"));
    assert_non_null(strstr(text, ": c\n"));
}

static void more_keys_than_can_be_remembered_do_not_hurt(void **state)
{
    (void)state;
    for (uint64_t key = 0; key < 10000; key++) {
        log_once(L_WARNING, "MILL-MANY", key, "x");
        if (key % 100 == 0) logged();
    }
}

static void numbers_are_read_whole_or_not_at_all(void **state)
{
    (void)state;
    int64_t n = 5;
    static const char *const BAD[] = {
        "", " 1", "1 ", "+1", "0x1", "1.5", "101", "-1", "99999999999999999999", "--1"};
    for (size_t i = 0; i < ARRAY_SIZE(BAD); i++) assert_false(int_parse(BAD[i], 0, 100, &n));
    assert_true(n == 5);
    assert_true(int_parse("100", 0, 100, &n) && n == 100);
    assert_true(int_parse("-3", -3, 0, &n) && n == -3);
}

static void a_reason_is_cut_between_characters(void **state)
{
    (void)state;
    char text[1000] = "x";
    for (int i = 0; i < 400; i++) strcat(text, "я");
    why_t why;
    why_set(&why, "%s", text);
    assert_int_equal(strlen(why.text), sizeof why.text - 1);
    char odd[1002];
    snprintf(odd, sizeof odd, "y%s", text);
    why_set(&why, "%s", odd);
    assert_int_equal(strlen(why.text), sizeof why.text - 2);
}

static void counters_say_what_they_count(void **state)
{
    (void)state;
    static const counter_row_t ROWS[] = {{"taken", "Taken in"}, {"dropped", "Thrown away"}};
    uint64_t values[2] = {0};
    counters_t counters = counters_of(ROWS, values, 2);
    counters_add(&counters, 1, 5);
    assert_true(values[0] == 0 && values[1] == 5);
    char text[200] = "";
    FILE *to = fmemopen(text, sizeof text, "w");
    counters_print_help(&counters, to);
    fclose(to);
    assert_string_equal(text,
                        "taken                        Taken in\ndropped                      Thrown away\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_peer_cannot_forge_a_line, start, stop),
        cmocka_unit_test_setup_teardown(a_line_commands_no_terminal, start, stop),
        cmocka_unit_test_setup_teardown(a_very_long_line_is_cut, start, stop),
        cmocka_unit_test_setup_teardown(debug_lines_are_silent, start, stop),
        cmocka_unit_test_setup_teardown(a_repeated_line_is_written_once_in_ten_minutes_with_its_count, start,
                                        stop),
        cmocka_unit_test_setup_teardown(another_key_or_id_is_another_line, start, stop),
        cmocka_unit_test_setup_teardown(more_keys_than_can_be_remembered_do_not_hurt, start, stop),
        cmocka_unit_test(numbers_are_read_whole_or_not_at_all),
        cmocka_unit_test(a_reason_is_cut_between_characters),
        cmocka_unit_test(counters_say_what_they_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
