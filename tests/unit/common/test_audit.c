// SPDX-License-Identifier: Apache-2.0
// The audit log of a service: its chain, and how file and store stay together.
// clang-format off
#include "tests/unit/desk.h"
// clang-format on
#include "common/base/file.h"
#include "common/service/audit_log.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

enum { HEADER = sizeof AUDIT_HEADER - 1, LOG_MAX = 4096 };

static const service_def_t NOTHING = {.number = SERVICE_ROUTING, .program = "selenga-routing"};
static desk_t desk;
static audit_log_t *audit;
static char path[600];

static void open_log(void)
{
    assert_int_equal(
        audit_log_open(path, &desk.service.node.path, SERVICE_ROUTING, desk.service.store, &audit), 0);
}

static int open_desk(void **state)
{
    (void)state;
    desk_open(&desk, &NOTHING);
    snprintf(path, sizeof path, "%s/audit.log", desk.dir);
    open_log();
    return 0;
}

static int close_desk(void **state)
{
    (void)state;
    audit_log_close(&audit);
    desk_close(&desk);
    return 0;
}

static void note(const char *text)
{
    desk_begin(&desk);
    assert_int_equal(audit_log_add(audit, desk.txn, slice_text(text)), 0);
    desk_commit(&desk);
    audit_log_kept(audit, true);
}

static int count_one(void *arg, const audit_head_t *head, slice_t body)
{
    (void)head, (void)body;
    ++*(size_t *)arg;
    return 0;
}

// How many entries the file has, or -1 where it is not what the head says.
static int read_all(const audit_head_t *wanted)
{
    size_t n = 0;
    audit_head_t head;
    int fd = open(path, O_RDONLY);
    assert_true(fd >= 0);
    audit_begin(&desk.service.node.path, SERVICE_ROUTING, &head);
    int rc = audit_read(fd, &head, count_one, &n);
    close(fd);
    bool same = head.seq == wanted->seq && memcmp(head.hash, wanted->hash, AUDIT_HASH) == 0;
    return rc == 0 && same ? (int)n : -1;
}

static void rewrite(const uint8_t *bytes, size_t size)
{
    assert_int_equal(file_replace(path, slice(bytes, size), 0600), 0);
}

static void every_changed_byte_and_every_cut_shows(void **state)
{
    uint8_t *bytes = NULL;
    size_t size;
    (void)state;
    note("one");
    note("two, which is longer");
    note("three");
    const audit_head_t head = *audit_log_head(audit);
    assert_int_equal(read_all(&head), 3);
    assert_int_equal(file_read(path, LOG_MAX, true, &bytes, &size), 0);
    assert_int_equal(size, head.bytes);
    for (size_t i = 0; i < size; i++) {
        bytes[i] ^= 0x40;
        rewrite(bytes, size);
        assert_int_equal(read_all(&head), -1);
        bytes[i] ^= 0x40;
        rewrite(bytes, i);
        assert_int_equal(read_all(&head), -1);
    }
    free(bytes);
}

static void the_log_of_another_node_or_service_does_not_fit(void **state)
{
    audit_head_t head, other;
    path_t node;
    (void)state;
    audit_begin(&desk.service.node.path, SERVICE_ROUTING, &head);
    audit_begin(&desk.service.node.path, SERVICE_REGISTRY, &other);
    assert_memory_not_equal(head.hash, other.hash, AUDIT_HASH);
    assert_true(path_parse("0a0b0c0d", &node));
    audit_begin(&node, SERVICE_ROUTING, &other);
    assert_memory_not_equal(head.hash, other.hash, AUDIT_HASH);
}

static void what_was_lost_with_its_transaction_is_not_noted(void **state)
{
    (void)state;
    note("one");
    const audit_head_t before = *audit_log_head(audit);
    desk_begin(&desk);
    assert_int_equal(audit_log_add(audit, desk.txn, slice_text("lost")), 0);
    store_abort(&desk.txn);
    audit_log_kept(audit, false);
    assert_memory_equal(audit_log_head(audit), &before, sizeof before);
    assert_int_equal(read_all(&before), 1);
    note("two");
    assert_int_equal(read_all(audit_log_head(audit)), 2);
}

static void what_a_crash_has_kept_from_the_file_is_written_at_the_next_start(void **state)
{
    (void)state;
    note("one");
    note("two");
    const audit_head_t head = *audit_log_head(audit);
    audit_log_close(&audit);
    assert_int_equal(truncate(path, HEADER + 5), 0); // in the middle of the first
    desk_reopen(&desk);
    open_log();
    assert_memory_equal(audit_log_head(audit), &head, sizeof head);
    assert_int_equal(read_all(&head), 2);
    note("three");
    assert_int_equal(read_all(audit_log_head(audit)), 3);
}

// As on a full disk: no file of the process may grow.
static void let_files_grow(bool let)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = let ? limit.rlim_max : HEADER;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void what_cannot_be_written_now_is_written_later(void **state)
{
    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    note("one");
    desk_begin(&desk);
    assert_int_equal(audit_log_add(audit, desk.txn, slice_text("two")), 0);
    desk_commit(&desk);
    let_files_grow(false);
    audit_log_kept(audit, true);
    let_files_grow(true);
    assert_int_equal(read_all(audit_log_head(audit)), -1);
    note("three"); // with which the second is written, too
    note("four");
    note("five");
    assert_int_equal(read_all(audit_log_head(audit)), 5);
}

static void what_happened_and_why_not_are_words_and_codes_of_later_versions_stay(void **state)
{
    (void)state;
    assert_string_equal(audit_words("first-account", LANG_EN), "first account of the node");
    assert_string_equal(audit_words("recovery", LANG_RU), "вход по коду на бумаге");
    assert_string_equal(audit_words("of-a-later-version", LANG_RU), "of-a-later-version");
    assert_string_equal(audit_reason("PASSWORD-ONE-TIME", LANG_EN),
                        "a password of one's own was not yet chosen");
    assert_string_equal(audit_reason("PASSWORD-ONE-TIME", LANG_RU), "ещё не задан свой пароль");
    assert_string_equal(audit_reason("LATER-CODE", LANG_EN), "LATER-CODE");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_desk, close_desk)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_changed_byte_and_every_cut_shows),
        TEST(the_log_of_another_node_or_service_does_not_fit),
        TEST(what_was_lost_with_its_transaction_is_not_noted),
        TEST(what_a_crash_has_kept_from_the_file_is_written_at_the_next_start),
        TEST(what_cannot_be_written_now_is_written_later),
        TEST(what_happened_and_why_not_are_words_and_codes_of_later_versions_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
