// SPDX-License-Identifier: Apache-2.0
// What the supervisor is made of: bounded logs, and when a dead program is started again.
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/base/clock.h"
#include "services/cli/logfile.h"
#include "services/cli/program.h"

static char dir[512];

static int set_up(void **state)
{
    (void)state;
    const char *base = getenv("TEST_DIR");
    snprintf(dir, sizeof dir, "%s.XXXXXX", base ? base : "/tmp/supervision");
    char command[600];
    snprintf(command, sizeof command, "mkdir -p \"$(dirname '%s')\"", dir);
    if (system(command) != 0) return -1;
    return mkdtemp(dir) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    char command[600];
    snprintf(command, sizeof command, "rm -rf '%s'", dir);
    return system(command);
}

// The file's text, which the caller frees.
static char *read_file(const char *name)
{
    char path[600];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *file = fopen(path, "r");
    if (!file) return NULL;
    char *text = calloc(1, 65536);
    size_t n = fread(text, 1, 65535, file);
    text[n] = '\0';
    fclose(file);
    return text;
}

static void a_log_in_a_missing_folder_is_refused(void **state)
{
    (void)state;
    logfile_t *log = NULL;
    assert_int_equal(logfile_open("/nowhere", "x", 100, &log), -ENOENT);
    assert_null(log);
}

static void only_whole_lines_are_written_and_undated_ones_get_the_time(void **state)
{
    (void)state;
    clock_freeze(0, 1790000000);
    logfile_t *log = NULL;
    assert_int_equal(logfile_open(dir, "lines", 4096, &log), 0);
    logfile_feed(log, "2026 dated\nAssert", 17);
    char *text = read_file("lines.log");
    assert_string_equal(text, "2026 dated\n");
    free(text);
    logfile_feed(log, "ion failed", 10);
    logfile_flush(log);
    text = read_file("lines.log");
    assert_string_equal(text, "2026 dated\n2026-09-21T14:13:20Z Assertion failed\n");
    free(text);
    assert_string_equal(logfile_last(log), "Assertion failed");
    logfile_forget(log);
    assert_string_equal(logfile_last(log), "");
    logfile_destroy(&log);
    clock_thaw();
}

static void a_full_log_is_put_away_and_only_two_old_ones_stay(void **state)
{
    (void)state;
    logfile_t *log = NULL;
    assert_int_equal(logfile_open(dir, "full", 20, &log), 0);
    for (int i = 0; i < 9; i++) {
        char line[32];
        int n = snprintf(line, sizeof line, "0123456 %d\n", i);
        logfile_feed(log, line, (size_t)n);
    }
    logfile_destroy(&log);
    static const char *const texts[][2] = {{"full.log", "0123456 8\n"},
                                           {"full.log.1", "0123456 6\n0123456 7\n"},
                                           {"full.log.2", "0123456 4\n0123456 5\n"}};
    for (size_t i = 0; i < 3; i++) {
        char *text = read_file(texts[i][0]);
        assert_string_equal(text, texts[i][1]);
        free(text);
    }
    assert_null(read_file("full.log.3"));
}

static void an_endless_line_is_split(void **state)
{
    (void)state;
    logfile_t *log = NULL;
    assert_int_equal(logfile_open(dir, "endless", 1 << 20, &log), 0);
    for (int i = 0; i < 3 * LOGFILE_LINE_MAX; i++) logfile_feed(log, "7", 1);
    logfile_flush(log);
    logfile_destroy(&log);
    char *text = read_file("endless.log");
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
        assert_true(strlen(line) < LOGFILE_LINE_MAX);
    free(text);
}

// Waits until the child's output is at its end, then for the child.
static int run_to_end(program_t *program)
{
    int status = 0;
    while (program_drain(program)) {
        struct pollfd ready = {.fd = program->output, .events = POLLIN};
        poll(&ready, 1, 5000);
    }
    waitpid(program->pid, &status, 0);
    return status;
}

static void a_program_that_cannot_run_says_so_in_its_log(void **state)
{
    (void)state;
    program_t program = {.name = "no-such-program", .output = -1};
    assert_int_equal(logfile_open(dir, "absent", 4096, &program.log), 0);
    assert_int_equal(program_start(&program, "/bin", dir, 0), 0);
    int status = run_to_end(&program);
    assert_int_equal(WEXITSTATUS(status), 127);
    assert_non_null(strstr(logfile_last(program.log), "cannot be executed"));
    assert_string_equal(program_end_text(status), "status 127");
    logfile_destroy(&program.log);
}

static void what_a_program_says_goes_to_its_log(void **state)
{
    (void)state;
    program_t program = {.name = "echo", .output = -1};
    assert_int_equal(logfile_open(dir, "echo", 4096, &program.log), 0);
    assert_int_equal(program_start(&program, "/bin", dir, 0), 0);
    assert_int_equal(run_to_end(&program), 0);
    assert_string_equal(logfile_last(program.log), dir);
    logfile_destroy(&program.log);
}

static void the_first_death_is_answered_at_once_and_later_ones_ever_later(void **state)
{
    (void)state;
    program_t program = {.name = "x", .output = -1};
    assert_int_equal(logfile_open(dir, "backoff", 4096, &program.log), 0);
    static const uint64_t waits[] = {0, 200, 400, 800, 1600, 3200, 5000, 5000};
    for (size_t i = 0; i < sizeof waits / sizeof *waits; i++) {
        program.started_ms = 1000;
        program.pid = 1;
        program_ended(&program, 1500);
        assert_int_equal(program.pid, 0);
        assert_int_equal(program.start_at_ms, 1500 + waits[i]);
    }
    program.started_ms = 1000;
    program_ended(&program, 1000 + PROGRAM_STEADY_MS);
    assert_int_equal(program.start_at_ms, 1000 + PROGRAM_STEADY_MS);
    logfile_destroy(&program.log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_log_in_a_missing_folder_is_refused),
        cmocka_unit_test(only_whole_lines_are_written_and_undated_ones_get_the_time),
        cmocka_unit_test(a_full_log_is_put_away_and_only_two_old_ones_stay),
        cmocka_unit_test(an_endless_line_is_split),
        cmocka_unit_test(a_program_that_cannot_run_says_so_in_its_log),
        cmocka_unit_test(what_a_program_says_goes_to_its_log),
        cmocka_unit_test(the_first_death_is_answered_at_once_and_later_ones_ever_later),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
