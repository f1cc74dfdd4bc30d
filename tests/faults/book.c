// SPDX-License-Identifier: Apache-2.0
#include "tests/faults/book.h"
#include "common/schema/body.h"
#include "proto/kinds.h"
#include "proto/message.h"
#include "proto/registry.pb-c.h"
#include "proto/routing.pb-c.h"
#include "tests/bench/measure.h"
#include <stdio.h>
#include <stdlib.h>

enum { PEOPLE = 200, FIRST_DAY = 15000, NOISE_LEAST = 20, NOISE_SPREAD = 380 };

typedef union work { // the message and the texts that it points to
    struct {
        union {
            ProtobufCMessage base;
            Selenga__SupportAct act;
            Selenga__Event event;
        };
        char key[96], noise[NOISE_LEAST + NOISE_SPREAD + 1];
    };
} work_t;

void shelves_open(shelf_t shelves[static SHELVES], const char *org)
{
    shelves[0] = (shelf_t){.rule = kind_by_number(N_SUPPORT_ACT), .service = SERVICE_ROUTING, .org = org};
    shelves[1] = (shelf_t){.rule = kind_by_number(N_EVENT), .service = SERVICE_REGISTRY, .org = org};
}

void shelves_close(shelf_t shelves[static SHELVES])
{
    for (size_t i = 0; i < SHELVES; i++) {
        free(shelves[i].acked);
        free(shelves[i].sent);
    }
}

size_t shelf_add(shelf_t *shelf)
{
    if (shelf->n == shelf->room) {
        shelf->room = shelf->room * 2 + 4096;
        shelf->acked = xrealloc(shelf->acked, shelf->room * sizeof *shelf->acked);
        shelf->sent = xrealloc(shelf->sent, shelf->room * sizeof *shelf->sent);
    }
    shelf->acked[shelf->n] = shelf->sent[shelf->n] = 0;
    return shelf->n++;
}

void shelf_acked(shelf_t *shelf, size_t number, uint16_t change)
{
    shelf->n_acked += shelf->acked[number] == 0;
    shelf->acked[number] = change;
}

static void fill_act(const shelf_t *shelf, size_t number, work_t *work)
{
    Selenga__SupportAct *act = &work->act;
    selenga__support_act__init(act);
    snprintf(work->key, sizeof work->key, "%s:%u", shelf->org, (unsigned)(number % PEOPLE) + 1);
    act->person = work->key;
    act->methodist = (char *)(uintptr_t) "M-1";
    act->kind = (char *)(uintptr_t) "consultation";
    act->has_date = act->has_minutes = 1;
    act->date = FIRST_DAY + (int32_t)(number / PEOPLE);
    act->minutes = 45;
    act->form = (char *)(uintptr_t) "distance";
    act->result = work->noise;
}

static void fill_event(const shelf_t *shelf, size_t number, work_t *work)
{
    Selenga__Event *event = &work->event;
    selenga__event__init(event);
    snprintf(work->key, sizeof work->key, "%s/%zu", shelf->org, number);
    event->code = work->key;
    event->kind = (char *)(uintptr_t) "seminar";
    event->title = work->noise;
    event->org = (char *)(uintptr_t)shelf->org;
    event->has_starts_on = event->has_ends_on = event->has_young_school = 1;
    event->starts_on = event->ends_on = FIRST_DAY;
}

static void fill(const shelf_t *shelf, size_t number, uint16_t change, work_t *work)
{
    uint64_t seed = (uint64_t)number * 65537 + change;
    size_t size = NOISE_LEAST + seed * 2654435761 % NOISE_SPREAD;
    noise_text(work->noise, size, seed);
    work->noise[size] = '\0';
    if (shelf->rule->number == N_SUPPORT_ACT)
        fill_act(shelf, number, work);
    else
        fill_event(shelf, number, work);
}

size_t shelf_body(const shelf_t *shelf, size_t number, uint16_t change, uint8_t *buf)
{
    work_t work;
    fill(shelf, number, change, &work);
    size_t size = protobuf_c_message_get_packed_size(&work.base);
    if (size > BODY_MOST) die("a body of %zu bytes", size);
    return protobuf_c_message_pack(&work.base, buf);
}

rid_t shelf_id(const shelf_t *shelf, size_t number)
{
    work_t work;
    rid_t id;
    fill(shelf, number, 1, &work);
    if (!body_id(shelf->rule, &work.base, &id)) die("a record without an id");
    return id;
}
