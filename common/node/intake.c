// SPDX-License-Identifier: Apache-2.0
#include "common/node/intake.h"
#include "common/base/vec.h"
#include "common/node/outgoing.h"
#include "proto/envelope.pb-c.h"
#include "proto/message.h"
#include <assert.h>
#include <stdlib.h>

typedef enum sort { PULLS, REQUESTS, REST } sort_t;

typedef struct entry {
    envelope_t envelope; // its body points into the frame
    uint32_t frame, sender;
    sort_t sort;
    bool decided;
} entry_t;

typedef struct frame {
    zmq_msg_t message;
    uint32_t left; // envelopes that are not done; 0: the place is free
} frame_t;

typedef struct sender {
    uint32_t of; // share_of
    uint64_t spent_us;
    size_t waiting, untold, wasted;
} sender_t;

struct intake {
    uint64_t (*clock_us)(void);
    intake_receive_fn *receive;
    void *arg;
    entry_t entries[INTAKE_ENVELOPES + BUNDLE_ENVELOPES]; // in order of arrival
    size_t n;
    frame_t frames[INTAKE_ENVELOPES];
    size_t bytes; // of all frames
    uint32_t next_frame;
    sender_t *senders;
    size_t n_senders, room;
    size_t untold;
    const entry_t *now; // is being decided
};

intake_t *intake_new(uint64_t (*clock_us)(void), intake_receive_fn *receive, void *arg)
{
    intake_t *in = xcalloc(1, sizeof *in);
    in->clock_us = clock_us;
    in->receive = receive;
    in->arg = arg;
    return in;
}

static void let_go(intake_t *in, uint32_t number)
{
    frame_t *frame = &in->frames[number];
    if (--frame->left > 0) return;
    in->bytes -= zmq_msg_size(&frame->message);
    zmq_msg_close(&frame->message);
}

void intake_destroy(intake_t **in_p)
{
    intake_t *in = *in_p;
    if (in == NULL) return;
    for (size_t i = 0; i < in->n; i++) let_go(in, in->entries[i].frame);
    free(in->senders);
    free(in);
    *in_p = NULL;
}

// --- taking in -----------------------------------------------------------------------------------

static uint32_t sender_of(intake_t *in, uint32_t of)
{
    size_t i = 0, spare = in->n_senders;
    for (; i < in->n_senders; i++) {
        if (in->senders[i].of == of) return (uint32_t)i;
        if (in->senders[i].waiting == 0 && in->senders[i].untold == 0) spare = i;
    }
    vec_reserve(in->senders, in->room, spare + 1);
    if (spare == in->n_senders) in->n_senders++;
    in->senders[spare] = (sender_t){.of = of};
    return (uint32_t)spare;
}

// A link's state stays in order with what came over it.
static uint32_t sender_of_link(const envelope_t *e)
{
    AUTO(msg_body_free) Selenga__Link *link = msg_body_unpack(&selenga__link__descriptor, e->body);
    return link != NULL ? link->peer : SERVICE_GATE;
}

static sort_t sort_of(const envelope_t *e)
{
    if (e->type == MSG_PULL) return PULLS;
    bool feed = e->type >= MSG_PULL && e->type <= MSG_WAKE, outside = e->peer >= PEER_LABEL_MIN;
    return feed || outside || e->type == MSG_LINK || e->type == MSG_JOIN ? REST : REQUESTS;
}

static void add(intake_t *in, uint32_t frame)
{
    entry_t *entry = &in->entries[in->n++];
    const envelope_t *e = &entry->envelope;
    entry->frame = frame;
    entry->decided = false;
    entry->sort = sort_of(e);
    entry->sender = sender_of(in, e->type == MSG_LINK && !share_counts(e) ? sender_of_link(e) : share_of(e));
    in->senders[entry->sender].waiting++;
    in->frames[frame].left++;
}

// The envelope of a frame, or those of a bundle. False: nothing of it can be read.
static bool read_frame(intake_t *in, uint32_t number)
{
    zmq_msg_t *message = &in->frames[number].message;
    envelope_t e;
    if (msg_unpack(slice(zmq_msg_data(message), zmq_msg_size(message)), &e) != 0) return false;
    size_t first = in->n;
    slice_t rest = e.body;
    if (e.type != MSG_BUNDLE) {
        in->entries[in->n].envelope = e;
        add(in, number);
    } else {
        while (in->n - first < BUNDLE_ENVELOPES && bundle_next(&rest, &in->entries[in->n].envelope) == 0)
            add(in, number);
    }
    return in->n > first;
}

static uint32_t free_frame(intake_t *in)
{
    while (in->frames[in->next_frame].left > 0) in->next_frame = (in->next_frame + 1) % INTAKE_ENVELOPES;
    return in->next_frame;
}

// While there is room for an envelope there is a free frame: each frame in use has one at least.
void intake_take(intake_t *in)
{
    while (in->n < INTAKE_ENVELOPES && in->bytes < INTAKE_BYTES) {
        uint32_t number = free_frame(in);
        zmq_msg_t *message = &in->frames[number].message;
        zmq_msg_init(message);
        bool got = in->receive(in->arg, message);
        if (got && read_frame(in, number)) {
            in->bytes += zmq_msg_size(message);
            continue;
        }
        zmq_msg_close(message);
        if (!got) return;
    }
}

bool intake_waits(const intake_t *in)
{
    return in->n > 0;
}

// --- a turn --------------------------------------------------------------------------------------

void intake_waste(intake_t *in)
{
    in->senders[in->now->sender].wasted += share_cost(&in->now->envelope);
}

static int decide_one(intake_t *in, entry_t *entry, intake_decide_fn *decide, void *arg)
{
    in->now = entry;
    entry->decided = true;
    return decide(arg, &entry->envelope);
}

static int decide_requests(intake_t *in, intake_choose_fn *choose, intake_decide_fn *decide, void *arg)
{
    int rc = 0;
    size_t done = 0;
    for (size_t i = 0; i < in->n && rc == 0 && done < INTAKE_REQUESTS; i++) {
        if (in->entries[i].sort != REQUESTS) continue;
        if (choose != NULL && !choose(&in->entries[i].envelope)) continue;
        rc = decide_one(in, &in->entries[i], decide, arg);
        done++;
    }
    return rc;
}

// The least time that a sender has had of whom something of this sort waits; UINT64_MAX: nothing does.
static uint64_t least_spent(const intake_t *in, sort_t sort)
{
    uint64_t least = UINT64_MAX;
    for (size_t i = 0; i < in->n; i++) {
        const entry_t *entry = &in->entries[i];
        uint64_t spent = in->senders[entry->sender].spent_us;
        if (entry->sort == sort && !entry->decided && spent < least) least = spent;
    }
    return least;
}

// Somebody who asks does not wait for the rest of a turn.
static bool somebody_asks(intake_t *in)
{
    intake_take(in);
    for (size_t i = in->n; i > 0; i--)
        if (in->entries[i - 1].sort == REQUESTS && !in->entries[i - 1].decided) return true;
    return false;
}

// Rounds in which each sender comes up to the same time, until `end`.
static int decide_in_turn(intake_t *in, sort_t sort, uint64_t end, intake_decide_fn *decide, void *arg)
{
    int rc = 0;
    uint64_t now = in->clock_us(), least, look = now + INTAKE_SHARE_US;
    while (rc == 0 && now < end && (least = least_spent(in, sort)) != UINT64_MAX) {
        uint64_t most = least + INTAKE_SHARE_US;
        for (size_t i = 0; i < in->n && rc == 0 && now < end; i++) {
            entry_t *entry = &in->entries[i];
            sender_t *sender = &in->senders[entry->sender];
            if (entry->sort != sort || entry->decided || sender->spent_us >= most) continue;
            rc = decide_one(in, entry, decide, arg);
            uint64_t after = in->clock_us();
            sender->spent_us += after - now;
            now = after;
            if (now < look) continue;
            look = now + INTAKE_SHARE_US;
            if (somebody_asks(in)) return rc;
        }
    }
    return rc;
}

// Pulls first: they are answered with what is durable, which nothing must have changed yet.
int intake_turn(intake_t *in, intake_decide_fn *decide, void *arg)
{
    uint64_t begun = in->clock_us();
    int rc = decide_in_turn(in, PULLS, begun + INTAKE_PULLS_US, decide, arg);
    if (rc == 0) rc = decide_requests(in, NULL, decide, arg);
    return rc == 0 ? decide_in_turn(in, REST, begun + INTAKE_TURN_US, decide, arg) : rc;
}

bool intake_has(const intake_t *in, intake_choose_fn *choose)
{
    for (size_t i = 0; i < in->n; i++)
        if (in->entries[i].sort == REQUESTS && choose(&in->entries[i].envelope)) return true;
    return false;
}

int intake_turn_of(intake_t *in, intake_choose_fn *choose, intake_decide_fn *decide, void *arg)
{
    return decide_requests(in, choose, decide, arg);
}

void intake_decided(const intake_t *in, intake_each_fn *each, void *arg)
{
    for (size_t i = 0; i < in->n; i++)
        if (in->entries[i].decided) each(arg, &in->entries[i].envelope);
}

// Time counts only against those who wait at the same time.
static void forgive_time(intake_t *in)
{
    uint64_t least = UINT64_MAX;
    for (size_t i = 0; i < in->n_senders; i++)
        if (in->senders[i].waiting > 0 && in->senders[i].spent_us < least) least = in->senders[i].spent_us;
    for (size_t i = 0; i < in->n_senders; i++)
        in->senders[i].spent_us -= in->senders[i].spent_us < least ? in->senders[i].spent_us : least;
}

void intake_done(intake_t *in)
{
    size_t kept = 0;
    for (size_t i = 0; i < in->n; i++) {
        entry_t *entry = &in->entries[i];
        if (!entry->decided) {
            if (kept != i) in->entries[kept] = *entry;
            kept++;
            continue;
        }
        sender_t *sender = &in->senders[entry->sender];
        size_t cost = share_counts(&entry->envelope) ? share_cost(&entry->envelope) : 0;
        sender->waiting--;
        sender->untold += cost;
        in->untold += cost;
        let_go(in, entry->frame);
    }
    in->n = kept;
    forgive_time(in);
}

// --- what the gate hears -------------------------------------------------------------------------

size_t intake_untold(const intake_t *in)
{
    return in->untold;
}

void intake_tell(const intake_t *in, uint32_t service, zmq_msg_t *ret_frame)
{
    AUTO(xfree) uint32_t *peers = xcalloc(in->n_senders + 1, sizeof *peers);
    AUTO(xfree) uint64_t *bytes = xcalloc(2 * in->n_senders + 1, sizeof *bytes);
    Selenga__Taken taken = SELENGA__TAKEN__INIT;
    taken.peer = peers;
    taken.bytes = bytes;
    taken.wasted = bytes + in->n_senders;
    for (size_t i = 0; i < in->n_senders; i++) {
        if (in->senders[i].untold == 0) continue;
        peers[taken.n_peer++] = in->senders[i].of;
        taken.bytes[taken.n_bytes++] = in->senders[i].untold;
        taken.wasted[taken.n_wasted++] = in->senders[i].wasted;
    }
    envelope_t envelope = {.type = MSG_TAKEN, .to = SERVICE_GATE, .from = service};
    msg_pack_with(&envelope, &taken.base, ret_frame);
}

void intake_told(intake_t *in)
{
    for (size_t i = 0; i < in->n_senders; i++) in->senders[i].untold = in->senders[i].wasted = 0;
    in->untold = 0;
}
