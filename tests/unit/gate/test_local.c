// SPDX-License-Identifier: Apache-2.0
// The gate's local door: a real gate process, with plugs as services and callers.
#include "common/node/caller.h"
#include "common/node/root.h"
#include "common/schema/fault.h"
#include "proto/api.pb-c.h"
#include "tests/unit/gate/world.h"
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static gate_process_t gate;
static plug_t one, other;

static int start(void **state)
{
    (void)state;
    gate_make(&gate, "0a0b0c0d", false, "");
    gate_start(&gate);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    plug_close(&one);
    plug_close(&other);
    gate_stop(&gate);
    return 0;
}

static void assert_error(const envelope_t *envelope, const char *code, bool again)
{
    assert_int_equal(envelope->type, MSG_ERROR);
    AUTO(msg_body_free) Selenga__Error *error = msg_body_unpack(&selenga__error__descriptor, envelope->body);
    assert_non_null(error);
    assert_string_equal(error->fault->code, code);
    assert_true(fault_is_known(code));
    assert_int_equal(error->again, again);
}

static void a_second_gate_of_the_node_is_refused(void **state)
{
    (void)state;
    gate_process_t second = gate;
    second.log = -1;
    assert_int_equal(gate_start_in_vain(&second), 1);
    close(second.log);
    plug_service(&one, &gate, SERVICE_ROUTING); // the first one still serves
}

// More than fit into a service's queue, and into what the system takes of it.
static void thousands_of_links_are_told_once_each(void **state)
{
    (void)state;
    enum { PART = 10000, CHILDREN = 3 * PART };
    static node_keys_t keys[CHILDREN];
    static path_t paths[CHILDREN];
    static bool told[CHILDREN];
    AUTO(xfree) Selenga__Key *rows = xcalloc(CHILDREN, sizeof *rows);
    assert_true(path_parse("0a0b0c0d.11000000", &paths[0]));
    for (size_t i = 0; i < CHILDREN; i++) {
        paths[i] = paths[0];
        be32_store(paths[i].b + PATH_LABEL, (uint32_t)(0x11000000 + i));
        randombytes_buf(keys[i].public_key, sizeof keys[i].public_key);
        rows[i] = a_key(&keys[i], KEY_CHILD, &paths[i]);
    }
    plug_service(&one, &gate, SERVICE_REGISTRY);
    registry_answer(&one, &gate, rows, PART);
    for (size_t i = PART; i < CHILDREN; i += PART) registry_tell(&one, false, rows + i, PART);
    plug_expect_nothing(&one, MSG_ERROR); // all of it is in force
    plug_service(&other, &gate, SERVICE_ROUTING);
    plug_t caller; // while nobody reads: who gets an answer knows that the gate has told what it could
    plug_local(&caller, &gate);
    plug_send(&caller, &(envelope_t){.type = MSG_STATUS, .to = SERVICE_GATE, .call = 1}, NULL);
    plug_take(&caller, MSG_STATUS_REPLY);
    plug_close(&caller);
    for (size_t n = 0; n < CHILDREN; n++) {
        envelope_t envelope = plug_take(&other, MSG_LINK);
        AUTO(msg_body_free) Selenga__Link *link = msg_body_unpack(&selenga__link__descriptor, envelope.body);
        assert_in_range(link->peer, 0x11000000, 0x11000000 + CHILDREN - 1);
        assert_false(told[link->peer - 0x11000000]);
        told[link->peer - 0x11000000] = true;
    }
    plug_expect_nothing(&other, MSG_LINK);
}

static void a_wrong_configuration_is_refused_with_a_reason(void **state)
{
    (void)state;
    gate_process_t wrong;
    gate_make(&wrong, "0a0b0c0d", true, "    ping_ms = 1\n");
    assert_int_equal(gate_start_in_vain(&wrong), 1);
    assert_non_null(strstr(wrong.text, "ping_ms"));
    close(wrong.log);
    gate_make(&wrong, "0a0b0c0d", true, "");
    char path[600];
    snprintf(path, sizeof path, "%s/secret/node.key", wrong.dir);
    assert_int_equal(chmod(path, 0644), 0);
    assert_int_equal(gate_start_in_vain(&wrong), 1);
    assert_non_null(strstr(wrong.text, "chmod 600"));
    close(wrong.log);
}

static void the_local_door_is_closed_to_other_users(void **state)
{
    (void)state;
    char path[600];
    struct stat st;
    snprintf(path, sizeof path, "%s/run", gate.dir);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    snprintf(path, sizeof path, "%s/run/gate", gate.dir);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0077, 0);
}

static void a_request_to_a_service_that_is_not_there_is_answered(void **state)
{
    (void)state;
    AUTO(caller_close) caller_t *caller = NULL;
    envelope_t reply;
    assert_int_equal(caller_open(gate.dir, &caller), 0);
    assert_int_equal(caller_call(caller, SERVICE_ROUTING, MSG_LIST, NULL, SOON_MS, &reply), 0);
    assert_error(&reply, "SERVICE-DOWN", true);
}

static void a_caller_may_only_ask(void **state)
{
    (void)state;
    static const uint32_t REFUSED[] = {MSG_PULL, MSG_PUSH, MSG_GIVEBACK, MSG_WAKE,
                                       MSG_LINK, MSG_KEYS, MSG_JOIN,     MSG_JOIN_REPLY};
    AUTO(caller_close) caller_t *caller = NULL;
    envelope_t reply;
    plug_service(&one, &gate, SERVICE_REGISTRY);
    assert_int_equal(caller_open(gate.dir, &caller), 0);
    for (size_t i = 0; i < ARRAY_SIZE(REFUSED); i++) {
        assert_int_equal(caller_call(caller, SERVICE_REGISTRY, REFUSED[i], NULL, SOON_MS, &reply), 0);
        assert_error(&reply, "NOT-ALLOWED", false);
        assert_int_equal(caller_call(caller, SERVICE_GATE, REFUSED[i], NULL, SOON_MS, &reply), 0);
        assert_error(&reply, "NOT-ALLOWED", false);
        plug_expect_nothing(&one, REFUSED[i]);
    }
    assert_int_equal(caller_call(caller, 7, MSG_LIST, NULL, SOON_MS, &reply), 0);
    assert_error(&reply, "NOT-ALLOWED", false);
    assert_int_equal(caller_call(caller, SERVICE_GATE, MSG_LIST, NULL, SOON_MS, &reply), 0);
    assert_error(&reply, "UNKNOWN-REQUEST", false);
}

static void nobody_takes_the_number_of_a_live_service_without_greeting(void **state)
{
    (void)state;
    plug_service(&one, &gate, SERVICE_REGISTRY);
    plug_local(&other, &gate);
    node_keys_t keys;
    node_keys_make(&keys);
    Selenga__Key key = a_key(&keys, KEY_INVITATION, NULL);
    registry_tell(&other, true, &key, 1);
    plug_expect_nothing(&other, MSG_WELCOME);
    assert_int_equal(gate_counter(&gate, "not_allowed"), 1);
}

static void only_the_registry_gives_keys(void **state)
{
    (void)state;
    plug_service(&one, &gate, SERVICE_ROUTING);
    registry_tell(&one, true, NULL, 0);
    plug_expect_nothing(&one, MSG_ERROR);
    assert_int_equal(gate_counter(&gate, "not_allowed"), 1);
    assert_null(strstr(gate.text, "GATE-KEYS"));
}

static void a_service_cannot_send_requests_out_of_the_node(void **state)
{
    (void)state;
    plug_service(&one, &gate, SERVICE_REGISTRY);
    envelope_t envelope = {
        .type = MSG_PUT, .to = SERVICE_REGISTRY, .from = SERVICE_REGISTRY, .peer = PEER_PARENT};
    plug_send(&one, &envelope, NULL);
    plug_expect_nothing(&one, MSG_ERROR);
    assert_int_equal(gate_counter(&gate, "not_allowed"), 1);
}

static void garbage_on_the_local_door_hurts_nobody(void **state)
{
    (void)state;
    plug_service(&one, &gate, SERVICE_REGISTRY);
    plug_local(&other, &gate);
    plug_send_raw(&other, slice_text(""), false);
    plug_send_raw(&other, slice_text("no envelope"), false);
    for (int i = 0; i < 100; i++) plug_send_raw(&other, slice_text("part"), i < 99);
    srandom(11);
    for (int i = 0; i < 5000; i++) {
        uint8_t bytes[64] = {0x08, 0x01, 0x10};
        for (size_t k = 3; k < sizeof bytes; k++) bytes[k] = (uint8_t)random();
        plug_send_raw(&other, slice(bytes, (size_t)random() % sizeof bytes), false);
    }
    plug_expect_nothing(&other, MSG_KEYS);
    plug_expect_nothing(&one, MSG_KEYS);
    assert_true(gate_counter(&gate, "malformed") > 1000);
}

static void a_message_beyond_the_bound_ends_only_its_sender(void **state)
{
    (void)state;
    plug_service(&one, &gate, SERVICE_REGISTRY);
    plug_local(&other, &gate);
    AUTO(xfree) uint8_t *big = xcalloc(1, MAX_FRAME + 1);
    plug_send_raw(&other, slice(big, MAX_FRAME + 1), false);
    plug_await_event(&other, ZMQ_EVENT_DISCONNECTED);
    plug_expect_nothing(&one, MSG_KEYS);
}

static void a_service_that_does_not_read_cannot_fill_the_gate(void **state)
{
    (void)state;
    plug_service(&one, &gate, SERVICE_REGISTRY);
    plug_service(&other, &gate, SERVICE_ROUTING);
    AUTO(xfree) uint8_t *body = xcalloc(1, 8192);
    envelope_t push = {
        .type = MSG_PUSH, .to = SERVICE_REGISTRY, .from = SERVICE_ROUTING, .body = slice(body, 8192)};
    for (int i = 0; i < 20000; i++) plug_send(&other, &push, NULL); // 160 MB, of which `one` reads nothing
    plug_expect_nothing(&other, MSG_ERROR);
    assert_true(gate_memory(&gate) < 40U << 20 || SANITIZED);
    assert_true(gate_counter(&gate, "over_share") > 0);
    plug_t caller;
    plug_local(&caller, &gate);
    AUTO(xfree) uint8_t *much = xcalloc(1, MAX_BODY);
    envelope_t ask = {.type = MSG_PUT, .to = SERVICE_REGISTRY, .call = 1, .body = slice(much, MAX_BODY)};
    for (int i = 0; i < 40; i++) plug_send(&caller, &ask, NULL);
    envelope_t reply = plug_take(&caller, MSG_ERROR);
    assert_error(&reply, "SERVICE-BUSY", true);
    plug_close(&caller);
}

// What a service says that it has done makes room for more.
static void a_service_that_has_done_its_work_is_given_more(void **state)
{
    (void)state;
    plug_service(&one, &gate, SERVICE_REGISTRY);
    plug_service(&other, &gate, SERVICE_ROUTING);
    AUTO(xfree) uint8_t *body = xcalloc(1, MAX_BODY);
    envelope_t push = {
        .type = MSG_PUSH, .to = SERVICE_REGISTRY, .from = SERVICE_ROUTING, .body = slice(body, MAX_BODY)};
    for (int i = 0; i < 30; i++) plug_send(&other, &push, NULL);
    plug_expect_nothing(&other, MSG_ERROR);
    uint64_t dropped = gate_counter(&gate, "over_share");
    assert_in_range(dropped, 10, 20); // 16 MiB for a service of the node, four times a neighbour's share
    for (uint64_t i = dropped; i < 30; i++) plug_take(&one, MSG_PUSH);
    plug_expect_nothing(&one, MSG_PUSH);
    uint32_t peer = SERVICE_ROUTING;
    uint64_t bytes = 64U << 20;
    Selenga__Taken taken = SELENGA__TAKEN__INIT;
    taken.peer = &peer;
    taken.bytes = &bytes;
    taken.n_peer = taken.n_bytes = 1;
    envelope_t done = {.type = MSG_TAKEN, .to = SERVICE_GATE, .from = SERVICE_REGISTRY};
    plug_send(&one, &done, &taken.base);
    plug_expect_nothing(&one, MSG_PUSH);
    plug_send(&other, &push, NULL);
    plug_take(&one, MSG_PUSH);
    assert_int_equal(gate_counter(&gate, "over_share"), dropped);
}

// Two of one service on one store would undo what the other wrote.
static void a_second_service_of_one_number_is_refused_in_words_and_ends(void **state)
{
    (void)state;
    gate_process_t second = gate;
    assert_int_equal(root_ensure(gate.dir, NULL, NULL), 0);
    plug_service(&one, &gate, SERVICE_ROUTING);
    second.program = "selenga-routing";
    second.log = -1;
    assert_int_equal(gate_start_in_vain(&second), 1);
    assert_non_null(strstr(second.text, "SERVICE-TWICE"));
    close(second.log);
    plug_local(&other, &gate);
    plug_send(&other, &(envelope_t){.type = MSG_LIST, .to = SERVICE_ROUTING, .call = 7}, NULL);
    plug_take(&one, MSG_LIST); // the first one still serves
}

static void a_caller_of_a_dead_node_learns_it_at_once(void **state)
{
    (void)state;
    AUTO(caller_close) caller_t *caller = NULL;
    envelope_t reply;
    plug_service(&one, &gate, SERVICE_REGISTRY); // takes the request and never answers
    assert_int_equal(caller_open(gate.dir, &caller), 0);
    assert_int_equal(caller_call(caller, SERVICE_REGISTRY, MSG_LIST, NULL, 50, &reply), CALLER_E_TIMEOUT);
    gate_kill(&gate);
    assert_int_equal(caller_call(caller, SERVICE_REGISTRY, MSG_LIST, NULL, SOON_MS, &reply),
                     CALLER_E_NOT_RUNNING);
}

static void a_dead_service_is_noticed_and_replaced(void **state)
{
    (void)state;
    AUTO(caller_close) caller_t *caller = NULL;
    envelope_t reply;
    plug_service(&one, &gate, SERVICE_ROUTING);
    plug_close(&one);
    gate_await_log(&gate, "GATE-SERVICE-DOWN");
    assert_int_equal(caller_open(gate.dir, &caller), 0);
    assert_int_equal(caller_call(caller, SERVICE_ROUTING, MSG_LIST, NULL, SOON_MS, &reply), 0);
    assert_error(&reply, "SERVICE-DOWN", true);
    plug_service(&one, &gate, SERVICE_ROUTING);
    plug_service(&other, &gate, SERVICE_ROUTING); // of the same process: it made its socket anew
    assert_int_equal(caller_call(caller, SERVICE_ROUTING, MSG_LIST, NULL, 20, &reply), CALLER_E_TIMEOUT);
    plug_take(&other, MSG_LIST);
    plug_expect_nothing(&one, MSG_LIST);
}

static void a_request_reaches_its_service_stamped_and_the_reply_its_caller(void **state)
{
    (void)state;
    plug_service(&one, &gate, SERVICE_ROUTING);
    plug_local(&other, &gate);
    envelope_t request = {
        .type = MSG_LIST, .to = SERVICE_ROUTING, .call = 77, .peer = PEER_PARENT, .body = slice_text("what")};
    strcpy(request.principal, "node:ffffffff"); // a lie
    plug_send(&other, &request, NULL);
    envelope_t got = plug_take(&one, MSG_LIST);
    char principal[64];
    snprintf(principal, sizeof principal, "local:%d", (int)getuid());
    assert_string_equal(got.principal, principal);
    assert_int_equal(got.peer, PEER_SELF);
    assert_int_equal(got.from, SERVICE_CLI);
    assert_true(slice_equal(got.body, slice_text("what")));
    envelope_t answer = {
        .type = MSG_RECORDS, .from = SERVICE_ROUTING, .call = got.call, .body = slice_text("this")};
    memcpy(answer.route, got.route, got.route_size);
    answer.route_size = got.route_size;
    plug_send(&one, &answer, NULL);
    got = plug_take(&other, MSG_RECORDS);
    assert_int_equal(got.call, 77);
    assert_int_equal(got.route_size, 0);
    assert_true(slice_equal(got.body, slice_text("this")));
}

static void only_the_console_speaks_for_an_account(void **state)
{
    (void)state;
    envelope_t request = {.type = MSG_LIST, .to = SERVICE_ROUTING, .call = 77};
    strcpy(request.account, "anna");
    plug_service(&one, &gate, SERVICE_ROUTING);
    plug_local(&other, &gate);
    plug_send(&other, &request, NULL);
    envelope_t got = plug_take(&other, MSG_ERROR);
    assert_error(&got, "NOT-ALLOWED", false);
    plug_send(&one, &request, NULL); // a service has no accounts either
    request.from = SERVICE_CONSOLE;  // it greets by this
    plug_send(&other, &request, NULL);
    got = plug_take(&one, MSG_LIST);
    char principal[64];
    snprintf(principal, sizeof principal, PRINCIPAL_CONSOLE "%d", (int)getuid());
    assert_string_equal(got.principal, principal);
    assert_string_equal(got.account, "anna");
    assert_int_equal(got.from, SERVICE_CLI);
    request.to = SERVICE_GATE; // which knows no roles
    request.type = MSG_LINKS;
    plug_send(&other, &request, NULL);
    got = plug_take(&other, MSG_ERROR);
    assert_error(&got, "NOT-ALLOWED", false);
}

static void the_console_is_asked_how_it_is_and_nothing_else(void **state)
{
    (void)state;
    const envelope_t hello = {.type = MSG_HELLO, .to = SERVICE_GATE, .from = SERVICE_CONSOLE};
    envelope_t question = {.type = MSG_STATUS, .to = SERVICE_CONSOLE, .call = 5}, got;
    plug_local(&one, &gate);
    plug_local(&other, &gate);
    plug_send(&other, &question, NULL); // nobody is there
    got = plug_take(&other, MSG_ERROR);
    assert_error(&got, "SERVICE-DOWN", true);
    plug_send(&one, &hello, NULL);
    plug_take(&one, MSG_WELCOME);
    question.type = MSG_LIST;
    plug_send(&other, &question, NULL);
    got = plug_take(&other, MSG_ERROR);
    assert_error(&got, "NOT-ALLOWED", false);
    question.type = MSG_STATUS;
    plug_send(&other, &question, NULL);
    got = plug_take(&one, MSG_STATUS);
    envelope_t answer = {.type = MSG_STATUS_REPLY, .from = SERVICE_CONSOLE, .call = got.call};
    answer.route_size = got.route_size;
    memcpy(answer.route, got.route, got.route_size);
    plug_send(&one, &answer, NULL);
    got = plug_take(&other, MSG_STATUS_REPLY);
    assert_int_equal(got.call, 5);
}

static void a_second_console_is_refused(void **state)
{
    (void)state;
    const envelope_t hello = {.type = MSG_HELLO, .to = SERVICE_GATE, .from = SERVICE_CONSOLE};
    int status;
    plug_local(&one, &gate);
    plug_send(&one, &hello, NULL);
    plug_take(&one, MSG_WELCOME);
    pid_t child = fork();
    if (child == 0) {
        plug_t second;
        envelope_t got;
        plug_local(&second, &gate);
        plug_send(&second, &hello, NULL);
        got = plug_take(&second, MSG_ERROR);
        assert_error(&got, "SERVICE-TWICE", false);
        plug_close(&second);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void a_service_is_a_neighbour_of_another_by_its_number(void **state)
{
    (void)state;
    plug_service(&one, &gate, SERVICE_REGISTRY);
    plug_service(&other, &gate, SERVICE_REPORTING);
    envelope_t pull = {
        .type = MSG_PULL, .to = SERVICE_REGISTRY, .from = SERVICE_ROUTING}; // a lie about itself
    plug_send(&other, &pull, NULL);
    envelope_t got = plug_take(&one, MSG_PULL);
    assert_int_equal(got.from, SERVICE_REPORTING);
    assert_int_equal(got.peer, SERVICE_REPORTING);
}

static void services_that_outlive_the_gate_go_on(void **state)
{
    (void)state;
    plug_service(&one, &gate, SERVICE_REGISTRY);
    plug_service(&other, &gate, SERVICE_ROUTING);
    gate_kill(&gate);
    gate_start(&gate);
    envelope_t pull = {.type = MSG_PULL, .to = SERVICE_REGISTRY, .from = SERVICE_ROUTING};
    envelope_t wake = {.type = MSG_WAKE, .to = SERVICE_ROUTING, .from = SERVICE_REGISTRY};
    plug_send_until(&one, &wake, &one, MSG_HELLO); // not greeted again; the gate asks for the keys
    plug_send_until(&other, &pull, &one, MSG_PULL);
}

static void the_gate_tells_how_it_is(void **state)
{
    (void)state;
    AUTO(caller_close) caller_t *caller = NULL;
    envelope_t reply;
    assert_int_equal(caller_open(gate.dir, &caller), 0);
    assert_int_equal(caller_call(caller, SERVICE_GATE, MSG_STATUS, NULL, SOON_MS, &reply), 0);
    assert_int_equal(reply.type, MSG_STATUS_REPLY);
    AUTO(msg_body_free) Selenga__Status *status = msg_body_unpack(&selenga__status__descriptor, reply.body);
    assert_int_equal(status->service, SERVICE_GATE);
    assert_int_equal(status->pid, gate.pid);
    assert_string_equal(status->trouble, "");
    assert_true(status->memory_bytes > 1000000);
    assert_int_equal(caller_call(caller, SERVICE_GATE, MSG_LINKS, NULL, SOON_MS, &reply), 0);
    assert_int_equal(reply.type, MSG_LINKS_REPLY);
    assert_int_equal(reply.body.size, 0); // a root without children
}

#define RUNNING(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RUNNING(a_second_gate_of_the_node_is_refused),
        RUNNING(thousands_of_links_are_told_once_each),
        RUNNING(a_wrong_configuration_is_refused_with_a_reason),
        RUNNING(the_local_door_is_closed_to_other_users),
        RUNNING(a_request_to_a_service_that_is_not_there_is_answered),
        RUNNING(a_caller_may_only_ask),
        RUNNING(nobody_takes_the_number_of_a_live_service_without_greeting),
        RUNNING(only_the_registry_gives_keys),
        RUNNING(a_service_cannot_send_requests_out_of_the_node),
        RUNNING(garbage_on_the_local_door_hurts_nobody),
        RUNNING(a_message_beyond_the_bound_ends_only_its_sender),
        RUNNING(a_service_that_does_not_read_cannot_fill_the_gate),
        RUNNING(a_service_that_has_done_its_work_is_given_more),
        RUNNING(a_second_service_of_one_number_is_refused_in_words_and_ends),
        RUNNING(a_caller_of_a_dead_node_learns_it_at_once),
        RUNNING(a_dead_service_is_noticed_and_replaced),
        RUNNING(a_request_reaches_its_service_stamped_and_the_reply_its_caller),
        RUNNING(only_the_console_speaks_for_an_account),
        RUNNING(the_console_is_asked_how_it_is_and_nothing_else),
        RUNNING(a_second_console_is_refused),
        RUNNING(a_service_is_a_neighbour_of_another_by_its_number),
        RUNNING(services_that_outlive_the_gate_go_on),
        RUNNING(the_gate_tells_how_it_is),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
