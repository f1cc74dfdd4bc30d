// SPDX-License-Identifier: Apache-2.0
// What a document has collected, for who lays it out.
#pragma once
#include "common/print/document.h"

typedef enum block_kind {
    BLOCK_HEADING,
    BLOCK_PARAGRAPH,
    BLOCK_LINE,
    BLOCK_SIGNATURE,
    BLOCK_TABLE, // texts are its headings; BLOCK_ROWs follow
    BLOCK_ROW,
} block_kind_t;

typedef struct block {
    block_kind_t kind;
    int level;
    char *texts[DOCUMENT_COLUMNS];
    size_t n; // columns
    double shares[DOCUMENT_COLUMNS];
    bool right[DOCUMENT_COLUMNS];
} block_t;

struct document {
    char *title, *foot;
    block_t *blocks;
    size_t n, room;
    bool full;
};

char *document_text(const char *text);
