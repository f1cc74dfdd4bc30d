// SPDX-License-Identifier: Apache-2.0
#include "tests/faults/check.h"
#include "common/base/clock.h"
#include "common/node/caller.h"
#include "proto/api.pb-c.h"
#include "proto/message.h"
#include "tests/bench/measure.h"
#include <sodium.h>
#include <stdlib.h>

enum { WAIT_MS = 60000, PAGE = 1000, HASH = 8 };

typedef struct name { // of a record
    rid_t id;
    uint32_t number;
} name_t;

struct checker {
    const shelf_t *shelves;
    name_t *names[SHELVES];           // by id
    uint8_t (*hashes[SHELVES])[HASH]; // by number: the whole record as its home holds it
    uint8_t *seen[SHELVES];           // by number, at the node that is looked at
    bool first;
};

static void *ask(caller_t *caller, uint32_t service, uint32_t type, const ProtobufCMessage *body,
                 uint32_t answer, const ProtobufCMessageDescriptor *descriptor)
{
    envelope_t reply;
    uint64_t end = mono_ms() + WAIT_MS;
    int rc;
    do // a node that was started a moment ago, beside others, may still be on its way
        rc = caller_call(caller, service, type, body, WAIT_MS, &reply);
    while (rc == CALLER_E_NOT_RUNNING && mono_ms() < end);
    if (rc != 0 || reply.type != answer) die("no answer of service %u: %d", service, rc);
    void *m = msg_body_unpack(descriptor, reply.body);
    if (m == NULL) die("an answer that cannot be read");
    return m;
}

static caller_t *open_node(const char *dir)
{
    caller_t *caller = NULL;
    if (caller_open(dir, &caller) != 0) die("%s does not answer", dir);
    return caller;
}

uint64_t records_of(const char *dir)
{
    static const uint32_t services[] = {SERVICE_ROUTING, SERVICE_REGISTRY};
    AUTO(caller_close) caller_t *caller = open_node(dir);
    uint64_t n = 0;
    for (size_t i = 0; i < ARRAY_SIZE(services); i++) {
        AUTO(msg_body_free)
        Selenga__Status *m =
            ask(caller, services[i], MSG_STATUS, NULL, MSG_STATUS_REPLY, &selenga__status__descriptor);
        n += m->records;
    }
    return n;
}

static int by_id(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(rid_t));
}

checker_t *checker_new(const shelf_t shelves[static SHELVES])
{
    checker_t *checker = xcalloc(1, sizeof *checker);
    checker->shelves = shelves;
    checker->first = true;
    for (size_t i = 0; i < SHELVES; i++) {
        size_t n = shelves[i].n;
        checker->names[i] = xcalloc(n + 1, sizeof(name_t));
        checker->hashes[i] = xcalloc(n + 1, HASH);
        checker->seen[i] = xcalloc(n + 1, 1);
        for (size_t k = 0; k < n; k++) checker->names[i][k] = (name_t){shelf_id(&shelves[i], k), (uint32_t)k};
        qsort(checker->names[i], n, sizeof(name_t), by_id);
    }
    return checker;
}

void checker_destroy(checker_t **checker)
{
    if (*checker == NULL) return;
    for (size_t i = 0; i < SHELVES; i++) {
        free((*checker)->names[i]);
        free((*checker)->hashes[i]);
        free((*checker)->seen[i]);
    }
    free(*checker);
    *checker = NULL;
}

static bool is_right(checker_t *checker, size_t s, size_t number, const record_t *r)
{
    const shelf_t *shelf = &checker->shelves[s];
    uint8_t body[BODY_MOST], hash[crypto_generichash_BYTES];
    size_t size = shelf_body(shelf, number, shelf->acked[number], body);
    crypto_generichash(hash, sizeof hash, r->wire.data, r->wire.size, NULL, 0);
    if (checker->first) memcpy(checker->hashes[s][number], hash, HASH);
    return slice_equal(r->body, slice(body, size)) && memcmp(checker->hashes[s][number], hash, HASH) == 0;
}

static void look_at(checker_t *checker, size_t s, slice_t wire, verdict_t *v)
{
    const shelf_t *shelf = &checker->shelves[s];
    record_t r;
    if (record_parse(wire, &r) != 0) die("not a record");
    v->held++;
    const name_t *name = bsearch(&r.id, checker->names[s], shelf->n, sizeof(name_t), by_id);
    if (name == NULL || shelf->acked[name->number] == 0) {
        v->strange++;
        return;
    }
    v->twice += checker->seen[s][name->number];
    checker->seen[s][name->number] = 1;
    v->wrong += !is_right(checker, s, name->number, &r);
}

static void look_at_shelf(checker_t *checker, size_t s, caller_t *caller, verdict_t *v)
{
    const shelf_t *shelf = &checker->shelves[s];
    Selenga__List query = SELENGA__LIST__INIT;
    rid_t after;
    query.has_kind = query.has_limit = 1;
    query.kind = shelf->rule->number;
    query.limit = PAGE;
    memset(checker->seen[s], 0, shelf->n);
    do {
        AUTO(msg_body_free)
        Selenga__Records *m =
            ask(caller, shelf->service, MSG_LIST, &query.base, MSG_RECORDS, &selenga__records__descriptor);
        for (size_t i = 0; i < m->n_records; i++)
            look_at(checker, s, slice(m->records[i].data, m->records[i].len), v);
        query.has_after = m->has_next && m->next.len == sizeof after.b;
        if (query.has_after) memcpy(after.b, m->next.data, sizeof after.b);
        query.after = (ProtobufCBinaryData){.len = sizeof after.b, .data = after.b};
    } while (query.has_after);
    for (size_t i = 0; i < shelf->n; i++) v->missing += shelf->acked[i] != 0 && !checker->seen[s][i];
}

verdict_t checker_look(checker_t *checker, const char *dir, uint64_t more)
{
    verdict_t v = {0};
    AUTO(caller_close) caller_t *caller = open_node(dir);
    for (size_t s = 0; s < SHELVES; s++) look_at_shelf(checker, s, caller, &v);
    uint64_t all = records_of(dir);
    if (all > v.held + more) v.strange += all - v.held - more;
    checker->first = false;
    return v;
}
