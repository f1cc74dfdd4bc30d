// SPDX-License-Identifier: Apache-2.0
// Laying out. All is done twice: the first time only counts the pages, for each says how many there are.
#include "common/base/i18n.h"
#include "common/base/util.h"
#include "common/base/vec.h"
#include "common/print/document_private.h"
#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <stdio.h>
#include <stdlib.h>

// Points of A4, and what is left free: on the left for the folder.
#define PAGE_W 595.28
#define PAGE_H 841.89
#define LEFT 70.0
#define RIGHT 42.0
#define TOP 50.0
#define BOTTOM 56.0
#define WIDTH (PAGE_W - LEFT - RIGHT)
#define PAD 3.5
#define LINE_ROOM 22.0

#define FONT "Liberation Serif,PT Serif,DejaVu Serif"
#define TEXT_FONT FONT " 11.5"
#define TABLE_FONT FONT " 9.5"
#define TABLE_HEAD_FONT FONT " Bold 9.5"
#define FOOT_FONT FONT " 9"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
// Fontconfig keeps one pattern of 288 bytes for good, after one paper as after twenty.
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig.so";
}
#endif
#endif

typedef struct pen {
    const document_t *document;
    cairo_t *cr;
    PangoContext *pango;
    double y;
    int page, pages;      // pages 0: not counted yet
    const block_t *table; // whose rows are written; NULL: none
} pen_t;

static PangoLayout *layout_new(const pen_t *pen, const char *font, const char *text, double width)
{
    PangoLayout *layout = pango_layout_new(pen->pango);
    PangoFontDescription *description = pango_font_description_from_string(font);
    pango_layout_set_font_description(layout, description);
    pango_font_description_free(description);
    pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_text(layout, text, -1);
    return layout;
}

static double height_of(PangoLayout *layout)
{
    int height;
    pango_layout_get_size(layout, NULL, &height);
    return (double)height / PANGO_SCALE;
}

// --- pages

static void write_foot(pen_t *pen)
{
    char number[64];
    PangoLayout *foot = layout_new(pen, FOOT_FONT, pen->document->foot, WIDTH - 110);
    pango_layout_set_ellipsize(foot, PANGO_ELLIPSIZE_END);
    cairo_move_to(pen->cr, LEFT, PAGE_H - BOTTOM + 16);
    pango_cairo_show_layout(pen->cr, foot);
    g_object_unref(foot);
    snprintf(number, sizeof number, _("page %d of %d"), pen->page, pen->pages);
    PangoLayout *layout = layout_new(pen, FOOT_FONT, number, 100);
    pango_layout_set_alignment(layout, PANGO_ALIGN_RIGHT);
    cairo_move_to(pen->cr, PAGE_W - RIGHT - 100, PAGE_H - BOTTOM + 16);
    pango_cairo_show_layout(pen->cr, layout);
    g_object_unref(layout);
}

static void end_page(pen_t *pen)
{
    write_foot(pen);
    cairo_show_page(pen->cr);
}

static void new_page(pen_t *pen)
{
    if (pen->page > 0) end_page(pen);
    pen->page++;
    pen->y = TOP;
}

static double room(const pen_t *pen)
{
    return PAGE_H - BOTTOM - pen->y;
}

// --- texts

// Writes lines of the layout from the nth on, as many as fit into `height` and at least one where `force`.
// Returns how many; *ret_height is theirs.
static int write_lines(pen_t *pen, PangoLayout *layout, int from, double x, double height, bool force,
                       double *ret_height)
{
    int n = 0, index = 0;
    double top = -1, used = 0;
    PangoLayoutIter *iter = pango_layout_get_iter(layout);
    do {
        PangoRectangle box;
        pango_layout_iter_get_line_extents(iter, NULL, &box);
        double y = (double)box.y / PANGO_SCALE, h = (double)box.height / PANGO_SCALE;
        if (index++ < from) continue;
        if (top < 0) top = y;
        if (y + h - top > height && !(force && n == 0)) break;
        cairo_move_to(pen->cr, x + (double)box.x / PANGO_SCALE,
                      pen->y + y - top +
                          (double)(pango_layout_iter_get_baseline(iter) - box.y) / PANGO_SCALE);
        pango_cairo_show_layout_line(pen->cr, pango_layout_iter_get_line_readonly(iter));
        used = y + h - top;
        n++;
    } while (pango_layout_iter_next_line(iter));
    pango_layout_iter_free(iter);
    *ret_height = used;
    return n;
}

static void write_text(pen_t *pen, PangoLayout *layout, double after)
{
    double height;
    for (int from = 0, all = pango_layout_get_line_count(layout); from < all;) {
        if (room(pen) < 16) new_page(pen);
        from += write_lines(pen, layout, from, LEFT, room(pen), pen->y <= TOP, &height);
        pen->y += height;
        if (from < all) new_page(pen);
    }
    pen->y += after;
    g_object_unref(layout);
}

static void write_heading(pen_t *pen, const block_t *block)
{
    const char *font = block->level == 0 ? FONT " Bold 15" : FONT " Bold 12.5";
    PangoLayout *layout = layout_new(pen, font, block->texts[0], WIDTH);
    if (block->level == 0) pango_layout_set_alignment(layout, PANGO_ALIGN_CENTER);
    double before = block->level == 0 || pen->y <= TOP ? 0 : 12;
    if (room(pen) < before + height_of(layout) + 60) // not alone at the foot
        new_page(pen);
    else
        pen->y += before;
    write_text(pen, layout, block->level == 0 ? 12 : 6);
}

static void write_rule(pen_t *pen, double from, double to, double y)
{
    cairo_set_line_width(pen->cr, 0.6);
    cairo_move_to(pen->cr, from, y);
    cairo_line_to(pen->cr, to, y);
    cairo_stroke(pen->cr);
}

static void write_line(pen_t *pen)
{
    if (room(pen) < LINE_ROOM) new_page(pen);
    pen->y += LINE_ROOM;
    write_rule(pen, LEFT, PAGE_W - RIGHT, pen->y - 3);
}

static void write_signature(pen_t *pen, const block_t *block)
{
    double height;
    PangoLayout *before = layout_new(pen, TEXT_FONT, block->texts[0], WIDTH * 0.4 - 6);
    PangoLayout *name = layout_new(pen, TEXT_FONT, block->texts[1], WIDTH * 0.34);
    double tall = MAX(height_of(before), height_of(name)) + 14;
    if (room(pen) < tall) new_page(pen);
    pen->y += 14;
    (void)write_lines(pen, before, 0, LEFT, room(pen), true, &height);
    (void)write_lines(pen, name, 0, LEFT + WIDTH * 0.66, room(pen), true, &height);
    write_rule(pen, LEFT + WIDTH * 0.4, LEFT + WIDTH * 0.64, pen->y + 13);
    pen->y += tall - 14;
    g_object_unref(before);
    g_object_unref(name);
}

// --- tables

typedef struct row {
    const block_t *table;
    PangoLayout *cells[DOCUMENT_COLUMNS];
    int from[DOCUMENT_COLUMNS]; // lines that are written
} row_t;

static void row_begin(const pen_t *pen, row_t *row, const block_t *table, char *const *texts, bool head)
{
    *row = (row_t){.table = table};
    for (size_t i = 0; i < table->n; i++) {
        row->cells[i] = layout_new(pen, head ? TABLE_HEAD_FONT : TABLE_FONT, texts[i] != NULL ? texts[i] : "",
                                   WIDTH * table->shares[i] - 2 * PAD);
        if (table->right[i]) pango_layout_set_alignment(row->cells[i], PANGO_ALIGN_RIGHT);
    }
}

static double row_height(const row_t *row)
{
    double height = 0;
    for (size_t i = 0; i < row->table->n; i++) height = MAX(height, height_of(row->cells[i]));
    return height + 2 * PAD;
}

static void write_borders(pen_t *pen, const block_t *table, double height, bool head)
{
    double x = LEFT;
    for (size_t i = 0; i < table->n; i++) {
        cairo_rectangle(pen->cr, x, pen->y, WIDTH * table->shares[i], height);
        x += WIDTH * table->shares[i];
    }
    if (head) {
        cairo_set_source_rgb(pen->cr, 0.93, 0.93, 0.93);
        cairo_fill_preserve(pen->cr);
        cairo_set_source_rgb(pen->cr, 0, 0, 0);
    }
    cairo_set_line_width(pen->cr, 0.6);
    cairo_stroke(pen->cr);
}

// What of the row fits on this page; true: all of the rest did.
static bool write_piece(pen_t *pen, row_t *row, bool head)
{
    double tallest = 0, height, x = LEFT, top = pen->y, free_height = room(pen) - 2 * PAD;
    bool all = true;
    int n[DOCUMENT_COLUMNS];
    // The borders lie below the text, so they are drawn first: how tall they are a first pass tells.
    for (int pass = 0; pass < 2; pass++, x = LEFT) {
        if (pass == 0) cairo_push_group(pen->cr);
        if (pass == 1) write_borders(pen, row->table, tallest + 2 * PAD, head);
        pen->y = top + PAD;
        for (size_t i = 0; i < row->table->n; i++) {
            n[i] = write_lines(pen, row->cells[i], row->from[i], x + PAD, free_height, true, &height);
            tallest = MAX(tallest, height);
            x += WIDTH * row->table->shares[i];
        }
        pen->y = top;
        if (pass == 0) cairo_pattern_destroy(cairo_pop_group(pen->cr));
    }
    for (size_t i = 0; i < row->table->n; i++) {
        row->from[i] += n[i];
        all &= row->from[i] >= pango_layout_get_line_count(row->cells[i]);
    }
    pen->y = top + tallest + 2 * PAD;
    return all;
}

static void row_end(row_t *row)
{
    for (size_t i = 0; i < row->table->n; i++) g_object_unref(row->cells[i]);
}

static void write_table_head(pen_t *pen, const block_t *table)
{
    row_t row;
    if (table->texts[0] == NULL) return;
    row_begin(pen, &row, table, table->texts, true);
    (void)write_piece(pen, &row, true);
    row_end(&row);
}

static void write_row(pen_t *pen, const block_t *block)
{
    row_t row;
    double whole = PAGE_H - TOP - BOTTOM - 60;
    row_begin(pen, &row, pen->table, block->texts, false);
    double height = row_height(&row);
    for (bool first = true, done = false; !done; first = false) {
        // A row is parted only where no page has room for it.
        if (!first || (room(pen) < height && (height < whole || room(pen) < 40))) {
            new_page(pen);
            write_table_head(pen, pen->table);
        }
        done = write_piece(pen, &row, false);
    }
    row_end(&row);
}

static void begin_table(pen_t *pen, const block_t *block)
{
    pen->table = block;
    if (room(pen) < 70) new_page(pen);
    write_table_head(pen, block);
}

// --- all of it

static void write_block(pen_t *pen, const block_t *block)
{
    if (block->kind != BLOCK_ROW && pen->table != NULL) {
        pen->table = NULL;
        pen->y += 8;
    }
    switch (block->kind) {
    case BLOCK_HEADING:
        write_heading(pen, block);
        break;
    case BLOCK_PARAGRAPH:
        write_text(pen, layout_new(pen, TEXT_FONT, block->texts[0], WIDTH), 6);
        break;
    case BLOCK_LINE:
        write_line(pen);
        break;
    case BLOCK_SIGNATURE:
        write_signature(pen, block);
        break;
    case BLOCK_TABLE:
        begin_table(pen, block);
        break;
    case BLOCK_ROW:
        write_row(pen, block);
        break;
    }
}

typedef struct bytes {
    uint8_t *data;
    size_t n, room;
} bytes_t;

static cairo_status_t take(void *context, const unsigned char *data, unsigned size)
{
    bytes_t *bytes = context;
    vec_reserve(bytes->data, bytes->room, bytes->n + size + 1);
    memcpy(bytes->data + bytes->n, data, size);
    bytes->n += size;
    return CAIRO_STATUS_SUCCESS;
}

// Returns how many pages it has; 0: it failed.
static int lay_out(const document_t *document, PangoFontMap *fonts, int pages, bytes_t *bytes)
{
    bytes->n = 0;
    cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(take, bytes, PAGE_W, PAGE_H);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, document->title);
    // No hour of making: the same content is the same file.
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, "2000-01-01T00:00:00Z");
    pen_t pen = {.document = document, .cr = cairo_create(surface), .pages = pages};
    pen.pango = pango_font_map_create_context(fonts);
    pango_cairo_update_context(pen.cr, pen.pango);
    new_page(&pen);
    for (size_t i = 0; i < document->n; i++) write_block(&pen, &document->blocks[i]);
    end_page(&pen);
    g_object_unref(pen.pango);
    bool failed = cairo_status(pen.cr) != CAIRO_STATUS_SUCCESS;
    cairo_destroy(pen.cr);
    cairo_surface_finish(surface);
    failed |= cairo_surface_status(surface) != CAIRO_STATUS_SUCCESS;
    cairo_surface_destroy(surface);
    return failed ? 0 : pen.page;
}

uint8_t *document_pdf(const document_t *document, size_t *ret_size)
{
    bytes_t bytes = {0};
    // Fonts of its own, which go with the paper: who prints once does not keep them.
    PangoFontMap *fonts = pango_cairo_font_map_new();
    pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(fonts), 72); // a point is a point
    int pages = lay_out(document, fonts, 0, &bytes);
    if (pages > 0) pages = lay_out(document, fonts, pages, &bytes);
    g_object_unref(fonts);
    *ret_size = bytes.n;
    if (pages > 0) return bytes.data;
    free(bytes.data);
    return NULL;
}
