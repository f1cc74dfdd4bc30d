// SPDX-License-Identifier: Apache-2.0
// A teacher's own profile: what diagnostics say of him, by the classes of competencies, in words that judge
// nobody; and his word against it.
#include "common/base/clock.h"
#include "common/base/date.h"
#include "common/schema/fault.h"
#include "services/console/inputs.h"
#include "services/console/keeping.h"
#include "services/console/many.h"
#include "services/console/pages.h"
#include "services/console/profile.h"

static const char *words_of(const kind_rule_t *kind, const char *field, const char *code)
{
    const field_word_t *word = field_word(&kind->fields[kind_field(kind, field)], slice_text(code));
    return word != NULL ? bilingual_text(&word->label) : code;
}

static const char *label_of(const kind_rule_t *kind, const char *field)
{
    return bilingual_text(&kind->fields[kind_field(kind, field)].label);
}

// --- the profile

static void write_result(page_t *page, const profile_row_t *row)
{
    html_t *html = &page->body;
    char day[VIEW_TEXT];
    if (row->result == NULL || row->result->max <= 0) {
        part_cell(html, "");
        part_cell(html, "");
        return;
    }
    html_raw(html, "<td class=\"number\">");
    html_textf(html, "%lld %%", (long long)(row->result->score * 100 / row->result->max));
    html_raw(html, "</td>");
    part_cell(html, view_day(row->result->taken_on, page->lang, day));
}

static void write_need(html_t *html, const profile_row_t *row)
{
    html_raw(html, "<td>");
    if (profile_is_needed(row)) {
        html_raw(html, "<span class=\"pill wait\">");
        html_textf(html, _("there is a need: %s"), words_of(&KIND_DEFICIT, "band", row->need->band));
        html_raw(html, "</span>");
    } else {
        html_text(html, _("no need"));
    }
    html_raw(html, "</td>");
}

static void write_objection(page_t *page, const profile_row_t *row)
{
    html_t *html = &page->body;
    char day[VIEW_TEXT];
    html_raw(html, "<td>");
    if (row->dispute != NULL) {
        html_text(html, _("You disagree: "));
        html_textf(html, "%s, %s", view_day(row->dispute->opened_on, page->lang, day),
                   words_of(&KIND_DISPUTE, "state", row->dispute->state));
        html_raw(html, " ");
    }
    if (profile_may_dispute(row)) {
        html_raw(html, "<a href=\"/my/dispute/");
        html_segment(html, row->ref);
        html_raw(html, "\">");
        html_text(html, _("I disagree"));
        html_raw(html, "</a>");
    } else if (row->dispute == NULL) {
        html_text(html, "—");
    }
    html_raw(html, "</td>");
}

static const char *class_of(const profile_row_t *row)
{
    return row->competency != NULL ? row->competency->class_ : "";
}

// The rows of one class, from `first` on. Where the next class begins.
static size_t write_class(page_t *page, const profile_t *profile, size_t first)
{
    html_t *html = &page->body;
    char title[VIEW_TEXT];
    size_t i = first;
    const char *class = class_of(&profile->rows[first]);
    const char *const heads[] = {_("Competency"), _("Need"), _("Your word"), label_of(&KIND_DEFICIT, "state"),
                                 _("Done"),       _("Day")};
    html_raw(html, "<h2>");
    if (*class != '\0')
        html_textf(html, "%s: %s", label_of(&KIND_COMPETENCY, "class"),
                   words_of(&KIND_COMPETENCY, "class", class));
    else
        html_text(html, _("Others"));
    html_raw(html, "</h2>");
    part_table(html, ARRAY_SIZE(heads), heads);
    for (; i < profile->n && strcmp(class_of(&profile->rows[i]), class) == 0; i++) {
        const profile_row_t *row = &profile->rows[i];
        part_row(html);
        part_cell(html, profile_title(row, page->lang, title));
        write_need(html, row);
        write_objection(page, row);
        part_cell(html, row->need != NULL ? words_of(&KIND_DEFICIT, "state", row->need->state) : "");
        write_result(page, row);
        part_row_end(html);
    }
    part_table_end(html);
    return i;
}

void page_my_profile(page_t *page)
{
    html_t *html = &page->body;
    AUTO(profile_free) profile_t profile = {0};
    if (!profile_read(page, page->session->account.person, &profile)) return;
    page_title(page, "%s", _("My profile"));
    inputs_saved(page);
    html_element(html, "p",
                 _("A need says in what you can be helped; it is no mark. Results and needs stay in your "
                   "organisation."));
    if (profile.n == 0)
        part_note(html, PART_PLAIN,
                  _("You have not been through a diagnostic yet. Its results will stand here by "
                    "competencies."));
    for (size_t i = 0; i < profile.n;) i = write_class(page, &profile, i);
    html_raw(html, "<p class=\"actions\"><a class=\"button\" href=\"/my/data\">");
    html_text(html, _("What is kept of me"));
    html_raw(html, "</a></p>");
}

// --- his word against it

static void write_dispute(page_t *page, const profile_row_t *row, const fault_t *fault)
{
    html_t *html = &page->body;
    char title[VIEW_TEXT];
    const form_t *typed = page->request->post ? &page->request->form : keeping_draft(page);
    const field_rule_t *reason = &KIND_DISPUTE.fields[kind_field(&KIND_DISPUTE, "reason")];
    page_title(page, "%s", _("I disagree with a need"));
    html_raw(html, "<p>");
    html_textf(html, "%s. ", profile_title(row, page->lang, title));
    html_textf(html, _("There is a need: %s."), words_of(&KIND_DEFICIT, "band", row->need->band));
    html_raw(html, "</p>");
    html_element(html, "p",
                 _("An expert of your organisation reads your reason and decides; until then the need "
                   "counts as disputed. Your word stays in your organisation."));
    if (fault != NULL) {
        html_raw(html, "<div class=\"note bad\" role=\"alert\">");
        inputs_fault(html, &KIND_DISPUTE, fault);
        html_raw(html, "</div>");
    }
    keeping_offer(page);
    keeping_open(page);
    html_raw(html, "<label class=\"wide\">");
    html_text(html, bilingual_text(&reason->label));
    html_raw(html, "<textarea name=\"reason\" rows=\"6\" required>\n");
    html_text(html, typed != NULL ? form_text(typed, "reason") : "");
    html_raw(html, "</textarea></label><p class=\"actions\"><button class=\"main\" "
                   "aria-keyshortcuts=\"Control+S\">");
    html_text(html, _("Send"));
    html_raw(html, "</button> <a aria-keyshortcuts=\"Escape\" href=\"/my/profile\">");
    html_text(html, _("Back"));
    html_raw(html, "</a></p></form>");
}

// False: return at once, as with page_ask.
static bool save(page_t *page, const profile_row_t *row, fault_t *ret_fault)
{
    char day[DATE_TEXT];
    AUTO(arena_destroy) arena_t *arena = arena_new(BODY_MAX);
    AUTO(many_free) many_t many = {.kind = &KIND_DISPUTE, .arena = arena};
    many_row_t *dispute = many_add(&many, "");
    (void)many_keep(&many, dispute, "person", page->session->account.person);
    (void)many_keep(&many, dispute, "competency", row->ref);
    (void)many_keep(&many, dispute, "opened_on", date_text(wall_day(), day));
    (void)many_keep(&many, dispute, "state", "opened");
    (void)many_set(&many, dispute, "reason", form_text(&page->request->form, "reason"));
    if (!many_send(page, &many)) return false;
    *ret_fault = dispute->fault;
    return true;
}

void page_my_dispute(page_t *page)
{
    AUTO(profile_free) profile_t profile = {0};
    fault_t fault = {0};
    if (!profile_read(page, page->session->account.person, &profile)) return;
    const profile_row_t *row = profile_find(&profile, page->request->segments[2]);
    if (row == NULL || !profile_may_dispute(row)) {
        page_refuse(page, 404, _("There is nothing to disagree with"),
                    _("There is no such need of yours, or your word against it is known already."));
        return;
    }
    if (!page->request->post) {
        write_dispute(page, row, NULL);
        return;
    }
    if (!save(page, row, &fault)) return;
    if (fault.code[0] == '\0') {
        page_go(page, "/my/profile?saved=1");
        return;
    }
    page->status = strcmp(fault.code, "CHANGED-SINCE") == 0 ? 409 : 422;
    write_dispute(page, row, &fault);
}
