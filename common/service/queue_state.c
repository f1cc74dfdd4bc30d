// SPDX-License-Identifier: Apache-2.0
#include "common/service/queue_state.h"
#include "common/base/util.h"
#include <string.h>

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

// Nobody can have been stuck for longer than something waits, he is connected, and we run.
static bool is_stuck(const queue_facts_t *f)
{
    int64_t since_ms = later(later(f->progress_ms, f->started_ms), f->up_ms);
    if (f->oldest_age_s >= 0) since_ms = later(since_ms, f->now_ms - f->oldest_age_s * 1000);
    return f->now_ms - since_ms >= QUEUE_PATIENCE_MS;
}

const char *queue_state(const queue_facts_t *f, const char **ret_reason)
{
    *ret_reason = f->cloned ? "CLONE" : "";
    if (!f->up) return "offline";
    if (f->trouble[0] != '\0') {
        *ret_reason = f->trouble;
        return "stopped";
    }
    if (f->silent) {
        *ret_reason = "SERVICE-SILENT";
        return "blocked";
    }
    if (f->diverged) {
        *ret_reason = "GIVING-BACK";
        return "catching-up";
    }
    if (f->waiting == 0) return "live";
    if (!is_stuck(f)) return "catching-up";
    *ret_reason = "NO-PROGRESS";
    return "blocked";
}

// The greater is the worse.
static int badness(const Selenga__Queue *queue)
{
    static const char *const states[] = {"live", "catching-up", "offline", "blocked", "stopped"};
    for (int i = 0; i < (int)ARRAY_SIZE(states); i++)
        if (queue->state != NULL && strcmp(queue->state, states[i]) == 0) return i;
    return 0;
}

int queue_worse(const Selenga__Queue *a, const Selenga__Queue *b)
{
    int left = badness(a), right = badness(b);
    if (left != right) return left > right ? -1 : 1;
    if (a->quarantined != b->quarantined) return a->quarantined > b->quarantined ? -1 : 1;
    if ((a->waiting > 0) != (b->waiting > 0)) return a->waiting > 0 ? -1 : 1;
    if (a->oldest_s != b->oldest_s) return a->oldest_s > b->oldest_s ? -1 : 1;
    if (a->waiting != b->waiting) return a->waiting > b->waiting ? -1 : 1;
    if (a->peer != b->peer) return a->peer > b->peer ? 1 : -1;
    return (a->service > b->service) - (a->service < b->service);
}
