// SPDX-License-Identifier: Apache-2.0
// Files in a folder in which others plant links: nothing is written through one, and nobody's file goes.
#include "common/base/file.h"
#include "common/node/node.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[512], mine[600], victim[600];

static int make_dir(void **state)
{
    (void)state;
    const char *scratch = getenv("TEST_DIR");
    snprintf(dir, sizeof dir, "%s/file.XXXXXX", scratch ? scratch : "/tmp");
    for (char *c = dir + 1; *c; c++) {
        if (*c != '/') continue;
        *c = '\0';
        mkdir(dir, 0755);
        *c = '/';
    }
    if (!mkdtemp(dir)) return -1;
    snprintf(mine, sizeof mine, "%s/mine", dir);
    snprintf(victim, sizeof victim, "%s/victim", dir);
    return file_replace(victim, slice_text("theirs"), 0600);
}

static void assert_holds(const char *path, const char *text)
{
    AUTO(xfree) uint8_t *data = NULL;
    size_t size;
    assert_int_equal(file_read(path, 100, false, &data, &size), 0);
    assert_string_equal((char *)data, text);
}

static void a_link_is_not_made_into_a_new_file(void **state)
{
    (void)state;
    assert_int_equal(symlink(victim, mine), 0);
    assert_int_equal(file_create(mine, 0600), -EEXIST);
    assert_int_equal(unlink(mine), 0);
    assert_int_equal(symlink("nowhere", mine), 0); // not even one that leads nowhere yet
    assert_int_equal(file_create(mine, 0600), -EEXIST);
    assert_holds(victim, "theirs");
}

static void what_is_no_file_is_left_alone(void **state)
{
    (void)state;
    assert_int_equal(mkdir(mine, 0700), 0);
    assert_int_equal(file_create(mine, 0600), -EEXIST);
    assert_true(file_open_kept(mine, O_RDWR, 0600) < 0);
    assert_int_equal(rmdir(mine), 0);
    assert_int_equal(mkfifo(mine, 0600), 0);
    assert_int_equal(file_create(mine, 0600), -EEXIST);
    assert_int_equal(file_open_kept(mine, O_RDWR, 0600), -EINVAL);
    assert_true(file_open_kept(mine, O_WRONLY | O_APPEND, 0600) < 0); // and nobody waits for a reader
}

static void somebody_elses_file_is_not_removed(void **state)
{
    (void)state;
    if (geteuid() != 0) skip();
    assert_int_equal(rename(victim, mine), 0);
    assert_int_equal(chown(mine, 12345, (gid_t)-1), 0);
    assert_int_equal(file_create(mine, 0600), -EEXIST);
    assert_holds(mine, "theirs");
}

static void a_kept_file_is_not_opened_through_a_link(void **state)
{
    (void)state;
    assert_int_equal(symlink(victim, mine), 0);
    assert_int_equal(file_open_kept(mine, O_WRONLY | O_APPEND, 0600), -ELOOP);
    assert_int_equal(file_open_kept(mine, O_WRONLY | O_TRUNC, 0600), -ELOOP);
    assert_holds(victim, "theirs");
}

static void a_replaced_file_takes_the_place_of_links_and_not_of_their_targets(void **state)
{
    (void)state;
    char beside[700];
    snprintf(beside, sizeof beside, "%s.new", mine);
    assert_int_equal(symlink(victim, mine), 0);
    assert_int_equal(symlink(victim, beside), 0);
    assert_int_equal(file_replace(mine, slice_text("ours"), 0600), 0);
    assert_holds(mine, "ours");
    assert_holds(victim, "theirs");
}

static void a_node_is_not_made_behind_a_link(void **state)
{
    (void)state;
    char target[600];
    why_t why = {""};
    snprintf(target, sizeof target, "%s/target", dir);
    assert_int_equal(mkdir(target, 0700), 0);
    assert_int_equal(symlink(target, mine), 0);
    assert_int_equal(node_make_dirs(mine, &why), NODE_E_REFUSED);
    assert_int_equal(rmdir(target), 0); // still empty
}

static void a_folder_that_all_may_write_exposes_what_is_below_it(void **state)
{
    (void)state;
    char inner[600], node[700], said[PATH_MAX], real[PATH_MAX];
    snprintf(inner, sizeof inner, "%s/inner", dir);
    snprintf(node, sizeof node, "%s/node/", inner);
    assert_int_equal(mkdir(inner, 0700), 0);
    assert_int_equal(file_is_exposed(node, said, sizeof said), 0);
    assert_int_equal(chmod(dir, 0777), 0);
    assert_int_equal(file_is_exposed(node, said, sizeof said), 1);
    assert_string_equal(said, realpath(dir, real));
    assert_int_equal(chmod(dir, 01777), 0);
    assert_int_equal(file_is_exposed(node, said, sizeof said), 0);
    assert_int_equal(rmdir(inner), 0);
    assert_int_equal(file_is_exposed(node, said, sizeof said), -ENOENT);
}

static void a_file_of_an_earlier_run_is_begun_anew(void **state)
{
    (void)state;
    assert_int_equal(file_replace(mine, slice_text("half of it"), 0600), 0);
    AUTO(xclose) int fd = file_create(mine, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "new", 3), 3);
    assert_holds(mine, "new");
}

static void a_kept_file_keeps_what_it_holds(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        AUTO(xclose) int fd = file_open_kept(mine, O_WRONLY | O_APPEND, 0600);
        assert_true(fd >= 0);
        assert_int_equal(write(fd, "line\n", 5), 5);
    }
    assert_holds(mine, "line\nline\n");
}

#define IN_DIR(test) cmocka_unit_test_setup(test, make_dir)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_DIR(a_link_is_not_made_into_a_new_file),
        IN_DIR(what_is_no_file_is_left_alone),
        IN_DIR(somebody_elses_file_is_not_removed),
        IN_DIR(a_kept_file_is_not_opened_through_a_link),
        IN_DIR(a_replaced_file_takes_the_place_of_links_and_not_of_their_targets),
        IN_DIR(a_node_is_not_made_behind_a_link),
        IN_DIR(a_folder_that_all_may_write_exposes_what_is_below_it),
        IN_DIR(a_file_of_an_earlier_run_is_begun_anew),
        IN_DIR(a_kept_file_keeps_what_it_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
