// SPDX-License-Identifier: Apache-2.0
// A part of a workbook on its way from the archive to whoever reads it. A few kilobytes can unpack to a
// gigabyte, and what has no end can fill any memory: all is bounded before it is unpacked or allocated.
#include "common/forms/xlsx_private.h"
#include <malloc.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    BLOCK = 16 * 1024,
    RATIO_MAX = 100,          // of what a part unpacks to; table programs reach 30
    RATIO_FROM = 1024 * 1024, // below which no ratio counts
    PARSER_MAX = 4 * 1024 * 1024,
};

void xlsx_fail(xlsx_book_t *book)
{
    book->failed = true;
    if (book->parser != NULL) XML_StopParser(book->parser, XML_FALSE);
}

void xlsx_too_large(xlsx_book_t *book)
{
    book->too_large = true;
    xlsx_fail(book);
}

// --- the archive's directory, which is read whole

enum { END_SIZE = 22, COMMENT_MAX = 65535, END_PARTS = 10 };

// Its record of the end stands among the last bytes, behind it a comment at most; libzip may take any that it
// finds there. One of the 64-bit form says so by a count of all ones.
bool xlsx_has_few_parts(int fd)
{
    struct stat stat;
    if (fstat(fd, &stat) != 0) return false;
    size_t most = END_SIZE + COMMENT_MAX, size = stat.st_size < (off_t)most ? (size_t)stat.st_size : most;
    AUTO(xfree) uint8_t *tail = xmalloc(size + 1);
    if (pread(fd, tail, size, stat.st_size - (off_t)size) != (ssize_t)size) return false;
    for (size_t at = 0; at + END_SIZE <= size; at++)
        if (memcmp(tail + at, "PK\5\6", 4) == 0 &&
            tail[at + END_PARTS] + (tail[at + END_PARTS + 1] << 8) > XLSX_PARTS_MAX)
            return false;
    return true;
}

// --- the parser's memory: names, elements that are open, and what is longer than a block

static _Thread_local size_t parser_holds; // of this thread's only one: expat tells its allocator no more

static bool has_room(size_t size)
{
    return parser_holds < PARSER_MAX && size < PARSER_MAX - parser_holds;
}

static void *parser_alloc(size_t size)
{
    void *block = has_room(size) ? malloc(size) : NULL;
    parser_holds += malloc_usable_size(block);
    return block;
}

static void *parser_realloc(void *block, size_t size)
{
    size_t before = malloc_usable_size(block);
    void *wider = size <= before || has_room(size - before) ? realloc(block, size) : NULL;
    if (wider != NULL) parser_holds += malloc_usable_size(wider) - before;
    return wider;
}

static void parser_free(void *block)
{
    parser_holds -= malloc_usable_size(block);
    free(block);
}

// --- reading

// Both kinds of data begin with the book.
static void take_text(void *data, const XML_Char *bytes, int n)
{
    xlsx_book_t *book = *(xlsx_book_t **)data;
    if (!book->text.on) return;
    if (book->text.used + (size_t)n >= XLSX_TEXT_MAX) return xlsx_too_large(book);
    memcpy(book->text.bytes + book->text.used, bytes, (size_t)n);
    book->text.used += (size_t)n;
    book->text.bytes[book->text.used] = '\0';
}

// No table program writes a document type; what defines entities may grow without end.
static void refuse_doctype(void *data, const XML_Char *name, const XML_Char *system, const XML_Char *public,
                           int internal)
{
    (void)name, (void)system, (void)public, (void)internal;
    xlsx_fail(*(xlsx_book_t **)data);
}

// What the archive says of the part; unpacking holds it to that.
static bool may_unpack(xlsx_book_t *book, const zip_stat_t *stat)
{
    const zip_uint64_t needed = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD;
    if ((stat->valid & needed) != needed) return false;
    // Others need memory of their own to unpack, and no table program packs by them.
    if (stat->comp_method != ZIP_CM_STORE && stat->comp_method != ZIP_CM_DEFLATE) return false;
    bool packed = stat->size <= RATIO_FROM || stat->size / RATIO_MAX <= stat->comp_size;
    book->too_large = !packed || stat->size > XLSX_UNPACKED_MAX - book->unpacked;
    if (!book->too_large) book->unpacked += stat->size;
    return !book->too_large;
}

static bool parse(xlsx_book_t *book, zip_file_t *file, uint64_t size)
{
    for (;;) {
        void *block = XML_GetBuffer(book->parser, BLOCK);
        zip_int64_t n = block != NULL ? zip_fread(file, block, BLOCK) : -1;
        if (n < 0 || (uint64_t)n > size) return false; // more than the archive said
        size -= (uint64_t)n;
        if (XML_ParseBuffer(book->parser, (int)n, n == 0) != XML_STATUS_OK || book->failed) return false;
        if (n == 0) return true;
    }
}

bool xlsx_read_part(xlsx_book_t *book, const char *name, bool may_lack, XML_StartElementHandler start,
                    XML_EndElementHandler end, void *data)
{
    static const XML_Memory_Handling_Suite memory = {parser_alloc, parser_realloc, parser_free};
    zip_stat_t stat;
    if (zip_stat(book->zip, name, 0, &stat) != 0) return may_lack;
    if (!may_unpack(book, &stat)) return false;
    zip_file_t *file = zip_fopen(book->zip, name, 0);
    if (file == NULL) return false; // locked by a password, too
    book->parser = XML_ParserCreate_MM(NULL, &memory, NULL);
    if (book->parser == NULL) out_of_memory();
    XML_SetUserData(book->parser, data);
    XML_SetElementHandler(book->parser, start, end);
    XML_SetCharacterDataHandler(book->parser, take_text);
    XML_SetStartDoctypeDeclHandler(book->parser, refuse_doctype);
    bool ok = parse(book, file, stat.size);
    if (XML_GetErrorCode(book->parser) == XML_ERROR_NO_MEMORY) book->too_large = true;
    XML_ParserFree(book->parser);
    book->parser = NULL;
    zip_fclose(file);
    return ok && !book->failed;
}
