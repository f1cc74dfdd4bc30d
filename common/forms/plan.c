// SPDX-License-Identifier: Apache-2.0
// See plan.h. Fields are compared in the outside form, and shown in words.
#include "common/forms/plan.h"
#include "common/base/arena.h"
#include "common/schema/kinds.h"
#include <string.h>

typedef struct sides {
    const kind_rule_t *kind;
    body_t *before, *after;
    lang_t lang;
} sides_t;

static void compare(const sides_t *sides, size_t i, plan_change_t *change, void *context)
{
    char was[FIELD_TEXT_MAX], is[FIELD_TEXT_MAX], before[VIEW_TEXT], after[VIEW_TEXT];
    const field_rule_t *field = &sides->kind->fields[i];
    view_t view = {VIEW_WORDS, sides->lang};
    if ((field->flags & F_DERIVED) != 0) return;
    const char *one = body_print(sides->kind, sides->before, i, was);
    const char *other = body_print(sides->kind, sides->after, i, is);
    if (strcmp(one, other) == 0) return;
    change(context, field->name, view_name(field, view),
           view_value(sides->kind, sides->before, i, view, before),
           view_value(sides->kind, sides->after, i, view, after));
}

void plan_changes(const Selenga__Outcome *outcome, lang_t lang, plan_change_t *change, void *context)
{
    for (size_t k = 0; k < outcome->n_items; k++) {
        const Selenga__ItemOutcome *item = outcome->items[k];
        AUTO(arena_destroy) arena_t *arena = arena_new(4 * (item->before.len + item->after.len) + 4096);
        sides_t sides = {.kind = kind_by_number(item->kind), .lang = lang};
        slice_t before = slice(item->before.data, item->before.len),
                after = slice(item->after.data, item->after.len);
        if (sides.kind == NULL || !item->has_before || !item->has_after) continue;
        if (body_unpack(sides.kind, before, arena, &sides.before, NULL) != 0) continue;
        if (body_unpack(sides.kind, after, arena, &sides.after, NULL) != 0) continue;
        for (size_t i = 0; i < sides.kind->n_fields; i++) compare(&sides, i, change, context);
    }
}
