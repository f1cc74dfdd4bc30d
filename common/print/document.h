// SPDX-License-Identifier: Apache-2.0
// Papers that get signed: headings, paragraphs and tables on A4, as PDF by Pango and Cairo. Texts wrap, a
// table's head stands on each of its pages, each page has its number. The same content gives the same bytes
// where the same fonts are.
//
// A document only collects; document_pdf lays it out. Texts are copied. What is no UTF-8, and characters that
// do not show or turn the direction of writing, become U+FFFD.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    DOCUMENT_COLUMNS = 12,
    DOCUMENT_BLOCKS = 20000, // more are left out, and document_is_full says so
};

typedef struct document document_t;

typedef struct document_column {
    const char *heading;
    double share; // of the width, beside the others'
    bool right;   // numbers
} document_column_t;

// title: of the file; foot: stands at the foot of each page beside its number.
document_t *document_new(const char *title, const char *foot);
void document_destroy(document_t **document_p);

// level 0: of the whole paper, in its middle; 1: of a part.
void document_heading(document_t *document, int level, const char *text);
void document_paragraph(document_t *document, const char *text);
// Lines to be filled in by hand.
void document_lines(document_t *document, unsigned n);
// What was said before, a line to sign on, and a name behind it.
void document_signature(document_t *document, const char *before, const char *name);
// A table begins; rows follow until anything else does. At most DOCUMENT_COLUMNS columns. Without headings
// (all NULL) it has no head.
void document_table(document_t *document, const document_column_t *columns, size_t n);
void document_row(document_t *document, const char *const *cells);
bool document_is_full(const document_t *document);

// The file's bytes, for the caller to free. NULL: it could not be made.
uint8_t *document_pdf(const document_t *document, size_t *ret_size);
