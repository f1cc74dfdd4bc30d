// SPDX-License-Identifier: Apache-2.0
#include "common/service/service_private.h"
#include "common/service/waiting.h"
#include "proto/api.pb-c.h"
#include "services/registry/pseudonym_private.h"
#include "tests/fuzz/choose.h"
#include "tests/fuzz/say.h"
#include <sodium.h>

static uint8_t *pack(const ProtobufCMessage *message, size_t *ret_size)
{
    uint8_t *bytes = xmalloc(protobuf_c_message_get_packed_size(message) + 1);
    *ret_size = protobuf_c_message_pack(message, bytes);
    return bytes;
}

// --- pseudonyms ----------------------------------------------------------------------------------

enum { FEWER = 1, MARK_OF_NOBODY = 2, MARK_BEFORE = 4, NO_MARK = 8, REFUSED = 16, NO_CALL = 32 };

static const pseudonyms_t *pseudonyms_of(const service_t *service)
{
    if (service->def->number != SERVICE_REGISTRY || service->self == NULL) return NULL;
    return ((const registry_t *)service->self)->pseudonyms;
}

bool ask_call(const service_t *service, uint8_t n, uint64_t *ret_call)
{
    const pseudonyms_t *self = pseudonyms_of(service);
    if (self == NULL || (self->asking.n == 0 && self->n_relayed == 0)) return false;
    bool ours = self->asking.n > 0 && (n % 2 == 0 || self->n_relayed == 0);
    *ret_call = ours ? self->asking.call : self->relayed[n / 2 % self->n_relayed].ours;
    return true;
}

// Points of the curve, the identity, bytes that are none.
static void choose_point(uint8_t choice, uint8_t ret[static OPRF_POINT])
{
    enum { IDENTITY = 0xfe, NONE = 0xff };
    uint8_t hash[crypto_core_ristretto255_HASHBYTES];
    memset(hash, choice, sizeof hash);
    memset(ret, choice == NONE ? 0xff : 0, OPRF_POINT);
    if (choice < IDENTITY) crypto_core_ristretto255_from_hash(ret, hash);
}

static size_t choose_points(slice_t *in, size_t n, uint8_t *ret)
{
    static uint8_t last[OPRF_POINT];
    choose_point(0, last);
    for (size_t i = 0; i < n; i++) {
        if (in->size > 0) choose_point(fuzz_byte(in), last);
        memcpy(ret + i * OPRF_POINT, last, OPRF_POINT);
    }
    return n * OPRF_POINT;
}

static ProtobufCBinaryData choose_mark(uint8_t flags, const pseudonyms_t *self)
{
    static uint8_t mark[OPRF_MARK];
    memcpy(mark, (flags & MARK_BEFORE) != 0 ? self->previous : self->mark, sizeof mark);
    if ((flags & MARK_OF_NOBODY) != 0) mark[0] ^= 0x55;
    return (ProtobufCBinaryData){.len = sizeof mark, .data = mark};
}

static uint8_t *answer(uint8_t flags, slice_t *in, const service_t *service, size_t n, uint8_t *points,
                       size_t *ret_size)
{
    static const char *const codes[] = {"PSEUDONYM-QUOTA", "MALFORMED", "\033[2J", "x"};
    const pseudonyms_t *self = pseudonyms_of(service);
    Selenga__Evaluated m = SELENGA__EVALUATED__INIT;
    uint8_t which = fuzz_byte(in);
    m.has_call = m.has_points = 1;
    if ((flags & NO_CALL) != 0 || !ask_call(service, which, &m.call)) m.call = which;
    size_t asked = 0;
    if (m.call == self->asking.call) asked = self->asking.n;
    for (size_t i = 0; i < self->n_relayed; i++)
        if (self->relayed[i].ours == m.call) asked = self->relayed[i].n;
    if (n == 0) n = asked; // just what was asked for
    if ((flags & FEWER) != 0 && n > 0) n--;
    m.has_mark = (flags & NO_MARK) == 0;
    m.mark = choose_mark(flags, self);
    m.points = (ProtobufCBinaryData){choose_points(in, n, points), points};
    if ((flags & REFUSED) != 0) m.refused = (char *)(uintptr_t)codes[which % ARRAY_SIZE(codes)];
    return pack(&m.base, ret_size);
}

uint8_t *ask_points(slice_t choices, const service_t *service, bool of_parent, uint32_t *ret_type,
                    size_t *ret_size)
{
    static uint8_t points[(EVALUATE_MAX + 256) * OPRF_POINT];
    const pseudonyms_t *self = pseudonyms_of(service);
    uint8_t flags = fuzz_byte(&choices);
    size_t n = fuzz_byte(&choices);
    if (self == NULL) return NULL;
    if (n >= 0xf0) n = EVALUATE_MAX + 8 - (0xff - n); // about the most
    *ret_type = of_parent ? MSG_EVALUATED : MSG_EVALUATE;
    if (of_parent) return answer(flags, &choices, service, n, points, ret_size);
    Selenga__Evaluate m = SELENGA__EVALUATE__INIT;
    m.has_call = m.has_points = 1;
    m.call = fuzz_byte(&choices) % 4;
    m.has_mark = (flags & NO_MARK) == 0;
    m.mark = choose_mark(flags, self);
    m.points = (ProtobufCBinaryData){choose_points(&choices, n, points), points};
    return pack(&m.base, ret_size);
}

// --- what waits in quarantine --------------------------------------------------------------------

typedef struct seen {
    waiting_t last;
    size_t n, most;
} seen_t;

static int see(void *arg, const waiting_t *w)
{
    seen_t *seen = arg;
    if (seen->n > seen->most) return 1;
    seen->n++;
    seen->last = *w;
    return 0;
}

// The n-th that waits, or the last one; and where a page that ends behind it goes on.
static bool find_waiting(const service_t *service, size_t n, waiting_t *ret, waiting_mark_t *ret_mark)
{
    const waiting_query_t all = {0};
    seen_t seen = {.most = n};
    store_txn_t *txn = NULL;
    bool more;
    *ret_mark = (waiting_mark_t){0};
    assert(store_begin(service->store, false, &txn) == 0);
    assert(waiting_each(txn, &all, ret_mark, see, &seen, &more) == 0);
    store_abort(&txn);
    *ret = seen.last;
    return seen.n > 0;
}

static void choose_query(uint8_t flags, uint8_t which, const waiting_t *w, const waiting_mark_t *mark,
                         Selenga__QuarantineQuery *query)
{
    enum { FROM = 2, CODE = 4, AFTER = 8, COUNTS = 16, LIMITED = 32 };
    static const char *const names[] = {"parent",   "03-08-01", "03-08-02", "03-08",
                                        "registry", "00000303", "771",      "x"};
    if ((flags & FROM) != 0) query->from = (char *)(uintptr_t)names[which % ARRAY_SIZE(names)];
    if ((flags & CODE) != 0) query->code = (char *)(uintptr_t)w->fault.code;
    query->has_after = (flags & AFTER) != 0;
    query->after = (ProtobufCBinaryData){mark->size, (uint8_t *)(uintptr_t)mark->b};
    query->has_counts = query->counts = (flags & COUNTS) != 0;
    query->has_limit = (flags & LIMITED) != 0;
    query->limit = which;
}

uint8_t *ask_quarantine(slice_t choices, const service_t *service, uint32_t *ret_type, size_t *ret_size)
{
    enum { QUERY = 1 };
    static const uint32_t types[] = {MSG_QUARANTINE_LIST, MSG_QUARANTINE_RETRY, MSG_QUARANTINE_DISCARD,
                                     MSG_QUARANTINE_TAKE};
    Selenga__QuarantineQuery query = SELENGA__QUARANTINE_QUERY__INIT;
    Selenga__QuarantineAct act = SELENGA__QUARANTINE_ACT__INIT;
    uint8_t type = fuzz_byte(&choices), which = fuzz_byte(&choices), flags = fuzz_byte(&choices);
    waiting_mark_t mark;
    waiting_t w;
    if (!find_waiting(service, which, &w, &mark)) return NULL;
    ProtobufCBinaryData id = {sizeof w.id.b, w.id.b};
    *ret_type = types[type % ARRAY_SIZE(types)];
    choose_query(flags, which, &w, &mark, &query);
    if (*ret_type == MSG_QUARANTINE_LIST) {
        query.has_id = (flags & QUERY) != 0;
        query.id = id;
        return pack(&query.base, ret_size);
    }
    act.why = (char *)(uintptr_t)choose_word(&choices);
    act.has_id = (flags & QUERY) == 0;
    act.id = id;
    act.query = act.has_id ? NULL : &query;
    return pack(&act.base, ret_size);
}
