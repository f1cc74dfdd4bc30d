// SPDX-License-Identifier: Apache-2.0
#include "common/forms/trace.h"
#include "common/base/i18n.h"
#include <stdio.h>
#include <string.h>

static bool flows(const Selenga__Queue *queue, const char *flow)
{
    return queue->flow != NULL && strcmp(queue->flow, flow) == 0;
}

static const char *child_called(const Selenga__Queues *queues, uint32_t label)
{
    for (size_t i = 0; queues != NULL && i < queues->n_queues; i++) {
        const Selenga__Queue *queue = queues->queues[i];
        if (flows(queue, "down") && queue->peer == label && queue->peer_name != NULL &&
            *queue->peer_name != '\0')
            return queue->peer_name;
    }
    return NULL;
}

static void read_home(const Selenga__Record *record, const node_conf_t *node, const Selenga__Queues *queues,
                      trace_t *ret)
{
    path_t home, above = path_parent(&node->path);
    ret->home = TRACE_ELSEWHERE;
    if (!path_from_bytes(slice(record->home.data, record->home.len), &home)) return;
    if (path_equal(&home, &node->path)) {
        ret->home = TRACE_HERE;
        ret->home_org = node->org;
    } else if (path_is_prefix(&node->path, &home)) {
        ret->home = TRACE_BELOW;
        ret->home_org = child_called(queues, path_child_label(&node->path, &home));
    } else if (path_is_prefix(&home, &node->path)) {
        ret->home = TRACE_ABOVE;
        ret->home_org = path_equal(&home, &above) ? node->parent.org : NULL;
    }
}

// Is this version refused at another node?
static bool is_refused(const trace_t *trace, const char *version)
{
    for (size_t i = 0; i < trace->n_refused; i++) {
        const Selenga__Quarantined *item = trace->refused[i];
        if (item->at != NULL && strcmp(item->at, "here") != 0 && item->version != NULL &&
            strcmp(item->version, version) == 0)
            return true;
    }
    return false;
}

static trace_up_t read_up(const Selenga__Record *record, const node_conf_t *node, const Selenga__Queue *feed,
                          const trace_t *trace)
{
    char version[VERSION_TEXT];
    version_text(&(version_t){.inc = record->inc, .seq = record->seq, .boot = record->boot}, version);
    if (!node->parent.known) return TRACE_UP_ROOT;
    if (trace->home == TRACE_ABOVE || trace->home == TRACE_ELSEWHERE) return TRACE_UP_CAME;
    if (record->up <= node->parent.rank) return TRACE_UP_STAYS;
    if (is_refused(trace, version)) return TRACE_UP_REFUSED;
    if (feed == NULL) return TRACE_UP_UNKNOWN;
    if (feed->waiting == 0) return TRACE_UP_DELIVERED;
    // The place of a record of ours in the feed is that of its version; another home counts by itself.
    if (trace->home != TRACE_HERE || !feed->has_acked) return TRACE_UP_UNKNOWN;
    return record->seq <= feed->acked ? TRACE_UP_DELIVERED : TRACE_UP_WAITING;
}

void trace_of(const Selenga__Record *record, const node_conf_t *node, const Selenga__Queues *queues,
              const Selenga__QuarantineList *waiting, trace_t *ret)
{
    const Selenga__Queue *feed = NULL;
    *ret = (trace_t){.up_org = node->parent.known ? node->parent.org : NULL};
    read_home(record, node, queues, ret);
    for (size_t i = 0; waiting != NULL && i < waiting->n_items && ret->n_refused < TRACE_REFUSED; i++)
        if (waiting->items[i]->kind == record->kind) ret->refused[ret->n_refused++] = waiting->items[i];
    ret->goes_down = record->down == DOWN_ALL;
    for (size_t i = 0; queues != NULL && i < queues->n_queues; i++) {
        const Selenga__Queue *queue = queues->queues[i];
        if (flows(queue, "up")) feed = queue;
        if (!flows(queue, "down") || !ret->goes_down || ret->home != TRACE_HERE) continue;
        ret->below++;
        ret->have += queue->waiting == 0 || (queue->has_acked && record->seq <= queue->acked);
    }
    if (feed != NULL) {
        ret->has_state = true;
        ret->state = feed->state;
        ret->waiting = feed->waiting;
        ret->progress_s = feed->last_progress_s;
    }
    ret->up = read_up(record, node, feed, ret);
}

static const struct {
    const char *code, *text;
} UPS[] = {
    [TRACE_UP_ROOT] = {"root", N_("there is no node above")},
    [TRACE_UP_CAME] = {"came", N_("it came from there")},
    [TRACE_UP_STAYS] = {"stays", N_("it does not go there")},
    [TRACE_UP_UNKNOWN] = {"unknown", N_("not known now: it may be among what waits")},
    [TRACE_UP_WAITING] = {"waiting", N_("waits: it is not there yet, and nothing is lost")},
    [TRACE_UP_DELIVERED] = {"delivered", N_("delivered: the node above has acknowledged it")},
    [TRACE_UP_REFUSED] = {"refused", N_("refused there: below stands why")},
};

const char *trace_up_code(trace_up_t up)
{
    return UPS[up].code;
}

const char *trace_up_text(trace_up_t up)
{
    return _(UPS[up].text);
}

const char *trace_home_text(const trace_t *trace, char *buf, size_t size)
{
    const char *org = trace->home_org != NULL ? trace->home_org : "";
    const char *text = NULL;
    switch (trace->home) {
    case TRACE_HERE:
        snprintf(buf, size, _("here, at the node of %s; it is changed nowhere else"), org);
        break;
    case TRACE_BELOW:
        snprintf(buf, size, _("at a node below; it came by way of %s"), org);
        text = *org == '\0' ? _("at a node below") : NULL;
        break;
    case TRACE_ABOVE:
        snprintf(buf, size, _("at the node above, of %s"), org);
        text = *org == '\0' ? _("at a node further up") : NULL;
        break;
    case TRACE_ELSEWHERE:
        text = _("at another node; it came from above");
        break;
    }
    if (text != NULL) snprintf(buf, size, "%s", text);
    return buf;
}
