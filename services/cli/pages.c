// SPDX-License-Identifier: Apache-2.0
// Paging: one request at a time, so memory holds one page whatever the length of the list.
#include "services/cli/pages.h"

#include <string.h>

#include "common/base/i18n.h"
#include "common/base/util.h"
#include "common/node/msg.h"

enum { PAGE_RECORDS = 500, PAGE_TIMEOUT_MS = 60000 };

static int take_page(const Selenga__Records *page, uint64_t *left, pages_take_t *take, void *context)
{
    for (size_t i = 0; i<page->n_records && * left> 0; i++, (*left)--) {
        slice_t wire = slice(page->records[i].data, page->records[i].len);
        AUTO(msg_body_free)
        Selenga__Record *record = msg_body_unpack(&selenga__record__descriptor, wire);
        if (!record) return cli_refuse(_("the node sent a record that cannot be read"));
        int r = take(wire, record, context);
        if (r != CLI_DONE) return r;
    }
    return CLI_DONE;
}

int pages_take_all(const Selenga__Records *page, pages_take_t *take, void *context)
{
    uint64_t left = UINT64_MAX;
    return take_page(page, &left, take, context);
}

int pages_each(ask_t *ask, Selenga__List *request, uint64_t most, pages_take_t *take, pages_turn_t *turn,
               void *context)
{
    uint64_t left = most ? most : UINT64_MAX;
    uint8_t after[512];
    uint32_t service = request->kind / 100;
    request->has_after = false;
    while (left > 0) {
        AUTO(msg_body_free) Selenga__Records *page = NULL;
        request->has_limit = true;
        request->limit = left < PAGE_RECORDS ? (uint32_t)left : PAGE_RECORDS;
        int r = ask_call(ask, service, MSG_LIST, request, MSG_RECORDS, &selenga__records__descriptor, &page,
                         PAGE_TIMEOUT_MS);
        if (r == CLI_DONE) r = take_page(page, &left, take, context);
        if (r != CLI_DONE) return r;
        if (turn) turn(context);
        if (!page->has_next || page->next.len == 0) break;
        if (page->next.len > sizeof after)
            return cli_refuse(_("the node sent a page mark that cannot be read"));
        memcpy(after, page->next.data, page->next.len);
        request->has_after = true;
        request->after = (ProtobufCBinaryData){page->next.len, after};
    }
    return CLI_DONE;
}
