// SPDX-License-Identifier: Apache-2.0
// What a service notes of requests in its audit log, and how far that log goes.
#include "common/base/clock.h"
#include "common/service/service_private.h"
#include "proto/audit.pb-c.h"
#include <stdio.h>
#include <stdlib.h>

enum { WHO_MAX = 160 };

static void set_id(const rid_t *id, Selenga__AuditEntry *m)
{
    if (id == NULL || rid_is_zero(id)) return;
    m->has_id = 1;
    m->id = (ProtobufCBinaryData){.len = sizeof id->b, .data = (uint8_t *)(uintptr_t)id->b};
}

static char *or_null(const char *text)
{
    return text != NULL && text[0] != '\0' ? (char *)(uintptr_t)text : NULL;
}

int service_audit(service_t *service, store_txn_t *txn, const envelope_t *by, const audit_note_t *note)
{
    Selenga__AuditEntry m = SELENGA__AUDIT_ENTRY__INIT;
    char who[WHO_MAX], about[REF_MAX + 1];
    uint8_t bytes[AUDIT_ENTRY_MAX];
    if (service->audit == NULL) return 0; // only in tests
    snprintf(who, sizeof who, "%s%s", by->account[0] != '\0' ? "account:" : "",
             by->account[0] != '\0' ? by->account : by->principal);
    snprintf(about, sizeof about, "%s", note->about != NULL ? note->about : "");
    m.has_time_s = 1;
    m.time_s = wall_s();
    m.who = who;
    m.what = or_null(note->what);
    m.kind = or_null(note->kind);
    m.about = or_null(about);
    m.code = or_null(note->code);
    m.has_records = note->records > 0;
    m.records = note->records;
    set_id(note->id, &m);
    if (selenga__audit_entry__get_packed_size(&m) > sizeof bytes) return -EINVAL;
    return audit_log_add(service->audit, txn, slice(bytes, selenga__audit_entry__pack(&m, bytes)));
}

int requests_audit_head(service_t *service, const envelope_t *e)
{
    static const audit_head_t none; // only in tests
    Selenga__AuditHead reply = SELENGA__AUDIT_HEAD__INIT;
    const audit_head_t *head = service->audit != NULL ? audit_log_head(service->audit) : &none;
    reply.has_seq = reply.has_bytes = reply.has_hash = 1;
    reply.seq = head->seq;
    reply.bytes = head->bytes;
    reply.hash = (ProtobufCBinaryData){.len = AUDIT_HASH, .data = (uint8_t *)(uintptr_t)head->hash};
    service_reply(service, e, MSG_AUDIT_HEAD, &reply.base);
    return 0;
}

// --- reads of names ------------------------------------------------------------------------------

static bool has_names(const kind_rule_t *kind)
{
    for (size_t i = 0; i < kind->n_fields; i++)
        if (kind->fields[i].pd == PD_IDENTITY || kind->fields[i].pd == PD_SPECIAL) return true;
    return false;
}

static int note_read(service_t *service, store_txn_t *txn, const envelope_t *e, uint32_t number,
                     ProtobufCBinaryData id, const char *org)
{
    const kind_rule_t *kind = kind_by_number(number);
    rid_t rid = {{0}};
    if (kind == NULL || !has_names(kind)) return 0;
    if (id.len == sizeof rid.b) memcpy(rid.b, id.data, sizeof rid.b);
    audit_note_t note = {.what = "read", .kind = kind->name, .id = &rid, .about = org};
    return service_audit(service, txn, e, &note);
}

int requests_note_read(service_t *service, store_txn_t *txn, const envelope_t *e)
{
    int rc = 0;
    if (e->type == MSG_GET) {
        AUTO(msg_body_free) Selenga__Get *m = msg_body_unpack(&selenga__get__descriptor, e->body);
        if (m != NULL) rc = note_read(service, txn, e, m->kind, m->id, NULL);
    } else if (e->type == MSG_HISTORY) {
        AUTO(msg_body_free) Selenga__History *m = msg_body_unpack(&selenga__history__descriptor, e->body);
        if (m != NULL) rc = note_read(service, txn, e, m->kind, m->id, NULL);
    } else if (e->type == MSG_LIST) {
        AUTO(msg_body_free) Selenga__List *m = msg_body_unpack(&selenga__list__descriptor, e->body);
        if (m != NULL && !m->has_after) // of a list its first page
            rc = note_read(service, txn, e, m->kind, (ProtobufCBinaryData){0}, m->org);
    }
    return rc;
}

// --- changes -------------------------------------------------------------------------------------

int requests_note_changes(service_t *service, store_txn_t *txn, const envelope_t *e, const changes_t *changes)
{
    int rc = 0;
    for (size_t i = 0; i < changes->n && rc == 0; i++) {
        const changed_t *of = &changes->of[i];
        audit_note_t note = {.what = of->removed ? "delete" : "change",
                             .kind = of->rule->name,
                             .id = of->n == 1 ? &of->id : NULL,
                             .records = of->n};
        rc = service_audit(service, txn, e, &note);
    }
    return rc;
}
