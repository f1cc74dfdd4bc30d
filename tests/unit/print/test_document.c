// SPDX-License-Identifier: Apache-2.0
// Papers: what they say survives hostile and long texts, and the same content gives the same bytes.
#include "common/base/util.h"
#include "common/print/document.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const document_column_t COLUMNS[] = {{"Раз", 1, false}, {"Два", 2, true}};

// How many pages the file says it has.
static int pages_of(const uint8_t *bytes, size_t size)
{
    const char *at = memmem(bytes, size, "/Count ", 7);
    return at != NULL ? atoi(at + 7) : 0;
}

static int pages_with(void (*write)(document_t *))
{
    size_t size;
    document_t *document = document_new("Проба", "подвал");
    write(document);
    uint8_t *bytes = document_pdf(document, &size);
    assert_non_null(bytes);
    assert_memory_equal(bytes, "%PDF-", 5);
    int n = pages_of(bytes, size);
    free(bytes);
    document_destroy(&document);
    return n;
}

static void hostile(document_t *document)
{
    document_paragraph(document, "\xff\xfe \x01 \xe2\x80\xae <b>&amp;</b> %s %n");
    document_paragraph(document, NULL);
    document_row(document, (const char *const[]){"ни в какой таблице"});
    document_table(document, COLUMNS, DOCUMENT_COLUMNS + 1);
    document_table(document, COLUMNS, 2);
    document_row(document, (const char *const[]){NULL, "\xc3"});
}

static void bytes_that_are_no_text_and_rows_of_no_table_harm_nothing(void **state)
{
    (void)state;
    assert_int_equal(pages_with(hostile), 1);
}

static void one_long_cell(document_t *document)
{
    char *text = malloc(60001);
    for (size_t i = 0; i < 60000; i++) text[i] = i % 9 == 8 ? ' ' : 'a';
    text[60000] = '\0';
    document_table(document, COLUMNS, 2);
    document_row(document, (const char *const[]){"коротко", text});
    document_row(document, (const char *const[]){"дальше", "1"});
    free(text);
}

static void a_cell_longer_than_a_page_goes_on_on_the_next(void **state)
{
    (void)state;
    assert_in_range(pages_with(one_long_cell), 5, 40);
}

static void a_word_without_end(document_t *document)
{
    char text[4001];
    memset(text, 'w', 4000);
    text[4000] = '\0';
    document_paragraph(document, text);
}

static void a_word_wider_than_the_page_is_broken(void **state)
{
    (void)state;
    assert_int_equal(pages_with(a_word_without_end), 2);
}

static void many_rows(document_t *document)
{
    document_heading(document, 1, "Таблица");
    document_table(document, COLUMNS, 2);
    for (int i = 0; i < 300; i++) document_row(document, (const char *const[]){"Ү Ө Һ", "строка"});
    document_lines(document, 3);
    document_signature(document, "Педагог", "Үнэн Өлзы");
}

static void rows_go_over_pages(void **state)
{
    (void)state;
    assert_in_range(pages_with(many_rows), 5, 12);
}

static void the_same_content_is_the_same_file(void **state)
{
    (void)state;
    size_t size[2];
    uint8_t *bytes[2];
    for (int i = 0; i < 2; i++) {
        document_t *document = document_new("Проба", "подвал");
        many_rows(document);
        bytes[i] = document_pdf(document, &size[i]);
        document_destroy(&document);
    }
    assert_int_equal(size[0], size[1]);
    assert_memory_equal(bytes[0], bytes[1], size[0]);
    free(bytes[0]);
    free(bytes[1]);
}

static void no_more_than_is_allowed(document_t *document)
{
    for (int i = 0; i < DOCUMENT_BLOCKS + 5; i++) document_lines(document, 1);
    assert_true(document_is_full(document));
}

static void a_document_is_bounded(void **state)
{
    (void)state;
    assert_in_range(pages_with(no_more_than_is_allowed), 100, 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_that_are_no_text_and_rows_of_no_table_harm_nothing),
        cmocka_unit_test(a_cell_longer_than_a_page_goes_on_on_the_next),
        cmocka_unit_test(a_word_wider_than_the_page_is_broken),
        cmocka_unit_test(rows_go_over_pages),
        cmocka_unit_test(the_same_content_is_the_same_file),
        cmocka_unit_test(a_document_is_bounded),
    };
    return cmocka_run_group_tests_name("document", tests, NULL, NULL);
}
