// SPDX-License-Identifier: Apache-2.0
// Getting and listing records for a local caller. A list looks at LOOKS records in a turn of the loop and
// goes on in the next: what others ask meanwhile does not wait behind it. Its marks stand between two records
// whatever is written between two turns, as they do between two pages.
#include "common/base/i18n.h"
#include "common/forms/find.h"
#include "common/service/doubts.h"
#include "common/service/service_private.h"
#include <errno.h>
#include <stdlib.h>

enum { PAGE_MAX = 1000, PAGE_BYTES = 512 * 1024, WHERE_MAX = 16, SCANS_MAX = 64, IDS_MAX = 1000 };
enum { LOOKS = 1000, LOOKS_INTO = 250 }; // into all texts of the record: that takes longer
enum { PASSES = 20000 };                 // entries of the index alone
enum { SCAN_PAUSES = 2 };                // beside 1: the page is full

// Which records are looked at for what is asked: as few as the indexes allow.
typedef struct plan {
    enum { BY_KIND, BY_REFERENCE, BY_KEY, BY_IDS } by;
    slice_t org; // BY_KIND: of this organisation, if org.size > 0; in the query's memory
    rid_t id;    // BY_REFERENCE: who is referred to; BY_KEY: the one record
} plan_t;

typedef struct page {
    ProtobufCBinaryData *wires; // copies: the transaction may write before the reply is packed
    Selenga__Doubts **doubts;   // of each, where they were asked for
    rid_t *ids;
    size_t n, bytes, limit;
    bool more;
} page_t;

typedef struct scan {
    struct scan *next;
    envelope_t to; // without its body
    Selenga__List *query;
    const kind_rule_t *rule;
    find_t *find; // NULL: any text will do
    plan_t plan;
    list_mark_t at; // looked at up to here
    bool begun, again;
    bool fresh;    // came in this turn: if its transaction is lost, what it read there counts for nothing
    size_t looks;  // in this turn
    uint64_t skip; // so many that fit still come before the page
    rid_t passed;  // the last of them that was passed over by the index alone
    page_t page;
    principal_t who;
    const scope_t *scope; // of this turn
    store_txn_t *txn;
    arena_t *arena;
} scan_t;

static void scan_free(scan_t **scan_p)
{
    scan_t *scan = *scan_p;
    for (size_t i = 0; i < scan->page.n; i++) {
        free(scan->page.wires[i].data);
        msg_body_free(&scan->page.doubts[i]);
    }
    free(scan->page.wires);
    free(scan->page.doubts);
    free(scan->page.ids);
    find_destroy(&scan->find);
    msg_body_free(&scan->query);
    free(scan);
    *scan_p = NULL;
}

// --- a page --------------------------------------------------------------------------------------

// A record that changed between two turns stands behind all others again.
static size_t place_for(const page_t *page, const rid_t *id, bool again)
{
    for (size_t i = 0; again && i < page->n; i++)
        if (rid_equal(&page->ids[i], id)) return i;
    return page->n;
}

static size_t size_of_doubts(const Selenga__Doubts *doubts)
{
    return doubts != NULL ? selenga__doubts__get_packed_size(doubts) : 0;
}

// Takes the doubts over unless the page is full.
static bool page_add(page_t *page, const record_t *r, Selenga__Doubts **doubts_p, bool again)
{
    size_t i = place_for(page, &r->id, again), size = r->wire.size + size_of_doubts(*doubts_p);
    size_t before = i < page->n ? page->wires[i].len + size_of_doubts(page->doubts[i]) : 0;
    bool full = i == page->limit || (page->n > 0 && page->bytes - before + size > PAGE_BYTES);
    if (full) return false;
    if (i < page->n) {
        free(page->wires[i].data);
        msg_body_free(&page->doubts[i]);
    }
    page->n += i == page->n;
    page->wires[i] = (ProtobufCBinaryData){.len = r->wire.size, .data = xmemdup(r->wire.data, r->wire.size)};
    page->doubts[i] = *doubts_p;
    *doubts_p = NULL;
    page->ids[i] = r->id;
    page->bytes += size - before;
    return true;
}

// doubts: NULL where nobody asked for them.
static void send_records(service_t *service, const envelope_t *to, ProtobufCBinaryData *wires,
                         Selenga__Doubts **doubts, size_t n, const list_mark_t *next)
{
    Selenga__Records reply = SELENGA__RECORDS__INIT;
    reply.records = wires;
    reply.n_records = n;
    reply.doubts = doubts;
    reply.n_doubts = doubts != NULL ? n : 0;
    if (next != NULL) {
        reply.has_next = 1;
        reply.next = (ProtobufCBinaryData){.len = sizeof next->b, .data = (uint8_t *)next->b};
    }
    service_reply(service, to, MSG_RECORDS, &reply.base);
}

int requests_get(service_t *service, store_txn_t *txn, const envelope_t *e)
{
    AUTO(msg_body_free) Selenga__Get *get = msg_body_unpack(&selenga__get__descriptor, e->body);
    principal_t who;
    record_t r;
    rid_t id;
    if (get == NULL || get->id.len != sizeof id.b) return requests_refuse(service, e, "MALFORMED", "");
    memcpy(id.b, get->id.data, sizeof id.b);
    int rc = requests_principal(service, txn, e, &who);
    if (rc == 0) rc = store_get(txn, &id, &r, NULL);
    if (rc < 0) return rc;
    bool other = rc == 0 && get->has_kind && r.kind != get->kind;
    if (rc == KV_NONE || (r.deleted && !get->deleted_too) || other ||
        !principal_sees(&who, service->scope, &r)) {
        const kind_rule_t *rule = kind_by_number(get->kind);
        return requests_refuse(service, e, "NOT-FOUND", rule != NULL ? rule->name : "");
    }
    ProtobufCBinaryData wire = {.len = r.wire.size, .data = (uint8_t *)(uintptr_t)r.wire.data};
    send_records(service, e, &wire, NULL, 1, NULL);
    return 0;
}

// --- which records -------------------------------------------------------------------------------

// The value that is asked for in this field; NULL: any. "" asks for those without it.
static const char *asked(const scan_t *scan, size_t field)
{
    for (size_t i = 0; i < scan->query->n_where; i++)
        if (strcmp(scan->query->where[i]->field, scan->rule->fields[field].name) == 0)
            return scan->query->where[i]->value != NULL ? scan->query->where[i]->value : "";
    return NULL;
}

// All of the key is given.
static bool plan_by_key(scan_t *scan)
{
    fault_t fault;
    arena_reset(scan->arena, BODY_MAX);
    body_t *body = body_new(scan->rule, scan->arena);
    if (body == NULL || !kind_has_key(scan->rule)) return false;
    for (size_t i = 0; i < scan->rule->n_fields; i++) {
        if ((scan->rule->fields[i].flags & F_KEY) == 0) continue;
        const char *value = asked(scan, i);
        if (value == NULL || *value == '\0' ||
            body_set_text(scan->rule, body, i, value, scan->arena, &fault) != 0)
            return false;
    }
    if (!body_id(scan->rule, body, &scan->plan.id)) return false;
    scan->plan.by = BY_KEY;
    return true;
}

// Who is referred to by a field that is indexed; rather a person than a campaign.
static bool plan_by_reference(scan_t *scan)
{
    for (size_t i = 0; i < scan->rule->n_fields; i++) {
        const field_rule_t *field = &scan->rule->fields[i];
        const char *value = (field->flags & F_INDEX) != 0 ? asked(scan, i) : NULL;
        slice_t ref;
        const kind_rule_t *target = value != NULL ? ref_target(field, slice_text(value), &ref) : NULL;
        if (target == NULL || !ref_id(target, ref, &scan->plan.id)) continue;
        scan->plan.by = BY_REFERENCE;
        if (field->ref == N_PERSON) break;
    }
    return scan->plan.by == BY_REFERENCE;
}

// By the organisation, which may also be the first piece of a field.
static void plan_by_kind(scan_t *scan)
{
    int field = scan->rule->org_field != NULL ? kind_field(scan->rule, scan->rule->org_field) : -1;
    const char *value = field >= 0 ? asked(scan, (size_t)field) : NULL;
    if (scan->query->org != NULL)
        scan->plan.org = slice_text(scan->query->org);
    else if (value != NULL)
        scan->plan.org = slice(value, strcspn(value, ":"));
}

static bool matches(scan_t *scan, const record_t *r)
{
    body_t *body = NULL;
    char text[FIELD_TEXT_MAX];
    if (r->gone || (r->deleted && !scan->query->deleted_too) || r->kind != scan->rule->number) return false;
    if (scan->query->org != NULL && !slice_equal(r->org, slice_text(scan->query->org))) return false;
    if (!principal_sees(&scan->who, scan->scope, r)) return false;
    if (scan->query->n_where == 0 && scan->find == NULL) return true;
    arena_reset(scan->arena, r->body.size);
    if (body_unpack(scan->rule, r->body, scan->arena, &body, NULL) != 0) return false;
    for (size_t i = 0; i < scan->query->n_where; i++) {
        const Selenga__Match *m = scan->query->where[i];
        int field = kind_field(scan->rule, m->field);
        if (strcmp(body_print(scan->rule, body, (size_t)field, text), m->value != NULL ? m->value : "") != 0)
            return false;
    }
    return scan->find == NULL || find_matches(scan->find, &scan->rule, &body, 1);
}

// --- reading -------------------------------------------------------------------------------------

// 0, or -errno. *ret_fits only where there are doubts, if these were asked for.
static int judge(scan_t *scan, const record_t *r, Selenga__Doubts **ret_doubts, bool *ret_fits)
{
    *ret_doubts = NULL;
    *ret_fits = matches(scan, r);
    if (!*ret_fits || !scan->query->doubtful) return 0;
    int rc = doubts_find(scan->txn, scan->arena, scan->rule, r, ret_doubts);
    *ret_fits = *ret_doubts != NULL;
    return rc;
}

static int look_at(void *arg, const record_t *r, const place_t *place)
{
    scan_t *scan = arg;
    AUTO(msg_body_free) Selenga__Doubts *doubts = NULL;
    bool fits;
    if (scan->looks == 0) return SCAN_PAUSES;
    scan->looks--;
    int rc = judge(scan, r, &doubts, &fits);
    if (rc != 0) return rc;
    bool skipped = fits && scan->skip > 0;
    if (skipped) scan->skip--;
    if (fits && !skipped && !page_add(&scan->page, r, &doubts, scan->again)) {
        scan->page.more = true;
        return 1;
    }
    scan->at = store_list_mark(r, place);
    scan->begun = true;
    return 0;
}

static int read_key(scan_t *scan)
{
    record_t r;
    place_t place;
    if (scan->begun) return 0; // it stood on the page before
    int rc = store_get(scan->txn, &scan->plan.id, &r, &place);
    return rc == 0 ? look_at(scan, &r, &place) : rc < 0 ? rc : 0;
}

// A mark is the place in the request of the last that was looked at.
static int read_ids(scan_t *scan)
{
    for (uint64_t i = scan->begun ? be64_load(scan->at.b) + 1 : 0; i < scan->query->n_ids; i++) {
        record_t r;
        place_t place;
        rid_t id;
        memcpy(id.b, scan->query->ids[i].data, sizeof id.b);
        int rc = store_get(scan->txn, &id, &r, &place);
        if (rc == 0) rc = look_at(scan, &r, &place);
        if (rc != 0 && rc != KV_NONE) return rc;
        be64_store(scan->at.b, i);
        scan->begun = true;
    }
    return 0;
}

static int pass_over(void *arg, const rid_t *id)
{
    scan_t *scan = arg;
    scan->passed = *id;
    scan->skip--;
    return --scan->looks == 0 || scan->skip == 0;
}

// Where nothing of a record decides whether it fits, those before the page need not be read.
static bool fits_unread(const scan_t *scan)
{
    return scan->plan.by == BY_KIND && scan->plan.org.size == 0 && scan->query->n_where == 0 &&
           scan->find == NULL && !scan->query->doubtful && !scan->who.limited;
}

// 1: goes on behind scan->at. 0: there are no more.
static int pass_by_index(scan_t *scan)
{
    record_t r;
    place_t place;
    list_mark_t from = scan->at;
    scan->looks = PASSES;
    int rc = store_list(scan->txn, scan->rule->number, scan->plan.org, scan->begun ? &from : NULL, pass_over,
                        scan);
    if (rc != 1) return rc;
    rc = store_get(scan->txn, &scan->passed, &r, &place);
    if (rc != 0) return rc == KV_NONE ? -EUCLEAN : rc;
    scan->at = store_list_mark(&r, &place);
    scan->begun = true;
    return 1;
}

// 0 or 1: the page is to be sent; SCAN_PAUSES; or -errno.
static int read_some(service_t *service, store_txn_t *txn, scan_t *scan)
{
    scan->txn = txn;
    scan->scope = service->scope;
    scan->arena = service->arena;
    if (scan->skip > 0 && fits_unread(scan)) {
        int rc = pass_by_index(scan);
        if (rc != 1) return rc;
        if (scan->skip > 0) return SCAN_PAUSES;
    }
    list_mark_t from = scan->at; // it moves on while records are looked at
    const list_mark_t *after = scan->begun ? &from : NULL;
    scan->looks = scan->find != NULL || scan->query->doubtful ? LOOKS_INTO : LOOKS;
    switch (scan->plan.by) {
    case BY_KEY:
        return read_key(scan);
    case BY_IDS:
        return read_ids(scan);
    case BY_REFERENCE:
        return store_each_referring(txn, &scan->plan.id, scan->rule->number, after, look_at, scan);
    case BY_KIND:
        break;
    }
    return (scan->query->deleted_too ? store_each_ever : store_each)(txn, scan->rule->number, scan->plan.org,
                                                                     after, look_at, scan);
}

static void send_page(service_t *service, scan_t *scan)
{
    send_records(service, &scan->to, scan->page.wires, scan->query->doubtful ? scan->page.doubts : NULL,
                 scan->page.n, scan->page.more ? &scan->at : NULL);
}

// Unlinks the one at `at`.
static void scan_drop(service_t *service, scan_t **at)
{
    scan_t *scan = *at;
    *at = scan->next;
    scan_free(&scan);
    service->n_scans--;
}

static void refuse_scan(service_t *service, const scan_t *scan, int rc)
{
    fault_t fault;
    fault_set(&fault, service_trouble(rc), NULL, strerror(-rc));
    service_refuse(service, &scan->to, &fault, true);
}

// New ones stand in front: the last has waited longest.
void requests_scan_on(service_t *service)
{
    scan_t **at = &service->scans;
    store_txn_t *txn = NULL;
    if (*at == NULL) return;
    while ((*at)->next != NULL) at = &(*at)->next;
    scan_t *scan = *at;
    scan->again = true;
    int rc = store_begin(service->store, false, &txn);
    if (rc == 0) {
        rc = read_some(service, txn, scan);
        store_abort(&txn);
    }
    if (rc == SCAN_PAUSES) { // the next turn is another's
        *at = NULL;
        scan->next = service->scans;
        service->scans = scan;
        return;
    }
    if (rc < 0)
        refuse_scan(service, scan, rc);
    else
        send_page(service, scan);
    scan_drop(service, at);
}

void requests_scanned(service_t *service, bool kept)
{
    for (scan_t **at = &service->scans; *at != NULL && (*at)->fresh;) {
        if (!kept) {
            scan_drop(service, at);
            continue;
        }
        (*at)->fresh = false;
        at = &(*at)->next;
    }
}

void requests_forget_scans(service_t *service)
{
    while (service->scans != NULL) {
        scan_t *scan = service->scans;
        service->scans = scan->next;
        scan_free(&scan);
    }
    service->n_scans = 0;
}

// --- a request -----------------------------------------------------------------------------------

static const char *bad_where(const kind_rule_t *rule, const Selenga__List *query)
{
    for (size_t i = 0; i < query->n_where; i++)
        if (query->where[i]->field == NULL || kind_field(rule, query->where[i]->field) < 0)
            return query->where[i]->field != NULL ? query->where[i]->field : "";
    return NULL;
}

static bool good_ids(const Selenga__List *query)
{
    for (size_t i = 0; i < query->n_ids; i++)
        if (query->ids[i].len != sizeof(rid_t)) return false;
    return query->n_ids <= IDS_MAX;
}

static scan_t *scan_new(service_t *service, const envelope_t *e, const kind_rule_t *rule,
                        Selenga__List **query_p)
{
    scan_t *scan = xcalloc(1, sizeof *scan);
    scan->to = *e;
    scan->to.body = (slice_t){0};
    scan->query = *query_p;
    *query_p = NULL;
    scan->rule = rule;
    if (scan->query->find != NULL) scan->find = find_new(scan->query->find);
    scan->arena = service->arena;
    uint32_t limit = scan->query->limit;
    scan->page.limit = scan->query->has_limit && limit > 0 && limit < PAGE_MAX ? limit : PAGE_MAX;
    scan->page.wires = xcalloc(scan->page.limit, sizeof *scan->page.wires);
    scan->page.doubts = xcalloc(scan->page.limit, sizeof(Selenga__Doubts *));
    scan->page.ids = xcalloc(scan->page.limit, sizeof *scan->page.ids);
    scan->begun = scan->query->has_after;
    if (scan->begun) memcpy(scan->at.b, scan->query->after.data, sizeof scan->at.b);
    scan->skip = scan->query->skip;
    scan->plan.by = scan->query->n_ids > 0 ? BY_IDS : BY_KIND;
    if (scan->plan.by == BY_IDS) return scan;
    if (scan->query->n_where > 0 && (plan_by_key(scan) || plan_by_reference(scan))) return scan;
    plan_by_kind(scan);
    return scan;
}

// Of a tombstone nothing is left by which it could be chosen.
static bool good_deleted(const Selenga__List *query)
{
    return !query->deleted_too || (query->n_where == 0 && query->find == NULL && query->n_ids == 0 &&
                                   !query->doubtful && !query->has_skip);
}

int requests_list(service_t *service, store_txn_t *txn, const envelope_t *e)
{
    AUTO(msg_body_free) Selenga__List *query = msg_body_unpack(&selenga__list__descriptor, e->body);
    if (query == NULL || query->n_where > WHERE_MAX || !good_ids(query) ||
        (query->has_after && query->after.len != sizeof(list_mark_t)) ||
        (query->find != NULL && strlen(query->find) > FIND_MAX) || !good_deleted(query))
        return requests_refuse(service, e, "MALFORMED", "");
    const kind_rule_t *rule = kind_by_number(query->kind);
    if (rule == NULL) return requests_refuse(service, e, "UNKNOWN-KIND", "");
    const char *bad = bad_where(rule, query);
    if (bad != NULL) return requests_refuse(service, e, "UNKNOWN-FIELD", bad);
    bool takes_out = query->export && !query->has_after;
    audit_note_t note = {.what = "export", .kind = rule->name, .about = query->org};
    int rc = takes_out ? service_audit(service, txn, e, &note) : 0;
    if (rc != 0) return rc;
    scan_t *scan = scan_new(service, e, rule, &query);
    rc = requests_principal(service, txn, e, &scan->who);
    if (rc == 0) rc = read_some(service, txn, scan);
    if (rc == 0 || rc == 1) send_page(service, scan);
    if (rc == SCAN_PAUSES && service->n_scans == SCANS_MAX) {
        fault_t fault;
        fault_set(&fault, "SERVICE-BUSY", NULL, service_name(service->def->number));
        service_refuse(service, e, &fault, true);
        rc = 0;
    }
    if (rc != SCAN_PAUSES) return scan_free(&scan), rc < 0 ? rc : 0;
    scan->fresh = true;
    scan->next = service->scans;
    service->scans = scan;
    service->n_scans++;
    return 0;
}
