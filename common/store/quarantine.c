// SPDX-License-Identifier: Apache-2.0
// Rows: FORMAT.md, quarantine.
#include "common/store/quarantine.h"
#include "common/schema/kinds.h"
#include "common/store/quota.h"
#include "proto/kind.h"
#include "proto/message.h"
#include "proto/system.pb-c.h"
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <time.h>

enum { HEAD = 11, KEY_HEAD = 20, KEY_MAX = QUARANTINE_KEY_MAX, FLAG_GIVEBACK = 1 };

// --- keys ----------------------------------------------------------------------------------------

slice_t quarantine_key_pack(const quarantine_key_t *key, uint8_t buf[KEY_MAX])
{
    memcpy(buf, key->id.b, sizeof key->id.b);
    be32_store(buf + sizeof key->id.b, key->peer);
    memcpy(buf + KEY_HEAD, key->home.b, key->home.len);
    return slice(buf, KEY_HEAD + (size_t)key->home.len);
}

// The home is as the record says, whatever that is.
bool quarantine_key_parse(slice_t bytes, quarantine_key_t *ret)
{
    if (bytes.size < KEY_HEAD || bytes.size > KEY_MAX) return false;
    *ret = (quarantine_key_t){.peer = be32_load(bytes.data + sizeof ret->id.b)};
    memcpy(ret->id.b, bytes.data, sizeof ret->id.b);
    ret->home.len = (uint8_t)(bytes.size - KEY_HEAD);
    memcpy(ret->home.b, bytes.data + KEY_HEAD, ret->home.len);
    return true;
}

int quarantine_key_cmp(const quarantine_key_t *a, const quarantine_key_t *b)
{
    uint8_t buf_a[KEY_MAX], buf_b[KEY_MAX];
    return slice_cmp(quarantine_key_pack(a, buf_a), quarantine_key_pack(b, buf_b));
}

// --- the notice at the record's home -------------------------------------------------------------

static rid_t refusal_id(store_txn_t *txn, const rid_t *id, const path_t *home)
{
    rid_t out;
    uint8_t item[KEY_MAX];
    const path_t *self = &store_place(store_of(txn))->path;
    slice_t bytes = quarantine_key_pack(&(quarantine_key_t){.id = *id, .home = *home}, item);
    crypto_generichash(out.b, sizeof out.b, bytes.data, bytes.size, self->b, sizeof self->b);
    return out;
}

// Only a home in whose direction the sender stands: a forged one must not hear of what it never wrote.
static bool deserves_notice(store_txn_t *txn, uint32_t peer, const record_t *r)
{
    const path_t *self = &store_place(store_of(txn))->path;
    if (peer < PEER_LABEL_MIN || r->kind <= KIND_REFUSAL || path_equal(&r->home, self)) return false;
    uint32_t toward = path_is_prefix(self, &r->home) ? path_child_label(self, &r->home) : PEER_PARENT;
    return toward == peer;
}

// One that was withdrawn has left its tombstone, and comes again at no cost. What a neighbour can make us
// write so has a bound: past it his operator has to ask ours.
static int may_notify(store_txn_t *txn, const record_t *r, uint32_t peer, bool *ret)
{
    record_t held;
    rid_t id = refusal_id(txn, &r->id, &r->home);
    int rc = store_get(txn, &id, &held, NULL);
    *ret = rc == 0;
    if (rc != KV_NONE) return rc;
    rc = quota_take(txn, peer, QUOTA_NOTICES, 0);
    *ret = rc == 0;
    return rc < 0 ? rc : 0;
}

// Whoever guesses an id that another home has must not learn that it is there. Of kinds that are for
// everybody the true reason may be told, and people need it to choose another key.
static void hide_others(const record_t *r, fault_t *fault)
{
    const kind_rule_t *rule = kind_by_number(r->kind);
    if (strcmp(fault->code, "KEY-TAKEN") != 0 || (rule != NULL && rule->down == DOWN_ALL)) return;
    fault_set(fault, "REFUSED", NULL);
}

static int write_refusal(store_txn_t *txn, const record_t *r, const fault_t *reason)
{
    fault_t copy = *reason, *fault = &copy;
    hide_others(r, fault);
    Selenga__Refusal m = SELENGA__REFUSAL__INIT;
    char *args[FAULT_ARGS];
    m.has_record_id = m.has_kind = m.has_inc = m.has_seq = m.has_boot = m.has_came_s = 1;
    m.record_id = (ProtobufCBinaryData){.len = sizeof r->id.b, .data = (uint8_t *)(uintptr_t)r->id.b};
    m.kind = r->kind;
    m.inc = r->version.inc;
    m.seq = r->version.seq;
    m.boot = r->version.boot;
    m.came_s = store_now_s(store_of(txn));
    m.code = (char *)(uintptr_t)fault->code;
    if (fault->field[0] != '\0') m.field = (char *)(uintptr_t)fault->field;
    for (m.n_args = 0; m.n_args < fault->n_args; m.n_args++)
        args[m.n_args] = (char *)(uintptr_t)fault->args[m.n_args];
    m.args = args;
    size_t size = selenga__refusal__get_packed_size(&m);
    AUTO(xfree) uint8_t *buf = xmalloc(size);
    selenga__refusal__pack(&m, buf);
    record_t draft = {.id = refusal_id(txn, &r->id, &r->home),
                      .kind = KIND_REFUSAL,
                      .org = r->org,
                      .down = 3,
                      .to = r->home,
                      .bulk = r->bulk,
                      .body = slice(buf, size)};
    return store_write(txn, &draft, NULL);
}

static int notify_home(store_txn_t *txn, const record_t *r, uint32_t peer, const fault_t *fault)
{
    bool may = false;
    int rc = deserves_notice(txn, peer, r) ? may_notify(txn, r, peer, &may) : 0;
    return rc == 0 && may ? write_refusal(txn, r, fault) : rc;
}

static int withdraw_refusal(store_txn_t *txn, const quarantine_key_t *key)
{
    record_t held;
    rid_t notice = refusal_id(txn, &key->id, &key->home);
    int rc = store_get(txn, &notice, &held, NULL);
    if (rc != 0 || held.deleted) return rc == KV_NONE ? 0 : rc;
    record_t copy = store_record_dup(&held);
    record_t draft = copy;
    draft.deleted = true;
    draft.body = (slice_t){0};
    rc = store_write(txn, &draft, NULL);
    store_record_free(&copy);
    return rc;
}

// --- items ---------------------------------------------------------------------------------------

static size_t pack_reason(const fault_t *fault, uint8_t *buf)
{
    uint8_t *p = buf;
    const char *parts[2 + FAULT_ARGS] = {fault->code, fault->field};
    size_t n = 2;
    for (int i = 0; i < (int)fault->n_args; i++) parts[n++] = fault->args[i];
    for (size_t i = 0; i < n; i++) {
        size_t size = strlen(parts[i]) + 1;
        memcpy(p, parts[i], size);
        p += size;
    }
    return (size_t)(p - buf);
}

static void parse_reason(slice_t v, fault_t *ret)
{
    const char *parts[2 + FAULT_ARGS] = {"MALFORMED", ""};
    size_t n = 0, at = 0;
    while (at < v.size && n < ARRAY_SIZE(parts)) {
        const uint8_t *end = memchr(v.data + at, 0, v.size - at);
        if (end == NULL) break;
        parts[n++] = (const char *)v.data + at;
        at = (size_t)(end - v.data) + 1;
    }
    _Static_assert(FAULT_ARGS == 4, "each argument is handed on");
    fault_set(ret, parts[0], parts[1], parts[2], parts[3], parts[4], parts[5]); // the first NULL ends them
}

static int item_parse(const quarantine_key_t *key, slice_t v, quarantined_t *ret)
{
    if (v.size < HEAD) return -EUCLEAN;
    size_t reason = (size_t)v.data[9] << 8 | v.data[10];
    if (v.size < HEAD + reason) return -EUCLEAN;
    *ret = (quarantined_t){
        .key = *key, .came_s = (int64_t)be64_load(v.data), .giveback = (v.data[8] & FLAG_GIVEBACK) != 0};
    parse_reason(slice(v.data + HEAD, reason), &ret->fault);
    ret->wire = slice(v.data + HEAD + reason, v.size - HEAD - reason);
    ret->size = KEY_HEAD + (size_t)key->home.len + v.size;
    if (record_parse(ret->wire, &ret->record) != 0) ret->record = (record_t){.id = key->id};
    return 0;
}

int quarantine_get(store_txn_t *txn, const quarantine_key_t *key, quarantined_t *ret_item)
{
    slice_t v;
    uint8_t buf[KEY_MAX];
    int rc = kv_get(store_kv(txn), KV_QUARANTINE, quarantine_key_pack(key, buf), &v);
    return rc == 0 ? item_parse(key, v, ret_item) : rc;
}

static bool same_item(const quarantined_t *held, const record_t *r, const fault_t *fault)
{
    return version_cmp(&held->record.version, &r->version) == 0 && strcmp(held->fault.code, fault->code) == 0;
}

// Takes the place that the item needs: 0, 1 (over the share) or -errno. held: NULL, or whose place it takes.
static int take_place(store_txn_t *txn, uint32_t peer, const quarantined_t *held, size_t size)
{
    return held != NULL ? quota_swap(txn, peer, QUOTA_QUARANTINE, held->size, size)
                        : quota_take(txn, peer, QUOTA_QUARANTINE, size);
}

int quarantine_put(store_txn_t *txn, const arrival_t *arrival, slice_t wire, const record_t *record,
                   const fault_t *fault)
{
    quarantined_t held;
    quarantine_key_t key = quarantine_key_of(record, arrival->peer);
    uint8_t key_buf[KEY_MAX];
    int rc = quarantine_get(txn, &key, &held);
    if (rc < 0) return rc;
    if (rc == 0 && version_cmp(&held.record.version, &record->version) > 0) return 0;
    if (rc == 0 && same_item(&held, record, fault) && held.giveback == arrival->giveback) return 0;
    size_t room = HEAD + sizeof *fault + wire.size;
    AUTO(xfree) uint8_t *buf = xmalloc(room);
    be64_store(buf, (uint64_t)store_now_s(store_of(txn)));
    size_t reason = pack_reason(fault, buf + HEAD);
    buf[8] = arrival->giveback ? FLAG_GIVEBACK : 0;
    buf[9] = (uint8_t)(reason >> 8);
    buf[10] = (uint8_t)reason;
    if (wire.size > 0) memcpy(buf + HEAD + reason, wire.data, wire.size);
    slice_t packed = quarantine_key_pack(&key, key_buf), value = slice(buf, HEAD + reason + wire.size);
    rc = take_place(txn, arrival->peer, rc == 0 ? &held : NULL, packed.size + value.size);
    if (rc == 0) rc = kv_put(store_kv(txn), KV_QUARANTINE, packed, value);
    return rc == 0 ? notify_home(txn, record, arrival->peer, fault) : rc;
}

int quarantine_clear(store_txn_t *txn, const quarantine_key_t *key, const version_t *version)
{
    quarantined_t held;
    uint8_t buf[KEY_MAX];
    int rc = quarantine_get(txn, key, &held);
    if (rc != 0) return rc;
    if (version != NULL && version_cmp(&held.record.version, version) > 0) return KV_NONE;
    size_t size = held.size;
    rc = kv_del(store_kv(txn), KV_QUARANTINE, quarantine_key_pack(key, buf));
    if (rc == 0) rc = quota_free(txn, key->peer, QUOTA_QUARANTINE, size);
    return rc == 0 ? withdraw_refusal(txn, key) : rc;
}

// From the first item on that stands at `from` or behind it.
static int each_from(store_txn_t *txn, slice_t from, quarantine_fn *fn, void *arg)
{
    kv_cursor_t *cursor = NULL;
    slice_t bytes, value;
    quarantine_key_t key;
    quarantined_t item;
    int rc = kv_cursor(store_kv(txn), KV_QUARANTINE, &cursor), stop = 0;
    if (rc == 0) rc = kv_seek(cursor, from, &bytes, &value);
    while (rc == 0) {
        rc = quarantine_key_parse(bytes, &key) ? item_parse(&key, value, &item) : -EUCLEAN;
        if (rc != 0 || (stop = fn(arg, &item)) != 0) break;
        rc = kv_next(cursor, &bytes, &value);
    }
    kv_close_cursor(&cursor);
    return rc < 0 ? rc : stop;
}

int quarantine_each(store_txn_t *txn, quarantine_fn *fn, void *arg)
{
    static const rid_t first;
    return each_from(txn, slice(first.b, sizeof first.b), fn, arg);
}

int quarantine_each_after(store_txn_t *txn, const quarantine_key_t *after, quarantine_fn *fn, void *arg)
{
    uint8_t buf[KEY_MAX + 1] = {0};
    slice_t from = quarantine_key_pack(after, buf);
    return each_from(txn, slice(buf, from.size + 1), fn,
                     arg); // nothing sorts between a key and it with a zero
}

struct behind {
    const quarantine_key_t *after;
    quarantined_t *item;
};

static int take_behind(void *arg, const quarantined_t *item)
{
    struct behind *behind = arg;
    if (behind->after != NULL && quarantine_key_cmp(&item->key, behind->after) == 0) return 0;
    *behind->item = *item;
    return 1;
}

// Each record that is applied asks, and most quarantines are empty.
int quarantine_next(store_txn_t *txn, const rid_t *id, const quarantine_key_t *after, quarantined_t *ret_item)
{
    struct behind behind = {after, ret_item};
    uint8_t buf[KEY_MAX];
    uint64_t n;
    int rc = kv_count(store_kv(txn), KV_QUARANTINE, &n);
    if (rc != 0 || n == 0) return rc != 0 ? rc : KV_NONE;
    slice_t from = after != NULL ? quarantine_key_pack(after, buf) : slice(id->b, sizeof id->b);
    rc = each_from(txn, from, take_behind, &behind);
    if (rc < 0) return rc;
    return rc == 1 && rid_equal(&ret_item->key.id, id) ? 0 : KV_NONE;
}

int quarantine_count(store_txn_t *txn, uint32_t peer, uint64_t *ret_n)
{
    uint64_t bytes;
    return quota_used(txn, peer, QUOTA_QUARANTINE, ret_n, &bytes);
}
