// SPDX-License-Identifier: Apache-2.0
// A reader of Russian is shown no English: all texts of the catalogue, and what programs make of them and of
// the declarations of kinds.
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/system_error.h"
#include "common/forms/refs.h"
#include "common/forms/table.h"
#include "common/forms/words.h"
#include "common/schema/describe.h"
#include "common/schema/fault.h"
#include "common/schema/sense.h"
#include "common/schema/states.h"
#include "tests/unit/common/latin_words.h"
#include <cmocka.h>

static int load(void **state)
{
    (void)state;
    if (i18n_init_all() != LANG_COUNT) return -1;
    i18n_use(LANG_RU);
    return 0;
}

static void check(const char *where, const char *text, bool names)
{
    char word[LATIN_WORD];
    if (latin_word(text, names, word) != NULL) fail_msg("%s: '%s' in: %s", where, word, text);
}

static void what_has_no_reason_is_found(void **state)
{
    (void)state;
    char word[LATIN_WORD];
    assert_null(latin_word("«да», `selenga kinds KIND`, --json и node.conf; 100 % {field} %s", false, word));
    assert_null(latin_word("запустите: selenga --node %s node run %s", false, word));
    assert_string_equal(latin_word("состояние: draft.", false, word), "draft");
    assert_null(latin_word("состояние: draft.", true, word));
    assert_string_equal(latin_word("один из: one of", true, word), "one");
    assert_string_equal(latin_word("ошибка: Permission denied", true, word), "Permission");
}

// --- the catalogue -------------------------------------------------------------------------------

// Of common/base/i18n.c, which has read this very file.
static uint32_t number_at(const uint8_t *bytes, size_t offset)
{
    uint32_t n;
    memcpy(&n, bytes + offset, sizeof n);
    return n;
}

static void no_text_of_the_catalogue_has_an_english_word(void **state)
{
    (void)state;
    char path[PATH_MAX + 64];
    struct stat st;
    ssize_t n = readlink("/proc/self/exe", path, PATH_MAX - 1);
    assert_true(n > 0);
    path[n] = '\0';
    strcpy(strrchr(path, '/'), "/../share/locale/ru/LC_MESSAGES/selenga.mo");
    int fd = open(path, O_RDONLY);
    assert_int_equal(fstat(fd, &st), 0);
    const uint8_t *bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    assert_true(bytes != MAP_FAILED);
    close(fd);
    size_t count = number_at(bytes, 8), table = number_at(bytes, 16);
    assert_true(count > 500);
    for (size_t i = 1; i < count; i++) { // 0 is its header
        size_t length = number_at(bytes, table + 8 * i), at = number_at(bytes, table + 8 * i + 4);
        for (size_t form = 0; form <= length; form += strlen((const char *)bytes + at + form) + 1)
            check("catalogue", (const char *)bytes + at + form, false);
    }
    munmap((void *)(uintptr_t)bytes, (size_t)st.st_size);
}

// --- declarations --------------------------------------------------------------------------------

static void labels_helps_and_words_of_kinds_are_russian(void **state)
{
    (void)state;
    for (size_t k = 0; k < N_KINDS; k++) {
        const kind_rule_t *kind = KINDS[k];
        check(kind->name, kind->label.ru, false);
        check(kind->name, kind->help.ru, false);
        for (size_t f = 0; f < kind->n_fields; f++) {
            const field_rule_t *field = &kind->fields[f];
            check(kind->name, field->label.ru, false);
            check(kind->name, field->help.ru, false);
            check(kind->name, field_type_in(field->type, LANG_RU), false);
            check(kind->name, pd_class_in(field->pd, LANG_RU), false);
            for (size_t w = 0; w < field->n_words; w++) check(kind->name, field->words[w].label.ru, false);
        }
    }
}

static void pages_of_kinds_have_no_words_but_names(void **state)
{
    (void)state;
    for (size_t k = 0; k <= N_KINDS; k++) {
        char *text = NULL;
        size_t size = 0;
        FILE *out = open_memstream(&text, &size);
        kinds_describe(k < N_KINDS ? KINDS[k] : NULL, out);
        fclose(out);
        for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
            bool sense = strncmp(line, "  ", 2) == 0 && line[2] >= 'A' && line[2] <= 'Z';
            if (sense || strstr(line, " where ") != NULL) continue; // a rule or formula, in their language
            check(k < N_KINDS ? KINDS[k]->name : "kinds", line, true);
        }
        free(text);
    }
}

static void headings_of_lists_are_russian(void **state)
{
    (void)state;
    table_t table;
    for (size_t k = 0; k < N_KINDS + N_SHEETS; k++) {
        if (k < N_KINDS)
            table_of_kind(KINDS[k], &table);
        else
            assert_true(table_of_sheet(SHEETS[k - N_KINDS].name, &table));
        for (size_t i = 0; i < table.n_columns; i++)
            check(table.name, table_heading(&table, i, view_for(LANG_RU)), false);
    }
}

// --- refusals ------------------------------------------------------------------------------------

// All words that may be written are there, none is cut off.
static void assert_lists_words(const field_rule_t *field, const char *text)
{
    check(field->name, text, true);
    for (size_t w = 0; w < field->n_words; w++)
        if (strstr(text, field->words[w].label.ru) == NULL)
            fail_msg("%s: «%s» is not in: %s", field->name, field->words[w].label.ru, text);
}

static void a_value_that_is_not_allowed_is_answered_with_the_words_of_the_field(void **state)
{
    (void)state;
    char text[FAULT_TEXT], label[512];
    fault_t fault;
    for (size_t k = 0; k < N_KINDS; k++)
        for (size_t f = 0; f < KINDS[k]->n_fields; f++) {
            const field_rule_t *field = &KINDS[k]->fields[f];
            if (field->n_words == 0) continue;
            fault_set(&fault, "BAD-VALUE", field->name, "небылица", field->values);
            assert_lists_words(field, fault_text_of(&fault, KINDS[k], LANG_RU, text, sizeof text));
            snprintf(label, sizeof label, "«%s»:", field->label.ru);
            assert_non_null(strstr(text, label));
            snprintf(label, sizeof label, "«%s» (%s)", field->label.ru, field->name);
            assert_non_null(strstr(fault_text_typed(&fault, KINDS[k], LANG_RU, text, sizeof text), label));
            fault_text_of(&fault, KINDS[k], LANG_EN, text, sizeof text);
            for (size_t w = 0; w < field->n_words; w++) assert_non_null(strstr(text, field->words[w].code));
        }
}

// Neither a day of programs nor a field's name.
static void assert_reads(const fault_t *fault, const kind_rule_t *kind)
{
    char text[FAULT_TEXT];
    fault_text_of(fault, kind, LANG_RU, text, sizeof text);
    if (strstr(text, "2024-") != NULL || strpbrk(text, "abcdefghijklmnopqrstuvwxyz_") != NULL)
        fail_msg("%s %s %s: %s", fault->code, kind->name, fault->field, text);
}

static void what_makes_little_sense_is_told_with_the_readers_days_and_labels(void **state)
{
    (void)state;
    fault_t fault;
    char text[FAULT_TEXT];
    for (size_t i = 0; i < N_SENSE_RULES; i++) {
        const sense_rule_t *rule = &SENSE_RULES[i];
        if (strcmp(rule->code, "SELF-SUPPORT") == 0) continue; // tells a person
        fault_set(&fault, rule->code, rule->field, "2024-01-10", "2024-02-11");
        assert_reads(&fault, rule->kind);
    }
    for (size_t k = 0; k < N_KINDS; k++)
        for (size_t f = 0; f < KINDS[k]->n_fields; f++) {
            fault_set(&fault, "RANGE", KINDS[k]->fields[f].name, "2024-01-10", "1.5", "2024-02-11");
            assert_reads(&fault, KINDS[k]);
        }
    fault_set(&fault, "RANGE", "starts_on", "2024-01-10", "1.5", "-0.25");
    assert_string_equal(fault_text_of(&fault, &KIND_EVENT, LANG_RU, text, sizeof text),
                        "«Начало»: 10.01.2024 вне пределов. Должно быть от 1,5 до -0,25.");
    assert_string_equal(fault_text_of(&fault, &KIND_EVENT, LANG_EN, text, sizeof text),
                        "starts_on: 2024-01-10 is out of range. It must be from 1.5 to -0.25.");
}

static void a_field_of_no_kind_has_the_label_on_which_all_kinds_agree(void **state)
{
    (void)state;
    fault_t fault;
    char text[FAULT_TEXT];
    fault_set(&fault, "REQUIRED", "starts_on");
    assert_null(strstr(fault_text_in(&fault, LANG_RU, text, sizeof text), "starts_on"));
    fault_set(&fault, "REQUIRED", "nowhere");
    assert_non_null(strstr(fault_text_in(&fault, LANG_RU, text, sizeof text), "nowhere"));
}

static void kinds_and_levels_in_refusals_are_called_as_people_call_them(void **state)
{
    (void)state;
    char text[FAULT_TEXT];
    fault_t fault;
    fault_set(&fault, "NOT-WRITER", NULL, "methodist", "municipality region");
    assert_string_equal(fault_text_in(&fault, LANG_RU, text, sizeof text),
                        "Записи вида «Методист» (methodist) не вносятся на этом уровне. Вносите их здесь: "
                        "муниципалитет, регион.");
    assert_string_equal(
        fault_text_in(&fault, LANG_EN, text, sizeof text),
        "Records of kind methodist are not written at this level. Write them at: municipality, region.");
    for (size_t k = 0; k < N_KINDS; k++) {
        fault_set(&fault, "PROGRAM-ONLY", NULL, KINDS[k]->name);
        check(KINDS[k]->name, fault_text_in(&fault, LANG_RU, text, sizeof text), true);
        assert_non_null(strstr(text, KINDS[k]->label.ru));
    }
}

static void reasons_from_libraries_are_translated(void **state)
{
    (void)state;
    char text[FAULT_TEXT];
    fault_t fault;
    fault_set(&fault, "CSV-READ", NULL, "Input/output error");
    check("CSV-READ", fault_text_in(&fault, LANG_RU, text, sizeof text), false);
    for (int error = 1; error < 134; error++) check("errno", system_error(error), false);
}

// What a record is called that is named wrongly.
static void the_shape_of_a_key_is_told_by_labels(void **state)
{
    (void)state;
    why_t why;
    rid_t id;
    for (size_t k = 0; k < N_KINDS; k++) {
        if (!kind_has_key(KINDS[k])) continue;
        if (refs_record(KINDS[k], "", LANG_RU, &id, &why) != 0) check(KINDS[k]->name, why.text, false);
    }
}

// --- codes ---------------------------------------------------------------------------------------

static void codes_of_feeds_links_and_places_are_words(void **state)
{
    (void)state;
    static const char *const states[] = {"live", "catching-up", "offline", "blocked", "stopped"};
    static const char *const links[] = {"up", "down", "refused", "revoked", "clone", "hangs"};
    static const char *const flows[] = {"up", "down", "local"}, *const places[] = {"here", "parent"};
    for (size_t i = 0; i < ARRAY_SIZE(states); i++) check("state", words_state(states[i], LANG_RU), false);
    for (size_t i = 0; i < ARRAY_SIZE(links); i++) check("link", words_link(links[i], LANG_RU), false);
    for (size_t i = 0; i < ARRAY_SIZE(flows); i++) check("flow", words_flow(flows[i], LANG_RU), false);
    for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
        const char *words = words_place_in(places[i], LANG_RU);
        check("place", words, false);
        assert_string_equal(words_place_of(words, LANG_RU), places[i]);
    }
    assert_string_equal(words_place_of("03-08-01", LANG_RU), "03-08-01");
    for (int rank = 0; level_name(rank) != NULL; rank++) {
        check("level", states_level(rank, LANG_RU), false);
        assert_int_equal(states_level_named(states_level(rank, LANG_RU)), rank);
        assert_int_equal(states_level_named(level_name(rank)), rank);
    }
    assert_int_equal(states_level_named("район"), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_has_no_reason_is_found),
        cmocka_unit_test(no_text_of_the_catalogue_has_an_english_word),
        cmocka_unit_test(labels_helps_and_words_of_kinds_are_russian),
        cmocka_unit_test(pages_of_kinds_have_no_words_but_names),
        cmocka_unit_test(headings_of_lists_are_russian),
        cmocka_unit_test(a_value_that_is_not_allowed_is_answered_with_the_words_of_the_field),
        cmocka_unit_test(what_makes_little_sense_is_told_with_the_readers_days_and_labels),
        cmocka_unit_test(a_field_of_no_kind_has_the_label_on_which_all_kinds_agree),
        cmocka_unit_test(kinds_and_levels_in_refusals_are_called_as_people_call_them),
        cmocka_unit_test(reasons_from_libraries_are_translated),
        cmocka_unit_test(the_shape_of_a_key_is_told_by_labels),
        cmocka_unit_test(codes_of_feeds_links_and_places_are_words),
    };
    return cmocka_run_group_tests(tests, load, NULL);
}
