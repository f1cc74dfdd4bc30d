// SPDX-License-Identifier: Apache-2.0
// Texts that fit into a terminal.
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "services/cli/help.h"

static void help_wraps_by_cells_and_keeps_paragraphs(void **state)
{
    (void)state;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    help_wrap(out, "один два три\nчетыре", 0, 2, 10);
    fclose(out);
    assert_string_equal(text, "  один два\n  три\n  четыре\n");
    free(text);
}

int main(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(help_wraps_by_cells_and_keeps_paragraphs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
