// SPDX-License-Identifier: Apache-2.0
// From words to kinds and ids.
#include "services/cli/refs.h"

#include <stdio.h>
#include <string.h>

#include "common/base/i18n.h"
#include "common/base/util.h"
#include "common/schema/body.h"
#include "services/cli/nearest.h"

int refs_kind(const char *name, const kind_rule_t **ret_kind)
{
    const kind_rule_t *kind = kind_by_name(name);
    if (kind) {
        *ret_kind = kind;
        return CLI_DONE;
    }
    nearest_t nearest = nearest_to(name);
    for (size_t i = 0; i < N_KINDS; i++) nearest_offer(&nearest, KINDS[i]->name);
    if (nearest.best) return cli_refuse(_("there is no kind '%s'; did you mean '%s'?"), name, nearest.best);
    return cli_refuse(_("there is no kind '%s'; `selenga kinds` lists them"), name);
}

// "org:number": what the key of a kind is made of.
static void key_shape(const kind_rule_t *kind, char *buffer, size_t size)
{
    size_t used = 0;
    buffer[0] = '\0';
    for (size_t i = 0; i < kind->n_fields && used < size; i++) {
        if (!(kind->fields[i].flags & F_KEY)) continue;
        used += (size_t)snprintf(buffer + used, size - used, "%s%s", used ? ":" : "", kind->fields[i].name);
    }
}

int refs_record(const kind_rule_t *kind, const char *text, rid_t *ret_id)
{
    char parts[KEY_TEXT_MAX], shape[256];
    if (ref_from_person(kind, text, ret_id)) return CLI_DONE;
    // '/' may be part of a key (a certificate's number), so it parts only what could not be read otherwise.
    if (text_copy(parts, sizeof parts, text)) {
        for (char *c = parts; *c; c++)
            if (*c == '/') *c = ' ';
        if (ref_from_person(kind, parts, ret_id)) return CLI_DONE;
    }
    if (!kind_has_key(kind))
        return cli_refuse(_("'%s' is not an id; %s has no other name"), text, kind->name);
    key_shape(kind, shape, sizeof shape);
    return cli_refuse(_("'%s' is neither an id nor the key of %s, which is %s"), text, kind->name, shape);
}
