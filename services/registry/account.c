// SPDX-License-Identifier: Apache-2.0
#include "services/registry/account.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/node/msg.h"
#include "services/registry/account_private.h"
#include "services/registry/admission_private.h"
#include <errno.h>
#include <sodium.h>
#include <stdio.h>

enum { KEY_SIZE = 1 + sizeof(rid_t) };

// One account as it is kept. Freed by clear().
typedef struct account {
    rid_t id;
    Selenga__Account *body;   // NULL: there is none
    char hash[PASSWORD_HASH]; // "": none
} account_t;

static void clear(account_t *a)
{
    msg_body_free(&a->body);
    sodium_memzero(a->hash, sizeof a->hash);
}

static slice_t key_of(int letter, const rid_t *id, uint8_t ret[static KEY_SIZE])
{
    ret[0] = (uint8_t)letter;
    memcpy(ret + 1, id->b, sizeof id->b);
    return slice(ret, KEY_SIZE);
}

int account_hash(store_txn_t *txn, int letter, const rid_t *id, char ret[static PASSWORD_HASH])
{
    uint8_t key[KEY_SIZE];
    slice_t kept;
    ret[0] = '\0';
    int rc = kv_get(store_kv(txn), KV_AUX, key_of(letter, id, key), &kept);
    if (rc != 0) return rc < 0 ? rc : 0;
    if (kept.size >= PASSWORD_HASH) return -EUCLEAN;
    memcpy(ret, kept.data, kept.size);
    ret[kept.size] = '\0';
    return 0;
}

static int seen_one(void *arg, const rid_t *id)
{
    (void)arg;
    (void)id;
    return 1;
}

int account_is_any(store_txn_t *txn)
{
    return store_list(txn, N_ACCOUNT, (slice_t){0}, NULL, seen_one, NULL);
}

// 0 or -errno; no such account is not an error.
static int load(store_txn_t *txn, const char *name, account_t *ret)
{
    Selenga__Account wanted = SELENGA__ACCOUNT__INIT;
    record_t held;
    wanted.name = text(name);
    if (!body_id(&KIND_ACCOUNT, &wanted.base, &ret->id)) return 0;
    int rc = store_get(txn, &ret->id, &held, NULL);
    if (rc != 0 || held.deleted) return rc < 0 ? rc : 0;
    ret->body = msg_body_unpack(&selenga__account__descriptor, held.body);
    return ret->body != NULL ? account_hash(txn, ACCOUNT_PASSWORD, &ret->id, ret->hash) : -EUCLEAN;
}

int account_write(registry_t *self, store_txn_t *txn, const Selenga__Account *body, const char *state,
                  fault_t *ret_fault)
{
    author_t author = service_author(self->service);
    Selenga__Account next = *body;
    next.state = text(state);
    return record_write_own(&author, txn, &KIND_ACCOUNT, NULL, &next.base, ret_fault);
}

int account_set_hash(store_txn_t *txn, int letter, const rid_t *id, const char *password)
{
    uint8_t key[KEY_SIZE];
    char hash[PASSWORD_HASH];
    int rc = password_hash(password, hash);
    if (rc == 0) rc = kv_put(store_kv(txn), KV_AUX, key_of(letter, id, key), slice_text(hash));
    sodium_memzero(hash, sizeof hash);
    return rc;
}

void account_answer(registry_t *self, const envelope_t *e, const Selenga__Account *a, const char *state,
                    const char *password, const char *recovery)
{
    Selenga__AccountReply reply = SELENGA__ACCOUNT_REPLY__INIT;
    reply.name = a->name;
    reply.role = a->role;
    reply.org = a->org;
    reply.person = a->person;
    reply.state = text(state);
    reply.password = text(password);
    reply.recovery = text(recovery);
    service_reply(self->service, e, MSG_ACCOUNT_REPLY, &reply.base);
}

// --- what operators do ---------------------------------------------------------------------------

// State and, for a new password, its hash; both or neither.
static int change(registry_t *self, store_txn_t *txn, const envelope_t *e, const Selenga__Account *body,
                  const rid_t *id, const char *state)
{
    char password[ONETIME_TEXT] = "";
    bool one_time = strcmp(state, "one-time") == 0;
    fault_t fault;
    int rc = account_write(self, txn, body, state, &fault);
    if (rc != 0) return admission_not_written(self, e, rc, &fault);
    if (one_time) {
        onetime_make(password);
        if ((rc = account_set_hash(txn, ACCOUNT_PASSWORD, id, password)) != 0) return rc;
    }
    account_answer(self, e, body, state, one_time ? password : NULL, NULL);
    sodium_memzero(password, sizeof password);
    log_at(L_INFO, "ACCOUNT-CHANGED", _("account %s: %s, by %s"), body->name, state, e->principal);
    return service_audit(self->service, txn, e,
                         &(audit_note_t){.what = "account", .kind = body->role, .about = body->name});
}

static int add(registry_t *self, store_txn_t *txn, const envelope_t *e, const Selenga__AccountAct *m,
               const account_t *held)
{
    const char *own = service_node(self->service)->org;
    Selenga__Account body = SELENGA__ACCOUNT__INIT;
    if (held->body != NULL) return admission_refuse(self, e, "ACCOUNT-EXISTS", m->name);
    body.name = m->name;
    body.role = m->role;
    body.org = m->org != NULL && m->org[0] != '\0' ? m->org : text(own);
    body.person = m->person;
    in_scope_t below = strcmp(body.org, own) == 0
                           ? SCOPE_YES
                           : scope_in_self(service_scope(self->service), slice_text(body.org));
    if (below != SCOPE_YES)
        return admission_refuse(self, e, below == SCOPE_NO ? "ORG-FOREIGN" : "ORG-UNKNOWN", body.org);
    return change(self, txn, e, &body, &held->id, "one-time");
}

int account_act(registry_t *self, store_txn_t *txn, const envelope_t *e)
{
    AUTO(msg_body_free)
    Selenga__AccountAct *m = msg_body_unpack(&selenga__account_act__descriptor, e->body);
    AUTO(clear) account_t held = {.body = NULL};
    if (m == NULL || m->name == NULL || m->name[0] == '\0') return admission_refuse(self, e, "MALFORMED", "");
    int rc = load(txn, m->name, &held);
    if (rc != 0) return rc;
    if (m->what == SELENGA__ACCOUNT_ACT__WHAT__ADD) return add(self, txn, e, m, &held);
    if (held.body == NULL) return admission_refuse(self, e, "NOT-FOUND", m->name);
    if (m->what == SELENGA__ACCOUNT_ACT__WHAT__LOCK)
        return change(self, txn, e, held.body, &held.id, "locked");
    if (m->what == SELENGA__ACCOUNT_ACT__WHAT__RESET) {
        guard_succeeded(&self->guard, m->name); // who forgot his password has tried before
        return change(self, txn, e, held.body, &held.id, "one-time");
    }
    return admission_refuse(self, e, "MALFORMED", "");
}

// --- teachers

static int take_first(void *arg, const rid_t *id)
{
    *(rid_t *)arg = *id;
    return 1;
}

// The account that this person has, under whatever name. 0 or -errno; none is no error.
static int load_of_person(store_txn_t *txn, const rid_t *person, account_t *ret)
{
    record_t held;
    int rc = store_referring(txn, person, N_ACCOUNT, NULL, take_first, &ret->id);
    if (rc != 1) return rc;
    rc = store_get(txn, &ret->id, &held, NULL);
    if (rc != 0) return rc < 0 ? rc : 0;
    ret->body = msg_body_unpack(&selenga__account__descriptor, held.body);
    return ret->body != NULL ? 0 : -EUCLEAN;
}

static int add_teacher(registry_t *self, store_txn_t *txn, const envelope_t *e, const char *person)
{
    char name[CODE_MAX + 1], org[CODE_MAX + 1];
    AUTO(clear) account_t held = {.body = NULL};
    Selenga__AccountAct act = SELENGA__ACCOUNT_ACT__INIT;
    if (!text_copy(name, sizeof name, person)) return admission_refuse(self, e, "TOO-BIG", "name");
    *strchr(name, ':') = '-';
    snprintf(org, sizeof org, "%.*s", (int)strcspn(person, ":"), person);
    int rc = load(txn, name, &held);
    if (rc != 0) return rc;
    act.name = name;
    act.role = text("teacher");
    act.org = org;
    act.person = text(person);
    return add(self, txn, e, &act, &held);
}

int account_teacher(registry_t *self, store_txn_t *txn, const envelope_t *e)
{
    rid_t id;
    record_t held;
    AUTO(clear) account_t one = {.body = NULL};
    AUTO(msg_body_free)
    Selenga__TeacherAccount *m = msg_body_unpack(&selenga__teacher_account__descriptor, e->body);
    if (m == NULL || m->person == NULL || !ref_id(&KIND_PERSON, slice_text(m->person), &id))
        return admission_refuse(self, e, "MALFORMED", "");
    int rc = store_get(txn, &id, &held, NULL);
    if (rc < 0) return rc;
    if (rc != 0 || held.deleted || held.kind != N_PERSON)
        return admission_refuse(self, e, "NOT-FOUND", m->person);
    rc = load_of_person(txn, &id, &one);
    if (rc != 0) return rc;
    if (one.body == NULL) return add_teacher(self, txn, e, m->person);
    bool unused = strcmp(one.body->role, "teacher") == 0 && strcmp(one.body->state, "one-time") == 0;
    if (!unused) return admission_refuse(self, e, "ACCOUNT-EXISTS", one.body->name);
    return change(self, txn, e, one.body, &one.id, "one-time");
}

// --- who logs in ---------------------------------------------------------------------------------

static size_t characters(const char *text)
{
    size_t n = 0;
    for (; *text != '\0'; text++) n += ((unsigned char)*text & 0xC0U) != 0x80U;
    return n;
}

bool account_long_enough(const char *password)
{
    return characters(password) >= PASSWORD_LEAST && strlen(password) <= PASSWORD_MOST;
}

// What stands against it, for somebody who has shown the password; NULL: nothing.
static const char *refusal(const account_t *a, const Selenga__Login *m)
{
    if (strcmp(a->body->state, "locked") == 0) return "LOGIN-LOCKED";
    if (m->new_password == NULL) return strcmp(a->body->state, "one-time") == 0 ? "PASSWORD-ONE-TIME" : NULL;
    if (!account_long_enough(m->new_password)) return "PASSWORD-SHORT";
    return strcmp(m->new_password, m->password) == 0 ? "PASSWORD-SAME" : NULL;
}

int account_refuse_login(registry_t *self, store_txn_t *txn, const envelope_t *e, const char *name,
                         const char *code, const char *arg)
{
    int rc = service_audit(self->service, txn, e,
                           &(audit_note_t){.what = "log-in-refused", .about = name, .code = code});
    return rc != 0 ? rc : admission_refuse(self, e, code, arg);
}

// Who has shown the password, or the code on paper.
static int enter(registry_t *self, store_txn_t *txn, const envelope_t *e, const Selenga__Login *m,
                 const account_t *a)
{
    char least[16];
    fault_t fault;
    bool by_paper = m->recovery != NULL;
    char fresh[ONETIME_TEXT] = "";
    const char *code = refusal(a, m);
    snprintf(least, sizeof least, "%d", PASSWORD_LEAST);
    if (code != NULL)
        return account_refuse_login(self, txn, e, m->name, code,
                                    strcmp(code, "PASSWORD-SHORT") == 0 ? least : m->name);
    if (m->new_password != NULL) {
        int rc = account_write(self, txn, a->body, "active", &fault);
        if (rc != 0) return admission_not_written(self, e, rc, &fault);
        if ((rc = account_set_hash(txn, ACCOUNT_PASSWORD, &a->id, m->new_password)) != 0) return rc;
    }
    if (by_paper) { // the code was for once: another one goes onto the next sheet
        onetime_make(fresh);
        int rc = account_set_hash(txn, ACCOUNT_RECOVERY, &a->id, fresh);
        if (rc != 0) return rc;
    }
    account_answer(self, e, a->body, "active", NULL, by_paper ? fresh : NULL);
    sodium_memzero(fresh, sizeof fresh);
    const char *what = by_paper ? "recovery" : m->new_password != NULL ? "password" : "log-in";
    return service_audit(self->service, txn, e, &(audit_note_t){.what = what, .about = m->name});
}

static int wait_first(registry_t *self, const envelope_t *e, uint64_t wait_ms)
{
    char seconds[24];
    snprintf(seconds, sizeof seconds, "%llu", (unsigned long long)(wait_ms + 999) / 1000);
    return admission_refuse(self, e, "LOGIN-WAIT", seconds);
}

static bool is_whole(const Selenga__Login *m)
{
    return m != NULL && m->name != NULL && m->password != NULL && strlen(m->password) <= PASSWORD_MOST &&
           (m->new_password == NULL || strlen(m->new_password) <= PASSWORD_MOST) &&
           (m->recovery == NULL || (m->new_password != NULL && strlen(m->recovery) <= PASSWORD_MOST));
}

static int try_login(registry_t *self, store_txn_t *txn, const envelope_t *e, const Selenga__Login *m)
{
    AUTO(clear) account_t held = {.body = NULL};
    uint64_t now = mono_ms(), wait = guard_ask(&self->guard, m->name, now);
    if (wait > 0) return wait_first(self, e, wait);
    int rc = load(txn, m->name, &held);
    if (rc != 0) return rc;
    if (m->recovery != NULL && (rc = account_hash(txn, ACCOUNT_RECOVERY, &held.id, held.hash)) != 0)
        return rc;
    bool known = held.body != NULL && held.body->state != NULL && held.hash[0] != '\0';
    if (!password_fits(known ? held.hash : NULL, m->recovery != NULL ? m->recovery : m->password)) {
        guard_failed(&self->guard, m->name, now);
        return account_refuse_login(self, txn, e, m->name, "LOGIN-WRONG", "");
    }
    guard_succeeded(&self->guard, m->name);
    return enter(self, txn, e, m, &held);
}

static void wipe(char *text)
{
    if (text != NULL) sodium_memzero(text, strlen(text));
}

int account_login(registry_t *self, store_txn_t *txn, const envelope_t *e)
{
    AUTO(msg_body_free) Selenga__Login *m = msg_body_unpack(&selenga__login__descriptor, e->body);
    int rc = is_whole(m) ? try_login(self, txn, e, m) : admission_refuse(self, e, "MALFORMED", "");
    if (m != NULL) wipe(m->password);
    if (m != NULL) wipe(m->new_password);
    if (m != NULL) wipe(m->recovery);
    return rc;
}
