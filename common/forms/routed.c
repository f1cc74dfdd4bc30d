// SPDX-License-Identifier: Apache-2.0
#include "common/forms/routed.h"
#include "common/base/i18n.h"
#include "common/base/text.h"
#include "common/schema/states.h"

int64_t routed_place(const Selenga__Activity *step)
{
    int64_t place = INT64_MAX;
    if (step->has_place) return step->place;
    if (step->code != NULL) int_parse(step->code, 0, INT64_MAX, &place);
    return place;
}

step_state_t routed_state(const Selenga__Activity *step, int32_t today)
{
    if (step->has_done_on) return STEP_DONE;
    if (step->has_planned_to && step->planned_to < today) return STEP_OVERDUE;
    return step->has_planned_from && step->planned_from > today ? STEP_PLANNED : STEP_OPEN;
}

const char *routed_state_text(step_state_t state)
{
    switch (state) {
    case STEP_DONE:
        return _("done");
    case STEP_OVERDUE:
        return _("overdue");
    case STEP_PLANNED:
        return _("planned");
    case STEP_OPEN:
        break;
    }
    return _("open");
}

bool routed_is_open(const Selenga__Route *route)
{
    return !states_is_final(&KIND_ROUTE, &route->base);
}

bool routed_is_late(const Selenga__Route *route, int32_t today)
{
    return route->has_to && route->to < today && routed_is_open(route);
}
