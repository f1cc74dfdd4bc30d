// SPDX-License-Identifier: Apache-2.0
// The certificate of the console: when another one is due, and what stays. The clock is given.
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/file.h"
#include "common/base/log.h"
#include "services/console/authority.h"
#include <cmocka.h>

enum { DAY_S = 24 * 3600, LIFE_DAYS = 790, BEFORE_DAYS = 90 };
static const int64_t NOW = 1800000000; // 2027
static const console_names_t NAMES = {.names = {"school.test", "192.168.77.5"}, .n = 2};

static int enter_folder(void **state)
{
    char folder[] = "/tmp/selenga-authority-XXXXXX";
    (void)state;
    log_to(STDERR_FILENO);
    return sodium_init() < 0 || mkdtemp(folder) == NULL || chdir(folder) != 0 || mkdir("secret", 0700) != 0;
}

static authority_t opened(int64_t now_s)
{
    authority_t authority = {0};
    why_t why;
    assert_int_equal(authority_open(&NAMES, "03", now_s, &authority, &why), 0);
    return authority;
}

static void where_the_key_cannot_be_kept_all_stays_as_it_was(void **state)
{
    (void)state;
    why_t why;
    AUTO(authority_clear) authority_t authority = opened(NOW);
    const char *chain = authority.chain;
    assert_int_equal(unlink(CONSOLE_AUTHORITY_KEY), 0);
    assert_int_equal(rmdir("secret"), 0);
    assert_int_equal(authority_open(&NAMES, "03", NOW, &authority, &why), -1);
    assert_ptr_equal(authority.chain, chain);
    assert_int_equal(mkdir("secret", 0700), 0);
}

static void a_broken_certificate_is_given_to_nobody(void **state)
{
    (void)state;
    gnutls_pcert_st *chain = NULL;
    gnutls_privkey_t key = NULL;
    unsigned n = 0;
    AUTO(authority_clear) authority_t authority = opened(NOW);
    authority.key[strlen(authority.key) / 2] = '!';
    assert_int_not_equal(authority_give(&authority, &chain, &n, &key), 0);
    authority.chain[0] = '!';
    assert_int_not_equal(authority_give(&authority, &chain, &n, &key), 0);
    assert_null(chain);
}

static void another_one_is_due_ninety_days_before_the_end(void **state)
{
    (void)state;
    AUTO(authority_clear) authority_t authority = opened(NOW);
    const int64_t due = NOW + (int64_t)(LIFE_DAYS - BEFORE_DAYS) * DAY_S;
    assert_false(authority_due(&authority, NOW));
    assert_false(authority_due(&authority, due - 1));
    assert_true(authority_due(&authority, due));
    assert_true(authority_due(&authority, due + (int64_t)LIFE_DAYS * DAY_S));
}

static void the_next_one_is_of_the_same_authority_and_not_due(void **state)
{
    (void)state;
    AUTO(authority_clear) authority_t authority = opened(NOW);
    AUTO(xfree) uint8_t *before = NULL;
    AUTO(xfree) uint8_t *after = NULL;
    AUTO(xfree) char *chain = strdup(authority.chain);
    size_t n = 0, m = 0;
    why_t why;
    const int64_t later = NOW + (int64_t)(LIFE_DAYS - 1) * DAY_S;
    assert_int_equal(file_read(CONSOLE_AUTHORITY, 16384, false, &before, &n), 0);
    assert_int_equal(authority_open(&NAMES, "03", later, &authority, &why), 0);
    assert_int_equal(file_read(CONSOLE_AUTHORITY, 16384, false, &after, &m), 0);
    assert_false(authority_due(&authority, later));
    assert_true(strcmp(chain, authority.chain) != 0);
    assert_true(n == m && memcmp(before, after, n) == 0);
}

static void a_clock_that_was_far_ahead_costs_the_certificate_alone(void **state)
{
    (void)state;
    AUTO(authority_clear) authority_t first = opened(NOW);
    AUTO(authority_clear) authority_t authority = opened(NOW + (int64_t)3650 * DAY_S);
    assert_true(authority_due(&authority, NOW));
    why_t why;
    assert_int_equal(authority_open(&NAMES, "03", NOW, &authority, &why), 0);
    assert_false(authority_due(&authority, NOW));
    assert_false(authority_due(&(authority_t){.from_s = first.from_s, .until_s = first.until_s}, NOW));
}

static void a_clock_before_all_programs_makes_none_due_at_each_look(void **state)
{
    (void)state;
    AUTO(authority_clear) authority_t authority = opened(1000);
    assert_false(authority_due(&authority, 1000));
}

static void a_handshake_gets_copies_of_its_own(void **state)
{
    (void)state;
    gnutls_pcert_st *chain = NULL;
    gnutls_privkey_t key = NULL;
    unsigned n = 0;
    authority_t authority = opened(NOW);
    assert_int_equal(authority_give(&authority, &chain, &n, &key), 0);
    authority_clear(&authority); // another one is made meanwhile
    assert_int_equal(n, 2);
    unsigned bits;
    assert_int_equal(gnutls_privkey_get_pk_algorithm(key, &bits), GNUTLS_PK_ECDSA);
    for (unsigned i = 0; i < n; i++) gnutls_pcert_deinit(&chain[i]);
    gnutls_free(chain);
    gnutls_privkey_deinit(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(where_the_key_cannot_be_kept_all_stays_as_it_was),
        cmocka_unit_test(a_broken_certificate_is_given_to_nobody),
        cmocka_unit_test(another_one_is_due_ninety_days_before_the_end),
        cmocka_unit_test(the_next_one_is_of_the_same_authority_and_not_due),
        cmocka_unit_test(a_clock_that_was_far_ahead_costs_the_certificate_alone),
        cmocka_unit_test(a_clock_before_all_programs_makes_none_due_at_each_look),
        cmocka_unit_test(a_handshake_gets_copies_of_its_own),
    };
    return cmocka_run_group_tests(tests, enter_folder, NULL);
}
