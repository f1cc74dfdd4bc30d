// SPDX-License-Identifier: Apache-2.0
// Indicators as pages show them: which organisation and period the address asks for, values, targets, how far
// they may be trusted. Nothing is computed or rounded here: values come as text, and whether a target is met
// is the node's exact answer.
#pragma once
#include "common/forms/report_forms.h"
#include "services/console/page.h"

enum { FIGURES_PAGES = 24, FIGURES_PERIOD = 32 };

// A report, all of its pages.
typedef struct figures {
    const Selenga__ReportReply *pages[FIGURES_PAGES];
    size_t n_pages;
    const Selenga__ReportUnit *unit; // NULL: nothing is known
} figures_t;

// The organisation that the address asks for; NULL: the node's own.
const char *figures_org(const page_t *page);
// False: return at once, as with page_ask.
bool figures_ask(page_t *page, const char *period, figures_t *ret_figures);
// The organisation's own figures of a period that the node may not count at all: then *ret_unit is NULL.
// False: it is on its way, or too much.
bool figures_try(page_t *page, const char *period, const Selenga__ReportUnit **ret_unit);
size_t figures_children(const figures_t *figures);
const Selenga__ReportUnit *figures_child(const figures_t *figures, size_t i);
bool figures_has(const indicator_t *value);
// The same period so many years before; "": there is none.
const char *figures_before(const char *period, int years, char buf[static FIGURES_PERIOD]);

const char *figures_title(const page_t *page, const indicator_t *value);
const char *figures_name(const Selenga__ReportUnit *unit);
// "70,0 %", or a dash.
void figures_write_value(page_t *page, const indicator_t *value);
void figures_write_target(page_t *page, const indicator_t *value);
// Whether it is met, and whether the figure is preliminary.
void figures_write_state(page_t *page, const indicator_t *value);
void figures_write_notes(page_t *page, const indicator_t *value);
// /r/PERIOD[/CODE][?org=ORG]
void figures_address(html_t *html, const char *period, const char *code, const char *org);
// How much of the data is there, and of which day.
void figures_write_watermark(page_t *page, const figures_t *figures);
// The way up, other periods, another organisation.
void figures_write_way(page_t *page, const char *period, const char *code);
