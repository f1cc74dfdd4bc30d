// SPDX-License-Identifier: Apache-2.0
// States of records change as their kinds declare. What a wrong declaration is told: tests/generate.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "common/schema/fault.h"
#include "common/schema/states.h"
#include <cmocka.h>
#include <stdlib.h>

static arena_t *arena;
static fault_t fault;
static const writer_t PERSON = {.rank = 0, .serving = true, .roles = R_COORDINATOR | R_OPERATOR};
static const writer_t PROGRAM = {.rank = 0, .program = true};

static int prepare(void **state)
{
    (void)state;
    arena = arena_new(0);
    return 0;
}

static int clear(void **state)
{
    (void)state;
    arena_destroy(&arena);
    return 0;
}

// "code=R;state=draft"
static body_t *make(const kind_rule_t *kind, const char *fields)
{
    char text[400];
    snprintf(text, sizeof text, "%s", fields);
    body_t *body = body_new(kind, arena);
    for (char *rest = text, *pair; (pair = strsep(&rest, ";")) != NULL;) {
        char *value = strchr(pair, '=');
        *value++ = '\0';
        assert_int_equal(body_set_text(kind, body, (size_t)kind_field(kind, pair), value, arena, &fault), 0);
    }
    return body;
}

static int change(const kind_rule_t *kind, const char *before, const char *after, const writer_t *writer)
{
    slice_t old = {0};
    arena_reset(arena, BODY_MAX);
    if (before != NULL) assert_int_equal(body_pack(make(kind, before), arena, &old, &fault), 0);
    return states_check(kind, old, make(kind, after), writer, &fault);
}

static const char *said(void)
{
    static char text[FAULT_TEXT];
    return fault_text(&fault, text, sizeof text);
}

#define assert_refused(code_, before, after, writer)                                                         \
    do {                                                                                                     \
        assert_int_equal(change(&KIND_ROUTE, before, after, writer), 1);                                     \
        assert_string_equal(fault.code, code_);                                                              \
    } while (0)

static void a_record_begins_only_where_it_may(void **state)
{
    (void)state;
    assert_refused("STATE-CHANGE", NULL, "code=R;state=closed", &PERSON);
    assert_string_equal(said(), "state: a new record does not become closed. What may follow: draft.");
    assert_int_equal(change(&KIND_ROUTE, NULL, "code=R;state=draft", &PERSON), 0);
    // nor is it another's doing if the program says so
    assert_refused("STATE-CHANGE", NULL, "code=R;state=agreed", &PROGRAM);
}

static void a_jump_is_refused_and_what_may_follow_is_said(void **state)
{
    (void)state;
    assert_refused("STATE-CHANGE", "state=draft", "state=active", &PERSON);
    assert_string_equal(fault.field, "state");
    assert_string_equal(said(), "state: draft does not become active. What may follow: `in review` "
                                "(submitted), agreed, withdrawn.");
    assert_refused("STATE-CHANGE", "state=closed", "state=draft", &PERSON);
    assert_string_equal(said(),
                        "state: closed does not become draft. What may follow: nothing, it is final.");
    assert_refused("STATE-CHANGE", "state=withdrawn", "state=draft", &PROGRAM);
}

static void a_change_needs_its_fields(void **state)
{
    (void)state;
    assert_refused("STATE-NEEDS", "state=active", "state=closed", &PERSON);
    assert_string_equal(said(),
                        "outcome is missing: without it active does not become closed. Give a value.");
    assert_refused("STATE-NEEDS", "state=active", "state=closed;outcome=done", &PERSON);
    assert_string_equal(fault.field, "closed_on");
    assert_int_equal(
        change(&KIND_ROUTE, "state=active", "state=closed;outcome=done;closed_on=2024-01-01", &PERSON), 0);
}

static void what_the_program_computes_is_not_written_by_hand(void **state)
{
    (void)state;
    assert_refused("STATE-COMPUTED", "state=draft", "state=agreed", &PERSON);
    assert_string_equal(fault.field, "confirmed_by");
    assert_refused("STATE-NEEDS", "state=draft", "state=agreed", &PROGRAM);
    assert_int_equal(
        change(&KIND_ROUTE, "state=draft", "state=agreed;confirmed_by=A;confirmed_on=2024-01-01", &PROGRAM),
        0);
}

static void a_state_stays_with_what_it_needed(void **state)
{
    (void)state;
    assert_refused("STATE-NEEDS", "state=closed;outcome=done", "state=closed", &PERSON);
    assert_int_equal(
        change(&KIND_ROUTE, "state=closed;outcome=done", "state=closed;outcome=partial", &PERSON), 0);
    // what was written before it was needed stays as it is
    assert_int_equal(change(&KIND_ROUTE, "state=closed", "state=closed;goal=G", &PERSON), 0);
}

static void a_record_without_state_begins_and_a_word_that_is_none_may_become_any(void **state)
{
    (void)state;
    assert_refused("STATE-CHANGE", "code=R", "code=R;state=active", &PERSON);
    // {code 7: "gone"}, as an older program may have had it
    static const uint8_t gone[] = {7 << 3 | 2, 4, 'g', 'o', 'n', 'e'};
    arena_reset(arena, BODY_MAX);
    assert_int_equal(states_check(&KIND_ROUTE, slice(gone, sizeof gone), make(&KIND_ROUTE, "state=active"),
                                  &PERSON, &fault),
                     0);
}

// A kind with a level and a role, which no kind of ours has yet.
static const state_change_t NEXT[] = {{.to = "active", .levels = W_REGION, .needs = ""},
                                      {.to = "withdrawn", .roles = R_METHODIST | R_PRIVACY, .needs = ""}};

static int change_methodist(const char *before, const char *after)
{
    return change(&KIND_METHODIST, before, after, &PERSON);
}

static void a_record_that_says_no_state_stands_in_the_one_declared_for_that(void **state)
{
    (void)state;
    assert_int_equal(change_methodist("code=M", "code=M;state=candidate"), 1);
    assert_string_equal(fault.code, "STATE-CHANGE");
    assert_int_equal(change_methodist("code=M", "code=M;state=certified"), 1);
    assert_string_equal(fault.code, "STATE-NEEDS");
    assert_int_equal(change_methodist("code=M;state=ended", "code=M"), 1);
    assert_string_equal(fault.code, "STATE-CHANGE");
    assert_int_equal(change_methodist(NULL, "code=M"), 0);
    assert_int_equal(change_methodist("code=M", "code=M;act=A"), 0);
    assert_int_equal(change_methodist("code=M;state=certified;tutor_until=2030-01-01", "code=M"), 0);
    assert_int_equal(change_methodist("code=M", "code=M;state=certified;tutor_until=2030-01-01"), 0);
}

static void a_change_is_made_at_its_level_and_by_its_role(void **state)
{
    (void)state;
    field_word_t words[] = {
        {.code = "draft", .label = {"draft", "черновик"}, .start = true, .next = NEXT, .n_next = 2},
        {.code = "active", .label = {"in force", "активен"}},
        {.code = "withdrawn", .label = {"withdrawn", "отозван"}}};
    field_rule_t fields[16];
    kind_rule_t kind = KIND_ROUTE;
    assert_true(kind.n_fields <= ARRAY_SIZE(fields));
    memcpy(fields, kind.fields, kind.n_fields * sizeof fields[0]);
    field_rule_t *f = &fields[kind_field(&kind, "state")];
    f->words = words;
    f->n_words = ARRAY_SIZE(words);
    kind.fields = fields;
    writer_t region = {.rank = 2, .roles = R_METHODIST};
    assert_int_equal(change(&kind, "state=draft", "state=active", &PERSON), 1);
    assert_string_equal(fault.code, "STATE-LEVEL");
    assert_non_null(strstr(said(), "only at a node of this level: region."));
    assert_int_equal(change(&kind, "state=draft", "state=active", &PROGRAM), 1); // it stands at a school, too
    assert_int_equal(change(&kind, "state=draft", "state=active", &region), 0);
    assert_int_equal(change(&kind, "state=draft", "state=withdrawn", &PERSON), 1);
    assert_string_equal(fault.code, "STATE-ROLE");
    assert_non_null(strstr(said(), "methodist, privacy officer."));
    assert_int_equal(change(&kind, "state=draft", "state=withdrawn", &region), 0);
    assert_int_equal(change(&kind, "state=draft", "state=withdrawn", &PROGRAM), 0);
}

static void kinds_are_drawn_with_states_changes_and_needs(void **state)
{
    (void)state;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    states_draw(&KIND_ROUTE, out);
    fclose(out);
    assert_non_null(strstr(
        text,
        "  * draft\n      -> `in review` (submitted)\n      -> agreed; needs: confirmed_by, confirmed_on\n"));
    assert_non_null(strstr(text, "    closed: final\n"));
    assert_non_null(strstr(text, "    `in review` (submitted); waits for a review: municipality\n"));
    free(text);
    out = open_memstream(&text, &size);
    states_draw(&KIND_PERSON, out);
    fclose(out);
    assert_string_equal(text, "");
    free(text);
}

static void the_mark_of_a_record_stays_while_it_goes_on_its_way(void **state)
{
    (void)state;
    static const char *const same[] = {"code=R;goal=G;state=draft",
                                       "code=R;goal=G;state=agreed;confirmed_by=A",
                                       "code=R;goal=G;state=closed;outcome=done;closed_on=2024-01-01"};
    uint8_t first[STATES_MARK], mark[STATES_MARK];
    slice_t bytes;
    for (size_t i = 0; i < ARRAY_SIZE(same); i++) {
        arena_reset(arena, BODY_MAX);
        assert_int_equal(body_pack(make(&KIND_ROUTE, same[i]), arena, &bytes, &fault), 0);
        assert_true(states_mark(&KIND_ROUTE, bytes, i == 0 ? first : mark));
        if (i > 0) assert_memory_equal(first, mark, sizeof mark);
    }
    assert_int_equal(body_pack(make(&KIND_ROUTE, "code=R;goal=Another;state=draft"), arena, &bytes, &fault),
                     0);
    assert_true(states_mark(&KIND_ROUTE, bytes, mark));
    assert_memory_not_equal(first, mark, sizeof mark);
    assert_false(states_mark(&KIND_ROUTE, slice("\xff", 1), mark));
}

static void a_record_waits_for_the_levels_that_its_state_names(void **state)
{
    (void)state;
    slice_t bytes;
    assert_true(states_are_reviewed(&KIND_ROUTE));
    assert_false(states_are_reviewed(&KIND_DEFICIT));
    arena_reset(arena, BODY_MAX);
    assert_int_equal(body_pack(make(&KIND_ROUTE, "state=submitted"), arena, &bytes, &fault), 0);
    assert_int_equal(states_awaits(&KIND_ROUTE, bytes), W_MUNICIPALITY);
    assert_int_equal(body_pack(make(&KIND_ROUTE, "state=draft"), arena, &bytes, &fault), 0);
    assert_int_equal(states_awaits(&KIND_ROUTE, bytes), 0);
}

static void a_label_that_is_no_code_has_the_code_beside_it(void **state)
{
    (void)state;
    char text[STATES_TEXT];
    assert_string_equal(states_words("deficit.state", "found working", "", LANG_EN, text),
                        "found, `being worked on` (working)");
    // from a newer program, or out of nowhere
    assert_string_equal(states_words("deficit.state", "moon", "", LANG_EN, text), "moon");
    assert_string_equal(states_words("moon.state", "found working", "", LANG_EN, text), "found, working");
    assert_string_equal(states_words("", "", "none", LANG_EN, text), "none");
}

static void what_is_called_a_state_has_a_beginning(void **state)
{
    (void)state;
    size_t machines = 0;
    for (size_t k = 0; k < N_KINDS; k++)
        for (size_t i = 0; i < KINDS[k]->n_fields; i++) {
            const field_rule_t *f = &KINDS[k]->fields[i];
            bool named_state = strcmp(f->name, "state") == 0, starts = false;
            for (size_t w = 0; w < f->n_words; w++) starts = starts || f->words[w].start;
            assert_true(!named_state || f->n_words == 0 || starts); // words of a state without a machine
            machines += starts;
        }
    assert_true(machines >= 4);
}

static void a_state_that_nothing_follows_is_final(void **state)
{
    (void)state;
    arena_reset(arena, BODY_MAX);
    assert_false(states_is_final(&KIND_ROUTE, make(&KIND_ROUTE, "code=R;state=active")));
    assert_true(states_is_final(&KIND_ROUTE, make(&KIND_ROUTE, "code=R;state=closed")));
    assert_false(states_is_final(&KIND_ROUTE, make(&KIND_ROUTE, "code=R")));
    assert_false(states_is_final(&KIND_TEAM, make(&KIND_TEAM, "code=T"))); // it has no states
}

static void roles_are_known_by_their_codes(void **state)
{
    (void)state;
    assert_int_equal(states_role("director"), 0);
    assert_int_equal(states_role("school"), 0); // a level
    assert_int_equal(states_role("coordinator"), R_COORDINATOR);
    assert_int_equal(states_role("operator"), R_OPERATOR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_begins_only_where_it_may),
        cmocka_unit_test(a_jump_is_refused_and_what_may_follow_is_said),
        cmocka_unit_test(a_change_needs_its_fields),
        cmocka_unit_test(what_the_program_computes_is_not_written_by_hand),
        cmocka_unit_test(a_state_stays_with_what_it_needed),
        cmocka_unit_test(a_record_without_state_begins_and_a_word_that_is_none_may_become_any),
        cmocka_unit_test(a_record_that_says_no_state_stands_in_the_one_declared_for_that),
        cmocka_unit_test(a_change_is_made_at_its_level_and_by_its_role),
        cmocka_unit_test(kinds_are_drawn_with_states_changes_and_needs),
        cmocka_unit_test(the_mark_of_a_record_stays_while_it_goes_on_its_way),
        cmocka_unit_test(a_state_that_nothing_follows_is_final),
        cmocka_unit_test(roles_are_known_by_their_codes),
        cmocka_unit_test(a_record_waits_for_the_levels_that_its_state_names),
        cmocka_unit_test(a_label_that_is_no_code_has_the_code_beside_it),
        cmocka_unit_test(what_is_called_a_state_has_a_beginning),
    };
    return cmocka_run_group_tests(tests, prepare, clear);
}
