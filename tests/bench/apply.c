// SPDX-License-Identifier: Apache-2.0
// The receiving half of a feed alone, without sockets: what a hub's service does with each record of its
// children, down to the commit. For profiling: the work of one process, whose instructions can be counted.
#include "common/base/clock.h"
#include "common/sync/admit.h"
#include "common/sync/batch.h"
#include "common/sync/feed_private.h"
#include "proto/message.h"
#include "tests/bench/acts.h"
#include "tests/bench/measure.h"
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>

enum { CHILDREN = 100, PUSH = 500, LABEL = 0x1000 };

typedef struct hub {
    store_place_t place;
    kv_t *kv;
    store_t *store;
    feed_t *feed;
    char orgs[CHILDREN][16];
    path_t paths[CHILDREN];
} hub_t;

static bool admit_record(void *arg, store_txn_t *txn, uint32_t peer, const record_t *record,
                         fault_t *ret_fault)
{
    return admit(arg, txn, peer, record, ret_fault);
}

static void send_nothing(void *arg, uint32_t peer, uint32_t type, slice_t body)
{
    (void)arg, (void)peer, (void)type, (void)body;
}

static void hub_open(const char *dir, hub_t *hub)
{
    static const uint8_t path[] = {0, 1, 0, 1, 0, 1, 0, 2};
    *hub = (hub_t){.place = {.service = SERVICE_ROUTING, .rank = 1, .has_parent = true, .parent_rank = 2}};
    if (!path_from_bytes(slice(path, sizeof path), &hub->place.path)) die("no path");
    hub->place.scope = scope_new(&hub->place.path, "03-08");
    int rc = kv_lmdb_open(dir, (uint64_t)16 << 30, &hub->kv);
    if (rc == 0) rc = store_open(hub->kv, &hub->place, 1, wall_s, &hub->store);
    if (rc != 0) die("%s: %s", dir, strerror(-rc));
    feed_hooks_t hooks = {.arg = &hub->place, .admit = admit_record, .send = send_nothing};
    hub->feed = feed_new(hub->store, &hooks, 1);
    for (uint32_t i = 0; i < CHILDREN; i++) {
        snprintf(hub->orgs[i], sizeof hub->orgs[i], "03-08-%05u", i + 1);
        path_child(&hub->place.path, LABEL + i, &hub->paths[i]);
        scope_set_node(hub->place.scope, slice_text(hub->orgs[i]), &hub->paths[i], -1);
    }
}

static void hub_close(hub_t *hub)
{
    feed_destroy(&hub->feed);
    store_close(&hub->store);
    kv_destroy(&hub->kv);
    scope_destroy(&hub->place.scope);
}

static double cpu_us(void)
{
    struct rusage r;
    getrusage(RUSAGE_SELF, &r);
    return (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) * 1e6 +
           (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec);
}

// One push of a child, as it would be sent.
static void fill(const hub_t *hub, size_t child, uint64_t first, batch_t *batch)
{
    for (uint64_t i = 0; i < PUSH; i++) {
        slice_t wire = act_record(&hub->paths[child], child + 1, hub->orgs[child], "M-1", first + i);
        batch_add(batch, wire);
        free((void *)(uintptr_t)wire.data);
    }
}

static void commit(hub_t *hub, const batch_t *batches, size_t pushes)
{
    store_txn_t *txn = NULL;
    int rc = store_begin(hub->store, true, &txn);
    for (size_t i = 0; i < pushes && rc == 0; i++) {
        arrival_t arrival = {.peer = LABEL + (uint32_t)i};
        rc = feed_take(hub->feed, txn, slice(batches[i].data, batches[i].size), BATCH_PLAIN,
                       (uint32_t)batches[i].size, &arrival);
    }
    if (rc == 0) rc = store_commit(&txn);
    if (rc != 0) die("not applied: %s", strerror(-rc));
}

int main(int argc, char **argv)
{
    hub_t hub;
    batch_t batches[CHILDREN] = {0};
    size_t pushes = argc > 3 ? strtoul(argv[3], NULL, 10) : 0;
    uint64_t rounds = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;
    if (argc != 4 || pushes == 0 || pushes > CHILDREN || sodium_init() < 0) {
        fputs("usage: bench_apply DIR COMMITS PUSHES   commits of PUSHES pushes of 500 records each, of as "
              "many children\n",
              stderr);
        return 64;
    }
    if (mkdir(argv[1], 0700) != 0 && errno != EEXIST) die("%s: %s", argv[1], strerror(errno));
    hub_open(argv[1], &hub);
    double cpu = 0, records = (double)(rounds * pushes * PUSH);
    uint64_t took = 0;
    for (uint64_t r = 0; r < rounds; r++) {
        for (size_t i = 0; i < pushes; i++) fill(&hub, i, r * PUSH, &batches[i]);
        double before = cpu_us();
        uint64_t begun = mono_us();
        commit(&hub, batches, pushes);
        cpu += cpu_us() - before;
        took += mono_us() - begun;
        for (size_t i = 0; i < pushes; i++) batch_clear(&batches[i]);
    }
    result("records_per_s", records * 1e6 / (double)took);
    result("cpu_us_per_record", cpu / records);
    result("store_bytes_per_record", (double)kv_bytes(hub.kv) / records);
    hub_close(&hub);
    return 0;
}
