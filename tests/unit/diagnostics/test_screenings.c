// SPDX-License-Identifier: Apache-2.0
// Anonymous screenings: what cannot be answered, what is kept of an answer, and when a summary says
// something.
// clang-format off
#include "tests/unit/desk.h"
// clang-format on
#include "common/node/msg.h"
#include "proto/api.pb-c.h"
#include "proto/message.h"
#include "services/diagnostics/diagnostics.h"

static desk_t desk;

static int open_desk(void **state)
{
    (void)state;
    desk_open(&desk, &DIAGNOSTICS);
    return 0;
}

static int close_desk(void **state)
{
    (void)state;
    desk_close(&desk);
    return 0;
}

// --- what is asked

static void write_instrument(const char *class, const char *state)
{
    char text[200];
    snprintf(text, sizeof text, "code=W|title=T|class=%s|org=" DESK_ORG "|version=1|state=%s", class, state);
    desk_begin(&desk);
    desk_write(&desk, &KIND_INSTRUMENT, text);
    desk_commit(&desk);
}

static void write_question(int number, const char *type, const char *options)
{
    char text[300];
    snprintf(text, sizeof text, "instrument=W|number=%d|type=%s|text=Q%d|options=%s", number, type, number,
             options);
    desk_begin(&desk);
    desk_write(&desk, &KIND_QUESTION, text);
    desk_commit(&desk);
}

static void write_screening(void)
{
    write_instrument("screening", "approved");
    write_question(1, "single", "~never ~seldom ~often");
    write_question(2, "single", "~no ~yes");
}

static void say(uint32_t type, const ProtobufCMessage *body, envelope_t *ret_answer)
{
    uint8_t bytes[4096];
    size_t size = protobuf_c_message_pack(body, bytes);
    envelope_t e = {
        .type = type, .to = SERVICE_DIAGNOSTICS, .from = SERVICE_CLI, .call = 1, .body = slice(bytes, size)};
    store_txn_t *txn = desk_begin(&desk);
    assert_int_equal(DIAGNOSTICS.message(desk.service.self, txn, &e), 0);
    if (ret_answer == NULL) return;
    desk_commit(&desk);
    assert_int_equal(desk_answers(&desk, ret_answer), 1);
}

// "" where it was answered; else the fault's code.
static const char *said(const envelope_t *answer)
{
    static char code[64];
    code[0] = '\0';
    if (answer->type != MSG_ERROR) return code;
    AUTO(msg_body_free) Selenga__Error *error = msg_body_unpack(&selenga__error__descriptor, answer->body);
    assert_non_null(error);
    snprintf(code, sizeof code, "%s", error->fault->code);
    return code;
}

static const char *form_of(const char *code, uint64_t *ret_form)
{
    Selenga__Screening m = SELENGA__SCREENING__INIT;
    envelope_t answer;
    m.instrument = (char *)(uintptr_t)code;
    say(MSG_SCREENING, &m.base, &answer);
    *ret_form = 0;
    if (answer.type != MSG_SCREENING_REPLY) return said(&answer);
    AUTO(msg_body_free)
    Selenga__ScreeningReply *reply = msg_body_unpack(&selenga__screening_reply__descriptor, answer.body);
    assert_non_null(reply);
    *ret_form = reply->form;
    return "";
}

static Selenga__ScreeningAnswer answer_of(uint64_t form, uint32_t *choices, size_t n)
{
    Selenga__ScreeningAnswer m = SELENGA__SCREENING_ANSWER__INIT;
    m.instrument = (char *)(uintptr_t) "W";
    m.has_form = 1;
    m.form = form;
    m.choices = choices;
    m.n_choices = n;
    return m;
}

static const char *answered(uint64_t form, uint32_t first, uint32_t second)
{
    uint32_t choices[] = {first, second};
    Selenga__ScreeningAnswer m = answer_of(form, choices, ARRAY_SIZE(choices));
    envelope_t answer;
    say(MSG_SCREENING_ANSWER, &m.base, &answer);
    return said(&answer);
}

static void answer_times(unsigned times, uint32_t first, uint32_t second)
{
    uint64_t form;
    assert_string_equal(form_of("W", &form), "");
    for (unsigned i = 0; i < times; i++) assert_string_equal(answered(form, first, second), "");
}

static const char *told(int number, int choice, const char *field)
{
    char key[100];
    snprintf(key, sizeof key, "instrument=W|org=" DESK_ORG "|number=%d|choice=%d", number, choice);
    return desk_field(&desk, &KIND_SCREENING_COUNT, key, field);
}

// --- refused

static void what_is_no_approved_screening_cannot_be_answered(void **state)
{
    uint64_t form;
    (void)state;
    assert_string_equal(form_of("W", &form), "SCREENING-CLOSED");
    assert_string_equal(form_of("", &form), "SCREENING-CLOSED");
    write_instrument("screening", "draft");
    write_question(1, "single", "~never ~often");
    assert_string_equal(form_of("W", &form), "SCREENING-CLOSED");
    assert_string_equal(answered(form, 1, 1), "SCREENING-CLOSED");
}

static void a_test_is_no_screening_and_shows_nobody_its_questions(void **state)
{
    uint64_t form;
    (void)state;
    write_instrument("test", "approved");
    write_question(1, "single", "~never ~often");
    assert_string_equal(form_of("W", &form), "SCREENING-CLOSED");
}

static void a_question_that_cannot_be_counted_closes_the_whole(void **state)
{
    static const char *const UNFIT[] = {"", "~one", "~one ~", "one two"};
    uint64_t form;
    (void)state;
    write_instrument("screening", "approved");
    assert_string_equal(form_of("W", &form), "SCREENING-CLOSED"); // it has none yet
    write_question(1, "single", "~never ~often");
    write_question(2, "essay", "");
    assert_string_equal(form_of("W", &form), "SCREENING-UNFIT");
    for (size_t i = 0; i < ARRAY_SIZE(UNFIT); i++) {
        write_question(2, "single", UNFIT[i]);
        assert_string_equal(form_of("W", &form), "SCREENING-UNFIT");
    }
}

static void an_answer_of_other_questions_or_to_some_of_them_is_not_taken(void **state)
{
    uint32_t one[] = {1};
    uint64_t form;
    envelope_t answer;
    (void)state;
    write_screening();
    answer_times(9, 1, 1);
    assert_string_equal(form_of("W", &form), "");
    assert_string_equal(answered(form + 1, 1, 1), "SCREENING-CHANGED");
    assert_string_equal(answered(form, 0, 1), "SCREENING-WHOLE");
    assert_string_equal(answered(form, 4, 1), "SCREENING-WHOLE");
    assert_string_equal(answered(form, 1, UINT32_MAX), "SCREENING-WHOLE");
    Selenga__ScreeningAnswer part = answer_of(form, one, 1);
    say(MSG_SCREENING_ANSWER, &part.base, &answer);
    assert_string_equal(said(&answer), "SCREENING-WHOLE");
    uint32_t choices[] = {1, 1};
    Selenga__ScreeningAnswer elsewhere = answer_of(form, choices, 2);
    elsewhere.org = (char *)(uintptr_t) "03-08";
    say(MSG_SCREENING_ANSWER, &elsewhere.base, &answer);
    assert_string_equal(said(&answer), "NOT-SERVING");
    assert_int_equal(desk_count(&desk, &KIND_SCREENING_COUNT), 0); // none of them was the tenth
}

// --- summaries

static void a_summary_is_made_at_the_tenth_answer_and_anew_at_the_twentieth_alone(void **state)
{
    (void)state;
    write_screening();
    answer_times(5, 1, 1);
    answer_times(4, 3, 1);
    assert_int_equal(desk_count(&desk, &KIND_SCREENING_COUNT), 0);
    answer_times(1, 3, 1);
    assert_int_equal(desk_count(&desk, &KIND_SCREENING_COUNT), 5);
    assert_string_equal(told(1, 1, "chosen"), "5");
    assert_string_equal(told(1, 2, "chosen"), "0");
    assert_string_equal(told(1, 3, "chosen"), "5");
    assert_string_equal(told(1, 3, "answer"), "often");
    assert_string_equal(told(2, 1, "chosen"), "10");
    for (unsigned i = 11; i <= 19; i++) {
        answer_times(1, 2, 2);
        assert_string_equal(told(1, 2, "chosen"), "0");
        assert_string_equal(told(1, 2, "answers"), "10");
    }
    answer_times(1, 2, 2);
    assert_string_equal(told(1, 2, "chosen"), "10");
    assert_string_equal(told(1, 1, "chosen"), "5");
    assert_string_equal(told(2, 2, "answers"), "20");
}

static void groups_of_fewer_than_five_are_not_told(void **state)
{
    (void)state;
    write_screening();
    answer_times(1, 1, 2);
    answer_times(9, 2, 1);
    assert_string_equal(told(1, 1, "chosen"), "");
    assert_string_equal(told(1, 2, "chosen"), ""); // it would tell the other one
    assert_string_equal(told(1, 3, "chosen"), "0");
    assert_string_equal(told(2, 2, "chosen"), "");
    assert_string_equal(told(2, 2, "answers"), "10");
}

static void changed_questions_begin_anew_and_take_the_place_of_the_others(void **state)
{
    (void)state;
    write_screening();
    answer_times(14, 3, 2);
    write_question(1, "single", "~never ~often");
    answer_times(9, 2, 1);
    assert_string_equal(told(1, 3, "chosen"), "10"); // still of the questions of before
    answer_times(1, 2, 1);
    assert_int_equal(desk_count(&desk, &KIND_SCREENING_COUNT), 4);
    assert_string_equal(told(1, 2, "chosen"), "10");
    assert_string_equal(told(2, 1, "answers"), "10");
}

// --- what is kept

static void what_was_taken_outlives_a_kill_and_counts_once(void **state)
{
    uint32_t choices[] = {1, 1};
    uint64_t form;
    (void)state;
    write_screening();
    answer_times(9, 2, 2);
    assert_string_equal(form_of("W", &form), "");
    Selenga__ScreeningAnswer lost = answer_of(form, choices, 2);
    say(MSG_SCREENING_ANSWER, &lost.base, NULL); // nobody was told that it was taken
    desk_reopen(&desk);
    assert_int_equal(desk_count(&desk, &KIND_SCREENING_COUNT), 0);
    answer_times(1, 2, 2);
    assert_string_equal(told(1, 2, "chosen"), "10");
    assert_string_equal(told(1, 1, "chosen"), "0");
}

// The one row of sums; how many bytes.
static size_t kept(uint8_t ret[static 256])
{
    static const uint8_t first[] = {'Q'};
    kv_cursor_t *cursor = NULL;
    slice_t key, value;
    size_t n = 0, size = 0;
    assert_int_equal(kv_cursor(store_kv(desk_begin(&desk)), KV_AUX, &cursor), 0);
    for (int rc = kv_seek(cursor, slice(first, 1), &key, &value); rc == 0 && key.data[0] == 'Q';
         rc = kv_next(cursor, &key, &value), n++) {
        assert_true(value.size <= 256);
        size = value.size;
        memcpy(ret, value.data, size);
    }
    kv_close_cursor(&cursor);
    desk_commit(&desk);
    assert_int_equal(n, 1);
    return size;
}

static void the_sums_are_one_row_that_tells_no_order_of_answers(void **state)
{
    uint8_t one[256], other[256];
    (void)state;
    write_screening();
    answer_times(2, 1, 1);
    answer_times(1, 3, 2);
    size_t size = kept(one);
    desk_close(&desk);
    desk_open(&desk, &DIAGNOSTICS);
    write_screening();
    answer_times(1, 3, 2);
    answer_times(2, 1, 1);
    assert_int_equal(kept(other), size);
    assert_int_equal(size, 16 + 4 * 5);
    assert_memory_equal(one, other, size);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_desk, close_desk)
        TEST(what_is_no_approved_screening_cannot_be_answered),
        TEST(a_test_is_no_screening_and_shows_nobody_its_questions),
        TEST(a_question_that_cannot_be_counted_closes_the_whole),
        TEST(an_answer_of_other_questions_or_to_some_of_them_is_not_taken),
        TEST(a_summary_is_made_at_the_tenth_answer_and_anew_at_the_twentieth_alone),
        TEST(groups_of_fewer_than_five_are_not_told),
        TEST(changed_questions_begin_anew_and_take_the_place_of_the_others),
        TEST(what_was_taken_outlives_a_kill_and_counts_once),
        TEST(the_sums_are_one_row_that_tells_no_order_of_answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
