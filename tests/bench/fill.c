// SPDX-License-Identifier: Apache-2.0
// Puts a country into the reporting store of a stopped node: 85 regions, 2,300 municipalities, 40,000
// schools, 1.3 million people. One in 65 is a methodist to whom the next 64 are assigned. What the registry
// would have sent stands as if it had come from there, the facts as if they had been counted here. See
// usage().
#include "common/base/clock.h"
#include "common/node/node.h"
#include "common/schema/body.h"
#include "common/store/kv.h"
#include "common/store/store.h"
#include "common/store/topology.h"
#include "proto/kinds.h"
#include "proto/message.h"
#include "proto/registry.pb-c.h"
#include "proto/reporting.pb-c.h"
#include "services/reporting/fact_body.h"
#include "services/reporting/flags.h"
#include "tests/bench/measure.h"
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    REGIONS = 85,
    MUNICIPALITIES = 2300,
    SCHOOLS = 40000,
    TEAM = 65,
    COMMIT = 50000,
    CODE = 24,
    MAP_GIB = 16
};
enum { YEAR = 2024, APPOINTED = 18262 }; // 2020-01-01

typedef struct filling {
    store_t *store;
    store_txn_t *txn;
    uint64_t n; // records put
} filling_t;

static uint64_t mix(uint64_t x)
{
    x ^= x >> 30, x *= 0xbf58476d1ce4e5b9ULL;
    x ^= x >> 27, x *= 0x94d049bb133111ebULL;
    return x ^ x >> 31;
}

static void turn(filling_t *f)
{
    int rc = f->txn != NULL ? store_commit(&f->txn) : 0;
    if (rc == 0) rc = store_begin(f->store, true, &f->txn);
    if (rc != 0) die("cannot write: %s", strerror(-rc));
}

static void put(filling_t *f, const kind_rule_t *rule, const ProtobufCMessage *body, const char *org)
{
    uint8_t bytes[1024], wire[2048];
    record_t r = {.kind = rule->number,
                  .home = store_place(f->store)->path,
                  .version = {.inc = 1, .seq = ++f->n, .boot = 1},
                  .org = slice_text(org),
                  .author = slice_text("local:0"),
                  .up = rule->up,
                  .down = rule->down};
    applied_t applied;
    r.body = slice(bytes, protobuf_c_message_pack(body, bytes));
    if (!body_id(rule, (const body_t *)body, &r.id)) die("a record without an id");
    record_pack(&r, wire);
    if (f->n % COMMIT == 0) turn(f);
    arrival_t arrival = {.peer = SERVICE_REGISTRY};
    int rc = rule->number / 100 == SERVICE_REPORTING ? store_write(f->txn, &r, NULL)
                                                     : store_apply(f->txn, &r, &arrival, &applied);
    if (rc != 0) die("not kept: %d", rc);
}

// --- organisations

static void region_code(uint32_t region, char *to)
{
    snprintf(to, CODE, "%02u", region + 1);
}

static void municipality_code(uint32_t municipality, char *to)
{
    snprintf(to, CODE, "%02u-%04u", municipality * REGIONS / MUNICIPALITIES + 1, municipality + 1);
}

static void school_code(uint32_t school, char *to)
{
    char above[CODE];
    municipality_code((uint32_t)((uint64_t)school * MUNICIPALITIES / SCHOOLS), above);
    snprintf(to, CODE, "%.10s-%05u", above, school + 1);
}

static void put_organisation(filling_t *f, const char *code, const char *parent, const char *kind)
{
    Selenga__Organisation m = SELENGA__ORGANISATION__INIT;
    m.code = (char *)(uintptr_t)code;
    m.parent = (char *)(uintptr_t)parent;
    m.kind = (char *)(uintptr_t)kind;
    m.name = m.code;
    put(f, &KIND_ORGANISATION, &m.base, code);
}

static void put_organisations(filling_t *f, const char *root)
{
    char code[CODE], above[CODE];
    for (uint32_t i = 0; i < REGIONS; i++) {
        region_code(i, code);
        put_organisation(f, code, root, "ministry");
    }
    for (uint32_t i = 0; i < MUNICIPALITIES; i++) {
        municipality_code(i, code);
        region_code(i * REGIONS / MUNICIPALITIES, above);
        put_organisation(f, code, above, "municipal_authority");
    }
    for (uint32_t i = 0; i < SCHOOLS; i++) {
        school_code(i, code);
        municipality_code((uint32_t)((uint64_t)i * MUNICIPALITIES / SCHOOLS), above);
        put_organisation(f, code, above, "school");
    }
}

// --- people

static void put_fact(filling_t *f, uint8_t *pseudonym, const char *org, uint64_t x)
{
    uint32_t word = FACT_PEDAGOGUE | ((x & 7) < 3 ? FACT_YOUNG_AGE : FACT_OVER_AGE) |
                    ((x >> 8 & 7) < 3 ? FACT_YOUNG_EXP : FACT_OVER_EXP);
    if ((x >> 16 & 3) == 0) word |= FACT_SUPPORT_A << (x >> 20) % 5;
    uint8_t cells[N_CELLS * sizeof(uint32_t)];
    for (size_t c = 0; c < N_CELLS; c++) be32_store(cells + c * sizeof(uint32_t), word);
    Selenga__Fact m = SELENGA__FACT__INIT;
    m.has_pseudonym = m.has_year = m.has_cells = 1;
    m.pseudonym = (ProtobufCBinaryData){.len = PSEUDONYM_BYTES, .data = pseudonym};
    m.org = (char *)(uintptr_t)org;
    m.year = YEAR;
    m.cells = (ProtobufCBinaryData){.len = sizeof cells, .data = cells};
    put(f, &KIND_FACT, &m.base, org);
}

static void put_person(filling_t *f, uint32_t i, uint32_t people)
{
    char org[CODE], number[16], ref[CODE + 16], methodist[16];
    uint8_t pseudonym[PSEUDONYM_BYTES];
    school_code((uint32_t)((uint64_t)i * SCHOOLS / people), org);
    be64_store(pseudonym, mix(i + 1));
    be64_store(pseudonym + 8, i);
    snprintf(number, sizeof number, "%u", i);
    snprintf(ref, sizeof ref, "%s:%s", org, number);
    snprintf(methodist, sizeof methodist, "M-%u", i / TEAM);
    Selenga__Person person = SELENGA__PERSON__INIT;
    person.org = org;
    person.number = number;
    person.has_pseudonym = 1;
    person.pseudonym = (ProtobufCBinaryData){.len = sizeof pseudonym, .data = pseudonym};
    put(f, &KIND_PERSON, &person.base, org);
    put_fact(f, pseudonym, org, mix(mix(i + 1)));
    if (i % TEAM == 0) {
        Selenga__Methodist m = SELENGA__METHODIST__INIT;
        m.code = methodist;
        m.person = ref;
        m.has_from = 1;
        m.from = APPOINTED;
        put(f, &KIND_METHODIST, &m.base, org);
        return;
    }
    Selenga__Assignment m = SELENGA__ASSIGNMENT__INIT;
    m.methodist = methodist;
    m.person = ref;
    m.has_from = 1;
    m.from = APPOINTED;
    put(f, &KIND_ASSIGNMENT, &m.base, org);
}

int main(int argc, char **argv)
{
    node_conf_t conf;
    why_t why;
    kv_t *kv;
    filling_t f = {0};
    uint32_t people = argc == 3 ? (uint32_t)strtoul(argv[2], NULL, 10) : 0;
    if (people == 0 || sodium_init() < 0) {
        fputs("usage: bench_fill DIR PEOPLE   into the reporting store of the stopped root node in DIR\n",
              stderr);
        return 64;
    }
    if (node_enter(argv[1], &why) != 0 || node_conf_load(".", &conf, &why) != 0) die("%s", why.text);
    store_place_t place = {.path = conf.path, .service = SERVICE_REPORTING, .rank = (uint8_t)conf.rank};
    place.scope = scope_new(&conf.path, conf.org);
    int rc = kv_lmdb_open("store/reporting", (uint64_t)MAP_GIB << 30, &kv);
    if (rc == 0) rc = store_open(kv, &place, 1, wall_s, &f.store);
    if (rc != 0) die("%s: %s", argv[1], strerror(-rc));
    uint64_t begun = mono_us();
    turn(&f);
    put_organisations(&f, conf.org);
    for (uint32_t i = 0; i < people; i++) put_person(&f, i, people);
    if ((rc = store_commit(&f.txn)) != 0) die("cannot write: %s", strerror(-rc));
    result("filled_per_s", (double)f.n * 1e6 / (double)(mono_us() - begun));
    store_close(&f.store);
    kv_destroy(&kv);
    scope_destroy(&place.scope);
    node_conf_clear(&conf);
    return 0;
}
