// SPDX-License-Identifier: Apache-2.0
// What a monitor reads, as OpenMetrics 1.0. Nobody is logged in there, and the address is this computer's
// alone: so it says counts and ages, and no label ever names a person, a record or a neighbour. How many
// series there are does not depend on how many children the node has.
#include "common/base/clock.h"
#include "common/base/durations.h"
#include "common/forms/words.h"
#include "common/node/msg.h"
#include "proto/message.h"
#include "services/console/counts.h"
#include "services/console/pages.h"
#include "services/console/process.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/statvfs.h>

enum { FLOWS = 3, OF_SERVICES = SERVICES_END, HOUR_S = 3600 };

static const char *const FLOW_NAMES[FLOWS] = {"up", "down", "local"};
static const char *const LINK_STATES[] = {"up", "hangs", "down", "refused", "revoked", "clone"};
static const char *const ROLES[] = {"parent", "child"};
static const unsigned SILENT_H[] = {1, 24, 72, 336};

typedef struct facts_of {
    const Selenga__Status *status[SERVICE_GATE + 1]; // of each program by its number; NULL: no answer
    const Selenga__Queues *queues[OF_SERVICES];
    const Selenga__Links *links;
} facts_of_t;

// --- feeds, added up over neighbours

typedef struct feeds {
    bool any;
    uint64_t waiting, peak, oldest_s, in_flight;
    bool stalls; // something waits, and it is known when it moved last
    uint64_t still_s;
} feeds_t;

static void add_queue(feeds_t feeds[static FLOWS], const Selenga__Queue *queue)
{
    for (int f = 0; f < FLOWS; f++) {
        feeds_t *to = &feeds[f];
        if (queue->flow == NULL || strcmp(queue->flow, FLOW_NAMES[f]) != 0) continue;
        to->any = true;
        to->waiting += queue->waiting;
        to->in_flight += queue->in_flight_bytes;
        if (queue->waiting > to->peak) to->peak = queue->waiting;
        if (queue->waiting == 0) continue;
        if (queue->oldest_s > to->oldest_s) to->oldest_s = queue->oldest_s;
        if (!queue->has_last_progress_s) continue;
        to->stalls = true;
        if (queue->last_progress_s > to->still_s) to->still_s = queue->last_progress_s;
    }
}

static void add_up(const facts_of_t *facts, feeds_t feeds[static OF_SERVICES][FLOWS])
{
    for (uint32_t n = SERVICES_FIRST; n < SERVICES_END; n++)
        for (size_t i = 0; facts->queues[n] != NULL && i < facts->queues[n]->n_queues; i++)
            add_queue(feeds[n], facts->queues[n]->queues[i]);
}

// --- families

static void family(FILE *out, const char *name, const char *type, const char *unit, const char *help)
{
    fprintf(out, "# TYPE %s %s\n", name, type);
    if (unit != NULL) fprintf(out, "# UNIT %s %s\n", name, unit);
    fprintf(out, "# HELP %s %s\n", name, help);
}

// Has the node a program of this number?
static bool is_program(uint32_t number)
{
    return (number >= SERVICES_FIRST && number < SERVICES_END) || number == SERVICE_CONSOLE ||
           number == SERVICE_GATE;
}

typedef bool value_fn(const Selenga__Status *status, uint64_t *ret);

static bool memory_of(const Selenga__Status *status, uint64_t *ret)
{
    *ret = status->memory_bytes;
    return status->has_memory_bytes;
}

static bool start_of(const Selenga__Status *status, uint64_t *ret)
{
    *ret = (uint64_t)wall_s() - status->up_s;
    return status->has_up_s;
}

static bool store_of(const Selenga__Status *status, uint64_t *ret)
{
    *ret = status->store_bytes;
    return status->has_store_bytes;
}

static bool records_of(const Selenga__Status *status, uint64_t *ret)
{
    *ret = status->records;
    return status->has_records;
}

static bool restarts_of(const Selenga__Status *status, uint64_t *ret)
{
    *ret = status->restarts;
    return status->has_restarts;
}

static bool open_fds_of(const Selenga__Status *status, uint64_t *ret)
{
    return status->has_pid && process_open_fds(status->pid, ret);
}

static bool commits_of(const Selenga__Status *status, uint64_t *ret)
{
    *ret = status->commits;
    return status->has_commits;
}

static void each_program(FILE *out, const facts_of_t *facts, const char *name, const char *label,
                         value_fn *value)
{
    for (uint32_t n = SERVICES_FIRST; n <= SERVICE_GATE; n++) {
        uint64_t number;
        if (is_program(n) && facts->status[n] != NULL && value(facts->status[n], &number))
            fprintf(out, "%s{%s=\"%s\"} %" PRIu64 "\n", name, label, words_service(n), number);
    }
}

static void write_builds(FILE *out, const page_t *page, const facts_of_t *facts)
{
    family(out, "selenga_build", "info", NULL, "Version of each program that answers.");
    for (uint32_t n = SERVICES_FIRST; n <= SERVICE_GATE; n++) {
        const Selenga__Status *status = facts->status[n];
        if (is_program(n) && status != NULL)
            fprintf(out, "selenga_build_info{program=\"%s\",version=\"%s\",protocol=\"%d\"} 1\n",
                    words_service(n), status->version != NULL ? status->version : "", PROTOCOL_VERSION);
    }
    family(out, "selenga_node", "info", NULL, "Level and organisation of this node.");
    fprintf(out, "selenga_node_info{level=\"%s\",org=\"%s\"} 1\n", level_name(page->node->rank),
            page->node->org);
    family(out, "selenga_program_up", "gauge", NULL, "Whether the program answered.");
    for (uint32_t n = SERVICES_FIRST; n <= SERVICE_GATE; n++)
        if (is_program(n))
            fprintf(out, "selenga_program_up{program=\"%s\"} %d\n", words_service(n),
                    facts->status[n] != NULL);
}

static void write_processors(FILE *out, const facts_of_t *facts)
{
    family(out, "selenga_program_cpu_seconds", "counter", "seconds", "Time of the processor it has used.");
    for (uint32_t n = SERVICES_FIRST; n <= SERVICE_GATE; n++) {
        const Selenga__Status *status = facts->status[n];
        uint64_t ms;
        if (is_program(n) && status != NULL && status->has_pid && process_cpu_ms(status->pid, &ms))
            fprintf(out, "selenga_program_cpu_seconds_total{program=\"%s\"} %.2f\n", words_service(n),
                    (double)ms / 1e3);
    }
}

static void write_commits(FILE *out, const facts_of_t *facts)
{
    static const char name[] = "selenga_store_commit_duration_seconds";
    family(out, "selenga_store_commits", "counter", NULL, "Commits that wrote.");
    each_program(out, facts, "selenga_store_commits_total", "service", commits_of);
    family(out, name, "histogram", "seconds", "How long a commit took until it was durable.");
    for (uint32_t n = SERVICES_FIRST; n < SERVICES_END; n++) {
        const Selenga__Status *status = facts->status[n];
        uint64_t within = 0;
        if (status == NULL || !status->has_commits || status->n_commit_within != DURATIONS_BOUNDS) continue;
        for (size_t i = 0; i < DURATIONS_BOUNDS; i++) {
            within += status->commit_within[i];
            fprintf(out, "%s_bucket{service=\"%s\",le=\"%g\"} %" PRIu64 "\n", name, words_service(n),
                    DURATIONS_BOUND_MS[i] / 1e3, within);
        }
        fprintf(out, "%s_bucket{service=\"%s\",le=\"+Inf\"} %" PRIu64 "\n", name, words_service(n),
                status->commits);
        fprintf(out, "%s_count{service=\"%s\"} %" PRIu64 "\n", name, words_service(n), status->commits);
        fprintf(out, "%s_sum{service=\"%s\"} %.6f\n", name, words_service(n),
                (double)status->commits_us / 1e6);
    }
}

static void write_feeds(FILE *out, feeds_t feeds[static OF_SERVICES][FLOWS])
{
    static const struct {
        const char *name, *unit, *help;
    } families[] = {
        {"selenga_feed_waiting_records", "records", "Records that neighbours do not have yet."},
        {"selenga_feed_waiting_peak_records", "records", "The most that one neighbour waits for."},
        {"selenga_feed_oldest_waiting_age_seconds", "seconds", "Age of what waits longest."},
        {"selenga_feed_in_flight_bytes", "bytes", "Sent and not acknowledged."},
        {"selenga_feed_last_progress_timestamp_seconds", "seconds",
         "When the neighbour that stands still longest, of those that wait, moved last."},
    };
    for (size_t k = 0; k < ARRAY_SIZE(families); k++) {
        family(out, families[k].name, "gauge", families[k].unit, families[k].help);
        for (uint32_t n = SERVICES_FIRST; n < SERVICES_END; n++)
            for (int f = 0; f < FLOWS; f++) {
                const feeds_t *of = &feeds[n][f];
                const uint64_t values[] = {of->waiting, of->peak, of->oldest_s, of->in_flight,
                                           (uint64_t)wall_s() - of->still_s};
                bool last = k + 1 == ARRAY_SIZE(families);
                if (of->any && (!last || of->stalls))
                    fprintf(out, "%s{service=\"%s\",flow=\"%s\"} %" PRIu64 "\n", families[k].name,
                            words_service(n), FLOW_NAMES[f], values[k]);
            }
    }
}

static bool is(const char *text, const char *word)
{
    return text != NULL && strcmp(text, word) == 0;
}

static void write_peers(FILE *out, const Selenga__Links *links)
{
    if (links == NULL) return;
    family(out, "selenga_peers", "gauge", NULL, "Neighbours by role and state.");
    for (size_t r = 0; r < ARRAY_SIZE(ROLES); r++)
        for (size_t s = 0; s < ARRAY_SIZE(LINK_STATES); s++) {
            size_t n = 0;
            for (size_t i = 0; i < links->n_links; i++)
                n += is(links->links[i]->role, ROLES[r]) && is(links->links[i]->state, LINK_STATES[s]);
            fprintf(out, "selenga_peers{role=\"%s\",state=\"%s\"} %zu\n", ROLES[r], LINK_STATES[s], n);
        }
    family(out, "selenga_peers_silent", "gauge", NULL, "Children away for longer than this.");
    for (size_t k = 0; k < ARRAY_SIZE(SILENT_H); k++) {
        size_t n = 0;
        for (size_t i = 0; i < links->n_links; i++) {
            const Selenga__LinkRow *row = links->links[i];
            n += is(row->role, "child") && is(row->state, "down") &&
                 row->since_s >= (uint64_t)SILENT_H[k] * HOUR_S;
        }
        fprintf(out, "selenga_peers_silent{over=\"%uh\"} %zu\n", SILENT_H[k], n);
    }
    for (size_t i = 0; i < links->n_links; i++) {
        const Selenga__LinkRow *row = links->links[i];
        if (row->label != PEER_PARENT) continue;
        family(out, "selenga_link_up", "gauge", NULL, "Whether the parent is connected.");
        fprintf(out, "selenga_link_up %d\n", is(row->state, "up"));
        if (!row->has_rtt_us) continue;
        family(out, "selenga_link_rtt_seconds", "gauge", "seconds", "Round trip to the parent.");
        fprintf(out, "selenga_link_rtt_seconds %.6f\n", (double)row->rtt_us / 1e6);
    }
}

static void write_console(FILE *out, const page_t *page)
{
    static const char *const methods[] = {"get", "post"};
    const counts_t *counts = page->counts;
    uint64_t within = 0;
    family(out, "selenga_console_requests", "counter", NULL, "Requests of browsers that were answered.");
    for (int m = 0; m < 2; m++)
        for (int c = 2; c < COUNTS_CLASSES; c++)
            fprintf(out, "selenga_console_requests_total{method=\"%s\",code=\"%dxx\"} %" PRIu64 "\n",
                    methods[m], c, counts->answered[m][c]);
    family(out, "selenga_console_request_duration_seconds", "histogram", "seconds",
           "From the head of a request to its answer.");
    for (int i = 0; i < COUNTS_BOUNDS; i++) {
        within += counts->within[i];
        fprintf(out, "selenga_console_request_duration_seconds_bucket{le=\"%g\"} %" PRIu64 "\n",
                COUNTS_BOUND_S[i], within);
    }
    fprintf(out, "selenga_console_request_duration_seconds_bucket{le=\"+Inf\"} %" PRIu64 "\n", counts->n);
    fprintf(out, "selenga_console_request_duration_seconds_count %" PRIu64 "\n", counts->n);
    fprintf(out, "selenga_console_request_duration_seconds_sum %.3f\n", counts->sum_s);
    family(out, "selenga_console_sessions", "gauge", NULL, "People who are logged in.");
    fprintf(out, "selenga_console_sessions %zu\n", sessions_count(page->sessions, mono_ms()));
}

static void write_all(FILE *out, const page_t *page, const facts_of_t *facts)
{
    feeds_t feeds[OF_SERVICES][FLOWS] = {{{0}}};
    struct statvfs fs;
    add_up(facts, feeds);
    write_builds(out, page, facts);
    family(out, "selenga_program_start_timestamp_seconds", "gauge", "seconds", "When the program started.");
    each_program(out, facts, "selenga_program_start_timestamp_seconds", "program", start_of);
    family(out, "selenga_program_resident_memory_bytes", "gauge", "bytes", "Memory of the program.");
    each_program(out, facts, "selenga_program_resident_memory_bytes", "program", memory_of);
    write_processors(out, facts);
    family(out, "selenga_program_restarts", "counter", NULL, "How often it was started again.");
    each_program(out, facts, "selenga_program_restarts_total", "program", restarts_of);
    family(out, "selenga_program_open_fds", "gauge", NULL, "Files and connections that it has open.");
    each_program(out, facts, "selenga_program_open_fds", "program", open_fds_of);
    family(out, "selenga_store_records", "gauge", "records", "Records that the service keeps.");
    each_program(out, facts, "selenga_store_records", "service", records_of);
    family(out, "selenga_store_used_bytes", "gauge", "bytes", "Pages of the store in use.");
    each_program(out, facts, "selenga_store_used_bytes", "service", store_of);
    write_commits(out, facts);
    if (statvfs(".", &fs) == 0) {
        family(out, "selenga_filesystem_free_bytes", "gauge", "bytes", "Free on the disk of the node.");
        fprintf(out, "selenga_filesystem_free_bytes %llu\n",
                (unsigned long long)fs.f_bavail * (unsigned long long)fs.f_frsize);
    }
    write_feeds(out, feeds);
    write_peers(out, facts->links);
    write_console(out, page);
    fputs("# EOF\n", out);
}

// --- asking: what does not answer is down

static const asked_t *ask(page_t *page, uint32_t service, uint32_t type, uint32_t reply,
                          const ProtobufCMessageDescriptor *descriptor)
{
    const asked_t *asked = NULL;
    const client_request_t request = {.service = service,
                                      .type = type,
                                      .reply = reply,
                                      .descriptor = descriptor,
                                      .timeout_ms = PAGE_FACTS_MS};
    return page_try(page, &request, &asked) ? asked : NULL;
}

static const void *body_of(const asked_t *asked)
{
    return asked != NULL ? asked->body : NULL;
}

void page_metrics(page_t *page)
{
    facts_of_t facts = {0};
    char *bytes = NULL;
    size_t size = 0;
    for (uint32_t n = SERVICES_FIRST; n <= SERVICE_GATE; n++) {
        if (!is_program(n)) continue;
        facts.status[n] = body_of(ask(page, n, MSG_STATUS, MSG_STATUS_REPLY, &selenga__status__descriptor));
        if (n < SERVICES_END)
            facts.queues[n] =
                body_of(ask(page, n, MSG_QUEUES, MSG_QUEUES_REPLY, &selenga__queues__descriptor));
    }
    facts.links = body_of(ask(page, SERVICE_GATE, MSG_LINKS, MSG_LINKS_REPLY, &selenga__links__descriptor));
    if (page->waiting) return;
    FILE *out = open_memstream(&bytes, &size);
    if (out == NULL) out_of_memory();
    write_all(out, page, &facts);
    fclose(out);
    html_literal(&page->body, bytes, size);
    page->type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    free(bytes);
}
