// SPDX-License-Identifier: Apache-2.0
// An import's messages: one is under way while the next is gathered, and what each brought is told in order.
#include "tests/unit/common/played.h"

#include "common/forms/importing.h"
#include "common/forms/missing.h"
#include <stdlib.h>

enum { ROWS = 2 * SENDING_GROUPS + 7, LACKING = SENDING_GROUPS + 3 }; // LACKING: this row has no name

typedef struct seen {
    importing_t *importing;
    reading_t *reading;
    FILE *in;
    size_t rows, rejected, turns;
    size_t turns_when_asked; // so often the message before was over
    bool in_order, over;
    client_status_t status;
} seen_t;

static void see_row(void *context, const importing_row_t *row)
{
    seen_t *seen = context;
    seen->rows++;
    seen->in_order = seen->in_order && row->number == seen->rows + 1;
    if (row->result != RESULT_REJECTED) return;
    seen->rejected++;
    assert_int_equal(row->number, LACKING + 1);
    assert_true(row->n_faults > 0 && row->outcome == NULL);
}

static void see_turn(void *context)
{
    seen_t *seen = context;
    seen->turns++;
}

static void see_end(void *context, client_status_t status, const client_why_t *why_, const fault_t *fault)
{
    seen_t *seen = context;
    assert_false(seen->over);
    assert_null(fault);
    assert_int_equal(why_ == NULL, status == CLIENT_DONE);
    seen->over = true;
    seen->status = status;
}

static void start(seen_t *seen)
{
    fault_t fault;
    *seen = (seen_t){.in_order = true, .in = tmpfile()};
    assert_non_null(seen->in);
    fputs("code,parent,kind,name\n", seen->in);
    for (int i = 1; i <= ROWS; i++)
        fprintf(seen->in, "03-%04d,03,school,%s\n", i, i == LACKING ? "" : "School");
    rewind(seen->in);
    static const reading_options_t options;
    assert_int_equal(reading_open("organisation", seen->in, &options, &seen->reading, &fault), 0);
    const importing_setup_t setup = {.client = client,
                                     .reading = seen->reading,
                                     .lang = LANG_EN,
                                     .row = see_row,
                                     .turn = see_turn,
                                     .done = see_end,
                                     .context = seen};
    assert_non_null(seen->importing = importing_start(&setup, &why));
}

static void stop(seen_t *seen)
{
    importing_destroy(&seen->importing);
    reading_close(&seen->reading);
    fclose(seen->in);
}

// The next message, with so many groups; the first is about that organisation.
static void take(asked_t *asked, size_t n_groups, const char *first)
{
    turn_until_asked();
    gate_take(asked);
    assert_int_equal(asked->envelope.type, MSG_PUT);
    AUTO(msg_body_free) Selenga__Put *put = msg_body_unpack(&selenga__put__descriptor, asked->envelope.body);
    assert_non_null(put);
    assert_int_equal(put->n_groups, n_groups);
    const ProtobufCBinaryData *body = &put->groups[0]->items[0]->body;
    assert_non_null(memmem(body->data, body->len, first, strlen(first)));
}

static void answer(asked_t *asked, size_t n)
{
    AUTO(xfree) Selenga__Outcome *outcomes = xcalloc(n, sizeof *outcomes);
    AUTO(xfree) Selenga__Outcome **rows = xcalloc(n, sizeof *rows);
    Selenga__PutReply reply = SELENGA__PUT_REPLY__INIT;
    static uint8_t id[16];
    for (size_t i = 0; i < n; i++) {
        selenga__outcome__init(&outcomes[i]);
        outcomes[i].has_result = true;
        outcomes[i].result = RESULT_NEW;
        outcomes[i].has_id = true;
        outcomes[i].id = (ProtobufCBinaryData){sizeof id, id};
        rows[i] = &outcomes[i];
    }
    reply.outcomes = rows;
    reply.n_outcomes = n;
    gate_answer(asked, MSG_PUT_REPLY, &reply);
}

static void let_gather(void)
{
    for (int i = 0; i < 20; i++) client_turn(client);
}

static void nothing_that_was_gathered_is_told_when_the_message_before_breaks_off(void **state)
{
    (void)state;
    seen_t seen;
    asked_t asked;
    start(&seen);
    take(&asked, SENDING_GROUPS, "03-0001");
    let_gather();
    gate_answer(&asked, MSG_DONE, NULL); // no answer to a put
    turn_until(seen.over);
    assert_int_equal(seen.status, CLIENT_REFUSED);
    assert_int_equal(seen.rows + seen.turns, 0);
    assert_false(gate_takes(&asked, 50)); // and nothing else is sent
    stop(&seen);
}

static void a_message_goes_when_all_of_the_one_before_is_told_and_rows_come_in_order(void **state)
{
    static const struct {
        size_t groups;
        const char *first;
    } messages[] = {{SENDING_GROUPS, "03-0001"}, {SENDING_GROUPS, "03-0501"}, {6, "03-1002"}};
    (void)state;
    seen_t seen;
    asked_t asked;
    start(&seen);
    for (size_t i = 0; i < ARRAY_SIZE(messages); i++) {
        take(&asked, messages[i].groups, messages[i].first);
        assert_int_equal(seen.turns, i);
        assert_int_equal(seen.rows, i * SENDING_GROUPS + (i == 2 ? 1 : 0));
        answer(&asked, messages[i].groups);
    }
    turn_until(seen.over);
    assert_int_equal(seen.status, CLIENT_DONE);
    assert_true(seen.in_order);
    assert_int_equal(seen.rows, ROWS);
    assert_int_equal(seen.rejected, 1);
    assert_int_equal(seen.turns, 3);
    stop(&seen);
}

static void the_next_message_is_gathered_while_one_is_under_way(void **state)
{
    (void)state;
    seen_t seen;
    asked_t asked;
    start(&seen);
    take(&asked, SENDING_GROUPS, "03-0001");
    reading_row_t row;
    fault_t fault;
    size_t left = 0;
    let_gather();
    assert_false(gate_takes(&(asked_t){0}, 50));
    while (reading_next(seen.reading, &row, &fault) == 0) left++;
    assert_true(left > 0 &&
                left < ROWS - 2 * SENDING_GROUPS); // both messages' rows, and one that had no room
    zmq_msg_close(&asked.frame);
    stop(&seen);
}

static void only_lists_of_an_organisation_itself_are_asked_for_who_is_missing(void **state)
{
    static const char *const about_people[] = {"absence", "support-act", "mentoring-pair", "attendance"};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(about_people); i++) { // it was one question for each of their people
        AUTO(sheet_destroy) sheet_t *sheet = NULL;
        assert_int_equal(sheet_open(about_people[i], &sheet, NULL), 0);
        assert_null(missing_new(sheet));
    }
    AUTO(sheet_destroy) sheet_t *staff = NULL;
    assert_int_equal(sheet_open("staff", &staff, NULL), 0);
    AUTO(missing_destroy) missing_t *missing = missing_new(staff);
    Selenga__List request;
    missing_note(missing, slice_text("03-01\x1f"
                                     "1"));
    missing_note(missing, slice_text("03-01\x1f"
                                     "2"));
    assert_true(missing_request(missing, 0, &request) && strcmp(request.org, "03-01") == 0);
    assert_false(missing_request(missing, 1, &request));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_gate(nothing_that_was_gathered_is_told_when_the_message_before_breaks_off),
        with_gate(a_message_goes_when_all_of_the_one_before_is_told_and_rows_come_in_order),
        cmocka_unit_test(only_lists_of_an_organisation_itself_are_asked_for_who_is_missing),
        with_gate(the_next_message_is_gathered_while_one_is_under_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
