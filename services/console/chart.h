// SPDX-License-Identifier: Apache-2.0
// A trend as SVG: it prints, needs no script, and stands beside a table that says the same.
#pragma once
#include "services/console/html.h"

enum { CHART_POINTS = 12 };

typedef struct chart {
    const char *title;
    size_t n; // points, from left to right
    const char *names[CHART_POINTS];
    bool known[CHART_POINTS]; // else there is a gap
    double values[CHART_POINTS];
    bool has_target;
    double target; // a line across
} chart_t;

void chart_write(html_t *html, const chart_t *chart);
