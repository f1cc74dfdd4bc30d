// SPDX-License-Identifier: Apache-2.0
// What the supervisor is made of: bounded logs, when a program hangs, when a dead one is started again.
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
#include "common/base/pulse.h"
#include "services/cli/hang.h"
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
    static const uint64_t waits[] = {0, 500, 1000, 2000, 4000, 8000, 16000, 30000, 30000};
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

static void a_program_that_hangs_soon_after_its_start_waits_ever_longer_too(void **state)
{
    (void)state;
    program_t program = {.name = "x", .output = -1, .pid = 1, .hung = true, .quick_ends = 1};
    assert_int_equal(logfile_open(dir, "hung", 4096, &program.log), 0);
    program_ended(&program, 3 * PROGRAM_STEADY_MS);
    assert_int_equal(program.quick_ends, 2);
    program_ended(&program, PROGRAM_HUNG_STEADY_MS);
    assert_int_equal(program.quick_ends, 0);
    logfile_destroy(&program.log);
}

// Five programs that cannot live, each tried again as soon as it may be.
static void restarts_of_a_whole_node_have_a_ceiling(void **state)
{
    (void)state;
    uint64_t bucket = 0, granted = 0;
    for (int i = 0; i < 1000; i++)
        if (restarts_grant(&bucket, 1000) <= 1000 + 5000) granted++;
    assert_int_equal(granted, RESTARTS_AT_ONCE + 5000 / RESTART_EVERY_MS);
    bucket = 0;
    for (uint64_t at = 0; at < 100 * RESTART_EVERY_MS; at += RESTART_EVERY_MS)
        assert_int_equal(restarts_grant(&bucket, at), at);
}

// --- hanging

enum { LIMIT_MS = 20000, EVERY_MS = LIMIT_MS / HANG_LOOKS };

// Looks again and again at a program that shows `look`, with so many turns and ticks more each time. Returns
// after how many looks it was taken for hung; 0: never.
static unsigned looks_until_hung(hang_look_t look, uint32_t turns, uint64_t ticks,
                                 hang_verdict_t *ret_verdict)
{
    hang_t hang = {0};
    for (unsigned i = 0; i < 1000; i++) {
        *ret_verdict = hang_judge(&hang, &look, (uint64_t)i * EVERY_MS, LIMIT_MS);
        if (*ret_verdict != HANG_ALIVE) return i;
        look.turns += turns;
        look.cpu_ticks += ticks;
    }
    return 0;
}

static void a_loop_that_does_not_turn_hangs_also_while_it_uses_the_processor(void **state)
{
    (void)state;
    hang_verdict_t verdict;
    hang_look_t look = {.phase = PULSE_TURNS, .state = 'R'};
    assert_int_equal(looks_until_hung(look, 0, 0, &verdict), HANG_LOOKS);
    assert_int_equal(verdict, HANG_SILENT);
    assert_int_equal(looks_until_hung(look, 0, 250, &verdict), HANG_LOOKS);
    look.state = 'T';
    assert_int_equal(looks_until_hung(look, 0, 0, &verdict), HANG_LOOKS);
    assert_int_equal(verdict, HANG_STOPPED);
    look.state = 'S';
    assert_int_equal(looks_until_hung(look, 1, 0, &verdict), 0);
}

static void a_long_job_is_alive_as_long_as_it_uses_the_processor_and_not_for_ever(void **state)
{
    (void)state;
    hang_verdict_t verdict;
    hang_look_t look = {.phase = PULSE_WORKS, .state = 'R'};
    assert_int_equal(looks_until_hung(look, 0, 0, &verdict), HANG_LOOKS);
    assert_int_equal(looks_until_hung(look, 0, 1, &verdict), HANG_WORK_TIMES * HANG_LOOKS);
    assert_int_equal(verdict, HANG_ENDLESS);
    assert_int_equal(looks_until_hung(look, 1, 1, &verdict), 0);
    look.phase = PULSE_BEGINS;
    assert_int_equal(looks_until_hung(look, 0, 1, &verdict), 0);
}

static void who_waits_for_the_disk_or_is_held_by_a_debugger_does_not_hang(void **state)
{
    (void)state;
    hang_verdict_t verdict;
    for (const char *held = "Dt"; *held; held++) {
        hang_look_t look = {.phase = PULSE_TURNS, .state = *held};
        assert_int_equal(looks_until_hung(look, 0, 0, &verdict), 0);
    }
}

// As after a laptop was shut, or a virtual machine stood still: everybody was away, the watcher too.
static void time_in_which_nobody_looked_does_not_count(void **state)
{
    (void)state;
    hang_t hang = {0};
    hang_look_t look = {.phase = PULSE_TURNS, .state = 'S'};
    assert_int_equal(hang_judge(&hang, &look, 0, LIMIT_MS), HANG_ALIVE);
    assert_int_equal(hang_judge(&hang, &look, 100 * LIMIT_MS, LIMIT_MS), HANG_ALIVE);
    look.turns++;
    assert_int_equal(hang_judge(&hang, &look, 100 * LIMIT_MS + EVERY_MS, LIMIT_MS), HANG_ALIVE);
}

static void turns_are_seen_over_a_page_that_a_started_program_shares(void **state)
{
    (void)state;
    pulse_page_t *page = NULL;
    int fd = -1;
    assert_int_equal(pulse_make(&page, &fd), 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(fd, PULSE_FD);
        pulse_open();
        pulse_phase(PULSE_TURNS);
        pulse_turn();
        _exit(0);
    }
    waitpid(child, NULL, 0);
    hang_look_t look = hang_look_at(getpid(), page);
    assert_int_equal(look.turns, 2);
    assert_int_equal(look.phase, PULSE_TURNS);
    assert_int_equal(look.state, 'R');
    pulse_unmap(&page);
    close(fd);
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
        cmocka_unit_test(a_program_that_hangs_soon_after_its_start_waits_ever_longer_too),
        cmocka_unit_test(restarts_of_a_whole_node_have_a_ceiling),
        cmocka_unit_test(a_loop_that_does_not_turn_hangs_also_while_it_uses_the_processor),
        cmocka_unit_test(a_long_job_is_alive_as_long_as_it_uses_the_processor_and_not_for_ever),
        cmocka_unit_test(who_waits_for_the_disk_or_is_held_by_a_debugger_does_not_hang),
        cmocka_unit_test(time_in_which_nobody_looked_does_not_count),
        cmocka_unit_test(turns_are_seen_over_a_page_that_a_started_program_shares),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
