// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/acts.h"
#include "common/schema/body.h"
#include "proto/routing.pb-c.h"
#include "tests/bench/measure.h"
#include <assert.h>
#include <stdio.h>

enum { FIRST_DAY = 15000, RESULT_MAX = 256 };

typedef struct act {
    Selenga__SupportAct body;
    char person[96], methodist[32], result[RESULT_MAX];
} act_t;

static void fill(act_t *act, const char *org, const char *methodist, uint64_t n)
{
    selenga__support_act__init(&act->body);
    snprintf(act->person, sizeof act->person, "%s:%u", org, (unsigned)(n % ACT_PEOPLE) + 1);
    act->body.person = act->person;
    if (methodist != NULL) {
        snprintf(act->methodist, sizeof act->methodist, "%s", methodist);
        act->body.methodist = act->methodist;
    }
    act->body.kind = (char *)(uintptr_t) "consultation";
    act->body.has_date = act->body.has_minutes = 1;
    act->body.date = FIRST_DAY + (int32_t)(n / ACT_PEOPLE);
    act->body.minutes = 45;
    act->body.form = (char *)(uintptr_t) "distance";
    act->body.result = act->result;
    size_t size = 128; // the length of the rest depends on the numbers: fill up to ACT_BODY
    memset(act->result, 'x', size);
    act->result[size] = '\0';
    size += ACT_BODY - selenga__support_act__get_packed_size(&act->body);
    assert(size < RESULT_MAX);
    noise_text(act->result, size, n * 1000003 + act->person[0]);
    act->result[size] = '\0';
}

void act_body(const char *org, const char *methodist, uint64_t n, uint8_t *buf)
{
    act_t act;
    fill(&act, org, methodist, n);
    size_t size = selenga__support_act__get_packed_size(&act.body);
    assert(size == ACT_BODY);
    selenga__support_act__pack(&act.body, buf);
}

slice_t act_record(const path_t *home, uint64_t boot, const char *org, const char *methodist, uint64_t n)
{
    act_t act;
    uint8_t body[ACT_BODY];
    record_t r = {.kind = N_SUPPORT_ACT,
                  .home = *home,
                  .version = {.inc = 1, .seq = n + 1, .boot = boot},
                  .org = slice_text(org),
                  .author = slice_text("local:1000"),
                  .body = slice(body, sizeof body),
                  .up = KIND_SUPPORT_ACT.up,
                  .down = KIND_SUPPORT_ACT.down};
    fill(&act, org, methodist, n);
    selenga__support_act__pack(&act.body, body);
    if (!body_id(&KIND_SUPPORT_ACT, &act.body.base, &r.id)) die("an act without an id");
    uint8_t *wire = xmalloc(record_size(&r));
    record_pack(&r, wire);
    return r.wire;
}
