// SPDX-License-Identifier: Apache-2.0
// Two gates, a hub's and its child's, both real processes: the link between them comes, goes and comes back.
#include "common/node/caller.h"
#include "proto/api.pb-c.h"
#include "tests/unit/gate/world.h"
#include <signal.h>
#include <sodium.h>
#include <stdio.h>

static gate_process_t hub, child;
static plug_t hub_registry, child_registry;
static uint32_t label;

static void connect_hub(void)
{
    gate_start(&hub);
    plug_service(&hub_registry, &hub, SERVICE_REGISTRY);
    Selenga__Key key = a_key(&child.keys, KEY_CHILD, &child.conf.path);
    registry_answer(&hub_registry, &hub, &key, 1);
}

static int start(void **state)
{
    (void)state;
    gate_make(&child, "0a0b0c0d.11223344", false, "");
    gate_make(&hub, "0a0b0c0d", true, "    ping_ms = 200\n");
    label = path_own_label(&child.conf.path);
    connect_hub();
    gate_make_child_of(&child, &hub);
    gate_start(&child);
    plug_service(&child_registry, &child, SERVICE_REGISTRY);
    await_link(&child_registry, PEER_PARENT, true);
    await_link(&hub_registry, label, true);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    plug_close(&hub_registry);
    plug_close(&child_registry);
    gate_stop(&child);
    gate_stop(&hub);
    return 0;
}

// The hub comes back at the endpoint that it had.
static void restart_hub(void)
{
    plug_close(&hub_registry);
    strcpy(hub.conf.listen, hub.endpoint);
    assert_int_equal(node_conf_save(hub.dir, &hub.conf, NULL), 0);
    connect_hub();
}

static const char *parent_state(void)
{
    static char text[16];
    AUTO(caller_close) caller_t *caller = NULL;
    envelope_t reply;
    assert_int_equal(caller_open(child.dir, &caller), 0);
    assert_int_equal(caller_call(caller, SERVICE_GATE, MSG_LINKS, NULL, SOON_MS, &reply), 0);
    AUTO(msg_body_free) Selenga__Links *links = msg_body_unpack(&selenga__links__descriptor, reply.body);
    assert_int_equal(links->n_links, 1);
    assert_string_equal(links->links[0]->role, "parent");
    assert_true(text_copy(text, sizeof text, links->links[0]->state));
    return text;
}

static const char *child_trouble(void)
{
    static char text[32];
    AUTO(caller_close) caller_t *caller = NULL;
    envelope_t reply;
    assert_int_equal(caller_open(child.dir, &caller), 0);
    assert_int_equal(caller_call(caller, SERVICE_GATE, MSG_STATUS, NULL, SOON_MS, &reply), 0);
    AUTO(msg_body_free) Selenga__Status *status = msg_body_unpack(&selenga__status__descriptor, reply.body);
    assert_true(text_copy(text, sizeof text, status->trouble));
    return text;
}

static void a_revoked_child_knows_that_it_is_refused_and_returns_when_it_is_not(void **state)
{
    (void)state;
    Selenga__Key key = a_key(&child.keys, KEY_REVOKED, &child.conf.path);
    registry_tell(&hub_registry, false, &key, 1);
    await_link(&child_registry, PEER_PARENT, false);
    expect_soon(strcmp(parent_state(), "refused") == 0);
    assert_string_equal(child_trouble(), "PARENT-REFUSED");
    key = a_key(&child.keys, KEY_CHILD, &child.conf.path);
    registry_tell(&hub_registry, false, &key, 1);
    await_link(&child_registry, PEER_PARENT, true);
    assert_string_equal(parent_state(), "up");
    assert_string_equal(child_trouble(), "");
}

static void a_parent_with_another_key_is_not_spoken_to(void **state)
{
    (void)state;
    gate_stop(&hub);
    await_link(&child_registry, PEER_PARENT, false);
    node_keys_t kept = hub.keys;
    node_keys_make(&hub.keys);
    assert_int_equal(node_keys_save(hub.dir, &hub.keys, NULL), 0);
    restart_hub();
    expect_soon(strcmp(parent_state(), "up") != 0);
    await_link(&hub_registry, label, false); // as each service hears of each child
    plug_expect_nothing(&hub_registry, MSG_LINK);
    gate_stop(&hub);
    hub.keys = kept;
    assert_int_equal(node_keys_save(hub.dir, &hub.keys, NULL), 0);
    restart_hub();
    await_link(&child_registry, PEER_PARENT, true);
}

static void the_link_returns_after_the_hub_was_killed(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        gate_kill(&hub);
        await_link(&child_registry, PEER_PARENT, false);
        assert_string_equal(parent_state(), "down");
        restart_hub();
        await_link(&hub_registry, label, true);
        await_link(&child_registry, PEER_PARENT, true);
    }
}

static void the_link_returns_after_the_child_was_killed(void **state)
{
    (void)state;
    gate_kill(&child);
    await_link(&hub_registry, label, false);
    plug_close(&child_registry);
    gate_start(&child);
    plug_service(&child_registry, &child, SERVICE_REGISTRY);
    await_link(&child_registry, PEER_PARENT, true);
    await_link(&hub_registry, label, true);
}

static void a_service_that_comes_later_learns_which_links_are_up(void **state)
{
    (void)state;
    plug_t late = {0};
    plug_service(&late, &child, SERVICE_REPORTING);
    await_link(&late, PEER_PARENT, true);
    plug_close(&late);
    plug_service(&late, &hub, SERVICE_REPORTING);
    await_link(&late, label, true);
    plug_close(&late);
}

static void a_feed_passes_through_both_gates(void **state)
{
    (void)state;
    envelope_t pull = {
        .type = MSG_PULL, .to = SERVICE_REGISTRY, .from = SERVICE_REGISTRY, .peer = PEER_PARENT};
    plug_send(&child_registry, &pull, NULL);
    envelope_t got = plug_take(&hub_registry, MSG_PULL);
    assert_int_equal(got.peer, label);
    assert_string_equal(got.principal, "node:0a0b0c0d.11223344");
    AUTO(xfree) uint8_t *body = xcalloc(1, MAX_BODY);
    randombytes_buf(body, MAX_BODY);
    envelope_t push = {.type = MSG_PUSH, .to = SERVICE_REGISTRY, .from = SERVICE_REGISTRY, .peer = label};
    push.body = slice(body, MAX_BODY); // the largest there is
    plug_send(&hub_registry, &push, NULL);
    got = plug_take(&child_registry, MSG_PUSH);
    assert_int_equal(got.peer, PEER_PARENT);
    assert_string_equal(got.principal, "node:0a0b0c0d");
    assert_true(slice_equal(got.body, push.body));
}

static void the_round_trip_is_measured(void **state)
{
    (void)state;
    AUTO(caller_close) caller_t *caller = NULL;
    envelope_t reply;
    int64_t rtt_us = -1;
    assert_int_equal(caller_open(hub.dir, &caller), 0);
    expect_soon(({
        assert_int_equal(caller_call(caller, SERVICE_GATE, MSG_LINKS, NULL, SOON_MS, &reply), 0);
        AUTO(msg_body_free) Selenga__Links *links = msg_body_unpack(&selenga__links__descriptor, reply.body);
        if (links->links[0]->has_rtt_us) rtt_us = links->links[0]->rtt_us;
        rtt_us >= 0;
    }));
    assert_in_range(rtt_us, 0, 10000000);
}

#define LINKED(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LINKED(a_revoked_child_knows_that_it_is_refused_and_returns_when_it_is_not),
        LINKED(a_parent_with_another_key_is_not_spoken_to),
        LINKED(the_link_returns_after_the_hub_was_killed),
        LINKED(the_link_returns_after_the_child_was_killed),
        LINKED(a_service_that_comes_later_learns_which_links_are_up),
        LINKED(a_feed_passes_through_both_gates),
        LINKED(the_round_trip_is_measured),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
