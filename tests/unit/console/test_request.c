// SPDX-License-Identifier: Apache-2.0
// Addresses, hosts and origins: what gets as far as a page.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include "services/console/request.h"
#include "services/console/router.h"
#include <cmocka.h>

static const console_names_t ALONE = {0};

static bool is_address(const char *uri)
{
    request_t request = {0};
    bool good = request_uri(&request, uri);
    request_free(&request);
    return good;
}

static void tricks_with_paths_are_refused(void **state)
{
    static const char *const bad[] = {
        "",          "k",          "//k",          "/k//person", "/k/..",          "/k/%2e%2e",
        "/k/.%2E/x", "/k/.",       "/k/%00",       "/k/%ff",     "/k/%",           "/k/a#b",
        "/k/%0a",    "/k/person/", "http://evil/", "*",          "/1/2/3/4/5/6/7", "/?a=%ff"};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
        if (is_address(bad[i])) fail_msg("%s", bad[i]);
    assert_true(is_address("/"));
    assert_true(is_address("/k/person/03-08-01:17?find=%D0%B0"));
}

static void a_slash_in_a_name_stays_in_its_segment(void **state)
{
    request_t request = {0};
    (void)state;
    assert_true(request_uri(&request, "/k/programme/A%2F..%2FB"));
    assert_int_equal(request.n_segments, 3);
    assert_string_equal(request.segments[2], "A/../B");
    request_free(&request);
}

static void only_the_names_of_this_computer_are_ours(void **state)
{
    static const char *const bad[] = {"evil.test",       "evil.test:7780",
                                      "localhost",       "localhost:80",
                                      "127.0.0.1:7781",  "localhost:7780.evil.test",
                                      "127.0.0.2:7780",  "localhost.:7780",
                                      " localhost:7780", ""};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
        if (request_is_for_us(bad[i], 7780, &ALONE)) fail_msg("%s", bad[i]);
    assert_false(request_is_for_us(NULL, 7780, &ALONE));
    assert_true(request_is_for_us("localhost:7780", 7780, &ALONE));
    assert_true(request_is_for_us("127.0.0.1:7780", 7780, &ALONE));
    assert_true(request_is_for_us("[::1]:7780", 7780, &ALONE));
    assert_true(request_is_for_us("localhost", 80, &ALONE));
}

static void names_for_others_are_ours_where_they_are_given(void **state)
{
    console_names_t names;
    why_t why;
    static const char *const bad[] = {
        "a_b",     "-a",    "a..b",
        "a/b",     "1.2.3", "x:y",
        "a b <c>", "школа", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
        if (console_names(bad[i], &names, &why) == 0) fail_msg("%s", bad[i]);
    assert_int_equal(console_names("School.local  192.168.1.5 fd00::1", &names, &why), 0);
    assert_int_equal(names.n, 3);
    assert_true(request_is_for_us("school.local:7780", 7780, &names));
    assert_true(request_is_for_us("192.168.1.5:7780", 7780, &names));
    assert_true(request_is_for_us("[fd00::1]:7780", 7780, &names));
    assert_true(request_is_for_us("school.local", 443, &names));
    assert_true(request_is_for_us("localhost:7780", 7780, &names));
    assert_false(request_is_for_us("school.local", 80, &names));
    assert_false(request_is_for_us("192.168.1.6:7780", 7780, &names));
    assert_false(request_is_for_us("school.local.evil.test:7780", 7780, &names));
    assert_false(request_is_for_us("school.local:7780", 7780, &ALONE));
}

static void under_tls_other_cookies_and_other_origins_count(void **state)
{
    char value[16];
    request_t request = {.secure = true,
                         .host = "school.local:7780",
                         .origin = "http://school.local:7780",
                         .cookie = "selenga=planted; __Host-selenga=own"};
    (void)state;
    assert_false(request_is_ours(&request));
    request.origin = "https://school.local:7780";
    assert_true(request_is_ours(&request));
    assert_true(request_cookie(&request, "selenga", value, sizeof value));
    assert_string_equal(value, "own");
    request.cookie = "selenga=planted";
    assert_false(request_cookie(&request, "selenga", value, sizeof value));
}

static bool is_ours(const char *origin, const char *referer)
{
    request_t request = {.host = "localhost:7780", .origin = origin, .referer = referer};
    return request_is_ours(&request);
}

static void a_foreign_origin_is_refused(void **state)
{
    (void)state;
    assert_false(is_ours("http://evil.test", NULL));
    assert_false(is_ours("null", NULL));
    assert_false(is_ours("", "http://localhost:7780/k"));
    assert_false(is_ours("https://localhost:7780", NULL));
    assert_false(is_ours("http://localhost:7780.evil.test", NULL));
    assert_false(is_ours("http://127.0.0.1:7780", NULL)); // another origin for the browser
    assert_false(is_ours("http://evil.test", "http://localhost:7780/"));
    assert_false(is_ours(NULL, NULL));
    assert_false(is_ours(NULL, "http://localhost:7780.evil.test/"));
    assert_false(is_ours(NULL, "http://localhost:7780"));
    assert_true(is_ours("http://localhost:7780", NULL));
    assert_true(is_ours(NULL, "http://localhost:7780/k/person/new"));
}

static void after_a_log_in_nobody_is_led_elsewhere(void **state)
{
    (void)state;
    assert_string_equal(request_safe_path(NULL), "/");
    assert_string_equal(request_safe_path("http://evil.test/"), "/");
    assert_string_equal(request_safe_path("//evil.test/"), "/");
    assert_string_equal(request_safe_path("/\\evil.test/"), "/");
    assert_string_equal(request_safe_path("/a\r\nSet-Cookie: x"), "/");
    assert_string_equal(request_safe_path("/k/person?sort=-name"), "/k/person?sort=-name");
}

static void a_cookie_is_found_by_its_whole_name(void **state)
{
    char value[8];
    request_t request = {.cookie = "xselenga=1; selenga-lang=ru;selenga=abc; long=123456789"};
    (void)state;
    assert_true(request_cookie(&request, "selenga", value, sizeof value));
    assert_string_equal(value, "abc");
    assert_false(request_cookie(&request, "long", value, sizeof value));
    assert_false(request_cookie(&request, "lang", value, sizeof value));
}

// --- routes

static route_may_t may(const char *uri, bool post, unsigned role, const char *org)
{
    request_t request = {.post = post};
    account_t who = {.role = role};
    const route_t *route = NULL;
    assert_true(text_copy(who.org, sizeof who.org, org));
    assert_true(request_uri(&request, uri));
    assert_int_equal(route_find(&request, &route), ROUTE_FOUND);
    route_may_t result = route_may(route, role != 0 ? &who : NULL, "03");
    request_free(&request);
    return result;
}

static void what_the_whole_node_knows_is_for_its_own_organisation(void **state)
{
    static const char *const addresses[] = {"/op/exchange", "/op/queues", "/op/quarantine"};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(addresses); i++) {
        assert_int_equal(may(addresses[i], false, 0, "03"), ROUTE_LOG_IN);
        assert_int_equal(may(addresses[i], false, R_TEACHER, "03"), ROUTE_MAY_NOT);
        assert_int_equal(may(addresses[i], false, R_COORDINATOR, "03-08"), ROUTE_MAY_NOT);
        assert_int_equal(may(addresses[i], false, R_COORDINATOR, "03"), ROUTE_MAY);
        assert_int_equal(may(addresses[i], false, R_OPERATOR, "03"), ROUTE_MAY);
    }
}

// The log-in, what its page loads, the first start, and counts for monitors.
static void no_address_but_these_is_open_to_nobody(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_ROUTES; i++) {
        static const char *const open_ones[] = {"/login", "/assets/*", "/first", "/recover",
                                                "/reach", "/metrics",  "/setup"};
        bool open = false;
        for (size_t k = 0; k < ARRAY_SIZE(open_ones); k++)
            open |= strcmp(ROUTES[i].pattern, open_ones[k]) == 0;
        assert_int_equal(route_may(&ROUTES[i], NULL, "03"), open ? ROUTE_MAY : ROUTE_LOG_IN);
    }
}

static void what_stands_in_no_row_is_not_there(void **state)
{
    static const char *const none[] = {"/x",      "/k/person/1/edit/2", "/op", "/admin",
                                       "/assets", "/k/person/1/2"};
    const route_t *route;
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(none); i++) {
        request_t request = {0};
        assert_true(request_uri(&request, none[i]));
        assert_int_equal(route_find(&request, &route), ROUTE_NONE);
        request_free(&request);
    }
}

static void what_changes_something_has_no_get(void **state)
{
    static const char *const posts[] = {"/logout", "/language", "/k/person/1/delete"};
    const route_t *route;
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(posts); i++) {
        request_t request = {0};
        assert_true(request_uri(&request, posts[i]));
        assert_int_equal(route_find(&request, &route), ROUTE_METHOD);
        request_free(&request);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tricks_with_paths_are_refused),
        cmocka_unit_test(a_slash_in_a_name_stays_in_its_segment),
        cmocka_unit_test(only_the_names_of_this_computer_are_ours),
        cmocka_unit_test(names_for_others_are_ours_where_they_are_given),
        cmocka_unit_test(under_tls_other_cookies_and_other_origins_count),
        cmocka_unit_test(a_foreign_origin_is_refused),
        cmocka_unit_test(after_a_log_in_nobody_is_led_elsewhere),
        cmocka_unit_test(a_cookie_is_found_by_its_whole_name),
        cmocka_unit_test(what_the_whole_node_knows_is_for_its_own_organisation),
        cmocka_unit_test(no_address_but_these_is_open_to_nobody),
        cmocka_unit_test(what_stands_in_no_row_is_not_there),
        cmocka_unit_test(what_changes_something_has_no_get),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
