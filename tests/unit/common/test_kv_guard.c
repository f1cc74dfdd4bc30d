// SPDX-License-Identifier: Apache-2.0
// A program whose heap is spoilt by a damaged store ends with words; each in a process of its own.
#include "common/base/util.h"
#include "common/store/kv_guard.h"
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

typedef struct end {
    int status;
    char said[2048];
} end_t;

static int break_off(void *arg)
{
    (void)arg;
    abort();
}

static int fault(void *arg)
{
    (void)arg;
    raise(SIGSEGV);
    return 0;
}

static void while_opening(void)
{
    _exit(kv_guard_run(break_off, NULL) == -EUCLEAN ? 3 : 4);
}

static void while_opening_astray(void)
{
    _exit(kv_guard_run(fault, NULL) == -EUCLEAN ? 3 : 4);
}

static void at_work(void)
{
    abort();
}

static end_t end_of(void (*work)(void))
{
    int pipe_of[2];
    end_t end = {0};
    assert_int_equal(pipe(pipe_of), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        dup2(pipe_of[1], STDERR_FILENO);
        kv_guard_install("selenga-test", "/store");
        work();
        _exit(0);
    }
    close(pipe_of[1]);
    size_t n = 0;
    for (ssize_t got; (got = read(pipe_of[0], end.said + n, sizeof end.said - 1 - n)) > 0;) n += (size_t)got;
    close(pipe_of[0]);
    assert_int_equal(waitpid(pid, &end.status, 0), pid);
    return end;
}

static void an_abort_at_work_is_told_and_kills(void **state)
{
    (void)state;
    end_t end = end_of(at_work);
    assert_true(WIFSIGNALED(end.status));
    assert_int_equal(WTERMSIG(end.status), SIGABRT);
    assert_non_null(strstr(end.said, "selenga-test error CRASHED: /store: "));
}

static void an_abort_while_the_store_is_opened_is_damage_and_ends_there(void **state)
{
    (void)state;
    end_t end = end_of(while_opening);
    assert_true(WIFEXITED(end.status));
    assert_int_equal(WEXITSTATUS(end.status), KV_GUARD_EXIT);
    assert_non_null(strstr(end.said, "selenga-test error STORE-DAMAGED: /store: "));
}

static void a_fault_while_the_store_is_opened_is_an_error_of_that(void **state)
{
    (void)state;
    end_t end = end_of(while_opening_astray);
    assert_true(WIFEXITED(end.status));
    assert_int_equal(WEXITSTATUS(end.status), 3);
    assert_string_equal(end.said, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_abort_at_work_is_told_and_kills),
        cmocka_unit_test(an_abort_while_the_store_is_opened_is_damage_and_ends_there),
        cmocka_unit_test(a_fault_while_the_store_is_opened_is_an_error_of_that),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
