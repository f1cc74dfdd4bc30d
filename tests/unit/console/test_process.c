// SPDX-License-Identifier: Apache-2.0
// What the system says of a program: nothing of one that is not there, and of this one what it just did.
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "services/console/process.h"
#include <cmocka.h>

static void of_a_program_that_has_ended_nothing_is_said(void **state)
{
    (void)state;
    uint64_t number;
    pid_t child = fork();
    if (child == 0) _exit(0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_false(process_cpu_ms((uint32_t)child, &number));
    assert_false(process_open_fds((uint32_t)child, &number));
}

static void a_name_with_brackets_and_blanks_shifts_nothing(void **state)
{
    (void)state;
    uint64_t before, after = 0;
    assert_int_equal(prctl(PR_SET_NAME, ") R 1 2 (", 0, 0, 0), 0);
    assert_true(process_cpu_ms((uint32_t)getpid(), &before));
    assert_true(before < 60000);
    for (volatile unsigned i = 0; after < before + 20; i++)
        if (i % 1000000 == 0) assert_true(process_cpu_ms((uint32_t)getpid(), &after));
}

static void what_is_opened_is_counted(void **state)
{
    (void)state;
    uint64_t before = 0, after = 0;
    assert_true(process_open_fds((uint32_t)getpid(), &before));
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0 && process_open_fds((uint32_t)getpid(), &after));
    close(fd);
    assert_int_equal(after, before + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_a_program_that_has_ended_nothing_is_said),
        cmocka_unit_test(a_name_with_brackets_and_blanks_shifts_nothing),
        cmocka_unit_test(what_is_opened_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
