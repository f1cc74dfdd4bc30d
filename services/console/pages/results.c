// SPDX-License-Identifier: Apache-2.0
// Results of a campaign as a grid: people down, competencies across, one save. A cell is the points, or
// POINTS/MOST where the most differs from that of its column.
#include "common/base/clock.h"
#include "common/base/text.h"
#include "common/schema/fault.h"
#include "proto/diagnostics.pb-c.h"
#include "proto/registry.pb-c.h"
#include "services/console/inputs.h"
#include "services/console/many.h"
#include "services/console/pages.h"
#include "services/console/saving.h"
#include "services/console/staff_list.h"
#include <stdio.h>
#include <stdlib.h>

enum { ACROSS = 24, CELLS = 300, NAME = 24, CELL = 80 };

typedef struct grid {
    holding_t campaigns, competencies, results;
    staff_list_t staff;
    const Selenga__Campaign *campaign;
    const Selenga__Competency *across[ACROSS];
    size_t n_across, down; // people of a page
    bool cut;              // there are more competencies
} grid_t;

static void grid_free(grid_t *grid)
{
    holding_free(&grid->campaigns);
    holding_free(&grid->competencies);
    holding_free(&grid->results);
    staff_list_free(&grid->staff);
}

// What the address says, or the form that came from it.
static const char *said(const page_t *page, const char *name)
{
    return form_text(page->request->post ? &page->request->form : &page->request->query, name);
}

// --- reading

static bool is_above(const grid_t *grid, const Selenga__Competency *one)
{
    for (size_t i = 0; i < grid->competencies.n; i++) {
        const Selenga__Competency *other = (const Selenga__Competency *)grid->competencies.items[i].body;
        if (other->parent != NULL && strcmp(other->parent, one->code) == 0) return true;
    }
    return false;
}

static int by_code(const void *a, const void *b)
{
    return strcmp((*(const Selenga__Competency *const *)a)->code,
                  (*(const Selenga__Competency *const *)b)->code);
}

// What is measured: those of the framework that have none below them.
static void take_across(page_t *page, grid_t *grid)
{
    const char *class = said(page, "class");
    for (size_t i = 0; i < grid->competencies.n; i++) {
        const Selenga__Competency *one = (const Selenga__Competency *)grid->competencies.items[i].body;
        if ((*class != '\0' && strcmp(one->class_, class) != 0) || is_above(grid, one)) continue;
        grid->cut |= grid->n_across == ACROSS;
        if (grid->n_across < ACROSS) grid->across[grid->n_across++] = one;
    }
    if (grid->n_across > 0) qsort(grid->across, grid->n_across, sizeof *grid->across, by_code);
    grid->down = grid->n_across > 0 ? CELLS / grid->n_across : CELLS;
}

static bool read_grid(page_t *page, grid_t *grid)
{
    const char *code = said(page, "campaign");
    if (!holding_list(page, &grid->campaigns, &KIND_CAMPAIGN, "", NULL, NULL)) return false;
    const held_t *held = holding_key(&grid->campaigns, code);
    if (held == NULL && *code != '\0')
        page_refuse(page, 404, _("There is no such record"), _("It is not here, or was deleted."));
    if (held == NULL) return *code == '\0';
    grid->campaign = (const Selenga__Campaign *)held->body;
    if (!holding_list(page, &grid->competencies, &KIND_COMPETENCY, "", "framework",
                      grid->campaign->framework))
        return false;
    take_across(page, grid);
    return staff_list_read(page, &grid->staff, said(page, "org"), said(page, "page"), grid->down) &&
           holding_list(page, &grid->results, &KIND_RESULT, "", "campaign", code);
}

static const held_t *result_of(const grid_t *grid, const char *person, const char *competency)
{
    for (size_t i = 0; i < grid->results.n; i++) {
        const Selenga__Result *r = (const Selenga__Result *)grid->results.items[i].body;
        if (strcmp(r->person, person) == 0 && strcmp(r->competency, competency) == 0)
            return &grid->results.items[i];
    }
    return NULL;
}

// The most points of a column: as typed, or as most results have it.
static const char *most_of(const page_t *page, const grid_t *grid, size_t j, char buf[static VIEW_TEXT])
{
    char name[NAME];
    snprintf(name, sizeof name, "m.%zu", j);
    const char *typed = page->request->post ? form_value(&page->request->form, name) : NULL;
    if (typed != NULL) return typed;
    for (size_t i = 0; i < grid->results.n; i++) {
        const Selenga__Result *r = (const Selenga__Result *)grid->results.items[i].body;
        if (strcmp(r->competency, grid->across[j]->code) == 0)
            return inputs_value(&KIND_RESULT, &r->base, (size_t)kind_field(&KIND_RESULT, "max"), page->lang,
                                buf);
    }
    return "";
}

static const char *cell_of(const page_t *page, const held_t *held, const char *most, char buf[static CELL])
{
    char score[VIEW_TEXT], max[VIEW_TEXT];
    if (held == NULL) return "";
    const char *points =
        inputs_value(&KIND_RESULT, held->body, (size_t)kind_field(&KIND_RESULT, "score"), page->lang, score);
    const char *of =
        inputs_value(&KIND_RESULT, held->body, (size_t)kind_field(&KIND_RESULT, "max"), page->lang, max);
    bool same = strcmp(of, most) == 0;
    snprintf(buf, CELL, "%.32s%s%.32s", points, same ? "" : "/", same ? "" : of);
    return buf;
}

// --- showing

static void write_campaigns(page_t *page, const grid_t *grid)
{
    html_t *html = &page->body;
    html_raw(html, "<label>");
    html_text(html, _("Campaign"));
    html_raw(html, "<select name=\"campaign\">");
    for (size_t i = 0; i < grid->campaigns.n; i++) {
        const Selenga__Campaign *c = (const Selenga__Campaign *)grid->campaigns.items[i].body;
        html_raw(html, "<option");
        html_attribute(html, "value", c->code);
        if (c == grid->campaign) html_raw(html, " selected");
        html_raw(html, ">");
        html_textf(html, "%s %s", c->code, c->title);
        html_raw(html, "</option>");
    }
    html_raw(html, "</select></label>");
}

static void write_filter(page_t *page, const grid_t *grid)
{
    html_t *html = &page->body;
    const field_rule_t *class = &KIND_COMPETENCY.fields[kind_field(&KIND_COMPETENCY, "class")];
    html_raw(html, "<form class=\"filter\" method=\"get\">");
    write_campaigns(page, grid);
    inputs_line(html, "org", _("Organisation"), said(page, "org"), NULL);
    html_raw(html, "<label>");
    html_text(html, bilingual_text(&class->label));
    html_raw(html, "<select name=\"class\"><option value=\"\">");
    html_text(html, _("any"));
    html_raw(html, "</option>");
    for (size_t i = 0; i < class->n_words; i++) {
        html_raw(html, "<option");
        html_attribute(html, "value", class->words[i].code);
        if (strcmp(said(page, "class"), class->words[i].code) == 0) html_raw(html, " selected");
        html_raw(html, ">");
        html_text(html, bilingual_text(&class->words[i].label));
        html_raw(html, "</option>");
    }
    html_raw(html, "</select></label><button>");
    html_text(html, _("Show"));
    html_raw(html, "</button></form>");
}

static void write_heads(page_t *page, const grid_t *grid)
{
    html_t *html = &page->body;
    char name[NAME], most[VIEW_TEXT];
    html_raw(html, "<thead><tr><th scope=\"col\">");
    html_text(html, _("Person"));
    html_raw(html, "</th>");
    for (size_t j = 0; j < grid->n_across; j++) {
        html_raw(html, "<th scope=\"col\"");
        snprintf(name, sizeof name, "c%zu", j);
        html_attribute(html, "id", name);
        html_attribute(html, "title", grid->across[j]->title);
        html_raw(html, ">");
        html_text(html, grid->across[j]->code);
        html_raw(html, "</th>");
    }
    html_raw(html, "</tr><tr><td>");
    html_text(html, _("Most points"));
    html_raw(html, "</td>");
    for (size_t j = 0; j < grid->n_across; j++) {
        html_raw(html, "<td>");
        snprintf(name, sizeof name, "c.%zu", j);
        part_hidden(html, name, grid->across[j]->code);
        html_raw(html, "<input type=\"text\" inputmode=\"decimal\"");
        snprintf(name, sizeof name, "m.%zu", j);
        html_attribute(html, "name", name);
        html_attribute(html, "value", most_of(page, grid, j, most));
        html_attribute(html, "aria-label", _("Most points"));
        html_raw(html, "></td>");
    }
    html_raw(html, "</tr></thead>");
}

static const fault_t *fault_of(const many_t *refused, const char *person, const char *code)
{
    for (size_t i = 0; refused != NULL && i < refused->n; i++) {
        const Selenga__Result *r = (const Selenga__Result *)refused->rows[i].body;
        if (refused->rows[i].done || r->person == NULL || r->competency == NULL) continue;
        if (strcmp(r->person, person) == 0 && strcmp(r->competency, code) == 0)
            return &refused->rows[i].fault;
    }
    return NULL;
}

static void write_cell(page_t *page, const grid_t *grid, const many_t *refused, size_t i, size_t j)
{
    html_t *html = &page->body;
    char name[NAME], most[VIEW_TEXT], cell[CELL], was[VERSION_TEXT + CELL + 2], by[2 * NAME];
    const char *person = grid->staff.refs[i];
    const held_t *held = result_of(grid, person, grid->across[j]->code);
    const char *now = cell_of(page, held, most_of(page, grid, j, most), cell), *text = now;
    bool wrong = fault_of(refused, person, grid->across[j]->code) != NULL;
    snprintf(name, sizeof name, "r.%zu.%zu", i, j);
    if (wrong) text = form_text(&page->request->form, name);
    html_raw(html, "<td><input type=\"text\" inputmode=\"decimal\"");
    html_attribute(html, "name", name);
    if (*text != '\0') html_attribute(html, "value", text);
    snprintf(by, sizeof by, "p%zu c%zu", i, j);
    html_attribute(html, "aria-labelledby", by);
    if (wrong) html_raw(html, " aria-invalid=\"true\"");
    html_raw(html, ">");
    if (held != NULL) {
        name[0] = 'o';
        snprintf(was, sizeof was, "%s %s", held->version, now);
        part_hidden(html, name, was);
    }
    html_raw(html, "</td>");
}

static void write_rows(page_t *page, const grid_t *grid, const many_t *refused)
{
    html_t *html = &page->body;
    char name[NAME], text[VIEW_TEXT];
    html_raw(html, "<tbody>");
    for (size_t i = 0; i < grid->staff.n; i++) {
        html_raw(html, "<tr><th scope=\"row\"");
        snprintf(name, sizeof name, "p%zu", i);
        html_attribute(html, "id", name);
        html_raw(html, ">");
        html_text(html, people_name(grid->staff.people, grid->staff.refs[i], text));
        snprintf(name, sizeof name, "p.%zu", i);
        part_hidden(html, name, grid->staff.refs[i]);
        html_raw(html, "</th>");
        for (size_t j = 0; j < grid->n_across; j++) write_cell(page, grid, refused, i, j);
        html_raw(html, "</tr>");
    }
    html_raw(html, "</tbody>");
}

static void write_refused(page_t *page, const grid_t *grid, const many_t *refused)
{
    html_t *html = &page->body;
    char name[VIEW_TEXT], words[FAULT_TEXT];
    if (refused == NULL) return;
    html_raw(html, "<div class=\"note bad\" role=\"alert\"><p>");
    html_textf(html, _("Saved: %zu. Refused: %zu; these stand below with the reason, as they were typed."),
               refused->done, refused->failed);
    html_raw(html, "</p><ul>");
    for (size_t i = 0; i < refused->n && i < 50; i++) {
        const Selenga__Result *r = (const Selenga__Result *)refused->rows[i].body;
        if (refused->rows[i].done) continue;
        html_raw(html, "<li>");
        html_textf(html, "%s, %s: ", people_name(grid->staff.people, r->person, name),
                   r->competency != NULL ? r->competency : "");
        html_text(html,
                  fault_text_of(&refused->rows[i].fault, &KIND_RESULT, page->lang, words, sizeof words));
        html_raw(html, "</li>");
    }
    html_raw(html, "</ul></div>");
}

static void write_grid(page_t *page, const grid_t *grid, const many_t *refused)
{
    html_t *html = &page->body;
    char day[VIEW_TEXT];
    int32_t today = wall_day(), to = grid->campaign->to;
    html_raw(html, "<form class=\"record\" method=\"post\" action=\"/results\">");
    page_token(page, html);
    part_hidden(html, "campaign", grid->campaign->code);
    part_hidden(html, "org", said(page, "org"));
    part_hidden(html, "class", said(page, "class"));
    part_hidden(html, "page", said(page, "page"));
    const char *on = page->request->post ? form_text(&page->request->form, "on")
                                         : view_day(today < to ? today : to, page->lang, day);
    html_raw(html, "<div class=\"row\">");
    inputs_line(html, "on", _("Day of what is new here"), on, NULL);
    html_raw(html, "</div><div class=\"scroll\"><table class=\"grid\">");
    write_heads(page, grid);
    write_rows(page, grid, refused);
    html_raw(html, "</table></div><p class=\"actions\"><button class=\"main\">");
    html_text(html, _("Save all"));
    html_raw(html, "</button></p></form>");
    staff_list_write_pages(page, &grid->staff, "/results?campaign=", grid->campaign->code);
}

static void write_page(page_t *page, const grid_t *grid, const many_t *refused)
{
    html_t *html = &page->body;
    page_title(page, "%s", _("Results"));
    inputs_saved(page);
    write_refused(page, grid, refused);
    write_filter(page, grid);
    if (grid->campaigns.n == 0)
        html_element(html, "p", _("There is no campaign yet: results belong to one."));
    else if (grid->campaign == NULL)
        html_element(html, "p", _("Choose a campaign."));
    else if (grid->staff.n == 0)
        html_element(
            html, "p",
            _("There is nobody on the staff list here. Choose an organisation, or import the list."));
    else if (grid->n_across == 0)
        html_element(html, "p", _("The campaign's framework has no competencies here."));
    else
        write_grid(page, grid, refused);
    if (grid->cut) html_element(html, "p", _("There are more competencies: choose a class."));
}

// --- saving

// "18", "18/20": into the row.
static void set_cell(many_t *many, many_row_t *row, const char *text, const char *most)
{
    char score[CELL];
    const char *slash = strchr(text, '/');
    snprintf(score, sizeof score, "%.*s", slash != NULL ? (int)(slash - text) : CELL - 1, text);
    (void)many_set(many, row, "score", score);
    (void)many_set(many, row, "max", slash != NULL ? slash + 1 : most);
}

static void take_cell(const page_t *page, many_t *many, size_t i, size_t j)
{
    char name[NAME];
    const form_t *form = &page->request->form;
    snprintf(name, sizeof name, "r.%zu.%zu", i, j);
    const char *text = form_text(form, name);
    name[0] = 'o';
    const char *was = form_value(form, name), *blank = was != NULL ? strchr(was, ' ') : NULL;
    if (strcmp(text, blank != NULL ? blank + 1 : "") == 0) return; // as it was
    const char *version = blank != NULL ? arena_text(many->arena, slice(was, (size_t)(blank - was))) : "";
    many_row_t *row = many_add(many, version);
    if (row == NULL) return;
    (void)many_keep(many, row, "campaign", form_text(form, "campaign"));
    snprintf(name, sizeof name, "p.%zu", i);
    (void)many_keep(many, row, "person", form_text(form, name));
    snprintf(name, sizeof name, "c.%zu", j);
    (void)many_keep(many, row, "competency", form_text(form, name));
    snprintf(name, sizeof name, "m.%zu", j);
    set_cell(many, row, text, form_text(form, name));
    (void)many_set(many, row, "taken_on", form_text(form, "on"));
}

static void go(page_t *page)
{
    static const char *const names[] = {"campaign", "org", "class", "page"};
    html_t html = {0};
    size_t size;
    html_raw(&html, "/results?");
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        html_segment(&html, names[i]);
        html_raw(&html, "=");
        html_segment(&html, said(page, names[i]));
        html_raw(&html, "&");
    }
    html_raw(&html, "saved=1");
    AUTO(xfree) char *address = html_take(&html, &size);
    page_go(page, "%.*s", (int)size, address);
}

static void save(page_t *page, grid_t *grid)
{
    AUTO(arena_destroy) arena_t *arena = arena_new(FORM_BODY_MAX);
    AUTO(many_free) many_t many = {.kind = &KIND_RESULT, .arena = arena};
    for (size_t i = 0; i < grid->down; i++)
        for (size_t j = 0; j < ACROSS; j++) take_cell(page, &many, i, j);
    if (!many_send(page, &many)) return;
    if (many.failed == 0) {
        go(page);
        return;
    }
    holding_free(&grid->results);
    if (!holding_list(page, &grid->results, &KIND_RESULT, "", "campaign", grid->campaign->code)) return;
    page->status = 422;
    write_page(page, grid, &many);
}

void page_results(page_t *page)
{
    AUTO(grid_free) grid_t grid = {0};
    if (!saving_may(page, &KIND_RESULT, ACCESS_WRITE) || !read_grid(page, &grid)) return;
    if (page->request->post && grid.campaign != NULL)
        save(page, &grid);
    else
        write_page(page, &grid, NULL);
}
