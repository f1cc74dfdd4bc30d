// SPDX-License-Identifier: Apache-2.0
// Methodists who accompany teachers and are not, or no more, trained for it. Appointments and assignments are
// gathered as records pass by, in any order. Appointments by those above are theirs to mend.
#include <stdlib.h>
#include <string.h>

#include "common/base/date.h"
#include "common/base/i18n.h"
#include "common/base/vec.h"
#include "common/service/sensible.h"
#include "common/watch/attention_private.h"

typedef struct tutor {
    bool untrained; // appointed today, without training that holds today
    bool assigned;  // somebody is given to him today
    char *org;      // of his appointment
    int32_t until;  // of his training
    bool had;       // some
} tutor_t;

struct tutors {
    dict_t *codes; // of methodists: their places in `all`
    tutor_t *all;
    size_t n, room;
};

void tutors_destroy(tutors_t **tutors_p)
{
    tutors_t *tutors = *tutors_p;
    if (tutors == NULL) return;
    for (size_t i = 0; i < tutors->n; i++) free(tutors->all[i].org);
    free(tutors->all);
    dict_destroy(&tutors->codes);
    free(tutors);
    *tutors_p = NULL;
}

static tutor_t *tutor_of(attention_t *a, const char *code)
{
    if (a->tutors == NULL) {
        a->tutors = xcalloc(1, sizeof *a->tutors);
        a->tutors->codes = dict_new();
    }
    tutors_t *tutors = a->tutors;
    uint32_t number = dict_add(tutors->codes, slice_text(code));
    if (number == tutors->n) *vec_add(tutors->all, tutors->n, tutors->room) = (tutor_t){0};
    return &tutors->all[number];
}

static void see_appointment(attention_t *a, const seen_record_t *seen, tutor_t *tutor)
{
    size_t until = (size_t)kind_field(seen->kind, "tutor_until");
    if (!seen->ours ||
        !sense_holds(a->today, seen->kind, seen->body,
                     "from <= today & to >= today & state != candidate' & state != ended'") ||
        sense_holds(a->today, seen->kind, seen->body, "tutor_until known & tutor_until >= today"))
        return;
    tutor->untrained = true;
    tutor->had = body_has(seen->kind, seen->body, until);
    tutor->until = tutor->had ? (int32_t)body_int(seen->kind, seen->body, until) : 0;
    if (tutor->org == NULL && seen->record->org != NULL) tutor->org = xstrdup(seen->record->org);
}

void tutors_see(attention_t *a, const watcher_t *self, const seen_record_t *seen)
{
    bool appointment = seen->kind == &KIND_METHODIST;
    int field = kind_field(seen->kind, appointment ? "code" : "methodist");
    const char *code = field >= 0 ? body_str(seen->kind, seen->body, (size_t)field) : NULL;
    (void)self;
    if (code == NULL) return;
    tutor_t *tutor = tutor_of(a, code);
    if (appointment)
        see_appointment(a, seen, tutor);
    else if (sense_holds(a->today, seen->kind, seen->body, "from <= today & to >= today"))
        tutor->assigned = true;
}

void find_untrained(attention_t *a, const watcher_t *self)
{
    tutors_t *tutors = a->tutors;
    char day[DATE_TEXT];
    for (uint32_t i = 0; tutors != NULL && i < tutors->n; i++) {
        const tutor_t *tutor = &tutors->all[i];
        if (!tutor->untrained || !tutor->assigned) continue;
        finding_t *found = attention_add(a, self->what, tutor->org, &KIND_METHODIST,
                                         dict_key(tutors->codes, i), _(self->text));
        if (found != NULL && tutor->had) found->since = xstrdup(date_text(tutor->until, day));
    }
}
