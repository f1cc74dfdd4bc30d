// SPDX-License-Identifier: Apache-2.0
#include "common/service/principal.h"
#include "common/base/i18n.h"
#include "common/base/text.h"
#include "common/schema/wire.h"
#include <stdio.h>

bool principal_denied(const principal_t *who, const char *action, const char *what, fault_t *ret_fault)
{
    const char *role = role_name(who->role);
    fault_set(ret_fault, "ACCESS-DENIED", NULL, role != NULL ? role : "-", action, what);
    return false;
}

bool principal_may(const principal_t *who, const kind_rule_t *kind, access_action_t action,
                   fault_t *ret_fault)
{
    static const char *const WORDS[] = {N_("reading"), N_("writing"), N_("deletion")};
    if (!who->limited || (access_roles(kind, action) & who->role) != 0) return true;
    return principal_denied(who, WORDS[action], kind->name, ret_fault);
}

bool principal_covers(const principal_t *who, const scope_t *scope, slice_t org)
{
    return scope_is_below(scope, org, slice_text(who->org)) == SCOPE_YES;
}

// Does the field name this person? Either a reference, or the number beside the organisation.
static bool names(const kind_rule_t *kind, size_t field, slice_t org, slice_t body, const char *person)
{
    slice_t value;
    char full[REF_MAX + 1];
    if (!wire_find_bytes(body, kind_field_number(kind, field), &value)) return false;
    if (kind->fields[field].type == FIELD_REF) return slice_equal(value, slice_text(person));
    int n = snprintf(full, sizeof full, "%.*s:%.*s", (int)org.size, (const char *)org.data, (int)value.size,
                     (const char *)value.data);
    return n > 0 && (size_t)n < sizeof full && strcmp(full, person) == 0;
}

static bool is_own(const principal_t *who, const kind_rule_t *kind, slice_t org, slice_t body)
{
    slice_t rest = slice_text(kind->access.own), name;
    bool done = false;
    while (who->person[0] != '\0' && text_next_piece(&rest, ' ', &done, &name)) {
        for (size_t i = 0; i < kind->n_fields; i++)
            if (slice_equal(slice_text(kind->fields[i].name), name) && names(kind, i, org, body, who->person))
                return true;
    }
    return false;
}

bool principal_sees(const principal_t *who, const scope_t *scope, const record_t *record)
{
    const kind_rule_t *kind = kind_by_number(record->kind);
    if (!who->limited) return true;
    if (kind == NULL || (access_roles(kind, ACCESS_READ) & who->role) == 0) return false;
    if (kind->down == DOWN_ALL) return true;
    if (!principal_covers(who, scope, record->org)) return false;
    return who->role != R_TEACHER || is_own(who, kind, record->org, record->body);
}

bool principal_holds(const principal_t *who, const scope_t *scope, const kind_rule_t *kind, slice_t org,
                     slice_t body, fault_t *ret_fault)
{
    char text[FAULT_ARG];
    if (!who->limited) return true;
    if (principal_covers(who, scope, org) && (who->role != R_TEACHER || is_own(who, kind, org, body)))
        return true;
    snprintf(text, sizeof text, "%.*s", (int)(org.size < sizeof text ? org.size : sizeof text - 1),
             (const char *)org.data);
    fault_set(ret_fault, "ACCESS-SCOPE", NULL, text);
    return false;
}
