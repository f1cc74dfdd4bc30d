// SPDX-License-Identifier: Apache-2.0
// Counting outcomes.
#include "services/cli/tally.h"

#include "common/base/i18n.h"
#include "services/cli/sender.h"

void tally_add(tally_t *self, uint32_t result)
{
    switch (result) {
    case RESULT_NEW:
        self->created++;
        break;
    case RESULT_CHANGED:
        self->changed++;
        break;
    case RESULT_UNCHANGED:
        self->unchanged++;
        break;
    default:
        self->rejected++;
        break;
    }
}

void tally_print(const tally_t *self, FILE *out)
{
    fprintf(out, _("%llu new, %llu changed, %llu unchanged, %llu rejected"),
            (unsigned long long)self->created, (unsigned long long)self->changed,
            (unsigned long long)self->unchanged, (unsigned long long)self->rejected);
    fputc('\n', out);
}

json_t *tally_json(const tally_t *self)
{
    return json_pack("{s:I, s:I, s:I, s:I}", "new", (json_int_t)self->created, "changed",
                     (json_int_t)self->changed, "unchanged", (json_int_t)self->unchanged, "rejected",
                     (json_int_t)self->rejected);
}
