// SPDX-License-Identifier: Apache-2.0
// Which keys do what. Pages say themselves which keys they take (aria-keyshortcuts); here are those that mean
// the same everywhere.
#include "services/console/pages.h"

static const struct {
    const char *keys, *does; // keys: of what stands on the keyboard, a blank between them
} KEYS[] = {
    {"/", N_("search everything")},
    {"Alt+1 … Alt+9", N_("the sections at the top, from left to right")},
    {"↑ ↓", N_("the rows of a list")},
    {"Enter", N_("open the row")},
    {N_("Space"), N_("choose the row, where rows can be chosen")},
    {"Ctrl+S", N_("save what is typed")},
    {"Ctrl+Enter", N_("save it and begin the next one")},
    {"Ctrl+Z", N_("outside a field: undo what was saved last")},
    {"Esc", N_("leave the field; then back")},
    {"Ctrl+P", N_("print: lists without controls")},
    {"A", N_("in a review of a route: agree")},
    {"R", N_("in a review: return it; among refusals: try again")},
    {"D", N_("among refusals: give up")},
    {"M", N_("on the board of routes: change the state of the card")},
    {"?", N_("this page")},
};

void page_help(page_t *page)
{
    html_t *html = &page->body;
    page_title(page, "%s", _("Keys"));
    html_element(html, "p",
                 _("They go by their place on the keyboard, in the Russian layout as in the Latin one. "
                   "Everything can be done with the mouse as well."));
    html_raw(html, "<table class=\"narrow\"><thead><tr>");
    html_element(html, "th", _("key"));
    html_element(html, "th", _("does"));
    html_raw(html, "</tr></thead><tbody>");
    for (size_t i = 0; i < ARRAY_SIZE(KEYS); i++) {
        html_raw(html, "<tr><td><kbd>");
        html_text(html, _(KEYS[i].keys));
        html_raw(html, "</kbd></td>");
        html_element(html, "td", _(KEYS[i].does));
        html_raw(html, "</tr>");
    }
    html_raw(html, "</tbody></table>");
}
