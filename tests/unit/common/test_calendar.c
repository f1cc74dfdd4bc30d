// SPDX-License-Identifier: Apache-2.0
// The calendar: lines of its file, what is in the way of what, bounds.
#include "common/base/date.h"
#include "common/forms/ics.h"
#include "proto/kinds.h"
#include "tests/unit/common/bodies.h"
#include <stdio.h>
#include <stdlib.h>

static char *written;
static size_t size;

static const char *line(const char *text)
{
    free(written);
    FILE *out = open_memstream(&written, &size);
    ics_line(out, text);
    fclose(out);
    return written;
}

static void a_line_of_75_octets_stays_and_one_more_goes_on_behind_a_blank(void **state)
{
    (void)state;
    char text[78];
    memset(text, 'x', sizeof text);
    text[75] = '\0';
    assert_int_equal(strlen(line(text)), 77);
    text[75] = 'y';
    text[76] = '\0';
    assert_int_equal(strlen(line(text)), 81);
    assert_string_equal(line(text) + 75, "\r\n y\r\n");
}

static void a_character_is_never_cut(void **state)
{
    (void)state;
    char text[300] = "x";
    for (int i = 0; i < 100; i++) strcat(text, "ө");
    const char *at = line(text);
    for (const char *end; (end = strstr(at, "\r\n")) != NULL; at = end + 2) {
        assert_true(end - at <= 75);
        assert_int_not_equal((unsigned char)(*at == ' ' ? at[1] : *at) & 0xc0, 0x80);
    }
}

static uint8_t ids; // the next id

static void add(calendar_t *calendar, const kind_rule_t *kind, const char *org, const body_t *body)
{
    uint8_t id[16] = {0};
    Selenga__Record record = SELENGA__RECORD__INIT;
    slice_t bytes = packed(body);
    id[15] = ++ids;
    record.has_id = record.has_body = 1;
    record.id = (ProtobufCBinaryData){sizeof id, id};
    record.body = (ProtobufCBinaryData){bytes.size, (uint8_t *)(uintptr_t)bytes.data};
    record.org = (char *)(uintptr_t)org;
    record.seq = UINT64_MAX;
    calendar_add(calendar, kind, &record);
}

static calendar_t *a_calendar(void)
{
    ids = 0;
    return calendar_new(date_days(2024, 9, 1), date_days(2024, 9, 30), NULL);
}

static void event(calendar_t *calendar, const char *org, const char *code, const char *from, const char *to,
                  const char *place, const char *held)
{
    add(calendar, &KIND_EVENT, org,
        BODY(KIND_EVENT, "code", code, "kind", "seminar", "title", code, "org", org, "starts_on", from,
             "ends_on", to, "place", place, "held", held));
}

static void days_outside_are_left_out_and_a_long_stretch_is_cut(void **state)
{
    (void)state;
    size_t n;
    calendar_t *calendar = a_calendar();
    event(calendar, "03", "A", "2024-08-01", "2024-08-31", "", "");
    event(calendar, "03", "B", "2024-10-01", "", "", "");
    event(calendar, "03", "C", "2024-08-01", "2024-10-31", "", "");
    calendar_close(calendar);
    const calendar_entry_t *entries = calendar_entries(calendar, &n);
    assert_int_equal(n, 1);
    assert_string_equal(entries[0].ref, "C");
    assert_int_equal(entries[0].sequence, INT32_MAX); // never more than 31 bits
    calendar_destroy(&calendar);
}

static void pairs(const calendar_entry_t *entries, const calendar_clash_t *clashes, size_t n, char *buf)
{
    *buf = '\0';
    for (size_t i = 0; i < n; i++)
        buf += sprintf(buf, "%s%s%s ", entries[clashes[i].a].ref, clashes[i].place ? "=" : "-",
                       entries[clashes[i].b].ref);
}

static void one_organisation_and_one_place_are_told_and_what_is_off_is_not(void **state)
{
    (void)state;
    char met[256];
    size_t n, n_clashes;
    calendar_t *calendar = a_calendar();
    event(calendar, "03", "A", "2024-09-02", "2024-09-04", "Зал", "");
    event(calendar, "03", "B", "2024-09-04", "", " ЗАЛ ", "");     // the last day counts
    event(calendar, "03", "C", "2024-09-05", "", "Зал", "");       // the day behind it
    event(calendar, "04", "D", "2024-09-04", "", "Зал", "");       // a hall of others
    event(calendar, "03", "E", "2024-09-04", "", "", "cancelled"); // does not take place
    add(calendar, &KIND_PROGRAMME_RUN, "03",
        BODY(KIND_PROGRAMME_RUN, "code", "R", "programme", "P", "provider", "03", "from", "2024-09-01", "to",
             "2024-09-30"));
    add(calendar, &KIND_CAMPAIGN, "03",
        BODY(KIND_CAMPAIGN, "code", "K", "title", "K", "framework", "F", "org", "03", "from", "2024-09-01",
             "to", "2024-09-30"));
    add(calendar, &KIND_CAMPAIGN, "03",
        BODY(KIND_CAMPAIGN, "code", "L", "title", "L", "framework", "F", "org", "03", "from", "2024-09-30",
             "to", "2024-09-30"));
    calendar_close(calendar);
    const calendar_entry_t *entries = calendar_entries(calendar, &n);
    const calendar_clash_t *clashes = calendar_clashes(calendar, &n_clashes);
    pairs(entries, clashes, n_clashes, met);
    assert_string_equal(met, "K-L A=B ");
    calendar_destroy(&calendar);
}

static void very_many_on_one_day_end_at_the_bound_and_say_so(void **state)
{
    (void)state;
    size_t n, n_clashes;
    calendar_t *calendar = a_calendar();
    for (int i = 0; i < CALENDAR_ENTRIES + 1; i++) {
        event(calendar, "03", "A", "2024-09-02", "", "", "");
        arena_reset(arena, 4096);
    }
    calendar_close(calendar);
    calendar_entries(calendar, &n);
    calendar_clashes(calendar, &n_clashes);
    assert_int_equal(n, CALENDAR_ENTRIES);
    assert_int_equal(n_clashes, CALENDAR_CLASHES);
    assert_true(calendar_more(calendar));
    calendar_destroy(&calendar);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_of_75_octets_stays_and_one_more_goes_on_behind_a_blank),
        cmocka_unit_test(a_character_is_never_cut),
        cmocka_unit_test_setup_teardown(days_outside_are_left_out_and_a_long_stretch_is_cut, setup, teardown),
        cmocka_unit_test_setup_teardown(one_organisation_and_one_place_are_told_and_what_is_off_is_not, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(very_many_on_one_day_end_at_the_bound_and_say_so, setup, teardown),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    free(written);
    return failed;
}
