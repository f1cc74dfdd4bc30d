// SPDX-License-Identifier: Apache-2.0
// The key of pseudonyms: kept in secret/ where they are made, told to everybody else by its mark. Opening and
// closing; messages.
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/base/system_error.h"
#include "common/node/msg.h"
#include "common/node/root.h"
#include "services/registry/pseudonym_private.h"
#include <sodium.h>
#include <stdlib.h>

enum {
    LOOK_MS = 5000,        // between two looks whether everybody has left the key before
    GIVEN_BACK_MS = 60000, // until children have handed back what a lost store held
};

static const setting_t SETTINGS[] = {
    {"staff_min", SETTING_INT, offsetof(allowance_settings_t, staff_min), 1, 100000, "200", "",
     N_("Staff that a child is taken to have at least: it may ask for twice as many pseudonyms.")},
    {"school_staff_max", SETTING_INT, offsetof(allowance_settings_t, school_staff_max), 1, 100000, "1000", "",
     N_("Staff that a school is taken to have at most, however many people it shows.")},
    {"evaluations_per_day", SETTING_INT, offsetof(allowance_settings_t, per_day), 1, 1000000, "100", "",
     N_("How many more each child may ask for with every day that this node runs.")},
};
const settings_table_t PSEUDONYM_SETTINGS = {"registry", SETTINGS, ARRAY_SIZE(SETTINGS)};

// --- the key -------------------------------------------------------------------------------------

static void set_marks(pseudonyms_t *self)
{
    const uint8_t *before = self->keys + NODE_KEY_SIZE;
    self->has_mark = oprf_mark(self->keys, self->mark);
    self->has_previous = !sodium_is_zero(before, NODE_KEY_SIZE) && oprf_mark(before, self->previous);
}

struct nearest {
    pseudonyms_t *self;
    size_t len; // of the path of the nearest so far
};

static int see_key(void *arg, const record_t *r, const place_t *place)
{
    struct nearest *nearest = arg;
    pseudonyms_t *self = nearest->self;
    (void)place;
    if (r->home.len <= nearest->len || !path_is_prefix(&r->home, &service_node(self->service)->path))
        return 0;
    AUTO(msg_body_free)
    Selenga__PseudonymKey *m = msg_body_unpack(&selenga__pseudonym_key__descriptor, r->body);
    if (m == NULL || m->mark.len != OPRF_MARK) return 0;
    nearest->len = r->home.len;
    self->has_mark = true;
    memcpy(self->mark, m->mark.data, OPRF_MARK);
    return 0;
}

int pseudonym_key_read(pseudonyms_t *self, store_txn_t *txn)
{
    struct nearest nearest = {.self = self};
    return self->maker ? 0 : store_each(txn, N_PSEUDONYM_KEY, (slice_t){0}, NULL, see_key, &nearest);
}

static int tell_key(pseudonyms_t *self, store_txn_t *txn)
{
    author_t author = service_author(self->service);
    Selenga__PseudonymKey m = SELENGA__PSEUDONYM_KEY__INIT;
    m.org = (char *)(uintptr_t)service_node(self->service)->org;
    m.has_mark = 1;
    m.mark = (ProtobufCBinaryData){OPRF_MARK, self->mark};
    m.has_previous = self->has_previous;
    m.previous = (ProtobufCBinaryData){self->has_previous ? OPRF_MARK : 0, self->previous};
    self->key_untold = false;
    return record_write_own(&author, txn, &KIND_PSEUDONYM_KEY, NULL, &m.base, NULL);
}

static int has_previous(void *arg, const record_t *r, const place_t *place)
{
    const pseudonyms_t *self = arg;
    (void)place;
    AUTO(msg_body_free) Selenga__Person *m = msg_body_unpack(&selenga__person__descriptor, r->body);
    return m != NULL && m->key.len == OPRF_MARK && memcmp(m->key.data, self->previous, OPRF_MARK) == 0;
}

// Nobody has a pseudonym of the key before: it is forgotten.
static int drop_previous(pseudonyms_t *self, store_txn_t *txn, uint64_t now_ms)
{
    why_t why;
    if (!self->has_previous || now_ms - self->looked_ms < LOOK_MS) return 0;
    self->looked_ms = now_ms;
    int rc = store_each(txn, N_PERSON, (slice_t){0}, NULL, has_previous, self);
    if (rc != 0) return rc < 0 ? rc : 0;
    sodium_memzero(self->keys + NODE_KEY_SIZE, NODE_KEY_SIZE);
    if (node_pseudonym_keys_save(".", self->keys, &why) != 0) {
        log_once(L_ERROR, "NODE-SECRET", 0, "%s", why.text);
        return 0; // it is kept in the file, and forgotten at a later start
    }
    set_marks(self);
    self->key_untold = true;
    log_at(L_INFO, "PSEUDONYM-KEY",
           _("everybody has a pseudonym of the new key; the one before is forgotten"));
    return 0;
}

int pseudonym_key_settle(pseudonyms_t *self, store_txn_t *txn, uint64_t now_ms)
{
    uint8_t before[OPRF_MARK];
    memcpy(before, self->mark, OPRF_MARK);
    int rc = self->keys_changed ? pseudonym_key_read(self, txn) : 0;
    if (self->keys_changed && self->maker) { // perhaps ours, which came back
        self->key_untold = true;
        self->tell_from_ms = 0;
    }
    self->keys_changed = false;
    if (memcmp(before, self->mark, OPRF_MARK) != 0) self->settle_all = true;
    if (self->settle_all && !self->look.on) {
        look_begin(self, true);
        self->settle_all = false;
    }
    if (rc == 0 && self->maker) rc = drop_previous(self, txn, now_ms);
    return rc == 0 && self->key_untold && now_ms >= self->tell_from_ms ? tell_key(self, txn) : rc;
}

static int refuse(pseudonyms_t *self, const envelope_t *e, const char *code, const char *arg)
{
    fault_t fault;
    fault_set(&fault, code, NULL, arg);
    service_refuse(self->service, e, &fault, false);
    return 0;
}

int pseudonyms_rotate(pseudonyms_t *self, store_txn_t *txn, const envelope_t *e)
{
    why_t why;
    uint8_t keys[NODE_PSEUDONYM_KEYS];
    if (!self->maker) return refuse(self, e, "PSEUDONYM-ELSEWHERE", "");
    oprf_key_make(keys);
    memcpy(keys + NODE_KEY_SIZE, self->keys, NODE_KEY_SIZE);
    int r = node_pseudonym_keys_save(".", keys, &why);
    if (r == 0) memcpy(self->keys, keys, sizeof keys);
    sodium_memzero(keys, sizeof keys);
    if (r != 0) {
        log_at(L_ERROR, "NODE-SECRET", "%s", why.text);
        return refuse(self, e, "STORE-FAILED", "");
    }
    set_marks(self);
    self->settle_all = self->key_untold = true;
    log_at(L_WARNING, "PSEUDONYM-KEY", _("%s asked for a new key for pseudonyms"), e->principal);
    service_reply(self->service, e, MSG_DONE, NULL);
    return service_audit(self->service, txn, e, &(audit_note_t){.what = "key"});
}

// --- opening -------------------------------------------------------------------------------------

// The mark that this node told of its key in an earlier epoch.
static bool told_mark(pseudonyms_t *self, uint8_t ret_mark[static OPRF_MARK])
{
    Selenga__PseudonymKey key = SELENGA__PSEUDONYM_KEY__INIT;
    store_txn_t *txn = NULL;
    rid_t id;
    record_t held;
    bool told = false;
    key.org = (char *)(uintptr_t)service_node(self->service)->org;
    int rc = store_begin(service_store(self->service), false, &txn);
    if (rc == 0 && body_id(&KIND_PSEUDONYM_KEY, &key.base, &id) && store_get(txn, &id, &held, NULL) == 0) {
        AUTO(msg_body_free)
        Selenga__PseudonymKey *m = msg_body_unpack(&selenga__pseudonym_key__descriptor, held.body);
        told = m != NULL && m->mark.len == OPRF_MARK;
        if (told) memcpy(ret_mark, m->mark.data, OPRF_MARK);
    }
    store_abort(&txn);
    return told;
}

// The first key comes of the root secret, so that a region that comes back by its phrase has it again.
// Whoever changed it since had a reason, so that it never comes back as long as the store knows of that.
static int make_key(pseudonyms_t *self, why_t *why)
{
    uint8_t root[ROOT_SIZE], seed[OPRF_SCALAR], mark[OPRF_MARK], told[OPRF_MARK];
    int r = root_load(".", root, why);
    if (r == 0) root_derive(root, ROOT_PERSON, seed);
    bool first = r == 0 && oprf_key_of_seed(seed, slice_text("selenga pseudonyms"), self->keys) &&
                 oprf_mark(self->keys, mark) &&
                 (!told_mark(self, told) || memcmp(told, mark, OPRF_MARK) == 0);
    sodium_memzero(root, sizeof root);
    sodium_memzero(seed, sizeof seed);
    if (!first) oprf_key_make(self->keys);
    r = node_pseudonym_keys_save(".", self->keys, why);
    if (r == 0)
        log_at(first ? L_INFO : L_WARNING, "PSEUDONYM-KEY",
               first ? _("the first key for pseudonyms was made") : _("a new key for pseudonyms was made"));
    return r;
}

static bool open_keys(pseudonyms_t *self)
{
    why_t why;
    self->maker = node_makes_pseudonyms(service_node(self->service));
    if (!self->maker) return true;
    int r = node_pseudonym_keys_load(".", self->keys, &why);
    if (r == NODE_E_ABSENT) r = make_key(self, &why);
    set_marks(self);
    if (r == 0 && self->has_mark) return true;
    log_at(L_ERROR, "NODE-SECRET", "%s", r != 0 ? why.text : _("secret/pseudonym.key holds no key"));
    return false;
}

static int read_store(pseudonyms_t *self)
{
    store_txn_t *txn = NULL;
    int rc = store_begin(service_store(self->service), false, &txn);
    if (rc == 0) rc = pseudonym_key_read(self, txn);
    if (rc == 0) rc = allowance_load(&self->allowance, store_kv(txn));
    store_abort(&txn);
    return rc;
}

pseudonyms_t *pseudonyms_open(service_t *service)
{
    why_t why;
    allowance_settings_t settings;
    if (node_settings(service_node(service), &PSEUDONYM_SETTINGS, &settings, sizeof settings, &why) != 0) {
        log_at(L_ERROR, "NODE-CONF", "%s", why.text);
        return NULL;
    }
    pseudonyms_t *self = xcalloc(1, sizeof *self);
    self->service = service;
    people_init(&self->people);
    allowance_init(&self->allowance, &settings, mono_ms());
    self->relayed = xcalloc(RELAYED_MAX, sizeof *self->relayed);
    asking_open(self);
    int rc = open_keys(self) ? 0 : -1;
    if (rc == 0 && (rc = read_store(self)) != 0)
        log_at(L_ERROR, "STORE-READ", _("people cannot be read: %s"), system_error(-rc));
    // A file that is newer than the record: a change of key that was cut short. People follow.
    self->key_untold = self->maker;
    look_begin(self, self->maker);
    if (service_is_replaced(service) || service_node(service)->replaced)
        self->tell_from_ms = mono_ms() + GIVEN_BACK_MS;
    if (rc != 0) pseudonyms_close(&self);
    return self;
}

void pseudonyms_close(pseudonyms_t **pseudonyms)
{
    pseudonyms_t *self = *pseudonyms;
    if (self == NULL) return;
    asking_close(self);
    people_clear(&self->people);
    allowance_clear(&self->allowance);
    sodium_memzero(self->keys, sizeof self->keys);
    free(self->relayed);
    free(self->touched);
    free(self);
    *pseudonyms = NULL;
}

// --- messages ------------------------------------------------------------------------------------

void pseudonyms_link(pseudonyms_t *self, uint32_t peer, bool up)
{
    if (peer != PEER_PARENT) return;
    asking_link(self, up);
    evaluate_link(self);
}

int pseudonyms_message(pseudonyms_t *self, store_txn_t *txn, const envelope_t *e)
{
    if (e->type == MSG_EVALUATE && e->peer >= PEER_LABEL_MIN && e->peer != PEER_PARENT)
        evaluate_asked(self, e);
    if (e->type != MSG_EVALUATED || e->peer != PEER_PARENT) return 0;
    AUTO(msg_body_free) Selenga__Evaluated *m = msg_body_unpack(&selenga__evaluated__descriptor, e->body);
    if (m == NULL) return 0;
    if (self->asking.n > 0 && m->call == self->asking.call) return asking_answer(self, txn, m);
    evaluate_answered(self, m);
    return 0;
}
