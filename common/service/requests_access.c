// SPDX-License-Identifier: Apache-2.0
// Who asks, and whether a request of his is one that he may make at all.
#include "common/base/i18n.h"
#include "common/service/service_private.h"
#include "proto/registry.pb-c.h"
#include <errno.h>
#include <stdio.h>

// --- who he is -----------------------------------------------------------------------------------

static void take_account(const Selenga__Account *a, principal_t *ret)
{
    if (a->state == NULL || strcmp(a->state, "active") != 0 || a->role == NULL || a->org == NULL) return;
    ret->role = role_by_name(a->role);
    snprintf(ret->org, sizeof ret->org, "%s", a->org);
    snprintf(ret->person, sizeof ret->person, "%s", a->person != NULL ? a->person : "");
    snprintf(ret->author, sizeof ret->author, "account:%s", a->role);
}

// The account as it stands now: who was locked a moment ago may do nothing any more.
static int load_account(const service_t *service, store_txn_t *txn, principal_t *ret)
{
    Selenga__Account wanted = SELENGA__ACCOUNT__INIT;
    record_t held;
    rid_t id;
    wanted.name = ret->name;
    if (!body_id(&KIND_ACCOUNT, &wanted.base, &id)) return 0;
    int rc = store_get(txn, &id, &held, NULL);
    if (rc != 0 || held.deleted || held.kind != N_ACCOUNT) return rc < 0 ? rc : 0;
    if (!path_equal(&held.home, &service->place.path)) return 0; // no other node has accounts here
    AUTO(msg_body_free)
    Selenga__Account *account = msg_body_unpack(&selenga__account__descriptor, held.body);
    if (account != NULL) take_account(account, ret);
    return 0;
}

int requests_principal(const service_t *service, store_txn_t *txn, const envelope_t *e, principal_t *ret)
{
    *ret = (principal_t){0};
    bool console = strncmp(e->principal, PRINCIPAL_CONSOLE, sizeof PRINCIPAL_CONSOLE - 1) == 0;
    ret->limited = console || e->account[0] != '\0';
    if (!ret->limited) return 0;
    snprintf(ret->name, sizeof ret->name, "%s", e->account);
    if (e->account[0] != '\0') return load_account(service, txn, ret);
    ret->role = ACCESS_UNKNOWN;
    return 0;
}

int service_asker(const service_t *service, store_txn_t *txn, const envelope_t *by, principal_t *ret)
{
    return requests_principal(service, txn, by, ret);
}

// --- requests ------------------------------------------------------------------------------------

static bool may_number(const principal_t *who, uint32_t number, access_action_t action, fault_t *ret_fault)
{
    char text[16];
    const kind_rule_t *kind = kind_by_number(number);
    if (kind != NULL) return principal_may(who, kind, action, ret_fault);
    snprintf(text, sizeof text, "%u", number);
    fault_set(ret_fault, "UNKNOWN-KIND", NULL, text);
    return false;
}

static bool may_put(const principal_t *who, const Selenga__Put *put, fault_t *ret_fault)
{
    for (size_t i = 0; i < put->n_groups; i++)
        for (size_t k = 0; k < put->groups[i]->n_items; k++) {
            const Selenga__Item *item = put->groups[i]->items[k];
            access_action_t action = item->deleted ? ACCESS_DELETE : ACCESS_WRITE;
            if (!may_number(who, item->kind, action, ret_fault)) return false;
        }
    return true;
}

static bool may_records(const principal_t *who, const envelope_t *e, fault_t *ret_fault)
{
    fault_set(ret_fault, "MALFORMED", NULL, "");
    if (e->type == MSG_REVIEWS) return principal_may(who, &KIND_REVIEW, ACCESS_READ, ret_fault);
    if (e->type == MSG_PUT) {
        AUTO(msg_body_free) Selenga__Put *put = msg_body_unpack(&selenga__put__descriptor, e->body);
        return put != NULL && may_put(who, put, ret_fault);
    }
    if (e->type == MSG_GET) {
        AUTO(msg_body_free) Selenga__Get *get = msg_body_unpack(&selenga__get__descriptor, e->body);
        return get != NULL && may_number(who, get->kind, ACCESS_READ, ret_fault);
    }
    if (e->type == MSG_LIST) {
        AUTO(msg_body_free) Selenga__List *list = msg_body_unpack(&selenga__list__descriptor, e->body);
        return list != NULL && may_number(who, list->kind, ACCESS_READ, ret_fault);
    }
    AUTO(msg_body_free) Selenga__History *history = msg_body_unpack(&selenga__history__descriptor, e->body);
    return history != NULL && may_number(who, history->kind, ACCESS_READ, ret_fault);
}

// The row of the table by which a request is judged.
static const access_row_t *row_of(const envelope_t *e)
{
    if (e->type != MSG_REPORT) return access_row(e->type);
    AUTO(msg_body_free) Selenga__Report *m = msg_body_unpack(&selenga__report__descriptor, e->body);
    if (m == NULL || m->explain != NULL) return access_row(ACCESS_EXPLAIN);
    return access_row(m->has_draft ? ACCESS_TRY : MSG_REPORT);
}

static int org_of_route(store_txn_t *txn, const envelope_t *e, char ret[static CODE_MAX + 1])
{
    AUTO(msg_body_free) Selenga__Confirm *m = msg_body_unpack(&selenga__confirm__descriptor, e->body);
    record_t held;
    rid_t id;
    if (m == NULL || m->route.len != sizeof id.b) return 0;
    memcpy(id.b, m->route.data, sizeof id.b);
    int rc = store_get(txn, &id, &held, NULL);
    if (rc == 0) snprintf(ret, CODE_MAX + 1, "%.*s", (int)held.org.size, (const char *)held.org.data);
    return rc < 0 ? rc : 0;
}

// The organisation that a request is about; "": none that is known. 0 or -errno.
static int org_of(const service_t *service, store_txn_t *txn, const envelope_t *e,
                  char ret[static CODE_MAX + 1])
{
    ret[0] = '\0';
    if (e->type == MSG_ROUTE_CONFIRM) return org_of_route(txn, e, ret);
    if (e->type == MSG_ROUTE_PROPOSE) {
        AUTO(msg_body_free) Selenga__Propose *m = msg_body_unpack(&selenga__propose__descriptor, e->body);
        const char *person = m != NULL && m->person != NULL ? m->person : "";
        snprintf(ret, CODE_MAX + 1, "%.*s", (int)strcspn(person, ":"), person);
    }
    if (e->type == MSG_TEACHER_ACCOUNT) {
        AUTO(msg_body_free)
        Selenga__TeacherAccount *m = msg_body_unpack(&selenga__teacher_account__descriptor, e->body);
        const char *person = m != NULL && m->person != NULL ? m->person : "";
        snprintf(ret, CODE_MAX + 1, "%.*s", (int)strcspn(person, ":"), person);
    }
    if (e->type == MSG_SCREENING_ANSWER) {
        AUTO(msg_body_free)
        Selenga__ScreeningAnswer *m = msg_body_unpack(&selenga__screening_answer__descriptor, e->body);
        bool other = m != NULL && m->org != NULL && m->org[0] != '\0';
        snprintf(ret, CODE_MAX + 1, "%s", other ? m->org : service->node.org);
    }
    if (e->type == MSG_REPORT) {
        AUTO(msg_body_free) Selenga__Report *m = msg_body_unpack(&selenga__report__descriptor, e->body);
        bool other = m != NULL && m->org != NULL && m->org[0] != '\0';
        snprintf(ret, CODE_MAX + 1, "%s", other ? m->org : service->node.org);
    }
    return 0;
}

// Sets *ret_fault's code to "" where nothing is in the way. 0 or -errno.
static int judge(const service_t *service, store_txn_t *txn, const envelope_t *e, const principal_t *who,
                 fault_t *ret_fault)
{
    char org[CODE_MAX + 1];
    if (who->role == 0) {
        fault_set(ret_fault, "ACCOUNT-CLOSED", NULL, who->name);
        return 0;
    }
    if (access_is_of_records(e->type)) {
        if (may_records(who, e, ret_fault)) ret_fault->code[0] = '\0';
        return 0;
    }
    const access_row_t *row = row_of(e);
    if (row == NULL || (row->roles & who->role) == 0) {
        principal_denied(who, N_("action"), row != NULL ? row->name : "-", ret_fault);
        return 0;
    }
    ret_fault->code[0] = '\0';
    if (row->about == ABOUT_NOBODY || who->role == ACCESS_UNKNOWN) return 0;
    snprintf(org, sizeof org, "%s", service->node.org);
    int rc = row->about == ABOUT_ORG ? org_of(service, txn, e, org) : 0;
    if (rc == 0 && !principal_covers(who, service->scope, slice_text(org)))
        fault_set(ret_fault, "ACCESS-SCOPE", NULL, org);
    return rc;
}

int requests_admit(service_t *service, store_txn_t *txn, const envelope_t *e, bool *ret_refused)
{
    principal_t who;
    fault_t fault = {0};
    *ret_refused = false;
    int rc = requests_principal(service, txn, e, &who);
    if (rc != 0 || !who.limited) return rc;
    rc = judge(service, txn, e, &who, &fault);
    if (rc != 0) return rc;
    if (fault.code[0] == '\0') return requests_note_read(service, txn, e);
    const char *what = fault.n_args > 2 ? fault.args[2] : NULL;
    rc = service_audit(service, txn, e, &(audit_note_t){.what = "refused", .kind = what, .code = fault.code});
    if (rc != 0) return rc;
    *ret_refused = true;
    // A new account comes to the registry first, and to the others in a moment.
    bool again = who.role == 0 && service->def->number != SERVICE_REGISTRY;
    service_refuse(service, e, &fault, again);
    return 0;
}
