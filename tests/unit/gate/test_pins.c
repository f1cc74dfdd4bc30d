// SPDX-License-Identifier: Apache-2.0
// What we rely on in libzmq and no document promises. A new version that changes it is seen here first.
#include "services/gate/curve.h"
#include "services/gate/zap.h"
#include "tests/unit/gate/world.h"
#include <malloc.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static void *context;
static node_keys_t server_keys;

static int start(void **state)
{
    (void)state;
    context = zmq_ctx_new();
    node_keys_make(&server_keys);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    zmq_ctx_term(context);
    return 0;
}

static void set_int(void *socket, int option, int value)
{
    assert_int_equal(zmq_setsockopt(socket, option, &value, sizeof value), 0);
}

static void *curve_server(bool enforce, char *ret_endpoint, size_t size)
{
    void *socket = zmq_socket(context, ZMQ_ROUTER);
    set_int(socket, ZMQ_LINGER, 0);
    set_int(socket, ZMQ_CURVE_SERVER, 1);
    assert_int_equal(zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, server_keys.secret_key, NODE_KEY_SIZE), 0);
    assert_int_equal(zmq_setsockopt(socket, ZMQ_ZAP_DOMAIN, ZAP_DOMAIN, strlen(ZAP_DOMAIN)), 0);
    if (enforce) set_int(socket, CURVE_ZAP_ENFORCE_DOMAIN, 1);
    assert_int_equal(zmq_bind(socket, "tcp://127.0.0.1:*"), 0);
    assert_int_equal(zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, ret_endpoint, &size), 0);
    return socket;
}

typedef struct client {
    void *socket, *monitor;
} client_t;

static client_t curve_client(const char *endpoint)
{
    static unsigned n;
    char name[32];
    node_keys_t keys;
    snprintf(name, sizeof name, "pin-client-%u", n++);
    node_keys_make(&keys);
    client_t client = {.socket = zmq_socket(context, ZMQ_DEALER)};
    set_int(client.socket, ZMQ_LINGER, 0);
    set_int(client.socket, ZMQ_RECONNECT_IVL, -1);
    zmq_setsockopt(client.socket, ZMQ_CURVE_SERVERKEY, server_keys.public_key, NODE_KEY_SIZE);
    zmq_setsockopt(client.socket, ZMQ_CURVE_PUBLICKEY, keys.public_key, NODE_KEY_SIZE);
    zmq_setsockopt(client.socket, ZMQ_CURVE_SECRETKEY, keys.secret_key, NODE_KEY_SIZE);
    client.monitor = door_watch(context, client.socket, name, ZMQ_EVENT_ALL);
    assert_int_equal(zmq_connect(client.socket, endpoint), 0);
    return client;
}

static void close_client(client_t *client)
{
    door_unwatch(client->socket, &client->monitor);
    zmq_close(client->socket);
}

// The first of these events.
static unsigned first_event(client_t *client, unsigned events)
{
    uint64_t deadline = mono_ms() + SOON_MS;
    while (mono_ms() < deadline) {
        door_event_t event;
        while (door_next_event(client->monitor, &event))
            if (event.event & events) return event.event;
        zmq_pollitem_t item = {client->monitor, 0, ZMQ_POLLIN, 0};
        zmq_poll(&item, 1, 100);
    }
    fail_msg("no event");
    return 0;
}

enum {
    ENDINGS = ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH |
              ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
              ZMQ_EVENT_DISCONNECTED
};

static void with_option_93_and_no_handler_nobody_gets_in(void **state)
{
    (void)state;
    char endpoint[128];
    void *server = curve_server(true, endpoint, sizeof endpoint);
    client_t client = curve_client(endpoint);
    assert_int_not_equal(first_event(&client, ENDINGS), ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
    close_client(&client);
    zmq_close(server);
}

// The reason for option 93 and for the gate's start-up test. When this fails, libzmq has become safer.
static void without_option_93_and_without_handler_everybody_gets_in(void **state)
{
    (void)state;
    char endpoint[128];
    void *server = curve_server(false, endpoint, sizeof endpoint);
    client_t client = curve_client(endpoint);
    assert_int_equal(first_event(&client, ENDINGS), ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
    close_client(&client);
    zmq_close(server);
}

static void user_and_descriptor_are_on_the_body_frame(void **state)
{
    (void)state;
    char endpoint[128];
    zap_t *zap;
    door_t door;
    assert_int_equal(zap_start(context, &zap), 0);
    assert_int_equal(door_open(&door, context, "pins", DOOR_INSIDE), 0);
    set_int(door.socket, ZMQ_CURVE_SERVER, 1);
    zmq_setsockopt(door.socket, ZMQ_CURVE_SECRETKEY, server_keys.secret_key, NODE_KEY_SIZE);
    zmq_setsockopt(door.socket, ZMQ_ZAP_DOMAIN, ZAP_DOMAIN, strlen(ZAP_DOMAIN));
    assert_int_equal(zmq_bind(door.socket, "tcp://127.0.0.1:*"), 0);
    size_t size = sizeof endpoint;
    zmq_getsockopt(door.socket, ZMQ_LAST_ENDPOINT, endpoint, &size);
    client_t client = curve_client(endpoint);
    uint8_t key[NODE_KEY_SIZE];
    char text[41];
    size = sizeof text;
    zmq_getsockopt(client.socket, ZMQ_CURVE_PUBLICKEY, text, &size);
    assert_non_null(zmq_z85_decode(key, text));
    zap_allow_only(zap, key, 1);
    envelope_t envelope = {.type = MSG_HELLO};
    assert_int_equal(msg_send(client.socket, &envelope, NULL), 0);
    door_frame_t frame;
    expect_soon(door_take(&door, &frame) == 0);
    char hex[2 * NODE_KEY_SIZE + 1];
    assert_string_equal(frame.user, hex_text(slice(key, sizeof key), hex));
    assert_true(frame.fd > 2);
    struct stat st;
    assert_int_equal(fstat(frame.fd, &st), 0);
    assert_true(S_ISSOCK(st.st_mode));
    assert_true(frame.routing != 0);
    door_done(&frame);
    close_client(&client);
    door_close(&door);
    zap_stop(&zap);
}

static void the_accepted_descriptor_is_the_one_of_the_message(void **state)
{
    (void)state;
    door_t door;
    char endpoint[128];
    size_t size = sizeof endpoint;
    assert_int_equal(door_open(&door, context, "pins", DOOR_INSIDE), 0);
    assert_int_equal(zmq_bind(door.socket, "tcp://127.0.0.1:*"), 0);
    zmq_getsockopt(door.socket, ZMQ_LAST_ENDPOINT, endpoint, &size);
    void *client = zmq_socket(context, ZMQ_DEALER);
    set_int(client, ZMQ_LINGER, 0);
    assert_int_equal(zmq_connect(client, endpoint), 0);
    envelope_t envelope = {.type = MSG_HELLO};
    assert_int_equal(msg_send(client, &envelope, NULL), 0);
    door_frame_t frame;
    expect_soon(door_take(&door, &frame) == 0);
    door_event_t event;
    assert_true(door_next_event(door.monitor, &event)); // it was there before the message
    assert_int_equal(event.event, ZMQ_EVENT_ACCEPTED);
    assert_int_equal(event.value, frame.fd);
    door_done(&frame);
    zmq_close(client);
    expect_soon(door_next_event(door.monitor, &event));
    assert_int_equal(event.event, ZMQ_EVENT_DISCONNECTED);
    assert_int_equal(event.value, frame.fd);
    door_close(&door);
}

static void a_local_peer_is_known_by_its_user(void **state)
{
    (void)state;
    door_t door;
    char dir[512];
    scratch_dir(dir, sizeof dir);
    assert_int_equal(chdir(dir), 0);
    assert_int_equal(door_open(&door, context, "pins", DOOR_INSIDE), 0);
    assert_int_equal(zmq_bind(door.socket, "ipc://x"), 0);
    void *client = zmq_socket(context, ZMQ_DEALER);
    set_int(client, ZMQ_LINGER, 0);
    assert_int_equal(zmq_connect(client, "ipc://x"), 0);
    envelope_t envelope = {.type = MSG_HELLO};
    assert_int_equal(msg_send(client, &envelope, NULL), 0);
    door_frame_t frame;
    expect_soon(door_take(&door, &frame) == 0);
    assert_int_equal(frame.uid, getuid());
    door_done(&frame);
    zmq_close(client);
    door_close(&door);
}

static void a_routing_id_of_the_peers_own_choice_is_not_taken(void **state)
{
    (void)state;
    door_t door;
    char endpoint[128];
    size_t size = sizeof endpoint;
    assert_int_equal(door_open(&door, context, "pins", DOOR_INSIDE), 0);
    assert_int_equal(zmq_bind(door.socket, "tcp://127.0.0.1:*"), 0);
    zmq_getsockopt(door.socket, ZMQ_LAST_ENDPOINT, endpoint, &size);
    void *client = zmq_socket(context, ZMQ_DEALER);
    set_int(client, ZMQ_LINGER, 0);
    assert_int_equal(zmq_setsockopt(client, ZMQ_ROUTING_ID, "mine!", 5), 0);
    assert_int_equal(zmq_connect(client, endpoint), 0);
    envelope_t envelope = {.type = MSG_HELLO};
    assert_int_equal(msg_send(client, &envelope, NULL), 0);
    door_frame_t frame;
    int r = DOOR_E_EMPTY;
    expect_soon((r = door_take(&door, &frame)) != DOOR_E_EMPTY);
    assert_int_equal(r, DOOR_E_MALFORMED);
    zmq_close(client);
    door_close(&door);
}

static void without_reconnecting_a_failed_try_stays_failed(void **state)
{
    (void)state;
    client_t client = curve_client("tcp://127.0.0.1:1");
    assert_int_equal(first_event(&client, ZMQ_EVENT_CLOSED | ZMQ_EVENT_CONNECT_RETRIED), ZMQ_EVENT_CLOSED);
    door_event_t event;
    zmq_pollitem_t item = {client.monitor, 0, ZMQ_POLLIN, 0};
    zmq_poll(&item, 1, 300);
    while (door_next_event(client.monitor, &event))
        assert_int_not_equal(event.event, ZMQ_EVENT_CONNECT_RETRIED);
    close_client(&client);
}

// Bytes that are allocated and not freed; 0 where the allocator does not tell.
static size_t bytes_in_use(void)
{
    return mallinfo2().uordblks;
}

static bool answer_question(void *rep)
{
    zmq_msg_t part;
    zmq_msg_init(&part);
    bool came = zmq_msg_recv(&part, rep, ZMQ_DONTWAIT) >= 0;
    while (came && zmq_msg_more(&part)) zmq_msg_recv(&part, rep, 0);
    zmq_msg_close(&part);
    if (!came) return false;
    static const char *const parts[] = {"1.0", "1", "200", "", "user", ""}; // libzmq's request id is always 1
    for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
        assert_true(zmq_send(rep, parts[i], strlen(parts[i]), i + 1 < ARRAY_SIZE(parts) ? ZMQ_SNDMORE : 0) >=
                    0);
    return true;
}

// The reason why the handler replaces its socket: each connection keeps the two queues over which it asked.
static void a_handler_that_closes_frees_what_handshakes_took_and_leaves_connections_alone(void **state)
{
    (void)state;
    enum { CLIENTS = 40, QUEUES = 2 * 256 * 64 };
    char endpoint[128];
    client_t clients[CLIENTS];
    if (bytes_in_use() == 0) skip();
    void *rep = zmq_socket(context, ZMQ_REP);
    assert_int_equal(zmq_bind(rep, "inproc://zeromq.zap.01"), 0);
    void *server = curve_server(true, endpoint, sizeof endpoint);
    for (size_t i = 0; i < CLIENTS; i++) {
        clients[i] = curve_client(endpoint);
        expect_soon(answer_question(rep));
        assert_int_equal(first_event(&clients[i], ENDINGS), ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
    }
    size_t before = bytes_in_use();
    set_int(rep, ZMQ_LINGER, 0);
    zmq_close(rep);
    expect_soon(bytes_in_use() + CLIENTS * QUEUES <= before);
    for (size_t i = 0; i < CLIENTS; i++) {
        char byte;
        zmq_pollitem_t item = {server, 0, ZMQ_POLLIN, 0};
        assert_int_equal(zmq_send(clients[i].socket, "x", 1, 0), 1);
        assert_int_equal(zmq_poll(&item, 1, SOON_MS), 1);
        while (zmq_recv(server, &byte, 1, ZMQ_DONTWAIT) >= 0) {}
        close_client(&clients[i]);
    }
    zmq_close(server);
}

#define PIN(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PIN(with_option_93_and_no_handler_nobody_gets_in),
        PIN(without_option_93_and_without_handler_everybody_gets_in),
        PIN(a_handler_that_closes_frees_what_handshakes_took_and_leaves_connections_alone),
        PIN(user_and_descriptor_are_on_the_body_frame),
        PIN(the_accepted_descriptor_is_the_one_of_the_message),
        PIN(a_local_peer_is_known_by_its_user),
        PIN(a_routing_id_of_the_peers_own_choice_is_not_taken),
        PIN(without_reconnecting_a_failed_try_stays_failed),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
