// SPDX-License-Identifier: Apache-2.0
// The link to the parent as a state machine.
#include "services/gate/link_core.h"

link_core_t link_core_start(uint64_t now_ms)
{
    return (link_core_t){.state = LINK_WAITING, .deadline_ms = now_ms, .since_ms = now_ms, .away_ms = now_ms};
}

// With full jitter: after a hub's outage its children must not come back in step. A port where nobody listens
// costs nobody anything, and whoever waits for it comes soon after it opens; a parent that was reached and
// did not let us in has had work with us, so that the wait doubles.
static uint64_t backoff_ms(const link_core_t *core, const link_times_t *times, uint64_t now_ms,
                           uint32_t random)
{
    uint64_t most = core->return_ms > 0 ? core->return_ms : times->backoff_base_ms;
    uint64_t away = (now_ms - core->away_ms) / LINK_AWAY_PART;
    for (unsigned i = 0; i < core->failures && most < times->backoff_max_ms; i++) most *= 2;
    if (most < away) most = away;
    if (most > times->backoff_max_ms) most = times->backoff_max_ms;
    return most * random / UINT32_MAX;
}

static link_action_t fail(link_core_t *core, const link_times_t *times, bool refused, uint64_t now_ms,
                          uint32_t random)
{
    if (core->state == LINK_UP) {
        core->reached = now_ms - core->since_ms < LINK_STEADY_MS;
        if (!core->reached) core->failures = 0;
        core->since_ms = core->away_ms = now_ms;
    }
    core->state = LINK_WAITING;
    core->deadline_ms = now_ms + backoff_ms(core, times, now_ms, random);
    if (core->reached && core->failures < 32) core->failures++;
    core->reached = false;
    if (refused && !core->refused) core->since_ms = now_ms;
    core->refused = refused;
    return LINK_DO_CLOSE;
}

static link_action_t enter(link_core_t *core, link_state_t state, uint64_t deadline_ms, link_action_t action)
{
    core->state = state;
    core->deadline_ms = deadline_ms;
    return action;
}

static link_action_t when_due(link_core_t *core, const link_times_t *times, uint64_t now_ms, uint32_t random)
{
    if (now_ms < core->deadline_ms) return LINK_DO_NOTHING;
    if (core->state == LINK_WAITING)
        return enter(core, LINK_CONNECTING, now_ms + times->connect_ms, LINK_DO_CONNECT);
    // A parent whose registry is not up yet answers with silence. That is no news about our key: a refusal
    // before it stands.
    return fail(core, times, core->state == LINK_CONNECTING && core->refused, now_ms, random);
}

link_action_t link_core_step(link_core_t *core, const link_times_t *times, link_event_t event,
                             uint64_t now_ms, uint32_t random)
{
    switch (event) {
    case LINK_EV_TIMER:
        return when_due(core, times, now_ms, random);
    case LINK_EV_REACHED:
        core->reached |= core->state == LINK_CONNECTING;
        return LINK_DO_NOTHING;
    case LINK_EV_HANDSHAKE:
        if (core->state != LINK_CONNECTING) return LINK_DO_NOTHING;
        core->refused = false;
        core->reached = true;
        return enter(core, LINK_GREETING, now_ms + times->greeting_ms, LINK_DO_GREET);
    case LINK_EV_REFUSED:
        return core->state == LINK_WAITING ? LINK_DO_NOTHING : fail(core, times, true, now_ms, random);
    case LINK_EV_LOST:
        return core->state == LINK_WAITING ? LINK_DO_NOTHING : fail(core, times, false, now_ms, random);
    case LINK_EV_WELCOMED:
        if (core->state != LINK_GREETING) return LINK_DO_NOTHING;
        core->since_ms = now_ms;
        return enter(core, LINK_UP, now_ms + times->silence_ms, LINK_DO_OPEN);
    case LINK_EV_HEARD:
        if (core->state == LINK_UP) core->deadline_ms = now_ms + times->silence_ms;
        return LINK_DO_NOTHING;
    }
    return LINK_DO_NOTHING;
}

const char *link_core_word(const link_core_t *core)
{
    return core->state == LINK_UP ? "up" : core->refused ? "refused" : "down";
}
