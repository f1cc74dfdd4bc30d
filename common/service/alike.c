// SPDX-License-Identifier: Apache-2.0
// The keys of one kind (of one organisation, where its key names one) are read once for a load of them. What
// is told is looked up first, so that a key that was never written, or has gone, does no harm.
#include "common/service/alike.h"
#include "common/base/clock.h"
#include "common/forms/seen.h"
#include <stdlib.h>

enum { KEPT_MS = 10000 };

struct alike {
    const kind_rule_t *kind; // NULL: nothing was read
    char org[CODE_MAX + 1];
    uint64_t read_ms;
    seen_t *seen; // rows are places in `held`
    rid_list_t held;
    arena_t *arena;
};

alike_t *alike_new(void)
{
    alike_t *self = xcalloc(1, sizeof *self);
    self->arena = arena_new(BODY_MAX);
    self->seen = seen_new();
    return self;
}

void alike_destroy(alike_t **self_p)
{
    alike_t *self = *self_p;
    if (self == NULL) return;
    seen_destroy(&self->seen);
    arena_destroy(&self->arena);
    free(self->held.ids);
    xfree(self_p);
}

// The last field of the key, where that is a code.
static int code_field(const kind_rule_t *kind)
{
    int found = -1;
    for (size_t i = 0; i < kind->n_fields; i++)
        if ((kind->fields[i].flags & F_KEY) != 0) found = (int)i;
    return found >= 0 && (kind->fields[found].flags & F_CODE) != 0 ? found : -1;
}

static seen_how_t enter(alike_t *self, const kind_rule_t *kind, const rid_t *id, const body_t *body,
                        uint32_t *ret_place)
{
    char buf[KEY_TEXT_MAX];
    seen_how_t how = seen_enter(self->seen, id, body_key(kind, body, buf), (uint32_t)self->held.n, ret_place);
    if (how != SEEN_SAME) rid_list_add(&self->held, id);
    return how;
}

static int read_one(void *arg, const record_t *r, const place_t *place)
{
    alike_t *self = arg;
    body_t *body = NULL;
    uint32_t other;
    (void)place;
    arena_reset(self->arena, BODY_MAX);
    if (body_unpack(self->kind, r->body, self->arena, &body, NULL) == 0)
        enter(self, self->kind, &r->id, body, &other);
    return 0;
}

static int read_held(alike_t *self, store_txn_t *txn, const kind_rule_t *kind, const body_t *body)
{
    slice_t org = kind_key_names_org(kind) ? body_org(kind, body, "") : (slice_t){0};
    bool same = self->kind == kind && strlen(self->org) == org.size &&
                memcmp(self->org, org.data != NULL ? (const char *)org.data : "", org.size) == 0;
    if (same && mono_ms() - self->read_ms < KEPT_MS) return 0;
    if (org.size > CODE_MAX) return 0;
    self->kind = kind;
    snprintf(self->org, sizeof self->org, "%.*s", (int)org.size, org.size > 0 ? (const char *)org.data : "");
    self->read_ms = mono_ms();
    self->held.n = 0;
    seen_destroy(&self->seen);
    self->seen = seen_new();
    int rc = store_each(txn, kind->number, org, NULL, read_one, self);
    return rc < 0 ? rc : 0;
}

static int warn(alike_t *self, store_txn_t *txn, uint32_t place, size_t field, sense_t *sense)
{
    record_t r;
    body_t *other = NULL;
    char buf[FIELD_TEXT_MAX];
    int rc = store_get(txn, &self->held.ids[place], &r, NULL);
    if (rc != 0 || r.deleted) return rc < 0 ? rc : 0;
    arena_reset(self->arena, BODY_MAX);
    if (body_unpack(self->kind, r.body, self->arena, &other, NULL) != 0 || sense->n == SENSE_MAX) return 0;
    fault_set(&sense->faults[sense->n++], "KEY-HELD-ALIKE", self->kind->fields[field].name,
              body_print(self->kind, other, field, buf));
    return 0;
}

int alike_check(alike_t *self, store_txn_t *txn, const kind_rule_t *kind, const rid_t *id, const body_t *body,
                sense_t *sense)
{
    uint32_t place = 0;
    int field = code_field(kind);
    if (field < 0) return 0;
    int rc = read_held(self, txn, kind, body);
    if (rc != 0 || enter(self, kind, id, body, &place) != SEEN_ALIKE || place >= self->held.n) return rc;
    return warn(self, txn, place, (size_t)field, sense);
}
