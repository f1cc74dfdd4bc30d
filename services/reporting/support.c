// SPDX-License-Identifier: Apache-2.0
// The five forms of support. Each is one function from the records to yes or no; which of them qualify is for
// the indicator's expression to say. Nothing before the hiring counts, and one thing done twice is one thing.
#include "services/reporting/support.h"
#include "common/base/util.h"
#include "services/reporting/day.h"
#include "services/reporting/flags.h"
#include <string.h>

// Parameters of domain 2.3; they decide what a flag means, so a change is a change of the flag.
enum { PAIR_DAYS_MIN = 30, EVENTS_MIN = 3, ACTS_MIN = 3 };

// A programme is for young teachers when its target group contains one of these, in any case of letters.
static const char *const YOUNG_WORDS[] = {"молод", "young"};

typedef struct window {
    int32_t from;
    int32_t to;
} window_t;

static bool inside(window_t w, int32_t day)
{
    return day != DAY_NONE && day >= w.from && day <= w.to;
}

static bool same(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

// (a) a pair as mentee, valid 30 days or more in the window, and a meeting with that mentor
static bool met(const human_t *human, window_t w, const char *mentor)
{
    for (size_t i = 0; i < human->n_meetings; i++)
        if (inside(w, human->meetings[i].date) && same(human->meetings[i].mentor, mentor)) return true;
    return false;
}

static bool mentored(const human_t *human, window_t w)
{
    for (size_t i = 0; i < human->n_pairs; i++) {
        const human_pair_t *pair = &human->pairs[i];
        if (pair->from == DAY_NONE) continue;
        int64_t from = pair->from > w.from ? pair->from : w.from;
        int64_t to = pair->to == DAY_NONE || pair->to > w.to ? w.to : pair->to;
        if (to - from + 1 >= PAIR_DAYS_MIN && met(human, w, pair->mentor)) return true;
    }
    return false;
}

// (b) a route with a tutor that was active in the period, and an activity of it done
static bool route_counts(const human_route_t *route, window_t w)
{
    int32_t end = DAY_NONE;
    if (same(route->state, "closed"))
        end = route->closed_on != DAY_NONE ? route->closed_on : route->to;
    else if (!same(route->state, "agreed") && !same(route->state, "active"))
        return false;
    return route->tutor && (route->from == DAY_NONE || route->from <= w.to) &&
           (end == DAY_NONE || end >= w.from);
}

static bool tutored(const human_t *human, window_t w)
{
    for (size_t i = 0; i < human->n_routes; i++) {
        const human_route_t *route = &human->routes[i];
        if (!route_counts(route, w)) continue;
        for (size_t k = 0; k < route->n_done; k++)
            if (inside(w, route->done[k])) return true;
    }
    return false;
}

// (c) a certificate, issued in the window, of advanced training or an internship for young teachers

// Small letters of the Latin and Russian alphabets, in place of capitals; UTF-8 in, UTF-8 of the same length
// out.
static void fold(char *text)
{
    for (unsigned char *c = (unsigned char *)text; *c; c++) {
        if (*c >= 'A' && *c <= 'Z') {
            *c = (unsigned char)(*c + ('a' - 'A'));
        } else if (*c == 0xd0 && c[1] >= 0x90 && c[1] <= 0x9f) {
            c[1] = (unsigned char)(c[1] + 0x20);
        } else if (*c == 0xd0 && c[1] >= 0xa0 && c[1] <= 0xaf) {
            c[0] = 0xd1;
            c[1] = (unsigned char)(c[1] - 0x20);
        }
    }
}

static bool for_young(const char *target_group)
{
    if (!target_group) return false;
    AUTO(xfree) char *text = xstrdup(target_group);
    fold(text);
    for (size_t i = 0; i < ARRAY_SIZE(YOUNG_WORDS); i++)
        if (strstr(text, YOUNG_WORDS[i])) return true;
    return false;
}

static bool trained(const human_t *human, window_t w)
{
    for (size_t i = 0; i < human->n_certificates; i++) {
        const human_certificate_t *c = &human->certificates[i];
        bool kind = same(c->programme_kind, "pk") || same(c->programme_kind, "internship");
        if (kind && inside(w, c->issued_on) && for_young(c->target_group)) return true;
    }
    return false;
}

// (d) three or more different events of a school of young teachers that ended in the window
static bool event_counts(const human_attendance_t *a, window_t w)
{
    return a->young_school && a->event && inside(w, a->ends_on);
}

static bool schooled(const human_t *human, window_t w)
{
    size_t n = 0;
    for (size_t i = 0; i < human->n_attendances; i++) {
        if (!event_counts(&human->attendances[i], w)) continue;
        bool seen = false;
        for (size_t k = 0; k < i && !seen; k++)
            seen = event_counts(&human->attendances[k], w) &&
                   same(human->attendances[k].event, human->attendances[i].event);
        if (!seen && ++n == EVENTS_MIN) return true;
    }
    return false;
}

// (e) three or more acts of support by methodists. The same act under two staff numbers of his is one act.
static bool act_equal(const human_act_t *a, const human_act_t *b)
{
    return a->date == b->date && same(a->methodist, b->methodist) &&
           (a->kind == b->kind || same(a->kind, b->kind));
}

static bool helped(const human_t *human, window_t w)
{
    size_t n = 0;
    for (size_t i = 0; i < human->n_acts; i++) {
        const human_act_t *act = &human->acts[i];
        if (!act->methodist || !inside(w, act->date)) continue;
        bool seen = false;
        for (size_t k = 0; k < i && !seen; k++) seen = act_equal(&human->acts[k], act);
        if (!seen && ++n == ACTS_MIN) return true;
    }
    return false;
}

uint32_t support_flags(const human_t *human, const period_t *period, int32_t hired)
{
    if (hired == DAY_NONE) return 0;
    window_t w = {hired > period->first_day ? hired : period->first_day, period->last_day};
    return (mentored(human, w) ? FACT_SUPPORT_A : 0u) | (tutored(human, w) ? FACT_SUPPORT_B : 0u) |
           (trained(human, w) ? FACT_SUPPORT_C : 0u) | (schooled(human, w) ? FACT_SUPPORT_D : 0u) |
           (helped(human, w) ? FACT_SUPPORT_E : 0u);
}
