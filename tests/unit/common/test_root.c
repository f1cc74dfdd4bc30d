// SPDX-License-Identifier: Apache-2.0
// The root secret: files that must not be trusted, then what derives from it.
#include "common/base/file.h"
#include "common/node/root.h"
#include "proto/message.h"
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[512], key_file[600];

static int make_dir(void **state)
{
    (void)state;
    const char *scratch = getenv("TEST_DIR");
    snprintf(dir, sizeof dir, "%s/root.XXXXXX", scratch ? scratch : "/tmp");
    for (char *c = dir + 1; *c; c++) {
        if (*c != '/') continue;
        *c = '\0';
        mkdir(dir, 0755);
        *c = '/';
    }
    if (!mkdtemp(dir) || node_make_dirs(dir, NULL) != 0) return -1;
    snprintf(key_file, sizeof key_file, "%s/secret/root.key", dir);
    return 0;
}

static void a_node_without_a_root_secret_has_no_seal_key(void **state)
{
    (void)state;
    uint8_t key[32];
    why_t why = {""};
    assert_int_equal(node_seal_key(dir, key, &why), NODE_E_ABSENT);
    assert_non_null(strstr(why.text, "root.key is missing"));
}

static void a_file_that_others_can_read_or_of_another_size_is_refused(void **state)
{
    (void)state;
    uint8_t root[ROOT_SIZE] = {1}, got[ROOT_SIZE];
    why_t why = {""};
    assert_int_equal(root_save(dir, root, &why), 0);
    assert_int_equal(chmod(key_file, 0640), 0);
    assert_int_equal(root_load(dir, got, &why), NODE_E_REFUSED);
    assert_int_equal(file_replace(key_file, slice(root, 31), 0600), 0);
    assert_int_equal(root_load(dir, got, &why), NODE_E_REFUSED);
    assert_int_equal(root_ensure(dir, NULL, &why), NODE_E_REFUSED); // nothing is put in its place
    assert_int_equal(file_replace(key_file, slice("0123456789abcdef0123456789abcdef0", 33), 0600), 0);
    assert_int_equal(root_load(dir, got, &why), NODE_E_REFUSED);
}

static void a_link_to_a_secret_is_refused(void **state)
{
    (void)state;
    uint8_t root[ROOT_SIZE] = {1};
    char other[700];
    why_t why = {""};
    snprintf(other, sizeof other, "%s/elsewhere", dir);
    assert_int_equal(file_replace(other, slice(root, sizeof root), 0600), 0);
    assert_int_equal(unlink(key_file), 0);
    assert_int_equal(symlink(other, key_file), 0);
    assert_int_equal(root_load(dir, root, &why), NODE_E_REFUSED);
    assert_int_equal(unlink(key_file), 0);
}

static void it_is_made_once(void **state)
{
    (void)state;
    uint8_t first[ROOT_SIZE], second[ROOT_SIZE];
    bool made = false;
    why_t why = {""};
    struct stat st;
    assert_int_equal(root_ensure(dir, &made, &why), 0);
    assert_true(made);
    assert_int_equal(root_load(dir, first, &why), 0);
    assert_int_equal(stat(key_file, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(root_ensure(dir, &made, &why), 0);
    assert_false(made);
    assert_int_equal(root_load(dir, second, &why), 0);
    assert_memory_equal(first, second, ROOT_SIZE);
}

static void one_that_was_lost_is_not_made_anew(void **state)
{
    (void)state;
    char door[700];
    bool made = true;
    why_t why = {""};
    struct stat st;
    snprintf(door, sizeof door, "%s/secret/door.key", dir);
    (void)unlink(key_file);
    assert_int_equal(file_replace(door, slice("x", 1), 0600), 0);
    assert_int_equal(root_ensure(dir, &made, &why), NODE_E_REFUSED);
    assert_false(made);
    assert_non_null(strstr(why.text, "root.key is lost"));
    assert_int_not_equal(stat(key_file, &st), 0);
    assert_int_equal(unlink(door), 0);
    assert_int_equal(root_ensure(dir, &made, &why), 0); // one that never had any gets one
    assert_true(made);
}

// On disks and on paper these must stay the same for good.
static void what_derives_never_changes(void **state)
{
    (void)state;
    uint8_t root[ROOT_SIZE], key[32];
    char hex[65];
    static const char *const expected[] = {"d0265d86c3d4dca7", "ad59f0d671be6d63", "e01f118cb5196414",
                                           "ec9c3a582cb99aaf", "8a4904ba8e65e728", "7d9bc1edf4d7e5a6"};
    for (size_t i = 0; i < sizeof root; i++) root[i] = (uint8_t)i;
    for (size_t use = ROOT_SEAL; use <= ROOT_CHECK; use++) {
        root_derive(root, (root_use_t)use, key);
        assert_string_equal(sodium_bin2hex(hex, sizeof hex, key, 8), expected[use - 1]);
    }
}

static void a_root_of_a_tree_comes_back_under_its_label_and_key(void **state)
{
    (void)state;
    uint8_t root[ROOT_SIZE], other[ROOT_SIZE];
    node_keys_t keys, again, third;
    for (int i = 0; i < 100; i++) {
        root_make(root);
        uint32_t label = root_label(root);
        assert_true(label >= PEER_LABEL_MIN && label != PEER_PARENT && label == root_label(root));
    }
    root_make(other);
    root_keys(root, &keys);
    root_keys(root, &again);
    root_keys(other, &third);
    assert_memory_equal(&keys, &again, sizeof keys);
    assert_memory_not_equal(keys.public_key, third.public_key, NODE_KEY_SIZE);
}

static void the_seal_key_is_that_of_the_file(void **state)
{
    (void)state;
    uint8_t root[ROOT_SIZE], key[32], expected[32];
    why_t why;
    assert_int_equal(root_load(dir, root, &why), 0);
    root_derive(root, ROOT_SEAL, expected);
    assert_int_equal(node_seal_key(dir, key, &why), 0);
    assert_memory_equal(key, expected, sizeof key);
}

// Children may know a hub by another key than its parent does.
static void a_door_s_pair_is_the_node_s_until_it_has_its_own(void **state)
{
    (void)state;
    node_keys_t node, door, got;
    why_t why = {""};
    assert_int_equal(node_door_keys_load(dir, &got, &why), NODE_E_ABSENT);
    node_keys_make(&node);
    node_keys_make(&door);
    assert_int_equal(node_keys_save(dir, &node, &why), 0);
    assert_int_equal(node_door_keys_load(dir, &got, &why), 0);
    assert_memory_equal(&got, &node, sizeof got);
    assert_int_equal(node_door_keys_save(dir, &door, &why), 0);
    assert_int_equal(node_door_keys_load(dir, &got, &why), 0);
    assert_memory_equal(&got, &door, sizeof got);
    assert_int_equal(node_keys_load(dir, &got, &why), 0);
    assert_memory_equal(&got, &node, sizeof got);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_node_without_a_root_secret_has_no_seal_key),
        cmocka_unit_test(a_file_that_others_can_read_or_of_another_size_is_refused),
        cmocka_unit_test(a_link_to_a_secret_is_refused),
        cmocka_unit_test(it_is_made_once),
        cmocka_unit_test(one_that_was_lost_is_not_made_anew),
        cmocka_unit_test(what_derives_never_changes),
        cmocka_unit_test(a_root_of_a_tree_comes_back_under_its_label_and_key),
        cmocka_unit_test(the_seal_key_is_that_of_the_file),
        cmocka_unit_test(a_door_s_pair_is_the_node_s_until_it_has_its_own),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, make_dir, NULL);
}
