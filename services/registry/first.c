// SPDX-License-Identifier: Apache-2.0
#include "services/registry/first.h"
#include "common/base/clock.h"
#include "common/base/file.h"
#include "common/base/log.h"
#include "common/base/system_error.h"
#include "common/node/first.h"
#include "common/node/msg.h"
#include "services/registry/account_private.h"
#include "services/registry/admission_private.h"
#include <sodium.h>
#include <stdio.h>
#include <unistd.h>

#define GUARDED "first account" // as no name of an account is

void first_is_over(registry_t *self)
{
    if (self->first_code[0] == '\0') return;
    sodium_memzero(self->first_code, sizeof self->first_code);
    (void)unlink(FIRST_CODE_FILE);
}

// The code that stands there stays: that of the run before, or of the page on which the node was made.
static bool adopt(registry_t *self)
{
    AUTO(xfree) uint8_t *kept = NULL;
    size_t size;
    if (file_read(FIRST_CODE_FILE, ONETIME_TEXT, true, &kept, &size) != 0) return false;
    bool good = onetime_is((const char *)kept) && text_copy(self->first_code, ONETIME_TEXT, (char *)kept);
    sodium_memzero(kept, size);
    return good;
}

int first_begin(registry_t *self, store_txn_t *txn)
{
    int any = account_is_any(txn);
    if (any < 0) return any;
    if (any > 0) {
        (void)unlink(FIRST_CODE_FILE);
        return 0;
    }
    if (!adopt(self)) onetime_make(self->first_code);
    int rc = file_replace(FIRST_CODE_FILE, slice_text(self->first_code), 0600);
    if (rc < 0) log_at(L_WARNING, "FIRST-CODE-FILE", FIRST_CODE_FILE ": %s", system_error(-rc));
    return 0; // the command line makes accounts without it
}

static bool fits(const registry_t *self, const char *code)
{
    size_t size = strlen(self->first_code);
    return size > 0 && code != NULL && strlen(code) == size &&
           sodium_memcmp(code, self->first_code, size) == 0;
}

static int make(registry_t *self, store_txn_t *txn, const envelope_t *e, const Selenga__FirstAccount *m)
{
    char recovery[ONETIME_TEXT];
    fault_t fault;
    rid_t id;
    Selenga__Account body = SELENGA__ACCOUNT__INIT;
    body.name = m->name;
    body.role = text("operator");
    body.org = text(service_node(self->service)->org);
    int rc = account_write(self, txn, &body, "one-time", &fault);
    if (rc == 0) rc = account_write(self, txn, &body, "active", &fault);
    if (rc != 0) return admission_not_written(self, e, rc, &fault);
    if (!body_id(&KIND_ACCOUNT, &body.base, &id)) return -EINVAL;
    onetime_make(recovery);
    rc = account_set_hash(txn, ACCOUNT_PASSWORD, &id, m->password);
    if (rc == 0) rc = account_set_hash(txn, ACCOUNT_RECOVERY, &id, recovery);
    if (rc != 0) return rc;
    account_answer(self, e, &body, "active", NULL, recovery);
    sodium_memzero(recovery, sizeof recovery);
    log_at(L_INFO, "ACCOUNT-CHANGED", _("account %s: %s, by %s"), body.name, "first", e->principal);
    return service_audit(self->service, txn, e,
                         &(audit_note_t){.what = "first-account", .kind = body.role, .about = body.name});
}

static int try_it(registry_t *self, store_txn_t *txn, const envelope_t *e, const Selenga__FirstAccount *m)
{
    char number[24];
    uint64_t now = mono_ms(), wait = guard_ask(&self->guard, GUARDED, now);
    int any = account_is_any(txn);
    if (any < 0) return any;
    if (any > 0) return admission_refuse(self, e, "FIRST-OVER", "");
    snprintf(number, sizeof number, "%llu", (unsigned long long)(wait + 999) / 1000);
    if (wait > 0) return admission_refuse(self, e, "LOGIN-WAIT", number);
    if (!fits(self, m->code)) {
        guard_failed(&self->guard, GUARDED, now);
        return account_refuse_login(self, txn, e, "", "FIRST-CODE", "");
    }
    snprintf(number, sizeof number, "%d", PASSWORD_LEAST);
    if (!account_long_enough(m->password)) return admission_refuse(self, e, "PASSWORD-SHORT", number);
    return make(self, txn, e, m);
}

int first_account(registry_t *self, store_txn_t *txn, const envelope_t *e)
{
    AUTO(msg_body_free)
    Selenga__FirstAccount *m = msg_body_unpack(&selenga__first_account__descriptor, e->body);
    if (m == NULL || m->name == NULL || m->password == NULL || strlen(m->password) > PASSWORD_MOST)
        return admission_refuse(self, e, "MALFORMED", "");
    int rc = try_it(self, txn, e, m);
    sodium_memzero(m->password, strlen(m->password));
    return rc;
}
