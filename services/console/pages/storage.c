// SPDX-License-Identifier: Apache-2.0
// Will it last? What each program of the node uses, and how much room is left.
#include "common/forms/words.h"
#include "common/node/msg.h"
#include "proto/message.h"
#include "services/console/forms.h"
#include "services/console/pages.h"
#include "services/console/parts.h"
#include <sys/statvfs.h>

static void write_bytes(page_t *page, bool known, uint64_t bytes)
{
    char text[32];
    html_raw(&page->body, "<td class=\"number\">");
    if (known) html_text(&page->body, words_bytes(bytes, page->lang, text, sizeof text));
    html_raw(&page->body, "</td>");
}

static void write_program(page_t *page, uint32_t service, const Selenga__Status *status)
{
    html_t *html = &page->body;
    bool well = status != NULL && (status->trouble == NULL || *status->trouble == '\0');
    html_raw(html, "<tr><td>");
    html_text(html, words_service(service));
    html_raw(html, "</td><td><span");
    html_attribute(html, "class", well ? "pill ok" : "pill bad");
    html_raw(html, ">");
    html_text(html, well ? _("well") : status == NULL ? _("no answer") : status->trouble);
    html_raw(html, "</span></td><td class=\"number\">");
    if (status != NULL && status->has_records) html_number(html, (int64_t)status->records);
    html_raw(html, "</td>");
    write_bytes(page, status != NULL && status->has_store_bytes, status != NULL ? status->store_bytes : 0);
    write_bytes(page, status != NULL && status->has_memory_bytes, status != NULL ? status->memory_bytes : 0);
    html_raw(html, "</tr>");
}

static void write_room(page_t *page)
{
    struct statvfs fs;
    char text[32], all[32];
    if (statvfs(".", &fs) != 0) return;
    html_raw(&page->body, "<p>");
    html_textf(&page->body, _("On the disk of this node %s of %s are free."),
               words_bytes((uint64_t)fs.f_bavail * fs.f_frsize, page->lang, text, sizeof text),
               words_bytes((uint64_t)fs.f_blocks * fs.f_frsize, page->lang, all, sizeof all));
    html_raw(&page->body, "</p>");
}

void page_storage(page_t *page)
{
    const asked_t *asked[SERVICES_END] = {NULL};
    const char *const titles[] = {_("service"), _("state"), _("records"), _("store"), _("memory")};
    for (uint32_t n = SERVICES_FIRST; n < SERVICES_END; n++) {
        const client_request_t request = {.service = n,
                                          .type = MSG_STATUS,
                                          .reply = MSG_STATUS_REPLY,
                                          .descriptor = &selenga__status__descriptor,
                                          .timeout_ms = PAGE_FACTS_MS};
        (void)page_try(page, &request, &asked[n]);
    }
    if (page->waiting) return;
    page_title(page, "%s", _("Storage"));
    write_room(page);
    part_table_of(&page->body, ARRAY_SIZE(titles), titles, 7u << 2);
    for (uint32_t n = SERVICES_FIRST; n < SERVICES_END; n++)
        write_program(page, n, asked[n] != NULL ? asked[n]->body : NULL);
    part_table_end(&page->body);
    html_element(
        &page->body, "p",
        _("No copies of the stores are made. Of what a lost computer held its neighbours give back what "
          "they have; what stays at home is lost with its disk."));
}
