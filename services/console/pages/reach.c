// SPDX-License-Identifier: Apache-2.0
// What leaves this node and how far, as the kinds declare it: for everybody, also before there is an account.
#include "services/console/entry.h"
#include "services/console/pages.h"
#include "services/console/steps.h"

static const struct {
    uint8_t up;
    const char *title;
} GROUPS[] = {
    {UP_HOME, N_("Stays on this computer")},
    {UP_SCHOOL, N_("Goes up as far as the school")},
    {UP_MUNICIPALITY, N_("Goes up as far as the municipality")},
    {UP_REGION, N_("Goes up as far as the region")},
    {UP_ALL, N_("Goes all the way up")},
};

// How far it goes from here: what need not rise above this node's own level stays.
static uint8_t reach_from(const node_conf_t *node, const kind_rule_t *kind)
{
    return kind->up != UP_ALL && kind->up <= UP_SCHOOL + node->rank ? UP_HOME : kind->up;
}

// The classes of its fields, but for what is about nobody.
static void write_classes(const page_t *page, html_t *html, const kind_rule_t *kind)
{
    unsigned seen = 0;
    for (size_t i = 0; i < kind->n_fields; i++) {
        pd_class_t pd = kind->fields[i].pd;
        if (pd == PD_PUBLIC || (seen & 1U << pd) != 0) continue;
        if (seen != 0) html_raw(html, ", ");
        html_text(html, pd_class_in(pd, page->lang));
        seen |= 1U << pd;
    }
    if (seen == 0) html_raw(html, "—");
}

static void write_kind(const page_t *page, html_t *html, const kind_rule_t *kind)
{
    html_raw(html, "<tr><th scope=\"row\">");
    html_text(html, bilingual_text(&kind->label));
    html_raw(html, "<span class=\"help\">");
    html_text(html, bilingual_text(&kind->help));
    html_raw(html, "</span></th>");
    html_raw(html, "<td>");
    write_classes(page, html, kind);
    html_raw(html, "</td>");
    html_element(html, "td", reach_down_text(kind->down));
    html_raw(html, "</tr>");
}

static void write_group(const page_t *page, html_t *html, size_t group)
{
    size_t n = 0;
    for (size_t i = 0; i < N_KINDS; i++) {
        if (reach_from(page->node, KINDS[i]) != GROUPS[group].up) continue;
        if (n++ == 0) {
            html_raw(html, "<h2>");
            html_text(html, _(GROUPS[group].title));
            html_raw(html, "</h2><div class=\"scroll\"><table><thead><tr>");
            html_element(html, "th", _("What"));
            html_element(html, "th", _("Personal data in it"));
            html_element(html, "th", _("Who below gets it"));
            html_raw(html, "</tr></thead><tbody>");
        }
        write_kind(page, html, KINDS[i]);
    }
    if (n > 0) html_raw(html, "</tbody></table></div>");
}

void page_reach(page_t *page)
{
    html_t *html = &page->body;
    page_title(page, "%s", _("What goes where"));
    steps_follow(page, STEP_REACH);
    html_element(html, "p",
                 _("This follows from what each kind of record declares; no setting and no user can send "
                   "more. The node "
                   "above checks it again. A record travels whole or not at all."));
    for (size_t i = 0; i < ARRAY_SIZE(GROUPS); i++) write_group(page, html, i);
}
