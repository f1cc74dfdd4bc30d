// SPDX-License-Identifier: Apache-2.0
// What LMDB and libzmq alone do on this machine, for the same work; see usage().
#include "common/base/clock.h"
#include "common/base/util.h"
#include "tests/bench/measure.h"
#include <errno.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zmq.h>

enum { RECORD = 250, MAP_GIB = 4, FRAME_MAX = 1 << 18, WAIT_MS = 20000 };

// --- LMDB

static MDB_env *open_env(const char *dir, unsigned flags, MDB_dbi *ret_dbi)
{
    MDB_env *env;
    MDB_txn *txn;
    if (mkdir(dir, 0700) != 0 && errno != EEXIST) die("%s: %s", dir, strerror(errno));
    if (mdb_env_create(&env) || mdb_env_set_mapsize(env, (size_t)MAP_GIB << 30) ||
        mdb_env_open(env, dir, flags, 0600) || mdb_txn_begin(env, NULL, 0, &txn) ||
        mdb_dbi_open(txn, NULL, 0, ret_dbi) || mdb_drop(txn, *ret_dbi, 0) || mdb_txn_commit(txn))
        die("LMDB cannot be opened in %s", dir);
    return env;
}

static void put_one(MDB_txn *txn, MDB_dbi dbi, uint64_t n, bool random)
{
    uint8_t key[8];
    char value[RECORD];
    be64_store(key, random ? n * 0x9e3779b97f4a7c15ULL : n);
    noise_text(value, sizeof value, n);
    MDB_val k = {sizeof key, key}, v = {sizeof value, value};
    int rc = mdb_put(txn, dbi, &k, &v, random ? 0 : MDB_APPEND);
    if (rc != 0) die("put: %s", mdb_strerror(rc));
}

// Durable commits of `batch` records: keys in order, one table.
static void lmdb(const char *dir, uint64_t batch, bool random, double seconds)
{
    MDB_dbi dbi;
    MDB_env *env = open_env(dir, 0, &dbi);
    uint64_t n = 0, begun = mono_us(), end = begun + (uint64_t)(seconds * 1e6);
    lat_t lat = {0};
    while (mono_us() < end) {
        MDB_txn *txn;
        uint64_t at = mono_us();
        if (mdb_txn_begin(env, NULL, 0, &txn)) die("no transaction");
        for (uint64_t i = 0; i < batch; i++) put_one(txn, dbi, n++, random);
        if (mdb_txn_commit(txn)) die("no commit");
        lat_add(&lat, mono_us() - at);
    }
    result("records_per_s", (double)n * 1e6 / (double)(mono_us() - begun));
    lat_result("commit", &lat);
    lat_clear(&lat);
    mdb_env_close(env);
}

// Point reads by one thread, a read transaction each.
static void lmdb_reads(const char *dir, uint64_t n, double seconds)
{
    MDB_dbi dbi;
    MDB_env *env = open_env(dir, MDB_NOSYNC, &dbi);
    MDB_txn *txn;
    uint64_t x = 88172645463325252ULL, done = 0, sum = 0;
    if (mdb_txn_begin(env, NULL, 0, &txn)) die("no transaction");
    for (uint64_t i = 0; i < n; i++) put_one(txn, dbi, i, false);
    if (mdb_txn_commit(txn) || mdb_txn_begin(env, NULL, MDB_RDONLY, &txn)) die("no commit");
    uint64_t begun = mono_us(), end = begun + (uint64_t)(seconds * 1e6);
    for (; mono_us() < end; done++) {
        uint8_t key[8];
        x ^= x << 13, x ^= x >> 7, x ^= x << 17;
        be64_store(key, x % n);
        MDB_val k = {sizeof key, key}, v;
        mdb_txn_reset(txn);
        if (mdb_txn_renew(txn) || mdb_get(txn, dbi, &k, &v)) die("a record is missing");
        sum += *(const uint8_t *)v.mv_data;
    }
    result("reads_per_s", (double)(done + (sum == 0)) * 1e6 / (double)(mono_us() - begun));
    mdb_txn_abort(txn);
    mdb_env_close(env);
}

// --- libzmq

static char server_public[41], server_secret[41], client_public[41], client_secret[41];

static void set(void *socket, int option, int value)
{
    if (zmq_setsockopt(socket, option, &value, sizeof value) != 0) die("option: %s", zmq_strerror(errno));
}

static void bounce(void *socket, char *buf) // answers one message with itself
{
    uint8_t id[256];
    int size = zmq_recv(socket, id, sizeof id, 0), n = zmq_recv(socket, buf, FRAME_MAX, 0);
    if (size < 0 || n < 0) die("nothing came: %s", zmq_strerror(errno));
    zmq_send(socket, id, (size_t)size, ZMQ_SNDMORE);
    zmq_send(socket, buf, (size_t)n, 0);
}

// Swallows, and answers the first, the last and all that follow.
static void serve(const char *endpoint, uint64_t frames, uint64_t trips)
{
    void *context = zmq_ctx_new(), *socket = zmq_socket(context, ZMQ_ROUTER);
    char *buf = xmalloc(FRAME_MAX);
    set(socket, ZMQ_CURVE_SERVER, 1);
    zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, server_secret, sizeof server_secret);
    set(socket, ZMQ_RCVHWM, 100000);
    set(socket, ZMQ_RCVTIMEO, WAIT_MS);
    if (zmq_bind(socket, endpoint) != 0) die("%s: %s", endpoint, zmq_strerror(errno));
    bounce(socket, buf);
    for (uint64_t i = 0; i < frames; i++) {
        uint8_t id[256];
        if (zmq_recv(socket, id, sizeof id, 0) < 0 || zmq_recv(socket, buf, FRAME_MAX, 0) < 0)
            die("nothing came");
    }
    bounce(socket, buf);
    for (uint64_t i = 0; i < trips; i++) bounce(socket, buf);
    zmq_close(socket);
    zmq_ctx_term(context);
    free(buf);
}

static void trip(void *socket, char *buf, size_t size)
{
    zmq_send(socket, buf, size, 0);
    if (zmq_recv(socket, buf, FRAME_MAX, 0) < 0) die("no answer: %s", zmq_strerror(errno));
}

// DEALER to ROUTER over tcp with CURVE, frames of `pack` records one way; then round trips of one record.
static void curve(const char *endpoint, uint64_t frames, size_t pack, uint64_t trips)
{
    zmq_curve_keypair(server_public, server_secret);
    zmq_curve_keypair(client_public, client_secret);
    pid_t server = fork();
    if (server < 0) die("fork: %s", strerror(errno));
    if (server == 0) {
        serve(endpoint, frames, trips);
        _exit(0);
    }
    void *context = zmq_ctx_new(), *socket = zmq_socket(context, ZMQ_DEALER);
    char *buf = xmalloc(FRAME_MAX);
    size_t size = pack * RECORD;
    lat_t lat = {0};
    noise_text(buf, size, 7);
    zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, server_public, sizeof server_public);
    zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, client_public, sizeof client_public);
    zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, client_secret, sizeof client_secret);
    set(socket, ZMQ_SNDHWM, 1000);
    set(socket, ZMQ_RCVTIMEO, WAIT_MS);
    zmq_connect(socket, endpoint);
    trip(socket, buf, size); // connected
    uint64_t begun = mono_us();
    for (uint64_t i = 0; i < frames; i++) zmq_send(socket, buf, size, 0);
    trip(socket, buf, size);
    result("records_per_s", (double)(frames * pack) * 1e6 / (double)(mono_us() - begun));
    for (uint64_t i = 0; i < trips; i++) {
        uint64_t at = mono_us();
        trip(socket, buf, RECORD);
        lat_add(&lat, mono_us() - at);
    }
    lat_result("trip", &lat);
    lat_clear(&lat);
    zmq_close(socket);
    zmq_ctx_term(context);
    free(buf);
    waitpid(server, NULL, 0);
}

static int usage(void)
{
    fputs("usage: bench_limits lmdb DIR BATCH SECONDS       durable commits, keys in order\n"
          "       bench_limits random DIR BATCH SECONDS     the same with keys at random\n"
          "       bench_limits reads DIR N SECONDS          point reads, one thread\n"
          "       bench_limits curve ENDPOINT FRAMES RECORDS_A_FRAME TRIPS\n",
          stderr);
    return 64;
}

int main(int argc, char **argv)
{
    const char *what = argc > 4 ? argv[1] : "";
    uint64_t n = argc > 4 ? strtoull(argv[3], NULL, 10) : 0;
    if (strcmp(what, "lmdb") == 0 || strcmp(what, "random") == 0)
        lmdb(argv[2], n, *what == 'r', strtod(argv[4], NULL));
    else if (strcmp(what, "reads") == 0 && n > 0)
        lmdb_reads(argv[2], n, strtod(argv[4], NULL));
    else if (strcmp(what, "curve") == 0 && argc == 6)
        curve(argv[2], n, strtoul(argv[4], NULL, 10), strtoull(argv[5], NULL, 10));
    else
        return usage();
    return 0;
}
