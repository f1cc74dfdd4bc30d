// SPDX-License-Identifier: Apache-2.0
// Sessions of a feed: what is acknowledged, lost, doubled, and asked for again.
#include "tests/unit/common/sides.h"

static letter_t first_pull(side_t *hub)
{
    flush(hub);
    return a_letter(hub, MSG_PULL);
}

static void nothing_is_acknowledged_before_the_commit(void **state)
{
    (void)state;
    side_t home, hub;
    open_side(&home, false, 101);
    open_side(&hub, true, 201);
    write_record(&home, 1);
    letter_t pull = first_pull(&hub);
    burn_letters(&hub);
    hear(&home, &pull, true);
    flush(&home);
    letter_t push = a_letter(&home, MSG_PUSH);
    hear(&hub, &push, false); // the transaction is lost
    assert_int_equal(hub.n_out, 0);
    feed_rollback(hub.feed, 0);
    flush(&hub);
    for (size_t i = 0; i < hub.n_out; i++) assert_int_not_equal(hub.out[i].type, MSG_PULL);
    assert_false(holds(&hub, 1));
    assert_int_equal(acked(&home), 0);
    free(pull.data);
    free(push.data);
    close_side(&home);
    close_side(&hub);
}

static size_t count_letters(const side_t *side, uint32_t type)
{
    size_t n = 0;
    for (size_t i = 0; i < side->n_out; i++) n += side->out[i].type == type;
    return n;
}

// Each may read the whole store; a consumer that begins again and again is served now and then.
static void of_a_thousand_pulls_from_zero_a_second_a_few_are_answered_and_the_last(void **state)
{
    (void)state;
    side_t home, hub;
    now_ms = 5000000;
    open_side(&home, false, 101);
    open_side(&hub, true, 201);
    write_record(&home, 1);
    size_t pushes = 0;
    for (uint64_t n = 1; n <= 1000; n++, now_ms++) {
        feed_link(hub.feed, hub.peer, true, now_ms); // begins anew
        letter_t pull = first_pull(&hub);
        burn_letters(&hub);
        hear(&home, &pull, true);
        free(pull.data);
        flush(&home);
        pushes += count_letters(&home, MSG_PUSH);
        if (pushes > 0) assert_int_equal(count_letters(&home, MSG_WAKE), n == 1 ? 1 : 0);
        burn_letters(&home);
    }
    assert_in_range(pushes, 1, 8);
    assert_false(holds(&hub, 1));
    now_ms += 1000;
    feed_tick(home.feed, now_ms);
    talk(&home, &hub); // to the session that was begun last, unasked
    assert_true(holds(&hub, 1));
    close_side(&home);
    close_side(&hub);
}

// Found by tests/model: the home is put back, a doubled pull opens the session of its lost epoch once more,
// and then comes the acknowledgement of what that epoch pushed.
static void an_acknowledgement_of_a_lost_epoch_is_not_taken_for_one_of_this(void **state)
{
    (void)state;
    side_t home, put_back, hub;
    open_side(&home, false, 101);
    open_side(&hub, true, 201);
    open_side(&put_back, false, 102);
    write_record(&home, 1);
    write_record(&put_back, 2);
    letter_t pull = first_pull(&hub);
    burn_letters(&hub);
    hear(&home, &pull, true);
    flush(&home);
    letter_t push = a_letter(&home, MSG_PUSH);
    hear(&hub, &push, true);
    flush(&hub);
    letter_t ack = a_letter(&hub, MSG_PULL);
    burn_letters(&hub);

    hear(&put_back, &pull, true);
    flush(&put_back);
    burn_letters(&put_back); // lost
    hear(&put_back, &ack, true);
    assert_int_equal(acked(&put_back), 0);
    assert_false(holds(&hub, 2));
    talk(&put_back, &hub);
    for (uint8_t n = 1; n <= 2; n++) assert_true(holds(&hub, n) && holds(&put_back, n));
    free(pull.data);
    free(push.data);
    free(ack.data);
    close_side(&home);
    close_side(&put_back);
    close_side(&hub);
}

static void pass(side_t *a, side_t *b, int64_t ms)
{
    for (int64_t end = now_ms + ms; now_ms < end; now_ms += 1000) {
        feed_tick(a->feed, now_ms);
        feed_tick(b->feed, now_ms);
        talk(a, b);
    }
}

static void an_idle_session_is_asked_ever_more_seldom_but_not_given_up(void **state)
{
    (void)state;
    side_t home, hub;
    open_side(&home, false, 101);
    open_side(&hub, true, 201);
    talk(&home, &hub);
    n_letters = 0;
    pass(&home, &hub, 3600000);
    assert_in_range(n_letters, 4, 4 * (3600000 / KEEPALIVE_MOST_MS + 6));
    write_record(&home, 1);
    talk(&home, &hub);
    assert_true(holds(&hub, 1));
    n_letters = 0;
    pass(&home, &hub, KEEPALIVE_MS + 2000);
    assert_in_range(n_letters, 2, 4); // where something came, it is asked again soon
    close_side(&home);
    close_side(&hub);
}

static void what_is_lost_on_an_idle_line_its_sender_notices(void **state)
{
    (void)state;
    side_t home, hub;
    open_side(&home, false, 101);
    open_side(&hub, true, 201);
    talk(&home, &hub);
    pass(&home, &hub, 3600000);
    write_record(&home, 1);
    flush(&home);
    letter_t push = a_letter(&home, MSG_PUSH);
    free(push.data);
    burn_letters(&home); // lost
    assert_false(holds(&hub, 1));
    pass(&home, &hub, SILENCE_MS + 2000);
    assert_true(holds(&hub, 1));
    assert_int_equal(acked(&home), store_head(home.store));
    close_side(&home);
    close_side(&hub);
}

static uint32_t credit_of_first_pull(side_t *hub)
{
    letter_t pull = first_pull(hub);
    Selenga__Pull *m = selenga__pull__unpack(NULL, pull.size, pull.data);
    assert_non_null(m);
    uint32_t credit = m->credit;
    selenga__pull__free_unpacked(m, NULL);
    free(pull.data);
    burn_letters(hub);
    return credit;
}

// What a fast line carries in a moment fills a slow one for longer than a consumer waits for a word.
static void a_line_that_came_back_is_not_believed_to_be_fast(void **state)
{
    (void)state;
    enum { RECORDS = 40, BODY = 16 * 1024 };
    static const uint8_t body[BODY];
    side_t home, hub;
    open_side(&home, false, 101);
    open_side(&hub, true, 201);
    for (uint8_t n = 1; n <= RECORDS; n++) write_body(&home, n, slice(body, BODY));
    talk(&home, &hub);
    now_ms += KEEPALIVE_MS;
    feed_tick(hub.feed, now_ms);
    assert_true(credit_of_first_pull(&hub) > WINDOW_FIRST_BYTES);
    feed_link(hub.feed, hub.peer, false, now_ms);
    feed_link(hub.feed, hub.peer, true, now_ms);
    assert_int_equal(credit_of_first_pull(&hub), WINDOW_FIRST_BYTES);
    close_side(&home);
    close_side(&hub);
}

static void doubled_and_lost_pushes_change_nothing(void **state)
{
    (void)state;
    side_t home, hub;
    open_side(&home, false, 101);
    open_side(&hub, true, 201);
    talk(&home, &hub);
    write_record(&home, 1);
    flush(&home);
    letter_t first = a_letter(&home, MSG_PUSH);
    burn_letters(&home); // lost
    write_record(&home, 2);
    flush(&home);
    letter_t second = a_letter(&home, MSG_PUSH);
    hear(&hub, &second, true);
    assert_false(holds(&hub, 2)); // it does not follow on what the hub has
    hear(&hub, &first, true);     // late: the hub has begun anew
    burn_letters(&home);
    talk(&hub, &home);
    hear(&hub, &second, true);
    hear(&hub, &first, true);
    talk(&hub, &home);
    assert_true(holds(&hub, 1) && holds(&hub, 2));
    assert_int_equal(acked(&home), store_head(home.store));
    free(first.data);
    free(second.data);
    close_side(&home);
    close_side(&hub);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_acknowledged_before_the_commit),
        cmocka_unit_test(of_a_thousand_pulls_from_zero_a_second_a_few_are_answered_and_the_last),
        cmocka_unit_test(an_acknowledgement_of_a_lost_epoch_is_not_taken_for_one_of_this),
        cmocka_unit_test(an_idle_session_is_asked_ever_more_seldom_but_not_given_up),
        cmocka_unit_test(what_is_lost_on_an_idle_line_its_sender_notices),
        cmocka_unit_test(a_line_that_came_back_is_not_believed_to_be_fast),
        cmocka_unit_test(doubled_and_lost_pushes_change_nothing),
    };
    return cmocka_run_group_tests(tests, make_dir, NULL);
}
