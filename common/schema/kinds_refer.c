// SPDX-License-Identifier: Apache-2.0
// Which kinds refer to which, and how that is found.
#include "common/schema/kinds.h"
#include <string.h>

static bool names_org(const kind_rule_t *kind, const kind_rule_t *target)
{
    return target->number == N_ORGANISATION && kind->org_field != NULL;
}

found_by_t kind_ref_found(const kind_rule_t *kind, size_t field, const kind_rule_t *target)
{
    const field_rule_t *f = &kind->fields[field];
    bool one = f->type == FIELD_REF && f->ref == target->number;
    bool any = f->type == FIELD_ANY_REF;
    bool list = f->type == FIELD_REFS && f->ref == target->number;
    if (names_org(kind, target) && strcmp(kind->org_field, f->name) == 0) return FOUND_BY_ORG;
    if (!one && !any && !list) return FOUND_NO_REF;
    return !list && (f->flags & F_INDEX) != 0 ? FOUND_BY_REF : FOUND_BY_LOOKING;
}

bool kind_refers(const kind_rule_t *kind, const kind_rule_t *target)
{
    if (kind->derived) return false;
    for (size_t i = 0; i < kind->n_fields; i++)
        if (kind_ref_found(kind, i, target) != FOUND_NO_REF) return true;
    return false;
}

bool kinds_refer(uint32_t service, const kind_rule_t *target)
{
    for (size_t i = 0; i < N_KINDS; i++)
        if (KINDS[i]->number / 100 == service && kind_refers(KINDS[i], target)) return true;
    return false;
}

static bool in_sheet(const sheet_rule_t *sheet, const kind_rule_t *kind)
{
    for (size_t i = 0; i < sheet->n_kinds; i++)
        if (sheet->kinds[i] == kind) return true;
    return false;
}

static const kind_rule_t *with_end(const kind_rule_t *kind)
{
    if (kind->ends_by != NULL) return kind;
    for (size_t s = 0; s < N_SHEETS; s++) {
        if (!in_sheet(&SHEETS[s], kind)) continue;
        for (size_t i = 0; i < SHEETS[s].n_kinds; i++)
            if (SHEETS[s].kinds[i]->ends_by != NULL) return SHEETS[s].kinds[i];
    }
    return NULL;
}

const char *kind_end(const kind_rule_t *kind, char *buf)
{
    const kind_rule_t *ending = with_end(kind);
    buf[0] = '\0';
    if (ending != NULL)
        snprintf(buf, (size_t)2 * (FIELD_NAME_MAX + 1), "%s.%s", ending->name, ending->ends_by);
    return buf;
}
