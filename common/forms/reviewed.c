// SPDX-License-Identifier: Apache-2.0
#include "common/forms/reviewed.h"
#include "common/base/arena.h"
#include "common/base/util.h"
#include "common/schema/body.h"
#include "common/schema/states.h"
#include <stdio.h>
#include <string.h>

static const char *state_text(const char *state)
{
    static const struct {
        const char *state, *text;
    } words[] = {{"agreed", N_("agreed to")},
                 {"changed", N_("changed since it was decided about")},
                 {"waiting", N_("waits for")},
                 {"returned", N_("returned")},
                 {"declined", N_("declined")}};
    for (size_t i = 0; i < ARRAY_SIZE(words); i++)
        if (strcmp(words[i].state, state) == 0) return _(words[i].text);
    return state;
}

const char *reviewed_text(const char *state, uint32_t awaits, char *buf)
{
    char codes[FAULT_ARG], who[STATES_TEXT];
    state_change_t waits = {.levels = awaits};
    states_who(states_who_codes(&waits, codes, sizeof codes), i18n_now(), who);
    if (strcmp(state, "waiting") != 0) who[0] = '\0';
    snprintf(buf, REVIEWED_TEXT, "%s%s%s", state_text(state), who[0] != '\0' ? ": " : "", who);
    return buf;
}

bool reviewed_of(const Selenga__Record *record, char *buf)
{
    char key[KEY_TEXT_MAX];
    body_t *body;
    const kind_rule_t *kind = kind_by_number(record->kind);
    if (kind == NULL || !kind_has_key(kind)) return false;
    AUTO(arena_destroy) arena_t *arena = arena_new(record->body.len);
    if (body_unpack(kind, slice(record->body.data, record->body.len), arena, &body, NULL) != 0) return false;
    int n = snprintf(buf, REVIEWED_OF, "%s:%s", kind->name, body_key_shown(kind, body, key));
    return n > 0 && n < REVIEWED_OF;
}
