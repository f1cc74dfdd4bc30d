// SPDX-License-Identifier: Apache-2.0
#include "common/print/document.h"
#include "common/base/text.h"
#include "common/base/util.h"
#include "common/base/vec.h"
#include "common/print/document_private.h"
#include <stdlib.h>

document_t *document_new(const char *title, const char *foot)
{
    document_t *self = xcalloc(1, sizeof *self);
    self->title = document_text(title);
    self->foot = document_text(foot);
    return self;
}

void document_destroy(document_t **document_p)
{
    document_t *self = *document_p;
    if (self == NULL) return;
    for (size_t i = 0; i < self->n; i++)
        for (size_t k = 0; k < DOCUMENT_COLUMNS; k++) free(self->blocks[i].texts[k]);
    free(self->blocks);
    free(self->title);
    free(self->foot);
    free(self);
    *document_p = NULL;
}

// A copy that Pango takes and that shows what it says.
char *document_text(const char *text)
{
    static const char instead[] = "\xef\xbf\xbd";
    size_t left = text != NULL ? strlen(text) : 0, used = 0;
    char *copy = xcalloc(left * (sizeof instead - 1) + 1, 1);
    for (size_t n; left > 0; text += n, left -= n) {
        n = utf8_length(slice(text, left));
        bool shows = n > 0 && (text_is_clean(slice(text, n)) || *text == '\n');
        if (n == 0) n = 1;
        const char *from = shows ? text : instead;
        size_t size = shows ? n : sizeof instead - 1;
        memcpy(copy + used, from, size);
        used += size;
    }
    return copy;
}

static block_t *add(document_t *self, block_kind_t kind)
{
    if (self->n == DOCUMENT_BLOCKS) {
        self->full = true;
        return NULL;
    }
    block_t *block = vec_add(self->blocks, self->n, self->room);
    *block = (block_t){.kind = kind};
    return block;
}

static void add_text(document_t *self, block_kind_t kind, int level, const char *text)
{
    block_t *block = add(self, kind);
    if (block == NULL) return;
    block->level = level;
    block->texts[0] = document_text(text);
}

void document_heading(document_t *self, int level, const char *text)
{
    add_text(self, BLOCK_HEADING, level, text);
}

void document_paragraph(document_t *self, const char *text)
{
    add_text(self, BLOCK_PARAGRAPH, 0, text);
}

void document_lines(document_t *self, unsigned n)
{
    for (unsigned i = 0; i < n; i++) (void)add(self, BLOCK_LINE);
}

void document_signature(document_t *self, const char *before, const char *name)
{
    block_t *block = add(self, BLOCK_SIGNATURE);
    if (block == NULL) return;
    block->texts[0] = document_text(before);
    block->texts[1] = document_text(name);
}

void document_table(document_t *self, const document_column_t *columns, size_t n)
{
    double all = 0;
    block_t *block = n > 0 && n <= DOCUMENT_COLUMNS ? add(self, BLOCK_TABLE) : NULL;
    if (block == NULL) return;
    for (size_t i = 0; i < n; i++) all += columns[i].share;
    block->n = n;
    for (size_t i = 0; i < n; i++) {
        block->texts[i] = columns[i].heading != NULL ? document_text(columns[i].heading) : NULL;
        block->shares[i] = columns[i].share / all;
        block->right[i] = columns[i].right;
    }
}

void document_row(document_t *self, const char *const *cells)
{
    size_t table = self->n;
    while (table > 0 && self->blocks[table - 1].kind == BLOCK_ROW) table--;
    if (table == 0 || self->blocks[table - 1].kind != BLOCK_TABLE) return;
    size_t n = self->blocks[table - 1].n;
    block_t *block = add(self, BLOCK_ROW);
    if (block == NULL) return;
    block->n = n;
    for (size_t i = 0; i < n; i++) block->texts[i] = document_text(cells[i]);
}

bool document_is_full(const document_t *self)
{
    return self->full;
}
