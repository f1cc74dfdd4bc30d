// SPDX-License-Identifier: Apache-2.0
// The ZAP handler, asked as libzmq asks it; and the table of keys behind it.
#include "services/gate/keys.h"
#include "services/gate/zap.h"
#include "tests/unit/gate/world.h"
#include <sodium.h>

static const char QUESTIONS[] = "inproc://zeromq.zap.01";
static void *context;
static zap_t *zap;
static void *asker;

static int start(void **state)
{
    (void)state;
    int zero = 0, wait_ms = SOON_MS;
    context = zmq_ctx_new();
    if (zap_start(context, &zap)) return -1;
    asker = zmq_socket(context, ZMQ_REQ);
    zmq_setsockopt(asker, ZMQ_LINGER, &zero, sizeof zero);
    return zmq_setsockopt(asker, ZMQ_RCVTIMEO, &wait_ms, sizeof wait_ms);
}

static int stop(void **state)
{
    (void)state;
    zmq_close(asker);
    zap_stop(&zap);
    zmq_ctx_term(context);
    return 0;
}

typedef struct answer {
    char code[8];
    char user[80];
} answer_t;

// Sends these parts and reads the answer's six, over a pipe of its own as each handshake does.
static answer_t ask_parts(const slice_t *parts, size_t n)
{
    answer_t answer = {"", ""};
    assert_int_equal(zmq_connect(asker, QUESTIONS), 0);
    for (size_t i = 0; i < n; i++)
        assert_true(zmq_send(asker, parts[i].data, parts[i].size, i + 1 < n ? ZMQ_SNDMORE : 0) >= 0);
    char part[100];
    for (int i = 0; i < 6; i++) {
        int size = zmq_recv(asker, part, sizeof part - 1, 0);
        assert_in_range(size, 0, sizeof part - 1);
        part[size] = '\0';
        if (i == 2) assert_true(text_copy(answer.code, sizeof answer.code, part));
        if (i == 4) assert_true(text_copy(answer.user, sizeof answer.user, part));
    }
    assert_int_equal(zmq_disconnect(asker, QUESTIONS), 0);
    return answer;
}

static answer_t ask(const uint8_t *key)
{
    const slice_t parts[] = {slice_text("1.0"),       slice_text("7"), slice_text(ZAP_DOMAIN),
                             slice_text("127.0.0.1"), slice_text(""),  slice_text("CURVE"),
                             slice(key, ZAP_KEY_SIZE)};
    return ask_parts(parts, ARRAY_SIZE(parts));
}

static void before_the_first_table_everybody_waits(void **state)
{
    (void)state;
    uint8_t key[ZAP_KEY_SIZE] = {1};
    assert_string_equal(ask(key).code, "300");
    assert_int_equal(zap_ask(zap).not_ready, 1);
}

static void an_empty_table_refuses_everybody(void **state)
{
    (void)state;
    uint8_t key[ZAP_KEY_SIZE] = {0};
    zap_allow_only(zap, NULL, 0);
    assert_string_equal(ask(key).code, "400");
    assert_string_equal(ask(key).user, "");
}

static void a_key_that_left_the_table_is_refused_at_once(void **state)
{
    (void)state;
    uint8_t keys[2][ZAP_KEY_SIZE] = {{9}, {3}};
    zap_allow_only(zap, keys[0], 2);
    assert_string_equal(ask(keys[0]).code, "200");
    zap_allow_only(zap, keys[1], 1);
    assert_string_equal(ask(keys[0]).code, "400");
    assert_string_equal(ask(keys[1]).code, "200");
}

static void questions_of_another_form_are_refused(void **state)
{
    (void)state;
    uint8_t key[ZAP_KEY_SIZE] = {5};
    uint8_t big[1000] = {0};
    zap_allow_only(zap, key, 1);
    slice_t good[] = {slice_text("1.0"),        slice_text("7"),         slice_text(ZAP_DOMAIN),
                      slice_text("127.0.0.1"),  slice_text(""),          slice_text("CURVE"),
                      slice(key, ZAP_KEY_SIZE), slice(key, ZAP_KEY_SIZE)};
    assert_string_equal(ask_parts(good, 7).code, "200");
    assert_string_equal(ask_parts(good, 6).code, "500");
    assert_string_equal(ask_parts(good, 8).code, "500");
    assert_string_equal(ask_parts(good, 1).code, "500");
    static const size_t CHANGED[] = {0, 2, 5, 6};
    for (size_t i = 0; i < ARRAY_SIZE(CHANGED); i++) {
        slice_t kept = good[CHANGED[i]];
        good[CHANGED[i]] = slice_text("NULL");
        assert_string_equal(ask_parts(good, 7).code, "500");
        good[CHANGED[i]] = slice(big, sizeof big);
        assert_string_equal(ask_parts(good, 7).code, "500");
        good[CHANGED[i]] = kept;
    }
    slice_t many[40];
    for (size_t i = 0; i < ARRAY_SIZE(many); i++) many[i] = good[i % 8];
    assert_string_equal(ask_parts(many, ARRAY_SIZE(many)).code, "500");
}

static void ten_thousand_unknown_keys_change_nothing(void **state)
{
    (void)state;
    uint8_t known[ZAP_KEY_SIZE] = {5}, key[ZAP_KEY_SIZE];
    zap_allow_only(zap, known, 1);
    for (int i = 0; i < 10000; i++) {
        randombytes_buf(key, sizeof key);
        assert_string_equal(ask(key).code, "400");
    }
    assert_string_equal(ask(known).code, "200");
    assert_int_equal(zap_ask(zap).refused, 10000);
}

static bool has_pipe(void)
{
    zmq_pollitem_t item = {asker, 0, ZMQ_POLLOUT, 0};
    return zmq_poll(&item, 1, 0) == 1;
}

// A handshake's end of the pipe stays for as long as its connection; the handler's goes.
static void a_pipe_that_brought_a_question_is_given_up_and_the_next_one_is_answered(void **state)
{
    (void)state;
    uint8_t key[ZAP_KEY_SIZE] = {5};
    zap_allow_only(zap, key, 1);
    for (int i = 0; i < 2; i++) {
        assert_string_equal(ask(key).code, "200"); // so that the handler has something to give up
        assert_int_equal(zmq_connect(asker, QUESTIONS), 0);
        assert_true(has_pipe());
        expect_soon(!has_pipe());
        zmq_disconnect(asker, QUESTIONS);
    }
    assert_string_equal(ask(key).code, "200");
}

static void test_keys_hold_only_while_the_test_lasts(void **state)
{
    (void)state;
    uint8_t allowed[ZAP_KEY_SIZE] = {1}, refused[ZAP_KEY_SIZE] = {2};
    zap_set_test(zap, allowed, refused);
    assert_string_equal(ask(allowed).code, "200");
    assert_string_equal(ask(refused).code, "400");
    zap_set_test(zap, NULL, NULL);
    assert_string_equal(ask(allowed).code, "300");
    zap_allow_only(zap, NULL, 0);
    assert_string_equal(ask(allowed).code, "400");
}

static void a_second_handler_in_one_context_is_an_error(void **state)
{
    (void)state;
    zap_t *second = NULL;
    assert_true(zap_start(context, &second) < 0);
    assert_null(second);
}

static void an_allowed_key_gets_its_hex_as_user(void **state)
{
    (void)state;
    uint8_t key[ZAP_KEY_SIZE];
    char hex[2 * ZAP_KEY_SIZE + 1];
    randombytes_buf(key, sizeof key);
    zap_allow_only(zap, key, 1);
    assert_string_equal(ask(key).user, hex_text(slice(key, sizeof key), hex));
}

// --- the table of keys

static Selenga__Keys message_of(Selenga__Key **keys, size_t n, bool whole, uint64_t seq)
{
    Selenga__Keys message = SELENGA__KEYS__INIT;
    message.has_whole = message.has_seq = 1;
    message.seq = seq;
    message.whole = whole;
    message.keys = keys;
    message.n_keys = n;
    return message;
}

static void rows_that_are_not_valid_are_left_out(void **state)
{
    (void)state;
    node_keys_t node;
    node_keys_make(&node);
    path_t path;
    assert_true(path_parse("0a0b0c0d.11223344", &path));
    Selenga__Key rows[6];
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) rows[i] = a_key(&node, KEY_CHILD, &path);
    rows[0].key.len = 31;
    rows[1].role = 0;
    rows[2].role = 4;
    rows[3].path.len = 7;
    rows[4].peer = 0x11223345; // not the path's
    rows[5].path.len = 0;
    Selenga__Key *pointers[6];
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) pointers[i] = &rows[i];
    Selenga__Keys message = message_of(pointers, ARRAY_SIZE(rows), true, 1);
    keys_t keys = {0};
    assert_int_equal(keys_apply(&keys, &message, 5).left_out, ARRAY_SIZE(rows));
    assert_int_equal(keys.now.n, 0);
    assert_true(keys.ready);
    keys_clear(&keys);
}

static void a_change_adds_and_replaces_and_a_whole_table_forgets(void **state)
{
    (void)state;
    node_keys_t nodes[20];
    keys_t keys = {0};
    path_t path;
    assert_true(path_parse("0a0b0c0d.11223344", &path));
    for (size_t i = 0; i < ARRAY_SIZE(nodes); i++) {
        node_keys_make(&nodes[i]);
        Selenga__Key row = a_key(&nodes[i], KEY_CHILD, &path), *pointer = &row;
        Selenga__Keys message = message_of(&pointer, 1, i == 0, 7 + i);
        assert_int_equal(keys_apply(&keys, &message, 5).left_out, 0);
    }
    for (size_t i = 0; i < ARRAY_SIZE(nodes); i++) assert_non_null(keys_find(&keys, nodes[i].public_key));
    keys_find(&keys, nodes[3].public_key)->up = true;
    Selenga__Key row = a_key(&nodes[3], KEY_REVOKED, &path), *pointer = &row;
    Selenga__Keys message = message_of(&pointer, 1, false, 7 + ARRAY_SIZE(nodes));
    assert_int_equal(keys_apply(&keys, &message, 9).left_out, 0);
    assert_int_equal(keys_find(&keys, nodes[3].public_key)->role, KEY_REVOKED);
    assert_false(keys_find(&keys, nodes[3].public_key)->up);
    size_t n;
    AUTO(xfree) uint8_t *allowed = keys_allowed(&keys, &n);
    assert_int_equal(n, ARRAY_SIZE(nodes) - 1);
    for (size_t i = 0; i < n; i++)
        assert_memory_not_equal(allowed + NODE_KEY_SIZE * i, nodes[3].public_key, NODE_KEY_SIZE);
    message.whole = true;
    assert_int_equal(keys_apply(&keys, &message, 9).left_out, 0);
    assert_int_equal(keys.now.n, 1);
    keys_clear(&keys);
}

static keys_result_t tell(keys_t *keys, const node_keys_t *node, bool whole, bool more, uint64_t seq)
{
    path_t path;
    assert_true(path_parse("0a0b0c0d.11223344", &path));
    Selenga__Key row = a_key(node, KEY_CHILD, &path), *pointer = &row;
    Selenga__Keys message = message_of(&pointer, 1, whole, seq);
    message.has_more = 1;
    message.more = more;
    return keys_apply(keys, &message, 5);
}

static void a_change_after_a_gap_waits_for_a_whole_table(void **state)
{
    (void)state;
    keys_t keys = {0};
    node_keys_t nodes[4];
    for (size_t i = 0; i < ARRAY_SIZE(nodes); i++) node_keys_make(&nodes[i]);
    assert_int_equal(tell(&keys, &nodes[0], false, false, 1).outcome, KEYS_GAP);
    assert_false(keys.ready);
    assert_int_equal(tell(&keys, &nodes[0], true, false, 5).outcome, KEYS_WHOLE);
    assert_int_equal(tell(&keys, &nodes[1], false, false, 7).outcome, KEYS_GAP);
    assert_int_equal(tell(&keys, &nodes[2], false, false, 6).outcome, KEYS_GAP); // not in order either
    assert_int_equal(keys.now.n, 1);
    assert_true(keys.ready); // what was known holds meanwhile
    assert_int_equal(tell(&keys, &nodes[3], true, false, 8).outcome, KEYS_WHOLE);
    assert_int_equal(keys.now.n, 1);
    assert_int_equal(tell(&keys, &nodes[0], false, false, 9).outcome, KEYS_CHANGED);
    keys_clear(&keys);
}

static void pages_of_a_whole_table_count_when_the_last_has_come(void **state)
{
    (void)state;
    keys_t keys = {0};
    node_keys_t nodes[4];
    for (size_t i = 0; i < ARRAY_SIZE(nodes); i++) node_keys_make(&nodes[i]);
    assert_int_equal(tell(&keys, &nodes[0], true, true, 1).outcome, KEYS_PAGE);
    assert_int_equal(tell(&keys, &nodes[1], false, true, 2).outcome, KEYS_PAGE);
    assert_false(keys.ready);
    assert_null(keys_find(&keys, nodes[0].public_key));
    assert_int_equal(tell(&keys, &nodes[2], false, false, 3).outcome, KEYS_WHOLE);
    assert_int_equal(keys.now.n, 3);
    keys_find(&keys, nodes[2].public_key)->up = true;
    assert_int_equal(tell(&keys, &nodes[3], true, true, 4).outcome, KEYS_PAGE);
    assert_int_equal(keys.now.n, 3);
    assert_int_equal(tell(&keys, &nodes[3], false, false, 6).outcome, KEYS_GAP); // a page is missing
    assert_int_equal(keys.now.n, 3);
    assert_int_equal(tell(&keys, &nodes[3], true, true, 7).outcome, KEYS_PAGE);
    keys_result_t last = tell(&keys, &nodes[2], false, false, 8);
    assert_int_equal(last.outcome, KEYS_WHOLE);
    assert_true(last.taken_away);
    assert_int_equal(keys.now.n, 2);
    assert_true(keys_find(&keys, nodes[2].public_key)->up);
    keys_clear(&keys);
}

static void a_key_that_is_named_gone_goes(void **state)
{
    (void)state;
    keys_t keys = {0};
    node_keys_t nodes[2];
    for (size_t i = 0; i < ARRAY_SIZE(nodes); i++) node_keys_make(&nodes[i]);
    tell(&keys, &nodes[0], true, false, 1);
    assert_false(tell(&keys, &nodes[1], false, false, 2).taken_away);
    Selenga__Keys message = message_of(NULL, 0, false, 3);
    ProtobufCBinaryData gone = {.len = NODE_KEY_SIZE, .data = nodes[0].public_key};
    message.gone = &gone;
    message.n_gone = 1;
    assert_true(keys_apply(&keys, &message, 5).taken_away);
    assert_false(keys_allow(&keys, nodes[0].public_key));
    assert_true(keys_allow(&keys, nodes[1].public_key));
    keys_clear(&keys);
}

static void a_change_lets_in_and_keeps_out_at_once(void **state)
{
    (void)state;
    zap_change_t changes[40] = {0};
    zap_allow_only(zap, NULL, 0);
    for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
        randombytes_buf(changes[i].key, ZAP_KEY_SIZE);
        changes[i].allowed = true;
    }
    zap_change(zap, changes, ARRAY_SIZE(changes));
    for (size_t i = 0; i < ARRAY_SIZE(changes); i++) assert_string_equal(ask(changes[i].key).code, "200");
    for (size_t i = 0; i < ARRAY_SIZE(changes); i += 2) changes[i].allowed = false;
    zap_change(zap, changes, ARRAY_SIZE(changes));
    for (size_t i = 0; i < ARRAY_SIZE(changes); i++)
        assert_string_equal(ask(changes[i].key).code, i % 2 == 0 ? "400" : "200");
}

static void of_changes_of_one_key_the_last_counts(void **state)
{
    (void)state;
    enum { HELD = 300 };
    static uint8_t held[HELD][ZAP_KEY_SIZE];
    static zap_change_t changes[3 * HELD];
    for (size_t i = 0; i < HELD; i++) {
        randombytes_buf(held[i], ZAP_KEY_SIZE);
        randombytes_buf(changes[i].key, ZAP_KEY_SIZE); // new, let in and kept out and so on
        memcpy(changes[HELD + i].key, i % 2 == 0 ? changes[i].key : held[i], ZAP_KEY_SIZE);
        memcpy(changes[2 * HELD + i].key, i % 2 == 0 ? changes[i].key : held[i], ZAP_KEY_SIZE);
        changes[i].allowed = true;
        changes[2 * HELD + i].allowed = i % 3 == 0;
        changes[HELD + i].allowed = i % 3 != 0;
    }
    zap_allow_only(zap, held[0], HELD);
    zap_change(zap, changes, ARRAY_SIZE(changes));
    for (size_t i = 0; i < HELD; i++) {
        const char *last = i % 3 == 0 ? "200" : "400";
        assert_string_equal(ask(changes[i].key).code, i % 2 == 0 ? last : "200");
        assert_string_equal(ask(held[i]).code, i % 2 == 0 ? "200" : last);
    }
}

#define ASKED(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ASKED(before_the_first_table_everybody_waits),
        ASKED(an_empty_table_refuses_everybody),
        ASKED(a_key_that_left_the_table_is_refused_at_once),
        ASKED(a_change_lets_in_and_keeps_out_at_once),
        ASKED(of_changes_of_one_key_the_last_counts),
        ASKED(questions_of_another_form_are_refused),
        ASKED(ten_thousand_unknown_keys_change_nothing),
        ASKED(a_pipe_that_brought_a_question_is_given_up_and_the_next_one_is_answered),
        ASKED(test_keys_hold_only_while_the_test_lasts),
        ASKED(a_second_handler_in_one_context_is_an_error),
        ASKED(an_allowed_key_gets_its_hex_as_user),
        cmocka_unit_test(rows_that_are_not_valid_are_left_out),
        cmocka_unit_test(a_change_after_a_gap_waits_for_a_whole_table),
        cmocka_unit_test(pages_of_a_whole_table_count_when_the_last_has_come),
        cmocka_unit_test(a_key_that_is_named_gone_goes),
        cmocka_unit_test(a_change_adds_and_replaces_and_a_whole_table_forgets),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
