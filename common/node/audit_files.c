// SPDX-License-Identifier: Apache-2.0
#include "common/node/audit_files.h"
#include "common/base/vec.h"
#include "common/node/msg.h"
#include "proto/message.h"
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int audit_open(const char *dir, uint32_t service)
{
    char name[AUDIT_PATH], path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%s/%s", dir, audit_path(service, name));
    return n > 0 && (size_t)n < sizeof path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
}

// --- what is noted

typedef struct reading {
    audit_rows_t *rows;
    uint32_t service;
    int64_t since_s;
} reading_t;

static int add_row(void *arg, const audit_head_t *head, slice_t body)
{
    const reading_t *reading = arg;
    audit_rows_t *rows = reading->rows;
    Selenga__AuditEntry *entry = msg_body_unpack(&selenga__audit_entry__descriptor, body);
    if (entry == NULL || entry->time_s < reading->since_s) {
        msg_body_free(&entry);
        return 0;
    }
    *vec_add(rows->items, rows->n, rows->room) = (audit_row_t){reading->service, head->seq, entry};
    return 0;
}

static int by_time(const void *a, const void *b)
{
    const audit_row_t *x = a, *y = b;
    if (x->entry->time_s != y->entry->time_s) return x->entry->time_s < y->entry->time_s ? -1 : 1;
    if (x->service != y->service) return x->service < y->service ? -1 : 1;
    return (x->seq > y->seq) - (x->seq < y->seq);
}

void audit_rows_read(const char *dir, const path_t *node, int64_t since_s, audit_rows_t *ret_rows)
{
    reading_t reading = {.rows = ret_rows, .since_s = since_s};
    *ret_rows = (audit_rows_t){0};
    for (reading.service = SERVICES_FIRST; reading.service < SERVICES_END; reading.service++) {
        audit_head_t end;
        AUTO(xclose) int fd = audit_open(dir, reading.service);
        audit_begin(node, reading.service, &end);
        if (fd < 0 || audit_read(fd, &end, add_row, &reading) == 0) continue;
        ret_rows->broken = reading.service;
        ret_rows->broken_at = end;
    }
    if (ret_rows->n > 0) qsort(ret_rows->items, ret_rows->n, sizeof *ret_rows->items, by_time);
}

void audit_rows_free(audit_rows_t *rows)
{
    for (size_t i = 0; i < rows->n; i++) msg_body_free(&rows->items[i].entry);
    free(rows->items);
    *rows = (audit_rows_t){0};
}

// --- are they whole?

typedef struct wanted {
    const audit_head_t *told;
    bool met;
} wanted_t;

static void look_at(wanted_t *wanted, const audit_head_t *head)
{
    if (wanted->told != NULL && head->seq == wanted->told->seq)
        wanted->met = memcmp(head->hash, wanted->told->hash, AUDIT_HASH) == 0;
}

static int look_for(void *arg, const audit_head_t *head, slice_t body)
{
    (void)body;
    look_at(arg, head);
    return 0;
}

audit_state_t audit_verify(const char *dir, const path_t *node, uint32_t service, const audit_head_t *told,
                           audit_head_t *ret_end, int *ret_error)
{
    wanted_t wanted = {told, told == NULL};
    AUTO(xclose) int fd = audit_open(dir, service);
    *ret_error = 0;
    audit_begin(node, service, ret_end);
    look_at(&wanted, ret_end);
    if (fd < 0) return AUDIT_MISSING;
    int rc = audit_read(fd, ret_end, look_for, &wanted);
    *ret_error = rc < 0 ? -rc : 0;
    return rc < 0 ? AUDIT_FAILED : rc > 0 ? AUDIT_BROKEN : wanted.met ? AUDIT_WHOLE : AUDIT_CUT;
}
