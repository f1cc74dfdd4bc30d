// SPDX-License-Identifier: Apache-2.0
// What people call what others refer to: asked in batches, from the declarations alone.
#include "tests/unit/common/bodies.h"

#include "common/node/names.h"
#include "common/node/pages.h"
#include "proto/kinds.h"
#include <stdio.h>
#include <string.h>

static names_t *names;

static int open_names(void **state)
{
    names = names_new();
    return setup(state);
}

static int close_names(void **state)
{
    names_destroy(&names);
    return teardown(state);
}

static const char *name_of(const kind_rule_t *kind, const body_t *body, const char *field)
{
    static char name[256];
    int i = kind_field(kind, field);
    assert_true(i >= 0);
    return names_of(names, kind, body, (size_t)i, name, sizeof name);
}

// The node has this record.
static void answer(const kind_rule_t *kind, const body_t *body)
{
    rid_t id;
    Selenga__Record record = SELENGA__RECORD__INIT;
    slice_t bytes = packed(body);
    assert_true(body_id(kind, body, &id));
    record.has_kind = record.has_id = record.has_body = 1;
    record.kind = kind->number;
    record.id = (ProtobufCBinaryData){sizeof id.b, id.b};
    record.body = (ProtobufCBinaryData){bytes.size, (uint8_t *)(uintptr_t)bytes.data};
    names_take(names, &record);
}

// The only request that there is now asks for so many records of the kind.
static void assert_asks(const kind_rule_t *kind, size_t n)
{
    Selenga__List request;
    assert_true(names_wants(names));
    assert_true(names_next(names, &request));
    assert_int_equal(request.kind, kind->number);
    assert_int_equal(request.n_ids, n);
    assert_false(names_next(names, &request));
    assert_false(names_wants(names));
}

static body_t *an_absence(const char *person)
{
    return BODY(KIND_ABSENCE, "person", person, "kind", "sick", "from", "2024-09-01");
}

static body_t *a_person(const char *number, const char *last, const char *middle)
{
    return BODY(KIND_IDENTITY, "org", "03-08-01", "number", number, "last_name", last, "first_name", "Анна",
                "middle_name", middle);
}

// --- refusals

static void what_is_not_there_has_no_name_and_is_asked_for_once(void **state)
{
    (void)state;
    const body_t *absence = an_absence("03-08-01:7");
    assert_string_equal(name_of(&KIND_ABSENCE, absence, "person"), "");
    assert_asks(&KIND_IDENTITY, 1);
    assert_string_equal(name_of(&KIND_ABSENCE, absence, "person"), "");
    assert_false(names_wants(names));
}

static void what_refers_to_nothing_asks_for_nothing(void **state)
{
    (void)state;
    const body_t *event = BODY(KIND_EVENT, "code", "E-1", "title", "Семинар");
    assert_string_equal(name_of(&KIND_EVENT, event, "org"), "");
    assert_string_equal(name_of(&KIND_EVENT, event, "title"), "");
    const body_t *review = BODY(KIND_REVIEW, "of", "support-act:03-08-01:7:M-1:visit:2024-09-01");
    assert_string_equal(name_of(&KIND_REVIEW, review, "of"), ""); // nobody calls it anything
    assert_false(names_wants(names));
}

static void a_record_that_nobody_asked_for_is_not_taken(void **state)
{
    (void)state;
    answer(&KIND_IDENTITY, a_person("7", "Ёлкина", ""));
    assert_string_equal(name_of(&KIND_ABSENCE, an_absence("03-08-01:7"), "person"), "");
    assert_asks(&KIND_IDENTITY, 1);
}

static void a_name_that_does_not_fit_is_left_out_whole(void **state)
{
    (void)state;
    const body_t *absence = an_absence("03-08-01:7");
    char name[12] = "before";
    name_of(&KIND_ABSENCE, absence, "person");
    assert_asks(&KIND_IDENTITY, 1);
    answer(&KIND_IDENTITY, a_person("7", "Ёлкина", ""));
    assert_string_equal(names_of(names, &KIND_ABSENCE, absence, 0, name, sizeof name), "");
}

// --- names

static void a_person_is_called_by_all_of_his_name(void **state)
{
    (void)state;
    const body_t *absence = an_absence("03-08-01:7"), *other = an_absence("03-08-01:8");
    name_of(&KIND_ABSENCE, absence, "person");
    name_of(&KIND_ABSENCE, other, "person");
    assert_asks(&KIND_IDENTITY, 2);
    answer(&KIND_IDENTITY, a_person("7", "Ёлкина", "Петровна"));
    answer(&KIND_IDENTITY, a_person("8", "Иванова", ""));
    assert_string_equal(name_of(&KIND_ABSENCE, absence, "person"), "Ёлкина Анна Петровна");
    assert_string_equal(name_of(&KIND_ABSENCE, other, "person"), "Иванова Анна");
}

static void a_page_of_references_is_one_question(void **state)
{
    (void)state;
    for (int i = 0; i < PAGE_RECORDS; i++) {
        char person[40];
        snprintf(person, sizeof person, "03-08-01:%d", i / 2); // two absences each
        name_of(&KIND_ABSENCE, an_absence(person), "person");
        arena_reset(arena, 64 * 1024);
    }
    assert_asks(&KIND_IDENTITY, PAGE_RECORDS / 2);
}

static void more_than_a_page_is_asked_for_in_pages(void **state)
{
    (void)state;
    size_t asked = 0, requests = 0;
    Selenga__List request;
    for (int i = 0; i < 3 * PAGE_RECORDS; i++) {
        char code[40];
        snprintf(code, sizeof code, "E-%d", i);
        const body_t *attendance = BODY(KIND_ATTENDANCE, "event", code, "person", "03-08-01:7");
        name_of(&KIND_ATTENDANCE, attendance, i % 2 == 0 ? "event" : "person"); // and one person
        arena_reset(arena, 64 * 1024);
    }
    for (; names_next(names, &request); requests++) {
        assert_in_range(request.n_ids, 1, PAGE_RECORDS);
        asked += request.n_ids;
    }
    assert_int_equal(asked, 3 * PAGE_RECORDS / 2 + 1);
    assert_int_equal(requests, 3); // two of events, one of people
}

static void a_title_that_is_another_s_is_followed(void **state)
{
    (void)state;
    const body_t *assignment =
        BODY(KIND_ASSIGNMENT, "methodist", "M-1", "person", "03-08-01:7", "from", "2024-09-01");
    name_of(&KIND_ASSIGNMENT, assignment, "methodist");
    assert_asks(&KIND_METHODIST, 1);
    answer(&KIND_METHODIST,
           BODY(KIND_METHODIST, "code", "M-1", "person", "03-08-01:9", "from", "2024-09-01"));
    assert_string_equal(name_of(&KIND_ASSIGNMENT, assignment, "methodist"), "");
    assert_asks(&KIND_IDENTITY, 1);
    answer(&KIND_IDENTITY, a_person("9", "Жукова", "Ильинична"));
    assert_string_equal(name_of(&KIND_ASSIGNMENT, assignment, "methodist"), "Жукова Анна Ильинична");
    assert_false(names_wants(names));
}

static void a_competency_is_found_through_the_framework_of_its_campaign(void **state)
{
    (void)state;
    const body_t *result = BODY(KIND_RESULT, "campaign", "D-1", "person", "03-08-01:7", "competency", "П.1");
    name_of(&KIND_RESULT, result, "competency");
    assert_asks(&KIND_CAMPAIGN, 1);
    answer(&KIND_CAMPAIGN, BODY(KIND_CAMPAIGN, "code", "D-1", "title", "Осень", "framework", "PS"));
    name_of(&KIND_RESULT, result, "competency");
    assert_asks(&KIND_COMPETENCY, 1);
    answer(&KIND_COMPETENCY,
           BODY(KIND_COMPETENCY, "framework", "PS", "code", "П.1", "class", "subject", "title", "Считает"));
    assert_string_equal(name_of(&KIND_RESULT, result, "competency"), "Считает");
    assert_string_equal(name_of(&KIND_RESULT, result, "campaign"), "Осень");
}

static void what_refers_to_any_kind_is_named_as_that_kind(void **state)
{
    (void)state;
    const body_t *review = BODY(KIND_REVIEW, "of", "organisation:03-08-01");
    name_of(&KIND_REVIEW, review, "of");
    assert_asks(&KIND_ORGANISATION, 1);
    answer(&KIND_ORGANISATION, BODY(KIND_ORGANISATION, "code", "03-08-01", "name", "Школа № 1"));
    assert_string_equal(name_of(&KIND_REVIEW, review, "of"), "Школа № 1");
}

// --- declarations

static void the_column_of_names_says_of_what_and_which(void **state)
{
    (void)state;
    const field_rule_t *mentor = &KIND_MENTORING_PAIR.fields[kind_field(&KIND_MENTORING_PAIR, "mentor")];
    assert_string_equal(mentor->named->name, "mentor.name");
    assert_string_equal(mentor->named->label.ru, "Наставник: Фамилия Имя Отчество");
    assert_string_equal(mentor->named->label.en, "Mentor: Family name Given name Patronymic");
    const field_rule_t *run = &KIND_ENROLMENT.fields[kind_field(&KIND_ENROLMENT, "run")];
    assert_string_equal(run->named->label.ru, "Поток: Название");
    assert_int_equal(run->named->pd, PD_PUBLIC);
}

static void what_may_name_a_person_is_of_the_class_of_names(void **state)
{
    (void)state;
    for (size_t k = 0; k < N_KINDS; k++)
        for (size_t i = 0; i < KINDS[k]->n_fields; i++) {
            const field_rule_t *field = &KINDS[k]->fields[i];
            bool people = field->ref == N_PERSON || field->ref == N_METHODIST || field->ref == N_ROUTE ||
                          field->type == FIELD_ANY_REF;
            if (people) assert_int_equal(field->named->pd, PD_IDENTITY);
        }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_names, close_names)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_not_there_has_no_name_and_is_asked_for_once),
        TEST(what_refers_to_nothing_asks_for_nothing),
        TEST(a_record_that_nobody_asked_for_is_not_taken),
        TEST(a_name_that_does_not_fit_is_left_out_whole),
        TEST(a_person_is_called_by_all_of_his_name),
        TEST(a_page_of_references_is_one_question),
        TEST(more_than_a_page_is_asked_for_in_pages),
        TEST(a_title_that_is_another_s_is_followed),
        TEST(a_competency_is_found_through_the_framework_of_its_campaign),
        TEST(what_refers_to_any_kind_is_named_as_that_kind),
        TEST(the_column_of_names_says_of_what_and_which),
        TEST(what_may_name_a_person_is_of_the_class_of_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
