// SPDX-License-Identifier: Apache-2.0
// What waits for a person is met once each, in pages, whatever is decided between them.
#include "common/service/waiting.h"
#include "tests/unit/common/shelf.h"

enum { OTHER = 0x11111111, MET_MAX = 64 };

static waiting_t met[MET_MAX];
static size_t n_met, page;

static void put(uint8_t n, uint32_t peer, const char *code)
{
    uint8_t wire[512];
    fault_t fault;
    arrival_t arrival = {.peer = peer};
    record_t r = shelf_incoming(n, n, wire);
    fault_set(&fault, code, NULL, "03-08-01");
    assert_int_equal(quarantine_put(shelf_write(&shelf), &arrival, r.wire, &r, &fault), 0);
    shelf_commit(&shelf);
}

static void keep_conflict(uint8_t n)
{
    uint8_t wire[512];
    record_t r = shelf_incoming(n, n, wire);
    assert_int_equal(store_keep_conflict(shelf_write(&shelf), &r), 0);
    shelf_commit(&shelf);
}

static int meet(void *arg, const waiting_t *w)
{
    (void)arg;
    if (page == 0) return 1;
    page--;
    met[n_met++] = *w;
    return 0;
}

static bool walk(const waiting_query_t *query, waiting_mark_t *mark, size_t most)
{
    bool more;
    page = most;
    assert_int_equal(waiting_each(shelf_read(&shelf), query, mark, meet, NULL, &more), 0);
    shelf_abort(&shelf);
    return more;
}

static void walk_all(const waiting_query_t *query, size_t most)
{
    waiting_mark_t mark = {0};
    n_met = 0;
    while (walk(query, &mark, most)) {
        waiting_mark_t sent = mark;
        assert_true(waiting_mark_from(slice(sent.b, sent.size), &mark));
    }
}

static void where_nothing_waits_nothing_is_met(void **state)
{
    (void)state;
    const waiting_query_t any = {0};
    walk_all(&any, 2);
    assert_int_equal(n_met, 0);
}

static void a_mark_that_is_none_is_refused(void **state)
{
    (void)state;
    waiting_mark_t mark;
    static const uint8_t sort[] = {WAITING_SORTS}, item[] = {WAITING_ITEM, 1, 2},
                         conflict[] = {WAITING_CONFLICT, 1};
    uint8_t longer[sizeof mark.b + 1] = {0};
    assert_false(waiting_mark_from(slice(sort, sizeof sort), &mark));
    assert_false(waiting_mark_from(slice(item, sizeof item), &mark));
    assert_false(waiting_mark_from(slice(conflict, sizeof conflict), &mark));
    assert_false(waiting_mark_from(slice(longer, sizeof longer), &mark));
}

static void in_pages_of_any_size_each_is_met_once(void **state)
{
    (void)state;
    const waiting_query_t any = {0};
    for (uint8_t n = 1; n <= 5; n++) put(n, n % 2 == 0 ? OTHER : SCHOOL, "REACH");
    for (uint8_t n = 10; n < 13; n++) keep_conflict(n);
    for (size_t most = 1; most <= 10; most++) {
        walk_all(&any, most);
        assert_int_equal(n_met, 8);
        for (size_t i = 0; i < n_met; i++)
            for (size_t j = 0; j < i; j++) assert_false(rid_equal(&met[i].id, &met[j].id));
    }
}

static void what_is_decided_between_two_pages_leaves_nothing_out(void **state)
{
    (void)state;
    const waiting_query_t any = {0};
    waiting_mark_t mark = {0};
    for (uint8_t n = 1; n <= 4; n++) put(n, SCHOOL, "REACH");
    n_met = 0;
    assert_true(walk(&any, &mark, 2));
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(quarantine_clear(shelf_write(&shelf), &met[i].key, NULL), 0);
        shelf_commit(&shelf);
    }
    assert_false(walk(&any, &mark, 10));
    assert_int_equal(n_met, 4);
}

static void neighbour_and_code_choose(void **state)
{
    (void)state;
    put(1, SCHOOL, "REACH");
    put(2, SCHOOL, "ORG-UNKNOWN");
    put(3, OTHER, "REACH");
    keep_conflict(4);
    walk_all(&(waiting_query_t){.has_from = true, .from = SCHOOL}, 1);
    assert_int_equal(n_met, 3);
    walk_all(&(waiting_query_t){.has_from = true, .from = SCHOOL, .code = "REACH"}, 1);
    assert_int_equal(n_met, 1);
    walk_all(&(waiting_query_t){.code = "CONFLICT"}, 1);
    assert_true(n_met == 1 && met[0].sort == WAITING_CONFLICT && met[0].from == SCHOOL);
}

static void under_an_id_items_or_a_conflict_are_found(void **state)
{
    (void)state;
    waiting_t found[4];
    size_t n;
    const waiting_query_t conflicts = {.code = "CONFLICT"};
    put(1, SCHOOL, "REACH");
    put(1, OTHER, "HOME-FOREIGN");
    keep_conflict(4);
    rid_t id = shelf_id(1), nobody = shelf_id(77);
    assert_int_equal(waiting_find(shelf_read(&shelf), &id, found, 4, &n), 0);
    assert_true(n == 2 && found[0].sort == WAITING_ITEM && found[0].key.peer != found[1].key.peer);
    assert_int_equal(waiting_find(shelf.txn, &nobody, found, 4, &n), 0);
    assert_int_equal(n, 0);
    shelf_abort(&shelf);
    walk_all(&conflicts, 1);
    id = met[0].id;
    assert_int_equal(waiting_find(shelf_read(&shelf), &id, found, 4, &n), 0);
    assert_true(n == 1 && found[0].sort == WAITING_CONFLICT);
    shelf_abort(&shelf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHELF(where_nothing_waits_nothing_is_met),
        SHELF(a_mark_that_is_none_is_refused),
        SHELF(in_pages_of_any_size_each_is_met_once),
        SHELF(what_is_decided_between_two_pages_leaves_nothing_out),
        SHELF(neighbour_and_code_choose),
        SHELF(under_an_id_items_or_a_conflict_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
