// SPDX-License-Identifier: Apache-2.0
// Lists of a service: read some records a turn, by the indexes that there are.
// clang-format off
#include "tests/unit/desk.h"
// clang-format on
#include "proto/api.pb-c.h"
#include "proto/record.pb-c.h"
#include "services/diagnostics/diagnostics.h"

enum { PEOPLE = 250, EACH = 20, ALL = PEOPLE * EACH, TURN = 4000 }; // TURN: operations; all cost 10000

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

static const char *result(unsigned i, unsigned score)
{
    static char text[200];
    snprintf(text, sizeof text,
             "campaign=D%u|person=" DESK_ORG ":%u|competency=C%u|score=%u|max=100|taken_on=2024-10-05", i % 2,
             i / EACH, i % EACH, score);
    return text;
}

// indexed: a quarter; the rest stands in the log alone.
static void measure_all(void)
{
    desk_begin(&desk);
    for (unsigned i = 0; i < ALL; i++) {
        desk_write(&desk, &KIND_RESULT, result(i, i % 100));
        if (i == ALL / 4) assert_int_equal(store_index(desk.txn), 0);
    }
    desk_commit(&desk);
    desk_work();
}

// Asks for results with up to two fields, from a mark on.
static void ask(const char *field, const char *value, const char *other, const char *its,
                const Selenga__Records *before)
{
    Selenga__Match one = SELENGA__MATCH__INIT, two = SELENGA__MATCH__INIT, *where[] = {&one, &two};
    Selenga__List list = SELENGA__LIST__INIT;
    one.field = (char *)(uintptr_t)field;
    one.value = (char *)(uintptr_t)value;
    two.field = (char *)(uintptr_t)other;
    two.value = (char *)(uintptr_t)its;
    list.has_kind = 1;
    list.kind = N_RESULT;
    list.where = where;
    list.n_where = field == NULL ? 0 : other == NULL ? 1 : 2;
    if (before != NULL) {
        list.has_after = 1;
        list.after = before->next;
    }
    desk_ask(&desk, MSG_LIST, &list.base);
}

static Selenga__Records *answer(void)
{
    envelope_t e;
    if (desk_answers(&desk, &e) == 0) return NULL;
    assert_int_equal(e.type, MSG_RECORDS);
    Selenga__Records *records = msg_body_unpack(&selenga__records__descriptor, e.body);
    assert_non_null(records);
    return records;
}

// The page, after as many turns as it takes; each is short.
static Selenga__Records *wait_for_page(unsigned *ret_turns)
{
    Selenga__Records *page = NULL;
    *ret_turns = 0;
    for (;;) {
        desk_commit(&desk);
        desk_work_t work = desk_work();
        assert_in_range(work.gets, 0, TURN);
        ++*ret_turns;
        page = answer();
        desk_begin(&desk);
        if (page != NULL) return page;
    }
}

// --- slices --------------------------------------------------------------------------------------

static void a_long_list_is_read_in_turns_and_others_are_answered_meanwhile(void **state)
{
    (void)state;
    measure_all();
    desk_begin(&desk);
    ask("score", "none", NULL, NULL, NULL); // nobody has it
    assert_null(answer());
    Selenga__Get get = SELENGA__GET__INIT;
    rid_t id = desk_id(&KIND_RESULT, "campaign=D0|person=" DESK_ORG ":0|competency=C0");
    get.id = (ProtobufCBinaryData){sizeof id.b, id.b};
    get.has_id = 1;
    desk_ask(&desk, MSG_GET, &get.base);
    AUTO(msg_body_free) Selenga__Records *got = answer();
    assert_int_equal(got->n_records, 1);
    unsigned turns;
    AUTO(msg_body_free) Selenga__Records *page = wait_for_page(&turns);
    assert_int_equal(page->n_records, 0);
    assert_false(page->has_next);
    assert_in_range(turns, 3, ALL / 500);
    store_abort(&desk.txn);
}

static void all_that_match_are_listed_once_whatever_changes_meanwhile(void **state)
{
    (void)state;
    measure_all();
    desk_begin(&desk);
    ask("score", "7", NULL, NULL, NULL);
    desk_commit(&desk);
    desk_begin(&desk); // what has been looked at, and what has not
    desk_write(&desk, &KIND_RESULT, result(7, 7));
    desk_write(&desk, &KIND_RESULT, result(107, 8));
    desk_write(&desk, &KIND_RESULT, result(ALL - 1, 7));
    unsigned turns;
    AUTO(msg_body_free) Selenga__Records *page = wait_for_page(&turns);
    assert_in_range(page->n_records, ALL / 100, ALL / 100 + 1); // number 107 may have been seen before
    for (size_t i = 0; i < page->n_records; i++)
        for (size_t k = 0; k < i; k++) {
            record_t a, b;
            assert_int_equal(record_parse(slice(page->records[i].data, page->records[i].len), &a), 0);
            assert_int_equal(record_parse(slice(page->records[k].data, page->records[k].len), &b), 0);
            assert_false(rid_equal(&a.id, &b.id));
        }
    store_abort(&desk.txn);
}

static void pages_hold_all(void **state)
{
    (void)state;
    measure_all();
    desk_begin(&desk);
    size_t n = 0;
    Selenga__Records *page = NULL;
    do {
        unsigned turns;
        ask(NULL, NULL, NULL, NULL, page);
        msg_body_free(&page);
        page = answer();
        if (page == NULL) page = wait_for_page(&turns);
        n += page->n_records;
    } while (page->has_next);
    msg_body_free(&page);
    assert_int_equal(n, ALL);
    store_abort(&desk.txn);
}

// --- by indexes ----------------------------------------------------------------------------------

static size_t listed_at_once(const char *field, const char *value, const char *other, const char *its,
                             uint64_t most_gets)
{
    desk_work();
    ask(field, value, other, its, NULL);
    desk_work_t work = desk_work();
    AUTO(msg_body_free) Selenga__Records *page = answer();
    assert_non_null(page);
    assert_in_range(work.gets + work.steps, 0, most_gets);
    return page->n_records;
}

static void a_reference_looks_at_those_who_refer(void **state)
{
    (void)state;
    measure_all();
    desk_begin(&desk);
    for (unsigned person = 0; person < PEOPLE; person += PEOPLE - 1) { // in the index, and in the log alone
        char name[40];
        snprintf(name, sizeof name, DESK_ORG ":%u", person);
        assert_int_equal(listed_at_once("person", name, NULL, NULL, 4 * EACH), EACH);
        assert_int_equal(listed_at_once("person", name, "campaign", "D1", 4 * EACH), EACH / 2);
        assert_int_equal(listed_at_once("campaign", "D1", "person", name, 4 * EACH), EACH / 2);
    }
    assert_int_equal(listed_at_once("person", DESK_ORG ":9999", NULL, NULL, 20), 0);
    store_abort(&desk.txn);
}

static void a_whole_key_looks_at_one_record(void **state)
{
    (void)state;
    measure_all();
    desk_begin(&desk);
    Selenga__Match where[3] = {SELENGA__MATCH__INIT, SELENGA__MATCH__INIT, SELENGA__MATCH__INIT};
    Selenga__Match *all[] = {&where[0], &where[1], &where[2]};
    static char *const key[3][2] = {{"campaign", "D0"}, {"person", DESK_ORG ":0"}, {"competency", "C0"}};
    for (size_t i = 0; i < 3; i++) where[i].field = key[i][0], where[i].value = key[i][1];
    Selenga__List list = SELENGA__LIST__INIT;
    list.has_kind = 1;
    list.kind = N_RESULT;
    list.where = all;
    list.n_where = 3;
    desk_work();
    desk_ask(&desk, MSG_LIST, &list.base);
    assert_in_range(desk_work().gets, 1, 4);
    AUTO(msg_body_free) Selenga__Records *page = answer();
    assert_int_equal(page->n_records, 1);
    store_abort(&desk.txn);
}

static void pages_of_a_reference_hold_all(void **state)
{
    (void)state;
    measure_all();
    desk_begin(&desk);
    size_t n = 0, pages = 0;
    Selenga__Records *page = NULL;
    do {
        unsigned turns;
        ask("campaign", "D1", NULL, NULL, page);
        msg_body_free(&page);
        page = answer();
        if (page == NULL) page = wait_for_page(&turns);
        n += page->n_records;
        pages++;
    } while (page->has_next);
    msg_body_free(&page);
    assert_int_equal(n, ALL / 2);
    assert_true(pages > 1);
    store_abort(&desk.txn);
}

// --- of these alone ------------------------------------------------------------------------------

static size_t listed_by_id(const rid_t *ids, size_t n, size_t size, bool *ret_more)
{
    ProtobufCBinaryData list_of[2000];
    Selenga__List list = SELENGA__LIST__INIT;
    for (size_t i = 0; i < n; i++) list_of[i] = (ProtobufCBinaryData){size, (uint8_t *)(uintptr_t)ids[i].b};
    list.has_kind = 1;
    list.kind = N_RESULT;
    list.ids = list_of;
    list.n_ids = n;
    desk_ask(&desk, MSG_LIST, &list.base);
    envelope_t e;
    assert_int_equal(desk_answers(&desk, &e), 1);
    if (e.type == MSG_ERROR) return SIZE_MAX;
    AUTO(msg_body_free) Selenga__Records *page = msg_body_unpack(&selenga__records__descriptor, e.body);
    *ret_more = page->has_next;
    return page->n_records;
}

static rid_t id_of_result(unsigned i)
{
    char fields[120];
    snprintf(fields, sizeof fields, "campaign=D%u|person=" DESK_ORG ":%u|competency=C%u", i % 2, i / EACH,
             i % EACH);
    return desk_id(&KIND_RESULT, fields);
}

static void ids_that_are_none_or_too_many_are_refused(void **state)
{
    (void)state;
    static const rid_t ids[1001];
    bool more;
    desk_begin(&desk);
    assert_int_equal(listed_by_id(ids, 1, 15, &more), SIZE_MAX);
    assert_int_equal(listed_by_id(ids, 1001, sizeof(rid_t), &more), SIZE_MAX);
    assert_int_equal(listed_by_id(ids, 1000, sizeof(rid_t), &more), 0); // nobody has them
    assert_false(more);
    store_abort(&desk.txn);
}

static void records_are_found_by_their_ids_without_looking_at_others(void **state)
{
    (void)state;
    enum { WANTED = 100 };
    rid_t ids[WANTED];
    bool more;
    measure_all();
    for (unsigned i = 0; i < WANTED; i++) ids[i] = id_of_result(i * 37);
    memset(&ids[WANTED / 2], 0, sizeof *ids); // one that is not there
    desk_begin(&desk);
    desk_work();
    assert_int_equal(listed_by_id(ids, WANTED, sizeof(rid_t), &more), WANTED - 1);
    assert_false(more);
    desk_work_t work = desk_work();
    assert_in_range(work.gets + work.steps, WANTED, 4 * WANTED);
    store_abort(&desk.txn);
}

// --- pages far behind ----------------------------------------------------------------------------

static Selenga__Records *page_behind(uint64_t skip, uint32_t limit, const char *field, const char *value)
{
    Selenga__Match match = SELENGA__MATCH__INIT, *where[] = {&match};
    Selenga__List list = SELENGA__LIST__INIT;
    match.field = (char *)(uintptr_t)field;
    match.value = (char *)(uintptr_t)value;
    list.where = where;
    list.n_where = field != NULL;
    list.has_kind = list.has_limit = list.has_skip = 1;
    list.kind = N_RESULT;
    list.skip = skip;
    list.limit = limit;
    desk_ask(&desk, MSG_LIST, &list.base);
    return answer();
}

static void a_page_far_behind_reads_no_record_before_it(void **state)
{
    (void)state;
    enum { LIMIT = 50 };
    measure_all();
    desk_begin(&desk);
    desk_work();
    AUTO(msg_body_free) Selenga__Records *page = page_behind(ALL - 100, LIMIT, NULL, NULL);
    assert_non_null(page); // in the same turn
    assert_int_equal(page->n_records, LIMIT);
    assert_true(page->has_next);
    assert_in_range(desk_work().gets, LIMIT, 4 * LIMIT);
    AUTO(msg_body_free) Selenga__Records *last = page_behind(ALL - 7, LIMIT, NULL, NULL);
    assert_int_equal(last->n_records, 7);
    assert_false(last->has_next);
    AUTO(msg_body_free) Selenga__Records *none = page_behind(ALL, LIMIT, NULL, NULL);
    assert_int_equal(none->n_records, 0);
    store_abort(&desk.txn);
}

static int by_id(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(rid_t));
}

static void pages_by_number_hold_all_once(void **state)
{
    (void)state;
    enum { LIMIT = 900 };
    measure_all();
    desk_begin(&desk);
    AUTO(xfree) rid_t *met = xcalloc(ALL, sizeof *met);
    size_t n = 0;
    for (uint64_t skip = 0; skip < ALL; skip += LIMIT) {
        AUTO(msg_body_free) Selenga__Records *page = page_behind(skip, LIMIT, NULL, NULL);
        for (size_t i = 0; i < page->n_records && n < ALL; i++) {
            record_t r;
            assert_int_equal(record_parse(slice(page->records[i].data, page->records[i].len), &r), 0);
            met[n++] = r.id;
        }
    }
    assert_int_equal(n, ALL);
    qsort(met, n, sizeof *met, by_id);
    for (size_t i = 1; i < n; i++) assert_false(rid_equal(&met[i - 1], &met[i]));
    store_abort(&desk.txn);
}

static void what_fits_is_passed_over_and_not_what_does_not(void **state)
{
    (void)state;
    measure_all();
    desk_begin(&desk);
    AUTO(msg_body_free)
    Selenga__Records *page = page_behind(EACH / 2 - 3, 100, "person", DESK_ORG ":9");
    assert_int_equal(page->n_records, EACH - (EACH / 2 - 3));
    store_abort(&desk.txn);
}

// --- sense ---------------------------------------------------------------------------------------

static Selenga__Records *ask_doubtful(const Selenga__Records *before)
{
    unsigned turns;
    Selenga__List list = SELENGA__LIST__INIT;
    list.has_kind = list.has_doubtful = list.doubtful = 1;
    list.kind = N_RESULT;
    if (before != NULL) {
        list.has_after = 1;
        list.after = before->next;
    }
    desk_ask(&desk, MSG_LIST, &list.base);
    Selenga__Records *page = answer();
    return page != NULL ? page : wait_for_page(&turns);
}

static void what_makes_little_sense_is_listed_and_each_with_why(void **state)
{
    (void)state;
    measure_all();
    desk_begin(&desk);
    desk_write(&desk, &KIND_CAMPAIGN,
               "code=D0|title=T|framework=F|org=" DESK_ORG "|from=2024-10-01|to=2024-10-04");
    desk_write(&desk, &KIND_CAMPAIGN,
               "code=D1|title=T|framework=F|org=" DESK_ORG "|from=2024-10-01|to=2024-10-31");
    desk_commit(&desk);
    desk_work();
    desk_begin(&desk);
    size_t n = 0;
    Selenga__Records *page = NULL;
    do {
        Selenga__Records *next = ask_doubtful(page);
        msg_body_free(&page);
        page = next;
        assert_int_equal(page->n_doubts, page->n_records);
        for (size_t i = 0; i < page->n_doubts; i++) {
            assert_int_equal(page->doubts[i]->n_faults, 1);
            assert_string_equal(page->doubts[i]->faults[0]->code, "OUTSIDE-CAMPAIGN");
        }
        n += page->n_records;
    } while (page->has_next);
    msg_body_free(&page);
    assert_int_equal(n, ALL / 2);
    store_abort(&desk.txn);
}

// --- tombstones

static void tell_campaign(const char *code, bool deleted)
{
    char fields[200];
    snprintf(fields, sizeof fields,
             "code=%s|title=T|framework=F|org=" DESK_ORG "|from=2024-10-01|to=2024-10-04", code);
    (deleted ? desk_tell_deleted : desk_tell)(&desk, &KIND_CAMPAIGN, fields);
}

// SIZE_MAX: it was refused.
static size_t campaigns(bool deleted_too, const char *find, size_t *ret_deleted)
{
    Selenga__List list = SELENGA__LIST__INIT;
    envelope_t e;
    *ret_deleted = 0;
    list.has_kind = 1;
    list.kind = N_CAMPAIGN;
    list.has_deleted_too = list.deleted_too = deleted_too;
    list.find = (char *)(uintptr_t)find;
    desk_ask(&desk, MSG_LIST, &list.base);
    assert_int_equal(desk_answers(&desk, &e), 1);
    if (e.type != MSG_RECORDS) return SIZE_MAX;
    AUTO(msg_body_free) Selenga__Records *page = msg_body_unpack(&selenga__records__descriptor, e.body);
    for (size_t i = 0; i < page->n_records; i++) {
        AUTO(msg_body_free)
        Selenga__Record *r =
            msg_body_unpack(&selenga__record__descriptor, slice(page->records[i].data, page->records[i].len));
        *ret_deleted += r->deleted;
    }
    return page->n_records;
}

static void tombstones_are_listed_where_they_are_asked_for_and_never_chosen(void **state)
{
    (void)state;
    size_t deleted;
    desk_begin(&desk);
    tell_campaign("A", false);
    tell_campaign("B", false);
    tell_campaign("C", false);
    tell_campaign("B", true);
    assert_int_equal(store_index(desk.txn), 0);
    tell_campaign("C", true); // in no index yet
    assert_int_equal(campaigns(true, "T", &deleted), SIZE_MAX);
    assert_int_equal(campaigns(false, NULL, &deleted), 1);
    assert_int_equal(deleted, 0);
    assert_int_equal(campaigns(true, NULL, &deleted), 3);
    assert_int_equal(deleted, 2);
    store_abort(&desk.txn);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_desk, close_desk)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_long_list_is_read_in_turns_and_others_are_answered_meanwhile),
        TEST(all_that_match_are_listed_once_whatever_changes_meanwhile),
        TEST(pages_hold_all),
        TEST(a_reference_looks_at_those_who_refer),
        TEST(a_whole_key_looks_at_one_record),
        TEST(pages_of_a_reference_hold_all),
        TEST(ids_that_are_none_or_too_many_are_refused),
        TEST(records_are_found_by_their_ids_without_looking_at_others),
        TEST(a_page_far_behind_reads_no_record_before_it),
        TEST(pages_by_number_hold_all_once),
        TEST(what_fits_is_passed_over_and_not_what_does_not),
        TEST(what_makes_little_sense_is_listed_and_each_with_why),
        TEST(tombstones_are_listed_where_they_are_asked_for_and_never_chosen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
