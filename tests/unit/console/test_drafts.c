// SPDX-License-Identifier: Apache-2.0
// Drafts: whose they are, how many there may be, and how long. Real LMDB in a folder of its own.
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "services/console/drafts.h"
#include <cmocka.h>

static const int64_t NOW = 1700000000;
static char folder[] = "/tmp/selenga-drafts-XXXXXX";

static drafts_t *opened(void)
{
    drafts_t *drafts = NULL;
    why_t why = {""};
    if (drafts_open(&drafts, &why) != 0) fail_msg("%s", why.text);
    return drafts;
}

static int enter_folder(void **state)
{
    (void)state;
    return sodium_init() < 0 || mkdtemp(folder) == NULL || chdir(folder) != 0 ? -1 : 0;
}

static int leave_folder(void **state)
{
    (void)state;
    for (const char *const *name = (const char *const[]){"data.mdb", "lock.mdb", "in-use", NULL};
         *name != NULL; name++) {
        char path[64];
        snprintf(path, sizeof path, DRAFTS_FOLDER "/%s", *name);
        (void)unlink(path);
    }
    (void)rmdir(DRAFTS_FOLDER);
    (void)rmdir("store");
    return chdir("/") == 0 && rmdir(folder) == 0 ? 0 : -1;
}

static int begin_empty(void **state)
{
    (void)unlink(DRAFTS_FOLDER "/data.mdb");
    *state = opened();
    return 0;
}

static int close_it(void **state)
{
    drafts_close((drafts_t **)state);
    return 0;
}

static draft_key_t key(const char *account, const char *address, unsigned n)
{
    draft_key_t one = {.account = account, .address = address};
    snprintf(one.form, sizeof one.form, "%016x", n);
    return one;
}

static bool keep(drafts_t *drafts, draft_key_t one, const char *typed, int64_t now_s)
{
    form_t form;
    assert_true(form_parse(slice_text(typed), &form));
    bool kept = drafts_keep(drafts, &one, &form, now_s);
    form_free(&form);
    return kept;
}

static bool has(drafts_t *drafts, draft_key_t one, const char *name, const char *value)
{
    form_t form;
    bool there = drafts_get(drafts, &one, &form);
    bool same = there && strcmp(form_text(&form, name), value) == 0;
    form_free(&form);
    return same;
}

static bool is_there(drafts_t *drafts, draft_key_t one)
{
    form_t form;
    bool there = drafts_get(drafts, &one, &form);
    form_free(&form);
    return there;
}

static void nobody_gets_another_s_draft(void **state)
{
    draft_t list[4];
    assert_true(keep(*state, key("anna", "/k/event/new", 1), "f.title=x", NOW));
    assert_false(is_there(*state, key("oleg", "/k/event/new", 1)));
    assert_false(is_there(*state, key("anna", "/k/event/ne", 1)));
    assert_false(is_there(*state, key("anna", "/k/event/new", 2)));
    assert_int_equal(drafts_list(*state, "oleg", NULL, list, 4), 0);
    drafts_drop(*state, &(draft_key_t){"oleg", "/k/event/new", "0000000000000001"});
    assert_true(is_there(*state, key("anna", "/k/event/new", 1)));
}

static void what_names_no_form_or_is_too_much_is_not_kept(void **state)
{
    AUTO(xfree) char *much = xcalloc(1, DRAFT_MOST + 3);
    char address[DRAFT_ADDRESS_MAX + 2];
    memset(much, 'a', DRAFT_MOST + 2);
    much[1] = '=';
    memset(address, 'a', sizeof address);
    address[sizeof address - 1] = '\0';
    assert_false(keep(*state, (draft_key_t){"anna", "/k/event/new", ""}, "a=b", NOW));
    assert_false(keep(*state, (draft_key_t){"anna", "/k/event/new", "000000000000000x"}, "a=b", NOW));
    assert_false(keep(*state, key("anna", address, 1), "a=b", NOW));
    assert_false(keep(*state, key("anna", "/", 1), much, NOW));
    much[DRAFT_MOST] = '\0';
    assert_true(keep(*state, key("anna", "/", 1), much, NOW));
}

static void a_token_and_a_password_are_not_kept(void **state)
{
    assert_true(keep(*state, key("anna", "/", 1), "token=t&again.password=p&f.title=%D0%AF+%26", NOW));
    assert_true(has(*state, key("anna", "/", 1), "f.title", "Я &"));
    assert_true(has(*state, key("anna", "/", 1), "token", ""));
    assert_true(has(*state, key("anna", "/", 1), "again.password", ""));
}

static void the_last_word_holds_also_after_a_restart(void **state)
{
    uint8_t secret[32];
    memcpy(secret, drafts_secret(*state), sizeof secret);
    assert_true(keep(*state, key("anna", "/", 1), "a=1", NOW));
    assert_true(keep(*state, key("anna", "/", 1), "a=2", NOW + 1));
    drafts_close((drafts_t **)state);
    *state = opened();
    assert_true(has(*state, key("anna", "/", 1), "a", "2"));
    assert_memory_equal(secret, drafts_secret(*state), sizeof secret);
}

static void a_damaged_store_begins_anew(void **state)
{
    assert_true(keep(*state, key("anna", "/", 1), "a=1", NOW));
    drafts_close((drafts_t **)state);
    assert_int_equal(truncate(DRAFTS_FOLDER "/data.mdb", 4096 + 100), 0);
    // In a process of its own: what LMDB had in hand at a fault is left to its end.
    int status;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        why_t why;
        drafts_t *drafts = NULL;
        _exit(drafts_open(&drafts, &why) == 0 ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    *state = opened();
    assert_false(is_there(*state, key("anna", "/", 1)));
    assert_true(keep(*state, key("anna", "/", 1), "a=1", NOW));
}

static void of_one_account_s_too_many_the_oldest_goes_and_nobody_else_s(void **state)
{
    draft_t list[DRAFTS_OF_ACCOUNT + 8];
    assert_true(keep(*state, key("oleg", "/", 0), "a=1", NOW - 1));
    for (unsigned n = 0; n <= DRAFTS_OF_ACCOUNT; n++)
        assert_true(keep(*state, key("anna", "/", n), "a=1", NOW + (int64_t)n));
    assert_false(is_there(*state, key("anna", "/", 0)));
    assert_true(is_there(*state, key("anna", "/", 1)) && is_there(*state, key("oleg", "/", 0)));
    assert_int_equal(drafts_list(*state, "anna", "/", list, ARRAY_SIZE(list)), DRAFTS_OF_ACCOUNT);
    assert_int_equal(list[0].saved_s, NOW + DRAFTS_OF_ACCOUNT); // the newest first
    assert_true(keep(*state, key("anna", "/", 1), "a=2", NOW)); // one that is there needs no room
    assert_int_equal(drafts_list(*state, "anna", NULL, list, ARRAY_SIZE(list)), DRAFTS_OF_ACCOUNT);
}

static void of_all_too_many_the_oldest_goes(void **state)
{
    char name[16];
    for (unsigned n = 0; n <= DRAFTS_MOST; n++) {
        snprintf(name, sizeof name, "a%u", n / 8);
        assert_true(keep(*state, key(name, "/", n), "a=1", NOW + (int64_t)n));
    }
    assert_false(is_there(*state, key("a0", "/", 0)));
    assert_true(is_there(*state, key("a0", "/", 1)));
}

static void what_is_too_old_goes(void **state)
{
    assert_true(keep(*state, key("anna", "/", 1), "a=1", NOW));
    assert_true(keep(*state, key("anna", "/", 2), "a=1", NOW + 1));
    drafts_expire(*state, NOW + DRAFT_LIFE_S);
    assert_true(is_there(*state, key("anna", "/", 1)));
    drafts_expire(*state, NOW + DRAFT_LIFE_S + 1);
    drafts_expire(*state, NOW + DRAFT_LIFE_S + 1);
    assert_false(is_there(*state, key("anna", "/", 1)));
    assert_true(is_there(*state, key("anna", "/", 2)));
}

static void without_a_store_nothing_is_kept_and_nothing_breaks(void **state)
{
    draft_t list[2];
    (void)state;
    assert_false(keep(NULL, key("anna", "/", 1), "a=1", NOW));
    assert_false(is_there(NULL, key("anna", "/", 1)));
    assert_int_equal(drafts_list(NULL, "anna", NULL, list, 2), 0);
    drafts_expire(NULL, NOW);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nobody_gets_another_s_draft, begin_empty, close_it),
        cmocka_unit_test_setup_teardown(what_names_no_form_or_is_too_much_is_not_kept, begin_empty, close_it),
        cmocka_unit_test_setup_teardown(a_token_and_a_password_are_not_kept, begin_empty, close_it),
        cmocka_unit_test_setup_teardown(the_last_word_holds_also_after_a_restart, begin_empty, close_it),
        cmocka_unit_test_setup_teardown(a_damaged_store_begins_anew, begin_empty, close_it),
        cmocka_unit_test_setup_teardown(of_one_account_s_too_many_the_oldest_goes_and_nobody_else_s,
                                        begin_empty, close_it),
        cmocka_unit_test_setup_teardown(of_all_too_many_the_oldest_goes, begin_empty, close_it),
        cmocka_unit_test_setup_teardown(what_is_too_old_goes, begin_empty, close_it),
        cmocka_unit_test(without_a_store_nothing_is_kept_and_nothing_breaks),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
