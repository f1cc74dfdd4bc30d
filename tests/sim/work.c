// SPDX-License-Identifier: Apache-2.0
// The work of people: real kinds of several reaches with small bodies that validate, and some that do not.
#include "common/node/msg.h"
#include "common/schema/body.h"
#include "proto/kinds.h"
#include "proto/message.h"
#include "proto/registry.pb-c.h"
#include "tests/sim/sim.h"
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BODY_ROOM = 256, SLOTS = 2 };

typedef struct row {
    uint32_t kind;
    uint8_t up, down;
    uint8_t lowest, highest; // ranks that write it
    bool below;              // about an organisation below; else about its own
    size_t (*pack)(const org_t *org, const char *key, const char *text, uint8_t *buf);
} row_t;

static size_t pack_person(const org_t *org, const char *key, const char *text, uint8_t *buf)
{
    Selenga__Person m = SELENGA__PERSON__INIT;
    m.org = (char *)(uintptr_t)org->code;
    uint8_t pseudonym[16] = {0};
    memcpy(pseudonym, text, strnlen(text, sizeof pseudonym));
    m.number = (char *)(uintptr_t)key;
    m.has_pseudonym = 1;
    m.pseudonym = (ProtobufCBinaryData){.len = sizeof pseudonym, .data = pseudonym};
    return selenga__person__pack(&m, buf);
}

static size_t pack_identity(const org_t *org, const char *key, const char *text, uint8_t *buf)
{
    Selenga__Identity m = SELENGA__IDENTITY__INIT;
    m.org = (char *)(uintptr_t)org->code;
    m.number = (char *)(uintptr_t)key;
    m.last_name = m.first_name = (char *)(uintptr_t)text;
    return selenga__identity__pack(&m, buf);
}

static char *person_at(const org_t *org, const char *number)
{
    static char text[64];
    snprintf(text, sizeof text, "%s:%s", org->code, number);
    return text;
}

static int days_of(const char *text)
{
    return atoi(text + 1); // "t123"
}

static size_t pack_absence(const org_t *org, const char *key, const char *text, uint8_t *buf)
{
    Selenga__Absence m = SELENGA__ABSENCE__INIT;
    m.person = person_at(org, key);
    m.kind = (char *)(uintptr_t) "sick";
    m.has_from = m.has_to = 1;
    m.to = days_of(text);
    return selenga__absence__pack(&m, buf);
}

static size_t pack_methodist(const org_t *org, const char *key, const char *text, uint8_t *buf)
{
    Selenga__Methodist m = SELENGA__METHODIST__INIT;
    m.code = (char *)(uintptr_t)key;
    m.act = (char *)(uintptr_t)text;
    m.person = person_at(org, "1");
    m.has_from = 1;
    return selenga__methodist__pack(&m, buf);
}

static size_t pack_assignment(const org_t *org, const char *key, const char *text, uint8_t *buf)
{
    Selenga__Assignment m = SELENGA__ASSIGNMENT__INIT;
    m.methodist = (char *)(uintptr_t)key;
    m.person = person_at(org, "1");
    m.has_from = m.has_to = 1;
    m.to = days_of(text);
    return selenga__assignment__pack(&m, buf);
}

static size_t pack_event(const org_t *org, const char *key, const char *text, uint8_t *buf)
{
    Selenga__Event m = SELENGA__EVENT__INIT;
    m.code = (char *)(uintptr_t)key;
    m.title = (char *)(uintptr_t)text;
    m.kind = (char *)(uintptr_t) "forum";
    m.org = (char *)(uintptr_t)org->code;
    m.has_starts_on = 1;
    return selenga__event__pack(&m, buf);
}

static size_t pack_enrolment(const org_t *org, const char *key, const char *text, uint8_t *buf)
{
    Selenga__Enrolment m = SELENGA__ENROLMENT__INIT;
    m.run = (char *)(uintptr_t)key;
    m.person = person_at(org, "1");
    m.has_attended_hours = 1;
    m.attended_hours = days_of(text);
    return selenga__enrolment__pack(&m, buf);
}

static size_t pack_text(const org_t *org, const char *key, const char *text, uint8_t *buf)
{
    (void)org;
    (void)key;
    return (size_t)snprintf((char *)buf, BODY_ROOM, "%s", text);
}

// The second service has no neighbours, so that 203 goes to its node's other service alone.
static const row_t ROWS[] = {
    {N_IDENTITY, UP_MUNICIPALITY, DOWN_NONE, 0, 1, false, pack_identity},
    {N_PERSON, UP_REGION, DOWN_NONE, 0, 1, false, pack_person},
    {N_ABSENCE, UP_HOME, DOWN_NONE, 0, 1, false, pack_absence},
    {N_METHODIST, UP_ALL, DOWN_ALL, 2, 2, false, pack_methodist},
    {N_ASSIGNMENT, UP_REGION, DOWN_SERVING, 2, 3, true, pack_assignment},
    {N_EVENT, UP_REGION, DOWN_ALL, 0, 3, false, pack_event},
    {N_ENROLMENT, UP_REGION, DOWN_SERVING, 0, 3, true, pack_enrolment},
    {KIND_UNKNOWN, UP_SCHOOL, DOWN_NONE, 0, 3, false, pack_text},
    {KIND_UNKNOWN + 1, UP_MUNICIPALITY, DOWN_ALL, 0, 3, false, pack_text},
    {KIND_UNKNOWN + 2, UP_ALL, DOWN_SERVING, 0, 3, true, pack_text},
    {N_CAMPAIGN, UP_REGION, DOWN_ALL, 0, 3, false, pack_text},
};

static const row_t *row_of(uint32_t kind)
{
    for (size_t i = 0; i < ARRAY_SIZE(ROWS); i++)
        if (ROWS[i].kind == kind) return &ROWS[i];
    return NULL;
}

static rid_t id_of(int home, uint32_t kind, unsigned slot)
{
    rid_t id;
    uint32_t key[] = {(uint32_t)home, kind, slot};
    crypto_generichash(id.b, sizeof id.b, (const uint8_t *)key, sizeof key, NULL, 0);
    return id;
}

// What tells a slot's record from others of its kind: part of its natural key.
static const char *key_of(int home, unsigned slot)
{
    static char text[32];
    snprintf(text, sizeof text, "k%d-%u", home, slot);
    return text;
}

// As the product makes it: from the body, where the kind has a natural key.
static rid_t id_of_body(const record_t *draft, const rid_t *other)
{
    fault_t fault;
    rid_t id = *other;
    const kind_rule_t *rule = kind_by_number(draft->kind);
    AUTO(arena_destroy) arena_t *arena = arena_new(draft->body.size);
    body_t *body;
    if (rule != NULL && body_unpack(rule, draft->body, arena, &body, &fault) == 0)
        (void)body_id(rule, body, &id);
    return id;
}

static const char *next_text(world_t *w)
{
    static char text[32];
    snprintf(text, sizeof text, "t%llu", (unsigned long long)++w->serial);
    return text;
}

static int put(unit_t *u, store_txn_t *txn, const record_t *draft, bool bad)
{
    record_t held;
    bool had = store_get(txn, &draft->id, &held, NULL) == 0;
    bool takes = had && !held.gone && !path_equal(&held.home, &u->place.path);
    if (takes && !path_is_prefix(&u->place.path, &held.home)) return 0; // people are refused
    ledger_record_t *r = ledger_make(u->world->ledger, &draft->id, draft->kind, u->index);
    if (r->n_writes == WRITES_MAX) return 0;
    u->token = 1ULL << r->n_writes++;
    u->token_bad = bad;
    int rc = takes ? store_take_key(txn, draft) : store_write(txn, draft, NULL);
    u->token = 0;
    u->token_bad = false;
    return rc;
}

// --- records of any row --------------------------------------------------------------------------

static bool org_is_below(const world_t *w, int org, int above)
{
    for (int depth = 0; org >= 0 && depth < ORGS_MAX; depth++, org = w->orgs[org].parent)
        if (org == above) return true;
    return false;
}

// Which organisation a record is about follows from its id, so that two epochs of a store agree; unless
// things move.
static int choose_org(unit_t *u, const row_t *row, const rid_t *id)
{
    world_t *w = u->world;
    int own = w->nodes[u->node].org, below_own[ORGS_MAX], n = 0;
    bool moves = (w->plan.faults & FAULT_MOVE) != 0;
    if (!row->below) return own;
    for (int i = 0; i < w->n_orgs; i++) {
        if (moves && w->orgs[i].node < 0 && u->index != 0)
            continue; // only the root writes about those that move
        if (org_is_below(w, i, own)) below_own[n++] = i;
    }
    return below_own[moves && chance(w, 30) ? below(w, (unsigned)n) : id->b[0] % (unsigned)n];
}

// Makes a version break a rule: of its content, or of its reach.
static bool spoil(world_t *w, const row_t *row, record_t *draft, uint8_t *buf)
{
    if (row->kind >= KIND_UNKNOWN) { // picky ones refuse it
        buf[0] = 'X';
        return false;
    }
    if (row->kind == N_CAMPAIGN || row->up == UP_HOME) return false;
    if (chance(w, 30) && row->up < UP_ALL) {
        draft->up = UP_ALL;
        return true;
    }
    draft->body.size = 0; // can be read, and lacks what is required
    return true;
}

static record_t draft_of(unit_t *u, const row_t *row, unsigned slot, int org, uint8_t *buf)
{
    world_t *w = u->world;
    rid_t id = id_of(u->index, row->kind, slot);
    record_t draft = {
        .kind = row->kind, .org = slice_text(w->orgs[org].code), .up = row->up, .down = row->down};
    draft.body = slice(buf, row->pack(&w->orgs[org], key_of(u->index, slot), next_text(w), buf));
    draft.id = id_of_body(&draft, &id);
    return draft;
}

static int write_row(unit_t *u, store_txn_t *txn, const row_t *row, unsigned slot, int org)
{
    world_t *w = u->world;
    uint8_t buf[BODY_ROOM];
    bool bad = false;
    record_t draft = draft_of(u, row, slot, org, buf);
    draft.bulk = chance(w, w->load_percent);
    if (chance(w, 10)) {
        draft.deleted = true;
        draft.body = (slice_t){0};
    } else if ((w->plan.faults & FAULT_BAD) != 0 && chance(w, 15)) {
        bad = spoil(w, row, &draft, buf);
    }
    if (bad) trace(w, "    bad: up %u size %zu", draft.up, draft.body.size);
    return put(u, txn, &draft, bad);
}

bool work_draft(unit_t *u, uint8_t *buf, record_t *ret)
{
    world_t *w = u->world;
    const row_t *row = &ROWS[below(w, ARRAY_SIZE(ROWS))];
    unsigned slot = below(w, SLOTS);
    rid_t spread = id_of(u->index, row->kind, slot);
    if (u->place.rank < row->lowest || u->place.rank > row->highest || row->kind / 100 != u->service)
        return false;
    bool squats = (w->plan.faults & FAULT_SQUAT) != 0 && chance(w, 50); // as if its key were the liar's
    *ret = draft_of(u, row, slot, squats ? w->nodes[w->liar].org : choose_org(u, row, &spread), buf);
    if (rid_equal(&ret->id, &spread)) // in the product it is random: nobody can guess it
        for (size_t i = 0; i < sizeof ret->id.b; i++) ret->id.b[i] = (uint8_t)rnd(w);
    return true;
}

int work_write(unit_t *u, store_txn_t *txn)
{
    world_t *w = u->world;
    if ((w->plan.faults & FAULT_MOVE) != 0 && u->index == 0 && chance(w, 15)) return work_move(u, txn);
    for (int tries = 0; tries < 8; tries++) {
        const row_t *row = &ROWS[below(w, ARRAY_SIZE(ROWS))];
        unsigned slot = below(w, SLOTS);
        if (row->kind < KIND_UNKNOWN && row->kind / 100 != u->service) continue;
        if (row->kind >= KIND_UNKNOWN && (u->service != SERVICE_MAIN || row->kind >= 200)) {
            if (row->kind / 100 != u->service) continue;
        }
        if (u->place.rank < row->lowest || u->place.rank > row->highest) continue;
        if ((w->kinds >> (unsigned)(row - ROWS) & 1) == 0 && chance(w, 80)) continue;
        rid_t spread = id_of(u->index, row->kind, slot);
        return write_row(u, txn, row, slot, choose_org(u, row, &spread));
    }
    return 0;
}

bool work_is_bad(const unit_t *u, const record_t *r)
{
    if (path_equal(&r->home, &u->place.path)) return false;
    return u->picky && r->kind >= KIND_UNKNOWN && r->kind < 200 && r->body.size > 0 && r->body.data[0] == 'X';
}

// As it should have been, about the same organisation.
static int write_well(unit_t *u, store_txn_t *txn, const row_t *row, const record_t *held)
{
    uint8_t buf[BODY_ROOM];
    world_t *w = u->world;
    rid_t id = held->id;
    for (unsigned slot = 0; slot < SLOTS; slot++)
        for (int i = 0; i < w->n_orgs; i++) {
            if (!slice_equal(slice_text(w->orgs[i].code), held->org)) continue;
            record_t draft = draft_of(u, row, slot, i, buf);
            draft.bulk = chance(w, w->load_percent);
            if (rid_equal(&draft.id, &id)) return put(u, txn, &draft, false);
        }
    return 0;
}

static int mend_one(unit_t *u, store_txn_t *txn, const ledger_record_t *r)
{
    record_t held;
    int rc = store_get(txn, &r->id, &held, NULL);
    const row_t *row = row_of(r->kind);
    if (rc != 0 || row == NULL) return rc < 0 ? rc : 0;
    const ledger_version_t *v = ledger_version(r, &held.version);
    bool bad =
        (v != NULL && v->bad) || (held.body.size > 0 && r->kind >= KIND_UNKNOWN && held.body.data[0] == 'X');
    return bad ? write_well(u, txn, row, &held) : 0;
}

int work_mend(unit_t *u, store_txn_t *txn)
{
    int rc = 0;
    for (size_t i = 0; i < ledger_count(u->world->ledger) && rc == 0; i++) {
        const ledger_record_t *r = ledger_at(u->world->ledger, i);
        if (r->home == u->index && r->kind >= 100) rc = mend_one(u, txn, r);
    }
    return rc;
}

// --- organisations and nodes ---------------------------------------------------------------------

static rid_t org_id(const org_t *org)
{
    rid_t id;
    rid_derive(&KIND_ORGANISATION, slice_text(org->code), slice_text(org->code), &id);
    return id;
}

static rid_t node_id(const world_t *w, int node)
{
    rid_t id;
    slice_t org = slice_text(w->orgs[w->nodes[node].org].code);
    rid_derive(&KIND_NODE, org, org, &id);
    return id;
}

static int put_org(unit_t *u, store_txn_t *txn, int i)
{
    world_t *w = u->world;
    uint8_t buf[BODY_ROOM];
    const org_t *org = &w->orgs[i];
    Selenga__Organisation m = SELENGA__ORGANISATION__INIT;
    m.code = (char *)(uintptr_t)org->code;
    m.name = (char *)(uintptr_t)next_text(w);
    m.kind = (char *)(uintptr_t) "school";
    if (org->parent >= 0) m.parent = w->orgs[org->parent].code;
    record_t draft = {.id = org_id(org),
                      .kind = N_ORGANISATION,
                      .org = slice_text(org->code),
                      .up = UP_ALL,
                      .down = DOWN_ALL};
    draft.body = slice(buf, selenga__organisation__pack(&m, buf));
    return put(u, txn, &draft, false);
}

static int put_node(unit_t *u, store_txn_t *txn, int i)
{
    static const char *const levels[] = {"school", "municipality", "region", "federation"};
    world_t *w = u->world;
    uint8_t buf[BODY_ROOM], key[32] = {0};
    node_t *node = &w->nodes[i];
    Selenga__Node m = SELENGA__NODE__INIT;
    m.org = w->orgs[node->org].code;
    m.name = (char *)(uintptr_t)next_text(w);
    m.level = (char *)(uintptr_t)levels[node->rank];
    m.has_key = m.has_path = 1;
    m.key = (ProtobufCBinaryData){.len = sizeof key, .data = key};
    m.path = (ProtobufCBinaryData){.len = node->path.len, .data = node->path.b};
    m.state = (char *)(uintptr_t) "active";
    record_t draft = {
        .id = node_id(w, i), .kind = N_NODE, .org = slice_text(m.org), .up = UP_ALL, .down = DOWN_NONE};
    draft.body = slice(buf, selenga__node__pack(&m, buf));
    return put(u, txn, &draft, false);
}

static bool lacks(store_txn_t *txn, const rid_t *id)
{
    record_t held;
    return store_get(txn, id, &held, NULL) == KV_NONE;
}

int work_repair(unit_t *u, store_txn_t *txn)
{
    world_t *w = u->world;
    int rc = 0;
    if (u->service != SERVICE_MAIN) return 0;
    for (int i = 0; i < w->n_orgs && u->index == 0 && rc == 0; i++) {
        rid_t id = org_id(&w->orgs[i]);
        if (lacks(txn, &id)) rc = put_org(u, txn, i);
    }
    for (int i = 0; i < w->n_nodes && rc == 0; i++) {
        rid_t id = node_id(w, i);
        if (w->nodes[i].parent == u->node && lacks(txn, &id)) rc = put_node(u, txn, i);
    }
    return rc;
}

int work_move(unit_t *u, store_txn_t *txn)
{
    world_t *w = u->world;
    int i = (int)below(w, (unsigned)w->n_orgs), to = (int)below(w, (unsigned)w->n_orgs);
    if (w->orgs[i].node >= 0 || org_is_below(w, to, i)) return 0;
    w->orgs[i].parent = to;
    trace(w, "    %s moves under %s", w->orgs[i].code, w->orgs[to].code);
    return put_org(u, txn, i);
}

static void know_org(const unit_t *root, store_txn_t *txn, int i)
{
    world_t *w = root->world;
    record_t r;
    rid_t id = org_id(&w->orgs[i]);
    if (store_get(txn, &id, &r, NULL) != 0) return;
    AUTO(msg_body_free)
    Selenga__Organisation *m = msg_body_unpack(&selenga__organisation__descriptor, r.body);
    w->orgs[i].parent = -1;
    for (int k = 0; m != NULL && m->parent != NULL && k < w->n_orgs; k++)
        if (strcmp(w->orgs[k].code, m->parent) == 0) w->orgs[i].parent = k;
}

void work_know_orgs(world_t *w)
{
    store_txn_t *txn = NULL;
    if (store_begin(w->units[0].store, false, &txn) != 0) return;
    for (int i = 0; i < w->n_orgs; i++) know_org(&w->units[0], txn, i);
    store_abort(&txn);
}
