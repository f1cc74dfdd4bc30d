// SPDX-License-Identifier: Apache-2.0
// Load from callers at a node's own gate; see usage().
#include "common/base/clock.h"
#include "common/node/msg.h"
#include "common/schema/body.h"
#include "proto/api.pb-c.h"
#include "proto/message.h"
#include "proto/routing.pb-c.h"
#include "tests/bench/calls.h"
#include "tests/bench/measure.h"
#include "tests/bench/zmtp.h"
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum { FEED_WAIT_MS = 3000, CLIENTS_MAX = 1000, WARM_UP = 50 };

// --- putting

typedef struct job {
    uint64_t first, n, batch, window;
    double per_s; // 0: as fast as it goes
} job_t;

// Puts batches, `window` of them under way. Returns when all are acknowledged.
static void put_all(void *socket, const char *org, const job_t *job, lat_t *lat)
{
    AUTO(xfree) puts_t *p = puts_new();
    uint64_t sent = 0, done = 0, begun = mono_us(), at[64] = {0}, under_way = 0;
    while (done < job->n) {
        bool due = job->per_s <= 0 || (double)sent <= (double)(mono_us() - begun) * job->per_s / 1e6;
        if (sent < job->n && under_way < job->window && due) {
            size_t n = job->n - sent < job->batch ? job->n - sent : job->batch;
            at[(sent / job->batch) % 64] = mono_us();
            send_acts(socket, p, org, job->first + sent, n);
            sent += n;
            under_way++;
            continue;
        }
        zmq_pollitem_t item = {socket, 0, ZMQ_POLLIN, 0};
        if (job->per_s > 0 && sent < job->n && zmq_poll(&item, 1, 1) == 0) continue;
        size_t n = job->n - done < job->batch ? job->n - done : job->batch;
        take_acts(socket, n);
        lat_add(lat, mono_us() - at[(done / job->batch) % 64]);
        done += n;
        under_way--;
    }
}

static void put(void *context, const char *dir, const char *org, const job_t *job)
{
    lat_t lat = {0};
    void *socket = open_gate(context, dir);
    uint64_t begun = mono_us();
    put_all(socket, org, job, &lat);
    result("acked", (double)job->n);
    result("acked_per_s", (double)job->n * 1e6 / (double)(mono_us() - begun));
    lat_result("ack", &lat);
    lat_clear(&lat);
    zmq_close(socket);
}

// --- a steady stream whose node may die

// One act a request, PER_S a second, until one is refused or not answered: how many were acknowledged in a
// row.
static void feed(void *context, const char *dir, const char *org, const job_t *job)
{
    int wait = FEED_WAIT_MS;
    AUTO(xfree) puts_t *p = puts_new();
    void *socket = open_gate(context, dir);
    uint64_t sent = 0, done = 0, begun = mono_us(), heard = begun;
    bool well = true;
    zmq_setsockopt(socket, ZMQ_SNDTIMEO, &wait, sizeof wait);
    while (well && done < job->n && mono_us() - heard < 1000ULL * FEED_WAIT_MS) {
        bool due = (double)sent <= (double)(mono_us() - begun) * job->per_s / 1e6;
        if (sent < job->n && sent - done < job->window && due) {
            send_acts(socket, p, org, job->first + sent++, 1);
            continue;
        }
        zmq_pollitem_t item = {socket, 0, ZMQ_POLLIN, 0};
        if (zmq_poll(&item, 1, 1) == 0) continue;
        zmq_msg_t frame;
        envelope_t e;
        if (answer(socket, &frame, &e) == MSG_PUT_REPLY) {
            AUTO(msg_body_free)
            Selenga__PutReply *m = msg_body_unpack(&selenga__put_reply__descriptor, e.body);
            well = m != NULL && m->n_outcomes == 1 && m->outcomes[0]->result == 1;
        } else {
            well = false;
        }
        zmq_msg_close(&frame);
        if (well) done++;
        heard = mono_us();
    }
    result("fed_acked", (double)done);
    result("fed_per_s", (double)done * 1e6 / (double)(mono_us() - begun));
    zmq_close(socket);
}

// --- until the far end holds them all

static void throughput(void *context, const char *from, const char *to, const char *org, const job_t *job)
{
    lat_t lat = {0};
    void *near = open_gate(context, from), *far = open_gate(context, to);
    uint64_t before = count_records(far), begun = mono_us(), here = 0;
    put_all(near, org, job, &lat);
    uint64_t put_us = mono_us() - begun;
    while (here < job->n && mono_us() - begun < 1000ULL * WAIT_MS) {
        here = count_records(far) - before;
        if (here < job->n) nap_us(5000);
    }
    result("school_acked_per_s", (double)job->n * 1e6 / (double)put_us);
    result("region_msgs_per_s", (double)here * 1e6 / (double)(mono_us() - begun));
    if (here < job->n) result("missing_at_timeout", (double)(job->n - here));
    lat_clear(&lat);
    zmq_close(near);
    zmq_close(far);
}

// Until the node holds so many records: seconds since `since_ms` of the wall clock.
static void reach(void *context, const char *dir, uint64_t n, uint64_t since_ms, double seconds)
{
    void *socket = open_gate(context, dir);
    uint64_t end = mono_us() + (uint64_t)(seconds * 1e6);
    bool there;
    while (!(there = count_records(socket) >= n) && mono_us() < end) nap_us(5000);
    if (there) result("backlog_s", (double)(wall_ms() - since_ms) / 1e3);
    zmq_close(socket);
}

// Waits until the node holds `before` records and N more, then asks for each act by its id. since_ms of the
// wall clock, 0: nobody wants to know how long it is since then.
static void tally(void *context, const char *dir, const char *org, const job_t *job, uint64_t before,
                  double seconds, uint64_t since_ms)
{
    void *socket = open_gate(context, dir);
    uint64_t begun = mono_us(), end = begun + (uint64_t)(seconds * 1e6), held, found = 0;
    while ((held = count_records(socket) - before) < job->n && mono_us() < end) nap_us(10000);
    result("catch_up_s", (double)(mono_us() - begun) / 1e6);
    if (since_ms != 0) result("all_since_restart_s", (double)(wall_ms() - since_ms) / 1e3);
    for (uint64_t i = 0; i < job->n; i++) {
        rid_t id = id_of(org, job->first + i);
        found += has_record(socket, &id);
    }
    result("far_distinct", (double)found);
    result("far_lost", (double)(job->n - found));
    result("far_beyond", (double)(held - found)); // held, but not acknowledged when the stream was cut
    zmq_close(socket);
}

// --- reports

static const char *const PARTS[] = {"", "-H1", "-H2", "-Q1", "-Q2", "-Q3", "-Q4"}; // of a year

static void ask_report(void *socket, const char *org, const char *year, const char *part, zmq_msg_t *frame,
                       envelope_t *ret)
{
    char period[32];
    Selenga__Report m = SELENGA__REPORT__INIT;
    snprintf(period, sizeof period, "%s%s", year, part);
    m.org = (char *)(uintptr_t)org;
    m.period = period;
    ask(socket, SERVICE_REPORTING, MSG_REPORT, &m.base);
    if (answer(socket, frame, ret) != MSG_REPORT_REPLY) die("no report of %s", org);
}

// A period's first report counts everything, later ones repeat it: the parts of a year take turns at being
// first.
static void reports(void *context, const char *dir, const char *org, const char *year)
{
    lat_t first = {0}, again = {0};
    void *socket = open_gate(context, dir);
    for (size_t i = 0; i < ARRAY_SIZE(PARTS); i++)
        for (int turn = 0; turn < 20; turn++) {
            zmq_msg_t frame;
            envelope_t e;
            uint64_t at = mono_us();
            ask_report(socket, org, year, PARTS[i], &frame, &e);
            lat_add(turn == 0 ? &first : &again, mono_us() - at);
            zmq_msg_close(&frame);
        }
    lat_result("first", &first);
    lat_result("repeated", &again);
    lat_clear(&first);
    lat_clear(&again);
    zmq_close(socket);
}

// The same one level down: a report of each child of ORG, all of them together.
static void reports_below(void *context, const char *dir, const char *org, const char *year)
{
    zmq_msg_t frame;
    envelope_t e;
    lat_t first = {0}, again = {0};
    void *socket = open_gate(context, dir);
    ask_report(socket, org, year, "", &frame, &e);
    AUTO(msg_body_free)
    Selenga__ReportReply *top = msg_body_unpack(&selenga__report_reply__descriptor, e.body);
    zmq_msg_close(&frame);
    for (size_t i = 1; top != NULL && i < ARRAY_SIZE(PARTS); i++)
        for (int turn = 0; turn < 5; turn++) {
            uint64_t at = mono_us();
            for (size_t c = 0; c < top->n_children; c++) {
                ask_report(socket, top->children[c]->org, year, PARTS[i], &frame, &e);
                zmq_msg_close(&frame);
            }
            lat_add(turn == 0 ? &first : &again, mono_us() - at);
        }
    lat_result("below_first", &first);
    lat_result("below_repeated", &again);
    lat_clear(&first);
    lat_clear(&again);
    zmq_close(socket);
}

// --- one at a time to the far end

typedef struct trip {
    lat_t end, local;
    uint64_t pause,
        first; // before the far node is asked for the first time; of these how many found it there
} trip_t;

// From the put at the near node until the far one, asked again and again, answers with the record: it answers
// only what it has committed. So as not to keep the machine busy the first question waits a while, ever a
// little longer, and half as long once it has found the record there.
static void trip_one(void *near, void *far, puts_t *p, const char *org, uint64_t n, trip_t *trip, bool counts)
{
    rid_t id = id_of(org, n);
    uint64_t begun = mono_us(), took, times = 0;
    send_acts(near, p, org, n, 1);
    take_acts(near, 1);
    took = mono_us() - begun;
    if (counts) lat_add(&trip->local, took);
    if (trip->pause > took) nap_us((long)(trip->pause - took));
    for (; !has_record(far, &id); times++)
        if (mono_us() - begun > 1000ULL * WAIT_MS) die("a record did not arrive");
    if (counts) lat_add(&trip->end, mono_us() - begun);
    trip->pause = times == 0 ? trip->pause / 2 : trip->pause + trip->pause / 32 + 10;
    trip->first += counts && times == 0;
}

static void latency(void *context, const char *from, const char *to, const char *org, const job_t *job)
{
    AUTO(xfree) puts_t *p = puts_new();
    void *near = open_gate(context, from), *far = open_gate(context, to);
    trip_t trip = {.pause = 0};
    for (uint64_t i = 0; i < job->n; i++) trip_one(near, far, p, org, job->first + i, &trip, i >= WARM_UP);
    lat_result("put", &trip.local);
    lat_result("e2e", &trip.end);
    result("found_at_once_percent", 100.0 * (double)trip.first / (double)(job->n - WARM_UP));
    lat_clear(&trip.local);
    lat_clear(&trip.end);
    zmq_close(near);
    zmq_close(far);
}

// --- reading by id

typedef struct reader {
    zmtp_t *gate;
    uint64_t asked_us;
} reader_t;

static void ask_again(reader_t *reader, const rid_t *id)
{
    Selenga__Get m = SELENGA__GET__INIT;
    envelope_t e = {.type = MSG_GET, .to = SERVICE_ROUTING, .from = SERVICE_CLI, .call = 1};
    m.has_id = 1;
    m.id = (ProtobufCBinaryData){.len = sizeof id->b, .data = (uint8_t *)(uintptr_t)id->b};
    reader->asked_us = mono_us();
    zmtp_send(reader->gate, &e, &m.base);
}

// Each client has a connection of its own and waits for its answer before it asks again.
static void reads(void *context, const char *dir, const char *org, size_t clients, uint64_t n, double seconds)
{
    reader_t readers[CLIENTS_MAX];
    struct epoll_event events[CLIENTS_MAX];
    uint64_t done = 0, x = 88172645463325252ULL;
    lat_t lat = {0};
    rid_t *ids = xcalloc(n, sizeof *ids);
    void *first = open_gate(context, dir);
    int poll = epoll_create1(EPOLL_CLOEXEC);
    for (uint64_t i = 0; i < n; i++) ids[i] = id_of(org, i);
    if (!has_record(first, &ids[0]) || !has_record(first, &ids[n - 1])) die("nothing to read");
    zmq_close(first);
    for (size_t i = 0; i < clients; i++) {
        struct epoll_event one = {.events = EPOLLIN, .data.u64 = i};
        readers[i].gate = zmtp_open(dir);
        if (epoll_ctl(poll, EPOLL_CTL_ADD, readers[i].gate->fd, &one) != 0) die("epoll: %s", strerror(errno));
    }
    uint64_t begun = mono_us(), end = begun + (uint64_t)(seconds * 1e6);
    for (size_t i = 0; i < clients; i++) ask_again(&readers[i], &ids[i % n]);
    while (mono_us() < end) {
        int ready = epoll_wait(poll, events, CLIENTS_MAX, 100);
        for (int i = 0; i < ready; i++) {
            reader_t *reader = &readers[events[i].data.u64];
            if (zmtp_take(reader->gate).type != MSG_RECORDS) die("a record is gone");
            lat_add(&lat, mono_us() - reader->asked_us);
            done++;
            x ^= x << 13, x ^= x >> 7, x ^= x << 17;
            ask_again(reader, &ids[x % n]);
        }
    }
    result("reads_per_s", (double)done * 1e6 / (double)(mono_us() - begun));
    lat_result("read", &lat);
    lat_clear(&lat);
    free(ids);
    for (size_t i = 0; i < clients; i++) zmtp_close(&readers[i].gate);
    close(poll);
}

static int usage(void)
{
    fputs(
        "usage: bench_ask put DIR ORG FIRST N BATCH WINDOW [PER_S]\n"
        "              puts acts FIRST..FIRST+N-1 about people of ORG, BATCH a request, WINDOW requests "
        "under way\n"
        "       bench_ask thr FROM TO ORG FIRST N BATCH WINDOW   the same, until the node in TO holds them "
        "all\n"
        "       bench_ask lat FROM TO ORG FIRST N   one at a time, until the node in TO answers with it\n"
        "       bench_ask get DIR ORG CLIENTS N SECONDS   point reads of acts 0..N-1\n"
        "       bench_ask count DIR   records that routing holds\n"
        "       bench_ask feed DIR ORG FIRST N WINDOW PER_S   one act a request, until the node dies\n"
        "       bench_ask tally DIR ORG FIRST N BEFORE SECONDS [SINCE_MS]   which of these acts it holds\n"
        "       bench_ask reach DIR N SINCE_MS SECONDS   until it holds so many records\n"
        "       bench_ask report DIR ORG YEAR   reports of the year and its parts, each twenty times\n"
        "       bench_ask below DIR ORG YEAR   reports of each organisation below ORG, of the year's parts\n",
        stderr);
    return 64;
}

static uint64_t number(const char *text)
{
    int64_t n;
    if (!int_parse(text, 0, INT64_MAX, &n)) exit(usage());
    return (uint64_t)n;
}

int main(int argc, char **argv)
{
    const char *what = argc > 2 ? argv[1] : "";
    if (sodium_init() < 0) return 1;
    void *context = zmq_ctx_new();
    if (strcmp(what, "put") == 0 && argc >= 8) {
        job_t job = {number(argv[4]), number(argv[5]), number(argv[6]), number(argv[7]),
                     argc > 8 ? strtod(argv[8], NULL) : 0};
        put(context, argv[2], argv[3], &job);
    } else if (strcmp(what, "thr") == 0 && argc == 9) {
        job_t job = {number(argv[5]), number(argv[6]), number(argv[7]), number(argv[8]), 0};
        throughput(context, argv[2], argv[3], argv[4], &job);
    } else if (strcmp(what, "lat") == 0 && argc == 7 && number(argv[6]) > WARM_UP) {
        job_t job = {.first = number(argv[5]), .n = number(argv[6])};
        latency(context, argv[2], argv[3], argv[4], &job);
    } else if (strcmp(what, "get") == 0 && argc == 7 && number(argv[4]) <= CLIENTS_MAX) {
        reads(context, argv[2], argv[3], number(argv[4]), number(argv[5]), strtod(argv[6], NULL));
    } else if (strcmp(what, "feed") == 0 && argc == 8) {
        job_t job = {number(argv[4]), number(argv[5]), 1, number(argv[6]), strtod(argv[7], NULL)};
        feed(context, argv[2], argv[3], &job);
    } else if (strcmp(what, "tally") == 0 && argc >= 8) {
        job_t job = {.first = number(argv[4]), .n = number(argv[5])};
        tally(context, argv[2], argv[3], &job, number(argv[6]), strtod(argv[7], NULL),
              argc > 8 ? number(argv[8]) : 0);
    } else if (strcmp(what, "reach") == 0 && argc == 6) {
        reach(context, argv[2], number(argv[3]), number(argv[4]), strtod(argv[5], NULL));
    } else if (strcmp(what, "report") == 0 && argc == 5) {
        reports(context, argv[2], argv[3], argv[4]);
    } else if (strcmp(what, "below") == 0 && argc == 5) {
        reports_below(context, argv[2], argv[3], argv[4]);
    } else if (strcmp(what, "count") == 0) {
        void *socket = open_gate(context, argv[2]);
        result("records", (double)count_records(socket));
        zmq_close(socket);
    } else {
        return usage();
    }
    zmq_ctx_term(context);
    return 0;
}
