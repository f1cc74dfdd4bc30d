// SPDX-License-Identifier: Apache-2.0
// From words to kinds and ids.
#include "common/forms/refs.h"
#include "common/forms/view.h"

#include <stdio.h>
#include <string.h>

#include "common/base/i18n.h"
#include "common/base/nearest.h"
#include "common/schema/body.h"

int refs_kind(const char *name, lang_t lang, const kind_rule_t **ret_kind, why_t *ret_why)
{
    const kind_rule_t *kind = kind_by_name(name);
    if (kind) {
        *ret_kind = kind;
        return 0;
    }
    nearest_t nearest = nearest_to(name);
    for (size_t i = 0; i < N_KINDS; i++) nearest_offer(&nearest, KINDS[i]->name);
    if (nearest.best)
        why_set(ret_why, i18n_in(lang, "there is no kind '%s'; did you mean '%s'?"), name, nearest.best);
    else
        why_set(ret_why, i18n_in(lang, "there is no kind '%s'; `selenga kinds` lists them"), name);
    return REFS_E_UNKNOWN;
}

// What a person calls the kind.
static const char *kind_words(const kind_rule_t *kind, lang_t lang)
{
    return lang == LANG_EN ? kind->name : bilingual_in(&kind->label, lang);
}

// "org:number": what the key of a kind is made of.
static void key_shape(const kind_rule_t *kind, lang_t lang, char *buffer, size_t size)
{
    size_t used = 0;
    buffer[0] = '\0';
    for (size_t i = 0; i < kind->n_fields && used < size; i++) {
        if (!(kind->fields[i].flags & F_KEY)) continue;
        used += (size_t)snprintf(buffer + used, size - used, "%s%s", used ? ":" : "",
                                 view_name(&kind->fields[i], view_for(lang)));
    }
}

int refs_record(const kind_rule_t *kind, const char *text, lang_t lang, rid_t *ret_id, why_t *ret_why)
{
    char parts[KEY_TEXT_MAX], shape[256];
    if (ref_from_person(kind, text, ret_id)) return 0;
    // '/' may be part of a key (a certificate's number), so it parts only what could not be read otherwise.
    if (text_copy(parts, sizeof parts, text)) {
        for (char *c = parts; *c; c++)
            if (*c == '/') *c = ' ';
        if (ref_from_person(kind, parts, ret_id)) return 0;
    }
    if (kind_has_key(kind)) {
        key_shape(kind, lang, shape, sizeof shape);
        why_set(ret_why, i18n_in(lang, "'%s' is neither an id nor the key of %s, which is %s"), text,
                kind_words(kind, lang), shape);
    } else {
        why_set(ret_why, i18n_in(lang, "'%s' is not an id; %s has no other name"), text,
                kind_words(kind, lang));
    }
    return REFS_E_UNKNOWN;
}
