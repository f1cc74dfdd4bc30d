// SPDX-License-Identifier: Apache-2.0
// The pages of common/node/pages.h, with what the shell sees.
#include "services/cli/listing.h"

#include "common/node/pages.h"

typedef struct taking {
    ask_take_t *take;
    ask_turn_t *turn;
    void *context;
    int result;
} taking_t;

static bool take_one(void *context, slice_t wire, const Selenga__Record *record)
{
    taking_t *taking = context;
    taking->result = taking->take(wire, record, taking->context);
    return taking->result == CLI_DONE;
}

static void turn_page(void *context)
{
    taking_t *taking = context;
    if (taking->turn && taking->result == CLI_DONE) taking->turn(taking->context);
}

int ask_take_all(const ask_t *ask, const Selenga__Records *page, ask_take_t *take, void *context)
{
    taking_t taking = {.take = take, .context = context, .result = CLI_DONE};
    client_why_t why;
    int r = ask_said(ask, pages_take_all(page, take_one, &taking, &why), &why);
    return r == CLI_DONE ? taking.result : r;
}

int ask_each(ask_t *ask, const Selenga__List *request, uint64_t most, ask_take_t *take, ask_turn_t *turn,
             void *context)
{
    taking_t taking = {.take = take, .turn = turn, .context = context, .result = CLI_DONE};
    client_why_t why;
    client_status_t status = pages_each(ask_client(ask), request, most, take_one, turn_page, &taking, &why);
    int r = ask_said(ask, status, &why);
    return r == CLI_DONE ? taking.result : r;
}
