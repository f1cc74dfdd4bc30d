// SPDX-License-Identifier: Apache-2.0
#include "services/console/chart.h"

enum { WIDTH = 480, HEIGHT = 160, LEFT = 16, RIGHT = 16, TOP = 12, BOTTOM = 28 };

// Of all that is drawn, from zero up where it is not below.
static void find_range(const chart_t *chart, double *ret_low, double *ret_high)
{
    double low = 0, high = chart->has_target ? chart->target : 0;
    for (size_t i = 0; i < chart->n; i++) {
        if (!chart->known[i]) continue;
        if (chart->values[i] > high) high = chart->values[i];
        if (chart->values[i] < low) low = chart->values[i];
    }
    *ret_low = low;
    *ret_high = high > low ? high : low + 1;
}

static int place_x(const chart_t *chart, size_t i)
{
    size_t gaps = chart->n > 1 ? chart->n - 1 : 1;
    return LEFT + (int)(i * (size_t)(WIDTH - LEFT - RIGHT) / gaps);
}

static int place_y(double value, double low, double high)
{
    return TOP + (int)((high - value) / (high - low) * (HEIGHT - TOP - BOTTOM));
}

static void write_place(html_t *html, const char *name, int at)
{
    html_textf(html, " %s=", name);
    html_raw(html, "\"");
    html_number(html, at);
    html_raw(html, "\"");
}

static void write_line(html_t *html, int x1, int y1, int x2, int y2)
{
    html_raw(html, "<line");
    write_place(html, "x1", x1);
    write_place(html, "y1", y1);
    write_place(html, "x2", x2);
    write_place(html, "y2", y2);
}

static const char *anchor_of(const chart_t *chart, size_t i)
{
    return i == 0 ? "start" : i + 1 == chart->n ? "end" : "middle";
}

static void write_point(html_t *html, const chart_t *chart, size_t i, double low, double high)
{
    int x = place_x(chart, i);
    html_raw(html, "<text");
    write_place(html, "x", x);
    write_place(html, "y", HEIGHT - 8);
    html_attribute(html, "text-anchor", anchor_of(chart, i));
    html_raw(html, " font-size=\"13\" fill=\"#55626b\">");
    html_text(html, chart->names[i]);
    html_raw(html, "</text>");
    if (!chart->known[i]) return;
    int y = place_y(chart->values[i], low, high);
    if (i > 0 && chart->known[i - 1]) {
        write_line(html, place_x(chart, i - 1), place_y(chart->values[i - 1], low, high), x, y);
        html_raw(html, " stroke=\"#0b5394\" stroke-width=\"2\"/>");
    }
    html_raw(html, "<circle");
    write_place(html, "cx", x);
    write_place(html, "cy", y);
    html_raw(html, " r=\"4\" fill=\"#0b5394\"/>");
}

void chart_write(html_t *html, const chart_t *chart)
{
    double low, high;
    find_range(chart, &low, &high);
    html_raw(html, "<svg class=\"chart\" role=\"img\" viewBox=\"0 0 480 160\" width=\"480\" height=\"160\"");
    html_attribute(html, "aria-label", chart->title);
    html_raw(html, ">");
    write_line(html, LEFT, place_y(low, low, high), WIDTH - RIGHT, place_y(low, low, high));
    html_raw(html, " stroke=\"#6f7d86\"/>");
    if (chart->has_target) {
        int y = place_y(chart->target, low, high);
        write_line(html, LEFT, y, WIDTH - RIGHT, y);
        html_raw(html, " stroke=\"#6b4500\" stroke-dasharray=\"6 4\"/>");
    }
    for (size_t i = 0; i < chart->n; i++) write_point(html, chart, i, low, high);
    html_raw(html, "</svg>");
}
