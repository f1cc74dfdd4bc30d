// SPDX-License-Identifier: Apache-2.0
// Checks of who may read and write a kind through an account. Nobody may by having been forgotten.
#include "proto/generate/model.h"
#include <string.h>

unsigned roles_of(const Selenga__Role__Is *is, size_t n)
{
    unsigned roles = 0;
    for (size_t i = 0; i < n; i++) roles |= (unsigned)is[i];
    return roles;
}

// Roles that work without names (design 3): what they may not read stands in no kind that they read.
static void check_classes(model_t *model, const kind_t *kind, unsigned read)
{
    for (size_t i = 0; i < kind->n_fields; i++) {
        const field_t *field = &kind->fields[i];
        int pd = (int)field->says->pd;
        if (!field->says->has_pd) continue;
        if ((pd == PD_IDENTITY || pd == PD_SPECIAL) && (read & (R_ANALYST | R_OPERATOR)) != 0)
            complain(model, kind, field,
                     "not for roles that work without names; take ANALYST and OPERATOR out of access");
        if (pd == PD_EVALUATIVE && (read & R_OPERATOR) != 0)
            complain(model, kind, field,
                     "judges a person, and operators read it; take OPERATOR out of access");
    }
}

static void check_own(model_t *model, const kind_t *kind, const char *name)
{
    const field_t *field = find_field(kind, name);
    bool person = field != NULL && field->type == FIELD_REF && strcmp(field->ref->name, "person") == 0;
    bool number = field != NULL && field->ref == NULL && has_flag(field, F_KEY) && kind->says->org != NULL;
    if (!person && !number)
        complain(model, kind, field,
                 "own: is a reference to a person, or the number that names one in the key; `%s` is neither",
                 name);
}

void check_access(model_t *model, const kind_t *kind)
{
    const Selenga__KindOptions *says = kind->says;
    const Selenga__Access *access = says->access;
    bool program = false;
    if (access == NULL) {
        complain(
            model, kind, NULL,
            "nobody says who may read it; write access: {read: [...] write: [...] delete: [...]}, roles of "
            "proto/options.proto, or access: {} for nobody");
        return;
    }
    unsigned read = roles_of(access->read, access->n_read);
    unsigned change = roles_of(access->write, access->n_write) | roles_of(access->delete_, access->n_delete_);
    for (size_t i = 0; i < says->n_writers; i++) program |= (unsigned)says->writers[i] == W_PROGRAM;
    if ((change & ~read) != 0)
        complain(model, kind, NULL, "access: who may change it may not read it; write read: of all of them");
    if (program && change != 0)
        complain(model, kind, NULL, "access: only its service writes it; take write and delete away");
    if ((read & R_TEACHER) != 0 && access->n_own == 0 && (int)says->down != DOWN_ALL)
        complain(model, kind, NULL,
                 "access: a teacher reads what is his own; write own: \"...\", or take TEACHER away");
    for (size_t i = 0; i < access->n_own; i++) check_own(model, kind, access->own[i]);
    check_classes(model, kind, read);
}
