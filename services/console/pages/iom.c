// SPDX-License-Identifier: Apache-2.0
// The printed route, in five parts.
#include "common/print/iom.h"
#include "common/base/clock.h"
#include "common/forms/refs.h"
#include "proto/message.h"
#include "services/console/entry.h"
#include "services/console/pages.h"
#include <stdlib.h>

static int ask(void *context, const Selenga__List *asked, iom_t *iom)
{
    page_t *page = context;
    const Selenga__Records *reply;
    Selenga__List request = *asked;
    if (!entry_may(page, kind_by_number(asked->kind), ACCESS_READ)) return 0;
    do {
        if (!page_ask(page, request.kind / 100, MSG_LIST, &request, MSG_RECORDS,
                      &selenga__records__descriptor, &reply))
            return 1;
        for (size_t i = 0; i < reply->n_records; i++)
            iom_take(iom, slice(reply->records[i].data, reply->records[i].len));
        request.has_after = reply->has_next;
        request.after = reply->next;
    } while (reply->has_next);
    return 0;
}

void page_iom(page_t *page)
{
    why_t why;
    rid_t id;
    size_t size;
    AUTO(iom_destroy) iom_t *iom = iom_new();
    if (refs_record(&KIND_ROUTE, page->request->segments[1], page->lang, &id, &why) != 0) {
        page_refuse(page, 404, _("There is no such record"), why.text);
        return;
    }
    int r = iom_gather(iom, &id, ask, page);
    if (r == IOM_NONE)
        page_refuse(page, 404, _("There is no such record"), _("It is not here, or was deleted."));
    if (r != 0) return;
    AUTO(xfree) uint8_t *bytes = iom_pdf(iom, wall_day(), &size);
    if (bytes == NULL) {
        page_refuse(page, 500, _("Not now"),
                    _("The paper could not be made; is there a font with Cyrillic letters?"));
        return;
    }
    html_literal(&page->body, (const char *)bytes, size);
    page->type = "application/pdf";
}
