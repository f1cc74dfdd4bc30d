// SPDX-License-Identifier: Apache-2.0
// How far audit logs go: told to the parent, and taken from children (audit_told.h).
#include "common/base/clock.h"
#include "common/base/i18n.h"
#include "common/base/log.h"
#include "common/node/audit_files.h"
#include "common/service/service_private.h"
#include "proto/message.h"
#include <string.h>
#include <unistd.h>

// --- the parent's part

static bool read_told(const Selenga__AuditTold *m, audit_head_t *told, audit_head_t *prior, bool *ret_prior)
{
    if (m == NULL || !m->has_seq || m->seq == 0 || m->hash.len != AUDIT_HASH) return false;
    *told = (audit_head_t){.seq = m->seq};
    memcpy(told->hash, m->hash.data, AUDIT_HASH);
    *ret_prior = m->has_prior_seq && m->prior_hash.len == AUDIT_HASH;
    if (!*ret_prior) return true;
    *prior = (audit_head_t){.seq = m->prior_seq};
    memcpy(prior->hash, m->prior_hash.data, AUDIT_HASH);
    return true;
}

static void ask_for_the_way(service_t *service, uint32_t peer, uint64_t seq)
{
    Selenga__AuditKept kept = SELENGA__AUDIT_KEPT__INIT;
    kept.has_seq = true;
    kept.seq = seq;
    service_send_peer(service, peer, MSG_AUDIT_KEPT, &kept.base);
}

// From now on the log is followed as it is; the mark tells that it once was another.
static void set_mark(service_t *service, uint32_t peer, audit_verdict_t verdict, audit_told_t *row,
                     const audit_head_t *told)
{
    const char *org = requests_peer_org(service, peer);
    log_once(L_ERROR, "AUDIT-CHILD", peer,
             _("the audit log of %s is not what it was: it had %llu entries, and has %llu"),
             org != NULL ? org : "?", (unsigned long long)row->head.seq, (unsigned long long)told->seq);
    row->mark = verdict;
    row->had = row->head.seq;
    row->marked_s = wall_s();
}

int audit_told_take(service_t *service, store_txn_t *txn, const envelope_t *e)
{
    AUTO(msg_body_free) Selenga__AuditTold *m = msg_body_unpack(&selenga__audit_told__descriptor, e->body);
    audit_head_t told, prior;
    audit_told_t row;
    bool has_prior;
    if (!read_told(m, &told, &prior, &has_prior)) return 0;
    int rc = audit_told_read(txn, e->peer, &row);
    if (rc != 0) return rc;
    audit_verdict_t verdict = audit_judge(&row.head, &told, has_prior ? &prior : NULL);
    if (verdict == AUDIT_UNSAID) {
        ask_for_the_way(service, e->peer, row.head.seq);
        return 0;
    }
    if (verdict == AUDIT_GOES_ON && told.seq == row.head.seq) return 0; // nothing new
    if (verdict != AUDIT_GOES_ON) set_mark(service, e->peer, verdict, &row, &told);
    row.head = told;
    row.told_s = wall_s();
    return audit_told_write(txn, e->peer, &row);
}

// --- the child's part

static void tell(service_t *service, const audit_head_t *prior, uint64_t now_ms)
{
    Selenga__AuditTold m = SELENGA__AUDIT_TOLD__INIT;
    const audit_head_t *head = audit_log_head(service->audit);
    m.has_seq = m.has_hash = true;
    m.seq = head->seq;
    m.hash = (ProtobufCBinaryData){AUDIT_HASH, (uint8_t *)(uintptr_t)head->hash};
    m.has_prior_seq = m.has_prior_hash = prior->seq > 0;
    m.prior_seq = prior->seq;
    m.prior_hash = (ProtobufCBinaryData){AUDIT_HASH, (uint8_t *)(uintptr_t)prior->hash};
    service_send_peer(service, PEER_PARENT, MSG_AUDIT_TOLD, &m.base);
    service->above.told = *head;
    service->above.told_ms = now_ms;
}

void audit_told_tick(service_t *service, uint64_t now_ms)
{
    const uint64_t up_ms = nears_get(&service->nears, PEER_PARENT).up_ms;
    audit_above_t *above = &service->above;
    if (service->audit == NULL || up_ms == 0) return;
    uint64_t seq = audit_log_head(service->audit)->seq;
    bool anew = up_ms != above->up_ms; // what was told on another link may be lost, or the parent is
    if (seq == 0 || (!anew && (seq == above->told.seq || now_ms - above->told_ms < AUDIT_TELL_MS))) return;
    const audit_head_t before = above->told;
    above->up_ms = up_ms;
    tell(service, &before, now_ms);
}

static int stop_at(void *arg, const audit_head_t *head, slice_t body)
{
    audit_head_t *sought = arg;
    (void)body;
    if (head->seq != sought->seq) return 0;
    *sought = *head;
    return AUDIT_E_BROKEN + 1;
}

// From the file: what it lacks still is told another time.
int audit_told_answered(service_t *service, const envelope_t *e)
{
    AUTO(msg_body_free) Selenga__AuditKept *m = msg_body_unpack(&selenga__audit_kept__descriptor, e->body);
    audit_head_t at;
    if (m == NULL || service->audit == NULL || m->seq == 0) return 0;
    audit_head_t sought = {.seq = m->seq};
    AUTO(xclose) int fd = audit_open(".", service->def->number);
    audit_begin(&service->place.path, service->def->number, &at);
    if (fd >= 0 && audit_read(fd, &at, stop_at, &sought) == AUDIT_E_BROKEN + 1)
        tell(service, &sought, mono_ms());
    return 0;
}
