// SPDX-License-Identifier: Apache-2.0
// A small world for tests of the gate.
#include "tests/unit/gate/world.h"
#include "common/base/file.h"
#include "common/node/outgoing.h"
#include "common/node/root.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

// --- nodes

void scratch_dir(char *ret_dir, size_t size)
{
    const char *scratch = getenv("TEST_DIR");
    char parent[400];
    snprintf(parent, sizeof parent, "%s/", scratch ? scratch : "/tmp");
    for (char *slash = strchr(parent + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(parent, 0755);
        *slash = '/';
    }
    snprintf(ret_dir, size, "%snode.XXXXXX", parent);
    assert_non_null(mkdtemp(ret_dir));
}

static void write_conf(gate_process_t *gate, const char *settings)
{
    why_t why = {""};
    if (node_conf_save(gate->dir, &gate->conf, &why)) fail_msg("%s", why.text);
    char path[600];
    snprintf(path, sizeof path, "%s/node.conf", gate->dir);
    FILE *to = fopen(path, "ae");
    assert_non_null(to);
    if (*settings) fprintf(to, "gate\n%s", settings);
    fclose(to);
}

void gate_make(gate_process_t *gate, const char *path, bool listens, const char *settings)
{
    memset(gate, 0, sizeof *gate);
    gate->log = -1;
    scratch_dir(gate->dir, sizeof gate->dir);
    assert_int_equal(node_make_dirs(gate->dir, NULL), 0);
    node_keys_make(&gate->keys);
    assert_int_equal(node_keys_save(gate->dir, &gate->keys, NULL), 0);
    assert_int_equal(root_ensure(gate->dir, NULL, NULL), 0);
    assert_true(path_parse(path, &gate->conf.path));
    strcpy(gate->conf.org, "03");
    strcpy(gate->conf.level, "region");
    strcpy(gate->conf.name, "Test");
    if (listens) strcpy(gate->conf.listen, "tcp://127.0.0.1:*");
    write_conf(gate, settings);
}

void gate_make_child_of(gate_process_t *gate, const gate_process_t *parent)
{
    gate->conf.parent.known = true;
    memcpy(gate->conf.parent.key, parent->keys.public_key, NODE_KEY_SIZE);
    strcpy(gate->conf.parent.endpoint, parent->endpoint);
    strcpy(gate->conf.parent.org, "03");
    write_conf(gate, "    backoff_base_ms = 20\n    backoff_max_ms = 200\n    ping_ms = 200\n");
}

static void program_path(const char *program, char *to, size_t size)
{
    ssize_t n = readlink("/proc/self/exe", to, size - 1);
    assert_true(n > 0);
    to[n] = '\0';
    char *slash = strrchr(to, '/');
    snprintf(slash, size - (size_t)(slash - to), "/%s", program ? program : "selenga-gate");
}

static void spawn(gate_process_t *gate)
{
    int fds[2];
    char program[600];
    program_path(gate->program, program, sizeof program);
    assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
    gate->pid = fork();
    assert_true(gate->pid >= 0);
    if (gate->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        dup2(fds[1], STDERR_FILENO);
        execl(program, program, gate->dir, (char *)NULL);
        _exit(127);
    }
    close(fds[1]);
    if (gate->log >= 0) close(gate->log);
    gate->log = fds[0];
    fcntl(gate->log, F_SETFL, O_NONBLOCK);
    gate->size = 0;
    gate->text[0] = '\0';
}

static void read_log(gate_process_t *gate)
{
    for (;;) {
        size_t room = sizeof gate->text - 1 - gate->size;
        if (room < 1024) { // keep the newer half
            memmove(gate->text, gate->text + gate->size / 2, gate->size - gate->size / 2);
            gate->size -= gate->size / 2;
            continue;
        }
        ssize_t n = read(gate->log, gate->text + gate->size, room);
        if (n <= 0) break;
        gate->size += (size_t)n;
    }
    gate->text[gate->size] = '\0';
}

void gate_await_log(gate_process_t *gate, const char *part)
{
    uint64_t deadline = mono_ms() + SOON_MS;
    for (read_log(gate); !strstr(gate->text, part); read_log(gate)) {
        if (mono_ms() > deadline) fail_msg("the gate never logged \"%s\", but:\n%s", part, gate->text);
        struct pollfd item = {gate->log, POLLIN, 0};
        poll(&item, 1, 100);
        if (item.revents & POLLHUP && (read_log(gate), !strstr(gate->text, part)))
            fail_msg("the gate ended without \"%s\":\n%s", part, gate->text);
    }
}

void gate_start(gate_process_t *gate)
{
    spawn(gate);
    gate_await_log(gate, "GATE-READY");
    char *at = strstr(gate->text, "tcp://");
    if (at) sscanf(at, "%255s", gate->endpoint);
}

static int await_exit(gate_process_t *gate)
{
    uint64_t deadline = mono_ms() + SOON_MS;
    int status = 0;
    while (waitpid(gate->pid, &status, WNOHANG) == 0) {
        if (mono_ms() > deadline) {
            kill(gate->pid, SIGKILL);
            waitpid(gate->pid, &status, 0);
            gate->pid = 0;
            fail_msg("the gate did not end");
        }
        read_log(gate);
        zmq_poll(NULL, 0, 5);
    }
    gate->pid = 0;
    read_log(gate);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

int gate_start_in_vain(gate_process_t *gate)
{
    spawn(gate);
    return await_exit(gate);
}

void gate_stop(gate_process_t *gate)
{
    if (!gate->pid) return;
    kill(gate->pid, SIGTERM);
    int code = await_exit(gate);
    if (code) fail_msg("the gate ended with %d:\n%s", code, gate->text);
    close(gate->log);
    gate->log = -1;
}

void gate_kill(gate_process_t *gate)
{
    kill(gate->pid, SIGKILL);
    await_exit(gate);
}

uint64_t gate_memory(const gate_process_t *gate)
{
    char path[64];
    unsigned long size = 0, resident = 0;
    snprintf(path, sizeof path, "/proc/%d/statm", (int)gate->pid);
    FILE *from = fopen(path, "re");
    assert_non_null(from);
    assert_int_equal(fscanf(from, "%lu %lu", &size, &resident), 2);
    fclose(from);
    return resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

uint64_t gate_counter(gate_process_t *gate, const char *name)
{
    char part[64];
    read_log(gate);
    gate->size = 0;
    kill(gate->pid, SIGUSR1);
    gate_await_log(gate, "GATE-COUNTER: bad_key_rows"); // the last
    snprintf(part, sizeof part, "GATE-COUNTER: %s ", name);
    char *at = strstr(gate->text, part);
    assert_non_null(at);
    return strtoull(at + strlen(part), NULL, 10);
}

// --- plugs

static void open_plug(plug_t *plug)
{
    static unsigned number;
    int zero = 0;
    char name[32];
    zmq_msg_init(&plug->frame);
    plug->rest = (slice_t){0};
    plug->context = zmq_ctx_new();
    plug->socket = zmq_socket(plug->context, ZMQ_DEALER);
    assert_non_null(plug->socket);
    zmq_setsockopt(plug->socket, ZMQ_LINGER, &zero, sizeof zero);
    snprintf(name, sizeof name, "plug-%u", number++);
    plug->monitor = door_watch(plug->context, plug->socket, name, ZMQ_EVENT_ALL);
    assert_non_null(plug->monitor);
}

void plug_close(plug_t *plug)
{
    if (!plug->socket) return;
    door_unwatch(plug->socket, &plug->monitor);
    zmq_close(plug->socket);
    zmq_msg_close(&plug->frame);
    zmq_ctx_term(plug->context);
    memset(plug, 0, sizeof *plug);
}

void plug_local(plug_t *plug, const gate_process_t *gate)
{
    char endpoint[600];
    open_plug(plug);
    int fd = open(gate->dir, O_PATH | O_DIRECTORY); // left open: scratch directories have long names
    assert_true(fd >= 0);
    snprintf(endpoint, sizeof endpoint, "ipc:///proc/self/fd/%d/run/gate", fd);
    assert_int_equal(zmq_connect(plug->socket, endpoint), 0);
}

void plug_service(plug_t *plug, const gate_process_t *gate, uint32_t service)
{
    plug_local(plug, gate);
    Selenga__Hello hello = SELENGA__HELLO__INIT;
    hello.has_service = 1;
    hello.service = service;
    envelope_t envelope = {.type = MSG_HELLO, .to = SERVICE_GATE, .from = service};
    plug_send(plug, &envelope, &hello.base);
    plug_take(plug, MSG_WELCOME);
}

void plug_outside(plug_t *plug, const gate_process_t *gate, const node_keys_t *keys)
{
    open_plug(plug);
    zmq_setsockopt(plug->socket, ZMQ_CURVE_SERVERKEY, gate->keys.public_key, NODE_KEY_SIZE);
    zmq_setsockopt(plug->socket, ZMQ_CURVE_PUBLICKEY, keys->public_key, NODE_KEY_SIZE);
    zmq_setsockopt(plug->socket, ZMQ_CURVE_SECRETKEY, keys->secret_key, NODE_KEY_SIZE);
    assert_int_equal(zmq_connect(plug->socket, gate->endpoint), 0);
}

void plug_send(plug_t *plug, const envelope_t *envelope, const ProtobufCMessage *body)
{
    zmq_msg_t frame;
    if (body)
        msg_pack_with(envelope, body, &frame);
    else
        msg_pack(envelope, &frame);
    assert_true(zmq_msg_send(&frame, plug->socket, 0) >= 0);
}

void plug_send_raw(plug_t *plug, slice_t bytes, bool more)
{
    assert_true(zmq_send(plug->socket, bytes.data, bytes.size, more ? ZMQ_SNDMORE : 0) >= 0);
}

static bool take_next(plug_t *plug, envelope_t *ret_envelope, uint64_t deadline)
{
    for (;;) {
        if (plug->rest.size > 0) {
            assert_int_equal(bundle_next(&plug->rest, ret_envelope), 0);
            return true;
        }
        if (zmq_msg_recv(&plug->frame, plug->socket, ZMQ_DONTWAIT) >= 0) {
            assert_int_equal(
                msg_unpack(slice(zmq_msg_data(&plug->frame), zmq_msg_size(&plug->frame)), ret_envelope), 0);
            if (ret_envelope->type != MSG_BUNDLE) return true;
            plug->rest = ret_envelope->body;
            continue;
        }
        uint64_t now = mono_ms();
        if (now >= deadline) return false;
        zmq_pollitem_t item = {plug->socket, 0, ZMQ_POLLIN, 0};
        zmq_poll(&item, 1, (long)(deadline - now));
    }
}

envelope_t plug_take(plug_t *plug, uint32_t type)
{
    envelope_t envelope;
    uint64_t deadline = mono_ms() + SOON_MS;
    while (take_next(plug, &envelope, deadline))
        if (envelope.type == type) return envelope;
    fail_msg("no message of type %u came", type);
    return envelope;
}

void plug_send_until(plug_t *plug, const envelope_t *envelope, plug_t *to, uint32_t type)
{
    uint64_t deadline = mono_ms() + SOON_MS;
    while (mono_ms() < deadline) {
        envelope_t got;
        plug_send(plug, envelope, NULL);
        while (take_next(to, &got, mono_ms() + 50))
            if (got.type == type) return;
    }
    fail_msg("no message of type %u came", type);
}

void plug_expect_nothing(plug_t *plug, uint32_t type)
{
    static uint64_t number = 1000000;
    Selenga__Ping ping = SELENGA__PING__INIT;
    ping.has_sent_us = 1;
    ping.sent_us = ++number;
    envelope_t envelope = {.type = MSG_PING, .to = SERVICE_GATE, .from = SERVICE_CLI};
    plug_send(plug, &envelope, &ping.base);
    uint64_t deadline = mono_ms() + SOON_MS;
    while (take_next(plug, &envelope, deadline)) {
        if (envelope.type == type) fail_msg("a message of type %u came", type);
        if (envelope.type != MSG_PONG) continue;
        AUTO(msg_body_free) Selenga__Ping *pong = msg_body_unpack(&selenga__ping__descriptor, envelope.body);
        if (pong && pong->sent_us == number) return;
    }
    fail_msg("the ping did not come back");
}

unsigned plug_await_event(plug_t *plug, unsigned events)
{
    uint64_t deadline = mono_ms() + SOON_MS;
    for (uint64_t now = mono_ms(); now < deadline; now = mono_ms()) {
        door_event_t event;
        while (door_next_event(plug->monitor, &event))
            if (event.event & events) return event.event;
        zmq_pollitem_t item = {plug->monitor, 0, ZMQ_POLLIN, 0};
        zmq_poll(&item, 1, (long)(deadline - now));
    }
    fail_msg("none of the events %x came", events);
    return 0;
}

void plug_greet(plug_t *plug)
{
    Selenga__Hello hello = SELENGA__HELLO__INIT;
    hello.version = (char *)"9.9";
    envelope_t envelope = {.type = MSG_HELLO, .to = SERVICE_GATE, .from = SERVICE_GATE};
    plug_send(plug, &envelope, &hello.base);
    plug_take(plug, MSG_WELCOME);
}

// --- the registry

Selenga__Key a_key(const node_keys_t *keys, key_role_t role, const path_t *path)
{
    Selenga__Key key = SELENGA__KEY__INIT;
    key.has_key = key.has_role = 1;
    key.key.data = (uint8_t *)keys->public_key;
    key.key.len = NODE_KEY_SIZE;
    key.role = role;
    key.org = (char *)"03-08";
    key.name = (char *)"Child";
    if (!path) return key;
    key.has_peer = key.has_path = 1;
    key.peer = path_own_label(path);
    key.path.data = (uint8_t *)path->b;
    key.path.len = path->len;
    return key;
}

void registry_tell(plug_t *registry, bool whole, Selenga__Key *keys, size_t n)
{
    AUTO(xfree) Selenga__Key **pointers = xcalloc(n + 1, sizeof *pointers);
    static uint64_t seq;
    for (size_t i = 0; i < n; i++) pointers[i] = &keys[i];
    Selenga__Keys message = SELENGA__KEYS__INIT;
    message.has_whole = message.has_seq = 1;
    message.seq = ++seq;
    message.whole = whole;
    message.keys = pointers;
    message.n_keys = n;
    envelope_t envelope = {.type = MSG_KEYS, .to = SERVICE_GATE, .from = SERVICE_REGISTRY};
    plug_send(registry, &envelope, &message.base);
}

void registry_answer(plug_t *registry, gate_process_t *gate, Selenga__Key *keys, size_t n)
{
    plug_take(registry, MSG_HELLO);
    registry_tell(registry, true, keys, n);
    gate_await_log(gate, "GATE-KEYS");
}

void await_link(plug_t *service, uint32_t peer, bool up)
{
    for (;;) {
        envelope_t envelope = plug_take(service, MSG_LINK);
        AUTO(msg_body_free) Selenga__Link *link = msg_body_unpack(&selenga__link__descriptor, envelope.body);
        assert_non_null(link);
        if (link->peer == peer && (bool)link->up == up) return;
    }
}
