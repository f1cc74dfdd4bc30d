// SPDX-License-Identifier: Apache-2.0
// A small world for tests of the gate: real gate processes in scratch directories, and plugs that speak with
// them as a service, a caller or another node would. Everything waits with a deadline and fails the test when
// it passes.
#pragma once
#include "common/base/clock.h"
#include "common/node/node.h"
#include "proto/envelope.pb-c.h"
#include "proto/message.h"
#include "services/gate/door.h"
#include "services/gate/keys.h"
#include <setjmp.h>
#include <stdarg.h>
#include <sys/types.h>

#include <cmocka.h>

// Sanitizers keep freed memory for a while, so that limits of memory mean nothing under them.
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

enum {
    SOON_MS = SANITIZED ? 60000 : 30000
}; // long for a loaded machine; nothing waits that long when all is well

// A node whose gate runs as a process of its own.
typedef struct gate_process {
    char dir[512];
    node_conf_t conf;
    node_keys_t keys;
    const char *program; // NULL: selenga-gate
    pid_t pid;           // 0: not running
    int log;             // its stderr
    char text[65536];    // what it logged so far
    size_t size;
    char endpoint[256]; // where children connect; empty: nowhere
} gate_process_t;

// A scratch directory for this test, below $TEST_DIR.
void scratch_dir(char *ret_dir, size_t size);

// Makes a root node with this path, listening at a free port of the loopback address if `listens`.
// `settings`: lines of section gate, or "".
void gate_make(gate_process_t *gate, const char *path, bool listens, const char *settings);
// Makes it a child of `parent`, which must run or have run.
void gate_make_child_of(gate_process_t *gate, const gate_process_t *parent);
void gate_start(gate_process_t *gate); // returns when it says GATE-READY
// Starts it and returns its exit code: it must end by itself.
int gate_start_in_vain(gate_process_t *gate);
void gate_stop(gate_process_t *gate); // SIGTERM; its exit code must be 0
void gate_kill(gate_process_t *gate); // SIGKILL
void gate_await_log(gate_process_t *gate, const char *part);
uint64_t gate_memory(const gate_process_t *gate); // resident bytes
uint64_t gate_counter(gate_process_t *gate, const char *name);

// Something with one DEALER.
typedef struct plug {
    void *context, *socket, *monitor;
    zmq_msg_t frame; // holds what plug_take gave
    slice_t rest;    // of the bundle in it
} plug_t;

void plug_local(plug_t *plug, const gate_process_t *gate);                     // not greeted
void plug_service(plug_t *plug, const gate_process_t *gate, uint32_t service); // greeted and welcomed
// As another node with these keys; reconnects as libzmq does. Not awaited.
void plug_outside(plug_t *plug, const gate_process_t *gate, const node_keys_t *keys);
void plug_close(plug_t *plug);

void plug_send(plug_t *plug, const envelope_t *envelope, const ProtobufCMessage *body);
void plug_send_raw(plug_t *plug, slice_t bytes, bool more);
// The next envelope of this type; others are skipped. Its body lives until the next call.
envelope_t plug_take(plug_t *plug, uint32_t type);
// Sends the envelope again and again until one of `type` comes to `to`: for what a dying connection may lose.
void plug_send_until(plug_t *plug, const envelope_t *envelope, plug_t *to, uint32_t type);
// Proves that what was sent before on this plug was handled, since a ping came back, and that meanwhile
// nothing of `type` arrived.
void plug_expect_nothing(plug_t *plug, uint32_t type);
// Waits for one of the events; returns which.
unsigned plug_await_event(plug_t *plug, unsigned events);
void plug_greet(plug_t *plug); // HELLO of a child, and its WELCOME

// The registry's table, as a plug that is the registry.
Selenga__Key a_key(const node_keys_t *keys, key_role_t role, const path_t *path);
void registry_tell(plug_t *registry, bool whole, Selenga__Key *keys, size_t n);
// Takes the gate's HELLO and answers with the table, then waits until it is in force.
void registry_answer(plug_t *registry, gate_process_t *gate, Selenga__Key *keys, size_t n);
void await_link(plug_t *service, uint32_t peer, bool up);

// Waits until the condition holds; it is tried again and again. Fails the test after SOON_MS.
#define expect_soon(condition)                                                                               \
    do {                                                                                                     \
        uint64_t deadline_ = mono_ms() + SOON_MS;                                                            \
        while (!(condition)) {                                                                               \
            if (mono_ms() > deadline_) fail_msg("never came true: %s", #condition);                          \
            zmq_poll(NULL, 0, 5);                                                                            \
        }                                                                                                    \
    } while (0)
