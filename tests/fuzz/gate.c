// SPDX-License-Identifier: Apache-2.0
// What services and children tell the gate of themselves: TAKEN, by which it counts what each neighbour has
// under way, and HELLO, by which a copy of a child's node is told from the child. A script of: what (1) |
// service and neighbour (1) | size (2, big-endian) | bytes.
#include "common/node/msg.h"
#include "services/gate/rival.h"
#include "services/gate/shares.h"
#include "tests/fuzz/fuzz.h"

enum { GIVE, TAKE_BACK, TAKEN, FORGET, GREET, ANSWER, LATER, WASTE, WHATS };
enum { SILENCE_MS = 60000, PATIENCE_MS = 5000, WASTED_MAX = 1 << 20 };

typedef struct gate_under_test {
    shares_t shares;
    key_entry_t row; // of one child
    uint64_t now_ms;
    uint64_t heard_ms; // of the connection that stands; 0: none does
    uint64_t asked_ms; // when it was asked last
} gate_t;

static uint32_t neighbour(uint8_t choice)
{
    static const uint32_t of[] = {0, SERVICE_GATE, 0x303, 0x404, 0x505, PEER_PARENT, 0x100, 3};
    return choice >= 0x80 ? 0x400U + choice : of[choice / 4 % ARRAY_SIZE(of)];
}

// The row must be found by each of its names, and what is from outside is the sum of its rows.
static void check(const gate_t *gate)
{
    for (uint32_t service = 1; service < SERVICES_END; service++) {
        uint64_t outside = 0;
        for (size_t i = 0; i < gate->shares.n; i++) {
            const share_t *row = &gate->shares.rows[i];
            assert(i == 0 || gate->shares.rows[i - 1].of < row->of);
            assert(shares_owed(&gate->shares, service, row->of) == row->owed[service]);
            if (share_is_outside(row->of)) outside += row->owed[service];
        }
        assert(outside == gate->shares.outside[service]);
    }
}

static void take_taken(gate_t *gate, uint32_t service, slice_t body)
{
    AUTO(msg_body_free) Selenga__Taken *taken = msg_body_unpack(&selenga__taken__descriptor, body);
    size_t rows = gate->shares.n;
    if (taken == NULL) return;
    shares_done(&gate->shares, service, taken, gate->now_ms);
    assert(gate->shares.n == rows); // it makes none
}

// Who stands and answers is never put out, and whoever is turned away as a copy is another start.
static void greet(gate_t *gate, slice_t hello)
{
    bool ask, stands = gate->heard_ms != 0;
    uint64_t instance = rival_instance(hello), before = gate->row.instance;
    bool another = stands && instance != before;
    rival_t rival = rival_judge(&gate->row, instance, gate->heard_ms, SILENCE_MS, gate->now_ms, &ask);
    key_note_version(&gate->row, hello);
    assert(memchr(gate->row.version, '\0', sizeof gate->row.version) != NULL);
    assert(another || (rival == RIVAL_NONE && !ask));
    if (rival == RIVAL_CLONE)
        assert(gate->heard_ms > gate->asked_ms && rival_is_cloned(&gate->row, SILENCE_MS, gate->now_ms));
    if (rival == RIVAL_NONE && another)
        assert(gate->asked_ms != 0 && gate->heard_ms <= gate->asked_ms &&
               gate->now_ms - gate->asked_ms >= PATIENCE_MS);
    if (rival != RIVAL_NONE) assert(gate->row.instance == before);
    if (ask) gate->asked_ms = gate->now_ms;
    if (rival == RIVAL_NONE) gate->heard_ms = 1; // it stands from now on, and was not asked yet
}

static void step(gate_t *gate, slice_t *in)
{
    uint8_t what = fuzz_byte(in), choice = fuzz_byte(in);
    size_t size = (size_t)fuzz_byte(in) << 8;
    size |= fuzz_byte(in);
    bool told = what % WHATS == TAKEN || what % WHATS == GREET; // of all others the size is a number
    slice_t bytes = told ? fuzz_take(in, size) : (slice_t){0};
    uint32_t service = 1 + choice % (SERVICES_END - 1), of = neighbour(choice);
    uint64_t owed = shares_owed(&gate->shares, service, of);
    switch (what % WHATS) {
    case GIVE:
        shares_give(&gate->shares, service, of, size, gate->now_ms);
        assert(shares_owed(&gate->shares, service, of) == owed + size);
        break;
    case TAKE_BACK:
        shares_take_back(&gate->shares, service, of, size);
        assert(shares_owed(&gate->shares, service, of) == (size < owed ? owed - size : 0));
        break;
    case TAKEN:
        take_taken(gate, service, bytes);
        break;
    case FORGET:
        shares_forget(&gate->shares, service);
        assert(shares_owed(&gate->shares, service, of) == 0);
        break;
    case GREET:
        greet(gate, bytes);
        break;
    case ANSWER:
        if (gate->heard_ms != 0) gate->heard_ms = gate->now_ms + 1;
        break;
    case LATER:
        gate->now_ms += 1 + size;
        break;
    case WASTE:
        if (key_wastes(&gate->row, size, WASTED_MAX, gate->now_ms)) assert(gate->row.wasted == 0);
        assert(gate->row.wasted <= WASTED_MAX);
        break;
    default:
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    slice_t in = slice(data, size);
    gate_t gate = {.now_ms = 1000};
    while (in.size > 0) {
        step(&gate, &in);
        check(&gate);
    }
    shares_clear(&gate.shares);
    return 0;
}
