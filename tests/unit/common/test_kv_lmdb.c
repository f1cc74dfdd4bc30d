// SPDX-License-Identifier: Apache-2.0
// Tables on a real disk: a full map or disk leaves the store whole, and what was committed outlives a kill.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "common/store/kv.h"
#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char dir[512];

static kv_t *open_store(uint64_t map_bytes)
{
    kv_t *kv = NULL;
    assert_int_equal(kv_lmdb_open(dir, map_bytes, &kv), 0);
    return kv;
}

static int new_dir(void **state)
{
    (void)state;
    const char *scratch = getenv("TEST_DIR");
    char parent[400];
    snprintf(parent, sizeof parent, "%s", scratch != NULL ? scratch : "/tmp");
    for (char *c = parent + 1; *c != '\0'; c++) {
        if (*c != '/') continue;
        *c = '\0';
        mkdir(parent, 0755);
        *c = '/';
    }
    mkdir(parent, 0755);
    snprintf(dir, sizeof dir, "%s/kv.XXXXXX", parent);
    return mkdtemp(dir) != NULL ? 0 : -1;
}

static int put_some(kv_t *kv, uint8_t first, size_t n, size_t size)
{
    kv_txn_t *txn = NULL;
    uint8_t *value = xcalloc(1, size);
    assert_int_equal(kv_begin(kv, true, &txn), 0);
    for (size_t i = 0; i < n; i++) {
        uint8_t key[2] = {first, (uint8_t)i};
        kv_put(txn, KV_AUX, slice(key, 2), slice(value, size));
    }
    free(value);
    return kv_commit(&txn);
}

static uint64_t entries(kv_t *kv)
{
    kv_txn_t *txn = NULL;
    uint64_t n = 0;
    assert_int_equal(kv_begin(kv, false, &txn), 0);
    assert_int_equal(kv_count(txn, KV_AUX, &n), 0);
    kv_abort(&txn);
    return n;
}

static void a_full_map_sticks_to_its_transaction_and_the_next_one_works(void **state)
{
    (void)state;
    kv_t *kv = open_store(1 << 20);
    assert_int_equal(put_some(kv, 1, 10, 100), 0);
    assert_int_equal(put_some(kv, 2, 200, 20000), -ENOBUFS);
    assert_int_equal(entries(kv), 10);
    assert_int_equal(put_some(kv, 3, 10, 100), 0);
    assert_int_equal(entries(kv), 20);
    kv_destroy(&kv);
}

static void room_is_what_may_still_be_written(void **state)
{
    (void)state;
    kv_t *kv = open_store(4 << 20);
    assert_in_range(kv_room(kv), 3 << 20, 4 << 20);
    uint8_t first = 0;
    while (put_some(kv, ++first, 1, 20000) == 0) {}
    assert_in_range(kv_room(kv), 0, 100000);
    kv_txn_t *txn = NULL;
    assert_int_equal(kv_begin(kv, true, &txn), 0);
    for (uint8_t i = 1; i <= first / 2; i++)
        assert_int_equal(kv_del(txn, KV_AUX, slice((uint8_t[]){i, 0}, 2)), 0);
    assert_int_equal(kv_commit(&txn), 0);
    assert_in_range(kv_room(kv), 1 << 20, 3 << 20); // given back by what was deleted
    kv_destroy(&kv);
    kv = open_store(8 << 20);
    assert_in_range(kv_room(kv), 5 << 20, 8 << 20);
    kv_destroy(&kv);
}

static void a_full_disk_loses_its_transaction_only(void **state)
{
    (void)state;
    struct rlimit old, tight;
    kv_t *kv = open_store(64 << 20);
    assert_int_equal(put_some(kv, 1, 10, 100), 0);
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    tight = old;
    tight.rlim_cur = 256 << 10;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
    int rc = put_some(kv, 2, 200, 20000);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_true(rc < 0);
    assert_int_equal(entries(kv), 10);
    assert_int_equal(put_some(kv, 3, 10, 100), 0);
    kv_destroy(&kv);
    kv = open_store(64 << 20);
    assert_int_equal(entries(kv), 20);
    kv_destroy(&kv);
}

static void what_was_committed_outlives_a_kill(void **state)
{
    (void)state;
    int status;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        kv_t *kv = NULL;
        kv_txn_t *txn = NULL;
        if (kv_lmdb_open(dir, 1 << 20, &kv) != 0 || put_some(kv, 1, 10, 100) != 0) _exit(1);
        if (kv_begin(kv, true, &txn) != 0 || kv_put(txn, KV_AUX, slice("x", 1), slice("y", 1)) != 0) _exit(1);
        raise(SIGKILL);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    kv_t *kv = open_store(1 << 20);
    assert_int_equal(entries(kv), 10);
    assert_int_equal(put_some(kv, 2, 1, 1), 0);
    kv_destroy(&kv);
}

// Opens the store in a process of its own, and ends with what that said.
static int opened_elsewhere(void)
{
    int status;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        kv_t *kv = NULL;
        _exit(-kv_lmdb_open(dir, 1 << 20, &kv) & 0xff);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return -WEXITSTATUS(status);
}

static void a_second_process_is_refused_until_the_first_has_closed(void **state)
{
    (void)state;
    kv_t *kv = open_store(1 << 20);
    assert_int_equal(opened_elsewhere(), -EBUSY);
    assert_int_equal(put_some(kv, 1, 10, 100), 0);
    assert_int_equal(opened_elsewhere(), -EBUSY); // nor did the first try let it in
    assert_int_equal(kv_lmdb_holder(dir), getpid());
    kv_destroy(&kv);
    assert_int_equal(opened_elsewhere(), 0);
}

static void a_lock_that_is_no_file_is_not_opened(void **state)
{
    (void)state;
    char lock[600], other[600];
    snprintf(lock, sizeof lock, "%s/" KV_LOCK_FILE, dir);
    snprintf(other, sizeof other, "%s/other", dir);
    assert_int_equal(kv_lmdb_holder(dir), 0);
    assert_int_equal(symlink(other, lock), 0);
    assert_int_equal(opened_elsewhere(), -ELOOP);
    assert_int_equal(access(other, F_OK), -1);
    assert_int_equal(unlink(lock), 0);
    assert_int_equal(mkfifo(lock, 0600), 0);
    assert_int_equal(opened_elsewhere(), -EINVAL);
    assert_int_equal(kv_lmdb_holder(dir), 0);
}

static off_t data_size(const char *path)
{
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    return st.st_size;
}

static void a_store_that_was_cut_is_refused_at_whatever_place(void **state)
{
    (void)state;
    char path[600];
    kv_t *kv = open_store(1 << 20);
    for (uint8_t i = 0; i < 20; i++) assert_int_equal(put_some(kv, i, 10, 100), 0);
    kv_destroy(&kv);
    snprintf(path, sizeof path, "%s/data.mdb", dir);
    assert_int_equal(opened_elsewhere(), 0);
    off_t page = sysconf(_SC_PAGESIZE), size = data_size(path) / 2 / page * page;
    for (; size >= 0; size = size == 0 ? -1 : size > 3 * page ? size / 2 / page * page : size - page) {
        assert_int_equal(truncate(path, size), 0);
        assert_int_equal(opened_elsewhere(), -EUCLEAN);
    }
}

static void a_store_of_noise_is_refused(void **state)
{
    (void)state;
    char path[600], noise[4096];
    kv_t *kv = open_store(1 << 20);
    for (uint8_t i = 0; i < 20; i++) assert_int_equal(put_some(kv, i, 10, 100), 0);
    kv_destroy(&kv);
    snprintf(path, sizeof path, "%s/data.mdb", dir);
    memset(noise, 0xa5, sizeof noise);
    FILE *file = fopen(path, "r+");
    assert_non_null(file);
    fseek(file, 2L * (long)sizeof noise, SEEK_SET); // behind the meta pages, all of it
    for (off_t n = data_size(path) / (off_t)sizeof noise - 2; n > 0; n--)
        assert_int_equal(fwrite(noise, sizeof noise, 1, file), 1);
    fclose(file);
    assert_int_equal(opened_elsewhere(), -EUCLEAN);
}

static void a_store_that_gave_back_what_it_never_wrote_is_opened(void **state)
{
    (void)state;
    kv_t *kv = open_store(4 << 20);
    for (uint8_t round = 1; round < 40; round++) { // large values that come and go in one transaction
        kv_txn_t *txn = NULL;
        uint8_t *value = xcalloc(1, 50000);
        assert_int_equal(kv_begin(kv, true, &txn), 0);
        for (uint8_t i = 0; i < 4; i++)
            kv_put(txn, KV_AUX, slice((uint8_t[]){round, i}, 2), slice(value, 50000));
        for (uint8_t i = 0; i < 4; i++)
            if (i != round % 4) kv_del(txn, KV_AUX, slice((uint8_t[]){round, i}, 2));
        assert_int_equal(kv_commit(&txn), 0);
        free(value);
        kv_destroy(&kv);
        kv = open_store(4 << 20);
    }
    kv_destroy(&kv);
}

static void the_reserve_is_written_only_when_asked_for(void **state)
{
    (void)state;
    kv_t *kv = open_store(4 << 20);
    uint8_t first = 0;
    while (put_some(kv, ++first, 1, 20000) == 0) {}
    assert_int_equal(put_some(kv, 250, 4, 60000), -ENOBUFS);
    assert_int_equal(kv_use_reserve(kv, true), 0);
    assert_int_equal(put_some(kv, 250, 4, 60000), 0);
    assert_int_equal(kv_use_reserve(kv, false), 0);
    assert_int_equal(put_some(kv, 251, 2, 60000), -ENOBUFS);
    assert_int_equal(entries(kv), (uint64_t)first - 1 + 4);
    kv_destroy(&kv);
}

static void an_empty_key_stands_before_all_others(void **state)
{
    (void)state;
    kv_t *kv = open_store(1 << 20);
    kv_txn_t *txn = NULL;
    kv_cursor_t *cursor = NULL;
    slice_t key, value;
    assert_int_equal(kv_begin(kv, false, &txn), 0);
    assert_int_equal(kv_cursor(txn, KV_AUX, &cursor), 0);
    assert_int_equal(kv_seek(cursor, (slice_t){0}, &key, &value), KV_NONE);
    kv_close_cursor(&cursor);
    kv_abort(&txn);
    assert_int_equal(put_some(kv, 0, 2, 10), 0);
    assert_int_equal(kv_begin(kv, false, &txn), 0);
    assert_int_equal(kv_cursor(txn, KV_AUX, &cursor), 0);
    assert_int_equal(kv_seek(cursor, (slice_t){0}, &key, &value), 0);
    assert_true(slice_equal(key, slice((uint8_t[]){0, 0}, 2)));
    assert_int_equal(kv_next(cursor, &key, &value), 0);
    assert_true(slice_equal(key, slice((uint8_t[]){0, 1}, 2)));
    kv_close_cursor(&cursor);
    kv_abort(&txn);
    kv_destroy(&kv);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_full_map_sticks_to_its_transaction_and_the_next_one_works, new_dir),
        cmocka_unit_test_setup(room_is_what_may_still_be_written, new_dir),
        cmocka_unit_test_setup(a_full_disk_loses_its_transaction_only, new_dir),
        cmocka_unit_test_setup(a_second_process_is_refused_until_the_first_has_closed, new_dir),
        cmocka_unit_test_setup(a_lock_that_is_no_file_is_not_opened, new_dir),
        cmocka_unit_test_setup(a_store_that_was_cut_is_refused_at_whatever_place, new_dir),
        cmocka_unit_test_setup(a_store_of_noise_is_refused, new_dir),
        cmocka_unit_test_setup(a_store_that_gave_back_what_it_never_wrote_is_opened, new_dir),
        cmocka_unit_test_setup(the_reserve_is_written_only_when_asked_for, new_dir),
        cmocka_unit_test_setup(an_empty_key_stands_before_all_others, new_dir),
        cmocka_unit_test_setup(what_was_committed_outlives_a_kill, new_dir),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
