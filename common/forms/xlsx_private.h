// SPDX-License-Identifier: Apache-2.0
// Parts of a workbook: xlsx_unpack.c unpacks them, xlsx_parts.c reads what the cells refer to, xlsx.c the
// cells.
#pragma once
#include "common/base/util.h"
#include <expat.h>
#include <zip.h>

enum {
    XLSX_UNPACKED_MAX = 64 * 1024 * 1024, // bytes of all parts that are read, and of the CSV made of them
    XLSX_PARTS_MAX = 4096,                // of the archive
    XLSX_TEXTS_MAX = 32 * 1024 * 1024,    // of shared texts and their places, in memory
    XLSX_STYLES_MAX = 64 * 1024,
    XLSX_FORMATS_MAX = 1024, // that show days
    XLSX_NAME_MAX = 256,
    XLSX_TEXT_MAX = 64 * 1024, // of one cell
};

typedef struct xlsx_text {
    char *bytes;
    size_t used;
    bool on;
} xlsx_text_t;

typedef struct xlsx_book {
    zip_t *zip;
    XML_Parser parser; // of the part that is being read
    uint64_t unpacked; // so far
    bool failed, too_large, is_1904, in_formats, in_item, phonetic;
    char sheet_id[XLSX_NAME_MAX], sheet[XLSX_NAME_MAX];
    char *texts; // shared texts one after the other, NUL after each
    size_t texts_used, texts_room;
    size_t *places;
    size_t n_texts, texts_size;
    bool *is_day; // by style
    size_t n_styles;
    unsigned *formats; // numbers of formats that show days
    size_t n_formats;
    xlsx_text_t text;
} xlsx_book_t;

// Is the archive's directory of a size that may be read?
bool xlsx_has_few_parts(int fd);
// Hands the part to the parser. False: it is damaged or too large; a part that is not there is true where it
// may lack.
bool xlsx_read_part(xlsx_book_t *book, const char *name, bool may_lack, XML_StartElementHandler start,
                    XML_EndElementHandler end, void *data);
void xlsx_fail(xlsx_book_t *book);
void xlsx_too_large(xlsx_book_t *book);                                    // the same, as the person is told
const char *xlsx_attribute(const XML_Char **attributes, const char *name); // NULL: it has none
bool xlsx_is(const XML_Char *element, const char *name);                   // whatever its prefix
void xlsx_text_begin(xlsx_book_t *book);

// Reads names, styles and shared texts.
bool xlsx_read_book(xlsx_book_t *book);
void xlsx_book_clear(xlsx_book_t *book);
