// SPDX-License-Identifier: Apache-2.0
// One methodist's teachers by school and subject, without names; blocks of them go to another methodist:
// first a dry run, then one act. For each teacher the old assignment ends the day before and the new one
// begins, together or not at all.
#include "common/base/clock.h"
#include "common/base/date.h"
#include "common/forms/value.h"
#include "common/schema/fault.h"
#include "services/console/inputs.h"
#include "services/console/load_view.h"
#include "services/console/many.h"
#include "services/console/pages.h"
#include "services/console/parts.h"
#include "services/console/saving.h"
#include <stdlib.h>

enum { BLOCKS = 400, AT_ONCE = MANY_MOST / 2, REASONS = 20, BLOCK_NAME = 512 };

typedef struct blocked {
    char name[BLOCK_NAME]; // ORG|SUBJECT, as the form has it
    const char *subject;
    size_t n;
} blocked_t;

typedef struct move {
    load_view_t *view;
    holding_t employments;
    const load_t *from;
    blocked_t *blocks;
    size_t n;
} move_t;

static void move_free(move_t *move)
{
    holding_free(&move->employments);
    free(move->blocks);
}

// --- reading

static void name_block(const move_t *move, const char *person, char name[static BLOCK_NAME],
                       const char **subject)
{
    const held_t *held = holding_key(&move->employments, person);
    const Selenga__Employment *e = held != NULL ? (const Selenga__Employment *)held->body : NULL;
    *subject = e != NULL && e->subject != NULL ? e->subject : "";
    snprintf(name, BLOCK_NAME, "%.*s|%.400s", (int)strcspn(person, ":"), person, *subject);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const blocked_t *)a)->name, ((const blocked_t *)b)->name);
}

static void make_blocks(move_t *move)
{
    move->blocks = xcalloc(BLOCKS, sizeof *move->blocks);
    for (size_t i = 0; i < move->from->n; i++) {
        blocked_t block = {.n = 1};
        size_t k = 0;
        name_block(move, move->from->his[i]->person, block.name, &block.subject);
        while (k < move->n && strcmp(move->blocks[k].name, block.name) != 0) k++;
        if (k == BLOCKS) continue;
        if (k == move->n)
            move->blocks[move->n++] = block;
        else
            move->blocks[k].n++;
    }
    if (move->n > 0) qsort(move->blocks, move->n, sizeof *move->blocks, by_name);
}

static bool read_move(page_t *page, move_t *move)
{
    if (!load_view_read(page, move->view, wall_day())) return false;
    move->from = load_of(move->view, page->request->segments[1]);
    if (move->from == NULL) {
        page_refuse(page, 404, _("There is no such record"), _("It is not here, or was deleted."));
        return false;
    }
    size_t n = move->from->n < 1000 ? move->from->n : 1000;
    AUTO(xfree) rid_t *ids = xcalloc(n + 1, sizeof *ids);
    size_t known = 0;
    for (size_t i = 0; i < n; i++)
        known += ref_id(&KIND_EMPLOYMENT, slice_text(move->from->his[i]->person), &ids[known]);
    if (!holding_ids(page, &move->employments, &KIND_EMPLOYMENT, ids, known)) return false;
    make_blocks(move);
    return true;
}

static bool is_chosen(const page_t *page, const char *name)
{
    const form_t *form = &page->request->form;
    for (size_t i = 0; i < form->n; i++)
        if (strcmp(form->pairs[i].name, "block") == 0 && strcmp(form->pairs[i].value, name) == 0) return true;
    return false;
}

// --- showing

static void write_targets(page_t *page, const move_t *move)
{
    html_t *html = &page->body;
    char name[VIEW_TEXT];
    const char *chosen = form_text(&page->request->form, "to");
    html_raw(html, "<label>");
    html_text(html, _("To methodist"));
    html_raw(html, "<select name=\"to\"><option value=\"\">—</option>");
    for (size_t i = 0; i < move->view->n; i++) {
        const load_t *load = &move->view->items[i];
        if (load == move->from || !load_is_active(move->view, load)) continue;
        html_raw(html, "<option");
        html_attribute(html, "value", load->methodist->code);
        if (strcmp(chosen, load->methodist->code) == 0) html_raw(html, " selected");
        html_raw(html, ">");
        html_textf(html, "%s %s (%zu)", load->methodist->code,
                   people_name(move->view->people, load->methodist->person, name), load->n);
        html_raw(html, "</option>");
    }
    html_raw(html, "</select></label> ");
}

static void write_buttons(page_t *page, const move_t *move)
{
    html_t *html = &page->body;
    char day[VIEW_TEXT];
    const char *on = form_value(&page->request->form, "on");
    html_raw(html, "<div class=\"row\">");
    write_targets(page, move);
    inputs_line(html, "on", _("From the day"), on != NULL ? on : view_day(move->view->day, page->lang, day),
                NULL);
    html_raw(html, "<button name=\"act\" value=\"dry\">");
    html_text(html, _("What would become of it"));
    html_raw(html, "</button> <button class=\"main\" name=\"act\" value=\"move\">");
    html_text(html, _("Move them"));
    html_raw(html, "</button></div>");
}

static void write_blocks(page_t *page, const move_t *move, bool may)
{
    const char *const heads[] = {_("School"), _("Subject taught"), _("Teachers")};
    html_t *html = &page->body;
    part_table_of(html, ARRAY_SIZE(heads), heads, 1u << 2);
    for (size_t i = 0; i < move->n; i++) {
        char org[CODE_MAX + 1];
        const blocked_t *block = &move->blocks[i];
        snprintf(org, sizeof org, "%.*s", (int)strcspn(block->name, "|"), block->name);
        html_raw(html, "<tr><td><label>");
        if (may) {
            html_raw(html, "<input type=\"checkbox\" name=\"block\"");
            html_attribute(html, "value", block->name);
            if (is_chosen(page, block->name)) html_raw(html, " checked");
            html_raw(html, "> ");
        }
        html_text(html, load_org_name(move->view, org));
        html_raw(html, "</label></td><td>");
        html_text(html, *block->subject != '\0' ? block->subject : "—");
        html_raw(html, "</td><td class=\"number\">");
        html_number(html, (int64_t)block->n);
        html_raw(html, "</td></tr>");
    }
    html_raw(html, "</tbody></table></div>");
}

static void write_move(page_t *page, const move_t *move)
{
    html_t *html = &page->body;
    char name[VIEW_TEXT];
    const Selenga__Methodist *m = move->from->methodist;
    bool may = entry_may(page, &KIND_ASSIGNMENT, ACCESS_WRITE);
    page_title(page, _("Load of methodist %s: %s"), m->code,
               people_name(move->view->people, m->person, name));
    const char *moved = form_value(&page->request->query, "moved");
    int64_t number;
    if (moved != NULL && int_parse(moved, 1, AT_ONCE, &number)) {
        html_raw(html, "<p class=\"note ok\" role=\"status\">");
        html_textf(html, _("Moved: %zu. Refused: %zu."), (size_t)number, (size_t)0);
        html_raw(html, "</p>");
    }
    html_raw(html, "<p><a href=\"/load\">← ");
    html_text(html, _("Methodists: load"));
    html_raw(html, "</a></p><p>");
    load_write_bar(page, move->from->n, move->from->most);
    html_raw(html, "</p>");
    if (move->n == 0) {
        html_element(html, "p", _("Nobody is assigned to this methodist today."));
        return;
    }
    html_raw(html, "<form class=\"record\" method=\"post\">");
    page_token(page, html);
    write_blocks(page, move, may);
    if (may) write_buttons(page, move);
    html_raw(html, "</form>");
}

// --- moving

static bool read_day(const page_t *page, int32_t *ret_day)
{
    return value_day(form_text(&page->request->form, "on"), ret_day);
}

static void add_move(many_t *many, const held_t *held, const char *to, const char *on, const char *before)
{
    const Selenga__Assignment *a = (const Selenga__Assignment *)held->body;
    char from[DATE_TEXT];
    many_row_t *old = many_add(many, held->version), *new = old != NULL ? many_add(many, NULL) : NULL;
    if (new == NULL) return;
    old->group = new->group = many->n;
    (void)many_keep(many, old, "methodist", a->methodist);
    (void)many_keep(many, old, "person", a->person);
    (void)many_keep(many, old, "from", date_text(a->from, from));
    (void)many_keep(many, old, "to", before);
    (void)many_keep(many, new, "methodist", to);
    (void)many_keep(many, new, "person", a->person);
    (void)many_keep(many, new, "from", on);
}

// Returns how many are chosen, also beyond what one act takes.
static size_t choose(const page_t *page, const move_t *move, many_t *many, const char *to, int32_t day)
{
    char on[DATE_TEXT], before[DATE_TEXT], name[BLOCK_NAME];
    const char *subject;
    size_t n = 0;
    date_text(day, on);
    date_text(day - 1, before);
    for (size_t i = 0; i < move->from->n; i++) {
        name_block(move, move->from->his[i]->person, name, &subject);
        if (!is_chosen(page, name)) continue;
        if (n++ < AT_ONCE) add_move(many, move->from->held[i], to, on, before);
    }
    return n;
}

// Reasons, each once with how many it is of: nobody is named.
static void write_reasons(page_t *page, const many_t *many)
{
    html_t *html = &page->body;
    char words[FAULT_TEXT];
    const fault_t *seen[REASONS];
    size_t counts[REASONS] = {0}, n = 0;
    for (size_t i = 0; i < many->n; i += 2) {
        const fault_t *fault =
            many->rows[i].fault.code[0] != '\0' ? &many->rows[i].fault : &many->rows[i + 1].fault;
        size_t k = 0;
        if (many->rows[i].done) continue;
        while (k < n && strcmp(seen[k]->code, fault->code) != 0) k++;
        if (k == REASONS) continue;
        if (k == n) seen[n++] = fault;
        counts[k]++;
    }
    if (n == 0) return;
    html_raw(html, "<ul>");
    for (size_t k = 0; k < n; k++) {
        html_raw(html, "<li>");
        html_textf(html, "%zu: ", counts[k]);
        html_text(html, fault_text_of(seen[k], &KIND_ASSIGNMENT, page->lang, words, sizeof words));
        html_raw(html, "</li>");
    }
    html_raw(html, "</ul>");
}

static void write_outcome(page_t *page, const move_t *move, const many_t *many, size_t chosen)
{
    html_t *html = &page->body;
    const load_t *to = load_of(move->view, form_text(&page->request->form, "to"));
    if (many->failed > 0)
        html_raw(html, "<div class=\"note bad\" role=\"alert\"><p>");
    else
        html_raw(html, "<div class=\"note ok\" role=\"status\"><p>");
    if (many->dry)
        html_textf(html, _("Nothing is written yet. Would be moved: %zu. Would be refused: %zu."),
                   many->done / 2, many->failed / 2);
    else
        html_textf(html, _("Moved: %zu. Refused: %zu."), many->done / 2, many->failed / 2);
    html_raw(html, "</p>");
    if (chosen > AT_ONCE) {
        html_raw(html, "<p>");
        html_textf(html, _("One act takes %d; %zu are chosen. Repeat it for the others."), AT_ONCE, chosen);
        html_raw(html, "</p>");
    }
    if (to != NULL && many->dry) {
        html_raw(html, "<p>");
        html_textf(html, _("Methodist %s would have: "), to->methodist->code);
        load_write_bar(page, to->n + many->done / 2, to->most);
        html_raw(html, "</p>");
    }
    write_reasons(page, many);
    html_raw(html, "</div>");
}

static void refuse(page_t *page, const move_t *move, const char *text)
{
    page->status = 422;
    html_raw(&page->body, "<p class=\"note bad\" role=\"alert\">");
    html_text(&page->body, text);
    html_raw(&page->body, "</p>");
    write_move(page, move);
}

static void go(page_t *page, size_t moved)
{
    html_t html = {0};
    size_t size;
    html_raw(&html, "/load/");
    html_segment(&html, page->request->segments[1]);
    html_raw(&html, "?moved=");
    html_number(&html, (int64_t)moved);
    AUTO(xfree) char *address = html_take(&html, &size);
    page_go(page, "%.*s", (int)size, address);
}

static void run(page_t *page, move_t *move)
{
    AUTO(arena_destroy) arena_t *arena = arena_new(FORM_BODY_MAX);
    AUTO(many_free) many_t many = {.kind = &KIND_ASSIGNMENT, .arena = arena};
    const char *to = form_text(&page->request->form, "to");
    int32_t day;
    many.dry = strcmp(form_text(&page->request->form, "act"), "move") != 0;
    if (*to == '\0') {
        refuse(page, move, _("Say to whom."));
        return;
    }
    if (!read_day(page, &day)) {
        refuse(page, move, _("Say from which day, e.g. 2025-09-01."));
        return;
    }
    size_t chosen = choose(page, move, &many, to, day);
    if (chosen == 0) {
        refuse(page, move, _("Nobody is chosen: tick a school with its subject."));
        return;
    }
    if (!many_send(page, &many)) return;
    if (!many.dry && many.failed == 0 && chosen <= AT_ONCE) {
        go(page, many.done / 2);
        return;
    }
    // As it stands after the act.
    AUTO(load_view_free) load_view_t view = {0};
    AUTO(move_free) move_t again = {.view = &view};
    if (!many.dry && !read_move(page, &again)) return;
    page->status = many.failed > 0 && !many.dry ? 422 : 200;
    write_outcome(page, move, &many, chosen);
    write_move(page, many.dry ? move : &again);
}

void page_load_move(page_t *page)
{
    AUTO(move_free) move_t move = {0};
    move.view = page_keep(page, sizeof *move.view, load_view_free_kept);
    if (page->request->post && !saving_may(page, &KIND_ASSIGNMENT, ACCESS_WRITE)) return;
    if (!read_move(page, &move)) return;
    if (page->request->post)
        run(page, &move);
    else
        write_move(page, &move);
}
