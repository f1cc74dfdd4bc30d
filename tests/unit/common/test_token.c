// SPDX-License-Identifier: Apache-2.0
// Invitations: what is no token, then what comes back.
#include "common/node/token.h"
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static const char OLD[] =
    "selenga1."
    "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQAAAABrSdIACDAz"
    "LTA4LTAxFnRjcDovL2h1Yi5leGFtcGxlOjU2MDAgw1YkOJTZiQ";

static token_t a_token(void)
{
    token_t token = {.endpoint = "tcp://hub.example:5555",
                     .org = "03-08-01",
                     .expires_s = 1788000000,
                     .rank = 0,
                     .hub_rank = 1};
    memset(token.hub_key, 0xfe, sizeof token.hub_key);
    memset(token.secret, 0x3f, sizeof token.secret);
    return token;
}

static int parse(const char *text)
{
    token_t token;
    return token_parse(text, &token);
}

static void other_text_is_not_a_token(void **state)
{
    (void)state;
    assert_int_equal(parse(""), TOKEN_E_FORM);
    assert_int_equal(parse("   "), TOKEN_E_FORM);
    assert_int_equal(parse("selenga"), TOKEN_E_FORM);
    assert_int_equal(parse("hello world, this is a long line"), TOKEN_E_FORM);
}

static void a_token_of_another_version_is_refused_as_such(void **state)
{
    (void)state;
    assert_int_equal(parse("selenga2.AAAA"), TOKEN_E_VERSION);
}

// One without ranks cannot be checked against what the hub says later.
static void a_token_of_before_ranks_stood_in_it_is_refused(void **state)
{
    (void)state;
    assert_int_equal(parse(OLD), TOKEN_E_VERSION);
}

static void a_token_with_any_changed_character_is_refused(void **state)
{
    (void)state;
    token_t token = a_token();
    char text[TOKEN_TEXT_MAX];
    token_text(&token, text);
    for (size_t i = strlen("selenga1."); text[i]; i++) {
        char kept = text[i];
        text[i] = kept == 'A' ? 'B' : 'A';
        assert_int_equal(parse(text), TOKEN_E_DAMAGED);
        text[i] = '=';
        assert_int_equal(parse(text), TOKEN_E_DAMAGED);
        text[i] = kept;
    }
    assert_int_equal(parse(text), 0);
}

static void a_token_cut_short_or_with_more_behind_it_is_refused(void **state)
{
    (void)state;
    token_t token = a_token();
    char text[TOKEN_TEXT_MAX + 8];
    token_text(&token, text);
    size_t size = strlen(text);
    strcpy(text + size, "A");
    assert_int_equal(parse(text), TOKEN_E_DAMAGED);
    while (size > strlen("selenga1.")) {
        text[--size] = '\0';
        assert_int_equal(parse(text), TOKEN_E_DAMAGED);
    }
}

static void a_token_far_too_long_is_refused(void **state)
{
    (void)state;
    char text[5000] = "selenga1.";
    memset(text + 9, 'A', sizeof text - 10);
    assert_int_equal(parse(text), TOKEN_E_DAMAGED);
}

// What a token names goes into node.conf and onto the screen.
static void a_token_that_names_what_is_no_text_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"03 08", "03\t08", "03\xff", "03\xc2\x85", "03\xe2\x80\xae"};
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        token_t token = a_token();
        char text[TOKEN_TEXT_MAX];
        strcpy(token.org, bad[i]);
        token_text(&token, text);
        assert_int_equal(parse(text), TOKEN_E_DAMAGED);
    }
}

// libzmq takes a port modulo 65536: 99999999 would be 57599, where somebody else may listen.
static void a_token_that_names_no_endpoint_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "tcp://hub:99999999", "tcp://hub:65536", "tcp://hub:0", "tcp://hub:*",
        "tcp://hub:+5",       "tcp://hub:",      "tcp://hub",   "ipc:///tmp/somebody",
        "inproc://gates",     "hub:5555",        "tcp://:5555", "tcp://h/b:5555"};
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        token_t token = a_token();
        char text[TOKEN_TEXT_MAX];
        strcpy(token.endpoint, bad[i]);
        token_text(&token, text);
        assert_int_equal(parse(text), TOKEN_E_DAMAGED);
    }
}

static void every_refusal_has_a_sentence(void **state)
{
    (void)state;
    for (int outcome = TOKEN_E_FORM; outcome <= TOKEN_E_DAMAGED; outcome++)
        assert_true(*token_fault(outcome));
}

static void a_token_comes_back_as_it_was(void **state)
{
    (void)state;
    token_t token = a_token(), got;
    char text[TOKEN_TEXT_MAX], padded[TOKEN_TEXT_MAX + 8];
    token_text(&token, text);
    snprintf(padded, sizeof padded, " \t%s\r\n", text);
    assert_int_equal(token_parse(padded, &got), 0);
    assert_string_equal(got.endpoint, token.endpoint);
    assert_string_equal(got.org, token.org);
    assert_memory_equal(got.hub_key, token.hub_key, sizeof got.hub_key);
    assert_memory_equal(got.secret, token.secret, sizeof got.secret);
    assert_true(got.expires_s == token.expires_s && got.rank == 0 && got.hub_rank == 1 && !got.replace);
    token.replace = true;
    token.rank = token.hub_rank = TOKEN_RANK_MAX;
    token_text(&token, text);
    assert_int_equal(token_parse(text, &got), 0);
    assert_true(got.replace && got.rank == TOKEN_RANK_MAX && got.hub_rank == TOKEN_RANK_MAX);
}

static void the_longest_token_fits(void **state)
{
    (void)state;
    token_t token = a_token(), got;
    memset(token.endpoint, 'e', TOKEN_ENDPOINT_MAX);
    memcpy(token.endpoint, "tcp://", 6);
    memcpy(token.endpoint + TOKEN_ENDPOINT_MAX - 6, ":65535", 6);
    memset(token.org, 'o', TOKEN_ORG_MAX);
    token.org[TOKEN_ORG_MAX] = token.endpoint[TOKEN_ENDPOINT_MAX] = '\0';
    char text[TOKEN_TEXT_MAX];
    token_text(&token, text);
    assert_int_equal(token_parse(text, &got), 0);
    assert_string_equal(got.endpoint, token.endpoint);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_text_is_not_a_token),
        cmocka_unit_test(a_token_of_another_version_is_refused_as_such),
        cmocka_unit_test(a_token_of_before_ranks_stood_in_it_is_refused),
        cmocka_unit_test(a_token_with_any_changed_character_is_refused),
        cmocka_unit_test(a_token_cut_short_or_with_more_behind_it_is_refused),
        cmocka_unit_test(a_token_far_too_long_is_refused),
        cmocka_unit_test(a_token_that_names_what_is_no_text_is_refused),
        cmocka_unit_test(a_token_that_names_no_endpoint_is_refused),
        cmocka_unit_test(every_refusal_has_a_sentence),
        cmocka_unit_test(a_token_comes_back_as_it_was),
        cmocka_unit_test(the_longest_token_fits),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
