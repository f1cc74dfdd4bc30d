// SPDX-License-Identifier: Apache-2.0
// See planned.h. Of a reference that is refused only its text is told: records are known by the kinds and
// keys that it may mean.
#include "common/forms/planned.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/hash.h"
#include "common/base/i18n.h"
#include "common/base/util.h"
#include "common/base/vec.h"
#include "common/forms/refs.h"
#include "common/schema/kinds.h"

struct planned {
    hash_t hash;
    rid_t *ids;
    size_t n, room;
    const kind_rule_t *kinds[SHEET_KINDS_MAX];
    size_t n_kinds;
};

static slice_t key_of(const void *owner, uint32_t number)
{
    const planned_t *self = owner;
    return slice(self->ids[number].b, sizeof self->ids[number].b);
}

planned_t *planned_new(void)
{
    planned_t *self = xcalloc(1, sizeof *self);
    hash_init(&self->hash, key_of, self);
    return self;
}

void planned_destroy(planned_t **self_p)
{
    if (*self_p == NULL) return;
    hash_empty(&(*self_p)->hash);
    free((*self_p)->ids);
    xfree(self_p);
}

static void note_kind(planned_t *self, const kind_rule_t *kind)
{
    for (size_t i = 0; i < self->n_kinds; i++)
        if (self->kinds[i] == kind) return;
    if (kind != NULL && self->n_kinds < SHEET_KINDS_MAX) self->kinds[self->n_kinds++] = kind;
}

void planned_add(planned_t *self, const Selenga__Outcome *outcome)
{
    for (size_t i = 0; i < outcome->n_items; i++) {
        const Selenga__ItemOutcome *item = outcome->items[i];
        rid_t id;
        if (item->id.len != sizeof id.b) continue;
        memcpy(id.b, item->id.data, sizeof id.b);
        note_kind(self, kind_by_number(item->kind));
        if (hash_add(&self->hash, slice(id.b, sizeof id.b)) == self->n)
            *vec_add(self->ids, self->n, self->room) = id;
    }
}

bool planned_explains(const planned_t *self, const fault_t *fault)
{
    rid_t id;
    why_t why;
    if (strcmp(fault->code, "REF-UNKNOWN") != 0) return false;
    for (size_t i = 0; i < self->n_kinds; i++)
        if (refs_record(self->kinds[i], fault->args[0], i18n_now(), &id, &why) == 0 &&
            hash_find(&self->hash, slice(id.b, sizeof id.b)) != HASH_NONE)
            return true;
    return false;
}
