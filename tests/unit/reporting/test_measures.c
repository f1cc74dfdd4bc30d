// SPDX-License-Identifier: Apache-2.0
// Which results say that somebody was measured (N-4), whatever comes first; and a store whose facts an
// earlier program made of less.
#include "tests/unit/reporting/staff.h"

static const char *const RESULT =
    "campaign=C|person=" DESK_ORG ":1|competency=S1|score=5|max=10|taken_on=2024-03-01";

static void begin(void)
{
    desk_begin(&desk);
    desk_tell(&desk, &KIND_ORGANISATION, "code=" DESK_ORG "|kind=school|name=S");
    hire(1);
}

static void take(const char *instrument, const char *campaign, const char *result)
{
    if (instrument != NULL) desk_tell(&desk, &KIND_INSTRUMENT, instrument);
    if (campaign != NULL) desk_tell(&desk, &KIND_CAMPAIGN, campaign);
    if (result != NULL) desk_tell(&desk, &KIND_RESULT, result);
    desk_commit(&desk);
    desk_begin(&desk);
    while (REPORTING.busy(desk.service.self)) {
        desk_commit(&desk);
        desk_begin(&desk);
    }
}

// In the cell of the year 2024.
static bool is_measured(void)
{
    record_t r;
    career_t *career = xcalloc(1, sizeof *career);
    rid_t id = desk_id(&KIND_FACT, "pseudonym=00000000000000000000000000000001|org=" DESK_ORG "|year=0");
    assert_int_equal(store_get(desk.txn, &id, &r, NULL), 0);
    assert_int_equal(fact_body_unpack(r.body, career), 0);
    const career_run_t *run = career_run(career, 2024);
    bool found = run != NULL && (run->cells[CELL_YEAR] & FACT_MEASURED) != 0;
    fact_clear(career);
    free(career);
    return found;
}

#define CAMPAIGN "code=C|title=T|framework=F|org=03|from=2024-01-01|to=2024-12-31"
#define SELF "code=I|title=T|class=self-assessment|org=03|version=1|state=approved"

static void who_has_no_result_was_not_measured(void **state)
{
    (void)state;
    begin();
    take(NULL, CAMPAIGN, NULL);
    assert_false(is_measured());
    store_abort(&desk.txn);
}

static void a_result_counts_whichever_comes_first(void **state)
{
    (void)state;
    begin();
    take(NULL, NULL, RESULT);
    assert_false(is_measured()); // what measured is not known
    take(NULL, CAMPAIGN, NULL);
    assert_true(is_measured());
    store_abort(&desk.txn);
}

static void an_annulled_result_counts_no_more(void **state)
{
    (void)state;
    begin();
    take(NULL, CAMPAIGN, RESULT);
    assert_true(is_measured());
    desk_tell_deleted(&desk, &KIND_RESULT, RESULT);
    take(NULL, NULL, NULL);
    assert_false(is_measured());
    store_abort(&desk.txn);
}

static void a_self_assessment_counts_only_where_its_instrument_says_so(void **state)
{
    (void)state;
    begin();
    take(SELF, CAMPAIGN "|instruments=I", RESULT);
    assert_false(is_measured());
    take(SELF "|countable=yes", NULL, NULL); // the last to be known
    assert_true(is_measured());
    take(SELF "|countable=no", NULL, NULL);
    assert_false(is_measured());
    store_abort(&desk.txn);
}

static void a_test_beside_a_self_assessment_counts(void **state)
{
    (void)state;
    begin();
    desk_tell(&desk, &KIND_INSTRUMENT, "code=K|title=T|class=test|org=03|version=1|state=approved");
    take(SELF, CAMPAIGN "|instruments=I;K", RESULT);
    assert_true(is_measured());
    store_abort(&desk.txn);
}

static void facts_of_an_earlier_program_are_made_anew_after_a_start(void **state)
{
    (void)state;
    static const uint8_t rules = 'U';
    author_t author;
    rid_t id = desk_id(&KIND_FACT, "pseudonym=00000000000000000000000000000001|org=" DESK_ORG "|year=0");
    career_t *career = xcalloc(1, sizeof *career);
    uint8_t *bytes = NULL;
    size_t size;
    record_t r;
    begin();
    take(NULL, CAMPAIGN, RESULT);
    author = service_author(&desk.service);
    assert_int_equal(store_get(desk.txn, &id, &r, NULL), 0);
    assert_int_equal(fact_body_unpack(r.body, career), 0);
    for (size_t i = 0; i < career->n_runs; i++)
        for (int c = 0; c < N_CELLS; c++) career->runs[i].cells[c] &= (1u << 22) - 1; // as it knew them
    fact_body_pack(career, &bytes, &size);
    Selenga__Fact *fact = selenga__fact__unpack(NULL, size, bytes);
    assert_int_equal(record_write_own(&author, desk.txn, &KIND_FACT, &id, &fact->base, NULL), 0);
    assert_int_equal(kv_del(store_kv(desk.txn), KV_AUX, slice(&rules, 1)), 0);
    desk_commit(&desk);
    desk_begin(&desk);
    assert_false(is_measured());
    store_abort(&desk.txn);
    desk_reopen(&desk);
    desk_begin(&desk);
    take(NULL, NULL, NULL);
    assert_true(is_measured());
    store_abort(&desk.txn);
    selenga__fact__free_unpacked(fact, NULL);
    fact_clear(career);
    free(career);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(who_has_no_result_was_not_measured, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(a_result_counts_whichever_comes_first, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(an_annulled_result_counts_no_more, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(a_self_assessment_counts_only_where_its_instrument_says_so, open_desk,
                                        close_desk),
        cmocka_unit_test_setup_teardown(a_test_beside_a_self_assessment_counts, open_desk, close_desk),
        cmocka_unit_test_setup_teardown(facts_of_an_earlier_program_are_made_anew_after_a_start, open_desk,
                                        close_desk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
