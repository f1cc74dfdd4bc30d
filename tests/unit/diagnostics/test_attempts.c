// SPDX-License-Identifier: Apache-2.0
// Attempts from begin to mark, by a clock that the test moves.
// clang-format off
#include "tests/unit/desk.h"
// clang-format on
#include "common/base/clock.h"
#include "common/node/msg.h"
#include "services/diagnostics/attempt_time.h"
#include "services/diagnostics/diagnostics.h"

enum { NOON = 1710000000 }; // a day of March 2024

static desk_t desk;
static Selenga__AttemptReply *reply;
static char code[CODE_MAX + 1];

static void question(unsigned number, const char *competency)
{
    char text[200];
    snprintf(text, sizeof text, "instrument=T|number=%u|type=single|text=Q|options=~a ~b%s%s", number,
             competency != NULL ? "|competency=" : "", competency != NULL ? competency : "");
    desk_write(&desk, &KIND_QUESTION, text);
}

static void key(unsigned number)
{
    char text[100];
    snprintf(text, sizeof text, "instrument=T|number=%u|answers==a ~b", number);
    desk_write(&desk, &KIND_QUESTION_KEY, text);
}

static int open_desk(void **state)
{
    (void)state;
    desk_open(&desk, &DIAGNOSTICS);
    desk_begin(&desk);
    desk_tell(&desk, &KIND_SCALE, "code=S|none_from=80|low_from=60|medium_from=40|valid_from=2000-01-01");
    desk_write(&desk, &KIND_COMPETENCY, "framework=F|code=M1|class=methodical|title=T");
    desk_write(&desk, &KIND_INSTRUMENT,
               "code=T|title=T|class=test|org=" DESK_ORG "|version=1|state=approved|time_limit=10");
    desk_write(&desk, &KIND_CAMPAIGN,
               "code=C|title=T|framework=F|org=" DESK_ORG "|from=2024-03-01|to=2024-03-31|instruments=T");
    question(1, "M1");
    question(2, "M1");
    question(3, "none");
    desk_commit(&desk);
    clock_freeze(5000U * 1000000U, NOON);
    return 0;
}

static int close_desk(void **state)
{
    (void)state;
    msg_body_free(&reply);
    clock_thaw();
    desk_close(&desk);
    return 0;
}

// NULL, or the code of the fault; `reply` has the answer.
static const char *ask_as(const char *person, uint32_t what, unsigned number, const char *answer)
{
    static char fault[64];
    Selenga__AttemptAsk m = SELENGA__ATTEMPT_ASK__INIT;
    envelope_t last;
    m.has_what = m.has_number = 1;
    m.what = what;
    m.number = number;
    m.campaign = (char *)"C";
    m.instrument = (char *)"T";
    m.person = (char *)(uintptr_t)person;
    m.answer = (char *)(uintptr_t)answer;
    desk_begin(&desk);
    desk_ask(&desk, MSG_ATTEMPT, &m.base);
    desk_commit(&desk);
    assert_int_equal(desk_answers(&desk, &last), 1);
    msg_body_free(&reply);
    if (last.type == MSG_ERROR) {
        AUTO(msg_body_free) Selenga__Error *error = msg_body_unpack(&selenga__error__descriptor, last.body);
        snprintf(fault, sizeof fault, "%s", error->fault->code);
        return fault;
    }
    assert_int_equal(last.type, MSG_ATTEMPT_REPLY);
    reply = msg_body_unpack(&selenga__attempt_reply__descriptor, last.body);
    return NULL;
}

static const char *ask(uint32_t what, unsigned number, const char *answer)
{
    return ask_as(DESK_ORG ":1", what, number, answer);
}

#define LOOK SELENGA__ATTEMPT_ASK__WHAT__LOOK
#define BEGIN SELENGA__ATTEMPT_ASK__WHAT__BEGIN
#define ANSWER SELENGA__ATTEMPT_ASK__WHAT__ANSWER
#define FINISH SELENGA__ATTEMPT_ASK__WHAT__FINISH

// A field of the attempt that was answered about last.
static const char *of_attempt(const char *field)
{
    char id[CODE_MAX + 8];
    AUTO(msg_body_free)
    Selenga__Attempt *m =
        msg_body_unpack(&selenga__attempt__descriptor, slice(reply->attempt.data, reply->attempt.len));
    assert_non_null(m);
    snprintf(code, sizeof code, "%s", m->code);
    snprintf(id, sizeof id, "code=%s", code);
    return desk_field(&desk, &KIND_ATTEMPT, id, field);
}

static const char *result(const char *field)
{
    return desk_field(&desk, &KIND_RESULT, "campaign=C|person=" DESK_ORG ":1|competency=M1", field);
}

// NULL, or the code of the fault.
static const char *act(uint32_t what, const char *about, const char *reason)
{
    static char fault[64];
    Selenga__AttemptAct m = SELENGA__ATTEMPT_ACT__INIT;
    envelope_t last;
    m.has_what = 1;
    m.what = what;
    m.code = (char *)(uintptr_t)about;
    m.reason = (char *)(uintptr_t)reason;
    desk_begin(&desk);
    desk_ask(&desk, MSG_ATTEMPT_ACT, &m.base);
    desk_commit(&desk);
    assert_int_equal(desk_answers(&desk, &last), 1);
    if (last.type != MSG_ERROR) return NULL;
    AUTO(msg_body_free) Selenga__Error *error = msg_body_unpack(&selenga__error__descriptor, last.body);
    snprintf(fault, sizeof fault, "%s", error->fault->code);
    return fault;
}

static void keys(void)
{
    desk_begin(&desk);
    for (unsigned i = 1; i <= 3; i++) key(i);
    desk_commit(&desk);
}

// --- refused

static void who_has_not_begun_answers_nothing(void **state)
{
    (void)state;
    assert_string_equal(ask(ANSWER, 1, "1"), "ATTEMPT-OVER");
    assert_string_equal(ask(FINISH, 0, NULL), "ATTEMPT-OVER");
    assert_null(ask(LOOK, 0, NULL));
    assert_false(reply->has_attempt);
    assert_false(reply->has_question);
    assert_int_equal(desk_count(&desk, &KIND_ATTEMPT_ANSWER), 0);
}

static void what_can_be_no_answer_is_not_kept(void **state)
{
    (void)state;
    assert_null(ask(BEGIN, 0, NULL));
    assert_string_equal(ask(ANSWER, 1, "3"), "BAD-ANSWER");
    assert_string_equal(ask(ANSWER, 9, "1"), "BAD-ANSWER");
    assert_int_equal(desk_count(&desk, &KIND_ATTEMPT_ANSWER), 0);
}

static void acts_without_a_reason_are_refused(void **state)
{
    (void)state;
    assert_null(ask(BEGIN, 0, NULL));
    (void)of_attempt("state");
    assert_string_equal(act(SELENGA__ATTEMPT_ACT__WHAT__ANNUL, code, NULL), "WHY-NEEDED");
    assert_string_equal(act(SELENGA__ATTEMPT_ACT__WHAT__ERASE, "C", "  "), "WHY-NEEDED");
    assert_string_equal(act(SELENGA__ATTEMPT_ACT__WHAT__RELEASE, "T", NULL), "RELEASE-EARLY");
}

// --- time

static void the_clock_of_a_running_computer_decides_and_no_date(void **state)
{
    (void)state;
    assert_null(ask(BEGIN, 0, NULL));
    assert_int_equal(reply->left_s, 600);
    clock_freeze(5100U * 1000000U, NOON - 400 * 86400); // somebody sets the date back
    assert_null(ask(ANSWER, 1, "1"));
    assert_int_equal(reply->left_s, 500);
    desk_reopen(&desk); // killed
    clock_freeze(5599U * 1000000U, NOON + 400 * 86400);
    assert_null(ask(ANSWER, 2, "1"));
    assert_int_equal(reply->left_s, 1);
    clock_advance_ms(1000);
    assert_null(ask(ANSWER, 3, "1"));
    assert_true(reply->late);
    assert_string_equal(of_attempt("state"), "finished");
    assert_int_equal(desk_count(&desk, &KIND_ATTEMPT_ANSWER), 2);
}

static void after_a_restart_of_the_computer_it_goes_on_from_the_last_answer(void **state)
{
    (void)state;
    Selenga__Attempt a = SELENGA__ATTEMPT__INIT;
    attempt_tick(&a, (attempt_now_t){"one", 1000});
    a.has_time_limit = 1;
    a.time_limit = 1;
    assert_int_equal(attempt_left_s(&a, (attempt_now_t){"one", 1020}), 40);
    attempt_tick(&a, (attempt_now_t){"one", 1020});
    assert_int_equal(attempt_left_s(&a, (attempt_now_t){"two", 5}), 40);
    attempt_tick(&a, (attempt_now_t){"two", 5});
    assert_int_equal(attempt_left_s(&a, (attempt_now_t){"two", 44}), 1);
    assert_int_equal(attempt_left_s(&a, (attempt_now_t){"two", 900}), 0);
}

// --- marks

static void with_the_keys_at_hand_it_is_marked_at_once_and_the_need_follows(void **state)
{
    (void)state;
    keys();
    assert_null(ask(BEGIN, 0, NULL));
    assert_null(ask(ANSWER, 1, "2"));
    assert_null(ask(ANSWER, 1, "1")); // on second thoughts
    assert_null(ask(ANSWER, 2, "2"));
    assert_null(ask(FINISH, 0, NULL));
    assert_string_equal(of_attempt("state"), "marked");
    assert_string_equal(of_attempt("score"), "1");
    assert_string_equal(of_attempt("max"), "3");
    assert_string_equal(result("score"), "1");
    assert_string_equal(result("max"), "2");
    assert_int_equal(desk_count(&desk, &KIND_RESULT), 1);
    assert_string_equal(desk_field(&desk, &KIND_DEFICIT, "person=" DESK_ORG ":1|competency=F:M1", "band"),
                        "medium");
    assert_string_equal(ask(BEGIN, 0, NULL), "ATTEMPTS-USED");
}

static void without_them_it_waits_and_is_marked_when_they_come(void **state)
{
    (void)state;
    assert_null(ask(BEGIN, 0, NULL));
    assert_null(ask(ANSWER, 1, "1"));
    assert_null(ask(FINISH, 0, NULL));
    assert_string_equal(of_attempt("state"), "finished");
    desk_begin(&desk);
    for (unsigned i = 1; i <= 3; i++) {
        char text[100];
        snprintf(text, sizeof text, "instrument=T|number=%u|answers==a ~b", i);
        desk_tell(&desk, &KIND_RELEASED_KEY, text);
        if (i == 2) {
            desk_commit(&desk);
            assert_string_equal(of_attempt("state"), "finished");
            desk_begin(&desk);
        }
    }
    desk_commit(&desk);
    assert_string_equal(of_attempt("state"), "marked");
    assert_string_equal(result("score"), "1");
    assert_string_equal(ask_as(DESK_ORG ":2", BEGIN, 0, NULL), "TEST-RELEASED");
}

static void a_key_of_another_question_marks_nothing(void **state)
{
    (void)state;
    keys();
    desk_begin(&desk);
    desk_write(&desk, &KIND_QUESTION_KEY, "instrument=T|number=2|answers==a ~c");
    desk_commit(&desk);
    assert_null(ask(BEGIN, 0, NULL));
    assert_null(ask(FINISH, 0, NULL));
    assert_string_equal(of_attempt("state"), "finished");
    assert_int_equal(desk_count(&desk, &KIND_RESULT), 0);
}

// --- afterwards

static void an_annulled_attempt_takes_its_results_along_and_may_be_taken_again(void **state)
{
    (void)state;
    keys();
    assert_null(ask(BEGIN, 0, NULL));
    assert_null(ask(FINISH, 0, NULL));
    assert_string_equal(of_attempt("state"), "marked");
    assert_null(act(SELENGA__ATTEMPT_ACT__WHAT__ANNUL, code, "power cut"));
    assert_string_equal(of_attempt("reason"), "power cut");
    assert_int_equal(desk_count(&desk, &KIND_RESULT), 0);
    assert_string_equal(act(SELENGA__ATTEMPT_ACT__WHAT__ANNUL, code, "again"), "ATTEMPT-ANNULLED");
    assert_null(ask(BEGIN, 0, NULL));
    assert_string_equal(of_attempt("number"), "2");
}

static void erased_are_answers_of_what_is_marked_and_points_stay(void **state)
{
    (void)state;
    keys();
    assert_null(ask(BEGIN, 0, NULL));
    assert_null(ask(ANSWER, 1, "1"));
    assert_null(ask_as(DESK_ORG ":2", BEGIN, 0, NULL));
    assert_null(ask_as(DESK_ORG ":2", ANSWER, 1, "1"));
    assert_null(ask(FINISH, 0, NULL));
    assert_null(act(SELENGA__ATTEMPT_ACT__WHAT__ERASE, "C", "appeals ended"));
    assert_int_equal(desk_count(&desk, &KIND_ATTEMPT_ANSWER), 1);
    assert_string_equal(of_attempt("erased"), "appeals ended");
    assert_string_equal(of_attempt("score"), "1");
    assert_string_equal(result("score"), "1");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_desk, close_desk)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(who_has_not_begun_answers_nothing),
        TEST(what_can_be_no_answer_is_not_kept),
        TEST(acts_without_a_reason_are_refused),
        TEST(the_clock_of_a_running_computer_decides_and_no_date),
        TEST(after_a_restart_of_the_computer_it_goes_on_from_the_last_answer),
        TEST(with_the_keys_at_hand_it_is_marked_at_once_and_the_need_follows),
        TEST(without_them_it_waits_and_is_marked_when_they_come),
        TEST(a_key_of_another_question_marks_nothing),
        TEST(an_annulled_attempt_takes_its_results_along_and_may_be_taken_again),
        TEST(erased_are_answers_of_what_is_marked_and_points_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
