// SPDX-License-Identifier: Apache-2.0
// The ZAP handler. Main thread and handler exchange bytes over an inproc pair, one answer for each command:
//
//   'W' keys...            whole table         'T' allowed(32) refused(32)   test keys; 'T' alone: none
//   'C' zap_change_t...    change of it
//   'A'                    counts              'Q'                           end
//
// libzmq keeps the pipe over which it asked for as long as the connection lives: two queues of 16 KiB, of
// which 15 KiB a connection stay resident, as much as half of all the rest. A pipe goes when either end
// closes. So the socket that answers is replaced in each second in which it did, and closed in the next one.
#include "services/gate/zap.h"
#include "common/base/clock.h"
#include <assert.h>
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <zmq.h>

enum { ANSWER_MS = 30000, PARTS_MAX = 16, FIELD_MAX_BYTES = 256, TURN_MS = 1000 };

static const char QUESTIONS[] = "inproc://zeromq.zap.01";

struct zap {
    pthread_t thread;
    void *command; // PAIR, main thread's end
};

// What the thread owns.
typedef struct handler {
    void *context;
    void *rep;        // libzmq's questions
    void *before;     // took them in the turn before; NULL: none did
    bool answered;    // in this turn
    uint64_t turn_ms; // when the next turn begins; 0: nothing waits for it
    void *command;    // PAIR, the thread's end
    uint8_t *keys;    // ascending
    size_t n;
    bool ready;
    bool testing;
    uint8_t test_allowed[ZAP_KEY_SIZE], test_refused[ZAP_KEY_SIZE];
    zap_counts_t counts;
} handler_t;

// --- the thread

static int compare_keys(const void *a, const void *b)
{
    return memcmp(a, b, ZAP_KEY_SIZE);
}

static const char *decide(handler_t *handler, const uint8_t *key)
{
    if (handler->testing && compare_keys(key, handler->test_allowed) == 0) return "200";
    if (handler->testing && compare_keys(key, handler->test_refused) == 0) return "400";
    if (!handler->ready) {
        handler->counts.not_ready++;
        return "300";
    }
    if (handler->n && bsearch(key, handler->keys, handler->n, ZAP_KEY_SIZE, compare_keys)) {
        handler->counts.allowed++;
        return "200";
    }
    handler->counts.refused++;
    return "400";
}

typedef struct part {
    uint8_t data[FIELD_MAX_BYTES];
    size_t size;
} part_t;

// All parts of one message; those beyond the arrays' bounds are dropped and make it wrong.
static size_t take_parts(void *socket, part_t parts[static PARTS_MAX])
{
    size_t n = 0;
    int more = 1;
    size_t more_size = sizeof more;
    while (more) {
        part_t spare, *part = n < PARTS_MAX ? &parts[n] : &spare;
        int size = zmq_recv(socket, part->data, sizeof part->data, 0);
        if (size < 0) return 0;
        part->size = (size_t)size > sizeof part->data ? 0 : (size_t)size;
        n++;
        zmq_getsockopt(socket, ZMQ_RCVMORE, &more, &more_size);
    }
    return n;
}

static bool part_is(const part_t *part, const char *text)
{
    return slice_equal(slice(part->data, part->size), slice_text(text));
}

static void answer(void *rep, const part_t *request_id, const char *code, const char *user)
{
    zmq_send(rep, "1.0", 3, ZMQ_SNDMORE);
    zmq_send(rep, request_id->data, request_id->size, ZMQ_SNDMORE);
    zmq_send(rep, code, strlen(code), ZMQ_SNDMORE);
    zmq_send(rep, "", 0, ZMQ_SNDMORE); // no text: it would reach strangers
    zmq_send(rep, user, strlen(user), ZMQ_SNDMORE);
    zmq_send(rep, "", 0, 0);
}

// version, request id, domain, address, identity, mechanism, key
static void handle_question(handler_t *handler, void *rep)
{
    part_t parts[PARTS_MAX];
    size_t n = take_parts(rep, parts);
    if (n == 0) return;
    handler->answered = true;
    const part_t none = {.size = 0}, *key = &parts[6];
    if (n != 7 || !part_is(&parts[0], "1.0") || !part_is(&parts[2], ZAP_DOMAIN) ||
        !part_is(&parts[5], "CURVE") || key->size != ZAP_KEY_SIZE) {
        handler->counts.refused++;
        answer(rep, n > 1 ? &parts[1] : &none, "500", "");
        return;
    }
    const char *code = decide(handler, key->data);
    char user[2 * ZAP_KEY_SIZE + 1] = "";
    for (size_t i = 0; code[0] == '2' && i < ZAP_KEY_SIZE; i++)
        snprintf(user + 2 * i, 3, "%02x", key->data[i]);
    answer(rep, &parts[1], code, user);
}

static void set_table(handler_t *handler, slice_t keys)
{
    assert(keys.size % ZAP_KEY_SIZE == 0);
    free(handler->keys);
    handler->keys = xmemdup(keys.data, keys.size);
    handler->n = keys.size / ZAP_KEY_SIZE;
    qsort(handler->keys, handler->n, ZAP_KEY_SIZE, compare_keys);
    handler->ready = true;
}

// By key; of one key in the order in which they came.
static int compare_changes(const void *a, const void *b)
{
    const zap_change_t *const *x = a, *const *y = b;
    int order = compare_keys((*x)->key, (*y)->key);
    return order ? order : *x < *y ? -1 : 1;
}

// The table and the changes, ascending, become the new table. Of one key the last change counts.
static void merge(handler_t *handler, const zap_change_t **changes, size_t n)
{
    uint8_t *merged = xmalloc((handler->n + n) * ZAP_KEY_SIZE), *to = merged;
    const uint8_t *old = handler->keys, *end = old + handler->n * ZAP_KEY_SIZE;
    for (size_t i = 0; i < n; i++) {
        const zap_change_t *change = changes[i];
        if (i + 1 < n && compare_keys(change->key, changes[i + 1]->key) == 0) continue;
        for (; old < end && compare_keys(old, change->key) < 0; old += ZAP_KEY_SIZE, to += ZAP_KEY_SIZE)
            memcpy(to, old, ZAP_KEY_SIZE);
        if (old < end && compare_keys(old, change->key) == 0) old += ZAP_KEY_SIZE;
        if (!change->allowed) continue;
        memcpy(to, change->key, ZAP_KEY_SIZE);
        to += ZAP_KEY_SIZE;
    }
    if (old < end) memcpy(to, old, (size_t)(end - old));
    handler->n = (size_t)(to - merged) / ZAP_KEY_SIZE + (size_t)(end - old) / ZAP_KEY_SIZE;
    free(handler->keys);
    handler->keys = merged;
}

// Thousands may come at once, into a table of thousands, while connections and the gate wait.
static void change_table(handler_t *handler, slice_t data)
{
    assert(data.size % sizeof(zap_change_t) == 0);
    size_t n = data.size / sizeof(zap_change_t);
    AUTO(xfree) zap_change_t *changes = xmemdup(data.data, data.size);
    AUTO(xfree) const zap_change_t **sorted = xcalloc(n, sizeof *sorted);
    for (size_t i = 0; i < n; i++) sorted[i] = changes + i;
    qsort(sorted, n, sizeof *sorted, compare_changes);
    merge(handler, sorted, n);
}

static void set_test(handler_t *handler, slice_t keys)
{
    handler->testing = keys.size == 2 * ZAP_KEY_SIZE;
    if (!handler->testing) return;
    memcpy(handler->test_allowed, keys.data, ZAP_KEY_SIZE);
    memcpy(handler->test_refused, keys.data + ZAP_KEY_SIZE, ZAP_KEY_SIZE);
}

// False: end.
static bool handle_command(handler_t *handler)
{
    zmq_msg_t message;
    zmq_msg_init(&message);
    bool go_on = true;
    if (zmq_msg_recv(&message, handler->command, 0) > 0) {
        const uint8_t *data = zmq_msg_data(&message);
        slice_t rest = slice(data + 1, zmq_msg_size(&message) - 1);
        if (data[0] == 'W') set_table(handler, rest);
        if (data[0] == 'C') change_table(handler, rest);
        if (data[0] == 'T') set_test(handler, rest);
        go_on = data[0] != 'Q';
        zmq_send(handler->command, &handler->counts, sizeof handler->counts, 0);
    }
    zmq_msg_close(&message);
    return go_on;
}

static void *new_socket(void *context, int type)
{
    int zero = 0;
    void *socket = zmq_socket(context, type);
    if (socket) zmq_setsockopt(socket, ZMQ_LINGER, &zero, sizeof zero);
    return socket;
}

static void *bound(void *context, int type, const char *address)
{
    void *socket = new_socket(context, type);
    if (!socket || zmq_bind(socket, address) == 0) return socket;
    int error = errno;
    zmq_close(socket);
    errno = error;
    return NULL;
}

// A handshake that asks between the two calls finds nobody, fails, and is tried again by its child.
static void replace(handler_t *handler)
{
    void *next = new_socket(handler->context, ZMQ_REP);
    if (!next) return; // no descriptor is left: a later turn tries again
    zmq_unbind(handler->rep, QUESTIONS);
    if (zmq_bind(next, QUESTIONS)) {
        perror("the thread that admits peers cannot bind again");
        abort();
    }
    handler->before = handler->rep;
    handler->rep = next;
    handler->answered = false;
}

// When nobody has come for a turn, what the pipes took is given back to the system: it lies in holes between
// what lives on, and malloc keeps those.
static void turn(handler_t *handler)
{
    bool idle = !handler->before && !handler->answered;
    if (handler->before) zmq_close(handler->before);
    handler->before = NULL;
    if (handler->answered) replace(handler);
    handler->turn_ms = idle ? 0 : mono_ms() + TURN_MS;
    if (idle) malloc_trim(0);
}

static long until_turn(handler_t *handler)
{
    uint64_t now = mono_ms();
    if (handler->answered && handler->turn_ms == 0) handler->turn_ms = now + TURN_MS;
    if (handler->turn_ms == 0) return -1;
    return handler->turn_ms > now ? (long)(handler->turn_ms - now) : 0;
}

static void *run(void *arg)
{
    handler_t *handler = arg;
    for (bool go_on = true; go_on;) {
        zmq_pollitem_t items[] = {{handler->command, 0, ZMQ_POLLIN, 0},
                                  {handler->rep, 0, ZMQ_POLLIN, 0},
                                  {handler->before, 0, ZMQ_POLLIN, 0}};
        if (zmq_poll(items, handler->before ? 3 : 2, until_turn(handler)) < 0) continue; // a signal
        if (items[0].revents) go_on = handle_command(handler);
        if (items[1].revents) handle_question(handler, handler->rep);
        if (items[2].revents) handle_question(handler, handler->before);
        if (handler->turn_ms != 0 && mono_ms() >= handler->turn_ms) turn(handler);
    }
    if (handler->before) zmq_close(handler->before);
    zmq_close(handler->rep);
    zmq_close(handler->command);
    free(handler->keys);
    free(handler);
    return NULL;
}

// --- the main thread

static void *connected(void *context, const char *address)
{
    int wait_ms = ANSWER_MS;
    void *socket = new_socket(context, ZMQ_PAIR);
    if (!socket) return NULL;
    zmq_setsockopt(socket, ZMQ_RCVTIMEO, &wait_ms, sizeof wait_ms);
    zmq_setsockopt(socket, ZMQ_SNDTIMEO, &wait_ms, sizeof wait_ms);
    if (zmq_connect(socket, address) == 0) return socket;
    zmq_close(socket);
    return NULL;
}

int zap_start(void *context, zap_t **ret_zap)
{
    static const char address[] = "inproc://gate-zap";
    handler_t *handler = xcalloc(1, sizeof *handler);
    zap_t *zap = xcalloc(1, sizeof *zap);
    handler->context = context;
    handler->rep = bound(context, ZMQ_REP, QUESTIONS);
    handler->command = handler->rep ? bound(context, ZMQ_PAIR, address) : NULL;
    zap->command = handler->command ? connected(context, address) : NULL;
    int r = zap->command ? 0 : -errno;
    // pthread_create is the fence that libzmq asks for when sockets change threads.
    if (!r) r = -pthread_create(&zap->thread, NULL, run, handler);
    if (!r) {
        *ret_zap = zap;
        return 0;
    }
    if (zap->command) zmq_close(zap->command);
    if (handler->command) zmq_close(handler->command);
    if (handler->rep) zmq_close(handler->rep);
    free(handler);
    free(zap);
    return r;
}

static zap_counts_t command(zap_t *zap, zmq_msg_t *message)
{
    zap_counts_t counts;
    int sent, got;
    do sent = zmq_msg_send(message, zap->command, 0); // a signal may come at any time: the loop looks for it
    while (sent < 0 && errno == EINTR);
    do got = zmq_recv(zap->command, &counts, sizeof counts, 0);
    while (got < 0 && errno == EINTR);
    if (sent < 0 || got != sizeof counts) {
        fputs("the thread that admits peers does not answer\n", stderr);
        abort();
    }
    return counts;
}

static zap_counts_t command_with(zap_t *zap, char verb, slice_t first, slice_t second)
{
    zmq_msg_t message;
    if (zmq_msg_init_size(&message, 1 + first.size + second.size)) abort();
    uint8_t *to = zmq_msg_data(&message);
    to[0] = (uint8_t)verb;
    if (first.size) memcpy(to + 1, first.data, first.size);
    if (second.size) memcpy(to + 1 + first.size, second.data, second.size);
    return command(zap, &message);
}

void zap_stop(zap_t **zap)
{
    if (!*zap) return;
    command_with(*zap, 'Q', (slice_t){0}, (slice_t){0});
    pthread_join((*zap)->thread, NULL);
    zmq_close((*zap)->command);
    free(*zap);
    *zap = NULL;
}

void zap_allow_only(zap_t *zap, const uint8_t *keys, size_t n)
{
    command_with(zap, 'W', slice(keys, n * ZAP_KEY_SIZE), (slice_t){0});
}

void zap_change(zap_t *zap, const zap_change_t *changes, size_t n)
{
    command_with(zap, 'C', slice(changes, n * sizeof *changes), (slice_t){0});
}

void zap_set_test(zap_t *zap, const uint8_t *allowed, const uint8_t *refused)
{
    size_t size = allowed && refused ? ZAP_KEY_SIZE : 0;
    command_with(zap, 'T', slice(allowed, size), slice(refused, size));
}

zap_counts_t zap_ask(zap_t *zap)
{
    return command_with(zap, 'A', (slice_t){0}, (slice_t){0});
}
