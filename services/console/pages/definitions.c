// SPDX-License-Identifier: Apache-2.0
// How indicators are defined: those in force, those of later days, and what stood before.
#include "services/console/defined.h"
#include "services/console/pages.h"
#include "services/console/parts.h"
#include "services/console/saving.h"

enum { MOST = 150 };

static void write_target(page_t *page, const body_t *body)
{
    html_t *html = &page->body;
    const Selenga__Indicator *d = (const Selenga__Indicator *)body;
    char value[VIEW_TEXT];
    html_raw(html, "<td class=\"number\">");
    if (d->target_op == NULL || !d->has_target_value) {
        html_raw(html, "—</td>");
        return;
    }
    html_text(html, strcmp(d->target_op, "<=") == 0 ? "≤ " : "≥ ");
    html_text(html, defined_text(page, body, "target_value", value));
    if (d->unit != NULL && strcmp(d->unit, "percent") == 0) html_raw(html, " %");
    html_raw(html, "</td>");
}

static void write_one(page_t *page, const defined_t *defined, size_t i, bool state)
{
    html_t *html = &page->body;
    char text[VIEW_TEXT];
    const body_t *body = defined->holding.items[i].body;
    const Selenga__Indicator *d = defined_at(defined, i);
    bool english = page->lang == LANG_EN && d->title_en != NULL && *d->title_en != '\0';
    part_row(html);
    html_raw(html, "<td><a href=\"");
    defined_address(html, d);
    html_raw(html, "\">");
    html_text(html, d->code);
    html_raw(html, "</a></td>");
    part_cell(html, english ? d->title_en : d->title);
    part_cell(html, defined_text(page, body, "unit", text));
    write_target(page, body);
    part_cell(html, defined_text(page, body, "valid_from", text));
    if (state) {
        html_raw(html, "<td>");
        defined_write_state(page, defined, i);
        html_raw(html, "</td>");
    }
    part_row_end(html);
}

// in_force: those, or all others.
static void write_those(page_t *page, const defined_t *defined, bool in_force, const char *heading)
{
    html_t *html = &page->body;
    const char *const heads[] = {_("code"),   _("indicator"),  _("unit"),
                                 _("target"), _("valid from"), _("state")};
    size_t n = 0, shown = 0;
    for (size_t i = 0; i < defined->holding.n; i++) n += defined_in_force(defined, i) == in_force;
    if (n == 0) return;
    html_element(html, "h2", heading);
    part_table(html, ARRAY_SIZE(heads) - (in_force ? 1 : 0), heads);
    for (size_t i = 0; i < defined->holding.n && shown < MOST; i++)
        if (defined_in_force(defined, i) == in_force) {
            write_one(page, defined, i, !in_force);
            shown++;
        }
    part_table_end(html);
    if (n > MOST) part_link(html, "/k/indicator", _("All of them"));
}

void page_definitions(page_t *page)
{
    AUTO(defined_free) defined_t defined = {0};
    html_t *html = &page->body;
    if (!defined_ask(page, NULL, &defined)) return;
    page_title(page, "%s", _("Definitions of indicators"));
    html_raw(html, "<p class=\"help\">");
    html_text(html, _("A period is counted by the definition that is in force on its last day."));
    html_raw(html, "</p>");
    if (entry_may(page, &KIND_INDICATOR, ACCESS_WRITE)) {
        html_raw(html, "<p class=\"actions\"><a class=\"button\" aria-keyshortcuts=\"A\" "
                       "href=\"/definitions/new\">");
        html_text(html, _("New indicator"));
        html_raw(html, "</a></p>");
    }
    if (defined.holding.n == 0)
        part_note(html, PART_PLAIN,
                  _("No definition is here yet. They come from the region's node with the next exchange."));
    write_those(page, &defined, true, _("In force"));
    write_those(page, &defined, false, _("Of other days"));
}
