// SPDX-License-Identifier: Apache-2.0
// Its life: from whom it is for to what was found.
#include "common/watch/attention.h"
#include "common/base/clock.h"
#include "common/base/date.h"
#include "common/base/text.h"
#include "common/base/vec.h"
#include "common/schema/access.h"
#include "common/watch/attention_private.h"
#include <stdio.h>
#include <stdlib.h>

void findings_clear(findings_t *found)
{
    for (size_t i = 0; i < found->n; i++) {
        free(found->items[i].org);
        free(found->items[i].ref);
        free(found->items[i].since);
        free(found->items[i].text);
    }
    free(found->items);
    *found = (findings_t){0};
}

// NULL for NULL, "" and what is no UTF-8.
static char *kept(const char *text)
{
    return text != NULL && *text != '\0' && utf8_is_valid(slice_text(text)) ? xstrdup(text) : NULL;
}

finding_t *attention_add(attention_t *a, const char *what, const char *org, const kind_rule_t *kind,
                         const char *ref, const char *text)
{
    if (a->org != NULL && !attention_is_within(a, org, a->org)) return NULL;
    finding_t *found = vec_add(a->found.items, a->found.n, a->found.room);
    *found = (finding_t){.what = what, .kind = kind, .org = kept(org), .ref = kept(ref), .text = kept(text)};
    return found;
}

attention_t *attention_start(client_t *client, const attention_ask_t *ask, attention_done_t *done,
                             void *context, client_why_t *ret_why)
{
    if (ask->account != NULL && (access_roles(&KIND_ORGANISATION, ACCESS_READ) & ask->reader) == 0) {
        *ret_why = (client_why_t){.cause = CLIENT_SAID};
        fault_set(&ret_why->fault, "ACCOUNT-CLOSED", NULL, ask->account);
        return NULL; // where the first question may not be asked, there is none
    }
    attention_t *a = xcalloc(1, sizeof *a);
    *a = (attention_t){.client = client,
                       .done = done,
                       .context = context,
                       .org = ask->org != NULL ? xstrdup(ask->org) : NULL,
                       .account = ask->account != NULL ? xstrdup(ask->account) : NULL,
                       .roles = ask->roles,
                       .reader = ask->reader,
                       .own = ask->own,
                       .today = wall_day(),
                       .codes = dict_new()};
    snprintf(a->year, sizeof a->year, "%d", date_civil(a->today).year);
    if (!questions_go_on(a, ret_why)) attention_abandon(&a);
    return a;
}

void attention_abandon(attention_t **self)
{
    attention_t *a = *self;
    if (a == NULL) return;
    client_abandon(a->client, a->call);
    report_abandon(&a->reading);
    for (size_t i = 0; i < a->n_orgs; i++) free(a->orgs[i].parent);
    dict_destroy(&a->codes);
    free(a->orgs);
    staff_destroy(&a->people);
    young_destroy(&a->young);
    tutors_destroy(&a->tutors);
    roll_destroy(&a->names);
    report_clear(&a->report);
    findings_clear(&a->found);
    free(a->questions);
    free(a->org);
    free(a->account);
    free(a);
    *self = NULL;
}

// --- waiting

typedef struct whole {
    client_end_t end;
    findings_t found;
} whole_t;

static void whole_done(void *context, client_status_t status, const client_why_t *why, findings_t *found)
{
    whole_t *whole = context;
    whole->found = *found;
    *found = (findings_t){0};
    client_end_set(&whole->end, status, why);
}

client_status_t attention_read(client_t *client, const attention_ask_t *ask, findings_t *ret_found,
                               client_why_t *ret_why)
{
    whole_t whole = {0};
    *ret_found = (findings_t){0};
    if (attention_start(client, ask, whole_done, &whole, ret_why) == NULL) return client_not_begun(ret_why);
    (void)client_end_wait(client, &whole.end, ret_why);
    *ret_found = whole.found;
    return whole.end.status;
}
