// SPDX-License-Identifier: Apache-2.0
// Numbers of services and messages (Envelope.to, from, type). Never reused.
#pragma once
#include <stdbool.h>
#include <stdint.h>

// The services of a node in the order in which they start and are shown: number, name in C, name. A service
// has a program selenga-NAME, a section of node.conf, a store DIR/store/NAME, and the kinds of
// proto/kinds/NAME, numbered from 100 * number on. This is the one list of them; CMake, scripts and tests
// read it from these lines.
#define SERVICES_EACH(S)                                                                                     \
    S(1, REGISTRY, registry)                                                                                 \
    S(2, DIAGNOSTICS, diagnostics)                                                                           \
    S(3, ROUTING, routing)                                                                                   \
    S(4, REPORTING, reporting)

#define SERVICE_NUMBER(number, NAME, name) SERVICE_##NAME = number,
enum service {
    SERVICE_CLI = 0, // the command line, and any local caller
    SERVICES_EACH(SERVICE_NUMBER) SERVICES_END,
    SERVICE_CONSOLE = 8, // a caller that speaks for accounts; only who asks how it is may ask it
    SERVICE_GATE = 9,    // a program without a store
};
enum { SERVICES_FIRST = 1 };

// Does it keep records? The gate, the console and callers do not.
static inline bool service_keeps(uint32_t number)
{
    return number >= SERVICES_FIRST && number < SERVICES_END;
}

enum { PROTOCOL_VERSION = 1 };

enum { EVALUATE_MAX = 512 }; // points of one EVALUATE

// Neighbours are named by a label: a child's own last path label, or one of these.
static const uint32_t PEER_SELF = 0;
static const uint32_t PEER_PARENT = 0xffffffffU;
static const uint32_t PEER_LABEL_MIN =
    0x100; // labels below name the services of this node as local consumers

enum message {
    // between gates, and gate with its local callers
    MSG_HELLO = 1,
    MSG_WELCOME = 2, // Hello of the other side
    MSG_PING = 3,
    MSG_PONG = 4,
    MSG_LINK = 5,
    MSG_KEYS = 6,
    MSG_JOIN = 7,
    MSG_JOIN_REPLY = 8,
    MSG_BUNDLE = 9, // several envelopes; only between a gate and the services of its node
    // feeds: service with the same service of a neighbour, or with another service of its node
    MSG_PULL = 10,
    MSG_PUSH = 11,
    MSG_GIVEBACK_ASK = 12,
    MSG_GIVEBACK = 13,
    MSG_REBASE = 14,
    MSG_WAKE = 15, // producer to consumers: I am up, pull again. No body
    // service to the gate of its node
    MSG_TAKEN = 16,
    // requests of local callers; every one is answered by its reply or by MSG_ERROR
    MSG_PUT = 20,
    MSG_PUT_REPLY = 21,
    MSG_GET = 22,
    MSG_LIST = 23,
    MSG_RECORDS = 24,
    MSG_ERROR = 25,
    MSG_QUEUES = 26,
    MSG_QUEUES_REPLY = 27,
    MSG_QUARANTINE_LIST = 28,
    MSG_QUARANTINE_REPLY = 29,
    MSG_QUARANTINE_RETRY = 30,
    MSG_QUARANTINE_DISCARD = 31,
    MSG_DONE = 32,
    MSG_STATUS = 33,
    MSG_STATUS_REPLY = 34,
    MSG_LINKS = 35,
    MSG_LINKS_REPLY = 36,
    MSG_INVITE = 37,
    MSG_INVITE_REPLY = 38,
    MSG_REVOKE = 39,
    MSG_REPORT = 40,
    MSG_REPORT_REPLY = 41,
    MSG_ROUTE_PROPOSE = 42,
    MSG_ROUTE_CONFIRM = 43,
    MSG_QUARANTINE_TAKE = 44,
    MSG_QUARANTINE_DONE = 45,
    // pseudonyms: registry with the registry of a neighbour
    MSG_EVALUATE = 50,  // a child asks, its parent answers itself or asks on
    MSG_EVALUATED = 51, // its answer
    // of a local caller, at the node that holds the key of pseudonyms; answered by DONE
    MSG_ROTATE_PSEUDONYMS = 52,
    MSG_REVOKE_REPLY = 55,
    MSG_ADMIT = 56, // answered by MSG_DONE
    MSG_REVIEWS = 60,
    MSG_REVIEWS_REPLY = 61,
    // between the services of a node: who refers to what one of them is to delete?
    MSG_REFERRING = 62,
    MSG_REFERRED = 63,
    MSG_HISTORY = 64,
    MSG_HISTORY_REPLY = 65,
    // accounts, of a local caller to the registry
    MSG_ACCOUNT_ACT = 66,
    MSG_ACCOUNT_REPLY = 67,
    MSG_LOGIN = 68,           // answered by MSG_ACCOUNT_REPLY
    MSG_FIRST_ACCOUNT = 69,   // the same, of the console
    MSG_TEACHER_ACCOUNT = 71, // the same
    MSG_RUN_END = 70,         // answered by MSG_PUT_REPLY
    MSG_AUDIT = 72,           // how far the audit log goes
    MSG_AUDIT_HEAD = 73,
    // attempts, of a local caller to diagnostics
    MSG_ATTEMPT = 80,
    MSG_ATTEMPT_REPLY = 81,
    MSG_ATTEMPT_ACT = 82,
    MSG_ATTEMPT_ACT_REPLY = 83,
    // a service and the same service of its parent: how far the child's audit log goes
    MSG_AUDIT_TOLD = 78,
    MSG_AUDIT_KEPT = 79,
    // of a local caller to diagnostics: anonymous screenings
    MSG_SCREENING = 84, // what can be answered
    MSG_SCREENING_REPLY = 85,
    MSG_SCREENING_ANSWER = 86, // answered by MSG_DONE
};

// What neighbours may say to each other's service: feeds, how far audit logs go, and of pseudonyms registry
// with registry.
static inline bool message_is_neighbourly(uint32_t type, uint32_t service)
{
    bool feed = type >= MSG_PULL && type <= MSG_WAKE;
    bool pseudonyms = (type == MSG_EVALUATE || type == MSG_EVALUATED) && service == SERVICE_REGISTRY;
    bool audit = type == MSG_AUDIT_TOLD || type == MSG_AUDIT_KEPT;
    return service_keeps(service) && (feed || audit || pseudonyms);
}
