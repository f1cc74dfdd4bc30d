// SPDX-License-Identifier: Apache-2.0
// A node's directory: files that must not be trusted, then what is written and read back.
#include "common/base/file.h"
#include "common/node/caller.h"
#include "common/node/node.h"
#include "proto/message.h"
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[512];

static int make_dir(void **state)
{
    (void)state;
    const char *scratch = getenv("TEST_DIR");
    char parent[400];
    snprintf(parent, sizeof parent, "%s", scratch ? scratch : "/tmp");
    for (char *c = parent + 1; *c; c++) {
        if (*c != '/') continue;
        *c = '\0';
        mkdir(parent, 0755);
        *c = '/';
    }
    mkdir(parent, 0755);
    snprintf(dir, sizeof dir, "%s/node.XXXXXX", parent);
    return mkdtemp(dir) && node_make_dirs(dir, NULL) == 0 ? 0 : -1;
}

static node_conf_t a_conf(void)
{
    node_conf_t conf = {.rank = 0, .org = "03-08-01", .level = "school", .listen = "tcp://127.0.0.1:5555"};
    assert_true(path_parse("0a0b0c0d.11223344", &conf.path));
    strcpy(conf.name, "МБОУ \"СОШ № 1\"");
    conf.parent.known = true;
    strcpy(conf.parent.endpoint, "tcp://hub.example:5555");
    strcpy(conf.parent.org, "03-08");
    conf.parent.rank = 1;
    memset(conf.parent.key, 9, NODE_KEY_SIZE);
    return conf;
}

static void write_conf(const char *text)
{
    char path[600];
    snprintf(path, sizeof path, "%s/node.conf", dir);
    assert_int_equal(file_replace(path, slice_text(text), 0644), 0);
}

#define GOOD_NODE "node\n    path = 0a0b0c0d\n    org = 03\n    level = region\n    rank = 2\n    name = R\n"

static void assert_conf_refused_saying(const char *text, const char *part)
{
    write_conf(text);
    AUTO(node_conf_clear) node_conf_t conf = {0};
    why_t why = {""};
    assert_int_equal(node_conf_load(dir, &conf, &why), NODE_E_REFUSED);
    if (!strstr(why.text, part)) fail_msg("\"%s\" does not say \"%s\"", why.text, part);
}

static void a_directory_without_a_node_is_absent(void **state)
{
    (void)state;
    AUTO(node_conf_clear) node_conf_t conf = {0};
    why_t why;
    assert_int_equal(node_conf_load("/nonexistent", &conf, &why), NODE_E_ABSENT);
    assert_int_equal(node_conf_load(dir, &conf, &why), NODE_E_ABSENT);
    assert_int_equal(node_enter("/nonexistent", &why), NODE_E_ABSENT);
}

static void a_directory_in_use_is_not_made_a_node(void **state)
{
    (void)state;
    why_t why;
    assert_int_equal(node_make_dirs(dir, &why), NODE_E_EXISTS);
    assert_int_equal(node_make_dirs("/nonexistent/below", &why), NODE_E_REFUSED);
}

static void a_wrong_conf_is_refused_and_says_where(void **state)
{
    (void)state;
    assert_conf_refused_saying("node\n    org = 03\n    level = region\n", "path is missing");
    assert_conf_refused_saying("node\n    path = 0a0b\n    org = 03\n    level = region\n", "line 2");
    assert_conf_refused_saying("node\n    path = 0a0b0c0d\n    level = region\n", "org is missing");
    assert_conf_refused_saying(GOOD_NODE "    colour = blue\n", "line 7");
    assert_conf_refused_saying(GOOD_NODE "    org = 04\n", "line 7");
    assert_conf_refused_saying(GOOD_NODE "    replaced = perhaps\n", "line 7");
    assert_conf_refused_saying(GOOD_NODE "gates\n    x = 1\n", "no section gates");
    assert_conf_refused_saying(GOOD_NODE "gate\nnode\n    org = 04\n", "twice");
    assert_conf_refused_saying(GOOD_NODE "    listen = ipc://x\n", "listen is not valid");
    assert_conf_refused_saying(GOOD_NODE "parent\n    endpoint = tcp://x:1\n    key = short\n",
                               "key is not valid");
    assert_conf_refused_saying(GOOD_NODE "parent\n    key = short\n", "endpoint is missing");
}

static void a_secret_open_to_others_is_refused(void **state)
{
    (void)state;
    node_keys_t keys, got;
    node_keys_make(&keys);
    why_t why = {""};
    assert_int_equal(node_keys_load(dir, &got, &why), NODE_E_ABSENT);
    assert_int_equal(node_keys_save(dir, &keys, &why), 0);
    char path[600];
    snprintf(path, sizeof path, "%s/secret/node.key", dir);
    static const mode_t OPEN[] = {0604, 0640, 0620, 0602};
    for (size_t i = 0; i < ARRAY_SIZE(OPEN); i++) {
        assert_int_equal(chmod(path, OPEN[i]), 0);
        assert_int_equal(node_keys_load(dir, &got, &why), NODE_E_REFUSED);
        assert_non_null(strstr(why.text, "chmod 600"));
    }
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(node_keys_load(dir, &got, &why), 0);
    assert_memory_equal(&got, &keys, sizeof keys);
}

static void a_damaged_key_file_is_refused(void **state)
{
    (void)state;
    char path[600];
    snprintf(path, sizeof path, "%s/secret/node.key", dir);
    node_keys_t keys, other, got;
    node_keys_make(&keys);
    node_keys_make(&other);
    why_t why;
    memcpy(keys.public_key, other.public_key, NODE_KEY_SIZE); // halves of two pairs
    assert_int_equal(node_keys_save(dir, &keys, &why), 0);
    assert_int_equal(node_keys_load(dir, &got, &why), NODE_E_REFUSED);
    char text[100] = "";
    for (size_t size = 0; size < sizeof text; size++) {
        memset(text, 'a', size);
        assert_int_equal(file_replace(path, slice(text, size), 0600), 0);
        assert_int_equal(node_keys_load(dir, &got, &why), NODE_E_REFUSED);
    }
}

static void pseudonym_keys_of_another_size_are_refused(void **state)
{
    (void)state;
    uint8_t key[NODE_PSEUDONYM_KEYS] = {1, 2, 3}, got[NODE_PSEUDONYM_KEYS];
    char path[600];
    snprintf(path, sizeof path, "%s/secret/pseudonym.key", dir);
    why_t why;
    assert_int_equal(file_replace(path, slice(key, NODE_KEY_SIZE), 0600), 0);
    assert_int_equal(node_pseudonym_keys_load(dir, got, &why), NODE_E_REFUSED);
    assert_int_equal(node_pseudonym_keys_save(dir, key, &why), 0);
    assert_int_equal(node_pseudonym_keys_load(dir, got, &why), 0);
    assert_memory_equal(got, key, sizeof key);
}

static void nobody_answers_where_no_gate_runs(void **state)
{
    (void)state;
    caller_t *caller = NULL;
    assert_int_equal(caller_open(dir, &caller), CALLER_E_NOT_RUNNING);
    assert_int_equal(caller_open("/nonexistent", &caller), CALLER_E_NOT_RUNNING);
    assert_null(caller);
}

static void a_conf_comes_back_as_it_was(void **state)
{
    (void)state;
    node_conf_t conf = a_conf();
    AUTO(node_conf_clear) node_conf_t got = {0};
    why_t why = {""};
    assert_int_equal(node_conf_save(dir, &conf, &why), 0);
    int r = node_conf_load(dir, &got, &why);
    if (r) fail_msg("%s", why.text);
    assert_true(path_equal(&got.path, &conf.path));
    assert_string_equal(got.org, conf.org);
    assert_string_equal(got.level, conf.level);
    assert_string_equal(got.name, conf.name);
    assert_string_equal(got.listen, conf.listen);
    assert_int_equal(got.rank, conf.rank);
    assert_true(got.parent.known);
    assert_string_equal(got.parent.endpoint, conf.parent.endpoint);
    assert_string_equal(got.parent.org, conf.parent.org);
    assert_memory_equal(got.parent.key, conf.parent.key, NODE_KEY_SIZE);
    assert_int_equal(got.parent.rank, 1);
    assert_false(got.replaced);
    conf.replaced = true;
    node_conf_clear(&got);
    assert_int_equal(node_conf_save(dir, &conf, &why), 0);
    assert_int_equal(node_conf_load(dir, &got, &why), 0);
    assert_true(got.replaced);
}

static void a_name_may_hold_any_quotes_and_marks(void **state)
{
    (void)state;
    static const char *const NAMES[] = {"a'b", "a\"b", "a # b", "a = b", "a: b", " a ", "%41"};
    for (size_t i = 0; i < ARRAY_SIZE(NAMES); i++) {
        node_conf_t conf = a_conf();
        strcpy(conf.name, NAMES[i]);
        AUTO(node_conf_clear) node_conf_t got = {0};
        assert_int_equal(node_conf_save(dir, &conf, NULL), 0);
        assert_int_equal(node_conf_load(dir, &got, NULL), 0);
        assert_string_equal(got.name, NAMES[i]);
    }
}

static void a_root_has_no_parent_and_settings_of_programs_survive_a_save(void **state)
{
    (void)state;
    write_conf(GOOD_NODE "gate\n    backoff_ms = 5\n    note = \"a # b\"\n");
    AUTO(node_conf_clear) node_conf_t conf = {0}, got = {0};
    assert_int_equal(node_conf_load(dir, &conf, NULL), 0);
    assert_false(conf.parent.known);
    assert_int_equal(node_conf_save(dir, &conf, NULL), 0);
    assert_int_equal(node_conf_load(dir, &got, NULL), 0);
    assert_string_equal(zconfig_get(got.root, "gate/backoff_ms", ""), "5");
    assert_string_equal(zconfig_get(got.root, "gate/note", ""), "a # b");
}

static void a_fingerprint_is_short_and_differs(void **state)
{
    (void)state;
    uint8_t key[NODE_KEY_SIZE] = {0};
    char one[NODE_FINGERPRINT_TEXT], other[NODE_FINGERPRINT_TEXT];
    node_fingerprint(key, one);
    key[31] = 1;
    node_fingerprint(key, other);
    assert_int_equal(strlen(one), NODE_FINGERPRINT_TEXT - 1);
    assert_string_not_equal(one, other);
}

#define IN_DIR(test) cmocka_unit_test_setup(test, make_dir)

static void an_endpoint_has_a_port_that_there_is(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "tcp://h:99999999", "tcp://h:65536", "tcp://h:0", "tcp://h:",    "tcp://:1",
        "tcp://h:-1",       "tcp://h:1x",    "ipc://h:1", "tcp://h h:1", "tcp://h"};
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) assert_false(node_is_endpoint(bad[i], true));
    assert_true(node_is_endpoint("tcp://h:65535", false));
    assert_true(node_is_endpoint("tcp://[::1]:7703", false));
    assert_true(node_is_endpoint("tcp://h:*", true));
    assert_false(node_is_endpoint("tcp://h:*", false));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_endpoint_has_a_port_that_there_is),
        IN_DIR(a_directory_without_a_node_is_absent),
        IN_DIR(a_directory_in_use_is_not_made_a_node),
        IN_DIR(a_wrong_conf_is_refused_and_says_where),
        IN_DIR(a_secret_open_to_others_is_refused),
        IN_DIR(a_damaged_key_file_is_refused),
        IN_DIR(pseudonym_keys_of_another_size_are_refused),
        IN_DIR(nobody_answers_where_no_gate_runs),
        IN_DIR(a_conf_comes_back_as_it_was),
        IN_DIR(a_name_may_hold_any_quotes_and_marks),
        IN_DIR(a_root_has_no_parent_and_settings_of_programs_survive_a_save),
        IN_DIR(a_fingerprint_is_short_and_differs),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
